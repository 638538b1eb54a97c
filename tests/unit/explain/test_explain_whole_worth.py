"""What one step more of a limit is worth in whole systems: what a new plan with it gives."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from explain_oracle import changed
from instances import Sheets, settings, unit_system
from places import INPUTS

from planner.explain.explanation import explain
from planner.explain.findings import explain_plan
from planner.explain.limit_moves import Move, moved
from planner.explain.limits import amounts
from planner.explain.problem import Problem
from planner.explain.session import Session
from planner.pipeline import Options, make_plan
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.reports.explanation_texts import collapsed, holding_sentence, no_limit, telling, worth
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.rows import Inputs

FIRST_PLAN = INPUTS / "first-plan.xlsx"


def supply_of_four() -> Sheets:
    """Return twelve weeks: by 1 March 4 x (27 / 31 + 1 + 1 / 31) = 7.61, one lot of 4, 5 are due.

    The second lot is there on 4 March: 4 x (27 / 31 + 1 + 4 / 31) = 8.
    """
    return {
        "settings": settings("2026-01-05", "2026-03-29", period="week"),
        "systems": [unit_system(name="u", price=10)],
        "supply": [{"supplier": "f", "item": "u", "lead_days": 0, "lot": 4}],
        "supply_capacity": [{"supplier": "f", "from": "2026-01-05", "units_per_month": 4}],
        "sites": [{"site": "s", "pue": 1}],
        "halls": [{"hall": "h", "site": "s", "it_mw": 10}],
        "commitments": [{"commitment": "c", "basis": "it"}],
        "milestones": [{"commitment": "c", "date": "2026-03-01", "mw": 5}],
    }


def two_priorities() -> Sheets:
    """Return a hall of 10 MW with 8 of the second priority in it, and 5 of the first due."""
    return {
        "settings": settings("2026-01-01", "2026-01-31"),
        "systems": [unit_system(name, price=10, commission_days=0) for name in "uv"],
        "sites": [{"site": "s", "pue": 1}],
        "halls": [{"hall": "h", "site": "s", "it_mw": 10, "open_count": 1}],
        "fleet": [{"hall": "h", "system": "v", "count": 8}],
        "crews": [{"site": "s", "from": "2026-01-01", "systems_per_month": 3}],
        "commitments": [
            {"commitment": "first", "basis": "it", "priority": 1, "systems": "u"},
            {"commitment": "second", "basis": "it", "priority": 2, "systems": "v"},
        ],
        "milestones": [
            {"commitment": "first", "date": "2026-01-31", "mw": 5},
            {"commitment": "second", "date": "2026-01-31", "mw": 8},
        ],
    }


def explained(inputs: Inputs) -> Plan:
    plan = make_plan(inputs, Options())
    return replace(plan, findings={"explanation": explain_plan(plan, math.inf)})


def cost_of(inputs: Inputs) -> float:
    plan = make_plan(inputs, Options(gap=0.0))
    return sum(float(str(row["present_cost"])) for row in plan.tables["costs"])


def row_of(plan: Plan, kind: str, subject: str) -> Row:
    (row,) = (r for r in plan.rows("bottlenecks") if (r["kind"], r["subject"]) == (kind, subject))
    return row


def test_each_saving_in_whole_systems_is_that_of_a_new_plan() -> None:
    """Worked out by plans of the changed cells: another hall, or a megawatt more in a hall."""
    inputs = read_inputs(FIRST_PLAN)
    plan, before = explained(inputs), cost_of(inputs)
    calendar, tried = Problem(inputs).case.calendar, 0
    for limit in amounts(inputs):
        for row in plan.rows("bottlenecks"):
            if row["cell"] == limit.where and row["money_whole"] is not None:
                saved = before - cost_of(moved(inputs, [Move(limit, 1.0)], calendar))
                assert row["money_whole"] == pytest.approx(saved, abs=200), limit.where
                tried += 1
    assert tried >= 5
    known = {
        ("number of halls", "North hall A"): 0.680e6,
        ("number of halls", "North hall B"): 0.194e6,
        ("hall power", "North hall B"): 1.652e6,
    }  # of 0.7, 0.2 and 1.7 million that are spent on 17 May, at 8 %
    for limit_name, saved in known.items():
        assert row_of(plan, *limit_name)["money_whole"] == pytest.approx(saved, abs=5e3)


def test_what_only_whole_systems_gain_is_a_bottleneck() -> None:
    """One more a month brings the second lot by 1 March; divisible lots are on time as it is.

    What is missed is 1 MW in the week to 1 March, 6 / 28 + 1 / 31 months.
    """
    sheets = supply_of_four()
    more = changed(sheets, "supply_capacity!C2", lambda value: float(str(value)) + 1)
    before, after = (make_plan(inputs_from_rows("weeks", s), Options()) for s in (sheets, more))
    fewer = before.summary["missed_mw_months"] - after.summary["missed_mw_months"]  # type: ignore[operator]
    assert fewer == pytest.approx(6 / 28 + 1 / 31, abs=1e-5)
    plan = explained(inputs_from_rows("weeks", sheets))
    row = row_of(plan, "supplier capacity", "f")
    assert row["mw_months_whole"] == pytest.approx(fewer, abs=1e-5)
    assert telling(plan) == [row]
    assert holding_sentence(plan).startswith("f, supplier capacity 4, holds the plan back most")
    assert "1 unit per month more gains" in holding_sentence(plan)


def test_what_moves_misses_to_another_priority_is_told_by_priority() -> None:
    """A crew more installs one of the first priority, which takes the place of one of the second.

    3 of the first and 7 of the second fill the hall; then 4 and 6.
    """
    plan = explained(inputs_from_rows("two", two_priorities()))
    row = row_of(plan, "crews", "s")
    assert (row["mw_months"], row["mw_months_whole"]) == (pytest.approx(1), pytest.approx(1))
    assert "priority 1 misses 1 MW-months less and priority 2 misses 1 MW-months more" in worth(
        plan, row
    )
    assert row_of(plan, "hall power", "h")["moved"] is None


def test_a_lower_priority_may_get_worse_where_a_higher_one_gains() -> None:
    """Two crews more: the second priority misses 2 more, however little it missed before."""
    inputs = inputs_from_rows("two", two_priorities())
    session = Session(inputs, None, math.inf)
    (crews,) = (limit for limit in session.catalogue.amounts if limit.kind == "crews")
    assert session.gain([Move(crews, 2.0)]) == pytest.approx((2.0, -2.0))


def test_nothing_is_called_worthless_in_whole_systems_that_was_not_tried_so() -> None:
    """Without time for whole systems each sentence says that systems are divisible."""
    plan = make_plan(inputs_from_rows("weeks", supply_of_four()), Options())
    session = Session(plan.inputs, plan, math.inf)
    session.__class__ = type("Large", (Session,), {"is_small": False})
    found = explain(session, asks=False)
    finding = replace(explain_plan(plan, math.inf), tables=found.tables)
    large = replace(plan, findings={"explanation": finding})
    for row in large.rows("bottlenecks"):
        assert row["mw_months_whole"] is None
        assert "with divisible systems" in worth(large, row)
    assert not telling(large)
    assert no_limit(large) == holding_sentence(large)
    assert "With divisible systems no single limit" in no_limit(large)
    assert "with divisible systems" in collapsed(large)


@pytest.mark.parametrize("sheets", [supply_of_four(), two_priorities()])
def test_limits_are_ranked_by_the_figure_that_is_shown(sheets: Sheets) -> None:
    rows = explained(inputs_from_rows("ranked", sheets)).rows("bottlenecks")
    shown = [float(str(row["mw_months_percent"] or 0)) for row in rows]
    assert rows
    assert shown == sorted(shown, reverse=True)
