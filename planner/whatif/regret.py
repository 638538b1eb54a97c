"""Minimax regret of each scenario's orders and openings when another scenario comes true.

The regret of a pair is the MW-months missed, and the cost, above the best plan of the scenario that
comes true. The plan with the smallest worst regret is the one to start with (Savage): megawatts
first, money second, as in the plan itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.plan.tables import Row
from planner.whatif.case_figures import MET
from planner.whatif.sweep import FAILED, Sweep


def tried(sweep: Sweep) -> Iterator[Row]:
    """Yield every pair: the decisions for one scenario and their result in another."""
    own = {record["case"]: record["result"] for record in sweep.records}
    for (one, other), record in sorted(sweep.tried.items()):
        result, best = record["result"], own[other]
        names = sweep.cases.scenarios
        row: Row = {
            "decided_for": names[one],
            "comes_true": names[other],
            "status": result["status"],
        }
        if result["status"] == FAILED:
            yield {
                **row,
                "missed_mw_months": None,
                "missed_more": None,
                "present_cost": None,
                "cost_more": None,
                "why": result["why"],
            }
            continue
        yield {
            **row,
            "missed_mw_months": result["missed_mw_months"],
            "missed_more": _more(result, best, "missed_mw_months", MET),
            "present_cost": result["present_cost"],
            "cost_more": _more(result, best, "present_cost", 0.0),
            "why": None,
        }


def _more(result: dict[str, Any], best: dict[str, Any], measure: str, least: float) -> float:
    """Return the regret of a result; values within the gaps count as 0."""
    more = round(result[measure] - best[measure], 3)
    return 0.0 if abs(more) <= least else more


def regret(sweep: Sweep) -> list[Row]:
    """Return a row for each scenario's decisions, the smallest regret first."""
    rows = []
    every = list(tried(sweep))
    for name in sweep.cases.scenarios:
        own = [row for row in every if row["decided_for"] == name]
        kept = [row for row in own if row["missed_more"] is not None]
        if not kept:
            continue
        missed = max(kept, key=lambda row: float(str(row["missed_more"])))
        cost = max(kept, key=lambda row: float(str(row["cost_more"])))
        rows.append(
            {
                "decided_for": name,
                "worst_missed_more": max(0.0, float(str(missed["missed_more"]))),
                "when": missed["comes_true"],
                "mean_missed_more": _mean(kept, "missed_more"),
                "worst_cost_more": max(0.0, float(str(cost["cost_more"]))),
                "when_cost": cost["comes_true"],
                "mean_cost_more": _mean(kept, "cost_more"),
                "scenarios_tried": len(own),
                "no_plan": len(own) - len(kept),
            }
        )
    return sorted(
        rows, key=lambda row: (row["no_plan"], row["worst_missed_more"], row["worst_cost_more"])
    )


def _mean(rows: list[Row], measure: str) -> float:
    return round(sum(float(str(row[measure])) for row in rows) / len(rows), 3)
