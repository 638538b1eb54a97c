"""The lexicographic objective: each tier is minimised, then held at the value it reached."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.errors import Interrupted, LimitReached, NoPlanExists, PlannerError, SolverFailed
from planner.model.objectives import CHOOSING, Tier
from planner.model.wholes import Wholes
from planner.solve.highs_model import LiveModel, Watcher
from planner.solve.initial_plan import InitialPlan
from planner.solve.interrupt import interruptible
from planner.solve.outcome import Array, Outcome
from planner.solve.polish import consistent_bound, polish, solve_with_integers_fixed, uses_tolerance
from planner.solve.progress import Event
from planner.solve.rounding import find_columns
from planner.solve.staged import StagedSolver
from planner.solve.time_limit import TimeBudget
from planner.tolerance import GAP_ALLOWANCE

GAP_NOT_PROVEN = "gap not proven"
"""Status of a plan whose gap is not proven although no limit ended the search."""

LIMIT_STATUSES = ("time limit", "node limit")
"""Statuses of a solve that might have found a plan with more time."""

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class TierResult:
    """The result of one tier.

    Attributes
    ----------
    name, unit : str
        Name and unit of the tier.
    value : float
        Value of the plan, in that unit.
    bound : float
        Proven bound: no plan is better, in that unit.
    gap : float
        Distance between value and bound, relative to the value; absolute if that is below one.
    status : str
        HiGHS's model status.
    seconds : float
        Time the tier took.
    """

    name: str
    unit: str
    value: float
    bound: float
    gap: float
    status: str
    seconds: float


@dataclass(frozen=True)
class SolveLimits:
    """Limits at which a solve stops.

    Attributes
    ----------
    gap : float
        Relative gap at which a tier may stop.
    seconds : float
        Time limit for all tiers together.
    """

    gap: float
    seconds: float


@dataclass(frozen=True)
class Solution:
    """The final plan, with the proof of each tier.

    Attributes
    ----------
    values : array of float
        Value of each column, shape (columns,).
    tiers : tuple of TierResult
        Results of all tiers that were reached.
    status : str
        ``optimal`` if every tier is proven within its gap; otherwise ``time limit``,
        ``interrupted`` or `GAP_NOT_PROVEN`.
    """

    values: Array
    tiers: tuple[TierResult, ...]
    status: str


def solve_tiers(
    live: LiveModel,
    tiers: Sequence[Tier],
    shown: Tier,
    wholes: Wholes,
    limits: SolveLimits,
    listen: Listener,
) -> Solution:
    """Solve the tiers in turn, then polish the plan.

    Parameters
    ----------
    live
        The model.
    tiers
        Tiers, most important first; the last one only breaks ties.
    shown
        Tier that polishing minimises last, over the columns that no other tier contains, so that
        megawatts are reported as served where they are in service.
    wholes
        Integer variables by kind.
    limits
        Gap and time limit.
    listen
        Called with the progress of each tier.

    Returns
    -------
    Solution

    Raises
    ------
    NoPlanExists
        If firm data contradict each other.
    LimitReached, Interrupted
        If a limit or a person ended the first tier before any plan was found.
    """
    with interruptible(live.stop):
        reached = _TierLoop(live, wholes, limits, listen)
        reached.find_initial_plan(tiers)
        for number, tier in enumerate(tiers):
            if not reached.solve(tier, is_last=number == len(tiers) - 1):
                break
        assert reached.values is not None
        values = polish(live, reached.held, shown, wholes, reached.values)
    results, status = [], reached.status
    for tier, result in zip(tiers, reached.results, strict=False):
        value = live.evaluate(tier.expression, values) * tier.scale
        bound = consistent_bound(tier, value, result.bound)
        gap = relative_gap(value, bound)
        results.append(replace(result, value=value, bound=bound, gap=gap))
        if status != "optimal" or tier.name == CHOOSING:
            continue
        # HiGHS may report optimal though its own bound, or a better plan, says otherwise.
        beaten = abs(bound - result.bound) > GAP_ALLOWANCE * max(1.0, abs(bound))
        if not gap <= reached.gap(tier) + GAP_ALLOWANCE or (
            beaten and not uses_tolerance(live, values)
        ):
            status = GAP_NOT_PROVEN
    return Solution(values, tuple(results), status)


def relative_gap(value: float, bound: float) -> float:
    """Return the gap relative to the value; absolute if the value is below one."""
    return abs(value - bound) / max(1.0, abs(value))


class _TierLoop:
    """Solves tier after tier on one live model."""

    def __init__(
        self, live: LiveModel, wholes: Wholes, limits: SolveLimits, listen: Listener
    ) -> None:
        self.live, self.limits, self.listen = live, limits, listen
        self.solver = StagedSolver(live, find_columns(live, wholes))
        self.started = time.monotonic()
        self.values: Array | None = None
        self.ahead: Array | None = None
        self.relaxations: dict[str, Outcome] = {}
        self.tiers: Sequence[Tier] = ()
        self.held: list[tuple[Tier, float]] = []
        self.results: list[TierResult] = []
        self.status = "optimal"

    def find_initial_plan(self, tiers: Sequence[Tier]) -> None:
        """Seek a plan that is near-optimal in every tier, as the first tier's warm start."""
        gaps, watch = [self.gap(tier) for tier in tiers], self._watcher(tiers[0])
        clock = TimeBudget(self.limits.seconds)
        initial = InitialPlan(self.live, self.solver, tiers, gaps, clock, watch)
        self.ahead = initial.plan()
        self.relaxations = initial.relaxations
        self.tiers = initial.tiers

    def solve(self, tier: Tier, *, is_last: bool) -> bool:
        """Solve one tier and hold it; return whether to go on to the next."""
        left = self.limits.seconds - (time.monotonic() - self.started)
        if self.values is not None and (left <= 0 or self.live.stop.is_set()):
            if not is_last:
                self.status = "interrupted" if self.live.stop.is_set() else "time limit"
            return False
        outcome = self._run(tier, left, is_last=is_last)
        if outcome.status == "infeasible" and self.values is not None and not is_last:
            # The incumbent is feasible within the search tolerance: widen the rows it violates.
            self.live.widen_rows(self.values)
            outcome = self._run(tier, left, is_last=is_last)
        if outcome.status == "infeasible" and self.values is None:
            raise NoPlanExists(
                "no feasible plan exists: orders already placed, the fleet or the budget "
                "contradict other firm data. Compare orders with supply_capacity, dedicated fleet "
                "with its halls, and the budget with what is already spent."
            )
        if outcome.values is None:
            if self.values is None:
                raise _no_plan_error(outcome)
            if not is_last:
                ended = outcome.status in (*LIMIT_STATUSES, "interrupted")
                self.status = outcome.status if ended else GAP_NOT_PROVEN
            return False
        self.values = outcome.values
        self._record(tier, outcome)
        if tier.name != CHOOSING:
            self.held.append((tier, outcome.objective))
        if outcome.status != "optimal" and not is_last:
            self.status = outcome.status
            return False
        if not is_last:
            self._hold()
        return True

    def _hold(self) -> None:
        """Hold the tier just solved at the value that its plan reaches without slack.

        The slack of earlier tiers may have made the value too good. Held at that value, it would
        exclude equally good plans that use no slack. The later tiers are solved over the
        continuous columns, too, because the incumbent may already be good enough for them.
        """
        tier, found = self.held[-1]
        if self.live.has_held_rows and self.values is not None:
            whole = np.flatnonzero(self.live.whole).astype(np.int32)
            to_come = [(each, -math.inf) for each in self.tiers[len(self.held) :]]
            self.values = solve_with_integers_fixed(self.live, [*self.held, *to_come], self.values)
            self.live.set_integer_columns(whole)
            self.live.is_interruptible = True
            value = self.live.evaluate(tier.expression, self.values)
            value = value if tier.tight else max(value, found)
            self.held[-1] = tier, value
        self.live.release()
        for (each, held), result in zip(self.held, self.results, strict=True):
            self.live.hold(each.expression, held, least=result.bound / each.scale)

    def _run(self, tier: Tier, left: float, *, is_last: bool) -> Outcome:
        """Solve one tier from the incumbent; without one, HiGHS may overrun the time limit."""
        self.live.minimise(tier.expression)
        watch = self._watcher(tier)
        start = self.ahead if self.values is None else self.values
        self.live.ends_on_time = start is not None
        if is_last:
            return self.solver.break_ties(start, seconds=left, watch=watch)
        # Used once: it is a relaxation of the rows as stated, not of rows widened later.
        known = self.relaxations.pop(tier.name, None)
        if self.live.has_held_rows:
            known = None
        return self.solver.solve(
            gap=self.gap(tier), seconds=left, start=start, watch=watch, relaxed=known
        )

    def gap(self, tier: Tier) -> float:
        """Return the relative gap requested for a tier."""
        return (
            min(self.limits.gap, self.live.tuning.tight_tier_max_gap)
            if tier.tight
            else self.limits.gap
        )

    def _watcher(self, tier: Tier) -> Watcher:
        """Return a watcher that turns the solver's progress into events of the tier."""

        def watch(incumbent: float | None, bound: float | None) -> None:
            value = None if incumbent is None else incumbent * tier.scale
            proven = None if bound is None else bound * tier.scale
            gap = None if value is None or proven is None else relative_gap(value, proven)
            elapsed = time.monotonic() - self.started
            self.listen(Event(tier.name, tier.unit, value, proven, gap, elapsed))

        return watch

    def _record(self, tier: Tier, outcome: Outcome) -> None:
        value, bound = outcome.objective * tier.scale, outcome.bound * tier.scale
        gap = relative_gap(value, bound)
        self.results.append(
            TierResult(tier.name, tier.unit, value, bound, gap, outcome.status, outcome.seconds)
        )
        elapsed = time.monotonic() - self.started
        self.listen(Event(tier.name, tier.unit, value, bound, gap, elapsed))


def _no_plan_error(outcome: Outcome) -> PlannerError:
    """Return the error for a solve that ended before it found any plan."""
    if outcome.status == "interrupted":
        return Interrupted("interrupted before any plan was found; nothing was written")
    if outcome.status not in LIMIT_STATUSES:
        return SolverFailed(
            f"the solver gave up ({outcome.status}) before any plan was found. Nothing was "
            "written. Run planner doctor; if it finds no fault, look for amounts that "
            "differ by many orders of magnitude"
        )
    return LimitReached(
        f"{outcome.status} after {outcome.seconds:.0f} s, before any plan was found. "
        "Give more time (--time-limit), or a longer period in settings."
    )
