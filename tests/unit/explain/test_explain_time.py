"""The time that explanations take, and say that they took."""

from __future__ import annotations

from dataclasses import replace

import pytest
from instances import Sheets, demands, settings, unit_system

from planner.errors import LimitReached
from planner.explain import alternatives
from planner.explain.alternatives import ask_why
from planner.explain.findings import Inquiry, explain_plan, quote_plan
from planner.explain.quote import Terms
from planner.explain.session import LEAST_SECONDS, SHARE_OF_PLAN, budget
from planner.pipeline import make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows


def plan_of() -> Plan:
    """Return the plan of 10 systems of 1 MW, due in June."""
    sheets: Sheets = {
        "settings": settings("2026-01-01", "2026-12-31"),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "S", "pue": 1}],
        "halls": [{"hall": "H", "site": "S", "count": 1, "it_mw": 20}],
        **demands({"C": 10}, "2026-06-30"),
    }
    return make_plan(inputs_from_rows("by hand", sheets))


def test_seconds_are_those_of_the_run() -> None:
    """Not those since the machine was started, whatever clock the time left is counted by."""
    plan = plan_of()
    for found in (explain_plan(plan), explain_plan(plan, 60.0), quote_plan(plan, Inquiry(Terms()))):
        assert 0 <= float(str(found.facts["seconds"])) < 60


def test_a_why_takes_no_longer_than_the_plan_may_and_an_explanation_does() -> None:
    plan = plan_of()
    assert budget(plan) == LEAST_SECONDS
    slow = replace(plan, summary={**plan.summary, "seconds": {"solve": 100.0}})
    assert alternatives.time_of(slow) == SHARE_OF_PLAN * 100.0
    limited = replace(slow, manifest={**slow.manifest, "time_limit_s": 20.0})
    assert alternatives.time_of(limited) == 20.0


def test_a_why_that_is_not_answered_in_time_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that finds no plan goes on past a plan's limit; a question ends with its time."""

    def slow(live: object, *others: object) -> None:
        assert live.stop.wait(10.0)  # type: ignore[attr-defined]
        raise alternatives.Interrupted("interrupted before any plan was found")

    plan = plan_of()
    monkeypatch.setattr(alternatives, "solve_tiers", slow)
    with pytest.raises(LimitReached, match="not settled within 0 s"):
        ask_why(plan, "install at H 2026-03", 0.2)
