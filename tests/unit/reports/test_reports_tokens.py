"""Workbook, page, terminal and summary say the same of tokens; plans without any say nothing."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from micro import JANUARY, plan_of
from page_reader import Reader
from rich.console import Console
from token_plans import plan_of_sheets, rate, sheets_of, site, system, token_plan, workload

from planner.plan.store import Plan
from planner.reports.console.plan_text import print_plan
from planner.reports.excel.plan_workbook import write_plan_workbook
from planner.reports.page.plan_page import page
from planner.reports.plan_document import plan_document
from planner.reports.token_views import (
    NO_MODEL,
    own_cost,
    own_or_buy,
    pools,
    silicon_mix,
    workload_totals,
)
from planner.whatif.compare import as_document, compare

H = system("H", 900.0)
"""Makes 86.4 Mtok a day, 2,592 in April."""

SOLD = [{"workload": "chat", "buy_output": 1000.0}]
CHEAP = [{"workload": "chat", "buy_output": 0.001}]
QUARTERS = {"start": "2026-04-01", "end": "2026-09-30", "period": "month"}
SHEETS = {"Tokens", "Replicas", "Token cost"}


def served_bought_missed() -> Plan:
    """One H serves 86.4 of chat's 172.8 a day, batch is bought, away has no site."""
    asked = [
        workload("chat", 0, 172.8),
        workload("batch", 0, 86.4, **{"class": "batch"}, priority=2),
        workload("away", 0, 43.2, countries="CA", priority=3),
    ]
    prices = [
        {"workload": "batch", "buy_output": 2},
        {"workload": "batch", "from": "2026-07-01", "buy_output": 0.1},
    ]
    return token_plan(
        [H],
        asked,
        [rate("H", decode=1000)],
        [site("A", "US", mw=0.1)],
        QUARTERS,
        token_prices=prices,
    )


def beside_a_commitment() -> Plan:
    """Three H: one for a commitment, one for chat, one that stands from the start for nobody."""
    sheets = sheets_of([H], [workload("chat", 0, 86.4)], [rate("H", decode=1000)])
    sheets["commitments"] = [{"commitment": "gold", "basis": "it"}]
    sheets["milestones"] = [{"commitment": "gold", "date": "2026-04-30", "mw": 0.1}]
    sheets["fleet"] = [{"hall": "A hall", "system": "H", "count": 3}]
    sheets["halls"][0]["open_count"] = 1
    return plan_of_sheets(sheets)


PLANS = {
    "served, bought and missed": served_bought_missed,
    "all served in one span": lambda: token_plan(
        [H], [workload("chat", 0, 86.4)], [rate("H", decode=1000)], token_prices=SOLD
    ),
    "all bought": lambda: token_plan(
        [H], [workload("chat", 0, 86.4)], [rate("H", decode=1000)], token_prices=CHEAP
    ),
    "all missed": lambda: token_plan(
        [H], [workload("chat", 0, 86.4)], [rate("H", decode=1000)], [site("A", mw=0.09)]
    ),
    "nothing asked for": lambda: token_plan(
        [H], [workload("chat", 0, 0)], [rate("H", decode=1000)]
    ),
    "beside a commitment": beside_a_commitment,
}


@cache
def plan(name: str) -> Plan:
    return PLANS[name]()


