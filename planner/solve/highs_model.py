"""A PuLP problem as one live HiGHS model: handed over once as arrays, then changed and re-solved.

The truth about a solve is HiGHS's own model status, bounds and gap; PuLP's status says "optimal"
at a time limit too.
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

from planner.solve.elastic_rows import Widened, give_way, take_back
from planner.solve.highs_options import INNER_SEARCHES, RULES_OFF, new_solver
from planner.solve.highs_thread import run_apart
from planner.solve.outcome import STATUS, WORDS, Array, Outcome
from planner.solve.problem_arrays import Arrays, Stated, positions
from planner.tolerance import SEARCH_TOLERANCE

Statuses = npt.NDArray[np.int8]
Watcher = Callable[[float | None, float | None], None]
"""Called with incumbent and bound, in the objective's unit, while a solve runs."""

BASIS_KINDS = tuple(highspy.HighsBasisStatus.__members__.values())
NO_WHOLE = np.zeros(0, dtype=np.int32)
"""No column, e.g. to make nothing whole."""

SEARCH_SLACK = 10 * SEARCH_TOLERANCE
"""Slack of a tier that is held while searching; for the last values it is `LAST_TOLERANCE`."""


class LiveModel:
    """A HiGHS model made from a PuLP problem, kept alive over many solves.

    Parameters
    ----------
    problem
        The problem, minimised; its objective is set later. A PuLP problem or the model's frame.
    columns
        All its variables, in their order.
    threads
        Solver threads; a process's first model decides for all, which is HiGHS's own limit.

    Attributes
    ----------
    ends_on_time : bool
        Whether a solve ends at its time limit though there is no plan yet: HiGHS may find one in
        the part of its search that it is in.
    """

    def __init__(
        self, problem: Stated, columns: Sequence[pulp.LpVariable], threads: int = 1
    ) -> None:
        self._columns = columns
        arrays = Arrays(problem, columns)
        self.whole, self.lower, self.upper = arrays.whole, arrays.lower, arrays.upper
        self._held_lower, self._held_upper = self.lower.copy(), self.upper.copy()
        self._widened: list[Widened] = []
        self.rows, self.nonzeros = len(arrays.row_lower), len(arrays.value)
        self._stated = self.rows, self.nonzeros
        self.stop, self.heeds_stop = threading.Event(), True
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
        """Return a HiGHS object without a model that reports to this one."""
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
        """Position of each column, by the identity of its variable."""
        return {id(variable): at for at, variable in enumerate(self._columns)}

    def minimise(self, expression: pulp.LpAffineExpression) -> None:
        """Set what is minimised."""
        costs = np.zeros(self.columns)
        costs[positions(expression)] = np.fromiter(expression.values(), float, len(expression))
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), costs)
        self.highs.changeObjectiveOffset(float(expression.constant))
        self.objective = expression

    def set_tolerance(self, tolerance: float) -> None:
        """Set by how much a row or bound may be missed."""
        for kind in ("primal", "mip"):
            self.highs.setOptionValue(f"{kind}_feasibility_tolerance", tolerance)

    def evaluate(self, expression: pulp.LpAffineExpression, values: Array) -> float:
        """Return the value of an expression at the values of the columns."""
        weights = np.fromiter(expression.values(), float, len(expression))
        return float(expression.constant) + math.fsum(values[positions(expression)] * weights)

    def hold(
        self, expression: pulp.LpAffineExpression, value: float, slack: float = SEARCH_SLACK,
        least: float = -math.inf,
    ) -> None:  # fmt: skip
        """Require that an expression stays at most at a value, give or take a slack.

        The slack of a search admits plans that miss no row though the value was reached by missing
        some. `least` is a proven bound: what seems to be better misses other rows a little.

        An expression of non-negative parts that is zero fixes its columns at zero until `release`,
        which is tighter for the solver than a row.
        """
        at = positions(expression)
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
        self, links: Sequence[Sequence[tuple[pulp.LpVariable, float]]],
        limits: Sequence[float] | None = None,
    ) -> None:  # fmt: skip
        """Add rows until `drop_links`, each at most its limit, or zero; see `crew_links`."""
        at = [self.position[id(variable)] for link in links for variable, _ in link]
        weights = [coefficient for link in links for _, coefficient in link]
        starts = np.cumsum([0, *(len(link) for link in links)])[:-1].astype(np.int32)
        count = len(links)
        least = np.full(count, -highspy.kHighsInf)
        most = np.zeros(count) if limits is None else np.array(limits, dtype=float)
        self.highs.addRows(count, least, most, len(at), starts, np.array(at, dtype=np.int32),
                           np.array(weights, dtype=float))  # fmt: skip
        self.rows, self.nonzeros = self.rows + count, self.nonzeros + len(at)

    def drop_links(self) -> None:
        """Take back every tier that is held, and the rows that `add_links` added."""
        self.rows, self.nonzeros = self._stated
        self.release()

    def leave_out(self, at: npt.NDArray[np.int32]) -> None:
        """Hold columns at zero until `release`, whatever else is fixed, narrowed or put back."""
        self._held_lower[at] = self._held_upper[at] = 0.0
        self.fix(at, np.zeros(len(at)))

    @property
    def holds_rows(self) -> bool:
        """Whether a tier is held by a row, that is with a slack."""
        return bool(self.highs.getNumRow() > self.rows)

    def fix(self, at: npt.NDArray[np.int32], values: Array) -> None:
        """Fix columns at values."""
        self.highs.changeColsBounds(len(at), at, values, values)

    def limit(self, at: npt.NDArray[np.int32], lower: Array, upper: Array) -> None:
        """Set bounds of columns for good: `release` does not take them back."""
        for bounds, values in ((self.lower, lower), (self.upper, upper),
                               (self._held_lower, lower), (self._held_upper, upper)):  # fmt: skip
            bounds[at] = values
        self.bound(at, lower, upper)

    def unfix(self) -> None:
        """Take back every fixed column, but not what tiers hold."""
        self.set_bounds((self._held_lower, self._held_upper))

    def give_way(self, values: Array) -> None:
        """Widen rows and columns, until `release`, so that these values keep them all."""
        self._widened.append(give_way(self.highs, values))

    def release(self) -> None:
        """Take back every fixed column, every tier that is held and every row that gave way."""
        take_back(self.highs, self._widened)
        self._widened.clear()
        self._held_lower, self._held_upper = self.lower.copy(), self.upper.copy()
        self.unfix()
        added = np.arange(self.rows, self.highs.getNumRow(), dtype=np.int32)
        if len(added):
            self.highs.deleteRows(len(added), added)

    def bound(self, at: npt.NDArray[np.int32], lower: Array, upper: Array) -> None:
        """Set the bounds of columns."""
        self.highs.changeColsBounds(len(at), at, lower, upper)

    def fix_rounded(self, at: npt.NDArray[np.int32], values: Array) -> None:
        """Fix columns at their values rounded, within their bounds and what tiers hold."""
        lower, upper = self._held_lower[at], self._held_upper[at]
        self.fix(at, np.clip(np.round(values[at]), lower, upper))

    def narrow(self, at: npt.NDArray[np.int32], values: Array, band: float) -> None:
        """Let columns move by a band from their values, within their bounds and what tiers hold."""
        least, most = self._held_lower[at], self._held_upper[at]
        lower = np.clip(np.floor(values[at]) - band, least, most)
        upper = np.clip(np.ceil(values[at]) + band, least, most)
        self.bound(at, lower, upper)

    def bounds(self) -> tuple[Array, Array]:
        """Return the bounds of all columns as they are now, shape (columns,) each."""
        lp = self.highs.getLp()
        return np.array(lp.col_lower_, dtype=float), np.array(lp.col_upper_, dtype=float)

    def set_bounds(self, bounds: tuple[Array, Array]) -> None:
        """Set the bounds of all columns."""
        self.bound(np.arange(self.columns, dtype=np.int32), *bounds)

    def make_whole(self, at: npt.NDArray[np.int32]) -> None:
        """Make these columns whole, and no others."""
        kinds = np.full(self.columns, int(highspy.HighsVarType.kContinuous), dtype=np.uint8)
        kinds[at] = int(highspy.HighsVarType.kInteger)
        everything = np.arange(self.columns, dtype=np.int32)
        self.highs.changeColsIntegrality(self.columns, everything, kinds)
        self.is_mip = len(at) > 0

    def start_from(self, values: Array) -> None:
        """Offer a feasible point from which the next solve starts."""
        self._has_start, self._best = True, values
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.highs.setSolution(solution)

    def basis(self) -> tuple[Statuses, Statuses]:
        """Return the solver's status of each column and each row that is not held."""
        basis = self.highs.getBasis()
        columns, rows = ([int(status) for status in found]
                         for found in (basis.col_status, basis.row_status))  # fmt: skip
        return np.array(columns, dtype=np.int8), np.array(rows[: self.rows], dtype=np.int8)

    def set_basis(self, columns: Statuses, rows: Statuses) -> None:
        """Start from a basis, of a model like this one; rows that are held count as not binding."""
        kinds = {int(kind): kind for kind in BASIS_KINDS}
        basis = highspy.HighsBasis()
        basis.col_status = [kinds[status] for status in columns.tolist()]
        held = self.highs.getNumRow() - self.rows
        basis.row_status = [*(kinds[status] for status in rows.tolist()),
                            *[highspy.HighsBasisStatus.kBasic] * held]  # fmt: skip
        basis.valid, basis.alien = True, True
        self.highs.setBasis(basis)

    def solve(  # noqa: PLR0913  (one for each of HiGHS's options)
        self, *, gap: float, seconds: float, nodes: int | None = None,
        target: float = -math.inf, presolve: bool = True, cold: bool = False,
        heuristics: bool = True, restarts: bool = True, all_rules: bool = False,
        watch: Watcher | None = None,
    ) -> Outcome:  # fmt: skip
        """Solve, at most so long, until the gap is proven.

        Parameters
        ----------
        gap
            Relative distance of objective and bound at which a model with whole numbers may stop.
        seconds
            Time limit.
        nodes
            Limit on nodes, which unlike a time limit gives the same plan again.
        target
            Objective at which a model with whole numbers may stop whatever its gap.
        presolve
            Whether HiGHS may simplify the model first.
        cold
            Whether to use interior point and crossover: far from an optimal basis 0.1 of the time.
        heuristics
            Whether plans are looked for in searches inside of the search, which take their time.
        restarts, all_rules
            Whether HiGHS may simplify the model anew after the root node, and with `RULES_OFF`,
            too, where no bound is looked for.
        watch
            Called with incumbent and bound as the solve goes on.
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
            "presolve_rule_off": RULES_OFF if self.is_mip and not all_rules else 0,
            "mip_max_nodes": nodes if nodes is not None else 2**31 - 1,
            "time_limit": self._time_limit(seconds),
        }
        options |= {f"mip_heuristic_run_{name}": heuristics for name in INNER_SEARCHES}
        for option, value in options.items():
            self.highs.setOptionValue(option, value)
        ended = self._run()
        self._has_start = False
        if not ended:
            return self._left_alone(time.monotonic() - started)
        if self.highs.getModelStatus() == STATUS.kUnknown and not self.is_mip:
            self.highs.clearSolver()  # simplex gave up on the basis of another objective
            self._run()
        return self._outcome(time.monotonic() - started)

    @property
    def _must_end(self) -> bool:
        """Whether the solve that is on has to end on time."""
        return self.ends_on_time or self._has_start or self._incumbent is not None

    def _time_limit(self, seconds: float) -> float:
        """Return HiGHS's limit, with which it compares a linear model's time of all solves so far.

        A model with whole numbers is timed from each solve's start, searches inside of it, too.
        Without a plan it may take as long again as all before.
        """
        own = self.is_mip and self._must_end
        return max(seconds, 0.01) + (0.0 if own else self.highs.getRunTime())

    @property
    def _is_stopped(self) -> bool:
        return self.stop.is_set() and self.heeds_stop

    def _run(self) -> bool:
        """Run HiGHS; say whether it ended, or was left alone for an interruption."""
        return run_apart(self.highs, lambda: self._is_stopped and self.is_mip)

    def _left_alone(self, seconds: float) -> Outcome:
        """Go on with a solver of the same model, and with the best plan that the other had."""
        left, self.highs = self.highs, self._solver()
        self.highs.passModel(left.getLp())
        for of in (left.cbMipLogging, left.cbMipImprovingSolution):
            of.callbacks.clear()  # what it still finds is of no solve of this model's
        left.cbMipInterrupt.callbacks[:] = [lambda event: event.interrupt(True)]
        best = self._best
        value = math.inf if best is None else self.evaluate(self.objective, best)
        bound = -math.inf if self._bound is None else min(self._bound, value)
        return Outcome("interrupted", best, value, bound, seconds)

    def _outcome(self, seconds: float) -> Outcome:
        """Read HiGHS's own account of the solve."""
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        if status == STATUS.kModelEmpty:  # no decision is left: the plan is to do nothing
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
        return WORDS.get(status) or str(self.highs.modelStatusToString(status)).lower()

    def _on_interrupt(self, event: Any) -> None:
        # HiGHS compares its own time limit only between parts of the root, minutes apart.
        late = self._must_end and time.monotonic() > self._deadline
        # Said either way, for HiGHS remembers an interruption through later solves.
        event.interrupt(self._is_stopped or late)

    def _on_progress(self, event: Any) -> None:
        """Pass on incumbent and bound; HiGHS says infinity where it has none yet."""
        self._incumbent = _finite(event.data_out.mip_primal_bound)
        self._bound = _finite(event.data_out.mip_dual_bound)
        if self._watch is not None:
            self._watch(self._incumbent, self._bound)

    def _on_better(self, event: Any) -> None:
        """Keep a better plan."""
        self._best = np.array(event.data_out.mip_solution, dtype=float)
        self._on_progress(event)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) and abs(value) < 1e100 else None
