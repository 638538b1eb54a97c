"""MW due compared with upper bounds: limit by limit, then all limits together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.diagnostics.warning_context import (
    AMOUNT_TOLERANCE,
    InputWarning,
    WarningContext,
    amount,
    amounts,
    warn,
)
from planner.tolerance import exceeds

UpperBound = Callable[[WarningContext, tuple[str, ...], int], float]
"""Upper bound on the IT power, in MW, in service for some commitments by a period's end."""

SHORTFALL_TOLERANCE = 1e-6
"""Shortfalls below this share of the MW due are rounding noise."""


@dataclass(frozen=True)
class Shortfall:
    """A milestone that an upper bound falls short of.

    Attributes
    ----------
    warning : InputWarning
    names : tuple of str
        Commitments that count: those that can have any system in service by then.
    period : int
        Period that ends with the milestone.
    due_mw : float
        Least IT power that is due, MW.
    """

    warning: InputWarning
    names: tuple[str, ...]
    period: int
    due_mw: float


def halls_hold_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """The halls that can be open in time hold the megawatts due by each milestone."""
    yield from _first_shortfalls(
        context,
        by_halls,
        "the halls that can be open and filled by then hold at most {most} MW",
        "Add halls or make them ready sooner, allow more sites, or move the milestone",
    )


def power_carries_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """The power energised in time carries the megawatts due by each milestone."""
    if context.case.facility.energised_mw:
        yield from _beyond_the_halls(
            context,
            by_power,
            "the power energised by then carries at most {most} MW, were all halls open",
            "Energise more or sooner, allow more sites, or move the milestone",
        )


def crews_install_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """Crews can have installed, in time, the megawatts due by each milestone."""
    if context.case.facility.crew_capacity:
        yield from _beyond_the_halls(
            context,
            by_crews,
            "crews can have installed at most {most} MW in time, within the size of the halls",
            "Add crews or sites, or move the milestone",
        )


def plants_and_suppliers_bring_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """Plants and suppliers can bring, in time, systems of the megawatts due by each milestone."""
    if context.case.supply.planned:
        yield from _first_shortfalls(
            context,
            by_systems,
            "plants and suppliers can bring systems of at most {most} MW in "
            "time, the fleet included",
            "Raise units_per_month in plants or supply_capacity, "
            "shorten lead times, or move the milestone",
        )


def by_halls(context: WarningContext, names: tuple[str, ...], period: int) -> float:
    """Return the most MW of the halls that can be open in time."""
    return math.fsum(context.bounds.halls_mw(names, period).values())


def by_power(context: WarningContext, names: tuple[str, ...], period: int) -> float:
    """Return the most MW within the power energised in time, as if all halls were open."""
    return context.bounds.powered_mw(context.bounds.full_halls_mw(names), names, period)


def by_crews(context: WarningContext, names: tuple[str, ...], period: int) -> float:
    """Return the most MW that crews can have installed in time, within the halls of each site."""
    halls_mw = context.bounds.full_halls_mw(names)
    return math.fsum(_within_crews(context, names, period, halls_mw).values())


def by_systems(context: WarningContext, names: tuple[str, ...], period: int) -> float:
    """Return the most MW of the systems that can be bought or assembled in time."""
    return context.bounds.systems_mw(names, period)


def _within_crews(
    context: WarningContext, names: tuple[str, ...], period: int, halls_mw: dict[str, float]
) -> dict[str, float]:
    """Return the most MW within crews and halls, by site."""
    sites_mw: dict[str, float] = {}
    for hall, mw in sorted(halls_mw.items()):
        site = context.case.facility.site_of[hall]
        sites_mw[site] = sites_mw.get(site, 0.0) + mw
    crews_mw = context.bounds.crews_mw(names, period)
    return {site: min(mw, crews_mw.get(site, math.inf)) for site, mw in sites_mw.items()}


def together(context: WarningContext, names: tuple[str, ...], period: int) -> float:
    """Return the most MW within all limits together, by site where the limits are local."""
    facility = context.case.facility
    halls_mw = context.bounds.halls_mw(names, period)
    crews_mw = context.bounds.crews_mw(names, period)
    by_site = 0.0
    for site in facility.sites:
        here = {hall: halls_mw[hall] for hall in facility.halls_at[site] if hall in halls_mw}
        if here:
            powered_mw = context.bounds.powered_mw(here, names, period)
            by_site += min(powered_mw, crews_mw.get(site, math.inf))
    # Nodes above several sites limit them only in the whole.
    powered_mw = context.bounds.powered_mw(halls_mw, names, period)
    return min(by_site, powered_mw, by_systems(context, names, period))


