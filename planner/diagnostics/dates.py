"""Dates that are too late: after the plan's end, or after the milestone that depends on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from planner.case.case import make_case
from planner.case.demand import cut_at
from planner.diagnostics.first_service import critical_path
from planner.diagnostics.order_deadlines import critical_order
from planner.diagnostics.warning_context import AMOUNT_TOLERANCE, InputWarning, WarningContext, warn
from planner.workbook.rows import Row

FIRST_DAY_COLUMNS = (
    ("systems", "available_from", "it is never installed"),
    ("supply", "available_from", "it is never ordered"),
    ("plants", "from", "nothing is ever started there"),
    ("supply_capacity", "from", "this capacity is never of use"),
    ("energisation", "from", "this power is never of use"),
    ("crews", "from", "these crews are never of use"),
    ("halls", "ready", "it is never open"),
    ("token_demand", "from", "these tokens are never asked for"),
    ("throughput", "from", "these rates are never of use"),
    ("token_prices", "from", "this price never holds"),
)
"""Columns with first days: sheet, column, and the consequence if the plan ends before."""


def items_arrive_within_the_plan(context: WarningContext) -> Iterator[InputWarning]:
    """What a supplier sells can be ordered, arrive and come into service before the plan ends."""
    supply, calendar = context.case.supply, context.case.calendar
    useful = {(supplier, item) for supplier, item, _ in supply.arrival}
    for (supplier, item), row in supply.sources.items():
        if (supplier, item) in useful or not _is_needed(context, item):
            continue
        first = context.case.timetable.leg["order", supplier, item].since
        # A source that opens after the plan is reported by `days_fall_within_the_plan`.
        if first >= calendar.day_count:
            continue
        ordered = calendar.date_of(first)
        arrives = ordered + timedelta(days=row["lead_days"])
        yield warn(
            row,
            "lead_days",
            f"{item} can never arrive in time: ordered on "
            f"{ordered}, the first day possible, it arrives on {arrives}, too late "
            f"for anything to be made of it and in service by {calendar.ends[-1]}",
            "Correct lead_days, or give a later settings end",
            arrives=str(arrives),
            end=str(calendar.ends[-1]),
        )


def _is_needed(context: WarningContext, item: str) -> bool:
    """Return whether an item is part of a system that may be installed within the plan."""
    case = context.case
    for key, leg in case.timetable.leg.items():
        if key[0] != "install" or not leg.wanted:
            continue
        system = key[2]
        if item == system or item in case.supply.bom.get(system, {}):
            return True
    return False


def days_fall_within_the_plan(context: WarningContext) -> Iterator[InputWarning]:
    """Capacity, power, halls and systems begin before the plan ends."""
    last = context.case.calendar.ends[-1]
    for sheet, column, effect in FIRST_DAY_COLUMNS:
        for row in context.inputs.tables[sheet]:
            if row[column] is not None and row[column] > last:
                yield warn(
                    row,
                    column,
                    f"this day is after the plan's last, {last}: {effect}",
                    "Correct the day, or give a later settings end",
                )


def milestones_come_after_the_first_possible_day(context: WarningContext) -> Iterator[InputWarning]:
    """No milestone falls before the first day on which any system can be in service for it."""
    for name in context.case.demand.commitments:
        if not context.bounds.allowed(name):
            continue
        first = context.first[name]
        for row in context.inputs.tables["milestones"]:
            if row["commitment"] != name or row["mw"] <= AMOUNT_TOLERANCE:
                continue
            due = context.case.calendar.holding(row["date"]) or 0
            if first is None:
                yield warn(
                    row,
                    "date",
                    f"no system can be in service for {name} within the plan",
                    "See what limits its halls, systems, supply, power and crews, or "
                    "give a later settings end",
                )
            elif due < first.period:
                yield _too_early(context, row, name)


def orders_are_dispatched_in_time(context: WarningContext) -> Iterator[InputWarning]:
    """No critical chain of orders waits for a day on which several leads dispatch together."""
    calendar = context.case.calendar
    for row in context.inputs.tables["milestones"]:
        period = calendar.holding(row["date"])
        if period is None or row["mw"] <= AMOUNT_TOLERANCE:
            continue
        order = critical_order(context.bounds, row["commitment"], period)
        if order is None or order.days_lost <= 0:
            continue
        supplier, item = order.line
        by_leads = calendar.date_of(order.by_leads)
        dispatched = calendar.date_of(order.dispatched)
        yield warn(
            row,
            "date",
            f"by leads alone {item} from {supplier} could be ordered for it by {by_leads}, on "
            f"the days on which the plan orders by {dispatched}: {order.days_lost} days are lost",
            "Plan by shorter periods, or order the item from a supplier of its own",
            days_lost=order.days_lost,
        )


def _too_early(context: WarningContext, row: Row, name: str) -> InputWarning:
    """Return a warning with the first possible day and its critical path."""
    day, way = _first_day(context, name, row["date"])
    return warn(
        row,
        "date",
        f"no system can be in service for {name} before {day}, at the earliest: {way}",
        f"Give {day} or later, or make what it waits for come sooner",
        first_possible=str(day),
    )


def _first_day(context: WarningContext, name: str, early: date) -> tuple[date, str]:
    """Return the first day on which a commitment can have a system in service, and how.

    Systems enter service on the last day of a period. So a bisection ends a period on each trial
    day until the first feasible one is found.
    """
    first = context.first[name]
    assert first is not None
    day = context.case.calendar.ends[first.period]
    way = critical_path(context.case, context.routes, first)
    while (day - early).days > 1:
        middle = early + (day - early) // 2
        inputs = cut_at(context.inputs, [middle])
        trial = WarningContext(inputs, make_case(inputs))
        first = trial.first[name]
        if first is not None and trial.case.calendar.ends[first.period] <= middle:
            day, way = middle, critical_path(trial.case, trial.routes, first)
        else:
            early = middle
    return day, way
