"""Tiny workbooks, and their best plans found by trying every one: no model and no solver.

One system, one site, one hall class, two or three periods. All decisions are whole numbers: lots
ordered, halls decided, systems installed, each by one of a few days. Everything else follows from
them, worked out here from the meaning of the sheets alone, by date.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise, product
from math import ceil, floor
from random import Random
from typing import Any

import numpy as np
from instances import Sheets, next_start, settings

NEAR = 1e-9

PLAIN = [("month", 2, 1), ("month", 3, 1), ("week", 3, 5), ("quarter", 2, 1)]
MIXED = [
    ("week; month from 2026-02-01", 3, 19),
    ("week; quarter from 2026-02-01", 2, 28),
    ("month; quarter from 2026-02-01", 2, 1),
    ("quarter; month from 2026-03-01", 3, 1),
    ("month; week from 2026-01-20", 3, 1),
]
"""Length of periods, their number, and the first day in January."""


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
            str(starts[0]),
            str(ends[-1]),
            period=period,
            discount_rate=draw.choice([0, 0.1]),
            pace=draw.choice(["just-in-time", "as-early-as-possible"]),
        ),
        "systems": [
            {
                "system": "unit",
                "power_kw": 900,
                "overhead_kw": draw.choice([0, 200]),
                "price": draw.randint(3, 9),
                "commission_days": draw.choice([0, 0, 10]),
            }
        ],
        "sites": [
            {
                "site": "site",
                "pue": draw.choice([1.1, 1.5]),
                "opening_cost": draw.choice([0, 7]),
                "lease": draw.choice([0, 0.5]),
                "energy_price": draw.choice([0, 0.002]),
            }
        ],
        "halls": [
            {
                "hall": "hall",
                "site": "site",
                "it_mw": draw.choice([1.2, 2.3]),
                "count": 2,
                "open_count": draw.choice([0, 0, 1]),
                "fit_out_cost": draw.randint(0, 9),
                "build_days": draw.choice([0, 0, 20]),
                "fed_by": "feeder",
                "ready": draw.choice([None, None, starts[1]]),
            }
        ],
        "power": [{"node": "feeder"}],
        "energisation": [
            {"node": "feeder", "from": starts[0], "mw": draw.choice([1.3, 3, 9])},
            {"node": "feeder", "from": starts[1], "mw": 9},
        ],
        "commitments": [
            {
                "commitment": f"c{n}",
                "basis": draw.choice(["system", "it", "facility"]),
                "priority": n + 1,
                "late_cost": draw.choice([0, 3]),
            }
            for n in range(few)
        ],
        "milestones": [
            {"commitment": f"c{n}", "date": day, "mw": (at + 1) * draw.choice([0.5, 1.0, 1.7])}
            for n in range(few)
            for at, day in enumerate(due)
        ],
    }
    for n in range(few):  # cumulative
        rows = [row for row in sheets["milestones"] if row["commitment"] == f"c{n}"]
        rows[-1]["mw"] = max(float(row["mw"]) for row in rows)  # type: ignore[arg-type]
    _let_fall(sheets, Random(f"fall {seed}"))
    if few == 1 and draw.random() < 0.5:
        sheets["service"] = [{"commitment": "c0", "site": "site", "cost": 2}]
    elif draw.random() < 0.4:  # with a cost of service it would pay to serve a part of early MW
        sheets["budget"] = [{"date": ends[0], "cumulative": draw.randint(5, 30)}]
    if draw.random() < 0.4:
        sheets["crews"] = [
            {
                "site": "site",
                "from": starts[0],
                "systems_per_month": draw.choice([1, 1.5, 2])
                * (4 if period.startswith("week") else 1),
            }
        ]
    sheets |= _supply(draw, starts, period) if draw.random() < 0.7 else {}
    if "budget" in sheets and "supply" in sheets:  # what is charged when would matter, too
        sheets["supply"][0]["take_or_pay_share"] = 0
    dice = Random(f"failover {seed}")
    if dice.random() < 0.4:
        sheets["power"] = [
            {"node": "feeder", "parent": "main", "group": "pair"},
            {"node": "main"},
            {"node": "spare", "parent": "aux", "group": "pair"},
            {"node": "aux"},
        ]
        sheets["energisation"] += [
            {"node": node, "from": starts[0], "mw": dice.choice([1.3, 2.6, 4, 9])}
            for node in ("main", "spare", "aux")
        ]
    return sheets


def _let_fall(sheets: Sheets, dice: Random) -> None:
    """Let the last milestone of a commitment be lower, where it costs nothing to let systems stand.

    Removing them is no decision here.
    """
    rows = sheets["milestones"]
    days = sorted({row["date"] for row in rows})
    if len(days) < 2 or dice.random() < 0.7:
        return
    sheets["sites"][0] |= {"energy_price": 0, "lease": 0}
    row = next(row for row in rows if row["date"] == days[1])
    row["mw"] = dice.choice([0, 0.25, 0.5]) * float(str(row["mw"]))
    sheets["commitments"][0]["may_fall"] = "yes"


def _supply(draw: Random, starts: list[date], period: str) -> Sheets:
    often = {"week": 4, "month": 1, "quarter": 0.4}[period.partition(";")[0]]
    sheets: Sheets = {
        "supply": [
            {
                "supplier": "maker",
                "item": "unit",
                "lead_days": draw.choice([0, 0, 5]),
                "yield": draw.choice([1, 0.8]),
                "price": draw.choice([None, 4]),
                "order_cost": draw.choice([0, 6]),
                "min_order": draw.choice([0, 3]),
                "lot": draw.choice([1, 2]),
                "capacity_use": draw.choice([1, 1.5]),
                "take_or_pay_share": draw.choice([0, 0, 0.4]),
            }
        ],
        "supply_capacity": [
            {
                "supplier": "maker",
                "from": starts[0],
                "units_per_month": often * draw.choice([3, 4, 5]),
            }
        ],
    }
    if draw.random() < 0.3:
        sheets["orders"] = [
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 1,
                "arrives": starts[1],
                "placed": str(starts[0]),
            }
        ]
    return sheets


@dataclass
class Tiny:
    """A tiny workbook, read; days are counted from the plan's first."""

    sheets: Sheets

    def __post_init__(self) -> None:
        self.set = {str(row["setting"]): row["value"] for row in self.sheets["settings"]}
        self.system: dict[str, Any] = self.sheets["systems"][0]
        self.site: dict[str, Any] = self.sheets["sites"][0]
        self.hall: dict[str, Any] = self.sheets["halls"][0]
        self.sold: dict[str, Any] = (self.sheets.get("supply") or [{}])[0]
        start, period = date.fromisoformat(str(self.set["start"])), str(self.set["period"])
        self.starts = [start]
        while next_start(self.starts[-1], period) <= date.fromisoformat(str(self.set["end"])):
            self.starts.append(next_start(self.starts[-1], period))
        end = next_start(self.starts[-1], period)
        self.starts = sorted({*self.starts, *self.falls()})
        after = [*self.starts[1:], end]
        self.count, self.periods = len(self.starts), range(len(self.starts))
        self.firsts = [self.number(day) for day in self.starts]
        self.lasts = [self.number(day) - 1 for day in after]
        self.days = self.lasts[-1] + 1
        self.it = (self.system["power_kw"] + self.system["overhead_kw"]) / 1000
        self.facility = self.it * self.site["pue"]
        self.ready = int(self.system["commission_days"])

    def number(self, day: Any) -> int:
        """Return the number of a day."""
        text = day if isinstance(day, date) else date.fromisoformat(str(day))
        return (text - self.starts[0]).days

    def falls(self) -> Iterator[date]:
        """Yield the days from which fewer megawatts are due than before."""
        for commitment in self.sheets["commitments"]:
            rows = [
                row
                for row in self.sheets["milestones"]
                if row["commitment"] == commitment["commitment"]
            ]
            for before, row in pairwise(rows):
                if float(str(row["mw"])) < float(str(before["mw"])):
                    yield date.fromisoformat(str(row["date"]))

    def share(self, day: int) -> float:
        """Return a day's part of its month."""
        at = self.starts[0] + timedelta(days=day)
        return (
            1 / ((at.replace(day=1) + timedelta(days=31)).replace(day=1) - at.replace(day=1)).days
        )

    def months(self, first: int, last: int) -> float:
        """Return the months from one day to another, both counted."""
        return sum(self.share(day) for day in range(first, last + 1))

    def factor(self, day: int) -> float:
        """Return what money of a day counts at the start."""
        return float((1 + float(str(self.set["discount_rate"]))) ** (-day / 365))

    def rate(self, sheet: str, column: str) -> float:
        """Return the only rate of a sheet."""
        return float(self.sheets[sheet][0][column])  # type: ignore[arg-type]

    def carried(self, node: object, day: int) -> float:
        """Return the MW that a power node carries on a day."""
        rows = [
            row
            for row in self.sheets["energisation"]
            if row["node"] == node and self.number(row["from"]) <= day
        ]
        return float(rows[-1]["mw"]) if rows else 0.0  # type: ignore[arg-type]

    def energised(self, day: int) -> float:
        """Return facility MW that the feeder, what feeds it, and what stands in for both carry."""
        return min(self.carried(row["node"], day) for row in self.sheets["power"])

    @cached_property
    def opens(self) -> int:
        """Return the first day on which a hall that is decided can be open."""
        ready = self.hall["ready"]
        return max(int(self.hall["build_days"]), 0 if ready is None else self.number(ready))

    @cached_property
    def firm(self) -> list[dict[str, Any]]:
        """Return the orders already placed."""
        return list(self.sheets.get("orders", []))

    @cached_property
    def capacity(self) -> tuple[list[float], list[float]]:
        """Return what the supplier can start on each day, and what placed orders take of it."""
        rate = self.rate("supply_capacity", "units_per_month")
        free, taken, debt = [], [], 0.0
        for day in range(self.days):
            debt += sum(
                row["quantity"] * self.sold["capacity_use"]
                for row in self.firm
                if self.number(row["placed"]) == day
            )
            paid = min(debt, rate * self.share(day))
            debt -= paid
            taken.append(paid)
            free.append(rate * self.share(day) - paid)
        return free, taken

    @cached_property
    def install_days(self) -> list[int]:
        """Return the days by which systems are installed.

        In time for each period's end; where crews have a rate, also the day before each on which
        more becomes possible.
        """
        wanted = {last - self.ready for last in self.lasts} - set(range(-400, 0))
        since, events = 0, set[int]()
        if self.sold:
            arrive = {self.sold["lead_days"], *(self.number(r["arrives"]) for r in self.firm)}
            since = min(arrive)
            events |= arrive
            paid = [day for day in range(self.days) if self.capacity[1][day] > 0]
            events |= {paid[-1] + 1 + self.sold["lead_days"]} if paid else set()
        if self.hall["open_count"] < self.hall["count"]:
            events.add(self.opens)
        events |= {
            day
            for row in self.sheets["power"]
            for day in range(1, self.days)
            if self.carried(row["node"], day) > self.carried(row["node"], day - 1)
        }
        breaks = {day - 1 for day in events} if "crews" in self.sheets else set()
        found = wanted | {day for day in breaks if day < max(wanted, default=0)}
        return sorted(day for day in found if day >= since)

    @cached_property
    def order_days(self) -> list[int]:
        """Return the days by which lots are ordered, in time for the installs."""
        lead = self.sold["lead_days"] if self.sold else 0
        return [day - lead for day in self.install_days if day >= lead] if self.sold else []

    def required(self, commitment: object, period: int) -> float:
        """Return megawatts due by the end of a period: those of the last milestone by then."""
        met = [
            float(str(row["mw"]))
            for row in self.sheets["milestones"]
            if row["commitment"] == commitment and self.number(row["date"]) <= self.lasts[period]
        ]
        return met[-1] if met else 0.0

    def each(self, commitment: dict[str, object]) -> float:
        """Return megawatts of one system on a commitment's basis."""
        kinds = {"system": self.system["power_kw"] / 1000, "it": self.it, "facility": self.facility}
        return float(kinds[str(commitment["basis"])])