@cache
def terminal(name: str) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_plan(plan(name), console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def sheets_written(of: Plan, folder: Path) -> dict[str, list[list[object]]]:
    path = folder / "plan.xlsx"
    write_plan_workbook(of, path)
    book = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def texts(rows: list[list[object]]) -> str:
    return "\n".join(str(value) for row in rows for value in row if value is not None)


def shown(rows: list[list[object]], title: str) -> list[list[object]]:
    """Rows of the table below a title, without its header."""
    at = next(n for n, row in enumerate(rows) if row[0] == title)
    found = []
    for row in rows[at + 2 :]:
        if all(value is None for value in row):
            break
        found.append(row)
    return found


@pytest.mark.parametrize("name", PLANS)
def test_tokens_are_counted_alike(name: str, tmp_path: Path) -> None:
    of, book = plan(name), sheets_written(plan(name), tmp_path)
    reader, text = Reader(page(of)), terminal(name)
    assert book.keys() >= SHEETS
    totals = {
        column: sum(row[f"{column}_mtok"] for row in of.tables["tokens"])
        for column in ("demand", "served", "bought", "missed")
    }
    told = [
        text,
        texts(book["Summary"]),
        texts(book["Tokens"][:3]),
        reader.texts["tokens"],
    ]
    counted = r"(\d[\d,.]*) Mtok asked for: (none|[\d.]+%) served, (none|[\d.]+%) bought, "
    counted += r"(none|[\d.]+%) missed"
    for said in told if totals["demand"] else []:
        (found,) = set(re.findall(counted, said))
        assert float(found[0].replace(",", "")) == pytest.approx(totals["demand"], abs=0.5)
        for share, column in zip(found[1:], ("served", "bought", "missed"), strict=True):
            due = totals[column] / totals["demand"]
            assert (share == "none") == (totals[column] == 0)
            assert share == "none" or float(share[:-1]) / 100 == pytest.approx(due, abs=1e-5)
    # The headline, the first line of all three, says what is missed.
    banner = text.splitlines()[0]
    assert banner in texts(book["Summary"])
    assert banner in texts(book["Contents"])
    assert banner in reader.texts["headline"]
    assert ("TOKENS ARE MISSED" in banner) == (totals["missed"] > 0)
    missing = {row["workload"] for row in of.tables["tokens"] if row["missed_mtok"] > 0}
    for name_of_workload in missing:
        sentence = next(line for line in text.splitlines() if f"  {name_of_workload}: " in line)
        for said in (texts(book["Summary"]), reader.texts["headline"], reader.texts["tokens"]):
            assert sentence.strip() in said


@pytest.mark.parametrize("name", PLANS)
def test_each_workload_has_the_same_figures_everywhere(name: str, tmp_path: Path) -> None:
    of, book = plan(name), sheets_written(plan(name), tmp_path)
    rows = {row["workload"]: row for row in workload_totals(of)}
    told = {row["workload"]: row for row in of.summary["tokens"]}
    on_sheet = shown(book["Tokens"], "By workload, over the whole plan")
    on_page = Reader(page(of)).rows("Workloads over the whole plan")
    assert [row[0] for row in on_sheet] == [row[0] for row in on_page] == list(rows)
    assert told.keys() == rows.keys()
    for sheet, shown_on_page in zip(on_sheet, on_page, strict=True):
        row = rows[sheet[0]]
        for column, place in (("missed", 3), ("demand", 6), ("served", 7), ("bought", 8)):
            due = row[f"{column}_mtok"]
            assert told[sheet[0]][f"{column}_mtok"] == pytest.approx(due)
            assert sheet[place] == pytest.approx(due)
            said = float(shown_on_page[place].replace(",", ""))
            assert said == pytest.approx(due, abs=0.5)
    by_span = shown(book["Tokens"], "By workload and span")
    assert len([row for row in by_span if row[1]]) == len(of.tables["tokens"])


def test_what_is_missed_stands_first_and_red() -> None:
    of = plan("served, bought and missed")
    assert [row["workload"] for row in workload_totals(of)] == ["chat", "away", "batch"]
    (chat, away, batch) = workload_totals(of)
    assert chat["missed_share"] == pytest.approx(0.5)
    assert (away["missed_share"], batch["bought_share"]) == (pytest.approx(1), pytest.approx(1))
    assert chat["missed_from"].isoformat() == "2026-04-01"
    text = page(of)
    assert text.count('<tr class="bad"><th scope="row">chat') == 3


def test_the_mix_adds_up_to_what_is_served() -> None:
    for name in PLANS:
        mix, of = silicon_mix(plan(name)), plan(name)
        made = sum(row[cls] for row in mix for cls in ("online", "batch") if cls in row)
        assert made == pytest.approx(sum(row["served_mtok"] for row in of.tables["tokens"]))
        loaded = sum(row["it_mw"] for row in of.tables["replicas"])
        assert sum(row["it_mw"] for row in mix) == pytest.approx(loaded)


def test_systems_that_no_model_is_loaded_on_are_seen() -> None:
    rows = {row["model"]: row for row in pools(plan("beside a commitment"))}
    assert rows[NO_MODEL]["systems"] == pytest.approx(1)
    assert rows[NO_MODEL]["idle"] == pytest.approx(1)
    assert rows["m"]["systems"] == pytest.approx(1)
    assert rows["m"]["idle"] == pytest.approx(0)


def test_own_tokens_are_dearer_from_the_first_span_that_breaks_even_above_its_use() -> None:
    """H costs 900 x 2 / 6 = 300 a month: 300 / 2,620.8 at 0.15, then at 0.1 from July."""
    of = token_plan(
        [system("H", 1800.0)],
        [workload("chat", 0, 86.4)],
        [rate("H", decode=1000)],
        options=QUARTERS,
        token_prices=[
            {"workload": "chat", "buy_output": 0.15},
            {"workload": "chat", "from": "2026-07-01", "buy_output": 0.1},
        ],
    )
    (row,) = own_or_buy(of)
    assert row["dearer_from"].isoformat() == "2026-07-01"
    assert row["cost_per_mtok"] == pytest.approx(1800 / (86.4 * 183))
    assert row["break_even_use"] == pytest.approx(1800 / (86.4 * (91 * 0.15 + 92 * 0.1)))
    assert own_cost(of) == pytest.approx(1800 / (86.4 * 183))


def test_plans_are_compared_by_their_tokens() -> None:
    served, missed = plan("all served in one span"), plan("all missed")
    document = as_document(compare([served, missed], ["own", "none"]))
    figures = {row["figure"]: row["values"] for row in document["figures"]}
    assert figures["tokens missed"] == pytest.approx({"own": 0, "none": 2592})
    assert figures["tokens served"] == pytest.approx({"own": 2592, "none": 0})
    # A plan without own tokens has no cost of them.
    assert "own tokens, as used" not in figures
    (row,) = document["tokens_missed"]
    assert row["workload"] == "chat"
    assert row["values"] == pytest.approx({"own": 0, "none": 2592})
    both = as_document(compare([served, served], ["own", "same"]))["figures"]
    costs = {row["figure"]: row["values"] for row in both}
    assert costs["own tokens, as used"] == pytest.approx({"own": 900 / 2592, "same": 900 / 2592})


def test_the_document_has_the_tables_and_the_tokens_by_workload() -> None:
    document = plan_document(plan("all bought"), {}, {})
    (row,) = document["tokens"]
    assert row["bought_mtok"] == pytest.approx(2592)
    assert row["buy_cost"] == pytest.approx(2.592)
    unit = document["columns"]["token_costs"]["cost_per_mtok"]["unit"]
    assert unit == f"{document['currency']} per Mtok"


def test_a_plan_without_workloads_says_nothing_of_tokens(tmp_path: Path) -> None:
    of = plan_of({JANUARY: 1})
    assert not sheets_written(of, tmp_path).keys() & SHEETS
    assert "tokens" not in of.summary
    reader = Reader(page(of))
    assert "tokens" not in reader.texts
    assert "oken" not in reader.texts["headline"]
    names = set(as_document(compare([of, of], ["one", "two"])))
    assert not {name for name in names if "token" in name}
