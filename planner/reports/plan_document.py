"""The JSON documents of a plan and of its findings: figures, and what columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from planner.plan.columns import ResultTable
from planner.plan.finding_tables import FINDINGS
from planner.plan.store import Plan
from planner.plan.tables import RESULTS
from planner.reports.views import currency, period_word

Titles = dict[str, dict[str, dict[str, str]]]
"""Title and unit of each column, by table and column."""


def plan_document(
    plan: Plan, files: Mapping[str, str], findings: Mapping[str, object]
) -> dict[str, Any]:
    """Return the document that ``planner plan --json`` prints.

    Parameters
    ----------
    plan
        The plan.
    files
        Paths of its files by kind.
    findings
        Tables and facts of what was found out about it, by kind.
    """
    tables = [*RESULTS]
    for kind, found in findings.items():
        there = found if isinstance(found, Mapping) else {}
        tables += [table for table in FINDINGS[kind] if table.name in there]
    return {
        **plan.summary,
        "columns": column_titles(plan, tables),
        "manifest": plan.manifest,
        "files": files,
        **findings,
    }


def column_titles(plan: Plan, tables: Iterable[ResultTable]) -> Titles:
    """Return title and unit of every column of some tables, in the words of a plan."""
    titles: Titles = {}
    for table in tables:
        columns = table.select(money=currency(plan), period=period_word(plan))
        titles[table.name] = {
            column.name: {"title": column.title, "unit": column.unit} for column in columns
        }
    return titles
