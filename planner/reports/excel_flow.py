"""Stock, assembly and shipments."""

from __future__ import annotations

from planner.plan.tables import Row
from planner.reports.book import TOP, Page
from planner.reports.book_style import Field
from planner.reports.excel_parts import Report
from planner.reports.views import period_word


def write_stock(report: Report, page: Page) -> None:
    """Write the units held everywhere at the end of each period."""
    word = period_word(report.plan)
    page.subtitle(
        f"Units held at the end of each {word}, where any are; the place * is everywhere, in a "
        "plan without lanes"
    )
    fields = [
        Field("place", "Place"), Field("item", "Item"),
        Field("period", f"First day of {word}", kind="date"),
        Field("quantity", "Held", "units", "amount"),
    ]  # fmt: skip
    placed = page.table(TOP, fields, report.rows("stock"), empty="no stock is held")
    page.freeze(TOP, 1)
    page.filter(placed)
    report.placed["Stock"] = placed


def write_shipments(report: Report, page: Page) -> None:
    """Write every start of assembly and every shipment."""
    page.subtitle("Units that leave on lanes, and systems that plants start to assemble")
    fields = [
        Field("what", "Movement", kind="center"), Field("from", "From"), Field("to", "To"),
        Field("item", "Item"), Field("period", "Leaves or starts", kind="date"),
        Field("arrival_date", "Arrives or is finished", kind="date"),
        Field("quantity", "Quantity", "units", "amount"),
    ]  # fmt: skip
    made: list[Row] = [
        {"what": "assembly", "from": row["plant"], "to": row["plant"], "item": row["system"],
         "period": row["period"], "arrival_date": row["finish_date"],
         "quantity": row["quantity"]}
        for row in report.rows("production")
    ]  # fmt: skip
    sent: list[Row] = [row | {"what": "shipment"} for row in report.rows("shipments")]
    rows = sorted([*made, *sent], key=lambda row: str(row["period"]))
    empty = "no shipments: the plan has no lanes and no plants"
    placed = page.table(TOP, fields, rows, empty=empty)
    page.freeze(TOP, 1)
    page.filter(placed)
    report.placed["Shipments"] = placed
