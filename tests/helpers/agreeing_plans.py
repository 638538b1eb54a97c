"""Plans whose reports must say the same."""

from __future__ import annotations

from functools import cache

from instances import unit_system
from micro import FEBRUARY, JANUARY, MARCH, START, plan_of
from page_plans import CHAIN, edge
from plan_samples import sample_plan

from planner.plan.store import Plan

ASSUMED = {"source": "Assumption: a round figure"}


def _several_bases() -> Plan:
    """Three commitments on three bases, of which two miss MW; two systems at two sites."""
    systems = [
        {"system": "small", "power_kw": 510, "overhead_kw": 500, "price": 1, **ASSUMED},
        {"system": "large", "power_kw": 1030, "overhead_kw": 1000, "price": 2.5},
    ]
    commitments = [
        {"commitment": "on IT", "basis": "it"},
        {"commitment": "on system", "basis": "system", "systems": "large"},
        {"commitment": "on facility", "basis": "facility", "source": "a letter"},
    ]
    milestones = [
        {"commitment": "on IT", "date": JANUARY, "mw": 3},
        {"commitment": "on IT", "date": FEBRUARY, "mw": 9},
        {"commitment": "on system", "date": FEBRUARY, "mw": 8},
        {"commitment": "on facility", "date": MARCH, "mw": 3},
    ]
    return plan_of(
        end=MARCH,
        systems=systems,
        commitments=commitments,
        milestones=milestones,
        sites=[{"site": "east", "pue": 1.2}, {"site": "west", "pue": 1.5}],
        halls=[
            {"hall": "east hall", "site": "east", "it_mw": 6, "count": 1},
            {
                "hall": "west hall",
                "site": "west",
                "it_mw": 2,
                "count": 3,
                "ready": "2026-02-01",
                "fit_out_cost": 1,
            },
        ],
        crews=[{"site": "east", "from": START, "systems_per_month": 2}],
    )


def _several_items() -> Plan:
    """Systems of two items of two suppliers, some of them ordered already."""
    return plan_of(
        {"2026-06-30": 3, "2026-09-30": 5},
        end="2026-12-31",
        systems=[unit_system(**ASSUMED)],
        **{key: rows for key, rows in CHAIN.items() if key not in ("systems", "supply", "bom")},
        bom=[
            {"system": "unit", "item": "part", "quantity": 2},
            {"system": "unit", "item": "brick", "quantity": 40},
        ],
        supply=[
            {"supplier": "maker", "item": "part", "lead_days": 28, "price": 3, "source": "a"},
            {"supplier": "maker", "item": "brick", "lead_days": 28, "price": 1, "source": "b"},
        ],
        orders=[
            {
                "order": "PO-1",
                "supplier": "maker",
                "item": "part",
                "quantity": 4,
                "placed": "2025-11-01",
                "arrives": "2026-01-05",
            },
            {
                "order": "PO-2",
                "supplier": "maker",
                "item": "brick",
                "quantity": 100,
                "placed": "2025-11-01",
                "arrives": "2026-01-05",
            },
        ],
    )


def _none_possible() -> Plan:
    """No system can be had in time; every MW is missed, at a late cost."""
    return plan_of(
        {JANUARY: 5, MARCH: 7},
        end=MARCH,
        systems=[unit_system(available_from="2027-01-01")],
        commitments=[{"commitment": "demand", "basis": "it", "late_cost": 5}],
    )


PLANS = {
    "met": lambda: edge("chain"),
    "late": lambda: edge("missed in part"),
    "none possible": _none_possible,
    "explained": lambda: edge("explained"),
    "explained late": lambda: edge("explained late"),
    "assumptions in names and sources": lambda: edge("hostile names"),
    "several bases": _several_bases,
    "several items": _several_items,
    "made up": sample_plan,
}
"""Plans by what is particular about them."""


@cache
def plan(name: str) -> Plan:
    return PLANS[name]()
