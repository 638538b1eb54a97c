"""Tiny workbooks, and their best plans found by trying every one: no model and no solver.

One system, one site, one hall class, two or three periods. All decisions are whole numbers: lots
ordered, halls decided, systems installed. Everything else follows from them, worked out here from
the meaning of the sheets alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import ceil, floor
from random import Random
from typing import Any

from instances import Sheets, next_start, settings

NEAR = 1e-9

PLAIN = [("month", 2, 1), ("month", 3, 1), ("week", 3, 5), ("quarter", 2, 1)]
MIXED = [
    ("week; month from 2026-02-01", 3, 19), ("week; quarter from 2026-02-01", 2, 28),
    ("month; quarter from 2026-02-01", 2, 1), ("quarter; month from 2026-03-01", 3, 1),
    ("month; week from 2026-01-20", 3, 1),
]  # fmt: skip
"""Length of periods, their number, and the first day in January."""

Step = tuple[int, int, int]
"""Lots ordered, halls decided and systems installed in a period."""


def tiny_case(seed: int, *, mixed: bool = False) -> Sheets:
    """Return a workbook whose plans can all be tried; its periods differ if they are mixed."""
    draw = Random(f"{'mixed ' if mixed else ''}tiny {seed}")
    period, count, first = draw.choice(MIXED if mixed else PLAIN)
    starts = [date(2026, 1, first)]
    while len(starts) <= count:
        starts.append(next_start(starts[-1], period))
    ends = [day - timedelta(days=1) for day in starts[1:]]
    due = sorted({draw.choice(ends[-2:]), ends[-1]})
    few = draw.choice([1, 2])
    sheets: Sheets = {
        "settings": settings(
            str(starts[0]), str(ends[-1]), period=period, discount_rate=draw.choice([0, 0.1]),
            pace=draw.choice(["just-in-time", "as-early-as-possible"]),
        ),
        "systems": [{"system": "unit", "power_kw": 900, "overhead_kw": draw.choice([0, 200]),
                     "price": draw.randint(3, 9), "commission_days": draw.choice([0, 0, 10])}],
        "sites": [{"site": "site", "pue": draw.choice([1.1, 1.5]),
                   "opening_cost": draw.choice([0, 7]), "lease": draw.choice([0, 0.5]),
                   "energy_price": draw.choice([0, 0.002])}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": draw.choice([1.2, 2.3]), "count": 2,
                   "open_count": draw.choice([0, 0, 1]), "fit_out_cost": draw.randint(0, 9),
                   "build_days": draw.choice([0, 0, 20]), "fed_by": "feeder",
                   "ready": draw.choice([None, None, starts[1]])}],
        "power": [{"node": "feeder"}],
        "energisation": [{"node": "feeder", "from": starts[0], "mw": draw.choice([1.3, 3, 9])},
                         {"node": "feeder", "from": starts[1], "mw": 9}],
        "commitments": [
            {"commitment": f"c{n}", "basis": draw.choice(["system", "it", "facility"]),
             "priority": n + 1, "late_cost": draw.choice([0, 3])} for n in range(few)
        ],
        "milestones": [
            {"commitment": f"c{n}", "date": day, "mw": (at + 1) * draw.choice([0.5, 1.0, 1.7])}
            for n in range(few) for at, day in enumerate(due)
        ],
    }  # fmt: skip
    for n in range(few):  # cumulative
        rows = [row for row in sheets["milestones"] if row["commitment"] == f"c{n}"]
        rows[-1]["mw"] = max(float(row["mw"]) for row in rows)  # type: ignore[arg-type]
    if few == 1 and draw.random() < 0.5:
        sheets["service"] = [{"commitment": "c0", "site": "site", "cost": 2}]
    elif draw.random() < 0.4:  # with a cost of service it would pay to serve a part of early MW
        sheets["budget"] = [{"date": ends[0], "cumulative": draw.randint(5, 30)}]
    if draw.random() < 0.4:
        sheets["crews"] = [{"site": "site", "from": starts[0],
                            "systems_per_month": draw.choice([1, 1.5, 2])
                            * (4 if period.startswith("week") else 1)}]  # fmt: skip
    dice = Random(f"failover {seed}")
    if dice.random() < 0.4:
        sheets["power"] = [
            {"node": "feeder", "parent": "main", "group": "pair"}, {"node": "main"},
            {"node": "spare", "parent": "aux", "group": "pair"}, {"node": "aux"},
        ]  # fmt: skip
        sheets["energisation"] += [
            {"node": node, "from": starts[0], "mw": dice.choice([1.3, 2.6, 4, 9])}
            for node in ("main", "spare", "aux")
        ]
    return sheets | (_supply(draw, starts, period) if draw.random() < 0.7 else {})


def _supply(draw: Random, starts: list[date], period: str) -> Sheets:
    often = {"week": 4, "month": 1, "quarter": 0.4}[period.partition(";")[0]]
    sheets: Sheets = {
        "supply": [{"supplier": "maker", "item": "unit", "lead_days": draw.choice([0, 0, 5]),
                    "yield": draw.choice([1, 0.8]), "price": draw.choice([None, 4]),
                    "order_cost": draw.choice([0, 6]), "min_order": draw.choice([0, 3]),
                    "lot": draw.choice([1, 2]), "capacity_use": draw.choice([1, 1.5]),
                    "take_or_pay_share": draw.choice([0, 0, 0.4])}],
        "supply_capacity": [{"supplier": "maker", "from": starts[0],
                             "units_per_month": often * draw.choice([3, 4, 5])}],
    }  # fmt: skip
    if draw.random() < 0.3:
        sheets["orders"] = [{"order": "PO", "supplier": "maker", "item": "unit", "quantity": 1,
                             "arrives": starts[1], "placed": str(starts[0])}]  # fmt: skip
    return sheets


@dataclass
class Tiny:
    """A tiny workbook, read; amounts by period."""

    sheets: Sheets

    def __post_init__(self) -> None:
        self.set = {str(row["setting"]): row["value"] for row in self.sheets["settings"]}
        self.system, self.site, self.hall = (
            self.sheets[name][0] for name in ("systems", "sites", "halls")
        )
        self.sold: dict[str, Any] = (self.sheets.get("supply") or [{}])[0]
        start, period = date.fromisoformat(str(self.set["start"])), str(self.set["period"])
        self.starts = [start]
        while next_start(self.starts[-1], period) <= date.fromisoformat(str(self.set["end"])):
            self.starts.append(next_start(self.starts[-1], period))
        after = [*self.starts[1:], next_start(self.starts[-1], period)]
        self.ends = [day - timedelta(days=1) for day in after]
        self.count, self.periods = len(self.starts), range(len(self.starts))
        self.days = [(b - a).days for a, b in zip(self.starts, after, strict=True)]
        whole = [a.day == 1 and b == next_start(a, "month")
                 for a, b in zip(self.starts, after, strict=True)]  # fmt: skip
        self.months = [1.0 if is_month else n / (365.25 / 12)
                       for n, is_month in zip(self.days, whole, strict=True)]  # fmt: skip
        self.factor = [
            (1 + float(self.set["discount_rate"])) ** (-(day - start).days / 365)  # type: ignore[arg-type]
            for day in self.starts
        ]
        self.it = (self.system["power_kw"] + self.system["overhead_kw"]) / 1000  # type: ignore[operator]
        self.facility = self.it * self.site["pue"]  # type: ignore[operator]

    def first(self, day: date) -> int:
        """Return the first period that starts on or after a day."""
        return next((t for t in self.periods if self.starts[t] >= day), self.count)

    def then(self, period: int, days: object) -> int:
        """Return the first period in which what takes days can be used."""
        return self.first(self.starts[period] + timedelta(days=int(str(days))))

    def in_force(self, sheet: str, column: str, period: int) -> float:
        """Return a dated value in force."""
        rows = [row for row in self.sheets[sheet] if row["from"] <= self.starts[period]]  # type: ignore[operator]
        return float(rows[-1][column]) if rows else 0.0  # type: ignore[arg-type]

    def power(self, period: int) -> float:
        """Return facility MW that the feeder, what feeds it, and what stands in for both carry."""
        steps = [row for row in self.sheets["energisation"] if row["from"] <= self.starts[period]]  # type: ignore[operator]
        last = {str(row["node"]): float(row["mw"]) for row in steps}  # type: ignore[arg-type]
        return min(last.get(str(row["node"]), 0.0) for row in self.sheets["power"])

    def required(self, commitment: object, period: int) -> float:
        """Return megawatts due by the end of a period."""
        rows = [row for row in self.sheets["milestones"] if row["commitment"] == commitment]
        ended = [[t for t in self.periods if self.ends[t] <= row["date"]] for row in rows]  # type: ignore[operator]
        due = [max(judged, default=0) for judged in ended]
        met = (float(r["mw"]) for r, t in zip(rows, due, strict=True) if t <= period)  # type: ignore[arg-type]
        return max(met, default=0.0)

    def each(self, commitment: dict[str, object]) -> float:
        """Return megawatts of one system on a commitment's basis."""
        kinds = {"system": self.system["power_kw"] / 1000, "it": self.it,  # type: ignore[operator]
                 "facility": self.facility}  # fmt: skip
        return float(kinds[str(commitment["basis"])])


