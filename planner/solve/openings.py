"""Openings of a large plan: rounded up from a relaxation, then delayed, with all else free."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pulp

from planner.model.decisions import Model
from planner.model.wholes import make_wholes
from planner.solve.clock import Clock
from planner.solve.highs import Array, LiveModel, Outcome
from planner.solve.rounds import Rounds, find_columns

LEFT, STEPS = 0.9, 60
"""Part of the openings that each step of rounding leaves to the next, and steps at most."""


class Openings(Rounds):
    """Looks for openings, with everything else free.

    Parameters
    ----------
    model, live
        The model.
    clock
        Time left.
    """

    def __init__(self, model: Model, live: LiveModel, clock: Clock) -> None:
        super().__init__(live, find_columns(live, make_wholes(model)))
        self.model, self.clock = model, clock

    def round_up(self, relaxed: Outcome) -> Outcome:
        """Round openings up from the relaxation, the nearest first."""
        bounds = self.live.bounds()
        outcome = self.dive(relaxed, self.clock, self.clock.left, left=LEFT, dives=STEPS)
        self.live.set_bounds(bounds)
        return outcome

    def delay(self, shape: Outcome, is_enough: Callable[[Outcome], bool]) -> Outcome:
        """Open halls and sites later, one at a time, wherever that still works and costs less.

        The last to open go first, again and again, until that is enough or none is left.
        """
        bounds = self.live.bounds()
        tried: set[tuple[int, float]] = set()
        while shape.values is not None and not is_enough(shape):
            rises = [rise for rise in self._rises(shape.values) if rise not in tried]
            if not rises:
                break
            self.live.fix_rounded(self.columns.openings, shape.values)
            for at, value in rises:
                if self.clock.left <= 0 or self.live.stop.is_set() or is_enough(shape):
                    break
                tried.add((at, value))
                shape = self._later(shape, at, value)
            else:
                continue
            break
        self.live.set_bounds(bounds)
        return shape

    def _later(self, shape: Outcome, at: int, value: float) -> Outcome:
        """Return the better of a shape and of the same with one opening a period later."""
        one = np.array([at], dtype=np.int32)
        self.live.fix(one, np.array([value - 1.0]))
        outcome = self.live.solve(gap=0.0, seconds=self.clock.left)
        if outcome.status == "optimal" and outcome.objective < shape.objective:
            return outcome
        self.live.fix(one, np.array([value]))
        return shape

    def _rises(self, values: Array) -> list[tuple[int, float]]:
        """Return column and value of every hall class and site where more of it opens, last first.

        What stands open at the start is none of them.
        """
        made = self.model.decisions
        counts: dict[tuple[Any, ...], pulp.LpVariable] = {
            **made.opened_halls,
            **{("site", site, period): v for (site, period), v in made.open_site.items()},
        }
        found = []
        for key, variable in counts.items():
            at = self.live.position[id(variable)]
            before = counts.get((*key[:-1], key[-1] - 1))
            least = (
                self.live.lower[at] if before is None else values[self.live.position[id(before)]]
            )
            if values[at] > least + 0.5:
                found.append((key[-1], at, round(values[at])))
        return [(at, float(value)) for _, at, value in sorted(found, reverse=True)]
