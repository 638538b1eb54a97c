"""Type a whole column of cells: clean columns in a few passes, others cell by cell."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import NoneType

from planner.workbook.schema.cell_contents import ERROR_VALUE, BadValueError, is_blank, tidy_text
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.units import multiplied
from planner.workbook.schema.values import (
    LONGEST_NAME,
    beyond_measure,
    bounded,
    convert,
    default_of,
    whole,
    within_bounds,
)

Cells = Sequence[object]

PLAIN_CHARACTERS = frozenset("0123456789.+-eE")


@dataclass
class TypedColumn:
    """The values of a column, and the faults of its cells.

    Attributes
    ----------
    values : sequence of object
        Typed values; None where a cell is at fault.
    blank : sequence of bool or None
        Whether each cell was blank; None if none was.
    faults : dict of int to BadValueError
        The faults, by index of the cell.
    cells : sequence of object or None
        The raw cells; None if they equal the values.
    """

    values: Sequence[object]
    blank: Sequence[bool] | None = None
    faults: dict[int, BadValueError] = field(default_factory=dict)
    cells: Cells | None = None


def typed_column(
    column: Column, cells: Cells, locale: str | None = None, factor: Fraction | None = None
) -> TypedColumn:
    """Return the typed values of a column.

    Parameters
    ----------
    column
        Its declaration.
    cells
        Raw cells, row by row.
    locale
        Notation of numbers in texts, as in the setting.
    factor
        Factor that converts numbers into the column's own unit, if the sheet states another.
    """
    clean = CLEAN.get(column.kind)
    if clean is not None and factor is None and cells:
        kinds = set(map(type, cells))
        gaps = NoneType in kinds or (str in kinds and "" in cells)
        given = [cell for cell in cells if cell is not None and cell != ""] if gaps else cells
        kinds -= {NoneType}
        numbers = None if locale else _plain_numbers(column, given, kinds)
        if numbers is not None:
            given, kinds = numbers, {float}
        values = clean(column, given, kinds)
        if values is not None and not (gaps and column.required):
            typed = _with_blanks(column, cells, values) if gaps else TypedColumn(values)
            typed.cells = None if numbers is None else cells
            return typed
    return _cell_by_cell(column, cells, locale, factor)


def absent_column(column: Column, length: int) -> TypedColumn:
    """Return a column that the sheet does not have; every cell is blank."""
    default = default_of(replace(column, required=False))
    return TypedColumn([default] * length, [True] * length)


def _with_blanks(column: Column, cells: Cells, values: Cells) -> TypedColumn:
    """Return the values, with the column's default for blank cells."""
    default = default_of(column)
    blank = [cell is None or cell == "" for cell in cells]
    following = iter(values)
    return TypedColumn([default if empty else next(following) for empty in blank], blank)


def _plain_numbers(column: Column, cells: Cells, kinds: set[type]) -> list[float] | None:
    """Return the numbers of texts in plain digits, as in CSV files; None for any other column."""
    if column.kind not in (Kind.NUMBER, Kind.WHOLE) or kinds != {str}:
        return None
    texts: list[str] = list(map(str, cells))
    if not set("".join(texts)) <= PLAIN_CHARACTERS:
        return None
    try:
        return list(map(float, texts))
    except ValueError:
        return None


def _clean_numbers(column: Column, cells: Cells, kinds: set[type]) -> list[float] | None:
    """Return the numbers if all are within the column's bounds; None if any cell may be invalid."""
    if not kinds <= {float, int}:
        return None
    try:
        numbers: list[float] = list(map(float, cells))  # type: ignore[arg-type]
    except OverflowError:
        return None
    # A sum is finite only if no number is infinite or NaN.
    if not math.isfinite(sum(numbers)):
        return None
    if numbers and not within_bounds(column, min(numbers), max(numbers)):
        return None
    if beyond_measure(numbers):
        return None
    # Replace -0.0 by 0.0.
    return [number + 0.0 for number in numbers] if 0.0 in numbers else numbers


def _clean_whole_numbers(column: Column, cells: Cells, kinds: set[type]) -> Cells | None:
    numbers = _clean_numbers(column, cells, kinds)
    if numbers is None:
        return None
    whole_numbers = list(map(int, numbers))
    return whole_numbers if whole_numbers == numbers else None


def _clean_texts(column: Column, cells: Cells, kinds: set[type]) -> Cells | None:
    """Return the texts if all are printable ASCII without errors; None for any other column."""
    if not kinds <= {str}:
        return None
    if not all(map(str.isascii, cells)) or not all(map(str.isprintable, cells)):  # type: ignore[arg-type]
        return None
    texts = list(map(str.strip, cells))  # type: ignore[arg-type]
    if "" in texts or len(max(texts, key=len, default="")) > LONGEST_NAME:
        return None
    if any(ERROR_VALUE.fullmatch(t) for t in texts if t[0] in "#Ee"):
        return None
    return texts


def _clean_dates(column: Column, cells: Cells, kinds: set[type]) -> Cells | None:
    return cells if kinds <= {date} else None


CLEAN: dict[Kind, Callable[[Column, Cells, set[type]], Cells | None]] = {
    Kind.TEXT: _clean_texts,
    Kind.NUMBER: _clean_numbers,
    Kind.WHOLE: _clean_whole_numbers,
    Kind.DATE: _clean_dates,
}


def _cell_by_cell(
    column: Column, cells: Cells, locale: str | None, factor: Fraction | None
) -> TypedColumn:
    """Return the values of a column, converting each distinct content once."""
    # True, 1 and 1.0 are equal keys in Python, but different contents.
    keys = list(zip(map(type, cells), cells, strict=True))
    outcomes = {key: _outcome(column, key[1], locale, factor) for key in set(keys)}
    blanks = {key: is_blank(key[1]) for key in outcomes}
    values = [outcomes[key] for key in keys]
    faults: dict[int, BadValueError] = {}
    if any(isinstance(outcome, BadValueError) for outcome in outcomes.values()):
        faults = {at: value for at, value in enumerate(values) if isinstance(value, BadValueError)}
        values = [None if isinstance(value, BadValueError) else value for value in values]
    blank = [blanks[key] for key in keys] if any(blanks.values()) else None
    return TypedColumn(values, blank, faults, cells)


def _outcome(column: Column, raw: object, locale: str | None, factor: Fraction | None) -> object:
    """Return the value of a cell, or the error with the rule that it breaks."""
    try:
        says_percent = isinstance(raw, str) and tidy_text(raw).endswith("%")
        if factor is None or says_percent or is_blank(raw):
            return convert(column, raw, locale)
        free = replace(column, kind=Kind.NUMBER, low=None, above=None, high=None)
        number = convert(free, raw, locale)
        assert isinstance(number, float)
        value = bounded(column, multiplied(number, factor))
        return whole(column, value) if column.kind is Kind.WHOLE else value
    except BadValueError as error:
        return error
