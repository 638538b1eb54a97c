"""Plans on any calendar against what a linear program by day allows.

``PLANNER_DAYS=3000`` tries more workbooks than the suite does, and others each time.
"""

from __future__ import annotations

import os
import random
from datetime import date

import pytest
from days_cases import AGAINST_DAYS, BY_HAND, DayCase, sheets_of
from days_oracle import most_mw
from instances import Sheets
from random_days import PERIODS, day_case

from planner.case.case import make_case
from planner.errors import InputFaults
from planner.model.build import build_model
from planner.pipeline import Options, make_plan
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import inputs_from_rows

SUITE = 300
TRIED = int(os.environ.get("PLANNER_DAYS", SUITE))
FIRST = 0 if TRIED == SUITE else random.SystemRandom().randrange(10**6)
BLOCK = 20

TOO_MUCH = 0.01
"""Part of what days allow by which a plan may promise more, where that is more than a system."""

CASES = {**AGAINST_DAYS, **BY_HAND}
CALENDARS = ("month", "week", "quarter", "week; month from 2026-03-01")


def modelled_mw(sheets: Sheets, day: date) -> float:
    """Return the most megawatts that the model has in service on a milestone's day."""
    case = make_case(inputs_from_rows("days", sheets))
    model = build_model(case)
    live = LiveModel(model.frame, model.frame.columns)
    key = ("demand", case.calendar.period_of(case.calendar.number(day)))
    live.minimise(model.frame.objective([(model.decisions.missed_mw[key], 1.0)]))
    found = live.solve(gap=0.0, seconds=60.0)
    assert found.status == "optimal"
    return case.demand.required_mw[key] - found.objective


def calendars(case: DayCase) -> tuple[str, ...]:
    """Return the lengths of periods with which a case is tried."""
    given = case.options.get("period")
    return (str(given),) if given else CALENDARS[:3]


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_plans_have_what_was_worked_out_by_hand(case: DayCase) -> None:
    """Whatever the length of periods; the plan passes the checker, which goes by days."""
    for period in calendars(case):
        sheets = sheets_of(case, period=period)
        plan = make_plan(inputs_from_rows("days", sheets), Options(gap=0.0))
        (milestone,) = plan.summary["milestones"]
        assert milestone["in_service_mw"] == pytest.approx(case.mw, rel=1e-6, abs=1e-6), period


@pytest.mark.parametrize(("seed", "period"), [(313, "quarter"), (1067, "month"), (2463, "month")])
def test_windows_of_many_days_are_aligned(seed: int, period: str) -> None:
    """Not aligned, they promised 0.4, 0.7 and 0.5 MW too much."""
    sheets, day = day_case(seed, period)
    allowed = most_mw(inputs_from_rows("days", sheets), "demand", day)
    assert modelled_mw(sheets, day) == pytest.approx(allowed, rel=1e-6)


@pytest.mark.parametrize("first", range(FIRST, FIRST + TRIED, BLOCK))
def test_no_calendar_promises_more_than_days_allow(first: int) -> None:
    """Nor less, in any of these: no leg waits here that would matter."""
    for seed in range(first, first + BLOCK):
        allowed = None
        for period in PERIODS:
            sheets, day = day_case(seed, period)
            try:
                inputs = inputs_from_rows("days", sheets)
            except InputFaults:
                continue  # periods change after the milestone
            allowed = most_mw(inputs, "demand", day) if allowed is None else allowed
            found = modelled_mw(sheets, day)
            one = max(float(str(row["power_kw"])) for row in sheets["systems"]) / 1000
            told = f"case {seed} by {period}: {found:.6g} MW, by day {allowed:.6g} MW"
            assert found <= allowed + max(one, TOO_MUCH * allowed) + 1e-6, f"too much: {told}"
            assert found >= allowed - max(one, TOO_MUCH * allowed) - 1e-6, f"too little: {told}"
