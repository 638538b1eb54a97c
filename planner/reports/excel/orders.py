"""Sheets of purchase orders: one line each, and subtotals by supplier and by month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from planner.plan.report_tables import ORDERS_BY_MONTH, ORDERS_BY_SUPPLIER, PURCHASE_ORDERS
from planner.plan.result_rows import OrderRow
from planner.plan.rounding import running, total
from planner.plan.rows import Row
from planner.reports.counts import as_sentence, order_words
from planner.reports.excel import native_charts
from planner.reports.excel.parts import Report
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.install_days import ORDER_WORDS
from planner.reports.order_notes import order_notes
from planner.reports.views import currency, number

ORDERS = "Purchase orders"
MOST_MONTHS = 600

SHOWN = (
    "order",
    "supplier",
    "item",
    "firm",
    "quantity",
    "unit_price",
    "price",
    "order_cost",
    "currency",
    "order_from",
    "order_date",
    "latest_order_date",
    "slack_days",
    "arrival_date",
    "already_late",
    "it_mw_blocked",
    "milestone_blocked",
    "sites_fed",
)
"""Columns of the sheet of orders."""


def write_orders(report: Report, page: Page) -> None:
    """Write every order, with totals of the visible rows."""
    money = currency(report.plan)
    page.subtitle(
        f"{as_sentence(order_words(report.plan))}. {ORDER_WORDS}. Late: the milestone is short of "
        "MW before these units are in service"
    )
    notes = order_notes(report.plan)
    rows: list[Row] = []
    for row in report.plan.tables["orders"]:
        rows.append({**row, "currency": money, "note": notes.get(row["order"])})
    columns = PURCHASE_ORDERS.select(*SHOWN, money=money)
    if notes:
        columns += PURCHASE_ORDERS.select("note")
    empty = "no orders: systems are bought where and when they are installed"
    placed = page.table(TOP, columns, rows, "Total of visible rows", empty)
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    page.mark(placed.cells("already_late"), "==", "yes", "bad", "label")
    if rows:
        page.mark_zero(placed, "slack_days")
    report.placed[ORDERS] = placed


def write_orders_by_supplier(report: Report, page: Page) -> None:
    """Write live sums of the orders of each supplier and item."""
    page.subtitle(f"Live sums over all lines of the sheet {ORDERS}, whatever its filter shows")
    money, orders = currency(report.plan), report.placed[ORDERS]
    groups: dict[tuple[str, str], list[OrderRow]] = defaultdict(list)
    for row in report.plan.tables["orders"]:
        groups[row["supplier"], row["item"]].append(row)
    areas = {name: orders.area(name, ORDERS) for name in orders.columns}
    # Not SUMIFS, which would take names such as =A* or >5 for conditions.
    same = f"EXACT({areas['supplier']},{{supplier}})*EXACT({areas['item']},{{item}})"
    formulas = {"lines": f"=SUMPRODUCT({same})"}
    for name in ("quantity", "price", "order_cost"):
        formulas[name] = f"=SUMPRODUCT({same},{areas[name]})"
    rows = [_sums(names, group) for names, group in sorted(groups.items())]
    columns = ORDERS_BY_SUPPLIER.select(money=money)
    placed = page.table(TOP, columns, rows, "Total", "no orders", formulas)
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["Orders by supplier"] = placed


def _sums(names: tuple[str, str], group: list[OrderRow]) -> Row:
    """Return the sums of the orders of a supplier and item, with their first and last day."""
    supplier, item = names
    days = [row["order_date"] for row in group if row["order_date"]]
    sums: Row = {"supplier": supplier, "item": item, "lines": len(group)}
    sums["quantity"] = total(row["quantity"] for row in group)
    sums["price"] = total(row["price"] for row in group)
    sums["order_cost"] = total(row["order_cost"] for row in group)
    sums["first"] = min(days, default=None)
    sums["last"] = max(days, default=None)
    return sums


def write_orders_by_month(report: Report, page: Page) -> None:
    """Write live sums of the orders dated in each month."""
    money, orders = currency(report.plan), report.placed[ORDERS]
    undated = sum(row["order_date"] is None for row in report.plan.tables["orders"])
    more = f"; {undated} orders without a date are not counted" if undated else ""
    page.subtitle(f"Live sums over all lines of the sheet {ORDERS}{more}")
    dates = orders.area("order_date", ORDERS)
    between = f'{dates},">="&{{first}},{dates},"<="&{{last}}'
    formulas = {
        "lines": f"=COUNTIFS({between})",
        "price": f"=SUMIFS({orders.area('price', ORDERS)},{between})",
        "order_cost": f"=SUMIFS({orders.area('order_cost', ORDERS)},{between})",
        "so_far": "=SUM({first_price}:{price})",
    }
    columns = ORDERS_BY_MONTH.select(money=money)
    rows = _months(report.plan.tables["orders"])
    placed = page.table(TOP, columns, rows, "Total", "no dated orders", formulas)
    page.freeze(TOP + 1, 1, first=TOP)
    report.placed["Orders by month"] = placed
    if not placed.rows:
        return
    page.filter(placed)
    look = native_charts.Look("Orders by month of the order date", f"{money} million", placed.rows)
    series = {
        "period": placed.cells("first"),
        "orders placed": placed.cells("price"),
        "orders so far": placed.cells("so_far"),
    }
    make = partial(native_charts.money_chart, page.book, page, look, series)
    report.add_chart(make, page, TOP + 1, len(columns) + 1)
    page.print_only(placed.last, len(columns) - 1)


def _months(orders: list[OrderRow]) -> list[Row]:
    """Return the orders of each month from the first to the last."""
    dated: dict[date, list[OrderRow]] = defaultdict(list)
    for order in orders:
        ordered = order["order_date"]
        if ordered:
            dated[ordered.replace(day=1)].append(order)
    if not dated:
        return []
    rows: list[Row] = []
    month = min(dated)
    while month <= max(dated) and len(rows) < MOST_MONTHS:
        following = (month + timedelta(days=32)).replace(day=1)
        group = dated.get(month, [])
        rows.append(
            {
                "first": month,
                "last": following - timedelta(days=1),
                "lines": len(group),
                "price": total(row["price"] for row in group),
                "order_cost": total(row["order_cost"] for row in group),
            }
        )
        month = following
    spent = running(number(row["price"]) for row in rows)
    for row, so_far in zip(rows, spent, strict=True):
        row["so_far"] = so_far
    return rows
