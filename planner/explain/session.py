"""Session: a plan being explained, its LP relaxation, and cached re-solves within a budget."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from functools import cached_property

from planner.case.case import Case
from planner.errors import LimitReached, NoPlanExists
from planner.explain.integer_answers import EXACT_GAP, Whole, solve_whole
from planner.explain.limit_effects import Catalogue
from planner.explain.limit_moves import Move, lifted_steps, moved
from planner.explain.limits import RATES, Limit
from planner.explain.problem import ZERO_TOLERANCE, Problem, Solved
from planner.explain.row_effects import Touch
from planner.model.objectives import Tier, make_tiers
from planner.plan.store import Plan
from planner.tolerance import LAST_TOLERANCE
from planner.workbook.rows import Inputs

SHARE_OF_PLAN = 2.6
"""Time after which an explanation starts no new step, as a multiple of the run time of the plan;
finishing the steps under way keeps it within three times.
"""

LEAST_SECONDS = 5.0
"""Least time budget in seconds, for plans that were solved quickly."""

NEGLIGIBLE_SHARE = 0.05
"""Share of the MW-months missed that counts as negligible."""

Gains = tuple[float, ...]
"""MW-months gained by priority, most important first."""


class Session:
    """Answers questions about one plan by re-solves.

    Parameters
    ----------
    inputs
        Inputs of the plan.
    plan
        The plan; None for no plan, and then there are no savings in money.
    seconds
        Time budget for all answers; None for three times the processor time of the plan.

    Attributes
    ----------
    base_seconds : float
        Time to build the problem and to minimise the megawatts missed.
    """

    def __init__(
        self, inputs: Inputs, plan: Plan | None = None, seconds: float | None = None
    ) -> None:
        self.inputs, self.plan = inputs, plan
        self._begun = time.monotonic()
        # The default budget counts processor time, so that a busy machine explains as much as an
        # idle one.
        self._clock = time.process_time if seconds is None else time.monotonic
        self.started = self._clock()
        self.seconds = budget(plan) if seconds is None else seconds
        self.resolves = 0
        self._undone: dict[str, list[str]] = {}
        self._gains: dict[frozenset[Move], Gains] = {}
        self.base = Problem(inputs)
        self.base_seconds = self._clock() - self.started
        self.catalogue = Catalogue(inputs, self.base.case)

    def of(self, inputs: Inputs) -> Session:
        """Return a session for other inputs, without a plan, that shares the time budget."""
        other = Session(inputs, None, self.seconds)
        other._clock, other.started = self._clock, self.started
        return other

    @property
    def elapsed(self) -> float:
        """Wall-clock seconds since the session began."""
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Remaining seconds of the time budget."""
        return self.seconds - (self._clock() - self.started)

    def spent(self, share: float) -> bool:
        """Return whether more than a share of the time budget is used up."""
        return self.left < (1.0 - share) * self.seconds if math.isfinite(self.seconds) else False

    def leave(self, what: str, which: str = "") -> None:
        """Record a skipped step.

        Parameters
        ----------
        what
            Name of the skipped step.
        which
            Object for which it was skipped, e.g. a limit.
        """
        self._undone.setdefault(what, []).append(which)

    @property
    def undone(self) -> list[str]:
        """Skipped steps, one line each, with the first object and a count of the others."""
        return [
            what
            if not which[0]
            else f"{what}: {which[0]}" + (f" and {len(which) - 1} more" if which[1:] else "")
            for what, which in self._undone.items()
        ]

    @cached_property
    def missed(self) -> Solved:
        """Least megawatts missed in the LP relaxation."""
        self.resolves += 1
        began = self._clock()
        solved = self.base.solve_missed()
        self.base_seconds += self._clock() - began
        return solved

    @cached_property
    def planned_missed(self) -> Gains:
        """MW-months missed by priority, in the plan, or in the LP relaxation without one."""
        if self.plan is None:
            return self.missed.values
        missed = missed_in(self.plan, self.base.case)
        demand = self.base.case.demand
        return tuple(sum(missed[c] for c in demand.of_priority[p]) for p in demand.priorities)

    @property
    def is_small(self) -> bool:
        """Whether the model has few enough integers to answer every question by a MIP."""
        return len(self.base.whole) <= self.base.live.tuning.small_model_max_integers

    @property
    def little(self) -> float:
        """Gain in MW-months below which a large plan does not try dates one by one."""
        return 0.0 if self.is_small else NEGLIGIBLE_SHARE * sum(self.planned_missed)

    @cached_property
    def whole_base(self) -> Whole:
        """MIP optimum of the unchanged inputs: megawatts missed, then cost."""
        return self._best_whole(self.base)

    def _best_whole(self, problem: Problem) -> Whole:
        tiers = problem.missed_tiers if self.plan is None else make_tiers(problem.model)[:-1]
        seconds = max(1.0, min(30.0, self.left / 5))
        return solve_whole(problem, tiers, seconds=seconds)

    @property
    def whole_seconds(self) -> float:
        """Time limit of one MIP question."""
        return max(5.0, min(120.0, self.left / 3))

    def whole_gain(self, moves: Sequence[Move]) -> tuple[Gains | None, float | None]:
        """Return the gains of moved limits in whole systems, by a MIP.

        Returns
        -------
        gains : tuple of float or None
            MW-months gained by priority; None if not proven.
        saved : float or None
            Present cost saved; None if not proven, or if the megawatts missed change.
        """
        self.resolves += 1
        before, tiers = self.whole_base, len(self.base.missed_tiers)
        try:
            after = self._best_whole(self.moved(moves))
        except (NoPlanExists, ValueError):
            return None, None
        if not all(
            solution.is_proven or len(solution.values) > tiers for solution in (before, after)
        ):
            return None, None
        pairs = list(zip(before.values, after.values, strict=False))
        gains = tuple(_clean(b - a) for b, a in pairs[:tiers])
        *served, (old, new) = pairs
        same = all(abs(b - a) <= ZERO_TOLERANCE * max(1.0, abs(b)) for b, a in served)
        if self.plan is None or not (before.is_proven and after.is_proven and same):
            return gains, None
        noise = max(ZERO_TOLERANCE * self.base.case.money_unit, 2 * EXACT_GAP * abs(old))
        return gains, old - new if abs(old - new) > noise else 0.0

    @property
    def is_late(self) -> bool:
        """Whether any megawatts are missed."""
        return sum(self.planned_missed) > ZERO_TOLERANCE

    @cached_property
    def openings(self) -> dict[int, float]:
        """Columns of opened halls and sites, with the plan's values."""
        return _openings(self.base, self.plan) if self.plan is not None else {}

    @cached_property
    def cost(self) -> Solved | None:
        """LP minimum of the cost with the plan's openings, no more missed; None if infeasible."""
        if self.plan is None:
            return None
        self.resolves += 1
        try:
            return self.base.solve_cost(self._held, self.openings)
        except NoPlanExists:
            self.leave("savings: the plan's openings are infeasible with divisible systems")
            return None

    @property
    def _held(self) -> list[tuple[Tier, float]]:
        """What the plan misses, by tier: the megawatts at least those of the LP relaxation."""
        missed = [max(m, v) for m, v in zip(self.planned_missed, self.missed.values, strict=True)]
        return [*zip(self.base.missed_tiers, missed, strict=True), *self.held_tokens(self.base)]

    def held_tokens(self, problem: Problem) -> list[tuple[Tier, float]]:
        """Return the tiers of missed tokens of a problem, each with what the plan misses.

        A workload that only the problem has is served last, so its tier is left out.
        """
        return list(zip(problem.token_tiers, self.planned_mtok, strict=False))

    @cached_property
    def planned_mtok(self) -> Gains:
        """Mtok missed by priority in the plan; without one, as few as in whole systems."""
        tokens = self.base.case.tokens
        if self.plan is None:
            return self.whole_tokens
        missed = dict.fromkeys(tokens.priorities, 0.0)
        for row in self.plan.tables["tokens"]:
            missed[tokens.priority[row["workload"]]] += row["missed_mtok"]
        return tuple(missed.values())

    @cached_property
    def whole_tokens(self) -> Gains:
        """Least Mtok missed by priority in whole systems, after the megawatts missed.

        Raises
        ------
        LimitReached
            If none was found in time.
        """
        tiers = [*self.base.missed_tiers, *self.base.token_tiers]
        if not self.base.token_tiers:
            return ()
        self.resolves += 1
        values = solve_whole(self.base, tiers, seconds=self.whole_seconds).values
        if len(values) < len(tiers) or not all(map(math.isfinite, values)):
            raise LimitReached(
                "no plan was found in time. Make a plan first (planner plan), then explain its "
                "folder"
            )
        return values[len(self.base.missed_tiers) :]

    def cost_with(self, touches: Sequence[Touch]) -> float | None:
        """Return the LP minimum of the cost with limits moved; None if infeasible."""
        assert self.cost is not None
        self.resolves += 1
        self.base.apply(touches, 1.0)
        try:
            return self.base.solve_cost(self._held, self.openings, self.cost.bases).values[0]
        except NoPlanExists:
            return None
        finally:
            self.base.restore(touches)

    def missed_with(self, moves: Sequence[Move]) -> Gains | None:
        """Return MW-months missed by priority with limits moved; None if infeasible.

        Moves only relax limits. Each solve starts from the basis of the unchanged problem, never
        from that of another question, so that answers do not depend on the order of questions.
        """
        self.resolves += 1
        before, bases = self.missed.values, self.missed.bases
        if self.are_linear(moves):
            touches = self.touches(moves)
            self.base.apply(touches, 1.0)
            try:
                return self.base.least_missed(bases, before)
            except NoPlanExists:
                return None
            finally:
                self.base.restore(touches)
        try:
            other = self.moved(moves)
            carried = [self.base.carried(basis, other) for basis in bases]
            tuning = other.live.tuning
            near, far = tuning.near_pivots_per_row, tuning.far_pivots_per_row
            return other.least_missed(carried, before, near if len(moves) == 1 else far)
        except (NoPlanExists, ValueError):
            return None

    def moved(self, moves: Sequence[Move]) -> Problem:
        """Build the problem of the inputs with limits moved.

        Raises
        ------
        ValueError
            If the moved inputs break a rule.
        """
        return Problem(moved(self.inputs, moves, self.base.case.calendar))

    def touches(self, moves: Iterable[Move]) -> list[Touch]:
        """Return the effects of linear moves on the model."""
        return self.catalogue.move_all(self._steps(moves))

    def _steps(self, moves: Iterable[Move]) -> list[tuple[Limit, float]]:
        """Return limits with their steps, capped where more would gain nothing."""
        return [
            (move.limit, min(move.steps, lifted_steps(self.inputs, move.limit)))
            for move in moves
            if not move.limit.dated
        ]

    def gain(self, moves: Sequence[Move]) -> Gains:
        """Return MW-months gained by priority when limits are moved."""
        name = frozenset(moves)
        if name not in self._gains:
            idle = all(self.is_proved_idle(self.missed, move.limit) for move in moves)
            now = None if idle else self.missed_with(moves)
            before = self.missed.values
            self._gains[name] = (
                tuple(0.0 for _ in before)
                if now is None
                else tuple(_clean(b - a) for b, a in zip(before, now, strict=True))
            )
        return self._gains[name]

    def are_linear(self, moves: Sequence[Move]) -> bool:
        """Return whether limits, moved together, only change rows of the model."""
        linear = all(self.is_linear(move.limit) for move in moves)
        return linear and self.catalogue.keeps_days(self._steps(moves))

    def is_linear(self, limit: Limit) -> bool:
        """Return whether a limit, moved alone, only changes rows and needs no new model.

        Of two budgets for the same day only the lower one makes a row, and it may not stay the
        lower one when moved. A system that does not fit into a hall at all has no columns in the
        model.
        """
        return (
            self.moves_rows(limit)
            and not self.catalogue.shares_budget(limit)
            and not self._adds_columns(limit)
        )

    def _adds_columns(self, limit: Limit) -> bool:
        """Return whether a larger hall could hold a system that does not fit into it now."""
        facility = self.base.case.facility
        return limit.row.sheet == "halls" and any(
            facility.most_systems(hall, system) < LAST_TOLERANCE
            for hall, system in facility.hosted
            if hall == limit.row["hall"]
        )

    def moves_rows(self, limit: Limit) -> bool:
        """Return whether a limit only changes rows if all of its kind move by the same share.

        A date changes the days of work, and so does a rate that was 0.
        """
        sheet, column = limit.row.sheet, limit.column
        if limit.dated or (column in RATES and not self.catalogue.only_adds(limit)):
            return False
        if column == "yield" or (column == "count" and not self._opens(limit)):
            return False
        bounded = sheet in ("supply_capacity", "halls")
        return not (bounded and self.base.model.decisions.place_order)

    def _opens(self, limit: Limit) -> bool:
        hall = limit.row["hall"]
        return any(name == hall for name, _ in self.base.case.facility.opening)

    def is_proved_idle(self, solved: Solved, limit: Limit) -> bool:
        """Return whether shadow prices prove that no increase of a limit gains anything.

        If no row that it moves has a price, the dual solution stays feasible however far the limit
        moves, and its bound stays valid.
        """
        lifted = [Move(limit, math.inf)]
        if not self.are_linear(lifted):
            return False
        touches = self.touches(lifted)
        return not any(
            self.base.is_priced(prices, touch) for touch in touches for prices in solved.prices
        )


