"""Feasibility tolerances, from the model to the result tables.

A rule is satisfied if its violation is at most `TOLERANCE`, relative to its limit, or absolute if
the limit is below one, in the unit of the rule: MW, systems, units or money. The checker refuses a
plan with a larger violation. It states the same figure itself, because it shares nothing with the
model.

So two systems of 1 MW meet 2.0000001 MW, but three may be installed as well: within the tolerance
either plan is right. Megawatts missed beyond the tolerance are reported.

The solver is stricter, because integers are rounded and quantities multiplied after it ends:

- a search may violate a row by `SEARCH_TOLERANCE`;
- the final values violate rows by at most `LAST_TOLERANCE`, except rows that the integers
  themselves violate: these are widened by that violation (`LiveModel.widen_rows`).
"""

from __future__ import annotations

import math

TOLERANCE = 1e-6
"""Largest violation of a rule, relative to its limit; absolute if the limit is below one."""

SEARCH_TOLERANCE = 1e-7
"""Tolerance on rows, bounds, reduced costs and integrality during a search."""

LAST_TOLERANCE = 1e-9
"""Feasibility tolerance of the final values, and the rounding error of a single figure."""

HELD_TIER_SLACK = 10 * SEARCH_TOLERANCE
"""Slack of a held tier during the search; polishing uses `LAST_TOLERANCE` instead."""

GAP_ALLOWANCE = 1e-4
"""Excess over the requested relative gap that still counts as proven.

Earlier tiers are held with a slack, whose saving is in the bound but not in the plan.
"""

INTEGRALITY_TOLERANCE = 1e-6
"""Integrality tolerance: a value this close to a whole number counts as one."""

REDUCED_COST_TOLERANCE = 1e-9
"""Reduced costs below this are rounding noise."""


def whole_part(figure: float) -> int:
    """Return the whole part of a figure, forgiving a rounding error below the next whole number."""
    return math.floor(figure + LAST_TOLERANCE)


def is_whole(figure: float) -> bool:
    """Return whether a figure is a whole number, apart from rounding errors."""
    return abs(figure - round(figure)) <= LAST_TOLERANCE


def exceeds(used: float, limit: float) -> bool:
    """Return whether firm data exceed a limit by more than the tolerance."""
    return used > limit + TOLERANCE * max(1.0, abs(limit))


def raised_to_use(limit: float, used: float) -> float:
    """Return a limit, raised to the use by firm data if that exceeds it within the tolerance."""
    return limit if exceeds(used, limit) else max(limit, used)


def remaining_limit(limit: float, used: float) -> float:
    """Return the rest of a limit after firm data; zero if they exceed it within the tolerance."""
    left = limit - used
    return 0.0 if 0.0 > left >= -TOLERANCE * max(1.0, limit) else left
