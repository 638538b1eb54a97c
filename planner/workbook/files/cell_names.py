"""Names of cells, columns and ranges, such as ``D7``, ``XFD`` and ``A1:C7``."""

from __future__ import annotations

import re

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Size of a sheet of an .xlsx workbook."""

CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)")
RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")
Range = tuple[int, int, int, int]
"""Top row, left column, bottom row and right column, all from 1."""


def letters(column: int) -> str:
    """Return the letters of a column, given its number from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """Return the number of a column from 1, given its letters."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def position(name: str) -> tuple[int, int]:
    """Return the row and the column of a cell, both from 1.

    Raises
    ------
    ValueError
        If the name is not that of a cell.
    """
    found = CELL.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not the name of a cell")
    return int(found[2]), column_of(found[1])


def range_of(name: str) -> Range | None:
    """Return the corners of a range such as ``A1:C7``; None if it is not a valid range."""
    found = RANGE.fullmatch(name)
    if found is None:
        return None
    left, top = column_of(found[1]), int(found[2])
    right, bottom = (column_of(found[3]), int(found[4])) if found[3] else (left, top)
    if not (1 <= top <= bottom <= LAST_ROW and left <= right <= LAST_COLUMN):
        return None
    return top, left, bottom, right


def range_name(corners: Range) -> str:
    """Return the name of a range; a range of one cell has the name of the cell."""
    top, left, bottom, right = corners
    first, last = f"{letters(left)}{top}", f"{letters(right)}{bottom}"
    return first if first == last else f"{first}:{last}"
