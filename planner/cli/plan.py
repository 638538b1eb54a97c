"""`planner plan`: make a plan from a workbook."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.arguments import finite, number, require_plan, require_workbook
from planner.cli.ending import INTERRUPTED, ended, while_kept
from planner.cli.explain import keep, print_json
from planner.cli.kinds import ALL, HELP, chosen

if TYPE_CHECKING:
    from planner.attempts import Attempts
    from planner.pipeline import Options, Solved
    from planner.plan.store import Plan, Writer
    from planner.solve.progress import Event
    from planner.workbook.rows import Inputs

USAGE = 2
LIMIT = 4
MISSED = 6


@click.command(name="plan")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the plan; by default outputs/<plan>/.",
)
@click.option("--scenario", help="Scenario of the workbook to plan.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="CHANGE",
    help='A change to the inputs, e.g. "supply_capacity[TSMC,*].units_per_month*=0.8" or '
    '"energisation[FDR-3,*].from+=90d".',
)
@click.option(
    "--near",
    type=click.Path(path_type=Path),
    metavar="PLAN",
    help="Warm-start from a saved, similar plan, mostly much faster; the changes "
    "from it are printed.",
)
@click.option(
    "--gap", type=click.FloatRange(0, 0.5), callback=finite, help="Relative gap at which to stop."
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    callback=number,
    help="Time limit of the solve in seconds.",
)
@click.option("--threads", type=click.IntRange(1, 64), help="Solver threads.")
@click.option("--report", "kinds", callback=chosen, default=ALL, show_default=True, help=HELP)
@click.option(
    "--explain",
    is_flag=True,
    help="Explain the plan, too, in at most three times as long as it took.",
)
@click.option("--watch", is_flag=True, help="Show the ramp in the terminal, period by period.")
@click.option(
    "--fail-on-miss",
    is_flag=True,
    help=f"Exit with {MISSED} if megawatts or tokens are missed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(  # noqa: PLR0913  (one for each option)
    *,
    workbook: Path,
    output: Path | None,
    scenario: str | None,
    changes: tuple[str, ...],
    near: Path | None,
    gap: float | None,
    time_limit: float | None,
    threads: int | None,
    kinds: tuple[str, ...],
    explain: bool,
    watch: bool,
    fail_on_miss: bool,
    as_json: bool,
) -> int:
    """Make an optimal, independently checked plan from WORKBOOK.

    Exit codes: 0 proven within the gap, 1 input faults, 2 usage, 3 no plan exists, 4 a limit was
    reached and the best plan written, 5 a limit was reached and there is no plan, 6 megawatts or
    tokens are missed (with --fail-on-miss), 7 the plan is written, but a report or an explanation
    of it failed, 70 the checker refused the plan or the solver failed, 130 interrupted and the
    best plan written.

    \b
    Example: planner plan inputs/openai-750mw.xlsx
    With a what-if: planner plan inputs/openai-750mw.xlsx --scenario "crews halved"
    In seconds: planner plan inputs/openai-750mw.xlsx --scenario "crews halved" \\
                  --near outputs/openai-750mw
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    require_workbook(workbook)
    if near is not None:
        require_plan(near)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.pipeline import Options  # noqa: PLC0415
    from planner.plan.plan_folders import plan_folder  # noqa: PLC0415
    from planner.plan.store import require_plan_folder  # noqa: PLC0415
    from planner.whatif.applied_changes import apply, marked  # noqa: PLC0415
    from planner.whatif.changes import what_if  # noqa: PLC0415
    from planner.whatif.rehearsal import warning_of_scenarios  # noqa: PLC0415
    from planner.workbook.files.atomic import readable  # noqa: PLC0415
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    base = read_inputs(workbook)
    asked = what_if(base, scenario, changes)
    options = Options(gap, time_limit, threads, readable(" ".join(["planner", *sys.argv[1:]])))
    inputs = apply(base, asked)
    place = output or plan_folder(str(inputs.settings["plan"]))
    require_plan_folder(place)
    tried = Attempts()
    claim = "the scenarios could not be tried"
    if warning := tried(claim, partial(warning_of_scenarios, base), ""):
        click.echo(warning, err=True)
    with ExitStack() as stack:
        new_plan, start, other = _made(inputs, options, near, stack, tried)
        plan = marked(new_plan, base, asked)
        folder, files = _kept(plan, place, tried)
        try:
            plan, files = _reported(plan, folder, kinds, start, files, tried)
        except KeyboardInterrupt:
            click.echo("interrupted; the plan is written, without its reports", err=True)
            return _told(plan, files, {}, INTERRUPTED, tried, watch=False, as_json=as_json)
    with while_kept(f"The plan is kept: {files['json']}"):
        _print(plan, other, tried, as_json=as_json)
        code, told = _exit_code(plan, fail_on_miss=fail_on_miss), dict[str, object]()
        if explain and code != INTERRUPTED:
            sofar = code, files
            code, files, told = _explained(plan, folder, kinds, sofar, tried, as_json=as_json)
        code = _told(plan, files, told, code, tried, watch=watch, as_json=as_json)
    return code if folder == place else USAGE


