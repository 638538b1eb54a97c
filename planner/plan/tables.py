"""The result tables of a plan: every table and column declared once.

Dates are ISO days. `period` is the first day of a planning period. Quantities are units of the
item, money is in whole units of the plan's currency and not discounted unless a column says so.
Rows whose quantities are all zero are left out, except in `power`, `ramp`, `fleet`, `tiers` and
`costs`, which are complete.
"""

from __future__ import annotations

from planner.plan.columns import Column, ResultTable

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

ORDERS = ResultTable(
    "orders",
    "An order, firm (already placed) or planned.",
    (
        Column("order", "Order", "", "text", "Number of the order.", width=14),
        Column("supplier", "Supplier", "", "text", "The supplier.", width=18),
        Column("item", "Item", "", "text", "The item, or the kind of system.", width=16),
        Column("firm", "Firm", "", "label", "Whether the order is already placed."),
        Column("quantity", "Quantity", "units", "amount", "Units ordered."),
        Column(
            "period",
            "First day of {period}",
            "",
            "date",
            "First day of the period of the decision; blank before the plan.",
        ),
        Column(
            "order_date",
            "Order date",
            "of the last units",
            "date",
            "Day on which the last of its units are ordered; blank if not known.",
        ),
        Column(
            "order_from",
            "Sign from",
            "",
            "date",
            "Day on which the first of its units are ordered: sign by then; blank for a firm "
            "order.",
        ),
        Column(
            "arrival_date",
            "Arrival",
            "",
            "date",
            "Day on which the last of its units are at the supplier's dock.",
        ),
        Column("unit_price", "Unit price", "{money} per unit", "amount", "Price of a unit."),
        Column(
            "price",
            "Extended price",
            "{money}",
            "amount",
            "Quantity x unit price.",
            adds_up=True,
        ),
        Column("order_cost", "Order cost", "{money}", "amount", "Cost of ordering.", adds_up=True),
        Column(
            "latest_order_date",
            "Sign by",
            "last responsible day",
            "date",
            "Last day to sign without moving an install.",
        ),
        Column("slack_days", "Slack", "days", "days", "Days from `Sign from` to `Sign by`."),
        Column(
            "it_mw_blocked",
            "Power blocked",
            "MW, IT power",
            "mw",
            "Power of the systems that wait for these units.",
        ),
        Column(
            "milestone_blocked",
            "Milestone blocked",
            "",
            "text",
            "First milestone that waits for them, as commitment and day; blank if they only hold "
            "what was met before.",
            width=22,
        ),
        Column(
            "already_late",
            "Already late",
            "",
            "label",
            "Whether that milestone is short of MW before they are in service.",
        ),
        Column(
            "sites_fed",
            "Sites fed",
            "",
            "text",
            "Sites at which they are installed, separated by semicolons.",
            width=32,
        ),
    ),
)

PEGS = ResultTable(
    "pegs",
    "Units of an order that an install waits for, first in, first out.",
    (
        Column("order", "Order", "", "text", "Number of the order.", width=14),
        HALL,
        SYSTEM,
        Column("period", "First day of {period}", "", "date", "Period of the install."),
        Column("date", "Installed by", "", "date", "Day of the install."),
        Column("quantity", "Quantity", "units", "amount", "Good units of the order's item."),
        Column("systems", "Systems", "systems", "amount", "Systems that wait for them."),
        Column("it_mw", "Power", "MW, IT power", "mw", "Power of these systems."),
    ),
)

PRODUCTION = ResultTable(
    "production",
    "Systems started at a plant by a day, evenly since the one before.",
    (
        Column("plant", "Plant", "", "text", "The plant."),
        SYSTEM,
        Column("period", "First day of {period}", "", "date", "Period of the start."),
        Column("start_date", "Started by", "", "date", "Day by which all of them are started."),
        Column("finish_date", "Finished by", "", "date", "Day on which the last is finished."),
        Column("quantity", "Quantity", "systems", "amount", "Systems started."),
    ),
)

SHIPMENTS = ResultTable(
    "shipments",
    "Units that leave on a lane on a day.",
    (
        Column("from", "From", "", "text", "Place that they leave."),
        Column("to", "To", "", "text", "Place that they reach."),
        ITEM,
        Column("period", "First day of {period}", "", "date", "Period of the departure."),
        Column("departure_date", "Leaves", "", "date", "Day of the departure."),
        Column("arrival_date", "Arrives", "", "date", "Day of the arrival."),
        Column("quantity", "Quantity", "units", "amount", "Units shipped."),
    ),
)

STOCK = ResultTable(
    "stock",
    "Units held after what is taken on a day, until the next on which "
    "anything is; the place `*` is everywhere, in a plan without lanes.",
    (
        Column("place", "Place", "", "text", "Place that holds them."),
        ITEM,
        PERIOD,
        Column("date", "After", "", "date", "Day after which they are held."),
        Column("quantity", "Held", "units", "amount", "Units held."),
    ),
)

INSTALLS = ResultTable(
    "installs",
    "Systems installed in or removed from a hall class by a day; removals "
    "on the first day of a period.",
    (
        SITE,
        HALL,
        SYSTEM,
        PERIOD,
        Column("date", "Installed by", "", "date", "Day by which the work is done."),
        Column("installed", "Installed", "systems", "amount", "Systems installed.", adds_up=True),
        Column("removed", "Removed", "systems", "amount", "Systems removed.", adds_up=True),
        Column(
            "commitment",
            "Commitment",
            "",
            "text",
            "Commitment for which these systems are installed.",
            width=28,
        ),
        Column(
            "milestone",
            "Milestone",
            "",
            "date",
            "Day of its milestone that waits for them; blank if they only hold what was met "
            "before.",
        ),
        Column(
            "late",
            "Late",
            "",
            "label",
            "Whether that milestone is short of MW before they are in service.",
        ),
    ),
)

