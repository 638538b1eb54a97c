"""A sweep's files: tables as CSV, a workbook, an offline page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from planner.attempts import Attempt, strictly
from planner.plan.tables import Row, Tables
from planner.reports.excel.styles import Field
from planner.reports.excel.workbook_writer import TOP, Book
from planner.reports.plan_figures import several
from planner.whatif.offline_page import page, table
from planner.whatif.output_files import Writer, write_text, written_files
from planner.whatif.plain_charts import Chart, tornado
from planner.whatif.results import MEASURES, bases_note, in_millions, tables_of
from planner.whatif.sweep import Sweep

TITLES = {
    "milestones": (
        "Milestones",
        "Share of the planned cases that meet each milestone; MW in "
        "service that 10, 50 and 90 % of the cases do not exceed",
    ),
    "scenarios": ("Scenarios", "Each scenario against the base case"),
    "regret": (
        "Regret",
        "Regret of each scenario's orders and openings up to the day of decision: "
        "MW-months missed and cost above the best plan of each other scenario; smallest "
        "first",
    ),
    "tried": (
        "Tried",
        "Result of the decisions made for one scenario when another scenario comes true",
    ),
    "percentiles": ("Ramp fan", "MW in service that 10, 50 and 90 % of the cases do not exceed"),
    "tornado": ("Tornado", "Mean result over the lowest and the highest fifth of each quantity"),
    "slips": ("Slips", "Mean MW short at each milestone by days slipped"),
    "bottlenecks": (
        "Bottlenecks",
        "Limit with the largest gain from one per cent more: in "
        "MW-months if any are missed, else in money; if MW are missed because a limit "
        "is still 0, its first day",
    ),
    "cases": ("Cases", "Every case: drawn values and results"),
}
"""Sheets of the workbook in order: title and explanation."""


def write_sweep(sweep: Sweep, folder: Path, attempt: Attempt = strictly) -> dict[str, str]:
    """Write a sweep's tables, then its workbook and its page.

    The tables depend on inputs, spec and versions alone; seconds and workers are in the journal.

    Parameters
    ----------
    sweep
        The sweep.
    folder
        Folder to write to.
    attempt
        Runs each writer; a failure of one does not stop the others.

    Returns
    -------
    dict of str to str
        Paths of the files that are written, by kind.
    """
    tables = tables_of(sweep)
    every: dict[str, Writer] = {
        f"{name}.csv": partial(_write_csv, rows=rows) for name, rows in tables.items()
    }
    every["sweep.xlsx"] = lambda path: _write_book(path, sweep, tables)
    every["sweep.html"] = lambda path: write_text(path, sweep_page(sweep, tables))
    written = written_files(folder, every, attempt)
    names = {"cases": "cases.csv", "xlsx": "sweep.xlsx", "html": "sweep.html"}
    paths = {kind: written[name] for kind, name in names.items() if name in written}
    return paths | {"journal": str(folder / "cases.jsonl")}


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    lines = csv.DictWriter(text, columns, lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    write_text(path, text.getvalue())


def _write_book(path: Path, sweep: Sweep, tables: Tables) -> None:
    book = Book(path, _title(sweep), datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    for name, (title, explained) in TITLES.items():
        rows = tables.get(name, [])
        if not rows:
            continue
        sheet = book.page(title)
        sheet.subtitle(f"{explained}.{bases_note(sweep)}")
        keys = list(dict.fromkeys(key for row in rows for key in row))
        fields = [Field(key, key.replace("_", " "), kind=_kind(key, rows)) for key in keys]
        placed = sheet.table(TOP, fields, rows)
        sheet.freeze(placed.first - 1, 1)
        sheet.filter(placed)
    book.close()


def _kind(key: str, rows: Sequence[Row]) -> str:
    values = [row.get(key) for row in rows if row.get(key) is not None]
    if not all(isinstance(value, int | float) for value in values) or not values:
        return "text"
    if key in ("share", "share_met", "probability_met", "probability"):
        return "share"
    return "gap" if key == "gap" else "amount"


def _title(sweep: Sweep) -> str:
    cases = several(len(sweep.records), "case")
    return f"{sweep.inputs.settings['plan']}: {cases}, method {sweep.spec.method}"


def sweep_page(sweep: Sweep, tables: Tables) -> str:
    """Return the page of a sweep."""
    failed = len(sweep.records) - len({r["case"] for r in tables["ramp"]})
    spec = sweep.spec
    note = (
        f"Seed {spec.seed}, gap {spec.gap:.2%}, counts {spec.counts}; "
        f"{failed} of {len(sweep.records)} cases have no plan.{bases_note(sweep)}"
    )
    sections = [(f"Ramp of {name}", fan(tables, name)) for name in sweep.base["ramp"]]
    sections += [
        (TITLES[name][0], f"<p>{TITLES[name][1]}.</p>" + _money_table(tables[name]))
        for name in ("milestones", "scenarios", "regret")
        if tables.get(name)
    ]
    for measure, unit in MEASURES.items():
        rows = [r for r in tables["tornado"] if r["measure"] == measure][:15]
        bars: list[Any] = [(r["quantity"], r["result_low"], r["result_high"]) for r in rows]
        sections.append((f"Effect on {unit}", tornado(bars, sweep.base[measure], unit)))
    sections.append((TITLES["slips"][0], slip_matrix(tables["slips"])))
    bottlenecks = table(["bottleneck", "cases", "share"], tables["bottlenecks"])
    sections.append((TITLES["bottlenecks"][0], f"<p>{TITLES['bottlenecks'][1]}.</p>{bottlenecks}"))
    return page(_title(sweep), note, sections)


def _money_table(rows: Sequence[Row]) -> str:
    shown = in_millions(rows)
    return table(list(shown[0]), shown)


def fan(tables: Tables, commitment: str) -> str:
    """Return the fan of a commitment: the band between P10 and P90, the median, the base case."""
    rows = [r for r in tables["percentiles"] if r["commitment"] == commitment]
    if not any(r["p90"] for r in rows):
        return ""
    days = [date.fromisoformat(str(row["period_end"])) for row in rows]

    def points(key: str) -> list[tuple[date, float]]:
        return [
            (d, float(str(r[key]))) for d, r in zip(days, rows, strict=True) if r[key] is not None
        ]

    due = [
        (date.fromisoformat(str(m["date"])), float(str(m["required_mw"])))
        for m in tables["milestones"]
        if m["commitment"] == commitment
    ]
    if due:
        due = [(min(days[0], due[0][0]), 0.0), *due, (max(days[-1], due[-1][0]), due[-1][1])]
    chart = Chart(
        "MW in service; the band holds 80 % of the cases",
        {"median of the cases": points("p50"), "base case": points("base"), "committed": due},
        (points("p10"), points("p90")),
        frozenset({"committed"}),
    )
    return chart.svg()


def slip_matrix(rows: Sequence[Row]) -> str:
    """Return the matrix of slip to MW short: a row for each slip, a column for each milestone."""
    lines: dict[tuple[object, object], Row] = {}
    for row in rows:
        key = row["quantity"], row["slip"]
        line = lines.setdefault(key, {"quantity": key[0], "slip": key[1], "cases": row["cases"]})
        line[f"{row['commitment']}, {row['date']}"] = row["mean_missed_mw"]
    found = list(lines.values())
    if not found:
        return ""
    return f"<p>{TITLES['slips'][1]}.</p>" + table(list(found[0]), found)
