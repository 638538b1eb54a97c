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
    lower, upper = np.array(lp.row_lower_, dtype=float), np.array(lp.row_upper_, dtype=float)
    rows = np.flatnonzero((activity < lower) | (activity > upper)).astype(np.int32)
    widened = WidenedRows(rows, lower[rows], upper[rows])
    highs.changeRowsBounds(
        len(rows),
        rows,
        np.minimum(lower, activity)[rows],
        np.maximum(upper, activity)[rows],
    )
    least, most = np.array(lp.col_lower_, dtype=float), np.array(lp.col_upper_, dtype=float)
    columns = np.flatnonzero((values < least) | (values > most)).astype(np.int32)
    highs.changeColsBounds(
        len(columns),
        columns,
        np.minimum(least, values)[columns],
        np.maximum(most, values)[columns],
    )
    return widened


def restore_rows(highs: highspy.Highs, widened: Sequence[WidenedRows]) -> None:
    """Restore the bounds of widened rows, the last widened first."""
    for each in reversed(widened):
        stated = each.rows < highs.getNumRow()  # rows of released tiers no longer exist
        rows = each.rows[stated]
        highs.changeRowsBounds(len(rows), rows, each.lower[stated], each.upper[stated])


def largest_miss(highs: highspy.Highs, values: Array) -> float:
    """Return the largest violation of any row at a point; zero if there is none."""
    lp = highs.getLp()
    activity = row_activity(lp, values)
    missed = np.maximum(np.array(lp.row_lower_) - activity, activity - np.array(lp.row_upper_))
    return float(missed.max(initial=0.0))


def row_activity(lp: highspy.HighsLp, values: Array) -> Array:
    """Return the activity of each row at a point, shape (rows,)."""
    matrix = lp.a_matrix_
    start, index = np.array(matrix.start_), np.array(matrix.index_)
    vectors = np.repeat(np.arange(len(start) - 1), np.diff(start))
    by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
    rows, columns = (vectors, index) if by_row else (index, vectors)
    terms = np.array(matrix.value_) * values[columns]
    return np.bincount(rows, weights=terms, minlength=lp.num_row_).astype(float)
