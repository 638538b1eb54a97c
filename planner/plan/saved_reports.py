"""Write the reports and findings of a saved plan into its folder, as safely as the plan itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from planner.attempts import Attempt, strictly
from planner.errors import PlannerError
from planner.plan.finding_tables import Finding
from planner.plan.plan_folders import CONTENTS, settled
from planner.plan.store import (
    EVERY,
    INPUTS,
    Plan,
    Writer,
    load_plan,
    plain,
    plan_digest,
    save_plan,
)

Make = Callable[[Plan], Mapping[str, Writer]]
"""Gives, for a plan, what writes each report, as for `planner.plan.store.save_plan`."""

TRIES = 3
"""How often a finding is added anew to a plan whose folder another process writes meanwhile."""


class _Meanwhile(PlannerError):
    """The folder was written anew since it was read."""


def save_reports(
    folder: Path, make: Make, attempt: Attempt = strictly, plan: Plan | None = None
) -> dict[str, str]:
    """Write reports of a saved plan into its folder; all else stays as it is.

    Parameters
    ----------
    folder
        A plan folder, or a path to its ``plan.json``.
    make
        Gives what writes each report.
    attempt
        Tries each report by itself; one that fails leaves the file that is there.
    plan
        The plan with another summary, e.g. with more notes, to be written as well; without it the
        plan is read from the folder.

    Returns
    -------
    dict of str to str
        Paths by kind: ``json``, ``tables``, the reports in the folder, and its further folders.

    Raises
    ------
    PlannerError
        As when a plan is loaded or saved, and if another plan took its place meanwhile.
    """
    folder = _folder(folder)
    contents = _contents(folder)
    whole = load_plan(folder) if plan is None else _with_findings(plan, folder, contents)
    return _rewritten(folder, contents, whole, make, attempt)


def save_finding(
    folder: Path, kind: str, finding: Finding, make: Make, attempt: Attempt = strictly
) -> dict[str, str]:
    """Save a finding about a plan, then write the reports that show it.

    Parameters
    ----------
    folder
        A plan folder, or a path to its ``plan.json``.
    kind
        A key of `planner.plan.finding_tables.FINDINGS`; an older finding of that kind is replaced.
    finding
        What was found out.
    make
        Gives what writes each report, for the plan with its findings.
    attempt
        Tries the reports; the finding is kept before, and stays whatever happens to them.

    Returns
    -------
    dict of str to str
        Paths by kind, as `save_reports` returns them.

    Raises
    ------
    PlannerError
        As when a plan is loaded or saved, and if another plan stands in the folder by now.
    """
    folder = _folder(folder)

    def keep() -> dict[str, str]:
        contents = _contents(folder)
        plan = load_plan(folder)
        if plan_digest(plan) != finding.of:
            raise _another(folder, f"the {kind} is not of that one, and is not kept")
        whole = replace(plan, findings={**plan.findings, kind: finding})
        return _rewritten(folder, contents, whole, lambda saved: {}, strictly)

    kept = _repeated(keep)
    return attempt(
        "the reports could not be written",
        lambda: _repeated(lambda: save_reports(folder, make, attempt)),
        kept,
    )


def _folder(path: Path) -> Path:
    return path.parent if path.name == CONTENTS else path


def _another(folder: Path, effect: str) -> PlannerError:
    """Return the error that the folder holds another plan than it is to be added to."""
    return PlannerError(
        f"another plan was written to {folder} meanwhile: {effect}. Run the command again"
    )


def _with_findings(plan: Plan, folder: Path, contents: bytes) -> Plan:
    """Return a plan with what was found out about it since it was written to a folder."""
    document = json.loads(contents)
    # Its tables are not compared, which takes long: the manifest has the moment and the inputs.
    if (document["plan"], document["manifest"]) != (plan.name, plain(plan.manifest)):
        raise _another(folder, "its reports are not written")
    return replace(plan, findings=load_plan(folder).findings) if document["findings"] else plan


def _repeated(write: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Write into a folder, anew if another process wrote it after it was read."""
    for left in reversed(range(TRIES)):
        try:
            return write()
        except _Meanwhile:
            if not left:
                raise
    raise AssertionError("the last try ends above")


def _rewritten(
    folder: Path, contents: bytes, plan: Plan, make: Make, attempt: Attempt
) -> dict[str, str]:
    """Write a folder anew with some reports, if its list is still as it was read."""

    def guard() -> None:
        if _contents(folder) != contents:
            raise _Meanwhile(
                f"{folder} was written anew meanwhile. Nothing is changed; run the command again"
            )

    # `save_plan` writes the plan's own files itself; all others are copied.
    own = {CONTENTS, INPUTS, *(f"tables/{name}.csv" for name in EVERY)}
    writers: dict[str, Writer] = {}
    for entry in json.loads(contents)["files"]:
        name = str(entry)
        if entry not in own and (settled(folder) / name).is_file():
            writers[name] = _copier(folder / name)
    for name, write in make(plan).items():
        writers[name] = _tried(name, write, writers.get(name, _nothing), attempt)
    return save_plan(plan, folder, writers, guard, attempt)


def _tried(name: str, write: Writer, otherwise: Writer, attempt: Attempt) -> Writer:
    """Return what tries to write a file, and puts the old one in its place if that fails."""

    def write_or_keep(path: Path) -> None:
        def whole() -> bool:
            write(path)
            return True

        if not attempt(f"{name} could not be written", whole, False):
            path.unlink(missing_ok=True)
            otherwise(path)

    return write_or_keep


def _nothing(path: Path) -> None:
    """Write no file, where there was none before."""


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
