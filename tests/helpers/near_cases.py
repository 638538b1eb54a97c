"""Small workbooks placed on purpose near a coincidence, with the answer of exact arithmetic.

In each a number of systems just fits a limit, or just meets what is due, and one figure is then
moved by 1e-5 to 1e-10 of itself or absolutely, up or down. Everything is worked out in fractions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from random import Random

from instances import Sheets, settings

TOLERANCE = Fraction(1, 10**6)
"""By how much of a limit, or of one where the limit is below that, a rule may be missed."""

DUE, ENDS = "2026-03-31", ("2026-03-31", "2026-03-31", "2026-12-31", "2028-12-31")
"""Day of the milestone, and last days planned: what is missed adds up over time."""

MONTHS = 3
"""Months until the milestone."""

BOUNDS = {"yielded": (0.0, 1.0), "pue": (1.0, 3.0)}
"""What the sheets allow."""


@dataclass(frozen=True)
class NearCase:
    """A workbook near a coincidence, and the systems that it must install.

    Attributes
    ----------
    name : str
        Which figure was moved, and by how much.
    sheets : Sheets
    exact : int
        Systems by exact arithmetic.
    fewest, most : int
        Systems if every rule is missed by the whole tolerance, in one direction and the other.
    due_mw, mw : Fraction
        Megawatts due, and those of one system.
    contradicts : bool
        Whether firm data alone break a limit.
    """

    name: str
    sheets: Sheets
    exact: int
    fewest: int
    most: int
    due_mw: Fraction
    mw: Fraction
    contradicts: bool


@dataclass
class Figures:
    """What the workbook says, one figure of it near a coincidence."""

    kw: float = 1000.0
    overhead: float = 0.0
    pue: float = 1.0
    basis: str = "it"
    due: float = 1000.0
    price: float = 10.0
    hall_mw: float = 4000.0
    halls: int = 1
    slots: float | None = None
    slots_each: int = 1
    budget: float | None = None
    energised: float | None = None
    crews: float | None = None
    yielded: float = 1.0
    lot: float | None = None
    capacity: float | None = None
    quantity: int | None = None
    fleet: int = 0
    plant: float | None = None
    lane: float | None = None
    parts: float | None = None
    placed: float | None = None


def near_case(seed: int) -> NearCase:
    """Return the case of a seed."""
    draw = Random(f"near {seed}")
    count, figures = draw.randint(1, 40), Figures(price=draw.choice([10.0, 25e3, 3e6, 1e9]))
    figures.kw = draw.choice([1000.0, 23.0, 25.0, 40.0, 1200.0 / 7, 100.0 / 3, 1000.0 / 90])
    figures.overhead = draw.choice([0.0, 0.0, 10.0, 1.0 / 3])
    figures.basis = draw.choice(["it", "it", "system", "facility"])
    figures.pue = draw.choice([1.0, 1.2, 1.25, 1.1])
    name = draw.choice(list(PLACED))
    PLACED[name](draw, figures, count)
    column = name.partition(" ")[0]
    size = draw.choice([1.0, 1.0, 3.3, 5.0]) * 10.0 ** -draw.randint(5, 10) * draw.choice([1, -1])
    relative = draw.random() < 0.5
    old = getattr(figures, column)
    moved = old * (1 + size) if relative else old + size
    moved = round(moved, 10) if draw.random() < 0.5 else moved
    least, most = BOUNDS.get(column, (0.0, math.inf))
    moved = min(max(moved, least), most)
    setattr(figures, column, moved)
    shown = f"{seed}: {name}, {count} systems, {old!r} is {moved!r}"
    return NearCase(shown, _sheets(draw, figures), *_answers(figures), _contradicts(figures))


def _contradicts(figures: Figures) -> bool:
    """Return whether the fleet or what was ordered exceeds a limit."""
    _, it, facility = _mw(figures)
    over = figures.fleet * it > figures.halls * _exact(figures.hall_mw)
    if figures.energised is not None:
        over = over or figures.fleet * facility > _exact(figures.energised)
    return over or (figures.placed or 0.0) > _loose(_exact(figures.capacity or 0.0), 1)


def _mw(figures: Figures) -> tuple[Fraction, Fraction, Fraction]:
    """Return MW of one system on the commitment's basis, of IT power and of facility power."""
    power = _exact(figures.kw) / 1000
    it = power + _exact(figures.overhead) / 1000
    facility = it * _exact(figures.pue)
    return {"system": power, "it": it, "facility": facility}[figures.basis], it, facility


