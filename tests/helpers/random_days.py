"""Small random workbooks about time: dates on any day, rates that change, leads of some days.

Counts are continuous and nothing costs, so megawatts on a date alone decide. The same seed gives
the same workbook but for the length of its periods.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from instances import Sheets, settings

START = date(2026, 1, 1)
PERIODS = (
    "month",
    "week",
    "quarter",
    "week; month from 2026-03-01",
    "month; quarter from 2026-04-01",
)
"""Lengths of periods that a workbook is tried with."""

Rows = list[dict[str, object]]


def day_case(seed: int, period: str, end: str = "") -> tuple[Sheets, date]:
    """Return a workbook and the date of its only milestone.

    Parameters
    ----------
    seed
        Of the workbook.
    period
        The setting.
    end
        Last day planned; blank: the milestone's date.
    """
    draw = Random(f"days {seed}")
    due = START + timedelta(days=draw.choice([*range(40, 240), 89, 119, 180, 211]))
    days = [START + timedelta(days=n) for n in range((due - START).days)]
    systems = [f"system {n}" for n in range(draw.choice([1, 1, 2]))]
    sites = [f"site {n}" for n in range(draw.choice([1, 1, 2, 3]))]
    sheets: Sheets = {
        "settings": settings(
            str(START),
            end or str(due),
            period=period,
            counts="continuous",
            release_fence_days=draw.choice([0, 0, 0, 5, 17]),
        ),
        "systems": [_system(draw, name, days) for name in systems],
        **_sites(draw, sites, days),
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": due, "mw": 1000}],
    }
    if draw.random() < 0.85:
        sheets |= _supply(draw, systems, sites, days)
    if draw.random() < 0.7:
        sheets["crews"] = [
            row
            for site in sites
            if draw.random() < 0.8
            for row in _dated(draw, {"site": site}, "systems_per_month", 200, days)
        ]
    return sheets, due


def _system(draw: Random, name: str, days: list[date]) -> dict[str, object]:
    row: dict[str, object] = {
        "system": name,
        "power_kw": draw.choice([100, 100, 150]),
        "overhead_kw": 0,
        "price": 1,
        "commission_days": draw.choice([0, 0, 3, 10, 20, 28, 30, 35]),
    }
    if draw.random() < 0.2:
        row["available_from"] = draw.choice(days)
    if draw.random() < 0.1:
        row["available_to"] = days[-1] - timedelta(days=draw.randint(0, 60))
        if row.get("available_from") and row["available_from"] > row["available_to"]:  # type: ignore[operator]
            del row["available_from"]
    return row


def _dated(
    draw: Random, key: dict[str, object], column: str, most: float, days: list[date]
) -> Rows:
    """Return one to four values from dates on; some are none."""
    firsts = sorted(
        {START if draw.random() < 0.7 else draw.choice(days)}
        | {draw.choice(days) for _ in range(draw.choice([0, 0, 1, 1, 2, 3]))}
    )
    values = [draw.choice([0.0, 0.1, 0.3, 0.6, 1.0, 1.0]) * most for _ in firsts]
    return [{**key, "from": day, column: value} for day, value in zip(firsts, values, strict=True)]


def _sites(draw: Random, sites: list[str], days: list[date]) -> Sheets:
    """Return sites with one or two halls each, some of them fed by nodes."""
    halls: Rows = []
    power: Rows = []
    energised: Rows = []
    fed = draw.random() < 0.6
    grouped = fed and draw.random() < 0.2
    for site in sites:
        for number in range(draw.choice([1, 1, 2])):
            hall = f"{site} hall {number}"
            row: dict[str, object] = {"hall": hall, "site": site, "it_mw": draw.choice([3, 10, 50])}
            if draw.random() < 0.6:
                row["open_count"] = 1
            elif draw.random() < 0.7:
                row["ready"] = draw.choice(days)
            if draw.random() < 0.3:
                row["build_days"] = draw.randint(1, 60)
            if fed and draw.random() < 0.8:
                node = f"{hall} node"
                row["fed_by"] = node
                grid = {"parent": "grid"} if draw.random() < 0.5 else {}
                group = {"group": "feeders"} if grouped else {}
                power.append({"node": node, **grid, **group})
                energised += _dated(draw, {"node": node}, "mw", 40, days)
            halls.append(row)
    if power:
        if len(power) < 2:
            power[0].pop("group", None)
        power.append({"node": "grid"})
        if draw.random() < 0.5:
            energised += _dated(draw, {"node": "grid"}, "mw", 60, days)
    return {
        "sites": [{"site": site, "pue": draw.choice([1, 1.25])} for site in sites],
        "halls": halls,
        "power": power,
        "energisation": energised,
    }


def _supply(draw: Random, systems: list[str], sites: list[str], days: list[date]) -> Sheets:
    """Return systems sold whole or assembled, with lanes or without."""
    lead = [0, 3, 10, 20, 33, 50]
    made = draw.random() < 0.6
    items = [f"part {n}" for n in range(draw.choice([1, 2]))] if made else systems
    suppliers = ["maker"] if draw.random() < 0.6 else ["maker", "other"]
    sheets: Sheets = {
        "supply": [
            {
                "supplier": supplier,
                "item": item,
                "lead_days": draw.choice(lead),
                "yield": draw.choice([1, 1, 0.8]),
                "capacity_use": draw.choice([1, 1, 2]),
                **({"available_from": draw.choice(days)} if draw.random() < 0.2 else {}),
            }
            for supplier in suppliers
            for item in items
        ],
        "supply_capacity": [
            row
            for supplier in suppliers
            if draw.random() < 0.7
            for row in _dated(draw, {"supplier": supplier}, "units_per_month", 300, days)
        ],
        "orders": [
            {
                "order": f"PO {n}",
                "supplier": "maker",
                "item": draw.choice(items),
                "quantity": draw.choice([2, 20, 100]),
                "arrives": draw.choice(days),
                "placed": START - timedelta(days=9),
            }
            for n in range(draw.choice([0, 0, 1, 2]))
        ],
    }
    plants = ["plant"] if draw.random() < 0.7 else ["plant", "works"]
    if made:
        sheets["bom"] = [
            {"system": system, "item": item, "quantity": draw.choice([1, 1, 2])}
            for system in systems
            for item in items
        ]
        sheets["plants"] = [
            {
                "plant": plant,
                "system": system,
                "units_per_month": draw.choice([40, 120, 300, 1e5]),
                "lead_days": draw.choice(lead),
                **({"from": draw.choice(days)} if draw.random() < 0.2 else {}),
            }
            for plant in plants
            for system in systems
        ]
    if draw.random() < 0.5:
        sheets |= _lanes(draw, suppliers, plants if made else [], sites)
    return sheets


def _lanes(draw: Random, suppliers: list[str], plants: list[str], sites: list[str]) -> Sheets:
    """Return lanes from suppliers by plants, some by a depot, to every site."""
    depot = draw.random() < 0.3
    ways = [(a, b) for a in suppliers for b in plants]
    ends = ["depot"] if depot else sites
    ways += [(a, b) for a in plants or suppliers for b in ends]
    ways += [("depot", site) for site in sites] if depot else []
    return {
        "depots": [{"depot": "depot"}] if depot else [],
        "lanes": [
            {
                "from": a,
                "to": b,
                "transit_days": draw.choice([0, 0, 2, 5, 20]),
                "units_per_month": draw.choice([None, None, 60, 200]),
            }
            for a, b in ways
        ],
    }
