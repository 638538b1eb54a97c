"""Rules of facility, commitments and budget, each alone: the last point allowed, the first not."""

from __future__ import annotations

import test_blocks  # noqa: F401  (its tests count among those of the rules)
import test_blocks_tokens  # noqa: F401  (the same)
from blocks import (
    APR_END,
    FEB,
    FEB_END,
    JAN,
    JAN_END,
    MAR_END,
    TESTED,
    Rule,
    alone,
    assert_edge,
    due,
    hall,
    promised,
    sold,
)
from instances import unit_system
from micro import APRIL, FEBRUARY, MARCH, START

from planner.model import commitments, facility, spending
from planner.model.build import RULES


def test_every_rule_has_a_test_of_its_own() -> None:
    assert {rule.__name__ for rule in TESTED} == {rule.__name__ for rule in RULES}


@alone(facility.open_what_was_decided)
def test_halls_open_after_they_were_built(rule: Rule) -> None:
    """One of 4 halls is open. 31 days of building: 2 decided on 28 January open on 28 February.

    One decided on 30 March opens on 30 April. Nothing can be decided for January.
    """
    model = assert_edge(
        rule,
        {
            "open_halls": {("hall", FEB_END - 31): 2, ("hall", APR_END - 31): 1},
            "opened_halls": {("hall", FEB_END): 3, ("hall", MAR_END): 3, ("hall", APR_END): 4},
        },
        [
            {"opened_halls": {("hall", FEB_END): 2}},
            {"opened_halls": {("hall", FEB_END): 4}},
            {"opened_halls": {("hall", MAR_END): 4}},
            {"opened_halls": {("hall", APR_END): 3}},
            {"open_halls": {("hall", FEB_END - 31): 1}},
        ],
        end=APRIL,
        halls=[hall(count=4, open_count=1, build_days=31)],
    )
    days = {("hall", end - 31) for end in (FEB_END, MAR_END, APR_END)}
    assert set(model.decisions.open_halls) == days


OPENED = {
    "sites": [{"site": "site", "pue": 1, "opening_cost": 5}],
    "halls": [hall(count=3), hall("next", count=2)],
}
"""A site whose opening costs, with halls of two classes."""


@alone(facility.open_the_site_first)
def test_a_site_is_opened_before_its_halls(rule: Rule) -> None:
    """All 3 halls with the site open, and none without; 4 of 3 are too many."""
    assert_edge(
        rule,
        {
            "opened_halls": {("hall", FEB_END): 3, ("next", FEB_END): 2},
            "open_site": {("site", FEB_END): 1},
        },
        [
            {"opened_halls": {("hall", JAN_END): 1}},
            {"opened_halls": {("hall", FEB_END): 4}},
            {"open_site": {("site", FEB_END): 0}},
        ],
        **OPENED,
    )


@alone(facility.open_no_site_without_a_hall)
def test_a_site_is_not_opened_without_a_hall(rule: Rule) -> None:
    """Open in February for one hall of either class, but not for none, nor a month too soon."""
    assert_edge(
        rule,
        {"opened_halls": {("next", FEB_END): 1}, "open_site": {("site", FEB_END): 1}},
        [{"opened_halls": {("next", FEB_END): 0}}, {"open_site": {("site", JAN_END): 1}}],
        **OPENED,
    )


@alone(facility.open_no_site_without_a_hall)
def test_no_site_is_opened_without_a_hall(rule: Rule) -> None:
    """A hall that opens on 31 March after 28 days of building opens the site on 3 March.

    One without building days opens it on its own day, 28 February.
    """
    changes = {
        "end": APRIL,
        "sites": [{"site": "site", "pue": 1, "opening_cost": 5}],
        "halls": [hall(count=3, build_days=28), hall("next", count=2)],
    }
    built, then = MAR_END - 28, APR_END - 28
    assert_edge(
        rule,
        {
            "opened_halls": {("hall", MAR_END): 1, ("hall", APR_END): 1},
            "open_site": {("site", day): 1.0 for day in (built, MAR_END, then, APR_END)},
        },
        [{"open_site": {("site", FEB_END): 1}}, {"opened_halls": {("hall", MAR_END): 0}}],
        **changes,
    )
    later = (FEB_END, built, MAR_END, then, APR_END)
    assert_edge(
        rule,
        {
            "opened_halls": {("next", day): 1 for day in (FEB_END, MAR_END, APR_END)},
            "open_site": {("site", day): 1.0 for day in later},
        },
        [{"open_site": {("site", JAN_END): 1}}, {"opened_halls": {("next", FEB_END): 0}}],
        **changes,
    )


