"""Sections of the page for an explained plan: headlines, why late, asks, slack."""

from __future__ import annotations

from datetime import date

from planner.plan.finding_rows import LatenessRow
from planner.plan.finding_tables import ASKS, LATENESS
from planner.plan.report_tables import MILESTONE_SLACK
from planner.plan.store import Plan
from planner.reports.explanation_texts import (
    ask_sentence,
    ask_sets,
    explanation,
    holding_sentence,
    is_late,
    no_asks,
    periods_sentence,
    quote,
    slack_rows,
    slack_sentence,
    undone,
)
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import DataTable, table
from planner.reports.views import figure


def has_explanation(plan: Plan) -> bool:
    """Whether a plan is explained."""
    return explanation(plan) is not None


def has_late(plan: Plan) -> bool:
    """Whether the plan explains late milestones."""
    return bool(plan.finding_tables["lateness"])


def has_asks(plan: Plan) -> bool:
    """Whether the plan has a section of asks: it is explained and late."""
    return has_explanation(plan) and is_late(plan)


def has_quote(plan: Plan) -> bool:
    """Whether the plan has a quote."""
    return quote(plan) is not None


def headline_sentences(plan: Plan) -> Markup | None:
    """Return the headline sentences, each a link to its section; None if not explained."""
    if not has_explanation(plan):
        return None
    found = [
        (periods_sentence(plan), "late"),
        (holding_sentence(plan), "bottlenecks"),
        (ask_sentence(plan), "asks"),
        (slack_sentence(plan), "slack"),
    ]
    items = [element("li", element("a", text, href=f"#{anchor}")) for text, anchor in found if text]
    return element("ul", items, class_="told")


def late_section(plan: Plan) -> Markup:
    """Return a table of the limits that delay each missed milestone, back to the order."""
    parts: list[Markup] = []
    columns = LATENESS.select("link", "says", "cell", "mw_through", "mw_a_step", "mw_without")
    chains: dict[tuple[str, date], list[LatenessRow]] = {}
    for row in plan.finding_tables["lateness"]:
        chains.setdefault((row["commitment"], row["date"]), []).append(row)
    for (commitment, due), rows in chains.items():
        title = f"{commitment}, due {due}: {figure(rows[0]['missed_mw'], 1, 'MW')} missed"
        caption = f"What delays {commitment}, due {due}, from the milestone back to the order"
        parts += [element("h3", title), table(DataTable(caption, columns, rows))]
    text = (
        "The limits that delay each missed milestone. Depends on it: MW of the milestone that "
        "pass through this limit; one MW may pass through several. Gain without this date: MW "
        "gained if this date did not exist, given where one period earlier gains nothing."
    )
    return element("section", element("h2", "Why late"), element("p", text), parts, id="late")


def asks_section(plan: Plan) -> Markup:
    """Return the sets of changes that put late commitments back on time."""
    columns = ASKS.select("says", "cells", "not_enough", "mw_months_alone")
    parts: list[Markup] = []
    for asked in ask_sets(plan):
        caption = f"Set {asked.number}, so that {asked.aim}"
        parts += [table(DataTable(caption, columns, asked.rows)), element("p", f"{asked.proof}.")]
    text = (
        "Each set of changes is proved to reach the goal in its heading without making any "
        "other commitment later; the first set is the smallest."
        if parts
        else no_asks(plan)
    )
    return element("section", element("h2", "Asks"), element("p", text), parts, id="asks")


def slack_section(plan: Plan) -> Markup:
    """Return the slack and the last order day of each milestone that is met."""
    rows = []
    for row in slack_rows(plan):
        is_tight = row["slack_days"] == 0 and "last_order_date" in row
        rows.append(row | {"class": "warn" if is_tight else None})
    columns = MILESTONE_SLACK.select(
        "commitment", "date", "slack_days", "last_order_date", "item", "supplier", "mw"
    )
    proofs = [f", {row['proof']}" for row in rows if row["proof"]]
    proof = proofs[0] if proofs else ""
    text = (
        f"{slack_sentence(plan)} Slack: days by which a milestone could be due earlier without "
        f"missing more MW{proof}; blank: not solved in time. Last order: the last day on "
        "which a unit can be ordered and still be in service by the milestone."
    )
    title = "Slack, and the last day to order for each milestone"
    shown = table(DataTable(title, columns, rows)) if rows else None
    return element("section", element("h2", "Slack"), element("p", text), shown, id="slack")


def left_open(plan: Plan) -> list[str]:
    """Return sentences that list the steps an explanation and a quote skipped."""
    sentences = []
    for finding, name in ((explanation(plan), "the explanation"), (quote(plan), "the quote")):
        skipped = undone(finding) if finding else []
        if skipped:
            sentences.append(f"Not finished in {name}: {'; '.join(skipped)}.")
    return sentences
