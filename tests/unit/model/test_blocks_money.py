"""Each cost term and each tier of the objective at a point given by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest
from blocks import (
    FEB,
    FEB_END,
    JAN,
    JAN_END,
    MAR_END,
    TWO_SYSTEMS,
    Point,
    case_of,
    due,
    hall,
    promised,
    sold,
    values_of,
)
from instances import lane, unit_system
from micro import FEBRUARY, MARCH, START, near

from planner.case.tokens import Kind
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import (
    Tier,
    in_service_mw_months,
    make_tiers,
    missed_mtok,
    missed_mw_months,
    present_cost,
    tie_break,
)
from planner.model.spending import COST_TERMS

MAR = 2
UNIT = ("hall", "unit")
TESTED: list[str] = []


def term_test(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give the name of a cost term to its test, and remember that it has one."""
    TESTED.append(name)
    return pytest.mark.parametrize("term", [name])


def model_of(due_on: dict[str, float] | None = None, **changes: object) -> Model:
    """Return the tiny case's variables without any rule."""
    return build_model(case_of(due=due_on, **changes), rules=())


def spent(term: str, model: Model, point: Point) -> dict[int, float]:
    """Return what a cost term comes to by day, not discounted; nothing is left out."""
    values = values_of(model, point)
    at = {id(column): value for column, value in zip(model.frame.columns, values, strict=True)}
    spend = COST_TERMS[term](model)
    money: dict[int, float] = defaultdict(float, spend.firm)
    for period, variable, amount in spend.expenses:
        money[period] += amount * at[id(variable)]
    return {period: amount for period, amount in money.items() if amount}


def value(tier: Tier, model: Model, point: Point) -> float:
    """Return a tier's value at a point, in the tier's unit."""
    values = values_of(model, point)
    for column, amount in zip(model.frame.columns, values, strict=True):
        column.varValue = amount
    return tier.value(float(tier.expression.value()))


def test_every_cost_term_has_a_test_of_its_own() -> None:
    assert sorted(TESTED) == sorted(COST_TERMS)


@term_test("purchase")
def test_purchase_where_it_is_installed(term: str) -> None:
    """3 units at 10 and 2 others at 25 are 80 in January, 1 unit is 10 in February."""
    model = model_of(systems=[unit_system(price=10), unit_system("other", price=25)])
    point = {
        "install_systems": {(*UNIT, JAN_END): 3, ("hall", "other", JAN_END): 2, (*UNIT, FEB_END): 1}
    }
    assert spent(term, model, point) == near({JAN_END: 80, FEB_END: 10})


def test_purchase_from_suppliers() -> None:
    """2 lots of 5 at 7 are 70; 3 others at the system's own 25 are 75; installing is free.

    A placed order of 4 at 7 counts 28 in February; one placed before the plan is paid already.
    """
    model = model_of(
        systems=[unit_system(price=10), unit_system("other", price=25)],
        supply=[sold(price=7, lot=5), sold("other")],
        orders=[
            {
                "order": "PO-1",
                "supplier": "maker",
                "item": "unit",
                "quantity": 4,
                "placed": "2026-02-28",
                "arrives": "2026-02-28",
            },
            {
                "order": "PO-2",
                "supplier": "maker",
                "item": "unit",
                "quantity": 9,
                "placed": "2025-12-31",
                "arrives": START,
            },
        ],
    )
    point = {
        "order_lots": {("maker", "unit", JAN_END): 2, ("maker", "other", JAN_END): 3},
        "install_systems": {(*UNIT, JAN_END): 9},
    }
    assert spent("purchase", model, point) == near({JAN_END: 145, FEB_END: 28})


@term_test("take_or_pay")
def test_unused_take_or_pay(term: str) -> None:
    """1.5 units unused at 8 are 12."""
    model = model_of(
        supply=[sold(price=8, take_or_pay_share=0.5)],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 20}],
    )
    assert spent(term, model, {"pay_unused": {("maker", "unit", FEB_END): 1.5}}) == near(
        {FEB_END: 12}
    )


