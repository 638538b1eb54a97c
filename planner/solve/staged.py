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

from planner.solve.highs_model import NO_COLUMNS, LiveModel, Watcher
from planner.solve.outcome import Array, Outcome
from planner.solve.problem_arrays import indices_of
from planner.solve.recheck import solve_again_if_infeasible, solve_checked
from planner.solve.rounding import CountRounder
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DivePace
from planner.tolerance import INTEGRALITY_TOLERANCE, SEARCH_TOLERANCE


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

        Returns
        -------
        Outcome
            The best plan found, with a bound that holds for the whole model.
        """
        clock, plan = TimeBudget(seconds), self._as_outcome(start)
        if outcome_gap(plan) <= gap:
            return plan
        if self.is_small:
            return self._solve_whole_model(gap, clock, start, watch)
        if relaxed is None:
            relaxed = self._solve_relaxation(clock.left)
        plan = replace(plan, bound=max(plan.bound, relaxed.bound), seconds=clock.spent)
        if outcome_gap(plan) <= gap:
            return plan
        told = _watch_with_incumbent(watch, plan) if self.has_counts else watch
        shape = self._find_shape(relaxed, gap, clock, told, plan)
        if not self.has_counts and shape.values is not None:
            return replace(_with_proven_status(shape, gap), seconds=clock.spent)
        plan = replace(plan, bound=max(plan.bound, shape.bound), seconds=clock.spent)
        if shape.values is None or outcome_gap(plan) <= gap:
            return plan if outcome_gap(plan) <= gap else replace(plan, status=shape.status)
        return self._round_counts_or_solve(shape, plan, gap, clock, watch)

    def _round_counts_or_solve(
        self, shape: Outcome, plan: Outcome, gap: float, clock: TimeBudget, watch: Watcher | None
    ) -> Outcome:
        """Round counts with a shape's openings; if the gap is too wide, solve the whole model."""
        bounded = _watch_with_bound(watch, shape.bound)
        if outcome_gap(plan) <= self.tuning.near_proof_gap_factor * gap:
            near = self._solve_whole_model(
                gap,
                TimeBudget(self.tuning.near_proof_time_share * clock.left),
                plan.values,
                bounded,
            )
            near = replace(near, bound=max(near.bound, shape.bound), seconds=clock.spent)
            if outcome_gap(near) <= gap:
                return _with_proven_status(near, gap)
            plan = near if near.values is not None else plan
            shape = replace(shape, bound=near.bound)
        told = _watch_with_bound(_watch_with_incumbent(watch, plan), shape.bound)
        counted = self.round_counts(shape, gap, clock, bounded, told)
        if counted.values is not None and outcome_gap(counted) <= gap:
            return replace(counted, status="optimal", seconds=clock.spent)
        best = min(counted, plan, key=lambda outcome: outcome.objective)
        rest = self._solve_whole_model(gap, clock, best.values, bounded)
        if best.values is not None and rest.objective > best.objective:
            rest = replace(best, status=rest.status, bound=min(rest.bound, best.objective))
        proven = replace(rest, bound=max(rest.bound, shape.bound), seconds=clock.spent)
        return _with_proven_status(proven, gap)

    @property
    def is_small(self) -> bool:
        """Whether the model is small enough to be solved at once."""
        return is_small(self.live)

    @property
    def has_counts(self) -> bool:
        """Whether anything besides openings is integer."""
        columns = self.columns
        return any(map(len, (columns.installs, columns.lots, columns.removals)))

    def _as_outcome(self, start: Array | None) -> Outcome:
        """Return an incumbent as an outcome, bounded by the bounds of its columns alone."""
        if start is None:
            return Outcome("no plan", None, math.inf, -math.inf, 0.0)
        value = self.live.evaluate(self.live.objective, start)
        return Outcome("optimal", start, value, min(value, least_value(self.live)), 0.0)

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
        none = self._as_outcome(None)
        shape = self._find_shape(self._solve_relaxation(clock.left), gap, clock, None, none)
        if shape.values is None or not self.has_counts:
            return shape
        return replace(self.round_counts(shape, gap, clock, None, None), seconds=clock.spent)

    def break_ties(self, plan: Array | None, *, seconds: float, watch: Watcher | None) -> Outcome:
        """Break ties among the plans that are equal in every earlier tier.

        In a large model openings, lots and removals keep their values. The effort is limited by
        nodes, not by time, so that every machine ends at the same plan.

        Parameters
        ----------
        plan
            Incumbent, shape (columns,).
        seconds
            Time limit.
        watch
            Called with incumbent and bound.
        """
        if plan is None or self.is_small:
            if plan is not None:
                self.live.set_start(plan)
            return self.live.solve(
                gap=0.0, seconds=seconds, nodes=self.tuning.tie_break_max_nodes, watch=watch
            )
        bounds = self.live.all_bounds()
        kept = (
            self.columns.openings,
            self.columns.lots,
            self.columns.removals,
            self.columns.at_milestones,
        )
        self.live.fix_at_rounded(np.concatenate(kept), plan)
        self.live.restrict_to_band(self.columns.installs, plan, self.tuning.count_band_units)
        self.live.set_start(plan)
        outcome = self.live.solve(
            gap=self.tuning.tie_break_gap, seconds=seconds, nodes=1, watch=watch
        )
        self.live.set_all_bounds(bounds)
        return outcome

    def _solve_whole_model(
        self, gap: float, clock: TimeBudget, start: Array | None, watch: Watcher | None
    ) -> Outcome:
        """Solve the whole model by branch and bound, re-checked."""
        if not self.live.is_mip:
            return self.live.solve(gap=gap, seconds=clock.left, watch=watch)
        return solve_checked(
            self.live, start, gap=gap, clock=clock, is_small=self.is_small, watch=watch
        )

    def _solve_relaxation(self, seconds: float) -> Outcome:
        """Solve the LP relaxation."""
        whole = np.flatnonzero(self.live.whole).astype(np.int32)
        self.live.set_integer_columns(NO_COLUMNS)
        self.live.highs.clearSolver()  # with the basis of another tier it skips presolve
        relaxed = self.live.solve(gap=0.0, seconds=seconds)
        relaxed = solve_again_if_infeasible(self.live, relaxed, seconds)
        self.live.set_integer_columns(whole)
        return relaxed

    def _find_shape(
        self, relaxed: Outcome, gap: float, clock: TimeBudget, watch: Watcher | None, plan: Outcome
    ) -> Outcome:
        """Solve with integer openings and continuous counts: by diving, then by branch and bound.

        Stops once enough of the gap is left for the counts, or once the incumbent is proven.
        """
        whole = np.flatnonzero(self.live.whole).astype(np.int32)
        bounds = self.live.all_bounds()
        self.live.set_integer_columns(NO_COLUMNS)
        seconds = (
            clock.spent + (self.tuning.shape_time_share if self.has_counts else 1.0) * clock.left
        )
        dived = self.dive(relaxed, clock, seconds, self.tuning.shape_dive)
        self.live.set_all_bounds(bounds)
        if watch is not None and dived.values is not None:
            watch(dived.objective, relaxed.bound)
        narrow = self._shape_gap_target(dived, plan, gap)
        if relaxed.values is not None and dived.values is None and clock.spent >= seconds:
            # The rounded openings may be infeasible; others need not be.
            dived = replace(dived, status="time limit")
        elif relaxed.values is not None and outcome_gap(dived) > narrow and clock.spent < seconds:
            self.live.set_integer_columns(self.columns.openings)
            branched = solve_checked(
                self.live,
                dived.values,
                gap=narrow,
                is_small=False,
                clock=TimeBudget(seconds - clock.spent),
                watch=watch,
            )
            if branched.values is None:
                branched = replace(dived, status=branched.status)
            dived = replace(branched, bound=max(branched.bound, dived.bound))
        self.live.set_integer_columns(whole)
        return dived

    def _shape_gap_target(self, dived: Outcome, plan: Outcome, gap: float) -> float:
        """Return the gap at which a shape is good enough to go on to the counts."""
        if not self.has_counts:
            return gap
        proof = (1.0 - gap) * plan.objective
        if plan.values is None or dived.values is None or dived.objective <= abs(proof):
            return self.tuning.shape_gap_share * gap
        return max(
            self.tuning.shape_gap_share * gap,
            self.tuning.proof_gap_share * (1.0 - proof / dived.objective),
        )

    def dive(
        self,
        relaxed: Outcome,
        clock: TimeBudget,
        until: float,
        pace: DivePace,
    ) -> Outcome:
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
            Seconds on the clock at which diving must end. The last step starts
            after `Tuning.dive_time_share` of them.
        pace
            How many openings each step rounds, and the most steps.
        """
        at, outcome = self.columns.openings, relaxed
        for step in range(pace.max_steps):
            if outcome.values is None:
                break
            share = outcome.values[at] - np.floor(outcome.values[at] + INTEGRALITY_TOLERANCE)
            open_ended = share > INTEGRALITY_TOLERANCE
            if not open_ended.any():
                return replace(outcome, bound=relaxed.bound, seconds=clock.spent)
            is_last = (
                step == pace.max_steps - 1 or clock.spent > self.tuning.dive_time_share * until
            )
            least = 0.0 if is_last else np.quantile(share[open_ended], pace.postponed_share)
            up = at[open_ended & (share >= least)]
            _, upper = self.live.all_bounds()
            self.live.set_column_bounds(
                up, np.ceil(outcome.values[up] - INTEGRALITY_TOLERANCE), upper[up]
            )
            outcome = self.live.solve(
                gap=0.0, seconds=max(until - clock.spent, self.tuning.min_dive_seconds)
            )
        if outcome.values is not None:
            # Openings that are still fractional are rounded up without another solve between.
            self.live.fix_at_rounded(at, np.ceil(outcome.values - INTEGRALITY_TOLERANCE))
            outcome = self.live.solve(
                gap=0.0, seconds=max(until - clock.spent, self.tuning.min_dive_seconds)
            )
        return replace(outcome, bound=relaxed.bound, seconds=clock.spent)


def is_small(live: LiveModel) -> bool:
    """Return whether a model is small enough to be solved at once."""
    return int(live.whole.sum()) <= live.tuning.small_model_max_integers


def least_value(live: LiveModel) -> float:
    """Return the least value that column bounds alone allow the objective."""
    at = indices_of(live.objective)
    weights = np.array(list(live.objective.values()), dtype=float)
    lower, upper = live.all_bounds()
    parts = weights * np.where(weights >= 0, lower[at], upper[at])
    return float(live.objective.constant) + math.fsum(parts)


def outcome_gap(outcome: Outcome) -> float:
    """Return the relative gap of a minimised objective; infinite without a plan or a bound."""
    if outcome.values is None or not math.isfinite(outcome.bound):
        return math.inf
    distance = outcome.objective - outcome.bound
    return 0.0 if distance <= SEARCH_TOLERANCE else distance / max(abs(outcome.objective), 1e-12)


def _with_proven_status(outcome: Outcome, gap: float) -> Outcome:
    """Return an outcome whose status is optimal exactly if its gap proves it."""
    if outcome.values is not None and outcome_gap(outcome) <= gap:
        return replace(outcome, status="optimal")
    return replace(outcome, status="time limit") if outcome.status == "optimal" else outcome


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
