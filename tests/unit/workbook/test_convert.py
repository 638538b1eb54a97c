"""A workbook becomes a folder of CSV files and a workbook again, and nothing read is lost."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from places import ROOT
from test_template import init, typed

from planner.errors import InputFaults, PlannerError
from planner.workbook.reading import read_inputs
from planner.workbook.writing.template import template_sheets, write_csv_folder, write_workbook

SHIPPED = [
    "first-plan",
    "first-tokens",
    "openai-750mw",
    "openai-750mw-tokens",
    "openai-2gw",
    "silicon",
]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_workbook_becomes_a_folder_and_a_workbook_again(tmp_path: Path, name: str) -> None:
    source = ROOT / "inputs" / f"{name}.xlsx"
    folders = tmp_path / "a" / name, tmp_path / "c" / name
    books = tmp_path / "b" / f"{name}.xlsx", tmp_path / "d" / f"{name}.xlsx"
    assert init("--from", str(source), str(folders[0]), "--as", "csv").exit_code == 0
    assert init("--from", str(folders[0]), str(books[0])).exit_code == 0
    assert init("--from", str(books[0]), str(folders[1]), "--as", "csv").exit_code == 0
    assert init("--from", str(folders[1]), str(books[1])).exit_code == 0
    digest = read_inputs(source).digest
    assert {read_inputs(path).digest for path in (*folders, *books)} == {digest}
    assert books[0].read_bytes() == books[1].read_bytes()
    for file in folders[0].iterdir():
        assert file.read_bytes() == (folders[1] / file.name).read_bytes()
    expected, found = read_inputs(source), read_inputs(books[0])
    assert typed(found) == typed(expected)
    for sheet, rows in expected.tables.items():
        assert [row.blank for row in found.tables[sheet]] == [row.blank for row in rows], sheet


def test_a_copy_of_another_name_holds_the_same_inputs(tmp_path: Path) -> None:
    source, copy = tmp_path / "plan.xlsx", tmp_path / "other.xlsx"
    write_workbook(source, template_sheets())
    result = init("--from", str(source), str(copy), "--json")
    assert json.loads(result.stdout)["sha256"] == read_inputs(source).digest
    assert read_inputs(copy).digest == read_inputs(source).digest


def test_values_of_changes_are_of_the_kind_of_what_they_change(tmp_path: Path) -> None:
    sheets = template_sheets()
    values = {"it_mw": "1.5", "ready": "2026-02-01", "site": "007", "count": "3"}
    sheets["changes"] = [
        {
            "change": column,
            "sheet": "halls",
            "key": "*",
            "column": column,
            "operation": "set",
            "value": value,
        }
        for column, value in values.items()
    ]
    folder, book = tmp_path / "plan", tmp_path / "plan.xlsx"
    write_csv_folder(folder, sheets)
    assert init("--from", str(folder), str(book)).exit_code == 0
    cells = [row[5].value for row in openpyxl.load_workbook(book)["changes"].iter_rows(min_row=2)]
    assert cells == [1.5, datetime(2026, 2, 1), "007", 3]


def test_what_is_not_carried_over_is_said(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsx"
    write_workbook(source, template_sheets())
    book = openpyxl.load_workbook(source)
    book["halls"]["M1"], book["halls"]["M3"] = "# mine", "a note"
    book.create_sheet("Notes")["A1"] = "x"
    book.save(source)
    result = init("--from", str(source), str(tmp_path / "folder"), "--as", "csv")
    assert "does not read it: column # mine of halls\n" in result.stderr
    assert "does not read it: sheet Notes\n" in result.stderr
    assert "README" not in result.stderr


def test_faulty_inputs_are_refused_with_every_fault(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsx"
    sheets = template_sheets()
    sheets["halls"][0] |= {"it_mw": "ten", "count": 0}
    write_workbook(source, sheets)
    error = init("--from", str(source), str(tmp_path / "folder"), "--as", "csv").exception
    assert isinstance(error, InputFaults)
    assert len(error.faults) == 2
    assert not (tmp_path / "folder").exists()


def test_a_source_is_never_its_own_target(tmp_path: Path) -> None:
    source = tmp_path / "plan.xlsx"
    write_workbook(source, template_sheets())
    before = source.read_bytes()
    error = init("--from", str(source), str(source), "--force").exception
    assert isinstance(error, PlannerError)
    assert "the source itself" in str(error)
    assert source.read_bytes() == before
    assert init("--from", str(source), "--example", "blank").exit_code == 2


def test_a_folder_that_is_replaced_keeps_no_sheet_of_another_plan(tmp_path: Path) -> None:
    folder, source = tmp_path / "plan", tmp_path / "plan.xlsx"
    write_workbook(source, template_sheets())
    sheets = template_sheets()
    sheets["budget"] = [{"date": date(2026, 12, 31), "cumulative": 5}]
    write_csv_folder(folder, sheets)
    assert init("--from", str(source), str(folder), "--as", "csv", "--force").exit_code == 0
    assert read_inputs(folder).digest == read_inputs(source).digest


def test_numbers_are_written_in_plain_digits_whatever_the_locale(tmp_path: Path) -> None:
    """With the locale kept, 11.125 would be read back as eleven thousand."""
    sheets = template_sheets()
    sheets["settings"].append({"setting": "locale", "value": "de"})
    sheets["systems"][0] |= {"price": "1.234.567,5", "overhead_kw": 11.125}
    source, folder = tmp_path / "plan.xlsx", tmp_path / "plan"
    write_workbook(source, sheets)
    assert init("--from", str(source), str(folder), "--as", "csv").exit_code == 0
    row = read_inputs(folder).tables["systems"][0]
    assert (row["price"], row["overhead_kw"]) == (1234567.5, 11.125)
    assert "locale" not in (folder / "settings.csv").read_text(encoding="utf-8-sig")
