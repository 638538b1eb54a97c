"""Ctrl-C and terminations while sweeps and comparisons run, as real signals to real processes."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from places import ROOT
from random_cases import hard_case
from whatif_case import small_case, small_sheets

from planner.cli.main import main
from planner.errors import Interrupted
from planner.pipeline import make_plan
from planner.plan.store import Plan
from planner.plan.summary import INTERRUPTED
from planner.whatif import solve_reuse
from planner.workbook.writing.template import write_workbook

PATIENCE = 120.0
COUNT = 12
GRID = [
    "--method",
    "grid",
    "--vary",
    "systems[*].price*=0.5,0.6,0.7,0.8,0.9,1",
    "--vary",
    "milestones[*].mw*=0.5,1",
]
Begun = Callable[[Path], bool]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("interrupted") / "small.xlsx"
    write_workbook(path, small_sheets(), blank_sheets=True)
    return path


def interrupted(
    words: Sequence[str], begun: Callable[[], bool], number: int, stderr: IO[str] | None = None
) -> tuple[int, str]:
    """Start a command, send it a signal once it has begun; return exit code and stderr."""
    process = subprocess.Popen(
        [sys.executable, "-m", "planner", *words],
        cwd=ROOT,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=stderr or subprocess.PIPE,
    )
    try:
        started = time.monotonic()
        while not begun() and process.poll() is None:
            assert time.monotonic() < started + PATIENCE, "it has not begun in time"
            time.sleep(0.02)
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process.returncode, err


def cases(folder: Path) -> list[dict[str, object]]:
    """Return the whole lines of a journal."""
    path = folder / "cases.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


MOMENTS: dict[str, Begun] = {
    "while the base case is planned": lambda folder: (folder / "sweep.json").exists(),
    "after the first case": lambda folder: len(cases(folder)) >= 1,
    "after some cases": lambda folder: len(cases(folder)) >= 5,
}


@pytest.mark.parametrize(
    ("moment", "number", "workers"),
    [
        ("while the base case is planned", signal.SIGTERM, "1"),
        ("after the first case", signal.SIGTERM, "1"),
        ("after some cases", signal.SIGINT, "1"),
        ("after the first case", signal.SIGTERM, "2"),
    ],
)
def test_a_sweep_ends_and_goes_on_as_it_says(
    tmp_path: Path, workbook: Path, moment: str, number: int, workers: str
) -> None:
    """No case that was cut short is kept, and the printed command finishes the sweep."""
    folder = tmp_path / "sweep"
    words = ["sweep", str(workbook), *GRID, "-o", str(folder), "--workers", workers]
    code, err = interrupted(words, lambda: MOMENTS[moment](folder), number)
    assert code == 130, err
    kept = cases(folder)
    assert len(kept) < COUNT
    assert all(record["result"]["status"].startswith("proven") for record in kept)  # type: ignore[index]
    told = re.search(r"interrupted: (.*)\. Go on with: (planner .*)$", err, re.MULTILINE)
    assert told, err
    count = re.match(r"(\d+) finished", told[1])
    assert (int(count[1]) if count else 0) == len(kept)
    typed = shlex.split(told[2])
    assert typed == ["planner", *words, "--resume"]
    subprocess.run(
        [sys.executable, "-m", *typed],
        cwd=ROOT,
        check=True,
        timeout=PATIENCE,
        stdout=subprocess.DEVNULL,
    )
    assert sorted(record["case"] for record in cases(folder)) == [*range(COUNT)]  # type: ignore[type-var]
    assert (folder / "sweep.xlsx").exists()


def test_a_comparison_that_is_interrupted_at_an_incumbent_says_how_good_it_is(
    tmp_path: Path,
) -> None:
    """The first scenario of a hard case: its best plan is told, nothing is written."""
    book, log = tmp_path / "hard.xlsx", tmp_path / "stderr"
    write_workbook(book, hard_case(), blank_sheets=True)
    words = [
        "compare",
        str(book),
        "--scenario",
        "base",
        "--scenario",
        "base",
        "--gap",
        "0",
        "-o",
        str(tmp_path / "compare"),
    ]
    shown = re.compile(r"^present cost: [\d.,]+ ", re.MULTILINE)
    with log.open("w", encoding="utf-8") as stderr:
        code, _ = interrupted(
            words,
            lambda: bool(shown.search(log.read_text(encoding="utf-8"))),
            signal.SIGTERM,
            stderr,
        )
    told = log.read_text(encoding="utf-8")
    assert code == 130, told
    assert re.search(
        r"interrupted: the best plan so far of scenario 'base' misses 0 MW-months "
        r"and costs [\d,]+ USD, gap [\d.]+%\. Nothing is written",
        told,
    )
    assert not (tmp_path / "compare").exists()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(small_case())


@pytest.mark.parametrize("ends", ["with a plan", "without", "between"])
def test_scenarios_that_have_a_plan_are_compared_after_an_interruption(
    tmp_path: Path,
    workbook: Path,
    plan: Plan,
    ends: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of three scenarios, the second or third is cut short: two are shown, and 130 is returned."""
    calls: list[object] = []
    whole = solve_reuse.plan_near

    def near(*words: object, **more: object) -> object:
        calls.append(words)
        found = whole(*words, **more)  # type: ignore[arg-type]
        if ends == "with a plan":
            cut = replace(found.plan, summary={**plan.summary, "status": INTERRUPTED, "gap": None})
            return replace(found, plan=cut)
        if len(calls) == 1:
            return found
        raise Interrupted("before any plan") if ends == "without" else KeyboardInterrupt

    monkeypatch.setattr(solve_reuse, "plan_near", near)
    words = ["compare", str(workbook), "-o", str(tmp_path / "c"), "--json"]
    for name in ("base", "few crews", "late south"):
        words += ["--scenario", name]
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert ended.value.code == 130
    assert len(document["plans"]) == 2
    assert document["interrupted"] in err
    assert "The comparison shows 2 of 3 scenarios" in err
    assert Path(document["files"]["xlsx"]).exists()
    assert not [path for path in (tmp_path / "c").iterdir() if path.name.startswith(".")]
    if ends == "with a plan":
        assert re.search(r"MW-months(?: of [\w ]+)? and costs", err)
        assert "its gap is not proven" in err
        assert document["plans"][1]["status"] == "interrupted"
    else:
        assert "had no plan yet" in err
