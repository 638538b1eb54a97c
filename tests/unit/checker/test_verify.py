"""The independent checker accepts plans worked out by hand and refuses every tampered one."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest
from checker_cases import correct_plan, sheets, workbook
from checker_full import FEB, MAR
from checker_tampers import PLAN_TAMPERS, ROW_TAMPERS, WORKBOOK_TAMPERS, Edit, change

from planner.checker import verify as checker
from planner.checker.calendar import Calendar
from planner.checker.ledger import Ledger, figure
from planner.checker.verify import RULE_NAMES, Verdict, verify
from planner.workbook.reading import inputs_from_rows

CASES = ("full", "plain", "pooled", "dear", "valley", "split")


def tripped(verdict: Verdict) -> set[str]:
    return {violation.split(":")[0] for violation in verdict.violations}


@pytest.mark.parametrize("case", CASES)
def test_a_correct_plan_passes(case: str) -> None:
    verdict = verify(workbook(case), correct_plan(case))
    assert verdict.ok, verdict.violations
    assert verdict.rules == RULE_NAMES
    assert verdict.checks == sum(verdict.counts)


def test_every_rule_compares_something_in_a_correct_plan() -> None:
    compared = [verify(workbook(case), correct_plan(case)).counts for case in CASES]
    totals = dict(zip(RULE_NAMES, map(sum, zip(*compared, strict=True)), strict=True))
    assert [rule for rule, count in totals.items() if not count] == []


@pytest.mark.parametrize(("rule", "case", "edit"), PLAN_TAMPERS)
def test_a_tampered_plan_is_refused_by_its_rule(rule: str, case: str, edit: Edit) -> None:
    tables = correct_plan(case)
    edit(tables)
    verdict = verify(workbook(case), tables)
    assert not verdict.ok
    assert rule in tripped(verdict), verdict.violations


@pytest.mark.parametrize(("rules", "sheet", "key", "column", "value"), WORKBOOK_TAMPERS)
def test_a_stricter_workbook_is_refused_by_its_rules_alone(
    rules: str, sheet: str, key: str, column: str, value: object
) -> None:
    rows = sheets("full")
    row = next(row for row in rows[sheet] if next(iter(row.values())) == key)
    assert row.get(column) != value
    row[column] = value
    verdict = verify(inputs_from_rows("full", rows), correct_plan("full"))
    assert tripped(verdict) == set(rules.split()), verdict.violations


@pytest.mark.parametrize(("rules", "sheet", "added"), ROW_TAMPERS)
def test_a_workbook_with_more_dated_rows_is_refused_by_its_rules_alone(
    rules: str, sheet: str, added: list[tuple[object, ...]]
) -> None:
    rows = sheets("full")
    header = list(rows[sheet][0])
    rows[sheet] += [dict(zip(header, row, strict=True)) for row in added]
    verdict = verify(inputs_from_rows("full", rows), correct_plan("full"))
    assert tripped(verdict) == set(rules.split()), verdict.violations


def test_every_rule_is_tripped_by_a_tamper() -> None:
    assert {rule for rule, _, _ in PLAN_TAMPERS} == set(RULE_NAMES)


def test_no_rule_is_listed_twice() -> None:
    assert len(set(RULE_NAMES)) == len(RULE_NAMES)


def test_a_violation_names_rule_place_period_and_both_figures() -> None:
    tables = correct_plan("full")
    change("installs", ("A", "CS", MAR), installed=3)(tables)
    assert (
        "hall_power: hall 'A' on 2026-03-01 draws 0.09 MW of IT power, its 1 open hall carries "
        "0.06 MW"
    ) in verify(workbook("full"), tables).violations


def test_malformed_tables_are_judged_no_further() -> None:
    tables = correct_plan("full")
    change("stock", ("Fab", "wafer", date(2026, 1, 1)), quantity="two")(tables)
    verdict = verify(workbook("full"), tables)
    assert verdict.rules == ("columns", "values")
    assert verdict.violations == ("values: row 1 of stock has 'two' in quantity, not a number",)


def test_an_empty_plan_is_refused() -> None:
    assert tripped(verify(workbook("full"), {})) == {"columns"}


def test_a_tier_without_a_bound_and_one_against_a_baseline_pass() -> None:
    tables = correct_plan("full")
    change("tiers", ("present_cost",), bound=None, gap=None)(tables)
    tables["tiers"].append({**tables["tiers"][-1], "tier": "changed_installs", "value": 3.0})
    tables["tiers"].append({**tables["tiers"][-1], "tier": "tie_break", "bound": 9.0, "gap": 2.0})
    assert verify(workbook("full"), tables).ok


def test_a_plan_at_a_limit_has_the_first_tiers_alone() -> None:
    tables = correct_plan("full")
    del tables["tiers"][1:]
    assert verify(workbook("full"), tables).ok


def test_the_checker_leaves_the_tables_as_they_are() -> None:
    tables = correct_plan("full")
    verify(workbook("full"), tables)
    assert tables == correct_plan("full")


def test_a_solvers_tolerance_is_accepted_and_a_looser_one_is_not() -> None:
    for off, ok in ((5e-7, True), (5e-6, False)):
        tables = correct_plan("full")
        change("stock", ("Depot", "wafer", MAR), quantity=2 + off)(tables)
        spent = [row for row in tables["spend"] if row["term"] == "holding"]
        spent[0]["amount"] = 1 + off / 2
        verdict = verify(workbook("full"), tables)
        assert ("stock_balance" not in tripped(verdict)) == ok, verdict.violations
    assert verify(workbook("full"), correct_plan("full"), tolerance=1e-9).ok


@pytest.mark.parametrize(
    ("due", "off", "refused"),
    [
        (0.0, 1e-5, True),
        (100.0, 0.01, True),
        (10_000_000.0, 0.01, True),
        (10_000_000.0, 0.001, False),
        (50e9, 0.001, False),
        (50e9, 1000.0, True),
        (5.0, float("nan"), True),
    ],
)
def test_a_cent_is_found_and_the_noise_of_billions_is_not(
    due: float, off: float, refused: bool
) -> None:
    ledger = Ledger(1e-6)
    ledger.begin("money")
    assert ledger.strays(due + off, due) == refused


def test_what_is_no_number_breaks_every_comparison() -> None:
    ledger = Ledger(1e-6)
    ledger.begin("rule")
    nan = float("nan")
    for compare in (ledger.above, ledger.below, ledger.differs, ledger.strays):
        assert compare(nan, 1.0)
        assert compare(1.0, nan)


def test_figures_are_shown_with_the_decimals_they_have() -> None:
    shown = [figure(value) for value in (10.2, 1234567.01, 3, -0.0, 1e-9, float("nan"))]
    assert shown == ["10.2", "1,234,567.01", "3", "0", "0", "no number"]


def test_months_are_the_calendars_own() -> None:
    calendar = Calendar(date(2027, 12, 1), date(2028, 3, 5), "month", [])
    assert calendar.count == 4
    assert [calendar.days(period) for period in range(4)] == [31, 31, 29, 31]
    assert [calendar.months(period) for period in range(4)] == [1.0] * 4
    assert calendar.last_day(2) == date(2028, 2, 29)
    assert calendar.holding(date(2028, 3, 31)) == 3
    assert calendar.holding(date(2028, 4, 1)) is None
    assert calendar.holding(date(2027, 11, 30)) is None
    later = calendar.discount(date(2028, 1, 1), 0.1)
    assert later == pytest.approx(1.1 ** (-31 / 365), rel=1e-15)


def test_quarters_are_three_months_from_the_start() -> None:
    calendar = Calendar(date(2026, 2, 1), date(2026, 8, 1), "quarter", [])
    assert calendar.starts == (
        date(2026, 2, 1),
        date(2026, 5, 1),
        date(2026, 8, 1),
        date(2026, 11, 1),
    )
    assert calendar.months(0) == pytest.approx(3)
    assert calendar.holding(date(2026, 7, 31)) == 1


def test_weeks_are_seven_days_from_the_start() -> None:
    calendar = Calendar(date(2026, 1, 7), date(2026, 1, 21), "week", [])
    assert calendar.count == 3
    assert calendar.starts[1] == date(2026, 1, 14)
    assert calendar.months(0) == pytest.approx(7 / 31)


def test_a_period_ends_with_a_milestone() -> None:
    """Cut after 10 February; one on a period's last day, and one after the plan, cut nothing."""
    due = [date(2026, 2, 10), date(2026, 1, 31), date(2026, 4, 1)]
    calendar = Calendar(date(2026, 1, 1), date(2026, 3, 31), "month", due)
    assert calendar.starts == (
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 2, 11),
        date(2026, 3, 1),
        date(2026, 4, 1),
    )
    assert [calendar.months(t) for t in range(4)] == pytest.approx([1, 10 / 28, 18 / 28, 1])
    assert calendar.months_served(1) == pytest.approx(1 / 28 + 17 / 28)
    assert calendar.months_served(3) == pytest.approx(1 / 31)


def test_the_checker_shares_nothing_with_the_model() -> None:
    # What a row of the workbook, and a row of a result table, looks like: no figure comes from it.
    allowed = {
        "planner.attempts",
        "planner.workbook.rows",
        "planner.plan.rows",
        "planner.plan.result_rows",
        "planner.plan.tables",
    }
    library = {
        "__future__",
        "bisect",
        "collections",
        "dataclasses",
        "datetime",
        "functools",
        "itertools",
        "math",
        "typing",
    }
    files = sorted(p for p in Path(checker.__file__).parent.glob("*.py") if p.stem != "__init__")
    assert len(files) == 18
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                own = f"{name}.".startswith("planner.checker.")
                assert own or name in allowed or name.split(".")[0] in library, (file.name, name)


def test_an_order_within_the_fence_is_named_with_its_dates() -> None:
    tables = correct_plan("full")
    day = date(2026, 1, 2)
    change("openings", ("A", FEB), date=day, period=date(2026, 1, 1))(tables)
    assert (
        "release_fence: hall decision of 1 (A) on 2026-01-02 is before the release fence, 10 days "
        "after 2026-01-01"
    ) in verify(workbook("full"), tables).violations