def _kept(plan: Plan, folder: Path, tried: Attempts) -> tuple[Path, dict[str, str]]:
    """Save a plan before its reports are made; return its folder and the paths by kind.

    If its folder cannot be written, the plan is saved in a new temporary folder.
    """
    from planner.errors import PlannerError  # noqa: PLC0415  (slow to import)
    from planner.plan.store import save_plan  # noqa: PLC0415

    try:
        return folder, save_plan(plan, folder, {}, attempt=tried)
    except PlannerError as error:
        try:
            rescue = Path(tempfile.mkdtemp(prefix="planner-")) / "plan"
            files = save_plan(plan, rescue, {}, attempt=tried)
        except (PlannerError, OSError):
            raise error from None
        tried.note(f"{error}. The plan is kept in {rescue} instead")
        return rescue, files


def _reported(
    plan: Plan,
    folder: Path,
    kinds: tuple[str, ...],
    start: dict[str, Writer],
    files: dict[str, str],
    tried: Attempts,
) -> tuple[Plan, dict[str, str]]:
    """Write the reports of a plan; return it with its warnings, and the paths by kind."""
    from planner.pipeline import with_warnings  # noqa: PLC0415  (slow to import)
    from planner.plan.saved_reports import save_reports  # noqa: PLC0415
    from planner.reports.report_kinds import report_writers  # noqa: PLC0415

    plan = with_warnings(plan, tried)

    def write() -> dict[str, str]:
        return save_reports(folder, lambda saved: report_writers(saved, kinds) | start, tried, plan)

    return plan, tried("the reports could not be written", write, files)


def _made(
    inputs: Inputs, options: Options, near: Path | None, stack: ExitStack, tried: Attempts
) -> tuple[Plan, dict[str, Writer], Plan | None]:
    """Return the plan, a function that saves its solve, and the plan it was warm-started from.

    After the solve an interruption still saves the plan; a second one does not.
    """
    from planner.errors import NoPlanExists  # noqa: PLC0415
    from planner.pipeline import finish, solve, state  # noqa: PLC0415
    from planner.reports.console.plan_text import Progress  # noqa: PLC0415
    from planner.solve.interrupt import interruptible  # noqa: PLC0415
    from planner.whatif.saved_solve import FILE, load_near, start_writer  # noqa: PLC0415
    from planner.whatif.solve_reuse import kept_of, plan_near  # noqa: PLC0415

    def keep_on(solved: Solved) -> None:
        stack.enter_context(interruptible(solved.live.stop))

    unshown = "progress could not be shown"
    nothing: Progress | None = None
    progress = tried(unshown, Progress, nothing)

    def listen(event: Event) -> None:
        if progress is not None:
            tried(unshown, partial(progress, event), None)

    try:
        if near is None:
            problem = state(inputs, options)
            solved = solve(problem, listen)
            keep_on(solved)
            kept = kept_of(solved, tried)
            return finish(problem, solved), {FILE: start_writer(kept)}, None
        other, base = load_near(near)
        by = plan_near(base, inputs, options, listen, solved=keep_on, attempt=tried)
        return by.plan, {FILE: start_writer(by.kept)}, other
    except NoPlanExists as error:
        from planner.explain.contradictions import find_contradiction  # noqa: PLC0415

        claim, because = "the rows that contradict each other could not be found", str(error)
        rows = tried(claim, lambda: str(find_contradiction(inputs) or because), because)
        ended(tried, 0, "It is still proven that no plan exists.")
        raise NoPlanExists(f"no plan exists: {rows}") from error
    finally:
        if progress is not None:
            tried(unshown, progress.close, None)


