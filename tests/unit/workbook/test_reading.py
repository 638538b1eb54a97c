"""Workbooks and folders of CSV files: the same rows read the same, and every way to be refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from blocks import hall, promised, rows_of
from csv_folders import folder_of, grid_of
from instances import Sheets, unit_system
from micro import FEBRUARY, START
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from rich_sheets import RICH

from planner.errors import InputFaults, PlannerError
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.rows import Inputs
from planner.workbook.schema.sheets import TABLES


def workbook_of(sheets: Sheets) -> Workbook:
    """Return an Excel workbook of some sheets."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for cells in grid_of(rows):
            sheet.append([", ".join(c) if isinstance(c, tuple) else c for c in cells])
    return workbook


def saved(workbook: Workbook, folder: Path) -> Path:
    path = folder / "plan.xlsx"
    workbook.save(path)
    return path


def faults_of(path: Path) -> list[str]:
    with pytest.raises(InputFaults) as caught:
        read_inputs(path)
    return [str(fault) for fault in caught.value.faults]


def changed(folder: Path, sheet: str, cells: dict[str, object]) -> Path:
    """Write the tiny case with some cells of a sheet changed."""
    workbook = workbook_of(rows_of())
    for cell, content in cells.items():
        worksheet: Worksheet = workbook[sheet]
        worksheet[cell] = content
    return saved(workbook, folder)


def typed(sheets: Sheets) -> Sheets:
    """Return the sheets as a person fills in a workbook: date cells, TRUE, a number as a name."""
    days = {"date", "ready", "available_to"}

    def cell(column: str, content: object) -> object:
        if column == "site" and content == "1":
            return 1
        if column == "allowed":
            return content != "no"
        return datetime.fromisoformat(str(content)) if column in days and content else content

    return {
        name: [{column: cell(column, content) for column, content in row.items()} for row in rows]
        for name, rows in sheets.items()
    }


def test_csv_and_excel_of_the_same_rows_are_the_same_inputs(tmp_path: Path) -> None:
    from_csv = read_inputs(folder_of(RICH, tmp_path))
    from_excel = read_inputs(saved(workbook_of(typed(RICH)), tmp_path))
    from_rows = inputs_from_rows("plan", RICH)
    for other in (from_excel, from_rows):
        assert other.digest == from_csv.digest
        assert other.settings == from_csv.settings
        assert other.notes == from_csv.notes
        for name in set(other.tables) - {"settings"}:  # whose cells are of any kind
            found, expected = other.tables[name], from_csv.tables[name]
            assert [dict(row.values) for row in found] == [dict(row.values) for row in expected]
    assert from_excel.tables["halls"][0]["ready"] == date(2026, 2, 28)
    assert from_excel.tables["service"][0]["allowed"] is False


def test_a_scenario_is_the_same_in_csv_and_excel(tmp_path: Path) -> None:
    """A number in a cell of any kind is one in both."""
    change = {
        "change": "more",
        "sheet": "halls",
        "key": "hall",
        "column": "it_mw",
        "operation": "set",
        "value": 90,
    }
    sheets = rows_of(changes=[change])
    digests = {
        read_inputs(path).digest
        for path in (folder_of(sheets, tmp_path), saved(workbook_of(sheets), tmp_path))
    }
    assert len(digests) == 1


def reordered(sheets: Sheets) -> Sheets:
    return {
        name: [dict(reversed(row.items())) for row in reversed(rows)]
        for name, rows in reversed(sheets.items())
    }


def test_the_order_of_sheets_rows_and_columns_does_not_matter() -> None:
    turned = inputs_from_rows("plan", reordered(RICH))
    assert turned.digest == inputs_from_rows("plan", RICH).digest


def test_any_value_that_changes_changes_the_digest() -> None:
    digest = inputs_from_rows("plan", rows_of()).digest
    others = [
        rows_of(halls=[hall(it_mw=100.001)]),
        rows_of(halls=[hall(slots=0)]),  # no slots are not the same as no limit
        rows_of(options={"discount_rate": 0.01}),
        rows_of(end="2026-03-31"),
    ]
    assert digest not in {inputs_from_rows("plan", sheets).digest for sheets in others}


def test_blank_is_not_zero() -> None:
    inputs = inputs_from_rows("plan", rows_of(halls=[hall(slots=None), hall("none", slots=0)]))
    assert [row["slots"] for row in inputs.tables["halls"]] == [None, 0.0]
    assert [row.blank >= {"slots"} for row in inputs.tables["halls"]] == [True, False]


