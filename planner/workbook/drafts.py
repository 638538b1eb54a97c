"""Inputs while they are checked, with the cells that are valid and those that are at fault.

Rules across cells get only valid rows and names from a draft. So they never report a consequence
of a fault that is reported already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.errors import Fault
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.declarations import Table
from planner.workbook.schema.sheets import BY_NAME


@dataclass
class Sheet:
    """One sheet, typed.

    Attributes
    ----------
    table : Table
        Its declaration.
    rows : tuple of Row
        Its rows; empty if the workbook does not have the sheet.
    columns : mapping of str to sequence
        The values of each declared column, row by row.
    blank : mapping of str to sequence of bool
        For each column with blank cells: whether each cell is blank.
    faulty : dict of str to dict of int to str or None
        Cells at fault of each column, by index of the row. The value is the name that was
        probably meant; None if there is no likely one.
    unknown : set of str
        Columns whose cells are all unreliable.
    whole : bool
        Whether all its rows are known.
    """

    table: Table
    rows: tuple[Row, ...] = ()
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    blank: Mapping[str, Sequence[bool]] = field(default_factory=dict)
    faulty: dict[str, dict[int, str | None]] = field(default_factory=lambda: defaultdict(dict))
    unknown: set[str] = field(default_factory=set)
    whole: bool = True


@dataclass
class Draft:
    """The inputs as read, with access to their valid parts.

    Attributes
    ----------
    inputs : Inputs
        Settings and tables; values at fault are None.
    sheets : mapping of str to Sheet
        Every declared sheet.
    unsettled : set of str
        Settings whose value is at fault.
    """

    inputs: Inputs
    sheets: Mapping[str, Sheet]
    unsettled: set[str]

    def rows(self, sheet: str, *columns: str) -> Sequence[Row]:
        """Return the rows of a sheet whose cells in some columns are valid."""
        found = self.sheets[sheet]
        if found.unknown.intersection(columns):
            return ()
        faulty = {at for column in columns for at in found.faulty.get(column, ())}
        if not faulty:
            return found.rows
        return [row for at, row in enumerate(found.rows) if at not in faulty]

    def every_row(self, sheet: str, *columns: str) -> bool:
        """Return whether all rows of a sheet are known, with valid cells in some columns."""
        found = self.sheets[sheet]
        return found.whole and not any(
            column in found.unknown or found.faulty.get(column) for column in columns
        )

    def names(self, sheet: str, column: str) -> set[Any] | None:
        """Return all values of a column, with faulty ones as meant; None if any is unknown."""
        found = self.sheets[sheet]
        meant = set(found.faulty.get(column, {}).values())
        if not found.whole or column in found.unknown or None in meant:
            return None
        return self.given(sheet, column) | meant

    def given(self, sheet: str, column: str) -> set[Any]:
        """Return every valid value of a column, without blank cells."""
        found = self.sheets[sheet]
        if column in found.unknown:
            return set()
        if found.faulty.get(column):
            return {row[column] for row in self.rows(sheet, column)} - {None}
        return set(found.columns.get(column, ())) - {None}

    def firsts(self, sheet: str, column: str) -> dict[Any, Row]:
        """Return the first row of each valid value of a column, in the order of the sheet."""
        found: dict[Any, Row] = {}
        for row in self.rows(sheet, column):
            found.setdefault(row[column], row)
        found.pop(None, None)
        return found

    def blanks(self, sheet: str, column: str) -> list[Row]:
        """Return the rows with a blank cell in a column."""
        found = self.sheets[sheet]
        blank = found.blank.get(column)
        if blank is None or column in found.unknown:
            return []
        return [row for row, empty in zip(found.rows, blank, strict=True) if empty]

    def settled(self, *settings: str) -> bool:
        """Return whether some settings are valid."""
        return self.unsettled.isdisjoint(settings)

    def blame(self, row: Row, column: str, meant: str | None = None) -> None:
        """Record that a cell is at fault, so that no consequence of it is reported."""
        self.sheets[row.sheet].faulty[column][row.position] = meant

    def setting_fault(self, setting: str, rule: str, remedy: str) -> Fault:
        """Return a fault at the cell of a setting, and record that it is at fault."""
        self.unsettled.add(setting)
        return self.inputs.setting_fault(setting, rule, remedy)


def draft_of(inputs: Inputs) -> Draft:
    """Return a draft of inputs whose cells are all valid, for the rules across cells."""
    sheets = {
        name: Sheet(
            BY_NAME[name],
            rows,
            {c.name: [row[c.name] for row in rows] for c in BY_NAME[name].columns},
            {c.name: [row.is_blank(c.name) for row in rows] for c in BY_NAME[name].columns},
        )
        for name, rows in inputs.tables.items()
    }
    return Draft(inputs, sheets, set())


@dataclass
class Findings:
    """Faults, doubts and notes about the cells read so far.

    Attributes
    ----------
    faults : list of Fault
        Errors, which must be corrected.
    doubts : list of Fault
        Cells that look wrong but are read.
    notes : list of str
        What was ignored, converted or assumed.
    locale : str or None
        Notation of numbers in texts, from the settings.
    currency : str or None
        Currency of the plan; None if the setting is at fault.
    """

    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    locale: str | None = None
    currency: str | None = None
