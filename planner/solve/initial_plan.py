"""An initial plan that is near-optimal in every tier at once, before any tier is proven.

Solving the tiers strictly in turn leaves the later ones almost no freedom: the best plan of the
first tier ignores cost, and the cheapest openings that keep its value with fractional systems
hardly ever keep it with whole ones. So a plan is sought first in which each tier may give up part
of its gap to the next:

1. *Relaxations* of all tiers in turn, each held near its bound; the openings of the last are then
   rounded. If no megawatt need be missed, one relaxation suffices: that of the first tier after the
   missed megawatts, with none missed. It is tried first, and costs little if it is infeasible.
2. *Counts* made integer with those openings, for a weighted sum of all tiers: each tier's weight is
   the cost of improving it by one unit.

Each tier then only has to be proven, which often takes its relaxation alone. Measured on 15,000
columns with one fifth of the megawatts missed: after 15 seconds 0.03 % from the bound in megawatts
missed and 0.07 % in cost; solving tier after tier stood at 5 % in cost after 90 seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pulp

from planner.model.objectives import CHOOSING, Tier
from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.highs_run import Watcher
from planner.solve.outcome import Array, Outcome
from planner.solve.staged import StagedSolver, least_value
from planner.solve.time_limit import TimeBudget
from planner.tolerance import LAST_TOLERANCE, SEARCH_TOLERANCE


@dataclass(frozen=True)
class _HeldTier:
    """A relaxed tier, its bound, and the row that holds it; None if its columns are at zero."""

    tier: Tier
    bound: float
    row: int | None


class InitialPlan:
    """Seeks a plan that is near-optimal in every tier.

    Parameters
    ----------
    live
        The model, with nothing fixed or held. It is restored afterwards, except its objective.
    solver
        Staged solver of the model.
    tiers
        Tiers, most important first.
    gaps
        Relative gap requested for each tier; raised to `Tuning.min_tier_gap`.
    clock
        Time left.
    watch
        Called with the bound of the first tier.

    Attributes
    ----------
    relaxations : dict of str to Outcome
        Relaxation of each tier before which all tiers are held at zero, by tier name.
    """

    def __init__(
        self,
        live: LiveModel,
        solver: StagedSolver,
        tiers: Sequence[Tier],
        gaps: Sequence[float],
        clock: TimeBudget,
        watch: Watcher | None = None,
    ) -> None:
        self.live = live
        self.solver = solver
        self.clock = clock
        self.watch = watch
        self.tuning = live.tuning
        self.tiers = [tier for tier in tiers if tier.name != CHOOSING]
        self.gaps = [max(gap, self.tuning.min_tier_gap) for gap in gaps]
        self.relaxed: list[_HeldTier] = []
        self.relaxations: dict[str, Outcome] = {}
        self.bound = -math.inf

    def plan(self) -> Array | None:
        """Return the values of the columns, shape (columns,).

        Returns
        -------
        array of float or None
            None if the model is small, has no integer columns except openings, or no plan was
            found.
        """
        if self.solver.is_small or not self.solver.has_counts:
            return None
        live = self.live
        live.set_integer_columns(NO_COLUMNS)
        shape = self._find_shape()
        self._restore()
        if shape is None or shape.values is None:
            return None
        counted = self._round_counts(shape)
        self._restore()
        return counted.values

    def _restore(self) -> None:
        self.live.release()
        self.live.set_integer_columns(self.live.integer_columns)

    def _find_shape(self) -> Outcome | None:
        """Relax the tiers in turn, each held near its bound; round the openings of the last."""
        outcome = self._relax_without_misses()
        before: Outcome | None = None
        for number in range(len(self.relaxed), len(self.tiers)):
            tier = self.tiers[number]
            if outcome is None:
                outcome = self._relax(tier, before)
            if outcome.status != "optimal":
                return None
            if not self.live.has_held_rows:
                self.relaxations[tier.name] = outcome
            if tier is self.tiers[-1]:
                break
            if self.watch is not None and not self.relaxed:
                self.watch(None, outcome.bound)
            self._hold_near(tier, outcome.objective, self.gaps[number])
            before = outcome
            outcome = None
        assert outcome is not None
        self.bound = outcome.objective
        self.prices = self.live.highs.getSolution().row_dual
        pace = self.tuning.shape_dive
        return self.solver.dive(outcome, self.clock, self.clock.seconds, pace)

    def _hold_near(self, tier: Tier, bound: float, gap: float) -> None:
        """Hold a tier near its bound, so that the later tiers have some freedom."""
        highs = self.live.highs
        rows = highs.getNumRow()
        room = self.tuning.relaxation_gap_share * gap * abs(bound)
        self.live.hold(tier.expression, bound + room)
        row = rows if highs.getNumRow() > rows else None
        self.relaxed.append(_HeldTier(tier, bound, row))

    def _relax(self, tier: Tier, before: Outcome | None) -> Outcome:
        """Relax a tier; reuse the previous relaxation if it attains the tier's least value."""
        live = self.live
        live.minimise(tier.expression)
        if before is not None and before.values is not None:
            value = live.evaluate(tier.expression, before.values)
            if value <= least_value(live) + LAST_TOLERANCE:
                return replace(before, objective=value, bound=value)
        # From the basis of another tier HiGHS skips presolve.
        live.discard_basis()
        return live.solve(gap=0.0, seconds=self.clock.left, cold=tier.demanded > 0)

    def _relax_without_misses(self) -> Outcome | None:
        """Relax the first tier after the missed megawatts, with none missed.

        Returns None, and holds no tier, if some megawatts must be missed.
        """
        live = self.live
        missed = [tier for tier in self.tiers if tier.tight]
        for tier in missed:
            live.hold(tier.expression, tier.least)
        live.minimise(self.tiers[len(missed)].expression)
        outcome = live.solve(gap=0.0, seconds=self.clock.left)
        if outcome.status != "optimal" or live.has_held_rows:
            live.release()
            return None
        if self.watch is not None:
            self.watch(None, 0.0)
        self.relaxed = [_HeldTier(tier, tier.least, None) for tier in missed]
        return outcome

    def _weighted_sum(self, room: float) -> pulp.LpAffineExpression:
        """Return the sum of all tiers, each weighted by its dual value in the last relaxation.

        The weights are large enough that every tier stays within its gap while the sum rises by
        no more than `room`, in the unit of the last tier.
        """
        tuning = self.tuning
        mixed = pulp.LpAffineExpression(self.tiers[-1].expression)
        for each, gap in zip(self.relaxed, self.gaps, strict=False):
            if each.row is None:
                continue
            rest = (1.0 - tuning.relaxation_gap_share) * gap * max(1.0, abs(each.bound))
            price = abs(self.prices[each.row])
            weight = max(tuning.min_dual_factor * price, room / rest)
            for variable, part in each.tier.expression.items():
                mixed[variable] = mixed.get(variable, 0.0) + weight * part
        return mixed

    def _round_counts(self, shape: Outcome) -> Outcome:
        """Make counts integer with a shape's openings, minimising the weighted sum of tiers."""
        assert shape.values is not None
        live = self.live
        for each in self.relaxed:
            if each.row is None:
                live.hold(each.tier.expression, each.tier.least)
        cost = live.evaluate(self.tiers[-1].expression, shape.values)
        most = self.gaps[len(self.tiers) - 1] * abs(cost)
        # Counts may use all of the gap that the openings leave.
        unused = most - (cost - self.bound)
        room = max(self.tuning.min_counts_gap_share * most, unused)
        mixed = self._weighted_sum(room)
        live.minimise(mixed)
        value = live.evaluate(mixed, shape.values)
        gap = room / max(abs(value), SEARCH_TOLERANCE)
        apart = Outcome("optimal", shape.values, value, value, 0.0)
        return self.solver.round_counts(apart, gap, self.clock, None, None)
