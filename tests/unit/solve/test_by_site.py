"""Large cases by site, on cases small enough to know the optimum of."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

import numpy as np
import pytest
from blocks import rows_of
from instances import Sheets, unit_system
from micro import FEBRUARY
from oracle import model_of, proper, solution_of
from random_cases import random_case
from random_wide import wide_case

from planner.case.case import Case, make_case
from planner.case.reduced_case import promising_pairs, restrict_case
from planner.model.build import build_model
from planner.model.objectives import make_tiers
from planner.model.wholes import crew_links
from planner.pipeline import Options, find_plan
from planner.solve.decompose import by_site
from planner.solve.decompose.coarse_periods import CoarseInstalls, relax_in_longer_periods
from planner.solve.decompose.site_bounds import SiteBlocks, is_separable
from planner.solve.highs_model import LiveModel
from planner.solve.outcome import Outcome
from planner.solve.tuning import Tuning
from planner.solve.warm_start import counted_tiers, solve_relaxations, tighten_relaxation
from planner.workbook.reading import inputs_from_rows

SEEDS = (10, 12, 22, 31)

BY_SITE = Tuning(by_site_min_installs=1)
"""Tuning with which every case is solved by site, however small it is."""


def case_of(seed: int) -> Case:
    return make_case(inputs_from_rows("t", random_case(seed)))


def with_nothing_missed() -> list[int]:
    """Return seeds of cases that can be planned by site and whose optimum misses nothing."""
    found = []
    for seed in SEEDS:
        case = case_of(seed)
        if is_separable(case) and not case.as_early_as_possible and case.installing:
            tiers = proper(solution_of(model_of(random_case(seed))).tiers)
            if all(tier.value < 1e-9 for name, tier in tiers.items() if name.startswith("missed")):
                found.append(seed)
    return found


@pytest.fixture(scope="module")
def known() -> dict[int, float]:
    """Proven least present cost by seed, in whole units of money."""
    return {
        seed: proper(solution_of(model_of(random_case(seed))).tiers)["present_cost"].value
        for seed in with_nothing_missed()
    }


def test_there_are_cases_to_test_with(known: dict[int, float]) -> None:
    assert len(known) >= 3


def test_no_price_bounds_above_the_optimum(known: dict[int, float]) -> None:
    """Weak duality: whatever the prices, and with openings whole in each block too."""
    draw = Random(1)
    for seed, optimum in known.items():
        case = case_of(seed)
        blocks = SiteBlocks(case)
        for spread in (0.0, 1.0, 10.0):
            prices = {key: draw.uniform(-spread, spread) for key in blocks.links}
            for whole in (False, True):
                bound = blocks.bound(prices, whole=whole).bound * case.money_unit
                assert bound <= optimum * (1 + 1e-6) + 1e-6, (seed, spread, whole)


def test_failover_groups_with_nodes_upstream_stay_in_the_block_of_their_site() -> None:
    """At each of two sites a group carries 3 of 10 MW through its thin line: 6 are due, met by 60.

    Every column is in one block, and no price bounds above the optimum.
    """
    sheets = rows_of(
        {FEBRUARY: 6},
        systems=[unit_system(price=10)],
        sites=[{"site": site, "pue": 1} for site in ("east", "west")],
        halls=[
            {"hall": site, "site": site, "it_mw": 10, "fed_by": f"{site} A"}
            for site in ("east", "west")
        ],
        power=[
            {
                "node": f"{site} {node}",
                "parent": f"{site} line" if node == "B" else None,
                "group": None if node == "line" else site,
            }
            for site in ("east", "west")
            for node in ("A", "B", "line")
        ],
        energisation=[
            {"node": f"{site} {node}", "from": "2026-01-01", "mw": mw}
            for site in ("east", "west")
            for node, mw in (("A", 10), ("B", 10), ("line", 3))
        ],
    )
    case = make_case(inputs_from_rows("t", sheets))
    assert is_separable(case)
    assert case.facility.tree.upstream
    model = build_model(case)
    blocks = SiteBlocks(case)
    assert sum(len(block.cost) for block in blocks.blocks) == len(model.frame.columns)
    assert proper(solution_of(model).tiers)["present_cost"].value == pytest.approx(60)
    for price in (0.0, 1.0, 10.0):
        priced = blocks.bound(dict.fromkeys(blocks.links, price))
        assert priced.bound * case.money_unit <= 60 + 1e-6
    for block in blocks.blocks[1:]:
        assert np.isin(block.row_upper, 3.0).any(), "the line of 3 MW is no row of the block"


def test_a_pass_that_is_cut_short_bounds_by_what_is_known(known: dict[int, float]) -> None:
    """Nothing at first; at the prices of a pass before, what it said without whole numbers."""
    blocks = SiteBlocks(case_of(next(iter(known))), 2)
    prices = dict.fromkeys(blocks.links, 0.0)
    assert blocks.bound(prices, ends=lambda: True).bound == -math.inf
    relaxed = blocks.bound(prices).bound
    assert math.isfinite(relaxed)
    assert blocks.bound(prices, whole=True, ends=lambda: True).bound == relaxed


def test_blocks_that_were_not_all_stated_bound_nothing(known: dict[int, float]) -> None:
    for seed in known:
        blocks = SiteBlocks(case_of(seed), ends=lambda: True)
        assert not blocks.are_all_there
        assert blocks.bound({}).bound == -math.inf


def test_threads_do_not_change_a_bound(known: dict[int, float]) -> None:
    case = case_of(next(iter(known)))
    prices = dict.fromkeys(SiteBlocks(case).links, 0.0)
    one, two = (SiteBlocks(case, threads).bound(prices, whole=True) for threads in (1, 2))
    assert (one.bound, one.used) == (two.bound, two.used)


def test_a_narrow_case_costs_no_less(known: dict[int, float]) -> None:
    for seed, optimum in known.items():
        case = case_of(seed)
        pairs = promising_pairs(case)
        assert pairs <= set(case.installing)
        few = restrict_case(case, sorted(pairs)[: len(pairs) // 2 + 1])
        assert set(few.installing) <= pairs
        assert set(few.supply.landing) <= set(case.supply.landing)
        assert set(few.supply.held) <= set(case.supply.held)
        whole = restrict_case(case, set(case.installing))
        assert len(build_model(whole).frame.columns) <= len(build_model(case).frame.columns)
        assert optimum > 0


def test_limited_spans_leave_plans_of_the_whole_case(known: dict[int, float]) -> None:
    """Installing from the second possible day on alone: dearer or equal, never cheaper."""
    for seed, optimum in known.items():
        case = case_of(seed)
        spans = {pair: range(days[0] + 1, days[-1] + 1) for pair, days in case.installing.items()}
        later = restrict_case(case, spans, spans)
        for pair, days in case.installing.items():
            assert later.installing.get(pair, ()) == days[1:]
        assert set(later.facility.opening) <= set(case.facility.opening)
        assert all(later.serving[pair] >= case.serving[pair] for pair in later.serving)
        found = proper(solution_of(build_model(later)).tiers)
        missed = [tier.value for name, tier in found.items() if name.startswith("missed")]
        assert sum(missed) > 1e-9 or found["present_cost"].value >= optimum * (1 - 1e-6)


def test_longer_periods_tell_when_to_install() -> None:
    """Ten systems are due at the end of June and nothing else: not before the quarter before."""
    sheets = rows_of({"2026-06-30": 10}, "2026-12-31", {"discount_rate": 0.2})
    inputs = inputs_from_rows("t", sheets)
    quarters = replace(inputs, settings={**inputs.settings, "period": "quarter"})
    case = make_case(inputs)
    pairs, stop = set(case.installing), threading.Event()
    ahead = relax_in_longer_periods(case, make_case(quarters), pairs, 1, 60.0, stop)
    assert ahead is not None
    (span,) = ahead.spans.values()
    assert 180 in span  # 30 June
    assert span.stop <= 273  # a quarter later


def test_spans_that_are_too_narrow_are_given_up(
    known: dict[int, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last possible day alone is told, all days are looked at after all."""
    tuning = replace(BY_SITE, coarse_relaxation_min_installs=0)
    monkeypatch.setattr(
        by_site,
        "relax_in_longer_periods",
        lambda case, *_: CoarseInstalls(
            case, {pair: range(days[-1], days[-1] + 1) for pair, days in case.installing.items()}
        ),
    )
    made = 0
    for seed, optimum in known.items():
        case = case_of(seed)
        limits = by_site.SolveLimits(0.01, math.inf)
        found = by_site.solve_by_site(
            case, limits, 1, lambda event: None, partial(case_of, seed), tuning
        )
        if found is not None:
            made += 1
            assert found.solution.tiers[-1].value >= optimum * (1 - 1e-6) - 1e-6
    assert made >= 2


