"""Digest of inputs: equal for equal values, in any file format and order of rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from planner.workbook.drafts import Sheet
from planner.workbook.schema.declarations import Column, Kind

# No text contains these three, because control characters are refused.
ITEM_END, CELL_END, ROW_END = "\x1d", "\x1f", "\x1e"

NO_CONTENT = ("plan", "locale")
"""Settings that do not affect the plan: its name, and the notation of numbers."""


def digest_of(settings: Mapping[str, object], sheets: Mapping[str, Sheet]) -> str:
    """Return the SHA-256 of all values.

    Parameters
    ----------
    settings
        Every setting, typed.
    sheets
        Every declared sheet, typed.
    """
    content = hashlib.sha256()
    for name, value in settings.items():
        if name not in NO_CONTENT:
            content.update(f"{name}{CELL_END}{_written(value)}{ROW_END}".encode())
    for name, sheet in sheets.items():
        if name != "settings" and sheet.rows:
            columns = [_texts(column, sheet.columns[column.name]) for column in sheet.table.columns]
            lines = sorted(map(CELL_END.join, zip(*columns, strict=True)))
            content.update(ROW_END.join([name, *lines, ""]).encode())
    return content.hexdigest()


def _texts(column: Column, values: Sequence[object]) -> Iterable[str]:
    """Return a column's values as texts; different values have different texts."""
    if column.kind is Kind.ANY:
        return map(_written, values)
    if None not in values:
        if column.kind is Kind.TEXT:
            return values  # type: ignore[return-value]
        if column.kind in (Kind.NUMBER, Kind.WHOLE):
            return map(repr, values)
    written = {value: _written(value) for value in set(values)}
    return [written[value] for value in values]


def _written(value: object) -> str:
    """Return a value as a text."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ITEM_END.join(value)
    return repr(value) if isinstance(value, float) else str(value)
