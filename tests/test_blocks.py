"""Rules of supply, logistics and deployment, each alone: the last point allowed, the first not."""

from __future__ import annotations

import pytest
from blocks import FEB, JAN, TWO_SYSTEMS, Rule, alone, assert_edge, case_of, hall, sold
from instances import lane
from micro import START

from planner.model import deployment, logistics, supply
from planner.model.build import build_model
from planner.model.frame import ContradictionError


def test_a_rule_that_firm_data_break_by_themselves_is_a_contradiction() -> None:
    """A firm order of 11 units from a maker of 10, who can start nothing else by the last month.

    Made in 40 days, an order of February comes too late: no decision is in that month's rule.
    """
    case = case_of(
        supply=[sold(lead_days=40)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 10}],
        orders=[{"order": "PO", "supplier": "maker", "item": "unit", "quantity": 11,
                 "placed": "2026-02-10", "arrives": "2026-03-22"}],
    )  # fmt: skip
    with pytest.raises(ContradictionError) as caught:
        build_model(case, rules=(supply.start_within_supplier_capacity,))
    assert caught.value.rule == "supplier_capacity"
    assert caught.value.index == ("maker", FEB)
    assert str(caught.value) == "supplier_capacity ('maker', 1): 0 <= -1 does not hold"


@alone(supply.start_within_supplier_capacity)
def test_supplier_capacity(rule: Rule) -> None:
    """10 a month: 2 lots of 2 units at 1.5 are 6, a placed order of 1 unit 1.5, 5 others 2.5.

    Another lot of either is too much, and February's own 20 start later.
    """
    assert_edge(
        rule,
        {"order_lots": {("maker", "unit", JAN): 2, ("maker", "other", JAN): 5,
                        ("maker", "other", FEB): 40}},
        [{"order_lots": {("maker", "other", JAN): 6}}, {"order_lots": {("maker", "unit", JAN): 3}},
         {"order_lots": {("maker", "other", FEB): 41}}],
        systems=TWO_SYSTEMS,
        supply=[sold(lot=2, capacity_use=1.5), sold("other", capacity_use=0.5)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 10},
                         {"supplier": "maker", "from": "2026-02-01", "units_per_month": 20}],
        orders=[{"order": "PO", "supplier": "maker", "item": "unit", "quantity": 1,
                 "placed": "2026-01-10", "arrives": "2026-01-20"}],
    )  # fmt: skip


@alone(supply.order_at_least_the_minimum)
def test_minimum_order(rule: Rule) -> None:
    """At least 12 units in lots of 4 are 3 lots; 2 are too few; without an order none is due."""
    assert_edge(
        rule,
        {"order_lots": {("maker", "unit", JAN): 3}, "place_order": {("maker", "unit", JAN): 1}},
        [{"order_lots": {("maker", "unit", JAN): 2}},
         {"place_order": {("maker", "unit", FEB): 1}}],
        supply=[sold(min_order=12, lot=4)],
    )  # fmt: skip


def test_an_order_is_of_a_lot_at_least() -> None:
    """Without a minimum, an order that is placed and paid for is of one lot of 4."""
    assert_edge(
        supply.order_at_least_the_minimum,
        {"order_lots": {("maker", "unit", JAN): 1}, "place_order": {("maker", "unit", JAN): 1}},
        [{"order_lots": {("maker", "unit", JAN): 0}}],
        supply=[sold(order_cost=5, lot=4)],
    )


@alone(supply.place_an_order_to_order_lots)
def test_an_order_is_placed_for_its_lots(rule: Rule) -> None:
    """A capacity of 6 at 0.5 a unit makes 12 units the largest order: 6 lots of 2, once placed."""
    assert_edge(
        rule,
        {"order_lots": {("maker", "unit", JAN): 6}, "place_order": {("maker", "unit", JAN): 1}},
        [{"order_lots": {("maker", "unit", JAN): 7}}, {"place_order": {("maker", "unit", JAN): 0}},
         {"order_lots": {("maker", "unit", FEB): 1}}],
        supply=[sold(order_cost=5, lot=2, capacity_use=0.5)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 6}],
    )  # fmt: skip


@alone(supply.take_or_pay)
def test_take_or_pay(rule: Rule) -> None:
    """Half of a capacity of 20 at 2 a unit is 5 units: 3 ordered, 1.5 placed, 0.5 paid unused.

    February has no placed order: 2 lots and 3 unused.
    """
    assert_edge(
        rule,
        {"order_lots": {("maker", "unit", JAN): 3, ("maker", "unit", FEB): 2},
         "pay_unused": {("maker", "unit", JAN): 0.5, ("maker", "unit", FEB): 3}},
        [{"pay_unused": {("maker", "unit", JAN): 0.49}},
         {"pay_unused": {("maker", "unit", FEB): 2.99}},
         {"order_lots": {("maker", "unit", JAN): 2}}],
        supply=[sold(take_or_pay_share=0.5, capacity_use=2)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 20}],
        orders=[{"order": "PO", "supplier": "maker", "item": "unit", "quantity": 1.5,
                 "placed": START, "arrives": START}],
    )  # fmt: skip


