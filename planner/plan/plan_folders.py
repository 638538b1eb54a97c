"""Plan folders: safe names, and a whole folder put in place of another in one step.

A plan is several files that belong together. They are written into a hidden sibling folder,
forced to disk and then moved into place by two renames. So a reader sees the old plan or the new
one, never a mixture, even if the process is killed at any moment:

1. write ``.<name>.planner-new``;
2. rename ``<name>`` to ``.<name>.planner-old``;
3. rename ``.<name>.planner-new`` to ``<name>``;
4. move files that are not the planner's from the old folder to the new one, remove the old one.

Between 2 and 3 the old plan stands whole under its hidden name, where `settled` finds it; the
next `replaced` puts it back or clears it away.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.errors import PlannerError
from planner.workbook.files.atomic import sync_file, sync_folder

CONTENTS = "plan.json"
"""The file that makes a folder a plan folder; it lists the files of the plan."""

RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}
"""File names that Windows keeps for devices."""


def safe_name(name: str) -> str:
    """Return a file name made of letters, digits, ``.``, ``_`` and ``-`` alone.

    Whatever the name holds, the result stays inside the folder it is joined to: it has no
    separator, no leading dot, no device name and at most 80 characters (200 bytes).
    """
    plain = unicodedata.normalize("NFKC", name)
    kept = "".join(c if c.isalnum() or c in "._-" else "-" for c in plain)
    while "--" in kept:
        kept = kept.replace("--", "-")
    short = kept.encode("utf-8", "ignore")[:200].decode("utf-8", "ignore")[:80].strip(".-")
    if not short or short.split(".")[0].lower() in RESERVED:
        short = f"plan-{short}".rstrip("-")
    return short


def plan_folder(name: str, outputs: Path = Path("outputs")) -> Path:
    """Return the folder of the plan of that name, always directly inside `outputs`."""
    return outputs / safe_name(name)


def require_room(folder: Path, marks: Collection[str], what: str) -> None:
    """Refuse, before any work, a folder into which its result cannot be written.

    Parameters
    ----------
    folder
        Where the files of the result go.
    marks
        Files of which one makes a folder with content one of ours.
    what
        What is written.

    Raises
    ------
    PlannerError
        If the folder is a file, cannot be written to, or holds what is not ours.
    """
    with _written(folder, what):
        folder = folder.resolve()
        place = _existing(folder, what)
        if place == folder:
            held = sorted(path.name for path in folder.iterdir())
            if held and not set(held).intersection(marks):
                names = ", ".join(repr(name) for name in held[:3])
                raise PlannerError(
                    f"{folder} is not the folder of {what}: it holds {names}. Nothing "
                    "is written; give another folder with -o"
                )
        Path(tempfile.mkdtemp(prefix=".planner-", dir=place)).rmdir()


def require_replaceable(folder: Path, ours: Callable[[Path], set[str]]) -> None:
    """Refuse, before any work, a folder that `replaced` would refuse after it.

    Parameters
    ----------
    folder, ours
        As for `replaced`.

    Raises
    ------
    PlannerError
        If the folder cannot be written, or holds files and is not a plan folder.
    """
    with _written(folder, "the plan"):
        folder = folder.resolve()
        if folder.parent == folder:
            raise PlannerError(f"{folder} cannot be a plan folder. Give a folder inside it")
        place = _existing(folder, "the plan")
        _check(folder, ours)
        _away(folder).exists()  # fails for a name that is too long
        beside = folder.parent if folder.exists() else place
        Path(tempfile.mkdtemp(prefix=".planner-", dir=beside)).rmdir()


@contextmanager
def _written(folder: Path, what: str) -> Iterator[None]:
    """Say of a failure of the system what cannot be written."""
    try:
        yield
    except OSError as error:
        raise PlannerError(
            f"cannot write {what} to {folder}: {error.strerror or error}. Give "
            "another folder with -o"
        ) from error


def _existing(folder: Path, what: str) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir():
        raise PlannerError(f"{folder} is a file. Give a folder for {what}")
    return folder


def settled(folder: Path) -> Path:
    """Return where the plan of that folder stands: there, or under the name of step 2."""
    away = _away(folder)
    if not (folder / CONTENTS).is_file() and (away / CONTENTS).is_file():
        return away
    return folder


@contextmanager
def replaced(folder: Path, ours: Callable[[Path], set[str]]) -> Iterator[Path]:
    """Give an empty folder whose content takes the place of `folder` when the block ends well.

    Parameters
    ----------
    folder
        A plan folder, an empty folder, or none yet.
    ours
        Tells which files of a plan folder are the planner's, as paths relative to it; all other
        files are kept. Raises PlannerError if the folder is not a plan folder.

    Raises
    ------
    PlannerError
        If the folder cannot be written, or holds files and is not a plan folder.
    """
    try:
        folder = folder.resolve()
        if folder.parent == folder:
            raise PlannerError(f"{folder} cannot be a plan folder. Give a folder inside it")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _turn(folder.parent):
            _recover(folder, ours)
            _check(folder, ours)
            yield from _staged(folder, ours)
    except OSError as error:
        raise PlannerError(
            f"cannot write the plan to {folder}: {error.strerror or error}. Close files of the "
            "plan that are open elsewhere, or give another folder (a new one inside it, if it is "
            "a mounted volume)"
        ) from error


def _staged(folder: Path, ours: Callable[[Path], set[str]]) -> Iterator[Path]:
    """Take steps 1 to 4; nothing is left behind, and the old plan stays, when the block fails."""
    new, away = folder.with_name(f".{folder.name}.planner-new"), _away(folder)
    _remove(new)
    new.mkdir()
    try:
        yield new
        _to_disk(new)
        if folder.exists():
            folder.rename(away)
        try:
            new.rename(folder)
        except OSError:
            with suppress(OSError):
                away.rename(folder)
            raise
        sync_folder(folder.parent)
    finally:
        _remove(new)
    _retire(away, folder, ours)


def _check(folder: Path, ours: Callable[[Path], set[str]]) -> None:
    """Refuse a folder with files that is no plan folder."""
    if folder.exists() and not folder.is_dir():
        raise PlannerError(f"{folder} is a file. Give a folder for the plan")
    if folder.is_dir() and any(folder.iterdir()):
        ours(folder)


def _recover(folder: Path, ours: Callable[[Path], set[str]]) -> None:
    """Finish what a killed run left between steps 2 and 4."""
    away = _away(folder)
    if not away.is_dir():
        return
    if not (folder / CONTENTS).is_file() and (away / CONTENTS).is_file():
        if folder.is_dir():
            folder.rmdir()  # fails, rightly, unless the folder is empty
        away.rename(folder)
    else:
        _retire(away, folder, ours)


def _retire(away: Path, folder: Path, ours: Callable[[Path], set[str]]) -> None:
    """Keep the files that are not the planner's, then remove the old folder, its list last."""
    if not away.is_dir():
        return
    has_list = (away / CONTENTS).is_file()
    known = ours(away if has_list else folder) | {CONTENTS}
    for path in sorted(away.rglob("*")):
        relative = path.relative_to(away)
        place = folder / relative
        if path.is_dir() or relative.as_posix() in known or place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        path.rename(place)
    # Without its list the folder could not be told from another program's, if this is killed.
    for path in away.iterdir():
        if path.name != CONTENTS:
            _remove(path)
    _remove(away)


def _away(folder: Path) -> Path:
    """Where the old plan stands while the new one is put in its place."""
    folder = folder.resolve()
    return folder.with_name(f".{folder.name}.planner-old")


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _to_disk(folder: Path) -> None:
    """Force a folder with all that is below it to disk."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)


@contextmanager
def _turn(parent: Path) -> Iterator[None]:
    """Wait while another process puts a plan into that folder; the system ends a killed one's."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    handle = os.open(parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
