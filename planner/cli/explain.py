"""`planner explain`: bottlenecks, lateness, asks, slack and counterfactuals."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.arguments import number, require_plan_or_workbook
from planner.cli.ending import ended, while_kept
from planner.cli.kinds import ALL, HELP, chosen

if TYPE_CHECKING:
    from rich.console import Console

    from planner.attempts import Attempts
    from planner.explain.alternatives import Alternative
    from planner.plan.finding_tables import Finding
    from planner.plan.rows import Row
    from planner.plan.store import Plan
    from planner.workbook.rows import Inputs

NO_PLAN = 3
MOST = 15
"""Largest number of printed rows; the JSON document has all of them."""


@click.command(name="explain")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--why",
    metavar="DECISION",
    help='Decision to forbid or force, e.g. "install at '
    'Regina 2027-09"; prints the changes in cost and decisions.',
)
@click.option(
    "--ask-cost",
    "costs",
    multiple=True,
    metavar="SHEET=COST",
    help="Cost of asking for one change to a sheet; 1 by default.",
)
@click.option("--no-asks", is_flag=True, help="Do not search for asks.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    callback=number,
    help="Time limit in seconds; by default three times the run time of the plan, with "
    "--why at most its own time limit.",
)
@click.option("--report", "kinds", callback=chosen, default=ALL, show_default=True, help=HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    plan: Path,
    why: str | None,
    costs: Sequence[str],
    no_asks: bool,
    time_limit: float | None,
    kinds: tuple[str, ...],
    as_json: bool,
) -> int:
    """Explain PLAN, a plan folder, or a workbook, which is planned first.

    Prints the bottlenecks with the re-solved gains from one per cent and one unit more; why each
    missed milestone is late; what to ask for; and the slack of the milestones that are met. In a
    plan folder the explanation is saved, and the reports are rewritten with it.

    Exit codes: 0 explained, 1 input faults, 2 usage, 3 no plan exists, and the rows of the
    workbook that contradict each other are named, 5 not answered in time (--why), 7 explained,
    but a report of it failed.

    \b
    Example: planner explain outputs/openai-750mw
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.errors import NoPlanExists  # noqa: PLC0415

    asked = _costs(costs)
    require_plan_or_workbook(plan)

    def judge(inputs: Inputs) -> None:
        if why is not None:
            from planner.explain.alternatives import question_of  # noqa: PLC0415

            question_of(inputs, why)

    try:
        opened_plan = opened(plan, judge)
    except NoPlanExists as error:
        return _contradiction(plan, error, as_json=as_json)
    if why is not None:
        return _why(opened_plan, why, time_limit, as_json=as_json)
    require_room(plan)
    from planner.explain.findings import explain_plan  # noqa: PLC0415
    from planner.plan.finding_tables import EXPLANATION  # noqa: PLC0415
    from planner.reports.console.explained import print_explanation  # noqa: PLC0415

    tried = Attempts()
    explanation = explain_plan(
        opened_plan, time_limit, asks=not no_asks, costs=asked, attempt=tried
    )
    finding = EXPLANATION, explanation
    return tell(plan, opened_plan, finding, kinds, print_explanation, tried, as_json=as_json)


def tell(
    path: Path,
    plan: Plan,
    finding: tuple[str, Finding],
    kinds: Sequence[str],
    show: Callable[[Plan, Console], None],
    tried: Attempts,
    *,
    as_json: bool,
) -> int:
    """Save a finding if the plan has a folder, and print it; return the exit code."""
    from rich.console import Console  # noqa: PLC0415  (slow to import)

    from planner.plan.finding_tables import FINDINGS  # noqa: PLC0415
    from planner.reports.console.plan_text import print_files  # noqa: PLC0415
    from planner.reports.plan_document import column_titles  # noqa: PLC0415

    (kind, content), console = finding, Console()
    files: dict[str, str] = {}
    if is_folder(path):
        keeping = partial(keep, path, finding, kinds, tried)
        files = tried(f"the {kind} could not be kept", keeping, files)
    kept = f"The {kind} is kept in {path}" if files else f"The {kind} is not kept"
    with while_kept(kept):
        if as_json:
            print_json(
                {
                    "plan": plan.name,
                    "columns": column_titles(
                        plan, [table for table in FINDINGS[kind] if table.name in content.tables]
                    ),
                    **content.tables,
                    **content.facts,
                    "files": files,
                    "failures": tried.sentences,
                }
            )
        else:
            whole = replace(plan, findings={**plan.findings, kind: content})
            tried(f"the {kind} could not be printed", partial(show, whole, console), None)
        if files and not as_json:
            print_files(files, console)
        elif not files and not tried.failures and not as_json:
            click.echo(
                "not saved: only a plan folder can store it, see planner plan --explain", err=True
            )
    return ended(tried, 0, f"{kept}." if files else f"The {kind} is above.")


def keep(
    path: Path, finding: tuple[str, Finding], kinds: Sequence[str], tried: Attempts
) -> dict[str, str]:
    """Save a finding and new reports in a plan's folder; return the paths by kind."""
    from planner.plan.saved_reports import save_finding  # noqa: PLC0415  (slow to import)
    from planner.reports.report_kinds import report_writers  # noqa: PLC0415

    return save_finding(path, *finding, lambda saved: report_writers(saved, kinds), tried)


