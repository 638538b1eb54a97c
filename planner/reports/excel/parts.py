"""The report being written, shared by all sheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from planner.plan.store import Plan
from planner.reports.excel.styles import Placed
from planner.reports.excel.workbook_writer import Book, Page

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
        Position of the main table of each sheet, for formulas and charts of other sheets.
    charts : list of (float, callable)
        Rank of each chart, and a function that makes it again, because a chart can be inserted only
        once.
    steps_end : int
        First free column of the sheet with the points of charts that show steps.
    """

    book: Book
    plan: Plan
    pages: dict[str, Page] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)
    charts: list[tuple[float, Callable[[], Any]]] = field(default_factory=list)
    steps_end: int = 0

    def add_chart(
        self,
        make: Callable[[], Any],
        page: Page,
        row: int,
        column: int,
        width: int = 760,
        height: int = 380,
        rank: float = 2.0,
    ) -> None:
        """Show a chart on its own sheet, and keep it for the sheet of charts."""
        page.chart(make(), row, column, width, height)
        self.charts.append((rank, make))

    def ranked_charts(self) -> list[Callable[[], Any]]:
        """Return functions that make the charts, the most important first."""
        return [make for _, make in sorted(self.charts, key=lambda pair: pair[0])]
