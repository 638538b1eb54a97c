"""Plan the shipped workbooks, each in a process of its own, and write down what it took.

Run it on demand from the root of the repository:

    python tests/benchmarks/run.py [--time-limit S] [case ...]

It writes `RESULTS.md` beside itself. The reference of the same run is HiGHS alone: the model
written to an MPS file by PuLP, read by HiGHS, and its linear relaxation solved for present cost,
with the megawatts missed held at those of the plan. So figures of two machines can be compared by
their ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).with_name("RESULTS.md")
CASES = ("first-plan", "openai-750mw", "openai-2gw", "frontier-sites")
SHORTEST_S = 0.05
STAGES = ("case", "model", "handover", "solve", "extract", "verify")


@dataclass(frozen=True)
class Run:
    """What a process printed, its seconds of the clock and of processors, and its most memory."""

    document: dict[str, Any]
    clock_s: float
    processor_s: float
    memory_mb: float
    code: int


@dataclass(frozen=True)
class Measured:
    """A case: its plan and its reference."""

    case: str
    plan: Run
    reference: Run


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="case", help=", ".join(CASES))
    parser.add_argument("--time-limit", type=float, default=540.0, help="seconds for each plan")
    parser.add_argument("--reference", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.reference:
        print(json.dumps(reference(arguments.reference[0], Path(arguments.reference[1]))))
        return
    unknown = set(arguments.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    measured = []
    for case in arguments.cases or CASES:
        measured.append(measure(case, arguments.time_limit))
        print(f"{case}: {measured[-1].plan.processor_s:.1f} s", file=sys.stderr)
    RESULTS.write_text(report(measured), encoding="utf-8")
    print(RESULTS.relative_to(ROOT))


def measure(case: str, time_limit: float) -> Measured:
    """Plan a case as a user would, then solve its reference."""
    with tempfile.TemporaryDirectory() as folder:
        plan = run(
            "-m",
            "planner.cli.main",
            "plan",
            f"inputs/{case}.xlsx",
            "-o",
            f"{folder}/plan",
            "--time-limit",
            str(time_limit),
            "--json",
        )
        return Measured(case, plan, run(__file__, "--reference", case, f"{folder}/plan"))


def run(*arguments: str) -> Run:
    """Run Python with these arguments and wait for what it prints."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        # wait4 tells the memory of this process alone, getrusage the most of all so far.
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},  # this tree, whatever is installed
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        clock_s = time.perf_counter() - started
        out.seek(0)
        text = out.read()
    if not text:
        sys.exit(f"{' '.join(arguments)} ended with exit code {child.returncode}")
    units_per_mb = 1024**2 if sys.platform == "darwin" else 1024
    processor_s, memory_mb = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / units_per_mb
    return Run(json.loads(text), clock_s, processor_s, memory_mb, child.returncode)


def reference(case: str, plan_folder: Path) -> dict[str, Any]:
    """Take a model the plain way: MPS by PuLP, bare HiGHS, linear relaxation of present cost."""
    import highspy  # noqa: PLC0415
    import pulp  # noqa: PLC0415

    from planner.case.case import make_case  # noqa: PLC0415
    from planner.model.build import build_model  # noqa: PLC0415
    from planner.model.objectives import present_cost  # noqa: PLC0415
    from planner.plan.store import load_plan  # noqa: PLC0415
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    of_case = make_case(read_inputs(ROOT / "inputs" / f"{case}.xlsx"))
    model = build_model(of_case)
    starts = {day: period for period, day in enumerate(of_case.calendar.starts)}
    for row in load_plan(plan_folder).tables["ramp"]:
        key = (str(row["commitment"]), starts[row["period"]])  # type: ignore[index]
        if key in model.decisions.missed_mw:
            model.decisions.missed_mw[key].upBound = float(row["missed_mw"]) + 1e-6  # type: ignore[arg-type]
    tier = present_cost(model)
    model.frame.problem.setObjective(tier.expression)
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.mps")
        timed(seconds, "write", lambda: model.frame.problem.writeMPS(path, mip=1))
        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("solve_relaxation", True)):
            solver.setOptionValue(option, value)
        timed(seconds, "read", lambda: solver.readModel(path))
    timed(seconds, "solve", solver.run)
    bound = solver.getInfo().objective_function_value + float(tier.expression.constant)
    return {
        "seconds": seconds,
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "bound": bound * tier.scale,
        "pulp": pulp.__version__,
    }