@term_test("orders")
def test_orders(term: str) -> None:
    """An order placed on 31 January at 15; two were, for the first and the last of February."""
    model = model_of(
        supply=[sold(order_cost=15)],
        orders=[
            {
                "order": name,
                "supplier": "maker",
                "item": "unit",
                "quantity": 4,
                "placed": day,
                "arrives": day,
            }
            for name, day in (("PO-1", "2026-02-01"), ("PO-2", FEBRUARY))
        ],
    )
    assert spent(term, model, {"place_order": {("maker", "unit", JAN_END): 1}}) == near(
        {JAN_END: 15, JAN_END + 1: 15, FEB_END: 15}
    )


PLANT = {
    "supply": [sold("wafer")],
    "bom": [{"system": "unit", "item": "wafer", "quantity": 2}],
    "plants": [
        {"plant": "plant", "system": "unit", "units_per_month": 9, "lead_days": 0, "cost": 6}
    ],
    "depots": [{"depot": "depot", "holding_cost": 2}],
    "sites": [{"site": "site", "pue": 1, "holding_cost": 3}],
    "lanes": [lane("maker", "depot", 0.5), lane("depot", "plant", 1), lane("plant", "site", 4)],
}
"""Wafers by a depot to a plant, units from there to a site."""


@term_test("assembly")
def test_assembly(term: str) -> None:
    """2 started at 6 in January, 1 in February."""
    start = {("plant", "unit", JAN_END): 2, ("plant", "unit", FEB_END): 1}
    assert spent(term, model_of(**PLANT), {"start_assembly": start}) == near(
        {JAN_END: 12, FEB_END: 6}
    )


@term_test("freight")
def test_freight(term: str) -> None:
    """January: 8 wafers at 0.5, then 6 at 1, 10 in all. February: 2 units at 4."""
    point = {
        "ship_units": {
            ("maker", "depot", "wafer", JAN_END): 8,
            ("depot", "plant", "wafer", JAN_END): 6,
            ("plant", "site", "unit", FEB_END): 2,
        }
    }
    assert spent(term, model_of(**PLANT), point) == near({JAN_END: 10, FEB_END: 8})


@term_test("holding")
def test_holding(term: str) -> None:
    """A depot's 5 wafers at 2 and a site's 1 unit at 3 are 13 a month; at a dock or plant free.

    From 31 January to 27 February, 1 / 31 + 27 / 28 months; on 28 February 2 units for a day.
    """
    point = {
        "stock": {
            ("depot", "wafer", JAN_END): 5,
            ("site", "unit", JAN_END): 1,
            ("site", "unit", FEB_END): 2,
            ("maker", "wafer", JAN_END): 7,
            ("plant", "unit", JAN_END): 7,
        }
    }
    assert spent(term, model_of(**PLANT), point) == near(
        {JAN_END: 13 * (1 / 31 + 27 / 28), FEB_END: 6 / 28}
    )


def test_holding_counts_the_months_of_a_week() -> None:
    """5 wafers at 2 a month for 7 of the 31 days of January, from the 18th on."""
    model = model_of(
        {"2026-01-25": 5},
        options={"start": "2026-01-05", "period": "week"},
        end="2026-01-25",
        **PLANT,
    )
    found = spent("holding", model, {"stock": {("depot", "wafer", 13): 5}})
    assert found == near({13: 10 * 7 / 31})


@term_test("openings")
def test_openings(term: str) -> None:
    """A site at 50 is open from February on: paid in February, once; another at 70 in January."""
    model = model_of(
        end=MARCH,
        sites=[
            {"site": "site", "pue": 1, "opening_cost": 50},
            {"site": "two", "pue": 1, "opening_cost": 70},
        ],
        halls=[hall(), hall("second", site="two")],
    )
    point = {
        "open_site": {
            ("site", FEB_END): 1,
            ("site", MAR_END): 1,
            **{("two", day): 1 for day in (JAN_END, FEB_END, MAR_END)},
        }
    }
    assert spent(term, model, point) == near({JAN_END: 70, FEB_END: 50})


