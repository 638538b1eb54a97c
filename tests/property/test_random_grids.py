"""Properties of reading: whatever stands in the cells, it is read or refused, and read the same."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from blocks import rows_of
from how_many import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted import WORKBOOKS, Book
from rich_sheets import RICH

from planner.errors import InputFaults, PlannerError
from planner.workbook import reading
from planner.workbook.checks.cross_checks import check
from planner.workbook.checks.names import UNCHANGED
from planner.workbook.drafts import Draft
from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE, RawSheet
from planner.workbook.reading import inputs_from_rows, inputs_from_sheets
from planner.workbook.rows import Inputs
from planner.workbook.schema.cell_contents import BadValueError, is_blank
from planner.workbook.schema.column_values import typed_column
from planner.workbook.schema.declarations import Column
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES
from planner.workbook.schema.values import convert

FEW = settings(
    max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

TEMPTING = st.sampled_from(
    [
        "",
        " ",
        "\u00a0",
        "NA",
        "None",
        "007",
        "1E5",
        "TRUE",
        "nan",
        "#REF!",
        "#N/A",
        "Err:508",
        "#",
        "1,234",
        "1.234,5",
        "1 234",
        "50 %",
        "-5",
        "−5",
        "03/04/2026",
        "2026-01-01",
        "9999-12-31",
        "0001-01-01",
        "46000",
        "kW",
        "W",
        "MW",
        "k$",
        "%",
        "unit",
        "site",
        "hall",
        "demand",
        "yes",
        "it",
        "month",
        "set",
        "scale",
        "halls",
        "start",
        "end",
        "two\nlines",
        "bell\a",
        "\ud800",
        "a" * 40000,
        "1" * 5000,
        "1e999",
        "٣",
        "½",
        "*",
        "en",
        "de",
    ]
)
CELLS = st.one_of(
    st.none(),
    st.none(),
    TEMPTING,
    TEMPTING,
    st.text(max_size=6),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(),
    st.just(10**400),
    st.just(-(10**5000)),
    st.floats(),
    st.floats(0, 100),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.just(FORMULA_WITHOUT_VALUE),
    st.just(date(9999, 12, 31)),
    st.just(date(1, 1, 1)),
)

MOST_WORDS = 2500
"""Characters of a fault that a person reads to the end."""


def outcome(raw: list[RawSheet]) -> Inputs | PlannerError:
    """Return what reading makes of cells; any other exception is a defect."""
    try:
        return inputs_from_sheets("random", raw)
    except PlannerError as error:
        if isinstance(error, InputFaults):
            assert error.faults
            for fault in error.faults:
                assert fault.where
                assert fault.rule
                assert fault.remedy
                assert len(str(fault)) < MOST_WORDS
        return error


@st.composite
def random_grid(draw: st.DrawFn, names: list[str]) -> list[list[object]]:
    """Return a grid, most often with headings that are columns of a sheet."""
    heading = st.one_of(
        st.sampled_from(names),
        st.sampled_from(names),
        st.sampled_from(names),
        st.sampled_from(names).map(lambda name: f"{name} [kW]"),
        CELLS,
    )
    header = draw(st.one_of(st.just([*names]), st.lists(heading, max_size=len(names) + 2)))
    above = draw(st.lists(st.lists(CELLS, max_size=3), max_size=2))
    rows = draw(st.lists(st.lists(CELLS, max_size=len(header) + 1), max_size=5))
    return [*above, [*header], *rows]


@st.composite
def random_sheets(draw: st.DrawFn) -> list[RawSheet]:
    """Return the tiny case with random grids in place of some of its sheets."""
    sheets = []
    for name, rows in rows_of().items():
        header = list(dict.fromkeys(column for row in rows for column in row))
        sheets.append((name, [[*header], *([row.get(c) for c in header] for row in rows)]))
    for table in draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=4)):
        grid = draw(random_grid([column.name for column in table.columns]))
        sheets = [(name, cells) for name, cells in sheets if name != table.name]
        sheets.append((draw(st.sampled_from([table.name, table.name.title()])), grid))
    return [RawSheet(name, cells) for name, cells in sheets]  # type: ignore[arg-type]


@FEW
@given(random_sheets())
def test_any_cells_are_read_or_refused(raw: list[RawSheet]) -> None:
    outcome(raw)


@FEW
@given(st.sampled_from(WORKBOOKS), st.data())
def test_a_real_workbook_with_random_cells_is_read_or_refused(
    name: str, data: st.DataObject
) -> None:
    book = Book(name)
    for _ in range(data.draw(st.integers(1, 5))):
        grid = book.grids[data.draw(st.sampled_from(sorted(book.grids)))]
        row = grid[data.draw(st.integers(0, len(grid) - 1))]
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(CELLS)
    outcome(book.raw)


@FEW
@given(random_sheets())
def test_what_is_unknown_has_a_fault_of_its_own(raw: list[RawSheet]) -> None:
    """A rule that waits for a cell at fault never lets inputs pass that it would refuse."""
    seen: list[Draft] = []

    def watched(draft: Draft) -> Any:
        seen.append(draft)
        return check(draft)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "check", watched)
        result = outcome(raw)
    if isinstance(result, Inputs):
        (draft,) = seen
        assert not draft.unsettled
        for name, sheet in draft.sheets.items():
            is_right = sheet.whole and not sheet.unknown and not any(sheet.faulty.values())
            # Faults of scenarios and draws do not stop the plan of the inputs as they are.
            assert is_right or (name in UNCHANGED and result.what_if_faults)


@FEW
@given(st.randoms(use_true_random=False))
def test_no_order_and_no_blank_row_changes_the_digest(chance: random.Random) -> None:
    raw = []
    for name, rows in RICH.items():
        header = list(dict.fromkeys(column for row in rows for column in row))
        lines: list[list[object]] = [[row.get(column) for column in header] for row in rows]
        chance.shuffle(lines)
        for _ in range(chance.randint(0, 3)):
            lines.insert(chance.randint(0, len(lines)), [None, "  ", "\u00a0"][: len(header)])
        order = list(range(len(header)))
        chance.shuffle(order)
        margin: list[object] = [None] * chance.randint(0, 2)
        grid = [
            [*margin, *((row + [None] * len(header))[at] for at in order)]
            for row in ([*header], *lines)
        ]
        raw.append(RawSheet(name, grid))
    chance.shuffle(raw)
    found = inputs_from_sheets("plan", raw)
    assert found.digest == inputs_from_rows("plan", RICH).digest


COLUMNS = [*SETTINGS, *(column for table in TABLES for column in table.columns)]
CLEAN = st.one_of(
    st.lists(st.one_of(st.none(), st.floats(0.5, 1)), min_size=1),
    st.lists(st.one_of(st.none(), st.floats(), st.integers(0, 9))),
    st.lists(st.one_of(st.none(), st.integers(0, 9).map(float))),
    st.lists(st.one_of(st.none(), st.text(st.characters(max_codepoint=126)))),
    st.lists(st.one_of(st.none(), st.dates())),
    st.lists(st.one_of(st.just(""), st.text("0123456789.+-eE", max_size=4))),
    st.lists(st.sampled_from(["", "1", "0.5", "30", "1e0", "+1.", "-0", "1e999"])),
    st.lists(CELLS),
)


@settings(max_examples=examples(600), deadline=None)
@given(st.sampled_from(COLUMNS), CLEAN)
def test_a_column_reads_as_its_cells_do(column: Column, cells: list[object]) -> None:
    """The quick way through a clean column, cell by cell the same as the slow one."""
    typed = typed_column(column, cells)
    blank = typed.blank or [False] * len(cells)
    for at, cell in enumerate(cells):
        try:
            expected = convert(column, cell)
        except BadValueError as error:
            assert (typed.faults[at].rule, typed.faults[at].remedy) == (error.rule, error.remedy)
            assert typed.values[at] is None
        else:
            assert at not in typed.faults
            assert typed.values[at] == expected
            assert type(typed.values[at]) is type(expected)
        assert blank[at] == is_blank(cell)
