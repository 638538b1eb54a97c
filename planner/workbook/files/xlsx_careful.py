"""Reader for .xlsx sheets that are not written plainly: element by element, with an XML parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from planner.errors import Fault, InputFaults
from planner.workbook.files.cell_names import LAST_COLUMN, LAST_ROW, column_of, letters
from planner.workbook.files.guard import MOST_CELLS, DamagedError, Deadline, RefusedError, short
from planner.workbook.files.safe_xml import Element, Walk, is_true, unescaped, walk
from planner.workbook.files.xlsx_quick import LostValues, SheetCells

REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
MOST_FAULTS = 100
MOST_CAREFUL_CELLS = 1_500_000
"""Limit of the number of cells in one sheet, because this reader needs much time and memory."""


@dataclass
class _Careful:
    """Reads a sheet element by element, and reports every ambiguous cell."""

    title: str
    texts: int
    lost: LostValues
    deadline: Deadline
    cells: dict[tuple[int, int], bytes] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    around: list[Element] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    above: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0
    furthest: tuple[int, int] = (0, 0)
    cell: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, list[str]] = field(default_factory=dict)
    into: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        inside = self.above[-1]
        self.above.append(name)
        if name == "row" and inside == "sheetData":
            self.row = self._row_number(attributes)
            self.column = 0
            if is_true(attributes, "hidden"):
                self.hidden.append(self.row)
        elif name == "c" and inside == "row":
            self.deadline.check()
            self.cell, self.pieces = attributes, {}
        elif name in ("v", "f") and inside == "c":
            self.into = self.pieces.setdefault(name, [])
        elif name == "t" and "is" in self.above and "rPh" not in self.above:
            self.into = self.pieces.setdefault("is", [])
        elif "sheetData" not in self.above:
            self.around.append(Element(inside, name, attributes))

    def end(self, name: str) -> None:
        self.above.pop()
        self.into = None
        if name == "c" and self.above[-1] == "row":
            self._take()

    def text(self, piece: str) -> None:
        if self.into is not None:
            self.into.append(piece)

    def _row_number(self, attributes: dict[str, str]) -> int:
        written = attributes.get("r", "").strip()
        if not written:
            return min(self.row + 1, LAST_ROW)
        number = int(written) if written.isascii() and written.isdigit() and len(written) < 8 else 0
        if not 1 <= number <= LAST_ROW:
            raise DamagedError(f"sheet {self.title} has a row numbered {written[:20]!r}")
        return number

    def _take(self) -> None:
        """Store the cell that has just ended."""
        written = self.cell.get("r", "").strip()
        found = REFERENCE.fullmatch(written) if written else None
        row, column = self.row, self.column + 1
        if found is not None:
            row, column = int(found[2]), column_of(found[1])
        if (written and found is None) or column > LAST_COLUMN or not 1 <= row <= LAST_ROW:
            raise DamagedError(
                f"row {self.row} of sheet {self.title} contains a cell named {written[:20]!r}"
            )
        self.column = column
        xml = self._value(f"{letters(column)}{row}")
        if xml is None:
            self.furthest = max(self.furthest, (row, column))
        elif (row, column) in self.cells and len(self.faults) < MOST_FAULTS:
            self.faults.append(
                Fault(
                    f"{self.title}!{letters(column)}{row}",
                    "",
                    "the file contains this cell twice",
                    "Retype it in a spreadsheet and save the workbook again",
                )
            )
        else:
            self.cells[row, column] = xml
            if len(self.cells) > MOST_CAREFUL_CELLS:
                raise RefusedError(
                    f"sheet {self.title} is not written as spreadsheets write it, and has more "
                    f"than {MOST_CAREFUL_CELLS:,} cells",
                    "Open it in a spreadsheet and save it as .xlsx again.",
                )

    def _value(self, cell: str) -> bytes | None:
        """Return the XML of the cell in its plainest form; None if the cell is blank."""
        kind = self.cell.get("t", "n").strip()
        if kind in ("inlineStr", "is"):
            value = "".join(self.pieces.get("is", ()))
        else:
            value = "".join(self.pieces.get("v", ()))
        if "f" in self.pieces and self._is_lost(kind, value):
            kind, value = "str", self.lost.mark
        if not value:
            return None
        kind, value = self._plain(kind, value, cell)
        style = self.cell.get("s", "").strip()
        number = style if style.isascii() and style.isdigit() else "0"
        return f'<c r="{cell}" s="{number}" t="{kind}"><v>{escape(value)}</v></c>'.encode()

    def _is_lost(self, kind: str, value: str) -> bool:
        """Return whether the value of a formula is not stored."""
        if not value:
            return kind != "str" or "v" not in self.pieces
        is_number = kind == "n" and NUMBER.fullmatch(value.strip()) is not None
        return self.lost.zeros and is_number and float(value) == 0

    def _plain(self, kind: str, value: str, cell: str) -> tuple[str, str]:
        """Return the plainest type and text of a value."""
        bare = value.strip()
        if kind == "n":
            if NUMBER.fullmatch(bare):
                return "n", bare
            is_no_number = bare.lower().lstrip("+-") in ("nan", "inf", "infinity")
            return "str", "#NUM!" if is_no_number else value
        if kind == "s":
            if bare.isascii() and bare.isdigit() and len(bare) < 10 and int(bare) < self.texts:
                return "s", bare
            raise DamagedError(
                f"cell {cell} of sheet {self.title} refers to shared text {bare[:20]!r}, but the "
                f"file has {self.texts:,}"
            )
        if kind == "b" and bare.lower() in ("0", "1", "true", "false"):
            return "b", "1" if bare.lower() in ("1", "true") else "0"
        if kind == "d":
            return "d", bare
        if kind in ("e", "str", "inlineStr", "is"):
            return "str", unescaped(value)
        raise DamagedError(
            f"cell {cell} of sheet {self.title} has an invalid type or value, {kind[:20]!r} with "
            f"{bare[:20]!r}"
        )


def careful_cells(
    part: bytes, name: str, title: str, texts: int, lost: LostValues, deadline: Deadline
) -> SheetCells:
    """Return the cells of a sheet, read element by element.

    Parameters
    ----------
    part
        The sheet's XML, in UTF-8.
    name
        The part's name, for messages.
    title
        The sheet's name.
    texts
        Number of shared texts in the workbook.
    lost
        How to recognise and mark a formula whose value is not stored.
    deadline
        Time limit.

    Raises
    ------
    RefusedError
        If the XML is damaged, or a cell is invalid.
    InputFaults
        If a cell is in the file twice, or the used range is too large.
    """
    title = short(title)
    sheet = _Careful(title, texts, lost, deadline)
    walk(part, name, Walk(sheet.start, sheet.end, sheet.text))
    if sheet.faults:
        raise InputFaults(sheet.faults)
    places = sorted(sheet.cells)
    bottom = places[-1][0] if places else 0
    right = max((column for _, column in places), default=0)
    _check_extent(title, places, bottom, right)
    rows = []
    before = 0
    for row, column in places:
        if row != before:
            rows.append((b'</row><row r="%d">' if before else b'<row r="%d">') % row)
            before = row
        rows.append(sheet.cells[row, column])
    rows.append(b"</row>" if before else b"")
    row, column = sheet.furthest
    stray = f"{letters(column)}{row}" if row * column > MOST_CELLS else ""
    return SheetCells(b"".join(rows), bottom, right, None, sheet.hidden, sheet.around, stray)


def _check_extent(title: str, places: Sequence[tuple[int, int]], bottom: int, right: int) -> None:
    """Report the cell that makes the used range too large."""
    if bottom * right <= MOST_CELLS:
        return
    # Either the last row or the last column is far out. One column counts like a hundred rows.
    low = places[-1]
    wide = max(places, key=lambda place: place[1])
    row, column = wide if wide[1] * 100 > low[0] else low
    raise InputFaults(
        [
            Fault(
                f"{title}!{letters(column)}{row}",
                "",
                f"with this cell the sheet has {bottom:,} rows and {right:,} columns, more than "
                f"the {MOST_CELLS:,} cells that are read",
                "Clear it, or delete its row and column, and save the workbook",
            )
        ]
    )
