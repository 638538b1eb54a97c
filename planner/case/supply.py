"""Suppliers, plants, lanes and stores: possible orders, starts, shipments and stocks, by day.

Index sets contain only decisions that can matter: an order, a start or a shipment is included only
if its inputs can have arrived, and if its output can still come into service within the plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from planner.case.acts import Timetable
from planner.case.calendar import Calendar
from planner.case.dispatch_days import first_on
from planner.case.facility import Facility
from planner.case.graph import EVERYWHERE, FlowGraph, Hop
from planner.case.rates import windows
from planner.tolerance import LAST_TOLERANCE, whole_part
from planner.workbook.rows import Inputs, Row

Source = tuple[str, str]
Lane = tuple[str, str]


@dataclass(frozen=True)
class Supply:
    """Look-ups and index sets of the supply chain; days are counted from the plan's first.

    Attributes
    ----------
    planned : bool
        Whether supply is planned at all; if not, a system is bought where it is installed.
    market_price : dict of str to float
        Price of a system that is bought where it is installed.
    sources : dict of (str, str) to Row
        Rows of the sheet supply, by supplier and item.
    price : dict of (str, str) to float
        Money per unit ordered.
    capacity : dict of (str, int) to float
        Capacity units of a limited supplier in the window of an order day, less those taken by
        orders already placed.
    reserved : dict of (str, str, int) to float
        Units to pay for under take-or-pay in the window of a day, less those of orders already
        placed, by supplier, item and day.
    carry : dict of str to float
        Most capacity units that a window carries to the next: one indivisible order.
    arrival : dict of (str, str, int) to int
        Day of use from which an order can be used, by supplier, item and day of the order.
    largest_order : dict of (str, str, int) to float
        Units that an order on a day can never exceed.
    firm_arrivals : dict of (str, str, int) to float
        Good units of orders already placed, by place, item and day of use.
    firm_orders : dict of (str, str, int) to tuple of float
        Quantities of orders already placed that are dated on a day of the plan.
    bom : dict of str to dict of str to float
        Units of each item in one system.
    finish : dict of (str, str, int) to int
        Day of use from which a start can be used, by plant, system and day of the start.
    assembly_capacity, assembly_cost : dict
        Starts in the window of a day, by plant, system and day; money per start.
    landing : dict of (str, str, str, int) to int
        Day of use from which a shipment can be used, by lane, item and day of departure.
    freight, lane_capacity : dict
        Money per unit by lane; units in the window of a day, by lane and day, if limited.
    held : tuple of (str, str, int)
        Place, item and day of use after which stock is possible.
    held_months : dict of (str, str, int) to float
        Months from such a day to the next, or to the plan's end.
    storage, holding_cost : dict of str to float
        Units, if limited, and money per unit and month.
    first_at : dict of (str, str) to int
        First day on which an item can be at a place.
    routes : dict of (str, str) to tuple of Hop
        Lanes of the quickest route from a supplier or plant to a place.
    plant_days : dict of (str, str) to int
        Days from start to finished system by plant and system.
    pooled : bool
        Whether the workbook has no lanes, so that all places are one.
    """

    planned: bool
    market_price: Mapping[str, float]
    sources: Mapping[Source, Row]
    price: Mapping[Source, float]
    capacity: Mapping[tuple[str, int], float]
    reserved: Mapping[tuple[str, str, int], float]
    carry: Mapping[str, float]
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
    held_months: Mapping[tuple[str, str, int], float]
    storage: Mapping[str, float]
    holding_cost: Mapping[str, float]
    first_at: Mapping[tuple[str, str], int]
    routes: Mapping[tuple[str, str], tuple[Hop, ...]]
    plant_days: Mapping[tuple[str, str], int]
    pooled: bool

    def place(self, name: str) -> str:
        """Return the place of a supplier, plant or site: its own, or everywhere without lanes."""
        return EVERYWHERE if self.pooled else name


class SupplyBuilder:
    """Builds `Supply` from a workbook and its timetable."""

    def __init__(
        self,
        inputs: Inputs,
        calendar: Calendar,
        flows: FlowGraph,
        facility: Facility,
        timetable: Timetable,
    ) -> None:
        self.inputs, self.calendar, self.flows, self.facility = inputs, calendar, flows, facility
        self.timetable = timetable
        self.planned = bool(inputs.tables["supply"])
        self.pooled = not inputs.tables["lanes"]
        self.sources = {(row["supplier"], row["item"]): row for row in inputs.tables["supply"]}
        self.plants = {(row["plant"], row["system"]): row for row in inputs.tables["plants"]}
        self.lanes = {(row["from"], row["to"]): row for row in inputs.tables["lanes"]}
        self.bom: dict[str, dict[str, float]] = defaultdict(dict)
        for row in inputs.tables["bom"]:
            self.bom[row["system"]][row["item"]] = row["quantity"]
        self.whole = inputs.settings["counts"] == "integer"
        self.uses = self._days_of_use()

    def build(self) -> Supply:
        """Return the look-ups and index sets."""
        market_price = {row["system"]: row["price"] for row in self.inputs.tables["systems"]}
        return Supply(
            planned=self.planned,
            market_price={} if self.planned else market_price,
            sources=self.sources if self.planned else {},
            price=self._prices(market_price),
            capacity=self._accrued("order"),
            reserved=self._reserved(),
            carry=self._carry(),
            arrival=self._arrival(),
            largest_order=self._largest_order(),
            firm_arrivals=self._firm_arrivals(),
            firm_orders=self._firm_orders(),
            bom=self.bom,
            finish=self._finish(),
            assembly_capacity=self._accrued("start"),
            assembly_cost={key: row["cost"] for key, row in self.plants.items()},
            landing=self._landing(),
            freight={lane: row["cost"] for lane, row in self.lanes.items()},
            lane_capacity=self._accrued("ship"),
            held=self._held(),
            held_months=self._held_months(),
            storage=self._storage(),
            holding_cost=self._holding_cost(),
            first_at=self._first_at(),
            routes=self.flows.routes,
            plant_days={key: row["lead_days"] for key, row in self.plants.items()},
            pooled=self.pooled,
        )

    def _place(self, name: str) -> str:
        return EVERYWHERE if self.pooled else name

    def _prices(self, market_price: Mapping[str, float]) -> dict[Source, float]:
        """Return the price of each source; a blank price of a system is that on its own sheet."""
        prices: dict[Source, float] = {}
        for (supplier, item), row in self.sources.items():
            price = row["price"]
            prices[supplier, item] = market_price.get(item, 0.0) if price is None else price
        return prices

    def _stores(self) -> Iterator[tuple[str, Row]]:
        """Yield name and row of each depot and site; none if all places are one."""
        if self.pooled:
            return
        for row in self.inputs.tables["depots"]:
            yield row["depot"], row
        for row in self.inputs.tables["sites"]:
            yield row["site"], row

    def _storage(self) -> dict[str, float]:
        """Return the units that each limited store can hold."""
        storage: dict[str, float] = {}
        for name, row in self._stores():
            if row["storage"] is not None:
                storage[name] = row["storage"]
        return storage

    def _holding_cost(self) -> dict[str, float]:
        """Return the holding cost of each store that has one."""
        costs: dict[str, float] = {}
        for name, row in self._stores():
            if row["holding_cost"] > 0:
                costs[name] = row["holding_cost"]
        return costs

    def _first_at(self) -> dict[tuple[str, str], int]:
        """Return the first day of the plan on which each item can be at each place."""
        first: dict[tuple[str, str], int] = {}
        for spot, day in self.timetable.clock.earliest.items():
            if day < self.calendar.day_count:
                first[spot] = day
        return first

    def _days_of_use(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Return the days on which units are taken from each stock, in order."""
        if not self.planned:
            return {}
        uses: dict[tuple[str, str], set[int]] = defaultdict(set)
        for key, leg in self.timetable.leg.items():
            for spot in leg.takes:
                uses[spot].update(self.timetable.days(*key))
        return {spot: tuple(sorted(days)) for spot, days in uses.items() if days}

    def _day_of_use(self, spot: tuple[str, str], day: int) -> int | None:
        """Return the first day of use on or after a day; None if there is none."""
        return first_on(self.uses.get(spot, ()), day)

    def _held(self) -> tuple[tuple[str, str, int], ...]:
        """Return place, item and day of each possible stock."""
        held = []
        for (place, item), days in self.uses.items():
            for day in days:
                held.append((place, item, day))
        return tuple(held)

    def _held_months(self) -> dict[tuple[str, str, int], float]:
        """Return the months from each day of use to the next, or to the plan's end."""
        months: dict[tuple[str, str, int], float] = {}
        for (place, item), days in self.uses.items():
            for day, following in pairwise([*days, self.calendar.day_count]):
                months[place, item, day] = self.calendar.months_over(day, following - 1)
        return months

    def _accrued(self, kind: str) -> dict[Any, float]:
        """Return the units that the rates of one kind of act accrue, by day."""
        accrued: dict[tuple[str | int, ...], float] = {}
        if not self.planned:
            return accrued
        for name in self.timetable.rates:
            if name[0] == kind:
                for day, units in self.timetable.accrued(name).items():
                    accrued[(*name[1:], day)] = units
        return accrued

    def _carry(self) -> dict[str, float]:
        """Return the largest indivisible order of each limited supplier, in capacity units."""
        largest: dict[str, float] = defaultdict(float)
        for (supplier, _), row in self.sources.items():
            least = row["min_order"]
            if self.whole:
                least = _least_lots(row) * row["lot"]
            largest[supplier] = max(largest[supplier], least * row["capacity_use"])
        return largest

    def _reserved(self) -> dict[tuple[str, str, int], float]:
        """Return the units that take-or-pay counts by order day, to the plan's end.

        Before the first order day and after the last, take-or-pay is settled at period ends.
        """
        reserved: dict[tuple[str, str, int], float] = {}
        if not self.planned:
            return reserved
        for (supplier, item), row in self.sources.items():
            share, capacity_use = row["take_or_pay_share"], row["capacity_use"]
            if share <= 0 or capacity_use <= 0:
                continue
            gross = self.timetable.gross["order", supplier]
            placed = self.timetable.placed.get((supplier, item))
            for first, last in windows(self._settlement_days(supplier, item), 0):
                due = share * gross.accrued(first, last)
                if placed is not None:
                    due -= float(placed[first : last + 1].sum())
                reserved[supplier, item, last] = due / capacity_use
        return reserved

    def _settlement_days(self, supplier: str, item: str) -> list[int]:
        """Return the days on which take-or-pay of a source is settled, in order."""
        order_days = self.timetable.days("order", supplier, item)
        days = set(order_days)
        for period_end in self.calendar.last_days:
            if not order_days or not order_days[0] <= period_end <= order_days[-1]:
                days.add(period_end)
        return sorted(days)

    def _firm_arrivals(self) -> dict[tuple[str, str, int], float]:
        """Return good units of placed orders by place, item and day of use."""
        arrivals: dict[tuple[str, str, int], float] = defaultdict(float)
        for row in self.inputs.tables["orders"]:
            supplier, item = row["supplier"], row["item"]
            place = self._place(supplier)
            used = self._day_of_use((place, item), self.calendar.from_day(row["arrives"]))
            if used is not None:
                good = row["quantity"] * self.sources[supplier, item]["yield"]
                arrivals[place, item, used] += good
        return dict(arrivals)

    def _firm_orders(self) -> dict[tuple[str, str, int], tuple[float, ...]]:
        """Return quantities of placed orders that are dated on a day of the plan."""
        placed: dict[tuple[str, str, int], list[float]] = defaultdict(list)
        for row in self.inputs.tables["orders"]:
            if row["placed"] is not None and self.calendar.holding(row["placed"]) is not None:
                day = self.calendar.number(row["placed"])
                placed[row["supplier"], row["item"], day].append(row["quantity"])
        return {key: tuple(quantities) for key, quantities in placed.items()}

    def _arrival(self) -> dict[tuple[str, str, int], int]:
        """Return when each useful order can be used."""
        arrival: dict[tuple[str, str, int], int] = {}
        if not self.planned:
            return arrival
        for (supplier, item), row in self.sources.items():
            spot = (self._place(supplier), item)
            for day in self.timetable.days("order", supplier, item):
                used = self._day_of_use(spot, day + row["lead_days"])
                if used is not None:
                    arrival[supplier, item, day] = used
        return arrival

    def _finish(self) -> dict[tuple[str, str, int], int]:
        """Return when each useful start of assembly can be used."""
        finish: dict[tuple[str, str, int], int] = {}
        if not self.planned:
            return finish
        for (plant, system), row in self.plants.items():
            spot = (self._place(plant), system)
            for day in self.timetable.days("start", plant, system):
                used = self._day_of_use(spot, day + row["lead_days"])
                if used is not None:
                    finish[plant, system, day] = used
        return finish

    def _landing(self) -> dict[tuple[str, str, str, int], int]:
        """Return when each useful shipment can be used."""
        landing: dict[tuple[str, str, str, int], int] = {}
        if not self.planned:
            return landing
        for (origin, end), row in self.lanes.items():
            for item in self.flows.lane_items[origin, end]:
                for day in self.timetable.days("ship", origin, end, item):
                    used = self._day_of_use((end, item), day + row["transit_days"])
                    if used is not None:
                        landing[origin, end, item, day] = used
        return landing

    def _largest_order(self) -> dict[tuple[str, str, int], float]:
        """Return the largest useful size of each order: the supplier's capacity, or all halls full.

        All halls full is a valid bound: a plan that filled them twice from one order would discard
        systems that it had just bought.
        """
        units_to_fill = self._units_to_fill_all_halls()
        capacity = self._accrued("order")
        carry = self._carry()
        largest: dict[tuple[str, str, int], float] = {}
        for supplier, item, day in self._arrival():
            row = self.sources[supplier, item]
            # Add one minimum order in whole lots, to leave room for rounding up.
            most = units_to_fill[item] / row["yield"] + _least_lots(row) * row["lot"]
            if (supplier, day) in capacity and row["capacity_use"] > 0:
                available = capacity[supplier, day] + carry[supplier]
                most = min(most, available / row["capacity_use"])
            if self.whole:
                most = whole_part(most / row["lot"]) * row["lot"]
            largest[supplier, item, day] = most
        return largest

    def _units_to_fill_all_halls(self) -> dict[str, float]:
        """Return the units of each system and item that fill every hall with every system."""
        units: dict[str, float] = defaultdict(float)
        for hall, system in self.facility.hosted:
            most = self.facility.most_systems(hall, system)
            units[system] += most
            for item, quantity in self.bom.get(system, {}).items():
                units[item] += most * quantity
        return units


def _least_lots(row: Row) -> int:
    """Return the fewest lots of a source that make its minimum order, at least one."""
    lots: int = math.ceil(row["min_order"] / row["lot"] - LAST_TOLERANCE)
    return max(lots, 1)