def within(uses: Sequence[float], accrued: Sequence[float], unit: float) -> list[float] | None:
    """Return what each window leaves for the next, None if one uses more than there is.

    Up to an indivisible amount is left, from the first window on that is no multiple of it.
    Nothing is done in a window without any rate.
    """
    left, begun, before = [], False, 0.0
    for used, most in zip(uses, accrued, strict=True):
        begun = begun or abs(most / unit - round(most / unit)) > NEAR
        if used > before + most + NEAR or (used > 0 and most <= 0):
            return None
        before = min(unit, before + most - used) if begun else 0.0
        left.append(before)
    return left


def best_tiers(sheets: Sheets) -> tuple[float, ...] | None:
    """Return the best tiers of any plan: missed by priority, early service, present cost.

    Early service is negative, so that all tiers are the better the less. None if there is no plan.
    """
    tiny = Tiny(sheets)
    orders = _Orders(tiny)
    found = []
    for installs, decided in _deployments(tiny):
        tiers = _tiers(tiny, installs, decided, orders)
        if tiers is not None:
            found.append((tuple(round(value, 9) for value in tiers), tiers))
    return min(found, default=((), None))[1]


def _deployments(tiny: Tiny) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield systems installed and halls opened by install day, all that halls and crews allow."""
    days, hall = tiny.install_days, tiny.hall
    to_open = int(hall["count"]) - int(hall["open_count"])
    fits = floor(hall["count"] * hall["it_mw"] / tiny.it + NEAR)
    firsts = [tiny.sold["lead_days"] if tiny.sold else 0, *(day + 1 for day in days)]
    if tiny.firm:
        firsts[0] = min(firsts[0], *(tiny.number(row["arrives"]) for row in tiny.firm))
    openings = [
        opened
        for opened in product(*(range(to_open + 1 if day >= tiny.opens else 1) for day in days))
        if sum(opened) <= to_open
    ]
    for installs in product(*(range(fits + 1) for _ in days)):
        if sum(installs) > fits:
            continue
        if "crews" in tiny.sheets:
            rate = tiny.rate("crews", "systems_per_month")
            most = [
                rate * tiny.months(first, last) for first, last in zip(firsts, days, strict=False)
            ]
            if within(installs, most, 1.0) is None:
                continue
        for opened in openings:
            if _stands(tiny, installs, opened):
                yield installs, opened


def _stands(tiny: Tiny, installs: Sequence[int], opened: Sequence[int]) -> bool:
    """Whether halls and the feeder carry what stands on each day."""
    standing, halls = 0, int(tiny.hall["open_count"])
    for day, installed, more in zip(tiny.install_days, installs, opened, strict=True):
        standing, halls = standing + installed, halls + more
        room = min(halls * tiny.hall["it_mw"] / tiny.it, tiny.energised(day) / tiny.facility)
        if standing > room + NEAR:
            return False
    return True


class _Orders:
    """Every series of orders: what is there by each install day, and what it costs."""

    def __init__(self, tiny: Tiny) -> None:
        self.tiny = tiny
        budget = tiny.sheets.get("budget", [])
        self.until = tiny.number(budget[0]["date"]) if budget else -1
        self.accrued, self.unit = self._windows() if tiny.sold else ([], 1.0)
        good, costs, early = [], [], []
        for lots in self._plans():
            found = self._cost(lots)
            if found is not None:
                good.append(self._good(lots))
                costs.append(found[0])
                early.append(found[1])
        self.good, self.cost, self.early = np.array(good), np.array(costs), np.array(early)

    def _windows(self) -> tuple[list[float], float]:
        """Return what the supplier can start by each order day, and an indivisible order."""
        days, free, sold = self.tiny.order_days, self.tiny.capacity[0], self.tiny.sold
        spans = zip([0, *(day + 1 for day in days)], days, strict=False)
        self.least = max(1, ceil(sold["min_order"] / sold["lot"] - NEAR))
        unit = self.least * sold["lot"] * sold["capacity_use"]
        return [sum(free[first : last + 1]) for first, last in spans], unit

    def _plans(self) -> Iterator[tuple[int, ...]]:
        """Yield lots by order day that a window and what is carried to it allow."""
        tiny, sold = self.tiny, self.tiny.sold
        if not sold:
            yield ()
            return
        use = sold["lot"] * sold["capacity_use"]
        need = tiny.hall["count"] * tiny.hall["it_mw"] / tiny.it / sold["yield"] / sold["lot"] + 1
        choices = [
            [0, *range(self.least, floor((most + self.unit) / use + NEAR) + 1)]
            for most in self.accrued
        ]
        for lots in product(*choices):
            if sum(lots) <= need + 2 * self.least:
                left = within([count * use for count in lots], self.accrued, self.unit)
                if left is not None:
                    yield lots

    def _good(self, lots: Sequence[int]) -> list[float]:
        """Return the good units that have come by each install day."""
        tiny = self.tiny
        if not tiny.sold:
            return [1e9] * len(tiny.install_days)
        units = tiny.sold["lot"] * tiny.sold["yield"]
        return [
            sum(
                count * units
                for at, count in zip(tiny.order_days, lots, strict=True)
                if at + tiny.sold["lead_days"] <= day
            )
            + sum(
                row["quantity"] * tiny.sold["yield"]
                for row in tiny.firm
                if tiny.number(row["arrives"]) <= day
            )
            for day in tiny.install_days
        ]

    def _cost(self, lots: Sequence[int]) -> tuple[float, float] | None:
        """Return what is paid to the supplier, discounted, and by the budget's day as it is."""
        tiny, sold = self.tiny, self.tiny.sold
        if not sold:
            return 0.0, 0.0
        price = tiny.system["price"] if sold["price"] is None else sold["price"]
        paid = [
            (tiny.number(row["placed"]), row["quantity"] * price + sold["order_cost"])
            for row in tiny.firm
        ]
        ordered = dict(zip(tiny.order_days, lots, strict=True))
        paid += [
            (day, count * sold["lot"] * price + sold["order_cost"] * bool(count))
            for day, count in ordered.items()
        ]
        cost = sum(money * tiny.factor(day) for day, money in paid)
        early = sum(money for day, money in paid if day <= self.until)
        unused = self._unused(ordered, price)
        return None if unused is None else (cost + unused, early)

    def _unused(self, ordered: dict[int, int], price: float) -> float | None:
        """Return the least that take-or-pay charges, over all that may be carried on."""
        tiny, sold = self.tiny, self.tiny.sold
        share, use = sold["take_or_pay_share"], sold["capacity_use"]
        if not share:
            return 0.0
        days = tiny.order_days
        ends = {end for end in tiny.lasts if not days or not days[0] <= end <= days[-1]}
        settled = sorted({*days, *ends})
        rate, firsts = tiny.rate("supply_capacity", "units_per_month"), [0]
        firsts += [day + 1 for day in settled]
        due = [
            rate * tiny.months(first, day)
            - (sum(tiny.capacity[1][first : day + 1]) + ordered.get(day, 0) * sold["lot"] * use)
            / share
            for first, day in zip(firsts, settled, strict=False)
        ]
        accrued = dict(zip(days, self.accrued, strict=True))
        begins = next(
            (
                day
                for day, most in accrued.items()
                if abs(most / self.unit - round(most / self.unit)) > NEAR
            ),
            tiny.days,
        )
        states = {0.0: 0.0}
        for at, day in enumerate(settled):
            found: dict[float, float] = {}
            for before, cost in states.items():
                most = 0.0
                if day in accrued:
                    most = before + accrued[day] - ordered[day] * sold["lot"] * use
                    if most < -NEAR:
                        continue
                    most = min(self.unit, most) if day >= begins else 0.0
                last = day == settled[-1]
                later = due[at + 1] if at + 1 < len(due) else 0.0
                for wish in (0.0, most, before + due[at], -later, self.unit - later):
                    after = round(min(max(wish, 0.0), max(most, 0.0)), 9)
                    owed = max(0.0, due[at] + before - (0.0 if last else after))
                    total = cost + owed * share / use * price * tiny.factor(day)
                    found[after] = min(total, found.get(after, total))
            states = found
        return min(states.values(), default=None)


