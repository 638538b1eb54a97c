"""The index sets and bounds that every peer states the model from, and what rules look up.

They are what `planner.model.decisions` makes its variables of, as plain keys: a peer that states
the model in its own idiom begins with them, as ours begins with the case.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from planner.case.case import Case
from planner.case.rates import carried

ROUNDING = 1e-9


@dataclass(frozen=True)
class Keys:
    """The keys of one decision, the upper bounds of some or all, and whether it is whole."""

    keys: list[Any]
    most: Mapping[Any, float] | None = None
    whole: bool = False


def index_sets(case: Case) -> dict[str, Keys]:
    """Return the keys of every decision, by its name."""
    return {**supply_sets(case), **deployment_sets(case)}


def supply_sets(case: Case) -> dict[str, Keys]:
    supply = case.supply
    lots = {
        key: most / supply.sources[key[:2]]["lot"] for key, most in supply.largest_order.items()
    }
    placed = [
        key
        for key in supply.arrival
        if supply.sources[key[:2]]["order_cost"] > 0 or supply.sources[key[:2]]["min_order"] > 0
    ]
    return {
        "order_lots": Keys(list(supply.arrival), lots, case.whole),
        "place_order": Keys(placed, dict.fromkeys(placed, 1.0), whole=True),
        "carry_capacity": carries(supply.capacity, supply.carry),
        "start_assembly": Keys(list(supply.finish)),
        "ship_units": Keys(list(supply.landing)),
        "stock": Keys(list(supply.held)),
    }


def deployment_sets(case: Case) -> dict[str, Keys]:
    facility, count = case.facility, case.calendar.count
    in_service = [(*pair, t) for pair, first in case.serving.items() for t in range(first, count)]
    most = [
        n
        for pair, first in case.serving.items()
        for n in facility.most_standing(*pair, range(first, count))
    ]
    room = {
        key: max(math.floor(n + ROUNDING), facility.fleet.get(key[:2], 0))
        for key, n in zip(in_service, most, strict=True)
    }
    opened = {
        (hall, opens): facility.hall_count[hall] for (hall, _), opens in facility.opening.items()
    }
    sites = {
        (facility.site_of[hall], decided)
        for hall, decided in facility.opening
        if facility.site_of[hall] in facility.opening_cost
    }
    missed = {key: mw for key, mw in case.demand.required_mw.items() if mw > 0}
    crews = dict.fromkeys(facility.sites, 1.0 if case.whole else 0.0)
    return {
        "install_systems": Keys(
            [(*pair, day) for pair, days in case.installing.items() for day in days],
            whole=case.whole,
        ),
        "carry_crews": carries(facility.crew_capacity, crews),
        "remove_systems": Keys(
            [
                (*pair, t)
                for pair, first in case.serving.items()
                for t in range(first if pair in facility.fleet else first + 1, count)
                if case.calendar.first_days[t] >= case.calendar.fence
            ],
            whole=case.whole,
        ),
        "commissioned_systems": Keys(in_service, room if case.whole else None, case.whole),
        "open_halls": Keys(list(facility.opening)),
        "opened_halls": Keys(list(opened), opened, whole=True),
        "open_site": Keys(sorted(sites), dict.fromkeys(sites, 1.0), whole=True),
        "serve_mw": Keys(
            [
                (commitment, hall, system, t)
                for (hall, system), first in case.serving.items()
                for commitment in case.demand.commitments
                if (commitment, facility.site_of[hall], system) in case.demand.mw_per_system
                for t in range(first, count)
            ]
        ),
        "missed_mw": Keys(list(missed), missed),
    }


def carries(accrued: Mapping[tuple[str, int], float], unit: Mapping[str, float]) -> Keys:
    """Return the keys of what windows leave to the next, and the most that each may leave."""
    by_limit: dict[str, list[int]] = defaultdict(list)
    for limit, day in accrued:
        by_limit[limit].append(day)
    most = {}
    for limit, days in by_limit.items():
        if unit[limit] > 0:
            may_leave = carried((accrued[limit, day] for day in days), unit[limit])
            for day, may in zip(days, may_leave, strict=True):
                most[limit, day] = unit[limit] if may else 0.0
    return Keys(list(most), most)


def days_before(keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Return the key of the day before for each key but the first of what it is about."""
    ordered = sorted(keys)
    return {b: a for a, b in pairwise(ordered) if a[:-1] == b[:-1]}


def latest_openings(case: Case) -> dict[tuple[str, int], int]:
    """Return when the last hall of a class opens that can be decided by a day of its site."""
    facility = case.facility
    decided: dict[str, list[int]] = defaultdict(list)
    for hall, day in sorted(facility.opening):
        decided[hall].append(day)
    days_of_site: dict[str, set[int]] = defaultdict(set)
    for hall, days in decided.items():
        days_of_site[facility.site_of[hall]].update(days)
    latest = {}
    for hall, days in decided.items():
        for day in days_of_site[facility.site_of[hall]]:
            found = bisect_right(days, day)
            if found:
                latest[hall, day] = facility.opening[hall, days[found - 1]]
    return latest


def period_of_service(case: Case, system: str, day: int) -> int:
    """Return the period in which a system comes into service that is installed on a day."""
    return case.calendar.period_of(day + case.facility.commission_days[system])


def days_with_load(case: Case) -> dict[str, list[int]]:
    """Return the days on which anything may be installed in each hall, or stands at the start."""
    days: dict[str, set[int]] = defaultdict(set)
    for hall, _ in case.facility.fleet:
        days[hall].add(0)
    for (hall, _), install_days in case.installing.items():
        days[hall].update(install_days)
    return {hall: sorted(of_hall) for hall, of_hall in days.items()}


def energy_money(case: Case, site: str, system: str, days: int) -> float:
    """Return the money of the energy of one system in service for some days."""
    facility = case.facility
    price = facility.energy_price.get(site, 0.0) * facility.facility_mw[site, system]
    return price * 24.0 * days
