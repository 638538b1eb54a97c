"""Micro cases of commitments and money: one rule binds in each, the optimum is by hand."""

from __future__ import annotations

import pytest
from instances import unit_system
from micro import (
    FEBRUARY,
    JANUARY,
    MARCH,
    START,
    amount,
    assert_optimum,
    missed_by_period,
    near,
    plan_of,
)

TWO_SITES = [{"site": "here", "country": "US"}, {"site": "there", "country": "NO"}]


def hall(site: str, mw: float) -> dict[str, object]:
    """Return a hall of a site."""
    return {"hall": f"hall {site}", "site": site, "it_mw": mw}


def test_countries() -> None:
    """Only the 3 MW in the country may serve the 5 MW: 2 are missed."""
    plan = plan_of(
        {JANUARY: 5},
        sites=TWO_SITES,
        halls=[hall("here", 3), hall("there", 10)],
        commitments=[{"commitment": "demand", "basis": "it", "countries": "US"}],
    )
    assert_optimum(plan, cost=30, missed=2)


def test_systems() -> None:
    """Only the dear system may serve: 5 x 10, though there is one at 1."""
    plan = plan_of(
        {JANUARY: 5},
        systems=[unit_system("cheap", price=1), unit_system("dear", price=10)],
        commitments=[{"commitment": "demand", "basis": "it", "systems": "dear"}],
    )
    assert_optimum(plan, cost=50)


def test_service_not_allowed() -> None:
    """The free site is not allowed, the other serves at 3 for each MW, a month: 2 x (10 + 3)."""
    plan = plan_of(
        {START: 2},
        sites=TWO_SITES,
        halls=[hall("here", 10), hall("there", 10)],
        service=[
            {"commitment": "demand", "site": "here", "cost": 0, "allowed": "no"},
            {"commitment": "demand", "site": "there", "cost": 3},
        ],
    )
    assert_optimum(plan, cost=26)


@pytest.mark.parametrize(("owner", "missed", "cost"), [("other", 2, 20), (None, 0, 10)])
def test_dedicated_fleet(owner: str | None, missed: float, cost: float) -> None:
    """A hall of 7 MW holds 5 systems; 4 MW are due here, 2 elsewhere.

    If the 5 may serve the other commitment only, the 2 that still fit leave 2 MW missed. If not,
    6 MW need one system more.
    """
    plan = plan_of(
        halls=[{**hall("site", 7), "open_count": 1}],
        commitments=[
            {"commitment": "demand", "basis": "it"},
            {"commitment": "other", "basis": "it"},
        ],
        milestones=[
            {"commitment": "demand", "date": JANUARY, "mw": 4},
            {"commitment": "other", "date": JANUARY, "mw": 2},
        ],
        fleet=[{"hall": "hall site", "system": "unit", "count": 5, "commitment": owner}],
    )
    assert_optimum(plan, cost=cost, missed=missed)


def test_dedicated_fleet_makes_no_room() -> None:
    """5 old systems fill a hall for the other commitment, which needs 2: none makes room for new.

    All 4 MW due here are missed.
    """
    plan = plan_of(
        systems=[unit_system("old", price=10, available_to=START), unit_system("new", price=10)],
        halls=[{**hall("site", 5), "open_count": 1}],
        commitments=[
            {"commitment": "demand", "basis": "it"},
            {"commitment": "other", "basis": "it"},
        ],
        milestones=[
            {"commitment": "demand", "date": JANUARY, "mw": 4},
            {"commitment": "other", "date": JANUARY, "mw": 2},
        ],
        fleet=[{"hall": "hall site", "system": "old", "count": 5, "commitment": "other"}],
    )
    assert missed_by_period(plan, "other") == near([0])
    assert_optimum(plan, cost=0, missed=4)


@pytest.mark.parametrize(("owner", "kept"), [("demand", 5), (None, 2)])
def test_dedicated_fleet_stays_at_any_cost(owner: str | None, kept: int) -> None:
    """2 of 5 systems are needed; the others save their energy of February if they may go.

    All pay for January, at 24 x 31 each, and those that stay for 28 days more.
    """
    plan = plan_of(
        {FEBRUARY: 2},
        end=FEBRUARY,
        systems=[unit_system(price=1e5)],
        sites=[{"site": "site", "pue": 1, "energy_price": 1}],
        halls=[{**hall("site", 5), "open_count": 1}],
        fleet=[{"hall": "hall site", "system": "unit", "count": 5, "commitment": owner}],
    )
    assert_optimum(plan, cost=24 * (31 * 5 + 28 * kept))


def test_priorities_come_before_cost() -> None:
    """6 MW for 4 of priority 1 and 5 of priority 2: 3 of the second are missed, at any late cost.

    60 for systems and 3 x 1000.
    """
    plan = plan_of(
        halls=[hall("site", 6)],
        commitments=[
            {"commitment": "first", "basis": "it", "priority": 1},
            {"commitment": "second", "basis": "it", "priority": 2, "late_cost": 1000},
        ],
        milestones=[
            {"commitment": "first", "date": JANUARY, "mw": 4},
            {"commitment": "second", "date": JANUARY, "mw": 5},
        ],
    )
    assert [tier["value"] for tier in plan.tables["tiers"]][:3] == near([0, 3, 3060])
    assert missed_by_period(plan, "first") == near([0])
    assert missed_by_period(plan, "second") == near([3])
    assert_optimum(plan, cost=3060, missed=3)


def test_service_comes_before_cost() -> None:
    """A system at a million is bought for a commitment whose lateness costs nothing."""
    assert_optimum(plan_of({JANUARY: 1}, systems=[unit_system(price=1e6)]), cost=1e6)


