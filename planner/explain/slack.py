"""How safe a milestone that is met is: its slack, and the last day to order for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from planner.case.case import Case
from planner.errors import NoPlanExists
from planner.explain.problem import NONE, Problem
from planner.explain.session import Session
from planner.explain.whole import reach_whole, solve_whole
from planner.inputs.rows import Inputs
from planner.inputs.rows import Row as InputRow
from planner.plan.tables import Row

IN_WHOLES = "re-solved in whole systems"
DIVISIBLY = "re-solved with divisible systems; whole ones may leave less"
"""What proves a slack: the second only in a large plan, where there was no time for the first."""

REACH_SECONDS = 30.0
"""Time for a plan in whole systems that has the slack of one milestone in a large plan."""


def slack_rows(session: Session) -> list[Row]:
    """Return milestones that are met with their slack, and a row for each purchase line.

    Slack is re-solved: the milestone is moved earlier, period by period, as long as nothing more
    is missed. The last order date is the calendar's: ordered later, a unit comes too late.
    """
    rows: list[Row] = []
    case = session.base.case
    for commitment, day, period, mw in case.demand.judged:
        if mw <= 0 or _missed_at(session, commitment, day) > 10 * NONE:
            continue
        earliest = _earliest(session, commitment, day, period)
        met_by = None if earliest is None else case.calendar.ends[earliest]
        milestone: Row = {
            "commitment": commitment, "date": day, "mw": mw,
            "slack_days": None if met_by is None else max(0, (day - met_by).days),
            "could_be_met_by": met_by,
            "proof": None if earliest is None
            else _proof(session, (commitment, day, period), earliest),
        }  # fmt: skip
        lines = _last_orders(case, commitment, period)
        if not lines:
            rows.append({**milestone, "supplier": None, "item": None, "last_order_date": None})
        for (supplier, item), last in sorted(lines.items()):
            day_of = case.calendar.starts[last] if last >= 0 else None
            rows.append({**milestone, "supplier": supplier, "item": item,
                         "last_order_date": day_of})  # fmt: skip
    return rows


def _missed_at(session: Session, commitment: str, day: date) -> float:
    if session.plan is None:
        period = session.base.case.calendar.last_ending_by(day) or 0
        at = session.base.column_at.get(("missed_mw", (commitment, period)))
        return 0.0 if at is None else float(session.missed.point[at])
    milestones = session.plan.summary["milestones"]
    assert isinstance(milestones, list)
    return sum(
        float(m["missed_mw"]) for m in milestones
        if m["commitment"] == commitment and str(m["date"])[:10] == day.isoformat()
    )  # fmt: skip


def _earliest(session: Session, commitment: str, day: date, period: int) -> int | None:
    """Return the earliest period by which a milestone could be met; None if not known in time."""
    row, found, step = _row(session, commitment, day), period, 1
    # Steps double as long as they hold, and then halve until none of one period does.
    while step:
        holds = None if session.spent(0.97) else _holds(session, row, found - step)
        if holds is None:
            session.leave("slack", f"{commitment} due {day}")
            return None
        found, step = (found - step, 2 * step) if holds else (found, step // 2)
    return found


def _proof(session: Session, milestone: tuple[str, date, int], earliest: int) -> str:
    """Return what proves that a milestone could be met by the end of an earlier period."""
    commitment, day, period = milestone
    seconds = min(REACH_SECONDS, session.left / 2)
    if session.plan is None or (not session.is_small and seconds < 1.0):
        return DIVISIBLY
    if session.is_small or earliest == period:
        return IN_WHOLES
    end = session.base.case.calendar.ends[earliest]
    problem = Problem(_due_by(session.inputs, _row(session, commitment, day), end))
    *held, (goal, most) = zip(problem.missed_tiers, session.planned_missed, strict=True)
    session.resolves += 1
    reached = reach_whole(problem, goal, held, seconds)
    return IN_WHOLES if reached <= most + 10 * NONE else DIVISIBLY


def _row(session: Session, commitment: str, day: date) -> InputRow:
    """Return the row of a milestone."""
    return next(
        row
        for row in session.inputs.tables["milestones"]
        if row["commitment"] == commitment and row["date"] == day
    )


def _holds(session: Session, row: InputRow, period: int) -> bool | None:
    """Say whether no more is missed if a milestone is due by the end of a period.

    None if that was not proven in time.
    """
    if period < 0:
        return False
    session.resolves += 1
    problem = Problem(_due_by(session.inputs, row, session.base.case.calendar.ends[period]))
    try:
        divisible = problem.solve_missed().values
    except NoPlanExists:
        return False
    if not session.is_small or session.plan is None:
        return not _is_more(divisible, session.missed.values)
    if _is_more(divisible, session.planned_missed):
        return False
    whole = solve_whole(problem, seconds=session.whole_seconds)
    if len(whole.values) == len(divisible) and not _is_more(whole.values, session.planned_missed):
        return True
    return False if whole.is_proven else None


def _due_by(inputs: Inputs, row: InputRow, day: date) -> Inputs:
    """Return inputs in which a milestone is due by an earlier day.

    Smaller milestones of its commitment between that day and its own are then met with it.
    """
    moved = [
        row.changed({**row.values, "date": day}) if other is row else other
        for other in inputs.tables["milestones"]
        if other["commitment"] != row["commitment"] or not day <= other["date"] < row["date"]
    ]
    return replace(inputs, tables={**inputs.tables, "milestones": tuple(moved)})


def _is_more(missed: Sequence[float], most: Sequence[float]) -> bool:
    """Say whether more is missed than before, the first priority that differs deciding."""
    differences = (now - before for now, before in zip(missed, most, strict=True))
    return next((x > 0 for x in differences if abs(x) > 10 * NONE), False)


def _last_orders(case: Case, commitment: str, period: int) -> dict[tuple[str, str], int]:
    """Return, by purchase line, the last period in which an order is in service by a period."""
    supply, facility, calendar = case.supply, case.facility, case.calendar
    last: dict[tuple[str, str], int] = {}

    def back(origin: str, end: str, by: int) -> int:
        if origin != end and not supply.pooled and (origin, end) not in supply.routes:
            return -1
        for days in reversed(supply.routes.get((origin, end), ())):
            by = calendar.latest(by, days) if by >= 0 else by
        return by

    def order(item: str, place: str, by: int) -> None:
        for (supplier, sold), row in supply.sources.items():
            at = back(supply.place(supplier), place, by) if sold == item and by >= 0 else -1
            if at >= 0:
                placed = calendar.latest(at, row["lead_days"])
                last[supplier, item] = max(placed, last.get((supplier, item), -1))

    for hall, system in case.installing:
        site = facility.site_of[hall]
        if (commitment, site, system) not in case.demand.mw_per_system:
            continue
        by = calendar.latest(period, facility.commission_days[system])
        by = min(by, case.installing[hall, system][-1])
        order(system, supply.place(site), by)
        for (plant, made), days in supply.plant_days.items():
            ready = back(supply.place(plant), supply.place(site), by) if made == system else -1
            start = calendar.latest(ready, days) if ready >= 0 else -1
            for item in supply.bom.get(system, {}):
                order(item, supply.place(plant), start)
    return last