def test_a_site_in_use_is_opened_for_nothing() -> None:
    """A hall stands open there already: deciding another one does not open the site."""
    model = model_of(
        sites=[{"site": "site", "pue": 1, "opening_cost": 50}],
        halls=[hall(count=2, open_count=1)],
    )
    assert not model.decisions.open_site
    assert spent("openings", model, {"open_halls": {("hall", JAN_END): 1}}) == near({})


@term_test("fit_out")
def test_fit_out(term: str) -> None:
    """2 halls at 12, decided on 28 January to open 31 days later, and 1 at 5 that opens at once."""
    model = model_of(
        halls=[hall(count=3, build_days=31, fit_out_cost=12), hall("next", fit_out_cost=5)]
    )
    point = {"open_halls": {("hall", FEB_END - 31): 2, ("next", FEB_END): 1}}
    assert spent(term, model, point) == near({FEB_END - 31: 24, FEB_END: 5})


@term_test("lease")
def test_lease(term: str) -> None:
    """4 of the fleet at 45 from 1 January on: 180 a month. 3 at 30 from 28 February on: one day.

    Those are installed on 28 January; a site without lease costs none.
    """
    model = model_of(
        systems=[unit_system(power_kw=800, overhead_kw=200, commission_days=31)],
        sites=[{"site": "site", "lease": 30}, {"site": "two", "lease": 45}, {"site": "own"}],
        halls=[hall(), hall("second", site="two", open_count=1), hall("third", site="own")],
        fleet=[{"hall": "second", "system": "unit", "count": 4}],
    )
    installed = {(*UNIT, FEB_END - 31): 3, ("third", "unit", FEB_END - 31): 7}
    in_service = {(*UNIT, FEB): 3, ("third", "unit", FEB): 7}
    in_service |= {("second", "unit", period): 4 for period in (JAN, FEB)}
    point = {"commissioned_systems": in_service, "install_systems": installed}
    assert spent(term, model, point) == near({0: 180, JAN_END + 1: 180 + 90 / 28})


def test_lease_counts_the_months_of_a_quarter() -> None:
    """2 MW of a fleet at 30 from January to March: three months."""
    model = model_of(
        {MARCH: 5},
        options={"period": "quarter"},
        end=MARCH,
        sites=[{"site": "site", "lease": 30}],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 2}],
    )
    assert spent("lease", model, {"commissioned_systems": {(*UNIT, 0): 2}}) == near({0: 180})


@term_test("energy")
def test_energy(term: str) -> None:
    """3 systems of 0.8 + 0.2 MW at a PUE of 1.5 draw 4.5 MW: 4.5 x 744 h x 2 = 6,696 in January.

    In February 4.5 MW x 672 h x 2 = 6,048, and 2 systems more for the 24 h of the 28th: 3 x 24 x 2
    = 144. They are installed on 28 January and draw nothing while they are commissioned.
    """
    model = model_of(
        systems=[unit_system(power_kw=800, overhead_kw=200, commission_days=31)],
        sites=[{"site": "site", "pue": 1.5, "energy_price": 2}],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 3}],
    )
    point = {
        "commissioned_systems": {(*UNIT, JAN): 3, (*UNIT, FEB): 5},
        "install_systems": {(*UNIT, FEB_END - 31): 2},
    }
    assert spent(term, model, point) == near({0: 6696, JAN_END + 1: 6192})


