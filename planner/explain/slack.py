"""Slack of milestones that are met, and the last day to order for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from planner.case.demand import cut_at, due_by
from planner.diagnostics.order_deadlines import last_orders
from planner.errors import NoPlanExists
from planner.explain.integer_answers import reach_whole, solve_whole
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.session import Session
from planner.plan.finding_rows import MetMilestone, SlackRow
from planner.workbook.rows import Inputs
from planner.workbook.rows import Row as InputRow

IN_WHOLES = "re-solved in whole systems"
DIVISIBLY = "re-solved with divisible systems; whole ones may leave less"
"""Proofs of a slack; the second only in a large plan without time for the first."""

REACH_SECONDS = 30.0
"""Time limit in seconds of the MIP solve that proves one slack in a large plan."""


def slack_rows(session: Session) -> list[SlackRow]:
    """Return the milestones that are met, with slack and a row for each purchase line.

    Slack is re-solved: the milestone is moved earlier as long as no more is missed. The last order
    date comes from lead times alone: a unit ordered later arrives too late.
    """
    rows: list[SlackRow] = []
    case = session.base.case
    for commitment, day, period, mw in case.demand.judged:
        falls = mw < due_by(session.inputs, commitment, day - timedelta(days=1))
        if mw <= 0 or falls or _missed_at(session, commitment, day) > 10 * ZERO_TOLERANCE:
            continue
        met_by = _earliest(session, commitment, day)
        milestone: MetMilestone = {
            "commitment": commitment,
            "date": day,
            "mw": mw,
            "slack_days": None if met_by is None else (day - met_by).days,
            "could_be_met_by": met_by,
            "proof": None if met_by is None else _proof(session, (commitment, day), met_by),
        }
        lines = last_orders(case, commitment, period)
        if not lines:
            rows.append({**milestone, "supplier": None, "item": None, "last_order_date": None})
        for (supplier, item), last in sorted(lines.items()):
            day_of = case.calendar.date_of(last) if last >= case.calendar.fence else None
            rows.append(
                {**milestone, "supplier": supplier, "item": item, "last_order_date": day_of}
            )
    return rows


def _missed_at(session: Session, commitment: str, day: date) -> float:
    if session.plan is None:
        period = session.base.case.calendar.holding(day) or 0
        at = session.base.column_at.get(("missed_mw", (commitment, period)))
        return 0.0 if at is None else float(session.missed.point[at])
    milestones = session.plan.summary["milestones"]
    assert isinstance(milestones, list)
    return sum(
        float(m["missed_mw"])
        for m in milestones
        if m["commitment"] == commitment and str(m["date"])[:10] == day.isoformat()
    )


def _earliest(session: Session, commitment: str, day: date) -> date | None:
    """Return the earliest day by which a milestone could be met; None if out of time."""
    row, earliest, step = _row(session, commitment, day), day, 1
    # Double the step while the milestone is met, then halve it down to one day.
    while step:
        earlier = earliest - timedelta(days=step)
        holds = None if session.spent(0.97) else _holds(session, row, earlier)
        if holds is None:
            session.leave("slack", f"{commitment} due {day}")
            return None
        earliest, step = (earlier, 2 * step) if holds else (earliest, step // 2)
    return earliest


def _proof(session: Session, milestone: tuple[str, date], earliest: date) -> str:
    """Return the proof that a milestone could be met by an earlier day."""
    commitment, day = milestone
    seconds = min(REACH_SECONDS, session.left / 2)
    if session.plan is None or (not session.is_small and seconds < 1.0):
        return DIVISIBLY
    if session.is_small or earliest == day:
        return IN_WHOLES
    if session.is_late:
        return DIVISIBLY
    problem = Problem(_due_by(session.inputs, _row(session, commitment, day), earliest))
    *held, (goal, most) = zip(problem.missed_tiers, session.planned_missed, strict=True)
    session.resolves += 1
    reached = reach_whole(problem, goal, held, seconds)
    return IN_WHOLES if reached <= most + 10 * ZERO_TOLERANCE else DIVISIBLY


def _row(session: Session, commitment: str, day: date) -> InputRow:
    """Return the row of a milestone."""
    return next(
        row
        for row in session.inputs.tables["milestones"]
        if row["commitment"] == commitment and row["date"] == day
    )


def _holds(session: Session, row: InputRow, day: date) -> bool | None:
    """Return whether a milestone due by a day adds no shortfall; None if not proven in time."""
    if day < session.base.case.calendar.starts[0]:
        return False
    session.resolves += 1
    moved, cut = _due_by(session.inputs, row, day), None
    if session.is_late:
        # Shortfalls are summed by period, so give both problems the same periods.
        moved = cut_at(moved, [row["date"]])
        cut = Problem(cut_at(session.inputs, [day]))
    problem = Problem(moved)
    try:
        divisible = problem.solve_missed().values
        most = session.missed.values if cut is None else cut.solve_missed().values
    except NoPlanExists:
        return False
    if not session.is_small or session.plan is None:
        return not _is_more(divisible, most)
    if _is_more(divisible, session.planned_missed if cut is None else most):
        return False
    return _holds_whole(session, problem, cut)


def _holds_whole(session: Session, problem: Problem, cut: Problem | None) -> bool | None:
    """Return the same answer from a MIP."""
    most = session.planned_missed
    if cut is not None:
        known = solve_whole(cut, seconds=session.whole_seconds)
        if not known.is_proven:
            return None
        most = known.values
    whole = solve_whole(problem, seconds=session.whole_seconds)
    if len(whole.values) == len(most) and not _is_more(whole.values, most):
        return True
    return False if whole.is_proven else None


def _due_by(inputs: Inputs, row: InputRow, day: date) -> Inputs:
    """Return inputs in which a milestone is due by an earlier day.

    From then on at least its megawatts are due, or more if more were due before.
    """
    mw, moved = row["mw"], list[InputRow]()
    most = max(mw, due_by(inputs, row["commitment"], day))
    for other in inputs.tables["milestones"]:
        if other is row:
            moved.append(row.changed({**row.values, "date": day, "mw": most}))
        elif other["commitment"] != row["commitment"] or not day <= other["date"] < row["date"]:
            moved.append(other)
        elif other["date"] > day:
            moved.append(other.changed({**other.values, "mw": max(mw, other["mw"])}))
    return replace(inputs, tables={**inputs.tables, "milestones": tuple(moved)})


def _is_more(missed: Sequence[float], most: Sequence[float]) -> bool:
    """Return whether more is missed; the first priority that differs decides."""
    differences = (now - before for now, before in zip(missed, most, strict=True))
    return next((x > 0 for x in differences if abs(x) > 10 * ZERO_TOLERANCE), False)
