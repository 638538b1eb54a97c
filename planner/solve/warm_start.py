"""Solving a model that is like one already solved: from its bases, its openings and its counts.

1. *Relaxations.* Each tier without whole numbers, from the basis of the same tier of the model
   before; an LP that hardly changed takes a few pivots. They give the bounds, and what limits are
   worth; the last is then solved with the rows of `crew_links`, too, which narrow it.
2. *The same plan.* If the whole numbers of the plan before still hold and cost no more than the
   gap allows, nothing is searched.
3. *Shape.* Otherwise openings are taken from the plan before or from a dive, whichever costs
   less, and branched on if that leaves too wide a gap; then counts are made whole near there.

Everything starts from the same model before, never from another case, and efforts are counted in
nodes, so that a case ends at the same plan wherever and after whatever it is solved.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pulp

from planner.model.objectives import CHOOSING, Tier
from planner.model.wholes import Wholes
from planner.solve.highs_model import NO_WHOLE, LiveModel, Statuses
from planner.solve.lexicographic import Limits, Solution, TierResult, relative_gap
from planner.solve.outcome import Array, Outcome
from planner.solve.polish import settle
from planner.solve.recheck import solve_checked
from planner.solve.rounding import Columns, find_columns
from planner.solve.staged import FEW, NEAR, Rounds
from planner.solve.time_limit import Clock
from planner.tolerance import SEARCH_TOLERANCE

NODES = 1
"""Nodes spent on openings where the plan before and the dive leave too wide a gap."""

BOUND_NOT_CLOSED = "bound not closed"
"""Status of a plan whose gap to the relaxation is wider than asked."""

Link = Sequence[tuple[pulp.LpVariable, float]]
"""A row of variables and weights, at most zero."""

AT_LOWER, BASIC = 0, 1
"""Statuses of a column and of a row that the model before had not."""


@dataclass(frozen=True)
class Relaxed:
    """One tier of a model, solved without whole numbers.

    Attributes
    ----------
    bound : float
        Its optimum, in the objective's unit: no plan is better.
    columns, rows : array of int8
        Basis: the solver's status of each column and row.
    duals, reduced : array of float
        Change of the optimum for a unit more of each row's right-hand side and of each column.
    """

    bound: float
    columns: Statuses
    rows: Statuses
    duals: Array
    reduced: Array

    @property
    def basis(self) -> tuple[Statuses, Statuses]:
        """Status of each column and of each row."""
        return self.columns, self.rows


@dataclass(frozen=True)
class Start:
    """A solved model, in the columns and rows of the one to solve.

    Attributes
    ----------
    values : array of float
        Value of each column; not a number for a column that the model before had not.
    bases : tuple of (columns, rows)
        Basis of each tier's relaxation.
    slack : float
        Relative distance of its last relaxation's bound, narrowed, to the bound that was proven:
        how much of a gap to a relaxation is the relaxation's own.
    """

    values: Array
    bases: tuple[tuple[Statuses, Statuses], ...]
    slack: float


def linear_tiers(tiers: Sequence[Tier]) -> list[Tier]:
    """Return the tiers that count; the last only chooses among equals."""
    return [tier for tier in tiers if tier.name != CHOOSING]


def relax(
    live: LiveModel, tiers: Sequence[Tier], bases: Sequence[tuple[Statuses, Statuses]] = ()
) -> list[Relaxed]:
    """Solve tiers in turn without whole numbers, each held before the next.

    The model is left with all tiers but the last held at their bounds, and nothing whole.

    Parameters
    ----------
    live
        The model, with nothing fixed or held.
    tiers
        Tiers that count, most important first.
    bases
        Bases to start from, one for each tier.

    Returns
    -------
    list of Relaxed
        Shorter than the tiers if one has no optimum.
    """
    live.make_whole(NO_WHOLE)
    relaxed: list[Relaxed] = []
    for number, tier in enumerate(tiers):
        live.minimise(tier.expression)
        if number < len(bases):
            live.set_basis(*bases[number])
        outcome = live.solve(gap=0.0, seconds=math.inf)
        if outcome.status != "optimal":
            break
        relaxed.append(_read(live, outcome.objective))
        if number < len(tiers) - 1:
            live.hold(tier.expression, outcome.objective)
    return relaxed


def narrowed(
    live: LiveModel, tiers: Sequence[Tier], relaxed: Sequence[Relaxed], links: Sequence[Link]
) -> Relaxed:
    """Return the last tier's relaxation with more rows, which the model keeps.

    Parameters
    ----------
    live, tiers
        As `relax` took them, and left them.
    relaxed
        What it returned, one for each tier.
    links
        The rows, see `crew_links`.

    Returns
    -------
    Relaxed
        Its bound is no lower than without them; the relaxation as it was if there is no optimum.
    """
    last = relaxed[-1]
    live.release()
    live.add_links(links)
    for tier, before in zip(tiers[:-1], relaxed[:-1], strict=True):
        live.hold(tier.expression, before.bound)
    live.minimise(tiers[-1].expression)
    live.set_basis(last.columns, np.append(last.rows, np.full(len(links), BASIC, dtype=np.int8)))
    outcome = live.solve(gap=0.0, seconds=math.inf)
    return _read(live, outcome.objective) if outcome.status == "optimal" else last


def solve_near(
    live: LiveModel, tiers: Sequence[Tier], shown: Tier, wholes: Wholes, limits: Limits,
    start: Start, links: Sequence[Link],
) -> tuple[Solution | None, list[Relaxed]]:  # fmt: skip
    """Solve the tiers of a model that is like one already solved.

    Parameters
    ----------
    live
        The model, with nothing fixed or held.
    tiers, shown, wholes, limits
        As `solve_tiers` takes them; the choice among equals is left to the plan before.
    start
        What is known of the model before.
    links
        Rows for the search alone, see `crew_links`.

    Returns
    -------
    solution : Solution or None
        None if this way leads nowhere, or the model is so small that it can as well be solved from
        the beginning.
    relaxed : list of Relaxed
        The relaxations.
    """
    began = time.monotonic()
    counted = linear_tiers(tiers)
    relaxed = relax(live, counted, start.bases)
    found = None
    if len(relaxed) == len(counted) and int(live.whole.sum()) > FEW:
        last = narrowed(live, counted, relaxed, links)
        found = _Search(
            live, find_columns(live, wholes), [*relaxed[:-1], last], limits, start
        ).plan()
    live.drop_links()
    live.make_whole(np.flatnonzero(live.whole).astype(np.int32))
    if found is None or found.values is None:
        return None, relaxed
    held = [(tier, live.evaluate(tier.expression, found.values)) for tier in counted]
    values = settle(live, held, shown, wholes, found.values, [r.basis for r in relaxed])
    bounds = [*(relax.bound for relax in relaxed[:-1]), max(found.bound, relaxed[-1].bound)]
    results = []
    for tier, bound in zip(counted, bounds, strict=True):
        value = live.evaluate(tier.expression, values) * tier.scale
        gap = relative_gap(value, bound * tier.scale)
        status = "optimal" if gap <= limits.gap else BOUND_NOT_CLOSED
        results.append(TierResult(tier.name, tier.unit, value, bound * tier.scale, gap, status,
                                  time.monotonic() - began))  # fmt: skip
    worst = next((r.status for r in results if r.status != "optimal"), "optimal")
    return Solution(values, tuple(results), worst), relaxed


class _Search(Rounds):
    """Looks for a plan in whole numbers near one that is known."""

    def __init__(
        self, live: LiveModel, columns: Columns, relaxed: Sequence[Relaxed], limits: Limits,
        start: Start,
    ) -> None:  # fmt: skip
        super().__init__(live, columns)
        self.relaxed, self.limits, self.start = relaxed, limits, start
        self.clock = Clock(limits.seconds)
        # What a relaxation is off by is believed up to as much again as the gap.
        self.enough = limits.gap + min(start.slack, limits.gap)

    def plan(self) -> Outcome | None:
        """Return a plan with its bound, None if none is found near."""
        bounds = self.live.bounds()
        whole = np.flatnonzero(self.live.whole).astype(np.int32)
        same = self._fixed(whole)
        self.live.set_bounds(bounds)
        if same is not None and self._distance(same) <= self.enough:
            return same
        shape = self._openings(bounds)
        if shape is None or not len(self.columns.installs):
            return shape
        if any(relaxed.bound > SEARCH_TOLERANCE for relaxed in self.relaxed[:-1]):
            return None  # which whole systems are missed needs a search of its own
        self.live.make_whole(whole)
        # Counts may cost so much of the gap again; the bound stays that of the shape.
        apart = replace(shape, bound=shape.objective)
        counts = self.staged_counts(apart, self.limits.gap, self.clock, None, None)
        return None if counts.values is None else replace(counts, bound=shape.bound)

    def _fixed(self, at: npt.NDArray[np.int32]) -> Outcome | None:
        """Solve with columns fixed as in the plan before, None if they cannot be."""
        known = self.start.values[at]
        if np.isnan(known).any():
            return None
        lower, upper = self.live.bounds()
        rounded = np.round(known)
        if np.any(rounded < lower[at] - NEAR) or np.any(rounded > upper[at] + NEAR):
            return None
        self.live.fix(at, rounded)
        outcome = self.live.solve(gap=0.0, seconds=self.clock.left)
        if outcome.status != "optimal" or outcome.values is None:
            return None
        return replace(outcome, bound=self.relaxed[-1].bound)

    def _openings(self, bounds: tuple[Array, Array]) -> Outcome | None:
        """Return a plan whose openings are whole; its counts need not be."""
        at = self.columns.openings
        kept = self._fixed(at)
        self.live.set_bounds(bounds)
        self.live.set_basis(*self.relaxed[-1].basis)
        relaxed = self.live.solve(gap=0.0, seconds=self.clock.left)
        dived = self.dive(relaxed, self.clock, self.clock.seconds)
        self.live.set_bounds(bounds)
        found = [one for one in (kept, dived) if one is not None and one.values is not None]
        if not found:
            return None
        best = min(found, key=lambda outcome: outcome.objective)
        if self._distance(best) <= self.enough:
            return best
        self.live.make_whole(at)
        assert best.values is not None
        branched = solve_checked(self.live, best.values, gap=self.limits.gap / 2, clock=self.clock,
                               is_small=False, nodes=NODES)  # fmt: skip
        self.live.make_whole(NO_WHOLE)
        bound = max(branched.bound, best.bound)
        better = branched if branched.values is not None else best
        return replace(min(better, best, key=lambda outcome: outcome.objective), bound=bound)

    def _distance(self, outcome: Outcome) -> float:
        bound = max(outcome.bound, self.relaxed[-1].bound)
        return relative_gap(outcome.objective, bound)


def _read(live: LiveModel, bound: float) -> Relaxed:
    """Return the basis and the prices of the solve that has just ended."""
    columns, rows = live.basis()
    solution = live.highs.getSolution()
    return Relaxed(bound, columns, rows, np.array(solution.row_dual, dtype=float)[: live.rows],
                   np.array(solution.col_dual, dtype=float))  # fmt: skip
