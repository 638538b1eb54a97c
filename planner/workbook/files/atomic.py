"""Writes whole files or nothing: a reader never meets a half-written one."""

from __future__ import annotations

import os
from pathlib import Path

from planner.errors import PlannerError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there in one step.

    Parameters
    ----------
    path
        Where the file ends up; missing folders above it are made, a file there is replaced.
    content
        The whole content.

    Raises
    ------
    PlannerError
        If the folder cannot be made or written to.
    """
    # Beside the target, because a move is one step only within a file system.
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PlannerError(
            f"{path}: it cannot be written ({error.strerror or error}). Close it if it is open "
            "elsewhere, or name a folder that you may write to."
        ) from error


def readable(name: str) -> str:
    """Return a name of the file system as text that any file can hold.

    Names may have bytes that are no letters; these are shown by their numbers.
    """
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
