"""Effect of the period length on late milestones, proved by re-solves with shorter periods.

If many lead times share a limit, neighbouring dispatch days are merged, and goods wanted on one of
them may wait for the merged day. Shorter periods allow more dispatch days, at no cost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from planner.case.calendar import Calendar
from planner.case.case import make_case
from planner.errors import NoPlanExists
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of
from planner.plan.finding_rows import LatenessRow
from planner.plan.finding_tables import PERIODS
from planner.solve.duals import set_upper_bounds
from planner.workbook.rows import Inputs
from planner.workbook.schema.periods import NEXT, Stretch, stretches

LENGTHS = ("week", "month", "quarter")
"""Period lengths, the shortest first."""

FINER_BY = 0.5
"""Share of the time budget; a re-solve expected to end later is skipped."""

SOLVE_TIME_EXPONENT = 1.5
"""Exponent of the growth of LP solve time with the number of dispatch days."""

MIN_REPORTED_MW = 1e-3
"""Smallest reported effect of the period length: 0.001 MW."""

Milestone = tuple[str, date]
"""A commitment and a due date."""


@dataclass(frozen=True)
class Finer:
    """Shorter periods and the shortfall of late milestones with them.

    Attributes
    ----------
    period : str
        The setting, e.g. ``week; month from 2027-01-01``.
    inputs : Inputs
        The inputs with it.
    missed : mapping
        For each milestone that gains: the least megawatts missed with the periods as they are, and
        with the shorter ones.
    """

    period: str
    inputs: Inputs
    missed: Mapping[Milestone, tuple[float, float]] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Sheet and cell of the setting."""
        return self.inputs.setting_cells.get("period", "settings")

    def row(self, milestone: Milestone, inputs: Inputs) -> LatenessRow:
        """Return the effect of the period length on a milestone, as a row of `lateness`."""
        now, then = self.missed[milestone]
        missed = "none" if then <= MIN_REPORTED_MW else f"{then:,.3g} MW"
        says = (
            f"{PERIODS}: with period {inputs.settings['period']!r} at least {now:,.3g} MW "
            f"are missed, with {self.period!r} {missed} (divisible systems); set the period to "
            f"{self.period!r}"
        )
        return {
            "commitment": milestone[0],
            "date": milestone[1],
            "missed_mw": now,
            "link": 1,
            "kind": PERIODS,
            "subject": "plan",
            "cell": self.where,
            "value": None,
            "day": None,
            "mw_through": None,
            "one_more": f"period {self.period}",
            "mw_a_step": now - then,
            "mw_without": None,
            "first_period": None,
            "last_period": None,
            "says": says,
        }


def shorter_periods(period: str, length: str, calendar: Calendar, until: date) -> str | None:
    """Return the setting with shorter periods up to a day; None if there are none.

    Parameters
    ----------
    period
        The setting as it is.
    length
        Length of the periods up to that day.
    calendar
        Calendar of the present setting.
    until
        Day up to which periods become shorter; the setting stays the same from the next period that
        starts with a month.
    """
    parts = stretches(period)
    early = [part for part in parts if part.since is None or part.since <= until]
    later = [part for part in parts if part not in early]
    finer = [replace(part, length=min(part.length, length, key=LENGTHS.index)) for part in early]
    if finer == early:
        return None
    as_before = next((day for day in calendar.starts if day > until and day.day == 1), None)
    if as_before is not None and not (later and later[0].since == as_before):
        later.insert(0, Stretch(early[-1].length, as_before))
    merged_stretches: list[Stretch] = []
    for part in (*finer, *later):
        if not merged_stretches or merged_stretches[-1].length != part.length:
            merged_stretches.append(part)
    return NEXT.join(map(str, merged_stretches))


def find_finer(session: Session, late: Mapping[Milestone, float]) -> list[Finer]:
    """Return the longest periods with which late milestones miss the least; empty if none help.

    For each period length the LP minimises the megawatts missed at a milestone, with no other
    milestone missing more than in the plan.

    Parameters
    ----------
    session
        The plan.
    late
        Megawatts missed at each late milestone.
    """
    best: Finer | None = None
    for length in LENGTHS[:-1]:
        finer = _tried(session, late, length)
        if finer is not None and (best is None or _gains(finer) >= _gains(best) - MIN_REPORTED_MW):
            best = finer
    return [] if best is None else [best]


def _gains(finer: Finer) -> float:
    return sum(now - then for now, then in finer.missed.values())


def _tried(session: Session, late: Mapping[Milestone, float], length: str) -> Finer | None:
    """Return the effect of one period length; None if there is none, or no time to solve."""
    inputs, calendar = session.inputs, session.base.case.calendar
    until = max(day for _, day in late)
    period = shorter_periods(inputs.settings["period"], length, calendar, until)
    if period is None:
        return None
    changed = replace(inputs, settings={**inputs.settings, "period": period})
    if not _has_time(session, changed):
        session.leave(f"whether shorter periods help: period {period!r} was not tried")
        return None
    problem, missed = Problem(changed), {}
    for one in late:
        session.resolves += 2
        try:
            now, then = (_least(session, late, one, where) for where in (session.base, problem))
        except NoPlanExists:
            continue
        if now - then > MIN_REPORTED_MW:
            missed[one] = now, then
    return Finer(period, changed, missed) if missed else None


def _has_time(session: Session, changed: Inputs) -> bool:
    """Return whether a re-solve with shorter periods is expected to end in time.

    The estimate scales with the number of dispatch days, which drive the size of the model.
    """
    if math.isinf(session.seconds):
        return True
    days = [
        sum(map(len, case.timetable.clock.days.values()))
        for case in (make_case(changed), session.base.case)
    ]
    times: float = (days[0] / max(1, days[1])) ** SOLVE_TIME_EXPONENT
    return times * session.base_seconds < session.left - (1 - FINER_BY) * session.seconds


def _least(
    session: Session, late: Mapping[Milestone, float], one: Milestone, problem: Problem
) -> float:
    """Return the least megawatts missed at a milestone, others missing no more than in the plan."""
    columns, most = [], []
    for commitment, day, period, _ in problem.case.demand.judged:
        if (commitment, day) == one:
            goal = goal_of(problem, [commitment], period)
        elif (at := problem.column_at.get(("missed_mw", (commitment, period)))) is not None:
            columns.append(at)
            most.append(late.get((commitment, day), 0.0) + ZERO_TOLERANCE)
    before = [float(problem.live.upper[at]) for at in columns]
    set_upper_bounds(problem.live, columns, list(map(min, most, before)))
    try:
        return problem.solve_goal(goal, []).values[0]
    finally:
        set_upper_bounds(problem.live, columns, before)
