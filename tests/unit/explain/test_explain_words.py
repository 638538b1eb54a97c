"""Lateness, slack, contradictions, alternatives and the two commands, on cases solved by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from instances import Sheets, settings, unit_system
from micro import APRIL, FEBRUARY, JANUARY, MARCH, START

from planner.cli.main import planner
from planner.errors import PlannerError
from planner.explain.alternatives import ask_why
from planner.explain.bottlenecks import find_bottlenecks
from planner.explain.contradictions import find_contradiction
from planner.explain.explanation import explain
from planner.explain.lateness import explain_lateness, lateness_rows
from planner.explain.session import Session
from planner.explain.slack import slack_rows
from planner.pipeline import Options, make_plan
from planner.plan.finding_tables import EXPLAINED
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows


def sheets_of(**changes: object) -> Sheets:
    """Return four months, a fab of 5 systems of 1 MW a month, a feeder that opens in March."""
    sheets: Sheets = {
        "settings": settings(START, APRIL),
        "systems": [unit_system(price=10)],
        "supply": [{"supplier": "fab", "item": "unit", "lead_days": 28}],
        "supply_capacity": [{"supplier": "fab", "from": START, "units_per_month": 5}],
        "sites": [{"site": "near", "pue": 1}, {"site": "far", "pue": 1}],
        "halls": [
            {"hall": "near hall", "site": "near", "it_mw": 100, "fed_by": "feeder"},
            {"hall": "far hall", "site": "far", "it_mw": 100, "fit_out_cost": 7},
        ],
        "power": [{"node": "feeder"}],
        "energisation": [
            {"node": "feeder", "from": START, "mw": 4},
            {"node": "feeder", "from": "2026-03-01", "mw": 50},
        ],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": APRIL, "mw": 4}],
    }
    sheets.update(changes)  # type: ignore[arg-type]
    return sheets


def plan_of(**changes: object) -> Plan:
    return make_plan(inputs_from_rows("by hand", sheets_of(**changes)), Options())


def due(**mw: float) -> list[dict[str, object]]:
    days = {"january": JANUARY, "february": FEBRUARY, "march": MARCH, "april": APRIL}
    return [{"commitment": "demand", "date": days[name], "mw": x} for name, x in mw.items()]


ONE_SITE = {
    "sites": [{"site": "near", "pue": 1}],
    "halls": [{"hall": "near hall", "site": "near", "it_mw": 100, "fed_by": "feeder"}],
}


def test_a_feeder_that_opens_too_late_is_named_with_its_date() -> None:
    """Ordered in January, 5 can stand in February; the feeder carries 4 until March."""
    plan = plan_of(milestones=due(february=5), **ONE_SITE)
    session = Session(plan.inputs, plan, math.inf)
    late = explain_lateness(session, find_bottlenecks(session))
    assert [(x.commitment, x.missed_mw) for x in late] == [("demand", pytest.approx(1.0))]
    rows = lateness_rows(session, late)
    power = next(row for row in rows if row["kind"] == "power")
    assert power["cell"] == "energisation!C2"
    assert power["mw_through"] == pytest.approx(4.0)
    assert power["mw_a_step"] == pytest.approx(1.0)
    assert "50 only from 2026-03-01" in str(power["says"])
    opens = next(row for row in rows if row["kind"] == "energised from")
    assert (opens["cell"], opens["mw_a_step"]) == ("energisation!B3", pytest.approx(1.0))


def test_a_date_of_which_one_period_earlier_brings_nothing_is_named_all_the_same() -> None:
    """The feeder carries 4 until April; a month earlier is still too late."""
    energised = [
        {"node": "feeder", "from": START, "mw": 4},
        {"node": "feeder", "from": "2026-04-01", "mw": 50},
    ]
    plan = plan_of(milestones=due(february=5), energisation=energised, **ONE_SITE)
    session = Session(plan.inputs, plan, math.inf)
    rows = lateness_rows(session, explain_lateness(session, find_bottlenecks(session)))
    (opens,) = (row for row in rows if row["kind"] == "energised from")
    assert (opens["cell"], opens["mw_a_step"]) == ("energisation!B3", None)
    assert opens["mw_without"] == pytest.approx(1.0)
    assert opens["says"] == (
        "feeder: energised from 2026-04-01; 1 MW more if this date did not exist"
    )


def test_through_its_limits_come_the_megawatts_that_are_served() -> None:
    """By duality: 5 from the fab in January, 5 in February, and 3 days of March, 28 days ahead."""
    plan = plan_of(milestones=due(march=13))
    session = Session(plan.inputs, plan, math.inf)
    (late,) = explain_lateness(session)
    assert late.missed_mw == pytest.approx(3.0)
    assert sum(link.mw or 0.0 for link in late.links) == pytest.approx(10 + 5 * 3 / 31)
    assert {link.limit.where for link in late.links} == {"supply_capacity!C2"}


def test_a_budget_that_pays_for_others_too_is_said_to_carry_no_megawatts() -> None:
    """47 buy 4.7 systems of 10: 2 for the first commitment, 2.7 for the other, which waits."""
    one, other = (
        {"commitment": name, "basis": "it", "priority": n}
        for n, name in enumerate(("first", "demand"), 1)
    )
    sheets = {
        **ONE_SITE,
        "commitments": [one, other],
        "milestones": [{**due(february=2)[0], "commitment": "first"}, *due(february=5)],
        "supply_capacity": [{"supplier": "fab", "from": START, "units_per_month": 50}],
        "energisation": [{"node": "feeder", "from": START, "mw": 50}],
        "budget": [{"date": MARCH, "cumulative": 47}],
    }
    plan = plan_of(**sheets)
    session = Session(plan.inputs, plan, math.inf)
    (row,) = lateness_rows(session, explain_lateness(session))
    assert (row["missed_mw"], row["mw_through"]) == (pytest.approx(3.0), None)
    assert row["says"] == "2026-03-31: budget is 47; 1 USD more gains 0.1 MW"
    alone = {**sheets, "commitments": [other], "milestones": due(february=5)}
    plan = plan_of(**alone)
    session = Session(plan.inputs, plan, math.inf)
    (row,) = lateness_rows(session, explain_lateness(session))
    assert row["mw_through"] == pytest.approx(4.7)


def test_slack_is_as_long_as_the_milestone_can_be_met_earlier() -> None:
    """4 MW are ordered by 25 January, 5 x 25 / 31 = 4.03, and arrive on 22 February: 67 days."""
    plan = plan_of()
    (row,) = slack_rows(Session(plan.inputs, plan, math.inf))
    assert (row["slack_days"], str(row["could_be_met_by"])) == (67, "2026-02-22")
    assert str(row["last_order_date"]) == "2026-04-02"  # 28 days before 30 April


def test_a_milestone_met_at_the_last_moment_has_no_slack() -> None:
    """The fab makes 5 in January, which arrive by 28 February."""
    plan = plan_of(milestones=due(february=5))
    (row,) = slack_rows(Session(plan.inputs, plan, math.inf))
    assert row["slack_days"] == 0
    assert str(row["last_order_date"]) == "2026-01-31"  # 28 days before 28 February


def order(name: str, units: float, placed: str) -> dict[str, object]:
    return {
        "order": name,
        "supplier": "fab",
        "item": "unit",
        "quantity": units,
        "placed": placed,
        "arrives": APRIL,
    }


def test_orders_beyond_an_allocation_are_worked_off_later() -> None:
    """6 are ordered in February of a fab that makes 5 a month."""
    orders = [order("A", 3, "2026-02-05"), order("B", 1, "2026-03-02"), order("C", 3, "2026-02-20")]
    assert find_contradiction(inputs_from_rows("x", sheets_of(orders=orders))) is None


def test_a_budget_below_what_is_ordered_is_named_with_the_order() -> None:
    supply = [{"supplier": "fab", "item": "unit", "lead_days": 28, "price": 100}]
    found = find_contradiction(
        inputs_from_rows(
            "x",
            sheets_of(
                supply=supply,
                orders=[order("A", 3, "2026-02-05"), order("B", 1, "2026-02-07")],
                budget=[{"date": APRIL, "cumulative": 250}],
            ),
        )
    )
    assert found is not None
    assert {(row.sheet, row["order"] if row.sheet == "orders" else "") for row in found.rows} == {
        ("budget", ""),
        ("orders", "A"),
    }


def test_no_contradiction_where_a_plan_exists() -> None:
    assert find_contradiction(inputs_from_rows("x", sheets_of())) is None


def test_forcing_the_other_site_costs_its_fit_out() -> None:
    found = ask_why(plan_of(), "install at far 2026-04")
    assert found.forced
    assert found.status == "optimal"
    assert found.missed_more == 0
    assert found.cost_more == pytest.approx(7.0)
    assert found.cost_more_least == pytest.approx(7.0)
    assert {"decision": "open", "what": "far hall", "plan": 0.0, "alternative": 1.0}.items() <= {
        key: value
        for row in found.moves
        if row["what"] == "far hall"
        for key, value in row.items()
        if key != "period"
    }.items()


def test_forbidding_the_only_order_in_time_is_missed() -> None:
    plan = plan_of(milestones=due(february=4))
    found = ask_why(plan, "order unit from fab 2026-01")
    assert not found.forced
    assert found.missed_more == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fly to mars 2026-04", "begin with one of install, order, open, ship"),
        ("install at mars 2026-04", "unknown name 'mars'"),
        ("install at near", "contains no period"),
        ("install at near 2031-01", "outside the plan, 2026-01-01 to 2026-04-30"),
        ("install at near 2026-13", "is not a date"),
    ],
)
def test_a_question_that_cannot_be_read_says_why(text: str, says: str) -> None:
    with pytest.raises(PlannerError, match=says):
        ask_why(plan_of(), text)


def test_a_question_about_what_cannot_be_decided_then_says_when_it_can() -> None:
    """Ordered on 1 January at the earliest, the first unit arrives on 10 February."""
    supply = [{"supplier": "fab", "item": "unit", "lead_days": 40}]
    says = "not possible from 2026-01-01 to 2026-01-31, only from 2026-02-28 to 2026-04-30"
    with pytest.raises(PlannerError, match=says):
        ask_why(plan_of(supply=supply), "install at near 2026-01")


def test_every_table_has_the_columns_that_are_declared() -> None:
    plan = plan_of(milestones=due(february=5, april=12), **ONE_SITE)
    tables = explain(Session(plan.inputs, plan, math.inf)).tables
    declared = {table.name: set(table.columns) for table in EXPLAINED}
    for name in ("bottlenecks", "bottleneck_periods", "lateness", "delays", "asks", "slack"):
        assert tables[name], name
        for row in tables[name]:
            assert set(row) == declared[name]


def test_what_can_be_said_of_a_plan_in_time_is_its_price() -> None:
    """The feeder's fifth megawatt is worth nothing as long as nothing more is due."""
    plan = plan_of(milestones=due(february=5))
    tables = explain(Session(plan.inputs, plan, math.inf)).tables
    assert not tables["lateness"]
    assert not tables["asks"]
    assert all(not row["mw_months"] for row in tables["bottlenecks"])


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets_of(milestones=due(february=5), **ONE_SITE).items():
        sheet, header = book.create_sheet(name), list(dict.fromkeys(c for r in rows for c in r))
        for line in [header, *([row.get(c) for c in header] for row in rows)]:
            sheet.append(line)
    path = tmp_path / "by-hand.xlsx"
    book.save(path)
    return path


def test_explain_prints_the_reason_and_what_to_ask_for(workbook: Path) -> None:
    result = CliRunner().invoke(planner, ["explain", str(workbook)])
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "Why late: demand, due 2026-02-28, misses 1.0 MW; back to the order" in text
    assert "feeder: power is 4 from 2026-01-01, 50 only from 2026-03-01" in text
    assert "no cheaper set exists; every change is needed" in text


def test_quote_prints_the_date_and_the_proof(workbook: Path) -> None:
    """From March the feeder carries 50; by then 10 have arrived, 5 of them are promised."""
    arguments = ["quote", str(workbook), "--mw", "5", "--overtime", "0", "--json"]
    result = CliRunner().invoke(planner, arguments)
    assert result.exit_code == 0, result.output
    (answer,) = json.loads(result.stdout)["earliest"]
    assert answer["date"] == MARCH
    assert answer["at_most_before_mw"] == pytest.approx(0.0, abs=1e-5)
    assert answer["proven"]


def test_a_quote_for_a_country_that_is_not_there_is_refused(workbook: Path) -> None:
    result = CliRunner().invoke(planner, ["quote", str(workbook), "--only", "country=FR"])
    assert result.exit_code == 2
