"""Systems installed, in service and removed, by crews."""

from __future__ import annotations

from collections import defaultdict

from planner.model.decisions import Model, term
from planner.model.frame import Term


def balance_installed_systems(model: Model) -> None:
    """Systems standing in a hall are those before, plus installed, less removed.

    installed_systems[hall, system, period] = installed_systems[hall, system, period - 1]
        + install_systems[hall, system, period] - remove_systems[hall, system, period]
                                               [systems; hall, system, period]

    The fleet stands there before the first period. Removed systems leave the plan.
    """
    made, fleet = model.decisions, model.case.facility.fleet
    for key, installed in made.installed_systems.items():
        hall, system, period = key
        balance = [
            (installed, 1.0),
            *term(made.installed_systems, (hall, system, period - 1), -1.0),
            *term(made.install_systems, key, -1.0),
            *term(made.remove_systems, key),
        ]
        before = fleet.get((hall, system), 0) if period == 0 else 0
        model.frame.row("installed_balance", key, balance, "==", before)


def systems_in_service(model: Model) -> dict[tuple[str, str, int], list[Term]]:
    """Return systems installed and commissioned at the end of a period, by hall, system, period.

    installed_systems[hall, system, period]
        - sum over install_systems that are still being commissioned      [systems]
    """
    if "in_service" not in model.cache:
        made, found = model.decisions, defaultdict(list)
        for key, installed in made.installed_systems.items():
            found[key].append((installed, 1.0))
        for (hall, system, period), install in made.install_systems.items():
            for until in model.case.facility.commissioning[system][period]:
                found[hall, system, until].append((install, -1.0))
        model.cache["in_service"] = found
    in_service: dict[tuple[str, str, int], list[Term]] = model.cache["in_service"]
    return in_service


def install_within_crew_capacity(model: Model) -> None:
    """Systems installed at a site in a period stay within what its crews can do.

    sum over hall of site, system of install_systems[hall, system, period]
        <= crew_capacity[site, period]      [systems; site, period]

    Rigging, plumbing and bring-up are done by trained people, so many a month.
    """
    facility = model.case.facility
    work: dict[tuple[str, int], list[Term]] = defaultdict(list)
    for (hall, _, period), install in model.decisions.install_systems.items():
        work[facility.site_of[hall], period].append((install, 1.0))
    for key, capacity in facility.crew_capacity.items():
        if key in work:
            model.frame.row("crew_capacity", key, work[key], "<=", capacity)
