"""Each rule across cells and sheets: what breaks it, and the exact words of its fault or note."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from blocks import due, hall, promised, rows_of, sold
from instances import lane, unit_system
from micro import FEBRUARY, JANUARY, START
from rule_faults import faults_of

from planner.errors import InputFaults
from planner.workbook.checks import cross_checks
from planner.workbook.checks.cross_checks import RULES, Rule
from planner.workbook.reading import inputs_from_rows

TESTED: list[Rule] = []

READY = [unit_system(price=10, commission_days=0)]
"""A system of which nothing is left blank that would be noted."""


def of(rule: Rule) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Say which rule a test is of."""

    def remember(test: Callable[[], None]) -> Callable[[], None]:
        TESTED.append(rule)
        return test

    return remember


def notes_of(**changes: object) -> tuple[str, ...]:
    """Return every note of inputs without a fault."""
    sheets: Mapping[str, object] = {"systems": READY, **changes}
    return inputs_from_rows("checks", rows_of(**sheets)).notes  # type: ignore[arg-type]


def test_every_rule_has_a_test_of_its_own() -> None:
    assert {rule.__name__ for rule in TESTED} == {rule.__name__ for rule in RULES}


def test_inputs_without_fault_or_note() -> None:
    assert notes_of() == ()


def test_faults_of_all_rules_and_sheets_are_reported_together() -> None:
    found = faults_of(
        halls=[hall(), hall()],
        sites=[{"site": "site", "energy_price": 50}],
        milestones=[due("demand", 5, JANUARY), due("demand", 4), due("demnad", 1)],
        budget=[{"date": JANUARY, "cumulative": 9}, {"date": FEBRUARY, "cumulative": 8}],
    )
    assert [fault.partition(":")[0] for fault in found] == [
        "sites!row 2",
        "halls!A3 'hall'",
        "milestones!C3 '4'",
        "milestones!A4 'demnad'",
        "budget!B3 '8'",
    ]


@of(cross_checks.keys_are_unique)
def test_a_key_stands_twice() -> None:
    assert faults_of(halls=[hall(), hall(it_mw=5)]) == [
        "halls!A3 'hall': hall is the same as in halls!A2. Merge the two rows, or correct one"
    ]


def test_a_key_of_two_columns_stands_twice() -> None:
    assert faults_of(milestones=[due("demand", 5), due("demand", 6)]) == [
        "milestones!A3 'demand, 2026-02-28': commitment and date are the same as in "
        "milestones!A2 and milestones!B2. Merge the two rows, or correct one"
    ]


@of(cross_checks.names_are_told_apart)
def test_names_that_differ_by_case_or_spaces_alone() -> None:
    """In a sheet's key, and in a column that groups rows."""
    sites = [
        {"site": "site", "country": "US"},
        {"site": "second", "country": "us"},
        {"site": "Second"},
    ]
    assert faults_of(sites=sites, halls=[hall(), hall("a  hall"), hall("a hall")]) == [
        "sites!B3 'us': US in sites!B2 differs only by case or spaces. Write the name the same "
        "way in every row; if these are two different things, rename one",
        "sites!A4 'Second': second in sites!A3 differs only by case or spaces. Write the name "
        "the same way in every row; if these are two different things, rename one",
        "halls!A4 'a hall': a  hall in halls!A3 differs only by case or spaces. Write the name "
        "the same way in every row; if these are two different things, rename one",
    ]


@of(cross_checks.references_exist)
def test_an_unknown_name_and_the_nearest_known_one() -> None:
    assert faults_of(halls=[hall(site="sit")]) == [
        "halls!B2 'sit': this name is not in sites.site. Did you mean site? Correct the name, or "
        "add it there"
    ]


def test_a_name_that_differs_by_case_or_spaces_alone() -> None:
    assert faults_of(halls=[hall(site="Site")]) == [
        "halls!B2 'Site': this name is not in sites.site. It has site, which differs only by "
        "case or spaces. Correct the name, or add it there"
    ]


