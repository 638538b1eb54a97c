"""Ctrl-C while the solver works: the plan in hand is kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS: list[int] = []
"""Signals that were taken as a wish to stop, in their order."""


def signals_taken() -> int:
    """Return how many signals have asked a solver of this process to stop.

    A solve that is done before it looks says nothing of a signal; a command that would go on with
    another one counts them.
    """
    return len(_SIGNALS)


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and a termination signal set an event instead of ending the process.

    A second Ctrl-C ends it. Outside the main thread signals are left alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        _SIGNALS.append(number)
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in
              (signal.SIGINT, signal.SIGTERM)}  # fmt: skip
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