def _near_due(draw: Random, figures: Figures, count: int) -> None:
    figures.due = float(count * _mw(figures)[0])


def _near_hall(draw: Random, figures: Figures, count: int) -> None:
    figures.halls = draw.choice([1, 1, 2, 3])
    figures.hall_mw = float(count * _mw(figures)[1] / figures.halls)


def _near_energised(draw: Random, figures: Figures, count: int) -> None:
    figures.energised = float(count * _mw(figures)[2])


def _near_budget(draw: Random, figures: Figures, count: int) -> None:
    figures.budget = count * figures.price


def _near_slots(draw: Random, figures: Figures, count: int) -> None:
    figures.slots_each = draw.choice([1, 2, 3])
    figures.slots = float(count * figures.slots_each)


def _near_crews(draw: Random, figures: Figures, count: int) -> None:
    figures.crews = float(Fraction(count, draw.choice([1, 1, MONTHS])))


def _near_yield(draw: Random, figures: Figures, count: int) -> None:
    figures.yielded = draw.choice([0.5, 0.8, 1 / 3, 2 / 3, 0.95])
    figures.quantity = ceil(count / _exact(figures.yielded) - Fraction(1, 10**9))
    figures.capacity = float(Fraction(figures.quantity, MONTHS))
    figures.yielded = float(Fraction(count, figures.quantity))


def _near_lot(draw: Random, figures: Figures, count: int) -> None:
    figures.lot = float(Fraction(count, draw.choice([1, 2, 3])))
    figures.capacity = float(count)


def _near_capacity(draw: Random, figures: Figures, count: int) -> None:
    figures.lot = draw.choice([1.0, 2.0, 0.5])
    figures.capacity = count * figures.lot


def _near_plant(draw: Random, figures: Figures, count: int) -> None:
    figures.parts, figures.capacity = draw.choice([1.0, 2.0, 84.0]), 100.0 * count
    figures.plant = float(Fraction(count, MONTHS))


def _near_parts(draw: Random, figures: Figures, count: int) -> None:
    figures.parts = draw.choice([1.0, 2.0, 84.0, 0.25])
    figures.lot = figures.parts
    figures.capacity = float(Fraction(ceil(Fraction(count, MONTHS))) * _exact(figures.parts))


def _near_lane(draw: Random, figures: Figures, count: int) -> None:
    figures.capacity = float(count)
    figures.lane = float(Fraction(count, MONTHS))


def _near_fleet_in_hall(draw: Random, figures: Figures, count: int) -> None:
    figures.fleet = count
    _near_hall(draw, figures, count)


def _near_fleet_on_feeder(draw: Random, figures: Figures, count: int) -> None:
    figures.fleet = count
    _near_energised(draw, figures, count)


def _near_placed(draw: Random, figures: Figures, count: int) -> None:
    figures.placed = float(count)
    figures.capacity = float(count)


