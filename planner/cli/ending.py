"""How a command ends when something beside its work failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from planner.attempts import INCOMPLETE, TRACEBACK, Attempts
from planner.errors import Interrupted

INTERRUPTED = Interrupted.exit_code


def ended(attempts: Attempts, code: int, kept: str) -> int:
    """Say what failed beside the work of a command, and return its exit code.

    Parameters
    ----------
    attempts
        What was tried.
    code
        How the command would end otherwise.
    kept
        What there is all the same, as a sentence.
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
    """Let an interruption say what is kept.

    Raises
    ------
    Interrupted
        If Ctrl-C or a termination signal ends what is done within.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted. {sentence}") from None
