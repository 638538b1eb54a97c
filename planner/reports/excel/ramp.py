"""Sheets Ramp, Megawatt ledger and MW by basis."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any

from planner.case.ledger import SYSTEM, ledger, published_counts
from planner.plan.rounding import tidy
from planner.plan.tables import Row
from planner.reports.excel import native_charts
from planner.reports.excel.parts import MOST_CHARTS, Report
from planner.reports.excel.steps import STEPS, Values, stepped
from planner.reports.excel.styles import Field
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
    fields = [
        Field("commitment", "Commitment"),
        Field("basis", "Basis", kind="center"),
        Field("period_end", f"End of {word}", kind="date"),
        Field("required_mw", "Committed", "MW", "mw"),
        Field("in_service_mw", "In service", "MW", "mw"),
        Field("missed_mw", "Missed", "MW", "mw"),
    ]
    groups = ramps(plan)
    rows = [row for group in groups.values() for row in group]
    placed = page.table(TOP, fields, rows, empty="no commitments")
    page.freeze(TOP, 1)
    page.filter(placed)
    page.mark(placed.cells("missed_mw"), ">", NOTHING, "bad", "mw")
    page.print_only(placed.last, len(fields) - 1)
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
        if place < MOST_CHARTS and any(number(row["required_mw"]) for row in group):
            steps = _steps(report, page, cells, group)
            make = partial(native_charts.ramp_chart, page.book, report.pages[STEPS], look, steps)
            rank = -max(number(row["required_mw"]) for row in group)
            report.add_chart(make, page, TOP + 1 + 20 * place, len(fields) + 1, rank=rank)


def _steps(
    report: Report, page: Page, cells: dict[str, native_charts.Cells], rows: list[Row]
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
    fields = [
        Field("commitment", "Commitment"),
        Field("system", "System"),
        Field("basis", "Basis", kind="center"),
        Field("own", "Basis of the contract", kind="center"),
        Field("mw", "Contract", "MW", "mw"),
        Field("power_kw", "System power", "kW", "decimal"),
        Field("overhead_kw", "Overhead counted", "kW", "decimal"),
        Field("pue", "PUE counted", "facility / IT", "decimal"),
        Field(
            "kw", "One system counts", "kW", "decimal", formula="=({power_kw}+{overhead_kw})*{pue}"
        ),
        Field("to_meet", "Systems to meet it", "systems, up", "whole", formula=ROUND_UP),
        Field("within", "Systems within it", "systems, down", "whole", formula=ROUND_DOWN),
    ]
    placed = page.table(TOP, fields, rows, empty="no commitments")
    page.freeze(TOP, 2)
    page.filter(placed)
    if rows:
        page.mark(placed.cells("own"), "==", "contract", "good", "center")
    report.placed["Megawatt ledger"] = placed
    _write_published(report, page, placed.last + 2)


def _promises(report: Report) -> list[Promise]:
    """Return each commitment with MW due and each system that may serve it."""
    tables = report.plan.inputs.tables
    final: dict[str, float] = defaultdict(float)
    for row in tables["milestones"]:
        final[row["commitment"]] = max(final[row["commitment"]], row["mw"])
    pues = sorted({row["pue"] for row in tables["sites"] if row["pue"] is not None})
    return [
        Promise(
            row,
            system,
            final[row["commitment"]],
            tuple(dict.fromkeys((pues[0], pues[-1]))) if pues else (),
        )
        for row in tables["commitments"]
        if final[row["commitment"]] > 0
        for system in tables["systems"]
        if not row["systems"] or system["system"] in row["systems"]
    ]


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
    bases, systems = ({row[key] for row in rows} for key in ("own", "system"))
    fields = [
        Field("commitment", "Commitment"),
        Field("system", "System"),
        Field("site", "Site"),
        Field("own", "Basis of the contract", kind="center"),
        Field("mw", "In service", "MW, that basis", "mw", total=len(bases) == 1),
        Field("power_kw", "System power", "kW", "decimal"),
        Field("overhead_kw", "Overhead", "kW", "decimal"),
        Field("pue", "PUE", "facility / IT", "decimal"),
        Field("systems", "Systems", "systems", "amount", total=len(systems) == 1),
        Field("system_mw", "On basis system", "MW", "mw", True, "={systems}*{power_kw}/1000"),
        Field(
            "it_mw", "On basis it", "MW", "mw", True, "={systems}*({power_kw}+{overhead_kw})/1000"
        ),
        Field("facility_mw", "On basis facility", "MW", "mw", True, "={it_mw}*{pue}"),
    ]
    placed = page.table(TOP, fields, rows, "Total of visible rows", "no MW served")
    page.freeze(TOP + 1, 1, first=TOP)
    page.filter(placed)
    report.placed["MW by basis"] = placed


def _served(report: Report) -> list[Row]:
    """Return systems and MW that serve each commitment from each site in the last period."""
    tables = report.plan.inputs.tables
    systems = {row["system"]: row for row in tables["systems"]}
    sites = {row["site"]: row for row in tables["sites"]}
    bases = {row["commitment"]: row["basis"] for row in tables["commitments"]}
    service = report.rows("service")
    last = max((str(row["period"]) for row in service), default="")
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in service:
        names = (str(row["commitment"]), str(row["system"]), str(row["site"]))
        known = names[0] in bases and names[1] in systems and names[2] in sites
        if str(row["period"]) == last and known:
            sums[names] += number(row["mw"])
    rows: list[Row] = []
    for (commitment, system, site), mw in sorted(sums.items()):
        power, overhead = systems[system]["power_kw"], systems[system]["overhead_kw"]
        pue, basis = sites[site]["pue"] or 1.0, bases[commitment]
        kw = power if basis == SYSTEM else (power + overhead) * (pue if basis == "facility" else 1)
        count = tidy(mw * 1000 / kw)
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
                "it_mw": tidy(count * (power + overhead) / 1000),
                "facility_mw": tidy(count * (power + overhead) * pue / 1000),
            }
        )
    return rows


def _write_published(report: Report, page: Page, row: int) -> None:
    """Write published counts for the same MW beside those of the ledger."""
    overheads: dict[Any, set[float]] = defaultdict(set)
    for promise in _promises(report):
        key = (promise.system["system"], promise.mw, promise.system["power_kw"])
        overheads[key].add(promise.system["overhead_kw"])
    lines = [
        {"source": count.source, "says": count.says, "reading": count.reading}
        for (system, mw, power), found in overheads.items()
        for count in published_counts(system, mw, power, sorted(found))
    ]
    if not lines:
        return
    row = page.section(row, "Counts in print for the same MW")
    for line in lines:
        text = f"{line['says']} ({line['source']}): {line['reading']}"
        page.merged(row, 10, text, "note", height=28)
        row += 1
