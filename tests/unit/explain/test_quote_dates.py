"""A date that a quote is asked for: its row and its sentence, or a refusal before the work."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from instances import Sheets, settings, unit_system
from places import INPUTS
from rich.console import Console

from planner.cli.quote import command
from planner.errors import PlannerError
from planner.explain.findings import Inquiry, quote_plan, require_within
from planner.explain.quote import Terms
from planner.pipeline import make_plan
from planner.reports.console.explained import print_quote
from planner.reports.quote_texts import date_sentence
from planner.workbook.reading import inputs_from_rows

JUNE = date(2028, 6, 30)

RANGE = "the plan runs from 2026-01-01 to 2028-12-31. Ask for a day of it"


def long_case() -> Sheets:
    """Return a workbook of three years, in which nothing more can be promised from 2027 on."""
    return {
        "settings": settings("2026-01-01", "2028-12-31"),
        "systems": [unit_system()],
        "sites": [{"site": "s", "pue": 1}],
        "halls": [{"hall": "h", "site": "s", "it_mw": 5}],
        "commitments": [{"commitment": "c", "basis": "it"}],
        "milestones": [{"commitment": "c", "date": "2026-12-31", "mw": 5}],
    }


@pytest.mark.parametrize(
    ("by", "at_most", "firm", "sentence"),
    [
        (JUNE, 0.0, 0.0, "By 2028-06-30 no plan has any more MW in service."),
        (JUNE, 2.0, 2.0, "By 2028-06-30 2.00 MW more can be in service; no plan has more."),
        (
            JUNE,
            2.503,
            2.0,
            "By 2028-06-30 2.00 MW more can be in service; no plan has more than 2.51 MW.",
        ),
        (
            date(2028, 7, 15),
            2.0,
            None,
            "By 2028-07-15 at most 2.00 MW more can be in service; no firm figure was found in "
            "time.",
        ),
    ],
)
def test_a_date_that_was_asked_for_has_a_sentence(
    by: date, at_most: float, firm: float | None, sentence: str
) -> None:
    row = {"date": by, "at_most_mw": at_most, "firm_mw": firm}
    assert date_sentence(by, row) == sentence


def test_an_asked_date_late_in_a_long_plan_is_printed() -> None:
    plan = make_plan(inputs_from_rows("long", long_case()))
    found = quote_plan(plan, Inquiry(Terms("it"), (), (JUNE, date(2028, 8, 15))))
    shown = io.StringIO()
    print_quote(replace(plan, findings={"quote": found}), Console(file=shown, width=120))
    printed = shown.getvalue()
    assert "By 2028-06-30 no plan has any more MW in service." in printed
    assert "By 2028-08-15 no plan has any more MW in service." in printed
    lines = [line.split()[0] for line in printed.splitlines() if line.startswith("2028")]
    assert {"2028-06-30", "2028-08-15", "2028-12-31"} <= set(lines)


def test_a_denial_and_the_curve_tell_the_same_bound() -> None:
    plan = make_plan(inputs_from_rows("long", long_case()))
    found = quote_plan(plan, Inquiry(Terms("it"), (2.0,)))
    (answer,) = found.tables["earliest"]
    at_most = {row["date"]: row["at_most_mw"] for row in found.tables["quote"]}
    assert answer["at_most_before_mw"] == at_most[answer["period_before"]]


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2029, 1, 1)])
def test_a_date_outside_the_plan_is_refused(day: date) -> None:
    inputs = inputs_from_rows("long", long_case())
    with pytest.raises(PlannerError) as refused:
        require_within(inputs, [day])
    assert str(refused.value) == f"--by {day}: {RANGE}"


def test_the_first_and_the_last_day_are_accepted() -> None:
    inputs = inputs_from_rows("long", long_case())
    require_within(inputs, [date(2026, 1, 1), date(2028, 12, 31)])


def quoted(sheets: Sheets, *days: date) -> list[tuple[float, float | None]]:
    """Return what is firm and what is possible at most by days, on top of a plan of some sheets."""
    plan = make_plan(inputs_from_rows("quoted", sheets))
    found = quote_plan(plan, Inquiry(Terms("it"), (), days))
    rows = {row["date"]: row for row in found.tables["quote"] if not row["overtime_of"]}
    return [(rows[day]["firm_mw"], rows[day]["at_most_mw"]) for day in days]  # type: ignore[misc]


def worked(due: float, crews: float) -> Sheets:
    """Return three months of some systems of 1 MW, installed by crews, some due in January."""
    return {
        **long_case(),
        "settings": settings("2026-01-01", "2026-03-31"),
        "halls": [{"hall": "h", "site": "s", "it_mw": 100}],
        "crews": [{"site": "s", "from": "2026-01-01", "systems_per_month": crews}],
        "milestones": [{"commitment": "c", "date": "2026-01-31", "mw": due}],
    }


def test_a_date_within_a_period_is_judged_on_itself() -> None:
    """One system a day: 15 by 15 January, and 31 by the end, when 1 of them is due."""
    found = quoted(worked(1, 31), date(2026, 1, 15), date(2026, 1, 31))
    assert found == [(pytest.approx(15), pytest.approx(15)), (pytest.approx(30), pytest.approx(30))]


def test_a_cut_period_is_not_at_the_cost_of_what_is_late() -> None:
    """10 a month, and 20 due in January: the crews of February are for the 10 that are late.

    By 14 February nothing is left for a quote; by 15 March 15 / 31 of March's 10: 4 whole systems,
    4.84 divisible ones.
    """
    found = quoted(worked(20, 10), date(2026, 2, 14), date(2026, 3, 15))
    assert [firm for firm, _ in found] == [pytest.approx(0), pytest.approx(4)]
    assert all(firm <= most <= 4.84 for firm, most in found)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--by", "2999-01-01"], "--by 2999-01-01: the plan runs from "),
        (["--by", "31.12.2026"], "31.12.2026: write a day of the calendar as year-month-day"),
        (["--by", "2026-02-30"], "2026-02-30: write a day of the calendar as year-month-day"),
        (["--only", "country=XX"], "--only country=XX: not one of "),
    ],
)
def test_what_cannot_be_answered_is_refused_before_a_workbook_is_planned(
    option: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planned(*_: object) -> None:
        raise AssertionError("planned first")

    monkeypatch.setattr("planner.pipeline.make_plan", planned)
    workbook = INPUTS / "first-plan.xlsx"
    answer = CliRunner().invoke(command, [str(workbook), *option])
    assert told in answer.output
    assert answer.exit_code == 2
