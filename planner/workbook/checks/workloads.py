"""Rules for workloads: the day is whole, and every workload can be served or bought."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from planner.errors import Fault
from planner.workbook.drafts import Draft
from planner.workbook.rows import Row
from planner.workbook.schema.cell_contents import shown
from planner.workbook.schema.workload_sheets import TRAINING_CLASSES

HOURS_PER_DAY = 24.0

HOURS_TOLERANCE = 1e-6
"""Hours by which the blocks of a day may differ from 24, for thirds of a day."""

RATES = ("prefill_tok_s", "decode_tok_s", "train_tok_s")


def day_has_24_hours(draft: Draft) -> Iterator[Fault]:
    """The hours of all blocks sum to 24, and so do hours x load."""
    if not draft.every_row("day", "hours", "load"):
        return
    rows = draft.rows("day")
    if not rows:
        return
    hours = math.fsum(row["hours"] for row in rows)
    if abs(hours - HOURS_PER_DAY) > HOURS_TOLERANCE:
        yield rows[-1].fault(
            "hours", f"the blocks have {hours:.10g} hours, a day has 24", "Correct their hours"
        )
        return
    load = math.fsum(row["hours"] * row["load"] for row in rows)
    if abs(load - HOURS_PER_DAY) > HOURS_TOLERANCE:
        yield rows[-1].fault(
            "load",
            f"hours x load sum to {load:.10g}, though the mean load of a day is 1",
            f"Correct the loads so that they sum to 24, e.g. by dividing each by {load / 24:.10g}",
        )


def replicas_have_a_rate(draft: Draft) -> Iterator[Fault]:
    """A row of throughput states at least one rate."""
    for row in draft.rows("throughput", *RATES):
        if all(row[rate] is None for rate in RATES):
            yield row.fault(
                "decode_tok_s",
                "no rate is given",
                "Give prefill_tok_s, decode_tok_s or train_tok_s, or remove the row",
            )


def links_lead_elsewhere(draft: Draft) -> Iterator[Fault]:
    """A link connects two different sites."""
    for row in draft.rows("links", "from", "to"):
        if row["from"] == row["to"]:
            yield row.fault(
                "to",
                "the link leads back to the site where it starts",
                "Name another site, or remove the row: within a site nothing limits KV caches",
            )


def composites_have_their_own_names(draft: Draft) -> Iterator[Fault]:
    """No composite has the name of a system."""
    systems = draft.firsts("systems", "system")
    for name, row in draft.firsts("composites", "composite").items():
        if name in systems:
            yield row.fault(
                "composite",
                f"{systems[name].where('system')} is a system of the same name",
                "Give the composite another name",
            )


def halls_are_built_for_their_fleet(draft: Draft) -> Iterator[Fault]:
    """A hall that is built for some systems holds no other fleet."""
    built_for = {row["hall"]: row["systems"] for row in draft.rows("halls", "hall", "systems")}
    for row in draft.rows("fleet", "hall", "system"):
        allowed = built_for.get(row["hall"])
        if allowed and row["system"] not in allowed:
            yield row.fault(
                "system",
                f"hall {row['hall']} is built for {', '.join(allowed)}",
                "Add the system to the hall's systems, or correct the fleet",
            )


def workloads_ask_for_tokens(draft: Draft) -> Iterator[str]:
    """Note workloads without demand."""
    asked = draft.names("token_demand", "workload")
    for row in draft.rows("workloads", "workload"):
        if asked is not None and row["workload"] not in asked:
            yield f"workload {row['workload']} has no row in token_demand and asks for no tokens"


def workloads_can_be_met(draft: Draft) -> Iterator[Fault]:
    """A workload's model runs at its speed and TTFT on some system, or its tokens are bought."""
    bought = draft.names("token_prices", "workload")
    columns = ("model", "system", "speed", "ttft_s", *RATES)
    if bought is None or not draft.every_row("throughput", *columns):
        return
    output = {
        row["workload"]
        for row in draft.rows("token_demand", "workload", "output_mtok_day")
        if row["output_mtok_day"] > 0
    }
    for row in draft.rows(
        "workloads", "workload", "model", "class", "min_speed", "max_ttft_s", "systems"
    ):
        if row["workload"] in bought:
            continue
        rates = _rates_of(draft, row)
        if not rates:
            which = "of those that may serve it " if row["systems"] else ""
            yield row.fault(
                "model",
                f"no system {which}has a throughput of this model, and its tokens cannot be bought",
                "Add a row to throughput or to token_prices, or correct the name",
            )
            continue
        if row["workload"] in output or row["class"] in TRAINING_CLASSES:
            yield from _too_slow(row, rates)
        yield from _too_late(row, rates)


def _rates_of(draft: Draft, workload: Row) -> list[Row]:
    """Return the rows of throughput that a workload may use, whatever its speed and TTFT."""
    trains = workload["class"] in TRAINING_CLASSES
    return [
        row
        for row in draft.rows("throughput")
        if row["model"] == workload["model"]
        and (not workload["systems"] or row["system"] in workload["systems"])
        and (row["train_tok_s"] is not None) >= trains
    ]


def _too_slow(workload: Row, rates: Sequence[Row]) -> Iterator[Fault]:
    """Yield the fault of a workload for which no system is fast enough."""
    least = workload["min_speed"]
    if least is None:
        return
    is_rate = "train_tok_s" if workload["class"] in TRAINING_CLASSES else "decode_tok_s"
    speeds = [row["speed"] or 0.0 for row in rates if row[is_rate] is not None]
    fastest = max(speeds, default=0.0)
    if fastest < least:
        known = f"the fastest has {fastest:.10g}" if fastest else "no speed is given"
        yield workload.fault(
            "min_speed",
            f"no throughput of {workload['model']} has this speed, {known} tok/s per user, and "
            "its tokens cannot be bought",
            "Give a lower speed, or add a row to throughput or token_prices",
        )


def _too_late(workload: Row, rates: Sequence[Row]) -> Iterator[Fault]:
    """Yield the fault of a workload for which no system is early enough with its first token."""
    most = workload["max_ttft_s"]
    if most is None:
        return
    least = min((row["ttft_s"] for row in rates if row["ttft_s"] is not None), default=math.inf)
    if least > most:
        known = f"the least is {least:.10g} s" if least < math.inf else "no TTFT is given"
        yield workload.fault(
            "max_ttft_s",
            f"no throughput of {workload['model']} has this TTFT, {known}, and its tokens cannot "
            "be bought",
            "Give a longer time, or add a row to throughput or token_prices",
        )


def commitments_allow_their_workloads(draft: Draft) -> Iterator[Fault]:
    """The commitment of a workload allows a system that can serve it."""
    allowed = {
        row["commitment"]: set(row["systems"])
        for row in draft.rows("commitments", "commitment", "systems")
    }
    parts: dict[str, set[str]] = defaultdict(set)
    for row in draft.rows("composites", "composite", "system"):
        parts[row["composite"]].add(row["system"])
    complete = draft.every_row("throughput", "model", "system", *RATES)
    rows = draft.rows("workloads", "workload", "model", "class", "systems", "commitment")
    for row in rows if complete else ():
        systems = allowed.get(row["commitment"])
        if not systems:
            continue
        servers = sorted({rate["system"] for rate in _rates_of(draft, row)})
        if servers and not any(parts.get(name, {name}) <= systems for name in servers):
            yield row.fault(
                "commitment",
                f"{shown(row['commitment'])} allows none of the systems that can serve it: "
                f"{', '.join(servers)}",
                "Add one to the commitment's systems, or leave the workload's commitment blank",
            )
