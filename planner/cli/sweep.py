"""`planner sweep`: plan many what-ifs."""

from __future__ import annotations

import json
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.arguments import finite, require_workbook
from planner.cli.ending import ended
from planner.errors import Interrupted

if TYPE_CHECKING:
    from datetime import datetime

    from planner.attempts import Attempts
    from planner.whatif.sweep import Progress, Sweep

METHODS = ("monte-carlo", "latin-hypercube", "one-at-a-time", "grid", "scenarios")
ENGINES = ("serial", "local", "dask", "ray")
SOME_FAILED = 4
NOTHING: dict[str, object] = {}


@click.command(name="sweep")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the sweep; by default outputs/<plan>-<method>/.",
)
@click.option("--method", type=click.Choice(METHODS), default="monte-carlo", show_default=True)
@click.option(
    "--cases",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Number of cases to draw.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--vary",
    multiple=True,
    metavar="CHANGES",
    help='Values of a grid, e.g. "crews[*].systems_per_month*=0.5,1,1.5".',
)
@click.option(
    "--set", "changes", multiple=True, metavar="CHANGE", help="A change made in every case."
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    help="Scenarios for --method scenarios; all by default.",
)
@click.option(
    "--decide-by",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="With --method scenarios: try the orders and openings before this day of each "
    "scenario's plan in every other one, for the table of least regret.",
)
@click.option(
    "--counts",
    type=click.Choice(["continuous", "integer"]),
    default="continuous",
    show_default=True,
    help="Whether systems and lots are whole numbers.",
)
@click.option(
    "--gap", type=click.FloatRange(0, 0.5), callback=finite, help="Relative gap of each case."
)
@click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Cases solved at a time, each with one solver thread.",
)
@click.option("--address", default="", help="Address of a running dask scheduler or ray cluster.")
@click.option("--resume", is_flag=True, help="Continue the sweep in the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(**options: Any) -> int:
    """Plan many what-ifs of WORKBOOK: random draws, grids or its scenarios.

    Each case is written to a journal when it is finished, so that --resume goes on after any
    interruption. Exit codes: 0 every case has a plan, 1 input faults, 2 usage, 4 some cases
    failed, 7 a file of the results failed, 130 interrupted (go on with --resume).

    \b
    Example: planner sweep inputs/openai-750mw.xlsx --cases 1000 --workers 2
             planner sweep inputs/openai-750mw.xlsx --method scenarios
             planner sweep my-plan.xlsx --method scenarios --decide-by 2026-07-01
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    with _Kept() as kept:
        return _swept(kept, **options)


def _swept(  # noqa: PLR0913  (each is an option)
    kept: _Kept,
    *,
    workbook: Path,
    output: Path | None,
    method: str,
    cases: int,
    seed: int,
    vary: tuple[str, ...],
    changes: tuple[str, ...],
    scenarios: tuple[str, ...],
    decide_by: datetime | None,
    counts: str,
    gap: float | None,
    engine: str,
    workers: int,
    address: str,
    resume: bool,
    as_json: bool,
) -> int:
    """Run the sweep and print its results."""
    if method != "scenarios" and (scenarios or decide_by is not None):
        raise click.UsageError("--scenario and --decide-by need --method scenarios")
    require_workbook(workbook)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.plan.plan_folders import plan_folder, require_room  # noqa: PLC0415
    from planner.whatif.cases import Spec  # noqa: PLC0415
    from planner.whatif.engines import Engine  # noqa: PLC0415
    from planner.whatif.sweep import FAILED, JOURNAL, SPEC, run_sweep  # noqa: PLC0415
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    inputs = read_inputs(workbook)
    asked = float(inputs.settings["gap"]) if gap is None else gap
    drawn = cases if method in METHODS[:2] else 0
    day = "" if decide_by is None else decide_by.date().isoformat()
    spec = Spec(method, drawn, seed, vary, changes, counts, asked, scenarios, day)
    folder = output or plan_folder(f"{inputs.settings['plan']}-{method}")
    where = Engine(engine, workers, address)
    require_room(folder, (SPEC, JOURNAL), "a sweep")
    kept.journal = folder / JOURNAL
    with _Bar() as listen:
        sweep = run_sweep(inputs, spec, folder, where, listen, resume=resume)
    tried = Attempts()
    _show(sweep, folder, tried, as_json=as_json)
    failed = any(record["result"]["status"] == FAILED for record in sweep.records)
    all_kept = f"Every case is kept: {folder / JOURNAL}. --resume makes the tables of it again."
    return ended(tried, SOME_FAILED if failed else 0, all_kept)


def _show(sweep: Sweep, folder: Path, tried: Attempts, *, as_json: bool) -> None:
    """Write the tables of a sweep and print them."""
    from planner.whatif.sweep import JOURNAL  # noqa: PLC0415  (slow to import)
    from planner.whatif.sweep_output import write_sweep  # noqa: PLC0415

    files = tried(
        "the tables could not be computed",
        partial(write_sweep, sweep, folder, tried),
        {"journal": str(folder / JOURNAL)},
    )
    if as_json:
        tables = tried("the tables could not be printed", partial(_document, sweep), NOTHING)
        document = {**tables, "files": files, "failures": tried.sentences}
        click.echo(json.dumps(document, indent=2, default=str))
    else:
        from rich.console import Console  # noqa: PLC0415

        from planner.whatif.sweep_output import print_sweep  # noqa: PLC0415

        show = partial(print_sweep, sweep, Console(), files)
        tried("the sweep could not be printed", show, None)


def _document(sweep: Sweep) -> dict[str, object]:
    """Return the JSON document of a sweep."""
    from planner.whatif.results import tables_of  # noqa: PLC0415  (slow to import)
    from planner.whatif.sweep import FAILED  # noqa: PLC0415

    tables = tables_of(sweep)
    summary = {name: tables[name] for name in tables if name not in ("cases", "ramp")}
    failed = sum(record["result"]["status"] == FAILED for record in sweep.records)
    return {"cases": len(sweep.records), "failed": failed, "base": sweep.base, **summary}


class _Kept:
    """Turns an interruption into a message: the cases saved, and the command to resume."""

    journal: Path | None = None

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None or not issubclass(kind, (KeyboardInterrupt, Interrupted)):
            return
        has_journal = self.journal is not None and self.journal.exists()
        cases = self.journal.read_bytes().count(b"\n") if self.journal and has_journal else 0
        kept = (
            f"{cases} finished case{'s are' if cases > 1 else ' is'} kept in {self.journal}"
            if cases
            else "no case was finished yet"
        )
        typed = [word for word in sys.argv[1:] if word != "--resume"]
        raise Interrupted(
            f"interrupted: {kept}. Go on with: {shlex.join(['planner', *typed, '--resume'])}"
        ) from None


class _Bar:
    """Shows progress on stderr: a bar on a terminal, else lines."""

    def __enter__(self) -> _Bar:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

        self.console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("{task.completed}/{task.total} cases"),
            BarColumn(),
            TextColumn("{task.description}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.task = self.bar.add_task("planning the base case", total=None)
        self.bar.start()
        self.said = 0.0
        return self

    def __call__(self, progress: Progress) -> None:
        left = "" if progress.left is None else f", about {_time(progress.left)} to go"
        failed = f", {progress.failed} failed" if progress.failed else ""
        text = f"{_time(progress.seconds)} so far{left}{failed}"
        if self.console.is_terminal:
            self.bar.update(
                self.task, completed=progress.done, total=progress.count, description=text
            )
        elif progress.seconds - self.said >= 10 or progress.done == progress.count:
            self.said = progress.seconds
            click.echo(f"{progress.done}/{progress.count} cases, {text}", err=True)

    def __exit__(self, *error: object) -> None:
        self.bar.stop()


def _time(seconds: float) -> str:
    """Return a duration in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
