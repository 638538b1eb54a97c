"""Ranges of a model's coefficients, on which the precision of a solver depends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.solve.highs_model import LiveModel

LEAST_INFINITE = 1e30
"""Least magnitude that stands for no bound."""

Range = list[float]
"""Smallest and largest non-zero magnitude; empty if all are zero."""


def coefficient_ranges(live: LiveModel) -> dict[str, Range]:
    """Return the ranges of a model's coefficients, finite bounds and right-hand sides.

    Parameters
    ----------
    live
        The model, with nothing fixed or held.
    """
    lp = live.highs.getLp()
    coefficients = np.array(lp.a_matrix_.value_, dtype=float)
    bounds = np.concatenate([live.lower, live.upper])
    sides = np.concatenate([lp.row_lower_, lp.row_upper_])
    return {
        "coefficients": _range(coefficients),
        "bounds": _range(bounds),
        "right_sides": _range(sides),
    }


def _range(values: npt.NDArray[np.float64]) -> Range:
    """Return the range of the finite, non-zero magnitudes."""
    sizes = np.abs(values[np.isfinite(values)])
    sizes = sizes[(sizes > 0) & (sizes < LEAST_INFINITE)]
    if not len(sizes):
        return []
    return [float(sizes.min()), float(sizes.max())]
