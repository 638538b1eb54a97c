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
    months = 0.0
    day = first
    while day < after:
        following = _next_month(day)
        until = min(following, after)
        days_in_month = (following - day.replace(day=1)).days
        months += (until - day).days / days_in_month
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
        days_with_rate = np.flatnonzero(self.values > 0)
        self.first = int(days_with_rate[0]) if len(days_with_rate) else count
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
            taken.append(self._take(day, units))
        return taken

    def _take(self, day: int, units: float) -> np.ndarray:
        """Subtract one order; return the units that it takes on each day."""
        allowed = self.daily.copy()
        allowed[:day] = 0.0
        covered = np.minimum(np.cumsum(allowed), units)
        taken: np.ndarray = np.diff(covered, prepend=0.0)
        remaining = self.daily - taken
        self.daily = np.where(remaining > LAST_TOLERANCE, remaining, 0.0)  # less is rounding noise
        days_taken = np.flatnonzero(taken > LAST_TOLERANCE)
        is_covered = taken.sum() > units - LAST_TOLERANCE
        if is_covered and len(days_taken):
            day_after = int(days_taken[-1]) + 1
            if day_after < len(self.daily):
                self.rises = tuple(sorted({*self.rises, day_after}))
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
    may_carry: list[bool] = []
    has_remainder = False
    for units in accrued:
        multiple = units / unit if unit > 0 else 0.0
        if abs(multiple - round(multiple)) > LAST_TOLERANCE:
            has_remainder = True
        may_carry.append(has_remainder)
    return may_carry


def _steps(values: np.ndarray) -> tuple[Days, Days]:
    """Return the days on which values rise, and those on which they fall."""
    change = np.diff(values)
    rises = np.flatnonzero(change > 0) + 1
    falls = np.flatnonzero(change < 0) + 1
    return tuple(rises.tolist()), tuple(falls.tolist())


def _by_day(start: date, count: int, steps: Steps) -> np.ndarray:
    """Return the value in force on each day."""
    values = np.zeros(count)
    # By date, so that a later step replaces the earlier ones from its day on.
    dated = sorted((day or date.min, value) for day, value in steps)
    for since, value in dated:
        first = max(0, (since - start).days)
        values[first:] = value
    return values


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _month_shares(start: date, count: int) -> np.ndarray:
    """Return each day's share of its calendar month."""
    shares: list[float] = []
    day = start
    while len(shares) < count:
        following = _next_month(day)
        days_in_month = (following - day.replace(day=1)).days
        shares += [1 / days_in_month] * (following - day).days
        day = following
    return np.array(shares[:count])
