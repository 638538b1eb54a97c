"""What a column and a sheet of the workbook are: the vocabulary that `sheets.py` declares with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a cell's content is read."""

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
        What it means, one sentence, for the person who fills it in.
    unit : str
        Unit of its numbers; empty for texts.
    required : bool
        Whether a blank cell is a fault.
    default : object
        What a blank cell stands for; None means that there is no such value or limit.
    low, high : float or None
        Bounds of a number, both included.
    above : float or None
        Bound that a number must exceed.
    choices : tuple of str
        What a choice may be.
    refers_to : tuple of str
        Sheets (``sheet.column``) in one of which the value must be found.
    example : str
        An example value, in the data dictionary and in the template.
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
        What a row stands for.
    key : tuple of str
        Columns that together identify a row.
    columns : tuple of Column
        All columns, in the order of the template.
    required : bool
        Whether a workbook without this sheet is a fault.
    """

    name: str
    help: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    required: bool = False

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the sheet has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")
