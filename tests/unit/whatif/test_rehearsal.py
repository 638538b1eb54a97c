"""Scenarios, changes and draws made once by `check`: each fault at its own cell, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from places import ROOT
from test_whatif_changes import base

from planner.cli.check import command
from planner.cli.main import planner
from planner.errors import InputFaults
from planner.whatif.applied_changes import apply
from planner.whatif.changes import what_if
from planner.whatif.draws import read_draws
from planner.whatif.rehearsal import rehearsed, warning_of_scenarios
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs
from planner.workbook.stored_inputs import as_document, from_document
from planner.workbook.writing.conversion import raw_sheets
from planner.workbook.writing.template import write_workbook

Rows = list[dict[str, object]]

UNREADABLE: Rows = [
    {
        "change": "share",
        "sheet": "sites",
        "key": "site",
        "column": "pue",
        "operation": "scale",
        "value": "90 %",
    },
    {
        "change": "wrong key",
        "sheet": "sites",
        "key": "nowhere",
        "column": "pue",
        "operation": "set",
        "value": 1.2,
    },
    {
        "change": "two rows",
        "sheet": "sites",
        "key": "site",
        "column": "pue",
        "operation": "set",
        "value": "many",
    },
    {
        "change": "two rows",
        "sheet": "crews",
        "key": "nobody",
        "column": "systems_per_month",
        "operation": "set",
        "value": 2,
    },
    {
        "change": "sound",
        "sheet": "sites",
        "key": "site",
        "column": "pue",
        "operation": "set",
        "value": 1.2,
    },
]
"""Changes of which one has a sound row, and four a fault: in the cell, in the key, or in both."""

NAMED: Rows = [
    {"scenario": name, "change": name}
    for name in ("share", "wrong key", "two rows", "sound", "unknown")
]
WHERE = {
    "share": ["changes!F2"],
    "wrong key": ["changes!C3"],
    "two rows": ["changes!F4"],
    "unknown": ["scenarios!B6"],
}


def change(name: str, sheet: str, key: str, column: str, operation: str, value: object) -> Rows:
    return [
        {
            "change": name,
            "sheet": sheet,
            "key": key,
            "column": column,
            "operation": operation,
            "value": value,
        }
    ]


def told(changes: Rows, scenarios: dict[str, list[str]] | None = None, **more: Rows) -> list[str]:
    """Return the faults of a workbook with these changes, each of a scenario of its own name."""
    named = {c["change"]: [c["change"]] for c in changes} if scenarios is None else scenarios
    rows: Rows = [
        {"scenario": name, "change": each} for name, made in named.items() for each in made
    ]
    inputs: Inputs = base(changes=changes, scenarios=rows, **more)
    return [str(fault) for fault in rehearsed(inputs)]


def test_every_kind_of_fault_is_told_at_its_cell_and_all_at_once() -> None:
    changes = [
        *change("three parts", "crews", "Hall, Wales,*", "systems_per_month", "scale", 0.5),
        *change("misspelt", "crews", "sit,*", "systems_per_month", "scale", 0.5),
        *change("out of range", "sites", "site", "pue", "scale", 0.5),
        *change("not closed", "sites", '"site', "pue", "set", 1.1),
        *change("beyond the calendar", "milestones", "*", "date", "shift_days", 10**7),
        *change("of a text", "sites", "site", "site", "scale", 2),
    ]
    assert told(changes) == [
        "changes!C2 'Hall, Wales,*': the key of crews is site, from, but this key has 3 parts. Put "
        "a name that contains a comma in double quotes",
        "changes!C3 'sit,*': no row of crews has this key. The closest keys are site,2026-03-01; "
        "site,2026-01-01",
        "changes!F4 '0.5': sites!B2 is 1: pue is out of range. Give a number, at least 1 and at "
        "most 3",
        "changes!C5 '\"site': a double quote in this key is not closed, or is inside a name. "
        'Write "a name" or "a ""quoted"" one',
        "changes!F6 '10000000': milestones!B2 would lie outside the calendar. Shift by fewer days",
        "changes!F7 '2': sites!A2 is site: site is a text, not a number. Use set (=)",
    ]


def test_a_result_that_breaks_a_rule_across_sheets_is_told_at_the_change() -> None:
    found = told(change("later", "milestones", "*", "date", "shift_days", 400))
    assert {fault.partition(":")[0] for fault in found} == {"changes!F2 '400'"}
    assert "after this change milestones!B2 would be " in found[0]
    assert "it is after the plan's end" in found[0]


def test_changes_that_can_be_planned_together_alone_have_no_fault() -> None:
    """The milestones move beyond the end, unless the end moves, too."""
    changes = [
        *change("late", "milestones", "*", "date", "shift_days", 90),
        *change("long", "settings", "end", "value", "set", "2026-12-31"),
    ]
    assert told(changes, {"both": ["long", "late"]}) == []
    assert told(changes, {"one": ["late"], "other": ["long"]}) != []


def test_changes_that_leave_the_bounds_together_alone() -> None:
    """Each by itself keeps within them; the second one is told."""
    changes = [
        *change("half", "sites", "site", "pue", "scale", 2),
        *change("again", "sites", "site", "pue", "scale", 2),
    ]
    assert told(changes, {"one": ["half"], "other": ["again"]}) == []
    (fault,) = told(changes, {"twice": ["half", "again"]})
    assert fault.startswith("changes!F3 '2': sites!B2 is 2: pue is out of range")


def test_a_change_in_no_scenario_is_made_too() -> None:
    changes = change("unused", "sites", "nowhere", "pue", "set", 1.2)
    (fault,) = told(changes, {})
    assert fault.startswith("changes!C2 'nowhere': no row of sites has this key")


def test_a_fault_of_two_scenarios_is_told_once() -> None:
    changes = change("shared", "sites", "nowhere", "pue", "set", 1.2)
    assert len(told(changes, {"one": ["shared"], "two": ["shared"]})) == 1


def test_the_key_of_a_draw_is_looked_up() -> None:
    draws: Rows = [
        {
            "draw": "d",
            "sheet": "crews",
            "key": "nobody,*",
            "operation": "scale",
            "column": "systems_per_month",
            "distribution": "uniform",
            "low": 0.5,
            "high": 1,
        }
    ]
    (fault,) = told([], {}, draws=draws)
    assert fault.startswith("draws!C2 'nobody,*': no row of crews has this key")
    (fault,) = told([], {}, draws=[{**draws[0], "key": "site,*", "low": None}])
    assert fault == "draws!G2: a uniform draw needs low. Fill it in"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "inputs").glob("*.xlsx")), ids=lambda path: path.stem
)
def test_the_shipped_scenarios_have_no_fault(path: Path) -> None:
    assert rehearsed(read_inputs(path)) == ()


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
        "some scenarios of this workbook have faults (changes!C2). To see them: planner check"
    )
    assert warning_of_scenarios(base()) == ""


def test_faults_of_scenarios_stop_neither_the_base_nor_a_sound_scenario() -> None:
    inputs = base(changes=UNREADABLE, scenarios=NAMED)
    assert {fault.where for fault in rehearsed(inputs)} == {
        "changes!F2",
        "changes!C3",
        "changes!F4",
        "changes!C5",
        "scenarios!B6",
    }
    kept = from_document(as_document(inputs))
    for one in (inputs, kept, apply(inputs, what_if(inputs, None, ["halls[A].count=2"]))):
        assert apply(one, what_if(one, "sound")).tables["sites"][0]["pue"] == 1.2
        for name, where in WHERE.items():
            with pytest.raises(InputFaults) as caught:
                apply(one, what_if(one, name))
            # `plan` names the scenario and the change before the cell that `check` names.
            assert [f.where.rpartition(" ")[2] for f in caught.value.faults] == where


def test_a_name_that_cannot_be_read_may_be_of_any_scenario() -> None:
    inputs = base(
        changes=[{**UNREADABLE[4], "change": None}, UNREADABLE[4]],
        scenarios=[{"scenario": "s", "change": "sound"}],
    )
    with pytest.raises(InputFaults, match="changes!A2: change is required"):
        what_if(inputs, "s")


def test_a_column_at_fault_stops_every_scenario_and_no_other_plan() -> None:
    misspelt: Rows = [
        {
            "change": "c",
            "sheet": "sites",
            "keyy": "site",
            "column": "pue",
            "operation": "set",
            "value": 1.2,
        }
    ]
    inputs = base(changes=misspelt, scenarios=[{"scenario": "s", "change": "c"}])
    assert rehearsed(inputs) == inputs.what_if_faults != ()
    with pytest.raises(InputFaults, match="changes!"):
        what_if(inputs, "s")


def test_faults_of_draws_stop_no_scenario_and_are_told_beside_others() -> None:
    draw = {
        "sheet": "sites",
        "key": "site",
        "column": "pue",
        "operation": "scale",
        "distribution": "uniform",
        "low": 0.9,
        "high": 1.1,
    }
    draws: Rows = [
        {**draw, "draw": "text", "low": "few"},
        {**draw, "draw": "key", "key": "no"},
        {**draw, "draw": "lacks", "high": None},
    ]
    inputs = base(
        changes=UNREADABLE[4:], scenarios=[{"scenario": "s", "change": "sound"}], draws=draws
    )
    assert what_if(inputs, "s") is not None
    with pytest.raises(InputFaults, match="draws!F2"):
        read_draws(inputs)
    assert {fault.where for fault in rehearsed(inputs)} == {"draws!F2", "draws!B3", "draws!G4"}


def test_the_result_of_a_scenario_that_is_made_in_part_is_not_judged() -> None:
    """The milestones move beyond the end, which a change at fault was to move as well."""
    changes = [
        *change("late", "milestones", "*", "date", "shift_days", 90),
        *change("long", "settings", "end", "value", "set", "soon"),
    ]
    (fault,) = told(changes, {"both": ["long", "late"]})
    assert fault.startswith("changes!F3 'soon'")


def test_commands_name_the_same_cells_and_check_hides_nothing(tmp_path: Path) -> None:
    inputs = base(changes=UNREADABLE, scenarios=NAMED)
    rows = raw_sheets(inputs)
    rows["changes"], rows["scenarios"] = UNREADABLE, NAMED
    path = tmp_path / "plan.xlsx"
    write_workbook(path, rows)
    result = CliRunner().invoke(command, [str(path), "--json"], standalone_mode=False)
    found = json.loads(result.stdout)
    assert result.return_value == 1
    assert found["can_be_planned"] is True
    assert found["notes"] == list(inputs.notes) != []
    assert {f["where"] for f in found["faults"]} == {f.where for f in rehearsed(inputs)}
    shown = CliRunner().invoke(planner, ["check", str(path)])
    assert "These faults affect" in shown.stdout
    for name, where in WHERE.items():
        made = CliRunner().invoke(
            planner, ["plan", str(path), "--scenario", name, "-o", str(tmp_path / "out")]
        )
        assert isinstance(made.exception, InputFaults)
        assert where[0] in str(made.exception)
    copied = CliRunner().invoke(
        planner, ["init", str(tmp_path / "copy"), "--from", str(path), "--as", "csv"]
    )
    assert isinstance(copied.exception, InputFaults)
    assert not (tmp_path / "copy").exists()
