"""Rules on the form of the result tables; the other rules rely on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import cast

from planner.checker.facts import Book
from planner.checker.ledger import Ledger, figure
from planner.checker.token_tables import (
    SPAN,
    TOKEN_BLANKS,
    TOKEN_KEYS,
    TOKEN_TEXTS,
    known_spans,
    known_token_names,
    no_tokens_without_workloads,
)
from planner.plan.result_rows import Tables
from planner.plan.rows import AnyRow, rows_of
from planner.plan.tables import COLUMNS, RESULTS, cost_terms

DATE_COLUMNS = {
    "period",
    "order_date",
    "order_from",
    "arrival_date",
    "latest_order_date",
    "start_date",
    "finish_date",
    "departure_date",
    "date",
    "opens",
    "window_from",
    "period_end",
    "milestone",
    *SPAN,
}
"""Columns whose values are dates."""
PERIOD_DATE_COLUMN = {
    "orders": "order_date",
    "pegs": "date",
    "production": "start_date",
    "shipments": "departure_date",
    "stock": "date",
    "installs": "date",
    "openings": "date",
}
"""Column of the date that lies in the period of a row, by table."""

TEXT_COLUMNS = {
    "act",
    "order",
    "supplier",
    "item",
    "firm",
    "plant",
    "system",
    "from",
    "to",
    "place",
    "site",
    "hall",
    "node",
    "commitment",
    "basis",
    "term",
    "tier",
    "unit",
    "status",
    "milestone_blocked",
    "already_late",
    "sites_fed",
    "late",
    *TOKEN_TEXTS,
}
MAY_BE_BLANK = {
    "clock": {"to", "item"},
    "orders": {
        "period",
        "order_date",
        "order_from",
        "latest_order_date",
        "slack_days",
        "it_mw_blocked",
        "milestone_blocked",
        "already_late",
        "sites_fed",
    },
    "installs": {"commitment", "milestone", "late"},
    "power": {"energised_mw", "headroom_mw"},
    "tiers": {"unit", "bound", "gap", "status", "seconds"},
    **TOKEN_BLANKS,
}
MAY_BE_NEGATIVE = {"slack_days", "headroom_mw", "value", "bound", "gap"}

KEYS = {
    "orders": ("order",),
    "pegs": ("order", "hall", "system", "date"),
    "production": ("plant", "system", "start_date"),
    "shipments": ("from", "to", "item", "departure_date"),
    "stock": ("place", "item", "date"),
    "installs": ("hall", "system", "date"),
    "openings": ("hall", "date"),
    "clock": ("act", "place", "to", "item", "date"),
    "fleet": ("hall", "system", "period"),
    "halls": ("hall", "period"),
    "power": ("node", "period"),
    "service": ("commitment", "hall", "system", "period"),
    "ramp": ("commitment", "period"),
    "spend": ("period", "term"),
    "tiers": ("tier",),
    "costs": ("term",),
    **TOKEN_KEYS,
}


def columns(book: Book, tables: Tables, ledger: Ledger) -> None:
    """Every result table is there, no other, and each of its rows has exactly its columns."""
    for name in tables:
        if ledger.fails(name in COLUMNS):
            ledger.refuse(f"there is a table {name!r}, which is not part of a plan")
    for result in RESULTS:
        if ledger.fails(result.name in tables):
            ledger.refuse(f"table {result.name!r} is missing")
            continue
        known = set(result.columns)
        for place, row in enumerate(rows_of(tables, result.name), start=1):
            if ledger.fails(set(row) == known):
                odd = ", ".join(sorted(str(name) for name in known.symmetric_difference(row)))
                ledger.refuse(f"row {place} of {result.name} lacks or adds columns: {odd}")


def values(book: Book, tables: Tables, ledger: Ledger) -> None:
    """A day is a date, a name a text, a figure a finite number; few columns may be blank."""
    for name in tables:
        may_be_blank = MAY_BE_BLANK.get(name, set())
        for place, row in enumerate(rows_of(tables, name), start=1):
            for column, value in row.items():
                if value is None and column in may_be_blank:
                    continue
                if ledger.fails(_fits(column, value)):
                    ledger.refuse(
                        f"row {place} of {name} has {value!r} in {column}, not a {_kind(column)}"
                    )


def _kind(column: str) -> str:
    if column in DATE_COLUMNS:
        return "day"
    if column in TEXT_COLUMNS:
        return "text"
    return "number"


def _fits(column: str, value: object) -> bool:
    if column in DATE_COLUMNS:
        return type(value) is date
    if column in TEXT_COLUMNS:
        return isinstance(value, str) and value != ""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def known_periods(book: Book, tables: Tables, ledger: Ledger) -> None:
    """A period is named by the first day of one that is planned; only a firm order may have none.

    It holds the day of the row, where that has one.
    A tier and a cost over the whole plan have no period.
    """
    for name in tables:
        if "period" not in COLUMNS[name]:
            continue
        for row in rows_of(tables, name):
            period = row["period"]
            if period is None and name == "orders" and row["firm"] == "yes":
                continue
            if ledger.fails(period in book.calendar.period_of_start):
                ledger.refuse(f"{_label(name, row)}: {period} is not the first day of a period")
            elif name in PERIOD_DATE_COLUMN:
                day = cast(date, row[PERIOD_DATE_COLUMN[name]])
                held = book.calendar.holding(day)
                if ledger.fails(held is not None and book.calendar.starts[held] == period):
                    ledger.refuse(f"{_label(name, row)}: {day} is not in the period of {period}")


def known_names(book: Book, tables: Tables, ledger: Ledger) -> None:
    """Every supplier, item, plant, place, hall, node, commitment and term is one that exists."""
    for name in tables:
        for row in rows_of(tables, name):
            for what, known in _references(book, name, row):
                if ledger.fails(known):
                    ledger.refuse(f"{_label(name, row)}: {what}")


def _references(book: Book, name: str, row: AnyRow) -> Iterator[tuple[str, bool]]:
    """Yield the possible faults of a row's references, each with whether it is absent."""
    if name == "orders":
        yield f"firm is {row['firm']!r}, neither yes nor no", row["firm"] in ("yes", "no")
        known = (row["supplier"], row["item"]) in book.supply
        yield f"{row['supplier']!r} does not sell {row['item']!r}", known
    if name == "production":
        known = (row["plant"], row["system"]) in book.plants
        yield f"plant {row['plant']!r} does not assemble {row['system']!r}", known
    for column in ("from", "to", "place") if name != "clock" else ():
        if column in row:
            yield f"there is no place {row[column]!r}", row[column] in book.places
    if name in ("shipments", "stock"):
        yield f"there is no item {row['item']!r}", row["item"] in book.items
    if "hall" in row:
        hall = book.halls.get(str(row["hall"]))
        yield f"there is no hall class {row['hall']!r}", hall is not None
        at_home = hall is None or "site" not in row or hall["site"] == row["site"]
        yield f"hall {row['hall']!r} is not at site {row.get('site')!r}", at_home
    if "hall" in row and "system" in row:
        yield f"there is no system {row['system']!r}", row["system"] in book.systems
    if "node" in row:
        yield f"there is no power node {row['node']!r}", row["node"] in book.nodes
    if row.get("commitment") is not None:
        known = row["commitment"] in book.commitments
        yield f"there is no commitment {row['commitment']!r}", known
    if "term" in row:
        yield f"there is no cost term {row['term']!r}", row["term"] in _terms(book)


