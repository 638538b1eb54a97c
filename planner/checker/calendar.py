"""The checker's own calendar, in closed formulas; it shares nothing with the planner's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

MONTHS_OF_PERIOD = {"month": 1, "quarter": 3}
DAY = timedelta(days=1)


def months(first: date, last: date) -> float:
    """Return the months from one day to another, both included; zero if the other is earlier.

    This is the difference of their calendar months, plus the shares of these that have passed.
    """
    after = last + DAY
    whole = 12 * (after.year - first.year) + after.month - first.month
    return max(0.0, whole + (_passed(after) - _passed(first)))


def _passed(day: date) -> float:
    """Return the share of a day's month that has passed when the day begins."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (day.day - 1) / (following - day.replace(day=1)).days


@dataclass(frozen=True)
class Part:
    """Consecutive periods of one length, the last of them cut short by the part that follows.

    Attributes
    ----------
    length : str
        ``month``, ``quarter`` or ``week``.
    start : date
        First day of the first.
    """

    length: str
    start: date

    def day(self, number: int) -> date:
        """First day of a period of this part, counted from 0, as if no part followed."""
        if self.length == "week":
            return self.start + timedelta(days=7 * number)
        count = self.start.month - 1 + number * MONTHS_OF_PERIOD[self.length]
        return date(self.start.year + count // 12, count % 12 + 1, 1)

    def days_until(self, last: date) -> list[date]:
        """First days of its periods up to a day, and the first one after it."""
        days = [self.start]
        while days[-1] <= last:
            days.append(self.day(len(days)))
        return days


class Calendar:
    """Planning periods 0, 1, 2 ... from `start`, until the one that holds `end`.

    Parameters
    ----------
    start, end
        First day planned, and a day of the last period.
    length
        ``month``, ``quarter`` or ``week``, or several: ``week; month from 2027-01-01``.
    last_days
        Days with which a period ends, wherever they fall.
    """

    def __init__(self, start: date, end: date, length: str, last_days: Iterable[date]) -> None:
        self.start, self.end, self.length = start, end, length
        self.last_days = frozenset(last_days)

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """First day of each period, and of the one after the last."""
        first, *others = self.length.split("; ")
        parts = [Part(first, self.start)]
        for other in others:
            length, day = other.split(" from ")
            parts.append(Part(length, date.fromisoformat(day)))
        starts: set[date] = set()
        for part in parts:
            # A part replaces what the parts before it say about its days.
            starts = {day for day in starts if day < part.start}
            starts.update(part.days_until(self.end))
        day_after_plan = max(starts)
        for last_day in self.last_days:
            if self.start < last_day + DAY < day_after_plan:
                starts.add(last_day + DAY)
        return tuple(sorted(starts))

    @cached_property
    def count(self) -> int:
        """Number of periods."""
        return len(self.starts) - 1

    @cached_property
    def period_of_start(self) -> dict[date, int]:
        """Period by its first day."""
        return {self.starts[period]: period for period in range(self.count)}

    @property
    def last(self) -> date:
        """Last day of the plan."""
        return self.starts[-1] - DAY

    def last_day(self, period: int) -> date:
        """Last day of a period."""
        return self.starts[period + 1] - DAY

    def days(self, period: int) -> int:
        """Days of a period."""
        return (self.starts[period + 1] - self.starts[period]).days

    def months(self, period: int) -> float:
        """Months of a period; a day counts as its share of its own month."""
        return months(self.starts[period], self.last_day(period))

    def months_served(self, period: int) -> float:
        """Months from a period's last day to the day before the next one's."""
        first = self.last_day(period)
        if period + 1 == self.count:
            return months(first, first)
        return months(first, self.last_day(period + 1) - DAY)

    def holding(self, day: date | None) -> int | None:
        """Period that contains a day; None for no day and for a day outside the plan."""
        if day is None or not self.start <= day <= self.last:
            return None
        return bisect_right(self.starts, day) - 1

    def discount(self, day: date, rate: float) -> float:
        """Worth at the plan's start of one unit of money on a day."""
        return float((1.0 + rate) ** (-(day - self.start).days / 365))
