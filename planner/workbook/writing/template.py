"""Writes input workbooks and folders of CSV files, from rows and the sheets' declarations."""

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
"""Rows of a sheet, each from column name to raw value."""

LONGEST_TEXT = 32767
"""Characters that a spreadsheet cell holds; a longer text would be cut without a word."""


MOST_EXACT = 2.0**53
"""Beyond this a number does not tell apart two whole numbers."""


def template_sheets() -> dict[str, list[dict[str, object]]]:
    """Return the rows of a small workbook that plans well: one system, site, hall and customer.

    Returns
    -------
    dict of str to list of dict
        The rows of the six required sheets, as raw values.
    """
    return first_plan()


def blank_sheets() -> dict[str, list[dict[str, object]]]:
    """Return the rows of a workbook to fill in: the settings with their defaults, nothing else."""
    return {"settings": blank_settings()}


def write_workbook(path: Path, sheets: Mapping[str, Rows], *, blank_sheets: bool = False) -> None:
    """Write an input workbook, in one step and with the same bytes for the same rows.

    Parameters
    ----------
    path
        Where it is written; a file there is replaced.
    sheets
        For each sheet its rows of raw values: numbers, days, texts, True or False, tuples for
        lists, None for a blank cell.
    blank_sheets
        Whether declared sheets that are not given are added with their headers alone.

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
    """Write one CSV file for each sheet, as UTF-8 with the mark by which Excel knows it.

    A CSV file knows no kinds of cells: a text that begins with = is the same text to the planner,
    and a formula to a spreadsheet that opens the file. A workbook has no such doubt.

    Parameters
    ----------
    folder
        Where the files are written; files of the same names are replaced, others stay.
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
    """Return the sheets to write in declared order, each with its cells row by row."""
    for sheet in sheets:
        if sheet not in BY_NAME:
            raise PlannerError(f"sheet {sheet} is not declared. Use one of {', '.join(BY_NAME)}.")
    return [
        (table, [_row(table, row) for row in sheets.get(table.name, ())])
        for table in TABLES
        if blank_sheets or table.name in sheets
    ]


def _row(table: Table, row: Mapping[str, object]) -> list[CellValue]:
    """Return one row's cells in declared order."""
    unknown = set(row) - {column.name for column in table.columns}
    if unknown:
        raise PlannerError(
            f"sheet {table.name} has no column {', '.join(sorted(unknown))}. Use "
            + ", ".join(column.name for column in table.columns)
            + "."
        )
    return [_cell(table, column, row.get(column.name)) for column in table.columns]


def _cell(table: Table, column: Column, value: object) -> CellValue:
    """Return what a cell holds for a raw value; whatever would be changed in silence is refused."""
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
        # A number that is whole is written so, the same whichever way it was read.
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
        raise PlannerError(f"{where}: {text!r} holds a control character. Remove it.")
    return text
