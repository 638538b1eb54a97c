"""Columns of tables: what a column is called, and how its values are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from numbers import Real
from typing import get_type_hints

WIDEST = 44
"""Default width at which a column stops growing and its texts wrap, in characters."""

WHOLE_FROM = 1e6
"""Amounts from this size are shown without decimals."""


@dataclass(frozen=True)
class Kind:
    """How the values of a column are shown.

    Attributes
    ----------
    decimals : int or None
        Decimals of a number; None for dates and texts.
    is_percent : bool
        Whether a number is shown in percent.
    is_in_millions : bool
        Whether a number is shown in millions.
    is_centered : bool
        Whether the values stand in the middle of a wide column.
    is_long : bool
        Whether the values are sentences.
    is_unbroken : bool
        Whether a value must stay on one line.
    is_significant : bool
        Whether a number is shown with four significant digits.
    """

    decimals: int | None = None
    is_percent: bool = False
    is_in_millions: bool = False
    is_centered: bool = False
    is_long: bool = False
    is_unbroken: bool = False
    is_significant: bool = False


KINDS = {
    "text": Kind(),
    "long": Kind(is_long=True),
    "label": Kind(is_centered=True),
    "cell": Kind(is_unbroken=True),
    "date": Kind(is_centered=True, is_unbroken=True),
    "count": Kind(0),
    "days": Kind(0),
    "amount": Kind(0),
    "exact": Kind(2),
    "mixed": Kind(0),
    "money": Kind(0),
    "millions": Kind(1),
    "in_millions": Kind(2, is_in_millions=True),
    "mw": Kind(2),
    "mw_months": Kind(2),
    "decimal": Kind(2),
    "share": Kind(1, is_percent=True),
    "gap": Kind(3, is_percent=True),
    "digits": Kind(3, is_significant=True),
}
"""Kinds of columns.

An ``amount`` is a quantity or a price, whose column is shown as ``exact`` if a value needs
decimals. In a column of ``mixed`` quantities this is decided for each value. A column of ``money``
has decimals only if all of its values are small. Values of ``millions`` already
are in millions, those of ``in_millions`` are not. The size of ``digits`` is not known in advance.
"""


def resolved_kind(kind: str, values: Iterable[object]) -> str:
    """Return the kind by which these values are shown: ``count`` or ``exact`` for an ``amount``."""
    if kind not in ("amount", "mixed", "money"):
        return kind
    numbers = [float(value) for value in values if isinstance(value, Real)]
    if kind == "money" and any(abs(number) >= WHOLE_FROM for number in numbers):
        return "count"
    return "count" if all(map(_is_whole, numbers)) else "exact"


def _is_whole(number: float) -> bool:
    """Return whether a number is shown without decimals."""
    # Infinite values and values that are not numbers are written as blanks.
    return not abs(number) < WHOLE_FROM or number == round(number)


@dataclass(frozen=True)
class Column:
    """Declaration of a column: every report takes heading, unit and format from here.

    Attributes
    ----------
    name : str
        Name in the rows and in CSV files.
    title : str
        Heading; ``{period}`` stands for the plan's word for a period.
    unit : str
        Unit; ``{money}`` stands for the plan's currency.
    kind : str
        Name of one of `KINDS`.
    meaning : str
        A sentence on its values.
    width : int
        Width at which it stops growing and its texts wrap, in characters.
    adds_up : bool
        Whether its sum has a meaning.
    """

    name: str
    title: str
    unit: str = ""
    kind: str = "text"
    meaning: str = ""
    width: int = WIDEST
    adds_up: bool = False

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return KINDS[self.kind].decimals is not None

    def worded(self, **words: str) -> Column:
        """Return the column with its placeholders replaced by words."""
        title, unit = self.title, self.unit
        for placeholder, word in words.items():
            title = title.replace(f"{{{placeholder}}}", word)
            unit = unit.replace(f"{{{placeholder}}}", word)
        return replace(self, title=title, unit=unit)


def shown(
    title: str,
    unit: str,
    kind: str,
    meaning: str,
    *,
    width: int = WIDEST,
    adds_up: bool = False,
) -> Column:
    """Return the declaration of a column of typed rows, where its key is its name."""
    return Column("", title, unit, kind, meaning, width, adds_up)


def columns_of(row: type) -> tuple[Column, ...]:
    """Return the columns of typed rows, in order: each key is annotated with its declaration."""
    columns = []
    for name, hint in get_type_hints(row, include_extras=True).items():
        (column,) = hint.__metadata__
        columns.append(replace(column, name=name))
    return tuple(columns)


@dataclass(frozen=True)
class ResultTable:
    """Declaration of a table.

    Attributes
    ----------
    name : str
        Name of the table and of its CSV file.
    help : str
        What a row stands for.
    declared : tuple of Column
        Its columns, in order.
    """

    name: str
    help: str
    declared: tuple[Column, ...]

    @property
    def columns(self) -> dict[str, Column]:
        """Its columns by name, in order."""
        return {column.name: column for column in self.declared}

    def select(self, *names: str, money: str = "money", period: str = "period") -> list[Column]:
        """Return columns in a given order, in the words of a plan; all if none is named.

        Parameters
        ----------
        *names
            Names of the columns.
        money
            Currency of the plan.
        period
            Word for a period of the plan.

        Raises
        ------
        KeyError
            If a column is not declared.
        """
        columns = self.columns
        chosen = [columns[name] for name in names or columns]
        return [column.worded(money=money, period=period) for column in chosen]
