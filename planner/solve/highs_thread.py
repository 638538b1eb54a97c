"""Run HiGHS in a daemon thread; abandon it if it ignores an interrupt for 0.1 s.

The calling thread stays free to receive Ctrl-C. HiGHS polls its interrupt callback often, but not
inside its sub-MIP heuristics, which ran for up to half a minute on a 750 MW plan with many missed
megawatts. That is too long to wait after Ctrl-C.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import highspy

from planner.errors import SolverFailed
from planner.solve.tuning import Tuning

_ABANDONED: list[tuple[threading.Thread, highspy.Highs]] = []
"""Abandoned solvers; referenced here because a running one must not be garbage-collected."""


def run_in_thread(
    highs: highspy.Highs,
    should_interrupt: Callable[[], bool],
    tuning: Tuning,
) -> bool:
    """Run HiGHS and return whether it ended; if not, its object must not be used any more.

    Parameters
    ----------
    highs
        The solver, with its model.
    should_interrupt
        Polled while HiGHS runs; returns True to interrupt it.
    tuning
        Seconds between polls, and the grace period that follows an interrupt.

    Raises
    ------
    SolverFailed
        If HiGHS fails.
    """
    failures: list[Exception] = []

    def run() -> None:
        try:
            highs.run()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while not should_interrupt():
            thread.join(tuning.poll_seconds)
            if not thread.is_alive():
                break
        thread.join(tuning.interrupt_grace_seconds)
    finally:
        if thread.is_alive():
            _ABANDONED.append((thread, highs))
    if failures:
        raise SolverFailed(f"the solver failed: {failures[0]!r}. Run planner doctor")
    return not thread.is_alive()


def is_abandoned_solver_running() -> bool:
    """Return whether an abandoned solver is still running.

    If so, the process must exit at once (`os._exit`), without the interpreter's own shutdown.
    """
    return any(thread.is_alive() for thread, _ in _ABANDONED)
