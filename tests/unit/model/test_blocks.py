"""Rules of supply, logistics and deployment, each alone: the last point allowed, the first not."""

from __future__ import annotations

import pytest
from blocks import (
    FEB,
    FEB_END,
    JAN,
    JAN_END,
    TWO_SYSTEMS,
    Rule,
    alone,
    assert_edge,
    case_of,
    hall,
    sold,
)
from instances import lane, unit_system
from micro import START

from planner.model import deployment, logistics, supply
from planner.model.build import build_model


def test_a_placed_order_beyond_the_capacity_is_a_debt() -> None:
    """A firm order of 11 units from a maker of 10 a month: nothing else starts until it is made.

    Placed on 10 February, it takes all of the 19 days that February has left, 6.79 units, and
    contradicts nothing.
    """
    case = case_of(
        supply=[sold()],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 10}],
        orders=[
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 11,
                "placed": "2026-02-10",
                "arrives": "2026-02-22",
            }
        ],
    )
    model = build_model(case, rules=(supply.start_within_supplier_capacity,))
    assert {index for _, index in model.frame.rows} >= {("maker", JAN_END)}
    assert case.supply.capacity["maker", JAN_END] == pytest.approx(10)
    assert sum(case.supply.capacity.values()) == pytest.approx(10 + 10 * 9 / 28)


@alone(supply.start_within_supplier_capacity)
def test_supplier_capacity(rule: Rule) -> None:
    """10 a month: 2 lots of 2 units at 1.5 are 6, a placed order of 1 unit 1.5, 5 others 2.5.

    Another lot of either is too much, and February's own 20 start later.
    """
    unit, other = ("maker", "unit"), ("maker", "other")
    assert_edge(
        rule,
        {"order_lots": {(*unit, JAN_END): 2, (*other, JAN_END): 5, (*other, FEB_END): 40}},
        [
            {"order_lots": {(*other, JAN_END): 6}},
            {"order_lots": {(*unit, JAN_END): 3}},
            {"order_lots": {(*other, FEB_END): 41}},
        ],
        systems=TWO_SYSTEMS,
        supply=[sold(lot=2, capacity_use=1.5), sold("other", capacity_use=0.5)],
        supply_capacity=[
            {"supplier": "maker", "from": START, "units_per_month": 10},
            {"supplier": "maker", "from": "2026-02-01", "units_per_month": 20},
        ],
        orders=[
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 1,
                "placed": "2026-01-10",
                "arrives": "2026-01-20",
            }
        ],
    )


@alone(supply.order_at_least_the_minimum)
def test_minimum_order(rule: Rule) -> None:
    """At least 12 units in lots of 4 are 3 lots; 2 are too few; without an order none is due."""
    assert_edge(
        rule,
        {
            "order_lots": {("maker", "unit", JAN_END): 3},
            "place_order": {("maker", "unit", JAN_END): 1},
        },
        [
            {"order_lots": {("maker", "unit", JAN_END): 2}},
            {"place_order": {("maker", "unit", FEB_END): 1}},
        ],
        supply=[sold(min_order=12, lot=4)],
    )


def test_an_order_is_of_a_lot_at_least() -> None:
    """Without a minimum, an order that is placed and paid for is of one lot of 4."""
    assert_edge(
        supply.order_at_least_the_minimum,
        {
            "order_lots": {("maker", "unit", JAN_END): 1},
            "place_order": {("maker", "unit", JAN_END): 1},
        },
        [{"order_lots": {("maker", "unit", JAN_END): 0}}],
        supply=[sold(order_cost=5, lot=4)],
    )


@alone(supply.place_an_order_to_order_lots)
def test_an_order_is_placed_for_its_lots(rule: Rule) -> None:
    """A capacity of 6 at 0.5 a unit, and a lot that is left of before: 7 lots of 2, once placed."""
    key = ("maker", "unit", JAN_END)
    assert_edge(
        rule,
        {"order_lots": {key: 7}, "place_order": {key: 1}},
        [
            {"order_lots": {key: 8}},
            {"place_order": {key: 0}},
            {"order_lots": {("maker", "unit", FEB_END): 1}},
        ],
        supply=[sold(order_cost=5, lot=2, capacity_use=0.5)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 6}],
    )


