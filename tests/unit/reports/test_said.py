"""What commands say of many things at once, and of figures that do not add up."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from instances import Sheets
from places import INPUTS
from plan_samples import sample_plan
from rich.console import Console
from whatif_case import small_sheets

from planner import api
from planner.cli import verify as verify_command
from planner.cli.compare import _incumbent
from planner.cli.main import planner
from planner.pipeline import make_plan
from planner.plan.store import Plan, save_plan
from planner.reports.console.explained import _print_curve
from planner.whatif.applied_changes import apply
from planner.whatif.case_figures import DATES, NONE, figures
from planner.whatif.changes import what_if
from planner.whatif.solve_reuse import make_base, plan_near
from planner.workbook.reading import inputs_from_rows, read_inputs

FIRST = INPUTS / "first-plan.xlsx"


@pytest.fixture(scope="module")
def first() -> Plan:
    return make_plan(read_inputs(FIRST))


def test_verify_says_first_what_helps_and_then_at_most_twenty_violations(
    first: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_plan(first, tmp_path / "plan", {})
    other = inputs_from_rows("other", small_sheets())
    monkeypatch.setattr(api, "read_inputs", lambda _: other)
    ended = CliRunner().invoke(planner, ["verify", str(tmp_path / "plan"), str(FIRST)])
    said = ended.stdout.splitlines()
    assert said[0] == "note: the workbook is not the one that this plan was made from"
    count = int(said[1].split("does not hold, ")[1].split()[0])
    assert count > verify_command.MOST
    assert said[-1] == f"  and {count - verify_command.MOST} more with --json"
    assert len(said) == 2 + verify_command.MOST + 1


def test_a_curve_shows_the_dates_at_which_it_changes() -> None:
    """Of ten dates with a plan in whole systems the figures change at two."""
    rows = [
        {"date": date(2026, month, 1), "at_most_mw": mw, "firm_mw": firm}
        for month, mw, firm in [
            (1, 1.0, 1.0),
            (2, 1.0, 1.0),
            (3, 1.0, 1.0),
            (4, 3.0, 2.0),
            (5, 3.0, 2.0),
            (6, 3.0, 3.0),
            (7, 3.0, 3.0),
            (8, 3.0, 3.0),
            (9, 3.0, 3.0),
        ]
    ]
    console = Console(file=io.StringIO(), width=80)
    _print_curve(rows, [], console)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    dates = [line.split()[0] for line in told.splitlines() if line.startswith("2026")]
    assert dates == ["2026-01-01", "2026-04-01", "2026-06-01", "2026-09-01"]
    assert "only the largest rises; the sheet Quote has every date" in told


def test_missed_megawatts_of_two_bases_are_not_added_up() -> None:
    plan = sample_plan()
    plan.summary["present_costs"] = {"energy": 1.0}
    assert "misses 281 MW-months of IT power and costs" in _incumbent(plan, "late")
    rows = plan.tables["ramp"]
    plan.tables["ramp"] = [*rows, *({**row, "basis": "facility"} for row in rows)]
    said = "misses 281 MW-months of facility power and 281 MW-months of IT power and costs"
    assert said in _incumbent(plan, "late")
    plan.tables["ramp"] = []
    assert "misses 0 MW-months and costs" in _incumbent(plan, "late")


def bottleneck(*changes: str, due: float = 5) -> tuple[float, str]:
    """Return what a small case misses by April, and what limits it."""
    sheets: Sheets = small_sheets()
    for name in ("crews", "supply_capacity", "halls"):
        sheets[name] = [] if name != "halls" else sheets[name]
    sheets["milestones"] = [{"commitment": "demand", "date": "2026-04-30", "mw": due}]
    inputs = inputs_from_rows("small", sheets)
    _, base = make_base(inputs)
    near = plan_near(base, apply(inputs, what_if(inputs, None, changes)))
    found = figures(near.plan, near.limits)
    return found["missed_mw_months"], found["bottleneck"]


def test_what_limits_a_plan_that_misses_megawatts_is_never_nothing() -> None:
    """Where no feeder is on yet, one per cent more of it is nothing, and its day is told."""
    assert bottleneck(due=0.5)[1] != DATES
    missed, name = bottleneck(
        "energisation[*].from+=184d",
    )
    assert missed > 0
    assert name != NONE
    assert name == DATES or name.startswith("first day of power of")
