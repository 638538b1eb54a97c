"""One cell at a time: what each kind of column reads, and the exact words for what it refuses."""

from __future__ import annotations

import math
from datetime import date, datetime, time

import pytest

from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES
from planner.workbook.schema.values import CONVERTERS, convert

TEXT = Column("note", Kind.TEXT, "")
NUMBER = Column("mw", Kind.NUMBER, "", unit="MW", low=0.0, high=5000.0)
POSITIVE = Column("power", Kind.NUMBER, "", above=0.0)
PLAIN = Column("figure", Kind.NUMBER, "")
NAME = Column("hall", Kind.TEXT, "", required=True)
SHARE = Column("share", Kind.NUMBER, "", above=0.0, high=1.0)
WHOLE = Column("days", Kind.WHOLE, "", unit="days", low=0)
DATE = Column("ready", Kind.DATE, "")
FLAG = Column("allowed", Kind.FLAG, "", default=True)
CHOICE = Column("basis", Kind.CHOICE, "", choices=("system", "it", "facility"))
PACE = Column("pace", Kind.CHOICE, "", choices=("just-in-time", "as-early-as-possible"))
LIST = Column("countries", Kind.LIST, "")
ANY = Column("value", Kind.ANY, "")


@pytest.mark.parametrize(
    ("column", "raw", "value"),
    [
        (TEXT, "  Oklahoma City\u00a0", "Oklahoma City"),
        (TEXT, "a\u200bb", "ab"),
        (TEXT, "007", "007"),
        (TEXT, 7, "7"),
        (TEXT, 7.0, "7"),
        (TEXT, 7.5, "7.5"),
        (TEXT, 0.1 + 0.2, "0.3"),
        (TEXT, "\u3000a\u202fb\ufeff", "a b"),
        (TEXT, "Que\u0301bec", "Qu\u00e9bec"),
        (TEXT, "two\nlines", "two\nlines"),
        *((TEXT, name, name) for name in ("NA", "None", "N/A", "1E5", "TRUE", "nan", "null")),
        (SHARE, "50 %", 0.5),
        (SHARE, "95.5%", 0.955),
        (NUMBER, "\u22120", 0.0),
        (PLAIN, "\u22125", -5.0),
        (NUMBER, 5, 5.0),
        (NUMBER, "5", 5.0),
        (NUMBER, " 5.25 ", 5.25),
        (NUMBER, "5e2", 500.0),
        (NUMBER, ".5", 0.5),
        (NUMBER, "+5.", 5.0),
        (NUMBER, 0, 0.0),
        (NUMBER, 5000, 5000.0),
        (PLAIN, "-1.5E-3", -0.0015),
        (POSITIVE, 0.001, 0.001),
        (WHOLE, 30, 30),
        (WHOLE, 30.0, 30),
        (WHOLE, "30", 30),
        (WHOLE, "1.5e3", 1500),
        (DATE, date(2026, 2, 28), date(2026, 2, 28)),
        (DATE, datetime(2026, 2, 28), date(2026, 2, 28)),
        (DATE, "2028-02-29", date(2028, 2, 29)),
        (DATE, "2028-02-29T00:00:00", date(2028, 2, 29)),
        (DATE, "2028-02-29 00:00", date(2028, 2, 29)),
        (FLAG, True, True),
        (FLAG, "No", False),
        (FLAG, "y", True),
        (FLAG, "FALSE", False),
        (FLAG, 1, True),
        (FLAG, 0.0, False),
        (CHOICE, "IT", "it"),
        (CHOICE, "Facility ", "facility"),
        (PACE, "as early as possible", "as-early-as-possible"),
        (LIST, "US, CA;FR ,", ("US", "CA", "FR")),
        (LIST, "US", ("US",)),
        (LIST, "US\nCA", ("US", "CA")),
        (ANY, "2026-01-01", "2026-01-01"),
        (ANY, 5, 5),
    ],
)
def test_what_a_cell_means(column: Column, raw: object, value: object) -> None:
    found = convert(column, raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("raw", [None, "", "   ", "\u00a0", "\u200b"])
def test_a_blank_cell_is_the_default_and_not_zero(raw: object) -> None:
    assert convert(NUMBER, raw) is None
    assert convert(FLAG, raw) is True
    assert convert(LIST, raw) == ()
    assert convert(Column("gap", Kind.NUMBER, "", default=0.001), raw) == 0.001


RETYPE = (
    "Retype it in plain digits, e.g. {}, or set locale in settings to the notation of numbers: "
    "en, de, fr, ch"
)
IN_MW = "Give a number in MW, at least 0 and at most 5000"


@pytest.mark.parametrize(
    ("column", "raw", "rule", "remedy"),
    [
        (TEXT, "bell\a", "the text contains a control character (U+0007)", "Retype it"),
        (TEXT, math.nan, "note must be text", "Correct the formula in the cell"),
        (
            TEXT,
            1e15,
            "note must be text, and a number this long has been rounded",
            "Format the cell as text and retype it",
        ),
        (
            NAME,
            "two\nlines",
            "the name in hall contains a tab or a line break",
            "Write it in one line",
        ),
        (
            SHARE,
            50,
            "share is out of range",
            "Give a number, above 0 and at most 1, e.g. 0.5 or 50 %",
        ),
        (SHARE, "101 %", "share is out of range", "Give a number, above 0 and at most 1"),
        (TEXT, True, "note must be text", "Format the cell as text and retype it"),
        (TEXT, datetime(2026, 1, 2), "note must be text", "Format the cell as text and retype it"),
        (TEXT, time(12, 30), "note must be text", "Format the cell as text and retype it"),
        (NUMBER, True, "mw must be a number", IN_MW),
        (NUMBER, date(2026, 1, 2), "mw must be a number", IN_MW),
        (NUMBER, "5 MW", "mw must be a number", f"{IN_MW}, in digits, without a unit"),
        (NUMBER, "$1200", "mw must be a number", f"{IN_MW}, in digits, without a unit"),
        (
            NUMBER,
            "50 %",
            "mw is not a share, so it cannot be a percentage",
            f"{IN_MW}, in digits, without a unit",
        ),
        (
            NUMBER,
            "1,000",
            "mw must be a number, but this can be read as 1 or as 1000",
            RETYPE.format(1000),
        ),
        (
            NUMBER,
            "1.000,5",
            "mw must be a number in plain digits, but this one has separators, which are ambiguous",
            RETYPE.format(1000.5),
        ),
        (
            NUMBER,
            "5 000",
            "mw must be a number in plain digits, but this one has separators, which are ambiguous",
            RETYPE.format(5000),
        ),
        (NUMBER, "1_000", "mw must be a number", f"{IN_MW}, in digits, without a unit"),
        (NUMBER, "nan", "mw must be a number", f"{IN_MW}, in digits, without a unit"),
        (NUMBER, "inf", "mw must be a number", f"{IN_MW}, in digits, without a unit"),
        (NUMBER, "1e999", "mw must be a finite number", IN_MW),
        (NUMBER, math.inf, "mw must be a finite number", IN_MW),
        (NUMBER, math.nan, "mw must be a finite number", IN_MW),
        (NUMBER, -0.001, "mw is out of range", IN_MW),
        (NUMBER, 5000.1, "mw is out of range", IN_MW),
        (POSITIVE, 0, "power is out of range", "Give a number, above 0"),
        (PLAIN, "x", "figure must be a number", "Give a number, in digits, without a unit"),
        (WHOLE, 1.5, "days must be a whole number", "Give a whole number in days, at least 0"),
        (WHOLE, "1.5", "days must be a whole number", "Give a whole number in days, at least 0"),
        (WHOLE, -1, "days is out of range", "Give a whole number in days, at least 0"),
        (
            DATE,
            "01/02/2026",
            "ready must be a date, but this can be read as 2026-01-02 or as 2026-02-01",
            "Give a date cell or YYYY-MM-DD, e.g. 2026-01-02 or 2026-02-01",
        ),
        (
            DATE,
            "33.12.2026",
            "ready must be a date, but this text is not one, or is ambiguous",
            "Give a date cell or YYYY-MM-DD",
        ),
        (DATE, "2026-02-01 08:30", "ready must be a day without a time", "Remove the time"),
        (
            DATE,
            "soon",
            "ready must be a date, but this text is not one, or is ambiguous",
            "Give a date cell or YYYY-MM-DD",
        ),
        (
            DATE,
            46000,
            "ready must be a date, but this is a plain number",
            "46000 would be 2025-12-09; if you mean that, format the cell as a date or write "
            "2025-12-09",
        ),
        (
            DATE,
            "46000",
            "ready must be a date, but this is a plain number",
            "46000 would be 2025-12-09; "
            "if you mean that, format the cell as a date or write 2025-12-09",
        ),
        (
            DATE,
            46000.5,
            "ready must be a date, but this is a plain number",
            "Give a date cell or YYYY-MM-DD",
        ),
        (
            DATE,
            20260131,
            "ready must be a date, but this is a plain number",
            "Write 2026-01-31 if you mean that",
        ),
        (
            DATE,
            2026,
            "ready must be a date, but this looks like a year",
            "Give the day too, e.g. 2026-12-31",
        ),
        (DATE, True, "ready must be a date", "Give a date cell or YYYY-MM-DD"),
        (DATE, "2026-02-29", "there is no such day", "Give a date cell or YYYY-MM-DD"),
        (DATE, datetime(2026, 1, 2, 12), "ready must be a day without a time", "Remove the time"),
        (FLAG, "maybe", "allowed must be yes or no", "Give yes or no"),
        (FLAG, 2, "allowed must be yes or no", "Give yes or no"),
        (
            CHOICE,
            "IT power",
            "this is not one of the choices for basis",
            "Give one of system, it, facility",
        ),
        (LIST, date(2026, 1, 2), "countries must be text", "Format the cell as text and retype it"),
    ],
)
def test_what_a_cell_must_not_hold(column: Column, raw: object, rule: str, remedy: str) -> None:
    with pytest.raises(BadValueError) as caught:
        convert(column, raw)
    assert (caught.value.rule, caught.value.remedy) == (rule, remedy)
    assert str(caught.value) == f"{rule}. {remedy}"


@pytest.mark.parametrize("raw", [None, "", " "])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.TEXT, "a text"),
        (Kind.NUMBER, "a number"),
        (Kind.WHOLE, "a whole number"),
        (Kind.DATE, "a date cell or YYYY-MM-DD"),
        (Kind.FLAG, "yes or no"),
        (Kind.CHOICE, "one of a, b"),
        (Kind.LIST, "a list"),
        (Kind.ANY, "a value"),
    ],
)
def test_a_blank_cell_where_a_value_is_required(raw: object, kind: Kind, expected: str) -> None:
    column = Column("thing", kind, "", required=True, choices=("a", "b"))
    with pytest.raises(BadValueError) as caught:
        convert(column, raw)
    assert caught.value.rule == "thing is required"
    assert caught.value.remedy == f"Give {expected}"


ERROR_VALUES = (
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#GETTING_DATA",
    "Err:508",
    "########",
)


@pytest.mark.parametrize("error", ERROR_VALUES)
@pytest.mark.parametrize("column", [TEXT, NUMBER, DATE, ANY])
def test_a_spreadsheet_error_is_never_a_value(column: Column, error: str) -> None:
    for raw in (error, f" {error.lower()} "):
        with pytest.raises(BadValueError) as caught:
            convert(column, raw)
        assert caught.value.rule == "the cell contains a spreadsheet error"
        assert caught.value.remedy == "Correct its formula"


def test_every_kind_has_a_converter() -> None:
    assert set(CONVERTERS) == set(Kind)


@pytest.mark.parametrize(
    "column",
    [*SETTINGS, *(column for table in TABLES for column in table.columns)],
    ids=lambda column: column.name,
)
def test_every_declared_default_and_example_keeps_its_own_column(column: Column) -> None:
    """What the template offers is never refused."""
    for value in (column.default, column.example):
        if value not in (None, ""):
            assert convert(column, value) is not None
