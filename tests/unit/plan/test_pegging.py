"""What waits for which order: hand-made cases, and what must hold of any plan."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from blocks import case_of, hall, sold
from instances import unit_system

from planner.case.acts import Timetable
from planner.pipeline import Options, make_plan
from planner.plan.install_purposes import Purpose, Purposes
from planner.plan.pegging import Batch, Use, peg, peg_orders
from planner.plan.rounding import running, tidy, total
from planner.plan.work_durations import Work
from planner.workbook.reading import inputs_from_rows

ENDS = (30, 58, 89, 119, 150, 180, 211, 242, 272, 303, 333, 364)
"""Last days of the months, counted from the plan's first, on which systems are installed."""

START = "2026-01-01"
DECEMBER = "2026-12-31"

AT_ONCE = Work(Timetable(), {})
"""No rate limits anything."""


def months(count):
    return [date(2026, month, 1) for month in range(1, count + 1)]


def chain(**changes):
    """A year; a system of one part, assembled in a month, the part in two months."""
    rows = {
        "end": DECEMBER,
        "due": {DECEMBER: 5},
        "bom": [{"system": "unit", "item": "part", "quantity": 2}],
        "supply": [sold("part", lead_days=59)],
        "plants": [{"plant": "plant", "system": "unit", "units_per_month": 9, "lead_days": 28}],
    }
    return case_of(**{**rows, **changes})


def test_units_are_used_first_in_first_out():
    case = chain()
    batches = [Batch("b", "*", 4, 3.0), Batch("a", "*", 2, 3.0)]
    uses = [
        Use("*", 7, 4.0, 1.0, ("hall", "unit", 7)),
        Use("*", 5, 1.0, 1.0, ("hall", "unit", 5)),
    ]
    pegs = peg(case, batches, uses, AT_ONCE)
    assert [(w.install[2], w.units) for w in pegs["a"].waits] == [(5, 1.0), (7, 2.0)]
    assert [(w.install[2], w.units) for w in pegs["b"].waits] == [(7, 2.0)]
    assert (pegs["a"].needed, pegs["b"].needed) == (5, 7)


def test_parts_wait_for_the_installs_of_what_they_are_made_into():
    case = chain()
    # Three systems are started on 30 April, finished 28 days later; two are installed on 30 June
    # and one on 31 August, so the last needs its parts no earlier than 28 days before that.
    april, june, august = ENDS[3], ENDS[5], ENDS[7]
    orders = {"part": [Batch("first", "*", 90, 4.0), Batch("second", "*", 90, 3.0)]}
    installs = [("hall", "unit", june, 2.0), ("hall", "unit", august, 1.0)]
    pegs = peg_orders(case, orders, [("plant", "unit", april, 3.0)], installs, AT_ONCE)
    assert [(w.install[2], w.units, w.systems) for w in pegs["first"].waits] == [(june, 4.0, 2.0)]
    found = [(w.install[2], w.units, w.systems) for w in pegs["second"].waits]
    assert found == [(august, 2.0, 1.0)]
    assert (pegs["first"].needed, pegs["second"].needed) == (june - 28, august - 28)


def test_what_is_never_installed_blocks_nothing():
    pegs = peg_orders(
        chain(), {"part": [Batch("idle", "*", 3, 4.0)]}, [("plant", "unit", 3, 2.0)], [], AT_ONCE
    )
    assert pegs["idle"].waits == []
    assert pegs["idle"].needed is None


def test_a_system_that_goes_into_another_is_pegged_to_the_other():
    case = case_of(
        end=DECEMBER,
        due={DECEMBER: 5},
        systems=[unit_system("unit"), unit_system("rack")],
        bom=[{"system": "rack", "item": "unit", "quantity": 2}],
        supply=[sold("unit", lead_days=0), sold("rack", lead_days=400)],
        plants=[{"plant": "plant", "system": "rack", "units_per_month": 9, "lead_days": 0}],
    )
    pegs = peg_orders(
        case,
        {"unit": [Batch("order", "*", 0, 3.0)]},
        [("plant", "rack", 4, 1.0)],
        [("hall", "rack", 4, 1.0), ("hall", "unit", 6, 1.0)],
        AT_ONCE,
    )
    found = [(w.install, w.units, w.systems) for w in pegs["order"].waits]
    assert found == [(("hall", "rack", 4), 2.0, 1.0), (("hall", "unit", 6), 1.0, 1.0)]


def ramp(**missed):
    return [
        {"commitment": name, "period": day, "missed_mw": mw}
        for name, amounts in missed.items()
        for day, mw in zip(months(12), amounts, strict=True)
    ]


def served(name, periods, mw=1.0):
    return [
        {"commitment": name, "hall": "hall", "system": "unit", "period": months(12)[at], "mw": mw}
        for at in periods
    ]


def purposes(service, missed=(0.0,) * 12, **changes):
    case = chain(**{"due": {"2026-06-30": 3, DECEMBER: 5}, **changes})
    return Purposes(case, service, ramp(demand=missed))


JUNE, YEAR_END = date(2026, 6, 30), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("period", "missed", "expected"),
    [
        (2, {}, Purpose(JUNE, "demand", late=False)),
        (5, {}, Purpose(JUNE, "demand", late=False)),
        (6, {}, Purpose(YEAR_END, "demand", late=False)),
        (6, {5: 2.0}, Purpose(JUNE, "demand", late=True)),
        (8, {5: 2.0, 6: 2.0, 7: 1.0}, Purpose(JUNE, "demand", late=True)),
        (8, {5: 2.0}, Purpose(YEAR_END, "demand", late=False)),
    ],
)
def test_an_install_is_for_the_milestone_that_waits_for_it(period, missed, expected):
    amounts = [missed.get(at, 0.0) for at in range(12)]
    found = purposes(served("demand", range(2, 12)), amounts).of(("hall", "unit", ENDS[period]))
    assert found == expected


