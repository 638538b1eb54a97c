"""What the sheets of the workbook share: the report being written, pivots and row sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.plan.figures import total
from planner.plan.store import Plan
from planner.plan.tables import Row
from planner.reports.book import TOP, Book, Page
from planner.reports.book_style import Field, Placed, cell, exact
from planner.reports.views import number, period_word, pivot

MOST_CHARTS = 24
"""Charts on the sheet of charts, and on any other."""


@dataclass
class Report:
    """A workbook being written.

    Attributes
    ----------
    book : Book
        The workbook.
    plan : Plan
        The plan that it shows.
    pages : dict of str to Page
        The sheets by name, in the order of the tabs.
    placed : dict of str to Placed
        Where the main table of each sheet stands, for formulas and charts of other sheets.
    charts : list of (float, callable)
        Rank of each of the workbook's charts, and what makes it anew, for a chart can stand in
        one place only.
    counts : dict of str to int
        What a sheet has to tell to others, e.g. how many assumptions there are.
    """

    book: Book
    plan: Plan
    pages: dict[str, Page] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)
    charts: list[tuple[float, Callable[[], Any]]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        """Return a result table of the plan, or a table of what was found out about it."""
        return self.plan.rows(table)

    def add_chart(self, make: Callable[[], Any], page: Page, row: int, column: int,
                  width: int = 760, height: int = 380, rank: float = 2.0) -> None:  # fmt: skip
        """Show a chart on its own sheet, and keep it for the sheet of charts."""
        page.chart(make(), row, column, width, height)
        self.charts.append((rank, make))

    def ranked_charts(self) -> list[Callable[[], Any]]:
        """Return what makes each chart, the most telling first."""
        return [make for _, make in sorted(self.charts, key=lambda pair: pair[0])]


def write_pivot(report: Report, page: Page, rows: Iterable[Row], value: str,
                unit: str, kind: str, *, adds_up: bool) -> Placed | None:  # fmt: skip
    """Write a table's sums by period and site, with the live sum of each row.

    Parameters
    ----------
    report, page
        What is written, and the sheet.
    rows
        Rows with a period and a site.
    value
        Column that is summed.
    unit, kind
        Unit and kind of the sums.
    adds_up
        Whether sums over periods have sense, and stand above the header.
    """
    found = pivot(report.plan, rows, "site", value)
    names = {site: f"site {place}" for place, site in enumerate(found.columns)}
    if not names:
        page.text(TOP, 0, "none", "subtitle")
        return None
    word = period_word(report.plan)
    fields = [Field("period", f"First day of {word}", kind="date")]
    fields += [Field(key, site, "", kind, total=adds_up) for site, key in names.items()]
    table: list[Row] = [
        {"period": period, **{key: found.cells.get((period, site)) for site, key in names.items()}}
        for period in found.periods
    ]
    placed = page.table(TOP, fields, table, "Total" if adds_up else "")
    row_sums(page, placed, table, Field("all", "All", unit, kind), list(names.values()))
    page.freeze(placed.first - 1, 1, first=TOP)
    page.sheet.repeat_columns(0)
    page.filter(placed)
    page.pages_wide = max(1, round(sum(page.widths.values()) / 230))
    page.on_one_page(placed)
    return placed


def row_sums(page: Page, placed: Placed, rows: Sequence[Mapping[str, object]], field: Field,
             keys: Sequence[str]) -> int:  # fmt: skip
    """Add, beside a table, the live sum of some columns of each row that stand side by side.

    Returns
    -------
    int
        The column of the sums.
    """
    column = max(placed.columns.values()) + 1
    first, last = placed.columns[keys[0]], placed.columns[keys[-1]]
    page.text(placed.first - 1, column, field.label, "header")
    sums = [total(number(row.get(key)) for key in keys) for row in rows]
    kind = exact(field.kind, sums)
    for row, value in enumerate(sums, start=placed.first):
        formula = f"=SUM({cell(row, first)}:{cell(row, last)})"
        page.formula(row, column, formula, value, "body", "sum", kind)
    if placed.total_row is not None:
        formula = f"=SUM({cell(placed.total_row, first)}:{cell(placed.total_row, last)})"
        page.formula(placed.total_row, column, formula, total(sums), "total", kind)
    longest = max(map(len, field.label.split()))
    page.widen(column, max(longest + 2.5, len(f"{max(sums, default=0):,.2f}") + 3))
    return column
