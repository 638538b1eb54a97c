"""Rows that probably say something else than was meant: milestones, orders that are overdue."""

from __future__ import annotations

import pytest
from plausible_case import APRIL, FEBRUARY, JANUARY, MARCH, Rows, sheets_of, warnings_of

from planner.diagnostics.warning_context import InputWarning
from planner.workbook.cell_locations import fold


def of_rows(due: dict[str, float], **changed: Rows) -> list[InputWarning]:
    """Return the warnings about milestones and orders."""
    found = warnings_of(sheets_of(due, **changed))
    return [w for w in found if w.where.startswith("orders") or "adds nothing" in w.rule]


@pytest.mark.parametrize(
    ("due", "meant"),
    [
        ({FEBRUARY: 5, MARCH: 5, APRIL: 5}, {"milestones!C3": 10, "milestones!C4": 15}),
        ({FEBRUARY: 5, MARCH: 8, APRIL: 8}, {"milestones!C4": 16}),
        ({FEBRUARY: 5, MARCH: 5, APRIL: 9}, {"milestones!C3": 10}),
        ({FEBRUARY: 2.5, MARCH: 2.5 + 1e-12}, {"milestones!C3": 5}),
        ({FEBRUARY: 5, MARCH: 5.5, APRIL: 6}, {}),
        ({FEBRUARY: 0, MARCH: 0, APRIL: 3}, {}),
        ({MARCH: 5}, {}),
    ],
)
def test_a_milestone_that_adds_nothing(due: dict[str, float], meant: dict[str, float]) -> None:
    """A tranche each year, where the running total is asked for."""
    found = of_rows(due)
    assert {w.where: pytest.approx(w.figures["meant_mw"]) for w in found} == meant


def test_the_words_say_what_may_be_meant() -> None:
    first, _ = of_rows({"2026-02-28": 250, "2026-03-31": 250, "2026-04-30": 250})
    assert str(first) == (
        "milestones!C3 '250': it adds nothing to the 250 MW of 2026-02-28: megawatts are "
        "cumulative. Did you mean 500? Give all megawatts in service by the date, or remove the row"
    )


def test_rows_in_any_order_and_of_several_commitments() -> None:
    """Each commitment by itself, in the order of its dates."""
    found = of_rows(
        {},
        commitments=[{"commitment": c, "basis": "it"} for c in ("a", "b")],
        milestones=[
            {"commitment": "b", "date": APRIL, "mw": 4},
            {"commitment": "a", "date": MARCH, "mw": 4},
            {"commitment": "b", "date": JANUARY, "mw": 4},
        ],
    )
    assert [(w.where, w.figures["meant_mw"]) for w in found] == [("milestones!C2", 8)]


def order(name: str, arrives: str, **columns: object) -> dict[str, object]:
    return {
        "order": name,
        "supplier": "fab",
        "item": "unit",
        "quantity": 1,
        "arrives": arrives,
        **columns,
    }


SOLD: Rows = [{"supplier": "fab", "item": "unit", "lead_days": 0}]


def options(**given: object) -> Rows:
    values = {"start": "2026-01-01", "end": APRIL, **given}
    return [{"setting": name, "value": value} for name, value in values.items()]


def test_an_order_due_before_today_is_counted_as_received() -> None:
    orders = [order("late", "2026-02-14"), order("today", "2026-02-15"), order("soon", MARCH)]
    (found,) = of_rows({APRIL: 2}, settings=options(today="2026-02-15"), supply=SOLD, orders=orders)
    assert str(found) == (
        "orders!E2 '2026-02-14': this was due before today, 2026-02-15, and is counted as received "
        "but not yet used. Move arrives if it is late; remove the row if what came is in fleet "
        "already"
    )


def test_an_order_due_before_the_plan_starts_beside_a_fleet() -> None:
    """Without a day of planning that is the plan's first day."""
    orders = [order("one", "2025-11-15"), order("two", "2025-12-31"), order("three", "2026-01-01")]
    found = of_rows(
        {APRIL: 5},
        settings=options(),
        supply=SOLD,
        orders=orders,
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1}],
        fleet=[{"hall": "hall", "system": "unit", "count": 2}],
    )
    assert [w.where for w in found] == ["orders!E2", "orders!E3"]
    assert len(fold(found)) == 1
