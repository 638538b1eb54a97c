"""The oracles of tokens, against plans worked out by hand and against one another.

They are what the planner's plans of workloads are compared with, so they must be right first.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from brute_tokens import best_token_tiers
from how_many import CASES, seeds
from random_tokens import token_case
from reference_tokens import token_optima
from token_examples import EXAMPLES, own_or_buy, prefill_apart

NEAR = 1e-6
NEAR_MONEY = 1e-4
BLOCK = 10


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_reference_finds_the_plans_made_by_hand(name: str) -> None:
    example = EXAMPLES[name]
    optima = token_optima(example.sheets)
    missed = sum(value for tier, value in optima.items() if tier.startswith("missed_mtok"))
    assert missed == pytest.approx(example.missed_mtok, rel=NEAR, abs=NEAR)
    assert optima["present_cost"] == pytest.approx(example.cost, rel=NEAR)


@pytest.mark.parametrize("first", seeds(max(120, CASES), BLOCK))
def test_the_reference_is_as_good_as_every_choice(first: int) -> None:
    for seed in range(first, first + BLOCK):
        sheets = token_case(seed, tiny=True)
        best, optima = best_token_tiers(sheets), token_optima(sheets)
        assert optima == pytest.approx(best, rel=NEAR, abs=NEAR_MONEY), f"tiny case {seed}"


def test_random_cases_serve_buy_and_miss() -> None:
    """So that what the oracles agree on is not that nothing is possible."""
    tiers = [best_token_tiers(token_case(seed, tiny=True)) for seed in range(40)]
    missed = [sum(v for name, v in one.items() if "mtok" in name) for one in tiers]
    assert 8 < sum(mtok > 0 for mtok in missed) < 32
    assert sum(one["present_cost"] > 0 for one in tiers) > 20


def test_a_wider_link_never_costs_more() -> None:
    costs = [
        token_optima(prefill_apart(link=gb_s))["present_cost"] for gb_s in (0, 5, 14.4, 20, 28.8)
    ]
    assert all(wide <= narrow + NEAR for narrow, wide in pairwise(costs))


def test_more_tokens_never_cost_less_and_never_more_than_buying_them() -> None:
    amounts = (900, 1600, 2500, 3100, 4200)
    costs = [token_optima(own_or_buy(mtok))["present_cost"] for mtok in amounts]
    assert all(few <= many + NEAR for few, many in pairwise(costs))
    for mtok, cost in zip(amounts, costs, strict=True):
        assert cost <= mtok * 0.79 + NEAR


@pytest.mark.parametrize("seed", [3, 11, 24])
def test_what_allows_more_never_misses_more(seed: int) -> None:
    """Any country will do, or a larger hall; in the first tier of tokens, so that it decides."""
    sheets = token_case(seed, tiny=True)
    tier = min(name for name in token_optima(sheets) if name.startswith("missed_mtok"))
    before = token_optima(sheets)[tier]
    freer = token_case(seed, tiny=True)
    for row in freer["workloads"]:
        row.pop("countries", None)
    larger = token_case(seed, tiny=True)
    for row in larger["halls"]:
        row["it_mw"] = 2 * float(str(row["it_mw"]))
    for changed in (freer, larger):
        assert token_optima(changed)[tier] <= before + NEAR * max(1.0, before)


@pytest.mark.parametrize("seed", [5, 8])
def test_twice_the_rates_for_twice_the_tokens_is_the_same_plan(seed: int) -> None:
    """Links aside, which carry twice as much; prices are halved, so that buying costs the same."""
    sheets, twice = token_case(seed, tiny=True), token_case(seed, tiny=True)
    for sheet, columns, factor in (
        ("throughput", ("prefill_tok_s", "decode_tok_s", "train_tok_s"), 2.0),
        ("token_demand", ("input_mtok_day", "output_mtok_day"), 2.0),
        ("token_prices", ("buy_input", "buy_output"), 0.5),
        ("links", ("gb_s",), 2.0),
    ):
        for row in twice.get(sheet, []):
            row |= {name: factor * float(str(row[name])) for name in columns if name in row}
    before, after = token_optima(sheets), token_optima(twice)
    for tier, value in before.items():
        due = 2 * value if "mtok" in tier else value
        assert after[tier] == pytest.approx(due, rel=NEAR, abs=NEAR_MONEY)
