"""One cell at a time: what each kind of column reads, and the exact words for what it refuses."""

from __future__ import annotations

import math
from datetime import date, datetime, time

import pytest

from planner.inputs.cells import BadValueError
from planner.inputs.schema import Column, Kind
from planner.inputs.tables import SETTINGS, TABLES
from planner.inputs.values import CONVERTERS, convert

TEXT = Column("note", Kind.TEXT, "")
NUMBER = Column("mw", Kind.NUMBER, "", unit="MW", low=0.0, high=5000.0)
POSITIVE = Column("power", Kind.NUMBER, "", above=0.0)
PLAIN = Column("figure", Kind.NUMBER, "")
WHOLE = Column("days", Kind.WHOLE, "", unit="days", low=0)
DATE = Column("ready", Kind.DATE, "")
FLAG = Column("allowed", Kind.FLAG, "", default=True)
CHOICE = Column("basis", Kind.CHOICE, "", choices=("system", "it", "facility"))
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
        (DATE, date(2026, 2, 28), date(2026, 2, 28)),
        (DATE, datetime(2026, 2, 28), date(2026, 2, 28)),
        (DATE, "2028-02-29", date(2028, 2, 29)),
        (FLAG, True, True),
        (FLAG, "No", False),
        (FLAG, "y", True),
        (FLAG, "FALSE", False),
        (FLAG, 1, True),
        (FLAG, 0.0, False),
        (CHOICE, "IT", "it"),
        (CHOICE, "Facility ", "facility"),
        (LIST, "US, CA;FR ,", ("US", "CA", "FR")),
        (LIST, "US", ("US",)),
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


IN_MW = "Give a number in MW, at least 0 and at most 5000"


@pytest.mark.parametrize(
    ("column", "raw", "rule", "remedy"),
    [
        (TEXT, True, "note is a text", "Format the cell as text and retype it"),
        (TEXT, datetime(2026, 1, 2), "note is a text", "Format the cell as text and retype it"),
        (TEXT, time(12, 30), "note is a text", "Format the cell as text and retype it"),
        (NUMBER, True, "mw is a number", IN_MW),
        (NUMBER, date(2026, 1, 2), "mw is a number", IN_MW),
        (NUMBER, "5 MW", "mw is a number", f"{IN_MW}, digits only, without unit"),
        (NUMBER, "1,000", "mw is a number", f"{IN_MW}, digits only, without unit"),
        (NUMBER, "1.000,5", "mw is a number", f"{IN_MW}, digits only, without unit"),
        (NUMBER, "1_000", "mw is a number", f"{IN_MW}, digits only, without unit"),
        (NUMBER, "nan", "mw is a number", f"{IN_MW}, digits only, without unit"),
        (NUMBER, "inf", "mw is a number", f"{IN_MW}, digits only, without unit"),
        (NUMBER, "1e999", "mw is a finite number", IN_MW),
        (NUMBER, math.inf, "mw is a finite number", IN_MW),
        (NUMBER, math.nan, "mw is a finite number", IN_MW),
        (NUMBER, -0.001, "mw is out of bounds", IN_MW),
        (NUMBER, 5000.1, "mw is out of bounds", IN_MW),
        (POSITIVE, 0, "power is out of bounds", "Give a number, above 0"),
        (PLAIN, "x", "figure is a number", "Give a number, digits only, without unit"),
        (WHOLE, 1.5, "days is a whole number", "Give a whole number in days, at least 0"),
        (WHOLE, "1.5", "days is a whole number", "Give a whole number in days, at least 0"),
        (WHOLE, -1, "days is out of bounds", "Give a whole number in days, at least 0"),
        (DATE, "01/02/2026", "ready is a date, and this text is not one or can be read in two "
         "ways", "Give a date cell or YYYY-MM-DD"),
        (DATE, "1 March 2026", "ready is a date, and this text is not one or can be read in two "
         "ways", "Give a date cell or YYYY-MM-DD"),
        (DATE, "2026-2-1", "ready is a date, and this text is not one or can be read in two ways",
         "Give a date cell or YYYY-MM-DD"),
        (DATE, 46023, "ready is a date", "Give a date cell or YYYY-MM-DD"),
        (DATE, True, "ready is a date", "Give a date cell or YYYY-MM-DD"),
        (DATE, "2026-02-29", "there is no such day", "Give a date cell or YYYY-MM-DD"),
        (DATE, datetime(2026, 1, 2, 12), "ready is a day without a time", "Remove the time"),
        (FLAG, "maybe", "allowed is yes or no", "Give yes or no"),
        (FLAG, 2, "allowed is yes or no", "Give yes or no"),
        (CHOICE, "IT power", "basis is a choice", "Give one of system, it, facility"),
        (LIST, date(2026, 1, 2), "countries is a text", "Format the cell as text and retype it"),
    ],
)  # fmt: skip
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


ERROR_VALUES = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!",
                "#CALC!", "#FIELD!", "#GETTING_DATA", "Err:508", "########")  # fmt: skip


@pytest.mark.parametrize("error", ERROR_VALUES)
@pytest.mark.parametrize("column", [TEXT, NUMBER, DATE, ANY])
def test_a_spreadsheet_error_is_never_a_value(column: Column, error: str) -> None:
    for raw in (error, f" {error.lower()} "):
        with pytest.raises(BadValueError) as caught:
            convert(column, raw)
        assert caught.value.rule == "the cell holds a spreadsheet error"
        assert caught.value.remedy == "Mend the formula behind it"


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
