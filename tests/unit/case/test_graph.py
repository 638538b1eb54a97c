"""The site graph: every broken way with its exact fault, and what a sound one traces."""

from __future__ import annotations

import pytest
from blocks import FEB, JAN, hall, rows_of, sold
from instances import lane, unit_system
from micro import START

from planner.case.case import Case, make_case
from planner.case.graph import EVERYWHERE, trace_flows, trace_power
from planner.errors import InputFaults
from planner.workbook.reading import inputs_from_rows
from planner.workbook.rows import Inputs

TWO_SITES = {
    "sites": [{"site": "site", "pue": 1}, {"site": "far", "pue": 1}],
    "halls": [hall(), hall("far hall", site="far")],
}


def inputs_of(**changes: object) -> Inputs:
    return inputs_from_rows("graph", rows_of(**changes))  # type: ignore[arg-type]


def faults_of(**changes: object) -> list[str]:
    """Return the faults of a case, as a person reads them."""
    inputs = inputs_of(**changes)
    with pytest.raises(InputFaults) as caught:
        make_case(inputs)
    assert caught.value.exit_code == 1
    return [str(fault) for fault in caught.value.faults]


def test_a_lane_to_nowhere() -> None:
    """A depot from which nothing goes on."""
    assert faults_of(
        supply=[sold()],
        depots=[{"depot": "depot"}],
        lanes=[lane("maker", "site"), lane("maker", "depot")],
    ) == [
        "lanes!B3 'depot': the lane from maker leads nowhere: nothing that can come along it is "
        "used at its end or beyond. Add the lane that leads on, or remove this one"
    ]


def test_a_lane_from_nowhere() -> None:
    """A depot to which nothing comes."""
    assert faults_of(
        supply=[sold()],
        depots=[{"depot": "depot"}],
        lanes=[lane("maker", "site"), lane("depot", "site")],
    ) == [
        "lanes!B3 'site': the lane from depot leads nowhere: nothing that can come along it is "
        "used at its end or beyond. Add the lane that leads on, or remove this one"
    ]


def test_a_plant_that_no_lane_reaches() -> None:
    """Wafers have a lane to one plant, not to the other, where powers do come in."""
    assert faults_of(
        supply=[sold("wafer"), {**sold("power"), "supplier": "other maker"}],
        bom=[
            {"system": "unit", "item": "wafer", "quantity": 1},
            {"system": "unit", "item": "power", "quantity": 1},
        ],
        plants=[
            {"plant": name, "system": "unit", "units_per_month": 9, "lead_days": 0}
            for name in ("plant", "far plant")
        ],
        lanes=[
            lane("maker", "plant"),
            lane("other maker", "plant"),
            lane("plant", "site"),
            lane("other maker", "far plant"),
            lane("far plant", "site"),
        ],
    ) == ["plants!A3 'far plant': no lane brings wafer here for unit. Add a lane from its supplier"]


def test_a_hall_that_no_system_can_reach() -> None:
    assert faults_of(supply=[sold()], lanes=[lane("maker", "site")], **TWO_SITES) == [
        "halls!A3 'far hall': no system can reach it: no lane leads to far. Add a lane to the site"
    ]


def test_a_supplier_without_a_lane() -> None:
    other = {"supplier": "other maker", "item": "unit", "lead_days": 0}
    assert faults_of(supply=[sold(), other], lanes=[lane("maker", "site")]) == [
        "supply!B3 'unit': no lane leads from other maker to where it is used. Add a lane from the "
        "supplier"
    ]


def test_a_supplier_of_what_its_plants_cannot_take() -> None:
    """Wafers have a lane to the site, and none to the plant: four rows are wrong, all are said."""
    assert faults_of(
        supply=[sold("wafer")],
        bom=[{"system": "unit", "item": "wafer", "quantity": 1}],
        plants=[{"plant": "plant", "system": "unit", "units_per_month": 9, "lead_days": 0}],
        lanes=[lane("maker", "site"), lane("plant", "site")],
    ) == [
        "lanes!B2 'site': the lane from maker leads nowhere: nothing that can come along it is "
        "used at its end or beyond. Add the lane that leads on, or remove this one",
        "plants!A2 'plant': no lane brings wafer here for unit. Add a lane from its supplier",
        "supply!B2 'wafer': no lane leads from maker to where it is used. Add a lane from the "
        "supplier",
    ]


