"""Plans whose periods change their length: what the setting takes, and whole plans."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from explain_cases import small_case
from explain_oracle import stated
from instances import Sheets
from micro import (
    FEBRUARY,
    JANUARY,
    MARCH,
    assert_optimum,
    in_service_by_period,
    missed_by_period,
    near,
    plan_of,
)
from quote_brute import check as check_quotes
from random_cases import random_case
from rule_faults import faults_of
from whatif_case import small_sheets

from planner.checker.verify import verify
from planner.errors import PlannerError
from planner.explain.bottleneck_rows import one_more
from planner.explain.limit_moves import Move, moved
from planner.explain.limits import dates
from planner.explain.problem import Problem
from planner.explain.session import Session
from planner.pipeline import Options, make_plan
from planner.solve.highs_model import LiveModel
from planner.whatif.cases import Spec
from planner.whatif.engines import Engine
from planner.whatif.fixed_decisions import HAIR, keep_decided
from planner.whatif.results import tables_of
from planner.whatif.sweep import run_sweep
from planner.workbook.reading import inputs_from_rows
from planner.workbook.schema.periods import Stretch, stretches

WEEKS_THEN_MONTHS = {"start": "2026-01-05", "period": "week; month from 2026-02-01"}
SIX_DAYS = 6 / 31
"""Months in the last days of January, after its weeks."""


def period_of(value: object, **options: object) -> object:
    """Return the setting as it is read, in a plan from 2026 to 2028 unless said otherwise."""
    given = {"start": "2026-01-01", "end": "2028-12-31", "period": value, **options}
    rows = small_sheets()
    rows["settings"] = [{"setting": name, "value": value} for name, value in given.items()]
    return inputs_from_rows("periods", rows).settings["period"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("month", "month"),
        (" Quarter ", "quarter"),
        (None, "month"),
        ("week;", "week"),
        ("month; quarter from 2028-01-01", "month; quarter from 2028-01-01"),
        ("MONTH,\nQuarter  FROM 2028-01-01 ; ", "month; quarter from 2028-01-01"),
        (
            "week; month from 2027-01-01; quarter from 2028-01-01",
            "week; month from 2027-01-01; quarter from 2028-01-01",
        ),
        ("quarter; week from 2027-02-17", "quarter; week from 2027-02-17"),
    ],
)
def test_lengths_are_read_in_any_case_and_spacing(written: object, read: str) -> None:
    assert period_of(written) == read
    assert period_of(read) == read


def test_the_parts_of_a_plan() -> None:
    assert stretches("quarter") == (Stretch("quarter"),)
    assert stretches("week; month from 2027-01-01") == (
        Stretch("week"),
        Stretch("month", date(2027, 1, 1)),
    )


def fault_of(value: str, **options: object) -> str:
    """Return the one fault of a setting, without its cell and value."""
    [fault] = faults_of(options={"period": value, **options}, end="2028-12-31")
    cell, found, rest = fault.partition(f"{value!r}: ")
    assert found
    assert cell.startswith("settings!B")
    return rest


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            "fortnight",
            "this is not a length of periods. Give one of month, week, quarter, or several with "
            "their days, e.g. week; month from 2027-01-01",
        ),
        (
            ";",
            "period has no length. Give one of month, week, quarter, or several with "
            "their days, e.g. week; month from 2027-01-01",
        ),
        (
            "month; quater from 2027-01-01",
            "'quater from 2027-01-01' is not a length of periods. Did you mean quarter? Give one "
            "of month, week, quarter, or several with their days, e.g. week; month from "
            "2027-01-01",
        ),
        (
            "month; quarter",
            "quarter has no first day. Write quarter from YYYY-MM-DD, "
            "e.g. week; month from 2027-01-01",
        ),
        (
            "month from 2026-01-01; quarter from 2027-01-01",
            "the first length of periods applies from "
            "the plan's start. Write month alone, e.g. week; month from 2027-01-01",
        ),
        (
            "month; quarter from 03/04/2027",
            "the day after 'quarter from' must be a date, but this "
            "can be read as 2027-03-04 or as 2027-04-03. Give YYYY-MM-DD, e.g. 2027-03-04 or "
            "2027-04-03",
        ),
        ("month; quarter from 2027-02-30", "there is no such day. Give YYYY-MM-DD"),
        (
            "month; month from 2027-01-01",
            "month from 2027-01-01 follows month, so the length does not change. Leave it out, "
            "or give another length",
        ),
        (
            "week; quarter from 2028-01-01; month from 2027-01-01",
            "month from 2027-01-01 follows quarter from 2028-01-01, but does not begin after it. "
            "Give the lengths in the order of their days",
        ),
        (
            "month; quarter from 2027-01-15",
            "periods by quarter must start on the first of a month, but 2027-01-15 is not the "
            "first. Give 2027-01-01, or the first of a later month",
        ),
        (
            "month; quarter from 2026-01-01",
            "quarter from 2026-01-01 leaves no day for month: the plan starts on 2026-01-01. "
            "Give a later day, or leave month out",
        ),
        (
            "month; quarter from 2029-01-01",
            "quarter from 2029-01-01 begins after the plan's end on "
            "2028-12-31. Give an earlier day, or leave it out",
        ),
        (
            "month; quarter from 9999-12-05",
            "periods by quarter must start on the first of a month, but 9999-12-05 is not the "
            "first. Give 9999-12-01, or the first of a later month",
        ),
    ],
)
def test_what_the_setting_refuses(value: str, said: str) -> None:
    assert fault_of(value) == said


def test_the_first_length_says_on_which_day_a_plan_starts() -> None:
    """Months that come later ask nothing of the start."""
    assert period_of("week; month from 2027-01-01", start="2026-01-07")
    [fault] = faults_of(
        end="2028-12-31", options={"start": "2026-01-05", "period": "month; week from 2026-02-01"}
    )
    assert fault.startswith(
        "settings!B2 '2026-01-05': a plan by month must start on the first of a"
    )


def test_periods_of_every_length_are_counted() -> None:
    """24 years are 1,252 weeks, but 52 weeks and 276 months."""
    said = "more than 1200 periods"
    years = {"start": "2026-01-05", "end": "2049-12-31"}
    [fault] = faults_of(options={**years, "period": "week"})
    assert said in fault
    assert period_of("week; month from 2027-01-01", **years)
    [fault] = faults_of(options={**years, "period": "week; month from 2049-12-01"})
    assert said in fault


def test_a_milestone_may_fall_into_the_last_period_whatever_its_length() -> None:
    due = [{"commitment": "demand", "date": "2026-06-30", "mw": 1}]
    options = {"period": "month; quarter from 2026-04-01"}
    plan = plan_of(end="2026-04-02", options=options, milestones=due)
    assert [row["period_end"] for row in plan.tables["ramp"]][-1] == date(2026, 6, 30)
    assert_optimum(plan, cost=10)


def test_a_week_cut_short_has_the_capacity_of_its_days() -> None:
    """Crews for 10 a month install 10 x 27 / 31 = 8.71 systems by 31 January, the rest in February.

    Three weeks and 6 days end with 8 of 12 MW: 4 are missed for 6 days.
    """
    plan = plan_of(
        {JANUARY: 12},
        end=FEBRUARY,
        options=WEEKS_THEN_MONTHS,
        crews=[{"site": "site", "from": "2026-01-05", "systems_per_month": 10}],
    )
    assert [row["period"] for row in plan.tables["ramp"]] == [
        date(2026, 1, 5),
        date(2026, 1, 12),
        date(2026, 1, 19),
        date(2026, 1, 26),
        date(2026, 2, 1),
    ]
    assert missed_by_period(plan) == near([0, 0, 0, 4, 0])
    assert_optimum(plan, cost=120, missed=4 * SIX_DAYS)


def test_lead_times_are_days_whatever_the_period() -> None:
    """Ordered by 19 January, a unit of 12 days is there on the 31st.

    A supplier of 9 a month has started 9 x 15 / 31 = 4.35 by then, so 4 of 6 MW are in time: 2 are
    missed for 6 days.
    """
    plan = plan_of(
        {JANUARY: 6, MARCH: 12},
        end=MARCH,
        options=WEEKS_THEN_MONTHS,
        supply=[{"supplier": "maker", "item": "unit", "lead_days": 12}],
        supply_capacity=[{"supplier": "maker", "from": "2026-01-05", "units_per_month": 9}],
    )
    assert missed_by_period(plan) == near([0, 0, 0, 2, 0, 0])
    for row in plan.tables["orders"]:
        assert row["arrival_date"] == row["order_date"] + timedelta(days=12)
    assert_optimum(plan, cost=120, missed=2 * SIX_DAYS)


def test_energy_and_money_count_the_days_of_each_period() -> None:
    """1 MW is bought and serves on 31 January, then 28 days, then the 92 of March to May.

    Energy is charged on the first days of the periods: 26 January, 1 February, 1 March; at 10 %.
    """
    plan = plan_of(
        {JANUARY: 1},
        end="2026-05-31",
        options={
            **WEEKS_THEN_MONTHS,
            "discount_rate": 0.1,
            "period": "week; month from 2026-02-01; quarter from 2026-03-01",
        },
        sites=[{"site": "site", "pue": 1, "energy_price": 1}],
    )
    cost = sum(
        money * 1.1 ** (-days / 365)
        for money, days in ((10, 26), (24 * 1, 21), (24 * 28, 27), (24 * 92, 55))
    )
    assert in_service_by_period(plan) == near([0, 0, 0, 1, 1, 1])
    assert_optimum(plan, cost=cost)


def test_a_milestone_within_a_long_period_is_judged_on_its_day() -> None:
    """Due on 30 April, in the quarter from March, which is cut there."""
    options = {"period": "month; quarter from 2026-03-01", "discount_rate": 0.1}
    plan = plan_of({"2026-04-30": 3}, end="2026-05-31", options=options)
    assert in_service_by_period(plan) == near([0, 0, 3, 3])


def test_lengths_that_all_come_to_months_plan_as_months_do() -> None:
    """A quarter cut after a month is a month."""
    sheets = small_sheets()
    plain = make_plan(inputs_from_rows("plain", sheets), Options())
    sheets["settings"].append({"setting": "period", "value": "quarter; month from 2026-02-01"})
    mixed = make_plan(inputs_from_rows("mixed", sheets), Options())
    for name in plain.tables.keys() - {"tiers"}:
        assert mixed.tables[name] == plain.tables[name], name
    seconds = {"seconds": None}
    for tier, same in zip(mixed.tables["tiers"], plain.tables["tiers"], strict=True):
        assert {**tier, **seconds} == {**same, **seconds}
    assert mixed.summary["model"] == plain.summary["model"]


@pytest.mark.parametrize(
    "period",
    [
        "month; quarter from 2026-04-01",
        "month; quarter from 2026-07-01",
        "week; month from 2026-03-01; quarter from 2026-07-01",
        "quarter; month from 2026-04-01",
        "month; week from 2026-08-12",
    ],
)
def test_the_checker_needs_no_word_of_the_lengths(period: str) -> None:
    """It reads them from the workbook, and finds what does not fit them."""
    sheets = small_sheets()
    sheets["settings"].append({"setting": "period", "value": period})
    inputs = inputs_from_rows("mixed", sheets)
    plan = make_plan(inputs, Options())
    assert verify(inputs, plan.tables).violations == ()
    plain = make_plan(inputs_from_rows("plain", small_sheets()), Options())
    assert verify(inputs, plain.tables).violations != ()


def with_weeks_first(sheets: Sheets) -> Sheets:
    """Return a case whose first month is planned in weeks, the last of them 3 days long."""
    changed = {"setting": "period", "value": "week; month from 2026-02-01"}
    return {**sheets, "settings": [*sheets["settings"], changed]}


@pytest.mark.parametrize("seed", range(20))
def test_a_limit_moved_on_the_live_model_is_the_cell_moved(seed: int) -> None:
    """As in plans of equal periods: a month's worth of a week's capacity is 7 days of it."""
    inputs = inputs_from_rows("random", with_weeks_first(random_case(seed)))
    session = Session(inputs, seconds=math.inf)
    for limit in session.catalogue.amounts + session.catalogue.dates:
        if session.is_linear(limit):
            move = Move(limit, 1.0 if limit.dated else 2.0)
            live = session.missed_with([move])
            anew = Problem(moved(inputs, [move], session.base.case.calendar)).solve_missed()
            assert live == pytest.approx(anew.values, rel=1e-6, abs=1e-6), limit.where


@pytest.mark.parametrize("seed", range(12))
def test_quotes_are_exact(seed: int) -> None:
    check_quotes(with_weeks_first(small_case(seed)), seed, 0.5 + seed % 9 / 10)


def test_a_step_of_a_lead_time_is_named_in_days() -> None:
    """One period earlier is many days here and few there; a date still has one period before it."""
    named = {}
    for period in ("month", "week; month from 2026-03-01"):
        sheets = small_sheets()
        sheets["settings"].append({"setting": "period", "value": period})
        found = dates(inputs_from_rows("steps", sheets))
        named[period] = {limit.column: one_more(limit) for limit in found}
    assert set(named["month"].values()) == {"one period earlier"}
    assert named["week; month from 2026-03-01"] == {
        **named["month"],
        "lead_days": "7 days less",
    }


def test_cases_of_a_sweep_may_differ_in_their_periods(tmp_path: Path) -> None:
    """At the end of a month within a quarter, the case by quarter has what it had before."""
    lengths = ("month", "month; quarter from 2026-04-01")
    spec = Spec("grid", vary=(f"settings[period].value={','.join(lengths)}",))
    sweep = run_sweep(
        inputs_from_rows("sweep", small_sheets()), spec, tmp_path, Engine("serial", 1)
    )
    ramps = [dict(record["result"]["ramp"]["demand"]) for record in sweep.records]
    assert list(ramps[1]) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-06-30",
        "2026-07-31",
        "2026-09-30",
    ]
    fan = {row["period_end"]: row for row in tables_of(sweep)["percentiles"]}
    assert list(fan) == list(ramps[0])
    for end, row in fan.items():
        last = max(day for day in ramps[1] if day <= end)
        mean = (ramps[0][end] + ramps[1][last]) / 2
        assert row["mean"] == pytest.approx(mean, abs=5.1e-4)  # the table has three decimals


def test_what_was_decided_in_a_week_is_kept_on_the_nearest_day() -> None:
    """A scenario by month orders on other days: what was decided for the 8th is not dropped."""
    model = stated(small_sheets())
    first, day = date(2026, 1, 8), date(2026, 3, 1)
    live = LiveModel(model.frame.problem, model.frame.columns)
    keep_decided(model, live, decided=(("order_lots", ("fab", "unit"), str(first), 1.0),), day=day)
    orders, date_of = model.decisions.order_lots, model.case.calendar.date_of
    most = {date_of(key[-1]): live.upper[live.position[id(v)]] for key, v in orders.items()}
    before = {at: upper for at, upper in most.items() if at < day}
    nearest = min(before, key=lambda at: abs((at - first).days))
    assert {at for at, upper in before.items() if upper > HAIR} == {nearest}
    assert before[nearest] == pytest.approx(1.0, abs=HAIR)
    with pytest.raises(PlannerError, match="none of the decisions before 2026-01-01 can be"):
        keep_decided(
            model,
            live,
            decided=(("order_lots", ("fab", "unit"), str(first), 1.0),),
            day=date(2026, 1, 1),
        )
