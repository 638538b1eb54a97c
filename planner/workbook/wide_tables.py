"""Detect tables with one column for each date, where one row for each date is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from planner.errors import Fault
from planner.workbook.files.cell_names import letters
from planner.workbook.files.raw_cells import Grid
from planner.workbook.headers import Header
from planner.workbook.schema.cell_contents import BadValueError, is_blank, shown, tidy_text
from planner.workbook.schema.dates import day_of
from planner.workbook.schema.declarations import Kind, Table

SEARCHED_ROWS = 10
YEARS = range(1900, 2200)
PERIOD = re.compile(
    r"(?:cy|fy)?\s?'?(?:19|20|21)\d\d|fy\s?'?\d\d"
    r"|[qh][1-4][\s/'-]*(?:\d{4}|\d\d)|(?:\d{4}|\d\d)[\s/-]*[qh][1-4]"
    r"|[^\W\d_]{3,9}\.?[\s/'-]*(?:\d{4}|\d\d)|\d{4}[-/]\d\d?|\d\d?/\d{4}|20\d\d-?w\d\d",
    re.IGNORECASE,
)
"""Years, half years, quarters, months and weeks, as written in headings of columns."""

MONTH = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)


def dates_across(table: Table, grid: Grid, header: Header | None) -> Fault | None:
    """Return the fault of a table with one column for each date; None for other tables.

    Parameters
    ----------
    table
        Its declaration. Only tables with a date in their key can have such a layout.
    grid
        Its cells.
    header
        Its header; None if none was found, as when it is a row of dates.
    """
    dated = next(
        (
            column
            for column in table.columns
            if column.name in table.key and column.kind is Kind.DATE
        ),
        None,
    )
    headed = {heading.name for heading in header.headings} if header is not None else set()
    if dated is None or dated.name in headed:
        return None
    names = {column.name for column in table.columns}
    last = SEARCHED_ROWS if header is None else header.row + 1
    for number, row in enumerate(grid[:last], start=1):
        words = {tidy_text(cell).lower() for cell in row if isinstance(cell, str)}
        places = _dates(row)
        # A single date may belong to a row of data, unless the row has the name of a column.
        if len(places) >= (1 if (words & names) - {dated.name} else 2) and (
            dated.name not in words or len(places) > 1
        ):
            return _fault(table, number, row, places)
    return None


def _dates(row: Sequence[object]) -> list[int]:
    """Return the columns of a row's dates or periods; none if they are of several kinds."""
    kinds = {place: _kind(cell) for place, cell in enumerate(row) if not is_blank(cell)}
    found = [place for place, kind in kinds.items() if kind]
    return found if len({kinds[place] for place in found}) == 1 else []


def _kind(cell: object) -> str:
    """Return ``day``, ``year`` or ``period`` for a cell; empty for any other content."""
    if isinstance(cell, date):
        return "day"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return "year" if cell in YEARS else ""
    if not isinstance(cell, str):
        return ""
    text = tidy_text(cell)
    try:
        day_of("", text)
    except BadValueError:
        found = PERIOD.fullmatch(text)
        word = re.match(r"[^\W\d_]{3,}", text)
        return "period" if found and (word is None or MONTH.fullmatch(word[0])) else ""
    return "day"


def _fault(table: Table, number: int, row: Sequence[object], places: Sequence[int]) -> Fault:
    names = [column.name for column in table.columns if column.required]
    first, last = (f"{letters(place + 1)}{number}" for place in (places[0], places[-1]))
    across = f"from {first} to {last}" if first != last else f"in {first}"
    return Fault(
        f"{table.name}!{first}",
        shown(row[places[0]]),
        f"there is a column for each date, {across}",
        f"Write one row for each date, in the columns {', '.join(names)}",
    )
