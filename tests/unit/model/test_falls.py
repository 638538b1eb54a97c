"""Milestones that fall: what is due then, what is missed of it, and what becomes of the systems."""

from __future__ import annotations

from datetime import date

import pytest
from micro import Rows, amount, assert_optimum, in_service_by_period, near, plan_of

from planner.checker.verify import verify
from planner.errors import InputFaults
from planner.explain.findings import explain_plan
from planner.plan.store import Plan

MARCH, JUNE, JULY, AUGUST = "2026-03-31", "2026-06-30", "2026-07-01", "2026-08-31"
FALLS = {MARCH: 4, JULY: 2}


def promised(name: str, **values: object) -> dict[str, object]:
    return {"commitment": name, "basis": "it", **values}


def falling(due: dict[str, float], other: dict[str, float] | None = None, **sheets: Rows) -> Plan:
    """Plan to August a commitment that may fall, and another one if it is given."""
    commitments = [promised("demand", may_fall="yes", late_cost=5)]
    milestones: Rows = [
        {"commitment": "demand", "date": day, "mw": mw} for day, mw in due.items()
    ] + [{"commitment": "other", "date": day, "mw": mw} for day, mw in (other or {}).items()]
    if other:
        commitments.append(promised("other"))
    return plan_of(end=AUGUST, **{"commitments": commitments, "milestones": milestones, **sheets})


def due_on(plan: Plan, last_day: str) -> list[float]:
    """Return the megawatts required at the end of the period with that last day."""
    day = date.fromisoformat(last_day)
    return [row["required_mw"] for row in plan.tables["ramp"] if row["period_end"] == day]


def test_capacity_is_let_again() -> None:
    """4 MW to June, then 2; another needs 2 from July: the 4 systems of 10 do for both."""
    plan = falling(FALLS, {JULY: 2})
    assert_optimum(plan, cost=40)
    assert (due_on(plan, JUNE), due_on(plan, JULY)) == ([4, 0], [2, 2])
    assert in_service_by_period(plan)[2:] == near([4, 4, 4, 4, 2, 2, 2])
    assert in_service_by_period(plan, "other")[6:] == near([2, 2, 2])


def test_nothing_is_free_before_the_fall() -> None:
    """A day earlier the 4 MW are still due: the 2 MW of the other take 2 systems more."""
    assert_optimum(falling(FALLS, {JUNE: 2}), cost=60)


def test_a_fall_within_a_period_counts_from_its_day() -> None:
    """On 14 June 4 MW are due, on the 15th 2: the period is cut between them."""
    plan = falling({MARCH: 4, "2026-06-15": 2}, {"2026-06-15": 2})
    assert_optimum(plan, cost=40)
    assert (due_on(plan, "2026-06-14"), due_on(plan, "2026-06-15")) == ([4, 0], [2, 2])
    assert_optimum(falling({MARCH: 4, "2026-06-15": 2}, {"2026-06-14": 2}), cost=60)


def test_what_is_missed_is_measured_by_what_is_due() -> None:
    """A hall of 3 MW misses 1 of 4 in March to June, and none of 2: 4 MW-months at 5."""
    plan = falling(FALLS, halls=[{"hall": "hall", "site": "site", "it_mw": 3}])
    assert_optimum(plan, cost=30 + 20, missed=4)
    assert amount(plan, "late") == near(20)


def test_what_nobody_needs_is_removed_where_it_costs() -> None:
    """From July on 2 of 4 systems would draw power for nothing: they are removed that day.

    4 MW from 31 March to 30 June and 2 MW to 31 August, at 1 a MWh. What is removed is paid for to
    the end of its period, here the day itself: 24 x (4 x 93 + 2 x 61).
    """
    plan = falling(FALLS, sites=[{"site": "site", "pue": 1, "energy_price": 1}])
    removed = [(row["date"], row["removed"]) for row in plan.tables["installs"] if row["removed"]]
    assert removed == [(date(2026, 7, 1), 2)]
    assert amount(plan, "energy") == near(24 * (4 * 93 + 2 * 61))