def _tiers(
    tiny: Tiny, installs: Sequence[int], opened: Sequence[int], orders: _Orders
) -> tuple[float, ...] | None:
    """Return the tiers of a deployment with its cheapest orders, None if none supply it."""
    needed = np.cumsum(installs)
    possible = (orders.good >= needed - NEAR).all(axis=1)
    in_service = [
        sum(
            count
            for day, count in zip(tiny.install_days, installs, strict=True)
            if day + tiny.ready <= last
        )
        for last in tiny.lasts
    ]
    served = [_served(tiny, period, in_service[period]) for period in tiny.periods]
    paid = list(_money(tiny, installs, opened, in_service, served))
    for row in tiny.sheets.get("budget", []):
        until = tiny.number(row["date"])
        spent = sum(money for day, money in paid if day <= until)
        possible &= orders.early + spent <= float(str(row["cumulative"])) + NEAR
    if not possible.any():
        return None
    names = tiny.sheets["commitments"]
    months = [tiny.months(a, b) for a, b in zip(tiny.firsts, tiny.lasts, strict=True)]
    missed = [
        [
            max(0.0, tiny.required(row["commitment"], t) - served[t][n]) * months[t]
            for t in tiny.periods
        ]
        for n, row in enumerate(names)
    ]
    late = sum(
        float(str(row["late_cost"])) * missed[n][t] * tiny.factor(tiny.firsts[t])
        for n, row in enumerate(names)
        for t in tiny.periods
    )
    cost = sum(money * tiny.factor(day) for day, money in paid)
    cost += late + float(orders.cost[possible].min())
    early = -sum(sum(served[t]) * months[t] for t in tiny.periods)
    tiers = [sum(found) for found in missed]
    return (*tiers, early, cost) if _is_early(tiny) else (*tiers, cost)


