"""Comparisons: what differs between plans, worked out by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from instances import Sheets, settings
from rich.console import Console
from whatif_case import small_case, small_sheets

from planner.cli.main import planner
from planner.errors import PlannerError
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan, plain, save_plan
from planner.whatif.applied_changes import apply
from planner.whatif.changes import what_if
from planner.whatif.common_dates import held_together, summed_together
from planner.whatif.compare import (
    Section,
    as_document,
    compare,
    differences,
    differing,
)
from planner.whatif.compare_output import (
    comparison_page,
    difference_rows,
    order_rows,
    print_comparison,
    write_comparison,
)
from planner.whatif.limit_usage import pressures
from planner.whatif.order_changes import Lot, moves
from planner.workbook.reading import inputs_from_rows
from planner.workbook.writing.template import write_workbook


def plan_with(*changes: str, scenario: str | None = None) -> Plan:
    inputs = small_case()
    return make_plan(apply(inputs, what_if(inputs, scenario, changes)))


@pytest.fixture(scope="module")
def base() -> Plan:
    return plan_with()


def lots(**quantities: float) -> dict[date, Lot]:
    months = {"jan": 1, "feb": 2, "mar": 3, "apr": 4}
    days = {date(2026, months[name], 1): q for name, q in quantities.items()}
    return {day: Lot(day, quantity, 10.0) for day, quantity in days.items()}


def test_orders_move_in_the_order_of_their_days() -> None:
    rows = list(moves(lots(jan=5, feb=3), lots(jan=2, mar=4, apr=2)))
    assert [(r["change"], r["quantity"], r["from"], r["to"], r["days"]) for r in rows] == [
        ("moved", 3, date(2026, 1, 1), date(2026, 3, 1), 59),
        ("moved", 1, date(2026, 2, 1), date(2026, 3, 1), 28),
        ("moved", 2, date(2026, 2, 1), date(2026, 4, 1), 59),
    ]
    assert sum(row["money"] for row in rows) == 0


def test_orders_are_new_or_cancelled_where_nothing_pairs() -> None:
    (row,) = moves(lots(jan=5), lots(jan=5, mar=2))
    assert (row["change"], row["quantity"], row["to"], row["money"]) == (
        "new",
        2,
        date(2026, 3, 1),
        20,
    )
    (row,) = moves(lots(jan=5), lots(jan=2))
    assert (row["change"], row["quantity"], row["money"]) == ("cancelled", 3, -30)
    assert list(moves(lots(jan=5), lots(jan=5))) == []


def test_what_one_plan_decides_and_the_other_has_placed_is_told_as_placed() -> None:
    """Of 5 and 3, 4 are placed in the other plan, on 1 March; what is left moves."""
    march = Lot(date(2026, 3, 1), 6.0, 12.0)
    rows = list(moves(lots(jan=5, feb=3), lots(apr=2), (), [march]))
    assert [(r["change"], r["quantity"], r["from"], r["to"], r["money"]) for r in rows] == [
        ("placed", 5, date(2026, 1, 1), date(2026, 3, 1), 10),
        ("placed", 1, date(2026, 2, 1), date(2026, 3, 1), 2),
        ("moved", 2, date(2026, 2, 1), date(2026, 4, 1), 0),
    ]
    (row,) = moves({}, lots(jan=5), [march], ())
    assert (row["change"], row["quantity"], row["days"]) == ("placed", 5, -59)
    assert march.quantity == 6


def firm_plan(placed: str | None, *orders: dict[str, object], **options: object) -> Plan:
    """Plan ten systems by April, six of which are on order."""
    sheets: Sheets = {
        "settings": settings("2026-01-01", "2026-04-30", **options),
        "systems": [{"system": "S", "power_kw": 1000, "commission_days": 30}],
        "sites": [{"site": "X"}],
        "halls": [{"hall": "H", "site": "X", "it_mw": 100}],
        "commitments": [{"commitment": "C", "basis": "system"}],
        "milestones": [{"commitment": "C", "date": "2026-04-30", "mw": 10}],
        "supply": [{"supplier": "P", "item": "S", "lead_days": 85, "price": 10}],
        "orders": [
            {
                "order": "PO-1",
                "supplier": "P",
                "item": "S",
                "quantity": 6,
                "arrives": "2026-02-01",
                "placed": placed,
            },
            *orders,
        ],
    }
    return make_plan(inputs_from_rows("firm", sheets), Options(gap=0.0))


@pytest.mark.parametrize("placed", ["2026-01-10", "2026-01-31", None])
def test_a_placed_order_is_a_fact_whatever_its_day(placed: str | None) -> None:
    comparison = compare([firm_plan("2025-12-15"), firm_plan(placed)])
    assert comparison.orders == []


def test_a_decision_before_the_fence_that_is_placed_there_is_not_cancelled() -> None:
    """A month later, the four that the first plan orders on 5 January are on order as PO-2.

    They are due on 30 April, 85 days after they are ordered and 30 after they are installed; the
    other days of dispatch are before the plan.
    """
    order = {
        "order": "PO-2",
        "supplier": "P",
        "item": "S",
        "quantity": 4,
        "arrives": "2026-02-05",
        "placed": "2026-01-03",
    }
    later = firm_plan("2025-12-15", order, today="2026-02-01")
    (row,) = compare([firm_plan("2025-12-15"), later]).orders
    assert (row["change"], row["quantity"], row["from"], row["to"]) == (
        "placed",
        4,
        date(2026, 1, 5),
        date(2026, 1, 3),
    )


def test_a_placed_order_that_became_larger_is_told_by_the_units_it_has_more() -> None:
    """Of PO-2 one unit is placed in the first plan, which decides three more, and four later.

    It decides them on 5 January, as above, and they are placed on the 3rd.
    """
    order = {
        "order": "PO-2",
        "supplier": "P",
        "item": "S",
        "quantity": 1,
        "arrives": "2026-02-05",
        "placed": "2026-01-03",
    }
    small = firm_plan("2025-12-15", order)
    large = firm_plan("2025-12-15", {**order, "quantity": 4}, today="2026-02-01")
    for plans in ([small, large], [large, small]):
        (row,) = compare(plans).orders
        assert (row["change"], row["quantity"]) == ("placed", 3)
    assert abs(row["days"]) == 2


def test_a_gap_that_is_not_proven_is_never_shown_as_a_number(
    base: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not on the page, in the sheet, on the terminal or in the JSON, on either side."""
    cut = replace(base, summary={**base.summary, "gap": None, "status": "time limit"})
    for plans in ([base, cut], [cut, base], [cut, cut]):
        comparison = compare(plans)
        document = json.loads(json.dumps(plain(as_document(comparison)), allow_nan=False))
        (gap,) = [row for row in document["figures"] if row["figure"] == "gap"]
        assert list(gap["values"].values()) == [
            None if plan is cut else base.summary["gap"] for plan in plans
        ]
        files = write_comparison(comparison, tmp_path)
        print_comparison(comparison, Console(width=200))
        page = Path(files["html"]).read_text(encoding="utf-8")
        told = capsys.readouterr().out
        assert "nan" not in told.lower()
        assert "not proven" in told
        assert "not proven" in page
        assert not re.search(r">\s*-?nan\s*<", page, re.IGNORECASE)
        sheet = openpyxl.load_workbook(files["xlsx"], data_only=True)["Figures"]
        (cells,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "gap"]
        assert cells[3] == "not proven"
        assert cells[2] == ("not proven" if plans[0] is cut else base.summary["gap"])


