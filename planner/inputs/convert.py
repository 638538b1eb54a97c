"""Turns inputs that were read back into rows of raw values, to be written in another form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from planner.inputs.book import RawSheet
from planner.inputs.cells import tidy_text
from planner.inputs.dates import ISO_DATE
from planner.inputs.numbers import PLAIN_NUMBER
from planner.inputs.rows import Inputs, Row
from planner.inputs.schema import Kind, Table
from planner.inputs.tables import BY_NAME, FOR_PEOPLE, TABLES

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
        For every sheet with rows. Values of settings and changes, which may be of any kind, are
        numbers and dates where they can be read so, whatever cell they came from.
    """
    sheets = {
        table.name: [_raw_row(table, row) for row in inputs.tables[table.name]]
        for table in TABLES if inputs.tables[table.name]
    }  # fmt: skip
    for row in sheets["settings"]:
        row["value"] = inputs.settings[str(row["setting"])]
    return sheets


def _raw_row(table: Table, row: Row) -> dict[str, object]:
    """Return one row's values, None for a blank cell."""
    return {
        column.name: None if column.name in row.blank
        else _loose(row[column.name]) if column.kind is Kind.ANY
        else row[column.name]
        for column in table.columns
    }  # fmt: skip


def _loose(value: object) -> object:
    """Return a value of no declared kind as a number or a date, where it is one."""
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    if PLAIN_NUMBER.fullmatch(value):
        return float(value)
    try:
        return date.fromisoformat(value) if ISO_DATE.fullmatch(value) else value
    except ValueError:
        return value


def left_out(raw: Sequence[RawSheet]) -> list[str]:
    """Return what a copy does not carry: columns and sheets that the planner does not read.

    Parameters
    ----------
    raw
        The sheets as they stand in the source.
    """
    found = []
    for sheet in raw:
        name = tidy_text(sheet.title).lower()
        table = BY_NAME.get(name)
        if table is None:
            found += [] if name in FOR_PEOPLE else [f"sheet {sheet.title}"]
            continue
        known = {column.name for column in table.columns}
        for cells in sheet.grid[:HEADER_ROWS]:
            words = [tidy_text(cell) for cell in cells if isinstance(cell, str)]
            if known & {word.lower() for word in words}:
                found += [f"column {w} of {table.name}" for w in words if w.startswith("#")]
                break
    return found
