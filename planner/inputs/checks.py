"""Rules across cells and sheets; every fault of every rule is reported together.

Each rule is one function that yields faults (the inputs are refused) or notes (they are planned,
and the note is shown with the plan). `RULES` is their table of contents.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

from planner.errors import Fault
from planner.inputs.rows import Inputs, Row
from planner.inputs.schema import Kind
from planner.inputs.tables import BASES, BY_NAME, TABLES

Finding = Fault | str
"""A fault, or a note as plain text."""

MOST_PERIODS = 1200
SHORTEST_DAYS = {"week": 7, "month": 28, "quarter": 89}


def check(inputs: Inputs) -> tuple[list[Fault], list[str]]:
    """Return every fault and every note of the rules across cells.

    Parameters
    ----------
    inputs
        Typed inputs whose single cells are right.

    Returns
    -------
    faults : list of Fault
        What must be mended before a plan can be made.
    notes : list of str
        What was assumed, and what looks wrong but can be planned.
    """
    findings = [finding for rule in RULES for finding in rule(inputs)]
    faults = [finding for finding in findings if isinstance(finding, Fault)]
    notes = [finding for finding in findings if isinstance(finding, str)]
    return faults, notes


def keys_are_unique(inputs: Inputs) -> Iterator[Finding]:
    """Each key stands in one row of its sheet."""
    for table in TABLES:
        if table.name == "settings":
            continue
        seen: dict[tuple[object, ...], Row] = {}
        for row in inputs.tables[table.name]:
            key = tuple(row[column] for column in table.key)
            if key in seen:
                names = " and ".join(table.key)
                first = seen[key].where(table.key[0])
                yield row.fault(table.key[0], f"the same {names} stand in {first}",
                                "Merge the two rows, or rename one")  # fmt: skip
            seen.setdefault(key, row)


def references_exist(inputs: Inputs) -> Iterator[Finding]:
    """A name that refers to another sheet is found there, spelled the same."""
    for table in TABLES:
        for column in table.columns:
            if not column.refers_to:
                continue
            known = _known_names(inputs, column.refers_to)
            for row in inputs.tables[table.name]:
                value = row[column.name]
                for name in value if column.kind is Kind.LIST else [value]:
                    if name is not None and name not in known:
                        yield _unknown(row, column.name, name, known, column.refers_to)


def _known_names(inputs: Inputs, places: tuple[str, ...]) -> set[str]:
    return {
        row[column]
        for sheet, column in (place.split(".") for place in places)
        for row in inputs.tables[sheet]
    }


def _unknown(row: Row, column: str, name: str, known: set[str], places: tuple[str, ...]) -> Fault:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]}? " if near else ""
    return Fault(row.where(column), name, f"this is not found in {' or '.join(places)}",
                 f"{hint}Correct the name, or add it there")  # fmt: skip


def dates_are_in_order(inputs: Inputs) -> Iterator[Finding]:
    """The plan ends after it starts, begins on a first where months count, and is not endless."""
    settings = inputs.settings
    start, end, period = settings["start"], settings["end"], settings["period"]
    if end <= start:
        yield inputs.setting_fault("end", f"the plan ends before it starts on {start}",
                                   "Give a later end")  # fmt: skip
    elif (end - start).days / SHORTEST_DAYS[period] > MOST_PERIODS:
        yield inputs.setting_fault("end", f"the plan has more than {MOST_PERIODS} periods",
                                   "Give an earlier end or a longer period")  # fmt: skip
    if period != "week" and start.day != 1:
        yield inputs.setting_fault("start", f"a plan by {period} starts on the first of a month",
                                   f"Give {start.replace(day=1)}, or plan by week")  # fmt: skip
    if settings["today"] > end:
        yield inputs.setting_fault("today", f"today is after the plan's end on {end}",
                                   "Give a later end, or an earlier today")  # fmt: skip


def windows_are_in_order(inputs: Inputs) -> Iterator[Finding]:
    """A system's availability ends after it begins."""
    for row in inputs.tables["systems"]:
        first, last = row["available_from"], row["available_to"]
        if first is not None and last is not None and last < first:
            yield row.fault("available_to", f"it is before available_from {first}",
                            "Give a later day, or leave it blank")  # fmt: skip


