"""By when an order must be signed: worked out by hand, and proved by planning again a day later."""

from __future__ import annotations

from datetime import date

import pytest
from instances import Sheets, settings, unit_system

from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows


def chain(today: str = "2026-01-01", *, fab: float | None = None, crews: float = 12.0) -> Sheets:
    """Return 20 systems of 0.1 MW due on 30 June 2026, made of one chip each.

    A chip takes 60 days to make and 5 to the plant, assembly 20, the lane 7, commissioning 10.
    """
    sheets: Sheets = {
        "settings": settings("2026-01-01", "2026-06-30", today=today, discount_rate=0.1),
        "systems": [unit_system(name="rack", power_kw=100, price=0, commission_days=10)],
        "bom": [{"system": "rack", "item": "chip", "quantity": 1}],
        "supply": [{"supplier": "Fab", "item": "chip", "price": 1000, "lead_days": 60}],
        "plants": [{"plant": "Plant", "system": "rack", "units_per_month": 1000, "lead_days": 20}],
        "lanes": [
            {"from": "Fab", "to": "Plant", "transit_days": 5},
            {"from": "Plant", "to": "Site", "transit_days": 7},
        ],
        "sites": [{"site": "Site", "pue": 1}],
        "halls": [{"hall": "Hall", "site": "Site", "it_mw": 5, "open_count": 1}],
        "crews": [{"site": "Site", "from": "2026-01-01", "systems_per_month": crews}],
        "commitments": [{"commitment": "Sold", "basis": "it"}],
        "milestones": [{"commitment": "Sold", "date": "2026-06-30", "mw": 2}],
    }
    if fab is not None:
        capacity = {"supplier": "Fab", "from": "2026-01-01", "units_per_month": fab}
        sheets["supply_capacity"] = [capacity]
    return sheets


def planned(sheets: Sheets) -> Plan:
    plan = make_plan(inputs_from_rows("chain", sheets), Options())
    assert plan.summary["verified"]
    return plan


def missed(plan: Plan) -> float:
    return float(str(plan.tables["ramp"][-1]["missed_mw"]))


def test_an_order_is_signed_in_time_for_crews_that_take_weeks() -> None:
    """Crews of 12 a month install 12 in May and 8 from 1 to 20 June, the day of the last install.

    So the first system is at the site on 1 May, and the first chip is ordered 92 days earlier.
    """
    plan = planned(chain())
    first = plan.tables["orders"][0]
    assert missed(plan) == 0
    assert (first["order_from"], first["latest_order_date"]) == (date(2026, 1, 29),) * 2
    assert first["slack_days"] == 0


@pytest.mark.parametrize(("today", "short"), [("2026-01-29", 0.0), ("2026-01-30", 0.1)])
def test_a_day_later_is_too_late(today: str, short: float) -> None:
    """Nothing is ordered before today, and from 2 May on crews install 11.6 + 8: 19."""
    assert missed(planned(chain(today))) == pytest.approx(short)


def test_a_supplier_that_takes_weeks_is_signed_before() -> None:
    """A fab of 31 a month makes 20 chips in 20 days, the last on 20 March: from 1 March on.

    Crews and plant are so many that they take no day more.
    """
    orders = planned(chain(fab=31, crews=1000)).tables["orders"]
    assert [row["order_date"] for row in orders] == [date(2026, 3, 20)]
    assert [row["latest_order_date"] for row in orders] == [date(2026, 3, 1)]


def test_where_nothing_takes_time_an_order_is_signed_on_its_day() -> None:
    """Crews without a limit: 20 June less 7, 20, 5 and 60 days is 20 March, but for the plant.

    A plant of 1,000 a month makes 20 systems in 20 / (1,000 / 31) = 0.6 days, within the day.
    """
    sheets = chain()
    del sheets["crews"]
    orders = planned(sheets).tables["orders"]
    assert [row["latest_order_date"] for row in orders] == [date(2026, 3, 20)]
    assert [row["order_from"] for row in orders] == [row["order_date"] for row in orders]
