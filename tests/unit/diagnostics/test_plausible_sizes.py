"""Warnings of sizes: figures far from their peers, demand and budgets out of proportion."""

from __future__ import annotations

import pytest
from instances import unit_system
from plausible_case import APRIL, MARCH, SUPPLY, Rows, sheets_of, the_one, warnings_of

from planner.diagnostics.warning_context import amounts
from planner.workbook.cell_locations import cell_of


@pytest.mark.parametrize(
    ("sheet", "column", "values", "odd"),
    [
        ("sites", "energy_price", [50, 60, 70, 0.06], 3),
        ("halls", "fit_out_cost", [1e6, 1.2e6, 1.1e9, 1e6], 2),
        ("halls", "it_mw", [10, 12, 4500, 9], 2),
    ],
)
def test_figures_far_from_their_peers(
    sheet: str, column: str, values: list[float], odd: int
) -> None:
    base = sheets_of({MARCH: 1})
    base["sites"] = [{"site": f"s{n}", "pue": 1.2} for n in range(4)]
    base["halls"] = [{"hall": f"h{n}", "site": f"s{n}", "it_mw": 10} for n in range(4)]
    for row, value in zip(base[sheet], values, strict=True):
        row[column] = value
    found = [w for w in warnings_of(base) if "the middle of the other 3" in w.rule]
    assert [cell_of(w.where)[1:] for w in found] == [str(odd + 2)]
    base[sheet][odd][column] = values[0]
    assert warnings_of(base) == []


def test_a_system_that_costs_a_thousand_times_another() -> None:
    systems: Rows = [unit_system("a", price=20_000), unit_system("b", price=30_000_000)]
    found = the_one(sheets_of({MARCH: 1}, systems=systems))
    assert (found.where, found.value) == ("systems!D3", "30000000")
    assert found.rule == (
        "one b costs at least 30,000 a kW of IT power, 1,500 times the others' 20"
    )
    systems[0]["price"] = 400_000
    assert warnings_of(sheets_of({MARCH: 1}, systems=systems)) == []


def test_demand_in_kilowatts() -> None:
    found = warnings_of(sheets_of({MARCH: 50_000}))
    assert found[0].rule == (
        "50,000 MW of IT power are due by then, 500 times the 100 MW that all halls hold"
    )
    assert not any("due in the end" in w.rule for w in warnings_of(sheets_of({MARCH: 29_000})))


def test_a_budget_below_the_least_price_of_what_is_due() -> None:
    budget: Rows = [{"date": "2026-03-31", "cumulative": 500}]
    assert warnings_of(sheets_of({MARCH: 50, APRIL: 60}, budget=budget)) == []
    found = the_one(sheets_of({MARCH: 51, APRIL: 60}, budget=budget))
    assert found.where == "budget!B2"
    assert found.rule == (
        "the systems that are due by 2026-03-31 cost at least 510, the budget is 500"
    )
    budget[0]["cumulative"] = 0.5
    assert "1/1,020 of that" in the_one(sheets_of({MARCH: 51}, budget=budget)).rule


@pytest.mark.parametrize("arrives", ["2026-02-01", "2026-04-01"])
def test_the_least_price_of_what_is_assembled(arrives: str) -> None:
    """Two wafers at 8 / 0.8 and assembly at 5 make 25; what is on order is paid already."""
    supply = SUPPLY | {
        "supply": [SUPPLY["supply"][0] | {"price": 8}],
        "plants": [SUPPLY["plants"][0] | {"cost": 5}],
        "orders": [
            {"order": "1", "supplier": "fab", "item": "wafer", "quantity": 5, "arrives": arrives}
        ],
    }
    budget: Rows = [{"date": "2026-04-30", "cumulative": 210}]
    assert warnings_of(sheets_of({APRIL: 10}, budget=budget, **supply)) == []
    found = the_one(sheets_of({APRIL: 10.5}, budget=budget, **supply))
    assert (found.figures["least"], found.figures["budget"]) == (222.5, 210)


def test_the_fleet_and_cheap_systems_lower_the_least_price() -> None:
    """Of 51 MW the fleet serves 11; the two systems cost 10 and 0.5 a megawatt."""
    systems: Rows = [unit_system(price=10), unit_system("cheap", price=0.5)]
    changed: dict[str, Rows] = {
        "systems": systems[:1],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1}],
        "fleet": [{"hall": "hall", "system": "unit", "count": 11}],
        "budget": [{"date": "2026-03-31", "cumulative": 400}],
    }
    assert warnings_of(sheets_of({MARCH: 51}, **changed)) == []
    changed["budget"][0]["cumulative"] = 399
    assert the_one(sheets_of({MARCH: 51}, **changed)).figures == {"least": 400, "budget": 399}
    changed["systems"] = systems
    assert warnings_of(sheets_of({MARCH: 51}, **changed)) == []


def test_a_price_below_one_is_compared_as_well() -> None:
    found = the_one(
        sheets_of(
            {MARCH: 1},
            systems=[
                unit_system("a", price=0.9),
                unit_system("b", price=2_000),
            ],
        )
    )
    assert found.value == "2000"


def test_a_budget_within_the_tolerance_of_the_least_price_is_enough() -> None:
    """Forgiven is a millionth of the limit; figures that differ are shown as they differ."""
    budget: Rows = [{"date": "2026-03-31", "cumulative": 510 * (1 - 9e-7)}]
    assert warnings_of(sheets_of({MARCH: 51}, budget=budget)) == []
    budget[0]["cumulative"] = 509.999
    rule = the_one(sheets_of({MARCH: 51}, budget=budget)).rule
    assert rule == (
        "the systems that are due by 2026-03-31 cost at least 510, the budget is 509.999"
    )


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((30.0, 29.99999), ["30", "29.99999"]),
        ((2e7, 2e7), ["20,000,000", "20,000,000"]),
        ((2e9, 1_999_999_900.0), ["2,000,000,000", "1,999,999,900"]),
        ((1234.5678, 1234.5671), ["1,234.568", "1,234.567"]),
    ],
)
def test_figures_keep_the_digits_that_tell_them_apart(
    values: tuple[float, ...], texts: list[str]
) -> None:
    assert amounts(*values) == texts
