"""Sheet Calendar: order, arrival, installation and service of each tranche by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from planner.plan.rounding import tidy
from planner.plan.rows import Row
from planner.plan.site_tables import CALENDAR
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import cell
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.install_days import installs
from planner.reports.views import day, number

STAGES = {
    "order": "#C9A100",
    "arrive": "#E07B00",
    "install": "#2F6DB5",
    "in service": "#3C9A5F",
}
"""Stages of a tranche, each with its colour."""

ORDERS = "orders"
"""Unit of orders; systems are counted by kind."""

MOST_MONTHS = 240
HEAD = len(CALENDAR.declared)
"""Columns before the months."""

Tranche = tuple[str, str, str]
"""Day of the milestone, commitment, site."""

Line = tuple[Tranche, str, str]
"""Tranche, stage and unit."""

Grid = dict[Line, dict[date, float]]
"""Amounts of each line by day."""


def write_calendar(report: Report, page: Page) -> None:
    """Write a Gantt grid: a row for each stage of each tranche at a site, a column for a month."""
    page.subtitle(
        "By milestone and site: orders placed and arriving (number of orders), systems installed "
        "and in service (number of each kind) in each month, with the first and the last day; an "
        "order may feed several rows"
    )
    grid = _grid(report)
    months, lines = _months(grid), sorted(grid.items(), key=_place)
    rows = [_line(key, amounts) for key, amounts in lines]
    page.widths = {0: 11.0}
    placed = page.table(TOP, CALENDAR.select(), rows, empty="no installs for any milestone")
    page.freeze(TOP, HEAD)
    report.placed["Calendar"] = placed
    if not rows:
        return
    page.filter(placed)
    for column, month in enumerate(months, start=HEAD):
        page.value(TOP, column, month, "header", "turned")
        page.widths[column] = 3.6
    page.sheet.set_row(TOP, 44)
    last = HEAD + len(months) - 1
    for at, (_, amounts) in enumerate(lines, start=placed.first):
        by_month = _by_month(amounts)
        for column, month in enumerate(months, start=HEAD):
            page.value(at, column, by_month.get(month), "month_count")
        formula = f"=SUM({cell(at, HEAD)}:{cell(at, last)})"
        page.formula(
            at, HEAD - 1, formula, number(rows[at - placed.first]["all"]), "body", "sum", "count"
        )
    _colour(page, placed.first, placed.last, last)
    page.sheet.repeat_columns(0, HEAD - 1)
    page.pages_wide = 1 if len(months) <= 48 else 2


def _colour(page: Page, first: int, last: int, last_column: int) -> None:
    """Colour the cells of each stage, and grey out values that repeat the row above."""
    corner = cell(first, HEAD)
    for stage, color in STAGES.items():
        page.sheet.conditional_format(
            first,
            HEAD,
            last,
            last_column,
            {
                "type": "formula",
                "criteria": f'=AND($D{first + 1}="{stage}",{corner}>0)',
                "format": page.book.file.add_format({"bg_color": color, "font_color": "#FFFFFF"}),
            },
        )
    page.sheet.conditional_format(
        first + 1,
        0,
        last,
        2,
        {
            "type": "formula",
            "format": page.book.style("faint"),
            "criteria": f"=AND($A{first + 1}=$A{first + 2},$B{first + 1}=$B{first + 2},"
            f"$C{first + 1}=$C{first + 2})",
        },
    )


def _place(item: tuple[Line, dict[date, float]]) -> tuple[Tranche, int, str]:
    tranche, stage, unit = item[0]
    return tranche, list(STAGES).index(stage), unit


def _line(key: Line, amounts: dict[date, float]) -> Row:
    (due, commitment, site), stage, unit = key
    return {
        "due": day(due),
        "commitment": commitment,
        "site": site,
        "stage": stage,
        "unit": unit,
        "first": min(amounts),
        "last": max(amounts),
        "all": tidy(sum(amounts.values())),
    }


def _by_month(amounts: dict[date, float]) -> dict[date, float]:
    """Return amounts by the first day of their month."""
    found: dict[date, float] = defaultdict(float)
    for when, amount in amounts.items():
        found[when.replace(day=1)] += amount
    return found


def _months(grid: Grid) -> list[date]:
    """Return the months from the first to the last non-empty one."""
    found = sorted({when.replace(day=1) for amounts in grid.values() for when in amounts})
    months = found[:1]
    while months and months[-1] < found[-1] and len(months) < MOST_MONTHS:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return months


def _grid(report: Report) -> Grid:
    """Return the amounts by day of each stage, for each tranche and site."""
    grid: Grid = defaultdict(lambda: defaultdict(float))
    tranches: dict[tuple[str, str, date], Tranche] = {}
    for row in installs(report.plan):
        done, due = row["date"], row["milestone"]
        if due is None or not row["installed"]:
            continue
        tranche = (due.isoformat(), str(row["commitment"]), row["site"])
        tranches[row["hall"], row["system"], done] = tranche
        count, system = row["installed"], row["system"]
        grid[tranche, "install", system][done] += count
        if row["in_service"]:
            grid[tranche, "in service", system][row["in_service"]] += count
    for stage, tranche, when in _order_dates(report, tranches):
        grid[tranche, stage, ORDERS][when] += 1
    return grid


def _order_dates(
    report: Report, tranches: dict[tuple[str, str, date], Tranche]
) -> Iterator[tuple[str, Tranche, date]]:
    """Yield order and arrival of every order once for each tranche that needs it."""
    fed: dict[str, set[Tranche]] = defaultdict(set)
    for peg in report.plan.tables["pegs"]:
        install = (peg["hall"], peg["system"], peg["date"])
        if install in tranches:
            fed[peg["order"]].add(tranches[install])
    for row in report.plan.tables["orders"]:
        for tranche in sorted(fed.get(row["order"], ())):
            for stage, when in (("order", row["order_date"]), ("arrive", row["arrival_date"])):
                if when:
                    yield stage, tranche, when
