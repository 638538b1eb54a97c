"""The least set of changes that puts commitments back on time, each set proved by re-solving."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.explain.limits import STEPS, Limit
from planner.explain.minimal import minimal
from planner.explain.on_time_oracle import ENOUGH, Oracle
from planner.explain.requests import Name, Request, is_over, largest, name_of, names_of
from planner.explain.session import Session

ALTERNATIVES = 3
"""Sets of changes that are looked for, the first included."""

FEWEST_BY, ALTERNATIVES_BY, FOUND_BY, SIZED_BY, PROVED_BY = 0.76, 0.8, 0.86, 0.91, 0.95
"""Shares of the time after which each part of the search is cut short."""

TRIES, SOLVES = 100_000, 20
"""Sets looked at, and solved for, while fewer are looked for in a large plan."""

FINE = 0.02
"""Part of a size to which it is brought down in a large plan: whole systems need some room."""

LARGER = (0.0, 0.01, 0.04, 0.15, 0.5)
"""Shares by which a set is asked for larger until whole systems do."""

IN_WHOLES = "re-solved in whole systems from the changed cells"
DIVISIBLY = "re-solved with divisible systems"


@dataclass
class AskSet:
    """Changes that together put commitments back on time, none of which can be left out.

    Attributes
    ----------
    requests : list of Request
    alone : dict
        MW-months of the commitments that each request gains alone, by its name.
    is_irreducible : bool
        Whether it is proved that without any of them a commitment is late.
    not_enough : dict
        For each request, by its name, the next smaller one, if it is proved that with it a
        commitment is late; the size of the request is then the least.
    is_fewest : bool
        Whether it is proved that no set costs less to ask for.
    proof : str
        What proves that it is enough.
    in_wholes : bool
        Whether it is proved in whole systems.
    """

    requests: list[Request]
    alone: dict[Name, float] = field(default_factory=dict)
    is_irreducible: bool = False
    not_enough: dict[Name, Request] = field(default_factory=dict)
    is_fewest: bool = False
    proof: str = ""
    in_wholes: bool = False


class Asker:
    """Finds what to ask for so that commitments are on time and no other is later.

    Parameters
    ----------
    session
        The plan.
    commitments
        Late in the plan; all are to be on time.
    costs
        Cost of asking for one change, by sheet; 1 where not given.
    first
        Limits to try before others, e.g. the bottlenecks, most important first.
    """

    def __init__(
        self,
        session: Session,
        commitments: Sequence[str],
        costs: Mapping[str, float] | None = None,
        first: Sequence[Limit] = (),
    ) -> None:
        self.session, self.costs = session, dict(costs or {})
        self.candidates = self._candidates(first)
        self.oracle = Oracle(session, commitments, self.candidates)
        self.is_enough = self.oracle.is_enough
        self.is_hopeless = False
        self._found: tuple[float, list[Request]] = (math.inf, [])
        self._tries = self._solved = 0

    def _candidates(self, first: Sequence[Limit]) -> list[Request]:
        """Return every limit, lifted, cheapest to ask for and most telling first."""
        session, found = self.session, dict[tuple[str, str, str], list[Limit]]()
        for limit in session.catalogue.amounts + session.catalogue.dates:
            if not is_over(session.inputs, limit):
                found.setdefault(name_of(limit), []).append(limit)
        order = {(x.kind, x.subject): n for n, x in reversed(list(enumerate(first)))}
        requests = []
        for limits in found.values():
            request = largest(session.inputs, sorted(limits, key=_day))
            if request.size > 0:
                requests.append(request)
        return sorted(requests, key=lambda r: (
            self.cost(r), order.get(r.name[:2], len(first)), r.limits[0].dated))  # fmt: skip

    def cost(self, request: Request) -> float:
        """Return what it costs to ask for a change."""
        return self.costs.get(request.limits[0].row.sheet, 1.0)

    def can_be_enough(self) -> bool:
        """Say whether anything that may be asked for puts the commitments on time."""
        return self.is_enough([]) or self.is_enough(self.candidates)

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
        wanted = list(best.requests)
        found = [self._sized(best)]
        tried = [names_of(wanted)]
        for left_out in wanted:
            if len(found) >= most or self.session.spent(ALTERNATIVES_BY):
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
                break  # an alternative whose size was never brought down helps nobody
            found.append(sized)
        return found

    def _sized(self, ask: AskSet) -> AskSet:
        """Bring the sizes of a set down, and prove that it is enough and no part of it is."""
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
        """Return the first requests, twice as many each time, that are enough; none if none are."""
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
        """Try all cheaper sets that no failure rules out, as long as there is time.

        Whatever is enough must ask for something beyond each set that was not enough.
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
        """Say whether the search for fewer has taken its time, or its tries."""
        many = self._tries > TRIES or self.session.resolves - self._solved > SOLVES
        return (many and not self.session.is_small) or self.session.spent(FEWEST_BY)

    def _cheaper(self, best: Sequence[Request]) -> list[Request] | None:
        """Return the cheapest set not ruled out that costs less than the best; None if none.

        It is grown one change at a time, each from beyond some set that was not enough.
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
        # The largest set that was not enough leaves least to branch on.
        ruled_out = max(failed, key=len, default=frozenset())
        for request in self.candidates:
            if request.name not in names and request.name not in ruled_out:
                self._hit([*chosen, request], cost + self.cost(request))

    def _grow(self, failing: list[Request]) -> None:
        """Add to a set that is not enough all that leaves it so, which rules out most others."""
        known = next((x for x in self.oracle.failed if names_of(failing) <= x), frozenset())
        sofar = [*failing, *(r for r in self.candidates
                             if r.name in known and r not in failing)]  # fmt: skip
        rest = [r for r in reversed(self.candidates) if r not in sofar]
        # Limits that need no new model are tried first, for they take a tenth of the time.
        rest.sort(key=lambda r: not all(map(self.session.is_linear, r.limits)))
        size = max(1, len(rest) // 4)
        while rest and not self._is_over():
            part, rest = rest[:size], rest[size:]
            if not self.is_enough(sofar + part):
                sofar, size = sofar + part, 2 * size
            elif len(part) > 1:
                rest, size = part + rest, max(1, len(part) // 2)

    def _smallest(self, requests: list[Request]) -> list[Request]:
        """Shrink each change as far as the commitments stay on time."""
        chosen = list(requests)
        for at, request in enumerate(chosen):
            others = [other for other in chosen if other.name != request.name]

            def does(size: int, request: Request = request,
                     others: Sequence[Request] = others) -> bool:  # fmt: skip
                return self.is_enough([*others, replace(request, size=size)])

            smallest = replace(request, size=self._least_size(request, does))
            chosen[at] = self._shorter(chosen, at, smallest)
        return chosen

    def _least_size(self, request: Request, does: Callable[[int], bool]) -> int:
        """Return the least size that does; if the time ends before it is found, one that does."""
        low, high = 0, request.size
        while not self._is_fine(high - low, high):
            # Small sizes first: what is enough is mostly far below what lifts a limit.
            middle = low + max(1, (high - low) // (2 if low or high <= 16 else 8))
            low, high = (low, middle) if does(middle) else (middle, high)
        return high

    def _is_fine(self, width: int, size: int) -> bool:
        """Say whether a size is known well enough, or the time is over."""
        fine = 0.0 if self.session.is_small else FINE * size
        return width <= max(1.0, fine) or self.session.spent(SIZED_BY)

    def _shorter(self, chosen: list[Request], at: int, request: Request) -> Request:
        """Leave out the earliest rows of a change, then the last, as long as the rest is enough."""
        for part in (slice(1, None), slice(None, -1)):
            while len(request.limits) > 1 and not self.session.spent(SIZED_BY):
                shorter = replace(request, limits=request.limits[part])
                if not self.is_enough([*chosen[:at], shorter, *chosen[at + 1 :]]):
                    break
                request = shorter
        return request

    def _proved(self, requests: list[Request]) -> tuple[list[Request], str]:
        """Return requests that are enough in whole systems, and what proves it.

        What is least where everything is divisible may be a little too small for whole systems:
        it is then asked for a little more.
        """
        if self.session.is_small:
            return requests, IN_WHOLES
        rest = math.inf
        for share in LARGER:
            if self.session.spent(PROVED_BY):
                break
            larger = [self._larger(request, share) for request in requests]
            reached = self.oracle.reached(larger)
            rest = min(rest, reached) if share == 0 else rest
            if reached <= ENOUGH:
                more = "" if larger == requests else "; with divisible systems less would be enough"
                return larger, IN_WHOLES + more
        if math.isinf(rest):
            return requests, f"{DIVISIBLY}; no plan in whole systems was found in time"
        return requests, f"{DIVISIBLY}; in whole systems {rest:.3f} MW-months are still missed"

    def _larger(self, request: Request, share: float) -> Request:
        """Return a request larger by a share, at least by its grain, at most the largest."""
        if not share:
            return request
        most = next(r.size for r in self.candidates if r.name == request.name)
        return replace(request, size=min(most, request.size + math.ceil(request.size * share)))


def _day(limit: Limit) -> str:
    """Return the day from which a row holds, or on which it falls; empty if it always holds."""
    column = "date" if limit.row.sheet == "budget" else "from"
    return str(limit.row[column]) if column == "date" or limit.row.sheet in STEPS else ""
