"""`planner compare`: plans or scenarios side by side."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.ending import ended

if TYPE_CHECKING:
    from planner.plan.store import Plan


@click.command(name="compare")
@click.argument("plans", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--scenario", "scenarios", multiple=True,
    help="Scenario of the workbook, once for each; `base` for the inputs as they are.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False),
              help="Folder of compare.xlsx and compare.html; else outputs/compare/.")  # fmt: skip
@click.option("--gap", type=click.FloatRange(0, 0.5), help="Relative gap at which to stop.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *, plans: tuple[Path, ...], scenarios: tuple[str, ...], output: Path | None,
    gap: float | None, as_json: bool,
) -> int:  # fmt: skip
    """Put saved PLANS side by side, or scenarios of one workbook; the first is the base.

    Exit codes: 0 compared, 1 input faults, 2 usage, 7 compared, but a file of it failed.

    \b
    Example: planner compare outputs/openai-750mw outputs/openai-2gw
             planner compare inputs/openai-750mw.xlsx --scenario base --scenario "crews halved"
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.plan.store import load_plan, plain  # noqa: PLC0415
    from planner.whatif.compare import as_document, compare  # noqa: PLC0415
    from planner.whatif.compare_output import print_comparison, write_comparison  # noqa: PLC0415

    if scenarios:
        if len(plans) != 1 or len(scenarios) < 2:
            raise click.UsageError("--scenario needs one workbook and two scenarios or more")
        made = _planned(plans[0], scenarios, gap)
        comparison = compare(made, scenarios)
    else:
        comparison = compare([load_plan(folder) for folder in plans])
    tried = Attempts()
    files = write_comparison(comparison, output or Path("outputs") / "compare", tried)
    if as_json:
        document = {**as_document(comparison), "files": files, "failures": tried.sentences}
        click.echo(json.dumps(plain(document), indent=2))
    else:
        from rich.console import Console  # noqa: PLC0415

        from planner.whatif.console import print_files  # noqa: PLC0415

        console = Console()
        show = partial(print_comparison, comparison, console)
        tried("the comparison could not be printed", show, None)
        print_files(console, files)
    return ended(tried, 0, "The plans are untouched, and all else is written.")


def _planned(workbook: Path, scenarios: tuple[str, ...], gap: float | None) -> list[Plan]:
    """Plan scenarios of a workbook, each after the first from the base case's solve."""
    from planner.inputs.workbook import read_inputs  # noqa: PLC0415
    from planner.pipeline import Options  # noqa: PLC0415
    from planner.reports.console import Progress  # noqa: PLC0415
    from planner.whatif.applied import apply, marked  # noqa: PLC0415
    from planner.whatif.changes import what_if  # noqa: PLC0415
    from planner.whatif.reuse import make_base, plan_near  # noqa: PLC0415

    inputs, options = read_inputs(workbook), Options(gap=gap)
    asked = [what_if(inputs, name) for name in scenarios]
    changed = [apply(inputs, one) for one in asked]
    with Progress() as listen:
        plan, base = make_base(changed[0], options, listen)
    found = [marked(plan, inputs, asked[0])]
    for one, own in zip(asked[1:], changed[1:], strict=True):
        found.append(marked(plan_near(base, own, options).plan, inputs, one))
    return found
