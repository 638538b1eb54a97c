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
    ResultTable("orders", "An order, firm (already placed) or planned.", {
        "order": "number", "supplier": "", "item": "", "firm": "yes or no",
        "quantity": "units ordered", "period": "period of decision; blank before the plan",
        "order_date": "day; blank where not known", "arrival_date": "day at the supplier's dock",
        "unit_price": "money per unit", "price": "money, quantity x unit price",
        "order_cost": "money", "latest_order_date": "last day that keeps the same installs",
        "slack_days": "days from order date to latest order date",
        "it_mw_blocked": "MW of IT power that wait for these units",
        "milestone_blocked": "first milestone that waits for them, as commitment and day",
        "already_late": "yes if that milestone is short of MW before they are in service",
        "sites_fed": "sites at which they are installed, separated by semicolons",
    }),
    ResultTable("pegs", "Units of an order that an install waits for, first in, first out.", {
        "order": "number", "hall": "", "system": "", "period": "period of the install",
        "quantity": "good units of the order's item", "systems": "systems that wait for them",
        "it_mw": "MW of IT power of these systems",
    }),
    ResultTable("production", "Systems started at a plant in a period.", {
        "plant": "", "system": "", "period": "period of start", "finish_date": "day",
        "quantity": "systems",
    }),
    ResultTable("shipments", "Units that leave on a lane in a period.", {
        "from": "", "to": "", "item": "", "period": "period of departure", "arrival_date": "day",
        "quantity": "units",
    }),
    ResultTable("stock", "Units held at the end of a period; the place `*` is everywhere, in a "
                "plan without lanes.", {
        "place": "", "item": "", "period": "", "quantity": "units",
    }),
    ResultTable("installs", "Systems installed in or removed from a hall class in a period.", {
        "site": "", "hall": "", "system": "", "period": "", "installed": "systems",
        "removed": "systems", "commitment": "the one that these systems are installed for",
        "milestone": "day of its milestone that waits for them",
        "late": "yes if that milestone is short of MW before they are in service",
    }),
    ResultTable("fleet", "Systems in a hall class at the end of a period.", {
        "site": "", "hall": "", "system": "", "period": "", "installed": "systems",
        "in_service": "systems, installed and commissioned",
    }),
    ResultTable("halls", "Halls of a class decided or open in a period.", {
        "site": "", "hall": "", "period": "", "decided": "halls decided in the period",
        "opened": "halls open in the period, in all",
    }),
    ResultTable("power", "Load of a power node in a period.", {
        "node": "", "period": "", "load_mw": "MW facility power of all systems below it",
        "energised_mw": "MW; blank: no limit", "headroom_mw": "MW; blank: no limit",
    }),
    ResultTable("service", "Megawatts that a hall's systems serve to a commitment in a period.", {
        "commitment": "", "site": "", "hall": "", "system": "", "period": "",
        "mw": "MW on the commitment's basis",
    }),
    ResultTable("ramp", "A commitment in a period.", {
        "commitment": "", "period": "", "period_end": "last day", "basis": "",
        "required_mw": "MW", "in_service_mw": "MW served to it", "missed_mw": "MW",
    }),
    ResultTable("spend", "Money spent in a period by cost term.", {
        "period": "", "term": "", "amount": "money", "present_cost": "money, discounted to start",
    }),
    ResultTable("tiers", "A tier of the objective, in the order solved.", {
        "tier": "", "unit": "", "value": "value reached", "bound": "proven bound",
        "gap": "relative distance of value and bound", "status": "status of the solver's model",
        "seconds": "s",
    }),
    ResultTable("costs", "A cost term over the whole plan.", {
        "term": "", "amount": "money", "present_cost": "money, discounted to start",
    }),
)  # fmt: skip
"""All result tables, in the order of the report."""

COLUMNS = {table.name: tuple(table.columns) for table in RESULTS}
"""Columns of each table, in order."""

COST_TERMS = (
    "purchase", "take_or_pay", "orders", "assembly", "freight", "holding", "openings", "fit_out",
    "lease", "energy", "service", "late",
)  # fmt: skip
"""The named cost terms, which sum to the present cost."""

Tables = dict[str, list[Row]]
"""All result tables of a plan by name."""