def test_every_sheet_and_setting_is_there() -> None:
    inputs = inputs_from_rows("my plan", rows_of())
    assert set(inputs.tables) == {table.name for table in TABLES}
    assert inputs.settings["plan"] == "my plan"
    assert inputs.settings["today"] == inputs.settings["start"] == date(2026, 1, 1)
    assert (inputs.settings["period"], inputs.settings["counts"]) == ("month", "integer")


def test_a_title_above_the_header(tmp_path: Path) -> None:
    """A block of title, blank and units rows; cells are still named as they stand."""
    workbook = workbook_of(rows_of())
    workbook["halls"].insert_rows(1, 3)
    workbook["halls"]["A1"] = "Halls of the first phase"
    workbook["halls"]["C3"] = "MW"
    assert read_inputs(saved(workbook, tmp_path)).tables["halls"][0].where("it_mw") == "halls!C5"
    workbook["halls"]["C5"] = -1
    assert faults_of(saved(workbook, tmp_path)) == [
        "halls!C5 '-1': it_mw is out of range. Give a number in MW, above 0 and at most 5000"
    ]


def test_a_units_row_below_the_header(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of())
    workbook["halls"].insert_rows(2)
    workbook["halls"]["C2"] = "MW"
    assert [row["hall"] for row in read_inputs(saved(workbook, tmp_path)).tables["halls"]] == [
        "hall"
    ]


def test_blank_rows_and_columns_with_a_mark_are_left_out(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of())
    sheet = workbook["halls"]
    sheet.insert_rows(2, 2)
    sheet["E1"], sheet["E4"], sheet["E2"] = "# my notes", "a note", "another"
    assert len(read_inputs(saved(workbook, tmp_path)).tables["halls"]) == 1


def test_an_extra_sheet_is_noted(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of(systems=[unit_system(commission_days=0)]))
    workbook.create_sheet("Notes")["A1"] = "anything"
    workbook.create_sheet("millstones")
    assert read_inputs(saved(workbook, tmp_path)).notes == (
        "sheet 'Notes' is not one of the planner's and is ignored",
        "sheet 'millstones' is not one of the planner's and is ignored; did you mean milestones?",
    )


def test_sheet_and_column_names_in_any_case_of_letters(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of())
    workbook["halls"].title = " Halls"
    workbook[" Halls"]["C1"] = " IT_MW"
    assert read_inputs(saved(workbook, tmp_path)).tables["halls"][0]["it_mw"] == 100


def test_a_formula_whose_value_was_never_stored(tmp_path: Path) -> None:
    """A program wrote it and no spreadsheet ever calculated it; nor is a text cell's blank."""
    assert faults_of(changed(tmp_path, "halls", {"C2": "=50*2", "D2": "=1+1", "D1": "slots"})) == [
        "halls!C2: the formula has no stored value. Open the workbook in a spreadsheet and save it",
        "halls!D2: the formula has no stored value. Open the workbook in a spreadsheet and save it",
    ]


def test_error_cells(tmp_path: Path) -> None:
    path = changed(tmp_path, "halls", {"A2": "#N/A", "C2": "#REF!", "D1": "ready", "D2": "#VALUE!"})
    assert faults_of(path) == [
        f"halls!{cell} '{error}': the cell contains a spreadsheet error. Correct its formula"
        for cell, error in (("A2", "#N/A"), ("C2", "#REF!"), ("D2", "#VALUE!"))
    ]


def test_a_required_column_that_is_missing(tmp_path: Path) -> None:
    """One fault for the column, not one for each row."""
    workbook = workbook_of(rows_of(halls=[hall(), hall("second")]))
    workbook["halls"].delete_cols(3)
    assert faults_of(saved(workbook, tmp_path)) == [
        "halls!1:1: the required column it_mw is missing. Add it: IT power of one hall."
    ]


def test_an_unknown_column_and_the_nearest_known_one(tmp_path: Path) -> None:
    path = changed(tmp_path, "halls", {"D1": "buildays", "D2": 3})
    assert faults_of(path) == [
        "halls!D1 'buildays': there is no such column. Did you mean build_days? Rename it, or "
        "begin its name with # to keep notes"
    ]


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    assert faults_of(changed(tmp_path, "halls", {"D1": "it_mw", "D2": 3})) == [
        "halls!D1 'it_mw': this column is in C1 already. Remove one of the two"
    ]


