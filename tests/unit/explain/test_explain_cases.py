"""Slack and asks of workbooks whose right answers are worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from instances import Sheets, settings

from planner.explain.ask_sentences import figure_of, in_words
from planner.explain.explanation import ask_rows
from planner.explain.requests import request_of
from planner.explain.session import Session
from planner.explain.slack import slack_rows
from planner.pipeline import make_plan
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows


def sheets_of(**changes: list[dict[str, object]]) -> Sheets:
    """Return a year in which 10 systems of 1 MW are due in June; nothing holds them back."""
    return {
        "settings": settings("2026-01-01", "2026-12-31"),
        "systems": [
            {"system": "G", "power_kw": 1000, "overhead_kw": 0, "price": 10, "commission_days": 0}
        ],
        "sites": [{"site": "S", "pue": 1}],
        "halls": [{"hall": "H", "site": "S", "count": 1, "it_mw": 20, "build_days": 0}],
        "commitments": [{"commitment": "C", "basis": "it", "priority": 1}],
        "milestones": [{"commitment": "C", "date": "2026-06-30", "mw": 10}],
        **changes,
    }


def supply(capacity: float = 100, **columns: object) -> Sheets:
    """Return a supplier of so many systems a month."""
    row = {"supplier": "F", "item": "G", "lead_days": 0, "price": 10, "yield": 1, "lot": 1}
    return {
        "supply": [{**row, **columns}],
        "supply_capacity": [
            {"supplier": "F", "from": "2026-01-01", "units_per_month": capacity},
        ],
    }


def plan_of(**changes: list[dict[str, object]]) -> Plan:
    return make_plan(inputs_from_rows("by hand", sheets_of(**changes)))


def asked(plan: Plan) -> dict[object, Row]:
    """Return what is asked for by kind."""
    return {row["kind"]: row for row in ask_rows(Session(plan.inputs, plan, math.inf), [])}


def slack(plan: Plan) -> list[tuple[object, object]]:
    rows = slack_rows(Session(plan.inputs, plan, math.inf))
    return [(row["slack_days"], row["could_be_met_by"]) for row in rows]


@pytest.mark.parametrize("period", ["month", "week", "quarter", "week; month from 2026-03-01"])
def test_slack_reaches_the_first_day_on_any_calendar(period: str) -> None:
    """Nothing takes time, so that 30 June could be 1 January: 180 days."""
    sheets = settings("2026-01-01", "2026-12-31", period=period)
    assert slack(plan_of(settings=sheets)) == [(180, date(2026, 1, 1))]


@pytest.mark.parametrize("lead_days", [31, 59, 90, 120, 151])
def test_slack_ends_where_the_first_order_arrives(lead_days: int) -> None:
    """Of 100 a month, 10 are ordered by 4 January: 100 x 4 / 31 = 12.9, the day before 9.7."""
    arrives = date(2026, 1, 4) + timedelta(days=lead_days)
    found = slack(plan_of(**supply(lead_days=lead_days)))
    assert found == [((date(2026, 6, 30) - arrives).days, arrives)]


def test_slack_passes_an_earlier_milestone_of_the_same_commitment() -> None:
    """4 MW are due in March; all 10 of June can be there on 1 January, and the 4 with them."""
    milestones: list[dict[str, object]] = [
        {"commitment": "C", "date": "2026-03-31", "mw": 4},
        {"commitment": "C", "date": "2026-06-30", "mw": 10},
    ]
    first = date(2026, 1, 1)
    assert slack(plan_of(milestones=milestones)) == [(89, first), (180, first)]


def test_slack_counts_from_the_day_that_is_due() -> None:
    milestones: list[dict[str, object]] = [{"commitment": "C", "date": "2026-06-15", "mw": 10}]
    assert slack(plan_of(milestones=milestones)) == [(165, date(2026, 1, 1))]


def test_slack_is_that_of_whole_lots() -> None:
    """5 are due, 6 can be bought a month, by lots of 4: two lots by 10 February.

    6 + 6 x 10 / 28 = 8.14; the day before 7.93. In parts of lots 26 January would do.
    """
    milestones: list[dict[str, object]] = [{"commitment": "C", "date": "2026-06-30", "mw": 5}]
    assert slack(plan_of(milestones=milestones, **supply(6, lot=4))) == [(140, date(2026, 2, 10))]


def test_a_yield_is_asked_for_as_it_is_printed() -> None:
    """12 units have to make 10: five sixths, of which 0.8333 is too little and 0.8334 enough."""
    row = asked(plan_of(**supply(2, **{"yield": 0.5})))["yield"]
    assert row["says"] == "yield of G of F: 0.8334 instead of 0.5"
    assert row["not_enough"] == "0.8333"


def test_a_lead_time_is_asked_for_to_the_day() -> None:
    """Ten of 100 a month are ordered by 4 January, 177 days before 30 June."""
    row = asked(plan_of(**supply(lead_days=200)))["supplier's lead time"]
    assert row["says"] == "G of F: deliver within 177 days instead of 200 days"
    assert (row["more"], row["not_enough"]) == (23.0, "178 days")


def test_a_date_is_asked_for_to_the_day() -> None:
    """Power counts from its day on, and 30 June is the last one in time."""
    row = asked(
        plan_of(
            power=[{"node": "N"}],
            halls=[{"hall": "H", "site": "S", "count": 1, "it_mw": 20, "fed_by": "N"}],
            energisation=[{"node": "N", "from": "2026-09-15", "mw": 30}],
        )
    )["energised from"]
    assert row["says"] == "energise N by 2026-06-30 instead of 2026-09-15 (+30 MW)"
    assert row["not_enough"] == "2026-07-01"


def test_megawatts_are_asked_for_by_the_hundredth() -> None:
    """10 systems of 1 MW at a PUE of 1 need 10 MW, and 3.337 are there."""
    row = asked(
        plan_of(
            power=[{"node": "N"}],
            halls=[{"hall": "H", "site": "S", "count": 1, "it_mw": 20, "fed_by": "N"}],
            energisation=[{"node": "N", "from": "2026-01-01", "mw": 3.337}],
        )
    )["power"]
    assert row["says"] == "N: energise 6.67 MW more from 2026-01-01"
    assert row["not_enough"] == "6.66 MW more"


def test_money_is_asked_for_in_whole_money() -> None:
    """10 systems cost 100, and 55.5 may be spent."""
    row = asked(plan_of(budget=[{"date": "2026-06-30", "cumulative": 55.5}]))["budget"]
    assert row["says"] == "spend 45 USD more by 2026-06-30"
    assert row["not_enough"] == "44 USD more"


def test_large_money_is_asked_for_to_six_digits_upwards() -> None:
    """10 systems cost 10 x 123,456,789; asked for is the next ten thousand above what is short."""
    systems: list[dict[str, object]] = [
        {"system": "G", "power_kw": 1000, "overhead_kw": 0, "price": 123456789}
    ]
    row = asked(
        plan_of(systems=systems, budget=[{"date": "2026-06-30", "cumulative": 1000000000}])
    )["budget"]
    assert row["says"] == "spend 234,570,000 USD more by 2026-06-30"
    assert row["not_enough"] == "234,560,000 USD more"


def test_one_hall_is_one_hall() -> None:
    halls: list[dict[str, object]] = [{"hall": "H", "site": "S", "count": 1, "it_mw": 9}]
    row = asked(plan_of(halls=halls))["number of halls"]
    assert (row["says"], row["not_enough"]) == ("H: 1 more hall", "0 more")


def test_no_ask_lies_before_today() -> None:
    """Power by June would do, and it is July."""
    plan = plan_of(
        settings=settings("2026-01-01", "2026-12-31", today="2026-07-01"),
        power=[{"node": "N"}],
        halls=[{"hall": "H", "site": "S", "count": 1, "it_mw": 20, "fed_by": "N"}],
        energisation=[{"node": "N", "from": "2026-09-01", "mw": 30}],
    )
    session = Session(plan.inputs, plan, math.inf)
    assert ask_rows(session, []) == []
    (left,) = (text for text in session.undone if text.startswith("asks for C"))
    assert "even all limits moved to their bounds are not enough" in left
    assert "no date before 2026-07-01" in left


def test_no_absurd_lead_time_is_asked_for() -> None:
    """Of 120 days 27 would do, less than a quarter; nothing else helps."""
    milestones: list[dict[str, object]] = [{"commitment": "C", "date": "2026-01-31", "mw": 10}]
    assert asked(plan_of(milestones=milestones, **supply(lead_days=120))) == {}


def test_a_row_that_is_left_out_does_not_change_the_figure() -> None:
    """Rows of 2.5 and of 4 a month are asked for by the hundredth, one of them alone as well."""
    sheets = supply(2.5)
    sheets["supply_capacity"].append({"supplier": "F", "from": "2026-04-01", "units_per_month": 4})
    plan = plan_of(**sheets)
    rows = Session(plan.inputs, plan, math.inf).catalogue.amounts
    both = request_of([x for x in rows if x.kind == "supplier capacity"], 250)
    assert figure_of(both) == "2.5 more"
    assert figure_of(replace(both, limits=both.limits[1:])) == "2.5 more"


def test_sizes_are_exact_decimals() -> None:
    plan = plan_of(**supply(2, **{"yield": 0.1}))
    session = Session(plan.inputs, plan, math.inf)
    of_yield = next(x for x in session.catalogue.amounts if x.kind == "yield")
    for size in range(1, 8000, 37):
        request = request_of([of_yield], size)
        assert request.value(of_yield) == float(figure_of(request))
        assert f": {figure_of(request)} instead of 0.1" in in_words(session, request)
