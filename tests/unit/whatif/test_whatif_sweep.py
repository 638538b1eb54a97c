"""Sweeps: draws, cases, journal, engines, interruptions, and what comes of them."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from whatif_case import small_case, small_sheets

from planner.cli import sweep as command
from planner.cli.main import planner
from planner.errors import InputFaults, PlannerError
from planner.solve.tuning import Tuning
from planner.whatif import cases as cases_module
from planner.whatif.applied_changes import apply
from planner.whatif.case_figures import MET
from planner.whatif.cases import Cases, Spec, parse_axis
from planner.whatif.changes import what_if
from planner.whatif.draws import empirical, read_draws, triangular
from planner.whatif.engines import ENGINES, ORPHANED, Engine, run_all
from planner.whatif.journal import Journal
from planner.whatif.results import in_millions, tables_of
from planner.whatif.solve_reuse import make_base, plan_near
from planner.whatif.sweep import FAILED, Sweep, run_sweep
from planner.whatif.sweep_output import write_sweep
from planner.workbook.reading import inputs_from_rows
from planner.workbook.writing.template import write_workbook

TABLES = ("cases", "ramp", "percentiles", "milestones", "tornado", "slips", "bottlenecks")


def drawn(count: int, method: str = "monte-carlo", seed: int = 1) -> dict[str, np.ndarray]:
    cases = Cases(small_case(), Spec(method, count, seed))
    rows = [cases[number].drawn for number in range(count)]
    return {name: np.array([row[name] for row in rows], dtype=float) for name in cases.names}


def swept(folder: Path, engine: str = "serial", **spec: object) -> Sweep:
    options = {"method": "monte-carlo", "cases": 8, **spec}
    return run_sweep(small_case(), Spec(**options), folder, Engine(engine, 2))  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / f"{name}.csv").read_bytes() for name in TABLES}


def test_draws_follow_their_distributions() -> None:
    values = drawn(4000)
    output, price, slips = values["fab output"], values["price"], values["south slips"]
    assert output.min() >= 0.6
    assert output.max() <= 1.2
    assert output.mean() == pytest.approx((0.6 + 1 + 1.2) / 3, abs=0.01)
    assert price.mean() == pytest.approx(1, abs=0.02)
    assert price.std() == pytest.approx(0.2, abs=0.02)
    shares = {days: (slips == days).mean() for days in np.unique(slips)}
    assert set(shares) == {-31, 0, 31, 61, 150}
    assert shares[0] == pytest.approx(0.5, abs=0.03)
    assert shares[150] == pytest.approx(0.125, abs=0.03)


def test_quantities_of_a_group_move_together_and_others_do_not() -> None:
    values = drawn(4000)
    together = np.corrcoef(values["south slips"], values["north slips"])[0, 1]
    apart = np.corrcoef(values["south slips"], values["fab output"])[0, 1]
    assert together > 0.5
    assert abs(apart) < 0.05


def test_a_case_is_the_same_alone_as_among_others() -> None:
    inputs = small_case()
    few, many = Cases(inputs, Spec("monte-carlo", 5)), Cases(inputs, Spec("monte-carlo", 500))
    assert few[3] == many[3]
    assert few[3].changes == Cases(inputs, Spec("monte-carlo", 5))[3].changes
    assert few[3].drawn != Cases(inputs, Spec("monte-carlo", 5, seed=2))[3].drawn


def test_a_latin_hypercube_has_one_case_in_each_slice() -> None:
    output = np.sort(drawn(20, "latin-hypercube")["fab output"])
    edges = [triangular(share / 20, 0.6, 1, 1.2) for share in range(21)]
    assert all(low <= v <= high for low, v, high in zip(edges, output, edges[1:], strict=False))


def test_inverses_by_hand() -> None:
    assert triangular(0.5, 0, 0, 2) == pytest.approx(2 - 2**0.5)
    assert triangular(0.5, 0, 1, 2) == 1
    assert triangular(0.3, 4, 4, 4) == 4
    assert [empirical(share, [1, 2, 3, 4]) for share in (0, 0.24, 0.25, 0.99, 1)] == [1, 1, 2, 4, 4]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("low", None, "draws!J5: a triangular draw needs low. Fill it in"),
        ("low", 1.1, "low, mode and high are not in ascending order"),
        ("distribution", None, "the first row of a draw must name its distribution"),
    ],
)
def test_a_draw_that_is_not_whole_is_told(column: str, value: object, said: str) -> None:
    sheets = small_sheets()
    sheets["draws"][3][column] = value
    with pytest.raises(InputFaults) as caught:
        read_draws(inputs_from_rows("small", sheets))
    assert said in str(caught.value)


def test_grids_hold_every_combination_and_one_at_a_time_each_value_alone() -> None:
    vary = ("crews[*].systems_per_month*=0.5,1", "energisation[south feeder,*].from+=0d,31d,61d")
    grid = Cases(small_case(), Spec("grid", vary=vary))
    assert len(grid) == 6
    assert len({tuple(grid[n].drawn.values()) for n in range(6)}) == 6
    assert [str(c) for c in grid[5].changes] == [
        "crews[*].systems_per_month*=1",
        "energisation[south feeder,*].from+=61d",
    ]
    single = Cases(small_case(), Spec("one-at-a-time", vary=vary))
    assert [len(single[n].changes) for n in range(len(single))] == [0, 1, 1, 1, 1, 1]
    with pytest.raises(PlannerError, match="mixes numbers and days"):
        parse_axis("energisation[*].from+=0d,31")


def test_the_same_sweep_is_the_same_table_on_every_engine(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    pytest.importorskip("ray")
    found = {}
    for engine in ENGINES:
        folder = tmp_path / engine
        write_sweep(swept(folder, engine), folder)
        found[engine] = files(folder)
    assert all(found[engine] == found["serial"] for engine in ENGINES)


def test_a_case_of_the_sweep_is_the_plan_of_its_changes(tmp_path: Path) -> None:
    """The figures are those of the changed rows, planned from the beginning."""
    sweep = swept(tmp_path, cases=4, counts="integer")
    for record in sweep.records:
        case = sweep.cases[record["case"]]
        _, base = make_base(apply(sweep.inputs, case.what_if()))
        cold = plan_near(base, apply(sweep.inputs, case.what_if()), from_base=False).plan
        result = record["result"]
        cost = sum(cold.summary["present_costs"].values())  # type: ignore[attr-defined]
        assert result["missed_mw_months"] == pytest.approx(
            cold.summary["missed_mw_months"], abs=0.002
        )
        assert result["present_cost"] == pytest.approx(cost, rel=2e-3, abs=0.6)


def test_a_budget_that_holds_plans_back_is_named_by_its_day(tmp_path: Path) -> None:
    """50 buy five systems of 10 at most, without any hall."""
    sheets = {**small_sheets(), "budget": [{"date": "2026-07-15", "cumulative": 50}]}
    sweep = run_sweep(
        inputs_from_rows("small", sheets), Spec("scenarios", counts="continuous"), tmp_path / "s"
    )
    names = {row["bottleneck"] for row in tables_of(sweep)["bottlenecks"]}
    assert "budget until 2026-07-15" in names


def test_money_in_millions_keeps_what_is_small_and_says_no_minus_nothing() -> None:
    (row,) = in_millions([{"cost_more": -1740.0, "present_cost": 1_234_567.0}])
    assert row == {"cost_more_millions": -0.0017, "present_cost_millions": 1.23}
    (row,) = in_millions([{"cost_more": -0.4}])
    assert str(row["cost_more_millions"]) == "0.0"


def test_tables_add_up(tmp_path: Path) -> None:
    sweep = swept(tmp_path, cases=12)
    tables = tables_of(sweep)
    assert [row["case"] for row in tables["cases"]] == list(range(12))
    missed = [
        m["missed_mw"]
        for r in sweep.records
        for m in r["result"]["milestones"]
        if m["date"] == "2026-04-30"
    ]
    row = next(r for r in tables["milestones"] if r["date"] == "2026-04-30")
    assert row["probability_met"] == pytest.approx(sum(mw == 0 for mw in missed) / 12, abs=1e-4)
    assert row["mean_missed_mw"] == pytest.approx(sum(missed) / 12, abs=1e-3)
    assert all(r["p10"] <= r["p50"] <= r["p90"] for r in tables["percentiles"])
    assert sum(r["cases"] for r in tables["bottlenecks"]) == 12
    slips = [
        r for r in tables["slips"] if r["quantity"] == "south slips" and r["date"] == "2026-04-30"
    ]
    assert sum(r["cases"] for r in slips) == 12


def test_scenarios_are_swept_beside_the_base_case(tmp_path: Path) -> None:
    sweep = swept(tmp_path, method="scenarios", cases=0)
    rows = tables_of(sweep)["scenarios"]
    assert [row["scenario"] for row in rows] == ["base", "few crews", "late south"]
    assert rows[0]["missed_more"] == rows[0]["cost_more"] == 0
    assert rows[2]["missed_more"] > 0
    assert rows[1]["probability"] == 0.2
    for row in tables_of(sweep)["milestones"]:
        met = sum(
            m["missed_mw"] <= MET
            for r in sweep.records
            for m in r["result"]["milestones"]
            if m["date"] == row["date"]
        )
        assert row["share_met"] == pytest.approx(met / len(sweep.records), abs=1e-4)
        assert "probability_met" not in row


def test_a_case_that_fails_is_recorded_and_stops_nothing(tmp_path: Path) -> None:
    sweep = swept(tmp_path, method="grid", cases=0, vary=("crews[*].systems_per_month+=0,-4,1",))
    assert [r["result"]["status"] == FAILED for r in sweep.records] == [False, True, False]
    why = sweep.records[1]["result"]["why"]
    assert "crews!C2 is 3: systems_per_month is out of range" in why
    assert [row["status"] for row in tables_of(sweep)["cases"]][1] == FAILED
    paths = write_sweep(sweep, tmp_path)
    assert all(Path(path).exists() for path in paths.values())


@pytest.mark.parametrize("engine", ["local", "dask", "ray"])
def test_cases_whose_worker_is_killed_run_again(engine: str, tmp_path: Path) -> None:
    if engine != "local":
        pytest.importorskip("distributed" if engine == "dask" else "ray")

    def kill_once(number: int) -> int:
        mark = tmp_path / f"killed-{number}"
        if number in (1, 5) and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    found = list(run_all(Engine(engine, 2), kill_once, list(range(10)), lambda task: -1))
    assert sorted(found) == list(range(10))
    assert len(list(tmp_path.iterdir())) == 2


def test_no_worker_outlives_a_sweep_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from planner.whatif.engines import Engine, run_all\n"
        "def work(number):\n"
        f"    open(os.path.join({str(tmp_path)!r}, str(os.getpid())), 'w').close()\n"
        "    time.sleep(60)\n"
        "list(run_all(Engine('local', 2), work, list(range(8)), lambda task: -1))\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert len(workers) == 2
    run.send_signal(signal.SIGKILL)
    run.wait()
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_running, workers))


def test_one_local_worker_leaves_this_process_alone() -> None:
    def work(number: int) -> int:
        time.sleep(0.4)
        return number

    assert sorted(run_all(Engine("local", 1), work, [1, 2, 3, 4], lambda task: -1)) == [1, 2, 3, 4]
    time.sleep(ORPHANED)


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("engine", ["local", "dask", "ray"])
def test_a_case_that_always_kills_its_worker_is_given_up(engine: str) -> None:
    if engine != "local":
        pytest.importorskip("distributed" if engine == "dask" else "ray")

    def kill(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    found = list(run_all(Engine(engine, 2), kill, list(range(6)), lambda task: -task))
    assert -3 in found
    assert sorted(map(abs, found)) == list(range(6))


def test_a_torn_line_is_dropped_and_a_damaged_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    with Journal(path, "a").open() as journal:
        for number in range(3):
            journal.add({"case": number, "result": {}})
        with pytest.raises(ValueError, match="case 1 has run already"):
            journal.add({"case": 1, "result": {}})
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    with Journal(path, "a").open() as journal:
        assert sorted(journal.records) == [0, 1]
        journal.add({"case": 2, "result": {}})
    assert path.read_bytes() == whole
    with pytest.raises(PlannerError, match="of another sweep"):
        Journal(path, "b")
    path.write_bytes(whole[:10] + whole[12:])
    with pytest.raises(PlannerError, match="damaged before its last line"):
        Journal(path, "a")


def start(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    code = "from planner.cli.main import main; main()"
    arguments = [
        "sweep",
        str(folder.parent / "small.xlsx"),
        "-o",
        str(folder),
        "--cases",
        "60",
        "--workers",
        "2",
        *more,
    ]
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def lines(folder: Path) -> int:
    journal = folder / "cases.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_a_sweep_killed_three_times_loses_nothing(tmp_path: Path) -> None:
    """No case is lost, none runs twice, and the tables are those of an undisturbed run."""
    write_workbook(tmp_path / "small.xlsx", small_sheets())
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert start(whole).wait() == 0
    moment = random.Random(7)
    for kill in range(3):
        run = start(killed, *(["--resume"] if kill else []))
        enough = lines(killed) + moment.randint(0, 16)
        while run.poll() is None and lines(killed) <= enough:
            time.sleep(0.01)
        time.sleep(moment.random() / 20)
        assert run.poll() is None, "it ended before it was killed"
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert start(killed, "--resume").wait() == 0
    numbers = [json.loads(line)["case"] for line in (killed / "cases.jsonl").open()]
    assert sorted(numbers) == list(range(60))
    assert files(killed) == files(whole)


def test_the_command_refuses_to_begin_over_a_sweep_and_to_resume_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_workbook(tmp_path / "small.xlsx", small_sheets())
    run = CliRunner().invoke
    arguments = ["sweep", "small.xlsx", "--cases", "3", "--engine", "serial"]
    done = run(planner, [*arguments, "--json"], standalone_mode=False)
    document = json.loads(done.stdout)
    assert document["cases"] == 3
    assert document["failed"] == 0
    again = run(planner, arguments, standalone_mode=False)
    assert "Continue it (--resume)" in str(again.exception)
    other = run(planner, [*arguments, "--seed", "2", "--resume"], standalone_mode=False)
    assert "is of another sweep" in str(other.exception)
    same = run(planner, [*arguments, "--resume"], standalone_mode=False)
    assert same.return_value == 0


def test_the_command_knows_the_methods_and_engines() -> None:
    assert command.METHODS == cases_module.METHODS
    assert command.ENGINES == ENGINES


@pytest.mark.parametrize("counts", ["integer", "continuous"])
def test_a_what_if_near_the_base_is_the_plan_from_the_beginning(counts: str) -> None:
    # Small models are otherwise planned from the beginning.
    tuning = Tuning(small_model_max_integers=0)
    inputs = small_case()
    inputs = apply(inputs, what_if(inputs, None, [f"settings[counts].value={counts}"]))
    _, base = make_base(inputs)
    expressions = [
        "supply[fab,unit].price*=1.1",
        "halls[*].fit_out_cost*=2",
        "energisation[south feeder,*].from+=31d",
        "milestones[demand,*].mw*=0.9",
    ]
    found_near = 0
    for asked in (["few crews"], ["late south"], *[[None, [one]] for one in expressions]):
        changed = apply(inputs, what_if(inputs, *asked))  # type: ignore[arg-type]
        near = plan_near(base, changed, tuning=tuning)
        cold = plan_near(base, changed, from_base=False)
        found_near += near.is_near
        assert cold.is_near is False
        missed = [p.plan.summary["missed_mw_months"] for p in (near, cold)]
        assert missed[0] == pytest.approx(missed[1], abs=1e-4)
        costs = [sum(p.plan.summary["present_costs"].values()) for p in (near, cold)]  # type: ignore[attr-defined]
        assert costs[0] == pytest.approx(costs[1], rel=0.03)
        assert costs[0] * (1 - near.plan.summary["gap"]) <= costs[1] * (1 + 1e-6)  # type: ignore[operator]
    assert found_near >= 3