def test_an_unknown_name_that_is_near_to_none() -> None:
    assert faults_of(halls=[hall(fed_by="feeder")]) == [
        "halls!D2 'feeder': this name is not in power.node. Correct the name, or add it there"
    ]


def test_an_unknown_name_in_a_list_and_one_that_may_stand_in_several_sheets() -> None:
    assert faults_of(
        commitments=[promised("demand", systems="unit, untis; other")],
        supply=[sold()],
        lanes=[lane("maker", "site"), lane("maker", "depto")],
        depots=[{"depot": "depot"}],
    ) == [
        "lanes!B3 'depto': this name is not in plants.plant or depots.depot or sites.site. Did "
        "you mean depot? Correct the name, or add it there",
        "commitments!C2 'untis': this name is not in systems.system. Did you mean unit? Correct "
        "the name, or add it there",
        "commitments!C2 'other': this name is not in systems.system. Correct the name, or add it "
        "there",
    ]


@of(cross_checks.dates_are_in_order)
def test_a_plan_that_ends_before_it_starts() -> None:
    due_before = {"2025-12-31": 5}
    assert faults_of(due=due_before, end="2025-12-31", options={"today": "2025-12-01"}) == [
        "settings!B3 '2025-12-31': the plan ends before it starts on 2026-01-01. Give a later end"
    ]


def test_a_plan_that_ends_on_the_day_it_starts() -> None:
    assert faults_of(due={"2026-01-01": 5}, end="2026-01-01") == [
        "settings!B3 '2026-01-01': the plan ends on the day it starts. Give a later end"
    ]


def test_what_follows_from_a_wrong_end_is_not_reported() -> None:
    """Neither of today, which is the start where it is blank, nor of milestones beyond the end."""
    assert faults_of(end="2025-06-30") == [
        "settings!B3 '2025-06-30': the plan ends before it starts on 2026-01-01. Give a later end"
    ]


def test_a_plan_of_too_many_periods() -> None:
    assert faults_of(end="2099-12-31", options={"start": "2026-01-05", "period": "week"}) == [
        "settings!B3 '2099-12-31': the plan has more than 1200 periods. Give an earlier end or a "
        "longer period"
    ]


@pytest.mark.parametrize("period", ["month", "quarter"])
def test_months_that_do_not_start_on_a_first(period: str) -> None:
    assert faults_of(options={"start": "2026-01-05", "period": period}) == [
        f"settings!B2 '2026-01-05': a plan by {period} must start on the first of a month. Give "
        "2026-01-01, or plan by week"
    ]


def test_a_plan_that_is_over() -> None:
    assert faults_of(options={"today": "2026-03-01"}) == [
        "settings!B5 '2026-03-01': today is after the plan's end on 2026-02-28. Give a later end, "
        "or an earlier today"
    ]


@of(cross_checks.windows_are_in_order)
def test_a_window_that_ends_before_it_begins() -> None:
    dates = {"available_from": FEBRUARY, "available_to": JANUARY}
    assert faults_of(systems=[unit_system(**dates)]) == [
        "systems!F2 '2026-01-31': it is before available_from, 2026-02-28. Give a later day, or "
        "leave it blank"
    ]


@of(cross_checks.places_have_one_kind)
def test_a_name_of_two_kinds_of_place() -> None:
    assert faults_of(
        supply=[sold()],
        depots=[{"depot": "maker"}],
        sites=[{"site": "site"}, {"site": "maker"}],
    ) == [
        "depots!A2 'maker': supply!A2 has a supplier of the same name. Rename one, e.g. maker "
        "depot",
        "sites!A3 'maker': supply!A2 has a supplier of the same name. Rename one, e.g. maker site",
    ]


@of(cross_checks.halls_hold_what_stands_in_them)
def test_more_halls_open_than_there_are() -> None:
    assert faults_of(halls=[hall(count=2, open_count=3)]) == [
        "halls!E2 '3': there are only 2 halls of this class. Give at most count"
    ]


