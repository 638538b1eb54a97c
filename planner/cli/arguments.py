"""Validation of arguments and options before any work starts."""

from __future__ import annotations

import math
from pathlib import Path

import click

WORKBOOKS = (".xlsx", ".xlsm", ".ods")
PLAN_FILES = ("plan.xlsx", "report.html", "inputs.json", "start.npz", "tables", "figures")
"""Other contents of a plan folder, besides plan.json."""

PLAN, PLAN_FILE, SWEEP, COMPARISON, WORKBOOK, MISSING, OTHER = range(7)
"""Kinds of paths."""

EXPECTED: dict[str, str] = {
    "PLAN": "a plan folder, which planner plan has written, e.g. outputs/my-plan",
    "PLANS...": "two plan folders or more, which planner plan has written, or one workbook with "
    "--scenario",
    "WORKBOOK": "a workbook (.xlsx, .xlsm, .ods) or a folder of CSV files",
}
"""Description of each argument, by its name in the usage line."""


def finite(
    _context: click.Context, _option: click.Parameter, value: float | tuple[float, ...] | None
) -> float | tuple[float, ...] | None:
    """Reject nan and infinities, which pass click's ranges."""
    numbers = value if isinstance(value, tuple) else () if value is None else (value,)
    for number in numbers:
        if not math.isfinite(number):
            raise click.BadParameter(f"{number} is not a finite number.")
    return value


def number(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    """Reject nan, which passes click's ranges; infinity means no limit."""
    if value is not None and math.isnan(value):
        raise click.BadParameter(f"{value} is not a number.")
    return value


def kind_of(path: Path) -> int:
    """Return the kind of a path, judged by file names alone."""
    from planner.plan.plan_folders import CONTENTS, settled  # noqa: PLC0415  (slow to import)

    if path.name == CONTENTS or (settled(path) / CONTENTS).is_file():
        return PLAN
    if _plan_of(path) is not None:
        return PLAN_FILE
    if not path.is_dir():
        return WORKBOOK if path.exists() else MISSING
    for mark, kind in (
        ("sweep.json", SWEEP),
        ("compare.xlsx", COMPARISON),
        ("*.[cC][sS][vV]", WORKBOOK),
    ):
        if any(path.glob(mark)):
            return kind
    return OTHER


def _plan_of(path: Path) -> Path | None:
    """Return the plan folder that contains a path; None if there is none."""
    from planner.plan.plan_folders import CONTENTS  # noqa: PLC0415  (slow to import)

    for part in (path, path.parent):
        if part.name in PLAN_FILES and (part.parent / CONTENTS).is_file():
            return part.parent
    return None


def described(path: Path) -> str:
    """Describe a path for an error message."""
    kind = kind_of(path)
    if kind == PLAN and path.is_file():
        return f"{path} is the list of the plan folder {path.parent}"
    if kind == WORKBOOK:
        named = path.suffix.lower() in WORKBOOKS
        name = "a folder of CSV files" if path.is_dir() else "a workbook" if named else "a file"
    else:
        name = {
            PLAN: "a plan folder",
            PLAN_FILE: f"a part of the plan folder {_plan_of(path)}",
            SWEEP: "the folder of a sweep",
            COMPARISON: "the folder of a comparison",
            OTHER: "a folder without a plan and without CSV files",
        }.get(kind, "")
    return f"{path} is {name}" if name else f"{path}: there is no such file or folder"


def require_plan(path: Path, hint: str = "") -> None:
    """Raise a usage error unless a path is a plan folder.

    Parameters
    ----------
    path
        Path given on the command line.
    hint
        Added to the remedy if the path is a workbook.

    Raises
    ------
    click.UsageError
        Says what the path is, what is expected, and what to type.
    """
    kind = kind_of(path)
    if kind == PLAN:
        return
    if kind == PLAN_FILE:
        remedy = f"Give {_plan_of(path)}"
    elif kind == WORKBOOK:
        remedy = f"To make a plan from it: planner plan {path}{hint}"
    else:
        remedy = "To list the plans: ls outputs"
    raise click.UsageError(f"{described(path)}. Expected {EXPECTED['PLAN']}. {remedy}")


def require_workbook(path: Path) -> None:
    """Raise a usage error if a path is an output of the planner.

    Any other path is read as a workbook, whose faults are reported in turn.

    Raises
    ------
    click.UsageError
        Says what the path is, and what is expected.
    """
    _remember(path)
    if kind_of(path) in (PLAN, PLAN_FILE, SWEEP, COMPARISON):
        raise click.UsageError(
            f"{described(path)}. Expected {EXPECTED['WORKBOOK']}, e.g. the one "
            "that it was made from"
        )


def require_plan_or_workbook(path: Path) -> None:
    """Raise a usage error unless a path is a plan folder or a workbook.

    Raises
    ------
    click.UsageError
        Says what the path is, and what is expected.
    """
    _remember(path)
    kind = kind_of(path)
    if kind in (PLAN, WORKBOOK):
        return
    remedy = f". Give {_plan_of(path)}" if kind == PLAN_FILE else ""
    raise click.UsageError(
        f"{described(path)}. Expected {EXPECTED['PLAN']}, or {EXPECTED['WORKBOOK']}{remedy}"
    )


def _remember(workbook: Path) -> None:
    """Store the path of the workbook in the context, for the JSON document of an error."""
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(context.obj, dict):
        context.obj["workbook"] = workbook
