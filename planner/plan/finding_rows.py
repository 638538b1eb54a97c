"""The rows of the tables of findings: every column declared once, with its type.

A number is a float or a whole number; a column that may be blank is None where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypedDict, cast

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
from planner.plan.rows import AnyRow, Day
from planner.plan.token_finding_rows import (
    TokenAskRow,
    TokenEarliestRow,
    TokenLatenessRow,
    TokenQuoteRow,
    TokenValueRow,
)

VALUE = Column("value", "Cell value", "", "mixed", "Value of the cell, if it is a number.")
DAY = Column("day", "Cell date", "", "date", "Value of the cell, if it is a date.")
STEP = Column("one_more", "Step", "", "text", "One step of the limit.", width=26)
DUE = Column("date", "Due", "", "date", "Day of the milestone.")
MILESTONE = Column("commitment", "Milestone", "", "text", "Commitment of the milestone.", width=28)
DEPENDS = Column(
    "mw_through", "Depends on it", "MW", "mw", "MW of the milestone that depend on the limit."
)
GAIN_PER_STEP = Column(
    "mw_a_step",
    "Gain per step",
    "MW",
    "mw",
    "MW gained by one step more; for the length of periods, by shorter ones: the limits after it "
    "then explain what is still missed with them.",
)
GAIN_WITHOUT = Column(
    "mw_without",
    "Gain without this date",
    "MW",
    "mw",
    "MW gained if this date did not exist, given where one period earlier gains nothing.",
)


class CellContent(TypedDict):
    """The content of a limit's cell: a number or a date."""

    value: float | None
    day: Day | None


class BottleneckRow(TypedDict):
    """A limit that holds the plan back."""

    rank: Annotated[float, shown("Rank", "", "count", "Rank, the largest gain first.")]
    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cell: Annotated[str, CELL]
    value: Annotated[float | None, VALUE]
    day: Annotated[Day | None, DAY]
    one_more: Annotated[str, STEP]
    mw_months_percent: Annotated[
        float | None,
        shown(
            "Gain from 1 % more",
            "MW-months",
            "mw_months",
            "MW-months gained by one per cent more of the limit, in all its rows; for dates and "
            "days a hundredth of the gain if lifted.",
        ),
    ]
    mw_months: Annotated[
        float | None,
        shown("Gain per step", "MW-months", "mw_months", "MW-months gained by one step more."),
    ]
    mw_months_whole: Annotated[
        float | None,
        shown(
            "Gain per step, whole systems",
            "MW-months",
            "mw_months",
            "MW-months gained by one step more in whole systems; blank: not tried, or not proven "
            "in time.",
        ),
    ]
    mw_months_lifted: Annotated[
        float | None,
        shown(
            "Gain if lifted",
            "MW-months",
            "mw_months",
            "MW-months gained by lifting this limit, all its rows together.",
        ),
    ]
    moved: Annotated[
        str | None,
        shown(
            "Shifted between priorities",
            "",
            "long",
            "Gain or loss of each priority if one of them misses more.",
            width=40,
        ),
    ]
    mw_months_kind: Annotated[
        float | None,
        shown(
            "Gain if its kind is lifted",
            "MW-months",
            "mw_months",
            "MW-months gained by lifting all limits of this kind.",
        ),
    ]
    money_percent: Annotated[
        float | None,
        shown(
            "Saving from 1 % more",
            "{money}, present cost",
            "money",
            "Present cost saved by one per cent more, no more missed, halls opened as planned.",
        ),
    ]
    money: Annotated[
        float | None,
        shown(
            "Saving per step",
            "{money}, present cost",
            "money",
            "Present cost saved by one step more, no more missed, halls opened as planned.",
        ),
    ]
    money_whole: Annotated[
        float | None,
        shown(
            "Saving per step, whole systems",
            "{money}, present cost",
            "money",
            "Present cost saved by one step more in whole systems, halls opened anew; blank: not "
            "tried, not proven in time, or the megawatts missed change.",
        ),
    ]
    status: Annotated[
        str | None, shown("Proof of the gain", "", "text", "Proof of the gain per step.", width=22)
    ]
    money_status: Annotated[
        str | None,
        shown("Proof of the saving", "", "text", "Proof of the saving per step.", width=22),
    ]
    first_period: Annotated[
        Day | None,
        shown(
            "Binding from",
            "",
            "date",
            "First day of the first period in which the limit is binding.",
        ),
    ]
    last_period: Annotated[
        Day | None,
        shown("Binding until", "", "date", "First day of the last period in which it is binding."),
    ]
    periods: Annotated[
        float, shown("Periods", "", "count", "Number of periods in which it is binding.")
    ]
    note: Annotated[str | None, shown("Note", "", "long", "Remark on the gain.", width=40)]


