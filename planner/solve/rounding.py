"""Counts of systems and lots made whole, near a plan with fractions of them.

All at once near the plan first. One search with every count in it has more to round with than one
over what stands at milestones alone, and its relaxation is that of the plan: where windows leave
parts of systems to each other, it found a plan of 750 MW in 19 s of one core, 0.067 % from the
bound, where milestones first and the counts between them then took over 50 for 0.097 %.
Where it finds none that is near enough, that is still done: with whole systems standing at
milestones, the installs between them can be rounded nearly for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pulp

from planner.model.wholes import Wholes
from planner.solve.highs_model import LiveModel, Watcher
from planner.solve.outcome import Array, Outcome
from planner.solve.time_limit import Clock

Index = npt.NDArray[np.int32]

MILESTONES_SHARE, COUNTS_SHARE = 0.7, 0.95
"""Parts of the gap that milestones, and then counts, may use up."""

NEAR_NODES, MILESTONES_NODES, COUNTS_NODES = 20, 100, 200
"""Nodes spent on all counts near a shape, on milestones and on counts between them; what they leave
open is left to the whole model.
"""

BAND = 5.0
"""Systems and lots by which a count may move."""


@dataclass(frozen=True)
class Columns:
    """Positions of the whole-number columns by kind; see `Wholes`."""

    openings: Index
    installs: Index
    lots: Index
    removals: Index
    at_milestones: Index


def find_columns(live: LiveModel, wholes: Wholes) -> Columns:
    """Return the positions of the whole-number variables in a live model."""

    def at(variables: Sequence[pulp.LpVariable]) -> Index:
        return np.array(sorted(live.position[id(v)] for v in variables), dtype=np.int32)

    return Columns(at(wholes.openings), at(wholes.installs), at(wholes.lots), at(wholes.removals),
                   at(wholes.at_milestones))  # fmt: skip


class Counts:
    """Makes the counts of one live model whole.

    Parameters
    ----------
    live
        The model, with the tier's objective set and the tiers before held.
    columns
        Its whole-number columns.
    """

    def __init__(self, live: LiveModel, columns: Columns) -> None:
        self.live, self.columns = live, columns

    def counts(
        self, shape: Outcome, gap: float, clock: Clock, watch: Watcher | None,
        in_hand: Watcher | None,
    ) -> Outcome:  # fmt: skip
        """Make counts whole, with openings as the shape has them.

        All at once near the shape first, and in stages where that comes to no plan that is near
        enough.
        """
        assert shape.values is not None
        bounds = self.live.bounds()
        target = shape.bound + COUNTS_SHARE * gap * abs(shape.bound)
        outcome = self._counts_near(shape.values, gap, target, clock, watch)
        self.live.set_bounds(bounds)
        if outcome.objective > target:
            staged = self.staged_counts(shape, gap, clock, watch, in_hand)
            if outcome.values is None or staged.objective < outcome.objective:
                return staged
        self.live.make_whole(np.flatnonzero(self.live.whole).astype(np.int32))
        return replace(outcome, bound=shape.bound)

    def staged_counts(
        self, shape: Outcome, gap: float, clock: Clock, watch: Watcher | None,
        in_hand: Watcher | None,
    ) -> Outcome:  # fmt: skip
        """Make milestones, then counts whole, with openings as the shape has them."""
        assert shape.values is not None
        live, bounds = self.live, self.live.bounds()
        self._fix_openings(shape.values)
        target = shape.bound + COUNTS_SHARE * gap * abs(shape.bound)
        outcome = self._milestones(shape, gap, clock, in_hand)
        if outcome.values is not None:
            outcome = self._counts_between(outcome.values, gap, target, clock, watch)
        live.make_whole(np.flatnonzero(live.whole).astype(np.int32))
        live.set_bounds(bounds)
        return replace(outcome, bound=shape.bound)

    def _fix_openings(self, values: Array) -> None:
        self.live.fix_rounded(self.columns.openings, values)
        self.live.fix_rounded(self.columns.removals, values)

    def _counts_near(
        self, near: Array, gap: float, target: float, clock: Clock, watch: Watcher | None
    ) -> Outcome:
        """Make all counts whole near where they are, with openings fixed.

        No bound of it is used, so that every rule of presolve may help.
        """
        columns, live = self.columns, self.live
        counts = np.concatenate([columns.installs, columns.lots, columns.at_milestones])
        self._fix_openings(near)
        live.narrow(counts, near, BAND)
        live.make_whole(counts)
        return live.solve(gap=gap / 8, seconds=clock.left / 3, watch=watch, nodes=NEAR_NODES,
                          target=target, all_rules=True)  # fmt: skip

    def _milestones(
        self, shape: Outcome, gap: float, clock: Clock, in_hand: Watcher | None
    ) -> Outcome:
        """Make systems standing at milestones whole, with openings fixed."""
        live, room = self.live, gap * abs(shape.bound)
        live.make_whole(self.columns.at_milestones)
        return live.solve(gap=gap / 8, seconds=clock.left / 3, watch=in_hand,
                          nodes=MILESTONES_NODES,
                          target=shape.bound + MILESTONES_SHARE * room)  # fmt: skip

    def _counts_between(
        self, near: Array, gap: float, target: float, clock: Clock, watch: Watcher | None
    ) -> Outcome:
        """Make installs and lots whole, with openings and what stands at milestones fixed."""
        columns, live = self.columns, self.live
        counts = np.concatenate([columns.installs, columns.lots])
        live.fix_rounded(columns.at_milestones, near)
        live.narrow(counts, near, BAND)
        live.make_whole(counts)
        outcome = live.solve(gap=gap / 8, seconds=clock.left / 3, watch=watch,
                             nodes=COUNTS_NODES, target=target)  # fmt: skip
        if outcome.status == "infeasible":
            # Whole lots may not make just the systems that stand at milestones.
            live.narrow(columns.at_milestones, near, BAND)
            outcome = live.solve(gap=gap / 8, seconds=clock.left / 3, watch=watch,
                                 nodes=COUNTS_NODES, target=target)  # fmt: skip
        return outcome
