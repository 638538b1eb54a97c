"""Standard streams that survive a reader that closes its pipe early."""

from __future__ import annotations

import io
import os
import sys
from typing import Any


def keep_streams_open() -> None:
    """Make stdout and stderr writable even if they are closed or nobody reads them.

    A reader such as ``head`` closes its pipe early. That stops only the printing: the work goes on,
    its files are written, and the exit code is the same. Replaced streams, such as those of a test,
    are not touched.
    """
    if sys.stdout is sys.__stdout__:
        sys.stdout = _kept_open(sys.stdout, 1)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _kept_open(sys.stderr, 2)


def discard(number: int) -> None:
    """Redirect a file descriptor to the null device."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != number:  # a closed descriptor number would be reused
        os.dup2(nowhere, number)
        os.close(nowhere)


def _kept_open(stream: Any, number: int) -> io.TextIOWrapper:
    """Return a text stream on the same file that ignores a closed pipe."""
    if stream is None:  # closed by the parent process; newly opened files must not reuse its number
        discard(number)
        return io.TextIOWrapper(io.FileIO(number, "w", closefd=False), "utf-8", "replace")
    raw = getattr(stream.buffer, "raw", stream.buffer)
    return io.TextIOWrapper(
        io.BufferedWriter(_Unread(raw)),
        encoding=stream.encoding,
        errors="backslashreplace",  # characters outside the encoding are escaped
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Unread(io.RawIOBase):
    """Raw stream that discards output once its reader is gone."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw

    def write(self, data: Any, /) -> int | None:
        """Write bytes, and return how many were consumed."""
        try:
            return self._raw.write(data)
        except BrokenPipeError:
            discard(self.fileno())
            return len(data)

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._raw.fileno()

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return self._raw.isatty()
