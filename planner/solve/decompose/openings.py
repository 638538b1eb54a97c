"""Openings of a large plan: rounded up from a relaxation, then delayed, with all else free."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pulp

from planner.model.decisions import Model
from planner.model.facility import load_on
from planner.model.wholes import make_wholes
from planner.solve.duals import set_coefficient, set_row
from planner.solve.highs_model import LiveModel
from planner.solve.outcome import Array, Outcome
from planner.solve.rounding import Index, find_columns
from planner.solve.staged import NEAR, Rounds
from planner.solve.time_limit import Clock

LEFT, STEPS = 0.9, 60
"""Part of the openings that each step of rounding leaves to the next, and steps at most."""

SPREAD = 2
"""Periods around those of the relaxation in which whole systems may be installed."""


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

    def round_up(self, relaxed: Outcome, *, left: float = LEFT, steps: int = STEPS) -> Outcome:
        """Round openings up from the relaxation, the nearest first.

        Parameters
        ----------
        relaxed
            The relaxation.
        left
            Part of the openings that each step leaves to the next.
        steps
            Steps at most.
        """
        bounds = self.live.bounds()
        outcome = self.dive(relaxed, self.clock, self.clock.seconds, left=left, dives=steps)
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
        """Return the better of a shape and of the same with one opening a day later."""
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
            **{("site", site, day): v for (site, day), v in made.open_site.items()},
        }
        found, earlier = [], dict[tuple[Any, ...], pulp.LpVariable]()
        for key, variable in counts.items():
            at = self.live.position[id(variable)]
            before, earlier[key[:-1]] = earlier.get(key[:-1]), variable
            least = (
                self.live.lower[at] if before is None else values[self.live.position[id(before)]]
            )
            if values[at] > least + 0.5:
                found.append((key[-1], at, round(values[at])))
        return [(at, float(value)) for _, at, value in sorted(found, reverse=True)]

    def leave_room(self, *, whole_systems: bool) -> None:
        """Let halls and feeders carry only whole systems of the largest kind, or all they can.

        Openings that are just enough for fractions of systems are too few for whole ones.
        """
        case, made, live = self.model.case, self.model.decisions, self.live
        if not case.whole:
            return
        facility, unit = case.facility, case.power_unit
        largest: dict[str, float] = {}
        for hall, system in case.installing:
            for name in (hall, *facility.tree.path.get(hall, ())):
                at_node = name != hall
                mw = facility.facility_mw[facility.site_of[hall], system]
                each = mw if at_node else facility.it_mw[system]
                largest[name] = max(each, largest.get(name, 0.0))
        for row, (rule, index) in enumerate(self.model.frame.rows):
            if rule not in ("hall_power", "energised_power") or index[0] not in largest:
                continue
            name, each = str(index[0]), largest[str(index[0])]
            key = (name, int(str(index[1])))
            of_hall = rule == "hall_power"
            mw = facility.hall_it_mw[name] if of_hall else facility.levels[name].on(key[1])
            if whole_systems:
                mw = math.floor(mw / each + NEAR) * each
            if not of_hall:
                halls = facility.tree.halls_below[name]
                _, firm = load_on(self.model, halls, facility.facility_mw, key[1])
                set_row(live, row, -math.inf, (mw - firm) / unit)
            elif key in made.opened_halls:
                set_coefficient(live, row, live.position[id(made.opened_halls[key])], -mw / unit)

    def far(self, shape: Outcome) -> Index:
        """Return installs and removals far from any period in which the shape installs."""
        assert shape.values is not None
        made, period_of = self.model.decisions, self.model.case.calendar.period_of
        installs = {key: period_of(key[2]) for key in made.install_systems}
        removals = {key: key[2] for key in made.remove_systems}
        far = []
        for variables, periods in (
            (made.install_systems, installs),
            (made.remove_systems, removals),
        ):
            at = {key: self.live.position[id(variable)] for key, variable in variables.items()}
            used = {key for key, place in at.items() if shape.values[place] > NEAR}
            near = {
                (key[0], periods[key] + shift)
                for key in used
                for shift in range(-SPREAD, SPREAD + 1)
            }
            far += [place for key, place in at.items() if (key[0], periods[key]) not in near]
        return np.array(far, dtype=np.int32)
