"""Scenarios, changes and draws made once by `check`: each fault at its own cell, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_whatif_changes import base

from planner.cli.check import command
from planner.inputs.convert import raw_sheets
from planner.inputs.rows import Inputs
from planner.inputs.template import write_workbook
from planner.inputs.workbook import read_inputs
from planner.whatif.rehearsal import rehearsed, warning_of_scenarios

ROOT = Path(__file__).parents[1]
Rows = list[dict[str, object]]


def change(name: str, sheet: str, key: str, column: str, operation: str, value: object) -> Rows:
    return [{"change": name, "sheet": sheet, "key": key, "column": column, "operation": operation,
             "value": value}]  # fmt: skip


def told(changes: Rows, scenarios: dict[str, list[str]] | None = None, **more: Rows) -> list[str]:
    """Return the faults of a workbook with these changes, each of a scenario of its own name."""
    named = {c["change"]: [c["change"]] for c in changes} if scenarios is None else scenarios
    rows: Rows = [{"scenario": name, "change": each} for name, made in named.items()
                  for each in made]  # fmt: skip
    inputs: Inputs = base(changes=changes, scenarios=rows, **more)
    return [str(fault) for fault in rehearsed(inputs)]


def test_every_kind_of_fault_is_told_at_its_cell_and_all_at_once() -> None:
    changes = [
        *change("three parts", "crews", "Hall, Wales,*", "systems_per_month", "scale", 0.5),
        *change("misspelt", "crews", "sit,*", "systems_per_month", "scale", 0.5),
        *change("out of bounds", "sites", "site", "pue", "scale", 0.5),
        *change("not closed", "sites", '"site', "pue", "set", 1.1),
        *change("beyond the calendar", "milestones", "*", "date", "shift_days", 10**7),
        *change("of a text", "sites", "site", "site", "scale", 2),
    ]
    assert told(changes) == [
        "changes!C2 'Hall, Wales,*': the key of crews is site, from, and this has 3 parts. Put a "
        "name that holds a comma in double quotes",
        "changes!C3 'sit,*': no row of crews has this key. The nearest are site,2026-03-01; "
        "site,2026-01-01",
        "changes!F4 '0.5': sites!B2 is 1: pue is out of bounds. Give a number, at least 1 and at "
        "most 3",
        "changes!C5 '\"site': a double quote in this key is not closed, or stands in the midst of "
        'a name. Write "a name" or "a ""quoted"" one',
        "changes!F6 '10000000': milestones!B2 would lie outside the calendar. Shift by fewer days",
        "changes!F7 '2': sites!A2 is site: site is a text, no number. Use set (=)",
    ]


def test_a_result_that_breaks_a_rule_across_sheets_is_told_at_the_change() -> None:
    found = told(change("later", "milestones", "*", "date", "shift_days", 400))
    assert {fault.partition(":")[0] for fault in found} == {"changes!F2 '400'"}
    assert "after this change milestones!B2 would be " in found[0]
    assert "it is after the plan's end" in found[0]


def test_changes_that_can_be_planned_together_alone_have_no_fault() -> None:
    """The milestones move beyond the end, unless the end moves, too."""
    changes = [*change("late", "milestones", "*", "date", "shift_days", 90),
               *change("long", "settings", "end", "value", "set", "2026-12-31")]  # fmt: skip
    assert told(changes, {"both": ["long", "late"]}) == []
    assert told(changes, {"one": ["late"], "other": ["long"]}) != []


def test_changes_that_leave_the_bounds_together_alone() -> None:
    """Each by itself keeps within them; the second one is told."""
    changes = [*change("half", "sites", "site", "pue", "scale", 2),
               *change("again", "sites", "site", "pue", "scale", 2)]  # fmt: skip
    assert told(changes, {"one": ["half"], "other": ["again"]}) == []
    (fault,) = told(changes, {"twice": ["half", "again"]})
    assert fault.startswith("changes!F3 '2': sites!B2 is 2: pue is out of bounds")


def test_a_change_in_no_scenario_is_made_too() -> None:
    changes = change("unused", "sites", "nowhere", "pue", "set", 1.2)
    (fault,) = told(changes, {})
    assert fault.startswith("changes!C2 'nowhere': no row of sites has this key")


def test_a_fault_of_two_scenarios_is_told_once() -> None:
    changes = change("shared", "sites", "nowhere", "pue", "set", 1.2)
    assert len(told(changes, {"one": ["shared"], "two": ["shared"]})) == 1


def test_the_key_of_a_draw_is_looked_up() -> None:
    draws: Rows = [{"draw": "d", "sheet": "crews", "key": "nobody,*", "operation": "scale",
                    "column": "systems_per_month", "distribution": "uniform", "low": 0.5,
                    "high": 1}]  # fmt: skip
    (fault,) = told([], {}, draws=draws)
    assert fault.startswith("draws!C2 'nobody,*': no row of crews has this key")
    (fault,) = told([], {}, draws=[{**draws[0], "key": "site,*", "low": None}])
    assert fault == "draws!G2: a uniform draw needs low. Give it"


@pytest.mark.parametrize("name", ["first-plan", "openai-750mw", "openai-2gw", "frontier-sites"])
def test_the_shipped_scenarios_have_no_fault(name: str) -> None:
    assert rehearsed(read_inputs(ROOT / "inputs" / f"{name}.xlsx")) == ()


def test_check_fails_and_the_plan_of_the_base_is_warned_in_a_line(tmp_path: Path) -> None:
    changes = change("misspelt", "crews", "sit,*", "systems_per_month", "scale", 0.5)
    inputs = base(changes=changes, scenarios=[{"scenario": "s", "change": "misspelt"}])
    path = tmp_path / "plan.xlsx"
    write_workbook(path, raw_sheets(inputs))
    result = CliRunner().invoke(command, [str(path), "--json"], standalone_mode=False)
    found = json.loads(result.stdout)
    assert result.return_value == 1
    assert [(f["sheet"], f["cell"]) for f in found["faults"]] == [("changes", "C2")]
    assert warning_of_scenarios(read_inputs(path)) == (
        "scenarios of this workbook are at fault (changes!C2): see planner check"
    )
    assert warning_of_scenarios(base()) == ""