def test_a_fleet_over_the_power_of_its_open_halls() -> None:
    """3 systems of 1.5 MW and 1 of 1 MW draw 5.5 MW, one open hall of two carries 5 MW."""
    fleet = [
        {"hall": "hall", "system": "unit", "count": 3},
        {"hall": "hall", "system": "other", "count": 1},
    ]
    systems = [unit_system(overhead_kw=500), unit_system("other")]
    halls = [hall(it_mw=5, count=2, open_count=1)]
    assert faults_of(systems=systems, halls=halls, fleet=fleet) == [
        "halls!E2 '1': the fleet in this hall draws 5.5 MW of IT power, but its open halls carry "
        "5 MW. Raise open_count or it_mw, or correct the fleet's count"
    ]


def test_a_fleet_over_the_slots_or_coolant_of_its_open_halls() -> None:
    """Each of 3 systems takes 2 slots and 40 l/min; one open hall of two has 5 slots, 100 l/min."""
    systems = [unit_system(slots=2, coolant_lpm=40)]
    halls = [hall(slots=5, coolant_lpm=100, count=2, open_count=1)]
    fleet = [{"hall": "hall", "system": "unit", "count": 3}]
    cell = "halls!" + "ABCDEFGHIJ"[list(halls[0]).index("open_count")] + "2"
    assert faults_of(systems=systems, halls=halls, fleet=fleet) == [
        f"{cell} '1': the fleet in this hall takes 6 slots, but its open halls have 5. Raise "
        "open_count or slots, or correct the fleet's count",
        f"{cell} '1': the fleet in this hall needs 120 l/min of coolant, but its open halls have "
        "100. Raise open_count or coolant_lpm, or correct the fleet's count",
    ]
    halls[0]["open_count"] = 2
    assert notes_of(systems=[{**systems[0], "commission_days": 0}], halls=halls, fleet=fleet) == ()


@of(cross_checks.facility_power_is_known)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"halls": [hall(fed_by="grid")], "power": [{"node": "grid"}]},
            "a power node feeds the site",
        ),
        (
            {"sites": [{"site": "site", "pue": None, "energy_price": 9}]},
            "the energy of the site has a price",
        ),
        (
            {"commitments": [promised("demand", "facility")]},
            "a commitment counts facility megawatts",
        ),
    ],
)
def test_a_missing_pue(changes: dict[str, object], reason: str) -> None:
    assert faults_of(**{"sites": [{"site": "site", "pue": None}], **changes}) == [
        f"sites!B2: pue is required, because {reason}. Give facility power for each unit of IT "
        "power, e.g. 1.2"
    ]


@of(cross_checks.coolant_is_known)
def test_a_missing_coolant_flow() -> None:
    """The system cooled by air says 0, which is not blank; the other says nothing."""
    systems = [unit_system(coolant_lpm=0), unit_system("other")]
    assert faults_of(systems=systems, halls=[hall(coolant_lpm=100)]) == [
        "systems!E3: coolant_lpm is required, because hall hall limits it. Give the flow, 0 for "
        "air cooling"
    ]


@of(cross_checks.systems_have_a_source)
def test_a_system_without_source() -> None:
    assert faults_of(
        systems=[unit_system(), unit_system("other"), unit_system("third")],
        supply=[sold(), sold("stray")],
        plants=[{"plant": "plant", "system": "third", "units_per_month": 1, "lead_days": 0}],
    ) == [
        "systems!A3 'other': no supplier sells it and no plant assembles it. Add it to supply, or "
        "to plants and bom",
        "supply!B3 'stray': it is neither a system nor in any bill of materials. Correct its name, "
        "add it to bom, or remove the row",
        "plants!B2 'third': it is assembled here, but has no bill of materials. Add its items to "
        "bom",
    ]