@term_test("service")
def test_service(term: str) -> None:
    """2 MW at 30 from one site and 1 MW at 45 from another: 105 a month; to another it is free.

    What is served on 31 January is served until 27 February: 1 / 31 + 27 / 28 months.
    """
    model = model_of(
        sites=[{"site": "site", "pue": 1}, {"site": "two", "pue": 1}],
        halls=[hall(), hall("second", site="two")],
        commitments=[promised("demand"), promised("other")],
        milestones=[due("demand", 5), due("other", 5)],
        service=[
            {"commitment": "demand", "site": "site", "cost": 30},
            {"commitment": "demand", "site": "two", "cost": 45},
        ],
    )
    point = {
        "serve_mw": {
            ("demand", *UNIT, JAN): 2,
            ("demand", "second", "unit", JAN): 1,
            ("other", *UNIT, JAN): 5,
        }
    }
    assert spent(term, model, point) == near({JAN_END: 105 * (1 / 31 + 27 / 28)})


@term_test("late")
def test_late(term: str) -> None:
    """1.5 MW at 100 and 2 MW at 10 for a month: 170."""
    model = model_of(
        commitments=[promised("demand", late_cost=100), promised("other", late_cost=10)],
        milestones=[due("demand", 5), due("other", 5)],
    )
    assert spent(term, model, {"missed_mw": {("demand", FEB): 1.5, ("other", FEB): 2}}) == near(
        {JAN_END + 1: 170}
    )


def test_late_counts_the_months_of_a_quarter() -> None:
    """1.5 MW at 100 for the three months of January to March: 450."""
    model = model_of(
        {MARCH: 5},
        options={"period": "quarter"},
        end=MARCH,
        commitments=[promised("demand", late_cost=100)],
    )
    late = spent("late", model, {"missed_mw": {("demand", 0): 1.5}})
    assert late == near({0: 450})


RANKED = {
    "commitments": [promised("demand"), promised("peer"), promised("second", priority=2)],
    "milestones": [due("demand", 5, "2026-01-31"), due("peer", 5), due("second", 5)],
}
"""Two commitments of the first priority and one of the second."""


def test_tier_of_missed_megawatts() -> None:
    """Priority 1: 1 MW in January, 2 + 0.5 in February, 3.5 MW-months; priority 2: 4."""
    model = model_of(**RANKED)
    point = {
        "missed_mw": {
            ("demand", JAN): 1,
            ("demand", FEB): 2,
            ("peer", FEB): 0.5,
            ("second", FEB): 4,
        }
    }
    assert value(missed_mw_months(model, 1), model, point) == near(3.5)
    assert value(missed_mw_months(model, 2), model, point) == near(4)


def test_tier_of_missed_megawatts_counts_the_months_of_a_week() -> None:
    """3 MW for 7 of the 31 days of January."""
    model = model_of(
        {"2026-01-25": 5}, options={"start": "2026-01-05", "period": "week"}, end="2026-01-25"
    )
    point = {"missed_mw": {("demand", 2): 3}}
    assert value(missed_mw_months(model, 1), model, point) == near(3 * 7 / 31)


def test_tier_of_megawatts_in_service() -> None:
    """2 MW in January and 5 + 1 in February: 8 MW-months, minimised as -8."""
    model = model_of(**RANKED)
    point = {
        "serve_mw": {
            ("demand", *UNIT, JAN): 2,
            ("demand", *UNIT, FEB): 5,
            ("second", *UNIT, FEB): 1,
        }
    }
    tier = in_service_mw_months(model)
    assert value(tier, model, point) == near(8)
    assert tier.expression.value() == near(-8)


def test_tier_of_present_cost() -> None:
    """At 10 % a year, days / 365, each from its own day: 3 x 200 of 31 January, 30 days on.

    A placed order of 2 at 200 on 10 February, 40 days on; late cost of 70 x 2 from 1 February.
    """
    model = model_of(
        options={"discount_rate": 0.1},
        commitments=[promised("demand", late_cost=70)],
        supply=[sold(price=200)],
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
    )
    point = {
        "order_lots": {("maker", "unit", JAN_END): 3},
        "missed_mw": {("demand", FEB): 2},
    }
    assert value(present_cost(model), model, point) == near(
        600 * 1.1 ** (-30 / 365) + 400 * 1.1 ** (-40 / 365) + 140 * 1.1 ** (-31 / 365)
    )


