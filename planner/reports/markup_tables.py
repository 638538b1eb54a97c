"""HTML tables, declared by columns, with caption, units and sortable values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from numbers import Real

from planner.plan.columns import KINDS, Column, resolved_kind
from planner.reports.markup import Markup, element, join
from planner.reports.views import NOTHING, figure, significant

__all__ = ["Column", "DataTable", "shown", "table"]

LONG = 60
"""Number of rows above which a table scrolls by itself on a screen."""


@dataclass(frozen=True)
class DataTable:
    """A table.

    Attributes
    ----------
    caption : str
        Its content.
    columns : sequence of Column
        Its columns; the first contains the row headers.
    rows : sequence of mappings
        Its rows; a row with the key ``class`` gets that style.
    total : mapping or None
        Its last row.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, object]]
    total: Mapping[str, object] | None = None


def shown(value: object, kind: str) -> str:
    """Format a value; blank stays blank, dates are ISO."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    size = float(value)
    if abs(size) < NOTHING:
        size = 0.0
    shown_as = KINDS[resolved_kind(kind, [size])]
    if shown_as.is_significant:
        return significant(size)
    if shown_as.is_percent:
        return f"{size:.{shown_as.decimals}%}"
    if shown_as.is_in_millions:
        size /= 1e6
    # A number in a column of texts has as many decimals as it needs, up to two.
    decimals = shown_as.decimals
    if decimals is None:
        decimals = KINDS[resolved_kind("mixed", [size])].decimals or 0
    return figure(size, decimals)


def table(sheet: DataTable, *, tools: bool = False, mark: str = "") -> Markup:
    """Return a table in a region that scrolls if it is wider than the page.

    Parameters
    ----------
    sheet
        Its content.
    tools
        Whether it has sorting and filtering; without scripts it is a plain table.
    mark
        Its anchor.
    """
    kinds = [_kind(sheet, column) for column in sheet.columns]
    head = element("thead", element("tr", [_header(column) for column in sheet.columns]))
    body = element("tbody", [_row(sheet.columns, kinds, row) for row in sheet.rows])
    foot = None
    if sheet.total:
        foot = element("tfoot", _row(sheet.columns, kinds, sheet.total))
    caption = element("caption", element("span", sheet.caption))
    whole = element(
        "table", caption, head, body, foot, id=mark or None, data_tools="yes" if tools else None
    )
    long = tools or len(sheet.rows) > LONG
    return element(
        "div",
        whole,
        class_="scroll long" if long else "scroll",
        role="region",
        tabindex="0",
        aria_label=sheet.caption,
    )


def _kind(sheet: DataTable, column: Column) -> str:
    """Return the kind by which all values of a column are shown; mixed ones vary by value."""
    if column.kind == "mixed":
        return column.kind
    return resolved_kind(column.kind, [row.get(column.name) for row in sheet.rows])


def _header(column: Column) -> Markup:
    unit = element("span", column.unit, class_="unit") if column.unit else None
    return element(
        "th",
        element("span", column.title),
        unit,
        scope="col",
        class_="n" if column.is_number else None,
    )


def _row(columns: Sequence[Column], kinds: Sequence[str], row: Mapping[str, object]) -> Markup:
    """Return a row; numbers that are shown rounded carry the whole number for sorting."""
    cells = []
    for position, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        value = row.get(column.name)
        text = shown(value, kind)
        exact = None
        if column.is_number and isinstance(value, Real):
            exact = repr(float(value)).removesuffix(".0")
            if text.replace(",", "") == exact:
                exact = None
        style = _cell_class(column)
        if position == 0:
            parts = join(text.split("_"), "_<wbr>")
            cells.append(element("th", parts, scope="row", class_=style, data_v=exact))
        else:
            cells.append(element("td", text, class_=style, data_v=exact))
    return element("tr", cells, class_=row.get("class"))


def _cell_class(column: Column) -> str | None:
    """Return the style of the cells of a column."""
    kind = KINDS[column.kind]
    if column.is_number:
        return "n"
    if kind.is_unbroken:
        return "d"
    return "t" if kind.is_long else None
