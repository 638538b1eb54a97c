"""Ctrl-C while a large plan is being solved: the best plan so far is written, whole and checked."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from places import ROOT

from planner.checker.verify import verify
from planner.plan.store import load_plan
from planner.workbook.reading import read_inputs

WORKBOOK = ROOT / "inputs" / "openai-750mw.xlsx"
INCUMBENT = re.compile(r"present cost: ([\d.,]+) (billion|million) ")
WORDS = {"billion": 1e9, "million": 1e6}
PATIENCE = 120.0


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, float, Path]:
    """Start a plan, interrupt it at its first incumbent; exit code, stdout, incumbent, folder.

    With no gap allowed there is much left to prove then.
    """
    folder = tmp_path_factory.mktemp("interrupted")
    with (folder / "stdout").open("w", encoding="utf-8") as stdout:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "planner.cli.main",
                "plan",
                str(WORKBOOK),
                "--json",
                "--gap",
                "0",
                "-o",
                str(folder / "plan"),
            ],
            cwd=ROOT,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
        )
        shown = 0.0
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        assert process.stderr is not None
        for line in process.stderr:
            found = INCUMBENT.match(line)
            if found and not shown:
                shown = float(found[1].replace(",", "")) * WORDS[found[2]]
                time.sleep(0.2)
                process.send_signal(signal.SIGINT)
        code = process.wait()
        watchdog.cancel()
    assert shown, "no incumbent of present_cost was shown before the run ended"
    return code, (folder / "stdout").read_text(encoding="utf-8"), shown, folder / "plan"


def test_the_exit_code_says_that_it_was_interrupted(
    interrupted: tuple[int, str, float, Path],
) -> None:
    assert interrupted[0] == 130


def test_the_plan_is_complete_and_holds(interrupted: tuple[int, str, float, Path]) -> None:
    _, stdout, _, folder = interrupted
    document = json.loads(stdout)
    assert (document["status"], document["verified"]) == ("interrupted", True)
    assert (folder / "plan.xlsx").stat().st_size > 10_000
    assert verify(read_inputs(WORKBOOK), load_plan(folder).tables).ok


def test_what_is_not_proven_is_not_said_to_be(interrupted: tuple[int, str, float, Path]) -> None:
    """The gap is that of value and bound."""
    tier = json.loads(interrupted[1])["tiers"][-1]
    assert (tier["name"], tier["status"]) == ("present_cost", "interrupted")
    assert tier["bound"] <= tier["value"]
    assert tier["gap"] == pytest.approx(1 - tier["bound"] / tier["value"])


def test_the_plan_is_no_worse_than_what_was_shown(
    interrupted: tuple[int, str, float, Path],
) -> None:
    """A person who stops at a value that is good enough gets it, up to the digits shown."""
    _, stdout, shown, _ = interrupted
    assert json.loads(stdout)["tiers"][-1]["value"] <= shown * 1.0005