@alone(facility.keep_sites_open)
def test_a_site_stays_open(rule: Rule) -> None:
    """Open from February on, or in both months, but not in January alone."""
    assert_edge(
        rule,
        {"open_site": {("site", JAN_END): 0, ("site", FEB_END): 1}},
        [{"open_site": {("site", JAN_END): 1, ("site", FEB_END): 0}}],
        **OPENED,
    )


@alone(facility.install_within_hall_power)
def test_hall_power(rule: Rule) -> None:
    """One of 2 halls of 10 MW is open: 4 systems of 1.5 + 0.5 MW and 2 of 1 MW fill it, 3 do not.

    With both open 6 more of the first fit.
    """
    key = ("hall", "unit")
    assert_edge(
        rule,
        {
            "opened_halls": {("hall", JAN_END): 1, ("hall", FEB_END): 2},
            "commissioned_systems": {(*key, JAN): 4, ("hall", "other", JAN): 2, (*key, FEB): 10},
        },
        [
            {"commissioned_systems": {("hall", "other", JAN): 3}},
            {"opened_halls": {("hall", JAN_END): 0}},
            {"commissioned_systems": {(*key, FEB): 11}},
        ],
        systems=[unit_system(power_kw=1500, overhead_kw=500), unit_system("other")],
        halls=[hall(it_mw=10, count=2)],
    )


def test_hall_power_of_halls_that_no_decision_opens() -> None:
    """Both halls of 10 MW are open from the start: 20 systems of 1 MW stand, 21 do not."""
    assert_edge(
        facility.install_within_hall_power,
        {"commissioned_systems": {("hall", "unit", JAN): 20}},
        [{"commissioned_systems": {("hall", "unit", JAN): 21}}],
        halls=[hall(it_mw=10, count=2, open_count=2)],
    )


@alone(facility.install_within_hall_slots)
def test_hall_slots(rule: Rule) -> None:
    """7 slots: 2 systems of 3 slots and 1 of 1; a hall without slots stated has no limit."""
    assert_edge(
        rule,
        {
            "opened_halls": {("hall", JAN_END): 1},
            "commissioned_systems": {
                ("hall", "unit", JAN): 2,
                ("hall", "other", JAN): 1,
                ("next", "unit", JAN): 30,
            },
        },
        [
            {"commissioned_systems": {("hall", "other", JAN): 2}},
            {"commissioned_systems": {("hall", "unit", FEB): 1}},
        ],
        systems=[unit_system(slots=3), unit_system("other", slots=1)],
        halls=[hall(slots=7), hall("next")],
    )


@alone(facility.install_within_hall_coolant)
def test_hall_coolant(rule: Rule) -> None:
    """500 l/min: 2 systems of 200 and 1 of 100; what is cooled by air takes none."""
    assert_edge(
        rule,
        {
            "opened_halls": {("hall", JAN_END): 1},
            "commissioned_systems": {
                ("hall", "unit", JAN): 2,
                ("hall", "other", JAN): 1,
                ("hall", "airy", JAN): 40,
            },
        },
        [
            {"commissioned_systems": {("hall", "other", JAN): 2}},
            {"opened_halls": {("hall", JAN_END): 0}},
        ],
        systems=[
            unit_system(coolant_lpm=200),
            unit_system("other", coolant_lpm=100),
            unit_system("airy", coolant_lpm=0),
        ],
        halls=[hall(coolant_lpm=500)],
    )


