"""The optima of the planner and of an independent reference; tiers in stages and at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from blocks import rows_of, sold
from instances import Sheets
from micro import FEBRUARY, JANUARY, START, near
from oracle import STAGED, Stated, cbc_optima, highs_optima, model_of, proper, solution_of
from random_cases import random_case
from reference import reference_of

from planner.solve import staged
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, TierResult
from planner.solve.outcome import Outcome

AGAINST_CBC = (4, 5, 8, 13, 15, 17, 22, 31)
AGAINST_HIGHS = (10, 12, 33)
"""Seeds for which CBC needs up to a minute or more; HiGHS solves their reference alone."""

IN_ROUNDS = (7, 17, 20)


def close(expected: float) -> object:
    """Return a value that equals an optimum up to one part in a million."""
    return pytest.approx(expected, rel=1e-6, abs=1e-6)


@cache
def at_once(seed: int) -> dict[str, TierResult]:
    """Return the proper tiers of a random case, solved at once to the optimum."""
    return proper(solution_of(model_of(random_case(seed))).tiers)


@pytest.mark.parametrize(
    ("oracle", "seed"),
    [(cbc_optima, seed) for seed in AGAINST_CBC] + [(highs_optima, seed) for seed in AGAINST_HIGHS],
)
def test_every_tier_has_the_optimum_of_the_reference(
    oracle: Callable[[Stated], dict[str, float]], seed: int
) -> None:
    ours = at_once(seed)
    theirs = oracle(reference_of(random_case(seed)))
    assert {name: tier.value for name, tier in ours.items()} == {
        name: close(value) for name, value in theirs.items()
    }
    for tier in ours.values():
        assert tier.bound == close(tier.value)


def test_the_random_cases_are_not_trivial() -> None:
    """Some miss megawatts, some are as early as possible, and all cost something."""
    found = [highs_optima(reference_of(random_case(seed))) for seed in (5, 17, 33)]
    assert [optima["missed_mw_months_priority_1"] > 0.1 for optima in found] == [False, True, True]
    assert ["in_service_mw_months" in optima for optima in found] == [True, False, False]
    assert all(optima["present_cost"] > 1 for optima in found)


def in_rounds(sheets: Sheets, gap: float) -> Solution:
    """Solve a small case as if it were a large one."""
    return solution_of(model_of(sheets), gap, tuning=STAGED)


@pytest.mark.parametrize("gap", [0.0, 1e-6])
@pytest.mark.parametrize("seed", IN_ROUNDS)
def test_rounds_reach_the_optimum(seed: int, gap: float) -> None:
    best = at_once(seed)
    solution = in_rounds(random_case(seed), gap)
    assert solution.status == "optimal"
    for name, tier in proper(solution.tiers).items():
        assert tier.value == pytest.approx(best[name].value, rel=2e-6, abs=2e-6)
        assert tier.bound == pytest.approx(best[name].value, rel=2e-6, abs=2e-6)


@pytest.mark.parametrize("gap", [0.02, 0.2])
@pytest.mark.parametrize("seed", [*IN_ROUNDS, 13])
def test_rounds_stop_within_the_gap_and_their_bound_is_one(seed: int, gap: float) -> None:
    """No bound is beyond the true optimum, as long as the tiers before are what they could be."""
    best = at_once(seed)
    solution = in_rounds(random_case(seed), gap)
    assert solution.status == "optimal"
    for name, tier in proper(solution.tiers).items():
        maximised = name == "in_service_mw_months"
        optimum, margin = best[name].value, 1e-6 * max(1.0, abs(tier.bound))
        beyond = optimum - tier.bound if maximised else tier.bound - optimum
        assert beyond <= margin
        assert tier.gap <= gap + 1e-9
        assert abs(tier.value - tier.bound) <= gap * max(1.0, abs(tier.value)) + margin
        if tier.value != close(optimum):
            break


def test_rounds_where_whole_lots_serve_nothing() -> None:
    """The maker starts 5 units in lots of 10: half a lot would serve, whole ones serve nothing."""
    sheets = rows_of(
        {JANUARY: 5},
        options={"pace": "as-early-as-possible"},
        supply=[sold(lot=10, lead_days=31)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 5}],
    )
    tiers = proper(in_rounds(sheets, 0.0).tiers)
    assert tiers["missed_mw_months_priority_1"].value == near(10)
    assert tiers["in_service_mw_months"].value == near(0)


@pytest.mark.parametrize("seed", [2, 6, 13])
def test_rounds_without_counts_do_not_call_a_plan_proven_that_is_not(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only openings and orders are whole, and the time is up when they have been rounded up."""
    sheets = random_case(seed)
    sheets["settings"].append({"setting": "counts", "value": "continuous"})
    monkeypatch.setattr(staged.TimeBudget, "spent", property(lambda clock: clock.seconds))
    solution = solution_of(model_of(sheets), tuning=STAGED)
    for tier in proper(solution.tiers).values():
        assert tier.status != "optimal" or tier.gap <= 1e-6


def test_a_milestone_in_the_first_period_is_met_in_rounds() -> None:
    """3 MW in January and 5 in February of systems of 1 MW at 10: 50, nothing missed."""
    tiers = proper(in_rounds(rows_of({JANUARY: 3, FEBRUARY: 5}), 0.0).tiers)
    assert tiers["missed_mw_months_priority_1"].value == near(0)
    assert tiers["present_cost"].value == near(50)


@pytest.mark.parametrize("seed", [7, 20])
def test_a_relaxation_that_was_stopped_proves_nothing(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at a feasible point, HiGHS gives it without a bound; its value is none either."""
    best = at_once(seed)
    solve = LiveModel.solve

    def stopped(live: LiveModel, **limits: Any) -> Outcome:
        outcome = solve(live, **limits)
        if live.is_mip or not live.is_interruptible:
            return outcome
        worse = 1.5 * outcome.objective
        return replace(outcome, status="time limit", objective=worse, bound=-math.inf)

    monkeypatch.setattr(LiveModel, "solve", stopped)
    cost = proper(in_rounds(random_case(seed), 0.0).tiers)["present_cost"]
    assert cost.bound <= best["present_cost"].value * (1 + 1e-6)
