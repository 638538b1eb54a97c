"""What one per cent more of a limit is worth: the measure by which limits are ranked.

One unit more is not: a unit of kits, a megawatt and a hall differ in size by thousands. A limit
counts here with all its rows, e.g. the capacity of a supplier over the whole plan.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.explain.limit_moves import Move
from planner.explain.limits import Limit
from planner.explain.problem import NONE
from planner.explain.session import Gains, Session

PER_CENT = 0.01


def gain_of_one_per_cent(session: Session, limits: Sequence[Limit]) -> Gains:
    """Return MW-months gained by one per cent more of a limit, re-solved.

    Parameters
    ----------
    session
        The plan.
    limits
        All rows of one limit that is an amount.
    """
    if any(limit.column == "count" and not session.is_linear(limit) for limit in limits):
        # Such halls are whole even where all else is divisible: a part of one hall's worth.
        gain = session.gain([Move(limit, 1.0) for limit in limits])
        return tuple(part * PER_CENT * float(limits[0].value) for part in gain)
    return session.gain(_moves(limits))


def saving_of_one_per_cent(session: Session, limits: Sequence[Limit]) -> float | None:
    """Return present cost saved by one per cent more of a limit, re-solved; None if unknown.

    Parameters
    ----------
    session
        The plan, with a cost.
    limits
        All rows of one limit, each of which only moves rows of the model.
    """
    assert session.cost is not None
    now = session.cost_with(session.touches(_moves(limits)))
    if now is None:
        return None
    before = session.cost.values[0]
    noise = max(NONE * session.base.case.money_unit, 1e-9 * abs(before))
    return before - now if before - now > noise else 0.0


def _moves(limits: Sequence[Limit]) -> list[Move]:
    return [Move(limit, PER_CENT * float(limit.value) / limit.step) for limit in limits]
