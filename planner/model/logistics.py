"""What plants assemble, lanes carry and stores hold."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from planner.model.decisions import Model, term, terms
from planner.model.frame import Term

Flows = dict[tuple[str, str, int], list[Term]]
"""Terms that take from the stock of a place and item on a day, negative where they add."""


def start_within_plant_capacity(model: Model) -> None:
    """A plant starts at most what its capacity has accrued since the day before.

    start_assembly[plant, system, day] <= assembly_capacity[plant, system, day]
                                               [systems; plant, system, day]

    Lines, test stations and people are sized for a rate.
    """
    capacity = model.case.supply.assembly_capacity
    for key, start in model.decisions.start_assembly.items():
        model.frame.row("plant_capacity", key, [(start, 1.0)], "<=", capacity[key])


def balance_stock(model: Model) -> None:
    """Stock is what was there on the day of use before, plus what came in, less what went out.

    stock[place, item, day] = stock[place, item, day before]
        + good units of orders that have arrived since + systems finished + units landed
        - units shipped - items used by assembly - systems installed
                                               [units; place, item, day of use]

    Nothing is used before it has arrived: stock is never below zero.
    """
    stock, flows = model.decisions.stock, _flows(model)
    last: dict[tuple[str, str], int] = {}
    for key, held in stock.items():
        place, item, day = key
        before = (place, item, last.get((place, item), -1))
        last[place, item] = day
        balance = [*flows[key], (held, 1.0), *term(stock, before, -1.0)]
        firm = model.case.supply.firm_arrivals.get(key, 0.0)
        model.frame.row("stock_balance", key, balance, "==", firm)


def _flows(model: Model) -> Flows:
    """Return everything that moves stock, by place, item and day of use."""
    supply, decisions = model.case.supply, model.decisions
    flows: Flows = defaultdict(list)
    for (supplier, item, day), usable in supply.arrival.items():
        row = supply.sources[supplier, item]
        good = row["yield"] * row["lot"]
        lots = decisions.order_lots[supplier, item, day]
        flows[supply.place(supplier), item, usable].append((lots, -good))
    for (plant, system, day), usable in supply.finish.items():
        start = decisions.start_assembly[plant, system, day]
        flows[supply.place(plant), system, usable].append((start, -1.0))
        for item, quantity in supply.bom[system].items():
            flows[supply.place(plant), item, day].append((start, quantity))
    for key, shipped in decisions.ship_units.items():
        origin, end, item, day = key
        flows[end, item, supply.landing[key]].append((shipped, -1.0))
        flows[origin, item, day].append((shipped, 1.0))
    for (hall, system, day), install in decisions.install_systems.items():
        if supply.planned:
            site = supply.place(model.case.facility.site_of[hall])
            flows[site, system, day].append((install, 1.0))
    return flows


def ship_within_lane_capacity(model: Model) -> None:
    """Units of all items that leave on a lane stay within what has accrued since the day before.

    sum over item of ship_units[from, to, item, day] <= lane_capacity[from, to, day]
                                               [units; lane, day]

    Carriers and docks handle a number of units a month.
    """
    loads: dict[tuple[str, str, int], list[Term]] = defaultdict(list)
    for (origin, end, _, day), shipped in model.decisions.ship_units.items():
        loads[origin, end, day].append((shipped, 1.0))
    for lane, capacity in model.case.supply.lane_capacity.items():
        if lane in loads:
            model.frame.row("lane_capacity", lane, loads[lane], "<=", capacity)


def hold_within_storage(model: Model) -> None:
    """Units of all items held at a place stay within its storage.

    sum over item of stock[place, item, last day of use] <= storage[place]
                                               [units; place, day of use of any item]

    Depots and sites have room for a number of crates.
    """
    storage, days = model.case.supply.storage, defaultdict[str, set[int]](set)
    held: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, item, day in model.decisions.stock:
        if place in storage:
            days[place].add(day)
            held[place][item].append(day)
    for place, found in days.items():
        for day in sorted(found):
            last = {
                item: of[bisect_right(of, day) - 1]
                for item, of in held[place].items()
                if of[0] <= day
            }
            keys = [(place, item, at) for item, at in last.items()]
            load = terms(model.decisions.stock, keys)
            model.frame.row("storage", (place, day), load, "<=", storage[place])
