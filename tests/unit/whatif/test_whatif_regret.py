"""Least regret over scenarios: orders and openings of one plan tried where another comes true."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from instances import Sheets, settings, unit_system
from whatif_case import make_kept

from planner.cli.main import planner
from planner.whatif.cases import Spec
from planner.whatif.engines import Engine
from planner.whatif.fixed_decisions import as_lists, decided_before, from_lists
from planner.whatif.results import tables_of
from planner.whatif.sweep import Sweep, run_sweep
from planner.whatif.sweep_output import write_sweep
from planner.workbook.reading import inputs_from_rows
from planner.workbook.rows import Inputs
from planner.workbook.writing.template import write_workbook

SPEC = Spec("scenarios", counts="integer", decide_by="2026-02-01")


def sheets(scenarios: dict[str, tuple[str, str, str, str, float]]) -> Sheets:
    """Return five systems due on 30 April that must be ordered by 31 January, at ten each."""
    return {
        "settings": settings("2026-01-01", "2026-06-30"),
        "systems": [unit_system(price=10)],
        "supply": [{"supplier": "fab", "item": "unit", "lead_days": 89, "price": 10}],
        "supply_capacity": [{"supplier": "fab", "from": "2026-01-01", "units_per_month": 9}],
        "sites": [{"site": "north", "pue": 1}],
        "halls": [{"hall": "A", "site": "north", "it_mw": 20}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": "2026-04-30", "mw": 5}],
        "scenarios": [{"scenario": name, "change": name} for name in scenarios],
        "changes": [
            {
                "change": name,
                "sheet": sheet,
                "key": key,
                "column": column,
                "operation": operation,
                "value": value,
            }
            for name, (sheet, key, column, operation, value) in scenarios.items()
        ],
    }


MORE = {"more": ("milestones", "demand,*", "mw", "set", 8.0)}
LESS = {"less supply": ("supply_capacity", "fab,*", "units_per_month", "set", 4.0)}


def case(scenarios: dict[str, tuple[str, str, str, str, float]]) -> Inputs:
    return inputs_from_rows("regret", sheets(scenarios))


def swept(inputs: Inputs, folder: Path, *, resume: bool = False) -> Sweep:
    return run_sweep(inputs, SPEC, folder, Engine("serial"), resume=resume)


def test_what_was_decided_too_small_is_missed_and_too_large_is_paid(tmp_path: Path) -> None:
    tables = tables_of(swept(case(MORE), tmp_path))
    tried = {(row["decided_for"], row["comes_true"]): row for row in tables["tried"]}
    # Three more, ordered in February, are in service in May: three MW are missed in April.
    assert tried["base", "more"]["missed_more"] == pytest.approx(3)
    assert tried["base", "more"]["cost_more"] == pytest.approx(0)
    assert tried["more", "base"]["missed_more"] == 0
    assert tried["more", "base"]["cost_more"] == pytest.approx(30)
    assert [row["decided_for"] for row in tables["regret"]] == ["more", "base"]
    assert tables["regret"][0]["worst_cost_more"] == pytest.approx(30)
    assert tables["regret"][1]["when"] == "more"


def test_as_much_is_kept_as_the_scenario_allows(tmp_path: Path) -> None:
    tables = tables_of(swept(case(LESS), tmp_path))
    tried = {(row["decided_for"], row["comes_true"]): row for row in tables["tried"]}
    # Of the five that were ordered, the supplier makes four, as in its own plan.
    assert tried["base", "less supply"]["missed_more"] == 0
    assert tried["base", "less supply"]["missed_mw_months"] == pytest.approx(1)
    assert tried["less supply", "base"]["missed_more"] == pytest.approx(1)


def test_only_what_is_dated_before_the_day_is_decided() -> None:
    plan, kept = make_kept(case(MORE))
    starts = [date(2026, month, 1) for month in range(1, 7)]
    assert len(starts) == len({row["period_end"] for row in plan.tables["ramp"]})
    assert decided_before(kept, starts, date(2026, 1, 1)) == ()
    found = decided_before(kept, starts, date(2026, 2, 1))
    assert ("order_lots", ("fab", "unit"), "2026-01-31", 5.0) in found
    assert all(day < "2026-02-01" for _, _, day, _ in found)
    assert from_lists(json.loads(json.dumps(as_lists(found)))) == found


def test_an_interrupted_table_of_regret_is_the_same(tmp_path: Path) -> None:
    inputs = case(MORE | LESS)
    whole = tables_of(swept(inputs, tmp_path / "whole"))
    swept(inputs, tmp_path / "cut")
    journal = tmp_path / "cut" / "cases.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3 + 3 * 2
    for kept in (2, 5):
        journal.write_bytes(b"".join(lines[:kept]))
        assert tables_of(swept(inputs, tmp_path / "cut", resume=True)) == whole


def test_the_command_writes_the_tables(tmp_path: Path) -> None:
    book = tmp_path / "regret.xlsx"
    write_workbook(book, sheets(MORE | LESS))
    arguments = [
        "sweep",
        str(book),
        "--method",
        "scenarios",
        "--counts",
        "integer",
        "--decide-by",
        "2026-02-01",
    ]
    run = CliRunner().invoke
    done = run(planner, [*arguments, "-o", str(tmp_path / "a"), "--json"], standalone_mode=False)
    told = json.loads(done.stdout)
    assert len(told["regret"]) == 3
    assert len(told["tried"]) == 6
    shown = run(
        planner,
        [*arguments, "-o", str(tmp_path / "b"), "--scenario", "more"],
        standalone_mode=False,
    ).stdout
    assert "Regret of decisions before 2026-02-01" in shown
    assert "less supply" not in shown
    assert "Regret" in (tmp_path / "b" / "sweep.html").read_text(encoding="utf-8")
    for wrong, why in (
        (["--scenario", "lss"], "no scenario 'lss'. Its scenarios are: 'more', 'less supply'"),
        (["--method", "grid"], "--scenario and --decide-by need --method scenarios"),
    ):
        failed = run(
            planner, [*arguments, *wrong, "-o", str(tmp_path / "c")], standalone_mode=False
        )
        assert why in str(failed.exception)


def test_what_cannot_be_planned_is_named_and_the_rest_stands(tmp_path: Path) -> None:
    broken = {"broken": ("supply_capacity", "fab,*", "units_per_month", "add", -99.0)}
    sweep = swept(case(MORE | broken), tmp_path)
    assert set(sweep.tried) == {(0, 1), (1, 0)}
    assert all(Path(path).exists() for path in write_sweep(sweep, tmp_path).values())
