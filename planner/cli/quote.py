"""`planner quote`: compute what can be promised on top of a plan, with proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.arguments import finite, require_plan_or_workbook
from planner.cli.explain import opened, require_room, tell
from planner.cli.kinds import ALL, HELP, chosen
from planner.cli.token_options import Shape, only_of, token_options, token_terms

if TYPE_CHECKING:
    from planner.workbook.rows import Inputs


def _days(
    _context: click.Context, _option: click.Parameter, texts: Sequence[str]
) -> tuple[date, ...]:
    """Return dates; raise a usage error for anything else."""
    try:
        return tuple(datetime.strptime(text, "%Y-%m-%d").date() for text in texts)
    except ValueError:
        raise click.BadParameter(
            f"{', '.join(texts)}: write a day of the calendar as year-month-day, e.g. 2026-12-31."
        ) from None


@click.command(name="quote")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--mw",
    "asked",
    type=click.FloatRange(0, min_open=True),
    multiple=True,
    callback=finite,
    help="Megawatts whose earliest date is computed. May be repeated.",
)
@click.option(
    "--by",
    "dates",
    multiple=True,
    callback=_days,
    metavar="YYYY-MM-DD",
    help="Date for which a plan in whole systems is computed, too.",
)
@click.option(
    "--basis",
    type=click.Choice(["system", "it", "facility"]),
    default="it",
    show_default=True,
    help="Basis of the megawatts.",
)
@click.option(
    "--mtok-day",
    "tokens",
    type=click.FloatRange(0, min_open=True),
    multiple=True,
    callback=finite,
    help="Mtok a day, input and output, whose earliest day is computed. May be repeated.",
)
@token_options
@click.option(
    "--only",
    multiple=True,
    metavar="KIND=NAME",
    help="Only a country or a system, e.g. country=US or system=CS-3. May be repeated.",
)
@click.option(
    "--overtime",
    type=click.FloatRange(0, 10),
    default=0.25,
    show_default=True,
    callback=finite,
    help="Share by which each kind of limit is stretched in turn.",
)
@click.option("--report", "kinds", callback=chosen, default=ALL, show_default=True, help=HELP)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(  # noqa: PLR0913  (one for each option)
    *,
    plan: Path,
    asked: Sequence[float],
    dates: Sequence[date],
    basis: str,
    tokens: Sequence[float],
    model: str | None,
    output_share: float | None,
    cached_share: float | None,
    speed: float | None,
    ttft: float | None,
    only: Sequence[str],
    overtime: float,
    kinds: tuple[str, ...],
    as_json: bool,
) -> int:
    """Compute what can be promised on top of PLAN, a plan folder or a workbook.

    Existing promises are kept: no commitment and no workload misses more than in the plan. The
    megawatts stay in service from the date on. "At most" is a proven bound, rounded up; "firm" is
    served by a plan in whole systems, rounded down. A question that ran out of time reads "not
    settled in time". In a plan folder the quote is saved, and the reports are rewritten.

    With --mtok-day or --model, tokens are quoted: how many more a day can be served, from the first
    day of a span on, and in every block of the day.

    Exit codes: 0 answered, 1 input faults, 2 usage, 3 no plan exists, 7 answered, but a report of
    it failed.

    \b
    Example: planner quote outputs/openai-750mw --mw 50
             planner quote outputs/tokens --model gpt-oss-120b --mtok-day 20000 --speed 50
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    require_plan_or_workbook(plan)
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.explain.findings import Inquiry, quote_plan, require_within  # noqa: PLC0415
    from planner.explain.quote import Terms  # noqa: PLC0415
    from planner.plan.finding_tables import QUOTE  # noqa: PLC0415
    from planner.reports.console.explained import print_quote  # noqa: PLC0415

    shape = Shape(model, output_share, cached_share, speed, ttft)
    if tokens or model:
        if asked:
            raise click.UsageError("Quote megawatts (--mw) or tokens (--mtok-day), one at a time.")
        question = shape, tuple(tokens), tuple(dates), overtime
        return _quote_tokens(plan, question, only, kinds, as_json=as_json)
    if shape != Shape():
        raise click.UsageError(
            "--output-share, --cached-share, --speed and --ttft are of tokens: give --mtok-day "
            "or --model, too."
        )

    def accept(inputs: Inputs) -> None:
        only_of(only, inputs)
        _as_usage(lambda: require_within(inputs, dates))

    opened_plan = opened(plan, accept)
    require_room(plan)
    terms = Terms(basis, *only_of(only, opened_plan.inputs))
    inquiry = Inquiry(terms, tuple(asked), tuple(dates), overtime)
    content = quote_plan(opened_plan, inquiry)
    return tell(
        plan, opened_plan, (QUOTE, content), kinds, print_quote, Attempts(), as_json=as_json
    )


def _as_usage(check: Callable[[], None]) -> None:
    """Check a question; raise a usage error where it is wrong."""
    from planner.errors import PlannerError  # noqa: PLC0415  (slow to import)

    try:
        check()
    except PlannerError as error:
        raise click.UsageError(str(error)) from None


def _quote_tokens(
    plan: Path,
    question: tuple[Shape, tuple[float, ...], tuple[date, ...], float],
    only: Sequence[str],
    kinds: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Quote tokens on top of a plan; return the exit code."""
    from planner.attempts import Attempts  # noqa: PLC0415  (slow to import)
    from planner.explain.findings import (  # noqa: PLC0415
        TokenInquiry,
        quote_tokens,
        require_starts,
    )
    from planner.plan.finding_tables import TOKEN_QUOTE  # noqa: PLC0415
    from planner.reports.console.token_answers import print_token_quote  # noqa: PLC0415

    shape, tokens, dates, overtime = question

    def accept(inputs: Inputs) -> None:
        token_terms(inputs, shape, only)
        _as_usage(lambda: require_starts(inputs, dates))

    opened_plan = opened(plan, accept)
    require_room(plan)
    terms = token_terms(opened_plan.inputs, shape, only)
    content = quote_tokens(opened_plan, TokenInquiry(terms, tokens, dates, overtime))
    finding = TOKEN_QUOTE, content
    return tell(plan, opened_plan, finding, kinds, print_token_quote, Attempts(), as_json=as_json)
