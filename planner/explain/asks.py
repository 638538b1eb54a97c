"""The least set of changes that puts a commitment back on time, each set proved by re-solving."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.errors import NoPlanExists
from planner.explain.limits import STEPS, Limit
from planner.explain.minimal import minimal
from planner.explain.moves import Move, most_steps
from planner.explain.problem import NONE
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of, others_of, shortfalls
from planner.explain.touches import Touch
from planner.explain.whole import solve_whole

ALTERNATIVES = 3
"""Sets of changes that are looked for, the first included."""


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
    def name(self) -> tuple[str, str, str]:
        """What tells it from other requests, whatever its size."""
        last = self.limits[-1]
        return (last.kind, last.subject, last.where if last.dated else "")


@dataclass
class AskSet:
    """Changes that together put a commitment back on time, none of which can be left out.

    Attributes
    ----------
    commitment : str
    requests : list of Request
    alone : dict
        MW-months of the commitment that each request gains alone, by its name.
    is_irreducible : bool
        Whether each was left out in a re-solve, and the commitment was late again.
    is_fewest : bool
        Whether it is proved that no set costs less to ask for.
    proof : str
        What proves that it is enough.
    """

    commitment: str
    requests: list[Request]
    alone: dict[tuple[str, str, str], float] = field(default_factory=dict)
    is_irreducible: bool = False
    is_fewest: bool = False
    proof: str = ""


class Asker:
    """Finds what to ask for so that one commitment is on time and no other is later.

    Parameters
    ----------
    session
        The plan.
    commitment
        Late in the plan.
    costs
        Cost of asking for one change, by sheet; 1 where not given.
    first
        Limits to try before others, e.g. the bottlenecks, most important first.
    """

    def __init__(
        self, session: Session, commitment: str, costs: Mapping[str, float] | None = None,
        first: Sequence[Limit] = (),
    ) -> None:  # fmt: skip
        self.session, self.commitment, self.costs = session, commitment, dict(costs or {})
        self.late = shortfalls(session)
        self.is_small = session.is_small
        self.candidates = self._candidates(first)
        self.failed: list[frozenset[tuple[str, str, str]]] = []
        self.known: dict[frozenset[object], float] = {}
        self.tries = 0
        self.is_hopeless = False
        self._found: tuple[float, list[Request]] = (math.inf, [])

    def _candidates(self, first: Sequence[Limit]) -> list[Request]:
        """Return every limit, lifted, cheapest to ask for and most telling first."""
        session, found = self.session, dict[tuple[str, str, str], list[Limit]]()
        for limit in session.catalogue.amounts + session.catalogue.dates:
            name = (limit.kind, limit.subject, limit.where if limit.dated else "")
            found.setdefault(name, []).append(limit)
        order = {(x.kind, x.subject): n for n, x in reversed(list(enumerate(first)))}
        calendar = session.base.case.calendar
        requests = []
        for limits in found.values():
            stepped = sorted(limits, key=lambda x: _day(x) if x.row.sheet in STEPS else "")
            most = max(most_steps(session.inputs, x, calendar) for x in limits)
            if most > 0:
                requests.append(Request(tuple(stepped), most))
        return sorted(requests, key=lambda r: (
            self.cost(r), order.get(r.name[:2], len(order)), r.limits[0].dated))  # fmt: skip

    def cost(self, request: Request) -> float:
        """Return what it costs to ask for a change."""
        return self.costs.get(request.limits[0].row.sheet, 1.0)

    def shortfall(self, requests: Iterable[Request]) -> float:
        """Return MW-months that the commitment must still miss, no other missing more."""
        chosen = list(requests)
        name = frozenset((r.limits, r.steps) for r in chosen)
        if name not in self.known:
            self.tries += 1
            self.known[name] = self._solve([m for r in chosen for m in r.moves], self.is_small)
        return self.known[name]

    def _solve(self, moves: list[Move], whole: bool) -> float:
        session = self.session
        session.resolves += 1
        touches: list[Touch] = []
        try:
            if not whole and session.are_linear(moves):
                problem, touches = session.base, session.touches(moves)
                problem.apply(touches, 1.0)
            else:
                problem = session.moved(moves)
            goal, held = goal_of(problem, self.commitment), others_of(problem, self.commitment,
                                                                      self.late)  # fmt: skip
            if not whole:
                return max(0.0, problem.solve_goal(goal, held).values[0])
            found = solve_whole(problem, [goal], held, session.whole_seconds)
            return found.values[0] if found.point is not None else math.inf
        except (ValueError, NoPlanExists):
            return math.inf
        finally:
            session.base.restore(touches)

    def is_enough(self, requests: Sequence[Request]) -> bool:
        """Say whether the commitment is on time with these changes."""
        enough = self.shortfall(requests) <= 10 * NONE
        if not enough and all(r in self.candidates for r in requests):
            self.failed.append(frozenset(r.name for r in requests))
        return enough

    def find(self, most: int = ALTERNATIVES) -> list[AskSet]:
        """Return sets of changes, the least first; none if not all together are enough.

        Parameters
        ----------
        most
            Sets to look for.
        """
        enough = self._first_enough(self.candidates)
        if not enough:
            return []
        best = self._least(minimal(self.is_enough, enough))
        found = [best]
        for left_out in list(best.requests):
            if len(found) >= most or self.session.spent(0.75):
                break
            others = [r for r in self.candidates if r.name != left_out.name]
            if enough := self._first_enough(others):
                other = AskSet(self.commitment, minimal(self.is_enough, enough))
                if not any(_names(other.requests) == _names(a.requests) for a in found):
                    found.append(other)
        kept: list[AskSet] = []
        for ask in found:
            ask.requests = self._smallest(ask.requests)
            is_cut = self.session.spent(0.9)
            if is_cut and kept:
                break  # an alternative whose size was never brought down helps nobody
            ask.alone = {r.name: self._alone(r) for r in ask.requests}
            ask.is_irreducible = all(
                not self.is_enough([o for o in ask.requests if o is not r]) for r in ask.requests
            )
            ask.proof = self._proof(ask.requests)
            if is_cut:
                ask.proof += "; less may do, the time ended before sizes were brought down"
            kept.append(ask)
        return kept

    def _first_enough(self, requests: list[Request]) -> list[Request]:
        """Return the first requests, twice as many each time, that are enough; none if none are."""
        count = 1
        while not self.session.spent(0.85):
            if self.is_enough(requests[:count]):
                return requests[:count]
            if count >= len(requests):
                self.is_hopeless = True
                break
            count *= 2
        return []

    def _least(self, best: list[Request]) -> AskSet:
        """Try all cheaper sets that no failure rules out, as long as there is time.

        Whatever is enough must ask for something beyond each set that was not enough.
        """
        result = AskSet(self.commitment, best)
        while not self.session.spent(0.6):
            cheaper = self._cheaper(result.requests)
            if cheaper is None:
                result.is_fewest = not self.session.spent(0.6)
                break
            if self.is_enough(cheaper):
                result.requests = cheaper
            else:
                self._grow(cheaper)
        return result

    def _cheaper(self, best: Sequence[Request]) -> list[Request] | None:
        """Return the cheapest set not ruled out that costs less than the best; None if none.

        It is grown one change at a time, each from beyond some set that was not enough.
        """
        self._found = (sum(map(self.cost, best)), [])
        self._hit([], 0.0)
        return self._found[1] or None

    def _hit(self, chosen: list[Request], cost: float) -> None:
        if cost >= self._found[0] - 1e-9 or self.session.spent(0.6):
            return
        names = _names(chosen)
        ruled_out = next((failed for failed in self.failed if names <= failed), None)
        if ruled_out is None and chosen:
            self._found = (cost, chosen)
            return
        for request in self.candidates:
            if request.name not in names and request.name not in (ruled_out or ()):
                self._hit([*chosen, request], cost + self.cost(request))

    def _grow(self, failing: list[Request]) -> None:
        """Add to a set that is not enough all that leaves it so, which rules out most others."""
        sofar, size = list(failing), max(1, len(self.candidates) // 4)
        rest = [r for r in reversed(self.candidates) if r not in failing]
        while rest and not self.session.spent(0.6):
            part, rest = rest[:size], rest[size:]
            if not self.is_enough(sofar + part):
                sofar += part
            elif len(part) > 1:
                rest, size = part + rest, max(1, len(part) // 2)

    def _smallest(self, requests: list[Request]) -> list[Request]:
        """Shrink each change as far as the commitment stays on time."""
        chosen = list(requests)
        for at in range(len(chosen)):
            low, high = 0.0, chosen[at].steps
            grain = 1.0 if _is_whole(chosen[at]) else 0.01
            while high - low > grain * 1.000001 and not self.session.spent(0.9):
                # Small sizes first: what is enough is mostly far below what lifts a limit.
                middle = low + (high - low) / (2.0 if low or high <= 16 * grain else 8.0)
                middle = max(low + grain, math.floor(middle / grain) * grain)
                if middle >= high:
                    break
                trial = [*chosen[:at], replace(chosen[at], steps=middle), *chosen[at + 1 :]]
                low, high = (low, middle) if self.is_enough(trial) else (middle, high)
            chosen[at] = self._shorter(chosen, at, replace(chosen[at], steps=high))
        return chosen

    def _shorter(self, chosen: list[Request], at: int, request: Request) -> Request:
        """Leave out the earliest rows of a change, then the last, as long as the rest is enough."""
        for part in (slice(1, None), slice(None, -1)):
            while len(request.limits) > 1 and not self.session.spent(0.9):
                shorter = replace(request, limits=request.limits[part])
                if not self.is_enough([*chosen[:at], shorter, *chosen[at + 1 :]]):
                    break
                request = shorter
        return request

    def _alone(self, request: Request) -> float:
        before = self.late[self.commitment] if self.is_small else self.shortfall([])
        gained = before - min(before, self.shortfall([request]))
        return gained if gained > 10 * NONE else 0.0

    def _proof(self, requests: list[Request]) -> str:
        if self.is_small:
            return "re-solved in whole systems from the changed cells: nothing missed"
        if self.session.spent(0.95):
            return "re-solved divisibly; whole systems were not tried for want of time"
        moves = [m for r in requests for m in r.moves]
        rest = self._solve(moves, whole=True)
        if rest <= 10 * NONE:
            return "re-solved in whole systems from the changed cells: nothing missed"
        return f"re-solved divisibly; in whole systems {rest:.3f} MW-months were left in time"


def _names(requests: Iterable[Request]) -> frozenset[tuple[str, str, str]]:
    return frozenset(r.name for r in requests)


def _day(limit: Limit) -> str:
    return str(limit.row["from"])


def _is_whole(request: Request) -> bool:
    limit = request.limits[0]
    return limit.dated or limit.column not in ("mw", "it_mw", "yield", "cumulative")
