"""What a solve came to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


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
    """

    status: str
    values: Array | None
    objective: float
    bound: float
    seconds: float
