"""Asks as sentences for a meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from planner.explain.limits import STEPS, Limit
from planner.explain.requests import Request, today_of
from planner.explain.session import Session
from planner.workbook.rows import Row


def in_words(session: Session, request: Request) -> str:
    """Return a request as a sentence: what to change, from which value to which, from which date.

    E.g. ``energise Regina grid by 2027-03-01 instead of 2027-06-01 (+12 MW)`` or
    ``40 more wafers a month from TSMC from 2026-10-01``. Its figures are exact, the same as in the
    re-solve.
    """
    limit = request.limits[0]
    if limit.dated:
        return DATED[limit.row.sheet, limit.column](session, limit, figure_of(request))
    if limit.column == "yield":
        return f"yield of {limit.subject}: {figure_of(request)} instead of {_exact(limit.value)}"
    text = AMOUNTS[limit.row.sheet, limit.column](session, limit.row, request.more)
    if limit.row.sheet in STEPS:
        return text + _while(session, request)
    if len(request.limits) > 1:  # a budget by several dates
        return f"{text} and by each later date until {request.limits[-1].row['date']}"
    return text


def figure_of(request: Request) -> str:
    """Return the requested figure: a date, days, a yield, or an amount more."""
    limit = request.limits[0]
    if isinstance(limit.value, date):
        return str(request.value(limit))
    if limit.dated:
        return _days(request.value(limit))
    if limit.column == "yield":
        return _exact(request.value(limit))
    unit = {"mw": "MW ", "it_mw": "MW ", "cumulative": f"{limit.unit.split()[-1]} "}
    return f"{_exact(request.more)} {unit.get(limit.column, '')}more"


def _exact(value: object) -> str:
    """Return a number with all its digits and thousands separators."""
    text = f"{Decimal(str(value)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _more(amount: Decimal, noun: str, plural: str = "") -> str:
    """Return an amount more of a noun, e.g. ``1 more hall`` or ``2 more halls``."""
    return f"{_exact(amount)} more {noun if amount == 1 else plural or f'{noun}s'}"


def _while(session: Session, request: Request) -> str:
    """Return from when, and until when, a dated capacity should change."""
    first, last = request.limits[0].row, request.limits[-1].row
    name = STEPS[first.sheet][0]
    after = [
        row["from"]
        for row in session.inputs.tables[first.sheet]
        if row[name] == first[name] and row["from"] > last["from"]
    ]
    start = max(first["from"], today_of(session.inputs))
    return f" from {start}" + (f" until {min(after)}" if after else "")


def _sold(session: Session, supplier: str) -> tuple[str, str]:
    """Return the singular and plural of a supplier's unit of capacity."""
    rows = [row for row in session.inputs.tables["supply"] if row["supplier"] == supplier]
    if len(rows) != 1 or rows[0]["capacity_use"] != 1:
        return "unit of capacity", "units of capacity"
    item = str(rows[0]["item"])
    return item, item if item.endswith("s") else f"{item}s"


Amount = Callable[[Session, Row, Decimal], str]

AMOUNTS: dict[tuple[str, str], Amount] = {
    ("supply_capacity", "units_per_month"): lambda s, r, more: (
        f"{_more(more, *_sold(s, r['supplier']))} a month from {r['supplier']}"
    ),
    ("plants", "units_per_month"): lambda s, r, more: (
        f"{r['plant']}: assemble {_exact(more)} more {r['system']} a month"
    ),
    ("lanes", "units_per_month"): lambda s, r, more: (
        f"{_more(more, 'unit')} a month on the lane from {r['from']} to {r['to']}"
    ),
    ("depots", "storage"): lambda s, r, more: f"{r['depot']}: store {_more(more, 'unit')}",
    ("sites", "storage"): lambda s, r, more: f"{r['site']}: store {_more(more, 'unit')}",
    ("crews", "systems_per_month"): lambda s, r, more: (
        f"crews to install {_more(more, 'system')} a month at {r['site']}"
    ),
    ("energisation", "mw"): lambda s, r, more: f"{r['node']}: energise {_exact(more)} MW more",
    ("halls", "it_mw"): lambda s, r, more: (
        f"{r['hall']}: {_exact(more)} MW more IT power in each hall"
    ),
    ("halls", "slots"): lambda s, r, more: f"{r['hall']}: {_more(more, 'slot')} in each hall",
    ("halls", "coolant_lpm"): lambda s, r, more: (
        f"{r['hall']}: {_exact(more)} l/min more coolant in each hall"
    ),
    ("halls", "count"): lambda s, r, more: f"{r['hall']}: {_more(more, 'hall')}",
    ("budget", "cumulative"): lambda s, r, more: (
        f"spend {_exact(more)} {s.inputs.settings['currency']} more by {r['date']}"
    ),
}


def _from(session: Session, limit: Limit, now: str, verb: str) -> str:
    """Return the requested date of a capacity, with its increase over the capacity before."""
    row, (name, amount) = limit.row, STEPS[limit.row.sheet]
    before = [
        other
        for other in session.inputs.tables[row.sheet]
        if other[name] == row[name] and other["from"] < row["from"]
    ]
    had = max(before, key=lambda other: other["from"])[amount] if before else 0.0
    unit = {"energisation": "MW", "crews": "systems a month"}.get(row.sheet, "units a month")
    return f"{verb} by {now} instead of {limit.value} (+{row[amount] - had:,.12g} {unit})"


Dated = Callable[[Session, Limit, str], str]


def _turned(text: str) -> Dated:
    """Return a function that states a new date, or number of days, of a row."""

    def say(_: Session, limit: Limit, now: str) -> str:
        before = limit.value if isinstance(limit.value, date) else _days(limit.value)
        names = {column: value for column, value in limit.row.values.items() if value is not None}
        return f"{text.format(**names)} {now} instead of {before}"

    return say


DATED: dict[tuple[str, str], Dated] = {
    ("energisation", "from"): lambda s, x, now: _from(s, x, now, f"energise {x.subject}"),
    ("supply_capacity", "from"): lambda s, x, now: _from(
        s, x, now, f"the larger capacity of {x.subject}"
    ),
    ("crews", "from"): lambda s, x, now: _from(s, x, now, f"more crews at {x.subject}"),
    ("halls", "ready"): _turned("{hall}: ready by"),
    ("halls", "build_days"): _turned("{hall}: open a hall within"),
    ("supply", "lead_days"): _turned("{item} of {supplier}: deliver within"),
    ("supply", "available_from"): _turned("{item} of {supplier}: on sale from"),
    ("plants", "from"): _turned("{plant}: assemble {system} from"),
    ("plants", "lead_days"): _turned("{plant}: assemble {system} within"),
    ("lanes", "transit_days"): lambda s, x, now: (
        f"lane from {x.row['from']} to {x.row['to']}: {now} under way instead of {_days(x.value)}"
    ),
    ("systems", "available_from"): _turned("{system}: to be had from"),
    ("systems", "commission_days"): _turned("{system}: commission within"),
}
