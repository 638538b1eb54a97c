"""Sites, halls, suppliers and power nodes that lack what the others have."""

from __future__ import annotations

from collections.abc import Iterator

from planner.diagnostics.warning_context import (
    AMOUNT_TOLERANCE,
    InputWarning,
    WarningContext,
    amount,
    some,
    warn,
)
from planner.workbook.schema.hall_limits import HALL_LIMITS

OVERLOAD_FACTOR = 1.05
"""Allowed ratio of the need of halls to the power of their node: figures may be rounded."""

IDLE_POWER_FACTOR = 2.0
"""Allowed ratio of a node's power to the need of its halls: a spare path doubles it."""


def sites_have_halls(context: WarningContext) -> Iterator[InputWarning]:
    """A site has a hall, or nothing can ever stand there."""
    for row in context.inputs.tables["sites"]:
        if not context.case.facility.halls_at[row["site"]]:
            yield warn(
                row,
                "site",
                "no hall stands at this site, so that nothing can be installed there",
                "Add its halls, or remove the site",
            )


def sites_have_crews(context: WarningContext) -> Iterator[InputWarning]:
    """Where crews limit some sites, a site without crews installs any number in a day."""
    limited = {row["site"] for row in context.inputs.tables["crews"]}
    if not limited:
        return
    used = {context.case.facility.site_of[hall] for hall, _ in context.case.installing}
    for row in context.inputs.tables["sites"]:
        if row["site"] in used and row["site"] not in limited:
            yield warn(
                row,
                "site",
                "this site has no row in crews, though others have: there is "
                "no limit on what is installed here",
                "Add its crews, 0 where there are none",
            )


def suppliers_have_capacity(context: WarningContext) -> Iterator[InputWarning]:
    """Where capacity limits some suppliers, one without it delivers any number."""
    limited = {row["supplier"] for row in context.inputs.tables["supply_capacity"]}
    if not limited:
        return
    reported: set[str] = set()
    for row in context.inputs.tables["supply"]:
        supplier = row["supplier"]
        if supplier in limited or supplier in reported:
            continue
        reported.add(supplier)
        yield warn(
            row,
            "supplier",
            "this supplier has no row in supply_capacity, though "
            "others have: there is no limit on what it delivers",
            "Add its capacity, however large",
        )


def nodes_feed_halls(context: WarningContext) -> Iterator[InputWarning]:
    """A power node feeds a hall, itself or through nodes below it, or stands in for others."""
    tree = context.case.facility.tree
    parents = {row["node"]: row["parent"] for row in context.inputs.tables["power"]}
    spares: set[str] = set()
    for members in tree.groups.values():
        for member in members:
            node: str | None = member
            while node is not None:
                spares.add(node)
                node = parents[node]
    for row in context.inputs.tables["power"]:
        if not tree.halls_below[row["node"]] and row["node"] not in spares:
            yield warn(
                row,
                "node",
                "this node feeds no hall",
                "Name it in the column fed_by of its halls, or remove it",
            )


def nodes_have_power_stated(context: WarningContext) -> Iterator[InputWarning]:
    """A hall's way to the grid holds a node with megawatts, where others do."""
    tree = context.case.facility.tree
    limited = {row["node"] for row in context.inputs.tables["energisation"]}
    if not limited:
        return
    for row in context.inputs.tables["halls"]:
        path = tree.path.get(row["hall"], ())
        if path and limited.isdisjoint(path):
            yield warn(
                row,
                "fed_by",
                "no node between this hall and the grid has a row in "
                "energisation, though others have: there is no limit on its power",
                "Add the node's dates and megawatts to energisation",
            )


def nodes_carry_their_halls(context: WarningContext) -> Iterator[InputWarning]:
    """The halls below a node never need more than it ever carries."""
    for row in context.inputs.tables["power"]:
        need, ever = _need_and_capacity(context, row["node"])
        if ever is not None and need > OVERLOAD_FACTOR * ever:
            yield warn(
                row,
                "node",
                f"all halls below it draw {amount(need)} MW of facility power when "
                f"full, it never carries more than {amount(ever)} MW: {amount(need - ever)} MW of "
                "halls cannot be used at once",
                "Correct mw in energisation or the halls' it_mw, count and fed_by",
                need_mw=need,
                carried_mw=ever,
            )


