"""Plans of a workbook and of the same workbook changed in a way whose effect is known.

A few dozen pairs in the suite; thousands on demand:

    PLANNER_CASES=1500 pytest tests/property/test_metamorphic.py
"""

from __future__ import annotations

from random import Random

import pytest
from brute import tiny_case
from how_many import CASES, seeds
from metamorphic import broken, other_tier
from random_cases import random_case
from random_wide import wide_case
from relations import NO_WORSE, RELATIONS, SAME, Pair

from planner.errors import InputFaults

BLOCK = 10
KINDS = (wide_case, tiny_case, random_case)
NAMES = tuple(RELATIONS)

ONCE_WRONG: dict[tuple[str, int], str] = {}
"""Relation and number of pairs that did not hold once."""


def pair_of(relation: str, number: int) -> Pair | None:
    """Return the pair of a number: its case, changed."""
    sheets = KINDS[number % len(KINDS)](number)
    return RELATIONS[relation](Random(f"{relation} {number}"), sheets)


@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_what_is_known_of_a_changed_workbook_holds(first: int) -> None:
    for number in range(first, first + BLOCK):
        relation = NAMES[number % len(NAMES)]
        try:
            pair = pair_of(relation, number)
            told = "" if pair is None else broken(pair)
        except InputFaults:
            continue
        assert not told, f"pair {number}, {relation}: {told}"


def test_a_pair_that_is_not_related_breaks_its_relation() -> None:
    """Dearer is not the same, and not no worse; cheaper is no worse, and not the same."""
    before, after = {"missed": 0.0, "present_cost": 10.0}, {"missed": 0.0, "present_cost": 10.1}
    for kind, there, back in ((SAME, True, True), (NO_WORSE, True, False)):
        pair = Pair({}, {}, kind)
        assert bool(other_tier(before, after, pair)) is there
        assert bool(other_tier(after, before, pair)) is back
    more_missed = {"missed": 1.0, "present_cost": 1.0}
    assert "missed is 1" in other_tier(before, more_missed, Pair({}, {}, NO_WORSE))
    assert not other_tier(more_missed, before, Pair({}, {}, NO_WORSE))


@pytest.mark.parametrize("relation", NAMES)
def test_each_relation_applies_to_most_cases(relation: str) -> None:
    pairs = [pair_of(relation, number) for number in range(60)]
    assert sum(pair is not None and pair.before != pair.after for pair in pairs) >= 10
