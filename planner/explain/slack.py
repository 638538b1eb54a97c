"""How safe a milestone that is met is: its slack, and the last day to order for it."""

from __future__ import annotations

from datetime import date

from planner.case.case import Case
from planner.errors import NoPlanExists
from planner.explain.limits import Limit
from planner.explain.moves import Move, moved
from planner.explain.problem import NONE, Problem
from planner.explain.session import Session
from planner.inputs.rows import Row as InputRow
from planner.plan.tables import Row


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
        earlier = _earliest(session, commitment, day, period)
        slack = None if earlier is None else (
            case.calendar.ends[period] - case.calendar.ends[earlier]).days  # fmt: skip
        milestone: Row = {
            "commitment": commitment, "date": day, "mw": mw, "slack_days": slack,
            "could_be_met_by": None if earlier is None else case.calendar.ends[earlier],
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
    """Return the earliest period by which a milestone could be met, nothing more missed."""
    row = next(r for r in session.inputs.tables["milestones"]
               if r["commitment"] == commitment and r["date"] == day)  # fmt: skip
    reach, step = 0, 1
    while step and period - reach - step >= -1:
        if session.spent(0.97):
            session.leave("slack", f"{commitment} due {day}")
            return None
        if period - reach - step >= 0 and _holds(session, row, period - reach - step):
            reach, step = reach + step, 2 * step
        else:
            step = step // 2
    return period - reach


def _holds(session: Session, row: InputRow, period: int) -> bool:
    """Say whether no more is missed if a milestone is due at the end of a period."""
    session.resolves += 1
    limit = Limit("milestone", row["commitment"], row, "date", "", dated=True)
    end = session.base.case.calendar.ends[period]
    try:
        inputs = moved(session.inputs, [Move(limit, 0.0)], session.base.case.calendar, {limit: end})
        values = Problem(inputs).solve_missed().values
    except (ValueError, NoPlanExists):
        return False
    return all(v <= m + 10 * NONE for v, m in zip(values, session.missed.values, strict=True))


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
