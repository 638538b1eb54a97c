"""Tables of periods by sites; groups that cannot be added are side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from planner.plan.columns import resolved_kind
from planner.plan.rounding import total
from planner.plan.rows import AnyRow, Row
from planner.plan.site_tables import SITE_PERIODS
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Placed, cell, heading
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.views import Pivot, period_ends, period_word, pivot


@dataclass(frozen=True)
class Shown:
    """Value shown for each site and period.

    Attributes
    ----------
    value : str
        Column that is summed.
    unit, kind : str
        Unit and kind of the sums.
    adds_up : bool
        Whether the values cover a whole period, so that they add up over periods; otherwise they
        are as of its end.
    """

    value: str
    unit: str
    kind: str
    adds_up: bool


@dataclass(frozen=True)
class Group:
    """Columns of a pivot that can be added up.

    Attributes
    ----------
    name : str
        Common property of the figures, e.g. the basis; empty if there is only one group.
    found : Pivot
        The figures by period and site.
    keys : dict of str to str
        Column of each site.
    sums : int
        Column of the live sum of each row.
    """

    name: str
    found: Pivot
    keys: Mapping[str, str]
    sums: int


def write_pivot(
    report: Report, page: Page, groups: Mapping[str, Iterable[AnyRow]], shown: Shown
) -> tuple[Placed, list[Group]] | None:
    """Write sums by period and site for each group; return None if there are none.

    Parameters
    ----------
    report, page
        Report and sheet.
    groups
        Rows with a period and a site, by group.
    shown
        Value to sum.
    """
    made = _groups(report, groups, shown)
    if not made:
        page.text(TOP, 0, "none", "subtitle")
        return None
    period = "period" if shown.adds_up else "period_end"
    columns = SITE_PERIODS.select(period, period=period_word(report.plan))
    (each,) = SITE_PERIODS.select("site")
    for group in made:
        for site, name in group.keys.items():
            column = replace(each, name=name, unit=group.name, kind=shown.kind)
            columns.append(replace(column, title=site, adds_up=shown.adds_up))
    rows = _rows(report, made)
    placed = page.table(TOP, columns, rows, "Total" if shown.adds_up else "")
    for group in made:
        _write_sums(page, placed, group, shown)
    page.freeze(placed.first - 1, 1, first=TOP)
    page.sheet.repeat_columns(0)
    page.filter(placed)
    page.pages_wide = max(1, round(sum(page.widths.values()) / 230))
    page.on_one_page(placed)
    return placed, made


def _groups(report: Report, groups: Mapping[str, Iterable[AnyRow]], shown: Shown) -> list[Group]:
    """Return the non-empty groups; the columns of their sums come last."""
    pivots = {}
    for name, rows in groups.items():
        found = pivot(report.plan, rows, "site", shown.value)
        if found.columns:
            pivots[name] = found
    after = 1 + sum(len(found.columns) for found in pivots.values())
    made = []
    for n, (name, found) in enumerate(pivots.items()):
        keys = {site: f"site {place} of {n}" for place, site in enumerate(found.columns)}
        made.append(Group(name if len(pivots) > 1 else "", found, keys, after + n))
    return made


def _rows(report: Report, groups: list[Group]) -> list[Row]:
    """Return a row for each period."""
    ends = period_ends(report.plan)
    rows: list[Row] = []
    for period in groups[0].found.periods:
        row: Row = {"period": period, "period_end": ends.get(period, period)}
        for group in groups:
            for site, name in group.keys.items():
                row[name] = group.found.cells.get((period, site))
        rows.append(row)
    return rows


def _write_sums(page: Page, placed: Placed, group: Group, shown: Shown) -> None:
    """Write, beside the table, the live sums over the sites of a group."""
    columns = [placed.columns[key] for key in group.keys.values()]
    first, last = columns[0], columns[-1]
    found = group.found
    sums = []
    for period in found.periods:
        sums.append(total(found.cells.get((period, site), 0.0) for site in found.columns))
    unit = f"{shown.unit}, {group.name}" if group.name else shown.unit
    (column,) = SITE_PERIODS.select("all")
    label = heading(replace(column, unit=unit))
    kind = resolved_kind(shown.kind, sums)
    page.text(placed.first - 1, group.sums, label, "header")
    for row, value in enumerate(sums, start=placed.first):
        formula = f"=SUM({cell(row, first)}:{cell(row, last)})"
        page.formula(row, group.sums, formula, value, "body", "sum", kind)
    if placed.total_row is not None:
        formula = f"=SUM({cell(placed.total_row, first)}:{cell(placed.total_row, last)})"
        page.formula(placed.total_row, group.sums, formula, total(sums), "total", kind)
    longest = max(map(len, label.split()))
    page.widen(group.sums, max(longest + 2.5, len(f"{max(sums, default=0):,.2f}") + 3))
