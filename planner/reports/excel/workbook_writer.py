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
from planner.plan.columns import KINDS, WIDEST, Column, resolved_kind
from planner.plan.rounding import total
from planner.reports.excel.styles import FONT, STYLES, Placed, cell, clean, heading, lines, widest
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
        columns: Sequence[Column],
        rows: Sequence[Mapping[str, object]],
        totals: str = "",
        empty: str = "none",
        formulas: Mapping[str, str] | None = None,
    ) -> Placed:
        """Write a table.

        Parameters
        ----------
        top
            Row at which it starts.
        columns
            Its columns.
        rows
            Its rows.
        totals
            Text beside live subtotals above the header, which follow the filter; empty: none.
        empty
            What to say instead of rows where there are none.
        formulas
            Formulas of the cells of columns by name, with ``{name}`` for the row's cell of another
            column and ``{first_name}`` for the first cell of one; the row holds their values.
        """
        if len(rows) > MOST_ROWS:
            first = f"THE FIRST {MOST_ROWS:,} OF {len(rows):,} LINES"
            self.text(2, 1, f"{first}: all are in the folder tables beside this workbook", "bad")
            rows = rows[:MOST_ROWS]
        header = top + 1 if totals else top
        start = header + 1
        placed = Placed(
            first=start,
            last=start + max(len(rows), 1) - 1,
            columns={column.name: position for position, column in enumerate(columns)},
            total_row=top if totals else None,
            rows=len(rows),
        )
        for column in columns:
            formula = (formulas or {}).get(column.name, "")
            self._write_column(placed, column, [row.get(column.name) for row in rows], formula)
            if totals and not column.adds_up:
                is_first = column is columns[0]
                self.text(top, placed.columns[column.name], totals if is_first else "", "total")
        if not rows:
            self.text(start, 0, empty, "subtitle")
        self._heights(start, columns, rows)
        if totals:
            self.sheet.set_row(top, 18)
        self._header_height(header, columns)
        return placed

    def _write_column(
        self, placed: Placed, column: Column, values: Sequence[object], formula: str
    ) -> None:
        """Write a column with its heading, and with its subtotal if the table has totals."""
        position = placed.columns[column.name]
        # A mixed column is resolved cell by cell.
        kind = column.kind if column.kind == "mixed" else resolved_kind(column.kind, values)
        self._fit(position, column, kind, values)
        self.text(placed.first - 1, position, heading(column), "header")
        if formula:
            self._formulas(placed, column, formula, kind, values)
        else:
            self._column(placed, column, kind, values)
        if column.adds_up and placed.total_row is not None:
            self._subtotal(placed, column, kind, values)

    def _column(self, placed: Placed, column: Column, kind: str, values: Sequence[object]) -> None:
        """Write the cells of a column, which is quick where all are of one type."""
        position, first = placed.columns[column.name], placed.first
        if kind == "mixed":
            for row, value in enumerate(values, start=first):
                self.value(row, position, value, "body", resolved_kind(kind, [value]))
            return
        style = self.book.style("body", kind)
        write_number, write_string = self.sheet.write_number, self.sheet.write_string
        for row, value in enumerate(values, start=first):
            # The difference is 0 only for finite numbers.
            if type(value) is float and value - value == 0:
                write_number(row, position, value, style)
            elif type(value) is str:
                write_string(row, position, clean(value), style)
            else:
                self.value(row, position, value, "body", kind)

    def _formulas(
        self, placed: Placed, column: Column, formula: str, kind: str, values: Sequence[object]
    ) -> None:
        """Write the live cells of a column, blank where there is no value."""
        position, style = placed.columns[column.name], self.book.style("body", kind)
        references = {}
        for name, other in placed.columns.items():
            letters = xl_col_to_name(other)
            references[name] = f"{letters}#"
            references[f"first_{name}"] = f"${letters}${placed.first + 1}"
        pattern = formula.format(**references)
        for row, value in enumerate(values, start=placed.first):
            if value is None:
                self.sheet.write_blank(row, position, None, style)
            else:
                live = pattern.replace("#", str(row + 1))
                self.sheet.write_formula(row, position, live, style, value)

    def _subtotal(
        self, placed: Placed, column: Column, kind: str, values: Iterable[object]
    ) -> None:
        """Write a live subtotal of a column into its table's row of totals."""
        position = placed.columns[column.name]
        value = total(map(number, values))
        self.widen(position, len(f"{value:,.2f}") + 3)
        assert placed.total_row is not None
        formula = f"=SUBTOTAL(109,{xl_range(*placed.cells(column.name))})"
        self.formula(placed.total_row, position, formula, value, "total", kind)

    def _fit(self, position: int, column: Column, kind: str, values: Sequence[object]) -> None:
        """Make a column wide enough for its header and its values."""
        longest_word = max(map(len, heading(column).split()))
        width = longest_word + 2.5
        if values:
            width = max(width, min(widest(values, kind) + 2.5, column.width))
        self.widen(position, width)

    def _header_height(self, header: int, columns: Sequence[Column]) -> None:
        """Make the header as tall as its longest heading, wrapped."""
        tallest = 1
        for position, column in enumerate(columns):
            # Headings are bold, so fewer characters fit.
            width = max(int(self.widths[position] * 0.95), 1)
            tallest = max(tallest, lines(heading(column), width))
        self.sheet.set_row(header, 14 * tallest + 6)

    def _heights(self, first: int, columns: Sequence[Column], rows: Sequence[Any]) -> None:
        """Give rows with texts that wrap their height, which not every program finds itself."""
        texts = []
        for position, column in enumerate(columns):
            if column.kind != "date" and KINDS[column.kind].decimals is None:
                texts.append((column.name, int(self.widths[position] * 1.05)))
        for place, row in enumerate(rows, start=first):
            tall = 1
            for name, width in texts:
                text = row.get(name)
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

    def mark_zero(self, placed: Placed, name: str) -> None:
        """Mark the cells of a column of days that are 0 but not blank."""
        first = cell(placed.first, placed.columns[name])
        self.sheet.conditional_format(
            *placed.cells(name),
            {
                "type": "formula",
                "format": self.book.style("tight", "days"),
                "criteria": f"=AND(ISNUMBER({first}),{first}=0)",
            },
        )

    def mark_above(self, placed: Placed, name: str, limit: str) -> None:
        """Mark the numbers of a column that exceed those of another in their row."""
        first = cell(placed.first, placed.columns[name])
        most = cell(placed.first, placed.columns[limit])
        both = f"ISNUMBER({first}),ISNUMBER({most})"
        self.sheet.conditional_format(
            *placed.cells(name),
            {
                "type": "formula",
                "format": self.book.style("bad", "share"),
                "criteria": f"=AND({both},{first}>{most}*1.000000001)",
            },
        )

    def data_bars(self, placed: Placed, name: str, colour: str, most: float | None = None) -> None:
        """Show the numbers of a column as bars, a full one for `most` or else for the largest."""
        bars: dict[str, Any] = {"type": "data_bar", "bar_solid": True, "bar_color": colour}
        if most is not None:
            bars |= {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": most}
        self.sheet.conditional_format(*placed.cells(name), bars)

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
