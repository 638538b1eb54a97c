"""Decisions of a plan before a day, fixed in another scenario as far as it allows.

Orders and openings are irreversible: they commit money before the true scenario is known. Assembly,
freight, installations and service adapt to the scenario.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from planner.errors import PlannerError
from planner.model.decisions import Model
from planner.solve.highs_model import LiveModel
from planner.tolerance import SEARCH_TOLERANCE
from planner.whatif.solve_reuse import Kept

COMMITTING = ("order_lots", "open_halls")
"""Irreversible decisions."""

HAIR = 1e-5
"""Tolerance in lots or halls of a fixed decision."""

Decided = tuple[tuple[str, tuple[str, ...], str, float], ...]
"""Decision, its index without the day, the day, and the value."""


def decided_before(kept: Kept, starts: Sequence[date], day: date) -> Decided:
    """Return the orders and openings of a plan that are dated before a day.

    Parameters
    ----------
    kept
        The plan's solve.
    starts
        First day of each period of the plan.
    day
        The day; decisions dated on it are still open.
    """
    found = []
    for (name, index), value in zip(kept.columns, kept.values, strict=True):
        if name not in COMMITTING or not isinstance(index, tuple):
            continue
        *key, number = index
        decided = starts[0] + timedelta(days=number)
        if decided < day and value > SEARCH_TOLERANCE:
            amount = float(round(value, 9))
            found.append((name, tuple(map(str, key)), decided.isoformat(), amount))
    return tuple(found)


def keep_decided(model: Model, live: LiveModel, *, decided: Decided, day: date) -> None:
    """Fix orders and openings before a day at their decided values, as far as feasible.

    If a scenario makes some of them infeasible, such as orders above a smaller allocation, an LP
    keeps the largest total share of the decisions.

    Raises
    ------
    PlannerError
        If none of the decisions can be kept.
    """
    amounts = _on_days_of(model, decided, day)
    at, most, shares = [], [], []
    for name in COMMITTING:
        for index, variable in getattr(model.decisions, name).items():
            if model.case.calendar.date_of(index[-1]) >= day:
                continue
            amount = amounts.get((name, index), 0.0)
            at.append(live.position[id(variable)])
            most.append(amount)
            if amount:
                shares.append((variable, -1.0 / amount))
    columns, upper = np.array(at, dtype=np.int32), np.array(most)
    most_at_all = live.upper[columns]
    upper = np.minimum(upper, most_at_all)
    live.set_permanent_bounds(columns, np.zeros(len(columns)), upper)
    if not shares:
        return
    whole = np.flatnonzero(live.whole).astype(np.int32)
    live.set_integer_columns(np.zeros(0, dtype=np.int32))
    live.minimise(model.frame.objective(shares))
    outcome = live.solve(gap=0.0, seconds=math.inf)
    live.set_integer_columns(whole)
    if outcome.values is None:
        raise PlannerError(f"none of the decisions before {day} can be kept")
    kept = np.clip(outcome.values[columns], 0.0, upper)
    # Fix each at its full value, or at the integer part of the feasible value, with a small
    # tolerance: a value within the tolerance of one solve need not be feasible in another.
    kept = np.where(kept >= upper - HAIR, upper, np.floor(kept + HAIR))
    live.set_permanent_bounds(
        columns, np.maximum(kept - HAIR, 0.0), np.minimum(upper + HAIR, most_at_all)
    )


def _on_days_of(
    model: Model, decided: Decided, day: date
) -> dict[tuple[str, tuple[Any, ...]], float]:
    """Map decided values to the model's decisions, each on its nearest day.

    Dates and lead times of a scenario may differ, and so may its decision days.

    Raises
    ------
    PlannerError
        If none of the decisions can be kept.
    """
    date_of, amounts = model.case.calendar.date_of, dict[tuple[str, tuple[Any, ...]], float]()
    for name, key, written, amount in decided:
        on = date.fromisoformat(written)
        days = [
            index
            for index in getattr(model.decisions, name)
            if tuple(map(str, index[:-1])) == key and date_of(index[-1]) < day
        ]
        if not days:
            continue
        nearest = min(days, key=lambda index: (abs((date_of(index[-1]) - on).days), index[-1]))
        amounts[name, nearest] = amounts.get((name, nearest), 0.0) + amount
    if decided and not amounts:
        raise PlannerError(f"none of the decisions before {day} can be kept")
    return amounts


def as_lists(decided: Decided) -> list[list[Any]]:
    """Return decisions in the format of the journal."""
    return [[name, list(key), start, amount] for name, key, start, amount in decided]


def from_lists(found: Sequence[Sequence[Any]]) -> Decided:
    """Return decisions from the format of the journal."""
    return tuple(
        (str(name), tuple(map(str, key)), str(start), float(amount))
        for name, key, start, amount in found
    )
