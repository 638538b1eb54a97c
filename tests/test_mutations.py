"""A few hundred real inputs changed at random: each is read, or refused in words.

Thousands more are read by `tests/benchmarks/mutate.py`.
"""

from __future__ import annotations

import pytest
from mutations import mutant, outcome

COUNT, BATCH = 300, 50


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_no_change_ends_in_a_defect(first: int) -> None:
    found = [outcome(number, longest=60) for number in range(first, first + BATCH)]
    assert [one for one in found if one.kind == "DEFECT"] == []


def test_a_mutant_is_made_from_its_number_alone() -> None:
    assert mutant(7) == mutant(7)
    assert len({str(mutant(number)) for number in range(20)}) == 20
