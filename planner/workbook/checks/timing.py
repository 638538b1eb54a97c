"""Rules for time: dates are in order, and cumulative values never fall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from planner.errors import Fault
from planner.workbook.drafts import Draft
from planner.workbook.rows import Row
from planner.workbook.schema.periods import SHORTEST_DAYS, starts_of, stretches

MOST_PERIODS = 1200
LAST_DAY = date(9000, 1, 1)
"""Ends on or after this day are refused: the calendar ends on 9999-12-31, soon after them."""


def dates_are_in_order(draft: Draft) -> Iterator[Fault]:
    """The plan ends after its start, starts on the first of a month if needed, and is finite."""
    settings = draft.inputs.settings
    start, end = settings["start"], settings["end"]
    if draft.settled("start", "period"):
        length = stretches(settings["period"])[0].length
        if length != "week" and start.day != 1:
            yield draft.setting_fault(
                "start",
                f"a plan by {length} must start on the first of a month",
                f"Give {start.replace(day=1)}, or plan by week",
            )
    if draft.settled("end") and start is not None:
        if end <= start:
            order = "on the day it starts" if end == start else f"before it starts on {start}"
            yield draft.setting_fault("end", f"the plan ends {order}", "Give a later end")
        elif _is_endless(draft):
            yield draft.setting_fault(
                "end",
                f"the plan has more than {MOST_PERIODS} periods",
                "Give an earlier end or a longer period",
            )
    yield from _lengths_begin_in_the_plan(draft)
    # A blank `today` means the start, for which there is a fault already if it is after the end.
    given = "today" in draft.inputs.setting_cells and draft.settled("today", "end")
    if given and settings["today"] is not None and settings["today"] > end:
        yield draft.setting_fault(
            "today",
            f"today is after the plan's end on {end}",
            "Give a later end, or an earlier today",
        )


def _is_endless(draft: Draft) -> bool:
    """Return whether a plan has too many periods, or ends too late for the calendar."""
    settings = draft.inputs.settings
    start: date = settings["start"]
    end: date = settings["end"]
    if end >= LAST_DAY or not draft.settled("period"):
        return end >= LAST_DAY
    parts = stretches(settings["period"])
    firsts = [start, *(min(max(part.since or start, start), end) for part in parts[1:]), end]
    counted = sum(
        (following - first).days / SHORTEST_DAYS[part.length]
        for part, (first, following) in zip(parts, pairwise(firsts), strict=True)
    )
    return counted > MOST_PERIODS


def _lengths_begin_in_the_plan(draft: Draft) -> Iterator[Fault]:
    """Every later length of periods begins after the plan's start and before its end."""
    settings = draft.inputs.settings
    if not draft.settled("period", "start", "end"):
        return
    for before, part in pairwise(stretches(settings["period"])):
        if part.since is not None and part.since <= settings["start"]:
            yield draft.setting_fault(
                "period",
                f"{part} leaves no day for {before}: the plan starts on {settings['start']}",
                f"Give a later day, or leave {before} out",
            )
            return
        if part.since is not None and part.since > settings["end"]:
            yield draft.setting_fault(
                "period",
                f"{part} begins after the plan's end on {settings['end']}",
                "Give an earlier day, or leave it out",
            )
            return


def windows_are_in_order(draft: Draft) -> Iterator[Fault]:
    """A system's availability ends after it begins."""
    for row in draft.rows("systems", "available_from", "available_to"):
        first, last = row["available_from"], row["available_to"]
        if first is not None and last is not None and last < first:
            yield row.fault(
                "available_to",
                f"it is before available_from, {first}",
                "Give a later day, or leave it blank",
            )


def milestones_grow(draft: Draft) -> Iterator[Fault]:
    """Megawatts of a commitment never fall, unless they may, and are due within the plan."""
    for before, row in _successive_milestones(draft):
        if row["mw"] < before["mw"]:
            yield row.fault(
                "mw",
                f"it is less than the {before['mw']:g} MW of {before['date']} in "
                f"{before.where('mw')}, though megawatts are cumulative",
                "Give all megawatts in service by the date; if fewer are due from then on, set "
                f"may_fall of {row['commitment']} to yes in commitments",
            )
    if draft.settled("start", "end", "period"):
        last = _last_day(draft)
        for row in draft.rows("milestones", "date"):
            if row["date"] > last:
                yield row.fault(
                    "date",
                    "it is after the plan's end",
                    "Give a later end in settings, or remove the row",
                )
    start = draft.inputs.settings["start"]
    if draft.settled("start", "end") and start < draft.inputs.settings["end"]:
        for row in draft.rows("milestones", "date"):
            if row["date"] < start:
                yield row.fault(
                    "date",
                    f"it is before the plan's first day, {start}",
                    "Give an earlier start in settings, or add what was installed by then to fleet",
                )
    due = draft.names("milestones", "commitment")
    for row in draft.rows("commitments", "commitment"):
        if due is not None and row["commitment"] not in due:
            yield row.fault(
                "commitment",
                "it has no milestone",
                "Add its megawatts and dates to milestones, or remove it",
            )


def _successive_milestones(draft: Draft) -> Iterator[tuple[Row, Row]]:
    """Yield each milestone with the one before it, for commitments that must not fall."""
    commitments = draft.rows("commitments", "commitment", "may_fall")
    steady = {row["commitment"] for row in commitments if not row["may_fall"]}
    rows = draft.rows("milestones", "commitment", "date", "mw")
    for before, row in pairwise(sorted(rows, key=lambda row: (row["commitment"], row["date"]))):
        if before["commitment"] == row["commitment"] and row["commitment"] in steady:
            yield before, row


def _last_day(draft: Draft) -> date:
    """Return the last day of the period that contains `end`."""
    settings = draft.inputs.settings
    after = starts_of(settings["start"], settings["end"], settings["period"])[-1]
    return after - timedelta(days=1)


def budget_grows(draft: Draft) -> Iterator[Fault]:
    """The cumulative budget never falls."""
    rows = sorted(draft.rows("budget", "date", "cumulative"), key=lambda row: row["date"])
    for before, row in pairwise(rows):
        if row["cumulative"] < before["cumulative"]:
            yield row.fault(
                "cumulative",
                f"it is less than the {before['cumulative']:g} of "
                f"{before['date']} in {before.where('cumulative')}, though the budget "
                "is cumulative",
                "Give all money that may be spent by the date",
            )
