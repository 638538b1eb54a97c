"""Options that say which tokens are meant: of `planner quote` and `planner size`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from planner.cli.arguments import number

if TYPE_CHECKING:
    from planner.explain.token_quote import TokenTerms
    from planner.workbook.rows import Inputs

Command = TypeVar("Command", bound=Callable[..., Any])


class Shape(NamedTuple):
    """What the options say of the tokens; None where not given."""

    model: str | None = None
    output_share: float | None = None
    cached_share: float | None = None
    speed: float | None = None
    ttft: float | None = None


def token_options(command: Command) -> Command:
    """Add the options of `Shape` to a command."""
    share, above = click.FloatRange(0, 1), click.FloatRange(0, min_open=True)
    options = (
        ("--model", str, "Model of the tokens, of the sheet throughput."),
        (
            "--output-share",
            share,
            "Share of output tokens; by default, and the cached share, as in the model's "
            "workloads.",
        ),
        ("--cached-share", share, "Share of the input that a prefix cache holds."),
        ("--speed", above, "Least output tokens a second for one user."),
        ("--ttft", above, "Most seconds to the first token."),
    )
    for name, kind, said in reversed(options):
        callback = None if kind is str else number
        command = click.option(name, type=kind, callback=callback, help=said)(command)
    return command


def token_terms(inputs: Inputs, shape: Shape, only: Sequence[str]) -> TokenTerms:
    """Return the terms of a quote of tokens; a share not given is that of the model's workloads."""
    from planner.explain.token_quote import TokenTerms, shape_of  # noqa: PLC0415

    model, output_share, cached_share, speed, ttft = shape
    models = list(dict.fromkeys(row["model"] for row in inputs.tables["throughput"]))
    if not models:
        raise click.UsageError(
            "Tokens are counted with the rates of the sheet throughput, which has no rows."
        )
    if model is None and len(models) > 1:
        raise click.UsageError(f"Name the model of the tokens (--model): {', '.join(models)}")
    if model is not None and model not in models:
        raise click.UsageError(f"--model {model}: the sheet throughput has {', '.join(models)}")
    name = model or models[0]
    known = shape_of(inputs, name)
    if output_share is None:
        if known is None:
            raise click.UsageError(
                f"No workload of {name} has a demand. Give the share of output tokens "
                "(--output-share)"
            )
        output_share = known[0]
        cached_share = known[1] if cached_share is None else cached_share
    countries, systems = only_of(only, inputs, is_tokens=True)
    return TokenTerms(name, output_share, cached_share or 0.0, speed, ttft, countries, systems)


def only_of(
    texts: Sequence[str], inputs: Inputs, *, is_tokens: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the countries and systems of the option --only; of tokens also composites."""
    tables = inputs.tables
    known = {
        "country": {row["country"] for row in tables["sites"] if row["country"]},
        "system": {row["system"] for row in tables["systems"]},
    }
    if is_tokens:
        known["system"] |= {row["composite"] for row in tables["composites"]}
    chosen: dict[str, list[str]] = {"country": [], "system": []}
    for text in texts:
        kind, _, name = text.partition("=")
        if name not in known.get(kind, ()):
            choices = "; ".join(
                f"{k}={', '.join(sorted(names))}" for k, names in known.items() if names
            )
            raise click.UsageError(f"--only {text}: not one of {choices}")
        chosen[kind].append(name)
    return tuple(chosen["country"]), tuple(chosen["system"])
