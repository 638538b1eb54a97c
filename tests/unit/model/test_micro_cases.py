"""Micro cases of halls, power, crews and time: one rule binds in each, the optimum is by hand."""

from __future__ import annotations

import pytest
from instances import unit_system
from micro import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    START,
    amount,
    assert_optimum,
    in_service_by_period,
    missed_by_period,
    near,
    plan_of,
)

from planner.errors import InputFaults


def test_hall_power_counts_the_overhead() -> None:
    """300 + 100 kW each in a hall of 1 MW: 2 systems stand (1000 / 400 = 2.5), 0.6 MW of theirs.

    Of 1 MW on the basis `system`, 0.4 is missed; 2 x 10 is paid.
    """
    plan = plan_of(
        {JANUARY: 1},
        systems=[{"system": "unit", "power_kw": 300, "overhead_kw": 100, "price": 10}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 1}],
        commitments=[{"commitment": "demand", "basis": "system"}],
    )
    assert_optimum(plan, cost=20, missed=0.4)


def test_hall_slots() -> None:
    """7 slots hold 3 systems of 2 slots: of 5 MW, 2 are missed."""
    plan = plan_of(
        {JANUARY: 5},
        systems=[unit_system(price=10, slots=2)],
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "slots": 7}],
    )
    assert_optimum(plan, cost=30, missed=2)


def test_hall_coolant() -> None:
    """100 l/min cool 3 systems of 30 l/min: of 4 MW, 1 is missed."""
    plan = plan_of(
        {JANUARY: 4},
        systems=[unit_system(price=10, coolant_lpm=30)],
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "coolant_lpm": 100}],
    )
    assert_optimum(plan, cost=30, missed=1)


def test_halls_of_a_class_are_opened_one_by_one() -> None:
    """5 MW in halls of 2 MW need 3 of the 5 halls: 3 x 7 fit-out + 5 x 10."""
    plan = plan_of(
        {JANUARY: 5},
        halls=[{"hall": "hall", "site": "site", "it_mw": 2, "count": 5, "fit_out_cost": 7}],
    )
    assert_optimum(plan, cost=71)


@pytest.mark.parametrize(("basis", "systems"), [("system", 10), ("it", 8), ("facility", 6)])
def test_basis_of_a_commitment(basis: str, systems: int) -> None:
    """A system of 600 + 200 kW at PUE 1.25 counts 0.6, 0.8 or 1.0 MW.

    6 MW need 10, 7.5 (so 8) or 6 systems at 10 each.
    """
    plan = plan_of(
        {JANUARY: 6},
        systems=[{"system": "unit", "power_kw": 600, "overhead_kw": 200, "price": 10}],
        sites=[{"site": "site", "pue": 1.25}],
        commitments=[{"commitment": "demand", "basis": basis}],
    )
    assert_optimum(plan, cost=10 * systems)


def fed_by(*nodes: str) -> list[dict[str, object]]:
    """Return a hall of 100 MW at the site for each node."""
    return [
        {"hall": f"hall {node}", "site": "site", "it_mw": 100, "fed_by": node} for node in nodes
    ]


def test_feeder_carries_facility_power_from_its_date_on() -> None:
    """2.4 MW from 15 February on: at PUE 1.2 they carry 2 MW of IT, which stand in February.

    3 MW are due in January: 3 + 1 + 1 missed by the end of March.
    """
    plan = plan_of(
        {JANUARY: 3},
        end=MARCH,
        sites=[{"site": "site", "pue": 1.2}],
        halls=fed_by("feeder"),
        power=[{"node": "feeder"}],
        energisation=[{"node": "feeder", "from": "2026-02-15", "mw": 2.4}],
    )
    assert missed_by_period(plan) == near([3, 1, 1])
    assert_optimum(plan, cost=20, missed=5)


def test_parent_node_carries_all_below_it() -> None:
    """Two feeders of 5 MW below a substation of 6 MW: of 8 MW, 2 are missed."""
    plan = plan_of(
        {JANUARY: 8},
        halls=fed_by("a", "b"),
        power=[
            {"node": "substation"},
            {"node": "a", "parent": "substation"},
            {"node": "b", "parent": "substation"},
        ],
        energisation=[
            {"node": "substation", "from": START, "mw": 6},
            {"node": "a", "from": START, "mw": 5},
            {"node": "b", "from": START, "mw": 5},
        ],
    )
    assert_optimum(plan, cost=60, missed=2)