def test_sheets_that_are_not_used_without_supply() -> None:
    notes = notes_of(
        plants=[{"plant": "plant", "system": "unit", "units_per_month": 1, "lead_days": 0}],
        depots=[{"depot": "depot"}],
        lanes=[lane("plant", "depot")],
    )
    assert notes == tuple(
        f"sheet {sheet} is not used: without supply every system is bought at its price where it "
        "is installed"
        for sheet in ("plants", "lanes", "depots")
    )


def order(**columns: object) -> dict[str, object]:
    """Return a placed order."""
    return {
        "order": "PO",
        "supplier": "maker",
        "item": "unit",
        "quantity": 1,
        "arrives": JANUARY,
        **columns,
    }


@of(cross_checks.orders_are_possible)
def test_an_order_of_what_its_supplier_does_not_sell() -> None:
    other = {**sold("other"), "supplier": "other maker"}
    systems = [unit_system(), unit_system("other")]
    assert faults_of(systems=systems, supply=[sold(), other], orders=[order(item="other")]) == [
        "orders!C2 'other': maker does not sell it. Add the row to supply, or correct the order"
    ]


def test_an_order_that_arrives_before_it_was_placed() -> None:
    assert faults_of(supply=[sold()], orders=[order(placed=FEBRUARY)]) == [
        "orders!E2 '2026-01-31': the order arrives before it was placed, on 2026-02-28. Correct "
        "one of the two dates"
    ]


def test_an_order_that_arrives_after_the_plan() -> None:
    notes = notes_of(supply=[sold(**{"yield": 1})], orders=[order(arrives="2026-03-01")])
    assert notes == ("order PO arrives after the plan's end, so the plan cannot use it",)


@of(cross_checks.shared_payment_has_a_capacity)
def test_take_or_pay_without_capacity_or_use_of_it() -> None:
    assert faults_of(
        systems=[unit_system(), unit_system("other")],
        supply=[
            sold(take_or_pay_share=0.5, capacity_use=1),
            {
                "supplier": "second",
                "item": "other",
                "lead_days": 0,
                "take_or_pay_share": 0.25,
                "capacity_use": 0,
            },
        ],
        supply_capacity=[{"supplier": "second", "from": START, "units_per_month": 1}],
    ) == [
        "supply!D2 '0.5': this is a share of the supplier's capacity, but maker has none. Add "
        "the supplier to supply_capacity",
        "supply!E3 '0': with take-or-pay, the use of capacity must be above 0. Give the capacity "
        "that a unit takes",
    ]


@of(cross_checks.lanes_lead_elsewhere)
def test_a_lane_that_leads_back() -> None:
    assert faults_of(supply=[sold()], lanes=[lane("maker", "site"), lane("site", "site")]) == [
        "lanes!B3 'site': the lane leads back to where it starts. Name another place, or remove "
        "the row"
    ]


@of(cross_checks.milestones_grow)
def test_megawatts_that_shrink() -> None:
    """In the order of dates, whatever the order of rows."""
    assert faults_of(milestones=[due("demand", 4), due("demand", 4.5, JANUARY)]) == [
        "milestones!C2 '4': it is less than the 4.5 MW of 2026-01-31 in milestones!C3, though "
        "megawatts are cumulative. Give all megawatts in service by the date; if fewer are due "
        "from then on, set may_fall of demand to yes in commitments"
    ]


def test_a_milestone_after_the_plan() -> None:
    assert faults_of(milestones=[due("demand", 5, "2026-06-30")]) == [
        "milestones!B2 '2026-06-30': it is after the plan's end. Give a later end in settings, or "
        "remove the row"
    ]


def test_a_milestone_just_after_the_last_period() -> None:
    """A plan to 15 January plans the whole month; the first of February is not in it."""
    assert faults_of(end="2026-01-15", milestones=[due("demand", 5, "2026-02-01")]) == [
        "milestones!B2 '2026-02-01': it is after the plan's end. Give a later end in settings, or "
        "remove the row"
    ]


