"""A finer calendar allows what a coarser one does, to one indivisible amount.

Some random cases in the suite, others and more on demand:

    PLANNER_CASES=600 pytest tests/property/test_refinement.py
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from how_many import CASES, seeds
from random_days import day_case

from planner.case.case import Case, make_case
from planner.case.rates import Rate, carried, windows
from planner.errors import InputFaults
from planner.model.build import build_model
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import inputs_from_rows

BLOCK = 5
START = date(2026, 1, 1)
FINER_FIRST = ("week", "month", "quarter")

SECONDS = 5.0
"""For each solve; what is not proven within it is not compared."""

UNPROVEN_MW = 1e-4
"""What a solve may leave open, in MW; a system has 0.1 or more."""


def some_rate(draw: Random, count: int) -> Rate:
    """Return a rate that rises and falls."""
    days = [None, *(START + timedelta(days=draw.randrange(count)) for _ in range(3))]
    return Rate(START, count, [(day, draw.choice([0.0, 0.3, 2.5, 7.0, 40.0])) for day in days])


def some_days(draw: Random, count: int) -> list[int]:
    """Return dispatch days, the last of all days among them."""
    return sorted({*draw.sample(range(count), draw.randint(1, 12)), count - 1})


def whole_units(rate: Rate, days: list[int], unit: float) -> float:
    """Return what is done by the last day if each window does all whole units that it may.

    A window leaves a part of a unit to the next only where `carried` says that it may.
    """
    allowed = [rate.accrued(first, last) for first, last in windows(days, 0)]
    done = left = 0.0
    for most, may_leave in zip(allowed, carried(allowed, unit), strict=True):
        units = math.floor((most + left) / unit + 1e-9) * unit
        done, left = done + units, (most + left - units) if may_leave else 0.0
        assert left <= unit + 1e-9
    return done


@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_a_rate_comes_to_the_same_in_any_windows(first: int) -> None:
    """All of it, and of whole units as many as all of it holds."""
    for seed in range(first, first + BLOCK):
        draw = Random(f"windows {seed}")
        count, unit = draw.randint(20, 500), draw.choice([1.0, 3.0, 7.5])
        rate = some_rate(draw, count)
        total = rate.accrued(0, count - 1)
        for _ in range(4):
            days = some_days(draw, count)
            spans = windows(days, 0)
            assert sum(rate.accrued(*span) for span in spans) == pytest.approx(total), seed
            whole = math.floor(total / unit + 1e-9) * unit
            assert whole_units(rate, days, unit) == pytest.approx(whole), seed


def cases_of(seed: int, counts: str) -> dict[str, tuple[Case, date]]:
    """Return the cases of a seed by the length of their periods."""
    found = {}
    for period in FINER_FIRST:
        sheets, due = day_case(seed, period)
        for row in sheets["settings"]:
            if row["setting"] == "counts":
                row["value"] = counts
        try:
            found[period] = make_case(inputs_from_rows("finer", sheets)), due
        except InputFaults:
            continue
    return found


@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_what_rates_allow_between_two_days_is_the_same_in_any_calendar(first: int) -> None:
    """Wherever two calendars have windows that begin and end on the same days."""
    for seed in range(first, first + BLOCK):
        tables = [case.timetable for case, _ in cases_of(seed, "integer").values()]
        for name in tables[0].rates if tables else ():
            sums = []
            for table in tables:
                by_day, total = {table.clock.since.get(name, 0) - 1: 0.0}, 0.0
                for day, most in table.accrued(name).items():
                    by_day[day] = total = total + most
                sums.append(by_day)
            common = sorted(set.intersection(*map(set, sums)))
            for before, after in pairwise(common):
                found = [by_day[after] - by_day[before] for by_day in sums]
                assert found == pytest.approx([found[0]] * len(found)), (seed, name)


def most_mw(case: Case, due: date) -> float:
    """Return the most megawatts in service on a milestone's day, NaN if not proven in time."""
    model = build_model(case)
    live = LiveModel(model.frame, model.frame.columns)
    key = ("demand", case.calendar.period_of(case.calendar.number(due)))
    live.minimise(model.frame.objective([(model.decisions.missed_mw[key], 1.0)]))
    found = live.solve(gap=0.0, seconds=SECONDS)
    if not found.objective - found.bound <= UNPROVEN_MW:
        return math.nan
    return case.demand.required_mw[key] - found.objective


@pytest.mark.parametrize("counts", ["integer", "continuous"])
@pytest.mark.parametrize("first", seeds(CASES, BLOCK))
def test_a_finer_calendar_misses_no_more_than_a_coarser_one(first: int, counts: str) -> None:
    """But for one system where systems are whole."""
    for seed in range(first, first + BLOCK):
        cases = cases_of(seed, counts)
        found = {period: most_mw(case, due) for period, (case, due) in cases.items()}
        largest = max((max(case.facility.it_mw.values()) for case, _ in cases.values()), default=0)
        one = largest if counts == "integer" else 0.0
        for finer, coarser in pairwise(found):
            assert not found[finer] < found[coarser] - one - 2 * UNPROVEN_MW, (seed, found)
