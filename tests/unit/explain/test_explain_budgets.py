"""Budgets of little or no money: what they need is asked for to the last unit of money."""

from __future__ import annotations

import pytest
from instances import Sheets, settings, unit_system

from planner.explain.findings import explain_plan
from planner.pipeline import make_plan
from planner.workbook.reading import inputs_from_rows


def paid_case(budget: float, counts: str = "integer") -> Sheets:
    """Return a workbook of three systems of 1 MW at 10 each, in which a plan without money fails.

    They are due in the last of three months, so that each MW missed is one MW-month.
    """
    return {
        "settings": settings("2026-01-01", "2026-03-31", counts=counts),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "s", "pue": 1}],
        "halls": [{"hall": "h", "site": "s", "it_mw": 10}],
        "commitments": [{"commitment": "c", "basis": "it"}],
        "milestones": [{"commitment": "c", "date": "2026-03-31", "mw": 3}],
        "budget": [{"date": "2026-03-31", "cumulative": budget}],
    }


def test_no_money_at_all_is_lifted_to_what_the_plan_needs() -> None:
    found = explain_plan(make_plan(inputs_from_rows("budget", paid_case(0))))
    (ask,) = found.tables["asks"]
    assert (ask["more"], ask["not_enough"]) == (30.0, "29 USD more")
    (budget,) = (row for row in found.tables["bottlenecks"] if row["kind"] == "budget")
    assert budget["mw_months_lifted"] == pytest.approx(3)


@pytest.mark.parametrize("budget", [0, 0.5, 1, 5, 20, 29])
def test_one_unit_of_money_more_gains_a_tenth_of_a_megawatt(budget: float) -> None:
    plan = make_plan(inputs_from_rows("budget", paid_case(budget, "continuous")))
    found = explain_plan(plan)
    (row,) = (row for row in found.tables["bottlenecks"] if row["kind"] == "budget")
    assert row["mw_months"] == pytest.approx(min(1, 30 - budget) / 10, abs=1e-5)
    assert row["mw_months_lifted"] == pytest.approx(3 - budget / 10, abs=1e-5)
