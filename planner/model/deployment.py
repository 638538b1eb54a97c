"""Systems installed, in service and removed, by crews."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

import pulp

from planner.model.decisions import Model, term, terms, with_day_before
from planner.model.frame import Term


def balance_systems_in_service(model: Model) -> None:
    """Systems in service are those before, plus commissioned, less removed.

    commissioned_systems[hall, system, period] = commissioned_systems[hall, system, period - 1]
        + sum over day of install_systems[hall, system, day] that are commissioned in the period
        - remove_systems[hall, system, period]      [systems; hall, system, period]

    The fleet is in service before the first period. Removed systems leave the plan.
    """
    decisions, fleet = model.decisions, model.case.facility.fleet
    commissioned = _commissioned(model)
    for key, in_service in decisions.commissioned_systems.items():
        hall, system, period = key
        balance = [
            (in_service, 1.0),
            *term(decisions.commissioned_systems, (hall, system, period - 1), -1.0),
            *((install, -1.0) for _, install in commissioned[key]),
            *term(decisions.remove_systems, key),
        ]
        before = fleet.get((hall, system), 0) if period == 0 else 0
        model.frame.row("service_balance", key, balance, "==", before)


def remove_only_systems_in_service(model: Model) -> None:
    """No more is removed on a period's first day than was in service on the day before.

    remove_systems[hall, system, period] <= commissioned_systems[hall, system, period - 1]
                                               [systems; hall, system, period]

    What is not there makes no room for others.
    """
    decisions, fleet = model.decisions, model.case.facility.fleet
    for key, removed in decisions.remove_systems.items():
        hall, system, period = key
        there = term(decisions.commissioned_systems, (hall, system, period - 1), -1.0)
        firm = fleet.get((hall, system), 0) if period == 0 else 0
        model.frame.row("removed", key, [(removed, 1.0), *there], "<=", firm)


def _commissioned(model: Model) -> dict[tuple[str, str, int], list[tuple[int, pulp.LpVariable]]]:
    """Return installs, with their days, by the period in which they come into service."""
    if "commissioned" not in model.cache:
        case, found = model.case, defaultdict(list)
        for (hall, system, day), install in model.decisions.install_systems.items():
            serves = case.calendar.period_of(day + case.facility.commission_days[system])
            found[hall, system, serves].append((day, install))
        model.cache["commissioned"] = found
    commissioned: dict[tuple[str, str, int], list[tuple[int, pulp.LpVariable]]] = model.cache[
        "commissioned"
    ]
    return commissioned


def standing_systems(
    model: Model, hall: str, system: str, day: int, each: float
) -> tuple[list[Term], float]:
    """Return what systems standing in a hall on a day take, as terms and a firm part.

    Systems stand from their installation, in service or not, until the day of their removal:

    commissioned_systems[hall, system, last] - removals until the day + installs until the day
        that are commissioned after the period `last`      [systems]

    The period `last` is the last whose systems are all installed by the day.
    """
    decisions, calendar = model.decisions, model.case.calendar
    ready = day + model.case.facility.commission_days[system]
    last, now = bisect_right(calendar.last_days, ready) - 1, calendar.period_of(day)
    found = [*term(decisions.commissioned_systems, (hall, system, last), each)]
    # Removals up to `last` are counted already; those after the day are still to come.
    later = [(hall, system, period) for period in range(now + 1, last + 1)]
    found += terms(decisions.remove_systems, later, each)
    if last < now:
        found += term(decisions.remove_systems, (hall, system, now), -each)
    for installed, install in _commissioned(model)[hall, system, last + 1]:
        if installed <= day:
            found.append((install, each))
    firm = model.case.facility.fleet.get((hall, system), 0) if last < 0 else 0
    return found, each * firm


def install_within_crew_capacity(model: Model) -> None:
    """Systems installed at a site by a day stay within what crews can do since the day before.

    sum over hall of site, system of install_systems[hall, system, day] + carry_crews[site, day]
        <= crew_capacity[site, day] + carry_crews[site, day before]      [systems; site, day]

    Rigging, plumbing and bring-up are done by trained people, so many a month.
    """
    facility, decisions = model.case.facility, model.decisions
    work: dict[tuple[str, int], list[Term]] = defaultdict(list)
    for (hall, _, day), install in decisions.install_systems.items():
        work[facility.site_of[hall], day].append((install, 1.0))
    for key, before in with_day_before(facility.crew_capacity):
        load = [
            *work[key],
            *term(decisions.carry_crews, key),
            *term(decisions.carry_crews, before, -1.0),
        ]
        if load:
            model.frame.row("crew_capacity", key, load, "<=", facility.crew_capacity[key])
