"""What a solve came to."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

STATUS = highspy.HighsModelStatus
WORDS = {
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
"""How a solve ended; anything else is HiGHS's own word."""


@dataclass(frozen=True)
class Outcome:
    """What HiGHS says of one solve.

    Attributes
    ----------
    status : str
        ``optimal``, ``time limit``, ``interrupted``, ``infeasible``, ``unbounded`` or HiGHS's own
        word for anything else.
    values : array of float or None
        Value of each column, shape (columns,); None if no feasible point was found.
    objective : float
        Value of the objective there; infinite if there is none.
    bound : float
        Proven lower bound of the objective.
    seconds : float
        Time the solve took.
    nodes : int
        Nodes of branch and bound that it took.
    """

    status: str
    values: Array | None
    objective: float
    bound: float
    seconds: float
    nodes: int = 0
