"""The lexicographic objective: each tier is minimised, then held at the value it reached."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from planner.errors import Interrupted, LimitReached, NoPlanExists, PlannerError, SolverFailed
from planner.model.objectives import CHOOSING, Tier
from planner.model.wholes import Wholes
from planner.solve.fallback_plan import plan_without_decisions
from planner.solve.highs_model import LiveModel
from planner.solve.highs_run import Watcher
from planner.solve.initial_plan import InitialPlan
from planner.solve.interrupt import interruptible
from planner.solve.outcome import LIMIT_STATUSES, Array, Outcome
from planner.solve.polish import consistent_bound, polish, solve_with_integers_fixed, uses_tolerance
from planner.solve.progress import Event
from planner.solve.rounding import find_columns
from planner.solve.staged import StagedSolver, least_value
from planner.solve.time_limit import TimeBudget
from planner.tolerance import GAP_ALLOWANCE

GAP_NOT_PROVEN = "gap not proven"
"""Status of a plan whose gap is not proven although no limit ended the search."""

CONTRADICTION = (
    "no feasible plan exists: orders already placed, the fleet or the budget "
    "contradict other firm data. Compare orders with supply_capacity, dedicated fleet "
    "with its halls, and the budget with what is already spent."
)
"""Message of a model that is infeasible."""

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
        Distance between value and bound, relative to the value, or of missed tokens to those asked
        for; absolute if that is below one.
    status : str
        HiGHS's model status.
    seconds : float
        Time the tier took. The first tier includes the initial plan, which serves all tiers.
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
    is_fallback : bool
        Whether a limit ended the search before any plan was found, so that this one decides
        nothing but what firm data force.
    """

    values: Array
    tiers: tuple[TierResult, ...]
    status: str
    is_fallback: bool = False


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
        If a limit or a person ended the first tier before any plan was found, and after a limit
        not even the plan that decides nothing.
    """
    with interruptible(live.stop):
        reached = _TierLoop(live, wholes, limits, listen)
        reached.find_initial_plan(tiers)
        for number, tier in enumerate(tiers):
            if not reached.solve(tier, is_last=number == len(tiers) - 1):
                break
        assert reached.values is not None
        values = polish(live, reached.held, shown, wholes, reached.values)
    results = []
    status = reached.status
    for tier, result in zip(tiers, reached.results, strict=False):
        polished = _polished_result(live, tier, result, values)
        results.append(polished)
        if status != "optimal" or tier.name == CHOOSING:
            continue
        # HiGHS may report optimal though its own bound, or a better plan, says otherwise.
        # Written so that a gap that is not a number proves nothing.
        is_proven = polished.gap <= reached.gap(tier) + GAP_ALLOWANCE
        moved = abs(polished.bound - result.bound)
        is_beaten = moved > GAP_ALLOWANCE * max(1.0, abs(polished.bound))
        if not is_proven or (is_beaten and not uses_tolerance(live, values)):
            status = GAP_NOT_PROVEN
    return Solution(values, tuple(results), status, reached.is_fallback)


def _polished_result(live: LiveModel, tier: Tier, result: TierResult, values: Array) -> TierResult:
    """Return the result of a tier with the value of the polished plan."""
    value = tier.value(live.evaluate(tier.expression, values))
    bound = consistent_bound(tier, value, result.bound)
    return replace(result, value=value, bound=bound, gap=tier.relative_gap(value, bound))


def solve_fallback(
    live: LiveModel,
    tiers: Sequence[Tier],
    shown: Tier,
    wholes: Wholes,
    least: float,
    seconds: float,
) -> Solution | None:
    """Return the plan that decides nothing; None if it is not found.

    Parameters
    ----------
    live
        The model, with nothing fixed or held.
    tiers, shown, wholes
        As for `solve_tiers`.
    least
        Proven bound of the first tier, in its own unit.
    seconds
        Time spent before.
    """
    first = tiers[0]
    clock = TimeBudget(math.inf)
    values = plan_without_decisions(live)
    if values is None:
        return None
    held = [(first, live.evaluate(first.expression, values))]
    values = polish(live, held, shown, wholes, values)
    value = first.value(live.evaluate(first.expression, values))
    gap = first.relative_gap(value, least)
    result = TierResult(
        first.name,
        first.unit,
        value,
        least,
        gap,
        "time limit",
        seconds + clock.spent,
    )
    return Solution(values, (result,), "time limit", is_fallback=True)


def relative_gap(value: float, bound: float) -> float:
    """Return the gap relative to the value; absolute if the value is below one."""
    return abs(value - bound) / max(1.0, abs(value))


class _TierLoop:
    """Solves tier after tier on one live model."""

    def __init__(
        self,
        live: LiveModel,
        wholes: Wholes,
        limits: SolveLimits,
        listen: Listener,
    ) -> None:
        self.live = live
        self.limits = limits
        self.listen = listen
        self.solver = StagedSolver(live, find_columns(live, wholes))
        self.started = time.monotonic()
        self.values: Array | None = None
        self.initial_values: Array | None = None
        self.relaxations: dict[str, Outcome] = {}
        self.tiers: Sequence[Tier] = ()
        self.held: list[tuple[Tier, float]] = []
        self.results: list[TierResult] = []
        self.status = "optimal"
        self.initial_seconds = 0.0
        self.is_fallback = False
        # There is a plan to fall back on, so no solve needs to overrun for want of another.
        live.ends_on_time = True

    def find_initial_plan(self, tiers: Sequence[Tier]) -> None:
        """Seek a plan that is near-optimal in every tier, as the first tier's warm start."""
        gaps = [self.gap(tier) for tier in tiers]
        watch = self._watcher(tiers[0])
        clock = TimeBudget(self.limits.seconds)
        initial = InitialPlan(self.live, self.solver, tiers, gaps, clock, watch)
        self.initial_values = initial.plan()
        self.relaxations = initial.relaxations
        self.tiers = initial.tiers
        self.initial_seconds = clock.spent

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
        if outcome.values is None and self.values is None:
            outcome = self._fall_back(tier, outcome)
        if outcome.values is None:
            if not is_last:
                ended = outcome.status in (*LIMIT_STATUSES, "interrupted")
                self.status = outcome.status if ended else GAP_NOT_PROVEN
            return False
        self.values = outcome.values
        self._record(tier, outcome)
        if tier.name != CHOOSING:
            self.held.append((tier, outcome.objective))
        if is_last:
            return True
        if outcome.status != "optimal":
            self.status = outcome.status
            return False
        self._hold()
        return True

    def _fall_back(self, tier: Tier, outcome: Outcome) -> Outcome:
        """Return the plan that decides nothing, if a limit ended the search before any plan.

        Raises
        ------
        NoPlanExists, LimitReached, Interrupted, SolverFailed
            If anything else ended it, or not even that plan is found.
        """
        if outcome.status == "infeasible":
            raise NoPlanExists(CONTRADICTION)
        if outcome.status not in LIMIT_STATUSES:
            raise _no_plan_error(outcome)
        began = time.monotonic()
        values = plan_without_decisions(self.live)
        if values is None:
            raise _no_plan_error(outcome)
        self.is_fallback = True
        value = self.live.evaluate(tier.expression, values)
        self.live.minimise(tier.expression)
        bound = min(value, max(outcome.bound, least_value(self.live)))
        seconds = outcome.seconds + time.monotonic() - began
        return Outcome("time limit", values, value, bound, seconds)

    def _hold(self) -> None:
        """Hold the tier just solved at the value that its plan reaches without slack.

        The plan is solved again with its integers fixed and the earlier tiers held almost without
        slack. The value that the search found may have used that slack; holding it there would
        exclude equally good plans that do not. The later tiers are solved over the continuous
        columns, too, because the incumbent may already be good enough for them.
        """
        tier, searched_value = self.held[-1]
        live = self.live
        if live.has_held_rows and self.values is not None:
            # Minus infinity: no value has been found for a later tier yet.
            to_come = [(later, -math.inf) for later in self.tiers[len(self.held) :]]
            self.values = solve_with_integers_fixed(live, [*self.held, *to_come], self.values)
            live.set_integer_columns(live.integer_columns)
            live.is_interruptible = True
            value = live.evaluate(tier.expression, self.values)
            if not tier.tight:
                # The later tiers would pay for what improves a tier with a wide gap.
                value = max(value, searched_value)
            self.held[-1] = tier, value
        live.release()
        for (held_tier, value), result in zip(self.held, self.results, strict=True):
            live.hold(held_tier.expression, value, least=held_tier.objective(result.bound))

    def _run(self, tier: Tier, left: float, *, is_last: bool) -> Outcome:
        """Solve one tier from the incumbent."""
        self.live.minimise(tier.expression)
        watch = self._watcher(tier)
        start = self.initial_values if self.values is None else self.values
        if is_last:
            return self.solver.break_ties(start, seconds=left, watch=watch)
        # Used once: it is a relaxation of the rows as stated, not of rows widened later.
        known = self.relaxations.pop(tier.name, None)
        if self.live.has_held_rows:
            known = None
        return self.solver.solve(
            gap=self.gap(tier),
            seconds=left,
            start=start,
            watch=watch,
            relaxed=known,
            cold=tier.demanded > 0,
        )

    def gap(self, tier: Tier) -> float:
        """Return the relative gap requested for a tier."""
        if tier.tight:
            return min(self.limits.gap, self.live.tuning.tight_tier_max_gap)
        return self.limits.gap

    def _watcher(self, tier: Tier) -> Watcher:
        """Return a watcher that turns the solver's progress into events of the tier."""

        def watch(incumbent: float | None, bound: float | None) -> None:
            value = None if incumbent is None else tier.value(incumbent)
            proven = None if bound is None else tier.value(bound)
            gap = None
            if value is not None and proven is not None:
                gap = tier.relative_gap(value, proven)
            self._tell(tier, value, proven, gap)

        return watch

    def _tell(
        self,
        tier: Tier,
        value: float | None,
        bound: float | None,
        gap: float | None,
    ) -> None:
        """Report the progress of a tier."""
        elapsed = time.monotonic() - self.started
        self.listen(Event(tier.name, tier.unit, value, bound, gap, elapsed))

    def _record(self, tier: Tier, outcome: Outcome) -> None:
        """Keep and report the result of a tier."""
        value = tier.value(outcome.objective)
        bound = tier.value(outcome.bound)
        gap = tier.relative_gap(value, bound)
        seconds = outcome.seconds
        if not self.results:
            seconds += self.initial_seconds
        result = TierResult(tier.name, tier.unit, value, bound, gap, outcome.status, seconds)
        self.results.append(result)
        self._tell(tier, value, bound, gap)


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
