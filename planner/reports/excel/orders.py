"""Sheets of purchase orders: one line each, and subtotals by supplier and by month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from planner.plan.rounding import running, total
from planner.plan.tables import Row
from planner.reports.counts import as_sentence, order_words
from planner.reports.excel import native_charts
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Field, Placed, cell
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.install_days import ORDER_WORDS
from planner.reports.order_notes import order_notes
from planner.reports.views import currency, day, number

ORDERS = "Purchase orders"
MOST_MONTHS = 600


def write_orders(report: Report, page: Page) -> None:
    """Write every order, with totals of the visible rows."""
    money = currency(report.plan)
    page.subtitle(
        f"{as_sentence(order_words(report.plan))}. {ORDER_WORDS}. Late: the milestone is short of "
        "MW before these units are in service"
    )
    fields = [
        Field("order", "Order", most=14),
        Field("supplier", "Supplier", most=18),
        Field("item", "Item", most=16),
        Field("firm", "Firm", kind="center"),
        Field("quantity", "Quantity", "units", "amount"),
        Field("unit_price", "Unit price", f"{money} per unit", "amount"),
        Field("price", "Extended price", money, "amount", total=True),
        Field("order_cost", "Order cost", money, "amount", total=True),
        Field("currency", "Currency", kind="center"),
        Field("order_from", "Sign from", kind="date"),
        Field("order_date", "Order date", "of the last units", "date"),
        Field("latest_order_date", "Sign by", "last responsible day", "date"),
        Field("slack_days", "Slack", "days", "whole"),
        Field("arrival_date", "Arrival", kind="date"),
        Field("already_late", "Already late", kind="center"),
        Field("it_mw_blocked", "Blocked if missed", "MW, IT power", "mw"),
        Field("milestone_blocked", "Milestone blocked", most=22),
        Field("sites_fed", "Sites fed", most=32),
    ]
    notes = order_notes(report.plan)
    rows: list[Row] = [
        row | {"currency": money, "note": notes.get(str(row["order"]))}
        for row in report.rows("orders")
    ]
    if notes:
        fields.append(Field("note", "Note", most=26))
    empty = "no orders: systems are bought where and when they are installed"
    placed = page.table(TOP, fields, rows, "Total of visible rows", empty)
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    page.mark(placed.cells("already_late"), "==", "yes", "bad", "center")
    if rows:
        page.sheet.conditional_format(
            *placed.cells("slack_days"),
            {
                "type": "formula",
                "format": page.book.style("tight", "whole"),
                "criteria": f"=AND(ISNUMBER({_first(placed, 'slack_days')}),"
                f"{_first(placed, 'slack_days')}=0)",
            },
        )
    report.placed[ORDERS] = placed


def _first(placed: Placed, key: str) -> str:
    return cell(placed.first, placed.columns[key])


def write_orders_by_supplier(report: Report, page: Page) -> None:
    """Write live sums of the orders of each supplier and item."""
    page.subtitle(f"Live sums over all lines of the sheet {ORDERS}, whatever its filter shows")
    money, orders = currency(report.plan), report.placed[ORDERS]
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in report.rows("orders"):
        groups[str(row["supplier"]), str(row["item"])].append(row)
    names = {key: orders.area(key, ORDERS) for key in orders.columns}
    # Not SUMIFS, which would take names such as =A* or >5 for conditions.
    same = f"EXACT({names['supplier']},{{supplier}})*EXACT({names['item']},{{item}})"
    fields = [
        Field("supplier", "Supplier"),
        Field("item", "Item"),
        Field("lines", "Orders", "lines", "whole", True, f"=SUMPRODUCT({same})"),
        Field(
            "quantity",
            "Quantity",
            "units",
            "amount",
            formula=f"=SUMPRODUCT({same},{names['quantity']})",
        ),
        Field(
            "price",
            "Extended price",
            money,
            "amount",
            True,
            f"=SUMPRODUCT({same},{names['price']})",
        ),
        Field(
            "order_cost",
            "Order cost",
            money,
            "amount",
            True,
            f"=SUMPRODUCT({same},{names['order_cost']})",
        ),
        Field("first", "First order", kind="date"),
        Field("last", "Last order", kind="date"),
    ]
    table = [_sums(names, group) for names, group in sorted(groups.items())]
    placed = page.table(TOP, fields, table, "Total", "no orders")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["Orders by supplier"] = placed


def _sums(names: tuple[str, str], group: list[Row]) -> Row:
    days = [found for row in group if (found := day(row["order_date"]))]
    return {
        "supplier": names[0],
        "item": names[1],
        "lines": len(group),
        **{
            key: total(number(row[key]) for row in group)
            for key in ("quantity", "price", "order_cost")
        },
        "first": min(days, default=None),
        "last": max(days, default=None),
    }


def write_orders_by_month(report: Report, page: Page) -> None:
    """Write live sums of the orders dated in each month."""
    money, orders = currency(report.plan), report.placed[ORDERS]
    undated = sum(day(row["order_date"]) is None for row in report.rows("orders"))
    more = f"; {undated} orders without a date are not counted" if undated else ""
    page.subtitle(f"Live sums over all lines of the sheet {ORDERS}{more}")
    dates = orders.area("order_date", ORDERS)
    between = f'{dates},">="&{{first}},{dates},"<="&{{last}}'
    fields = [
        Field("first", "Ordered from", kind="date"),
        Field("last", "to", kind="date"),
        Field("lines", "Orders", "lines", "whole", True, f"=COUNTIFS({between})"),
        Field(
            "price",
            "Extended price",
            money,
            "amount",
            True,
            f"=SUMIFS({orders.area('price', ORDERS)},{between})",
        ),
        Field(
            "order_cost",
            "Order cost",
            money,
            "amount",
            True,
            f"=SUMIFS({orders.area('order_cost', ORDERS)},{between})",
        ),
        Field("so_far", "Ordered so far", money, "amount", formula="=SUM({first_price}:{price})"),
    ]
    placed = page.table(TOP, fields, _months(report.rows("orders")), "Total", "no dated orders")
    page.freeze(TOP + 1, 1, first=TOP)
    report.placed["Orders by month"] = placed
    if not placed.rows:
        return
    page.filter(placed)
    look = native_charts.Look("Orders by month of the order date", f"{money} million", placed.rows)
    columns = {
        "period": placed.cells("first"),
        "orders placed": placed.cells("price"),
        "orders so far": placed.cells("so_far"),
    }
    make = partial(native_charts.money_chart, page.book, page, look, columns)
    report.add_chart(make, page, TOP + 1, len(fields) + 1)
    page.print_only(placed.last, len(fields) - 1)


def _months(rows: list[Row]) -> list[Row]:
    """Return the orders of each month from the first to the last."""
    dated: dict[date, list[Row]] = defaultdict(list)
    for row in rows:
        if ordered := day(row["order_date"]):
            dated[ordered.replace(day=1)].append(row)
    table: list[Row] = []
    month = min(dated, default=date.max)
    while dated and month <= max(dated) and len(table) < MOST_MONTHS:
        following = (month + timedelta(days=32)).replace(day=1)
        group = dated.get(month, [])
        table.append(
            {
                "first": month,
                "last": following - timedelta(days=1),
                "lines": len(group),
                "price": total(number(row["price"]) for row in group),
                "order_cost": total(number(row["order_cost"]) for row in group),
            }
        )
        month = following
    for row, spent in zip(table, running(number(row["price"]) for row in table), strict=True):
        row["so_far"] = spent
    return table
