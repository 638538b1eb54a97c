"""A plan to its last digits: whole numbers rounded, everything else solved again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.model.frame import collect
from planner.model.objectives import Tier
from planner.model.spare import Spare
from planner.model.wholes import Wholes
from planner.solve.elastic_rows import largest_miss
from planner.solve.highs_model import NO_WHOLE, LiveModel, Statuses
from planner.solve.outcome import Array
from planner.solve.problem_arrays import positions
from planner.tolerance import LAST_TOLERANCE, SEARCH_TOLERANCE, TOLERANCE

MANY = 300_000
"""Columns from which a tier at zero is not solved again and presolve is worth more than a basis."""

Index = npt.NDArray[np.int32]

HALF = 0.5
"""What tells a whole number that is one from one that is zero."""

SPARE_NODES, SPARE_SECONDS = 100, 60.0
"""Nodes spent on what a plan can do without, which take a fraction of that time."""

SETTLE_SECONDS = 600.0
"""Time for the linear programs that remain once whole numbers are fixed; they take a fraction."""


def settle(
    live: LiveModel, held: Sequence[tuple[Tier, float]], shown: Tier, wholes: Wholes,
    values: Array, bases: Sequence[tuple[Statuses, Statuses]] = (),
) -> Array:  # fmt: skip
    """Round the whole numbers, and solve the tiers again over everything else.

    What is left is linear, so that each tier is exact, and a count that the solver held at
    11.9999998 cannot leave a plan that is slightly wrong.

    Parameters
    ----------
    live
        The model, with nothing fixed or held; it is left so.
    held
        Tiers, and the value at which each was found.
    shown
        Tier that is minimised last, over what no tier before counts.
    wholes
        Whole-number variables by kind.
    values
        The plan, shape (columns,).
    bases
        Bases from which the tiers may begin.
    """
    whole = np.flatnonzero(live.whole).astype(np.int32)
    values = without_slack(live, held, values, bases)
    if _drop_empty_orders(live, wholes, values):
        values = without_slack(live, held, values, bases)
    counted = np.concatenate([NO_WHOLE, *(positions(tier.expression) for tier, _ in held)])
    values = _without_spare(live, counted, wholes.spare, values)
    last = _and_flows(shown, wholes.spare)
    at = np.setdiff1d(positions(last.expression), counted)
    values = _settled_at(live, last, at, values)
    live.set_tolerance(SEARCH_TOLERANCE)
    live.release()
    live.make_whole(whole)
    live.heeds_stop = True
    return values


def not_beaten(tier: Tier, value: float, bound: float) -> float:
    """Return a proven bound, or the tier's value where that is better.

    A plan beats its bound where it misses rows within the tolerance, as whole numbers at a
    coincidence may. The bound then still proves that no plan which keeps every row is better.
    """
    return min(bound, value) if tier.scale > 0 else max(bound, value)


def misses_rows(live: LiveModel, values: Array) -> bool:
    """Return whether a plan makes use of the tolerance."""
    return largest_miss(live.highs, values) > LAST_TOLERANCE


def without_slack(
    live: LiveModel,
    held: Sequence[tuple[Tier, float]],
    values: Array,
    bases: Sequence[tuple[Statuses, Statuses]] = (),
) -> Array:
    """Fix the whole numbers, rounded, and solve the tiers again, each held with hardly a slack.

    A tier that was found within a gap stays where it was found, for bettering it now would be
    paid for by the tiers below it. The model is left with all that fixed. Each tier may begin
    from a basis.
    """
    whole = np.flatnonzero(live.whole).astype(np.int32)
    live.release()
    live.fix_rounded(whole, values)
    live.make_whole(NO_WHOLE)
    live.heeds_stop = False  # a plan is there, and this takes seconds
    live.set_tolerance(LAST_TOLERANCE)
    for number, (tier, found) in enumerate(held):
        is_last = number == len(held) - 1
        if not is_last and live.columns > MANY and _is_nothing(live, tier, values):
            live.hold(tier.expression, 0.0)  # fixes its columns, which the next tier then keeps
            continue
        if number < len(bases):
            live.set_basis(*bases[number])
        values = _met(live, tier, _settled(live, tier, values))
        reached = live.evaluate(tier.expression, values)
        limit = reached if tier.tight else max(reached, found)
        live.hold(tier.expression, limit, LAST_TOLERANCE)
    live.set_tolerance(SEARCH_TOLERANCE)
    return values


def _is_nothing(live: LiveModel, tier: Tier, values: Array) -> bool:
    """Return whether a tier is at zero and cannot be below, so that there is nothing to solve."""
    at = positions(tier.expression)
    is_least = np.all(live.lower[at] >= 0) and all(c >= 0 for c in tier.expression.values())
    return bool(is_least) and live.evaluate(tier.expression, values) <= LAST_TOLERANCE


def _met(live: LiveModel, tier: Tier, values: Array) -> Array:
    """Return a plan that misses nothing where it missed no more than a search may.

    The bound of the tier does not count that, so that the tiers below must not pay for it either.
    """
    at = positions(tier.expression) if tier.tight else NO_WHOLE
    nearly = at[(values[at] > 0) & (values[at] <= SEARCH_TOLERANCE)]
    if len(nearly):
        values = values.copy()
        values[nearly] = 0.0
        live.give_way(values)
    return values


def _drop_empty_orders(live: LiveModel, wholes: Wholes, values: Array) -> bool:
    """Place no order that orders nothing, and say whether there was any.

    A gap may have left one in a plan without whole lots. It may order what a row may be missed by,
    too, which the tiers must then do without.
    """
    dropped = [
        live.position[id(placed)]
        for placed, lots in wholes.orders
        if values[live.position[id(placed)]] > HALF and values[live.position[id(lots)]] <= TOLERANCE
    ]
    values[dropped] = 0.0
    return bool(dropped)


def _settled(live: LiveModel, tier: Tier, values: Array) -> Array:
    """Solve one tier of what is left.

    The plan in hand is always one: if its whole numbers miss rows by more than the last values
    may, within what a search may, these rows give way. If HiGHS fails even so, it stays as it is.
    """
    live.minimise(tier.expression)
    outcome = live.solve(gap=0.0, seconds=SETTLE_SECONDS)
    if outcome.values is not None:
        return outcome.values
    live.set_tolerance(SEARCH_TOLERANCE)
    near = live.solve(gap=0.0, seconds=SETTLE_SECONDS)
    live.set_tolerance(LAST_TOLERANCE)
    point = np.clip(values, *live.bounds()) if near.values is None else near.values
    live.give_way(point)
    outcome = live.solve(gap=0.0, seconds=SETTLE_SECONDS)
    return point if outcome.values is None else outcome.values


def _settled_at(live: LiveModel, tier: Tier, at: Index, values: Array) -> Array:
    """Solve one tier over some columns, with all others as they are.

    Fixing what the tiers before count keeps these at their values without a row over the whole
    cost, which would cost the last digits.
    """
    live.release()
    kept, decided = _others(live, at, values)
    live.fix(kept, decided)
    if live.columns > MANY:
        live.highs.clearSolver()  # presolve finds the few columns that are left
    values = _settled(live, tier, values)
    values[kept] = decided  # which HiGHS may move by its tolerance
    return values


def _without_spare(live: LiveModel, counted: Index, spare: Spare, values: Array) -> Array:
    """Take out of a plan what it can do without at no more cost.

    Halls open as late as their systems need them, or never, and no lot is ordered that nothing
    waits for. Only that may become less, and what costs nothing may follow. The plan stays as it
    is where the solver finds none with less, and where somebody does not want to wait.
    """
    if live.stop.is_set():
        return values
    fewer = positions([variable for variable, _ in spare.fewer])
    follow = positions([variable for variable, _ in spare.follow])
    flows = positions([variable for variable, _ in spare.flows])
    free = np.concatenate([fewer, follow, np.setdiff1d(flows, counted)])
    values = np.where(live.whole, np.round(values), values)
    live.release()
    kept, decided = _others(live, free, values)
    live.fix(kept, decided)
    live.bound(fewer, live.lower[fewer], np.maximum(values[fewer], live.lower[fewer]))
    live.minimise(collect([*spare.fewer, *spare.follow]))
    live.make_whole(fewer[live.whole[fewer]])
    live.start_from(values)
    live.set_tolerance(LAST_TOLERANCE)  # nothing that is needed by a trifle alone is left out
    outcome = live.solve(gap=0.0, seconds=SPARE_SECONDS, nodes=SPARE_NODES)
    live.set_tolerance(SEARCH_TOLERANCE)
    live.make_whole(NO_WHOLE)
    if outcome.values is None:
        return values
    found = np.where(live.whole, np.round(outcome.values), outcome.values)
    found[kept] = decided
    return found


def _others(live: LiveModel, at: Index, values: Array) -> tuple[Index, Array]:
    """Return all columns but these, and their values within their bounds."""
    kept = np.setdiff1d(np.arange(live.columns, dtype=np.int32), at)
    return kept, np.clip(values[kept], live.lower[kept], live.upper[kept])


def _and_flows(shown: Tier, spare: Spare) -> Tier:
    """Return a tier to which early starts and shipments, and what they are of, are added."""
    return replace(shown, expression=collect([*shown.expression.items(), *spare.flows]))
