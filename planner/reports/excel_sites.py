"""Sites: what stands in each hall at the end, halls opened, and MW and systems over time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from planner.plan.figures import tidy, total
from planner.plan.tables import Row
from planner.reports import charts
from planner.reports.book import TOP, Page
from planner.reports.book_style import Field, Placed, cell
from planner.reports.excel_parts import Report, write_pivot
from planner.reports.views import currency, day, months_long, mw_words, number, period_word, pivot

MOST_SERIES = 12
"""Sites that a chart can name; half of it where their names are long."""


def write_sites(report: Report, page: Page) -> None:
    """Write what stands in each hall class at the end of the plan."""
    page.subtitle(
        "Each hall class at the end of the plan; IT power counts systems with their overhead"
    )
    fields = [
        Field("site", "Site"), Field("country", "Country", kind="center"),
        Field("hall", "Hall class"), Field("halls", "Halls", "in all", "whole", total=True),
        Field("opened", "Open", "halls", "amount", total=True),
        Field("open_mw", "Open halls", "MW, IT power", "mw", total=True),
        Field("system", "System"),
        Field("installed", "Installed", "systems", "amount", total=True),
        Field("in_service", "In service", "systems", "amount", total=True),
        Field("it_mw", "In service", "MW, IT power", "mw", total=True),
        Field("first", "First install", kind="date"), Field("last", "Last install", kind="date"),
    ]  # fmt: skip
    placed = page.table(TOP, fields, _halls(report), "Total of rows shown")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["Sites"] = placed


def write_openings(report: Report, page: Page) -> None:
    """Write every decision to open halls."""
    money = currency(report.plan)
    page.subtitle("Halls decided, and the day from which they are open")
    fields = [
        Field("site", "Site"), Field("country", "Country", kind="center"),
        Field("hall", "Hall class"),
        Field("decided", "Decided", "halls", "amount", total=True),
        Field("period", "Decided on", kind="date"),
        Field("open_from", "Open from", kind="date"),
        Field("fit_out", "Fit-out cost", money, "whole", total=True),
    ]  # fmt: skip
    placed = page.table(TOP, fields, _openings(report), "Total of rows shown", "no halls decided")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["Openings"] = placed


def _halls(report: Report) -> list[Row]:
    """Return each hall class with each system in it; the halls stand on its first row."""
    tables = report.plan.inputs.tables
    sites = {row["site"]: row for row in tables["sites"]}
    halls = {row["hall"]: row for row in tables["halls"]}
    power = {row["system"]: (row["power_kw"] + row["overhead_kw"]) / 1000
             for row in tables["systems"]}  # fmt: skip
    opened = _last(report.rows("halls"), ("hall",), "opened")
    standing = _last(report.rows("fleet"), ("hall", "system"), "installed")
    serving = _last(report.rows("fleet"), ("hall", "system"), "in_service")
    days: dict[tuple[str, ...], list[date]] = defaultdict(list)
    site_of = {name: str(row["site"]) for name, row in halls.items()}
    for row in report.rows("installs"):
        site_of.setdefault(str(row["hall"]), str(row["site"]))
        if number(row["installed"]) and (found := day(row["period"])):
            days[str(row["hall"]), str(row["system"])].append(found)
    rows: list[Row] = []
    for hall, site in sorted(site_of.items(), key=lambda pair: (pair[1], pair[0])):
        systems = sorted(key[1] for key in standing if key[0] == hall) or [""]
        known, place = halls.get(hall), sites.get(site)
        for system in systems:
            count = serving.get((hall, system), 0.0)
            first = system == systems[0]
            open_halls = opened.get((hall,), 0.0) if first else None
            rows.append({
                "site": site, "country": place["country"] if place else None, "hall": hall,
                "halls": float(known["count"]) if known and first else None,
                "opened": open_halls,
                "open_mw": tidy(number(open_halls) * known["it_mw"]) if known and first else None,
                "system": system, "installed": standing.get((hall, system), 0.0),
                "in_service": count, "it_mw": tidy(count * power.get(system, 0.0)),
                "first": min(days[hall, system], default=None),
                "last": max(days[hall, system], default=None),
            })  # fmt: skip
    return rows


def _last(rows: list[Row], keys: tuple[str, ...], value: str) -> dict[tuple[str, ...], float]:
    """Return the value of the last period by key."""
    found: dict[tuple[str, ...], tuple[str, float]] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in keys)
        at = str(row["period"])
        if key not in found or at >= found[key][0]:
            found[key] = (at, number(row[value]))
    return {key: figure for key, (_, figure) in found.items()}


def _openings(report: Report) -> list[Row]:
    """Return every decision to open halls, with the first period in which they are open."""
    tables = report.plan.inputs.tables
    halls = {row["hall"]: row for row in tables["halls"]}
    countries = {row["site"]: row["country"] for row in tables["sites"]}
    starts = sorted({found for row in report.rows("ramp") if (found := day(row["period"]))})
    rows: list[Row] = []
    for row in report.rows("halls"):
        decided, hall = day(row["period"]), halls.get(str(row["hall"]))
        if not number(row["decided"]) or decided is None or hall is None:
            continue
        ready = decided + timedelta(days=hall["build_days"])
        rows.append({
            "site": row["site"], "country": countries.get(str(row["site"])), "hall": row["hall"],
            "decided": number(row["decided"]), "period": decided,
            "open_from": min((start for start in starts if start >= ready), default=None),
            "fit_out": tidy(number(row["decided"]) * hall["fit_out_cost"]),
        })  # fmt: skip
    return rows


def write_mw_by_site(report: Report, page: Page) -> None:
    """Write MW served by period and site, with a chart of them stacked."""
    plan, word = report.plan, period_word(report.plan)
    unit = mw_words(plan)
    page.subtitle(f"MW served at the end of each {word} ({unit})")
    longest = max((len(str(row["site"])) for row in report.rows("service")), default=0)
    look = charts.Look("MW served by site", unit, months_long(plan), longest <= 18)
    placed = write_pivot(report, page, report.rows("service"), "mw", "MW", "mw", adds_up=False)
    if placed is None:
        return
    last = max(page.widths)
    sites = {name: placed.cells(name) for name in placed.columns if name != "period"}
    most = MOST_SERIES if look.short_names else MOST_SERIES // 2
    if len(sites) > most + 1:
        sites = _largest(report, page, placed, sites, most)
    cells = {"period": placed.cells("period")} | sites
    make = partial(charts.stacked_chart, page.book, page, look, cells)
    report.add_chart(make, page, TOP + 2, max(page.widths) + 2, 820, 460, rank=1)
    page.print_only(placed.last, last)
    report.placed["MW by site"] = placed


def _largest(report: Report, page: Page, placed: Placed, sites: dict[str, charts.Cells],
             most: int) -> dict[str, charts.Cells]:  # fmt: skip
    """Keep the largest sites for the chart and add a column with the live sum of the others."""
    found = pivot(report.plan, report.rows("service"), "site", "mw")
    name_of = dict(zip(sites, found.columns, strict=True))
    ranked = sorted(sites, key=lambda key: (-found.total(name_of[key]), key))
    kept, rest = set(ranked[:most]), ranked[most:]
    column = max(placed.columns.values()) + 2
    page.text(placed.first - 1, column, f"{len(rest)} smaller sites\n(MW)", "header")
    page.widen(column, 16)
    for row, period in enumerate(found.periods, start=placed.first):
        # All less those kept: a list of every small site could be longer than Excel allows.
        cells = ",".join(cell(row, sites[key][1]) for key in sorted(kept))
        value = total(found.cells.get((period, name_of[key]), 0.0) for key in rest)
        formula = f"={cell(row, column - 1)}-SUM({cells})"
        page.formula(row, column, formula, value, "body", "mw")
    shown = {key: cells for key, cells in sites.items() if key in kept}
    return shown | {"rest": (placed.first, column, placed.last, column)}


def write_systems_by_site(report: Report, page: Page) -> None:
    """Write systems installed by period and site."""
    word = period_word(report.plan)
    removed = sum(number(row["removed"]) for row in report.rows("installs"))
    gone = f"; {removed:,.0f} systems are removed in the plan, not counted here" if removed else ""
    page.subtitle(f"Systems installed in each {word}{gone}")
    rows = report.rows("installs")
    placed = write_pivot(report, page, rows, "installed", "systems", "amount", adds_up=True)
    if placed:
        report.placed["Systems by site"] = placed
