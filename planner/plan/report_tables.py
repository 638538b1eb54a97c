"""Tables that reports derive from the result tables: every column declared once."""

from __future__ import annotations

from planner.plan.columns import Column, ResultTable
from planner.plan.finding_tables import BOTTLENECK_PERIODS, SLACK
from planner.plan.result_rows import BASIS, COMMITMENT, ITEM, SUPPLIER
from planner.plan.site_tables import SITE_TABLES
from planner.plan.tables import COSTS, ORDERS, TIERS
from planner.plan.token_report_tables import TOKEN_REPORT_TABLES

ORDER_COUNT = Column("lines", "Orders", "lines", "count", "Number of orders.", adds_up=True)
ORDER_VALUE = Column(
    "price", "Extended price", "{money}", "amount", "Sum of the extended prices.", adds_up=True
)
ORDER_COST = Column(
    "order_cost", "Order cost", "{money}", "amount", "Sum of the costs of ordering.", adds_up=True
)
ENTRY = Column("key", "Entry", "", "text", "Name of the entry.")
INPUT_SHEET = Column("sheet", "Sheet", "", "text", "Sheet of the input workbook.")
SOURCE = Column("source", "Source", "", "long", "What the rows name as their source.")

# ------------------------------------------------------------------ headline and proof

MILESTONES = ResultTable(
    "milestones",
    "A milestone on the basis of its commitment.",
    (
        COMMITMENT,
        Column("date", "Due", "", "date", "Day of the milestone."),
        BASIS,
        Column("required_mw", "Committed", "MW", "mw", "MW due by the milestone, in all."),
        Column("in_service_mw", "In service", "MW", "mw", "MW in service on that day."),
        Column("missed_mw", "Missed", "MW", "mw", "MW due and not in service."),
        Column("met", "Milestone", "", "label", "met or MISSED."),
        Column(
            "days_lost",
            "Days lost",
            "days",
            "days",
            "Days that its first order waits for dispatch days.",
        ),
    ),
)

RAMP_ENDS = ResultTable(
    "ramp_ends",
    "A commitment over the whole plan.",
    (
        COMMITMENT,
        BASIS,
        Column("last_mw", "At the end", "MW", "mw", "MW in service at the end of the plan."),
        Column("worst_mw", "Most missed", "MW", "mw", "Most MW missed in any period."),
    ),
)

PROOF = ResultTable(
    "proof",
    TIERS.help,
    (Column("words", "Tier", "", "text", "Tier of the objective, in words."), *TIERS.declared[1:]),
)

TOTALS = ResultTable(
    "totals",
    "What commitments, halls, feeders or supply add up to.",
    (
        Column("what", "Quantity", "", "text", "What is added up."),
        Column("value", "In all", "", "mixed", "The sum."),
        Column("unit", "Unit", "", "label", "Unit of the sum."),
    ),
)

SYSTEM_COUNTS = ResultTable(
    "system_counts",
    "A kind of system installed in the plan.",
    (
        Column("what", "System", "", "text", "The kind of system."),
        Column("value", "Installed", "", "mixed", "Systems installed over the plan."),
        Column("unit", "Unit", "", "label", "Unit of the count."),
    ),
)

CONTENTS = ResultTable(
    "contents",
    "A sheet of the workbook.",
    (
        Column("name", "Sheet", "", "text", "Name of the sheet."),
        Column("help", "What it shows", "", "text", "What the sheet shows."),
        Column("rows", "Lines", "", "count", "Lines of its table."),
    ),
)

# ------------------------------------------------------------------ money and orders

SPEND_BY_YEAR = ResultTable(
    "spend_by_year",
    "Money spent in a calendar year.",
    (
        Column("year", "Year", "", "text", "Calendar year."),
        Column("amount", "Amount", "{money} million", "millions", "Money, not discounted."),
        Column(
            "present_cost",
            "Present cost",
            "{money} million",
            "millions",
            "Money, discounted to the first day of the plan.",
        ),
        Column(
            "cumulative",
            "Spent so far",
            "{money} million",
            "millions",
            "Money spent by the end of the year, not discounted.",
        ),
    ),
)

COST_STEPS = ResultTable(
    "cost_steps",
    COSTS.help,
    (
        *COSTS.declared,
        Column("words", "What it pays for", "", "text", "The cost term in words."),
        Column(
            "amount_m",
            "Amount",
            "{money} million",
            "millions",
            "Money, not discounted.",
            adds_up=True,
        ),
        Column(
            "present_m",
            "Present cost",
            "{money} million",
            "millions",
            "Money, discounted to the first day of the plan.",
            adds_up=True,
        ),
    ),
)

