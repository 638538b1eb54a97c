"""Re-check MIP results, because HiGHS 1.15.1 sometimes returns a wrong "optimal".

About one in two thousand small models of random workbooks ends that way, with or without presolve
and with or without a warm start; older versions have the same fault. The countermeasures:

- *Presolve rules.* Aggregation, probing and enumeration cut off most of the lost optima. They are
  switched off, at no measurable cost in time (`PRESOLVE_RULES_OFF`).
- *Two solves.* Every result with status "optimal" is solved for again, once with and once without
  presolve. The better plan and the weaker bound are kept. Both solves are hardly ever wrong.
- *Warm start without presolve.* A large model with an incumbent is first solved without presolve:
  the presolved model compares the start wrongly where costs are multiples of some step. This takes
  no longer: 0.8 s instead of 1.0 s for the last solve of the 750 MW plan, 1.3 s instead of 3.9 s
  with few crews.
- *Node limit.* The second solve may take a multiple of the first one's nodes, not of its time, so
  that every machine ends at the same plan. In a large model its sub-MIP heuristics are off: it only
  has to refute the first result, and they took two thirds of the time (50 s instead of 115 s with
  every hall of the frontier's sites).
- *Infeasibility.* "Infeasible" is accepted only if two different solves agree. If the second
  reaches its node limit undecided, a third decides, with presolve but without restarts, because
  every wrong verdict observed came from the restart after the root node. The third has no node
  limit: it ends with a plan, with the same verdict, or at the caller's time limit.
- *Linear models.* An infeasible LP is solved again from scratch without presolve, within a limit
  on pivots (`Tuning.second_solve_pivots_per_row`).
"""

from __future__ import annotations

import math
from dataclasses import replace

from planner.solve.highs_model import LiveModel, Watcher
from planner.solve.outcome import Array, Outcome
from planner.solve.time_limit import TimeBudget
from planner.tolerance import SEARCH_TOLERANCE


def solve_checked(
    live: LiveModel,
    start: Array | None,
    *,
    gap: float,
    clock: TimeBudget,
    is_small: bool,
    watch: Watcher | None = None,
    nodes: int | None = None,
) -> Outcome:
    """Solve a model, and again in another way if the status claims a proof.

    Parameters
    ----------
    live
        The model, with its objective set.
    start
        Incumbent, shape (columns,); None if there is none.
    gap
        Relative gap at which to stop.
    clock
        Time left.
    is_small
        Whether the model is small enough for the first solve to ignore the incumbent.
    watch
        Called with incumbent and bound.
    nodes
        Node limit.

    Returns
    -------
    Outcome
        The better plan, with the weaker of the bounds.
    """
    afresh = start is None or is_small
    if start is not None and not is_small:
        live.set_start(start)
    first = live.solve(gap=gap, seconds=clock.left, presolve=afresh, watch=watch, nodes=nodes)
    value = math.inf if start is None else live.evaluate(live.objective, start)
    if value < first.objective:
        first = replace(first, values=start, objective=value, bound=min(first.bound, value))
    if first.status not in ("optimal", "infeasible"):
        return first
    if first.values is not None:
        live.set_start(first.values)
    most = max(
        live.tuning.second_solve_min_nodes,
        live.tuning.second_solve_nodes_times_columns // live.columns,
        live.tuning.second_solve_node_factor * first.nodes,
    )
    second = live.solve(
        gap=gap,
        seconds=clock.left,
        presolve=not afresh,
        heuristics=is_small,
        nodes=most if nodes is None else min(nodes, most),
    )
    if second.values is not None:
        return _reconcile(first, second, gap)
    if first.status == "infeasible" and second.status != "infeasible":
        return live.solve(gap=gap, seconds=clock.left, restarts=False, watch=watch, nodes=nodes)
    return first


def solve_again_if_infeasible(live: LiveModel, outcome: Outcome, seconds: float) -> Outcome:
    """Return the outcome of an LP, solved again in another way if it is infeasible.

    Parameters
    ----------
    live
        The model, without integer columns, as it was solved.
    outcome
        Outcome of the first solve.
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
    most = max(
        live.tuning.second_solve_min_pivots, live.tuning.second_solve_pivots_per_row * live.rows
    )
    live.highs.setOptionValue("simplex_iteration_limit", most)
    second = live.solve(gap=0.0, seconds=seconds, presolve=False)
    live.highs.setOptionValue("simplex_iteration_limit", 2**31 - 1)
    return second


def _reconcile(first: Outcome, second: Outcome, gap: float) -> Outcome:
    """Return the better of two plans, with the weakest bound that still proves its status.

    HiGHS sometimes reports "optimal" with a bound that does not prove it, or with no bound at all.
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
