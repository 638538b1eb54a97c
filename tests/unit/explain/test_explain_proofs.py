"""The short cuts of explanations: solves that stop early, and proofs that stand for many."""

from __future__ import annotations

import math

import pytest
from explain_cases import small_case
from random_cases import random_case

from planner.explain.asks import Asker
from planner.explain.limit_moves import Move
from planner.explain.on_time_oracle import ON_TIME_TOLERANCE, Oracle
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of, others_of, shortfalls
from planner.solve.duals import proven_bound, solve_linear
from planner.workbook.reading import inputs_from_rows


def session_of(seed: int) -> Session:
    return Session(inputs_from_rows("random", random_case(seed)), seconds=math.inf)


@pytest.mark.parametrize("seed", range(20))
def test_prices_of_an_optimum_prove_it(seed: int) -> None:
    problem = session_of(seed).base
    problem.live.minimise(problem.missed_tiers[0].expression)
    problem.live.discard_basis()
    outcome = solve_linear(problem.live)
    assert proven_bound(problem.live) == pytest.approx(outcome.objective, abs=1e-7)


@pytest.mark.parametrize("seed", range(20))
def test_the_least_missed_is_the_same_when_solves_may_stop_early(seed: int) -> None:
    session = session_of(seed)
    for limit in session.catalogue.amounts + session.catalogue.dates:
        for steps in (1.0, math.inf):
            try:
                anew = session.moved([Move(limit, steps)]).solve_missed().values
            except ValueError:
                continue
            gains = [a - b for a, b in zip(session.missed.values, anew, strict=True)]
            assert session.gain([Move(limit, steps)]) == pytest.approx(
                gains, abs=2 * ZERO_TOLERANCE
            )


@pytest.mark.parametrize("seed", range(40))
def test_what_is_ruled_out_without_a_solve_is_not_enough(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every set kept as not enough is lifted in the inputs themselves and solved anew."""
    monkeypatch.setattr(Session, "is_small", False)
    session = Session(inputs_from_rows("random", small_case(seed)), seconds=math.inf)
    late = shortfalls(session)
    worst = max(late, key=lambda name: late[name])
    asker = Asker(session, [worst])
    oracle = Oracle(session, [worst], asker.candidates)
    for size in (1, 2, 4):
        for at in range(0, len(asker.candidates), size):
            oracle.is_enough(asker.candidates[at : at + size])
    for failed in oracle.failed:
        lifted = [r for r in asker.candidates if r.name in failed]
        moves = [move for request in lifted for move in request.moves()]
        problem = Problem(session.moved(moves).inputs)
        missed = problem.solve_goal(goal_of(problem, [worst]), others_of(problem, [worst], late))
        assert missed.values[0] > ON_TIME_TOLERANCE * (1 - 1e-6), (seed, sorted(failed))


@pytest.mark.parametrize("seed", range(12))
def test_asks_of_a_large_plan_are_plans_in_whole_systems(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small cases taken for large ones: what is called proved in whole systems is re-solved."""
    session = Session(inputs_from_rows("random", small_case(seed)), seconds=math.inf)
    late = shortfalls(session)
    worst = max(late, key=lambda name: late[name])
    if late[worst] <= ON_TIME_TOLERANCE:
        return
    exact = Oracle(session, [worst], [])
    monkeypatch.setattr(Session, "is_small", False)
    for ask in Asker(session, [worst]).find():
        if ask.proof.startswith("re-solved in whole systems"):
            assert exact.is_enough(ask.requests)
        assert ask.is_irreducible
        assert ask.requests[0].size > 0
