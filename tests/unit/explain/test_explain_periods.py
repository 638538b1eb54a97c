"""What the length of periods costs a late milestone is named first, and nobody is asked for it.

Eight systems of one supplier, with leads of 60 to 67 days, share its days: at most two a period.
The supplier makes 31 a month from 1 January. Of a system with a lead of 60 days, due on 31
December, the last can be ordered on 1 November: 31 x (10 + 1 / 30) = 311.03. By quarter that day
is one with 29 October, three days before: 31 x 9 + 29 = 308; by month with 31 October: 310; by
week it is there.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import many_leads as leads
import pytest
from instances import Sheets, settings
from many_leads import YEAR_END, many_leads

from planner.case import acts
from planner.case.calendar import make_calendar
from planner.explain.explanation import asks_beyond, late_rows
from planner.explain.finer_periods import find_finer, shorter_periods
from planner.explain.lateness import late_milestones
from planner.explain.session import Session
from planner.pipeline import make_plan
from planner.plan.finding_tables import EXPLANATION, PERIODS, Finding
from planner.plan.store import plan_digest
from planner.reports.explanation_texts import periods_sentence
from planner.workbook.reading import inputs_from_rows

BY_QUARTER = 31 * 9 + 29


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let eight systems have more days than one supplier may have."""
    monkeypatch.setattr(leads, "KINDS", 8)
    monkeypatch.setattr(acts, "BASE_DISPATCH_DAYS", 0)


def sheets_of(mw: float, period: str = "quarter") -> Sheets:
    """Return the workbook, with so much due of s00, whose lead is 60 days."""
    sheets = many_leads("s00")
    sheets["settings"] = settings("2026-01-01", "2026-12-31", period=period)
    sheets["supply_capacity"][0]["units_per_month"] = 31
    sheets["halls"][0]["it_mw"] = 400
    sheets["milestones"][0]["mw"] = mw
    sheets["milestones"][1]["mw"] = 0
    return sheets


@pytest.mark.parametrize(("mw", "period"), [(311, "week"), (309, "month")])
def test_the_longest_periods_that_bring_all_are_named_first(mw: float, period: str) -> None:
    plan = make_plan(inputs_from_rows("periods", sheets_of(mw)))
    session = Session(plan.inputs, plan, math.inf)
    late = late_milestones(session)
    assert late == pytest.approx({("c", YEAR_END): mw - BY_QUARTER})
    (finer,) = find_finer(session, late)
    assert finer.period == period
    (row,) = late_rows(session, late, [], finer)
    assert (row["kind"], row["link"], row["cell"]) == (PERIODS, 1, "settings!B5")
    assert row["missed_mw"] == pytest.approx(mw - BY_QUARTER)
    assert row["mw_a_step"] == pytest.approx(mw - BY_QUARTER, abs=1e-5)
    assert row["one_more"] == f"period {period}"
    assert row["says"] == (
        f"length of periods: with period 'quarter' at least {mw - BY_QUARTER} MW are missed, "
        f"with {period!r} none (divisible systems); set the period to {period!r}"
    )
    found = Finding(plan_digest(plan), {"lateness": [row]}, {})
    told = replace(plan, findings={EXPLANATION: found})
    assert periods_sentence(told) == f"c, due {YEAR_END}: {row['says']} (settings!B5)."


def test_nobody_is_asked_for_what_shorter_periods_bring() -> None:
    """By month 309 are there, so that no supplier need be asked for the one that is missed."""
    plan = make_plan(inputs_from_rows("periods", sheets_of(309)))
    session = Session(plan.inputs, plan, math.inf)
    (finer,) = find_finer(session, late_milestones(session))
    assert asks_beyond(session, finer, []) == []
    assert session.undone == [
        "asks for c: planned with period 'month' (settings!B5), it is on time without any ask, in "
        "a plan in whole systems"
    ]


def test_what_holds_the_rest_is_told_with_shorter_periods() -> None:
    """Of 320, 308 are there by quarter, 311.03 by week: one a month more brings 10 + 1 / 30."""
    plan = make_plan(inputs_from_rows("periods", sheets_of(320)))
    session = Session(plan.inputs, plan, math.inf)
    late = late_milestones(session)
    (finer,) = find_finer(session, late)
    first, *rest = late_rows(session, late, [], finer)
    assert (first["kind"], first["missed_mw"]) == (PERIODS, 12)
    assert first["mw_a_step"] == pytest.approx(31 + 31 / 30 - 29, abs=1e-5)
    (capacity,) = rest
    assert capacity["kind"] == "supplier capacity"
    assert capacity["mw_a_step"] == pytest.approx(10 + 1 / 30, abs=1e-5)


def test_periods_that_cost_nothing_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that is alone has days of its own: 311.03 by quarter as by week."""
    monkeypatch.setattr(leads, "KINDS", 1)
    session = Session(inputs_from_rows("alone", sheets_of(320)), None, math.inf)
    late = late_milestones(session)
    assert late == pytest.approx({("c", YEAR_END): 320 - 31 * (10 + 1 / 30)})
    assert find_finer(session, late) == []


@pytest.mark.parametrize(
    ("period", "length", "until", "expected"),
    [
        ("quarter", "week", date(2026, 12, 31), "week"),
        ("quarter", "week", date(2026, 6, 30), "week; quarter from 2026-07-01"),
        ("quarter", "month", date(2026, 5, 15), "month; quarter from 2026-07-01"),
        ("month", "month", date(2026, 6, 30), None),
        ("week", "week", date(2026, 6, 30), None),
        ("week; month from 2026-04-01", "month", date(2026, 6, 30), None),
        ("week; month from 2026-04-01", "week", date(2026, 3, 31), None),
        (
            "week; month from 2026-04-01",
            "week",
            date(2026, 6, 30),
            "week; month from 2026-07-01",
        ),
        (
            "week; month from 2026-04-01; quarter from 2026-07-01",
            "week",
            date(2026, 6, 30),
            "week; quarter from 2026-07-01",
        ),
        (
            "month; quarter from 2026-04-01",
            "week",
            date(2026, 1, 20),
            "week; month from 2026-02-01; quarter from 2026-04-01",
        ),
    ],
)
def test_shorter_periods_end_after_the_last_late_milestone(
    period: str, length: str, until: date, expected: str | None
) -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)
    calendar = make_calendar(start, end, period, start, 0.0, [until])
    assert shorter_periods(period, length, calendar, until) == expected
    if expected is not None:
        settled = inputs_from_rows(
            "new", {**many_leads(), "settings": settings(str(start), str(end), period=expected)}
        )
        assert settled.settings["period"] == expected
