"""Result tables as CSV files: each column has one kind, each file is checked by its digest."""

from __future__ import annotations

import csv
import hashlib
import io
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from planner.errors import PlannerError
from planner.plan.rows import AnyRow, Row


def save_table(folder: Path, name: str, columns: Sequence[str], rows: Sequence[AnyRow]) -> Row:
    """Write a table into a folder as ``tables/<name>.csv``; return its entry in a list of tables.

    Raises
    ------
    ValueError
        If a row has another column, a column mixes kinds, or a value cannot stand in a table.
    """
    content, kinds = _written(name, columns, rows)
    file = f"tables/{name}.csv"
    (folder / file).write_bytes(content)
    return {"file": file, "rows": len(rows), "sha256": _digest(content), "kinds": kinds}


def table_digest(name: str, columns: Sequence[str], rows: Sequence[AnyRow]) -> str:
    """Return the digest that a table's file has or would have."""
    return _digest(_written(name, columns, rows)[0])


def load_table(
    folder: Path, name: str, columns: Sequence[str], entry: Mapping[str, Any]
) -> list[Row]:
    """Read a table whose content its entry vouches for."""
    path = folder / "tables" / f"{name}.csv"
    content = vouched(path, entry["sha256"])
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    if header != list(columns):
        raise PlannerError(f"{path} was written by another version. Plan again")
    readers = [_READERS[entry["kinds"][column]] for column in header]
    rows: list[Row] = []
    for line in lines:
        row: Row = {}
        for column, read, text in zip(header, readers, line, strict=False):
            row[column] = read(text) if text else None
        rows.append(row)
    return rows


def vouched(path: Path, digest: str) -> bytes:
    """Read a file that a list of files vouches for."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise PlannerError(f"{path} is missing: the plan is not whole. Plan again") from None
    except OSError as error:
        raise PlannerError(f"cannot read {path}: {error.strerror or error}") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise changed(path)
    return content


def changed(path: Path) -> PlannerError:
    """Return the error of a file that is not what was written."""
    return PlannerError(f"{path} was changed or cut short after the plan was written. Plan again")


def _written(
    name: str, columns: Sequence[str], rows: Sequence[AnyRow]
) -> tuple[bytes, dict[str, str]]:
    """Return a table as a file's content, and the kind of each column."""
    unknown = {column for row in rows for column in row} - set(columns)
    if unknown:
        raise ValueError(f"result table {name} has no column {', '.join(sorted(unknown))}")
    kinds = {column: _kind(name, column, (row.get(column) for row in rows)) for column in columns}
    lines = [_line(columns)]
    for row in rows:
        lines.append(_line(_text(row.get(column)) for column in columns))
    return "".join(lines).encode("utf-8"), kinds


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _kind(table: str, column: str, values: Iterable[object]) -> str:
    """Whether a column holds texts, dates, numbers or flags; a blank column counts as text."""
    kinds = {_kind_of(value) for value in values if value is not None}
    if len(kinds) > 1:
        raise ValueError(f"column {column} of {table} mixes {' and '.join(sorted(kinds))}")
    return kinds.pop() if kinds else "text"


def _kind_of(value: object) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, date):
        return "date"
    if isinstance(value, numbers.Real):
        return "number"
    raise ValueError(f"{value!r} cannot stand in a result table")


def _text(value: object) -> str:
    """Return a cell that gives the same value back when it is read."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return repr(float(value))
    return str(value)


def _number(text: str) -> float | int:
    """Read a number as it was: whole numbers without a point stay whole."""
    if text.lstrip("-").isdigit():
        return int(text)
    return float(text)


def _line(cells: Iterable[str]) -> str:
    """One line of CSV; the csv module would leave a lone carriage return unquoted."""
    return ",".join(_quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    """Return a cell, in quotation marks if it contains a comma, a quotation mark or a line end."""
    if not any(character in cell for character in ',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'


_READERS: dict[str, Callable[[str], object]] = {
    "text": str,
    "date": date.fromisoformat,
    "number": _number,
    "flag": "yes".__eq__,
}
