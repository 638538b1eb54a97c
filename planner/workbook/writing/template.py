"""Write input workbooks and folders of CSV files, from rows and the sheets' declarations."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from planner.errors import PlannerError
from planner.workbook.files.atomic import write_atomically
from planner.workbook.schema.declarations import Column, Table
from planner.workbook.schema.lists import list_text
from planner.workbook.schema.sheets import BY_NAME, TABLES
from planner.workbook.writing.example_rows import blank_settings, first_plan
from planner.workbook.writing.sheet_layout import CellValue, workbook_bytes

Rows = Sequence[Mapping[str, object]]
"""Rows of a sheet; each maps column names to raw values."""

LONGEST_TEXT = 32767
"""Limit of the length of a text in a spreadsheet cell; longer texts would be cut silently."""


MOST_EXACT = 2.0**53
"""Larger whole numbers have no exact representation in a spreadsheet."""


def template_sheets() -> dict[str, list[dict[str, object]]]:
    """Return the rows of a small workbook with a feasible plan: one system, site and customer.

    Returns
    -------
    dict of str to list of dict
        The rows of the six required sheets, as raw values.
    """
    return first_plan()


def blank_sheets() -> dict[str, list[dict[str, object]]]:
    """Return the rows of a workbook to fill in: only the settings, with their defaults."""
    return {"settings": blank_settings()}


def write_workbook(path: Path, sheets: Mapping[str, Rows], *, blank_sheets: bool = False) -> None:
    """Write an input workbook atomically; its bytes are equal for equal rows.

    Parameters
    ----------
    path
        The file, which is replaced if it exists.
    sheets
        Rows of each sheet, with raw values: numbers, dates, texts, True or False, tuples for lists,
        None for a blank cell.
    blank_sheets
        Whether to add the other declared sheets, with only their headers.

    Raises
    ------
    PlannerError
        If a sheet or column is not declared, a value does not fit into a cell, or the file
        cannot be written.
    """
    write_atomically(path, workbook_bytes(_cells(sheets, blank_sheets)))


def write_csv_folder(
    folder: Path, sheets: Mapping[str, Rows], *, blank_sheets: bool = False
) -> None:
    """Write one CSV file for each sheet, in UTF-8 with a byte order mark, which Excel needs.

    A CSV file has no types of cells. A text that begins with = is a text for the planner, but a
    formula for a spreadsheet that opens the file. Use a workbook to avoid this.

    Parameters
    ----------
    folder
        Folder of the files; files of the same names are replaced, others stay.
    sheets, blank_sheets
        As for `write_workbook`.

    Raises
    ------
    PlannerError
        As `write_workbook`.
    """
    for table, rows in _cells(sheets, blank_sheets):
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.name for column in table.columns)
        for row in rows:
            writer.writerow("" if cell is None else cell for cell in row)
        write_atomically(folder / f"{table.name}.csv", text.getvalue().encode("utf-8-sig"))


def _cells(
    sheets: Mapping[str, Rows], blank_sheets: bool
) -> list[tuple[Table, list[list[CellValue]]]]:
    """Return the sheets to write, in declared order, each with its cells row by row."""
    for sheet in sheets:
        if sheet not in BY_NAME:
            raise PlannerError(f"sheet {sheet} is not declared. Use one of {', '.join(BY_NAME)}.")
    return [
        (table, [_row(table, row) for row in sheets.get(table.name, ())])
        for table in TABLES
        if blank_sheets or table.name in sheets
    ]


def _row(table: Table, row: Mapping[str, object]) -> list[CellValue]:
    """Return the cells of a row in declared order."""
    unknown = set(row) - {column.name for column in table.columns}
    if unknown:
        raise PlannerError(
            f"sheet {table.name} has no column {', '.join(sorted(unknown))}. Use "
            + ", ".join(column.name for column in table.columns)
            + "."
        )
    return [_cell(table, column, row.get(column.name)) for column in table.columns]


def _cell(table: Table, column: Column, value: object) -> CellValue:
    """Return the content of a cell for a raw value; refuse values that a cell would change."""
    where = f"{table.name}.{column.name}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        if value.time() != time(0):
            raise PlannerError(f"{where}: {value} is not a day. Give a date without a time.")
        return value.date()
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise PlannerError(f"{where}: {value} is not a number. Give one, or None for a blank.")
        # Write 3.0 as 3, so that the bytes do not depend on the type of a whole number.
        whole = isinstance(value, float) and value.is_integer() and abs(value) < MOST_EXACT
        return int(value) if whole else value
    if isinstance(value, tuple | list):
        return _text(where, list_text(map(str, value)))
    if value is None or isinstance(value, date):
        return value
    return _text(where, str(value))


def _text(where: str, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise PlannerError(
            f"{where}: a text of {len(text)} characters does not fit into a cell. "
            f"Shorten it to {LONGEST_TEXT}."
        )
    if ILLEGAL_CHARACTERS_RE.search(text):
        raise PlannerError(f"{where}: {text!r} contains a control character. Remove it.")
    return text
