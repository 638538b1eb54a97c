"""Solves in whole numbers whose answer is not taken on trust.

HiGHS 1.15 calls some plans optimal that are not, about one in two thousand small models of random
workbooks. It does so in three ways, each met here or in `LiveModel`:

- *Aggregation, probing and enumeration*, rules of its presolve, cut off plans. They are switched
  off, which costs no time that could be measured (`RULES_OFF`).
- *A start that is off the lattice.* If presolve leaves a cost on whole columns alone, HiGHS takes
  every objective for a multiple of some step, and a start's value, too; if the start is none of
  the plans that presolve left, all plans within one step below it are cut off. So a start that was
  not bettered is doubted where its costs may be such (`solve_from`).
- *Anything else*, hardly ever: small models are solved twice, with presolve and without a start,
  then without presolve (`solve_twice`); the better plan and the weaker bound are believed.
"""

from __future__ import annotations

from dataclasses import replace

import highspy
import numpy as np

from planner.solve.clock import Clock
from planner.solve.highs import FEASIBILITY, SEARCH_SLACK, Array, LiveModel, Outcome, Watcher

SECOND_SHARE, SECOND_LEAST = 5.0, 1.0
"""Time of a second solve, as so many times the first's, and at least so many seconds."""


def solve_from(
    live: LiveModel, start: Array | None, *, gap: float, clock: Clock,
    watch: Watcher | None = None, nodes: int | None = None,
) -> Outcome:  # fmt: skip
    """Solve a model from a plan in hand, and again where HiGHS may have cut off better ones.

    Parameters
    ----------
    start
        A feasible plan, shape (columns,); None if there is none.
    gap
        Relative gap at which to stop.
    clock
        Time left.
    watch
        Called with incumbent and bound.
    nodes
        Limit on nodes.
    """
    if start is None:
        return live.solve(gap=gap, seconds=clock.left, watch=watch, nodes=nodes)
    value = live.evaluate(live.objective, start)
    live.start_from(start)
    outcome = live.solve(gap=gap, seconds=clock.left, watch=watch, nodes=nodes)
    if _is_beyond(outcome.bound, value):
        # A bound beyond a plan is none.
        live.start_from(start)
        return live.solve(gap=gap, seconds=clock.left, presolve=False, watch=watch, nodes=nodes)
    is_bettered = outcome.objective < value - FEASIBILITY * max(1.0, abs(value))
    if outcome.status != "optimal" or is_bettered or not costs_are_whole(live):
        return outcome
    again = live.solve(gap=gap, seconds=clock.left, watch=watch, nodes=nodes)
    if again.values is None or again.objective > value:
        bound = min(again.bound, value)
        return Outcome(again.status, start, value, bound, outcome.seconds + again.seconds)
    return replace(again, seconds=outcome.seconds + again.seconds)


def solve_twice(
    live: LiveModel, start: Array | None, *, gap: float, clock: Clock, watch: Watcher | None = None
) -> Outcome:
    """Solve a small model with presolve, then without it; believe the better and the weaker bound.

    Parameters
    ----------
    start
        A feasible plan, shape (columns,); None if there is none.
    gap
        Relative gap at which to stop.
    clock
        Time left.
    watch
        Called with incumbent and bound.
    """
    first = live.solve(gap=gap, seconds=clock.left, watch=watch)
    if start is not None and live.evaluate(live.objective, start) < first.objective:
        value = live.evaluate(live.objective, start)
        first = replace(first, values=start, objective=value, bound=min(first.bound, value))
    if first.status not in ("optimal", "infeasible"):
        return first
    if first.values is not None:
        live.start_from(first.values)
    seconds = min(clock.left, max(SECOND_LEAST, SECOND_SHARE * first.seconds))
    second = live.solve(gap=gap, seconds=seconds, presolve=False)
    return first if second.values is None else _believed(first, second, gap)


def costs_are_whole(live: LiveModel) -> bool:
    """Say whether presolve leaves no cost but on whole columns; the last solve is forgotten."""
    live.highs.clearSolver()
    live.highs.presolve()
    left = live.highs.getPresolvedLp()
    costs, kinds = np.array(left.col_cost_, dtype=float), list(left.integrality_)
    live.highs.clearSolver()
    fraction = highspy.HighsVarType.kContinuous
    return not any(kind == fraction for kind, cost in zip(kinds, costs, strict=False) if cost)


def _believed(first: Outcome, second: Outcome, gap: float) -> Outcome:
    """Return the better plan with the weaker bound that proves what its solve was called.

    HiGHS sometimes calls a plan optimal and gives a bound that does not prove it, even none at all.
    """
    best = min(first, second, key=lambda outcome: outcome.objective)
    if second.objective < first.bound - FEASIBILITY:  # the first was wrong
        status, bounds = second.status, [second.bound]
    elif second.status == "optimal":
        status, bounds = "optimal", [first.bound, second.bound]
    else:
        status, bounds = first.status, [first.bound]
    room = gap * abs(best.objective) + FEASIBILITY * max(1.0, abs(best.objective))
    proofs = [bound for bound in bounds if bound >= best.objective - room]
    bound = min(*(proofs or bounds), best.objective)
    return replace(best, status=status, bound=bound, seconds=first.seconds + second.seconds)


def _is_beyond(bound: float, value: float) -> bool:
    """Whether a bound is beyond a value that a plan has, by more than a tier's slack."""
    return bound > value + 2 * SEARCH_SLACK * max(1.0, abs(value))
