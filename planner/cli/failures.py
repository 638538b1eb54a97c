"""Error output of a command: a message on stderr, with --json a document on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from planner.cli.arguments import EXPECTED
from planner.errors import InputFaults, PlanRefused


def show_usage_error(error: click.ClickException) -> None:
    """Show a usage error with the expected argument and an example."""
    error.show()
    if isinstance(error, click.MissingParameter) and error.param is not None and error.ctx:
        name = error.param.make_metavar(error.ctx).strip("[]")
        if name in EXPECTED:
            also = error.ctx.info_name in ("explain", "quote")
            either = f", or {EXPECTED['WORKBOOK']}" if also else ""
            click.echo(f"{name} is {EXPECTED[name]}{either}.", err=True)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        _, has_example, examples = (error.ctx.command.help or "").partition("Example: ")
        if has_example:
            click.echo(f"\nExample: {examples.splitlines()[0].strip()}", err=True)


def document(error: BaseException, text: str, code: int, workbook: Path | None) -> str:
    """Return the JSON document of a failed command.

    Parameters
    ----------
    error
        The error that ended the command.
    text
        Its message.
    code
        Its exit code.
    workbook
        The workbook that was read, if any.
    """
    content: dict[str, Any] = {"error": text, "exit_code": code}
    if isinstance(error, InputFaults):
        from planner.reports.console.faults import CheckResult, as_document  # noqa: PLC0415  (slow to import)

        content |= as_document(CheckResult(workbook or Path(), error.faults))
        content["workbook"] = None if workbook is None else str(workbook)
    elif isinstance(error, PlanRefused):
        content["violations"] = list(error.violations)
    return json.dumps(content, indent=2, ensure_ascii=False)