class BottleneckPeriodRow(TypedDict):
    """A limit in a period in which it is binding or priced."""

    period: Annotated[Day, shown("First day of {period}", "", "date", "First day of the period.")]
    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cell: Annotated[str, CELL]
    binds: Annotated[str, shown("Binding", "", "label", "Whether the limit is binding: yes or no.")]
    mw_months: Annotated[
        float,
        shown(
            "Shadow price", "MW-months", "mw_months", "MW-months of one step more, by shadow price."
        ),
    ]
    money: Annotated[
        float,
        shown(
            "Shadow price",
            "{money}, present cost",
            "money",
            "Present cost of one step more, by shadow price.",
        ),
    ]


class LatenessRow(TypedDict):
    """A limit that delays a missed milestone."""

    commitment: Annotated[str, MILESTONE]
    date: Annotated[Day, DUE]
    missed_mw: Annotated[float, shown("Missed", "MW", "mw", "MW missed on that day.")]
    link: Annotated[
        float, shown("Link", "", "count", "Number of the link, from the milestone back.")
    ]
    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cell: Annotated[str, CELL]
    value: Annotated[float | None, VALUE]
    day: Annotated[Day | None, DAY]
    mw_through: Annotated[float | None, DEPENDS]
    one_more: Annotated[str, STEP]
    mw_a_step: Annotated[float | None, GAIN_PER_STEP]
    mw_without: Annotated[float | None, GAIN_WITHOUT]
    first_period: Annotated[
        Day | None,
        shown(
            "Holds from",
            "",
            "date",
            "First day of the first period in which the limit delays the milestone.",
        ),
    ]
    last_period: Annotated[
        Day | None,
        shown("Holds until", "", "date", "First day of the last period in which it does."),
    ]
    says: Annotated[str, shown("Cause", "", "long", "The link in a sentence.", width=60)]


class DelayRow(TypedDict):
    """A milestone that a limit delays."""

    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cell: Annotated[str, CELL]
    commitment: Annotated[str, MILESTONE]
    date: Annotated[Day, DUE]
    mw_through: Annotated[float | None, DEPENDS]
    mw_a_step: Annotated[float | None, GAIN_PER_STEP]
    mw_without: Annotated[float | None, GAIN_WITHOUT]


class MetMilestone(TypedDict):
    """A milestone that is met, and how much earlier it could be."""

    commitment: Annotated[str, MILESTONE]
    date: Annotated[Day, DUE]
    mw: Annotated[float, shown("Committed", "MW", "mw", "MW due by the milestone, in all.")]
    slack_days: Annotated[
        float | None,
        shown(
            "Slack",
            "days",
            "days",
            "Days by which it could be met earlier without missing more; blank: not solved in "
            "time.",
        ),
    ]
    could_be_met_by: Annotated[
        Day | None, shown("Earliest possible", "", "date", "Day by which it could be met.")
    ]
    proof: Annotated[
        str | None, shown("Proof of the slack", "", "text", "How the slack is proved.", width=30)
    ]


