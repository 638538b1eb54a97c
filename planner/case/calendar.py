"""Planning periods, and calendar days turned into periods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from planner.inputs.periods import stretches

DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Calendar:
    """The plan's periods in order; a period is named by its position, from 0.

    What is decided in a period is dated its first day. What takes days can be used from the first
    period that starts on or after the day it is done.

    Attributes
    ----------
    starts, ends : tuple of date
        First and last day of each period.
    months : tuple of float
        Length of each period in months: one for a calendar month, else its days over those of
        an average month. Periods may differ in length.
    discounts : tuple of float
        Present cost, at the plan's start, of one unit of money spent in each period.
    fence : int
        First period in which decisions may be taken; the number of periods if there is none.
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]
    months: tuple[float, ...]
    discounts: tuple[float, ...]
    fence: int

    @property
    def count(self) -> int:
        """Number of periods."""
        return len(self.starts)

    @property
    def periods(self) -> range:
        """All periods in order."""
        return range(self.count)

    def days(self, period: int) -> int:
        """Return the days of a period."""
        return (self.ends[period] - self.starts[period]).days + 1

    def first(self, day: date | None) -> int | None:
        """Return the first period that starts on or after a day; None if the plan ends before.

        No day at all means from the start on.
        """
        if day is None:
            return 0
        period = bisect_left(self.starts, day)
        return period if period < self.count else None

    def usable(self, period: int, days: int) -> int | None:
        """Return the first period in which something begun in `period` can be used.

        Parameters
        ----------
        period
            Period of the decision, which is dated its first day.
        days
            Calendar days that it takes; with none it can be used in the same period.
        """
        return self.first(self.starts[period] + timedelta(days=days))

    def latest(self, by: int, days: int) -> int:
        """Return the last period in which to begin what takes days and is needed by a period.

        -1 if it is too late even in the first.
        """
        for period in range(by, -1, -1):
            usable = self.usable(period, days)
            if usable is not None and usable <= by:
                return period
        return -1

    def under_way(self, days: int) -> tuple[range, ...]:
        """Return the periods at whose end what takes days is not yet done, by that of its begin."""
        usable = (self.usable(period, days) for period in self.periods)
        return tuple(
            range(period, self.count if done is None else done)
            for period, done in enumerate(usable)
        )

    def holding(self, day: date) -> int | None:
        """Return the period that contains a day, None if it is outside the plan."""
        period = bisect_right(self.starts, day) - 1
        return period if period >= 0 and day <= self.ends[period] else None

    def last_ending_by(self, day: date) -> int | None:
        """Return the last period that ends on or before a day, None if there is none."""
        period = bisect_right(self.ends, day) - 1
        return period if period >= 0 else None

    def in_force(self, dated: Iterable[tuple[date, float]]) -> tuple[float, ...]:
        """Return the value in force in each period.

        Parameters
        ----------
        dated
            Values with the day from which each holds until the next; before the first it is 0.
        """
        steps = sorted(dated)
        days = [day for day, _ in steps]
        positions = (bisect_right(days, start) - 1 for start in self.starts)
        return tuple(steps[at][1] if at >= 0 else 0.0 for at in positions)


def make_calendar(
    start: date, end: date, period: str, fence_day: date, discount_rate: float
) -> Calendar:
    """Return the calendar of a plan.

    Parameters
    ----------
    start, end
        First and last day planned; the period that holds `end` is planned whole.
    period
        The setting: ``month``, ``week`` or ``quarter``, or several with their first days. The
        period before such a day is cut short.
    fence_day
        No decision is dated before this day.
    discount_rate
        Interest a year, compounded over days / 365.
    """
    *starts, after = _starts(start, end, period)
    followed = list(zip(starts, [*starts[1:], after], strict=True))
    ends = [following - timedelta(days=1) for _, following in followed]
    months = [_months(first, following) for first, following in followed]
    discounts = [(1 + discount_rate) ** (-(day - start).days / 365) for day in starts]
    fence = bisect_left(starts, fence_day)
    return Calendar(tuple(starts), tuple(ends), tuple(months), tuple(discounts), fence)


def _starts(start: date, end: date, period: str) -> list[date]:
    """Return the first day of each period, and the day after the last."""
    starts, parts = [start], stretches(period)
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        until = date.max if following is None else following.since or start
        while starts[-1] < until and starts[-1] <= end:
            starts.append(min(_next_start(starts[-1], part.length), until))
    return starts


def _months(first: date, following: date) -> float:
    """Return the months of a period, given its first day and the day after it."""
    if first.day == 1 and following == _next_start(first, "month"):
        return 1.0
    return (following - first).days / DAYS_A_MONTH


def _next_start(day: date, length: str) -> date:
    """Return the first day after a period of a length that is not cut short."""
    if length == "week":
        return day + timedelta(days=7)
    month = day.month - 1 + (3 if length == "quarter" else 1)
    return date(day.year + month // 12, month % 12 + 1, 1)
