"""Effects of limits on the model: the rows each limit makes, and their change per step.

A cell makes many rows, one for each window or day on which it applies, so the shadow price of a
cell is a sum over rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planner.case.case import Case, budget_unit
from planner.case.dispatch_days import Name, first_on
from planner.case.rates import carried, windows
from planner.explain.limits import STEPS, Limit, amounts, dates
from planner.workbook.rows import Inputs, Row

Stretch = tuple[int, int]
"""First and last day of a span."""


@dataclass
class Touch:
    """Effect of one step of a limit on one row or one upper bound of the model.

    Attributes
    ----------
    place : tuple
        Rule and index of a row, or decision and index of a column's upper bound.
    period : int
        Period to which the effect belongs.
    right : float
        Addend of the right-hand side, or of the upper bound.
    terms : dict
        Addend of each coefficient, by decision and index.
    """

    place: tuple[str, tuple[Any, ...]]
    period: int
    right: float = 0.0
    terms: dict[tuple[str, tuple[Any, ...]], float] = field(default_factory=dict)


class Catalogue:
    """The limits of some inputs, with their effects on the model of a case.

    Parameters
    ----------
    inputs, case
        The inputs and the case prepared from them.
    """

    def __init__(self, inputs: Inputs, case: Case) -> None:
        self.inputs, self.case = inputs, case
        self.amounts, self.dates = amounts(inputs), dates(inputs)
        self._later: dict[tuple[str, str], list[date]] = {}
        for sheet, (name, _) in STEPS.items():
            for row in inputs.tables[sheet]:
                self._later.setdefault((sheet, row[name]), []).append(row["from"])

    def move(self, limit: Limit, steps: float) -> list[Touch]:
        """Return the effects of some steps of an amount on the model."""
        return self.move_all([(limit, steps)])

    def move_all(self, moves: Iterable[tuple[Limit, float]]) -> list[Touch]:
        """Return the effects of several amounts moved together."""
        found = merged(
            Touch(
                t.place,
                t.period,
                t.right * steps,
                {key: more * steps for key, more in t.terms.items()},
            )
            for limit, steps in moves
            for t in self.touches(limit)
        )
        return [*found, *self._carries(found)]

    def _carries(self, touches: Iterable[Touch]) -> Iterator[Touch]:
        """Yield the effects of changed rates on the part that a window may carry over."""
        case = self.case
        crews = dict.fromkeys(case.facility.sites, 1.0 if case.whole else 0.0)
        for rule, carry, accrued, units in (
            ("supplier_capacity", "carry_capacity", case.supply.capacity, case.supply.carry),
            ("crew_capacity", "carry_crews", case.facility.crew_capacity, crews),
        ):
            more = {t.place[1]: t.right for t in touches if t.place[0] == rule}
            for name in sorted({key[0] for key in more}):
                windows_of = {key: most for key, most in accrued.items() if key[0] == name}
                before = carried(windows_of.values(), units[name])
                now = (most + more.get(key, 0.0) for key, most in windows_of.items())
                after = carried(now, units[name])
                for key, may, may_now in zip(windows_of, before, after, strict=True):
                    if may != may_now:
                        right = (may_now - may) * units[name]
                        yield Touch((carry, key), self.period(key[1]), right)

    def keeps_days(self, moves: Iterable[tuple[Limit, float]]) -> bool:
        """Return whether moved dated capacities still rise and fall on the same days.

        If they do not, windows end on other days.
        """
        rows: dict[tuple[str, str], dict[int, float]] = {}
        for limit, steps in moves:
            if limit.row.sheet in STEPS:
                key = limit.row.sheet, limit.row[STEPS[limit.row.sheet][0]]
                rows.setdefault(key, {})[id(limit.row)] = steps * limit.step
        return all(
            self._directions(*key, {}) == self._directions(*key, more) for key, more in rows.items()
        )

    def _directions(self, sheet: str, name: str, more: Mapping[int, float]) -> dict[date, int]:
        """Return the days on which a dated capacity rises, and those on which it falls."""
        key, column = STEPS[sheet]
        rows = sorted(
            (row for row in self.inputs.tables[sheet] if row[key] == name),
            key=lambda row: row["from"],
        )
        found, before = {}, 0.0
        for row in rows:
            value = row[column] + more.get(id(row), 0.0)
            if self.case.calendar.number(row["from"]) > 0 and value != before:
                found[row["from"]] = 1 if value > before else -1
            before = value
        return found

    def touches(self, limit: Limit) -> list[Touch]:
        """Return the effects of one step of an amount on the model."""
        rule = TOUCHES[limit.row.sheet, limit.column]
        row, days = limit.row, (0, self.case.calendar.day_count - 1)
        if row.sheet in STEPS:
            days = self._in_force(row)
        return [
            Touch(
                t.place,
                t.period,
                t.right * limit.step,
                {key: value * limit.step for key, value in t.terms.items()},
            )
            for t in rule(self, row, days)
        ]

    def shares_budget(self, limit: Limit) -> bool:
        """Return whether a limit is one of several budgets for the same day."""
        if limit.row.sheet != "budget":
            return False
        days = [self._budget_day(row) for row in self.inputs.tables["budget"]]
        return days.count(self._budget_day(limit.row)) > 1

    def _budget_day(self, row: Row) -> int:
        """Return the index of the last day that a budget covers; negative if there is none."""
        return min(self.case.calendar.number(row["date"]), self.case.calendar.day_count - 1)

    def only_adds(self, limit: Limit) -> bool:
        """Return whether more of a rate only adds to its existing windows.

        It does not if the rate is 0, which has no windows, or if placed orders use the rate,
        because they would then be worked off on other days.
        """
        if limit.value <= 0:
            return False
        placed = {supplier for supplier, _ in self.case.timetable.placed}
        return limit.row.sheet != "supply_capacity" or limit.row["supplier"] not in placed

    def _in_force(self, row: Row) -> Stretch:
        """Return the first and the last day on which a dated row applies."""
        calendar = self.case.calendar
        later = self._later[row.sheet, row[STEPS[row.sheet][0]]]
        end = min((day for day in later if day > row["from"]), default=None)
        last = calendar.day_count - 1
        return calendar.from_day(row["from"]), last if end is None else calendar.number(end) - 1

    def accrued(self, name: Name, days: Stretch) -> dict[int, float]:
        """Return the units that one more unit a month on some days adds to each window.

        Windows are identified by their last days; unchanged windows are omitted.
        """
        table, calendar = self.case.timetable, self.case.calendar
        found = {}
        for first, last in windows(table.clock.days.get(name, ()), table.clock.since.get(name, 0)):
            since, until = max(first, days[0]), min(last, days[1])
            if since <= until:
                found[last] = calendar.months_over(since, until)
        return found

    def period(self, day: int) -> int:
        """Return the period that holds a day."""
        return self.case.calendar.period_of(day)

    def days_in(self, halls: Iterable[str], days: Stretch) -> list[int]:
        """Return the days on which the model checks the contents of some halls."""
        wanted = set(halls)
        found = {0 for hall, _ in self.case.facility.fleet if hall in wanted}
        for (hall, _), useful in self.case.installing.items():
            found.update(useful if hall in wanted else ())
        return sorted(day for day in found if days[0] <= day <= days[1])


def merged(touches: Iterable[Touch]) -> list[Touch]:
    """Return effects with those of the same row added up."""
    found: dict[object, Touch] = {}
    for touch in touches:
        sofar = found.setdefault(touch.place, Touch(touch.place, touch.period))
        sofar.right += touch.right
        for name, more in touch.terms.items():
            sofar.terms[name] = sofar.terms.get(name, 0.0) + more
    return list(found.values())


Toucher = Callable[[Catalogue, Row, Stretch], Iterator[Touch]]


def _supplier(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    name, supply = row["supplier"], it.case.supply
    for day, months in it.accrued(("order", name), days).items():
        yield Touch(("supplier_capacity", (name, day)), it.period(day), months)
    for (supplier, item), source in supply.sources.items():
        if supplier == name and source["take_or_pay_share"] > 0 and source["capacity_use"] > 0:
            share = source["take_or_pay_share"] / source["capacity_use"]
            settled = sorted(day for s, i, day in supply.reserved if (s, i) == (supplier, item))
            for first, last in windows(settled, 0):
                since, until = max(first, days[0]), min(last, days[1])
                if since <= until:
                    months = it.case.calendar.months_over(since, until)
                    place = ("take_or_pay", (name, item, last))
                    yield Touch(place, it.period(last), share * months)


def _plant(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    key = (row["plant"], row["system"])
    for day, months in it.accrued(("start", *key), days).items():
        yield Touch(("plant_capacity", (*key, day)), it.period(day), months)


def _lane(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    key = (row["from"], row["to"])
    for day, months in it.accrued(("ship", *key), days).items():
        yield Touch(("lane_capacity", (*key, day)), it.period(day), months)


def _storage(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    place = row["depot"] if row.sheet == "depots" else row["site"]
    for day in sorted({day for at, _, day in it.case.supply.held if at == place}):
        yield Touch(("storage", (place, day)), it.period(day), 1.0)


def _crews(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    for day, months in it.accrued(("install", row["site"]), days).items():
        yield Touch(("crew_capacity", (row["site"], day)), it.period(day), months)


def _node(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    node, tree, case = row["node"], it.case.facility.tree, it.case
    one_mw = 1.0 / case.power_unit
    for day in range(days[0], days[1] + 1):
        yield Touch(("energised_power", (node, day)), it.period(day), one_mw)
    for group, upstream in tree.upstream:
        for day in case.failover_days[group]:
            if days[0] <= day <= days[1]:
                if upstream == node:
                    yield Touch(("reserve", (node, group, day)), it.period(day), one_mw)
                elif node in tree.groups[group] and node in tree.upstream[group, upstream]:
                    yield Touch(("reserve_below", (group, upstream, day)), it.period(day), one_mw)
    for (group, lost), others in tree.others.items():
        for day in case.failover_days[group]:
            if days[0] <= day <= days[1] and node in others and node in tree.groups[group]:
                yield Touch(("failover", (group, lost, day)), it.period(day), one_mw)


def _hall(rule: str) -> Toucher:
    def touch(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
        hall, facility = row["hall"], it.case.facility
        opened = {opens for (name, _), opens in facility.opening.items() if name == hall}
        one = 1.0 / it.case.power_unit if rule == "hall_power" else 1.0
        for day in it.days_in([hall], days):
            place = (rule, (hall, day))
            if day in opened:
                yield Touch(place, it.period(day), 0.0, {("opened_halls", (hall, day)): -one})
            else:
                yield Touch(place, it.period(day), facility.open_count[hall] * one)

    return touch


def _count(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    hall, facility = row["hall"], it.case.facility
    site = facility.site_of[hall]
    for (name, decided), opens in facility.opening.items():
        if name == hall:
            yield Touch(("opened_halls", (hall, opens)), it.period(opens), 1.0)
            if site in facility.opening_cost:
                yield Touch(
                    ("site_opened", (hall, decided)),
                    it.period(decided),
                    0.0,
                    {("open_site", (site, decided)): -1.0},
                )


def _yield(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    supply, key = it.case.supply, (row["supplier"], row["item"])
    place, found = supply.place(row["supplier"]), dict[int, Touch]()
    for (supplier, item, day), usable in supply.arrival.items():
        if (supplier, item) == key:
            name = ("stock_balance", (place, item, usable))
            touch = found.setdefault(usable, Touch(name, it.period(usable)))
            touch.terms["order_lots", (supplier, item, day)] = -row["lot"]
    used = sorted(day for at, item, day in supply.held if (at, item) == (place, key[1]))
    for order in it.inputs.tables["orders"]:
        arrives = first_on(used, it.case.calendar.from_day(order["arrives"]))
        if (order["supplier"], order["item"]) == key and arrives is not None:
            name = ("stock_balance", (place, key[1], arrives))
            touch = found.setdefault(arrives, Touch(name, it.period(arrives)))
            touch.right += order["quantity"]
    yield from found.values()


def _budget(it: Catalogue, row: Row, days: Stretch) -> Iterator[Touch]:
    last = min(it.case.calendar.number(row["date"]), it.case.calendar.day_count - 1)
    if last >= 0 and it.case.budget[last] == row["cumulative"]:
        unit = budget_unit(it.case, row["cumulative"])
        yield Touch(("budget", (last,)), it.period(last), 1.0 / unit)


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
