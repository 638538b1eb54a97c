"""A case restricted to some halls and systems, and to the decisions that can matter to them.

Limits, prices and dates stay those of the whole case. So every plan of the restricted case is a
plan of the whole one, and a row or column that both contain is the same in both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import replace

from planner.case.case import HOURS_PER_DAY, Case
from planner.case.dispatch_days import Days
from planner.case.supply import Supply

Pair = tuple[str, str]
"""A hall and a system."""

MAX_PERIODS_BEFORE_INSTALL = 3
"""Most periods before the first install of a limited span in which halls open or units land."""


def restrict_case(
    case: Case, pairs: Collection[Pair], spans: Mapping[Pair, range] | None = None
) -> Case:
    """Return a case in which only some systems are installed, in some halls.

    Parameters
    ----------
    case
        The whole case.
    pairs
        Pairs of hall and system that may be installed. The existing fleet is kept.
    spans
        Days to which installs are limited, for some of the pairs. Their halls open, and their
        shipments land, at most `MAX_PERIODS_BEFORE_INSTALL` periods before the first.
    """
    kept, limits = set(pairs), spans or {}
    whole = range(case.calendar.day_count)
    installing = {
        pair: tuple(day for day in days if day in limits.get(pair, whole))
        for pair, days in case.installing.items()
        if pair in kept
    }
    installing = {pair: days for pair, days in installing.items() if days}
    near = {
        pair: _days_before(case, days) if pair in limits else whole
        for pair, days in installing.items()
    }
    at_hall = _day_span_by_group(near, lambda pair: pair[0])
    opening = {
        key: opens
        for key, opens in case.facility.opening.items()
        if opens in at_hall.get(key[0], ())
    }
    return replace(
        case,
        installing=installing,
        serving=_serving(case, installing),
        facility=replace(case.facility, opening=opening),
        supply=_supply(case, near),
    )


def _days_before(case: Case, days: Days) -> range:
    """Return the days from `MAX_PERIODS_BEFORE_INSTALL` before the first day to the last."""
    calendar = case.calendar
    before = calendar.first_days[max(0, calendar.period_of(days[0]) - MAX_PERIODS_BEFORE_INSTALL)]
    return range(before, days[-1] + 1)


def _day_span_by_group(
    spans: Mapping[Pair, range], group: Callable[[Pair], Hashable]
) -> dict[Hashable, range]:
    """Return the days from the first to the last of each group of pairs."""
    found: dict[Hashable, range] = {}
    for pair, span in spans.items():
        known = found.get(group(pair), span)
        found[group(pair)] = range(min(span.start, known.start), max(span.stop, known.stop))
    return found


def _serving(case: Case, installing: Mapping[Pair, Days]) -> dict[Pair, int]:
    """Return the first period of service of each pair, given the days of installs."""
    serving = {}
    for pair, start in case.serving.items():
        if pair in case.facility.fleet:
            serving[pair] = start
        elif pair in installing:
            begins = installing[pair][0] + case.facility.commission_days[pair[1]]
            serving[pair] = case.calendar.period_of(begins)
    return serving


def _supply(case: Case, near: Mapping[Pair, range]) -> Supply:
    """Return the supply without shipments and stock that cannot reach any install.

    Orders, assembly and stock at plants and depots are kept, because take-or-pay may require the
    orders. Deliveries of placed orders are kept, too.
    """
    supply, facility = case.supply, case.facility
    if not supply.planned or supply.pooled:
        return supply
    at_site = _day_span_by_group(near, lambda pair: (facility.site_of[pair[0]], pair[1]))
    useful = set(at_site)
    useful |= {(place, item) for place, item, _ in supply.firm_arrivals}
    useful |= {(place, item) for place, item in supply.first_at if place not in facility.halls_at}
    lanes = {(origin, end, item) for origin, end, item, _ in supply.landing}
    before = 0
    while len(useful) > before:
        before = len(useful)
        useful |= {(origin, item) for origin, end, item in lanes if (end, item) in useful}
    passes_on = {(origin, item) for origin, end, item in lanes if (end, item) in useful}
    always = useful - set(at_site) | passes_on
    always |= {(place, item) for place, item, _ in supply.firm_arrivals}
    return replace(
        supply,
        landing={
            key: lands
            for key, lands in supply.landing.items()
            if key[1:3] in always or lands in at_site.get(key[1:3], ())
        },
        held=tuple(
            key
            for key in supply.held
            if key[:2] in always or (key[:2] in at_site and key[2] >= at_site[key[:2]].start)
        ),
    )


def promising_pairs(case: Case) -> set[Pair]:
    """Return pairs of hall and system that a cheap plan is likely to use.

    These are the cheapest system of each hall, and for each system the cheapest twentieth of its
    halls, by cost per megawatt (see `money_per_mw`). The guess affects only the time of a solve,
    never its result.
    """
    cost = money_per_mw(case)
    cheapest: dict[str, Pair] = {}
    by_system: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(case.installing, key=lambda pair: (cost[pair], pair)):
        cheapest.setdefault(pair[0], pair)
        by_system[pair[1]].append(pair)
    return set(cheapest.values()) | {
        pair for pairs in by_system.values() for pair in pairs[: max(3, len(pairs) // 20)]
    }


def money_per_mw(case: Case) -> dict[Pair, float]:
    """Return the approximate cost of one megawatt in service, by hall and system."""
    supply, facility, demand = case.supply, case.facility, case.demand
    price = dict(supply.market_price)
    for (supplier, item), money in supply.price.items():
        good = money / supply.sources[supplier, item]["yield"]
        price[item] = min(good, price.get(item, math.inf))
    years = sum(case.calendar.months) / 12.0
    found = {}
    for hall, system in case.installing:
        site, parts = facility.site_of[hall], supply.bom.get(system, {})
        one = sum(price.get(item, 0.0) * quantity for item, quantity in parts.items())
        one = one or price.get(system) or 0.0
        room = facility.most_systems(hall, system)
        opened = facility.fit_out_cost.get(hall, 0.0) * facility.hall_count[hall]
        one += (opened + facility.opening_cost.get(site, 0.0)) / room
        hours = HOURS_PER_DAY * 365.0 * years / 2.0
        one += facility.energy_price.get(site, 0.0) * facility.facility_mw[site, system] * hours
        mw = [demand.mw_per_system.get((c, site, system), 0.0) for c in demand.commitments]
        found[hall, system] = one / max(*mw, 1e-9)
    return found
