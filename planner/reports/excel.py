"""The plan as a workbook for people: ``plan.xlsx``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from planner.plan.store import Plan
from planner.reports.book import Book
from planner.reports.excel_sheets import (
    write_costs,
    write_installs,
    write_manifest,
    write_orders,
    write_power,
    write_ramp,
)
from planner.reports.excel_summary import write_summary

UNDATED = datetime(2000, 1, 1)
"""Date of the file of a plan whose manifest has none, so that the file stays the same."""


def write_plan_workbook(plan: Plan, path: Path) -> None:
    """Write the workbook of a plan.

    Sheets: Summary, Ramp, Orders, Installs by site, MW by site, Power, Power by month, Costs,
    Spend, Manifest. The same plan gives the same file, byte for byte.

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
    book = Book(path, plan.name, created(plan))
    summary = book.page("Summary", subtitle(plan), f"Deployment plan {plan.name}")
    ramp = write_ramp(book, plan)
    write_orders(book, plan)
    sites = write_installs(book, plan)
    write_power(book, plan)
    costs = write_costs(book, plan)
    write_manifest(book, plan)
    write_summary(summary, plan, ramp, sites, costs)
    book.close()


def created(plan: Plan) -> datetime:
    """Return when the plan was made, as its manifest tells, without a time zone."""
    try:
        return datetime.fromisoformat(str(plan.manifest.get("created"))).replace(tzinfo=None)
    except ValueError:
        return UNDATED


def subtitle(plan: Plan) -> str:
    """Return the time that the plan covers and its currency."""
    periods = sorted(str(row["period"]) for row in plan.tables.get("ramp", []))
    ends = sorted(str(row["period_end"]) for row in plan.tables.get("ramp", []))
    time = f"{periods[0]} to {ends[-1]}; " if periods else ""
    return f"{time}money in {plan.summary.get('currency') or 'whole units'}"
