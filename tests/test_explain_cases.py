"""Slack and asks of workbooks whose right answers are worked out by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest
from instances import Sheets, settings

from planner.explain.session import Session
from planner.explain.slack import slack_rows
from planner.inputs.workbook import inputs_from_rows
from planner.pipeline import make_plan
from planner.plan.store import Plan


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


def slack(plan: Plan) -> list[tuple[object, object]]:
    rows = slack_rows(Session(plan.inputs, plan, math.inf))
    return [(row["slack_days"], row["could_be_met_by"]) for row in rows]


def test_slack_reaches_the_first_period() -> None:
    """Nothing takes time, so that June could be January: 150 days."""
    assert slack(plan_of()) == [(150, date(2026, 1, 31))]


@pytest.mark.parametrize(
    ("period", "by", "days"),
    [
        ("week", date(2026, 1, 7), 174),
        ("quarter", date(2026, 3, 31), 91),
        ("week; month from 2026-03-01", date(2026, 1, 7), 174),
    ],
)
def test_slack_reaches_the_first_period_of_any_calendar(period: str, by: date, days: int) -> None:
    sheets = settings("2026-01-01", "2026-12-31", period=period)
    assert slack(plan_of(settings=sheets)) == [(days, by)]


@pytest.mark.parametrize("lead_days", [31, 59, 90, 120, 151])
def test_slack_ends_where_the_first_order_arrives(lead_days: int) -> None:
    """Ordered in January, it arrives with the first month that starts after the lead time."""
    arrives = 1 + (0, 31, 59, 90, 120, 151).index(lead_days)
    first_end = (date(2026, arrives + 1, 1) - date.resolution) if arrives < 12 else None
    assert first_end is not None
    found = slack(plan_of(**supply(lead_days=lead_days)))
    assert found == [((date(2026, 6, 30) - first_end).days, first_end)]


def test_slack_passes_an_earlier_milestone_of_the_same_commitment() -> None:
    """4 MW are due in March; all 10 of June can be there in January, and the 4 with them."""
    milestones: list[dict[str, object]] = [
        {"commitment": "C", "date": "2026-03-31", "mw": 4},
        {"commitment": "C", "date": "2026-06-30", "mw": 10},
    ]
    january = date(2026, 1, 31)
    assert slack(plan_of(milestones=milestones)) == [(59, january), (150, january)]


def test_slack_counts_from_the_day_that_is_due() -> None:
    milestones: list[dict[str, object]] = [{"commitment": "C", "date": "2026-06-15", "mw": 10}]
    assert slack(plan_of(milestones=milestones)) == [(135, date(2026, 1, 31))]


def test_slack_is_that_of_whole_lots() -> None:
    """5 are due, 6 can be bought a month, by lots of 4: one lot in January, a second in February.

    In parts of lots January would do.
    """
    milestones: list[dict[str, object]] = [{"commitment": "C", "date": "2026-06-30", "mw": 5}]
    assert slack(plan_of(milestones=milestones, **supply(6, lot=4))) == [(122, date(2026, 2, 28))]
