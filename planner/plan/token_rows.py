"""The rows of the result tables of workloads: every column declared once.

A span is given by its first and last day. All of these tables are empty in a plan without
workloads.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from planner.plan.columns import Column, shown
from planner.plan.rows import Day

WORKLOAD = Column("workload", "Workload", "", "text", "The workload.", width=28)
SPAN_FROM = Column("span_from", "From", "", "date", "First day of the span.")
SPAN_TO = Column("span_to", "To", "", "date", "Last day of the span.")
BLOCK = Column("block", "Block", "", "text", "Block of the day; blank: any hour of the day.")


class TokenRow(TypedDict):
    """Tokens of a workload over a span."""

    workload: Annotated[str, WORKLOAD]
    span_from: Annotated[Day, SPAN_FROM]
    span_to: Annotated[Day, SPAN_TO]
    demand_mtok: Annotated[
        float, shown("Demand", "Mtok", "digits", "Tokens demanded.", adds_up=True)
    ]
    served_mtok: Annotated[float, shown("Served", "Mtok", "digits", "Tokens served.", adds_up=True)]
    bought_mtok: Annotated[float, shown("Bought", "Mtok", "digits", "Tokens bought.", adds_up=True)]
    missed_mtok: Annotated[
        float, shown("Missed", "Mtok", "digits", "Neither served nor bought.", adds_up=True)
    ]
    buy_cost: Annotated[
        float,
        shown(
            "Cost of bought",
            "{money}",
            "money",
            "Money for the tokens bought, not discounted.",
            adds_up=True,
        ),
    ]


class TokenServiceRow(TypedDict):
    """Tokens of a workload served on a path in a block of the day."""

    workload: Annotated[str, WORKLOAD]
    path: Annotated[str, shown("Path", "", "label", "aggregated or disaggregated.")]
    prefill_system: Annotated[
        str, shown("Prefill", "", "text", "System or composite that prefills.")
    ]
    decode_system: Annotated[str, shown("Decode", "", "text", "System or composite that decodes.")]
    systems_per_prefill_replica: Annotated[
        float,
        shown(
            "Systems per prefill replica", "systems", "count", "Systems in a replica that prefills."
        ),
    ]
    systems_per_decode_replica: Annotated[
        float,
        shown(
            "Systems per decode replica", "systems", "count", "Systems in a replica that decodes."
        ),
    ]
    owner: Annotated[
        str | None,
        shown(
            "Owner of prefill",
            "",
            "text",
            "Commitment on whose megawatts it prefills; blank: none.",
        ),
    ]
    decode_owner: Annotated[
        str | None,
        shown(
            "Owner of decode", "", "text", "Commitment on whose megawatts it decodes; blank: none."
        ),
    ]
    country: Annotated[
        str | None,
        shown("Country", "", "text", "Country of aggregated service; blank: by site."),
    ]
    prefill_site: Annotated[
        str | None, shown("Prefill site", "", "text", "Site that prefills; blank: by country.")
    ]
    decode_site: Annotated[
        str | None, shown("Decode site", "", "text", "Site that decodes; blank: by country.")
    ]
    block: Annotated[str, shown("Block", "", "text", "Block of the day.")]
    span_from: Annotated[Day, SPAN_FROM]
    span_to: Annotated[Day, SPAN_TO]
    mtok_h: Annotated[float, shown("Served", "Mtok per hour", "digits", "Tokens served an hour.")]
    kv_gb_s: Annotated[
        float, shown("KV caches", "GB/s", "digits", "KV caches sent from site to site.")
    ]


class TokenPurchaseRow(TypedDict):
    """Tokens of a workload bought or missed in a block of the day."""

    workload: Annotated[str, WORKLOAD]
    block: Annotated[str | None, BLOCK]
    span_from: Annotated[Day, SPAN_FROM]
    span_to: Annotated[Day, SPAN_TO]
    bought_mtok_h: Annotated[
        float,
        shown(
            "Bought",
            "Mtok per hour",
            "digits",
            "Tokens bought an hour; a day where the block is blank.",
        ),
    ]
    missed_mtok_h: Annotated[
        float,
        shown(
            "Missed",
            "Mtok per hour",
            "digits",
            "Tokens missed an hour; a day where the block is blank.",
        ),
    ]


class ReplicaRow(TypedDict):
    """Replicas of a kind that stand loaded at a site in a span."""

    owner: Annotated[
        str | None,
        shown("Owner", "", "text", "Commitment on whose megawatts they run; blank: none."),
    ]
    model: Annotated[str, shown("Model", "", "text", "The model.", width=28)]
    system: Annotated[str, shown("System", "", "text", "The system or composite.", width=24)]
    systems_per_replica: Annotated[
        float, shown("Systems per replica", "systems", "count", "Systems or composites in one.")
    ]
    site: Annotated[str, shown("Site", "", "text", "The site.", width=32)]
    span_from: Annotated[Day, SPAN_FROM]
    span_to: Annotated[Day, SPAN_TO]
    replicas: Annotated[float, shown("Replicas", "replicas", "amount", "Replicas loaded.")]
    systems: Annotated[
        float, shown("Systems", "systems", "amount", "Systems that they take in all.")
    ]
    it_mw: Annotated[float, shown("Power", "MW, IT power", "mw", "Power of these systems.")]
    peak_use: Annotated[
        float, shown("Use at peak", "", "share", "Share of their time in the fullest block.")
    ]
    mean_use: Annotated[
        float, shown("Mean use", "", "share", "Share of their time used over the day.")
    ]


class TokenCostRow(TypedDict):
    """What the systems loaded with a model in a country cost in a span, and each Mtok of theirs.

    `planner.plan.token_costs` defines the cost.
    """

    model: Annotated[str, shown("Model", "", "text", "The model.", width=28)]
    system: Annotated[str, shown("System", "", "text", "The system or composite.", width=24)]
    country: Annotated[
        str | None, shown("Country", "", "label", "Country of the sites; blank: none stated.")
    ]
    span_from: Annotated[Day, SPAN_FROM]
    span_to: Annotated[Day, SPAN_TO]
    systems: Annotated[float, shown("Systems", "systems", "amount", "Systems loaded.")]
    monthly_cost: Annotated[
        float,
        shown("Cost a month", "{money}", "money", "Cost of these systems in a month, used or not."),
    ]
    mtok: Annotated[
        float,
        shown(
            "Made",
            "Mtok",
            "digits",
            "Tokens made: input where it is prefilled, output where it is decoded.",
            adds_up=True,
        ),
    ]
    cost_per_mtok: Annotated[
        float | None,
        shown("Cost as used", "{money} per Mtok", "digits", "Cost of the span / Mtok made."),
    ]
    cost_per_mtok_at_full_use: Annotated[
        float | None,
        shown(
            "Cost at full use",
            "{money} per Mtok",
            "digits",
            "The same if all replicas were busy all day, within `max_use`.",
        ),
    ]
    api_price: Annotated[
        float | None,
        shown(
            "API price",
            "{money} per Mtok",
            "digits",
            "Price of the same tokens; blank: some cannot be bought.",
        ),
    ]
    break_even_use: Annotated[
        float | None,
        shown(
            "Break-even use",
            "of max_use",
            "share",
            "Use at which a Mtok costs its API price; above 1: never.",
        ),
    ]
