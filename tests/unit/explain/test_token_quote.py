"""Quotes of tokens: small plans worked out by hand, and planned again with what is promised.

A G takes 100 kW, prefills 180 Mtok an hour and decodes 18. A chat of 21,600 Mtok in and 2,160 out
a day, half as much again by day, takes 15 G, so a G serves 23,760 / 15 = 1,584 Mtok a day like it.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from instances import Sheets
from rich.console import Console
from token_plans import plan_of_sheets, rate, sheets_of, site, system, workload

from planner.cli.main import planner
from planner.errors import PlannerError
from planner.explain.findings import TokenInquiry, quote_tokens, require_starts
from planner.explain.token_quote import TokenTerms, shape_of
from planner.plan.finding_rows import FindingTables
from planner.plan.finding_tables import TOKEN_QUOTE
from planner.plan.store import Plan, load_plan, save_plan
from planner.reports.console.token_answers import print_token_quote
from planner.workbook.reading import inputs_from_rows

EACH = 1584.0
"""Mtok a day that one G serves."""

APRIL, JULY, AUGUST, OCTOBER = (date(2026, month, 1) for month in (4, 7, 8, 10))
DAY = [{"block": "day", "hours": 12, "load": 1.5}, {"block": "night", "hours": 12, "load": 0.5}]
TERMS = TokenTerms("m", 1 / 11)


def year(mw: float = 1.6) -> Sheets:
    """Return a workbook of 2026: 15 G serve the chat; a hall of 10 G is ready on June 15."""
    sheets = sheets_of(
        [system("G", 3e6)],
        [workload("chat", 21600, 2160)],
        [rate("G", 50_000, 5_000, speed=50, ttft_s=1)],
        [site("A", "US", mw), site("B", "CA", 1.0)],
        {"start": "2026-01-01", "end": "2026-12-31"},
        day=DAY,
    )
    sheets["halls"][1]["ready"] = "2026-06-15"  # type: ignore[index]
    return sheets


def quoted(
    plan: Plan, terms: TokenTerms = TERMS, *mtok: float, by: tuple[date, ...] = ()
) -> FindingTables:
    """Return the tables of a quote without overtime."""
    return quote_tokens(plan, TokenInquiry(terms, mtok, by)).tables


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of_sheets(year())


def test_the_curve_is_of_the_systems_that_the_chat_leaves(plan: Plan) -> None:
    """One G until the hall is ready, eleven from the next quarter on."""
    rows = quoted(plan)["token_quote"]
    wanted = {date(2026, 1, 1): 1, APRIL: 1, JULY: 11, OCTOBER: 11}
    for column in ("firm_mtok_day", "at_most_mtok_day"):
        found = {row["date"]: row[column] for row in rows}  # type: ignore[literal-required]
        assert found == pytest.approx({day: count * EACH for day, count in wanted.items()})


def test_the_earliest_day_is_the_first_quarter_with_enough_systems(plan: Plan) -> None:
    little, more, most, too_much = quoted(plan, TERMS, EACH, 5000.0, 11 * EACH, 20000.0)[
        "token_earliest"
    ]
    assert (little["date"], little["day_before"]) == (date(2026, 1, 1), None)
    for row in (more, most):
        assert (row["date"], row["day_before"]) == (JULY, APRIL)
        assert row["at_most_before_mtok_day"] == pytest.approx(EACH)
    assert (too_much["date"], too_much["not_before"]) == (None, None)
    assert too_much["at_most_before_mtok_day"] == pytest.approx(11 * EACH)
    assert all(row["proven"] for row in (little, more, most, too_much))


def test_a_requested_day_within_a_quarter_begins_a_span(plan: Plan) -> None:
    rows = quoted(plan, by=(AUGUST,))["token_quote"]
    (row,) = [row for row in rows if row["date"] == AUGUST]
    assert row["firm_mtok_day"] == pytest.approx(11 * EACH)
    with pytest.raises(PlannerError, match="no period begins on this day"):
        require_starts(plan.inputs, [date(2026, 8, 2)])


@pytest.mark.parametrize(
    ("terms", "counts"),
    [
        # From July on the chat may leave the US, all but five of its G.
        (replace(TERMS, countries=("US",)), (1, 11)),
        (replace(TERMS, countries=("CA",)), (0, 10)),
        (replace(TERMS, min_speed=50.0, max_ttft_s=1.0), (1, 11)),
    ],
)
def test_terms_choose_what_may_serve(
    plan: Plan, terms: TokenTerms, counts: tuple[int, int]
) -> None:
    rows = {row["date"]: row["firm_mtok_day"] for row in quoted(plan, terms)["token_quote"]}
    assert (rows[APRIL], rows[JULY]) == pytest.approx([count * EACH for count in counts])


@pytest.mark.parametrize("terms", [replace(TERMS, min_speed=51.0), replace(TERMS, max_ttft_s=0.9)])
def test_a_quote_that_nothing_can_serve_is_refused(plan: Plan, terms: TokenTerms) -> None:
    with pytest.raises(PlannerError, match="nothing can serve this quote"):
        quoted(plan, terms)


def test_nothing_more_is_promised_where_tokens_are_missed() -> None:
    """Five G more are missing until July; then five of the ten new ones are left."""
    rows = {row["date"]: row for row in quoted(plan_of_sheets(year(1.0)))["token_quote"]}
    for column in ("firm_mtok_day", "at_most_mtok_day"):
        found = [rows[day][column] for day in (APRIL, JULY)]  # type: ignore[literal-required]
        assert found == pytest.approx([0.0, 5 * EACH])


@pytest.mark.parametrize(("day", "count"), [(APRIL, 1), (JULY, 11), (AUGUST, 11)])
@pytest.mark.parametrize(("more", "is_served"), [(0.0, True), (1.0, False)])
def test_what_is_firm_can_be_planned_and_no_more_than_the_bound(
    day: date, count: int, more: float, is_served: bool
) -> None:
    mtok = count * EACH + more
    sheets = year()
    row, asked = workload("more", mtok * 10 / 11, mtok / 11, priority=2)
    sheets["workloads"] = [*sheets["workloads"], row]
    sheets["token_demand"] = [*sheets["token_demand"], {**asked, "from": day.isoformat()}]
    tokens = plan_of_sheets(sheets).tables["tokens"]
    missed = sum(row["missed_mtok"] for row in tokens)
    assert (missed < 1e-3) is is_served


def test_a_commitment_keeps_its_megawatts() -> None:
    """Of 31 G, the commitment holds 10 and the chat 15: six are left."""
    sheets = {
        **year(3.1),
        "commitments": [{"commitment": "c", "basis": "it", "countries": "US"}],
        "milestones": [{"commitment": "c", "date": "2026-01-31", "mw": 1}],
    }
    terms = replace(TERMS, countries=("US",))
    rows = {row["date"]: row for row in quoted(plan_of_sheets(sheets), terms)["token_quote"]}
    assert rows[APRIL]["firm_mtok_day"] == pytest.approx(6 * EACH)
    assert rows[APRIL]["at_most_mtok_day"] == pytest.approx(6 * EACH)


def test_overtime_stretches_a_kind_of_limit(plan: Plan) -> None:
    """A quarter more hall power is four G more in the first hall, 2.5 divisible ones in the other.

    From July on 26 x 1.25 = 32.5 systems stand, 17.5 of them free.
    """
    found = quote_tokens(plan, TokenInquiry(TERMS, (), (JULY,), 0.25)).tables["token_quote"]
    (row,) = [row for row in found if row["overtime_of"] == "hall power"]
    assert row["at_most_mtok_day"] == pytest.approx(17.5 * EACH)
    assert row["gain_mtok_day"] == pytest.approx(6.5 * EACH)


def test_a_shape_not_given_is_that_of_the_models_workloads() -> None:
    sheets = year()
    row, asked = workload("old", 100, 900, cached=0.5)
    sheets["workloads"] = [*sheets["workloads"], row]
    sheets["token_demand"] = [*sheets["token_demand"], asked]
    inputs = inputs_from_rows("tokens", sheets)
    assert shape_of(inputs, "m") == pytest.approx((3060 / 24760, 50 / 21700))
    assert shape_of(inputs, "other") is None


def run(*arguments: object) -> Result:
    return CliRunner().invoke(planner, list(map(str, arguments)), standalone_mode=False)


def test_the_answers_in_words_are_kept_with_the_plan(plan: Plan, tmp_path: Path) -> None:
    save_plan(plan, tmp_path / "plan", {})
    arguments = ("--mtok-day", 5000, "--by", "2026-08-01", "--speed", 50, "--overtime", 0)
    done = run("quote", tmp_path / "plan", *arguments)
    assert done.exception is None
    said = " ".join(done.stdout.split())
    shape = "(m, 0.0909 of them output, at least 50 tok/s per user)"
    assert (
        f"5,000 Mtok a day more {shape} can be served from 2026-07-01; not from 2026-04-01, when "
        "at most 1,584.00 Mtok a day can."
    ) in said
    assert "From 2026-08-01 17,424.00 Mtok a day more can be served; no plan serves more." in said
    kept = load_plan(tmp_path / "plan")
    assert len(kept.finding_tables["token_quote"]) == 5
    output = io.StringIO()
    print_token_quote(kept, Console(file=output, width=80))
    assert "1,584.00" in output.getvalue()
    assert TOKEN_QUOTE in kept.findings


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mtok-day", 1, "--mw", 1), "one at a time"),
        (("--speed", 50), "give --mtok-day"),
        (("--model", "x"), "the sheet throughput has m"),
        (("--model", "m", "--by", "2026-08-02"), "Ask for 2026-08-01 or 2026-09-01"),
    ],
)
def test_a_wrong_question_is_refused_before_the_work(
    plan: Plan, tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    save_plan(plan, tmp_path / "plan", {})
    done = run("quote", tmp_path / "plan", *arguments)
    assert said in str(done.exception)
