"""The house style of the workbook: titled sheets, tables that add up, formats, print set-up.

Texts are only ever written as texts, whatever they begin with; every formula carries its value,
since only Excel computes it anew.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Real
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from planner.errors import PlannerError
from planner.reports.views import number

NAVY, GREY, PALE, LINE = "#1F3864", "#6B7280", "#EEF2F8", "#D5DAE3"
RED, PALE_RED, GREEN, PALE_GREEN = "#B42318", "#FDE7E5", "#1E7B4B", "#E3F4EA"
BLUE, ORANGE, REST = "#2F6DB5", "#E07B00", "#B8BFCA"
SERIES = (
    "#2F6DB5", "#E07B00", "#3C9A5F", "#B04A9E", "#C9A100", "#4BA3C3", "#8C564B", "#6B5FB5",
    "#D9586B", "#7A8B2E", "#2B4C7E", "#F0A35E", "#5FB8A5",
)  # fmt: skip
"""Colours of chart series, told apart in print as well."""

WIDEST = 44
"""Widest column, in characters; longer texts wrap."""

STYLES: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "align": "left"},
    "center": {"align": "center", "text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd", "align": "center", "shrink": True},
    "whole": {"num_format": "#,##0", "shrink": True},
    "decimal": {"num_format": "#,##0.00", "shrink": True},
    "mw": {"num_format": "#,##0.00", "shrink": True},
    "millions": {"num_format": "#,##0.0", "shrink": True},
    "share": {"num_format": "0.0%", "shrink": True},
    "gap": {"num_format": "0.000%", "shrink": True},
    "body": {"bottom": 1, "bottom_color": LINE},
    "header": {"bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "text_wrap": True,
               "valign": "vcenter", "align": "center", "border": 1, "border_color": "#FFFFFF"},
    "total": {"bold": True, "bg_color": PALE},
    "sum": {"bold": True, "bg_color": PALE},
    "title": {"bold": True, "font_size": 18, "font_color": NAVY},
    "subtitle": {"font_color": GREY, "italic": True},
    "section": {"bold": True, "font_size": 13, "font_color": NAVY},
    "note": {"text_wrap": True, "valign": "top"},
    "bad": {"bold": True, "font_color": RED, "bg_color": PALE_RED},
    "good": {"bold": True, "font_color": GREEN, "bg_color": PALE_GREEN},
    "banner": {"bold": True, "font_size": 16, "font_color": "#FFFFFF", "valign": "vcenter",
               "indent": 1, "text_wrap": True},
    "bad_banner": {"bg_color": RED},
    "good_banner": {"bg_color": GREEN},
    "label": {"font_color": GREY, "font_size": 9, "bg_color": PALE, "align": "center",
              "text_wrap": True},
    "key": {"bold": True, "font_size": 13, "bg_color": PALE, "align": "center",
            "valign": "vcenter"},
}  # fmt: skip
"""Parts of cell formats, joined by name."""


@dataclass(frozen=True)
class Field:
    """A column of a table in the workbook.

    Attributes
    ----------
    key : str
        Key of the value in a row.
    header : str
        Header.
    unit : str
        Unit, shown below the header.
    kind : str
        ``text``, ``center``, ``date``, ``whole``, ``mw``, ``millions``, ``share``, ``gap``;
        ``amount``: whole numbers, with two decimals if any value below a million needs them;
        ``each``: the same, judged for each value.
    total : bool
        Whether the column is added up.
    """

    key: str
    header: str
    unit: str = ""
    kind: str = "text"
    total: bool = False

    @property
    def label(self) -> str:
        """Header with its unit."""
        return f"{self.header}\n({self.unit})" if self.unit else self.header


@dataclass(frozen=True)
class Placed:
    """Where a table stands: first and last row with data, and the column of each field."""

    first: int
    last: int
    columns: Mapping[str, int]
    total_row: int | None = None

    def cells(self, key: str) -> tuple[int, int, int, int]:
        """Return first row, first column, last row, last column of a field."""
        return self.first, self.columns[key], self.last, self.columns[key]


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
        options = {"strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False}  # fmt: skip
        self.path, self.title = path, title
        self.file = xlsxwriter.Workbook(str(path), options)
        properties = {"title": clean(title), "subject": "Deployment plan", "created": created}
        self.file.set_properties(properties)
        self.pages: list[Page] = []
        self._formats: dict[tuple[str, ...], Any] = {}

    def style(self, *names: str) -> Any:
        """Return the cell format that joins these parts."""
        if names not in self._formats:
            parts: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
            for name in names:
                parts |= STYLES[name]
            self._formats[names] = self.file.add_format(parts)
        return self._formats[names]

    def page(self, name: str, subtitle: str, title: str = "") -> Page:
        """Add a sheet with its title."""
        page = Page(self, name, title or name, subtitle)
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
        Pages across which it is printed.
    pages_tall : int
        Pages down which it is printed; 0 for as many as it takes.
    """

    def __init__(self, book: Book, name: str, title: str, subtitle: str) -> None:
        self.book, self.name = book, name
        self.sheet = book.file.add_worksheet(name)
        self.widths: dict[int, float] = {}
        self.pages_wide, self.pages_tall = 1, 0
        self.fixed = False
        self.text(0, 0, title, "title")
        self.text(1, 0, subtitle, "subtitle")
        self.sheet.set_row(0, 27)
        self.sheet.hide_gridlines(2)

    def text(self, row: int, column: int, value: object, *styles: str) -> None:
        """Write a text as a text."""
        self.sheet.write_string(row, column, clean(value), self.book.style(*styles))

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

    def table(self, top: int, fields: Sequence[Field], rows: Sequence[Mapping[str, object]],
              totals: str = "", empty: str = "none") -> Placed:  # fmt: skip
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
        header = top + 1 if totals else top
        first = header + 1
        placed = Placed(first, first + max(len(rows), 1) - 1,
                        {field.key: n for n, field in enumerate(fields)},
                        top if totals else None)  # fmt: skip
        for column, field in enumerate(fields):
            kind = exact(field.kind, (row.get(field.key) for row in rows))
            each = kind == "each"
            self._column(column, field, kind, rows)
            self.text(header, column, field.label, "header")
            for n, row in enumerate(rows, start=first):
                value = row.get(field.key)
                self.value(n, column, value, "body", exact("amount", [value]) if each else kind)
            if totals and field.total:
                self.subtotal(placed, field, kind, rows)
            elif totals:
                self.text(top, column, totals if column == 0 else "", "total")
        if not rows:
            self.text(first, 0, empty, "subtitle")
        self._heights(first, fields, rows)
        if totals:
            self.sheet.set_row(top, 18)
        tall = max(self._lines(column, field.label) for column, field in enumerate(fields))
        self.sheet.set_row(header, 14 * tall + 6)
        return placed

    def subtotal(self, placed: Placed, field: Field, kind: str, rows: Iterable[Any]) -> None:
        """Write a live subtotal of a column into its table's row of totals."""
        column = placed.columns[field.key]
        cells = xl_range(*placed.cells(field.key))
        value = math.fsum(number(row.get(field.key)) for row in rows)
        self.widen(column, len(f"{value:,.2f}") + 3)
        assert placed.total_row is not None
        self.formula(placed.total_row, column, f"=SUBTOTAL(109,{cells})", value, "total", kind)

    def _column(self, column: int, field: Field, kind: str, rows: Sequence[Any]) -> None:
        """Make a column wide enough for its header and its values."""
        parts = [*field.header.split(), field.header[:14], f"({field.unit})"[:20]]
        width = max(map(len, parts)) + 3.0
        for row in rows:
            width = max(width, len(shown(row.get(field.key), kind)) + 2.0)
        self.widen(column, width)

    def _lines(self, column: int, label: str, narrow: float = 0.95) -> int:
        """Return how many lines a text takes in its column; plain texts are narrower than bold."""
        width = max(int(self.widths[column] * narrow), 1)
        if len(label) <= width and "\n" not in label:
            return 1
        return sum(max(1, len(textwrap.wrap(part, width))) for part in label.split("\n"))

    def _heights(self, first: int, fields: Sequence[Field], rows: Sequence[Any]) -> None:
        """Give rows with texts that wrap their height, which not every program finds itself."""
        texts = [(n, f.key) for n, f in enumerate(fields) if f.kind in ("text", "center")]
        for place, row in enumerate(rows, start=first):
            shown = [(n, str(row.get(key) or "")[:2000]) for n, key in texts]
            tall = max((self._lines(*pair, narrow=1.05) for pair in shown), default=1)
            if tall > 1:
                self.sheet.set_row(place, min(13 * tall + 4, 400))

    def widen(self, column: int, width: float) -> None:
        """Make a column at least that wide, within what fits a page."""
        if not self.fixed:
            self.widths[column] = min(WIDEST, max(self.widths.get(column, 8.0), width))

    def freeze(self, header: int, columns: int = 0) -> None:
        """Keep the rows down to the header, and the first columns, in sight and on each page."""
        self.sheet.freeze_panes(header + 1, columns)
        self.sheet.repeat_rows(header)

    def filter(self, placed: Placed) -> None:
        """Give a table an automatic filter."""
        columns = placed.columns.values()
        self.sheet.autofilter(placed.first - 1, min(columns), placed.last, max(columns))

    def finish(self) -> None:
        """Set column widths and print set-up."""
        for column, width in sorted(self.widths.items()):
            self.sheet.set_column(column, column, width)
        self.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(self.pages_wide, self.pages_tall)
        plan = clean(self.book.title)[:60].replace("&", "&&")
        self.sheet.set_footer(f"&L&8{plan}&C&8&A&R&8Page &P of &N")


def clean(value: object) -> str:
    """Return a text that a cell can hold: at most 32,767 characters, all of them encodable."""
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 32767 else f"{text[:32760]} [...]"


def exact(kind: str, values: Iterable[object]) -> str:
    """Return the style of an ``amount``: decimals only in a column that has any."""
    if kind != "amount":
        return kind
    whole = all(abs(n) >= 1e6 or n == round(n) for n in map(number, values))
    return "whole" if whole else "decimal"


def shown(value: object, kind: str) -> str:
    """Return about what a cell shows, to measure its width."""
    if value is None:
        return ""
    if isinstance(value, date):
        return "2026-01-01"
    if isinstance(value, Real) and not isinstance(value, bool):
        decimals = {"whole": 0, "millions": 1, "text": 6}.get(kind, 2)
        return f"{float(value):,.{decimals}f}"
    return str(value)


def cell(row: int, column: int) -> str:
    """Return the address of a cell."""
    return str(xl_rowcol_to_cell(row, column))
