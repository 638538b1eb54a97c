"""Each column of a table is declared once, and people read the declared title everywhere."""

from __future__ import annotations

import ast
import html
import re
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from page_plans import edge
from places import ROOT

from planner.plan.columns import KINDS, Column, resolved_kind
from planner.plan.finding_tables import ANSWERS, FINDINGS
from planner.plan.report_tables import REPORT_TABLES
from planner.plan.tables import RESULTS
from planner.reports.excel.plan_workbook import write_plan_workbook
from planner.reports.page.plan_page import page

FOUND = tuple(table for tables in FINDINGS.values() for table in tables)
TABLES = (*RESULTS, *FOUND, *ANSWERS, *REPORT_TABLES)
COLUMNS = [
    pytest.param(column, id=f"{table.name}.{column.name}")
    for table in TABLES
    for column in table.declared
]

REPORTS = ROOT / "planner" / "reports"
HEADER_COLOUR = "FF1F3864"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_is_declared_in_full(column: Column) -> None:
    assert column.name
    assert column.title
    assert column.kind in KINDS
    assert re.fullmatch(r".*[.]", column.meaning)
    assert column.width > 0
    assert not column.adds_up or column.is_number


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_headings_of_a_table_differ(table) -> None:
    headings = [(column.title, column.unit) for column in table.declared]
    assert len(headings) == len(set(headings))
    assert len(table.columns) == len(table.declared)


def test_tables_differ_in_their_names() -> None:
    names = [table.name for table in TABLES]
    assert len(names) == len(set(names))


DECLARING = REPORTS / "whatif_columns.py"
"""Declares the columns of what-ifs, which are no tables of a plan."""


@pytest.mark.parametrize(
    "path", sorted({*REPORTS.rglob("*.py")} - {DECLARING}), ids=lambda path: path.stem
)
def test_reports_declare_no_column_of_their_own(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = {ast.unparse(call.func) for call in calls}
    assert "Column" not in names


@cache
def declared_headings() -> re.Pattern[str]:
    """Return a pattern of every title with its unit, whatever the plan's words are."""
    patterns = []
    for table in TABLES:
        for column in table.declared:
            if re.fullmatch(r"\{\w+\}", column.title) and not column.unit:
                continue  # its headings are names, and its sheets are left out below
            text = f"{column.title}\n({column.unit})" if column.unit else column.title
            patterns.append(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)))
    return re.compile("|".join(patterns))


PIVOTS = ("MW by site", "Systems by site", "Chart data")
"""Sheets whose headings are names of sites or of series."""


@pytest.mark.parametrize("name", ["chain", "missed in part", "explained"])
def test_headings_of_the_workbook_are_declared(name: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(edge(name), path)
    headings = set()
    for sheet in openpyxl.load_workbook(path):
        if sheet.title in PIVOTS:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                is_header = cell.fill.start_color.rgb == HEADER_COLOUR
                if is_header and isinstance(cell.value, str):
                    headings.add(cell.value)
    assert len(headings) > 50
    assert [text for text in headings if not declared_headings().fullmatch(text)] == []


@pytest.mark.parametrize("name", ["chain", "missed in part", "explained"])
def test_headings_of_the_page_are_declared(name: str) -> None:
    pattern = re.compile(
        r'<th scope="col"[^>]*><span>(.*?)</span>(?:<span class="unit">(.*?)</span>)?</th>'
    )
    headings = set()
    for title, unit in pattern.findall(page(edge(name))):
        headings.add(html.unescape(f"{title}\n({unit})" if unit else title))
    assert len(headings) > 30
    assert [text for text in headings if not declared_headings().fullmatch(text)] == []


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("amount", [1.0, 2.0], "count"),
        ("amount", [1.0, 2.5], "exact"),
        ("amount", [1e6 + 0.5], "count"),
        ("amount", [None, "text", float("nan"), float("inf")], "count"),
        ("mixed", [0.5], "exact"),
        ("money", [0.5, 3.0], "exact"),
        ("money", [0.5, 1e6], "count"),
        ("mw", [0.5], "mw"),
    ],
)
def test_amounts_have_decimals_only_where_a_value_needs_them(
    kind: str, values: list[object], expected: str
) -> None:
    assert resolved_kind(kind, values) == expected
