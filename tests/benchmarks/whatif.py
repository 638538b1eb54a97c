"""Measure what-ifs and sweeps on a shipped case: run it by hand, alone on the machine.

python tests/benchmarks/whatif.py near [COUNT]     single changes near the base plan against cold
python tests/benchmarks/whatif.py scaling [CASES]  one local worker against two, and the overhead
python tests/benchmarks/whatif.py kills [CASES]    kill -9 at ten random moments, resume, compare
"""

from __future__ import annotations

import itertools
import json
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from planner.errors import PlannerError
from planner.pipeline import make_plan
from planner.whatif.applied_changes import apply
from planner.whatif.cases import Spec
from planner.whatif.changes import key_text, what_if
from planner.whatif.engines import Engine
from planner.whatif.solve_reuse import make_base, plan_near
from planner.whatif.sweep import Progress, run_sweep
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs
from planner.workbook.schema.sheets import BY_NAME

ROOT = Path(__file__).parents[2]
CASE = ROOT / "inputs/openai-750mw.xlsx"
TABLES = ("cases", "ramp", "percentiles", "milestones", "tornado", "slips", "bottlenecks")
COLUMNS = (
    ("supply", "price", "*=", (0.95, 1.05)),
    ("lanes", "cost", "*=", (0.8, 1.2)),
    ("sites", "energy_price", "*=", (0.9, 1.1)),
    ("halls", "fit_out_cost", "*=", (0.9, 1.1)),
    ("supply_capacity", "units_per_month", "*=", (0.97, 1.05)),
    ("energisation", "mw", "*=", (0.97, 1.05)),
    ("crews", "systems_per_month", "*=", (0.95, 1.1)),
    ("plants", "units_per_month", "*=", (0.95, 1.1)),
    ("halls", "it_mw", "*=", (0.98, 1.05)),
    ("systems", "overhead_kw", "*=", (0.98, 1.02)),
    ("milestones", "mw", "*=", (0.99, 1.01)),
)
"""Column, operator and factors of single changes."""


EVERY = 20
"""One in so many single changes is planned from the beginning too."""


def single_changes(inputs: Inputs, count: int) -> list[str]:
    """Return changes of one cell each, drawn once and for all from the columns above."""
    every = [
        f"{sheet}[{key_text([row[k] for k in BY_NAME[sheet].key])}].{column}{operator}{factor}"
        for sheet, column, operator, factors in COLUMNS
        for row in inputs.tables[sheet]
        if row[column]
        for factor in factors
    ]
    random.Random(1).shuffle(every)
    return list(itertools.islice(_possible(inputs, every), count))


def _possible(inputs: Inputs, changes: list[str]) -> Iterator[str]:
    for change in changes:
        try:
            apply(inputs, what_if(inputs, None, [change]))
        except PlannerError:
            continue
        yield change


def near(count: int) -> None:
    """Plan single changes near the base plan; some from the beginning too."""
    inputs = read_inputs(CASE)
    started = time.process_time()
    make_plan(inputs)
    cold = time.process_time() - started
    _, base = make_base(inputs)
    seconds: list[float] = []
    print(f"base from the beginning: {cold:.2f} CPU s", flush=True)
    for number, change in enumerate(single_changes(inputs, count)):
        changed = apply(inputs, what_if(inputs, None, [change]))
        started = time.process_time()
        found = plan_near(base, changed)
        seconds.append(time.process_time() - started)
        cost = _cost(found.plan)
        line = f"{seconds[-1]:6.2f} s {'near' if found.is_near else 'cold'} {change}"
        if number % EVERY == 0:
            other = make_plan(changed)
            line += (
                f": cost {cost / _cost(other) - 1:+.4%} of cold, which is {other.summary['status']}"
            )
        print(line, flush=True)
    median = statistics.median(seconds)
    print(f"median {median:.2f} CPU s, {median / cold:.3f} of the base from the beginning")


def _cost(plan: object) -> float:
    costs = plan.summary["present_costs"]  # type: ignore[attr-defined]
    return float(sum(costs.values()))


def scaling(cases: int) -> None:
    """Compare one local worker with two; the overhead is the wall beyond the cases' own time."""
    inputs, walls = read_inputs(CASE), {}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            seen: list[float] = []

            def listen(progress: Progress, seen: list[float] = seen) -> None:
                seen.append(progress.seconds)

            spec, engine = Spec("monte-carlo", cases), Engine("local", workers)
            sweep = run_sweep(inputs, spec, Path(folder), engine, listen)
        own = sum(record["run"]["seconds"] for record in sweep.records)
        walls[workers] = seen[-1]
        print(
            f"{workers} workers: wall {seen[-1]:.1f} s, cases {own:.1f} s, overhead "
            f"{seen[-1] * workers / own - 1:.1%}",
            flush=True,
        )
    print(f"scaling {walls[1] / walls[2]:.2f}")


def kills(cases: int) -> None:
    """Kill a sweep ten times, resume it, and compare its tables with an undisturbed run's."""
    moment = random.Random(1)
    with tempfile.TemporaryDirectory() as place:
        whole, killed = Path(place) / "whole", Path(place) / "killed"
        started = time.monotonic()
        _start(whole, cases).wait()
        pace = (time.monotonic() - started) / 10
        for kill in range(10):
            run = _start(killed, cases, *(["--resume"] if kill else []))
            time.sleep(moment.uniform(0.5, 1.0) * pace)
            run.send_signal(signal.SIGKILL)
            run.wait()
        _start(killed, cases, "--resume").wait()
        lines = (killed / "cases.jsonl").read_text(encoding="utf-8").splitlines()
        numbers = sorted(json.loads(line)["case"] for line in lines)
        print("each case once:", numbers == list(range(cases)))
        same = [
            (whole / f"{n}.csv").read_bytes() == (killed / f"{n}.csv").read_bytes() for n in TABLES
        ]
        print("same tables:", all(same), f"{pace * 10:.0f} s undisturbed")


def _start(folder: Path, cases: int, *more: str) -> subprocess.Popen[bytes]:
    code = "from planner.cli.main import main; main()"
    arguments = ["sweep", str(CASE), "-o", str(folder), "--cases", str(cases), "--workers", "2"]
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments, *more],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    job = {"near": near, "scaling": scaling, "kills": kills}[sys.argv[1]]
    job(int(sys.argv[2]) if len(sys.argv) > 2 else 100)
