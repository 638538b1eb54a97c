"""Warnings about workloads: valid rows that probably do not say what was meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.diagnostics.warning_context import InputWarning, WarningContext, amount, warn
from planner.workbook.rows import Row


def workloads_have_a_site(context: WarningContext) -> Iterator[InputWarning]:
    """The countries of a workload leave a site."""
    sites = context.inputs.tables["sites"]
    known = {row["country"] for row in sites}
    for row in context.inputs.tables["workloads"]:
        if row["countries"] and known.isdisjoint(row["countries"]):
            yield warn(
                row,
                "countries",
                f"none of the {len(sites)} sites lies there: its tokens are bought or missed",
                "Use the sites' own names of countries, or leave it blank",
            )


def online_workloads_have_headroom(context: WarningContext) -> Iterator[InputWarning]:
    """An online workload keeps some capacity free."""
    for row in context.inputs.tables["workloads"]:
        if row["class"] == "online" and row["headroom"] == 0:
            yield warn(
                row,
                "headroom",
                "no capacity is kept free for this online workload: a rise above the mean of a "
                "block, or one lost replica, breaks its speed and TTFT",
                "Give a share of its load, e.g. 0.2",
            )


def demand_begins_after_the_plan(context: WarningContext) -> Iterator[InputWarning]:
    """Systems can be in service on the first day of demand, which needs a period before it."""
    if context.inputs.tables["fleet"]:
        return
    start = context.case.calendar.starts[0]
    for row in _first_demands(context):
        if row["from"] is None or row["from"] <= start:
            yield warn(
                row,
                "from",
                "this demand begins with the plan, when no system is in service yet: what is in "
                "service by the end of the first period is taken to serve from the first day",
                "Let the plan start earlier, or give the day on which demand begins",
            )


def workloads_begin_with_their_commitment(context: WarningContext) -> Iterator[InputWarning]:
    """A commitment's workload asks for tokens only once its megawatts are due, if just in time."""
    if context.case.as_early_as_possible:
        return
    due: dict[str, date] = {}
    for row in context.inputs.tables["milestones"]:
        if row["mw"] > 0:
            due[row["commitment"]] = min(row["date"], due.get(row["commitment"], row["date"]))
    owner = {row["workload"]: row["commitment"] for row in context.inputs.tables["workloads"]}
    start = context.case.calendar.starts[0]
    for row in _first_demands(context):
        first = due.get(owner[row["workload"]])
        begins = max(row["from"] or start, start)
        if first is not None and begins < first:
            yield warn(
                row,
                "from",
                f"this demand begins on {begins}, the first megawatts of "
                f"{owner[row['workload']]} are due on {first}, and settings pace is just-in-time",
                "Give a later day, an earlier milestone, or pace as-early-as-possible",
                begins=str(begins),
                due=str(first),
            )


def _first_demands(context: WarningContext) -> Iterator[Row]:
    """Yield the first row with demand of each workload."""
    seen: set[str] = set()
    rows = context.inputs.tables["token_demand"]
    for row in sorted(rows, key=lambda row: row["from"] or date.min):
        if row["workload"] not in seen and row["input_mtok_day"] + row["output_mtok_day"] > 0:
            seen.add(row["workload"])
            yield row


def falling_prices_come_with_faster_replicas(context: WarningContext) -> Iterator[InputWarning]:
    """Where prices of tokens fall with time, rates rise with time, too."""
    tables = context.inputs.tables
    model_of = {row["workload"]: row["model"] for row in tables["workloads"]}
    dates: dict[str, set[date | None]] = defaultdict(set)
    for row in tables["throughput"]:
        dates[row["model"]].add(row["from"])
    prices: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(tables["token_prices"], key=lambda row: row["from"] or date.min):
        prices[row["workload"]].append(row)
    for workload, rows in prices.items():
        if len(dates[model_of[workload]]) > 1:
            continue
        for before, row in pairwise(rows):
            was, now = before["buy_output"], row["buy_output"]
            if was is not None and now is not None and now < was:
                yield warn(
                    row,
                    "buy_output",
                    f"the price falls from {amount(was)} to {amount(now)}, and throughput has no "
                    f"later rates of {model_of[workload]}: what makes tokens cheaper to buy makes "
                    "them cheaper to serve",
                    "Add dated rows to throughput, or keep the price",
                )
                break


def promised_megawatts_serve_workloads(context: WarningContext) -> Iterator[InputWarning]:
    """Where there are workloads, every commitment has one."""
    tables = context.inputs.tables
    if not tables["workloads"]:
        return
    used = {row["commitment"] for row in tables["workloads"]}
    for row in tables["commitments"]:
        if row["commitment"] not in used:
            yield warn(
                row,
                "commitment",
                "no workload runs on its megawatts",
                "Name it in the column commitment of workloads, if its tokens are to be planned",
            )
