"""Dual values and bases of linear solves, and limits changed on a live model.

Dual values are read after an LP solve only: a MIP has none.
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
from planner.tolerance import REDUCED_COST_TOLERANCE

BOUND_PASSED = "bound passed"
"""Status of an LP solve that stopped because its objective provably reached the cutoff."""

ANSWERED_STATUSES = ("optimal", "infeasible", BOUND_PASSED)
"""Statuses that settle an LP solve; any other means that a limit ended it."""

DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
"""Values of HiGHS's option simplex_strategy."""


@dataclass(frozen=True)
class Duals:
    """Change of the objective for one more unit of each limit.

    Attributes
    ----------
    rows : array of float
        Dual value of each row, added rows included, shape (rows,).
    uppers : array of float
        Reduced cost at each column's upper bound, shape (columns,); zero where it does not bind.
    used : array of float
        Activity (left-hand side) of each row, shape (rows,).
    """

    rows: Array
    uppers: Array
    used: Array


@dataclass(frozen=True)
class RowMatrix:
    """The constraint matrix of a model in compressed row form, as it was passed to HiGHS.

    Attributes
    ----------
    lower, upper : array of float
        Bounds of the rows, shape (rows,).
    start, index, value : arrays
        Row r has the entries ``start[r]`` to ``start[r + 1] - 1``: column and coefficient of each.
    """

    lower: Array
    upper: Array
    start: npt.NDArray[np.int32]
    index: npt.NDArray[np.int32]
    value: Array

    def coefficient(self, row: int, column: int) -> float:
        """Return one coefficient; zero if the row does not contain the column."""
        entries = slice(self.start[row], self.start[row + 1])
        return float(self.value[entries][self.index[entries] == column].sum())


@dataclass(frozen=True)
class Basis:
    """Simplex basis of an LP solve, from which a similar model can start.

    Attributes
    ----------
    columns, rows : tuple of HighsBasisStatus
        Status of each column and of each row.
    has_grown : bool
        Whether the model to start has columns that the solved one did not have.
    """

    columns: tuple[highspy.HighsBasisStatus, ...]
    rows: tuple[highspy.HighsBasisStatus, ...]
    has_grown: bool = False


def read_rows(live: LiveModel) -> RowMatrix:
    """Return the rows of a live model, in row order whatever HiGHS's storage order."""
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
    return RowMatrix(
        np.array(lp.row_lower_, dtype=float),
        np.array(lp.row_upper_, dtype=float),
        start.astype(np.int32),
        index.astype(np.int32),
        value,
    )


def read_duals(live: LiveModel) -> Duals:
    """Return the dual values of the LP solve that has just ended."""
    solution = live.highs.getSolution()
    return Duals(
        np.array(solution.row_dual, dtype=float),
        np.minimum(np.array(solution.col_dual, dtype=float), 0.0),
        np.array(solution.row_value, dtype=float),
    )


def solve_linear(
    live: LiveModel,
    *,
    pivots: int | None = None,
    cutoff: float = np.inf,
    strategy: int = DUAL_SIMPLEX,
) -> Outcome:
    """Solve an LP.

    Parameters
    ----------
    live
        The model, without integer columns.
    pivots
        Limit on simplex iterations, for a start that may be distant.
    cutoff
        Stop with `BOUND_PASSED` once the objective is provably no less than this. Ignored by HiGHS
        when it presolves the model.
    strategy
        `DUAL_SIMPLEX`, or `PRIMAL_SIMPLEX`, which ignores the cutoff.
    """
    most = pivots if pivots is not None else 2**31 - 1
    live.highs.setOptionValue("simplex_strategy", strategy)
    live.highs.setOptionValue("simplex_iteration_limit", most)
    live.highs.setOptionValue("objective_bound", cutoff)
    outcome = solve_again_if_infeasible(
        live,
        live.solve(gap=0.0, seconds=live.tuning.linear_time_limit_seconds),
        live.tuning.linear_time_limit_seconds,
    )
    live.highs.setOptionValue("simplex_iteration_limit", 2**31 - 1)
    live.highs.setOptionValue("objective_bound", np.inf)
    live.highs.setOptionValue("simplex_strategy", DUAL_SIMPLEX)
    return outcome


