"""Lists in one cell: names with a comma are quoted, as in keys of changes, and read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from blocks import rows_of
from hypothesis import given
from hypothesis import strategies as st
from instances import Sheets, unit_system
from rule_faults import faults_of

from planner.whatif.applied_changes import apply
from planner.whatif.changes import what_if
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.schema.cell_contents import BadValueError, tidy_text
from planner.workbook.schema.lists import list_text, words_of_list
from planner.workbook.writing.conversion import raw_sheets
from planner.workbook.writing.template import write_csv_folder, write_workbook

NAMES = ("CS-3, rev B", 'the "big" one', '"quoted"', "semi;colon", "plain")
NOT_CLOSED = r"a double quote in the list systems is not closed, or is closed in the middle"


def book(systems: object, *names: str) -> Sheets:
    """Return the tiny case with systems of some names, and a commitment that lists them."""
    sheets = rows_of(systems=[unit_system(price=10, system=name) for name in names])
    sheets["commitments"][0]["systems"] = systems
    return sheets


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"CS-3, rev B"', ("CS-3, rev B",)),
        ('CS-4, "CS-3, rev B"; x', ("CS-4", "CS-3, rev B", "x")),
        ('"a ""b"" c",d', ('a "b" c', "d")),
        ('24" rack, other', ('24" rack', "other")),
        (' "a" , "b"\n"c" ', ("a", "b", "c")),
        ('"a;b"', ("a;b",)),
        ('""', ()),
        (" , ;\n", ()),
        ("US, CA;FR ,", ("US", "CA", "FR")),
        ('" padded "', ("padded",)),
    ],
)
def test_words_of_a_list(text: str, words: tuple[str, ...]) -> None:
    assert words_of_list("systems", text) == words


@pytest.mark.parametrize("text", ['"a', 'b, "a', '"a" b, c', '"a""', '"a"b"'])
def test_a_quote_that_is_not_closed(text: str) -> None:
    with pytest.raises(BadValueError, match=NOT_CLOSED):
        words_of_list("systems", text)


@given(st.lists(st.text(min_size=1).map(tidy_text).filter(bool)))
def test_a_list_is_read_as_it_is_written(words: list[str]) -> None:
    assert words_of_list("systems", list_text(words)) == tuple(words)


@pytest.mark.parametrize("write", [write_workbook, write_csv_folder])
def test_names_of_any_kind_in_a_list_are_carried_over(write: object, tmp_path: Path) -> None:
    """Written, read, converted and read again."""
    first = inputs_from_rows("plan", book(list_text(NAMES), *NAMES))
    assert first.tables["commitments"][0]["systems"] == NAMES
    path = tmp_path / "plan.xlsx" if write is write_workbook else tmp_path / "plan"
    write(path, raw_sheets(first))  # type: ignore[operator]
    again = read_inputs(path)
    assert again.tables["commitments"][0]["systems"] == NAMES
    assert again.digest == first.digest


def test_an_unquoted_name_with_a_comma_is_told_how_it_is_written() -> None:
    found = faults_of(**book("CS-3, rev B", "CS-3, rev B"))
    assert found[0].endswith(
        "'CS-3': this name is not in systems.system. Did you mean \"CS-3, rev B\"? Correct the "
        "name, or add it there"
    )


def test_a_change_sets_a_list_of_quoted_names() -> None:
    inputs = inputs_from_rows("plan", book(None, *NAMES))
    asked = what_if(inputs, None, ['commitments[*].systems="CS-3, rev B"; plain'])
    changed = apply(inputs, asked)
    assert changed.tables["commitments"][0]["systems"] == ("CS-3, rev B", "plain")
    assert changed.settings["start"] == date(2026, 1, 1)
