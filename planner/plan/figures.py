"""Figures without the dust of floating point."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import accumulate


def tidy(value: float) -> float:
    """Return a figure without the dust of floating point: 750 for 749.9999999999999.

    It keeps 14 digits: a cent in a hundred billion, and 100,000 times finer than what the checker
    holds money to.
    """
    return float(f"{value:.14g}") + 0.0


def total(values: Iterable[float]) -> float:
    """Return the sum of figures, without dust."""
    return tidy(math.fsum(values))


def running(values: Iterable[float]) -> list[float]:
    """Return the sums of figures so far, each without dust and without that of those before."""
    exact = accumulate((Fraction(value) for value in values), initial=Fraction())
    return [tidy(float(value)) for value in exact][1:]
