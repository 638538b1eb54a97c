"""`planner report`: rewrite the reports of a saved plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.arguments import require_plan
from planner.cli.ending import ended
from planner.cli.kinds import ALL, HELP, chosen

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.plan.store import Plan


@click.command(name="report")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--kinds", callback=chosen, default=ALL, show_default=True, help=HELP)
@click.option(
    "--figures",
    type=click.Choice(["svg", "png"]),
    help="Write each figure as a file as well, into figures/.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(*, plan: Path, kinds: tuple[str, ...], figures: str | None, as_json: bool) -> int:
    """Rewrite the reports of the saved PLAN from its own tables and inputs.

    Nothing is solved, and nothing else in the folder changes. PNG figures need the package
    resvg-py: pip install 'megawatt-planner[png]'.

    Exit codes: 0 written, 2 usage, 7 a report failed, and the one that was there before stays.

    \b
    Example: planner report outputs/openai-750mw --kinds html --figures svg
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    if not kinds and not figures:
        raise click.UsageError("nothing to write: give --kinds xlsx, html, or --figures svg, png")
    require_plan(plan)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.plan.saved_reports import save_reports  # noqa: PLC0415
    from planner.plan.store import require_plan_folder  # noqa: PLC0415
    from planner.reports.charts.plan_charts import figure_writers  # noqa: PLC0415
    from planner.reports.report_kinds import report_writers  # noqa: PLC0415

    tried = Attempts()

    def writers(saved: Plan) -> dict[str, Callable[[Path], None]]:
        writers = report_writers(saved, kinds)
        return writers | (figure_writers(saved, figures, tried) if figures else {})

    require_plan_folder(plan)
    files = save_reports(plan, writers, tried)
    if as_json:
        click.echo(json.dumps({"files": files, "failures": tried.sentences}, indent=2))
    else:
        for kind in [*kinds, *(["figures"] if figures else [])]:
            if kind in files:
                click.echo(f"{kind:<7} {files[kind]}")
    return ended(tried, 0, "All else is written, and what stood in the folder before stays.")
