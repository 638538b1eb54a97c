"""A PuLP problem as one live HiGHS model: passed once as arrays, then modified and re-solved.

Status, bound and gap are read from HiGHS itself, because PuLP's status is "optimal" even when a
time limit ended the solve.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
import pulp

from planner.solve.elastic_rows import WidenedRows, restore_rows, widen_rows
from planner.solve.highs_options import PRESOLVE_RULES_OFF, SUB_MIP_HEURISTICS, new_solver
from planner.solve.highs_thread import run_in_thread
from planner.solve.outcome import STATUS, STATUS_WORDS, Array, Outcome
from planner.solve.problem_arrays import HasRows, ProblemArrays, indices_of
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.tolerance import HELD_TIER_SLACK, SEARCH_TOLERANCE

Statuses = npt.NDArray[np.int8]
Watcher = Callable[[float | None, float | None], None]
"""Called with incumbent and bound, in the objective's unit, while a solve runs."""

BASIS_STATUSES = tuple(highspy.HighsBasisStatus.__members__.values())
NO_COLUMNS = np.zeros(0, dtype=np.int32)
"""No columns, e.g. to solve the LP relaxation (`LiveModel.set_integer_columns`)."""


class LiveModel:
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
    stop : threading.Event
        Interrupts solves when it is set, as long as `is_interruptible`.
    ends_on_time : bool
        Whether a solve ends on time even without a plan, which HiGHS's current phase might find.
    """

    def __init__(
        self,
        problem: HasRows,
        columns: Sequence[pulp.LpVariable],
        threads: int = 1,
        tuning: Tuning = DEFAULT_TUNING,
    ) -> None:
        self.tuning = tuning
        self._columns = columns
        arrays = ProblemArrays(problem, columns)
        self.whole, self.lower, self.upper = arrays.whole, arrays.lower, arrays.upper
        self._held_lower, self._held_upper = self.lower.copy(), self.upper.copy()
        self._widened: list[WidenedRows] = []
        self.rows, self.nonzeros = len(arrays.row_lower), len(arrays.value)
        self._stated = self.rows, self.nonzeros
        self.stop, self.is_interruptible = threading.Event(), True
        self.ends_on_time = self._has_start = False
        self.objective = pulp.LpAffineExpression()
        self._threads = threads
        self.highs = self._solver()
        arrays.pass_to(self.highs)
        self.is_mip = bool(self.whole.any())
        self._watch: Watcher | None = None
        self._deadline = math.inf
        self._incumbent: float | None = None
        self._bound: float | None = None
        self._best: Array | None = None

    def _solver(self) -> highspy.Highs:
        """Return a HiGHS object without a model whose callbacks report to this one."""
        highs = new_solver(self._threads)
        for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            callback.subscribe(self._on_interrupt)
        highs.cbMipLogging.subscribe(self._on_progress)
        highs.cbMipImprovingSolution.subscribe(self._on_better)
        return highs

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @cached_property
    def position(self) -> dict[int, int]:
        """Index of each column, by the `id` of its variable."""
        return {id(variable): at for at, variable in enumerate(self._columns)}

    def minimise(self, expression: pulp.LpAffineExpression) -> None:
        """Set the objective, which is minimised."""
        costs = np.zeros(self.columns)
        costs[indices_of(expression)] = np.fromiter(expression.values(), float, len(expression))
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), costs)
        self.highs.changeObjectiveOffset(float(expression.constant))
        self.objective = expression

    def set_tolerance(self, tolerance: float) -> None:
        """Set the primal feasibility tolerance."""
        for kind in ("primal", "mip"):
            self.highs.setOptionValue(f"{kind}_feasibility_tolerance", tolerance)

    def evaluate(self, expression: pulp.LpAffineExpression, values: Array) -> float:
        """Return the value of an expression at a point, shape (columns,)."""
        weights = np.fromiter(expression.values(), float, len(expression))
        return float(expression.constant) + math.fsum(values[indices_of(expression)] * weights)

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
        limit = value - float(expression.constant)
        is_zero = limit <= min(slack, SEARCH_TOLERANCE)
        if is_zero and np.all(weights >= 0) and np.all(self.lower[at] >= 0):
            counted = at[weights > 0]
            self._held_lower[counted] = self._held_upper[counted] = 0.0
            self.fix(counted, np.zeros(len(counted)))
            return
        slack *= max(1.0, 0.1 * abs(limit))
        least = min(least, value) - float(expression.constant) - slack
        self.highs.addRow(least, limit + slack, len(at), at, weights)

    def add_links(
        self,
        links: Sequence[Sequence[tuple[pulp.LpVariable, float]]],
        limits: Sequence[float] | None = None,
    ) -> None:
        """Add rows until `drop_links`, each at most its limit (default zero); see `crew_links`."""
        at = [self.position[id(variable)] for link in links for variable, _ in link]
        weights = [coefficient for link in links for _, coefficient in link]
        starts = np.cumsum([0, *(len(link) for link in links)])[:-1].astype(np.int32)
        count = len(links)
        least = np.full(count, -highspy.kHighsInf)
        most = np.zeros(count) if limits is None else np.array(limits, dtype=float)
        self.highs.addRows(
            count,
            least,
            most,
            len(at),
            starts,
            np.array(at, dtype=np.int32),
            np.array(weights, dtype=float),
        )
        self.rows, self.nonzeros = self.rows + count, self.nonzeros + len(at)

    def drop_links(self) -> None:
        """Release all held tiers, and remove the rows that `add_links` added."""
        self.rows, self.nonzeros = self._stated
        self.release()

    def hold_at_zero(self, at: npt.NDArray[np.int32]) -> None:
        """Hold columns at zero until `release`, whatever other bounds are set meanwhile."""
        self._held_lower[at] = self._held_upper[at] = 0.0
        self.fix(at, np.zeros(len(at)))

    @property
    def has_held_rows(self) -> bool:
        """Whether any tier is held by a row, and so with a slack."""
        return bool(self.highs.getNumRow() > self.rows)

    def fix(self, at: npt.NDArray[np.int32], values: Array) -> None:
        """Fix columns at values until `unfix`."""
        self.highs.changeColsBounds(len(at), at, values, values)

    def set_permanent_bounds(self, at: npt.NDArray[np.int32], lower: Array, upper: Array) -> None:
        """Set bounds of columns permanently: `release` keeps them."""
        for bounds, values in (
            (self.lower, lower),
            (self.upper, upper),
            (self._held_lower, lower),
            (self._held_upper, upper),
        ):
            bounds[at] = values
        self.set_column_bounds(at, lower, upper)

    def unfix(self) -> None:
        """Restore all column bounds except those that held tiers fix."""
        self.set_all_bounds((self._held_lower, self._held_upper))

    def widen_rows(self, values: Array) -> None:
        """Widen rows and columns until `release` so that a point satisfies them all."""
        self._widened.append(widen_rows(self.highs, values))

    def release(self) -> None:
        """Restore all column bounds and widened rows, and release all held tiers."""
        restore_rows(self.highs, self._widened)
        self._widened.clear()
        self._held_lower, self._held_upper = self.lower.copy(), self.upper.copy()
        self.unfix()
        added = np.arange(self.rows, self.highs.getNumRow(), dtype=np.int32)
        if len(added):
            self.highs.deleteRows(len(added), added)

    def set_column_bounds(self, at: npt.NDArray[np.int32], lower: Array, upper: Array) -> None:
        """Set bounds of some columns until `unfix`."""
        self.highs.changeColsBounds(len(at), at, lower, upper)

    def fix_at_rounded(self, at: npt.NDArray[np.int32], values: Array) -> None:
        """Fix columns at their rounded values, clipped to the bounds of model and held tiers."""
        lower, upper = self._held_lower[at], self._held_upper[at]
        self.fix(at, np.clip(np.round(values[at]), lower, upper))

    def restrict_to_band(self, at: npt.NDArray[np.int32], values: Array, band: float) -> None:
        """Restrict columns to a band around values, within the bounds of model and held tiers."""
        least, most = self._held_lower[at], self._held_upper[at]
        lower = np.clip(np.floor(values[at]) - band, least, most)
        upper = np.clip(np.ceil(values[at]) + band, least, most)
        self.set_column_bounds(at, lower, upper)

    def all_bounds(self) -> tuple[Array, Array]:
        """Return the current bounds of all columns, shape (columns,) each."""
        lp = self.highs.getLp()
        return np.array(lp.col_lower_, dtype=float), np.array(lp.col_upper_, dtype=float)

    def set_all_bounds(self, bounds: tuple[Array, Array]) -> None:
        """Set the bounds of all columns."""
        self.set_column_bounds(np.arange(self.columns, dtype=np.int32), *bounds)

    def set_integer_columns(self, at: npt.NDArray[np.int32]) -> None:
        """Make exactly these columns integer."""
        kinds = np.full(self.columns, int(highspy.HighsVarType.kContinuous), dtype=np.uint8)
        kinds[at] = int(highspy.HighsVarType.kInteger)
        everything = np.arange(self.columns, dtype=np.int32)
        self.highs.changeColsIntegrality(self.columns, everything, kinds)
        self.is_mip = len(at) > 0

    def set_start(self, values: Array) -> None:
        """Set a feasible point as the warm start of the next solve, shape (columns,)."""
        self._has_start, self._best = True, values
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.highs.setSolution(solution)

    def basis(self) -> tuple[Statuses, Statuses]:
        """Return the basis: HiGHS's status of each column, and of each row except held tiers."""
        basis = self.highs.getBasis()
        columns, rows = (
            [int(status) for status in found] for found in (basis.col_status, basis.row_status)
        )
        return np.array(columns, dtype=np.int8), np.array(rows[: self.rows], dtype=np.int8)

    def set_basis(self, columns: Statuses, rows: Statuses) -> None:
        """Start from the basis of a similar model; rows of held tiers are basic (not binding)."""
        kinds = {int(kind): kind for kind in BASIS_STATUSES}
        basis = highspy.HighsBasis()
        basis.col_status = [kinds[status] for status in columns.tolist()]
        held = self.highs.getNumRow() - self.rows
        basis.row_status = [
            *(kinds[status] for status in rows.tolist()),
            *[highspy.HighsBasisStatus.kBasic] * held,
        ]
        basis.valid, basis.alien = True, True
        self.highs.setBasis(basis)

    def solve(  # noqa: PLR0913  (one for each of HiGHS's options)
        self,
        *,
        gap: float,
        seconds: float,
        nodes: int | None = None,
        target: float = -math.inf,
        presolve: bool = True,
        cold: bool = False,
        heuristics: bool = True,
        restarts: bool = True,
        all_rules: bool = False,
        watch: Watcher | None = None,
    ) -> Outcome:
        """Solve the model until its gap is proven or a limit is reached.

        Parameters
        ----------
        gap
            Relative gap between objective and bound at which a MIP stops.
        seconds
            Time limit.
        nodes
            Node limit of a MIP; unlike a time limit it is deterministic.
        target
            Objective value at which a MIP stops, whatever its gap.
        presolve
            Whether HiGHS presolves the model.
        cold
            Whether to use interior point with crossover: a tenth of the time far from a basis.
        heuristics
            Whether a MIP runs its sub-MIP heuristics, which take much of the time.
        restarts, all_rules
            Whether HiGHS may presolve a MIP again after the root node, and use all presolve rules,
            even `PRESOLVE_RULES_OFF`, which is safe only if the bound is not used.
        watch
            Called with incumbent and bound during the solve.
        """
        self._watch, self._incumbent, self._bound = watch, None, None
        self._best = self._best if self._has_start else None
        self._deadline = (started := time.monotonic()) + max(seconds, 0.01)
        options = {
            "mip_rel_gap": gap,
            "mip_abs_gap": 1e-9,
            "presolve": "choose" if presolve else "off",
            "objective_target": target,
            "solver": "ipx" if cold else "choose",
            "mip_allow_restart": restarts,
            "presolve_rule_off": PRESOLVE_RULES_OFF if self.is_mip and not all_rules else 0,
            "mip_max_nodes": nodes if nodes is not None else 2**31 - 1,
            "time_limit": self._time_limit(seconds),
        }
        options |= {f"mip_heuristic_run_{name}": heuristics for name in SUB_MIP_HEURISTICS}
        for option, value in options.items():
            self.highs.setOptionValue(option, value)
        ended = self._run()
        self._has_start = False
        if not ended:
            return self._abandon_solver(time.monotonic() - started)
        if self.highs.getModelStatus() == STATUS.kUnknown and not self.is_mip:
            self.highs.clearSolver()  # simplex failed from another objective's basis
            self._run()
        return self._outcome(time.monotonic() - started)

    @property
    def _must_end(self) -> bool:
        """Whether the running solve must end at its time limit."""
        return self.ends_on_time or self._has_start or self._incumbent is not None

    def _time_limit(self, seconds: float) -> float:
        """Return the value for HiGHS's option time_limit.

        HiGHS compares it with the total time of all solves so far for an LP, but of the current
        solve for a MIP or sub-MIP. A MIP without a plan may overrun by that of all before.
        """
        own = self.is_mip and self._must_end
        return max(seconds, 0.01) + (0.0 if own else self.highs.getRunTime())

    @property
    def _is_stopped(self) -> bool:
        return self.stop.is_set() and self.is_interruptible

    def _run(self) -> bool:
        """Run HiGHS; return False if it was interrupted and had to be abandoned."""
        return run_in_thread(self.highs, lambda: self._is_stopped and self.is_mip, self.tuning)

    def _abandon_solver(self, seconds: float) -> Outcome:
        """Replace an abandoned solver by one of the same model, and return its incumbent."""
        abandoned, self.highs = self.highs, self._solver()
        self.highs.passModel(abandoned.getLp())
        for event in (abandoned.cbMipLogging, abandoned.cbMipImprovingSolution):
            event.callbacks.clear()  # its further incumbents belong to no solve of this model
        abandoned.cbMipInterrupt.callbacks[:] = [lambda event: event.interrupt(True)]
        best = self._best
        value = math.inf if best is None else self.evaluate(self.objective, best)
        bound = -math.inf if self._bound is None else min(self._bound, value)
        return Outcome("interrupted", best, value, bound, seconds)

    def _outcome(self, seconds: float) -> Outcome:
        """Read status, solution and bound from HiGHS."""
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        if status == STATUS.kModelEmpty:  # no column: the empty plan is optimal
            constant = float(self.highs.getObjectiveOffset()[1])
            return Outcome("optimal", np.zeros(0), constant, constant, seconds)
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(self.highs.getSolution().col_value, dtype=float) if found else None
        objective = float(info.objective_function_value) if found else math.inf
        bound = float(info.mip_dual_bound) if self.is_mip else -math.inf
        if status == STATUS.kOptimal and not self.is_mip:
            bound = objective
        nodes = max(0, int(info.mip_node_count))
        return Outcome(self._word(status), values, objective, bound, seconds, nodes)

    def _word(self, status: Any) -> str:
        if status == STATUS.kInterrupt:
            return "interrupted" if self._is_stopped else "time limit"
        return STATUS_WORDS.get(status) or str(self.highs.modelStatusToString(status)).lower()

    def _on_interrupt(self, event: Any) -> None:
        # At the root node HiGHS checks its own time limit only between phases, minutes apart.
        late = self._must_end and time.monotonic() > self._deadline
        # Passed even if False, because HiGHS keeps an interrupt through later solves.
        event.interrupt(self._is_stopped or late)

    def _on_progress(self, event: Any) -> None:
        """Pass on incumbent and bound; HiGHS reports infinity if it has none yet."""
        self._incumbent = _finite(event.data_out.mip_primal_bound)
        self._bound = _finite(event.data_out.mip_dual_bound)
        if self._watch is not None:
            self._watch(self._incumbent, self._bound)

    def _on_better(self, event: Any) -> None:
        """Keep a new incumbent."""
        self._best = np.array(event.data_out.mip_solution, dtype=float)
        self._on_progress(event)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) and abs(value) < 1e100 else None
