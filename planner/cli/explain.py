"""`planner explain`: what binds, why late, what to ask for, why this and not that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from planner.plan.store import Plan
    from planner.plan.tables import Row

NO_PLAN = 3
SHOWN = {
    "slack": ("commitment", "date", "mw", "slack_days", "supplier", "item", "last_order_date"),
    "alternative": ("decision", "what", "period", "plan", "alternative"),
}
"""Columns printed of each table that is printed as one; all of them are in the JSON."""

MOST = 15
"""Rows printed of each table."""


@click.command(name="explain")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--why", metavar="DECISION", help='E.g. "install at Regina 2027-09": forbid it, or '
              "force it, and show the price and what moves.")  # fmt: skip
@click.option("--ask-cost", "costs", multiple=True, metavar="SHEET=COST",
              help="Cost of asking for one change to a sheet; 1 where not given.")  # fmt: skip
@click.option("--no-asks", is_flag=True, help="Do not look for what to ask for.")
@click.option("--time-limit", type=click.FloatRange(0, min_open=True),
              help="Seconds; without it three times what the plan took.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *, plan: Path, why: str | None, costs: Sequence[str], no_asks: bool, time_limit: float | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Explain PLAN, a plan folder, or a workbook, which is planned first.

    Prints what binds and what one unit more of it is worth, each confirmed by a re-solve; why each
    missed milestone is late; what to ask for; and the slack of the milestones that are met.

    Exit codes: 0 explained, 1 input faults, 2 usage, 3 no plan exists, and the rows of the
    workbook that contradict each other are named.

    \b
    Example: planner explain outputs/openai-750mw
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.errors import NoPlanExists  # noqa: PLC0415  (slow to import)

    asked = _costs(costs)
    try:
        made = opened(plan)
    except NoPlanExists as error:
        return _contradiction(plan, error, as_json=as_json)
    if why is not None:
        return _why(made, why, time_limit, as_json=as_json)
    from planner.explain.report import explain  # noqa: PLC0415
    from planner.explain.session import Session  # noqa: PLC0415

    found = explain(Session(made.inputs, made, time_limit), asks=not no_asks, costs=asked)
    if as_json:
        print_json({"plan": made.name, **found.tables, "undone": found.undone,
                     "resolves": found.resolves})  # fmt: skip
        return 0
    currency = str(made.summary.get("currency", ""))
    _print_lines("Why late", map(_late_line, found.tables["lateness"]))
    worth = (_bottleneck_line(row, currency) for row in found.tables["bottlenecks"])
    _print_lines("What holds the plan back", worth)
    _print_lines("What to ask for", map(_ask_line, found.tables["asks"]))
    print_rows("slack of milestones that are met", found.tables["slack"], SHOWN["slack"])
    for what in found.undone[:5]:
        click.echo(f"note: not done: {what}", err=True)
    if len(found.undone) > 5:
        click.echo(f"note: and {len(found.undone) - 5} more; all with --json", err=True)
    return 0


def opened(path: Path) -> Plan:
    """Return a saved plan, or the plan of a workbook, made now."""
    from planner.inputs.workbook import read_inputs  # noqa: PLC0415  (slow to import)
    from planner.pipeline import make_plan  # noqa: PLC0415
    from planner.plan.folders import CONTENTS  # noqa: PLC0415
    from planner.plan.store import load_plan  # noqa: PLC0415
    from planner.reports.console import Progress  # noqa: PLC0415

    if path.name == CONTENTS or (path / CONTENTS).exists():
        return load_plan(path)
    with Progress() as listen:
        return make_plan(read_inputs(path), None, listen)


def _costs(texts: Sequence[str]) -> dict[str, float]:
    from planner.inputs.tables import BY_NAME  # noqa: PLC0415

    costs = {}
    for text in texts:
        sheet, _, cost = text.partition("=")
        try:
            costs[sheet] = float(cost)
        except ValueError:
            costs[sheet] = -1.0
        if sheet not in BY_NAME or costs[sheet] <= 0:
            raise click.UsageError(f"--ask-cost {text}: write a sheet and a cost above 0, "
                                   "e.g. energisation=5")  # fmt: skip
    return costs


def _contradiction(path: Path, error: Exception, *, as_json: bool) -> int:
    from planner.explain.contradictions import (  # noqa: PLC0415
        contradiction_rows,
        find_contradiction,
    )
    from planner.inputs.workbook import read_inputs  # noqa: PLC0415

    found = find_contradiction(read_inputs(path))
    rows = [] if found is None else contradiction_rows(found)
    if as_json:
        print_json({"error": str(error), "contradiction": rows})
    else:
        click.echo(str(error) if found is None else f"no plan exists: {found}")
    return NO_PLAN


def _why(made: Plan, why: str, time_limit: float | None, *, as_json: bool) -> int:
    import math  # noqa: PLC0415

    from planner.explain.alternatives import ask_why  # noqa: PLC0415

    found = ask_why(made, why, time_limit or math.inf)
    if as_json:
        print_json({
            "plan": made.name, "why": why, "forced": found.forced, "status": found.status,
            "missed_mw_months_more": found.missed_more, "present_cost_more": found.cost_more,
            "present_cost_more_least": found.cost_more_least,
            "present_cost_more_most": found.cost_more_most, "moves": found.moves,
        })  # fmt: skip
        return 0
    does = "does not; forced to" if found.forced else "does; forbidden to"
    click.echo(f"{why}: the plan {does}, this follows ({found.status}):")
    if found.missed_more is None:
        click.echo("  no plan exists")
        return 0
    currency = made.summary.get("currency", "")
    click.echo(f"  missed: {found.missed_more:+,.3f} MW-months")
    if found.cost_more is not None:
        low = "?" if found.cost_more_least is None else f"{found.cost_more_least:+,.0f}"
        high = "?" if found.cost_more_most is None else f"{found.cost_more_most:+,.0f}"
        click.echo(f"  present cost: {found.cost_more:+,.0f} {currency}, "
                   f"between {low} and {high} by both proofs")  # fmt: skip
    print_rows("alternative", found.moves, SHOWN["alternative"])
    return 0


def _print_lines(title: str, lines: Iterable[str]) -> None:
    every = list(lines)
    if every:
        click.echo(f"\n{title}")
        for line in every[:MOST]:
            click.echo(f"  {line}")
        if len(every) > MOST:
            click.echo(f"  and {len(every) - MOST} more with --json")


def _late_line(row: Row) -> str:
    """Return a link of a chain as a line; the first names the milestone."""
    head = f"{row['commitment']}, due {row['date']}, misses {_cell(row['missed_mw'])} MW:"
    text = f"{row['link']}. {row['says']} ({row['cell']})"
    return f"{head}\n    {text}" if row["link"] == 1 else f"  {text}"


def _bottleneck_line(row: Row, currency: str) -> str:
    worth = []
    if row["mw_months"]:
        worth.append(f"gains {_cell(row['mw_months'])} MW-months, {row['status']}")
    if row["money"]:
        worth.append(f"saves {_cell(row['money'])} {currency}, {row['money_status']}")
    if row["mw_months_lifted"]:
        worth.append(f"without it {_cell(row['mw_months_lifted'])} MW-months fewer are missed")
    said = "; ".join(worth) or str(row["note"] or row["status"])
    return (f"{row['rank']}. {row['subject']}: {row['kind']} {_cell(row['value'])} "
            f"({row['cell']}); {row['one_more']}: {said}")  # fmt: skip


def _ask_line(row: Row) -> str:
    first = "fewest changes" if row["fewest"] == "yes" else f"fewest: {row['fewest'] or 'no'}"
    alone = f"alone it gains {_cell(row['mw_months_alone'])} MW-months"
    return (f"{row['commitment']}, set {row['set']} ({first}): {row['says']} ({row['cells']}); "
            f"{alone}; {row['proof']}")  # fmt: skip


def print_rows(title: str, rows: Sequence[dict[str, object]], columns: Sequence[str]) -> None:
    """Print the first rows of a table."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from planner.reports.console import printable  # noqa: PLC0415

    if not rows:
        return
    console, table = Console(), Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        numeric = any(isinstance(row[column], int | float) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left",
                         overflow="fold")  # fmt: skip
    for row in rows[:MOST]:
        table.add_row(*(Text(printable(_cell(row[column]))) for column in columns))
    console.print()
    console.print(Text(title.replace("_", " ").capitalize(), "bold"))
    console.print(table)
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
