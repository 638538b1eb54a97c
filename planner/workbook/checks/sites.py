"""Rules for sites: the fleet fits in its halls, and every limit has the figures that it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.errors import Fault
from planner.tolerance import exceeds
from planner.workbook.drafts import Draft
from planner.workbook.rows import Row
from planner.workbook.schema.cell_contents import shown
from planner.workbook.schema.column_kinds import BASES
from planner.workbook.schema.hall_limits import HALL_LIMITS, HallLimit


def halls_hold_what_stands_in_them(draft: Draft) -> Iterator[Fault]:
    """The halls that are open at the start exist, and have room for the fleet in them.

    Otherwise the plan would have to remove systems in its first period.
    """
    if any(draft.given("halls", "open_count")):
        for row in draft.rows("halls", "count", "open_count"):
            if row["open_count"] > row["count"]:
                yield row.fault(
                    "open_count",
                    f"there are only {row['count']} halls of this class",
                    "Give at most count",
                )
    for limit in HALL_LIMITS:
        load = _load(draft, limit)
        for row in draft.rows("halls", "hall", "open_count", limit.column) if load else ():
            if row[limit.column] is None or row["hall"] not in load:
                continue
            room, used = row["open_count"] * row[limit.column], load[row["hall"]]
            if exceeds(used, room):
                yield row.fault(
                    "open_count",
                    limit.fleet_fault.format(used, room),
                    f"Raise open_count or {limit.column}, or correct the fleet's count",
                )


def _load(draft: Draft, limit: HallLimit) -> dict[str, float]:
    """Return the fleet's use of a limit in each hall, from valid rows."""
    systems = {row["system"]: row for row in draft.rows("systems", "system", *limit.each_takes)}
    load: dict[str, float] = defaultdict(float)
    for row in draft.rows("fleet", "hall", "system", "count"):
        if row["system"] in systems:
            # Another check refuses a blank where the limit needs a number.
            taken = limit.taken_by(systems[row["system"]]) or 0.0
            load[row["hall"]] += row["count"] * taken
    return load


def facility_power_is_known(draft: Draft) -> Iterator[Fault]:
    """A site states its PUE if its facility power matters."""
    fed = {
        row["site"] for row in draft.rows("halls", "site", "fed_by") if row["fed_by"] is not None
    }
    on_facility = BASES[2] in draft.given("commitments", "basis")
    for row in draft.rows("sites", "pue"):
        if row["pue"] is not None:
            continue
        reason = (
            "a power node feeds the site"
            if row["site"] in fed
            else "the energy of the site has a price"
            if (row["energy_price"] or 0.0) > 0
            else "a commitment counts facility megawatts"
            if on_facility
            else ""
        )
        if reason:
            yield row.fault(
                "pue",
                f"pue is required, because {reason}",
                "Give facility power for each unit of IT power, e.g. 1.2",
            )


def coolant_is_known(draft: Draft) -> Iterator[Fault]:
    """Every system states its coolant flow if a hall limits coolant."""
    halls = draft.rows("halls", "hall", "coolant_lpm")
    limited = next((row for row in halls if row["coolant_lpm"] is not None), None)
    if limited is None:
        return
    for row in draft.rows("systems", "coolant_lpm"):
        if row["coolant_lpm"] is None:
            yield row.fault(
                "coolant_lpm",
                f"coolant_lpm is required, because hall {limited['hall']} limits it",
                "Give the flow, 0 for air cooling",
            )


def failover_groups_are_dated(draft: Draft) -> Iterator[Fault]:
    """Each member of a failover group states its power, and a group has at least two members."""
    dated = draft.names("energisation", "node")
    members: dict[str, list[Row]] = defaultdict(list)
    for row in draft.rows("power", "node", "group"):
        if row["group"] is not None:
            members[row["group"]].append(row)
            if dated is not None and row["node"] not in dated:
                yield row.fault(
                    "node",
                    "this node is in a failover group, but has no power in energisation",
                    "Add its dates and megawatts to energisation",
                )
    if not draft.every_row("power", "node", "group"):
        return
    for group, rows in members.items():
        if len(rows) == 1:
            yield rows[0].fault(
                "group",
                f"{shown(group)} has only one member, so no other can carry its load",
                "Name the other members, or leave it blank",
            )