def test_gaps_are_in_per_cent_and_noise_is_no_difference(base: Plan, tmp_path: Path) -> None:
    figures = {**base.summary, "gap": 0.01266, "missed_mw_months": 3.0}
    noisy = {**figures, "gap": 0.012226, "missed_mw_months": 3.0 - 1.88e-9}
    comparison = compare([replace(base, summary=figures), replace(base, summary=noisy)])
    rows = {row["figure"]: row for row in difference_rows(comparison.sections[0], comparison)}
    one, other = comparison.names
    assert rows["gap"]["unit"] == "% of present cost"
    assert rows["gap"][one] == pytest.approx(1.266)
    assert rows["gap"][f"{other}, change"] == pytest.approx(-0.0434)
    assert rows["missed"][f"{other}, change"] == 0.0
    console = Console(width=200, record=True)
    print_comparison(comparison, console)
    assert "e-" not in console.export_text()


def test_the_rounding_of_a_gap_is_no_gap(base: Plan) -> None:
    whole, noisy = ({**base.summary, "gap": gap} for gap in (3.1e-16, 1.4e-16))
    comparison = compare([replace(base, summary=whole), replace(base, summary=noisy)])
    (gap,) = [
        row for row in difference_rows(comparison.sections[0], comparison) if row["figure"] == "gap"
    ]
    one, other = comparison.names
    assert (gap[one], gap[f"{other}, change"]) == (0.0, 0.0)


def test_an_order_that_moves_is_told_with_the_money_it_costs_more() -> None:
    plans = [firm_plan("2025-12-15"), firm_plan("2025-12-15", today="2026-02-01")]
    rows = order_rows(compare(plans))
    assert rows
    assert all("USD change" in row and "money" not in row for row in rows)


