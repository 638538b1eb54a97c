"""Polish a plan: round its integer columns and solve everything else again, exactly."""

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
from planner.solve.highs_model import NO_COLUMNS, LiveModel, Statuses
from planner.solve.outcome import Array
from planner.solve.problem_arrays import indices_of
from planner.tolerance import LAST_TOLERANCE, SEARCH_TOLERANCE, TOLERANCE

Index = npt.NDArray[np.int32]

BINARY_THRESHOLD = 0.5
"""Threshold between zero and one for the value of a binary column."""


def polish(
    live: LiveModel,
    held: Sequence[tuple[Tier, float]],
    shown: Tier,
    wholes: Wholes,
    values: Array,
    bases: Sequence[tuple[Statuses, Statuses]] = (),
) -> Array:
    """Round the integer columns and solve the tiers again over the continuous ones.

    What remains is linear, so each tier is exact, and a count that the solver left at 11.9999998
    cannot make the plan slightly wrong.

    Parameters
    ----------
    live
        The model, with nothing fixed or held; it is restored afterwards.
    held
        Tiers, each with the value that the search found.
    shown
        Tier that is minimised last, over the columns that no other tier contains.
    wholes
        Integer variables by kind.
    values
        The plan, shape (columns,).
    bases
        Bases to start the tiers from.

    Returns
    -------
    array of float
        The polished plan, shape (columns,).
    """
    whole = np.flatnonzero(live.whole).astype(np.int32)
    values = solve_with_integers_fixed(live, held, values, bases)
    if _drop_empty_orders(live, wholes, values):
        values = solve_with_integers_fixed(live, held, values, bases)
    counted = np.concatenate([NO_COLUMNS, *(indices_of(tier.expression) for tier, _ in held)])
    values = _without_spare(live, counted, wholes.spare, values)
    last = _with_flows(shown, wholes.spare)
    at = np.setdiff1d(indices_of(last.expression), counted)
    values = _solve_tier_over(live, last, at, values)
    live.set_tolerance(SEARCH_TOLERANCE)
    live.release()
    live.set_integer_columns(whole)
    live.is_interruptible = True
    return values


def consistent_bound(tier: Tier, value: float, bound: float) -> float:
    """Return a proven bound, or the tier's value where that is better.

    A plan beats its bound where it misses rows within the tolerance, as whole numbers at a
    coincidence may. The bound then still proves that no plan which keeps every row is better.
    """
    return min(bound, value) if tier.scale > 0 else max(bound, value)


def uses_tolerance(live: LiveModel, values: Array) -> bool:
    """Return whether a plan violates a row by more than `LAST_TOLERANCE`."""
    return largest_miss(live.highs, values) > LAST_TOLERANCE


def solve_with_integers_fixed(
    live: LiveModel,
    held: Sequence[tuple[Tier, float]],
    values: Array,
    bases: Sequence[tuple[Statuses, Statuses]] = (),
) -> Array:
    """Fix the integer columns, rounded, and solve the tiers again, held within `LAST_TOLERANCE`.

    A tier that was solved to a gap stays at the value found, because the later tiers would pay for
    improving it now.

    Parameters
    ----------
    live
        The model; it is left with integers fixed and tiers held.
    held
        Tiers, each with the value that the search found.
    values
        The plan, shape (columns,).
    bases
        Bases to start the tiers from.
    """
    whole = np.flatnonzero(live.whole).astype(np.int32)
    live.release()
    live.fix_at_rounded(whole, values)
    live.set_integer_columns(NO_COLUMNS)
    live.is_interruptible = False  # this takes seconds, and there is a plan to keep
    live.set_tolerance(LAST_TOLERANCE)
    for number, (tier, found) in enumerate(held):
        is_last = number == len(held) - 1
        if (
            not is_last
            and live.columns > live.tuning.large_model_min_columns
            and _is_at_zero(live, tier, values)
        ):
            live.hold(tier.expression, 0.0)  # fixes its columns for the later tiers
            continue
        if number < len(bases):
            live.set_basis(*bases[number])
        values = _without_negligible_misses(live, tier, _solve_tier(live, tier, values))
        reached = live.evaluate(tier.expression, values)
        limit = reached if tier.tight else max(reached, found)
        live.hold(tier.expression, limit, LAST_TOLERANCE)
    live.set_tolerance(SEARCH_TOLERANCE)
    return values


def _is_at_zero(live: LiveModel, tier: Tier, values: Array) -> bool:
    """Return whether a tier is at zero and cannot be negative, so that no solve can improve it."""
    at = indices_of(tier.expression)
    is_least = np.all(live.lower[at] >= 0) and all(c >= 0 for c in tier.expression.values())
    return bool(is_least) and live.evaluate(tier.expression, values) <= LAST_TOLERANCE


