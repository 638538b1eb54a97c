"""Exit of a command after failures in optional steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from planner.attempts import INCOMPLETE, TRACEBACK, Attempts
from planner.errors import Interrupted

INTERRUPTED = Interrupted.exit_code


def ended(attempts: Attempts, code: int, kept: str) -> int:
    """Report failures in optional steps, and return the exit code.

    Parameters
    ----------
    attempts
        The steps that were run.
    code
        Exit code without failures.
    kept
        Sentence that says what was saved anyway.
    """
    if not attempts.failures:
        return code
    for sentence in attempts.sentences:
        click.echo(sentence, err=True)
    hint = ""
    if any(failure.is_defect for failure in attempts.failures):
        hint = (
            f" This is a defect of the planner: please report it. With {TRACEBACK}=1 in the "
            "environment the command prints where it fails."
        )
    click.echo(f"{kept}{hint}", err=True)
    return code if code == INTERRUPTED else INCOMPLETE


@contextmanager
def while_kept(sentence: str) -> Iterator[None]:
    """Add to an interruption what was saved.

    Raises
    ------
    Interrupted
        On Ctrl-C or a termination signal within the context.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted. {sentence}") from None
