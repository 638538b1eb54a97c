"""When each system is about installed in each hall, from the same case in longer periods.

A relaxation over months where weeks are planned has a quarter of the columns and takes a tenth
of the time. What it installs, and when, tells where to look: nothing more is taken from it, so
that a plan and its bound are those of the case itself.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

from planner.case.calendar import Calendar
from planner.case.case import Case
from planner.case.narrow import Pair, money_per_mw, narrow
from planner.model.build import build_model
from planner.model.objectives import make_tiers, present_cost
from planner.solve.highs import NO_WHOLE, LiveModel
from planner.solve.rounds import NEAR

MARGIN = 1
"""Longer periods before the first install and after the last in which to look as well."""


def spans_of(
    case: Case, coarse: Case, pairs: Collection[Pair], threads: int, seconds: float,
    stop: threading.Event,
) -> dict[Pair, range]:  # fmt: skip
    """Return the periods in which the relaxation in longer periods installs each system.

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
    dict of (str, str) to range
        Periods of the case by hall and system; none of those that are not installed. Empty if
        the relaxation was not solved.
    """
    model = build_model(narrow(coarse, pairs))
    live = LiveModel(model.frame, model.frame.columns, threads)
    live.stop = stop
    live.make_whole(NO_WHOLE)
    # Longer periods make everything later: what is missed for that must cost, but be allowed.
    dear = max(money_per_mw(coarse).values(), default=1.0) / coarse.money_unit
    mixed = present_cost(model).expression
    for tier in make_tiers(model):
        if tier.name.startswith("missed"):
            for variable, part in tier.expression.items():
                mixed[variable] = mixed.get(variable, 0.0) + dear * part
    live.minimise(mixed)
    outcome = live.solve(gap=0.0, seconds=seconds, cold=True)
    if outcome.status != "optimal" or outcome.values is None:
        return {}
    used: dict[Pair, list[int]] = {}
    for (hall, system, period), variable in model.decisions.install_systems.items():
        if outcome.values[live.position[id(variable)]] > NEAR:
            used.setdefault((hall, system), []).append(period)
    return {pair: _days(coarse.calendar, case.calendar, at) for pair, at in used.items()}


def _days(coarse: Calendar, calendar: Calendar, at: Collection[int]) -> range:
    """Return the periods of a calendar about those of a coarser one."""
    first = coarse.starts[max(0, min(at) - MARGIN)]
    last = coarse.ends[min(coarse.count - 1, max(at) + MARGIN)]
    inside = [period for period in calendar.periods
              if calendar.ends[period] >= first and calendar.starts[period] <= last]  # fmt: skip
    return range(inside[0], inside[-1] + 1) if inside else range(0)
