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
from planner.solve.polish import BINARY_THRESHOLD
from planner.solve.rounding import find_columns
from planner.solve.staged import StagedSolver
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DivePace
from planner.tolerance import INTEGRALITY_TOLERANCE

Rise = tuple[int, float]
"""Column of the number open on a day, and its value, where it rises."""


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
        self.model = model
        self.clock = clock

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
        tried: set[Rise] = set()
        while shape.values is not None and not self._is_over() and not is_enough(shape):
            rises = [rise for rise in self._rises(shape.values) if rise not in tried]
            if not rises:
                break
            self.live.fix_at_rounded(self.columns.openings, shape.values)
            for at, value in rises:
                if self._is_over() or is_enough(shape):
                    break
                tried.add((at, value))
                shape = self._later(shape, at, value)
        self.live.set_all_bounds(bounds)
        return shape

    def _is_over(self) -> bool:
        return self.clock.left <= 0 or self.live.stop.is_set()

    def _later(self, shape: Outcome, at: int, value: float) -> Outcome:
        """Return the better of a shape and the same shape with one opening delayed."""
        one = np.array([at], dtype=np.int32)
        self.live.fix(one, np.array([value - 1.0]))
        outcome = self.live.solve(gap=0.0, seconds=self.clock.left)
        if outcome.status == "optimal" and outcome.objective < shape.objective:
            return outcome
        self.live.fix(one, np.array([value]))
        return shape

    def _rises(self, values: Array) -> list[Rise]:
        """Return column and value of each rise in the number open, latest first.

        The number is that of open halls by class, and of open sites. What is open at the start of
        the plan is not counted.
        """
        made = self.model.decisions
        position = self.live.position
        counts: dict[tuple[Any, ...], pulp.LpVariable] = {**made.opened_halls}
        for (site, day), variable in made.open_site.items():
            counts["site", site, day] = variable
        earlier: dict[tuple[Any, ...], int] = {}
        found: list[tuple[int, int, int]] = []
        for (*place, day), variable in counts.items():
            at = position[id(variable)]
            before = earlier.get(tuple(place))
            earlier[tuple(place)] = at
            least = self.live.lower[at] if before is None else values[before]
            if values[at] > least + BINARY_THRESHOLD:
                found.append((day, at, round(values[at])))
        found.sort(reverse=True)
        return [(at, float(value)) for _, at, value in found]

    def reserve_capacity(self, *, whole_systems: bool) -> None:
        """Limit halls and feeders to whole systems of the largest kind, or lift that limit.

        Openings that are just enough for fractional systems are too few for whole ones.

        Parameters
        ----------
        whole_systems
            Whether capacities are rounded down to whole systems.
        """
        if not self.model.case.whole:
            return
        largest = self._largest_systems()
        for row, (rule, index) in enumerate(self.model.frame.rows):
            if rule not in ("hall_power", "energised_power") or index[0] not in largest:
                continue
            name = str(index[0])
            day = int(str(index[1]))
            unit = largest[name] if whole_systems else 0.0
            if rule == "hall_power":
                self._reserve_in_hall(row, name, day, unit)
            else:
                self._reserve_at_node(row, name, day, unit)

    def _largest_systems(self) -> dict[str, float]:
        """Return the megawatts of the largest system by hall (IT) and by power node (facility)."""
        facility = self.model.case.facility
        largest: dict[str, float] = {}
        for hall, system in self.model.case.installing:
            largest[hall] = max(facility.it_mw[system], largest.get(hall, 0.0))
            mw = facility.facility_mw[facility.site_of[hall], system]
            for node in facility.tree.path.get(hall, ()):
                if node != hall:
                    largest[node] = max(mw, largest.get(node, 0.0))
        return largest

    def _reserve_in_hall(self, row: int, hall: str, day: int, unit: float) -> None:
        """Set the capacity of each open hall in a row, rounded down to whole units."""
        opened = self.model.decisions.opened_halls.get((hall, day))
        if opened is not None:
            mw = _rounded_down(self.model.case.facility.hall_it_mw[hall], unit)
            at = self.live.position[id(opened)]
            set_coefficient(self.live, row, at, -mw / self.model.case.power_unit)

    def _reserve_at_node(self, row: int, node: str, day: int, unit: float) -> None:
        """Set the capacity of a power node in a row, rounded down to whole units."""
        facility = self.model.case.facility
        mw = _rounded_down(facility.levels[node].on(day), unit)
        halls = facility.tree.halls_below[node]
        _, firm = load_on(self.model, halls, facility.facility_mw, day)
        set_row_bounds(self.live, row, -math.inf, (mw - firm) / self.model.case.power_unit)

    def distant_installs(self, shape: Outcome) -> Index:
        """Return the columns of installs and removals far from any period used by the shape."""
        assert shape.values is not None
        made = self.model.decisions
        period_of = self.model.case.calendar.period_of
        # Installs have a day in their key, removals a period.
        installs = [(hall, period_of(day), v) for (hall, _, day), v in made.install_systems.items()]
        removals = [(hall, period, v) for (hall, _, period), v in made.remove_systems.items()]
        far: list[int] = []
        for decisions in (installs, removals):
            near: set[tuple[str, int]] = set()
            for hall, period, variable in decisions:
                if shape.values[self.live.position[id(variable)]] > INTEGRALITY_TOLERANCE:
                    near |= self._around(hall, period)
            for hall, period, variable in decisions:
                if (hall, period) not in near:
                    far.append(self.live.position[id(variable)])
        return np.array(far, dtype=np.int32)

    def _around(self, hall: str, period: int) -> set[tuple[str, int]]:
        """Return a hall with each period near a given one."""
        spread = self.tuning.spread_periods
        return {(hall, near) for near in range(period - spread, period + spread + 1)}


def _rounded_down(mw: float, unit: float) -> float:
    """Return megawatts rounded down to whole units; as they are if the unit is zero."""
    if unit == 0.0:
        return mw
    return math.floor(mw / unit + INTEGRALITY_TOLERANCE) * unit
