"""What-ifs of plans of workloads: the same answer near a plan, from the beginning and by hand.

A replica that makes 5,000 tokens a second makes 18 Mtok an hour, 50,000 make 180. The chat asks for
21,600 Mtok in and 2,160 out a day, half as much again by day: 900 x 1.5 / 180 + 90 x 1.5 / 18 = 15
replicas of one G at $3 million.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from instances import Sheets
from token_plans import cost, plan_of_sheets, rate, sheets_of, system, workload
from whatif_case import make_kept

from planner.plan.store import save_plan
from planner.solve.tuning import Tuning
from planner.whatif.applied_changes import apply
from planner.whatif.cases import Spec
from planner.whatif.changes import what_if
from planner.whatif.compare import compare
from planner.whatif.engines import Engine
from planner.whatif.results import tables_of
from planner.whatif.saved_solve import FILE, load_near, start_writer
from planner.whatif.solve_reuse import plan_near
from planner.whatif.sweep import run_sweep
from planner.workbook.reading import inputs_from_rows

MILLION = 1e6
DAY = [{"block": "day", "hours": 12, "load": 1.5}, {"block": "night", "hours": 12, "load": 0.5}]


def chat() -> Sheets:
    """Return a workbook whose plan is 15 G for $45 million."""
    return sheets_of(
        [system("G", 3 * MILLION)],
        [workload("chat", 21600, 2160)],
        [rate("G", 50_000, 5_000)],
        day=DAY,
    )


def composite() -> Sheets:
    """Return a workbook whose plan is two composites of one V and two L for $20 million.

    A composite decodes 90 Mtok an hour and prefills 360; 90 and 360 are asked for.
    """
    return sheets_of(
        [system("V", 4 * MILLION), system("L", 3 * MILLION)],
        [workload("agent", 360 * 24, 90 * 24)],
        [rate("V+L", 100_000, 25_000)],
        composites=[
            {"composite": "V+L", "system": "V", "count": 1},
            {"composite": "V+L", "system": "L", "count": 2},
        ],
    )


CASES = {
    "more demand": (chat, ["token_demand[chat,*].output_mtok_day*=1.2"], 51, 0),
    "a faster system": (chat, ["throughput[m,G,*,*].decode_tok_s*=2"], 36, 0),
    "a dearer system": (chat, ["systems[G].price*=2"], 90, 0),
    # Ten G serve two thirds of the day's load: a third of 75 % of 23,760 Mtok is missed each day.
    "a smaller hall": (chat, ["halls[*].it_mw=1"], 30, 5940 * 30),
    "a larger composite": (composite, ["composites[V+L,L].count=3"], 26, 0),
    "both": (
        chat,
        ["token_demand[chat,*].output_mtok_day*=1.2", "systems[G].price*=2"],
        102,
        0,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_what_if_near_a_plan_of_workloads_is_the_one_from_the_beginning(
    name: str, tmp_path: Path
) -> None:
    sheets, changes, millions, missed = CASES[name]
    inputs = inputs_from_rows("tokens", sheets())
    made, kept = make_kept(inputs)
    save_plan(made, tmp_path / "base", {FILE: start_writer(kept)})
    _, base = load_near(tmp_path / "base")
    assert {name for name, _ in base.columns} >= {"load_replicas", "serve_tokens", "missed_tokens"}
    changed = apply(inputs, what_if(inputs, None, changes))
    near = plan_near(base, changed, tuning=Tuning(small_model_max_integers=0))
    cold = plan_near(base, changed, from_base=False)
    for plan in (near.plan, cold.plan):
        assert cost(plan) == pytest.approx(millions * MILLION)
        tokens = plan.tables["tokens"]
        assert sum(row["missed_mtok"] for row in tokens) == pytest.approx(missed)


def test_a_comparison_of_plans_of_workloads_has_their_missed_tokens() -> None:
    short = {**chat(), "halls": [{"hall": "A hall", "site": "A", "it_mw": 1.0}]}
    plans = [plan_of_sheets(sheets) for sheets in (chat(), short)]
    sections = {section.name: section for section in compare(plans).sections}
    figures = dict(sections["figures"].rows)
    assert figures["tokens missed", "Mtok"] == pytest.approx((0.0, 5940 * 30))
    spent = [sum(values[n] or 0.0 for _, values in sections["spend"].rows) for n in (0, 1)]
    assert spent == pytest.approx([45 * MILLION, 30 * MILLION])


def test_a_sweep_of_scenarios_has_their_missed_tokens(tmp_path: Path) -> None:
    changes = [
        ("more", "token_demand", "chat, *", "output_mtok_day", "scale", 1.2),
        ("small hall", "halls", "*", "it_mw", "set", 1),
    ]
    columns = ("change", "sheet", "key", "column", "operation", "value")
    sheets = {
        **chat(),
        "scenarios": [{"scenario": name, "change": name} for name, *_ in changes],
        "changes": [dict(zip(columns, change, strict=True)) for change in changes],
    }
    inputs = inputs_from_rows("tokens", sheets)
    sweep = run_sweep(inputs, Spec("scenarios", counts="integer"), tmp_path, Engine("local", 1))
    rows = {row["scenario"]: row for row in tables_of(sweep)["scenarios"]}
    assert rows["base"]["present_cost"] == pytest.approx(45 * MILLION)
    assert rows["more"]["present_cost"] == pytest.approx(51 * MILLION)
    assert rows["more"]["missed_mtok"] == 0
    assert rows["small hall"]["missed_mtok_more"] == pytest.approx(5940 * 30)
