"""Layout of an input workbook: headers, comments, drop-down lists, formats; reproducible bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.writing import readme_sheet
from planner.workbook.writing.descriptions import described
from planner.workbook.writing.readme_sheet import write_guide
from planner.workbook.writing.validations import (
    add_setting_validations,
    add_validations,
    first_row,
    has_units,
)

CellValue = None | int | float | str | date
"""Content of a cell of an input workbook."""

SAVED = datetime(2000, 1, 1)
"""Timestamp of every workbook, so that equal rows give equal bytes."""

REQUIRED_HEADER = PatternFill("solid", fgColor="1F4E79")
OPTIONAL_HEADER = PatternFill("solid", fgColor="DDE6EE")
REQUIRED_TAB, OPTIONAL_TAB = "1F4E79", "A9B8C6"
READ_AS_FORMULA = ("=", "+", "-", "@")


def workbook_bytes(sheets: Sequence[tuple[Table, list[list[CellValue]]]]) -> bytes:
    """Return the bytes of an ``.xlsx`` file; they are equal for equal sheets.

    Parameters
    ----------
    sheets
        Each sheet's declaration and its cells, row by row, in the order of the columns.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "planner"
    workbook.properties.created = SAVED
    names = [table.name for table, _ in sheets]
    write_guide(workbook.create_sheet(readme_sheet.NAME), names)
    for table, rows in sheets:
        sheet = workbook.create_sheet(table.name)
        _write_headers(sheet, table)
        _write_rows(sheet, table, rows)
        add_validations(sheet, table, names, first_row(table))
        if table.name == "settings":
            _help_with_settings(sheet, rows)
            add_setting_validations(sheet, rows, first_row(table))
        _lay_out(sheet, table)
    stream = io.BytesIO()
    workbook.save(stream)
    return _repeatable(stream.getvalue())


def _write_headers(sheet: Worksheet, table: Table) -> None:
    """Write row 1 with the names of columns: bold, dark if required, with comments.

    If the sheet has units, they are written in row 2. The reader recognises that row, and checks
    the units.
    """
    for position, column in enumerate(table.columns, start=1):
        cell = sheet.cell(1, position, column.name)
        cell.font = Font(
            name="Calibri", size=11, bold=True, color="FFFFFF" if column.required else "1F2A36"
        )
        cell.fill = REQUIRED_HEADER if column.required else OPTIONAL_HEADER
        cell.alignment = _alignment(column)
        text = described(column)
        cell.comment = _comment(f"{table.help}\n\n{text}" if position == 1 else text)
        if has_units(table):
            unit = sheet.cell(2, position, column.unit or None)
            unit.font = Font(name="Calibri", size=9, italic=True, color="5F6B76")
            unit.alignment = _alignment(column)
            unit.number_format = "@"


def _comment(text: str) -> Comment:
    """Return a comment with a box that is high enough for its text."""
    lines = sum(1 + len(line) // 42 for line in text.split("\n"))
    return Comment(text, "planner", width=300, height=20 + 17 * lines)


def _write_rows(sheet: Worksheet, table: Table, rows: Iterable[Sequence[CellValue]]) -> None:
    """Write the rows; a text stays a text, even if it begins with =."""
    for number, row in enumerate(rows, start=first_row(table)):
        for position, (column, value) in enumerate(zip(table.columns, row, strict=True), start=1):
            if value is None:
                continue
            cell = sheet.cell(number, position, value)
            if isinstance(value, str):
                cell.data_type = "s"
                # Without this format, editing the cell would turn such a text into a formula.
                cell.quotePrefix = value.startswith(READ_AS_FORMULA)
            cell.number_format = _number_format(column, value)
            cell.alignment = _alignment(column)


def _number_format(column: Column, value: CellValue = None) -> str:
    """Return the number format of a cell; without a value, that of a column's empty cells.

    Text columns have the text format, so that a spreadsheet does not change an id such as 1-2 into
    a date.
    """
    if isinstance(value, date) or (value is None and column.kind is Kind.DATE):
        return "yyyy-mm-dd"
    if isinstance(value, int | float):
        return "#,##0" if float(value).is_integer() and abs(value) >= 1000 else "General"
    return "General" if column.kind in (Kind.NUMBER, Kind.WHOLE, Kind.ANY) else "@"


def _alignment(column: Column) -> Alignment:
    """Return the alignment of a column: numbers right, words left, with a space between them."""
    figures = column.kind in (Kind.NUMBER, Kind.WHOLE, Kind.DATE)
    return Alignment(horizontal="right" if figures else "left", vertical="center", indent=1)


def _help_with_settings(sheet: Worksheet, rows: Sequence[Sequence[CellValue]]) -> None:
    """Add a comment to each setting."""
    declared = {setting.name: setting for setting in SETTINGS}
    for number, row in enumerate(rows, start=2):
        setting = declared.get(str(row[0]))
        if setting is None:
            continue
        sheet.cell(number, 1).comment = _comment(described(setting))
        if row[1] is None:
            sheet.cell(number, 2).number_format = _number_format(setting)


def _lay_out(sheet: Worksheet, table: Table) -> None:
    """Freeze the headers, fit the widths, and print each sheet across one page."""
    for position, column in enumerate(table.columns, start=1):
        letter = get_column_letter(position)
        shown = [len(_shown(cell.value)) for cell in sheet[letter]]
        dimension = sheet.column_dimensions[letter]
        dimension.width = min(max(*shown, len(column.name), 8) + 4, 48)
        dimension.number_format = _number_format(column)
        dimension.alignment = _alignment(column)
    sheet.row_dimensions[1].height = 20
    sheet.freeze_panes = f"A{first_row(table)}"
    sheet.sheet_properties.tabColor = REQUIRED_TAB if table.required else OPTIONAL_TAB
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = f"1:{first_row(table) - 1}"


def _shown(value: object) -> str:
    """Return approximately the text that a cell shows, to measure its width."""
    if isinstance(value, int | float):
        return f"{value:,}"
    return value.strftime("%Y-%m-%d") if isinstance(value, date) else str(value or "")


def _repeatable(content: bytes) -> bytes:
    """Return the same workbook without the time of saving."""
    stream = io.BytesIO()
    stamp = f"{SAVED.isoformat()}Z".encode()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as saved,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as clean,
    ):
        for name in saved.namelist():
            part = saved.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            entry = zipfile.ZipInfo(name, date_time=SAVED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            clean.writestr(entry, part)
    return stream.getvalue()
