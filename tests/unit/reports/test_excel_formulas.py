"""Live formulas of the workbook: each carries the value that its cells come to."""

from __future__ import annotations

import re
from collections import Counter

import openpyxl
import pytest
from checker_cases import correct_plan, workbook
from plan_samples import HOSTILE, sample_plan
from sheet_formulas import evaluate

from planner.plan.rounding import tidy
from planner.plan.store import Plan
from planner.reports.excel.plan_workbook import write_plan_workbook
from planner.reports.views import ramps

ODD = (
    "a",
    "A",
    "a*",
    "?",
    "~a",
    ">5",
    "=a",
    "<>",
    "007",
    "7",
    "2026-01-01",
    "TRUE",
    " a ",
    "x" * 300,
)
"""Names that a condition of SUMIFS would not take for themselves."""


def by_hand(name):
    """The plan of one of the checker's cases, which were worked out by hand."""
    tables = correct_plan(name)
    return Plan(name, tables, {}, {"currency": "EUR"}, workbook(name))


PLANS = {
    "sample": sample_plan,
    "odd names": lambda: sample_plan(suppliers=ODD),
    "hostile names": lambda: sample_plan(suppliers=HOSTILE, commitments=HOSTILE[:2]),
    **{name: (lambda name=name: by_hand(name)) for name in ("full", "plain", "pooled", "dear")},
}


@pytest.fixture(scope="module", params=PLANS)
def written(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("formulas") / "plan.xlsx"
    plan = PLANS[request.param]()
    write_plan_workbook(plan, path)
    values = openpyxl.load_workbook(path, data_only=True)
    return plan, values, openpyxl.load_workbook(path)


def test_every_formula_carries_what_its_cells_come_to(written):
    _, values, formulas = written
    kinds = Counter()
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            stored = values[sheet.title][cell.coordinate].value
            assert isinstance(stored, int | float), (sheet.title, cell.coordinate, cell.value)
            due = evaluate(values, sheet.title, cell.value)
            assert stored == pytest.approx(due, rel=1e-12, abs=1e-9), (
                sheet.title,
                cell.coordinate,
                cell.value,
            )
            kinds[re.match(r"=\W*(\w*)", cell.value)[1]] += 1
    assert {"SUBTOTAL", "SUM"} <= set(kinds)


def test_live_totals_are_the_plans_figures(written):
    plan, values, _ = written

    def totals(name, text, unit=""):
        sheet = values[name]
        for row in sheet.iter_rows(max_row=6):
            for cell in row:
                head, _, below = str(cell.value).partition("\n")
                if head == text and unit in below:
                    return cell.offset(-1).value
        raise AssertionError((name, text))

    def due(table, key):
        return sum(row[key] or 0 for row in plan.tables[table])

    assert totals("Purchase orders", "Extended price") == pytest.approx(due("orders", "price"))
    assert totals("Orders by supplier", "Extended price") == pytest.approx(due("orders", "price"))
    assert totals("Costs", "Amount") == pytest.approx(due("costs", "amount"))
    assert totals("Costs", "Present cost") == pytest.approx(due("costs", "present_cost"))
    assert totals("Cash", "Pay: all") == pytest.approx(due("spend", "amount"))
    systems = {row["system"] for row in plan.tables["installs"] if row["installed"]}
    for system in systems:
        own = [row["installed"] for row in plan.tables["installs"] if row["system"] == system]
        unit = system if len(systems) > 1 else "systems"
        assert totals("Systems by site", "All", unit) == pytest.approx(sum(own))


def test_what_serves_at_the_end_is_what_the_ramp_says(written):
    plan, values, _ = written
    top = next(
        cell for cell in values["MW by basis"][5] if str(cell.value).startswith("In service")
    )
    ends = [rows[-1] for rows in ramps(plan).values() if rows[-1]["in_service_mw"]]
    if plan.name not in ("full", "plain", "pooled", "dear"):
        return
    if len({row["basis"] for row in ends}) > 1:
        assert not top.offset(-1).value
    else:
        assert top.offset(-1).value == pytest.approx(sum(row["in_service_mw"] for row in ends))


@pytest.mark.parametrize("name", PLANS)
def test_what_is_computed_for_the_workbook_has_no_dust(name, tmp_path):
    plan = PLANS[name]()
    found = [rows for finding in plan.findings.values() for rows in finding.tables.values()]
    for rows in (*plan.tables.values(), *found, plan.summary.get("milestones") or []):
        for row in rows:
            row |= {key: tidy(value) for key, value in row.items() if type(value) is float}
    write_plan_workbook(plan, tmp_path / "plan.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True):
        for row in sheet.iter_rows(values_only=True):
            for value in (value for value in row if isinstance(value, float)):
                assert value == tidy(value), (sheet.title, value)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(A1:B2)", 10.0),
        ("=SUBTOTAL(109,A1:A2)", 4.0),
        ("=A1*(A2-B1)/2+1", 1.5),
        ("='Other one'!$A$1*2", 20.0),
        ('=SUMIFS(B1:B2,A1:A2,">="&A2,A1:A2,"<="&B2)', 4.0),
        ('=COUNTIFS(A1:A2,">="&A1)', 2),
        ("=SUMPRODUCT(EXACT(C1:C2,C1)*EXACT(C1:C2,C1),B1:B2)", 2.0),
        ("=ROUNDUP(ROUND(B2/A2,9),0)", 2.0),
    ],
)
def test_the_evaluator_itself(formula, value):
    book = openpyxl.Workbook()
    sheet, other = book.active, book.create_sheet("Other one")
    for row in ((1, 2, "x"), (3, 4, "X")):
        sheet.append(row)
    other.append((10,))
    assert evaluate(book, sheet.title, formula) == value
