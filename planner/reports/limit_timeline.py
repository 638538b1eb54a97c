"""What limits are worth, period by period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planner.plan.rounding import tidy
from planner.plan.store import Plan
from planner.plan.tables import Row
from planner.reports.explanation_texts import is_late
from planner.reports.views import currency, day, number

DECADES = 3
"""Steps of ten by which the worth of limits is told apart."""


@dataclass(frozen=True)
class Timeline:
    """What one step more of limits is worth with divisible systems, over periods by price.

    Prices alone would mislead: where something else binds as well, they promise what a step more
    does not bring.

    Attributes
    ----------
    unit : str
        ``MW-months`` if the plan misses any, else money.
    periods : tuple of datetime.date
        Every period of the plan.
    worth : dict of tuple of str to dict of datetime.date to float
        Worth by limit and period; 0 where it only binds.
    """

    unit: str
    periods: tuple[date, ...]
    worth: dict[tuple[str, ...], dict[date, float]]

    @property
    def most(self) -> float:
        """Largest worth of a limit in a period."""
        return max((value for cells in self.worth.values() for value in cells.values()),
                   default=0.0)  # fmt: skip

    @property
    def levels(self) -> tuple[float, ...]:
        """Round values at which the shade changes, the largest first: limits differ by tens."""
        if self.most <= 0:
            return ()
        top = math.floor(math.log10(self.most))
        return tuple(10.0 ** (top - n) for n in range(DECADES))


def timeline(plan: Plan, keys: Sequence[str]) -> Timeline:
    """Return the worth of limits by period, as they are ranked, those worth nothing last.

    Parameters
    ----------
    plan
        An explained plan.
    keys
        Columns of `bottleneck_periods` that tell one limit from another.
    """
    column = "mw_months" if is_late(plan) else "money"

    def name(row: Row) -> tuple[str, ...]:
        return tuple(str(row[key]) for key in keys)

    shares, found = _shares(plan, column), dict[tuple[str, ...], dict[date, float]]()
    for row in plan.rows("bottleneck_periods"):
        cells = found.setdefault(name(row), {})
        if start := day(row["period"]):
            part = number(row[column]) * shares.get(row["cell"], 0.0)
            cells[start] = tidy(cells.get(start, 0.0) + part)
    place: dict[tuple[str, ...], int] = {}
    for n, row in enumerate(plan.rows("bottlenecks")):
        place.setdefault(name(row), n)
    order = sorted(found, key=lambda limit: (sum(found[limit].values()) <= 0,
                                             place.get(limit, len(place))))  # fmt: skip
    starts = sorted({s for row in plan.rows("ramp") if (s := day(row["period"]))})
    unit = "MW-months" if column == "mw_months" else currency(plan)
    return Timeline(unit, tuple(starts), {limit: found[limit] for limit in order})


def _shares(plan: Plan, column: str) -> dict[object, float]:
    """Return, by cell, which part of its prices a re-solve confirms, from none to all."""
    prices: dict[object, float] = {}
    for row in plan.rows("bottleneck_periods"):
        prices[row["cell"]] = prices.get(row["cell"], 0.0) + number(row[column])
    return {
        row["cell"]: min(1.0, max(0.0, number(row[column]) / price))
        for row in plan.rows("bottlenecks") if (price := prices.get(row["cell"], 0.0))
    }  # fmt: skip
