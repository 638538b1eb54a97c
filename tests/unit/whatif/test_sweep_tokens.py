"""Sweeps of plans with workloads: tokens missed and bought, and what an own Mtok costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from token_plans import rate, sheets_of, site, system, workload

from planner.whatif.cases import Spec
from planner.whatif.engines import Engine
from planner.whatif.results import tables_of
from planner.whatif.sweep import run_sweep
from planner.whatif.sweep_output import write_sweep
from planner.workbook.reading import inputs_from_rows


def test_a_sweep_says_what_tokens_are_missed_and_what_own_ones_cost(tmp_path: Path) -> None:
    """One H for 900 makes 2,592 Mtok in April; there is power for one, twice as many are asked."""
    sheets = sheets_of(
        [system("H", 900.0)],
        [workload("chat", 0, 86.4)],
        [rate("H", decode=1000)],
        [site("A", mw=0.1)],
    )
    spec = Spec("grid", vary=("token_demand[*,*].output_mtok_day*=0.5,1,2",), counts="integer")
    sweep = run_sweep(inputs_from_rows("tokens", sheets), spec, tmp_path, Engine("serial", 1))
    rows = tables_of(sweep)["cases"]
    assert [row["missed_mtok"] for row in rows] == pytest.approx([0, 0, 2592], abs=1e-3)
    assert [row["bought_mtok"] for row in rows] == pytest.approx([0, 0, 0], abs=1e-3)
    costs = [900 / 1296, 900 / 2592, 900 / 2592]
    assert [row["cost_per_mtok"] for row in rows] == pytest.approx(costs, rel=1e-4)
    effects = {row["measure"]: row for row in tables_of(sweep)["tornado"]}
    assert effects["missed_mtok"]["swing"] == pytest.approx(2592, abs=1e-3)
    paths = write_sweep(sweep, tmp_path)
    assert "Effect on tokens missed" in Path(paths["html"]).read_text(encoding="utf-8")
