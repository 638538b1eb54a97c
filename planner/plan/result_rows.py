"""The rows of the result tables: every column declared once, with its type and how it is shown.

A number is a float or a whole number; a column that may be blank is None where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypedDict, cast

from planner.plan.columns import Column, shown
from planner.plan.rows import AnyRow, Day
from planner.plan.token_rows import (
    ReplicaRow,
    TokenCostRow,
    TokenPurchaseRow,
    TokenRow,
    TokenServiceRow,
)

PERIOD = Column("period", "First day of {period}", "", "date", "First day of the period.")
SITE = Column("site", "Site", "", "text", "The site.", width=32)
HALL = Column("hall", "Hall class", "", "text", "The hall class.", width=32)
SYSTEM = Column("system", "System", "", "text", "The kind of system.", width=24)
ITEM = Column("item", "Item", "", "text", "The item, or the kind of system.", width=24)
SUPPLIER = Column("supplier", "Supplier", "", "text", "The supplier.", width=30)
NODE = Column("node", "Power node", "", "text", "The power node.")
COMMITMENT = Column("commitment", "Commitment", "", "text", "The commitment.", width=28)
BASIS = Column("basis", "Basis", "", "label", "Basis on which the megawatts are counted.")
TERM = Column("term", "Cost term", "", "text", "Name of the cost term.")
AMOUNT = Column("amount", "Amount", "{money}", "money", "Money, not discounted.", adds_up=True)
PRESENT_COST = Column(
    "present_cost",
    "Present cost",
    "{money}",
    "money",
    "Money, discounted to the first day of the plan.",
    adds_up=True,
)


class PlacedOrder(TypedDict):
    """An order, firm or planned, before it is known what waits for it."""

    order: Annotated[str, shown("Order", "", "text", "Number of the order.", width=14)]
    supplier: Annotated[str, shown("Supplier", "", "text", "The supplier.", width=18)]
    item: Annotated[str, shown("Item", "", "text", "The item, or the kind of system.", width=16)]
    firm: Annotated[str, shown("Firm", "", "label", "Whether the order is already placed.")]
    quantity: Annotated[float, shown("Quantity", "units", "amount", "Units ordered.")]
    period: Annotated[
        Day | None,
        shown(
            "First day of {period}",
            "",
            "date",
            "First day of the period of the decision; blank before the plan.",
        ),
    ]
    order_date: Annotated[
        Day | None,
        shown(
            "Order date",
            "of the last units",
            "date",
            "Day on which the last of its units are ordered; blank if not known.",
        ),
    ]
    order_from: Annotated[
        Day | None,
        shown(
            "Sign from",
            "",
            "date",
            "Day on which the first of its units are ordered: sign by then; blank for a firm "
            "order.",
        ),
    ]
    arrival_date: Annotated[
        Day,
        shown(
            "Arrival", "", "date", "Day on which the last of its units are at the supplier's dock."
        ),
    ]
    unit_price: Annotated[
        float, shown("Unit price", "{money} per unit", "amount", "Price of a unit.")
    ]
    price: Annotated[
        float, shown("Extended price", "{money}", "amount", "Quantity x unit price.", adds_up=True)
    ]
    order_cost: Annotated[
        float, shown("Order cost", "{money}", "amount", "Cost of ordering.", adds_up=True)
    ]


class OrderRow(PlacedOrder):
    """An order with what waits for it."""

    latest_order_date: Annotated[
        Day | None,
        shown(
            "Sign by", "last responsible day", "date", "Last day to sign without moving an install."
        ),
    ]
    slack_days: Annotated[
        float | None, shown("Slack", "days", "days", "Days from `Sign from` to `Sign by`.")
    ]
    it_mw_blocked: Annotated[
        float | None,
        shown(
            "Power blocked", "MW, IT power", "mw", "Power of the systems that wait for these units."
        ),
    ]
    milestone_blocked: Annotated[
        str | None,
        shown(
            "Milestone blocked",
            "",
            "text",
            "First milestone that waits for them, as commitment and day; blank if they only hold "
            "what was met before.",
            width=22,
        ),
    ]
    already_late: Annotated[
        str | None,
        shown(
            "Already late",
            "",
            "label",
            "Whether that milestone is short of MW before they are in service.",
        ),
    ]
    sites_fed: Annotated[
        str | None,
        shown(
            "Sites fed",
            "",
            "text",
            "Sites at which they are installed, separated by semicolons.",
            width=32,
        ),
    ]


class PegRow(TypedDict):
    """Units of an order that an install waits for."""

    order: Annotated[str, shown("Order", "", "text", "Number of the order.", width=14)]
    hall: Annotated[str, HALL]
    system: Annotated[str, SYSTEM]
    period: Annotated[Day, shown("First day of {period}", "", "date", "Period of the install.")]
    date: Annotated[Day, shown("Installed by", "", "date", "Day of the install.")]
    quantity: Annotated[
        float, shown("Quantity", "units", "amount", "Good units of the order's item.")
    ]
    systems: Annotated[float, shown("Systems", "systems", "amount", "Systems that wait for them.")]
    it_mw: Annotated[float, shown("Power", "MW, IT power", "mw", "Power of these systems.")]


class ProductionRow(TypedDict):
    """Systems started at a plant by a day."""

    plant: Annotated[str, shown("Plant", "", "text", "The plant.")]
    system: Annotated[str, SYSTEM]
    period: Annotated[Day, shown("First day of {period}", "", "date", "Period of the start.")]
    start_date: Annotated[
        Day, shown("Started by", "", "date", "Day by which all of them are started.")
    ]
    finish_date: Annotated[
        Day, shown("Finished by", "", "date", "Day on which the last is finished.")
    ]
    quantity: Annotated[float, shown("Quantity", "systems", "amount", "Systems started.")]


ShipmentRow = TypedDict(
    "ShipmentRow",
    {
        "from": Annotated[str, shown("From", "", "text", "Place that they leave.")],
        "to": Annotated[str, shown("To", "", "text", "Place that they reach.")],
        "item": Annotated[str, ITEM],
        "period": Annotated[
            Day, shown("First day of {period}", "", "date", "Period of the departure.")
        ],
        "departure_date": Annotated[Day, shown("Leaves", "", "date", "Day of the departure.")],
        "arrival_date": Annotated[Day, shown("Arrives", "", "date", "Day of the arrival.")],
        "quantity": Annotated[float, shown("Quantity", "units", "amount", "Units shipped.")],
    },
)
"""Units that leave on a lane on a day."""


class StockRow(TypedDict):
    """Units held after a day."""

    place: Annotated[str, shown("Place", "", "text", "Place that holds them.")]
    item: Annotated[str, ITEM]
    period: Annotated[Day, PERIOD]
    date: Annotated[Day, shown("After", "", "date", "Day after which they are held.")]
    quantity: Annotated[float, shown("Held", "units", "amount", "Units held.")]


class InstallRow(TypedDict):
    """Systems installed in or removed from a hall class by a day."""

    site: Annotated[str, SITE]
    hall: Annotated[str, HALL]
    system: Annotated[str, SYSTEM]
    period: Annotated[Day, PERIOD]
    date: Annotated[Day, shown("Installed by", "", "date", "Day by which the work is done.")]
    installed: Annotated[
        float, shown("Installed", "systems", "amount", "Systems installed.", adds_up=True)
    ]
    removed: Annotated[
        float, shown("Removed", "systems", "amount", "Systems removed.", adds_up=True)
    ]
    commitment: Annotated[
        str | None,
        shown(
            "Commitment", "", "text", "Commitment for which these systems are installed.", width=28
        ),
    ]
    milestone: Annotated[
        Day | None,
        shown(
            "Milestone",
            "",
            "date",
            "Day of its milestone that waits for them; blank if they only hold what was met "
            "before.",
        ),
    ]
    late: Annotated[
        str | None,
        shown(
            "Late", "", "label", "Whether that milestone is short of MW before they are in service."
        ),
    ]


class FleetRow(TypedDict):
    """Systems in a hall class at the end of a period."""

    site: Annotated[str, SITE]
    hall: Annotated[str, HALL]
    system: Annotated[str, SYSTEM]
    period: Annotated[Day, PERIOD]
    installed: Annotated[
        float, shown("Installed", "systems", "amount", "Systems installed.", adds_up=True)
    ]
    in_service: Annotated[
        float,
        shown(
            "In service", "systems", "amount", "Systems installed and commissioned.", adds_up=True
        ),
    ]


class HallRow(TypedDict):
    """Halls of a class decided or open in a period."""

    site: Annotated[str, SITE]
    hall: Annotated[str, HALL]
    period: Annotated[Day, PERIOD]
    decided: Annotated[float, shown("Decided", "halls", "amount", "Halls decided in the period.")]
    opened: Annotated[
        float,
        shown(
            "Open", "halls", "amount", "All halls open on the last day of the period.", adds_up=True
        ),
    ]


class OpeningRow(TypedDict):
    """Halls of a class decided on a day."""

    site: Annotated[str, SITE]
    hall: Annotated[str, HALL]
    period: Annotated[Day, shown("First day of {period}", "", "date", "Period of the decision.")]
    date: Annotated[Day, shown("Decided on", "", "date", "Day of the decision.")]
    opens: Annotated[Day, shown("Open from", "", "date", "Day from which they are open.")]
    count: Annotated[float, shown("Decided", "halls", "amount", "Halls decided.", adds_up=True)]


class ClockRow(TypedDict):
    """A window of work of a limited rate."""

    act: Annotated[str, shown("Work", "", "label", "order, start, ship or install.")]
    place: Annotated[
        str,
        shown(
            "Supplier, plant, place or site",
            "",
            "text",
            "Supplier, plant, place that a shipment leaves, or site.",
        ),
    ]
    to: Annotated[str | None, shown("To", "", "text", "Place that a shipment reaches.")]
    item: Annotated[str | None, shown("Item", "", "text", "Kind of system that a plant starts.")]
    window_from: Annotated[Day, shown("First day", "", "date", "First day of the window.")]
    date: Annotated[Day, shown("Last day", "", "date", "Last day of the window.")]
    carried: Annotated[
        float,
        shown(
            "Carried over",
            "units",
            "decimal",
            "Work left for the next window, less than a system or an order.",
        ),
    ]


class PowerRow(TypedDict):
    """Load of a power node on the last day of a period."""

    node: Annotated[str, NODE]
    period: Annotated[Day, PERIOD]
    load_mw: Annotated[
        float, shown("Load", "MW", "mw", "Facility power of all systems below the node.")
    ]
    energised_mw: Annotated[
        float | None, shown("Energised", "MW", "mw", "Limit of the node; blank: no limit.")
    ]
    headroom_mw: Annotated[
        float | None, shown("Headroom", "MW", "mw", "Energised less load; blank: no limit.")
    ]


class ServiceRow(TypedDict):
    """Megawatts that a hall's systems serve to a commitment."""

    commitment: Annotated[str, COMMITMENT]
    site: Annotated[str, SITE]
    hall: Annotated[str, HALL]
    system: Annotated[str, SYSTEM]
    period: Annotated[Day, PERIOD]
    mw: Annotated[float, shown("In service", "MW", "mw", "MW served, on the commitment's basis.")]


