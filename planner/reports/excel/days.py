"""Sheets Installs and Clock: days of installs, and the windows of work."""

from __future__ import annotations

from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Field
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.install_days import CLOCK_WORDS, installs, windows


def write_installs(report: Report, page: Page) -> None:
    """Write every install with its day, its day of service, and the milestone it serves."""
    page.subtitle(
        "Systems installed or removed, by day. In service on: after commissioning; blank after the "
        "plan's end. Late: the milestone is short of MW before then"
    )
    fields = [
        Field("date", "Installed by", kind="date"),
        Field("site", "Site", most=32),
        Field("hall", "Hall class", most=32),
        Field("system", "System", most=24),
        Field("installed", "Installed", "systems", "amount", total=True),
        Field("removed", "Removed", "systems", "amount", total=True),
        Field("in_service", "In service on", kind="date"),
        Field("commitment", "Commitment", most=28),
        Field("milestone", "Milestone", kind="date"),
        Field("late", "Late", kind="center"),
    ]
    rows = installs(report.plan)
    placed = page.table(TOP, fields, rows, "Total of visible rows", "no installs")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    page.mark(placed.cells("late"), "==", "yes", "bad", "center")
    report.placed["Installs"] = placed


def write_clock(report: Report, page: Page) -> None:
    """Write the windows with any work."""
    rows, count = windows(report.plan), len(report.rows("clock"))
    text = (
        f"{CLOCK_WORDS}, which stands here as carried over. Shown are the {len(rows):,} of "
        f"{count:,} windows in which anything is done; all are in tables/clock.csv"
    )
    page.subtitle(text if count else "Windows in which suppliers, plants, lanes and crews work")
    fields = [
        Field("work", "Work", kind="center"),
        Field("place", "Supplier, plant, place or site"),
        Field("more", "To, or item"),
        Field("window_from", "First day", kind="date"),
        Field("date", "Last day", kind="date"),
        Field("done", "Completed", most=60),
        Field("carried", "Carried over", "units", "decimal"),
    ]
    empty = "no rate limits this plan"
    placed = page.table(TOP, fields, rows, empty=empty)
    page.freeze(TOP, 1)
    page.filter(placed)
    report.placed["Clock"] = placed
