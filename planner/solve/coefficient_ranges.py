"""How far the numbers of a model lie apart, which is what a solver's precision depends on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.solve.highs_model import LiveModel

Range = list[float]
"""The smallest and the largest magnitude that is not zero; empty if there is none."""


def ranges(live: LiveModel) -> dict[str, Range]:
    """Return the magnitudes of a model's coefficients, finite bounds and right-hand sides.

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
    """Leave out what is zero, and infinity, which is no bound."""
    sizes = np.abs(values[np.isfinite(values)])
    sizes = sizes[(sizes > 0) & (sizes < 1e30)]
    return [float(sizes.min()), float(sizes.max())] if len(sizes) else []
