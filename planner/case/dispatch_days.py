"""The rules of time: on which days work is dispatched, and how much a rate allows by then.

Periods (months, weeks, quarters) say when a plan is *measured*: megawatts due and in service, and
most costs, are counted by period. Days say what is *possible*. Lead times, arrivals, capacities
and crews all work by the day, so a plan does not change its lead times with its periods. To keep
the model small, only few days get decisions; this module chooses them. All days are numbered, and
the plan's first day is 0.

Terms
-----
An *act* is work that shares one rate: all orders of a supplier, the starts of one system at a
plant, all shipments on a lane, all installs at a site. An act has one or more *legs*: a leg takes
items from stocks and, some days of lead later, adds an item to another stock. The *dispatch days*
of an act are the days on which it may happen; the model decides how much of each leg happens on
each of them. The *window* of a dispatch day is the days since the previous one, itself included.

Backward scheduling
-------------------
Dispatch days are worked out backwards from the ends of periods. Let a period end on day 89, and
let commissioning take 14 days, freight 10 days and the supplier 60 days:

    in service on day 89 <- installed on 75 <- shipped on 65 <- ordered on 5

So a chain of leads costs exactly its days, and nothing is rounded up to a period. An act that
feeds several others gets days for each of them. If these are too many, the day closest to its
predecessor is dropped, again and again; its work is then done on the predecessor, and waits.

Rates
-----
A rate is in units per calendar month, and each day has its share of its own month: 310 a month are
10 a day in January. The amount dispatched on a day was worked on evenly over its window, so it is
at most the rate accrued over the window. With dispatch days 9 and 19, up to 100 units are
dispatched on each. The first window of an act begins on the first day on which the act is
possible at all.

Events
------
An event is a day on which more becomes possible in the middle of a window: a placed order arrives,
a source delivers for the first time or at a higher rate, a hall can open, a feeder carries more.
Rate accrued before the event must not be used for what the event brings. Let chips arrive at a
plant on day 15, with dispatch days 9 and 19: the capacity of days 10 to 14 cannot assemble these
chips. So the act gets one more dispatch day on the day before the event, here 14, which splits the
window into 10 to 14 and 15 to 19. A fall of the act's own rate splits the window in the same way,
because what arrives later cannot use the higher rate of before. All legs of an act share its
days, so the split holds for all of them.

Aligned windows
---------------
In a small plan, windows also end together along each chain: an act gets a dispatch day wherever
an act that it feeds, or that feeds it, has one (the lead apart). Larger plans do without
(`MAX_ALIGNED_DAYS`, `MAX_ALIGNED_INSTALL_DAYS`). There one window may contain several deliveries,
and the rate accrued over the whole window counts for the last of them, which can promise slightly
too much if the deliveries go to different sites.

Remainders
----------
The rate accrued over a window is rarely a whole number of systems or lots. Its remainder, up to
one of them, is carried to the next window (`rates.carried`).

This module knows neither sheets nor the model. `acts` reads the acts from the sheets, and `rates`
computes what a rate accrues.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Spot = tuple[str, str]
"""A stock: a place and an item that is kept there."""

Name = tuple[str, ...]
"""Name of an act, e.g. ``("order", "TSMC")``."""

Days = tuple[int, ...]
"""Days in order, counted from the plan's first."""

MAX_ALIGNED_DAYS = 5000
"""Most dispatch days of all acts together with which windows are aligned.

With aligned windows, none of 3,000 small random workbooks promised more than is possible day by
day; the largest had 4,600 days. Without, 3 of 300 promised over 1 % too much, the worst 12 %.
"""

MAX_ALIGNED_INSTALL_DAYS = 2000
"""Most pairs of install day and system with which windows are aligned.

Each of them is an integer column, and integer columns make a plan hard to solve. Four sites with
four systems over 24 months have 250 such pairs without alignment, which are solved in minutes, and
6,000 with it, which were not solved in eight. The small workbooks have at most 1,450.
"""

NEVER = 10**9
"""A day after the end of every plan."""


@dataclass(frozen=True)
class Leg:
    """One leg of an act: it takes from some stocks and adds to another, some days later.

    Attributes
    ----------
    takes : tuple of Spot
        Stocks that it takes from, all on the same day.
    gives : Spot or None
        Stock that it adds to; None for an install.
    lead : int
        Days from taking to adding.
    since : int
        First day on which it is allowed.
    wanted : Days
        Days on which an install is wanted. The days of all other acts follow from these.
    """

    takes: tuple[Spot, ...]
    gives: Spot | None
    lead: int = 0
    since: int = 0
    wanted: Days = ()


