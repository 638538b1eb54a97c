"""Interrupt a large plan at random moments of its search, and look at what is left.

Run it on demand from the root of the repository:

    python tests/on_demand/interrupts.py [--trials N] [--most SECONDS]

A command plans `openai-750mw`, with no gap allowed and with a cause of much lateness in turn, so
that it searches on for a minute and more. Some seconds after it has shown a first plan, drawn at
random, it is interrupted (Ctrl-C) or terminated. It must then end with 130, without a traceback,
with nothing but the plan in its folder, and the plan must load. Told is how long after the signal
the plan was on disk, and the command at its end. It ends with 1 if any trial failed.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
WORKBOOK = ROOT / "inputs" / "openai-750mw.xlsx"
WAYS = (["--gap", "0"], ["--set", "supply_capacity[Vicor,*].units_per_month*=0.3"])
FIRST_PLAN = re.compile(r"\w+: [\d.,]+ .*, bound ")
PATIENCE = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--most", type=float, default=30.0, help="seconds after the first plan")
    arguments = parser.parse_args()
    drawn, waits, faults = random.Random(0), list[tuple[float, float]](), 0
    for number in range(arguments.trials):
        kind = signal.SIGINT if number % 4 < 2 else signal.SIGTERM
        delay = drawn.uniform(0.0, arguments.most)
        fault, written, ended = trial(WAYS[number % 2], kind, delay)
        faults += bool(fault)
        waits += [] if fault else [(written, ended)]
        print(
            f"{kind.name} {delay:.1f} s after the first plan: on disk after {written:.2f} s, "
            f"ended after {ended:.2f} s {fault}",
            flush=True,
        )
    for what, times in zip(("plan on disk", "ended"), zip(*waits, strict=True), strict=False):
        print(f"{what}: median {median(times):.2f} s, slowest {max(times):.2f} s")
    print(f"{arguments.trials} trials, {faults} faults")
    return int(faults > 0)


def trial(changes: list[str], kind: signal.Signals, delay: float) -> tuple[str, float, float]:
    """Interrupt one plan; return any fault, and seconds until it was on disk and until the end."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "plan"
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "planner.cli.main",
                "plan",
                str(WORKBOOK),
                "-o",
                str(folder),
                *changes,
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        assert process.stderr is not None
        told = ""
        while line := process.stderr.readline():
            told += line
            if FIRST_PLAN.match(line):
                break
        time.sleep(delay)
        sent, clock = time.time(), time.perf_counter()
        process.send_signal(kind)
        told += process.stderr.read()
        process.wait()
        ended = time.perf_counter() - clock
        watchdog.cancel()
        made = folder / "plan.json"
        written = made.stat().st_mtime - sent if made.exists() else float("nan")
        return fault_of(process.returncode, told, folder), written, ended


def fault_of(code: int, told: str, folder: Path) -> str:
    """Return what is wrong with how an interrupted command ended; empty if nothing is."""
    from planner.plan.store import load_plan  # noqa: PLC0415

    if code != 130 or "Traceback" in told:
        return f"FAULT: it ended with {code}: {told[-500:]}"
    left = sorted(path.name for path in folder.parent.iterdir())
    if left != [folder.name]:
        return f"FAULT: left behind: {left}"
    status = load_plan(folder).summary["status"]
    return "" if status == "interrupted" else f"FAULT: the plan is called {status}"


if __name__ == "__main__":
    sys.exit(main())
