"""Published models of operations research, planned to their published optima.

Every model of the set can be expressed: facility location by opening costs and service, lot
sizing by order costs and by opening costs, transport by lanes, fixed charges by order costs and by
opening costs, the factory schedule by windows and least orders, and the supply network by plants,
bills of materials and lots. Two rules had no direct counterpart. The workbook's depots cost
nothing to open, so the supply network's are plants with permits. And what waits at a supplier's
dock costs nothing, so the stock of lot sizing waits in service instead: see the builders.
"""

from __future__ import annotations

import csv

import pytest
from instances import (
    CFLP,
    LotSizing,
    Sheets,
    cflp_sheets,
    energy_of_demand,
    lot_sizing_as_location_sheets,
    lot_sizing_sheets,
    opening_sheets,
    read_cflp,
    transport_sheets,
)
from micro import assert_optimum, near, present_cost
from textbook import (
    COMPUTER_PLANT,
    COMPUTER_PLANT_OPTIMUM,
    FACTORY_SCHEDULE,
    FACTORY_SCHEDULE_OPTIMUM,
    LOT_SIZING,
    SUPPLY_NETWORK_2,
    SUPPLY_NETWORK_2_OPTIMUM,
    SUPPLY_NETWORK_2_SAVINGS,
    TRANSPORT,
    factory_schedule_sheets,
    network_sheets,
)

from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows

CAP41_OPTIMUM = 1040444.375
"""Published, for the file that is not damaged."""


def plan_of(sheets: Sheets) -> Plan:
    return make_plan(inputs_from_rows("known", sheets), Options())


def published_optima() -> dict[str, float]:
    with (CFLP / "optima.csv").open(encoding="ascii", newline="") as stream:
        return {row["instance"]: float(row["optimum"]) for row in csv.DictReader(stream)}


@pytest.mark.parametrize(("name", "optimum"), published_optima().items())
def test_capacitated_facility_location(name: str, optimum: float) -> None:
    assert_optimum(plan_of(cflp_sheets(read_cflp(name))), cost=optimum)


def test_damaged_copy_shows_in_the_totals_alone() -> None:
    """Two of its demands lost their last digits: a clean plan, proven, and 8 % too cheap.

    Nothing is missed; that 2027 MW are promised where 2913 should be is all that can be seen.
    """
    whole, damaged = read_cflp("cap61"), read_cflp("cap41-damaged")
    plan = plan_of(cflp_sheets(damaged))
    assert_optimum(plan, cost=present_cost(plan))
    assert present_cost(plan) < 0.95 * CAP41_OPTIMUM
    totals = {row["what"]: row["value"] for row in plan.summary["totals"]}
    assert totals["commitments on IT power (50)"] == near(40539 / 20)
    assert totals["hall classes (16), IT power"] == near(16 * 5000 / 20)
    # cap41 and cap61 have the same customers.
    assert sum(whole.demands) == 58268
    assert sum(damaged.demands) == 40539


@pytest.mark.parametrize("name", LOT_SIZING)
def test_lot_sizing_by_order_costs(name: str) -> None:
    instance: LotSizing = LOT_SIZING[name]
    plan = plan_of(lot_sizing_sheets(instance))
    assert_optimum(plan, cost=instance.optimum + energy_of_demand(instance))


@pytest.mark.parametrize("name", LOT_SIZING)
def test_lot_sizing_by_opening_costs(name: str) -> None:
    instance: LotSizing = LOT_SIZING[name]
    assert_optimum(plan_of(lot_sizing_as_location_sheets(instance)), cost=instance.optimum)


@pytest.mark.parametrize("name", TRANSPORT)
def test_transport(name: str) -> None:
    capacity, required, cost, optimum = TRANSPORT[name]
    assert_optimum(plan_of(transport_sheets(capacity, required, cost)), cost=optimum)


@pytest.mark.parametrize("sheets", [transport_sheets, opening_sheets])
def test_fixed_charges_by_order_costs_and_by_opening_costs(sheets: object) -> None:
    assert callable(sheets)
    assert_optimum(plan_of(sheets(*COMPUTER_PLANT)), cost=COMPUTER_PLANT_OPTIMUM)


def test_factory_schedule() -> None:
    plan = plan_of(factory_schedule_sheets(2026, FACTORY_SCHEDULE))
    assert_optimum(plan, cost=FACTORY_SCHEDULE_OPTIMUM)


def test_supply_network() -> None:
    """The published figure is less the saving of closing two depots, which are closed here."""
    plan = plan_of(network_sheets(SUPPLY_NETWORK_2))
    assert_optimum(plan, cost=SUPPLY_NETWORK_2_OPTIMUM + SUPPLY_NETWORK_2_SAVINGS)
