"""Answers about tokens on a terminal of 80 columns."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from planner.plan.finding_tables import QUOTED_TOKENS, TOKEN_QUOTE
from planner.plan.store import Plan
from planner.reports.console.plan_text import add_line, headings, new_table, printable
from planner.reports.explanation_texts import undone
from planner.reports.quote_texts import bound_figure, firm_figure
from planner.reports.token_texts import is_over, terms_words, token_quote_sentences
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


def _title(text: str, console: Console) -> None:
    console.print()
    console.print(Text(printable(text), "bold"))