def test_a_commitment_without_milestone() -> None:
    assert faults_of(commitments=[promised("demand"), promised("other")]) == [
        "commitments!A3 'other': it has no milestone. Add its megawatts and dates to milestones, "
        "or remove it"
    ]


@of(cross_checks.countries_exist)
def test_a_country_without_site() -> None:
    sites = [{"site": name, "country": name} for name in ("US", "CA")]
    commitments = [promised("demand", countries="US, FR")]
    assert faults_of(sites=sites, halls=[hall(site="US")], commitments=commitments) == [
        "commitments!C2 'FR': no site is in this country. Use a country of the sites: CA, US"
    ]


def test_a_country_where_sites_name_none() -> None:
    assert faults_of(commitments=[promised("demand", countries="US")]) == [
        "commitments!C2 'US': no site is in this country. Give the country of each site"
    ]


@of(cross_checks.budget_grows)
def test_a_budget_that_shrinks() -> None:
    budget = [{"date": FEBRUARY, "cumulative": 70}, {"date": JANUARY, "cumulative": 80}]
    assert faults_of(budget=budget) == [
        "budget!B2 '70': it is less than the 80 of 2026-01-31 in budget!B3, though the budget is "
        "cumulative. Give all money that may be spent by the date"
    ]


@of(cross_checks.failover_groups_are_dated)
def test_a_failover_group_without_power_or_of_one_member() -> None:
    assert faults_of(
        power=[
            {"node": "A", "group": "pair"},
            {"node": "B", "group": "pair"},
            {"node": "C", "group": "alone"},
        ],
        energisation=[{"node": node, "from": START, "mw": 5} for node in ("A", "C")],
    ) == [
        "power!A3 'B': this node is in a failover group, but has no power in energisation. Add "
        "its dates and megawatts to energisation",
        "power!B4 'alone': alone has only one member, so no other can carry its load. Name the "
        "other members, or leave it blank",
    ]


@of(cross_checks.changes_fit_the_sheets)
def test_a_change_of_no_sheet_or_column() -> None:
    change = {"change": "later", "key": "*", "operation": "set", "value": 1}
    found = faults_of(
        changes=[
            {**change, "sheet": "hals", "column": "count"},
            {**change, "sheet": "scenarios", "column": "probability"},
            {**change, "sheet": "budget", "column": "cumulated"},
        ]
    )
    sheets = (
        "settings, systems, bom, supply, supply_capacity, plants, depots, lanes, sites, halls, "
        "power, energisation, crews, commitments, milestones, service, budget, fleet, orders, "
        "workloads, token_demand, throughput, day, token_prices, disaggregation, links, composites"
    )
    assert found == [
        f"changes!E2 'hals': there is no such sheet to change. Give one of {sheets}",
        f"changes!E3 'scenarios': there is no such sheet to change. Give one of {sheets}",
        "changes!F4 'cumulated': budget has no such column. Give one of date, cumulative, source",
    ]


@of(cross_checks.defaults_that_matter_are_noted)
def test_blanks_that_matter() -> None:
    names = [f"S{number}" for number in range(7)]
    assert notes_of(
        systems=[{"system": name, "power_kw": 1, "commission_days": 0} for name in names],
        supply=[sold(item, **{"yield": None if item == "S3" else 1}) for item in names],
    ) == (
        "systems.overhead_kw is blank for S0, S1, S2, S3, S4 and 2 more: no power in addition to "
        "the system's own",
        "supply.yield is blank for S3: every unit ordered is good",
    )
    assert notes_of(systems=[unit_system()]) == (
        "systems.commission_days is blank for unit: in service on the day of installation",
    )


