"""Runs the parser in a separate process, with limits of memory and time."""

from __future__ import annotations

import contextlib
import marshal
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from planner.workbook.files.guard import Deadline, RefusedError
from planner.workbook.files.sandbox_child import LENGTH

MOST_MEMORY = 1_000_000_000
"""Memory limit of the parser's process, bytes, on platforms that can limit it."""

OVERDUE = {-getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)}
"""Exit codes of a process that exceeded its limit of CPU time."""

DYING_S = 10.0
CHILD = Path(__file__).with_name("sandbox_child.py")
Grid = list[list[object]]


class ParserError(Exception):
    """The parser failed or crashed on a workbook that passed the guard."""


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Delay Ctrl-C and termination until the block ends.

    Python tests the directory for temporary files by writing a file, and creates a folder before
    it returns its name. An exception in between would leave the file or the folder behind.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in the main thread only.
        return
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda got, _: came.append(got))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for got in came:
            signal.raise_signal(got)


class Parser:
    """A process that parses one workbook and returns the cells of its sheets.

    Use it as a context manager, which ends the process and removes its temporary file.

    Parameters
    ----------
    name
        ``calamine`` or ``openpyxl``.
    mark
        Placeholder text for a formula whose value is not stored.
    deadline
        Time limit, after which the process is ended.

    Attributes
    ----------
    file : Path
        Where to write the workbook before calling `read`.

    Raises
    ------
    RefusedError
        If there is no room for a file, or no process can be started.
    """

    def __init__(self, name: str, mark: str, deadline: Deadline) -> None:
        self._deadline = deadline
        try:
            if not sys.executable:
                raise OSError("Python's own program is not found")
            with _signals_held():
                self._folder = tempfile.TemporaryDirectory(prefix="planner-")
            self.file = Path(self._folder.name, "book.xlsx")
            # -S skips site-packages, whose start-up files could import many packages.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "RUST_BACKTRACE": "0"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, ValueError) as error:
            if hasattr(self, "_folder"):
                self._folder.cleanup()
            raise RefusedError(
                f"no process can be started to read this file ({error})",
                "Check that the folder for temporary files has room and that Python can start.",
            ) from error
        self._task = {
            "parser": name,
            "mark": mark,
            "memory": MOST_MEMORY,
            "path": _path(),
            "seconds": int(deadline.seconds),
            "file": str(self.file),
        }

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()
        self._folder.cleanup()

    def read(self, extents: Sequence[tuple[int, int]], stand_in: object) -> list[tuple[Grid, int]]:
        """Return the cells of every sheet of the file, each with the number of its values.

        Parameters
        ----------
        extents
            Last row and last column of each sheet; a cell beyond them is an error.
        stand_in
            Value for a formula whose value is not stored.

        Raises
        ------
        ParserError
            If the parser fails or crashes.
        RefusedError
            If it takes too long.
        """
        watch = threading.Timer(self._deadline.left, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            pipe = _open(self._process.stdin)
            with contextlib.suppress(OSError):  # A crash is detected when its answer is missing.
                pipe.write(marshal.dumps({**self._task, "extents": list(extents)}))
                pipe.close()
            return [self._sheet(stand_in) for _ in extents]
        except ParserError:
            self._deadline.check()
            if self._process.wait(DYING_S) in OVERDUE:
                raise self._deadline.overdue() from None
            raise
        finally:
            watch.cancel()
            watch.join()

    def _sheet(self, stand_in: object) -> tuple[Grid, int]:
        pipe = _open(self._process.stdout)
        grid: Grid = []
        values = 0
        while True:
            block = _frame(pipe)
            if block is None:
                return grid, values
            if isinstance(block, str):
                raise ParserError(block)
            values += sum(count for count, _, _ in block)
            columns = [_plain(disguise, sent, stand_in) for _, disguise, sent in block]
            grid += map(list, zip(*columns, strict=True))


def _frame(pipe: IO[bytes]) -> Any:
    """Return the next value that the process sends."""
    head = pipe.read(LENGTH)
    size = int.from_bytes(head, "big")
    frame = pipe.read(size) if size < MOST_MEMORY else b""
    if len(head) < LENGTH or len(frame) < size:
        raise ParserError("the parser died")
    return marshal.loads(frame)


def _plain(disguise: str, values: Sequence[Any], stand_in: object) -> Sequence[object]:
    """Return a column's values, decoded from the form in which they were sent."""
    if disguise == "ordinals":
        return list(map(date.fromordinal, values))
    if disguise == "tuples":
        makers: dict[int, Callable[..., object]] = {
            0: lambda: stand_in,
            1: date.fromordinal,
            3: timedelta,
            4: time,
            7: datetime,
        }
        return [makers[len(v)](*v) if v.__class__ is tuple else v for v in values]
    return values


def _path() -> list[str]:
    """Return this process's import path, so that the other process uses the same packages."""
    return [place for place in sys.path if place and Path(place).is_absolute()]


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ParserError("the parser could not be started")
    return pipe
