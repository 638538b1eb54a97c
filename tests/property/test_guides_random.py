"""No bound and no row that helps the search cuts off a plan, in random cases.

Bounds of orders and of what stands, and the rows of `crew_links` and `lot_limits`, are stated so
that the solver is faster; so is what warnings say that crews can do. Here each is held against
plans that were found without them, and the best plan with all of them against the best without
any. More on demand:

    PLANNER_CASES=1000 pytest tests/property/test_guides_random.py
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from how_many import CASES, seeds
from random_guides import guide_case

from planner.case.case import Case, make_case
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.first_service import first_service
from planner.diagnostics.routes import Routes
from planner.errors import InputFaults
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.frame import ContradictionError, Frame
from planner.model.objectives import Tier, make_tiers
from planner.model.wholes import crew_links, lot_limits
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import inputs_from_rows

BLOCK = 5
POINTS = 3
"""Plans of each case that are found for objectives drawn at random."""

NEAR = 1e-5
"""Rows are kept to 1e-7; a row over some systems adds that up."""

SECONDS = 10.0
"""For each solve; what is not proven within it is not compared."""


def case_of(seed: int) -> Case | None:
    """Return a case, None if its dice contradict each other."""
    try:
        return make_case(inputs_from_rows("guides", guide_case(seed)))
    except InputFaults:
        return None


def without_bounds(case: Case) -> Case:
    """Return the case with orders bounded by nothing that a plan could come near."""
    far = {key: 1000.0 * (1.0 + most) for key, most in case.supply.largest_order.items()}
    return replace(case, supply=replace(case.supply, largest_order=far))


def model_of(case: Case) -> Model | None:
    """Return the model of a case, None if firm data contradict each other."""
    try:
        return build_model(case)
    except ContradictionError:
        return None


def free_model(case: Case) -> Model | None:
    """Return the model of a case without any bound that follows from its rules."""
    model = model_of(without_bounds(case))
    if model is not None:
        for variable in model.decisions.commissioned_systems.values():
            variable.upBound = None
    return model


def live_of(model: Model) -> LiveModel:
    """Return a model as the solver takes it."""
    return LiveModel(model.frame, model.frame.columns)


def some_plans(case: Case, model: Model, seed: int) -> list[np.ndarray]:
    """Return plans that strain the guides: much work on few days, in few halls, from big orders.

    Installs, removals and orders are drawn to be wanted or not; what opens costs.
    """
    draw, made, live, found = Random(f"plans {seed}"), model.decisions, live_of(model), []
    for _ in range(POINTS):
        terms = [
            *((v, draw.choice([-5.0, -1.0, 0.5])) for v in made.install_systems.values()),
            *((v, draw.choice([-0.5, 0.5, 1.0])) for v in made.remove_systems.values()),
            *((v, draw.choice([-0.3, 0.1, 1.0])) for v in made.order_lots.values()),
            *((v, draw.choice([0.0, 1.0, 3.0])) for v in made.opened_halls.values()),
            *((v, 1.0) for v in made.open_site.values()),
            *((v, draw.choice([-1.0, 0.0])) for v in made.carry_crews.values()),
            *((v, -0.2) for v in made.serve_mw.values()),
        ]
        most = {"order_lots": 50.0}
        for variable in made.order_lots.values():
            live.upper[variable.column] = min(live.upper[variable.column], most["order_lots"])
        live.release()
        live.minimise(model.frame.objective(terms))
        outcome = live.solve(gap=0.02, seconds=SECONDS)
        if outcome.values is not None:
            found.append(outcome.values)
    return found


def broken_links(case: Case, model: Model, plan: np.ndarray) -> list[float]:
    """Return by how much a plan misses rows of `crew_links` and `lot_limits`."""
    rows = [*((link, 0.0) for link in crew_links(model)), *lot_limits(model)]
    missed = [sum(plan[v.column] * weight for v, weight in row) - most for row, most in rows]
    return [by for by in missed if by > NEAR]


def told_wrongly(case: Case, model: Model, plan: np.ndarray) -> list[str]:
    """Return what bounds say that a plan cannot do, and it does."""
    routes = Routes(case)
    bounds, found = Bounds(case, routes), list[str]()
    made, facility = model.decisions, case.facility
    at_site: dict[tuple[str, int], float] = defaultdict(float)
    for (hall, _, day), variable in made.install_systems.items():
        at_site[facility.site_of[hall], day] += plan[variable.column]
    for site in facility.sites:
        done = 0.0
        for day in sorted(day for name, day in at_site if name == site):
            done += at_site[site, day]
            if done > bounds.crew_systems(site, day) + NEAR:
                found.append(f"{site} installs {done} by {day}")
    for commitment in case.demand.commitments:
        first = first_service(case, bounds, routes, commitment)
        for (name, _, _, period), variable in made.serve_mw.items():
            early = first is None or period < first.period
            if name == commitment and early and plan[variable.column] > NEAR:
                found.append(f"{commitment} is served in {period}")
    return found


def optima(model: Model, tiers: list[Tier]) -> list[float] | None:
    """Return the least of each tier, the ones before held; None if one is not proven in time."""
    live, found = live_of(model), []
    for tier in tiers:
        live.minimise(tier.expression)
        outcome = live.solve(gap=0.0, seconds=SECONDS)
        if outcome.status != "optimal":
            return None
        found.append(outcome.objective)
        live.hold(tier.expression, outcome.objective, 1e-7)
    return found


def with_links(model: Model) -> Model:
    """Return a model with the rows for the search as rows of its own."""
    frame: Frame = model.frame
    for number, link in enumerate(crew_links(model)):
        frame.row("crew_link", (number,), link, "<=", 0.0)
    for number, (row, most) in enumerate(lot_limits(model)):
        frame.row("lot_limit", (number,), row, "<=", most)
    return model


@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_no_plan_is_cut_off(first: int) -> None:
    for seed in range(first, first + BLOCK):
        case = case_of(seed)
        model = None if case is None else free_model(case)
        if case is None or model is None:
            continue
        for plan in some_plans(case, model, seed):
            assert not broken_links(case, model, plan), f"case {seed}"
            assert not told_wrongly(case, model, plan), f"case {seed}"


@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_no_optimum_is_changed(first: int) -> None:
    for seed in range(first, first + BLOCK):
        case = case_of(seed)
        free = None if case is None else free_model(case)
        guided = None if case is None else model_of(case)
        if case is None or free is None or guided is None:
            continue
        best = optima(free, make_tiers(free)[:-1])
        found = optima(with_links(guided), make_tiers(guided)[:-1])
        if best is not None and found is not None:
            assert found == pytest.approx(best, rel=1e-5, abs=1e-5), f"case {seed}"


def test_the_cases_strain_every_guide() -> None:
    """Each guide is the limit of some plan, so that one that were too strict would be noticed."""
    binding: dict[str, int] = defaultdict(int)
    for seed in range(40):
        case = case_of(seed)
        model = None if case is None else free_model(case)
        if case is None or model is None:
            continue
        binding["opening"] += bool(case.facility.opening)
        binding["several days"] += any(
            len(days) > case.calendar.count + 1 for days in case.installing.values()
        )
        for plan in some_plans(case, model, seed):
            for link in crew_links(model):
                work = sum(plan[v.column] * w for v, w in link if w > 0)
                binding["link"] += (
                    work > NEAR and abs(sum(plan[v.column] * w for v, w in link)) < NEAR
                )
            for row, most in lot_limits(model):
                ordered = sum(plan[v.column] * w for v, w in row)
                binding["lots"] += most > 0 and ordered > most - NEAR
            for key, variable in model.decisions.order_lots.items():
                lot = case.supply.sources[key[0], key[1]]["lot"]
                most = case.supply.largest_order[key]
                binding["order"] += most > 0 and plan[variable.column] * lot > most - NEAR
            binding["removal"] += any(
                plan[v.column] > NEAR for v in model.decisions.remove_systems.values()
            )
    assert all(
        binding[name] >= 3
        for name in ("opening", "several days", "link", "lots", "order", "removal")
    ), dict(binding)