def single_rows(book: Book, tables: Tables, ledger: Ledger) -> None:
    """No two rows of a table have one key; one supplier's item has one planned order on a day.

    That is what an order cost is paid for.
    """
    for name in tables:
        _no_doubles(name, rows_of(tables, name), KEYS[name], ledger)
    planned = [row for row in tables["orders"] if row["firm"] == "no"]
    _no_doubles("orders", planned, ("supplier", "item", "order_date"), ledger)


def _no_doubles(name: str, rows: Iterable[AnyRow], key: tuple[str, ...], ledger: Ledger) -> None:
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        values_of_key = tuple(row[column] for column in key)
        if ledger.fails(values_of_key not in seen):
            ledger.refuse(f"{_label(name, row)}: there is another row of the same {', '.join(key)}")
        seen.add(values_of_key)


def complete_tables(book: Book, tables: Tables, ledger: Ledger) -> None:
    """Power, ramp and fleet have a row for each period, costs one for each term.

    The fleet has them for each hall and system that the workbook's fleet, an install or a row of
    the fleet names. What is not there counts as nothing, so no other pair can hide a system.
    """
    pairs: set[tuple[object, ...]] = set(book.fleet)
    for row in (*tables["fleet"], *tables["installs"]):
        pairs.add((row["hall"], row["system"]))
    required: dict[str, set[tuple[object, ...]]] = {
        "power": _in_every_period(book, [(node,) for node in book.nodes]),
        "ramp": _in_every_period(book, [(commitment,) for commitment in book.commitments]),
        "fleet": _in_every_period(book, pairs),
        "costs": {(term,) for term in _terms(book)},
    }
    for name, keys in required.items():
        stated = {tuple(row[column] for column in KEYS[name]) for row in rows_of(tables, name)}
        for key in sorted(keys, key=str):
            if ledger.fails(key in stated):
                shown = ", ".join(str(part) for part in key)
                ledger.refuse(f"table {name} has no row for {shown}")


def _terms(book: Book) -> tuple[str, ...]:
    """Return the cost terms of a plan of the workbook."""
    return cost_terms(has_workloads=bool(book.workloads))


def _in_every_period(book: Book, names: Iterable[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Return the keys that consist of some names and the first day of any period."""
    keys = set()
    for name in names:
        for period in book.periods:
            keys.add((*name, book.day(period)))
    return keys


def no_negative_figures(book: Book, tables: Tables, ledger: Ledger) -> None:
    """No quantity, capacity or amount of money is below zero.

    A headroom, a slack and a tier's figures may be; rules of their own judge them.
    """
    exempt = DATE_COLUMNS | TEXT_COLUMNS | MAY_BE_NEGATIVE
    for name in tables:
        numbers = [column for column in COLUMNS[name] if column not in exempt]
        for row in rows_of(tables, name):
            for column in numbers:
                value = row[column]
                if isinstance(value, int | float) and ledger.below(value, 0.0):
                    ledger.refuse(f"{_label(name, row)}: {column} is {figure(value)}, below zero")


def _label(name: str, row: AnyRow) -> str:
    """Return the table and the key of a row, for a message."""
    key = [str(row[column]) for column in KEYS[name]]
    return f"{name} {', '.join(key)}"


FORM_RULES: tuple[Callable[[Book, Tables, Ledger], None], ...] = (
    columns,
    values,
    known_periods,
    known_names,
    single_rows,
    complete_tables,
    no_negative_figures,
    no_tokens_without_workloads,
    known_spans,
    known_token_names,
)
"""Rules on the form of the tables; each relies on the rules before it."""
