"""Section of the page on tokens: what is missed, the mix of silicon, own tokens or bought ones."""

from __future__ import annotations

from dataclasses import replace

from planner.plan.rounding import tidy
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.plan.token_report_tables import OWN_OR_BUY, SILICON_MIX, WORKLOAD_TOTALS
from planner.reports.charts.tokens import tokens_figure
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import DataTable, table
from planner.reports.page.frame import figure_parts
from planner.reports.token_views import classes, own_or_buy, silicon_mix, workload_totals
from planner.reports.views import NOTHING, currency, missed_token_sentences, number


def tokens_section(plan: Plan) -> Markup:
    """Return which tokens are missed, of which workload and from when; then the mix; then costs."""
    missed = missed_token_sentences(plan)
    said = element("p", "No tokens are missed.")
    if missed:
        listed = element("ul", [element("li", text) for text in missed])
        said = element("div", listed, class_="banner missed")
    figure = tokens_figure(plan)
    return element(
        "section",
        element("h2", "Tokens"),
        said,
        figure_parts(figure) if figure is not None else None,
        table(_workloads(plan)),
        element("h3", "Which systems make them"),
        table(_mix(plan)),
        element("h3", "Own tokens or bought ones"),
        table(_costs(plan)),
        element("p", "How the cost is defined, and all of it by span: plan.xlsx, Token cost."),
        id="tokens",
    )


def _workloads(plan: Plan) -> DataTable:
    """Return each workload over the whole plan."""
    rows = []
    for row in workload_totals(plan):
        style = "bad" if number(row["missed_mtok"]) > NOTHING else None
        rows.append({**row, "of_class": row["class"], "class": style})
    columns = [
        replace(column, name="of_class") if column.name == "class" else column
        for column in WORKLOAD_TOTALS.select(money=currency(plan))
    ]
    return DataTable("Workloads over the whole plan, those that miss tokens first", columns, rows)


def _mix(plan: Plan) -> DataTable:
    """Return the systems at work in each span, with the tokens that they make by class."""
    names = [f"made: {name}" for name in classes(plan)]
    system, first, last, systems, mw, mtok = SILICON_MIX.select()
    columns = [system, first, last, systems, mw]
    columns += [replace(mtok, title=name, name=name) for name in names]
    rows: list[Row] = []
    for row in silicon_mix(plan):
        rows.append({**row, **{f"made: {name}": tidy(number(row[name])) for name in classes(plan)}})
    return DataTable("Systems that models are loaded on, and what they make", columns, rows)


def _costs(plan: Plan) -> DataTable:
    """Return what a Mtok costs on own systems and at the API."""
    rows = [
        {**row, "class": None if row["dearer_from"] is None else "bad"} for row in own_or_buy(plan)
    ]
    return DataTable(
        "Cost of a Mtok over the whole plan: on own systems as used and at full use, and bought",
        OWN_OR_BUY.select(money=currency(plan)),
        rows,
    )
