"""Magnitudes: from systems of some watts to gigawatts, from cents to billions, the same plan."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from instances import Sheets
from micro import FEBRUARY, assert_optimum, near, plan_of
from random_cases import random_case
from relations import MW_COLUMNS

from planner.errors import InputFaults
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows
from planner.workbook.schema.sheets import BY_NAME


def scaled(sheets: Sheets, mw: float, money: float) -> Sheets:
    """Return the same case with all power and all money larger or smaller by a factor."""

    def other(sheet: str, column: str, value: Any) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool) or sheet == "settings":
            return value
        unit = BY_NAME[sheet].column(column).unit
        if (sheet, column) in MW_COLUMNS:
            return value * mw
        by_power = "MW" in unit.removeprefix("MW")
        return value * (money if unit.startswith("money") else 1.0) / (mw if by_power else 1.0)

    return {
        sheet: [
            {column: other(sheet, column, value) for column, value in row.items()} for row in rows
        ]
        for sheet, rows in sheets.items()
    }


def best(sheets: Sheets) -> Plan:
    return make_plan(inputs_from_rows("sizes", sheets), Options(gap=0.0))


def decisions(plan: Plan) -> list[Any]:
    """Return how many systems are installed when, and how many halls of a site are opened when.

    Equal plans may differ in which of two halls a system stands, and in which of them opens first.
    """
    installs: Counter[Any] = Counter()
    for row in plan.tables["installs"]:
        installs[row["system"], row["period"]] += float(str(row["installed"]))
    openings: Counter[Any] = Counter()
    for row in plan.tables["halls"]:
        openings[row["site"], row["period"]] += float(str(row["decided"]))
    return [installs, +openings]


def is_chosen(plan: Plan) -> bool:
    """Whether a plan is proven to be the one chosen among equals, and so no other is."""
    return float(str(plan.tables["tiers"][-1]["gap"])) <= 0


@pytest.mark.parametrize("seed", [20])
def test_power_and_money_of_any_size_give_the_same_plan(seed: int) -> None:
    """Systems of 60 watts to megawatts; prices of cents to billions."""
    plan = best(random_case(seed))
    for mw, money in ((1e-4, 0.01), (1e-2, 1e9), (3.0, 1e6)):
        other = best(scaled(random_case(seed), mw, money))
        if is_chosen(plan) and is_chosen(other):
            assert decisions(other) == decisions(plan), (mw, money)
        tiers = list(zip(plan.tables["tiers"], other.tables["tiers"], strict=True))
        # The last one only chooses among equals; what it reached in its time proves nothing.
        for before, after in tiers if is_chosen(plan) and is_chosen(other) else tiers[:-1]:
            factor = {"MW-months": mw, "USD": money}.get(str(before["unit"]), 1.0)
            assert after["value"] == near(float(str(before["value"])) * factor)


def test_systems_of_less_than_50_watts_are_refused() -> None:
    """Megawatts of a millionth are within what a solver may miss a row by."""
    with pytest.raises(InputFaults, match=r"systems!\w2 '0.006'.*0\.05"):
        best(scaled(random_case(3), 1e-5, 1.0))


def test_gigawatts_in_cents() -> None:
    """4 GW of systems of 5 MW at 0.01 each are 800 systems and 8."""
    plan = plan_of(
        {FEBRUARY: 4000},
        end=FEBRUARY,
        systems=[{"system": "unit", "power_kw": 5000, "overhead_kw": 0, "price": 0.01}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 4999, "open_count": 1}],
    )
    assert plan.summary["systems"] == {"unit": 800}
    assert_optimum(plan, cost=8)


def test_whole_numbers_are_whole_to_the_last_digit() -> None:
    """What the solver holds at 11.9999998 is 12 in the plan, which is checked with it."""
    for seed in (3, 8, 20):
        plan = best(random_case(seed))
        counts = [row[c] for row in plan.tables["installs"] for c in ("installed", "removed")]
        counts += [row[c] for row in plan.tables["halls"] for c in ("decided", "opened")]
        counts += [row["installed"] for row in plan.tables["fleet"]]
        assert [count for count in counts if float(str(count)) != int(float(str(count)))] == []
        assert plan.summary["verified"] is True


def test_the_summary_tells_how_far_the_numbers_of_the_model_lie_apart() -> None:
    """One system of 1 MW: serving takes a whole one, and a hall holds 100."""
    size: Any = plan_of({FEBRUARY: 3}, end=FEBRUARY).summary["model"]
    assert size["coefficients"] == [1.0, 100.0]
    assert size["bounds"][1] == 100.0
    assert all(low <= high for low, high in (size["right_sides"], size["bounds"]))
