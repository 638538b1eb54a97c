"""Prices of limits, against brute force on random small cases."""

from __future__ import annotations

import math
from functools import partial

import pytest
from explain_cases import small_case
from explain_oracle import changed, divisible, least_missed, stated
from how_many import ASKED, CASES, FIRST, seeds
from random_cases import random_case

from planner.explain.bottleneck_rows import bottleneck_rows
from planner.explain.bottlenecks import CONFIRMED, DEGENERATE, PART, find_bottlenecks
from planner.explain.limit_moves import Move, moved
from planner.explain.problem import Problem
from planner.explain.session import Session
from planner.workbook.reading import inputs_from_rows

LATE = (1, 17, 19, 61)
"""Random cases that miss megawatts, and whose limits are found in seconds."""


CHECKED = 3
"""Groups of limits of a case, those worth most, whose worth is worked out again by brute force."""


def more(step: float, value: object) -> float:
    return float(str(value or 1)) + step


def session_of(seed: int) -> Session:
    return Session(inputs_from_rows("random", random_case(seed)), seconds=math.inf)


@pytest.mark.parametrize("seed", [*LATE, *range(FIRST, FIRST + ASKED)])
def test_every_worth_is_what_brute_force_finds(seed: int) -> None:
    """One unit more in the very cell, the model stated anew and solved by another solver.

    One limit of each kind. On demand as many random cases as are asked for, most of which miss
    nothing, so that no limit is worth anything.
    """
    sheets, session = random_case(seed), session_of(seed)
    before = least_missed(divisible(stated(sheets)))
    assert session.missed.values == pytest.approx(before, rel=1e-6, abs=1e-6)
    checked: set[str] = set()
    for found in find_bottlenecks(session):
        limit = found.limit
        if found.gain is None or limit.dated or limit.kind in checked:
            continue
        checked.add(limit.kind)
        other = changed(sheets, limit.where, partial(more, limit.step))
        after = least_missed(divisible(stated(other)))
        worth = [b - a for b, a in zip(before, after, strict=True)]
        assert found.gain == pytest.approx(worth, rel=1e-6, abs=2e-6), (seed, limit.where)
        assert found.status in (CONFIRMED, PART, DEGENERATE)
        if found.status == CONFIRMED:
            assert found.price == pytest.approx(worth, rel=1e-5, abs=2e-6), (seed, limit.where)
    if seed in LATE:
        assert len(checked) > 4


@pytest.mark.parametrize("seed", range(25))
def test_a_limit_moved_on_the_live_model_is_the_cell_moved(seed: int) -> None:
    session = session_of(seed)
    for limit in session.catalogue.amounts + session.catalogue.dates:
        if not session.is_linear(limit):
            continue
        move = Move(limit, 1.0 if limit.dated else 2.0)
        live = session.missed_with([move])
        anew = Problem(moved(session.inputs, [move], session.base.case.calendar)).solve_missed()
        assert live == pytest.approx(anew.values, rel=1e-6, abs=1e-6), limit.where


@pytest.mark.parametrize("seed", range(25))
def test_what_is_proved_idle_gains_nothing_when_lifted(seed: int) -> None:
    session = session_of(seed)
    for limit in session.catalogue.amounts:
        if session.is_proved_idle(session.missed, limit):
            assert session.gain([Move(limit, math.inf)]) == pytest.approx((0.0, 0.0), abs=1e-6)


@pytest.mark.parametrize("first", seeds(CASES, 10))
def test_a_step_in_whole_systems_is_what_brute_force_finds(first: int) -> None:
    """The whole-number model stated anew from the changed cell and solved by another solver."""
    tried = 0
    for seed in range(first, first + 10):
        sheets = small_case(seed)
        session = Session(inputs_from_rows("random", sheets), seconds=math.inf)
        before = least_missed(stated(sheets))
        for found in find_bottlenecks(session):
            if found.whole is None or found.limit.dated:
                continue
            tried += 1
            other = changed(sheets, found.limit.where, partial(more, found.limit.step))
            worth = [b - a for b, a in zip(before, least_missed(stated(other)), strict=True)]
            assert found.whole == pytest.approx(worth, abs=2e-5), (seed, found.limit.where)
    assert tried


def more_by_one_per_cent(value: object) -> float:
    return float(str(value or 1)) * 1.01


@pytest.mark.parametrize("first", seeds(CASES // 2, 10))
def test_one_per_cent_more_is_what_brute_force_finds(first: int) -> None:
    """All rows of a limit changed in the cells, the model stated anew, solved by another solver."""
    tried = 0
    for seed in range(first, first + 10):
        sheets, session = random_case(seed), session_of(seed)
        before = least_missed(divisible(stated(sheets)))
        shown = find_bottlenecks(session)
        rows = bottleneck_rows(session, shown)
        percents = [round(float(str(row["mw_months_percent"] or 0)), 5) for row in rows]
        assert percents == sorted(percents, reverse=True)
        groups = {b.group: b for b in shown if b.percent and not b.limit.dated}
        for group, found in list(groups.items())[:CHECKED]:
            rows = [x for x in session.catalogue.amounts if (x.kind, x.subject) == group]
            if not all(map(session.is_linear, rows)):
                continue
            tried += 1
            other = sheets
            for limit in rows:
                other = changed(other, limit.where, more_by_one_per_cent)
            after = least_missed(divisible(stated(other)))
            worth = [b - a for b, a in zip(before, after, strict=True)]
            assert found.percent == pytest.approx(worth, rel=1e-5, abs=3e-6), (seed, group)
    assert tried
