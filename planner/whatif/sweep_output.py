"""A sweep's files and its results on a terminal: tables as CSV, a workbook, an offline page.

The tables are computed in `planner.whatif.results`; `planner.reports` draws them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from planner.attempts import Attempt, strictly
from planner.plan.rows import Row
from planner.reports.console.plan_text import print_files, printable
from planner.reports.console.whatif_text import MOST_ROWS, print_table
from planner.reports.excel.whatif_workbook import write_whatif_workbook
from planner.reports.markup_tables import DataTable
from planner.reports.page.whatif_page import whatif_page
from planner.reports.plan_figures import several
from planner.reports.views import number
from planner.reports.whatif_columns import columns_of, declared_columns
from planner.reports.whatif_report import (
    Band,
    Curve,
    CurveChart,
    Points,
    ReportTable,
    Swing,
    SwingChart,
    WhatIfReport,
)
from planner.whatif.cases import DRAWN
from planner.whatif.journal import Record
from planner.whatif.output_files import Writer, write_text, written_files
from planner.whatif.results import (
    MONEY,
    SweepTables,
    bases_note,
    in_millions,
    measures_of,
    tables_of,
    token_results,
)
from planner.whatif.sweep import FAILED, Sweep

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

ON_THE_PAGE = ("milestones", "scenarios", "regret")
"""Tables that stand on the page between ramps and effects, with money in millions."""

MOST_SWINGS = 15
"""Largest number of quantities of a tornado chart."""

RESULTS = ("result_low", "result_high", "swing")
"""Columns of the table `tornado` in the unit of its measure."""

EFFECT_COLUMNS = ("quantity", "low", "result_low", "high", "result_high", "swing")
SCENARIO_COLUMNS = ("scenario", "missed_mw_months", "cost_more_millions", "met", "bottleneck")
REGRET_COLUMNS = (
    "decided_for",
    "worst_missed_more",
    "when",
    "worst_cost_more_millions",
    "when_cost",
)
BOTTLENECK_COLUMNS = ("bottleneck", "cases", "share")
"""Columns of the printed tables."""


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
    writers: dict[str, Writer] = {}
    for name, rows in tables.items():
        writers[f"{name}.csv"] = partial(_write_csv, rows=rows)
    writers["sweep.xlsx"] = lambda path: _write_book(path, sweep, tables)
    writers["sweep.html"] = lambda path: write_text(path, sweep_page(sweep, tables))
    written = written_files(folder, writers, attempt)
    paths = {}
    for kind, name in (("cases", "cases.csv"), ("xlsx", "sweep.xlsx"), ("html", "sweep.html")):
        if name in written:
            paths[kind] = written[name]
    paths["journal"] = str(folder / "cases.jsonl")
    return paths


def _write_csv(path: Path, rows: Sequence[Row]) -> None:
    columns: dict[str, None] = {}
    for row in rows:
        columns.update(dict.fromkeys(row))
    text = io.StringIO()
    lines = csv.DictWriter(text, list(columns), lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    write_text(path, text.getvalue())


def _write_book(path: Path, sweep: Sweep, tables: SweepTables) -> None:
    created = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    write_whatif_workbook(sweep_report(sweep, tables), path, created)


def sweep_page(sweep: Sweep, tables: SweepTables) -> str:
    """Return the page of a sweep."""
    return whatif_page(sweep_report(sweep, tables), f"Inputs sha256 {sweep.inputs.digest}")


def sweep_report(sweep: Sweep, tables: SweepTables) -> WhatIfReport:
    """Return what a sweep shows: fans, tables and effects on the page, each table as a sheet."""
    spec = sweep.spec
    failed = len(_failed(sweep))
    note = (
        f"Seed {spec.seed}, gap {spec.gap:.2%}, counts {spec.counts}; "
        f"{failed} of {len(sweep.records)} cases have no plan.{bases_note(sweep)}"
    )
    parts: list[CurveChart | SwingChart | ReportTable] = []
    for number_of_fan, commitment in enumerate(sweep.base["ramp"], start=1):
        parts.append(fan(tables, commitment, f"fan-{number_of_fan}"))
    for name in ON_THE_PAGE:
        parts.append(_table(name, in_millions(tables.get(name, [])), sweep))
    for measure in measures_of(sweep):
        parts.append(_swing_chart(measure, sweep, tables))
    parts.append(_table("slips", slip_matrix(tables["slips"]), sweep))
    parts.append(_table("bottlenecks", tables["bottlenecks"], sweep))
    sheets = []
    for name in TITLES:
        if tables.get(name):
            sheets.append(_table(name, tables[name], sweep))
    return WhatIfReport(_title(sweep), note, tuple(parts), tuple(sheets))


def _title(sweep: Sweep) -> str:
    cases = several(len(sweep.records), "case")
    return f"{sweep.inputs.settings['plan']}: {cases}, method {sweep.spec.method}"


def _failed(sweep: Sweep) -> list[Record]:
    """Return the cases without a plan."""
    return [record for record in sweep.records if record["result"]["status"] == FAILED]


def _currency(sweep: Sweep) -> str:
    return str(sweep.inputs.settings["currency"])


def _table(name: str, rows: Sequence[Row], sweep: Sweep) -> ReportTable:
    """Return a table of the sweep with all its columns."""
    title, explained = TITLES[name]
    summary = f"{explained}.{bases_note(sweep)}"
    return ReportTable(title, title, summary, columns_of(rows, _currency(sweep)), rows)


def fan(tables: SweepTables, commitment: str, name: str) -> CurveChart:
    """Return the fan of a commitment: the band between P10 and P90, the median, the base case."""
    rows = [row for row in tables["percentiles"] if row["commitment"] == commitment]
    curves: list[Curve] = []
    band = None
    if any(row["p90"] for row in rows):
        curves = [
            Curve("median of the cases", _points(rows, "p50")),
            Curve("base case", _points(rows, "base")),
            Curve("committed", _committed(tables, commitment, rows), is_committed=True),
        ]
        band = Band("80 % of the cases", _points(rows, "p10"), _points(rows, "p90"))
    columns = declared_columns(("period_end", "base", "p10", "p50", "p90", "mean"), rows, "")
    return CurveChart(
        name,
        f"Ramp of {commitment}",
        "MW in service at the end of each period; the band holds 80 % of the cases.",
        "MW",
        tuple(curves),
        band,
        (DataTable(TITLES["percentiles"][1], columns, rows),),
    )


def _points(rows: Sequence[Row], key: str) -> Points:
    """Return the known values of a column by period end."""
    points = []
    for row in rows:
        if row[key] is not None:
            points.append((_day(row["period_end"]), number(row[key])))
    return points


def _committed(tables: SweepTables, commitment: str, rows: Sequence[Row]) -> Points:
    """Return the MW committed, from the first period to the last."""
    due = []
    for milestone in tables["milestones"]:
        if milestone["commitment"] == commitment:
            due.append((_day(milestone["date"]), number(milestone["required_mw"])))
    if not due:
        return []
    first_due, _ = due[0]
    last_due, megawatts = due[-1]
    begin = min(_day(rows[0]["period_end"]), first_due)
    end = max(_day(rows[-1]["period_end"]), last_due)
    return [(begin, 0.0), *due, (end, megawatts)]


def _day(value: object) -> date:
    return date.fromisoformat(str(value))


def _swing_chart(measure: str, sweep: Sweep, tables: SweepTables) -> SwingChart:
    """Return the tornado chart of a measure."""
    rows = _effects(measure, tables)
    swings = []
    for row in rows[:MOST_SWINGS]:
        at_low, at_high = number(row["result_low"]), number(row["result_high"])
        swings.append(Swing(str(row["quantity"]), at_low, at_high))
    columns = declared_columns(EFFECT_COLUMNS, rows, "")
    caption = f"{TITLES['tornado'][1]}, in {_unit_of(measure, sweep)}"
    return SwingChart(
        f"effect-{measure}",
        f"Effect on {measures_of(sweep)[measure]}",
        f"{TITLES['tornado'][1]}, from the largest difference down.",
        _unit_of(measure, sweep),
        number(sweep.base[measure]) / _scale_of(measure),
        tuple(swings),
        (DataTable(caption, columns, rows),),
    )


def _effects(measure: str, tables: SweepTables) -> list[Row]:
    """Return the rows of the table `tornado` for a measure; money in millions."""
    rows = []
    for row in tables["tornado"]:
        if row["measure"] == measure:
            changed = dict(row)
            for key in RESULTS:
                changed[key] = number(row[key]) / _scale_of(measure)
            rows.append(changed)
    return rows


def _scale_of(measure: str) -> float:
    return 1e6 if measure in MONEY else 1.0


def _unit_of(measure: str, sweep: Sweep) -> str:
    if measure in MONEY:
        return f"{_currency(sweep)} million"
    return "Mtok" if measure == "missed_mtok" else "MW-months"


def slip_matrix(rows: Sequence[Row]) -> list[Row]:
    """Return the MW short with a row for each slip and a column for each milestone."""
    lines: dict[tuple[object, object], Row] = {}
    for row in rows:
        quantity, slip = row["quantity"], row["slip"]
        line: Row = {"quantity": quantity, "slip": slip, "cases": row["cases"]}
        line = lines.setdefault((quantity, slip), line)
        milestone = f"{row['commitment']}, {row['date']}"
        line[milestone] = row["mean_missed_mw"]
    return list(lines.values())


def print_sweep(sweep: Sweep, console: Console, files: Mapping[str, str]) -> None:
    """Print the results of a sweep."""
    tables = tables_of(sweep)
    _print_state(sweep, console)
    is_drawn = sweep.spec.method in DRAWN
    met = "probability_met" if is_drawn else "share_met"
    shown = ("commitment", "date", "required_mw", met, "p10", "p50", "p90")
    print_table(_printed("Milestones", tables["milestones"], shown, sweep), console)
    every_scenario = len(sweep.records)
    scenarios = []
    for row in in_millions(tables.get("scenarios", [])):
        scenarios.append({**row, "met": f"{row['milestones_met']} of {row['milestones']}"})
    columns = (*SCENARIO_COLUMNS, *token_results(sweep))
    table = _printed("Scenarios", scenarios, columns, sweep)
    print_table(table, console, every_scenario)
    title = f"Regret of decisions before {sweep.spec.decide_by}"
    table = _printed(title, in_millions(tables.get("regret", [])), REGRET_COLUMNS, sweep)
    print_table(table, console, every_scenario)
    for measure, words in measures_of(sweep).items():
        title = f"Effect on {words}"
        if measure in MONEY:
            title += f", {_unit_of(measure, sweep)}"
        table = _printed(title, _effects(measure, tables), EFFECT_COLUMNS, sweep)
        print_table(table, console)
    table = _printed("Bottlenecks", tables["bottlenecks"], BOTTLENECK_COLUMNS, sweep)
    print_table(table, console)
    print_files(files, console)


def _print_state(sweep: Sweep, console: Console) -> None:
    """Print the number of cases and, for those that failed, the reason."""
    failed = _failed(sweep)
    text = f"{several(len(sweep.records), 'case')}, method {sweep.spec.method}"
    if failed:
        text += f", {len(failed)} failed"
    console.print(Text(text, "bold"))
    note = bases_note(sweep)
    if note:
        console.print(Text(note.strip(), "dim"))
    for record in failed[:MOST_ROWS]:
        why = str(record["result"]["why"]).strip().splitlines()[-1]
        console.print(Text(f"  case {record['case']}: {printable(why)}", "red"))


def _printed(title: str, rows: Sequence[Row], keys: Sequence[str], sweep: Sweep) -> ReportTable:
    """Return some columns of a table, for the terminal."""
    return ReportTable(title, title, "", declared_columns(keys, rows, _currency(sweep)), rows)
