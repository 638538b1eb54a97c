"""What the same case in longer periods tells of a plan, before it is planned itself.

A relaxation over months where weeks are planned has a quarter of the columns and takes a tenth
of the time. What it installs, and when, tells where to look (`look_ahead`). Of a vast case its
openings, too, are found there (`shape_ahead`): rounded, they leave the case itself a linear
program without any opening. A plan is one of the case itself all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.case.reduced_case import Pair, money_per_mw, narrow
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import make_tiers, present_cost
from planner.solve.decompose.openings import Openings
from planner.solve.highs_model import NO_WHOLE, LiveModel
from planner.solve.staged import NEAR
from planner.solve.time_limit import Clock

MARGIN = 1
"""Longer periods before the first install and after the last in which to look as well."""

PART_LEFT, STEPS = 0.8, 20
"""Part of the openings that a step of rounding leaves to the next, and steps at most."""


@dataclass(frozen=True)
class Ahead:
    """When each system is about installed in each hall.

    Attributes
    ----------
    case : Case
        The case in longer periods.
    spans : dict of (str, str) to range
        Days about those on which a hall's system is installed; none of those that are not.
    """

    case: Case
    spans: dict[Pair, range]


@dataclass(frozen=True)
class ShapeAhead:
    """Openings in longer periods.

    Attributes
    ----------
    opened : dict of str to list of (int, int)
        Days, in order, with the halls of a class that are open from then on.
    """

    opened: dict[str, list[tuple[int, int]]]

    def on(self, hall: str, day: int) -> int:
        """Return the halls of a class that are open on a day."""
        return max((count for at, count in self.opened.get(hall, ()) if at <= day), default=0)


def look_ahead(
    case: Case, coarse: Case, pairs: Collection[Pair], threads: int, seconds: float,
    stop: threading.Event,
) -> Ahead | None:  # fmt: skip
    """Return when the relaxation in longer periods installs each system.

    Parameters
    ----------
    case
        The case.
    coarse
        The same in longer periods.
    pairs
        Halls and systems to look at.
    threads, seconds
        For the solver.
    stop
        Set by who wants the solver to end.

    Returns
    -------
    Ahead or None
        None if the relaxation was not solved.
    """
    model, live = _stated(narrow(coarse, pairs), threads, stop)
    outcome = live.solve(gap=0.0, seconds=seconds, cold=True)
    if outcome.status != "optimal" or outcome.values is None:
        return None
    used: dict[Pair, list[int]] = {}
    for (hall, system, day), variable in model.decisions.install_systems.items():
        if outcome.values[live.position[id(variable)]] > NEAR:
            used.setdefault((hall, system), []).append(coarse.calendar.period_of(day))
    first, last = coarse.calendar.first_days, coarse.calendar.last_days
    spans = {
        pair: range(first[max(0, min(at) - MARGIN)], last[min(len(last) - 1, max(at) + MARGIN)] + 1)
        for pair, at in used.items()
    }
    return Ahead(coarse, spans)


def shape_ahead(
    ahead: Ahead, threads: int, clock: Clock, stop: threading.Event
) -> ShapeAhead | None:
    """Return openings in longer periods, rounded; None if there was no time or no plan.

    Parameters
    ----------
    ahead
        Where to look.
    threads
        For the solver.
    clock
        Time left.
    stop
        Set by who wants the solver to end.
    """
    model, live = _stated(narrow(ahead.case, ahead.spans, ahead.spans), threads, stop)
    relaxed = live.solve(gap=0.0, seconds=clock.left, cold=True)
    if relaxed.status != "optimal":
        return None
    shape = Openings(model, live, clock).round_up(relaxed, left=PART_LEFT, steps=STEPS)
    if shape.values is None or stop.is_set():
        return None
    opened: dict[str, list[tuple[int, int]]] = {}
    for (hall, day), variable in model.decisions.opened_halls.items():
        count = round(float(shape.values[live.position[id(variable)]]))
        opened.setdefault(hall, []).append((day, count))
    return ShapeAhead(opened)


def open_as(model: Model, live: LiveModel, shape: ShapeAhead) -> None:
    """Fix openings of a model at what is open on each of its days.

    Parameters
    ----------
    model, live
        The model.
    shape
        Halls open; what can open later alone opens then.
    """
    made, facility, fixed = model.decisions, model.case.facility, dict[int, float]()
    by_hall: dict[str, list[tuple[int, int]]] = {}
    for (hall, decided), opens in facility.opening.items():
        by_hall.setdefault(hall, []).append((opens, decided))
    sites: dict[str, int] = {}
    for hall, keys in by_hall.items():
        count, at = facility.open_count[hall], {}
        for opens, decided in sorted(keys):
            more = max(0, shape.on(hall, opens) - count)
            count = at[opens] = count + more
            fixed[live.position[id(made.open_halls[hall, decided])]] = more
            if more:
                site = facility.site_of[hall]
                sites[site] = min(decided, sites.get(site, decided))
        for opens, count in at.items():
            fixed[live.position[id(made.opened_halls[hall, opens])]] = count
    for (site, day), variable in made.open_site.items():
        fixed[live.position[id(variable)]] = float(day >= sites.get(site, day + 1))
    columns = np.array(sorted(fixed), dtype=np.int32)
    live.fix(columns, np.array([fixed[int(at)] for at in columns], dtype=float))


def _stated(case: Case, threads: int, stop: threading.Event) -> tuple[Model, LiveModel]:
    """State a case in longer periods, with all tiers in one objective.

    Longer periods make everything later: what is missed for that must cost, but be allowed.
    """
    model = build_model(case)
    live = LiveModel(model.frame, model.frame.columns, threads)
    live.stop = stop
    live.make_whole(NO_WHOLE)
    dear = max(money_per_mw(case).values(), default=1.0) / case.money_unit
    mixed = present_cost(model).expression
    for tier in make_tiers(model):
        if tier.name.startswith("missed"):
            for variable, part in tier.expression.items():
                mixed[variable] = mixed.get(variable, 0.0) + dear * tier.scale * part
    live.minimise(mixed)
    return model, live
