"""`planner size`: convert megawatts to systems, on every basis."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from planner.cli.arguments import finite, require_workbook
from planner.cli.size_tokens import size_tokens
from planner.cli.token_options import Shape, token_options
from planner.errors import PlannerError

if TYPE_CHECKING:
    from rich.table import Table

    from planner.case.ledger import LedgerRow, Reconciliation

ASSUMED_PUE = 1.2


@dataclass
class Figures:
    """Figures of one system, with notes on their sources."""

    system: str
    powers_kw: tuple[float, ...] = ()
    overheads_kw: tuple[float, ...] = ()
    pues: tuple[float, ...] = ()
    notes: list[str] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)


@click.command(name="size")
@click.option(
    "--mw",
    type=click.FloatRange(min=0, min_open=True),
    callback=finite,
    help="Megawatts promised, or a limit in megawatts.",
)
@click.option(
    "--mtok-day",
    type=click.FloatRange(min=0, min_open=True),
    callback=finite,
    help="Mtok a day, input and output, to serve with the systems of a workbook.",
)
@token_options
@click.option("--system", help="A system of the catalogue or of the workbook, e.g. CS-3.")
@click.option(
    "--overhead",
    "overheads",
    type=click.FloatRange(min=0),
    multiple=True,
    metavar="KW",
    callback=finite,
    help="Overhead power that comes with a system; may be given several times.",
)
@click.option(
    "--pue",
    "pues",
    type=click.FloatRange(1, 3),
    multiple=True,
    metavar="X",
    callback=finite,
    help="Facility power for each unit of IT power; may be given several times.",
)
@click.option(
    "--power-kw",
    type=click.FloatRange(min=0, min_open=True),
    metavar="KW",
    callback=finite,
    help="Power of the system itself.",
)
@click.option(
    "--workbook",
    type=click.Path(path_type=Path),
    help="Take power, overhead and PUE from this workbook.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(  # noqa: PLR0913  (one for each option)
    *,
    mw: float | None,
    mtok_day: float | None,
    system: str | None,
    overheads: tuple[float, ...],
    pues: tuple[float, ...],
    power_kw: float | None,
    workbook: Path | None,
    as_json: bool,
    **shape: Any,
) -> None:
    """Convert megawatts to systems on every basis, next to published counts.

    System power counts the systems alone, IT power adds their overhead, facility power multiplies
    that by the PUE. Counts are rounded up to meet a commitment and down to stay within a limit.

    With --mtok-day and --workbook, tokens are converted instead: the least whole replicas of each
    system, and of each pair that prefills and decodes, with megawatts, price and what binds.

    \b
    Example: planner size --mw 750 --system CS-3
             planner size --mw 250 --power-kw 40 --overhead 5 --pue 1.3 --json
             planner size --mtok-day 20000 --workbook my-plan.xlsx --speed 50
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    from planner.case.ledger import ledger, published_counts  # noqa: PLC0415

    if mtok_day is not None:
        if mw is not None or workbook is None:
            raise click.UsageError("Tokens need --workbook, for its rates, and no --mw.")
        size_tokens(workbook, mtok_day, Shape(**shape), system, as_json=as_json)
        return
    if mw is None:
        raise click.UsageError("Give megawatts (--mw), or tokens a day (--mtok-day).")
    if Shape(**shape) != Shape():
        raise click.UsageError("--model and what follows it are of tokens: give --mtok-day, too.")
    figures = _from_workbook(workbook, system) if workbook else _from_catalogue(system, power_kw)
    if power_kw is not None:
        figures.powers_kw = (power_kw,)
    _complete(figures, overheads, pues)
    rows = ledger(mw, figures.powers_kw, figures.overheads_kw, figures.pues)
    published = published_counts(figures.system, mw, figures.powers_kw[0], figures.overheads_kw)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "mw": mw,
                    "system": figures.system,
                    "rows": [asdict(row) for row in rows],
                    "published": [asdict(count) for count in published],
                    "notes": figures.notes,
                },
                ensure_ascii=False,
            )
        )
    else:
        _print_tables(mw, figures, rows, published)