def _is_early(tiny: Tiny) -> bool:
    return tiny.set["pace"] == "as-early-as-possible"


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
            name = commitments[n]["commitment"]
            most = max(tiny.required(name, later) for later in range(period, tiny.count))
            more = max(0.0, min(most - served[n], systems * each))
            served[n] += more
            systems -= more / each
    return served


def _money(
    tiny: Tiny,
    installs: Sequence[int],
    opened: Sequence[int],
    in_service: Sequence[int],
    served: Sequence[Sequence[float]],
) -> Iterator[tuple[int, float]]:
    """Yield day and money of all that a deployment costs, without late cost and supply."""
    decided = [day - int(tiny.hall["build_days"]) for day in tiny.install_days]
    for day, count in zip(decided, opened, strict=True):
        yield day, count * float(tiny.hall["fit_out_cost"])
    firsts = [day for day, count in zip(decided, opened, strict=True) if count]
    if firsts and not tiny.hall["open_count"]:
        yield min(firsts), float(tiny.site["opening_cost"])
    if not tiny.sold:
        for day, count in zip(tiny.install_days, installs, strict=True):
            yield day, count * float(tiny.system["price"])
    for day, count in zip(tiny.install_days, installs, strict=True):
        for first, last in zip(tiny.firsts, tiny.lasts, strict=True):
            begins = max(first, day + tiny.ready)
            if begins <= last:
                hours = 24 * (last - begins + 1)
                yield first, count * tiny.facility * hours * float(tiny.site["energy_price"])
                lease = tiny.it * tiny.months(begins, last) * float(tiny.site["lease"])
                yield first, count * lease
    for row in tiny.sheets.get("service", []):
        for t, following in zip(tiny.periods, [*tiny.lasts[1:], tiny.lasts[-1] + 1], strict=True):
            months = tiny.months(tiny.lasts[t], following - 1)
            yield tiny.lasts[t], float(str(row["cost"])) * served[t][0] * months
