"""Reads a workbook or a folder of CSV files into typed rows, or reports every cell to mend."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.errors import Fault, InputFaults
from planner.inputs.book import FORMULA_WITHOUT_VALUE, Grid, RawSheet, read_raw
from planner.inputs.checks import check
from planner.inputs.rows import Inputs, Row
from planner.inputs.schema import Kind, Table
from planner.inputs.tables import BY_NAME, SETTINGS, TABLES
from planner.inputs.values import PLAIN_NUMBER, BadValueError, canonical, convert, tidy_text

HEADER_SEARCH_ROWS = 10
"""A header is looked for in so many rows from the top, below a title block if there is one."""


@dataclass
class Reading:
    """What has been read so far, and what is wrong with it."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_inputs(path: Path) -> Inputs:
    """Read and check a workbook or a folder of CSV files.

    Parameters
    ----------
    path
        An ``.xlsx`` file, or a folder with one CSV file for each sheet.

    Returns
    -------
    Inputs

    Raises
    ------
    PlannerError
        If there is no such file or it is not a workbook.
    InputFaults
        With every fault of the stage that found any: first cells, then rules across cells.
    """
    return _inputs_from_sheets(path.stem, read_raw(path))


def inputs_from_rows(name: str, sheets: Mapping[str, Sequence[Mapping[str, object]]]) -> Inputs:
    """Read and check inputs given as rows of raw values, as a workbook would hold them.

    Parameters
    ----------
    name
        Name of the inputs, in place of a workbook's.
    sheets
        For each sheet its rows, each from column name to raw value.

    Raises
    ------
    InputFaults
        As `read_inputs`.
    """
    found = []
    for sheet, rows in sheets.items():
        header = list(dict.fromkeys(column for row in rows for column in row))
        grid: Grid = [list(header), *([row.get(column) for column in header] for row in rows)]
        found.append(RawSheet(sheet, grid))
    return _inputs_from_sheets(name, found)


def _inputs_from_sheets(name: str, raw: Sequence[RawSheet]) -> Inputs:
    """Type every cell, then check every rule across cells."""
    reading = Reading(notes=[note for sheet in raw for note in sheet.notes])
    sheets = _known_sheets(raw, reading)
    tables = {table.name: _read_table(table, sheets.get(table.name), reading) for table in TABLES}
    settings, setting_cells = _read_settings(name, tables["settings"], reading)
    if reading.faults:
        raise InputFaults(reading.faults)
    inputs = Inputs(
        name, settings, tables, tuple(reading.notes), _digest(settings, tables), setting_cells
    )
    faults, notes = check(inputs)
    if faults:
        raise InputFaults(faults)
    return Inputs(name, settings, tables, (*inputs.notes, *notes), inputs.digest, setting_cells)


def _known_sheets(raw: Sequence[RawSheet], reading: Reading) -> dict[str, Grid]:
    """Match sheets to declarations by name; note the extra ones, fault the missing ones."""
    sheets: dict[str, Grid] = {}
    for sheet in raw:
        title = sheet.title
        key = tidy_text(title).lower()
        if key not in BY_NAME:
            near = difflib.get_close_matches(key, BY_NAME, n=1, cutoff=0.8)
            hint = f"; did you mean {near[0]}?" if near else ""
            reading.notes.append(
                f"sheet {title!r} is not one of the planner's and is ignored{hint}"
            )
        elif key in sheets:
            reading.faults.append(Fault(title, "", f"there are two sheets named {key}",
                                        "Merge or rename one"))  # fmt: skip
        else:
            sheets[key] = sheet.grid
    for table in TABLES:
        if table.required and table.name not in sheets:
            reading.faults.append(Fault(table.name, "", "this sheet is required and missing",
                                        f"Add it: {table.help}"))  # fmt: skip
    return sheets


def _read_table(table: Table, grid: Grid | None, reading: Reading) -> tuple[Row, ...]:
    """Return the typed rows of one sheet."""
    if grid is None:
        return ()
    top = _header_row(table, grid)
    if top is None:
        if any(_filled(row) for row in grid) or table.required:
            reading.faults.append(Fault(
                f"{table.name}!A1", "", "no header row is found",
                "Write the column names in row 1: "
                + ", ".join(column.name for column in table.columns)))  # fmt: skip
        return ()
    positions = _columns(table, grid[top], top + 1, reading)
    rows = []
    for number, cells in enumerate(grid[top + 1 :], start=top + 2):
        if number == top + 2 and _is_units_row(table, positions, cells):
            _check_units(table, positions, cells, number, reading)
            continue
        if not any(i < len(cells) and _filled([cells[i]]) for i in positions.values()):
            continue
        rows.append(_read_row(table, positions, number, cells, reading))
    if table.required and not rows:
        reading.faults.append(Fault(table.name, "", "this sheet is required and has no rows",
                                    f"Add at least one: {table.help}"))  # fmt: skip
    return tuple(rows)


def _is_units_row(table: Table, positions: Mapping[str, int], cells: Sequence[object]) -> bool:
    """Say whether a row below the header holds words alone, and none that names a row."""
    given = {name: cells[at] for name, at in positions.items()
             if at < len(cells) and _filled([cells[at]])}  # fmt: skip
    words = all(isinstance(c, str) and not PLAIN_NUMBER.fullmatch(c) for c in given.values())
    return bool(given) and words and not set(given) & set(table.key)