@pytest.mark.parametrize(
    ("make", "seed"),
    [(random_case, seed) for seed in (4, 5, 10, 13)]
    + [(wide_case, seed) for seed in range(20) if seed != 9],  # there is no plan of 9
)
def test_rows_of_crews_cut_off_no_plan(make: Callable[[int], Sheets], seed: int) -> None:
    """With and without them every tier has the same optimum."""
    plain, linked = model_of(make(seed)), model_of(make(seed))
    for number, link in enumerate(crew_links(linked)):
        linked.frame.row("crew_link", (number,), link, "<=", 0.0)
    free = {name: tier.value for name, tier in proper(solution_of(plain).tiers).items()}
    tied = {name: tier.value for name, tier in proper(solution_of(linked).tiers).items()}
    assert tied == {name: pytest.approx(value, rel=1e-6, abs=1e-6) for name, value in free.items()}


def test_rows_of_crews_narrow_a_relaxation(known: dict[int, float]) -> None:
    """The bound with them lies between that without and the least cost."""
    narrower = 0
    for seed, optimum in known.items():
        model = model_of(random_case(seed))
        live = LiveModel(model.frame, model.frame.columns)
        tiers = counted_tiers(make_tiers(model))
        relaxed = solve_relaxations(live, tiers)
        bound = tighten_relaxation(live, tiers, relaxed, crew_links(model)).bound
        tolerance = 1e-6 * abs(optimum) + 1e-6
        assert relaxed[-1].bound * tiers[-1].scale <= bound * tiers[-1].scale + tolerance
        assert bound * tiers[-1].scale <= optimum + tolerance
        narrower += bound > relaxed[-1].bound * (1 + 1e-6)
    assert narrower >= 1


