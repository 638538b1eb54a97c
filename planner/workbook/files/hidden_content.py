"""Notes on a sheet for readers of the plan: what is hidden, merged, linked or left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.workbook.files.cell_names import Range, letters, range_name
from planner.workbook.files.guard import plural, short, some
from planner.workbook.files.sandbox import Grid
from planner.workbook.files.xlsx import SheetPart, Workbook


def notes_of(workbook: Workbook, sheet: SheetPart, grid: Grid) -> list[str]:
    """Return the notes on a sheet, at most one of each kind.

    Parameters
    ----------
    workbook
        The workbook of the sheet.
    sheet
        The sheet, after its cells were read.
    grid
        Its values.
    """
    cells, title = sheet.cells, short(sheet.title)
    notes = [
        hidden_sheet(title) if sheet.hidden else "",
        hidden_rows(title, cells.hidden_rows, grid),
        hidden_columns(title, cells.hidden_columns(), grid),
        merged(title, cells.ranges("mergeCell"), grid),
        _totals(title, sheet),
        linked(title, sheet.linked),
        _uncalculated(title, workbook, sheet),
        f"sheet {title} has formatted cells without content up to {cells.stray}, which are not read"
        if cells.stray
        else "",
    ]
    return [note for note in notes if note]


def hidden_sheet(title: str) -> str:
    """Return the note on a hidden sheet."""
    return f"sheet {title} is hidden, but is read"


def hidden_rows(title: str, rows: Sequence[int], grid: Grid) -> str:
    """Return the note on hidden rows with content; empty if there are none."""
    full = [row for row in rows if row <= len(grid) and any(c is not None for c in grid[row - 1])]
    if not full:
        return ""
    return (
        f"sheet {title} has {plural(len(full), 'hidden row')} ({some(_runs(full))}); hidden "
        "rows are read too"
    )


def hidden_columns(title: str, columns: Sequence[int], grid: Grid) -> str:
    """Return the note on hidden columns with content; empty if there are none."""
    width = max(map(len, grid), default=0)
    full = [
        column
        for column in columns
        if column <= width
        and any(len(row) >= column and row[column - 1] is not None for row in grid)
    ]
    if not full:
        return ""
    return (
        f"sheet {title} has {plural(len(full), 'hidden column')} "
        f"({some(letters(column) for column in full)}); hidden columns are read too"
    )


def merged(title: str, ranges: Sequence[Range], grid: Grid) -> str:
    """Return the note on merged cells; empty if only titles and headings are merged."""
    first = next(
        (
            number
            for number, row in enumerate(grid, start=1)
            if any(cell is not None for cell in row)
        ),
        0,
    )
    filled: dict[int, int] = {}
    for top, _, _, _ in ranges:
        if top <= len(grid) and top not in filled:
            filled[top] = len(grid[top - 1]) - grid[top - 1].count(None)
    across = [found for found in ranges if not _is_heading(found, first, filled)]
    if not across:
        return ""
    return (
        f"sheet {title} has merged cells ({some(map(range_name, across))}): only the first cell of "
        "each has the value"
    )


def _is_heading(found: Range, first: int, filled: Mapping[int, int]) -> bool:
    """Return whether merged cells are harmless: a title, a heading, or blank.

    Parameters
    ----------
    found
        The cells that are merged.
    first
        The first row with content.
    filled
        Number of cells with content, by row in which a merge begins.
    """
    top, _, bottom, _ = found
    return top not in filled or (top == bottom and (top <= first or filled[top] <= 1))


def linked(title: str, names: Sequence[str]) -> str:
    """Return the note on values taken from other workbooks; empty if there are none."""
    if not names:
        return ""
    return (
        f"sheet {title} has values from {some(names)}, as they were when the workbook was last "
        "saved"
    )


def clear_totals(sheet: SheetPart, grid: Grid) -> None:
    """Clear the totals rows of a sheet's tables, which would be read as data."""
    for totals in sheet.totals:
        top, left, bottom, right = totals.where
        for row in grid[top - 1 : bottom]:
            for column in range(left - 1, min(right, len(row))):
                row[column] = None


def _totals(title: str, sheet: SheetPart) -> str:
    if not sheet.totals:
        return ""
    named = some(f"{range_name(t.where)} of table {short(t.table)}" for t in sheet.totals)
    return f"sheet {title} has a totals row ({named}), which is left out"


def _uncalculated(title: str, workbook: Workbook, sheet: SheetPart) -> str:
    """Return the note on formulas that no spreadsheet has calculated; empty if there are none."""
    count = sheet.cells.rows.count(b"</f>") if workbook.uncalculated else 0
    if not count:
        return ""
    return (
        f"sheet {title} has {plural(count, 'formula')} whose stored values may be out of date, "
        "because the program that wrote the workbook leaves calculating to the spreadsheet; open "
        "the workbook in a spreadsheet and save it to update them"
    )


def _runs(numbers: Sequence[int]) -> list[str]:
    """Return ascending numbers as single numbers and ranges, e.g. ``3``, ``5-9``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return [f"{low}" if low == high else f"{low}-{high}" for low, high in runs]