@alone(facility.draw_within_energised_power)
def test_energised_power(rule: Rule) -> None:
    """At a PUE of 1.5 the grid's 9 MW carry 6 systems of 1 MW below it, 2 of them by a feeder of 3.

    The feeder is energised in February; before it carries none.
    """
    below, beside = ("below", "unit"), ("beside", "unit")
    assert_edge(
        rule,
        {
            "commissioned_systems": {
                (*beside, JAN): 6,
                (*below, FEB): 2,
                (*beside, FEB): 4,
                ("free", "unit", FEB): 50,
            }
        },
        [
            {"commissioned_systems": {(*beside, FEB): 5}},
            {"commissioned_systems": {(*beside, JAN): 7}},
            {"commissioned_systems": {(*below, FEB): 3, (*beside, FEB): 0}},
            {"commissioned_systems": {(*below, JAN): 1, (*beside, JAN): 0}},
        ],
        sites=[{"site": "site", "pue": 1.5}],
        halls=[hall("below", fed_by="feeder"), hall("beside", fed_by="grid"), hall("free")],
        power=[{"node": "grid"}, {"node": "feeder", "parent": "grid"}],
        energisation=[
            {"node": "grid", "from": START, "mw": 9},
            {"node": "feeder", "from": "2026-02-01", "mw": 3},
        ],
    )


@alone(facility.survive_the_loss_of_a_feeder)
def test_failover(rule: Rule) -> None:
    """Feeders of 6 and 4 MW: without the larger, 4 MW carry 4 systems of 1 MW, on either; not 5.

    From February the smaller has 8: without it, 6 MW are left.
    """
    one, two = ("one", "unit"), ("two", "unit")
    assert_edge(
        rule,
        {"commissioned_systems": {(*one, JAN): 3, (*two, JAN): 1, (*one, FEB): 6}},
        [
            {"commissioned_systems": {(*two, JAN): 2}},
            {"commissioned_systems": {(*one, JAN): 4}},
            {"commissioned_systems": {(*one, FEB): 7}},
        ],
        halls=[hall("one", fed_by="A"), hall("two", fed_by="B")],
        power=[{"node": node, "group": "pair"} for node in ("A", "B")],
        energisation=[
            {"node": "A", "from": START, "mw": 6},
            {"node": "B", "from": START, "mw": 4},
            {"node": "B", "from": "2026-02-01", "mw": 8},
        ],
    )


UPSTREAM = {
    "halls": [hall("one", fed_by="A"), hall("two", fed_by="B"), hall("three", fed_by="U")],
    "power": [
        {"node": "A", "group": "pair"},
        {"node": "B", "parent": "U", "group": "pair"},
        {"node": "U"},
    ],
    "energisation": [
        {"node": "A", "from": START, "mw": 9},
        {"node": "B", "from": START, "mw": 8},
        {"node": "U", "from": START, "mw": 6},
    ],
}


@alone(facility.reserve_what_is_left_upstream)
def test_reserve_upstream(rule: Rule) -> None:
    """U carries 6 MW: 2 of its own hall, 1 of B, so 3 are left for what A hands on."""
    kept = ("pair", "U", JAN_END)
    model = assert_edge(
        rule,
        {
            "commissioned_systems": {
                ("three", "unit", JAN): 2,
                ("two", "unit", JAN): 1,
                ("one", "unit", JAN): 9,
            },
            "reserved_mw": {kept: 3},
        },
        [
            {"reserved_mw": {kept: 4}},
            {"commissioned_systems": {("three", "unit", JAN): 3}},
            {"commissioned_systems": {("two", "unit", JAN): 2}},
        ],
        **UPSTREAM,
    )
    assert set(model.decisions.reserved_mw) == {kept, ("pair", "U", FEB_END)}


@alone(facility.reserve_what_members_can_take)
def test_reserve_of_members(rule: Rule) -> None:
    """B carries 8 MW, 6 of its own hall: 2 are left, whatever U has."""
    kept = ("pair", "U", JAN_END)
    assert_edge(
        rule,
        {
            "commissioned_systems": {("two", "unit", JAN): 6, ("three", "unit", JAN): 9},
            "reserved_mw": {kept: 2},
        },
        [{"reserved_mw": {kept: 3}}, {"commissioned_systems": {("two", "unit", JAN): 7}}],
        **UPSTREAM,
    )


