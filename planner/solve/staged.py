"""Staged MIP for one tier: openings first, then counts.

The reported gap is against the LP bound of the whole model.

1. *Shape.* Openings are integer and counts continuous. This is a relaxation, so its bound holds
   for every plan. It is solved by diving first (openings are rounded up, half of them at a time),
   and by branch and bound if the dive leaves too wide a gap.
2. *Counts.* Openings are fixed. Installs, lots and the systems in place at milestones become
   integer, close to their values in the shape (`CountRounder`).

The last stage yields a plan. If its gap to the bound of the first stage is too wide, branch and
bound on the whole model continues from it. An incumbent (see `InitialPlan`) ends the stages as
soon as a bound proves it, and one that is nearly proven is improved before a new plan is sought.

Measured on 15,000 columns of which 4,000 are integer: the stages reach a gap of 0.1 % in about one
minute; branch and bound on the whole model stood at 0.2 % after two and a half.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.highs_run import Watcher
from planner.solve.outcome import Array, Outcome
from planner.solve.problem_arrays import indices_of
from planner.solve.recheck import solve_again_if_infeasible, solve_checked
from planner.solve.replicas import without_idle_replicas
from planner.solve.rounding import CountRounder
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DivePace
from planner.tolerance import INTEGRALITY_TOLERANCE, SEARCH_TOLERANCE

SMALLEST_OBJECTIVE = 1e-12
"""Least magnitude by which a gap is divided."""


class StagedSolver(CountRounder):
    """Solves tiers of one live model: a small one at once, a large one in stages.

    Parameters
    ----------
    live
        The model, with the tier's objective set and all earlier tiers held.
    columns
        Its integer columns.
    """

    def solve(
        self,
        *,
        gap: float,
        seconds: float,
        start: Array | None,
        watch: Watcher | None,
        relaxed: Outcome | None = None,
        cold: bool = False,
    ) -> Outcome:
        """Solve the tier whose objective is set, until its gap or the time limit is reached.

        Parameters
        ----------
        gap
            Relative gap between objective and bound at which to stop.
        seconds
            Time limit.
        start
            Incumbent to start from, shape (columns,); None if there is none.
        watch
            Called with incumbent and bound.
        relaxed
            The LP relaxation, if it has been solved already.
        cold
            Whether to solve the relaxation by interior point.

        Returns
        -------
        Outcome
            The best plan found, with a bound that holds for the whole model.
        """
        clock = TimeBudget(seconds)
        plan = self._as_outcome(start)
        if outcome_gap(plan) <= gap:
            return plan
        if self.is_small:
            return self._solve_whole_model(gap, clock, start, watch)
        if relaxed is None:
            relaxed = self._solve_relaxation(clock.left, cold=cold)
        return self._solve_in_stages(plan, relaxed, gap, clock, watch)

    def _solve_in_stages(
        self,
        plan: Outcome,
        relaxed: Outcome,
        gap: float,
        clock: TimeBudget,
        watch: Watcher | None,
    ) -> Outcome:
        """Solve the shape, then the counts, until the gap to the relaxation is reached."""
        plan = _with_bound(plan, relaxed.bound, clock)
        if outcome_gap(plan) <= gap:
            return plan
        # A shape is a plan only if nothing but openings is integer.
        of_shape = _watch_with_incumbent(watch, plan) if self.has_counts else watch
        shape = self._find_shape(relaxed, gap, clock, of_shape, plan)
        if shape.values is not None and not self.has_counts:
            return replace(_with_proven_status(shape, gap), seconds=clock.spent)
        plan = _with_bound(plan, shape.bound, clock)
        if outcome_gap(plan) <= gap:
            return plan
        if shape.values is None:
            return replace(plan, status=shape.status)
        return self._round_counts_or_solve(shape, plan, gap, clock, watch)

    def _round_counts_or_solve(
        self,
        shape: Outcome,
        plan: Outcome,
        gap: float,
        clock: TimeBudget,
        watch: Watcher | None,
    ) -> Outcome:
        """Round counts with a shape's openings; if the gap is too wide, solve the whole model."""
        bounded = _watch_with_bound(watch, shape.bound)
        in_hand = _watch_with_bound(_watch_with_incumbent(watch, plan), shape.bound)
        counted = self.round_counts(shape, gap, clock, bounded, in_hand)
        if outcome_gap(counted) <= gap:
            return replace(counted, status="optimal", seconds=clock.spent)
        best = counted if counted.objective <= plan.objective else plan
        rest = self._solve_whole_model(gap, clock, best.values, bounded)
        if best.values is not None and rest.objective > best.objective:
            bound = min(rest.bound, best.objective)
            rest = replace(best, status=rest.status, bound=bound)
        return _with_proven_status(_with_bound(rest, shape.bound, clock), gap)

    @property
    def is_small(self) -> bool:
        """Whether the model is small enough to be solved at once."""
        return is_small(self.live)

    @property
    def has_counts(self) -> bool:
        """Whether anything besides openings is integer."""
        columns = self.columns
        return bool(len(columns.installs) or len(columns.lots) or len(columns.removals))

    def _as_outcome(self, start: Array | None) -> Outcome:
        """Return an incumbent as an outcome, bounded by the bounds of its columns alone."""
        if start is None:
            return Outcome("no plan", None, math.inf, -math.inf, 0.0)
        value = self.live.evaluate(self.live.objective, start)
        bound = min(value, least_value(self.live))
        return Outcome("optimal", start, value, bound, 0.0)

    def find_plan_without_proof(self, *, gap: float, seconds: float) -> Outcome:
        """Return the plan that the stages reach, without closing its gap afterwards.

        For questions that need a plan but no proof of optimality, such as whether a limit suffices.

        Parameters
        ----------
        gap
            Relative gap at which a stage stops.
        seconds
            Time limit.
        """
        clock = TimeBudget(seconds)
        if self.is_small:
            return self._solve_whole_model(gap, clock, None, None)
        relaxed = self._solve_relaxation(clock.left)
        shape = self._find_shape(relaxed, gap, clock, None, self._as_outcome(None))
        if shape.values is None or not self.has_counts:
            return shape
        counted = self.round_counts(shape, gap, clock, None, None)
        return replace(counted, seconds=clock.spent)

    def break_ties(self, plan: Array | None, *, seconds: float, watch: Watcher | None) -> Outcome:
        """Break ties among the plans that are equal in every earlier tier.

        In a large model openings, replicas, lots and removals keep their values. The effort is
        limited by nodes, not by time, so that every machine ends at the same plan.

        Parameters
        ----------
        plan
            Incumbent, shape (columns,).
        seconds
            Time limit.
        watch
            Called with incumbent and bound.
        """
        live = self.live
        if plan is None or self.is_small:
            if plan is not None:
                live.set_start(plan)
            nodes = self.tuning.tie_break_max_nodes
            return live.solve(gap=0.0, seconds=seconds, nodes=nodes, watch=watch)
        if len(self.columns.replicas):
            plan = without_idle_replicas(live, self.columns.replicas, plan, seconds)
        bounds = live.all_bounds()
        live.fix_at_rounded(self.columns.openings, plan)
        live.fix_at_rounded(self.columns.replicas, plan)
        live.fix_at_rounded(self.columns.lots, plan)
        live.fix_at_rounded(self.columns.removals, plan)
        live.fix_at_rounded(self.columns.at_milestones, plan)
        live.restrict_to_band(self.columns.installs, plan, self.tuning.count_band_units)
        live.set_start(plan)
        gap = self.tuning.tie_break_gap
        outcome = live.solve(gap=gap, seconds=seconds, nodes=1, watch=watch)
        live.set_all_bounds(bounds)
        return outcome

    def _solve_whole_model(
        self,
        gap: float,
        clock: TimeBudget,
        start: Array | None,
        watch: Watcher | None,
    ) -> Outcome:
        """Solve the whole model by branch and bound, re-checked."""
        if not self.live.is_mip:
            return self.live.solve(gap=gap, seconds=clock.left, watch=watch)
        return solve_checked(
            self.live,
            start,
            gap=gap,
            clock=clock,
            is_small=self.is_small,
            watch=watch,
        )

    def _solve_relaxation(self, seconds: float, *, cold: bool = False) -> Outcome:
        """Solve the LP relaxation."""
        live = self.live
        live.set_integer_columns(NO_COLUMNS)
        # From the basis of another tier HiGHS skips presolve.
        live.discard_basis()
        relaxed = live.solve(gap=0.0, seconds=seconds, cold=cold)
        relaxed = solve_again_if_infeasible(live, relaxed, seconds)
        live.set_integer_columns(live.integer_columns)
        return relaxed

    def _find_shape(
        self,
        relaxed: Outcome,
        gap: float,
        clock: TimeBudget,
        watch: Watcher | None,
        plan: Outcome,
    ) -> Outcome:
        """Solve with integer openings and continuous counts: by diving, then by branch and bound.

        Stops once enough of the gap is left for the counts, or once the incumbent is proven.
        """
        live = self.live
        bounds = live.all_bounds()
        share = self.tuning.shape_time_share if self.has_counts else 1.0
        until = clock.spent + share * clock.left
        live.set_integer_columns(NO_COLUMNS)
        dived = self.dive(relaxed, clock, until, self.tuning.shape_dive)
        live.set_all_bounds(bounds)
        if watch is not None and dived.values is not None:
            watch(dived.objective, relaxed.bound)
        narrow = self._shape_gap_target(dived, plan, gap)
        is_late = clock.spent >= until
        if relaxed.values is not None and is_late and dived.values is None:
            # The rounded openings may be infeasible; others need not be.
            dived = replace(dived, status="time limit")
        elif relaxed.values is not None and not is_late and outcome_gap(dived) > narrow:
            dived = self._branch_on_openings(dived, narrow, until - clock.spent, watch)
        live.set_integer_columns(live.integer_columns)
        return dived

    def _branch_on_openings(
        self,
        dived: Outcome,
        gap: float,
        seconds: float,
        watch: Watcher | None,
    ) -> Outcome:
        """Improve a shape by branch and bound."""
        self.live.set_integer_columns(self.columns.openings)
        branched = solve_checked(
            self.live,
            dived.values,
            gap=gap,
            is_small=False,
            clock=TimeBudget(seconds),
            watch=watch,
        )
        if branched.values is None:
            return replace(dived, status=branched.status)
        return replace(branched, bound=max(branched.bound, dived.bound))

    def _shape_gap_target(self, dived: Outcome, plan: Outcome, gap: float) -> float:
        """Return the gap at which a shape is good enough to go on to the counts."""
        if not self.has_counts:
            return gap
        target = self.tuning.shape_gap_share * gap
        # A bound of this much proves the incumbent.
        proof = (1.0 - gap) * plan.objective
        if plan.values is None or dived.values is None or dived.objective <= abs(proof):
            return target
        gap_of_proof = 1.0 - proof / dived.objective
        return max(target, self.tuning.proof_gap_share * gap_of_proof)

    def dive(self, relaxed: Outcome, clock: TimeBudget, until: float, pace: DivePace) -> Outcome:
        """Round openings up, the nearest to a whole number first, until all are integer.

        Openings are only rounded up, because one more opening never makes a plan infeasible. The
        bound of the result is that of the relaxation.

        Parameters
        ----------
        relaxed
            The LP relaxation.
        clock
            Time left.
        until
            Seconds on the clock at which diving must end. The last step starts after
            `Tuning.dive_time_share` of them.
        pace
            How many openings each step rounds, and the most steps.
        """
        at = self.columns.openings
        outcome = relaxed
        for step in range(pace.max_steps):
            if outcome.values is None:
                break
            share = _fractional_parts(outcome.values[at])
            is_fractional = share > INTEGRALITY_TOLERANCE
            if not is_fractional.any():
                return replace(outcome, bound=relaxed.bound, seconds=clock.spent)
            is_last = step == pace.max_steps - 1
            is_late = clock.spent > self.tuning.dive_time_share * until
            least = 0.0
            if not is_last and not is_late:
                least = float(np.quantile(share[is_fractional], pace.postponed_share))
            self._round_up(at[is_fractional & (share >= least)], outcome.values)
            outcome = self._solve_dive(clock, until)
        if outcome.values is not None:
            # Openings that are still fractional are rounded up without another solve between.
            rounded = np.ceil(outcome.values - INTEGRALITY_TOLERANCE)
            self.live.fix_at_rounded(at, rounded)
            outcome = self._solve_dive(clock, until)
        return replace(outcome, bound=relaxed.bound, seconds=clock.spent)

    def _round_up(self, at: npt.NDArray[np.int32], values: Array) -> None:
        """Raise the lower bounds of columns to the next whole number."""
        _, upper = self.live.all_bounds()
        least = np.ceil(values[at] - INTEGRALITY_TOLERANCE)
        self.live.set_column_bounds(at, least, upper[at])

    def _solve_dive(self, clock: TimeBudget, until: float) -> Outcome:
        """Solve the relaxation again after a step of a dive."""
        seconds = max(until - clock.spent, self.tuning.min_dive_seconds)
        return self.live.solve(gap=0.0, seconds=seconds)


