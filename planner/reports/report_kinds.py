"""Kinds of reports of a plan and their writers, shared by all commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from planner.plan.store import Plan

KINDS = {"xlsx": "plan.xlsx", "html": "report.html"}
"""Every kind of report with its file in a plan's folder."""


def report_writers(plan: Plan, kinds: Iterable[str]) -> dict[str, Callable[[Path], None]]:
    """Return the writer of each kind of report, by file name.

    Parameters
    ----------
    plan
        The plan.
    kinds
        Some of `KINDS`.

    Raises
    ------
    KeyError
        For any other kind.
    """
    writers = {"xlsx": _workbook, "html": _page}
    return {KINDS[kind]: writers[kind](plan) for kind in kinds}


def _workbook(plan: Plan) -> Callable[[Path], None]:
    from planner.reports.excel.plan_workbook import write_plan_workbook  # noqa: PLC0415 - only where asked for

    return lambda path: write_plan_workbook(plan, path)


def _page(plan: Plan) -> Callable[[Path], None]:
    from planner.reports.page.plan_page import write_page  # noqa: PLC0415 - only where asked for

    return lambda path: write_page(plan, path)
