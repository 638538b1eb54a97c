"""HiGHS in a thread of its own, which is left to itself where it does not end when it is asked to.

That leaves the thread that asks free to receive Ctrl-C. HiGHS asks often whether to go on, but not
in the small searches inside of its own, which took up to half a minute of a plan of 750 MW that
misses much. Nobody who has interrupted a plan waits that long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import highspy

from planner.errors import SolverFailed

TICK, PATIENCE = 0.05, 0.1
"""Seconds between looks at whether to wait on, and those that HiGHS has to end by itself."""

_LEFT: list[tuple[threading.Thread, highspy.Highs]] = []
"""What was left to itself; a solver that still runs must not be taken down."""


def run_apart(highs: highspy.Highs, is_asked_to_end: Callable[[], bool]) -> bool:
    """Run HiGHS and say whether it ended; if not, its object must not be used any more.

    Parameters
    ----------
    highs
        The solver, with its model.
    is_asked_to_end
        Whether whoever waits has no use any more for what it may yet find.

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
        while not is_asked_to_end():
            thread.join(TICK)
            if not thread.is_alive():
                break
        thread.join(PATIENCE)
    finally:
        if thread.is_alive():
            _LEFT.append((thread, highs))
    if failures:
        raise SolverFailed(f"the solver failed: {failures[0]!r}. Run planner doctor")
    return not thread.is_alive()


def is_any_left() -> bool:
    """Return whether a solver that was left to itself still runs.

    A process that ends while one does must do so at once, without Python's taking itself down.
    """
    return any(thread.is_alive() for thread, _ in _LEFT)
