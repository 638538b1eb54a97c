"""First possible service of a commitment, and its critical path."""

from __future__ import annotations

from dataclasses import dataclass

from planner.case.case import Case
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.routes import Routes

SYSTEMS_TOLERANCE = 1e-9
"""Counts of systems below this are rounding noise."""


@dataclass(frozen=True)
class FirstService:
    """The first period by whose end a commitment can have a system in service.

    Attributes
    ----------
    period : int
        The period.
    hall, system : str or None
        Hall and system in service; None for the existing fleet.
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
    """Return the first possible service of a commitment; None if there is none in the plan."""
    facility = case.facility
    possible: list[FirstService] = []
    for site, system in bounds.allowed(commitment):
        for hall in facility.halls_at[site]:
            dedicated = facility.dedicated.get((hall, system))
            if facility.fleet.get((hall, system), 0) > 0 and dedicated in (None, commitment):
                return FirstService(0)
            for day in case.installing.get((hall, system), ()):
                if _can_install(case, bounds, routes, hall, system, day):
                    serves = case.calendar.period_of(day + facility.commission_days[system])
                    possible.append(FirstService(serves, hall, system, day))
                    break
    return min(possible, key=lambda first: (first.period, first.installed), default=None)


def _can_install(
    case: Case, bounds: Bounds, routes: Routes, hall: str, system: str, day: int
) -> bool:
    """Return whether supply, crews and power allow one system to be installed by a day."""
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
    """Return the critical path of the first service, in words, step by step."""
    calendar = case.calendar
    hall, system = first.hall, first.system
    if hall is None or system is None:
        return "it stands there already"
    steps: list[str] = []
    arrives = -1
    if case.supply.planned:
        place = case.supply.place(case.facility.site_of[hall])
        for step in routes.path((place, system)):
            steps.append(f"{step.what} {calendar.date_of(step.begun)}")
            arrives = step.done
    installed = f"{system} installed in {hall} {calendar.date_of(first.installed)}"
    if first.installed > arrives:
        # The system was there before, so the install has waited for something else.
        reason = "availability, power or crews allow it"
        if case.facility.first_open[hall] == first.installed:
            reason = f"{hall} can be open"
        installed += f" (the first day on which {reason})"
    steps.append(installed)
    steps.append(f"in service {case.facility.commission_days[system]} days later")
    return ", ".join(steps)
