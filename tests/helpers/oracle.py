"""The same problem solved by others, one tier after another: CBC, and HiGHS without presolve.

Both get the model through PuLP's own writers, not through the planner's hand-over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import highspy
import pulp
from instances import Sheets

from planner.case.case import make_case
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import CHOOSING, in_service_mw_months, make_tiers
from planner.model.wholes import make_wholes
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, SolveLimits, TierResult, solve_tiers
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.workbook.reading import inputs_from_rows

STAGED = Tuning(small_model_max_integers=0)
"""Tuning with which every model is solved in stages, however small it is."""

LARGE = 3141.59265
"""CBC 2.10 takes a plan within one unit of the objective's bound for the best; units are small."""


class NotProvenError(Exception):
    """An oracle was stopped before it had proven its optimum."""


class ImpossibleError(Exception):
    """There is no plan: firm data contradict each other."""


class Aim(NamedTuple):
    """What is minimised: its name, its sum, and units of the tier in one unit of that."""

    name: str
    expression: pulp.LpAffineExpression
    scale: float


class Stated(NamedTuple):
    """A problem and its aims, the most important first."""

    problem: pulp.LpProblem
    aims: tuple[Aim, ...]


def model_of(sheets: Sheets) -> Model:
    """State the model of some sheets."""
    return build_model(make_case(inputs_from_rows("oracle", sheets)))


def solution_of(
    model: Model, gap: float = 0.0, seconds: float = 60.0, tuning: Tuning = DEFAULT_TUNING
) -> Solution:
    """Solve a model as the planner does, without the tables and the checker that follow."""
    live = LiveModel(model.frame.problem, model.frame.columns, tuning=tuning)
    shown, wholes = in_service_mw_months(model), make_wholes(model)
    limits = SolveLimits(gap, seconds)
    return solve_tiers(live, make_tiers(model), shown, wholes, limits, lambda event: None)


def proper(tiers: Iterable[TierResult]) -> dict[str, TierResult]:
    """Return the tiers by name, without the one that only chooses among equals."""
    return {tier.name: tier for tier in tiers if tier.name != CHOOSING}


def stated(model: Model) -> Stated:
    """Return the problem of the planner's own model."""
    tiers = [tier for tier in make_tiers(model) if tier.name != CHOOSING]
    aims = tuple(Aim(tier.name, tier.expression, tier.scale) for tier in tiers)
    return Stated(model.frame.problem, aims)


def cbc_optima(stated: Stated, seconds: float = 60.0) -> dict[str, float]:
    """Return the optimum of each tier, the tiers before it held, by CBC; the problem is used up.

    Raises
    ------
    NotProvenError
        If a tier takes more than so many seconds.
    ImpossibleError
        If there is no plan.
    """

    def optimum(problem: pulp.LpProblem, aim: Aim) -> float:
        problem.setObjective(aim.expression * LARGE)
        try:
            problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=seconds))
        except pulp.PulpSolverError as error:  # CBC 2.10 crashes now and then
            raise NotProvenError(f"CBC: {aim.name}: {error}") from error
        if problem.sol_status == pulp.LpSolutionInfeasible:
            raise ImpossibleError(f"CBC: {aim.name}")
        if problem.sol_status != pulp.LpSolutionOptimal:
            raise NotProvenError(f"CBC: {aim.name} is not proven in {seconds} s")
        return float(pulp.value(aim.expression) or 0.0)

    return _in_turn(stated, optimum)


def highs_optima(stated: Stated, seconds: float = 60.0) -> dict[str, float]:
    """Return the optimum of each tier, the tiers before it held, by HiGHS without presolve.

    Raises
    ------
    NotProvenError
        If a tier takes more than so many seconds.
    ImpossibleError
        If there is no plan.
    """

    def optimum(problem: pulp.LpProblem, aim: Aim) -> float:
        problem.setObjective(aim.expression)
        solver = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("presolve", "off"),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 1e-9),
            ("threads", 1),
            ("time_limit", seconds),
            ("mip_feasibility_tolerance", 1e-7),
        ):
            solver.setOptionValue(option, value)
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "model.mps")
            problem.writeMPS(path, mip=1)
            solver.readModel(path)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise ImpossibleError(f"HiGHS: {aim.name}")
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise NotProvenError(f"HiGHS: {aim.name} is not proven in {seconds} s")
        value = solver.getInfo().objective_function_value
        return float(value) + float(aim.expression.constant)

    return _in_turn(stated, optimum)


def _in_turn(stated: Stated, optimum: Callable[[pulp.LpProblem, Aim], float]) -> dict[str, float]:
    """Solve tier after tier, each held at what it reached."""
    optima: dict[str, float] = {}
    for aim in stated.aims:
        try:
            value = optimum(stated.problem, aim)
        except ImpossibleError as error:
            if not optima:
                raise
            raise NotProvenError(f"{error}: tiers before are held too tightly") from error
        optima[aim.name] = value * aim.scale
        stated.problem.addConstraint(aim.expression <= value + 1e-8 * max(1.0, abs(value)))
    return optima
