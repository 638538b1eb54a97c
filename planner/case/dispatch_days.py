"""Days, windows and events: on which days something is done, and how much a rate allows by then.

Periods say when a plan is looked at; days say what is possible. These are the rules of time.

*Days.* What is done (ordered, started, shipped, installed) is an act, and an act has days of its
own on which it dispatches. They are worked out backwards: a system must be installed its days of
commissioning before a period's end, and what it needs must leave the days of the lead before that.
So a chain of leads is as long as its days, and costs no period anywhere. Where units of one act go
to several others that want them on different days, it has days for each of them. Where these would
be too many, those that are nearest to each other become one, and what is given earlier waits. In a
plan of few days windows end together all along the ways. In others one window may hold several
deliveries, and what its rate allows before the last of them is counted for it: where each is for
another site, that can be a little too much.

*Rates.* A rate is units a calendar month; a day has its share of its own month. What is dispatched
on a day was worked on in the window since the act's day before, evenly, and the window's accrued
rate is the most. The first window begins on the first day on which the act is possible at all.

*Events.* On some days more becomes possible within a window: a placed order arrives, a source
delivers for the first time or at a higher rate, a hall can open, a feeder rises. What accrued
before such a day cannot be used for what comes with it. So a rated act has one day more, the day
before: its window ends there, and the next begins with the event. So it is where its own rate
falls, for what comes later cannot use what the rate allowed before. Everything that shares a limit
shares its days, so this holds for all of it together.

*Remainders.* A window rarely allows whole systems or lots. What it leaves, up to one of them, is
carried to the next (`rates.carried`).

Days are counted from the plan's first, which is 0. Nothing here knows a sheet or a model; what a
rate comes to is in `rates`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Spot = tuple[str, str]
"""A place and an item that is kept there."""

Name = tuple[str, ...]
"""What an act is called, e.g. ``("order", "TSMC")``."""

Days = tuple[int, ...]
"""Days in order, counted from the plan's first."""

ALIGNED = 5000
"""Days of all acts together up to which the windows of a plan are aligned.

Where they are aligned, none of 3,000 small random workbooks promises more than days allow; the
largest have 4,600 days. Were they never aligned, 3 of 300 would promise more than one per cent too
much, the worst 12 per cent.
"""

ALIGNED_INSTALLS = 2000
"""Days of installs, each counted once for each system, up to which windows are aligned.

Whole numbers are what makes a plan hard. Four sites with four systems over 24 months have 250
installs in windows that are not aligned and 6,000 in aligned ones; with the first they are planned
in minutes, and with the second not in eight. The small workbooks have at most 1,450.
"""

NEVER = 10**9
"""A day after every plan."""


@dataclass(frozen=True)
class Leg:
    """One way of an act: the stocks that it takes from and the one that it adds to, days later.

    Attributes
    ----------
    takes : tuple of Spot
        Stocks that it takes from, all of them at once.
    gives : Spot or None
        Stock that it adds to; None for an install.
    lead : int
        Days after which it adds there.
    since : int
        First day on which it is allowed.
    wanted : Days
        Days on which an install is wanted; those of all other acts follow from them.
    """

    takes: tuple[Spot, ...]
    gives: Spot | None
    lead: int = 0
    since: int = 0
    wanted: Days = ()


@dataclass(frozen=True)
class Act:
    """Ways that share a limit, and so their days.

    Attributes
    ----------
    name : Name
    legs : tuple of Leg
    rated : bool
        Whether a rate limits it.
    rises, falls : Days
        Days on which its rate is more, and less, than before.
    events : Days
        Days on which more becomes possible, beside what arrives.
    """

    name: Name
    legs: tuple[Leg, ...]
    rated: bool = False
    rises: Days = ()
    falls: Days = ()
    events: Days = ()


Takers = dict[Spot, list[tuple[Act, Leg]]]
"""Acts that take from a stock, each with its way."""


