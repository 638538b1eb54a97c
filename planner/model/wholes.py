"""Which whole numbers decide a plan's shape, and which can be rounded without changing it.

Openings are few and dear: they shape the plan. Counts of systems and lots are many and large: a
plan with fractions of them is nearly one without. The solver uses the difference; the model does
not depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulp

from planner.model.decisions import Model


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
    """

    openings: list[pulp.LpVariable]
    installs: list[pulp.LpVariable]
    lots: list[pulp.LpVariable]
    removals: list[pulp.LpVariable]
    at_milestones: list[pulp.LpVariable]
    orders: list[tuple[pulp.LpVariable, pulp.LpVariable]]


def make_wholes(model: Model) -> Wholes:
    """Return the whole-number variables of a model by kind; no counts if they are continuous."""
    made, case = model.decisions, model.case
    openings = [*made.opened_halls.values(), *made.open_site.values(), *made.place_order.values()]
    orders = [(placed, made.order_lots[key]) for key, placed in made.place_order.items()]
    if not case.whole:
        return Wholes(openings, [], [], [], [], orders)
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
    )
