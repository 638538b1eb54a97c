"""Why tokens are missed, what to ask for, and what one step more is worth: worked out by hand.

A G takes 100 kW, prefills 180 Mtok an hour and decodes 18. A chat of 21,600 Mtok in and 2,160 out
a day, half as much again by day, takes 15 G. With ten of them a third of the day's load is missed,
which is three quarters of all: 23,760 x 0.75 / 3 = 5,940 Mtok on each of 30 days.
"""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from instances import Sheets, settings, unit_system
from rich.console import Console
from token_plans import plan_of_sheets, rate, sheets_of, site, system, workload

from planner.explain.findings import explain_plan
from planner.explain.session import Session
from planner.explain.token_values import DIVISIBLE, WHOLE
from planner.plan.finding_rows import FindingTables
from planner.plan.finding_tables import EXPLANATION, TOKENS_EXPLAINED, Finding
from planner.plan.store import Plan, load_plan, save_plan
from planner.reports.console.explained import print_explanation
from planner.reports.token_texts import is_worth_something

MILLION = 1e6
MISSED = 5940.0 * 30
DAY = [{"block": "day", "hours": 12, "load": 1.5}, {"block": "night", "hours": 12, "load": 0.5}]


def chat(mw: float, *others: tuple[dict, dict], **columns: object) -> Sheets:
    """Return the chat with a hall of some megawatts at A in the US, and other sites."""
    return sheets_of(
        [system("G", 3 * MILLION)],
        [workload("chat", 21600, 2160, **columns)],
        [rate("G", 50_000, 5_000)],
        [site("A", "US", mw), *others],
        day=DAY,
    )


def explained(sheets: Sheets, seconds: float = 300.0) -> tuple[Plan, FindingTables]:
    """Return a plan with its explanation."""
    plan = plan_of_sheets(sheets)
    finding = explain_plan(plan, seconds)
    plan.findings[EXPLANATION] = finding
    return plan, finding.tables


def printed(plan: Plan) -> str:
    output = io.StringIO()
    print_explanation(plan, Console(file=output, width=200))
    return " ".join(output.getvalue().split())


@pytest.fixture(scope="module")
def late() -> tuple[Plan, FindingTables]:
    return explained(chat(1.0))


def test_missed_tokens_are_due_to_the_cells_that_gain_them(
    late: tuple[Plan, FindingTables],
) -> None:
    rows = late[1]["token_lateness"]
    assert {row["cell"] for row in rows} == {"halls!C2", "halls!row 2"}
    for row in rows:
        assert (row["workload"], row["span_from"]) == ("chat", date(2026, 4, 1))
        for column in ("missed_mtok", "mtok_a_step", "mtok_lifted"):
            assert row[column] == pytest.approx(MISSED)  # type: ignore[literal-required]


def test_the_least_ask_serves_the_workload_in_full(late: tuple[Plan, FindingTables]) -> None:
    """Five G more take 0.5 MW; 0.49 MW more are four."""
    first = late[1]["token_asks"][0]
    assert (first["kind"], first["more"], first["not_enough"]) == (
        "hall power",
        0.5,
        "0.49 MW more",
    )
    assert (first["irreducible"], first["fewest"]) == ("yes", "yes")
    assert first["mtok_alone"] == pytest.approx(MISSED)


def test_a_replica_free_of_charge_gains_what_it_serves(late: tuple[Plan, FindingTables]) -> None:
    """One of 15 G serves a fifteenth of the day's 17,820 Mtok."""
    (row,) = [row for row in late[1]["token_values"] if row["kind"] == "replica"]
    assert row["mtok"] == pytest.approx(17820 * 30 / 15)
    assert row["money"] == 0
    assert row["proof"] == WHOLE


def test_the_explanation_in_words_and_kept(
    late: tuple[Plan, FindingTables], tmp_path: Path
) -> None:
    plan, tables = late
    save_plan(plan, tmp_path / "plan", {})
    said = printed(load_plan(tmp_path / "plan"))
    assert "Why tokens are missed: chat, 178,200 Mtok from 2026-04-01 to 2026-04-30" in said
    assert "Ask, set 1, so that chat is served in full 1. A hall: 0.5 MW more IT power" in said
    assert "gains 178,200 Mtok and costs 15,000,000 USD (halls!C2)" in said
    assert "gains nothing" not in said
    assert len(load_plan(tmp_path / "plan").finding_tables["token_asks"]) == len(
        tables["token_asks"]
    )


def test_a_replica_of_a_plan_that_serves_all_saves_its_price() -> None:
    plan, tables = explained(chat(1000.0))
    assert not tables["token_lateness"]
    assert not tables["token_asks"]
    (row,) = tables["token_values"]
    assert (row["mtok"], row["money"]) == (0, pytest.approx(3 * MILLION))
    assert "free of charge, saves 3,000,000 USD" in printed(plan)


def test_a_country_more_serves_what_is_missed() -> None:
    """Five G in India serve the rest, for $15 million."""
    _, tables = explained(chat(1.0, site("B", "IN", 1.0), countries="US"))
    (row,) = [row for row in tables["token_values"] if row["kind"] == "countries"]
    assert (row["subject"], row["step"]) == ("chat", "IN, too")
    assert row["mtok"] == pytest.approx(MISSED)
    assert row["money"] == pytest.approx(-15 * MILLION)
    (cause,) = [row for row in tables["token_lateness"] if row["kind"] == "countries"]
    assert cause["mtok_a_step"] == pytest.approx(MISSED)
    assert cause["link"] == 1