def timed(seconds: dict[str, float], name: str, work: Any) -> None:
    started = time.process_time()
    work()
    seconds[name] = time.process_time() - started


def report(measured: list[Measured]) -> str:
    """Return the results as Markdown."""
    made_with = measured[0].plan.document["manifest"]
    versions = ", ".join(
        f"{key.removeprefix('version ')} {value}"
        for key, value in made_with.items()
        if key.startswith("version ")
    )
    command = " ".join(["python tests/benchmarks/run.py", *sys.argv[1:]])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [
        "# Benchmark",
        "",
        f"Made by `{command}`",
        f"on {datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()},",
        f"{cores} cores, solver threads: {made_with['threads']}, Python {made_with['python']},",
        f"{versions}.",
        "",
        "Seconds are of processors, for other work on the machine moves them less than the clock.",
        "They and memory are of this machine on that day; the ratios carry over better.",
        "",
        "## Plans",
        "",
        *table(
            (
                "case",
                "rows",
                "columns",
                "nonzeros",
                "whole numbers",
                "status",
                "gap",
                "missed MW-months",
                "exit code",
            ),
            map(size_row, measured),
        ),
        "",
        "## Time by stage",
        "",
        "Whole is the process from start to end. The stages are shares of its clock. Other is",
        "Python's start, imports, reading the workbook and writing the plan.",
        "",
        *table(
            ("case", *STAGES, "other", "whole, s", "peak memory, MB"),
            map(stage_row, measured),
        ),
        "",
        "## Against HiGHS alone",
        "",
        "The reference writes the same model to an MPS file with PuLP, reads it into HiGHS and",
        "solves the linear relaxation of present cost, with missed MW held at those of the plan.",
        "",
        *table(
            (
                "case",
                "write MPS, s",
                "read MPS, s",
                "solve relaxation, s",
                "whole / relaxation",
                "plan's cost / relaxation",
            ),
            map(reference_row, measured),
        ),
    ]
    return "\n".join(parts) + "\n"


def table(header: tuple[str, ...], rows: Any) -> list[str]:
    """Return a Markdown table, numbers to the right."""
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def size_row(one: Measured) -> list[str]:
    plan = one.plan.document
    size = plan["model"]
    gap = "not proven" if plan["gap"] is None else f"{plan['gap']:.3%}"
    sizes = [f"{size[kind]:,}" for kind in ("rows", "columns", "nonzeros", "integers")]
    missed = f"{plan['missed_mw_months']:,.1f}"
    return [one.case, *sizes, plan["status"], gap, missed, str(one.plan.code)]


def stage_row(one: Measured) -> list[str]:
    seconds, clock_s = one.plan.document["seconds"], one.plan.clock_s
    shown = [seconds[stage] for stage in STAGES]
    shares = [s / clock_s for s in (*shown, clock_s - sum(shown))]
    return [
        one.case,
        *(f"{share:.1%}" for share in shares),
        f"{one.plan.processor_s:.1f}",
        f"{one.plan.memory_mb:,.0f}",
    ]


def reference_row(one: Measured) -> list[str]:
    plan, found = one.plan.document, one.reference.document
    seconds = found["seconds"]
    cost = sum(plan["present_costs"].values())
    return [
        one.case,
        *(f"{seconds[k]:.2f}" for k in ("write", "read", "solve")),
        ratio(one.plan.processor_s, sum(seconds.values())),
        f"{cost / found['bound']:.4f}" if found["status"] == "Optimal" else found["status"],
    ]


def ratio(seconds: float, reference: float) -> str:
    """Return a ratio of times, unless the reference is too short to tell anything."""
    return f"{seconds / reference:.2f}" if reference >= SHORTEST_S else "too short"


if __name__ == "__main__":
    main()