def solve_from_basis(
    live: LiveModel,
    start: Basis | None,
    cutoff: float = np.inf,
    pivots_per_row: float | None = None,
) -> Outcome:
    """Solve an LP from a basis within a pivot limit, else from scratch.

    Parameters
    ----------
    live
        The model, without integer columns.
    start
        Basis to start from; None if there is none.
    cutoff
        As in `solve_linear`.
    pivots_per_row
        Pivot limit from the basis; None for `Tuning.further_pivots_per_row`.
    """
    if start is not None:
        start_from_basis(live, start)
        if pivots_per_row is None:
            pivots_per_row = live.tuning.further_pivots_per_row
        if start.has_grown:
            pivots_per_row = 0.0
        pivots = max(live.tuning.min_pivots, round(pivots_per_row * live.rows))
        outcome = solve_linear(live, pivots=pivots, cutoff=cutoff)
        if outcome.status in ANSWERED_STATUSES:
            return outcome
        if start.has_grown:
            start_from_basis(live, start)
            outcome = solve_linear(
                live,
                pivots=round(live.tuning.grown_pivots_per_row * live.rows),
                strategy=PRIMAL_SIMPLEX,
            )
            if outcome.status in ANSWERED_STATUSES:
                return outcome
    discard_basis(live)
    return solve_linear(live, cutoff=cutoff)


def proven_bound(live: LiveModel) -> float:
    """Return the lower bound that the dual values of the last LP solve prove, whatever its status.

    By weak duality any multipliers give a bound: each row counts at the side that its multiplier
    favours, and each column at the bound that its reduced cost favours. A row whose favoured side
    is infinite gets the multiplier zero.
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
    reduced[np.abs(reduced) < REDUCED_COST_TOLERANCE] = 0.0
    near = np.where(reduced > 0, np.array(lp.col_lower_), np.array(lp.col_upper_))
    counted = reduced != 0
    return float(
        lp.offset_ + price[price != 0] @ side[price != 0] + reduced[counted] @ near[counted]
    )


def read_basis(live: LiveModel) -> Basis:
    """Return the basis of the LP solve that has just ended."""
    basis = live.highs.getBasis()
    return Basis(tuple(basis.col_status), tuple(basis.row_status))


def start_from_basis(live: LiveModel, basis: Basis) -> None:
    """Start the next LP solve from a basis; rows that it does not cover are basic (not binding)."""
    begin, rows = highspy.HighsBasis(), live.highs.getNumRow()
    begin.col_status = list(basis.columns)
    spare = [highspy.HighsBasisStatus.kBasic] * max(0, rows - len(basis.rows))
    begin.row_status = list(basis.rows[:rows]) + spare
    begin.valid = begin.alien = True
    live.highs.setBasis(begin)


def discard_basis(live: LiveModel) -> None:
    """Discard basis and solution, so that the next solve starts from scratch."""
    live.highs.clearSolver()


def map_basis(basis: Basis, columns: Sequence[int | None], rows: Sequence[int | None]) -> Basis:
    """Map a basis to a similar model.

    Parameters
    ----------
    basis
        Basis of the old model.
    columns, rows
        Index of each column and row of the new model in the old one; None if it is new.
    """
    lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
    return Basis(
        tuple(lower if at is None else basis.columns[at] for at in columns),
        tuple(basic if at is None else basis.rows[at] for at in rows),
        any(at is None for at in columns),
    )


def set_row_bounds(live: LiveModel, row: int, lower: float, upper: float) -> None:
    """Set both bounds of a row."""
    live.highs.changeRowBounds(row, lower, upper)


def set_coefficient(live: LiveModel, row: int, column: int, value: float) -> None:
    """Set one coefficient."""
    live.highs.changeCoeff(row, column, value)


def set_upper_bounds(live: LiveModel, columns: Sequence[int], upper: Sequence[float]) -> None:
    """Set upper bounds of columns permanently: `LiveModel.release` keeps them."""
    at = np.array(columns, dtype=np.int32)
    live.upper[at] = upper
    live.set_column_bounds(at, live.lower[at], live.upper[at])


def row_count(live: LiveModel) -> int:
    """Return the number of rows, added ones included."""
    return int(live.highs.getNumRow())
