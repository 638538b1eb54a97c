"""A limit moved on the live model: every row is as it is where the model is built anew."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from explain_cases import short_case, small_case
from how_many import CASES, seeds
from instances import Sheets, settings, unit_system
from random_cases import random_case
from random_days import PERIODS, day_case
from random_wide import wide_case

from planner.errors import PlannerError
from planner.explain.limit_moves import Move, lifted_steps
from planner.explain.problem import IMPLIED, Problem
from planner.explain.session import Session
from planner.solve.duals import RowMatrix, read_rows
from planner.workbook.reading import inputs_from_rows

NEAR = 1e-9
"""Part of a figure, or of one, by which two computations of it may differ."""

Row = tuple[float, float, dict[object, float]]
"""Lower side, upper side, and the coefficients that are not zero."""

ROOMS = ("depots", "sites")
"""Sheets with storage."""

SHARES = (0.01, 0.25, 1.0)
"""Shares of an amount by which it is raised, beside whole steps."""


def drawn(seed: int) -> Sheets:
    """Return a random workbook of one of many kinds."""
    kinds = (
        small_case,
        short_case,
        random_case,
        wide_case,
        lambda n: wide_case(n, "mixed"),
        lambda n: day_case(n, PERIODS[n % len(PERIODS)])[0],
    )
    sheets = kinds[seed % len(kinds)](seed)
    draw = Random(f"touches {seed}")
    for crew in sheets.get("crews", ()):
        crew["systems_per_month"] = round(draw.uniform(0.3, 6.0), 2)
    for budget in sheets.get("budget", ()):
        budget["cumulative"] *= draw.choice([0.0, 0.01, 1.0])
    if sheets.get("budget") and draw.random() < 0.5:  # two budgets for the same period
        last = sheets["budget"][-1]
        before = date.fromisoformat(str(last["date"])) - timedelta(days=1)
        also = {"date": before, "cumulative": last["cumulative"]}
        sheets["budget"] = [*sheets["budget"], also]
    _let_power_fall(sheets, draw)
    for hall in sheets["halls"]:
        if draw.random() < 0.2:
            column = draw.choice(["slots", "coolant_lpm", "it_mw"])
            hall[column] = draw.choice([0, 1e-3, 2])
    for row in (row for sheet in ROOMS for row in sheets.get(sheet, ())):
        if row.get("storage") is not None and draw.random() < 0.3:
            row["storage"] = 0
    return sheets


def _let_power_fall(sheets: Sheets, draw: Random) -> None:
    """Give a node less from a day on, so that more of a step before makes a fall or ends a rise."""
    steps = sheets.get("energisation")
    if steps and draw.random() < 0.5:
        last = max(steps, key=lambda row: str(row["from"]))
        day = date.fromisoformat(str(last["from"])) + timedelta(days=draw.randint(3, 40))
        share = draw.choice([0.5, 0.99, 1.0, 1.01])
        steps.append({"node": last["node"], "from": day, "mw": float(str(last["mw"])) * share})


def stated(problem: Problem, rows: RowMatrix) -> dict[object, Row]:
    """Return rows by what they are of; one of a budget is in the money of the workbook."""
    name_at = {at: place for place, at in problem.column_at.items()}
    found = {}
    for at, place in enumerate(problem.row_places):
        entries = slice(rows.start[at], rows.start[at + 1])
        terms = {
            name_at.get(int(column), int(column)): float(value)
            for column, value in zip(rows.index[entries], rows.value[entries], strict=True)
            if value
        }
        size = max(map(abs, terms.values()), default=1.0) if place[0] == "budget" else 1.0
        terms = {name: value / size for name, value in terms.items()}
        found[place] = (rows.lower[at] / size, rows.upper[at] / size, terms)
    return found


def uppers(problem: Problem) -> dict[object, float]:
    """Return the upper bounds that count in the live model."""
    upper = np.array(problem.live.highs.getLp().col_upper_)
    return {place: upper[at] for place, at in problem.column_at.items() if place[0] not in IMPLIED}


def is_near(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= NEAR * max(1.0, abs(one), abs(other))


def differences(session: Session, move: Move) -> list[str]:
    """Return what differs between the touched live model and one that is built anew."""
    base, anew = session.base, session.moved([move])
    touches = session.touches([move])
    base.apply(touches, 1.0)
    try:
        live, live_uppers = stated(base, read_rows(base.live)), uppers(base)
    finally:
        base.restore(touches)
    rebuilt, found = stated(anew, read_rows(anew.live)), []
    for place in {**live, **rebuilt}:
        one, other = live.get(place), rebuilt.get(place)
        if one is None or other is None:
            found.append(f"{place}: {one} and {other}")
            continue
        sides = is_near(one[0], other[0]) and is_near(one[1], other[1])
        terms = one[2].keys() == other[2].keys() and all(
            is_near(value, other[2][name]) for name, value in one[2].items()
        )
        if not (sides and terms):
            found.append(f"{place}: {one} and {other}")
    anew_uppers = uppers(anew)
    found += [
        f"upper bound of {place}: {live_uppers.get(place)} and {anew_uppers.get(place)}"
        for place in {**live_uppers, **anew_uppers}
        if not is_near(live_uppers.get(place, math.nan), anew_uppers.get(place, math.nan))
    ]
    return found


def check(seed: int) -> set[str]:
    """Compare every limit of a random workbook, moved by a random amount; return their kinds."""
    try:
        session = Session(inputs_from_rows("random", drawn(seed)), seconds=math.inf)
    except PlannerError:
        return set()
    draw, kinds = Random(seed), set()
    for limit in session.catalogue.amounts + session.catalogue.dates:
        if not session.is_linear(limit):
            continue
        steps = float(draw.choice([1, 2]))
        if not limit.dated and limit.column != "count" and draw.random() < 0.6:
            steps = float(limit.value) * draw.choice(SHARES) / limit.step
        # Beyond what lifts a limit it is not moved on the live model.
        move = Move(limit, min(steps, lifted_steps(session.inputs, limit)))
        if not session.are_linear([move]):
            continue
        try:
            found = differences(session, move)
        except (ValueError, PlannerError):  # the workbook would break a rule of its own
            continue
        assert not found, (seed, limit.where, limit.value, steps, found[:4])
        kinds.add(limit.kind)
    return kinds


def two_steps(sheet: str, *amounts: float) -> Sheets:
    """Return a workbook of one system and hall whose crews, or feeder, change on 10 February."""
    column = {"crews": "systems_per_month", "energisation": "mw"}[sheet]
    key = {"crews": {"site": "s"}, "energisation": {"node": "n"}}[sheet]
    days = ("2026-01-01", "2026-02-10")
    return {
        "settings": settings("2026-01-01", "2026-03-31"),
        "systems": [unit_system(name="u", price=10, commission_days=0)],
        "sites": [{"site": "s", "pue": 1}],
        "halls": [{"hall": "h", "site": "s", "it_mw": 50, "open_count": 1, "fed_by": "n"}],
        "power": [{"node": "n"}],
        "commitments": [{"commitment": "c", "basis": "it"}],
        "milestones": [{"commitment": "c", "date": "2026-03-31", "mw": 40}],
        sheet: [
            {**key, "from": day, column: amount} for day, amount in zip(days, amounts, strict=True)
        ],
    }


@pytest.mark.parametrize(("sheet", "amounts"), [("crews", (5, 5)), ("energisation", (4, 5))])
def test_a_step_that_becomes_a_fall_needs_a_model_built_anew(
    sheet: str, amounts: tuple[float, float]
) -> None:
    """Two more of the first step are a fall on 10 February, a day on which more is looked at."""
    session = Session(inputs_from_rows("steps", two_steps(sheet, *amounts)), seconds=math.inf)
    first, then = (limit for limit in session.catalogue.amounts if limit.row.sheet == sheet)
    assert session.is_linear(first)
    assert not session.are_linear([Move(first, 2.0)])
    assert session.are_linear([Move(first, 2.0), Move(then, 2.0)])


@pytest.mark.parametrize("first", seeds(CASES, 20))
def test_a_touched_model_is_the_model_built_anew(first: int) -> None:
    kinds = set().union(*(check(seed) for seed in range(first, first + 20)))
    assert len(kinds) > 5
