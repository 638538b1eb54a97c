"""A PuLP problem as one live HiGHS model: passed once as arrays, then modified and re-solved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import highspy
import numpy as np
import numpy.typing as npt
import pulp

from planner.solve.basis import Basis, read_basis, start_from_basis
from planner.solve.elastic_rows import WidenedRows, restore_rows, widen_rows
from planner.solve.highs_run import HighsRun
from planner.solve.outcome import Array
from planner.solve.problem_arrays import HasRows, ProblemArrays, indices_of
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.tolerance import HELD_TIER_SLACK, SEARCH_TOLERANCE

Index = npt.NDArray[np.int32]
"""Indices of columns or rows."""

NO_COLUMNS = np.zeros(0, dtype=np.int32)
"""No columns, e.g. to solve the LP relaxation (`LiveModel.set_integer_columns`)."""

CONTINUOUS = int(highspy.HighsVarType.kContinuous)
INTEGER = int(highspy.HighsVarType.kInteger)


class LiveModel(HighsRun):
    """A HiGHS model made from a PuLP problem, kept alive over many solves.

    Column bounds have three layers: those of the model (`set_permanent_bounds`); those of held
    tiers, until `release`; and temporary ones, until `unfix`, `set_all_bounds` or `release`.

    Parameters
    ----------
    problem
        The problem, to be minimised; its objective is set later.
    columns
        All its variables, in column order.
    threads
        Solver threads. The first model of a process decides for all, a restriction of HiGHS.
    tuning
        Tuning numbers of every solver of this model.

    Attributes
    ----------
    whole : array of bool
        Whether each column of the problem is integer, shape (columns,).
    lower, upper : arrays of float
        Bounds of the model's columns, shape (columns,).
    rows, nonzeros : int
        Size of the model, without the rows of held tiers.
    """

    def __init__(
        self,
        problem: HasRows,
        columns: Sequence[pulp.LpVariable],
        threads: int = 1,
        tuning: Tuning = DEFAULT_TUNING,
    ) -> None:
        super().__init__(threads, tuning)
        arrays = ProblemArrays(problem, columns)
        self.whole = arrays.whole
        self.lower = arrays.lower
        self.upper = arrays.upper
        self.rows = len(arrays.row_lower)
        self.nonzeros = len(arrays.value)
        self.is_mip = bool(self.whole.any())
        self._columns = columns
        self._stated_size = self.rows, self.nonzeros
        self._held_lower = self.lower.copy()
        self._held_upper = self.upper.copy()
        self._widened: list[WidenedRows] = []
        arrays.pass_to(self.highs)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @cached_property
    def position(self) -> dict[int, int]:
        """Index of each column, by the `id` of its variable."""
        return {id(variable): at for at, variable in enumerate(self._columns)}

    def variable(self, at: int) -> pulp.LpVariable:
        """Return the variable of a column."""
        return self._columns[at]

    @property
    def _every_column(self) -> Index:
        return np.arange(self.columns, dtype=np.int32)

    @property
    def integer_columns(self) -> Index:
        """Indices of the columns that are integer in the problem."""
        return np.flatnonzero(self.whole).astype(np.int32)

    @property
    def integer_variables(self) -> list[pulp.LpVariable]:
        """The variables of these columns."""
        return [self._columns[at] for at in self.integer_columns]

    # Objective and held tiers

    def minimise(self, expression: pulp.LpAffineExpression) -> None:
        """Set the objective, which is minimised."""
        costs = np.zeros(self.columns)
        costs[indices_of(expression)] = np.fromiter(expression.values(), float, len(expression))
        self.highs.changeColsCost(self.columns, self._every_column, costs)
        self.highs.changeObjectiveOffset(float(expression.constant))
        self.objective = expression

    def hold(
        self,
        expression: pulp.LpAffineExpression,
        value: float,
        slack: float = HELD_TIER_SLACK,
        least: float = -math.inf,
    ) -> None:
        """Hold an expression at or below a value until `release`.

        The slack, absolute up to a value of 10 and relative to a tenth of a larger one, admits
        plans that satisfy all rows although the value was reached within the tolerance. `least`
        is a proven bound: points below it exploit the tolerance.

        An expression without negative terms that is zero is held by fixing its columns at zero,
        which is tighter than a row.
        """
        at = indices_of(expression)
        weights = np.array(list(expression.values()), dtype=float)
        constant = float(expression.constant)
        limit = value - constant
        is_zero = limit <= min(slack, SEARCH_TOLERANCE)
        if is_zero and np.all(weights >= 0) and np.all(self.lower[at] >= 0):
            self.hold_at_zero(at[weights > 0])
            return
        slack *= max(1.0, 0.1 * abs(limit))
        least = min(least, value) - constant - slack
        self.highs.addRow(least, limit + slack, len(at), at, weights)

    def hold_at_zero(self, at: Index) -> None:
        """Hold columns at zero until `release`, whatever other bounds are set meanwhile."""
        self._held_lower[at] = 0.0
        self._held_upper[at] = 0.0
        self.fix(at, np.zeros(len(at)))

    @property
    def has_held_rows(self) -> bool:
        """Whether any tier is held by a row, and so with a slack."""
        return bool(self.highs.getNumRow() > self.rows)

    def widen_rows(self, values: Array) -> None:
        """Widen rows and columns until `release` so that a point satisfies them all."""
        self._widened.append(widen_rows(self.highs, values))

    def release(self) -> None:
        """Restore all column bounds and widened rows, and release all held tiers."""
        restore_rows(self.highs, self._widened)
        self._widened.clear()
        self._held_lower = self.lower.copy()
        self._held_upper = self.upper.copy()
        self.unfix()
        added = np.arange(self.rows, self.highs.getNumRow(), dtype=np.int32)
        if len(added):
            self.highs.deleteRows(len(added), added)

    # Rows that tighten the relaxation

    def add_links(
        self,
        links: Sequence[Sequence[tuple[pulp.LpVariable, float]]],
        limits: Sequence[float] | None = None,
    ) -> None:
        """Add rows until `drop_links`, each at most its limit (default zero); see `crew_links`."""
        starts: list[int] = []
        at: list[int] = []
        weights: list[float] = []
        for link in links:
            starts.append(len(at))
            for variable, coefficient in link:
                at.append(self.position[id(variable)])
                weights.append(coefficient)
        count = len(links)
        most = np.zeros(count)
        if limits is not None:
            most = np.array(limits, dtype=float)
        self.highs.addRows(
            count,
            np.full(count, -highspy.kHighsInf),
            most,
            len(at),
            np.array(starts, dtype=np.int32),
            np.array(at, dtype=np.int32),
            np.array(weights, dtype=float),
        )
        self.rows += count
        self.nonzeros += len(at)

    def drop_links(self) -> None:
        """Release all held tiers, and remove the rows that `add_links` added."""
        self.rows, self.nonzeros = self._stated_size
        self.release()

    # Bounds and kinds of columns

    def set_permanent_bounds(self, at: Index, lower: Array, upper: Array) -> None:
        """Set bounds of columns permanently: `release` keeps them."""
        self.lower[at] = lower
        self.upper[at] = upper
        self._held_lower[at] = lower
        self._held_upper[at] = upper
        self.set_column_bounds(at, lower, upper)

    def set_column_bounds(self, at: Index, lower: Array, upper: Array) -> None:
        """Set bounds of some columns until `unfix`."""
        self.highs.changeColsBounds(len(at), at, lower, upper)

    def fix(self, at: Index, values: Array) -> None:
        """Fix columns at values until `unfix`."""
        self.set_column_bounds(at, values, values)

    def fix_at_rounded(self, at: Index, values: Array) -> None:
        """Fix columns at their rounded values, clipped to the bounds of model and held tiers."""
        rounded = np.round(values[at])
        self.fix(at, np.clip(rounded, self._held_lower[at], self._held_upper[at]))

    def restrict_to_band(self, at: Index, values: Array, band: float) -> None:
        """Restrict columns to a band around values, within the bounds of model and held tiers."""
        least = self._held_lower[at]
        most = self._held_upper[at]
        lower = np.clip(np.floor(values[at]) - band, least, most)
        upper = np.clip(np.ceil(values[at]) + band, least, most)
        self.set_column_bounds(at, lower, upper)

    def unfix(self) -> None:
        """Restore all column bounds except those that held tiers fix."""
        self.set_all_bounds((self._held_lower, self._held_upper))

    def all_bounds(self) -> tuple[Array, Array]:
        """Return the current bounds of all columns, shape (columns,) each."""
        lp = self.highs.getLp()
        lower = np.array(lp.col_lower_, dtype=float)
        upper = np.array(lp.col_upper_, dtype=float)
        return lower, upper

    def set_all_bounds(self, bounds: tuple[Array, Array]) -> None:
        """Set the bounds of all columns."""
        lower, upper = bounds
        self.set_column_bounds(self._every_column, lower, upper)

    def set_integer_columns(self, at: Index) -> None:
        """Make exactly these columns integer."""
        kinds = np.full(self.columns, CONTINUOUS, dtype=np.uint8)
        kinds[at] = INTEGER
        self.highs.changeColsIntegrality(self.columns, self._every_column, kinds)
        self.is_mip = len(at) > 0

    # Bases

    def basis(self) -> Basis:
        """Return the basis of the last LP solve, without the rows of held tiers."""
        found = self.full_basis()
        return replace(found, rows=found.rows[: self.rows])

    def full_basis(self) -> Basis:
        """Return the basis of the last LP solve, with the rows of held tiers."""
        return read_basis(self.highs)

    def set_basis(self, basis: Basis) -> None:
        """Start the next LP solve from a basis; rows that it does not cover are basic."""
        start_from_basis(self.highs, basis)
