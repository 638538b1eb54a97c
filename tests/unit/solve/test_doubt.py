"""Answers of the solver that are not taken on trust, and what is believed instead."""

from __future__ import annotations

import math

import numpy as np
import pulp
import pytest
from micro import near
from random_cases import random_case

from planner.model.objectives import CHOOSING
from planner.pipeline import Options, make_plan
from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.lexicographic import GAP_NOT_PROVEN
from planner.solve.outcome import Outcome
from planner.solve.recheck import _reconcile, solve_again_if_infeasible, solve_checked
from planner.solve.staged import StagedSolver
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import Tuning
from planner.workbook.reading import inputs_from_rows

NOTHING = np.zeros(1)


def knapsack() -> LiveModel:
    """Return: minimise x, x >= 6.7, n and z such that whole n are hard to see.

    Nothing ties x to n and z, so that x = 6.7 is best; n = (0, 0, 6), z = 0.5 holds.
    """
    problem = pulp.LpProblem("knapsack", pulp.LpMinimize)
    x, z = pulp.LpVariable("x", 0, 10), pulp.LpVariable("z", 0, 5)
    n = [pulp.LpVariable(f"n{i}", 0, 7, pulp.LpInteger) for i in range(3)]
    problem += x >= 6.7
    problem += 2 * n[0] + 3 * n[1] + 1.5 * n[2] + z == 9.5
    problem += 3 * n[0] + 1 * n[1] + 2.5 * n[2] - z >= 4.5
    problem += 1 * n[0] + 4 * n[1] - 2.5 * n[2] + 2 * z <= 8.5
    live = LiveModel(problem, [x, *n, z])
    live.minimise(1 * x)
    return live


DEARER = np.array([7.0, 0.0, 0.0, 6.0, 0.5])
"""A plan that holds and costs 7, where 6.7 is possible."""


def test_a_start_does_not_hide_a_plan_less_than_one_step_better() -> None:
    outcome = solve_checked(knapsack(), DEARER, gap=0.0, clock=TimeBudget(10.0), is_small=False)
    assert (outcome.status, outcome.objective, outcome.bound) == ("optimal", near(6.7), near(6.7))


def test_a_start_that_is_the_best_is_kept() -> None:
    best = DEARER.copy()
    best[0] = 6.7
    outcome = solve_checked(knapsack(), best, gap=0.0, clock=TimeBudget(10.0), is_small=False)
    assert (outcome.status, outcome.objective) == ("optimal", near(6.7))


def test_a_small_model_is_right_from_any_start() -> None:
    outcome = solve_checked(knapsack(), DEARER, gap=0.0, clock=TimeBudget(10.0), is_small=True)
    assert (outcome.objective, outcome.bound) == (near(6.7), near(6.7))


def found(objective: float, bound: float, status: str = "optimal") -> Outcome:
    values = None if math.isinf(objective) else NOTHING
    return Outcome(status, values, objective, bound, 1.0)


@pytest.mark.parametrize(
    ("first", "second", "gap", "status", "objective", "bound"),
    [
        # Both agree.
        (found(5, 5), found(5, 5), 0.0, "optimal", 5, 5),
        # The first cut off the best plan.
        (found(7, 7), found(5, 5), 0.0, "optimal", 5, 5),
        (found(math.inf, math.inf, "infeasible"), found(5, 5), 0.0, "optimal", 5, 5),
        (found(7, 7), found(5, 4, "time limit"), 0.0, "time limit", 5, 4),
        # The second did.
        (found(5, 5), found(7, 7), 0.0, "optimal", 5, 5),
        # Called optimal with a bound that does not prove it, or none.
        (found(5, 4.9), found(5, 5), 0.0, "optimal", 5, 5),
        (found(5, -math.inf), found(5, 5), 0.0, "optimal", 5, 5),
        # Within the gap the weaker bound is believed.
        (found(5, 4.8), found(5, 4.9), 0.1, "optimal", 5, 4.8),
        # The second had not the time.
        (found(5, 5), found(5, 3, "time limit"), 0.0, "optimal", 5, 5),
    ],
)
def test_the_better_plan_and_the_weaker_proof_are_believed(
    first: Outcome, second: Outcome, gap: float, status: str, objective: float, bound: float
) -> None:
    told = _reconcile(first, second, gap)
    assert (told.status, told.objective, told.bound) == (status, objective, bound)


NO = ("infeasible", math.inf)
OPEN = ("node limit", math.inf)


