"""Random plans, and what can be asked on top of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from explain_cases import small_case
from instances import Sheets
from random_cases import random_case

from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows

KW = (1000, 1000, 864, 1000 / 3, 132.5)
"""Power of a system: several to a hall, whole numbers of MW and not."""


@dataclass(frozen=True)
class Case:
    """A random plan and what can be asked on top of it."""

    seed: int
    sheets: Sheets
    plan: Plan
    basis: str


def drawn(seed: int) -> Case:
    """Return a random plan; one in eight with lots, minimum orders and lanes."""
    draw = Random(1_000_003 * seed + 17)
    if seed % 8 == 7:
        sheets = random_case(seed)
    else:
        sheets = small_case(seed)
        sheets["systems"][0]["power_kw"] = draw.choice(KW)
        if draw.random() < 0.75:
            leave_room(sheets, draw)
    basis = draw.choice(("it", "it", "facility", "system"))
    return Case(seed, sheets, planned(sheets), basis)


def leave_room(sheets: Sheets, draw: Random) -> None:
    """Raise limits, so that more can be promised than is promised already."""
    grown = (
        ("supply_capacity", "units_per_month", 9),
        ("halls", "it_mw", 5),
        ("energisation", "mw", 9),
        ("crews", "systems_per_month", 6),
    )
    for sheet, column, most in grown:
        for row in sheets[sheet]:
            row[column] = float(str(row[column])) + draw.randint(0, most)
    sheets.pop("budget", None)


def planned(sheets: Sheets) -> Plan:
    """Return a plan from scratch, which the independent checker has passed."""
    return make_plan(inputs_from_rows("random", sheets), Options(gap=0.0))