def _check_units(
    table: Table, positions: Mapping[str, int], cells: Sequence[object], number: int,
    reading: Reading,
) -> None:  # fmt: skip
    """Fault a unit that is not the column's own: its numbers would be off by a factor."""
    for name, at in positions.items():
        unit = table.column(name).unit
        said = tidy_text(str(cells[at])).strip("[]() ") if at < len(cells) and cells[at] else ""
        if said and said.lower() != unit.lower():
            reading.faults.append(Fault(
                f"{table.name}!{_letters(at)}{number}", said, f"{name} is in {unit or 'no unit'}",
                "Convert the column and correct the units row, or remove the row"))  # fmt: skip


def _filled(cells: Iterable[object]) -> bool:
    return any(c is not None and not (isinstance(c, str) and not tidy_text(c)) for c in cells)


def _heading(cell: object) -> str:
    return tidy_text(str(cell)).lower() if cell is not None else ""


def _header_row(table: Table, grid: Grid) -> int | None:
    """Return the row, from 0, that holds the sheet's column names, below a title block or not."""
    known = {column.name for column in table.columns}
    for number, row in enumerate(grid[:HEADER_SEARCH_ROWS]):
        names = [name for name in map(_heading, row) if name]
        if names and 2 * sum(name in known for name in names) >= len(names):
            return number
    return None


def _columns(table: Table, header: Sequence[object], row: int, reading: Reading) -> dict[str, int]:
    """Return the position of each declared column; fault unknown, double and missing ones."""
    known = {column.name: column for column in table.columns}
    positions: dict[str, int] = {}
    for position, cell in enumerate(header):
        name = _heading(cell)
        where = f"{table.name}!{_letters(position)}{row}"
        if not name or name.startswith("#"):
            continue
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            reading.faults.append(Fault(
                where, str(cell), "there is no such column",
                f"Did you mean {near[0]}? Rename it, or begin its name with # to keep notes",
            ))  # fmt: skip
        elif name in positions:
            first = f"{_letters(positions[name])}{row}"
            reading.faults.append(Fault(where, str(cell), f"this column stands in {first} already",
                                        "Remove one"))  # fmt: skip
        else:
            positions[name] = position
    for name, column in known.items():
        if column.required and name not in positions:
            where, rule = f"{table.name}!{row}:{row}", f"column {name} is required and missing"
            reading.faults.append(Fault(where, "", rule, f"Add it: {column.help}"))
    return positions


def _read_row(
    table: Table, positions: Mapping[str, int], number: int, raw: Sequence[object], reading: Reading
) -> Row:
    """Return one typed row; a cell that breaks its rule becomes a fault."""
    values: dict[str, Any] = {}
    cells: dict[str, str] = {}
    blank: set[str] = set()
    for column in table.columns:
        position = positions.get(column.name)
        content = raw[position] if position is not None and position < len(raw) else None
        if position is not None:
            cells[column.name] = f"{_letters(position)}{number}"
        elif column.required:
            continue  # the missing column is one fault, not one for each row
        if not _filled([content]):
            blank.add(column.name)
        try:
            if content is FORMULA_WITHOUT_VALUE:
                raise BadValueError("the formula has no stored value",
                                    "Open the workbook in a spreadsheet and save it")  # fmt: skip
            values[column.name] = convert(column, content)
        except BadValueError as error:
            shown = "" if content is None or content is FORMULA_WITHOUT_VALUE else str(content)
            where = f"{table.name}!{cells[column.name]}"
            reading.faults.append(Fault(where, shown, error.rule, error.remedy))
            values[column.name] = None
    return Row(table.name, values, cells, frozenset(blank))


def _read_settings(
    name: str, rows: Iterable[Row], reading: Reading
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return every setting's typed value and its cell."""
    given: dict[str, Row] = {}
    for row in rows:
        setting = row.values.get("setting")
        if setting is None:
            continue
        if setting in given:
            first = given[setting].where("setting")
            reading.faults.append(row.fault("setting", f"this setting stands in {first} already",
                                            "Remove one"))  # fmt: skip
        given[setting] = row
    values: dict[str, Any] = {}
    for declared in SETTINGS:
        found = given.get(declared.name)
        try:
            values[declared.name] = convert(declared, found["value"] if found else None)
        except BadValueError as error:
            if found is None:
                reading.faults.append(Fault("settings", "", f"setting {declared.name} is required",
                                            f"Add a row: {declared.help}"))  # fmt: skip
            elif "value" in found.values and found["value"] is not None:
                reading.faults.append(found.fault("value", error.rule, error.remedy))
            values[declared.name] = None
    values["plan"] = values["plan"] or name
    values["today"] = values["today"] or values["start"]
    return values, {setting: row.where("value") for setting, row in given.items()}


def _letters(position: int) -> str:
    """Return the letters of a column from its position, from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _digest(settings: Mapping[str, Any], tables: Mapping[str, tuple[Row, ...]]) -> str:
    """Return the SHA-256 of all typed values, the same for any order of rows."""

    def line(row: Row) -> str:
        loose = {name for name, column in kinds[row.sheet].items() if column is Kind.ANY}
        values = {n: canonical(v) if n in loose else v for n, v in row.values.items()}
        return json.dumps(values, default=str, sort_keys=True)

    kinds = {table.name: {c.name: c.kind for c in table.columns} for table in TABLES}
    content = {
        sheet: sorted(map(line, rows)) for sheet, rows in tables.items() if sheet != "settings"
    }
    text = json.dumps([dict(settings), content], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
