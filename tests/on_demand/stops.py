"""Stop a plan in every stage, hundreds of times, and look at what is left.

Run it on demand from the root of the repository:

    python tests/on_demand/stops.py [--kills N] [--stops N] [--log FILE]

A child plans `first-plan` over a plan that stands there, and says which stage begins. In a stage
drawn at random, at a moment drawn at random, it is killed with no warning, interrupted (Ctrl-C) or
terminated. Then, whatever the stage:

- the plan on disk loads, every file that it lists is there and its workbook opens, and so are
  files that are not the planner's;
- after a kill the next run plans as if nothing had been;
- after Ctrl-C or a termination it ends within some seconds with 130 and a sentence, or with 0 if it
  was done, without a traceback, a process or a file left behind; and if it was searching, the best
  plan so far is on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
WORKBOOK = ROOT / "inputs" / "first-plan.xlsx"
STAGES = (
    "begin",
    "read",
    "case",
    "model",
    "handover",
    "solve",
    "extract",
    "verify",
    "save",
    "report",
    "print",
)
LONGEST_STAGE = 0.5
PATIENCE = 60.0
WITHIN = 2.0
"""Seconds within which an interrupted plan is on disk."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stops", type=int, default=50, help="of Ctrl-C, and of terminations")
    parser.add_argument("--log", type=Path, default=Path("stops.log"), help="one line a trial")
    parser.add_argument("--at", choices=STAGES, help="one trial in this stage")
    parser.add_argument("--signal", type=int, default=int(signal.SIGINT), help="of that trial")
    parser.add_argument("--folder", type=Path, help="scratch folder of that trial")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        return child(arguments.child)
    if arguments.at:
        found = trial(arguments.folder, arguments.at, arguments.signal, 0.0)
        print(found["fault"] or "", end="", file=sys.stderr)
        return int(bool(found["fault"]))
    return every(arguments.kills, arguments.stops, arguments.log)


def every(kills: int, stops: int, log: Path) -> int:
    """Make all trials; return 1 if any left what it should not."""
    drawn, counts, slowest = random.Random(0), Counter[tuple[str, str, bool]](), 0.0
    kinds = [signal.SIGKILL] * kills + [signal.SIGINT] * stops + [signal.SIGTERM] * stops
    for kind in kinds:
        stage = drawn.choice(STAGES)
        with tempfile.TemporaryDirectory() as scratch:
            found = trial(Path(scratch), stage, kind, drawn.uniform(0.0, LONGEST_STAGE))
        counts[kind.name, str(found["stage"]), not found["fault"]] += 1
        slowest = max(slowest, found["seconds"] if kind != signal.SIGKILL else 0.0)
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"signal": kind.name, **found}) + "\n")
        if found["fault"]:
            print(f"{kind.name} in {found['stage']}: {found['fault']}", flush=True)
    for (name, stage, well), count in sorted(counts.items()):
        print(f"{name} in {stage}: {count} {'well' if well else 'NOT WELL'}")
    print(f"slowest end after Ctrl-C or termination: {slowest:.1f} s")
    return int(any(not well for _, _, well in counts))


