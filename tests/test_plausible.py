"""Warnings are true: none of them is ever refuted by a plan; each fires, and just does not."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import chain, combinations
from pathlib import Path

import pytest
from instances import Sheets, settings, unit_system
from random_cases import random_case
from random_wide import wide_case

from planner.case.case import Case, make_case
from planner.case.look import InputWarning, Look
from planner.case.plausible import RULES, as_notes, plausible
from planner.case.plausible_due import by_crews, by_halls, by_power, by_systems, together
from planner.inputs.places import cell_of, sheet_of
from planner.inputs.workbook import inputs_from_rows, read_inputs
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan

ROOT = Path(__file__).parents[1]
Rows = list[dict[str, object]]
BOUNDS = (by_halls, by_power, by_crews, by_systems, together)

JANUARY, FEBRUARY, MARCH, APRIL = "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"


def sheets_of(due: Mapping[str, float], end: str = APRIL, **changed: Rows) -> Sheets:
    """Return four months, a unit of 1 MW and a hall of 100 MW, with changes."""
    sheets: Sheets = {
        "settings": settings("2026-01-01", end),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1.2, "country": "US"}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": d, "mw": mw} for d, mw in due.items()],
    }
    return sheets | changed


def warnings_of(sheets: Sheets) -> list[InputWarning]:
    inputs = inputs_from_rows("case", sheets)
    return [*plausible(inputs, make_case(inputs))]


def the_one(sheets: Sheets) -> InputWarning:
    """Return the only warning there is."""
    found = warnings_of(sheets)
    assert len(found) == 1, [str(warning) for warning in found]
    return found[0]


SUPPLY: dict[str, Rows] = {
    "bom": [{"system": "unit", "item": "wafer", "quantity": 2}],
    "supply": [{"supplier": "fab", "item": "wafer", "lead_days": 28, "yield": 0.8, "lot": 5}],
    "supply_capacity": [{"supplier": "fab", "from": "2026-01-01", "units_per_month": 26}],
    "plants": [{"plant": "plant", "system": "unit", "units_per_month": 12, "lead_days": 28}],
}
"""Wafers ordered in January are good in February, units started then stand in March.

