"""How many random cases the longest tests try: some in the suite, all of them on demand.

PLANNER_CASES=300 pytest tests/test_explain_asks.py
"""

from __future__ import annotations

import os

ASKED = int(os.environ.get("PLANNER_CASES", "0"))
CASES = ASKED or 60


def examples(usual: int) -> int:
    """Return how many examples a property test tries: as many as are asked for, or the usual."""
    return max(ASKED, usual)
