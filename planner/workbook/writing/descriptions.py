"""Describe the values of a column in words, for header comments and the data dictionary."""

from __future__ import annotations

from datetime import date

from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.periods import EXAMPLE


def described(column: Column) -> str:
    """Return a few lines for the person who fills in a column or a setting."""
    lines = [column.help, f"Kind: {column.kind}" + (f", in {column.unit}" if column.unit else "")]
    allowed = allowed_values(column)
    if allowed:
        lines.append(f"Allowed: {allowed}")
    if column.refers_to:
        lines.append(f"Found in: {' or '.join(column.refers_to)}")
    if column.required:
        lines.append("Required.")
    else:
        blank = default_text(column)
        lines.append(f"Blank: {blank}" if blank else "Blank: no value or limit")
    if column.example:
        lines.append(f"Example: {column.example}")
    return "\n".join(lines)


def need_words(table: Table) -> str:
    """Return in words whether a sheet is required."""
    if not table.required:
        return "May be left out"
    return f"Required, unless there are {table.unless}" if table.unless else "Required"


def allowed_values(column: Column) -> str:
    """Return the choices or bounds of a column in words; empty if it has none."""
    if column.kind is Kind.PERIODS:
        return f"{', '.join(column.choices)}; several with their days, e.g. {EXAMPLE}"
    if column.choices:
        return ", ".join(column.choices)
    if column.kind is Kind.FLAG:
        return "yes, no"
    if column.low is not None and column.high is not None:
        return f"{plain(column.low)} to {plain(column.high)}"
    bounds = [
        f"above {plain(column.above)}" if column.above is not None else "",
        f"at least {plain(column.low)}" if column.low is not None else "",
        f"at most {plain(column.high)}" if column.high is not None else "",
    ]
    return ", ".join(bound for bound in bounds if bound)


def default_text(column: Column) -> str:
    """Return the default of a column as text; empty if a blank cell means no value or limit."""
    return "" if column.default is None else plain(column.default)


def plain(value: object) -> str:
    """Return a value as a person would write it into a cell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)
