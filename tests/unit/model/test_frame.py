"""The door to the PuLP problem, and the arrays that are handed over."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from planner.model.frame import ContradictionError, Frame
from planner.model.parts import Column, Row, Sum
from planner.solve.highs_model import LiveModel
from planner.solve.problem_arrays import ProblemArrays


def made() -> tuple[Frame, dict[str, pulp.LpVariable]]:
    frame = Frame("a plan")
    lots = frame.variables("lots", ["x", "y"], most={"x": 4.0}, whole=True)
    return frame, {**lots, **frame.variables("mw", ["z"])}


def test_terms_of_one_variable_are_added_up() -> None:
    frame, at = made()
    frame.row("rule", (1,), [(at["x"], 2.0), (at["z"], 1.0), (at["x"], 3.0)], "<=", 7.0)
    (row,) = frame.constraints()
    assert dict(row.expr) == {at["x"]: 5.0, at["z"]: 1.0}
    assert dict(frame.objective(iter([(at["y"], 1.0), (at["y"], -1.0)]), 3.0)) == {at["y"]: 0.0}


def test_a_rule_without_terms_is_left_out_or_refused() -> None:
    frame, _ = made()
    frame.row("rule", (1,), [], "<=", 0.0)
    assert not frame.constraints() and not frame.rows
    with pytest.raises(ContradictionError, match=r"rule \(2,\): 0 >= 1 does not hold"):
        frame.row("rule", (2,), [], ">=", 1.0)


def test_the_problem_has_every_name_and_what_is_stated_later() -> None:
    frame, at = made()
    frame.row("first", (1,), [(at["x"], 1.0), (at["z"], 1.0)], ">=", 3.0)
    assert [v.name for v in frame.problem.variables()] == ["lots_0", "mw_2"]
    frame.row("second", (1,), [(at["y"], 1.0)], "==", 2.0)
    more = frame.variables("late", ["w"])
    frame.row("third", (1,), [(more["w"], 1.0), (at["x"], -1.0)], "<=", 0.0)
    problem = frame.problem
    assert list(problem.constraints.keys()) == ["first_0", "second_1", "third_2"]
    names = sorted(v.name for v in problem.variables())
    assert names == ["late_3", "lots_0", "lots_1", "mw_2"]


def test_the_arrays_hold_what_was_stated() -> None:
    frame, at = made()
    frame.row("a", (1,), [(at["z"], 2.0), (at["x"], -1.0)], "<=", 5.0)
    frame.row("b", (1,), [(at["y"], 1.0)], ">=", 1.0)
    frame.row("c", (1,), [(at["x"], 3.0), (at["z"], 4.0)], "==", 6.0)
    arrays = ProblemArrays(frame, frame.columns)
    assert arrays.lower.tolist() == [0, 0, 0]
    assert arrays.upper.tolist() == [4, np.inf, np.inf]
    assert arrays.whole.tolist() == [True, True, False]
    assert arrays.row_lower.tolist() == [-np.inf, 1, 6]
    assert arrays.row_upper.tolist() == [5, np.inf, 6]
    assert arrays.start.tolist() == [0, 2, 3, 5]
    assert arrays.index.tolist() == [2, 0, 1, 0, 2]
    assert arrays.value.tolist() == [2, -1, 1, 3, 4]


def test_a_free_variable_of_any_pulp_problem_stays_free() -> None:
    problem = pulp.LpProblem("free", pulp.LpMinimize)
    free = problem.add_variable("free")
    problem += free >= -7
    live = LiveModel(problem, [free])
    live.minimise(free + 0.5)
    found = live.solve(gap=0.0, seconds=10)
    assert (found.status, found.objective) == ("optimal", -6.5)


def test_frame_and_named_problem_hand_over_the_same() -> None:
    frame, at = made()
    frame.row("a", (1,), [(at["z"], 2.0), (at["x"], 1.0)], ">=", 5.0)
    cost = frame.objective([(at["z"], 3.0), (at["x"], 1.0)], 10.0)
    found = []
    for stated in (frame, frame.problem):
        live = LiveModel(stated, frame.columns)
        live.minimise(cost)
        outcome = live.solve(gap=0.0, seconds=10)
        assert outcome.values is not None
        found.append((outcome.objective, live.evaluate(cost, outcome.values)))
    assert found == [(15.5, 15.5), (15.5, 15.5)]


SET_APART = {"hash", "_upbound_original"}
"""What tells variables apart, and what PuLP sets a bound back to, which nobody asks for."""


def test_columns_sums_and_rows_are_pulp_s_own_to_pulp() -> None:
    """All that PuLP keeps on its own is there, with the same value."""
    column, add = Column(3, 5.0, pulp.LpInteger), pulp.LpProblem("x").add_variable
    terms = [(column, 2.0)]
    plain = pulp.LpAffineExpression(terms)
    pairs = (
        (column, add(None, 0, 5.0, pulp.LpInteger)),
        (Sum(terms), plain),
        (
            Row(Sum(terms), pulp.LpConstraintLE, 4.0),
            pulp.LpConstraint(plain, pulp.LpConstraintLE, None, 4.0),
        ),
    )
    for ours, its in pairs:
        assert isinstance(ours, type(its))
        kept = {n: value for n, value in vars(its).items() if n not in SET_APART}
        assert {name: getattr(ours, name) for name in kept} == kept
    assert column.hash == id(column)


def test_columns_work_with_pulp_s_operators_and_its_own_solver() -> None:
    frame, at = made()
    problem = frame.problem
    problem += 2 * at["x"] + at["z"] >= 7
    problem += at["z"] <= 1.5
    problem += 3 * at["x"] + at["z"] + 10
    assert problem.solve(pulp.PULP_CBC_CMD(msg=False)) == 1
    assert [at[name].value() for name in "xz"] == [3.0, 1.0]
    assert pulp.value(problem.objective) == 20.0
