"""The tiers of the objective, most important first; each is minimised and then held."""

from __future__ import annotations

from dataclasses import dataclass

import pulp

from planner.model.decisions import Model
from planner.model.frame import Term
from planner.model.spending import costs

CHOOSING = "tie_break"
"""Name of the tier that only chooses among equal plans."""

PRESENT_COST = "present_cost"
"""Name of the tier of all costs."""


@dataclass(frozen=True)
class Tier:
    """One tier of the objective.

    Attributes
    ----------
    name : str
        Name in the result.
    unit : str
        Unit of its value.
    expression : pulp.LpAffineExpression
        What is minimised.
    scale : float
        Units of the tier in one unit of the expression; negative for what is maximised.
    tight : bool
        Whether the tier is solved to a narrow gap even if a wide one is asked, for what it leaves
        open no later tier can mend.
    """

    name: str
    unit: str
    expression: pulp.LpAffineExpression
    scale: float = 1.0
    tight: bool = False


def missed_mw_months(model: Model, priority: int) -> Tier:
    """Megawatts missed by the commitments of one priority, over time.

    sum over commitment of priority, period of months[period] * missed_mw[commitment, period]
                                                              [MW-months]
    """
    demand, months, unit = model.case.demand, model.case.calendar.months, model.case.power_unit
    missed = [
        (variable, months[period] / unit)
        for (commitment, period), variable in model.decisions.missed_mw.items()
        if commitment in demand.of_priority[priority]
    ]
    expression = model.frame.objective(missed)
    name = f"missed_mw_months_priority_{priority}"
    return Tier(name, "MW-months", expression, scale=unit, tight=True)


def in_service_mw_months(model: Model) -> Tier:
    """Megawatts in service toward commitments, over time, as many as possible.

    sum over commitment, hall, system, period of months[period]
        * serve_mw[commitment, hall, system, period]      [MW-months]
    """
    months, unit = model.case.calendar.months, model.case.power_unit
    served: list[Term] = [
        (variable, -months[key[-1]] / unit) for key, variable in model.decisions.serve_mw.items()
    ]
    return Tier("in_service_mw_months", "MW-months", model.frame.objective(served), scale=-unit)


def present_cost(model: Model) -> Tier:
    """All cost terms, discounted to the plan's start.

    sum over cost term, day of discount[day] * spend[term, day]      [money]
    """
    unit, calendar = model.case.money_unit, model.case.calendar
    discounts = [calendar.discount(day) for day in range(calendar.day_count)]
    terms: list[Term] = []
    firm = 0.0
    for spend in costs(model).values():
        terms += [
            (variable, discounts[day] * amount / unit)
            for day, variable, amount in spend.expenses
            if amount
        ]
        firm += sum(discounts[day] * amount / unit for day, amount in spend.firm.items())
    return Tier(PRESENT_COST, model.case.currency, model.frame.objective(terms, firm), scale=unit)


def tie_break(model: Model) -> Tier:
    """Among equal plans: install what is installed as early as can be, then in the case's order.

    sum over hall, system, day of (period of day + place[hall, system] / (number of pairs + 1))
        * install_systems[hall, system, day]
        + sum over hall, system, period of remove_systems[hall, system, period]
                                               [periods x systems]

    Nothing is installed or removed that need not be. Without it, equal plans differ from run to run
    and from rename to rename.
    """
    pairs, period_of = model.case.installing, model.case.calendar.period_of
    rank = {pair: place / (len(pairs) + 1) for place, pair in enumerate(pairs, start=1)}
    decided = [
        (variable, period_of(day) + rank[hall, system])
        for (hall, system, day), variable in model.decisions.install_systems.items()
    ]
    decided += [(variable, 1.0) for variable in model.decisions.remove_systems.values()]
    return Tier(CHOOSING, "periods x systems", model.frame.objective(decided))


def make_tiers(model: Model) -> list[Tier]:
    """Return the tiers in order."""
    tiers = [missed_mw_months(model, p) for p in model.case.demand.priorities]
    if model.case.as_early_as_possible:
        tiers.append(in_service_mw_months(model))
    return [*tiers, present_cost(model), tie_break(model)]
