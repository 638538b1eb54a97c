"""A case restricted to some halls and systems, and to the decisions that can matter to them.

Limits, prices and dates stay those of the whole case. So every plan of the restricted case is a
plan of the whole one, and a row or column that both contain is the same in both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import replace

from planner.case.calendar import HOURS_PER_DAY
from planner.case.case import Case
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
    installing: dict[Pair, Days] = {}
    preparing: dict[Pair, range] = {}
    for pair, all_days in case.installing.items():
        if pair not in kept:
            continue
        days = tuple(day for day in all_days if day in limits.get(pair, whole))
        if days:
            installing[pair] = days
            preparing[pair] = _days_before(case, days) if pair in limits else whole
    at_hall = _day_span_by_group(preparing, lambda pair: pair[0])
    opening: dict[tuple[str, int], int] = {}
    for (hall, decided), opens in case.facility.opening.items():
        if opens in at_hall.get(hall, ()):
            opening[hall, decided] = opens
    return replace(
        case,
        installing=installing,
        serving=_serving(case, installing),
        facility=replace(case.facility, opening=opening),
        supply=_supply(case, preparing),
    )


def _days_before(case: Case, days: Days) -> range:
    """Return the days from `MAX_PERIODS_BEFORE_INSTALL` before the first day to the last."""
    calendar = case.calendar
    period = max(0, calendar.period_of(days[0]) - MAX_PERIODS_BEFORE_INSTALL)
    return range(calendar.first_days[period], days[-1] + 1)


def _day_span_by_group(
    spans: Mapping[Pair, range], group: Callable[[Pair], Hashable]
) -> dict[Hashable, range]:
    """Return the days from the first to the last of each group of pairs."""
    by_group: dict[Hashable, range] = {}
    for pair, span in spans.items():
        known = by_group.get(group(pair), span)
        first, stop = min(span.start, known.start), max(span.stop, known.stop)
        by_group[group(pair)] = range(first, stop)
    return by_group


def _serving(case: Case, installing: Mapping[Pair, Days]) -> dict[Pair, int]:
    """Return the first period of service of each pair, given the days of installs."""
    serving: dict[Pair, int] = {}
    for pair, start in case.serving.items():
        if pair in case.facility.fleet:
            serving[pair] = start
        elif pair in installing:
            begins = installing[pair][0] + case.facility.commission_days[pair[1]]
            serving[pair] = case.calendar.period_of(begins)
    return serving


def _supply(case: Case, preparing: Mapping[Pair, range]) -> Supply:
    """Return the supply without shipments and stock that cannot reach any install.

    Orders, assembly and stock at plants and depots are kept, because take-or-pay may require the
    orders. Deliveries of placed orders are kept, too.
    """
    supply, facility = case.supply, case.facility
    if not supply.planned or supply.pooled:
        return supply
    at_site = _day_span_by_group(preparing, lambda pair: (facility.site_of[pair[0]], pair[1]))
    always = _spots_kept_always(case, set(at_site))
    landing: dict[tuple[str, str, str, int], int] = {}
    for (origin, end, item, day), lands in supply.landing.items():
        if (end, item) in always or lands in at_site.get((end, item), ()):
            landing[origin, end, item, day] = lands
    held = []
    for place, item, day in supply.held:
        spot = (place, item)
        # Stock may wait at a site for longer than the span, so only its first day counts.
        if spot in always or (spot in at_site and day >= at_site[spot].start):
            held.append((place, item, day))
    return replace(supply, landing=landing, held=tuple(held))


def _spots_kept_always(case: Case, at_site: set[Hashable]) -> set[Hashable]:
    """Return the stocks, by place and item, that are kept on all days.

    Parameters
    ----------
    at_site
        Site and system of the installs.
    """
    supply, facility = case.supply, case.facility
    firm: set[Hashable] = {(place, item) for place, item, _ in supply.firm_arrivals}
    useful = at_site | firm
    for place, item in supply.first_at:
        if place not in facility.halls_at:
            useful.add((place, item))
    lanes = {(origin, end, item) for origin, end, item, _ in supply.landing}
    passes_on: set[Hashable] = set()
    known_count = 0
    while len(useful) > known_count:
        known_count = len(useful)
        for origin, end, item in lanes:
            if (end, item) in useful:
                passes_on.add((origin, item))
        useful |= passes_on
    # A site that passes a system on is treated like a depot.
    return (useful - at_site) | passes_on | firm


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
        hall, system = pair
        cheapest.setdefault(hall, pair)
        by_system[system].append(pair)
    promising = set(cheapest.values())
    for pairs in by_system.values():
        promising.update(pairs[: max(3, len(pairs) // 20)])
    return promising


def money_per_mw(case: Case) -> dict[Pair, float]:
    """Return the approximate cost of one megawatt in service, by hall and system."""
    supply, facility = case.supply, case.facility
    price = _lowest_prices(supply)
    years = sum(case.calendar.months) / 12.0
    # Systems come into service over the whole plan, so on average they run for half of it.
    hours = HOURS_PER_DAY * 365.0 * years / 2.0
    cost_per_mw: dict[Pair, float] = {}
    for hall, system in case.installing:
        site = facility.site_of[hall]
        parts = supply.bom.get(system, {})
        cost = sum(price.get(item, 0.0) * quantity for item, quantity in parts.items())
        if not cost:
            cost = price.get(system) or 0.0
        fit_out = facility.fit_out_cost.get(hall, 0.0) * facility.hall_count[hall]
        opening = facility.opening_cost.get(site, 0.0)
        cost += (fit_out + opening) / facility.most_systems(hall, system)
        energy_price = facility.energy_price.get(site, 0.0)
        cost += energy_price * facility.facility_mw[site, system] * hours
        cost_per_mw[hall, system] = cost / _most_mw_of_one(case, site, system)
    return cost_per_mw


def _lowest_prices(supply: Supply) -> dict[str, float]:
    """Return the lowest price of one good unit of each item or system."""
    price = dict(supply.market_price)
    for (supplier, item), money in supply.price.items():
        good = money / supply.sources[supplier, item]["yield"]
        price[item] = min(good, price.get(item, math.inf))
    return price


def _most_mw_of_one(case: Case, site: str, system: str) -> float:
    """Return the most MW that one system at a site serves, over all commitments."""
    most = 1e-9  # never zero, so that it can divide
    for commitment in case.demand.commitments:
        mw = case.demand.mw_per_system.get((commitment, site, system), 0.0)
        most = max(most, mw)
    return most
