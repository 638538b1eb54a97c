"""The figures in `plan.json` are those of its tables, or `planner verify` refuses the plan."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from places import INPUTS

from planner.cli.main import planner as commands
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan, save_plan
from planner.workbook.reading import read_inputs

FIRST_PLAN = INPUTS / "first-plan.xlsx"

Forge = Callable[[dict[str, Any]], None]

FORGERIES: dict[str, Forge] = {
    "missed_mw_months": lambda s: s.update(missed_mw_months=1.0),
    "gap": lambda s: s.update(gap=0.001),
    "tiers": lambda s: s["tiers"][1].update(value=s["tiers"][1]["value"] - 1),
    "costs": lambda s: s["costs"].update(fit_out=4_600_000.0),
    "present_costs": lambda s: s["present_costs"].pop("energy"),
    "milestones": lambda s: s["milestones"][1].update(in_service_mw=6.0),
    "systems": lambda s: s["systems"].update({"Rack-25": 126.0}),
    "halls_opened": lambda s: s.update(halls_opened=5.0),
    "revenue": lambda s: s.update(revenue=1.0),
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(read_inputs(FIRST_PLAN), Options())


def verified(plan: Plan, folder: Path) -> tuple[int, str]:
    """Save a plan, sealed as any other, and return how `planner verify` ends."""
    save_plan(plan, folder, {})
    found = CliRunner().invoke(
        commands, ["verify", str(folder), str(FIRST_PLAN)], obj={}, standalone_mode=False
    )
    return found.return_value, found.output


@pytest.mark.parametrize("figure", FORGERIES)
def test_a_figure_that_the_tables_do_not_tell_is_refused(
    plan: Plan, tmp_path: Path, figure: str
) -> None:
    summary = copy.deepcopy(plan.summary)
    FORGERIES[figure](summary)
    code, told = verified(replace(plan, summary=summary), tmp_path / "plan")
    assert code == 70
    assert f"summary: {figure} is not what the tables say" in told


def test_a_plan_called_proven_whose_tiers_are_not_is_refused(plan: Plan, tmp_path: Path) -> None:
    tables = copy.deepcopy(plan.tables)
    tables["tiers"][1]["status"] = "time limit"
    summary = copy.deepcopy(plan.summary)
    summary["tiers"][1]["status"] = "time limit"  # type: ignore[index]
    code, told = verified(replace(plan, tables=tables, summary=summary), tmp_path / "plan")
    assert code == 70
    assert "the tiers do not say so" in told


def test_a_plan_as_it_was_made_holds(plan: Plan, tmp_path: Path) -> None:
    assert verified(plan, tmp_path / "plan")[0] == 0
