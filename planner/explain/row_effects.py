"""Effects of one unit more of a limit on the rows of the model.

A cell makes many rows, one for each window or day on which it applies, so the shadow price of a
cell is a sum over rows. There is one function for each way in which a cell enters the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from planner.case.case import Case, budget_unit
from planner.case.dispatch_days import Name, first_on
from planner.case.rates import windows
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


def merged(touches: Iterable[Touch]) -> list[Touch]:
    """Return effects with those of the same row added up."""
    found: dict[object, Touch] = {}
    for touch in touches:
        sofar = found.setdefault(touch.place, Touch(touch.place, touch.period))
        sofar.right += touch.right
        for name, more in touch.terms.items():
            sofar.terms[name] = sofar.terms.get(name, 0.0) + more
    return list(found.values())


class ModelRows:
    """The windows and days for which the model of a case has rows.

    Parameters
    ----------
    inputs, case
        The inputs and the case prepared from them.
    """

    def __init__(self, inputs: Inputs, case: Case) -> None:
        self.inputs, self.case = inputs, case

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


Effect = Callable[[ModelRows, Row, Stretch], Iterator[Touch]]
"""Effects of one unit more of a row's limit from a first to a last day."""


def supplier_rate(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more unit a month of a supplier's capacity."""
    name, supply = row["supplier"], rows.case.supply
    for day, months in rows.accrued(("order", name), days).items():
        yield Touch(("supplier_capacity", (name, day)), rows.period(day), months)
    for (supplier, item), source in supply.sources.items():
        if supplier == name and source["take_or_pay_share"] > 0 and source["capacity_use"] > 0:
            share = source["take_or_pay_share"] / source["capacity_use"]
            settled = sorted(day for s, i, day in supply.reserved if (s, i) == (supplier, item))
            for first, last in windows(settled, 0):
                since, until = max(first, days[0]), min(last, days[1])
                if since <= until:
                    months = rows.case.calendar.months_over(since, until)
                    place = ("take_or_pay", (name, item, last))
                    yield Touch(place, rows.period(last), share * months)


def plant_rate(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more system a month at a plant."""
    key = (row["plant"], row["system"])
    for day, months in rows.accrued(("start", *key), days).items():
        yield Touch(("plant_capacity", (*key, day)), rows.period(day), months)


def lane_rate(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more unit a month on a lane."""
    key = (row["from"], row["to"])
    for day, months in rows.accrued(("ship", *key), days).items():
        yield Touch(("lane_capacity", (*key, day)), rows.period(day), months)


def storage(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more unit of storage at a depot or a site."""
    place = row["depot"] if row.sheet == "depots" else row["site"]
    for day in sorted({day for at, _, day in rows.case.supply.held if at == place}):
        yield Touch(("storage", (place, day)), rows.period(day), 1.0)


def crew_rate(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more system a month by the crews of a site."""
    for day, months in rows.accrued(("install", row["site"]), days).items():
        yield Touch(("crew_capacity", (row["site"], day)), rows.period(day), months)


def node_power(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more MW at a node, on failover groups too."""
    node, tree, case = row["node"], rows.case.facility.tree, rows.case
    one_mw = 1.0 / case.power_unit
    for day in range(days[0], days[1] + 1):
        yield Touch(("energised_power", (node, day)), rows.period(day), one_mw)
    for group, upstream in tree.upstream:
        for day in case.failover_days[group]:
            if days[0] <= day <= days[1]:
                if upstream == node:
                    yield Touch(("reserve", (node, group, day)), rows.period(day), one_mw)
                elif node in tree.groups[group] and node in tree.upstream[group, upstream]:
                    yield Touch(("reserve_below", (group, upstream, day)), rows.period(day), one_mw)
    for (group, lost), others in tree.others.items():
        for day in case.failover_days[group]:
            if days[0] <= day <= days[1] and node in others and node in tree.groups[group]:
                yield Touch(("failover", (group, lost, day)), rows.period(day), one_mw)


def each_hall(rule: str) -> Effect:
    """Return the effects of one unit more in each hall of a class on the rows of a rule."""

    def touch(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
        hall, facility = row["hall"], rows.case.facility
        opened = {opens for (name, _), opens in facility.opening.items() if name == hall}
        one = 1.0 / rows.case.power_unit if rule == "hall_power" else 1.0
        for day in rows.days_in([hall], days):
            place = (rule, (hall, day))
            if day in opened:
                yield Touch(place, rows.period(day), 0.0, {("opened_halls", (hall, day)): -one})
            else:
                yield Touch(place, rows.period(day), facility.open_count[hall] * one)

    return touch


def hall_count(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more hall of a class."""
    hall, facility = row["hall"], rows.case.facility
    site = facility.site_of[hall]
    for (name, decided), opens in facility.opening.items():
        if name == hall:
            yield Touch(("opened_halls", (hall, opens)), rows.period(opens), 1.0)
            if site in facility.opening_cost:
                yield Touch(
                    ("site_opened", (hall, decided)),
                    rows.period(decided),
                    0.0,
                    {("open_site", (site, decided)): -1.0},
                )


def supply_yield(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of a yield larger by one."""
    supply, key = rows.case.supply, (row["supplier"], row["item"])
    place, found = supply.place(row["supplier"]), dict[int, Touch]()
    for (supplier, item, day), usable in supply.arrival.items():
        if (supplier, item) == key:
            name = ("stock_balance", (place, item, usable))
            touch = found.setdefault(usable, Touch(name, rows.period(usable)))
            touch.terms["order_lots", (supplier, item, day)] = -row["lot"]
    used = sorted(day for at, item, day in supply.held if (at, item) == (place, key[1]))
    for order in rows.inputs.tables["orders"]:
        arrives = first_on(used, rows.case.calendar.from_day(order["arrives"]))
        if (order["supplier"], order["item"]) == key and arrives is not None:
            name = ("stock_balance", (place, key[1], arrives))
            touch = found.setdefault(arrives, Touch(name, rows.period(arrives)))
            touch.right += order["quantity"]
    yield from found.values()


def kv_link(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more GB/s of a link."""
    tokens = rows.case.tokens
    for block in tokens.hours:
        for number, span in enumerate(tokens.spans):
            yield Touch(("kv_link", (row["from"], row["to"], block, number)), span.first, 1.0)


def budget(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more unit of money by a date."""
    last = min(rows.case.calendar.number(row["date"]), rows.case.calendar.day_count - 1)
    if last >= 0 and rows.case.budget[last] == row["cumulative"]:
        unit = budget_unit(rows.case, row["cumulative"])
        yield Touch(("budget", (last,)), rows.period(last), 1.0 / unit)
