"""The outcome of one solve."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

STATUS = highspy.HighsModelStatus
STATUS_WORDS = {
    STATUS.kOptimal: "optimal",
    STATUS.kTimeLimit: "time limit",
    STATUS.kSolutionLimit: "node limit",
    STATUS.kIterationLimit: "pivot limit",
    STATUS.kObjectiveBound: "bound passed",
    STATUS.kObjectiveTarget: "target reached",
    STATUS.kInfeasible: "infeasible",
    STATUS.kUnboundedOrInfeasible: "infeasible",
    STATUS.kUnbounded: "unbounded",
}
"""Our words for HiGHS's model statuses; other statuses keep HiGHS's own words."""

LIMIT_STATUSES = ("time limit", "node limit")
"""Statuses of a solve that might have found a plan with more time."""


@dataclass(frozen=True)
class Outcome:
    """Status, incumbent and bound of one solve of a minimisation.

    Attributes
    ----------
    status : str
        ``interrupted``, a value of `STATUS_WORDS`, or HiGHS's own word for any other status.
    values : array of float or None
        Value of each column, shape (columns,); None if no feasible point was found.
    objective : float
        Objective value of that point; infinite if there is none.
    bound : float
        Proven lower bound of the objective.
    seconds : float
        Time the solve took.
    nodes : int
        Number of branch-and-bound nodes.
    """

    status: str
    values: Array | None
    objective: float
    bound: float
    seconds: float
    nodes: int = 0
