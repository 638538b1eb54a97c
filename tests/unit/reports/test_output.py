"""Whoever reads the output may leave: the work is done, and the exit code is the one it is."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from instances import Sheets
from places import INPUTS
from whatif_case import small_sheets

from planner.cli import output
from planner.cli.main import planner
from planner.errors import Interrupted
from planner.plan.store import load_plan
from planner.workbook.writing.template import write_workbook

STREAMS = {"stdout": 1, "stderr": 2}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook whose plan misses megawatts."""
    sheets: Sheets = small_sheets()
    sheets["milestones"][1]["mw"] = 16  # two more than all halls hold
    path = tmp_path_factory.mktemp("output") / "book.xlsx"
    write_workbook(path, sheets)
    return path


def unread(*words: object, streams: tuple[str, ...] = ("stdout",)) -> tuple[int, str]:
    """Run a command while nobody reads some of its streams; return exit code and stderr."""
    reader, writer = os.pipe()
    os.close(reader)
    given = {name: writer if name in streams else subprocess.PIPE for name in STREAMS}
    ended = subprocess.run(
        [sys.executable, "-m", "planner", *map(str, words)],
        **given,
        text=True,
        timeout=120,
        check=False,
    )
    os.close(writer)
    return ended.returncode, ended.stderr or ""


def closed(*words: object, streams: tuple[str, ...]) -> int:
    """Run a command with some of its streams closed, as by ``>&-``; return its exit code."""
    shut = " ".join(f"{STREAMS[name]}>&-" for name in streams)
    line = f'exec "$@" {shut}'
    command = ["sh", "-c", line, "sh", sys.executable, "-m", "planner", *map(str, words)]
    return subprocess.run(command, capture_output=True, timeout=120, check=False).returncode


@pytest.mark.parametrize("streams", [("stdout",), ("stdout", "stderr")])
def test_a_plan_that_nobody_reads_is_made_explained_and_judged(
    streams: tuple[str, ...], book: Path, tmp_path: Path
) -> None:
    words = ("plan", book, "-o", tmp_path / "plan", "--fail-on-miss", "--explain")
    code, told = unread(*words, streams=streams)
    assert code == 6, told
    plan = load_plan(tmp_path / "plan")
    assert float(str(plan.summary["missed_mw_months"])) > 0
    assert plan.rows("bottlenecks")
    assert (tmp_path / "plan" / "report.html").is_file()


@pytest.mark.parametrize("streams", [("stdout",), ("stdout", "stderr")])
def test_a_plan_without_standard_streams_is_made_and_judged(
    streams: tuple[str, ...], book: Path, tmp_path: Path
) -> None:
    words = ("plan", book, "-o", tmp_path / "plan", "--fail-on-miss", "--json")
    assert closed(*words, streams=streams) == 6
    assert load_plan(tmp_path / "plan").summary["verified"] is True
    assert (tmp_path / "plan" / "report.html").is_file()


def test_every_exit_code_is_kept(book: Path, tmp_path: Path) -> None:
    assert unread("check", tmp_path / "none.xlsx", "--json")[0] == 2
    compared = ("compare", book, "--scenario", "base", "--scenario", "few crews")
    assert unread(*compared, "-o", tmp_path / "compared")[0] == 0
    assert (tmp_path / "compared" / "compare.html").is_file()


def test_a_stream_that_is_read_gets_every_byte(tmp_path: Path) -> None:
    """The stream keeps the encoding, and shows by its number a letter that it lacks."""
    code = (
        "from planner.cli.output import keep_streams_open; keep_streams_open(); "
        "print('a Zürich \\u2603', end='')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert run.stdout == "a Zürich \\u2603".encode("latin-1")


def test_only_a_missing_reader_is_forgiven() -> None:
    """A full disk is told: what was to be kept in a file is not all there."""
    full = io.FileIO("/dev/full", "w")
    with full, pytest.raises(OSError, match="No space left"):
        output._Unread(full).write(b"text")


def test_an_interruption_of_the_printing_says_where_the_work_is_kept(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def told(*words: object) -> str:
        ended = CliRunner().invoke(planner, [*map(str, words)], standalone_mode=False)
        assert isinstance(ended.exception, Interrupted)
        return str(ended.exception)

    place = tmp_path / "plan"
    for name in ("print_plan", "print_files"):
        monkeypatch.setattr(f"planner.reports.console.plan_text.{name}", interrupt)
        said = told("plan", book, "-o", place, "--report", "none")
        assert said == f"interrupted. The plan is kept: {place / 'plan.json'}"
        assert load_plan(place).summary["verified"] is True
    said = told("explain", place, "--report", "none", "--no-asks")
    assert said == f"interrupted. The explanation is kept in {place}"
    assert load_plan(place).rows("slack")
    monkeypatch.setattr("planner.whatif.compare_output.print_comparison", interrupt)
    said = told("compare", place, place, "-o", tmp_path / "compared")
    assert said == f"interrupted. The comparison is kept in {tmp_path / 'compared'}"
    assert (tmp_path / "compared" / "compare.html").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
def test_a_plan_that_is_written_but_cannot_be_printed_ends_as_such(tmp_path: Path) -> None:
    workbook = INPUTS / "first-plan.xlsx"
    command = [sys.executable, "-m", "planner", "plan", str(workbook), "-o", str(tmp_path / "p")]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([*command, "--json", "--report", "none"], stdout=full, check=False)
    assert ended.returncode == 7
    assert (tmp_path / "p" / "plan.json").is_file()