PLACED = {
    "due": _near_due,
    "kw": _near_due,
    "kw in halls": _near_hall,
    "kw on a feeder": _near_energised,
    "overhead": _near_due,
    "overhead in halls": _near_hall,
    "pue": _near_due,
    "pue on a feeder": _near_energised,
    "hall_mw": _near_hall,
    "energised": _near_energised,
    "budget": _near_budget,
    "price": _near_budget,
    "slots": _near_slots,
    "crews": _near_crews,
    "yielded": _near_yield,
    "lot": _near_lot,
    "capacity": _near_capacity,
    "plant": _near_plant,
    "parts": _near_parts,
    "capacity for parts": _near_parts,
    "lane": _near_lane,
    "hall_mw of a fleet": _near_fleet_in_hall,
    "energised for a fleet": _near_fleet_on_feeder,
    "placed": _near_placed,
    "capacity of a placed order": _near_placed,
}
"""The figure that is moved, and what places it near a coincidence."""


def _sheets(draw: Random, figures: Figures) -> Sheets:
    system = {
        "system": "unit",
        "power_kw": figures.kw,
        "overhead_kw": figures.overhead,
        "price": figures.price,
        "slots": figures.slots_each,
        "available_to": DUE,
    }
    hall = {
        "hall": "hall",
        "site": "site",
        "it_mw": figures.hall_mw,
        "count": figures.halls,
        "slots": figures.slots,
    }
    sheets: Sheets = {
        "settings": settings(
            "2026-01-01",
            draw.choice(ENDS),
            discount_rate=draw.choice([0, 0.08]),
            pace=draw.choice(["just-in-time"] * 3 + ["as-early-as-possible"]),
        ),
        "systems": [system],
        "sites": [{"site": "site", "pue": figures.pue}],
        "halls": [hall],
        "commitments": [
            {
                "commitment": "demand",
                "basis": figures.basis,
                "late_cost": draw.choice([0.0, 0.0, 0.1, 10.0]) * figures.price,
            }
        ],
        "milestones": [{"commitment": "demand", "date": DUE, "mw": figures.due}],
    }
    if figures.energised is not None:
        hall["fed_by"] = "feeder"
        sheets["power"] = [{"node": "feeder"}]
        sheets["energisation"] = [{"node": "feeder", "from": "2026-01-01", "mw": figures.energised}]
    if figures.budget is not None:
        sheets["budget"] = [{"date": DUE, "cumulative": figures.budget}]
    if figures.crews is not None:
        sheets["crews"] = [
            {"site": "site", "from": "2026-01-01", "systems_per_month": figures.crews}
        ]
    if figures.fleet:
        hall["open_count"] = figures.halls
        sheets["fleet"] = [{"hall": "hall", "system": "unit", "count": figures.fleet}]
    return {**sheets, **_supply(figures)}


def _supply(figures: Figures) -> Sheets:
    """Return one supplier, with a plant or a lane on the way where they have a limit."""
    if figures.capacity is None:
        return {}
    item = "unit" if figures.parts is None else "part"
    sheets: Sheets = {
        "supply": [
            {
                "supplier": "maker",
                "item": item,
                "lead_days": 0,
                "yield": figures.yielded,
                "lot": figures.lot,
            }
        ],
        "supply_capacity": [
            {"supplier": "maker", "from": "2026-01-01", "units_per_month": figures.capacity}
        ],
    }
    if figures.parts is not None:
        sheets["bom"] = [{"system": "unit", "item": "part", "quantity": figures.parts}]
        sheets["plants"] = [
            {
                "plant": "plant",
                "system": "unit",
                "lead_days": 0,
                "units_per_month": 1000.0 if figures.plant is None else figures.plant,
            }
        ]
    if figures.lane is not None:
        sheets["lanes"] = [
            {"from": "maker", "to": "site", "transit_days": 0, "units_per_month": figures.lane}
        ]
    if figures.placed is not None:
        sheets["orders"] = [
            {
                "order": "PO-1",
                "supplier": "maker",
                "item": item,
                "quantity": figures.placed,
                "placed": "2026-01-01",
                "arrives": "2026-01-31",
            }
        ]
    return sheets


