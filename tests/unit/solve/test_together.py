"""A plan near the best in every tier at once, on cases small enough to know the optima of."""

from __future__ import annotations

import math

import numpy as np
import pytest
from oracle import STAGED, model_of, proper, solution_of
from random_cases import random_case

from planner.model.objectives import CHOOSING, make_tiers
from planner.model.wholes import make_wholes
from planner.solve.highs_model import LiveModel
from planner.solve.initial_plan import InitialPlan
from planner.solve.outcome import Array
from planner.solve.rounding import find_columns
from planner.solve.staged import StagedSolver
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DEFAULT_TUNING, Tuning

SEEDS = (5, 7, 10, 17, 20, 33, 40)


class Looked:
    """A small case, what was found for it, and its bounds and rows before."""

    def __init__(self, seed: int, seconds: float = math.inf, tuning: Tuning = STAGED) -> None:
        model = model_of(random_case(seed))
        self.live = LiveModel(model.frame.problem, model.frame.columns, tuning=tuning)
        self.bounds, self.rows = self.live.all_bounds(), self.live.highs.getNumRow()
        self.tiers = [tier for tier in make_tiers(model) if tier.name != CHOOSING]
        search = StagedSolver(self.live, find_columns(self.live, make_wholes(model)))
        self.bound: list[float | None] = []
        self.values: Array | None = InitialPlan(
            self.live,
            search,
            make_tiers(model),
            [1e-3] * len(make_tiers(model)),
            TimeBudget(seconds),
            lambda _, bound: self.bound.append(bound),
        ).plan()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_found_is_a_plan_no_better_than_the_best(
    seed: int,
) -> None:
    found = Looked(seed)
    assert found.values is not None
    live, whole = found.live, np.flatnonzero(found.live.whole).astype(np.int32)
    assert np.abs(found.values[whole] - np.round(found.values[whole])).max() < 1e-6
    live.fix_at_rounded(whole, found.values)
    live.minimise(found.tiers[0].expression)
    again = live.solve(gap=0.0, seconds=60.0)
    assert again.status == "optimal"
    first = next(iter(proper(solution_of(model_of(random_case(seed))).tiers).values()))
    value = live.evaluate(found.tiers[0].expression, found.values)
    assert value >= first.value - 1e-6
    assert found.bound[0] is not None
    assert found.bound[0] <= first.value + 1e-6


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_the_model_is_left_as_it_was(seed: int) -> None:
    found = Looked(seed)
    for now, before in zip(found.live.all_bounds(), found.bounds, strict=True):
        assert np.array_equal(now, before)
    assert found.live.highs.getNumRow() == found.rows
    assert found.live.is_mip


def test_without_time_nothing_is_found_and_nothing_is_left_behind() -> None:
    found = Looked(20, seconds=0.0)
    assert found.live.highs.getNumRow() == found.rows
    assert np.array_equal(found.live.all_bounds()[0], found.bounds[0])


def test_a_small_model_is_left_to_be_solved_at_once() -> None:
    assert Looked(5, tuning=DEFAULT_TUNING).values is None
