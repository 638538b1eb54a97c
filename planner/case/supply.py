"""Suppliers, plants, lanes and stores: possible orders, starts, shipments and stocks, by day.

Index sets contain only decisions that can matter: an order, a start or a shipment is included only
if its inputs can have arrived, and if its output can still come into service within the plan.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
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
        stores = [*self.inputs.tables["depots"], *self.inputs.tables["sites"]]
        names = {id(row): str(row.values.get("depot") or row["site"]) for row in stores}
        price = {row["system"]: row["price"] for row in self.inputs.tables["systems"]}
        held = tuple((*spot, day) for spot, days in self.uses.items() for day in days)
        return Supply(
            planned=self.planned,
            market_price={} if self.planned else price,
            sources=self.sources if self.planned else {},
            price={
                (supplier, item): row["price"] if row["price"] is not None else price.get(item, 0.0)
                for (supplier, item), row in self.sources.items()
            },
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
            held=held,
            held_months=self._held_months(),
            storage={}
            if self.pooled
            else {names[id(row)]: row["storage"] for row in stores if row["storage"] is not None},
            holding_cost={}
            if self.pooled
            else {names[id(row)]: row["holding_cost"] for row in stores if row["holding_cost"] > 0},
            first_at={
                spot: day
                for spot, day in self.timetable.clock.earliest.items()
                if day < self.calendar.day_count
            },
            routes=self.flows.routes,
            plant_days={key: row["lead_days"] for key, row in self.plants.items()},
            pooled=self.pooled,
        )

    def _place(self, name: str) -> str:
        return EVERYWHERE if self.pooled else name

    def _days_of_use(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Return the days on which units are taken from each stock, in order."""
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        for key, leg in self.timetable.leg.items():
            for spot in leg.takes if self.planned else ():
                found[spot].update(self.timetable.days(*key))
        return {spot: tuple(sorted(days)) for spot, days in found.items() if days}

    def _used(self, spot: tuple[str, str], day: int) -> int | None:
        """Return the first day of use on or after a day; None if there is none."""
        return first_on(self.uses.get(spot, ()), day)

    def _accrued(self, kind: str) -> dict[Any, float]:
        """Return the units that the rates of one kind of act accrue, by day."""
        return {
            (*name[1:], day): most
            for name in self.timetable.rates
            if name[0] == kind and self.planned
            for day, most in self.timetable.accrued(name).items()
        }

    def _carry(self) -> dict[str, float]:
        """Return the largest indivisible order of each limited supplier, in capacity units."""
        found: dict[str, float] = defaultdict(float)
        for (supplier, _), row in self.sources.items():
            lots = math.ceil(row["min_order"] / row["lot"] - LAST_TOLERANCE)
            least = max(lots, 1) * row["lot"] if self.whole else row["min_order"]
            found[supplier] = max(found[supplier], least * row["capacity_use"])
        return found

    def _reserved(self) -> dict[tuple[str, str, int], float]:
        """Return the units that take-or-pay counts by order day, to the plan's end.

        Before the first order day and after the last, take-or-pay is settled at period ends.
        """
        found = {}
        for (supplier, item), row in self.sources.items() if self.planned else ():
            if row["take_or_pay_share"] <= 0 or row["capacity_use"] <= 0:
                continue
            days = self.timetable.days("order", supplier, item)
            ends = self.calendar.last_days
            outside = (day for day in ends if not days or not days[0] <= day <= days[-1])
            gross = self.timetable.gross["order", supplier]
            placed = self.timetable.placed.get((supplier, item))
            for first, last in windows(sorted({*days, *outside}), 0):
                due = row["take_or_pay_share"] * gross.accrued(first, last)
                due -= 0.0 if placed is None else float(placed[first : last + 1].sum())
                found[supplier, item, last] = due / row["capacity_use"]
        return found

    def _firm_arrivals(self) -> dict[tuple[str, str, int], float]:
        """Return good units of placed orders by place, item and day of use."""
        arrivals: dict[tuple[str, str, int], float] = defaultdict(float)
        for row in self.inputs.tables["orders"]:
            spot = self._place(row["supplier"]), row["item"]
            used = self._used(spot, self.calendar.from_day(row["arrives"]))
            if used is not None:
                good = row["quantity"] * self.sources[row["supplier"], row["item"]]["yield"]
                arrivals[(*spot, used)] += good
        return dict(arrivals)

    def _firm_orders(self) -> dict[tuple[str, str, int], tuple[float, ...]]:
        """Return quantities of placed orders that are dated on a day of the plan."""
        placed = defaultdict(list)
        for row in self.inputs.tables["orders"]:
            if row["placed"] is not None and self.calendar.holding(row["placed"]) is not None:
                day = self.calendar.number(row["placed"])
                placed[row["supplier"], row["item"], day].append(row["quantity"])
        return {key: tuple(quantities) for key, quantities in placed.items()}

    def _held_months(self) -> dict[tuple[str, str, int], float]:
        """Return the months from each day of use to the next, or to the plan's end."""
        return {
            (*spot, day): self.calendar.months_over(day, following - 1)
            for spot, days in self.uses.items()
            for day, following in zip(days, [*days[1:], self.calendar.day_count], strict=True)
        }

    def _arrival(self) -> dict[tuple[str, str, int], int]:
        """Return when each useful order can be used."""
        arrival = {}
        for (supplier, item), row in self.sources.items() if self.planned else ():
            for day in self.timetable.days("order", supplier, item):
                used = self._used((self._place(supplier), item), day + row["lead_days"])
                if used is not None:
                    arrival[supplier, item, day] = used
        return arrival

    def _finish(self) -> dict[tuple[str, str, int], int]:
        """Return when each useful start of assembly can be used."""
        finish = {}
        for (plant, system), row in self.plants.items() if self.planned else ():
            for day in self.timetable.days("start", plant, system):
                used = self._used((self._place(plant), system), day + row["lead_days"])
                if used is not None:
                    finish[plant, system, day] = used
        return finish

    def _landing(self) -> dict[tuple[str, str, str, int], int]:
        """Return when each useful shipment can be used."""
        landing = {}
        for lane, row in self.lanes.items() if self.planned else ():
            for item in self.flows.lane_items[lane]:
                for day in self.timetable.days("ship", *lane, item):
                    used = self._used((lane[1], item), day + row["transit_days"])
                    if used is not None:
                        landing[(*lane, item, day)] = used
        return landing

    def _largest_order(self) -> dict[tuple[str, str, int], float]:
        """Return the largest useful size of each order: the supplier's capacity, or all halls full.

        All halls full is a valid bound: a plan that filled them twice from one order would discard
        systems that it had just bought.
        """
        room: dict[str, float] = defaultdict(float)
        for hall, system in self.facility.hosted:
            most = self.facility.most_systems(hall, system)
            room[system] += most
            for item, quantity in self.bom.get(system, {}).items():
                room[item] += most * quantity
        capacity, carry, largest = self._accrued("order"), self._carry(), {}
        for supplier, item, day in self._arrival():
            row = self.sources[supplier, item]
            # Add one minimum order in whole lots, to leave room for rounding up.
            least = math.ceil(max(row["min_order"] / row["lot"], 1.0) - LAST_TOLERANCE) * row["lot"]
            most = room[item] / row["yield"] + least
            if (supplier, day) in capacity and row["capacity_use"] > 0:
                left = capacity[supplier, day] + carry[supplier]
                most = min(most, left / row["capacity_use"])
            if self.whole:
                most = whole_part(most / row["lot"]) * row["lot"]
            largest[supplier, item, day] = most
        return largest
