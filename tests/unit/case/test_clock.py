"""Days, windows, accrued amounts and events, each by hand."""

from __future__ import annotations

from datetime import date

import pytest

from planner.case import dispatch_days
from planner.case.dispatch_days import Act, Clock, Leg, Spot, find_dispatch_days
from planner.case.rates import Level, Rate, carried, months_between, windows

START = date(2026, 1, 1)
JANUARY, FEBRUARY = 30, 58
"""Numbers of the last days of the two months."""

DOCK, PLANT, SITE = ("dock", "part"), ("plant", "part"), ("site", "system")


def rate(*steps: tuple[date | None, float], count: int = 181) -> Rate:
    return Rate(START, count, steps)


def settled(
    *acts: Act, arrivals: dict[Spot, list[int]] | None = None, count: int = 59, most: int = 99
) -> Clock:
    return find_dispatch_days(acts, arrivals or {}, count, most)


def order(lead: int, since: int = 0, spot: Spot = DOCK, **options: object) -> Act:
    return Act(("order",), (Leg((), spot, lead, since),), **options)  # type: ignore[arg-type]


def install(*wanted: int, spot: Spot = SITE, **options: object) -> Act:
    return Act(("install",), (Leg((spot,), None, wanted=wanted),), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "after", "months"),
    [
        (date(2026, 1, 1), date(2026, 2, 1), 1),
        (date(2026, 1, 1), date(2026, 4, 1), 3),
        (date(2026, 1, 16), date(2026, 2, 15), 16 / 31 + 14 / 28),
        (date(2028, 2, 1), date(2028, 2, 15), 14 / 29),
        (date(2026, 2, 1), date(2026, 2, 1), 0),
    ],
)
def test_months_are_counted_month_by_month(first: date, after: date, months: float) -> None:
    assert months_between(first, after) == pytest.approx(months)


def test_a_rate_accrues_by_the_share_of_each_month() -> None:
    """310 a month are 10 a day in January and 310 / 28 in February."""
    found = rate((None, 310.0))
    assert found.accrued(7, 18) == pytest.approx(120)
    assert found.accrued(0, JANUARY) == pytest.approx(310)
    assert found.accrued(30, 31) == pytest.approx(10 + 310 / 28)
    assert found.rises == found.falls == ()
    assert found.first == 0


def test_a_rate_holds_from_its_day_on() -> None:
    """Four from 2 February, none from the 5th; a row before the plan holds from its start."""
    steps = [(date(2026, 2, 5), 0.0), (date(2026, 2, 2), 28.0), (date(2025, 1, 1), 0.0)]
    found = rate(*steps)
    assert found.accrued(0, 180) == pytest.approx(3)
    assert (found.rises, found.falls) == ((32,), (35,))
    assert found.first == 32
    assert rate().first == 181


def test_what_was_placed_is_a_debt_to_later_days() -> None:
    """1 a day: 5 placed on day 2 and 1 on day 3 take all of days 2 to 7; the rest is free."""
    found = rate((None, 31.0), count=31)
    first, second = found.less([(2, 5.0), (3, 1.0)])
    assert first.sum() == pytest.approx(5)
    assert list(second).index(second.max()) == 7
    assert found.accrued(0, 1) == pytest.approx(2)
    assert found.accrued(2, 7) == pytest.approx(0)
    assert found.accrued(8, 30) == pytest.approx(23)
    assert found.rises == (7, 8)


def test_no_rounding_is_left_of_what_a_debt_takes() -> None:
    """49 / 31 in January and 1 in February leave 13 days of March to 3 units."""
    found = rate((START, 2.0), (date(2026, 1, 19), 1.0))
    found.less([(0, 3.0)])
    assert set(found.daily[: 59 + 13]) == {0.0}
    assert found.rises == (59 + 13,)


def test_a_debt_that_is_never_paid_gives_nothing_free() -> None:
    """5 days of 1 each are no 9 units."""
    found = rate((START, 31.0), (date(2026, 1, 6), 0.0))
    found.less([(0, 9.0)])
    assert not found.daily.any()
    assert found.rises == ()


def test_a_level_rises_and_falls() -> None:
    steps = [(date(2026, 1, 1), 6.0), (date(2026, 1, 7), 0.0), (date(2026, 1, 25), 9.0)]
    found = Level(START, 31, steps)
    assert [found.on(day) for day in (0, 5, 6, 23, 24, 30)] == [6, 6, 0, 0, 9, 9]
    assert (found.rises, found.falls) == ((24,), (6,))
    assert found.least(0, 30) == 0
    assert found.least(24, 30) == 9


def test_windows_follow_one_another() -> None:
    assert windows([10, 20, 25], since=4) == [(4, 10), (11, 20), (21, 25)]


def test_remainders_are_carried_from_the_first_window_that_leaves_any() -> None:
    """Windows of 2, 2.5 and 3 systems: the first leaves nothing, all others may."""
    assert carried([2, 2.5, 3], 1.0) == [False, True, True]
    assert carried([2, 2.5, 3], 0.0) == [False] * 3


