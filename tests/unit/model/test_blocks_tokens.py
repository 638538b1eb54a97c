"""Rules of tokens and replicas, each alone: the last point allowed, the first not."""

from __future__ import annotations

import pytest
from blocks import FEB, JAN, Rule, alone, assert_edge, case_of, hall
from instances import unit_system

from planner.case.tokens import Kind, Path
from planner.model import tokens

MTOK_PER_HOUR = 1 / 0.0036
"""Tokens a second of a replica that makes one Mtok an hour."""

SPAN = 0
"""January and February are of one quarter."""

CHAT = {"workload": "chat", "model": "m"}
CHAT_ASKS = {"workload": "chat", "input_mtok_day": 24, "output_mtok_day": 24}
RATES = {
    "model": "m",
    "system": "unit",
    "prefill_tok_s": MTOK_PER_HOUR,
    "decode_tok_s": MTOK_PER_HOUR,
}
UNIT = Kind(None, "m", "unit", 1)
OTHER = Kind(None, "m", "other", 1)
WHOLE = Path(UNIT, None, UNIT, None, True)
"""One replica does half an hour of prefill and half an hour of decode for a Mtok."""


def sheets(**changes: object) -> dict[str, object]:
    """Return the sheets of a workload that asks for 2 Mtok an hour, half of it output."""
    return {"workloads": [CHAT], "token_demand": [CHAT_ASKS], "throughput": [RATES], **changes}


@alone(tokens.meet_token_demand)
def test_tokens_are_served_bought_or_missed(rule: Rule) -> None:
    """Chat asks for 3 Mtok an hour by day and 1 by night, books for 24 a day at any hour."""
    assert_edge(
        rule,
        {
            "serve_tokens": {
                ("chat", WHOLE, "light", SPAN): 2,
                ("chat", WHOLE, "dark", SPAN): 1,
                ("books", WHOLE, "dark", SPAN): 1,
            },
            "buy_tokens": {("chat", "light", SPAN): 0.5, ("books", None, SPAN): 6},
            "missed_tokens": {("chat", "light", SPAN): 0.5, ("books", None, SPAN): 6},
        },
        [
            {"serve_tokens": {("chat", WHOLE, "light", SPAN): 1.9}},
            {"serve_tokens": {("chat", WHOLE, "dark", SPAN): 1.1}},
            {"serve_tokens": {("books", WHOLE, "light", SPAN): 0.1}},
            {"buy_tokens": {("books", None, SPAN): 5}},
            {"missed_tokens": {("chat", "dark", SPAN): 0.1}},
        ],
        **sheets(
            workloads=[CHAT, {"workload": "books", "model": "m", "class": "batch"}],
            token_demand=[
                CHAT_ASKS,
                {"workload": "books", "input_mtok_day": 0, "output_mtok_day": 24},
            ],
            token_prices=[
                {"workload": name, "buy_input": 1, "buy_output": 1} for name in ("chat", "books")
            ],
            day=[
                {"block": "light", "hours": 12, "load": 1.5},
                {"block": "dark", "hours": 12, "load": 0.5},
            ],
        ),
    )


@alone(tokens.serve_within_replicas)
def test_requests_fit_in_the_replicas_of_a_country(rule: Rule) -> None:
    """Half of the time of one replica at each of two sites: 1 Mtok an hour."""
    path = Path(UNIT, "US", UNIT, "US", True)
    assert_edge(
        rule,
        {
            "serve_tokens": {("chat", path, "day", SPAN): 1},
            "load_replicas": {(UNIT, "site", SPAN): 1, (UNIT, "second", SPAN): 1},
        },
        [
            {"serve_tokens": {("chat", path, "day", SPAN): 1.1}},
            {"load_replicas": {(UNIT, "second", SPAN): 0}},
        ],
        **sheets(throughput=[{**RATES, "max_use": 0.5}]),
        sites=[{"site": name, "country": "US"} for name in ("site", "second")],
        halls=[hall(), hall("second", site="second")],
    )


PAIR = [{"model": "m", "prefill": "unit", "decode": "other", "kv_kb_per_token": 7200}]
TWO = [
    {"model": "m", "system": "unit", "prefill_tok_s": MTOK_PER_HOUR},
    {"model": "m", "system": "other", "decode_tok_s": MTOK_PER_HOUR},
]


@alone(tokens.disaggregate_within_a_site)
def test_disaggregated_requests_use_the_replicas_of_a_site(rule: Rule) -> None:
    """2 Mtok an hour take one replica that prefills and one that decodes, both at the site."""
    path = Path(UNIT, "site", OTHER, "site", False)
    assert_edge(
        rule,
        {
            "serve_tokens": {("chat", path, "day", SPAN): 2},
            "load_replicas": {(UNIT, "site", SPAN): 1, (OTHER, "site", SPAN): 1},
        },
        [
            {"load_replicas": {(UNIT, "site", SPAN): 0, (UNIT, "second", SPAN): 1}},
            {"load_replicas": {(OTHER, "site", SPAN): 0}},
        ],
        **sheets(throughput=TWO, disaggregation=PAIR),
        systems=[unit_system(), unit_system("other")],
        sites=[{"site": "site"}, {"site": "second"}],
        halls=[hall(), hall("second", site="second")],
    )


