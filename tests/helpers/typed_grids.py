"""The tiny case with some sheets as people type them."""

from __future__ import annotations

from blocks import rows_of
from instances import unit_system

from planner.errors import InputFaults
from planner.workbook.files.raw_cells import RawSheet
from planner.workbook.reading import inputs_from_sheets
from planner.workbook.rows import Inputs

Grid = list[list[object]]


READY = [unit_system(price=10, commission_days=0)]


def read(options: dict[str, object] | None = None, /, **grids: Grid) -> Inputs:
    """Read the tiny case, some sheets of it as cells."""
    sheets = rows_of(systems=READY, options=options or {})
    raw = []
    for name, rows in sheets.items():
        header = list(dict.fromkeys(column for row in rows for column in row))
        cells: Grid = [[*header], *([row.get(column) for column in header] for row in rows)]
        raw.append(RawSheet(name, grids.pop(name, cells)))
    return inputs_from_sheets("tiny", raw + [RawSheet(name, grid) for name, grid in grids.items()])


def faults_of(options: dict[str, object] | None = None, /, **grids: Grid) -> list[str]:
    try:
        return [str(fault) for fault in read(options, **grids).what_if_faults]
    except InputFaults as error:
        return [str(fault) for fault in error.faults]
