"""Atomic file writes: a file is replaced as a whole, or stays as it was."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.errors import PlannerError


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """Give a temporary path; when the block ends well, put its file in the place of `path`.

    The new file is synced to disk before it replaces the old one. If anything fails, the old file
    stays as it was. The temporary file is removed in every case.

    Parameters
    ----------
    path
        The file to write or replace.

    Raises
    ------
    OSError
        If the file cannot be synced or renamed.
    """
    # In the same folder, because renaming is atomic only within a file system. With the same
    # suffix, because some writers choose the format by it.
    new = path.with_name(f".{path.stem}.{os.getpid()}.new{path.suffix}")
    try:
        yield new
        sync_file(new)
        new.replace(path)
        sync_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that a user asked for.

    Parameters
    ----------
    path
        The file; its folder is created, and an existing file is replaced.
    content
        The whole content.

    Raises
    ------
    PlannerError
        If the folder cannot be created or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacement(path) as new:
            new.write_bytes(content)
    except OSError as error:
        raise PlannerError(
            f"{path}: this file cannot be written ({error.strerror or error}). Close it if it is "
            "open in another program, or choose a folder that you may write to."
        ) from error


def sync_file(path: Path) -> None:
    """Force a file to disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the entries of a folder to disk, on systems that can do so."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot sync a folder. They report EINVAL.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)


def readable(name: str) -> str:
    """Return a file name as text that can be written to any file.

    A file name may contain bytes that are not valid UTF-8. They are shown as escapes.
    """
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