FLEET = ResultTable(
    "fleet",
    "Systems in a hall class at the end of a period.",
    (
        SITE,
        HALL,
        SYSTEM,
        PERIOD,
        Column("installed", "Installed", "systems", "amount", "Systems installed.", adds_up=True),
        Column(
            "in_service",
            "In service",
            "systems",
            "amount",
            "Systems installed and commissioned.",
            adds_up=True,
        ),
    ),
)

HALLS = ResultTable(
    "halls",
    "Halls of a class decided or open in a period.",
    (
        SITE,
        HALL,
        PERIOD,
        Column("decided", "Decided", "halls", "amount", "Halls decided in the period."),
        Column(
            "opened",
            "Open",
            "halls",
            "amount",
            "All halls open on the last day of the period.",
            adds_up=True,
        ),
    ),
)

OPENINGS = ResultTable(
    "openings",
    "Halls of a class decided on a day.",
    (
        SITE,
        HALL,
        Column("period", "First day of {period}", "", "date", "Period of the decision."),
        Column("date", "Decided on", "", "date", "Day of the decision."),
        Column("opens", "Open from", "", "date", "Day from which they are open."),
        Column("count", "Decided", "halls", "amount", "Halls decided.", adds_up=True),
    ),
)

CLOCK = ResultTable(
    "clock",
    "A day on which work of a limited rate is delivered, and its window: what "
    "the rate allows from its first day on is the most that can be done by this day.",
    (
        Column("act", "Work", "", "label", "order, start, ship or install."),
        Column(
            "place",
            "Supplier, plant, place or site",
            "",
            "text",
            "Supplier, plant, place that a shipment leaves, or site.",
        ),
        Column("to", "To", "", "text", "Place that a shipment reaches."),
        Column("item", "Item", "", "text", "Kind of system that a plant starts."),
        Column("window_from", "First day", "", "date", "First day of the window."),
        Column("date", "Last day", "", "date", "Last day of the window."),
        Column(
            "carried",
            "Carried over",
            "units",
            "decimal",
            "Work left for the next window, less than a system or an order.",
        ),
    ),
)

POWER = ResultTable(
    "power",
    "Load of a power node on the last day of a period.",
    (
        NODE,
        PERIOD,
        Column("load_mw", "Load", "MW", "mw", "Facility power of all systems below the node."),
        Column("energised_mw", "Energised", "MW", "mw", "Limit of the node; blank: no limit."),
        Column("headroom_mw", "Headroom", "MW", "mw", "Energised less load; blank: no limit."),
    ),
)

SERVICE = ResultTable(
    "service",
    "Megawatts that a hall's systems serve to a commitment on the last day of a period.",
    (
        COMMITMENT,
        SITE,
        HALL,
        SYSTEM,
        PERIOD,
        Column("mw", "In service", "MW", "mw", "MW served, on the commitment's basis."),
    ),
)

RAMP = ResultTable(
    "ramp",
    "A commitment on the last day of a period.",
    (
        COMMITMENT,
        PERIOD,
        Column("period_end", "End of {period}", "", "date", "Last day of the period."),
        BASIS,
        Column("required_mw", "Committed", "MW", "mw", "MW due by then, in all."),
        Column("in_service_mw", "In service", "MW", "mw", "MW served to the commitment."),
        Column("missed_mw", "Missed", "MW", "mw", "MW due and not served."),
    ),
)

SPEND = ResultTable(
    "spend",
    "Money spent in a period by cost term.",
    (PERIOD, TERM, AMOUNT, PRESENT_COST),
)

TIERS = ResultTable(
    "tiers",
    "A tier of the objective, in the order solved.",
    (
        Column("tier", "Tier", "", "text", "Name of the tier."),
        Column("unit", "Unit", "", "label", "Unit of its value."),
        Column("value", "Value", "", "mixed", "Value reached."),
        Column("bound", "Proven bound", "", "mixed", "No plan can be better than this."),
        Column("gap", "Gap", "", "gap", "Relative distance of value and bound."),
        Column("status", "Solver", "", "label", "Status of the solver's model."),
        Column("seconds", "Time", "s", "decimal", "Seconds of solving."),
    ),
)

COSTS = ResultTable(
    "costs",
    "A cost term over the whole plan.",
    (TERM, AMOUNT, PRESENT_COST),
)

RESULTS = (
    ORDERS,
    PEGS,
    PRODUCTION,
    SHIPMENTS,
    STOCK,
    INSTALLS,
    FLEET,
    HALLS,
    OPENINGS,
    CLOCK,
    POWER,
    SERVICE,
    RAMP,
    SPEND,
    TIERS,
    COSTS,
)
"""All result tables, in the order of the report."""

COLUMNS = {table.name: tuple(table.columns) for table in RESULTS}
"""Names of the columns of each table, in order."""

COST_TERMS = (
    "purchase",
    "take_or_pay",
    "orders",
    "assembly",
    "freight",
    "holding",
    "openings",
    "fit_out",
    "lease",
    "energy",
    "service",
    "late",
)
"""The named cost terms, which sum to the present cost."""
