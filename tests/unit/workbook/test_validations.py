"""What a template takes is what the reader takes, and every column has an example of it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES
from planner.workbook.schema.values import BadValueError, convert
from planner.workbook.writing import template
from planner.workbook.writing.template import template_sheets, write_workbook
from planner.workbook.writing.validations import add_validations


def test_every_column_and_setting_has_an_example_that_it_takes() -> None:
    for table in TABLES:
        for column in (*table.columns, *(SETTINGS if table.name == "settings" else ())):
            assert column.example, f"{table.name}.{column.name}"
            convert(column, column.example)


def test_the_examples_of_all_sheets_read_as_one_workbook() -> None:
    """They name the same things; only what two rows would need is left open."""
    sheets = {
        table.name: [{column.name: column.example for column in table.columns}]
        for table in TABLES
        if table.name not in ("settings", "scenarios", "changes")
    }
    sheets["settings"] = [
        {"setting": setting.name, "value": setting.example, "source": "assumption"}
        for setting in SETTINGS
    ]
    sheets["power"][0] |= {"parent": "", "group": ""}
    sheets["commitments"][0] |= {"systems": "CS-3", "countries": "US"}
    sheets["lanes"].append(
        {"from": "Assembly California", "to": "Oklahoma City", "transit_days": "5"}
    )
    sheets["halls"][0]["open_count"] = "1"
    for name in ("CS-4", "LPX", "Trainium3"):
        sheets["systems"].append({**sheets["systems"][0], "system": name})
        sheets["supply"].append({**sheets["supply"][0], "item": name})
    sheets["sites"].append({**sheets["sites"][0], "site": "Dallas"})
    sheets["day"].append({"block": "rest", "hours": "18", "load": "0.8333333333"})
    found = inputs_from_rows("examples", sheets)
    assert all(len(found.tables[name]) == len(rows) for name, rows in sheets.items())


def typed_in(column: Column, value: float) -> bool:
    """Say whether a spreadsheet would take a number, by the validation that a column gets."""
    sheet = openpyxl.Workbook().worksheets[0]
    table = Table("t", "", (), (column,))
    add_validations(sheet, table, [], 2)
    rules = sheet.data_validations.dataValidation
    assert len(rules) == 1
    rule = rules[0]
    whole = rule.type != "whole" or float(value).is_integer()
    if rule.type == "custom":
        tests = re.findall(r"A\d(>|<=)([^,)]+)", rule.formula1)
        return all(value > float(b) if op == ">" else value <= float(b) for op, b in tests)
    low = float(rule.formula1)
    return (
        whole
        and {
            "between": lambda: low <= value <= float(rule.formula2),
            "greaterThan": lambda: value > low,
            "greaterThanOrEqual": lambda: value >= low,
        }[rule.operator]()
    )


@pytest.mark.parametrize(
    "column",
    [c for table in TABLES for c in table.columns if c.kind in (Kind.NUMBER, Kind.WHOLE)]
    + [s for s in SETTINGS if s.kind in (Kind.NUMBER, Kind.WHOLE)],
    ids=lambda column: column.name,
)
def test_a_cell_takes_what_the_reader_takes(column: Column) -> None:
    edges = {float(bound) for bound in (column.low, column.high, column.above) if bound is not None}
    for value in (
        {-1.0, 0.0, 0.5, 1.0, 7e9} | edges | {e + d for e in edges for d in (-1, -0.5, 0.5, 1)}
    ):
        try:
            convert(column, value)
            read = True
        except BadValueError:
            read = False
        assert typed_in(column, value) is read, value


def test_every_column_of_bounds_choices_or_days_is_validated_with_a_message(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, {}, blank_sheets=True)
    workbook = openpyxl.load_workbook(path)
    for table in TABLES:
        rules = workbook[table.name].data_validations.dataValidation
        for at, column in enumerate(table.columns, start=1):
            cell = f"{openpyxl.utils.get_column_letter(at)}{2000}"
            found = [rule for rule in rules if cell in rule.sqref]
            free = column.kind in (Kind.TEXT, Kind.LIST, Kind.ANY) and len(column.refers_to) != 1
            assert len(found) == (0 if free or column.kind is Kind.LIST else 1), column.name
            for rule in found:
                assert bool(rule.showErrorMessage) is not bool(column.refers_to)
                if rule.showErrorMessage:
                    assert rule.errorTitle == column.name
                    assert rule.error.startswith(("Give a", "Choose one of"))
                    assert len(rule.error) <= 255


def test_settings_are_held_to_their_own_kind(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, template.blank_sheets())
    sheet = openpyxl.load_workbook(path)["settings"]
    names = {cell.coordinate.replace("A", "B"): cell.value for cell in sheet["A"][1:]}
    kinds = {
        names[cell]: rule.type
        for rule in sheet.data_validations.dataValidation
        for cell in names
        if cell in rule.sqref
    }
    assert kinds["start"] == kinds["end"] == "date"
    assert kinds["gap"] == "decimal"
    assert kinds["threads"] == kinds["release_fence_days"] == "whole"
    assert kinds["period"] == "list"


def test_the_guide_leads_to_every_sheet_and_shows_every_example(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, template_sheets(), blank_sheets=True)
    page = openpyxl.load_workbook(path)["README"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    links = {row[0].value for row in page.iter_rows() if row[0].hyperlink}
    assert links == {table.name for table in TABLES}
    for table in TABLES:
        at = next(n for n, row in enumerate(rows) if row[0] == table.name)
        assert [v for v in rows[at + 1][1:] if v] == [c.name for c in table.columns]
        shown = rows[at + 2][1 : len(table.columns) + 1]
        assert shown == [c.example for c in table.columns]
    assert read_inputs(path).notes == ()
