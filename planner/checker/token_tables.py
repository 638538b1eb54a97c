"""Keys, blanks and form of the tables on tokens."""

from __future__ import annotations

from collections.abc import Iterator

from planner.checker.facts import Book
from planner.checker.ledger import Ledger
from planner.checker.token_facts import TokenBook
from planner.plan.result_rows import Tables
from planner.plan.rows import AnyRow, rows_of

AGGREGATED, DISAGGREGATED = "aggregated", "disaggregated"

WHOLE_DAY = "day"
"""Name of the one block of a workbook without the sheet `day`."""

SPAN = ("span_from", "span_to")

TOKEN_KEYS: dict[str, tuple[str, ...]] = {
    "tokens": ("workload", "span_from"),
    "token_service": (
        "workload",
        "path",
        "prefill_system",
        "decode_system",
        "systems_per_prefill_replica",
        "systems_per_decode_replica",
        "owner",
        "decode_owner",
        "country",
        "prefill_site",
        "decode_site",
        "block",
        "span_from",
    ),
    "token_purchases": ("workload", "block", "span_from"),
    "replicas": ("owner", "model", "system", "systems_per_replica", "site", "span_from"),
    "token_costs": ("model", "system", "country", "span_from"),
}

TOKEN_BLANKS = {
    "token_service": {
        "owner",
        "decode_owner",
        "country",
        "prefill_site",
        "decode_site",
    },
    "token_purchases": {"block"},
    "replicas": {"owner"},
    "token_costs": {
        "country",
        "cost_per_mtok",
        "cost_per_mtok_at_full_use",
        "api_price",
        "break_even_use",
    },
}
"""Columns that may be blank."""

TOKEN_TEXTS = {
    "workload",
    "path",
    "prefill_system",
    "decode_system",
    "owner",
    "decode_owner",
    "country",
    "prefill_site",
    "decode_site",
    "block",
    "model",
}


def no_tokens_without_workloads(book: Book, tables: Tables, ledger: Ledger) -> None:
    """The tables on tokens are empty if the workbook has no workloads."""
    for name in TOKEN_KEYS:
        if ledger.fails(bool(book.workloads) or not rows_of(tables, name)):
            ledger.refuse(f"table {name!r} has rows, though the workbook has no workloads")


def known_spans(book: Book, tables: Tables, ledger: Ledger) -> None:
    """A span of a table on tokens is one of the plan's, named by its first and last day."""
    if not book.workloads:
        return
    spans = {(span.first, span.last) for span in TokenBook(book).spans}
    for name in TOKEN_KEYS:
        for row in rows_of(tables, name):
            first, last = row["span_from"], row["span_to"]
            if ledger.fails((first, last) in spans):
                ledger.refuse(f"{name} {_label(row)}: {first} to {last} is no span of the plan")


def known_token_names(book: Book, tables: Tables, ledger: Ledger) -> None:
    """Every workload, model, system, site, owner, country and block is one that exists."""
    if not book.workloads:
        return
    tokens = TokenBook(book)
    for name in TOKEN_KEYS:
        for row in rows_of(tables, name):
            for column, known in _names(tokens, name, row):
                if ledger.fails(known):
                    ledger.refuse(
                        f"{name} {_label(row)}: there is no {column.replace('_', ' ')} "
                        f"{row[column]!r}"
                    )


def _names(tokens: TokenBook, name: str, row: AnyRow) -> Iterator[tuple[str, bool]]:
    """Yield each column of names of a row, and whether its name exists."""
    book = tokens.book
    models = {workload["model"] for workload in book.workloads.values()}
    countries = {site["country"] for site in book.sites.values()}
    servers = {*book.systems, *tokens.composites}
    known: dict[str, set[object]] = {
        "workload": {*book.workloads},
        "model": {*models},
        "path": {AGGREGATED, DISAGGREGATED},
        "system": {*servers},
        "prefill_system": {*servers},
        "decode_system": {*servers},
        "owner": {None, *book.commitments},
        "decode_owner": {None, *book.commitments},
        "country": {None, *countries},
        "block": {*tokens.blocks} if tokens.has_blocks else {WHOLE_DAY},
        "site": {*book.sites},
        "prefill_site": {None, *book.sites},
        "decode_site": {None, *book.sites},
    }
    is_known = row.get("workload") in book.workloads
    if name == "token_purchases" and is_known and not tokens.is_online(row["workload"]):
        known["block"] = {None}
    for column, names in known.items():
        if column in row:
            yield column, row[column] in names


def _label(row: AnyRow) -> str:
    """Return the names of a row, for a message."""
    return ", ".join(str(value) for value in row.values() if isinstance(value, str))
