"""Faults planted into the shipped workbooks: each is told at its own cell, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook
from planted import CELLS, INPUTS, WORKBOOKS, Book, Plant, Planted, plant_cell, plant_change
from planted import plant_setting as a_bad_setting
from planted_rules import RULE_PLANTS, SHAPE_PLANTS

from planner.errors import Fault, InputFaults
from planner.workbook.reading import inputs_from_sheets, read_inputs
from planner.workbook.schema.declarations import Kind
from planner.workbook.schema.sheets import TABLES

SEEDS = range(6)
"""Cells planted of each kind in each workbook."""

TOGETHER = 20


def faults_of(book: Book) -> list[Fault]:
    try:
        return list(inputs_from_sheets(book.name, book.raw).what_if_faults)
    except InputFaults as error:
        return list(error.faults)


def assert_told(planted: list[Planted], faults: list[Fault]) -> None:
    """Each planted fault is told at its cell, with a remedy, and none is told that was not."""
    told = {(fault.where, fault.rule): fault for fault in faults}
    for each in planted:
        found = [
            fault
            for (where, rule), fault in told.items()
            if where == each.where and each.rule in rule
        ]
        assert found, f"{each} is not among {[str(fault) for fault in faults]}"
        assert all(fault.remedy for fault in found)
    extra = {fault.where for fault in faults} - {each.where for each in planted}
    assert not extra, [str(fault) for fault in faults if fault.where in extra]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_nothing_is_told_of_the_originals(name: str) -> None:
    assert inputs_from_sheets(name, Book(name).raw).notes == ()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_cell_that_cannot_be_read(name: str, kind: Kind, seed: int) -> None:
    book = Book(name)
    planted = plant_cell(book, random.Random(f"{name} {kind} {seed}"), kind)
    if planted is None:
        assert kind is Kind.FLAG or name == "first-plan"
        return
    assert_told([planted], faults_of(book))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "plant",
    [a_bad_setting, plant_change, *RULE_PLANTS, *SHAPE_PLANTS],
    ids=lambda plant: plant.__name__,
)
@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_broken_rule(name: str, plant: Plant, seed: int) -> None:
    book = Book(name)
    planted = plant(book, random.Random(f"{name} {seed}"))
    if planted is not None:
        assert_told([planted], faults_of(book))


def test_every_plant_finds_a_place_in_some_workbook() -> None:
    plants: list[Callable[[Book, random.Random], Planted | None]] = [
        *(partial(plant_cell, kind=kind) for kind in CELLS),
        a_bad_setting,
        plant_change,
        *RULE_PLANTS,
        *SHAPE_PLANTS,
    ]
    for plant in plants:
        assert any(plant(Book(name), random.Random(1)) for name in WORKBOOKS)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", WORKBOOKS)
def test_many_cells_are_told_in_one_pass(name: str, seed: int) -> None:
    book, chance, taken = Book(name), random.Random(f"{name} {seed}"), set[str]()
    kinds = [kind for kind in CELLS if kind is not Kind.FLAG or name == "frontier-sites"]
    planted = [plant_cell(book, chance, chance.choice(kinds), taken) for _ in range(TOGETHER)]
    assert_told([each for each in planted if each], faults_of(book))


APART = (
    "an_end_before_the_start",
    "a_window_that_ends_first",
    "a_lane_that_leads_back",
    "a_budget_that_shrinks",
    "a_change_of_no_column",
    "an_order_that_arrives_too_soon",
    "a_pue_left_out",
    "an_unknown_setting",
)
"""Rules whose faults have nothing to do with one another."""


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", WORKBOOKS)
def test_cells_and_rules_are_told_in_one_pass(name: str, seed: int) -> None:
    """A person mends both at once: a rule does not wait until the cells are right."""
    book, chance, taken = Book(name), random.Random(f"{name} {seed}"), set[str]()
    planted = [plant(book, chance) for plant in RULE_PLANTS if plant.__name__ in APART]
    taken |= {each.where for each in planted if each}
    # In texts of no consequence, so that no rule may wait for them.
    free = [
        column.name
        for table in TABLES
        for column in table.columns
        if column.name in ("source", "vendor", "customer", "region")
    ]
    for sheet in book.grids:
        for column in set(free) & set(book.names(sheet)):
            row = chance.choice(book.rows(sheet))
            planted.append(Planted(book.set(sheet, row, column, "#REF!"), "spreadsheet error"))
    assert_told([each for each in planted if each], faults_of(book))


@pytest.mark.parametrize("name", WORKBOOKS)
def test_planted_in_a_real_file(name: str, tmp_path: Path) -> None:
    """From the file on: texts, numbers, days, errors and a formula that was never calculated."""
    workbook = load_workbook(INPUTS / f"{name}.xlsx")
    columns = {cell.value: cell.column_letter for cell in workbook["halls"][1]}
    contents = {
        "it_mw": "1,234",
        "ready": "03/04/2026",
        "count": 1.5,
        "site": "#REF!",
        "build_days": "=1+1",
        "source": True,
    }
    cells = {f"{columns[name]}3": content for name, content in contents.items()}
    for cell, content in cells.items():
        workbook["halls"][cell] = content
    workbook.save(tmp_path / "broken.xlsx")
    with pytest.raises(InputFaults) as caught:
        read_inputs(tmp_path / "broken.xlsx")
    assert {fault.where for fault in caught.value.faults} == {f"halls!{cell}" for cell in cells}
