"""Classes for the declaration of columns and sheets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kind of a column, which decides how its cells are read."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    DATE = "date"
    FLAG = "yes or no"
    CHOICE = "choice"
    LIST = "list"
    PERIODS = "length of periods"
    ANY = "value"


@dataclass(frozen=True)
class Column:
    """One column of a sheet, declared once for reading, checks, template and data dictionary.

    Attributes
    ----------
    name : str
        Header in row 1.
    kind : Kind
        How its cells are read.
    help : str
        Its meaning in one sentence, for the person who fills it in.
    unit : str
        Unit of its numbers; empty for texts.
    required : bool
        Whether a blank cell is a fault.
    default : object
        Value of a blank cell; None means no value or no limit.
    low, high : float or None
        Bounds of a number, both included.
    above : float or None
        Bound that a number must exceed.
    choices : tuple of str
        Allowed values of a choice.
    refers_to : tuple of str
        Columns (``sheet.column``); the value must be in one of them.
    example : str
        An example value, for the data dictionary and the template.
    """

    name: str
    kind: Kind
    help: str
    unit: str = ""
    required: bool = False
    default: object = None
    low: float | None = None
    high: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    refers_to: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Table:
    """One sheet of the workbook.

    Attributes
    ----------
    name : str
        Name of the sheet, and of the file in a folder of CSV files.
    help : str
        Meaning of a row.
    key : tuple of str
        Columns that together identify a row.
    columns : tuple of Column
        All columns, in the order of the template.
    required : bool
        Whether a workbook without this sheet is a fault.
    unless : str
        Sheet in whose presence a required sheet may be absent; empty if there is none.
    """

    name: str
    help: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False
    unless: str = ""

    def column(self, name: str) -> Column:
        """Return the column of a name.

        Raises
        ------
        KeyError
            If the sheet has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")