def test_what_falls_and_rises_again_is_held() -> None:
    """4, then 1, then 3 MW: the 4 systems stand by, and nothing is bought."""
    assert_optimum(falling({MARCH: 4, "2026-05-01": 1, JULY: 3}), cost=40)


def test_all_may_end() -> None:
    """After the end of a commitment its systems serve the next one."""
    assert_optimum(falling({MARCH: 4, JULY: 0}, {JULY: 4}), cost=40)


def test_nobody_is_served_more_than_is_due_then_or_later() -> None:
    """As early as possible: 4 MW from January to June, and only 2 after the fall."""
    plan = plan_of(
        FALLS,
        end=AUGUST,
        options={"pace": "as-early-as-possible"},
        commitments=[promised("demand", may_fall="yes")],
    )
    assert in_service_by_period(plan) == near([4, 4, 4, 4, 4, 4, 2, 2, 2])


def test_without_the_word_a_lower_milestone_is_a_fault() -> None:
    with pytest.raises(InputFaults) as refused:
        plan_of(FALLS, end=AUGUST)
    assert [str(fault) for fault in refused.value.faults] == [
        "milestones!C3 '2': it is less than the 4 MW of 2026-03-31 in milestones!C2, though "
        "megawatts are cumulative. Give all megawatts in service by the date; if fewer are due "
        "from then on, set may_fall of demand to yes in commitments"
    ]


@pytest.mark.parametrize(
    ("rule", "period", "values"),
    [
        ("ramp_required", JULY, {"required_mw": 4}),
        ("ramp_required", "2026-06-01", {"required_mw": 2}),
        ("served_within_promise", "2026-08-01", {}),
    ],
)
def test_the_checker_knows_what_is_due(rule: str, period: str, values: dict[str, float]) -> None:
    plan = falling(FALLS)
    day = date.fromisoformat(period)
    for row in plan.tables["ramp"]:
        row.update(values if row["period"] == day else {})
    for row in plan.tables["service"]:
        row.update({"mw": 3.0} if row["period"] == day and not values else {})
    refused = verify(plan.inputs, plan.tables).violations
    assert rule in {violation.split(":")[0] for violation in refused}


def test_why_a_milestone_of_a_short_period_is_late() -> None:
    """A hall of 3 MW for 4 MW to June, then for 2 and 2: the day of July is a period of its own.

    A MW more is a MW more at each milestone, though the months before would gain 125 times as much
    as the day. Through the hall come the 3 MW of March; in July the other commitment takes of them.
    """
    plan = falling(FALLS, {JULY: 2}, halls=[{"hall": "hall", "site": "site", "it_mw": 3}])
    rows = explain_plan(plan, seconds=60.0).tables["lateness"]
    power = [row for row in rows if row["kind"] == "hall power"]
    assert {str(row["date"]) for row in power} == {MARCH, JULY}
    assert [row["mw_a_step"] for row in power] == near([1, 1])
    assert [row["mw_through"] for row in power] == [pytest.approx(3), None]


def test_only_what_rises_has_slack() -> None:
    """4 MW could be met on 1 January, 89 days early, were they due then; a fall is no aim.

    3 MW due again on 1 August, after 4 and 1, could be there on any day: where 4 are due, 4 stay.
    """
    found = explain_plan(falling({MARCH: 4, "2026-05-01": 1, "2026-08-01": 3}), seconds=60.0)
    slack = [(str(row["date"]), row["slack_days"]) for row in found.tables["slack"]]
    assert slack == [(MARCH, 89), ("2026-08-01", 212)]


def test_an_install_is_for_what_is_due_when_it_serves() -> None:
    """The fifth system, for the 5 MW of July, is not for the 4 MW of March."""
    plan = plan_of(
        {MARCH: 4, "2026-05-01": 1, JULY: 5},
        end=AUGUST,
        options={"discount_rate": 0.1},
        commitments=[promised("demand", may_fall="yes")],
    )
    waits = [(str(row["date"]), str(row["milestone"])) for row in plan.tables["installs"]]
    assert waits == [(MARCH, MARCH), (JULY, JULY)]
