"""Micro cases of supply and logistics: one rule binds in each, the optimum is by hand."""

from __future__ import annotations

import pytest
from instances import lane, unit_system
from micro import (
    APRIL,
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


def sold_by(supplier: str = "maker", item: str = "unit", **columns: object) -> dict[str, object]:
    """Return a row of supply without lead time."""
    return {"supplier": supplier, "item": item, "lead_days": 0, **columns}


def capacity(units: float, start: str = START, supplier: str = "maker") -> dict[str, object]:
    """Return a row of supply_capacity."""
    return {"supplier": supplier, "from": start, "units_per_month": units}


def test_lead_time() -> None:
    """40 days from 1 January end on 10 February: in service in February, 2 MW missed for January.

    The supplier's price of 7 takes the place of the system's 10.
    """
    plan = plan_of({JANUARY: 2}, end=APRIL, supply=[sold_by(price=7, lead_days=40)])
    assert missed_by_period(plan) == near([2, 0, 0, 0])
    assert_optimum(plan, cost=14, missed=2)


def test_price_of_the_system_where_the_supplier_names_none() -> None:
    """3 x 10."""
    assert_optimum(plan_of({JANUARY: 3}, supply=[sold_by()]), cost=30)


def test_yield_and_lots() -> None:
    """10 good units at a yield of 0.9 need 11.1, so 3 lots of 5: 15 units at 5."""
    plan = plan_of({JANUARY: 10}, supply=[sold_by(price=5, lot=5, **{"yield": 0.9})])
    assert_optimum(plan, cost=75)


@pytest.mark.parametrize(("other", "cost"), [(20, 50), (15, 45)])
def test_minimum_order(other: int, cost: int) -> None:
    """3 units: the least order of 25 at 2 is 50, another supplier takes 3 x 20 or 3 x 15."""
    plan = plan_of(
        {JANUARY: 3}, supply=[sold_by(price=2, min_order=25), sold_by("other", price=other)]
    )
    assert_optimum(plan, cost=cost)


def test_minimum_order_beyond_what_all_halls_hold() -> None:
    """The hall holds 3 systems, the least order is 25 at 2; what is too much is left over."""
    plan = plan_of(
        {JANUARY: 3},
        supply=[sold_by(price=2, min_order=25)],
        halls=[{"hall": "hall", "site": "site", "it_mw": 3}],
    )
    assert_optimum(plan, cost=50)


def test_minimum_order_of_lots_that_do_not_fill_it() -> None:
    """No less than 5 in lots of 4 are two lots, though the hall holds one system: 8 at 2."""
    plan = plan_of(
        {JANUARY: 1},
        supply=[sold_by(price=2, min_order=5, lot=4)],
        halls=[{"hall": "hall", "site": "site", "it_mw": 1}],
    )
    assert_optimum(plan, cost=16)


@pytest.mark.parametrize(("mw", "cost"), [(11, 110), (12, 112)])
def test_order_cost(mw: int, cost: int) -> None:
    """100 for the order and 1 for each unit, or 10 for each: 110 < 111 and 112 < 120."""
    plan = plan_of(
        {JANUARY: mw}, supply=[sold_by(price=1, order_cost=100), sold_by("other", price=10)]
    )
    assert_optimum(plan, cost=cost)


def test_order_cost_once_for_each_period_with_an_order() -> None:
    """3 units a month: the second month's could be stored free of cost, but the maker makes 4.

    So two orders of 100 and 6 units at 1.
    """
    plan = plan_of(
        {JANUARY: 3, FEBRUARY: 6},
        end=FEBRUARY,
        supply=[sold_by(price=1, order_cost=100)],
        supply_capacity=[capacity(4)],
    )
    assert amount(plan, "orders") == near(200)
    assert_optimum(plan, cost=206)


def test_take_or_pay() -> None:
    """Half of 10 a month is paid for in any case: 15 units in three months at 4.

    The 6 units needed are ordered within them, 5 or fewer a month: 24 + 36, not 6 + 5 + 5 units.
    """
    plan = plan_of(
        {MARCH: 6},
        end=MARCH,
        supply=[sold_by(price=4, take_or_pay_share=0.5)],
        supply_capacity=[capacity(10)],
    )
    assert amount(plan, "take_or_pay") == near(36)
    assert_optimum(plan, cost=60)


def test_days_on_which_a_placed_order_takes_all_settle_nothing() -> None:
    """Half of 2 a month is paid for in any case: 1 unit at 4 in January, and 1 in February.

    The order placed on 1 February takes all of the first 14 days, and is the unit of February. A
    window of crews ends with them, and the supplier's too, but it is no day on which to order.
    """
    plan = plan_of(
        {FEBRUARY: 1},
        end=FEBRUARY,
        supply=[sold_by(price=4, take_or_pay_share=0.5)],
        supply_capacity=[capacity(2)],
        orders=[
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 1,
                "placed": "2026-02-01",
                "arrives": "2026-02-15",
            }
        ],
        crews=[{"site": "site", "from": START, "systems_per_month": 100}],
    )
    assert_optimum(plan, cost=8)


