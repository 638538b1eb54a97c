"""One cell's content to one typed value, or to the rule that it breaks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time

from planner.inputs.schema import Column, Kind

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
ERROR_VALUES = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
YES, NO = frozenset({"yes", "true", "y", "1"}), frozenset({"no", "false", "n", "0"})


class BadValueError(ValueError):
    """A cell's content breaks its column's rule.

    Parameters
    ----------
    rule
        The rule that it breaks.
    remedy
        What to write instead.
    """

    def __init__(self, rule: str, remedy: str) -> None:
        self.rule, self.remedy = rule, remedy
        super().__init__(f"{rule}. {remedy}")


def convert(column: Column, raw: object) -> object:
    """Return the typed value of a cell; a blank cell gives the column's default.

    Parameters
    ----------
    column
        Declaration of the cell's column.
    raw
        What the reader found: None, text, number, boolean or date.

    Raises
    ------
    BadValueError
        If the content breaks the column's rule, or is blank where a value is required.
    """
    if isinstance(raw, str):
        raw = tidy_text(raw)
    if raw is None or raw == "":
        if column.required:
            raise BadValueError(f"{column.name} is required", f"Give {_expected(column)}")
        return () if column.kind is Kind.LIST else column.default
    if isinstance(raw, str) and raw.upper() in ERROR_VALUES:
        raise BadValueError("the cell holds a spreadsheet error", "Mend the formula behind it")
    return CONVERTERS[column.kind](column, raw)


def tidy_text(raw: str) -> str:
    """Strip surrounding white space, non-breaking spaces included."""
    return raw.replace("\u00a0", " ").replace("\u200b", "").strip()


def _expected(column: Column) -> str:
    """Say what a column expects, for a remedy."""
    if column.kind is Kind.CHOICE:
        return "one of " + ", ".join(column.choices)
    if column.kind is Kind.DATE:
        return "a date cell or YYYY-MM-DD"
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


def _text(column: Column, raw: object) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool | date | time):
        raise BadValueError(f"{column.name} is a text", "Format the cell as text and retype it")
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)


def _number(column: Column, raw: object) -> float:
    if isinstance(raw, bool | date | time):
        raise BadValueError(f"{column.name} is a number", f"Give {_expected(column)}")
    if isinstance(raw, str) and not PLAIN_NUMBER.fullmatch(raw):
        raise BadValueError(
            f"{column.name} is a number", f"Give {_expected(column)}, digits only, without unit"
        )
    value = float(str(raw))
    if not math.isfinite(value):
        raise BadValueError(f"{column.name} is a finite number", f"Give {_expected(column)}")
    too_low = (column.low is not None and value < column.low) or (
        column.above is not None and value <= column.above
    )
    if too_low or (column.high is not None and value > column.high):
        raise BadValueError(f"{column.name} is out of bounds", f"Give {_expected(column)}")
    return value


def _whole(column: Column, raw: object) -> int:
    value = _number(column, raw)
    if not value.is_integer():
        raise BadValueError(f"{column.name} is a whole number", f"Give {_expected(column)}")
    return int(value)


def _date(column: Column, raw: object) -> date:
    if isinstance(raw, datetime):
        if raw.time() != time(0):
            raise BadValueError(f"{column.name} is a day without a time", "Remove the time")
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, str) and ISO_DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            raise BadValueError("there is no such day", f"Give {_expected(column)}") from None
    raise BadValueError(
        f"{column.name} is a date, and this text is not one or can be read in two ways"
        if isinstance(raw, str)
        else f"{column.name} is a date",
        f"Give {_expected(column)}",
    )


def _flag(column: Column, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = _text(column, raw).lower()
    if word in YES or word in NO:
        return word in YES
    raise BadValueError(f"{column.name} is yes or no", "Give yes or no")


def _choice(column: Column, raw: object) -> str:
    word = _text(column, raw)
    for choice in column.choices:
        if choice.lower() == word.lower():
            return choice
    raise BadValueError(f"{column.name} is a choice", f"Give {_expected(column)}")


def _list(column: Column, raw: object) -> tuple[str, ...]:
    words = (tidy_text(word) for word in re.split("[,;]", _text(column, raw)))
    return tuple(word for word in words if word)


def _any(column: Column, raw: object) -> object:
    return raw


def canonical(raw: object) -> object:
    """Return one form of a value that may stand as a number, a date or a text in a cell."""
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    is_number = isinstance(raw, int | float) or PLAIN_NUMBER.fullmatch(str(raw)) is not None
    return float(str(raw)) if is_number and not isinstance(raw, bool) else raw


CONVERTERS: dict[Kind, Callable[[Column, object], object]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.DATE: _date,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.LIST: _list,
    Kind.ANY: _any,
}
