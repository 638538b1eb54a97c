"""Read one sheet from raw cells into typed rows, and report every invalid cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from planner.errors import Fault
from planner.workbook.cell_units import Formats
from planner.workbook.drafts import Findings, Sheet
from planner.workbook.files.cell_names import letters
from planner.workbook.files.number_formats import Cells
from planner.workbook.files.raw_cells import Grid
from planner.workbook.headers import Header, find_header, look_above, look_beside, match_columns
from planner.workbook.rows import Place
from planner.workbook.schema.cell_contents import is_blank, shown
from planner.workbook.schema.change_values import typed_changes
from planner.workbook.schema.column_values import TypedColumn, absent_column, typed_column
from planner.workbook.schema.declarations import Table
from planner.workbook.stated_units import Scale, can_be_scaled, stated_scales, units_row
from planner.workbook.wide_tables import dates_across

Column = Sequence[object]


def read_sheet(
    table: Table, grid: Grid | None, findings: Findings, shown: Cells | None = None
) -> Sheet:
    """Return one sheet, typed.

    Parameters
    ----------
    table
        Its declaration.
    grid
        Its raw cells from A1 on; None if the workbook does not have the sheet.
    findings
        Collects every fault and note.
    shown
        Units that the number formats of its cells show, by row and column from 0.
    """
    if grid is None:
        return Sheet(table, whole=not table.required)
    header = find_header(table, grid)
    across = dates_across(table, grid, header)
    if across is not None:
        findings.faults.append(across)
        return Sheet(table, whole=False)
    if header is None:
        return _without_header(table, grid, findings)
    match_columns(table, header, findings)
    look_above(table, header, grid, findings)
    units = units_row(table, header, grid)
    top = header.row + 1 if units is None else units + 1
    said = () if units is None else grid[units]
    body = list(zip_longest(*grid[top:])) if top < len(grid) else []
    look_beside(table, header, body, top, findings)
    numbers, cells = _filled_rows(table, header, body, top)
    scales = stated_scales(table, header, said, units, findings)
    if shown:
        formats = Formats(table, header, cells, numbers, shown)
        formats.add_scales(scales, said, findings)
    typed = _typed(table, header, cells, len(numbers), scales, findings)
    if table.name == "changes":
        typed["value"] = typed_changes(typed, findings.locale)
    sheet = _sheet(table, header, typed, numbers, findings)
    if table.required and not numbers and table.name != "settings":
        findings.faults.append(
            Fault(
                table.name,
                "",
                "this required sheet has no rows",
                f"Add at least one: {table.help}",
            )
        )
        sheet.whole = False
    return sheet


def _without_header(table: Table, grid: Grid, findings: Findings) -> Sheet:
    """Return a sheet without a header; a blank sheet counts as absent."""
    blank = all(is_blank(cell) for row in grid for cell in row)
    if not blank or table.required:
        names = ", ".join(column.name for column in table.columns)
        findings.faults.append(
            Fault(
                f"{table.name}!A1",
                "",
                "there is no row of column names",
                f"Write the column names in row 1: {names}",
            )
        )
    return Sheet(table, whole=blank and not table.required)


def _filled_rows(
    table: Table, header: Header, body: Sequence[Column], top: int
) -> tuple[Sequence[int], dict[str, Column]]:
    """Return the numbers, from 1, and the cells of all rows that are not blank.

    Only declared columns count.
    """
    length = len(body[0]) if body else 0
    absent: Column = (None,) * length
    cells = {
        name: body[heading.position] if heading.position < len(body) else absent
        for name, heading in header.columns.items()
    }
    # One column without blanks shows that no row is blank. A key is most likely to be one.
    hollow: Sequence[int] = range(length)
    for name in sorted(cells, key=lambda name: name not in table.key):
        column: Sequence[Any] = cells[name]
        # The first character shows for most texts that they are not blank, which is fast.
        hollow = [
            at
            for at in hollow
            if (cell := column[at]) is None
            or (cell.__class__ is str and not cell[:1].isalnum() and is_blank(cell))
        ]
        if not hollow:
            break
    numbers = range(top + 1, top + 1 + length)
    if not hollow:
        return numbers, cells
    gone = set(hollow)
    kept = [at for at in range(length) if at not in gone]
    return [numbers[at] for at in kept], {
        name: [column[at] for at in kept] for name, column in cells.items()
    }


def _typed(
    table: Table,
    header: Header,
    cells: Mapping[str, Column],
    length: int,
    scales: Mapping[str, Scale | None],
    findings: Findings,
) -> dict[str, TypedColumn]:
    """Return every declared column, typed and in its own unit."""
    typed = {}
    for column in table.columns:
        name = column.name
        if name not in cells:
            typed[name] = absent_column(column, length)
            continue
        scale = scales.get(name)
        if scale is not None and not can_be_scaled(column, scale, cells[name], findings):
            header.unknown.add(name)
            scale = None
        # Numbers in an unknown unit may be out of bounds only because of the unit.
        loose = name in scales and scale is None
        read_as = replace(column, low=None, above=None, high=None) if loose else column
        typed[name] = typed_column(
            read_as, cells[name], findings.locale, None if scale is None else scale.factor
        )
    return typed


def _sheet(
    table: Table,
    header: Header,
    typed: Mapping[str, TypedColumn],
    numbers: Sequence[int],
    findings: Findings,
) -> Sheet:
    """Return a sheet of typed columns, and report each cell at fault."""
    place = Place(
        table.name,
        {name: position for position, name in enumerate(typed)},
        {name: letters(heading.position + 1) for name, heading in header.columns.items()},
        numbers,
        {name: column.blank for name, column in typed.items() if column.blank is not None},
        {name: column.cells for name, column in typed.items() if column.cells is not None},
    )
    sheet = Sheet(
        table,
        place.rows([column.values for column in typed.values()]),
        {name: column.values for name, column in typed.items()},
        place.blanks,
        unknown=header.unknown,
    )
    for name, column in typed.items():
        for at, error in column.faults.items():
            where = f"{table.name}!{place.letters[name]}{numbers[at]}"
            content = shown(None if column.cells is None else column.cells[at])
            findings.faults.append(Fault(where, content, error.rule, error.remedy))
            sheet.faulty[name][at] = None
    return sheet
