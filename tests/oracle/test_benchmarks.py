"""The benchmarks state the rules a second time: in a greedy plan, and in plain PuLP."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from planner.case.case import Case, make_case
from planner.checker.verify import verify
from planner.model.build import build_model
from planner.pipeline import _tier_row
from planner.plan.extract import extract
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs
from planner.workbook.writing.template import write_workbook

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def inputs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inputs:
    """Return the smallest generated workbook; the benchmarks can be imported."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    generate = importlib.import_module("generate")
    path = tmp_path / "S.xlsx"
    write_workbook(path, generate.workbook(generate.SIZES["S"]))
    return read_inputs(path)


def test_a_greedy_plan_passes_the_checker(inputs: Inputs) -> None:
    greedy = importlib.import_module("greedy")
    model = build_model(make_case(inputs))
    solution = greedy.solve(model, LiveModel(model.frame, model.frame.columns))
    tables = extract(inputs, model, list(solution.values), map(_tier_row, solution.tiers))
    verdict = verify(inputs, tables)
    assert verdict.ok, verdict.violations[:5]
    assert sum(row["installed"] for row in tables["installs"]) > 1000


def test_plain_pulp_states_the_same_model(inputs: Inputs, tmp_path: Path) -> None:
    case = make_case(inputs)
    ours, its = (relaxed(way, case, tmp_path) for way in ("planner", "pulp"))
    assert its == pytest.approx(ours, rel=1e-9)


def relaxed(way: str, case: Case, folder: Path) -> dict[str, Any]:
    """Return size and optimum of the relaxation as stated in one way."""
    peers_one = importlib.import_module("peers_one")
    size: dict[str, Any] = peers_one.size_of(peers_one.stated(way, case, {}), str(folder), True)
    highs = size.pop("highs")
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solve_relaxation", True)
    highs.run()
    return size | {"optimum": highs.getInfo().objective_function_value}