def best_tiers(sheets: Sheets) -> tuple[float, ...] | None:
    """Return the best tiers of any plan: missed by priority, early service, present cost.

    Early service is negative, so that all tiers are the better the less. None if there is no plan.
    """
    tiny = Tiny(sheets)
    found = (tiers for plan in _plans(tiny) if (tiers := _tiers(tiny, plan)) is not None)
    rounded = ((tuple(round(v, 9) for v in tiers), tiers) for tiers in found)
    return min(rounded, default=((), None))[1]


def _plans(tiny: Tiny) -> Iterator[tuple[Step, ...]]:
    """Yield every series of decisions within the bounds of a single period."""
    hall = tiny.hall
    to_open = int(hall["count"]) - int(hall["open_count"])  # type: ignore[call-overload]
    fits = floor(hall["count"] * hall["it_mw"] / tiny.it + NEAR)  # type: ignore[operator]
    choices = []
    for t in tiny.periods:
        crew = fits
        if "crews" in tiny.sheets:
            crew = floor(
                tiny.in_force("crews", "systems_per_month", t) * tiny.months[t] + NEAR
            )  # fmt: skip
        choices.append(product(_lots(tiny, t), range(to_open + 1), range(min(fits, crew) + 1)))
    for plan in product(*choices):
        if sum(s[1] for s in plan) <= to_open and sum(s[2] for s in plan) <= fits:
            yield plan


