"""Read cells that mean a day: date cells, and texts with only one possible meaning."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from planner.workbook.schema.cell_contents import BadValueError, shown
from planner.workbook.schema.numbers import PLAIN_NUMBER

EXPECTED = "a date cell or YYYY-MM-DD"
PARTS = re.compile(r"(\d{1,4})([./\- ])(\d{1,2})\2(\d{1,4})", re.ASCII)
"""Day, month and year in digits."""

WORDS = re.compile(r"\d+|[^\W\d_]+")
SPELLED = re.compile(r"(?:\d|[^\W\d_]|[ ,./-])+")
"""Day and year in digits and the month spelled, with or without a weekday."""

TIME = re.compile(
    r"(?:T|\s+)(?P<hour>\d{1,2}):(?P<rest>\d{2}(?::\d{2}(?:\.\d+)?)?)"
    r"(?:\s?(?P<half>[AP])\.?M\.?)?\s?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
ORDINALS = frozenset({"st", "nd", "rd", "th", "of"})
MONTHS = (
    "january januar janvier",
    "february februar février fevrier",
    "march märz maerz mars mrz",
    "april avril",
    "may mai",
    "june juni juin",
    "july juli juillet",
    "august août aout",
    "september septembre",
    "october oktober octobre",
    "november novembre",
    "december dezember décembre decembre",
)
"""English, German and French names; unique abbreviations of three letters or more are accepted."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_SERIAL = 2958465
"""Serial number of 9999-12-31 in spreadsheets."""


def day_of(name: str, raw: object) -> date:
    """Return the day that a cell means.

    Parameters
    ----------
    name
        Name of the column, for messages.
    raw
        Content of the cell; not blank, and tidy if it is a text.

    Raises
    ------
    BadValueError
        If it is not a day, has a time, or could mean several days.
    """
    if isinstance(raw, datetime):
        if raw.time() != time(0):
            raise BadValueError(f"{name} must be a day without a time", "Remove the time")
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadValueError(f"{name} must be a date", f"Give {EXPECTED}")
    if not isinstance(raw, str) or PLAIN_NUMBER.fullmatch(raw):
        raise _serial(name, raw)
    return _written(name, raw)


def _written(name: str, text: str) -> date:
    """Return the only day that a text can mean."""
    bare = _without_midnight(name, text)
    figures, words = PARTS.fullmatch(bare), _named(bare)
    if words is not None:
        year, month, day = words
        found = _day(year, month, day)
        if found is not None and not _other_weekday(bare, found):
            return found
        rule = "there is no such day" if found is None else f"{found} is a {found:%A}"
        raise BadValueError(rule, f"Give {EXPECTED}")
    if figures is None:
        raise _unclear(name, bare)
    days = sorted(set(_days(figures[1], figures[3], figures[4])))
    if len(days) == 1 and max(len(figures[1]), len(figures[4])) == 4:
        return days[0]
    if not days and len(figures[1]) == 4:
        raise BadValueError("there is no such day", f"Give {EXPECTED}")
    raise _doubtful(name, days)


def _without_midnight(name: str, text: str) -> str:
    """Return a text without its time if that is midnight, without a time zone or in UTC."""
    found = next((m for m in TIME.finditer(text) if m.end() == len(text) and m.start()), None)
    if found is None:
        return text
    hour, half = int(found["hour"]), (found["half"] or "").upper()
    is_start = (hour == 0 and half != "P") or (hour == 12 and half == "A")
    if not is_start or found["rest"].strip("0:."):
        raise BadValueError(f"{name} must be a day without a time", "Remove the time")
    if re.search("[1-9]", found["zone"] or ""):
        raise BadValueError(
            f"{name} must be a day, but midnight in this time zone is another day elsewhere",
            "Remove the time and its zone",
        )
    return text[: found.start()]


def _days(first: str, second: str, third: str) -> Iterator[date]:
    """Yield the days that three numbers can mean; two digits are a year of this century."""
    if len(first) in (3, 4) or len(third) == 3:
        orders = [(first, second, third)] if len(first) == 4 and len(third) <= 2 else []
    else:
        year = third if len(third) == 4 else f"20{third.zfill(2)}"
        orders = [(year, second, first), (year, first, second)]
    for order in orders:
        day = _day(*map(int, order))
        if day is not None:
            yield day


