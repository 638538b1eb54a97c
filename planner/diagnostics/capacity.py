"""What is due against what can be there in time, limit by limit, then by all limits together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from planner.diagnostics.warning_context import NOTHING, InputWarning, Look, amount, amounts, warn
from planner.tolerance import exceeds

Most = Callable[[Look, tuple[str, ...], int], float]
"""Upper bound of MW of IT power in service, of some commitments, by the end of a period."""

RELATIVE = 1e-6


def halls_hold_what_is_due(look: Look) -> Iterator[InputWarning]:
    """The halls that can be open in time hold the megawatts due by each milestone."""
    yield from _first_shortfalls(
        look, by_halls, "the halls that can be open and filled by then hold at most {most} MW",
        "Add halls or make them ready sooner, allow more sites, or move the milestone")  # fmt: skip


def power_carries_what_is_due(look: Look) -> Iterator[InputWarning]:
    """The power energised in time carries the megawatts due by each milestone."""
    if look.case.facility.energised_mw:
        yield from _beyond_the_halls(
            look, by_power, "the power energised by then carries at most {most} MW, were all "
            "halls open", "Energise more or sooner, allow more sites, or move the "
            "milestone")  # fmt: skip


def crews_install_what_is_due(look: Look) -> Iterator[InputWarning]:
    """Crews can have installed, in time, the megawatts due by each milestone."""
    if look.case.facility.crew_capacity:
        yield from _beyond_the_halls(
            look, by_crews, "crews can have installed at most {most} MW in time, within the size "
            "of the halls", "Add crews or sites, or move the milestone")  # fmt: skip


def plants_and_suppliers_bring_what_is_due(look: Look) -> Iterator[InputWarning]:
    """Plants and suppliers can bring, in time, systems of the megawatts due by each milestone."""
    if look.case.supply.planned:
        yield from _first_shortfalls(
            look, by_systems, "plants and suppliers can bring systems of at most {most} MW in "
            "time, the fleet included", "Raise units_per_month in plants or supply_capacity, "
            "shorten lead times, or move the milestone")  # fmt: skip


def by_halls(look: Look, names: tuple[str, ...], period: int) -> float:
    """Return what the halls that can be open in time hold."""
    return math.fsum(look.bounds.halls_mw(names, period).values())


def by_power(look: Look, names: tuple[str, ...], period: int) -> float:
    """Return what the power energised in time carries, were all halls open."""
    return look.bounds.powered_mw(look.bounds.full_halls_mw(names), names, period)


def by_crews(look: Look, names: tuple[str, ...], period: int) -> float:
    """Return what crews can have installed in time, site by site within its halls."""
    return math.fsum(_within_crews(look, names, period, look.bounds.full_halls_mw(names)).values())


def by_systems(look: Look, names: tuple[str, ...], period: int) -> float:
    """Return the IT power of the systems that can be had in time."""
    return look.bounds.systems_mw(names, period)


def _within_crews(
    look: Look, names: tuple[str, ...], period: int, halls: dict[str, float]
) -> dict[str, float]:
    """Return what crews and halls allow by site."""
    crews, site_of = look.bounds.crews_mw(names, period), look.case.facility.site_of
    sites: dict[str, float] = {}
    for hall, mw in sorted(halls.items()):
        sites[site_of[hall]] = sites.get(site_of[hall], 0.0) + mw
    return {site: min(mw, crews.get(site, math.inf)) for site, mw in sites.items()}


def together(look: Look, names: tuple[str, ...], period: int) -> float:
    """Return what halls, power, crews, plants and suppliers allow, site by site where they can."""
    halls = look.bounds.halls_mw(names, period)
    facility = look.case.facility
    crews = look.bounds.crews_mw(names, period)
    sites = 0.0
    for site in facility.sites:
        here = {hall: halls[hall] for hall in facility.halls_at[site] if hall in halls}
        if here:
            carried = look.bounds.powered_mw(here, names, period)
            sites += min(carried, crews.get(site, math.inf))
    return min(sites, look.bounds.powered_mw(halls, names, period), by_systems(look, names, period))


def all_limits_together_allow_what_is_due(look: Look) -> Iterator[InputWarning]:
    """Halls, power, crews and supply together allow what is due, where each alone does."""
    alone = (by_halls, by_power, by_crews, by_systems)
    for warning, names, period, due in _shortfalls(
        look, together, "halls, power, crews and supply together allow at most {most} MW by then, "
        "though each alone allows it", "See where their dates and sites do not meet, or move the "
        "milestone",
    ):  # fmt: skip
        if not any(_short(due, bound(look, names, period)) for bound in alone):
            yield warning


def suppliers_deliver_the_items_of_what_is_due(look: Look) -> Iterator[InputWarning]:
    """Suppliers can deliver, in time, the items that the megawatts due by each milestone take."""
    if not look.case.supply.planned:
        return
    names, told = look.case.demand.commitments, set[str]()
    for period in look.due_periods(names):
        day = look.milestone(names, period)["date"]
        for item, (needed, most) in look.bounds.items(names, period).items():
            if item in told or not _short(needed, most):
                continue
            told.add(item)
            row = next(r for r in look.inputs.tables["supply"] if r["item"] == item)
            yield warn(
                row, "item", f"the megawatts due by {day} take at least {amount(needed)} "
                f"units of {item}, suppliers can deliver at most {amount(most)} good ones in "
                f"time: {amount(needed - most)} are missing",
                "Raise units_per_month in supply_capacity, shorten lead times, add an order or a "
                "supplier, or move the milestone",
                date=str(day), needed=needed, most=most, short=needed - most)  # fmt: skip


def _first_shortfalls(
    look: Look, bound: Most, limit: str, remedy: str
) -> Iterator[InputWarning]:  # fmt: skip
    """Yield the first milestone of each commitment that a bound falls short of."""
    for warning, *_ in _shortfalls(look, bound, limit, remedy):
        yield warning


def _beyond_the_halls(
    look: Look, bound: Most, limit: str, remedy: str
) -> Iterator[InputWarning]:  # fmt: skip
    """Yield those of a bound that is less than all halls hold: theirs is another rule's matter."""
    for warning, names, period, _ in _shortfalls(look, bound, limit, remedy):
        full = math.fsum(look.bounds.full_halls_mw(names).values())
        if bound(look, names, period) < full * (1 - RELATIVE):
            yield warning


