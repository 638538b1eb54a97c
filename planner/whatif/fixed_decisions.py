"""Decisions of a plan before a day, fixed in another scenario as far as it allows.

Orders and openings are irreversible: they commit money before the true scenario is known. Assembly,
freight, installations and service adapt to the scenario.
"""

from __future__ import annotations

import math
from collections import defaultdict
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

Index = tuple[Any, ...]
"""Index of a decision in the model, the day last."""

Amounts = dict[tuple[str, Index], float]
"""Value of each decision, by its name and index."""

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
        decided = starts[0] + timedelta(days=index[-1])
        if decided < day and value > SEARCH_TOLERANCE:
            amount = float(round(value, 9))
            found.append((name, _texts(index[:-1]), decided.isoformat(), amount))
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
    column_numbers, amount_of_each, shares = [], [], []
    for name in COMMITTING:
        for index, variable in getattr(model.decisions, name).items():
            if model.case.calendar.date_of(index[-1]) >= day:
                continue
            amount = amounts.get((name, index), 0.0)
            column_numbers.append(live.position[id(variable)])
            amount_of_each.append(amount)
            if amount:
                # Minimising minus each share keeps as much of all decisions as can be.
                shares.append((variable, -1.0 / amount))
    columns = np.array(column_numbers, dtype=np.int32)
    most_at_all = live.upper[columns]
    upper = np.minimum(np.array(amount_of_each), most_at_all)
    live.set_permanent_bounds(columns, np.zeros(len(columns)), upper)
    if not shares:
        return
    # An LP says in little time what can be kept at all.
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
    least = np.maximum(kept - HAIR, 0.0)
    most = np.minimum(upper + HAIR, most_at_all)
    live.set_permanent_bounds(columns, least, most)


def _on_days_of(model: Model, decided: Decided, day: date) -> Amounts:
    """Map decided values to the model's decisions, each on its nearest day.

    Dates and lead times of a scenario may differ, and so may its decision days.

    Raises
    ------
    PlannerError
        If none of the decisions can be kept.
    """
    amounts: Amounts = defaultdict(float)
    for name, key, written, amount in decided:
        nearest = _nearest(model, name, key, date.fromisoformat(written), day)
        if nearest is not None:
            amounts[name, nearest] += amount
    if decided and not amounts:
        raise PlannerError(f"none of the decisions before {day} can be kept")
    return amounts


def _nearest(
    model: Model, name: str, key: tuple[str, ...], decided: date, before: date
) -> Index | None:
    """Return the index of a decision on the day nearest to one; None if there is none before."""
    date_of = model.case.calendar.date_of
    candidates = []
    for index in getattr(model.decisions, name):
        if _texts(index[:-1]) == key and date_of(index[-1]) < before:
            candidates.append(index)

    def distance(index: Index) -> tuple[int, int]:
        days = (date_of(index[-1]) - decided).days
        return abs(days), index[-1]

    return min(candidates, key=distance, default=None)


def _texts(key: Sequence[Any]) -> tuple[str, ...]:
    return tuple(map(str, key))


def as_lists(decided: Decided) -> list[list[Any]]:
    """Return decisions in the format of the journal."""
    return [[name, list(key), start, amount] for name, key, start, amount in decided]


def from_lists(found: Sequence[Sequence[Any]]) -> Decided:
    """Return decisions from the format of the journal."""
    decided = []
    for name, key, start, amount in found:
        decided.append((str(name), _texts(key), str(start), float(amount)))
    return tuple(decided)