def test_a_plan_does_not_differ_from_itself(base: Plan) -> None:
    comparison = compare([base, base])
    assert comparison.names == ("small", "small (2)")
    assert comparison.orders == comparison.bottlenecks == []
    assert not differing(row for s in comparison.sections for row in differences(s))
    with pytest.raises(PlannerError, match="at least two plans"):
        compare([base])


def test_a_price_twice_as_high_costs_twice_as_much_and_moves_nothing(base: Plan) -> None:
    comparison = compare([base, plan_with("supply[fab,unit].price*=2")])
    found = {s.name: dict(s.rows) for s in comparison.sections}
    before, after = found["costs"]["purchase",]
    assert before is not None
    assert after == pytest.approx(2 * before)
    assert before == pytest.approx(120)
    assert all(one == other for one, other in found["ramp"].values())
    assert found["systems"]["unit",] == (12, 12)


def test_ordered_units_and_money_of_the_differences_add_up(base: Plan) -> None:
    other = plan_with("milestones[demand,2026-07-31].mw=14", "energisation[*].mw*=2")
    comparison = compare([base, other])
    sign = {"new": 1, "cancelled": -1, "moved": 0}
    units = sum(sign[str(r["change"])] * float(str(r["quantity"])) for r in comparison.orders)
    ordered = [
        sum(float(str(r["quantity"])) for r in plan.tables["orders"]) for plan in (base, other)
    ]
    assert units == pytest.approx(ordered[1] - ordered[0])
    money = sum(float(str(r["money"])) for r in comparison.orders)
    spent = [sum(float(str(r["price"])) for r in plan.tables["orders"]) for plan in (base, other)]
    assert money == pytest.approx(spent[1] - spent[0])


def test_a_limit_used_up_is_one_that_the_plan_fills() -> None:
    """Six systems are due by April and take 28 days: two a month from January to March.

    They are ordered 28 days before each month's end: in January what it allows, and on 3 and 31
    March what February and March allow.
    """
    found = pressures(plan_with("milestones[demand,2026-04-30].mw=6"))
    used = found["supply of fab"]
    assert used == pytest.approx({date(2026, 1, 1): 1, date(2026, 2, 1): 2})
    more = pressures(
        plan_with("milestones[demand,2026-04-30].mw=6", "supply_capacity[fab,*].units_per_month*=9")
    )
    assert "supply of fab" not in more


def test_days_stand_in_their_order() -> None:
    sheets = small_sheets()
    sheets["settings"] = settings("2026-01-01", "2026-12-31")
    plan = make_plan(inputs_from_rows("year", sheets))
    found = {section.name: section for section in compare([plan, plan]).sections}
    for name in ("ramp", "spend"):
        days = [next(p for p in key if isinstance(p, date)) for key, _ in found[name].rows]
        assert days == sorted(days)
        assert len(set(days)) > 1
    ends = [key[1] for key, _ in found["ramp"].rows]
    assert len(ends) == 12


def test_the_files_hold_base_column_and_differences(base: Plan, tmp_path: Path) -> None:
    comparison = compare([base, plan_with(scenario="late south")])
    paths = write_comparison(comparison, tmp_path)
    book = openpyxl.load_workbook(paths["xlsx"])
    sheet = book["Missed"]
    header = next(r for r in sheet.iter_rows(values_only=True) if str(r[0]) == "Commitment")
    assert [str(cell).split("\n")[0] for cell in header[:5]] == [
        "Commitment",
        "Date",
        "Basis",
        "small",
        "small, late south, change",
    ]
    rows = {r[1]: r for r in sheet.iter_rows(values_only=True) if r[0] == "demand"}
    assert rows["2026-07-31"][3] == 0
    assert rows["2026-07-31"][4] == pytest.approx(6)
    page = comparison_page(comparison)
    assert page.count('<path class="l1"') >= 4
    assert "http" not in page.replace("http-equiv", "")
    assert json.loads(json.dumps(as_document(comparison), default=str))["base"] == "small"


def test_the_command_compares_folders_and_scenarios(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: Plan
) -> None:
    monkeypatch.chdir(tmp_path)
    write_workbook(tmp_path / "small.xlsx", small_sheets())
    for name, plan in (("a", base), ("b", plan_with(scenario="late south"))):
        save_plan(plan, tmp_path / name, {})
    run = CliRunner().invoke
    saved = json.loads(run(planner, ["compare", "a", "b", "--json"], standalone_mode=False).stdout)
    arguments = ["compare", "small.xlsx", "--scenario", "base", "--scenario", "late south"]
    made = json.loads(run(planner, [*arguments, "--json"], standalone_mode=False).stdout)
    assert [p["name"] for p in made["plans"]] == ["base", "late south"]
    for one, other in zip(saved["missed"], made["missed"], strict=True):
        assert list(one["values"].values()) == pytest.approx(list(other["values"].values()))
    shown = run(planner, arguments, standalone_mode=False).stdout
    assert "Base: base; changes of late south" in shown
    wrong = run(planner, ["compare", "a", "b", "--scenario", "base"], standalone_mode=False)
    assert "one workbook and at least two scenarios" in str(wrong.exception)


