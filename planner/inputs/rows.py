"""What reading yields: typed rows that remember their cells, and the inputs as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.errors import Fault


@dataclass(frozen=True)
class Row:
    """One row of a sheet.

    Attributes
    ----------
    sheet : str
        Name of the sheet.
    values : mapping of str to object
        Every declared column's value, typed, with defaults for blank cells; None is "no value".
    cells : mapping of str to str
        Cell of each column that the sheet has, e.g. ``C7``.
    blank : frozenset of str
        Columns whose cell was blank or absent.
    """

    sheet: str
    values: Mapping[str, Any]
    cells: Mapping[str, str]
    blank: frozenset[str]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    def where(self, column: str) -> str:
        """Return sheet and cell of a column, e.g. ``halls!D7``."""
        cell = self.cells.get(column)
        if cell is None:
            first = next(iter(self.cells.values()), "")
            cell = "row " + "".join(letter for letter in first if letter.isdigit())
        return f"{self.sheet}!{cell}"

    def fault(self, column: str, rule: str, remedy: str) -> Fault:
        """Return a fault at the cell of a column."""
        value = self.values.get(column)
        shown = "" if column in self.blank or value is None else str(value)
        return Fault(self.where(column), shown, rule, remedy)


@dataclass(frozen=True)
class Inputs:
    """A workbook or folder of CSV files, read, typed and checked.

    Attributes
    ----------
    name : str
        Name of the workbook without its ending.
    settings : mapping of str to object
        Every setting, typed; `plan` and `today` are never None.
    tables : mapping of str to tuple of Row
        The rows of every declared sheet; empty where the sheet is absent.
    notes : tuple of str
        What was ignored or assumed while reading, for the reader of the plan.
    digest : str
        SHA-256 over all values, the same for the same inputs in any file format.
    """

    name: str
    settings: Mapping[str, Any]
    tables: Mapping[str, tuple[Row, ...]]
    notes: tuple[str, ...] = ()
    digest: str = ""
    setting_cells: Mapping[str, str] = field(default_factory=dict)

    def setting_fault(self, setting: str, rule: str, remedy: str) -> Fault:
        """Return a fault at the cell of a setting."""
        where = self.setting_cells.get(setting, "settings")
        return Fault(where, str(self.settings.get(setting, "")), rule, remedy)
