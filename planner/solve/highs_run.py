"""Runs of one HiGHS object: its options, its end, its progress and its outcome.

Status, bound and gap are read from HiGHS itself, because PuLP's status is "optimal" even when a
time limit ended the solve.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
import pulp

from planner.solve.highs_options import PRESOLVE_RULES_OFF, SUB_MIP_HEURISTICS, new_solver
from planner.solve.highs_thread import run_in_thread
from planner.solve.outcome import STATUS, STATUS_WORDS, Array, Outcome
from planner.solve.problem_arrays import indices_of
from planner.solve.tuning import Tuning
from planner.tolerance import LAST_TOLERANCE

Watcher = Callable[[float | None, float | None], None]
"""Called with incumbent and bound, in the objective's unit, while a solve runs."""

NO_LIMIT = 2**31 - 1
"""HiGHS's value for no limit on nodes or simplex iterations."""

MIN_TIME_LIMIT_SECONDS = 0.01
"""Least time limit of a solve; HiGHS takes none at or below zero."""

LEAST_INFINITE = 1e100
"""Least magnitude that HiGHS reports for a bound that it does not have."""


class HighsRun:
    """Solves whatever model its HiGHS object holds, again and again.

    Parameters
    ----------
    threads
        Solver threads. The first model of a process decides for all, a restriction of HiGHS.
    tuning
        Tuning numbers of every solver of this model.

    Attributes
    ----------
    stop : threading.Event
        Interrupts solves when it is set, as long as `is_interruptible`.
    ends_on_time : bool
        Whether a solve ends on time even without a plan, which HiGHS's current phase might find.
    is_mip : bool
        Whether any column is integer at present.
    objective : pulp.LpAffineExpression
        The expression that is minimised.
    """

    def __init__(self, threads: int, tuning: Tuning) -> None:
        self.tuning = tuning
        self.stop = threading.Event()
        self.is_interruptible = True
        self.ends_on_time = False
        self.is_mip = False
        self.objective = pulp.LpAffineExpression()
        self._threads = threads
        self._has_start = False
        self._watch: Watcher | None = None
        self._deadline = math.inf
        self._incumbent: float | None = None
        self._bound: float | None = None
        self._best: Array | None = None
        self.highs = self._new_solver()

    def _new_solver(self) -> highspy.Highs:
        """Return a HiGHS object without a model whose callbacks report to this one."""
        highs = new_solver(self._threads)
        highs.cbMipInterrupt.subscribe(self._on_interrupt)
        highs.cbSimplexInterrupt.subscribe(self._on_interrupt)
        highs.cbIpmInterrupt.subscribe(self._on_interrupt)
        highs.cbMipLogging.subscribe(self._on_progress)
        highs.cbMipImprovingSolution.subscribe(self._on_better)
        return highs

    def evaluate(self, expression: pulp.LpAffineExpression, values: Array) -> float:
        """Return the value of an expression at a point, shape (columns,)."""
        weights = np.fromiter(expression.values(), float, len(expression))
        terms = values[indices_of(expression)] * weights
        return float(expression.constant) + math.fsum(terms)

    def set_tolerance(self, tolerance: float) -> None:
        """Set the primal feasibility tolerance."""
        self.highs.setOptionValue("primal_feasibility_tolerance", tolerance)
        self.highs.setOptionValue("mip_feasibility_tolerance", tolerance)

    def set_start(self, values: Array) -> None:
        """Set a feasible point as the warm start of the next solve, shape (columns,)."""
        self._has_start = True
        self._best = values
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        self.highs.setSolution(solution)

    def discard_basis(self) -> None:
        """Discard basis and solution, so that the next solve starts from scratch."""
        self.highs.clearSolver()

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
        seconds = max(seconds, MIN_TIME_LIMIT_SECONDS)
        self._expect(seconds, watch)
        rules_off = PRESOLVE_RULES_OFF if self.is_mip and not all_rules else 0
        options: dict[str, object] = {
            "mip_rel_gap": gap,
            "mip_abs_gap": LAST_TOLERANCE,
            "presolve": "choose" if presolve else "off",
            "objective_target": target,
            "solver": "ipx" if cold else "choose",
            "mip_allow_restart": restarts,
            "presolve_rule_off": rules_off,
            "mip_max_nodes": NO_LIMIT if nodes is None else nodes,
            "time_limit": self._time_limit(seconds),
        }
        for name in SUB_MIP_HEURISTICS:
            options[f"mip_heuristic_run_{name}"] = heuristics
        for option, value in options.items():
            self.highs.setOptionValue(option, value)
        return self._run()

    def _expect(self, seconds: float, watch: Watcher | None) -> None:
        """Forget the progress of the last solve, and note when the next one must end."""
        self._deadline = time.monotonic() + seconds
        self._watch = watch
        self._incumbent = None
        self._bound = None
        if not self._has_start:
            self._best = None

    def _run(self) -> Outcome:
        """Run HiGHS and return the outcome."""
        started = time.monotonic()
        has_ended = self._run_in_thread()
        self._has_start = False
        if not has_ended:
            return self._abandon_solver(time.monotonic() - started)
        is_unknown = self.highs.getModelStatus() == STATUS.kUnknown
        if is_unknown and not self.is_mip:
            # Simplex failed from another objective's basis.
            self.discard_basis()
            self._run_in_thread()
        return self._outcome(time.monotonic() - started)

    def _run_in_thread(self) -> bool:
        """Run HiGHS; return False if it was interrupted and had to be abandoned."""
        return run_in_thread(self.highs, lambda: self._is_stopped and self.is_mip, self.tuning)

    @property
    def _must_end(self) -> bool:
        """Whether the running solve must end at its time limit."""
        return self.ends_on_time or self._has_start or self._incumbent is not None

    @property
    def _is_stopped(self) -> bool:
        return self.stop.is_set() and self.is_interruptible

    def _time_limit(self, seconds: float) -> float:
        """Return the value for HiGHS's option time_limit.

        HiGHS compares it with the total time of all solves so far for an LP, but of the current
        solve for a MIP or sub-MIP. A MIP without a plan may overrun by that of all before.
        """
        if self.is_mip and self._must_end:
            return seconds
        return seconds + float(self.highs.getRunTime())

    def _abandon_solver(self, seconds: float) -> Outcome:
        """Replace an abandoned solver by one of the same model, and return its incumbent."""
        abandoned = self.highs
        self.highs = self._new_solver()
        self.highs.passModel(abandoned.getLp())
        # Its further incumbents belong to no solve of this model.
        abandoned.cbMipLogging.callbacks.clear()
        abandoned.cbMipImprovingSolution.callbacks.clear()
        abandoned.cbMipInterrupt.callbacks[:] = [lambda event: event.interrupt(True)]
        best = self._best
        value = math.inf
        if best is not None:
            value = self.evaluate(self.objective, best)
        bound = -math.inf
        if self._bound is not None:
            bound = min(self._bound, value)
        return Outcome("interrupted", best, value, bound, seconds)

    def _outcome(self, seconds: float) -> Outcome:
        """Read status, solution and bound from HiGHS."""
        status = self.highs.getModelStatus()
        info = self.highs.getInfo()
        if status == STATUS.kModelEmpty:
            # There is no column: the empty plan is optimal.
            constant = float(self.highs.getObjectiveOffset()[1])
            return Outcome("optimal", np.zeros(0), constant, constant, seconds)
        values = None
        objective = math.inf
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            values = np.array(self.highs.getSolution().col_value, dtype=float)
            objective = float(info.objective_function_value)
        bound = -math.inf
        if self.is_mip:
            bound = float(info.mip_dual_bound)
        elif status == STATUS.kOptimal:
            bound = objective
        nodes = max(0, int(info.mip_node_count))
        return Outcome(self._word(status), values, objective, bound, seconds, nodes)

    def _word(self, status: Any) -> str:
        """Return our word for a model status."""
        if status == STATUS.kInterrupt:
            return "interrupted" if self._is_stopped else "time limit"
        known = STATUS_WORDS.get(status)
        return known or str(self.highs.modelStatusToString(status)).lower()

    def _on_interrupt(self, event: Any) -> None:
        """Tell HiGHS whether to end."""
        # At the root node HiGHS checks its own time limit only between phases, minutes apart.
        is_late = self._must_end and time.monotonic() > self._deadline
        # Passed even if False, because HiGHS keeps an interrupt through later solves.
        event.interrupt(self._is_stopped or is_late)

    def _on_progress(self, event: Any) -> None:
        """Pass on incumbent and bound."""
        self._incumbent = _finite(event.data_out.mip_primal_bound)
        self._bound = _finite(event.data_out.mip_dual_bound)
        if self._watch is not None:
            self._watch(self._incumbent, self._bound)

    def _on_better(self, event: Any) -> None:
        """Keep a new incumbent."""
        self._best = np.array(event.data_out.mip_solution, dtype=float)
        self._on_progress(event)


def _finite(value: float) -> float | None:
    """Return a bound; None if HiGHS does not have it yet."""
    if math.isfinite(value) and abs(value) < LEAST_INFINITE:
        return value
    return None
