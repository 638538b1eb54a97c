"""What a solved linear model says of its limits, and limits moved on a live model.

Prices are read after a linear solve alone: a model with whole numbers has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from planner.solve.highs import Array, LiveModel


@dataclass(frozen=True)
class Prices:
    """By how much the objective changes for one unit more of a limit.

    Attributes
    ----------
    rows : array of float
        For each row's right-hand side, rows that were added included.
    uppers : array of float
        For each column's upper bound, shape (columns,); zero where it does not bind.
    used : array of float
        Value of each row's left-hand side.
    """

    rows: Array
    uppers: Array
    used: Array


@dataclass(frozen=True)
class Rows:
    """The rows of a model as it was handed over.

    Attributes
    ----------
    lower, upper : array of float
        Sides, shape (rows,).
    start, index, value : arrays
        Entries of row r are those from ``start[r]`` up to ``start[r + 1]``: columns, coefficients.
    """

    lower: Array
    upper: Array
    start: npt.NDArray[np.int32]
    index: npt.NDArray[np.int32]
    value: Array

    def coefficient(self, row: int, column: int) -> float:
        """Return one coefficient, zero where there is none."""
        entries = slice(self.start[row], self.start[row + 1])
        return float(self.value[entries][self.index[entries] == column].sum())


@dataclass(frozen=True)
class Basis:
    """Where a linear solve ended, so that a like model can begin there."""

    columns: tuple[highspy.HighsBasisStatus, ...]
    rows: tuple[highspy.HighsBasisStatus, ...]


def read_rows(live: LiveModel) -> Rows:
    """Return the rows of a model that has not been solved yet."""
    lp = live.highs.getLp()
    start, index = np.array(lp.a_matrix_.start_), np.array(lp.a_matrix_.index_)
    value = np.array(lp.a_matrix_.value_, dtype=float)
    across = np.repeat(np.arange(len(start) - 1), np.diff(start)).astype(np.int32)
    if lp.a_matrix_.format_ == highspy.MatrixFormat.kColwise:
        order = np.argsort(index, kind="stable")
        counts = np.bincount(index, minlength=lp.num_row_)
        start = np.concatenate([[0], np.cumsum(counts)])
        index, value = across[order], value[order]
    return Rows(np.array(lp.row_lower_, dtype=float), np.array(lp.row_upper_, dtype=float),
                start.astype(np.int32), index.astype(np.int32), value)  # fmt: skip


def read_prices(live: LiveModel) -> Prices:
    """Return the prices of the linear solve that has just ended."""
    solution = live.highs.getSolution()
    return Prices(
        np.array(solution.row_dual, dtype=float),
        np.minimum(np.array(solution.col_dual, dtype=float), 0.0),
        np.array(solution.row_value, dtype=float),
    )


def read_basis(live: LiveModel) -> Basis:
    """Return the basis of the linear solve that has just ended."""
    basis = live.highs.getBasis()
    return Basis(tuple(basis.col_status), tuple(basis.row_status))


def start_from_basis(live: LiveModel, basis: Basis) -> None:
    """Let the next linear solve begin at a basis; rows beyond it are taken as not binding."""
    begin, rows = highspy.HighsBasis(), live.highs.getNumRow()
    begin.col_status = list(basis.columns)
    spare = [highspy.HighsBasisStatus.kBasic] * max(0, rows - len(basis.rows))
    begin.row_status = list(basis.rows[:rows]) + spare
    begin.valid = begin.alien = True
    live.highs.setBasis(begin)


def start_afresh(live: LiveModel) -> None:
    """Let the next solve forget where the last one ended."""
    live.highs.clearSolver()


def carry_basis(basis: Basis, columns: Sequence[int | None], rows: Sequence[int | None]) -> Basis:
    """Return a basis for a like model.

    Parameters
    ----------
    columns, rows
        For each column and row of the new model its place in the old one; None where it is new.
    """
    lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
    return Basis(
        tuple(lower if at is None else basis.columns[at] for at in columns),
        tuple(basic if at is None else basis.rows[at] for at in rows),
    )


def set_row(live: LiveModel, row: int, lower: float, upper: float) -> None:
    """Set both sides of a row."""
    live.highs.changeRowBounds(row, lower, upper)


def set_coefficient(live: LiveModel, row: int, column: int, value: float) -> None:
    """Set one coefficient."""
    live.highs.changeCoeff(row, column, value)


def set_upper(live: LiveModel, columns: Sequence[int], upper: Sequence[float]) -> None:
    """Set the upper bounds of columns for good, so that `LiveModel.release` keeps them."""
    at = np.array(columns, dtype=np.int32)
    live.upper[at] = upper
    live.bound(at, live.lower[at], live.upper[at])


def rows_there(live: LiveModel) -> int:
    """Return the number of rows, those that were added included."""
    return int(live.highs.getNumRow())
