"""MIP re-solves of a problem: whole systems, lots and halls, with proven bounds."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.model.objectives import Tier
from planner.model.wholes import make_wholes
from planner.solve.duals import set_upper_bounds, solve_linear
from planner.solve.highs_model import NO_COLUMNS
from planner.solve.outcome import Array
from planner.solve.rounding import find_columns
from planner.solve.staged import StagedSolver
from planner.tolerance import HELD_TIER_SLACK, LAST_TOLERANCE, SEARCH_TOLERANCE

EXACT_GAP = 1e-6
"""Relative MIP gap of quotes and reasons, smaller than the gap of a plan."""

SEEK_GAP = 0.02
"""Relative gap in cost within which a plan is sought whose cost does not matter."""


@dataclass(frozen=True)
class Whole:
    """Result of a lexicographic chain of MIP solves.

    Attributes
    ----------
    values : tuple of float
        Value of each tier; infinite if no solution was found.
    bounds : tuple of float
        Proven bound of each.
    status : str
        ``optimal``, or the status of the first solve that was not optimal.
    point : array of float or None
        Value of each column at the end.
    """

    values: tuple[float, ...]
    bounds: tuple[float, ...]
    status: str
    point: Array | None

    @property
    def is_proven(self) -> bool:
        """Whether every value is proven optimal."""
        return self.status == "optimal"


def solve_whole(
    problem: Problem,
    tiers: Sequence[Tier] | None = None,
    held: Sequence[tuple[Tier, float]] = (),
    seconds: float = 60.0,
    *,
    gap: float = EXACT_GAP,
    start: Array | None = None,
) -> Whole:
    """Minimise tiers in turn as a MIP, each held at its value before the next.

    Parameters
    ----------
    problem
        Left divisible, as it was.
    tiers
        Tiers to minimise; None for megawatts missed by priority.
    held
        Tiers with an upper bound on each.
    seconds
        Time limit of all solves.
    gap
        Relative gap at which each tier may stop.
    start
        A plan to start from.
    """
    live, began = problem.live, time.monotonic()
    values, bounds, status, point = [], [], "optimal", start
    with _whole(problem, held) as rounds:
        for tier in problem.missed_tiers if tiers is None else tiers:
            live.minimise(tier.expression)
            left = max(0.5, seconds - (time.monotonic() - began))
            outcome = rounds.solve(gap=gap, seconds=left, start=point, watch=None)
            point = outcome.values if outcome.values is not None else point
            none = abs(outcome.objective - tier.least) <= ZERO_TOLERANCE
            values.append(0.0 if none else tier.value(outcome.objective))
            bounds.append(tier.value(outcome.bound))
            if outcome.status != "optimal":
                status = outcome.status
                break
            live.hold(tier.expression, outcome.objective)
    return Whole(tuple(values), tuple(bounds), status, point)


def reach_whole(
    problem: Problem, goal: Tier, held: Sequence[tuple[Tier, float]], seconds: float
) -> float:
    """Return the goal of the first staged MIP solution; infinite if none is found.

    Parameters
    ----------
    problem
        Left divisible, as it was.
    goal
        What is minimised.
    held
        Tiers with an upper bound on each.
    seconds
        Time for it.
    """
    with _whole(problem, held) as rounds:
        problem.live.minimise(goal.expression)
        outcome = rounds.find_plan_without_proof(gap=EXACT_GAP, seconds=seconds)
    return outcome.objective * goal.scale if outcome.values is not None else math.inf


def seek_whole(
    problem: Problem, goal: Tier, held: Sequence[tuple[Tier, float]], seconds: float
) -> Array | None:
    """Seek a plan of a large model that reaches zero in a goal, near the cheapest such plan.

    A goal alone leaves almost every decision open, so that whole numbers near its relaxation are
    rarely feasible. The relaxation of the cost, with the goal held, is near good plans.

    Parameters
    ----------
    problem
        Left divisible, as it was.
    goal
        What must be zero.
    held
        Tiers that stay at most at a value.
    seconds
        Time for it.

    Returns
    -------
    array of float or None
        None if the model is small, so that searching it as a whole is better, or if no plan was
        found, which proves nothing.
    """
    with _whole(problem, [*held, (goal, 0.0)]) as rounds:
        if rounds.is_small or not rounds.has_counts:
            return None
        problem.live.minimise(problem.cost_tier.expression)
        return rounds.find_plan_without_proof(gap=SEEK_GAP, seconds=seconds).values


def settle_whole(
    problem: Problem, goal: Tier, held: Sequence[tuple[Tier, float]], point: Array
) -> Array | None:
    """Fix the integers of a plan at rounded values, and solve the LP to full precision.

    Parameters
    ----------
    problem
        Left divisible, as it was.
    goal
        What is minimised.
    held
        Tiers that stay at most at a value, with hardly any slack if the plan holds so.
    point
        The plan, within the MIP tolerance.

    Returns
    -------
    array of float or None
        None if the rounded integers are infeasible.
    """
    live = problem.live
    exactness = ((LAST_TOLERANCE, LAST_TOLERANCE), (HELD_TIER_SLACK, SEARCH_TOLERANCE))
    for slack, tolerance in exactness:
        with _whole(problem, held, slack):
            live.fix_at_rounded(problem.whole, point)
            live.set_integer_columns(NO_COLUMNS)
            live.set_tolerance(tolerance)
            live.minimise(goal.expression)
            live.discard_basis()
            outcome = solve_linear(live)
            live.set_tolerance(SEARCH_TOLERANCE)
        if outcome.status == "optimal":
            return outcome.values
    return None


def contradicts_itself(problem: Problem, seconds: float) -> bool:
    """Return whether a problem is proven infeasible: its LP relaxation, or a small MIP.

    The MIP is solved only for small models. A solve that runs out of time proves nothing.
    """
    live = problem.live
    live.release()
    live.minimise(problem.model.frame.objective([]))
    live.discard_basis()
    if solve_linear(live).status == "infeasible":
        return True
    if len(problem.whole) > live.tuning.small_model_max_integers:
        return False
    return solve_whole(problem, seconds=seconds).status == "infeasible"


@contextmanager
def _whole(
    problem: Problem, held: Sequence[tuple[Tier, float]], slack: float = HELD_TIER_SLACK
) -> Iterator[StagedSolver]:
    """Turn a problem into a MIP within a context, with tiers held."""
    live = problem.live
    lifted = live.upper.copy()
    every = range(live.columns)
    live.release()
    set_upper_bounds(live, every, list(problem.original_upper))
    live.set_integer_columns(problem.whole)
    for tier, most in held:
        live.hold(tier.expression, tier.objective(most), slack)
    try:
        yield StagedSolver(live, find_columns(live, make_wholes(problem.model)))
    finally:
        live.release()
        live.set_integer_columns(problem.whole[:0])
        set_upper_bounds(live, every, list(lifted))
