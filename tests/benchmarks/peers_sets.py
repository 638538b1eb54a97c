"""The index sets, bounds and cost coefficients that every peer states the model from.

They are what `planner.model.decisions` makes its variables of, as plain keys: a peer that states
the model in its own idiom begins with them, as ours begins with the case.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from planner.case.case import Case


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
        "start_assembly": Keys(list(supply.finish)),
        "ship_units": Keys(list(supply.landing)),
        "stock": Keys(list(supply.held)),
    }


def deployment_sets(case: Case) -> dict[str, Keys]:
    facility, count, fence = case.facility, case.calendar.count, case.calendar.fence
    first = {
        pair: 0 if pair in facility.fleet else case.installing[pair][0] for pair in case.serving
    }
    standing = [(*pair, t) for pair, start in first.items() for t in range(start, count)]
    most = [
        n
        for pair, start in first.items()
        for n in facility.most_standing(*pair, range(start, count))
    ]
    room = {key: math.floor(n + 1e-9) for key, n in zip(standing, most, strict=True)}
    opened = [
        (hall, t) for hall, start in first_openings(case).items() for t in range(start, count)
    ]
    missed = {key: mw for key, mw in case.demand.required_mw.items() if mw > 0}
    sites = sorted(
        {
            (facility.site_of[hall], t)
            for hall, t in facility.opening
            if facility.site_of[hall] in facility.opening_cost
        }
    )
    return {
        "install_systems": Keys(
            [(*pair, t) for pair, span in case.installing.items() for t in span], None, case.whole
        ),
        "remove_systems": Keys(
            [
                (*pair, t)
                for pair, start in case.serving.items()
                for t in range(max(start, fence), count)
            ],
            None,
            case.whole,
        ),
        "installed_systems": Keys(standing, room if case.whole else None, case.whole),
        "open_halls": Keys(list(facility.opening)),
        "opened_halls": Keys(opened, {key: facility.hall_count[key[0]] for key in opened}, True),
        "open_site": Keys(sites, dict.fromkeys(sites, 1.0), whole=True),
        "serve_mw": Keys(
            [
                (commitment, hall, system, t)
                for (hall, system), start in case.serving.items()
                for commitment in case.demand.commitments
                if (commitment, facility.site_of[hall], system) in case.demand.mw_per_system
                for t in range(start, count)
            ]
        ),
        "missed_mw": Keys(list(missed), missed),
    }


def first_openings(case: Case) -> dict[str, int]:
    """Return the first period in which a hall that is decided can be open."""
    first: dict[str, int] = {}
    for (hall, _), opens in case.facility.opening.items():
        first[hall] = min(first.get(hall, opens), opens)
    return first


def latest_openings(case: Case) -> dict[tuple[str, int], int]:
    """Return when the last hall of a class opens that can be decided by a period."""
    latest: dict[tuple[str, int], int] = {}
    for hall in case.facility.halls:
        last = None
        for period in case.calendar.periods:
            last = case.facility.opening.get((hall, period), last)
            if last is not None:
                latest[hall, period] = last
    return latest


def sites_before(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return the period of the site's decision before each of its others."""
    return {b: a[1] for a, b in pairwise(sorted(keys)) if a[0] == b[0]}


def still_commissioned(case: Case, system: str, period: int) -> Iterable[int]:
    """Yield the periods in which what is installed is not yet in service at a period's end."""
    days = case.facility.commission_days[system]
    for installed in range(period, -1, -1):
        usable = case.calendar.usable(installed, days)
        if usable is not None and usable <= period:
            return
        yield installed


def energy_money(case: Case, site: str, system: str, period: int) -> float:
    """Return the money of the energy of one system in service, discounted."""
    facility, calendar = case.facility, case.calendar
    price = facility.energy_price.get(site, 0.0) * facility.facility_mw[site, system]
    return price * 24.0 * calendar.days(period) * calendar.discounts[period]