@alone(facility.survive_the_loss_of_a_feeder)
def test_failover_with_a_node_upstream(rule: Rule) -> None:
    """A hands on no more than is reserved at U, 3; B no more than A, of 9, has left: 9 - 3."""
    kept, one, two = ("pair", "U", JAN_END), ("one", "unit", JAN), ("two", "unit", JAN)
    assert_edge(
        rule,
        {"commissioned_systems": {one: 3, two: 6}, "reserved_mw": {kept: 3}},
        [
            {"reserved_mw": {kept: 2}},
            {"commissioned_systems": {one: 4}},
            {"commissioned_systems": {two: 7}},
        ],
        **UPSTREAM,
    )


@alone(commitments.meet_milestones)
def test_milestone(rule: Rule) -> None:
    """5 MW due: 3 served in two halls and 2 missed; 1.9 missed leave 0.1 unaccounted for."""
    assert_edge(
        rule,
        {
            "serve_mw": {("demand", "hall", "unit", FEB): 2, ("demand", "next", "unit", FEB): 1},
            "missed_mw": {("demand", FEB): 2},
        },
        [
            {"missed_mw": {("demand", FEB): 1.9}},
            {"serve_mw": {("demand", "next", "unit", FEB): 0.5}},
        ],
        halls=[hall(), hall("next")],
    )


@alone(commitments.serve_no_more_than_promised)
def test_served_in_all(rule: Rule) -> None:
    """The last milestone is 5 MW: no more counts in any period, in January as in February."""
    key = ("demand", "hall", "unit")
    assert_edge(
        rule,
        {"serve_mw": {(*key, JAN): 5, (*key, FEB): 5}},
        [{"serve_mw": {(*key, JAN): 5.1}}, {"serve_mw": {(*key, FEB): 5.1}}],
    )


@alone(commitments.serve_from_systems_in_service)
def test_systems_in_service(rule: Rule) -> None:
    """A system of 0.8 + 0.2 MW counts 1 MW on `it`, 0.8 on `system`, 1.5 on `facility` (PUE 1.5).

    6 systems serve 1 + 1.6 + 4.5 MW: 1 + 2 + 3 systems.
    """
    key = ("hall", "unit")
    served = {("demand", *key, FEB): 1, ("own", *key, FEB): 1.6, ("all", *key, FEB): 4.5}
    assert_edge(
        rule,
        {
            "commissioned_systems": {(*key, JAN): 2, (*key, FEB): 6},
            "serve_mw": {("demand", *key, JAN): 2, **served},
        },
        [
            {"serve_mw": {("demand", *key, FEB): 1.1}},
            {"serve_mw": {("own", *key, FEB): 1.7}},
            {"serve_mw": {("all", *key, FEB): 4.6}},
            {"serve_mw": {("demand", *key, JAN): 2.1}},
            {"commissioned_systems": {(*key, FEB): 5}},
        ],
        systems=[unit_system(power_kw=800, overhead_kw=200)],
        sites=[{"site": "site", "pue": 1.5}],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 2}],
        commitments=[promised("demand"), promised("own", "system"), promised("all", "facility")],
        milestones=[due(name, 9) for name in ("demand", "own", "all")],
    )


@alone(commitments.keep_dedicated_systems_for_their_commitment)
def test_dedicated_systems(rule: Rule) -> None:
    """4 of 6 systems of 1 MW stand for `demand`: others get 2 MW, 1 each; `demand` may get any.

    Nor may the 4 be removed.
    """
    key = ("hall", "unit")
    assert_edge(
        rule,
        {
            "commissioned_systems": {(*key, JAN): 6, (*key, FEB): 4},
            "serve_mw": {("one", *key, JAN): 1, ("two", *key, JAN): 1, ("demand", *key, JAN): 99},
        },
        [
            {"serve_mw": {("two", *key, JAN): 1.1}},
            {"commissioned_systems": {(*key, JAN): 5}},
            {"commissioned_systems": {(*key, FEB): 3}},
        ],
        halls=[hall(open_count=1)],
        fleet=[{"hall": "hall", "system": "unit", "count": 4, "commitment": "demand"}],
        commitments=[promised("demand"), promised("one"), promised("two")],
        milestones=[due(name, 9) for name in ("demand", "one", "two")],
    )


