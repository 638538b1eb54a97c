"""What is asked for, in the words of a meeting."""

from __future__ import annotations

import math

import pytest
from explain_cases import small_case

from planner.explain.ask_sentences import in_words
from planner.explain.explanation import aim_of
from planner.explain.groups import together
from planner.explain.limit_declarations import LIMITS, NOT_ASKED_FOR
from planner.explain.requests import request_of
from planner.explain.session import Session
from planner.workbook.reading import inputs_from_rows
from planner.workbook.schema.declarations import Kind
from planner.workbook.schema.site_sheets import SITE_TABLES
from planner.workbook.schema.supply_sheets import SUPPLY_TABLES

SAID = {
    ("supply_capacity", "units_per_month"): "2 more units a month from fab from 2026-01-01",
    ("crews", "systems_per_month"): "crews to install 2 more systems a month at north",
    ("energisation", "mw"): "feeder: energise 2 MW more from 2026-01-01",
    ("halls", "count"): "north: 2 more halls",
    ("halls", "it_mw"): "north: 2 MW more IT power in each hall",
}


@pytest.mark.parametrize("place", SAID)
def test_an_amount_is_asked_for_in_its_own_unit(place: tuple[str, str]) -> None:
    session = Session(inputs_from_rows("words", small_case(1)), seconds=math.inf)
    limit = next(x for x in session.catalogue.amounts if (x.row.sheet, x.column) == place)
    size = 200 if "mw" in limit.column else 2
    assert in_words(session, request_of([limit], size)).startswith(SAID[place])


def test_a_feeder_is_energised_by_a_date_and_says_what_that_brings() -> None:
    sheets = small_case(1)
    first, then = sheets["energisation"]
    first["mw"], then["mw"], then["from"] = 4, 10, "2026-03-01"
    session = Session(inputs_from_rows("words", sheets), seconds=math.inf)
    limit = next(x for x in session.catalogue.dates if x.row.sheet == "energisation")
    said = "energise feeder by 2026-02-01 instead of 2026-03-01 (+6 MW)"
    assert in_words(session, request_of([limit], 28)) == said


@pytest.mark.parametrize("seed", range(10))
def test_every_limit_can_be_asked_for(seed: int) -> None:
    session = Session(inputs_from_rows("words", small_case(seed)), seconds=math.inf)
    for limit in session.catalogue.amounts + session.catalogue.dates:
        said = in_words(session, request_of([limit], 1))
        assert "instead of" in said if limit.dated else "more" in said
        assert "{" not in said


@pytest.mark.parametrize(
    ("late", "hopeless", "asked"),
    [
        ([["A"], ["B"]], "", ["A", "AB"]),
        ([["A", "B"]], "", ["AB"]),
        ([[], ["A", "B"], ["C"]], "", ["AB", "ABC"]),
        ([["A"], ["B"]], "A", ["A", "B"]),
        ([["A", "B", "C"]], "B", ["AC", "B"]),
        ([["A", "B"]], "AB", ["A", "B"]),
    ],
)
def test_commitments_late_together_are_asked_for_together(
    late: list[list[str]], hopeless: str, asked: list[str]
) -> None:
    """A new plan could give what one ask brings to another; those beyond help stand alone."""
    found = together(late, lambda names: not set(names) & set(hopeless))
    assert ["".join(names) for names in found] == asked


def test_what_an_ask_does_is_said_with_its_condition() -> None:
    assert aim_of(["A"], [], True) == "A is on time"
    assert aim_of(["A", "B", "C"], [], True) == "A, B and C are on time"
    said = "A can be on time, as long as B and C stay as late as in this plan"
    assert aim_of(["A"], ["B", "C"], True) == said
    assert aim_of(["A"], [], False) == "A would be on time with divisible systems"


def test_every_limit_of_the_workbook_is_declared_or_exempt() -> None:
    """Money is no limit but the budget, and promises are what limits hold back."""
    declared = {(limit.sheet, limit.column) for limit in LIMITS}
    assert not declared & set(NOT_ASKED_FOR)
    columns = {
        (table.name, column.name)
        for table in (*SUPPLY_TABLES, *SITE_TABLES)
        for column in table.columns
        if column.kind in (Kind.NUMBER, Kind.WHOLE, Kind.DATE)
        and not column.unit.startswith("money")
    }
    assert columns <= declared | set(NOT_ASKED_FOR)
    assert set(NOT_ASKED_FOR) <= columns
