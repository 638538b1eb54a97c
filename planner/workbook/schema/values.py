"""Convert the content of a cell into a typed value, or report the rule that it breaks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from planner.workbook.schema.cell_contents import (
    BadValueError,
    folded,
    refuse_unreadable,
    shown,
    tidy_text,
)
from planner.workbook.schema.dates import EXPECTED, day_of
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.lists import words_of_list
from planner.workbook.schema.numbers import number_of, refuse_number
from planner.workbook.schema.periods import EXAMPLE, periods_of
from planner.workbook.schema.spelling import Speller
from planner.workbook.schema.units import is_share

YES, NO = frozenset({"yes", "true", "y", "1"}), frozenset({"no", "false", "n", "0"})
LINE_BREAK = re.compile("[\t\n\r\x85\u2028\u2029]")
LONGEST_NAME = 200
LONGEST_NUMBER = 10**15
"""Spreadsheets round whole numbers from here on, so that these cannot be used as names."""

LARGEST, LEAST = 1e15, 1e-100
"""Limits of plausible amounts; rounding can leave numbers such as 1e-17 in place of zero."""


def convert(column: Column, raw: object, locale: str | None = None) -> object:
    """Return the typed value of a cell; a blank cell gives the column's default.

    Parameters
    ----------
    column
        Declaration of the cell's column.
    raw
        Raw content: None, text, number, boolean or date.
    locale
        Notation of numbers in texts, as in the setting; None for plain digits.

    Raises
    ------
    BadValueError
        If the content breaks a rule of the column, or is blank although a value is required.
    """
    if isinstance(raw, str):
        raw = tidy_text(raw)
    if raw is None or raw == "":
        return default_of(column)
    refuse_unreadable(raw)
    return CONVERTERS[column.kind](column, raw, locale)


def default_of(column: Column) -> object:
    """Return the value of a blank cell.

    Raises
    ------
    BadValueError
        If a value is required.
    """
    if column.required:
        raise BadValueError(f"{column.name} is required", f"Give {expected(column)}")
    return () if column.kind is Kind.LIST else column.default


def expected(column: Column) -> str:
    """Describe the values of a column, for a remedy."""
    if column.kind is Kind.CHOICE:
        return "one of " + ", ".join(column.choices)
    if column.kind is Kind.PERIODS:
        return f"one of {', '.join(column.choices)}, or several with their days, e.g. {EXAMPLE}"
    if column.kind is Kind.DATE:
        return EXPECTED
    if column.kind is Kind.FLAG:
        return "yes or no"
    if column.kind in (Kind.NUMBER, Kind.WHOLE):
        bounds = [
            f"above {column.above:g}" if column.above is not None else "",
            f"at least {column.low:g}" if column.low is not None else "",
            f"at most {column.high:g}" if column.high is not None else "",
        ]
        unit = f" in {column.unit}" if column.unit else ""
        within = " and ".join(bound for bound in bounds if bound)
        return f"a {column.kind}{unit}" + (f", {within}" if within else "")
    return f"a {column.kind}"


def beyond_measure(numbers: Sequence[float]) -> bool:
    """Return whether any number is too large, or too near to zero, to calculate with."""
    sizes = list(map(abs, numbers))
    return max(sizes, default=0.0) > LARGEST or 0.0 < min(filter(None, sizes), default=1.0) < LEAST


def within_bounds(column: Column, low: float, high: float) -> bool:
    """Return whether all numbers from the lowest to the highest are within a column's bounds."""
    return not (
        (column.low is not None and low < column.low)
        or (column.above is not None and low <= column.above)
        or (column.high is not None and high > column.high)
    )


def _text(column: Column, raw: object, locale: str | None) -> str:
    if isinstance(raw, str):
        if (column.refers_to or column.required) and LINE_BREAK.search(raw):
            raise BadValueError(
                f"the name in {column.name} contains a tab or a line break",
                "Write it in one line",
            )
        if (column.refers_to or column.required) and len(raw) > LONGEST_NAME:
            raise BadValueError(
                f"the name in {column.name} has {len(raw)} characters",
                f"Shorten it to {LONGEST_NAME} characters",
            )
        return raw
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise BadValueError(f"{column.name} must be text", "Format the cell as text and retype it")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise BadValueError(f"{column.name} must be text", "Correct the formula in the cell")
    if abs(raw) >= LONGEST_NUMBER:
        raise BadValueError(
            f"{column.name} must be text, and a number this long has been rounded",
            "Format the cell as text and retype it",
        )
    return str(int(raw)) if raw == int(raw) else shown(raw)


