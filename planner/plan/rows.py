"""Rows of tables whatever their columns; `result_rows` and `finding_rows` say these by table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar, cast

Day = date
"""A date, by a name that is not that of a column."""

AnyRow = Mapping[str, object]
"""One row of any table: a value for each column."""

Row = dict[str, object]
"""One row of a table that a report derives."""

AnyRowT = TypeVar("AnyRowT", bound=AnyRow)


def rows_of(tables: Mapping[str, object], name: str) -> Sequence[AnyRow]:
    """Return a table by a name that is not known in advance, empty if it is missing."""
    return cast(Sequence[AnyRow], tables.get(name, []))


def with_values(rows: Sequence[AnyRowT], changed: Callable[[str, object], object]) -> list[AnyRowT]:
    """Return rows with every value replaced by what a function of column and value returns."""
    return [
        cast(AnyRowT, {column: changed(column, value) for column, value in row.items()})
        for row in rows
    ]
