"""Plan large generated workbooks with whole numbers, beside bare HiGHS on the same model.

Run it on demand from the root of the repository:

    python tests/benchmarks/ramps.py M --gap 0.005 --time-limit 1800
    python tests/benchmarks/ramps.py L --gap 0.02 --time-limit 900 --threads 2 --no-reference
    python tests/benchmarks/ramps.py inputs/openai-750mw.xlsx --gap 0.001

It prints one row of the table in `RAMPS.md`. The reference is the whole model with its whole
numbers, missed megawatts held at zero, written to an MPS file by PuLP and solved by HiGHS from
the file to the same gap, at most as long as `--reference-limit`. Seconds are of processor time as
well as of the clock, for on a shared machine only the first can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("case", help="a size of generate.py, or a workbook")
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--time-limit", type=float, default=1800.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--reference-limit", type=float, default=1800.0)
    parser.add_argument("--no-reference", action="store_true")
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        print(json.dumps(bare(Path(given.case), given.gap, given.reference_limit, given.threads)))
        return
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(given.case)
        if workbook.suffix != ".xlsx":
            workbook = Path(folder) / f"{given.case}.xlsx"
            timed(["tests/benchmarks/generate.py", given.case, str(workbook)])
        plan, seconds, busy, memory = timed(
            [
                "-m",
                "planner.cli.main",
                "plan",
                str(workbook),
                "-o",
                f"{folder}/plan",
                "--json",
                "--gap",
                str(given.gap),
                "--time-limit",
                str(given.time_limit),
                "--threads",
                str(given.threads),
            ]
        )
        gap = "none" if plan["gap"] is None else f"{plan['gap']:.3%}"
        row = [
            given.case,
            f"{given.gap:.2%}",
            plan["status"],
            gap,
            f"{seconds:.0f}",
            f"{busy:.0f}",
            f"{memory:,.0f}",
        ]
        if not given.no_reference:
            reference, seconds, busy, _ = timed(
                [
                    __file__,
                    str(workbook),
                    "--bare",
                    "--gap",
                    str(given.gap),
                    "--reference-limit",
                    str(given.reference_limit),
                    "--threads",
                    str(given.threads),
                ]
            )
            row += [reference["status"], f"{reference['gap']:.3%}", f"{seconds:.0f}", f"{busy:.0f}"]
    print("| " + " | ".join(row) + " |")


def timed(arguments: list[str]) -> tuple[Any, float, float, float]:
    """Run Python and return its document, seconds, seconds of processor time, and memory in MB."""
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            stdout=out,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().strip()
    document = json.loads(text) if text.startswith("{") else {}
    busy = usage.ru_utime + usage.ru_stime
    return document, time.perf_counter() - started, busy, usage.ru_maxrss / 1024


def bare(workbook: Path, gap: float, limit: float, threads: int) -> dict[str, Any]:
    """Solve the whole model from a file with HiGHS alone, nothing missed."""
    import highspy  # noqa: PLC0415

    from planner.case.case import make_case  # noqa: PLC0415
    from planner.model.build import build_model  # noqa: PLC0415
    from planner.model.objectives import present_cost  # noqa: PLC0415
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    model = build_model(make_case(read_inputs(workbook)))
    for missed in model.decisions.missed_mw.values():
        missed.upBound = 0.0
    model.frame.problem.setObjective(present_cost(model).expression)
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False),
        ("threads", threads),
        ("mip_rel_gap", gap),
        ("time_limit", limit),
    ):
        solver.setOptionValue(option, value)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.mps")
        model.frame.problem.writeMPS(path, mip=1)
        solver.readModel(path)
    solver.run()
    found = solver.getInfo()
    return {"status": solver.modelStatusToString(solver.getModelStatus()), "gap": found.mip_gap}


if __name__ == "__main__":
    main()
