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
from planner.pipeline import (
    Listener,
    Options,
    Problem,
    Solved,
    build,
    finish,
    limits_of_solve,
    solve,
    solve_model,
    state,
)
from planner.plan.store import Plan
from planner.plan.summary import INTERRUPTED
from planner.solve.basis import Basis, map_basis
from planner.solve.highs_model import LiveModel
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.solve.warm_start import (
    WarmStart,
    counted_tiers,
    solve_relaxations,
    tighten_relaxation,
)
from planner.solve.warm_start import solve_from_warm_start as solve_near_start
from planner.whatif.limit_worth import LimitWorth, limits_of
from planner.workbook.rows import Inputs

Key = tuple[str, Hashable]
"""Name and index of a decision, or of a row of a rule."""

OnSolved = Callable[[Solved], None]
"""Called with a solved model, before its plan is checked."""

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

NO_LIMITS: tuple[LimitWorth, ...] = ()
"""Placeholder if computing the worth of limits failed."""

UNKEPT = "the solve could not be saved for later what-ifs"


@dataclass(frozen=True)
class Near:
    """A what-if plan.

    Attributes
    ----------
    plan : Plan
    limits : tuple of LimitWorth
        Worth of each limit, the largest first.
    is_near : bool
        Whether it was warm-started from the base plan.
    kept : Kept
        Its solve.
    starts : tuple of date
        First day of each period.
    """

    plan: Plan
    limits: tuple[LimitWorth, ...]
    is_near: bool
    kept: Kept
    starts: tuple[date, ...]


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
        As `planner.pipeline.find_plan`.
    """
    problem = state(inputs, options)
    solved = solve(problem, listen)
    base = None
    if solved.solution.status != INTERRUPTED:
        base = _base(solved.model, solved.live, kept_of(solved))
    return finish(problem, solved), base


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
    # The version that saved the plan may have had other decisions.
    known = dict(zip(kept.columns, kept.values, strict=True))
    columns = column_keys(model)
    values = np.array([known.get(key, math.nan) for key in columns])
    return _base(model, live, Kept(columns, values, kept.proven))


def kept_of(solved: Solved, attempt: Attempt = strictly) -> Kept:
    """Return the solve of a plan as it is saved; `NO_SOLVE` if that fails."""

    def kept() -> Kept:
        proven = math.nan
        for tier in solved.solution.tiers:
            if tier.name == PRESENT_COST:
                proven = tier.bound
        return Kept(column_keys(solved.model), solved.solution.values, proven)

    return attempt(UNKEPT, kept, NO_SOLVE)


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
    bases = []
    names = []
    # A relaxation that reached a limit ends the list before the last tier.
    for tier, relaxation in zip(tiers, relaxed, strict=False):
        bases.append(relaxation.basis)
        names.append(tier.name)
    rows = tuple(model.frame.rows)
    return Base(kept.columns, rows, kept.values, tuple(bases), tuple(names), slack)


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
        As for `planner.pipeline.find_plan`.
    listen
        Called with the solver's events if the case is solved from scratch.
    from_base
        Whether to warm-start; otherwise the base only serves to compute the worth of limits.
    prepare
        Called with the model before it is solved, to restrict it further.
    solved
        Called when the solver is done, before the plan is checked.
    attempt
        Runs the optional steps: saving the solve, computing the worth of limits.
    tuning
        Tuning numbers of the solver.

    Raises
    ------
    PlannerError
        As `planner.pipeline.find_plan`.
    """
    hooks = Hooks(listen, prepare, solved, attempt)
    if from_base:
        # Without a valid plan from the warm start, the case is solved from scratch.
        with suppress(LimitReached, PlanRefused):
            return _planned(state(inputs, options, tuning), base, hooks, is_warm=True)
    return _planned(state(inputs, options, tuning), base, hooks, is_warm=False)


@dataclass(frozen=True)
class Hooks:
    """What others do around the solve of a what-if; see `plan_near`."""

    listen: Listener | None
    prepare: Prepare | None
    solved: OnSolved | None
    attempt: Attempt


def _planned(problem: Problem, base: Base, hooks: Hooks, *, is_warm: bool) -> Near:
    """Make the plan of a what-if, warm-started or from scratch."""
    near = _solve(problem, base, hooks, is_warm=is_warm)
    if hooks.solved is not None:
        hooks.solved(near.solved)
    kept = kept_of(near.solved, hooks.attempt)
    plan = finish(problem, near.solved)
    return Near(plan, near.limits, near.is_near, kept, problem.case.calendar.starts)


@dataclass(frozen=True)
class _NearSolve:
    """A solved what-if, as in `Near`."""

    solved: Solved
    limits: tuple[LimitWorth, ...]
    is_near: bool


def _solve(problem: Problem, base: Base, hooks: Hooks, *, is_warm: bool) -> _NearSolve:
    """Solve a what-if, and compute the worth of its limits."""
    model, live = build(problem)
    with problem.timer.stage("solve"):
        if hooks.prepare is not None:
            hooks.prepare(model, live)
        tiers = make_tiers(model)
        start = start_for(base, model)
        solution = None
        if is_warm:
            solution, relaxed = solve_near_start(
                live,
                tiers,
                in_service_mw_months(model),
                make_wholes(model),
                limits_of_solve(problem.options),
                start,
                crew_links(model),
            )
        else:
            # The relaxations only serve to compute the worth of limits.
            relaxed = solve_relaxations(live, counted_tiers(tiers), start.bases)
            live.release()
            live.set_integer_columns(live.integer_columns)

        def find_limits() -> tuple[LimitWorth, ...]:
            return limits_of(model, counted_tiers(tiers), relaxed)

        limits = hooks.attempt("the worth of limits could not be computed", find_limits, NO_LIMITS)
        is_near = solution is not None
        if solution is None:
            solution = solve_model(model, live, problem.options, hooks.listen)
    return _NearSolve(Solved(model, live, solution), limits, is_near)


def start_for(base: Base, model: Model) -> WarmStart:
    """Map a base plan's solve to the columns and rows of another model."""
    at_column = {key: at for at, key in enumerate(base.columns)}
    at_row = {key: at for at, key in enumerate(base.rows)}
    columns = [at_column.get(key) for key in column_keys(model)]
    rows = [at_row.get(key) for key in model.frame.rows]
    values = np.array([math.nan if at is None else base.values[at] for at in columns])
    bases = []
    for tier in counted_tiers(make_tiers(model)):
        if tier.name not in base.tiers:
            break
        basis = base.bases[base.tiers.index(tier.name)]
        bases.append(map_basis(basis, columns, rows))
    return WarmStart(values, tuple(bases), base.slack)


def column_keys(model: Model) -> tuple[Key, ...]:
    """Return the key of each column of a model."""
    column_of = {id(variable): column for column, variable in enumerate(model.frame.columns)}
    keys: list[Key] = [("", 0)] * len(column_of)
    for decision in fields(model.decisions):
        variables = getattr(model.decisions, decision.name)
        for index, variable in variables.items():
            keys[column_of[id(variable)]] = (decision.name, index)
    return tuple(keys)
