"""Tables of comparisons and sweeps on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.reports.console.plan_text import add_line, new_table, printable, show
from planner.reports.markup_tables import Column, shown
from planner.reports.whatif_report import ReportTable

MOST_ROWS = 8
"""Largest number of printed rows of a table; the files have all of them."""

LONGEST_WHOLE = 12
"""Longest text, in characters, that is never wrapped, e.g. a date."""


def print_table(table: ReportTable, console: Console, most: int = MOST_ROWS) -> None:
    """Print the first rows of a table below its title, unless it has none.

    Parameters
    ----------
    table
        The table.
    console
        Console to print to.
    most
        Largest number of rows.
    """
    rows = table.rows[:most]
    drawn = new_table()
    drawn.title = Text(printable(table.title), "bold")
    drawn.title_justify = "left"
    for column in table.columns:
        _add_column(drawn, column, [shown(row.get(column.name), column.kind) for row in rows])
    for row in rows:
        add_line(drawn, [shown(row.get(column.name), column.kind) for column in table.columns])
    show(drawn, console)
    if len(table.rows) > most:
        console.print(Text(f"and {len(table.rows) - most} more in the files", "dim"))


def _add_column(drawn: Table, column: Column, cells: list[str]) -> None:
    """Add a column: numbers and days are never wrapped, long texts and headers are."""
    header = f"{column.title}, {column.unit}" if column.unit else column.title
    longest = max(map(len, cells), default=0)
    whole = longest if column.is_number else min(longest, LONGEST_WHOLE)
    words = [len(word) for word in header.split()]
    drawn.add_column(
        Text(printable(header)),
        justify="right" if column.is_number else "left",
        overflow="fold",
        min_width=max([whole, *words]),
    )
