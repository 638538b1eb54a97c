"""`planner quote`: what can be promised, by when, with the proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.explain import opened, print_json, print_rows

if TYPE_CHECKING:
    from planner.explain.quote import Earliest, Quoter
    from planner.explain.session import Session
    from planner.plan.store import Plan

SHOWN = ("date", "overtime_of", "at_most_mw", "firm_mw", "gain_mw")
BAR = 40


@click.command(name="quote")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--mw", "asked", type=click.FloatRange(0, min_open=True), multiple=True,
              help="Megawatts asked for; the earliest date is shown. May be repeated.")  # fmt: skip
@click.option("--by", "dates", type=click.DateTime(["%Y-%m-%d"]), multiple=True,
              help="Date for which a plan in whole systems is looked for, too.")  # fmt: skip
@click.option("--basis", type=click.Choice(["system", "it", "facility"]), default="it",
              show_default=True, help="Which megawatts count.")  # fmt: skip
@click.option("--only", multiple=True, metavar="KIND=NAME", help="Only a country or a system, "
              "e.g. country=US or system=CS-3. May be repeated.")  # fmt: skip
@click.option("--overtime", type=click.FloatRange(0, 10), default=0.25, show_default=True,
              help="Share by which each kind of limit is stretched in turn.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *, plan: Path, asked: Sequence[float], dates: Sequence[datetime], basis: str,
    only: Sequence[str], overtime: float, as_json: bool,
) -> int:  # fmt: skip
    """Say what can be promised on top of PLAN, a plan folder or a workbook.

    What is promised already is kept: no commitment misses more than in the plan. Megawatts are
    firm: in service from the date on. "At most" is proven; "firm" is a plan in whole systems.

    Exit codes: 0 answered, 1 input faults, 2 usage, 3 no plan exists.

    \b
    Example: planner quote outputs/openai-750mw --mw 50
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.errors import PlannerError  # noqa: PLC0415  (slow to import)
    from planner.explain.quote import Quoter, Terms, quote_rows  # noqa: PLC0415
    from planner.explain.session import Session  # noqa: PLC0415

    made = opened(plan)
    session = Session(made.inputs, made)
    quoter = Quoter(session, Terms(basis, *_only(only, made)))
    calendar = session.base.case.calendar
    wanted = [calendar.last_ending_by(day.date()) for day in dates]
    if any(period is None for period in wanted):
        raise PlannerError(f"--by: the first period of the plan ends on {calendar.ends[0]}")
    earliest = [quoter.earliest(mw) for mw in asked]
    found = quoter.curve()
    for number, most in enumerate(found):
        if (most.period in wanted or quoter.is_small) and not session.spent(0.8):
            found[number] = quoter.largest(most.period, whole=True)
    if overtime:
        found += quoter.with_overtime(_marks(session, wanted), overtime)
    rows = quote_rows(session, quoter, found)
    if as_json:
        print_json({"plan": made.name, "basis": basis, "overtime": overtime,
                     "earliest": [_earliest(quoter, e) for e in earliest], "quote": rows,
                     "undone": session.undone, "resolves": session.resolves})  # fmt: skip
        return 0
    for answer in earliest:
        click.echo(_says(quoter, answer, basis))
    click.echo(f"\nAt most, on top of the plan, MW on {basis} power, firm from the date on:")
    _print_curve(rows)
    print_rows("with overtime", [r for r in rows if r["overtime_of"]], SHOWN)
    return 0


def _only(texts: Sequence[str], made: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the countries and systems that are asked for."""
    tables = made.inputs.tables
    known = {
        "country": {row["country"] for row in tables["sites"] if row["country"]},
        "system": {row["system"] for row in tables["systems"]},
    }
    chosen: dict[str, list[str]] = {"country": [], "system": []}
    for text in texts:
        kind, _, name = text.partition("=")
        if name not in known.get(kind, ()):
            choices = "; ".join(f"{k}={', '.join(sorted(names))}" for k, names in known.items())
            raise click.UsageError(f"--only {text}: not one of {choices}")
        chosen[kind].append(name)
    return tuple(chosen["country"]), tuple(chosen["system"])


def _marks(session: Session, wanted: Sequence[int | None]) -> list[int]:
    """Return periods for which overtime is tried: those asked for, or the ends of the years."""
    chosen = sorted({period for period in wanted if period is not None})
    if chosen:
        return chosen
    ends = session.base.case.calendar.ends
    years = {day.year: period for period, day in enumerate(ends)}
    return sorted(years.values())


def _earliest(quoter: Quoter, answer: Earliest) -> dict[str, object]:
    calendar = quoter.problem.case.calendar
    period = answer.period
    return {
        "mw": answer.mw, "date": None if period is None else calendar.ends[period],
        "period_before": calendar.ends[period - 1] if period else None,
        "at_most_before_mw": answer.at_most_before_mw, "proven": answer.is_proven,
    }  # fmt: skip


def _says(quoter: Quoter, answer: Earliest, basis: str) -> str:
    calendar, period = quoter.problem.case.calendar, answer.period
    proof = "" if answer.is_proven else " (a limit of time was reached; it may be earlier)"
    if period is None:
        most = f"{answer.at_most_before_mw:,.3f}"
        return (f"{answer.mw:g} MW on {basis} power cannot be in service within the plan: by "
                f"{calendar.ends[-1]} at most {most} MW{proof}")  # fmt: skip
    text = f"{answer.mw:g} MW on {basis} power can be in service by {calendar.ends[period]}"
    if period == 0:
        return f"{text}, the first period{proof}"
    return (f"{text}; not by {calendar.ends[period - 1]}, when at most "
            f"{answer.at_most_before_mw:,.3f} MW can be{proof}")  # fmt: skip


def _print_curve(rows: Sequence[dict[str, object]]) -> None:
    """Print the most by date as a curve of bars."""
    alone = [row for row in rows if not row["overtime_of"]]
    most = max((float(str(row["at_most_mw"])) for row in alone), default=0.0) or 1.0
    for row in alone:
        mw = float(str(row["at_most_mw"]))
        firm = "" if row["firm_mw"] is None else f"  firm {float(str(row['firm_mw'])):,.3f}"
        click.echo(f"{row['date']}  {mw:>12,.3f}  {'█' * round(BAR * mw / most)}{firm}")
