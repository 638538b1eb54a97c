"""Canonical order of input rows, independent of their position in the workbook and of names.

HiGHS returns one of several equally good plans, and which one depends on the order of columns and
rows. So rows are sorted by their own figures, then by the figures of the rows that they refer to
and that refer to them. Only rows that no figure distinguishes are sorted by name. A workbook with
shuffled rows, or with other names, therefore yields bit for bit the same model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any

from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.sheets import BY_NAME

Name = tuple[str, str]
"""Kind of a named thing, e.g. place, and its name."""

INFORMATIVE_COLUMNS = ("sites.latitude", "sites.longitude", "systems.class")
"""Columns that the model does not use, as sheet and column."""

SHEETS_WITHOUT_MODEL_ROWS = ("settings", "scenarios", "changes", "draws", "samples")
"""Sheets whose rows are not part of the model."""

MAX_SEQUENTIAL_TIES = 20
"""Most sets of indistinguishable names whose ties are broken one set at a time, for speed."""

KIND_OF_COLUMN = {
    "system": "item",
    "systems": "item",
    "item": "item",
    "supplier": "place",
    "plant": "place",
    "depot": "place",
    "site": "place",
    "from": "place",
    "to": "place",
    "hall": "hall",
    "node": "node",
    "parent": "node",
    "fed_by": "node",
    "group": "group",
    "order": "order",
    "commitment": "commitment",
    "country": "country",
    "countries": "country",
    "workload": "workload",
    "model": "model",
    "composite": "item",
    "prefill": "item",
    "decode": "item",
    "block": "block",
}
"""Kind of thing that the names in each text column stand for."""


@dataclass(frozen=True)
class Line:
    """A row, split into figures and names.

    Attributes
    ----------
    row : Row
    figures : tuple
        All values that are not names, in the order of the sheet's columns.
    names : tuple of (str, Name)
        Column and name of each value that is a name.
    """

    row: Row
    figures: tuple[tuple[bool, Any], ...]
    names: tuple[tuple[str, Name], ...]


def in_canonical_order(inputs: Inputs) -> Inputs:
    """Return the same inputs with the rows of every sheet in canonical order."""
    start = inputs.settings["start"]
    lines: dict[str, list[Line]] = {}
    for sheet, rows in inputs.tables.items():
        if rows and sheet not in SHEETS_WITHOUT_MODEL_ROWS:
            lines[sheet] = [_line(row, start) for row in rows]
    signatures, numbers = _distinguish(lines)
    tables = dict(inputs.tables)
    for sheet, unordered in lines.items():
        ordered = sorted(unordered, key=_sort_key(sheet, signatures, numbers))
        tables[sheet] = tuple(line.row for line in ordered)
    return replace(inputs, tables=tables)


def _line(row: Row, start: date) -> Line:
    """Return a row as figures and names, with dates as days from the plan's start."""
    names: list[tuple[str, Name]] = []
    figures: list[tuple[bool, Any]] = []
    for column in BY_NAME[row.sheet].columns:
        value = row[column.name]
        if _holds_names(column):
            kind = KIND_OF_COLUMN[column.name]
            for name in _parts(value):
                names.append((column.name, (kind, name)))
        elif column.kind is not Kind.TEXT and not _is_informative(row.sheet, column):
            figures.append(_figure(value, start))
    return Line(row, tuple(figures), tuple(names))


def _is_informative(sheet: str, column: Column) -> bool:
    """Return whether the model does not use a column."""
    return f"{sheet}.{column.name}" in INFORMATIVE_COLUMNS


def _parts(value: Any) -> tuple[str, ...]:
    """Return the names in a cell."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _figure(value: Any, start: date) -> tuple[bool, Any]:
    """Return whether a cell is blank, and its value as a number."""
    # The flag comes first, so that a blank is never compared with a number of the same figure.
    if value is None:
        return True, 0
    if isinstance(value, date):
        return False, (value - start).days
    return False, value


def _holds_names(column: Column) -> bool:
    return column.name in KIND_OF_COLUMN and column.kind in (Kind.TEXT, Kind.LIST)


def _sort_key(
    sheet: str, signatures: Mapping[Name, str], numbers: Mapping[Name, int]
) -> Callable[[Line], tuple[object, ...]]:
    """Return the sort key for rows of a sheet."""

    def key(line: Line) -> tuple[object, ...]:
        alike = [numbers.get(name, 0) for _, name in line.names]
        return line.figures, alike, _signature(sheet, line, signatures)

    return key


def _distinguish(lines: Mapping[str, Iterable[Line]]) -> tuple[dict[Name, str], dict[Name, int]]:
    """Return a unique signature of each name.

    Names that no figure distinguishes are numbered alphabetically, and the things that belong to
    them are distinguished by these numbers: of two equal sites, each keeps its own equal hall.

    Returns
    -------
    signatures : dict of Name to str
    numbers : dict of Name to int
        Number of each name that was distinguished alphabetically.
    """
    signatures: dict[Name, str] = {}
    numbers: dict[Name, int] = {}
    while True:
        signatures = _refine(lines, signatures)
        alike: dict[str, list[Name]] = defaultdict(list)
        for name, signature in signatures.items():
            alike[signature].append(name)
        tied = [signature for signature, names in alike.items() if len(names) > 1]
        if not tied:
            return signatures, numbers
        first = min(tied)
        kind, _ = alike[first][0]
        broken_now = tied if len(tied) > MAX_SEQUENTIAL_TIES else [first]
        for signature in broken_now:
            for number, name in enumerate(sorted(alike[signature])):
                # Names of other kinds are refined by these numbers in the next round.
                if name[0] == kind:
                    numbers[name] = number
                    signatures[name] = _digest(signature, str(number))


def _refine(lines: Mapping[str, Iterable[Line]], signatures: Mapping[Name, str]) -> dict[Name, str]:
    """Distinguish names by the rows that contain them, these rows by their names, and so on.

    Stops when no further names are distinguished (colour refinement of a graph).
    """
    known_count = 0
    while True:
        uses: dict[Name, list[str]] = defaultdict(list)
        for sheet, column, name, signature in _uses(lines, signatures):
            uses[name].append(f"{sheet}.{column}:{signature}")
        refined: dict[Name, str] = {}
        for name, texts in uses.items():
            refined[name] = _digest(signatures.get(name, ""), *sorted(texts))
        count = len(set(refined.values()))
        if count <= known_count:
            return refined
        signatures, known_count = refined, count


def _uses(
    lines: Mapping[str, Iterable[Line]], signatures: Mapping[Name, str]
) -> Iterator[tuple[str, str, Name, str]]:
    """Yield sheet, column and name of every use, with the signature of its row."""
    for sheet, lines_of_sheet in lines.items():
        for line in lines_of_sheet:
            signature = _signature(sheet, line, signatures)
            for column, name in line.names:
                yield sheet, column, name, signature


def _signature(sheet: str, line: Line, signatures: Mapping[Name, str]) -> str:
    """Return a digest of a row's figures and the signatures of its names."""
    around = sorted(f"{column}:{signatures.get(name, '')}" for column, name in line.names)
    return _digest(sheet, repr(line.figures), *around)


def _digest(*texts: str) -> str:
    return blake2b("\x1f".join(texts).encode(), digest_size=12).hexdigest()
