"""What bounds a decision or guides the search, worked out by hand.

No plan depends on these figures, as long as they are on the right side, so that no optimum of a
case tells a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pulp
import pytest
from blocks import FEB_END, JAN_END, case_of, rows_of
from instances import unit_system

from planner.case.case import make_case
from planner.case.reduced_case import money_per_mw, restrict_case
from planner.checker.ledger import Ledger
from planner.diagnostics.capacity import by_power, by_systems
from planner.diagnostics.warning_context import WarningContext
from planner.model.build import build_model
from planner.model.decisions import Decisions
from planner.model.wholes import crew_links, lot_limits
from planner.workbook.reading import inputs_from_rows

MARCH, YEAR = "2026-03-31", "2026-12-31"
HOURS = 24 * 365 / 2
"""What is installed at some time of a year runs half of it."""


def test_money_of_a_megawatt_that_is_bought_as_it_is() -> None:
    """10 for the system; 2 halls at 50 and a site at 200 over the 200 systems that they hold."""
    case = case_of(
        end=YEAR,
        sites=[{"site": "site", "pue": 1.5, "energy_price": 3, "opening_cost": 200}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "count": 2, "fit_out_cost": 50}],
    )
    assert money_per_mw(case) == {("hall", "unit"): pytest.approx(10 + 1.5 + 3 * 1.5 * HOURS)}


def test_money_of_a_megawatt_that_is_assembled() -> None:
    """Two wafers, the cheaper ones at 8 and a yield of 0.8, for half a megawatt."""
    case = case_of(
        end=YEAR,
        systems=[unit_system(power_kw=500)],
        bom=[{"system": "unit", "item": "wafer", "quantity": 2}],
        supply=[
            {"supplier": "fab", "item": "wafer", "lead_days": 0, "price": 8, "yield": 0.8},
            {"supplier": "dear", "item": "wafer", "lead_days": 0, "price": 11},
        ],
        plants=[{"plant": "plant", "system": "unit", "lead_days": 0, "units_per_month": 9}],
    )
    assert money_per_mw(case) == {("hall", "unit"): pytest.approx(20 / 0.5)}


def test_a_system_that_costs_nothing_costs_nothing() -> None:
    assert money_per_mw(case_of(systems=[unit_system(price=0)])) == {("hall", "unit"): 0}


def test_a_narrow_case_opens_no_hall_for_what_may_not_be_installed() -> None:
    halls = [{"hall": name, "site": "site", "it_mw": 100} for name in ("kept", "left")]
    case = case_of(halls=halls)
    assert {hall for hall, _ in case.facility.opening} == {"kept", "left"}
    small = restrict_case(case, {("kept", "unit")})
    assert {hall for hall, _ in small.facility.opening} == {"kept"}
    assert set(small.installing) == {("kept", "unit")}


CREWS = {
    "sites": [{"site": "site", "opening_cost": 9}],
    "halls": [
        {"hall": "hall", "site": "site", "it_mw": 100, "count": 3},
        {"hall": "open", "site": "site", "it_mw": 100, "open_count": 1, "count": 1},
    ],
    "crews": [{"site": "site", "from": "2026-01-01", "systems_per_month": 7.9}],
}


@pytest.mark.parametrize(
    ("counts", "january", "february"), [("integer", 7, 8), ("continuous", 7.9, 7.9)]
)
def test_rows_of_crews(counts: str, january: float, february: float) -> None:
    """A hall that a decision opens holds the crew's work, and so does its site if none is open.

    A month's 7.9 are seven systems; what January leaves, at most one system, February may add.
    """
    model = build_model(case_of(options={"counts": counts}, **CREWS))
    made = model.decisions
    assert {hall for hall, _ in made.opened_halls} == {"hall"}
    assert not made.open_site  # a hall stands open there already
    expected = [
        _row(made, at, made.opened_halls["hall", at], most)
        for at, most in ((JAN_END, january), (FEB_END, february))
    ]
    assert [{id(v): w for v, w in link} for link in crew_links(model)] == [
        pytest.approx(row) for row in expected
    ]


def test_rows_of_crews_at_a_site_that_is_opened() -> None:
    """The site's row holds by the last decision that can have opened a hall by then."""
    model = build_model(case_of(**CREWS | {"halls": CREWS["halls"][:1]}))
    made = model.decisions
    expected = [
        _row(made, at, opened[name, at], most)
        for name, opened in (("hall", made.opened_halls), ("site", made.open_site))
        for at, most in ((JAN_END, 7), (FEB_END, 8))
    ]
    assert [{id(v): w for v, w in link} for link in crew_links(model)] == expected


