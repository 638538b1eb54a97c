"""The checker's own calendar, in closed formulas, sharing nothing with the planner's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

DAYS_OF_AVERAGE_MONTH = 365.25 / 12
MONTHS_OF_PERIOD = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Part:
    """Consecutive periods of one length, the last of them cut short by the part that follows.

    Attributes
    ----------
    length : str
        ``month``, ``quarter`` or ``week``.
    start : date
        First day of the first.
    before : int
        Periods of the plan before it.
    """

    length: str
    start: date
    before: int

    def day(self, period: int) -> date:
        """First day of a period of the plan, were no part to follow."""
        if self.length == "week":
            return self.start + timedelta(days=7 * (period - self.before))
        months = self.start.month - 1 + (period - self.before) * MONTHS_OF_PERIOD[self.length]
        return date(self.start.year + months // 12, months % 12 + 1, 1)

    def holding(self, day: date) -> int:
        """Period of the plan that holds a day of this part."""
        if self.length == "week":
            return self.before + (day - self.start).days // 7
        return self.before + self._months_to(day) // MONTHS_OF_PERIOD[self.length]

    def first(self, day: date) -> int:
        """First period of the plan on or after a day of this part."""
        if self.length == "week":
            return self.before - (-(day - self.start).days // 7)
        months = self._months_to(day) + (day.day > 1)
        return self.before - (-months // MONTHS_OF_PERIOD[self.length])

    def _months_to(self, day: date) -> int:
        return 12 * (day.year - self.start.year) + day.month - self.start.month


@dataclass(frozen=True)
class Calendar:
    """Planning periods 0, 1, 2 ... from `start`, until the one that holds `end`.

    Attributes
    ----------
    start, end : date
        First day planned, and a day of the last period.
    length : str
        ``month``, ``quarter`` or ``week``, or several: ``week; month from 2027-01-01``.
    """

    start: date
    end: date
    length: str

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Parts of one length each, in the order of time."""
        first, *others = self.length.split("; ")
        parts = [Part(first, self.start, 0)]
        for other in others:
            length, day = other.split(" from ")
            begins = date.fromisoformat(day)
            parts.append(Part(length, begins, parts[-1].first(begins)))
        return tuple(parts)

    @cached_property
    def count(self) -> int:
        """Number of periods."""
        return self._part_of(self.end).holding(self.end) + 1

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """First day of each period, and of the one after the last."""
        last = self.parts[-1].day(self.count)
        return (*(self._begins(period) for period in range(self.count)), last)

    @cached_property
    def period_of_start(self) -> dict[date, int]:
        """Period by its first day."""
        return {self.starts[period]: period for period in range(self.count)}

    def last_day(self, period: int) -> date:
        """Last day of a period."""
        return self.starts[period + 1] - timedelta(days=1)

    def days(self, period: int) -> int:
        """Days of a period."""
        return (self.starts[period + 1] - self.starts[period]).days

    def months(self, period: int) -> float:
        """Months of a period: 1 for a calendar month, else its days over those of an average."""
        start, after = self.starts[period], self.starts[period + 1]
        months = 12 * (after.year - start.year) + after.month - start.month
        is_month = (start.day, after.day, months) == (1, 1, 1)
        return 1.0 if is_month else self.days(period) / DAYS_OF_AVERAGE_MONTH

    def first(self, day: date | None) -> int:
        """First period that starts on or after a day; `count` or more if it is past the plan."""
        if day is None or day <= self.start:
            return 0
        return self._part_of(day).first(day)

    def usable(self, period: int, days: int) -> int:
        """First period in which what is decided in `period` can be used, `days` days later."""
        return self.first(self.starts[period] + timedelta(days=days))

    def holding(self, day: date | None) -> int | None:
        """Period that holds a day, None for no day and for one outside the plan."""
        if day is None or not self.start <= day < self.starts[-1]:
            return None
        return self._part_of(day).holding(day)

    def discount(self, period: int, rate: float) -> float:
        """Worth at the plan's start of one unit of money on the first day of a period."""
        return float((1.0 + rate) ** (-(self.starts[period] - self.start).days / 365))

    def _part_of(self, day: date) -> Part:
        return max((part for part in self.parts if part.start <= day), key=lambda part: part.start)

    def _begins(self, period: int) -> date:
        part = max((part for part in self.parts if part.before <= period),
                   key=lambda part: part.before)  # fmt: skip
        return part.day(period)
