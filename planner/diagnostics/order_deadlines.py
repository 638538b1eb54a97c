"""Last day on which an order is in time for a milestone: by leads, and by dispatch days."""

from __future__ import annotations

from dataclasses import dataclass

from planner.case.case import Case
from planner.case.supply import Supply
from planner.diagnostics.bounds import Bounds

Line = tuple[str, str]
"""Supplier and item."""


def last_orders(case: Case, commitment: str, period: int) -> dict[Line, int]:
    """Return the last order day, by leads alone, for service by a period's end, by line."""
    supply, facility = case.supply, case.facility
    end = case.calendar.last_days[period]
    last: dict[Line, int] = {}
    for (hall, system), install_days in case.installing.items():
        site = facility.site_of[hall]
        if (commitment, site, system) not in case.demand.mw_per_system:
            continue
        installed = min(end - facility.commission_days[system], install_days[-1])
        place = supply.place(site)
        _add_orders(supply, system, place, installed, last)
        for (plant, assembled), days in supply.plant_days.items():
            if assembled != system:
                continue
            finished = _departure(supply, supply.place(plant), place, installed)
            if finished is None:
                continue
            for item in supply.bom.get(system, {}):
                _add_orders(supply, item, supply.place(plant), finished - days, last)
    return last


def _add_orders(supply: Supply, item: str, place: str, day: int, last: dict[Line, int]) -> None:
    """Add the last day on which each supplier can be asked for an item, at a place by a day."""
    for (supplier, sold), row in supply.sources.items():
        if sold != item:
            continue
        ready = _departure(supply, supply.place(supplier), place, day)
        if ready is not None:
            ordered = ready - row["lead_days"]
            last[supplier, item] = max(ordered, last.get((supplier, item), ordered))


def _departure(supply: Supply, origin: str, end: str, arrival: int) -> int | None:
    """Return the last day to leave one place for another; None if no route joins them."""
    if supply.pooled or origin == end:
        return arrival
    if (origin, end) not in supply.routes:
        return None
    return arrival - sum(hop.days for hop in supply.routes[origin, end])


def dispatched_orders(bounds: Bounds, commitment: str, period: int) -> dict[Line, int]:
    """Return the last dispatch day of orders for service by a period's end, by line."""
    supply = bounds.case.supply
    useful = bounds.routes.last_useful(bounds.installs((commitment,), period))
    last: dict[Line, int] = {}
    for (supplier, item, day), done in supply.arrival.items():
        if done <= useful.get((supply.place(supplier), item), -1):
            last[supplier, item] = max(day, last.get((supplier, item), day))
    return last


@dataclass(frozen=True)
class CriticalOrder:
    """The line that must be ordered first for a milestone.

    Attributes
    ----------
    line : Line
    by_leads, dispatched : int
        Last day to order it by leads alone, and by the plan's dispatch days.
    """

    line: Line
    by_leads: int
    dispatched: int

    @property
    def days_lost(self) -> int:
        """Days that its chain waits for dispatch days on the way to service."""
        return self.by_leads - self.dispatched


def critical_order(bounds: Bounds, commitment: str, period: int) -> CriticalOrder | None:
    """Return the critical order of the milestone at a period's end; None if none is in time."""
    by_leads = last_orders(bounds.case, commitment, period)
    dispatched = dispatched_orders(bounds, commitment, period)
    line = min(by_leads, key=lambda line: (by_leads[line], line), default=None)
    if line is None or line not in dispatched:
        return None
    return CriticalOrder(line, by_leads[line], dispatched[line])
