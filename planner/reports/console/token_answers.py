"""Answers about tokens on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.plan.finding_tables import QUOTED_TOKENS, TOKEN_QUOTE
from planner.plan.store import Plan
from planner.plan.token_finding_rows import TokenAskRow
from planner.reports.console.plan_text import add_line, headings, new_table, printable
from planner.reports.explanation_texts import undone
from planner.reports.quote_texts import bound_figure, firm_figure
from planner.reports.token_texts import (
    ask_proof,
    is_over,
    is_worth_something,
    terms_words,
    token_quote_sentences,
    worthless,
)
from planner.reports.views import NOTHING, number

MOST = 15
"""Largest number of printed rows."""


def print_token_quote(plan: Plan, console: Console) -> None:
    """Print a quote of tokens: answers, bounds by day, overtime."""
    found = plan.findings.get(TOKEN_QUOTE)
    if found is None:
        return
    for text in token_quote_sentences(plan):
        console.print(Text(printable(text)))
    rows = plan.finding_tables["token_quote"]
    _title(f"At most on top of the plan, Mtok a day ({terms_words(plan)})", console)
    curve = [row for row in rows if not is_over(row)]
    names = ["date", "at_most_mtok_day", "firm_mtok_day"]
    table = new_table(*headings(QUOTED_TOKENS.select(*names)))
    for row in curve[:MOST]:
        firm = "" if row["firm_mtok_day"] is None else firm_figure(row["firm_mtok_day"])
        add_line(table, [row["date"], bound_figure(row["at_most_mtok_day"]), firm])
    console.print(table)
    if len(curve) > MOST:
        console.print(Text(f"    and {len(curve) - MOST} more with --json", "dim"))
    share = number(found.facts.get("overtime"))
    over = [row for row in rows if number(row["gain_mtok_day"]) > NOTHING]
    if over:
        _title(f"With {share:.0%} more of all limits of one kind", console)
        names = ["overtime_of", "date", "at_most_mtok_day", "gain_mtok_day"]
        table = new_table(*headings(QUOTED_TOKENS.select(*names)))
        for row in sorted(over, key=lambda row: -number(row["gain_mtok_day"]))[:MOST]:
            bound, gain = bound_figure(row["at_most_mtok_day"]), bound_figure(row["gain_mtok_day"])
            add_line(table, [row["overtime_of"], row["date"], bound, gain])
        console.print(table)
    elif any(map(is_over, rows)):
        _title(f"With {share:.0%} more of all limits of any one kind: no gain", console)
    for text in undone(found):
        console.print(Text(printable(f"Not finished: {text}"), "dim"))


def print_token_explanation(plan: Plan, console: Console) -> None:
    """Print why tokens are missed, what to ask for, and what one step more is worth."""
    tables = plan.finding_tables
    causes: dict[str, list[str]] = {}
    for row in tables["token_lateness"]:
        head = (
            f"Why tokens are missed: {row['workload']}, {row['missed_mtok']:,.6g} Mtok from "
            f"{row['span_from']} to {row['span_to']}"
        )
        causes.setdefault(head, []).append(f"{row['says']} ({row['cell']})")
    for head, items in causes.items():
        _print_items(head, items, "the table token_lateness", console)
    asks: dict[str, list[TokenAskRow]] = {}
    for ask in tables["token_asks"]:
        head = f"Ask, set {ask['set']:.0f}, so that {ask['aim']}"
        asks.setdefault(head, []).append(ask)
    for head, rows in asks.items():
        items = [f"{ask['says']} ({ask['cells']})" for ask in rows]
        _print_items(head, items, "the table token_asks", console)
        console.print(Padding(Text(printable(ask_proof(rows)), "dim"), (0, 0, 0, 4), expand=False))
    values = tables["token_values"]
    useful = [row for row in values if is_worth_something(row)]
    items = [f"{row['says']} ({row['cell']})" for row in useful]
    _print_items("What one step more is worth in tokens", items, "the table token_values", console)
    rest = worthless(len(values) - len(useful))
    if rest:
        console.print(Padding(Text(f"{rest}; see --json", "dim"), (0, 0, 0, 4), expand=False))


def _print_items(title: str, items: Sequence[str], where: str, console: Console) -> None:
    """Print numbered sentences below a title."""
    if not items:
        return
    _title(title, console)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True, min_width=3)
    grid.add_column(overflow="fold")
    for number_, text in enumerate(items[:MOST], start=1):
        grid.add_row(Text(f"{number_}."), Text(printable(text)))
    console.print(grid)
    if len(items) > MOST:
        console.print(Text(f"    and {len(items) - MOST} more in {where}", "dim"))


def _title(text: str, console: Console) -> None:
    console.print()
    console.print(Text(printable(text), "bold"))
