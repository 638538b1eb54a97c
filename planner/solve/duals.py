"""Dual values of linear solves, and limits changed on a live model.

Dual values are read after an LP solve only: a MIP has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from planner.solve.basis import Basis
from planner.solve.highs_model import LiveModel
from planner.solve.highs_run import NO_LIMIT
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
        is_column = self.index[entries] == column
        return float(self.value[entries][is_column].sum())


def read_rows(live: LiveModel) -> RowMatrix:
    """Return the rows of a live model, in row order whatever HiGHS's storage order."""
    lp = live.highs.getLp()
    rows, columns, value = _entries(lp)
    order = np.argsort(rows, kind="stable")
    counts = np.bincount(rows, minlength=lp.num_row_)
    start = np.concatenate([[0], np.cumsum(counts)])
    return RowMatrix(
        np.array(lp.row_lower_, dtype=float),
        np.array(lp.row_upper_, dtype=float),
        start.astype(np.int32),
        columns[order].astype(np.int32),
        value[order],
    )


def _entries(
    lp: highspy.HighsLp,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]:
    """Return row, column and coefficient of each entry of a model."""
    matrix = lp.a_matrix_
    # The type is stated, because numpy takes an empty list for floating point.
    start = np.array(matrix.start_, dtype=np.int64)
    index = np.array(matrix.index_, dtype=np.int64)
    value = np.array(matrix.value_, dtype=float)
    vector = np.repeat(np.arange(len(start) - 1), np.diff(start))
    if matrix.format_ == highspy.MatrixFormat.kColwise:
        return index, vector, value
    return vector, index, value


def read_duals(live: LiveModel) -> Duals:
    """Return the dual values of the LP solve that has just ended."""
    solution = live.highs.getSolution()
    reduced = np.array(solution.col_dual, dtype=float)
    return Duals(
        np.array(solution.row_dual, dtype=float),
        np.minimum(reduced, 0.0),
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
    seconds = live.tuning.linear_time_limit_seconds
    limit = NO_LIMIT if pivots is None else pivots
    live.highs.setOptionValue("simplex_strategy", strategy)
    live.highs.setOptionValue("simplex_iteration_limit", limit)
    live.highs.setOptionValue("objective_bound", cutoff)
    outcome = live.solve(gap=0.0, seconds=seconds)
    outcome = solve_again_if_infeasible(live, outcome, seconds)
    live.highs.setOptionValue("simplex_iteration_limit", NO_LIMIT)
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
    if pivots_per_row is None:
        pivots_per_row = live.tuning.further_pivots_per_row
    if start is not None:
        outcome = _solve_within_pivots(live, start, cutoff, pivots_per_row)
        if outcome.status in ANSWERED_STATUSES:
            return outcome
    live.discard_basis()
    return solve_linear(live, cutoff=cutoff)


def _solve_within_pivots(
    live: LiveModel,
    start: Basis,
    cutoff: float,
    pivots_per_row: float,
) -> Outcome:
    """Solve an LP from a basis by dual simplex; if columns were added, by primal simplex next."""
    tuning = live.tuning
    if start.has_grown:
        # The new columns may make the basis dual infeasible, so dual simplex gets few pivots.
        pivots_per_row = 0.0
    pivots = max(tuning.min_pivots, round(pivots_per_row * live.rows))
    live.set_basis(start)
    outcome = solve_linear(live, pivots=pivots, cutoff=cutoff)
    if outcome.status in ANSWERED_STATUSES or not start.has_grown:
        return outcome
    live.set_basis(start)
    pivots = round(tuning.grown_pivots_per_row * live.rows)
    return solve_linear(live, pivots=pivots, strategy=PRIMAL_SIMPLEX)


def proven_bound(live: LiveModel) -> float:
    """Return the lower bound that the dual values of the last LP solve prove, whatever its status.

    By weak duality any multipliers give a bound: each row counts at the side that its multiplier
    favours, and each column at the bound that its reduced cost favours. A row whose favoured side
    is infinite gets the multiplier zero.
    """
    lp = live.highs.getLp()
    price = np.array(live.highs.getSolution().row_dual, dtype=float)
    row_lower = np.array(lp.row_lower_, dtype=float)
    row_upper = np.array(lp.row_upper_, dtype=float)
    if len(price) != len(row_lower):
        # HiGHS has no dual values.
        return -np.inf
    side = np.where(price > 0, row_lower, row_upper)
    price[~np.isfinite(side)] = 0.0
    rows, columns, value = _entries(lp)
    cost = np.array(lp.col_cost_, dtype=float)
    worth = np.bincount(columns, weights=price[rows] * value, minlength=len(cost))
    reduced = cost - worth
    reduced[np.abs(reduced) < REDUCED_COST_TOLERANCE] = 0.0
    bound = np.where(reduced > 0, np.array(lp.col_lower_), np.array(lp.col_upper_))
    # Zero times infinity is not a number, so only what counts is multiplied.
    priced = price != 0
    counted = reduced != 0
    of_rows = price[priced] @ side[priced]
    of_columns = reduced[counted] @ bound[counted]
    return float(lp.offset_ + of_rows + of_columns)


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
