"""The sections of an explained plan: what it comes to, why late, what to ask for, slack."""

from __future__ import annotations

from planner.plan.store import Plan
from planner.plan.tables import Row
from planner.reports.explanation_texts import (
    ask_sentence,
    ask_sets,
    explanation,
    holding_sentence,
    is_late,
    no_asks,
    periods_sentence,
    quote,
    safe_milestones,
    slack_sentence,
    undone,
)
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import Column, Sheet, table
from planner.reports.views import figure


def has_explanation(plan: Plan) -> bool:
    """Whether a plan is explained."""
    return explanation(plan) is not None


def has_late(plan: Plan) -> bool:
    """Whether it is said why milestones are late."""
    return bool(plan.rows("lateness"))


def has_asks(plan: Plan) -> bool:
    """Whether something is to be asked for."""
    return has_explanation(plan) and is_late(plan)


def has_quote(plan: Plan) -> bool:
    """Whether it was asked what can be promised."""
    return quote(plan) is not None


def told(plan: Plan) -> Markup | None:
    """Return the most important sentences, each the way to its section; None if not explained."""
    if not has_explanation(plan):
        return None
    found = [(periods_sentence(plan), "late"), (holding_sentence(plan), "bottlenecks"),
             (ask_sentence(plan), "asks"), (slack_sentence(plan), "slack")]  # fmt: skip
    items = [element("li", element("a", text, href=f"#{anchor}")) for text, anchor in found if text]
    return element("ul", items, class_="told")


def late_section(plan: Plan) -> Markup:
    """Return for each missed milestone the limits that hold it, from it back to the order."""
    parts: list[Markup] = []
    columns = [
        Column("link", "Link", "", "whole"), Column("says", "What holds it", kind="long"),
        Column("cell", "Cell of the inputs", kind="cell"),
        Column("mw_through", "Through it", "MW", "mw"),
        Column("mw_a_step", "One step more brings", "MW", "worth"),
        Column("mw_without", "Without it", "MW more", "worth"),
    ]  # fmt: skip
    chains: dict[tuple[str, str], list[Row]] = {}
    for row in plan.rows("lateness"):
        chains.setdefault((str(row["commitment"]), str(row["date"])), []).append(row)
    for (commitment, due), rows in chains.items():
        title = f"{commitment}, due {due}: {figure(rows[0]['missed_mw'], 1, 'MW')} missed"
        caption = f"What holds {commitment}, due {due}, from the milestone back to the order"
        parts += [element("h3", title), table(Sheet(caption, columns, rows))]
    text = ("Every limit that holds a missed milestone. Through it: MW of the milestone that "
            "depend on this limit; a MW may depend on several. Without it: MW more without a date "
            "of which one period earlier brings nothing.")  # fmt: skip
    return element("section", element("h2", "Why late"), element("p", text), parts, id="late")


def asks_section(plan: Plan) -> Markup:
    """Return the sets of changes that put late commitments back on time."""
    columns = [
        Column("says", "What to ask for", kind="long"), Column("cells", "Cells of the inputs"),
        Column("not_enough", "Not enough"),
        Column("mw_months_alone", "Alone it gains", "MW-months", "worth"),
    ]  # fmt: skip
    parts: list[Markup] = []
    for asked in ask_sets(plan):
        caption = f"So that {asked.aim}: set {asked.number}"
        parts += [table(Sheet(caption, columns, asked.rows)), element("p", f"{asked.proof}.")]
    text = ("Above each set of changes stands what it is proved to do, with no other commitment "
            "later; the first set is the least.") if parts else no_asks(plan)  # fmt: skip
    return element("section", element("h2", "Asks"), element("p", text), parts, id="asks")


def slack_section(plan: Plan) -> Markup:
    """Return slack and last useful order days of the milestones that are met."""
    found = safe_milestones(plan)
    rows = []
    for one in found:
        head = {"commitment": one.commitment, "due": one.due, "mw": one.mw, "slack": one.slack,
                "class": "warn" if one.slack == 0 and one.orders else None}  # fmt: skip
        rows += [{**line, **head} for line, _ in one.orders]
        rows += [{**head, "supplier": "nothing to order ahead"}] * (not one.orders)
    columns = [
        Column("commitment", "Milestone"), Column("due", "Due", kind="date"),
        Column("slack", "Slack", "days", "whole"),
        Column("last_order_date", "Last order", "too late after it", "date"),
        Column("item", "Item"),
        Column("supplier", "Supplier"), Column("mw", "Committed", "MW", "mw"),
    ]  # fmt: skip
    proof = next((f", {one.proof}" for one in found if one.proof), "")
    text = (
        f"{slack_sentence(plan)} Slack: days by which a milestone could be due earlier with "
        f"nothing more missed{proof}; blank: not worked out in time. Last order: the "
        "last day for a single unit; ordered later, it is not in service by the milestone."
    )
    title = "Slack, and the last day on which an order is of use"
    shown = table(Sheet(title, columns, rows)) if rows else None
    return element("section", element("h2", "Slack"), element("p", text), shown, id="slack")


def left_open(plan: Plan) -> list[str]:
    """Return what an explanation and a quote leave open, as sentences."""
    found = [(finding, name) for finding, name in (
        (explanation(plan), "the explanation"), (quote(plan), "the quote")) if finding]  # fmt: skip
    return [f"Open in {name}: {'; '.join(undone(finding))}."
            for finding, name in found if undone(finding)]  # fmt: skip