@alone(supply.take_or_pay)
def test_take_or_pay(rule: Rule) -> None:
    """Half of a capacity of 20 at 2 a unit is 5 units: 3 ordered, 1.5 placed, 0.5 paid unused.

    February has no placed order: 2 lots and 3 unused.
    """
    assert_edge(
        rule,
        {
            "order_lots": {("maker", "unit", JAN_END): 3, ("maker", "unit", FEB_END): 2},
            "pay_unused": {("maker", "unit", JAN_END): 0.5, ("maker", "unit", FEB_END): 3},
        },
        [
            {"pay_unused": {("maker", "unit", JAN_END): 0.49}},
            {"pay_unused": {("maker", "unit", FEB_END): 2.99}},
            {"order_lots": {("maker", "unit", JAN_END): 2}},
        ],
        supply=[sold(take_or_pay_share=0.5, capacity_use=2)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 20}],
        orders=[
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 1.5,
                "placed": START,
                "arrives": START,
            }
        ],
    )


ASSEMBLED = {
    "supply": [sold("wafer", **{"yield": 0.5, "lot": 4})],
    "bom": [{"system": "unit", "item": "wafer", "quantity": 2}],
    "plants": [{"plant": "plant", "system": "unit", "units_per_month": 3, "lead_days": 31}],
    "lanes": [lane("maker", "plant"), lane("plant", "site")],
    "orders": [
        {"order": "PO", "supplier": "maker", "item": "wafer", "quantity": 6, "arrives": START}
    ],
}
"""Wafers, half of them good, to a plant that makes a unit of two of them in 31 days.

A unit that is installed on 28 February is started on 28 January, from wafers ordered that day.
"""

STARTED = 27


@alone(logistics.start_within_plant_capacity)
def test_plant_capacity(rule: Rule) -> None:
    """3 a month are 3 x 28 / 31 = 2.709677 from 1 to 28 January."""
    start = {("plant", "unit", STARTED): 2.7096}
    over = {("plant", "unit", STARTED): 2.7098}
    assert_edge(rule, {"start_assembly": start}, [{"start_assembly": over}], **ASSEMBLED)


@alone(logistics.balance_stock)
def test_stock_balance(rule: Rule) -> None:
    """Maker: 2 lots of 4 at a yield of 0.5 and 6 x 0.5 placed are 7, 6 leave: 1 stays.

    Plant: 6 wafers land, 2 starts take 2 each: 2 stay. On 28 February 2 units are finished and 1
    leaves: 1 stays. Site: 1 lands and is installed: none stays.
    """
    wafers, units = ("maker", "wafer"), ("plant", "unit")
    to_plant, to_site = ("maker", "plant", "wafer", STARTED), ("plant", "site", "unit", FEB_END)
    assert_edge(
        rule,
        {
            "order_lots": {(*wafers, STARTED): 2},
            "ship_units": {to_plant: 6, to_site: 1},
            "start_assembly": {(*units, STARTED): 2},
            "install_systems": {("hall", "unit", FEB_END): 1},
            "stock": {(*wafers, STARTED): 1, ("plant", "wafer", STARTED): 2, (*units, FEB_END): 1},
        },
        [
            {"order_lots": {(*wafers, STARTED): 1}},
            {"order_lots": {(*wafers, STARTED): 3}},
            {"ship_units": {to_plant: 5}},
            {"ship_units": {to_site: 2}},
            {"start_assembly": {(*units, STARTED): 1}},
            {"install_systems": {("hall", "unit", FEB_END): 0}},
            {"stock": {(*wafers, STARTED): 0}},
            {"stock": {(*units, FEB_END): 2}},
        ],
        **ASSEMBLED,
    )


