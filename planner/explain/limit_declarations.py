"""Declarations of the limits that a person can ask for.

Each is declared once, in `LIMITS`: its cell, its name, its unit, the sentence that asks for more
of it, and the rows of the model that it bounds. Everything that explains a plan reads this
declaration. The limits that systems in a hall share are declared in `HALL_LIMITS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.explain.row_effects import (
    Effect,
    budget,
    crew_rate,
    each_hall,
    hall_count,
    kv_link,
    lane_rate,
    node_power,
    plant_rate,
    storage,
    supplier_rate,
    supply_yield,
)
from planner.workbook.schema.hall_limits import HALL_LIMITS, HallLimit

MAX_TIMES = 10
"""Largest requested amount, as a multiple of the largest amount of the limit.

More than ten times the capacity of a supplier, plant, lane, crew, feeder or budget would be a
different one. Likewise a yield can remove at most nine tenths of the failures.
"""

MAX_TIMES_IN_HALL = 2
"""The same for the capacity of a hall: it is built, and a refit doubles it at best."""


@dataclass(frozen=True)
class Amount:
    """Declaration of a limit that is an amount.

    Attributes
    ----------
    sheet, column : str
        Its cell in the workbook.
    kind : str
        What it is called, e.g. ``supplier capacity``.
    subject : tuple of str
        Columns that name its owner.
    unit : str
        Unit of one step.
    ask : str
        Sentence that asks for more. It may contain the row's columns and ``{amount}``, a bare
        number, or ``{more}``, a number with the noun, e.g. ``2 more halls``.
    effect : Effect
        Effects of one unit more on the rows of the model.
    noun : str
        What it counts, in the singular; only if the sentence contains ``{more}``.
    each_takes : (str, str) or None
        Sheet and column that say how many units one system takes; None if one, or if its unit is
        megawatts, halls or money.
    max_times : float
        Largest amount to ask for, as a multiple of the present one.
    """

    sheet: str
    column: str
    kind: str
    subject: tuple[str, ...]
    unit: str
    ask: str
    effect: Effect
    noun: str = ""
    each_takes: tuple[str, str] | None = None
    max_times: float = MAX_TIMES


@dataclass(frozen=True)
class Day:
    """Declaration of a limit that is a date or a number of days.

    Attributes
    ----------
    sheet, column, kind, subject
        As in `Amount`.
    ask : str
        Sentence that asks for an earlier date or fewer days. It may contain the row's columns,
        ``{now}`` and ``{before}``, and for a dated capacity ``{rise}``, by how much it rises.
    """

    sheet: str
    column: str
    kind: str
    subject: tuple[str, ...]
    ask: str


def _hall_limit(limit: HallLimit) -> Amount:
    """Return the declaration of a limit that the systems in a hall share."""
    # A limit in megawatts, or one that counts systems, needs no column with the use of a system.
    is_converted = limit.unit != "MW" and bool(limit.each_takes)
    return Amount(
        "halls",
        limit.column,
        limit.kind,
        ("hall",),
        f"{limit.unit} per hall",
        limit.ask,
        each_hall(limit.rule),
        noun=limit.noun,
        each_takes=("systems", limit.each_takes[0]) if is_converted else None,
        max_times=MAX_TIMES_IN_HALL,
    )


LIMITS: tuple[Amount | Day, ...] = (
    *map(_hall_limit, HALL_LIMITS),
    Amount(
        "links",
        "gb_s",
        "link",
        ("from", "to"),
        "GB/s",
        "carry {amount} GB/s more KV cache from {from} to {to}",
        kv_link,
    ),
    Amount(
        "halls",
        "count",
        "number of halls",
        ("hall",),
        "halls",
        "{hall}: {more}",
        hall_count,
        noun="hall",
    ),
    Day("halls", "ready", "hall ready", ("hall",), "{hall}: ready by {now} instead of {before}"),
    Day(
        "halls",
        "build_days",
        "days to open a hall",
        ("hall",),
        "{hall}: open a hall within {now} instead of {before}",
    ),
    Amount(
        "energisation",
        "mw",
        "power",
        ("node",),
        "MW",
        "{node}: energise {amount} MW more",
        node_power,
    ),
    Day(
        "energisation",
        "from",
        "energised from",
        ("node",),
        "energise {node} by {now} instead of {before} (+{rise} MW)",
    ),
    Amount(
        "crews",
        "systems_per_month",
        "crews",
        ("site",),
        "systems per month",
        "crews to install {more} a month at {site}",
        crew_rate,
        noun="system",
    ),
    Day(
        "crews",
        "from",
        "crews from",
        ("site",),
        "more crews at {site} by {now} instead of {before} (+{rise} systems a month)",
    ),
    Day(
        "systems",
        "commission_days",
        "days to commission",
        ("system",),
        "{system}: commission within {now} instead of {before}",
    ),
    Amount(
        "depots",
        "storage",
        "storage",
        ("depot",),
        "units",
        "{depot}: store {more}",
        storage,
        noun="unit",
        each_takes=("bom", "quantity"),
    ),
    Amount(
        "sites",
        "storage",
        "storage",
        ("site",),
        "units",
        "{site}: store {more}",
        storage,
        noun="unit",
        each_takes=("bom", "quantity"),
    ),
    Amount(
        "lanes",
        "units_per_month",
        "lane",
        ("from", "to"),
        "units per month",
        "{more} a month on the lane from {from} to {to}",
        lane_rate,
        noun="unit",
        each_takes=("bom", "quantity"),
    ),
    Day(
        "lanes",
        "transit_days",
        "days under way",
        ("from", "to"),
        "lane from {from} to {to}: {now} under way instead of {before}",
    ),
    Amount(
        "plants",
        "units_per_month",
        "assembly",
        ("plant", "system"),
        "systems per month",
        "{plant}: assemble {amount} more {system} a month",
        plant_rate,
    ),
    Day(
        "plants",
        "from",
        "assembly from",
        ("plant", "system"),
        "{plant}: assemble {system} from {now} instead of {before}",
    ),
    Day(
        "plants",
        "lead_days",
        "days of assembly",
        ("plant", "system"),
        "{plant}: assemble {system} within {now} instead of {before}",
    ),
    Day(
        "systems",
        "available_from",
        "system available from",
        ("system",),
        "{system}: available from {now} instead of {before}",
    ),
    Amount(
        "supply_capacity",
        "units_per_month",
        "supplier capacity",
        ("supplier",),
        "units per month",
        "{more} a month from {supplier}",
        supplier_rate,
        noun="unit of capacity",
        each_takes=("bom", "quantity"),
    ),
    Day(
        "supply_capacity",
        "from",
        "supplier capacity from",
        ("supplier",),
        "the larger capacity of {supplier} by {now} instead of {before} (+{rise} units a month)",
    ),
    Amount(
        "supply",
        "yield",
        "yield",
        ("supplier", "item"),
        "percentage point",
        "yield of {item} of {supplier}: {now} instead of {before}",
        supply_yield,
    ),
    Day(
        "supply",
        "lead_days",
        "supplier's lead time",
        ("supplier", "item"),
        "{item} of {supplier}: deliver within {now} instead of {before}",
    ),
    Day(
        "supply",
        "available_from",
        "on sale from",
        ("supplier", "item"),
        "{item} of {supplier}: on sale from {now} instead of {before}",
    ),
    Amount(
        "budget",
        "cumulative",
        "budget",
        ("date",),
        "money",
        "spend {amount} {currency} more by {date}",
        budget,
    ),
)
"""Every limit that a person can ask for, from the milestone back to the order.

The explanation of a late milestone names its limits in this order.
"""

NOT_ASKED_FOR = {
    **{
        ("systems", column): "a property of the product"
        for limit in HALL_LIMITS
        for column in limit.each_takes
    },
    ("systems", "available_to"): "the end of sale of a product",
    ("bom", "quantity"): "a property of the product",
    ("supply", "lot"): "a term of sale that rounds orders",
    ("supply", "min_order"): "a term of sale that rounds orders",
    ("supply", "capacity_use"): "a property of the item",
    ("supply", "take_or_pay_share"): "a term of sale that costs money",
    ("sites", "pue"): "a property of the building",
    ("sites", "latitude"): "a fact",
    ("sites", "longitude"): "a fact",
    ("halls", "open_count"): "a fact; the number of halls is the limit",
}
"""Numbers and dates of supply and sites, money apart, that no explanation asks to change; why."""
