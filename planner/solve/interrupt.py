"""Ctrl-C during a solve: stop, and keep the incumbent."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS: list[int] = []
"""Signals that asked a solve to stop, in order of arrival."""


def signals_taken() -> int:
    """Return the number of signals that have asked a solve of this process to stop.

    A solve that ends before it polls does not report the signal, so a command with several solves
    compares this count.
    """
    return len(_SIGNALS)


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set an event instead of ending the process.

    A second signal raises KeyboardInterrupt. Outside the main thread handlers stay unchanged.

    Parameters
    ----------
    stop
        Event that the first signal sets.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        _SIGNALS.append(number)
        stop.set()

    before = {
        number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
