"""First day on which an item can be at a place, and what can be delivered in time at most.

Both follow the case's own orders, starts and shipments, so that they allow no less than the model.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planner.case.case import Case

Spot = tuple[str, str]
"""A place and an item."""

ROUNDING = 1e-9


@dataclass(frozen=True)
class Step:
    """How an item first comes to a place.

    Attributes
    ----------
    what : str
        What is done: ordered, assembled or shipped.
    begun, done : int
        Periods in which it is done, and from which the item can be used.
    before : tuple of str and str, or None
        The place and item that had to be there first and came last.
    """

    what: str
    begun: int
    done: int
    before: Spot | None


class Routes:
    """What can arrive where and when, by the index sets of a case."""

    def __init__(self, case: Case) -> None:
        self.case, self.supply = case, case.supply
        self.first = self._first()

    def good_units(self, supplier: str, item: str, period: int) -> float:
        """Return the good units that a supplier can deliver at most of an order in a period."""
        supply, row = self.supply, self.supply.sources[supplier, item]
        if (supplier, period) not in supply.capacity or row["capacity_use"] == 0:
            return math.inf
        units = supply.capacity[supplier, period] / row["capacity_use"]
        if self.case.whole:
            units = math.floor(units / row["lot"] + ROUNDING) * row["lot"]
        return 0.0 if units < row["min_order"] - ROUNDING else float(units * row["yield"])

    def starts(self, plant: str, system: str, period: int) -> float:
        """Return the systems that a plant can start at most in a period."""
        return self.supply.assembly_capacity.get((plant, system, period), math.inf)

    def lane_units(self, origin: str, end: str, period: int) -> float:
        """Return the units that can leave on a lane at most in a period."""
        return self.supply.lane_capacity.get((origin, end, period), math.inf)

    def path(self, spot: Spot) -> list[Step]:
        """Return the steps by which an item first comes to a place, in order."""
        steps: list[Step] = []
        at: Spot | None = spot
        while at is not None:
            steps.append(self.first[at])
            at = self.first[at].before
        return steps[::-1]

    def _first(self) -> dict[Spot, Step]:
        """Return the first step to each place and item, where there is any."""
        first: dict[Spot, Step] = {}
        supply = self.supply

        def offer(spot: Spot, step: Step) -> bool:
            if spot in first and first[spot].done <= step.done:
                return False
            first[spot] = step
            return True

        for place, item, period in supply.firm_arrivals:
            offer((place, item), Step(f"{item} on order arrives", period, period, None))
        for (supplier, item, period), done in sorted(supply.arrival.items()):
            if self.good_units(supplier, item, period) > ROUNDING:
                step = Step(f"{item} ordered from {supplier}", period, done, None)
                offer((supply.place(supplier), item), step)
        changed = True
        while changed:
            changed = self._relax_lanes(first, offer) | self._relax_plants(first, offer)
        return first

    def _relax_lanes(
        self, first: Mapping[Spot, Step], offer: Callable[[Spot, Step], bool]
    ) -> bool:  # fmt: skip
        changed = False
        for (origin, end, item, period), done in self.supply.landing.items():
            known = first.get((origin, item))
            if known is None or period < known.done or self.lane_units(origin, end, period) <= 0:
                continue
            step = Step(f"{item} shipped to {end}", period, done, (origin, item))
            changed |= offer((end, item), step)
        return changed

    def _relax_plants(
        self, first: Mapping[Spot, Step], offer: Callable[[Spot, Step], bool]
    ) -> bool:  # fmt: skip
        changed = False
        for (plant, system, period), done in self.supply.finish.items():
            place = self.supply.place(plant)
            parts = [(place, item) for item in self.supply.bom[system]]
            if any(part not in first or first[part].done > period for part in parts):
                continue
            if self.starts(plant, system, period) > 0:
                last = max(parts, key=lambda part: first[part].done, default=None)
                step = Step(f"{system} started at {plant}", period, done, last)
                changed |= offer((place, system), step)
        return changed

    def last_useful(self, installs: Mapping[tuple[str, str], int]) -> dict[Spot, int]:
        """Return the last period in which each item at each place can still be of use.

        Parameters
        ----------
        installs
            Last period of installation by hall and system.
        """
        supply, last = self.supply, dict[Spot, int]()
        for (hall, system), period in installs.items():
            spot = (supply.place(self.case.facility.site_of[hall]), system)
            last[spot] = max(period, last.get(spot, -1))
        changed = bool(supply.planned)
        while changed:
            changed = False
            for (origin, end, item, period), done in supply.landing.items():
                if done <= last.get((end, item), -1) and period > last.get((origin, item), -1):
                    last[origin, item], changed = period, True
            for (plant, system, period), done in supply.finish.items():
                place = supply.place(plant)
                if done <= last.get((place, system), -1):
                    for item in supply.bom[system]:
                        if period > last.get((place, item), -1):
                            last[place, item], changed = period, True
        return last

    def delivered(self, last: Mapping[Spot, int]) -> dict[str, float]:
        """Return the good units of each item that can be delivered in time at most.

        Parameters
        ----------
        last
            Last useful period by place and item.
        """
        supply, units = self.supply, defaultdict[str, float](float)
        for (place, item, period), quantity in supply.firm_arrivals.items():
            if period <= last.get((place, item), -1):
                units[item] += quantity
        for (supplier, item, period), done in supply.arrival.items():
            if done <= last.get((supply.place(supplier), item), -1):
                units[item] += self.good_units(supplier, item, period)
        return units

    def assembled(self, last: Mapping[Spot, int]) -> dict[str, float]:
        """Return the systems of each kind that plants can finish in time at most."""
        units: dict[str, float] = defaultdict(float)
        for (plant, system, period), done in self.supply.finish.items():
            if done <= last.get((self.supply.place(plant), system), -1):
                units[system] += self.starts(plant, system, period)
        return units
