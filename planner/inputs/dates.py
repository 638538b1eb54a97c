"""Cells that mean a day: dates and ISO texts; whatever could be another day is refused by name."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from planner.inputs.contents import BadValueError, shown
from planner.inputs.numbers import PLAIN_NUMBER

EXPECTED = "a date cell or YYYY-MM-DD"
ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?", re.ASCII)
PARTS = re.compile(r"(\d{1,4})[./\- ](\d{1,2})[./\- ](\d{1,4})", re.ASCII)
LAST_SERIAL = 2958465
"""Number of 9999-12-31 where a spreadsheet counts days."""


def day_of(name: str, raw: object) -> date:
    """Return the day that a cell means.

    Parameters
    ----------
    name
        The column, for the words of a fault.
    raw
        What the cell holds, not blank, a text tidy.

    Raises
    ------
    BadValueError
        If it means no day, one with a time, or perhaps another one.
    """
    if isinstance(raw, datetime):
        if raw.time() != time(0):
            raise BadValueError(f"{name} is a day without a time", "Remove the time")
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadValueError(f"{name} is a date", f"Give {EXPECTED}")
    if not isinstance(raw, str) or PLAIN_NUMBER.fullmatch(raw):
        raise _serial(name, shown(raw))
    found = ISO_DATE.fullmatch(raw)
    if found is None:
        raise _unclear(name, raw)
    if found[2] is not None and found[2].strip("T 0:.") != "":
        raise BadValueError(f"{name} is a day without a time", "Remove the time")
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise BadValueError("there is no such day", f"Give {EXPECTED}") from None


def _serial(name: str, text: str) -> BadValueError:
    """Return the fault of a bare number, with the day that a spreadsheet would make of it."""
    number = float(text)
    rule = f"{name} is a date, and this is a bare number"
    if number.is_integer() and 1900 <= number < 2200:
        return BadValueError(f"{name} is a date, and this looks like a year alone",
                             f"Give the day too, e.g. {number:.0f}-12-31")  # fmt: skip
    if 60 < number <= LAST_SERIAL and number.is_integer():
        day = date(1899, 12, 30) + timedelta(days=int(number))
        return BadValueError(
            rule, f"{text} would be {day}; if that is meant, format the cell as a date or "
            f"write {day}",
        )  # fmt: skip
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        day_text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
        if _is_day(day_text):
            return BadValueError(rule, f"Write {day_text} if that is meant")
    return BadValueError(rule, f"Give {EXPECTED}")


def _unclear(name: str, text: str) -> BadValueError:
    """Return the fault of a text, with every day that it can be read as."""
    rule = f"{name} is a date, and this text is not one or can be read in two ways"
    found = PARTS.fullmatch(text)
    if found is None:
        return BadValueError(rule, f"Give {EXPECTED}")
    first, second, third = found[1], found[2].zfill(2), found[3]
    if len(first) == 4:
        readings = [f"{first}-{second}-{third.zfill(2)}"]
    elif len(third) in (2, 4):
        year = third if len(third) == 4 else f"20{third}"
        readings = [f"{year}-{second}-{first.zfill(2)}", f"{year}-{first.zfill(2)}-{second}"]
    else:
        readings = []
    days = sorted({reading for reading in readings if _is_day(reading)})
    if len(days) == 2:
        rule = f"{name} is a date, and this can be read as {days[0]} or as {days[1]}"
    return BadValueError(rule, f"Give {EXPECTED}" + (f", e.g. {' or '.join(days)}" if days else ""))


def _is_day(text: str) -> bool:
    """Say whether an ISO text names a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return ISO_DATE.fullmatch(text) is not None
