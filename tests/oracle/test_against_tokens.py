"""Plans of random workloads against their problems stated anew; the checker accepts each plan.

PLANNER_CASES=300 pytest tests/oracle/test_against_tokens.py
"""

from __future__ import annotations

import pytest
from how_many import CASES, seeds
from random_tokens import token_case
from reference_tokens import token_optima

from planner.pipeline import Options, make_plan
from planner.workbook.reading import inputs_from_rows

MARGIN = 2e-6
"""Relative to an optimum."""

MARGIN_MONEY = 1e-3
BLOCK = 5


@pytest.mark.parametrize("tiny", [True, False], ids=["tiny", "small"])
@pytest.mark.parametrize("first", seeds(max(20, CASES), BLOCK))
def test_tiers_and_bounds_of_workloads_agree_with_the_oracle(first: int, *, tiny: bool) -> None:
    for seed in range(first, first + BLOCK):
        sheets = token_case(seed, tiny=tiny)
        plan = make_plan(inputs_from_rows("tokens", sheets), Options(gap=0.0))
        optima = token_optima(sheets)
        tiers = {row["tier"]: row for row in plan.tables["tiers"]}
        for tier, best in optima.items():
            margin = max(MARGIN * abs(best), MARGIN_MONEY)
            assert tiers[tier]["value"] == pytest.approx(best, abs=margin), f"case {seed}: {tier}"
            assert tiers[tier]["bound"] <= best + margin, f"case {seed}: {tier}"
