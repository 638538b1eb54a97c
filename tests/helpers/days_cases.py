"""Workbooks about time whose megawatts on a date are known, by hand or from days.

Unless a case says otherwise the plan begins on 1 January 2026, one site has an open hall of 200 MW,
systems are of 0.1 MW, and nothing takes time or has a limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from instances import Sheets, settings

START = "2026-01-01"
Rows = list[dict[str, object]]


@dataclass(frozen=True)
class DayCase:
    """A workbook about time.

    Attributes
    ----------
    on : str
        The date whose megawatts are known.
    mw : float
        The most that can be in service on it, counts taken as continuous.
    sheets : dict
        Rows that take the place of a sheet's.
    options : dict
        Settings beside start and end.
    end : str
        Last day planned, if it is not the date.
    """

    on: str
    mw: float
    sheets: Mapping[str, Rows]
    options: Mapping[str, object] = field(default_factory=dict)
    end: str = ""

    @property
    def day(self) -> date:
        """The date whose megawatts are known."""
        return date.fromisoformat(self.on)


def sheets_of(case: DayCase, due: float = 200.0, **options: object) -> Sheets:
    """Return the workbook of a case, with so many megawatts due on its date."""
    others = {"counts": "continuous", **case.options, **options}
    return {
        "settings": settings(START, case.end or case.on, **others),
        "systems": [tenth("unit")],
        "sites": [{"site": "site", "pue": 1}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 200, "open_count": 1}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": case.on, "mw": due}],
        **case.sheets,
    }


def tenth(name: str, **columns: object) -> dict[str, object]:
    """Return a system of 0.1 MW."""
    return {"system": name, "power_kw": 100, "overhead_kw": 0, "price": 1, **columns}


def sold(item: str = "unit", lead: int = 0, **columns: object) -> dict[str, object]:
    """Return what a supplier sells."""
    return {"supplier": "maker", "item": item, "lead_days": lead, "price": 1, **columns}


def crew(rate: float, since: str = START) -> dict[str, object]:
    """Return crews of the site from a day on."""
    return {"site": "site", "from": since, "systems_per_month": rate}


def capacity(rate: float, since: str = START) -> dict[str, object]:
    """Return the supplier's capacity from a day on."""
    return {"supplier": "maker", "from": since, "units_per_month": rate}


def plant(rate: float, lead: int = 0, system: str = "unit") -> dict[str, object]:
    """Return a plant."""
    return {"plant": "plant", "system": system, "units_per_month": rate, "lead_days": lead}


def placed(quantity: float, arrives: str, item: str = "unit") -> dict[str, object]:
    """Return an order that was placed before the plan."""
    return {
        "order": f"PO {item} {arrives}",
        "supplier": "maker",
        "item": item,
        "quantity": quantity,
        "arrives": arrives,
    }


def lane(origin: str, to: str, days: int, rate: float | None = None) -> dict[str, object]:
    """Return a lane."""
    return {"from": origin, "to": to, "transit_days": days, "units_per_month": rate}


ONE_PART: Rows = [{"system": "unit", "item": "part", "quantity": 1}]
UNLIMITED = 1e6

