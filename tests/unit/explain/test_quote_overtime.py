"""What overtime adds to a quote: the bound of a workbook that has the larger limits."""

from __future__ import annotations

import math
from datetime import date

import pytest
from explain_cases import small_case
from how_many import seeds
from instances import Sheets, settings, unit_system
from random_wide import wide_case

from planner.errors import PlannerError
from planner.explain.findings import Inquiry, quote_plan
from planner.explain.limit_moves import Move, moved
from planner.explain.limits import Limit
from planner.explain.quote import NO_OVERTIME, Quoter, Terms
from planner.explain.session import Session
from planner.pipeline import Options, make_plan
from planner.workbook.reading import inputs_from_rows
from planner.workbook.rows import Inputs

SHARE = 0.25


def stretched(session: Session, kind: str) -> Inputs:
    """Return the inputs with all limits of a kind larger by the share."""
    limits: list[Limit] = [x for x in session.catalogue.amounts if x.kind == kind]
    moves = [Move(x, math.inf, float(x.value) * (1 + SHARE)) for x in limits]
    return moved(session.inputs, moves, session.base.case.calendar)


def quoted(inputs: Inputs, like: Quoter) -> Quoter:
    """Return a quoter of other inputs which keeps what another one keeps."""
    found = Quoter(Session(inputs, seconds=math.inf), Terms("it"))
    kept = zip(found.plans.held, like.plans.held, strict=True)
    found.plans.held = [(tier, value) for (tier, _), (_, value) in kept]
    return found


def check(sheets: Sheets, seed: int) -> int:
    """Compare every kind with a workbook of its own; return how many gained."""
    try:
        session = Session(inputs_from_rows("overtime", sheets), seconds=math.inf)
        quoter = Quoter(session, Terms("it"), SHARE)
    except PlannerError:
        return 0
    last, gained = quoter.last, 0
    before = quoter.bound(last)
    for most in quoter.with_overtime([last]):
        assert most.limit not in NO_OVERTIME
        anew = quoted(stretched(session, most.limit), quoter).bound(last)
        assert most.at_most_mw == pytest.approx(anew, abs=2e-5), (seed, most)
        gained += most.at_most_mw > before + 1e-3
    return gained


@pytest.mark.parametrize("first", seeds(20, 20))
def test_overtime_is_the_bound_of_the_larger_limits(first: int) -> None:
    assert sum(check(small_case(seed), seed) for seed in range(first, first + 20)) > 0
    assert sum(check(wide_case(seed), seed) for seed in range(first, first + 20)) > 0


def hall_case(**sheets: object) -> Sheets:
    """Return a workbook of one hall of 20 MW that only its power limits, and systems of 1 MW."""
    return {
        "settings": settings("2026-01-05", "2026-03-01", period="week"),
        "systems": [unit_system()],
        "sites": [{"site": "s", "pue": 1}],
        "halls": [{"hall": "h", "site": "s", "it_mw": 20}],
        "commitments": [{"commitment": "c", "basis": "it"}],
        "milestones": [{"commitment": "c", "date": "2026-02-01", "mw": 1}],
        **sheets,
    }  # type: ignore[dict-item]


def test_a_quarter_more_of_20_mw_in_a_hall_promises_24_beside_1() -> None:
    session = Session(inputs_from_rows("hall", hall_case()), seconds=math.inf)
    quoter = Quoter(session, Terms("it"), SHARE)
    (most,) = quoter.with_overtime([quoter.last])
    assert quoter.bound(quoter.last) == pytest.approx(19)
    assert (most.limit, most.at_most_mw) == ("hall power", pytest.approx(24))


def test_crews_with_a_quarter_more_do_a_quarter_more_whatever_the_period() -> None:
    """From 5 January to 1 March are 27 / 31 + 1 + 1 / 31 months; 1 MW of what is done is due."""
    months = 27 / 31 + 1 + 1 / 31
    crews = [{"site": "s", "from": "2026-01-05", "systems_per_month": 8.6}]
    sheets = hall_case(halls=[{"hall": "h", "site": "s", "it_mw": 100}], crews=crews)
    session = Session(inputs_from_rows("crews", sheets), seconds=math.inf)
    quoter = Quoter(session, Terms("it"), SHARE)
    found = {most.limit: most.at_most_mw for most in quoter.with_overtime([quoter.last])}
    assert quoter.bound(quoter.last) == pytest.approx(8.6 * months - 1)
    assert found["crews"] == pytest.approx(10.75 * months - 1)


def test_a_fraction_of_a_system_is_no_gain_of_a_limit_that_does_not_bind() -> None:
    """Crews of 8.6 a month install 8.6 x (27 / 31 + 1 + 1 / 31) = 16.37 by 1 March, 16 whole.

    One is promised, so 15 are more. A larger hall brings none; a quarter more of crews brings
    4.09 where systems are divisible.
    """
    crews = [{"site": "s", "from": "2026-01-05", "systems_per_month": 8.6}]
    sheets = hall_case(halls=[{"hall": "h", "site": "s", "it_mw": 100}], crews=crews)
    plan = make_plan(inputs_from_rows("crews", sheets), Options())
    inquiry = Inquiry(Terms("it"), (), (date(2026, 3, 1),), SHARE)
    rows = quote_plan(plan, inquiry).tables["quote"]
    last = {row["overtime_of"]: row for row in rows if row["date"] == date(2026, 3, 1)}
    assert last[None]["at_most_mw"] == last[None]["firm_mw"] == pytest.approx(15)
    assert last["hall power"]["gain_mw"] == 0
    assert last["crews"]["gain_mw"] == pytest.approx(8.6 / 4 * (1 + 28 / 31), abs=2e-5)
