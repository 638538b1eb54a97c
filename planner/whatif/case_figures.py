"""Figures of a plan that a sweep stores: reproducible on any machine."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from planner.plan.store import Plan
from planner.reports.token_views import has_tokens, own_cost
from planner.reports.views import missed_mtok
from planner.whatif.limit_worth import LimitWorth

MET = 1e-3
"""Tolerance in MW up to which a milestone counts as met; continuous plans are more precise."""

NONE, DATES = "none", "dates or rules, not amounts"
"""Name of the bottleneck of a plan that no larger amount would improve."""


def figures(plan: Plan, limits: tuple[LimitWorth, ...] = ()) -> dict[str, Any]:
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
        (MW in service of each commitment by period end) and ``costs``. With workloads also
        ``missed_mtok``, ``bought_mtok`` and ``cost_per_mtok`` (of own tokens; None without any).
    """
    summary: dict[str, Any] = plan.summary
    missed = _short(summary["missed_mw_months"])
    is_late = missed > MET or missed_mtok(plan) > MET
    return {
        "status": summary["status"],
        "gap": _gap(summary["gap"]),
        "missed_mw_months": missed,
        "present_cost": round(sum(summary["present_costs"].values())),
        "halls_opened": _short(summary["halls_opened"]),
        "bottleneck": _bottleneck(limits, is_late=is_late),
        "milestones": [_milestone(row) for row in summary["milestones"]],
        "systems": {name: _short(count) for name, count in sorted(summary["systems"].items())},
        "costs": {name: round(cost) for name, cost in summary["present_costs"].items()},
        "ramp": _ramp(plan),
        **_tokens(plan),
    }


def _tokens(plan: Plan) -> dict[str, float | None]:
    """Return the Mtok missed and bought, and what an own one costs; nothing without workloads."""
    if not has_tokens(plan):
        return {}
    rows, cost = plan.tables["tokens"], own_cost(plan)
    return {
        "missed_mtok": _short(missed_mtok(plan)),
        "bought_mtok": _short(math.fsum(row["bought_mtok"] for row in rows)),
        "cost_per_mtok": None if cost is None else float(f"{cost:.5g}"),
    }


def _gap(gap: float | None) -> float | None:
    return None if gap is None else float(f"{gap:.3g}")


def _bottleneck(limits: tuple[LimitWorth, ...], *, is_late: bool) -> str:
    """Return the name of the limit with the largest worth, or why there is none."""
    if limits:
        return limits[0].name
    return DATES if is_late else NONE


def _milestone(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "commitment": row["commitment"],
        "date": str(row["date"])[:10],
        "basis": row["basis"],
        "required_mw": _short(row["required_mw"]),
        "in_service_mw": _short(row["in_service_mw"]),
        "missed_mw": _short(row["missed_mw"]),
    }


def _ramp(plan: Plan) -> dict[str, dict[str, float]]:
    """Return MW in service of each commitment by period end."""
    ramp: dict[str, dict[str, float]] = defaultdict(dict)
    for row in plan.tables["ramp"]:
        ramp[row["commitment"]][row["period_end"].isoformat()] = _short(row["in_service_mw"])
    return dict(ramp)


def _short(value: object) -> float:
    """Return a number rounded to the digits that are the same on all machines."""
    number = float(value) if isinstance(value, int | float) else math.nan
    rounded = round(number, 3)
    return 0.0 if rounded == 0 else rounded
