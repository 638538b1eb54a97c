"""A plan under question: its inputs, its model, and what re-solves of it say, within a budget."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from functools import cached_property

from planner.case.case import Case
from planner.errors import NoPlanExists
from planner.explain.integer_answers import EXACT_GAP, Whole, solve_whole
from planner.explain.limit_effects import Catalogue, Touch
from planner.explain.limit_moves import Move, lifted_steps, moved
from planner.explain.limits import RATES, Limit
from planner.explain.problem import NONE, Problem, Solved
from planner.model.objectives import make_tiers
from planner.plan.store import Plan
from planner.solve.duals import FAR_PIVOTS_PER_ROW, NEAR_PIVOTS_PER_ROW
from planner.solve.staged import SMALL_MODEL_MAX_INTEGERS
from planner.tolerance import LAST_TOLERANCE
from planner.workbook.rows import Inputs

SHARE_OF_PLAN = 2.6
"""Time after which an explanation begins nothing new, as so many times what its plan took; with
what it has begun by then it stays within three times.
"""

LEAST_SECONDS = 5.0
"""Time that an explanation of a small plan may take all the same."""

LITTLE = 0.05
"""Share of what is missed that is little."""

Gains = tuple[float, ...]
"""MW-months gained by priority, most important first."""


class Session:
    """Answers questions about one plan by re-solving.

    Parameters
    ----------
    inputs
        What was planned.
    plan
        The plan, if there is one; without it there are no prices in money.
    seconds
        Time for all answers together; None for three times what the plan took, in processor time.

    Attributes
    ----------
    base_seconds : float
        What it took to state the problem and to find out what must be missed.
    """

    def __init__(
        self, inputs: Inputs, plan: Plan | None = None, seconds: float | None = None
    ) -> None:
        self.inputs, self.plan = inputs, plan
        self._begun = time.monotonic()
        # What is left to us to limit is counted in processor time, so that a busy machine does not
        # explain less than an idle one.
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
        """Return a session of other inputs, without a plan, within the same budget of time."""
        other = Session(inputs, None, self.seconds)
        other._clock, other.started = self._clock, self.started
        return other

    @property
    def elapsed(self) -> float:
        """Seconds since the session began, by the clock on the wall."""
        return time.monotonic() - self._begun

    @property
    def left(self) -> float:
        """Seconds left of the budget."""
        return self.seconds - (self._clock() - self.started)

    def spent(self, share: float) -> bool:
        """Say whether more than a share of the time is used up."""
        return self.left < (1.0 - share) * self.seconds if math.isfinite(self.seconds) else False

    def leave(self, what: str, which: str = "") -> None:
        """Note that something was left undone.

        Parameters
        ----------
        what
            What was not done, once for all of which it was not.
        which
            Of what it was not done.
        """
        self._undone.setdefault(what, []).append(which)

    @property
    def undone(self) -> list[str]:
        """What was left undone, one line each, with the first of many."""
        return [
            what if not which[0]
            else f"{what}: {which[0]}" + (f" and {len(which) - 1} more" if which[1:] else "")
            for what, which in self._undone.items()
        ]  # fmt: skip

    @cached_property
    def missed(self) -> Solved:
        """The least megawatts missed where everything is divisible."""
        self.resolves += 1
        began = self._clock()
        solved = self.base.solve_missed()
        self.base_seconds += self._clock() - began
        return solved

    @cached_property
    def planned_missed(self) -> Gains:
        """MW-months that the plan misses by priority; what must be missed without a plan."""
        if self.plan is None:
            return self.missed.values
        missed = missed_in(self.plan, self.base.case)
        demand = self.base.case.demand
        return tuple(sum(missed[c] for c in demand.of_priority[p]) for p in demand.priorities)

    @property
    def is_small(self) -> bool:
        """Whether whole numbers are few enough to ask every question in them."""
        return len(self.base.whole) <= SMALL_MODEL_MAX_INTEGERS

    @property
    def little(self) -> float:
        """MW-months of which the cause is not looked for date by date in a large plan."""
        return 0.0 if self.is_small else LITTLE * sum(self.planned_missed)

    @cached_property
    def whole_base(self) -> Whole:
        """The best plan in whole systems as things are: megawatts missed, then cost."""
        return self._best_whole(self.base)

    def _best_whole(self, problem: Problem) -> Whole:
        tiers = problem.missed_tiers if self.plan is None else make_tiers(problem.model)[:-1]
        seconds = max(1.0, min(30.0, self.left / 5))
        return solve_whole(problem, tiers, seconds=seconds)

    @property
    def whole_seconds(self) -> float:
        """Time for one question in whole systems."""
        return max(5.0, min(120.0, self.left / 3))

    def whole_gain(self, moves: Sequence[Move]) -> tuple[Gains | None, float | None]:
        """Return what is gained in whole systems when limits are moved.

        Returns
        -------
        gains : tuple of float or None
            MW-months gained by priority; None if not proven.
        saved : float or None
            Present cost saved; None if not proven, or if other megawatts are served than before.
        """
        self.resolves += 1
        before, tiers = self.whole_base, len(self.base.missed_tiers)
        try:
            after = self._best_whole(self.moved(moves))
        except (NoPlanExists, ValueError):
            return None, None
        if not all(found.is_proven or len(found.values) > tiers for found in (before, after)):
            return None, None
        pairs = list(zip(before.values, after.values, strict=False))
        gains = tuple(_clean(b - a) for b, a in pairs[:tiers])
        *served, (old, new) = pairs
        same = all(abs(b - a) <= NONE * max(1.0, abs(b)) for b, a in served)
        if self.plan is None or not (before.is_proven and after.is_proven and same):
            return gains, None
        noise = max(NONE * self.base.case.money_unit, 2 * EXACT_GAP * abs(old))
        return gains, old - new if abs(old - new) > noise else 0.0

    @property
    def is_late(self) -> bool:
        """Whether anything is missed."""
        return sum(self.planned_missed) > NONE

    @cached_property
    def openings(self) -> dict[int, float]:
        """Columns of halls and sites opened, with the plan's values."""
        return _openings(self.base, self.plan) if self.plan is not None else {}

    @cached_property
    def cost(self) -> Solved | None:
        """The least cost with the plan's openings and no more missed; None if unknown."""
        if self.plan is None:
            return None
        self.resolves += 1
        held = [max(m, v) for m, v in zip(self.planned_missed, self.missed.values, strict=True)]
        try:
            return self.base.solve_cost(held, self.openings)
        except NoPlanExists:
            self.leave("savings: the plan's openings are infeasible with divisible systems")
            return None

    def cost_with(self, touches: Sequence[Touch]) -> float | None:
        """Return the least cost with a limit moved on the live model by one step."""
        assert self.cost is not None
        held = [max(m, v) for m, v in zip(self.planned_missed, self.missed.values, strict=True)]
        self.resolves += 1
        self.base.apply(touches, 1.0)
        try:
            return self.base.solve_cost(held, self.openings, self.cost.bases).values[0]
        except NoPlanExists:
            return None
        finally:
            self.base.restore(touches)

    def missed_with(self, moves: Sequence[Move]) -> Gains | None:
        """Return MW-months missed by priority with limits moved; None if nothing can hold then.

        Moves only ever give more room. Each solve begins at the basis of the plan's own, never at
        that of another question, so that answers do not depend on what was asked before.
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
            return other.least_missed(
                carried, before, NEAR_PIVOTS_PER_ROW if len(moves) == 1 else FAR_PIVOTS_PER_ROW
            )
        except (NoPlanExists, ValueError):
            return None

    def moved(self, moves: Sequence[Move]) -> Problem:
        """Return the problem of the inputs with limits moved, built anew.

        Raises
        ------
        ValueError
            If the inputs would break a rule of theirs.
        """
        return Problem(moved(self.inputs, moves, self.base.case.calendar))

    def touches(self, moves: Iterable[Move]) -> list[Touch]:
        """Return what linear moves do to the model."""
        return self.catalogue.move_all(self._steps(moves))

    def _steps(self, moves: Iterable[Move]) -> list[tuple[Limit, float]]:
        """Return limits with the steps by which they are moved, no more than are of any use."""
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
                tuple(0.0 for _ in before) if now is None
                else tuple(_clean(b - a) for b, a in zip(before, now, strict=True))
            )  # fmt: skip
        return self._gains[name]

    def are_linear(self, moves: Sequence[Move]) -> bool:
        """Say whether limits, moved together, only move rows of the model."""
        linear = all(self.is_linear(move.limit) for move in moves)
        return linear and self.catalogue.keeps_days(self._steps(moves))

    def is_linear(self, limit: Limit) -> bool:
        """Say whether a limit, moved alone, moves rows of the model, and needs no new model.

        Of two budgets for the same day the lower one is the row, and moved alone it may cease to
        be the lower one. What a hall has no room for at all has no columns in the model.
        """
        return (
            self.moves_rows(limit)
            and not self.catalogue.shares_budget(limit)
            and not self._adds_columns(limit)
        )

    def _adds_columns(self, limit: Limit) -> bool:
        """Say whether a hall, given more, may hold a system that it has no room for."""
        facility = self.base.case.facility
        return limit.row.sheet == "halls" and any(
            facility.most_systems(hall, system) < LAST_TOLERANCE
            for hall, system in facility.hosted
            if hall == limit.row["hall"]
        )

    def moves_rows(self, limit: Limit) -> bool:
        """Say whether a limit moves rows of the model if all of its kind move by the same share.

        A date moves the days on which things are done, and so does a rate where there was none.
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
        """Say whether prices prove that no amount more of a limit gains anything.

        If all rows that it moves have no price, the solution of the dual problem stays one
        however far the limit is moved, and with it the bound.
        """
        lifted = [Move(limit, math.inf)]
        if not self.are_linear(lifted):
            return False
        touches = self.touches(lifted)
        return not any(
            self.base.is_priced(prices, touch) for touch in touches for prices in solved.prices
        )


