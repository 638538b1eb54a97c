"""Property tests try the same examples on every run; on demand they try others, and more.

PLANNER_CASES=2000 pytest tests/property/test_random_grids.py
"""

from __future__ import annotations

from how_many import ASKED, examples
from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=examples(100), deadline=None, print_blob=True)
settings.load_profile("explore" if ASKED else "suite")
