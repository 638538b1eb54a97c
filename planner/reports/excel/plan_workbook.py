"""The plan as a workbook for people: ``plan.xlsx``, and the table of contents of its sheets.

A new sheet is one function, which fills a `Page`, and one line in `SHEETS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.plan.report_tables import CONTENTS as CONTENTS_TABLE
from planner.plan.store import Plan
from planner.reports.excel.calendar import write_calendar
from planner.reports.excel.days import write_clock, write_installs
from planner.reports.excel.explained import (
    ASKS,
    BOTTLENECKS,
    BY_PERIOD,
    LATE,
    QUOTE,
    SLACK,
    has_asks,
    has_explanation,
    has_late,
    has_quote,
    write_bottlenecks,
    write_by_period,
    write_late,
)
from planner.reports.excel.flow import write_shipments, write_stock
from planner.reports.excel.money import write_cash, write_costs
from planner.reports.excel.orders import (
    ORDERS,
    write_orders,
    write_orders_by_month,
    write_orders_by_supplier,
)
from planner.reports.excel.origin import write_assumptions, write_manifest
from planner.reports.excel.parts import MOST_CHARTS, Report
from planner.reports.excel.power import has_power_by_period, write_power, write_power_by_period
from planner.reports.excel.promises import write_asks, write_quote, write_slack
from planner.reports.excel.ramp import write_bases, write_ledger, write_ramp
from planner.reports.excel.sites import (
    write_mw_by_site,
    write_openings,
    write_sites,
    write_systems_by_site,
)
from planner.reports.excel.steps import STEPS, write_steps
from planner.reports.excel.summary import subtitle, write_banner, write_summary
from planner.reports.excel.tokens import (
    REPLICAS,
    TOKEN_COST,
    TOKENS,
    has_workloads,
    write_replicas,
    write_token_cost,
    write_tokens,
)
from planner.reports.excel.workbook_writer import TOP, Book, Page

UNDATED = datetime(2000, 1, 1)
"""Date of the file if the manifest has none, so that the file is reproducible."""

CONTENTS = "Contents"

CHART_ROWS = 33
"""Rows of a page of the sheet of charts, which holds one chart."""

CHART_COLUMNS = 14


@dataclass(frozen=True)
class ReportSheet:
    """A sheet of the workbook.

    Attributes
    ----------
    name : str
        Name of its tab.
    help : str
        Description in the contents.
    write : callable
        Fills it.
    last : bool
        Whether it is filled after the others, because it summarises them.
    shown : callable
        Whether a plan has the sheet.
    """

    name: str
    help: str
    write: Callable[[Report, Page], None]
    last: bool = False
    shown: Callable[[Report], bool] = lambda report: True


def write_contents(report: Report, page: Page) -> None:
    """Write the verdict, and a link to every sheet with description and number of lines."""
    page.subtitle(subtitle(report.plan))
    page.widths, page.fixed = {0: 22.0, 1: 92.0, 2: 12.0}, True
    row = write_banner(page, report.plan, TOP, last=2)
    sheets = [sheet for sheet in SHEETS if sheet.name in report.pages and sheet.name != CONTENTS]
    rows = []
    for sheet in sheets:
        table = report.placed.get(sheet.name)
        count = float(table.rows) if table and table.rows else None
        rows.append({"name": sheet.name, "help": sheet.help, "rows": count})
    placed = page.table(row, CONTENTS_TABLE.select(), rows)
    for at, sheet in enumerate(sheets, start=placed.first):
        page.link(at, 0, sheet.name, sheet.name)
    page.sheet.freeze_panes(TOP, 0)
    page.pages_tall = 1


def write_charts(report: Report, page: Page) -> None:
    """Show every chart of the workbook again, one per page."""
    page.subtitle("Every chart of the workbook, one per page, editable")
    page.pages_wide, page.widths = 0, dict.fromkeys(range(CHART_COLUMNS), 9.0)
    breaks = []
    for place, make in enumerate(report.ranked_charts()[: 2 * MOST_CHARTS]):
        row = place * CHART_ROWS
        page.chart(make(), row + TOP, 0, 940, 560)
        breaks.append(row + CHART_ROWS)
    if not breaks:
        page.text(TOP, 0, "none", "subtitle")
        return
    page.sheet.set_h_pagebreaks(breaks[:-1])
    page.sheet.print_area(0, 0, breaks[-1] - 1, CHART_COLUMNS - 1)
    page.sheet.freeze_panes(TOP, 0)


SHEETS = (
    ReportSheet(CONTENTS, "This list", write_contents, last=True),
    ReportSheet(
        "Summary",
        "Verdict, milestones on their basis, spending, systems, the proof, notes",
        write_summary,
        last=True,
    ),
    ReportSheet("Charts", "Every chart, one per page", write_charts, last=True),
    ReportSheet(
        ORDERS,
        "Every order: sign from, order date, last responsible day, what it blocks",
        write_orders,
    ),
    ReportSheet(
        "Orders by supplier",
        "Live subtotals of the orders by supplier and item",
        write_orders_by_supplier,
    ),
    ReportSheet(
        "Orders by month",
        "Live subtotals of the orders by month of the order date",
        write_orders_by_month,
    ),
    ReportSheet(
        "Cash", "Money committed and paid by period and in total, against the budget", write_cash
    ),
    ReportSheet(
        "Ramp", "MW committed, in service and missed of each commitment over time", write_ramp
    ),
    ReportSheet(
        TOKENS,
        "Tokens missed, served and bought of each workload over time",
        write_tokens,
        shown=has_workloads,
    ),
    ReportSheet(
        REPLICAS,
        "Mix of silicon, replicas at each site, and how full they are",
        write_replicas,
        shown=has_workloads,
    ),
    ReportSheet(
        TOKEN_COST,
        "What a Mtok costs on own systems and at the API, and where they break even",
        write_token_cost,
        shown=has_workloads,
    ),
    ReportSheet(
        LATE,
        "What delays each missed milestone, from the milestone back to the order",
        write_late,
        shown=has_late,
    ),
    ReportSheet(
        ASKS,
        "The smallest changes that put late commitments back on time",
        write_asks,
        shown=has_asks,
    ),
    ReportSheet(
        BOTTLENECKS,
        "What holds the plan back, ranked by the gain from 1 % more",
        write_bottlenecks,
        shown=has_explanation,
    ),
    ReportSheet(
        BY_PERIOD, "Gain from each limit, by period", write_by_period, shown=has_explanation
    ),
    ReportSheet(
        SLACK,
        "Slack of the milestones that are met, and the last day to order for them",
        write_slack,
        shown=has_explanation,
    ),
    ReportSheet(
        QUOTE, "What can be promised on top of the plan, and by when", write_quote, shown=has_quote
    ),
    ReportSheet(
        "Calendar",
        "When each tranche is ordered, arrives, is installed and in service",
        write_calendar,
    ),
    ReportSheet("Sites", "Systems in each hall at the end of the plan", write_sites),
    ReportSheet(
        "Installs",
        "Every install: its day, the day of service, the milestone it serves",
        write_installs,
    ),
    ReportSheet("Openings", "Halls opened: day of the decision and day of opening", write_openings),
    ReportSheet("MW by site", "MW served by site over time", write_mw_by_site),
    ReportSheet("Systems by site", "Systems installed by site over time", write_systems_by_site),
    ReportSheet(
        "Power", "Load, energised, headroom and stranded MW of each power node", write_power
    ),
    ReportSheet(
        "Power by period",
        "Load and headroom by node and period",
        write_power_by_period,
        shown=has_power_by_period,
    ),
    ReportSheet("Stock", "Units held at each place", write_stock),
    ReportSheet("Shipments", "Assembly and shipments, by day", write_shipments),
    ReportSheet("Clock", "Working windows of suppliers, plants, lanes and crews", write_clock),
    ReportSheet(
        "Megawatt ledger", "Contract MW converted to systems, on every basis", write_ledger
    ),
    ReportSheet("MW by basis", "MW in service at the end, on every basis", write_bases),
    ReportSheet("Costs", "Cost terms, which sum to the total", write_costs),
    ReportSheet("Assumptions", "Every input with its source, assumptions first", write_assumptions),
    ReportSheet("Manifest", "Inputs, options and versions of this plan", write_manifest),
    ReportSheet(STEPS, "Data points of the step charts", write_steps, last=True),
)
"""Every sheet, in the order of the tabs."""


def write_plan_workbook(plan: Plan, path: Path) -> None:
    """Write the workbook of a plan: the sheets of `SHEETS`.

    The same plan gives the same file, byte for byte.

    Parameters
    ----------
    plan
        The plan.
    path
        File to write.

    Raises
    ------
    PlannerError
        If the file cannot be written.
    """
    report = Report(Book(path, plan.name, created(plan)), plan)
    shown = [sheet for sheet in SHEETS if sheet.shown(report)]
    for sheet in shown:
        title = f"Deployment plan {plan.name}" if sheet.name in (CONTENTS, "Summary") else ""
        page = report.book.page(sheet.name, title)
        if sheet.name != CONTENTS:
            page.link(2, 0, CONTENTS, "to Contents")
        report.pages[sheet.name] = page
    for sheet in sorted(shown, key=lambda sheet: (sheet.last, sheet.name == CONTENTS)):
        sheet.write(report, report.pages[sheet.name])
    report.book.close()


def created(plan: Plan) -> datetime:
    """Return the creation time of the plan from its manifest, without a time zone."""
    try:
        return datetime.fromisoformat(str(plan.manifest.get("created"))).replace(tzinfo=None)
    except ValueError:
        return UNDATED
