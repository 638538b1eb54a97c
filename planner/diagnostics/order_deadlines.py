"""Last day on which an order is in time for a milestone: by leads, and by dispatch days."""

from __future__ import annotations

from dataclasses import dataclass

from planner.case.case import Case
from planner.diagnostics.bounds import Bounds

Line = tuple[str, str]
"""Supplier and item."""


def last_orders(case: Case, commitment: str, period: int) -> dict[Line, int]:
    """Return the last order day, by leads alone, for service by a period's end, by line."""
    supply, facility, calendar = case.supply, case.facility, case.calendar
    last: dict[Line, int] = {}

    def back(origin: str, end: str, by: int) -> int | None:
        if origin != end and not supply.pooled and (origin, end) not in supply.routes:
            return None
        return by - sum(hop.days for hop in supply.routes.get((origin, end), ()))

    def order(item: str, place: str, by: int) -> None:
        for (supplier, sold), row in supply.sources.items():
            at = back(supply.place(supplier), place, by) if sold == item else None
            if at is not None:
                placed = at - row["lead_days"]
                last[supplier, item] = max(placed, last.get((supplier, item), placed))

    for hall, system in case.installing:
        site = facility.site_of[hall]
        if (commitment, site, system) not in case.demand.mw_per_system:
            continue
        by = calendar.last_days[period] - facility.commission_days[system]
        by = min(by, case.installing[hall, system][-1])
        order(system, supply.place(site), by)
        for (plant, made), days in supply.plant_days.items():
            ready = back(supply.place(plant), supply.place(site), by) if made == system else None
            if ready is not None:
                for item in supply.bom.get(system, {}):
                    order(item, supply.place(plant), ready - days)
    return last


def dispatched_orders(bounds: Bounds, commitment: str, period: int) -> dict[Line, int]:
    """Return the last dispatch day of orders for service by a period's end, by line."""
    supply, last = bounds.case.supply, dict[Line, int]()
    useful = bounds.routes.last_useful(bounds.installs((commitment,), period))
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
