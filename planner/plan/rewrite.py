"""A saved plan's reports and findings, written into its folder as safely as the plan itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from planner.errors import PlannerError
from planner.plan.explained import Finding
from planner.plan.folders import CONTENTS, settled
from planner.plan.store import EVERY, INPUTS, Plan, Writer, load_plan, plan_digest, save_plan

Make = Callable[[Plan], Mapping[str, Writer]]
"""Gives, for a plan, what writes each report, as for `planner.plan.store.save_plan`."""

TRIES = 3
"""How often a finding is added anew to a plan whose folder another process writes meanwhile."""


class _Meanwhile(PlannerError):
    """The folder was written anew since it was read."""


def save_reports(folder: Path, make: Make) -> dict[str, str]:
    """Write reports of a saved plan into its folder, all of them or nothing; all else stays.

    Parameters
    ----------
    folder
        A plan folder, or a path to its ``plan.json``.
    make
        Gives what writes each report.

    Returns
    -------
    dict of str to str
        Paths by kind: ``json``, ``tables``, the reports in the folder, and its further folders.

    Raises
    ------
    PlannerError
        As when a plan is loaded or saved, and if another plan took its place meanwhile.
    """
    folder = folder.parent if folder.name == CONTENTS else folder
    contents = _contents(folder)
    return _rewritten(folder, contents, load_plan(folder), make)


def save_finding(folder: Path, kind: str, finding: Finding, make: Make) -> dict[str, str]:
    """Keep what was found out about a saved plan, and write the reports that tell of it.

    Parameters
    ----------
    folder
        A plan folder, or a path to its ``plan.json``.
    kind
        A key of `planner.plan.explained.FINDINGS`; an older finding of that kind is replaced.
    finding
        What was found out.
    make
        Gives what writes each report, for the plan with its findings.

    Returns
    -------
    dict of str to str
        Paths by kind, as `save_reports` returns them.

    Raises
    ------
    PlannerError
        As when a plan is loaded or saved, and if another plan stands in the folder by now.
    """
    folder = folder.parent if folder.name == CONTENTS else folder
    for left in reversed(range(TRIES)):
        contents = _contents(folder)
        plan = load_plan(folder)
        if plan_digest(plan) != finding.of:
            raise PlannerError(
                f"another plan was written to {folder} meanwhile: the {kind} is not of that one. "
                "Nothing is changed; run the command again"
            )
        try:
            whole = replace(plan, findings={**plan.findings, kind: finding})
            return _rewritten(folder, contents, whole, make)
        except _Meanwhile:
            if not left:
                raise
    raise AssertionError("the last try ends above")


def _rewritten(folder: Path, contents: bytes, plan: Plan, make: Make) -> dict[str, str]:
    """Write a folder anew with some reports, if its list is still as it was read."""
    writers = dict(make(plan))

    def guard() -> None:
        if _contents(folder) != contents:
            raise _Meanwhile(
                f"{folder} was written anew meanwhile. Nothing is changed; run the command again"
            )

    own = {CONTENTS, INPUTS, *(f"tables/{name}.csv" for name in EVERY)}
    kept = {
        str(name): _copier(folder / str(name))
        for name in json.loads(contents)["files"]
        if name not in own and (settled(folder) / str(name)).is_file()
    }
    return save_plan(plan, folder, kept | writers, guard)


def _contents(folder: Path) -> bytes:
    """Return the list of a plan folder as it stands now."""
    try:
        return (settled(folder) / CONTENTS).read_bytes()
    except FileNotFoundError:
        raise PlannerError(f"there is no plan in {folder}: it has no {CONTENTS}") from None
    except OSError as error:
        raise PlannerError(f"cannot read {folder / CONTENTS}: {error.strerror or error}") from error


def _copier(source: Path) -> Writer:
    """Return what copies a file; the folder stands in its place again when this is called."""

    def copy(path: Path) -> None:
        path.write_bytes(source.read_bytes())

    return copy
