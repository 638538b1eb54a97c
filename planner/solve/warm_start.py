"""Warm start: solve a model that is similar to one already solved.

1. *Relaxations.* The LP relaxation of each tier starts from the basis of the same tier in the
   solved model; an LP that hardly changed takes a few pivots. The relaxations give the bounds and
   the worth of limits. The last one is then tightened by the rows of `crew_links`.
2. *Same plan.* If the integers of the known plan are still feasible and within the gap, no search
   is needed.
3. *Shape.* Otherwise openings come from the known plan or from a dive, whichever is cheaper, with
   branch and bound if the gap stays too wide. Then counts are rounded nearby.

Every case starts from the same solved model, never from another case, and effort is limited by
nodes. So a case ends at the same plan in whatever order and on whatever machine it is solved.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pulp

from planner.model.objectives import CHOOSING, Tier
from planner.model.wholes import Wholes
from planner.solve.basis import Basis
from planner.solve.highs_model import NO_COLUMNS, Index, LiveModel
from planner.solve.lexicographic import Solution, SolveLimits, TierResult, relative_gap
from planner.solve.outcome import Array, Outcome
from planner.solve.polish import polish
from planner.solve.recheck import solve_checked
from planner.solve.rounding import IntegerColumns, find_columns
from planner.solve.staged import StagedSolver, is_small
from planner.solve.time_limit import TimeBudget
from planner.tolerance import INTEGRALITY_TOLERANCE, SEARCH_TOLERANCE

BOUND_NOT_CLOSED = "bound not closed"
"""Status of a plan whose gap to the relaxation is wider than requested."""

Link = Sequence[tuple[pulp.LpVariable, float]]
"""Terms of a row whose sum is at most zero."""


@dataclass(frozen=True)
class TierRelaxation:
    """LP relaxation of one tier.

    Attributes
    ----------
    bound : float
        Its optimum, in the objective's unit: no plan is better.
    basis : Basis
        Its basis, without the rows of held tiers.
    duals, reduced : array of float
        Dual value of each row, shape (rows,), and reduced cost of each column, shape (columns,).
    """

    bound: float
    basis: Basis
    duals: Array
    reduced: Array


@dataclass(frozen=True)
class WarmStart:
    """A solved model, mapped to the columns and rows of the model to solve.

    Attributes
    ----------
    values : array of float
        Value of each column, shape (columns,); NaN for a column that the solved model lacked.
    bases : tuple of Basis
        Basis of each tier's relaxation.
    slack : float
        Relative gap between the tightened relaxation of the last tier and the proven bound: the
        share of a gap that is due to the relaxation, not to the plan.
    """

    values: Array
    bases: tuple[Basis, ...]
    slack: float


def counted_tiers(tiers: Sequence[Tier]) -> list[Tier]:
    """Return all tiers except the last, which only breaks ties."""
    return [tier for tier in tiers if tier.name != CHOOSING]


def solve_relaxations(
    live: LiveModel,
    tiers: Sequence[Tier],
    bases: Sequence[Basis] = (),
) -> list[TierRelaxation]:
    """Solve the LP relaxations of the tiers in turn, holding each before the next.

    The model is left with all tiers except the last held at their bounds, and no integer columns.

    Parameters
    ----------
    live
        The model, with nothing fixed or held.
    tiers
        Tiers, most important first; see `counted_tiers`.
    bases
        Bases to start from, one for each tier.

    Returns
    -------
    list of TierRelaxation
        Shorter than `tiers` if a relaxation has no optimum.
    """
    live.set_integer_columns(NO_COLUMNS)
    relaxed: list[TierRelaxation] = []
    for number, tier in enumerate(tiers):
        live.minimise(tier.expression)
        if number < len(bases):
            live.set_basis(bases[number])
        outcome = live.solve(gap=0.0, seconds=math.inf)
        if outcome.status != "optimal":
            break
        relaxed.append(_read(live, outcome.objective))
        if number < len(tiers) - 1:
            live.hold(tier.expression, outcome.objective)
    return relaxed


def tighten_relaxation(
    live: LiveModel,
    tiers: Sequence[Tier],
    relaxed: Sequence[TierRelaxation],
    links: Sequence[Link],
) -> TierRelaxation:
    """Tighten the last tier's relaxation by additional rows, which the model keeps.

    Parameters
    ----------
    live, tiers
        Model and tiers as `solve_relaxations` left them.
    relaxed
        Its result, one relaxation for each tier.
    links
        The rows, see `crew_links`.

    Returns
    -------
    TierRelaxation
        The tightened relaxation, or the original if that has no optimum.
    """
    last = relaxed[-1]
    live.release()
    live.add_links(links)
    for tier, before in zip(tiers[:-1], relaxed[:-1], strict=True):
        live.hold(tier.expression, before.bound)
    live.minimise(tiers[-1].expression)
    # The additional rows are basic in it, because it does not cover them.
    live.set_basis(last.basis)
    outcome = live.solve(gap=0.0, seconds=math.inf)
    if outcome.status != "optimal":
        return last
    return _read(live, outcome.objective)


def solve_from_warm_start(
    live: LiveModel,
    tiers: Sequence[Tier],
    shown: Tier,
    wholes: Wholes,
    limits: SolveLimits,
    start: WarmStart,
    links: Sequence[Link],
) -> tuple[Solution | None, list[TierRelaxation]]:
    """Solve the tiers of a model that is similar to one already solved.

    Parameters
    ----------
    live
        The model, with nothing fixed or held.
    tiers, shown, wholes, limits
        As for `solve_tiers`. Ties are not broken: the plan stays near the known one.
    start
        The solved model.
    links
        Rows that tighten the search only, see `crew_links`.

    Returns
    -------
    solution : Solution or None
        None if no plan was found nearby, or the model is small enough to solve from scratch.
    relaxed : list of TierRelaxation
        The relaxations.
    """
    began = time.monotonic()
    counted = counted_tiers(tiers)
    relaxed = solve_relaxations(live, counted, start.bases)
    found = None
    if len(relaxed) == len(counted) and not is_small(live):
        last = tighten_relaxation(live, counted, relaxed, links)
        columns = find_columns(live, wholes)
        found = _Search(live, columns, [*relaxed[:-1], last], limits, start).plan()
    live.drop_links()
    live.set_integer_columns(live.integer_columns)
    if found is None or found.values is None:
        return None, relaxed
    held = []
    for tier in counted:
        held.append((tier, live.evaluate(tier.expression, found.values)))
    bases = [each.basis for each in relaxed]
    values = polish(live, held, shown, wholes, found.values, bases)
    bounds = [each.bound for each in relaxed]
    bounds[-1] = max(found.bound, bounds[-1])
    results = []
    status = "optimal"
    for tier, least in zip(counted, bounds, strict=True):
        value = tier.value(live.evaluate(tier.expression, values))
        bound = tier.value(least)
        gap = tier.relative_gap(value, bound)
        seconds = time.monotonic() - began
        of_tier = "optimal" if gap <= limits.gap else BOUND_NOT_CLOSED
        results.append(TierResult(tier.name, tier.unit, value, bound, gap, of_tier, seconds))
        if of_tier != "optimal":
            status = of_tier
    return Solution(values, tuple(results), status), relaxed


class _Search(StagedSolver):
    """Seeks an integer plan near a known one."""

    def __init__(
        self,
        live: LiveModel,
        columns: IntegerColumns,
        relaxed: Sequence[TierRelaxation],
        limits: SolveLimits,
        start: WarmStart,
    ) -> None:
        super().__init__(live, columns)
        self.relaxed = relaxed
        self.limits = limits
        self.start = start
        self.clock = TimeBudget(limits.seconds)
        # The relaxation's own share of the gap is credited, up to the requested gap.
        self.enough = limits.gap + min(start.slack, limits.gap)

    def plan(self) -> Outcome | None:
        """Return a plan with its bound; None if none is found nearby."""
        bounds = self.live.all_bounds()
        same = self._solve_fixed(self.live.integer_columns)
        self.live.set_all_bounds(bounds)
        if same is not None and self._gap_to_relaxation(same) <= self.enough:
            return same
        shape = self._find_openings(bounds)
        if shape is None or not len(self.columns.installs):
            return shape
        if len(self.columns.replicas):
            # Making room for whole replicas needs a full search.
            return None
        if any(relaxed.bound > SEARCH_TOLERANCE for relaxed in self.relaxed[:-1]):
            # Choosing which megawatts to miss needs a full search.
            return None
        self.live.set_integer_columns(self.live.integer_columns)
        # Counts may use the requested gap on top; the bound stays that of the shape.
        apart = replace(shape, bound=shape.objective)
        counts = self.round_counts_in_stages(apart, self.limits.gap, self.clock, None, None)
        if counts.values is None:
            return None
        return replace(counts, bound=shape.bound)

    def _solve_fixed(self, at: Index) -> Outcome | None:
        """Solve with columns fixed as in the known plan; None if that is infeasible."""
        known = self.start.values[at]
        if np.isnan(known).any():
            return None
        rounded = np.round(known)
        lower, upper = self.live.all_bounds()
        is_below = rounded < lower[at] - INTEGRALITY_TOLERANCE
        is_above = rounded > upper[at] + INTEGRALITY_TOLERANCE
        if np.any(is_below | is_above):
            return None
        self.live.fix(at, rounded)
        outcome = self.live.solve(gap=0.0, seconds=self.clock.left)
        if outcome.status != "optimal" or outcome.values is None:
            return None
        return replace(outcome, bound=self.relaxed[-1].bound)

    def _find_openings(self, bounds: tuple[Array, Array]) -> Outcome | None:
        """Return a plan with integer openings; its counts may be fractional."""
        kept = self._solve_fixed(self.columns.openings)
        self.live.set_all_bounds(bounds)
        dived = self._dive_from_known_basis()
        self.live.set_all_bounds(bounds)
        best = dived
        if kept is not None and kept.objective <= dived.objective:
            best = kept
        if best.values is None:
            return None
        if self._gap_to_relaxation(best) <= self.enough:
            return best
        return self._improve_openings(best)

    def _dive_from_known_basis(self) -> Outcome:
        """Round openings up from the relaxation, which starts from its known basis."""
        self.live.set_basis(self.relaxed[-1].basis)
        relaxed = self.live.solve(gap=0.0, seconds=self.clock.left)
        return self.dive(relaxed, self.clock, self.clock.seconds, self.tuning.shape_dive)

    def _improve_openings(self, best: Outcome) -> Outcome:
        """Improve a plan with integer openings by a short branch and bound."""
        self.live.set_integer_columns(self.columns.openings)
        branched = solve_checked(
            self.live,
            best.values,
            gap=self.tuning.warm_openings_gap_share * self.limits.gap,
            clock=self.clock,
            is_small=False,
            nodes=self.tuning.warm_openings_max_nodes,
        )
        self.live.set_integer_columns(NO_COLUMNS)
        bound = max(branched.bound, best.bound)
        if branched.values is None or best.objective < branched.objective:
            return replace(best, bound=bound)
        return replace(branched, bound=bound)

    def _gap_to_relaxation(self, outcome: Outcome) -> float:
        bound = max(outcome.bound, self.relaxed[-1].bound)
        return relative_gap(outcome.objective, bound)


def _read(live: LiveModel, bound: float) -> TierRelaxation:
    """Return basis and dual values of the LP solve that has just ended."""
    solution = live.highs.getSolution()
    duals = np.array(solution.row_dual, dtype=float)
    reduced = np.array(solution.col_dual, dtype=float)
    return TierRelaxation(bound, live.basis(), duals[: live.rows], reduced)