def _answers(figures: Figures) -> tuple[int, int, int, Fraction, Fraction]:
    """Return systems by exact arithmetic, fewest and most within the tolerance, MW due and each."""
    mw, due = _mw(figures)[0], _exact(figures.due)
    needed = [ceil(_loose(due, by) / mw) for by in (0, -1, 1)]
    held = [_most(figures, by) for by in (0, -1, 1)]
    exact, fewest, most = (min(pair) for pair in zip(needed, held, strict=True))
    return exact, fewest, most, due, mw


def _most(figures: Figures, by: int) -> int:
    """Return how many systems all limits allow, each missed by so many tolerances."""
    _, it, facility = _mw(figures)
    halls = figures.halls * _exact(figures.hall_mw)
    limits = [floor(_loose(halls, by) / it)]
    if figures.slots is not None:
        limits.append(floor(_loose(_exact(figures.slots), by) / figures.slots_each))
    if figures.energised is not None:
        limits.append(floor(_loose(_exact(figures.energised), by) / facility))
    if figures.budget is not None:
        limits.append(floor(_loose(_exact(figures.budget), by) / _exact(figures.price)))
    if figures.crews is not None:
        limits.append(floor(MONTHS * _loose(_exact(figures.crews), by)))
    if figures.capacity is not None:
        limits.append(_bought(figures, by))
    if figures.lane is not None:
        limits.append(floor(MONTHS * _loose(_exact(figures.lane), by)))
    if figures.plant is not None:
        limits.append(floor(MONTHS * _loose(_exact(figures.plant), by)))
    return min(limits)


def _bought(figures: Figures, by: int) -> int:
    """Return for how many systems the supplier's whole lots and what was ordered are enough.

    What a month leaves of a lot is carried to the next, so whole lots are counted over all months.
    """
    lot = _exact(figures.lot) if figures.lot is not None else Fraction(1)
    placed = _exact(figures.placed or 0.0)
    capacity = _loose(_exact(figures.capacity or 0.0), by)
    units = placed + floor(max(Fraction(0), MONTHS * capacity - placed) / lot) * lot
    good = _loose(units * _exact(figures.yielded), by)
    return floor(good / _exact(figures.parts or 1.0))


def _loose(limit: Fraction, by: int) -> Fraction:
    """Return a limit moved by so many tolerances."""
    return limit + by * TOLERANCE * max(Fraction(1), limit)


def _exact(figure: float) -> Fraction:
    """Return a figure as it is written."""
    return Fraction(repr(figure))


MOVED = {
    "mw",
    "it_mw",
    "units_per_month",
    "yield",
    "power_kw",
    "overhead_kw",
    "pue",
    "lot",
    "min_order",
    "systems_per_month",
    "cumulative",
    "capacity_use",
    "coolant_lpm",
    "take_or_pay_share",
}
"""Columns whose figures are moved in a workbook of many rules."""


def moved_by_a_trifle(sheets: Sheets, seed: int) -> Sheets:
    """Return a workbook in which half of all figures are moved by 1e-6 to 1e-10 of themselves."""
    draw = Random(f"trifle {seed}")
    moved = {
        sheet: [
            {column: _moved(draw, column, figure) for column, figure in row.items()} for row in rows
        ]
        for sheet, rows in sheets.items()
    }
    so_far: dict[object, float] = {}
    for row in sorted(moved.get("milestones", []), key=lambda row: str(row["date"])):
        least = so_far.get(row["commitment"], 0.0)  # milestones do not fall
        row["mw"] = so_far[row["commitment"]] = max(least, float(str(row["mw"])))
    return moved


def _moved(draw: Random, column: str, figure: object) -> object:
    if column not in MOVED or not isinstance(figure, int | float) or draw.random() < 0.5:
        return figure
    size = draw.choice([1, 3.3]) * 10.0 ** -draw.randint(6, 10) * draw.choice([1, -1])
    return min(figure * (1 + size), 1.0 if column == "yield" else math.inf)
