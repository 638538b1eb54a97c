"""Numbers and days at the ends of what can be written, in any cell: never a traceback."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest
from blocks import hall, rows_of
from how_many import CASES, seeds
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from planted import Book

from planner.case.case import make_case
from planner.diagnostics.warnings import find_warnings
from planner.errors import InputFaults, PlannerError
from planner.whatif.rehearsal import rehearsed
from planner.workbook.reading import inputs_from_rows, inputs_from_sheets, read_inputs
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME
from planner.workbook.schema.values import convert

NUMBERS = (
    0,
    1,
    -1,
    -0.0,
    0.5,
    99,
    3650,
    1e-300,
    5e-324,
    1e9,
    1e12,
    1e15,
    1e16,
    2**63,
    10**30,
    1e300,
    1.7e308,
    10**400,
    "1e309",
    "9" * 5000,
    "1" * 310,
    "1e-400",
    "٣",
    "１２",
    True,
    "0x10",
    "1_0",
)
DAYS = (
    date(1, 1, 1),
    date(1899, 12, 31),
    date(1904, 1, 1),
    date(2026, 1, 1),
    date(2030, 1, 1),
    date(8999, 12, 31),
    date(9000, 1, 1),
    date(9999, 12, 31),
    datetime(9999, 12, 31),
    time(0),
    timedelta(days=10**6),
    "0001-01-01",
    "9999-12-31",
    "9" * 400,
    -5,
    1e300,
    2958465,
    "00010101",
)


@pytest.mark.parametrize("seed", seeds(CASES))
def test_a_workbook_with_extreme_cells_is_planned_or_refused(seed: int) -> None:
    """Read, prepared, warned of and its scenarios made, as `check` does."""
    dice = Random(f"extreme {seed}")
    book = Book("first-plan" if seed % 6 else "openai-750mw")
    for _ in range(dice.choice((1, 1, 2, 3))):
        if dice.random() < 0.3:
            setting = dice.choice(SETTINGS)
            is_day = setting.kind is Kind.DATE
            book.setting(setting.name, dice.choice(DAYS if is_day else (*NUMBERS, *DAYS)))
            continue
        kinds = (Kind.NUMBER, Kind.WHOLE, Kind.DATE, Kind.ANY)
        sheet, column = dice.choice(
            [
                (name, column)
                for name in book.grids
                if book.rows(name) and name != "settings"
                for column in BY_NAME[name].columns
                if column.kind in kinds
            ]
        )
        content = dice.choice(DAYS if column.kind is Kind.DATE else NUMBERS)
        book.set(sheet, dice.choice(book.rows(sheet)), column.name, content)
    try:
        inputs = inputs_from_sheets(book.name, book.raw)
        found = [*find_warnings(inputs, make_case(inputs)), *rehearsed(inputs)]
    except PlannerError as error:
        found = [error]  # type: ignore[list-item]
    assert all(len(str(each)) < 10_000 for each in found)


@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.PERIODS])
@pytest.mark.parametrize("locale", [None, "en", "de", "fr", "ch"])
def test_a_cell_of_any_kind_takes_any_extreme(kind: Kind, locale: str | None) -> None:
    column = Column("thing", kind, "", choices=("a", "b"))
    for raw in (*NUMBERS, *DAYS):
        try:
            convert(column, raw, locale)
        except ValueError as error:
            assert type(error).__name__ == "BadValueError"
            assert len(str(error)) < 500


@pytest.mark.parametrize("value", [1.1e15, -1.1e15, 1e-101, 1e300])
def test_no_amount_is_so_large_or_so_near_to_nothing(value: float) -> None:
    column = Column("price", Kind.NUMBER, "", unit="money")
    with pytest.raises(ValueError, match="no amount is larger than 1e"):
        convert(column, value)
    with pytest.raises(InputFaults, match=r"is out of range"):
        inputs_from_rows("plan", rows_of(halls=[hall(fit_out_cost=value)]))


@pytest.mark.parametrize("value", [1e15, 1e-17, 1e-99, 0.0])
def test_what_rounding_leaves_is_read(value: float) -> None:
    found = inputs_from_rows("plan", rows_of(halls=[hall(fit_out_cost=value)]))
    assert found.tables["halls"][0]["fit_out_cost"] == value


@pytest.mark.parametrize("is_1904", [False, True])
@pytest.mark.parametrize("serial", [-5, -1e10, 0, 59, 60, 2957004, 2958466, 1e10, 1e300, 0.25])
def test_a_serial_out_of_the_calendar_is_a_fault(
    serial: float, is_1904: bool, tmp_path: Path
) -> None:
    """Formatted as a date, in both of Excel's calendars; a day that there is may be read."""
    book = Workbook()
    book.remove(book.worksheets[0])
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    for name, rows in rows_of(halls=[hall(ready=serial)]).items():
        sheet = book.create_sheet(name)
        header = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(header)
        for row in rows:
            sheet.append([row.get(column) for column in header])
    book["halls"]["D2"].number_format = "yyyy-mm-dd"
    book.save(tmp_path / "book.xlsx")
    try:
        ready = read_inputs(tmp_path / "book.xlsx").tables["halls"][0]["ready"]
    except InputFaults as error:
        assert [fault.where for fault in error.faults] == ["halls!D2"]
    else:
        assert type(ready) is date
