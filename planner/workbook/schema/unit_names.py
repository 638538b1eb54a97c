"""Names with a unit: the column and the unit that `lead_weeks` or `IT power [MW]` means.

`lead_weeks` is not a misspelling of `lead_days`: if it were renamed, 26 weeks would be read as 26
days. So first the unit is found, then the column from the other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.units import (
    CURRENCIES,
    QUANTITY_WORDS,
    factor_to,
    is_share,
    own_unit,
    unit_of,
)

RATES = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
}
SPELLINGS = {
    "w": "W",
    "kw": "kW",
    "mw": "MW",
    "gw": "GW",
    "wh": "Wh",
    "kwh": "kWh",
    "mwh": "MWh",
    "gwh": "GWh",
    **{code: code.upper() for code in CURRENCIES},
}
SPANS = ("time",)
"""Dimension of columns in days, weeks or seconds."""


@dataclass(frozen=True)
class UnitName:
    """Meaning of a name with a unit.

    Attributes
    ----------
    column : Column
        The column.
    unit : str
        The unit, as written in brackets after the column's name.
    error : BadValueError or None
        Why numbers cannot be converted from that unit; None if they can.
    is_exact : bool
        Whether the words of the name are exactly those of the column.
    """

    column: Column
    unit: str
    error: BadValueError | None = None
    is_exact: bool = True

    @property
    def meaning(self) -> str:
        """Column and unit in words, e.g. ``lead_days, in weeks``."""
        return f"{self.column.name}, {'' if self.unit.startswith('per ') else 'in '}{self.unit}"

    def heading(self) -> str:
        """Return a remedy: the heading with which the column is read as meant."""
        name, unit = self.column.name, f"`{self.column.name} [{self.unit}]`"
        if self.error is not None and own_kind(self.column) == SPANS:
            return (
                f"{self.error.rule}. Name it {name} and give {own_unit(self.column)}, or "
                f"`{name} [weeks]` and give weeks"
            )
        if self.error is not None:
            return f"{self.meaning}. {self.error.remedy}; then name it {name} or {unit}"
        if not self.is_exact:
            return f"Did you mean {self.meaning}? Then name it {unit}"
        return f"{self.meaning}: name it {unit}"

    def value(self) -> str:
        """Return a remedy for a single value, where no heading can state a unit."""
        own = "shares of 1" if is_share(self.column) else own_unit(self.column)
        return f"Did you mean {self.meaning}? Name {self.column.name} and give the value in {own}"


def column_of_words(text: str, unit: str, columns: Iterable[Column]) -> Column | None:
    """Return the one column that a heading means, e.g. `power_kw` of ``Power`` and ``kW``.

    Parameters
    ----------
    text
        The heading without its unit.
    unit
        The unit beside it.
    columns
        The columns that it may mean.

    Returns
    -------
    Column or None
        None unless exactly one column has this name and a unit of this dimension.
    """
    said = unit_of(unit)
    if said is None:
        return None
    words = words_of(text)
    found = [
        column for column in columns if said.kind == own_kind(column) and words_match(words, column)
    ]
    return found[0] if len(found) == 1 else None


def unit_name(name: str, columns: Sequence[Column], currency: str | None) -> UnitName | None:
    """Return the meaning of an unknown name if it is a column's name with another unit.

    Parameters
    ----------
    name
        The name in lower case, with underscores between words.
    columns
        The columns that it may mean.
    currency
        Currency of the plan; None if it is unknown.
    """
    numbers = [column for column in columns if column.kind in (Kind.NUMBER, Kind.WHOLE)]
    for find in (named_columns, near_columns, only_column):
        for words, suffix in splits(name, turned=find is named_columns):
            named = [
                read
                for column in find(words, suffix, numbers)
                if (read := in_unit(column, suffix, currency))
            ]
            if len(named) == 1:
                return replace(named[0], is_exact=find is named_columns)
    return None


def named_columns(words: Sequence[str], suffix: str, columns: Sequence[Column]) -> list[Column]:
    """Return the columns whose name, without its unit, consists of these words."""
    return [column for column in columns if words_match(words, column)]


def near_columns(words: Sequence[str], suffix: str, columns: Sequence[Column]) -> list[Column]:
    """Return the column whose name, without its unit, is nearest to some words, if any is near."""
    names = {"_".join(own_words(column)): column for column in columns}
    near = get_close_matches("_".join(words), [name for name in names if name], n=1, cutoff=0.6)
    return [names[name] for name in near]


def only_column(words: Sequence[str], suffix: str, columns: Sequence[Column]) -> list[Column]:
    """Return the columns whose unit has the same dimension as a unit."""
    said = unit_of(suffix)
    if said is None or said.kind in (("",), ("share",), ("scale",)):
        return []
    return [column for column in columns if own_kind(column) == said.kind]


def splits(name: str, *, turned: bool) -> Iterator[tuple[list[str], str]]:
    """Yield each split of a name into words and a unit at its end, the shortest unit first.

    With `turned`, the unit may be the first word too.
    """
    words = words_of(name)
    for order in (words, words[1:] + words[:1]) if turned else (words,):
        for at in range(len(order) - 1, -1, -1):
            tail = [f"per {RATES[word]}" if word in RATES else word for word in order[at:]]
            yield order[:at], " ".join(tail)


def in_unit(column: Column, suffix: str, currency: str | None) -> UnitName | None:
    """Return the meaning of a column's name with another unit; None if the unit is unknown."""
    money = currency or "money"
    below = column.unit.partition(" per ")[2]
    ways = [suffix, f"per {suffix}", f"{money} per {suffix}", f"{money} {suffix}"]
    ways += [f"{money} per {'-'.join(suffix.split()[1:])}"] if suffix.startswith("per ") else []
    ways += [f"{way} per {below}" for way in (suffix, f"{money} {suffix}") if below]
    for way in ways:
        unit = re.sub("[a-z]+", lambda word: SPELLINGS.get(word[0], word[0]), way)
        said = unit_of(unit)
        if said is None:
            continue
        error = refusal(column, unit, None)
        if error is None:
            return UnitName(column, unit, refusal(column, unit, currency))
        # A month has the dimension of days, but no fixed length.
        if said.kind == SPANS == own_kind(column):
            return UnitName(column, unit, error)
    return None