def test_a_chain_of_leads_goes_back_from_the_install() -> None:
    """Installed on day 30 with 2 days of transit, 5 of assembly, 2 of transit and 5 of lead."""
    found = settled(
        order(5),
        Act(("lane",), (Leg((DOCK,), PLANT, 2),)),
        Act(("start",), (Leg((PLANT,), ("plant", "system"), 5),)),
        Act(("road",), (Leg((("plant", "system"),), SITE, 2),)),
        install(JANUARY, FEBRUARY),
    )
    assert found.days == {
        ("install",): (30, 58),
        ("road",): (28, 56),
        ("start",): (23, 51),
        ("lane",): (21, 49),
        ("order",): (16, 44),
    }
    assert found.earliest == {DOCK: 5, PLANT: 7, ("plant", "system"): 12, SITE: 14}


def test_what_goes_to_two_is_given_in_time_for_both() -> None:
    near, far = ("near", "unit"), ("far", "unit")
    found = settled(
        Act(("order",), (Leg((), near, 0), Leg((), far, 20))),
        Act(("near",), (Leg((near,), None, wanted=(30, 58)),)),
        Act(("far",), (Leg((far,), None, wanted=(30, 58)),)),
        count=59,
        most=9,
    )
    assert found.days["order",] == (10, 30, 38, 58)


def test_of_too_many_days_those_nearest_to_another_are_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wanted on 10, 12, 20 and 40: of three days the one after 10 becomes one with it.

    In a plan of few days windows end together, and none is dropped.
    """
    acts = [order(0, spot=SITE), install(10, 12, 20, 40)]
    assert settled(*acts, most=3).days["order",] == (10, 12, 20, 40)
    monkeypatch.setattr(dispatch_days, "MAX_ALIGNED_DAYS", 5)
    assert settled(*acts, most=3).days["order",] == (10, 20, 40)


def test_a_window_ends_before_what_is_new() -> None:
    """Supply is there from day 20 on, two came on day 3: crews have windows to 19 and from 20."""
    found = settled(
        order(20, spot=SITE),
        install(JANUARY, FEBRUARY, rated=True),
        arrivals={SITE: [3]},
    )
    assert found.since["install",] == 3
    assert found.days["install",] == (19, 30, 58)


def test_what_has_no_rate_has_no_window_to_end() -> None:
    found = settled(order(20, spot=SITE), install(JANUARY, FEBRUARY), arrivals={SITE: [3]})
    assert found.days["install",] == (30, 58)


def test_a_rise_of_a_rate_is_felt_a_lead_later() -> None:
    """The supplier's rate rises on day 15: windows of the crews end on 24, its own in time."""
    found = settled(
        order(10, spot=SITE, rated=True, rises=(15,)),
        install(JANUARY, FEBRUARY, rated=True),
    )
    assert found.days["install",] == (24, 30, 58)
    assert found.days["order",] == (14, 20, 48)


def test_a_window_ends_before_its_rate_falls() -> None:
    """Crews are fewer from day 20 on. A supplier that makes less ends no window of anyone."""
    found = settled(
        order(10, spot=SITE, rated=True, falls=(15,)),
        install(JANUARY, FEBRUARY, rated=True, falls=(20,)),
    )
    assert found.days["install",] == (19, 30, 58)
    assert found.days["order",] == (9, 20, 48)


def test_parts_that_come_last_decide() -> None:
    """A plant has parts from day 4 and day 9 on: it begins on 9, and nothing is new before."""
    other = ("plant", "other")
    found = settled(
        Act(("order", "a"), (Leg((), PLANT, 4),)),
        Act(("order", "b"), (Leg((), other, 9),)),
        Act(("start",), (Leg((PLANT, other), SITE, 0),), rated=True),
        install(JANUARY),
        count=31,
    )
    assert found.since["start",] == 9
    assert found.days["start",] == (30,)


def test_what_can_never_come_has_no_days() -> None:
    found = settled(order(0, since=99), Act(("lane",), (Leg((DOCK,), SITE, 0),)), install(30))
    assert found.days == {}


def test_a_way_that_is_never_possible_asks_for_no_days() -> None:
    """Part and other leave on one lane; the other never comes, so its days are none of it."""
    other, at_site = ("dock", "other"), ("site", "other")
    lane = Act(("ship",), (Leg((DOCK,), SITE), Leg((other,), at_site)), rated=True)
    firm = Act(("firm",), (Leg((at_site,), None, wanted=(10, 20)),))
    found = settled(order(0), lane, install(FEBRUARY), firm, arrivals={at_site: [0]})
    assert found.days["firm",] == (10, 20)
    assert found.days["ship",] == found.days["order",] == (FEBRUARY,)


def test_depots_in_a_circle_end() -> None:
    """Lanes lead from a to b and back, and from b to the site."""
    a, b = ("a", "unit"), ("b", "unit")
    found = settled(
        order(1, spot=a),
        Act(("a to b",), (Leg((a,), b, 3),)),
        Act(("b to a",), (Leg((b,), a, 3),)),
        Act(("b to site",), (Leg((b,), SITE, 2),)),
        install(JANUARY),
        count=31,
    )
    assert found.days["a to b",] == (25,)
    assert found.days["order",] == (24,)
