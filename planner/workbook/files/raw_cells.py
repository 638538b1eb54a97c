"""Read the raw cells of a workbook or a folder of CSV files; nothing is validated here."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from planner.errors import PlannerError
from planner.workbook.files.csv_folder import csv_files, read_csv
from planner.workbook.files.guard import (
    Archive,
    DamagedError,
    Deadline,
    RefusedError,
    check_is_zip,
    content_of,
)
from planner.workbook.files.hidden_content import clear_totals, notes_of
from planner.workbook.files.number_formats import Cells, shown_in_cells
from planner.workbook.files.ods import is_ods, read_ods
from planner.workbook.files.sandbox import Grid, Parser, ParserError
from planner.workbook.files.xlsx import SheetPart, Workbook, open_workbook, take_cells
from planner.workbook.files.xlsx_rewrite import pack

FORMULA_WITHOUT_VALUE = object()
"""Placeholder in a grid for a formula whose value is not stored in the workbook."""

__all__ = ["FORMULA_WITHOUT_VALUE", "Grid", "RawSheet", "read_raw"]


@dataclass(frozen=True)
class RawSheet:
    """One sheet, as it is in the file.

    Attributes
    ----------
    title : str
        Name of the sheet, as written.
    grid : list of list of object
        Cells from A1 on: None, text, bool, number, date, datetime, time or timedelta, or
        `FORMULA_WITHOUT_VALUE`. A spreadsheet's error is its text, e.g. ``#REF!``. Rows may differ
        in length. Empty, and without notes, for a sheet that was not wanted.
    notes : tuple of str
        Notes for readers of the plan, e.g. that the sheet is hidden.
    shown : mapping of tuple of int to ShownUnit
        Units and currencies that number formats show, by row and column from 0.
    """

    title: str
    grid: Grid
    notes: tuple[str, ...] = ()
    shown: Cells = field(default_factory=dict)


def read_raw(path: Path, wanted: Callable[[str], bool] = lambda title: True) -> list[RawSheet]:
    """Return every sheet of a workbook, or of a folder of CSV files.

    Parameters
    ----------
    path
        An ``.xlsx``, ``.xlsm`` or ``.ods`` file, or a folder of ``.csv`` files.
    wanted
        Whether the cells of a sheet are needed, given its name. Other sheets are not even
        unpacked, so that they cannot make a workbook too large.

    Raises
    ------
    PlannerError
        If there is no such file, or it cannot be read, or is refused for safety.
    InputFaults
        If a cell is in the file twice, or makes a sheet too large.
    """
    try:
        if path.is_dir():
            return [
                RawSheet(file.stem, read_csv(file) if wanted(file.stem) else [])
                for file in csv_files(path)
            ]
        content = content_of(path)
        if path.suffix.lower() in (".csv", ".tsv", ".txt") and not content.startswith(b"PK"):
            raise RefusedError(
                "this is a single text file",
                "Put one CSV file for each sheet into a folder, e.g. settings.csv, and give the "
                "folder.",
            )
        check_is_zip(content)
        archive, deadline = Archive(content), Deadline()
        if is_ods(archive):
            return [
                RawSheet(title, grid, tuple(notes), shown)
                for title, grid, notes, shown in read_ods(
                    archive, wanted, FORMULA_WITHOUT_VALUE, deadline
                )
            ]
        return _workbook_sheets(archive, wanted, deadline)
    except RefusedError as error:
        raise PlannerError(f"{path}: {error}") from error
    except OSError as error:
        raise PlannerError(
            f"{path}: this file cannot be opened ({error.strerror or error}). Check the name, and "
            "that you may read it."
        ) from error
    except MemoryError as error:
        raise PlannerError(
            f"{path}: reading this file needs more memory than there is. Keep only the sheets "
            "that the plan needs."
        ) from error


def _workbook_sheets(
    archive: Archive, wanted: Callable[[str], bool], deadline: Deadline
) -> list[RawSheet]:
    """Return the sheets of an .xlsx workbook.

    The first try takes plain sheets as they are. If the parser fails, or loses a cell, all sheets
    are read element by element and parsed again, at last with a slower parser.
    """
    mark = secrets.token_hex(16)  # Random, so that no file can contain it.
    workbook = open_workbook(archive)
    try:
        with Parser("calamine", mark, deadline) as parser:
            take_cells(workbook, wanted, mark, deadline)
            grids, all_there = _grids(parser, workbook)
        if all_there:
            return _sheets(workbook, grids)
    except ParserError:
        grids = {}
    take_cells(workbook, wanted, mark, deadline, careful=True)
    if grids:
        return _sheets(workbook, grids)
    for name in ("calamine", "openpyxl"):
        try:
            with Parser(name, mark, deadline) as parser:
                return _sheets(workbook, _grids(parser, workbook)[0])
        except ParserError as error:
            last = error
    raise DamagedError(f"no parser can read it ({last})") from last


def _grids(parser: Parser, workbook: Workbook) -> tuple[dict[int, Grid], bool]:
    """Return the cells of all sheets that are not empty, by index, and whether all were parsed.

    The parser returns fewer values than the sheet has cells if a cell is in the file twice.
    """
    chosen = [number for number, sheet in enumerate(workbook.sheets) if sheet.cells.area]
    pack(workbook, [workbook.sheets[number] for number in chosen], parser.file)
    cells = [workbook.sheets[number].cells for number in chosen]
    read = parser.read([(one.bottom, one.right) for one in cells], FORMULA_WITHOUT_VALUE)
    found = {number: grid for number, (grid, _) in zip(chosen, read, strict=True)}
    counts = [one.values for one in cells]
    return found, counts == [values for _, values in read]


def _sheets(workbook: Workbook, grids: dict[int, Grid]) -> list[RawSheet]:
    return [
        _raw_sheet(workbook, sheet, grids.get(number, []))
        for number, sheet in enumerate(workbook.sheets)
    ]


def _raw_sheet(workbook: Workbook, sheet: SheetPart, grid: Grid) -> RawSheet:
    if not sheet.is_wanted:
        return RawSheet(sheet.title, [])
    notes = notes_of(workbook, sheet, grid)
    clear_totals(sheet, grid)
    shown = shown_in_cells(sheet.cells.rows, workbook.shown)
    return RawSheet(sheet.title, grid, tuple(notes), shown)
