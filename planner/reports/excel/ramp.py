"""Sheets Ramp, Megawatt ledger and MW by basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from planner.case.ledger import FACILITY, SYSTEM, ledger, published_counts
from planner.plan.rounding import tidy
from planner.plan.rows import AnyRow, Row
from planner.plan.site_tables import LEDGER, MW_BY_BASIS
from planner.plan.tables import RAMP
from planner.reports.excel import native_charts
from planner.reports.excel.parts import MOST_CHARTS, Report
from planner.reports.excel.steps import STEPS, Values, stepped
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.views import (
    BASIS_WORDS,
    NOTHING,
    day,
    months_long,
    number,
    period_word,
    ramps,
)
from planner.workbook.rows import Row as SheetRow

ROUND_UP = "=ROUNDUP(ROUND({mw}*1000/{kw},9),0)"
ROUND_DOWN = "=ROUNDDOWN(ROUND({mw}*1000/{kw},9),0)"


def write_ramp(report: Report, page: Page) -> None:
    """Write each commitment over time, with a chart for each."""
    plan, word = report.plan, period_word(report.plan)
    page.subtitle(f"MW of each commitment at the end of each {word}, on its own basis")
    columns = RAMP.select(
        "commitment",
        "basis",
        "period_end",
        "required_mw",
        "in_service_mw",
        "missed_mw",
        period=word,
    )
    groups = ramps(plan)
    rows = [row for group in groups.values() for row in group]
    placed = page.table(TOP, columns, rows, empty="no commitments")
    page.freeze(TOP, 1)
    page.filter(placed)
    page.mark(placed.cells("missed_mw"), ">", NOTHING, "bad", "mw")
    page.print_only(placed.last, len(columns) - 1)
    report.placed["Ramp"] = placed
    first = placed.first
    for place, (name, group) in enumerate(groups.items()):
        last = first + len(group) - 1
        cells = {key: (first, column, last, column) for key, column in placed.columns.items()}
        first = last + 1
        basis = str(group[0]["basis"])
        look = native_charts.Look(
            f"Commitment {name}: in service against committed",
            f"MW, {BASIS_WORDS.get(basis, basis)}",
            months_long(plan),
        )
        if place < MOST_CHARTS and any(row["required_mw"] for row in group):
            steps = _steps(report, page, cells, group)
            make = partial(native_charts.ramp_chart, page.book, report.pages[STEPS], look, steps)
            rank = -max(row["required_mw"] for row in group)
            report.add_chart(make, page, TOP + 1 + 20 * place, len(columns) + 1, rank=rank)


def _steps(
    report: Report, page: Page, cells: dict[str, native_charts.Cells], rows: Iterable[AnyRow]
) -> dict[str, native_charts.Cells]:
    """Return the points of a commitment's chart: each value holds from the end of its period."""
    ends = [end for row in rows if (end := day(row["period_end"]))]
    names = {"required_mw": "committed", "in_service_mw": "in service", "missed_mw": "missed"}
    series = {
        key: Values(name, cells[key], [number(row[key]) for row in rows])
        for key, name in names.items()
    }
    return stepped(report, page, ends, series)


@dataclass(frozen=True)
class Promise:
    """A commitment and a system that may serve it."""

    commitment: SheetRow
    system: SheetRow
    mw: float
    pues: tuple[float, ...]


def write_ledger(report: Report, page: Page) -> None:
    """Write the conversion of each commitment's MW to systems on every basis."""
    page.subtitle(
        "From contract MW to systems: kW a system counts = (system power + overhead on the bases "
        "it and facility) x PUE on the basis facility; systems = MW x 1,000 / kW, rounded up to "
        "meet the MW, down to stay within them"
    )
    rows = [line for promise in _promises(report) for line in _ledger_rows(promise)]
    formulas = {
        "kw": "=({power_kw}+{overhead_kw})*{pue}",
        "to_meet": ROUND_UP,
        "within": ROUND_DOWN,
    }
    columns = LEDGER.select()
    placed = page.table(TOP, columns, rows, empty="no commitments", formulas=formulas)
    page.freeze(TOP, 2)
    page.filter(placed)
    if rows:
        page.mark(placed.cells("own"), "==", "contract", "good", "label")
    report.placed["Megawatt ledger"] = placed
    _write_published(report, page, placed.last + 2)


