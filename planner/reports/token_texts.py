"""Texts about tokens: of a quote, firm rounded down and bounds up, and of an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planner.plan.finding_tables import TOKEN_QUOTE
from planner.plan.store import Plan
from planner.plan.token_finding_rows import (
    TokenAskRow,
    TokenEarliestRow,
    TokenQuoteRow,
    TokenValueRow,
)
from planner.reports.explanation_texts import proof_sentence
from planner.reports.quote_texts import bound_below, bound_figure, firm_figure
from planner.reports.views import number


def terms_words(plan: Plan) -> str:
    """Return the terms of a quote of tokens, in words."""
    facts = plan.findings[TOKEN_QUOTE].facts
    said = [str(facts["model"]), f"{number(facts['output_share']):.3g} of them output"]
    if facts["cached_share"]:
        said.append(f"{number(facts['cached_share']):.3g} of the input cached")
    if facts["min_speed"] is not None:
        said.append(f"at least {number(facts['min_speed']):g} tok/s per user")
    if facts["max_ttft_s"] is not None:
        said.append(f"TTFT of at most {number(facts['max_ttft_s']):g} s")
    for key, words in (("countries", "in"), ("systems", "on")):
        names = facts[key]
        if isinstance(names, list) and names:
            said.append(f"{words} {', '.join(map(str, names))}")
    return ", ".join(said)


def token_earliest_sentence(plan: Plan, row: TokenEarliestRow) -> str:
    """Return the earliest day of tokens, and the day ruled out, in sentences."""
    mtok = row["mtok_day"]
    asked = f"{mtok:,.12g} Mtok a day more ({terms_words(plan)})"
    most = bound_below(row["at_most_before_mtok_day"], mtok)
    ruled_out = f"not from {row['day_before']}, when at most {most} Mtok a day can"
    if row["date"] is None and row["proven"]:
        return (
            f"{asked} cannot be served within the plan: from {row['day_before']} at most {most} "
            "Mtok a day can."
        )
    if row["date"] is None:
        head = f"Whether {asked} can be served within the plan was not settled in time"
        return f"{head}; {ruled_out}." if row["day_before"] else f"{head}."
    head = f"{asked} can be served from {row['date']}"
    if not row["proven"]:
        before = f"{ruled_out}. " if row["day_before"] else ""
        return (
            f"{head}{'; ' if before else '. '}{before}Whether they can be served from "
            f"{row['not_before']} was not settled in time."
        )
    if row["day_before"] is None:
        return f"{head}, the first day of the plan."
    return f"{head}; {ruled_out}."


def asked_token_rows(plan: Plan) -> list[tuple[date, TokenQuoteRow]]:
    """Return the requested days of a quote of tokens, each with its row."""
    found = plan.findings[TOKEN_QUOTE].facts.get("by")
    asked = [date.fromisoformat(str(by)) for by in found] if isinstance(found, list) else []
    rows = {row["date"]: row for row in plan.finding_tables["token_quote"] if not is_over(row)}
    return [(by, rows[by]) for by in asked]


def is_over(row: TokenQuoteRow) -> bool:
    """Return whether a row is a bound with some limits stretched."""
    return bool(row["overtime_of"])


def token_date_sentence(by: date, row: TokenQuoteRow) -> str:
    """Return the tokens that can be promised from a requested day on, in a sentence."""
    head = f"From {by}"
    most = bound_figure(row["at_most_mtok_day"])
    if most == bound_figure(0.0):
        return f"{head} no plan serves any more tokens."
    if row["firm_mtok_day"] is None:
        return (
            f"{head} at most {most} Mtok a day more can be served; no firm figure was found in "
            "time."
        )
    firm = firm_figure(row["firm_mtok_day"])
    more = "no plan serves more" if firm == most else f"no plan serves more than {most}"
    return f"{head} {firm} Mtok a day more can be served; {more}."


def token_quote_sentences(plan: Plan) -> list[str]:
    """Return the answers of a quote of tokens: by tokens, then by day."""
    found = [token_earliest_sentence(plan, row) for row in plan.finding_tables["token_earliest"]]
    return found + [token_date_sentence(by, row) for by, row in asked_token_rows(plan)]


def is_worth_something(row: TokenValueRow) -> bool:
    """Return whether a step gains tokens or saves money."""
    return abs(row["mtok"]) > 0 or abs(row["money"]) > 0


def worthless(count: int) -> str:
    """Return how many steps gain nothing, in a sentence; empty if none."""
    if not count:
        return ""
    return f"{count} more {'step gains' if count == 1 else 'steps gain'} nothing"


def ask_proof(rows: Sequence[TokenAskRow]) -> str:
    """Return the proofs about a set of changes, in a sentence."""
    return proof_sentence(rows)
