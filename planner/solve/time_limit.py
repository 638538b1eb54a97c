"""How long a solve may still take."""

from __future__ import annotations

import time


class Clock:
    """Time spent and left."""

    def __init__(self, seconds: float) -> None:
        self.started, self.seconds = time.monotonic(), seconds

    @property
    def spent(self) -> float:
        """Seconds spent."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left, never less than none."""
        return max(0.0, self.seconds - self.spent)