def power_is_of_use(context: WarningContext) -> Iterator[InputWarning]:
    """A node's power does not far exceed what the halls below it can ever draw."""
    tree = context.case.facility.tree
    # Failover members, and nodes that feed part of a group, also carry load of others.
    spares: set[str] = set()
    for nodes in (*tree.others.values(), *tree.upstream.values()):
        spares.update(nodes)
    for row in context.inputs.tables["power"]:
        need, ever = _need_and_capacity(context, row["node"])
        if ever is None or not need or row["node"] in spares:
            continue
        if ever > IDLE_POWER_FACTOR * need:
            yield warn(
                row,
                "node",
                f"it carries up to {amount(ever)} MW, all halls below it draw "
                f"{amount(need)} MW of facility power when full: {amount(ever - need)} MW is "
                "stranded",
                "Add halls below it, or correct mw in energisation (MW, not kW)",
                need_mw=need,
                carried_mw=ever,
            )


def _need_and_capacity(context: WarningContext, node: str) -> tuple[float, float | None]:
    """Return the MW that the halls below a node draw when full, and the most it ever carries."""
    facility, pue = context.case.facility, context.bounds.pue
    need = sum(
        facility.hall_count[hall] * facility.hall_it_mw[hall] * pue[facility.site_of[hall]]
        for hall in facility.tree.halls_below[node]
    )
    if (node, 0) not in facility.energised_mw:
        return need, None
    return need, max(facility.energised_mw[node, t] for t in context.case.calendar.periods)


def commitments_have_a_place(context: WarningContext) -> Iterator[InputWarning]:
    """What a commitment allows leaves a hall and a system that may serve it."""
    sites = context.inputs.tables["sites"]
    for row in context.inputs.tables["commitments"]:
        name, countries = row["commitment"], row["countries"]
        if context.bounds.allowed(name):
            continue
        barred = set()
        for terms in context.inputs.tables["service"]:
            if terms["commitment"] == name and not terms["allowed"]:
                barred.add(terms["site"])
        inside = [s["site"] for s in sites if not countries or s["country"] in countries]
        allowed = [site for site in inside if site not in barred]
        hall_count = sum(len(context.case.facility.halls_at[site]) for site in allowed)
        yield warn(
            row,
            "commitment",
            "no hall may serve this commitment: its countries hold "
            f"{len(inside)} of {len(sites)} sites, service bars {len(inside) - len(allowed)} "
            f"of them, and the rest has {hall_count} halls",
            "Correct its countries or its rows in service",
            sites=len(sites),
            inside=len(inside),
            allowed=len(allowed),
            halls=hall_count,
        )


def halls_can_be_used(context: WarningContext) -> Iterator[InputWarning]:
    """In every hall stands something, or some system can be installed."""
    case = context.case
    used = {hall for hall, _ in case.installing}
    for (hall, _), count in case.facility.fleet.items():
        if count > 0:
            used.add(hall)
    for row in context.inputs.tables["halls"]:
        hosted = [system for hall, system in case.facility.hosted if hall == row["hall"]]
        if row["hall"] not in used:
            yield _unused(context, row["hall"], hosted)
            continue
        fitting = [context.bounds.one_hall_systems(row["hall"], system) for system in hosted]
        if fitting and max(fitting) < 1 - AMOUNT_TOLERANCE:
            yield warn(
                row,
                "it_mw",
                f"one hall of this class holds {amount(max(fitting))} of a "
                f"system, not a whole one ({some(hosted)})",
                f"Give MW, not kW, or correct the systems' {_needs()}",
                systems=max(fitting),
            )


def _needs() -> str:
    """Return what systems take of a hall in words, e.g. ``power, slots and coolant``."""
    *needs, last = (limit.need for limit in HALL_LIMITS if limit.need)
    return f"{', '.join(needs)} and {last}"


def _unused(context: WarningContext, hall: str, hosted: list[str]) -> InputWarning:
    """Return a warning that says why nothing can be installed in a hall within the plan."""
    case, row = context.case, context.rows["halls"][hall]
    end = case.calendar.ends[-1]
    place = case.supply.place(row["site"])
    reached = hosted
    if case.supply.planned:
        reached = [system for system in hosted if (place, system) in case.supply.first_at]
    if not hosted:
        why = "no commitment may be served from its site"
        remedy = "Correct countries, systems and service, or remove the hall"
    elif hall not in case.facility.first_open:
        why = f"it cannot be open by {end}"
        remedy = "Correct ready and build_days"
    elif not reached:
        why = f"no system that may serve a commitment can reach it by {end}: {some(hosted)}"
        remedy = "Correct lead and transit days, or add a lane to its site"
    else:
        why = f"no system can be installed and in service in it by {end}: {some(reached)}"
        remedy = "Correct available_from, available_to, commission_days, or the hall's own limits"
    return warn(row, "hall", f"nothing can ever stand in this hall: {why}", remedy)
