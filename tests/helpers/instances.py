"""Published models of operations research, written as the planner's sheets.

Each builder returns sheets for `inputs_from_rows`: for each sheet its rows of raw values.
Throughout, a unit of the published model is one system of 1 MW (1000 kW, no overhead), so that
megawatts, systems and units are the same number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from places import DATA

Sheets = dict[str, list[dict[str, object]]]
Costs = Mapping[str, Mapping[str, float]]

CFLP = DATA / "cflp"
HOURS_A_WEEK = 168

FIRST_DAY = "2026-01-01"
"""Day on which megawatts are due that are to be served, and paid for, a whole month."""


def settings(start: str, end: str, **others: object) -> list[dict[str, object]]:
    """Return the settings of a plan that is solved to the end, i.e. with no gap left."""
    values = {"start": start, "end": end, "gap": 0, **others}
    return [{"setting": name, "value": value} for name, value in values.items()]


def next_start(day: date, period: str) -> date:
    """Return the first day after the period that starts on a day.

    Parameters
    ----------
    day
        First day of a period.
    period
        The setting, e.g. ``month`` or ``week; month from 2026-02-01``.
    """
    first, *others = (part.partition(" from ") for part in period.split("; "))
    changes = {date.fromisoformat(since): length for length, _, since in others}
    begun = [first[0], *(length for since, length in changes.items() if since <= day)]
    months = {"week": 0, "month": 1, "quarter": 3}[begun[-1]]
    after = day + timedelta(days=7)
    if months:
        month = day.year * 12 + day.month - 1 + months
        after = date(month // 12, month % 12 + 1, 1)
    return min([after, *(since for since in changes if since > day)])


def one_month(**others: object) -> list[dict[str, object]]:
    """Return the settings of a plan of a single month."""
    return settings("2026-01-01", "2026-01-31", **others)


def unit_system(name: str = "unit", **columns: object) -> dict[str, object]:
    """Return a system of 1 MW that costs nothing."""
    return {"system": name, "power_kw": 1000, "overhead_kw": 0, "price": 0, **columns}


def demands(required: Mapping[str, float], on: str) -> Sheets:
    """Return the two sheets by which each commitment requires its megawatts on one day."""
    return {
        "commitments": [{"commitment": name, "basis": "it"} for name in required],
        "milestones": [{"commitment": name, "date": on, "mw": mw} for name, mw in required.items()],
    }


@dataclass(frozen=True)
class Cflp:
    """A capacitated facility location instance.

    Attributes
    ----------
    capacities, opening_costs : list of float
        Units a site can supply, and money to open it, by site.
    demands : list of float
        Units, by customer.
    costs : list of list of float
        Money to supply all of a customer's demand from a site, by customer, then by site.
    """

    capacities: list[float]
    opening_costs: list[float]
    demands: list[float]
    costs: list[list[float]]


def read_cflp(name: str) -> Cflp:
    """Read an instance of OR-Library from the tests' data.

    Raises
    ------
    ValueError
        If the file holds more or fewer numbers than it says, or a customer without demand: the
        cost of such a customer cannot be given for each megawatt.
    """
    words = iter((CFLP / f"{name}.txt").read_text(encoding="ascii").split())
    sites, customers = int(next(words)), int(next(words))
    pairs = [(float(next(words)), float(next(words))) for _ in range(sites)]
    required, costs = [], []
    for _ in range(customers):
        required.append(float(next(words)))
        costs.append([float(next(words)) for _ in range(sites)])
    if next(words, None) is not None or min(required) <= 0:
        raise ValueError(f"{name}: not the numbers of {sites} sites and {customers} customers")
    return Cflp([pair[0] for pair in pairs], [pair[1] for pair in pairs], required, costs)


def cflp_sheets(instance: Cflp, units_per_mw: float = 20.0) -> Sheets:
    """Write facility location as a plan of one month.

    A site is a hall with an opening cost, a customer is a commitment, and supplying it is
    service. Units are scaled, for a hall of the workbook holds at most 5000 MW.
    """
    sites = range(len(instance.capacities))
    names = [f"customer {number:02d}" for number in range(1, len(instance.demands) + 1)]
    megawatts = [units / units_per_mw for units in instance.demands]
    return {
        "settings": one_month(counts="continuous"),
        "systems": [unit_system()],
        "sites": [
            {"site": f"site {i + 1:02d}", "opening_cost": instance.opening_costs[i]} for i in sites
        ],
        "halls": [
            {
                "hall": f"hall {i + 1:02d}",
                "site": f"site {i + 1:02d}",
                "it_mw": instance.capacities[i] / units_per_mw,
            }
            for i in sites
        ],
        **demands(dict(zip(names, megawatts, strict=True)), FIRST_DAY),
        "service": [
            {"commitment": name, "site": f"site {i + 1:02d}", "cost": costs[i] / mw}
            for name, mw, costs in zip(names, megawatts, instance.costs, strict=True)
            for i in sites
        ],
    }


@dataclass(frozen=True)
class LotSizing:
    """An uncapacitated lot-sizing instance.

    Attributes
    ----------
    demand : sequence of int
        Units, by period.
    order_cost : float
        Money for each period with an order.
    holding_cost : float
        Money for each unit held at the end of a period.
    prices : sequence of float
        Money for each unit ordered, by period.
    optimum : float
        Published least cost.
    """

    demand: Sequence[int]
    order_cost: float
    holding_cost: float
    prices: Sequence[float]
    optimum: float

    def cumulative(self) -> list[int]:
        """Return the units required by the end of each period."""
        return [sum(self.demand[: t + 1]) for t in range(len(self.demand))]


def lot_sizing_sheets(instance: LotSizing) -> Sheets:
    """Write lot sizing with orders: a week is a period, and what is in service early is the stock.

    Units kept at a supplier's dock cost nothing, so stock must not be able to wait there: what is
    ordered for week t is a system of its own, `lot t`, which can only be installed in week t.
    Holding is paid as energy, whose price makes a system in service for a week cost
    `holding_cost`. This counts the required systems too: see `energy_of_demand`.
    """
    start = date(2026, 1, 5)
    weeks = [start + timedelta(weeks=t) for t in range(len(instance.demand))]
    total = sum(instance.demand)
    lots = [f"lot {t}" for t in range(len(weeks))]
    return {
        "settings": settings(str(start), str(weeks[-1] + timedelta(days=6)), period="week"),
        "systems": [
            unit_system(lot, available_from=week, available_to=week)
            for lot, week in zip(lots, weeks, strict=True)
        ],
        "supply": [
            {
                "supplier": "foundry",
                "item": lot,
                "lead_days": 0,
                "price": price,
                "order_cost": instance.order_cost,
            }
            for lot, price in zip(lots, instance.prices, strict=True)
        ],
        "sites": [{"site": "site", "pue": 1, "energy_price": instance.holding_cost / HOURS_A_WEEK}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": total}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": week + timedelta(days=6), "mw": units}
            for week, units in zip(weeks, instance.cumulative(), strict=True)
        ],
    }


def energy_of_demand(instance: LotSizing) -> float:
    """Return the energy that the required systems pay in any plan, i.e. what is not holding."""
    return instance.holding_cost * sum(instance.cumulative())


def lot_sizing_as_location_sheets(instance: LotSizing) -> Sheets:
    """Write lot sizing as facility location: the site of a period opens when it orders.

    The demand of period t may be served by the site of any period up to t, at its price and the
    holding from there to t.
    """
    periods = range(len(instance.demand))
    return {
        "settings": one_month(),
        "systems": [unit_system()],
        "sites": [{"site": f"order {s}", "opening_cost": instance.order_cost} for s in periods],
        "halls": [
            {"hall": f"hall {s}", "site": f"order {s}", "it_mw": sum(instance.demand)}
            for s in periods
        ],
        **demands({f"demand {t}": instance.demand[t] for t in periods}, FIRST_DAY),
        "service": [
            {
                "commitment": f"demand {t}",
                "site": f"order {s}",
                "allowed": s <= t,
                "cost": instance.prices[s] + instance.holding_cost * max(t - s, 0),
            }
            for t in periods
            for s in periods
        ],
    }


def markets(required: Mapping[str, float]) -> Sheets:
    """Return the sheets of markets: each is a site with a hall, which alone serves its demand."""
    return {
        "sites": [{"site": name} for name in required],
        "halls": [
            {"hall": f"{name} hall", "site": name, "it_mw": mw} for name, mw in required.items()
        ],
        **demands({f"{name} demand": mw for name, mw in required.items()}, "2026-01-31"),
        "service": [
            {"commitment": f"{name} demand", "site": site, "allowed": site == name}
            for name in required
            for site in required
        ],
    }


def lane(origin: str, destination: str, cost: float = 0.0) -> dict[str, object]:
    """Return a lane without time or limit."""
    return {"from": origin, "to": destination, "transit_days": 0, "cost": cost}


def lanes(cost: Costs) -> list[dict[str, object]]:
    """Return a lane for each cost of a table by origin, then by destination."""
    return [lane(origin, to, money) for origin, row in cost.items() for to, money in row.items()]


def transport_sheets(
    capacity: Mapping[str, float],
    required: Mapping[str, float],
    cost: Costs,
    fixed_cost: Mapping[str, float] | None = None,
) -> Sheets:
    """Write a transport problem: suppliers with a capacity, lanes with freight, and markets.

    Parameters
    ----------
    capacity
        Units by supplier.
    required
        Units by market.
    cost
        Money for each unit, by supplier, then by market.
    fixed_cost
        Money to use a supplier at all, paid as its order cost.
    """
    return {
        "settings": one_month(),
        "systems": [unit_system()],
        "supply": [
            {
                "supplier": supplier,
                "item": "unit",
                "lead_days": 0,
                "order_cost": (fixed_cost or {}).get(supplier, 0),
            }
            for supplier in capacity
        ],
        "supply_capacity": [
            {"supplier": supplier, "from": "2026-01-01", "units_per_month": units}
            for supplier, units in capacity.items()
        ],
        "lanes": lanes(cost),
        **markets(required),
    }


def opening_sheets(
    capacity: Mapping[str, float],
    required: Mapping[str, float],
    cost: Costs,
    fixed_cost: Mapping[str, float],
) -> Sheets:
    """Write a transport problem with fixed charges as facility location, as `cflp_sheets` does."""
    return {
        "settings": one_month(),
        "systems": [unit_system()],
        "sites": [{"site": plant, "opening_cost": fixed_cost[plant]} for plant in capacity],
        "halls": [
            {"hall": f"{plant} hall", "site": plant, "it_mw": units}
            for plant, units in capacity.items()
        ],
        **demands(required, FIRST_DAY),
        "service": [
            {"commitment": market, "site": plant, "cost": money}
            for plant, row in cost.items()
            for market, money in row.items()
        ],
    }
