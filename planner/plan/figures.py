"""Figures without the dust of floating point."""

from __future__ import annotations

import math
from collections.abc import Iterable


def tidy(value: float) -> float:
    """Return a figure without the dust of floating point: 750 for 749.9999999999999.

    It keeps 13 digits: a cent in ten billion, and 10,000 times finer than what the checker holds
    money to.
    """
    return float(f"{value:.13g}") + 0.0


def total(values: Iterable[float]) -> float:
    """Return the sum of figures, without dust."""
    return tidy(math.fsum(values))
