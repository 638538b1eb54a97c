"""Files of a sweep or a comparison: each whole or not at all, and each by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from planner.attempts import Attempt

Writer = Callable[[Path], None]


def written_files(folder: Path, writers: Mapping[str, Writer], attempt: Attempt) -> dict[str, str]:
    """Write files into a folder.

    Parameters
    ----------
    folder
        Where to.
    writers
        File name to a function that writes that file.
    attempt
        Tries each; one that fails leaves the file that is there.

    Returns
    -------
    dict of str to str
        Paths of the files that are written, by file name.
    """
    paths = {}
    for name, write in writers.items():
        path = folder / name
        if attempt(f"{name} could not be written", partial(_replaced, path, write), False):
            paths[name] = str(path)
    return paths


def _replaced(path: Path, write: Writer) -> bool:
    """Write a file beside its place, force it to disk and move it there in one step."""
    new = path.with_name(f".{path.stem}.new{path.suffix}")
    try:
        write(new)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return True


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with plain line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")
