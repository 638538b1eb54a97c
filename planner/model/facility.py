"""Halls and sites opened, and what halls, feeders and failover groups carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from planner.model.decisions import Model, term, terms
from planner.model.frame import Term
from planner.tolerance import holding


def open_what_was_decided(model: Model) -> None:
    """Halls open in a period are those open before, plus those whose building is done.

    opened_halls[hall, period] = opened_halls[hall, period - 1] + open_halls[hall, decided]
                                               [halls; hall, period]

    A hall decided in a period opens build_days later and not before it is ready. Halls stay open.
    """
    made, facility = model.decisions, model.case.facility
    decided_for = {(hall, opens): decided for (hall, decided), opens in facility.opening.items()}
    for hall, period in made.opened_halls:
        balance = terms(made.opened_halls, [(hall, period)])
        before = terms(made.opened_halls, [(hall, period - 1)], -1.0)
        if (hall, period) in decided_for:
            decided = decided_for[hall, period]
            balance += terms(made.open_halls, [(hall, decided)], -1.0)
        opened = 0 if before else facility.open_count[hall]
        model.frame.row("halls_opened", (hall, period), balance + before, "==", opened)


def open_the_site_first(model: Model) -> None:
    """No hall is decided at a site that has not been opened.

    opened_halls[hall, opening[hall, period]] - open_count[hall]
        <= (hall_count[hall] - open_count[hall]) * open_site[site, period]
                                               [halls; hall, period of decision]

    The bound is the class's own number of halls.
    """
    made, facility = model.decisions, model.case.facility
    for (hall, period), opens in facility.opening.items():
        site = facility.site_of[hall]
        if (site, period) in made.open_site:
            already = facility.open_count[hall]
            link = terms(made.opened_halls, [(hall, opens)])
            link += terms(made.open_site, [(site, period)],
                          float(already - facility.hall_count[hall]))  # fmt: skip
            model.frame.row("site_opened", (hall, period), link, "<=", already)


def open_no_site_without_a_hall(model: Model) -> None:
    """A site is not opened before its first hall is decided.

    open_site[site, period]
        <= sum over hall of site of opened_halls[hall, opening of what is decided by period]
                                               [0 or 1; site, period]

    Without interest an earlier opening costs the same; it is paid when it happens. A site whose
    opening costs has no open hall at the start.
    """
    made, facility = model.decisions, model.case.facility
    decided: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (hall, period), opens in sorted(facility.opening.items(), key=lambda item: item[0][1]):
        decided[hall].append((period, opens))
    for (site, period), opened in made.open_site.items():
        link = [(opened, 1.0)]
        for hall in facility.halls_at[site]:
            by = [opens for taken, opens in decided[hall] if taken <= period]
            if by:
                link += terms(made.opened_halls, [(hall, by[-1])], -1.0)
        model.frame.row("site_needs_a_hall", (site, period), link, "<=", 0.0)


def keep_sites_open(model: Model) -> None:
    """A site that has been opened stays open.

    open_site[site, period] >= open_site[site, period before]      [0 or 1; site, period]

    So its opening is paid once, when it rises.
    """
    for (site, before), (_, period) in site_steps(model):
        opened = model.decisions.open_site
        step = [(opened[site, period], 1.0), (opened[site, before], -1.0)]
        model.frame.row("site_stays_open", (site, period), step, ">=", 0.0)


def site_steps(model: Model) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """Return pairs of neighbouring keys of `open_site`, earlier first."""
    return [(a, b) for a, b in pairwise(model.decisions.open_site) if a[0] == b[0]]


def _carry(
    model: Model, rule: str, each: Mapping[str, float], carried: Mapping[str, float]
) -> None:
    """Require that what systems take of something stays within what opened halls carry."""
    made, facility = model.decisions, model.case.facility
    load: dict[tuple[str, int], list[Term]] = defaultdict(list)
    for (hall, system, period), installed in made.installed_systems.items():
        if each.get(system, 0.0) > 0:
            load[hall, period].append((installed, each[system]))
    for (hall, period), draws in load.items():
        if hall in carried:
            opened = terms(made.opened_halls, [(hall, period)], -carried[hall])
            firm = 0.0 if opened else carried[hall] * facility.open_count[hall]
            model.frame.row(rule, (hall, period), draws + opened, "<=", firm)


def install_within_hall_power(model: Model) -> None:
    """IT power of the systems in a hall class stays within that of its open halls.

    sum over system of it_mw[system] * installed_systems[hall, system, period]
        <= hall_it_mw[hall] * opened_halls[hall, period]      [MW of IT power; hall, period]

    Busways and cooling are built for the rated load. Linking by the hall's own power keeps the
    relaxation tight.
    """
    _carry(model, "hall_power", model.case.facility.it_mw, model.case.facility.hall_it_mw)


def install_within_hall_slots(model: Model) -> None:
    """Slots of the systems in a hall class stay within those of its open halls.

    sum over system of slots[system] * installed_systems[hall, system, period]
        <= hall_slots[hall] * opened_halls[hall, period]      [slots; hall, period]

    Floor space runs out before power where racks are light.
    """
    _carry(model, "hall_slots", model.case.facility.slots, model.case.facility.hall_slots)


def install_within_hall_coolant(model: Model) -> None:
    """Coolant of the systems in a hall class stays within that of its open halls.

    sum over system of coolant_lpm[system] * installed_systems[hall, system, period]
        <= hall_coolant_lpm[hall] * opened_halls[hall, period]      [l/min; hall, period]

    Wafer-scale systems need more than twice the flow of GPUs for each kW.
    """
    facility = model.case.facility
    _carry(model, "hall_coolant", facility.coolant_lpm, facility.hall_coolant_lpm)


def facility_load(model: Model, node: str, period: int) -> list[Term]:
    """Return the facility power of everything below a power node.

    sum over hall below node, system of facility_mw[site, system]
        * installed_systems[hall, system, period]      [MW]
    """
    facility = model.case.facility
    return [
        installed
        for hall in facility.tree.halls_below[node]
        for system in facility.systems
        for installed in term(model.decisions.installed_systems, (hall, system, period),
                              facility.facility_mw[facility.site_of[hall], system])
    ]  # fmt: skip


def draw_within_energised_power(model: Model) -> None:
    """A power node carries the facility power of all below it within what is energised.

    facility_load[node, period] <= energised_mw[node, period]      [MW; node, period]

    The date on which a feeder or substation is energised is the date on which halls come alive.
    """
    facility = model.case.facility
    fleet = {node: facility.fleet_load(node) for node in facility.nodes}
    for (node, period), energised in facility.energised_mw.items():
        load = facility_load(model, node, period)
        limit = holding(energised, fleet[node])
        model.frame.row("energised_power", (node, period), load, "<=", limit)


def reserve(
    model: Model, group: str, nodes: Iterable[str], period: int
) -> tuple[list[Term], float]:
    """Return what nodes can take over from a lost member of their failover group.

    reserve[group, member, period] = energised_mw[member, period] - facility_load[member, period]
    reserve[group, node upstream, period] = reserved_mw[group, node, period]      [MW]

    What does not depend on decisions is the second part of the result.
    """
    facility = model.case.facility
    found: list[Term] = []
    firm = 0.0
    for node in nodes:
        if (group, node) in facility.tree.upstream:
            found += term(model.decisions.reserved_mw, (group, node, period))
        else:
            firm += facility.energised_mw[node, period]
            found += [(v, -mw) for v, mw in facility_load(model, node, period)]
    return found, firm


def reserve_what_is_left_upstream(model: Model) -> None:
    """What feeds members of a failover group takes over no more than it has left.

    reserved_mw[group, node, period] + facility_load[node, period] <= energised_mw[node, period]
                                               [MW; node upstream, group, period]

    A spare feeder is of no use beyond what its substation can pass on, which carries other load.
    """
    energised = model.case.facility.energised_mw
    for (group, node, period), reserved in model.decisions.reserved_mw.items():
        load = [(reserved, 1.0), *facility_load(model, node, period)]
        model.frame.row("reserve", (node, group, period), load, "<=", energised[node, period])


def reserve_what_members_can_take(model: Model) -> None:
    """What feeds members of a failover group takes over no more than they can.

    reserved_mw[group, node, period] <= sum over next below of reserve[group, next below, period]
                                               [MW; group, node upstream, period]

    Next below are members, or other nodes between the node and its members.
    """
    upstream = model.case.facility.tree.upstream
    for (group, node, period), reserved in model.decisions.reserved_mw.items():
        below, firm = reserve(model, group, upstream[group, node], period)
        taken = [(reserved, 1.0), *((v, -mw) for v, mw in below)]
        model.frame.row("reserve_below", (group, node, period), taken, "<=", firm)


def survive_the_loss_of_a_feeder(model: Model) -> None:
    """The others of a failover group, and what feeds them, take over the load of any lost member.

    facility_load[lost, period] <= sum over other of reserve[group, other, period]
                                               [MW; group, lost, period]

    One node is lost at a time, and all that hangs below it is handed to other members, in any
    shares. Nodes above the lost one go on carrying what is handed on below them, so "other" is
    the topmost node that feeds other members and not the lost one: the member, or what is upstream.
    """
    facility = model.case.facility
    for (group, lost), others in facility.tree.others.items():
        for period in model.case.calendar.periods:
            left, firm = reserve(model, group, others, period)
            load = [*facility_load(model, lost, period), *((v, -mw) for v, mw in left)]
            model.frame.row("failover", (group, lost, period), load, "<=", firm)
