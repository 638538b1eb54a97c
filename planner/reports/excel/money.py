"""Sheets Cash and Costs: money committed and paid against the budget, and cost terms."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial

from planner.plan.rounding import running, tidy, total
from planner.plan.tables import COST_TERMS, Row
from planner.reports.excel import native_charts
from planner.reports.excel.orders import ORDERS
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Field
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.views import (
    TERM_WORDS,
    currency,
    day,
    months_long,
    number,
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
    found = pivot(plan, report.rows("spend"), "term", "amount")
    terms = [term for term in COST_TERMS if term in found.columns]
    if not set(terms) - {"late"}:
        terms.insert(0, COST_TERMS[0])  # the sums need a column even if nothing is spent
    ends = {day(row["period"]): day(row["period_end"]) for row in report.rows("ramp")}
    rows: list[Row] = [
        {
            "period": period,
            "last": ends.get(period, period),
            **{term: found.cells.get((period, term)) for term in terms},
        }
        for period in found.periods
    ]
    if not rows:
        page.text(TOP, 0, "none", "subtitle")
        return
    fields = [
        Field("period", f"First day of {word}", kind="date"),
        Field("last", f"Last day of {word}", kind="date"),
        _commit(report, rows, money),
        *(Field(term, f"Pay: {term}", money, "whole", total=True) for term in terms),
        *_payments(report, rows, terms, money),
    ]
    placed = page.table(TOP, fields, rows, "Total")
    page.freeze(TOP + 1, 1, first=TOP)
    page.sheet.repeat_columns(0)
    page.filter(placed)
    if "left" in placed.columns:
        page.mark(placed.cells("left"), "<", -0.005, "bad", "whole")
    columns = {
        "period": placed.cells("period"),
        "paid": placed.cells("paid"),
        "paid so far": placed.cells("so_far"),
    }
    if "budget" in placed.columns:
        columns["budget"] = placed.cells("budget")
    # On a time axis a bar is at most a month wide, and a day if any period is shorter.
    look = native_charts.Look(
        f"Money paid in each {word}",
        f"{money} million",
        months_long(plan),
        periods=0 if word == "month" else len(rows),
    )
    make = partial(native_charts.money_chart, page.book, page, look, columns)
    report.add_chart(make, page, TOP + 1, len(fields) + 1)
    page.print_only(placed.last, len(fields) - 1)
    page.pages_wide = max(1, round(sum(page.widths.values()) / 230))
    page.on_one_page(placed)
    report.placed["Cash"] = placed


def _commit(report: Report, rows: list[Row], money: str) -> Field:
    """Add the value of the orders dated in each period to its row; return the live column."""
    orders = report.placed[ORDERS]
    starts = [row["period"] for row in rows]
    placed: list[list[float]] = [[] for _ in rows]
    for order in report.rows("orders"):
        ordered = day(order["order_date"])
        at = bisect_right(starts, ordered) - 1 if ordered else -1  # type: ignore[type-var]
        if at >= 0 and ordered <= rows[at]["last"]:  # type: ignore[operator]
            placed[at] += [number(order["price"]), number(order["order_cost"])]
    for row, amounts in zip(rows, placed, strict=True):
        row["commit"] = total(amounts)
    dates = orders.area("order_date", ORDERS)
    sums = "+".join(
        f'SUMIFS({orders.area(key, ORDERS)},{dates},">="&{{period}},{dates},"<="&{{last}})'
        for key in ("price", "order_cost")
    )
    return Field("commit", "Commit: orders", money, "whole", total=True, formula=f"={sums}")


def _payments(report: Report, rows: list[Row], terms: list[str], money: str) -> list[Field]:
    """Add the money paid in each period and so far to its row; return the live columns."""
    counted = [term for term in terms if term != "late"]
    limits = [(day(row["date"]), row["cumulative"]) for row in report.plan.inputs.tables["budget"]]
    paid = [total(number(row[term]) for term in terms) for row in rows]
    against = running(total(number(row[term]) for term in counted) for row in rows)
    for row, amount, so_far, spent in zip(rows, paid, running(paid), against, strict=True):
        row["paid"], row["so_far"], row["against"] = amount, so_far, spent
        row["budget"] = min(
            (limit for until, limit in limits if until and until >= row["last"]),  # type: ignore[operator]
            default=None,
        )
        limit = row["budget"]
        row["left"] = None if limit is None else total((number(limit), -spent))
    return [
        Field("paid", "Pay: all", money, "whole", True, f"=SUM({{{terms[0]}}}:{{{terms[-1]}}})"),
        Field("so_far", "Paid so far", money, "whole", formula="=SUM({first_paid}:{paid})"),
        *(_against_budget(counted, money) if limits else ()),
    ]


def _against_budget(counted: list[str], money: str) -> tuple[Field, ...]:
    """Return the columns of payments against the budget, which excludes `late`."""
    against = f"=SUM({{first_{counted[0]}}}:{{{counted[-1]}}})"
    return (
        Field("against", "Paid so far without late", money, "whole", formula=against),
        Field("budget", "Budget so far", money, "whole"),
        Field("left", "Budget left", money, "whole", formula="={budget}-{against}"),
    )


def write_costs(report: Report, page: Page) -> None:
    """Write the cost terms with live totals."""
    money = currency(report.plan)
    page.subtitle(
        "Cost terms over the whole plan: nominal, and discounted to its first day (present cost); "
        "the totals are live sums"
    )
    large = any(abs(number(row["amount"])) >= 1e6 for row in report.rows("costs"))
    kind = "whole" if large else "decimal"
    fields = [
        Field("term", "Cost term"),
        Field("words", "What it pays for"),
        Field("amount", "Amount", money, kind, total=True),
        Field("present_cost", "Present cost", money, kind, total=True),
        Field("amount_m", "Amount", f"{money} million", "millions", True, "={amount}/1000000"),
        Field(
            "present_m",
            "Present cost",
            f"{money} million",
            "millions",
            True,
            "={present_cost}/1000000",
        ),
    ]
    rows = [
        row
        | {
            "words": TERM_WORDS.get(str(row["term"]), ""),
            "amount_m": tidy(number(row["amount"]) / 1e6),
            "present_m": tidy(number(row["present_cost"]) / 1e6),
        }
        for row in report.rows("costs")
    ]
    placed = page.table(TOP, fields, rows, "Total")
    page.freeze(TOP + 1, 1, first=TOP)
    columns = {
        "term": placed.cells("term"),
        "amount": placed.cells("amount_m"),
        "present cost": placed.cells("present_m"),
    }
    look = native_charts.Look("Cost by term", f"{money} million")
    make = partial(native_charts.column_chart, page.book, page, look, columns)
    report.add_chart(make, page, placed.last + 2, 0, 820, 300)
    page.print_only(placed.last, len(fields) - 1)
    report.placed["Costs"] = placed
