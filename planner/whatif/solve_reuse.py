"""What-if plans warm-started from the solve of the base plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import numpy.typing as npt

from planner.attempts import Attempt, strictly
from planner.case.case import make_case
from planner.errors import LimitReached, PlanRefused
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import PRESENT_COST, in_service_mw_months, make_tiers
from planner.model.wholes import crew_links, make_wholes
from planner.pipeline import Listener, OnSolved, Options, find_plan, solve_model
from planner.plan.store import Plan
from planner.plan.summary import INTERRUPTED
from planner.solve.basis import Basis, map_basis
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, SolveLimits
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.solve.warm_start import (
    WarmStart,
    counted_tiers,
    solve_relaxations,
    tighten_relaxation,
)
from planner.solve.warm_start import solve_from_warm_start as solve_near_start
from planner.whatif.limit_worth import Limit, limits_of
from planner.workbook.rows import Inputs

Key = tuple[str, Hashable]
"""Name and index of a decision, or of a row of a rule."""

Prepare = Callable[[Model, LiveModel], None]
"""Modifies a model before it is solved."""


@dataclass(frozen=True)
class Base:
    """Solve of a base plan, with the keys of its columns and rows.

    Attributes
    ----------
    columns, rows : tuple of Key
        Their keys.
    values : array of float
        Value of each column in the plan.
    bases : tuple of Basis
        Basis of each tier's relaxation.
    tiers : tuple of str
        Names of those tiers.
    slack : float
        Relative distance from the narrowed relaxation's bound of the cost to the proven one.
    """

    columns: tuple[Key, ...]
    rows: tuple[Key, ...]
    values: npt.NDArray[np.float64]
    bases: tuple[Basis, ...]
    tiers: tuple[str, ...]
    slack: float


@dataclass(frozen=True)
class Kept:
    """Saved solve of a plan; `base_of` turns it into a base.

    Attributes
    ----------
    columns : tuple of Key
        Their keys.
    values : array of float
        Value of each column in the plan.
    proven : float
        Proven bound of the present cost; NaN if there is none.
    """

    columns: tuple[Key, ...]
    values: npt.NDArray[np.float64]
    proven: float


NO_SOLVE = Kept((), np.empty(0), math.nan)
"""Placeholder if saving the solve failed."""

UNKEPT = "the solve could not be saved for later what-ifs"


@dataclass(frozen=True)
class Near:
    """A what-if plan.

    Attributes
    ----------
    plan : Plan
    limits : tuple of Limit
        Worth of each limit, the largest first.
    is_near : bool
        Whether it was warm-started from the base plan.
    kept : Kept
        Its solve.
    starts : tuple of date
        First day of each period.
    """

    plan: Plan
    limits: tuple[Limit, ...]
    is_near: bool
    kept: Kept
    starts: tuple[date, ...]


def make_kept(
    inputs: Inputs,
    options: Options | None = None,
    listen: Listener | None = None,
    solved: OnSolved | None = None,
    attempt: Attempt = strictly,
) -> tuple[Plan, Kept]:
    """Plan a case from scratch and save its solve.

    Parameters
    ----------
    inputs, options, listen
        As for `find_plan`.
    solved
        Called when the solver is done.
    attempt
        Runs the saving of the solve; `NO_SOLVE` if it fails.

    Raises
    ------
    PlannerError
        As `find_plan`.
    """
    kept: list[Kept] = []

    def keep(model: Model, live: LiveModel, solution: Solution) -> None:
        if solved is not None:
            solved(model, live, solution)
        kept.append(attempt(UNKEPT, lambda: _kept(model, solution), NO_SOLVE))

    plan = find_plan(inputs, options, listen, solved=keep)
    return plan, kept[0]


def make_base(
    inputs: Inputs, options: Options | None = None, listen: Listener | None = None
) -> tuple[Plan, Base | None]:
    """Plan the base case from scratch and save the start of its what-ifs.

    Returns
    -------
    plan : Plan
    base : Base or None
        None if the run was interrupted.

    Raises
    ------
    PlannerError
        As `find_plan`.
    """
    made: list[Base] = []

    def keep(model: Model, live: LiveModel, solution: Solution) -> None:
        if solution.status != INTERRUPTED:
            made.append(_base(model, live, _kept(model, solution)))

    plan = find_plan(inputs, options, listen, solved=keep)
    return plan, made[0] if made else None


def base_of(inputs: Inputs, kept: Kept) -> Base:
    """Return the base of what-ifs from a saved plan.

    Parameters
    ----------
    inputs
        Inputs of the plan.
    kept
        Its solve.
    """
    model = build_model(make_case(inputs))
    live = LiveModel(model.frame, model.frame.columns, 1)
    known = dict(zip(kept.columns, kept.values, strict=True))
    columns = column_keys(model)
    values = np.array([known.get(key, math.nan) for key in columns])
    return _base(model, live, Kept(columns, values, kept.proven))


def _kept(model: Model, solution: Solution) -> Kept:
    proven = next((t.bound for t in solution.tiers if t.name == PRESENT_COST), math.nan)
    return Kept(column_keys(model), solution.values, proven)


def _base(model: Model, live: LiveModel, kept: Kept) -> Base:
    """Solve the LP relaxations of a solved model and store their bases."""
    live.drop_links()
    tiers = counted_tiers(make_tiers(model))
    relaxed = solve_relaxations(live, tiers)
    slack = 0.0
    if len(relaxed) == len(tiers) and math.isfinite(kept.proven):
        last = tighten_relaxation(live, tiers, relaxed, crew_links(model))
        weaker = last.bound * tiers[-1].scale
        slack = max(0.0, (kept.proven - weaker) / max(1.0, abs(kept.proven)))
    bases = tuple(each.basis for each in relaxed)
    names = tuple(tier.name for tier in tiers[: len(relaxed)])
    return Base(kept.columns, tuple(model.frame.rows), kept.values, bases, names, slack)


def plan_near(  # noqa: PLR0913  (what commands and sweeps need of it differs)
    base: Base,
    inputs: Inputs,
    options: Options | None = None,
    listen: Listener | None = None,
    *,
    from_base: bool = True,
    prepare: Prepare | None = None,
    solved: OnSolved | None = None,
    attempt: Attempt = strictly,
    tuning: Tuning = DEFAULT_TUNING,
) -> Near:
    """Make a checked plan of changed inputs, warm-started from a base plan.

    Parameters
    ----------
    base
        Base plan.
    inputs
        Changed inputs.
    options
        As for `find_plan`.
    listen
        Called with the solver's events if the case is solved from scratch.
    from_base
        Whether to warm-start; otherwise the base only serves to compute the worth of limits.
    prepare
        Called with the model before it is solved, to restrict it further.
    solved
        Called when the solver is done.
    attempt
        Runs the optional steps: saving the solve, computing the worth of limits.
    tuning
        Tuning numbers of the solver.

    Raises
    ------
    PlannerError
        As `find_plan`.
    """
    if from_base:
        with suppress(
            LimitReached, PlanRefused
        ):  # no valid plan from the warm start: solve from scratch
            return _planned(base, inputs, options, listen, prepare, solved, attempt, tuning, True)
    return _planned(base, inputs, options, listen, prepare, solved, attempt, tuning, False)


def _planned(  # noqa: PLR0913  (as `plan_near`)
    base: Base,
    inputs: Inputs,
    options: Options | None,
    listen: Listener | None,
    prepare: Prepare | None,
    solved: OnSolved | None,
    attempt: Attempt,
    tuning: Tuning,
    from_base: bool,
) -> Near:
    """Make a plan, warm-started or from scratch, and compute the worth of limits."""
    worth: list[tuple[Limit, ...]] = []
    near: list[bool] = []
    kept: list[Kept] = []
    starts: list[tuple[date, ...]] = []

    def solve(model: Model, live: LiveModel, chosen: Options, listen: Listener | None) -> Solution:
        allowed = SolveLimits(chosen.gap or 0.0, chosen.time_limit_s or math.inf)
        if prepare is not None:
            prepare(model, live)
        tiers, start = make_tiers(model), start_for(base, model)
        shown, wholes = in_service_mw_months(model), make_wholes(model)
        if from_base:
            found, relaxed = solve_near_start(
                live, tiers, shown, wholes, allowed, start, crew_links(model)
            )
        else:
            found, relaxed = None, solve_relaxations(live, counted_tiers(tiers), start.bases)
            live.release()
            live.set_integer_columns(live.integer_columns)
        worth.append(
            attempt(
                "the worth of limits could not be computed",
                lambda: limits_of(model, counted_tiers(tiers), relaxed),
                (),
            )
        )
        near.append(found is not None)
        solution = found or solve_model(model, live, chosen, listen)
        kept.append(attempt(UNKEPT, lambda: _kept(model, solution), NO_SOLVE))
        starts.append(model.case.calendar.starts)
        return solution

    plan = find_plan(inputs, options, listen, solve, solved, tuning)
    return Near(plan, worth[0], near[0], kept[0], starts[0])


def start_for(base: Base, model: Model) -> WarmStart:
    """Map a base plan's solve to the columns and rows of another model."""
    at_column = {key: at for at, key in enumerate(base.columns)}
    at_row = {key: at for at, key in enumerate(base.rows)}
    columns = [at_column.get(key) for key in column_keys(model)]
    rows = [at_row.get(key) for key in model.frame.rows]
    values = np.array([math.nan if at is None else base.values[at] for at in columns])
    names = [tier.name for tier in counted_tiers(make_tiers(model))]
    bases = []
    for name in names:
        if name not in base.tiers:
            break
        basis = base.bases[base.tiers.index(name)]
        bases.append(map_basis(basis, columns, rows))
    return WarmStart(values, tuple(bases), base.slack)


def column_keys(model: Model) -> tuple[Key, ...]:
    """Return the key of each column of a model."""
    place = {id(variable): at for at, variable in enumerate(model.frame.columns)}
    keys: list[Key] = [("", 0)] * len(place)
    for decision in fields(model.decisions):
        for index, variable in getattr(model.decisions, decision.name).items():
            keys[place[id(variable)]] = (decision.name, index)
    return tuple(keys)
