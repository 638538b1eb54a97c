"""What is found out about a plan after it was made, and its tables, every column with its unit."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.tables import ResultTable, Tables

EXPLANATION, QUOTE = "explanation", "quote"
"""Kinds of findings: why the plan is as it is, and what can be promised on top of it."""


NOT_TRIED = "not tried for want of time"
NOT_PRICED = "not tried: it has no price in this model"
UNKNOWN = (NOT_TRIED, NOT_PRICED)
"""Statuses of a limit of which it is not known what more of it is worth."""

PERIODS = "length of periods"
"""Kind of what holds a milestone where shorter periods alone would have it miss less."""


@dataclass(frozen=True)
class Finding:
    """What was found out about one plan, and about no other.

    Attributes
    ----------
    of : str
        Digest of that plan (`planner.plan.store.plan_digest`).
    tables : dict of str to list of rows
        As `FINDINGS` declares them for its kind.
    facts : dict
        How it was found: what was asked, what was left undone, re-solves, seconds.
    """

    of: str
    tables: Tables
    facts: dict[str, object]


EXPLAINED = (
    ResultTable("bottlenecks", "A cell of the workbook that holds the plan back, those first of "
                "which one per cent more gains most. Every worth is re-solved, with divisible "
                "systems where nothing else is said; of several priorities those that gain are "
                "added up.", {
        "rank": "", "kind": "", "subject": "", "cell": "sheet and cell",
        "value": "in the cell, if it is a number", "day": "in the cell, if it is a date",
        "one_more": "what one step more is",
        "mw_months_percent": "MW-months gained by one per cent more of the limit, in all its rows; "
        "for dates and days a hundredth of what is gained without it",
        "mw_months": "MW-months gained by one step more",
        "mw_months_whole": "the same in whole systems; blank: not tried, or not proven in time",
        "mw_months_lifted": "MW-months gained without this limit, all its rows together",
        "moved": "what each priority gains or loses where one of them misses more",
        "mw_months_kind": "MW-months gained without all limits of this kind",
        "money_percent": "present cost saved by one per cent more, no more missed, halls "
        "opened as planned",
        "money": "the same by one step more",
        "money_whole": "the same in whole systems, halls opened anew; blank: not tried, "
        "not proven in time, or other megawatts are served than before", "status": "of the price "
        "in MW-months", "money_status": "of the price in money",
        "first_period": "first period in which it counts", "last_period": "last one",
        "periods": "how many", "note": "",
    }),
    ResultTable("bottleneck_periods", "A limit in a period in which it binds or has a worth.", {
        "period": "", "kind": "", "subject": "", "cell": "sheet and cell", "binds": "yes or no",
        "mw_months": "MW-months by price", "money": "present cost by price",
    }),
    ResultTable("lateness", "A limit that holds a missed milestone, from the milestone back to "
                "the order.", {
        "commitment": "", "date": "of the milestone", "missed_mw": "MW", "link": "number",
        "kind": "", "subject": "", "cell": "sheet and cell",
        "value": "in the cell, if it is a number", "day": "in the cell, if it is a date",
        "mw_through": "MW of the milestone that come through it", "one_more": "what one step is",
        "mw_a_step": "MW that one step more brings; of the length of periods what shorter ones "
        "bring, and the limits after it hold what is still missed with them",
        "mw_without": "MW more without it, for a date of which one period earlier brings nothing",
        "first_period": "", "last_period": "", "says": "in a sentence",
    }),
    ResultTable("delays", "The same read the other way: for each limit the milestones it delays.", {
        "kind": "", "subject": "", "cell": "sheet and cell", "commitment": "", "date": "",
        "mw_through": "MW", "mw_a_step": "MW", "mw_without": "MW",
    }),
    ResultTable("slack", "A milestone that is met, with each of its purchase lines.", {
        "commitment": "", "date": "", "mw": "MW", "slack_days": "days by which it could be met "
        "earlier, nothing more missed", "could_be_met_by": "day", "proof": "of the slack",
        "supplier": "", "item": "",
        "last_order_date": "last day on which an order can still be in service by the milestone",
    }),
    ResultTable("asks", "One change of a set that puts commitments back on time.", {
        "commitment": "one or several, with commas", "aim": "what the set is proved to do",
        "set": "number; the first is the least", "kind": "", "subject": "",
        "cells": "sheets and cells", "says": "in a sentence", "more": "asked for in each cell, "
        "in its unit; for dates and days the days that are taken off", "not_enough": "the next "
        "smaller figure, of which a re-solve proves that it is too little; blank: not proved",
        "mw_months_alone": "MW-months that the commitments gain by it alone",
        "irreducible": "yes if dropping any change of the set was tried and is not enough",
        "fewest": "yes if no cheaper set exists", "proof": "",
    }),
)  # fmt: skip
"""Tables of an explanation, in the order of a report."""

QUOTED = (
    ResultTable("earliest", "Megawatts that were asked for, and the first date by which they can "
                "be in service for good.", {
        "mw": "MW asked for, on top of the plan", "basis": "", "date": "end of the period from "
        "which on a plan in whole systems serves them; blank: no plan was found",
        "not_before": "end of the first period that is not ruled out; blank: every one is",
        "period_before": "end of the last period that is ruled out; blank: none is",
        "at_most_before_mw": "MW, proven bound there, less than what was asked for",
        "proven": "yes, or no: what lies between was not answered in time",
    }),
    ResultTable("quote", "The most that can be promised on top from a date on.", {
        "date": "end of a period", "basis": "", "overtime_of": "kind of limit that is stretched; "
        "blank: none", "at_most_mw": "MW, proven bound, rounded up", "firm_mw": "MW of a plan in "
        "whole systems, rounded down; blank: not looked for, or not answered in time",
        "gain_mw": "MW by which overtime raises the bound",
    }),
)  # fmt: skip
"""Tables of a quote."""

ANSWERS = (
    ResultTable("contradiction", "One of the rows that cannot hold together.", {
        "sheet": "", "cell": "", "says": "in words",
    }),
    ResultTable("alternative", "A decision that moves when another is forbidden or forced.", {
        "decision": "", "what": "", "period": "", "plan": "in the plan",
        "alternative": "in the other one",
    }),
)  # fmt: skip
"""Tables of answers that are given and not kept."""

FINDINGS = {EXPLANATION: EXPLAINED, QUOTE: QUOTED}
"""Tables of each kind of finding."""

FOUND_COLUMNS = {
    table.name: tuple(table.columns) for tables in FINDINGS.values() for table in tables
}
"""Columns of each table of a finding, in order."""
