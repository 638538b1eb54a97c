"""Rates and levels by the day: what a month's rate comes to, and what holds on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from planner.tolerance import LAST_TOLERANCE

Days = tuple[int, ...]
"""Days in order, counted from the plan's first."""

Steps = Iterable[tuple[date | None, float]]
"""Days with the value from then on; None is always, and before the first the value is 0."""


def months_between(first: date, after: date) -> float:
    """Return the months from a day to the day before another, month by month.

    Each day counts as its part of the calendar month that it lies in.
    """
    months, day = 0.0, first
    while day < after:
        following = _next_month(day)
        until = min(following, after)
        months += (until - day).days / (following - day.replace(day=1)).days
        day = until
    return months


class Dated:
    """A value that holds from days on, by the day.

    Parameters
    ----------
    start
        The plan's first day.
    count
        Days of the plan.
    steps
        Values by day.

    Attributes
    ----------
    values : ndarray
        Value on each day, shape (count,).
    rises, falls : Days
        Days on which it is more, and less, than the day before.
    """

    def __init__(self, start: date, count: int, steps: Steps) -> None:
        self.values = _by_day(start, count, steps)
        self.rises, self.falls = _steps(self.values)


class Rate(Dated):
    """Units a month, and what they come to.

    Attributes
    ----------
    first : int
        First day with any rate; `count` if there is none.
    daily : ndarray
        Units that each day allows, shape (count,).
    """

    def __init__(self, start: date, count: int, steps: Steps) -> None:
        super().__init__(start, count, steps)
        self.first = int(np.argmax(self.values > 0)) if (self.values > 0).any() else count
        self.daily = self.values * _month_shares(start, count)

    def accrued(self, first: int, last: int) -> float:
        """Return the units from one day to another, both counted."""
        return float(self.daily[max(0, first) : last + 1].sum())

    def less(self, placed: Iterable[tuple[int, float]]) -> list[np.ndarray]:
        """Take placed orders off what the days allow.

        Each takes all that is allowed from its day on until it is covered. So an order larger than
        a day's rate is a debt to the next days, and never contradicts the rate. On the day after a
        debt is paid more is allowed again: the rate rises.

        Parameters
        ----------
        placed
            Day and units of each order.

        Returns
        -------
        list of ndarray
            What each took on each day.
        """
        taken = []
        for day, units in placed:
            allowed = np.concatenate([np.zeros(day), self.daily[day:]])
            paid = np.diff(np.minimum(np.cumsum(allowed), units), prepend=0.0)
            left = self.daily - paid
            self.daily = np.where(left > LAST_TOLERANCE, left, 0.0)  # what rounding leaves is none
            used = np.flatnonzero(paid > LAST_TOLERANCE)
            if len(used) and paid.sum() > units - LAST_TOLERANCE:
                free = {int(used[-1]) + 1} - {len(self.daily)}
                self.rises = tuple(sorted({*self.rises, *free}))
            taken.append(paid)
        return taken


class Level(Dated):
    """A limit of what stands on a day."""

    def on(self, day: int) -> float:
        """Return the limit on a day."""
        return float(self.values[day])

    def least(self, first: int, last: int) -> float:
        """Return the least limit from one day to another, both counted."""
        return float(self.values[max(0, first) : last + 1].min())


def windows(days: Sequence[int], since: int) -> list[tuple[int, int]]:
    """Return first and last day of the window of each dispatch day.

    Parameters
    ----------
    days
        Dispatch days.
    since
        First day on which the act is possible.
    """
    firsts = [since, *(day + 1 for day in days)]
    return [(max(since, first), last) for first, last in zip(firsts, days, strict=False)]


def carried(accrued: Iterable[float], unit: float) -> list[bool]:
    """Return for each window whether it may leave a part of an indivisible amount to the next.

    Windows that are multiples of it leave nothing; from the first that is not, each may leave some.

    Parameters
    ----------
    accrued
        What each window allows.
    unit
        The largest indivisible amount; 0 if there is none.
    """
    found, any_left = list[bool](), False
    for most in accrued:
        units = most / unit if unit > 0 else 0.0
        any_left = any_left or abs(units - round(units)) > LAST_TOLERANCE
        found.append(any_left)
    return found


def _steps(values: np.ndarray) -> tuple[Days, Days]:
    """Return the days on which values rise, and those on which they fall."""
    up = np.diff(values)
    return (
        tuple(int(day) + 1 for day in np.flatnonzero(up > 0)),
        tuple(int(day) + 1 for day in np.flatnonzero(up < 0)),
    )


def _by_day(start: date, count: int, steps: Steps) -> np.ndarray:
    """Return the value in force on each day."""
    found = np.zeros(count)
    for since, value in sorted((day or date.min, value) for day, value in steps):
        found[max(0, (max(since, start) - start).days) :] = value
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _month_shares(start: date, count: int) -> np.ndarray:
    """Return for each day its part of its calendar month."""
    shares, day = list[float](), start
    while len(shares) < count:
        days = (_next_month(day) - day.replace(day=1)).days
        left = (_next_month(day) - day).days
        shares += [1 / days] * left
        day = _next_month(day)
    return np.array(shares[:count])
