"""What to ask for: enough by brute force, nothing of it dispensable, and never more than needed."""

from __future__ import annotations

import copy
import math
from datetime import date, timedelta
from functools import partial

import pulp
import pytest
from explain_cases import STARTS, small_case
from explain_oracle import as_day, changed, stated
from how_many import CASES
from instances import Sheets
from oracle import LARGE

from planner.explain.asks import Asker
from planner.explain.oracle import Request
from planner.explain.session import Session
from planner.explain.shortfalls import shortfalls
from planner.inputs.workbook import inputs_from_rows


def granted(sheets: Sheets, requests: list[Request]) -> Sheets:
    """Return sheets in which what is asked for is granted, cell by cell."""
    for request in requests:
        for limit in request.limits:
            sheets = changed(sheets, limit.where, partial(moved, request))
    return without_overtaken(sheets)


def moved(request: Request, value: object) -> object:
    limit = request.limits[0]
    if not limit.dated:
        default = 1 if limit.column == "count" else 0
        return float(str(value or default)) + request.steps * limit.step
    if isinstance(value, int):
        return max(0, value - 31 * int(request.steps))
    day = as_day(value)
    for _ in range(int(request.steps)):
        day = max(STARTS[0], (day - timedelta(days=1)).replace(day=1))
    return day


def without_overtaken(sheets: Sheets) -> Sheets:
    """Drop the row of a capacity whose date a larger one has reached."""
    other = copy.deepcopy(sheets)
    for sheet, amount in (("energisation", "mw"), ("supply_capacity", "units_per_month")):
        rows = other[sheet]
        best: dict[date, dict[str, object]] = {}
        for row in rows:
            day = as_day(row["from"])
            if day not in best or float(str(row[amount])) > float(str(best[day][amount])):
                best[day] = row
        other[sheet] = list(best.values())
    return other


def brute_shortfall(sheets: Sheets, commitment: str, late: dict[str, float]) -> float:
    """Return MW-months that a commitment must miss, the others missing no more than they do."""
    model = stated(sheets)
    problem, months = model.frame.problem, model.case.calendar.months
    for priority in model.case.demand.priorities:
        others = [c for c in model.case.demand.of_priority[priority] if c != commitment]
        missed = [months[t] * v for (c, t), v in model.decisions.missed_mw.items() if c in others]
        problem.addConstraint(pulp.lpSum(missed) <= sum(late[c] for c in others) + 1e-6)
    goal = pulp.lpSum(
        months[t] * v for (c, t), v in model.decisions.missed_mw.items() if c == commitment
    )
    problem.setObjective(goal * LARGE)
    status = problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=30))
    assert pulp.LpStatus[status] == "Optimal"
    return float(pulp.value(goal) or 0.0)


@pytest.mark.parametrize("decade", range(CASES // 10))
def test_asks_are_enough_and_not_reducible(decade: int) -> None:
    asked = 0
    for seed in range(10 * decade, 10 * decade + 10):
        sheets = small_case(seed)
        session = Session(inputs_from_rows("random", sheets), seconds=math.inf)
        late = shortfalls(session)
        worst = max(late, key=lambda name: late[name])
        if late[worst] <= 1e-5:
            continue
        for ask in Asker(session, worst).find(most=1):
            asked += 1
            assert ask.is_irreducible
            assert ask.is_fewest
            enough = brute_shortfall(granted(sheets, ask.requests), worst, late)
            assert enough <= 2e-5, (seed, worst)
            for request in ask.requests:
                rest = [other for other in ask.requests if other is not request]
                assert brute_shortfall(granted(sheets, rest), worst, late) > 2e-5, (seed, worst)
    assert asked


@pytest.mark.parametrize("seed", range(12))
def test_no_single_change_is_enough_where_more_are_asked_for(seed: int) -> None:
    """Fewest means fewest: every limit is lifted alone, and the commitment stays late."""
    sheets = small_case(seed)
    session = Session(inputs_from_rows("random", sheets), seconds=math.inf)
    late = shortfalls(session)
    worst = max(late, key=lambda name: late[name])
    asker = Asker(session, worst)
    for ask in asker.find(most=1) if late[worst] > 1e-5 else ():
        if len(ask.requests) > 1:
            for candidate in asker.candidates:
                assert brute_shortfall(granted(sheets, [candidate]), worst, late) > 2e-5
