"""The oracles of tokens, against plans worked out by hand and against one another."""

from __future__ import annotations

import pytest
from oracle import cbc_optima, highs_optima
from reference_tokens import TokenReference
from oracle import Stated
from token_examples import EXAMPLES

NEAR = 1e-6


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_reference_finds_the_plans_made_by_hand(name: str) -> None:
    example = EXAMPLES[name]
    reference = TokenReference(example.sheets)
    optima = highs_optima(Stated(reference.problem, reference.aims()))
    missed = sum(value for tier, value in optima.items() if tier.startswith("missed_mtok"))
    assert missed == pytest.approx(example.missed_mtok, rel=NEAR, abs=NEAR)
    assert optima["present_cost"] == pytest.approx(example.cost, rel=NEAR)
