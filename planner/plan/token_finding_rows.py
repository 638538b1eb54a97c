"""The rows of the tables of findings about tokens: every column declared once, with its type."""

from __future__ import annotations

from typing import Annotated, TypedDict

from planner.plan.columns import Column, shown
from planner.plan.finding_columns import (
    AIM,
    CELL,
    FEWEST,
    IRREDUCIBLE,
    LIMIT,
    PROOF,
    SET,
    SUBJECT,
    AskChange,
)
from planner.plan.rows import Day


class TokenEarliestRow(TypedDict):
    """Requested tokens a day, and the earliest day from which they can be served."""

    mtok_day: Annotated[
        float,
        shown("Requested", "Mtok a day", "digits", "Mtok a day asked for, on top of the plan."),
    ]
    model: Annotated[str, shown("Model", "", "text", "Model that serves them.")]
    date: Annotated[
        Day | None,
        shown(
            "Served from",
            "",
            "date",
            "First day of the span from which on a plan in whole systems serves them; blank: no "
            "plan was found.",
        ),
    ]
    not_before: Annotated[
        Day | None,
        shown(
            "Not before",
            "",
            "date",
            "First day of the first span that is not ruled out; blank: all of them are.",
        ),
    ]
    day_before: Annotated[
        Day | None,
        shown(
            "Ruled out until",
            "",
            "date",
            "First day of the last span that is ruled out; blank: none of them is.",
        ),
    ]
    at_most_before_mtok_day: Annotated[
        float,
        shown(
            "At most until then",
            "Mtok a day",
            "digits",
            "Proven upper bound from that day on, less than what was asked for.",
        ),
    ]
    proven: Annotated[
        bool,
        shown(
            "Proven",
            "",
            "label",
            "Whether the day is proven; no: the days in between were not settled in time.",
        ),
    ]


class TokenQuoteRow(TypedDict):
    """The most tokens a day that can be promised on top from a day on."""

    date: Annotated[Day, shown("From", "", "date", "First day of a span.")]
    overtime_of: Annotated[
        str | None,
        shown(
            "Limits stretched",
            "",
            "text",
            "Kind of the limits that are stretched; blank: none.",
            width=30,
        ),
    ]
    at_most_mtok_day: Annotated[
        float, shown("At most", "Mtok a day", "digits", "Proven upper bound, rounded up.")
    ]
    firm_mtok_day: Annotated[
        float | None,
        shown(
            "Firm",
            "Mtok a day",
            "digits",
            "Mtok a day of a plan in whole systems, rounded down; blank: not requested, or not "
            "solved in time.",
        ),
    ]
    gain_mtok_day: Annotated[
        float | None,
        shown("Gain", "Mtok a day", "digits", "Mtok a day by which overtime raises the bound."),
    ]


WORKLOAD = Column("workload", "Workload", "", "text", "The workload.", width=24)
SETTING = Column("setting", "Cell value", "", "text", "Value of the cell, as text.", width=16)
TOKEN_STEP = Column("step", "Step", "", "text", "The change that is re-solved.", width=34)


class TokenValueRow(TypedDict):
    """What one step more gains in missed tokens and in money."""

    rank: Annotated[float, shown("Rank", "", "count", "Rank, the largest gain first.")]
    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cell: Annotated[str, CELL]
    setting: Annotated[str, SETTING]
    step: Annotated[str, TOKEN_STEP]
    mtok: Annotated[
        float, shown("Gain", "Mtok", "digits", "Mtok fewer missed; negative: more missed.")
    ]
    money: Annotated[
        float,
        shown(
            "Saving",
            "{money}, present cost",
            "money",
            "Present cost saved; negative: what serving more tokens costs.",
        ),
    ]
    proof: Annotated[str, shown("Proof", "", "text", "How the gain is proved.")]
    says: Annotated[str, shown("Value", "", "long", "The step and its gain, in a sentence.")]


class TokenLatenessRow(TypedDict):
    """A cell that keeps tokens of a workload from being served."""

    workload: Annotated[str, WORKLOAD]
    span_from: Annotated[
        Day, shown("From", "", "date", "First day of the first span with missed tokens.")
    ]
    span_to: Annotated[Day, shown("To", "", "date", "Last day of the last one.")]
    missed_mtok: Annotated[
        float, shown("Missed", "Mtok", "digits", "Mtok that the workload misses in the plan.")
    ]
    link: Annotated[float, shown("Link", "", "count", "Number, nearest to the workload first.")]
    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cell: Annotated[str, CELL]
    setting: Annotated[str, SETTING]
    step: Annotated[str, TOKEN_STEP]
    mtok_a_step: Annotated[
        float | None,
        shown(
            "Gain per step",
            "Mtok",
            "digits",
            "Mtok gained by the step, nobody else missing more; blank: not proven in time.",
        ),
    ]
    mtok_lifted: Annotated[
        float | None,
        shown(
            "Gain if lifted",
            "Mtok",
            "digits",
            "Mtok gained without this limit; blank: it cannot be lifted, or not proven in time.",
        ),
    ]
    says: Annotated[str, shown("Cause", "", "long", "The cause in a sentence.", width=60)]


class TokenAskHead(TypedDict):
    """A set of changes with which workloads are served in full."""

    workload: Annotated[str, shown("Workload", "", "text", "One or several workloads.", width=28)]
    aim: Annotated[str, AIM]
    set: Annotated[float, SET]


class TokenAskRow(TokenAskHead, AskChange):
    """One change of such a set."""

    mtok_alone: Annotated[
        float | None,
        shown("Gain alone", "Mtok", "digits", "Mtok that the workloads gain by this change alone."),
    ]
    irreducible: Annotated[str, IRREDUCIBLE]
    fewest: Annotated[str | None, FEWEST]
    proof: Annotated[str, PROOF]
