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
    inside = [day for day in days if known and known[0] <= day <= known[-1]]
    return {day: values[known[bisect_right(known, day) - 1]] for day in inside}


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
            rest, day = (*key[:at], *key[at + 1 :]), key[at]
            own[rest][day.isoformat()] = value
            days[rest][day.isoformat()] = day
        series.append(own)
    return [
        {
            (*rest[:at], days[rest][day], *rest[at:]): value
            for rest in days
            for day, value in held(own.get(rest, {}), sorted(days[rest])).items()
        }
        for own in series
    ]


def summed_together(plans: Sequence[Values], starts: Sequence[Sequence[date]]) -> list[Values]:
    """Return sums of several plans over the shortest spans of whole periods of each.

    Parameters
    ----------
    plans
        Amounts of each plan by the first day of a period, the only part of their keys.
    starts
        First day of each period of each plan, in order, and of the one after the last.
    """
    ways = [(set(own), own[0], own[-1]) for own in starts if own]
    shared = [
        day
        for day in sorted({day for own in starts for day in own[:-1]})
        if all(day in own or not first <= day < after for own, first, after in ways)
    ]
    found: list[Values] = []
    for values in plans:
        sums: dict[tuple[Any, ...], float] = defaultdict(float)
        for (day,), amount in values.items():
            sums[shared[bisect_right(shared, day) - 1],] += amount
        found.append(dict(sums))
    return found