def gained(gains: Gains | None) -> float:
    """Return the MW-months of the priorities that gain; losses are reported separately."""
    return sum(max(0.0, gain) for gain in gains or ())


def gains_any(gains: Gains | None) -> bool:
    """Return whether any priority gains."""
    return gains is not None and any(abs(gain) > ZERO_TOLERANCE for gain in gains)


def missed_in(plan: Plan, case: Case) -> dict[str, float]:
    """Return the MW-months that each commitment misses in a plan."""
    months = dict(zip(case.calendar.starts, case.calendar.months, strict=True))
    missed = dict.fromkeys(case.demand.commitments, 0.0)
    for row in plan.tables["ramp"]:
        missed[row["commitment"]] += row["missed_mw"] * months[row["period"]]
    return missed


def _clean(value: float) -> float:
    return 0.0 if abs(value) <= ZERO_TOLERANCE else value


def budget(plan: Plan | None) -> float:
    """Return the time budget of an explanation in seconds; infinite without a plan."""
    if plan is None:
        return math.inf
    seconds = plan.summary.get("seconds")
    total = sum(seconds.values()) if isinstance(seconds, dict) else 0.0
    return max(LEAST_SECONDS, SHARE_OF_PLAN * float(total))


def _openings(problem: Problem, plan: Plan) -> dict[int, float]:
    """Return the columns of open halls, open sites and placed orders, with the plan's values."""
    case, number = problem.case, problem.case.calendar.number
    openings = [
        (row["hall"], number(row["opens"]), row["count"]) for row in plan.tables["openings"]
    ]
    first: dict[str, int] = {}
    for row in plan.tables["openings"]:
        at = number(row["date"])
        first[row["site"]] = min(at, first.get(row["site"], at))
    ordered = {
        (row["supplier"], row["item"], number(row["order_date"]))
        for row in plan.tables["orders"]
        if row["firm"] == "no" and row["order_date"] is not None
    }
    fixed: dict[int, float] = {}
    for (kind, key), at in problem.column_at.items():
        if kind == "opened_halls":
            later = sum(n for hall, opens, n in openings if hall == key[0] and opens <= key[1])
            fixed[at] = case.facility.open_count[key[0]] + later
        elif kind == "open_site":
            fixed[at] = float(key[1] >= first.get(key[0], case.calendar.day_count))
        elif kind == "place_order":
            fixed[at] = float(key in ordered)
    return fixed