def power(node: str, parent: str | None = None, group: str | None = None) -> dict[str, object]:
    return {"node": node, "parent": parent, "group": group}


def test_a_node_fed_by_itself() -> None:
    assert faults_of(power=[power("grid"), power("feeder", "feeder")]) == [
        "power!B3 'feeder': the node feeds itself: feeder - feeder. Leave parent blank for the "
        "node at the grid"
    ]


def test_nodes_that_feed_each_other() -> None:
    """A ring of three is one fault, at its first name; where it begins is not said by the rule."""
    (fault,) = faults_of(power=[power("a", "c"), power("b", "a"), power("c", "b")])
    where, rule, ring, remedy = fault.replace(". ", ": ").split(": ")
    assert (where, rule) == ("power!B2 'c'", "the node feeds itself")
    assert ring in ("a - b - c - a", "b - c - a - b", "c - a - b - c")
    assert remedy == "Leave parent blank for the node at the grid"


def test_a_failover_group_with_one_member_below_another() -> None:
    assert faults_of(
        power=[
            power("grid", None, "pair"),
            power("middle", "grid"),
            power("low", "middle", "pair"),
        ],
        energisation=[{"node": node, "from": START, "mw": 5} for node in ("grid", "low")],
    ) == [
        "power!C4 'pair': pair holds grid too, which feeds this node. Name only nodes that can "
        "stand in for each other"
    ]


def test_a_fleet_over_its_feeder() -> None:
    """4 systems of 1 MW at a PUE of 1.5 are 6 MW below the feeder and below the grid above it.

    The grid carries 6.
    """
    assert faults_of(
        sites=[{"site": "site", "pue": 1.5}],
        halls=[hall(fed_by="feeder", open_count=1)],
        power=[power("grid"), power("feeder", "grid")],
        energisation=[
            {"node": "grid", "from": START, "mw": 6},
            {"node": "feeder", "from": START, "mw": 5.5},
        ],
        fleet=[{"hall": "hall", "system": "unit", "count": 4}],
    ) == [
        "power!A3 'feeder': the fleet below it draws 6 MW of facility power, it carries 5.5 MW at "
        "the start. Correct its first rows in energisation, or the fleet's count"
    ]


def test_a_feeder_that_is_energised_after_the_start_carries_no_fleet() -> None:
    assert faults_of(
        halls=[hall(fed_by="feeder", open_count=1)],
        power=[power("feeder")],
        energisation=[{"node": "feeder", "from": "2026-01-02", "mw": 50}],
        fleet=[{"hall": "hall", "system": "unit", "count": 4}],
    ) == [
        "power!A2 'feeder': the fleet below it draws 4 MW of facility power, it carries 0 MW at "
        "the start. Correct its first rows in energisation, or the fleet's count"
    ]


def test_faults_of_lanes_and_power_are_reported_together() -> None:
    found = faults_of(
        supply=[sold()], lanes=[lane("maker", "site")], power=[power("loop", "loop")], **TWO_SITES
    )
    assert [fault.partition(" ")[0] for fault in found] == ["halls!A3", "power!B2"]


CHAIN = {
    "systems": [unit_system(), unit_system("whole")],
    "supply": [sold("wafer"), {**sold("power"), "supplier": "other maker"}, sold("whole")],
    "bom": [
        {"system": "unit", "item": "wafer", "quantity": 1},
        {"system": "unit", "item": "power", "quantity": 1},
    ],
    "plants": [{"plant": "plant", "system": "unit", "units_per_month": 9, "lead_days": 3}],
    "depots": [{"depot": "depot"}],
    "lanes": [
        {**lane("maker", "plant"), "transit_days": 5},
        lane("other maker", "plant"),
        {**lane("plant", "depot"), "transit_days": 2},
        {**lane("depot", "site"), "transit_days": 4},
        {**lane("plant", "site"), "transit_days": 7},
        {**lane("maker", "depot"), "transit_days": 9},
        lane("depot", "far"),
    ],
    **TWO_SITES,
}
"""Wafer and power to a plant, units by a depot or straight to two sites, whole systems too."""


