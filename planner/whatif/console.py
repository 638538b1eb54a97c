"""Sweeps and comparisons on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from planner.plan.tables import Row
from planner.reports.console.plan_text import printable
from planner.reports.plan_figures import several
from planner.whatif.cases import DRAWN
from planner.whatif.offline_page import is_number, shown
from planner.whatif.results import MEASURES, MONEY, bases_note, in_millions, tables_of
from planner.whatif.sweep import FAILED, Sweep

SHORT = 12
"""Longest text, in characters, that is never wrapped, e.g. a date."""

RESULTS = ("result_low", "result_high", "swing")
"""Columns of a tornado table in the unit of its measure."""

HEADINGS = {
    "missed_mw_months": "MW-months missed",
    "cost_more_millions": "cost change, millions",
    "worst_missed_more": "largest regret, MW-months",
    "worst_cost_more_millions": "largest regret, millions",
    "required_mw": "MW required",
    "when_cost": "when",
}
"""Headings of columns whose names are not readable."""

MOST = 8
"""Largest number of printed rows of a table; the files have all of them."""


def print_sweep(sweep: Sweep, console: Console, files: Mapping[str, str]) -> None:
    """Print the results of a sweep."""
    tables = tables_of(sweep)
    failed = [r for r in sweep.records if r["result"]["status"] == FAILED]
    text = f"{several(len(sweep.records), 'case')}, method {sweep.spec.method}"
    console.print(Text(text + (f", {len(failed)} failed" if failed else ""), "bold"))
    if note := bases_note(sweep):
        console.print(Text(note.strip(), "dim"))
    for record in failed[:MOST]:
        why = str(record["result"]["why"]).strip().splitlines()[-1]
        console.print(Text(f"  case {record['case']}: {printable(why)}", "red"))
    met = "probability_met" if sweep.spec.method in DRAWN else "share_met"
    print_rows(
        console,
        "Milestones",
        tables["milestones"],
        ("commitment", "date", "required_mw", met, "p10", "p50", "p90"),
    )
    every = len(sweep.records)
    scenarios = [
        {**row, "met": f"{row['milestones_met']} of {row['milestones']}"}
        for row in in_millions(tables.get("scenarios", []))
    ]
    print_rows(
        console,
        "Scenarios",
        scenarios,
        ("scenario", "missed_mw_months", "cost_more_millions", "met", "bottleneck"),
        most=every,
    )
    print_rows(
        console,
        f"Regret of decisions before {sweep.spec.decide_by}",
        in_millions(tables.get("regret", [])),
        ("decided_for", "worst_missed_more", "when", "worst_cost_more_millions", "when_cost"),
        most=every,
    )
    for measure, unit in MEASURES.items():
        rows = [row for row in tables["tornado"] if row["measure"] == measure]
        if measure in MONEY:
            rows = [{**row, **{key: float(str(row[key])) / 1e6 for key in RESULTS}} for row in rows]
        money = f", {sweep.inputs.settings['currency']} million" if measure in MONEY else ""
        print_rows(
            console,
            f"Effect on {unit}{money}",
            rows,
            ("quantity", "low", "result_low", "high", "result_high", "swing"),
        )
    print_rows(console, "Bottlenecks", tables["bottlenecks"], ("bottleneck", "cases", "share"))
    print_files(console, files)


def print_files(console: Console, files: Mapping[str, str]) -> None:
    """Print paths by kind, each on one line."""
    console.print()
    for kind, path in files.items():
        console.print(Text.assemble((f"{kind:<8}", "dim"), printable(path)), soft_wrap=True)


def print_rows(
    console: Console, title: str, rows: Sequence[Row], columns: Sequence[str], most: int = MOST
) -> None:
    """Print the first rows of a table, unless there are none."""
    if not rows:
        return
    drawn = Table(
        box=None,
        pad_edge=False,
        header_style="bold",
        title=Text(title, "bold"),
        title_justify="left",
    )
    for column in columns:
        right = all(is_number(row.get(column)) for row in rows)
        heading = HEADINGS.get(column, column.replace("_", " "))
        cells = [len(shown(row.get(column))) for row in rows[:most]]
        # Numbers and days are never wrapped; long texts and headings are.
        whole = max(cells) if right else min(max(cells), SHORT)
        widest = max(whole, *map(len, heading.split()))
        drawn.add_column(
            Text(heading), justify="right" if right else "left", overflow="fold", min_width=widest
        )
    for row in rows[:most]:
        drawn.add_row(*(Text(printable(shown(row.get(column)))) for column in columns))
    console.print()
    console.print(drawn)
    if len(rows) > most:
        console.print(Text(f"and {len(rows) - most} more in the files", "dim"))
