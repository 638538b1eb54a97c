"""Small workbooks that planning by periods got wrong, as a user reads, plans and explains them.

What they come to is worked out by hand, from days alone.
"""

from __future__ import annotations

from datetime import date

import pytest
from places import DATA

from planner.errors import InputFaults
from planner.explain.findings import explain_plan
from planner.pipeline import make_plan
from planner.plan.store import Plan
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs

FOLDER = DATA / "time"


def read(name: str) -> Inputs:
    return read_inputs(FOLDER / f"{name}.xlsx")


def milestone_of(plan: Plan) -> tuple[float, float]:
    """Return what is in service and what is missed at the only milestone of a plan."""
    milestones = plan.summary["milestones"]
    assert isinstance(milestones, list)
    (found,) = milestones
    return found["in_service_mw"], found["missed_mw"]


def test_a_feeder_that_is_cut_within_a_month_counts_from_its_day() -> None:
    """2 MW from 2 June at a PUE of 1.2 are 41 systems of 40 kW: 1.64 of 6 MW on 30 June."""
    plan = make_plan(read("feeder-cut-month"))
    assert milestone_of(plan) == (pytest.approx(1.64), pytest.approx(4.36))
    assert plan.summary["systems"] == {"Rack-25": 41}


def test_a_part_of_a_system_a_week_is_carried_over() -> None:
    """4 systems a month are 48 in a year of weeks, so 25 are there in time.

    They could be by 12 July: 4 x (27 / 31 + 5 + 12 / 31) = 25.03; by the 11th it is 24.90.
    """
    plan = make_plan(read("crew-fraction-week"))
    assert milestone_of(plan) == (pytest.approx(1.0), 0)
    found = explain_plan(plan, seconds=60.0)
    assert [row["could_be_met_by"] for row in found.tables["slack"]] == [date(2026, 7, 12)]


def test_a_chain_of_short_leads_is_as_long_as_its_days() -> None:
    """5 + 2 + 5 + 2 + 5 days are 19: what is due on 28 February may be ordered on the 9th.

    Ordered on 1 January, 25 systems could be in service on the 21st: a plant of 500 a month takes
    two days for them. So nothing is missed, and nobody is asked for anything.
    """
    plan = make_plan(read("chain-month"))
    assert milestone_of(plan) == (pytest.approx(1.0), 0)
    found = explain_plan(plan, seconds=60.0)
    slack = [(row["could_be_met_by"], row["last_order_date"]) for row in found.tables["slack"]]
    assert slack == [(date(2026, 1, 21), date(2026, 2, 9))]
    assert (found.tables["asks"], found.tables["lateness"]) == ([], [])


def test_a_milestone_before_the_plan_is_a_fault() -> None:
    with pytest.raises(InputFaults) as refused:
        read("before-start")
    assert [str(fault) for fault in refused.value.faults] == [
        "milestones!B2 '2025-12-31': it is before the plan's first day, 2026-01-01. Give an "
        "earlier start in settings, or add what was installed by then to fleet"
    ]


def test_a_plan_of_weeks_and_months_is_read() -> None:
    period = read("mixed-periods").settings["period"]
    assert period == "week; month from 2027-07-01"
