"""Find the header of a sheet, and the column that each heading names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from planner.errors import Fault
from planner.workbook.drafts import Findings
from planner.workbook.files.cell_names import letters
from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE, Grid
from planner.workbook.schema.cell_contents import (
    ERROR_VALUE,
    BadValueError,
    is_blank,
    refuse_unreadable,
    shown,
    tidy_text,
)
from planner.workbook.schema.declarations import Column, Table
from planner.workbook.schema.numbers import looks_like_number
from planner.workbook.schema.unit_names import UnitName, column_of_words, unit_name, with_unit
from planner.workbook.schema.units import unit_of

SEARCHED_ROWS = 10
"""Number of rows, from the top, that are searched for a header. It may be below a title."""

IN_BRACKETS = re.compile(r"(.+?)\s*[\[({<](.*)[\])}>]")
MARK = re.compile(r"\s*(?:[,:;]|\bin\b|\s)\s*")


@dataclass(frozen=True)
class Heading:
    """One heading of a sheet.

    Attributes
    ----------
    row, position : int
        Its cell, from 0.
    cell : object
        Content of the cell.
    name : str
        Name of a column, which may not exist; empty for a column of notes.
    unit : str
        Unit beside the name; empty if there is none.
    """

    row: int
    position: int
    cell: object
    name: str
    unit: str = ""

    def where(self, table: Table) -> str:
        """Return sheet and cell."""
        return f"{table.name}!{letters(self.position + 1)}{self.row + 1}"


@dataclass
class Header:
    """The header of a sheet.

    Attributes
    ----------
    row : int
        Its last row, from 0.
    headings : list of Heading
        Every heading that is not blank.
    columns : dict of str to Heading
        The heading of each declared column that the sheet has.
    unknown : set of str
        Columns whose cells are all unreliable.
    """

    row: int
    headings: list[Heading]
    columns: dict[str, Heading] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


def name_of(text: str) -> str:
    """Return the name in a heading or a sheet's title, whatever its case and spaces."""
    return re.sub(r"[\s_-]+", "_", tidy_text(text).rstrip("* ").lower())


def find_header(table: Table, grid: Grid) -> Header | None:
    """Return the header of a sheet; None if there is none.

    The header is the row with the most column names, if these are at least half of its cells. A
    header of two rows, as merged cells produce it, is read as one.
    """
    known = {column.name for column in table.columns}
    best, most = None, 0
    for row in range(min(SEARCHED_ROWS, len(grid))):
        single = _headings(grid, row, table)
        for headings in (single, _joined(_headings(grid, row - 1, table), single, known)):
            found = sum(heading.name in known for heading in headings)
            named = sum(bool(heading.name) for heading in headings)
            if found > most and 2 * found >= named:
                best, most = Header(row, headings), found
    return best


def _headings(grid: Grid, row: int, table: Table) -> list[Heading]:
    """Return the headings in a row; none if a cell of the row is a number or a date."""
    if row < 0:
        return []
    cells = [(at, cell) for at, cell in enumerate(grid[row]) if not is_blank(cell)]
    if not all(_is_words(cell) for _, cell in cells):
        return []
    return [Heading(row, at, cell, *_name_and_unit(cell, table)) for at, cell in cells]


def _is_words(cell: object) -> bool:
    if isinstance(cell, str):
        return not looks_like_number(tidy_text(cell))
    return cell is FORMULA_WITHOUT_VALUE


def _name_and_unit(cell: object, table: Table) -> tuple[str, str]:
    """Return the column name in a heading, and the unit after it, with or without brackets."""
    text = tidy_text(cell) if isinstance(cell, str) else "formula"
    if text.startswith("#") and not ERROR_VALUE.fullmatch(text):
        return "", ""
    known = {column.name for column in table.columns}
    if name_of(text) in known:
        return name_of(text), ""
    stated = IN_BRACKETS.fullmatch(text)
    if stated and name_of(stated[1]) in known:
        return name_of(stated[1]), stated[2]
    for mark in MARK.finditer(text):
        name, unit = name_of(text[: mark.start()]), text[mark.end() :]
        if name in known and unit_of(unit):
            return name, unit
    # A heading may write the unit of a column's name beside it: Power (kW) for power_kw.
    marks = [mark for mark in MARK.finditer(text) if mark[0].strip() and not stated]
    parts = [(stated[1], stated[2])] if stated else []
    parts += [(text[: mark.start()], text[mark.end() :]) for mark in marks]
    for words, unit in parts:
        column = column_of_words(words, unit, table.columns)
        if column is not None:
            return column.name, unit
    return name_of(text), ""


