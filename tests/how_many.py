"""How many random cases the longest tests try: some in the suite, all of them on demand.

PLANNER_CASES=300 pytest tests/test_explain_asks.py
"""

from __future__ import annotations

import os

CASES = int(os.environ.get("PLANNER_CASES", "60"))