def test_shared_capacity_is_weighted() -> None:
    """10 of capacity: small takes 1, large takes 3. 4 small leave 6, so 2 of 3 large.

    One large fewer misses 1 MW, where one small fewer would save too little. 4 x 10 + 2 x 20.
    """
    plan = plan_of(
        systems=[unit_system("small", price=10), unit_system("large", price=20)],
        supply=[sold_by(item="small", capacity_use=1), sold_by(item="large", capacity_use=3)],
        supply_capacity=[capacity(10)],
        commitments=[
            {"commitment": "s", "basis": "it", "systems": "small"},
            {"commitment": "l", "basis": "it", "systems": "large"},
        ],
        milestones=[
            {"commitment": "s", "date": JANUARY, "mw": 4},
            {"commitment": "l", "date": JANUARY, "mw": 3},
        ],
    )
    assert_optimum(plan, cost=80, missed=1)


def test_capacity_counts_from_its_day() -> None:
    """2 a month, 5 from 10 February: 2 x 9 / 28 + 5 x 19 / 28 = 4.04 in February.

    So 2, 6, 9 of 9 MW due in January.
    """
    plan = plan_of(
        {JANUARY: 9},
        end=MARCH,
        supply=[sold_by()],
        supply_capacity=[capacity(2), capacity(5, "2026-02-10")],
    )
    assert missed_by_period(plan) == near([7, 3, 0])
    assert_optimum(plan, cost=90, missed=10)


@pytest.mark.parametrize("sheet", ["systems", "supply", "plants"])
def test_not_before_its_first_day(sheet: str) -> None:
    """Installed, ordered or assembled from 10 February: in service in February, a month late.

    The system costs 10 where it is sold, and 4 of parts and 6 of work where it is assembled.
    """
    rows = {
        "systems": {"systems": [unit_system(price=10, available_from="2026-02-10")]},
        "supply": {"supply": [sold_by(available_from="2026-02-10")]},
        "plants": {
            "supply": [sold_by(item="part", price=4)],
            "bom": [{"system": "unit", "item": "part", "quantity": 1}],
            "plants": [
                {
                    "plant": "plant",
                    "system": "unit",
                    "units_per_month": 9,
                    "lead_days": 0,
                    "cost": 6,
                    "from": "2026-02-10",
                }
            ],
        },
    }
    plan = plan_of({JANUARY: 2}, end=MARCH, **rows[sheet])
    assert missed_by_period(plan) == near([2, 0, 0])
    assert_optimum(plan, cost=20, missed=2)


def test_plant_capacity_and_bill_of_materials() -> None:
    """3 of 5 systems start in January, 2 in February: 2 MW missed for a month.

    Each takes 2 parts at 1 and 5 of work: 5 x 7. The system's own price of 10 is not paid.
    """
    plan = plan_of(
        {JANUARY: 5},
        end=FEBRUARY,
        supply=[sold_by(item="part", price=1)],
        bom=[{"system": "unit", "item": "part", "quantity": 2}],
        plants=[
            {"plant": "plant", "system": "unit", "units_per_month": 3, "lead_days": 0, "cost": 5}
        ],
    )
    assert_optimum(plan, cost=35, missed=2)


def test_lead_times_add_up_along_the_chain() -> None:
    """30 days to the dock and 30 of assembly from 1 January end on 2 March.

    No stage waits for the next: 1 MW missed in January and February.
    """
    plan = plan_of(
        {JANUARY: 1},
        end=APRIL,
        supply=[sold_by(item="part", price=1, lead_days=30)],
        bom=[{"system": "unit", "item": "part", "quantity": 1}],
        plants=[{"plant": "plant", "system": "unit", "units_per_month": 3, "lead_days": 30}],
    )
    assert missed_by_period(plan) == near([1, 1, 0, 0])
    assert_optimum(plan, cost=1, missed=2)


