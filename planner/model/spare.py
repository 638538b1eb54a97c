"""What a plan may do without: decisions that cost no more if they are fewer, or later.

Costs leave some decisions open. A hall without a fit-out cost may open at any time, used or not;
an order within the share that is paid for anyway costs nothing more; without freight, units may
leave at any time. Nobody wants any of it without a need, so that the last thing that is decided
is to do without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulp

from planner.model.decisions import Model
from planner.model.frame import Term

UNUSED = 0.5
"""Weight of as many unused units as a lot has: less than that of the lot itself, which is one."""


@dataclass(frozen=True)
class Spare:
    """Decisions that are not needed for their own sake.

    Attributes
    ----------
    fewer : list of Term
        Decisions that never cost more if they are fewer, and what one more weighs.
    follow : list of Term
        Decisions that follow from those, and what one more weighs.
    flows : list of Term
        Starts, shipments and stock, and what one more weighs: the earlier the more.
    """

    fewer: list[Term]
    follow: list[Term]
    flows: list[Term]


def make_spare(model: Model) -> Spare:
    """Return what a plan may do without."""
    decisions, supply = model.decisions, model.case.supply
    count = model.case.calendar.day_count
    fewer: list[Term] = [(variable, 1.0) for variable in _openings(model)]
    fewer += [(lots, 1.0 + _early(key[-1], count)) for key, lots in decisions.order_lots.items()]
    follow: list[Term] = [(variable, 0.0) for variable in decisions.open_halls.values()]
    follow += [
        (unused, UNUSED / supply.sources[key[0], key[1]]["lot"])
        for key, unused in decisions.pay_unused.items()
    ]
    flows: list[Term] = [
        (variable, _early(key[-1], count))
        for moved in (decisions.start_assembly, decisions.ship_units)
        for key, variable in moved.items()
    ]
    flows += [(variable, 0.0) for variable in decisions.stock.values()]
    return Spare(fewer, follow, flows)


def _openings(model: Model) -> list[pulp.LpVariable]:
    decisions = model.decisions
    return [
        *decisions.opened_halls.values(),
        *decisions.open_site.values(),
        *decisions.place_order.values(),
    ]


def _early(day: int, count: int) -> float:
    """Return how early a day is, from one for the plan's first to nearly zero for its last."""
    return (count - day) / count
