"""Random cases of three months, so small that brute force takes no time, for explanations."""

from __future__ import annotations

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
        "supply": [{"supplier": "fab", "item": "unit", "lead_days": draw.choice([0, 28, 40]),
                    "lot": draw.choice([1, 2])}],
        "supply_capacity": [
            {"supplier": "fab", "from": STARTS[0], "units_per_month": draw.randint(1, 6)},
            {"supplier": "fab", "from": STARTS[1], "units_per_month": draw.randint(3, 9)},
        ],
        "sites": [{"site": "north", "pue": 1.25}, {"site": "south", "pue": 1}],
        "halls": [
            {"hall": "north", "site": "north", "it_mw": 4, "count": draw.randint(1, 2),
             "fed_by": "feeder", "fit_out_cost": 3},
            {"hall": "south", "site": "south", "it_mw": 3, "count": 1,
             "ready": draw.choice(STARTS), "fit_out_cost": 1},
        ],
        "power": [{"node": "feeder"}],
        "energisation": [
            {"node": "feeder", "from": STARTS[0], "mw": draw.randint(1, 5)},
            {"node": "feeder", "from": draw.choice(STARTS[1:]), "mw": draw.randint(5, 10)},
        ],
        "crews": [{"site": "north", "from": STARTS[0], "systems_per_month": draw.randint(1, 6)}],
        "commitments": [{"commitment": "public", "basis": "it"},
                        {"commitment": "private", "basis": "it",
                         "priority": draw.choice([1, 2])}],
        "milestones": [
            {"commitment": "public", "date": ENDS[draw.randint(0, 1)], "mw": first},
            {"commitment": "public", "date": ENDS[2], "mw": first + draw.randint(0, 4)},
            {"commitment": "private", "date": ENDS[draw.randint(1, 2)], "mw": draw.randint(1, 4)},
        ],
    }  # fmt: skip
    if draw.random() < 0.3:
        sheets["budget"] = [{"date": ENDS[2], "cumulative": draw.randint(40, 130)}]
    return sheets
