"""What the length of periods costs a late milestone is named first, and nobody is asked for it.

Eight systems of one supplier, with leads of 60 to 67 days, share its days: at most two a period.
The supplier makes 30 a month from 1 January. Of a system with a lead of 60 days, due on 31
December, the last can be ordered on 1 November: ten months and a day, 300 + 30 / 30 = 301. By
quarter that day is one with 29 October, three days before: 270 + 30 x 29 / 31 = 298.06; by month
with 31 October: 300; by week it is there. The other systems must be ordered earlier.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import test_last_orders
from instances import Sheets, settings
from test_last_orders import YEAR_END, many_leads

from planner.case import acts
from planner.case.calendar import make_calendar
from planner.explain.findings import explain_plan
from planner.explain.finer import shorter_periods
from planner.inputs.workbook import inputs_from_rows
from planner.pipeline import make_plan
from planner.plan.explained import EXPLANATION, PERIODS, Finding
from planner.plan.store import Plan
from planner.reports.explained import periods_sentence

BY_QUARTER = 270 + 30 * 29 / 31


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let eight systems have more days than one supplier may have."""
    monkeypatch.setattr(test_last_orders, "KINDS", 8)
    monkeypatch.setattr(acts, "FEW_DAYS", 0)


def sheets_of(mw: float, period: str = "quarter") -> Sheets:
    """Return the workbook, with so much due."""
    sheets = many_leads()
    sheets["settings"] = settings("2026-01-01", "2026-12-31", period=period)
    sheets["supply_capacity"][0]["units_per_month"] = 30
    sheets["halls"][0]["it_mw"] = 400
    sheets["milestones"][0]["mw"] = mw
    return sheets


def explained(sheets: Sheets) -> tuple[Plan, Finding]:
    """Return a plan and its explanation, made without hurry."""
    plan = make_plan(inputs_from_rows("periods", sheets))
    return plan, explain_plan(plan, seconds=500)


@pytest.mark.parametrize(("mw", "period"), [(301, "week"), (300, "month")])
def test_the_longest_periods_that_bring_all_are_named_and_nobody_is_asked(
    mw: float, period: str
) -> None:
    plan, found = explained(sheets_of(mw))
    (row,) = found.tables["lateness"]
    assert (row["kind"], row["link"], row["cell"]) == (PERIODS, 1, "settings!B5")
    assert row["missed_mw"] == mw - 298
    assert row["mw_a_step"] == pytest.approx(mw - BY_QUARTER, abs=1e-5)
    assert row["one_more"] == f"period {period}"
    assert row["says"] == (
        f"length of periods: with period 'quarter' at least {mw - BY_QUARTER:,.3g} MW are missed, "
        f"with {period!r} none, systems divisible; give {period!r}"
    )
    assert found.tables["asks"] == []
    texts = found.facts["undone"]
    assert isinstance(texts, list)
    assert any(
        text.startswith(f"asks for c: planned with period {period!r} (settings!B5), it is on time")
        for text in texts
    )
    told = replace(plan, findings={EXPLANATION: found})
    assert periods_sentence(told) == f"c, due {YEAR_END}: {row['says']} (settings!B5)."
    again = make_plan(inputs_from_rows("again", sheets_of(mw, period)))
    assert again.summary["missed_mw_months"] == 0


def test_the_supplier_is_asked_for_what_is_left() -> None:
    """310 are due: by week 31 a month are enough, 31 x 10 + 31 / 30 = 311.03; by quarter not.

    31 x (9 + 29 / 31) = 308. So by quarter the supplier would be asked for two more.
    """
    _, found = explained(sheets_of(310))
    first, *rest = found.tables["lateness"]
    assert first["kind"] == PERIODS
    assert first["mw_a_step"] == pytest.approx(301 - BY_QUARTER, abs=1e-5)
    capacity = next(row for row in rest if row["kind"] == "supplier capacity")
    assert capacity["mw_a_step"] == pytest.approx(10 + 1 / 30, abs=1e-5)
    asks = found.tables["asks"]
    assert [row["more"] for row in asks if row["kind"] == "supplier capacity"] == [1]
    assert all(str(row["aim"]).endswith("planned with period 'week' (settings!B5)") for row in asks)


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
        settled = inputs_from_rows("new", {**many_leads(), "settings": settings(
            str(start), str(end), period=expected)})  # fmt: skip
        assert settled.settings["period"] == expected