@pytest.mark.parametrize(("counts", "expected"), [("integer", [3, 7]), ("continuous", [])])
def test_rows_of_lots(counts: str, expected: list[float]) -> None:
    """30 wafers a month in lots of 8: 3 lots by the end of January, 60 / 8 = 7 by February's."""
    model = build_model(
        case_of(
            end="2026-02-28",
            options={"counts": counts},
            systems=[unit_system(power_kw=1000)],
            bom=[{"system": "unit", "item": "wafer", "quantity": 2}],
            supply=[
                {
                    "supplier": "fab",
                    "item": "wafer",
                    "lead_days": 0,
                    "price": 8,
                    "lot": 8,
                    "capacity_use": 1,
                }
            ],
            supply_capacity=[{"supplier": "fab", "from": "2026-01-01", "units_per_month": 30}],
            plants=[{"plant": "plant", "system": "unit", "lead_days": 0, "units_per_month": 90}],
        )
    )
    rows = lot_limits(model)
    assert [most for _, most in rows] == expected
    assert [[weight for _, weight in row] for row, _ in rows] == [[1.0] * n for n in (1, 2)][
        : len(expected)
    ]


def _row(made: Decisions, at: int, opened: pulp.LpVariable, most: float) -> dict[int, float]:
    """Return the weights of a row of crews, by the identity of their variables."""
    return {id(made.install_systems["hall", "unit", at]): 1.0, id(opened): -most}


def test_a_site_is_opened_or_not() -> None:
    made = build_model(case_of(sites=[{"site": "site", "opening_cost": 9}])).decisions
    assert {(v.lowBound, v.upBound, v.cat) for v in made.open_site.values()} == {(0, 1, "Integer")}


@pytest.mark.parametrize(
    ("left_out", "most"),
    [((), 8), (("slots",), 12), (("coolant_lpm",), 8), (("slots", "coolant_lpm"), 20)],
)
def test_systems_that_all_halls_of_a_class_hold(left_out: tuple[str, ...], most: int) -> None:
    """Two halls of 10 MW, 8 slots and 30 l/min; a system takes 1 MW, 2 slots and 5 l/min."""
    hall = {"hall": "hall", "site": "site", "it_mw": 10, "count": 2, "slots": 8, "coolant_lpm": 30}
    hall |= dict.fromkeys(left_out)
    case = case_of(systems=[unit_system(slots=2, coolant_lpm=5)], halls=[hall])
    assert case.facility.most_systems("hall", "unit") == most


@pytest.mark.parametrize(
    ("row", "days"),
    [
        ({"commission_days": 0}, [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]),
        ({"commission_days": 1}, [date(2026, 10, 30), date(2026, 11, 29), date(2026, 12, 30)]),
        ({"commission_days": 31}, [date(2026, 9, 30), date(2026, 10, 30), date(2026, 11, 30)]),
        ({"available_to": "2026-02-28"}, [date(2026, 1, 31), date(2026, 2, 28)]),
        ({"available_to": "2026-02-27"}, [date(2026, 1, 31), date(2026, 2, 27)]),
        ({"available_to": "2026-01-01"}, [date(2026, 1, 1)]),
        ({"available_to": "2025-12-31"}, []),
        ({"commission_days": 400}, []),
    ],
)
def test_the_last_days_on_which_installing_is_of_use(
    row: Mapping[str, object], days: list[date]
) -> None:
    """In time for a month's last day, and for the last day on which the system is on sale."""
    case = case_of(end=YEAR, systems=[unit_system(price=10, **row), unit_system("other")])
    found = [case.calendar.date_of(day) for day in case.installing.get(("hall", "unit"), ())]
    assert found[-3:] == days


