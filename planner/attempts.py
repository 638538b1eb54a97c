"""Work beside a plan: what of it fails is said, and the plan is kept.

A plan can take hours. Its reports, explanations and warnings, and what is saved beside it for later
commands, only tell of it or save time. So whatever one of them raises, a fault of the planner
included, costs one sentence and the exit code `INCOMPLETE`, and never the plan. `Attempts` is the
one place where every exception is caught for that.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from planner.errors import PlannerError

INCOMPLETE = 7
"""Exit code of a command that did its work, but for a report, an explanation or the like."""

TRACEBACK = "PLANNER_TRACEBACK"
"""Environment variable: set to anything, tracebacks of failures are written to stderr."""

PACKAGE = Path(__file__).parent

MAX_MESSAGE_CHARACTERS = 600
"""Characters of a message; texts of a workbook in it may be of any length."""

Result = TypeVar("Result")


class Attempt(Protocol):
    """Makes something that is not needed for the rest, or gives something else for it."""

    def __call__(self, claim: str, make: Callable[[], Result], otherwise: Result) -> Result:
        """Return what `make` returns.

        Parameters
        ----------
        claim
            What is to be said if it fails, e.g. ``plan.xlsx could not be written``.
        make
            What may fail.
        otherwise
            What stands for it if it fails.
        """


def strictly(claim: str, make: Callable[[], Result], otherwise: Result) -> Result:
    """Return what `make` returns, and let it raise: the way of a library and of tests."""
    return make()


@dataclass(frozen=True)
class Failure:
    """Something beside the plan that failed.

    Attributes
    ----------
    sentence : str
        What could not be done, and why.
    is_defect : bool
        Whether the planner itself is at fault, not the machine or what was asked.
    """

    sentence: str
    is_defect: bool


@dataclass
class Attempts:
    """Tries what is made beside a plan, and keeps what failed.

    Attributes
    ----------
    failures : list of Failure
        What failed, in order; the same failure once.
    """

    failures: list[Failure] = field(default_factory=list)

    def __call__(self, claim: str, make: Callable[[], Result], otherwise: Result) -> Result:
        """Return what `make` returns, or `otherwise` if it fails; see `Attempt`."""
        try:
            return make()
        except Exception as error:
            show_traceback(error)
            self.note(f"{claim}: {reason(error)}", is_defect=is_defect(error))
            _drop(error)
            return otherwise

    def note(self, sentence: str, *, is_defect: bool = False) -> None:
        """Keep what failed, once."""
        failure = Failure(sentence, is_defect)
        if failure not in self.failures:
            self.failures.append(failure)

    @property
    def sentences(self) -> list[str]:
        """What failed, one sentence each."""
        return [failure.sentence for failure in self.failures]


def is_defect(error: BaseException) -> bool:
    """Say whether the planner itself is at fault, not the machine or what was asked."""
    return not isinstance(error, (PlannerError, OSError, MemoryError))


def reason(error: BaseException) -> str:
    """Return why something failed, in one line; a defect of the planner with its place."""
    if isinstance(error, PlannerError):
        said = str(error)
    elif isinstance(error, MemoryError):
        said = "this machine has not enough memory for it"
    elif isinstance(error, OSError):
        said = error.strerror or str(error)
        said += f" ({error.filename})" if error.filename else ""
    else:
        said = f"{type(error).__name__}: {error} ({_place(error)})"
    line = " ".join(said.split())
    return (
        line if len(line) <= MAX_MESSAGE_CHARACTERS else f"{line[: MAX_MESSAGE_CHARACTERS - 3]}..."
    )


def _place(error: BaseException) -> str:
    """Return where in the planner an exception was raised, e.g. ``model/supply.py, line 7``."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(PACKAGE):
            place = Path(frame.filename).relative_to(PACKAGE).as_posix()
            if place != Path(__file__).name:
                return f"{place}, line {frame.lineno}"
    return "outside the planner"


def _drop(error: BaseException) -> None:
    """Let go of what a failed step leaves half open, e.g. a file that fails again when closed."""
    before, sys.unraisablehook = sys.unraisablehook, lambda unraisable: None
    try:
        cause: BaseException | None = error
        while cause is not None:
            traceback.clear_frames(cause.__traceback__)
            cause = cause.__cause__ or cause.__context__
        gc.collect()
    finally:
        sys.unraisablehook = before


def show_traceback(error: BaseException) -> None:
    """Write the traceback of an exception to stderr where the environment asks for it."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error, file=sys.stderr)
