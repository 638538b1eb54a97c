"""The parser's own process: it may die, hang or eat memory, and only its file is refused."""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_books import BOOKS, RIGHT
from malformed import GOOD, Case, book
from places import INPUTS

from planner.errors import PlannerError
from planner.workbook.files import guard, sandbox, xlsx
from planner.workbook.files import raw_cells as reader
from planner.workbook.files.raw_cells import RawSheet, read_raw

SHIPPED = sorted(INPUTS.glob("*.xlsx"))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return Case("good", book).write(tmp_path)


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put another program in the place of the parser's."""

    def replace(program: str) -> None:
        (tmp_path / "child.py").write_text(program, encoding="utf-8")
        monkeypatch.setattr(sandbox, "CHILD", tmp_path / "child.py")

    return replace


def refusal(path: Path) -> str:
    with pytest.raises(PlannerError) as caught:
        read_raw(path)
    return str(caught.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "",
        "raise SystemExit(3)",
        "print('no frame at all', flush=True)",
        "import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes([0] * 7))",
    ],
)
def test_a_parser_that_dies(plan: Path, child: Callable[[str], None], program: str) -> None:
    child(program)
    assert refusal(plan).startswith("this workbook is damaged: no parser can read it (")


def test_a_parser_that_computes_without_end(
    plan: Path, child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("resource")
    child("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass")
    assert refusal(plan).startswith("reading this file takes more than 10 seconds. Keep only")


def test_a_parser_that_hangs(
    plan: Path, child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    child("import time\ntime.sleep(600)")
    monkeypatch.setattr(guard, "LONGEST_WAIT_S", 0.5)
    assert refusal(plan).startswith("reading this file takes more than 10 seconds. Keep only")


def test_a_parser_without_memory(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resource")
    monkeypatch.setattr(sandbox, "MOST_MEMORY", 1_000_000)
    assert refusal(plan).startswith("this workbook is damaged: no parser can read it (")


def test_a_process_that_cannot_be_started(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.sys, "executable", "")
    assert refusal(plan) == (
        "no process can be started to read this file (Python's own program is not found). Check "
        "that the folder for temporary files has room and that Python can start."
    )


def test_nothing_is_left_behind(
    plan: Path, child: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "temporary"
    home.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    threads = threading.active_count()
    read_raw(plan)
    child("import os; os.abort()")
    refusal(plan)
    assert list(home.iterdir()) == []
    assert threading.active_count() == threads


def test_the_folder_that_it_is_called_from_does_not_matter(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beside the workbook never stands in for a package."""
    for name in ("python_calamine", "openpyxl", "marshal", "datetime"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert read_raw(Path(plan.name))[0].grid[1] == ["north", 7.5]


def test_many_threads_read_at_once(plan: Path) -> None:
    found: list[list[RawSheet]] = []
    threads = [threading.Thread(target=lambda: found.append(read_raw(plan))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(sheets == found[0] for sheets in found)


def trimmed(sheets: list[RawSheet]) -> list[tuple[str, list[list[object]], tuple[str, ...]]]:
    """Return sheets without the blanks at the ends of rows and of sheets."""
    trimmed = []
    for sheet in sheets:
        rows = [[*row] for row in sheet.grid]
        for row in rows:
            while row and row[-1] is None:
                row.pop()
        while rows and not rows[-1]:
            rows.pop()
        trimmed.append((sheet.title, rows, sheet.notes))
    return trimmed


ALL = [BOOKS / name for name in RIGHT] + SHIPPED


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_a_sheet_reads_the_same_quickly_and_with_care(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = trimmed(read_raw(path))
    monkeypatch.setattr(xlsx, "quick_cells", lambda *_: None)
    assert trimmed(read_raw(path)) == quick


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_both_parsers_read_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = trimmed(read_raw(path))

    def slow(name: str, *others: object) -> sandbox.Parser:
        return sandbox.Parser("openpyxl", *others)  # type: ignore[arg-type]

    monkeypatch.setattr(reader, "Parser", slow)
    midnight = [
        [[day.date() if type(day).__name__ == "datetime" else day for day in row] for row in rows]
        for _, rows, _ in trimmed(read_raw(path))
    ]
    assert midnight == [rows for _, rows, _ in quick]


def test_the_good_case_is_good(plan: Path) -> None:
    assert read_raw(plan) == [RawSheet("halls", [["hall", "mw"], ["north", 7.5]])]
    assert GOOD["halls"]["B2"] == 7.5


def test_a_termination_waits_until_a_temporary_folder_is_known() -> None:
    """It comes while the folder is made, and takes effect when that is done."""
    done = []
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), sandbox._signals_held():
            signal.raise_signal(signal.SIGTERM)
            done.append("made")
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done == ["made"]
