"""A plan without any optimising: installs at a steady rate, supplied as late as can be.

It keeps every rule of generated workbooks, so that extraction, checking and writing can be timed
on plans of any size within seconds. The wafers of all systems come by one plant.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from planner.model.decisions import Model
from planner.model.objectives import CHOOSING, make_tiers
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, TierResult

SHARE_OF_SUPPLY = 0.8
AT_ONCE = 8
"""Systems that a hall takes in a period at most."""


def solve(model: Model, live: LiveModel, options: Any, listen: Any) -> Solution:
    """Take the place of the solver in `make_plan`."""
    values = np.zeros(live.columns)
    for variable, value in Greedy(model).plan().items():
        values[live.position[variable]] = value
    reached = []
    for tier in make_tiers(model):
        if tier.name != CHOOSING:
            value = live.evaluate(tier.expression, values) * tier.scale
            reached.append(TierResult(tier.name, tier.unit, value, value, 0.0, "optimal", 0.0))
    return Solution(values, tuple(reached), "optimal")


class Greedy:
    """Decides period by period, then works backwards through the supply chain."""

    def __init__(self, model: Model) -> None:
        self.case, self.made = model.case, model.decisions
        self.value: dict[int, float] = defaultdict(float)
        self.plant = min(plant for plant, _ in self.case.supply.assembly_cost)
        self.sooner: dict[Any, dict[int, int]] = {}

    def plan(self) -> dict[int, float]:
        self.open_everything()
        self.install()
        self.supply()
        self.order()
        self.stock()
        self.serve()
        return self.value

    def add(self, variables: Any, key: Any, amount: float) -> None:
        self.value[id(variables[key])] += amount

    def open_everything(self) -> None:
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
        for site, period in made.open_site:
            if period >= opened_at[site]:
                self.add(made.open_site, (site, period), 1)

    def install(self) -> None:
        case, facility = self.case, self.case.facility
        rate = SHARE_OF_SUPPLY * min(case.supply.capacity.values())
        rate *= min(row["yield"] for row in case.supply.sources.values())
        used = defaultdict(float)  # IT power by hall
        for (hall, system), count in facility.fleet.items():
            used[hall] += count * facility.it_mw[system]
        self.installs: dict[tuple[str, str, int], int] = {}
        halls = list(facility.halls)
        for period in case.calendar.periods:
            left, crews = int(rate), dict.fromkeys(facility.sites, float("inf"))
            crews |= {s: n for (s, t), n in facility.crew_capacity.items() if t == period}
            turn = period * 37 % len(halls)
            for hall in halls[turn:] + halls[:turn]:
                system = self.newest(hall, period)
                if system is None or left <= 0:
                    continue
                site, mw = facility.site_of[hall], facility.it_mw[system]
                fits = (self.carried(hall, period) - used[hall]) / mw + 1e-9
                count = int(min(left, crews[site], AT_ONCE, max(0.0, fits)))
                if count > 0:
                    self.installs[hall, system, period] = count
                    self.add(self.made.install_systems, (hall, system, period), count)
                    left, used[hall] = left - count, used[hall] + count * mw
                    crews[site] -= count

    def newest(self, hall: str, period: int) -> str | None:
        """Return the newest system that can be in a hall by a period."""
        for system in sorted(self.case.facility.systems, key=lambda s: -int(s.split()[-1])):
            window = self.case.installing.get((hall, system), range(0))
            if period in window and self.chain(self.case.facility.site_of[hall], system, period):
                return system
        return None

    def carried(self, hall: str, period: int) -> float:
        """Return the IT power that a hall class can use: its open halls, and the feeders above."""
        facility = self.case.facility
        still = (
            facility.hall_count
            if self.opens.get(hall, period + 1) <= period
            else facility.open_count
        )
        limits = [facility.hall_it_mw[hall] * still[hall]]
        system = facility.systems[0]
        pue = facility.facility_mw[facility.site_of[hall], system] / facility.it_mw[system]
        limits += [
            facility.energised_mw[node, period] / pue
            for node in facility.tree.path[hall]
            if (node, period) in facility.energised_mw
        ]
        return min(limits)

    def latest(self, arrivals: Any, series: tuple[str, ...], by: int) -> int | None:
        """Return the latest decision of a series whose result can be used by a period."""
        if series not in self.sooner:
            best: dict[int, int] = {}
            for period in self.case.calendar.periods:
                if (*series, period) in arrivals:
                    best[arrivals[(*series, period)]] = period
            last = None
            for period in self.case.calendar.periods:
                last = best.get(period, last)
                if last is not None:
                    best[period] = last
            self.sooner[series] = best
        return self.sooner[series].get(by)

    def chain(self, site: str, system: str, period: int) -> dict[str, Any] | None:
        """Return when to ship, assemble, send and order what is installed in a period."""
        supply, plant, parts = self.case.supply, self.plant, {}
        shipped = self.latest(supply.landing, (plant, site, system), period)
        # Nothing of use happens in the first period, so that 0 may stand for never.
        started = shipped and self.latest(supply.finish, (plant, system), shipped)
        if not started:
            return None
        for supplier, item in supply.sources:
            if item in supply.bom[system]:
                sent = self.latest(supply.landing, (supplier, plant, item), started)
                ordered = sent and self.latest(supply.arrival, (supplier, item), sent)
                if not ordered:
                    return None
                parts[supplier, item] = (sent, ordered)
        return {"ship": shipped, "start": started, "parts": parts}

    def supply(self) -> None:
        supply, made = self.case.supply, self.made
        self.needed: dict[Any, float] = defaultdict(float)
        for (hall, system, period), count in self.installs.items():
            site = self.case.facility.site_of[hall]
            dates = self.chain(site, system, period)
            assert dates is not None
            self.add(made.ship_units, (self.plant, site, system, dates["ship"]), count)
            self.add(made.start_assembly, (self.plant, system, dates["start"]), count)
            for (supplier, item), (sent, ordered) in dates["parts"].items():
                units = count * supply.bom[system][item]
                self.add(made.ship_units, (supplier, self.plant, item, sent), units)
                self.needed[supplier, item, ordered] += units

    def order(self) -> None:
        """Order what is needed in whole lots, earlier where a period's capacity is full."""
        made, largest = self.made, self.case.supply.largest_order
        for (supplier, item), row in self.case.supply.sources.items():
            good, needed, before, lots = row["yield"] * row["lot"], 0.0, 0, {}
            for period in self.case.calendar.periods:
                needed += self.needed[supplier, item, period]
                upto = int(-(-needed // good))
                lots[period], before = upto - before, upto
            more = 0
            for period in reversed(self.case.calendar.periods):
                key, wanted = (supplier, item, period), lots[period] + more
                ordered = min(wanted, int(largest.get(key, 0.0) / row["lot"] + 1e-9))
                more = wanted - ordered
                if ordered:
                    self.add(made.order_lots, key, ordered)
                    if key in made.place_order:
                        self.add(made.place_order, key, 1)

    def stock(self) -> None:
        """Work out what is held from all that comes and goes."""
        supply, made, change = self.case.supply, self.made, defaultdict(float)
        for key, usable in supply.arrival.items():
            row = supply.sources[key[:2]]
            lots = self.value[id(made.order_lots[key])]
            change[key[0], key[1], usable] += row["yield"] * row["lot"] * lots
        for (plant, system, period), usable in supply.finish.items():
            started = self.value[id(made.start_assembly[plant, system, period])]
            change[plant, system, usable] += started
            for item, quantity in supply.bom[system].items():
                change[plant, item, period] -= quantity * started
        for (origin, end, item, period), usable in supply.landing.items():
            shipped = self.value[id(made.ship_units[origin, end, item, period])]
            change[end, item, usable] += shipped
            change[origin, item, period] -= shipped
        for (hall, system, period), count in self.installs.items():
            change[self.case.facility.site_of[hall], system, period] -= count
        for (place, item, period), units in supply.firm_arrivals.items():
            change[place, item, period] += units
        held = defaultdict(float)
        for place, item, period in supply.held:
            held[place, item] += change[place, item, period]
            self.value[id(made.stock[place, item, period])] = round(held[place, item], 9)

    def serve(self) -> None:
        """Serve what is due, commitment by commitment, from systems in service in turn."""
        case, facility, demand = self.case, self.case.facility, self.case.demand
        standing = {pair: float(facility.fleet.get(pair, 0)) for pair in case.serving}
        ready: dict[int, list[Any]] = defaultdict(list)
        for (hall, system, period), count in self.installs.items():
            under_way = facility.commissioning[system][period]
            ready[under_way.stop].append(((hall, system), count))
        here = dict(standing)
        for period in case.calendar.periods:
            for pair, count in ready[period]:
                standing[pair] += count
            for pair in here:
                here[pair] += self.installs.get((*pair, period), 0)
            due = {name: demand.required_mw[name, period] for name in demand.commitments}
            for (hall, system), count in standing.items():
                if not here[hall, system]:
                    continue
                left = count
                self.add(self.made.installed_systems, (hall, system, period), here[hall, system])
                for name in demand.commitments:
                    mw = demand.mw_per_system.get((name, facility.site_of[hall], system))
                    if mw and left > 0 and due[name] > 1e-9:
                        served = min(due[name], left * mw)
                        self.add(self.made.serve_mw, (name, hall, system, period), served)
                        due[name], left = due[name] - served, left - served / mw
            for name in demand.commitments:
                if (name, period) in self.made.missed_mw:
                    self.add(self.made.missed_mw, (name, period), due[name])
