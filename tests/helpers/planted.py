"""Faults planted into the cells of a workbook, each with the cell and the rule it must be told by.

A plant changes one thing that a person may get wrong. Which sheet, column and row it is planted in
follows from a seed; a plant that finds no place in a workbook returns None.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from places import INPUTS

from planner.workbook.files.cell_names import letters
from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE, RawSheet, read_raw
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME, FOR_PEOPLE
from planner.workbook.writing.validations import has_units

WORKBOOKS = ("first-plan", "openai-750mw", "openai-2gw", "frontier-sites")
_READ: dict[str, list[RawSheet]] = {}


@dataclass(frozen=True)
class Planted:
    """A fault that was planted: where it must be reported, and part of its rule."""

    where: str
    rule: str


class Book:
    """The raw cells of a workbook, to plant in.

    Parameters
    ----------
    name
        One of `WORKBOOKS`; each is read from its file once. Its units are left out, so that the
        first row below the header is one of data.
    """

    def __init__(self, name: str) -> None:
        if name not in _READ:
            _READ[name] = read_raw(INPUTS / f"{name}.xlsx")
        self.name = name
        self.grids = {
            sheet.title: [list(row) for row in sheet.grid]
            for sheet in _READ[name]
            if sheet.title.lower() not in FOR_PEOPLE
        }
        for sheet, grid in self.grids.items():
            if has_units(BY_NAME[sheet]):
                del grid[1]

    @property
    def raw(self) -> list[RawSheet]:
        return [RawSheet(title, grid) for title, grid in self.grids.items()]

    def names(self, sheet: str) -> list[str]:
        return [str(cell) for cell in self.grids[sheet][0]]

    def rows(self, sheet: str) -> range:
        return range(1, len(self.grids.get(sheet, [()])))

    def at(self, sheet: str, column: str) -> int:
        """Return the position of a column, which is added where the sheet does not have it."""
        header = self.grids[sheet][0]
        if column not in header:
            width = len(header)
            for number, row in enumerate(self.grids[sheet]):
                row.extend([None] * (width - len(row)))
                row.append(column if number == 0 else None)
        return self.grids[sheet][0].index(column)

    def get(self, sheet: str, row: int, column: str) -> object:
        return self.grids[sheet][row][self.at(sheet, column)]

    def set(self, sheet: str, row: int, column: str, content: object) -> str:
        """Write a cell and return where it is."""
        self.grids[sheet][row][self.at(sheet, column)] = content
        return self.where(sheet, row, column)

    def where(self, sheet: str, row: int, column: str) -> str:
        return f"{sheet}!{letters(self.at(sheet, column) + 1)}{row + 1}"

    def add(self, sheet: str, /, **cells: object) -> int:
        """Append a row, to a new sheet if need be, and return its number from 0."""
        if sheet not in self.grids:
            self.grids[sheet] = [[column.name for column in BY_NAME[sheet].columns]]
        for column in cells:
            self.at(sheet, column)
        self.grids[sheet].append([cells.get(name) for name in self.names(sheet)])
        return len(self.grids[sheet]) - 1

    def copy(self, sheet: str, row: int, /, **cells: object) -> int:
        """Append a row like another one."""
        names = self.names(sheet)
        return self.add(sheet, **(dict(zip(names, self.grids[sheet][row], strict=True)) | cells))

    def find(self, sheet: str, column: str, content: object) -> int | None:
        """Return the first row with some content in a column."""
        at = self.at(sheet, column) if self.rows(sheet) else 0
        return next((r for r in self.rows(sheet) if self.grids[sheet][r][at] == content), None)

    def setting(self, name: str, content: object) -> str:
        """Write the value of a setting, in a new row if need be, and return where it is."""
        row = self.find("settings", "setting", name)
        if row is None:
            row = self.add("settings", setting=name)
        return self.set("settings", row, "value", content)


def _number_contents(column: Column) -> Iterator[tuple[object, str]]:
    """Yield what a column of numbers must not hold, each with part of its rule."""
    is_share = column.high is not None and column.high <= 1
    for text in ("a lot", "$1200", "5 MW", "1200 USD", "nan", "1_000", "-", "TRUE", "2026-01-01"):
        yield text, f"{column.name} must be a number"
    yield "1,234", "can be read as 1.234 or as 1234"
    yield "1.234,5", "has separators"
    yield "1 234", "has separators"
    yield "1'234", "has separators"
    yield True, f"{column.name} must be a number"
    yield date(2026, 1, 2), f"{column.name} must be a number"
    yield time(12), f"{column.name} must be a number"
    yield math.nan, "must be a finite number"
    yield math.inf, "must be a finite number"
    yield "1e999", "must be a finite number"
    if not is_share:
        yield "50 %", "is not a share, so it cannot be a percentage"
    if column.low is not None:
        yield column.low - 1, "is out of range"
        yield f"−{1 - column.low:g}", "is out of range"
    if column.above is not None:
        yield column.above, "is out of range"
    if column.high is not None:
        yield column.high * 1.5, "is out of range"
    if column.kind is Kind.WHOLE:
        yield 1.5, "must be a whole number"
        yield "2.25", "must be a whole number"


def _contents(column: Column) -> Iterator[tuple[object, str]]:
    """Yield what a column must not hold, each with part of its rule."""
    for error in ("#REF!", "#N/A", "#DIV/0!", "#name?", "Err:508", "#####"):
        yield error, "spreadsheet error"
    yield FORMULA_WITHOUT_VALUE, "the formula has no stored value"
    if column.required:
        for blank in (None, "", "   ", "\u00a0", "\u200b\ufeff"):
            yield blank, f"{column.name} is required"
    if column.kind in (Kind.NUMBER, Kind.WHOLE):
        yield from _number_contents(column)
        return
    if column.kind is Kind.DATE:
        yield "03/04/2026", "can be read as 2026-03-04 or as 2026-04-03"
        yield "31.12.26", "must be a date"
        yield 46000, "plain number"
        yield "46000", "plain number"
        yield 2026.0, "looks like a year"
        yield "2026-02-30", "there is no such day"
        yield datetime(2026, 1, 2, 8, 30), "a day without a time"
        yield "2026-01-02T08:30", "a day without a time"
        yield True, f"{column.name} must be a date"
        yield "soon", f"{column.name} must be a date"
        return
    yield "bell\a", "control character (U+0007)"
    if column.kind is Kind.FLAG:
        yield "maybe", "must be yes or no"
        yield 2, "must be yes or no"
        return
    yield True, "must be text"
    yield datetime(2026, 1, 2), "must be text"
    yield math.nan, "must be text"
    if column.kind is Kind.CHOICE:
        yield "rack", f"this is not one of the choices for {column.name}"
    if column.kind is Kind.TEXT and column.required:
        yield "two\nlines", "contains a tab or a line break"
        yield 1e16, "has been rounded"


CELLS = tuple(Kind[name] for name in ("TEXT", "NUMBER", "WHOLE", "DATE", "FLAG", "CHOICE", "LIST"))


def plant_cell(
    book: Book, chance: random.Random, kind: Kind, taken: set[str] | None = None
) -> Planted | None:
    """Plant what a cell of a kind must not hold; `taken` holds the cells that are planted in."""
    places = [
        (sheet, row, column)
        for sheet in book.grids
        for column in BY_NAME[sheet].columns
        if column.kind is kind and column.name in book.names(sheet) and sheet != "settings"
        for row in book.rows(sheet)
        if book.where(sheet, row, column.name) not in (taken or ())
    ]
    if not places:
        return None
    sheet, row, column = chance.choice(places)
    content, rule = chance.choice([*_contents(column)])
    where = book.set(sheet, row, column.name, content)
    if taken is not None:
        taken.add(where)
    return Planted(where, rule)


def plant_setting(book: Book, chance: random.Random) -> Planted | None:
    """Plant what a setting must not be."""
    setting = chance.choice([s for s in SETTINGS if s.name not in ("currency", "locale", "plan")])
    contents = [
        (content, f"setting {setting.name} is required" if "is required" in rule else rule)
        for content, rule in _contents(setting)
    ]
    content, rule = chance.choice(contents)
    return Planted(book.setting(setting.name, content), rule)


def plant_change(book: Book, chance: random.Random) -> Planted | None:
    """Plant a value that the changed column cannot hold, or its operation."""
    rows = [row for row in book.rows("changes") if book.get("changes", row, "operation") != "set"]
    if not rows:
        return None
    content = chance.choice(["a lot", True, "1,234", date(2026, 1, 2), "03/04/2026"])
    row = chance.choice(rows)
    operand = {
        "scale": "the factor",
        "add": "the amount to add",
        "shift_days": "the number of days",
    }
    rule = f"{operand[str(book.get('changes', row, 'operation'))]} must be a number"
    return Planted(book.set("changes", row, "value", content), rule)


Plant = Callable[[Book, random.Random], Planted | None]