@alone(tokens.load_within_systems)
def test_replicas_take_systems_that_no_commitment_uses(rule: Rule) -> None:
    """Of 5 systems 3 serve the commitment: one replica of two is left, in both months."""
    pairs = Kind(None, "m", "unit", 2)
    both = (JAN, FEB)
    assert_edge(
        rule,
        {
            "commissioned_systems": {("hall", "unit", month): 5 for month in both},
            "serve_mw": {("demand", "hall", "unit", month): 3 for month in both},
            "load_replicas": {(pairs, "site", SPAN): 1},
        },
        [
            {"load_replicas": {(pairs, "site", SPAN): 2}},
            {"commissioned_systems": {("hall", "unit", JAN): 4}},
            {"serve_mw": {("demand", "hall", "unit", FEB): 4}},
        ],
        **sheets(throughput=[{**RATES, "systems_per_replica": 2}]),
    )


@pytest.mark.parametrize("rule", [tokens.load_within_systems])
def test_replicas_of_a_month_take_systems_of_the_month_before(rule: Rule) -> None:
    """What serves in February is in service on its first day; January's replicas ask for less."""
    assert_edge(
        rule,
        {
            "commissioned_systems": {("hall", "unit", JAN): 2, ("hall", "unit", FEB): 3},
            "load_replicas": {(UNIT, "site", JAN): 2, (UNIT, "site", FEB): 2},
        },
        [
            {"load_replicas": {(UNIT, "site", FEB): 3}},
            {"load_replicas": {(UNIT, "site", JAN): 3}},
        ],
        **sheets(),
        options={"token_period": "month"},
    )


@pytest.mark.parametrize("rule", [tokens.load_within_systems])
def test_idle_systems_of_a_dedicated_fleet_are_withheld(rule: Rule) -> None:
    """Of 5 systems 3 are withheld for the commitment, though only 1 serves it."""
    both = (JAN, FEB)
    assert_edge(
        rule,
        {
            "commissioned_systems": {("hall", "unit", month): 5 for month in both},
            "withheld_systems": {("hall", "unit", month): 3 for month in both},
            "serve_mw": {("demand", "hall", "unit", month): 1 for month in both},
            "load_replicas": {(UNIT, "site", SPAN): 2},
        },
        [
            {"load_replicas": {(UNIT, "site", SPAN): 3}},
            {"withheld_systems": {("hall", "unit", JAN): 4}},
        ],
        **sheets(),
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 3, "commitment": "demand"}],
    )


@alone(tokens.withhold_dedicated_systems)
def test_a_dedicated_fleet_and_all_that_serves_are_withheld(rule: Rule) -> None:
    """A fleet of 3; in February 4 systems serve the commitment."""
    assert_edge(
        rule,
        {
            "withheld_systems": {("hall", "unit", JAN): 3, ("hall", "unit", FEB): 4},
            "serve_mw": {("demand", "hall", "unit", JAN): 1, ("demand", "hall", "unit", FEB): 4},
        },
        [
            {"withheld_systems": {("hall", "unit", JAN): 2}},
            {"withheld_systems": {("hall", "unit", FEB): 3}},
            {"serve_mw": {("demand", "hall", "unit", JAN): 4}},
        ],
        **sheets(),
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 3, "commitment": "demand"}],
    )


@pytest.mark.parametrize("rule", [tokens.load_within_systems])
def test_replicas_of_a_commitment_take_its_megawatts(rule: Rule) -> None:
    """4 MW of the commitment are 4 systems: two replicas of two."""
    pairs = Kind("demand", "m", "unit", 2)
    both = (JAN, FEB)
    assert_edge(
        rule,
        {
            "serve_mw": {("demand", "hall", "unit", month): 4 for month in both},
            "load_replicas": {(pairs, "site", SPAN): 2},
        },
        [
            {"load_replicas": {(pairs, "site", SPAN): 3}},
            {"serve_mw": {("demand", "hall", "unit", JAN): 3}},
        ],
        **sheets(
            workloads=[{**CHAT, "commitment": "demand"}],
            throughput=[{**RATES, "systems_per_replica": 2}],
        ),
    )


@alone(tokens.carry_kv)
def test_a_link_carries_kv_caches(rule: Rule) -> None:
    """Of 2 Mtok an hour 1 is input; 7200 kB for each of its tokens are 2 GB a second."""
    path = Path(UNIT, "site", OTHER, "second", False)
    assert_edge(
        rule,
        {"serve_tokens": {("chat", path, "day", SPAN): 1}},
        [{"serve_tokens": {("chat", path, "day", SPAN): 1.1}}],
        **sheets(throughput=TWO, disaggregation=PAIR),
        systems=[unit_system(), unit_system("other")],
        sites=[{"site": "site"}, {"site": "second"}],
        halls=[hall(systems="unit"), hall("second", site="second", systems="other")],
        links=[{"from": "site", "to": "second", "gb_s": 1}],
    )


def test_a_workbook_without_workloads_has_no_tokens() -> None:
    case = case_of()
    assert case.tokens.workloads == ()
    assert case.tokens.spans == ()
