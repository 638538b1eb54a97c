"""A few hundred real inputs changed at random: each is read, or refused in words.

Thousands more are read by `tests/benchmarks/mutate.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from how_many import seeds
from mutations import ROOT, as_csv, as_ods, mutant, outcome

from planner.workbook.reading import read_inputs

COUNT, BATCH = 300, 50


@pytest.mark.parametrize("first", seeds(COUNT, BATCH))
def test_no_change_ends_in_a_defect(first: int) -> None:
    found = [outcome(number, longest=60) for number in range(first, first + BATCH)]
    assert [one for one in found if one.kind == "DEFECT"] == []


def test_every_format_of_a_plan_is_the_same_plan(tmp_path: Path) -> None:
    plan = ROOT / "inputs" / "first-plan.xlsx"
    (tmp_path / "first-plan.ods").write_bytes(as_ods(plan))
    (tmp_path / "first-plan").mkdir()
    for name, content in as_csv(plan).items():
        (tmp_path / "first-plan" / name).write_bytes(content)
    paths = (plan, tmp_path / "first-plan.ods", tmp_path / "first-plan")
    assert len({read_inputs(path).digest for path in paths}) == 1


def test_a_mutant_is_made_from_its_number_alone() -> None:
    assert mutant(7) == mutant(7)
    assert len({str(mutant(number)) for number in range(20)}) == 20