def _lots(tiny: Tiny, period: int) -> list[int]:
    """Return the lots that the supplier takes in a period."""
    sold = tiny.sold
    if not sold:
        return [0]
    left = tiny.in_force("supply_capacity", "units_per_month", period) * tiny.months[period]
    left -= sum(_placed(tiny, period)) * sold["capacity_use"]
    most = floor(left / sold["capacity_use"] / sold["lot"] + NEAR)
    least = max(1, ceil(sold["min_order"] / sold["lot"] - NEAR))
    return [0, *range(least, most + 1)]


def _placed(tiny: Tiny, period: int) -> list[float]:
    """Return quantities of orders placed already that are dated in a period."""
    return [
        float(row["quantity"]) for row in tiny.sheets.get("orders", [])  # type: ignore[arg-type]
        if tiny.starts[period] <= date.fromisoformat(str(row["placed"])) <= tiny.ends[period]
    ]  # fmt: skip


def _tiers(tiny: Tiny, plan: tuple[Step, ...]) -> tuple[float, ...] | None:
    """Return the tiers of a plan, None if it breaks a rule."""
    in_service = _in_service(tiny, plan)
    if in_service is None or not _has_stock(tiny, plan):
        return None
    served = [_served(tiny, t, in_service[t]) for t in tiny.periods]
    money = [_money(tiny, plan, t, in_service[t]) for t in tiny.periods]
    names = tiny.sheets["commitments"]
    missed = [[max(0.0, tiny.required(c["commitment"], t) - served[t][n]) * tiny.months[t]
               for t in tiny.periods] for n, c in enumerate(names)]  # fmt: skip
    for row in tiny.sheets.get("service", []):
        for t in tiny.periods:
            money[t] += float(row["cost"]) * served[t][0] * tiny.months[t]  # type: ignore[arg-type]
    for row in tiny.sheets.get("budget", []):
        spent = sum(money[t] for t in tiny.periods if tiny.starts[t] <= row["date"])  # type: ignore[operator]
        if spent > float(row["cumulative"]) + NEAR:  # type: ignore[arg-type]
            return None
    late = [sum(float(c["late_cost"]) * missed[n][t] for n, c in enumerate(names))  # type: ignore[arg-type]
            for t in tiny.periods]  # fmt: skip
    cost = sum((money[t] + late[t]) * tiny.factor[t] for t in tiny.periods)
    early = -sum(sum(served[t]) * tiny.months[t] for t in tiny.periods)
    tiers = [sum(months) for months in missed]
    return (*tiers, early, cost) if _is_early(tiny) else (*tiers, cost)


