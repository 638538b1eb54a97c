"""Dates across the columns, and workbooks of something else: each is told in one sentence."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from typed_grids import faults_of

from planner.errors import Fault, PlannerError
from planner.workbook.headers import find_header
from planner.workbook.reading import read_inputs
from planner.workbook.schema.sheets import BY_NAME
from planner.workbook.wide_tables import dates_across

Grid = list[list[object]]
YEARS = [date(2026, 12, 31), date(2027, 12, 31), date(2028, 12, 31)]
MILESTONES = "Write one row for each date, in the columns commitment, date, mw"


def across(sheet: str, grid: Grid) -> Fault | None:
    table = BY_NAME[sheet]
    return dates_across(table, grid, find_header(table, grid))


@pytest.mark.parametrize(
    "heads",
    [
        YEARS,
        [datetime(day.year, 12, 31) for day in YEARS],
        [2026, 2027, 2028],
        ["2026", "2027", "2028"],
        ["2026-12-31", "2027-12-31", "2028-12-31"],
        ["Q4 2026", "Q1 2027", "Q2 2027"],
        ["2026Q4", "2027Q1", "2027Q2"],
        ["Dec 2026", "Jan 2027", "Feb 2027"],
        ["Dec-26", "Jan-27", "Feb-27"],
        ["31 Dec 2026", "31 Dec 2027", "31 Dec 2028"],
        ["FY26", "FY27", "FY28"],
        ["2026-12", "2027-12", "2028-12"],
        ["H1 2027", "H2 2027", "H1 2028"],
        ["12/31/2026", "12/31/2027"],
        YEARS[:1],
    ],
    ids=str,
)
def test_milestones_with_dates_across(heads: list[object]) -> None:
    """As people write them; whatever the dates look like."""
    grid: Grid = [["commitment", *heads], ["demand", *range(5, 5 + len(heads))]]
    (fault,) = faults_of(milestones=grid)
    last = "BCD"[len(heads) - 1]
    across = f"from B1 to {last}1" if len(heads) > 1 else "in B1"
    assert fault.startswith("milestones!B1 ")
    assert fault.endswith(f"there is a column for each date, {across}. {MILESTONES}")


@pytest.mark.parametrize(
    ("grid", "cell"),
    [
        ([["Ramp of the deal"], [], [None, "commitment", *YEARS], [None, "demand", 1, 2, 3]], "C3"),
        ([["", *YEARS], ["demand", 1, 2, 3]], "B1"),
        ([["commitment", "source", *YEARS], ["demand", "press", 1, 2, 3]], "C1"),
        ([["MW by", *YEARS], ["demand", 1, 2, 3]], "B1"),
        ([["date", *YEARS], ["mw", 1, 2, 3]], "B1"),
    ],
)
def test_a_wide_table_wherever_it_stands(grid: Grid, cell: str) -> None:
    (fault,) = faults_of(milestones=grid)
    assert fault.startswith(f"milestones!{cell} '2026-12-31': there is a column for each date, ")


@pytest.mark.parametrize(
    ("sheet", "first", "columns"),
    [
        ("energisation", "node", "node, from, mw"),
        ("crews", "site", "site, from, systems_per_month"),
        ("supply_capacity", "supplier", "supplier, from, units_per_month"),
        ("budget", "Most spent", "date, cumulative"),
    ],
)
def test_every_dated_sheet_is_told_its_columns(sheet: str, first: str, columns: str) -> None:
    fault = across(sheet, [[first, *YEARS], ["a", 1, 2, 3]])
    assert fault is not None
    assert fault.remedy == f"Write one row for each date, in the columns {columns}"


@pytest.mark.parametrize(
    ("sheet", "grid"),
    [
        ("milestones", [["commitment", "date", "mw"], ["demand", YEARS[0], 5]]),
        ("milestones", [["demand", YEARS[0], 2000], ["demand", YEARS[1], 2100]]),
        ("budget", [["date", "cumulative"], ["2026-12-31", 2026]]),
        ("milestones", [["commitment", "date", "mw", "updated 2026"], ["demand", YEARS[0], 5, 1]]),
        ("orders", [["order", "placed", "arrives"], ["PO", *YEARS[:2]]]),
        ("settings", [["setting", "value"], ["start", YEARS[0]]]),
        ("systems", [["system", 2026, 2027], ["unit", 1, 2]]),
        ("crews", [["site", "from", "systems_per_month"], ["site 2026", YEARS[0], 2026]]),
        ("milestones", []),
        ("crews", [["site", "from", "systems_per_month"], ["site", YEARS[0], 4]]),
        ("energisation", [["from", "node", "mw"], [YEARS[0], "node", 4], [YEARS[1], "node", 5]]),
    ],
)
def test_a_long_table_is_left_alone(sheet: str, grid: Grid) -> None:
    assert across(sheet, grid) is None


def test_a_workbook_of_something_else_gets_one_sentence(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Revenue"
    for name in ("Q1", "README"):
        book.create_sheet(name)
    book.save(tmp_path / "report.xlsx")
    with pytest.raises(PlannerError) as caught:
        read_inputs(tmp_path / "report.xlsx")
    assert str(caught.value) == (
        f"{tmp_path / 'report.xlsx'}: this workbook has none of the planner's sheets, only Revenue "
        "and Q1. Begin with `planner init my-plan.xlsx`, which writes a workbook to fill in."
    )


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(PlannerError, match=r"has none of the planner's sheets, only a\. B"):
        read_inputs(tmp_path)


def test_a_workbook_with_one_sheet_of_ours_is_told_every_fault(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Hall"
    book.save(tmp_path / "mine.xlsx")
    with pytest.raises(PlannerError, match="faults in the inputs"):
        read_inputs(tmp_path / "mine.xlsx")


def test_sheets_for_people_alone_hold_nothing_to_read(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "README"
    book.save(tmp_path / "readme.xlsx")
    with pytest.raises(PlannerError, match=r"none of the planner's sheets\. Begin"):
        read_inputs(tmp_path / "readme.xlsx")
