"""Sheets Asks, Slack and Quote."""

from __future__ import annotations

from functools import partial

from planner.plan.finding_tables import ASKS as ASKS_TABLE
from planner.plan.finding_tables import QUOTED_MW
from planner.plan.report_tables import MILESTONE_SLACK
from planner.plan.rows import Row
from planner.reports.excel import native_charts
from planner.reports.excel.explained import ASKS, QUOTE, SLACK, left_open
from planner.reports.excel.parts import Report
from planner.reports.excel.steps import STEPS, Values, stepped
from planner.reports.excel.styles import Placed, lines
from planner.reports.excel.workbook_writer import SHORT, TOP, Page
from planner.reports.explanation_texts import ask_sets, no_asks, quote, slack_rows
from planner.reports.quote_texts import quote_sentences, shown_quote
from planner.reports.views import BASIS_WORDS, months_long, number

CHART_ROWS = 17
"""Height of the chart of a quote in rows."""

WIDE, ACROSS = 10, 105
"""Width of a sentence above a table: columns, and about how many characters they hold."""


def write_asks(report: Report, page: Page) -> None:
    """Write the sets of changes that put late commitments back on time."""
    page.subtitle(
        "Each set of changes is proved to reach its goal without making any other commitment "
        "later; the first set is the smallest. Not enough: the next smaller figure, proved too "
        "small by a re-solve; blank: not proved. Gain alone: the gain from this change by itself"
    )
    columns = ASKS_TABLE.select(
        "aim",
        "set",
        "says",
        "cells",
        "not_enough",
        "mw_months_alone",
        "fewest",
        "irreducible",
        "proof",
    )
    rows: list[Row] = []
    for asked in ask_sets(report.plan):
        for row in asked.rows:
            rows.append({**row, "fewest": row["fewest"] or "alternative"})
    placed = page.table(TOP, columns, rows, empty=no_asks(report.plan))
    page.freeze(TOP, 2)
    page.filter(placed)
    report.placed[ASKS] = placed


def write_slack(report: Report, page: Page) -> None:
    """Write the slack of milestones that are met, with a row for each purchase line."""
    page.subtitle(
        "Milestones that are met. Slack: days by which one could be due earlier without missing "
        "more MW, re-solved; blank: not solved in time. Last order: the last day on which a unit "
        "can be ordered and still be in service by the milestone. Lead time: due day less last "
        "order day"
    )
    columns = MILESTONE_SLACK.select(
        "commitment",
        "date",
        "mw",
        "slack_days",
        "could_be_met_by",
        "supplier",
        "item",
        "last_order_date",
        "lead_days",
        "proof",
    )
    rows = slack_rows(report.plan)
    empty = "no milestone with MW due is met"
    formulas = {"lead_days": "={date}-{last_order_date}"}
    placed = page.table(TOP, columns, rows, empty=empty, formulas=formulas)
    page.freeze(TOP, 2)
    page.filter(placed)
    if rows:
        page.mark_zero(placed, "slack_days")
    report.placed[SLACK] = placed


def write_quote(report: Report, page: Page) -> None:
    """Write the answers of a quote, and its bounds by date."""
    found = quote(report.plan)
    assert found is not None
    basis = str(found.facts.get("basis"))
    only: list[str] = []
    for key in ("countries", "systems"):
        names = found.facts.get(key)
        if isinstance(names, (list, tuple)):
            only += map(str, names)
    restricted = f", only {', '.join(only)}" if only else ""
    page.subtitle(
        f"What can be promised on top of the plan, {BASIS_WORDS.get(basis, basis)}, with no "
        f"commitment missing more than in the plan{restricted}. At most: proven upper bound on "
        "the MW in service from the date on, rounded up. Firm: MW that a plan in whole systems "
        "has in service from the date on, rounded down; blank: not asked for, or not solved in "
        f"time{left_open(found)}"
    )
    answers, row = quote_sentences(report.plan), TOP
    for text in answers:
        page.merged(row, WIDE, text, "note", height=15 * lines(text, ACROSS))
        row += 1
    placed = _curve(report, page, row + bool(answers))
    last = _overtime(report, page, placed.last + 2, found.facts.get("overtime"))
    for column in range(WIDE + 1):
        page.widen(column, 11.0)
    last = max(last, placed.first + CHART_ROWS)
    page.print_only(last, WIDE)
    page.pages_tall = 1 if last <= SHORT else 0
    report.placed[QUOTE] = placed


def _curve(report: Report, page: Page, top: int) -> Placed:
    """Write the bounds by date, with a chart."""
    columns = QUOTED_MW.select("date", "at_most_mw", "firm_mw")
    rows = [
        shown_quote(row) for row in report.plan.finding_tables["quote"] if not row["overtime_of"]
    ]
    placed = page.table(top, columns, rows)
    page.freeze(top, 1)
    page.filter(placed)
    if not rows:
        return placed
    look = native_charts.Look(
        "At most on top of the plan, from the date on", "MW", months_long(report.plan)
    )
    days = [row["date"] for row in rows]
    bounds = [row["at_most_mw"] for row in rows]
    series = {"at most": Values("at most", placed.cells("at_most_mw"), bounds)}
    steps = stepped(report, page, days, series)
    make = partial(native_charts.stacked_chart, page.book, report.pages[STEPS], look, steps)
    report.add_chart(make, page, top, len(columns) + 1, 560, 340)
    return placed


def _overtime(report: Report, page: Page, row: int, share: object) -> int:
    """Write the gain from overtime by kind of limit; return the last row."""
    rows = [shown_quote(row) for row in report.plan.finding_tables["quote"] if row["overtime_of"]]
    if not rows:
        return row
    columns = QUOTED_MW.select("date", "at_most_mw", "gain_mw", "overtime_of")
    title = f"With {number(share):.0%} more of all limits of one kind"
    rows.sort(key=lambda row: (row["date"], -number(row["gain_mw"]), row["overtime_of"]))
    return page.table(page.section(row, title), columns, rows).last