ASSEMBLED = {
    "supply": [sold("wafer", **{"yield": 0.5, "lot": 4})],
    "bom": [{"system": "unit", "item": "wafer", "quantity": 2}],
    "plants": [{"plant": "plant", "system": "unit", "units_per_month": 3, "lead_days": 31}],
    "lanes": [lane("maker", "plant"), lane("plant", "site")],
    "orders": [{"order": "PO", "supplier": "maker", "item": "wafer", "quantity": 6,
                "arrives": START}],
}  # fmt: skip
"""Wafers, half of them good, to a plant that makes a unit of two of them in a month."""


@alone(logistics.start_within_plant_capacity)
def test_plant_capacity(rule: Rule) -> None:
    """3 a month."""
    start = {("plant", "unit", JAN): 3.0}
    over = {("plant", "unit", JAN): 3.01}
    assert_edge(rule, {"start_assembly": start}, [{"start_assembly": over}], **ASSEMBLED)


@alone(logistics.balance_stock)
def test_stock_balance(rule: Rule) -> None:
    """Maker in January: 2 lots of 4 at a yield of 0.5 and 6 x 0.5 placed are 7, 6 leave: 1 stays.

    Plant in January: 6 wafers land, 2 starts take 2 each: 2 stay. In February 2 units are
    finished and 1 leaves: 1 stays. Site in February: 1 lands and is installed: none stays.
    """
    wafers, units = ("maker", "wafer"), ("plant", "unit")
    assert_edge(
        rule,
        {
            "order_lots": {(*wafers, JAN): 2},
            "ship_units": {("maker", "plant", "wafer", JAN): 6, ("plant", "site", "unit", FEB): 1},
            "start_assembly": {(*units, JAN): 2},
            "install_systems": {("hall", "unit", FEB): 1},
            "stock": {(*wafers, JAN): 1, (*wafers, FEB): 1, ("plant", "wafer", JAN): 2,
                      ("plant", "wafer", FEB): 2, (*units, FEB): 1},
        },
        [
            {"order_lots": {(*wafers, JAN): 1}},
            {"order_lots": {(*wafers, JAN): 3}},
            {"ship_units": {("maker", "plant", "wafer", JAN): 5}},
            {"ship_units": {("plant", "site", "unit", FEB): 2}},
            {"start_assembly": {(*units, JAN): 1}},
            {"install_systems": {("hall", "unit", FEB): 0}},
            {"stock": {(*wafers, FEB): 0}},
            {"stock": {(*units, FEB): 2}},
        ],
        **ASSEMBLED,
    )  # fmt: skip


@alone(logistics.ship_within_lane_capacity)
def test_lane_capacity(rule: Rule) -> None:
    """5 units of all items leave in a month: 3 and 2 do, 3 and 2.5 do not."""
    way = ("maker", "site")
    assert_edge(
        rule,
        {"ship_units": {(*way, "unit", JAN): 3, (*way, "other", JAN): 2, (*way, "unit", FEB): 5}},
        [{"ship_units": {(*way, "other", JAN): 2.5}}, {"ship_units": {(*way, "unit", FEB): 5.1}}],
        systems=TWO_SYSTEMS,
        supply=[sold(), sold("other")],
        lanes=[{**lane("maker", "site"), "units_per_month": 5}],
    )


@alone(logistics.hold_within_storage)
def test_storage(rule: Rule) -> None:
    """A depot of 4 and a site of 2 units: 1 and 3 of two items are held, 1 and 3.5 are not."""
    assert_edge(
        rule,
        {"stock": {("depot", "unit", JAN): 1, ("depot", "other", JAN): 3, ("site", "unit", FEB): 2,
                   ("maker", "unit", JAN): 1000}},
        [{"stock": {("depot", "other", JAN): 3.5}}, {"stock": {("site", "unit", FEB): 2.1}}],
        systems=TWO_SYSTEMS,
        supply=[sold(), sold("other")],
        depots=[{"depot": "depot", "storage": 4}],
        sites=[{"site": "site", "pue": 1, "storage": 2}],
        lanes=[lane("maker", "depot"), lane("depot", "site")],
    )  # fmt: skip


@alone(deployment.balance_installed_systems)
def test_installed_balance(rule: Rule) -> None:
    """4 in the fleet + 3 - 2 = 5 in January, + 1 = 6 in February; one more or less is not so."""
    key = ("hall", "unit")
    assert_edge(
        rule,
        {"install_systems": {(*key, JAN): 3, (*key, FEB): 1}, "remove_systems": {(*key, JAN): 2},
         "installed_systems": {(*key, JAN): 5, (*key, FEB): 6}},
        [{"installed_systems": {(*key, JAN): 6}}, {"installed_systems": {(*key, FEB): 5}},
         {"remove_systems": {(*key, JAN): 1}}, {"install_systems": {(*key, FEB): 2}}],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 4}],
    )  # fmt: skip


@alone(deployment.install_within_crew_capacity)
def test_crew_capacity(rule: Rule) -> None:
    """Crews of 3 a month install 2 in one hall and 1 in another; 5 from February on; not 4, 6."""
    assert_edge(
        rule,
        {"install_systems": {("hall", "unit", JAN): 2, ("next", "other", JAN): 1,
                             ("hall", "other", FEB): 5}},
        [{"install_systems": {("next", "other", JAN): 2}},
         {"install_systems": {("hall", "other", FEB): 6}}],
        systems=TWO_SYSTEMS,
        halls=[hall(), hall("next")],
        crews=[{"site": "site", "from": START, "systems_per_month": 3},
               {"site": "site", "from": "2026-02-01", "systems_per_month": 5}],
    )  # fmt: skip
