"""Which whole numbers decide a plan's shape, and which can be rounded without changing it.

Openings are few and dear: they shape the plan. Counts of systems and lots are many and large: a
plan with fractions of them is nearly one without. The solver uses the difference; the model does
not depend on it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import pulp

from planner.model.decisions import Model, with_day_before
from planner.model.frame import Term
from planner.model.spare import Spare, make_spare
from planner.model.tokens import SYSTEMS_ROW
from planner.tolerance import is_whole, whole_part


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
        Systems in service at a milestone. If these are whole, the installs between them can be
        rounded to whole numbers nearly for nothing.
    orders : list of (variable, variable)
        Whether an order is placed, and the lots without which it orders nothing.
    spare : Spare
        What a plan may do without, whole or not.
    replicas : list of variables
        Replicas loaded. They are many, and nearly free to round up where there is room for one
        more; branching on them finds no plan.
    room : list of (int, list of Term, int)
        Rows by which replicas stay within systems, by position, with the replicas in each, the
        systems that one of them takes, and the number of halls in which these systems stand.
    """

    openings: list[pulp.LpVariable]
    installs: list[pulp.LpVariable]
    lots: list[pulp.LpVariable]
    removals: list[pulp.LpVariable]
    at_milestones: list[pulp.LpVariable]
    orders: list[tuple[pulp.LpVariable, pulp.LpVariable]]
    spare: Spare
    replicas: list[pulp.LpVariable]
    room: list[tuple[int, list[Term], int]]


def make_wholes(model: Model) -> Wholes:
    """Return the whole-number variables of a model by kind; no counts if they are continuous."""
    decisions, case = model.decisions, model.case
    openings = [
        *decisions.opened_halls.values(),
        *decisions.open_site.values(),
        *decisions.place_order.values(),
    ]
    orders = [(placed, decisions.order_lots[key]) for key, placed in decisions.place_order.items()]
    spare = make_spare(model)
    if not case.whole:
        return Wholes(openings, [], [], [], [], orders, spare, [], [])
    due = sorted({period for _, _, period, mw in case.demand.judged if mw > 0})
    counted = {(*pair, period) for pair in case.serving for period in due}
    return Wholes(
        openings,
        list(decisions.install_systems.values()),
        list(decisions.order_lots.values()),
        list(decisions.remove_systems.values()),
        [
            decisions.commissioned_systems[key]
            for key in sorted(counted)
            if key in decisions.commissioned_systems
        ],
        orders,
        spare,
        list(decisions.load_replicas.values()),
        _room_of_replicas(model),
    )


def _room_of_replicas(model: Model) -> list[tuple[int, list[Term], int]]:
    """Return the rows by which replicas stay within systems, see `Wholes.room`."""
    tokens = model.case.tokens
    halls: dict[tuple[str, str], set[str]] = defaultdict(set)
    for hall, system in model.case.serving:
        halls[model.case.facility.site_of[hall], system].add(hall)
    loads: dict[tuple[object, ...], list[Term]] = defaultdict(list)
    for (kind, site, span), load in model.decisions.load_replicas.items():
        for system, count in tokens.systems_of[kind].items():
            for period in tokens.spans[span].in_service:
                loads[kind.owner, site, system, span, period].append((load, float(count)))
    return [
        (row, loads[index], len(halls[str(index[1]), str(index[2])]))
        for row, (rule, index) in enumerate(model.frame.rows)
        if rule == SYSTEMS_ROW
    ]


