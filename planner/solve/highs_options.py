"""Options of every HiGHS solver, and the presolve rules that are switched off."""

from __future__ import annotations

import highspy

from planner.tolerance import SEARCH_TOLERANCE

PRESOLVE_RULES_OFF = (1 << 12) + (1 << 15) + (1 << 16)
"""Presolve rules that are off for MIPs (a bit mask): aggregation, probing and enumeration.

They cut off feasible plans: HiGHS 1.15.1 gave a wrong optimum or verdict on nine of thirty thousand
small models, and the right one on all nine without these rules.
"""

SUB_MIP_HEURISTICS = ("rins", "rens", "root_reduced_cost")
"""Sub-MIP heuristics of HiGHS, as in its options ``mip_heuristic_run_...``."""


def new_solver(threads: int) -> highspy.Highs:
    """Return a silent HiGHS object without a model, with the tolerances of a search."""
    # Its random_seed is zero, so that the same input gives the same plan.
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", threads)
    for kind in ("primal", "dual", "mip"):
        highs.setOptionValue(f"{kind}_feasibility_tolerance", SEARCH_TOLERANCE)
    return highs