def _joined(
    upper: Sequence[Heading], lower: Sequence[Heading], known: Collection[str]
) -> list[Heading]:
    """Join two rows to one header if the lower row has only column names; it takes precedence."""
    if not lower or any(heading.name not in known for heading in lower):
        return []
    below = {heading.position for heading in lower}
    free = set(known) - {heading.name for heading in lower}
    above = [h for h in upper if h.position not in below and h.name in free]
    return sorted([*above, *lower], key=lambda heading: heading.position) if above else []


def match_columns(table: Table, header: Header, findings: Findings) -> None:
    """Assign headings to declared columns; report unknown, duplicate and missing ones."""
    known = {column.name for column in table.columns}
    given = {heading.name for heading in header.headings}
    absent = [column for column in table.columns if column.name not in given]
    renamed = set[str]()
    for heading in header.headings:
        if not heading.name:
            continue
        if heading.name not in known:
            meant = unit_name(heading.name, absent, findings.currency)
            findings.faults.append(_unknown(table, heading, absent, meant))
            renamed |= {meant.column.name} if meant is not None and meant.is_exact else set()
            # This may be any of the columns that seem to be absent.
            header.unknown |= known - given
        elif heading.name in header.columns:
            first = header.columns[heading.name].where(table).partition("!")[2]
            rule = f"this column is in {first} already"
            where = heading.where(table)
            findings.faults.append(Fault(where, shown(heading.cell), rule, "Remove one of the two"))
            header.unknown.add(heading.name)
        else:
            header.columns[heading.name] = heading
    for column in absent:
        if column.required:
            header.unknown.add(column.name)
        if column.required and column.name not in renamed:
            row = header.row + 1
            findings.faults.append(
                Fault(
                    f"{table.name}!{row}:{row}",
                    "",
                    f"the required column {column.name} is missing",
                    f"Add it: {column.help}",
                )
            )


def _unknown(
    table: Table, heading: Heading, absent: Sequence[Column], meant: UnitName | None
) -> Fault:
    """Return the fault of a heading that names no column, with the likely one as the remedy."""
    where, text, rule = heading.where(table), shown(heading.cell), "there is no such column"
    notes = "or begin its name with # to keep notes"
    try:
        refuse_unreadable(heading.cell)
    except BadValueError as error:
        return Fault(where, text, error.rule, error.remedy)
    if meant is not None:
        return Fault(where, text, rule, f"{meant.heading()}, {notes}")
    columns = {column.name: column for column in absent}
    near = difflib.get_close_matches(heading.name, columns, n=1, cutoff=0.6)
    hint = f"Did you mean {with_unit(columns[near[0]], heading.name)}? " if near else ""
    return Fault(where, text, rule, f"{hint}Rename it, {notes}")


def look_above(table: Table, header: Header, grid: Grid, findings: Findings) -> None:
    """Report rows of data above the header; note other content there, which is not read."""
    needed = {
        heading.position for name, heading in header.columns.items() if table.column(name).required
    }
    for number in range(header.row):
        row = grid[number]
        filled = [place for place, cell in enumerate(row) if not is_blank(cell)]
        if header.headings[0].row == number or not filled:
            continue
        where = f"{table.name}!{letters(filled[0] + 1)}{number + 1}"
        text = shown(row[filled[0]])
        if len(filled) > 1 and needed and needed <= set(filled):
            findings.faults.append(
                Fault(
                    where,
                    text,
                    "this row looks like data, but is above the header",
                    "Move it below the header, or remove it",
                )
            )
        elif len(filled) > 1:
            findings.notes.append(f"{where} {text!r}: this row is above the header and is not read")


def look_beside(
    table: Table, header: Header, body: Sequence[Sequence[object]], top: int, findings: Findings
) -> None:
    """Note cells in columns without a heading, which are not read.

    Parameters
    ----------
    table, header
        The sheet's declaration and its header.
    body, top
        The cells below the header, column by column, and their first row, from 0.
    findings
        Collects one note for each column.
    """
    headed = {heading.position for heading in header.headings}
    for place, cells in enumerate(body):
        if place in headed:
            continue
        filled = [at for at, cell in enumerate(cells) if cell is not None and not is_blank(cell)]
        if filled:
            first = f"{table.name}!{letters(place + 1)}{top + 1 + filled[0]}"
            more = f" and {len(filled) - 1} more below" if len(filled) > 1 else ""
            findings.notes.append(
                f"{first} {shown(cells[filled[0]])!r}{more}: there is no column "
                "name above, so this is not read"
            )
