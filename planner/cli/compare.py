"""`planner compare`: plans or scenarios side by side."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.arguments import EXPECTED, finite, require_plan, require_workbook
from planner.cli.ending import ended, while_kept
from planner.errors import Interrupted

if TYPE_CHECKING:
    from planner.attempts import Attempts
    from planner.plan.store import Plan
    from planner.whatif.compare import Comparison


@click.command(name="compare")
@click.argument("plans", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    help="Scenario of the workbook, once for each; `base` for the inputs as they are.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the results; by default outputs/compare/.",
)
@click.option(
    "--gap", type=click.FloatRange(0, 0.5), callback=finite, help="Relative gap at which to stop."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    plans: tuple[Path, ...],
    scenarios: tuple[str, ...],
    output: Path | None,
    gap: float | None,
    as_json: bool,
) -> int:
    """Compare saved PLANS, or scenarios of one workbook; the first is the base.

    Exit codes: 0 compared, 1 input faults, 2 usage, 7 compared, but a file of it failed, 130
    interrupted; scenarios that have a plan by then are compared if there are two.

    \b
    Example: planner compare outputs/openai-750mw outputs/openai-2gw
             planner compare inputs/openai-750mw.xlsx --scenario base --scenario "crews halved"
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    folder = output or Path("outputs") / "compare"
    _require(plans, scenarios, folder)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.plan.store import load_plan  # noqa: PLC0415
    from planner.whatif.compare import compare  # noqa: PLC0415
    from planner.whatif.compare_output import write_comparison  # noqa: PLC0415

    interruption = ""
    if scenarios:
        scenario_plans, interruption = _planned(plans[0], scenarios, gap)
        if len(scenario_plans) < 2:
            raise Interrupted(
                f"{interruption}. Nothing is written, because a comparison needs two plans"
            )
        comparison = compare(scenario_plans, scenarios[: len(scenario_plans)])
    else:
        comparison = compare([load_plan(folder) for folder in plans])
    tried = Attempts()
    files = write_comparison(comparison, folder, tried)
    with while_kept(f"The comparison is kept in {folder}"):
        _show(comparison, files, interruption, tried, as_json=as_json)
    if interruption:
        shown = f"The comparison shows {len(scenario_plans)} of {len(scenarios)} scenarios"
        click.echo(f"{interruption}. {shown}", err=True)
    code = Interrupted.exit_code if interruption else 0
    return ended(tried, code, "The plans are unchanged, and all other files are written.")


def _show(
    comparison: Comparison,
    files: dict[str, str],
    interruption: str,
    tried: Attempts,
    *,
    as_json: bool,
) -> None:
    """Print a comparison and its files; `interruption` is the message of a run cut short."""
    from planner.plan.store import plain  # noqa: PLC0415  (slow to import)
    from planner.whatif.compare import as_document  # noqa: PLC0415

    if as_json:
        document = {
            **as_document(comparison),
            "interrupted": interruption or None,
            "files": files,
            "failures": tried.sentences,
        }
        click.echo(json.dumps(plain(document), indent=2))
        return
    from rich.console import Console  # noqa: PLC0415

    from planner.reports.console.plan_text import print_files  # noqa: PLC0415
    from planner.whatif.compare_output import print_comparison  # noqa: PLC0415

    console = Console()
    show = partial(print_comparison, comparison, console)
    tried("the comparison could not be printed", show, None)
    print_files(files, console)


def _require(plans: tuple[Path, ...], scenarios: tuple[str, ...], folder: Path) -> None:
    """Check the arguments before any work: comparable paths, and a folder for the comparison."""
    if scenarios:
        if len(plans) != 1 or len(scenarios) < 2:
            raise click.UsageError("--scenario needs one workbook and at least two scenarios")
        require_workbook(plans[0])
    else:
        for path in plans:
            require_plan(
                path,
                f"; to compare its scenarios: planner compare {path} --scenario "
                "base --scenario NAME",
            )
        if len(plans) < 2:
            raise click.UsageError(f"only {plans[0]} is given. Expected {EXPECTED['PLANS...']}")
    from planner.plan.plan_folders import require_room  # noqa: PLC0415  (slow to import)

    require_room(folder, ("compare.xlsx", "compare.html"), "a comparison")


def _planned(
    workbook: Path, scenarios: tuple[str, ...], gap: float | None
) -> tuple[list[Plan], str]:
    """Plan scenarios of a workbook, warm-starting each after the first from the base case.

    Returns
    -------
    list of Plan
        The plans, the last of them cut short if the run was interrupted while it had an incumbent.
    str
        Message on the interrupted scenario and its best plan so far; empty if none was.
    """
    from planner.pipeline import Options  # noqa: PLC0415
    from planner.plan.summary import INTERRUPTED  # noqa: PLC0415
    from planner.reports.console.plan_text import Progress  # noqa: PLC0415
    from planner.solve.interrupt import signals_taken  # noqa: PLC0415
    from planner.whatif.applied_changes import apply, marked  # noqa: PLC0415
    from planner.whatif.changes import what_if  # noqa: PLC0415
    from planner.whatif.solve_reuse import Base, make_base, plan_near  # noqa: PLC0415
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    inputs, options = read_inputs(workbook), Options(gap=gap)
    asked = [what_if(inputs, name) for name in scenarios]
    changed = [apply(inputs, one) for one in asked]
    scenario_plans: list[Plan] = []
    base: Base | None = None
    before = signals_taken()
    try:
        for one, own in zip(asked, changed, strict=True):
            if base is None:
                with Progress() as listen:
                    plan, base = make_base(own, options, listen)
            else:
                plan = plan_near(base, own, options).plan
            scenario_plans.append(marked(plan, inputs, one))
            if plan.summary["status"] == INTERRUPTED:
                return scenario_plans, _incumbent(
                    scenario_plans[-1], scenarios[len(scenario_plans) - 1]
                )
            if signals_taken() > before:
                raise KeyboardInterrupt
    except (KeyboardInterrupt, Interrupted):
        left = scenarios[len(scenario_plans) :]
        return (
            scenario_plans,
            f"interrupted: scenario {left[0]!r} had no plan yet" if left else "interrupted",
        )
    return scenario_plans, ""


def _incumbent(plan: Plan, scenario: str) -> str:
    """Return a message on the interrupted scenario and its best plan so far."""
    from planner.reports.views import BASIS_WORDS, missed_by_basis  # noqa: PLC0415

    figures: dict[str, Any] = plan.summary
    gap = "its gap is not proven" if figures["gap"] is None else f"gap {figures['gap']:.2%}"
    cost = sum(figures["present_costs"].values())
    missed = " and ".join(
        f"{mw:,.6g} MW-months of {BASIS_WORDS[basis]}"
        for basis, mw in missed_by_basis(plan).items()
    )
    return (
        f"interrupted: the best plan so far of scenario {scenario!r} misses "
        f"{missed or '0 MW-months'} and costs {cost:,.0f} {figures['currency']}, {gap}"
    )
