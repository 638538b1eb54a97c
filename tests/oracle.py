"""The same problem solved twice: by the planner's own tiers, and by CBC one tier after another."""

from __future__ import annotations

from collections.abc import Iterable

import pulp

from planner.case.case import make_case
from planner.inputs.workbook import inputs_from_rows
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import CHOOSING, Tier, in_service_mw_months, make_tiers
from planner.model.wholes import make_wholes
from planner.solve.highs import LiveModel
from planner.solve.tiers import Limits, Solution, TierResult, solve_tiers

LARGE = 3141.59265
"""CBC 2.10 takes a plan within one unit of the objective's bound for the best; units are small."""


def model_of(sheets: dict[str, list[dict[str, object]]]) -> Model:
    """State the model of some sheets."""
    return build_model(make_case(inputs_from_rows("oracle", sheets)))


def solution_of(model: Model, gap: float = 0.0, seconds: float = 60.0) -> Solution:
    """Solve a model as the planner does, without the tables and the checker that follow."""
    live = LiveModel(model.frame.problem, model.frame.columns)
    shown, wholes = in_service_mw_months(model), make_wholes(model)
    limits = Limits(gap, seconds)
    return solve_tiers(live, make_tiers(model), shown, wholes, limits, lambda event: None)


def proper(tiers: Iterable[TierResult]) -> dict[str, TierResult]:
    """Return the tiers by name, without the one that only chooses among equals."""
    return {tier.name: tier for tier in tiers if tier.name != CHOOSING}


def cbc_optima(model: Model) -> dict[str, float]:
    """Return the optimum of each tier, the tiers before it held, by CBC and PuLP's own writer."""
    problem, optima = model.frame.problem, {}
    for tier in make_tiers(model):
        if tier.name != CHOOSING:
            optima[tier.name] = _cbc_optimum(problem, tier) * tier.scale
    return optima


def _cbc_optimum(problem: pulp.LpProblem, tier: Tier) -> float:
    problem.setObjective(tier.expression * LARGE)
    status = problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=60))
    assert pulp.LpStatus[status] == "Optimal"
    value = float(pulp.value(tier.expression))
    problem.addConstraint(tier.expression <= value + 1e-8 * max(1.0, abs(value)))
    return value
