"""A case with fewer choices: some halls and systems, and only what can matter to them.

Nothing else changes: limits, prices and dates stay those of the whole case. So every plan of a
narrower case is a plan of the whole one, and a row or column that both have is the same in both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from planner.case.case import HOURS_A_DAY, Case
from planner.case.supply import Supply

Pair = tuple[str, str]
"""A hall and a system."""


def narrow(case: Case, pairs: Collection[Pair]) -> Case:
    """Return a case in which only these systems are installed in only these halls.

    Parameters
    ----------
    case
        The whole case.
    pairs
        Halls and systems that may be installed there. The fleet stays where it stands.
    """
    kept = set(pairs)
    facility = case.facility
    used = {hall for hall, _ in kept}
    opening = {key: opens for key, opens in facility.opening.items() if key[0] in used}
    return replace(
        case,
        installing={pair: span for pair, span in case.installing.items() if pair in kept},
        serving={pair: start for pair, start in case.serving.items()
                 if pair in kept or pair in facility.fleet},
        facility=replace(facility, opening=opening),
        supply=_supply(case, kept),
    )  # fmt: skip


def _supply(case: Case, kept: Collection[Pair]) -> Supply:
    """Return the supply without shipments and stock that can reach no installation.

    Orders, assembly and stock at plants and depots stay, for what is ordered may be due under
    take-or-pay. So does what a placed order brings.
    """
    supply, facility = case.supply, case.facility
    if not supply.planned or supply.pooled:
        return supply
    useful = {(facility.site_of[hall], system) for hall, system in kept}
    useful |= {(place, item) for place, item, _ in supply.firm_arrivals}
    useful |= {(place, item) for place, item in supply.first_at if place not in facility.halls_at}
    lanes = {(origin, end, item) for origin, end, item, _ in supply.landing}
    before = 0
    while len(useful) > before:
        before = len(useful)
        useful |= {(origin, item) for origin, end, item in lanes if (end, item) in useful}
    return replace(
        supply,
        landing={key: lands for key, lands in supply.landing.items() if key[1:3] in useful},
        held=tuple(key for key in supply.held if key[:2] in useful),
    )


def promising(case: Case) -> set[Pair]:
    """Return halls and systems that a cheap plan is likely to use.

    These are the cheapest system of each hall, and of each system the twentieth of its halls where
    it is cheapest, by money per megawatt that counts: what its parts cost with their yield, its
    share of fit-out and opening, and the energy of the years planned. Nothing depends on the guess
    but the time that a plan takes.
    """
    cost = _money_per_mw(case)
    cheapest: dict[str, Pair] = {}
    by_system: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(case.installing, key=lambda pair: (cost[pair], pair)):
        cheapest.setdefault(pair[0], pair)
        by_system[pair[1]].append(pair)
    return set(cheapest.values()) | {
        pair for pairs in by_system.values() for pair in pairs[: max(3, len(pairs) // 20)]
    }


def _money_per_mw(case: Case) -> dict[Pair, float]:
    """Return about what a megawatt in service costs, by hall and system."""
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
        hours = HOURS_A_DAY * 365.0 * years / 2.0
        one += facility.energy_price.get(site, 0.0) * facility.facility_mw[site, system] * hours
        mw = [demand.mw_per_system.get((c, site, system), 0.0) for c in demand.commitments]
        found[hall, system] = one / max(*mw, 1e-9)
    return found