def _without_negligible_misses(live: LiveModel, tier: Tier, values: Array) -> Array:
    """Return a plan with missed megawatts set to zero where they are within `SEARCH_TOLERANCE`.

    The tier's bound does not count them, so later tiers must not pay for them either.
    """
    at = indices_of(tier.expression) if tier.tight else NO_COLUMNS
    nearly = at[(values[at] > 0) & (values[at] <= SEARCH_TOLERANCE)]
    if len(nearly):
        values = values.copy()
        values[nearly] = 0.0
        live.widen_rows(values)
    return values


def _drop_empty_orders(live: LiveModel, wholes: Wholes, values: Array) -> bool:
    """Cancel orders of quantity zero in place, and return whether there were any.

    In a plan without whole lots, a gap can leave an order open whose quantity is zero, or within
    the feasibility tolerance. The tiers are then solved again without that quantity.
    """
    dropped = [
        live.position[id(placed)]
        for placed, lots in wholes.orders
        if values[live.position[id(placed)]] > BINARY_THRESHOLD
        and values[live.position[id(lots)]] <= TOLERANCE
    ]
    values[dropped] = 0.0
    return bool(dropped)


def _solve_tier(live: LiveModel, tier: Tier, values: Array) -> Array:
    """Solve one tier over the columns that are not fixed.

    The incumbent always stays feasible: rows that its integers violate by more than
    `LAST_TOLERANCE` are widened (`LiveModel.widen_rows`). If HiGHS still fails, the incumbent is
    returned unchanged.
    """
    live.minimise(tier.expression)
    outcome = live.solve(gap=0.0, seconds=live.tuning.polish_time_limit_seconds)
    if outcome.values is not None:
        return outcome.values
    live.set_tolerance(SEARCH_TOLERANCE)
    near = live.solve(gap=0.0, seconds=live.tuning.polish_time_limit_seconds)
    live.set_tolerance(LAST_TOLERANCE)
    point = np.clip(values, *live.all_bounds()) if near.values is None else near.values
    live.widen_rows(point)
    outcome = live.solve(gap=0.0, seconds=live.tuning.polish_time_limit_seconds)
    return point if outcome.values is None else outcome.values


def _solve_tier_over(live: LiveModel, tier: Tier, at: Index, values: Array) -> Array:
    """Solve one tier over some columns, with all others fixed.

    Fixing the columns of the earlier tiers keeps their values without a row over the whole cost,
    which would cost precision.
    """
    live.release()
    kept, decided = _other_columns(live, at, values)
    live.fix(kept, decided)
    if live.columns > live.tuning.large_model_min_columns:
        live.highs.clearSolver()  # presolve reduces the model to the few free columns
    values = _solve_tier(live, tier, values)
    values[kept] = decided  # HiGHS may have moved them within its tolerance
    return values


def _without_spare(live: LiveModel, counted: Index, spare: Spare, values: Array) -> Array:
    """Remove spare openings and lots from a plan without raising its cost.

    Halls open only when their systems need them, and no lot is ordered without a use. Only these
    columns may decrease, and columns without cost may adapt. The plan is returned unchanged if the
    solver finds no reduction or the run was interrupted.
    """
    if live.stop.is_set():
        return values
    fewer = indices_of([variable for variable, _ in spare.fewer])
    follow = indices_of([variable for variable, _ in spare.follow])
    flows = indices_of([variable for variable, _ in spare.flows])
    free = np.concatenate([fewer, follow, np.setdiff1d(flows, counted)])
    values = np.where(live.whole, np.round(values), values)
    live.release()
    kept, decided = _other_columns(live, free, values)
    live.fix(kept, decided)
    live.set_column_bounds(fewer, live.lower[fewer], np.maximum(values[fewer], live.lower[fewer]))
    live.minimise(collect([*spare.fewer, *spare.follow]))
    live.set_integer_columns(fewer[live.whole[fewer]])
    live.set_start(values)
    live.set_tolerance(LAST_TOLERANCE)  # keep what is needed by tiny amounts
    outcome = live.solve(
        gap=0.0, seconds=live.tuning.spare_time_limit_seconds, nodes=live.tuning.spare_max_nodes
    )
    live.set_tolerance(SEARCH_TOLERANCE)
    live.set_integer_columns(NO_COLUMNS)
    if outcome.values is None:
        return values
    found = np.where(live.whole, np.round(outcome.values), outcome.values)
    found[kept] = decided
    return found


def _other_columns(live: LiveModel, at: Index, values: Array) -> tuple[Index, Array]:
    """Return all columns except some, and their values clipped to their bounds."""
    kept = np.setdiff1d(np.arange(live.columns, dtype=np.int32), at)
    return kept, np.clip(values[kept], live.lower[kept], live.upper[kept])


def _with_flows(shown: Tier, spare: Spare) -> Tier:
    """Return a tier with early starts and shipments, and their quantities, added to it."""
    return replace(shown, expression=collect([*shown.expression.items(), *spare.flows]))