@dataclass(frozen=True)
class Act:
    """Legs that share one rate, and so their dispatch days.

    Attributes
    ----------
    name : Name
    legs : tuple of Leg
    rated : bool
        Whether a rate limits the act.
    rises, falls : Days
        Days on which its rate is higher, or lower, than the day before.
    events : Days
        Events other than arrivals in the stocks that it takes from.
    """

    name: Name
    legs: tuple[Leg, ...]
    rated: bool = False
    rises: Days = ()
    falls: Days = ()
    events: Days = ()


Takers = dict[Spot, list[tuple[Act, Leg]]]
"""Acts that take from each stock, with the leg that does."""


@dataclass
class Clock:
    """The dispatch days of all acts of a plan.

    Attributes
    ----------
    days : dict of Name to Days
        Dispatch days of each act, in order.
    since : dict of Name to int
        First day on which each act is possible: the start of its first window.
    earliest : dict of Spot to int
        First day on which each stock can hold a unit.
    possible : dict of Leg to int
        First day on which each leg is possible; impossible legs are missing.
    """

    days: dict[Name, Days] = field(default_factory=dict)
    since: dict[Name, int] = field(default_factory=dict)
    earliest: dict[Spot, int] = field(default_factory=dict)
    possible: dict[Leg, int] = field(default_factory=dict)


def find_dispatch_days(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], count: int, most: int
) -> Clock:
    """Return the dispatch days of each act.

    Parameters
    ----------
    acts
        All acts of a plan.
    arrivals
        Days on which orders already placed arrive, by stock.
    count
        Number of days of the plan.
    most
        Most days that an act may get for the acts it feeds; events and alignment may add more.

    Returns
    -------
    Clock
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
        wanted |= _days_for_takers(act, takers, clock, most)
        last = max(wanted, default=-1)
        breaks = _window_breaks(act, events, clock) if act.rated else set[int]()
        found = wanted | {day for day in breaks if day < last}
        clock.days[act.name] = tuple(sorted(day for day in found if since <= day < count))
    clock.days = _aligned_days(acts, takers, clock) or clock.days
    return clock


def _aligned_days(acts: Sequence[Act], takers: Takers, clock: Clock) -> dict[Name, Days]:
    """Return dispatch days whose windows end together along each chain; empty if too many.

    Each act gets a day wherever an act that feeds it, or that it feeds, has one, the lead apart.
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
    while before < total <= MAX_ALIGNED_DAYS and installs <= MAX_ALIGNED_INSTALL_DAYS:
        for giver, taker, lead in joined:
            earlier = {day - lead for day in found[taker]}
            later = {day + lead for day in found[giver]}
            found[giver] |= {d for d in earlier if clock.since[giver] <= d < last[giver]}
            found[taker] |= {d for d in later if clock.since[taker] <= d < last[taker]}
        before, total = total, sum(map(len, found.values()))
        installs = sum(count * len(found.get(name, ())) for name, count in systems.items())
    if total > MAX_ALIGNED_DAYS or installs > MAX_ALIGNED_INSTALL_DAYS:
        return {}
    return {name: tuple(sorted(days)) for name, days in found.items()}


def first_on(days: Sequence[int], day: int) -> int | None:
    """Return the first of some sorted days on or after a day; None if there is none."""
    at = bisect_left(days, day)
    return days[at] if at < len(days) else None


def _earliest(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], count: int
) -> tuple[dict[Spot, int], dict[Leg, int]]:
    """Return the first day of each stock and of each leg."""
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
    """Return the days on which an event reaches each stock.

    A late arrival is passed on late, so each event is propagated along all legs, but never back to
    a stock that it has passed.
    """
    takers: dict[Spot, list[Leg]] = defaultdict(list)
    for act in acts:
        for leg in act.legs:
            for spot in leg.takes if leg in clock.possible else ():
                takers[spot].append(leg)
    found: dict[Spot, set[int]] = defaultdict(set)
    waiting = deque(_event_origins(acts, arrivals, clock))
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


def _event_origins(
    acts: Sequence[Act], arrivals: Mapping[Spot, Iterable[int]], clock: Clock
) -> Iterator[tuple[Spot, int, frozenset[Spot]]]:
    """Yield stock and day of each original event: orders arrive, sources start, rates rise."""
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


def _window_breaks(act: Act, events: Mapping[Spot, set[int]], clock: Clock) -> set[int]:
    """Return the days before the events of an act, on which its windows must end.

    A fall of the act's rate counts as an event if the act takes from a stock, because the items
    must be there while the rate is still high.
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
    """Return acts in an order in which each comes after all acts that it feeds.

    In a cycle of depots, the act visited first comes last.
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


def _days_for_takers(act: Act, takers: Takers, clock: Clock, most: int) -> set[int]:
    """Return the days on which an act is just in time for the acts that it feeds.

    If there are more than `most`, the day closest to its predecessor is dropped, again and again:
    its work is done on the predecessor, and waits.
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
