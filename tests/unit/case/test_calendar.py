"""Periods and numbered days: by hand, and as the checker works them out."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.case.calendar import Calendar, make_calendar
from planner.checker.calendar import Calendar as CheckersCalendar

JAN, FEB, MAR, APR, MAY, JUN = range(6)
START, END = date(2026, 1, 1), date(2026, 6, 30)
MONDAY = date(2026, 1, 5)


def calendar(
    start: date = START,
    end: date = END,
    period: str = "month",
    fence_day: date = date.min,
    discount_rate: float = 0.0,
) -> Calendar:
    return make_calendar(start, end, period, fence_day, discount_rate)


def weeks(count: int = 6) -> Calendar:
    return calendar(MONDAY, MONDAY + timedelta(days=7 * count - 1), "week")


def quarters() -> Calendar:
    return calendar(START, date(2027, 12, 31), "quarter")


def test_months() -> None:
    found = calendar(date(2027, 11, 1), date(2028, 3, 31))
    assert found.starts == (
        date(2027, 11, 1),
        date(2027, 12, 1),
        date(2028, 1, 1),
        date(2028, 2, 1),
        date(2028, 3, 1),
    )
    assert found.ends == (
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
    )
    assert found.months == (1.0,) * 5
    assert [found.days(period) for period in found.periods] == [30, 31, 31, 29, 31]


def test_the_period_that_holds_the_end_is_planned_whole() -> None:
    assert calendar(end=date(2026, 2, 1)).ends == (date(2026, 1, 31), date(2026, 2, 28))
    assert calendar(end=date(2026, 1, 31)).count == 1
    assert calendar(MONDAY, date(2026, 1, 12), "week").ends[-1] == date(2026, 1, 18)
    assert calendar(START, date(2026, 4, 1), "quarter").ends[-1] == date(2026, 6, 30)


def test_weeks() -> None:
    """A week of January is 7 / 31 months."""
    found = weeks(3)
    assert found.starts == (date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19))
    assert found.ends == (date(2026, 1, 11), date(2026, 1, 18), date(2026, 1, 25))
    assert found.months == pytest.approx([7 / 31] * 3)


def test_quarters_count_from_the_start() -> None:
    """From February: to April, to July, to October, to January; three months each."""
    found = calendar(date(2026, 2, 1), date(2027, 1, 31), "quarter")
    assert found.starts == (date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1), date(2026, 11, 1))
    assert found.ends[-1] == date(2027, 1, 31)
    assert found.months == pytest.approx([3.0] * 4)


def test_a_period_that_holds_a_milestone_is_cut_after_it() -> None:
    """So each milestone is the last day of a period; one on a period's last day cuts nothing."""
    cuts = [date(2026, 2, 10), date(2026, 3, 31), date(2026, 5, 1)]
    found = make_calendar(START, date(2026, 5, 31), "month", date.min, 0.0, cuts)
    assert found.ends == (
        date(2026, 1, 31),
        date(2026, 2, 10),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 5, 31),
    )
    assert found.months == pytest.approx((1, 10 / 28, 18 / 28, 1, 1, 1 / 31, 30 / 31))
    assert {found.holding(day) for day in cuts} == {1, 3, 5}


def test_days_are_numbered_from_the_first() -> None:
    found = calendar()
    assert found.number(date(2026, 2, 1)) == 31
    assert found.number(date(2025, 12, 31)) == -1
    assert found.date_of(31) == date(2026, 2, 1)
    assert found.first_days == (0, 31, 59, 90, 120, 151)
    assert found.last_days == (30, 58, 89, 119, 150, 180)
    assert found.day_count == 181
    assert [found.period_of(day) for day in (0, 30, 31, 180)] == [JAN, JAN, FEB, JUN]
    assert found.from_day(None) == found.from_day(date(2020, 2, 29)) == 0
    assert found.from_day(date(2026, 1, 2)) == 1


def test_what_is_served_on_a_last_day_is_served_until_the_next() -> None:
    """31 January to 27 February: 1 of 31 days and 27 of 28; the last day of all is one of 30."""
    assert calendar().served_months[0] == pytest.approx(1 / 31 + 27 / 28)
    assert calendar().served_months[-1] == pytest.approx(1 / 30)


@pytest.mark.parametrize(
    ("day", "holding"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), JAN),
        (date(2026, 1, 31), JAN),
        (date(2026, 2, 1), FEB),
        (date(2026, 6, 30), JUN),
        (date(2026, 7, 1), None),
    ],
)
def test_period_that_contains_a_day(day: date, holding: int | None) -> None:
    assert calendar().holding(day) == holding


