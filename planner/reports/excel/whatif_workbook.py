"""A comparison or a sweep as a workbook: a sheet for each table, in the style of a plan's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from planner.reports.excel.workbook_writer import TOP, Book
from planner.reports.markup_tables import Column
from planner.reports.whatif_columns import NO_COLUMN
from planner.reports.whatif_report import WhatIfReport

KINDS = {"digits": "amount", "long": "text"}
"""Kinds that a workbook shows in another way than a page."""


def write_whatif_workbook(report: WhatIfReport, path: Path, created: datetime) -> None:
    """Write the workbook of a comparison or a sweep.

    Parameters
    ----------
    report
        What it shows.
    path
        File to write.
    created
        Date that the file carries.

    Raises
    ------
    PlannerError
        If the file cannot be written.
    """
    book = Book(path, report.title, created)
    for table in report.sheets:
        sheet = book.page(table.name, table.title)
        sheet.subtitle(table.summary)
        columns = [_written(column) for column in table.columns] or [NO_COLUMN]
        placed = sheet.table(TOP, columns, table.rows, empty="nothing differs")
        sheet.freeze(placed.first - 1, table.keys)
        if table.rows:
            sheet.filter(placed)
    book.close()


def _written(column: Column) -> Column:
    """Return a column as a workbook writes it: cells have formats instead of fewer digits."""
    return replace(column, kind=KINDS.get(column.kind, column.kind))