@of(cross_checks.unused_prices_are_noted)
def test_the_price_of_a_system_that_is_assembled_is_not_used() -> None:
    """S0 is assembled of parts, S1 is sold as it is, at its price; so is S0 without supply."""
    systems = [
        {"system": name, "power_kw": 1, "overhead_kw": 0, "commission_days": 0, "price": 5}
        for name in ("S0", "S1")
    ]
    built = {
        "bom": [{"system": "S0", "item": "part", "quantity": 1}],
        "plants": [{"plant": "plant", "system": "S0", "units_per_month": 1, "lead_days": 1}],
        "supply": [sold("part", **{"yield": 1}), sold("S1", **{"yield": 1})],
    }
    assert notes_of(systems=systems, **built) == (
        "systems.price is not used for S0: no supplier sells it, and assembling it costs its "
        "parts and plants.cost",
    )
    assert notes_of(systems=systems) == ()


@of(cross_checks.absent_limits_are_noted)
def test_what_has_no_limit_where_others_have_one() -> None:
    assert notes_of(
        sites=[{"site": "site", "pue": 1}, {"site": "second", "pue": 1}],
        halls=[hall("one", fed_by="low"), hall("two", site="second"), hall("three")],
        power=[{"node": "grid"}, {"node": "low", "parent": "grid"}],
        energisation=[{"node": "grid", "from": START, "mw": 1}],
    ) == (
        "energisation has no limit for node low",
        "no power node feeds hall three, two: there is no power limit there",
    )


CHAT = {"workload": "chat", "model": "m"}
ASKS = {"workload": "chat", "input_mtok_day": 10, "output_mtok_day": 1}
RATES = {"model": "m", "system": "unit", "prefill_tok_s": 100, "decode_tok_s": 10}


def tokens(**changes: object) -> dict[str, object]:
    """Return the smallest three sheets of a token plan, with some sheets changed."""
    return {"workloads": [CHAT], "token_demand": [ASKS], "throughput": [RATES], **changes}


def test_a_token_plan_needs_no_commitments() -> None:
    sheets = {**rows_of(systems=READY), **tokens()}
    for name in ("commitments", "milestones"):
        del sheets[name]
    inputs = inputs_from_rows("checks", sheets)  # type: ignore[arg-type]
    assert inputs.tables["commitments"] == ()
    assert inputs.notes == ()


def test_without_workloads_commitments_are_required() -> None:
    sheets = rows_of(systems=READY)
    del sheets["commitments"]
    with pytest.raises(InputFaults, match="commitments: this required sheet is missing"):
        inputs_from_rows("checks", sheets)


@of(cross_checks.day_has_24_hours)
def test_a_day_of_23_hours() -> None:
    blocks = [{"block": "a", "hours": 12, "load": 1}, {"block": "b", "hours": 11, "load": 1}]
    assert faults_of(**tokens(day=blocks)) == [
        "day!B3 '11': the blocks have 23 hours, a day has 24. Correct their hours"
    ]


def test_loads_whose_mean_is_not_one() -> None:
    blocks = [{"block": "a", "hours": 12, "load": 2}, {"block": "b", "hours": 12, "load": 1}]
    assert faults_of(**tokens(day=blocks)) == [
        "day!C3 '1': hours x load sum to 36, though the mean load of a day is 1. Correct the "
        "loads so that they sum to 24, e.g. by dividing each by 1.5"
    ]


@of(cross_checks.replicas_have_a_rate)
def test_a_replica_without_a_rate() -> None:
    rates = [RATES, {"model": "m", "system": "unit", "speed": 5}]
    assert faults_of(**tokens(throughput=rates)) == [
        "throughput!D3: no rate is given. Give prefill_tok_s, decode_tok_s or train_tok_s, or "
        "remove the row"
    ]


@of(cross_checks.links_lead_elsewhere)
def test_a_link_to_its_own_site() -> None:
    assert faults_of(**tokens(links=[{"from": "site", "to": "site", "gb_s": 1}])) == [
        "links!B2 'site': the link leads back to the site where it starts. Name another site, or "
        "remove the row: within a site nothing limits KV caches"
    ]


@of(cross_checks.composites_have_their_own_names)
def test_a_composite_of_the_name_of_a_system() -> None:
    composites = [{"composite": "unit", "system": "unit", "count": 2}]
    assert faults_of(**tokens(composites=composites)) == [
        "composites!A2 'unit': systems!A2 is a system of the same name. Give the composite "
        "another name"
    ]


