"""Whether the best plans of a pair of workbooks are related as they must be."""

from __future__ import annotations

from typing import Any

from instances import Sheets
from relations import SAME, Pair

from planner.errors import InputFaults, NoPlanExists
from planner.model.objectives import CHOOSING
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows

NEAR = 2e-6
"""Relative, and absolute where a tier is below one: what the solver may miss a row by."""

EXACT = 1e-8
"""Relative: a tier nearer than this was found without any slack, so that the next compares."""


def best_plan(sheets: Sheets) -> Plan | None:
    """Return the best plan with no gap left, None if firm data contradict each other."""
    try:
        return make_plan(inputs_from_rows("pair", sheets), Options(gap=0.0, time_limit_s=60))
    except NoPlanExists:
        return None


def tiers_of(plan: Plan) -> dict[str, float]:
    """Return the value of each tier, as minimised, without the one that only chooses."""
    return {
        str(row["tier"]): float(str(row["value"])) * (-1 if "in_service" in str(row["tier"]) else 1)
        for row in plan.tables["tiers"]
        if row["tier"] != CHOOSING
    }


def broken(pair: Pair) -> str:
    """Return how a pair breaks its relation; empty if it holds."""
    before = best_plan(pair.before)
    try:
        after = best_plan(pair.after)
    except InputFaults as faults:
        return f"the second is refused: {faults}"
    if before is None or after is None:
        right = before is after if pair.kind == SAME else before is None
        return "" if right else "one of them has no plan"
    if any(
        row["status"] == "time limit" for plan in (before, after) for row in plan.tables["tiers"]
    ):
        return ""  # the one that only chooses among equals may be cut short, too
    if pair.only_met and any(
        value > NEAR for name, value in tiers_of(before).items() if name.startswith("missed")
    ):
        return ""
    if pair.table_map is not None and (told := other_row(before, after, pair.table_map)):
        return told
    return other_tier(tiers_of(before), tiers_of(after), pair)


def _factor(pair: Pair, tier: str) -> float:
    """Return by what a tier of the second workbook is larger."""
    if tier == "present_cost":
        return pair.money
    return pair.mtok if tier.startswith("missed_mtok") else pair.mw


def other_tier(before: dict[str, float], after: dict[str, float], pair: Pair) -> str:
    """Return the first tier that breaks the relation, with its figures."""
    for name, value in before.items():
        expected = value * _factor(pair, name)
        margin = NEAR * max(1.0, abs(expected), abs(pair.mw))
        apart = after[name] - expected
        if apart > margin or (apart < -margin and pair.kind == SAME):
            return f"{name} is {after[name]:.12g}, {expected:.12g} was expected ({pair.kind})"
        if abs(apart) > EXACT * max(1.0, abs(expected)):
            break  # better, or by a slack that makes the next another problem
    return ""


def other_row(before: Plan, after: Plan, change: Any) -> str:
    """Return the first row of a result table that is not the same."""
    for name, rows in before.tables.items():
        expected = [
            {c: None if c == "seconds" else change(v) for c, v in row.items()} for row in rows
        ]
        found = [
            {**row, "seconds": None} if "seconds" in row else row for row in after.tables[name]
        ]
        for one, other in zip(expected, found, strict=False):
            if one != other:
                return f"{name} has {other} in place of {one}"
        if len(expected) != len(found):
            return f"{name} has {len(found)} rows in place of {len(expected)}"
    return ""