def test_systems_serve_one_commitment_at_a_time() -> None:
    """2 + 3 MW of two commitments need 5 systems, not 3."""
    plan = plan_of(
        commitments=[{"commitment": name, "basis": "it"} for name in "ab"],
        milestones=[
            {"commitment": "a", "date": JANUARY, "mw": 2},
            {"commitment": "b", "date": JANUARY, "mw": 3},
        ],
    )
    assert_optimum(plan, cost=50)


def test_service_cost_by_month() -> None:
    """1 MW from 31 January on, 3 from 28 February to 31 March, at 2 for each MW-month; 3 x 10.

    That is 1 / 31 + 27 / 28 months of 1 MW, then 1 / 28 + 1 months of 3.
    """
    served = 1 / 31 + 27 / 28 + 3 * (1 / 28 + 1)
    plan = plan_of(
        {JANUARY: 1, FEBRUARY: 3},
        end=MARCH,
        service=[{"commitment": "demand", "site": "site", "cost": 2}],
    )
    assert amount(plan, "service") == near(2 * served)
    assert_optimum(plan, cost=30 + 2 * served)


def test_budget() -> None:
    """55 until the end of January buy 5 of 10 systems; 5 MW are missed until February."""
    plan = plan_of({JANUARY: 10}, end=FEBRUARY, budget=[{"date": JANUARY, "cumulative": 55}])
    assert missed_by_period(plan) == near([5, 0])
    assert_optimum(plan, cost=100, missed=5)


def test_budget_counts_money_as_it_is_spent() -> None:
    """195 do not buy a system at 100 in each January, though the second counts only 90.2 today.

    1 MW is missed in January 2027, and one system is bought, on 31 January 2026, 30 days on.
    """
    plan = plan_of(
        {JANUARY: 1, "2027-01-31": 2},
        end="2027-01-31",
        options={"discount_rate": 0.1},
        systems=[unit_system(price=100)],
        budget=[{"date": "2027-01-31", "cumulative": 195}],
    )
    assert_optimum(plan, cost=100 * 1.1 ** (-30 / 365), missed=1)


@pytest.mark.parametrize(("day", "most", "missed"), [(JANUARY, 30, 0), (FEBRUARY, 49, 1)])
def test_budget_counts_orders_already_placed_by_its_date(
    day: str, most: float, missed: float
) -> None:
    """3 systems at 10 in January, and 20 of an order placed in February: 30, then 50 in all.

    So 30 by the end of January are enough. 49 by the end of February leave 1 MW out until the order
    arrives on 20 February.
    """
    plan = plan_of(
        {JANUARY: 3},
        end=FEBRUARY,
        supply=[{"supplier": "maker", "item": "unit", "lead_days": 0, "price": 10}],
        orders=[
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 2,
                "placed": "2026-02-10",
                "arrives": "2026-02-20",
            }
        ],
        budget=[{"date": day, "cumulative": most}],
    )
    assert_optimum(plan, cost=50 - 10 * (missed > 0), missed=missed)


def test_a_fleet_of_none_has_not_opened_its_site() -> None:
    """A row of 0 systems stands for nothing: opening costs 100 beside the system's 10."""
    for count, cost in ((0, 110), (1, 0)):
        plan = plan_of(
            {JANUARY: 1},
            sites=[{"site": "site", "pue": 1, "opening_cost": 100}],
            halls=[{"hall": "hall", "site": "site", "it_mw": 100, "open_count": count}],
            fleet=[{"hall": "hall", "system": "unit", "count": count}],
        )
        assert_optimum(plan, cost=cost)


def test_budget_leaves_late_cost_out() -> None:
    """20 buy 2 of 3 MW; the third is late at 50, which no budget holds."""
    plan = plan_of(
        {JANUARY: 3},
        commitments=[{"commitment": "demand", "basis": "it", "late_cost": 50}],
        budget=[{"date": JANUARY, "cumulative": 20}],
    )
    assert_optimum(plan, cost=70, missed=1)


def test_discounting() -> None:
    """100 on 31 January and 100 after 365 days more, at 10 % a year."""
    plan = plan_of(
        {JANUARY: 1, "2027-01-31": 2},
        end="2027-01-31",
        options={"discount_rate": 0.1},
        systems=[unit_system(price=100)],
    )
    assert amount(plan, "purchase") == near(200)
    assert_optimum(plan, cost=(100 + 100 / 1.1) * 1.1 ** (-30 / 365))


def test_discounting_counts_days() -> None:
    """1 MW due on 28 February is bought that day: 58 days after the start, at 20 % a year."""
    plan = plan_of({FEBRUARY: 1}, end=FEBRUARY, options={"discount_rate": 0.2})
    assert_optimum(plan, cost=10 / 1.2 ** (58 / 365))


def test_country_of_a_fleet() -> None:
    """2 systems stand in another country and do not serve; 2 new ones are bought."""
    plan = plan_of(
        {JANUARY: 2},
        sites=TWO_SITES,
        halls=[hall("here", 10), {**hall("there", 10), "open_count": 1}],
        commitments=[{"commitment": "demand", "basis": "it", "countries": "US"}],
        fleet=[{"hall": "hall there", "system": "unit", "count": 2}],
    )
    assert_optimum(plan, cost=20)


def test_continuous_counts() -> None:
    """2.5 MW need 2.5 systems where counts are continuous and 3 where they are whole."""
    for counts, cost in (("continuous", 25), ("integer", 30)):
        assert_optimum(plan_of({JANUARY: 2.5}, options={"counts": counts}), cost=cost)
