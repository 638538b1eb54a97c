"""What goes wrong around a plan ends in words and an exit code; what was there before stays.

Every stage killed, interrupted and terminated hundreds of times: `tests/on_demand/stops.py`.
"""

from __future__ import annotations

import builtins
import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import highspy
import pytest
from micro import FEBRUARY, plan_of
from places import ROOT

from planner.checker.verify import verify
from planner.cli import main as entry
from planner.errors import PlannerError, SolverFailed
from planner.pipeline import make_plan
from planner.plan.store import load_plan, save_plan
from planner.reports.report_kinds import report_writers
from planner.solve.highs_model import LiveModel
from planner.solve.outcome import STATUS
from planner.workbook.reading import read_inputs

FIRST_PLAN = ROOT / "inputs" / "first-plan.xlsx"
STOPPED = str(ROOT / "tests" / "on_demand" / "stops.py")


def ended(raised: BaseException, monkeypatch: pytest.MonkeyPatch) -> object:
    """Run the command with a fault inside; return its exit code."""

    def fail(**_: object) -> None:
        raise raised

    monkeypatch.setattr(entry.planner, "main", fail)
    monkeypatch.setattr(entry, "_drop_output", lambda: None)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # put back at the end
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught:
        entry.main([])
    signal.signal(signal.SIGTERM, before)
    return caught.value.code


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            2,
            "No space left on device. Check the free",
        ),
        (MemoryError(), 2, "not enough memory. Plan fewer or longer periods"),
        (KeyboardInterrupt(), 130, "interrupted; no file is incomplete"),
        (SolverFailed("the solver failed"), 70, "the solver failed"),
        (KeyError("x"), 70, "the planner failed: KeyError: 'x' (cli/main.py, line "),
    ],
)
def test_no_fault_ends_in_a_traceback(
    raised: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(raised, monkeypatch) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


@pytest.mark.parametrize("status", ["kSolveError", "kMemoryLimit", "kUnknown"])
def test_a_solver_that_gives_up_is_not_a_time_limit(
    status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More time would not help, and nobody is told that it would."""

    def outcome(live: LiveModel, seconds: float) -> Any:
        word = live._word(getattr(STATUS, status))
        return original(live, seconds).__class__(word, None, float("inf"), float("-inf"), seconds)

    original = LiveModel._outcome
    monkeypatch.setattr(LiveModel, "_outcome", outcome)
    with pytest.raises(SolverFailed, match=r"the solver gave up .* before any plan") as caught:
        plan_of({FEBRUARY: 3}, end=FEBRUARY)
    assert "more time" not in str(caught.value)


def test_a_solver_that_raises_ends_the_plan_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("std::bad_alloc")

    monkeypatch.setattr(highspy.Highs, "run", fail)
    with pytest.raises(SolverFailed, match=r"the solver failed: .*bad_alloc.*planner doctor"):
        plan_of({FEBRUARY: 3}, end=FEBRUARY)


def saved(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file of a folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def _in_use(*_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, "The process cannot access the file")


def _read_only(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


FAULTS: dict[str, tuple[Any, str, Callable[..., None], str]] = {
    "no room for a table": (Path, "write_bytes", _no_room, "No space left"),
    "no room for the list": (Path, "write_text", _no_room, "No space left"),
    "no room when forced to disk": (os, "fsync", _no_room, "No space left"),
    "a read-only disk": (Path, "mkdir", _read_only, "Read-only file system"),
    "a file of it open elsewhere": (Path, "rename", _in_use, "Close files of the plan that are"),
}
"""What fails, how, and what is said of it."""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_plan_that_cannot_be_written_leaves_the_old_one(
    fault: tuple[Any, str, Callable[..., None], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = make_plan(read_inputs(FIRST_PLAN))
    save_plan(plan, tmp_path / "plan", report_writers(plan, ("xlsx", "html")))
    before = saved(tmp_path)
    where, name, fails, words = fault
    with monkeypatch.context() as patch, pytest.raises(PlannerError, match=words):
        patch.setattr(where, name, fails)
        save_plan(plan, tmp_path / "plan", report_writers(plan, ("xlsx", "html")))
    assert saved(tmp_path) == before
    assert load_plan(tmp_path / "plan").tables["orders"] == plan.tables["orders"]


SMALL_FILES = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from planner.cli.main import main
main(["plan", *sys.argv[1:]])
"""


def test_a_disk_that_is_full_in_the_middle_of_a_report(tmp_path: Path) -> None:
    """No file may grow beyond 20 kB: the tables fit, the workbook and the page do not."""
    run = subprocess.run(
        [sys.executable, "-c", SMALL_FILES, str(FIRST_PLAN), "-o", str(tmp_path / "plan")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 7
    assert "Every milestone is met" in run.stdout
    for name in ("plan.xlsx", "report.html"):
        assert re.search(
            rf"^{re.escape(name)} could not be written: .*File too large", run.stderr, re.MULTILINE
        )
        assert not (tmp_path / "plan" / name).exists()
    assert f"The plan is kept: {tmp_path / 'plan' / 'plan.json'}." in run.stderr
    assert "Traceback" not in run.stderr
    assert verify(read_inputs(FIRST_PLAN), load_plan(tmp_path / "plan").tables).ok
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


@pytest.mark.parametrize(
    ("module", "command", "words"),
    [
        ("resvg_py", ["report", "{plan}", "--figures", "png"], "resvg"),
        (
            "distributed",
            [
                "sweep",
                str(FIRST_PLAN),
                "--method",
                "grid",
                "--engine",
                "dask",
                "--vary",
                "halls[*].it_mw*=0.5,1",
            ],
            "dask",
        ),
    ],
)
def test_an_optional_package_that_is_missing_is_named(
    module: str,
    command: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = make_plan(read_inputs(FIRST_PLAN))
    save_plan(plan, tmp_path / "plan", report_writers(plan, ("xlsx",)))
    before, imported = saved(tmp_path / "plan"), builtins.__import__

    def without(name: str, *rest: Any, **others: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == module:
            raise ImportError(f"No module named {name!r}", name=name)
        return imported(name, *rest, **others)

    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.chdir(tmp_path)
    before_term = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught:
        entry.main([part.format(plan=tmp_path / "plan") for part in command])
    signal.signal(signal.SIGTERM, before_term)
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert words in told
    assert "pip install" in told
    assert saved(tmp_path / "plan") == before


@pytest.mark.parametrize("stage", ["read", "extract", "save"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_in_any_stage_leaves_no_trace(
    stage: str, number: signal.Signals, tmp_path: Path
) -> None:
    """What was there stays; nothing else is left, and it is said."""
    run = subprocess.run(
        [
            sys.executable,
            STOPPED,
            "--at",
            stage,
            "--signal",
            str(int(number)),
            "--folder",
            str(tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
