"""Rows that give way to a plan that misses them by less than the tolerance.

A solver that searches within `SEARCH_TOLERANCE` may choose whole numbers that miss a row by that
much, e.g. two systems of 1 MW for 2.0000001 MW. The last values are worked out more exactly, where
these whole numbers would leave no plan at all. So the rows that they miss are widened to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from planner.solve.outcome import Array


@dataclass(frozen=True)
class Widened:
    """Rows that gave way, and the bounds that they had before."""

    rows: npt.NDArray[np.int32]
    lower: Array
    upper: Array


def give_way(highs: highspy.Highs, values: Array) -> Widened:
    """Widen rows and columns so that these values keep them all.

    Parameters
    ----------
    highs
        The solver, with its model.
    values
        Value of each column, shape (columns,).
    """
    lp = highs.getLp()
    activity = row_activity(lp, values)
    lower, upper = np.array(lp.row_lower_, dtype=float), np.array(lp.row_upper_, dtype=float)
    rows = np.flatnonzero((activity < lower) | (activity > upper)).astype(np.int32)
    widened = Widened(rows, lower[rows], upper[rows])
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


def take_back(highs: highspy.Highs, widened: Sequence[Widened]) -> None:
    """Give rows the bounds back that they had, the last widened first."""
    for each in reversed(widened):
        stated = each.rows < highs.getNumRow()  # rows of tiers that are held no more are gone
        rows = each.rows[stated]
        highs.changeRowsBounds(len(rows), rows, each.lower[stated], each.upper[stated])


def largest_miss(highs: highspy.Highs, values: Array) -> float:
    """Return by how much these values miss any row at most."""
    lp = highs.getLp()
    activity = row_activity(lp, values)
    missed = np.maximum(np.array(lp.row_lower_) - activity, activity - np.array(lp.row_upper_))
    return float(missed.max(initial=0.0))


def row_activity(lp: highspy.HighsLp, values: Array) -> Array:
    """Return the value of each row at the values of the columns, shape (rows,)."""
    matrix = lp.a_matrix_
    start, index = np.array(matrix.start_), np.array(matrix.index_)
    vectors = np.repeat(np.arange(len(start) - 1), np.diff(start))
    by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
    rows, columns = (vectors, index) if by_row else (index, vectors)
    terms = np.array(matrix.value_) * values[columns]
    return np.bincount(rows, weights=terms, minlength=lp.num_row_).astype(float)
