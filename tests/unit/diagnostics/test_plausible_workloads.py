"""Warnings about workloads, each with the case that raises it and the nearest that does not."""

from __future__ import annotations

from token_plans import Rows, rate, sheets_of, site, system, workload

from planner.case.case import make_case
from planner.diagnostics import workloads as rules
from planner.diagnostics.warning_context import WarningContext
from planner.workbook.reading import inputs_from_rows

JUNE, JULY = "2026-06-30", "2026-07-31"


def found_by(rule: object, **changes: object) -> list[str]:
    """Return the cells that a rule names in a token plan of a year with a commitment."""
    sheets = sheets_of(
        [system("G", 1.0)],
        [workload("chat", 10, 1, headroom=0.2, commitment="bank")],
        [rate("G", 100, 10)],
        sites=[site("A", "US")],
        options={"start": "2026-01-01", "end": "2026-12-31"},
        commitments=[{"commitment": "bank", "basis": "it"}],
        milestones=[{"commitment": "bank", "date": JUNE, "mw": 1}],
    )
    sheets["token_demand"][0]["from"] = JUNE
    options = changes.pop("options", {})
    sheets["settings"] += [{"setting": k, "value": v} for k, v in options.items()]  # type: ignore[union-attr]
    sheets.update(changes)  # type: ignore[arg-type]
    inputs = inputs_from_rows("warned", sheets)
    context = WarningContext(inputs, make_case(inputs))
    return [warning.where for warning in rule(context)]  # type: ignore[operator]


def chats(**columns: object) -> Rows:
    return [{"workload": "chat", "model": "m", "headroom": 0.2, "commitment": "bank", **columns}]


def test_countries_without_a_site() -> None:
    rule = rules.workloads_have_a_site
    assert found_by(rule) == []
    assert found_by(rule, workloads=chats(countries="US, CA")) == []
    assert found_by(rule, workloads=chats(countries="CA")) == ["workloads!E2"]


def test_an_online_workload_without_headroom() -> None:
    rule = rules.online_workloads_have_headroom
    assert found_by(rule) == []
    assert found_by(rule, workloads=chats(headroom=0)) == ["workloads!C2"]
    assert found_by(rule, workloads=chats(headroom=0, **{"class": "batch"})) == []


def test_demand_on_the_first_day_of_the_plan() -> None:
    rule = rules.demand_begins_after_the_plan
    asks = [{"workload": "chat", "input_mtok_day": 1, "output_mtok_day": 1}]
    dated = [{"workload": "chat", "from": "2026-01-01", "input_mtok_day": 1, "output_mtok_day": 1}]
    fleet = [{"hall": "A hall", "system": "G", "count": 1}]
    assert found_by(rule) == []
    assert found_by(rule, token_demand=asks) == ["token_demand!row 2"]
    assert found_by(rule, token_demand=dated) == ["token_demand!B2"]
    halls = [{"hall": "A hall", "site": "A", "it_mw": 10, "open_count": 1}]
    assert found_by(rule, token_demand=dated, fleet=fleet, halls=halls) == []


def test_demand_before_the_megawatts_are_due() -> None:
    rule = rules.workloads_begin_with_their_commitment
    early = [{"workload": "chat", "from": "2026-06-29", "input_mtok_day": 1, "output_mtok_day": 1}]
    assert found_by(rule) == []
    assert found_by(rule, token_demand=early) == ["token_demand!B2"]
    assert found_by(rule, token_demand=early, workloads=chats(commitment=None)) == []
    pace = {"pace": "as-early-as-possible"}
    assert found_by(rule, token_demand=early, options=pace) == []


def test_prices_that_fall_without_faster_replicas() -> None:
    rule = rules.falling_prices_come_with_faster_replicas
    prices = [
        {"workload": "chat", "from": day, "buy_input": 1, "buy_output": money}
        for day, money in ((JUNE, 5), (JULY, 4))
    ]
    later = {**rate("G", 200, 20), "from": JULY}
    assert found_by(rule, token_prices=prices) == ["token_prices!D3"]
    assert found_by(rule, token_prices=prices, throughput=[rate("G", 100, 10), later]) == []
    assert found_by(rule, token_prices=prices[::-1][:1]) == []


def test_megawatts_that_no_workload_uses() -> None:
    rule = rules.promised_megawatts_serve_workloads
    assert found_by(rule) == []
    assert found_by(rule, workloads=chats(commitment=None)) == ["commitments!A2"]
    nothing = {name: [] for name in ("workloads", "token_demand", "throughput")}
    assert found_by(rule, **nothing) == []
