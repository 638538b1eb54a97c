"""`planner check`: report every fault of a workbook, and what looks implausible."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.arguments import require_workbook
from planner.cli.ending import ended

if TYPE_CHECKING:
    from planner.reports.console.faults import CheckResult

USUAL = ""
"""Value of --mark without a file name."""


@click.command(name="check")
@click.argument("workbook", required=False, type=click.Path(path_type=Path))
@click.option(
    "--mark",
    is_flag=False,
    flag_value=USUAL,
    metavar="[FILE]",
    help="Write a copy with the cells coloured and the remedies as comments; without "
    "FILE beside the workbook, as <name>-marked.xlsx.",
)
@click.option("--force", is_flag=True, help="Let --mark replace any FILE but the workbook itself.")
@click.option("--all", "every", is_flag=True, help="Print each cell on a line of its own.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *, workbook: Path | None, mark: str | None, force: bool, every: bool, as_json: bool
) -> int:
    """Report every fault of WORKBOOK: sheet and cell, value, rule and remedy.

    Scenarios, changes and draws are tried once; their faults do not stop other plans. Warnings
    point out implausible inputs, with numbers; notes say what was assumed or ignored. WORKBOOK may
    be a folder of CSV files. Exit codes: 0 no fault, 1 faults, 7 no fault, but a warning could not
    be worked out.

    \b
    Example: planner check inputs/openai-750mw.xlsx
             planner check my-plan.xlsx --mark
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from rich.console import Console  # noqa: PLC0415  (slow to import)

    from planner.api import findings_of  # noqa: PLC0415
    from planner.attempts import Attempts  # noqa: PLC0415
    from planner.reports.console.faults import as_json as document  # noqa: PLC0415
    from planner.reports.console.faults import print_findings  # noqa: PLC0415

    if workbook is None and mark:
        workbook, mark = Path(mark), USUAL  # planner check --mark my-plan.xlsx
    if workbook is None:
        context = click.get_current_context()
        raise click.MissingParameter(
            ctx=context, param=context.command.params[0], param_hint="'WORKBOOK'"
        )
    require_workbook(workbook)
    tried = Attempts()
    result = findings_of(workbook, tried)
    if mark is not None:
        result = _marked(result, mark, force)
    if as_json:
        click.echo(document(result, tried.sentences))
    else:
        print_findings(result, Console(highlight=False), every=every)
    if result.marked is not None:
        click.echo(f"Marked copy: {result.marked}", err=True)
    code = ended(tried, 0, "All else was checked.")
    return 1 if result.faults else code


def _marked(result: CheckResult, target: str, force: bool) -> CheckResult:
    """Write the marked copy and return the findings with its path."""
    from dataclasses import replace  # noqa: PLC0415

    from planner.workbook.marking.findings_sheet import Line  # noqa: PLC0415
    from planner.workbook.marking.marked_copy import marked_path, write_marked  # noqa: PLC0415

    path = Path(target) if target else marked_path(result.workbook)
    findings = [("fault", f) for f in result.faults], [("warning", w) for w in result.warnings]
    lines = [
        Line(kind, f.where, f.value, f.rule, f.remedy) for part in findings for kind, f in part
    ]
    lines += [Line("note", "", "", note, "") for note in result.notes]
    write_marked(result.workbook, path, lines, force=force)
    return replace(result, marked=path)
