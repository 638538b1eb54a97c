"""Warnings are true: none of them is ever refuted by a plan; each fires, and just does not."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from itertools import chain, combinations

import pytest
from instances import Sheets, unit_system
from places import ROOT
from plausible_case import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    SUPPLY,
    Rows,
    sheets_of,
    the_one,
    warnings_of,
)
from random_cases import random_case
from random_wide import wide_case

from planner.case.case import Case, make_case
from planner.diagnostics.capacity import by_crews, by_halls, by_power, by_systems, together
from planner.diagnostics.warning_context import InputWarning, WarningContext
from planner.diagnostics.warnings import RULES, as_notes, find_warnings
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.cell_locations import cell_of, sheet_of
from planner.workbook.reading import inputs_from_rows, read_inputs

BOUNDS = (by_halls, by_power, by_crews, by_systems, together)


@pytest.mark.parametrize(
    ("make", "seed"),
    [(random_case, seed) for seed in (0, 3, 4, 5, 7, 8, 10, 13, 15, 17)]
    + [(wide_case, seed) for seed in (*range(10, 50), 309)],
)
def test_no_plan_ever_refutes_a_warning(make: Callable[[int], Sheets], seed: int) -> None:
    """What a plan serves can be had: every bound allows it, whichever commitments are looked at."""
    inputs = inputs_from_rows("random", make(seed))
    case = make_case(inputs)
    plan = make_plan(inputs, Options(gap=0.05))  # what any plan serves can be had
    look = WarningContext(inputs, case)
    served = it_mw_served(case, plan)
    for (name, period), mw in served.items():
        first = look.first[name]
        assert mw <= 1e-6 or (first is not None and first.period <= period)
    names = case.demand.commitments
    for group in chain.from_iterable(combinations(names, n + 1) for n in range(len(names))):
        for period in case.calendar.periods:
            mw = math.fsum(served[name, period] for name in group)
            for bound in BOUNDS:
                assert mw <= bound(look, group, period) * (1 + 1e-6) + 1e-5, (bound, group, period)
    if float(plan.summary["missed_mw_months"]) <= 1e-6:  # type: ignore[arg-type]
        claims = ("due to", "take at least", "can be in service", "may serve", "cost at least")
        found = [w for w in find_warnings(inputs, case) if any(claim in w.rule for claim in claims)]
        assert not found


def it_mw_served(case: Case, plan: Plan) -> dict[tuple[str, int], float]:
    """Return MW of IT power that a plan serves, by commitment and period."""
    served: dict[tuple[str, int], float] = defaultdict(float)
    for row in plan.tables["service"]:
        name, site, system = str(row["commitment"]), str(row["site"]), str(row["system"])
        ratio = case.facility.it_mw[system] / case.demand.mw_per_system[name, site, system]
        period = case.calendar.starts.index(row["period"])  # type: ignore[arg-type]
        served[name, period] += float(row["mw"]) * ratio  # type: ignore[arg-type]
    return served


@pytest.mark.parametrize(
    "name", ["first-plan", "first-tokens", "openai-750mw", "openai-2gw", "silicon"]
)
def test_shipped_inputs_look_right(name: str) -> None:
    inputs = read_inputs(ROOT / "inputs" / f"{name}.xlsx")
    assert find_warnings(inputs, make_case(inputs)) == ()


def test_of_the_750_mw_with_tokens_only_other_customers_have_no_workload() -> None:
    inputs = read_inputs(ROOT / "inputs" / "openai-750mw-tokens.xlsx")
    found = find_warnings(inputs, make_case(inputs))
    assert [(w.value, w.rule) for w in found] == [
        ("Existing customers", "no workload runs on its megawatts")
    ]


def test_of_the_frontier_only_sites_without_halls_are_named() -> None:
    inputs = read_inputs(ROOT / "inputs" / "frontier-sites.xlsx")
    found = find_warnings(inputs, make_case(inputs))
    halls = {row["site"] for row in inputs.tables["halls"]}
    assert {w.value for w in found} == {
        row["site"] for row in inputs.tables["sites"] if row["site"] not in halls
    }
    assert {w.rule for w in found} == {
        "no hall stands at this site, so that nothing can be installed there"
    }


def test_a_plain_case_has_no_warning() -> None:
    assert warnings_of(sheets_of({MARCH: 100})) == []


def test_halls_hold_what_is_due() -> None:
    halls: Rows = [
        {"hall": "hall", "site": "site", "it_mw": 10, "count": 3},
        {"hall": "late", "site": "site", "it_mw": 20, "ready": "2026-04-01"},
    ]
    assert warnings_of(sheets_of({MARCH: 30, APRIL: 50}, halls=halls)) == []
    found = the_one(sheets_of({FEBRUARY: 30, MARCH: 31, APRIL: 50}, halls=halls))
    assert (found.where, found.value) == ("milestones!C3", "31")
    assert found.rule == (
        "by 2026-03-31 at least 31 MW of IT power are due to demand, the halls that can be open "
        "and filled by then hold at most 30 MW: 1 MW short"
    )
    assert found.figures == {"date": MARCH, "due_mw": 31, "most_mw": 30, "short_mw": 1}


def test_slots_and_coolant_bound_a_hall_too() -> None:
    halls: Rows = [{"hall": "hall", "site": "site", "it_mw": 100, "slots": 40, "coolant_lpm": 30}]
    systems: Rows = [unit_system(price=10, slots=2, coolant_lpm=1.25)]
    assert warnings_of(sheets_of({MARCH: 20}, halls=halls, systems=systems)) == []
    found = the_one(sheets_of({MARCH: 21}, halls=halls, systems=systems))
    assert found.figures["most_mw"] == 20
    systems[0]["coolant_lpm"] = 2
    assert the_one(sheets_of({MARCH: 20}, halls=halls, systems=systems)).figures["most_mw"] == 15


def test_power_carries_what_is_due() -> None:
    power: dict[str, Rows] = {
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "fed_by": "feeder"}],
        "power": [{"node": "grid"}, {"node": "feeder", "parent": "grid"}],
        "energisation": [
            {"node": "grid", "from": "2026-01-01", "mw": 120},
            {"node": "feeder", "from": "2026-01-01", "mw": 60},
            {"node": "feeder", "from": "2026-04-01", "mw": 120},
        ],
    }
    assert warnings_of(sheets_of({MARCH: 50, APRIL: 100}, **power)) == []
    found = the_one(sheets_of({MARCH: 51, APRIL: 100}, **power))
    assert found.rule == (
        "by 2026-03-31 at least 51 MW of IT power are due to demand, the power energised by then "
        "carries at most 50 MW, were all halls open: 1 MW short"
    )


def test_a_failover_group_carries_what_is_left_without_its_largest_node() -> None:
    halls: Rows = [
        {"hall": f"hall {n}", "site": "site", "it_mw": 50, "fed_by": f"feeder {n}"} for n in "AB"
    ]
    power: dict[str, Rows] = {
        "halls": halls,
        "power": [{"node": f"feeder {n}", "group": "pair"} for n in "AB"],
        "energisation": [{"node": f"feeder {n}", "from": "2026-01-01", "mw": 60} for n in "AB"],
    }
    assert warnings_of(sheets_of({MARCH: 50}, **power)) == []
    assert the_one(sheets_of({MARCH: 51}, **power)).figures["most_mw"] == pytest.approx(50)


def test_crews_install_what_is_due() -> None:
    systems: Rows = [unit_system(price=10, commission_days=20)]
    crews: Rows = [{"site": "site", "from": "2026-01-01", "systems_per_month": 7.5}]
    # Installed by 11 March: 7.5 x (2 + 11 / 31) are 17 whole systems.
    assert warnings_of(sheets_of({MARCH: 17}, systems=systems, crews=crews)) == []
    found = the_one(sheets_of({MARCH: 18}, systems=systems, crews=crews))
    assert "crews can have installed at most 17 MW in time" in found.rule


def test_items_are_enough_for_what_is_due() -> None:
    assert warnings_of(sheets_of({MARCH: 10, APRIL: 22}, **SUPPLY)) == []
    found = the_one(sheets_of({MARCH: 10, APRIL: 24}, **SUPPLY))
    assert found.figures == {"date": APRIL, "needed": 48, "most": 44, "short": 4}
    assert (found.where, found.value) == ("supply!B2", "wafer")
    assert found.rule == (
        "the megawatts due by 2026-04-30 take at least 48 units of wafer, suppliers can deliver "
        "at most 44 good ones in time: 4 are missing"
    )


def test_firm_orders_and_the_fleet_count_as_items() -> None:
    more: dict[str, Rows] = SUPPLY | {
        "orders": [
            {
                "order": "1",
                "supplier": "fab",
                "item": "wafer",
                "quantity": 10,
                "arrives": "2026-02-01",
                "placed": "2025-12-01",
            }
        ],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1}],
        "fleet": [{"hall": "hall", "system": "unit", "count": 3}],
    }
    more["plants"] = [SUPPLY["plants"][0] | {"units_per_month": 100}]
    # Of 44 wafers ordered by 5 March and 8 on order 26 units are made, beside the 3 that stand.
    assert warnings_of(sheets_of({APRIL: 29}, **more)) == []
    found = the_one(sheets_of({APRIL: 29.5}, **more))
    assert (found.figures["needed"], found.figures["most"]) == (53, 52)


def test_plants_make_what_is_due() -> None:
    # Started from 29 January, when the first wafers can be there, to 2 April.
    most = 9 * (3 / 31 + 2 + 2 / 30)
    slow = SUPPLY | {"plants": [SUPPLY["plants"][0] | {"units_per_month": 9}]}
    assert warnings_of(sheets_of({APRIL: 19}, **slow)) == []
    found = the_one(sheets_of({APRIL: 20}, **slow))
    assert f"plants and suppliers can bring systems of at most {most:.2f} MW in time" in found.rule


def test_limits_that_do_not_meet_are_named_together() -> None:
    """Halls allow 50 + 20 MW by March, crews 30 + 50; site by site that is 30 + 20."""
    sites: dict[str, Rows] = {
        "sites": [{"site": "near"}, {"site": "far"}],
        "halls": [
            {"hall": "near hall", "site": "near", "it_mw": 50},
            {"hall": "far hall", "site": "far", "it_mw": 20},
            {"hall": "far late", "site": "far", "it_mw": 30, "ready": "2026-04-01"},
        ],
        "crews": [
            {"site": "near", "from": "2026-01-01", "systems_per_month": 10},
            {"site": "far", "from": "2026-01-01", "systems_per_month": 100},
        ],
    }
    assert warnings_of(sheets_of({MARCH: 50}, **sites)) == []
    found = the_one(sheets_of({MARCH: 51}, **sites))
    assert "together allow at most 50 MW by then, though each alone allows it" in found.rule


def test_commitments_are_looked_at_alone_and_together() -> None:
    two: dict[str, Rows] = {
        "commitments": [{"commitment": n, "basis": "it"} for n in ("one", "two")],
        "milestones": [{"commitment": n, "date": MARCH, "mw": 60} for n in ("one", "two")],
    }
    found = the_one(sheets_of({}, **two))
    assert "120 MW of IT power are due to 2 commitments together" in found.rule
    two["milestones"][0]["mw"] = 101
    assert "101 MW of IT power are due to one," in the_one(sheets_of({}, **two)).rule


def test_megawatts_of_another_basis_are_turned_into_the_least_it_power() -> None:
    systems: Rows = [{"system": "unit", "power_kw": 800, "overhead_kw": 200, "price": 1}]
    for basis, most in (("system", 80), ("it", 100), ("facility", 120)):
        commitments: Rows = [{"commitment": "demand", "basis": basis}]
        fits = {"systems": systems, "commitments": commitments}
        assert warnings_of(sheets_of({MARCH: most}, **fits)) == []
        found = the_one(sheets_of({MARCH: most * 1.01}, **fits))
        assert found.figures["due_mw"] == pytest.approx(101)


def too_early(sheets: Sheets) -> InputWarning:
    """Return the only warning of a milestone before the first day that is possible."""
    (found,) = (w for w in warnings_of(sheets) if "no system can be in service" in w.rule)
    return found


def test_a_milestone_before_the_first_possible_day() -> None:
    assert warnings_of(sheets_of({MARCH: 1}, **SUPPLY)) == []
    found = too_early(sheets_of({FEBRUARY: 1}, **SUPPLY))
    assert (found.where, found.value) == ("milestones!B2", FEBRUARY)
    # Five wafers are a lot, for which the fab takes 5 x 31 / 26 = 5.96 days.
    assert found.rule == (
        "no system can be in service for demand before 2026-03-03, at the earliest: wafer ordered "
        "from fab 2026-01-06, unit started at plant 2026-02-03, unit installed in hall "
        "2026-03-03, in service 0 days later"
    )
    assert found.figures == {"first_possible": "2026-03-03"}


def test_what_is_on_order_may_be_there_before_anything_that_is_ordered_now() -> None:
    """Wafers on order arrive on the first day; what is started then is there 28 days later.

    It is a part of a unit; 1.16 units are there on the 31st, which is in time.
    """
    orders: Rows = [
        {
            "order": "1",
            "supplier": "fab",
            "item": "wafer",
            "quantity": 10,
            "arrives": "2026-01-01",
            "placed": "2025-12-01",
        }
    ]
    assert warnings_of(sheets_of({JANUARY: 1}, orders=orders, **SUPPLY)) == []
    found = too_early(sheets_of({"2026-01-28": 1}, orders=orders, **SUPPLY))
    assert found.figures == {"first_possible": "2026-01-29"}
    assert "at the earliest: wafer on order arrives 2026-01-01, unit started" in found.rule


@pytest.mark.parametrize(
    ("sheet", "row"),
    [
        ("halls", {"hall": "hall", "site": "site", "it_mw": 100, "ready": "2026-03-02"}),
        ("crews", {"site": "site", "from": "2026-03-02", "systems_per_month": 50}),
        ("systems", unit_system(available_from="2026-03-02")),
        ("systems", unit_system(commission_days=60)),
    ],
)
def test_every_limit_moves_the_first_possible_day(sheet: str, row: dict[str, object]) -> None:
    changed: dict[str, Rows] = {sheet: [row]}
    assert warnings_of(sheets_of({MARCH: 1}, **changed)) == []
    found = the_one(sheets_of({FEBRUARY: 1}, **changed))
    assert found.figures == {"first_possible": "2026-03-02"}


def test_nothing_at_all_within_the_plan() -> None:
    late: Rows = [unit_system(commission_days=120)]
    rules = [w.rule for w in warnings_of(sheets_of({MARCH: 1}, systems=late))]
    assert "no system can be in service for demand within the plan" in rules


def test_an_item_that_never_arrives_in_time() -> None:
    for days, late in ((91, False), (92, True)):
        # To stand on 30 April a unit is started on 2 April, 91 days after the first.
        supply = SUPPLY | {"supply": [SUPPLY["supply"][0] | {"lead_days": days}]}
        rules = [w.rule for w in warnings_of(sheets_of({APRIL: 1}, **supply))]
        told = [rule for rule in rules if rule.startswith("wafer can never arrive in time")]
        assert bool(told) is late, rules
    assert "ordered on 2026-01-01, the first day possible, it arrives on 2026-04-03" in told[0]


def test_an_item_that_never_arrives_in_a_plan_of_one_month() -> None:
    rules = [w.rule for w in warnings_of(sheets_of({JANUARY: 1}, end=JANUARY, **SUPPLY))]
    assert any(rule.startswith("wafer can never arrive in time") for rule in rules)


@pytest.mark.parametrize(
    ("sheet", "row", "cell"),
    [
        ("systems", unit_system("later", available_from="2026-05-01"), "E3"),
        ("halls", {"hall": "x", "site": "site", "it_mw": 1, "ready": "2026-05-01"}, "D3"),
    ],
)
def test_days_after_the_end_are_named(sheet: str, row: dict[str, object], cell: str) -> None:
    base = sheets_of({MARCH: 1})
    base[sheet] = [base[sheet][0], row]
    found = [w for w in warnings_of(base) if "after the plan's last" in w.rule]
    assert [(sheet_of(w.where), w.value) for w in found] == [(sheet, "2026-05-01")]
    assert cell_of(found[0].where).endswith("3")
    row[next(k for k, v in row.items() if v == "2026-05-01")] = APRIL
    assert [w for w in warnings_of(base) if "after the plan's last" in w.rule] == []


def test_the_plan_carries_the_warnings_folded() -> None:
    sites: Rows = [{"site": "site", "pue": 1}, *({"site": f"bare {n}", "pue": 1} for n in range(5))]
    plan = make_plan(inputs_from_rows("case", sheets_of({MARCH: 1}, sites=sites)))
    notes = plan.summary["notes"]
    assert isinstance(notes, list)
    assert notes[:-1] == [
        "sites!A3, A4, A5 and 2 more: no hall stands at this site, so that nothing can be "
        "installed there. Add its halls, or remove the site"
    ]
    assert as_notes(()) == []


def test_every_rule_says_what_it_is() -> None:
    assert all(rule.__doc__ and rule.__doc__.endswith(".") for rule in RULES)


def test_milestones_of_one_period_may_fall_on_different_days() -> None:
    """What is due to the second commitment is named by its own day, and both by the later one."""
    sheets = sheets_of({}, halls=[{"hall": "hall", "site": "site", "it_mw": 5}])
    sheets["commitments"] = [{"commitment": "a", "basis": "it"}, {"commitment": "b", "basis": "it"}]
    sheets["milestones"] = [
        {"commitment": "a", "date": MARCH, "mw": 1},
        {"commitment": "b", "date": "2026-04-15", "mw": 7},
    ]
    found = the_one(sheets)
    assert found.where == "milestones!C3"
    assert found.rule.startswith("by 2026-04-15 at least 7 MW of IT power are due to b, ")
    sheets["milestones"][1]["mw"] = 4.5
    found = the_one(sheets)
    assert found.where == "milestones!C3"
    assert found.rule.startswith(
        "by 2026-04-15 at least 5.5 MW of IT power are due to 2 commitments together, "
    )
