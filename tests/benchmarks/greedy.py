"""A plan without any optimising: install what there is as soon as it fits.

It keeps every rule of the model that binds in generated workbooks, so that extraction, checking
and writing can be timed on plans of any size within seconds. Orders from limited suppliers, which
sell one item each, are placed as soon as capacity has accrued; all else is done on the last day
that is in time. All systems are assembled at one plant.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.model.decisions import Model
from planner.model.objectives import CHOOSING, make_tiers
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, TierResult

MAX_SYSTEMS_AT_ONCE = 8
"""Most systems that a hall takes on one day, so that many halls are in use."""

ROUNDING = 1e-9
"""Amounts below this are rounding noise."""


def solve(model: Model, live: LiveModel) -> Solution:
    """Return the greedy plan as a solution of the model."""
    values = np.zeros(live.columns)
    for variable, value in Greedy(model).plan().items():
        values[live.position[variable]] = value
    reached = []
    for tier in make_tiers(model):
        if tier.name != CHOOSING:
            value = live.evaluate(tier.expression, values) * tier.scale
            reached.append(TierResult(tier.name, tier.unit, value, value, 0.0, "optimal", 0.0))
    return Solution(values, tuple(reached), "optimal")


class LastInTime:
    """The last decision of a series whose result can be used by a day."""

    def __init__(self, day_of_use: Mapping[int, int]) -> None:
        pairs = sorted((used, decided) for decided, used in day_of_use.items())
        self.used = [used for used, _ in pairs]
        self.decided = [decided for _, decided in pairs]

    def before(self, day: int) -> int | None:
        """Return the last decision that is in time for a day; None if there is none."""
        found = bisect_right(self.used, day)
        return self.decided[found - 1] if found else None

    def until(self, day: int) -> Iterator[int]:
        """Yield the decisions up to a day, the last first."""
        for at in range(bisect_right(self.decided, day) - 1, -1, -1):
            yield self.decided[at]


@dataclass(frozen=True)
class Part:
    """The way of one item from its supplier to the plant.

    Attributes
    ----------
    spot : (str, str)
        Supplier and item.
    orders, shipments : LastInTime
    lots : dict of int to int
        Most lots on each order day of a limited supplier; empty if it has no limit.
    spare : ndarray
        Units that can be at the plant by each day, less those used by then; infinite from the
        first possible day if the supplier has no limit.
    """

    spot: tuple[str, str]
    orders: LastInTime
    shipments: LastInTime
    lots: dict[int, int]
    spare: np.ndarray


class Greedy:
    """Installs day by day, starting what is installed in time, then orders and ships for it."""

    def __init__(self, model: Model) -> None:
        self.case, self.made = model.case, model.decisions
        self.value: dict[int, float] = defaultdict(float)
        supply = self.case.supply
        self.plant = min(plant for plant, _ in supply.assembly_cost)
        finish, landing = by_series(supply.finish), by_series(supply.landing)
        lines = by_series(supply.assembly_capacity)
        self.starts = {system: LastInTime(finish[self.plant, system]) for system in supply.bom}
        self.lines = {system: lines[self.plant, system] for system in supply.bom}
        self.deliveries = {lane: LastInTime(landing[lane]) for lane in landing}
        self.parts = {
            item: self.part(supplier, item, landing[supplier, self.plant, item])
            for supplier, item in supply.sources
        }
        self.installs: dict[tuple[str, str, int], int] = {}
        self.started: dict[tuple[str, int], int] = defaultdict(int)

    def plan(self) -> dict[int, float]:
        """Return the values of variables, by their `id`; the others are zero."""
        self.open_everything()
        self.install()
        for part in self.parts.values():
            self.ship_and_order(part)
        self.hold_stock()
        self.serve()
        return self.value

    def add(self, variables: Any, key: Any, amount: float) -> None:
        self.value[id(variables[key])] += amount

    def part(self, supplier: str, item: str, shipments: dict[int, int]) -> Part:
        """Return the way of an item, with what a limited supplier can make at most."""
        supply = self.case.supply
        row, orders = supply.sources[supplier, item], by_series(supply.arrival)[supplier, item]
        spare = np.zeros(self.case.calendar.day_count)
        capacity = by_series(supply.capacity)[supplier,]
        if not capacity:
            leaves = min(day for day in shipments if day >= min(orders.values()))
            spare[shipments[leaves] :] = np.inf
            return Part((supplier, item), LastInTime(orders), LastInTime(shipments), {}, spare)
        lots, carry = {}, 0.0
        for day, units in capacity.items():
            available = units + carry
            largest = supply.largest_order.get((supplier, item, day), 0.0)
            needed = row["capacity_use"] * row["lot"]
            lots[day] = int(min(available / needed, largest / row["lot"]) + ROUNDING)
            most = self.made.carry_capacity[supplier, day].upBound
            carry = min(most, max(0.0, available - lots[day] * needed))
            self.add(self.made.carry_capacity, (supplier, day), carry)
        good = row["yield"] * row["lot"]
        there = [(orders[day], count * good) for day, count in lots.items() if count]
        there += by_series(supply.firm_arrivals)[supplier, item].items()
        for there_on, units in there:
            later = [day for day in shipments if day >= there_on]
            if later:
                spare[shipments[min(later)] :] += units
        return Part((supplier, item), LastInTime(orders), LastInTime(shipments), lots, spare)

    def open_everything(self) -> None:
        """Open every hall as soon as it can be."""
        facility, made = self.case.facility, self.made
        first: dict[str, int] = {}
        for hall, decided in facility.opening:
            first[hall] = min(first.get(hall, decided), decided)
        self.opens = {hall: facility.opening[hall, decided] for hall, decided in first.items()}
        opened_at: dict[str, int] = {}
        for hall, decided in first.items():
            site = facility.site_of[hall]
            opened_at[site] = min(opened_at.get(site, decided), decided)
            more = facility.hall_count[hall] - facility.open_count[hall]
            self.add(made.open_halls, (hall, decided), more)
        for hall, day in made.opened_halls:
            self.add(made.opened_halls, (hall, day), facility.hall_count[hall])
        for site, day in made.open_site:
            self.add(made.open_site, (site, day), int(day >= opened_at[site]))

    def install(self) -> None:
        """Install day by day, at most what crews, halls, power and supply allow."""
        facility = self.case.facility
        newest_first = sorted(facility.systems, key=lambda name: -int(name.split()[-1]))
        halls_on: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for system in newest_first:
            for hall in facility.halls:
                for day in self.case.installing.get((hall, system), ()):
                    halls_on[day][hall].append(system)
        days_of_crews: dict[int, list[str]] = defaultdict(list)
        for site, day in facility.crew_capacity:
            days_of_crews[day].append(site)
        self.hall_mw: dict[str, float] = defaultdict(float)
        self.node_mw: dict[str, float] = defaultdict(float)
        for (hall, system), count in facility.fleet.items():
            self.draw(hall, system, count)
        carry = dict.fromkeys(facility.sites, 0.0)
        for turn, day in enumerate(sorted({*halls_on, *days_of_crews})):
            crews = dict.fromkeys(facility.sites, math.inf)
            for site in days_of_crews[day]:
                crews[site] = facility.crew_capacity[site, day] + carry[site]
            halls = list(halls_on[day])
            # The turns go around, or the first halls would get everything.
            at = turn * 37 % max(len(halls), 1)
            for hall in halls[at:] + halls[:at]:
                site = facility.site_of[hall]
                crews[site] -= self.install_in(hall, halls_on[day][hall], day, crews[site])
            for site in days_of_crews[day]:
                most = self.made.carry_crews[site, day].upBound
                carry[site] = min(most, max(0.0, crews[site]))
                self.add(self.made.carry_crews, (site, day), carry[site])

    def install_in(self, hall: str, systems: Iterable[str], day: int, crews: float) -> int:
        """Install the first of some systems of which any can be; return how many."""
        for system in systems:
            most = min(crews, self.fits(hall, system, day), MAX_SYSTEMS_AT_ONCE)
            count = self.start(hall, system, day, int(most + ROUNDING))
            if count:
                key = hall, system, day
                self.installs[key] = count
                self.add(self.made.install_systems, key, count)
                self.draw(hall, system, count)
                return count
        return 0

    def draw(self, hall: str, system: str, count: int) -> None:
        facility = self.case.facility
        self.hall_mw[hall] += count * facility.it_mw[system]
        for node in facility.tree.path.get(hall, ()):
            self.node_mw[node] += count * facility.facility_mw[facility.site_of[hall], system]

    def fits(self, hall: str, system: str, day: int) -> float:
        """Return how many systems the open halls of a class and the nodes above can still take."""
        facility, last = self.case.facility, self.case.calendar.last_days[-1]
        is_open = self.opens.get(hall, last + 1) <= day
        count = (facility.hall_count if is_open else facility.open_count)[hall]
        room = (count * facility.hall_it_mw[hall] - self.hall_mw[hall]) / facility.it_mw[system]
        each = facility.facility_mw[facility.site_of[hall], system]
        for node in facility.tree.path.get(hall, ()):
            if node in facility.levels:
                least = facility.levels[node].least(day, last)
                room = min(room, (least - self.node_mw[node]) / each)
        return max(room, 0.0)

    def start(self, hall: str, system: str, day: int, most: int) -> int:
        """Start systems that can be installed on a day, and ship them; return how many."""
        site = self.case.facility.site_of[hall]
        lane = self.plant, site, system
        ships = self.deliveries[lane].before(day) if lane in self.deliveries else None
        by = None if ships is None else self.starts[system].before(ships)
        if by is None or most < 1:
            return 0
        parts, lines, found = self.case.supply.bom[system], self.lines[system], 0
        for started in self.starts[system].until(by):
            if lines[started] < 1 - ROUNDING:
                continue
            spare = min(self.parts[item].spare[started:].min() / n for item, n in parts.items())
            if spare < 1 - ROUNDING:
                break  # what is not spare for a start is not spare for an earlier one
            count = int(min(most - found, lines[started], spare) + ROUNDING)
            lines[started] -= count
            for item, n in parts.items():
                self.parts[item].spare[started:] -= n * count
            self.started[system, started] += count
            self.add(self.made.start_assembly, (self.plant, system, started), count)
            found += count
            if found == most:
                break
        if found:
            self.add(self.made.ship_units, (self.plant, site, system, ships), found)
        return found

    def ship_and_order(self, part: Part) -> None:
        """Ship what is started in time; order it in whole lots."""
        supplier, item = part.spot
        supply, row = self.case.supply, self.case.supply.sources[part.spot]
        needed: dict[int, float] = defaultdict(float)
        shipped_in_all = 0.0
        for (system, started), count in sorted(self.started.items(), key=lambda of: of[0][1]):
            units = count * supply.bom[system].get(item, 0.0)
            shipped = part.shipments.before(started)
            assert shipped is not None
            self.add(self.made.ship_units, (supplier, self.plant, item, shipped), units)
            shipped_in_all += units
            if not part.lots:
                ordered = part.orders.before(shipped)
                assert ordered is not None
                needed[ordered] += units
        good = row["yield"] * row["lot"]
        lots = part.lots or in_whole_lots(needed, good)
        firm = sum(by_series(supply.firm_arrivals)[part.spot].values())
        left = math.ceil((shipped_in_all - firm) / good - ROUNDING)
        for day, most in sorted(lots.items()):
            count = min(most, left)
            if count > 0:
                key = supplier, item, day
                left -= count
                self.add(self.made.order_lots, key, count)
                if key in self.made.place_order:
                    self.add(self.made.place_order, key, 1)

    def hold_stock(self) -> None:
        """Work out what is held from all that comes and goes."""
        supply, made, change = self.case.supply, self.made, defaultdict[Any, float](float)
        for key, usable in supply.arrival.items():
            row = supply.sources[key[0], key[1]]
            lots = self.value.get(id(made.order_lots[key]), 0.0)
            change[key[0], key[1], usable] += row["yield"] * row["lot"] * lots
        for (plant, system, day), usable in supply.finish.items():
            started = self.value.get(id(made.start_assembly[plant, system, day]), 0.0)
            change[plant, system, usable] += started
            for item, quantity in supply.bom[system].items():
                change[plant, item, day] -= quantity * started
        for (origin, end, item, day), usable in supply.landing.items():
            shipped = self.value.get(id(made.ship_units[origin, end, item, day]), 0.0)
            change[end, item, usable] += shipped
            change[origin, item, day] -= shipped
        for (hall, system, day), count in self.installs.items():
            change[self.case.facility.site_of[hall], system, day] -= count
        for key, units in supply.firm_arrivals.items():
            change[key] += units
        held: dict[Any, float] = defaultdict(float)
        for place, item, day in supply.held:
            held[place, item] += change[place, item, day]
            self.add(made.stock, (place, item, day), round(held[place, item], 9))

    def serve(self) -> None:
        """Serve what is due, commitment by commitment, from systems in service in turn."""
        case, facility, demand = self.case, self.case.facility, self.case.demand
        in_service = {pair: facility.fleet.get(pair, 0) for pair in case.serving}
        ready: dict[int, list[Any]] = defaultdict(list)
        for (hall, system, day), count in self.installs.items():
            period = case.calendar.period_of(day + facility.commission_days[system])
            ready[period].append(((hall, system), count))
        for period in case.calendar.periods:
            for pair, count in ready[period]:
                in_service[pair] += count
            due = {name: demand.required_mw[name, period] for name in demand.commitments}
            for (hall, system), count in in_service.items():
                if not count:
                    continue
                left: float = count
                self.add(self.made.commissioned_systems, (hall, system, period), count)
                for name in demand.commitments:
                    mw = demand.mw_per_system.get((name, facility.site_of[hall], system))
                    if mw and left > 0 and due[name] > ROUNDING:
                        served = min(due[name], left * mw)
                        self.add(self.made.serve_mw, (name, hall, system, period), served)
                        due[name], left = due[name] - served, left - served / mw
            for name in demand.commitments:
                if (name, period) in self.made.missed_mw:
                    self.add(self.made.missed_mw, (name, period), due[name])


def in_whole_lots(needed: Mapping[int, float], good: float) -> dict[int, int]:
    """Return lots by day that give the units needed by each day; `good` is those of a lot."""
    lots: dict[int, int] = {}
    units, ordered = 0.0, 0
    for day in sorted(needed):
        units += needed[day]
        in_all = math.ceil(units / good - ROUNDING)
        lots[day], ordered = in_all - ordered, in_all
    return lots


def by_series(of: Mapping[Any, Any]) -> dict[Any, dict[int, Any]]:
    """Return values by the day that ends their key, for each beginning of keys."""
    found: dict[Any, dict[int, Any]] = defaultdict(dict)
    for key, value in of.items():
        found[key[:-1]][key[-1]] = value
    return found
