"""A comparison on a terminal, as a workbook and as an offline page.

Changes are computed here; `planner.reports` draws them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from planner.attempts import Attempt, strictly
from planner.plan.rows import Row
from planner.reports.console.plan_text import printable
from planner.reports.console.whatif_text import MOST_ROWS, print_table
from planner.reports.excel.whatif_workbook import write_whatif_workbook
from planner.reports.markup_tables import Column, DataTable
from planner.reports.page.whatif_page import whatif_page
from planner.reports.views import BASIS_WORDS
from planner.reports.whatif_columns import columns_of, declared_columns
from planner.reports.whatif_report import (
    UNPROVEN,
    Curve,
    CurveChart,
    ReportTable,
    WhatIfReport,
)
from planner.whatif.compare import SAME, Comparison, Section, differences, differing
from planner.whatif.output_files import Writer, write_text, written_files

BY_PERIOD = ("ramp", "spend")
"""Sections with a row for each period, which the page shows as charts."""

GAP_DIGITS = 4
"""Decimals of a gap in per cent; smaller differences are rounding errors."""

ORDERS = (
    "Orders that differ from the base plan: new, moved, cancelled, or placed already in one of the "
    "plans; change in days and in money"
)
BOTTLENECKS = "Limits that are used up for longer or shorter than in the base plan, in months"


def difference_rows(section: Section, comparison: Comparison) -> list[Row]:
    """Return a section as rows: key, base column, and the change of each other plan."""
    base = comparison.names[0]
    others = comparison.names[1:]
    rows = []
    for key, value, changes in differences(section):
        row: Row = {}
        for name, part in zip(section.keys, key, strict=True):
            row[name] = part.isoformat() if isinstance(part, date) else part
        is_gap = section.name == "figures" and key[0] == "gap"
        if is_gap:
            row["unit"] = f"% {row['unit']}"
        row[base] = _per_cent(value) if is_gap else value
        for other, change in zip(others, changes, strict=True):
            row[_change_of(other)] = _per_cent(change) if is_gap else _without_noise(change)
        if section.name == "figures":
            _name_unknown(row)
        rows.append(row)
    return rows


def _name_unknown(row: Row) -> None:
    """Say of unknown headline figures that they have no proof."""
    for name, value in row.items():
        if value is None:
            row[name] = UNPROVEN


def _change_of(name: str) -> str:
    """Return the key of the column with the change of a plan."""
    return f"{name}, change"


def _without_noise(change: float | None) -> float | None:
    """Return a difference, 0 within the solver tolerance."""
    if change is None or abs(change) > SAME:
        return change
    return 0.0


def _per_cent(gap: float | None) -> float | None:
    """Return a gap, or a difference of two, in per cent and without rounding errors."""
    if gap is None:
        return None
    # Adding zero turns -0 into 0.
    return (round(gap, GAP_DIGITS + 2) + 0.0) * 100.0


def order_rows(comparison: Comparison) -> list[Row]:
    """Return the orders that differ; the column of their change in cost names the currency."""
    rows = []
    for order in comparison.orders:
        row = dict(order)
        row[f"{comparison.currency} change"] = row.pop("money")
        rows.append(row)
    return rows


def comparison_report(comparison: Comparison) -> WhatIfReport:
    """Return what a comparison shows: overlaid curves, then tables."""
    tables = {section.name: section_table(section, comparison) for section in comparison.sections}
    orders, bottlenecks = _orders_table(comparison), _bottlenecks_table(comparison)
    curves = [*_ramp_charts(comparison), _spend_chart(comparison)]
    shown = [table for name, table in tables.items() if name not in BY_PERIOD]
    base = comparison.names[0]
    others = ", ".join(comparison.names[1:])
    states = []
    for name, status in zip(comparison.names, comparison.status, strict=True):
        states.append(f"{name}: {status}")
    return WhatIfReport(
        f"{base} against {others}",
        "; ".join(states),
        (*curves, *shown, orders, bottlenecks),
        (*tables.values(), orders, bottlenecks),
    )


def section_table(section: Section, comparison: Comparison) -> ReportTable:
    """Return a section as a table."""
    base = comparison.names[0]
    rows = difference_rows(section, comparison)
    columns = [
        *declared_columns(section.keys, rows, comparison.currency),
        Column(base, base, section.unit, "digits"),
    ]
    for name in comparison.names[1:]:
        columns.append(Column(_change_of(name), _change_of(name), section.unit, "digits"))
    return ReportTable(
        section.name.capitalize(),
        section.title,
        f"Base: {base}. Each further column is the change from it",
        tuple(columns),
        rows,
        len(section.keys),
    )


def _orders_table(comparison: Comparison) -> ReportTable:
    rows = order_rows(comparison)
    columns = columns_of(rows, comparison.currency)
    return ReportTable("Orders", "Orders that differ", ORDERS, columns, rows, 0)


def _bottlenecks_table(comparison: Comparison) -> ReportTable:
    rows = comparison.bottlenecks
    columns = columns_of(rows, comparison.currency)
    return ReportTable("Bottlenecks", "Limits used up", BOTTLENECKS, columns, rows, 0)


def _ramp_charts(comparison: Comparison) -> list[CurveChart]:
    """Return the ramp of each commitment that has any megawatts in service."""
    ramp = _section_called("ramp", comparison)
    by_commitment: dict[tuple[str, str], list[tuple[date, Sequence[float | None]]]] = {}
    for (commitment, end, basis), values in ramp.rows:
        by_commitment.setdefault((commitment, basis), []).append((end, values))
    charts: list[CurveChart] = []
    for (commitment, basis), rows in by_commitment.items():
        has_megawatts = any(any(values) for _, values in rows)
        if not has_megawatts:
            continue
        words = BASIS_WORDS.get(basis, basis)
        chart = CurveChart(
            f"ramp-{len(charts) + 1}",
            f"Ramp of {commitment}",
            f"MW of {words} in service at the end of each period, in each plan.",
            "MW",
            _curves(rows, comparison.names),
            data=(_curve_data(rows, comparison.names, "MW"),),
        )
        charts.append(chart)
    return charts


def _spend_chart(comparison: Comparison) -> CurveChart:
    """Return the cumulative spending of each plan, in millions."""
    spend = _section_called("spend", comparison)
    sums = [0.0] * len(comparison.names)
    rows: list[tuple[date, Sequence[float | None]]] = []
    for (day,), amounts in spend.rows:
        for plan, amount in enumerate(amounts):
            sums[plan] += (amount or 0.0) / 1e6
        rows.append((day, tuple(sums)))
    unit = f"{comparison.currency} million"
    return CurveChart(
        "spend",
        "Money spent",
        "Money spent so far in each plan, not discounted.",
        unit,
        _curves(rows, comparison.names),
        data=(_curve_data(rows, comparison.names, unit),),
    )


def _section_called(name: str, comparison: Comparison) -> Section:
    return next(section for section in comparison.sections if section.name == name)


def _curves(
    rows: Sequence[tuple[date, Sequence[float | None]]], names: Sequence[str]
) -> tuple[Curve, ...]:
    """Return the curve of each plan, on the days on which its value is known."""
    curves = []
    for plan, name in enumerate(names):
        points = []
        for day, values in rows:
            value = values[plan]
            if value is not None:
                points.append((day, value))
        curves.append(Curve(name, points))
    return tuple(curves)


def _curve_data(
    rows: Sequence[tuple[date, Sequence[float | None]]], names: Sequence[str], unit: str
) -> DataTable:
    """Return the values of curves as a table."""
    columns = [Column("day", "Day", kind="date")]
    columns += [Column(name, name, unit, "digits") for name in names]
    table = []
    for day, values in rows:
        table.append({"day": day, **dict(zip(names, values, strict=True))})
    return DataTable("Values by day; each holds until the next", columns, table)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the differences: a base column and changes."""
    base = comparison.names[0]
    others = ", ".join(comparison.names[1:])
    console.print(Text(printable(f"Base: {base}; changes of {others}"), "bold"))
    for name, status in zip(comparison.names, comparison.status, strict=True):
        if not status.startswith("proven"):
            console.print(Text(printable(f"  {name}: {status}"), "red"))
    for section in comparison.sections:
        if section.name not in BY_PERIOD:
            table = _printed_section(section, comparison)
            # The headline figures are complete, however many there are.
            most = len(section.rows) if section.name == "figures" else MOST_ROWS
            print_table(table, console, max(most, MOST_ROWS))
    print_table(_orders_table(comparison), console)
    print_table(_months_table(comparison), console)
    every = (row for section in comparison.sections for row in differences(section))
    if not differing(every):
        console.print(Text("The plans do not differ in any of these figures."))


