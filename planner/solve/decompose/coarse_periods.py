"""Relax the case in longer periods first, to see where and when to install.

The relaxation in months of a case in weeks has a quarter of the columns and takes a tenth of the
time. Its installs show which days to consider (`relax_in_longer_periods`). For a very large case
its openings are used, too (`round_openings_in_longer_periods`): rounded and fixed, they leave the
case itself an LP. The resulting plan is always one of the case itself.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from planner.case.case import Case
from planner.case.reduced_case import Pair, money_per_mw, restrict_case
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import make_tiers, present_cost
from planner.solve.decompose.openings import OpeningSearch
from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.tolerance import INTEGRALITY_TOLERANCE


@dataclass(frozen=True)
class CoarseInstalls:
    """Days around the installs of the relaxation in longer periods.

    Attributes
    ----------
    case : Case
        The case in longer periods.
    spans : dict of (str, str) to range
        Days around the installs, by hall and system; pairs without installs are left out.
    """

    case: Case
    spans: dict[Pair, range]


@dataclass(frozen=True)
class CoarseOpenings:
    """Openings rounded in longer periods.

    Attributes
    ----------
    opened : dict of str to list of (int, int)
        Days in order, each with the number of open halls from then on, by class of halls.
    """

    opened: dict[str, list[tuple[int, int]]]

    def on(self, hall: str, day: int) -> int:
        """Return the number of halls of a class that are open on a day."""
        count = 0
        for since, open_then in self.opened.get(hall, ()):
            if since <= day:
                count = max(count, open_then)
        return count


def relax_in_longer_periods(
    case: Case,
    coarse: Case,
    pairs: Collection[Pair],
    threads: int,
    seconds: float,
    stop: threading.Event,
    tuning: Tuning = DEFAULT_TUNING,
) -> CoarseInstalls | None:
    """Return when the LP relaxation in longer periods installs each system.

    Parameters
    ----------
    case
        The case.
    coarse
        The same case in longer periods.
    pairs
        Pairs of hall and system to consider.
    threads
        Solver threads.
    seconds
        Time limit.
    stop
        Event that interrupts the solver.
    tuning
        Tuning numbers.

    Returns
    -------
    CoarseInstalls or None
        None if the relaxation was not solved to optimality.
    """
    model, live = _build(restrict_case(coarse, pairs), threads, stop, tuning)
    outcome = live.solve(gap=0.0, seconds=seconds, cold=True)
    if outcome.status != "optimal" or outcome.values is None:
        return None
    used: dict[Pair, list[int]] = {}
    for (hall, system, day), variable in model.decisions.install_systems.items():
        if outcome.values[live.position[id(variable)]] > INTEGRALITY_TOLERANCE:
            period = coarse.calendar.period_of(day)
            used.setdefault((hall, system), []).append(period)
    first_days = coarse.calendar.first_days
    last_days = coarse.calendar.last_days
    spans: dict[Pair, range] = {}
    for pair, periods in used.items():
        first = max(0, min(periods) - tuning.coarse_margin_periods)
        last = min(len(last_days) - 1, max(periods) + tuning.coarse_margin_periods)
        spans[pair] = range(first_days[first], last_days[last] + 1)
    return CoarseInstalls(coarse, spans)


def round_openings_in_longer_periods(
    ahead: CoarseInstalls,
    threads: int,
    clock: TimeBudget,
    stop: threading.Event,
    tuning: Tuning = DEFAULT_TUNING,
) -> CoarseOpenings | None:
    """Return openings in longer periods, rounded.

    Parameters
    ----------
    ahead
        Installs to consider.
    threads
        Solver threads.
    clock
        Time left.
    stop
        Event that interrupts the solver.
    tuning
        Tuning numbers.

    Returns
    -------
    CoarseOpenings or None
        None if there was no time, or no feasible plan.
    """
    model, live = _build(restrict_case(ahead.case, ahead.spans, ahead.spans), threads, stop, tuning)
    relaxed = live.solve(gap=0.0, seconds=clock.left, cold=True)
    if relaxed.status != "optimal":
        return None
    shape = OpeningSearch(model, live, clock).round_up(relaxed, tuning.coarse_dive)
    if shape.values is None or stop.is_set():
        return None
    opened: dict[str, list[tuple[int, int]]] = {}
    for (hall, day), variable in model.decisions.opened_halls.items():
        count = round(float(shape.values[live.position[id(variable)]]))
        opened.setdefault(hall, []).append((day, count))
    return CoarseOpenings(opened)


def fix_openings(model: Model, live: LiveModel, shape: CoarseOpenings) -> None:
    """Fix the openings of a model at those found in longer periods.

    Parameters
    ----------
    model, live
        The model.
    shape
        Openings; a hall that cannot be open that early opens on its first possible day.
    """
    made = model.decisions
    facility = model.case.facility
    position = live.position
    fixed: dict[int, float] = {}
    by_hall: dict[str, list[tuple[int, int]]] = {}
    for (hall, decided), opens in facility.opening.items():
        by_hall.setdefault(hall, []).append((opens, decided))
    first_decided: dict[str, int] = {}
    for hall, days in by_hall.items():
        site = facility.site_of[hall]
        count = facility.open_count[hall]
        counts: dict[int, int] = {}
        for opens, decided in sorted(days):
            more = max(0, shape.on(hall, opens) - count)
            count += more
            counts[opens] = count
            fixed[position[id(made.open_halls[hall, decided])]] = more
            if more:
                first_decided[site] = min(decided, first_decided.get(site, decided))
        for opens, opened in counts.items():
            fixed[position[id(made.opened_halls[hall, opens])]] = opened
    for (site, day), variable in made.open_site.items():
        is_open = site in first_decided and day >= first_decided[site]
        fixed[position[id(variable)]] = float(is_open)
    columns = sorted(fixed)
    values = [fixed[at] for at in columns]
    live.fix(np.array(columns, dtype=np.int32), np.array(values, dtype=float))


def _build(
    case: Case,
    threads: int,
    stop: threading.Event,
    tuning: Tuning,
) -> tuple[Model, LiveModel]:
    """Build the LP relaxation of a case in longer periods, with all tiers in one objective.

    Longer periods delay everything, so missing megawatts must be allowed, at a penalty.
    """
    model = build_model(case)
    live = LiveModel(model.frame, model.frame.columns, threads, tuning)
    live.stop = stop
    live.set_integer_columns(NO_COLUMNS)
    dear = max(money_per_mw(case).values(), default=1.0) / case.money_unit
    mixed = present_cost(model).expression
    for tier in make_tiers(model):
        if tier.name.startswith("missed"):
            for variable, part in tier.expression.items():
                mixed[variable] = mixed.get(variable, 0.0) + dear * tier.scale * part
    live.minimise(mixed)
    return model, live
