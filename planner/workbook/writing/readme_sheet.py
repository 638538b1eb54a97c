"""Write the sheet README of an input workbook: order of work, colours and terms."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from planner.workbook.schema.declarations import Table
from planner.workbook.schema.sheets import TABLES
from planner.workbook.writing.descriptions import need_words

NAME = "README"
INK, LINK = "1F2A36", "0563C1"
DARK, LIGHT = "1F4E79", "DDE6EE"
RED, YELLOW = "FF8F80", "FFE980"

STEPS = (
    "settings: first and last day, and the periods, which determine how often systems are "
    "installed. Every decision has its day, whatever the length of the periods.",
    "systems, sites, halls: what is installed, where it can be, and how many MW a hall carries.",
    "commitments, milestones: what was promised, on which basis, and how many MW by which day.",
    "That is enough for a plan. Each further sheet adds a limit or a cost. Leave out what you do "
    "not know: it then limits and costs nothing.",
    "Save, then run: planner check <this file>. It reports every cell at fault; with --mark it "
    "colours them in a copy.",
    "Then run: planner plan <this file>.",
)
COLOURS = (
    ("1F4E79", "FFFFFF", "dark header", "required: every row needs a value"),
    ("DDE6EE", INK, "light header", "may be left blank; the comment says what blank means"),
    (RED, INK, "red cell", "in a marked copy: must be corrected; the comment says how"),
    (YELLOW, INK, "yellow cell", "in a marked copy: looks wrong; the comment says why"),
)
WORDS = (
    ("system", "what is ordered and installed as one unit"),
    (
        "basis",
        "which MW count: system = power_kw alone; it = with overhead_kw; facility = it "
        "times the site's pue",
    ),
    ("in service", "installed and commissioned; only this counts toward a commitment"),
    ("milestone", "MW of a commitment in service by a day, cumulative"),
    (
        "lead, transit",
        "calendar days until an order, start or shipment can be used; not rounded to periods",
    ),
    (
        "a month",
        "each day has its share of its own month: 31 a month are 7 in a week of January. "
        "Unused capacity is lost, except for a part of one system or order",
    ),
    ("hall class", "identical halls of one site in one row, with their count"),
    (
        "sign from",
        "in a plan: an order takes its supplier's capacity from this day to its order date, "
        "so sign it by this day",
    ),
    ("energised", "MW that a power node may carry from a day on"),
    ("Mtok", "a million tokens, input and output together"),
    ("replica", "equal systems at one site that serve one copy of a model"),
    ("blank", "not zero: the default, or no value and no limit"),
    ("source", "where a row's figures come from, or the word assumption"),
    ("#", "a column whose name begins with # is yours; it is not read"),
)


def write_guide(sheet: Worksheet, names: Sequence[str]) -> None:
    """Write the guide.

    Parameters
    ----------
    sheet
        An empty sheet.
    names
        Sheets of the workbook.
    """
    sheet.append(["Input workbook of planner"])
    sheet["A1"].font = Font(name="Calibri", size=16, bold=True, color=INK)
    _line(
        sheet,
        "Point at a header to read what belongs in its column. This sheet itself is not read.",
    )
    _heading(sheet, "In this order")
    for number, step in enumerate(STEPS, start=1):
        _line(sheet, f"{number}. {step}")
    _heading(sheet, "Colours")
    for fill, ink, name, meaning in COLOURS:
        row = _pair(sheet, name, meaning)
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=fill)
        sheet.cell(row, 1).font = Font(name="Calibri", size=11, bold=True, color=ink)
    _heading(sheet, "Words")
    for word, meaning in WORDS:
        _pair(sheet, word, meaning)
    _heading(sheet, "Sheets, each with an example row")
    for table in TABLES:
        _example(sheet, table, linked=table.name in names)
    _lay_out(sheet)


def _heading(sheet: Worksheet, text: str) -> None:
    sheet.append([])
    sheet.append([text])
    cell = sheet.cell(sheet.max_row, 1)
    cell.font = Font(name="Calibri", size=13, bold=True, color=DARK)


def _line(sheet: Worksheet, text: str) -> None:
    sheet.append([text])
    sheet.cell(sheet.max_row, 1).font = Font(name="Calibri", size=11, color=INK)


def _pair(sheet: Worksheet, name: str, meaning: str) -> int:
    """Write a term and its meaning, and return the row."""
    sheet.append([name, meaning])
    row = sheet.max_row
    sheet.cell(row, 1).font = Font(name="Calibri", size=11, bold=True, color=INK)
    sheet.cell(row, 2).font = Font(name="Calibri", size=11, color=INK)
    return row


def _example(sheet: Worksheet, table: Table, *, linked: bool) -> None:
    """Write the meaning of a sheet's rows, its columns, and an example of each."""
    row = _pair(sheet, table.name, f"{table.help} {need_words(table)}.")
    if linked:
        sheet.cell(row, 1).hyperlink = f"#'{table.name}'!A1"
        sheet.cell(row, 1).font = Font(name="Calibri", size=11, bold=True, color=LINK, u="single")
    sheet.append(["", *(column.name for column in table.columns)])
    sheet.append(["", *(column.example for column in table.columns)])
    for position, column in enumerate(table.columns, start=2):
        head = sheet.cell(row + 1, position)
        head.fill = PatternFill("solid", fgColor=DARK if column.required else LIGHT)
        ink = "FFFFFF" if column.required else INK
        head.font = Font(name="Calibri", size=9, bold=True, color=ink)
        shown = sheet.cell(row + 2, position)
        shown.font = Font(name="Calibri", size=9, color=INK)
        shown.data_type = "s"
        shown.alignment = Alignment(shrink_to_fit=True, vertical="center")


def _lay_out(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 18
    for letter in "BCDEFGHIJKLMNOP":
        sheet.column_dimensions[letter].width = 17
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = "7F7F7F"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
