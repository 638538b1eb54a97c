"""What a solved linear model says of its limits, and limits moved on a live model.

Prices are read after a linear solve alone: a model with whole numbers has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from planner.solve.highs_model import LiveModel
from planner.solve.outcome import Array, Outcome
from planner.solve.recheck import solve_again_if_infeasible

LONG = 600.0
"""Seconds after which a linear program is given up; they take a fraction."""

BOUND_PASSED = "bound passed"
"""Status of a linear solve that ended once its objective was proved to be no less than asked."""

ENDED = ("optimal", "infeasible", BOUND_PASSED)
"""Statuses of a linear solve that answers what was asked."""

NEAR, FURTHER, FAR, LEAST_PIVOTS = 0.4, 0.2, 0.05, 200
"""Pivots from an old basis, as a share of the rows, after which a solve begins afresh.

By how far away the basis is likely to be: one limit moved, some, or another model. Most changes
need far fewer; those that need more are solved faster with presolve.
"""

GROWN = 1.0
"""Pivots of primal simplex from a basis of a model with fewer columns, as a share of the rows.

The basis is feasible there, and where the new columns gain nothing it takes no pivot at all: over
all kinds of dates of six late cases it took 70 % of the time of beginning afresh, and a thirtieth
where nothing is gained.
"""

DUAL, PRIMAL = 1, 4
"""HiGHS's names for the two ways of simplex."""

NOUGHT = 1e-9
"""Reduced cost that is none: what rounding leaves of zero."""


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
    """Where a linear solve ended, so that a like model can begin there.

    Attributes
    ----------
    columns, rows : tuple of status
    has_grown : bool
        Whether the model has columns that the one which was solved had not.
    """

    columns: tuple[highspy.HighsBasisStatus, ...]
    rows: tuple[highspy.HighsBasisStatus, ...]
    has_grown: bool = False


def read_rows(live: LiveModel) -> Rows:
    """Return the rows of a model that has not been solved yet."""
    lp = live.highs.getLp()
    # The kind is stated, for numpy takes what is empty for floating point.
    start = np.array(lp.a_matrix_.start_, dtype=np.int64)
    index = np.array(lp.a_matrix_.index_, dtype=np.int64)
    value = np.array(lp.a_matrix_.value_, dtype=float)
    across = np.repeat(np.arange(len(start) - 1), np.diff(start))
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


def solve_linear(
    live: LiveModel, *, pivots: int | None = None, beyond: float = np.inf, way: int = DUAL
) -> Outcome:
    """Solve a model without whole numbers.

    Parameters
    ----------
    pivots
        Limit on simplex iterations, for a start that may be far.
    beyond
        Objective at which to stop with `BOUND_PASSED` once it is proved to be no less; where the
        solver simplifies the model first, it does not stop.
    way
        `DUAL` simplex, or `PRIMAL`, which never stops at an objective.
    """
    most = pivots if pivots is not None else 2**31 - 1
    live.highs.setOptionValue("simplex_strategy", way)
    live.highs.setOptionValue("simplex_iteration_limit", most)
    live.highs.setOptionValue("objective_bound", beyond)
    outcome = solve_again_if_infeasible(live, live.solve(gap=0.0, seconds=LONG), LONG)
    live.highs.setOptionValue("simplex_iteration_limit", 2**31 - 1)
    live.highs.setOptionValue("objective_bound", np.inf)
    live.highs.setOptionValue("simplex_strategy", DUAL)
    return outcome


def solve_near(
    live: LiveModel, start: Basis | None, beyond: float = np.inf, share: float = FURTHER
) -> Outcome:
    """Solve a model without whole numbers from a basis as far as that is quick, else afresh.

    Parameters
    ----------
    start
        Basis to start from, if there is one.
    beyond
        As in `solve_linear`.
    share
        How far away the basis may be, see `NEAR`.
    """
    if start is not None:
        start_from_basis(live, start)
        share = 0.0 if start.has_grown else share
        pivots = max(LEAST_PIVOTS, round(share * live.rows))
        outcome = solve_linear(live, pivots=pivots, beyond=beyond)
        if outcome.status in ENDED:
            return outcome
        if start.has_grown:
            start_from_basis(live, start)
            outcome = solve_linear(live, pivots=round(GROWN * live.rows), way=PRIMAL)
            if outcome.status in ENDED:
                return outcome
    start_afresh(live)
    return solve_linear(live, beyond=beyond)


def proven_bound(live: LiveModel) -> float:
    """Return the bound that the prices of the last linear solve prove, whatever it was called.

    By weak duality any prices prove a bound: each row at the side that they favour, each column at
    the bound that its reduced cost favours. A row that favours a side it has not counts nothing.
    """
    lp, price = live.highs.getLp(), np.array(live.highs.getSolution().row_dual, dtype=float)
    lower, upper = np.array(lp.row_lower_, dtype=float), np.array(lp.row_upper_, dtype=float)
    if len(price) != len(lower):
        return -np.inf
    side = np.where(price > 0, lower, upper)
    price[~np.isfinite(side)] = 0.0
    # The kind is stated, for numpy takes what is empty for floating point.
    start = np.array(lp.a_matrix_.start_, dtype=np.int64)
    index = np.array(lp.a_matrix_.index_, dtype=np.int64)
    value, counts = np.array(lp.a_matrix_.value_, dtype=float), np.diff(start)
    cost = np.array(lp.col_cost_, dtype=float)
    if lp.a_matrix_.format_ == highspy.MatrixFormat.kColwise:
        column, weight = np.repeat(np.arange(len(counts)), counts), price[index] * value
    else:
        column, weight = index, np.repeat(price, counts) * value
    reduced = cost - np.bincount(column, weights=weight, minlength=len(cost))
    reduced[np.abs(reduced) < NOUGHT] = 0.0
    near = np.where(reduced > 0, np.array(lp.col_lower_), np.array(lp.col_upper_))
    counted = reduced != 0
    return float(lp.offset_ + price[price != 0] @ side[price != 0]
                 + reduced[counted] @ near[counted])  # fmt: skip


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
        any(at is None for at in columns),
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
