"""Openings of a large plan: rounded up from the relaxation, then delayed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pulp

from planner.model.decisions import Model
from planner.model.facility import load_on
from planner.model.wholes import make_wholes
from planner.solve.duals import set_coefficient, set_row_bounds
from planner.solve.highs_model import Index, LiveModel
from planner.solve.outcome import Array, Outcome
from planner.solve.rounding import find_columns
from planner.solve.staged import StagedSolver
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DivePace
from planner.tolerance import INTEGRALITY_TOLERANCE


class OpeningSearch(StagedSolver):
    """Seeks integer openings, with all other decisions continuous.

    Parameters
    ----------
    model, live
        The model.
    clock
        Time left.
    """

    def __init__(self, model: Model, live: LiveModel, clock: TimeBudget) -> None:
        super().__init__(live, find_columns(live, make_wholes(model)))
        self.model, self.clock = model, clock

    def round_up(self, relaxed: Outcome, pace: DivePace | None = None) -> Outcome:
        """Round openings up from the relaxation, the nearest to a whole number first.

        Parameters
        ----------
        relaxed
            The LP relaxation.
        pace
            How fast; None for `Tuning.openings_dive`.
        """
        bounds = self.live.all_bounds()
        pace = pace or self.tuning.openings_dive
        outcome = self.dive(relaxed, self.clock, self.clock.seconds, pace)
        self.live.set_all_bounds(bounds)
        return outcome

    def delay(self, shape: Outcome, is_enough: Callable[[Outcome], bool]) -> Outcome:
        """Delay openings of halls and sites one at a time, wherever that is feasible and cheaper.

        The latest openings are tried first. The passes repeat until `is_enough` or no opening is
        left to try.

        Parameters
        ----------
        shape
            Plan with integer openings.
        is_enough
            Returns whether a plan is good enough to stop.
        """
        bounds = self.live.all_bounds()
        tried: set[tuple[int, float]] = set()
        while shape.values is not None and not is_enough(shape):
            rises = [rise for rise in self._rises(shape.values) if rise not in tried]
            if not rises:
                break
            self.live.fix_at_rounded(self.columns.openings, shape.values)
            for at, value in rises:
                if self.clock.left <= 0 or self.live.stop.is_set() or is_enough(shape):
                    break
                tried.add((at, value))
                shape = self._later(shape, at, value)
            else:
                continue
            break
        self.live.set_all_bounds(bounds)
        return shape

    def _later(self, shape: Outcome, at: int, value: float) -> Outcome:
        """Return the better of a shape and the same shape with one opening delayed."""
        one = np.array([at], dtype=np.int32)
        self.live.fix(one, np.array([value - 1.0]))
        outcome = self.live.solve(gap=0.0, seconds=self.clock.left)
        if outcome.status == "optimal" and outcome.objective < shape.objective:
            return outcome
        self.live.fix(one, np.array([value]))
        return shape

    def _rises(self, values: Array) -> list[tuple[int, float]]:
        """Return column and value of each rise in the number open, latest first.

        The number is that of open halls by class, and of open sites. What is open at the start of
        the plan is not counted.
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

    def reserve_capacity(self, *, whole_systems: bool) -> None:
        """Limit halls and feeders to whole systems of the largest kind, or lift that limit.

        Openings that are just enough for fractional systems are too few for whole ones.

        Parameters
        ----------
        whole_systems
            Whether capacities are rounded down to whole systems.
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
                mw = math.floor(mw / each + INTEGRALITY_TOLERANCE) * each
            if not of_hall:
                halls = facility.tree.halls_below[name]
                _, firm = load_on(self.model, halls, facility.facility_mw, key[1])
                set_row_bounds(live, row, -math.inf, (mw - firm) / unit)
            elif key in made.opened_halls:
                set_coefficient(live, row, live.position[id(made.opened_halls[key])], -mw / unit)

    def distant_installs(self, shape: Outcome) -> Index:
        """Return the columns of installs and removals far from any period used by the shape."""
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
            used = {key for key, place in at.items() if shape.values[place] > INTEGRALITY_TOLERANCE}
            near = {
                (key[0], periods[key] + shift)
                for key in used
                for shift in range(-self.tuning.spread_periods, self.tuning.spread_periods + 1)
            }
            far += [place for key, place in at.items() if (key[0], periods[key]) not in near]
        return np.array(far, dtype=np.int32)
