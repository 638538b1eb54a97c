"""Sheets Tokens, Replicas and Token cost of plans with workloads."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from planner.plan.columns import Column
from planner.plan.rounding import tidy
from planner.plan.rows import Row
from planner.plan.token_report_tables import (
    OWN_OR_BUY,
    POOL_COSTS,
    POOLS,
    SILICON_MIX,
    SILICON_MW,
    SPAN_TOTALS,
    WORKLOAD_SPANS,
    WORKLOAD_TOTALS,
)
from planner.reports.counts import token_words
from planner.reports.excel import native_charts
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Placed
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.token_views import (
    NO_MODEL,
    classes,
    has_tokens,
    own_or_buy,
    pool_costs,
    pools,
    silicon_mix,
    span_totals,
    workload_spans,
    workload_totals,
)
from planner.reports.views import NOTHING, currency, number

TOKENS, REPLICAS, TOKEN_COST = "Tokens", "Replicas", "Token cost"

HALF = 0.5
"""Mean use below which replicas are marked."""

COST_WORDS = (
    "Cost a month: systems of one kind cost the same, whenever they were bought. Equipment: what "
    "the plan spends on systems, shared out by what is paid for each kind, spread evenly over the "
    "months of the periods at whose end they are in service; nothing is left over at the plan's "
    "end. Halls: openings and fit-out, spread over the MW in service at the site. Lease and "
    "energy: of the site, for the whole span. As used: cost of the span / Mtok made, input where "
    "it is prefilled, output where it is decoded. At full use: if all replicas were busy all day. "
    "Break-even use: cost at full use / API price; where it exceeds the use, own tokens are dearer "
    "than bought ones. Both are shares of the time that max_use allows"
)
"""Definition of the figures of the sheet Token cost."""


def has_workloads(report: Report) -> bool:
    """Whether the plan has workloads."""
    return has_tokens(report.plan)


def write_tokens(report: Report, page: Page) -> None:
    """Write the tokens of each workload, missed first: over the plan, then by span."""
    plan, money = report.plan, currency(report.plan)
    page.subtitle(
        f"{token_words(plan)}. Mtok: a million tokens, input and output together. Served by own "
        "systems, bought from an API, or missed"
    )
    row = page.section(TOP, "By workload, over the whole plan")
    totals = page.table(row, WORKLOAD_TOTALS.select(money=money), workload_totals(plan))
    _mark_missed(page, totals)
    page.sheet.freeze_panes(TOP, 1)
    row = page.section(totals.last + 2, "All workloads, by span")
    spans = page.table(row, SPAN_TOTALS.select(money=money), span_totals(plan))
    _mark_missed(page, spans)
    row = page.section(spans.last + 2, "By workload and span")
    columns = WORKLOAD_SPANS.select(money=money)
    placed = page.table(row, columns, workload_spans(plan), empty="no tokens are asked for")
    _mark_missed(page, placed)
    page.filter(placed)
    report.placed[TOKENS] = placed
    wide = max(len(totals.columns), len(columns))
    page.print_only(placed.last, wide - 1)
    if spans.rows:
        look = native_charts.Look("Tokens served, bought and missed", "Mtok", periods=spans.rows)
        series = {"day": spans.cells("span_from")}
        for name in ("served", "bought", "missed"):
            series[name] = spans.cells(f"{name}_mtok")
        make = partial(
            native_charts.stacked_columns, page.book, page, look, series, native_charts.MET_OR_NOT
        )
        report.add_chart(make, page, TOP, wide + 1, rank=1.0)


def _mark_missed(page: Page, placed: Placed) -> None:
    """Mark what is missed red."""
    page.mark(placed.cells("missed_mtok"), ">", NOTHING, "bad", "count")
    if "missed_share" in placed.columns:
        page.mark(placed.cells("missed_share"), ">", NOTHING, "bad", "share")


def write_replicas(report: Report, page: Page) -> None:
    """Write the mix of silicon by span, then every pool of replicas with its use."""
    plan = report.plan
    page.subtitle(
        "Which systems make the tokens, and how full they are. Use: share of the replicas' time, "
        "in the fullest block of the day and in the mean. Idle: systems not used in the mean. "
        f"{NO_MODEL}: in service, for no commitment, and no model is loaded on them"
    )
    mix = silicon_mix(plan)
    systems = list(dict.fromkeys(str(row["system"]) for row in mix))
    row = page.section(TOP, "IT power by kind of system")
    power = page.table(row, _mw_columns(systems), _mw_rows(mix), empty="no replicas are loaded")
    row = page.section(power.last + 2, "Tokens made by kind of system and class of workload")
    made = page.table(row, _mix_columns(classes(plan)), mix, empty="no replicas are loaded")
    row = page.section(made.last + 2, "Pools of replicas")
    columns = POOLS.select(
        "site",
        "system",
        "model",
        "owner",
        "span_from",
        "span_to",
        "systems_per_replica",
        "replicas",
        "systems",
        "it_mw",
        "peak_use",
        "mean_use",
        "idle",
    )
    placed = page.table(row, columns, pools(plan), empty="no replicas are loaded")
    page.filter(placed)
    page.sheet.freeze_panes(TOP, 1)
    report.placed[REPLICAS] = placed
    if placed.rows:
        page.mark(placed.cells("model"), "==", NO_MODEL, "tight", "text")
        page.mark(placed.cells("mean_use"), "<", HALF, "tight", "share")
        page.data_bars(placed, "peak_use", "#A9C4E6", most=1)
    page.print_only(placed.last, len(columns) - 1)
    if power.rows:
        look = native_charts.Look(
            "Systems that models are loaded on", "MW, IT power", periods=power.rows
        )
        series = {"day": power.cells("span_from")}
        series |= {name: power.cells(name) for name in systems}
        make = partial(native_charts.stacked_columns, page.book, page, look, series)
        report.add_chart(make, page, TOP, len(columns) + 1)


def _mw_columns(systems: list[str]) -> list[Column]:
    """Return a column of MW for each kind of system, after those of the span."""
    first, last, mw = SILICON_MW.select()
    return [first, last, *(replace(mw.worded(system=name), name=name) for name in systems)]


def _mw_rows(mix: list[Row]) -> list[Row]:
    """Return the MW of each kind of system by span."""
    rows: dict[object, Row] = {}
    for row in sorted(mix, key=lambda row: str(row["span_from"])):
        of_span = rows.setdefault(
            row["span_from"], {"span_from": row["span_from"], "span_to": row["span_to"]}
        )
        name = str(row["system"])
        of_span[name] = tidy(number(of_span.get(name)) + number(row["it_mw"]))
    systems = {str(row["system"]) for row in mix}
    return [dict.fromkeys(systems, 0.0) | row for row in rows.values()]


def _mix_columns(names: list[str]) -> list[Column]:
    """Return the columns of the mix, with one of Mtok for each class of workload."""
    *before, mtok = SILICON_MIX.select()
    return [*before, *(replace(mtok.worded(**{"class": name}), name=name) for name in names)]


def write_token_cost(report: Report, page: Page) -> None:
    """Write what a Mtok costs on own systems and at the API: over the plan, then by span."""
    plan, money = report.plan, currency(report.plan)
    page.subtitle(COST_WORDS)
    row = page.section(TOP, "Over the whole plan")
    empty = "no tokens are made on own systems"
    whole = page.table(row, OWN_OR_BUY.select(money=money), own_or_buy(plan), empty=empty)
    row = page.section(whole.last + 2, "By span")
    columns = POOL_COSTS.select(
        "model",
        "system",
        "country",
        "span_from",
        "span_to",
        "systems",
        "monthly_cost",
        "mtok",
        "cost_per_mtok",
        "cost_per_mtok_at_full_use",
        "api_price",
        "use",
        "break_even_use",
        money=money,
    )
    placed = page.table(row, columns, pool_costs(plan), empty=empty)
    page.filter(placed)
    page.sheet.freeze_panes(TOP, 2)
    for table in (whole, placed):
        page.mark_above(table, "break_even_use", "use")
    report.placed[TOKEN_COST] = placed
