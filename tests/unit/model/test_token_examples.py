"""Token plans whose optimum is worked out by hand: prices per system, nothing else costs.

Rates in tokens a second: 5,000 are 18 Mtok an hour, 10,000 are 36, 20,000 are 72, 50,000 are 180
and 100,000 are 360.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from token_plans import (
    DAYS,
    cost,
    mtok,
    plan_of_sheets,
    rate,
    replicas,
    sheets_of,
    site,
    system,
    systems,
    token_plan,
    workload,
)

from planner.model.objectives import CHOOSING
from planner.pipeline import find_plan
from planner.plan.store import Plan
from planner.plan.summary import PROVEN
from planner.solve.staged import StagedSolver
from planner.solve.tuning import DEFAULT_TUNING
from planner.workbook.reading import inputs_from_rows

MILLION = 1e6
HALVES = [{"block": "day", "hours": 12, "load": 1.5}, {"block": "night", "hours": 12, "load": 0.5}]


def near(expected: object) -> object:
    return pytest.approx(expected, rel=1e-6, abs=1e-6)


def assert_proven(plan: Plan) -> None:
    assert plan.summary["status"] == PROVEN
    for tier in plan.tables["tiers"]:
        if tier["tier"] != CHOOSING:
            assert tier["value"] == near(tier["bound"]), tier


@pytest.mark.parametrize(
    ("batch_out", "count", "mean_use"), [(0, 15, 2 / 3), (1080, 15, 1.0), (1296, 16, 1.0)]
)
def test_example_1_batch_flows_into_the_valleys(
    batch_out: float, count: int, mean_use: float
) -> None:
    """Chat's peak of 135 Mtok out an hour takes 135/18 + 1350/180 = 15 replicas; half at night."""
    asked = [workload("chat", 21600, 2160)]
    if batch_out:
        asked.append(workload("batch", 10 * batch_out, batch_out, **{"class": "batch"}))
    plan = token_plan([system("G", 3 * MILLION)], asked, [rate("G", 50e3, 5e3)], day=HALVES)
    assert_proven(plan)
    assert systems(plan) == {"G": count}
    assert cost(plan) == near(3 * MILLION * count)
    assert mtok(plan, "missed_mtok") == near(0)
    uses = [float(row["mean_use"]) for row in plan.tables["replicas"]]
    # 12 x 15 + 12 x 5 = 240 of 360 hours by chat; 2 x 1296 / 18 = 144 by the larger batch.
    assert uses == [near(mean_use if count == 15 else (240 + 144) / 384)]


T, C = system("T", 0.5 * MILLION, 40), system("C", 1.5 * MILLION, 34)
T_AND_C = [rate("T", 100e3, speed=None), rate("C", 20e3, 10e3, speed=1000)]
PAIR = [{"model": "m", "prefill": "T", "decode": "C", "kv_kb_per_token": 36}]


def agents(cached: float = 0.0, **sheets: object) -> Plan:
    asked = [workload("agent", 69120, 8640, cached, min_speed=1000)]
    return token_plan([T, C], asked, T_AND_C, **sheets)


def apart(gb_s: float) -> Plan:
    """T may stand at A alone and C at B alone, with a link between them."""
    places = [site("A"), site("B")]
    places[0][1]["systems"] = "T"
    places[1][1]["systems"] = "C"
    links = [{"from": "A", "to": "B", "gb_s": gb_s}]
    return agents(sites=places, disaggregation=PAIR, links=links)


def test_example_2_one_system_alone() -> None:
    """360 / 36 + 2880 / 72 = 50 replicas of C."""
    plan = agents()
    assert_proven(plan)
    assert systems(plan) == {"C": 50}
    assert cost(plan) == near(75 * MILLION)


def test_example_2_a_pair_shares_the_requests() -> None:
    """T prefills 2880 / 360 = 8, C decodes 360 / 36 = 10."""
    plan = agents(disaggregation=PAIR)
    assert_proven(plan)
    assert systems(plan) == {"T": 8, "C": 10}
    assert cost(plan) == near(19 * MILLION)


