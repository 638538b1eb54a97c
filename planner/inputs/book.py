"""Raw cells of a workbook or a folder of CSV files, as they stand there; no cell is judged here."""

from __future__ import annotations

import csv
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

from planner.errors import PlannerError

Grid = list[list[object]]
"""Raw cells of a sheet, row by row, from cell A1."""

FORMULA_WITHOUT_VALUE = object()
"""Stands in a grid for a formula whose value the workbook does not hold."""


@dataclass(frozen=True)
class RawSheet:
    """One sheet as it stands in the file.

    Attributes
    ----------
    title : str
        Name of the sheet, as it is written.
    grid : list of list of object
        Cells from A1 on: None, text, bool, number, date or datetime, or
        `FORMULA_WITHOUT_VALUE`. Rows may differ in length.
    notes : tuple of str
        What a reader of the plan should know of the sheet, e.g. that it is hidden.
    """

    title: str
    grid: Grid
    notes: tuple[str, ...] = ()


def read_raw(path: Path) -> list[RawSheet]:
    """Return every sheet of a workbook, or of a folder of CSV files.

    Raises
    ------
    PlannerError
        If there is no such file or it cannot be read.
    """
    return _folder_sheets(path) if path.is_dir() else _workbook_sheets(path)


def _workbook_sheets(path: Path) -> list[RawSheet]:
    """Return the raw cells of every sheet of an Excel workbook."""
    import openpyxl  # noqa: PLC0415  (a third of a second that --help must not pay)

    if not path.exists():
        raise PlannerError(f"{path}: there is no such file. Check the name, or make a workbook "
                           f"with: planner init {path}")  # fmt: skip
    if not zipfile.is_zipfile(path):
        raise PlannerError(f"{path}: this is not an .xlsx workbook (or it is encrypted). Open it "
                           "in a spreadsheet and save it as .xlsx without a password.")  # fmt: skip
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = openpyxl.load_workbook(path, data_only=True)
            formulas = openpyxl.load_workbook(path)
    except Exception as error:
        raise PlannerError(f"{path}: this workbook cannot be read ({error}). Open it in a "
                           "spreadsheet and save it as .xlsx again.") from error  # fmt: skip
    sheets = []
    for sheet in values.worksheets:
        grid: Grid = [[cell.value for cell in row] for row in sheet.iter_rows(min_col=1)]
        for row in formulas[sheet.title].iter_rows():
            for cell in row:
                down, across = (cell.row or 1) - 1, (cell.column or 1) - 1
                if cell.data_type == "f" and grid[down][across] is None:
                    grid[down][across] = FORMULA_WITHOUT_VALUE
        sheets.append(RawSheet(sheet.title, grid))
    return sheets


def _folder_sheets(folder: Path) -> list[RawSheet]:
    """Return the raw cells of every CSV file in a folder."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise PlannerError(f"{folder}: this folder holds no CSV file. Name a workbook, or put one "
                           "file for each sheet there, e.g. settings.csv.")  # fmt: skip
    sheets = []
    for file in files:
        try:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                grid: Grid = [list(row) for row in csv.reader(stream, strict=True)]
        except (UnicodeDecodeError, csv.Error) as error:
            raise PlannerError(f"{file}: this file cannot be read as CSV ({error}). Save it as "
                               "CSV UTF-8 with commas.") from error  # fmt: skip
        sheets.append(RawSheet(file.stem, grid))
    return sheets