@dataclass
class Clock:
    """The days of every act of a plan.

    Attributes
    ----------
    days : dict of Name to Days
        Dispatch days, in order.
    since : dict of Name to int
        First day on which an act is possible.
    earliest : dict of Spot to int
        First day on which an item can be at a place.
    possible : dict of Leg to int
        First day on which a leg is possible.
    """

    days: dict[Name, Days] = field(default_factory=dict)
    since: dict[Name, int] = field(default_factory=dict)
    earliest: dict[Spot, int] = field(default_factory=dict)
    possible: dict[Leg, int] = field(default_factory=dict)


def settle(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], count: int, most: int
) -> Clock:
    """Return the days of each act.

    Parameters
    ----------
    acts
        All acts of a plan.
    arrivals
        Days on which orders placed already arrive.
    count
        Days of the plan.
    most
        Days that an act may have for what takes from it.
    """
    clock = Clock()
    clock.earliest, clock.possible = _earliest(acts, arrivals, count)
    events = _events(acts, arrivals, clock, count)
    takers: Takers = defaultdict(list)
    for act in acts:
        for leg in act.legs:
            for spot in leg.takes if leg in clock.possible else ():
                takers[spot].append((act, leg))
    for act in _downstream_first(acts, takers):
        possible = [clock.possible[leg] for leg in act.legs if leg in clock.possible]
        if not possible:
            continue
        since = clock.since[act.name] = min(possible)
        wanted = {day for leg in act.legs if leg in clock.possible for day in leg.wanted}
        wanted |= _days_in_time(act, takers, clock, most)
        last = max(wanted, default=-1)
        breaks = _breaks(act, events, clock) if act.rated else set[int]()
        found = wanted | {day for day in breaks if day < last}
        clock.days[act.name] = tuple(sorted(day for day in found if since <= day < count))
    clock.days = _aligned(acts, takers, clock) or clock.days
    return clock


def _aligned(acts: Sequence[Act], takers: Takers, clock: Clock) -> dict[Name, Days]:
    """Return days on which windows end together all along the ways, none if they are too many.

    An act has a day wherever one that feeds it or takes from it has one, the lead apart.
    """
    found = {name: set(days) for name, days in clock.days.items()}
    last = {name: max(days, default=-1) for name, days in found.items()}
    joined = [
        (act.name, taker.name, leg.lead)
        for act in acts
        for leg in act.legs
        for taker, _ in (takers.get(leg.gives, ()) if leg.gives else ())
        if leg in clock.possible and found.get(act.name) and found.get(taker.name)
    ]
    systems = {
        act.name: len(act.legs) for act in acts if any(leg.gives is None for leg in act.legs)
    }
    before, total, installs = -1, sum(map(len, found.values())), 0
    while before < total <= ALIGNED and installs <= ALIGNED_INSTALLS:
        for giver, taker, lead in joined:
            earlier = {day - lead for day in found[taker]}
            later = {day + lead for day in found[giver]}
            found[giver] |= {d for d in earlier if clock.since[giver] <= d < last[giver]}
            found[taker] |= {d for d in later if clock.since[taker] <= d < last[taker]}
        before, total = total, sum(map(len, found.values()))
        installs = sum(count * len(found.get(name, ())) for name, count in systems.items())
    if total > ALIGNED or installs > ALIGNED_INSTALLS:
        return {}
    return {name: tuple(sorted(days)) for name, days in found.items()}


def first_on(days: Sequence[int], day: int) -> int | None:
    """Return the first of some days that is not before a day, None if there is none."""
    at = bisect_left(days, day)
    return days[at] if at < len(days) else None