def gained(gains: Gains | None) -> float:
    """Return the MW-months of the priorities that gain; what others lose is told beside it."""
    return sum(max(0.0, gain) for gain in gains or ())


def gains_any(gains: Gains | None) -> bool:
    """Say whether anything is gained, in any priority."""
    return gains is not None and any(abs(gain) > NONE for gain in gains)


def missed_in(plan: Plan, case: Case) -> dict[str, float]:
    """Return MW-months that each commitment misses in a plan."""
    months = dict(zip(case.calendar.starts, case.calendar.months, strict=True))
    found = dict.fromkeys(case.demand.commitments, 0.0)
    for row in plan.tables["ramp"]:
        found[str(row["commitment"])] += float(str(row["missed_mw"])) * months[row["period"]]  # type: ignore[index]
    return found


def _clean(value: float) -> float:
    return 0.0 if abs(value) <= NONE else value


def budget(plan: Plan | None) -> float:
    """Return the seconds that an explanation of a plan may take; no limit without a plan."""
    if plan is None:
        return math.inf
    seconds = plan.summary.get("seconds")
    total = sum(seconds.values()) if isinstance(seconds, dict) else 0.0
    return max(LEAST_SECONDS, SHARE_OF_PLAN * float(total))


def _openings(problem: Problem, plan: Plan) -> dict[int, float]:
    """Return the columns of halls open, sites open and orders placed, with the plan's values."""
    case, number = problem.case, problem.case.calendar.number
    openings = [
        (str(row["hall"]), number(row["opens"]), float(str(row["count"])))  # type: ignore[arg-type]
        for row in plan.tables["openings"]
    ]
    first: dict[str, int] = {}
    for row in plan.tables["openings"]:
        at = number(row["date"])  # type: ignore[arg-type]
        first[str(row["site"])] = min(at, first.get(str(row["site"]), at))
    ordered = {
        (row["supplier"], row["item"], number(row["order_date"]))  # type: ignore[arg-type]
        for row in plan.tables["orders"] if row["firm"] == "no"
    }  # fmt: skip
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
