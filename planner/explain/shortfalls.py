"""Shortfalls of commitments, and the goals that minimise them."""

from __future__ import annotations

from collections.abc import Collection

from planner.errors import LimitReached
from planner.explain.integer_answers import solve_whole
from planner.explain.problem import Problem
from planner.explain.session import Session, missed_in
from planner.model.objectives import Tier


def shortfalls(session: Session) -> dict[str, float]:
    """Return the MW-months that each commitment misses, in the plan, or else in a MIP solve.

    Raises
    ------
    LimitReached
        If there is no plan and none was found in time.
    """
    case = session.base.case
    if session.plan is not None:
        return missed_in(session.plan, case)
    whole = solve_whole(session.base, seconds=session.whole_seconds)
    if whole.point is None:
        raise LimitReached(
            "no plan was found in time. Make a plan first (planner plan), then explain its folder"
        )
    missed = dict.fromkeys(case.demand.commitments, 0.0)
    for (name, period), variable in session.base.model.decisions.missed_mw.items():
        value = float(whole.point[session.base.live.position[id(variable)]])
        missed[name] += max(0.0, value) * case.calendar.months[period]
    return missed


def goal_of(problem: Problem, commitments: Collection[str], period: int | None = None) -> Tier:
    """Return the goal of the total shortfall: MW-months, or MW for a single period."""
    months = problem.case.calendar.months
    terms = [
        (variable, months[t] if period is None else 1.0)
        for (name, t), variable in problem.model.decisions.missed_mw.items()
        if name in commitments and period in (None, t)
    ]
    return Tier(
        f"missed of {', '.join(commitments)}", "MW-months", problem.model.frame.objective(terms)
    )


def others_of(
    problem: Problem, commitments: Collection[str], late: dict[str, float]
) -> list[tuple[Tier, float]]:
    """Return the shortfall of all other commitments by priority, with its upper bound."""
    demand, months = problem.case.demand, problem.case.calendar.months
    held = []
    for priority in demand.priorities:
        names = [c for c in demand.of_priority[priority] if c not in commitments]
        terms = [
            (variable, months[t])
            for (name, t), variable in problem.model.decisions.missed_mw.items()
            if name in names
        ]
        if terms:
            tier = Tier(f"others {priority}", "MW-months", problem.model.frame.objective(terms))
            held.append((tier, sum(late[name] for name in names)))
    return held