def _from_catalogue(system: str | None, power_kw: float | None) -> Figures:
    """Return the figures of the catalogue; an unknown system needs --power-kw."""
    from planner.workbook.catalogue import known_system  # noqa: PLC0415

    if system is None:
        if power_kw is None:
            raise PlannerError(
                "No system is given. Name one, e.g. --system CS-3, or give its power, "
                "e.g. --power-kw 23."
            )
        return Figures("a system of your own")
    try:
        known = known_system(system)
    except PlannerError:
        if power_kw is None:
            raise
        return Figures(system)
    if known.power_kw is None and power_kw is None:
        raise PlannerError(f"{known.system}: {known.note}. Give --power-kw.")
    figures = Figures(known.system)
    if known.power_kw is not None:
        figures.powers_kw = known.power_kw.ends
        figures.notes.append(
            f"Power of {known.power_of}, confidence {known.confidence}. Source: {known.source}"
        )
    if known.overhead_kw is not None:
        figures.overheads_kw = known.overhead_kw.ends
    return figures


def _from_workbook(workbook: Path, system: str | None) -> Figures:
    """Return the figures of a workbook's system, and the lowest and highest PUE of its sites."""
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    require_workbook(workbook)
    inputs = read_inputs(workbook)
    rows = {row["system"].lower(): row for row in inputs.tables["systems"]}
    names = ", ".join(row["system"] for row in rows.values())
    if system is None and len(rows) > 1:
        raise PlannerError(f"{workbook}: it has several systems. Name one with --system: {names}.")
    row = rows.get(system.lower()) if system else next(iter(rows.values()))
    if row is None:
        raise PlannerError(f"{system}: the workbook has no such system. It has {names}.")
    pues = sorted({site["pue"] for site in inputs.tables["sites"] if site["pue"] is not None})
    figures = Figures(row["system"], (row["power_kw"],))
    if "overhead_kw" not in row.blank:
        figures.overheads_kw = (row["overhead_kw"],)
    if pues:
        figures.pues = tuple(dict.fromkeys((pues[0], pues[-1])))
    figures.notes.append(f"Power, overhead and the sites' PUE are those of {workbook.name}")
    return figures


def _complete(figures: Figures, overheads: tuple[float, ...], pues: tuple[float, ...]) -> None:
    """Override figures by options, and note each assumed default."""
    figures.overheads_kw = tuple(dict.fromkeys(overheads)) or figures.overheads_kw
    figures.pues = tuple(dict.fromkeys(pues)) or figures.pues
    if not figures.overheads_kw:
        figures.overheads_kw = (0.0,)
        figures.assumed.add("overhead_kw")
        figures.notes.append(
            "* Assumption: no overhead, because none is published or given (--overhead)"
        )
    if not figures.pues:
        figures.pues = (ASSUMED_PUE,)
        figures.assumed.add("pue")
        figures.notes.append(f"* Assumption: PUE {ASSUMED_PUE}, because none is given (--pue)")


def _print_tables(
    mw: float, figures: Figures, rows: Iterable[LedgerRow], published: Sequence[Reconciliation]
) -> None:
    """Print the ledger, the published counts for comparison, and notes on both."""
    from rich.console import Console  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    # Without highlighting and markup, names from a workbook are printed literally.
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(f"Systems for {mw:,.12g} MW: {figures.system}", style="bold"))
    console.print(_ledger_table(rows, figures.assumed))
    for count in published:
        console.print(Text(f"In print: {count.says}", style="bold"))
        console.print(Padding(f"{count.reading}\n{count.source}", (0, 0, 1, 2)))
    for note in figures.notes:
        console.print(note)


def _ledger_table(rows: Iterable[LedgerRow], assumed: set[str]) -> Table:
    """Return the ledger as a table of at most 80 columns; a star marks assumptions."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("basis")
    for heading in (
        "power\nkW",
        "overhead\nkW",
        "PUE\n",
        "one system\nkW",
        "to meet it,\nrounded up",
        "within it,\nrounded down",
    ):
        table.add_column(heading, justify="right")
    overhead_mark, pue_mark = ("*" if name in assumed else "" for name in ("overhead_kw", "pue"))
    last = ""
    for row in rows:
        if last and row.basis != last:
            table.add_section()
        last = row.basis
        table.add_row(
            row.basis,
            _figure(row.power_kw),
            _figure(row.overhead_kw, overhead_mark),
            _figure(row.pue, pue_mark),
            _figure(row.kw_per_system),
            f"{row.systems_to_meet:,}",
            f"{row.systems_within:,}",
        )
    return table


def _figure(value: float | None, mark: str = "") -> str:
    return "" if value is None else f"{value:,.6g}{mark}"
