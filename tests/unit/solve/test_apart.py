"""A solver that does not end when it is asked to: nobody waits for it, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from oracle import model_of
from random_cases import hard_case

from planner.model.objectives import make_tiers
from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.highs_thread import is_abandoned_solver_running

STALL = 4.0
"""Seconds for which the solver answers nobody."""


@pytest.fixture
def live() -> LiveModel:
    model = model_of(hard_case())
    live = LiveModel(model.frame, model.frame.columns)
    missed, cost, _ = make_tiers(model)
    live.hold(missed.expression, 0.0)
    live.minimise(cost.expression)
    return live


def interrupt_and_stall(live: LiveModel) -> list[float]:
    """Interrupt a solve when it first asks whether to go on, and let it ask no more for a while."""
    moments: list[float] = []

    def stall(_: object) -> None:
        if not moments:
            moments.append(time.monotonic())
            live.stop.set()
            time.sleep(STALL)

    live.highs.cbMipInterrupt.subscribe(stall)
    return moments


def test_an_interrupted_solve_is_left_alone_and_its_best_plan_kept(live: LiveModel) -> None:
    start = live.solve(gap=1.0, seconds=20.0)
    assert start.values is not None
    live.set_start(start.values)
    moments = interrupt_and_stall(live)
    outcome = live.solve(gap=0.0, seconds=20.0)
    assert time.monotonic() - moments[0] < STALL / 2
    assert is_abandoned_solver_running()
    assert outcome.status == "interrupted" and outcome.values is not None
    assert outcome.bound <= outcome.objective <= start.objective + 1e-6
    assert live.evaluate(live.objective, outcome.values) == outcome.objective


def test_the_model_goes_on_with_another_solver(live: LiveModel) -> None:
    live.set_integer_columns(NO_COLUMNS)
    relaxed = live.solve(gap=0.0, seconds=20.0)
    live.set_integer_columns(live.whole.nonzero()[0])
    interrupt_and_stall(live)
    assert live.solve(gap=0.0, seconds=20.0).status == "interrupted"
    live.is_interruptible = False
    live.set_integer_columns(NO_COLUMNS)
    again = live.solve(gap=0.0, seconds=20.0)
    assert (again.status, again.objective) == ("optimal", pytest.approx(relaxed.objective))
    until = time.monotonic() + STALL + 10.0
    while is_abandoned_solver_running() and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_abandoned_solver_running(), (
        "it was not told to end, though this model heeds nobody any more"
    )
    assert live._best is None, "it told this model what it found"


def test_without_a_plan_yet_none_is_made_up(live: LiveModel) -> None:
    interrupt_and_stall(live)
    outcome = live.solve(gap=0.0, seconds=20.0)
    assert (outcome.status, outcome.values, outcome.objective) == (
        "interrupted",
        None,
        float("inf"),
    )


def test_the_command_ends_at_once_though_a_solver_still_runs() -> None:
    """Python would wait, or fall over what runs in it, while it takes itself down."""
    code = (
        "import atexit, threading, time\n"
        "from planner.cli.main import main\n"
        "from planner.solve import highs_thread\n"
        "thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)\n"
        "thread.start()\n"
        "highs_thread._ABANDONED.append((thread, None))\n"
        "atexit.register(print, 'taken down')\n"
        "main(['--version'])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 0 and run.stdout.startswith("planner")
    assert "taken down" not in run.stdout
