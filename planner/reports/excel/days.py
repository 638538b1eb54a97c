"""Sheets Installs and Clock: days of installs, and the windows of work."""

from __future__ import annotations

from planner.plan.site_tables import DAILY_INSTALLS, WINDOWS
from planner.reports.excel.parts import Report
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.install_days import CLOCK_WORDS, installs, windows


def write_installs(report: Report, page: Page) -> None:
    """Write every install with its day, its day of service, and the milestone it serves."""
    page.subtitle(
        "Systems installed or removed, by day. In service on: after commissioning; blank after the "
        "plan's end. Late: the milestone is short of MW before then"
    )
    columns = DAILY_INSTALLS.select(
        "date",
        "site",
        "hall",
        "system",
        "installed",
        "removed",
        "in_service",
        "commitment",
        "milestone",
        "late",
    )
    rows = installs(report.plan)
    placed = page.table(TOP, columns, rows, "Total of visible rows", "no installs")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    page.mark(placed.cells("late"), "==", "yes", "bad", "label")
    report.placed["Installs"] = placed


def write_clock(report: Report, page: Page) -> None:
    """Write the windows with any work."""
    rows, count = windows(report.plan), len(report.plan.tables["clock"])
    text = (
        f"{CLOCK_WORDS}, which stands here as carried over. Shown are the {len(rows):,} of "
        f"{count:,} windows in which anything is done; all are in tables/clock.csv"
    )
    page.subtitle(text if count else "Windows in which suppliers, plants, lanes and crews work")
    placed = page.table(TOP, WINDOWS.select(), rows, empty="no rate limits this plan")
    page.freeze(TOP, 1)
    page.filter(placed)
    report.placed["Clock"] = placed