AGAINST_DAYS = {
    "supply arrives after the crews could have begun": DayCase(
        "2026-04-30",
        0.1 * (2 + 120 * (11 / 31 + 3)),
        {
            "supply": [sold(lead=20)],
            "crews": [crew(120)],
            "orders": [placed(2, "2026-01-01")],
        },
    ),
    "parts arrive after the plant could have begun": DayCase(
        "2026-07-31",
        0.1 * (2 + 300 * (9 / 28 + 5)),
        {
            "supply": [sold("part", 50)],
            "bom": ONE_PART,
            "plants": [plant(300)],
            "orders": [placed(2, "2026-01-02", "part")],
        },
    ),
    "crews stop inside a month": DayCase(
        "2026-05-31",
        0.1 * 50 * (4 + 19 / 31),
        {
            "supply": [sold()],
            "supply_capacity": [capacity(50)],
            "crews": [crew(120), crew(0, "2026-05-20")],
        },
    ),
    "a supplier begins inside a month": DayCase(
        "2026-05-31",
        0.1 * 100 * 16 / 31,
        {
            "supply": [sold()],
            "supply_capacity": [capacity(200, "2026-05-16")],
            "crews": [crew(100)],
        },
    ),
    "commissioning of 30 days": DayCase(
        "2026-04-30",
        0.1 * 60 * 3,
        {
            "systems": [tenth("unit", commission_days=30)],
            "supply": [sold("part")],
            "bom": ONE_PART,
            "plants": [plant(60)],
        },
    ),
    "commissioning of 28 days": DayCase(
        "2026-02-28",
        0.1 * 60,
        {
            "systems": [tenth("unit", commission_days=28)],
            "supply": [sold("part")],
            "bom": ONE_PART,
            "plants": [plant(60)],
        },
    ),
    "a milestone inside a month": DayCase(
        "2026-02-15",
        0.1 * 60 * 26 / 31,
        {
            "systems": [tenth("unit", commission_days=20)],
            "supply": [sold("part")],
            "bom": ONE_PART,
            "plants": [plant(60)],
        },
    ),
    "weeks, then months": DayCase(
        "2026-02-28",
        0.1 * 60 * (1 + 25 / 28),
        {
            "systems": [tenth("unit", commission_days=3)],
            "supply": [sold("part")],
            "bom": ONE_PART,
            "plants": [plant(60)],
        },
        {"period": "week; month from 2026-02-01"},
    ),
    "a lane that leads to no hall": DayCase(
        "2026-04-30",
        200,
        {
            "systems": [tenth("unit", commission_days=30)],
            "supply": [sold("part")],
            "bom": ONE_PART,
            "plants": [plant(UNLIMITED)],
            "sites": [{"site": "site", "pue": 1}, {"site": "bare", "pue": 1}],
            "lanes": [
                lane("maker", "plant", 0),
                lane("plant", "bare", 0),
                lane("plant", "site", 5),
                lane("bare", "site", 40),
            ],
        },
    ),
    "a system that is not sold": DayCase(
        "2026-06-30",
        0.1 * 100 * 6,
        {
            "systems": [tenth("other", commission_days=28), tenth("unit")],
            "supply": [sold("unit"), sold("other", available_from="2026-06-30")],
            "crews": [crew(100)],
        },
    ),
    "one plant, two systems of different leads": DayCase(
        "2026-06-30",
        0.1 * 60 * (6 + 5 + 27 / 30),
        {
            "systems": [tenth("slow"), tenth("fast")],
            "supply": [sold("part")],
            "bom": [
                {"system": "slow", "item": "part", "quantity": 1},
                {"system": "fast", "item": "part", "quantity": 1},
            ],
            "plants": [plant(60, 3, "slow"), plant(60, 0, "fast")],
        },
    ),
    "energised inside a month": DayCase(
        "2026-08-31",
        0.1 * 60 * (13 / 31 + 3),
        {
            "halls": [
                {"hall": "hall", "site": "site", "it_mw": 200, "open_count": 1, "fed_by": "node"}
            ],
            "power": [{"node": "node"}],
            "energisation": [{"node": "node", "from": "2026-05-19", "mw": 200}],
            "crews": [crew(60)],
        },
    ),
    "two systems over one lane": DayCase(
        "2026-04-30",
        0.1 * (2 + 60 * (21 / 31 + 3)),
        {
            "systems": [tenth("first"), tenth("second")],
            "supply": [sold("first", 10), sold("second", 33)],
            "orders": [placed(2, "2026-01-05", "second")],
            "lanes": [lane("maker", "site", 0, 60)],
        },
    ),
    "supply arrives inside the first month": DayCase(
        "2026-01-31", 0.1 * 120 * 11 / 31, {"supply": [sold(lead=20)], "crews": [crew(120)]}
    ),
    "a node falls and rises again": DayCase(
        "2026-03-31",
        40.0,
        {
            "halls": [
                {"hall": "hall", "site": "site", "it_mw": 200, "open_count": 1, "fed_by": "node"}
            ],
            "power": [{"node": "node"}],
            "energisation": [
                {"node": "node", "from": START, "mw": 40},
                {"node": "node", "from": "2026-03-05", "mw": 10},
                {"node": "node", "from": "2026-03-20", "mw": 40},
            ],
            "crews": [crew(UNLIMITED)],
        },
    ),
}
"""Cases that a program by day was asked first; each figure was then worked out by hand.

The factor in front is the size of a system, the factors behind it are rates and months.
"""

