"""The workbook as it is written: titled sheets, tables that add up, print set-up.

Texts are only ever written as texts, whatever they begin with; every formula carries its value,
since only Excel computes it anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from numbers import Real
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range

from planner.errors import PlannerError
from planner.plan.rounding import total
from planner.reports.excel.styles import (
    FONT,
    STYLES,
    WIDEST,
    Field,
    Placed,
    clean,
    exact,
    lines,
    widest,
)
from planner.reports.views import number

TOP = 3
"""Row at which the table of a sheet starts, below title, subtitle and the way back."""

MOST_ROWS = 1_000_000
"""Lines of a table; Excel allows 1,048,576 rows."""

TALLEST = 400
"""Tallest row, in points; Excel allows 409."""

SHORT = 64
"""Rows that a page holds at a size that can still be read."""

SUBTITLE = 130
"""Characters that the line below the title takes before it wraps."""

NARROW = 112
"""Characters that a page holds across at full size; fitting would blow up what is narrower."""


class Book:
    """A workbook in the house style.

    Parameters
    ----------
    path
        File to write.
    title
        Name of the plan, for the file's properties and the footers.
    created
        Date that the file carries; the same content with the same date is the same file.
    """

    def __init__(self, path: Path, title: str, created: datetime) -> None:
        # Columns are as wide as so many digits of the default font, so it must be one that is
        # everywhere, or its like.
        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": True,  # nothing of a plan stays in the system's folder for scraps
            "default_format_properties": dict(FONT),
        }
        self.path, self.title = path, title
        self.file = xlsxwriter.Workbook(str(path), options)
        properties = {"title": clean(title)[:255], "subject": "Deployment plan", "created": created}
        self.file.set_properties(properties)
        self.pages: list[Page] = []
        self._formats: dict[tuple[str, ...], Any] = {}

    def style(self, *names: str) -> Any:
        """Return the cell format that joins these parts."""
        if names not in self._formats:
            parts: dict[str, Any] = {**FONT, "valign": "vcenter"}
            for name in names:
                parts |= STYLES[name]
            self._formats[names] = self.file.add_format(parts)
        return self._formats[names]

    def page(self, name: str, title: str = "") -> Page:
        """Add a sheet with its title."""
        page = Page(self, name, title or name)
        self.pages.append(page)
        return page

    def close(self) -> None:
        """Write the file.

        Raises
        ------
        PlannerError
            If it cannot be written.
        """
        for page in self.pages:
            page.finish()
        try:
            self.file.close()
        except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
            raise PlannerError(f"cannot write {self.path}: {error}") from error


class Page:
    """A sheet of the workbook, written from the top.

    Attributes
    ----------
    widths : dict of int to float
        Width of each column, in characters.
    fixed : bool
        Whether the widths are set rather than found from what is written.
    pages_wide : int
        Pages across which it is printed; 0 to print it at its own size.
    pages_tall : int
        Pages down which it is printed; 0 for as many as it takes.
    """

    def __init__(self, book: Book, name: str, title: str) -> None:
        self.book, self.name = book, name
        self.sheet = book.file.add_worksheet(name)
        self.widths: dict[int, float] = {}
        self.pages_wide, self.pages_tall = 1, 0
        self.fixed = False
        self._subtitle = ""
        self.text(0, 0, title, "title")
        self.sheet.set_row(0, 27)
        self.sheet.hide_gridlines(2)

    def subtitle(self, text: str) -> None:
        """Say below the title what the sheet shows."""
        self._subtitle = text

    def text(self, row: int, column: int, value: object, *styles: str) -> None:
        """Write a text as a text."""
        self.sheet.write_string(row, column, clean(value), self.book.style(*styles))

    def link(
        self, row: int, column: int, page: str, text: str, styles: tuple[str, ...] = ("link",)
    ) -> None:
        """Write a link to another sheet of the workbook."""
        style = self.book.style(*styles)
        self.sheet.write_url(row, column, f"internal:'{page}'!A1", style, clean(text))

    def value(self, row: int, column: int, value: object, *styles: str) -> None:
        """Write a number, date, text or blank by its type."""
        style = self.book.style(*styles)
        if value is None or (isinstance(value, Real) and not math.isfinite(value)):
            self.sheet.write_blank(row, column, None, style)
        elif isinstance(value, bool):
            self.sheet.write_string(row, column, "yes" if value else "no", style)
        elif isinstance(value, Real):
            self.sheet.write_number(row, column, float(value), style)
        elif isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)
            self.sheet.write_datetime(row, column, moment, style)
        else:
            self.text(row, column, value, *styles)

    def formula(self, row: int, column: int, formula: str, value: float, *styles: str) -> None:
        """Write a formula with its value."""
        self.sheet.write_formula(row, column, formula, self.book.style(*styles), value)

    def merged(self, row: int, last_column: int, text: str, *styles: str, height: float) -> None:
        """Write a text over a row's columns up to the last."""
        self.sheet.merge_range(row, 0, row, last_column, "", self.book.style(*styles))
        self.text(row, 0, text, *styles)
        self.sheet.set_row(row, height)

    def section(self, row: int, title: str) -> int:
        """Write the title of a part; return the row below it."""
        self.text(row, 0, title, "section")
        self.sheet.set_row(row, 20)
        return row + 1

    def table(
        self,
        top: int,
        fields: Sequence[Field],
        rows: Sequence[Mapping[str, object]],
        totals: str = "",
        empty: str = "none",
    ) -> Placed:
        """Write a table.

        Parameters
        ----------
        top
            Row at which it starts.
        fields
            Its columns.
        rows
            Its rows.
        totals
            Text beside live subtotals above the header, which follow the filter; empty: none.
        empty
            What to say instead of rows where there are none.
        """
        if len(rows) > MOST_ROWS:
            first = f"THE FIRST {MOST_ROWS:,} OF {len(rows):,} LINES"
            self.text(2, 1, f"{first}: all are in the folder tables beside this workbook", "bad")
            rows = rows[:MOST_ROWS]
        header = top + 1 if totals else top
        start = header + 1
        placed = Placed(
            start,
            start + max(len(rows), 1) - 1,
            {field.key: n for n, field in enumerate(fields)},
            top if totals else None,
            len(rows),
        )
        for column, field in enumerate(fields):
            values = [row.get(field.key) for row in rows]
            kind = field.kind if field.kind == "each" else exact(field.kind, values)
            self._fit(column, field, kind, values)
            self.text(header, column, field.label, "header")
            self._column(placed, field, kind, values)
            if totals and field.total:
                self._subtotal(placed, field, kind, values)
            elif totals:
                self.text(top, column, totals if column == 0 else "", "total")
        if not rows:
            self.text(start, 0, empty, "subtitle")
        self._heights(start, fields, rows)
        if totals:
            self.sheet.set_row(top, 18)
        tall = max(self._lines(column, field.label) for column, field in enumerate(fields))
        self.sheet.set_row(header, 14 * tall + 6)
        return placed

    def _column(self, placed: Placed, field: Field, kind: str, values: Sequence[object]) -> None:
        """Write the cells of a column, which is quick where all are of one type."""
        column, first = placed.columns[field.key], placed.first
        if field.formula:
            self._formulas(placed, field, kind, values)
            return
        if kind == "each":
            for row, value in enumerate(values, start=first):
                self.value(row, column, value, "body", exact("amount", [value]))
            return
        style = self.book.style("body", kind)
        write_number, write_string = self.sheet.write_number, self.sheet.write_string
        for row, value in enumerate(values, start=first):
            if type(value) is float and value - value == 0:
                write_number(row, column, value, style)
            elif type(value) is str:
                write_string(row, column, clean(value), style)
            else:
                self.value(row, column, value, "body", kind)

    def _formulas(self, placed: Placed, field: Field, kind: str, values: Sequence[object]) -> None:
        """Write the live cells of a column, blank where there is no value."""
        column, style = placed.columns[field.key], self.book.style("body", kind)
        names = {key: xl_col_to_name(other) for key, other in placed.columns.items()}
        at = {key: f"{name}#" for key, name in names.items()}
        firsts = {f"first_{key}": f"${name}${placed.first + 1}" for key, name in names.items()}
        pattern = field.formula.format(**at, **firsts)
        for row, value in enumerate(values, start=placed.first):
            if value is None:
                self.sheet.write_blank(row, column, None, style)
            else:
                formula = pattern.replace("#", str(row + 1))
                self.sheet.write_formula(row, column, formula, style, value)

    def _subtotal(self, placed: Placed, field: Field, kind: str, values: Iterable[object]) -> None:
        """Write a live subtotal of a column into its table's row of totals."""
        column = placed.columns[field.key]
        value = total(map(number, values))
        self.widen(column, len(f"{value:,.2f}") + 3)
        assert placed.total_row is not None
        formula = f"=SUBTOTAL(109,{xl_range(*placed.cells(field.key))})"
        self.formula(placed.total_row, column, formula, value, "total", kind)

    def _fit(self, column: int, field: Field, kind: str, values: Sequence[object]) -> None:
        """Make a column wide enough for its header and its values."""
        width = max(map(len, field.label.split())) + 2.5
        if values:
            width = max(width, min(widest(values, kind) + 2.5, field.most))
        self.widen(column, width)

    def _lines(self, column: int, label: str, narrow: float = 0.95) -> int:
        """Return how many lines a text takes in its column; plain texts are narrower than bold."""
        return lines(label, max(int(self.widths[column] * narrow), 1))

    def _heights(self, first: int, fields: Sequence[Field], rows: Sequence[Any]) -> None:
        """Give rows with texts that wrap their height, which not every program finds itself."""
        wide = [
            (column, field.key, int(self.widths[column] * 1.05))
            for column, field in enumerate(fields)
            if field.kind in ("text", "center")
        ]
        for place, row in enumerate(rows, start=first):
            tall = 1
            for _, key, width in wide:
                text = row.get(key)
                if type(text) is str and (len(text) > width or "\n" in text):
                    tall = max(tall, lines(text, max(width, 1)))
            if tall > 1:
                self.sheet.set_row(place, min(13 * tall + 4, TALLEST))

    def widen(self, column: int, width: float) -> None:
        """Make a column at least that wide, within what fits a page."""
        if not self.fixed:
            self.widths[column] = min(WIDEST, max(self.widths.get(column, 6.5), width))

    def freeze(self, header: int, columns: int = 0, first: int | None = None) -> None:
        """Keep the rows down to the header, and the first columns, in sight.

        On paper each page repeats the rows from `first`, without it the header alone.
        """
        self.sheet.freeze_panes(header + 1, columns)
        self.sheet.repeat_rows(header if first is None else first, header)

    def filter(self, placed: Placed) -> None:
        """Give a table an automatic filter."""
        columns = placed.columns.values()
        self.sheet.autofilter(placed.first - 1, min(columns), placed.last, max(columns))

    def mark(
        self, cells: tuple[int, int, int, int], criteria: str, value: object, *styles: str
    ) -> None:
        """Mark the cells that fulfil a condition."""
        shown = f'"{value}"' if isinstance(value, str) else value
        self.sheet.conditional_format(
            *cells,
            {
                "type": "cell",
                "criteria": criteria,
                "value": shown,
                "format": self.book.style(*styles),
            },
        )

    def chart(self, chart: Any, row: int, column: int, width: int = 760, height: int = 380) -> None:
        """Show a chart with its corner at a cell."""
        chart.set_size({"width": width, "height": height})
        self.sheet.insert_chart(row, column, chart, {"object_position": 3})

    def print_only(self, last_row: int, last_column: int) -> None:
        """Print no more than the cells down to one; charts beside them are printed elsewhere."""
        self.sheet.print_area(0, 0, last_row, last_column)

    def on_one_page(self, placed: Placed) -> None:
        """Print a table down one page if that leaves it readable."""
        self.pages_tall = 1 if placed.last <= SHORT else 0

    def _write_subtitle(self) -> None:
        """Write what the sheet shows over as many columns as a page holds, in enough lines."""
        wide, last = 0.0, 0
        for column in range(max(self.widths, default=0) + 1):
            last, wide = column, wide + self.widths.get(column, 9.0)
            if wide > SUBTITLE:
                break
        if last:
            self.sheet.merge_range(1, 0, 1, last, "", self.book.style("subtitle", "note"))
        self.text(1, 0, self._subtitle, "subtitle", "note")
        self.sheet.set_row(1, 14 * lines(clean(self._subtitle), max(int(wide), 20)) + 2)

    def finish(self) -> None:
        """Set column widths and print set-up."""
        self._write_subtitle()
        for column, width in sorted(self.widths.items()):
            self.sheet.set_column(column, column, width)
        self.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        narrow = sum(self.widths.values()) <= NARROW and not self.pages_tall
        if self.pages_wide and not narrow:
            self.sheet.fit_to_pages(self.pages_wide, self.pages_tall)
        plan = clean(self.book.title).replace("\n", " ")[:60].replace("&", "&&")
        # The space keeps a name that begins with a digit from being read as part of the size.
        self.sheet.set_footer(f"&L&8 {plan}&C&8 {self.name}&R&8Page &P of &N")
