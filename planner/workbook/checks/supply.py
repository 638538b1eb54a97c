"""Rules for supply: every system has a source, and every order a supplier that sells the item."""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Fault
from planner.workbook.drafts import Draft

WITHOUT_SUPPLY = ("plants", "lanes", "bom", "depots", "supply_capacity")


def systems_have_a_source(draft: Draft) -> Iterator[Fault | str]:
    """If supply is planned, every system is sold, or assembled from items that are sold."""
    if not draft.sheets["supply"].rows:
        for sheet in WITHOUT_SUPPLY:
            if draft.sheets[sheet].rows and draft.sheets["supply"].whole:
                yield (
                    f"sheet {sheet} is not used: without supply every system is bought at its "
                    "price where it is installed"
                )
        return
    sold, assembled = draft.names("supply", "item"), draft.names("plants", "system")
    if sold is not None and assembled is not None:
        for row in draft.rows("systems", "system"):
            if row["system"] not in sold | assembled:
                yield row.fault(
                    "system",
                    "no supplier sells it and no plant assembles it",
                    "Add it to supply, or to plants and bom",
                )
    built_of = draft.names("bom", "system")
    for row in draft.rows("plants", "system"):
        if built_of is not None and row["system"] not in built_of:
            yield row.fault(
                "system",
                "it is assembled here, but has no bill of materials",
                "Add its items to bom",
            )
    used, systems = draft.names("bom", "item"), draft.names("systems", "system")
    if used is not None and systems is not None:
        if draft.given("supply", "item") <= used | systems:
            return
        for row in draft.rows("supply", "item"):
            if row["item"] not in used | systems:
                yield row.fault(
                    "item",
                    "it is neither a system nor in any bill of materials",
                    "Correct its name, add it to bom, or remove the row",
                )


def orders_are_possible(draft: Draft) -> Iterator[Fault | str]:
    """A placed order names an item that its supplier sells, and arrives after its date."""
    if draft.every_row("supply", "supplier", "item"):
        sold = {(row["supplier"], row["item"]) for row in draft.rows("supply")}
        for row in draft.rows("orders", "supplier", "item"):
            if (row["supplier"], row["item"]) not in sold:
                yield row.fault(
                    "item",
                    f"{row['supplier']} does not sell it",
                    "Add the row to supply, or correct the order",
                )
    for row in draft.rows("orders", "placed", "arrives"):
        if row["placed"] is not None and row["arrives"] < row["placed"]:
            yield row.fault(
                "arrives",
                f"the order arrives before it was placed, on {row['placed']}",
                "Correct one of the two dates",
            )
    for row in draft.rows("orders", "arrives") if draft.settled("end") else ():
        if row["arrives"] > draft.inputs.settings["end"]:
            yield f"order {row['order']} arrives after the plan's end, so the plan cannot use it"


def shared_payment_has_a_capacity(draft: Draft) -> Iterator[Fault]:
    """A supplier with take-or-pay states a capacity, because take-or-pay is a share of it."""
    limited = draft.names("supply_capacity", "supplier")
    if not any(draft.given("supply", "take_or_pay_share")):
        return
    for row in draft.rows("supply", "supplier", "take_or_pay_share"):
        if row["take_or_pay_share"] > 0 and limited is not None and row["supplier"] not in limited:
            yield row.fault(
                "take_or_pay_share",
                f"this is a share of the supplier's capacity, but {row['supplier']} has none",
                "Add the supplier to supply_capacity",
            )
    for row in draft.rows("supply", "take_or_pay_share", "capacity_use"):
        if row["take_or_pay_share"] > 0 and row["capacity_use"] == 0:
            yield row.fault(
                "capacity_use",
                "with take-or-pay, the use of capacity must be above 0",
                "Give the capacity that a unit takes",
            )
