"""How exactly a plan keeps its rules: one statement, from the model to the tables.

A rule counts as kept where it is missed by no more than `TOLERANCE` of its limit, or by no more
than `TOLERANCE` where the limit is below one, in the unit of the rule: MW, systems, units, money.
The checker refuses a plan that misses more. It keeps a copy of the figure, for it shares nothing
with the model.

So two systems of 1 MW meet 2.0000001 MW, and three may be installed as well: inside the tolerance
either answer is right. The megawatts missed say which it is, where they exceed the tolerance.

The solver is stricter, for whole numbers are rounded and quantities multiplied after it is done:

- while searching, it may miss a row by `SEARCH_TOLERANCE`;
- the last values of a plan miss rows by `LAST_TOLERANCE`, except rows that the whole numbers
  themselves miss: those give way by what they are missed by (`LiveModel.widen_rows`).
"""

from __future__ import annotations

import math

TOLERANCE = 1e-6
"""Largest miss of a rule, of its limit, or absolute where the limit is below one."""

SEARCH_TOLERANCE = 1e-7
"""Largest miss of a row, bound or whole number while the solver searches."""

LAST_TOLERANCE = 1e-9
"""Largest miss of a row by the last values of a plan, and what rounding in a figure may come to."""


def whole_part(figure: float) -> int:
    """Return the whole units that a figure allows; one that is short by rounding alone counts."""
    return math.floor(figure + LAST_TOLERANCE)


def is_whole(figure: float) -> bool:
    """Say whether a figure is a whole number but for rounding."""
    return abs(figure - round(figure)) <= LAST_TOLERANCE


def exceeds(used: float, limit: float) -> bool:
    """Say whether firm data exceed a limit by more than the tolerance."""
    return used > limit + TOLERANCE * max(1.0, abs(limit))


def holding(limit: float, used: float) -> float:
    """Return a limit, raised to what firm data take if they exceed it within the tolerance."""
    return limit if exceeds(used, limit) else max(limit, used)


def left_of(limit: float, used: float) -> float:
    """Return what firm data leave of a limit; nothing if they exceed it within the tolerance."""
    left = limit - used
    return 0.0 if 0.0 > left >= -TOLERANCE * max(1.0, limit) else left
