"""Whether commitments are on time when some limits are moved: asked often, solved seldom.

A set of changes that is not enough has a proof: the prices of its solve. Changes of limits that
have no price there leave the proof as it is, so that the set with all of them is not enough
either, nor is any part of it. Such sets are kept, and rule out most others without a solve.
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
from planner.explain.problem import NONE, Problem
from planner.explain.requests import Name, Request, names_of
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of, others_of, shortfalls
from planner.model.objectives import Tier
from planner.solve.duals import Basis, Duals

ENOUGH = 10 * NONE
"""MW-months up to which a commitment is on time."""

REACH_SECONDS = 120.0
"""Time for one plan in whole systems, if there is as much; it mostly takes a few seconds."""


class Answer(Enum):
    """What a re-solve says of a set of changes."""

    ENOUGH = "the commitments are on time"
    SHORT = "proved: they are not all"
    OPEN = "no plan was found in which they are, nor proof that there is none"


class Oracle:
    """Says what commitments miss together with changes, no other missing more than in the plan.

    Parameters
    ----------
    session
        The plan.
    commitments
        Late in the plan.
    candidates
        Every limit, lifted.
    """

    def __init__(
        self, session: Session, commitments: Sequence[str], candidates: Sequence[Request]
    ) -> None:
        self.session, self.commitments = session, tuple(commitments)
        self.candidates = candidates
        self.late = shortfalls(session)
        self.is_small = session.is_small
        self.failed: list[frozenset[Name]] = []
        self.is_sure = True
        self._answers: dict[frozenset[Request], Answer] = {}

    def is_enough(self, requests: Sequence[Request]) -> bool:
        """Say whether the commitments are on time with these changes.

        In whole systems where they are few; else where everything is divisible, so that a no is a
        proof and a yes is still to be proved.
        """
        names = names_of(requests)
        if any(names <= failed for failed in self.failed):
            return False
        return self._answer(requests) is Answer.ENOUGH

    def is_short(self, requests: Sequence[Request]) -> bool:
        """Say whether it is proved, for these very changes, that a commitment is late."""
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
        """Return what is true where all is divisible, and changes that would not alter a no."""
        try:
            with self._changed(requests) as (problem, basis):
                goal, held = self._goal(problem)
                prices = problem.reaches(goal, held, ENOUGH, basis)
        except (ValueError, NoPlanExists):
            return Answer.OPEN, frozenset()
        if prices is None:
            return Answer.ENOUGH, frozenset()
        return Answer.SHORT, self._idle(problem, prices)

    def _whole_answer(self, requests: Sequence[Request]) -> Answer:
        """Return what is true in whole systems, of the changed cells themselves."""
        found = self._whole(requests)
        if found is None:
            return Answer.OPEN
        if found.point is not None and found.values[0] <= ENOUGH:
            return Answer.ENOUGH
        return Answer.SHORT if found.bounds[0] > ENOUGH else Answer.OPEN

    @contextmanager
    def _changed(self, requests: Sequence[Request]) -> Iterator[tuple[Problem, Basis]]:
        """Yield the problem with changes, as long as they last, and a basis to start from.

        Raises
        ------
        ValueError
            If the inputs would break a rule of theirs.
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
        """Return changes all of whose rows have no price, so that they gain nothing."""
        catalogue = Catalogue(problem.inputs, problem.case)
        there = {id(row) for rows in problem.inputs.tables.values() for row in rows}
        found, session = set(), self.session
        for request in self.candidates:
            known = all(id(x.row) in there and session.is_linear(x) for x in request.limits)
            if known and not any(
                problem.is_priced(prices, touch)
                for x in request.limits
                for touch in catalogue.move(x, lifted_steps(session.inputs, x))
            ):
                found.add(request.name)
        return frozenset(found)

    def _goal(self, problem: Problem) -> tuple[Tier, list[tuple[Tier, float]]]:
        names = self.commitments
        return goal_of(problem, names), others_of(problem, names, self.late)

    @cached_property
    def basis(self) -> Basis:
        """Where the solve ends that asks what must be missed as things are."""
        self.session.resolves += 1
        goal, held = self._goal(self.session.base)
        return self.session.base.solve_goal(goal, held, self.session.missed.bases[:1]).bases[0]

    def alone(self, request: Request) -> float:
        """Return MW-months that the commitments gain by one change alone."""
        if self.is_small:
            found = self._whole([request])
            before, after = sum(self.late[name] for name in self.commitments), math.inf
            if found is not None and found.point is not None:
                after = found.values[0]
        else:
            before, after = self._divisible([]), self._divisible([request])
        gained = before - min(before, after)
        return gained if gained > ENOUGH else 0.0

    def _divisible(self, requests: Sequence[Request]) -> float:
        try:
            with self._changed(requests) as (problem, basis):
                goal, held = self._goal(problem)
                return max(0.0, problem.solve_goal(goal, held, [basis]).values[0])
        except (ValueError, NoPlanExists):
            return math.inf

    def _whole(self, requests: Sequence[Request]) -> Whole | None:
        """Return the least MW-months missed in whole systems; None if the inputs break a rule."""
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved(self._moves(requests))
            goal, held = self._goal(problem)
            return solve_whole(problem, [goal], held, session.whole_seconds)
        except (ValueError, NoPlanExists):
            return None

    def reached(self, requests: Sequence[Request]) -> float:
        """Return MW-months missed in the first plan found in whole systems; infinite if none."""
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved(self._moves(requests))
        except ValueError:
            return math.inf
        goal, held = self._goal(problem)
        return reach_whole(problem, goal, held, min(REACH_SECONDS, max(1.0, session.left)))

    def is_kept(self, requests: Sequence[Request]) -> bool:
        """Say whether every plan of the changed cells that misses the least has them on time.

        Proved in whole systems, or not at all: no commitment is held at what it misses now, so
        that late ones of the same or a higher priority may take what the changes bring.
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
            goal, scale=-goal.scale, expression=problem.model.frame.objective(
                (variable, -months) for variable, months in goal.expression.items()
            ),
        )  # fmt: skip
        found = solve_whole(problem, [*problem.missed_tiers, most], seconds=session.whole_seconds)
        return found.is_proven and found.bounds[-1] <= ENOUGH

    def _moves(self, requests: Sequence[Request]) -> list[Move]:
        return [move for request in requests for move in request.moves()]
