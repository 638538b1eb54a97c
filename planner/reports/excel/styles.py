"""Style of the workbook: colours, cell formats, columns."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from numbers import Real
from typing import Any

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from planner.plan.columns import KINDS, Column, Kind
from planner.reports.views import number

NAVY, GREY, PALE, LINE = "#1F3864", "#6B7280", "#EEF2F8", "#D5DAE3"
RED, PALE_RED, GREEN, PALE_GREEN = "#B42318", "#FDE7E5", "#1E7B4B", "#E3F4EA"
BLUE, ORANGE, REST, PALE_AMBER = "#2F6DB5", "#E07B00", "#B8BFCA", "#FFF1D6"
SERIES = (
    "#2F6DB5",
    "#E07B00",
    "#3C9A5F",
    "#B04A9E",
    "#C9A100",
    "#4BA3C3",
    "#8C564B",
    "#6B5FB5",
    "#D9586B",
    "#7A8B2E",
    "#2B4C7E",
    "#F0A35E",
    "#5FB8A5",
)
"""Colours of chart series, distinct in print too."""

FONT = {"font_name": "Arial", "font_size": 10, "font_scheme": "none"}


def number_format(kind: Kind) -> str:
    """Return Excel's number format of a kind of number."""
    decimals = kind.decimals or 0
    fraction = "." + "0" * decimals if decimals else ""
    if kind.is_percent:
        return f"0{fraction}%"
    # In a number format each comma at the end divides by a thousand.
    return f"#,##0{fraction},," if kind.is_in_millions else f"#,##0{fraction}"


def kind_style(name: str) -> dict[str, Any]:
    """Return the cell format of a kind of column."""
    kind = KINDS[name]
    if kind.decimals is not None:
        return {"num_format": number_format(kind), "shrink": True}
    if name == "date":
        return {"num_format": "yyyy-mm-dd", "align": "center", "shrink": True}
    if kind.is_centered:
        return {"align": "center", "text_wrap": True}
    return {"text_wrap": True, "align": "left", "indent": 1}


STYLES: dict[str, dict[str, Any]] = {
    **{name: kind_style(name) for name in KINDS},
    "body": {"bottom": 1, "bottom_color": LINE},
    "header": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": NAVY,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
        "border": 1,
        "border_color": "#FFFFFF",
    },
    "turned": {"rotation": 90, "font_size": 8, "num_format": "mmm yy"},
    "month_count": {
        "num_format": "#,##0;-#,##0;",
        "align": "center",
        "font_size": 7,
        "shrink": True,
        "border": 1,
        "border_color": LINE,
    },
    "worth": {"align": "center", "font_size": 7, "border": 1, "border_color": LINE},
    "mw_months_or_none": {"num_format": "#,##0.00;-#,##0.00;", "shrink": True},
    "in_millions_or_none": {"num_format": "#,##0.00,,;-#,##0.00,,;", "shrink": True},
    "total": {"bold": True, "bg_color": PALE},
    "sum": {"bold": True, "bg_color": PALE},
    "title": {"bold": True, "font_size": 18, "font_color": NAVY},
    "subtitle": {"font_color": GREY, "italic": True},
    "section": {"bold": True, "font_size": 13, "font_color": NAVY},
    "note": {"text_wrap": True, "valign": "top"},
    "link": {"font_color": "#0B5CAD", "underline": 1},
    "bad": {"bold": True, "font_color": RED, "bg_color": PALE_RED},
    "good": {"bold": True, "font_color": GREEN, "bg_color": PALE_GREEN},
    "tight": {"bg_color": PALE_AMBER},
    "faint": {"font_color": "#C3C8D1"},
    "banner": {
        "bold": True,
        "font_size": 16,
        "font_color": "#FFFFFF",
        "valign": "vcenter",
        "indent": 1,
        "text_wrap": True,
    },
    "bad_banner": {"bg_color": RED},
    "good_banner": {"bg_color": GREEN},
    "caption": {
        "font_color": GREY,
        "font_size": 9,
        "bg_color": PALE,
        "align": "center",
        "text_wrap": True,
    },
    "key": {
        "bold": True,
        "font_size": 13,
        "bg_color": PALE,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    },
}
"""Parts of cell formats, joined by name."""

UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that are invalid or invisible in a workbook."""


def heading(column: Column) -> str:
    """Return the title of a column with its unit below."""
    return f"{column.title}\n({column.unit})" if column.unit else column.title


@dataclass(frozen=True)
class Placed:
    """Position of a table: first and last row with data, and the column of each field.

    Attributes
    ----------
    first, last : int
        First and last row with data, counted from 0.
    columns : dict of str to int
        Column of each field.
    total_row : int or None
        Row of the totals.
    rows : int
        Number of rows; an empty table has one row with a message.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    total_row: int | None = None
    rows: int = 0

    def cells(self, key: str) -> tuple[int, int, int, int]:
        """Return first row, first column, last row, last column of a field."""
        return self.first, self.columns[key], self.last, self.columns[key]

    def area(self, key: str, sheet: str) -> str:
        """Return the reference to the cells of a field from another sheet."""
        return f"'{sheet}'!{xl_range_abs(*self.cells(key))}"


def clean(value: object) -> str:
    """Return a text that is valid in a workbook, of at most 32,767 characters."""
    text = UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(value).replace("\r\n", "\n"))
    return text if len(text) <= 32767 else f"{text[:32760]} [...]"


def shown(value: object, kind: str) -> str:
    """Return the approximate text of a cell, to measure its width."""
    if value is None:
        return ""
    if isinstance(value, date):
        return "2026-01-01"
    if isinstance(value, Real) and not isinstance(value, bool):
        decimals = KINDS[kind].decimals
        return f"{float(value):,.{2 if decimals is None else decimals}f}"
    return str(value)


def widest(values: Iterable[object], kind: str) -> int:
    """Return the width of a column's widest value, in characters."""
    if kind == "date":
        return 10
    if KINDS[kind].decimals is not None:
        # The longest number is the smallest or the largest: formatting all of them is slow.
        numbers = [number(value) for value in values]
        ends = (min(numbers), max(numbers)) if numbers else ()
        return max((len(shown(end, kind)) for end in ends), default=0)
    longest = 0
    for value in values:
        text = value if isinstance(value, str) else shown(value, kind)
        longest = max(longest, len(text))
    return longest


@lru_cache(maxsize=4096)
def lines(text: str, width: int) -> int:
    """Return the number of lines of a text wrapped to a width in characters."""
    if len(text) <= width and "\n" not in text:
        return 1
    return sum(max(1, len(textwrap.wrap(part, width))) for part in text[:2000].split("\n"))


def cell(row: int, column: int) -> str:
    """Return the address of a cell."""
    return str(xl_rowcol_to_cell(row, column))
