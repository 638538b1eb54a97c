"""HTML tables, declared by columns, with caption, units and sortable values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from numbers import Real

from planner.reports.markup import Markup, element, join
from planner.reports.views import NOTHING, figure, percent, significant

DECIMALS = {
    "whole": 0,
    "mw": 1,
    "money": 0,
    "millions": 1,
    "share": 1,
    "gap": 3,
    "each": 1,
    "worth": 2,
    "digits": 3,
}
"""Decimals of each kind of number; smaller numbers show more."""

CLASSES = {"date": "d", "cell": "d", "long": "t"}
"""Styles of the other kinds."""

LONG = 60
"""Number of rows above which a table scrolls by itself on a screen."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        Key of the value in a row.
    header : str
        Header.
    unit : str
        Unit, below the header.
    kind : str
        ``text``, ``long`` (text), ``cell`` (text that does not wrap), ``date`` or one of
        `DECIMALS`, of which ``each`` shows decimals only where a number has them, and ``digits``
        four significant digits of numbers whose size is not known in advance.
    """

    key: str
    header: str
    unit: str = ""
    kind: str = "text"

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in DECIMALS


@dataclass(frozen=True)
class Sheet:
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
    if isinstance(value, Real) and not isinstance(value, bool):
        return _number_shown(float(value), kind)
    return str(value)


def _number_shown(value: float, kind: str) -> str:
    """Format a number by the kind of its column."""
    size = value if abs(value) >= NOTHING else 0.0
    if kind == "share":
        return f"{size:.1%}"
    if kind == "gap":
        return percent(size)
    if kind == "digits":
        return significant(size)
    whole = kind in ("text", "each") and (size == round(size) or abs(size) >= 1e6)
    return figure(size, 0 if whole else DECIMALS.get(kind, 2))


def table(sheet: Sheet, *, tools: bool = False, mark: str = "") -> Markup:
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
    head = element("thead", element("tr", [_header(column) for column in sheet.columns]))
    body = element("tbody", [_row(sheet.columns, row) for row in sheet.rows])
    foot = element("tfoot", _row(sheet.columns, sheet.total)) if sheet.total else None
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


def _header(column: Column) -> Markup:
    unit = element("span", column.unit, class_="unit") if column.unit else None
    return element(
        "th",
        element("span", column.header),
        unit,
        scope="col",
        class_="n" if column.numeric else None,
    )


def _row(columns: Sequence[Column], row: Mapping[str, object]) -> Markup:
    cells = []
    for place, column in enumerate(columns):
        value = row.get(column.key)
        text = shown(value, column.kind)
        exact = None
        if column.numeric and isinstance(value, Real):
            exact = repr(float(value)).removesuffix(".0")
            exact = None if text.replace(",", "") == exact else exact
        kind = "n" if column.numeric else CLASSES.get(column.kind)
        if place == 0:
            parts = join(text.split("_"), "_<wbr>")
            cells.append(element("th", parts, scope="row", class_=kind, data_v=exact))
        else:
            cells.append(element("td", text, class_=kind, data_v=exact))
    return element("tr", cells, class_=row.get("class"))