def places_have_one_kind(inputs: Inputs) -> Iterator[Finding]:
    """A name stands for a supplier, a plant, a depot or a site, never for two of them."""
    kinds: dict[str, tuple[str, Row]] = {}
    for sheet, column in (("supply", "supplier"), ("plants", "plant"), ("depots", "depot"),
                          ("sites", "site")):  # fmt: skip
        for row in inputs.tables[sheet]:
            other, first = kinds.setdefault(row[column], (column, row))
            if other != column:
                yield row.fault(column, f"{first.where(other)} is a {other} of the same name",
                                f"Rename one, e.g. {row[column]} {column}")  # fmt: skip


def halls_hold_what_stands_in_them(inputs: Inputs) -> Iterator[Finding]:
    """The halls open at the start exist and carry the fleet that stands in them."""
    systems = {row["system"]: row for row in inputs.tables["systems"]}
    load: dict[str, float] = defaultdict(float)
    for row in inputs.tables["fleet"]:
        system = systems.get(row["system"])
        if system is not None:
            kw = system["power_kw"] + system["overhead_kw"]
            load[row["hall"]] += row["count"] * kw / 1000
    for row in inputs.tables["halls"]:
        if row["open_count"] > row["count"]:
            yield row.fault("open_count", f"there are only {row['count']} halls of this class",
                            "Give at most count")  # fmt: skip
        carried = row["open_count"] * row["it_mw"]
        if load[row["hall"]] > carried + 1e-9:
            yield row.fault(
                "open_count", f"the fleet in this hall draws {load[row['hall']]:.6g} MW of IT "
                f"power, its open halls carry {carried:.6g} MW",
                "Raise open_count or it_mw, or correct the fleet's count")  # fmt: skip


def facility_power_is_known(inputs: Inputs) -> Iterator[Finding]:
    """A site whose facility power counts states its PUE."""
    fed = {row["site"] for row in inputs.tables["halls"] if row["fed_by"] is not None}
    on_facility = any(row["basis"] == BASES[2] for row in inputs.tables["commitments"])
    for row in inputs.tables["sites"]:
        reason = (
            "a power node feeds it" if row["site"] in fed
            else "its energy has a price" if row["energy_price"] > 0
            else "a commitment counts facility megawatts" if on_facility
            else ""
        )  # fmt: skip
        if reason and row["pue"] is None:
            yield Fault(row.where("pue"), "", f"pue is needed, for {reason}",
                        "Give facility power for each unit of IT power, e.g. 1.2")  # fmt: skip


def coolant_is_known(inputs: Inputs) -> Iterator[Finding]:
    """Where a hall limits coolant, every system says how much it needs."""
    limited = next((r for r in inputs.tables["halls"] if r["coolant_lpm"] is not None), None)
    for row in inputs.tables["systems"]:
        if limited is not None and row["coolant_lpm"] is None:
            yield Fault(row.where("coolant_lpm"), "",
                        f"coolant_lpm is needed, for hall {limited['hall']} limits it",
                        "Give the flow, 0 for air cooling")  # fmt: skip


def systems_have_a_source(inputs: Inputs) -> Iterator[Finding]:
    """Where supply is planned, every system is sold or assembled, from items that are sold."""
    if not inputs.tables["supply"]:
        for sheet in ("plants", "lanes", "bom", "depots", "supply_capacity"):
            if inputs.tables[sheet]:
                yield (f"sheet {sheet} is not used: without supply every system is bought at its "
                       "price where it is installed")  # fmt: skip
        return
    sold = {row["item"] for row in inputs.tables["supply"]}
    used = {row["item"] for row in inputs.tables["bom"]}
    built_of = {row["system"] for row in inputs.tables["bom"]}
    assembled = {row["system"] for row in inputs.tables["plants"]}
    for row in inputs.tables["systems"]:
        if row["system"] not in sold | assembled:
            yield row.fault("system", "no supplier sells it and no plant assembles it",
                            "Add it to supply, or to plants and bom")  # fmt: skip
    for row in inputs.tables["plants"]:
        if row["system"] not in built_of:
            yield row.fault("system", "it is assembled here and has no bill of materials",
                            "Add its items to bom")  # fmt: skip
    systems = {row["system"] for row in inputs.tables["systems"]}
    for row in inputs.tables["supply"]:
        if row["item"] not in used | systems:
            yield row.fault("item", "it is neither a system nor in any bill of materials",
                            "Correct its name, add it to bom, or remove the row")  # fmt: skip


