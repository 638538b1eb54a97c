"""Oracle for asks: whether commitments are on time when some limits are moved.

A dual solution proves that a set of changes is not enough. Changes of limits without a shadow price
leave that proof valid, so the set with all of them added is not enough either, nor is any subset.
These maximal insufficient sets are cached and rule out most others without a solve.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from functools import cached_property

from planner.errors import NoPlanExists
from planner.explain.integer_answers import Whole, reach_whole, solve_whole
from planner.explain.limit_effects import Catalogue
from planner.explain.limit_moves import Move, lifted_steps
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.requests import Name, Request, names_of
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of, others_of, shortfalls
from planner.model.objectives import Tier
from planner.solve.basis import Basis
from planner.solve.duals import Duals

ON_TIME_TOLERANCE = 10 * ZERO_TOLERANCE
"""Tolerance in MW-months up to which a commitment counts as on time."""

REACH_SECONDS = 120.0
"""Time limit in seconds of one MIP solve, within the budget; most take a few seconds."""


class Answer(Enum):
    """Answer of a re-solve about a set of changes."""

    ENOUGH = "the commitments are on time"
    SHORT = "proved: at least one commitment is late"
    OPEN = "found neither a plan with all of them on time nor a proof that none exists"


class Oracle:
    """Tests sets of changes, with no other commitment missing more than in the plan.

    Parameters
    ----------
    session
        The plan.
    commitments
        Commitments that are late in the plan.
    candidates
        A request that lifts each limit.
    """

    def __init__(
        self, session: Session, commitments: Sequence[str], candidates: Sequence[Request]
    ) -> None:
        self.session, self.commitments = session, tuple(commitments)
        self.candidates = candidates
        self.late = self._shortfalls()
        self.is_small = session.is_small
        self.failed: list[frozenset[Name]] = []
        self.is_sure = True
        self._answers: dict[frozenset[Request], Answer] = {}

    def _shortfalls(self) -> dict[str, float]:
        """Return what each commitment misses in the plan."""
        return shortfalls(self.session)

    def is_enough(self, requests: Sequence[Request]) -> bool:
        """Return whether the commitments are on time with these changes.

        Small models are solved as a MIP. Larger ones are solved as an LP relaxation, where False is
        proved and True is not.
        """
        names = names_of(requests)
        if any(names <= failed for failed in self.failed):
            return False
        return self._answer(requests) is Answer.ENOUGH

    def is_short(self, requests: Sequence[Request]) -> bool:
        """Return whether it is proved that a commitment is late with exactly these changes."""
        return self._answer(requests) is Answer.SHORT

    def _answer(self, requests: Sequence[Request]) -> Answer:
        name = frozenset(requests)
        if name not in self._answers:
            self._answers[name] = self._ask(requests)
        return self._answers[name]

    def _ask(self, requests: Sequence[Request]) -> Answer:
        are_lifted = all(request in self.candidates for request in requests)
        names = names_of(requests)
        if self.is_small:
            answer, idle = self._whole_answer(requests), frozenset[Name]()
        else:
            answer, idle = self._divisible_answer(requests)
        if answer is not Answer.ENOUGH and are_lifted:
            self.failed.append(names | idle)
            self.is_sure = self.is_sure and answer is Answer.SHORT
        return answer

    def _divisible_answer(self, requests: Sequence[Request]) -> tuple[Answer, frozenset[Name]]:
        """Return the answer of the LP relaxation, and changes that cannot alter a negative one."""
        try:
            with self._changed(requests) as (problem, basis):
                goal, held = self._goal(problem)
                prices = problem.reaches(goal, held, ON_TIME_TOLERANCE, basis)
        except (ValueError, NoPlanExists):
            return Answer.OPEN, frozenset()
        if prices is None:
            return Answer.ENOUGH, frozenset()
        return Answer.SHORT, self._idle(problem, prices)

    def _whole_answer(self, requests: Sequence[Request]) -> Answer:
        """Return the answer of the MIP with the changed cells."""
        solution = self._whole(requests)
        if solution is None:
            return Answer.OPEN
        if solution.point is not None and solution.values[0] <= ON_TIME_TOLERANCE:
            return Answer.ENOUGH
        return Answer.SHORT if solution.bounds[0] > ON_TIME_TOLERANCE else Answer.OPEN

    @contextmanager
    def _changed(self, requests: Sequence[Request]) -> Iterator[tuple[Problem, Basis]]:
        """Apply changes within a context; yield the problem and a basis for a warm start.

        Raises
        ------
        ValueError
            If the changed inputs break a rule.
        """
        session = self.session
        session.resolves += 1
        moves = self._moves(requests)
        if not session.are_linear(moves):
            problem = session.moved(moves)
            yield problem, session.base.carried(self.basis, problem)
            return
        basis, touches = self.basis, session.touches(moves)
        session.base.apply(touches, 1.0)
        try:
            yield session.base, basis
        finally:
            session.base.restore(touches)

    def _idle(self, problem: Problem, prices: Duals) -> frozenset[Name]:
        """Return the changes whose rows all have no shadow price, so they gain nothing."""
        catalogue = Catalogue(problem.inputs, problem.case)
        there = {id(row) for rows in problem.inputs.tables.values() for row in rows}
        names, session = set(), self.session
        for request in self.candidates:
            known = all(id(x.row) in there and session.is_linear(x) for x in request.limits)
            if known and not any(
                problem.is_priced(prices, touch)
                for x in request.limits
                for touch in catalogue.move(x, lifted_steps(session.inputs, x))
            ):
                names.add(request.name)
        return frozenset(names)

    def _goal(self, problem: Problem) -> tuple[Tier, list[tuple[Tier, float]]]:
        names = self.commitments
        return goal_of(problem, names), others_of(problem, names, self.late)

    @cached_property
    def basis(self) -> Basis:
        """Final basis of the solve without changes."""
        self.session.resolves += 1
        goal, held = self._goal(self.session.base)
        return self.session.base.solve_goal(goal, held, self.session.missed.bases[:1]).bases[0]

    def alone(self, request: Request) -> float:
        """Return the MW-months that the commitments gain from one change alone."""
        if self.is_small:
            solution = self._whole([request])
            before, after = sum(self.late[name] for name in self.commitments), math.inf
            if solution is not None and solution.point is not None:
                after = solution.values[0]
        else:
            before, after = self._divisible([]), self._divisible([request])
        gained = before - min(before, after)
        return gained if gained > ON_TIME_TOLERANCE else 0.0

    def _divisible(self, requests: Sequence[Request]) -> float:
        try:
            with self._changed(requests) as (problem, basis):
                goal, held = self._goal(problem)
                return max(0.0, problem.solve_goal(goal, held, [basis]).values[0])
        except (ValueError, NoPlanExists):
            return math.inf

    def _whole(self, requests: Sequence[Request]) -> Whole | None:
        """Return the MIP result; None if the changed inputs break a rule."""
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved(self._moves(requests))
            goal, held = self._goal(problem)
            return solve_whole(problem, [goal], held, session.whole_seconds)
        except (ValueError, NoPlanExists):
            return None

    def reached(self, requests: Sequence[Request]) -> float:
        """Return the MW-months missed in the first MIP solution; infinite if none is found."""
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved(self._moves(requests))
        except ValueError:
            return math.inf
        goal, held = self._goal(problem)
        return reach_whole(problem, goal, held, min(REACH_SECONDS, max(1.0, session.left)))

    def is_kept(self, requests: Sequence[Request]) -> bool:
        """Return whether every optimal plan with the changes has the commitments on time.

        Other commitments are not held at their present shortfall here, so late ones of the same or
        a higher priority may use up the gain. Proved by a MIP, or not at all.
        """
        if not self.is_small:
            return False
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved(self._moves(requests))
        except ValueError:
            return False
        goal = goal_of(problem, self.commitments)
        most = replace(
            goal,
            scale=-goal.scale,
            expression=problem.model.frame.objective(
                (variable, -months) for variable, months in goal.expression.items()
            ),
        )
        solution = solve_whole(
            problem, [*problem.missed_tiers, most], seconds=session.whole_seconds
        )
        return solution.is_proven and solution.bounds[-1] <= ON_TIME_TOLERANCE

    def _moves(self, requests: Sequence[Request]) -> list[Move]:
        return [move for request in requests for move in request.moves()]
