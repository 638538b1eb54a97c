"""Data points of step charts.

Excel joins points by straight lines, so each value is written twice: on its day, and on the day
before the next value. All values are live formulas on the cells of the sheet shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xlsxwriter.utility import xl_rowcol_to_cell

from planner.reports.excel.native_charts import Cells
from planner.reports.excel.parts import Report
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.plan_figures import time_of

STEPS = "Chart data"

FIRST = TOP + 2
"""First row of the points, below the name of the sheet and the header."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Values:
    """A column of cells with its name and values."""

    name: str
    cells: Cells
    held: Sequence[float]

    def link(self, place: int) -> str:
        """Return the address of one of the cells on its sheet."""
        return str(xl_rowcol_to_cell(self.cells[0] + place, self.cells[1]))


def write_steps(report: Report, page: Page) -> None:
    """Write the subtitle of the sheet; the sheets with charts have filled it."""
    page.subtitle(
        "The points of the charts that show steps: each value on its day and on the day before the "
        "next value, a formula on the sheet named above it"
    )
    if not report.steps_end:
        page.text(TOP, 0, "none", "subtitle")
    page.freeze(FIRST - 1)
    page.print_only(1, 8)


def stepped(
    report: Report, page: Page, days: Sequence[date], series: Mapping[str, Values]
) -> dict[str, Cells]:
    """Add the points of a chart to the sheet of chart data; return their cells there.

    Parameters
    ----------
    report, page
        Report and the sheet with the values.
    days
        Day from which each row of values holds, in order.
    series
        Values of each series; the last ones hold until the end of the charts.

    Returns
    -------
    dict of str to Cells
        The cells of each series, and those of the days as ``day``.
    """
    sheet, left = report.pages[STEPS], report.steps_end
    report.steps_end = left + len(series) + 2
    sheet.text(TOP, left, page.name, "section")
    time = time_of(report.plan)
    after = max(days[-1], time.horizon) if time.ends else days[-1]
    until = [*(day - DAY for day in days[1:]), after]
    sheet.text(FIRST - 1, left, "day", "header")
    sheet.widen(left, 13.0)
    for n, both in enumerate(zip(days, until, strict=True)):
        for row, day in enumerate(both, start=FIRST + 2 * n):
            sheet.value(row, left, day, "body", "date")
    last = FIRST + 2 * len(days) - 1
    found = {"day": (FIRST, left, last, left)}
    for column, (key, values) in enumerate(series.items(), start=left + 1):
        sheet.text(FIRST - 1, column, values.name, "header")
        sheet.widen(column, 13.0)
        for n, held in enumerate(values.held):
            formula = f"='{page.name}'!{values.link(n)}"
            for row in (FIRST + 2 * n, FIRST + 2 * n + 1):
                sheet.formula(row, column, formula, held, "body", "mw")
        found[key] = (FIRST, column, last, column)
    return found