def crew_links(model: Model) -> list[list[Term]]:
    """Return rows, each at most zero, that whole plans keep and linear ones need not.

    sum over system of install_systems[hall, system, day]
        <= most[site, day] * opened_halls[hall, day]    [systems; hall, day]
    sum over hall of site, system of install_systems[hall, system, day]
        <= most[site, day] * open_site[site, decided]      [systems; site, day]

    Nothing stands where no hall is open, and a crew has its limit where one is: what has accrued
    since the day before and what is left of that. A linear relaxation opens halls by the fraction
    that crews fill in a month; these rows make it open what is worked in. Measured on 30 sites and
    60 months: they close 1.2 of the 2.1 % between the linear and the whole optimum, and openings
    rounded from the relaxation cost 1.2 % more than it instead of 3.3 %; with all sites of the
    frontier, that proves the plan that openings are rounded to, in 40 s instead of 165. They are
    stated for the solver alone: no plan depends on them.
    """
    decisions, facility = model.decisions, model.case.facility
    in_hall: dict[tuple[str, int], list[Term]] = defaultdict(list)
    at_site: dict[tuple[str, int], list[Term]] = defaultdict(list)
    for (hall, _, day), variable in decisions.install_systems.items():
        in_hall[hall, day].append((variable, 1.0))
        at_site[facility.site_of[hall], day].append((variable, 1.0))
    most = {}
    for key, before in with_day_before(facility.crew_capacity):
        carry = decisions.carry_crews.get(before)
        accrued = facility.crew_capacity[key] + (0.0 if carry is None else carry.upBound)
        most[key] = whole_part(accrued) if model.case.whole else accrued
    links = []
    for (hall, day), work in in_hall.items():
        key = facility.site_of[hall], day
        if key in most and (hall, day) in decisions.opened_halls and not facility.open_count[hall]:
            links.append([*work, (decisions.opened_halls[hall, day], -most[key])])
    decided = _decided_by(model)
    for key, work in at_site.items():
        opened = decisions.open_site.get((key[0], decided(*key)))
        if key in most and opened is not None:
            links.append([*work, (opened, -most[key])])
    return links


def lot_limits(model: Model) -> list[tuple[list[Term], float]]:
    """Return rows, each with its most, that whole plans keep and linear ones need not.

    sum over item, day until last of lots[supplier, item] * order_lots[supplier, item, day]
        <= whole part of (sum over day until last of capacity[supplier, day] / one)
                                                    [the smallest lot; supplier, last order day]

    where `one` is the capacity that the smallest lot uses, and `lots` how many of these the lot of
    an item uses: whole, or the supplier has no such rows. What has accrued by a day is ordered in
    whole lots. A linear relaxation orders parts of them, and what it then misses is no bound worth
    having where lots are large: with a fifth less wafers, in lots of 25, 750 MW seemed to miss 36.9
    MW-months, of which these rows find 37.83, and the best plan is 37.85. They are stated for the
    solver alone: no plan depends on them.
    """
    supply, lots = model.case.supply, model.decisions.order_lots
    uses: dict[str, dict[str, float]] = defaultdict(dict)
    for (supplier, item), row in supply.sources.items():
        if row["capacity_use"] > 0:
            uses[supplier][item] = row["capacity_use"] * row["lot"]
    rows: list[tuple[list[Term], float]] = []
    accrued: dict[str, float] = defaultdict(float)
    ordered: dict[str, list[Term]] = defaultdict(list)
    for (supplier, day), capacity in supply.capacity.items() if model.case.whole else ():
        one = min(uses[supplier].values(), default=0.0)
        if not all(is_whole(use / one) for use in uses[supplier].values()):
            continue
        accrued[supplier] += capacity
        new = [
            (lots[supplier, item, day], float(round(use / one)))
            for item, use in uses[supplier].items()
            if (supplier, item, day) in lots
        ]
        ordered[supplier] += new
        if new:
            rows.append((list(ordered[supplier]), float(whole_part(accrued[supplier] / one))))
    return rows


def _decided_by(model: Model) -> Callable[[str, int], int]:
    """Return the last decision that can have opened a hall of a site by a day, -1 for none."""
    facility = model.case.facility
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (hall, decided), opens in facility.opening.items():
        taken[facility.site_of[hall]].append((opens, decided))
    openings = {site: [day for day, _ in sorted(found)] for site, found in taken.items()}
    last = {
        site: list(accumulate((decided for _, decided in sorted(found)), max))
        for site, found in taken.items()
    }

    def by(site: str, day: int) -> int:
        at = bisect_right(openings.get(site, []), day)
        return last[site][at - 1] if at else -1

    return by
