"""Polish a plan: round its integer columns and solve everything else again, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pulp

from planner.model.frame import collect
from planner.model.objectives import Tier
from planner.model.spare import Spare
from planner.model.wholes import Wholes
from planner.solve.basis import Basis
from planner.solve.elastic_rows import largest_miss
from planner.solve.highs_model import NO_COLUMNS, Index, LiveModel
from planner.solve.outcome import Array
from planner.solve.problem_arrays import indices_of
from planner.tolerance import LAST_TOLERANCE, SEARCH_TOLERANCE, TOLERANCE

BINARY_THRESHOLD = 0.5
"""Threshold between zero and one for the value of a binary column."""

HeldTier = tuple[Tier, float]
"""A tier, and the value that the search found."""


def polish(
    live: LiveModel,
    held: Sequence[HeldTier],
    shown: Tier,
    wholes: Wholes,
    values: Array,
    bases: Sequence[Basis] = (),
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
    values = solve_with_integers_fixed(live, held, values, bases)
    if _drop_empty_orders(live, wholes, values):
        values = solve_with_integers_fixed(live, held, values, bases)
    counted = _columns_of(held)
    values = _without_spare(live, counted, wholes.spare, values)
    last = _with_flows(shown, wholes.spare)
    at = np.setdiff1d(indices_of(last.expression), counted)
    values = _solve_tier_over(live, last, at, values)
    live.set_tolerance(SEARCH_TOLERANCE)
    live.release()
    live.set_integer_columns(live.integer_columns)
    live.is_interruptible = True
    return values


def consistent_bound(tier: Tier, value: float, bound: float) -> float:
    """Return a proven bound, or the tier's value where that is better.

    A plan beats its bound where it misses rows within the tolerance, as whole numbers at a
    coincidence may. The bound then still proves that no plan which keeps every row is better.
    """
    if tier.scale > 0:
        return min(bound, value)
    return max(bound, value)


def uses_tolerance(live: LiveModel, values: Array) -> bool:
    """Return whether a plan violates a row by more than `LAST_TOLERANCE`."""
    return largest_miss(live.highs, values) > LAST_TOLERANCE


def solve_with_integers_fixed(
    live: LiveModel,
    held: Sequence[HeldTier],
    values: Array,
    bases: Sequence[Basis] = (),
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
    live.release()
    live.fix_at_rounded(live.integer_columns, values)
    live.set_integer_columns(NO_COLUMNS)
    # This takes seconds, and there is a plan to keep.
    live.is_interruptible = False
    live.set_tolerance(LAST_TOLERANCE)
    last = len(held) - 1
    for number, (tier, found) in enumerate(held):
        if number < last and _is_large(live) and _is_at_zero(live, tier, values):
            # No solve can improve it; this fixes its columns for the later tiers.
            live.hold(tier.expression, tier.least)
            continue
        if number < len(bases):
            live.set_basis(bases[number])
        values = _solve_tier(live, tier, values)
        values = _without_negligible_misses(live, tier, values)
        limit = live.evaluate(tier.expression, values)
        if not tier.tight:
            limit = max(limit, found)
        live.hold(tier.expression, limit, LAST_TOLERANCE)
    live.set_tolerance(SEARCH_TOLERANCE)
    return values


def _columns_of(held: Sequence[HeldTier]) -> Index:
    """Return the columns that the tiers contain."""
    columns = [NO_COLUMNS]
    for tier, _ in held:
        columns.append(indices_of(tier.expression))
    return np.concatenate(columns)


def _is_large(live: LiveModel) -> bool:
    return live.columns > live.tuning.large_model_min_columns


def _is_at_zero(live: LiveModel, tier: Tier, values: Array) -> bool:
    """Return whether a tier is at zero and cannot be negative."""
    at = indices_of(tier.expression)
    if np.any(live.lower[at] < 0) or min(tier.expression.values(), default=0.0) < 0:
        return False
    return live.evaluate(tier.expression, values) - tier.least <= LAST_TOLERANCE


def _without_negligible_misses(live: LiveModel, tier: Tier, values: Array) -> Array:
    """Return a plan with missed megawatts set to zero where they are within `SEARCH_TOLERANCE`.

    The tier's bound does not count them, so later tiers must not pay for them either.
    """
    if not tier.tight:
        return values
    at = indices_of(tier.expression)
    is_negligible = (values[at] > 0) & (values[at] <= SEARCH_TOLERANCE)
    if not is_negligible.any():
        return values
    values = values.copy()
    values[at[is_negligible]] = 0.0
    live.widen_rows(values)
    return values


def _drop_empty_orders(live: LiveModel, wholes: Wholes, values: Array) -> bool:
    """Cancel orders of quantity zero in place, and return whether there were any.

    In a plan without whole lots, a gap can leave an order open whose quantity is zero, or within
    the feasibility tolerance. The tiers are then solved again without that quantity.
    """
    has_dropped = False
    for placed, lots in wholes.orders:
        order = live.position[id(placed)]
        quantity = live.position[id(lots)]
        if values[order] > BINARY_THRESHOLD and values[quantity] <= TOLERANCE:
            values[order] = 0.0
            has_dropped = True
    return has_dropped


def _solve_tier(live: LiveModel, tier: Tier, values: Array) -> Array:
    """Solve one tier over the columns that are not fixed.

    The incumbent always stays feasible: rows that its integers violate by more than
    `LAST_TOLERANCE` are widened (`LiveModel.widen_rows`). If HiGHS still fails, the incumbent is
    returned unchanged.
    """
    seconds = live.tuning.polish_time_limit_seconds
    live.minimise(tier.expression)
    outcome = live.solve(gap=0.0, seconds=seconds)
    if outcome.values is not None:
        return outcome.values
    live.set_tolerance(SEARCH_TOLERANCE)
    near = live.solve(gap=0.0, seconds=seconds)
    live.set_tolerance(LAST_TOLERANCE)
    point = near.values
    if point is None:
        point = np.clip(values, *live.all_bounds())
    live.widen_rows(point)
    outcome = live.solve(gap=0.0, seconds=seconds)
    if outcome.values is None:
        return point
    return outcome.values


def _solve_tier_over(live: LiveModel, tier: Tier, at: Index, values: Array) -> Array:
    """Solve one tier over some columns, with all others fixed.

    Fixing the columns of the earlier tiers keeps their values without a row over the whole cost,
    which would cost precision.
    """
    live.release()
    kept, decided = _other_columns(live, at, values)
    live.fix(kept, decided)
    if _is_large(live):
        # From scratch, so that presolve reduces the model to the few free columns.
        live.discard_basis()
    values = _solve_tier(live, tier, values)
    # HiGHS may have moved them within its tolerance.
    values[kept] = decided
    return values


def _without_spare(live: LiveModel, counted: Index, spare: Spare, values: Array) -> Array:
    """Remove spare openings and lots from a plan without raising its cost.

    Halls open only when their systems need them, and no lot is ordered without a use. Only these
    columns may decrease, and columns without cost may adapt. The plan is returned unchanged if the
    solver finds no reduction or the run was interrupted.
    """
    if live.stop.is_set():
        return values
    fewer = _columns_in(spare.fewer)
    follow = _columns_in(spare.follow)
    flows = _columns_in(spare.flows)
    free = np.concatenate([fewer, follow, np.setdiff1d(flows, counted)])
    values = np.where(live.whole, np.round(values), values)
    live.release()
    kept, decided = _other_columns(live, free, values)
    live.fix(kept, decided)
    least = live.lower[fewer]
    live.set_column_bounds(fewer, least, np.maximum(values[fewer], least))
    live.minimise(collect([*spare.fewer, *spare.follow]))
    live.set_integer_columns(fewer[live.whole[fewer]])
    live.set_start(values)
    # A tight tolerance keeps what is needed by tiny amounts.
    live.set_tolerance(LAST_TOLERANCE)
    outcome = live.solve(
        gap=0.0,
        seconds=live.tuning.spare_time_limit_seconds,
        nodes=live.tuning.spare_max_nodes,
    )
    live.set_tolerance(SEARCH_TOLERANCE)
    live.set_integer_columns(NO_COLUMNS)
    if outcome.values is None:
        return values
    found = np.where(live.whole, np.round(outcome.values), outcome.values)
    found[kept] = decided
    return found


def _columns_in(terms: Sequence[tuple[pulp.LpVariable, float]]) -> Index:
    """Return the columns of terms."""
    return indices_of([variable for variable, _ in terms])


def _other_columns(live: LiveModel, at: Index, values: Array) -> tuple[Index, Array]:
    """Return all columns except some, and their values clipped to their bounds."""
    kept = np.setdiff1d(np.arange(live.columns, dtype=np.int32), at)
    decided = np.clip(values[kept], live.lower[kept], live.upper[kept])
    return kept, decided


def _with_flows(shown: Tier, spare: Spare) -> Tier:
    """Return a tier with early starts and shipments, and their quantities, added to it."""
    terms = [*shown.expression.items(), *spare.flows]
    return replace(shown, expression=collect(terms))
