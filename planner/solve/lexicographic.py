"""The lexicographic objective: each tier is minimised, then held at what it reached."""

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
from planner.solve.polish import misses_rows, not_beaten, settle, without_slack
from planner.solve.progress import Event
from planner.solve.rounding import find_columns
from planner.solve.staged import Rounds
from planner.solve.time_limit import Clock

TIGHT_GAP = 1e-3
"""Widest gap of a tier that no later tier can mend, e.g. missed megawatts, however wide a gap is
asked. It is relative: where nothing need be missed, nothing is.
"""

UNPROVEN = "gap not proven"
"""Status of a plan of which a bound is missing though no limit ended the search."""

ROOM = 1e-4
"""By how much a gap may be wider than asked: tiers before are held with a slack, and what that
saves is in a bound but not in the plan.
"""

LIMITS = ("time limit", "node limit")
"""How a solve ends without a plan when it only needed longer."""

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class TierResult:
    """What a tier reached.

    Attributes
    ----------
    name, unit : str
        Of the tier.
    value : float
        Value reached.
    bound : float
        Proven bound: no plan is better than it.
    gap : float
        Distance of value and bound, relative to the value; absolute where that is below one.
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
class Limits:
    """When to stop.

    Attributes
    ----------
    gap : float
        Relative gap at which a tier may stop.
    seconds : float
        Time for all tiers together.
    """

    gap: float
    seconds: float


@dataclass(frozen=True)
class Solution:
    """The last plan found, and what is proven of it.

    Attributes
    ----------
    values : array of float
        Value of each column, shape (columns,).
    tiers : tuple of TierResult
        Every tier that was reached.
    status : str
        ``optimal`` if every tier is proven within its gap; else ``time limit``, ``interrupted`` or
        `UNPROVEN`.
    """

    values: Array
    tiers: tuple[TierResult, ...]
    status: str


def solve_tiers(
    live: LiveModel, tiers: Sequence[Tier], shown: Tier, wholes: Wholes, limits: Limits,
    listen: Listener,
) -> Solution:  # fmt: skip
    """Solve the tiers in turn, then settle what is not a whole number.

    Parameters
    ----------
    live
        The model.
    tiers
        Tiers, most important first; the last one only chooses among equals.
    shown
        Tier that is minimised last of all over what is not a whole number, so that megawatts in
        service are shown where they are in service.
    wholes
        Whole-number variables by kind.
    limits
        Gap and time.
    listen
        Called as a tier goes on.

    Raises
    ------
    NoPlanExists
        If firm data contradict each other.
    LimitReached, Interrupted
        If a limit or a person ended the first tier before any plan was found.
    """
    with interruptible(live.stop):
        reached = _TierLoop(live, wholes, limits, listen)
        reached.look_ahead(tiers)
        for number, tier in enumerate(tiers):
            if not reached.solve(tier, is_last=number == len(tiers) - 1):
                break
        assert reached.values is not None
        values = settle(live, reached.held, shown, wholes, reached.values)
    results, status = [], reached.status
    for tier, result in zip(tiers, reached.results, strict=False):
        value = live.evaluate(tier.expression, values) * tier.scale
        bound = not_beaten(tier, value, result.bound)
        gap = relative_gap(value, bound)
        results.append(replace(result, value=value, bound=bound, gap=gap))
        if status != "optimal" or tier.name == CHOOSING:
            continue
        # HiGHS may call optimal what its own bound does not prove, or what a plan disproves.
        beaten = abs(bound - result.bound) > ROOM * max(1.0, abs(bound))
        if not gap <= reached.gap(tier) + ROOM or (beaten and not misses_rows(live, values)):
            status = UNPROVEN
    return Solution(values, tuple(results), status)


def relative_gap(value: float, bound: float) -> float:
    """Return the distance of value and bound, relative to the value, absolute where it is small."""
    return abs(value - bound) / max(1.0, abs(value))


class _TierLoop:
    """Solves tier after tier on one live model."""

    def __init__(self, live: LiveModel, wholes: Wholes, limits: Limits, listen: Listener) -> None:
        self.live, self.limits, self.listen = live, limits, listen
        self.rounds = Rounds(live, find_columns(live, wholes))
        self.started = time.monotonic()
        self.values: Array | None = None
        self.ahead: Array | None = None
        self.relaxations: dict[str, Outcome] = {}
        self.tiers: Sequence[Tier] = ()
        self.held: list[tuple[Tier, float]] = []
        self.results: list[TierResult] = []
        self.status = "optimal"

    def look_ahead(self, tiers: Sequence[Tier]) -> None:
        """Look for a plan that is near the best in every tier, to begin the first tier from."""
        gaps, watch = [self.gap(tier) for tier in tiers], self._watcher(tiers[0])
        clock = Clock(self.limits.seconds)
        initial = InitialPlan(self.live, self.rounds, tiers, gaps, clock, watch)
        self.ahead = initial.plan()
        self.relaxations = initial.relaxations
        self.tiers = initial.tiers

    def solve(self, tier: Tier, *, is_last: bool) -> bool:
        """Solve one tier and hold it; say whether to go on to the next."""
        left = self.limits.seconds - (time.monotonic() - self.started)
        if self.values is not None and (left <= 0 or self.live.stop.is_set()):
            if not is_last:
                self.status = "interrupted" if self.live.stop.is_set() else "time limit"
            return False
        outcome = self._run(tier, left, is_last=is_last)
        if outcome.status == "infeasible" and self.values is not None and not is_last:
            # The plan in hand is one: it misses rows by what the search may miss them by.
            self.live.give_way(self.values)
            outcome = self._run(tier, left, is_last=is_last)
        if outcome.status == "infeasible" and self.values is None:
            raise NoPlanExists(
                "no plan can hold: orders already placed, the fleet or the budget contradict other "
                "firm data. Compare orders with supply_capacity, dedicated fleet with its halls, "
                "and the budget with what is already spent."
            )
        if outcome.values is None:
            if self.values is None:
                raise _without_plan(outcome)
            if not is_last:
                ended = outcome.status in (*LIMITS, "interrupted")
                self.status = outcome.status if ended else UNPROVEN
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
        """Hold the tier that was just solved at what its plan reaches without any slack.

        The slack of the tiers before may have made it look better than it can be. Held there, it
        would shut out plans that are as good and use no slack. The tiers to come are solved over
        what is no whole number, too, for the plan in hand may be good enough for them.
        """
        tier, found = self.held[-1]
        if self.live.holds_rows and self.values is not None:
            whole = np.flatnonzero(self.live.whole).astype(np.int32)
            to_come = [(each, -math.inf) for each in self.tiers[len(self.held) :]]
            self.values = without_slack(self.live, [*self.held, *to_come], self.values)
            self.live.make_whole(whole)
            self.live.heeds_stop = True
            value = self.live.evaluate(tier.expression, self.values)
            value = value if tier.tight else max(value, found)
            self.held[-1] = tier, value
        self.live.release()
        for (each, held), result in zip(self.held, self.results, strict=True):
            self.live.hold(each.expression, held, least=result.bound / each.scale)

    def _run(self, tier: Tier, left: float, *, is_last: bool) -> Outcome:
        """Run HiGHS on one tier from the plan in hand; without any, late is better than nothing."""
        self.live.minimise(tier.expression)
        watch = self._watcher(tier)
        start = self.ahead if self.values is None else self.values
        self.live.ends_on_time = start is not None
        if is_last:
            return self.rounds.choose(start, seconds=left, watch=watch)
        # Once: it is of the rows as stated, not of any that give way later.
        known = self.relaxations.pop(tier.name, None)
        if self.live.holds_rows:
            known = None
        return self.rounds.solve(
            gap=self.gap(tier), seconds=left, start=start, watch=watch, relaxed=known
        )

    def gap(self, tier: Tier) -> float:
        """Return the gap within which a tier is to be proven."""
        return min(self.limits.gap, TIGHT_GAP) if tier.tight else self.limits.gap

    def _watcher(self, tier: Tier) -> Watcher:
        """Return what turns the solver's progress into events of the tier."""

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


def _without_plan(outcome: Outcome) -> PlannerError:
    """Return what ends a command where a solve ended before any plan was found."""
    if outcome.status == "interrupted":
        return Interrupted("interrupted before any plan was found; nothing was written")
    if outcome.status not in LIMITS:
        return SolverFailed(
            f"the solver gave up ({outcome.status}) before any plan was found. Nothing was "
            "written. Run planner doctor; if all is well there, look for amounts that "
            "differ by very many digits"
        )
    return LimitReached(
        f"{outcome.status} after {outcome.seconds:.0f} s, before any plan was found. "
        "Give more time (--time-limit), or a longer period in settings."
    )