def orders_are_possible(inputs: Inputs) -> Iterator[Finding]:
    """An order already placed names an item that its supplier sells, and arrives after it."""
    sold = {(row["supplier"], row["item"]) for row in inputs.tables["supply"]}
    for row in inputs.tables["orders"]:
        if (row["supplier"], row["item"]) not in sold:
            yield row.fault("item", f"{row['supplier']} does not sell it",
                            "Add the row to supply, or correct the order")  # fmt: skip
        if row["placed"] is not None and row["arrives"] < row["placed"]:
            yield row.fault("arrives", f"it is before it was placed on {row['placed']}",
                            "Correct one of the two days")  # fmt: skip
        if row["arrives"] > inputs.settings["end"]:
            yield f"order {row['order']} arrives after the plan's end and is of no use to it"


def shared_payment_has_a_capacity(inputs: Inputs) -> Iterator[Finding]:
    """Take-or-pay is a share of a capacity, so the supplier states one."""
    limited = {row["supplier"] for row in inputs.tables["supply_capacity"]}
    for row in inputs.tables["supply"]:
        if row["take_or_pay_share"] > 0:
            if row["supplier"] not in limited:
                yield row.fault("take_or_pay_share", f"{row['supplier']} has no capacity to share",
                                "Add the supplier to supply_capacity")  # fmt: skip
            if row["capacity_use"] == 0:
                yield row.fault("capacity_use", "take-or-pay needs a use of capacity above 0",
                                "Give the capacity that a unit takes")  # fmt: skip


def lanes_lead_elsewhere(inputs: Inputs) -> Iterator[Finding]:
    """A lane joins two places."""
    for row in inputs.tables["lanes"]:
        if row["from"] == row["to"]:
            yield row.fault("to", "the lane leads back to where it starts",
                            "Name another place, or remove the row")  # fmt: skip


def milestones_grow(inputs: Inputs) -> Iterator[Finding]:
    """Megawatts of a commitment are cumulative and fall due within the plan."""
    last: dict[str, Row] = {}
    rows = sorted(inputs.tables["milestones"], key=lambda row: (row["commitment"], row["date"]))
    for row in rows:
        before = last.get(row["commitment"])
        if before is not None and row["mw"] < before["mw"]:
            yield row.fault("mw", f"it is less than the {before['mw']:g} MW of {before['date']} "
                            f"in {before.where('mw')}, though megawatts are cumulative",
                            "Give all megawatts in service by the date")  # fmt: skip
        last[row["commitment"]] = row
        if row["date"] > _last_day(inputs):
            yield row.fault("date", "it is after the plan's end",
                            "Give a later settings end, or remove the row")  # fmt: skip
    for row in inputs.tables["commitments"]:
        if row["commitment"] not in last:
            yield row.fault("commitment", "it has no milestone", "Add its megawatts and dates "
                            "to milestones, or remove it")  # fmt: skip


def _last_day(inputs: Inputs) -> object:
    """Return the latest day that the period which holds `end` may reach."""
    spare = {"week": 6, "month": 30, "quarter": 91}[inputs.settings["period"]]
    return inputs.settings["end"] + timedelta(days=spare)


def countries_exist(inputs: Inputs) -> Iterator[Finding]:
    """A commitment's countries are those of sites."""
    known = {row["country"] for row in inputs.tables["sites"] if row["country"] is not None}
    for row in inputs.tables["commitments"]:
        for country in row["countries"]:
            if country not in known:
                remedy = f"Use the sites' own names: {', '.join(sorted(known)) or 'none'}"
                yield Fault(row.where("countries"), country, "no site lies in this country", remedy)


