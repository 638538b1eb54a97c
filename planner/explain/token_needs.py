"""What the workloads of some inputs could use at most, whatever limits there are."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.case.calendar import HOURS_PER_DAY
from planner.case.tokens import MTOK_PER_HOUR
from planner.workbook.rows import Inputs, Row

SECONDS_PER_HOUR = 3600.0


def most_token_mw(inputs: Inputs) -> float:
    """Return more megawatts than all replicas of the workloads can take.

    Each workload is served twice over at the busiest hour, by the rows of throughput of its model
    that take most power.
    """
    tables = inputs.tables
    if not tables["workloads"]:
        return 0.0
    kw = {row["system"]: row["power_kw"] + row["overhead_kw"] for row in tables["systems"]}
    parts: dict[str, float] = {}
    for row in tables["composites"]:
        power = row["count"] * kw[row["system"]]
        parts[row["composite"]] = parts.get(row["composite"], 0.0) + power
    return sum(
        max(
            (
                # One more replica for each site and country that has only a part of one to do.
                (math.ceil(need) + 2 * len(tables["sites"]))
                * rate["systems_per_replica"]
                * (parts.get(rate["system"]) or kw[rate["system"]])
                / 1000
                for rate, need in _needs(inputs, workload)
            ),
            default=0.0,
        )
        for workload in tables["workloads"]
    )


def _needs(inputs: Inputs, workload: Row) -> Iterator[tuple[Row, float]]:
    """Yield each row of throughput of a workload's model, with the replicas it would need."""
    read, wrote = _busiest(inputs, workload)
    spare = 2 * (1 + workload["headroom"]) / MTOK_PER_HOUR
    for rate in inputs.tables["throughput"]:
        if rate["model"] != workload["model"]:
            continue
        hours = 0.0
        for mtok, phase in ((read, "prefill_tok_s"), (wrote, "decode_tok_s")):
            hours += mtok / rate[phase] if rate[phase] else 0.0
        if rate["train_tok_s"]:
            hours = max(hours, (read + wrote) / rate["train_tok_s"])
        yield rate, spare * hours / rate["max_use"]


def _busiest(inputs: Inputs, workload: Row) -> tuple[float, float]:
    """Return the largest input and output of a workload, Mtok an hour."""
    load = max((row["load"] for row in inputs.tables["day"]), default=1.0)
    rows = [row for row in inputs.tables["token_demand"] if row["workload"] == workload["workload"]]
    read, wrote = (
        max((row[column] for row in rows), default=0.0) / HOURS_PER_DAY * max(load, 1.0)
        for column in ("input_mtok_day", "output_mtok_day")
    )
    return read, wrote


def most_kv_gb_s(inputs: Inputs) -> float:
    """Return more GB/s than the KV caches of all workloads take together."""
    kb = max((row["kv_kb_per_token"] or 0.0 for row in inputs.tables["disaggregation"]), default=0)
    mtok_h = sum(sum(_busiest(inputs, row)) for row in inputs.tables["workloads"])
    # A Mtok of one kB a token is one GB; batch workloads may be served in a part of the day.
    return float(HOURS_PER_DAY * mtok_h * kb / SECONDS_PER_HOUR)