def test_an_install_that_serves_nothing_afterwards_is_for_nothing():
    assert purposes(served("demand", range(3))).of(("hall", "unit", ENDS[3])) is None
    assert purposes(served("demand", range(12), mw=1e-7)).of(("hall", "unit", ENDS[3])) is None
    assert purposes([]).of(("hall", "unit", ENDS[3])) is None


def test_days_to_commission_count():
    slow = [unit_system(price=10, commission_days=200)]
    found = purposes(served("demand", range(12)), systems=slow).of(("hall", "unit", ENDS[2]))
    assert found == Purpose(YEAR_END, "demand", late=False)
    assert purposes(served("demand", range(12)), systems=slow).of(("hall", "unit", ENDS[9])) is None


def test_what_only_holds_a_milestone_that_is_past_is_for_none():
    case = chain(
        commitments=[{"commitment": "old", "basis": "it"}, {"commitment": "new", "basis": "it"}],
        milestones=[
            {"commitment": "old", "date": "2026-01-31", "mw": 1},
            {"commitment": "new", "date": DECEMBER, "mw": 5},
        ],
    )
    service = [*served("old", range(12)), *served("new", range(12))]
    both = Purposes(case, service, [])
    assert both.of(("hall", "unit", ENDS[4])) == Purpose(YEAR_END, "new", late=False)
    held = Purposes(case, served("old", range(12)), [])
    assert held.of(("hall", "unit", ENDS[4])) is None
    assert held.of(("hall", "unit", ENDS[0])) == Purpose(date(2026, 1, 31), "old", late=False)


def planned(**changes):
    sheets = {
        "settings": [
            {"setting": "start", "value": START},
            {"setting": "end", "value": DECEMBER},
            {"setting": "gap", "value": 0},
        ],
        "systems": [unit_system(price=10, commission_days=20)],
        "bom": [{"system": "unit", "item": "part", "quantity": 3}],
        "supply": [sold("part", lead_days=59, price=2, **{"yield": 0.5})],
        "supply_capacity": [{"supplier": "maker", "from": START, "units_per_month": 12}],
        "plants": [{"plant": "plant", "system": "unit", "units_per_month": 9, "lead_days": 28}],
        "sites": [{"site": "near", "pue": 1}, {"site": "far; away", "pue": 1}],
        "halls": [hall("a", site="near", it_mw=3), hall("b", site="far; away")],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": "2026-06-30", "mw": 4},
            {"commitment": "demand", "date": DECEMBER, "mw": 8},
        ],
    }
    return make_plan(inputs_from_rows("pegs", {**sheets, **changes}), Options())


@pytest.fixture(scope="module")
def late_plan():
    """Twelve parts a month, half of them good, are two systems: too few for June."""
    return planned()


def test_a_plan_tells_what_is_late(late_plan):
    # Parts ordered in January and February arrive in March and April: a system needs three good
    # ones of six, takes a month to assemble and twenty days to commission, so that two are in
    # service in May and two more in June: in time. Milestone and orders agree.
    orders = late_plan.tables["orders"]
    assert {row["milestone_blocked"] for row in orders} == {
        "demand 2026-06-30",
        "demand 2026-12-31",
    }
    tight = planned(
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 6}]
    ).tables
    late = [row for row in tight["orders"] if row["already_late"] == "yes"]
    assert late
    short = [row["period_end"] for row in tight["ramp"] if row["missed_mw"] > 0]
    assert short[0] == JUNE
    assert {row["milestone_blocked"] for row in late} == {"demand 2026-06-30"}
    assert all(row["slack_days"] == 0 for row in late)
    assert {row["late"] for row in tight["installs"]} == {"yes", "no"}


def test_pegs_add_up(late_plan):
    tables = late_plan.tables
    good, systems = defaultdict(float), defaultdict(float)
    for row in tables["pegs"]:
        good[row["order"]] += row["quantity"]
        systems[row["hall"], row["date"]] += row["systems"]
        assert row["quantity"] == pytest.approx(3 * row["systems"])
        assert row["it_mw"] == pytest.approx(row["systems"])
    for row in tables["orders"]:
        assert good[row["order"]] <= 0.5 * row["quantity"] + 1e-9
        assert row["it_mw_blocked"] == pytest.approx(good[row["order"]] / 3)
        if row["latest_order_date"]:
            assert row["latest_order_date"] >= row["order_from"]
    installed = {(r["hall"], r["date"]): r["installed"] for r in tables["installs"]}
    assert systems == pytest.approx(installed)
    fed = {row["sites_fed"] for row in tables["orders"]}
    assert "far; away" in " ".join(filter(None, fed))


def test_figures_are_free_of_dust():
    assert tidy(749.9999999999999) == 750.0
    assert tidy(1.4720000000000013) == 1.472
    assert tidy(14685783515.87) == 14685783515.87
    assert tidy(1 / 3) == 0.33333333333333
    assert running([0.1] * 3) == [0.1, 0.2, 0.3]
    assert str(tidy(-0.0)) == "0.0"
    assert total([0.1] * 10) == 1.0


def test_no_dust_is_stored(late_plan):
    for rows in late_plan.tables.values():
        for value in (value for row in rows for value in row.values() if type(value) is float):
            assert value == tidy(value)
