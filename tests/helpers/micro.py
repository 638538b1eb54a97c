"""A smallest workbook that the micro cases change in one place, and what they assert of its plan.

Unless a case says otherwise there is one month, January 2026, one system `unit` of 1 MW at a price
of 10, one site `site` with one hall `hall` of 100 MW that costs nothing and is open as soon as it
is wanted, and one commitment `demand` of IT megawatts. So a plan costs 10 for each megawatt.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from instances import Sheets, settings, unit_system

from planner.model.objectives import CHOOSING
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.plan.summary import PROVEN
from planner.workbook.reading import inputs_from_rows

Rows = list[dict[str, object]]

START = "2026-01-01"
JANUARY, FEBRUARY, MARCH, APRIL = "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"


def plan_of(
    due: Mapping[str, float] | None = None,
    end: str = JANUARY,
    options: Mapping[str, object] | None = None,
    **sheets: Rows,
) -> Plan:
    """Plan the smallest workbook with changes.

    Parameters
    ----------
    due
        Megawatts of the commitment `demand`, in all, by day of milestone.
    end
        Last day planned.
    options
        Settings beside start, end and gap.
    sheets
        Rows that take the place of a sheet's.
    """
    rows: Sheets = {
        "settings": settings(**{"start": START, "end": end, **(options or {})}),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": day, "mw": mw} for day, mw in (due or {}).items()
        ],
        **sheets,
    }
    return make_plan(inputs_from_rows("micro", rows), Options())


def near(expected: object) -> object:
    """Return what equals a figure, or each of a list, up to a solver's rounding."""
    return pytest.approx(expected, rel=1e-6, abs=1e-6)


def assert_optimum(plan: Plan, *, cost: float, missed: float = 0.0) -> None:
    """Assert that a plan is proven and has this present cost and these missed MW-months."""
    assert plan.summary["status"] == PROVEN
    for tier in plan.tables["tiers"]:
        if tier["tier"] != CHOOSING:
            assert tier["value"] == near(tier["bound"]), tier
    assert plan.summary["missed_mw_months"] == near(missed)
    assert present_cost(plan) == near(cost)


def present_cost(plan: Plan) -> float:
    """Return the discounted cost of a plan, the sum of its terms."""
    return sum(float(row["present_cost"]) for row in plan.tables["costs"])


def amount(plan: Plan, term: str) -> float:
    """Return what a cost term comes to over the whole plan, not discounted."""
    return sum(float(row["amount"]) for row in plan.tables["costs"] if row["term"] == term)


def missed_by_period(plan: Plan, commitment: str = "demand") -> list[float]:
    """Return the megawatts missed in each period."""
    rows = [row for row in plan.tables["ramp"] if row["commitment"] == commitment]
    return [float(row["missed_mw"]) for row in sorted(rows, key=lambda row: row["period"])]


def in_service_by_period(plan: Plan, commitment: str = "demand") -> list[float]:
    """Return the megawatts served to a commitment in each period."""
    rows = [row for row in plan.tables["ramp"] if row["commitment"] == commitment]
    return [float(row["in_service_mw"]) for row in sorted(rows, key=lambda row: row["period"])]
