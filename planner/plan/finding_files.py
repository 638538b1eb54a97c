"""Findings about a plan, saved in its folder and never beside another plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.errors import PlannerError
from planner.plan.finding_rows import typed_findings
from planner.plan.finding_tables import FINDINGS, FOUND_COLUMNS, Finding
from planner.plan.rows import rows_of
from planner.plan.table_files import load_table, save_table

Entry = dict[str, Any]


def identity(name: str, manifest: object, inputs_digest: str, tables: Mapping[str, str]) -> str:
    """Return the digest that identifies a plan.

    Parameters
    ----------
    name, manifest, inputs_digest
        Of the plan; the manifest as JSON holds it.
    tables
        Digest of each result table's file.
    """
    parts = [name, manifest, inputs_digest, dict(tables)]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def save_findings(folder: Path, findings: Mapping[str, Finding], of: str) -> dict[str, Entry]:
    """Write the tables of findings into a folder; return the entries that vouch for them.

    Raises
    ------
    ValueError
        If a finding is of another plan, or of an unknown kind.
    """
    entries: dict[str, Entry] = {}
    for kind, finding in findings.items():
        if finding.of != of:
            raise ValueError(f"the {kind} is of another plan")
        tables = {}
        for name in (table.name for table in FINDINGS[kind] if table.name in finding.tables):
            rows = rows_of(finding.tables, name)
            tables[name] = save_table(folder, name, FOUND_COLUMNS[name], rows)
        entries[kind] = {"of": of, "facts": finding.facts, "tables": tables}
    return entries


def load_findings(folder: Path, entries: Mapping[str, Entry], of: str) -> dict[str, Finding]:
    """Read the findings of a plan folder.

    Raises
    ------
    PlannerError
        If a file is missing or was changed, or a finding is of another plan.
    """
    found = {}
    for kind, entry in entries.items():
        if entry["of"] != of:
            raise PlannerError(f"the {kind} in {folder} is of another plan. Plan again")
        tables = {
            table.name: load_table(
                folder, table.name, FOUND_COLUMNS[table.name], entry["tables"][table.name]
            )
            for table in FINDINGS[kind]
            if table.name in entry["tables"]
        }
        found[kind] = Finding(of, typed_findings(tables), entry["facts"])
    return found


def files_of(entries: Mapping[str, Entry]) -> list[str]:
    """Return the files of findings, relative to the plan's folder."""
    return [str(table["file"]) for entry in entries.values() for table in entry["tables"].values()]