def require_room(path: Path) -> None:
    """Raise an error, before any work, if a plan folder is not writable."""
    from planner.plan.store import require_plan_folder  # noqa: PLC0415  (slow to import)

    if is_folder(path):
        require_plan_folder(path)


def is_folder(path: Path) -> bool:
    """Return whether a path is a plan folder rather than a workbook."""
    from planner.plan.plan_folders import CONTENTS, settled  # noqa: PLC0415

    return path.name == CONTENTS or (settled(path) / CONTENTS).is_file()


def opened(path: Path, accept: Callable[[Inputs], object] = lambda _: None) -> Plan:
    """Return a saved plan, or the plan of a workbook, made now.

    Parameters
    ----------
    path
        Plan folder or workbook.
    accept
        Checks the inputs before a workbook is planned; raises an error for an invalid question.
    """
    from planner.pipeline import make_plan  # noqa: PLC0415
    from planner.plan.store import load_plan  # noqa: PLC0415
    from planner.reports.console.plan_text import Progress  # noqa: PLC0415
    from planner.workbook.reading import read_inputs  # noqa: PLC0415  (slow to import)

    if is_folder(path):
        plan = load_plan(path)
        accept(plan.inputs)
        return plan
    inputs = read_inputs(path)
    accept(inputs)
    with Progress() as listen:
        return make_plan(inputs, None, listen)


def _costs(texts: Sequence[str]) -> dict[str, float]:
    from planner.workbook.schema.sheets import BY_NAME  # noqa: PLC0415

    costs = {}
    for text in texts:
        sheet, _, cost = text.partition("=")
        try:
            costs[sheet] = float(cost)
        except ValueError:
            costs[sheet] = -1.0
        if sheet not in BY_NAME or not 0 < costs[sheet] < float("inf"):
            raise click.UsageError(
                f"--ask-cost {text}: write a sheet and a cost above 0, e.g. energisation=5"
            )
    return costs


def _contradiction(path: Path, error: Exception, *, as_json: bool) -> int:
    from planner.explain.contradictions import (  # noqa: PLC0415
        contradiction_rows,
        find_contradiction,
    )
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    contradiction = find_contradiction(read_inputs(path))
    rows = [] if contradiction is None else contradiction_rows(contradiction)
    if as_json:
        print_json({"error": str(error), "exit_code": NO_PLAN, "contradiction": rows})
    else:
        click.echo(str(error) if contradiction is None else f"no plan exists: {contradiction}")
    return NO_PLAN


def _why(opened_plan: Plan, why: str, time_limit: float | None, *, as_json: bool) -> int:
    from planner.explain.alternatives import ask_why  # noqa: PLC0415

    alternative = ask_why(opened_plan, why, time_limit)
    if as_json:
        print_json(
            {
                "plan": opened_plan.name,
                "why": why,
                "forced": alternative.forced,
                "status": alternative.status,
                "missed_mw_months_more": alternative.missed_more,
                **_mtok_more(alternative),
                "present_cost_more": alternative.cost_more,
                "present_cost_more_least": alternative.cost_more_least,
                "present_cost_more_most": alternative.cost_more_most,
                "moves": alternative.moves,
            }
        )
        return 0
    said = (
        "is not in the plan; forcing it" if alternative.forced else "is in the plan; forbidding it"
    )
    click.echo(f"{why!r} {said} ({alternative.status}):")
    if alternative.missed_more is None:
        click.echo("  no plan exists")
        return 0
    currency = opened_plan.summary.get("currency", "")
    if opened_plan.inputs.tables["commitments"]:
        click.echo(f"  missed: {alternative.missed_more:+,.3f} MW-months")
    if alternative.missed_mtok_more is not None:
        click.echo(f"  missed: {alternative.missed_mtok_more:+,.3f} Mtok")
    if alternative.cost_more is not None:
        low = "?" if alternative.cost_more_least is None else f"{alternative.cost_more_least:+,.0f}"
        high = "?" if alternative.cost_more_most is None else f"{alternative.cost_more_most:+,.0f}"
        more = f"{alternative.cost_more:+,.0f}"
        proof = "proven exactly" if low == high == more else f"proven between {low} and {high}"
        click.echo(f"  present cost: {more} {currency}, {proof}")
    _print_moves(alternative.moves)
    return 0


def _mtok_more(found: Alternative) -> dict[str, float]:
    """Return the increase in Mtok missed for the JSON document, if there are workloads."""
    more = found.missed_mtok_more
    return {} if more is None else {"missed_mtok_more": more}


def _print_moves(rows: Sequence[Row]) -> None:
    """Print the first decisions that differ."""
    from rich.console import Console  # noqa: PLC0415

    from planner.plan.finding_tables import ALTERNATIVE  # noqa: PLC0415
    from planner.reports.console.plan_text import (  # noqa: PLC0415
        add_line,
        headings,
        new_table,
        show,
    )

    console = Console()
    table = new_table(*headings(ALTERNATIVE.select()))
    for row in rows[:MOST]:
        add_line(table, (_cell(row[column]) for column in ALTERNATIVE.columns))
    show(table, console)
    if len(rows) > MOST:
        console.print(f"and {len(rows) - MOST} more with --json", style="dim")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document."""
    from planner.plan.store import plain  # noqa: PLC0415

    click.echo(json.dumps(plain(document), indent=2, ensure_ascii=False))
