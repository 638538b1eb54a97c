"""Until when an order is in time: by leads alone, and on the days on which the plan orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from many_leads import KINDS, YEAR_END, many_leads

from planner.case.case import make_case
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.order_deadlines import critical_order, dispatched_orders, last_orders
from planner.diagnostics.routes import Routes
from planner.diagnostics.warnings import find_warnings
from planner.pipeline import make_plan
from planner.workbook.reading import inputs_from_rows


def test_leads_alone_say_until_when_to_order() -> None:
    case = make_case(inputs_from_rows("leads", many_leads()))
    last = last_orders(case, "c", case.calendar.count - 1)
    end = case.calendar.last_days[-1]
    assert last == {("F", f"s{number:02}"): end - 60 - number for number in range(KINDS)}


def test_days_of_orders_that_are_joined_cost_days_and_never_give_any() -> None:
    case = make_case(inputs_from_rows("leads", many_leads()))
    bounds, period = Bounds(case, Routes(case)), case.calendar.count - 1
    by_leads, dispatched = last_orders(case, "c", period), dispatched_orders(bounds, "c", period)
    lost = [by_leads[line] - dispatched[line] for line in by_leads]
    assert min(lost) == 0
    assert max(lost) > 0


def test_a_chain_that_loses_days_is_warned_of_and_told_at_its_milestone() -> None:
    """The warning's days are the lead apart from the year's end, and the days lost before that."""
    inputs = inputs_from_rows("leads", many_leads("s40"))
    case = make_case(inputs)
    found = critical_order(Bounds(case, Routes(case)), "c", case.calendar.count - 1)
    assert found is not None
    assert found.days_lost > 0
    told = [w for w in find_warnings(inputs, case) if "days are lost" in w.rule]
    by_leads = YEAR_END - timedelta(days=100)
    ordered = by_leads - timedelta(days=found.days_lost)
    assert [(w.where, w.rule) for w in told] == [
        (
            "milestones!B2",
            f"by leads alone s40 from F could be ordered for it by {by_leads}, on the days on "
            f"which the plan orders by {ordered}: {found.days_lost} days are lost",
        )
    ]
    milestones = make_plan(inputs).summary["milestones"]
    assert isinstance(milestones, list)
    lost = {row["commitment"]: row["days_lost"] for row in milestones}
    assert lost == {"c": found.days_lost, "others": 0}


@pytest.mark.parametrize("supply", [True, False])
def test_a_chain_by_itself_loses_nothing(*, supply: bool) -> None:
    sheets = many_leads()
    for sheet in ("systems", "supply"):
        sheets[sheet] = sheets[sheet][:1]
    if not supply:
        del sheets["supply"], sheets["supply_capacity"]
    plan = make_plan(inputs_from_rows("one", sheets))
    milestones = plan.summary["milestones"]
    assert isinstance(milestones, list)
    assert [row["days_lost"] for row in milestones] == [0]