@pytest.mark.parametrize(
    ("gb_s", "t", "c", "money"), [(28.8, 8, 10, 19), (14.4, 4, 30, 47), (0, 0, 50, 75)]
)
def test_example_2_a_link_carries_the_caches(gb_s: float, t: int, c: int, money: float) -> None:
    """2880 Mtok an hour of 36 kB are 28.8 GB/s; with half the link, half goes to C alone."""
    plan = apart(gb_s)
    assert_proven(plan)
    assert systems(plan) == {name: n for name, n in {"T": t, "C": c}.items() if n}
    assert cost(plan) == near(money * MILLION)
    sent = sum(float(row["kv_gb_s"]) for row in plan.tables["token_service"])
    assert sent == near(min(gb_s, 28.8))


def test_example_2_a_hall_of_1_mw() -> None:
    """29 of C of 34 kW fit; they serve 29 / 50 of the tokens, 8640 x 21 / 50 out are missed."""
    plan = agents(sites=[site("A", mw=1.0)])
    assert_proven(plan)
    assert systems(plan) == {"C": 29}
    assert mtok(plan, "missed_mtok") == near(3628.8 * 9 * DAYS)


def test_example_2_a_hall_of_330_kw_with_the_pair() -> None:
    """4 T and 5 C draw 330 kW and serve half."""
    plan = agents(sites=[site("A", mw=0.33)], disaggregation=PAIR)
    assert_proven(plan)
    assert systems(plan) == {"T": 4, "C": 5}
    assert mtok(plan, "missed_mtok") == near(4320 * 9 * DAYS)


def test_example_2_a_prefix_cache() -> None:
    """A tenth of the input is fresh: T prefills 288 / 360, one; C decodes 10."""
    plan = agents(0.9, disaggregation=PAIR)
    assert_proven(plan)
    assert systems(plan) == {"T": 1, "C": 10}
    assert cost(plan) == near(15.5 * MILLION)


def regions(countries: str | None, health_speed: float | None = None) -> Plan:
    """G rents for 0.40 m in US and 0.45 m in IN, C for 1.5 m in US: one lease a site and system.

    Systems are in service from the last day of the month, and pay a thirtieth of the lease.
    """
    places = [site("US C", "US"), site("US G", "US"), site("IN G", "IN")]
    for (place, hall), name, lease in zip(places, ("C", "G", "G"), (1.5, 0.40, 0.45), strict=True):
        place["lease"] = lease * MILLION * DAYS
        hall["systems"] = name
    asked = [
        workload("health", 21600, 2160, countries=countries, min_speed=health_speed),
        workload("agent", 5184, 2592, min_speed=1000),
    ]
    rates = [rate("G", 50e3, 5e3, speed=50), rate("C", 20e3, 10e3, speed=1000)]
    return token_plan(
        [system("G", kw=1000), system("C", kw=1000)],
        asked,
        rates,
        sites=places,
    )


@pytest.mark.parametrize(
    ("countries", "speed", "loaded", "money", "missed"),
    [
        ("IN", None, {("G", "IN G"): 10, ("C", "US C"): 6}, 13.5, 0),
        (None, None, {("G", "US G"): 10, ("C", "US C"): 6}, 13.0, 0),
        ("IN", 1000, {("C", "US C"): 6}, 9.0, 2160),
    ],
)
def test_example_3_countries_and_speed(
    countries: str | None, speed: float | None, loaded: dict, money: float, missed: float
) -> None:
    plan = regions(countries, speed)
    assert_proven(plan)
    assert replicas(plan) == loaded
    assert cost(plan) == near(money * MILLION)
    assert mtok(plan, "missed_mtok") == near(missed * 11 * DAYS)


H = system("H", 1216.80)


