"""The checker's own calendar, in closed formulas, sharing nothing with the planner's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

DAYS_OF_AVERAGE_MONTH = 365.25 / 12
MONTHS_OF_PERIOD = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Calendar:
    """Planning periods 0, 1, 2 ... from `start`, each whole, until the one that holds `end`.

    Attributes
    ----------
    start, end : date
        First day planned, and a day of the last period.
    length : str
        ``month``, ``quarter`` or ``week``.
    """

    start: date
    end: date
    length: str

    @cached_property
    def count(self) -> int:
        """Number of periods."""
        return self._period_holding(self.end) + 1

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """First day of each period, and of the one after the last."""
        return tuple(self._start_of(period) for period in range(self.count + 1))

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
        return 1.0 if self.length == "month" else self.days(period) / DAYS_OF_AVERAGE_MONTH

    def first(self, day: date | None) -> int:
        """First period that starts on or after a day; `count` or more if it is past the plan."""
        if day is None or day <= self.start:
            return 0
        if self.length == "week":
            return -(-(day - self.start).days // 7)
        months = self._months_since_start(day) + (day.day > 1)
        return -(-months // MONTHS_OF_PERIOD[self.length])

    def usable(self, period: int, days: int) -> int:
        """First period in which what is decided in `period` can be used, `days` days later."""
        return self.first(self.starts[period] + timedelta(days=days))

    def holding(self, day: date | None) -> int | None:
        """Period that holds a day, None for no day and for one outside the plan."""
        if day is None or not self.start <= day < self.starts[-1]:
            return None
        return self._period_holding(day)

    def discount(self, period: int, rate: float) -> float:
        """Worth at the plan's start of one unit of money on the first day of a period."""
        return float((1.0 + rate) ** (-(self.starts[period] - self.start).days / 365))

    def _start_of(self, period: int) -> date:
        if self.length == "week":
            return self.start + timedelta(days=7 * period)
        months = self.start.month - 1 + period * MONTHS_OF_PERIOD[self.length]
        return date(self.start.year + months // 12, months % 12 + 1, 1)

    def _period_holding(self, day: date) -> int:
        if self.length == "week":
            return (day - self.start).days // 7
        return self._months_since_start(day) // MONTHS_OF_PERIOD[self.length]

    def _months_since_start(self, day: date) -> int:
        return 12 * (day.year - self.start.year) + day.month - self.start.month
