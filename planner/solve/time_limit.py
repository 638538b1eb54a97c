"""The time limit of a solve."""

from __future__ import annotations

import time


class TimeBudget:
    """Seconds spent and seconds left of a time limit, from the moment it is created."""

    def __init__(self, seconds: float) -> None:
        self.started = time.monotonic()
        self.seconds = seconds

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left, at least zero."""
        return max(0.0, self.seconds - self.spent)
