"""Findings about a saved plan, and their tables, every column declared once."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.columns import Column, ResultTable
from planner.plan.rows import FindingTables

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
    tables: FindingTables
    facts: dict[str, object]


SUBJECT = Column("subject", "Subject", "", "text", "Row of the input, in words.", width=34)
LIMIT = Column("kind", "Limit", "", "text", "Kind of the limit.", width=24)
CELL = Column("cell", "Input cell", "", "cell", "Sheet and cell of the input workbook.", width=24)
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

BOTTLENECKS = ResultTable(
    "bottlenecks",
    "A workbook cell that holds the plan back, ranked by the gain "
    "from one per cent more. Every gain is re-solved, with divisible systems unless "
    "stated otherwise; across priorities only the gains are added up.",
    (
        Column("rank", "Rank", "", "count", "Rank, the largest gain first."),
        LIMIT,
        SUBJECT,
        CELL,
        VALUE,
        DAY,
        STEP,
        Column(
            "mw_months_percent",
            "Gain from 1 % more",
            "MW-months",
            "mw_months",
            "MW-months gained by one per cent more of the limit, in all its rows; for dates and "
            "days a hundredth of the gain if lifted.",
        ),
        Column(
            "mw_months",
            "Gain per step",
            "MW-months",
            "mw_months",
            "MW-months gained by one step more.",
        ),
        Column(
            "mw_months_whole",
            "Gain per step, whole systems",
            "MW-months",
            "mw_months",
            "MW-months gained by one step more in whole systems; blank: not tried, or not proven "
            "in time.",
        ),
        Column(
            "mw_months_lifted",
            "Gain if lifted",
            "MW-months",
            "mw_months",
            "MW-months gained by lifting this limit, all its rows together.",
        ),
        Column(
            "moved",
            "Shifted between priorities",
            "",
            "long",
            "Gain or loss of each priority if one of them misses more.",
            width=40,
        ),
        Column(
            "mw_months_kind",
            "Gain if its kind is lifted",
            "MW-months",
            "mw_months",
            "MW-months gained by lifting all limits of this kind.",
        ),
        Column(
            "money_percent",
            "Saving from 1 % more",
            "{money}, present cost",
            "money",
            "Present cost saved by one per cent more, no more missed, halls opened as planned.",
        ),
        Column(
            "money",
            "Saving per step",
            "{money}, present cost",
            "money",
            "Present cost saved by one step more, no more missed, halls opened as planned.",
        ),
        Column(
            "money_whole",
            "Saving per step, whole systems",
            "{money}, present cost",
            "money",
            "Present cost saved by one step more in whole systems, halls opened anew; blank: not "
            "tried, not proven in time, or the megawatts missed change.",
        ),
        Column("status", "Proof of the gain", "", "text", "Proof of the gain per step.", width=22),
        Column(
            "money_status",
            "Proof of the saving",
            "",
            "text",
            "Proof of the saving per step.",
            width=22,
        ),
        Column(
            "first_period",
            "Binding from",
            "",
            "date",
            "First day of the first period in which the limit is binding.",
        ),
        Column(
            "last_period",
            "Binding until",
            "",
            "date",
            "First day of the last period in which it is binding.",
        ),
        Column("periods", "Periods", "", "count", "Number of periods in which it is binding."),
        Column("note", "Note", "", "long", "Remark on the gain.", width=40),
    ),
)

BOTTLENECK_PERIODS = ResultTable(
    "bottleneck_periods",
    "A limit in a period in which it is binding or priced.",
    (
        Column("period", "First day of {period}", "", "date", "First day of the period."),
        LIMIT,
        SUBJECT,
        CELL,
        Column("binds", "Binding", "", "label", "Whether the limit is binding: yes or no."),
        Column(
            "mw_months",
            "Shadow price",
            "MW-months",
            "mw_months",
            "MW-months of one step more, by shadow price.",
        ),
        Column(
            "money",
            "Shadow price",
            "{money}, present cost",
            "money",
            "Present cost of one step more, by shadow price.",
        ),
    ),
)

LATENESS = ResultTable(
    "lateness",
    "A limit that delays a missed milestone, from the milestone back to the order.",
    (
        MILESTONE,
        DUE,
        Column("missed_mw", "Missed", "MW", "mw", "MW missed on that day."),
        Column("link", "Link", "", "count", "Number of the link, from the milestone back."),
        LIMIT,
        SUBJECT,
        CELL,
        VALUE,
        DAY,
        DEPENDS,
        STEP,
        GAIN_PER_STEP,
        GAIN_WITHOUT,
        Column(
            "first_period",
            "Holds from",
            "",
            "date",
            "First day of the first period in which the limit delays the milestone.",
        ),
        Column(
            "last_period",
            "Holds until",
            "",
            "date",
            "First day of the last period in which it does.",
        ),
        Column("says", "Cause", "", "long", "The link in a sentence.", width=60),
    ),
)

DELAYS = ResultTable(
    "delays",
    "The same chains by limit: the milestones that each limit delays.",
    (LIMIT, SUBJECT, CELL, MILESTONE, DUE, DEPENDS, GAIN_PER_STEP, GAIN_WITHOUT),
)

SLACK = ResultTable(
    "slack",
    "A milestone that is met, with each of its purchase lines.",
    (
        MILESTONE,
        DUE,
        Column("mw", "Committed", "MW", "mw", "MW due by the milestone, in all."),
        Column(
            "slack_days",
            "Slack",
            "days",
            "days",
            "Days by which it could be met earlier without missing more; blank: not solved in "
            "time.",
        ),
        Column("could_be_met_by", "Earliest possible", "", "date", "Day by which it could be met."),
        Column("proof", "Proof of the slack", "", "text", "How the slack is proved.", width=30),
        Column("supplier", "Supplier", "", "text", "The supplier.", width=30),
        Column("item", "Item", "", "text", "The item, or the kind of system.", width=24),
        Column(
            "last_order_date",
            "Last order",
            "latest day",
            "date",
            "Last day to order for service by the milestone.",
        ),
    ),
)

ASKS = ResultTable(
    "asks",
    "One change of a set that puts commitments back on time.",
    (
        Column("commitment", "Commitment", "", "text", "One or several commitments.", width=28),
        Column("aim", "Goal", "", "text", "Effect that the set is proved to have.", width=40),
        Column("set", "Set", "", "count", "Number of the set; the first is the smallest."),
        LIMIT,
        SUBJECT,
        Column("cells", "Input cells", "", "text", "Sheets and cells to change.", width=30),
        Column("says", "Ask", "", "long", "The change in a sentence.", width=60),
        Column(
            "more",
            "Change",
            "",
            "mixed",
            "Added to each cell, in its unit; for dates and days the days subtracted.",
        ),
        Column(
            "not_enough",
            "Not enough",
            "",
            "text",
            "Next smaller figure, proved too small by a re-solve; blank: not proved.",
            width=20,
        ),
        Column(
            "mw_months_alone",
            "Gain alone",
            "MW-months",
            "mw_months",
            "MW-months that the commitments gain by this change alone.",
        ),
        Column(
            "irreducible",
            "All needed",
            "",
            "label",
            "Whether every change of the set is proved to be needed.",
            width=16,
        ),
        Column("fewest", "Cheapest", "", "label", "Whether no cheaper set exists.", width=14),
        Column("proof", "Proof", "", "text", "How the set is proved."),
    ),
)

EXPLAINED = (BOTTLENECKS, BOTTLENECK_PERIODS, LATENESS, DELAYS, SLACK, ASKS)
"""Tables of an explanation, in the order of a report."""

EARLIEST = ResultTable(
    "earliest",
    "Requested megawatts, and the earliest date from which they can stay in service.",
    (
        Column("mw", "Requested", "MW", "mw", "MW asked for, on top of the plan."),
        Column("basis", "Basis", "", "label", "Basis on which they are counted."),
        Column(
            "date",
            "In service from",
            "",
            "date",
            "End of the period from which on a plan in whole systems serves them; blank: no plan "
            "was found.",
        ),
        Column(
            "not_before",
            "Not before",
            "",
            "date",
            "End of the first period that is not ruled out; blank: all of them are.",
        ),
        Column(
            "period_before",
            "Ruled out until",
            "",
            "date",
            "End of the last period that is ruled out; blank: none of them is.",
        ),
        Column(
            "at_most_before_mw",
            "At most until then",
            "MW",
            "mw",
            "Proven upper bound at that date, less than what was asked for.",
        ),
        Column(
            "proven",
            "Proven",
            "",
            "label",
            "Whether the date is proven; no: the dates in between were not settled in time.",
        ),
    ),
)

QUOTED_MW = ResultTable(
    "quote",
    "The most that can be promised on top from a date on.",
    (
        Column("date", "From", "", "date", "End of a period."),
        Column("basis", "Basis", "", "label", "Basis on which the megawatts are counted."),
        Column(
            "overtime_of",
            "Limits stretched",
            "",
            "text",
            "Kind of the limits that are stretched; blank: none.",
            width=30,
        ),
        Column("at_most_mw", "At most", "MW", "mw", "Proven upper bound, rounded up."),
        Column(
            "firm_mw",
            "Firm",
            "MW",
            "mw",
            "MW of a plan in whole systems, rounded down; blank: not requested, or not solved in "
            "time.",
        ),
        Column("gain_mw", "Gain", "MW", "mw", "MW by which overtime raises the bound."),
    ),
)

QUOTED = (EARLIEST, QUOTED_MW)
"""Tables of a quote."""

CONTRADICTION = ResultTable(
    "contradiction",
    "One of the rows that contradict each other.",
    (
        Column("sheet", "Sheet", "", "text", "Sheet of the input workbook."),
        Column("cell", "Cell", "", "cell", "Cell of the sheet."),
        Column("says", "Statement", "", "long", "What the row demands, in words.", width=60),
    ),
)

ALTERNATIVE = ResultTable(
    "alternative",
    "A decision that differs if another is forbidden or forced.",
    (
        Column("decision", "Decision", "", "text", "Kind of the decision."),
        Column("what", "Subject", "", "text", "What is decided on."),
        Column("period", "First day of {period}", "", "date", "Period of the decision."),
        Column("plan", "In the plan", "", "mixed", "Quantity in the plan."),
        Column("alternative", "In the alternative", "", "mixed", "Quantity in the alternative."),
    ),
)

ANSWERS = (CONTRADICTION, ALTERNATIVE)
"""Tables of answers that are not saved."""

FINDINGS = {EXPLANATION: EXPLAINED, QUOTE: QUOTED}
"""Tables of each kind of finding."""

FOUND_COLUMNS = {
    table.name: tuple(table.columns) for tables in FINDINGS.values() for table in tables
}
"""Names of the columns of each table of a finding, in order."""
