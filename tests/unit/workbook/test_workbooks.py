"""Real workbooks that readers fail on, and hostile ones: the right values, or one clear refusal."""

from __future__ import annotations

import pytest
from foreign_books import BOOKS, RIGHT

from planner.errors import InputFaults, PlannerError
from planner.workbook.files.raw_cells import RawSheet, read_raw


def books() -> list[str]:
    return sorted(path.relative_to(BOOKS).as_posix() for path in BOOKS.rglob("*.xlsx"))


def at(sheets: list[RawSheet], title: str, cell: str) -> object:
    """Return the value of a cell; beyond the rows that are there, it is blank."""
    grid = next(sheet.grid for sheet in sheets if sheet.title == title)
    letters = cell.rstrip("0123456789")
    row, column = int(cell[len(letters) :]) - 1, ord(letters) - 65
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else None


TOO_FAR = "more than the 5,000,000 cells that are read. Clear it"
ENTITIES = "part xl/worksheets/sheet1.xml declares a document type or entities"
REFUSED: dict[str, tuple[type[PlannerError], str]] = {
    "pass_protected.xlsx": (PlannerError, "but a workbook locked with a password. Open it"),
    "xfd1048576.xlsx": (
        InputFaults,
        "Sheet1!XFD1048576: with this cell the sheet has "
        "1,048,576 rows and 16,384 columns, " + TOO_FAR,
    ),
    "hostile/billion_laughs.xlsx": (PlannerError, ENTITIES),
    "hostile/quadratic.xlsx": (PlannerError, ENTITIES),
    "hostile/xxe.xlsx": (PlannerError, ENTITIES),
    "hostile/dupcell.xlsx": (InputFaults, "S!A3: the file contains this cell twice. Retype it"),
    "hostile/empty.xlsx": (PlannerError, "this is not an .xlsx workbook but an empty file. It"),
    "hostile/far_cell.xlsx": (
        InputFaults,
        "S!XFD1048576: with this cell the sheet has 1,048,576 rows and 16,384 columns, " + TOO_FAR,
    ),
    "hostile/stray_XFD5000.xlsx": (
        InputFaults,
        "S!XFD5000: with this cell the sheet has 5,000 rows and 16,384 columns, " + TOO_FAR,
    ),
    "hostile/notzip.xlsx": (
        PlannerError,
        "this is not an .xlsx workbook but plain text, perhaps CSV. Open it in a spreadsheet",
    ),
    "hostile/trunc.xlsx": (PlannerError, "this workbook is damaged: the archive has no end"),
    "hostile/xls_ole.xlsx": (
        PlannerError,
        "but an old Excel file (.xls), or one locked with a password."
        " Open it in a spreadsheet and save it as .xlsx (Excel Workbook)",
    ),
}

NOTED = {
    ("deaths.xlsx", "arts"): (
        "sheet arts has merged cells (B4:E4): only the first cell of each has the value",
    ),
    ("errors.xlsx", "Feuil1"): (
        "sheet Feuil1 has values from Feuil8, as they were when the workbook was last saved",
    ),
    ("hostile/huge_merge.xlsx", "S"): (
        "sheet S has merged cells (A1:XFD1048576): only the first cell of each has the value",
    ),
    ("1904.xlsx", "Sheet1"): (),
}


def test_every_workbook_is_in_one_table() -> None:
    assert sorted([*RIGHT, *REFUSED]) == books()


@pytest.mark.parametrize("name", RIGHT)
def test_right_values(name: str) -> None:
    sheets = read_raw(BOOKS / name)
    found = {place: at(sheets, *place) for place in RIGHT[name]}
    assert found == RIGHT[name]
    assert [type(value) is bool for value in found.values()] == [
        type(value) is bool for value in RIGHT[name].values()
    ]  # a boolean equals a number, and is none


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    kind, message = REFUSED[name]
    with pytest.raises(PlannerError) as caught:
        read_raw(BOOKS / name)
    assert type(caught.value) is kind
    assert message in str(caught.value)
    assert kind is InputFaults or str(caught.value).startswith(f"{BOOKS / name}: ")


@pytest.mark.parametrize(("name", "title"), NOTED)
def test_notes(name: str, title: str) -> None:
    sheet = next(sheet for sheet in read_raw(BOOKS / name) if sheet.title == title)
    assert sheet.notes == NOTED[name, title]