@pytest.mark.parametrize(
    ("answers", "status", "objective"),
    [
        # Two solves agree.
        ([NO, NO], *NO),
        # The second finds a plan.
        ([NO, ("optimal", 7.0)], "optimal", 7.0),
        # The second reaches its limit of nodes, so that a third decides.
        ([NO, OPEN, ("optimal", 7.0)], "optimal", 7.0),
        ([NO, OPEN, NO], *NO),
        ([NO, OPEN, ("time limit", math.inf)], "time limit", math.inf),
    ],
)
def test_infeasible_is_believed_only_if_two_solves_agree(
    answers: list[tuple[str, float]], status: str, objective: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []
    told = iter(answers)

    def solve(self: LiveModel, **given: object) -> Outcome:
        asked.append(given)
        word, value = next(told)
        return found(value, value if math.isfinite(value) else math.inf, word)

    monkeypatch.setattr(LiveModel, "solve", solve)
    outcome = solve_checked(knapsack(), None, gap=0.0, clock=TimeBudget(99.0), is_small=False)
    assert (outcome.status, outcome.objective) == (status, objective)
    assert next(told, None) is None
    assert [one["nodes"] for one in asked] == [None, 200_000, None][: len(answers)]
    assert [one.get("restarts", True) for one in asked] == [True, True, False][: len(answers)]


@pytest.mark.parametrize(
    ("answers", "is_small", "objective", "bound"),
    [
        # A large model has no third solve.
        ([(7.0, 7.0), (7.0, 7.0)], False, 7.0, 7.0),
        # All three agree.
        ([(7.0, 7.0), (7.0, 7.0), (7.0, 7.0)], True, 7.0, 7.0),
        # The bound of the third is not believed, for it comes from unsafe rules.
        ([(7.0, 7.0), (7.0, 7.0), (7.0, 9.0)], True, 7.0, 7.0),
        # The third finds a better plan, which a fourth proves.
        ([(7.0, 7.0), (7.0, 7.0), (5.0, 5.0), (5.0, 5.0)], True, 5.0, 5.0),
        # The fourth finds a better one still.
        ([(7.0, 7.0), (7.0, 7.0), (5.0, 5.0), (4.0, 4.0)], True, 4.0, 4.0),
    ],
)
def test_a_plan_that_two_solves_missed_is_found_by_a_third_and_proven_by_a_fourth(
    answers: list[tuple[float, float]],
    is_small: bool,
    objective: float,
    bound: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = iter(answers)

    def solve(self: LiveModel, **given: object) -> Outcome:
        value, proven = next(left)
        return Outcome("optimal", DEARER, value, proven, seconds=0.001)

    monkeypatch.setattr(LiveModel, "solve", solve)
    clock = TimeBudget(99.0)
    outcome = solve_checked(knapsack(), None, gap=0.0, clock=clock, is_small=is_small)
    assert (outcome.status, outcome.objective, outcome.bound) == ("optimal", objective, bound)
    assert next(left, None) is None


def test_a_linear_model_called_infeasible_is_solved_again() -> None:
    live = knapsack()
    live.set_integer_columns(NO_COLUMNS)
    wrong = Outcome("infeasible", None, math.inf, -math.inf, 0.0)
    right = solve_again_if_infeasible(live, wrong, 9.0)
    assert (right.status, right.objective) == ("optimal", near(6.7))
    assert solve_again_if_infeasible(live, right, 9.0) is right
    live.tuning = Tuning(second_solve_min_pivots=0, second_solve_pivots_per_row=0)
    assert solve_again_if_infeasible(live, wrong, 9.0).status == "pivot limit"


def test_a_linear_model_that_is_infeasible_stays_so() -> None:
    live = knapsack()
    live.set_integer_columns(NO_COLUMNS)
    live.fix(np.array([0], dtype=np.int32), np.array([1.0]))
    outcome = live.solve(gap=0.0, seconds=9.0)
    assert outcome.status == "infeasible"
    assert solve_again_if_infeasible(live, outcome, 9.0).status == "infeasible"


@pytest.mark.parametrize(
    ("is_small", "nodes", "most", "heuristics"),
    [(True, None, 200_000, True), (False, None, 200_000, False), (False, 20, 20, False)],
)
def test_a_second_solve_ends_by_a_count_that_is_the_same_on_any_machine(
    is_small: bool, nodes: int | None, most: int, heuristics: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def solve(self: LiveModel, **given: object) -> Outcome:
        asked.append(given)
        return Outcome("optimal", DEARER, 7.0, 7.0, seconds=0.001, nodes=7)

    monkeypatch.setattr(LiveModel, "solve", solve)
    solve_checked(knapsack(), None, gap=0.0, clock=TimeBudget(99.0), is_small=is_small, nodes=nodes)
    first, second, *third = asked
    assert [one["all_rules"] for one in third] == [True] * is_small
    assert (first["nodes"], second["nodes"]) == (nodes, most)
    assert second["heuristics"] == heuristics
    assert second["presolve"] != first["presolve"]
    assert 98.0 < float(str(second["seconds"])) <= 99.0


def test_a_second_solve_of_many_columns_may_take_some_times_the_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live = knapsack()
    live.tuning = Tuning(second_solve_nodes_times_columns=5)
    asked: list[object] = []
    taken = iter([1, 1, 7, 7])

    def solve(self: LiveModel, nodes: int | None, **given: object) -> Outcome:
        asked.append(nodes)
        return Outcome("optimal", DEARER, 7.0, 7.0, seconds=0.001, nodes=next(taken))

    monkeypatch.setattr(LiveModel, "solve", solve)
    for _ in range(2):
        solve_checked(live, None, gap=0.0, clock=TimeBudget(99.0), is_small=False)
    assert asked == [None, 10, None, 35]


def test_nodes_of_a_solve_are_counted() -> None:
    live = knapsack()
    assert live.solve(gap=0.0, seconds=9.0, presolve=False).nodes >= 1
    live.set_integer_columns(NO_COLUMNS)
    assert live.solve(gap=0.0, seconds=9.0).nodes == 0


def test_a_plan_without_a_bound_is_not_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """HiGHS has called plans optimal and given no bound."""
    solve = StagedSolver.solve

    def boundless(self: StagedSolver, **given: object) -> Outcome:
        outcome = solve(self, **given)  # type: ignore[arg-type]
        return Outcome(outcome.status, outcome.values, outcome.objective, -math.inf, 0.0)

    inputs = inputs_from_rows("doubt", random_case(0))
    assert make_plan(inputs, Options()).summary["status"] == "proven within the gap"
    monkeypatch.setattr(StagedSolver, "solve", boundless)
    plan = make_plan(inputs, Options())
    assert plan.summary["status"] == GAP_NOT_PROVEN
    assert plan.summary["gap"] is None
    assert plan.tables["tiers"][-1]["tier"] == CHOOSING