def _day(year: int, month: int, day: int) -> date | None:
    """Return a day of the calendar; None if there is no such day."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _named(text: str) -> tuple[int, int, int] | None:
    """Return year, month and day of a text with a spelled month; None for other texts."""
    if not SPELLED.fullmatch(text):
        return None
    words = [word for word in WORDS.findall(text.casefold()) if word not in ORDINALS]
    if words and _weekday(words[0]) is not None:
        del words[0]
    if len(words) != 3:
        return None
    first, second, third = words
    for day, month, year in (
        (first, second, third),
        (second, first, third),
        (third, second, first),
    ):
        number = _month(month)
        if number and re.fullmatch("[0-9]{1,2}", day) and re.fullmatch("[0-9]{4}", year):
            return int(year), number, int(day)
    return None


def _month(word: str) -> int:
    """Return the month of a name or abbreviation; 0 if it is unknown or ambiguous."""
    found = [
        number
        for number, names in enumerate(MONTHS, start=1)
        if any(name.startswith(word) for name in names.split())
    ]
    if word == "sept":
        return 9
    return found[0] if len(found) == 1 and len(word) >= 3 else 0


def _weekday(word: str) -> int | None:
    """Return the weekday of a name or abbreviation, from 0 for Monday; None if it is unknown."""
    if len(word) < 3:
        return None
    return next((at for at, name in enumerate(WEEKDAYS) if name.startswith(word)), None)


def _other_weekday(text: str, day: date) -> bool:
    """Return whether a text names another weekday than that of the day."""
    said = _weekday(WORDS.findall(text.casefold())[0])
    return said is not None and said != day.weekday()


def _serial(name: str, raw: str | float) -> BadValueError:
    """Return the fault of a bare number, with the day of this serial number in spreadsheets."""
    text = shown(raw)
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    rule = f"{name} must be a date, but this is a plain number"
    if number.is_integer() and 1900 <= number < 2200:
        return BadValueError(
            f"{name} must be a date, but this looks like a year",
            f"Give the day too, e.g. {number:.0f}-12-31",
        )
    if 60 < number <= LAST_SERIAL and number.is_integer():
        day = date(1899, 12, 30) + timedelta(days=int(number))
        return BadValueError(
            rule,
            f"{text} would be {day}; if you mean that, format the cell as a date or write {day}",
        )
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        meant = _day(int(text[:4]), int(text[4:6]), int(text[6:]))
        if meant is not None:
            return BadValueError(rule, f"Write {meant} if you mean that")
    return BadValueError(rule, f"Give {EXPECTED}")


def _unclear(name: str, text: str) -> BadValueError:
    """Return the fault of a text that does not name a single day."""
    words = WORDS.findall(text.casefold())
    months = [number for number in map(_month, words) if number]
    figures = [word for word in words if re.fullmatch("[0-9]{1,4}", word)]
    if not SPELLED.fullmatch(text) or len(months) != 1 or len(words) != 1 + len(figures):
        return _doubtful(name, [])
    if len(figures) == 1 and len(figures[0]) == 4:
        return BadValueError(
            f"{name} must be a date, but this is a month without a day",
            f"Give the day too, e.g. {figures[0]}-{months[0]:02d}-01",
        )
    if len(figures) != 2 or max(map(len, figures)) > 2:
        return _doubtful(name, [])
    orders = ((figures[1], figures[0]), (figures[0], figures[1]))
    days = {_day(2000 + int(year), months[0], int(day)) for year, day in orders}
    return _doubtful(name, sorted(day for day in days if day is not None))


def _doubtful(name: str, days: Sequence[date]) -> BadValueError:
    """Return the fault of a text that is ambiguous, or not a date."""
    rule = f"{name} must be a date, but this text is not one, or is ambiguous"
    if len(days) == 2:
        rule = f"{name} must be a date, but this can be read as {days[0]} or as {days[1]}"
    example = f", e.g. {' or '.join(map(str, days))}" if days else ""
    return BadValueError(rule, f"Give {EXPECTED}{example}")