SMALL: Rows = [{"system": "unit", "power_kw": 40, "overhead_kw": 0, "price": 1}]
CHAIN: dict[str, Rows] = {
    "systems": [{**SMALL[0], "commission_days": 5}],
    "supply": [sold("part", 5)],
    "bom": ONE_PART,
    "plants": [plant(310, 5)],
    "lanes": [lane("maker", "plant", 2), lane("plant", "site", 2)],
}
"""Five days to order, two to ship, five to assemble, two to ship, five to commission: 19."""


def fed(*energised: tuple[str, float]) -> dict[str, Rows]:
    """Return the hall with a feeder that carries so much from each day on."""
    return {
        "halls": [
            {"hall": "hall", "site": "site", "it_mw": 200, "open_count": 1, "fed_by": "feeder"}
        ],
        "power": [{"node": "feeder"}],
        "energisation": [{"node": "feeder", "from": day, "mw": mw} for day, mw in energised],
    }


BY_HAND = {
    "a chain of 19 days is not done on its last day": DayCase("2026-01-19", 0.0, CHAIN),
    "a chain of 19 days is done the day after": DayCase("2026-01-20", 0.04 * 310 / 31, CHAIN),
    "the rate of a chain": DayCase("2026-01-31", 0.04 * 12 * 310 / 31, CHAIN),
    "a feeder is cut inside a month": DayCase(
        "2026-06-30",
        2 / 1.2,
        {
            "systems": SMALL,
            "sites": [{"site": "site", "pue": 1.2}],
            **fed((START, 20), ("2026-06-02", 2)),
        },
    ),
    "an outage inside a quarter": DayCase(
        "2026-09-23",
        0.0,
        {"systems": SMALL, **fed((START, 6), ("2026-07-06", 0), ("2026-09-24", 6))},
        {"period": "quarter"},
    ),
    "crews freeze inside a month": DayCase(
        "2026-02-28",
        0.04 * 100 * 3 / 28,
        {
            "systems": [{**SMALL[0], "available_from": "2026-02-01"}],
            "crews": [crew(100), crew(0, "2026-02-02"), crew(100, "2026-02-27")],
        },
    ),
    "four a month by week": DayCase(
        "2026-07-08",
        0.04 * 4 * (6 + 8 / 31),
        {"systems": SMALL, "crews": [crew(4)]},
        {"period": "week"},
    ),
    "lots by week": DayCase(
        "2026-12-30",
        0.04 * 60 * (11 + 11 / 31) / 8,
        {
            "systems": [{**SMALL[0], "commission_days": 18}],
            "supply": [sold("part", 1, lot=8)],
            "supply_capacity": [capacity(60)],
            "bom": [{"system": "unit", "item": "part", "quantity": 8}],
            "plants": [plant(UNLIMITED)],
        },
        {"period": "week"},
    ),
    "a placed order arrives on the last day of its window": DayCase(
        "2026-02-28",
        0.04 * (1 + 310 / 28),
        {
            **CHAIN,
            "supply": [sold("part", 5, available_from="2026-02-28")],
            "orders": [placed(1, START, "part"), placed(200, "2026-02-14", "part")],
        },
    ),
    "energised in time for 5 days of commissioning": DayCase(
        "2026-01-31",
        8.0,
        {"systems": [{**SMALL[0], "commission_days": 5}], **fed(("2026-01-20", 8))},
    ),
    "energised too late for 14 days of commissioning": DayCase(
        "2026-01-31",
        0.0,
        {"systems": [{**SMALL[0], "commission_days": 14}], **fed(("2026-01-20", 8))},
    ),
    "energised too late for one month counts in the next": DayCase(
        "2026-02-28",
        8.0,
        {"systems": [{**SMALL[0], "commission_days": 14}], **fed(("2026-01-20", 8))},
    ),
}
"""Cases worked out by hand: systems of 40 kW."""
