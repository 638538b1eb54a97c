"""Small random workbooks in which many rules bind at once, the same for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate
from random import Random

from instances import Sheets, lane, settings, unit_system

STARTS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
ENDS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")


def random_case(seed: int) -> Sheets:
    """Return a workbook of four months, two systems, two sites with three hall classes.

    Supply has lots, yield, order costs, minimum orders and a shared capacity; some seeds have
    lanes, some a plant, some a budget. What is due is too much for some seeds.
    """
    draw = Random(seed)
    lanes = draw.random() < 0.5
    sheets = {**_settings(draw), **_supply(draw), **_sites(draw), **_demand(draw)}
    if lanes:
        sheets |= _logistics(draw)
    if draw.random() < 0.3:
        sheets["budget"] = [{"date": ENDS[1], "cumulative": draw.randint(20, 60) * 10}]
    return sheets


def _settings(draw: Random) -> Sheets:
    return {
        "settings": settings(
            "2026-01-01",
            ENDS[-1],
            discount_rate=draw.choice([0, 0.08]),
            time_limit_s=60,
            pace=draw.choice(["just-in-time", "just-in-time", "as-early-as-possible"]),
        ),
        "systems": [
            {
                "system": "small",
                "power_kw": 600,
                "overhead_kw": draw.choice([0, 150]),
                "price": draw.randint(8, 14),
                "commission_days": draw.choice([0, 20]),
            },
            {
                "system": "large",
                "power_kw": 1500,
                "overhead_kw": 250,
                "slots": 2,
                "price": draw.randint(20, 30),
                "commission_days": 0,
            },
        ],
    }


def _supply(draw: Random) -> Sheets:
    rows: list[dict[str, object]] = [
        {
            "supplier": "fab",
            "item": "small",
            "lead_days": draw.choice([0, 30]),
            "lot": draw.choice([1, 3]),
            "yield": draw.choice([1, 0.8]),
            "order_cost": draw.choice([0, 9]),
            "min_order": draw.choice([0, 4]),
        },
        {
            "supplier": "fab",
            "item": "large",
            "lead_days": 0,
            "capacity_use": 2.5,
            "order_cost": draw.choice([0, 15]),
            "take_or_pay_share": draw.choice([0, 0, 0.1]),
        },
        {
            "supplier": "rival",
            "item": "small",
            "lead_days": 25,
            "price": draw.randint(6, 16),
            "lot": 2,
        },
    ]
    return {
        "supply": rows,
        "supply_capacity": [
            {"supplier": "fab", "from": STARTS[0], "units_per_month": draw.randint(4, 12)},
            {"supplier": "fab", "from": STARTS[2], "units_per_month": draw.randint(4, 16)},
        ],
        "orders": [
            {
                "order": "PO-1",
                "supplier": "fab",
                "item": "small",
                "quantity": draw.randint(1, 4),
                "placed": "2025-12-01",
                "arrives": draw.choice(STARTS),
            }
        ],
    }


def _sites(draw: Random) -> Sheets:
    return {
        "sites": [
            {
                "site": "north",
                "country": "CA",
                "pue": 1.2,
                "opening_cost": draw.randint(0, 40),
                "energy_price": draw.choice([0, 0.01]),
            },
            {"site": "south", "country": "US", "pue": 1.4, "opening_cost": draw.randint(0, 40)},
        ],
        "halls": [
            {
                "hall": "north A",
                "site": "north",
                "it_mw": draw.choice([4, 5.5]),
                "count": 2,
                "fit_out_cost": draw.randint(5, 30),
                "build_days": draw.choice([0, 28]),
                "fed_by": "feeder",
            },
            {
                "hall": "north B",
                "site": "north",
                "it_mw": 6,
                "slots": 7,
                "fed_by": "feeder",
                "fit_out_cost": draw.randint(5, 30),
                "ready": draw.choice(STARTS),
            },
            {
                "hall": "south",
                "site": "south",
                "it_mw": 5,
                "count": 2,
                "open_count": 1,
                "fit_out_cost": draw.randint(5, 30),
            },
        ],
        "fleet": [{"hall": "south", "system": "small", "count": draw.randint(0, 3)}],
        "power": [{"node": "feeder"}],
        "energisation": [
            {"node": "feeder", "from": STARTS[0], "mw": draw.randint(3, 9)},
            {"node": "feeder", "from": draw.choice(STARTS[1:]), "mw": draw.randint(9, 15)},
        ],
        "crews": [
            {"site": "north", "from": STARTS[0], "systems_per_month": draw.randint(3, 9)},
        ],
    }


def _demand(draw: Random) -> Sheets:
    first, then = draw.randint(2, 8) / 2, draw.randint(4, 16) / 2
    return {
        "commitments": [
            {
                "commitment": "public",
                "basis": "it",
                "late_cost": draw.choice([0, 3]),
                "countries": draw.choice([None, "CA"]),
            },
            {"commitment": "private", "basis": draw.choice(["system", "facility"]), "priority": 2},
        ],
        "milestones": [
            {"commitment": "public", "date": ENDS[1], "mw": first},
            {"commitment": "public", "date": ENDS[3], "mw": first + then},
            {"commitment": "private", "date": ENDS[2], "mw": draw.randint(1, 8) / 2},
        ],
        "service": [
            {"commitment": "public", "site": "north", "cost": draw.randint(0, 3)},
            {"commitment": "private", "site": "south", "cost": draw.randint(0, 3)},
        ],
    }


def _logistics(draw: Random) -> Sheets:
    """Return lanes from the suppliers by a depot to the sites."""
    return {
        "depots": [{"depot": "depot", "storage": draw.randint(3, 9), "holding_cost": 0.2}],
        "lanes": [
            {**lane("fab", "depot", draw.randint(0, 2)), "transit_days": draw.choice([0, 14])},
            lane("rival", "depot", 1),
            {**lane("depot", "north", 1), "units_per_month": draw.randint(4, 12)},
            lane("depot", "south", draw.randint(0, 3)),
        ],
    }


def hard_case(items: int = 6, months: int = 12) -> Sheets:
    """Return lot sizing of many items that share a capacity: far from proven in some seconds.

    Each order costs, and each system in service before it is due pays energy.
    """
    draw = Random(1)
    names = [f"item {number}" for number in range(items)]
    ends = [
        date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        for month in range(1, months + 1)
    ]
    due = {name: list(accumulate(draw.randint(0, 9) for _ in ends)) for name in names}
    busiest = max(sum(due[name][k] for name in names) / (k + 1) for k in range(months))
    return {
        "settings": settings("2026-01-01", str(ends[-1])),
        "systems": [unit_system(name) for name in names],
        "supply": [
            {"supplier": "fab", "item": name, "lead_days": 0, "order_cost": draw.randint(20, 60)}
            for name in names
        ],
        "supply_capacity": [
            {"supplier": "fab", "from": "2026-01-01", "units_per_month": 1.15 * busiest}
        ],
        "sites": [{"site": "site", "pue": 1, "energy_price": 0.002}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 5000, "open_count": 1}],
        "commitments": [{"commitment": name, "basis": "it", "systems": name} for name in names],
        "milestones": [
            {"commitment": name, "date": end, "mw": mw}
            for name in names
            for end, mw in zip(ends, due[name], strict=True)
        ],
    }
