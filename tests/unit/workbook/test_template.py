"""What `init` writes is read back as it was; nothing is overwritten or becomes a formula."""

from __future__ import annotations

import json
import unicodedata
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from how_many import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import ROOT

from planner.cli.init import command
from planner.errors import InputFaults, PlannerError
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.rows import Inputs
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES
from planner.workbook.writing import template
from planner.workbook.writing.data_dictionary import data_dictionary
from planner.workbook.writing.template import template_sheets, write_csv_folder, write_workbook


def typed(inputs: Inputs) -> dict[str, list[dict[str, object]]]:
    return {
        sheet: [dict(row.values) for row in rows]
        for sheet, rows in inputs.tables.items()
        if sheet != "settings"
    }


def as_text(sheets: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """Give lists as the texts that their cells hold."""
    return {
        sheet: [
            {
                key: ", ".join(value) if isinstance(value, tuple) else value
                for key, value in row.items()
            }
            for row in rows
        ]
        for sheet, rows in sheets.items()
    }


def init(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def with_vendor(vendor: str) -> dict[str, list[dict[str, object]]]:
    sheets = template_sheets()
    sheets["systems"][0]["vendor"] = vendor
    return sheets


def test_the_example_is_read_and_passes_every_check_without_a_note(tmp_path: Path) -> None:
    expected = inputs_from_rows("plan", as_text(template_sheets()))
    write_workbook(tmp_path / "plan.xlsx", template_sheets(), blank_sheets=True)
    write_csv_folder(tmp_path / "plan", template_sheets(), blank_sheets=True)
    for path in (tmp_path / "plan.xlsx", tmp_path / "plan"):
        found = read_inputs(path)
        assert typed(found) == typed(expected)
        assert found.settings == expected.settings
        assert found.digest == expected.digest
        assert found.notes == ()


def test_every_kind_of_value_comes_back(tmp_path: Path) -> None:
    sheets = template_sheets()
    sheets["commitments"][0] |= {"systems": ("CS-3",), "late_cost": 1234567.875}
    sheets["service"] = [{"commitment": "OpenAI", "site": "Oklahoma City", "allowed": False}]
    sheets["halls"][0]["ready"] = datetime(2026, 2, 28)
    for path, write in ((tmp_path / "a.xlsx", write_workbook), (tmp_path / "a", write_csv_folder)):
        write(path, sheets)
        found = read_inputs(path)
        assert found.tables["commitments"][0]["systems"] == ("CS-3",)
        assert found.tables["commitments"][0]["late_cost"] == 1234567.875
        assert found.tables["service"][0]["allowed"] is False
        assert found.tables["halls"][0]["ready"] == date(2026, 2, 28)


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-x", "@SUM(A1)", "#N/A"])
def test_a_text_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, with_vendor(text))
    cell = openpyxl.load_workbook(path)["systems"]["B3"]
    assert (cell.data_type, cell.value) == ("s", text)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    vendor=st.text(st.characters(min_codepoint=33, exclude_categories=("C", "Z")), min_size=1),
    price=st.floats(0, 1e12).map(lambda value: float(f"{value:.15g}")),
    day=st.dates(date(2026, 1, 1), date(2099, 12, 31)),
)
def test_values_come_back(tmp_path: Path, vendor: str, price: float, day: date) -> None:
    sheets = with_vendor(vendor)
    sheets["systems"][0] |= {"price": price, "available_from": day}
    if vendor.upper().startswith("#"):
        sheets["systems"][0]["vendor"] = vendor = f"x{vendor}"
    for path, write in ((tmp_path / "a.xlsx", write_workbook), (tmp_path / "a", write_csv_folder)):
        write(path, sheets)
        row = read_inputs(path).tables["systems"][0]
        composed = unicodedata.normalize("NFC", vendor)  # so that names match however typed
        assert (row["vendor"], row["price"], row["available_from"]) == (composed, price, day)


def test_only_the_sheets_given_are_written_unless_all_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, template_sheets())
    assert openpyxl.load_workbook(path).sheetnames == [
        "README",
        *(t.name for t in TABLES if t.required),
    ]
    write_workbook(path, template_sheets(), blank_sheets=True)
    assert openpyxl.load_workbook(path).sheetnames == ["README", *(table.name for table in TABLES)]


def test_headers_explain_themselves(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, template_sheets(), blank_sheets=True)
    workbook = openpyxl.load_workbook(path)
    for table in TABLES:
        sheet = workbook[table.name]
        units = any(column.unit for column in table.columns)
        assert sheet.freeze_panes == ("A3" if units else "A2")
        if units:
            assert [cell.value or "" for cell in sheet[2]] == [c.unit for c in table.columns]
        assert [cell.value for cell in sheet[1]] == [column.name for column in table.columns]
        for cell, column in zip(sheet[1], table.columns, strict=True):
            assert cell.font.bold
            comment = cell.comment.text if cell.comment else ""
            assert column.help in comment
            assert column.unit in comment
            assert ("Required." in comment) == column.required
    assert workbook["milestones"]["B3"].number_format == "yyyy-mm-dd"
    assert workbook["halls"]["A3"].number_format == "@"


