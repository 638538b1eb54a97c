"""Sheets Power and Power by period: load, energised, headroom and stranded MW of nodes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import partial

from planner.plan.rows import Row
from planner.plan.site_tables import POWER_NODES, POWER_PERIODS
from planner.reports.excel import native_charts
from planner.reports.excel.parts import Report
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.stranded_power import stranded_mw
from planner.reports.views import period_ends, period_word, power_nodes

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
    columns = POWER_NODES.select()
    placed = page.table(TOP, columns, nodes, empty="no power nodes: power does not limit this plan")
    page.freeze(TOP, 1)
    report.placed["Power"] = placed
    if not nodes:
        return
    page.filter(placed)
    page.data_bars(placed, "use", "#A9C4E6", most=1)
    page.mark(placed.cells("stranded_mw"), ">", 0.005, "tight", "mw")
    series = {
        "node": placed.cells("node"),
        "energised": placed.cells("energised_mw"),
        "load": placed.cells("load_mw"),
        "stranded": placed.cells("stranded_mw"),
    }
    if len(nodes) <= MOST_BARS:
        look = native_charts.Look("Energised, load and stranded at the end", "MW, facility power")
        make = partial(native_charts.bar_chart, page.book, page, look, series)
        report.add_chart(make, page, TOP, len(columns) + 1, 760, 140 + 32 * len(nodes))
    page.print_only(placed.last, len(columns) - 1)
    count = len(report.plan.tables["power"])
    if count > MOST_ROWS:
        page.text(
            placed.last + 2,
            0,
            f"The load in each {word} is in tables/power.csv: {count:,} rows",
            "subtitle",
        )


def _add_stranded(report: Report, nodes: list[Row]) -> None:
    """Add the stranded MW at the end and at most to each node."""
    by_node: dict[str, dict[date, float]] = defaultdict(dict)
    for (node, last), mw in stranded_mw(report.plan).items():
        by_node[node][last] = mw
    for row in nodes:
        stranded = by_node.get(str(row["node"]), {})
        if not stranded:
            row |= {"stranded_mw": None, "most_stranded_mw": None, "most_day": None}
            continue
        days = sorted(stranded)
        worst = max(days, key=lambda last: stranded[last])
        row["stranded_mw"] = stranded[days[-1]]
        row["most_stranded_mw"] = stranded[worst]
        row["most_day"] = worst if stranded[worst] > 0 else None


def has_power_by_period(report: Report) -> bool:
    """Whether the workbook has the sheet Power by period."""
    return 0 < len(report.plan.tables["power"]) <= MOST_ROWS


def write_power_by_period(report: Report, page: Page) -> None:
    """Write the load of every power node at the end of every period; headroom is live."""
    word, stranded = period_word(report.plan), stranded_mw(report.plan)
    ends = period_ends(report.plan)
    page.subtitle(POWER_CAPTION)
    columns = POWER_PERIODS.select(
        "node", "last", "load_mw", "energised_mw", "headroom_mw", "stranded_mw", period=word
    )
    rows: list[Row] = []
    for row in report.plan.tables["power"]:
        last = ends.get(row["period"], row["period"])
        rows.append({**row, "last": last, "stranded_mw": stranded.get((row["node"], last))})
    formulas = {"headroom_mw": "={energised_mw}-{load_mw}"}
    placed = page.table(TOP, columns, rows, formulas=formulas)
    page.freeze(TOP, 1)
    page.filter(placed)
    page.mark(placed.cells("stranded_mw"), ">", 0.005, "tight", "mw")
    report.placed["Power by period"] = placed
