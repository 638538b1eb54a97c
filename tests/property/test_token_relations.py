"""Plans of a token workbook and of the same workbook changed in a way whose effect is known.

Some pairs in the suite; thousands on demand:

    PLANNER_CASES=1600 pytest tests/property/test_token_relations.py
"""

from __future__ import annotations

from random import Random

import pytest
from how_many import CASES, seeds
from metamorphic import broken
from random_tokens import token_case
from token_plans import plan_of_sheets, rate, replicas, sheets_of, site, system, workload
from token_relations import TOKEN_RELATIONS

NAMES = tuple(TOKEN_RELATIONS)
BLOCK = 8


@pytest.mark.parametrize("first", seeds(max(40, CASES), BLOCK))
def test_what_is_known_of_a_changed_token_workbook_holds(first: int) -> None:
    for number in range(first, first + BLOCK):
        relation = NAMES[number % len(NAMES)]
        sheets = token_case(number, tiny=number % 3 == 0)
        pair = TOKEN_RELATIONS[relation](Random(f"{relation} {number}"), sheets)
        told = "" if pair is None else broken(pair)
        assert not told, f"pair {number}, {relation}: {told}"


def test_idle_systems_are_never_loaded_and_every_run_is_alike() -> None:
    """A fleet of six could load six replicas; chat takes two, books flow into the valleys."""
    fleet_site, hall = site("A", "US")
    hall["open_count"] = 1
    sheets = sheets_of(
        [system("G", 3000.0), system("H", 3000.0)],
        [
            workload("chat", 0, 2160),
            workload("books", 0, 432, **{"class": "batch"}),
        ],
        [rate("G", None, 20e3), rate("H", None, 20e3)],
        [(fleet_site, hall), site("B", "US")],
        fleet=[{"hall": "A hall", "system": "G", "count": 6}],
    )
    plans = [plan_of_sheets(sheets) for _ in range(20)]
    assert replicas(plans[0]) == {("G", "A"): 2}
    for plan in plans[1:]:
        for name in ("tokens", "token_service", "token_purchases", "replicas", "installs"):
            assert plan.tables[name] == plans[0].tables[name]  # type: ignore[literal-required]
