"""Data validations of an input workbook: choices, names, and numbers and dates within bounds.

They are made from the declarations, so that the reader accepts what the spreadsheet accepts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME
from planner.workbook.writing.descriptions import allowed_values, default_text, plain

LAST_ROW = 2000
"""Last row with validations."""

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
"""First and last day that a validation accepts; they exclude numbers that are not dates."""

LONGEST_TITLE, LONGEST_TEXT = 32, 255
ZERO_DAY = date(1899, 12, 30)


def add_validations(sheet: Worksheet, table: Table, names: Sequence[str], first: int) -> None:
    """Add a validation to every column of a sheet.

    Parameters
    ----------
    sheet, table
        The sheet and its declaration.
    names
        Sheets of the workbook, for lists of names.
    first
        First row below the headers.
    """
    for position, column in enumerate(table.columns, start=1):
        letter = get_column_letter(position)
        cells = f"{letter}{first}:{letter}{LAST_ROW}"
        if len(column.refers_to) == 1 and column.kind is not Kind.LIST:
            _offer_names(sheet, cells, column, names)
        else:
            _add(sheet, cells, column, f"{letter}{first}")


def add_setting_validations(sheet: Worksheet, rows: Sequence[Sequence[object]], first: int) -> None:
    """Add a validation to the value of each setting."""
    declared = {setting.name: setting for setting in SETTINGS}
    for number, row in enumerate(rows, start=first):
        setting = declared.get(str(row[0]))
        if setting is not None:
            _add(sheet, f"B{number}", setting, f"B{number}")


def _add(sheet: Worksheet, cells: str, column: Column, corner: str) -> None:
    """Add the validation for a column's kind and bounds, if it has any."""
    choices = ("yes", "no") if column.kind is Kind.FLAG else column.choices
    if choices:
        rule = DataValidation("list", formula1=f'"{",".join(choices)}"')
    elif column.kind is Kind.DATE:
        days = [(day - ZERO_DAY).days for day in (FIRST_DAY, LAST_DAY)]
        rule = DataValidation(
            "date", operator="between", formula1=str(days[0]), formula2=str(days[1])
        )
    elif column.kind in (Kind.NUMBER, Kind.WHOLE):
        rule = _number(column, corner)
    else:
        return
    rule.allow_blank = not column.required
    # For periods the list is only a hint: a cell can have several lengths, with their days.
    rule.showErrorMessage = column.kind is not Kind.PERIODS
    rule.errorTitle = column.name[:LONGEST_TITLE]
    rule.error = message(column)[:LONGEST_TEXT]
    rule.add(cells)
    sheet.add_data_validation(rule)


def _number(column: Column, corner: str) -> DataValidation:
    """Return the validation for a number within its column's bounds."""
    kind: Literal["whole", "decimal"] = "whole" if column.kind is Kind.WHOLE else "decimal"
    low, high, above = (
        None if bound is None else plain(bound) for bound in (column.low, column.high, column.above)
    )
    if above is not None and high is not None:
        # Spreadsheets have no operator that excludes one bound and includes the other.
        within = f"AND(ISNUMBER({corner}),{corner}>{above},{corner}<={high})"
        return DataValidation("custom", formula1=within)
    if above is not None:
        return DataValidation(kind, operator="greaterThan", formula1=above)
    if low is not None and high is not None:
        return DataValidation(kind, operator="between", formula1=low, formula2=high)
    if low is not None:
        return DataValidation(kind, operator="greaterThanOrEqual", formula1=low)
    return DataValidation("custom", formula1=f"ISNUMBER({corner})")


def message(column: Column) -> str:
    """Return the message for an invalid entry in a column."""
    allowed = allowed_values(column)
    if column.choices or column.kind is Kind.FLAG:
        text = f"Choose one of: {allowed}."
    elif column.kind is Kind.DATE:
        text = "Give a date, e.g. 2026-12-31."
    else:
        unit = f" in {column.unit}" if column.unit else ""
        text = f"Give a {column.kind}{unit}" + (f", {allowed}" if allowed else "") + "."
    if column.required:
        return text
    blank = default_text(column)
    return f"{text} Blank means {blank}." if blank else f"{text} It may be left blank."


def _offer_names(sheet: Worksheet, cells: str, column: Column, names: Sequence[str]) -> None:
    """Offer the names in the sheet that a column refers to."""
    home, name = column.refers_to[0].split(".")
    if home not in names:
        return
    table = BY_NAME[home]
    letter = get_column_letter([other.name for other in table.columns].index(name) + 1)
    source = f"{home}!${letter}${first_row(table)}:${letter}${LAST_ROW}"
    # Only a hint, because the other sheet may be filled in later.
    rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=False)
    rule.add(cells)
    sheet.add_data_validation(rule)


def first_row(table: Table) -> int:
    """Return the first row below a sheet's header and row of units."""
    return 3 if has_units(table) else 2


def has_units(table: Table) -> bool:
    """Return whether a sheet has a row of units below its header."""
    return any(column.unit for column in table.columns)
