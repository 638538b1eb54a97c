"""Section Day by day of the page: installs, openings, assembly, shipments and windows."""

from __future__ import annotations

from planner.plan.site_tables import DAILY_INSTALLS, HALL_OPENINGS, MOVES, WINDOWS
from planner.plan.store import Plan
from planner.reports.install_days import CLOCK_WORDS, installs, moves, windows
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import DataTable, table
from planner.reports.views import number

MOST_ROWS = 1000
"""Largest number of rows of a table, the first by day; the folder ``tables`` has all of them."""


PAPER = " Day by day, this stands in plan.xlsx: the sheets Installs, Openings, Shipments and Clock."


def days_section(plan: Plan) -> Markup:
    """Return the section with installs, openings, starts, shipments and windows of work."""
    files = (
        (_installs(plan), "installs"),
        (_openings(plan), "openings"),
        (_moves(plan), "production and shipments"),
        (_windows(plan), "clock"),
    )
    found = [_part(sheet, file) for sheet, file in files if sheet.rows]
    text = "Work by day." if found else "The plan does no work."
    if plan.tables["clock"]:
        text += f" {CLOCK_WORDS}."
    return element(
        "section",
        element("h2", "Day by day"),
        element("p", text, element("span", PAPER, class_="paper") if found else None),
        found,
        id="days",
        class_="landscape",
    )


def _part(sheet: DataTable, file: str) -> Markup:
    """Return a collapsed table, which is not printed."""
    shown = sheet.rows[:MOST_ROWS]
    rest = ""
    if len(shown) < len(sheet.rows):
        rest = f"; the first {MOST_ROWS:,} rows, the folder tables has all: {file}"
    first = DataTable(f"{sheet.caption}{rest}", sheet.columns, shown)
    title = f"{sheet.caption.split(':')[0]} ({len(sheet.rows):,})"
    return element("details", element("summary", title), table(first, tools=True), class_="data")


def _installs(plan: Plan) -> DataTable:
    """Return every install with the day from which its systems are in service."""
    rows = [row | {"class": "bad" if row["late"] == "yes" else None} for row in installs(plan)]
    names = [
        "date",
        "hall",
        "site",
        "system",
        "installed",
        "in_service",
        "commitment",
        "milestone",
        "late",
    ]
    if any(number(row["removed"]) for row in rows):
        names.insert(names.index("in_service"), "removed")
    columns = DAILY_INSTALLS.select(*names)
    return DataTable("Installs: in service on the day after commissioning", columns, rows)


def _openings(plan: Plan) -> DataTable:
    """Return every opening of halls, by the day of the decision."""
    rows = sorted(plan.tables["openings"], key=lambda row: row["date"])
    columns = HALL_OPENINGS.select("date", "opens", "count", "hall", "site")
    return DataTable("Halls opened: decided on a day, for installs from a later one", columns, rows)


def _moves(plan: Plan) -> DataTable:
    """Return every start of assembly and every shipment."""
    columns = MOVES.select("date", "since", "done", "what", "from", "to", "item", "quantity")
    return DataTable(
        "Assembly and shipments: with a limited rate, started or sent evenly since a day",
        columns,
        moves(plan),
    )


def _windows(plan: Plan) -> DataTable:
    """Return the windows in which anything is done."""
    columns = WINDOWS.select("date", "window_from", "work", "place", "more", "done", "carried")
    caption = "Clock: the windows in which suppliers, plants, lanes and crews do anything"
    return DataTable(caption, columns, windows(plan))
