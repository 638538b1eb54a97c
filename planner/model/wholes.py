"""Which whole numbers decide a plan's shape, and which can be rounded without changing it.

Openings are few and dear: they shape the plan. Counts of systems and lots are many and large: a
plan with fractions of them is nearly one without. The solver uses the difference; the model does
not depend on it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pulp

from planner.model.decisions import Model
from planner.model.frame import Term
from planner.model.spare import Spare, make_spare
from planner.tolerance import whole_part


@dataclass(frozen=True)
class Wholes:
    """Whole-number variables by how they are best solved.

    Attributes
    ----------
    openings : list of variables
        Halls opened, sites opened, orders placed.
    installs : list of variables
        Systems installed by hall, system and period.
    lots : list of variables
        Lots ordered.
    removals : list of variables
        Systems removed.
    at_milestones : list of variables
        Systems standing when the last of them can still be in service at a milestone. If these
        are whole, the installs between them can be rounded to whole numbers nearly for nothing.
    orders : list of (variable, variable)
        Whether an order is placed, and the lots without which it orders nothing.
    spare : Spare
        What a plan may do without, whole or not.
    """

    openings: list[pulp.LpVariable]
    installs: list[pulp.LpVariable]
    lots: list[pulp.LpVariable]
    removals: list[pulp.LpVariable]
    at_milestones: list[pulp.LpVariable]
    orders: list[tuple[pulp.LpVariable, pulp.LpVariable]]
    spare: Spare


def make_wholes(model: Model) -> Wholes:
    """Return the whole-number variables of a model by kind; no counts if they are continuous."""
    made, case = model.decisions, model.case
    openings = [*made.opened_halls.values(), *made.open_site.values(), *made.place_order.values()]
    orders = [(placed, made.order_lots[key]) for key, placed in made.place_order.items()]
    spare = make_spare(model)
    if not case.whole:
        return Wholes(openings, [], [], [], [], orders, spare)
    due = sorted({period for _, _, period, mw in case.demand.judged if mw > 0})
    standing = {
        (hall, system, case.calendar.latest(period, case.facility.commission_days[system]))
        for hall, system in case.serving
        for period in due
    }
    return Wholes(
        openings,
        list(made.install_systems.values()),
        list(made.order_lots.values()),
        list(made.remove_systems.values()),
        [made.installed_systems[key] for key in sorted(standing) if key in made.installed_systems],
        orders,
        spare,
    )


def crew_links(model: Model) -> list[list[Term]]:
    """Return rows, each at most zero, that whole plans keep and linear ones need not.

    sum over system of install_systems[hall, system, period] - remove_systems[...]
        <= crew_capacity[site, period] * opened_halls[hall, period]    [systems; hall, period]
    sum over hall of site, system of install_systems[hall, system, period] - remove_systems[...]
        <= crew_capacity[site, period] * open_site[site, decided]      [systems; site, period]

    Nothing stands where no hall is open, and a crew has its limit where one is. A linear
    relaxation opens halls by the fraction that crews fill in a month; these rows make it open
    what is worked in. Measured on 30 sites and 60 months: they close 1.2 of the 2.1 % between
    the linear and the whole optimum, and openings rounded from the relaxation cost 1.2 % more
    than it instead of 3.3 %; with all sites of the frontier, that proves the plan that openings
    are rounded to, in 40 s instead of 165. They are stated for the solver alone: no plan depends
    on them.
    """
    made, facility = model.decisions, model.case.facility
    in_hall: dict[tuple[str, int], list[Term]] = defaultdict(list)
    at_site: dict[tuple[str, int], list[Term]] = defaultdict(list)
    for variables, sign in ((made.install_systems, 1.0), (made.remove_systems, -1.0)):
        for (hall, _, period), variable in variables.items():
            in_hall[hall, period].append((variable, sign))
            at_site[facility.site_of[hall], period].append((variable, sign))
    crews, whole = facility.crew_capacity, model.case.whole
    crew = {key: whole_part(most) if whole else most for key, most in crews.items()}
    links = []
    for (hall, period), work in in_hall.items():
        key = facility.site_of[hall], period
        if key in crew and (hall, period) in made.opened_halls:
            links.append([*work, (made.opened_halls[hall, period], -crew[key])])
    decided = _decided_by(model)
    for key, work in at_site.items():
        opened = made.open_site.get((key[0], decided.get(key, -1)))
        if key in crew and opened is not None:
            links.append([*work, (opened, -crew[key])])
    return links


def _decided_by(model: Model) -> dict[tuple[str, int], int]:
    """Return the last decision, by site and period, that can have opened a hall by then."""
    facility, periods = model.case.facility, model.case.calendar.count
    last: dict[tuple[str, int], int] = {}
    for (hall, decided), opened in facility.opening.items():
        key = facility.site_of[hall], opened
        last[key] = max(decided, last.get(key, decided))
    for site in facility.sites:
        latest = -1
        for period in range(periods):
            latest = max(latest, last.get((site, period), -1))
            last[site, period] = latest
    return last
