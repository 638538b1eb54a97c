"""Sheets Assumptions and Manifest: sources of the inputs, options and versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from planner.plan.finding_tables import FINDINGS
from planner.plan.report_tables import ASSUMPTIONS, FILES, MANIFEST
from planner.plan.rows import Row
from planner.plan.tables import RESULTS
from planner.reports.counts import as_sentence, origins, rests_on
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import clean
from planner.reports.excel.workbook_writer import TOP, Page
from planner.workbook.rows import Row as SheetRow
from planner.workbook.schema.declarations import Table
from planner.workbook.schema.sheets import TABLES


def assumptions(report: Report) -> list[Row]:
    """Return every input row with a source, assumptions first."""
    rows = []
    for table in TABLES:
        for row in report.plan.inputs.tables[table.name]:
            origin = _origin(table, row)
            if origin is not None:
                rows.append(origin)
    return sorted(rows, key=lambda row: row["kind"] != "assumption")


def _origin(table: Table, row: SheetRow) -> Row | None:
    """Return an input row with its source; None if it has none."""
    kind = rests_on(row)
    if kind is None:
        return None
    key = [_shown(row.values.get(column)) for column in table.key]
    given = []
    for column in table.columns:
        is_named = column.name in table.key or column.name == "source"
        if not is_named and column.name not in row.blank:
            given.append(f"{column.name} {_shown(row.values[column.name])} {column.unit}".rstrip())
    cells = list(row.cells.values())
    return {
        "kind": kind,
        "sheet": table.name,
        "cells": f"{cells[0]}:{cells[-1]}" if len(cells) > 1 else "".join(cells),
        "key": ", ".join(key),
        "values": "; ".join(given),
        "source": row.values["source"],
    }


def _shown(value: object) -> str:
    """Return an input value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return f"{value:,.10g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def write_assumptions(report: Report, page: Page) -> None:
    """Write every input row with its source, assumptions first."""
    rows = assumptions(report)
    words = as_sentence(origins(report.plan).words)
    page.subtitle(f"{words}; sheet and cells are those of the input workbook")
    page.widths, page.fixed = dict(enumerate((12.0, 16.0, 10.0, 26.0, 50.0, 70.0))), True
    placed = page.table(TOP, ASSUMPTIONS.select(), rows, empty="no sources given")
    page.freeze(TOP)
    page.filter(placed)
    page.mark(placed.cells("kind"), "==", "assumption", "tight", "label")
    report.placed["Assumptions"] = placed


def write_manifest(report: Report, page: Page) -> None:
    """Write the inputs, options and versions of the plan, and the files of its tables."""
    plan = report.plan
    page.subtitle("Inputs, options and versions of this plan, and the files of its tables")
    page.widths, page.fixed = {0: 26.0, 1: 84.0, 2: 10.0}, True
    parts: tuple[Mapping[str, object], ...] = (
        plan.manifest,
        {key: plan.summary.get(key) for key in ("model", "seconds")},
        {kind: finding.facts for kind, finding in plan.findings.items()},
    )
    facts: list[Row] = []
    for part in parts:
        for key, value in _flat(part):
            facts.append({"key": key, "value": value})
    placed = page.table(TOP, MANIFEST.select(), facts)
    page.freeze(TOP)
    written = list(RESULTS)
    for kind in plan.findings:
        written += FINDINGS[kind]
    files: list[Row] = []
    for table in written:
        name, count = f"tables/{table.name}.csv", len(plan.rows(table.name))
        files.append({"key": name, "value": table.help, "rows": count})
    row = page.section(placed.last + 2, "Tables beside this workbook")
    page.table(row, FILES.select(), files)
    report.placed["Manifest"] = placed


def _flat(entries: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield nested entries one by one, as texts."""
    for key, value in entries.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, (list, tuple)):
            yield name, clean(", ".join(map(str, value)))
        else:
            yield name, value