def test_failover_group_survives_the_loss_of_its_largest_member() -> None:
    """Feeders of 6, 3 and 3 MW in a group: without the largest 6 MW are left for all.

    Of 12 MW, which the feeders could carry one by one, 6 are missed.
    """
    plan = plan_of(
        {JANUARY: 12},
        halls=fed_by("a", "b", "c"),
        power=[{"node": node, "group": "ring"} for node in "abc"],
        energisation=[
            {"node": node, "from": START, "mw": mw} for node, mw in (("a", 6), ("b", 3), ("c", 3))
        ],
    )
    assert_optimum(plan, cost=60, missed=6)


def test_crews_step_up() -> None:
    """3 systems in January and 5 a month from February on: 3, 8, 10 of the 10 due in January."""
    plan = plan_of(
        {JANUARY: 10},
        end=MARCH,
        crews=[
            {"site": "site", "from": START, "systems_per_month": 3},
            {"site": "site", "from": "2026-02-01", "systems_per_month": 5},
        ],
    )
    assert missed_by_period(plan) == near([7, 2, 0])
    assert_optimum(plan, cost=100, missed=9)


def test_commissioning_lag() -> None:
    """60 days from 1 January end on 2 March: 2 MW due in February are late by a month."""
    plan = plan_of({FEBRUARY: 2}, end=MARCH, systems=[unit_system(price=10, commission_days=60)])
    assert missed_by_period(plan) == near([0, 2, 0])
    assert_optimum(plan, cost=20, missed=2)


@pytest.mark.parametrize(("days", "missed"), [(58, 0), (59, 2)])
def test_commissioning_that_ends_on_the_last_day(days: int, missed: int) -> None:
    """58 days from 1 January end on 28 February, in time for that day; 59 do not."""
    systems = [unit_system(price=10, commission_days=days)]
    plan = plan_of({FEBRUARY: 2}, end=FEBRUARY, systems=systems)
    assert_optimum(plan, cost=0 if missed else 20, missed=missed)


@pytest.mark.parametrize("column", ["ready", "build_days"])
def test_hall_opens_late(column: str) -> None:
    """Ready on 10 February, or 40 days after a decision of 1 January: 1 MW is missed in January.

    7 fit-out + 10.
    """
    hall = {"hall": "hall", "site": "site", "it_mw": 100, "fit_out_cost": 7}
    when = {"ready": "2026-02-10", "build_days": 40}[column]
    plan = plan_of({JANUARY: 1}, end=MARCH, halls=[{**hall, column: when}])
    assert missed_by_period(plan) == near([1, 0, 0])
    assert_optimum(plan, cost=17, missed=1)


@pytest.mark.parametrize(("mw", "cost"), [(5, 80), (10, 100)])
def test_opening_cost_against_service_cost(mw: int, cost: int) -> None:
    """Far opens for 100, near for 30 and serves at 10 for each MW: 30 + 50 < 100 < 30 + 100.

    Due on 1 January, they are served for the whole month.
    """
    plan = plan_of(
        {START: mw},
        systems=[unit_system(price=0)],
        sites=[{"site": "far", "opening_cost": 100}, {"site": "near", "opening_cost": 30}],
        halls=[
            {"hall": "hall f", "site": "far", "it_mw": 50},
            {"hall": "hall n", "site": "near", "it_mw": 50},
        ],
        service=[{"commitment": "demand", "site": "near", "cost": 10}],
    )
    assert_optimum(plan, cost=cost)


def test_site_in_use_does_not_open_again() -> None:
    """One of two halls of 2 MW is open: 3 MW need the other, at 7 and no opening cost."""
    plan = plan_of(
        {JANUARY: 3},
        sites=[{"site": "site", "opening_cost": 1000}],
        halls=[
            {
                "hall": "hall",
                "site": "site",
                "it_mw": 2,
                "count": 2,
                "open_count": 1,
                "fit_out_cost": 7,
            }
        ],
    )
    assert_optimum(plan, cost=37)


def test_old_systems_give_way() -> None:
    """A full hall of 4 old systems counts 2 MW; each replaced by a new one counts 0.5 more.

    3 MW need 2 new ones. Both draw 1 MW of IT power; the basis is the system's own.
    """
    plan = plan_of(
        {JANUARY: 3},
        systems=[
            {"system": "old", "power_kw": 500, "overhead_kw": 500, "price": 1},
            {"system": "new", "power_kw": 1000, "overhead_kw": 0, "price": 10},
        ],
        halls=[{"hall": "hall", "site": "site", "it_mw": 4, "open_count": 1}],
        commitments=[{"commitment": "demand", "basis": "system"}],
        fleet=[{"hall": "hall", "system": "old", "count": 4}],
    )
    assert_optimum(plan, cost=20)
    assert sum(row["removed"] for row in plan.tables["installs"]) == near(2)


