"""The tiers of the objective, at the value that the tables give them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from planner.case.case import Case
from planner.plan.tables import COST_TERMS, Row
from planner.tolerance import LAST_TOLERANCE

EARLY = "in_service_mw_months"
"""The one tier that is maximised."""


def tier_rows(
    case: Case, solved: Iterable[Row], ramp: Sequence[Row], costs: Sequence[Row]
) -> list[Row]:
    """Return the rows of `tiers` with the values of the tables.

    The tables do not count megawatts that are missed by less than the tolerance, nor their late
    cost; the solver does. A bound gives way by as much as its tier.

    Parameters
    ----------
    case
        The case.
    solved
        Rows of `tiers`, as they were solved.
    ramp, costs
        Rows of these tables.
    """
    months = dict(zip(case.calendar.starts, case.calendar.months, strict=True))
    priority_of: dict[str, int] = {}
    for priority, names in case.demand.of_priority.items():
        priority_of.update(dict.fromkeys(names, priority))
    parts: dict[str, list[float]] = defaultdict(list)
    for row in ramp:
        length = months[row["period"]]  # type: ignore[index]
        tier = f"missed_mw_months_priority_{priority_of[str(row['commitment'])]}"
        parts[tier].append(length * float(row["missed_mw"]))  # type: ignore[arg-type]
        parts[EARLY].append(length * float(row["in_service_mw"]))  # type: ignore[arg-type]
    parts["present_cost"] = [float(row["present_cost"]) for row in costs]  # type: ignore[arg-type]
    rows = []
    for row in solved:
        tier = str(row["tier"])
        rows.append(_valued(row, math.fsum(parts[tier])) if tier in parts else row)
    return rows


def _valued(row: Row, value: float) -> Row:
    """Return a tier with another value, and with its bound and its gap as that makes them."""
    change = value - float(row["value"])  # type: ignore[arg-type]
    if abs(change) <= LAST_TOLERANCE * max(1.0, abs(value)):
        return row
    if row["bound"] is None:
        return {**row, "value": value}
    # A bound gives way to a better value only; a worse one widens the gap.
    change = max(0.0, change) if row["tier"] == EARLY else min(0.0, change)
    bound = float(row["bound"]) + change  # type: ignore[arg-type]
    gap = abs(value - bound) / max(1.0, abs(value))
    return {**row, "value": value, "bound": bound, "gap": gap}


def cost_rows(spend: Iterable[Row]) -> list[Row]:
    """Return the total of each cost term, zero where nothing is spent on it."""
    amounts: dict[object, list[float]] = defaultdict(list)
    presents: dict[object, list[float]] = defaultdict(list)
    for row in spend:
        amounts[row["term"]].append(float(row["amount"]))  # type: ignore[arg-type]
        presents[row["term"]].append(float(row["present_cost"]))  # type: ignore[arg-type]
    return [
        {
            "term": term,
            "amount": math.fsum(amounts[term]),
            "present_cost": math.fsum(presents[term]),
        }
        for term in COST_TERMS
    ]
