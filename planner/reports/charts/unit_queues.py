"""Queues of the units at each place, so that units can be followed back first in, first out."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from planner.plan.result_rows import OrderRow, ProductionRow, ShipmentRow
from planner.plan.store import Plan
from planner.reports.plan_figures import EVERYWHERE
from planner.reports.views import NOTHING

Span = tuple[date, date]
"""First and last day."""

Units = tuple[float, float]
"""Units of a queue: how many come before the first of them, and how many up to the last."""

QueueKey = tuple[str, str]
"""A place and an item there."""

Taken = list[tuple[QueueKey, Units]]
"""Units taken from queues."""


@dataclass(frozen=True)
class Arrival:
    """Units that reach a queue together.

    Attributes
    ----------
    day : datetime.date
        Day from which they can be used.
    key : (str, str)
        Place and item of the queue.
    units : float
        Number of units.
    stage : str
        Stage that brings them: `order`, `assemble`, `ship` or `install`.
    span : (datetime.date, datetime.date) or None
        First and last day of that stage; None if the day of the order is not known.
    used : list of ((str, str), (float, float))
        Units of other queues that went into them; empty if they are bought.
    """

    day: date
    key: QueueKey
    units: float
    stage: str
    span: Span | None
    used: Taken


@dataclass
class Queue:
    """Queue of the units that arrived at a place, in order.

    Attributes
    ----------
    ends : list of float
        Cumulative units after each arrival.
    arrivals : list of Arrival
        The arrivals, by day.
    """

    ends: list[float] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)

    def add(self, arrival: Arrival) -> None:
        """Add an arrival, not earlier than those before."""
        before = self.ends[-1] if self.ends else 0.0
        self.ends.append(before + arrival.units)
        self.arrivals.append(arrival)

    def within(self, units: Units) -> Iterator[tuple[Arrival, Units]]:
        """Yield the arrivals of these units.

        With each, where its part of the units begins and ends, as shares of the arrival from 0
        to 1.
        """
        low, high = units
        first = bisect_right(self.ends, low + NOTHING)
        for index in range(first, len(self.ends)):
            start = self.ends[index - 1] if index else 0.0
            end = self.ends[index]
            if start >= high - NOTHING:
                return
            size = end - start
            begins = (max(low, start) - start) / size
            ends = (min(high, end) - start) / size
            yield self.arrivals[index], (begins, ends)


class UnitQueues:
    """The queues of all places, filled from a plan's tables."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.one_place = not plan.inputs.tables["lanes"]
        self.queues: dict[QueueKey, Queue] = defaultdict(Queue)
        self._arrivals: list[Arrival] = []
        self._units_taken: dict[QueueKey, float] = defaultdict(float)
        self._bom: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self._yield: dict[tuple[str, str], float] = {}
        for source in plan.inputs.tables["supply"]:
            self._yield[source["supplier"], source["item"]] = source["yield"]
        for part in plan.inputs.tables["bom"]:
            self._bom[part["system"]].append((part["item"], part["quantity"]))
        # Events of a day in the order orders, starts, shipments: each can use what came before.
        for _, _, take in sorted(self._events(), key=lambda event: event[:2]):
            take()
        # Units that leave later can arrive earlier on a faster lane.
        for arrival in sorted(self._arrivals, key=lambda arrival: arrival.day):
            self.queues[arrival.key].add(arrival)

    def place(self, name: object) -> str:
        """Return a place, or the single place of a plan without lanes."""
        return EVERYWHERE if self.one_place else str(name)

    def take(self, place: str, item: str, units: float) -> Units:
        """Take the next units from a queue."""
        start = self._units_taken[place, item]
        self._units_taken[place, item] = start + units
        return start, start + units

    def _events(self) -> Iterator[tuple[date, int, Callable[[], None]]]:
        """Yield orders, starts and shipments by the day on which they take their units.

        The number ranks events of a day; the function carries the event out.
        """
        for order in self.plan.tables["orders"]:
            yield order["arrival_date"], 0, partial(self._order, order)
        for start in self.plan.tables["production"]:
            yield start["start_date"], 1, partial(self._assembly, start)
        for shipment in self.plan.tables["shipments"]:
            yield shipment["departure_date"], 2, partial(self._shipment, shipment)

    def _order(self, row: OrderRow) -> None:
        """Let the usable units of an order arrive at its supplier's place."""
        supplier, item = row["supplier"], row["item"]
        usable_units = row["quantity"] * self._yield.get((supplier, item), 1.0)
        ordered, arrives = row["order_date"], row["arrival_date"]
        span = (ordered, arrives) if ordered else None
        key = self.place(supplier), item
        self._arrivals.append(Arrival(arrives, key, usable_units, "order", span, []))

    def _assembly(self, row: ProductionRow) -> None:
        """Take the parts of a start of assembly, and let its systems arrive at the plant."""
        plant = self.place(row["plant"])
        system = row["system"]
        used: Taken = []
        for item, per_system in self._bom[system]:
            units = per_system * row["quantity"]
            used.append(((plant, item), self.take(plant, item, units)))
        span = row["start_date"], row["finish_date"]
        self._arrivals.append(
            Arrival(row["finish_date"], (plant, system), row["quantity"], "assemble", span, used)
        )

    def _shipment(self, row: ShipmentRow) -> None:
        """Take units where a shipment leaves, and let them arrive where it goes."""
        origin, item = row["from"], row["item"]
        used = [((origin, item), self.take(origin, item, row["quantity"]))]
        span = row["departure_date"], row["arrival_date"]
        self._arrivals.append(
            Arrival(row["arrival_date"], (row["to"], item), row["quantity"], "ship", span, used)
        )

    def trace(self, place: str, item: str, units: Units, system: str) -> dict[str, Span]:
        """Return the days of each stage that units passed through.

        Only shipments of the system itself count as shipped; those of parts count as ordered.
        """
        stages: dict[str, Span] = {}
        to_trace = [((place, item), units)]
        while to_trace:
            key, units_of_key = to_trace.pop()
            for arrival, shares in self.queues[key].within(units_of_key):
                _, item_of_key = key
                if arrival.span and (arrival.stage != "ship" or item_of_key == system):
                    stages[arrival.stage] = joined(stages.get(arrival.stage), arrival.span)
                for used_key, used_units in arrival.used:
                    to_trace.append((used_key, part_of(used_units, shares)))
        return stages


def part_of(units: Units, shares: Units) -> Units:
    """Return the part of some units between two shares of them."""
    begin, end = units
    low, high = shares
    size = end - begin
    return begin + low * size, begin + high * size


def joined(known: Span | None, more: Span) -> Span:
    """Return the shortest span with both."""
    if known is None:
        return more
    return min(known[0], more[0]), max(known[1], more[1])
