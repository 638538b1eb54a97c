"""Texts that name one day are read, whatever their form; all others are refused by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.dates import day_of

JULY = date(2027, 7, 31)
LAST = date(2026, 12, 31)
GIVE = "Give a date cell or YYYY-MM-DD"
NO_DAY = "ready must be a date, but this text is not one, or is ambiguous"
BARE = "ready must be a date, but this is a plain number"
ZONE = "ready must be a day, but midnight in this time zone is another day elsewhere"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31 July 2027", JULY),
        ("31 Jul 2027", JULY),
        ("31-JUL-2027", JULY),
        ("31Jul2027", JULY),
        ("31. Juli 2027", JULY),
        ("31 juillet 2027", JULY),
        ("31st of July, 2027", JULY),
        ("July 31, 2027", JULY),
        ("Jul. 31st 2027", JULY),
        ("2027 July 31", JULY),
        ("2027-Jul-31", JULY),
        ("Saturday, 31 July 2027", JULY),
        ("Sat, Jul 31, 2027", JULY),
        ("30 Nov 2026", date(2026, 11, 30)),
        ("1 Sept 2026", date(2026, 9, 1)),
        ("1 März 2026", date(2026, 3, 1)),
        ("1 mars 2026", date(2026, 3, 1)),
        ("15 août 2026", date(2026, 8, 15)),
        ("1 March 2026", date(2026, 3, 1)),
        ("2 May 2026", date(2026, 5, 2)),
        ("29 February 2028", date(2028, 2, 29)),
        ("2026-12-31T00:00:00Z", LAST),
        ("2026-12-31T00:00:00.000Z", LAST),
        ("2026-12-31T00:00Z", LAST),
        ("2026-12-31 00:00:00 UTC", LAST),
        ("2026-12-31T00:00:00+00:00", LAST),
        ("2026-12-31T00:00:00-0000", LAST),
        ("12/31/2026 12:00:00 AM", LAST),
        ("31/12/2026 00:00", LAST),
        ("31 December 2026 00:00:00", LAST),
        ("2026-12-31 0:00", LAST),
        ("31.12.2026", LAST),
        ("12/31/2026", LAST),
        ("31-12-2026", LAST),
        ("2026/12/31", LAST),
        ("2026-2-1", date(2026, 2, 1)),
        ("2026.03.04", date(2026, 3, 4)),
        ("03/03/2026", date(2026, 3, 3)),
    ],
)
def test_a_text_that_names_one_day(text: str, day: date) -> None:
    assert day_of("ready", text) == day


@pytest.mark.parametrize(
    ("text", "rule", "remedy"),
    [
        (
            "03/04/2026",
            "ready must be a date, but this can be read as 2026-03-04 or as 2026-04-03",
            f"{GIVE}, e.g. 2026-03-04 or 2026-04-03",
        ),
        (
            "3 4 2026",
            "ready must be a date, but this can be read as 2026-03-04 or as 2026-04-03",
            f"{GIVE}, e.g. 2026-03-04 or 2026-04-03",
        ),
        (
            "03/04/2026 00:00",
            "ready must be a date, but this can be read as 2026-03-04 or as 2026-04-03",
            f"{GIVE}, e.g. 2026-03-04 or 2026-04-03",
        ),
        ("31.12.26", NO_DAY, f"{GIVE}, e.g. 2026-12-31"),
        (
            "15-Jan-27",
            "ready must be a date, but this can be read as 2015-01-27 or as 2027-01-15",
            f"{GIVE}, e.g. 2015-01-27 or 2027-01-15",
        ),
        (
            "July 31, 27",
            "ready must be a date, but this can be read as 2027-07-31 or as 2031-07-27",
            f"{GIVE}, e.g. 2027-07-31 or 2031-07-27",
        ),
        (
            "July 2027",
            "ready must be a date, but this is a month without a day",
            "Give the day too, e.g. 2027-07-01",
        ),
        ("31 Jui 2027", NO_DAY, GIVE),
        ("31 J 2027", NO_DAY, GIVE),
        ("31 Julli 2027", NO_DAY, GIVE),
        ("31 July", NO_DAY, GIVE),
        ("31/July_2027", NO_DAY, GIVE),
        ("Saturday", NO_DAY, GIVE),
        ("31 July 2027 to 3 August 2027", NO_DAY, GIVE),
        ("2026-W05", NO_DAY, GIVE),
        ("31 February 2027", "there is no such day", GIVE),
        ("2026-13-01", "there is no such day", GIVE),
        ("Sunday, July 31, 2027", "2027-07-31 is a Saturday", GIVE),
        ("2026-12-31T08:30:00Z", "ready must be a day without a time", "Remove the time"),
        ("31 July 2027 12:00 PM", "ready must be a day without a time", "Remove the time"),
        ("31 July 2027 12:00", "ready must be a day without a time", "Remove the time"),
        ("2026-12-31T00:00:00+01:00", ZONE, "Remove the time and its zone"),
        ("2026-12-31T00:00-0800", ZONE, "Remove the time and its zone"),
    ],
)
def test_a_text_that_names_no_day_for_certain(text: str, rule: str, remedy: str) -> None:
    with pytest.raises(BadValueError) as caught:
        day_of("ready", text)
    assert (caught.value.rule, caught.value.remedy) == (rule, remedy)


@pytest.mark.parametrize(
    "raw",
    [
        "9" * 81,
        "9" * 5000,
        "-" + "1" * 5000,
        "1." + "0" * 5000,
        "1e99999",
        "1e-99999",
        "0" * 5000,
        10**5000,
        -(10**400),
        1e308,
        -1e308,
        5e-324,
        -46000,
        0,
        60,
        2958466,
        "２０２６" * 40,
    ],
    ids=lambda raw: type(raw).__name__,
)
def test_a_number_of_any_size_is_a_fault(raw: object) -> None:
    with pytest.raises(BadValueError, match=r"ready must be a date|looks like a year") as caught:
        day_of("ready", raw)
    assert len(str(caught.value)) < 300


@given(
    st.one_of(
        st.from_regex(r"\A[+-]?\d{1,400}(\.\d{0,99})?([eE][+-]?\d{1,9})?\Z"),
        st.from_regex(r"\A\d{1,6}([./ -])\d{1,4}\1\d{1,6}([T ]\d{1,3}:\d{2}(:\d{2})?Z?)?\Z"),
        st.text("0123456789JulyMayAM/.-,: TZ+", max_size=30),
        st.text(max_size=40),
        st.integers(),
        st.floats(),
    )
)
def test_any_content_is_a_day_or_a_fault(raw: object) -> None:
    try:
        found = day_of("ready", raw)
    except BadValueError as error:
        assert error.rule
        assert error.remedy
    else:
        assert type(found) is date


FORMS = (
    "%Y-%m-%d",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%A, %d %B %Y",
    "%d-%b-%Y",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y/%m/%d",
)


@given(st.dates(date(1000, 1, 1)), st.sampled_from(FORMS))
def test_a_day_reads_back_however_it_is_written(day: date, form: str) -> None:
    assert day_of("ready", datetime(day.year, day.month, day.day).strftime(form)) == day


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from("/.- "))
def test_figures_are_read_where_day_and_month_cannot_be_exchanged(day: date, mark: str) -> None:
    text = f"{day.day}{mark}{day.month}{mark}{day.year}"
    if day.day > 12 or day.day == day.month:
        assert day_of("ready", text) == day
    else:
        with pytest.raises(BadValueError, match="can be read as"):
            day_of("ready", text)


def test_the_days_of_a_year_have_one_reading_each() -> None:
    days = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
    assert [day_of("ready", f"{day:%d %b %Y}") for day in days] == days
