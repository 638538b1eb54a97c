"""The standard streams of a command whose reader may go away before its work is done."""

from __future__ import annotations

import io
import os
import sys
from typing import Any


def keep_streams_open() -> None:
    """Let the command write to stdout and stderr even where nobody reads them, or they are closed.

    A reader such as ``head`` closes its pipe when it has seen enough. That ends the printing alone:
    the rest of the work is done, its files are written, and the command ends as it would have.
    Streams that something else has put in place, such as a test, are left alone.
    """
    if sys.stdout is sys.__stdout__:
        sys.stdout = _kept_open(sys.stdout, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _kept_open(sys.stderr, 2)


def discard(number: int) -> None:
    """Lead a file descriptor to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != number:  # a closed descriptor may be the next to be given out
        os.dup2(nowhere, number)
        os.close(nowhere)


def _kept_open(stream: Any, number: int) -> io.TextIOWrapper:
    """Return a text stream on the same file that outlives its reader."""
    if stream is None:  # closed by whoever called; files that are opened must not take its place
        discard(number)
        return io.TextIOWrapper(io.FileIO(number, "w", closefd=False), "utf-8", "replace")
    raw = getattr(stream.buffer, "raw", stream.buffer)
    return io.TextIOWrapper(
        io.BufferedWriter(_Unread(raw)),
        encoding=stream.encoding,
        errors="backslashreplace",  # a letter that the stream lacks is shown by its number
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Unread(io.RawIOBase):
    """Writes to a file; once its reader is gone, what is written is dropped."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw

    def write(self, data: Any, /) -> int | None:
        """Write bytes, and return how many are done with."""
        try:
            return self._raw.write(data)
        except BrokenPipeError:
            discard(self.fileno())
            return len(data)

    def writable(self) -> bool:
        """Say that this can be written to."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the file."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Say whether it is a terminal."""
        return self._raw.isatty()
