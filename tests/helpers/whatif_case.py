"""A small case to sweep: two sites with a crew each, supply by month, draws of every kind."""

from __future__ import annotations

from instances import Sheets, settings, unit_system

from planner.pipeline import finish, solve, state
from planner.plan.store import Plan
from planner.whatif.solve_reuse import Kept, kept_of
from planner.workbook.reading import inputs_from_rows
from planner.workbook.rows import Inputs


def small_sheets() -> Sheets:
    """Return ten megawatts due by June from a supplier of three systems a month."""
    return {
        "settings": settings("2026-01-01", "2026-09-30"),
        "systems": [unit_system(price=10)],
        "supply": [{"supplier": "fab", "item": "unit", "lead_days": 28, "price": 10}],
        "supply_capacity": [
            {"supplier": "fab", "from": "2026-01-01", "units_per_month": 2},
            {"supplier": "fab", "from": "2026-04-01", "units_per_month": 4},
        ],
        "sites": [{"site": "north", "pue": 1.2}, {"site": "south", "pue": 1.25}],
        "halls": [
            {
                "hall": "north A",
                "site": "north",
                "it_mw": 3,
                "count": 2,
                "fit_out_cost": 7,
                "fed_by": "north feeder",
            },
            {
                "hall": "south A",
                "site": "south",
                "it_mw": 4,
                "count": 2,
                "fit_out_cost": 5,
                "ready": "2026-03-01",
                "fed_by": "south feeder",
            },
        ],
        "power": [{"node": "north feeder"}, {"node": "south feeder"}],
        "energisation": [
            {"node": "north feeder", "from": "2026-01-01", "mw": 8},
            {"node": "south feeder", "from": "2026-03-01", "mw": 10},
        ],
        "crews": [{"site": "north", "from": "2026-01-01", "systems_per_month": 3}],
        "commitments": [{"commitment": "demand", "basis": "it", "late_cost": 2}],
        "milestones": [
            {"commitment": "demand", "date": "2026-04-30", "mw": 5},
            {"commitment": "demand", "date": "2026-07-31", "mw": 12},
        ],
        "scenarios": [
            {"scenario": "few crews", "change": "few crews", "probability": 0.2},
            {"scenario": "late south", "change": "late south"},
        ],
        "changes": [
            {
                "change": "few crews",
                "sheet": "crews",
                "key": "*",
                "column": "systems_per_month",
                "operation": "scale",
                "value": 0.3,
            },
            {
                "change": "late south",
                "sheet": "energisation",
                "key": "south feeder",
                "column": "from",
                "operation": "shift_days",
                "value": 153,
            },
        ],
        "draws": [
            {
                "draw": "south slips",
                "sheet": "energisation",
                "key": "south feeder,*",
                "column": "from",
                "operation": "shift_days",
                "distribution": "empirical",
                "sample": "slips",
                "group": "feeders",
                "correlation": 0.8,
            },
            {
                "draw": "south slips",
                "sheet": "halls",
                "key": "south A",
                "column": "ready",
                "operation": "shift_days",
            },
            {
                "draw": "north slips",
                "sheet": "energisation",
                "key": "north feeder,*",
                "column": "from",
                "operation": "shift_days",
                "distribution": "empirical",
                "sample": "slips",
                "group": "feeders",
                "correlation": 0.8,
            },
            {
                "draw": "fab output",
                "sheet": "supply_capacity",
                "key": "fab,*",
                "column": "units_per_month",
                "operation": "scale",
                "distribution": "triangular",
                "low": 0.6,
                "mode": 1,
                "high": 1.2,
            },
            {
                "draw": "price",
                "sheet": "supply",
                "key": "fab,unit",
                "column": "price",
                "operation": "scale",
                "distribution": "lognormal",
                "mean": 1,
                "sd": 0.2,
            },
        ],
        "samples": [
            {"sample": "slips", "number": n, "value": days}
            for n, days in enumerate((0, 0, 0, 0, -31, 31, 61, 150), start=1)
        ],
    }


def small_case() -> Inputs:
    return inputs_from_rows("small", small_sheets())


def make_kept(inputs: Inputs) -> tuple[Plan, Kept]:
    """Return the plan of some inputs, with its solve as it is saved."""
    problem = state(inputs)
    solved = solve(problem)
    return finish(problem, solved), kept_of(solved)
