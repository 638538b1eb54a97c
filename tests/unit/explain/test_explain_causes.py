"""A plan in time is made late in one way: that cell is named first."""

from __future__ import annotations

import math

import pytest
from instances import Sheets, lane, settings, unit_system
from micro import APRIL, MARCH, START

from planner.explain.bottlenecks import find_bottlenecks
from planner.explain.session import Session
from planner.workbook.reading import inputs_from_rows


def ample() -> Sheets:
    """Return four months in which 6 MW are due in March and 9 in April, and can be had."""
    return {
        "settings": settings(START, APRIL),
        "systems": [unit_system("old", price=10, coolant_lpm=50)],
        "bom": [
            {"system": "old", "item": "wafer", "quantity": 2},
            {"system": "old", "item": "brick", "quantity": 4},
        ],
        "supply": [
            {"supplier": "fab", "item": "wafer", "lead_days": 28, "price": 5},
            {"supplier": "mill", "item": "brick", "lead_days": 28},
        ],
        "supply_capacity": [
            {"supplier": "fab", "from": START, "units_per_month": 20},
            {"supplier": "mill", "from": START, "units_per_month": 40},
        ],
        "plants": [{"plant": "plant", "system": "old", "units_per_month": 10, "lead_days": 0}],
        "lanes": [
            lane("fab", "plant"),
            lane("mill", "plant"),
            {**lane("plant", "site"), "units_per_month": 10},
        ],
        "sites": [{"site": "site", "pue": 1, "storage": 50}],
        "halls": [
            {
                "hall": "hall",
                "site": "site",
                "it_mw": 5,
                "count": 3,
                "fed_by": "feeder",
                "coolant_lpm": 260,
                "slots": 6,
                "ready": START,
            }
        ],
        "power": [{"node": "feeder"}],
        "energisation": [{"node": "feeder", "from": START, "mw": 20}],
        "crews": [{"site": "site", "from": START, "systems_per_month": 10}],
        "budget": [{"date": APRIL, "cumulative": 900}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": MARCH, "mw": 6},
            {"commitment": "demand", "date": APRIL, "mw": 9},
        ],
    }


CAUSES = {
    "allocation cut": ("supply_capacity", 0, "units_per_month", 3, "supply_capacity!C2"),
    "bricks": ("supply_capacity", 1, "units_per_month", 6, "supply_capacity!C3"),
    "yield": ("supply", 0, "yield", 0.1, "supply!E2"),
    "plant": ("plants", 0, "units_per_month", 1, "plants!C2"),
    "lane": ("lanes", 2, "units_per_month", 1, "lanes!E4"),
    "hall not ready": ("halls", 0, "ready", APRIL, "halls!H2"),
    "slots": ("halls", 0, "slots", 1, "halls!G2"),
    "coolant": ("halls", 0, "coolant_lpm", 51, "halls!F2"),
    "too few halls": ("halls", 0, "count", 1, "halls!D2"),
    "feeder slip": ("energisation", 0, "from", "2026-04-01", "energisation!B2"),
    "feeder cut": ("energisation", 0, "mw", 3, "energisation!C2"),
    "crews": ("crews", 0, "systems_per_month", 1, "crews!C2"),
    "budget": ("budget", 0, "cumulative", 30, "budget!B2"),
    "lead time": ("supply", 0, "lead_days", 400, "supply!C2"),
    "assembly time": ("plants", 0, "lead_days", 300, "plants!D2"),
}


def session_of(sheets: Sheets) -> Session:
    return Session(inputs_from_rows("planted", sheets), seconds=math.inf)


def test_nothing_is_late_to_begin_with() -> None:
    session = session_of(ample())
    assert not session.is_late
    assert not [found for found in find_bottlenecks(session) if found.gain or found.lifted]


@pytest.mark.parametrize("cause", CAUSES)
def test_the_planted_cause_is_named_first(cause: str) -> None:
    sheet, at, column, value, cell = CAUSES[cause]
    sheets = ample()
    sheets[sheet][at][column] = value
    for row in sheets[sheet]:
        row.setdefault(column, None)
    session = session_of(sheets)
    assert session.is_late
    first = find_bottlenecks(session)[0]
    assert first.limit.where == cell
    assert first.lifted is not None
    assert sum(first.lifted) > 0
