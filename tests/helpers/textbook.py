"""Textbook models with published optima: their data, and the two that need a builder of their own.

Data are facts, taken from the sources named beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from instances import LotSizing, Sheets, lane, lanes, markets, one_month, settings, unit_system

LOT_SIZING = {
    # Snyder and Shen, Fundamentals of Supply Chain Theory: Example 3.9, Problems 3.27 and 3.29,
    # and a fourth case whose price changes by period; all four are among the tests of the open
    # source package stockpyl.
    "example 3.9": LotSizing([90, 120, 80, 70], 500, 2, [0] * 4, 1380),
    "problem 3.27": LotSizing([150, 100, 80, 200], 120, 0.8, [0] * 4, 424),
    "problem 3.29": LotSizing([730, 580, 445, 650, 880], 100, 0.1, [0] * 5, 423),
    "changing price": LotSizing([400, 500, 500, 1100, 900], 100, 0.1, [3, 1, 4, 6, 6], 4940),
}

TRANSPORT = {
    # Dantzig, Linear Programming and Extensions (1963), as in the GAMS model library (trnsport,
    # freight of 90 for each case and thousand miles, cost in thousands) and in JuMP's tests
    # (cannery, demands of 300, no freight rate); then PuLP's beer distribution.
    "trnsport": (
        {"Seattle": 350, "San Diego": 600},
        {"New York": 325, "Chicago": 300, "Topeka": 275},
        {
            "Seattle": {"New York": 0.225, "Chicago": 0.153, "Topeka": 0.162},
            "San Diego": {"New York": 0.225, "Chicago": 0.162, "Topeka": 0.126},
        },
        153.675,
    ),
    "cannery": (
        {"Seattle": 350, "San Diego": 600},
        {"New York": 300, "Chicago": 300, "Topeka": 300},
        {
            "Seattle": {"New York": 2.5, "Chicago": 1.7, "Topeka": 1.8},
            "San Diego": {"New York": 2.5, "Chicago": 1.8, "Topeka": 1.4},
        },
        1680,
    ),
    "beer": (
        {"A": 1000, "B": 4000},
        {"1": 500, "2": 900, "3": 1800, "4": 200, "5": 700},
        {
            "A": {"1": 2, "2": 4, "3": 5, "4": 2, "5": 1},
            "B": {"1": 3, "2": 1, "3": 3, "4": 2, "5": 3},
        },
        8600,
    ),
}

# PuLP's computer plant problem: capacity, demand, cost of a unit, cost of running a plant.
COMPUTER_PLANT = (
    {"San Francisco": 1700, "Los Angeles": 2000, "Phoenix": 1700, "Denver": 2000},
    {"San Diego": 1700, "Barstow": 1000, "Tucson": 1500, "Dallas": 1200},
    {
        "San Francisco": {"San Diego": 5, "Barstow": 3, "Tucson": 2, "Dallas": 6},
        "Los Angeles": {"San Diego": 4, "Barstow": 7, "Tucson": 8, "Dallas": 10},
        "Phoenix": {"San Diego": 6, "Barstow": 5, "Tucson": 3, "Dallas": 8},
        "Denver": {"San Diego": 9, "Barstow": 8, "Tucson": 6, "Dallas": 5},
    },
    {"San Francisco": 70000, "Los Angeles": 70000, "Phoenix": 65000, "Denver": 70000},
)
COMPUTER_PLANT_OPTIMUM = 228100


@dataclass(frozen=True)
class Month:
    """What the factories of a schedule may do in a month.

    Attributes
    ----------
    demand : float
        Units required, neither earlier nor later.
    factories : dict of str to tuple
        Least and most units if it runs, price of a unit, and cost of running at all.
    """

    demand: float
    factories: Mapping[str, tuple[float, float, float, float]]


# JuMP's factory schedule, in thousands of units: demand; most units and price of A, then of B.
# Each makes 20 or more if it runs, which costs A 500 and B 600. B stands still in May.
FACTORY_SCHEDULE = [
    Month(
        demand,
        {
            "A": (20, most_a, 1000 * price_a, 500),
            **({"B": (20, most_b, 1000 * price_b, 600)} if most_b else {}),
        },
    )
    for demand, most_a, price_a, most_b, price_b in (
        (120, 100, 10, 50, 5),
        (100, 110, 11, 55, 4),
        (130, 120, 12, 60, 3),
        (130, 145, 9, 100, 5),
        (140, 160, 8, 0, 0),
        (130, 140, 8, 70, 6),
        (150, 155, 5, 60, 4),
        (170, 200, 7, 100, 6),
        (200, 210, 9, 100, 8),
        (190, 197, 10, 100, 11),
        (140, 80, 8, 120, 10),
        (100, 150, 8, 150, 12),
    )
]
FACTORY_SCHEDULE_OPTIMUM = 12_906_400


def factory_schedule_sheets(year: int, months: Sequence[Month]) -> Sheets:
    """Write a production schedule without stock: each month has its own product and commitment.

    The product of a month can be installed in that month only, and a factory sells it in that
    month only, so nothing is made ahead. A factory of a month is a supplier with an order cost
    and a least order. The published demand is an equality; here more may be made, which costs
    more and so never is.
    """
    first = [date(year, month, 1) for month in range(1, len(months) + 1)]
    last = [*(day - timedelta(days=1) for day in first[1:]), date(year, len(months), 31)]
    calendar = list(zip(first, last, months, strict=True))
    running = [
        (f"{name} {start:%m}", f"product {start:%m}", start, end, limits)
        for start, end, month in calendar
        for name, limits in month.factories.items()
    ]
    return {
        "settings": settings(str(first[0]), str(last[-1])),
        "systems": [
            unit_system(f"product {start:%m}", available_from=start, available_to=end)
            for start, end, _ in calendar
        ],
        "supply": [
            {
                "supplier": factory,
                "item": product,
                "lead_days": 0,
                "price": price,
                "order_cost": fixed,
                "min_order": least,
            }
            for factory, product, _, _, (least, _, price, fixed) in running
        ],
        "supply_capacity": [
            row
            for factory, _, start, end, (_, most, _, _) in running
            for row in only_between(factory, start, end, most)
        ],
        "sites": [{"site": "market"}],
        "halls": [{"hall": "hall", "site": "market", "it_mw": sum(m.demand for m in months)}],
        "commitments": [
            {"commitment": f"demand {start:%m}", "basis": "it", "systems": f"product {start:%m}"}
            for start in first
        ],
        "milestones": [
            {"commitment": f"demand {start:%m}", "date": end, "mw": month.demand}
            for start, end, month in calendar
        ],
    }


def only_between(
    supplier: str, start: date, end: date, units: float
) -> Iterable[dict[str, object]]:
    """Yield the capacity rows of a supplier that works from start to end only."""
    yield {"supplier": supplier, "from": start, "units_per_month": units}
    yield {"supplier": supplier, "from": end + timedelta(days=1), "units_per_month": 0}


@dataclass(frozen=True)
class Network:
    """Factories, depots that may be opened, and customers.

    Attributes
    ----------
    factories, depots, customers : dict of str to float
        Units a factory makes, a depot passes on, a customer needs.
    supply : dict of dict
        Money for each unit, by factory, then by depot.
    direct : dict of dict
        Money for each unit, by factory, then by customer.
    delivery : dict of dict
        Money for each unit, by depot, then by customer.
    opening : dict of str to float
        Money to have a depot, for those that need not be open.
    most_opened : int
        How many of these may be open.
    expansion : tuple
        A depot, further units it could pass on, and what that costs as a whole.
    """

    factories: Mapping[str, float]
    depots: Mapping[str, float]
    customers: Mapping[str, float]
    supply: Mapping[str, Mapping[str, float]]
    direct: Mapping[str, Mapping[str, float]]
    delivery: Mapping[str, Mapping[str, float]]
    opening: Mapping[str, float]
    most_opened: int
    expansion: tuple[str, float, float]


# H. P. Williams, Model Building in Mathematical Programming, Distribution 2 (as in Gurobi's
# modelling examples, supply network design 2), in thousands of tons and of pounds. Birmingham and
# London stay open, so at most two of the other four. The published figure counts closing
# Newcastle and Exeter as a saving of 15 that is there from the start; here opening them costs.
SUPPLY_NETWORK_2 = Network(
    factories={"Liverpool": 150, "Brighton": 200},
    depots={
        "Newcastle": 70,
        "Birmingham": 50,
        "London": 100,
        "Exeter": 40,
        "Bristol": 30,
        "Northampton": 25,
    },
    customers={"C1": 50, "C2": 10, "C3": 40, "C4": 35, "C5": 60, "C6": 20},
    supply={
        "Liverpool": {
            "Newcastle": 0.5,
            "Birmingham": 0.5,
            "London": 1.0,
            "Exeter": 0.2,
            "Bristol": 0.6,
            "Northampton": 0.4,
        },
        "Brighton": {
            "Birmingham": 0.3,
            "London": 0.5,
            "Exeter": 0.2,
            "Bristol": 0.4,
            "Northampton": 0.3,
        },
    },
    direct={"Liverpool": {"C1": 1.0, "C3": 1.5, "C4": 2.0, "C6": 1.0}, "Brighton": {"C1": 2.0}},
    delivery={
        "Newcastle": {"C2": 1.5, "C3": 0.5, "C5": 1.5, "C6": 1.0},
        "Birmingham": {"C1": 1.0, "C2": 0.5, "C3": 0.5, "C4": 1.0, "C5": 0.5},
        "London": {"C2": 1.5, "C3": 2.0, "C5": 0.5, "C6": 1.5},
        "Exeter": {"C3": 0.2, "C4": 1.5, "C5": 0.5, "C6": 1.5},
        "Bristol": {"C1": 1.2, "C2": 0.6, "C3": 0.5, "C5": 0.3, "C6": 0.8},
        "Northampton": {"C2": 0.4, "C4": 0.5, "C5": 0.6, "C6": 0.9},
    },
    opening={"Newcastle": 10, "Exeter": 5, "Bristol": 12, "Northampton": 4},
    most_opened=2,
    expansion=("Birmingham", 20, 3),
)
SUPPLY_NETWORK_2_SAVINGS = 15
SUPPLY_NETWORK_2_OPTIMUM = 174


def network_sheets(network: Network) -> Sheets:
    """Write depot opening with plants, bills of materials, lots and a shared capacity.

    The workbook's own depots cost nothing to open, so a depot is written as a plant that makes a
    unit `via` it of one unit of goods and one permit of its own. Permits of a depot that need not
    be open come in a single lot of its whole throughput, at its opening cost, from one supplier,
    the council, whose capacity is the number of such lots. Other depots have their permits free,
    and an expansion is one more lot of them. What a factory sends to a customer itself leaves by
    its gate, a plant that needs goods alone.
    """
    grown, extra, price = network.expansion
    throughput = {**network.depots, grown: network.depots[grown] + extra}
    capacity = {
        **network.factories,
        f"{grown} expansion": extra,
        "council": network.most_opened,
        **{
            f"{depot} office": units
            for depot, units in network.depots.items()
            if depot not in network.opening
        },
    }
    permits: list[tuple[str, str, dict[str, object]]] = [
        (f"{grown} expansion", grown, {"lot": extra, "price": price / extra})
    ]
    for depot, units in network.depots.items():
        if depot in network.opening:
            columns = {
                "lot": units,
                "price": network.opening[depot] / units,
                "capacity_use": 1 / units,
            }
            permits.append(("council", depot, columns))
        else:
            permits.append((f"{depot} office", depot, {}))
    goods = [{"supplier": f, "item": "goods", "lead_days": 0} for f in network.factories]
    return {
        "settings": one_month(),
        "systems": [unit_system(f"via {depot}") for depot in throughput] + [unit_system("direct")],
        "bom": [
            {"system": f"via {depot}", "item": item, "quantity": 1}
            for depot in throughput
            for item in ("goods", f"permit {depot}")
        ]
        + [{"system": "direct", "item": "goods", "quantity": 1}],
        "supply": goods
        + [
            {"supplier": supplier, "item": f"permit {depot}", "lead_days": 0, **columns}
            for supplier, depot, columns in permits
        ],
        "supply_capacity": [
            {"supplier": supplier, "from": "2026-01-01", "units_per_month": units}
            for supplier, units in capacity.items()
        ],
        "plants": [
            {"plant": depot, "system": f"via {depot}", "units_per_month": units, "lead_days": 0}
            for depot, units in throughput.items()
        ]
        + [
            {
                "plant": f"{factory} gate",
                "system": "direct",
                "lead_days": 0,
                "units_per_month": network.factories[factory],
            }
            for factory in network.direct
        ],
        "lanes": [
            *(lane(supplier, depot) for supplier, depot, _ in permits),
            *(lane(factory, f"{factory} gate") for factory in network.direct),
            *lanes(network.supply),
            *lanes({f"{factory} gate": row for factory, row in network.direct.items()}),
            *lanes(network.delivery),
        ],
        **markets(network.customers),
    }