@alone(spending.spend_within_budget)
def test_budget(rule: Rule) -> None:
    """100 by 28 February: 6 at 10 and a hall of 40, not discounted.

    March is free of it, and so is late cost.
    """
    key = ("hall", "unit")
    assert_edge(
        rule,
        {
            "install_systems": {(*key, JAN_END): 4, (*key, FEB_END): 2, (*key, MAR_END): 500},
            "open_halls": {("hall", JAN_END): 1},
            "missed_mw": {("demand", FEB): 5},
        },
        [{"install_systems": {(*key, FEB_END): 3}}, {"open_halls": {("hall", FEB_END): 1}}],
        end=MARCH,
        options={"discount_rate": 0.5},
        halls=[hall(fit_out_cost=40, count=2)],
        commitments=[promised("demand", late_cost=1000)],
        budget=[{"date": FEBRUARY, "cumulative": 100}],
    )


def test_budget_less_what_is_already_spent() -> None:
    """Of 100, a placed order of 3 at 20 with 15 for the order takes 75: 1 more fits, 2 do not."""
    key = ("maker", "unit")
    assert_edge(
        spending.spend_within_budget,
        {"order_lots": {(*key, JAN_END): 1}},
        [{"order_lots": {(*key, JAN_END): 2}}],
        supply=[sold(price=20, order_cost=15)],
        orders=[
            {
                "order": "PO",
                "supplier": "maker",
                "item": "unit",
                "quantity": 3,
                "placed": START,
                "arrives": START,
            }
        ],
        budget=[{"date": FEBRUARY, "cumulative": 100}],
    )


def test_money_counts_on_its_day() -> None:
    """A budget of 27 February does not cover what is installed on the 28th."""
    key = ("hall", "unit")
    assert_edge(
        spending.spend_within_budget,
        {"install_systems": {(*key, JAN_END): 10, (*key, FEB_END): 500}},
        [{"install_systems": {(*key, JAN_END): 11}}],
        budget=[{"date": "2026-02-27", "cumulative": 100}],
    )


def test_what_stands_is_held_to_a_level_that_falls_inside_a_period() -> None:
    """12 MW until 9 February, then 4, again 12 from the 20th: 8 of 12 go by 1 February.

    They may stand again on the 28th.
    """
    key = ("hall", "unit")
    assert_edge(
        facility.draw_within_energised_power,
        {
            "commissioned_systems": {(*key, JAN): 12, (*key, FEB): 12},
            "remove_systems": {(*key, FEB): 8},
        },
        [
            {"remove_systems": {(*key, FEB): 7}},
            {"commissioned_systems": {(*key, JAN): 13}, "remove_systems": {(*key, FEB): 9}},
            {"commissioned_systems": {(*key, FEB): 13}},
        ],
        halls=[hall(fed_by="node")],
        power=[{"node": "node"}],
        energisation=[
            {"node": "node", "from": day, "mw": mw}
            for day, mw in ((START, 12), ("2026-02-09", 4), ("2026-02-20", 12))
        ],
    )


def test_what_is_being_commissioned_draws_power() -> None:
    """Installed on 18 February, in service on the 28th: 3 MW carry 3 on both days, not 4."""
    key = ("hall", "unit")
    assert_edge(
        facility.draw_within_energised_power,
        {"commissioned_systems": {(*key, JAN): 1, (*key, FEB): 3}},
        [{"commissioned_systems": {(*key, FEB): 4}}],
        systems=[unit_system(commission_days=10)],
        halls=[hall(fed_by="node")],
        power=[{"node": "node"}],
        energisation=[
            {"node": "node", "from": START, "mw": 3},
            {"node": "node", "from": "2026-02-25", "mw": 9},
        ],
    )