@pytest.mark.parametrize(
    ("mtok_month", "owned", "money"),
    [
        (1500, 0, 1185.00),
        (1540, 0, 1216.60),
        (1541, 1, 1216.80),
        (4000, 1, 2329.12),
        (4200, 2, 2433.60),
    ],
)
def test_example_4_make_or_buy(mtok_month: float, owned: int, money: float) -> None:
    """A replica makes 2592 Mtok a month: 59.42 % of it at 0.79 pay for a system."""
    plan = token_plan(
        [H],
        [workload("chat", 0, mtok_month / DAYS)],
        [rate("H", None, 1e3)],
        token_prices=[{"workload": "chat", "buy_output": 0.79}],
    )
    assert_proven(plan)
    assert systems(plan) == ({"H": owned} if owned else {})
    assert cost(plan) == near(money)
    bought = max(0.0, mtok_month - 2592 * owned)
    assert mtok(plan, "bought_mtok") == near(bought)
    assert mtok(plan, "buy_cost") == near(0.79 * bought)


@pytest.mark.parametrize(
    ("hours", "owned", "money"), [(12, 5, 544.08), (14, 5, 600.96), (15, 15, 608.40)]
)
def test_example_4b_the_peak_is_bought(hours: float, owned: int, money: float) -> None:
    """54 Mtok an hour by day, 18 by night; a replica makes 3.6 and costs 40.56 a day."""
    total = 54 * hours + 18 * (24 - hours)
    day = [
        {"block": "day", "hours": hours, "load": 54 * 24 / total},
        {"block": "night", "hours": 24 - hours, "load": 18 * 24 / total},
    ]
    plan = token_plan(
        [H],
        [workload("chat", 0, total)],
        [rate("H", None, 1e3)],
        token_prices=[{"workload": "chat", "buy_output": 0.79}],
        day=day,
    )
    assert_proven(plan)
    assert systems(plan) == {"H": owned}
    assert cost(plan) == near(money * DAYS)


def wafers(*, tied: bool, counts: str = "integer") -> Plan:
    places = [site("US", "US"), site("CA", "CA")]
    asked = [
        workload("one", 0, 950.4, countries="US" if tied else None),
        workload("two", 0, 950.4, countries="CA" if tied else None),
    ]
    return token_plan(
        [system("CS-3", 1.5 * MILLION)],
        asked,
        [rate("CS-3", None, 10e3, systems_per_replica=3)],
        sites=places,
        options={"counts": counts},
    )


def test_example_5_replicas_are_whole_at_each_site() -> None:
    """39.6 / 36 = 1.1 replicas in each country: two of three CS-3 in each."""
    plan = wafers(tied=True)
    assert_proven(plan)
    assert replicas(plan) == {("CS-3", "US"): 2, ("CS-3", "CA"): 2}
    assert systems(plan) == {"CS-3": 12}
    assert cost(plan) == near(18 * MILLION)


def test_example_5_free_of_countries() -> None:
    plan = wafers(tied=False)
    assert_proven(plan)
    assert systems(plan) == {"CS-3": 9}
    assert cost(plan) == near(13.5 * MILLION)


def test_example_5_in_fractions() -> None:
    """2.2 replicas, 6.6 CS-3."""
    plan = wafers(tied=False, counts="continuous")
    assert cost(plan) == near(9.9 * MILLION)


def composites(lpx: int | None = None) -> Plan:
    """A is one VR and two LPX, 10 m in all: 90 Mtok an hour out each."""
    sheets = sheets_of(
        [system("VR", 4 * MILLION), system("LPX", 3 * MILLION)],
        [workload("fast", 8640, 2160, min_speed=300)],
        [rate("A", 100e3, 25e3, speed=400)],
        composites=[
            {"composite": "A", "system": "VR", "count": 1},
            {"composite": "A", "system": "LPX", "count": 2},
        ],
    )
    if lpx is not None:
        vr, few = sheets["systems"]
        few["available_to"] = "2026-03-01"
        hall = {"hall": "A hall", "site": "A", "it_mw": 1000, "open_count": 1}
        sheets["halls"] = [hall]
        sheets["fleet"] = [{"hall": "A hall", "system": "LPX", "count": lpx}]
        del vr
    return plan_of_sheets(sheets)