@of(cross_checks.halls_are_built_for_their_fleet)
def test_a_fleet_in_a_hall_that_is_not_built_for_it() -> None:
    found = faults_of(
        systems=[unit_system(), unit_system("other")],
        halls=[hall(open_count=1, systems="other")],
        fleet=[{"hall": "hall", "system": "unit", "count": 1}],
    )
    assert found == [
        "fleet!B2 'unit': hall hall is built for other. Add the system to the hall's systems, or "
        "correct the fleet"
    ]


@of(cross_checks.workloads_can_be_met)
def test_a_workload_that_no_system_is_fast_enough_for() -> None:
    fast = {**CHAT, "min_speed": 500, "max_ttft_s": 1}
    rates = {**RATES, "speed": 100, "ttft_s": 2.5}
    assert faults_of(**tokens(workloads=[fast], throughput=[rates])) == [
        "workloads!C2 '500': no throughput of m has this speed, the fastest has 100 tok/s per "
        "user, and its tokens cannot be bought. Give a lower speed, or add a row to throughput or "
        "token_prices",
        "workloads!D2 '1': no throughput of m has this TTFT, the least is 2.5 s, and its tokens "
        "cannot be bought. Give a longer time, or add a row to throughput or token_prices",
    ]
    bought = [{"workload": "chat", "buy_input": 1, "buy_output": 2}]
    sheets = rows_of(**tokens(workloads=[fast], throughput=[rates], token_prices=bought))
    assert inputs_from_rows("checks", sheets).tables["token_prices"]


def test_a_workload_whose_model_runs_nowhere() -> None:
    training = {**CHAT, "class": "training"}
    rule = "a throughput of this model, and its tokens cannot be bought"
    remedy = "Add a row to throughput or to token_prices, or correct the name"
    assert faults_of(**tokens(workloads=[{**CHAT, "model": "n"}])) == [
        f"workloads!B2 'n': no system has {rule}. {remedy}"
    ]
    assert faults_of(**tokens(workloads=[training])) == [
        f"workloads!B2 'm': no system has {rule}. {remedy}"
    ]


@of(cross_checks.commitments_allow_their_workloads)
def test_a_commitment_that_excludes_the_systems_of_its_workload() -> None:
    found = faults_of(
        **tokens(workloads=[{**CHAT, "commitment": "demand"}]),
        systems=[unit_system(), unit_system("other")],
        commitments=[promised("demand", systems="other")],
    )
    assert found == [
        "workloads!C2 'demand': demand allows none of the systems that can serve it: unit. Add "
        "one to the commitment's systems, or leave the workload's commitment blank"
    ]


@of(cross_checks.workloads_ask_for_tokens)
def test_a_workload_without_demand_is_noted() -> None:
    quiet = {"workload": "quiet", "model": "m"}
    assert notes_of(**tokens(workloads=[CHAT, quiet])) == (
        "workload quiet has no row in token_demand and asks for no tokens",
    )


@pytest.mark.parametrize("sheet", ["token_demand", "throughput", "token_prices"])
def test_two_rows_of_one_date(sheet: str) -> None:
    price = {"workload": "chat", "buy_input": 1, "buy_output": 1}
    row = {"token_demand": ASKS, "throughput": RATES, "token_prices": price}[sheet]
    found = faults_of(**tokens(**{sheet: [row, row]}))
    assert len(found) == 1
    assert f"are the same as in {sheet}!A2 and " in found[0]
    assert found[0].count("row 2") == 1
    assert found[0].endswith("Merge the two rows, or correct one")


def test_a_negative_price_of_tokens() -> None:
    price = {"workload": "chat", "buy_input": 1, "buy_output": -1}
    assert faults_of(**tokens(token_prices=[price])) == [
        "token_prices!C2 '-1': buy_output is out of range. Give a number in money per Mtok, at "
        "least 0"
    ]