class RampRow(TypedDict):
    """A commitment on the last day of a period."""

    commitment: Annotated[str, COMMITMENT]
    period: Annotated[Day, PERIOD]
    period_end: Annotated[Day, shown("End of {period}", "", "date", "Last day of the period.")]
    basis: Annotated[str, BASIS]
    required_mw: Annotated[float, shown("Committed", "MW", "mw", "MW due by then, in all.")]
    in_service_mw: Annotated[float, shown("In service", "MW", "mw", "MW served to the commitment.")]
    missed_mw: Annotated[float, shown("Missed", "MW", "mw", "MW due and not served.")]


class SpendRow(TypedDict):
    """Money spent in a period on a cost term."""

    period: Annotated[Day, PERIOD]
    term: Annotated[str, TERM]
    amount: Annotated[float, AMOUNT]
    present_cost: Annotated[float, PRESENT_COST]


class TierRow(TypedDict):
    """A tier of the objective."""

    tier: Annotated[str, shown("Tier", "", "text", "Name of the tier.")]
    unit: Annotated[str | None, shown("Unit", "", "label", "Unit of its value.")]
    value: Annotated[float, shown("Value", "", "mixed", "Value reached.")]
    bound: Annotated[
        float | None, shown("Proven bound", "", "mixed", "No plan can be better than this.")
    ]
    gap: Annotated[float | None, shown("Gap", "", "gap", "Relative distance of value and bound.")]
    status: Annotated[str | None, shown("Solver", "", "label", "Status of the solver's model.")]
    seconds: Annotated[float | None, shown("Time", "s", "decimal", "Seconds of solving.")]


class CostRow(TypedDict):
    """A cost term over the whole plan."""

    term: Annotated[str, TERM]
    amount: Annotated[float, AMOUNT]
    present_cost: Annotated[float, PRESENT_COST]


class Tables(TypedDict):
    """All result tables of a plan by name."""

    orders: list[OrderRow]
    pegs: list[PegRow]
    production: list[ProductionRow]
    shipments: list[ShipmentRow]
    stock: list[StockRow]
    installs: list[InstallRow]
    fleet: list[FleetRow]
    halls: list[HallRow]
    openings: list[OpeningRow]
    clock: list[ClockRow]
    power: list[PowerRow]
    service: list[ServiceRow]
    ramp: list[RampRow]
    spend: list[SpendRow]
    tiers: list[TierRow]
    costs: list[CostRow]
    tokens: list[TokenRow]
    token_service: list[TokenServiceRow]
    token_purchases: list[TokenPurchaseRow]
    replicas: list[ReplicaRow]
    token_costs: list[TokenCostRow]


def typed_tables(tables: Mapping[str, Sequence[AnyRow]]) -> Tables:
    """Return result tables with the types that their columns are declared to have."""
    return cast(Tables, tables)
