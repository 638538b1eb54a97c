"""Align the figures of plans with different periods on common days and spans."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

Key = tuple[Any, ...]
Values = Mapping[Key, float]
"""Figures by a key."""

Steps = dict[str, float]
"""Values by ISO day; each holds until the next day."""


def held(values: Mapping[str, float], days: Iterable[str]) -> Steps:
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
    series: list[dict[Key, Steps]] = []
    days: dict[Key, dict[str, date]] = defaultdict(dict)
    for values in plans:
        own: dict[Key, Steps] = defaultdict(dict)
        for key, value in values.items():
            day = key[at]
            written = day.isoformat()
            rest = key[:at] + key[at + 1 :]
            own[rest][written] = value
            days[rest][written] = day
        series.append(own)
    return [_aligned(own, days, at) for own in series]


def _aligned(own: Mapping[Key, Steps], days: Mapping[Key, dict[str, date]], at: int) -> Values:
    """Return the values of a plan on every day of its range; keys hold the day again."""
    aligned = {}
    for rest, day_of in days.items():
        steps = held(own.get(rest, {}), sorted(day_of))
        for written, value in steps.items():
            key = list(rest)
            key.insert(at, day_of[written])
            aligned[tuple(key)] = value
    return aligned


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
        sums: dict[Key, float] = defaultdict(float)
        for (day,), amount in values.items():
            # The span that holds a day begins at the latest shared start up to it.
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
