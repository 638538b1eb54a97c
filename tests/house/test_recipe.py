"""The recipe of `.github/CONTRIBUTING.md` for a new rule, followed in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

PAGE = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPE = PAGE.split("## Adding a rule")[1]
EDITS = re.findall(r"^```diff\n--- (\S+)\n(.*?)^```$", RECIPE, flags=re.MULTILINE | re.DOTALL)
NEW_TESTS = [
    "tests/unit/model/test_micro_cases.py::test_a_hall_holds_no_more_systems_than_the_fire_code_allows",
    "tests/unit/model/test_micro_cases.py::test_a_floor_bears_no_more_than_its_load",
    "tests/unit/model/test_micro_cases.py::test_a_fleet_as_heavy_as_its_floor_stays",
    "tests/unit/model/test_blocks_sites.py::test_fire_code",
    "tests/unit/model/test_blocks_sites.py::test_hall_floor_load",
    "tests/unit/model/test_blocks_sites.py::test_every_rule_has_a_test_of_its_own",
    "tests/unit/explain/test_explain_causes.py::test_nothing_is_late_to_begin_with",
    "tests/unit/explain/test_explain_causes.py::test_the_planted_cause_is_named_first[fire code]",
    "tests/unit/explain/test_explain_causes.py::test_the_planted_cause_is_named_first[floor load]",
    "tests/unit/explain/test_explain_asked.py",
    "tests/unit/workbook/test_units.py",
    "tests/unit/checker/test_verify.py::test_a_correct_plan_passes",
    "tests/unit/checker/test_verify.py::test_every_rule_compares_something_in_a_correct_plan",
    "tests/unit/checker/test_verify.py::test_every_rule_is_tripped_by_a_tamper",
    "tests/unit/checker/test_verify.py::test_a_tampered_plan_is_refused_by_its_rule",
    "tests/unit/checker/test_verify.py::test_a_stricter_workbook_is_refused_by_its_rules_alone",
    "tests/unit/workbook/test_template.py::test_the_data_dictionary_is_in_step_with_the_declarations",
    "tests/house/test_walls.py",
]

ASKED = """
from instances import settings, unit_system
from planner.errors import InputFaults
from planner.explain.explanation import explain
from planner.explain.session import Session
from planner.pipeline import make_plan
from planner.workbook.reading import inputs_from_rows

def inputs(limit, **more):
    rows = {
        "settings": settings("2026-01-01", "2026-01-31"),
        "systems": [unit_system(price=10, weight_t=1.5)],
        "sites": [{"site": "site", "pue": 1}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1, **limit}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": "2026-01-31", "mw": 5}],
        **more,
    }
    return inputs_from_rows("fire", rows)

fleet = [{"hall": "hall", "system": "unit", "count": 5, "commitment": "demand"}]
for limit in ({"most_systems": 3}, {"floor_load_t": 5}):
    plan = make_plan(inputs(limit))
    print(plan.summary["missed_mw_months"])
    tables = explain(Session(plan.inputs, plan)).tables
    for name in ("bottlenecks", "lateness", "asks"):
        print(name, tables[name][0]["kind"])
    print(tables["asks"][0]["says"])
    try:
        make_plan(inputs(limit, fleet=fleet))
    except InputFaults as error:
        print(*[fault.rule for fault in error.faults])
"""
"""The two limits of the recipe, with their explanations and the fault of a fleet over them."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in which the recipe was followed."""
    copy = tmp_path_factory.mktemp("recipe")
    for folder in ("planner", "tests", "inputs", ".github"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, diff in EDITS:
        lines = diff.splitlines()
        before = "\n".join(line[1:] for line in lines if line[0] in " -")
        after = "\n".join(line[1:] for line in lines if line[0] in " +")
        text = (copy / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{name} has {text.count(before)} times: {before}"
        (copy / name).write_text(text.replace(before, after), encoding="utf-8")
    command = re.search(r"^\.venv/bin/planner (init --dictionary) > (\S+)$", RECIPE, re.MULTILINE)
    assert command is not None
    dictionary = run(copy, "-m", "planner", *command[1].split())
    (copy / command[2]).write_text(dictionary, encoding="utf-8")
    return copy


def run(copy: Path, *arguments: str) -> str:
    """Run Python in the copy and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), "tests/helpers"])}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tests_of_the_recipe_pass(copy: Path) -> None:
    printed = run(copy, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *NEW_TESTS)
    assert "failed" not in printed
    assert str(copy) in run(copy, "-c", "import planner; print(planner.__file__)")


def test_a_limit_in_tonnes_changes_six_files() -> None:
    """One that counts systems leaves out two: the weight of a system, and the unit."""
    files = {name for name, _ in EDITS if name.startswith("planner/")}
    assert len(files) == 6


def test_the_new_limits_are_explained(copy: Path) -> None:
    # Three of five systems fit: two are missing, of 1.5 t each, where the floor bears 5 t in all.
    assert run(copy, "-c", ASKED).splitlines() == [
        "2.0",
        "bottlenecks fire code",
        "lateness fire code",
        "asks fire code",
        "hall: 2 more systems allowed in each hall",
        "the fleet in this hall has 5 systems, but the fire code allows 3 in its open halls",
        "2.0",
        "bottlenecks hall floor load",
        "lateness hall floor load",
        "asks hall floor load",
        "hall: 3 more tonnes of floor load in each hall",
        "the fleet in this hall weighs 7.5 t, but the floors of its open halls carry 5 t",
    ]
