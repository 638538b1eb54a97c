"""Halls and sites opened, and what halls, feeders and failover groups carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from planner.model.decisions import Model, term, terms, with_day_before
from planner.model.deployment import standing_systems
from planner.model.frame import Term
from planner.tolerance import raised_to_use
from planner.workbook.schema.hall_limits import HALL_LIMIT_OF, HallLimit


def open_what_was_decided(model: Model) -> None:
    """Halls open on a day are those open before, plus those whose building is done.

    opened_halls[hall, day] = opened_halls[hall, day before] + open_halls[hall, day - build_days]
                                               [halls; hall, day]

    A hall opens on a day of installs, not before it is ready, and is decided build_days ahead.
    Halls stay open.
    """
    decisions, facility = model.decisions, model.case.facility
    decided_for = {(hall, opens): decided for (hall, decided), opens in facility.opening.items()}
    for key, before in with_day_before(decisions.opened_halls):
        balance = terms(decisions.opened_halls, [key])
        balance += terms(decisions.open_halls, [(key[0], decided_for[key])], -1.0)
        earlier = terms(decisions.opened_halls, [before], -1.0)
        opened = 0 if earlier else facility.open_count[key[0]]
        model.frame.row("halls_opened", key, balance + earlier, "==", opened)


def open_the_site_first(model: Model) -> None:
    """No hall is decided at a site that has not been opened.

    opened_halls[hall, opening[hall, day]] - open_count[hall]
        <= (hall_count[hall] - open_count[hall]) * open_site[site, day]
                                               [halls; hall, day of decision]

    The bound is the class's own number of halls.
    """
    decisions, facility = model.decisions, model.case.facility
    for (hall, day), opens in facility.opening.items():
        site = facility.site_of[hall]
        if (site, day) in decisions.open_site:
            already = facility.open_count[hall]
            link = terms(decisions.opened_halls, [(hall, opens)])
            link += terms(
                decisions.open_site, [(site, day)], float(already - facility.hall_count[hall])
            )
            model.frame.row("site_opened", (hall, day), link, "<=", already)


def open_no_site_without_a_hall(model: Model) -> None:
    """A site is not opened before its first hall is decided.

    open_site[site, day]
        <= sum over hall of site of opened_halls[hall, opening of what is decided by day]
                                               [0 or 1; site, day of decision]

    Without interest an earlier opening costs the same; it is paid when it happens. A site whose
    opening costs has no open hall at the start.
    """
    decisions, facility = model.decisions, model.case.facility
    decided: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (hall, day), opens in sorted(facility.opening.items(), key=lambda item: item[0][1]):
        decided[hall].append((day, opens))
    for (site, day), opened in decisions.open_site.items():
        link = [(opened, 1.0)]
        for hall in facility.halls_at[site]:
            by = [opens for taken, opens in decided[hall] if taken <= day]
            if by:
                link += terms(decisions.opened_halls, [(hall, by[-1])], -1.0)
        model.frame.row("site_needs_a_hall", (site, day), link, "<=", 0.0)


def keep_sites_open(model: Model) -> None:
    """A site that has been opened stays open.

    open_site[site, day] >= open_site[site, day before]      [0 or 1; site, day of decision]

    So its opening is paid once, when it rises.
    """
    for (site, before), (_, day) in site_steps(model):
        opened = model.decisions.open_site
        step = [(opened[site, day], 1.0), (opened[site, before], -1.0)]
        model.frame.row("site_stays_open", (site, day), step, ">=", 0.0)


def site_steps(model: Model) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """Return pairs of neighbouring keys of `open_site`, earlier first."""
    return [(a, b) for a, b in pairwise(model.decisions.open_site) if a[0] == b[0]]


def days_of_installs(model: Model, halls: Iterable[str]) -> list[int]:
    """Return the days on which anything may be installed in some halls, in order.

    The first of the plan is one where systems stand at the start.
    """
    if "install_days" not in model.cache:
        found: dict[str, set[int]] = defaultdict(set)
        for hall, _ in model.case.facility.fleet:
            found[hall].add(0)
        for hall, _, day in model.decisions.install_systems:
            found[hall].add(day)
        model.cache["install_days"] = found
    by_hall: dict[str, set[int]] = model.cache["install_days"]
    return sorted({day for hall in halls for day in by_hall.get(hall, ())})


def load_on(
    model: Model, halls: Iterable[str], each: Mapping[tuple[str, str], float], day: int
) -> tuple[list[Term], float]:
    """Return what all that stands in some halls takes on a day, as terms and a firm part.

    sum over hall, system of each[site, system] * standing systems[hall, system, day]
    """
    facility, found, firm = model.case.facility, list[Term](), 0.0
    for hall in halls:
        for system in systems_in(model, hall):
            taken = each.get((facility.site_of[hall], system), 0.0)
            if taken > 0:
                load, already = standing_systems(model, hall, system, day, taken)
                found += load
                firm += already
    return found, firm


def systems_in(model: Model, hall: str) -> list[str]:
    """Return the systems that can stand in a hall."""
    if "systems_in" not in model.cache:
        found: dict[str, list[str]] = defaultdict(list)
        for at, system in model.case.serving:
            found[at].append(system)
        model.cache["systems_in"] = found
    by_hall: dict[str, list[str]] = model.cache["systems_in"]
    return by_hall.get(hall, [])


def _require_hall_capacity(
    model: Model,
    limit: HallLimit,
    unit: float = 1.0,
) -> None:
    """Require that what systems take of a limit stays within what opened halls carry."""
    decisions, facility = model.decisions, model.case.facility
    taken = {
        (site, system): of
        for site in facility.sites
        for system, of in facility.hall_use[limit.column].items()
    }
    for hall, most in facility.hall_capacity[limit.column].items():
        for day in days_of_installs(model, [hall]):
            load, firm = load_on(model, [hall], taken, day)
            opened = terms(decisions.opened_halls, [(hall, day)], -most)
            # No column on this day: only the halls that are open at the start count.
            room = 0.0 if opened else most * facility.open_count[hall]
            model.frame.row(limit.rule, (hall, day), load + opened, "<=", room - firm, unit)


def install_within_hall_power(model: Model) -> None:
    """IT power of the systems in a hall class stays within that of its open halls.

    sum over system of it_mw[system] * standing systems[hall, system, day]
        <= hall_it_mw[hall] * opened_halls[hall, day]      [MW of IT power; hall, day of installs]

    Busways and cooling are built for the rated load. Linking by the hall's own power keeps the
    relaxation tight.
    """
    _require_hall_capacity(model, HALL_LIMIT_OF["it_mw"], model.case.power_unit)


def install_within_hall_slots(model: Model) -> None:
    """Slots of the systems in a hall class stay within those of its open halls.

    sum over system of slots[system] * standing systems[hall, system, day]
        <= hall_slots[hall] * opened_halls[hall, day]      [slots; hall, day of installs]

    Floor space runs out before power where racks are light.
    """
    _require_hall_capacity(model, HALL_LIMIT_OF["slots"])


def install_within_hall_coolant(model: Model) -> None:
    """Coolant of the systems in a hall class stays within that of its open halls.

    sum over system of coolant_lpm[system] * standing systems[hall, system, day]
        <= hall_coolant_lpm[hall] * opened_halls[hall, day]      [l/min; hall, day of installs]

    Wafer-scale systems need more than twice the flow of GPUs for each kW.
    """
    _require_hall_capacity(model, HALL_LIMIT_OF["coolant_lpm"])


HALL_RULES = (
    install_within_hall_power,
    install_within_hall_slots,
    install_within_hall_coolant,
)
"""The rule of each limit in `HALL_LIMITS`. A rule is in force if its line is here."""


def draw_within_energised_power(model: Model) -> None:
    """A power node carries the facility power of all below it within what is energised.

    sum over hall below node, system of facility_mw[site, system]
        * standing systems[hall, system, day] <= energised[node, day]
                                     [MW; node, day of installs or on which less is energised]

    If the fleet's load exceeds energised[node, day] within the tolerance, it is the limit.
    The date on which a feeder or substation is energised is the date on which halls come alive.
    """
    facility = model.case.facility
    fleet = {node: facility.fleet_load(node) for node in facility.nodes}
    for node, level in facility.levels.items():
        halls = facility.tree.halls_below.get(node, ())
        for day in sorted({*days_of_installs(model, halls), *level.falls}):
            load, firm = _load_below(model, node, day)
            limit = raised_to_use(level.on(day), fleet[node])
            left = limit - firm
            model.frame.row("energised_power", (node, day), load, "<=", left, model.case.power_unit)


def reserve(model: Model, group: str, nodes: Iterable[str], day: int) -> tuple[list[Term], float]:
    """Return what nodes can take over from a lost member of their failover group.

    reserve[group, member, day] = energised[member, day] - load[member, day]
    reserve[group, node upstream, day] = reserved_mw[group, node, day]      [MW]

    What does not depend on decisions is the second part of the result.
    """
    facility = model.case.facility
    found: list[Term] = []
    firm = 0.0
    for node in nodes:
        if (group, node) in facility.tree.upstream:
            found += term(model.decisions.reserved_mw, (group, node, day))
        else:
            load, already = _load_below(model, node, day)
            found += [(v, -mw) for v, mw in load]
            firm += facility.levels[node].on(day) - already
    return found, firm


def _load_below(model: Model, node: str, day: int) -> tuple[list[Term], float]:
    """Return the facility power of all that stands below a node, as terms and a firm part."""
    facility = model.case.facility
    return load_on(model, facility.tree.halls_below.get(node, ()), facility.facility_mw, day)


def reserve_what_is_left_upstream(model: Model) -> None:
    """What feeds members of a failover group takes over no more than it has left.

    reserved_mw[group, node, day] + load[node, day] <= energised[node, day]
                                               [MW; node upstream, group, day]

    A spare feeder is of no use beyond what its substation can pass on, which carries other load.
    """
    for (group, node, day), reserved in model.decisions.reserved_mw.items():
        load, firm = _load_below(model, node, day)
        left = model.case.facility.levels[node].on(day) - firm
        load.append((reserved, 1.0))
        model.frame.row("reserve", (node, group, day), load, "<=", left, model.case.power_unit)


def reserve_what_members_can_take(model: Model) -> None:
    """What feeds members of a failover group takes over no more than they can.

    reserved_mw[group, node, day] <= sum over next below of reserve[group, next below, day]
                                               [MW; group, node upstream, day]

    Next below are members, or other nodes between the node and its members.
    """
    upstream = model.case.facility.tree.upstream
    for (group, node, day), reserved in model.decisions.reserved_mw.items():
        below, firm = reserve(model, group, upstream[group, node], day)
        taken = [(reserved, 1.0), *((v, -mw) for v, mw in below)]
        key = (group, node, day)
        model.frame.row("reserve_below", key, taken, "<=", firm, model.case.power_unit)


def survive_the_loss_of_a_feeder(model: Model) -> None:
    """The others of a failover group, and what feeds them, take over the load of any lost member.

    load[lost, day] <= sum over other of reserve[group, other, day]
                    [MW; group, lost, day of installs or on which any of them carries less]

    One node is lost at a time; the other members share its load in any way. Each "other" is the
    topmost node of a branch that feeds other members but not the lost one.
    """
    facility = model.case.facility
    for (group, lost), others in facility.tree.others.items():
        for day in model.case.failover_days[group]:
            left, firm = reserve(model, group, others, day)
            load, already = _load_below(model, lost, day)
            taken = [*load, *((v, -mw) for v, mw in left)]
            room = firm - already
            model.frame.row(
                "failover", (group, lost, day), taken, "<=", room, model.case.power_unit
            )
