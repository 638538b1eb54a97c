"""What systems with models cost, and a Mtok of theirs: worked out by hand.

April, May and June 2026 have 91 days, April alone has 30.
"""

from __future__ import annotations

import pytest
from token_plans import plan_of_sheets, rate, sheets_of, site, system, token_plan, workload

from planner.checker.verify import verify
from planner.plan.store import Plan
from planner.plan.token_costs import EQUIPMENT_TERMS

SPREAD = (*EQUIPMENT_TERMS, "openings", "fit_out")

QUARTERS = {"start": "2026-04-01", "end": "2026-09-30", "period": "month"}

HALVES = [{"block": "day", "hours": 12, "load": 1.5}, {"block": "night", "hours": 12, "load": 0.5}]


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-9)


def spread(plan: Plan) -> float:
    """What the plan spends on systems and halls."""
    costs = {row["term"]: row["amount"] for row in plan.tables["costs"]}
    return sum(costs[term] for term in SPREAD)


def test_half_used_costs_twice_as_much_a_mtok() -> None:
    """H makes 3.6 Mtok an hour, 2,592 in April; 1,541 are asked for: a use of 0.5945."""
    prices = [{"workload": "chat", "buy_output": 0.79}]
    plan = token_plan(
        [system("H", 1216.8)],
        [workload("chat", 0, 1541 / 30)],
        [rate("H", decode=1000)],
        token_prices=prices,
    )
    (row,) = plan.tables["token_costs"]
    assert (row["model"], row["system"], row["country"]) == ("m", "H", None)
    assert row["systems"] == 1
    assert row["monthly_cost"] == near(1216.8)
    assert row["mtok"] == near(1541)
    assert row["cost_per_mtok"] == near(1216.8 / 1541)
    assert row["cost_per_mtok_at_full_use"] == near(1216.8 / 2592)
    assert row["api_price"] == near(0.79)
    # The example in print: 1.69 an hour for 3.6 Mtok at 0.79, which is 59.42 %.
    assert row["break_even_use"] == near(1.69 / (3.6 * 0.79))
    assert row["break_even_use"] == pytest.approx(0.5942, abs=5e-5)


def test_what_may_not_be_used_is_not_full_use() -> None:
    """At most 80 % of 2,592 Mtok can be made; the load of the peak, 1.5, needs a second H."""
    plan = token_plan(
        [system("H", 1000.0)],
        [workload("chat", 0, 0.8 * 86.4)],
        [rate("H", decode=1000, max_use=0.8)],
        day=HALVES,
    )
    (row,) = plan.tables["token_costs"]
    assert row["systems"] == 2
    assert row["mtok"] == near(0.8 * 2592)
    assert row["cost_per_mtok"] == near(2000 / (0.8 * 2592))
    assert row["cost_per_mtok_at_full_use"] == near(1000 / (0.8 * 2592))
    assert row["api_price"] is None
    assert row["break_even_use"] is None


def test_every_part_of_the_cost_is_spread_over_months_and_places() -> None:
    """A and B have one H each for two quarters: equipment alike, halls, lease and energy their own.

    Equipment 6,000 / (2 x 6 months) = 500. A: opening 300 and fit-out 900 over 0.1 MW x 6 months,
    200 a month; lease 0.1 x 1,000 = 100; energy 0.1 x 1.2 x 2 x 24 x 91 / 3 in the first quarter.
    """
    places = [site("A", "US", mw=0.1), site("B", "CA", mw=0.1)]
    places[0][0].update(pue=1.2, lease=1000, energy_price=2, opening_cost=300)
    places[0][1].update(fit_out_cost=900)
    asked = [
        workload("here", 0, 86.4, countries="US"),
        workload("there", 0, 86.4, countries="CA"),
    ]
    plan = token_plan(
        [system("H", 3000.0)], asked, [rate("H", decode=1000)], places, options=QUARTERS
    )
    costs = {
        (row["country"], row["span_from"].month): row["monthly_cost"]
        for row in plan.tables["token_costs"]
    }
    energy = {4: 0.12 * 2 * 24 * 91 / 3, 7: 0.12 * 2 * 24 * 92 / 3}
    assert costs == {
        ("US", 4): near(500 + 200 + 100 + energy[4]),
        ("US", 7): near(500 + 200 + 100 + energy[7]),
        ("CA", 4): near(500),
        ("CA", 7): near(500),
    }
    # Without lease and energy, the rows make what the plan spends: nothing stands idle.
    assert spread(plan) == near(3 * (2 * (500 + 200) + 2 * 500))


