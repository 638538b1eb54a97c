"""Kill a process while it writes a plan, again and again; the plan on disk must stay whole.

Run it on demand from the root of the repository:

    python tests/on_demand/kills.py [--kills N] plan-folder

Each child writes the same plan over the one that stands there, and is killed with no warning
after a time drawn anew. Then the folder must load, and its workbook must open with every sheet.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from planner.plan.folders import settled  # noqa: E402
from planner.plan.store import load_plan, save_plan  # noqa: E402
from planner.reports.excel import write_plan_workbook  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("plan", type=Path, help="folder of a plan")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        write(arguments.plan, arguments.child)
    else:
        sys.exit(run(arguments.plan, arguments.kills))


def write(source: Path, target: Path) -> None:
    """Say that the writing begins, then write again and again until killed."""
    plan = load_plan(source)
    print("ready", flush=True)
    while True:
        save_plan(plan, target, {"plan.xlsx": lambda path: write_plan_workbook(plan, path)})


def run(source: Path, kills: int) -> int:
    """Kill writers; return 1 if any left a plan that is not whole."""
    drawn = random.Random(0)
    bad = interrupted = 0
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "plan"
        shutil.copytree(source, target)
        for number in range(kills):
            child = subprocess.Popen(
                [sys.executable, __file__, str(source), "--child", str(target)],
                stdout=subprocess.PIPE,
            )
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(drawn.uniform(0.0, 3.0))
            child.send_signal(signal.SIGKILL)
            child.wait()
            interrupted += bool(list(Path(scratch).glob(".plan.planner-*")))
            if fault := broken(target):
                bad += 1
                print(f"kill {number}: {fault}")
        print(f"{kills} kills, {interrupted} of them within a writing, {bad} plans not whole")
    return 1 if bad else 0


def broken(folder: Path) -> str:
    """Return what is wrong with a plan's folder; empty if it is whole."""
    try:
        load_plan(folder)
        with zipfile.ZipFile(settled(folder) / "plan.xlsx") as archive:
            return archive.testzip() or ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
