"""The result tables of a plan: every table and column declared once, with its unit.

Dates are ISO days. `period` is the first day of a planning period. Quantities are units of the
item, money is in whole units of the plan's currency and not discounted unless a column says so.
Rows whose quantities are all zero are left out, except in `power`, `ramp`, `fleet`, `tiers` and
`costs`, which are complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Row = dict[str, object]
"""One row of a result table: a value for each column."""


@dataclass(frozen=True)
class ResultTable:
    """Declaration of a result table.

    Attributes
    ----------
    name : str
        Name of the table and of its CSV file.
    help : str
        What a row stands for.
    columns : dict of str to str
        Unit or meaning of each column, in order.
    """

    name: str
    help: str
    columns: dict[str, str] = field(default_factory=dict)


RESULTS = (
    ResultTable(
        "orders",
        "An order, firm (already placed) or planned.",
        {
            "order": "number",
            "supplier": "",
            "item": "",
            "firm": "yes or no",
            "quantity": "units ordered",
            "period": "period of decision; blank before the plan",
            "order_date": "day on which the last of its units are ordered; blank where not known",
            "order_from": "day on which the first of its units are ordered: sign by then; blank "
            "for a firm order",
            "arrival_date": "day on which the last of its units are at the supplier's dock",
            "unit_price": "money per unit",
            "price": "money, quantity x unit price",
            "order_cost": "money",
            "latest_order_date": "last day to sign that keeps the same installs",
            "slack_days": "days from `order_from` to latest order date",
            "it_mw_blocked": "MW of IT power that wait for these units",
            "milestone_blocked": "first milestone that waits for them, as commitment and day; "
            "blank if they only hold what was met before",
            "already_late": "yes if that milestone is short of MW before they are in service",
            "sites_fed": "sites at which they are installed, separated by semicolons",
        },
    ),
    ResultTable(
        "pegs",
        "Units of an order that an install waits for, first in, first out.",
        {
            "order": "number",
            "hall": "",
            "system": "",
            "period": "period of the install",
            "date": "day of the install",
            "quantity": "good units of the order's item",
            "systems": "systems that wait for them",
            "it_mw": "MW of IT power of these systems",
        },
    ),
    ResultTable(
        "production",
        "Systems started at a plant by a day, evenly since the one before.",
        {
            "plant": "",
            "system": "",
            "period": "period of start",
            "start_date": "day",
            "finish_date": "day",
            "quantity": "systems",
        },
    ),
    ResultTable(
        "shipments",
        "Units that leave on a lane on a day.",
        {
            "from": "",
            "to": "",
            "item": "",
            "period": "period of departure",
            "departure_date": "day",
            "arrival_date": "day",
            "quantity": "units",
        },
    ),
    ResultTable(
        "stock",
        "Units held after what is taken on a day, until the next on which "
        "anything is; the place `*` is everywhere, in a plan without lanes.",
        {
            "place": "",
            "item": "",
            "period": "",
            "date": "day",
            "quantity": "units",
        },
    ),
    ResultTable(
        "installs",
        "Systems installed in or removed from a hall class by a day; removals "
        "on the first day of a period.",
        {
            "site": "",
            "hall": "",
            "system": "",
            "period": "",
            "date": "day",
            "installed": "systems",
            "removed": "systems",
            "commitment": "the one that these systems are installed for",
            "milestone": "day of its milestone that waits for them; blank if they only hold what "
            "was met before",
            "late": "yes if that milestone is short of MW before they are in service",
        },
    ),
    ResultTable(
        "fleet",
        "Systems in a hall class at the end of a period.",
        {
            "site": "",
            "hall": "",
            "system": "",
            "period": "",
            "installed": "systems",
            "in_service": "systems, installed and commissioned",
        },
    ),
    ResultTable(
        "halls",
        "Halls of a class decided or open in a period.",
        {
            "site": "",
            "hall": "",
            "period": "",
            "decided": "halls decided in the period",
            "opened": "halls open on the last day of the period, in all",
        },
    ),
    ResultTable(
        "openings",
        "Halls of a class decided on a day.",
        {
            "site": "",
            "hall": "",
            "period": "period of the decision",
            "date": "day of the decision",
            "opens": "day from which they are open",
            "count": "halls",
        },
    ),
    ResultTable(
        "clock",
        "A day on which work of a limited rate is delivered, and its window: what "
        "the rate allows from its first day on is the most that can be done by this day.",
        {
            "act": "order, start, ship or install",
            "place": "supplier, plant, place left or site",
            "to": "place reached by a shipment",
            "item": "system that a plant starts",
            "window_from": "day",
            "date": "day",
            "carried": "what is left for the next window, less than a system or an order",
        },
    ),
    ResultTable(
        "power",
        "Load of a power node on the last day of a period.",
        {
            "node": "",
            "period": "",
            "load_mw": "MW facility power of all systems below it",
            "energised_mw": "MW; blank: no limit",
            "headroom_mw": "MW; blank: no limit",
        },
    ),
    ResultTable(
        "service",
        "Megawatts that a hall's systems serve to a commitment on the last day of a period.",
        {
            "commitment": "",
            "site": "",
            "hall": "",
            "system": "",
            "period": "",
            "mw": "MW on the commitment's basis",
        },
    ),
    ResultTable(
        "ramp",
        "A commitment on the last day of a period.",
        {
            "commitment": "",
            "period": "",
            "period_end": "last day",
            "basis": "",
            "required_mw": "MW",
            "in_service_mw": "MW served to it",
            "missed_mw": "MW",
        },
    ),
    ResultTable(
        "spend",
        "Money spent in a period by cost term.",
        {
            "period": "",
            "term": "",
            "amount": "money",
            "present_cost": "money, discounted to start",
        },
    ),
    ResultTable(
        "tiers",
        "A tier of the objective, in the order solved.",
        {
            "tier": "",
            "unit": "",
            "value": "value reached",
            "bound": "proven bound",
            "gap": "relative distance of value and bound",
            "status": "status of the solver's model",
            "seconds": "s",
        },
    ),
    ResultTable(
        "costs",
        "A cost term over the whole plan.",
        {
            "term": "",
            "amount": "money",
            "present_cost": "money, discounted to start",
        },
    ),
)
"""All result tables, in the order of the report."""

COLUMNS = {table.name: tuple(table.columns) for table in RESULTS}
"""Columns of each table, in order."""

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

Tables = dict[str, list[Row]]
"""All result tables of a plan by name."""
