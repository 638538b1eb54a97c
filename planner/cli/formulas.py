"""`planner formulas`: the formulation, printed from the code."""

from __future__ import annotations

import json

import click


@click.command(name="formulas")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(*, as_json: bool) -> None:
    """Print every decision, rule, cost term and tier of the model, with units and indices.

    \b
    Example: planner formulas
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.model.formulas import formulation, text  # noqa: PLC0415  (slow to import)

    sections = formulation()
    click.echo(json.dumps(sections, indent=2) if as_json else text(sections))