def test_successor_after_the_last_day() -> None:
    """The old system at 5 can be installed until February, the new one at 20 from April on.

    A first hall of 4 MW takes old ones, a second of 2 MW is ready in April, too late for them:
    of 6 MW due in March 2 are missed for a month; 4 x 5 + 2 x 20.
    """
    plan = plan_of(
        {MARCH: 6},
        end=APRIL,
        systems=[
            unit_system("old", price=5, available_to=FEBRUARY),
            unit_system("new", price=20, available_from="2026-03-15"),
        ],
        halls=[
            {"hall": "first", "site": "site", "it_mw": 4},
            {"hall": "second", "site": "site", "it_mw": 2, "ready": "2026-04-01"},
        ],
    )
    assert missed_by_period(plan) == near([0, 0, 2, 0])
    assert_optimum(plan, cost=60, missed=2)


def test_release_fence_leaves_the_fleet_in_service() -> None:
    """30 days from 10 January end on 9 February: nothing is installed before.

    The one system that stands serves all the time, so 2 of 3 MW are missed for a month.
    """
    plan = plan_of(
        {JANUARY: 3},
        end=MARCH,
        options={"today": "2026-01-10", "release_fence_days": 30},
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1}],
        fleet=[{"hall": "hall", "system": "unit", "count": 1}],
    )
    assert missed_by_period(plan) == near([2, 0, 0])
    assert_optimum(plan, cost=20, missed=2)


@pytest.mark.parametrize(
    ("pace", "mw_days"),
    [("just-in-time", 2 * 31 + 2), ("as-early-as-possible", 2 * 90 + 2 * 62)],
)
def test_pace(pace: str, mw_days: int) -> None:
    """4 MW due in April, crews for 2 a month, energy at 1 for each MWh.

    What crews do in a month serves from its last day on. Just in time 2 MW serve from 31 March
    (31 days) and 2 on 30 April; as early as possible 2 serve from 31 January (90 days) and 2 from
    28 February (62).
    """
    plan = plan_of(
        {APRIL: 4},
        end=APRIL,
        options={"pace": pace},
        sites=[{"site": "site", "pue": 1, "energy_price": 1}],
        crews=[{"site": "site", "from": START, "systems_per_month": 2}],
    )
    assert_optimum(plan, cost=40 + 24 * mw_days)
    if pace == "as-early-as-possible":
        assert in_service_by_period(plan) == near([2, 4, 4, 4])


@pytest.mark.parametrize(("day", "days"), [("2026-02-10", 19), (FEBRUARY, 1)])
def test_milestone_is_judged_on_its_date(day: str, days: int) -> None:
    """Due on 10 February, it is in service from then on for 19 days; due on the 28th, for one.

    So much energy of 1 MW x PUE 1.2 is paid at 50 for each MWh.
    """
    plan = plan_of({day: 1}, end=FEBRUARY, sites=[{"site": "site", "pue": 1.2, "energy_price": 50}])
    assert_optimum(plan, cost=10 + 50 * 1.2 * 24 * days)
    assert amount(plan, "energy") == near(50 * 1.2 * 24 * days)


def test_milestone_before_the_first_period_end_cuts_the_period() -> None:
    """Due on 15 January, 2 of 5 MW are missed in the days to the 15th and in those after it."""
    plan = plan_of({"2026-01-15": 5}, halls=[{"hall": "hall", "site": "site", "it_mw": 3}])
    assert missed_by_period(plan) == near([2, 2])
    assert_optimum(plan, cost=30, missed=2)


def test_quarters_count_three_months() -> None:
    """1 of 3 MW is missed for two quarters, six months. Late cost is 5 for each MW-month."""
    months = 6
    plan = plan_of(
        {MARCH: 3},
        end="2026-06-30",
        options={"period": "quarter"},
        halls=[{"hall": "hall", "site": "site", "it_mw": 2}],
        commitments=[{"commitment": "demand", "basis": "it", "late_cost": 5}],
    )
    assert plan.tables["tiers"][0]["value"] == near(months)
    assert_optimum(plan, cost=20 + 5 * months, missed=months)