def test_choices_and_flags_have_drop_downs(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, template_sheets(), blank_sheets=True)
    workbook = openpyxl.load_workbook(path)

    def offered(sheet: str, cell: str) -> list[str]:
        found = workbook[sheet].data_validations.dataValidation
        return [validation.formula1 for validation in found if cell in validation.sqref]

    assert offered("commitments", "C3") == ['"system,it,facility"']
    assert offered("service", "D9") == ['"yes,no"']
    assert offered("halls", "B3") == ["sites!$A$3:$A$2000"]
    assert offered("settings", "B4") == ['"month,week,quarter"']


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_workbook(tmp_path / "a.xlsx", template_sheets(), blank_sheets=True)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    write_workbook(tmp_path / "b.xlsx", template_sheets(), blank_sheets=True)
    first, second = ((tmp_path / name).read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").properties.modified == datetime(2000, 1, 1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"power_kw": float("nan")}, "systems.power_kw: nan is not a number"),
        ({"vendor": "bell\x07"}, "contains a control character"),
        ({"vendor": "x" * 40_000}, "does not fit into a cell"),
        ({"available_from": datetime(2026, 1, 1, 12)}, "is not a day"),
        ({"colour": "red"}, "has no column colour"),
    ],
)
def test_what_a_cell_would_change_in_silence_is_refused(
    tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    sheets = template_sheets()
    sheets["systems"][0] |= changed
    with pytest.raises(PlannerError, match=message):
        write_workbook(tmp_path / "plan.xlsx", sheets)
    assert list(tmp_path.iterdir()) == []


def test_an_undeclared_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match="sheet racks is not declared"):
        write_workbook(tmp_path / "plan.xlsx", {"racks": []})


def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(PlannerError, match="No space left"):
        write_workbook(path, template_sheets())
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_init_writes_a_workbook_that_reads(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    result = init(str(path))
    assert (result.exit_code, result.stdout) == (0, f"{path}\n")
    assert f"planner plan {path}" in result.stderr
    assert read_inputs(path).settings["plan"] == path.stem


def test_init_names_the_file_after_the_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert init("--json").exit_code == 0
    document = json.loads(init("--example", "blank", "--as", "csv", "--json").stdout)
    assert document["path"] == "blank"
    assert Path("first-plan.xlsx").exists()
    assert sorted(p.stem for p in Path("blank").iterdir()) == sorted(t.name for t in TABLES)


def test_a_blank_workbook_lacks_only_what_its_owner_must_say(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    init(str(path), "--example", "blank")
    with pytest.raises(InputFaults) as caught:
        read_inputs(path)
    places = [fault.where for fault in caught.value.faults]
    required = [table.name for table in TABLES if table.required and table.name != "settings"]
    unset = [f"settings!B{row}" for row in range(2, 2 + sum(s.required for s in SETTINGS))]
    assert sorted(places) == sorted([*unset, *required])


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_init_refuses_to_overwrite_unless_forced(tmp_path: Path, form: str) -> None:
    path = tmp_path / ("plan.xlsx" if form == "xlsx" else "plan")
    assert init(str(path), "--as", form).exit_code == 0
    before = path.read_bytes() if form == "xlsx" else (path / "halls.csv").read_bytes()
    error = init(str(path), "--as", form, "--example", "blank").exception
    assert isinstance(error, PlannerError)
    assert error.exit_code == 2
    assert "--force" in str(error)
    after = path.read_bytes() if form == "xlsx" else (path / "halls.csv").read_bytes()
    assert before == after
    assert init(str(path), "--as", form, "--example", "blank", "--force").exit_code == 0
    with pytest.raises(InputFaults):
        read_inputs(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan"], "ends in .xlsx"),
        (["plan.xlsx", "--as", "csv"], "Name a folder"),
        (["--dictionary", "page.md"], "planner init --dictionary > page.md"),
    ],
)
def test_init_refuses_what_it_could_misread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    error = init(*arguments).exception
    assert isinstance(error, PlannerError)
    assert message in str(error)
    assert list(tmp_path.iterdir()) == []


def test_the_data_dictionary_is_in_step_with_the_declarations() -> None:
    page = (ROOT / "inputs" / "README.md").read_text(encoding="utf-8")
    assert page == data_dictionary(), (
        "inputs/README.md is out of date; write it anew: "
        "planner init --dictionary > inputs/README.md"
    )
    assert init("--dictionary").stdout == page


def test_the_data_dictionary_names_every_sheet_column_and_setting() -> None:
    page = data_dictionary()
    for table in TABLES:
        assert f"\n## {table.name}\n" in page
        for column in table.columns:
            assert f"| `{column.name}` | {column.help}" in page
    for setting in SETTINGS:
        assert f"| `{setting.name}` | {setting.help}" in page


def test_blank_sheets_is_a_copy_to_change_freely() -> None:
    template.blank_sheets()["settings"].clear()
    assert template.blank_sheets()["settings"]
    template_sheets()["systems"][0]["system"] = "other"
    assert template_sheets()["systems"][0]["system"] == "CS-3"
