"""Runs the parser in a process of its own, with a limit of memory and of time."""

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
"""Bytes of memory that the parser may take, where the platform can limit it."""

OVERDUE = {-getattr(signal, name) for name in ("SIGXCPU",) if hasattr(signal, name)}
"""What a process says that was ended for having computed too long."""

DYING_S = 10.0
CHILD = Path(__file__).with_name("sandbox_child.py")
Grid = list[list[object]]


class ParserError(Exception):
    """The parser failed on a workbook that the guard let pass, or died of it."""


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Let Ctrl-C and termination wait.

    Python tries out the folder for temporary files with a file, and makes a folder before anyone
    knows of it: an exception between two such steps would leave one of them behind.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no signal is handled here
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
    """A process that waits for one workbook and gives back the cells of its sheets.

    Use it as a context: whatever happens, the process and its file are gone afterwards.

    Parameters
    ----------
    name
        ``calamine`` or ``openpyxl``.
    mark
        A text that stands for a formula without a value.
    deadline
        When the process is ended.

    Attributes
    ----------
    file : Path
        Where the workbook is to be written before it is read.

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
            # Without the site's start-up, which would import half of what is installed.
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
                "See that the folder for temporary files has room and that Python can start.",
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
        """Return the cells of every sheet of the file, and how many of them hold a value.

        Parameters
        ----------
        extents
            Row and column of each sheet beyond which no cell may stand.
        stand_in
            What stands for a formula without a value.

        Raises
        ------
        ParserError
            If the parser gives up or dies.
        RefusedError
            If its time is over.
        """
        watch = threading.Timer(self._deadline.left, self._process.kill)
        watch.daemon = True
        watch.start()
        try:
            pipe = _open(self._process.stdin)
            with contextlib.suppress(OSError):  # a process that is gone answers nothing either
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
    """Return what the process sends next."""
    head = pipe.read(LENGTH)
    size = int.from_bytes(head, "big")
    frame = pipe.read(size) if size < MOST_MEMORY else b""
    if len(head) < LENGTH or len(frame) < size:
        raise ParserError("the parser died")
    return marshal.loads(frame)


def _plain(disguise: str, values: Sequence[Any], stand_in: object) -> Sequence[object]:
    """Return a column's values, out of the disguise that they were sent in."""
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
    """Return where this process finds its packages, for the other to find the same."""
    return [place for place in sys.path if place and Path(place).is_absolute()]


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ParserError("the parser could not be started")
    return pipe
