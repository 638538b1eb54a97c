"""Worth of limits: estimated gain from one per cent more of each, by shadow prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.model.decisions import Model
from planner.model.objectives import Tier
from planner.solve.warm_start import TierRelaxation
from planner.tolerance import SEARCH_TOLERANCE

RESOURCES = {
    "supplier_capacity": "supply of",
    "plant_capacity": "assembly of",
    "lane_capacity": "lane",
    "storage": "storage of",
    "crew_capacity": "crews of",
    "energised_power": "power of",
    "reserve": "power of",
    "failover": "power of group",
    "budget": "budget",
}
"""Rules whose right-hand side is a limit, with the prefix of its name."""

HALLS = "halls of"
AWAITED = "first day of"
"""Prefix of a limit that is 0 and for which megawatts are missed."""

WORTHLESS = 1e-6
"""Relative gain below which a limit has no worth."""


@dataclass(frozen=True)
class LimitWorth:
    """Worth of one per cent more of a limit over the whole plan.

    It is a shadow price of the LP relaxation, valid only for small changes.

    Attributes
    ----------
    name : str
        The limit, e.g. ``supply of TSMC``.
    worth : float
        Estimated gain.
    unit : str
        Unit of the gain: MW-months no longer missed, or money saved.
    """

    name: str
    worth: float
    unit: str


def limits_of(
    model: Model, tiers: Sequence[Tier], relaxed: Sequence[TierRelaxation]
) -> tuple[LimitWorth, ...]:
    """Return the limits with a worth, the largest first.

    Parameters
    ----------
    model
        The model.
    tiers
        Its relevant tiers.
    relaxed
        Their LP relaxations. The first with a positive value is used: missed megawatts or
        tokens if there are any, else cost.
    """
    for tier, one in zip(tiers, relaxed, strict=False):
        # A tier at zero has nothing to gain.
        if abs(one.bound - tier.least) > 10 * SEARCH_TOLERANCE:
            return _limits(model, tier, one)
    return ()


def _limits(model: Model, tier: Tier, relaxed: TierRelaxation) -> tuple[LimitWorth, ...]:
    """Return the limits with a worth in the relaxation of one tier."""
    worth: dict[str, float] = defaultdict(float)
    awaited: dict[str, float] = defaultdict(float)
    _add_rows(model, relaxed, worth, awaited)
    _add_columns(model, relaxed, worth)
    least = WORTHLESS * max(1.0, abs(relaxed.bound))
    found = []
    for name, gain in worth.items():
        if gain > least:
            found.append(LimitWorth(name, float(np.round(gain * tier.scale, 6)), tier.unit))
    if not found and max(awaited.values(), default=0.0) > least:
        # One per cent of 0 is 0: an earlier first day would help instead.
        name = max(sorted(awaited), key=lambda limit: awaited[limit])
        return (LimitWorth(f"{AWAITED} {name}", 0.0, tier.unit),)
    found.sort(key=lambda limit: (-limit.worth, limit.name))
    return tuple(found)


def _add_rows(
    model: Model, relaxed: TierRelaxation, worth: dict[str, float], awaited: dict[str, float]
) -> None:
    """Add the worth of limits that are right-hand sides of rows, by their duals."""
    rows = zip(model.frame.rows, model.frame.constraints(), relaxed.duals, strict=True)
    for (rule, index), row, dual in rows:
        if not dual or rule not in RESOURCES:
            continue
        right = -row.constant
        # A dual says how the minimised objective grows with the right-hand side.
        limit = _limit_of_row(model, rule, index)
        worth[limit] -= 0.01 * dual * right
        if right == 0:
            awaited[limit] -= dual


def _limit_of_row(model: Model, rule: str, index: tuple[Any, ...]) -> str:
    """Return the name of the limit that a row states."""
    name = str(index[0]) if index else ""
    if rule == "lane_capacity":
        name = f"{name} to {index[1]}"
    elif rule == "budget":
        name = f"until {model.case.calendar.date_of(int(name))}"
    return f"{RESOURCES[rule]} {name}".strip()


def _add_columns(model: Model, relaxed: TierRelaxation, worth: dict[str, float]) -> None:
    """Add the worth of limits that are upper bounds of decisions, by their reduced costs."""
    column_of = {id(variable): column for column, variable in enumerate(model.frame.columns)}
    for (supplier, _, period), variable in model.decisions.order_lots.items():
        price = relaxed.reduced[column_of[id(variable)]]
        if price < 0 and (supplier, period) in model.case.supply.capacity:
            # Integer lots reach their bound slightly below the supplier's row.
            limit = f"{RESOURCES['supplier_capacity']} {supplier}"
            worth[limit] -= 0.01 * price * variable.upBound
    for (hall, _), variable in model.decisions.opened_halls.items():
        price = relaxed.reduced[column_of[id(variable)]]
        if price < 0 and variable.upBound:
            site = model.case.facility.site_of[hall]
            worth[f"{HALLS} {site}"] -= 0.01 * price * variable.upBound
