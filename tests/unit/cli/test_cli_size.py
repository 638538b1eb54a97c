"""The commands `size` and `doctor`, as a person or a program calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from planner.cli import doctor as doctor_module
from planner.cli.doctor import command as doctor_command
from planner.cli.doctor import satisfies
from planner.cli.size import command
from planner.errors import PlannerError
from planner.workbook.writing.template import template_sheets, write_workbook


def size(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def document(*arguments: str) -> Any:
    result = size(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def counts(found: Any) -> list[tuple[object, ...]]:
    return [
        (
            row["basis"],
            row["overhead_kw"],
            row["pue"],
            row["systems_to_meet"],
            row["systems_within"],
        )
        for row in found["rows"]
    ]


def refusal(*arguments: str) -> str:
    error = size(*arguments).exception
    assert isinstance(error, PlannerError)
    assert error.exit_code == 2
    return str(error)


def test_the_catalogue_gives_low_and_high_overhead() -> None:
    found = document("--mw", "750", "--system", "CS-3")
    assert (found["mw"], found["system"]) == (750, "CS-3")
    assert counts(found) == [
        ("system", None, None, 32_609, 32_608),
        ("it", 10, None, 22_728, 22_727),
        ("it", 12, None, 21_429, 21_428),
        ("facility", 10, 1.2, 18_940, 18_939),
        ("facility", 12, 1.2, 17_858, 17_857),
    ]
    assert [count["systems"] for count in found["published"]] == [32_768, 20_000]
    assert any("Assumption: PUE 1.2" in note for note in found["notes"])


def test_a_row_has_the_contracted_names() -> None:
    row = document("--mw", "750", "--system", "CS-3")["rows"][0]
    assert list(row) == [
        "basis",
        "power_kw",
        "overhead_kw",
        "pue",
        "kw_per_system",
        "systems_to_meet",
        "systems_within",
    ]


def test_options_override_and_repeat() -> None:
    found = document(
        "--mw", "750", "--system", "CS-3", "--overhead", "11", "--pue", "1.1", "--pue", "1.3"
    )
    assert [(row["basis"], row["pue"]) for row in found["rows"]] == [
        ("system", None),
        ("it", None),
        ("facility", 1.1),
        ("facility", 1.3),
    ]
    assert found["rows"][1]["systems_to_meet"] == 22_059
    assert not any("Assumption" in note for note in found["notes"])


def test_a_system_of_ones_own() -> None:
    found = document("--mw", "1.21", "--power-kw", "1.1", "--pue", "1.1")
    assert [row["systems_to_meet"] for row in found["rows"]] == [1100, 1100, 1000]
    assert found["published"] == []
    assert any("no overhead" in note for note in found["notes"])
    named = document("--mw", "1", "--system", "Abacus", "--power-kw", "2")
    assert (named["system"], named["rows"][0]["systems_to_meet"]) == ("Abacus", 500)


def test_a_range_of_power_gives_both_ends() -> None:
    rows = document("--mw", "750", "--system", "CS-4 rack")["rows"]
    assert [(row["power_kw"], row["systems_to_meet"]) for row in rows[:2]] == [
        (125, 6000),
        (135, 5556),
    ]


def test_a_workbook_gives_the_figures(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    sheets = template_sheets()
    write_workbook(path, sheets)
    found = document("--mw", "18", "--workbook", str(path))
    assert counts(found) == [
        ("system", None, None, 783, 782),
        ("it", 11, None, 530, 529),
        ("facility", 11, 1.2, 442, 441),
    ]
    assert "no such system" in refusal("--mw", "18", "--workbook", str(path), "--system", "x")
    sheets["systems"].append(sheets["systems"][0] | {"system": "CS-4 rack", "power_kw": 130})
    write_workbook(path, sheets)
    assert "CS-3, CS-4 rack" in refusal("--mw", "18", "--workbook", str(path))
    second = document("--mw", "18", "--workbook", str(path), "--system", "cs-4 rack")
    assert second["rows"][0]["power_kw"] == 130


def test_the_table_fits_into_80_columns_and_shows_both_counts() -> None:
    result = size("--mw", "750", "--system", "CS-3")
    assert result.stderr == ""
    assert max(map(len, result.stdout.splitlines())) <= 80
    for text in (
        "kW",
        "32,609",
        "32,608",
        "22,728",
        "21,429",
        "18,940",
        "17,858",
        "1.2*",
        "32,768",
        "2^15",
        "37.5 kW",
        "1.07 to",
    ):
        assert text in result.stdout
    assert "* Assumption: PUE 1.2" in result.stdout


def test_what_cannot_be_counted_is_refused_with_a_remedy() -> None:
    assert "--power-kw" in refusal("--mw", "3")
    assert "Did you mean CS-3" in refusal("--mw", "3", "--system", "CS3")
    assert "Give --power-kw" in refusal("--mw", "3", "--system", "Groq 3 LPX")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--system", "CS-3"],
        ["--mw", "0", "--system", "CS-3"],
        ["--mw", "nan", "--system", "CS-3"],
        ["--mw", "inf", "--system", "CS-3"],
        ["--mw", "1", "--system", "CS-3", "--pue", "0.9"],
        ["--mw", "1", "--system", "CS-3", "--overhead", "nan"],
        ["--mw", "1", "--power-kw", "-1"],
    ],
)
def test_numbers_out_of_bounds_are_a_usage_error(arguments: list[str]) -> None:
    result = size(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_the_doctor_finds_all_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(doctor_command, ["--json"])
    found = json.loads(result.stdout)
    assert (result.exit_code, found["is_ok"]) == (0, True), found
    names = {check["check"] for check in found["checks"]}
    assert {"Python", "highspy", "pulp", "openpyxl", "HiGHS trial", "cores", "memory"} <= names
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_names_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outputs").write_text("a file where a folder should be")
    monkeypatch.setattr("planner.solve.solver_check.trial_optimum", lambda: -21.0)
    monkeypatch.setattr(doctor_module, "_required", lambda: (">=99", ["nowhere-to-be-found>=1"]))
    result = CliRunner().invoke(doctor_command, [])
    assert result.exit_code == 1
    assert "FAILED" in result.stdout
    for remedy in (
        "Install Python >=99",
        "pip install 'nowhere-to-be-found>=1'",
        "--force-reinstall highspy",
        "give planner plan another folder",
    ):
        assert remedy in result.stderr


@pytest.mark.parametrize(
    ("version", "wanted", "met"),
    [
        ("3.3.2", ">=3.3.2,<4", True),
        ("3.10", ">=3.9", True),
        ("4.0a1", "<4,>=3.3.2", False),
        ("3", ">=3.0", True),
        ("1.15.0", ">=1.15.1", False),
        ("2.0", "!=2.0", False),
        ("8.1", "", True),
        # What PEP 440 says of compatible releases, pre-releases and local versions.
        ("1.0", "~=1.0", True),
        ("2.0", "~=1.0", False),
        ("1.15.1rc1", ">=1.15.1", False),
        ("1.15.2rc1", ">=1.15.1", True),
        ("1.15.1.post1", ">=1.15.1", True),
        ("2.0.0+cpu", "==2.0.0", True),
        ("not a version", ">=1", False),
    ],
)
def test_versions_compare_by_the_rules_of_pep_440(version: str, wanted: str, met: bool) -> None:
    assert satisfies(version, wanted) is met
