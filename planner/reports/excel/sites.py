"""Sheets Sites, Openings, MW by site and Systems by site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial

from planner.plan.rounding import tidy, total
from planner.plan.rows import AnyRow, Row
from planner.plan.site_tables import HALL_OPENINGS
from planner.plan.site_tables import SITES as SITES_TABLE
from planner.reports.excel import native_charts
from planner.reports.excel.parts import Report
from planner.reports.excel.pivot import Group, Shown, write_pivot
from planner.reports.excel.steps import STEPS, Values, stepped
from planner.reports.excel.styles import Placed, cell
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.plan_figures import it_mw
from planner.reports.views import (
    BASIS_WORDS,
    currency,
    months_long,
    mw_words,
    number,
    period_ends,
    period_word,
)

MOST_SERIES = 12
"""Largest number of sites named in a chart; half of it for long names."""


def write_sites(report: Report, page: Page) -> None:
    """Write the systems in each hall class at the end of the plan."""
    page.subtitle(
        "Each hall class at the end of the plan; IT power counts systems with their overhead"
    )
    rows = _halls(report)
    kinds = {row["system"] for row in rows if row["system"]}
    columns = SITES_TABLE.select()
    if len(kinds) > 1:
        # Systems of different kinds do not add up.
        for position, column in enumerate(columns):
            if column.unit == "systems":
                columns[position] = replace(column, adds_up=False)
    placed = page.table(TOP, columns, rows, "Total of visible rows")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["Sites"] = placed


def write_openings(report: Report, page: Page) -> None:
    """Write every decision to open halls."""
    money = currency(report.plan)
    page.subtitle(
        "Halls decided on a day, and the day from which systems can be installed in them; the "
        "fit-out is paid on the day of the decision"
    )
    columns = HALL_OPENINGS.select(
        "site", "country", "hall", "count", "date", "opens", "fit_out", money=money
    )
    rows = _openings(report)
    placed = page.table(TOP, columns, rows, "Total of visible rows", "no halls opened")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["Openings"] = placed


def _halls(report: Report) -> list[Row]:
    """Return each hall class with its systems; the number of halls is on its first row."""
    tables = report.plan.inputs.tables
    countries = {row["site"]: row["country"] for row in tables["sites"]}
    halls = {row["hall"]: row for row in tables["halls"]}
    power = it_mw(report.plan)
    opened = _last(report.plan.tables["halls"], ("hall",), "opened")
    standing = _last(report.plan.tables["fleet"], ("hall", "system"), "installed")
    serving = _last(report.plan.tables["fleet"], ("hall", "system"), "in_service")
    days = _install_days(report)
    site_of = {name: row["site"] for name, row in halls.items()}
    for row in report.plan.tables["installs"]:
        site_of.setdefault(row["hall"], row["site"])
    rows: list[Row] = []
    for hall, site in sorted(site_of.items(), key=lambda pair: (pair[1], pair[0])):
        systems = sorted(system for name, system in standing if name == hall)
        for system in systems or [""]:
            count = serving.get((hall, system), 0.0)
            rows.append(
                {
                    "site": site,
                    "country": countries.get(site),
                    "hall": hall,
                    "halls": None,
                    "opened": None,
                    "open_mw": None,
                    "system": system,
                    "installed": standing.get((hall, system), 0.0),
                    "in_service": count,
                    "it_mw": tidy(count * power.get(system, 0.0)),
                    "first": min(days[hall, system], default=None),
                    "last": max(days[hall, system], default=None),
                }
            )
        first = rows[-max(len(systems), 1)]
        first["opened"] = opened.get((hall,), 0.0)
        if hall in halls:
            first["halls"] = float(halls[hall]["count"])
            first["open_mw"] = tidy(number(first["opened"]) * halls[hall]["it_mw"])
    return rows


def _install_days(report: Report) -> dict[tuple[str, str], list[date]]:
    """Return the days of the installs by hall class and system."""
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for row in report.plan.tables["installs"]:
        if row["installed"]:
            days[row["hall"], row["system"]].append(row["date"])
    return days


def _last(
    rows: Iterable[AnyRow], keys: tuple[str, ...], value: str
) -> dict[tuple[str, ...], float]:
    """Return the value of the last period by key."""
    latest: dict[tuple[str, ...], str] = {}
    values: dict[tuple[str, ...], float] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in keys)
        period = str(row["period"])
        if period >= latest.get(key, ""):
            latest[key] = period
            values[key] = number(row[value])
    return values


def _openings(report: Report) -> list[Row]:
    """Return every decision to open halls, with its country and cost."""
    tables = report.plan.inputs.tables
    halls = {row["hall"]: row for row in tables["halls"]}
    countries = {row["site"]: row["country"] for row in tables["sites"]}
    rows: list[Row] = []
    for row in report.plan.tables["openings"]:
        hall = halls.get(row["hall"])
        fit_out = tidy(row["count"] * hall["fit_out_cost"]) if hall else None
        rows.append({**row, "country": countries.get(row["site"]), "fit_out": fit_out})
    return rows


def write_mw_by_site(report: Report, page: Page) -> None:
    """Write MW served by period and site, with a stacked chart for each basis."""
    plan, word = report.plan, period_word(report.plan)
    page.subtitle(f"MW served at the end of each {word} ({mw_words(plan)})")
    basis = {row["commitment"]: row["basis"] for row in report.plan.tables["ramp"]}
    groups: dict[str, list[AnyRow]] = {}
    for row in report.plan.tables["service"]:
        own = basis.get(row["commitment"], "")
        groups.setdefault(BASIS_WORDS.get(own, own), []).append(row)
    groups = dict(sorted(groups.items()))
    written = write_pivot(report, page, groups, Shown("mw", "MW", "mw", adds_up=False))
    if written is None:
        return
    placed, parts = written
    last = max(page.widths)
    drawn = [_chart_cells(report, page, placed, part) for part in parts]
    for place, (part, cells) in enumerate(zip(parts, drawn, strict=True)):
        unit = f"MW, {part.name}" if part.name else mw_words(plan)
        look = native_charts.Look("MW served by site", unit, months_long(plan), _short_names(part))
        make = partial(native_charts.stacked_chart, page.book, report.pages[STEPS], look, cells)
        most = max(part.found.cells.values(), default=0.0)
        report.add_chart(
            make,
            page,
            TOP + 2 + 24 * place,
            max(page.widths) + 2,
            820,
            460,
            rank=2 - most / (1 + most),
        )
    page.print_only(placed.last, last)
    report.placed["MW by site"] = placed


def _short_names(part: Group) -> bool:
    """Return whether the names of the sites fit beside a chart."""
    return max(map(len, part.keys), default=0) <= 18


def _chart_cells(
    report: Report, page: Page, placed: Placed, part: Group
) -> dict[str, native_charts.Cells]:
    """Return the points of a chart of sites; if there are many, the smaller ones are summed."""
    found = part.found
    most = MOST_SERIES if _short_names(part) else MOST_SERIES // 2
    sites = list(part.keys)
    if len(sites) > most + 1:
        sites = sorted(sites, key=lambda site: (-found.total(site), site))[:most]
    series = {}
    for site, key in part.keys.items():
        if site in sites:
            held = [found.cells.get((period, site), 0.0) for period in found.periods]
            series[key] = Values(site, placed.cells(key), held)
    if len(sites) < len(part.keys):
        series["rest"] = _rest(page, placed, part, series)
    ends = period_ends(report.plan)
    days = [ends.get(period, period) for period in found.periods]
    return stepped(report, page, days, series)


def _rest(page: Page, placed: Placed, part: Group, kept: dict[str, Values]) -> Values:
    """Add a column with the live sum of the sites not named in a chart."""
    found = part.found
    rest = [site for site, key in part.keys.items() if key not in kept]
    column, name = max(page.widths) + 1, f"{len(rest)} smaller sites"
    page.text(placed.first - 1, column, f"{name}\n(MW)", "header")
    page.widen(column, 16)
    held = [total(found.cells.get((p, site), 0.0) for site in rest) for p in found.periods]
    for row, value in enumerate(held, start=placed.first):
        # Total less the named ones: a list of all small sites could exceed Excel's limit.
        cells = ",".join(cell(row, values.cells[1]) for values in kept.values())
        page.formula(row, column, f"={cell(row, part.sums)}-SUM({cells})", value, "body", "mw")
    return Values(name, (placed.first, column, placed.last, column), held)


def write_systems_by_site(report: Report, page: Page) -> None:
    """Write systems installed by period and site, by kind of system."""
    word = period_word(report.plan)
    groups: dict[str, list[AnyRow]] = {}
    removed: dict[str, float] = {}
    for row in sorted(report.plan.tables["installs"], key=lambda row: row["system"]):
        system = row["system"]
        groups.setdefault(system, []).append(row)
        removed[system] = removed.get(system, 0.0) + row["removed"]
    taken_out = []
    for name, count in removed.items():
        if count:
            taken_out.append(f"{count:,.0f} {name}")
    gone = ""
    if taken_out:
        gone = f"; without those that the plan removes: {', '.join(taken_out)}"
    page.subtitle(f"Systems installed in each {word}{gone}")
    written = write_pivot(
        report, page, groups, Shown("installed", "systems", "amount", adds_up=True)
    )
    if written:
        report.placed["Systems by site"] = written[0]