def test_lane_capacity_and_freight() -> None:
    """4 units a month leave: 4, 8, 10 of 10 MW due in January; 10 x (10 + 2)."""
    plan = plan_of(
        {JANUARY: 10},
        end=MARCH,
        supply=[sold_by()],
        lanes=[{**lane("maker", "site", 2), "units_per_month": 4}],
    )
    assert missed_by_period(plan) == near([6, 2, 0])
    assert_optimum(plan, cost=120, missed=8)


def test_transit_time() -> None:
    """32 days from 1 January end on 2 February: in service in February, 1 MW missed a month."""
    plan = plan_of(
        {JANUARY: 1},
        end=MARCH,
        supply=[sold_by()],
        lanes=[{**lane("maker", "site"), "transit_days": 32}],
    )
    assert_optimum(plan, cost=10, missed=1)


def test_cheapest_way() -> None:
    """Through the depot a unit pays 1 + 2, straight 5: 10 x (10 + 3)."""
    plan = plan_of(
        {JANUARY: 10},
        supply=[sold_by()],
        depots=[{"depot": "depot"}],
        lanes=[lane("maker", "depot", 1), lane("depot", "site", 2), lane("maker", "site", 5)],
    )
    assert_optimum(plan, cost=130)


def test_storage_and_holding_cost() -> None:
    """The hall is ready in March; until then the site stores 3 units, and 6 come in a month.

    So 9 of 12 MW stand in March. The 3 come by 28 February, to be held until 30 March at 1 each a
    month, i.e. for 1 / 28 + 30 / 31 months.
    """
    held = 3 * (1 / 28 + 30 / 31)
    plan = plan_of(
        {MARCH: 12},
        end=MARCH,
        supply=[sold_by()],
        lanes=[{**lane("maker", "site"), "units_per_month": 6}],
        sites=[{"site": "site", "storage": 3, "holding_cost": 1}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "ready": "2026-03-01"}],
    )
    assert amount(plan, "holding") == near(held)
    assert_optimum(plan, cost=90 + held, missed=3)


def test_depot_storage() -> None:
    """4 units a month reach the depot, which stores 5 until the hall is ready in March.

    The site stores none: 5 + 4 of 12 MW stand in March.
    """
    plan = plan_of(
        {MARCH: 12},
        end=MARCH,
        supply=[sold_by()],
        depots=[{"depot": "depot", "storage": 5}],
        lanes=[{**lane("maker", "depot"), "units_per_month": 4}, lane("depot", "site")],
        sites=[{"site": "site", "storage": 0}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "ready": "2026-03-01"}],
    )
    assert_optimum(plan, cost=90, missed=3)


@pytest.mark.parametrize(
    ("placed", "cost"), [(None, 0), ("2025-12-20", 0), ("2026-01-05", 4 * 7 + 9)]
)
def test_firm_order(placed: str | None, cost: int) -> None:
    """4 units at a yield of 0.5 arrive on 10 February: 2 of 3 MW from February on.

    What is ordered now, with 90 days of lead time, would come in April. Placed in the plan, the
    firm order costs 4 x 7 + 9; placed before, nothing more.
    """
    plan = plan_of(
        {JANUARY: 3},
        end=MARCH,
        supply=[sold_by(lead_days=90, price=7, order_cost=9, **{"yield": 0.5})],
        orders=[
            {
                "order": "PO-1",
                "supplier": "maker",
                "item": "unit",
                "quantity": 4,
                "arrives": "2026-02-10",
                "placed": placed,
            }
        ],
    )
    assert missed_by_period(plan) == near([3, 1, 1])
    assert_optimum(plan, cost=cost, missed=5)


def test_firm_order_takes_its_share_of_capacity() -> None:
    """Of 5 in January a firm order takes 3, which arrive in February: 2 MW at once, then all 5.

    3 MW missed for a month, 5 x 7 paid.
    """
    plan = plan_of(
        {JANUARY: 5},
        end=FEBRUARY,
        supply=[sold_by(price=7)],
        supply_capacity=[capacity(5)],
        orders=[
            {
                "order": "PO-1",
                "supplier": "maker",
                "item": "unit",
                "quantity": 3,
                "arrives": "2026-02-20",
                "placed": START,
            }
        ],
    )
    assert missed_by_period(plan) == near([3, 0])
    assert_optimum(plan, cost=35, missed=3)
