"""Solves whose answer is not taken on trust.

HiGHS calls some plans optimal that are not: version 1.15.1 about one in two thousand small models
of random workbooks, some with presolve and some without, some with a start and some without; older
versions do so, too. What is done about it:

- *Aggregation, probing and enumeration*, rules of presolve that cut off most of these plans, are
  switched off, which costs no time that could be measured (`RULES_OFF`).
- *Every answer that is called optimal is asked for twice*, with presolve and without; the better
  plan and the weaker bound are believed. Hardly ever are both wrong.
- *A large model with a plan in hand* is solved from there without presolve first, for presolve
  makes it another model, with which the start is compared wrongly where costs are multiples of
  some step. It takes no longer: 0.8 instead of 1.0 s for the last solve of the 750 MW plan, 1.3
  instead of 3.9 with few crews.
- *The second solve* may take some times the nodes of the first, not of its time, so that it ends
  at the same plan on any machine. In a large model it looks for no plans in searches inside of its
  own: what is asked is whether the first was wrong, and those took two thirds of the time (50
  instead of 115 s with every hall of the frontier's sites).
- *"Infeasible" is an answer, too.* It is believed only if two different solves agree. If the second
  reaches its limit of nodes undecided, a third decides: with presolve but without restarts, because
  the wrong ones that were seen came from the restart after the root node. The third has no limit of
  nodes: it ends with a plan, with the same answer, or at the time limit of its caller.
- *A linear model that is called infeasible* is solved again from scratch without presolve, at most
  so many pivots (`PIVOTS_BY_ROWS`).
"""

from __future__ import annotations

import math
from dataclasses import replace

from planner.solve.highs_model import LiveModel, Watcher
from planner.solve.outcome import Array, Outcome
from planner.solve.time_limit import Clock
from planner.tolerance import SEARCH_TOLERANCE

SECOND_SHARE = 5
"""Nodes that a second solve may take, as so many times the first's."""

LEAST_NODES, NODES_BY_COLUMNS = 10, 1_000_000
"""Nodes that it may take at least, in any model, and in one of a single column: about a second's.

With 10 alone, one of 5,000 small models solved in rounds kept a bound that was wrong.
"""

LEAST_PIVOTS, PIVOTS_BY_ROWS = 10_000, 10
"""Pivots that the second solve of an infeasible linear model may take: at least, and by rows."""


def solve_checked(
    live: LiveModel, start: Array | None, *, gap: float, clock: Clock, is_small: bool,
    watch: Watcher | None = None, nodes: int | None = None,
) -> Outcome:  # fmt: skip
    """Solve a model, and again in another way if the answer is called proven.

    Parameters
    ----------
    start
        A feasible plan, shape (columns,); None if there is none.
    gap
        Relative gap at which to stop.
    clock
        Time left.
    is_small
        Whether the model is small enough to be solved without a start first.
    watch
        Called with incumbent and bound.
    nodes
        Limit on nodes.
    """
    afresh = start is None or is_small
    if start is not None and not is_small:
        live.start_from(start)
    first = live.solve(gap=gap, seconds=clock.left, presolve=afresh, watch=watch, nodes=nodes)
    value = math.inf if start is None else live.evaluate(live.objective, start)
    if value < first.objective:
        first = replace(first, values=start, objective=value, bound=min(first.bound, value))
    if first.status not in ("optimal", "infeasible"):
        return first
    if first.values is not None:
        live.start_from(first.values)
    most = max(LEAST_NODES, NODES_BY_COLUMNS // live.columns, SECOND_SHARE * first.nodes)
    second = live.solve(gap=gap, seconds=clock.left, presolve=not afresh, heuristics=is_small,
                        nodes=most if nodes is None else min(nodes, most))  # fmt: skip
    if second.values is not None:
        return _believed(first, second, gap)
    if first.status == "infeasible" and second.status != "infeasible":
        return live.solve(gap=gap, seconds=clock.left, restarts=False, watch=watch, nodes=nodes)
    return first


def solve_again_if_infeasible(live: LiveModel, outcome: Outcome, seconds: float) -> Outcome:
    """Return the outcome of a linear solve, solved again in another way if it is infeasible.

    Parameters
    ----------
    live
        The model, without whole numbers, as it was solved.
    outcome
        What the solve came to.
    seconds
        Time limit of the second solve.

    Returns
    -------
    Outcome
        Infeasible only if both solves say so.
    """
    if outcome.status != "infeasible":
        return outcome
    live.highs.clearSolver()
    most = max(LEAST_PIVOTS, PIVOTS_BY_ROWS * live.rows)
    live.highs.setOptionValue("simplex_iteration_limit", most)
    second = live.solve(gap=0.0, seconds=seconds, presolve=False)
    live.highs.setOptionValue("simplex_iteration_limit", 2**31 - 1)
    return second


def _believed(first: Outcome, second: Outcome, gap: float) -> Outcome:
    """Return the better plan with the weaker bound that proves what its solve was called.

    HiGHS sometimes calls a plan optimal and gives a bound that does not prove it, even none at all.
    """
    best = min(first, second, key=lambda outcome: outcome.objective)
    if second.objective < first.bound - SEARCH_TOLERANCE:  # the first was wrong
        status, bounds = second.status, [second.bound]
    elif second.status == "optimal":
        status, bounds = "optimal", [first.bound, second.bound]
    else:
        status, bounds = first.status, [first.bound]
    room = gap * abs(best.objective) + SEARCH_TOLERANCE * max(1.0, abs(best.objective))
    proofs = [bound for bound in bounds if bound >= best.objective - room]
    bound = min(*(proofs or bounds), best.objective)
    return replace(best, status=status, bound=bound, seconds=first.seconds + second.seconds)
