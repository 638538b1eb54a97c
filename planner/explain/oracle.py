"""Whether a commitment is on time when some limits are moved: asked often, solved seldom.

A set of changes that is not enough has a proof: the prices of its solve. Changes of limits that
have no price there leave the proof as it is, so that the set with all of them is not enough
either, nor is any part of it. Such sets are kept, and rule out most others without a solve.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from planner.errors import NoPlanExists
from planner.explain.limits import Limit
from planner.explain.moves import Move, most_steps
from planner.explain.problem import NONE, Problem
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of, others_of, shortfalls
from planner.explain.touches import Catalogue
from planner.explain.whole import reach_whole, solve_whole
from planner.model.objectives import Tier
from planner.solve.prices import Basis, Prices

ENOUGH = 10 * NONE
"""MW-months up to which a commitment is on time."""

REACH_SECONDS = 120.0
"""Time for one plan in whole systems, if there is as much; it mostly takes a few seconds."""

Name = tuple[str, str, str]


@dataclass(frozen=True)
class Request:
    """One thing to ask for: a limit, in all its rows from some date on, moved by some steps.

    Attributes
    ----------
    limits : tuple of Limit
        Rows of one limit, earliest first; all move by the same steps.
    steps : float
        Steps more; for dates periods earlier.
    """

    limits: tuple[Limit, ...]
    steps: float

    @property
    def moves(self) -> list[Move]:
        """The moves that it stands for."""
        return [Move(limit, self.steps) for limit in self.limits]

    @property
    def name(self) -> Name:
        """What tells it from other requests, whatever its size."""
        last = self.limits[-1]
        return (last.kind, last.subject, last.where if last.dated else "")


def names_of(requests: Iterable[Request]) -> frozenset[Name]:
    """Return the names of requests, which say nothing of their sizes."""
    return frozenset(request.name for request in requests)


class Oracle:
    """Says what one commitment misses with changes, no other missing more than in the plan.

    Parameters
    ----------
    session
        The plan.
    commitment
        Late in the plan.
    candidates
        Every limit, lifted.
    """

    def __init__(self, session: Session, commitment: str, candidates: Sequence[Request]) -> None:
        self.session, self.commitment = session, commitment
        self.candidates = candidates
        self.late = shortfalls(session)
        self.is_small = session.is_small
        self.failed: list[frozenset[Name]] = []
        self._enough: dict[frozenset[object], bool] = {}

    def is_enough(self, requests: Sequence[Request]) -> bool:
        """Say whether the commitment is on time with these changes.

        In whole systems where they are few; else where everything is divisible, so that a no is a
        proof and a yes is still to be proved.
        """
        names = names_of(requests)
        if any(names <= failed for failed in self.failed):
            return False
        name = frozenset((r.limits, r.steps) for r in requests)
        if name not in self._enough:
            self._enough[name] = self._ask(requests)
        return self._enough[name]

    def _ask(self, requests: Sequence[Request]) -> bool:
        are_lifted = all(request in self.candidates for request in requests)
        names = names_of(requests)
        if self.is_small:
            enough = self._whole(requests) <= ENOUGH
            if not enough and are_lifted:
                self.failed.append(names)
            return enough
        idle = self._failing(requests)
        if idle is not None and are_lifted:
            self.failed.append(names | idle)
        return idle is None

    def _failing(self, requests: Sequence[Request]) -> frozenset[Name] | None:
        """Return None if changes are enough where divisible, else what may as well be changed."""
        try:
            with self._changed(requests) as (problem, basis):
                goal, held = self._goal(problem)
                prices = problem.reaches(goal, held, ENOUGH, basis)
        except (ValueError, NoPlanExists):
            return frozenset()
        return None if prices is None else self._idle(problem, prices)

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
        moves = [move for request in requests for move in request.moves]
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

    def _idle(self, problem: Problem, prices: Prices) -> frozenset[Name]:
        """Return changes all of whose rows have no price, so that they gain nothing."""
        catalogue = Catalogue(problem.inputs, problem.case)
        there = {id(row) for rows in problem.inputs.tables.values() for row in rows}
        found, session = set(), self.session
        for request in self.candidates:
            known = all(id(x.row) in there and session.is_linear(x) for x in request.limits)
            if known and not any(
                problem.is_priced(prices, touch)
                for x in request.limits
                for touch in catalogue.move(x, most_steps(session.inputs, x, problem.case.calendar))
            ):
                found.add(request.name)
        return frozenset(found)

    def _goal(self, problem: Problem) -> tuple[Tier, list[tuple[Tier, float]]]:
        return goal_of(problem, self.commitment), others_of(problem, self.commitment, self.late)

    @cached_property
    def basis(self) -> Basis:
        """Where the solve ends that asks what must be missed as things are."""
        self.session.resolves += 1
        goal, held = self._goal(self.session.base)
        return self.session.base.solve_goal(goal, held, self.session.missed.bases[:1]).bases[0]

    def alone(self, request: Request) -> float:
        """Return MW-months that the commitment gains by one change alone."""
        before = self.late[self.commitment]
        after = self._whole([request]) if self.is_small else self._divisible([request])
        if not self.is_small:
            before = self._divisible([])
        gained = before - min(before, after)
        return gained if gained > ENOUGH else 0.0

    def _divisible(self, requests: Sequence[Request]) -> float:
        try:
            with self._changed(requests) as (problem, basis):
                goal, held = self._goal(problem)
                return max(0.0, problem.solve_goal(goal, held, [basis]).values[0])
        except (ValueError, NoPlanExists):
            return math.inf

    def _whole(self, requests: Sequence[Request]) -> float:
        """Return MW-months that must still be missed in whole systems."""
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved([move for request in requests for move in request.moves])
            goal, held = self._goal(problem)
            found = solve_whole(problem, [goal], held, session.whole_seconds)
        except (ValueError, NoPlanExists):
            return math.inf
        return found.values[0] if found.point is not None else math.inf

    def reached(self, requests: Sequence[Request]) -> float:
        """Return MW-months missed in the first plan found in whole systems; infinite if none."""
        session = self.session
        session.resolves += 1
        try:
            problem = session.moved([move for request in requests for move in request.moves])
        except ValueError:
            return math.inf
        goal, held = self._goal(problem)
        return reach_whole(problem, goal, held, min(REACH_SECONDS, max(1.0, session.left)))
