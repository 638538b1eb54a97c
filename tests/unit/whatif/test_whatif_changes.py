"""Changes: what they say, what they change, and what is told where they are wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from instances import Sheets, settings, unit_system
from micro import assert_optimum
from places import ROOT

from planner.cli.main import planner
from planner.errors import InputFaults, PlannerError
from planner.pipeline import make_plan
from planner.whatif.applied_changes import apply, as_planned, marked
from planner.whatif.changes import (
    BASE,
    Change,
    key_parts,
    key_text,
    parse_change,
    scenario_names,
    what_if,
)
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.rows import Inputs
from planner.workbook.writing.template import write_workbook


def sheets(**more: list[dict[str, object]]) -> Sheets:
    return {
        "settings": settings("2026-01-01", "2026-04-30"),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1}, {"site": "Hall, Wales", "pue": 1.1}],
        "halls": [
            {"hall": "A", "site": "site", "it_mw": 4, "count": 3},
            {"hall": "A, north [new]", "site": "site", "it_mw": 6, "ready": "2026-02-01"},
            {"hall": 'the "big" one', "site": "Hall, Wales", "it_mw": 8},
        ],
        "crews": [
            {"site": "site", "from": "2026-01-01", "systems_per_month": 5},
            {"site": "site", "from": "2026-03-01", "systems_per_month": 10},
            {"site": "Hall, Wales", "from": "2026-01-01", "systems_per_month": 2},
        ],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": "2026-02-28", "mw": 6},
            {"commitment": "demand", "date": "2026-04-30", "mw": 12},
        ],
        **more,
    }


def base(**more: list[dict[str, object]]) -> Inputs:
    return inputs_from_rows("small", sheets(**more))


def with_set(*expressions: str, inputs: Inputs | None = None) -> Inputs:
    inputs = inputs or base()
    return apply(inputs, what_if(inputs, None, expressions))


def column(inputs: Inputs, sheet: str, name: str) -> list[object]:
    return [row[name] for row in inputs.tables[sheet]]


def message(*expressions: str) -> str:
    with pytest.raises(InputFaults) as caught:
        with_set(*expressions)
    return str(caught.value)


@pytest.mark.parametrize(
    ("expression", "sheet", "name", "expected"),
    [
        ("crews[site,*].systems_per_month*=0.5", "crews", "systems_per_month", [2.5, 5.0, 2.0]),
        ("crews[site].systems_per_month*=0.5", "crews", "systems_per_month", [2.5, 5.0, 2.0]),
        ("crews[*,2026-01-01].systems_per_month+=3", "crews", "systems_per_month", [8, 10, 5]),
        ("crews[*].systems_per_month-=2", "crews", "systems_per_month", [3, 8, 0]),
        (
            "crews[site,2026-03-*].from+=31d",
            "crews",
            "from",
            [date(2026, 1, 1), date(2026, 4, 1), date(2026, 1, 1)],
        ),
        (
            'crews["Hall, Wales",*].from-=31d',
            "crews",
            "from",
            [date(2026, 1, 1), date(2026, 3, 1), date(2025, 12, 1)],
        ),
        ('halls["A, north [new]"].count=2', "halls", "count", [3, 2, 1]),
        ('halls["the ""big"" one"].it_mw=9', "halls", "it_mw", [4, 6, 9]),
        ("halls[A*].it_mw=5", "halls", "it_mw", [5, 6, 8]),
        ("halls[*].count*=1.4", "halls", "count", [4, 1, 1]),
        ('halls["A, north [new]"].ready=', "halls", "ready", [None, None, None]),
        ("halls [ A ] . slots = 40", "halls", "slots", [40, None, None]),
        ("systems[unit].price*=1.1", "systems", "price", [11.0]),
        ("commitments[demand].basis=System", "commitments", "basis", ["system"]),
    ],
)
def test_a_change_changes_what_it_says(
    expression: str, sheet: str, name: str, expected: list[object]
) -> None:
    if expression.startswith("halls[A*]"):  # the comma in a name needs no quotes behind a star
        expected = [5, 5, 8]
    changed = with_set(expression)
    assert column(changed, sheet, name) == expected
    untouched = {s for s in changed.tables if s != sheet}
    assert {s: changed.tables[s] for s in untouched} == {s: base().tables[s] for s in untouched}


def test_rows_keep_their_cells_and_the_inputs_change_their_name_and_digest() -> None:
    before, after = base(), with_set("halls[A].it_mw=5")
    assert [row.cells for row in after.tables["halls"]] == [
        row.cells for row in before.tables["halls"]
    ]
    assert after.settings["plan"].startswith("small, set ")
    assert after.digest != before.digest
    assert after == with_set("halls[A].it_mw=5")
    assert with_set("halls[A].it_mw=6").settings["plan"] != after.settings["plan"]


def test_settings_change_given_or_not() -> None:
    early = "settings[pace].value=As-early-as-possible"
    changed = with_set("settings[end].value=2026-06-30", early)
    assert changed.settings["end"] == date(2026, 6, 30)
    assert changed.settings["pace"] == "as-early-as-possible"
    assert with_set("settings[end].value+=30d").settings["end"] == date(2026, 5, 30)
    assert with_set("settings[gap].value*=10").settings["gap"] == base().settings["gap"] * 10
    later = with_set("settings[start].value=2026-02-01")
    assert later.settings["today"] == date(2026, 2, 1)
    assert with_set("settings[plan].value=other").settings["plan"] == "other"


def test_changes_can_be_made_to_changed_inputs() -> None:
    once = with_set("settings[counts].value=continuous", "halls[A].count=2")
    twice = with_set("halls[A].it_mw=5", inputs=once)
    assert twice.settings["counts"] == "continuous"
    assert column(twice, "halls", "count") == [2, 1, 1]


def test_keys_are_those_of_the_workbook() -> None:
    """A change that moves a key does not hide its row from the next."""
    changed = with_set(
        "crews[site,2026-03-01].from+=31d", "crews[site,2026-03-01].systems_per_month=7"
    )
    assert column(changed, "crews", "systems_per_month") == [5, 7, 2]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (
            "crew[site].systems_per_month=1",
            "--set 'crew[site].systems_per_month=1' 'crew': there is no such sheet to change. "
            "Did you mean crews?",
        ),
        ("changes[x].value=1", "'changes': there is no such sheet to change. "),
        (
            "crews[site].systems=1",
            "'systems': crews has no such column. Give one of site, from, systems_per_month",
        ),
        (
            "crews[Site,2026-03-01].systems_per_month=1",
            "'Site,2026-03-01': no row of crews has this key. The closest keys "
            "are site,2026-03-01; ",
        ),
        (
            "sites[Hall, Wales].pue=1",
            "the key of sites is site, but this key has 2 parts. "
            "Put a name that contains a comma in double quotes",
        ),
        ('sites["Hall" Wales].pue=1', "a double quote in this key is not closed"),
        ("halls[A].it_mw=-3", "'-3': halls!C2 is 4: it_mw is out of range. Give a number in MW"),
        ("halls[A].it_mw*=x", "'x': halls!C2 is 4: the factor must be a number"),
        (
            "milestones[demand,*].date+=30",
            "milestones!B2 is 2026-02-28: date is a date, not a number. Use shift_days (+=90d)",
        ),
        ("halls[A].it_mw+=30d", "it_mw is a number and cannot be shifted by days. Use scale or"),
        ("commitments[demand].basis*=2", "basis is a choice, not a number. Use set (=)"),
        ("milestones[*].date+=9999999d", "would lie outside the calendar"),
        (
            "settings[pace].value=soon",
            "settings[pace] is just-in-time: this is not one of the choices for pace. Give one",
        ),
    ],
)
def test_a_wrong_change_is_told_with_its_remedy(expression: str, said: str) -> None:
    assert said in message(expression)


def test_all_faults_are_told_at_once() -> None:
    told = message("crew[x].a=1", "halls[A].it_mw=-3", "halls[B].it_mw=3")
    assert told.startswith("3 faults in the inputs:")


def test_rules_across_cells_hold_for_changed_inputs_and_name_the_change() -> None:
    told = message("milestones[demand,2026-02-28].mw=20")
    assert told.splitlines()[1].startswith(
        "  milestones!C3 after --set 'milestones[demand,2026-02-28].mw=20' '12': it is less than "
        "the 20 MW of 2026-02-28 in milestones!C2"
    )
    told = message("halls[A].site=nowhere")
    assert "halls!B2 after --set 'halls[A].site=nowhere' 'nowhere': this name is not in" in told


@pytest.mark.parametrize(
    "expression",
    [
        "halls[A].it_mw",
        "halls.it_mw=3",
        "halls[A]it_mw=3",
        "halls[A.it_mw=3",
        "",
        "[A].x=1",
        "halls[A].it_mw/=3",
        "halls[A].it_mw*=",
        "halls[A].it_mw+=",
    ],
)
def test_what_is_no_change_is_wrong_use(expression: str) -> None:
    with pytest.raises(PlannerError) as caught:
        parse_change(expression)
    assert caught.value.exit_code == 2
    assert repr(expression) in str(caught.value)


def test_a_change_that_changes_nothing_is_noted_and_so_are_blanks() -> None:
    notes = with_set("halls[A].it_mw*=1", "halls[*].ready+=28d").notes
    assert "--set: halls[A].it_mw*=1 changes nothing" in notes
    assert '--set: halls[*].ready+=28d leaves ready blank for A, "the ""big"" one"' in notes
    assert "--set: halls[*].ready+=28d changes 1 cell" in notes


SCENARIOS: dict[str, list[dict[str, object]]] = {
    "scenarios": [
        {"scenario": "slow", "change": "few crews", "probability": 0.25},
        {"scenario": "slow", "change": "late hall"},
        {"scenario": "broken", "change": "no power"},
    ],
    "changes": [
        {
            "change": "late hall",
            "sheet": "halls",
            "key": '"A, north [new]"',
            "column": "ready",
            "operation": "shift_days",
            "value": 59,
        },
        {
            "change": "few crews",
            "sheet": "crews",
            "key": "*",
            "column": "systems_per_month",
            "operation": "scale",
            "value": 0.5,
        },
        {
            "change": "few crews",
            "sheet": "crews",
            "key": "site,2026-03-01",
            "column": "from",
            "operation": "set",
            "value": date(2026, 4, 1),
        },
        {
            "change": "no power",
            "sheet": "halls",
            "key": "B",
            "column": "it_mw",
            "operation": "set",
            "value": 1,
        },
    ],
}


def test_a_scenario_makes_its_changes() -> None:
    inputs = base(**SCENARIOS)
    assert scenario_names(inputs) == ["slow", "broken"]
    changed = apply(inputs, what_if(inputs, "slow"))
    assert column(changed, "crews", "systems_per_month") == [2.5, 5, 1]
    assert changed.tables["crews"][1]["from"] == date(2026, 4, 1)
    assert changed.tables["halls"][1]["ready"] == date(2026, 4, 1)
    assert changed.settings["plan"] == "small, slow"
    assert what_if(inputs, BASE) is None
    with pytest.raises(PlannerError, match=r"no scenario 'fast'.*are: 'slow', 'broken'"):
        what_if(inputs, "fast")


def test_a_fault_names_scenario_change_and_cell() -> None:
    inputs = base(**SCENARIOS)
    with pytest.raises(InputFaults) as caught:
        apply(inputs, what_if(inputs, "broken"))
    assert caught.value.faults[0].where == "scenario 'broken', change 'no power', changes!C5"
    assert "no row of halls has this key" in str(caught.value)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)


@given(NAMES, NAMES)
def test_any_name_can_be_meant_alone(one: str, other: str) -> None:
    inputs = base(
        sites=[{"site": one, "pue": 1}] + ([{"site": other, "pue": 1}] if other != one else []),
        halls=[{"hall": "A", "site": one, "it_mw": 4}],
        crews=[],
    )
    meant = inputs.tables["sites"][0]["site"]
    changed = with_set(f"sites[{key_text([meant])}].pue=2", inputs=inputs)
    assert column(changed, "sites", "pue") == [2.0, 1.0][: len(inputs.tables["sites"])]


@given(st.sampled_from(["set", "scale", "add", "shift_days"]), st.integers(-999, 999))
def test_a_change_reads_back_as_it_is_written(operation: str, value: int) -> None:
    change = Change("crews", 'site,"a ""b"", c"', "from", operation, value)
    again = parse_change(str(change))
    assert (again.sheet, again.key, again.column, again.operation) == (
        change.sheet,
        change.key,
        change.column,
        change.operation,
    )
    assert int(str(again.value)) == value


PLAIN = st.text(st.sampled_from("ab] [.=x"), max_size=6)
LITERAL = st.text(st.sampled_from('a]",*'), max_size=4).map(
    lambda text: '"' + text.replace('"', '""') + '"'
)
PARTS = st.lists(PLAIN | LITERAL, min_size=1, max_size=3).map("*".join)


@given(
    st.lists(PARTS, min_size=1, max_size=3).map(",".join),
    st.lists(st.text(st.sampled_from('ab] [.=x",*'), max_size=8), max_size=20),
)
def test_a_key_reads_back_as_the_same_rows(key: str, names: list[str]) -> None:
    """Whatever stands between commas, stars and quotes, it means the same rows once written."""
    again = parse_change(str(Change("halls", key, "it_mw", "set", 5))).key
    before, after = key_parts(key), key_parts(again)
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        literal = one.pattern.replace("\\", "").replace(".*", "")
        for name in [*names, literal]:
            assert bool(one.fullmatch(name)) == bool(other.fullmatch(name))


def test_names_in_quotes_may_stand_beside_a_star() -> None:
    changed = with_set('halls["A, north ["*].it_mw=7')
    assert column(changed, "halls", "it_mw") == [4, 7, 8]
    assert str(Change("halls", "h]1", "it_mw", "set", 5)) == 'halls["h]1"].it_mw=5'
    assert str(Change("halls", "h] *", "it_mw", "set", 5)) == 'halls["h] "*].it_mw=5'
    assert str(Change("halls", "*[a*", "it_mw", "set", 5)) == "halls[*[a*].it_mw=5"


def test_the_plan_under_changes_is_the_plan_of_changed_rows() -> None:
    """The changed inputs plan as the same rows written by hand do: price 10 becomes 15."""
    inputs = base()
    asked = what_if(inputs, None, ["systems[unit].price=15", "milestones[demand,*].mw*=0.5"])
    plan = marked(make_plan(apply(inputs, asked)), inputs, asked)
    assert_optimum(plan, cost=6 * 15)
    assert plan.manifest["changes"] == ["systems[unit].price=15", "milestones[demand,*].mw*=0.5"]
    assert plan.manifest["base_inputs_sha256"] == inputs.digest
    assert as_planned(inputs, plan.manifest).digest == plan.manifest["inputs_sha256"]


def test_the_command_plans_a_scenario_into_a_folder_of_its_own_and_verifies_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_workbook(tmp_path / "small.xlsx", sheets(**SCENARIOS))
    run = CliRunner().invoke
    assert run(planner, ["plan", "small.xlsx"], standalone_mode=False).return_value == 0
    done = run(
        planner,
        ["plan", "small.xlsx", "--scenario", "slow", "--set", "systems[unit].price=20", "--json"],
        standalone_mode=False,
    )
    document = json.loads(done.stdout)
    assert document["manifest"]["scenario"] == "slow"
    assert document["manifest"]["changes"][-1] == "systems[unit].price=20"
    folders = sorted(path.name for path in (tmp_path / "outputs").iterdir())
    assert folders == sorted({"small", Path(document["files"]["json"]).parent.name})
    assert len(folders) == 2
    for folder in folders:
        arguments = ["verify", f"outputs/{folder}", "small.xlsx", "--json"]
        verdict = json.loads(run(planner, arguments, standalone_mode=False).stdout)
        assert verdict["ok"]
        assert verdict["same_inputs"]


def test_every_shipped_scenario_can_be_applied() -> None:
    for path in sorted((ROOT / "inputs").glob("*.xlsx")):
        inputs = read_inputs(path)
        for name in scenario_names(inputs):
            assert apply(inputs, what_if(inputs, name)).digest != inputs.digest


def test_the_750_mw_case_ships_what_decides_the_ramp() -> None:
    names = set(scenario_names(read_inputs(ROOT / "inputs/openai-750mw.xlsx")))
    assert names >= {
        "overhead 10 kW",
        "overhead 12 kW",
        "basis system",
        "basis facility",
        "TSMC 20 % less",
        "TSMC 20 % more",
        "TSMC a quarter late",
        "CS-4 early",
        "CS-4 late",
        "CS-4 never",
        "option exercised",
        "crews halved",
        "a feeder fails",
        "campuses slip 99 days",
    }
