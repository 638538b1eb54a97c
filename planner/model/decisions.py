"""Every decision variable and every state of the model, with unit and index.

Decisions are verbs, states are participles. A key that is missing from an index set stands for a
decision that cannot be taken or cannot matter; `terms` leaves it out of a sum.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pulp

from planner.case.case import Case
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


@dataclass(frozen=True)
class Decisions:
    """All variables of the model.

    Attributes
    ----------
    order_lots : [supplier, item, period], lots, whole
        Lots ordered.
    place_order : [supplier, item, period], 0 or 1
        Whether anything is ordered; only where an order has a cost or a minimum.
    pay_unused : [supplier, item, period], units
        Units paid for under take-or-pay without being ordered.
    start_assembly : [plant, system, period], systems
        Systems that a plant starts to assemble.
    ship_units : [from, to, item, period], units
        Units that leave on a lane.
    stock : [place, item, period], units
        Units held at the end of the period.
    install_systems : [hall, system, period], systems, whole
        Systems installed.
    remove_systems : [hall, system, period], systems, whole
        Systems removed; they leave the plan.
    installed_systems : [hall, system, period], systems, whole
        Systems standing in a hall class at the end of the period.
    open_halls : [hall, period], halls
        Halls of a class that are decided in the period.
    opened_halls : [hall, period], halls, whole
        Halls of a class that are open in the period.
    open_site : [site, period], 0 or 1
        Whether a site has been opened by the period; only where opening it costs.
    reserved_mw : [group, node, period], MW
        What a node upstream of some members of a failover group can take over from a lost member.
    serve_mw : [commitment, hall, system, period], MW on the commitment's basis
        Megawatts that systems in service count toward a commitment.
    missed_mw : [commitment, period], MW on the commitment's basis
        Megawatts that are due and not in service.
    """

    order_lots: Variables[tuple[str, str, int]]
    place_order: Variables[tuple[str, str, int]]
    pay_unused: Variables[tuple[str, str, int]]
    start_assembly: Variables[tuple[str, str, int]]
    ship_units: Variables[tuple[str, str, str, int]]
    stock: Variables[tuple[str, str, int]]
    install_systems: Variables[tuple[str, str, int]]
    remove_systems: Variables[tuple[str, str, int]]
    installed_systems: Variables[tuple[str, str, int]]
    open_halls: Variables[tuple[str, int]]
    opened_halls: Variables[tuple[str, int]]
    open_site: Variables[tuple[str, int]]
    reserved_mw: Variables[tuple[str, str, int]]
    serve_mw: Variables[tuple[str, str, str, int]]
    missed_mw: Variables[tuple[str, int]]


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
    return Decisions(**_supply_decisions(case, frame), **_deployment_decisions(case, frame))


def _supply_decisions(case: Case, frame: Frame) -> dict[str, Any]:
    """Make the variables of orders, assembly, freight and stock."""
    supply = case.supply
    sources = supply.sources
    most_lots = {
        key: most / sources[key[0], key[1]]["lot"] for key, most in supply.largest_order.items()
    }
    fixed_charge = [
        key for key in supply.arrival
        if sources[key[0], key[1]]["order_cost"] > 0 or sources[key[0], key[1]]["min_order"] > 0
    ]  # fmt: skip
    unused = [
        (supplier, item, period)
        for (supplier, item), row in sources.items() if row["take_or_pay_share"] > 0
        for period in case.calendar.periods
    ]  # fmt: skip
    return {
        "order_lots": frame.variables("order_lots", supply.arrival, most=most_lots,
                                      whole=case.whole),
        "place_order": frame.variables("place_order", fixed_charge, most=1, whole=True),
        "pay_unused": frame.variables("pay_unused", unused),
        "start_assembly": frame.variables("start_assembly", supply.finish),
        "ship_units": frame.variables("ship_units", supply.landing),
        "stock": frame.variables("stock", supply.held),
    }  # fmt: skip


def _deployment_decisions(case: Case, frame: Frame) -> dict[str, Any]:
    """Make the variables of systems, halls, sites and service."""
    facility, periods = case.facility, case.calendar.count
    install = [(*pair, t) for pair, span in case.installing.items() for t in span]
    # From when a hall holds its fleet or its first install, in service or not; a fleet may stay.
    first = {
        pair: 0 if pair in facility.fleet else case.installing[pair][0] for pair in case.serving
    }
    standing = [(*pair, t) for pair, start in first.items() for t in range(start, periods)]
    most = [n for pair, start in first.items()
            for n in facility.most_standing(*pair, range(start, periods))]  # fmt: skip
    room = {key: max(whole_part(n), facility.fleet.get(key[:2], 0))
            for key, n in zip(standing, most, strict=True) if case.whole}  # fmt: skip
    remove = [
        (*pair, t)
        for pair, start in case.serving.items()
        for t in range(max(start, case.calendar.fence), periods)
    ]
    opened = _opened(case)
    missed = {key: mw for key, mw in case.demand.required_mw.items() if mw > 0}
    decided = {(facility.site_of[hall], period) for hall, period in facility.opening}
    site_periods = [
        (site, period) for site in facility.opening_cost for period in case.calendar.periods
        if (site, period) in decided
    ]  # fmt: skip
    return {
        "install_systems": frame.variables("install_systems", install, whole=case.whole),
        "remove_systems": frame.variables("remove_systems", remove, whole=case.whole),
        "installed_systems": frame.variables("installed_systems", standing, most=room,
                                             whole=case.whole),
        "open_halls": frame.variables("open_halls", facility.opening),
        "opened_halls": frame.variables(
            "opened_halls", opened, whole=True,
            most={key: facility.hall_count[key[0]] for key in opened},
        ),
        "open_site": frame.variables("open_site", site_periods, most=1, whole=True),
        "reserved_mw": frame.variables("reserved_mw", _reserved(case)),
        "serve_mw": frame.variables("serve_mw", _serving(case)),
        "missed_mw": frame.variables("missed_mw", missed, most=missed),
    }  # fmt: skip


def _opened(case: Case) -> list[tuple[str, int]]:
    """Return hall and period from the first in which a hall that is decided can be open."""
    first: dict[str, int] = {}
    for (hall, _), opens in case.facility.opening.items():
        first[hall] = min(first.get(hall, opens), opens)
    return [(hall, t) for hall, start in first.items() for t in range(start, case.calendar.count)]


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
    """Return failover group, node upstream of some of its members, and period."""
    return [(*key, t) for key in case.facility.tree.upstream for t in case.calendar.periods]
