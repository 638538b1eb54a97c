"""Output files of a sweep or a comparison: each is written atomically and independently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from planner.attempts import Attempt
from planner.workbook.files.atomic import replacement

Writer = Callable[[Path], None]


def written_files(folder: Path, writers: Mapping[str, Writer], attempt: Attempt) -> dict[str, str]:
    """Write files into a folder.

    Parameters
    ----------
    folder
        Folder to write to.
    writers
        File name to a function that writes that file.
    attempt
        Runs each writer; a failed one leaves the existing file in place.

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
    """Write a file atomically."""
    with replacement(path) as new:
        write(new)
    return True


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8 with plain line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")
