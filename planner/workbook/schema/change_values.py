"""Values of changes; each has the kind of the column that it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.column_values import TypedColumn
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME
from planner.workbook.schema.values import convert

OPERANDS = {
    "scale": Column("the factor", Kind.NUMBER, ""),
    "add": Column("the amount to add", Kind.NUMBER, ""),
    "shift_days": Column("the number of days", Kind.WHOLE, ""),
}
"""Operand of each operation; for `set` it is a value of the column."""


def typed_changes(typed: Mapping[str, TypedColumn], locale: str | None) -> TypedColumn:
    """Return the values of changes, each read like a cell of the column that it changes.

    Parameters
    ----------
    typed
        The columns of the sheet `changes`.
    locale
        Notation of numbers in texts, as in the setting.
    """
    given = typed["value"]
    values, faults = list(given.values), dict(given.faults)
    lines = zip(
        *(typed[name].values for name in ("sheet", "key", "column", "operation")), strict=True
    )
    for at, (sheet, key, name, operation) in enumerate(lines):
        column = changed_column(sheet, key, name)
        blank = given.blank is not None and given.blank[at]
        if column is None or operation is None or blank or at in faults:
            continue
        wanted = OPERANDS.get(str(operation)) or replace(column, required=True)
        try:
            value = convert(wanted, values[at], locale)
        except BadValueError as error:
            faults[at], values[at] = error, None
        else:
            # A list stays a text here; it is parsed when the change is applied.
            values[at] = values[at] if wanted.kind is Kind.LIST else value
    return TypedColumn(values, given.blank, faults, given.cells or given.values)


def changed_column(sheet: object, key: object, name: object) -> Column | None:
    """Return the column or setting that a change changes; None if it does not exist."""
    if sheet == "settings":
        return next((setting for setting in SETTINGS if setting.name == key), None)
    table = BY_NAME.get(str(sheet))
    columns = () if table is None else table.columns
    return next((column for column in columns if column.name == name), None)