def all_limits_together_allow_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """Halls, power, crews and supply together allow what is due, where each alone does."""
    alone = (by_halls, by_power, by_crews, by_systems)
    shortfalls = _shortfalls(
        context,
        together,
        "halls, power, crews and supply together allow at most {most} MW by then, "
        "though each alone allows it",
        "See where their dates and sites do not meet, or move the milestone",
    )
    for shortfall in shortfalls:
        bounds = [bound(context, shortfall.names, shortfall.period) for bound in alone]
        if not any(exceeds(shortfall.due_mw, most) for most in bounds):
            yield shortfall.warning


def suppliers_deliver_the_items_of_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """Suppliers can deliver, in time, the items that the megawatts due by each milestone take."""
    if not context.case.supply.planned:
        return
    names = context.case.demand.commitments
    reported: set[str] = set()
    for period in context.due_periods(names):
        day = context.milestone(names, period)["date"]
        for item, (needed, most) in context.bounds.items(names, period).items():
            if item in reported or not exceeds(needed, most):
                continue
            reported.add(item)
            row = next(r for r in context.inputs.tables["supply"] if r["item"] == item)
            yield warn(
                row,
                "item",
                f"the megawatts due by {day} take at least {amount(needed)} "
                f"units of {item}, suppliers can deliver at most {amount(most)} good ones in "
                f"time: {amount(needed - most)} are missing",
                "Raise units_per_month in supply_capacity, shorten lead times, add an order or a "
                "supplier, or move the milestone",
                date=str(day),
                needed=needed,
                most=most,
                short=needed - most,
            )


def _first_shortfalls(
    context: WarningContext, bound: UpperBound, limit: str, remedy: str
) -> Iterator[InputWarning]:
    """Yield the first milestone of each commitment that a bound falls short of."""
    for shortfall in _shortfalls(context, bound, limit, remedy):
        yield shortfall.warning


def _beyond_the_halls(
    context: WarningContext, bound: UpperBound, limit: str, remedy: str
) -> Iterator[InputWarning]:
    """Yield shortfalls of a bound that is below all halls; for the others see the hall rule."""
    for shortfall in _shortfalls(context, bound, limit, remedy):
        full = math.fsum(context.bounds.full_halls_mw(shortfall.names).values())
        most = bound(context, shortfall.names, shortfall.period)
        if most < full * (1 - SHORTFALL_TOLERANCE):
            yield shortfall.warning


def _shortfalls(
    context: WarningContext, bound: UpperBound, limit: str, remedy: str
) -> Iterator[Shortfall]:
    """Yield the first milestone of each commitment that a bound falls short of.

    All commitments together are reported only if none is short by itself. Commitments that cannot
    have any system in service yet are left out: another rule reports them.
    """
    reported: set[tuple[str, ...]] = set()
    for group in context.groups():
        if len(group) > 1 and reported:
            continue
        for period in context.due_periods(group):
            names = tuple(name for name in group if _can_have(context, name, period))
            due_mw = math.fsum(context.bounds.due_mw(name, period) for name in names)
            if due_mw <= AMOUNT_TOLERANCE:
                continue
            most_mw = bound(context, names, period)
            if exceeds(due_mw, most_mw):
                reported.add(group)
                yield _shortfall(context, names, period, due_mw, most_mw, limit, remedy)
                break


def _can_have(context: WarningContext, commitment: str, period: int) -> bool:
    first = context.first[commitment]
    return first is not None and first.period <= period


def _shortfall(
    context: WarningContext,
    names: tuple[str, ...],
    period: int,
    due: float,
    most: float,
    limit: str,
    remedy: str,
) -> Shortfall:
    """Return the shortfall of a bound against what is due by the end of a period."""
    whose = names[0] if len(names) == 1 else f"{len(names)} commitments together"
    row = context.milestone(names, period)
    day = row["date"]
    needed, possible = amounts(due, most)
    warning = warn(
        row,
        "mw",
        f"by {day} at least {needed} MW of IT power are due to {whose}, "
        f"{limit.format(most=possible)}: {amount(due - most)} MW short",
        remedy,
        date=str(day),
        due_mw=due,
        most_mw=most,
        short_mw=due - most,
    )
    return Shortfall(warning, names, period, due)
