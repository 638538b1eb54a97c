"""Minimax regret of each scenario's orders and openings when another scenario comes true.

The regret of a pair is the MW-months missed, and the cost, above the best plan of the scenario that
comes true. The plan with the smallest worst regret is the one to start with (Savage): megawatts
first, money second, as in the plan itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.plan.rows import Row
from planner.reports.views import number
from planner.whatif.case_figures import MET
from planner.whatif.sweep import FAILED, Sweep


def tried(sweep: Sweep) -> Iterator[Row]:
    """Yield every pair: the decisions for one scenario and their result in another."""
    best_results = {record["case"]: record["result"] for record in sweep.records}
    names = sweep.cases.scenarios
    for decided_for, comes_true in sorted(sweep.tried):
        result = sweep.tried[decided_for, comes_true]["result"]
        row: Row = {
            "decided_for": names[decided_for],
            "comes_true": names[comes_true],
            "status": result["status"],
            "missed_mw_months": None,
            "missed_more": None,
            "present_cost": None,
            "cost_more": None,
            "why": None,
        }
        if result["status"] == FAILED:
            row["why"] = result["why"]
        else:
            best = best_results[comes_true]
            row["missed_mw_months"] = result["missed_mw_months"]
            row["missed_more"] = _more(result, best, "missed_mw_months", MET)
            row["present_cost"] = result["present_cost"]
            row["cost_more"] = _more(result, best, "present_cost", 0.0)
        yield row


def _more(result: dict[str, Any], best: dict[str, Any], measure: str, least: float) -> float:
    """Return the regret of a result; values within the gaps count as 0."""
    more = round(result[measure] - best[measure], 3)
    return 0.0 if abs(more) <= least else more


def regret(sweep: Sweep) -> list[Row]:
    """Return a row for each scenario's decisions, the smallest regret first."""
    every = list(tried(sweep))
    rows = []
    for name in sweep.cases.scenarios:
        own = [row for row in every if row["decided_for"] == name]
        planned = [row for row in own if row["missed_more"] is not None]
        if planned:
            rows.append(_regret_of(name, own, planned))
    rows.sort(key=lambda row: (row["no_plan"], row["worst_missed_more"], row["worst_cost_more"]))
    return rows


def _regret_of(name: str, own: list[Row], planned: list[Row]) -> dict[str, Any]:
    """Return the regret of one scenario's decisions in the scenarios in which they have a plan."""
    most_missed = max(planned, key=lambda row: number(row["missed_more"]))
    dearest = max(planned, key=lambda row: number(row["cost_more"]))
    # Within the gap, a trial may be slightly better than the best plan: that is no regret.
    return {
        "decided_for": name,
        "worst_missed_more": max(0.0, number(most_missed["missed_more"])),
        "when": most_missed["comes_true"],
        "mean_missed_more": _mean(planned, "missed_more"),
        "worst_cost_more": max(0.0, number(dearest["cost_more"])),
        "when_cost": dearest["comes_true"],
        "mean_cost_more": _mean(planned, "cost_more"),
        "scenarios_tried": len(own),
        "no_plan": len(own) - len(planned),
    }


def _mean(rows: list[Row], measure: str) -> float:
    total = sum(number(row[measure]) for row in rows)
    return round(total / len(rows), 3)
