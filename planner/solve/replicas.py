"""Rounding replicas to integers: room for one more of each, then all up.

Branching on replicas finds no plan: they are many, and each moves the tokens of many others.
Rounded up one by one they need systems that are not there. So the linear plan is solved again with
room for one more replica of each kind that is loaded in part; if that loads others in part, these
get room, too. Then all are rounded up, and only the systems remain to be counted. Where there is no
room, the smaller fractions are rounded down: tokens can be bought, or are missed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.model.frame import collect
from planner.solve.highs_model import NO_COLUMNS, Index, LiveModel
from planner.solve.outcome import Array, Outcome
from planner.solve.time_limit import TimeBudget
from planner.tolerance import INTEGRALITY_TOLERANCE

MAX_ROUNDS = 8
"""Most solves that make room; each takes a few pivots from the one before."""

LOAD_WEIGHT = 1e-5
"""Weight of all replicas against the objective, so that none is loaded without a use."""

TIME_SHARE = 1 / 3
"""Share of the time left that each of these solves may take."""


@dataclass(frozen=True)
class RoomRow:
    """A row by which replicas stay within systems: loads less available systems are at most 0.

    Attributes
    ----------
    row : int
        Its position.
    replicas : Index
        Columns of the replicas in it.
    systems : Array
        Systems that one of each takes.
    halls : int
        Halls in which these systems stand.
    """

    row: int
    replicas: Index
    systems: Array
    halls: int


def round_replicas(
    live: LiveModel,
    replicas: Index,
    room: Sequence[RoomRow],
    shape: Outcome,
    clock: TimeBudget,
) -> Outcome:
    """Return a plan with whole replicas, all other counts continuous, near a shape.

    Parameters
    ----------
    live
        The model, with the objective set and openings fixed; the replicas are left fixed.
    replicas
        Columns of the replicas.
    room
        Rows by which they stay within systems.
    shape
        The plan to round; its bound is that of the result.
    clock
        Time left.

    Returns
    -------
    Outcome
        Without a plan if none is found.
    """
    assert shape.values is not None
    objective = live.objective
    live.set_integer_columns(NO_COLUMNS)
    _prefer_few(live, replicas, shape.values)
    target = _RoomSearch(live, replicas, room, clock).whole_loads(shape.values)
    live.minimise(objective)
    live.fix(replicas, target)
    outcome = live.solve(gap=0.0, seconds=TIME_SHARE * clock.left)
    if outcome.status != "optimal":
        return replace(outcome, values=None, bound=shape.bound)
    return replace(outcome, bound=shape.bound)


def _prefer_few(live: LiveModel, replicas: Index, values: Array) -> None:
    """Add a small weight of the replicas to the objective."""
    size = max(1.0, abs(live.evaluate(live.objective, values)))
    weight = LOAD_WEIGHT * size / max(1.0, float(values[replicas].sum()))
    loads = [(live.variable(at), weight) for at in replicas]
    mixed = collect([*live.objective.items(), *loads])
    mixed.constant = live.objective.constant
    live.minimise(mixed)


class _RoomSearch:
    """Finds whole loads for which there are systems."""

    def __init__(
        self, live: LiveModel, replicas: Index, room: Sequence[RoomRow], clock: TimeBudget
    ) -> None:
        self.live, self.replicas, self.room, self.clock = live, replicas, room, clock
        self.has_room = np.zeros(live.columns, dtype=bool)
        self.is_used = np.zeros(len(room), dtype=bool)

    def whole_loads(self, values: Array) -> Array:
        """Return a whole load of each replica, given a plan with fractional ones."""
        live, at = self.live, self.replicas
        outcome = live.solve(gap=0.0, seconds=TIME_SHARE * self.clock.left)
        latest = values if outcome.values is None else outcome.values
        latest = self._leave_fractions_of_halls(latest)
        for _ in range(MAX_ROUNDS):
            lacking = _is_fractional(latest) & ~self.has_room
            wanted = at[lacking[at]]
            if not len(wanted):
                break
            self.has_room[wanted] = True
            self._tighten()
            outcome = live.solve(gap=0.0, seconds=TIME_SHARE * self.clock.left)
            while outcome.values is None and self.has_room[wanted].any():
                wanted = self._give_up_smaller(wanted, latest)
                self._tighten()
                outcome = live.solve(gap=0.0, seconds=TIME_SHARE * self.clock.left)
            if outcome.values is None:
                break
            latest = outcome.values
        for row in self.room:
            live.highs.changeRowBounds(row.row, -math.inf, 0.0)
        up = np.ceil(latest[at] - INTEGRALITY_TOLERANCE)
        down = np.floor(latest[at] + INTEGRALITY_TOLERANCE)
        lower, upper = live.lower[at], live.upper[at]
        loads: Array = np.clip(np.where(self.has_room[at], up, down), lower, upper)
        return loads

    def _leave_fractions_of_halls(self, values: Array) -> Array:
        """Leave one system a hall but the last free where replicas are loaded, if that can be.

        Each hall's systems are later rounded down to whole ones, and together they may be as many
        fewer.
        """
        for number, row in enumerate(self.room):
            self.is_used[number] = row.halls > 1 and values[row.replicas].any()
        if not self.is_used.any():
            return values
        self._tighten()
        outcome = self.live.solve(gap=0.0, seconds=TIME_SHARE * self.clock.left)
        if outcome.values is None:
            self.is_used[:] = False
            self._tighten()
            return values
        return outcome.values

    def _tighten(self) -> None:
        """Leave free the fractions of halls, and one more replica's systems for each with room."""
        for row, is_used in zip(self.room, self.is_used, strict=True):
            free = float(row.systems[self.has_room[row.replicas]].sum())
            if is_used:
                free += row.halls - 1
            self.live.highs.changeRowBounds(row.row, -math.inf, -free)

    def _give_up_smaller(self, wanted: Index, values: Array) -> Index:
        """Cap the half of the replicas that are nearest to the next smaller number."""
        shares = values[wanted] - np.floor(values[wanted])
        is_small = shares <= np.median(shares)
        small = wanted[is_small]
        self.has_room[small] = False
        most = np.floor(values[small] + INTEGRALITY_TOLERANCE)
        self.live.set_column_bounds(small, self.live.lower[small], most)
        return wanted[~is_small]


def _is_fractional(values: Array) -> npt.NDArray[np.bool_]:
    """Return whether each value differs from a whole number."""
    differs: npt.NDArray[np.bool_] = np.abs(values - np.round(values)) > INTEGRALITY_TOLERANCE
    return differs


def without_idle_replicas(live: LiveModel, replicas: Index, plan: Array, seconds: float) -> Array:
    """Return a plan with as few replicas as serve its tokens; all else stays.

    Parameters
    ----------
    live
        The model, with an objective that counts replicas; its bounds are restored.
    replicas
        Columns of the replicas.
    plan
        The plan, shape (columns,).
    seconds
        Time limit.
    """
    bounds = live.all_bounds()
    others = np.setdiff1d(np.arange(live.columns, dtype=np.int32), replicas)
    live.fix(others, np.clip(plan[others], live.lower[others], live.upper[others]))
    live.set_column_bounds(replicas, live.lower[replicas], np.round(plan[replicas]))
    live.set_integer_columns(replicas)
    live.set_start(plan)
    outcome = live.solve(gap=0.0, seconds=seconds, nodes=1)
    live.set_all_bounds(bounds)
    live.set_integer_columns(live.integer_columns)
    if outcome.values is None:
        return plan
    fewer = plan.copy()
    fewer[replicas] = np.round(outcome.values[replicas])
    return fewer
