"""Columns of the tables of what-ifs, each declared once for page, workbook and terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from numbers import Real

from planner.reports.markup_tables import Column

MONEY = "money"
"""Unit that stands for the currency of the inputs."""

NO_COLUMN = Column("none", "none")
"""The column of a table in which nothing differs."""

COLUMNS = (
    Column("case", "Case", kind="count"),
    Column("label", "Label"),
    Column("scenario", "Scenario"),
    Column("commitment", "Commitment"),
    Column("date", "Date", kind="date"),
    Column("basis", "Basis"),
    Column("period_end", "Period end", kind="date"),
    Column("figure", "Figure"),
    Column("unit", "Unit"),
    Column("system", "System"),
    Column("workload", "Workload"),
    Column("term", "Term"),
    Column("period", "Period", kind="date"),
    Column("required_mw", "Committed", "MW", "mw"),
    Column("in_service_mw", "In service", "MW", "mw"),
    Column("cases", "Cases", kind="count"),
    Column("share", "Share of the cases", kind="share"),
    Column("share_met", "Share met", "of the cases", "share"),
    Column("probability_met", "Probability met", kind="share"),
    Column("probability", "Probability", kind="share"),
    Column("p10", "P10", "MW", "digits"),
    Column("p50", "P50", "MW", "digits"),
    Column("p90", "P90", "MW", "digits"),
    Column("base", "Base case", kind="digits"),
    Column("mean", "Mean", "MW", "digits"),
    Column("mean_missed_mw", "Missed, mean", "MW", "digits"),
    Column("most_missed_mw", "Missed, most", "MW", "digits"),
    Column("missed_mw_months", "Missed", "MW-months", "digits"),
    Column("missed_more", "More missed", "MW-months", "digits"),
    Column("missed_mtok", "Tokens missed", "Mtok", "digits"),
    Column("missed_mtok_more", "More tokens missed", "Mtok", "digits"),
    Column("bought_mtok", "Tokens bought", "Mtok", "digits"),
    Column("cost_per_mtok", "Own tokens, as used", f"{MONEY} per Mtok", "digits"),
    Column("present_cost", "Present cost", MONEY, "digits"),
    Column("present_cost_millions", "Present cost", "money million", "digits"),
    Column("cost_more", "Cost change", MONEY, "digits"),
    Column("cost_more_millions", "Cost change", "money million", "digits"),
    Column("met", "Milestones met"),
    Column("milestones_met", "Milestones met", kind="count"),
    Column("milestones", "Milestones", kind="count"),
    Column("bottleneck", "Bottleneck"),
    Column("decided_for", "Decided for"),
    Column("comes_true", "Comes true"),
    Column("worst_missed_more", "Largest regret", "MW-months", "digits"),
    Column("when", "when this comes true"),
    Column("mean_missed_more", "Mean regret", "MW-months", "digits"),
    Column("worst_cost_more", "Largest regret", MONEY, "digits"),
    Column("worst_cost_more_millions", "Largest regret", "money million", "digits"),
    Column("when_cost", "when this comes true"),
    Column("mean_cost_more", "Mean regret", MONEY, "digits"),
    Column("mean_cost_more_millions", "Mean regret", "money million", "digits"),
    Column("scenarios_tried", "Scenarios tried", kind="count"),
    Column("no_plan", "Without a plan", kind="count"),
    Column("quantity", "Quantity"),
    Column("measure", "Measure"),
    Column("low", "Low end", kind="digits"),
    Column("result_low", "Result there", kind="digits"),
    Column("high", "High end", kind="digits"),
    Column("result_high", "Result there", kind="digits"),
    Column("swing", "Swing", kind="digits"),
    Column("slip", "Slip"),
    Column("status", "Status"),
    Column("gap", "Gap", kind="gap"),
    Column("halls_opened", "Halls opened", kind="digits"),
    Column("why", "Why", kind="long"),
)
"""Columns of the tables of sweeps, and key columns of comparisons."""

DECLARED = {column.name: column for column in COLUMNS}


def columns_of(rows: Sequence[Mapping[str, object]], currency: str) -> tuple[Column, ...]:
    """Return the columns of rows, in the order of their keys.

    Parameters
    ----------
    rows
        Rows of a table; all keys of any row become columns.
    currency
        Currency of the money.
    """
    keys: dict[str, None] = {}
    for row in rows:
        keys.update(dict.fromkeys(row))
    return declared_columns(keys, rows, currency)


def declared_columns(
    keys: Iterable[str], rows: Sequence[Mapping[str, object]], currency: str
) -> tuple[Column, ...]:
    """Return columns by their keys, with the currency in place of `MONEY`.

    A key without a declaration, such as the name of a drawn quantity, is its own header.
    """
    columns = []
    for key in keys:
        column = DECLARED.get(key)
        if column is None:
            column = Column(key, key, kind=_kind([row.get(key) for row in rows]))
        elif column.unit.startswith(MONEY):
            column = replace(column, unit=column.unit.replace(MONEY, currency, 1))
        columns.append(column)
    return tuple(columns)


def _kind(values: Sequence[object]) -> str:
    """Return the kind of a column that is not declared."""
    known = [value for value in values if value is not None]
    if not known:
        return "text"
    if all(isinstance(value, date) for value in known):
        return "date"
    if all(isinstance(value, Real) for value in known):
        return "digits"
    return "text"
