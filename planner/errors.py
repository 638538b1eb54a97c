"""Every error that the planner raises on purpose, with its exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class PlannerError(Exception):
    """An error whose message says what went wrong and what to do about it.

    Attributes
    ----------
    exit_code : int
        Exit code of a command that ends with this error.
    """

    exit_code = 2


@dataclass(frozen=True)
class Fault:
    """One thing to mend in the inputs.

    Attributes
    ----------
    where : str
        Sheet and cell, e.g. ``halls!D7``, or the sheet alone where a whole sheet is meant.
    value : str
        The value found there, as text; empty when a value is missing.
    rule : str
        The rule that it breaks.
    remedy : str
        What to do.
    """

    where: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        """One line: where, value, rule and remedy."""
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.where}{shown}: {self.rule}. {self.remedy}"


class InputFaults(PlannerError):
    """The inputs cannot be planned as they are; carries every fault of the stage that found them.

    Parameters
    ----------
    faults
        The faults, in sheet and row order.
    """

    exit_code = 1

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        heading = f"{count} fault{'s' if count != 1 else ''} in the inputs:"
        super().__init__("\n".join([heading, *(f"  {fault}" for fault in self.faults)]))


class NoPlanExists(PlannerError):
    """Firm data contradict each other, so that there is no plan."""

    exit_code = 3


class OptionOutOfBounds(PlannerError, ValueError):
    """An option of the library has a value that cannot be used."""


class LimitReached(PlannerError):
    """A limit ended the run before any plan was found."""

    exit_code = 5


class Interrupted(PlannerError):
    """The run was interrupted before any plan was found."""

    exit_code = 130


class SolverFailed(PlannerError):
    """The solver ended in an error of its own before any plan was found."""

    exit_code = 70


class PlanRefused(PlannerError):
    """The independent checker found that a plan breaks its own inputs; it is not written as a plan.

    Parameters
    ----------
    violations
        One line for each rule broken, with the figures.
    """

    exit_code = 70

    def __init__(self, violations: Iterable[str]) -> None:
        self.violations = tuple(violations)
        lines = [f"  {violation}" for violation in self.violations[:20]]
        if len(self.violations) > 20:
            lines.append(f"  and {len(self.violations) - 20} more")
        super().__init__("\n".join(["the independent checker refuses this plan:", *lines]))