def _number(column: Column, raw: object, locale: str | None) -> float:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadValueError(f"{column.name} must be a number", f"Give {expected(column)}")
    try:
        value = _written(column, raw, locale) if isinstance(raw, str) else float(raw)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise BadValueError(f"{column.name} must be a finite number", f"Give {expected(column)}")
    return bounded(column, value + 0.0)  # Replace -0.0 by 0.0.


def _written(column: Column, text: str, locale: str | None) -> float:
    """Return the number in a text; a percentage only if the column is a share."""
    value = number_of(text.removesuffix("%").rstrip(), locale)
    if value is None:
        raise refuse_number(column.name, text, locale, expected(column))
    if not text.endswith("%"):
        return value
    if not is_share(column):
        raise BadValueError(
            f"{column.name} is not a share, so it cannot be a percentage",
            f"Give {expected(column)}, in digits, without a unit",
        )
    return value / 100


def bounded(column: Column, value: float) -> float:
    """Return a number after a check of its column's bounds.

    Raises
    ------
    BadValueError
        If it is out of bounds.
    """
    if beyond_measure([value]):
        raise BadValueError(
            f"{column.name} is out of range: no amount is larger than {LARGEST:g}, or this close "
            "to 0",
            f"Give {expected(column)}",
        )
    if within_bounds(column, value, value):
        return value
    remedy = f"Give {expected(column)}"
    if is_share(column) and 1.5 <= value <= 100:
        remedy += f", e.g. {value / 100:.15g} or {value:.15g} %"
    raise BadValueError(f"{column.name} is out of range", remedy)


def _whole(column: Column, raw: object, locale: str | None) -> int:
    return whole(column, _number(column, raw, locale))


def whole(column: Column, value: float) -> int:
    """Return a whole number.

    Raises
    ------
    BadValueError
        If it has a fraction.
    """
    if not value.is_integer():
        raise BadValueError(f"{column.name} must be a whole number", f"Give {expected(column)}")
    return int(value)


def _date(column: Column, raw: object, locale: str | None) -> date:
    return day_of(column.name, raw)


def _flag(column: Column, raw: object, locale: str | None) -> bool:
    if isinstance(raw, bool):
        return raw
    word = _text(column, raw, locale).lower()
    if word in YES or word in NO:
        return word in YES
    raise BadValueError(f"{column.name} must be yes or no", "Give yes or no")


def _choice(column: Column, raw: object, locale: str | None) -> str:
    word = _plain_word(_text(column, raw, locale))
    for choice in column.choices:
        if _plain_word(choice) == word:
            return choice
    near = Speller(column.choices).nearest(word)
    hint = f"Did you mean {near}? " if near else ""
    raise BadValueError(
        f"this is not one of the choices for {column.name}", f"{hint}Give {expected(column)}"
    )


def _plain_word(text: str) -> str:
    """Return a choice in normal form, independent of case and of spaces, hyphens, underscores."""
    return folded(text.replace("-", " ").replace("_", " "))


def _list(column: Column, raw: object, locale: str | None) -> tuple[str, ...]:
    return words_of_list(column.name, _text(column, raw, locale))


def _periods(column: Column, raw: object, locale: str | None) -> str:
    return periods_of(_list(column, raw, locale), expected(column))


def _any(column: Column, raw: object, locale: str | None) -> object:
    if isinstance(raw, float) and not math.isfinite(raw):
        raise BadValueError(f"{column.name} must be a finite number", f"Give {expected(column)}")
    is_day = isinstance(raw, datetime) and raw.time() == time(0)
    return raw.date() if is_day else raw  # type: ignore[attr-defined]


CONVERTERS: dict[Kind, Callable[[Column, object, str | None], object]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.LIST: _list,
    Kind.PERIODS: _periods,
    Kind.ANY: _any,
}
