"""Which rows of the model a limit makes, and by how much each moves for one step more of it.

A cell makes many rows, one for each period in which it holds, so that the price of a cell is a
sum of prices of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planner.case.case import Case, budget_unit
from planner.explain.limits import STEPS, Limit, amounts, dates
from planner.inputs.rows import Inputs, Row
from planner.tolerance import whole_part


@dataclass
class Touch:
    """What one step of a limit does to one row or one upper bound of the model.

    Attributes
    ----------
    place : tuple
        Rule and index of a row, or decision and index of a column's upper bound.
    period : int
        Period in which it holds.
    right : float
        What is added to the right-hand side, or to the upper bound.
    terms : dict
        What is added to coefficients, by decision and index.
    """

    place: tuple[str, tuple[Any, ...]]
    period: int
    right: float = 0.0
    terms: dict[tuple[str, tuple[Any, ...]], float] = field(default_factory=dict)


class Catalogue:
    """The limits of some inputs, with their touches on the model of a case.

    Parameters
    ----------
    inputs, case
        The workbook and what was prepared from it.
    """

    def __init__(self, inputs: Inputs, case: Case) -> None:
        self.inputs, self.case = inputs, case
        self.amounts, self.dates = amounts(inputs), dates(inputs)
        self._later: dict[tuple[str, str], list[date]] = {}
        for sheet, (name, _) in STEPS.items():
            for row in inputs.tables[sheet]:
                self._later.setdefault((sheet, row[name]), []).append(row["from"])

    def move(self, limit: Limit, steps: float) -> list[Touch]:
        """Return what so many steps of a limit do to the model.

        A limit that is an amount moves in proportion; a date from which a capacity holds brings
        the capacity to one period more with each step.
        """
        if not limit.dated:
            more = limit.step * steps
            return [self._moved(touch, limit.value, more) for touch in self._touches(limit)]
        row, (name, amount) = limit.row, STEPS[limit.row.sheet]
        first = self.case.calendar.first(row["from"])
        last = self.case.calendar.count if first is None else first
        dated = [(r["from"], r[amount]) for r in self.inputs.tables[row.sheet]
                 if r[name] == row[name] and r["from"] < row["from"]]  # fmt: skip
        before = self.case.calendar.in_force(dated)
        toucher = TOUCHES[row.sheet, amount]
        found = []
        for t in range(max(0, last - round(steps)), last):
            more = max(0.0, row[amount] - before[t])
            found += [self._moved(touch, before[t], more) for touch in toucher(self, row, [t])]
        return found

    def _moved(self, touch: Touch, before: float, more: float) -> Touch:
        """Return what more of an amount does to a row, given what one unit of it does.

        Crews work in whole systems, so that a row of theirs moves from one whole number to another.
        """
        if touch.place[0] == "crew_capacity" and self.case.whole:
            one = touch.right
            right = float(whole_part((before + more) * one) - whole_part(before * one))
        else:
            right = touch.right * more
        return Touch(
            touch.place,
            touch.period,
            right,
            {name: coefficient * more for name, coefficient in touch.terms.items()},
        )

    def _touches(self, limit: Limit) -> list[Touch]:
        """Return what one unit of a limit that is an amount does to the model."""
        rule = TOUCHES[limit.row.sheet, limit.column]
        row, periods = limit.row, list(self.case.calendar.periods)
        if row.sheet in STEPS:
            periods = self._in_force(row)
        return list(rule(self, row, periods))

    def shares_budget(self, limit: Limit) -> bool:
        """Say whether a limit is one of several budgets for the same period."""
        if limit.row.sheet != "budget":
            return False
        starts = self.case.calendar.starts
        covered = [
            sum(day <= row["date"] for day in starts) for row in self.inputs.tables["budget"]
        ]
        return covered.count(sum(day <= limit.row["date"] for day in starts)) > 1

    def _in_force(self, row: Row) -> list[int]:
        """Return the periods in which a dated row holds."""
        later = self._later[row.sheet, row[STEPS[row.sheet][0]]]
        end = min((day for day in later if day > row["from"]), default=None)
        return [
            period for period, start in enumerate(self.case.calendar.starts)
            if row["from"] <= start and (end is None or start < end)
        ]  # fmt: skip


Toucher = Callable[[Catalogue, Row, list[int]], Iterator[Touch]]


def _supplier(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    name, supply, months = row["supplier"], it.case.supply, it.case.calendar.months
    for t in periods:
        yield Touch(("supplier_capacity", (name, t)), t, months[t])
        for (supplier, item), source in supply.sources.items():
            if supplier == name and source["take_or_pay_share"] > 0:
                due = source["take_or_pay_share"] * months[t] / source["capacity_use"]
                yield Touch(("take_or_pay", (name, item, t)), t, due)


def _plant(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    for t in periods:
        key = (row["plant"], row["system"], t)
        yield Touch(("plant_capacity", key), t, it.case.calendar.months[t])


def _lane(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    for t in periods:
        yield Touch(("lane_capacity", (row["from"], row["to"], t)), t, it.case.calendar.months[t])


def _storage(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    place = row["depot"] if row.sheet == "depots" else row["site"]
    for t in periods:
        yield Touch(("storage", (place, t)), t, 1.0)


def _crews(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    for t in periods:
        yield Touch(("crew_capacity", (row["site"], t)), t, it.case.calendar.months[t])


def _node(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    node, tree = row["node"], it.case.facility.tree
    for t in periods:
        yield Touch(("energised_power", (node, t)), t, 1.0)
        for group, upstream in tree.upstream:
            if upstream == node:
                yield Touch(("reserve", (node, group, t)), t, 1.0)
            elif node in tree.groups[group] and node in tree.upstream[group, upstream]:
                yield Touch(("reserve_below", (group, upstream, t)), t, 1.0)
        for (group, lost), others in tree.others.items():
            if node in others and node in tree.groups[group]:
                yield Touch(("failover", (group, lost, t)), t, 1.0)


def _hall(rule: str) -> Toucher:
    def touch(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
        hall = row["hall"]
        first = it.case.facility.first_open.get(hall, 0)
        can_open = any(name == hall for name, _ in it.case.facility.opening)
        opens = min(
            (o for (h, _), o in it.case.facility.opening.items() if h == hall), default=first
        )
        for t in periods:
            place = (rule, (hall, t))
            if can_open and t >= opens:
                yield Touch(place, t, 0.0, {("opened_halls", (hall, t)): -1.0})
            else:
                yield Touch(place, t, float(it.case.facility.open_count[hall]))

    return touch


def _count(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    hall = row["hall"]
    for t in periods:
        yield Touch(("opened_halls", (hall, t)), t, 1.0)
    site = it.case.facility.site_of[hall]
    for (name, decided), _ in it.case.facility.opening.items():
        if name == hall and site in it.case.facility.opening_cost:
            yield Touch(("site_opened", (hall, decided)), decided, 0.0,
                        {("open_site", (site, decided)): -1.0})  # fmt: skip


def _yield(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    supply, key = it.case.supply, (row["supplier"], row["item"])
    place, found = supply.place(row["supplier"]), dict[int, Touch]()
    for (supplier, item, period), usable in supply.arrival.items():
        if (supplier, item) == key:
            name = ("stock_balance", (place, item, usable))
            touch = found.setdefault(usable, Touch(name, usable))
            touch.terms["order_lots", (supplier, item, period)] = -row["lot"]
    for order in it.inputs.tables["orders"]:
        arrives = it.case.calendar.first(order["arrives"])
        if (order["supplier"], order["item"]) == key and arrives is not None:
            name = ("stock_balance", (place, key[1], arrives))
            found.setdefault(arrives, Touch(name, arrives)).right += order["quantity"]
    yield from found.values()


def _budget(it: Catalogue, row: Row, periods: list[int]) -> Iterator[Touch]:
    covered = sum(start <= row["date"] for start in it.case.calendar.starts)
    if covered and it.case.budget[covered - 1] == row["cumulative"]:
        unit = budget_unit(it.case, row["cumulative"])
        yield Touch(("budget", (covered - 1,)), covered - 1, 1.0 / unit)


TOUCHES: Mapping[tuple[str, str], Toucher] = {
    ("supply_capacity", "units_per_month"): _supplier,
    ("plants", "units_per_month"): _plant,
    ("lanes", "units_per_month"): _lane,
    ("depots", "storage"): _storage,
    ("sites", "storage"): _storage,
    ("crews", "systems_per_month"): _crews,
    ("energisation", "mw"): _node,
    ("halls", "it_mw"): _hall("hall_power"),
    ("halls", "slots"): _hall("hall_slots"),
    ("halls", "coolant_lpm"): _hall("hall_coolant"),
    ("halls", "count"): _count,
    ("supply", "yield"): _yield,
    ("budget", "cumulative"): _budget,
}