def _print(plan: Plan, other: Plan | None, tried: Attempts, *, as_json: bool) -> None:
    """Print a plan and its changes from the one it was warm-started from, unless with --json."""
    from rich.console import Console  # noqa: PLC0415  (slow to import)

    from planner.reports.console.plan_text import print_plan  # noqa: PLC0415

    def show() -> None:
        print_plan(plan, Console())
        if other is not None:
            _print_differences(other, plan)

    if not as_json:
        tried("the plan could not be printed", show, None)


def _told(
    plan: Plan,
    files: dict[str, str],
    told: dict[str, object],
    code: int,
    tried: Attempts,
    *,
    watch: bool,
    as_json: bool,
) -> int:
    """Print the last part of the output, and return the exit code."""
    from rich.console import Console  # noqa: PLC0415  (slow to import)

    from planner.reports.console.plan_text import print_files, print_ramp  # noqa: PLC0415
    from planner.reports.plan_document import plan_document  # noqa: PLC0415

    if watch:
        ramp = partial(print_ramp, plan, Console(stderr=as_json))
    if as_json:
        if watch:
            tried("the ramp could not be shown", ramp, None)
        whole = {**plan_document(plan, files, told), "failures": tried.sentences}
        tried("the plan could not be printed", partial(print_json, whole), None)
    else:
        tried("its files could not be named", partial(print_files, files, Console()), None)
        if watch:
            tried("the ramp could not be shown", ramp, None)
    return ended(tried, code, f"The plan is kept: {files['json']}.")


def _print_differences(other: Plan, plan: Plan) -> None:
    from rich.console import Console  # noqa: PLC0415

    from planner.whatif.compare import compare  # noqa: PLC0415
    from planner.whatif.compare_output import print_comparison  # noqa: PLC0415

    console = Console()
    console.print()
    print_comparison(compare([other, plan]), console)


def _explained(
    plan: Plan,
    folder: Path,
    kinds: tuple[str, ...],
    sofar: tuple[int, dict[str, str]],
    tried: Attempts,
    *,
    as_json: bool,
) -> tuple[int, dict[str, str], dict[str, object]]:
    """Explain a plan that is already saved, so that an interruption does not lose it.

    Returns
    -------
    int, dict of str to str, dict
        Exit code, the paths by kind, and additional entries of the JSON document.
    """
    from rich.console import Console  # noqa: PLC0415

    from planner.explain.findings import explain_plan  # noqa: PLC0415
    from planner.plan.finding_tables import EXPLANATION, Finding  # noqa: PLC0415
    from planner.reports.console.explained import print_explanation  # noqa: PLC0415

    code, files = sofar
    unknown = Finding("", {}, {})
    try:
        explaining = partial(explain_plan, plan, attempt=tried)
        explanation = tried("the plan could not be explained", explaining, unknown)
        if explanation is unknown:
            return code, files, {}
        keeping = partial(keep, folder, (EXPLANATION, explanation), kinds, tried)
        files = tried("the explanation could not be kept", keeping, files)
    except KeyboardInterrupt:
        click.echo("interrupted; the plan is written, without an explanation", err=True)
        return INTERRUPTED, files, {}
    if not as_json:
        explained = replace(plan, findings={EXPLANATION: explanation})
        show = partial(print_explanation, explained, Console())
        tried("the explanation could not be printed", show, None)
    return code, files, {EXPLANATION: {**explanation.tables, **explanation.facts}}


def _exit_code(plan: Plan, *, fail_on_miss: bool) -> int:
    """Return the exit code."""
    status = str(plan.summary["status"])
    if status == "interrupted":
        return INTERRUPTED
    if not status.startswith("proven"):
        return LIMIT
    missed = any(
        row["value"] > 0 for row in plan.tables["tiers"] if row["tier"].startswith("missed")
    )
    return MISSED if fail_on_miss and missed else 0