CASH = ResultTable(
    "cash",
    "Money committed and paid in a period, and so far.",
    (
        Column("period", "First day of {period}", "", "date", "First day of the period."),
        Column("last", "Last day of {period}", "", "date", "Last day of the period."),
        Column(
            "commit",
            "Commit: orders",
            "{money}",
            "money",
            "Value of the orders dated in the period, order cost included.",
            adds_up=True,
        ),
        Column(
            "term",
            "Pay: {term}",
            "{money}",
            "money",
            "Money paid in the period for a cost term.",
            adds_up=True,
        ),
        Column(
            "paid", "Pay: all", "{money}", "money", "All money paid in the period.", adds_up=True
        ),
        Column("so_far", "Paid so far", "{money}", "money", "Money paid by the last day."),
        Column(
            "against",
            "Paid so far without late",
            "{money}",
            "money",
            "The same without late costs, which the budget does not cover.",
        ),
        Column("budget", "Budget so far", "{money}", "money", "Budget until the last day."),
        Column("left", "Budget left", "{money}", "money", "Budget less what it has paid."),
    ),
)

PURCHASE_ORDERS = ResultTable(
    "purchase_orders",
    ORDERS.help,
    (
        *ORDERS.declared,
        Column("currency", "Currency", "", "label", "Currency of the prices."),
        Column("note", "Note", "", "text", "Why no install waits for the order.", width=26),
    ),
)

ORDERS_BY_SUPPLIER = ResultTable(
    "orders_by_supplier",
    "All orders of an item from a supplier.",
    (
        SUPPLIER,
        ITEM,
        ORDER_COUNT,
        Column("quantity", "Quantity", "units", "amount", "Units ordered."),
        ORDER_VALUE,
        ORDER_COST,
        Column("first", "First order", "", "date", "Day of the first order."),
        Column("last", "Last order", "", "date", "Day of the last order."),
    ),
)

ORDERS_BY_MONTH = ResultTable(
    "orders_by_month",
    "All orders dated in a month.",
    (
        Column("first", "Ordered from", "", "date", "First day of the month."),
        Column("last", "Ordered until", "", "date", "Last day of the month."),
        ORDER_COUNT,
        ORDER_VALUE,
        ORDER_COST,
        Column(
            "so_far", "Ordered so far", "{money}", "amount", "Extended prices until the last day."
        ),
    ),
)

# ------------------------------------------------------------------ explanation

LIMIT_PERIODS = ResultTable(
    "limit_periods",
    BOTTLENECK_PERIODS.help,
    (
        *(BOTTLENECK_PERIODS.columns[name] for name in ("subject", "kind", "cell")),
        Column("binds", "Periods", "", "count", "Number of periods in which it is binding."),
        Column("all", "All", "{gain}", "decimal", "Gain from one step more, in all periods."),
    ),
)

MILESTONE_SLACK = ResultTable(
    "milestone_slack",
    SLACK.help,
    (
        *SLACK.declared,
        Column("lead_days", "Lead time", "days", "days", "Due day less last order day."),
    ),
)

# ------------------------------------------------------------------ origin

ASSUMPTIONS = ResultTable(
    "assumptions",
    "An input row that names a source.",
    (
        Column("kind", "Rests on", "", "label", "assumption or source."),
        INPUT_SHEET,
        Column("cells", "Cells", "", "label", "Cells of the row."),
        Column("key", "Row", "", "text", "Name of the row."),
        Column("values", "Values, with units", "", "text", "Values given in the row."),
        SOURCE,
    ),
)

ASSUMPTION_COUNTS = ResultTable(
    "assumption_counts",
    "A sheet of the input workbook.",
    (
        INPUT_SHEET,
        Column("rows", "Rows", "in all", "count", "Rows of the sheet."),
        Column("assumed", "On an assumption", "rows", "count", "Rows that rest on one."),
    ),
)

ASSUMPTION_GROUPS = ResultTable(
    "assumption_groups",
    "Input rows that rest on an assumption, with the same source.",
    (
        INPUT_SHEET,
        Column("rows", "Rows", "", "count", "Number of these rows."),
        Column("cells", "Cells", "", "text", "Cells of their sources."),
        Column("names", "Names of the rows", "", "long", "Names of these rows."),
        SOURCE,
    ),
)

MANIFEST = ResultTable(
    "manifest",
    "An input, option or version of the plan.",
    (ENTRY, Column("value", "Value", "", "text", "Value of the entry.")),
)

FILES = ResultTable(
    "files",
    "A file with a result table.",
    (
        Column("key", "File", "", "text", "Path of the file."),
        Column("value", "Each row is", "", "text", "What a row of the table stands for."),
        Column("rows", "Rows", "", "count", "Number of its rows."),
    ),
)

REPORT_TABLES = (
    MILESTONES,
    RAMP_ENDS,
    PROOF,
    TOTALS,
    SYSTEM_COUNTS,
    CONTENTS,
    SPEND_BY_YEAR,
    COST_STEPS,
    CASH,
    PURCHASE_ORDERS,
    ORDERS_BY_SUPPLIER,
    ORDERS_BY_MONTH,
    *SITE_TABLES,
    *TOKEN_REPORT_TABLES,
    LIMIT_PERIODS,
    MILESTONE_SLACK,
    ASSUMPTIONS,
    ASSUMPTION_COUNTS,
    ASSUMPTION_GROUPS,
    MANIFEST,
    FILES,
)
"""Every table that reports derive."""
