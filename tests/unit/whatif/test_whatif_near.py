"""What-ifs that start from a saved plan: the same optimum, whatever state its start is in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from instances import settings, unit_system
from whatif_case import make_kept, small_case, small_sheets

from planner.cli.main import planner
from planner.errors import PlannerError
from planner.plan.store import save_plan
from planner.solve.tuning import Tuning
from planner.whatif.applied_changes import apply
from planner.whatif.changes import what_if
from planner.whatif.saved_solve import FILE, load_near, start_writer
from planner.whatif.solve_reuse import NO_SOLVE, Base, base_of, make_base, plan_near
from planner.workbook.reading import inputs_from_rows
from planner.workbook.writing.template import write_workbook


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("near") / "base"
    plan, kept = make_kept(small_case())
    save_plan(plan, folder, {FILE: start_writer(kept)})
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(planner, list(map(str, arguments)), standalone_mode=False)


def alike(one: Base, other: Base) -> bool:
    """Say whether two bases hold the same decisions, rows and values, bit by bit."""
    keys = (one.columns, one.rows, one.tiers) == (other.columns, other.rows, other.tiers)
    return keys and np.array_equal(one.values, other.values)


def test_a_saved_start_is_the_one_of_a_plan_just_made(saved: Path) -> None:
    _, made = make_base(small_case())
    _, first = load_near(saved)
    _, again = load_near(saved / "plan.json")
    assert alike(made, first)
    assert alike(first, again)
    assert first.slack == again.slack == pytest.approx(made.slack)
    assert len(first.bases) == len(first.tiers) > 0
    for of_first, of_again in zip(first.bases, again.bases, strict=True):
        assert np.array_equal(of_first.columns, of_again.columns)
        assert np.array_equal(of_first.rows, of_again.rows)


CHANGES = ("crews[*].systems_per_month*=0.5", "supply[*].price*=2")


@pytest.mark.parametrize("change", CHANGES)
def test_a_plan_warm_started_from_a_saved_one_is_the_one_from_the_beginning(
    saved: Path, change: str
) -> None:
    """Small models are otherwise planned from the beginning."""
    _, base = load_near(saved)
    inputs = apply(small_case(), what_if(small_case(), None, [change]))
    warmed = plan_near(base, inputs, tuning=Tuning(small_model_max_integers=0)).plan.summary
    cold = plan_near(base, inputs, from_base=False).plan.summary
    assert warmed["missed_mw_months"] == pytest.approx(cold["missed_mw_months"], abs=1e-6)
    costs = [sum(one["present_costs"].values()) for one in (warmed, cold)]  # type: ignore[attr-defined]
    gap = float(str(warmed["gap"]))
    assert costs[0] == pytest.approx(costs[1], rel=2 * gap + 1e-9)


@pytest.mark.parametrize("change", CHANGES)
def test_a_what_if_near_a_plan_is_the_one_from_the_beginning(
    saved: Path, tmp_path: Path, change: str
) -> None:
    book = tmp_path / "small.xlsx"
    write_workbook(book, small_sheets())
    told = []
    for near in ((), ("--near", saved)):
        done = run("plan", book, "-o", tmp_path / "plan", "--set", change, "--json", *near)
        told.append(json.loads(done.stdout))
    cold, warmed = told
    assert warmed["missed_mw_months"] == pytest.approx(cold["missed_mw_months"], abs=1e-6)
    cost = sum(cold["present_costs"].values())
    assert sum(warmed["present_costs"].values()) == pytest.approx(cost, rel=2 * cold["gap"] + 1e-9)
    run("report", tmp_path / "plan", "--kinds", "html")
    load_near(tmp_path / "plan")  # its start is kept when the reports are written again


def test_what_differs_is_printed(saved: Path, tmp_path: Path) -> None:
    book = tmp_path / "small.xlsx"
    write_workbook(book, small_sheets())
    done = run("plan", book, "-o", tmp_path / "plan", "--near", saved, "--scenario", "late south")
    assert "Base: small; changes of small, late south" in done.stdout


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", None])
def test_a_broken_start_is_named(tmp_path: Path, content: bytes | None) -> None:
    plan, kept = make_kept(small_case())
    folder = tmp_path / "base"
    save_plan(plan, folder, {FILE: start_writer(kept)})
    if content is None:
        (folder / FILE).unlink()
        wrong = r"start\.npz is missing, which --near needs\. Plan again"
    else:
        (folder / FILE).write_bytes(content)
        wrong = r"start\.npz is not the solve of a plan, which --near needs\. Plan again"
    with pytest.raises(PlannerError, match=wrong):
        load_near(folder)


def test_a_start_of_another_plan_is_only_slow(saved: Path, tmp_path: Path) -> None:
    _, kept = make_kept(small_case())
    stranger = replace(
        kept, columns=tuple(("no such decision", n) for n in range(3)), values=np.zeros(3)
    )
    plan, _ = make_kept(small_case())
    save_plan(plan, tmp_path / "base", {FILE: start_writer(stranger)})
    book = tmp_path / "small.xlsx"
    write_workbook(book, small_sheets())
    done = [
        json.loads(run("plan", book, "-o", tmp_path / "p", "--json", "--near", base).stdout)
        for base in (tmp_path / "base", saved)
    ]
    assert done[0]["present_costs"] == pytest.approx(done[1]["present_costs"])


def test_a_base_of_nothing_is_as_good_as_none(tmp_path: Path) -> None:
    """A plan without a single decision, and one whose solve could not be kept."""
    shut = [{"hall": "hall", "site": "site", "it_mw": 100, "ready": "2027-01-01"}]
    rows = {
        "settings": settings("2026-01-01", "2026-01-31"),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1}],
        "halls": shut,
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": "2026-01-31", "mw": 0}],
    }
    plan, nothing = make_kept(inputs_from_rows("shut", rows))
    assert nothing.columns == ()
    save_plan(plan, tmp_path / "base", {FILE: start_writer(nothing)})
    asked = {
        **rows,
        "halls": [{**shut[0], "ready": None}],
        "milestones": [{"commitment": "demand", "date": "2026-01-31", "mw": 5}],
    }
    inputs = inputs_from_rows("open", asked)
    for base in (load_near(tmp_path / "base")[1], base_of(inputs, NO_SOLVE)):
        near = plan_near(base, inputs).plan
        assert near.summary["present_costs"]["purchase"] == 50