FEEDER = {
    "halls": [{"hall": "hall", "site": "site", "it_mw": 100, "fed_by": "feeder"}],
    "power": [{"node": "feeder"}],
    "energisation": [
        {"node": "feeder", "from": day, "mw": mw}
        for day, mw in (("2026-01-01", 60), ("2026-02-01", 50), ("2026-03-01", 90))
    ],
}
"""Power falls in February and rises in March."""


def look_at(**changes: object) -> WarningContext:
    """Look at the first quarter of 2026."""
    rows = rows_of(**{"end": MARCH, "due": {MARCH: 5}, **changes})  # type: ignore[arg-type]
    inputs = inputs_from_rows("guides", rows)
    return WarningContext(inputs, make_case(inputs))


@pytest.mark.parametrize(
    ("row", "carried"),
    [
        ({}, 90),
        ({"commission_days": 30}, 90),
        ({"commission_days": 31}, 50),
        ({"available_to": "2026-01-01"}, 50),
    ],
)
def test_power_that_was_less_meanwhile_bounds_what_stands(
    row: Mapping[str, object], carried: float
) -> None:
    """What is installed by 28 February, 31 days before the end of March, ran on that day."""
    look = look_at(systems=[unit_system(**row)], **FEEDER)
    assert by_power(look, ("demand",), 2) == carried


def test_power_of_the_hall_that_is_filled_last() -> None:
    """What takes two months to be in service serves one commitment, the unit the other, abroad."""
    both: dict[str, object] = FEEDER | {
        "systems": [unit_system("slow", commission_days=50), unit_system()],
        "sites": [{"site": at, "pue": 1, "country": at} for at in ("US", "FR")],
        "halls": [
            {"hall": at, "site": at, "it_mw": 100, "fed_by": "feeder"} for at in ("US", "FR")
        ],
        "commitments": [
            {"commitment": at, "basis": "it", "countries": at, "systems": system}
            for at, system in (("US", "slow"), ("FR", "unit"))
        ],
        "milestones": [{"commitment": at, "date": MARCH, "mw": 5} for at in ("US", "FR")],
    }
    look = look_at(**both)
    assert [by_power(look, names, 2) for names in (("US",), ("FR", "US"))] == [50, 90]


WAFERS = {
    "sites": [
        {"site": "site", "pue": 1, "country": "US"},
        {"site": "abroad", "pue": 1, "country": "FR"},
    ],
    "halls": [
        {"hall": f"{at} hall", "site": at, "it_mw": 100, "open_count": 1}
        for at in ("site", "abroad")
    ],
    "fleet": [{"hall": "site hall", "system": "unit", "count": 3}],
    "bom": [{"system": "unit", "item": "wafer", "quantity": 2}],
    "supply": [{"supplier": "fab", "item": "wafer", "lead_days": 28}],
    "supply_capacity": [{"supplier": "fab", "from": "2026-01-01", "units_per_month": 20}],
    "plants": [{"plant": "plant", "system": "unit", "lead_days": 0, "units_per_month": 99}],
    "commitments": [
        {"commitment": "one", "basis": "it", "countries": "US"},
        {"commitment": "two", "basis": "it", "countries": "FR"},
    ],
    "milestones": [
        {"commitment": "one", "date": MARCH, "mw": 10},
        {"commitment": "two", "date": MARCH, "mw": 4},
    ],
}
"""Wafers are ordered from 1 January on, and make units from 29 January on."""


@pytest.mark.parametrize(
    ("dedicated", "both", "only_one", "only_two"),
    [(None, 28 - 6, 20 - 6, 8), ("one", 28 - 6, 20 - 6, 8)],
)
def test_items_that_are_needed_and_delivered(
    dedicated: str | None, both: float, only_one: float, only_two: float
) -> None:
    """Two wafers a MW less those of the fleet, which serves the commitment of its country.

    In time are wafers ordered 28 days before: by 3 January 20 x 3 / 31, by 31 January 20, by
    3 March 20 + 20 + 20 x 3 / 31, of which only whole ones count.
    """
    fleet = [WAFERS["fleet"][0] | {"commitment": dedicated}]
    bounds = look_at(**WAFERS | {"fleet": fleet}).bounds
    for names, needed in ((("one", "two"), both), (("one",), only_one), (("two",), only_two)):
        assert bounds.items(names, 2) == {"wafer": (pytest.approx(needed), 41)}, names
        delivered = [bounds.items(names, period)["wafer"][1] for period in (0, 1)]
        assert delivered == [1, 20], names