def with_period(period: str) -> Plan:
    """Plan the small case with periods of other lengths."""
    sheets = small_sheets()
    sheets["settings"].append({"setting": "period", "value": period})
    return make_plan(inputs_from_rows("small", sheets), Options())


def test_plans_of_unlike_periods_are_compared_at_common_days(base: Plan) -> None:
    """Months against months and quarters: MW hold until the next end, money adds up by quarter."""
    coarse = with_period("month; quarter from 2026-04-01")
    found = {section.name: section for section in compare([base, coarse]).sections}
    own, other = (
        {row["period_end"]: row["in_service_mw"] for row in plan.tables["ramp"]}
        for plan in (base, coarse)
    )
    ramp = {key[1]: values for key, values in found["ramp"].rows}
    assert set(ramp) == set(own)
    for day, values in ramp.items():
        held_from = max(end for end in other if end <= day)
        assert values == (own[day], other[held_from])
    spent = {key[0]: values for key, values in found["spend"].rows}
    # Both are cut after the milestones of 30 April and 31 July.
    assert set(spent) <= {
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 4, 1),
        date(2026, 5, 1),
        date(2026, 7, 1),
        date(2026, 8, 1),
    }
    for at, plan in enumerate((base, coarse)):
        for day, values in spent.items():
            following = min((later for later in spent if later > day), default=date.max)
            due = sum(
                float(str(row["amount"]))
                for row in plan.tables["spend"]
                if day <= row["period"] < following
            )  # type: ignore[operator]
            assert (values[at] or 0.0) == pytest.approx(due)


def test_where_a_ramp_is_not_known_nor_is_its_difference() -> None:
    """A plan by quarter says nothing of the end of January, and then what it had in March."""
    found = held_together(
        [
            {
                ("c", date(2026, 1, 31)): 1.0,
                ("c", date(2026, 3, 31)): 3.0,
                ("c", date(2026, 4, 30)): 4.0,
            },
            {("c", date(2026, 3, 31)): 2.0, ("c", date(2026, 6, 30)): 5.0},
        ],
        1,
    )
    assert found == [
        {("c", date(2026, 1, 31)): 1.0, ("c", date(2026, 3, 31)): 3.0, ("c", date(2026, 4, 30)): 4},
        {("c", date(2026, 3, 31)): 2.0, ("c", date(2026, 4, 30)): 2.0, ("c", date(2026, 6, 30)): 5},
    ]
    keys = sorted({key for values in found for key in values})
    rows = tuple((key, tuple(values.get(key) for values in found)) for key in keys)
    section = Section("ramp", "MW", "MW", ("commitment", "period_end"), rows)
    assert [changes for _, _, changes in differences(section)] == [[None], [-1.0], [-2.0], [None]]
    assert len(differing(differences(section))) == 2


def test_money_is_summed_over_spans_of_whole_periods() -> None:
    """Weeks and months share no start but the first, until the weeks become months."""
    months = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    weeks = [date(2026, 1, 1), *(date(2026, 1, day) for day in (8, 15, 22, 29)), *months[1:]]
    after = date(2026, 4, 1)
    found = summed_together(
        [{(day,): 1.0 for day in months}, {(day,): 1.0 for day in weeks}],
        [[*months, after], [*weeks, after]],
    )
    assert found == [
        {(months[0],): 1, (months[1],): 1, (months[2],): 1},
        {(months[0],): 5, (months[1],): 1, (months[2],): 1},
    ]


def test_money_before_or_after_another_plan_stands_alone() -> None:
    days = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    plans = [{(days[0],): 1.0, (days[1],): 2.0}, {(days[1],): 3.0, (days[2],): 4.0}]
    assert summed_together(plans, [days[:3], days[1:]]) == plans


def test_the_last_months_are_no_spans_where_a_quarter_holds_them() -> None:
    """Two plans end together, one with a quarter: its money is all in the quarter."""
    months = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    found = summed_together(
        [{(day,): 1.0 for day in months[:3]}, {(months[0],): 5.0}], [months, [months[0], months[3]]]
    )
    assert found == [{(months[0],): 3.0}, {(months[0],): 5.0}]
