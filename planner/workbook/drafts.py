"""Inputs while they are checked: what is known of each sheet, and what its faults leave unknown.

A rule across cells asks a draft only for rows and names that are sound. So it reports causes, and
never what follows from a cell that is at fault itself.
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
        Its rows; empty where the workbook does not have it.
    columns : mapping of str to sequence
        The values of each declared column, row by row.
    blank : mapping of str to sequence of bool
        Of each column with blank cells whether each is blank.
    faulty : dict of str to dict of int to str or None
        The cells at fault of each column, by row from 0, each with the name that was probably
        meant, or None where that cannot be told.
    unknown : set of str
        Columns of which no cell can be trusted.
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
    """The inputs as read, with what is sound in them.

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
        """Return the rows of a sheet whose cells in some columns are sound."""
        found = self.sheets[sheet]
        if found.unknown.intersection(columns):
            return ()
        faulty = {at for column in columns for at in found.faulty.get(column, ())}
        if not faulty:
            return found.rows
        return [row for at, row in enumerate(found.rows) if at not in faulty]

    def every_row(self, sheet: str, *columns: str) -> bool:
        """Say whether all rows of a sheet are known, with sound cells in some columns."""
        found = self.sheets[sheet]
        return found.whole and not any(
            column in found.unknown or found.faulty.get(column) for column in columns
        )

    def names(self, sheet: str, column: str) -> set[Any] | None:
        """Return what stands in a column or was meant there; None if that is not all known."""
        found = self.sheets[sheet]
        meant = set(found.faulty.get(column, {}).values())
        if not found.whole or column in found.unknown or None in meant:
            return None
        return self.given(sheet, column) | meant

    def given(self, sheet: str, column: str) -> set[Any]:
        """Return every sound value of a column, None for blank cells left out."""
        found = self.sheets[sheet]
        if column in found.unknown:
            return set()
        if found.faulty.get(column):
            return {row[column] for row in self.rows(sheet, column)} - {None}
        return set(found.columns.get(column, ())) - {None}

    def firsts(self, sheet: str, column: str) -> dict[Any, Row]:
        """Return the first row of each sound value of a column, in the order of the sheet."""
        found: dict[Any, Row] = {}
        for row in self.rows(sheet, column):
            found.setdefault(row[column], row)
        found.pop(None, None)
        return found

    def blanks(self, sheet: str, column: str) -> list[Row]:
        """Return the rows whose cell of a column is blank."""
        found = self.sheets[sheet]
        blank = found.blank.get(column)
        if blank is None or column in found.unknown:
            return []
        return [row for row, empty in zip(found.rows, blank, strict=True) if empty]

    def settled(self, *settings: str) -> bool:
        """Say whether some settings are sound."""
        return self.unsettled.isdisjoint(settings)

    def blame(self, row: Row, column: str, meant: str | None = None) -> None:
        """Remember that a cell is at fault, so that nothing that follows from it is reported."""
        self.sheets[row.sheet].faulty[column][row.position] = meant

    def setting_fault(self, setting: str, rule: str, remedy: str) -> Fault:
        """Return a fault at the cell of a setting, and remember that it is at fault."""
        self.unsettled.add(setting)
        return self.inputs.setting_fault(setting, rule, remedy)


def draft_of(inputs: Inputs) -> Draft:
    """Return inputs whose single cells are sound as a draft, to be checked across cells."""
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
    """What is wrong with the cells read so far, and what is to be known of them.

    Attributes
    ----------
    faults : list of Fault
        What must be mended.
    doubts : list of Fault
        What looks wrong and is read all the same.
    notes : list of str
        What was ignored, converted or assumed.
    locale : str or None
        How texts write numbers, as the settings say.
    currency : str or None
        Currency of the plan; None where it is at fault.
    """

    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    locale: str | None = None
    currency: str | None = None
