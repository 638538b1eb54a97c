"""Periods, and calendar days turned into periods: by hand, and against a search day by day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.case.calendar import DAYS_A_MONTH, Calendar, make_calendar
from planner.plan.verify_calendar import Calendar as CheckersCalendar

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
        date(2027, 11, 1), date(2027, 12, 1), date(2028, 1, 1), date(2028, 2, 1), date(2028, 3, 1),
    )  # fmt: skip
    assert found.ends == (
        date(2027, 11, 30), date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29),
        date(2028, 3, 31),
    )  # fmt: skip
    assert found.months == (1.0,) * 5
    assert [found.days(period) for period in found.periods] == [30, 31, 31, 29, 31]


def test_the_period_that_holds_the_end_is_planned_whole() -> None:
    assert calendar(end=date(2026, 2, 1)).ends == (date(2026, 1, 31), date(2026, 2, 28))
    assert calendar(end=date(2026, 1, 31)).count == 1
    assert calendar(MONDAY, date(2026, 1, 12), "week").ends[-1] == date(2026, 1, 18)
    assert calendar(START, date(2026, 4, 1), "quarter").ends[-1] == date(2026, 6, 30)


def test_weeks() -> None:
    """A week is 7 / (365.25 / 12) = 0.229979 months."""
    found = weeks(3)
    assert found.starts == (date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19))
    assert found.ends == (date(2026, 1, 11), date(2026, 1, 18), date(2026, 1, 25))
    assert found.months == pytest.approx([0.2299794661] * 3)


def test_quarters_count_from_the_start() -> None:
    """From February: to April, to July, to October, to January; 89, 92, 92 and 92 days."""
    found = calendar(date(2026, 2, 1), date(2027, 1, 31), "quarter")
    assert found.starts == (date(2026, 2, 1), date(2026, 5, 1), date(2026, 8, 1), date(2026, 11, 1))
    assert found.ends[-1] == date(2027, 1, 31)
    assert found.months == pytest.approx([days / 30.4375 for days in (89, 92, 92, 92)])
    assert pytest.approx(30.4375) == DAYS_A_MONTH


@pytest.mark.parametrize(
    ("period", "days", "usable"),
    [
        (JAN, 0, JAN),
        (JAN, 1, FEB),
        (JAN, 31, FEB),  # 1 January + 31 days = 1 February
        (JAN, 32, MAR),
        (FEB, 28, MAR),  # 1 February + 28 days = 1 March, for 2026 is no leap year
        (FEB, 29, APR),
        (JAN, 59, MAR),
        (JAN, 60, APR),
        (JAN, 151, JUN),  # 1 January + 151 days = 1 June
        (JAN, 152, None),
        (JUN, 0, JUN),
        (JUN, 1, None),
    ],
)
def test_lead_times_over_months(period: int, days: int, usable: int | None) -> None:
    assert calendar().usable(period, days) == usable


@pytest.mark.parametrize(
    ("year", "days", "usable"),
    [(2028, 29, MAR), (2028, 30, APR), (2027, 28, MAR), (2027, 29, APR), (2028, 28, MAR)],
)
def test_lead_times_over_a_leap_day(year: int, days: int, usable: int) -> None:
    """29 days from 1 February are 1 March in 2028, and 2 March in 2027."""
    assert calendar(date(year, 1, 1), date(year, 6, 30)).usable(FEB, days) == usable


@pytest.mark.parametrize(
    ("period", "days", "usable"),
    [(0, 0, 0), (0, 1, 1), (0, 7, 1), (0, 8, 2), (2, 21, 5), (2, 22, None), (5, 0, 5)],
)
def test_lead_times_over_weeks(period: int, days: int, usable: int | None) -> None:
    assert weeks().usable(period, days) == usable


@pytest.mark.parametrize(
    ("period", "days", "usable"),
    [
        (0, 0, 0),
        (0, 90, 1),  # 31 + 28 + 31 days from 1 January are 1 April
        (0, 91, 2),
        (1, 91, 2),  # 30 + 31 + 30
        (3, 92, 4),  # October to December
        (0, 365, 4),
        (0, 366, 5),
        (7, 1, None),
    ],
)
def test_lead_times_over_quarters(period: int, days: int, usable: int | None) -> None:
    assert quarters().usable(period, days) == usable


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (None, JAN),
        (date(2020, 2, 29), JAN),
        (date(2026, 1, 1), JAN),
        (date(2026, 1, 2), FEB),
        (date(2026, 1, 31), FEB),
        (date(2026, 2, 1), FEB),
        (date(2026, 6, 1), JUN),
        (date(2026, 6, 2), None),
    ],
)
def test_first_period_on_or_after_a_day(day: date | None, first: int | None) -> None:
    assert calendar().first(day) == first


@pytest.mark.parametrize(
    ("by", "days", "latest"),
    [
        (MAR, 0, MAR),
        (MAR, 1, FEB),
        (MAR, 28, FEB),
        (MAR, 29, JAN),
        (MAR, 59, JAN),
        (MAR, 60, -1),
        (JAN, 0, JAN),
        (JAN, 1, -1),
    ],
)
def test_latest_period_to_begin(by: int, days: int, latest: int) -> None:
    """28 days from 1 February are 1 March; 59 days from 1 January are too."""
    assert calendar().latest(by, days) == latest


@pytest.mark.parametrize(
    ("day", "holding"),
    [
        (date(2025, 12, 31), None), (date(2026, 1, 1), JAN), (date(2026, 1, 31), JAN),
        (date(2026, 2, 1), FEB), (date(2026, 6, 30), JUN), (date(2026, 7, 1), None),
    ],
)  # fmt: skip
def test_period_that_contains_a_day(day: date, holding: int | None) -> None:
    assert calendar().holding(day) == holding


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2025, 12, 31), None), (date(2026, 1, 30), None), (date(2026, 1, 31), JAN),
        (date(2026, 2, 27), JAN), (date(2026, 2, 28), FEB), (date(2030, 1, 1), JUN),
    ],
)  # fmt: skip
def test_last_period_that_ends_by_a_day(day: date, last: int | None) -> None:
    assert calendar().last_ending_by(day) == last


def test_in_force_from_the_first_period_that_starts_on_or_after_the_day() -> None:
    """10 from 2 February holds from March; 30 from 1 May in May; nothing before; order is free."""
    dated = [(date(2026, 5, 1), 30.0), (date(2026, 2, 2), 10.0)]
    assert calendar().in_force(dated) == (0, 0, 10, 10, 30, 30)


def test_in_force_from_before_the_plan() -> None:
    """Of 7 from 2020 and 8 from 2025, the later holds; a row after the plan never does."""
    dated = [(date(2020, 1, 1), 7.0), (date(2025, 1, 1), 8.0), (date(2027, 1, 1), 9.0)]
    assert calendar().in_force(dated) == (8,) * 6
    assert calendar().in_force([]) == (0,) * 6


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
        (date(2025, 1, 1), JAN), (START, JAN), (date(2026, 1, 2), FEB), (date(2026, 2, 1), FEB),
        (date(2026, 6, 2), 6), (date(2030, 1, 1), 6),
    ],
)  # fmt: skip
def test_fence(day: date, fence: int) -> None:
    """The first period in which to decide; as many as there are periods if there is none."""
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


@st.composite
def lead_times(draw: st.DrawFn) -> tuple[Calendar, int, int]:
    """Draw a calendar, one of its periods and a number of days."""
    found = draw(calendars())
    return found, draw(st.integers(0, found.count - 1)), draw(st.integers(0, 400))


def first_by_search(found: Calendar, day: date) -> int | None:
    """Return the first period that starts on or after a day, by trying each."""
    for period in range(found.count):
        if found.starts[period] >= day:
            return period
    return None


@calm
@given(lead_times())
@example((calendar(date(2028, 1, 1), date(2028, 12, 31)), FEB, 29))
@example((calendar(date(2027, 1, 1), date(2027, 12, 31)), FEB, 29))
def test_usable_is_the_first_period_that_starts_on_or_after_the_day(
    drawn: tuple[Calendar, int, int],
) -> None:
    found, period, days = drawn
    arrives = found.starts[period] + timedelta(days=days)
    assert found.usable(period, days) == first_by_search(found, arrives)


@calm
@given(lead_times())
def test_latest_is_the_last_period_that_is_in_time(drawn: tuple[Calendar, int, int]) -> None:
    found, by, days = drawn
    in_time = [-1]
    for period in range(found.count):
        usable = first_by_search(found, found.starts[period] + timedelta(days=days))
        if usable is not None and usable <= by:
            in_time.append(period)
    assert found.latest(by, days) == max(in_time)


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
        is_month = first_day.day == 1 and last == last_of(first_day, "month")
        assert found.months[at] == (1 if is_month else found.days(at) / DAYS_A_MONTH)


def last_of(first: date, length: str) -> date:
    """Return the last day of a whole period."""
    if length == "week":
        return first + timedelta(days=6)
    month = first.month + (2 if length == "quarter" else 0)
    year, month = first.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


@calm
@given(spans())
def test_the_checker_comes_to_the_same_periods_in_its_own_way(span: tuple[date, date, str]) -> None:
    found, own = calendar(*span, discount_rate=0.07), CheckersCalendar(*span)
    assert own.starts[:-1] == found.starts
    assert [own.last_day(period) for period in found.periods] == list(found.ends)
    assert [own.months(period) for period in found.periods] == list(found.months)
    assert [own.discount(t, 0.07) for t in found.periods] == pytest.approx(list(found.discounts))
    for days in range(-3, (found.ends[-1] - found.starts[0]).days + 3, 5):
        day = found.starts[0] + timedelta(days=days)
        first = found.first(day)
        assert min(own.first(day), own.count) == (found.count if first is None else first)
        assert own.holding(day) == found.holding(day)


steps = st.tuples(st.dates(date(2022, 1, 1), date(2032, 1, 1)), st.floats(0, 1000))


@calm
@given(calendars(), st.lists(steps, unique_by=lambda step: step[0]))
def test_in_force_is_the_latest_row_that_has_begun(
    found: Calendar, dated: list[tuple[date, float]]
) -> None:
    for start, value in zip(found.starts, found.in_force(dated), strict=True):
        begun = [step for step in dated if step[0] <= start]
        assert value == (max(begun)[1] if begun else 0.0)
