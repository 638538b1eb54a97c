"""The tiers of the objective, at the value that the tables give them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from planner.case.case import Case
from planner.plan.extract_tokens import mtok_of_tiers
from planner.plan.result_rows import CostRow, RampRow, SpendRow, TierRow
from planner.plan.tables import cost_terms
from planner.plan.token_rows import TokenRow
from planner.tolerance import LAST_TOLERANCE

EARLY = "in_service_mw_months"
"""The one tier that is maximised."""


def tier_rows(
    case: Case,
    solved: Iterable[TierRow],
    ramp: Sequence[RampRow],
    costs: Sequence[CostRow],
    tokens: Sequence[TokenRow],
) -> list[TierRow]:
    """Return the rows of `tiers` with the values of the tables.

    The tables do not count megawatts or tokens that are missed by less than the tolerance, nor
    their late cost; the solver does. A bound gives way by as much as its tier.

    Parameters
    ----------
    case
        The case.
    solved
        Rows of `tiers`, as they were solved.
    ramp, costs, tokens
        Rows of these tables.
    """
    months = dict(zip(case.calendar.starts, case.calendar.months, strict=True))
    priority_of: dict[str, int] = {}
    for priority, names in case.demand.of_priority.items():
        priority_of.update(dict.fromkeys(names, priority))
    parts: dict[str, list[float]] = defaultdict(list)
    for row in ramp:
        length = months[row["period"]]
        tier = f"missed_mw_months_priority_{priority_of[row['commitment']]}"
        parts[tier].append(length * row["missed_mw"])
        parts[EARLY].append(length * row["in_service_mw"])
    parts["present_cost"] = [row["present_cost"] for row in costs]
    values = {tier: math.fsum(of_tier) for tier, of_tier in parts.items()}
    values.update(mtok_of_tiers(case, tokens, "missed_mtok"))
    demanded = mtok_of_tiers(case, tokens, "demand_mtok")
    rows = []
    for solved_row in solved:
        tier = solved_row["tier"]
        if tier in values:
            rows.append(_valued(solved_row, values[tier], demanded.get(tier, 0.0)))
        else:
            rows.append(solved_row)
    return rows


def _valued(row: TierRow, value: float, demanded: float) -> TierRow:
    """Return a tier with another value, and with its bound and its gap as that makes them."""
    change = value - row["value"]
    if abs(change) <= LAST_TOLERANCE * max(1.0, abs(value)):
        return row
    if row["bound"] is None:
        return {**row, "value": value}
    # A bound gives way to a better value only; a worse one widens the gap.
    change = max(0.0, change) if row["tier"] == EARLY else min(0.0, change)
    bound = row["bound"] + change
    gap = abs(value - bound) / max(1.0, demanded or abs(value))
    return {**row, "value": value, "bound": bound, "gap": gap}


def cost_rows(case: Case, spend: Iterable[SpendRow]) -> list[CostRow]:
    """Return the total of each cost term, zero where nothing is spent on it."""
    amounts: dict[str, list[float]] = defaultdict(list)
    presents: dict[str, list[float]] = defaultdict(list)
    for row in spend:
        amounts[row["term"]].append(row["amount"])
        presents[row["term"]].append(row["present_cost"])
    return [
        {
            "term": term,
            "amount": math.fsum(amounts[term]),
            "present_cost": math.fsum(presents[term]),
        }
        for term in cost_terms(has_workloads=bool(case.tokens.workloads))
    ]
