"""Findings about a saved plan, and their tables, every column with its unit."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.tables import ResultTable, Tables

EXPLANATION, QUOTE = "explanation", "quote"
"""Kinds of findings: the explanation of a plan, and a quote on top of it."""


NOT_TRIED = "not tried for want of time"
NOT_PRICED = "not tried: it has no price in this model"
UNKNOWN = (NOT_TRIED, NOT_PRICED)
"""Statuses of a limit whose gain is not known."""

PERIODS = "length of periods"
"""Kind of a link whose milestone would miss less with shorter periods."""


@dataclass(frozen=True)
class Finding:
    """Finding about one plan.

    Attributes
    ----------
    of : str
        Digest of that plan (`planner.plan.store.plan_digest`).
    tables : dict of str to list of rows
        Tables declared for its kind in `FINDINGS`.
    facts : dict
        Facts about the run: the request, skipped steps, re-solves, seconds.
    """

    of: str
    tables: Tables
    facts: dict[str, object]


EXPLAINED = (
    ResultTable(
        "bottlenecks",
        "A workbook cell that holds the plan back, ranked by the gain "
        "from one per cent more. Every gain is re-solved, with divisible systems unless "
        "stated otherwise; across priorities only the gains are added up.",
        {
            "rank": "",
            "kind": "",
            "subject": "",
            "cell": "sheet and cell",
            "value": "of the cell, if a number",
            "day": "of the cell, if a date",
            "one_more": "one step of the limit",
            "mw_months_percent": "MW-months gained by one per cent more of the limit, in all its "
            "rows; for dates and days a hundredth of the gain if lifted",
            "mw_months": "MW-months gained by one step more",
            "mw_months_whole": "the same in whole systems; blank: not tried, or not proven in time",
            "mw_months_lifted": "MW-months gained by lifting this limit, all its rows together",
            "moved": "gain or loss of each priority if one of them misses more",
            "mw_months_kind": "MW-months gained by lifting all limits of this kind",
            "money_percent": "present cost saved by one per cent more, no more missed, halls "
            "opened as planned",
            "money": "the same by one step more",
            "money_whole": "the same in whole systems, halls opened anew; blank: not tried, "
            "not proven in time, or the megawatts missed change",
            "status": "of the price in MW-months",
            "money_status": "of the price in money",
            "first_period": "first binding period",
            "last_period": "last one",
            "periods": "how many",
            "note": "",
        },
    ),
    ResultTable(
        "bottleneck_periods",
        "A limit in a period in which it is binding or priced.",
        {
            "period": "",
            "kind": "",
            "subject": "",
            "cell": "sheet and cell",
            "binds": "yes or no",
            "mw_months": "MW-months by price",
            "money": "present cost by price",
        },
    ),
    ResultTable(
        "lateness",
        "A limit that delays a missed milestone, from the milestone back to the order.",
        {
            "commitment": "",
            "date": "of the milestone",
            "missed_mw": "MW",
            "link": "number",
            "kind": "",
            "subject": "",
            "cell": "sheet and cell",
            "value": "of the cell, if a number",
            "day": "of the cell, if a date",
            "mw_through": "MW of the milestone that depend on it",
            "one_more": "one step of the limit",
            "mw_a_step": "MW gained by one step more; for the length of periods, by shorter ones: "
            "the limits after it then explain what is still missed with them",
            "mw_without": "MW gained without this date, where one period earlier gains nothing",
            "first_period": "",
            "last_period": "",
            "says": "in a sentence",
        },
    ),
    ResultTable(
        "delays",
        "The same chains by limit: the milestones that each limit delays.",
        {
            "kind": "",
            "subject": "",
            "cell": "sheet and cell",
            "commitment": "",
            "date": "",
            "mw_through": "MW",
            "mw_a_step": "MW",
            "mw_without": "MW",
        },
    ),
    ResultTable(
        "slack",
        "A milestone that is met, with each of its purchase lines.",
        {
            "commitment": "",
            "date": "",
            "mw": "MW",
            "slack_days": "days by which it could be met earlier without missing more",
            "could_be_met_by": "day",
            "proof": "of the slack",
            "supplier": "",
            "item": "",
            "last_order_date": "last day to order for service by the milestone",
        },
    ),
    ResultTable(
        "asks",
        "One change of a set that puts commitments back on time.",
        {
            "commitment": "one or several, with commas",
            "aim": "proved effect of the set",
            "set": "number; the first is the smallest",
            "kind": "",
            "subject": "",
            "cells": "sheets and cells",
            "says": "in a sentence",
            "more": "added to each cell, in its unit; for dates and days the days subtracted",
            "not_enough": "the next smaller "
            "figure, proved too small by a re-solve; blank: not proved",
            "mw_months_alone": "MW-months that the commitments gain by it alone",
            "irreducible": "yes if every change of the set is proved to be needed",
            "fewest": "yes if no cheaper set exists",
            "proof": "",
        },
    ),
)
"""Tables of an explanation, in the order of a report."""

QUOTED = (
    ResultTable(
        "earliest",
        "Requested megawatts, and the earliest date from which they can stay in service.",
        {
            "mw": "MW asked for, on top of the plan",
            "basis": "",
            "date": "end of the period from "
            "which on a plan in whole systems serves them; blank: no plan was found",
            "not_before": "end of the first period that is not ruled out; blank: every one is",
            "period_before": "end of the last period that is ruled out; blank: none is",
            "at_most_before_mw": "MW, proven bound there, less than what was asked for",
            "proven": "yes; no: the dates in between were not settled in time",
        },
    ),
    ResultTable(
        "quote",
        "The most that can be promised on top from a date on.",
        {
            "date": "end of a period",
            "basis": "",
            "overtime_of": "kind of limit stretched; blank: none",
            "at_most_mw": "MW, proven bound, rounded up",
            "firm_mw": "MW of a plan in "
            "whole systems, rounded down; blank: not requested, or not solved in time",
            "gain_mw": "MW by which overtime raises the bound",
        },
    ),
)
"""Tables of a quote."""

ANSWERS = (
    ResultTable(
        "contradiction",
        "One of the rows that contradict each other.",
        {
            "sheet": "",
            "cell": "",
            "says": "in words",
        },
    ),
    ResultTable(
        "alternative",
        "A decision that differs if another is forbidden or forced.",
        {
            "decision": "",
            "what": "",
            "period": "",
            "plan": "in the plan",
            "alternative": "in the alternative",
        },
    ),
)
"""Tables of answers that are not saved."""

FINDINGS = {EXPLANATION: EXPLAINED, QUOTE: QUOTED}
"""Tables of each kind of finding."""

FOUND_COLUMNS = {
    table.name: tuple(table.columns) for tables in FINDINGS.values() for table in tables
}
"""Columns of each table of a finding, in order."""
