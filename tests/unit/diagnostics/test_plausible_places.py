"""Warnings of places: sites, suppliers, power nodes and halls that look left out or of no use."""

from __future__ import annotations

from instances import Sheets, unit_system
from plausible_case import APRIL, MARCH, SUPPLY, Rows, sheets_of, the_one, warnings_of

from planner.workbook.cell_locations import sheet_of


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
        {"hall": n, "site": "site", "it_mw": 100, "fed_by": f}
        for n, f in (("hall", "feeder"), ("other", "free"))
    ]
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
        "sites": sites,
        "halls": halls,
        "commitments": commitments,
        "milestones": milestones,
    }
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
        {"hall": "never", "site": "site", "it_mw": 100, "build_days": 120},
    ]
    found = the_one(sheets_of({MARCH: 1}, halls=halls))
    assert (found.where, found.rule) == (
        "halls!A3",
        "nothing can ever stand in this hall: it cannot be open by 2026-04-30",
    )
    halls[1]["build_days"] = 119
    assert warnings_of(sheets_of({MARCH: 1}, halls=halls)) == []


def test_a_hall_smaller_than_a_system() -> None:
    halls: Rows = [{"hall": "hall", "site": "site", "it_mw": 0.9, "count": 200}]
    found = the_one(sheets_of({MARCH: 1}, halls=halls))
    assert found.where == "halls!C2"
    assert "one hall of this class holds 0.9 of a system" in found.rule
    halls[0] |= {"it_mw": 1.5, "count": 20}
    assert warnings_of(sheets_of({MARCH: 1}, halls=halls)) == []


def test_the_largest_system_of_a_hall_is_looked_at() -> None:
    systems = [unit_system("half", price=10, power_kw=500), unit_system("unit", price=10)]
    halls: Rows = [{"hall": "hall", "site": "site", "it_mw": 0.4, "count": 9}]
    found = the_one(sheets_of({MARCH: 1}, halls=halls, systems=systems))
    assert found.figures == {"systems": 0.8}


def test_a_hall_that_no_system_reaches_or_none_comes_into_service_in() -> None:
    """Units come too late to `far`; of two systems one comes in time and is in service too late."""
    sites: Rows = [{"site": "site", "pue": 1}, {"site": "far", "pue": 1}]
    halls: Rows = [{"hall": f"{s} hall", "site": s, "it_mw": 100} for s in ("site", "far")]
    lanes: Rows = [
        {"from": a, "to": b, "transit_days": days}
        for a, b, days in (("fab", "plant", 0), ("plant", "site", 0), ("plant", "far", 99))
    ]
    found = warnings_of(sheets_of({APRIL: 1}, sites=sites, halls=halls, lanes=lanes, **SUPPLY))
    assert [(w.where, w.rule) for w in found] == [
        (
            "halls!A3",
            "nothing can ever stand in this hall: no system that may serve a commitment "
            "can reach it by 2026-04-30: unit",
        )
    ]

    systems = [unit_system(price=10, commission_days=100), unit_system("dear", price=10)]
    late: Rows = [{"supplier": "shop", "item": "dear", "lead_days": 200}]
    supply = SUPPLY | {"supply": SUPPLY["supply"] + late}
    found = warnings_of(sheets_of({APRIL: 1}, systems=systems, **supply))
    assert [w.rule for w in found if sheet_of(w.where) == "halls"] == [
        "nothing can ever stand in this hall: no system can be installed and in service in it by "
        "2026-04-30: unit"
    ]
