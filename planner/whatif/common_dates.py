"""Align the figures of plans with different periods on common days and spans."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

Values = Mapping[tuple[Any, ...], float]
"""Figures by a key."""


def held(values: Mapping[str, float], days: Iterable[str]) -> dict[str, float]:
    """Return the step function of values on days, within its first and last day.

    Parameters
    ----------
    values
        Values by ISO day; each holds until the next day.
    days
        Days to evaluate.
    """
    known = sorted(values)
    if not known:
        return {}
    found = {}
    for day in days:
        if known[0] <= day <= known[-1]:
            latest = known[bisect_right(known, day) - 1]
            found[day] = values[latest]
    return found


def held_together(plans: Sequence[Values], at: int) -> list[Values]:
    """Return values of several plans on every day on which one of them has a value.

    Parameters
    ----------
    plans
        Values of each plan, whose keys hold the end of a period.
    at
        Place of that day in the keys.
    """
    series: list[dict[tuple[Any, ...], dict[str, float]]] = []
    days: dict[tuple[Any, ...], dict[str, date]] = defaultdict(dict)
    for values in plans:
        own: dict[tuple[Any, ...], dict[str, float]] = defaultdict(dict)
        for key, value in values.items():
            day = key[at]
            rest = key[:at] + key[at + 1 :]
            own[rest][day.isoformat()] = value
            days[rest][day.isoformat()] = day
        series.append(own)
    together: list[Values] = []
    for own in series:
        aligned: dict[tuple[Any, ...], float] = {}
        for rest, every_day in days.items():
            steps = held(own.get(rest, {}), sorted(every_day))
            for written, value in steps.items():
                key = (*rest[:at], every_day[written], *rest[at:])
                aligned[key] = value
        together.append(aligned)
    return together


def summed_together(plans: Sequence[Values], starts: Sequence[Sequence[date]]) -> list[Values]:
    """Return sums of several plans over the shortest spans of whole periods of each.

    Parameters
    ----------
    plans
        Amounts of each plan by the first day of a period, the only part of their keys.
    starts
        First day of each period of each plan, in order, and of the one after the last.
    """
    shared = _shared_starts(starts)
    found: list[Values] = []
    for values in plans:
        sums: dict[tuple[Any, ...], float] = defaultdict(float)
        for (day,), amount in values.items():
            span = shared[bisect_right(shared, day) - 1]
            sums[(span,)] += amount
        found.append(dict(sums))
    return found


def _shared_starts(starts: Sequence[Sequence[date]]) -> list[date]:
    """Return the days on which a period starts in each plan that spans them."""
    days: set[date] = set()
    for own in starts:
        days.update(own[:-1])
    shared = []
    for day in sorted(days):
        if all(day in own or not _spans(own, day) for own in starts):
            shared.append(day)
    return shared


def _spans(starts: Sequence[date], day: date) -> bool:
    """Return whether a plan has begun, and not ended, on a day."""
    return bool(starts) and starts[0] <= day < starts[-1]
