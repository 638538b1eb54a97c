"""Every decision variable and every state of the model, with unit and index.

Decisions are verbs, states are participles. A key that is missing from an index set stands for a
decision that cannot be taken or cannot matter; `terms` leaves it out of a sum.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pulp

from planner.case.case import Case
from planner.case.rates import carried
from planner.case.tokens import Kind, Path
from planner.model.frame import Frame, Term
from planner.tolerance import whole_part

Key = TypeVar("Key", bound=Hashable)
Variables = Mapping[Key, pulp.LpVariable]


def terms(
    variables: Mapping[Key, pulp.LpVariable], keys: Iterable[Key], coefficient: float = 1.0
) -> list[Term]:
    """Return the variables of the keys that exist, each with the same coefficient."""
    found = map(variables.get, keys)
    return [(variable, coefficient) for variable in found if variable is not None]


def term(
    variables: Mapping[Key, pulp.LpVariable], key: Key, coefficient: float = 1.0
) -> tuple[Term, ...]:
    """Return the variable of one key with its coefficient, nothing if there is none."""
    variable = variables.get(key)
    return () if variable is None else ((variable, coefficient),)


def with_day_before(
    keys: Iterable[tuple[str, int]],
) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    """Yield each limit and day with the same limit's day before, -1 for the first.

    Parameters
    ----------
    keys
        Limits and days, the days of each limit in order.
    """
    last: dict[str, int] = {}
    for limit, day in keys:
        yield (limit, day), (limit, last.get(limit, -1))
        last[limit] = day


@dataclass(frozen=True)
class Decisions:
    """All variables of the model.

    Attributes
    ----------
    order_lots : [supplier, item, day], lots, whole
        Lots ordered.
    place_order : [supplier, item, day], 0 or 1
        Whether anything is ordered; only where an order has a cost or a minimum.
    pay_unused : [supplier, item, day], units
        Units paid for under take-or-pay without being ordered.
    carry_capacity : [supplier, day], capacity units
        Capacity that is left of a window for the next, less than an indivisible order.
    start_assembly : [plant, system, day], systems
        Systems that a plant starts to assemble.
    ship_units : [from, to, item, day], units
        Units that leave on a lane.
    stock : [place, item, day], units
        Units held after what is taken on the day.
    install_systems : [hall, system, day], systems, whole
        Systems installed.
    carry_crews : [site, day], systems
        Work of crews that is left of a window for the next, less than a system.
    remove_systems : [hall, system, period], systems, whole
        Systems removed on the period's first day; they leave the plan.
    commissioned_systems : [hall, system, period], systems, whole
        Systems in service in a hall class on the period's last day.
    open_halls : [hall, day], halls
        Halls of a class that are decided on the day.
    opened_halls : [hall, day], halls, whole
        Halls of a class that are open on the day.
    open_site : [site, day], 0 or 1
        Whether a site has been opened by the day; only where opening it costs.
    reserved_mw : [group, node, day], MW
        What a node upstream of some members of a failover group can take over from a lost member.
    serve_mw : [commitment, hall, system, period], MW on the commitment's basis
        Megawatts, on the period's last day, that systems in service count toward a commitment.
    missed_mw : [commitment, period], MW on the commitment's basis
        Megawatts that are due and not in service on the period's last day.
    load_replicas : [kind, site, span], replicas, whole
        Replicas of a kind (owner, model, system, systems of one) that stand loaded in a span.
    withheld_systems : [hall, system, period], systems
        Systems of a dedicated fleet's hall that no replica without an owner may use: the fleet, or
        all that serve its commitment there.
    serve_tokens : [workload, path, block, span], Mtok an hour
        Tokens served on a path in a block of the day.
    buy_tokens : [workload, block, span], Mtok an hour, or a day if served at any hour
        Tokens bought from an API.
    missed_tokens : [workload, block, span], Mtok an hour, or a day if served at any hour
        Tokens asked for, neither served nor bought.
    """

    order_lots: Variables[tuple[str, str, int]]
    place_order: Variables[tuple[str, str, int]]
    pay_unused: Variables[tuple[str, str, int]]
    carry_capacity: Variables[tuple[str, int]]
    start_assembly: Variables[tuple[str, str, int]]
    ship_units: Variables[tuple[str, str, str, int]]
    stock: Variables[tuple[str, str, int]]
    install_systems: Variables[tuple[str, str, int]]
    carry_crews: Variables[tuple[str, int]]
    remove_systems: Variables[tuple[str, str, int]]
    commissioned_systems: Variables[tuple[str, str, int]]
    open_halls: Variables[tuple[str, int]]
    opened_halls: Variables[tuple[str, int]]
    open_site: Variables[tuple[str, int]]
    reserved_mw: Variables[tuple[str, str, int]]
    serve_mw: Variables[tuple[str, str, str, int]]
    missed_mw: Variables[tuple[str, int]]
    load_replicas: Variables[tuple[Kind, str, int]]
    withheld_systems: Variables[tuple[str, str, int]]
    serve_tokens: Variables[tuple[str, Path, str, int]]
    buy_tokens: Variables[tuple[str, str | None, int]]
    missed_tokens: Variables[tuple[str, str | None, int]]


@dataclass
class Model:
    """A case, its PuLP problem and its variables; what every block works on.

    Attributes
    ----------
    case : Case
    frame : Frame
    decisions : Decisions
    cache : dict
        Shared quantities that several blocks use, made once.
    """

    case: Case
    frame: Frame
    decisions: Decisions
    cache: dict[str, Any] = field(default_factory=dict)


def make_decisions(case: Case, frame: Frame) -> Decisions:
    """Make every variable of a case."""
    return Decisions(
        **_supply_decisions(case, frame),
        **_deployment_decisions(case, frame),
        **_token_decisions(case, frame),
    )


def _supply_decisions(case: Case, frame: Frame) -> dict[str, Any]:
    """Make the variables of orders, assembly, freight and stock."""
    supply = case.supply
    sources = supply.sources
    most_lots = {
        key: most / sources[key[0], key[1]]["lot"] for key, most in supply.largest_order.items()
    }
    fixed_charge = [
        key
        for key in supply.arrival
        if sources[key[0], key[1]]["order_cost"] > 0 or sources[key[0], key[1]]["min_order"] > 0
    ]
    return {
        "order_lots": frame.variables(
            "order_lots", supply.arrival, most=most_lots, whole=case.whole
        ),
        "place_order": frame.variables("place_order", fixed_charge, most=1, whole=True),
        "pay_unused": frame.variables("pay_unused", supply.reserved),
        "carry_capacity": _carry_variables(frame, "carry_capacity", supply.capacity, supply.carry),
        "start_assembly": frame.variables("start_assembly", supply.finish),
        "ship_units": frame.variables("ship_units", supply.landing),
        "stock": frame.variables("stock", supply.held),
    }


def _carry_variables(
    frame: Frame, name: str, accrued: Mapping[tuple[str, int], float], unit: Mapping[str, float]
) -> Variables[tuple[str, int]]:
    """Make the variables of what windows leave to the next, 0 until the first may leave any."""
    by_limit: dict[str, list[int]] = {}
    for limit, day in accrued:
        by_limit.setdefault(limit, []).append(day)
    most = {
        (limit, day): unit[limit] if may_leave else 0.0
        for limit, days in by_limit.items()
        for day, may_leave in zip(
            days, carried((accrued[limit, day] for day in days), unit[limit]), strict=True
        )
        if unit[limit] > 0
    }
    return frame.variables(name, most, most=most)


def _deployment_decisions(case: Case, frame: Frame) -> dict[str, Any]:
    """Make the variables of systems, halls, sites and service."""
    facility, periods = case.facility, case.calendar.count
    install = [(*pair, day) for pair, days in case.installing.items() for day in days]
    in_service = [(*pair, t) for pair, start in case.serving.items() for t in range(start, periods)]
    most = [
        n
        for pair, start in case.serving.items()
        for n in facility.most_standing(*pair, range(start, periods))
    ]
    room = {
        key: max(whole_part(n), facility.fleet.get(key[:2], 0))
        for key, n in zip(in_service, most, strict=True)
        if case.whole
    }
    remove = [
        (*pair, t)
        for pair, start in case.serving.items()
        for t in range(start if pair in facility.fleet else start + 1, periods)
        if case.calendar.first_days[t] >= case.calendar.fence
    ]
    opened = {
        (hall, opens): facility.hall_count[hall] for (hall, _), opens in facility.opening.items()
    }
    missed = {key: mw for key, mw in case.demand.required_mw.items() if mw > 0}
    crews = dict.fromkeys(facility.sites, 1.0 if case.whole else 0.0)
    decided = {(facility.site_of[hall], day) for hall, day in facility.opening}
    # In the order of the case, not of names, so that other names give the same plan.
    site_days = [
        (site, day)
        for site in facility.sites
        if site in facility.opening_cost
        for day in sorted(day for name, day in decided if name == site)
    ]
    return {
        "install_systems": frame.variables("install_systems", install, whole=case.whole),
        "carry_crews": _carry_variables(frame, "carry_crews", facility.crew_capacity, crews),
        "remove_systems": frame.variables("remove_systems", remove, whole=case.whole),
        "commissioned_systems": frame.variables(
            "commissioned_systems", in_service, most=room, whole=case.whole
        ),
        "open_halls": frame.variables("open_halls", facility.opening),
        "opened_halls": frame.variables("opened_halls", opened, whole=True, most=opened),
        "open_site": frame.variables("open_site", site_days, most=1, whole=True),
        "reserved_mw": frame.variables("reserved_mw", _reserved(case)),
        "serve_mw": frame.variables("serve_mw", _serving(case)),
        "missed_mw": frame.variables("missed_mw", missed, most=missed),
    }


def _serving(case: Case) -> list[tuple[str, str, str, int]]:
    """Return commitment, hall, system and period where that hall can serve the commitment."""
    return [
        (commitment, hall, system, t)
        for (hall, system), start in case.serving.items()
        for commitment in case.demand.commitments
        if (commitment, case.facility.site_of[hall], system) in case.demand.mw_per_system
        for t in range(start, case.calendar.count)
    ]


def _reserved(case: Case) -> list[tuple[str, str, int]]:
    """Return failover group, node upstream of some of its members, and day of its rules."""
    return [
        (group, node, day)
        for group, node in case.facility.tree.upstream
        for day in case.failover_days[group]
    ]


def _token_decisions(case: Case, frame: Frame) -> dict[str, Any]:
    """Make the variables of replicas, and of tokens served, bought and missed."""
    tokens = case.tokens
    most_loads = _most_replicas(case)
    loadable: dict[tuple[Kind, int], set[str]] = {}
    for kind, site, span in most_loads:
        loadable.setdefault((kind, span), set()).add(site)
    most_served: dict[tuple[str, Path, str, int], float] = {}
    for workload, path, span in tokens.efforts:
        places = (
            (path.prefill, tokens.sites_of(path, decodes=False)),
            (path.decode, tokens.sites_of(path, decodes=True)),
        )
        if any(loadable.get((kind, span), set()).isdisjoint(sites) for kind, sites in places):
            continue
        for block, hours in tokens.hours.items():
            is_online = tokens.is_online[workload]
            asked = tokens.demand.get((workload, block if is_online else None, span))
            if asked is not None:
                most_served[workload, path, block, span] = asked if is_online else asked / hours
    bought = {key: mtok for key, mtok in tokens.demand.items() if (key[0], key[2]) in tokens.price}
    missed = tokens.demand
    dedicated = case.facility.dedicated if most_loads else ()
    withheld = [(*pair, period) for pair in dedicated for period in case.calendar.periods]
    return {
        "load_replicas": frame.variables(
            "load_replicas", most_loads, most=most_loads, whole=case.whole
        ),
        "withheld_systems": frame.variables("withheld_systems", withheld),
        "serve_tokens": frame.variables("serve_tokens", most_served, most=most_served),
        "buy_tokens": frame.variables("buy_tokens", bought, most=bought),
        "missed_tokens": frame.variables("missed_tokens", missed, most=missed),
    }


def _most_replicas(case: Case) -> dict[tuple[Kind, str, int], float]:
    """Return the most replicas of each kind by site and span, where there can be any.

    From the span's first day on every system of the replica can be in service there.
    """
    facility, tokens = case.facility, case.tokens
    begins: dict[tuple[str, str], int] = {}
    room: dict[tuple[str, str], float] = {}
    for (hall, system), start in case.serving.items():
        key = facility.site_of[hall], system
        begins[key] = min(begins.get(key, start), start)
        standing = max(facility.most_systems(hall, system), facility.fleet.get((hall, system), 0))
        room[key] = room.get(key, 0.0) + standing
    most: dict[tuple[Kind, str, int], float] = {}
    for _, path, span in tokens.efforts:
        for kind, decodes in ((path.prefill, False), (path.decode, True)):
            systems = tokens.systems_of[kind]
            for site in tokens.sites_of(path, decodes=decodes):
                if any((site, system) not in begins for system in systems):
                    continue
                if kind.owner is not None and any(
                    (kind.owner, site, system) not in case.demand.mw_per_system
                    for system in systems
                ):
                    continue
                if (
                    max(begins[site, system] for system in systems)
                    <= tokens.spans[span].in_service.start
                ):
                    count = min(room[site, system] / each for system, each in systems.items())
                    most[kind, site, span] = whole_part(count) if case.whole else count
    return most