def trial(scratch: Path, stage: str, number: int, delay: float) -> dict[str, Any]:
    """Stop one child at a stage; tell the stage it was in, how long it took to end, any fault."""
    target, kept, temporary = scratch / "plan", "kept by hand.txt", scratch / "temporary"
    temporary.mkdir()
    shutil.copytree(_standing(), target)
    (target / kept).write_text("mine", encoding="utf-8")
    before = (target / "plan.json").read_bytes()
    process = subprocess.Popen(
        [sys.executable, __file__, "--child", str(target)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    reached = ""
    while reached != stage and (line := process.stdout.readline()):
        reached = line.removeprefix("stage ").strip() if line.startswith("stage ") else reached
    time.sleep(delay)
    process.send_signal(number)
    sent = time.perf_counter()
    rest, told = process.communicate(timeout=PATIENCE)
    seconds = time.perf_counter() - sent
    later = [text for text in rest.splitlines() if text.startswith("stage ")]
    found = {
        "stage": reached,
        "then": len(later),
        "seconds": round(seconds, 2),
        "code": process.returncode,
    }
    fault = broken(target, kept)
    if number == signal.SIGKILL:
        fault = fault or _plans_again(target, kept)
    else:
        wrote = (target / "plan.json").read_bytes() != before
        fault = (
            fault
            or _traces(scratch, temporary, process.pid)
            or _ending(process.returncode, told, seconds, wrote=wrote, reached=reached)
        )
    return {**found, "fault": fault}


def _ending(code: int, told: str, seconds: float, *, wrote: bool, reached: str) -> str:
    """Return what is wrong with how an interrupted run ended.

    Before the command begins, and after it has ended, Python itself dies of the signal.
    """
    if code < 0 and (wrote or reached == "begin"):
        return ""
    if "Traceback" in told or "Error" in told:
        return f"it ended with {code} and: {told[-1500:]}"
    if code not in (0, 130):
        return f"it ended with {code}: {told[-300:]}"
    if code == 130 and not wrote and "interrupted" not in told:
        return f"it does not say that it was interrupted: {told[-300:]}"
    if reached == "solve" and code == 130 and not wrote and "before any plan was found" not in told:
        return f"the best plan so far is lost: {told[-300:]}"
    late = wrote and seconds > WITHIN * slowness()
    return f"the plan was on disk after {seconds:.1f} s" if late else ""


def _traces(scratch: Path, temporary: Path, group: int) -> str:
    """Return what an ended run has left behind: a process of its group, or a file."""
    for _ in range(20):  # a process that was killed is gone some moments later
        left = [
            path.name
            for path in (*scratch.iterdir(), *temporary.iterdir())
            if path.name not in ("plan", "temporary")
        ]
        if not left and not _lives(group):
            return ""
        time.sleep(0.1)
    return f"left behind: {left or 'a process'}"


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def broken(folder: Path, kept: str) -> str:
    """Return what is wrong with a plan's folder; empty if it is whole."""
    from planner.plan.plan_folders import settled  # noqa: PLC0415
    from planner.plan.store import load_plan  # noqa: PLC0415

    try:
        load_plan(folder)
        place = settled(folder)
        listed = json.loads((place / "plan.json").read_text(encoding="utf-8"))["files"]
        if missing := [name for name in listed if not (place / name).is_file()]:
            return f"{', '.join(missing)} is missing"
        if "plan.xlsx" in listed:  # the plan is on disk before its reports
            with zipfile.ZipFile(place / "plan.xlsx") as archive:
                if archive.testzip():
                    return "plan.xlsx is damaged"
        homes = (
            place / kept,
            folder / kept,
            folder.with_name(f".{folder.name}.planner-old") / kept,
        )
        return "" if any(home.exists() for home in homes) else "a person's file is lost"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _plans_again(target: Path, kept: str) -> str:
    """Write the plan again over what a killed run has left."""
    from planner.plan.store import load_plan, save_plan  # noqa: PLC0415
    from planner.reports.report_kinds import report_writers  # noqa: PLC0415

    plan = load_plan(_standing())
    save_plan(plan, target, report_writers(plan, ("xlsx", "html")))
    if not (target / kept).exists():
        return "a person's file is lost after the next run"
    left = [path.name for path in target.parent.iterdir() if path.name.startswith(".plan.")]
    return f"left behind after the next run: {left}" if left else ""


_MADE: list[Path] = []


def _standing() -> Path:
    """Return a folder with the plan that stands there before, made once."""
    if not _MADE:
        from planner.pipeline import make_plan  # noqa: PLC0415
        from planner.plan.store import save_plan  # noqa: PLC0415
        from planner.reports.report_kinds import report_writers  # noqa: PLC0415
        from planner.workbook.reading import read_inputs  # noqa: PLC0415

        folder = tempfile.TemporaryDirectory()
        _KEPT.append(folder)
        plan = make_plan(read_inputs(WORKBOOK))
        _MADE.append(Path(folder.name) / "plan")
        save_plan(plan, _MADE[0], report_writers(plan, ("xlsx", "html")))
    return _MADE[0]


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
_SLOWNESS: list[float] = []


def slowness() -> float:
    """Return by how much this machine is slower now than one on which a start takes 0.1 s."""
    if not _SLOWNESS:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import pandas, pulp, openpyxl"], check=True)
        _SLOWNESS.append(max(1.0, (time.perf_counter() - started) / 1.0))
    return _SLOWNESS[0]


def child(target: Path) -> int:
    """Plan, saying which stage begins."""
    print("stage begin", flush=True)
    from planner import pipeline  # noqa: PLC0415
    from planner.cli import plan  # noqa: PLC0415
    from planner.cli.main import main as command  # noqa: PLC0415
    from planner.plan import saved_reports, store  # noqa: PLC0415
    from planner.workbook import reading  # noqa: PLC0415

    def said(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def tell(*arguments: Any, **others: Any) -> Any:
            print(f"stage {stage}", flush=True)
            return work(*arguments, **others)

        return tell

    staged = pipeline.StageTimer.stage

    @contextmanager
    def stage(clock: pipeline.StageTimer, name: str) -> Iterator[None]:
        print(f"stage {name}", flush=True)
        with staged(clock, name):
            yield

    reading.read_inputs = said("read", reading.read_inputs)
    store.save_plan = said("save", store.save_plan)
    saved_reports.save_reports = said("report", saved_reports.save_reports)
    plan._exit_code = said("print", plan._exit_code)
    pipeline.StageTimer.stage = stage  # type: ignore[method-assign, assignment]
    command(["plan", str(WORKBOOK), "-o", str(target), "--json"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