def _is_early(tiny: Tiny) -> bool:
    return tiny.set["pace"] == "as-early-as-possible"


def _in_service(tiny: Tiny, plan: tuple[Step, ...]) -> list[int] | None:
    """Return systems in service in each period, None if halls or the feeder do not carry them."""
    opened, ready = [int(str(tiny.hall["open_count"]))] * tiny.count, tiny.hall["ready"]
    for t, (_, decided, _) in enumerate(plan):
        opens = tiny.then(t, tiny.hall["build_days"])
        if decided and (opens >= tiny.count or (ready and tiny.starts[opens] < ready)):  # type: ignore[operator]
            return None
        for later in range(opens, tiny.count):
            opened[later] += decided
    in_service, standing = [0] * tiny.count, 0
    for t, (_, _, installed) in enumerate(plan):
        serves = tiny.then(t, tiny.system["commission_days"])
        if installed and serves >= tiny.count:
            return None  # of no use; the model leaves it out
        standing += installed
        for later in range(serves, tiny.count):
            in_service[later] += installed
        room = opened[t] * tiny.hall["it_mw"] / tiny.it  # type: ignore[operator]
        power = tiny.power(t) / tiny.facility
        if standing > min(room, power) + NEAR:
            return None
    return in_service


def _has_stock(tiny: Tiny, plan: tuple[Step, ...]) -> bool:
    """Whether every system is there when it is installed."""
    if not tiny.sold:
        return True
    stock = [0.0] * (tiny.count + 1)
    for t, (lots, _, _) in enumerate(plan):
        stock[tiny.then(t, tiny.sold["lead_days"])] += lots * tiny.sold["lot"] * tiny.sold["yield"]
    for row in tiny.sheets.get("orders", []):
        stock[tiny.first(row["arrives"])] += row["quantity"] * tiny.sold["yield"]  # type: ignore[arg-type,operator]
    left = 0.0
    for t, (_, _, installed) in enumerate(plan):
        left += stock[t] - installed
        if left < -NEAR:
            return False
    return True


def _served(tiny: Tiny, period: int, systems: float) -> list[float]:
    """Return megawatts served to each commitment: what is due by priority, then early ones."""
    commitments, served = tiny.sheets["commitments"], []
    for row in commitments:
        mw = min(tiny.required(row["commitment"], period), systems * tiny.each(row))
        served.append(mw)
        systems -= mw / tiny.each(row)
    if _is_early(tiny):
        largest_first = sorted(range(len(commitments)), key=lambda n: -tiny.each(commitments[n]))
        for n in largest_first:
            each = tiny.each(commitments[n])
            final = tiny.required(commitments[n]["commitment"], tiny.count - 1)
            more = max(0.0, min(final - served[n], systems * each))
            served[n] += more
            systems -= more / each
    return served


def _money(tiny: Tiny, plan: tuple[Step, ...], period: int, in_service: int) -> float:
    """Return what is spent in a period, without service and late cost."""
    lots, decided, installed = plan[period]
    sold, site = tiny.sold, tiny.site
    standing = sum(step[2] for step in plan[: period + 1])
    spent = decided * float(str(tiny.hall["fit_out_cost"]))
    is_first = decided and not any(step[1] for step in plan[:period])
    if is_first and not tiny.hall["open_count"]:
        spent += float(str(site["opening_cost"]))
    spent += standing * tiny.it * tiny.months[period] * float(str(site["lease"]))
    hours = 24 * tiny.days[period]
    spent += in_service * tiny.facility * hours * float(str(site["energy_price"]))
    price = float(str(tiny.system["price"]))
    if not sold:
        return spent + price * installed
    price = price if sold["price"] is None else sold["price"]
    placed = _placed(tiny, period)
    units = lots * sold["lot"] + sum(placed)
    capacity = tiny.in_force("supply_capacity", "units_per_month", period) * tiny.months[period]
    due = sold["take_or_pay_share"] * capacity / sold["capacity_use"]
    spent += price * (units + max(0.0, due - units))
    return float(spent + sold["order_cost"] * (bool(lots) + len(placed)))
