"""Files that are wrong in one way each: the right values, or one message that says what to do."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest
from malformed import Case, book, parts, sheet, zipped
from malformed_archives import ARCHIVES
from malformed_others import CSVS, FILES, ODS
from malformed_sheets import SHEETS

from planner.errors import InputFaults, PlannerError
from planner.workbook.files import guard
from planner.workbook.files.raw_cells import RawSheet, read_raw

CASES = {
    f"{kind}: {case.name}": case
    for kind, cases in (
        ("archive", ARCHIVES),
        ("sheet", SHEETS),
        ("ods", ODS),
        ("csv", CSVS),
        ("file", FILES),
    )
    for case in cases
}


def value(found: RawSheet, cell: str) -> object:
    """Return the value of a cell of the first columns."""
    row, column = int(cell[1:]) - 1, ord(cell[0]) - 65
    grid = found.grid
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else None


def test_there_are_many_classes_and_none_twice() -> None:
    assert len(CASES) == sum(map(len, (ARCHIVES, SHEETS, ODS, CSVS, FILES))) > 200
    assert all(bool(case.right) != bool(case.refusal) for case in CASES.values())


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.right])
def test_what_is_read_is_right(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    sheets = {one.title: one for one in read_raw(case.write(tmp_path))}
    found = {
        title: {cell: value(sheets[title], cell) for cell in places}
        for title, places in case.right.items()
    }
    assert found == case.right
    notes = " | ".join(note for one in sheets.values() for note in one.notes)
    assert case.note in notes if case.note else not notes


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.refusal])
def test_what_is_refused_says_why_and_what_to_do(name: str, tmp_path: Path) -> None:
    path = CASES[name].write(tmp_path)
    with pytest.raises(PlannerError) as caught:
        read_raw(path)
    message = str(caught.value)
    assert CASES[name].refusal in message
    assert isinstance(caught.value, InputFaults) or message.startswith(str(path))
    assert len(message) < 1000 or isinstance(caught.value, InputFaults)
    assert message.rstrip().endswith((".", "again", "workbook", "marks"))


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match=r"there is no such file\. Check the name, or make"):
        read_raw(tmp_path / "plan.xlsx")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "gone.xlsx")
    with pytest.raises(PlannerError, match="there is no such file"):
        read_raw(tmp_path / "link.xlsx")


def test_a_folder_named_like_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").mkdir()
    with pytest.raises(PlannerError, match=r"plan\.xlsx: this folder has no CSV file"):
        read_raw(tmp_path / "plan.xlsx")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in its folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.xlsx")
    with pytest.raises(PlannerError, match="this is not a file but a device or a pipe"):
        read_raw(tmp_path / "plan.xlsx")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.xlsx").write_bytes(book())

    def denied(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(PlannerError, match=r"cannot be opened \(Permission denied\)\. Check that"):
        read_raw(tmp_path / "plan.xlsx")


def test_a_sheet_that_is_not_wanted_is_not_even_unpacked(tmp_path: Path) -> None:
    broken = Case("", lambda: book(sheet1=b"broken")).write(tmp_path)
    with pytest.raises(PlannerError):
        read_raw(broken)
    assert read_raw(broken, lambda title: title != "halls") == [RawSheet("halls", [])]


def test_a_large_sheet_may_be_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once quickly, and once with care where a cell stands there twice; it counts once."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>{"x" * 30_000}</v></c></row>' for n in range(1, 600)
    )
    twice = rows + '<row r="600"><c r="A600"><v>1</v></c><c r="A600"><v>2</v></c></row>'
    content = zipped(parts(sheet1=sheet(twice)), method=zipfile.ZIP_STORED)
    monkeypatch.setattr(guard, "MOST_UNPACKED", len(content))
    path = tmp_path / "large.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputFaults, match="halls!A600: the file contains this cell twice"):
        read_raw(path)
