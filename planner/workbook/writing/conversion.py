"""Turns inputs that were read back into rows of raw values, to be written in another form."""

from __future__ import annotations

from collections.abc import Sequence

from planner.workbook.files.raw_cells import RawSheet
from planner.workbook.headers import name_of
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.cell_contents import tidy_text
from planner.workbook.schema.declarations import Table
from planner.workbook.schema.sheets import BY_NAME, FOR_PEOPLE, TABLES

Sheets = dict[str, list[dict[str, object]]]
"""Rows of raw values for each sheet."""

HEADER_ROWS = 12


def raw_sheets(inputs: Inputs) -> Sheets:
    """Return inputs as rows of raw values, from which the same inputs are read again.

    Blank cells stay blank, so that a default is not made to look like a decision.

    Parameters
    ----------
    inputs
        A workbook or folder, read.

    Returns
    -------
    dict of str to list of dict
        For every sheet with rows, its values in the columns' own units.
    """
    sheets = {
        table.name: [_raw_row(table, row) for row in inputs.tables[table.name]]
        for table in TABLES
        if inputs.tables[table.name]
    }
    # The copy's numbers are in plain digits or number cells, whatever the source's locale is.
    settings = [row for row in sheets["settings"] if row["setting"] != "locale"]
    sheets["settings"] = settings
    for row in settings:
        if row["value"] is not None:
            row["value"] = inputs.settings[str(row["setting"])]
    return sheets


def _raw_row(table: Table, row: Row) -> dict[str, object]:
    """Return one row's values, None for a blank cell."""
    return {
        column.name: None if column.name in row.blank else row[column.name]
        for column in table.columns
    }


def left_out(raw: Sequence[RawSheet]) -> list[str]:
    """Return what a copy does not carry: columns and sheets that the planner does not read.

    Parameters
    ----------
    raw
        The sheets as they stand in the source.
    """
    found = []
    for sheet in raw:
        name = name_of(sheet.title)
        table = BY_NAME.get(name)
        if table is None:
            found += [] if name in FOR_PEOPLE else [f"sheet {sheet.title}"]
            continue
        known = {column.name for column in table.columns}
        for cells in sheet.grid[:HEADER_ROWS]:
            words = [tidy_text(cell) for cell in cells if isinstance(cell, str)]
            if known & {name_of(word) for word in words}:
                found += [f"column {w} of {table.name}" for w in words if w.startswith("#")]
                break
    return found
