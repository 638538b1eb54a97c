"""The result tables of a plan; their columns are declared in `planner.plan.result_rows`.

Dates are ISO days. `period` is the first day of a planning period. Quantities are units of the
item, money is in whole units of the plan's currency and not discounted unless a column says so.
Rows whose quantities are all zero are left out, except in `power`, `ramp`, `fleet`, `tiers` and
`costs`, which are complete.
"""

from __future__ import annotations

from planner.plan.columns import ResultTable, columns_of
from planner.plan.result_rows import (
    ClockRow,
    CostRow,
    FleetRow,
    HallRow,
    InstallRow,
    OpeningRow,
    OrderRow,
    PegRow,
    PowerRow,
    ProductionRow,
    RampRow,
    ServiceRow,
    ShipmentRow,
    SpendRow,
    StockRow,
    TierRow,
)
from planner.plan.token_rows import (
    ReplicaRow,
    TokenCostRow,
    TokenPurchaseRow,
    TokenRow,
    TokenServiceRow,
)

ORDERS = ResultTable("orders", "An order, firm (already placed) or planned.", columns_of(OrderRow))

PEGS = ResultTable(
    "pegs", "Units of an order that an install waits for, first in, first out.", columns_of(PegRow)
)

PRODUCTION = ResultTable(
    "production",
    "Systems started at a plant by a day, evenly since the one before.",
    columns_of(ProductionRow),
)

SHIPMENTS = ResultTable(
    "shipments", "Units that leave on a lane on a day.", columns_of(ShipmentRow)
)

STOCK = ResultTable(
    "stock",
    "Units held after what is taken on a day, until the next on which "
    "anything is; the place `*` is everywhere, in a plan without lanes.",
    columns_of(StockRow),
)

INSTALLS = ResultTable(
    "installs",
    "Systems installed in or removed from a hall class by a day; removals "
    "on the first day of a period.",
    columns_of(InstallRow),
)

FLEET = ResultTable(
    "fleet", "Systems in a hall class at the end of a period.", columns_of(FleetRow)
)

HALLS = ResultTable("halls", "Halls of a class decided or open in a period.", columns_of(HallRow))

OPENINGS = ResultTable("openings", "Halls of a class decided on a day.", columns_of(OpeningRow))

CLOCK = ResultTable(
    "clock",
    "A day on which work of a limited rate is delivered, and its window: what "
    "the rate allows from its first day on is the most that can be done by this day.",
    columns_of(ClockRow),
)

POWER = ResultTable(
    "power", "Load of a power node on the last day of a period.", columns_of(PowerRow)
)

SERVICE = ResultTable(
    "service",
    "Megawatts that a hall's systems serve to a commitment on the last day of a period.",
    columns_of(ServiceRow),
)

RAMP = ResultTable("ramp", "A commitment on the last day of a period.", columns_of(RampRow))

SPEND = ResultTable("spend", "Money spent in a period by cost term.", columns_of(SpendRow))

TIERS = ResultTable("tiers", "A tier of the objective, in the order solved.", columns_of(TierRow))

COSTS = ResultTable("costs", "A cost term over the whole plan.", columns_of(CostRow))

TOKENS = ResultTable("tokens", "Tokens of a workload over a span.", columns_of(TokenRow))

TOKEN_SERVICE = ResultTable(
    "token_service",
    "Tokens of a workload served on a path in a block of the day.",
    columns_of(TokenServiceRow),
)

TOKEN_PURCHASES = ResultTable(
    "token_purchases",
    "Tokens of a workload bought or missed in a block of the day.",
    columns_of(TokenPurchaseRow),
)

REPLICAS = ResultTable(
    "replicas",
    "Replicas of a kind that stand loaded at a site in a span.",
    columns_of(ReplicaRow),
)

TOKEN_COSTS = ResultTable(
    "token_costs",
    "Systems loaded with a model in a country in a span, and what a Mtok of theirs costs.",
    columns_of(TokenCostRow),
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
    TOKENS,
    TOKEN_SERVICE,
    TOKEN_PURCHASES,
    REPLICAS,
    TOKEN_COSTS,
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
"""The named cost terms, which sum to the present cost, in a plan without workloads."""

TOKENS_TERM = "tokens"
"""The further term of a plan with workloads."""


def cost_terms(*, has_workloads: bool) -> tuple[str, ...]:
    """Return the cost terms of a plan."""
    return (*COST_TERMS, TOKENS_TERM) if has_workloads else COST_TERMS