def test_discount_by_days_of_365() -> None:
    """At 8 % January counts whole, February 1.08 ** (-31 / 365) = 0.993485, 2027 1 / 1.08."""
    found = calendar(end=date(2027, 1, 31), discount_rate=0.08).discounts
    assert found[0] == 1.0
    assert found[1] == pytest.approx(0.99348490, abs=1e-8)
    assert found[12] == pytest.approx(1 / 1.08, rel=1e-12)


def test_without_a_rate_later_money_counts_the_same() -> None:
    assert calendar().discounts == (1.0,) * 6


@pytest.mark.parametrize(
    ("day", "fence"),
    [
        (date(2025, 1, 1), 0),
        (START, 0),
        (date(2026, 1, 2), 1),
        (date(2026, 2, 1), 31),
    ],
)
def test_fence(day: date, fence: int) -> None:
    """The first day on which to decide."""
    assert calendar(fence_day=day).fence == fence


calm = settings(deadline=None)
"""A busy machine is no failure."""


LENGTHS = ["month", "week", "quarter"]


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date, str]:
    """Draw the first and the last day of a plan, and its periods of up to three lengths."""
    length = draw(st.sampled_from(LENGTHS))
    start = draw(st.dates(date(2023, 1, 1), date(2029, 12, 31)))
    end = start + timedelta(days=draw(st.integers(1, 700)))
    start = start if length == "week" else start.replace(day=1)
    period, since = length, start
    for _ in range(draw(st.integers(0, 2))):
        length = draw(st.sampled_from([other for other in LENGTHS if other != length]))
        day = since + timedelta(days=draw(st.integers(1, 200)))
        day = day if length == "week" else day.replace(day=1)
        if not since < day <= end:
            break
        period, since = f"{period}; {length} from {day}", day
    return start, end, period


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return calendar(*draw(spans()))


@calm
@given(calendars())
def test_periods_follow_one_another_without_a_gap(found: Calendar) -> None:
    for last, following in zip(found.ends, found.starts[1:], strict=False):
        assert following - last == timedelta(days=1)


@calm
@given(spans())
@example((date(2026, 1, 19), date(2026, 4, 1), "week; month from 2026-02-01"))
def test_every_day_is_in_one_period_of_its_length(span: tuple[date, date, str]) -> None:
    """A period is whole, or ends on the day before the length changes."""
    start, end, period = span
    found = calendar(start, end, period)
    assert found.starts[0] == start
    assert found.starts[-1] <= end <= found.ends[-1]
    first, *others = (part.partition(" from ") for part in period.split("; "))
    changes = {date.fromisoformat(day): length for length, _, day in others}
    assert set(changes) <= set(found.starts)
    length = first[0]
    for at, (first_day, last) in enumerate(zip(found.starts, found.ends, strict=True)):
        assert {found.holding(first_day), found.holding(last)} == {at}
        length = changes.get(first_day, length)
        assert last + timedelta(days=1) in changes or last == last_of(first_day, length)
        if first_day.day == 1 and last == last_of(first_day, length) and length != "week":
            assert found.months[at] == pytest.approx({"month": 1, "quarter": 3}[length])


def last_of(first: date, length: str) -> date:
    """Return the last day of a whole period."""
    if length == "week":
        return first + timedelta(days=6)
    month = first.month + (2 if length == "quarter" else 0)
    year, month = first.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


@calm
@given(spans(), st.lists(st.integers(0, 700), max_size=3))
def test_the_checker_comes_to_the_same_periods_in_its_own_way(
    span: tuple[date, date, str], due: list[int]
) -> None:
    start, end, period = span
    cuts = [start + timedelta(days=days) for days in due]
    found = make_calendar(start, end, period, date.min, 0.07, cuts)
    own = CheckersCalendar(start, end, period, cuts)
    assert own.starts[:-1] == found.starts
    assert [own.last_day(period) for period in found.periods] == list(found.ends)
    assert [own.months(period) for period in found.periods] == pytest.approx(list(found.months))
    served = [own.months_served(period) for period in found.periods]
    assert served == pytest.approx(list(found.served_months))
    for days in range(-3, found.day_count + 3, 5):
        day = found.starts[0] + timedelta(days=days)
        assert own.holding(day) == found.holding(day)
        assert own.discount(day, 0.07) == pytest.approx(found.discount(days))
