"""Result of reading: typed rows that know their cells, and the inputs as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, repeat
from typing import Any

from planner.errors import Fault
from planner.workbook.schema.cell_contents import shown


@dataclass(frozen=True, eq=False)
class Place:
    """Location of the rows of a sheet, which share it to save memory.

    Attributes
    ----------
    sheet : str
        Name of the sheet.
    order : mapping of str to int
        Position of each declared column in the rows' values.
    letters : mapping of str to str
        Letters of each column that the sheet has.
    numbers : sequence of int
        Number of each row in the sheet, from 1.
    blanks : mapping of str to sequence of bool
        For each column that is absent or has blank cells: whether each row's cell is blank.
    cells : mapping of str to sequence of object
        The raw cells of each column whose values differ from them.
    """

    sheet: str
    order: Mapping[str, int]
    letters: Mapping[str, str]
    numbers: Sequence[int]
    blanks: Mapping[str, Sequence[bool]]
    cells: Mapping[str, Sequence[object]] = field(default_factory=dict)

    def rows(self, columns: Iterable[Sequence[object]]) -> tuple[Row, ...]:
        """Return the rows of this sheet.

        Parameters
        ----------
        columns
            The values of each column in `order`, row by row.
        """
        return tuple(map(_placed, repeat(self), zip(*columns, strict=True), count()))


class Row:
    """One row of a sheet.

    Parameters
    ----------
    sheet : str
        Name of the sheet.
    values : mapping of str to object
        Typed value of every declared column, with defaults for blank cells; None without value.
    cells : mapping of str to str
        Cell of each column that the sheet has, e.g. ``C7``.
    blank : frozenset of str
        Columns whose cell was blank or absent.
    """

    __slots__ = ("_at", "_place", "_values")

    _place: Place
    _values: tuple[Any, ...]
    _at: int

    def __init__(
        self,
        sheet: str,
        values: Mapping[str, Any],
        cells: Mapping[str, str],
        blank: frozenset[str],
    ) -> None:
        digits = {name: cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for name, cell in cells.items()}
        self._place = Place(
            sheet,
            {name: position for position, name in enumerate(values)},
            {name: cell.removesuffix(digits[name]) for name, cell in cells.items()},
            (int(next(iter(digits.values()), "0")),),
            dict.fromkeys(blank, (True,)),
        )
        self._values = tuple(values.values())
        self._at = 0

    def __getitem__(self, column: str) -> Any:
        return self._values[self._place.order[column]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Row):
            return NotImplemented
        return (self.sheet, self.values, self.cells, self.blank) == (
            other.sheet,
            other.values,
            other.cells,
            other.blank,
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Row({self.sheet!r}, {self.values!r}, {self.cells!r}, {self.blank!r})"

    @property
    def sheet(self) -> str:
        """Name of the sheet."""
        return self._place.sheet

    @property
    def number(self) -> int:
        """Number of the row in its sheet, from 1."""
        return self._place.numbers[self._at]

    @property
    def position(self) -> int:
        """Index among the rows of its sheet, from 0."""
        return self._at

    @property
    def values(self) -> dict[str, Any]:
        """Typed value of every declared column, with defaults for blank cells."""
        return dict(zip(self._place.order, self._values, strict=True))

    @property
    def cells(self) -> dict[str, str]:
        """Cell of each column that the sheet has, e.g. ``C7``."""
        number = self.number
        return {name: f"{letters}{number}" for name, letters in self._place.letters.items()}

    @property
    def blank(self) -> frozenset[str]:
        """Columns whose cell was blank or absent."""
        return frozenset(name for name, blank in self._place.blanks.items() if blank[self._at])

    def is_blank(self, column: str) -> bool:
        """Return whether the cell of a column was blank or absent."""
        blank = self._place.blanks.get(column)
        return blank is not None and blank[self._at]

    def where(self, column: str) -> str:
        """Return sheet and cell of a column, e.g. ``halls!D7``."""
        letters = self._place.letters.get(column, "row ")
        return f"{self.sheet}!{letters}{self.number}"

    def shown(self, column: str) -> str:
        """Return the content of the cell of a column, as a person sees it."""
        if self.is_blank(column):
            return ""
        cells = self._place.cells.get(column)
        return shown(self[column] if cells is None else cells[self._at])

    def fault(self, column: str, rule: str, remedy: str) -> Fault:
        """Return a fault at the cell of a column."""
        return Fault(self.where(column), self.shown(column), rule, remedy)

    def changed(self, values: Mapping[str, Any]) -> Row:
        """Return the row with other values in some of its cells."""
        return _placed(self._place, tuple({**self.values, **values}.values()), self._at)


def _placed(place: Place, values: tuple[Any, ...], at: int) -> Row:
    """Return a row of a sheet without building the mappings that `Row` takes."""
    row = Row.__new__(Row)
    row._place, row._values, row._at = place, values, at
    return row


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
        The rows of every declared sheet; empty if the sheet is absent.
    notes : tuple of str
        What was ignored or assumed while reading, for readers of the plan.
    digest : str
        SHA-256 over all values, the same for the same inputs in any file format.
    setting_cells : mapping of str to str
        Cell of each setting that the workbook gives.
    doubts : tuple of Fault
        Cells that look wrong but were read; they become warnings.
    what_if_faults : tuple of Fault
        Faults in sheets that only what-ifs use; cells at fault are None.
    """

    name: str
    settings: Mapping[str, Any]
    tables: Mapping[str, tuple[Row, ...]]
    notes: tuple[str, ...] = ()
    digest: str = ""
    setting_cells: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Fault, ...] = ()
    what_if_faults: tuple[Fault, ...] = ()

    def setting_fault(self, setting: str, rule: str, remedy: str) -> Fault:
        """Return a fault at the cell of a setting."""
        where = self.setting_cells.get(setting)
        if where is None:
            return Fault("settings", "", rule, remedy)
        return Fault(where, shown(self.settings.get(setting)), rule, remedy)
