"""Optional work beside a plan: a failure is reported, and the plan is kept.

A plan can take hours. Reports, explanations, warnings and the files saved for later commands are
secondary to it. So any exception in one of them, including a defect of the planner, costs one
sentence and the exit code `INCOMPLETE`, but never the plan. `Attempts` is the only place that
catches every exception for this purpose.
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
"""Exit code of a command that succeeded except for a report, an explanation or the like."""

TRACEBACK = "PLANNER_TRACEBACK"
"""Environment variable; any value makes the planner write tracebacks of failures to stderr."""

PACKAGE = Path(__file__).parent

MAX_MESSAGE_CHARACTERS = 600
"""Longest message, in characters; a text quoted from a workbook may have any length."""

Result = TypeVar("Result")


class Attempt(Protocol):
    """Runs an optional step, with a fallback result if it fails."""

    def __call__(self, claim: str, make: Callable[[], Result], otherwise: Result) -> Result:
        """Return the result of `make`, or `otherwise` if it fails.

        Parameters
        ----------
        claim
            Message for a failure, without its reason, e.g. ``plan.xlsx could not be written``.
        make
            The step, which may raise any exception.
        otherwise
            Fallback result.
        """


def strictly(claim: str, make: Callable[[], Result], otherwise: Result) -> Result:
    """Return the result of `make`, and let its exceptions pass, as libraries and tests need it."""
    return make()


@dataclass(frozen=True)
class Failure:
    """An optional step that failed.

    Attributes
    ----------
    sentence : str
        What could not be done, and why.
    is_defect : bool
        Whether the cause is a defect of the planner, not the machine or the request.
    """

    sentence: str
    is_defect: bool


@dataclass
class Attempts:
    """Runs optional steps, and collects their failures.

    Attributes
    ----------
    failures : list of Failure
        Failures in order, without duplicates.
    """

    failures: list[Failure] = field(default_factory=list)

    def __call__(self, claim: str, make: Callable[[], Result], otherwise: Result) -> Result:
        """Return the result of `make`, or `otherwise` if it fails; see `Attempt`."""
        try:
            return make()
        except Exception as error:
            show_traceback(error)
            self.note(f"{claim}: {reason(error)}", is_defect=is_defect(error))
            _drop(error)
            return otherwise

    def note(self, sentence: str, *, is_defect: bool = False) -> None:
        """Record a failure, unless the same one is recorded already."""
        failure = Failure(sentence, is_defect)
        if failure not in self.failures:
            self.failures.append(failure)

    @property
    def sentences(self) -> list[str]:
        """One sentence for each failure."""
        return [failure.sentence for failure in self.failures]


def is_defect(error: BaseException) -> bool:
    """Return whether an exception is a defect of the planner, not the machine or the request."""
    return not isinstance(error, (PlannerError, OSError, MemoryError))


def reason(error: BaseException) -> str:
    """Return the reason for a failure in one line, with the code location for a defect."""
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
    """Return the code location that raised an exception, e.g. ``model/supply.py, line 7``."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(PACKAGE):
            place = Path(frame.filename).relative_to(PACKAGE).as_posix()
            if place != Path(__file__).name:
                return f"{place}, line {frame.lineno}"
    return "outside the planner"


def _drop(error: BaseException) -> None:
    """Release what a failed step left open, e.g. a file whose closing fails again."""
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
    """Write the traceback of an exception to stderr if `TRACEBACK` is set."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error, file=sys.stderr)
