"""Section Day by day of the page: installs, openings, assembly, shipments and windows."""

from __future__ import annotations

from planner.plan.store import Plan
from planner.plan.tables import Row
from planner.reports.install_days import CLOCK_WORDS, installs, moves, windows
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import Column, Sheet, table
from planner.reports.views import number

MOST_ROWS = 1000
"""Largest number of rows of a table, the first by day; the folder ``tables`` has all of them."""


PAPER = " Day by day, this stands in plan.xlsx: the sheets Installs, Openings, Shipments and Clock."


def days_section(plan: Plan) -> Markup:
    """Return the section with installs, openings, starts, shipments and windows of work."""
    found = [
        _part(sheet, file)
        for sheet, file in (
            (_installs(plan), "installs"),
            (_openings(plan), "openings"),
            (_moves(plan), "production and shipments"),
            (_windows(plan), "clock"),
        )
        if sheet.rows
    ]
    text = "Work by day." if found else "The plan does no work."
    if plan.rows("clock"):
        text += f" {CLOCK_WORDS}."
    return element(
        "section",
        element("h2", "Day by day"),
        element("p", text, element("span", PAPER, class_="paper") if found else None),
        found,
        id="days",
        class_="landscape",
    )


def _part(sheet: Sheet, file: str) -> Markup:
    """Return a collapsed table, which is not printed."""
    shown = sheet.rows[:MOST_ROWS]
    rest = (
        f"; the first {MOST_ROWS:,} rows, the folder tables has all: {file}"
        if shown != sheet.rows
        else ""
    )
    first = Sheet(f"{sheet.caption}{rest}", sheet.columns, shown)
    title = f"{sheet.caption.split(':')[0]} ({len(sheet.rows):,})"
    return element("details", element("summary", title), table(first, tools=True), class_="data")


def _installs(plan: Plan) -> Sheet:
    """Return every install with the day from which its systems are in service."""
    rows = [row | {"class": "bad" if row["late"] == "yes" else None} for row in installs(plan)]
    columns = [
        Column("date", "Installed by", kind="date"),
        Column("hall", "Hall class"),
        Column("site", "Site"),
        Column("system", "System"),
        Column("installed", "Installed", "systems", "whole"),
        Column("in_service", "In service on", kind="date"),
        Column("commitment", "Commitment"),
        Column("milestone", "Milestone", kind="date"),
        Column("late", "Late"),
    ]
    if any(number(row["removed"]) for row in rows):
        columns.insert(5, Column("removed", "Removed", "systems", "whole"))
    return Sheet("Installs: in service on the day after commissioning", columns, rows)


def _openings(plan: Plan) -> Sheet:
    """Return every opening of halls, by the day of the decision."""
    rows: list[Row] = sorted(plan.rows("openings"), key=lambda row: str(row["date"]))
    columns = [
        Column("date", "Decided on", kind="date"),
        Column("opens", "Open from", kind="date"),
        Column("count", "Decided", "halls", "whole"),
        Column("hall", "Hall class"),
        Column("site", "Site"),
    ]
    return Sheet("Halls opened: decided on a day, for installs from a later one", columns, rows)


def _moves(plan: Plan) -> Sheet:
    """Return every start of assembly and every shipment."""
    columns = [
        Column("date", "Starts or leaves", kind="date"),
        Column("since", "Since", kind="date"),
        Column("done", "Finished or arrives", kind="date"),
        Column("what", "Movement"),
        Column("from", "From"),
        Column("to", "To"),
        Column("item", "Item"),
        Column("quantity", "Quantity", "units", "whole"),
    ]
    return Sheet(
        "Assembly and shipments: with a limited rate, started or sent evenly since a day",
        columns,
        moves(plan),
    )


def _windows(plan: Plan) -> Sheet:
    """Return the windows in which anything is done."""
    columns = [
        Column("date", "Last day", kind="date"),
        Column("window_from", "First day", kind="date"),
        Column("work", "Work"),
        Column("place", "Supplier, plant, place or site"),
        Column("more", "To, or item"),
        Column("done", "Completed", kind="long"),
        Column("carried", "Carried over", "units", "worth"),
    ]
    caption = "Clock: the windows in which suppliers, plants, lanes and crews do anything"
    return Sheet(caption, columns, windows(plan))
