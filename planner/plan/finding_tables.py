"""Findings about a saved plan, and their tables.

The columns of those that are saved are declared in `planner.plan.finding_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.columns import Column, ResultTable, columns_of
from planner.plan.finding_rows import (
    AskRow,
    BottleneckPeriodRow,
    BottleneckRow,
    DelayRow,
    EarliestRow,
    FindingTables,
    LatenessRow,
    QuoteRow,
    SlackRow,
)
from planner.plan.token_finding_rows import (
    TokenAskRow,
    TokenEarliestRow,
    TokenLatenessRow,
    TokenQuoteRow,
    TokenValueRow,
)

EXPLANATION, QUOTE, TOKEN_QUOTE = "explanation", "quote", "token quote"
"""Kinds of findings: the explanation of a plan, and quotes of megawatts and tokens on top of it."""


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


BOTTLENECKS = ResultTable(
    "bottlenecks",
    "A workbook cell that holds the plan back, ranked by the gain "
    "from one per cent more. Every gain is re-solved, with divisible systems unless "
    "stated otherwise; across priorities only the gains are added up.",
    columns_of(BottleneckRow),
)

BOTTLENECK_PERIODS = ResultTable(
    "bottleneck_periods",
    "A limit in a period in which it is binding or priced.",
    columns_of(BottleneckPeriodRow),
)

LATENESS = ResultTable(
    "lateness",
    "A limit that delays a missed milestone, from the milestone back to the order.",
    columns_of(LatenessRow),
)

DELAYS = ResultTable(
    "delays",
    "The same chains by limit: the milestones that each limit delays.",
    columns_of(DelayRow),
)

SLACK = ResultTable(
    "slack", "A milestone that is met, with each of its purchase lines.", columns_of(SlackRow)
)

ASKS = ResultTable(
    "asks", "One change of a set that puts commitments back on time.", columns_of(AskRow)
)

TOKEN_VALUES = ResultTable(
    "token_values",
    "What one step more of what serves tokens gains: missed tokens and money, each re-solved.",
    columns_of(TokenValueRow),
)

TOKEN_LATENESS = ResultTable(
    "token_lateness",
    "A workbook cell that keeps tokens of a workload from being served, nearest to it first.",
    columns_of(TokenLatenessRow),
)

TOKEN_ASKS = ResultTable(
    "token_asks",
    "One change of a set with which workloads are served in full.",
    columns_of(TokenAskRow),
)

TOKENS_EXPLAINED = (TOKEN_VALUES, TOKEN_LATENESS, TOKEN_ASKS)
"""Tables of the explanation of a plan that has workloads; others are kept without them."""

EXPLAINED = (BOTTLENECKS, BOTTLENECK_PERIODS, LATENESS, DELAYS, SLACK, ASKS, *TOKENS_EXPLAINED)
"""Tables of an explanation, in the order of a report."""

EARLIEST = ResultTable(
    "earliest",
    "Requested megawatts, and the earliest date from which they can stay in service.",
    columns_of(EarliestRow),
)

QUOTED_MW = ResultTable(
    "quote", "The most that can be promised on top from a date on.", columns_of(QuoteRow)
)

QUOTED = (EARLIEST, QUOTED_MW)
"""Tables of a quote."""

TOKEN_EARLIEST = ResultTable(
    "token_earliest",
    "Requested tokens a day, and the earliest day from which they can be served.",
    columns_of(TokenEarliestRow),
)

QUOTED_TOKENS = ResultTable(
    "token_quote",
    "The most tokens a day that can be promised on top from a day on.",
    columns_of(TokenQuoteRow),
)

TOKENS_QUOTED = (TOKEN_EARLIEST, QUOTED_TOKENS)
"""Tables of a quote of tokens."""

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

FINDINGS = {EXPLANATION: EXPLAINED, QUOTE: QUOTED, TOKEN_QUOTE: TOKENS_QUOTED}
"""Tables of each kind of finding."""

FOUND_COLUMNS = {
    table.name: tuple(table.columns) for tables in FINDINGS.values() for table in tables
}
"""Names of the columns of each table of a finding, in order."""
