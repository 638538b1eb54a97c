"""Ranges of a model's coefficients, on which the precision of a solver depends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.solve.highs_model import LiveModel

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
    sides = np.concatenate([np.array(lp.row_lower_), np.array(lp.row_upper_)])
    return {
        "coefficients": _range(np.array(lp.a_matrix_.value_, dtype=float)),
        "bounds": _range(np.concatenate([live.lower, live.upper])),
        "right_sides": _range(sides),
    }


def _range(values: npt.NDArray[np.float64]) -> Range:
    """Return the range of the finite, non-zero magnitudes."""
    sizes = np.abs(values[np.isfinite(values)])
    sizes = sizes[(sizes > 0) & (sizes < 1e30)]
    return [float(sizes.min()), float(sizes.max())] if len(sizes) else []