def test_tier_that_breaks_ties() -> None:
    """4 pairs in order of names rank 1/5, 2/5, 3/5, 4/5: earliest first, then by name.

    2 of hall/other in January are 2 x 0.2; 1 of next/unit in January is 0.8; 3 of hall/unit in
    February are 3 x 1.4: 5.4.
    """
    model = model_of(systems=TWO_SYSTEMS, halls=[hall(), hall("next")])
    point = {
        "install_systems": {
            ("hall", "other", JAN_END): 2,
            ("next", "unit", JAN_END): 1,
            (*UNIT, FEB_END): 3,
        }
    }
    assert value(tie_break(model), model, point) == near(5.4)


@pytest.mark.parametrize(
    ("pace", "ahead_of_cost"),
    [("just-in-time", []), ("as-early-as-possible", ["in_service_mw_months"])],
)
def test_order_of_the_tiers(pace: str, ahead_of_cost: list[str]) -> None:
    tiers = make_tiers(model_of(options={"pace": pace}, **RANKED))
    assert [tier.name for tier in tiers] == [
        "missed_mw_months_priority_1",
        "missed_mw_months_priority_2",
        *ahead_of_cost,
        "present_cost",
        "tie_break",
    ]
    assert [tier.tight for tier in tiers] == [True, True] + [False] * (len(tiers) - 2)


ASKED = {
    "workloads": [
        {"workload": "chat", "model": "m"},
        {"workload": "books", "model": "m", "class": "batch", "priority": 2},
    ],
    "token_demand": [
        {"workload": "chat", "input_mtok_day": 36, "output_mtok_day": 12},
        {"workload": "books", "input_mtok_day": 0, "output_mtok_day": 10},
    ],
    "throughput": [{"model": "m", "system": "unit", "prefill_tok_s": 1, "decode_tok_s": 1}],
    "token_prices": [
        {"workload": "chat", "buy_input": 1, "buy_output": 5},
        {"workload": "books", "buy_output": 3},
    ],
}
"""Chat asks for 2 Mtok an hour at (36 x 1 + 12 x 5) / 48 = 2 each, books for 10 a day at 3."""


@term_test("tokens")
def test_tokens_bought(term: str) -> None:
    """0.5 Mtok an hour at 2 are 24 a day, 4 a day at 3 are 12: 36 x 31 and 36 x 28 days."""
    point = {"buy_tokens": {("chat", "day", 0): 0.5, ("books", None, 0): 4}}
    assert spent(term, model_of(**ASKED), point) == near({0: 1116, 31: 1008})


def test_missed_tokens_by_priority() -> None:
    """0.5 Mtok an hour are 12 a day; 59 days. Gaps count against the tokens asked for."""
    model = model_of(**ASKED)
    point = {"missed_tokens": {("chat", "day", 0): 0.5, ("books", None, 0): 4}}
    chat, books = missed_mtok(model, 1), missed_mtok(model, 2)
    assert value(chat, model, point) == near(12 * 59)
    assert value(books, model, point) == near(4 * 59)
    assert (chat.demanded, books.demanded) == near((48 * 59, 10 * 59))
    assert chat.relative_gap(12 * 59, 0) == near(0.25)
    assert value(chat, model, {}) == near(0)


def test_tokens_come_after_megawatts_and_before_cost() -> None:
    assert [tier.name for tier in make_tiers(model_of(**ASKED))] == [
        "missed_mw_months_priority_1",
        "missed_mtok_priority_1",
        "missed_mtok_priority_2",
        "present_cost",
        "tie_break",
    ]


def test_no_replica_is_loaded_without_need() -> None:
    """Two replicas of 3 systems weigh 6 in the tie-break."""
    rates = [{"model": "m", "system": "unit", "decode_tok_s": 1, "systems_per_replica": 3}]
    model = model_of(**{**ASKED, "throughput": rates})
    kind = Kind(None, "m", "unit", 3)
    assert value(tie_break(model), model, {"load_replicas": {(kind, "site", 0): 2}}) == near(6)