def test_a_sheet_without_header(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of())
    workbook["commitments"].delete_rows(1)
    assert faults_of(saved(workbook, tmp_path)) == [
        "commitments!A1: there is no row of column names. Write the column names in row 1: "
        "commitment, customer, basis, priority, late_cost, price, countries, systems, may_fall, "
        "source"
    ]


def test_required_sheets_that_are_missing_or_empty(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of())
    del workbook["systems"]
    workbook["halls"].delete_rows(2)
    assert faults_of(saved(workbook, tmp_path)) == [
        "systems: this required sheet is missing. Add it: A system, which is ordered and "
        "installed as one unit.",
        "halls: this required sheet has no rows. Add at least one: A class of identical "
        "halls at one site.",
    ]


def test_two_sheets_of_one_name(tmp_path: Path) -> None:
    workbook = workbook_of(rows_of())
    workbook.create_sheet("halls ")
    assert faults_of(saved(workbook, tmp_path)) == [
        "halls : there are two sheets named halls. Merge them, or rename one"
    ]


def test_settings_that_are_missing_unknown_or_twice() -> None:
    rows = [
        {"setting": "start", "value": START},
        {"setting": "start", "value": START},
        {"setting": "stat", "value": START},
        {"setting": "gap", "value": 2},
    ]
    with pytest.raises(InputFaults) as caught:
        inputs_from_rows("plan", {**rows_of(), "settings": rows})
    assert [str(fault) for fault in caught.value.faults] == [
        "settings: setting end is required. Add a row: Last day planned; the period that "
        "contains it is planned in full.",
        "settings!A3 'start': this setting is in settings!A2 already. Remove one of the two",
        "settings!A4 'stat': this is not one of the choices for setting. Did you mean start? "
        "Give one of plan, start, end, period, today, release_fence_days, token_period, currency, "
        "discount_rate, pace, counts, gap, time_limit_s, threads, locale",
        "settings!B5 '2': gap is out of range. Give a number, at least 0 and at most 0.5, e.g. "
        "0.02 or 2 %",
    ]


def test_faults_of_cells_in_all_sheets_are_reported_together() -> None:
    """Five sheets, a cell in each, and a rule across cells that are sound: a key that is double."""
    sheets = rows_of(
        systems=[unit_system(power_kw="a lot")],
        sites=[{"site": "site", "pue": 0.9}],
        halls=[hall(ready="1/2/2026"), hall()],
        commitments=[promised("demand", "rack")],
        milestones=[{"commitment": "demand", "date": FEBRUARY, "mw": None}],
    )
    with pytest.raises(InputFaults) as caught:
        inputs_from_rows("plan", sheets)
    assert str(caught.value).splitlines() == [
        "6 faults in the inputs:",
        "  systems!B2 'a lot': power_kw must be a number. Give a number in kW, at least 0.05 and "
        "at most 5000, in digits, without a unit",
        "  sites!B2 '0.9': pue is out of range. Give a number, at least 1 and at most 3",
        "  halls!D2 '1/2/2026': ready must be a date, but this can be read as 2026-01-02 or as "
        "2026-02-01. Give a date cell or YYYY-MM-DD, e.g. 2026-01-02 or 2026-02-01",
        "  halls!A3 'hall': hall is the same as in halls!A2. Merge the two rows, or correct one",
        "  commitments!B2 'rack': this is not one of the choices for basis. Give one of system, "
        "it, facility",
        "  milestones!C2: mw is required. Give a number in MW, at least 0",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "there is no such file"),
        (b"not a zip", "this is not an .xlsx workbook"),
        (b"", "this is not an .xlsx workbook"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "plan.xlsx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PlannerError, match=problem) as caught:
        read_inputs(path)
    assert caught.value.exit_code == 2
    assert not isinstance(caught.value, InputFaults)


def test_a_folder_without_csv_and_a_csv_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match="this folder has no CSV file"):
        read_inputs(tmp_path)
    (tmp_path / "halls.csv").write_bytes(b"hall,site\n\xff\xfe,x\n")
    with pytest.raises(PlannerError, match="cannot be read as CSV"):
        read_inputs(tmp_path)


def test_short_rows_of_a_csv_are_blank_to_the_right(tmp_path: Path) -> None:
    home = folder_of(rows_of(), tmp_path)
    (home / "halls.csv").write_text("hall,site,it_mw,slots\nhall,site,100\n", encoding="utf-8")
    inputs: Inputs = read_inputs(home)
    assert inputs.tables["halls"][0]["slots"] is None