def _earliest(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], count: int
) -> tuple[dict[Spot, int], dict[Leg, int]]:
    """Return the first day of each item at each place, and of each leg."""
    earliest = {spot: max(0, min(days)) for spot, days in arrivals.items()}
    possible: dict[Leg, int] = {}
    legs = [leg for act in acts for leg in act.legs]
    changed = True
    while changed:
        changed = False
        for leg in legs:
            ready = max([leg.since, *(earliest.get(spot, NEVER) for spot in leg.takes)])
            if ready >= min(possible.get(leg, count), count):
                continue
            possible[leg], changed = ready, True
            if leg.gives is not None:
                there = ready + leg.lead
                earliest[leg.gives] = min(there, earliest.get(leg.gives, NEVER))
    return earliest, possible


def _events(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], clock: Clock, count: int
) -> dict[Spot, set[int]]:
    """Return the days on which something new reaches each stock.

    What comes in late is passed on late, so each such day is followed along all ways, though not
    back to a stock that it has passed.
    """
    takers: dict[Spot, list[Leg]] = defaultdict(list)
    for act in acts:
        for leg in act.legs:
            for spot in leg.takes if leg in clock.possible else ():
                takers[spot].append(leg)
    found: dict[Spot, set[int]] = defaultdict(set)
    waiting = deque(_begun(acts, arrivals, clock))
    while waiting:
        spot, day, passed = waiting.popleft()
        if day >= count or day in found[spot]:
            continue
        found[spot].add(day)
        for leg in takers[spot]:
            if leg.gives is not None and leg.gives not in passed:
                there = max(day, clock.possible[leg]) + leg.lead
                waiting.append((leg.gives, there, passed | {spot}))
    return found


def _begun(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], clock: Clock
) -> Iterator[tuple[Spot, int, frozenset[Spot]]]:
    """Yield stock and day where something new begins: orders arrive, sources begin, rates rise."""
    for spot, days in arrivals.items():
        for day in days:
            yield spot, max(0, day), frozenset()
    for act in acts:
        for leg in act.legs:
            if leg.gives is None or leg not in clock.possible:
                continue
            begun = clock.possible[leg]
            if not leg.takes:
                yield leg.gives, begun + leg.lead, frozenset()
            for day in act.rises:
                if day > begun:
                    yield leg.gives, day + leg.lead, frozenset()


def _breaks(act: Act, events: Mapping[Spot, set[int]], clock: Clock) -> set[int]:
    """Return the days before events, on which a window of an act ends.

    What an act takes must be there while its rate is high, so a fall is one, too.
    """
    found = {*act.events}
    for leg in act.legs:
        if leg in clock.possible:
            begun = clock.possible[leg]
            found |= set(act.falls) if leg.takes else set()
            found.add(begun)
            found |= {max(day, begun) for spot in leg.takes for day in events[spot]}
    return {day - 1 for day in found}


def _downstream_first(acts: Sequence[Act], takers: Takers) -> list[Act]:
    """Return acts so that each comes after those that take what it gives.

    In a cycle of depots the act that is met first comes last.
    """
    found: list[Act] = []
    met: set[Name] = set()

    def visit(act: Act) -> None:
        met.add(act.name)
        for leg in act.legs:
            for taker, _ in takers.get(leg.gives, ()) if leg.gives else ():
                if taker.name not in met:
                    visit(taker)
        found.append(act)

    for act in acts:
        if act.name not in met:
            visit(act)
    return found


def _days_in_time(act: Act, takers: Takers, clock: Clock, most: int) -> set[int]:
    """Return the days on which what an act gives is in time for those that take it.

    Of too many days the one is dropped, again and again, that follows another most closely: what
    is wanted on it is given on the day before it in the list, and waits.
    """
    wanted = {
        day - leg.lead
        for leg in act.legs
        for taker, way in (takers.get(leg.gives, ()) if leg.gives else ())
        for day in clock.days.get(taker.name, ())
        if leg in clock.possible and day >= clock.possible[way]
    }
    days = np.array(sorted(wanted))
    while len(days) > most:
        days = np.delete(days, int(np.argmin(np.diff(days))) + 1)
    return set(days.tolist())
