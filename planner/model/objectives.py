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
    demanded : float
        Amount against which the gap counts instead of the value, 0 if none. The expression is
        lower by it, so that the relative gap of a solver is never wider than that against it.
    """

    name: str
    unit: str
    expression: pulp.LpAffineExpression
    scale: float = 1.0
    tight: bool = False
    demanded: float = 0.0

    @property
    def least(self) -> float:
        """Value of the expression at which the tier is zero."""
        return self.objective(0.0)

    def value(self, objective: float) -> float:
        """Return the value of the tier, given that of the expression."""
        return objective * self.scale + self.demanded

    def objective(self, value: float) -> float:
        """Return the value of the expression, given that of the tier."""
        return (value - self.demanded) / self.scale

    def relative_gap(self, value: float, bound: float) -> float:
        """Return the gap relative to the value, or to what is demanded; absolute below one."""
        return abs(value - bound) / max(1.0, self.demanded or abs(value))


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


def missed_mtok(model: Model, priority: int) -> Tier:
    """Tokens missed by the workloads of one priority, over the plan.

    sum over workload of priority, block, span of days[span] * hours[block]
        * missed_tokens[workload, block, span]      [Mtok]

    Its gap counts against the tokens asked for: whole replicas cannot be proven to a small share
    of what little is missed.
    """
    case = model.case
    tokens, unit = case.tokens, case.token_unit
    missed: list[Term] = []
    demanded = 0.0
    for key, variable in model.decisions.missed_tokens.items():
        workload, block, span = key
        if tokens.priority[workload] == priority:
            weight = tokens.days(case.calendar, span) * tokens.hours_of(block)
            missed.append((variable, weight / unit))
            demanded += weight * tokens.demand[key]
    return Tier(
        f"missed_mtok_priority_{priority}",
        "Mtok",
        model.frame.objective(missed, -demanded / unit),
        scale=unit,
        tight=True,
        demanded=demanded,
    )


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
        + sum over kind, site, span, system of systems[kind, system]
            * load_replicas[kind, site, span]
                                               [periods x systems]

    Nothing is installed, removed or loaded that need not be. Without it, equal plans differ from
    run to run and from rename to rename.
    """
    pairs, period_of = model.case.installing, model.case.calendar.period_of
    rank = {pair: place / (len(pairs) + 1) for place, pair in enumerate(pairs, start=1)}
    decided = [
        (variable, period_of(day) + rank[hall, system])
        for (hall, system, day), variable in model.decisions.install_systems.items()
    ]
    decided += [(variable, 1.0) for variable in model.decisions.remove_systems.values()]
    for (kind, _, _), variable in model.decisions.load_replicas.items():
        decided.append((variable, float(sum(model.case.tokens.systems_of[kind].values()))))
    return Tier(CHOOSING, "periods x systems", model.frame.objective(decided))


def make_tiers(model: Model) -> list[Tier]:
    """Return the tiers in order."""
    tiers = [missed_mw_months(model, p) for p in model.case.demand.priorities]
    tiers += [missed_mtok(model, p) for p in model.case.tokens.priorities]
    if model.case.as_early_as_possible:
        tiers.append(in_service_mw_months(model))
    return [*tiers, present_cost(model), tie_break(model)]
