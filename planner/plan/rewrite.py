"""Reports of a saved plan, written anew into its folder as safely as the plan itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from planner.errors import PlannerError
from planner.plan.folders import CONTENTS, settled
from planner.plan.store import INPUTS, Plan, Writer, load_plan, save_plan
from planner.plan.tables import COLUMNS


def save_reports(folder: Path, make: Callable[[Plan], Mapping[str, Writer]]) -> dict[str, str]:
    """Write reports of a saved plan into its folder, all of them or nothing; all else stays.

    Parameters
    ----------
    folder
        A plan folder, or a path to its ``plan.json``.
    make
        Gives, for the plan, what writes each report, as for `planner.plan.store.save_plan`.

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
    plan = load_plan(folder)
    contents = _contents(folder)
    writers = dict(make(plan))

    def guarded(write: Writer) -> Writer:
        def guard(path: Path) -> None:
            if _contents(folder) != contents:
                raise PlannerError(
                    f"{folder} was written anew meanwhile. Nothing is changed; run the command "
                    "again"
                )
            write(path)

        return guard

    own = {CONTENTS, INPUTS, *(f"tables/{name}.csv" for name in COLUMNS)}
    kept = {
        str(name): _copier(folder / str(name))
        for name in json.loads(contents)["files"]
        if name not in own and (settled(folder) / str(name)).is_file()
    }
    every = {name: guarded(write) for name, write in (kept | writers).items()}
    return save_plan(plan, folder, every)


def _contents(folder: Path) -> bytes:
    """Return the list of a plan folder as it stands now."""
    try:
        return (settled(folder) / CONTENTS).read_bytes()
    except OSError as error:
        raise PlannerError(f"cannot read {folder / CONTENTS}: {error.strerror or error}") from error


def _copier(source: Path) -> Writer:
    """Return what copies a file; the folder stands in its place again when this is called."""

    def copy(path: Path) -> None:
        path.write_bytes(source.read_bytes())

    return copy
