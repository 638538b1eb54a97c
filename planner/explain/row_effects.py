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
    row_or_column : tuple
        Rule and index of a row, or decision and index of a column's upper bound.
    period : int
        Period to which the effect belongs.
    right : float
        Addend of the right-hand side, or of the upper bound.
    terms : dict
        Addend of each coefficient, by decision and index.
    """

    row_or_column: tuple[str, tuple[Any, ...]]
    period: int
    right: float = 0.0
    terms: dict[tuple[str, tuple[Any, ...]], float] = field(default_factory=dict)

    def times(self, steps: float) -> Touch:
        """Return the effect of so many steps."""
        terms = {name: more * steps for name, more in self.terms.items()}
        return Touch(self.row_or_column, self.period, self.right * steps, terms)


def merged(touches: Iterable[Touch]) -> list[Touch]:
    """Return effects with those of the same row added up."""
    effects: dict[object, Touch] = {}
    for touch in touches:
        sofar = effects.setdefault(touch.row_or_column, Touch(touch.row_or_column, touch.period))
        sofar.right += touch.right
        for name, more in touch.terms.items():
            sofar.terms[name] = sofar.terms.get(name, 0.0) + more
    return list(effects.values())


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
        clock, calendar = self.case.timetable.clock, self.case.calendar
        dispatch_days = clock.days.get(name, ())
        months_by_window: dict[int, float] = {}
        for first, last in windows(dispatch_days, clock.since.get(name, 0)):
            since, until = max(first, days[0]), min(last, days[1])
            if since <= until:
                months_by_window[last] = calendar.months_over(since, until)
        return months_by_window

    def period(self, day: int) -> int:
        """Return the period that holds a day."""
        return self.case.calendar.period_of(day)

    def days_in(self, halls: Iterable[str], days: Stretch) -> list[int]:
        """Return the days on which the model checks the contents of some halls."""
        wanted = set(halls)
        first, last = days
        checked_days: set[int] = set()
        # The fleet stands there from the first day on.
        if any(hall in wanted for hall, _ in self.case.facility.fleet):
            checked_days.add(0)
        for (hall, _), install_days in self.case.installing.items():
            if hall in wanted:
                checked_days.update(install_days)
        return sorted(day for day in checked_days if first <= day <= last)


Effect = Callable[[ModelRows, Row, Stretch], Iterator[Touch]]
"""Effects of one unit more of a row's limit from a first to a last day."""


def supplier_rate(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more unit a month of a supplier's capacity."""
    name, supply = row["supplier"], rows.case.supply
    for day, months in rows.accrued(("order", name), days).items():
        yield Touch(("supplier_capacity", (name, day)), rows.period(day), months)
    for (supplier, item), source in supply.sources.items():
        is_reserved = source["take_or_pay_share"] > 0 and source["capacity_use"] > 0
        if supplier != name or not is_reserved:
            continue
        # More capacity means more units that are paid for, ordered or not.
        share = source["take_or_pay_share"] / source["capacity_use"]
        settled = sorted(
            day for seller, sold, day in supply.reserved if (seller, sold) == (supplier, item)
        )
        for first, last in windows(settled, 0):
            since, until = max(first, days[0]), min(last, days[1])
            if since <= until:
                months = rows.case.calendar.months_over(since, until)
                row_name = ("take_or_pay", (name, item, last))
                yield Touch(row_name, rows.period(last), share * months)


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
    held_days = {day for held_at, _, day in rows.case.supply.held if held_at == place}
    for day in sorted(held_days):
        yield Touch(("storage", (place, day)), rows.period(day), 1.0)


def crew_rate(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more system a month by the crews of a site."""
    for day, months in rows.accrued(("install", row["site"]), days).items():
        yield Touch(("crew_capacity", (row["site"], day)), rows.period(day), months)


def node_power(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
    """Yield the effects of one more MW at a node, on failover groups too."""
    node, tree, case = row["node"], rows.case.facility.tree, rows.case
    first, last = days
    one_mw = 1.0 / case.power_unit
    for day in range(first, last + 1):
        yield Touch(("energised_power", (node, day)), rows.period(day), one_mw)
    for group, upstream in tree.upstream:
        is_member = node in tree.groups[group]
        for day in case.failover_days[group]:
            if not first <= day <= last:
                continue
            # What a node that feeds members has left, and what members below it can take over.
            if upstream == node:
                yield Touch(("reserve", (node, group, day)), rows.period(day), one_mw)
            elif is_member and node in tree.upstream[group, upstream]:
                yield Touch(("reserve_below", (group, upstream, day)), rows.period(day), one_mw)
    for (group, lost), others in tree.others.items():
        if node not in others or node not in tree.groups[group]:
            continue
        for day in case.failover_days[group]:
            if first <= day <= last:
                yield Touch(("failover", (group, lost, day)), rows.period(day), one_mw)


def each_hall(rule: str) -> Effect:
    """Return the effects of one unit more in each hall of a class on the rows of a rule."""

    def touch(rows: ModelRows, row: Row, days: Stretch) -> Iterator[Touch]:
        hall, facility = row["hall"], rows.case.facility
        opened = {opens for (name, _), opens in facility.opening.items() if name == hall}
        one = 1.0 / rows.case.power_unit if rule == "hall_power" else 1.0
        for day in rows.days_in([hall], days):
            row_name = (rule, (hall, day))
            if day in opened:
                # The limit is the coefficient of the halls that are open on this day.
                terms = {("opened_halls", (hall, day)): -one}
                yield Touch(row_name, rows.period(day), 0.0, terms)
            else:
                # No column on this day: only the halls that are open at the start count.
                yield Touch(row_name, rows.period(day), facility.open_count[hall] * one)

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
    supply, calendar = rows.case.supply, rows.case.calendar
    supplier, item = row["supplier"], row["item"]
    place = supply.place(supplier)
    effects: dict[int, Touch] = {}

    def effect_on(day: int) -> Touch:
        """Return the effect on the stock of a day."""
        row_name = ("stock_balance", (place, item, day))
        return effects.setdefault(day, Touch(row_name, rows.period(day)))

    for (ordered_from, ordered_item, day), usable in supply.arrival.items():
        if (ordered_from, ordered_item) == (supplier, item):
            effect_on(usable).terms["order_lots", (supplier, item, day)] = -row["lot"]
    stock_days = sorted(
        day for held_at, held, day in supply.held if (held_at, held) == (place, item)
    )
    for order in rows.inputs.tables["orders"]:
        if (order["supplier"], order["item"]) != (supplier, item):
            continue
        arrives = first_on(stock_days, calendar.from_day(order["arrives"]))
        if arrives is not None:
            effect_on(arrives).right += order["quantity"]
    yield from effects.values()


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
