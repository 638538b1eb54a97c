"""Megawatts to systems: every count worked out by hand, and the counts in print."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import DATA

from planner.case.ledger import (
    PUBLISHED,
    exact,
    kw_per_system,
    ledger,
    published_counts,
    systems_to_meet,
    systems_within,
)
from planner.errors import PlannerError
from planner.workbook.catalogue import catalogue, known_system

with (DATA / "closed_form_counts.csv").open(encoding="utf-8") as _file:
    BY_HAND = list(csv.DictReader(_file))


@pytest.mark.parametrize("row", BY_HAND, ids=lambda row: "-".join(list(row.values())[:3]))
def test_counts_by_hand(row: dict[str, str]) -> None:
    kw = exact(float(row["kW_per_system_incl_overhead"].split("/")[0]))
    count = systems_within if row["semantics"].startswith("floor") else systems_to_meet
    systems = count(float(row["commitment_MW"]), kw)
    assert systems == int(row["systems"])
    if row["note"]:
        assert row["note"] == f"{3 * systems} wafers"


def test_every_count_by_hand_is_read() -> None:
    assert len(BY_HAND) == 44


def test_each_basis() -> None:
    rows = ledger(750.0, (23.0,), (10.0, 12.0), (1.2,))
    found = [
        (r.basis, r.overhead_kw, r.pue, r.kw_per_system, r.systems_to_meet, r.systems_within)
        for r in rows
    ]
    assert found == [
        ("system", None, None, 23.0, 32_609, 32_608),
        ("it", 10.0, None, 33.0, 22_728, 22_727),
        ("it", 12.0, None, 35.0, 21_429, 21_428),
        ("facility", 10.0, 1.2, 39.6, 18_940, 18_939),
        ("facility", 12.0, 1.2, 42.0, 17_858, 17_857),
    ]


def test_without_overhead_or_pue_their_bases_are_left_out() -> None:
    assert [row.basis for row in ledger(1.0, (23.0,), (), (1.2,))] == ["system"]
    assert [row.basis for row in ledger(1.0, (23.0,), (10.0,), ())] == ["system", "it"]


def test_counts_are_exact_where_floats_are_not() -> None:
    # 0.3 / 0.1 is 2.9999999999999996 and 1.1 x 1.1 is 1.2100000000000002 in floating point.
    assert systems_within(0.0003, exact(0.1)) == systems_to_meet(0.0003, exact(0.1)) == 3
    kw = kw_per_system("facility", 1.1, 0.0, 1.1)
    assert systems_to_meet(1.21, kw) == systems_within(1.21, kw) == 1000


@given(
    mw=st.floats(0.001, 1e5),
    power=st.floats(0.1, 5000),
    overhead=st.floats(0, 5000),
    pue=st.floats(1, 3),
)
def test_to_meet_and_within_hold_the_megawatts_between_them(
    mw: float, power: float, overhead: float, pue: float
) -> None:
    kw = kw_per_system("facility", power, overhead, pue)
    meet, within = systems_to_meet(mw, kw), systems_within(mw, kw)
    watts = exact(mw) * 1000
    assert (meet - 1) * kw < watts <= meet * kw
    assert within * kw <= watts < (within + 1) * kw
    assert meet - within in (0, 1)


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(ValueError, match="one of system, it, facility"):
        kw_per_system("wall", 23.0)


def test_the_january_count_is_a_power_of_two_on_system_power() -> None:
    january, _ = published_counts("CS-3", 750.0, 23.0, (10.0, 12.0))
    assert (january.systems, january.our_systems, january.more_systems) == (32_768, 32_609, 159)
    assert january.power_of_two == 15
    assert january.mw_on_system_power == pytest.approx(753.664)
    assert january.more_percent == pytest.approx(0.4876, abs=1e-4)
    assert january.pue_low is None
    for figure in ("753.7 MW", "159 systems", "0.5 %", "2^15"):
        assert figure in january.reading


def test_twenty_thousand_is_a_count_on_facility_power() -> None:
    _, twenty = published_counts("CS-3", 750.0, 23.0, (10.0, 12.0))
    assert twenty.kw_per_system == 37.5
    assert twenty.pue_low == pytest.approx(float(Fraction(375, 350)))
    assert twenty.pue_high == pytest.approx(float(Fraction(375, 330)))
    assert "IT power of 33 to 35 kW at a PUE of 1.07 to 1.14" in twenty.reading


def test_published_counts_are_those_of_their_system_and_megawatts() -> None:
    assert published_counts("CS-3", 500.0, 23.0, (10.0,)) == ()
    assert published_counts("DGX B200", 750.0, 14.3, ()) == ()
    assert len(published_counts("CS-3", 750.0, 23.0, ())) == len(PUBLISHED)


def test_every_known_system_is_in_order() -> None:
    names = [system.system for system in catalogue()]
    assert len(names) == len(set(names))
    for system in catalogue():
        assert system.source and system.confidence and system.power_of
        assert system.kind in ("wafer-scale", "LPU", "GPU", "ASIC")
        for spread in (system.power_kw, system.overhead_kw):
            assert spread is None or 0 < spread.low <= spread.base <= spread.high


def test_a_known_system_is_found_by_any_of_its_names() -> None:
    assert known_system("cerebras cs-3") == known_system(" CS-3 ")
    assert known_system("CS-3").overhead_kw is not None
    with pytest.raises(PlannerError, match="Did you mean GB300 NVL72"):
        known_system("gb300")
    with pytest.raises(PlannerError, match="It knows CS-3"):
        known_system("abacus")