class SlackRow(MetMilestone):
    """Such a milestone with one of its purchase lines."""

    supplier: Annotated[str | None, shown("Supplier", "", "text", "The supplier.", width=30)]
    item: Annotated[
        str | None, shown("Item", "", "text", "The item, or the kind of system.", width=24)
    ]
    last_order_date: Annotated[
        Day | None,
        shown(
            "Last order", "latest day", "date", "Last day to order for service by the milestone."
        ),
    ]


class AskHead(TypedDict):
    """A set of changes that puts commitments back on time."""

    commitment: Annotated[
        str, shown("Commitment", "", "text", "One or several commitments.", width=28)
    ]
    aim: Annotated[str, AIM]
    set: Annotated[float, SET]


class AskRow(AskHead, AskChange):
    """One change of such a set."""

    mw_months_alone: Annotated[
        float | None,
        shown(
            "Gain alone",
            "MW-months",
            "mw_months",
            "MW-months that the commitments gain by this change alone.",
        ),
    ]
    irreducible: Annotated[str, IRREDUCIBLE]
    fewest: Annotated[str | None, FEWEST]
    proof: Annotated[str, PROOF]


class EarliestRow(TypedDict):
    """Requested megawatts, and the earliest date from which they can stay in service."""

    mw: Annotated[float, shown("Requested", "MW", "mw", "MW asked for, on top of the plan.")]
    basis: Annotated[str, shown("Basis", "", "label", "Basis on which they are counted.")]
    date: Annotated[
        Day | None,
        shown(
            "In service from",
            "",
            "date",
            "End of the period from which on a plan in whole systems serves them; blank: no plan "
            "was found.",
        ),
    ]
    not_before: Annotated[
        Day | None,
        shown(
            "Not before",
            "",
            "date",
            "End of the first period that is not ruled out; blank: all of them are.",
        ),
    ]
    period_before: Annotated[
        Day | None,
        shown(
            "Ruled out until",
            "",
            "date",
            "End of the last period that is ruled out; blank: none of them is.",
        ),
    ]
    at_most_before_mw: Annotated[
        float,
        shown(
            "At most until then",
            "MW",
            "mw",
            "Proven upper bound at that date, less than what was asked for.",
        ),
    ]
    proven: Annotated[
        bool,
        shown(
            "Proven",
            "",
            "label",
            "Whether the date is proven; no: the dates in between were not settled in time.",
        ),
    ]


class QuoteRow(TypedDict):
    """The most that can be promised on top from a date on."""

    date: Annotated[Day, shown("From", "", "date", "End of a period.")]
    basis: Annotated[str, shown("Basis", "", "label", "Basis on which the megawatts are counted.")]
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
    at_most_mw: Annotated[float, shown("At most", "MW", "mw", "Proven upper bound, rounded up.")]
    firm_mw: Annotated[
        float | None,
        shown(
            "Firm",
            "MW",
            "mw",
            "MW of a plan in whole systems, rounded down; blank: not requested, or not solved in "
            "time.",
        ),
    ]
    gain_mw: Annotated[
        float | None, shown("Gain", "MW", "mw", "MW by which overtime raises the bound.")
    ]


class FindingTables(TypedDict, total=False):
    """The tables of a plan's findings by name: those of its explanation and of its quote."""

    bottlenecks: list[BottleneckRow]
    bottleneck_periods: list[BottleneckPeriodRow]
    lateness: list[LatenessRow]
    delays: list[DelayRow]
    slack: list[SlackRow]
    asks: list[AskRow]
    earliest: list[EarliestRow]
    quote: list[QuoteRow]
    token_values: list[TokenValueRow]
    token_lateness: list[TokenLatenessRow]
    token_asks: list[TokenAskRow]
    token_earliest: list[TokenEarliestRow]
    token_quote: list[TokenQuoteRow]


def typed_findings(tables: Mapping[str, Sequence[AnyRow]]) -> FindingTables:
    """Return tables of findings with the types that their columns are declared to have."""
    return cast(FindingTables, tables)