def _shortfalls(
    look: Look, bound: Most, limit: str, remedy: str
) -> Iterator[tuple[InputWarning, tuple[str, ...], int, float]]:
    """Yield the same with the commitments, the period and the MW due.

    All commitments together are named only where none is short by itself. Those that cannot have
    any system in service yet are left out: that is another rule's matter.
    """
    told: set[tuple[str, ...]] = set()
    for group in look.groups():
        for period in look.due_periods(group):
            names = tuple(name for name in group if _can_have(look, name, period))
            due = math.fsum(look.bounds.due_mw(name, period) for name in names)
            if due <= NOTHING or group in told or (len(group) > 1 and told):
                continue
            most = bound(look, names, period)
            if _short(due, most):
                told.add(group)
                warning = _shortfall(look, names, period, due, most, limit, remedy)
                yield warning, names, period, due


def _can_have(look: Look, commitment: str, period: int) -> bool:
    first = look.first[commitment]
    return first is not None and first.period <= period


def _short(due: float, most: float) -> bool:
    return exceeds(due, most)


def _shortfall(
    look: Look, names: tuple[str, ...], period: int, due: float, most: float,
    limit: str, remedy: str,
) -> InputWarning:  # fmt: skip
    """Return the warning that a bound falls short of what is due by the end of a period."""
    whose = names[0] if len(names) == 1 else f"{len(names)} commitments together"
    row = look.milestone(names, period)
    day = row["date"]
    needed, possible = amounts(due, most)
    return warn(
        row, "mw", f"by {day} at least {needed} MW of IT power are due to {whose}, "
        f"{limit.format(most=possible)}: {amount(due - most)} MW short", remedy,
        date=str(day), due_mw=due, most_mw=most, short_mw=due - most)  # fmt: skip
