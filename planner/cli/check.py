"""`planner check`: every fault of a workbook."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.command(name="check")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(*, workbook: Path, as_json: bool) -> int:
    """Report every fault of WORKBOOK: sheet and cell, value, rule and remedy.

    Notes say what was assumed or left out. Exit codes: 0 no fault, 1 faults.

    \b
    Example: planner check inputs/openai-750mw.xlsx
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.case.case import make_case  # noqa: PLC0415  (slow to import)
    from planner.errors import Fault, InputFaults  # noqa: PLC0415
    from planner.inputs.workbook import read_inputs  # noqa: PLC0415

    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    try:
        inputs = read_inputs(workbook)
        notes = inputs.notes
        make_case(inputs)
    except InputFaults as error:
        faults = error.faults
    if as_json:
        document = {"workbook": str(workbook), "faults": [asdict(f) for f in faults],
                    "notes": list(notes)}  # fmt: skip
        click.echo(json.dumps(document, indent=2))
    else:
        for fault in faults:
            click.echo(str(fault))
        for note in notes:
            click.echo(f"note: {note}")
        click.echo(_verdict(len(faults), len(notes)))
    return 1 if faults else 0


def _verdict(faults: int, notes: int) -> str:
    """Return the last line of the report."""
    found = f"{faults} fault{'' if faults == 1 else 's'}" if faults else "no faults"
    return f"{found}, {notes} note{'' if notes == 1 else 's'}"
