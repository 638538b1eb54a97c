"""Random plans against every plan there is, and against their problems stated anew.

`tests/benchmarks/fuzz.py` does the same for thousands of cases.
"""

from __future__ import annotations

import pytest
from against import better, disagreements, examine, examine_tiny, spread_of
from how_many import FIRST, seeds
from micro import FEBRUARY, START, assert_optimum, plan_of
from random_wide import KINDS, wide_case

BLOCKS = seeds(60, 10)

ONCE_WRONG = {
    151: "HiGHS cut off the best plan: a system more than its feeder carries",
    196: "the same with one system in two halls",
    284: "late cost of megawatts that the table does not miss",
    291: "the same of less than a system",
    361: "a tier that looked better than it is shut out the best plans",
    529: "whole lots, and nothing to install",
    648: "the slack of a tier is worth 43 times as much in the next",
    728: "HiGHS cut off the best plan: aggregation",
    1211: "called optimal without any bound",
    1477: "HiGHS cut off the best plan: parallel columns",
    1733: "a bound that did not prove what was called optimal",
    2786: "a bound of HiGHS that was wrong, and a second solve that ended before it said so",
    3394: "HiGHS cut off the best plan: probing",
    3432: "HiGHS cut off the best plan: a start with presolve",
    4233: "an order of as little as a row may be missed by",
    4867: "the same, in another tier",
}
"""Cases in which a tier, a bound or a plan was wrong, or a plan was refused."""


@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "mixed periods"])
@pytest.mark.parametrize("first", BLOCKS)
def test_no_plan_of_all_is_better(first: int, *, mixed: bool) -> None:
    for seed in range(first, first + 10):
        found = examine_tiny(seed, mixed=mixed)
        assert found["result"] != "mismatch", f"tiny case {seed}: {found['mismatches']}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first", seeds(10, 5))
def test_tiers_and_bounds_agree_with_the_oracles(first: int, kind: str) -> None:
    """Every plan passes the checker too, or it would be no plan."""
    for seed in range(first, first + 5):
        found = examine(seed, 10.0, kind)
        assert found["result"] != "mismatch", f"{kind} case {seed}: {found}"
        assert found["result"] != "faults" or FIRST, f"{kind} case {seed}: {found}"


@pytest.mark.parametrize("seed", ONCE_WRONG, ids=list(map(str, ONCE_WRONG)))
def test_what_was_wrong_once_agrees(seed: int) -> None:
    assert examine(seed, seconds=20.0)["result"] == "agrees"


def test_a_wrong_optimum_of_both_solves_is_found_with_all_presolve_rules() -> None:
    """HiGHS cut off the best plan with the safe presolve rules and without presolve."""
    assert examine(1107, 20.0, "dated mixed")["result"] == "agrees"


def test_a_wrong_figure_is_a_disagreement() -> None:
    """One below the optimum, one above it, a bound beyond it, and none where all is equal."""
    plan = plan_of({FEBRUARY: 3}, end=FEBRUARY)
    scales = {"missed_mw_months_priority_1": 1.0, "present_cost": 1.0}

    def told(cost: float, spread: dict[str, float] | None = None) -> list[str]:
        optima = {"missed_mw_months_priority_1": 0.0, "present_cost": cost}
        found = disagreements(plan, optima, scales, 0.0, spread or {})
        return [sentence.split(":")[0] for sentence in found]

    assert told(30) == []
    assert told(31) == ["better than the optimum"]
    assert told(29) == ["bound beyond the optimum", "worse than the optimum"]
    assert told(29.9995, {"present_cost": 0.0006}) == []
    assert told(29.9995, {"present_cost": 0.0002}) == told(29)
    # A tier that is maximised has a negative scale; what the oracles differ by widens it, too.
    scales["missed_mw_months_priority_1"] = -1.0
    assert told(30, {"missed_mw_months_priority_1": 1e-5}) == []


def test_two_oracles_that_differ_by_their_tolerance_tell_by_how_much() -> None:
    """Of cases that were compared: the last digits of 114.35, and a plan that one cut off."""
    first = {"missed": 0.5, "present_cost": 114.34981}
    assert spread_of([first, {**first, "present_cost": 114.34992}]) == {
        "missed": 0.0,
        "present_cost": pytest.approx(0.00011),
    }
    assert spread_of([first, {**first, "present_cost": 116.0}]) == {"missed": 0.0}
    assert spread_of([first]) == {}


def test_the_better_of_two_oracles_is_right() -> None:
    """The first tier in which they differ decides; what is maximised is better the more."""
    scales = {"missed": 1.0, "in_service": -1.0}
    less, more = {"missed": 0.0, "in_service": 5.0}, {"missed": 2.0, "in_service": 9.0}
    assert better([more, less], scales) == better([less, more], scales) == less
    early = {**less, "in_service": 6.0}
    assert better([less, early], scales) == better([early, less], scales) == early
    assert better([less], scales) == less
    assert better([], scales) == {}


def test_the_random_cases_have_every_sheet() -> None:
    for kind in KINDS:
        cases = [wide_case(seed, kind) for seed in range(100)]
        sheets = {name for case in cases for name, rows in case.items() if rows}
        assert {
            "bom",
            "plants",
            "depots",
            "lanes",
            "crews",
            "power",
            "energisation",
            "budget",
            "fleet",
            "orders",
            "service",
            "supply_capacity",
        } <= sheets


def test_an_order_of_the_least_in_whole_lots_is_possible() -> None:
    """At least 4 units in lots of 3 are 6, though the hall holds a single system of 1 MW."""
    plan = plan_of(
        {FEBRUARY: 1},
        end=FEBRUARY,
        supply=[{"supplier": "maker", "item": "unit", "lead_days": 0, "lot": 3, "min_order": 4}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 1}],
    )
    assert_optimum(plan, cost=60)


def test_part_of_a_lot_of_capacity_is_left_for_the_next() -> None:
    """Of 29 units a month, lots of 10 start 20 by January and 50 by February, not 60."""
    plan = plan_of(
        {FEBRUARY: 60},
        end=FEBRUARY,
        supply=[{"supplier": "maker", "item": "unit", "lead_days": 0, "lot": 10}],
        supply_capacity=[{"supplier": "maker", "from": START, "units_per_month": 29}],
    )
    assert_optimum(plan, cost=500, missed=10)


def test_half_a_system_is_left_for_the_next_month() -> None:
    """Crews of 2.5 a month install 2 by January and 5 by February: 1 of 6 MW is missed."""
    plan = plan_of(
        {FEBRUARY: 6},
        end=FEBRUARY,
        crews=[{"site": "site", "from": START, "systems_per_month": 2.5}],
    )
    assert_optimum(plan, cost=50, missed=1)