def _printed_section(section: Section, comparison: Comparison) -> ReportTable:
    """Return a section for the terminal: the rows that differ, and the unit in the title.

    The headline figures are complete.
    """
    table = section_table(section, comparison)
    if section.name == "figures":
        return table
    title = table.title
    if section.unit not in title:
        title += f", {section.unit}"
    columns = tuple(replace(column, unit="") for column in table.columns)
    differ = {key for key, _, _ in differing(differences(section))}
    kept = []
    for row, (key, _) in zip(table.rows, section.rows, strict=True):
        if key in differ:
            kept.append(row)
    return ReportTable(table.name, title, table.summary, columns, kept)


def _months_table(comparison: Comparison) -> ReportTable:
    """Return the months for which limits are used up, one column for each plan."""
    rows = []
    for found in comparison.bottlenecks:
        row: Row = {"limit": found["limit"]}
        for name in comparison.names:
            row[name] = found[f"{name}, months used up"]
        rows.append(row)
    columns = columns_of(rows, comparison.currency)
    return ReportTable("Bottlenecks", "Limits used up, months", BOTTLENECKS, columns, rows)


def write_comparison(
    comparison: Comparison, folder: Path, attempt: Attempt = strictly
) -> dict[str, str]:
    """Write ``compare.xlsx`` and ``compare.html`` into a folder.

    Parameters
    ----------
    comparison
        The results to write.
    folder
        Folder to write to.
    attempt
        Runs each writer; a failure of one does not stop the others.

    Returns
    -------
    dict of str to str
        Paths of the files that are written, by kind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Writer] = {
        "compare.xlsx": lambda path: _write_book(path, comparison),
        "compare.html": lambda path: write_text(path, comparison_page(comparison)),
    }
    written = written_files(folder, writers, attempt)
    return {Path(name).suffix.lstrip("."): path for name, path in written.items()}


def _write_book(path: Path, comparison: Comparison) -> None:
    created = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    write_whatif_workbook(comparison_report(comparison), path, created)


def comparison_page(comparison: Comparison) -> str:
    """Return the page of a comparison."""
    return whatif_page(comparison_report(comparison), f"Plans: {', '.join(comparison.names)}")
