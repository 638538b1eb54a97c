"""The same workbook gives the same plan: in another process, in another order, by other names.

Twenty runs of a shipped workbook are compared by `tests/on_demand/same_plan.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from blocks import hall, rows_of
from csv_folders import folder_of
from how_many import CASES, seeds
from instances import Sheets
from places import ROOT
from random_cases import random_case
from random_wide import wide_case
from relations import Pair, names_changed, rows_shuffled

from planner.case.canonical_order import in_canonical_order
from planner.case.case import make_case
from planner.errors import InputFaults
from planner.model.build import build_model
from planner.model.frame import ContradictionError
from planner.model.objectives import make_tiers
from planner.pipeline import Options, make_plan
from planner.workbook.reading import inputs_from_rows, read_inputs

FIRST_PLAN = ROOT / "inputs" / "first-plan.xlsx"
BLOCK = 10

DECIDED = {
    "production": (),
    "shipments": (),
    "stock": (),
    "installs": (),
    "fleet": (),
    "halls": (),
    "power": (),
    "service": (),
    "ramp": (),
    "spend": (),
    "costs": (),
    "orders": (
        "order",
        "latest_order_date",
        "slack_days",
        "milestone_blocked",
        "already_late",
        "sites_fed",
        "it_mw_blocked",
    ),
}
"""Tables of what is decided, and their columns that depend on numbers given to orders."""


def arrays(sheets: Sheets) -> list[object]:
    """Return the whole model as numbers: columns, rows and tiers, without any name."""
    try:
        model = build_model(make_case(inputs_from_rows("same", sheets)))
    except (ContradictionError, InputFaults) as error:
        return [type(error)]
    at = {id(variable): position for position, variable in enumerate(model.frame.columns)}

    def terms(expression: Any) -> list[tuple[int, float]]:
        return [(at[id(variable)], weight) for variable, weight in expression.items()]

    columns = [(v.name, v.lowBound, v.upBound, v.cat) for v in model.frame.columns]
    constraints = zip(model.frame.rows, model.frame.problem.constraints.values(), strict=True)
    rows = [(rule, row.sense, row.constant, terms(row.expr)) for (rule, _), row in constraints]
    tiers = [
        (tier.name, tier.expression.constant, terms(tier.expression)) for tier in make_tiers(model)
    ]
    return [columns, rows, tiers]


def cell(value: object) -> object:
    """Return a value as a cell would hold it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or None if isinstance(value, tuple) else value


@pytest.mark.parametrize("relation", [names_changed, rows_shuffled])
@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_no_name_and_no_order_of_rows_changes_the_model(first: int, relation: Any) -> None:
    """To the bit, so that the solver cannot but find the same plan."""
    for seed in range(first, first + BLOCK):
        sheets = (wide_case, random_case)[seed % 2](seed)
        pair: Pair = relation(Random(seed), sheets)
        assert arrays(pair.before) == arrays(pair.after), f"case {seed}"


@pytest.mark.parametrize("name", ["first-plan", "openai-750mw"])
def test_nor_that_of_a_shipped_workbook(name: str) -> None:
    tables = read_inputs(ROOT / "inputs" / f"{name}.xlsx").tables
    sheets = {
        sheet: [{c: cell(v) for c, v in row.values.items() if v is not None} for row in rows]
        for sheet, rows in tables.items()
        if rows and sheet not in ("scenarios", "changes", "draws", "samples")
    }
    for seed in range(3):
        pair = names_changed(Random(seed), sheets)
        assert arrays(sheets) == arrays(rows_shuffled(Random(seed), pair.after).after)


def test_what_no_figure_tells_apart_is_in_order_of_names() -> None:
    """Sites A and B are alike, with a hall each that is like the other: each keeps its own."""

    def order(one: str, two: str) -> list[tuple[str, str]]:
        sheets = rows_of(
            sites=[{"site": "A", "pue": 1}, {"site": "B", "pue": 1}],
            halls=[{**hall(one), "site": "A"}, {**hall(two), "site": "B"}],
        )
        tables = in_canonical_order(inputs_from_rows("twins", sheets)).tables
        assert [row["site"] for row in tables["sites"]] == ["A", "B"]
        return [(row["hall"], row["site"]) for row in tables["halls"]]

    there, back = order("h1", "h2"), order("h2", "h1")
    assert [site for _, site in there] == [site for _, site in back]


def test_figures_come_before_names() -> None:
    """The smaller hall first, whatever it is called."""
    for small, large in (("a", "b"), ("b", "a")):
        sheets = rows_of(halls=[hall(large, it_mw=9), hall(small, it_mw=2)])
        rows = in_canonical_order(inputs_from_rows("sizes", sheets)).tables["halls"]
        assert [row["hall"] for row in rows] == [small, large]


def decided(sheets: Sheets, known: dict[str, str]) -> dict[str, list[str]]:
    """Return all decisions of the best plan, their names replaced, in no order."""
    plan = make_plan(inputs_from_rows("same", sheets), Options(gap=0.0))
    return {
        name: sorted(
            str({c: known.get(str(v), v) for c, v in row.items() if c not in without})
            for row in plan.tables[name]
        )
        for name, without in DECIDED.items()
    }


@pytest.mark.parametrize("seed", [3, 8, 20, 33])
def test_other_names_give_the_same_plan_under_them(seed: int) -> None:
    sheets = random_case(seed)
    pair = names_changed(Random(seed), sheets)
    known = dict(_pairs(sheets, pair.after))
    assert decided(sheets, known) == decided(pair.after, {})


def _pairs(before: Sheets, after: Sheets) -> Any:
    """Yield each name with the one that takes its place."""
    for sheet, rows in before.items():
        for row, other in zip(rows, after[sheet], strict=True):
            yield from (
                (v, other[c]) for c, v in row.items() if isinstance(v, str) and v != other[c]
            )


def digest(workbook: Path, seed: int) -> str:
    """Plan in a process of its own, with strings hashed otherwise and rows in another order."""
    run = subprocess.run(
        [
            sys.executable,
            str(ROOT / "tests" / "helpers" / "fingerprint.py"),
            str(workbook),
            "--shuffle",
            str(seed),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return run.stdout


def test_other_processes_make_the_same_plan(tmp_path: Path) -> None:
    for workbook in (FIRST_PLAN, folder_of(random_case(20), tmp_path)):
        once, again = digest(workbook, 1), digest(workbook, 2)
        assert "proven" in once
        assert once == again
