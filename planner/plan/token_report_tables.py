"""Tables that reports derive on tokens: every column declared once."""

from __future__ import annotations

from dataclasses import replace

from planner.plan.columns import Column, ResultTable
from planner.plan.tables import REPLICAS, TOKEN_COSTS, TOKENS
from planner.plan.token_rows import SPAN_FROM, SPAN_TO, WORKLOAD

MISSED_SHARE = Column("missed_share", "Missed", "of demand", "share", "Share that is missed.")
BOUGHT_SHARE = Column("bought_share", "Bought", "of demand", "share", "Share that is bought.")
SERVER = Column("system", "System", "", "text", "The system or composite.", width=24)
USE = Column("use", "Use", "of max_use", "share", "Share of the time that may be used.")


def _mtok(table: ResultTable, *names: str) -> tuple[Column, ...]:
    """Return columns of Mtok with as many decimals as columns of money have."""
    return tuple(replace(table.columns[name], kind="money") for name in names)


WORKLOAD_TOTALS = ResultTable(
    "workload_totals",
    "A workload over the whole plan.",
    (
        WORKLOAD,
        Column("class", "Class", "", "label", "Class of the workload."),
        Column("priority", "Priority", "", "count", "Priority of the workload."),
        *_mtok(TOKENS, "missed_mtok"),
        MISSED_SHARE,
        Column("missed_from", "Missed from", "", "date", "First day of the first span that is."),
        *_mtok(TOKENS, "demand_mtok", "served_mtok", "bought_mtok"),
        BOUGHT_SHARE,
        TOKENS.columns["buy_cost"],
    ),
)

WORKLOAD_SPANS = ResultTable(
    "workload_spans",
    TOKENS.help,
    (
        WORKLOAD,
        SPAN_FROM,
        SPAN_TO,
        *_mtok(TOKENS, "missed_mtok"),
        MISSED_SHARE,
        *_mtok(TOKENS, "demand_mtok", "served_mtok", "bought_mtok"),
        BOUGHT_SHARE,
        TOKENS.columns["buy_cost"],
    ),
)

SPAN_TOTALS = ResultTable(
    "span_totals",
    "All workloads in a span.",
    (
        SPAN_FROM,
        SPAN_TO,
        *_mtok(TOKENS, "missed_mtok", "served_mtok", "bought_mtok"),
    ),
)

SILICON_MW = ResultTable(
    "silicon_mw",
    "IT power of the systems that models are loaded on in a span.",
    (
        SPAN_FROM,
        SPAN_TO,
        Column("mw", "{system}", "MW, IT power", "mw", "Power of the systems of a kind."),
    ),
)

SILICON_MIX = ResultTable(
    "silicon_mix",
    "Tokens that systems of a kind make in a span, by class of workload.",
    (
        SERVER,
        SPAN_FROM,
        SPAN_TO,
        Column("systems", "Systems", "systems", "amount", "Systems loaded with a model."),
        Column("it_mw", "Power", "MW, IT power", "mw", "Power of these systems."),
        Column(
            "mtok",
            "{class}",
            "Mtok",
            "money",
            "Tokens made: input where it is prefilled, output where it is decoded.",
            adds_up=True,
        ),
    ),
)

POOLS = ResultTable(
    "pools",
    "Replicas that stand loaded at a site in a span, or systems that no model is loaded on.",
    (
        *REPLICAS.declared,
        Column("idle", "Idle", "systems", "decimal", "Systems idle in the mean: not used."),
    ),
)

POOL_COSTS = ResultTable(
    "pool_costs",
    TOKEN_COSTS.help,
    (
        *(column for column in TOKEN_COSTS.declared if column.name != "mtok"),
        *_mtok(TOKEN_COSTS, "mtok"),
        USE,
    ),
)

OWN_OR_BUY = ResultTable(
    "own_or_buy",
    "Systems with a model in a country over the whole plan: what a Mtok costs, made or bought.",
    (
        *(TOKEN_COSTS.columns[name] for name in ("model", "system", "country")),
        *_mtok(TOKEN_COSTS, "mtok"),
        *(
            TOKEN_COSTS.columns[name]
            for name in ("cost_per_mtok", "cost_per_mtok_at_full_use", "api_price")
        ),
        USE,
        TOKEN_COSTS.columns["break_even_use"],
        Column(
            "dearer_from",
            "Dearer than bought from",
            "",
            "date",
            "First day of the first span in which the break-even use exceeds the use.",
        ),
    ),
)

TOKEN_REPORT_TABLES = (
    WORKLOAD_TOTALS,
    WORKLOAD_SPANS,
    SPAN_TOTALS,
    SILICON_MW,
    SILICON_MIX,
    POOLS,
    POOL_COSTS,
    OWN_OR_BUY,
)
"""Every table that reports derive on tokens."""
