"""The program by day gives the megawatts that were worked out by hand."""

from __future__ import annotations

import pytest
from days_cases import AGAINST_DAYS, BY_HAND, DayCase, sheets_of
from days_oracle import most_mw

from planner.workbook.reading import inputs_from_rows

CASES = {**AGAINST_DAYS, **BY_HAND}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_days_give_what_was_worked_out_by_hand(case: DayCase) -> None:
    inputs = inputs_from_rows("days", sheets_of(case))
    assert most_mw(inputs, "demand", case.day) == pytest.approx(case.mw, rel=1e-6, abs=1e-6)


def test_only_what_may_serve_a_commitment_counts() -> None:
    """One of two sites is abroad, a third of its fleet is sold to another."""
    sheets = sheets_of(DayCase("2026-01-31", 0.0, {}))
    sheets |= {
        "sites": [
            {"site": "site", "country": "US", "pue": 1.5},
            {"site": "far", "country": "FR", "pue": 1},
        ],
        "halls": [
            {"hall": "hall", "site": "site", "it_mw": 5, "open_count": 1},
            {"hall": "abroad", "site": "far", "it_mw": 9, "open_count": 1},
        ],
        "commitments": [
            {"commitment": "demand", "basis": "facility", "countries": "US"},
            {"commitment": "other", "basis": "it"},
        ],
        "milestones": [
            {"commitment": name, "date": "2026-01-31", "mw": 9} for name in ("demand", "other")
        ],
        "fleet": [{"hall": "hall", "system": "unit", "count": 10, "commitment": "other"}],
    }
    found = most_mw(inputs_from_rows("days", sheets), "demand", DayCase("2026-01-31", 0, {}).day)
    assert found == pytest.approx((5 - 1) * 1.5)


def test_the_loss_of_a_feeder_is_survived() -> None:
    """Feeders of 3 and 5 MW, each with a hall: the loss of the larger leaves 3 MW."""
    sheets = sheets_of(DayCase("2026-01-31", 0.0, {}))
    sheets |= {
        "halls": [
            {"hall": f"hall {n}", "site": "site", "it_mw": 9, "open_count": 1, "fed_by": n}
            for n in ("a", "b")
        ],
        "power": [{"node": n, "group": "pair"} for n in ("a", "b")],
        "energisation": [
            {"node": "a", "from": "2026-01-01", "mw": 3},
            {"node": "b", "from": "2026-01-01", "mw": 5},
        ],
    }
    found = most_mw(inputs_from_rows("days", sheets), "demand", DayCase("2026-01-31", 0, {}).day)
    assert found == pytest.approx(3)
