"""`planner verify`: check a saved plan against its workbook."""

from __future__ import annotations

import json
from pathlib import Path

import click

from planner.cli.arguments import PLAN, WORKBOOK, kind_of, require_plan, require_workbook

REFUSED = 70
MOST = 20
"""Largest number of printed violations."""


@click.command(name="verify")
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(*, plan: Path, workbook: Path, as_json: bool) -> int:
    """Check the saved PLAN against WORKBOOK: every rule and every cost, without a solver.

    The changes recorded in the plan are applied to the workbook first.

    Exit codes: 0 the plan holds, 70 it breaks a rule or a figure of it is wrong.

    \b
    Example: planner verify outputs/openai-750mw inputs/openai-750mw.xlsx
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    if (kind_of(plan), kind_of(workbook)) == (WORKBOOK, PLAN):
        raise click.UsageError(
            f"the arguments are the wrong way round. Type: planner verify {workbook} {plan}"
        )
    require_plan(plan)
    require_workbook(workbook)
    from planner.api import read, verify  # noqa: PLC0415  (slow to import)
    from planner.plan.store import load_plan  # noqa: PLC0415
    from planner.reports.plan_figures import several  # noqa: PLC0415
    from planner.whatif.applied_changes import as_planned  # noqa: PLC0415

    loaded = load_plan(plan)
    inputs = read(workbook)
    verdict = verify(loaded, inputs)
    violations = list(verdict.violations)
    same = loaded.manifest.get("inputs_sha256") == as_planned(inputs, loaded.manifest).digest
    if as_json:
        click.echo(
            json.dumps(
                {
                    "plan": loaded.name,
                    "ok": not violations,
                    "comparisons": verdict.checks,
                    "rules": list(verdict.rules),
                    "violations": violations,
                    "same_inputs": same,
                },
                indent=2,
            )
        )
    else:
        if not same:
            click.echo("note: the workbook is not the one that this plan was made from")
        count = len(violations)
        held = "holds" if not violations else f"does not hold, {several(count, 'violation')}"
        click.echo(
            f"plan {loaded.name} {held}: {len(verdict.rules)} rules, {verdict.checks:,} comparisons"
        )
        for violation in violations[:MOST]:
            click.echo(f"  {violation}")
        if count > MOST:
            click.echo(f"  and {count - MOST:,} more with --json")
    return REFUSED if violations else 0
