"""Widening rows that a plan violates by less than the tolerance.

A search within `SEARCH_TOLERANCE` may choose integers that violate a row by that much, e.g. two
systems of 1 MW for 2.0000001 MW. Polishing uses a tighter tolerance, at which these integers would
be infeasible. So the rows that they violate are widened just enough to admit them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from planner.solve.outcome import Array


@dataclass(frozen=True)
class WidenedRows:
    """Indices of widened rows, and the bounds that they had before."""

    rows: npt.NDArray[np.int32]
    lower: Array
    upper: Array


def widen_rows(highs: highspy.Highs, values: Array) -> WidenedRows:
    """Widen rows and columns so that a point satisfies them all.

    Parameters
    ----------
    highs
        The solver, with its model.
    values
        Value of each column, shape (columns,).

    Returns
    -------
    WidenedRows
        For `restore_rows`. Bounds of columns are restored by `LiveModel.release`.
    """
    lp = highs.getLp()
    activity = row_activity(lp, values)
    lower = np.array(lp.row_lower_, dtype=float)
    upper = np.array(lp.row_upper_, dtype=float)
    rows = _outside(activity, lower, upper)
    wider_lower = np.minimum(lower, activity)
    wider_upper = np.maximum(upper, activity)
    highs.changeRowsBounds(len(rows), rows, wider_lower[rows], wider_upper[rows])
    least = np.array(lp.col_lower_, dtype=float)
    most = np.array(lp.col_upper_, dtype=float)
    columns = _outside(values, least, most)
    wider_least = np.minimum(least, values)
    wider_most = np.maximum(most, values)
    highs.changeColsBounds(len(columns), columns, wider_least[columns], wider_most[columns])
    return WidenedRows(rows, lower[rows], upper[rows])


def _outside(values: Array, lower: Array, upper: Array) -> npt.NDArray[np.int32]:
    """Return the indices of values outside their bounds."""
    is_outside = (values < lower) | (values > upper)
    return np.flatnonzero(is_outside).astype(np.int32)


def restore_rows(highs: highspy.Highs, widened: Sequence[WidenedRows]) -> None:
    """Restore the bounds of widened rows, the last widened first."""
    for each in reversed(widened):
        # Rows of released tiers no longer exist.
        is_stated = each.rows < highs.getNumRow()
        rows = each.rows[is_stated]
        highs.changeRowsBounds(len(rows), rows, each.lower[is_stated], each.upper[is_stated])


def largest_miss(highs: highspy.Highs, values: Array) -> float:
    """Return the largest violation of any row at a point; zero if there is none."""
    lp = highs.getLp()
    activity = row_activity(lp, values)
    below = np.array(lp.row_lower_) - activity
    above = activity - np.array(lp.row_upper_)
    return float(np.maximum(below, above).max(initial=0.0))


def row_activity(lp: highspy.HighsLp, values: Array) -> Array:
    """Return the activity of each row at a point, shape (rows,)."""
    matrix = lp.a_matrix_
    start = np.array(matrix.start_)
    index = np.array(matrix.index_)
    vectors = np.repeat(np.arange(len(start) - 1), np.diff(start))
    if matrix.format_ == highspy.MatrixFormat.kRowwise:
        rows, columns = vectors, index
    else:
        rows, columns = index, vectors
    terms = np.array(matrix.value_) * values[columns]
    return np.bincount(rows, weights=terms, minlength=lp.num_row_).astype(float)
