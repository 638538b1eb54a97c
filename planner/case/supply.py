"""Suppliers, plants, lanes and stores: what can be ordered, made, shipped and held, and when.

Index sets hold only what can matter: an order, a start or a shipment is there only if something
can have arrived before it and if what it yields can still come into service within the plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from planner.case.calendar import Calendar
from planner.case.facility import Facility, last_useful_install
from planner.case.graph import EVERYWHERE, FlowGraph
from planner.inputs.rows import Inputs, Row
from planner.tolerance import LAST_TOLERANCE, whole_part

Source = tuple[str, str]
Lane = tuple[str, str]


@dataclass(frozen=True)
class Supply:
    """Look-ups and index sets of the supply chain.

    Attributes
    ----------
    planned : bool
        Whether supply is planned at all; if not, a system is bought where it is installed.
    market_price : dict of str to float
        Price of a system that is bought where it is installed.
    sources : dict of (str, str) to Row
        What is sold, by supplier and item.
    price : dict of (str, str) to float
        Money per unit ordered.
    capacity : dict of (str, int) to float
        Capacity units that a supplier can start in a period, where limited.
    arrival : dict of (str, str, int) to int
        Period in which an order can be used, by supplier, item and period of the order.
    largest_order : dict of (str, str, int) to float
        Units that an order in a period can never exceed.
    firm_arrivals : dict of (str, str, int) to float
        Good units of orders already placed, by place, item and period.
    firm_orders : dict of (str, str, int) to tuple of float
        Quantities of orders already placed that are dated in a period of the plan.
    bom : dict of str to dict of str to float
        Units of each item in one system.
    finish : dict of (str, str, int) to int
        Period in which a start can be used, by plant, system and period of the start.
    assembly_capacity, assembly_cost : dict
        Starts by plant, system and period; money per start by plant and system.
    landing : dict of (str, str, str, int) to int
        Period in which a shipment can be used, by lane, item and period of departure.
    freight, lane_capacity : dict
        Money per unit by lane; units by lane and period, where limited.
    held : tuple of (str, str, int)
        Place, item and period in which stock is possible.
    storage, holding_cost : dict of str to float
        Units, where limited, and money per unit and month.
    first_at : dict of (str, str) to int
        First period in which an item can be at a place.
    routes : dict of (str, str) to tuple of int
        Transit days of each lane on the quickest way from a supplier or plant to a place.
    plant_days : dict of (str, str) to int
        Days from start to finished system by plant and system.
    pooled : bool
        Whether all places are one, for want of lanes.
    """

    planned: bool
    market_price: Mapping[str, float]
    sources: Mapping[Source, Row]
    price: Mapping[Source, float]
    capacity: Mapping[tuple[str, int], float]
    arrival: Mapping[tuple[str, str, int], int]
    largest_order: Mapping[tuple[str, str, int], float]
    firm_arrivals: Mapping[tuple[str, str, int], float]
    firm_orders: Mapping[tuple[str, str, int], tuple[float, ...]]
    bom: Mapping[str, Mapping[str, float]]
    finish: Mapping[tuple[str, str, int], int]
    assembly_capacity: Mapping[tuple[str, str, int], float]
    assembly_cost: Mapping[tuple[str, str], float]
    landing: Mapping[tuple[str, str, str, int], int]
    freight: Mapping[Lane, float]
    lane_capacity: Mapping[tuple[str, str, int], float]
    held: tuple[tuple[str, str, int], ...]
    storage: Mapping[str, float]
    holding_cost: Mapping[str, float]
    first_at: Mapping[tuple[str, str], int]
    routes: Mapping[tuple[str, str], tuple[int, ...]]
    plant_days: Mapping[tuple[str, str], int]
    pooled: bool

    def place(self, name: str) -> str:
        """Return the place of a supplier, plant or site: its own, or everywhere without lanes."""
        return EVERYWHERE if self.pooled else name


class SupplyBuilder:
    """Works out, from the flows, what can happen when, and collects it as `Supply`."""

    def __init__(
        self, inputs: Inputs, calendar: Calendar, flows: FlowGraph, facility: Facility
    ) -> None:
        self.inputs, self.calendar, self.flows, self.facility = inputs, calendar, flows, facility
        self.planned = bool(inputs.tables["supply"])
        self.pooled = not inputs.tables["lanes"]
        self.sources = {(row["supplier"], row["item"]): row for row in inputs.tables["supply"]}
        self.plants = {(row["plant"], row["system"]): row for row in inputs.tables["plants"]}
        self.lanes = {(row["from"], row["to"]): row for row in inputs.tables["lanes"]}
        self.bom: dict[str, dict[str, float]] = defaultdict(dict)
        for row in inputs.tables["bom"]:
            self.bom[row["system"]][row["item"]] = row["quantity"]
        self.firm_arrivals = self._firm_arrivals()
        self.first_at = self._first_at()
        self.last_at = self._last_at()

    def build(self) -> Supply:
        """Return the look-ups and index sets."""
        stores = [*self.inputs.tables["depots"], *self.inputs.tables["sites"]]
        names = {id(row): str(row.values.get("depot") or row["site"]) for row in stores}
        price = {row["system"]: row["price"] for row in self.inputs.tables["systems"]}
        return Supply(
            planned=self.planned,
            market_price={} if self.planned else price,
            sources=self.sources if self.planned else {},
            price={
                (supplier, item): row["price"] if row["price"] is not None else price.get(item, 0.0)
                for (supplier, item), row in self.sources.items()
            },
            capacity=self._capacity(),
            arrival=self._arrival(),
            largest_order=self._largest_order(),
            firm_arrivals=self.firm_arrivals,
            firm_orders=self._firm_orders(),
            bom=self.bom,
            finish=self._finish(),
            assembly_capacity=self._monthly(self.plants),
            assembly_cost={key: row["cost"] for key, row in self.plants.items()},
            landing=self._landing(),
            freight={lane: row["cost"] for lane, row in self.lanes.items()},
            lane_capacity=self._monthly(self.lanes),
            held=tuple(
                (place, item, period)
                for (place, item), first in self.first_at.items()
                for period in range(first, self.calendar.count)
            ),
            storage={} if self.pooled else {
                names[id(row)]: row["storage"] for row in stores if row["storage"] is not None
            },
            holding_cost={} if self.pooled else {
                names[id(row)]: row["holding_cost"] for row in stores if row["holding_cost"] > 0
            },
            first_at=self.first_at,
            routes=self.flows.routes,
            plant_days={key: row["lead_days"] for key, row in self.plants.items()},
            pooled=self.pooled,
        )  # fmt: skip

    def _monthly(self, rows: Mapping[tuple[str, str], Row]) -> dict[tuple[str, str, int], float]:
        """Return units by key and period of rows that limit units a month."""
        return {
            (*key, period): row["units_per_month"] * self.calendar.months[period]
            for key, row in rows.items()
            if row["units_per_month"] is not None
            for period in self.calendar.periods
        }

    def _place(self, name: str) -> str:
        return EVERYWHERE if self.pooled else name

    def _capacity(self) -> dict[tuple[str, int], float]:
        """Return capacity units of each limited supplier in each period."""
        steps = defaultdict(list)
        for row in self.inputs.tables["supply_capacity"]:
            steps[row["supplier"]].append((row["from"], row["units_per_month"]))
        return {
            (supplier, period): value * self.calendar.months[period]
            for supplier in steps
            for period, value in enumerate(self.calendar.in_force(steps[supplier]))
        }

    def _capacity_left(self) -> dict[tuple[str, int], float]:
        """Return capacity units that orders already placed leave of each period."""
        left = self._capacity()
        for (supplier, item, period), quantities in self._firm_orders().items():
            if (supplier, period) in left:
                used = self.sources[supplier, item]["capacity_use"] * sum(quantities)
                left[supplier, period] = max(0.0, left[supplier, period] - used)
        return left

    def _firm_arrivals(self) -> dict[tuple[str, str, int], float]:
        """Return good units of placed orders by place, item and period of arrival."""
        arrivals: dict[tuple[str, str, int], float] = defaultdict(float)
        for row in self.inputs.tables["orders"]:
            period = self.calendar.first(row["arrives"])
            if period is not None:
                good = row["quantity"] * self.sources[row["supplier"], row["item"]]["yield"]
                arrivals[self._place(row["supplier"]), row["item"], period] += good
        return dict(arrivals)

    def _firm_orders(self) -> dict[tuple[str, str, int], tuple[float, ...]]:
        """Return quantities of placed orders that are dated in a period of the plan."""
        placed = defaultdict(list)
        for row in self.inputs.tables["orders"]:
            period = None if row["placed"] is None else self.calendar.holding(row["placed"])
            if period is not None:
                placed[row["supplier"], row["item"], period].append(row["quantity"])
        return {key: tuple(quantities) for key, quantities in placed.items()}

    def _first_at(self) -> dict[tuple[str, str], int]:
        """Return the first period in which each item can be at each place, by relaxation."""
        fence, first = self.calendar.fence, dict[tuple[str, str], int]()
        if not self.planned:
            return first

        def offer(place: str, item: str, period: int | None) -> bool:
            if period is None or place not in self.flows.places.get(item, ()):
                return False
            if period >= first.get((place, item), self.calendar.count):
                return False
            first[place, item] = period
            return True

        for place, item, period in self.firm_arrivals:
            offer(place, item, period)
        for (supplier, item), row in self.sources.items():
            opens = self.calendar.first(row["available_from"])
            if opens is not None:
                offer(self._place(supplier), item, self._then(max(opens, fence), row["lead_days"]))
        changed = True
        while changed:
            changed = False
            for lane, row in self.lanes.items():
                for item in self.flows.lane_items[lane]:
                    leaves = max(first.get((lane[0], item), self.calendar.count), fence)
                    changed |= offer(lane[1], item, self._then(leaves, row["transit_days"]))
            for (plant, system), row in self.plants.items():
                starts = self._first_start(plant, system, first)
                changed |= offer(self._place(plant), system, self._then(starts, row["lead_days"]))
        return first

    def _first_start(self, plant: str, system: str, first: Mapping[tuple[str, str], int]) -> int:
        """Return the first period in which a plant can hold all items of a system."""
        never = self.calendar.count
        opens = self.calendar.first(self.plants[plant, system]["from"])
        place = self._place(plant)
        parts = [first.get((place, item), never) for item in self.bom[system]]
        return max([never if opens is None else opens, self.calendar.fence, *parts])

    def _then(self, period: int, days: int) -> int | None:
        return self.calendar.usable(period, days) if period < self.calendar.count else None

    def _last_at(self) -> dict[tuple[str, str], int]:
        """Return the last period in which each item at each place is still of use."""
        last: dict[tuple[str, str], int] = {}
        if not self.planned:
            return last

        def offer(place: str, item: str, period: int) -> bool:
            if period <= last.get((place, item), -1) or place not in self.flows.places.get(
                item, ()
            ):
                return False
            last[place, item] = period
            return True

        systems = {row["system"]: row for row in self.inputs.tables["systems"]}
        for hall, system in self.facility.hosted:
            place = self._place(self.facility.site_of[hall])
            offer(place, system, last_useful_install(systems[system], self.calendar))
        changed = True
        while changed:
            changed = False
            for lane, row in self.lanes.items():
                for item in self.flows.lane_items[lane]:
                    by = last.get((lane[1], item), -1)
                    changed |= offer(lane[0], item, self.calendar.latest(by, row["transit_days"]))
            for (plant, system), row in self.plants.items():
                place = self._place(plant)
                by = last.get((place, system), -1)
                for item in self.bom[system]:
                    changed |= offer(place, item, self.calendar.latest(by, row["lead_days"]))
        return last

    def _arrival(self) -> dict[tuple[str, str, int], int]:
        """Return when each useful order arrives."""
        arrival = {}
        for (supplier, item), row in self.sources.items():
            last = self.last_at.get((self._place(supplier), item), -1)
            opens = self.calendar.first(row["available_from"])
            for period in self._from(opens):
                usable = self.calendar.usable(period, row["lead_days"])
                if usable is not None and usable <= last:
                    arrival[supplier, item, period] = usable
        return arrival

    def _from(self, first: int | None) -> range:
        """Return the periods from one on in which decisions may be taken."""
        never = self.calendar.count
        return range(max(never if first is None else first, self.calendar.fence), never)

    def _finish(self) -> dict[tuple[str, str, int], int]:
        """Return when each useful start of assembly is finished."""
        finish = {}
        for (plant, system), row in self.plants.items():
            last = self.last_at.get((self._place(plant), system), -1)
            for period in self._from(self._first_start(plant, system, self.first_at)):
                usable = self.calendar.usable(period, row["lead_days"])
                if usable is not None and usable <= last:
                    finish[plant, system, period] = usable
        return finish

    def _landing(self) -> dict[tuple[str, str, str, int], int]:
        """Return when each useful shipment lands."""
        landing = {}
        for lane, row in self.lanes.items() if self.planned else ():
            for item in self.flows.lane_items[lane]:
                last = self.last_at.get((lane[1], item), -1)
                for period in self._from(self.first_at.get((lane[0], item))
                                         if (lane[0], item) in self.first_at
                                         else self.calendar.count):  # fmt: skip
                    usable = self.calendar.usable(period, row["transit_days"])
                    if usable is not None and usable <= last:
                        landing[(*lane, item, period)] = usable
        return landing

    def _largest_order(self) -> dict[tuple[str, str, int], float]:
        """Return units that no order needs to exceed: the supplier's capacity, or all halls full.

        Whole lots fill a capacity only up to the last that fits.

        All halls full is a bound in itself, for a plan that fills the halls twice with one system
        from one order would throw away what it had just bought.
        """
        room: dict[str, float] = defaultdict(float)
        for hall, system in self.facility.hosted:
            most = self.facility.most_systems(hall, system)
            room[system] += most
            for item, quantity in self.bom.get(system, {}).items():
                room[item] += most * quantity
        capacity, whole = self._capacity_left(), self.inputs.settings["counts"] == "integer"
        largest = {}
        for supplier, item, period in self._arrival():
            row = self.sources[supplier, item]
            # One order of a part of a lot, and of no less than the least in whole lots.
            least = math.ceil(max(row["min_order"] / row["lot"], 1.0) - LAST_TOLERANCE) * row["lot"]
            most = room[item] / row["yield"] + least
            if (supplier, period) in capacity and row["capacity_use"] > 0:
                most = min(most, capacity[supplier, period] / row["capacity_use"])
            if whole:
                most = whole_part(most / row["lot"]) * row["lot"]
            largest[supplier, item, period] = most
        return largest