25 wafers a month are 20 good ones, i.e. ten units; February's, good in March, stand in April.
"""


@pytest.mark.parametrize(
    ("make", "seed"),
    [(random_case, seed) for seed in range(20)]
    + [(wide_case, seed) for seed in (*range(10, 50), 309)],
)
def test_no_plan_ever_refutes_a_warning(make: Callable[[int], Sheets], seed: int) -> None:
    """What a plan serves can be had: every bound allows it, whichever commitments are looked at."""
    inputs = inputs_from_rows("random", make(seed))
    case = make_case(inputs)
    plan = make_plan(inputs, Options())
    look = Look(inputs, case)
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
        found = [w for w in plausible(inputs, case) if any(claim in w.rule for claim in claims)]
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


@pytest.mark.parametrize("name", ["first-plan", "openai-750mw", "openai-2gw"])
def test_shipped_inputs_look_right(name: str) -> None:
    inputs = read_inputs(ROOT / "inputs" / f"{name}.xlsx")
    assert plausible(inputs, make_case(inputs)) == ()


def test_of_the_frontier_only_sites_without_halls_are_named() -> None:
    inputs = read_inputs(ROOT / "inputs" / "frontier-sites.xlsx")
    found = plausible(inputs, make_case(inputs))
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
        "energisation": [
            {"node": f"feeder {n}", "from": "2026-01-01", "mw": 60} for n in "AB"
        ],
    }  # fmt: skip
    assert warnings_of(sheets_of({MARCH: 50}, **power)) == []
    assert the_one(sheets_of({MARCH: 51}, **power)).figures["most_mw"] == pytest.approx(50)


def test_crews_install_what_is_due() -> None:
    systems: Rows = [unit_system(price=10, commission_days=20)]
    crews: Rows = [{"site": "site", "from": "2026-01-01", "systems_per_month": 7.5}]
    # Installed in January and February, in service in March at the latest: two times seven.
    assert warnings_of(sheets_of({MARCH: 14}, systems=systems, crews=crews)) == []
    found = the_one(sheets_of({MARCH: 15}, systems=systems, crews=crews))
    assert "crews can have installed at most 14 MW in time" in found.rule


def test_items_are_enough_for_what_is_due() -> None:
    assert warnings_of(sheets_of({MARCH: 10, APRIL: 20}, **SUPPLY)) == []
    found = the_one(sheets_of({MARCH: 10, APRIL: 22}, **SUPPLY))
    assert (found.where, found.value) == ("supply!B2", "wafer")
    assert found.rule == (
        "the megawatts due by 2026-04-30 take at least 44 units of wafer, suppliers can deliver "
        "at most 40 good ones in time: 4 are missing"
    )


def test_firm_orders_and_the_fleet_count_as_items() -> None:
    more: dict[str, Rows] = SUPPLY | {
        "orders": [{"order": "1", "supplier": "fab", "item": "wafer", "quantity": 10,
                    "arrives": "2026-02-01", "placed": "2025-12-01"}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1}],
        "fleet": [{"hall": "hall", "system": "unit", "count": 3}],
    }  # fmt: skip
    more["plants"] = [SUPPLY["plants"][0] | {"units_per_month": 100}]
    assert warnings_of(sheets_of({APRIL: 27}, **more)) == []
    found = the_one(sheets_of({APRIL: 27.5}, **more))
    assert (found.figures["needed"], found.figures["most"]) == (49, 48)


def test_plants_make_what_is_due() -> None:
    slow = SUPPLY | {"plants": [SUPPLY["plants"][0] | {"units_per_month": 9}]}
    assert warnings_of(sheets_of({APRIL: 18}, **slow)) == []
    found = the_one(sheets_of({APRIL: 19}, **slow))
    assert "plants and suppliers can bring systems of at most 18 MW in time" in found.rule


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


def test_a_milestone_before_the_first_possible_day() -> None:
    assert warnings_of(sheets_of({MARCH: 1}, **SUPPLY)) == []
    found = the_one(sheets_of({FEBRUARY: 1}, **SUPPLY))
    assert (found.where, found.value) == ("milestones!B2", FEBRUARY)
    assert found.rule == (
        "no system can be in service for demand before 2026-03-31, at the earliest: wafer ordered "
        "from fab 2026-01-01, unit started at plant 2026-02-01, unit installed in hall "
        "2026-03-01, in service 0 days later, counted at the end of that period"
    )
    assert found.figures == {"first_possible": MARCH}


@pytest.mark.parametrize(
    ("sheet", "row"),
    [
        ("halls", {"hall": "hall", "site": "site", "it_mw": 100, "ready": "2026-02-02"}),
        ("crews", {"site": "site", "from": "2026-02-02", "systems_per_month": 50}),
        ("systems", unit_system(available_from="2026-02-02")),
        ("systems", unit_system(commission_days=59)),
    ],
)
def test_every_limit_moves_the_first_possible_day(sheet: str, row: dict[str, object]) -> None:
    changed: dict[str, Rows] = {sheet: [row]}
    assert warnings_of(sheets_of({MARCH: 1}, **changed)) == []
    assert the_one(sheets_of({FEBRUARY: 1}, **changed)).figures == {"first_possible": MARCH}


def test_nothing_at_all_within_the_plan() -> None:
    late: Rows = [unit_system(commission_days=100)]
    rules = [w.rule for w in warnings_of(sheets_of({MARCH: 1}, systems=late))]
    assert "no system can be in service for demand within the plan" in rules


def test_an_item_that_never_arrives_in_time() -> None:
    for days, late in ((59, False), (60, True)):
        # To stand in April a unit is started in March, from wafers that are there on the first.
        supply = SUPPLY | {"supply": [SUPPLY["supply"][0] | {"lead_days": days}]}
        rules = [w.rule for w in warnings_of(sheets_of({APRIL: 1}, **supply))]
        told = [rule for rule in rules if rule.startswith("wafer can never arrive in time")]
        assert bool(told) is late, rules
    assert "ordered on 2026-01-01, the first day possible, it arrives on 2026-03-02" in told[0]


@pytest.mark.parametrize(
    ("sheet", "row", "cell"),
    [
        ("systems", unit_system("later", available_from="2026-04-02"), "E3"),
        ("halls", {"hall": "x", "site": "site", "it_mw": 1, "ready": "2026-04-02"}, "D3"),
    ],
)
def test_days_after_the_end_are_named(sheet: str, row: dict[str, object], cell: str) -> None:
    base = sheets_of({MARCH: 1})
    base[sheet] = [base[sheet][0], row]
    found = [w for w in warnings_of(base) if "after the first day of the plan's last" in w.rule]
    assert [(sheet_of(w.where), w.value) for w in found] == [(sheet, "2026-04-02")]
    assert cell_of(found[0].where).endswith("3")
    row[next(k for k, v in row.items() if v == "2026-04-02")] = "2026-04-01"
    assert [w for w in warnings_of(base) if "after the first day" in w.rule] == []


def test_places_left_out() -> None:
    sites: Rows = [
        {"site": "site", "pue": 1},
        {"site": "bare", "pue": 1},
        {"site": "new", "pue": 1},
    ]
    halls: Rows = [{"hall": f"{s} hall", "site": s, "it_mw": 100} for s in ("site", "new")]
    crews: Rows = [{"site": "site", "from": "2026-01-01", "systems_per_month": 50}]
    found = warnings_of(sheets_of({MARCH: 1}, sites=sites, halls=halls, crews=crews))
    assert [(w.where, w.value) for w in found] == [("sites!A3", "bare"), ("sites!A4", "new")]
    assert "no hall stands at this site" in found[0].rule
    assert "no row in crews" in found[1].rule
    assert len(warnings_of(sheets_of({MARCH: 1}, sites=sites, halls=halls))) == 1


def test_a_supplier_without_capacity_where_others_have_it() -> None:
    supply: Rows = [*SUPPLY["supply"], {"supplier": "other", "item": "wafer", "lead_days": 31}]
    found = the_one(sheets_of({MARCH: 1}, **(SUPPLY | {"supply": supply})))
    assert (found.where, found.value) == ("supply!A3", "other")
    free = SUPPLY | {"supply": supply, "supply_capacity": []}
    assert warnings_of(sheets_of({MARCH: 1}, **free)) == []


def nodes(carried: float, **more: Rows) -> Sheets:
    """Return a hall of 120 MW facility power on a feeder that carries so much."""
    power: dict[str, Rows] = {
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "fed_by": "feeder"}],
        "power": [{"node": "feeder"}],
        "energisation": [{"node": "feeder", "from": "2026-01-01", "mw": carried}],
    }
    return sheets_of({MARCH: 1}, **(power | more))


def test_a_node_that_carries_too_little_or_far_too_much() -> None:
    assert warnings_of(nodes(115)) == []
    assert warnings_of(nodes(240)) == []
    low, high = the_one(nodes(100)), the_one(nodes(120_000))
    assert low.rule == (
        "all halls below it draw 120 MW of facility power when full, it never carries more than "
        "100 MW: 20 MW of halls cannot be used at once"
    )
    assert high.rule == (
        "it carries up to 120,000 MW, all halls below it draw 120 MW of facility power when full: "
        "119,880 MW is stranded"
    )
    assert (low.where, high.where) == ("power!A2", "power!A2")


def test_a_node_without_halls_or_megawatts() -> None:
    idle = the_one(nodes(120, power=[{"node": "feeder"}, {"node": "idle"}]))
    assert (idle.where, idle.rule) == ("power!A3", "this node feeds no hall")
    halls: Rows = [
        {"hall": n, "site": "site", "it_mw": 100, "fed_by": f} for n, f in
        (("hall", "feeder"), ("other", "free"))
    ]  # fmt: skip
    free = the_one(nodes(120, halls=halls, power=[{"node": "feeder"}, {"node": "free"}]))
    assert free.where == "halls!D3"
    assert "no node between this hall and the grid has a row in energisation" in free.rule


def test_a_commitment_that_nothing_may_serve() -> None:
    sites: Rows = [{"site": "site", "country": "US"}, {"site": "abroad", "country": "FR"}]
    halls: Rows = [{"hall": f"{s} hall", "site": s, "it_mw": 9} for s in ("site", "abroad")]
    commitments: Rows = [
        {"commitment": "demand", "basis": "it"},
        {"commitment": "French", "basis": "it", "countries": "FR"},
    ]
    milestones: Rows = [
        {"commitment": name, "date": MARCH, "mw": 1} for name in ("demand", "French")
    ]
    base: dict[str, Rows] = {
        "sites": sites, "halls": halls, "commitments": commitments, "milestones": milestones,
    }  # fmt: skip
    assert warnings_of(sheets_of({}, **base)) == []
    barred: Rows = [{"commitment": "French", "site": "abroad", "allowed": "no"}]
    found = the_one(sheets_of({}, **base, service=barred))
    assert (found.where, found.value) == ("commitments!A3", "French")
    assert found.rule == (
        "no hall may serve this commitment: its countries hold 1 of 2 sites, service bars 1 of "
        "them, and the rest has 0 halls"
    )


def test_a_hall_in_which_nothing_can_stand() -> None:
    halls: Rows = [
        {"hall": "hall", "site": "site", "it_mw": 100},
        {"hall": "never", "site": "site", "it_mw": 100, "build_days": 91},
    ]
    found = the_one(sheets_of({MARCH: 1}, halls=halls))
    assert (found.where, found.rule) == (
        "halls!A3",
        "nothing can ever stand in this hall: it cannot be open by 2026-04-30",
    )
    halls[1]["build_days"] = 90
    assert warnings_of(sheets_of({MARCH: 1}, halls=halls)) == []


def test_a_hall_smaller_than_a_system() -> None:
    halls: Rows = [{"hall": "hall", "site": "site", "it_mw": 0.9, "count": 200}]
    found = the_one(sheets_of({MARCH: 1}, halls=halls))
    assert found.where == "halls!C2"
    assert "one hall of this class holds 0.9 of a system" in found.rule
    halls[0] |= {"it_mw": 1.5, "count": 20}
    assert warnings_of(sheets_of({MARCH: 1}, halls=halls)) == []


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
        "50,000 MW of IT power are due in the end, 500 times the 100 MW that all halls hold"
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


def test_the_least_price_of_what_is_assembled() -> None:
    """Two wafers at 8 / 0.8 and assembly at 5 make 25; what is on order is paid already."""
    supply = SUPPLY | {
        "supply": [SUPPLY["supply"][0] | {"price": 8}],
        "plants": [SUPPLY["plants"][0] | {"cost": 5}],
        "orders": [{"order": "1", "supplier": "fab", "item": "wafer", "quantity": 5,
                    "arrives": "2026-02-01"}],
    }  # fmt: skip
    budget: Rows = [{"date": "2026-04-30", "cumulative": 210}]
    assert warnings_of(sheets_of({APRIL: 10}, budget=budget, **supply)) == []
    found = the_one(sheets_of({APRIL: 10.5}, budget=budget, **supply))
    assert (found.figures["least"], found.figures["budget"]) == (222.5, 210)


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
