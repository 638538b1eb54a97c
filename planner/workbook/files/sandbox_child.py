"""Script that parses one checked workbook in a separate process, which may crash without harm.

It reads its task from standard input. It imports no package except the parser, and nothing of the
planner, so that it starts in some hundredths of a second. It writes frames, each a length and a
marshalled value. For each sheet these are blocks of rows, each as a list of columns, and then
None. If parsing fails, the last frame is the reason as a text.
"""

from __future__ import annotations

import gc
import marshal
import sys
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite

TYPE_CHECKING = False  # As in typing, which would take longer to import than all the rest.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, BinaryIO

    Rows = Sequence[Sequence[Any]]

LENGTH = 8
BLOCK_ROWS = 4000
NUMERIC_ERROR = "#NUM!"
LARGEST = 1e15
"""Larger numbers stay floats, because a float cannot represent every larger whole number."""


def main() -> None:
    """Read what to do from standard input; write cells to standard output."""
    gc.disable()  # This process is short-lived and frees next to nothing.
    source, out = sys.stdin.buffer, sys.stdout.buffer
    task = marshal.loads(source.read())
    limit(task["memory"], task["seconds"])
    sys.path[:] = task["path"]
    done = 0
    try:
        read = with_openpyxl if task["parser"] == "openpyxl" else with_calamine
        for sheet in read(task["file"], task["extents"]):
            for block in sheet:
                columns = zip(*block, strict=True)
                send(out, [converted(column, task["mark"]) for column in columns])
            send(out, None)
            done += 1
    except BaseException as error:  # A panic of the parser is not an Exception.
        send(out, f"{type(error).__name__} after {done} sheets: {error}"[:500])
    out.flush()


def limit(memory: int, seconds: int) -> None:
    """Limit the memory and CPU time of this process, on platforms that can do so."""
    try:
        import resource  # noqa: PLC0415  (there is none on Windows)
    except ImportError:
        return
    limits = {
        "RLIMIT_AS": (memory, memory),
        "RLIMIT_CPU": (seconds, 2 * seconds),
        "RLIMIT_CORE": (0, 0),
    }
    for name, values in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), values)
        except (AttributeError, ValueError, OSError):
            continue


def send(out: BinaryIO, value: Any) -> None:
    """Write one frame."""
    frame = marshal.dumps(value, 2)
    out.write(len(frame).to_bytes(LENGTH, "big"))
    out.write(frame)


def blocks(rows: Iterable[Sequence[Any]]) -> Iterator[Rows]:
    """Yield rows in blocks of some thousands."""
    source = iter(rows)
    while block := list(islice(source, BLOCK_ROWS)):
        yield block


def with_calamine(file: str, extents: Sequence[tuple[int, int]]) -> Iterator[Iterable[Rows]]:
    """Yield the blocks of rows of each sheet, from its first row on."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  (on the path only now)

    workbook = CalamineWorkbook.from_path(file)
    for number, (bottom, right) in enumerate(extents):
        sheet = workbook.get_sheet_by_index(number)
        if sheet.start is None or sheet.end is None:
            yield ()
            continue
        if sheet.end[0] >= bottom or sheet.end[1] >= right:
            raise ValueError("a cell is outside its row")
        left = [""] * sheet.start[1]
        yield (
            blocks([*left, *row] for row in sheet.iter_rows())
            if left
            else blocks(sheet.iter_rows())
        )


def with_openpyxl(file: str, extents: Sequence[tuple[int, int]]) -> Iterator[Iterable[Rows]]:
    """Yield the same as `with_calamine`, with a slower parser that fails on fewer files."""
    from openpyxl import load_workbook  # noqa: PLC0415  (on the path only now, and slow)

    workbook = load_workbook(file, read_only=True, data_only=True)
    for sheet, (bottom, _) in zip(workbook.worksheets, extents, strict=True):
        sheet.reset_dimensions()
        rows = list(sheet.iter_rows(values_only=True, max_row=bottom))
        width = max(map(len, rows), default=0)
        yield blocks([*row, *[None] * (width - len(row))] for row in rows)


def converted(column: Sequence[Any], mark: str) -> tuple[int, str, Sequence[Any]]:
    """Return the number of values in a column, their encoding, and the encoded values.

    marshal knows no dates. A column of only dates is sent as ordinals. In other columns, dates
    and times are sent as tuples, whose length tells the type; the empty tuple stands for a
    formula whose value is not stored.
    """
    kinds = set(map(type, column))
    if kinds == {float} and are_exact(column):
        return len(column), "", [int(v) if v.is_integer() else v for v in column]
    if kinds == {date}:
        return len(column), "ordinals", [day.toordinal() for day in column]
    blank = column.count("") + column.count(None)
    if blank == len(column):
        return 0, "", [None] * blank
    if kinds == {str} and mark not in column:
        return len(column) - blank, "", [v or None for v in column] if blank else column
    has_marks = mark in column
    sent = [
        value or None
        if value.__class__ is str
        else DISGUISES[type(value)](value)
        if type(value) in DISGUISES
        else value
        for value in column
    ]
    if has_marks:
        sent = [() if value == mark else value for value in sent]
    disguised = has_marks or not kinds <= PLAIN
    return len(column) - blank, "tuples" if disguised else "", sent


def are_exact(numbers: Sequence[float]) -> bool:
    """Return whether all numbers are finite, and small enough for whole numbers to be exact."""
    return -LARGEST < min(numbers) <= max(numbers) < LARGEST and isfinite(sum(numbers))


def whole(value: float) -> float | str:
    """Return a whole number as an int, and infinity or NaN as a spreadsheet's error."""
    if not isfinite(value):
        return NUMERIC_ERROR
    return int(value) if value.is_integer() and abs(value) < LARGEST else value


DISGUISES: dict[type, Callable[[Any], object]] = {
    float: whole,
    date: lambda day: (day.toordinal(),),
    datetime: lambda at: (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond),
    time: lambda at: (at.hour, at.minute, at.second, at.microsecond),
    timedelta: lambda span: (span.days, span.seconds, span.microseconds),
}

PLAIN = {bool, int, float, str, type(None)}

if __name__ == "__main__":
    main()
