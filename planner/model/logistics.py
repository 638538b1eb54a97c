"""What plants assemble, lanes carry and stores hold."""

from __future__ import annotations

from collections import defaultdict

from planner.model.decisions import Model, term
from planner.model.frame import Term

Flows = dict[tuple[str, str, int], list[Term]]
"""Terms that take from the stock of a place and item in a period, negative where they add."""


def start_within_plant_capacity(model: Model) -> None:
    """A plant starts at most its capacity of a system in a period.

    start_assembly[plant, system, period] <= assembly_capacity[plant, system, period]
                                               [systems; plant, system, period]

    Lines, test stations and people are sized for a rate.
    """
    capacity = model.case.supply.assembly_capacity
    for key, start in model.decisions.start_assembly.items():
        model.frame.row("plant_capacity", key, [(start, 1.0)], "<=", capacity[key])


def balance_stock(model: Model) -> None:
    """Stock at the end of a period is what was there, plus what came in, less what went out.

    stock[place, item, period] = stock[place, item, period - 1]
        + good units of orders that arrive + systems finished + units landed
        - units shipped - items used by assembly - systems installed
                                               [units; place, item, period]

    Nothing is used before it has arrived: stock is never below zero.
    """
    stock, flows = model.decisions.stock, _flows(model)
    for key, held in stock.items():
        place, item, period = key
        balance = [*flows[key], (held, 1.0), *term(stock, (place, item, period - 1), -1.0)]
        firm = model.case.supply.firm_arrivals.get(key, 0.0)
        model.frame.row("stock_balance", key, balance, "==", firm)


def _flows(model: Model) -> Flows:
    """Return everything that moves stock, by place, item and period."""
    supply, made = model.case.supply, model.decisions
    flows: Flows = defaultdict(list)
    for (supplier, item, period), usable in supply.arrival.items():
        row = supply.sources[supplier, item]
        good = row["yield"] * row["lot"]
        lots = made.order_lots[supplier, item, period]
        flows[supply.place(supplier), item, usable].append((lots, -good))
    for (plant, system, period), usable in supply.finish.items():
        start = made.start_assembly[plant, system, period]
        flows[supply.place(plant), system, usable].append((start, -1.0))
        for item, quantity in supply.bom[system].items():
            flows[supply.place(plant), item, period].append((start, quantity))
    for key, shipped in made.ship_units.items():
        origin, end, item, period = key
        flows[end, item, supply.landing[key]].append((shipped, -1.0))
        flows[origin, item, period].append((shipped, 1.0))
    for (hall, system, period), install in made.install_systems.items():
        if supply.planned:
            site = supply.place(model.case.facility.site_of[hall])
            flows[site, system, period].append((install, 1.0))
    return flows


def ship_within_lane_capacity(model: Model) -> None:
    """Units of all items that leave on a lane stay within what it carries.

    sum over item of ship_units[from, to, item, period] <= lane_capacity[from, to, period]
                                               [units; lane, period]

    Carriers and docks handle a number of units a month.
    """
    loads: dict[tuple[str, str, int], list[Term]] = defaultdict(list)
    for (origin, end, _, period), shipped in model.decisions.ship_units.items():
        loads[origin, end, period].append((shipped, 1.0))
    for lane, capacity in model.case.supply.lane_capacity.items():
        if lane in loads:
            model.frame.row("lane_capacity", lane, loads[lane], "<=", capacity)


def hold_within_storage(model: Model) -> None:
    """Units of all items held at a place stay within its storage.

    sum over item of stock[place, item, period] <= storage[place]      [units; place, period]

    Depots and sites have room for a number of crates.
    """
    storage = model.case.supply.storage
    loads: dict[tuple[str, int], list[Term]] = defaultdict(list)
    for (place, _, period), held in model.decisions.stock.items():
        if place in storage:
            loads[place, period].append((held, 1.0))
    for (place, period), load in loads.items():
        model.frame.row("storage", (place, period), load, "<=", storage[place])
