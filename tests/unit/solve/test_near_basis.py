"""Linear solves from a basis of a like model: quick, and the same answer as afresh."""

from __future__ import annotations

import numpy as np
import pulp
import pytest
from micro import near
from random_cases import random_case

from planner.explain.session import Session
from planner.solve.basis import Basis, map_basis
from planner.solve.duals import solve_from_basis, solve_linear
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import inputs_from_rows


def cheapest(costs: dict[str, float], least: float) -> LiveModel:
    """Return: buy at least so much, at most 4 of each, at given costs."""
    problem = pulp.LpProblem("buy", pulp.LpMinimize)
    columns = [pulp.LpVariable(name, 0, 4) for name in costs]
    problem += pulp.lpSum(columns) >= least
    live = LiveModel(problem, columns)
    live.minimise(pulp.lpDot(list(costs.values()), columns))
    return live


def solved(costs: dict[str, float], least: float) -> tuple[float, Basis]:
    live = cheapest(costs, least)
    return solve_linear(live).objective, live.full_basis()


def test_a_carried_basis_knows_that_columns_were_added() -> None:
    _, basis = solved({"dear": 3.0, "fair": 2.0}, 6.0)
    assert not basis.has_grown
    assert map_basis(basis, [0, None, 1], [0]).has_grown
    assert not map_basis(basis, [1, 0], [0]).has_grown


@pytest.mark.parametrize(
    ("cost", "value"),
    [(1.0, 4 * 1.0 + 2 * 2.0), (2.5, 4 * 2.0 + 2 * 2.5), (9.0, 4 * 2.0 + 2 * 3.0)],
)
def test_columns_added_are_used_where_they_are_cheaper(cost: float, value: float) -> None:
    before, basis = solved({"dear": 3.0, "fair": 2.0}, 6.0)
    assert before == near(14.0)
    live = cheapest({"dear": 3.0, "new": cost, "fair": 2.0}, 6.0)
    outcome = solve_from_basis(live, map_basis(basis, [0, None, 1], [0]))
    assert (outcome.status, outcome.objective) == ("optimal", near(value))


def test_it_answers_as_from_nothing() -> None:
    """From the basis of another objective and side, whatever is added."""
    draw = np.random.default_rng(7)
    for _ in range(50):
        costs = {f"c{i}": float(cost) for i, cost in enumerate(draw.uniform(1, 9, 6))}
        least = float(draw.uniform(1, 12))
        _, basis = solved(dict(list(costs.items())[:4]), least)
        afresh = solve_linear(cheapest(costs, least)).objective
        carried = map_basis(basis, [0, 1, 2, 3, None, None], [0])
        assert solve_from_basis(cheapest(costs, least), carried).objective == near(afresh)


def test_what_was_left_undone_is_said_once_for_all() -> None:
    session = Session(inputs_from_rows("undone", random_case(0)))
    session.leave("prices")
    for name in ("crews of A", "crews of B", "crews of C"):
        session.leave("savings from one step more", name)
    session.leave("slack", "OpenAI due 2027-12-31")
    assert session.undone == [
        "prices",
        "savings from one step more: crews of A and 2 more",
        "slack: OpenAI due 2027-12-31",
    ]
