"""Sheets Power and Power by period: load, energised, headroom and stranded MW of nodes."""

from __future__ import annotations

from functools import partial

from planner.plan.tables import Row
from planner.reports.excel import native_charts
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Field
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.stranded_power import stranded_mw
from planner.reports.views import day, number, period_ends, period_word, power_nodes

MOST_ROWS = 20_000
"""Largest number of rows of a table by period; larger tables are only in the CSV files."""

MOST_BARS = 40

POWER_CAPTION = (
    "Facility power of each node on the last day of a period. Headroom: energised less load. "
    "Stranded: energised MW that the halls below could not draw even if all that can be open by "
    "then were open and full"
)


def write_power(report: Report, page: Page) -> None:
    """Write load, limit, headroom and stranded MW of every node, at the end and at worst."""
    word, nodes = period_word(report.plan), power_nodes(report.plan)
    page.subtitle(POWER_CAPTION)
    _add_stranded(report, nodes)
    fields = [
        Field("node", "Power node"),
        Field("load_mw", "Load at the end", "MW", "mw"),
        Field("energised_mw", "Energised at the end", "MW", "mw"),
        Field("headroom_mw", "Headroom at the end", "MW", "mw"),
        Field("stranded_mw", "Stranded at the end", "MW", "mw"),
        Field("most_stranded_mw", "Most stranded", "MW", "mw"),
        Field("most_day", "Most stranded on", kind="date"),
        Field("peak_mw", "Peak load", "MW", "mw"),
        Field("peak_day", "Peak load on", kind="date"),
        Field("least_mw", "Least headroom", "MW", "mw"),
        Field("least_day", "Least headroom on", kind="date"),
        Field("use", "Most used", "% of energised", "share"),
    ]
    placed = page.table(TOP, fields, nodes, empty="no power nodes: power does not limit this plan")
    page.freeze(TOP, 1)
    report.placed["Power"] = placed
    if not nodes:
        return
    page.filter(placed)
    page.sheet.conditional_format(
        *placed.cells("use"),
        {
            "type": "data_bar",
            "bar_solid": True,
            "bar_color": "#A9C4E6",
            "min_type": "num",
            "max_type": "num",
            "min_value": 0,
            "max_value": 1,
        },
    )
    page.mark(placed.cells("stranded_mw"), ">", 0.005, "tight", "mw")
    columns = {
        "node": placed.cells("node"),
        "energised": placed.cells("energised_mw"),
        "load": placed.cells("load_mw"),
        "stranded": placed.cells("stranded_mw"),
    }
    if len(nodes) <= MOST_BARS:
        look = native_charts.Look("Energised, load and stranded at the end", "MW, facility power")
        make = partial(native_charts.bar_chart, page.book, page, look, columns)
        report.add_chart(make, page, TOP, len(fields) + 1, 760, 140 + 32 * len(nodes))
    page.print_only(placed.last, len(fields) - 1)
    if len(report.rows("power")) > MOST_ROWS:
        page.text(
            placed.last + 2,
            0,
            f"The load in each {word} is in tables/power.csv: {len(report.rows('power')):,} rows",
            "subtitle",
        )


def _add_stranded(report: Report, nodes: list[Row]) -> None:
    """Add the stranded MW at the end and at most to each node."""
    found: dict[str, list[tuple[float, object]]] = {}
    for (node, last), mw in stranded_mw(report.plan).items():
        found.setdefault(node, []).append((mw, last))
    for row in nodes:
        spells = sorted(found.get(str(row["node"]), []), key=lambda pair: str(pair[1]))
        row["stranded_mw"] = spells[-1][0] if spells else None
        most = max(spells, key=lambda pair: pair[0], default=None)
        row["most_stranded_mw"] = most[0] if most else None
        row["most_day"] = most[1] if most and most[0] > 0 else None


def has_power_by_period(report: Report) -> bool:
    """Whether the workbook has the sheet Power by period."""
    return 0 < len(report.rows("power")) <= MOST_ROWS


def write_power_by_period(report: Report, page: Page) -> None:
    """Write the load of every power node at the end of every period; headroom is live."""
    word, stranded = period_word(report.plan), stranded_mw(report.plan)
    ends = period_ends(report.plan)
    page.subtitle(POWER_CAPTION)
    fields = [
        Field("node", "Power node"),
        Field("last", f"Last day of {word}", kind="date"),
        Field("load_mw", "Load", "MW", "mw"),
        Field("energised_mw", "Energised", "MW", "mw"),
        Field("headroom_mw", "Headroom", "MW", "mw", formula="={energised_mw}-{load_mw}"),
        Field("stranded_mw", "Stranded", "MW", "mw"),
    ]
    rows: list[Row] = []
    for row in report.rows("power"):
        period = day(row["period"])
        last = ends.get(period, period) if period else None
        stuck = stranded.get((str(row["node"]), last)) if last else None
        headroom = row["headroom_mw"]
        rows.append(
            {
                **row,
                "last": last,
                "stranded_mw": stuck,
                "headroom_mw": None if headroom is None else number(headroom),
            }
        )
    placed = page.table(TOP, fields, rows)
    page.freeze(TOP, 1)
    page.filter(placed)
    page.mark(placed.cells("stranded_mw"), ">", 0.005, "tight", "mw")
    report.placed["Power by period"] = placed
