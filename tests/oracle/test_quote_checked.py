"""Every answer of a quote is checked by planning it, and against a reference solved by CBC.

What is denied is planned from scratch as one more commitment of lowest priority, and must be
missed; what is firm is planned likewise, must be met, and passes the independent checker. The suite
tries 30 random quotes, as many more as are asked for:

    PLANNER_QUOTES=1000 pytest tests/oracle/test_quote_checked.py
"""

from __future__ import annotations

import copy
import os
from datetime import date
from random import Random

import pytest
from how_many import seeds
from places import DATA
from quote_brute import brute_largest, brute_missed
from quote_cases import Case, drawn, planned

from planner.explain import quote
from planner.explain.quote import Quoter, Terms
from planner.explain.session import Session
from planner.plan.store import Plan
from planner.workbook.reading import read_inputs

QUOTES = int(os.environ.get("PLANNER_QUOTES", "10"))
BLOCK = 10

MET = 1e-6
"""MW that may be missing of a milestone that is met."""

NEAR = 2e-5
"""MW by which two solvers may differ."""


def with_more(case: Case, mw: float, day: object) -> Plan:
    """Return the plan of a case with one more commitment, of lowest priority."""
    sheets = copy.deepcopy(case.sheets)
    last = max(int(str(row.get("priority") or 1)) for row in sheets["commitments"])
    more = {"commitment": "more", "basis": case.basis, "priority": last + 1}
    sheets["commitments"].append(more)
    sheets["milestones"].append({"commitment": "more", "date": str(day), "mw": mw})
    return planned(sheets)


def missing(case: Case, mw: float, day: object) -> float:
    """Return the megawatts of one more commitment that its plan misses, in its worst period."""
    plan = with_more(case, mw, day)
    before, after = missed(case.plan), missed(plan)
    more = after.pop("more")
    by_rank = sorted({int(str(r.get("priority") or 1)) for r in case.sheets["commitments"]})
    for rank in by_rank:
        names = [
            str(r["commitment"])
            for r in case.sheets["commitments"]
            if int(str(r.get("priority") or 1)) == rank
        ]
        held = [sum(sum(m[name].values()) for name in names) for m in (before, after)]
        assert held[1] == pytest.approx(held[0], abs=1e-4), (case.seed, rank)
    return max(more.values())


def missed(plan: Plan) -> dict[str, dict[object, float]]:
    """Return the megawatts that each commitment misses in each period."""
    found: dict[str, dict[object, float]] = {}
    for row in plan.rows("ramp"):
        by_period = found.setdefault(str(row["commitment"]), {})
        by_period[row["period"]] = float(str(row["missed_mw"]))
    return found


def wrong(seed: int) -> list[str]:
    """Return what is wrong with the largest quote of a date and an earliest date."""
    case, draw, faults = drawn(seed), Random(seed), list[str]()
    session = Session(case.plan.inputs, case.plan, seconds=600.0)
    quoter = Quoter(session, Terms(case.basis))
    ends = session.base.case.calendar.ends
    promised = brute_missed(case.sheets)
    best = [brute_largest(case.sheets, promised, t, case.basis) for t in range(len(ends))]

    period = draw.randrange(len(ends))
    found = quoter.largest(period, whole=True)
    firm, most = found.firm_mw, found.at_most_mw
    if firm is None or not firm <= most or abs(firm - best[period]) > NEAR:
        faults.append(f"firm {firm}, at most {most}, reference {best[period]}")
    if most < best[period] - MET or most > best[period] + NEAR:
        faults.append(f"at most {most}, reference {best[period]}")
    if firm and missing(case, firm, ends[period]) > MET:
        faults.append(f"firm {firm} by {ends[period]} is missed when it is planned")
    if missing(case, most + 1e-3, ends[period]) <= MET:
        faults.append(f"{most + 1e-3} by {ends[period]} is met when it is planned")

    mw = draw.choice((draw.uniform(0.2, max(best) + 0.5), draw.choice(best) + 0.01, 20.0))
    answer = quoter.earliest(mw)
    first = next((t for t, served in enumerate(best) if served >= mw), None)
    if answer.period != first or not answer.is_proven:
        faults.append(f"{mw} MW: {answer}, reference {best}")
    if answer.period is not None and missing(case, mw, ends[answer.period]) > MET:
        faults.append(f"{mw} by {ends[answer.period]} is missed when it is planned")
    if answer.not_before:
        if not answer.at_most_before_mw < mw:
            faults.append(f"{mw} MW: not less is possible before: {answer}")
        if answer.at_most_before_mw < best[answer.not_before - 1] - MET:
            faults.append(f"{mw} MW: {answer}, reference {best}")
        if missing(case, mw, ends[answer.not_before - 1]) <= MET:
            faults.append(f"{mw} by {ends[answer.not_before - 1]} is met when it is planned")
    return [f"seed {seed}: {fault}" for fault in faults]


@pytest.mark.parametrize("first", seeds(QUOTES, BLOCK))
def test_no_denial_and_no_promise_is_wrong(first: int) -> None:
    faults = [fault for seed in range(first, first + BLOCK) for fault in wrong(seed)]
    assert faults == []


def test_twenty_megawatts_that_a_plan_serves_are_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The plan is the one that `planner plan` makes; to make it here takes a minute."""
    inputs = read_inputs(DATA / "quotes/quote-denies.xlsx")
    monkeypatch.setattr(quote, "committed", lambda *_: (1.6, 0.0))
    quoter = Quoter(Session(inputs, seconds=900.0), Terms("it"))
    by = quoter.problem.case.calendar.ends.index(date(2028, 6, 30))
    assert quoter.bound(by) >= 20.0
    assert quoter.plans.search(by, 20.0, seconds=120.0).is_met(20.0)
