"""Gain from one per cent more of a limit: the measure that ranks limits.

Units would not compare: a unit of kits, a megawatt and a hall differ in size by thousands. A limit
counts with all its rows, e.g. the capacity of a supplier over the whole plan.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.explain.limit_moves import Move
from planner.explain.limits import Limit
from planner.explain.problem import ZERO_TOLERANCE
from planner.explain.session import Gains, Session

PER_CENT = 0.01


def gain_of_one_per_cent(session: Session, limits: Sequence[Limit]) -> Gains:
    """Return the re-solved MW-months gained by one per cent more of a limit.

    Parameters
    ----------
    session
        The plan.
    limits
        All rows of one amount.
    """
    if any(limit.column == "count" and not session.is_linear(limit) for limit in limits):
        # Such halls stay integer even in the LP relaxation: take a fraction of one hall's gain.
        gain = session.gain([Move(limit, 1.0) for limit in limits])
        return tuple(part * PER_CENT * float(limits[0].value) for part in gain)
    return session.gain(_moves(limits))


def saving_of_one_per_cent(session: Session, limits: Sequence[Limit]) -> float | None:
    """Return the re-solved saving from one per cent more of a limit; None if unknown.

    Parameters
    ----------
    session
        The plan, with a cost.
    limits
        All rows of one limit; each only changes rows of the model.
    """
    assert session.cost is not None
    now = session.cost_with(session.touches(_moves(limits)))
    if now is None:
        return None
    before = session.cost.values[0]
    noise = max(ZERO_TOLERANCE * session.base.case.money_unit, 1e-9 * abs(before))
    return before - now if before - now > noise else 0.0


def _moves(limits: Sequence[Limit]) -> list[Move]:
    return [Move(limit, PER_CENT * float(limit.value) / limit.step) for limit in limits]