def refusal(column: Column, unit: str, currency: str | None) -> BadValueError | None:
    """Return the error for a column that cannot be given in a unit; None if it can."""
    try:
        factor_to(column, unit, currency)
    except BadValueError as error:
        return error
    return None


def own_kind(column: Column) -> tuple[str, ...]:
    """Return the dimension of a column's own unit."""
    own = unit_of(column.unit) if column.unit else None
    return ("",) if own is None else own.kind


def words_match(words: Sequence[str], column: Column) -> bool:
    """Return whether words are a column's name, apart from its unit and words that repeat it."""
    idle = QUANTITY_WORDS.get(own_kind(column)[0], set())
    return [word for word in words if word not in idle] == [
        word for word in own_words(column) if word not in idle
    ]


def own_words(column: Column) -> list[str]:
    """Return the words of a column's name without its unit, e.g. ``lead`` of `lead_days`."""
    words, kind = words_of(column.name), own_kind(column)
    for at in range(len(words) - 1, -1, -1):
        said = unit_of(" ".join(words[at:]))
        if kind != ("",) and said is not None and said.kind == kind:
            return words[:at]
    return words


def words_of(text: str) -> list[str]:
    """Return the words of a name in lower case; a slash becomes `per`."""
    return re.findall(r"[^\W_]+|[%#$€£¥°]", text.lower().replace("/", " per "))


def with_unit(near: Column, said: str) -> str:
    """Return a column's name, with its unit in words if `said` does not state it."""
    carried = words_of(near.name)[-1] if own_words(near) != words_of(near.name) else "?"
    if own_kind(near) == ("",) or near.kind not in (Kind.NUMBER, Kind.WHOLE):
        return near.name
    return near.name if said.endswith(carried) else f"{near.name}, in {own_unit(near)}"
