"""Tokens a day as systems: the part of `planner size` that takes --mtok-day."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.arguments import require_workbook
from planner.cli.token_options import Shape, token_terms

if TYPE_CHECKING:
    from planner.explain.token_sizes import TokenSize


def size_tokens(
    workbook: Path, mtok_day: float, shape: Shape, system: str | None, *, as_json: bool
) -> None:
    """Print every way to serve so many tokens a day, the cheapest first.

    Parameters
    ----------
    workbook
        Workbook with rates of throughput.
    mtok_day
        Input and output tokens a day.
    shape
        Model, shares, speed and TTFT.
    system
        The only system or composite that may serve them, if any.
    as_json
        Whether to print one JSON document.
    """
    from planner.explain.token_sizes import token_sizes  # noqa: PLC0415  (slow to import)
    from planner.workbook.reading import read_inputs  # noqa: PLC0415

    require_workbook(workbook)
    inputs = read_inputs(workbook)
    only = [] if system is None else [f"system={system}"]
    terms = token_terms(inputs, shape, only)
    sizes = token_sizes(inputs, terms, mtok_day)
    if as_json:
        document = {
            "mtok_day": mtok_day,
            **asdict(terms),
            "currency": inputs.settings["currency"],
            "ways": [asdict(size) for size in sizes],
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    _print_sizes(mtok_day, terms.model, sizes, str(inputs.settings["currency"]))


def _print_sizes(mtok_day: float, model: str, sizes: list[TokenSize], currency: str) -> None:
    """Print the ways as a table."""
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(f"Systems for {mtok_day:,.12g} Mtok a day of {model}", style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("systems")
    table.add_column("replicas", justify="right")
    table.add_column("IT MW", justify="right")
    table.add_column(f"price\n{currency} million", justify="right")
    table.add_column("what binds")
    for size in sizes:
        named = ", ".join(f"{count:,} {system}" for system, count in size.systems.items())
        counts = f"{size.decode_replicas:,}"
        if not size.is_aggregated:
            counts = f"{size.prefill_replicas:,} prefill\n{size.decode_replicas:,} decode"
        binds = size.binds
        if size.kv_gb_s:
            binds += f"; {size.kv_gb_s:,.4g} GB/s between sites"
        price = "none given" if size.price is None else f"{size.price / 1e6:,.6g}"
        table.add_row(named, counts, f"{size.it_mw:,.6g}", price, binds)
    console.print(table)
    console.print("Rates are those of the plan's first day; prices are those of the systems alone.")