@pytest.mark.parametrize(
    ("floor", "kind", "step"),
    [
        ({"min_speed": 1000}, "speed", "50 tok/s per user instead of 1000"),
        ({"max_ttft_s": 1}, "TTFT", "2 s instead of 1"),
    ],
)
def test_a_latency_floor_costs_what_the_next_row_of_rates_saves(
    floor: dict[str, object], kind: str, step: str
) -> None:
    """The same load all day takes 10 G at $0.4 million, or 12.5 + 2.5 = 15 C at $1.5 million."""
    sheets = sheets_of(
        [system("G", 0.4 * MILLION), system("C", 1.5 * MILLION)],
        [workload("agent", 21600, 2160, **floor)],
        [
            rate("G", 50_000, 5_000, speed=50, ttft_s=2),
            rate("C", 20_000, 10_000, speed=1000, ttft_s=0.5),
        ],
    )
    plan, tables = explained(sheets)
    (row,) = [row for row in tables["token_values"] if row["kind"] == kind]
    assert (row["step"], row["mtok"]) == (step, 0)
    assert row["money"] == pytest.approx((22.5 - 4.0) * MILLION)
    assert f"agent: {kind}, {step}, saves 18,500,000 USD" in printed(plan)


def test_a_gigabyte_a_second_more_saves_decoding_systems() -> None:
    """At 28.8 GB/s all is prefilled on T; at 14.4 half of it, by 4 T, beside 5 + 25 C: $47 million.

    At 15.4 GB/s 29 C and 5 T do, $46 million: 10 f + 50 (1 - f) <= 29 needs f = 0.525 of the load
    on T, and 15.4 / 28.8 is 0.535. For 28 C f would be 0.55.
    """
    places = [site("A"), site("B")]
    for (_, hall), name in zip(places, ("T", "C"), strict=True):
        hall["systems"] = name
    sheets = sheets_of(
        [system("T", 0.5 * MILLION, 40), system("C", 1.5 * MILLION, 34)],
        [workload("agent", 69120, 8640, min_speed=1000)],
        [rate("T", 100_000, speed=50), rate("C", 20_000, 10_000, speed=1000)],
        places,
        links=[{"from": "A", "to": "B", "gb_s": 14.4}],
        disaggregation=[{"model": "m", "prefill": "T", "decode": "C", "kv_kb_per_token": 36}],
    )
    plan, tables = explained(sheets)
    rows = {row["kind"]: row for row in tables["token_values"]}
    assert (rows["link"]["cell"], rows["link"]["step"]) == ("links!C2", "1 GB/s more")
    assert (rows["link"]["mtok"], rows["link"]["money"]) == (0, pytest.approx(1 * MILLION))
    # A slower user is of no use: T cannot decode.
    assert not is_worth_something(rows["speed"])
    assert "1 more step gains nothing; see --json" in printed(plan)


def test_an_early_hall_is_asked_for_where_tokens_wait_for_it() -> None:
    """Until the second hall is ready, ten of 15 G serve the chat."""
    sheets = chat(1.0, site("B", "US", 1.0))
    sheets["settings"] = settings("2026-01-01", "2026-06-30")
    sheets["halls"][1]["ready"] = "2026-03-15"  # type: ignore[index]
    _, tables = explained(sheets)
    missed = 5940 * 90
    (row,) = [row for row in tables["token_lateness"] if row["kind"] == "hall ready"]
    assert row["cell"] == "halls!D3"
    assert [row["missed_mtok"], row["mtok_lifted"]] == pytest.approx([missed, missed])


def test_two_workloads_of_unlike_priority_have_their_own_causes() -> None:
    """Fifteen G serve the first; the second takes five more, half a megawatt."""
    sheets = chat(1.5)
    row, asked = workload("other", 7200, 720, priority=2)
    sheets["workloads"] = [*sheets["workloads"], row]
    sheets["token_demand"] = [*sheets["token_demand"], asked]
    _, tables = explained(sheets)
    assert {row["workload"] for row in tables["token_lateness"]} == {"other"}
    first = tables["token_asks"][0]
    assert (first["workload"], first["more"]) == ("other", 0.5)


def test_a_plan_without_workloads_has_no_tables_of_tokens(tmp_path: Path) -> None:
    plan = plan_of_sheets(
        {
            "settings": settings("2026-01-01", "2026-03-31"),
            "systems": [unit_system()],
            "sites": [{"site": "s", "pue": 1}],
            "halls": [{"hall": "h", "site": "s", "it_mw": 5}],
            "commitments": [{"commitment": "c", "basis": "it"}],
            "milestones": [{"commitment": "c", "date": "2026-03-31", "mw": 5}],
        }
    )
    finding: Finding = explain_plan(plan)
    names = {table.name for table in TOKENS_EXPLAINED}
    assert not names & set(finding.tables)
    plan.findings[EXPLANATION] = finding
    save_plan(plan, tmp_path / "plan", {})
    assert not [path for path in (tmp_path / "plan").rglob("token_*") if path.stem in names]
    assert load_plan(tmp_path / "plan").finding_tables["token_asks"] == []


def test_a_large_plan_is_explained_with_divisible_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten divisible G are the same ten; the ask is proved in whole systems."""
    monkeypatch.setattr(Session, "is_small", property(lambda session: False))
    _, tables = explained(chat(1.0, site("B", "IN", 1.0), countries="US"))
    gains = {row["kind"]: row["mtok"] for row in tables["token_values"]}
    assert gains["hall power"] == gains["countries"] == pytest.approx(MISSED)
    assert gains["replica"] == pytest.approx(17820 * 30 / 15)
    assert {row["proof"] for row in tables["token_values"]} == {DIVISIBLE}
    rows = {row["kind"]: row["mtok_a_step"] for row in tables["token_lateness"]}
    assert rows["hall power"] == pytest.approx(MISSED)
    first = tables["token_asks"][0]
    assert first["aim"] == "chat is served in full"
    assert first["more"] == pytest.approx(0.5)