def is_small(live: LiveModel) -> bool:
    """Return whether a model is small enough to be solved at once."""
    return len(live.integer_columns) <= live.tuning.small_model_max_integers


def least_value(live: LiveModel) -> float:
    """Return the least value that column bounds alone allow the objective."""
    at = indices_of(live.objective)
    weights = np.array(list(live.objective.values()), dtype=float)
    lower, upper = live.all_bounds()
    least = np.where(weights >= 0, lower[at], upper[at])
    return float(live.objective.constant) + math.fsum(weights * least)


def outcome_gap(outcome: Outcome) -> float:
    """Return the relative gap of a minimised objective; infinite without a plan or a bound."""
    if outcome.values is None or not math.isfinite(outcome.bound):
        return math.inf
    distance = outcome.objective - outcome.bound
    if distance <= SEARCH_TOLERANCE:
        return 0.0
    return distance / max(abs(outcome.objective), SMALLEST_OBJECTIVE)


def _fractional_parts(values: Array) -> Array:
    """Return how far values are above a whole number; below zero if just short of one."""
    return np.asarray(values - np.floor(values + INTEGRALITY_TOLERANCE), dtype=float)


def _with_bound(outcome: Outcome, bound: float, clock: TimeBudget) -> Outcome:
    """Return an outcome with another bound if that is tighter, and the seconds spent so far."""
    return replace(outcome, bound=max(outcome.bound, bound), seconds=clock.spent)


def _with_proven_status(outcome: Outcome, gap: float) -> Outcome:
    """Return an outcome whose status is optimal exactly if its gap proves it."""
    if outcome_gap(outcome) <= gap:
        return replace(outcome, status="optimal")
    if outcome.status == "optimal":
        return replace(outcome, status="time limit")
    return outcome


def _watch_with_incumbent(watch: Watcher | None, plan: Outcome) -> Watcher | None:
    """Return a watcher that passes on the incumbent plan instead of a fractional point."""
    if watch is None:
        return None
    value = None if plan.values is None else plan.objective

    def tell(_: float | None, bound: float | None) -> None:
        watch(value, bound)

    return tell


def _watch_with_bound(watch: Watcher | None, bound: float) -> Watcher | None:
    """Return a watcher that passes on the global bound instead of a restricted stage's."""
    if watch is None:
        return None

    def tell(incumbent: float | None, _: float | None) -> None:
        watch(incumbent, bound)

    return tell
