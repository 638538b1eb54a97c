"""Make planner workbooks of any size, the same for the same knobs, to measure how time grows.

Run it from the root of the repository:

    python tests/benchmarks/generate.py M m.xlsx
    python tests/benchmarks/generate.py --sites 80 --periods 90 --systems 4 --continuous 80.xlsx

The plan is of the shipped kind: systems of several generations from shared wafers, plants, lanes
through a depot, halls of two classes and two feeders at each site, crews, two commitments on
different bases, a placed order and a fleet. Supply and power grow with what is due and stay a
little above it, so that limits bind and nothing that is due must be missed by much.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

Sheets = dict[str, list[dict[str, Any]]]

START = date(2026, 1, 1)

MONTHS_UNDER_WAY = 6
"""From the order of a wafer to service: nothing that is ordered later than that is of use."""


@dataclass(frozen=True)
class Size:
    """The knobs: sites, periods and their length, kinds of system, whole numbers or fractions."""

    sites: int
    periods: int
    systems: int
    period: str = "month"
    counts: str = "integer"


SIZES = {
    "S": Size(5, 12, 2),
    "M": Size(30, 60, 6),
    "L": Size(150, 120, 10),
    "XL": Size(400, 260, 10, "week", "continuous"),
}


def workbook(size: Size, seed: int = 0) -> Sheets:
    """Return the sheets of a workbook.

    Parameters
    ----------
    size
        Sites, periods, systems.
    seed
        Of what is drawn: distances, hall sizes, prices, dates.
    """
    draw = Random(seed)
    systems = _systems(size, draw)
    per_system_mw = (
        sum(row["power_kw"] + row["overhead_kw"] for row in systems) / 1000 / size.systems
    )
    sites, halls = _sites_and_halls(size, draw)
    final_mw = 0.6 * sum(row["it_mw"] * row["count"] for row in halls)
    months = size.periods * (1 if size.period == "month" else 12 / 52) - MONTHS_UNDER_WAY
    need = final_mw / per_system_mw / months
    return {
        "settings": _settings(size),
        "systems": systems,
        **_supply(size, systems, need),
        **_logistics(sites, draw),
        "sites": sites,
        "halls": halls,
        **_power(size, halls, draw),
        "crews": [
            {
                "site": row["site"],
                "from": START,
                "systems_per_month": max(2, round(4 * need / size.sites)),
            }
            for row in sites
        ],
        **_commitments(size, final_mw),
        "fleet": [{"hall": halls[0]["hall"], "system": "gen 1", "count": 3}],
        "orders": [
            {
                "order": "PO 1",
                "supplier": "fab",
                "item": "wafer",
                "quantity": round(need),
                "arrives": _day(size, 1),
            }
        ],
    }


def _day(size: Size, period: int) -> date:
    """Return the first day of a period."""
    if size.period == "week":
        return START + timedelta(days=7 * period)
    return date(START.year + period // 12, period % 12 + 1, 1)


def _settings(size: Size) -> list[dict[str, Any]]:
    given = {
        "start": START,
        "end": _day(size, size.periods) - timedelta(days=1),
        "period": size.period,
        "counts": size.counts,
        "discount_rate": 0.08,
        "gap": 0.005,
        "time_limit_s": 1800,
    }
    return [{"setting": name, "value": value} for name, value in given.items()]


def _systems(size: Size, draw: Random) -> list[dict[str, Any]]:
    """Return generations that become available one after another, each larger than the last."""
    return [
        {
            "system": f"gen {n + 1}",
            "power_kw": 23 + 12 * n,
            "overhead_kw": 8 + 2 * n,
            "slots": 1 + n // 3,
            "available_from": _day(size, n * size.periods // (2 * size.systems)),
            "commission_days": draw.choice((14, 21, 30)),
        }
        for n in range(size.systems)
    ]


def _supply(size: Size, systems: list[dict[str, Any]], need: float) -> Sheets:
    """Return a fab whose wafers all generations share, a frame maker, and two plants."""
    sold = [
        {
            "supplier": "fab",
            "item": "wafer",
            "lead_days": 60,
            "yield": 0.9,
            "price": 20_000,
            "lot": 5,
            "order_cost": 50_000,
        },
        {"supplier": "frames", "item": "frame", "lead_days": 30, "price": 90_000},
    ]
    bom = [
        {"system": row["system"], "item": item, "quantity": quantity}
        for row in systems
        for item, quantity in (("wafer", 1), ("frame", 1))
    ]
    plants = [
        {
            "plant": plant,
            "system": row["system"],
            "units_per_month": max(3, round(need)),
            "lead_days": 20,
            "cost": 30_000 + 5_000 * (plant == "plant west"),
        }
        for row in systems
        for plant in ("plant east", "plant west")
    ]
    allocation = [
        {
            "supplier": "fab",
            "from": _day(size, step * size.periods // 4),
            "units_per_month": max(5, round(need * (1.0 + 0.25 * step))),
        }
        for step in range(4)
    ]
    return {"supply": sold, "bom": bom, "plants": plants, "supply_capacity": allocation}


def _logistics(sites: list[dict[str, Any]], draw: Random) -> Sheets:
    """Return lanes from makers to plants, to a depot, and from plants and depot to every site."""
    makers, plants = ("fab", "frames"), ("plant east", "plant west")
    lanes = [{"from": a, "to": b, "transit_days": 7, "cost": 100} for a in makers for b in plants]
    lanes += [{"from": p, "to": "depot", "transit_days": 5, "cost": 300} for p in plants]
    for row in sites:
        for origin in (*plants, "depot"):
            lanes.append(
                {
                    "from": origin,
                    "to": row["site"],
                    "transit_days": draw.randint(3, 20),
                    "cost": draw.randint(400, 2_500),
                }
            )
    return {"lanes": lanes, "depots": [{"depot": "depot", "storage": 5_000, "holding_cost": 200}]}


def _sites_and_halls(size: Size, draw: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    sites, halls = [], []
    for n in range(size.sites):
        site = f"site {n + 1:03d}"
        sites.append(
            {
                "site": site,
                "country": ("US", "CA", "FR")[n % 3],
                "storage": 400,
                "pue": draw.choice((1.1, 1.2, 1.3)),
                "opening_cost": 4_000_000,
                "energy_price": draw.randint(40, 110),
                "holding_cost": 300,
            }
        )
        for kind, mw in (("A", draw.choice((4, 6, 8))), ("B", draw.choice((10, 16)))):
            halls.append(
                {
                    "hall": f"{site} {kind}",
                    "site": site,
                    "count": draw.randint(1, 4),
                    "it_mw": mw,
                    "ready": _day(size, draw.randint(0, size.periods // 3)),
                    "build_days": 90,
                    "fit_out_cost": 800_000 * mw,
                    "fed_by": f"{site} feeder {kind}",
                    "open_count": int(n == 0 and kind == "A"),
                }
            )
    halls[0]["ready"] = START
    return sites, halls


def _power(size: Size, halls: list[dict[str, Any]], draw: Random) -> Sheets:
    """Return a grid connection and two feeders for each site, energised in two steps."""
    power: list[dict[str, Any]] = []
    energised = []
    for row in halls:
        grid, mw = f"{row['site']} grid", 1.25 * row["it_mw"] * row["count"]
        if row["hall"].endswith("A"):
            power.append({"node": grid, "site": row["site"]})
        power.append({"node": row["fed_by"], "parent": grid, "site": row["site"]})
        first = draw.randint(0, size.periods // 3) if row is not halls[0] else 0
        for step, share in ((first, 0.5), (first + size.periods // 4, 1.0)):
            energised.append({"node": row["fed_by"], "from": _day(size, step), "mw": mw * share})
    return {"power": power, "energisation": energised}


def _commitments(size: Size, final_mw: float) -> Sheets:
    """Return two commitments, on different bases, that grow over the second half of the plan."""
    due = []
    for name, share in (("large", 0.75), ("small", 0.2)):
        for step in range(1, 5):
            day = _day(size, size.periods * (4 + step) // 8) - timedelta(days=1)
            due.append(
                {"commitment": name, "date": day, "mw": round(final_mw * share * step / 4, 1)}
            )
    return {
        "commitments": [
            {"commitment": "large", "basis": "it", "priority": 1, "late_cost": 1_000_000},
            {"commitment": "small", "basis": "system", "priority": 2, "countries": "US, CA"},
        ],
        "milestones": due,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("size", nargs="?", choices=list(SIZES), help="a named size")
    parser.add_argument("path", type=Path, help="workbook to write")
    parser.add_argument("--sites", type=int, default=5)
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--systems", type=int, default=2)
    parser.add_argument("--week", action="store_true", help="plan by week")
    parser.add_argument("--continuous", action="store_true", help="fractions of systems and lots")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    from planner.workbook.writing.template import write_workbook  # noqa: PLC0415

    size = (
        SIZES[given.size]
        if given.size
        else Size(
            given.sites,
            given.periods,
            given.systems,
            "week" if given.week else "month",
            "continuous" if given.continuous else "integer",
        )
    )
    write_workbook(given.path, workbook(size, given.seed))


if __name__ == "__main__":
    main()
