"""Sheets of inputs as columns that can be changed and checked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from planner.errors import Fault
from planner.workbook.checks.cross_checks import check
from planner.workbook.checks.names import UNCHANGED
from planner.workbook.digest import digest_of
from planner.workbook.drafts import Draft, Findings, Sheet
from planner.workbook.rows import Inputs, Place, Row
from planner.workbook.schema.declarations import Column, Table
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME
from planner.workbook.settings import read_settings

Item = TypeVar("Item")

SETTING_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass
class Columns:
    """One sheet, column by column.

    Attributes
    ----------
    table : Table
        Its declaration.
    values : dict of str to list
        Values of each declared column, row by row.
    blank : dict of str to list of bool
        Whether each cell of a column is blank.
    letters : dict of str to str
        Letters of the columns that the sheet has.
    numbers : list of int
        Row number in the sheet; 0 for a setting without a cell.
    keys : list of tuple
        Key of each row as it was read.
    given : int
        Number of rows in the inputs; settings at their defaults follow them.
    """

    table: Table
    values: dict[str, list[object]]
    blank: dict[str, list[bool]]
    letters: dict[str, str]
    numbers: list[int]
    keys: list[tuple[object, ...]]
    given: int

    def declared(self, column: str, at: int) -> Column:
        """Return the declaration of a cell; each setting has its own."""
        if self.table.name == "settings" and column == "value":
            setting = self.values["setting"][at]
            return SETTING_BY_NAME[str(setting)]
        return self.table.column(column)

    def where(self, column: str, at: int) -> str:
        """Return sheet and cell, or the name of a setting without a cell."""
        sheet = self.table.name
        number = self.numbers[at]
        if not number:
            return f"{sheet}[{self.values['setting'][at]}]"
        # A column that the sheet lacks has no letter.
        letters = self.letters.get(column, "row ")
        return f"{sheet}!{letters}{number}"

    def sheet(self) -> Sheet:
        """Return the sheet as rows, as the reader does."""
        places = {name: number for number, name in enumerate(self.values)}
        blank = {name: marks for name, marks in self.blank.items() if any(marks)}
        place = Place(self.table.name, places, self.letters, self.numbers, blank)
        rows = place.rows(self.values.values())
        return Sheet(self.table, rows, dict(self.values), blank)

    def add_setting(self, name: str, value: object) -> None:
        """Add a row for a setting without a cell."""
        cells = {"setting": name, "value": value, "source": None}
        for column, cell in cells.items():
            self.values[column].append(cell)
            self.blank[column].append(cell is None)
        self.numbers.append(0)
        self.keys.append((name,))


def columns_of(inputs: Inputs) -> dict[str, Columns]:
    """Return every sheet of inputs; `settings` has a row for every setting."""
    sheets = {}
    for name, rows in inputs.tables.items():
        sheets[name] = _columns(BY_NAME[name], rows)
    settings = sheets["settings"]
    for setting in SETTINGS:
        if setting.name not in settings.values["setting"]:
            settings.add_setting(setting.name, inputs.settings[setting.name])
    return sheets


def _columns(table: Table, rows: Sequence[Row]) -> Columns:
    """Return a sheet column by column."""
    values: dict[str, list[object]] = {}
    blank: dict[str, list[bool]] = {}
    for column in table.columns:
        values[column.name] = [row[column.name] for row in rows]
        blank[column.name] = [row.is_blank(column.name) for row in rows]
    letters = {}
    if rows:
        for name, cell in rows[0].cells.items():
            letters[name] = cell.rstrip("0123456789")
    keys: list[tuple[object, ...]] = []
    for row in rows:
        keys.append(tuple(row[name] for name in table.key))
    numbers = [row.number for row in rows]
    return Columns(table, values, blank, letters, numbers, keys, len(rows))


def checked(
    base: Inputs,
    sheets: Mapping[str, Columns],
    changed: set[str],
    plan: str,
    *,
    sealed: bool = True,
) -> tuple[Inputs, list[Fault]]:
    """Return changed inputs and every fault that the reader would find in them.

    Parameters
    ----------
    base
        The inputs before.
    sheets
        Every sheet.
    changed
        Names of changed settings; other settings without a cell keep their defaults.
    plan
        Name of the plan, unless the settings give a new one.
    sealed
        Whether to compute the digest of the inputs; trials do not need it.
    """
    findings = Findings()
    _drop_unwritten(sheets["settings"], changed)
    typed = {name: columns.sheet() for name, columns in sheets.items()}
    settings = read_settings(typed["settings"], findings)
    values = dict(settings.values)
    given = dict(values)
    if "plan" not in changed:
        values["plan"] = plan
    today = values["today"] or values["start"]
    values["today"] = today
    given["today"] = today
    # Settings that were added here have no cell in the workbook.
    cells = {}
    for name, cell in settings.cells.items():
        if name in base.setting_cells:
            cells[name] = cell
    tables = {name: sheet.rows for name, sheet in typed.items()}
    inputs = Inputs(
        base.name,
        values,
        tables,
        setting_cells=cells,
        doubts=base.doubts,
        what_if_faults=base.what_if_faults,
    )
    # These sheets cannot be changed, and their faults do not affect a plan without them.
    unchanged = {name: Sheet(BY_NAME[name]) for name in UNCHANGED}
    rule_faults, notes = check(Draft(inputs, {**typed, **unchanged}, settings.unsettled))
    faults = [*findings.faults, *rule_faults]
    digest = ""
    if sealed and not faults:
        digest = digest_of(given, typed)
    return replace(inputs, notes=tuple(notes), digest=digest), faults


def _drop_unwritten(settings: Columns, changed: set[str]) -> None:
    """Drop unchanged settings without a cell."""
    kept = []
    for place, name in enumerate(settings.values["setting"]):
        if place < settings.given or name in changed:
            kept.append(place)
    for column in ("setting", "value", "source"):
        settings.values[column] = _at(kept, settings.values[column])
        settings.blank[column] = _at(kept, settings.blank[column])
    settings.numbers = _at(kept, settings.numbers)
    settings.keys = _at(kept, settings.keys)


def _at(places: Sequence[int], items: Sequence[Item]) -> list[Item]:
    """Return the items at some places."""
    return [items[place] for place in places]
