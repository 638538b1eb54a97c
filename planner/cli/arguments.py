"""Arguments and options that are checked before any work is done."""

from __future__ import annotations

import math
from pathlib import Path

import click

WORKBOOKS = (".xlsx", ".xlsm", ".ods")
PLAN_FILES = ("plan.xlsx", "report.html", "inputs.json", "start.npz", "tables", "figures")
"""What `planner plan` writes beside plan.json."""

PLAN, PLAN_FILE, SWEEP, COMPARISON, WORKBOOK, MISSING, OTHER = range(7)
"""Kinds of paths."""

EXPECTED: dict[str, str] = {
    "PLAN": "a plan folder, which planner plan has written, e.g. outputs/my-plan",
    "PLANS...": "two plan folders or more, which planner plan has written, or one workbook with "
    "--scenario",
    "WORKBOOK": "a workbook (.xlsx, .xlsm, .ods) or a folder of CSV files",
}
"""What is to be given for an argument, by its name in the usage line."""


def finite(
    _context: click.Context, _option: click.Parameter, value: float | tuple[float, ...] | None
) -> float | tuple[float, ...] | None:
    """Refuse nan and infinities, which pass click's ranges."""
    numbers = value if isinstance(value, tuple) else () if value is None else (value,)
    for number in numbers:
        if not math.isfinite(number):
            raise click.BadParameter(f"{number} is not a finite number.")
    return value


def number(
    _context: click.Context, _option: click.Parameter, value: float | None
) -> float | None:  # fmt: skip
    """Refuse nan, which passes click's ranges; infinity lifts a limit."""
    if value is not None and math.isnan(value):
        raise click.BadParameter(f"{value} is not a number.")
    return value


def kind_of(path: Path) -> int:
    """Return what a path leads to, by the names of files alone."""
    from planner.plan.plan_folders import CONTENTS, settled  # noqa: PLC0415  (slow to import)

    if path.name == CONTENTS or (settled(path) / CONTENTS).is_file():
        return PLAN
    if _plan_of(path) is not None:
        return PLAN_FILE
    if not path.is_dir():
        return WORKBOOK if path.exists() else MISSING
    for mark, kind in (("sweep.json", SWEEP), ("compare.xlsx", COMPARISON), ("*.[cC][sS][vV]",
                       WORKBOOK)):  # fmt: skip
        if any(path.glob(mark)):
            return kind
    return OTHER


def _plan_of(path: Path) -> Path | None:
    """Return the plan folder of which a path is a part; None if it is none of its files."""
    from planner.plan.plan_folders import CONTENTS  # noqa: PLC0415  (slow to import)

    for part in (path, path.parent):
        if part.name in PLAN_FILES and (part.parent / CONTENTS).is_file():
            return part.parent
    return None


def described(path: Path) -> str:
    """Say what a path leads to."""
    kind = kind_of(path)
    if kind == PLAN and path.is_file():
        return f"{path} is the list of the plan folder {path.parent}"
    if kind == WORKBOOK:
        named = path.suffix.lower() in WORKBOOKS
        name = "a folder of CSV files" if path.is_dir() else "a workbook" if named else "a file"
    else:
        name = {
            PLAN: "a plan folder", PLAN_FILE: f"a part of the plan folder {_plan_of(path)}",
            SWEEP: "the folder of a sweep", COMPARISON: "the folder of a comparison",
            OTHER: "a folder without a plan and without CSV files",
        }.get(kind, "")  # fmt: skip
    return f"{path} is {name}" if name else f"{path}: there is no such file or folder"


def require_plan(path: Path, hint: str = "") -> None:
    """Refuse what is no plan folder.

    Parameters
    ----------
    hint
        What else a person may have meant who gives a workbook.

    Raises
    ------
    click.UsageError
        With what the path is, what is expected, and what to type.
    """
    kind = kind_of(path)
    if kind == PLAN:
        return
    if kind == PLAN_FILE:
        remedy = f"Give {_plan_of(path)}"
    elif kind == WORKBOOK:
        remedy = f"To make one of it: planner plan {path}{hint}"
    else:
        remedy = "See which there are: ls outputs"
    raise click.UsageError(f"{described(path)}. Expected is {EXPECTED['PLAN']}. {remedy}")


def require_workbook(path: Path) -> None:
    """Refuse what the planner has written itself; all else is read and judged as a workbook.

    Raises
    ------
    click.UsageError
        With what the path is, and what is expected.
    """
    _remember(path)
    if kind_of(path) in (PLAN, PLAN_FILE, SWEEP, COMPARISON):
        raise click.UsageError(f"{described(path)}. Expected is {EXPECTED['WORKBOOK']}, e.g. the "
                               "one that it was made from")  # fmt: skip


def require_plan_or_workbook(path: Path) -> None:
    """Refuse what is neither a plan folder nor to be read as a workbook.

    Raises
    ------
    click.UsageError
        With what the path is, and what is expected.
    """
    _remember(path)
    kind = kind_of(path)
    if kind in (PLAN, WORKBOOK):
        return
    remedy = f". Give {_plan_of(path)}" if kind == PLAN_FILE else ""
    raise click.UsageError(f"{described(path)}. Expected is {EXPECTED['PLAN']}, or "
                           f"{EXPECTED['WORKBOOK']}{remedy}")  # fmt: skip


def _remember(workbook: Path) -> None:
    """Note which workbook is read, so that a document of its faults can name it."""
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(context.obj, dict):
        context.obj["workbook"] = workbook