@pytest.mark.parametrize(("least", "good"), [(0, 20), (25, 20), (26, 0)])
def test_good_units_of_a_month(least: float, good: float) -> None:
    """26 a month are 25 in lots of 5, of which 20 are good, if so few may be ordered."""
    supply = [
        {
            "supplier": "fab",
            "item": "unit",
            "lead_days": 0,
            "lot": 5,
            "yield": 0.8,
            "min_order": least,
        }
    ]
    look = look_at(
        supply=supply,
        supply_capacity=[
            {"supplier": "fab", "from": "2026-01-01", "units_per_month": 26},
        ],
    )
    assert look.bounds.routes.good_units("fab", "unit", JAN_END) == good


def test_systems_that_can_be_finished() -> None:
    """The plant starts 99 a month from 29 January on, when the first wafers are there."""
    look, first = look_at(**WAFERS), 3 + 99 * 3 / 31
    found = [by_systems(look, ("one",), at) for at in (0, 1, 2)]
    assert found == pytest.approx([first, first + 99, first + 2 * 99])


def test_systems_of_a_plant_that_leads_elsewhere_do_not_count() -> None:
    ways = [("fab", "plant"), ("fab", "other"), ("plant", "site"), ("other", "abroad")]
    look = look_at(
        **WAFERS
        | {
            "plants": [WAFERS["plants"][0], WAFERS["plants"][0] | {"plant": "other"}],
            "lanes": [{"from": a, "to": b, "transit_days": 0} for a, b in ways],
        }
    )
    made = 99 * 3 / 31 + 99
    assert by_systems(look, ("one",), 1) == pytest.approx(3 + made)
    assert by_systems(look, ("one", "two"), 1) == pytest.approx(3 + 2 * made)


def test_a_failover_group_of_unlike_nodes_bounds_by_the_smaller() -> None:
    halls = [{"hall": at, "site": "site", "it_mw": 100, "fed_by": at} for at in "AB"]
    look = look_at(
        halls=halls,
        power=[{"node": at, "group": "pair"} for at in "AB"],
        energisation=[
            {"node": at, "from": "2026-01-01", "mw": mw} for at, mw in (("A", 70), ("B", 30))
        ],
    )
    assert by_power(look, ("demand",), 2) == pytest.approx(30)


def test_the_largest_order_is_what_firm_ones_leave_of_a_capacity() -> None:
    """13 a month at 2 each, in lots of 3; in January a firm order of 1.5 leaves 10 of 13.

    A lot may be left of the window before: (10 + 6) / 2 is two lots, (13 + 6) / 2 is three.
    """
    case = case_of(
        supply=[{"supplier": "fab", "item": "unit", "lead_days": 0, "lot": 3, "capacity_use": 2}],
        supply_capacity=[{"supplier": "fab", "from": "2026-01-01", "units_per_month": 13}],
        orders=[
            {
                "order": "1",
                "supplier": "fab",
                "item": "unit",
                "quantity": 1.5,
                "placed": "2026-01-01",
                "arrives": "2026-01-20",
            }
        ],
    )
    largest = {("fab", "unit", JAN_END): 6, ("fab", "unit", FEB_END): 9}
    assert case.supply.largest_order == largest


def test_a_comparison_counts_once() -> None:
    ledger = Ledger(1e-6)
    ledger.begin("rule")
    compared = [
        ledger.above(2.0, 1.0),
        ledger.below(1.0, 2.0),
        ledger.differs(1.0, 2.0),
        ledger.strays(1.0, 2.0),
        ledger.fails(False),
    ]
    assert compared == [True] * 5
    assert ledger.checks == {"rule": 5}
