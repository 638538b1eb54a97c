"""Plans of a workbook and of the same workbook changed in a way whose effect is known.

A few dozen pairs in the suite; thousands on demand:

    PLANNER_CASES=1500 pytest tests/property/test_metamorphic.py
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from brute import tiny_case
from how_many import CASES, seeds
from instances import Sheets
from random_cases import random_case
from random_wide import wide_case
from relations import NO_WORSE, RELATIONS, SAME, Pair

from planner.errors import InputFaults, NoPlanExists
from planner.model.objectives import CHOOSING
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows

NEAR = 2e-6
"""Relative, and absolute where a tier is below one: what the solver may miss a row by."""

EXACT = 1e-8
"""Relative: a tier nearer than this was found without any slack, so that the next compares."""

BLOCK = 10
KINDS = (wide_case, tiny_case, random_case)
NAMES = tuple(RELATIONS)

ONCE_WRONG: dict[tuple[str, int], str] = {}
"""Relation and number of pairs that did not hold once."""


def pair_of(relation: str, number: int) -> Pair | None:
    """Return the pair of a number: its case, changed."""
    sheets = KINDS[number % len(KINDS)](number)
    return RELATIONS[relation](Random(f"{relation} {number}"), sheets)


def best_plan(sheets: Sheets) -> Plan | None:
    """Return the best plan with no gap left, None if firm data contradict each other."""
    try:
        return make_plan(inputs_from_rows("pair", sheets), Options(gap=0.0, time_limit_s=60))
    except NoPlanExists:
        return None


def tiers_of(plan: Plan) -> dict[str, float]:
    """Return the value of each tier, as minimised, without the one that only chooses."""
    return {
        str(row["tier"]): float(str(row["value"])) * (-1 if "in_service" in str(row["tier"]) else 1)
        for row in plan.tables["tiers"]
        if row["tier"] != CHOOSING
    }


def broken(pair: Pair) -> str:
    """Return how a pair breaks its relation; empty if it holds."""
    before = best_plan(pair.before)
    try:
        after = best_plan(pair.after)
    except InputFaults as faults:
        return f"the second is refused: {faults}"
    if before is None or after is None:
        right = before is after if pair.kind == SAME else before is None
        return "" if right else "one of them has no plan"
    if any(
        row["status"] == "time limit" for plan in (before, after) for row in plan.tables["tiers"]
    ):
        return ""  # the one that only chooses among equals may be cut short, too
    if pair.only_met and any(
        value > NEAR for name, value in tiers_of(before).items() if name.startswith("missed")
    ):
        return ""
    if pair.table_map is not None and (told := other_row(before, after, pair.table_map)):
        return told
    return other_tier(tiers_of(before), tiers_of(after), pair)


def other_tier(before: dict[str, float], after: dict[str, float], pair: Pair) -> str:
    """Return the first tier that breaks the relation, with its figures."""
    for name, value in before.items():
        expected = value * (pair.money if name == "present_cost" else pair.mw)
        margin = NEAR * max(1.0, abs(expected), abs(pair.mw))
        apart = after[name] - expected
        if apart > margin or (apart < -margin and pair.kind == SAME):
            return f"{name} is {after[name]:.12g}, {expected:.12g} was expected ({pair.kind})"
        if abs(apart) > EXACT * max(1.0, abs(expected)):
            break  # better, or by a slack that makes the next another problem
    return ""


def other_row(before: Plan, after: Plan, change: Any) -> str:
    """Return the first row of a result table that is not the same."""
    for name, rows in before.tables.items():
        expected = [
            {c: None if c == "seconds" else change(v) for c, v in row.items()} for row in rows
        ]
        found = [
            {**row, "seconds": None} if "seconds" in row else row for row in after.tables[name]
        ]
        for one, other in zip(expected, found, strict=False):
            if one != other:
                return f"{name} has {other} in place of {one}"
        if len(expected) != len(found):
            return f"{name} has {len(found)} rows in place of {len(expected)}"
    return ""


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