@pytest.mark.parametrize(
    "wide", [BY_SITE.coarse_relaxation_min_installs, 0], ids=["at once", "longer periods first"]
)
def test_a_plan_by_site_is_checked_and_bounded_truly(
    wide: int, known: dict[int, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound is below the optimum, the plan above it, and the checker accepts the plan."""
    tuning = replace(BY_SITE, coarse_relaxation_min_installs=wide)
    made = 0
    original = by_site._BySite.solve

    def counted(self: by_site._BySite) -> by_site.SitePlan | None:
        nonlocal made
        found = original(self)
        made += found is not None
        return found

    monkeypatch.setattr(by_site._BySite, "solve", counted)
    for seed, optimum in known.items():
        plan = find_plan(inputs_from_rows("t", random_case(seed)), Options(gap=0.01), tuning=tuning)
        cost = next(t for t in plan.summary["tiers"] if t["name"] == "present_cost")
        assert plan.summary["verified"]
        assert plan.summary["missed_mw_months"] == pytest.approx(0.0, abs=1e-6)
        assert cost["value"] >= optimum * (1 - 1e-6) - 1e-6
        assert cost["bound"] is None or cost["bound"] <= optimum * (1 + 1e-6) + 1e-6
        proven = (cost["value"] - cost["bound"]) / max(1.0, cost["value"])
        assert cost["gap"] == pytest.approx(max(proven, 0.0), abs=1e-9)
        assert (plan.summary["status"] == "proven within the gap") == (cost["gap"] <= 0.01)
    assert made >= 2


def divisible(seed: int) -> Sheets:
    """Return a case in which systems are divisible, so that only openings are whole."""
    sheets = random_case(seed)
    rows = [row for row in sheets["settings"] if row["setting"] != "counts"]
    return {**sheets, "settings": [*rows, {"setting": "counts", "value": "continuous"}]}


def test_a_vast_plan_has_the_openings_of_longer_periods(
    known: dict[int, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is checked, dearer than the best plan or as dear, and bounded truly by its prices."""
    tuning = replace(
        BY_SITE,
        coarse_relaxation_min_installs=0,
        coarse_openings_min_installs=0,
        large_model_min_columns=0,
    )
    refined, made = by_site._BySite._plan_from_coarse_openings, 0

    def counted(self: by_site._BySite, ahead: CoarseInstalls) -> Outcome | None:
        nonlocal made
        found = refined(self, ahead)
        made += found is not None
        return found

    monkeypatch.setattr(by_site._BySite, "_plan_from_coarse_openings", counted)
    for seed in known:
        sheets = divisible(seed)
        optimum = proper(solution_of(model_of(sheets)).tiers)["present_cost"].value
        plan = find_plan(inputs_from_rows("t", sheets), Options(gap=0.01), tuning=tuning)
        cost = next(t for t in plan.summary["tiers"] if t["name"] == "present_cost")
        assert plan.summary["verified"]
        assert plan.summary["missed_mw_months"] == pytest.approx(0.0, abs=1e-6)
        assert cost["value"] >= optimum * (1 - 1e-6) - 1e-6
        assert cost["bound"] is None or cost["bound"] <= optimum * (1 + 1e-6) + 1e-6
    assert made >= 2


def test_a_small_case_is_not_planned_by_site(known: dict[int, float]) -> None:
    case = case_of(next(iter(known)))
    limits = by_site.SolveLimits(0.01, math.inf)
    assert by_site.solve_by_site(case, limits, 1, lambda event: None) is None
