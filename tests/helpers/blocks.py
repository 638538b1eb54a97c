"""One block of the model alone: a tiny case, a point of it given by hand, and whether it holds.

Unless a test says otherwise there are two months, January and February 2026 (periods 0 and 1, whose
last days are 30 and 58, counted from 0),
one system `unit` of 1 MW at a price of 10, one site `site` with one hall class `hall` of 100 MW,
and one commitment `demand` of 5 IT megawatts due at the end of February.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

import numpy as np
import pytest
from instances import Sheets, settings, unit_system
from micro import FEBRUARY, START

from planner.case.case import Case, make_case
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import inputs_from_rows

Rule = Callable[[Model], None]
Point = Mapping[str, Mapping[Hashable, float]]
"""Values by decision, then by index; what is not named is 0."""

EPSILON = 1e-6

JAN, FEB = 0, 1
JAN_END, FEB_END, MAR_END, APR_END = 30, 58, 89, 119
"""Last days of months, on which what is done for them is done where it takes no time."""

TWO_SYSTEMS = [unit_system(), unit_system("other")]


def sold(item: str = "unit", **columns: object) -> dict[str, object]:
    """Return a row of supply without lead time."""
    return {"supplier": "maker", "item": item, "lead_days": 0, **columns}


def hall(name: str = "hall", **columns: object) -> dict[str, object]:
    """Return a hall of 100 MW."""
    return {"hall": name, "site": "site", "it_mw": 100, **columns}


def promised(name: str, basis: str = "it", **columns: object) -> dict[str, object]:
    """Return a commitment."""
    return {"commitment": name, "basis": basis, **columns}


def due(name: str, mw: float, day: str = FEBRUARY) -> dict[str, object]:
    """Return a milestone."""
    return {"commitment": name, "date": day, "mw": mw}


def rows_of(
    due: Mapping[str, float] | None = None,
    end: str = FEBRUARY,
    options: Mapping[str, object] | None = None,
    **sheets: list[dict[str, object]],
) -> Sheets:
    """Return the sheets of the tiny case, with rows that take the place of a sheet's."""
    milestones = (due or {FEBRUARY: 5}).items()
    return {
        "settings": settings(**{"start": START, "end": end, **(options or {})}),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": d, "mw": mw} for d, mw in milestones],
        **sheets,
    }


def case_of(**changes: object) -> Case:
    """Prepare the tiny case with changes, see `rows_of`."""
    return make_case(inputs_from_rows("block", rows_of(**changes)))  # type: ignore[arg-type]


def values_of(model: Model, point: Point) -> list[float]:
    """Return the value of each column at a point.

    Raises
    ------
    KeyError
        If the point names a decision that the model does not have: it would test nothing.
    """
    values = dict.fromkeys(map(id, model.frame.columns), 0.0)
    for decision, amounts in point.items():
        variables = getattr(model.decisions, decision)
        for key, amount in amounts.items():
            values[id(variables[key])] = float(amount)
    return [values[id(column)] for column in model.frame.columns]


def holds(model: Model, point: Point) -> bool:
    """Return whether a point keeps every row of a model.

    Asked twice, of PuLP's rows and of HiGHS with every column fixed, which must agree: so the
    rows that HiGHS solves are those that were stated.
    """
    values = values_of(model, point)
    for column, value in zip(model.frame.columns, values, strict=True):
        column.varValue = value
    stated = all(row.valid(EPSILON) for row in model.frame.problem.constraints.values())
    live = LiveModel(model.frame.problem, model.frame.columns)
    live.fix(np.arange(live.columns, dtype=np.int32), np.array(values))
    status = live.solve(gap=0.0, seconds=10.0).status
    assert status in ("optimal", "infeasible")
    assert stated == (status == "optimal"), "PuLP and HiGHS disagree about the point"
    return stated


def moved(point: Point, changes: Point) -> Point:
    """Return a point with some of its values changed."""
    names = {**point, **changes}
    return {name: {**point.get(name, {}), **changes.get(name, {})} for name in names}


def assert_edge(rule: Rule, allowed: Point, forbidden: list[Point], **changes: object) -> Model:
    """Assert that a rule alone allows a point and forbids each of some changes of it."""
    model = build_model(case_of(**changes), rules=(rule,))
    assert model.frame.rows, "the rule states nothing in this case"
    assert holds(model, allowed), "the rule forbids the point that it should allow"
    for change in forbidden:
        assert not holds(model, moved(allowed, change)), f"the rule allows {change}"
    return model


TESTED: list[Rule] = []
"""Rules that have a test of their own."""


def alone(rule: Rule) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a rule to its test, and remember that it has one."""
    TESTED.append(rule)
    return pytest.mark.parametrize("rule", [rule], ids=lambda rule: rule.__name__)