def test_input_is_made_where_it_is_prefilled_and_output_where_it_is_decoded() -> None:
    """8 T prefill 69,120 a day and 10 C decode 8,640: their prices are those of each."""
    plan = token_plan(
        [system("T", 0.5e6, 40), system("C", 1.5e6, 34)],
        [workload("agent", 69120, 8640, min_speed=1000)],
        [rate("T", 100e3, speed=None), rate("C", 20e3, 10e3, speed=1000)],
        disaggregation=[{"model": "m", "prefill": "T", "decode": "C"}],
        token_prices=[{"workload": "agent", "buy_input": 20, "buy_output": 90}],
    )
    rows = {row["system"]: row for row in plan.tables["token_costs"]}
    assert {name: row["systems"] for name, row in rows.items()} == {"T": 8, "C": 10}
    assert rows["T"]["mtok"] == near(69120 * 30)
    assert rows["C"]["mtok"] == near(8640 * 30)
    assert rows["T"]["api_price"] == near(20)
    assert rows["C"]["api_price"] == near(90)
    assert rows["C"]["break_even_use"] == near(15e6 / (8640 * 30) / 90)
    served = sum(row["served_mtok"] for row in plan.tables["tokens"])
    assert sum(row["mtok"] for row in rows.values()) == near(served)


def test_a_falling_price_makes_own_tokens_dear() -> None:
    """H costs 900 a month; break-even 900 / 2,620.8 / 0.5 = 69 % by June, 136 % from July."""
    plan = token_plan(
        [system("H", 5400.0)],
        [workload("chat", 0, 86.4)],
        [rate("H", decode=1000)],
        options=QUARTERS,
        token_prices=[
            {"workload": "chat", "buy_output": 0.5},
            {"workload": "chat", "from": "2026-07-01", "buy_output": 0.25},
        ],
    )
    rows = plan.tables["token_costs"]
    assert [row["api_price"] for row in rows] == [near(0.5), near(0.25)]
    assert [row["break_even_use"] for row in rows] == [
        near(900 / (86.4 * 91 / 3) / 0.5),
        near(900 / (86.4 * 92 / 3) / 0.25),
    ]


def test_with_supply_a_kind_carries_what_is_paid_for_it_and_its_share_of_the_rest() -> None:
    """H is bought at 700, G assembled for 100 from 2 chips at 50; an order of chips is 40 more.

    10 chips are one lot: 500 in all, of which G's 2 are 100. H 700 and G 100 + 100 share 700 + 500
    + 100 + 40 = 1,340: H 1,340 x 7 / 9, G 1,340 x 2 / 9.
    """
    sheets = sheets_of(
        [system("H", 1.0), system("G", 1.0)],
        [
            workload("big", 0, 86.4, systems="H"),
            workload("small", 0, 86.4, systems="G"),
        ],
        [rate("H", decode=1000), rate("G", decode=1000)],
        supply=[
            {"supplier": "maker", "item": "H", "lead_days": 0, "price": 700},
            {"supplier": "fab", "item": "chip", "lead_days": 0, "price": 50, "lot": 10}
            | {"order_cost": 40},
        ],
        plants=[
            {"plant": "works", "system": "G", "lead_days": 0, "cost": 100, "units_per_month": 9}
        ],
        bom=[{"system": "G", "item": "chip", "quantity": 2}],
    )
    plan = plan_of_sheets(sheets)
    costs = {row["system"]: row["monthly_cost"] for row in plan.tables["token_costs"]}
    assert spread(plan) == near(1340)
    assert costs == {"H": near(1340 * 7 / 9), "G": near(1340 * 2 / 9)}


def test_nothing_served_has_no_row() -> None:
    plan = token_plan(
        [system("H", 1.0)],
        [workload("chat", 0, 86.4, systems="H", min_speed=50)],
        [rate("H", decode=1000, speed=20)],
        token_prices=[{"workload": "chat", "buy_output": 1}],
    )
    assert plan.tables["token_costs"] == []


def test_every_altered_figure_is_refused() -> None:
    """Of a plan with all costs, two phases, a price that falls, and a pool that cannot be sold."""
    places = [site("A", "US", mw=0.5), site("B", "CA", mw=0.5)]
    places[0][0].update(pue=1.2, lease=1000, energy_price=2, opening_cost=300)
    places[0][1].update(fit_out_cost=900)
    plan = token_plan(
        [system("T", 500.0, 40), system("C", 1500.0, 34)],
        [
            workload("agent", 6912, 864, min_speed=1000, countries="US"),
            workload("own", 691.2, 86.4, countries="CA", systems="C"),
        ],
        [rate("T", 100e3, speed=None), rate("C", 20e3, 10e3, speed=1000)],
        places,
        QUARTERS,
        disaggregation=[{"model": "m", "prefill": "T", "decode": "C"}],
        token_prices=[
            {"workload": "agent", "buy_input": 0.5, "buy_output": 2},
            {"workload": "agent", "from": "2026-07-01", "buy_input": 0.2, "buy_output": 1},
        ],
    )
    rows = plan.tables["token_costs"]
    assert any(row["break_even_use"] is not None for row in rows)
    assert any(row["break_even_use"] is None for row in rows)
    figures = ("systems", "monthly_cost", "mtok", "cost_per_mtok", "cost_per_mtok_at_full_use")
    for row in rows:
        for column in (*figures, "api_price", "break_even_use"):
            right = row[column]
            for wrong in (0.01, None) if right is None else (right * 1.001, None):
                if wrong is None and (right is None or column in figures[:3]):
                    continue
                row[column] = wrong
                assert not verify(plan.inputs, plan.tables).ok, (column, right, wrong)
            row[column] = right
    assert verify(plan.inputs, plan.tables).ok
