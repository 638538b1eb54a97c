"""Figures of a plan that a sweep stores: reproducible on any machine."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from planner.plan.store import Plan
from planner.whatif.limit_worth import Limit

MET = 1e-3
"""Tolerance in MW up to which a milestone counts as met; continuous plans are more precise."""

NONE, DATES = "none", "dates or rules, not amounts"
"""Name of the bottleneck of a plan that no larger amount would improve."""


def figures(plan: Plan, limits: tuple[Limit, ...] = ()) -> dict[str, Any]:
    """Return the figures of a plan.

    Parameters
    ----------
    plan
        The plan.
    limits
        Worth of the limits, the largest first.

    Returns
    -------
    dict
        ``status``, ``gap``, ``missed_mw_months``, ``present_cost``, ``halls_opened``,
        ``bottleneck``, ``milestones`` (each with MW in service and missed), ``systems``, ``ramp``
        (MW in service of each commitment by period end) and ``costs``.
    """
    summary: dict[str, Any] = plan.summary
    ramp: dict[str, dict[str, float]] = defaultdict(dict)
    for row in plan.tables["ramp"]:
        ramp[str(row["commitment"])][str(row["period_end"])[:10]] = _short(row["in_service_mw"])
    missed = _short(summary["missed_mw_months"])
    return {
        "status": summary["status"],
        "gap": None if summary["gap"] is None else float(f"{summary['gap']:.3g}"),
        "missed_mw_months": missed,
        "present_cost": round(sum(summary["present_costs"].values())),
        "halls_opened": _short(summary["halls_opened"]),
        "bottleneck": limits[0].name if limits else (DATES if missed > MET else NONE),
        "milestones": [
            {
                "commitment": m["commitment"],
                "date": str(m["date"])[:10],
                "basis": m["basis"],
                "required_mw": _short(m["required_mw"]),
                "in_service_mw": _short(m["in_service_mw"]),
                "missed_mw": _short(m["missed_mw"]),
            }
            for m in summary["milestones"]
        ],
        "systems": {name: _short(count) for name, count in sorted(summary["systems"].items())},
        "costs": {name: round(cost) for name, cost in summary["present_costs"].items()},
        "ramp": dict(ramp),
    }


def _short(value: object) -> float:
    """Return a number rounded to the digits that are the same on all machines."""
    number = float(value) if isinstance(value, int | float) else math.nan
    rounded = round(number, 3)
    return 0.0 if rounded == 0 else rounded
