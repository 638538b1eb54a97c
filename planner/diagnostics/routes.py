"""First day of each item at each place, and upper bounds on deliveries in time.

Both use the case's own orders, starts and shipments, so that they allow at least as much as the
model.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from planner.case.case import Case

Spot = tuple[str, str]
"""A place and an item."""

UNITS_TOLERANCE = 1e-9
"""Units below this are rounding noise."""


@dataclass(frozen=True)
class RouteStep:
    """The step by which an item first reaches a place.

    Attributes
    ----------
    what : str
        Ordered, assembled or shipped.
    begun, done : int
        Day of the step, and first day on which the item can be used.
    before : tuple of str and str, or None
        Place and item of the input that arrived last.
    """

    what: str
    begun: int
    done: int
    before: Spot | None


class Routes:
    """Arrivals that the index sets of a case allow."""

    def __init__(self, case: Case) -> None:
        self.case, self.supply = case, case.supply
        self.first = self._first()

    def good_units(self, supplier: str, item: str, day: int) -> float:
        """Return the most good units that a supplier can deliver from orders up to a day."""
        row = self.supply.sources[supplier, item]
        is_limited = ("order", supplier) in self.case.timetable.rates
        if not is_limited or row["capacity_use"] == 0:
            return math.inf
        windows = []
        for (name, last), capacity in self.supply.capacity.items():
            if name == supplier and last <= day:
                windows.append(capacity)
        units = math.fsum(windows) / row["capacity_use"]
        if self.case.whole:
            units = math.floor(units / row["lot"] + UNITS_TOLERANCE) * row["lot"]
        if units < row["min_order"] - UNITS_TOLERANCE:
            return 0.0
        return float(units * row["yield"])

    def starts(self, plant: str, system: str, day: int) -> float:
        """Return the most systems that a plant can start by a day."""
        return self.supply.assembly_capacity.get((plant, system, day), math.inf)

    def lane_units(self, origin: str, end: str, day: int) -> float:
        """Return the most units that can leave on a lane by a day."""
        return self.supply.lane_capacity.get((origin, end, day), math.inf)

    def path(self, spot: Spot) -> list[RouteStep]:
        """Return the steps by which an item first reaches a place, in order."""
        steps: list[RouteStep] = []
        input_spot: Spot | None = spot
        while input_spot is not None:
            step = self.first[input_spot]
            steps.append(step)
            input_spot = step.before
        steps.reverse()
        return steps

    def _first(self) -> dict[Spot, RouteStep]:
        """Return the step by which each item first reaches each place."""
        first: dict[Spot, RouteStep] = {}
        supply = self.supply

        def offer(spot: Spot, step: RouteStep) -> bool:
            if spot in first and first[spot].done <= step.done:
                return False
            first[spot] = step
            return True

        for place, item, day in supply.firm_arrivals:
            arrives = min(day, supply.first_at.get((place, item), day))
            offer((place, item), RouteStep(f"{item} on order arrives", arrives, day, None))
        for (supplier, item, day), done in sorted(supply.arrival.items()):
            if self.good_units(supplier, item, day) > UNITS_TOLERANCE:
                step = RouteStep(f"{item} ordered from {supplier}", day, done, None)
                offer((supply.place(supplier), item), step)
        changed = True
        while changed:
            is_shipped_earlier = self._relax_lanes(first, offer)
            is_assembled_earlier = self._relax_plants(first, offer)
            changed = is_shipped_earlier or is_assembled_earlier
        return first

    def _relax_lanes(
        self, first: Mapping[Spot, RouteStep], offer: Callable[[Spot, RouteStep], bool]
    ) -> bool:
        """Offer the shipments of what has reached their origins; return whether any is earlier."""
        changed = False
        for (origin, end, item, day), done in self.supply.landing.items():
            known = first.get((origin, item))
            if known is None or day < known.done or self.lane_units(origin, end, day) <= 0:
                continue
            step = RouteStep(f"{item} shipped to {end}", day, done, (origin, item))
            if offer((end, item), step):
                changed = True
        return changed

    def _relax_plants(
        self, first: Mapping[Spot, RouteStep], offer: Callable[[Spot, RouteStep], bool]
    ) -> bool:
        """Offer the starts for which all parts are there; return whether any is earlier."""
        changed = False
        for (plant, system, day), done in self.supply.finish.items():
            place = self.supply.place(plant)
            parts = [(place, item) for item in self.supply.bom[system]]
            if any(part not in first or first[part].done > day for part in parts):
                continue
            if self.starts(plant, system, day) <= 0:
                continue
            last_part = max(parts, key=lambda part: first[part].done, default=None)
            step = RouteStep(f"{system} started at {plant}", day, done, last_part)
            if offer((place, system), step):
                changed = True
        return changed

    def last_useful(self, installs: Mapping[tuple[str, str], int]) -> dict[Spot, int]:
        """Return the last day on which each item at each place is still useful.

        Parameters
        ----------
        installs
            Last day of installation by hall and system.
        """
        supply = self.supply
        last: dict[Spot, int] = {}

        def extend(spot: Spot, day: int) -> bool:
            if day <= last.get(spot, -1):
                return False
            last[spot] = day
            return True

        for (hall, system), day in installs.items():
            extend((supply.place(self.case.facility.site_of[hall]), system), day)
        # Shipments and starts pass the days on to what they take, until nothing is later.
        changed = supply.planned
        while changed:
            changed = False
            for (origin, end, item, day), done in supply.landing.items():
                if done <= last.get((end, item), -1) and extend((origin, item), day):
                    changed = True
            for (plant, system, day), done in supply.finish.items():
                place = supply.place(plant)
                if done > last.get((place, system), -1):
                    continue
                for item in supply.bom[system]:
                    if extend((place, item), day):
                        changed = True
        return last

    def delivered(self, last: Mapping[Spot, int]) -> dict[str, float]:
        """Return the most good units of each item that can be delivered in time.

        Parameters
        ----------
        last
            Last useful day by place and item.
        """
        supply = self.supply
        units: dict[str, float] = defaultdict(float)
        for (place, item, day), quantity in supply.firm_arrivals.items():
            if day <= last.get((place, item), -1):
                units[item] += quantity
        last_order: dict[tuple[str, str], int] = {}
        for (supplier, item, day), done in supply.arrival.items():
            if done <= last.get((supply.place(supplier), item), -1):
                last_order[supplier, item] = max(day, last_order.get((supplier, item), -1))
        for (supplier, item), day in last_order.items():
            units[item] += self.good_units(supplier, item, day)
        return units

    def assembled(self, last: Mapping[Spot, int]) -> dict[str, float]:
        """Return the most systems of each kind that plants can finish in time."""
        units: dict[str, float] = defaultdict(float)
        for (plant, system, day), done in self.supply.finish.items():
            if done <= last.get((self.supply.place(plant), system), -1):
                units[system] += self.starts(plant, system, day)
        return units
