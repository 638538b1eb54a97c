"""Texts of a quote: firm megawatts are rounded down, bounds are rounded up."""

from __future__ import annotations

import math
from datetime import date

from planner.plan.finding_rows import EarliestRow, QuoteRow
from planner.plan.finding_tables import QUOTE
from planner.plan.store import Plan
from planner.reports.views import BASIS_WORDS, number

HUNDREDTHS, DUST = 100.0, 1e-6
"""Units per MW in which a quote is shown, and the floating-point error in such units."""


def firm_figure(value: object) -> str:
    """Return megawatts that a plan serves, rounded down, as text."""
    return _mw(math.floor(number(value) * HUNDREDTHS + DUST) / HUNDREDTHS)


def bound_figure(value: object) -> str:
    """Return megawatts that no plan exceeds, rounded up, as text."""
    return _mw(math.ceil(number(value) * HUNDREDTHS - DUST) / HUNDREDTHS)


def shown_quote(row: QuoteRow) -> QuoteRow:
    """Return a row of a quote with its megawatts rounded for display: firm down, bounds up."""
    firm = row["firm_mw"]
    return {
        **row,
        "at_most_mw": float(bound_figure(row["at_most_mw"]).replace(",", "")),
        "firm_mw": None if firm is None else float(firm_figure(firm).replace(",", "")),
    }


def _mw(value: float) -> str:
    return f"{value:,.2f}"


def bound_below(value: object, mw: float) -> str:
    """Return a bound rounded up, with enough decimals to be below the requested megawatts."""
    shown = bound_figure(value)
    return shown if float(shown.replace(",", "")) < mw else f"{number(value):,.6f}"


def earliest_sentence(plan: Plan, row: EarliestRow) -> str:
    """Return the earliest date of megawatts, and the date ruled out, in sentences."""
    mw = row["mw"]
    asked = f"{mw:,.6g} MW more ({BASIS_WORDS.get(row['basis'], row['basis'])})"
    most = bound_below(row["at_most_before_mw"], mw)
    ruled_out = f"not by {row['period_before']}, when at most {most} MW can"
    if row["date"] is None and row["proven"]:
        last = max((str(one["date"]) for one in plan.finding_tables["quote"]), default="its end")
        return f"{asked} cannot be in service within the plan: by {last} at most {most} MW can."
    if row["date"] is None:
        head = f"Whether {asked} can be in service within the plan was not settled in time"
        return f"{head}; {ruled_out}." if row["period_before"] else f"{head}."
    head = f"{asked} can be in service by {row['date']}"
    if not row["proven"]:
        before = f"{ruled_out}. " if row["period_before"] else ""
        return (
            f"{head}{'; ' if before else '. '}{before}Whether they can be in service by "
            f"{row['not_before']} was not settled in time."
        )
    if row["period_before"] is None:
        return f"{head}, the end of the first period."
    return f"{head}; {ruled_out}."


def asked_rows(plan: Plan) -> list[tuple[date, QuoteRow]]:
    """Return the requested dates of a quote, each with its row."""
    found = plan.findings[QUOTE].facts.get("by")
    asked = (
        [date.fromisoformat(str(by)) for by in found] if isinstance(found, (list, tuple)) else []
    )
    rows = {row["date"]: row for row in plan.finding_tables["quote"] if not row["overtime_of"]}
    return [(by, rows[by]) for by in asked]


def date_sentence(by: date, row: QuoteRow) -> str:
    """Return the megawatts that can be promised by a requested date, in a sentence."""
    head = f"By {by}"
    most = bound_figure(row["at_most_mw"])
    if most == _mw(0.0):
        return f"{head} no plan has any more MW in service."
    if row["firm_mw"] is None:
        return f"{head} at most {most} MW more can be in service; no firm figure was found in time."
    firm = firm_figure(row["firm_mw"])
    more = "no plan has more" if firm == most else f"no plan has more than {most} MW"
    return f"{head} {firm} MW more can be in service; {more}."


def quote_sentences(plan: Plan) -> list[str]:
    """Return the answers of a quote: by megawatts, then by date."""
    found = [earliest_sentence(plan, row) for row in plan.finding_tables["earliest"]]
    return found + [date_sentence(by, row) for by, row in asked_rows(plan)]
