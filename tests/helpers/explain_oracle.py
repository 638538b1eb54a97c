"""Brute force for explanations: change the cells, state the model anew, solve it with CBC."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import date

import pulp
from instances import Sheets
from oracle import LARGE

from planner.case.case import make_case
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import missed_mw_months
from planner.workbook.reading import inputs_from_rows

DIVISIBLE = ("order_lots", "commissioned_systems")
"""Decisions whose upper bounds are rounded, which the divisible model leaves to their rows."""


def changed(sheets: Sheets, where: str, change: Callable[[object], object]) -> Sheets:
    """Return sheets with one cell, written like ``halls!C3``, changed."""
    found = re.fullmatch(r"(\w+)!([A-Z]+)(\d+)", where)
    assert found is not None
    sheet, letters, number = found[1], found[2], int(found[3])
    other = copy.deepcopy(sheets)
    header = list(dict.fromkeys(column for row in sheets[sheet] for column in row))
    column = header[ord(letters) - ord("A")]
    row = other[sheet][number - 2]
    row[column] = change(row[column])
    return other


def stated(sheets: Sheets) -> Model:
    """State the model of some sheets."""
    return build_model(make_case(inputs_from_rows("brute", sheets)))


def divisible(model: Model) -> Model:
    """Make everything in a model divisible."""
    for variable in model.frame.problem.variables():
        variable.cat = pulp.LpContinuous
    for kind in DIVISIBLE:
        for variable in getattr(model.decisions, kind).values():
            variable.upBound = None
    return model


def least_missed(model: Model) -> list[float]:
    """Return MW-months missed by priority, each held before the next, by CBC."""
    problem, found = model.frame.problem, []
    for priority in model.case.demand.priorities:
        tier = missed_mw_months(model, priority)
        problem.setObjective(tier.expression * LARGE)
        status = problem.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0, timeLimit=60))
        if pulp.LpStatus[status] != "Optimal":
            raise ValueError(pulp.LpStatus[status])
        value = float(pulp.value(tier.expression) or 0.0)
        found.append(value)
        problem.addConstraint(tier.expression <= value + 1e-9 * max(1.0, abs(value)))
    return found


def as_day(value: object) -> date:
    """Return a raw cell as a day."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))
