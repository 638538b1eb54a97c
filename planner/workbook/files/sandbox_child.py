"""Parses one checked workbook in a process of its own, which may die without harm.

Run as a script and told on standard input what to do, it imports nothing of the planner and no
package but the parser: starting it takes some hundredths of a second. It answers in frames, each a
length and a marshalled value: for every sheet its rows in blocks of columns, then None; or one
text, the reason why it cannot.
"""

from __future__ import annotations

import gc
import marshal
import sys
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite

TYPE_CHECKING = False  # as in typing, whose import would take longer than the rest
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, BinaryIO

    Rows = Sequence[Sequence[Any]]

LENGTH = 8
BLOCK_ROWS = 4000
NUMERIC_ERROR = "#NUM!"
LARGEST = 1e15
"""Numbers that are larger stay as they are: beyond it, whole numbers are no longer exact."""


def main() -> None:
    """Read what to do from standard input; write cells to standard output."""
    gc.disable()  # this process only grows, and ends soon
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
    except BaseException as error:  # a panic of the parser is no Exception
        send(out, f"{type(error).__name__} after {done} sheets: {error}"[:500])
    out.flush()


def limit(memory: int, seconds: int) -> None:
    """Keep this process from taking more memory or time than it may, where the platform can."""
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
    """Yield rows some thousands at a time."""
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
            raise ValueError("a cell stands outside of its row")
        left = [""] * sheet.start[1]
        yield (
            blocks([*left, *row] for row in sheet.iter_rows())
            if left
            else blocks(sheet.iter_rows())
        )


def with_openpyxl(file: str, extents: Sequence[tuple[int, int]]) -> Iterator[Iterable[Rows]]:
    """Yield the same with a slower parser."""
    from openpyxl import load_workbook  # noqa: PLC0415  (on the path only now, and slow)

    workbook = load_workbook(file, read_only=True, data_only=True)
    for sheet, (bottom, _) in zip(workbook.worksheets, extents, strict=True):
        sheet.reset_dimensions()
        rows = list(sheet.iter_rows(values_only=True, max_row=bottom))
        width = max(map(len, rows), default=0)
        yield blocks([*row, *[None] * (width - len(row))] for row in rows)


def converted(column: Sequence[Any], mark: str) -> tuple[int, str, Sequence[Any]]:
    """Return how many values a column holds, the disguise they go in, and what is sent.

    Dates go as their ordinals where they stand alone. Otherwise dates and times go as tuples that
    differ in length, and a formula without a value as the empty one.
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
    """Return whether all numbers are so small that a whole one is exact; others are none."""
    return -LARGEST < min(numbers) <= max(numbers) < LARGEST and isfinite(sum(numbers))


def whole(value: float) -> float | str:
    """Return a number, without a fraction of nothing; what is none as a spreadsheet's error."""
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
