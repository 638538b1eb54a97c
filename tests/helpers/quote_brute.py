"""Quotes by brute force, in whole systems."""

from __future__ import annotations

import copy
import math

import pulp
import pytest
from explain_oracle import stated
from instances import Sheets
from oracle import LARGE

from planner.explain.quote import Quoter, Terms
from planner.explain.session import Session
from planner.model.objectives import missed_mw_months
from planner.workbook.reading import inputs_from_rows


def brute_missed(sheets: Sheets) -> list[float]:
    """Return MW-months missed by priority."""
    model = stated(sheets)
    found = []
    for priority in model.case.demand.priorities:
        tier = missed_mw_months(model, priority)
        found.append(solved(model.frame.problem, tier.expression))
        model.frame.problem.addConstraint(tier.expression <= found[-1] + 1e-7)
    return found


def brute_largest(sheets: Sheets, promised: list[float], period: int, basis: str = "it") -> float:
    """Return the most that can be served from a period on, no commitment served worse."""
    other = copy.deepcopy(sheets)
    other["commitments"].append({"commitment": "more", "basis": basis, "priority": 9})
    other["milestones"].append({"commitment": "more", "date": "2026-01-31", "mw": 50})
    model = stated(other)
    problem, made = model.frame.problem, model.decisions
    for priority, value in zip(model.case.demand.priorities, promised, strict=False):
        tier = missed_mw_months(model, priority)
        problem.addConstraint(tier.expression <= value + 1e-7)
    most = pulp.LpVariable("most", 0)
    for key in range(period, model.case.calendar.count):
        serving = [v for k, v in made.serve_mw.items() if k[0] == "more" and k[-1] == key]
        problem.addConstraint(pulp.lpSum(serving) >= most)
    return -solved(problem, -1 * most)


def solved(problem: pulp.LpProblem, objective: pulp.LpAffineExpression) -> float:
    """Minimise by CBC, or where it does not get there in time by HiGHS through PuLP's own door."""
    problem.setObjective(objective * LARGE)
    solvers = (
        pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=3),
        pulp.HiGHS(msg=False, gapRel=0, gapAbs=0, threads=1),
    )
    for solver in solvers:
        status = problem.solve(solver)
        proven = problem.sol_status == pulp.LpSolutionOptimal
        if pulp.LpStatus[status] == "Optimal" and proven:
            return float(pulp.value(objective) or 0.0)
    raise AssertionError("neither solver got there")


def check(sheets: Sheets, seed: int, start: float) -> None:
    """Compare two largest quotes and one earliest date with brute force."""
    session = Session(inputs_from_rows("random", sheets), seconds=math.inf)
    quoter = Quoter(session, Terms("it"))
    promised = brute_missed(sheets)
    brute = [brute_largest(sheets, promised, t) for t in session.base.case.calendar.periods]
    for period in (seed % 2, len(brute) - 1):
        found = quoter.largest(period, whole=True)
        assert found.firm_mw == pytest.approx(brute[period], abs=2e-5), (seed, period)
        assert found.at_most_mw == pytest.approx(brute[period], abs=2e-5), (seed, period)
        assert quoter.bound(period) >= brute[period] - 1e-5
    mw = max(0.5, brute[1] * start)
    if any(abs(value - mw) < 1e-3 for value in brute):
        mw -= 0.01
    first = next((t for t, most in enumerate(brute) if most >= mw), None)
    earliest = quoter.earliest(mw)
    assert earliest.period == first, (seed, mw, brute)
    assert earliest.is_proven
    assert earliest.at_most_before_mw < mw