def budget_grows(inputs: Inputs) -> Iterator[Finding]:
    """The cumulative budget never falls."""
    rows = sorted(inputs.tables["budget"], key=lambda row: row["date"])
    for before, row in pairwise(rows):
        if row["cumulative"] < before["cumulative"]:
            yield row.fault("cumulative", f"it is less than the {before['cumulative']:g} of "
                            f"{before['date']}, though the budget is cumulative",
                            "Give all money up to the date")  # fmt: skip


def failover_groups_are_dated(inputs: Inputs) -> Iterator[Finding]:
    """Each member of a failover group states its power, and a group has two members."""
    dated = {row["node"] for row in inputs.tables["energisation"]}
    members: dict[str, list[Row]] = defaultdict(list)
    for row in inputs.tables["power"]:
        if row["group"] is not None:
            members[row["group"]].append(row)
            if row["node"] not in dated:
                yield row.fault("node", "a member of a failover group has no power stated",
                                "Add its dates and megawatts to energisation")  # fmt: skip
    for group, rows in members.items():
        if len(rows) == 1:
            yield rows[0].fault("group", f"{group} has one member, which nothing can stand in for",
                                "Name the other members, or leave it blank")  # fmt: skip


def changes_fit_the_sheets(inputs: Inputs) -> Iterator[Finding]:
    """A change names a sheet and one of its columns."""
    for row in inputs.tables["changes"]:
        table = BY_NAME.get(row["sheet"])
        if table is None or table.name in ("changes", "scenarios"):
            yield row.fault("sheet", "there is no such sheet to change",
                            f"Give one of {', '.join(list(BY_NAME)[:-2])}")  # fmt: skip
        elif row["column"] not in {column.name for column in table.columns}:
            names = ", ".join(column.name for column in table.columns)
            yield row.fault("column", f"{table.name} has no such column", f"Give one of {names}")


def defaults_that_matter_are_noted(inputs: Inputs) -> Iterator[Finding]:
    """A blank that stands for a figure with weight is said aloud."""
    for sheet, column, meaning in (
        ("systems", "overhead_kw", "no power beside the system's own"),
        ("systems", "commission_days", "in service on the day of installation"),
        ("supply", "yield", "every unit ordered is good"),
    ):
        blanks = [row for row in inputs.tables[sheet] if column in row.blank]
        if blanks:
            names = ", ".join(str(row[BY_NAME[sheet].key[-1]]) for row in blanks[:5])
            more = f" and {len(blanks) - 5} more" if len(blanks) > 5 else ""
            yield f"{sheet}.{column} is blank for {names}{more}: {meaning}"


def absent_limits_are_noted(inputs: Inputs) -> Iterator[Finding]:
    """Where a sheet limits some, those it leaves out have no limit, and that is said aloud."""
    for sheet, column, home, name in (
        ("supply_capacity", "supplier", "supply", "supplier"),
        ("crews", "site", "halls", "site"),
        ("energisation", "node", "power", "node"),
    ):
        limited = {row[column] for row in inputs.tables[sheet]}
        free = sorted({row[name] for row in inputs.tables[home]} - limited)
        if limited and free:
            more = f" and {len(free) - 5} more" if len(free) > 5 else ""
            yield f"no limit in {sheet} for {name} {', '.join(free[:5])}{more}"
    if inputs.tables["power"]:
        free = sorted(r["hall"] for r in inputs.tables["halls"] if r["fed_by"] is None)
        if free:
            more = f" and {len(free) - 5} more" if len(free) > 5 else ""
            yield f"no power node feeds hall {', '.join(free[:5])}{more}: no power limit there"


RULES: tuple[Callable[[Inputs], Iterator[Finding]], ...] = (
    keys_are_unique,
    references_exist,
    dates_are_in_order,
    windows_are_in_order,
    places_have_one_kind,
    halls_hold_what_stands_in_them,
    facility_power_is_known,
    coolant_is_known,
    systems_have_a_source,
    orders_are_possible,
    shared_payment_has_a_capacity,
    lanes_lead_elsewhere,
    milestones_grow,
    countries_exist,
    budget_grows,
    failover_groups_are_dated,
    changes_fit_the_sheets,
    defaults_that_matter_are_noted,
    absent_limits_are_noted,
)
"""Every rule across cells, in the order of its report."""
