"""Smallest sets of changes that put commitments back on time, each proved by a re-solve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.explain.limits import STEPS, Limit
from planner.explain.minimal import minimal
from planner.explain.on_time_oracle import ON_TIME_TOLERANCE, Oracle
from planner.explain.requests import Name, Request, is_over, largest, name_of, names_of
from planner.explain.session import Session

ALTERNATIVES = 3
"""Number of sets of changes to search for."""

FEWEST_BY, ALTERNATIVES_BY, FOUND_BY, SIZED_BY, PROVED_BY = 0.76, 0.8, 0.86, 0.91, 0.95
"""Shares of the time after which each part of the search is cut short."""

TRIES, SOLVES = 100_000, 20
"""Largest number of sets examined, and solved, while searching for a smaller set in a large plan.
"""

SIZE_PRECISION = 0.02
"""Relative precision of sizes in a large plan: whole systems need some room."""

ENLARGEMENTS = (0.0, 0.01, 0.04, 0.15, 0.5)
"""Shares by which a set is enlarged until it is enough in whole systems."""

IN_WHOLES = "re-solved in whole systems from the changed cells"
DIVISIBLY = "re-solved with divisible systems"


@dataclass
class AskSet:
    """A set of changes that together put commitments back on time.

    Attributes
    ----------
    requests : list of Request
    alone : dict
        MW-months that the commitments gain from each request alone, by its name.
    is_irreducible : bool
        Whether every change is proved to be needed.
    not_enough : dict
        The next smaller request, by name, if it is proved not to be enough; the request then has
        the smallest possible size.
    is_fewest : bool
        Whether the set is proved to be the cheapest.
    proof : str
        How it was proved to be enough.
    in_wholes : bool
        Whether the proof is in whole systems.
    """

    requests: list[Request]
    alone: dict[Name, float] = field(default_factory=dict)
    is_irreducible: bool = False
    not_enough: dict[Name, Request] = field(default_factory=dict)
    is_fewest: bool = False
    proof: str = ""
    in_wholes: bool = False


class Asker:
    """Searches for changes that put commitments on time without making any other later.

    Parameters
    ----------
    session
        The plan.
    commitments
        Commitments that are late in the plan and all have to be on time.
    costs
        Cost of asking for one change, by sheet; 1 by default.
    first
        Limits to try first, e.g. the bottlenecks, most important first.
    oracle
        What tests sets of changes; that of tokens takes workloads in place of commitments.
    """

    def __init__(
        self,
        session: Session,
        commitments: Sequence[str],
        costs: Mapping[str, float] | None = None,
        first: Sequence[Limit] = (),
        oracle: type[Oracle] = Oracle,
    ) -> None:
        self.session, self.costs = session, dict(costs or {})
        self.candidates = self._candidates(first)
        self.oracle = oracle(session, commitments, self.candidates)
        self.is_enough = self.oracle.is_enough
        self.is_hopeless = False
        self._found: tuple[float, list[Request]] = (math.inf, [])
        self._tries = self._solved = 0

    def _candidates(self, first: Sequence[Limit]) -> list[Request]:
        """Return a request that lifts each limit, the cheapest and most effective first."""
        session, limits_by_name = self.session, dict[tuple[str, str, str], list[Limit]]()
        for limit in session.catalogue.amounts + session.catalogue.dates:
            if not is_over(session.inputs, limit):
                limits_by_name.setdefault(name_of(limit), []).append(limit)
        order = {(x.kind, x.subject): n for n, x in reversed(list(enumerate(first)))}
        requests = []
        for limits in limits_by_name.values():
            request = largest(session.inputs, sorted(limits, key=_day))
            if request.size > 0:
                requests.append(request)
        return sorted(
            requests,
            key=lambda r: (self.cost(r), order.get(r.name[:2], len(first)), r.limits[0].dated),
        )

    def cost(self, request: Request) -> float:
        """Return the cost of asking for a change."""
        return self.costs.get(request.limits[0].row.sheet, 1.0)

    def can_be_enough(self) -> bool:
        """Return whether all changes together put the commitments on time."""
        return self.is_enough([]) or self.is_enough(self.candidates)

    def find(self, most: int = ALTERNATIVES) -> list[AskSet]:
        """Return sets of changes, the smallest first; empty if even all changes are not enough.

        Parameters
        ----------
        most
            Number of sets to search for.
        """
        enough = self._first_enough(self.candidates)
        if not enough:
            return []
        best = self._least(minimal(self.is_enough, enough))
        wanted = list(best.requests)
        ask_sets = [self._sized(best)]
        tried = [names_of(wanted)]
        for left_out in wanted:
            if len(ask_sets) >= most or self.session.spent(ALTERNATIVES_BY):
                break
            others = [r for r in self.candidates if r.name != left_out.name]
            if not (enough := self._first_enough(others)):
                continue
            other = AskSet(minimal(self.is_enough, enough))
            if names_of(other.requests) in tried:
                continue
            tried.append(names_of(other.requests))
            sized = self._sized(other)
            if self.session.spent(SIZED_BY):
                break  # an alternative of unreduced size is of no use
            ask_sets.append(sized)
        return ask_sets

    def _sized(self, ask: AskSet) -> AskSet:
        """Reduce the sizes of a set; prove that it is enough and every change is needed."""
        divisible = self._smallest(ask.requests)
        is_cut = self.session.spent(SIZED_BY)
        ask.requests, ask.proof = self._proved(divisible)
        ask.in_wholes = ask.proof.startswith(IN_WHOLES)
        ask.alone = {r.name: self.oracle.alone(r) for r in ask.requests}
        ask.is_irreducible = all(
            self.oracle.is_short([o for o in ask.requests if o is not r]) for r in ask.requests
        )
        for request in ask.requests:
            smaller = replace(request, size=request.size - 1)
            others = [other for other in ask.requests if other is not request]
            trial = [*others, smaller] if smaller.size else others
            if not self.session.spent(PROVED_BY) and self.oracle.is_short(trial):
                ask.not_enough[request.name] = smaller
        if is_cut:
            ask.proof += "; less may be enough: the time ran out before the sizes were reduced"
        return ask

    def _first_enough(self, requests: list[Request]) -> list[Request]:
        """Return the first sufficient prefix of requests, doubling its length; empty if none."""
        count = 1
        while not self.session.spent(FOUND_BY):
            if self.is_enough(requests[:count]):
                return requests[:count]
            if count >= len(requests):
                self.is_hopeless = True
                break
            count *= 2
        return []

    def _least(self, best: list[Request]) -> AskSet:
        """Search for a cheaper set, within the time budget.

        Any sufficient set must include a change from outside each insufficient set (a hitting set).
        """
        result = AskSet(best)
        self._solved = self.session.resolves
        while not self._is_over():
            cheaper = self._cheaper(result.requests)
            if cheaper is None:
                result.is_fewest = self.oracle.is_sure and not self._is_over()
                break
            if self.is_enough(cheaper):
                result.requests = cheaper
            else:
                self._grow(cheaper)
        return result

    def _is_over(self) -> bool:
        """Return whether the search for a cheaper set has used its time or its tries."""
        many = self._tries > TRIES or self.session.resolves - self._solved > SOLVES
        return (many and not self.session.is_small) or self.session.spent(FEWEST_BY)

    def _cheaper(self, best: Sequence[Request]) -> list[Request] | None:
        """Return the cheapest set that is not ruled out and costs less than the best; None if none.

        Sets grow by one change at a time, each from outside an insufficient set.
        """
        self._found = (sum(map(self.cost, best)), [])
        self._hit([], 0.0)
        return self._found[1] or None

    def _hit(self, chosen: list[Request], cost: float) -> None:
        self._tries += 1
        if cost >= self._found[0] - 1e-9 or self._is_over():
            return
        names = names_of(chosen)
        failed = [other for other in self.oracle.failed if names <= other]
        if not failed and chosen:
            self._found = (cost, chosen)
            return
        # Branch on the largest insufficient set, which leaves the fewest changes.
        ruled_out = max(failed, key=len, default=frozenset())
        for request in self.candidates:
            if request.name not in names and request.name not in ruled_out:
                self._hit([*chosen, request], cost + self.cost(request))

    def _grow(self, failing: list[Request]) -> None:
        """Grow an insufficient set to a maximal one, which rules out most others."""
        names = names_of(failing)
        # Begin with a set that is known to be insufficient, if one contains this set.
        known = next((failed for failed in self.oracle.failed if names <= failed), frozenset())
        insufficient = list(failing)
        for request in self.candidates:
            if request.name in known and request not in failing:
                insufficient.append(request)
        rest = [request for request in reversed(self.candidates) if request not in insufficient]
        # Try limits that need no new model first: they take a tenth of the time.
        rest.sort(key=lambda request: not all(map(self.session.is_linear, request.limits)))
        size = max(1, len(rest) // 4)
        while rest and not self._is_over():
            part, rest = rest[:size], rest[size:]
            if not self.is_enough(insufficient + part):
                insufficient = insufficient + part
                size = 2 * size
            elif len(part) > 1:
                # Something in this part is enough: try half of it. A single request is left out.
                rest = part + rest
                size = max(1, len(part) // 2)

    def _smallest(self, requests: list[Request]) -> list[Request]:
        """Shrink each change as far as the commitments stay on time."""
        chosen = list(requests)
        for at, request in enumerate(chosen):
            others = [other for other in chosen if other.name != request.name]

            def does(
                size: int, request: Request = request, others: Sequence[Request] = others
            ) -> bool:
                return self.is_enough([*others, replace(request, size=size)])

            smallest = replace(request, size=self._least_size(request, does))
            chosen[at] = self._shorter(chosen, at, smallest)
        return chosen

    def _least_size(self, request: Request, does: Callable[[int], bool]) -> int:
        """Return the smallest sufficient size; if the time runs out, a sufficient one."""
        low, high = 0, request.size
        while not self._is_fine(high - low, high):
            # Small sizes first: sufficient sizes are mostly far below those that lift a limit.
            middle = low + max(1, (high - low) // (2 if low or high <= 16 else 8))
            low, high = (low, middle) if does(middle) else (middle, high)
        return high

    def _is_fine(self, width: int, size: int) -> bool:
        """Return whether a size is precise enough, or the time is up."""
        fine = 0.0 if self.session.is_small else SIZE_PRECISION * size
        return width <= max(1.0, fine) or self.session.spent(SIZED_BY)

    def _shorter(self, chosen: list[Request], at: int, request: Request) -> Request:
        """Drop the earliest rows of a change, then the last, as long as the rest is enough."""
        for part in (slice(1, None), slice(None, -1)):
            while len(request.limits) > 1 and not self.session.spent(SIZED_BY):
                shorter = replace(request, limits=request.limits[part])
                if not self.is_enough([*chosen[:at], shorter, *chosen[at + 1 :]]):
                    break
                request = shorter
        return request

    def _proved(self, requests: list[Request]) -> tuple[list[Request], str]:
        """Return requests that are enough in whole systems, and the proof.

        The smallest sizes of the LP relaxation may be a little too small for whole systems; they
        are then enlarged step by step.
        """
        if self.session.is_small:
            return requests, IN_WHOLES
        rest = math.inf
        for share in ENLARGEMENTS:
            if self.session.spent(PROVED_BY):
                break
            larger = [self._larger(request, share) for request in requests]
            reached = self.oracle.reached(larger)
            rest = min(rest, reached) if share == 0 else rest
            if reached <= ON_TIME_TOLERANCE:
                more = "" if larger == requests else "; with divisible systems less would be enough"
                return larger, IN_WHOLES + more
        if math.isinf(rest):
            return requests, f"{DIVISIBLY}; no plan in whole systems was found in time"
        return requests, f"{DIVISIBLY}; in whole systems {rest:.3f} MW-months are still missed"

    def _larger(self, request: Request, share: float) -> Request:
        """Return a request enlarged by a share, at least by one grain, up to its largest size."""
        if not share:
            return request
        most = next(r.size for r in self.candidates if r.name == request.name)
        return replace(request, size=min(most, request.size + math.ceil(request.size * share)))


def _day(limit: Limit) -> str:
    """Return the date of a row as text; empty if the row has none."""
    column = "date" if limit.row.sheet == "budget" else "from"
    return str(limit.row[column]) if column == "date" or limit.row.sheet in STEPS else ""