@alone(logistics.ship_within_lane_capacity)
def test_lane_capacity(rule: Rule) -> None:
    """5 units of all items leave in a month: 3 and 2 do, 3 and 2.5 do not."""
    way = ("maker", "site")
    assert_edge(
        rule,
        {
            "ship_units": {
                (*way, "unit", JAN_END): 3,
                (*way, "other", JAN_END): 2,
                (*way, "unit", FEB_END): 5,
            }
        },
        [
            {"ship_units": {(*way, "other", JAN_END): 2.5}},
            {"ship_units": {(*way, "unit", FEB_END): 5.1}},
        ],
        systems=TWO_SYSTEMS,
        supply=[sold(), sold("other")],
        lanes=[{**lane("maker", "site"), "units_per_month": 5}],
    )


@alone(logistics.hold_within_storage)
def test_storage(rule: Rule) -> None:
    """A depot of 4 and a site of 2 units: 1 and 3 of two items are held, 1 and 3.5 are not."""
    assert_edge(
        rule,
        {
            "stock": {
                ("depot", "unit", JAN_END): 1,
                ("depot", "other", JAN_END): 3,
                ("site", "unit", FEB_END): 2,
                ("maker", "unit", JAN_END): 1000,
            }
        },
        [
            {"stock": {("depot", "other", JAN_END): 3.5}},
            {"stock": {("site", "unit", FEB_END): 2.1}},
        ],
        systems=TWO_SYSTEMS,
        supply=[sold(), sold("other")],
        depots=[{"depot": "depot", "storage": 4}],
        sites=[{"site": "site", "pue": 1, "storage": 2}],
        lanes=[lane("maker", "depot"), lane("depot", "site")],
    )


@alone(deployment.balance_systems_in_service)
def test_service_balance(rule: Rule) -> None:
    """4 in the fleet + 3 - 2 = 5 in January, + 1 = 6 in February; one more or less is not so."""
    key = ("hall", "unit")
    assert_edge(
        rule,
        {
            "install_systems": {(*key, JAN_END): 3, (*key, FEB_END): 1},
            "remove_systems": {(*key, JAN): 2},
            "commissioned_systems": {(*key, JAN): 5, (*key, FEB): 6},
        },
        [
            {"commissioned_systems": {(*key, JAN): 6}},
            {"commissioned_systems": {(*key, FEB): 5}},
            {"remove_systems": {(*key, JAN): 1}},
            {"install_systems": {(*key, FEB_END): 2}},
        ],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 4}],
    )


def test_systems_are_in_service_once_commissioned() -> None:
    """Of 31 days: 4 installed on 28 January are in service on 28 February, beside a fleet of 2."""
    key = ("hall", "unit")
    assert_edge(
        deployment.balance_systems_in_service,
        {
            "install_systems": {(*key, FEB_END - 31): 4},
            "commissioned_systems": {(*key, JAN): 2, (*key, FEB): 6},
        },
        [{"commissioned_systems": {(*key, JAN): 6}}, {"commissioned_systems": {(*key, FEB): 2}}],
        systems=[unit_system(commission_days=31)],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 2}],
    )


@alone(deployment.remove_only_systems_in_service)
def test_removals(rule: Rule) -> None:
    """Of a fleet of 4 no more are removed on 1 January, of 5 in service no more on 1 February."""
    key = ("hall", "unit")
    assert_edge(
        rule,
        {
            "remove_systems": {(*key, JAN): 4, (*key, FEB): 5},
            "commissioned_systems": {(*key, JAN): 5, (*key, FEB): 9},
        },
        [{"remove_systems": {(*key, JAN): 5}}, {"remove_systems": {(*key, FEB): 6}}],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 4}],
    )


@alone(deployment.install_within_crew_capacity)
def test_crew_capacity(rule: Rule) -> None:
    """Crews of 3 a month install 2 in one hall and 1 in another; 5 from February on; not 4, 6."""
    assert_edge(
        rule,
        {
            "install_systems": {
                ("hall", "unit", JAN_END): 2,
                ("next", "other", JAN_END): 1,
                ("hall", "other", FEB_END): 5,
            }
        },
        [
            {"install_systems": {("next", "other", JAN_END): 2}},
            {"install_systems": {("hall", "other", FEB_END): 6}},
        ],
        systems=TWO_SYSTEMS,
        halls=[hall(), hall("next")],
        crews=[
            {"site": "site", "from": START, "systems_per_month": 3},
            {"site": "site", "from": "2026-02-01", "systems_per_month": 5},
        ],
    )
