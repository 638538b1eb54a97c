"""Sheets of workloads: the tokens that are asked for, and the systems that may serve them."""

from __future__ import annotations

from planner.workbook.schema.column_kinds import (
    CHOICE,
    DATE,
    LIST,
    NUMBER,
    TEXT,
    WHOLE,
    identifier,
    source,
)
from planner.workbook.schema.declarations import Column, Table

SERVERS = ("systems.system", "composites.composite")
"""Columns that name what a replica consists of."""

TRAINING_CLASSES = ("fine-tuning", "training")
"""Classes of workloads that are served at `train_tok_s`."""

WORKLOAD_CLASSES = ("online", "batch", *TRAINING_CLASSES)
"""Classes of workloads; all but the first may be served at any hour of the day."""


def _since(meaning: str) -> Column:
    """Declare the optional date from which a row counts."""
    return Column("from", DATE, f"{meaning}; blank: from the start.", example="2026-01-01")


WORKLOAD_TABLES = (
    Table(
        "workloads",
        "Demand for tokens of one model, of one shape.",
        ("workload",),
        (
            identifier("workload", "Name of the workload.", example="chat"),
            identifier("model", "Model that serves it.", example="gpt-oss-120b"),
            Column(
                "class",
                CHOICE,
                "When and how it is served: online in each block of the day, the others at any "
                "hour of the day; fine-tuning and training at the rate train_tok_s.",
                default="online",
                choices=WORKLOAD_CLASSES,
                example="online",
            ),
            Column(
                "priority",
                WHOLE,
                "1 is served first; a larger number never at the cost of a smaller one.",
                default=1,
                low=1,
                high=99,
                example="1",
            ),
            Column(
                "min_speed",
                NUMBER,
                "Least output tokens a second for one user; blank: any.",
                unit="tok/s per user",
                above=0.0,
                example="50",
            ),
            Column(
                "max_ttft_s",
                NUMBER,
                "Most seconds to the first token; blank: any.",
                unit="s",
                above=0.0,
                example="2",
            ),
            Column(
                "countries",
                LIST,
                "Countries in which it may be served, separated by commas; blank: all.",
                example="US, CA",
            ),
            Column(
                "systems",
                LIST,
                "Systems and composites that may serve it, separated by commas; blank: all.",
                refers_to=SERVERS,
                example="CS-3",
            ),
            Column(
                "commitment",
                TEXT,
                "Commitment on whose megawatts it runs, on systems that the commitment allows; "
                "blank: on systems that no commitment uses.",
                refers_to=("commitments.commitment",),
                example="OpenAI",
            ),
            Column(
                "headroom",
                NUMBER,
                "Capacity kept free for an online workload, as a share of its load.",
                default=0.0,
                low=0.0,
                high=1.0,
                example="0.2",
            ),
            source(),
        ),
    ),
    Table(
        "token_demand",
        "Tokens that a workload asks for in a day, from a date on.",
        ("workload", "from"),
        (
            identifier("workload", "Workload.", ("workloads.workload",), example="chat"),
            _since("First day of this demand"),
            Column(
                "input_mtok_day",
                NUMBER,
                "Input tokens a day, cached or not.",
                unit="Mtok per day",
                required=True,
                low=0.0,
                example="21600",
            ),
            Column(
                "output_mtok_day",
                NUMBER,
                "Output tokens a day.",
                unit="Mtok per day",
                required=True,
                low=0.0,
                example="2160",
            ),
            Column(
                "cached_share",
                NUMBER,
                "Share of the input that a prefix cache holds, so that no prefill is needed.",
                default=0.0,
                low=0.0,
                high=1.0,
                example="0.5",
            ),
            source(),
        ),
    ),
    Table(
        "throughput",
        "Tokens a second of one replica of a model at which TTFT and speed are kept.",
        ("model", "system", "speed", "from"),
        (
            identifier("model", "Model.", example="gpt-oss-120b"),
            identifier(
                "system", "System or composite that the replica consists of.", SERVERS, "CS-3"
            ),
            Column(
                "speed",
                NUMBER,
                "Output tokens a second for one user at these rates; blank: not known, and no "
                "min_speed is met.",
                unit="tok/s per user",
                above=0.0,
                example="1000",
            ),
            _since("First day of these rates, beside the earlier ones"),
            Column(
                "systems_per_replica",
                WHOLE,
                "Systems, or composites, in one replica. Of several rows that will do, a workload "
                "is served by the one that takes the fewest system-hours.",
                unit="systems",
                default=1,
                low=1,
                high=100000,
                example="1",
            ),
            Column(
                "prefill_tok_s",
                NUMBER,
                "Input tokens a second while it does nothing else; blank: it cannot prefill.",
                unit="tok/s",
                above=0.0,
                example="20000",
            ),
            Column(
                "decode_tok_s",
                NUMBER,
                "Output tokens a second while it does nothing else; blank: it cannot decode.",
                unit="tok/s",
                above=0.0,
                example="10000",
            ),
            Column(
                "train_tok_s",
                NUMBER,
                "Tokens a second in training or fine-tuning; blank: it cannot train.",
                unit="tok/s",
                above=0.0,
                example="40000",
            ),
            Column(
                "ttft_s",
                NUMBER,
                "Seconds to the first token at these rates; blank: not known, and no max_ttft_s "
                "is met.",
                unit="s",
                low=0.0,
                example="0.5",
            ),
            Column(
                "max_use",
                NUMBER,
                "Most of a replica's time that may be used.",
                default=1.0,
                above=0.0,
                high=1.0,
                example="0.9",
            ),
            source(),
        ),
    ),
    Table(
        "day",
        "A block of the typical day, for online workloads; without any, demand is the same at "
        "every hour.",
        ("block",),
        (
            identifier("block", "Name of the block.", example="evening"),
            Column(
                "hours",
                NUMBER,
                "Hours of the block; those of all blocks sum to 24.",
                unit="hours",
                required=True,
                above=0.0,
                high=24.0,
                example="6",
            ),
            Column(
                "load",
                NUMBER,
                "Demand as a multiple of the day's mean; hours x load sum to 24.",
                required=True,
                low=0.0,
                example="1.5",
            ),
            source(),
        ),
    ),
    Table(
        "token_prices",
        "What a workload's tokens cost from an API, from a date on; one without a row cannot be "
        "bought.",
        ("workload", "from"),
        (
            identifier("workload", "Workload.", ("workloads.workload",), example="chat"),
            _since("First day of this price"),
            Column(
                "buy_input",
                NUMBER,
                "Price of input tokens; blank: they cannot be bought.",
                unit="money per Mtok",
                low=0.0,
                example="0.15",
            ),
            Column(
                "buy_output",
                NUMBER,
                "Price of output tokens; blank: they cannot be bought.",
                unit="money per Mtok",
                low=0.0,
                example="0.6",
            ),
            source(),
        ),
    ),
    Table(
        "disaggregation",
        "Two systems that may share a request of a model: one prefills, the other decodes.",
        ("model", "prefill", "decode"),
        (
            identifier("model", "Model.", ("throughput.model",), example="gpt-oss-120b"),
            identifier("prefill", "System or composite that prefills.", SERVERS, "Trainium3"),
            identifier("decode", "System or composite that decodes.", SERVERS, "CS-3"),
            Column(
                "kv_kb_per_token",
                NUMBER,
                "KV cache of a token, which a link carries; blank: within one site only.",
                unit="kB per token",
                low=0.0,
                example="36",
            ),
            source(),
        ),
    ),
    Table(
        "links",
        "A way for KV caches from a site that prefills to one that decodes; without a row both "
        "stand at one site.",
        ("from", "to"),
        (
            identifier("from", "Site that prefills.", ("sites.site",), example="Oklahoma City"),
            identifier("to", "Site that decodes.", ("sites.site",), example="Dallas"),
            Column(
                "gb_s",
                NUMBER,
                "Most that it carries.",
                unit="GB/s",
                required=True,
                low=0.0,
                example="50",
            ),
            source(),
        ),
    ),
    Table(
        "composites",
        "Systems in a composite: unlike systems at one site that work as one.",
        ("composite", "system"),
        (
            identifier("composite", "Name of the composite.", example="VR + 2 LPX"),
            identifier("system", "System in it.", ("systems.system",), example="LPX"),
            Column(
                "count",
                WHOLE,
                "How many of the system.",
                unit="systems",
                required=True,
                low=1,
                high=100000,
                example="2",
            ),
            source(),
        ),
    ),
)