def test_flows_of_a_sound_chain() -> None:
    flows, faults = trace_flows(inputs_of(**CHAIN))
    assert faults == []
    assert flows.sources == {
        "wafer": {"maker"},
        "power": {"other maker"},
        "whole": {"maker"},
        "unit": {"plant"},
    }
    assert flows.places == {
        "wafer": {"maker", "plant"},
        "power": {"other maker", "plant"},
        "unit": {"plant", "depot", "site", "far"},
        "whole": {"maker", "plant", "depot", "site", "far"},
    }
    assert {lane: tuple(sorted(items)) for lane, items in flows.lane_items.items()} == {
        ("maker", "plant"): ("wafer", "whole"),
        ("other maker", "plant"): ("power",),
        ("plant", "depot"): ("unit", "whole"),
        ("plant", "site"): ("unit", "whole"),
        ("depot", "site"): ("unit", "whole"),
        ("depot", "far"): ("unit", "whole"),
        ("maker", "depot"): ("whole",),
    }


def test_quickest_routes() -> None:
    """From the plant 2 + 4 days by the depot, not 7; from the maker to the depot 5 + 2, not 9."""
    routes = trace_flows(inputs_of(**CHAIN))[0].routes
    assert [days for _, _, days in routes["plant", "site"]] == [2, 4]
    assert [days for _, _, days in routes["maker", "depot"]] == [5, 2]
    assert [days for _, _, days in routes["maker", "site"]] == [5, 2, 4]
    assert routes["plant", "plant"] == ()
    assert ("plant", "maker") not in routes
    assert {entry for entry, _ in routes} == {"maker", "other maker", "plant"}


def test_without_lanes_all_places_are_one() -> None:
    flows, faults = trace_flows(inputs_of(**{**CHAIN, "lanes": [], "depots": []}))
    assert faults == []
    assert flows.places == {item: {EVERYWHERE} for item in ("wafer", "power", "unit", "whole")}
    assert flows.lane_items == {}


def test_without_supply_nothing_flows() -> None:
    flows, faults = trace_flows(inputs_of())
    assert (flows.places, flows.lane_items, faults) == ({}, {}, [])


def power_case() -> Case:
    """Return a grid with two feeders, one of them with a panel below it, and four halls."""
    return make_case(
        inputs_of(
            halls=[
                hall("one", fed_by="A"),
                hall("two", fed_by="panel"),
                hall("three", fed_by="grid"),
                hall("free"),
            ],
            power=[
                power("grid"),
                power("A", "grid", "pair"),
                power("B", "grid", "pair"),
                power("panel", "B"),
            ],
            energisation=[
                {"node": "A", "from": START, "mw": 5},
                {"node": "B", "from": "2026-02-01", "mw": 6},
            ],
        )
    )


def test_power_tree() -> None:
    tree = power_case().facility.tree
    assert {node: tuple(sorted(halls)) for node, halls in tree.halls_below.items()} == {
        "A": ("one",),
        "B": ("two",),
        "panel": ("two",),
        "grid": ("one", "three", "two"),
    }
    assert {name: set(nodes) for name, nodes in tree.groups.items()} == {"pair": {"A", "B"}}
    assert tree.path == {
        "one": ("A", "grid"),
        "two": ("panel", "B", "grid"),
        "three": ("grid",),
    }


def test_energised_power_of_nodes_that_state_it() -> None:
    energised = power_case().facility.energised_mw
    assert energised == {("A", JAN): 5, ("A", FEB): 5, ("B", JAN): 0, ("B", FEB): 6}


def test_without_power_there_is_no_tree() -> None:
    tree, faults = trace_power(inputs_of())
    assert (tree.halls_below, tree.groups, tree.path, faults) == ({}, {}, {}, [])
