"""What a quote says: firm is rounded down, a bound up, and "cannot" only where it is proven."""

from __future__ import annotations

import io
import re
from datetime import date
from random import Random

import pytest
from plan_samples import sample_plan
from quote_cases import drawn
from rich.console import Console

from planner.explain import quote_plans
from planner.explain.findings import Inquiry, quote_plan
from planner.explain.integer_answers import Whole
from planner.explain.quote import Earliest, Quoter, Terms
from planner.explain.quote_plans import QuotePlans, Served, rounded_down, rounded_up
from planner.explain.session import Session
from planner.reports.console.explained import print_quote
from planner.reports.quote_texts import bound_figure, earliest_sentence, firm_figure, shown_quote

ROOM = 2
"""Seed of a case of three months in which more can be promised."""

JUNE, JULY, AUGUST = date(2028, 6, 30), date(2028, 7, 31), date(2028, 8, 31)


def answer(**values: object) -> dict[str, object]:
    """Return a row of the table `earliest`."""
    row = {
        "mw": 20.0,
        "basis": "it",
        "date": JULY,
        "not_before": JULY,
        "period_before": JUNE,
        "at_most_before_mw": 19.136,
        "proven": True,
    }
    return {**row, **values}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {},
            "20 MW more (IT power) can be in service by 2028-07-31; not by 2028-06-30, when at "
            "most 19.14 MW can.",
        ),
        (
            {"period_before": None, "at_most_before_mw": 0.0},
            "20 MW more (IT power) can be in service by 2028-07-31, the end of the first period.",
        ),
        (
            {"date": None, "not_before": None, "period_before": date(2029, 12, 31)},
            "20 MW more (IT power) cannot be in service within the plan: by 2029-12-31 at most "
            "19.14 MW can.",
        ),
        (
            {"date": AUGUST, "proven": False},
            "20 MW more (IT power) can be in service by 2028-08-31; not by 2028-06-30, when at "
            "most 19.14 MW can. Whether they can be in service by 2028-07-31 was not settled in "
            "time.",
        ),
        (
            {"date": AUGUST, "proven": False, "period_before": None, "not_before": JUNE},
            "20 MW more (IT power) can be in service by 2028-08-31. Whether they can be in service "
            "by 2028-06-30 was not settled in time.",
        ),
        (
            {"date": None, "proven": False},
            "Whether 20 MW more (IT power) can be in service within the plan was not settled in "
            "time; not by 2028-06-30, when at most 19.14 MW can.",
        ),
        (
            {"date": None, "proven": False, "period_before": None},
            "Whether 20 MW more (IT power) can be in service within the plan was not settled in "
            "time.",
        ),
        (
            {"at_most_before_mw": 19.999},
            "20 MW more (IT power) can be in service by 2028-07-31; not by 2028-06-30, when at "
            "most 19.999000 MW can.",
        ),
    ],
)
def test_cannot_is_said_only_where_it_is_proven(values, sentence):
    assert earliest_sentence(sample_plan(), answer(**values)) == sentence


def test_firm_is_rounded_down_and_bounds_up():
    draw = Random(5)
    values = [draw.uniform(0, 300) for _ in range(300)] + [20.864, 0.004, 0.996, 21.0, 5e-6, 0.29]
    for mw in values:
        firm, most = (float(shown(mw)) for shown in (firm_figure, bound_figure))
        assert mw - 0.01 < firm <= mw + 1e-8
        assert mw - 1e-7 <= most < mw + 0.01
        assert rounded_down(mw) <= mw + 1e-9 < rounded_down(mw) + 1.1e-6
        assert mw - 2e-6 <= rounded_up(mw) < mw + 1e-6
        assert rounded_down(mw) <= rounded_up(mw)
    assert rounded_down(73 / 7) == 10.428571
    assert rounded_up(73 / 7) == 10.428572
    assert rounded_up(3.0000011) == 3.0
    assert (firm_figure(20.864), bound_figure(20.864)) == ("20.86", "20.87")
    assert shown_quote({"at_most_mw": 1020.861, "firm_mw": 1020.869}) == {
        "at_most_mw": 1020.87,
        "firm_mw": 1020.86,
    }


def test_a_bound_is_never_headed_firm():
    file = io.StringIO()
    print_quote(sample_plan(), Console(file=file, width=80))
    text = file.getvalue()
    assert "Firm from" not in text
    heads = [line for line in text.splitlines() if "At most MW" in line]
    assert re.split(r"  +", heads[0].strip())[:3] == ["From", "At most MW", "Firm MW"]


def plan_and_quoter():
    plan = drawn(ROOM).plan
    return plan, Quoter(Session(plan.inputs, plan, 60.0), Terms("it"))


def test_out_of_time_denies_nothing(monkeypatch):
    """Searches that end with neither plan nor bound leave every later period open."""
    plan, quoter = plan_and_quoter()
    mw = quoter.bound(quoter.last)

    def nothing(problem, tiers, held=(), seconds=0.0, **options):
        return Whole((float("inf"),), (float("-inf"),), "time limit", None)

    monkeypatch.setattr(quote_plans, "solve_whole", nothing)
    found = quoter.earliest(mw)
    assert found.period is None
    assert not found.is_proven
    assert found.not_before <= quoter.last
    most = quoter.largest(quoter.last, whole=True)
    assert (most.firm_mw, most.at_most_mw) == (None, pytest.approx(mw))
    rows = quote_plan(plan, Inquiry(Terms("it"), (mw,), overtime=0.0)).tables
    assert rows["earliest"][0]["proven"] is False
    assert "not settled in time" in earliest_sentence(plan, rows["earliest"][0])
    assert all(row["firm_mw"] is None for row in rows["quote"])


def test_an_infeasible_search_denies_nothing(monkeypatch):
    """A plan that serves nothing of the quote always exists, whatever a solver says."""
    _, quoter = plan_and_quoter()
    monkeypatch.setattr(
        quote_plans,
        "solve_whole",
        lambda *_, **__: Whole((float("inf"),), (float("inf"),), "infeasible", None),
    )
    found = quoter.earliest(quoter.bound(quoter.last))
    assert (found.period, found.is_proven) == (None, False)


def test_what_lies_between_a_plan_and_a_proof_is_an_interval(monkeypatch):
    """Not by the first period; by the second it is not known; by the third a plan serves it."""
    _, quoter = plan_and_quoter()
    served = iter([Served(0.0, 0.5), Served(None, 1.0), Served(1.0, 1.0)])
    monkeypatch.setattr(QuotePlans, "search", lambda *_: next(served))
    monkeypatch.setattr(Quoter, "bound", lambda self, period: 1.0 if period >= 0 else 0.0)
    assert quoter.earliest(1.0) == Earliest(1.0, 2, 1, 0.5, 3)


def test_what_a_plan_of_another_question_serves_is_firm(monkeypatch):
    _, quoter = plan_and_quoter()
    firm = quoter.largest(quoter.last, whole=True).firm_mw
    assert firm > 0
    monkeypatch.setattr(QuotePlans, "search", lambda *_: Served(None, firm))
    assert quoter.earliest(firm).period == quoter.last


def test_no_bound_without_an_answer_is_below_a_later_one(monkeypatch):
    """A linear solve that fails leaves the bound of the next period, not nothing."""
    _, quoter = plan_and_quoter()
    last = quoter.bound(quoter.last)
    monkeypatch.setattr(Quoter, "_divisible", lambda self, period: None)
    assert quoter.bound(0) == last > 0
