"""Gains of limits by period."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from planner.plan.rounding import tidy
from planner.plan.rows import AnyRow
from planner.plan.store import Plan
from planner.reports.explanation_texts import is_late
from planner.reports.views import currency, number, period_starts

Gain = Literal["mw_months", "money"]
"""Column that holds the gain: of the plan's MW-months, or of its money."""

DECADES = 3
"""Number of shades, each a factor of ten."""


@dataclass(frozen=True)
class Timeline:
    """Gains from one step more with divisible systems, allocated to periods by shadow price.

    Shadow prices alone would overstate the gain if another limit is binding as well.

    Attributes
    ----------
    unit : str
        ``MW-months`` if the plan misses any, else money.
    periods : tuple of datetime.date
        Every period of the plan.
    worth : dict of tuple of str to dict of datetime.date to float
        Gain by limit and period; 0 if it is only binding.
    """

    unit: str
    periods: tuple[date, ...]
    worth: dict[tuple[str, ...], dict[date, float]]

    @property
    def most(self) -> float:
        """Largest gain of a limit in a period."""
        largest = 0.0
        for cells in self.worth.values():
            largest = max(largest, *cells.values(), 0.0)
        return largest

    @property
    def levels(self) -> tuple[float, ...]:
        """Round values at which the shade changes, the largest first."""
        if self.most <= 0:
            return ()
        top = math.floor(math.log10(self.most))
        return tuple(10.0 ** (top - n) for n in range(DECADES))


def timeline(plan: Plan, keys: Sequence[str]) -> Timeline:
    """Return the gains of limits by period, in order of rank, those without a gain last.

    Parameters
    ----------
    plan
        An explained plan.
    keys
        Columns of `bottleneck_periods` that identify a limit.
    """
    column: Gain = "mw_months" if is_late(plan) else "money"

    def name(row: AnyRow) -> tuple[str, ...]:
        return tuple(str(row[key]) for key in keys)

    shares = _shares(plan, column)
    found: dict[tuple[str, ...], dict[date, float]] = {}
    for row in plan.finding_tables["bottleneck_periods"]:
        cells = found.setdefault(name(row), {})
        part = row[column] * shares.get(row["cell"], 0.0)
        cells[row["period"]] = tidy(cells.get(row["period"], 0.0) + part)
    rank: dict[tuple[str, ...], int] = {}
    for position, bottleneck in enumerate(plan.finding_tables["bottlenecks"]):
        rank.setdefault(name(bottleneck), position)

    def order(limit: tuple[str, ...]) -> tuple[bool, int]:
        gains_nothing = sum(found[limit].values()) <= 0
        return gains_nothing, rank.get(limit, len(rank))

    unit = "MW-months" if column == "mw_months" else currency(plan)
    worth = {limit: found[limit] for limit in sorted(found, key=order)}
    return Timeline(unit, tuple(period_starts(plan)), worth)


def _shares(plan: Plan, column: Gain) -> dict[str, float]:
    """Return the share of its shadow prices that a re-solve confirms, by cell, from 0 to 1."""
    prices: dict[str, float] = defaultdict(float)
    for row in plan.finding_tables["bottleneck_periods"]:
        prices[row["cell"]] += row[column]
    shares = {}
    for limit in plan.finding_tables["bottlenecks"]:
        price = prices.get(limit["cell"], 0.0)
        if price:
            shares[limit["cell"]] = min(1.0, max(0.0, number(limit[column]) / price))
    return shares