def test_example_7_a_composite() -> None:
    """90 / 90 + 360 / 360 = 2 A."""
    plan = composites()
    assert_proven(plan)
    assert systems(plan) == {"VR": 2, "LPX": 4}
    assert replicas(plan) == {("A", "A"): 2}
    assert cost(plan) == near(20 * MILLION)


def test_example_7_three_lpx_are_one_composite() -> None:
    """One A, half of the tokens missed, and one LPX stranded."""
    plan = composites(lpx=3)
    assert_proven(plan)
    assert systems(plan) == {"VR": 1}
    assert replicas(plan) == {("A", "A"): 1}
    assert mtok(plan, "missed_mtok") == near(mtok(plan, "demand_mtok") / 2)


@pytest.mark.parametrize(("speed", "decoders"), [(30, 4), (150, 11)])
def test_example_8_pools_of_one_system(speed: float, decoders: int) -> None:
    """288,000 in and 36,000 out a second: 288 / 103.727 = 2.78, 36 / 11.271 = 3.19 or 10.06.

    Two composites of one B200 each keep the pools apart.
    """
    per_day = 86400 / MILLION
    rates = [
        rate("prefiller", 103727, speed=None),
        rate("decoder", None, 11271, speed=30),
        rate("decoder", None, 3578, speed=150),
    ]
    plan = token_plan(
        [system("B200", 1.0)],
        [workload("chat", 288e3 * per_day, 36e3 * per_day, min_speed=speed)],
        rates,
        composites=[
            {"composite": name, "system": "B200", "count": 1} for name in ("prefiller", "decoder")
        ],
        disaggregation=[{"model": "m", "prefill": "prefiller", "decode": "decoder"}],
    )
    assert_proven(plan)
    assert replicas(plan) == {("prefiller", "A"): 3, ("decoder", "A"): decoders}
    assert systems(plan) == {"B200": 3 + decoders}


@pytest.mark.parametrize(("speed", "count"), [(30, 6), (150, 13)])
def test_a_system_paired_with_itself_shares_its_replicas(speed: float, count: int) -> None:
    """Of one kind, 2.78 + 3.19 replicas are 6, and 2.78 + 10.06 are 13."""
    per_day = 86400 / MILLION
    rates = [rate("B200", 103727, 11271, speed=30), rate("B200", 103727, 3578, speed=150)]
    plan = token_plan(
        [system("B200", 1.0)],
        [workload("chat", 288e3 * per_day, 36e3 * per_day, min_speed=speed)],
        rates,
        disaggregation=[{"model": "m", "prefill": "B200", "decode": "B200"}],
    )
    assert_proven(plan)
    assert systems(plan) == {"B200": count}


def test_the_example_published_with_melange() -> None:
    """Four request shapes and two GPU types, of which each may serve all: 1.01 + 3.67 an hour.

    A request is one output token, and an hour the month. Speed and TTFT tell the shapes apart, so
    that each has its own rate on the same replicas.
    """
    shapes = {1: 6.0, 2: 3.0, 3: 15.0, 4: 6.0}
    rates = {"A10G": (2, 1, 5, 2), "A100-80GB": (20, 20, 40, 20)}
    plan = token_plan(
        [system("A10G", 1.01), system("A100-80GB", 3.67)],
        [
            workload(f"shape {n}", 0, requests * 0.0864, min_speed=n, max_ttft_s=n)
            for n, requests in shapes.items()
        ],
        [
            rate(gpu, None, requests, speed=n, ttft_s=n)
            for gpu, of_shapes in rates.items()
            for n, requests in enumerate(of_shapes, start=1)
        ],
    )
    assert_proven(plan)
    assert systems(plan) == {"A10G": 1, "A100-80GB": 1}
    assert cost(plan) == near(4.68)


