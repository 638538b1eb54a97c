"""Convert inputs back into rows of raw values, to write them in another format."""

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
    """Return inputs as rows of raw values, which can be read again with the same result.

    Blank cells stay blank, so that a default does not look like a decision.

    Parameters
    ----------
    inputs
        The inputs.

    Returns
    -------
    dict of str to list of dict
        Rows of every sheet that has any, with values in the columns' own units.
    """
    sheets = {
        table.name: [_raw_row(table, row) for row in inputs.tables[table.name]]
        for table in TABLES
        if inputs.tables[table.name]
    }
    # The copy has plain digits or number cells, so the locale of the source does not apply.
    settings = [row for row in sheets["settings"] if row["setting"] != "locale"]
    sheets["settings"] = settings
    for row in settings:
        if row["value"] is not None:
            row["value"] = inputs.settings[str(row["setting"])]
    return sheets


def _raw_row(table: Table, row: Row) -> dict[str, object]:
    """Return the values of a row; None for a blank cell."""
    return {
        column.name: None if column.name in row.blank else row[column.name]
        for column in table.columns
    }


def left_out(raw: Sequence[RawSheet]) -> list[str]:
    """Return descriptions of columns and sheets that a copy leaves out, as they are not read.

    Parameters
    ----------
    raw
        The sheets of the source.
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
