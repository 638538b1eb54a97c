"""Planning periods, by which a plan is measured; see `dispatch_days` for the days in between."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from planner.case.rates import months_between
from planner.workbook.schema.periods import starts_of

DAY = timedelta(days=1)

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Calendar:
    """The plan's periods. Periods and days are numbered from 0, the plan's first.

    Attributes
    ----------
    starts, ends : tuple of date
        First and last day of each period.
    fence : int
        Number of the first day on which a decision may be taken.
    discount_rate : float
        Interest per year, compounded over days / 365.
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]
    fence: int
    discount_rate: float

    @property
    def count(self) -> int:
        """Number of periods."""
        return len(self.starts)

    @property
    def periods(self) -> range:
        """All periods in order."""
        return range(self.count)

    @cached_property
    def first_days(self) -> tuple[int, ...]:
        """Number of the first day of each period."""
        return tuple(map(self.number, self.starts))

    @cached_property
    def last_days(self) -> tuple[int, ...]:
        """Number of the last day of each period."""
        return tuple(map(self.number, self.ends))

    @cached_property
    def months(self) -> tuple[float, ...]:
        """Length of each period in months; a day counts as its share of its calendar month."""
        return tuple(
            months_between(first, last + DAY)
            for first, last in zip(self.starts, self.ends, strict=True)
        )

    @cached_property
    def served_months(self) -> tuple[float, ...]:
        """Months from each period's last day to the day before the next period's last day."""
        following = [*self.last_days[1:], self.day_count]
        return tuple(
            self.months_over(day, after - 1)
            for day, after in zip(self.last_days, following, strict=True)
        )

    @cached_property
    def discounts(self) -> tuple[float, ...]:
        """Present cost of one unit of money spent on the first day of each period."""
        return tuple(map(self.discount, self.first_days))

    @property
    def day_count(self) -> int:
        """Days of the plan."""
        return self.last_days[-1] + 1

    def number(self, day: date) -> int:
        """Return the number of a day; below 0 before the plan."""
        return (day - self.starts[0]).days

    def date_of(self, day: int) -> date:
        """Return the date of a numbered day."""
        return self.starts[0] + timedelta(days=day)

    def days(self, period: int) -> int:
        """Return the days of a period."""
        return self.last_days[period] - self.first_days[period] + 1

    def months_over(self, first: int, last: int) -> float:
        """Return the months from one numbered day to another, both included."""
        return months_between(self.date_of(first), self.date_of(last + 1))

    def discount(self, day: int) -> float:
        """Return the present cost, at the plan's start, of one unit of money spent on a day."""
        return float((1 + self.discount_rate) ** (-day / 365))

    def period_of(self, day: int) -> int:
        """Return the period that contains a numbered day of the plan."""
        return bisect_right(self.first_days, day) - 1

    def holding(self, day: date) -> int | None:
        """Return the period that contains a date; None if it is outside the plan."""
        number = self.number(day)
        if 0 <= number < self.day_count:
            return self.period_of(number)
        return None

    def last_ending_by(self, day: date) -> int | None:
        """Return the last period that ends on or before a date; None if none does."""
        ended = bisect_right(self.ends, day)
        return ended - 1 if ended else None

    def earlier(self, day: date, periods: int) -> date:
        """Return the date at the same position in an earlier period as a date in its own.

        Returns the plan's first day if that period is before the plan. A date after the plan counts
        as the first day of one more period.
        """
        if day <= self.ends[-1]:
            period = bisect_right(self.starts, day) - 1
            offset = day - self.starts[period]
        else:
            period = self.count
            offset = timedelta()
        moved = period - periods
        if moved < 0:
            return self.starts[0]
        # A longer period may have no such position in a shorter one.
        return min(self.starts[moved] + offset, self.ends[moved])

    def from_day(self, day: date | None) -> int:
        """Return the number of the first day of the plan on or after a date."""
        return 0 if day is None else max(0, self.number(day))


def make_calendar(
    start: date,
    end: date,
    period: str,
    fence_day: date,
    discount_rate: float,
    cuts: Iterable[date] = (),
) -> Calendar:
    """Return the calendar of a plan.

    Parameters
    ----------
    start, end
        First and last day planned; the period that contains `end` is planned completely.
    period
        The setting: ``month``, ``week`` or ``quarter``, or several with their first days, before
        which a period is cut short.
    fence_day
        No decision is dated before this day.
    discount_rate
        Interest a year, compounded over days / 365.
    cuts
        Extra last days: a period that contains one of these is split after it.
    """
    uncut = starts_of(start, end, period)
    day_after_plan = uncut[-1]
    starts = set(uncut[:-1])
    for day in cuts:
        if start <= day and day + DAY < day_after_plan:
            starts.add(day + DAY)
    ordered = sorted(starts)
    ends = [following - DAY for following in [*ordered[1:], day_after_plan]]
    fence = max(0, (fence_day - start).days)
    return Calendar(tuple(ordered), tuple(ends), fence, discount_rate)
