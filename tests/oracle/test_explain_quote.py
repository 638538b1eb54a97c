"""Quotes against brute force: earliest dates and largest megawatts in whole systems, by CBC."""

from __future__ import annotations

import pytest
from explain_cases import small_case
from how_many import CASES, seeds
from quote_brute import check
from random_cases import random_case


@pytest.mark.parametrize("first", seeds(CASES, 20))
def test_largest_and_earliest_are_exact(first: int) -> None:
    for seed in range(first, first + 20):
        check(small_case(seed), seed, 0.5 + seed % 9 / 10)


@pytest.mark.parametrize("seed", range(3))
def test_they_are_exact_with_lots_minima_and_lanes(seed: int) -> None:
    check(random_case(seed), seed, 0.9)
