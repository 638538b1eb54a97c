"""Days that come too late: after the plan's end, or after the milestone that waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from planner.case.facility import last_useful_install
from planner.case.first import First, critical_path
from planner.case.look import NOTHING, InputWarning, Look, warn
from planner.inputs.rows import Row

DATED = (
    ("systems", "available_from", "it is never installed"),
    ("supply", "available_from", "it is never ordered"),
    ("plants", "from", "nothing is ever started there"),
    ("supply_capacity", "from", "this capacity is never of use"),
    ("energisation", "from", "this power is never of use"),
    ("crews", "from", "these crews are never of use"),
    ("halls", "ready", "it is never open"),
)
"""First days of something: sheet, column, and what follows where the plan ends before."""


def items_arrive_within_the_plan(look: Look) -> Iterator[InputWarning]:
    """What a supplier sells can be ordered, arrive and come into service before the plan ends."""
    supply, calendar = look.case.supply, look.case.calendar
    useful = {(supplier, item) for supplier, item, _ in supply.arrival}
    for (supplier, item), row in supply.sources.items():
        opens = calendar.first(row["available_from"])
        first = calendar.count if opens is None else max(opens, calendar.fence)
        if (supplier, item) in useful or first == calendar.count or not _wanted(look, item):
            continue
        arrives = calendar.starts[first] + timedelta(days=row["lead_days"])
        yield warn(
            row, "lead_days", f"{item} can never arrive in time: ordered on "
            f"{calendar.starts[first]}, the first day possible, it arrives on {arrives}, too late "
            f"for anything to be made of it and in service by {calendar.ends[-1]}",
            "Correct lead_days, or give a later settings end",
            arrives=str(arrives), end=str(calendar.ends[-1]))  # fmt: skip


def _wanted(look: Look, item: str) -> bool:
    """Say whether an item goes into a system that may be installed at some time of the plan."""
    case = look.case
    return any(
        last_useful_install(look.rows["systems"][system], case.calendar) >= 0
        for system in {system for _, system in case.facility.hosted}
        if system == item or item in case.supply.bom.get(system, {})
    )


def days_fall_within_the_plan(look: Look) -> Iterator[InputWarning]:
    """Capacity, power, halls and systems begin before the plan's last period does."""
    last = look.case.calendar.starts[-1]
    for sheet, column, effect in DATED:
        for row in look.inputs.tables[sheet]:
            if look.case.calendar.first(row[column]) is None:
                yield warn(row, column, f"this day is after the first day of the plan's last "
                           f"period, {last}: {effect}",
                           "Correct the day, or give a later settings end")  # fmt: skip


def milestones_come_after_the_first_possible_day(look: Look) -> Iterator[InputWarning]:
    """No milestone falls before the first day on which any system can be in service for it."""
    for name in look.case.demand.commitments:
        if not look.bounds.allowed(name):
            continue
        found = look.first[name]
        for row in look.inputs.tables["milestones"]:
            if row["commitment"] != name or row["mw"] <= NOTHING:
                continue
            due = look.case.calendar.last_ending_by(row["date"]) or 0
            if found is None:
                yield warn(row, "date", f"no system can be in service for {name} within the plan",
                           "See what limits its halls, systems, supply, power and crews, or "
                           "give a later settings end")  # fmt: skip
            elif due < found.period:
                yield _too_early(look, row, name, found)


def _too_early(look: Look, row: Row, name: str, found: First) -> InputWarning:
    """Say which day is the first that is possible, and what it waits for."""
    day = look.case.calendar.ends[found.period]
    return warn(
        row, "date", f"no system can be in service for {name} before {day}, at the earliest: "
        + critical_path(look.case, look.routes, found),
        f"Give {day} or later, or make what it waits for come sooner",
        first_possible=str(day))  # fmt: skip
