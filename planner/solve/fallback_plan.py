"""The plan that decides nothing, for a search that a limit ends before it finds any other.

It misses whatever the existing fleet does not serve, so it exists unless firm data contradict each
other. Firm data may force a decision, e.g. a removal because a feeder carries less later.
"""

from __future__ import annotations

import pulp

from planner.solve.highs_model import LiveModel
from planner.solve.outcome import LIMIT_STATUSES, Array


def plan_without_decisions(live: LiveModel) -> Array | None:
    """Return a plan with as few decisions as firm data allow.

    Parameters
    ----------
    live
        The model, with nothing fixed or held. Its objective is changed.

    Returns
    -------
    array of float or None
        Value of each column, shape (columns,); None if no plan was found within
        `Tuning.last_resort_seconds`.
    """
    # The integer columns are the decisions, and states that follow from them.
    live.minimise(pulp.lpSum(live.integer_variables))
    live.ends_on_time = True
    outcome = live.solve(gap=0.0, seconds=live.tuning.fallback_seconds)
    if outcome.values is None and outcome.status in LIMIT_STATUSES:
        # Any plan will do now: with a gap of 1 the first one ends the search.
        outcome = live.solve(gap=1.0, seconds=live.tuning.last_resort_seconds)
    return outcome.values
