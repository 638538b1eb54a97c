"""Stock, assembly and shipments."""

from __future__ import annotations

from planner.plan.site_tables import MOVES
from planner.plan.tables import STOCK
from planner.reports.excel.parts import Report
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.install_days import moves


def write_stock(report: Report, page: Page) -> None:
    """Write the units held at each place after each day with a withdrawal."""
    page.subtitle(
        "Units held after what is taken on a day, where any are left; the place * is everywhere, "
        "in a plan without lanes"
    )
    columns = STOCK.select("place", "item", "date", "quantity")
    placed = page.table(TOP, columns, report.plan.tables["stock"], empty="no stock is held")
    page.freeze(TOP, 1)
    page.filter(placed)
    report.placed["Stock"] = placed


def write_shipments(report: Report, page: Page) -> None:
    """Write every start of assembly and every shipment."""
    page.subtitle(
        "Systems that plants start to assemble, and units that leave on lanes, by day. Since: with "
        "a limited rate they are started or sent evenly from this day on, the last on the day"
    )
    rows = moves(report.plan)
    empty = "no shipments: the plan has no lanes and no plants"
    placed = page.table(TOP, MOVES.select(), rows, empty=empty)
    page.freeze(TOP, 1)
    page.filter(placed)
    report.placed["Shipments"] = placed
