"""What is asked for, as a sentence for a meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from planner.explain.limits import STEPS, Limit
from planner.explain.moves import Move, moved_value
from planner.explain.oracle import Request
from planner.explain.session import Session
from planner.inputs.rows import Row


def in_words(session: Session, request: Request) -> str:
    """Return a request as a sentence: what to move, from what to what, from when on.

    E.g. ``energise Regina grid by 2027-03-01 instead of 2027-06-01 (+12 MW)`` or
    ``40 more wafers a month from TSMC from 2026-10-01``.
    """
    limit = request.limits[0]
    now = moved_value(session.inputs, Move(limit, request.steps), session.base.case.calendar)
    if limit.dated:
        return DATED[limit.row.sheet, limit.column](session, limit, now)
    if limit.column == "yield":
        return f"yield of {limit.subject}: {now:.3g} instead of {limit.value:.3g}"
    more = f"{request.steps * limit.step:,.6g}"
    text = AMOUNTS[limit.row.sheet, limit.column](session, limit.row, more)
    return text + _while(session, request) if limit.row.sheet in STEPS else text


def _while(session: Session, request: Request) -> str:
    """Return from when and until when a change of a dated capacity is asked for."""
    first, last = request.limits[0].row, request.limits[-1].row
    name = STEPS[first.sheet][0]
    after = [row["from"] for row in session.inputs.tables[first.sheet]
             if row[name] == first[name] and row["from"] > last["from"]]  # fmt: skip
    start = max(first["from"], session.base.case.calendar.starts[0])
    return f" from {start}" + (f" until {min(after)}" if after else "")


def _sold(session: Session, supplier: str) -> str:
    """Return what a supplier sells, in units of its capacity."""
    rows = [row for row in session.inputs.tables["supply"] if row["supplier"] == supplier]
    if len(rows) != 1 or rows[0]["capacity_use"] != 1:
        return "units of capacity"
    item = str(rows[0]["item"])
    return item if item.endswith("s") else f"{item}s"


Amount = Callable[[Session, Row, str], str]

AMOUNTS: dict[tuple[str, str], Amount] = {
    ("supply_capacity", "units_per_month"): lambda s, r, more: (
        f"{more} more {_sold(s, r['supplier'])} a month from {r['supplier']}"),
    ("plants", "units_per_month"): lambda s, r, more: (
        f"{r['plant']}: assemble {more} more {r['system']} a month"),
    ("lanes", "units_per_month"): lambda s, r, more: (
        f"{more} more units a month on the lane from {r['from']} to {r['to']}"),
    ("depots", "storage"): lambda s, r, more: f"{r['depot']}: store {more} more units",
    ("sites", "storage"): lambda s, r, more: f"{r['site']}: store {more} more units",
    ("crews", "systems_per_month"): lambda s, r, more: (
        f"crews to install {more} more systems a month at {r['site']}"),
    ("energisation", "mw"): lambda s, r, more: f"{r['node']}: energise {more} MW more",
    ("halls", "it_mw"): lambda s, r, more: f"{r['hall']}: {more} MW of IT power more in each hall",
    ("halls", "slots"): lambda s, r, more: f"{r['hall']}: {more} more slots in each hall",
    ("halls", "coolant_lpm"): lambda s, r, more: (
        f"{r['hall']}: {more} l/min more coolant in each hall"),
    ("halls", "count"): lambda s, r, more: f"{r['hall']}: {more} more halls",
    ("budget", "cumulative"): lambda s, r, more: (
        f"spend {more} {s.inputs.settings['currency']} more by {r['date']}"),
}  # fmt: skip


def _from(session: Session, limit: Limit, now: object, verb: str) -> str:
    """Return the date of a capacity, with what it brings on top of what there is before."""
    row, (name, amount) = limit.row, STEPS[limit.row.sheet]
    before = [other for other in session.inputs.tables[row.sheet]
              if other[name] == row[name] and other["from"] < row["from"]]  # fmt: skip
    had = max(before, key=lambda other: other["from"])[amount] if before else 0.0
    unit = {"energisation": "MW", "crews": "systems a month"}.get(row.sheet, "units a month")
    return f"{verb} by {now} instead of {limit.value} (+{row[amount] - had:,.6g} {unit})"


Dated = Callable[[Session, Limit, object], str]


def _turned(text: str) -> Dated:
    """Return what puts a date, or days, into a sentence about a row."""

    def say(_: Session, limit: Limit, now: object) -> str:
        unit = "" if isinstance(limit.value, date) else " days"
        names = {column: value for column, value in limit.row.values.items() if value is not None}
        return f"{text.format(**names)} {now}{unit} instead of {limit.value}{unit}"

    return say


DATED: dict[tuple[str, str], Dated] = {
    ("energisation", "from"): lambda s, x, now: _from(s, x, now, f"energise {x.subject}"),
    ("supply_capacity", "from"): lambda s, x, now: _from(
        s, x, now, f"the larger capacity of {x.subject}"),
    ("crews", "from"): lambda s, x, now: _from(s, x, now, f"more crews at {x.subject}"),
    ("halls", "ready"): _turned("{hall}: ready by"),
    ("halls", "build_days"): _turned("{hall}: open a hall within"),
    ("supply", "lead_days"): _turned("{item} of {supplier}: deliver within"),
    ("supply", "available_from"): _turned("{item} of {supplier}: on sale from"),
    ("plants", "from"): _turned("{plant}: assemble {system} from"),
    ("plants", "lead_days"): _turned("{plant}: assemble {system} within"),
    ("lanes", "transit_days"): lambda s, x, now: (
        f"lane from {x.row['from']} to {x.row['to']}: {now} days under way instead of "
        f"{x.value} days"),
    ("systems", "available_from"): _turned("{system}: to be had from"),
    ("systems", "commission_days"): _turned("{system}: commission within"),
}  # fmt: skip
