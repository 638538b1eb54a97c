"""Explanations and quotes on a terminal of 80 columns, in the words of the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.plan.finding_rows import LatenessRow, QuoteRow
from planner.plan.finding_tables import PERIODS, QUOTED_MW
from planner.plan.report_tables import MILESTONE_SLACK
from planner.plan.store import Plan
from planner.reports.console.plan_text import add_line, headings, new_table, printable
from planner.reports.console.token_answers import print_token_explanation
from planner.reports.explanation_texts import (
    Held,
    Safe,
    ask_sets,
    collapsed,
    explanation,
    gains,
    held,
    is_late,
    limit_words,
    no_asks,
    no_limit,
    quote,
    safe_milestones,
    telling,
    undone,
    worth,
)
from planner.reports.plan_figures import several
from planner.reports.quote_texts import asked_rows, bound_figure, firm_figure, quote_sentences
from planner.reports.views import BASIS_WORDS, NOTHING, figure, missed_mtok, number

MOST, MOST_UNDONE, BAR = 15, 5, 30
"""Largest number of printed rows and of skipped steps, and length of a full bar."""


def print_explanation(plan: Plan, console: Console) -> None:
    """Print the bottlenecks, lateness, asks and slack of a plan.

    Parameters
    ----------
    plan
        An explained plan.
    console
        Console to print to; plain lines if it is not a terminal.
    """
    rows = [row for row in telling(plan) if not is_late(plan) or gains(row)]
    groups = held(rows)
    title = "What holds the plan back" if is_late(plan) else "Nothing is late; largest savings"
    if not is_late(plan) and missed_mtok(plan) > NOTHING:
        title = "Largest savings with no more tokens missed"
    _print_items(
        title, [_held_words(plan, group) for group in groups], console, "the sheet Bottlenecks"
    )
    if not groups:
        _title(no_limit(plan), console)
    rest = collapsed(plan, "--json")
    if rest:
        console.print(Padding(Text(rest, "dim"), (0, 0, 0, 4), expand=False))
    _print_late(plan, console)
    if is_late(plan):
        _print_asks(plan, console)
    print_token_explanation(plan, console)
    _print_slack(plan, console)
    found = explanation(plan)
    _print_open(undone(found) if found else [], console)


def print_quote(plan: Plan, console: Console) -> None:
    """Print a quote: answers, bounds by date, overtime."""
    found = quote(plan)
    if found is None:
        return
    for text in quote_sentences(plan):
        console.print(Text(printable(text)))
    basis = str(found.facts.get("basis"))
    rows = [row for row in plan.finding_tables["quote"] if not row["overtime_of"]]
    _title(f"At most on top of the plan, MW ({BASIS_WORDS.get(basis, basis)})", console)
    _print_curve(rows, [row for _, row in asked_rows(plan)], console)
    share = number(found.facts.get("overtime"))
    stretched = [row for row in plan.finding_tables["quote"] if number(row["gain_mw"]) > NOTHING]
    if stretched:
        _title(f"With {share:.0%} more of all limits of one kind", console)
        _print_overtime(stretched, console)
    elif any(row["overtime_of"] for row in plan.finding_tables["quote"]):
        _title(f"With {share:.0%} more of all limits of any one kind: no gain", console)
    _print_open(undone(found), console)


def _title(text: str, console: Console) -> None:
    console.print()
    console.print(Text(printable(text), "bold"))


def _print_items(title: str, items: Sequence[str], console: Console, where: str) -> None:
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
    _print_rest(len(items), where, console)


def _print_rest(count: int, where: str, console: Console) -> None:
    if count > MOST:
        console.print(Text(f"    and {count - MOST} more in {where}", "dim"))


def _print_late(plan: Plan, console: Console) -> None:
    """Print the limits that delay each missed milestone, if there are many the largest."""
    chains: dict[str, list[LatenessRow]] = {}
    for row in plan.finding_tables["lateness"]:
        head = (
            f"Why late: {row['commitment']}, due {row['date']}, misses "
            f"{figure(row['missed_mw'], 1)} MW; back to the order"
        )
        chains.setdefault(head, []).append(row)
    for head, rows in chains.items():
        most = sorted(
            rows,
            key=lambda row: (
                row["kind"] != PERIODS,
                -number(row["mw_without"]),
                -number(row["mw_through"]),
                row["link"],
            ),
        )
        shown = [row for row in rows if row in most[:MOST]]
        items = [f"{row['says']} ({row['cell']})" for row in shown]
        _print_items(head, items, console, "the sheet Why late")
        _print_rest(len(rows), "the sheet Why late", console)


def _print_asks(plan: Plan, console: Console) -> None:
    """Print the sets of changes that put late commitments back on time."""
    found = ask_sets(plan)
    if not found:
        _title(no_asks(plan), console)
    for asked in found[:MOST]:
        items = [f"{row['says']} ({row['cells']})" for row in asked.rows]
        title = f"Ask, set {asked.number}, so that {asked.aim}"
        _print_items(title, items, console, "the sheet Asks")
        console.print(Padding(Text(printable(asked.proof), "dim"), (0, 0, 0, 4), expand=False))
    _print_rest(len(found), "the sheet Asks", console)


def _held_words(plan: Plan, group: Held) -> str:
    """Return a limit with its gain and its cells in a sentence."""
    more = f" and {len(group.rows) - 1} more" if len(group.rows) > 1 else ""
    return f"{limit_words(group.first)}: {worth(plan, group.first)} ({group.first['cell']}{more})"


def _print_slack(plan: Plan, console: Console) -> None:
    """Print slack and last order days of each milestone that is met."""
    found = safe_milestones(plan)
    if not found:
        return
    title = "Milestones that are met: slack, and the last day to order"
    _title(title, console)
    columns = MILESTONE_SLACK.select("commitment", "date", "mw", "slack_days", "last_order_date")
    table = new_table(*headings(columns))
    for one in found[:MOST]:
        slack = "not known" if one.slack is None else figure(one.slack)
        add_line(table, [one.commitment, one.due, figure(one.mw, 1), slack, _orders(one)])
    console.print(table)
    _print_rest(len(found), "the sheet Slack", console)


def _orders(one: Safe) -> str:
    """Return the earliest and the latest of the last order days of a milestone."""
    if not one.orders:
        return "nothing to order in advance"
    line, first = one.orders[0]
    text = f"{first} for {line['item']}"
    if len(one.orders) > 1:
        items = several(len(one.orders) - 1, "other item")
        text += f", up to {one.orders[-1][1]} for {items}"
    return text


def _print_open(texts: Sequence[str], console: Console) -> None:
    """Print the steps that were skipped, most of them for lack of time."""
    if texts:
        console.print()
    for text in texts[:MOST_UNDONE]:
        console.print(Text(printable(f"Not finished: {text}"), "dim"))
    if len(texts) > MOST_UNDONE:
        console.print(Text(f"and {len(texts) - MOST_UNDONE} more with --json", "dim"))


def _print_curve(rows: Sequence[QuoteRow], asked: Sequence[QuoteRow], console: Console) -> None:
    """Print bounds as bars, for dates of change and for requested dates."""
    full = "#" if console.options.ascii_only else "\N{FULL BLOCK}"
    most = max((row["at_most_mw"] for row in rows), default=0.0) or 1.0
    has_firm = any(row["firm_mw"] is not None for row in rows)
    names = ["date", "at_most_mw", "firm_mw"] if has_firm else ["date", "at_most_mw"]
    table = new_table(*headings(QUOTED_MW.select(*names)), "")
    shown = list(_steps(rows, asked))
    for row in shown:
        mw = row["at_most_mw"]
        cells = [row["date"], bound_figure(mw)]
        if has_firm:
            cells.append("" if row["firm_mw"] is None else firm_figure(row["firm_mw"]))
        bar = full * round(BAR * mw / most)
        add_line(table, [*cells, bar])
    console.print(table)
    if len(shown) < len(rows):
        rest = "only the largest rises; the sheet Quote has every date"
        console.print(Text(rest, "dim"))


def _steps(rows: Sequence[QuoteRow], asked: Sequence[QuoteRow]) -> Iterable[QuoteRow]:
    """Return the first and last rows, requested rows, and the largest rises, by date."""
    rises = {}
    for n in range(1, len(rows)):
        before, row = rows[n - 1], rows[n]
        rise = row["at_most_mw"] - before["at_most_mw"]
        firm_rise = number(row["firm_mw"]) - number(before["firm_mw"])
        rises[n] = max(rise, firm_rise)
    kept = {0, len(rows) - 1}
    for n, row in enumerate(rows):
        if row in asked:
            kept.add(n)
    for n in sorted(rises, key=lambda n: -rises[n]):
        if len(kept) < MOST and rises[n] > NOTHING:
            kept.add(n)
    return [rows[n] for n in sorted(kept)] if rows else []


def _print_overtime(rows: Sequence[QuoteRow], console: Console) -> None:
    """Print the gain from overtime of each kind of limit, the largest first."""
    columns = QUOTED_MW.select("overtime_of", "date", "at_most_mw", "gain_mw")
    table = new_table(*headings(columns))
    ranked = sorted(rows, key=lambda row: (-number(row["gain_mw"]), row["date"]))
    for row in ranked[:MOST]:
        cells = [
            row["overtime_of"],
            row["date"],
            bound_figure(row["at_most_mw"]),
            bound_figure(row["gain_mw"]),
        ]
        add_line(table, cells)
    console.print(table)
    _print_rest(len(ranked), "the sheet Quote", console)