STAGED = replace(DEFAULT_TUNING, small_model_max_integers=-1)
"""Every model counts as large: replicas are rounded up where there is room, see `replicas`."""

IN_STAGES = {
    "aggregated": (75, 0, {}),
    "pair": (19, 0, {"disaggregation": PAIR}),
    "little power": (43.5, 3628.8 * 9, {"sites": [site("A", mw=1.0)]}),
    "pair with little power": (
        9.5,
        4320 * 9,
        {"sites": [site("A", mw=0.33)], "disaggregation": PAIR},
    ),
}


@pytest.mark.parametrize("name", IN_STAGES)
def test_a_large_model_is_as_exact_where_its_gap_is_closed(name: str) -> None:
    """Example 2 in stages: with a gap of 0 the same optimum is proven."""
    money, missed, changes = IN_STAGES[name]
    asked = [workload("agent", 69120, 8640, min_speed=1000)]
    sheets = sheets_of([T, C], asked, T_AND_C, **changes)  # type: ignore[arg-type]
    plan = find_plan(inputs_from_rows("staged", sheets), tuning=STAGED)
    assert_proven(plan)
    assert cost(plan) == near(money * MILLION)
    assert mtok(plan, "missed_mtok") == near(missed * DAYS)


def test_replicas_rounded_up_have_their_systems() -> None:
    """A wide gap ends the search after rounding: 1.1 replicas at two sites become 2 each."""
    places = [site("US", "US"), site("CA", "CA")]
    asked = [
        workload("one", 0, 950.4, countries="US"),
        workload("two", 0, 950.4, countries="CA"),
    ]
    rates = [rate("CS-3", None, 10e3, systems_per_replica=3)]
    sheets = sheets_of([system("CS-3", 1.5 * MILLION)], asked, rates, places, {"gap": 0.5})
    plan = find_plan(inputs_from_rows("staged", sheets), tuning=STAGED)
    assert replicas(plan) == {("CS-3", "US"): 2, ("CS-3", "CA"): 2}
    assert systems(plan) == {"CS-3": 12}
    bound = next(row["bound"] for row in plan.tables["tiers"] if row["tier"] == "present_cost")
    # 1.1 + 1.1 replicas of three systems, the bound of the relaxation.
    assert bound == near(9.9 * MILLION)


def test_replicas_leave_each_hall_its_fraction_of_a_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two halls of 4.5 systems hold eight, not nine: the ninth stands at B, where it costs more.

    The tokens take five replicas of G and four of H, exactly what the halls of A hold in all.
    """

    def fall_back(*_: object, **__: object) -> None:
        raise AssertionError("no whole systems near the replicas")

    monkeypatch.setattr(StagedSolver, "round_counts_in_stages", fall_back)
    halls = [
        *({"hall": f"A {n}", "site": "A", "it_mw": 0.45} for n in range(2)),
        {"hall": "B", "site": "B", "it_mw": 1, "open_count": 1},
    ]
    dear = {"site": "B", "pue": 1, "lease": 5 * MILLION}
    replica = 0.0864 * 1000
    sheets = sheets_of(
        [system("G", MILLION), system("H", MILLION)],
        [
            workload("five", 0, 5 * replica, systems="G"),
            workload("four", 0, 4 * replica, systems="H"),
        ],
        [rate("G", None, 1000), rate("H", None, 1000)],
        [site("A"), (dear, {})],
        {"gap": 0.5},
        halls=halls,
    )
    plan = find_plan(inputs_from_rows("staged", sheets), tuning=STAGED)
    assert plan.summary["status"] == PROVEN
    assert mtok(plan, "missed_mtok") == near(0)
    loaded = replicas(plan)
    assert sum(count for (_, place), count in loaded.items() if place == "A") <= 8
    assert sum(loaded.values()) == near(9)
