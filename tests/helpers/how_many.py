"""Which random cases the tests try: some fixed ones in the suite, others and more on demand.

PLANNER_CASES=300 pytest tests/unit/explain/test_explain_asks.py
PLANNER_SEED=3 pytest
"""

from __future__ import annotations

import os

ASKED = int(os.environ.get("PLANNER_CASES", "0"))
CASES = ASKED or 20

FIRST = 1000 * int(os.environ.get("PLANNER_SEED", "0"))
"""Seed of the first random case; the suite begins with 0."""


def seeds(count: int, block: int = 1) -> range:
    """Return the seeds of so many random cases, or the first of each block of them."""
    return range(FIRST, FIRST + count, block)


def examples(usual: int) -> int:
    """Return how many examples a property test tries: as many as are asked for, or the usual."""
    return max(ASKED, usual)