def _promises(report: Report) -> list[Promise]:
    """Return each commitment with MW due and each system that may serve it."""
    tables = report.plan.inputs.tables
    final: dict[str, float] = defaultdict(float)
    for row in tables["milestones"]:
        final[row["commitment"]] = max(final[row["commitment"]], row["mw"])
    pues = sorted({row["pue"] for row in tables["sites"] if row["pue"] is not None})
    extremes = tuple(dict.fromkeys((pues[0], pues[-1]))) if pues else ()
    promises = []
    for commitment in tables["commitments"]:
        mw = final[commitment["commitment"]]
        if mw <= 0:
            continue
        for system in tables["systems"]:
            if not commitment["systems"] or system["system"] in commitment["systems"]:
                promises.append(Promise(commitment, system, mw, extremes))
    return promises


def _ledger_rows(promise: Promise) -> list[Row]:
    """Return the counts of a commitment on every basis, at the sites' lowest and highest PUE."""
    system, commitment = promise.system, promise.commitment
    counts = ledger(promise.mw, [system["power_kw"]], [system["overhead_kw"]], promise.pues)
    return [
        {
            "commitment": commitment["commitment"],
            "system": system["system"],
            "basis": count.basis,
            "own": "contract" if count.basis == commitment["basis"] else "",
            "mw": float(promise.mw),
            "power_kw": float(count.power_kw),
            "overhead_kw": float(count.overhead_kw or 0.0),
            "pue": float(count.pue or 1.0),
            "kw": tidy(count.kw_per_system),
            "to_meet": count.systems_to_meet,
            "within": count.systems_within,
        }
        for count in counts
    ]


def write_bases(report: Report, page: Page) -> None:
    """Write the systems that serve each commitment at the end, counted on every basis."""
    page.subtitle("What serves the commitments at the end of the plan, counted on every basis")
    rows = _served(report)
    bases = {row["own"] for row in rows}
    systems = {row["system"] for row in rows}
    # Megawatts on different bases, and systems of different kinds, do not add up.
    adding = {"mw": len(bases) == 1, "systems": len(systems) == 1}
    columns = []
    for column in MW_BY_BASIS.select():
        columns.append(replace(column, adds_up=adding.get(column.name, column.adds_up)))
    formulas = {
        "system_mw": "={systems}*{power_kw}/1000",
        "it_mw": "={systems}*({power_kw}+{overhead_kw})/1000",
        "facility_mw": "={it_mw}*{pue}",
    }
    totals = "Total of visible rows"
    placed = page.table(TOP, columns, rows, totals, "no MW served", formulas)
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["MW by basis"] = placed


def _served(report: Report) -> list[Row]:
    """Return systems and MW that serve each commitment from each site in the last period."""
    tables = report.plan.inputs.tables
    systems = {row["system"]: row for row in tables["systems"]}
    sites = {row["site"]: row for row in tables["sites"]}
    bases = {row["commitment"]: row["basis"] for row in tables["commitments"]}
    service = report.plan.tables["service"]
    last = max((row["period"] for row in service), default=None)
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in service:
        names = (row["commitment"], row["system"], row["site"])
        known = names[0] in bases and names[1] in systems and names[2] in sites
        if row["period"] == last and known:
            sums[names] += row["mw"]
    rows: list[Row] = []
    for (commitment, system, site), mw in sorted(sums.items()):
        basis = bases[commitment]
        power = systems[system]["power_kw"]
        overhead = systems[system]["overhead_kw"]
        pue = sites[site]["pue"] or 1.0
        it_power = power + overhead
        kw_on_basis = {SYSTEM: power, FACILITY: it_power * pue}.get(basis, it_power)
        count = tidy(mw * 1000 / kw_on_basis)
        rows.append(
            {
                "commitment": commitment,
                "system": system,
                "site": site,
                "own": basis,
                "mw": tidy(mw),
                "power_kw": float(power),
                "overhead_kw": float(overhead),
                "pue": float(pue),
                "systems": count,
                "system_mw": tidy(count * power / 1000),
                "it_mw": tidy(count * it_power / 1000),
                "facility_mw": tidy(count * it_power * pue / 1000),
            }
        )
    return rows


def _write_published(report: Report, page: Page, row: int) -> None:
    """Write published counts for the same MW beside those of the ledger."""
    overheads: dict[Any, set[float]] = defaultdict(set)
    for promise in _promises(report):
        key = (promise.system["system"], promise.mw, promise.system["power_kw"])
        overheads[key].add(promise.system["overhead_kw"])
    texts = []
    for (system, mw, power), found in overheads.items():
        for count in published_counts(system, mw, power, sorted(found)):
            texts.append(f"{count.says} ({count.source}): {count.reading}")
    if not texts:
        return
    row = page.section(row, "Counts in print for the same MW")
    for text in texts:
        page.merged(row, 10, text, "note", height=28)
        row += 1
