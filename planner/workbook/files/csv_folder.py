"""Read a folder of CSV files, one for each sheet, with any delimiter that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from pathlib import Path

from planner.errors import Fault, InputFaults, PlannerError
from planner.workbook.files.guard import (
    MOST_CELLS,
    MOST_SHEETS,
    MOST_UNPACKED,
    RefusedError,
    content_of,
    plural,
)
from planner.workbook.files.sandbox import Grid

ENDINGS = (".csv", ".tsv")
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
FIRST_LINES = 10
"""Lines that are searched for a delimiter; the first line that contains one decides."""

LONGEST_CELL = 100_000
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SAVE_AS_UTF_8 = "Save it from the spreadsheet as CSV UTF-8"


def csv_files(folder: Path) -> list[Path]:
    """Return the CSV files of a folder, in the order of their names.

    Raises
    ------
    PlannerError
        If there is no CSV file, or the folder cannot be listed.
    """
    try:
        files = sorted(
            file
            for file in folder.iterdir()
            # Names of lock files and of temporary files begin with these characters.
            if file.suffix.lower() in ENDINGS and not file.name.startswith((".", "~"))
        )
        size = sum(file.stat().st_size for file in files)
    except OSError as error:
        raise PlannerError(
            f"{folder}: this folder cannot be listed ({error.strerror or error})."
        ) from error
    if not files:
        raise PlannerError(
            f"{folder}: this folder has no CSV file. Give a workbook, or put one file for each "
            "sheet there, e.g. settings.csv."
        )
    if size > MOST_UNPACKED or len(files) > MOST_SHEETS:
        raise PlannerError(
            f"{folder}: this folder has {plural(len(files), 'CSV file')} of {size:,} bytes in "
            f"total, but at most {MOST_SHEETS:,} of {MOST_UNPACKED:,} bytes are read. Keep only "
            "the sheets that the plan needs."
        )
    return files


def read_csv(file: Path) -> Grid:
    """Return the cells of a CSV file, row by row; a blank cell is None.

    Raises
    ------
    PlannerError
        If the file is not CSV in a known encoding; the message names the line.
    InputFaults
        If a row has more cells than the table is wide.
    """
    try:
        text = _text_of(content_of(file))
        delimiter, is_declared = _delimiter(text)
        grid = _cells(text, delimiter)
    except RefusedError as error:
        raise PlannerError(f"{file}: {error}") from error
    if is_declared:
        grid[0] = []
    _check_widths(file.stem, grid, DELIMITERS.get(delimiter, "delimiters"))
    return grid


def _refused(reason: str, remedy: str = f"{SAVE_AS_UTF_8}.") -> RefusedError:
    return RefusedError(f"this file cannot be read as CSV ({reason})", remedy)


def _text_of(content: bytes) -> str:
    """Return the text of a file: in the encoding of its byte order mark, without one in UTF-8."""
    mark = next((mark for mark in MARKS if content.startswith(mark)), b"")
    encoding = MARKS.get(mark, "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        shown = content[error.start : error.start + 1].hex().upper()
        raise _refused(
            f"line {line} is not valid {encoding.removesuffix('-sig').upper()}: byte {shown}"
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refused(f"line {line} contains a zero byte, so it is not text")
    return text


def _delimiter(text: str) -> tuple[str, bool]:
    """Return the delimiter, and whether the first line only declares it (``sep=;``)."""
    lines = text[: 200 * LONGEST_CELL].split("\n", FIRST_LINES)[:FIRST_LINES]
    if lines[0].lower().startswith("sep=") and len(lines[0].rstrip("\r")) == 5:
        return lines[0][4], True
    for number, line in enumerate(lines, start=1):
        # Every second piece stands between quotes, where a delimiter is text.
        bare = "".join(line.split('"')[::2])
        counts = {delimiter: bare.count(delimiter) for delimiter in DELIMITERS}
        most = max(counts.values())
        found = [delimiter for delimiter, count in counts.items() if count == most]
        if most and len(found) > 1:
            named = " and ".join(DELIMITERS[delimiter] for delimiter in found)
            raise _refused(f"line {number} has equally many {named}", "Save it with one delimiter.")
        if most:
            return found[0], False
    return ",", False


def _cells(text: str, delimiter: str) -> Grid:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid: Grid = []
    cells, begun = 0, 1
    try:
        for row in reader:
            grid.append([cell or None for cell in row])
            cells += len(row)
            if cells > MOST_CELLS:
                raise _refused(
                    f"it has more than {MOST_CELLS:,} cells",
                    "Keep only the rows that the plan needs.",
                )
            begun = reader.line_num + 1
    except csv.Error as error:
        reason = str(error)
        if "field larger" in reason:
            reason = f"a text of more than {LONGEST_CELL:,} characters"
        elif "unexpected end" in reason:
            reason = "a quotation mark opens there and is never closed"
        raise _refused(
            f"in the row that begins in line {begun}: {reason}",
            'Put a text with a delimiter or line end between quotation marks, "...", '
            "and double the marks within it.",
        ) from error
    return grid


def _check_widths(title: str, grid: Grid, delimiters: str) -> None:
    """Report rows that are wider than the table: some value in them is in the wrong column."""
    widths = [
        next((n for n in range(len(row), 0, -1) if row[n - 1] is not None), 0) for row in grid
    ]
    common = Counter(len(row) for row in grid if len(row) > 1).most_common(1)
    if not common:
        return
    most = common[0][0]
    faults = [
        Fault(
            f"{title} row {number}",
            str(grid[number - 1][most]),
            f"this row has {plural(width, 'cell')} where the table has {most}",
            f"Put a text that contains {delimiters} between quotation marks",
        )
        for number, width in enumerate(widths, start=1)
        if width > most
    ]
    if faults:
        raise InputFaults(faults)
