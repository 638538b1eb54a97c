"""Sheets Cash and Costs: money committed and paid against the budget, and cost terms."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from planner.plan.columns import Column
from planner.plan.report_tables import CASH, COST_STEPS
from planner.plan.rounding import running, tidy, total
from planner.plan.rows import Row
from planner.plan.tables import COST_TERMS
from planner.reports.excel import native_charts
from planner.reports.excel.orders import ORDERS
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Placed
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.views import (
    TERM_WORDS,
    Pivot,
    currency,
    day,
    months_long,
    number,
    period_ends,
    period_word,
    pivot,
)

CASH_CAPTION = (
    "Commit: value of the orders dated in the {word}, order cost included. Pay: the workbook "
    "holds no payment terms, so all money is paid in the {word} of its decision, not discounted"
)


def write_cash(report: Report, page: Page) -> None:
    """Write the money committed and paid by period and cost term, and in total so far."""
    plan = report.plan
    money, word = currency(plan), period_word(plan)
    page.subtitle(CASH_CAPTION.format(word=word))
    spent = pivot(plan, report.plan.tables["spend"], "term", "amount")
    if not spent.periods:
        page.text(TOP, 0, "none", "subtitle")
        return
    terms = [term for term in COST_TERMS if term in spent.columns]
    if not set(terms) - {"late"}:
        terms.insert(0, COST_TERMS[0])  # the sums need a column even if nothing is spent
    rows = _cash_rows(report, spent, terms)
    has_budget = _add_budget(report, rows, terms)
    columns = _cash_columns(terms, has_budget, money, word)
    formulas = _cash_formulas(report, terms)
    placed = page.table(TOP, columns, rows, "Total", formulas=formulas)
    page.freeze(TOP + 1, 1, first=TOP)
    page.sheet.repeat_columns(0)
    page.filter(placed)
    if has_budget:
        page.mark(placed.cells("left"), "<", -0.005, "bad", "money")
    _add_cash_chart(report, page, placed)
    page.print_only(placed.last, len(columns) - 1)
    page.pages_wide = max(1, round(sum(page.widths.values()) / 230))
    page.on_one_page(placed)
    report.placed["Cash"] = placed


def _cash_rows(report: Report, spent: Pivot, terms: list[str]) -> list[Row]:
    """Return the money committed and paid in each period."""
    ends = period_ends(report.plan)
    committed = _committed(report, spent.periods)
    rows: list[Row] = []
    paid_so_far: list[float] = []
    for period in spent.periods:
        row: Row = {
            "period": period,
            "last": ends.get(period, period),
            "commit": committed[period],
        }
        for term in terms:
            row[term] = spent.cells.get((period, term))
        row["paid"] = total(number(row[term]) for term in terms)
        paid_so_far.append(number(row["paid"]))
        rows.append(row)
    for row, so_far in zip(rows, running(paid_so_far), strict=True):
        row["so_far"] = so_far
    return rows


def _committed(report: Report, periods: Sequence[date]) -> dict[date, float]:
    """Return the value of the orders dated in each period, order cost included."""
    ends = period_ends(report.plan)
    values: dict[date, list[float]] = {period: [] for period in periods}
    for order in report.plan.tables["orders"]:
        ordered = order["order_date"]
        if ordered is None:
            continue
        position = bisect_right(periods, ordered) - 1
        if position < 0:
            continue
        period = periods[position]
        if ordered <= ends.get(period, period):
            values[period] += [order["price"], order["order_cost"]]
    return {period: total(amounts) for period, amounts in values.items()}


def _add_budget(report: Report, rows: list[Row], terms: list[str]) -> bool:
    """Add the budget of each period and what is left of it; return whether there is a budget."""
    limits = []
    for given in report.plan.inputs.tables["budget"]:
        limits.append((given["date"], given["cumulative"]))
    if not limits:
        return False
    counted = _within_budget(terms)
    spending = running(total(number(row[term]) for term in counted) for row in rows)
    for row, spent in zip(rows, spending, strict=True):
        last = day(row["last"])
        # A limit holds until its day, so the lowest of those still to come applies.
        ahead = [limit for until, limit in limits if until and last and until >= last]
        row["against"] = spent
        row["budget"] = min(ahead, default=None)
        row["left"] = total((min(ahead), -spent)) if ahead else None
    return True


def _within_budget(terms: list[str]) -> list[str]:
    """Return the cost terms that the budget covers."""
    return [term for term in terms if term != "late"]


def _cash_columns(terms: list[str], has_budget: bool, money: str, word: str) -> list[Column]:
    """Return the columns of the sheet, one of them for each cost term."""
    columns = CASH.select("period", "last", "commit", money=money, period=word)
    for term in terms:
        (column,) = CASH.select("term", money=money)
        columns.append(replace(column.worded(term=term), name=term))
    columns += CASH.select("paid", "so_far", money=money)
    if has_budget:
        columns += CASH.select("against", "budget", "left", money=money)
    return columns


def _cash_formulas(report: Report, terms: list[str]) -> dict[str, str]:
    """Return the formulas of the live columns."""
    orders = report.placed[ORDERS]
    dates = orders.area("order_date", ORDERS)
    within = f'{dates},">="&{{period}},{dates},"<="&{{last}}'
    prices = f"SUMIFS({orders.area('price', ORDERS)},{within})"
    costs = f"SUMIFS({orders.area('order_cost', ORDERS)},{within})"
    counted = _within_budget(terms)
    return {
        "commit": f"={prices}+{costs}",
        "paid": f"=SUM({{{terms[0]}}}:{{{terms[-1]}}})",
        "so_far": "=SUM({first_paid}:{paid})",
        "against": f"=SUM({{first_{counted[0]}}}:{{{counted[-1]}}})",
        "left": "={budget}-{against}",
    }


def _add_cash_chart(report: Report, page: Page, placed: Placed) -> None:
    """Show the money paid in each period and so far, against the budget."""
    plan = report.plan
    word = period_word(plan)
    series = {
        "period": placed.cells("period"),
        "paid": placed.cells("paid"),
        "paid so far": placed.cells("so_far"),
    }
    if "budget" in placed.columns:
        series["budget"] = placed.cells("budget")
    # On a time axis a bar is at most a month wide, and a day if any period is shorter.
    look = native_charts.Look(
        f"Money paid in each {word}",
        f"{currency(plan)} million",
        months_long(plan),
        periods=0 if word == "month" else placed.rows,
    )
    make = partial(native_charts.money_chart, page.book, page, look, series)
    report.add_chart(make, page, TOP + 1, len(placed.columns) + 1)


def write_costs(report: Report, page: Page) -> None:
    """Write the cost terms with live totals."""
    money = currency(report.plan)
    page.subtitle(
        "Cost terms over the whole plan: nominal, and discounted to its first day (present cost); "
        "the totals are live sums"
    )
    columns = COST_STEPS.select(
        "term", "words", "amount", "present_cost", "amount_m", "present_m", money=money
    )
    rows: list[Row] = []
    for row in report.plan.tables["costs"]:
        more = {
            "words": TERM_WORDS.get(row["term"], ""),
            "amount_m": tidy(row["amount"] / 1e6),
            "present_m": tidy(row["present_cost"] / 1e6),
        }
        rows.append(row | more)
    formulas = {"amount_m": "={amount}/1000000", "present_m": "={present_cost}/1000000"}
    placed = page.table(TOP, columns, rows, "Total", formulas=formulas)
    page.freeze(TOP + 1, 1, first=TOP)
    series = {
        "term": placed.cells("term"),
        "amount": placed.cells("amount_m"),
        "present cost": placed.cells("present_m"),
    }
    look = native_charts.Look("Cost by term", f"{money} million")
    make = partial(native_charts.column_chart, page.book, page, look, series)
    report.add_chart(make, page, placed.last + 2, 0, 820, 300)
    page.print_only(placed.last, len(columns) - 1)
    report.placed["Costs"] = placed
