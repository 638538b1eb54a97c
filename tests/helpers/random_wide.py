"""Small random workbooks of many kinds, each with its own mix of rules; the same for the same seed.

`random_cases` always has the same sheets; here each part of a plan is there or not: supply or the
open market, plants, lanes, depots, crews, a power tree, failover, a fleet, orders already placed,
a budget, several commitments, weeks, months or quarters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from instances import Sheets, next_start, settings
from random_dates import on_any_day

DAYS_A_MONTH = 365.25 / 12
STEP = {"week": 7, "month": 30, "quarter": 91}
MIXED = [
    ("week; month from 2026-02-01", 4, 19),
    ("week; quarter from 2026-02-01", 3, 22),
    ("month; quarter from 2026-02-01", 3, 1),
    ("month; quarter from 2026-03-01", 3, 1),
    ("quarter; month from 2026-03-01", 3, 1),
    ("month; week from 2026-01-20", 4, 1),
    ("week; month from 2026-02-01; quarter from 2026-03-01", 4, 19),
]
"""Length of periods, their number, and the first day in January."""

KINDS = ("plain", "mixed", "dated", "dated mixed")
"""Periods of one length or of several; dates on the ends of periods or, if dated, on any day."""


@dataclass(frozen=True)
class Frame:
    """The calendar of a case, and its dice.

    Attributes
    ----------
    draw : Random
    period : str
    starts, ends : list of date
        First and last day of each period.
    """

    draw: Random
    period: str
    starts: list[date]
    ends: list[date]

    @property
    def length(self) -> str:
        """Length of the first period."""
        return self.period.partition(";")[0]

    def some_start(self) -> date:
        return self.draw.choice(self.starts)

    def some_end(self) -> date:
        return self.draw.choice(self.ends)

    def monthly(self, low: int, high: int) -> float:
        """Return units a month that come to some units a period."""
        months = 1.0 if self.length == "month" else STEP[self.length] / DAYS_A_MONTH
        return round(self.draw.randint(low, high) / months, 3)

    def days(self) -> int:
        """Return a lead time of no, about one, or more than one period."""
        return self.draw.choice([0, 0, 0, 0, STEP[self.length] - 2, STEP[self.length] + 3])

    def chance(self, share: float) -> bool:
        return self.draw.random() < share


def wide_case(seed: int, kind: str = KINDS[0]) -> Sheets:
    """Return a workbook of two to four periods, one or two systems, one to three hall classes.

    Its periods may differ in length, and its dates may lie on any day: see `KINDS`.
    """
    frame = _frame(Random(f"wide {seed}"))
    if kind.endswith("mixed"):
        frame = _mixed(Random(f"mixed wide {seed}"))
    systems = ["alpha", "beta"][: 1 + frame.chance(0.5)]
    sites = ["east", "west"][: 1 + frame.chance(0.5)]
    sheets = {
        "settings": _settings(frame),
        "systems": _systems(frame, systems),
        "sites": _sites(frame, sites),
        **_halls(frame, sites, systems),
        **_commitments(frame, sites, systems),
    }
    if frame.chance(0.75):
        sheets |= _supply(frame, sites, systems)
    if frame.chance(0.4):
        sheets["crews"] = [
            {"site": site, "from": frame.starts[0], "systems_per_month": frame.monthly(1, 8)}
            for site in sites
        ]
    if any(row.get("group") for row in sheets.get("power", ())):
        _upstream(Random(f"upstream {seed}"), frame, sheets)
    if frame.chance(0.25):
        most = frame.draw.randint(30, 90)
        sheets["budget"] = [
            {"date": day, "cumulative": most * (at + 1)}
            for at, day in enumerate(sorted({frame.some_end(), frame.ends[-1]}))
        ]
    if kind.startswith("dated"):
        on_any_day(Random(f"dated {seed}"), frame.starts[0], frame.ends[-1], sheets)
    return sheets


def _frame(draw: Random) -> Frame:
    period = draw.choice(["week", "month", "month", "quarter"])
    count = draw.randint(2, 4) if period != "quarter" else draw.randint(2, 3)
    start = date(2026, 1, 5) if period == "week" else date(2026, 1, 1)
    return _of(draw, period, count, start)


def _mixed(draw: Random) -> Frame:
    period, count, first = draw.choice(MIXED)
    return _of(draw, period, count, date(2026, 1, first))


def _of(draw: Random, period: str, count: int, start: date) -> Frame:
    starts = [start]
    while len(starts) <= count:
        starts.append(next_start(starts[-1], period))
    ends = [day - timedelta(days=1) for day in starts[1:]]
    return Frame(draw, period, starts[:-1], ends)


def _settings(frame: Frame) -> list[dict[str, object]]:
    draw = frame.draw
    fenced = frame.chance(0.15)
    return settings(
        str(frame.starts[0]),
        str(frame.ends[-1]),
        period=frame.period,
        discount_rate=draw.choice([0, 0.08]),
        pace=draw.choice(["just-in-time", "just-in-time", "as-early-as-possible"]),
        counts=draw.choice(["integer", "integer", "integer", "continuous"]),
        release_fence_days=STEP[frame.length] if fenced else 0,
    )


def _systems(frame: Frame, systems: list[str]) -> list[dict[str, object]]:
    draw = frame.draw
    return [
        {
            "system": name,
            "power_kw": draw.choice([500, 700, 1000, 1500]),
            "overhead_kw": draw.choice([0, 110, 250]),
            "slots": draw.choice([1, 2]),
            "coolant_lpm": draw.choice([0, 40]),
            "price": draw.randint(4, 20),
            "commission_days": frame.days() if frame.chance(0.4) else 0,
            "available_from": frame.starts[1] if frame.chance(0.15) else None,
            "available_to": frame.ends[-1] - timedelta(days=8) if frame.chance(0.15) else None,
        }
        for name in systems
    ]


def _sites(frame: Frame, sites: list[str]) -> list[dict[str, object]]:
    draw = frame.draw
    return [
        {
            "site": site,
            "country": {"east": "US", "west": "CA"}[site],
            "pue": draw.choice([1.1, 1.25]),
            "opening_cost": draw.choice([0, draw.randint(1, 30)]),
            "energy_price": draw.choice([0, 0, 0.004]),
            "lease": draw.choice([0, 0, 0.4]),
            "holding_cost": draw.choice([0, 0.3]),
            "storage": draw.choice([None, draw.randint(1, 6)]),
        }
        for site in sites
    ]


def _halls(frame: Frame, sites: list[str], systems: list[str]) -> Sheets:
    """Return halls, the systems that stand in them, and the power that feeds them."""
    draw = frame.draw
    names = [f"{site} {letter}" for site in sites for letter in "AB"[: 1 + frame.chance(0.4)]]
    powered = frame.chance(0.5)
    halls, fleet = [], []
    for name in names:
        count, mw = draw.randint(1, 2), draw.choice([2.0, 3.1, 4.5, 6.0])
        opened = draw.randint(0, count) if frame.chance(0.4) else 0
        halls.append(
            {
                "hall": name,
                "site": name[:4],
                "count": count,
                "it_mw": mw,
                "open_count": opened,
                "slots": draw.choice([None, None, 5]),
                "coolant_lpm": draw.choice([None, None, 120]),
                "ready": frame.some_start() if frame.chance(0.3) else None,
                "build_days": frame.days(),
                "fit_out_cost": draw.randint(0, 25),
                "fed_by": f"feeder {name[:4]}" if powered else None,
            }
        )
        if opened and frame.chance(0.5):
            fleet.append(
                {
                    "hall": name,
                    "system": systems[0],
                    "count": 1,
                    "commitment": "first" if frame.chance(0.5) else None,
                }
            )
    return {"halls": halls, "fleet": fleet, **(_power(frame, sites) if powered else {})}


def _power(frame: Frame, sites: list[str]) -> Sheets:
    """Return a feeder for each site, below a substation or in a failover group with the other."""
    draw = frame.draw
    grouped = len(sites) == 2 and frame.chance(0.5)
    below = not grouped and frame.chance(0.5)
    nodes: list[dict[str, object]] = [
        {
            "node": f"feeder {site}",
            "parent": "substation" if below else None,
            "group": "pair" if grouped else None,
        }
        for site in sites
    ]
    if below:
        nodes.append({"node": "substation"})
    steps = []
    for row in nodes:
        if grouped or frame.chance(0.8):
            first = draw.randint(2, 9)
            steps.append({"node": row["node"], "from": frame.starts[0], "mw": first})
            if frame.chance(0.6):
                steps.append(
                    {
                        "node": row["node"],
                        "from": frame.starts[-1],
                        "mw": first + draw.randint(1, 5),
                    }
                )
    return {"power": nodes, "energisation": steps}


def _upstream(draw: Random, frame: Frame, sheets: Sheets) -> None:
    """Add to a failover group what feeds its members, apart or together, and perhaps a spare.

    With dice of its own, so that the rest of a case is what it was.
    """
    power, steps = sheets["power"], sheets["energisation"]
    if draw.random() < 0.3:
        power.append({"node": "spare", "parent": None, "group": "pair"})
        steps.append({"node": "spare", "from": frame.starts[0], "mw": draw.randint(1, 6)})
    for row in list(power):
        if draw.random() < 0.6:
            row["parent"] = draw.choice([f"main {row['node']}", "main"])
    named = {row["node"] for row in power}
    for name in sorted({str(row["parent"]) for row in power if row["parent"]} - named):
        power.append({"node": name, "parent": None, "group": None})
        if draw.random() < 0.8:
            steps.append({"node": name, "from": frame.starts[0], "mw": draw.randint(2, 8)})
            steps.append({"node": name, "from": frame.starts[-1], "mw": draw.randint(3, 12)})


def _commitments(frame: Frame, sites: list[str], systems: list[str]) -> Sheets:
    draw = frame.draw
    names = ["first", "second", "third"][: draw.choice([1, 1, 2, 2, 3])]
    commitments, milestones, service = [], [], []
    for name in names:
        commitments.append(
            {
                "commitment": name,
                "basis": draw.choice(["system", "it", "facility"]),
                "priority": draw.randint(1, 2),
                "late_cost": draw.choice([0, 0, 2, 30]),
                "countries": "US" if frame.chance(0.2) else None,
                "systems": systems[-1] if frame.chance(0.2) else None,
            }
        )
        mw = 0.0
        for day in sorted({draw.choice(frame.ends[1:]), frame.some_end()}):
            mw += draw.randint(1, 5) / 2
            milestones.append({"commitment": name, "date": day, "mw": mw})
        if Random(f"fall {milestones}").random() < 0.2:
            commitments[-1]["may_fall"] = "yes"
            milestones[-1]["mw"] = mw / 4
        for site in sites:
            if frame.chance(0.4):
                service.append(
                    {
                        "commitment": name,
                        "site": site,
                        "cost": draw.randint(0, 4),
                        "allowed": "no" if frame.chance(0.1) else "yes",
                    }
                )
    return {"commitments": commitments, "milestones": milestones, "service": service}


def _supply(frame: Frame, sites: list[str], systems: list[str]) -> Sheets:
    """Return suppliers of whole systems, or of the wafers that a plant makes them of."""
    assembled = frame.chance(0.35)
    items = ["wafer"] if assembled else systems
    suppliers = ["fab", "rival"][: 1 + frame.chance(0.3)]
    rows = [_sold(frame, supplier, item) for supplier in suppliers for item in items]
    sheets: Sheets = {"supply": rows}
    shared = {row["supplier"] for row in rows if row["take_or_pay_share"]}
    for supplier in suppliers:
        if supplier in shared or frame.chance(0.6):
            first, later = frame.starts[0], frame.starts[-1]
            steps = [first, later] if frame.chance(0.4) else [first]
            sheets.setdefault("supply_capacity", []).extend(
                {"supplier": supplier, "from": day, "units_per_month": frame.monthly(2, 12)}
                for day in steps
            )
    if assembled:
        sheets["bom"] = [
            {"system": name, "item": "wafer", "quantity": frame.draw.choice([1, 2])}
            for name in systems
        ]
        sheets["plants"] = [
            {
                "plant": "plant",
                "system": name,
                "units_per_month": frame.monthly(2, 9),
                "lead_days": frame.days(),
                "cost": frame.draw.randint(0, 3),
            }
            for name in systems
        ]
    if frame.chance(0.35):
        sheets["orders"] = [
            {
                "order": "PO-1",
                "supplier": suppliers[0],
                "item": items[0],
                "quantity": frame.draw.randint(1, 3),
                "arrives": frame.some_end(),
                "placed": frame.draw.choice(["2025-12-01", str(frame.starts[0])]),
            }
        ]
    if frame.chance(0.45):
        sheets |= _logistics(frame, sites, suppliers, assembled)
    return sheets


def _sold(frame: Frame, supplier: str, item: str) -> dict[str, object]:
    draw = frame.draw
    return {
        "supplier": supplier,
        "item": item,
        "lead_days": frame.days(),
        "yield": draw.choice([1, 1, 0.8, 0.95]),
        "price": draw.choice([None, draw.randint(2, 12)]),
        "order_cost": draw.choice([0, 0, draw.randint(1, 12)]),
        "min_order": draw.choice([0, 0, 3]),
        "lot": draw.choice([1, 1, 2, 3]),
        "capacity_use": draw.choice([1, 1, 1.5]),
        "available_from": frame.some_start() if frame.chance(0.1) else None,
        "take_or_pay_share": draw.choice([0, 0, 0, 0.3]),
    }


def _logistics(frame: Frame, sites: list[str], suppliers: list[str], assembled: bool) -> Sheets:
    """Return lanes from each supplier, over the plant and a depot where there are, to each site."""
    draw = frame.draw
    stored = frame.chance(0.5)
    ends = ["depot"] if stored else sites
    legs = [(supplier, "plant") for supplier in suppliers] if assembled else []
    legs += [(start, end) for start in (["plant"] if assembled else suppliers) for end in ends]
    legs += [("depot", site) for site in sites] if stored else []
    lanes = [
        {
            "from": start,
            "to": end,
            "transit_days": frame.days() if frame.chance(0.4) else 0,
            "cost": draw.choice([0, 0, 0.5, 1]),
            "units_per_month": frame.monthly(1, 6) if frame.chance(0.3) else None,
        }
        for start, end in legs
    ]
    depots = (
        [
            {
                "depot": "depot",
                "storage": draw.choice([None, draw.randint(1, 5)]),
                "holding_cost": draw.choice([0, 0.2]),
            }
        ]
        if stored
        else []
    )
    return {"lanes": lanes, "depots": depots}
