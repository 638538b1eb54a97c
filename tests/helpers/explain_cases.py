"""Random cases of three months, so small that brute force takes no time, for explanations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

from instances import Sheets, settings, unit_system

STARTS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
ENDS = ("2026-01-31", "2026-02-28", "2026-03-31")


def small_case(seed: int) -> Sheets:
    """Return a workbook whose supply, crews, halls and feeder are a little too small, or not."""
    draw = Random(seed)
    first = draw.randint(1, 5)
    sheets: Sheets = {
        "settings": settings("2026-01-01", ENDS[-1], time_limit_s=60),
        "systems": [unit_system(price=10, commission_days=draw.choice([0, 0, 20]))],
        "supply": [
            {
                "supplier": "fab",
                "item": "unit",
                "lead_days": draw.choice([0, 28, 40]),
                "lot": draw.choice([1, 2]),
            }
        ],
        "supply_capacity": [
            {"supplier": "fab", "from": STARTS[0], "units_per_month": draw.randint(1, 6)},
            {"supplier": "fab", "from": STARTS[1], "units_per_month": draw.randint(3, 9)},
        ],
        "sites": [{"site": "north", "pue": 1.25}, {"site": "south", "pue": 1}],
        "halls": [
            {
                "hall": "north",
                "site": "north",
                "it_mw": 4,
                "count": draw.randint(1, 2),
                "fed_by": "feeder",
                "fit_out_cost": 3,
            },
            {
                "hall": "south",
                "site": "south",
                "it_mw": 3,
                "count": 1,
                "ready": draw.choice(STARTS),
                "fit_out_cost": 1,
            },
        ],
        "power": [{"node": "feeder"}],
        "energisation": [
            {"node": "feeder", "from": STARTS[0], "mw": draw.randint(1, 5)},
            {"node": "feeder", "from": draw.choice(STARTS[1:]), "mw": draw.randint(5, 10)},
        ],
        "crews": [{"site": "north", "from": STARTS[0], "systems_per_month": draw.randint(1, 6)}],
        "commitments": [
            {"commitment": "public", "basis": "it"},
            {"commitment": "private", "basis": "it", "priority": draw.choice([1, 2])},
        ],
        "milestones": [
            {"commitment": "public", "date": ENDS[draw.randint(0, 1)], "mw": first},
            {"commitment": "public", "date": ENDS[2], "mw": first + draw.randint(0, 4)},
            {"commitment": "private", "date": ENDS[draw.randint(1, 2)], "mw": draw.randint(1, 4)},
        ],
    }
    if draw.random() < 0.3:
        sheets["budget"] = [{"date": ENDS[2], "cumulative": draw.randint(40, 130)}]
    return sheets


def short_case(seed: int) -> Sheets:
    """Return a workbook of one commitment, late for one to three of many reasons.

    Periods are weeks, months, quarters or change their length; today may lie in the plan.
    """
    draw = Random(f"short {seed}")
    period = draw.choice(["month", "month", "week", "quarter", "week; month from 2026-03-01"])
    end = date(2026, 12, 31) if period == "quarter" else date(2026, 7, 31)
    sheets = _ample(draw, period, end)
    for reason in draw.sample(REASONS, draw.choice([1, 1, 2, 3])):
        reason(draw, sheets)
    return sheets


def rival_case(seed: int) -> Sheets:
    """Return a workbook of two or three commitments, mostly late, that compete for two sites.

    Some are due before anything can be there, so that nothing puts them on time.
    """
    draw = Random(f"rivals {seed}")
    sheets = small_case(seed)
    sheets["settings"] = settings("2026-01-01", "2026-05-31", time_limit_s=60)
    ends = (*ENDS, "2026-04-30", "2026-05-31")
    names = ["Alpha", "Beta", "Gamma"][: draw.choice([2, 2, 3])]
    sheets["commitments"] = [
        {
            "commitment": name,
            "basis": draw.choice(["it", "it", "facility"]),
            "priority": draw.choice([1, 1, 2]),
        }
        for name in names
    ]
    sheets["milestones"] = [
        {"commitment": name, "date": ends[draw.randint(0, 4)], "mw": draw.choice([1.5, 2, 3, 4])}
        for name in names
    ]
    return sheets


def _ample(draw: Random, period: str, end: date) -> Sheets:
    """Return a workbook in which everything is there in time."""
    due = draw.randint(3, 9)
    today = draw.choice([None, None, None, date(2026, 1, 20)])
    return {
        "settings": settings("2026-01-01", str(end), period=period, today=today, time_limit_s=60),
        "systems": [
            unit_system(
                price=10,
                power_kw=draw.choice([1000, 500, 750]),
                commission_days=0,
                available_from=date(2026, 1, 1),
            )
        ],
        "bom": [{"system": "unit", "item": "part", "quantity": draw.choice([1, 2, 3])}],
        "supply": [
            {
                "supplier": "fab",
                "item": "part",
                "lead_days": draw.choice([0, 10, 45]),
                "yield": 1,
                "lot": draw.choice([1, 1, 5]),
                "price": 3,
            }
        ],
        "supply_capacity": [{"supplier": "fab", "from": date(2026, 1, 1), "units_per_month": 99}],
        "plants": [{"plant": "plant", "system": "unit", "units_per_month": 50, "lead_days": 0}],
        "lanes": [
            {"from": "fab", "to": "plant", "transit_days": 0, "units_per_month": None},
            {
                "from": "plant",
                "to": "site",
                "transit_days": draw.choice([0, 6]),
                "units_per_month": 60,
            },
        ],
        "sites": [{"site": "site", "pue": 1.25}],
        "halls": [
            {
                "hall": "hall",
                "site": "site",
                "it_mw": 5,
                "count": 2,
                "ready": None,
                "build_days": 0,
                "fed_by": "feeder",
            }
        ],
        "power": [{"node": "feeder"}],
        "energisation": [{"node": "feeder", "from": date(2026, 1, 1), "mw": 20}],
        "crews": [{"site": "site", "from": date(2026, 1, 1), "systems_per_month": 30}],
        "budget": [{"date": end, "cumulative": 9999}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": end, "mw": due + draw.randint(0, 1)},
            {
                "commitment": "demand",
                "mw": due,
                "date": date(2026, 6 if period == "quarter" else draw.choice([4, 5]), 30),
            },
        ],
    }


def _set(sheet: str, column: str, values: Sequence[object]) -> Callable[[Random, Sheets], None]:
    """Return a reason to be late: the first row of a sheet gets one of some values in a column."""

    def reason(draw: Random, sheets: Sheets) -> None:
        sheets[sheet][0][column] = draw.choice(values)

    return reason


def _two_budgets(draw: Random, sheets: Sheets) -> None:
    """Leave too little money by two dates."""
    end = sheets["budget"][0]["date"]
    sheets["budget"] = [
        {"date": date(2026, 4, 30), "cumulative": draw.choice([5, 12])},
        {"date": end, "cumulative": draw.choice([20, 60])},
    ]


def _two_capacities(draw: Random, sheets: Sheets) -> None:
    """Leave too little to be bought, at first and later, in fractions and in whole units."""
    first, then = draw.choice([(0.5, 3), (2.5, 4), (1, 2.25), (2, 0)])
    sheets["supply_capacity"] = [
        {"supplier": "fab", "from": date(2026, 1, 1), "units_per_month": first},
        {"supplier": "fab", "from": date(2026, 4, 1), "units_per_month": then},
    ]


REASONS = [
    _set("supply_capacity", "units_per_month", [1, 2, 2.5, 3, 4]),
    _set("supply_capacity", "from", [date(2026, 4, 12), date(2026, 5, 1)]),
    _set("supply", "yield", [0.1, 0.2, 0.37, 1 / 3]),
    _set("supply", "lead_days", [140, 165, 201]),
    _set("supply", "available_from", [date(2026, 5, 3), date(2026, 6, 1)]),
    _set("plants", "units_per_month", [0.5, 1, 2]),
    _set("plants", "lead_days", [100, 120, 155]),
    _set("plants", "from", [date(2026, 5, 10), date(2026, 6, 1)]),
    _set("lanes", "transit_days", [70, 110, 131]),
    _set("halls", "it_mw", [0.5, 1, 1.37, 2]),
    _set("halls", "count", [1]),
    _set("halls", "ready", [date(2026, 5, 17), date(2026, 7, 1)]),
    _set("energisation", "mw", [1, 2.2, 3.33]),
    _set("energisation", "from", [date(2026, 5, 25), date(2026, 7, 1)]),
    _set("crews", "systems_per_month", [0.5, 1, 2]),
    _set("systems", "commission_days", [60, 118, 131]),
    _set("systems", "available_from", [date(2026, 6, 2)]),
    _set("budget", "cumulative", [20, 51, 73.5]),
    _two_budgets,
    _two_capacities,
]
