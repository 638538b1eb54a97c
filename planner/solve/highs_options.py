"""How a HiGHS solver is set up, and which of its parts are off."""

from __future__ import annotations

import highspy

from planner.tolerance import SEARCH_TOLERANCE

RULES_OFF = (1 << 12) + (1 << 15) + (1 << 16)
"""Rules of HiGHS's presolve that are off for whole numbers: aggregation, probing, enumeration.

They cut off plans: HiGHS 1.15.1 called nine of thirty thousand small models solved or infeasible
wrongly, all nine right without them.
"""

INNER_SEARCHES = ("rins", "rens", "root_reduced_cost")
"""HiGHS's searches inside of its search for a better plan."""


def new_solver(threads: int) -> highspy.Highs:
    """Return a silent HiGHS object without a model, with the tolerances of a search."""
    highs = highspy.Highs()  # whose random_seed is 0
    for option, value in (("output_flag", False), ("threads", threads)):
        highs.setOptionValue(option, value)
    for kind in ("primal", "dual", "mip"):
        highs.setOptionValue(f"{kind}_feasibility_tolerance", SEARCH_TOLERANCE)
    return highs
