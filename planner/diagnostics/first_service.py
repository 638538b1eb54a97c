"""When a commitment can have its first system in service, and what that waits for."""

from __future__ import annotations

from dataclasses import dataclass

from planner.case.case import Case
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.routes import Routes

SYSTEMS_TOLERANCE = 1e-9


@dataclass(frozen=True)
class FirstService:
    """The first period by whose end a commitment can have a system in service.

    Attributes
    ----------
    period : int
        That period.
    hall, system : str or None
        What stands there; None for the fleet.
    installed : int
        Day of the installation.
    """

    period: int
    hall: str | None = None
    system: str | None = None
    installed: int = 0


def first_service(
    case: Case, bounds: Bounds, routes: Routes, commitment: str
) -> FirstService | None:
    """Return when a commitment can have its first system in service, None if never."""
    facility, found = case.facility, list[FirstService]()
    for site, system in bounds.allowed(commitment):
        for hall in facility.halls_at[site]:
            dedicated = facility.dedicated.get((hall, system))
            if facility.fleet.get((hall, system), 0) > 0 and dedicated in (None, commitment):
                return FirstService(0)
            for day in case.installing.get((hall, system), ()):
                if _can_install(case, bounds, routes, hall, system, day):
                    serves = case.calendar.period_of(day + facility.commission_days[system])
                    found.append(FirstService(serves, hall, system, day))
                    break
    return min(found, key=lambda first: (first.period, first.installed), default=None)


def _can_install(
    case: Case, bounds: Bounds, routes: Routes, hall: str, system: str, day: int
) -> bool:  # fmt: skip
    """Say whether supply, crews and power let one system be installed by a day."""
    facility, site = case.facility, case.facility.site_of[hall]
    least = 1.0 if case.whole else SYSTEMS_TOLERANCE
    if bounds.crew_systems(site, day) < least - SYSTEMS_TOLERANCE:
        return False
    draws = facility.facility_mw[site, system] * least
    for node in facility.tree.path.get(hall, ()):
        if node in facility.levels and facility.levels[node].on(day) < draws - SYSTEMS_TOLERANCE:
            return False
    if not case.supply.planned:
        return True
    step = routes.first.get((case.supply.place(site), system))
    return step is not None and step.done <= day


def critical_path(case: Case, routes: Routes, first: FirstService) -> str:
    """Return in words what the first system in service waits for, step by step."""
    calendar, steps = case.calendar, list[str]()
    hall, system = first.hall, first.system
    if hall is None or system is None:
        return "it stands there already"
    place = (case.supply.place(case.facility.site_of[hall]), system)
    arrives = -1
    if case.supply.planned:
        for step in routes.path(place):
            steps.append(f"{step.what} {calendar.date_of(step.begun)}")
            arrives = step.done
    opens = case.facility.first_open[hall]
    if first.installed > arrives:
        waits = (f"{hall} can be open" if opens == first.installed
                 else "availability, power or crews allow it")  # fmt: skip
        when = f" (the first day on which {waits})"
    else:
        when = ""
    days = case.facility.commission_days[system]
    steps.append(f"{system} installed in {hall} {calendar.date_of(first.installed)}{when}")
    steps.append(f"in service {days} days later")
    return ", ".join(steps)
