"""Nothing that nobody needs: halls, sites, orders, starts and shipments, each by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from how_many import CASES, seeds
from instances import Sheets, lane, unit_system
from micro import FEBRUARY, JANUARY, MARCH, START, assert_optimum, plan_of
from oracle import STAGED, model_of, solution_of
from random_cases import random_case
from random_wide import wide_case

from planner.errors import PlannerError
from planner.model.decisions import Model
from planner.model.frame import ContradictionError
from planner.model.objectives import CHOOSING, make_tiers
from planner.plan.store import Plan
from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.outcome import Array
from planner.solve.tuning import DEFAULT_TUNING, Tuning

IN_MARCH = unit_system(price=10, available_from="2026-03-01")


def of(plan: Plan, table: str, column: str) -> list[tuple[str, float]]:
    """Return month and figure of the rows of a table that have one."""
    return [
        (str(row["period"])[:7], float(row[column])) for row in plan.tables[table] if row[column]
    ]


def test_free_halls_open_as_they_are_used() -> None:
    """Ten halls of 2 MW; a system of 1 MW can be installed from March on: one hall, in March."""
    plan = plan_of(
        {MARCH: 1},
        end=MARCH,
        systems=[IN_MARCH],
        halls=[{"hall": "hall", "site": "site", "it_mw": 2, "count": 10}],
    )
    assert_optimum(plan, cost=10)
    assert of(plan, "halls", "decided") == [("2026-03", 1)]


def test_free_halls_open_one_after_the_other() -> None:
    """Crews install 2 MW a month in halls of 2 MW: 2 in January, 4 in all by February."""
    plan = plan_of(
        {JANUARY: 2, FEBRUARY: 4},
        end=MARCH,
        crews=[{"site": "site", "from": START, "systems_per_month": 2}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 2, "count": 10}],
    )
    assert_optimum(plan, cost=40)
    assert of(plan, "halls", "decided") == [("2026-01", 1), ("2026-02", 1)]


def test_without_interest_halls_and_sites_open_no_earlier_than_used() -> None:
    """A hall takes 28 days to build: decided on 3 March, at 5, with its site at 7, for the 31st."""
    plan = plan_of(
        {MARCH: 1},
        end=MARCH,
        systems=[IN_MARCH],
        sites=[{"site": "site", "pue": 1, "opening_cost": 7}],
        halls=[
            {
                "hall": "hall",
                "site": "site",
                "it_mw": 2,
                "count": 3,
                "build_days": 28,
                "fit_out_cost": 5,
            }
        ],
    )
    assert_optimum(plan, cost=22)
    opened = [(str(row["date"]), str(row["opens"])) for row in plan.tables["openings"]]
    assert opened == [("2026-03-03", "2026-03-31")]
    spent = {(str(row["term"]), str(row["period"])[:7]) for row in plan.tables["spend"]}
    assert spent == {(term, "2026-03") for term in ("openings", "fit_out", "purchase")}


def test_halls_that_are_open_at_the_start_stay_so() -> None:
    plan = plan_of(
        {JANUARY: 1},
        halls=[{"hall": "hall", "site": "site", "it_mw": 2, "count": 4, "open_count": 3}],
    )
    assert of(plan, "halls", "opened") == [("2026-01", 3)]
    assert not of(plan, "halls", "decided")


@pytest.mark.parametrize("order_cost", [0, 3])
def test_no_order_only_uses_up_what_is_paid_for_anyway(order_cost: float) -> None:
    """Half of 40 units a month at 10 is paid for in any case: 3 x 200. Seven units are needed."""
    plan = plan_of(
        {MARCH: 7},
        end=MARCH,
        supply=[
            {
                "supplier": "maker",
                "item": "unit",
                "lead_days": 0,
                "take_or_pay_share": 0.5,
                "order_cost": order_cost,
            }
        ],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 40}],
    )
    assert_optimum(plan, cost=600 + order_cost)
    assert [units for _, units in of(plan, "orders", "quantity")] == [7]


def test_lots_that_are_paid_for_anyway_are_ordered_as_far_as_they_are_needed() -> None:
    """In lots of 5, seven units are two lots of the four that are paid for."""
    plan = plan_of(
        {JANUARY: 7},
        supply=[
            {
                "supplier": "maker",
                "item": "unit",
                "lead_days": 0,
                "take_or_pay_share": 0.5,
                "lot": 5,
            }
        ],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 40}],
    )
    assert_optimum(plan, cost=200)
    assert [units for _, units in of(plan, "orders", "quantity")] == [10]


def test_no_unit_is_assembled_or_shipped_that_is_not_installed() -> None:
    """A lot of ten parts makes ten systems for nothing; three are needed, in March at most."""
    plan = plan_of(
        {MARCH: 3},
        end=MARCH,
        systems=[IN_MARCH],
        supply=[{"supplier": "maker", "item": "part", "lead_days": 0, "price": 1, "lot": 10}],
        bom=[{"system": "unit", "item": "part", "quantity": 1}],
        plants=[{"plant": "plant", "system": "unit", "units_per_month": 20, "lead_days": 0}],
        lanes=[lane("maker", "plant", 0), lane("plant", "site", 0)],
    )
    assert_optimum(plan, cost=10)
    assert of(plan, "production", "quantity") == [("2026-03", 3)]
    assert of(plan, "shipments", "quantity") == [("2026-03", 3), ("2026-03", 3)]


def test_free_systems_are_installed_as_they_are_due_and_none_is_removed() -> None:
    plan = plan_of(
        {JANUARY: 3},
        end=MARCH,
        systems=[unit_system()],
        halls=[{"hall": "hall", "site": "site", "it_mw": 9, "open_count": 1}],
        fleet=[{"hall": "hall", "system": "unit", "count": 1}],
    )
    assert_optimum(plan, cost=0)
    assert of(plan, "installs", "installed") == [("2026-01", 2)]
    assert not of(plan, "installs", "removed")


def unused_halls(model: Model, values: Array) -> Iterator[str]:
    """Give the halls that open before what stands in them needs so many, or without any need."""
    made, facility = model.decisions, model.case.facility
    limits = [
        (facility.hall_use[column], capacity) for column, capacity in facility.hall_capacity.items()
    ]
    for hall in facility.halls:
        opens = sorted(at for (name, _), at in facility.opening.items() if name == hall)
        before = facility.open_count[hall]
        for at, then in pairwise([*opens, model.case.calendar.day_count]):
            now = round(float(values[made.opened_halls[hall, at].column]))
            loads = [
                ceil(
                    sum(
                        each.get(system, 0.0) * standing(model, values, hall, system, day)
                        for system in facility.systems
                    )
                    / carried[hall]
                    - 1e-6
                )
                for day in range(at, then)
                for each, carried in limits
                if hall in carried
            ]
            if now > before and max(loads) < now:
                yield f"{hall} on day {at}: {now} open, {max(loads)} needed"
            before = now


def standing(model: Model, values: Array, hall: str, system: str, day: int) -> float:
    """Return systems that stand in a hall on a day."""
    made, calendar = model.decisions, model.case.calendar
    moved = [
        (installed, at, 1.0)
        for (*key, at), installed in made.install_systems.items()
        if key == [hall, system]
    ]
    moved += [
        (removed, calendar.first_days[period], -1.0)
        for (*key, period), removed in made.remove_systems.items()
        if key == [hall, system]
    ]
    there = sum(sign * float(values[variable.column]) for variable, at, sign in moved if at <= day)
    return model.case.facility.fleet.get((hall, system), 0) + there


def unneeded_orders(model: Model, values: Array) -> Iterator[str]:
    """Give the orders without which all else that is whole leads to a plan that is as good."""
    live, made = LiveModel(model.frame, model.frame.columns), model.decisions
    tiers = [tier for tier in make_tiers(model) if tier.name != CHOOSING]
    ordered = [lots.column for lots in made.order_lots.values()]
    whole = np.union1d(np.flatnonzero(live.whole), ordered).astype(np.int32)
    for key, lots in made.order_lots.items():
        if values[lots.column] < 1e-6:
            continue
        without = values.copy()
        without[
            [lots.column, *(made.place_order[k].column for k in [key] if k in made.place_order)]
        ] = 0.0
        live.release()
        live.set_integer_columns(NO_COLUMNS)
        live.fix(whole, without[whole])
        for tier in tiers[:-1]:
            live.hold(tier.expression, live.evaluate(tier.expression, values), 1e-9)
        live.minimise(tiers[-1].expression)
        outcome = live.solve(gap=0.0, seconds=60.0)
        cost = live.evaluate(tiers[-1].expression, values)
        if outcome.values is not None and outcome.objective <= cost + 1e-7 * max(1.0, cost):
            yield f"order {key}: {outcome.objective} without it, {cost} with it"


def unneeded(sheets: Sheets, tuning: Tuning = DEFAULT_TUNING) -> list[str]:
    """Return what a plan of some sheets has without a need; nothing if there is no plan."""
    try:
        model = model_of(sheets)
        solution = solution_of(model, tuning=tuning)
    except (PlannerError, ContradictionError):
        return []
    if solution.status == "time limit":
        return []  # a plan that is not proven may have what the best one has not
    values = solution.values
    return [*unused_halls(model, values), *unneeded_orders(model, values)]


@pytest.mark.parametrize("first", seeds(CASES // 4, 5))
def test_random_plans_have_nothing_that_nobody_needs(first: int) -> None:
    # The second takes half a minute, those from the fourth on seconds.
    for seed in range(first + 3, first + 8):
        case = (wide_case, random_case)[seed % 2]
        assert not unneeded(case(seed)), f"{case.__name__}({seed})"


@pytest.mark.parametrize("seed", [3, 6, 20, 25])
def test_plans_solved_in_rounds_have_nothing_either(seed: int) -> None:
    assert not unneeded(random_case(seed), STAGED)
    assert not unneeded(wide_case(seed), STAGED)
