"""Rates and levels by day: the units that a monthly rate accrues, and the limit on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from planner.tolerance import LAST_TOLERANCE

Days = tuple[int, ...]
"""Days in order, counted from the plan's first."""

Steps = Iterable[tuple[date | None, float]]
"""Dates, each with the value from then on; None means always. Before the first it is 0."""


def months_between(first: date, after: date) -> float:
    """Return the months from a date to the day before another.

    Each day counts as its share of its calendar month.
    """
    months, day = 0.0, first
    while day < after:
        following = _next_month(day)
        until = min(following, after)
        months += (until - day).days / (following - day.replace(day=1)).days
        day = until
    return months


class Dated:
    """A stepwise constant value by day.

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
        Days on which it is higher, or lower, than the day before.
    """

    def __init__(self, start: date, count: int, steps: Steps) -> None:
        self.values = _by_day(start, count, steps)
        self.rises, self.falls = _steps(self.values)


class Rate(Dated):
    """A rate in units per month, and the units that it accrues.

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
        """Return the units accrued from one day to another, both included."""
        return float(self.daily[max(0, first) : last + 1].sum())

    def less(self, placed: Iterable[tuple[int, float]]) -> list[np.ndarray]:
        """Subtract placed orders from the units that the days allow.

        Each order takes everything from its day on until it is covered. So an order larger than
        the daily rate is carried as a debt to the next days, and never contradicts the rate. On
        the day after the debt is covered the rate rises again.

        Parameters
        ----------
        placed
            Day and units of each order.

        Returns
        -------
        list of ndarray
            Units taken by each order on each day, shape (count,) each.
        """
        taken = []
        for day, units in placed:
            allowed = np.concatenate([np.zeros(day), self.daily[day:]])
            paid = np.diff(np.minimum(np.cumsum(allowed), units), prepend=0.0)
            left = self.daily - paid
            self.daily = np.where(left > LAST_TOLERANCE, left, 0.0)  # less is rounding noise
            used = np.flatnonzero(paid > LAST_TOLERANCE)
            if len(used) and paid.sum() > units - LAST_TOLERANCE:
                free = {int(used[-1]) + 1} - {len(self.daily)}
                self.rises = tuple(sorted({*self.rises, *free}))
            taken.append(paid)
        return taken


class Level(Dated):
    """A limit on each day."""

    def on(self, day: int) -> float:
        """Return the limit on a day."""
        return float(self.values[day])

    def least(self, first: int, last: int) -> float:
        """Return the least limit from one day to another, both included."""
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
    """Return for each window whether it may carry a remainder to the next.

    Windows that accrue multiples of the unit leave none; from the first that does not, each may.

    Parameters
    ----------
    accrued
        Units that each window accrues.
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
    """Return each day's share of its calendar month."""
    shares, day = list[float](), start
    while len(shares) < count:
        days = (_next_month(day) - day.replace(day=1)).days
        left = (_next_month(day) - day).days
        shares += [1 / days] * left
        day = _next_month(day)
    return np.array(shares[:count])
