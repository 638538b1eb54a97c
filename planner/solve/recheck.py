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
- *All presolve rules.* A small model is solved a third time with every presolve rule on, only for
  its plan. One model of 196 columns had a wrong "optimal" in 4 of 8 runs (different seeds) without
  these rules, in 1 of 8 without presolve, and in none with all rules. If the third plan is better,
  a fourth solve proves it.
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

from dataclasses import replace

from planner.solve.highs_model import LiveModel
from planner.solve.highs_run import NO_LIMIT, Watcher
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
    is_afresh = start is None or is_small
    if start is not None and not is_small:
        live.set_start(start)
    first = live.solve(
        gap=gap,
        seconds=clock.left,
        presolve=is_afresh,
        watch=watch,
        nodes=nodes,
    )
    first = _no_worse_than(live, start, first)
    if first.status not in ("optimal", "infeasible"):
        return first
    most = _second_solve_nodes(live, first)
    if nodes is not None:
        most = min(nodes, most)
    if first.values is not None:
        live.set_start(first.values)
    second = live.solve(
        gap=gap, seconds=clock.left, presolve=not is_afresh, heuristics=is_small, nodes=most
    )
    if is_small and first.values is not None and second.values is not None:
        return _with_third_opinion(live, _reconcile(first, second, gap), gap, clock, most)
    if second.values is not None:
        return _reconcile(first, second, gap)
    if first.status == "infeasible" and second.status != "infeasible":
        return live.solve(gap=gap, seconds=clock.left, restarts=False, watch=watch, nodes=nodes)
    return first


def _with_third_opinion(
    live: LiveModel, agreed: Outcome, gap: float, clock: TimeBudget, nodes: int
) -> Outcome:
    """Return what two solves agreed on, unless one with all presolve rules finds a better plan."""
    if agreed.values is None:
        return agreed
    live.set_start(agreed.values)
    third = live.solve(gap=gap, seconds=clock.left, all_rules=True, nodes=nodes)
    if third.values is None or not _is_beyond(third, agreed):
        return agreed
    # The plan holds, but its bound may be wrong, for it comes from the unsafe rules.
    live.set_start(third.values)
    fourth = live.solve(gap=gap, seconds=clock.left, presolve=False, nodes=nodes)
    if fourth.values is None:
        fourth = replace(fourth, values=third.values, objective=third.objective)
    return _reconcile(agreed, fourth, gap)


def _is_beyond(second: Outcome, first: Outcome) -> bool:
    """Return whether a plan is better than a bound said that any plan could be."""
    return second.objective < first.bound - SEARCH_TOLERANCE


def _no_worse_than(live: LiveModel, start: Array | None, first: Outcome) -> Outcome:
    """Return an outcome with the incumbent as its plan if that is better."""
    if start is None:
        return first
    value = live.evaluate(live.objective, start)
    if value >= first.objective:
        return first
    return replace(first, values=start, objective=value, bound=min(first.bound, value))


def _second_solve_nodes(live: LiveModel, first: Outcome) -> int:
    """Return the node limit of the second solve."""
    tuning = live.tuning
    return max(
        tuning.second_solve_min_nodes,
        tuning.second_solve_nodes_times_columns // live.columns,
        tuning.second_solve_node_factor * first.nodes,
    )


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
    tuning = live.tuning
    pivots = max(tuning.second_solve_min_pivots, tuning.second_solve_pivots_per_row * live.rows)
    live.discard_basis()
    live.highs.setOptionValue("simplex_iteration_limit", pivots)
    second = live.solve(gap=0.0, seconds=seconds, presolve=False)
    live.highs.setOptionValue("simplex_iteration_limit", NO_LIMIT)
    return second


def _reconcile(first: Outcome, second: Outcome, gap: float) -> Outcome:
    """Return the better of two plans, with the weakest bound that still proves its status.

    HiGHS sometimes reports "optimal" with a bound that does not prove it, or with no bound at all.
    """
    best = first if first.objective <= second.objective else second
    if _is_beyond(second, first):
        # The first bound was wrong.
        status = second.status
        bounds = [second.bound]
    elif second.status == "optimal":
        status = "optimal"
        bounds = [first.bound, second.bound]
    else:
        status = first.status
        bounds = [first.bound]
    size = abs(best.objective)
    room = gap * size + SEARCH_TOLERANCE * max(1.0, size)
    proofs = [bound for bound in bounds if bound >= best.objective - room]
    bound = min(proofs or bounds)
    return replace(
        best,
        status=status,
        bound=min(bound, best.objective),
        seconds=first.seconds + second.seconds,
    )
