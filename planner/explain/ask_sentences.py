"""Asks as sentences for a meeting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.explain.limit_declarations import Day
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
    row, declared = limit.row, limit.declared
    words = {column: value for column, value in row.values.items() if value is not None}
    if isinstance(declared, Day) or limit.column == "yield":
        words["now"] = figure_of(request)
        words["before"] = _before(limit)
        if row.sheet in STEPS:
            words["rise"] = _rise(session, row)
        return declared.ask.format(**words)
    words["amount"] = _exact(request.more)
    words["more"] = _more(request.more, *_noun(session, limit, declared.noun))
    words["currency"] = session.inputs.settings["currency"]
    text = declared.ask.format(**words)
    if row.sheet in STEPS:
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


def _before(limit: Limit) -> str:
    """Return the present value of a limit."""
    if isinstance(limit.value, date):
        return str(limit.value)
    return _days(limit.value) if limit.dated else _exact(limit.value)


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _more(amount: Decimal, noun: str, plural: str) -> str:
    """Return an amount more of a noun, e.g. ``1 more hall`` or ``2 more halls``."""
    return f"{_exact(amount)} more {noun if amount == 1 else plural}"


def _noun(session: Session, limit: Limit, noun: str) -> tuple[str, str]:
    """Return the singular and plural of what a limit counts; for a supplier, of what it sells."""
    if limit.row.sheet == "supply_capacity":
        return _sold(session, limit.row["supplier"])
    return noun, f"{noun}s"


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


def _rise(session: Session, row: Row) -> str:
    """Return by how much a dated capacity rises above the capacity before."""
    name, amount = STEPS[row.sheet]
    earlier = [
        other
        for other in session.inputs.tables[row.sheet]
        if other[name] == row[name] and other["from"] < row["from"]
    ]
    before = max(earlier, key=lambda other: other["from"])[amount] if earlier else 0.0
    return f"{row[amount] - before:,.12g}"