def test_weeks_share_a_monthly_capacity() -> None:
    """Crews for 10 a month install 10 x 7 / 31 = 2.26 a week, so 2: 4 + 2 MW-weeks missed."""
    plan = plan_of(
        {"2026-01-11": 6},
        end="2026-01-25",
        options={"start": "2026-01-05", "period": "week"},
        crews=[{"site": "site", "from": "2026-01-05", "systems_per_month": 10}],
    )
    assert missed_by_period(plan) == near([4, 2, 0])
    assert_optimum(plan, cost=60, missed=6 * 7 / 31)


@pytest.mark.parametrize("miss", [1e-7, 5e-7, 9e-7])
@pytest.mark.parametrize("limit", ["hall", "node"])
def test_a_fleet_that_exceeds_a_limit_within_the_tolerance_serves(limit: str, miss: float) -> None:
    """Three systems of 1 MW stand under 3 MW less a millionth at most: all three serve."""
    mw = 3 * (1 - miss)
    hall = {"hall": "hall", "site": "site", "open_count": 1}
    fleet = {"hall": "hall", "system": "unit", "count": 3, "commitment": "demand"}
    if limit == "hall":
        plan = plan_of({JANUARY: 3}, halls=[hall | {"it_mw": mw}], fleet=[fleet])
    else:
        plan = plan_of(
            {JANUARY: 3},
            halls=[hall | {"it_mw": 5, "fed_by": "node"}],
            fleet=[fleet],
            power=[{"node": "node"}],
            energisation=[{"node": "node", "from": START, "mw": mw}],
        )
    assert_optimum(plan, cost=0, missed=0)


def test_a_fleet_beyond_the_tolerance_of_a_limit_is_a_fault() -> None:
    fleet = {"hall": "hall", "system": "unit", "count": 3}
    halls = [{"hall": "hall", "site": "site", "open_count": 1, "it_mw": 3 * (1 - 2e-6)}]
    with pytest.raises(InputFaults, match=r"draws 3 MW .* carry 2\.999994 MW"):
        plan_of({JANUARY: 3}, halls=halls, fleet=[fleet])


def test_what_a_week_leaves_is_carried_to_the_next() -> None:
    """4 a month are 28 / 31 = 0.9 a week from 1 January: 0, 1, 2, 3 systems stand.

    Crews never lose the fractions.
    """
    plan = plan_of(
        {"2026-01-28": 4},
        end="2026-01-28",
        options={"period": "week"},
        crews=[{"site": "site", "from": START, "systems_per_month": 4}],
    )
    assert missed_by_period(plan)[-1] == near(1)
    assert in_service_by_period(plan)[-1] == near(3)


def test_a_year_of_weeks_installs_what_twelve_months_do() -> None:
    """4 a month are 24 in half a year, and 24 + 4 x 8 / 31 = 25.03 by 8 July: 25."""
    plan = plan_of(
        {"2026-07-08": 26},
        end="2026-07-08",
        options={"period": "week"},
        crews=[{"site": "site", "from": START, "systems_per_month": 4}],
    )
    assert in_service_by_period(plan)[-1] == near(25)


def test_a_freeze_inside_a_month() -> None:
    """Crews of 100 a month, none from 2 to 26 February: 3 x 100 / 28 = 10.7, so 10 systems."""
    plan = plan_of(
        {FEBRUARY: 50},
        end=FEBRUARY,
        systems=[unit_system(price=10, available_from="2026-02-01")],
        crews=[
            {"site": "site", "from": day, "systems_per_month": rate}
            for day, rate in ((START, 100), ("2026-02-02", 0), ("2026-02-27", 100))
        ],
    )
    assert in_service_by_period(plan) == near([0, 10])


def test_an_outage_inside_a_quarter_is_missed_for_the_quarter() -> None:
    """6 MW of a fleet, and no power from 6 July to 24 September: 6 x 3 MW-months are missed."""
    plan = plan_of(
        {"2026-06-30": 6},
        end="2026-09-30",
        options={"period": "quarter"},
        halls=[{"hall": "hall", "site": "site", "it_mw": 6, "fed_by": "node", "open_count": 1}],
        systems=[unit_system(available_to="2026-01-02")],
        fleet=[{"hall": "hall", "system": "unit", "count": 6}],
        power=[{"node": "node"}],
        energisation=[
            {"node": "node", "from": day, "mw": mw}
            for day, mw in ((START, 6), ("2026-07-06", 0), ("2026-09-25", 6))
        ],
    )
    assert missed_by_period(plan) == near([0, 0, 6])
    assert_optimum(plan, cost=0, missed=18)
