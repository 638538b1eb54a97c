"""Cells of one sheet of an .xlsx workbook, checked and put into the plainest XML there is.

Nearly every sheet is plain already: one regular expression says so of the whole at once, ten times
faster than a parser. A sheet that is not, is read element by element and written anew. What comes
out of both holds nothing but cells whose meaning is certain, so that the parser behind it has no
freedom left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import lt
from xml.sax.saxutils import escape

from planner.errors import Fault, InputFaults
from planner.inputs.guard import MOST_CELLS, DamagedError, Deadline
from planner.inputs.markup import Element, Walk, elements, is_true, number_of, unescaped, walk

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_NUMBER = rb"[-+.0-9eE]++"
_FORMULA = rb"(?:<f[^<>]*+>(?:" + _TEXT + rb"</f>)?+)?+"
_T = rb"<t(?: xml:space=\"preserve\")?+>" + _TEXT + rb"</t>"
_MORE = rb"(?: (?:cm|vm|ph)=\"\w*+\")*+ ?+"
_PLAINEST = (
    rb"><v>" + _NUMBER + rb"</v></c>"
    rb"| t=\"s\"><v>\d++</v></c>"
    rb"| t=\"n\"><v>" + _NUMBER + rb"</v></c>"
    rb"| t=\"b\"><v>[01]</v></c>"
    rb"|(?: t=\"\w*+\")?+ ?+/>"
)  # fmt: skip
_OTHER = (
    rb"| t=\"inlineStr\"" + _MORE + rb"><is>" + _T + rb"</is></c>"
    rb"|(?: t=\"n\")?+" + _MORE + rb">" + _FORMULA + rb"<v>" + _NUMBER + rb"</v></c>"
    rb"| t=\"str\"" + _MORE + rb">" + _FORMULA + rb"<v(?: xml:space=\"preserve\")?+>" + _TEXT
    + rb"</v></c>"
    rb"| t=\"b\"" + _MORE + rb">" + _FORMULA + rb"<v>[01]</v></c>"
    rb"| t=\"s\"" + _MORE + rb"><v>\d++</v></c>"
    rb"|(?: t=\"\w*+\")?+" + _MORE + rb"(?:/>|></c>)"
)  # fmt: skip


def _rows(columns: bytes, cell: bytes) -> re.Pattern[bytes]:
    """Return the pattern of rows whose cells stand in certain columns in certain forms."""
    cells = rb"<c r=\"" + columns + rb"[1-9]\d{0,6}+\"(?: s=\"\d*+\")?+(?:" + cell + rb")\s*+"
    return re.compile(
        rb"\s*+(?:<row r=\"[1-9]\d{0,6}+\"[^<>]*+(?:(?<=/)>|>\s*+(?:" + cells + rb")*+</row>)\s*+)*+"
    )


NARROW = _rows(rb"[A-Z]", _PLAINEST)
"""The commonest forms alone: no formulas, errors, texts in place or columns after Z."""

PLAIN = _rows(rb"[A-Z]{1,3}+", _PLAINEST + _OTHER)
"""Rows and cells as spreadsheets write them, each in a form with one meaning."""

ROW = re.compile(rb'<row r="(\d+)"')
COLUMN = re.compile(rb'<c r="([A-Z]+)')
HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^<>]* hidden="(?:1|true)"')
ERROR_CELL = re.compile(rb'(<c r="[^<>]*?) t="e"')
EMPTY_FORMULA = re.compile(
    rb'(<c r="[A-Z]+\d+"(?: s="\d*")?)((?: [a-z]+="\w*")*)\s?>\s*'
    rb"<f[^<>]*(?:/>|>[^<]*</f>)\s*(<v\s*/>|<v>\s*</v>)?\s*</c>"
)
WITHOUT_VALUE = re.compile(rb"(?:</f>|<f[^<>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
Range = tuple[int, int, int, int]
"""Top row, left column, bottom row, right column, from 1."""


@dataclass
class SheetCells:
    """One sheet, ready for the parser, and what is to be known of it.

    Attributes
    ----------
    rows : bytes
        What the element ``sheetData`` holds.
    bottom, right : int
        Row and column, from 1, beyond which no cell stands.
    values : int or None
        Cells that hold a value; None where that is not known yet.
    hidden_rows : list of int
        Rows that are hidden or filtered out.
    around : list of Element
        The elements around the cells: merges, columns, parts of tables.
    stray : str
        The furthest cell that is formatted and empty, where those were left out.
    """

    rows: bytes
    bottom: int
    right: int
    values: int | None
    hidden_rows: list[int]
    around: list[Element]
    stray: str = ""

    @property
    def area(self) -> int:
        """Cells from A1 to the last row and column."""
        return self.bottom * self.right

    def ranges(self, name: str, attribute: str = "ref") -> list[Range]:
        """Return the ranges that elements of a name give, e.g. of each ``mergeCell``."""
        given = (range_of(e.attributes.get(attribute, "")) for e in self.around if e.name == name)
        return [found for found in given if found is not None]

    def hidden_columns(self) -> list[int]:
        """Return the columns that are hidden, from 1."""
        return [
            column
            for e in self.around
            if e.name == "col" and is_true(e.attributes, "hidden")
            for column in range(
                number_of(e.attributes, "min", 1),
                min(number_of(e.attributes, "max", 0), LAST_COLUMN) + 1,
            )
        ]


def letters(column: int) -> str:
    """Return the letters of a column, from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """Return the number of a column, from 1, from its letters."""
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number


def range_of(name: str) -> Range | None:
    """Return the corners of a range such as ``A1:C7``, or None where it is none."""
    found = RANGE.fullmatch(name)
    if found is None:
        return None
    left, top = column_of(found[1]), int(found[2])
    right, bottom = (column_of(found[3]), int(found[4])) if found[3] else (left, top)
    if not (1 <= top <= bottom <= LAST_ROW and left <= right <= LAST_COLUMN):
        return None
    return top, left, bottom, right


def range_name(found: Range) -> str:
    """Return a range as spreadsheets name it."""
    top, left, bottom, right = found
    first, last = f"{letters(left)}{top}", f"{letters(right)}{bottom}"
    return first if first == last else f"{first}:{last}"


def quick_cells(part: bytes, name: str, mark: str) -> SheetCells | None:
    """Return the cells of a sheet that is plain, or None where it must be read with care.

    Parameters
    ----------
    part
        The sheet's XML, in UTF-8.
    name
        The part's name, for messages.
    mark
        A text that stands for a formula without a value.
    """
    first, last = part.find(b"<sheetData>"), part.rfind(b"</sheetData>")
    if first < 0 and b"<sheetData/>" in part:
        return SheetCells(b"", 0, 0, 0, [], elements(part, name))
    if first < 0 or last < first:
        return None
    cells, right, inline = part[first + len(b"<sheetData>") : last], 26, 0
    if NARROW.fullmatch(cells) is None:
        cells, right = _mended(cells, mark), LAST_COLUMN
        if PLAIN.fullmatch(cells) is None:
            return None
        inline = cells.count(b"</is>")
    numbers = [int(number) for number in ROW.findall(cells)]
    bottom = max(numbers, default=0)
    if bottom * right > MOST_CELLS:
        right = max((column_of(c.decode()) for c in set(COLUMN.findall(cells))), default=0)
    if not all(map(lt, numbers, numbers[1:])) or bottom > LAST_ROW or right > LAST_COLUMN:
        return None
    if bottom * right > MOST_CELLS:
        return None
    hidden = [int(number) for number in HIDDEN_ROW.findall(cells)] if b' hidden="' in cells else []
    around = elements(part[:first] + part[last + len(b"</sheetData>") :], name)
    values = cells.count(b"</v>") + inline
    return SheetCells(cells, bottom, right, values, hidden, around)


def _mended(cells: bytes, mark: str) -> bytes:
    """Return cells with errors written as texts and formulas without a value marked."""
    if b' t="e"' in cells:
        cells = ERROR_CELL.sub(rb'\1 t="str"', cells)
    if b"<f" in cells and WITHOUT_VALUE.search(cells) is not None:
        marked = b' t="str"><v>' + mark.encode() + b"</v></c>"

        def filled(cell: re.Match[bytes]) -> bytes:
            # A formula may well come to an empty text, and then it says that it is one.
            is_empty_text = cell[3] is not None and b't="str"' in cell[2]
            return cell[0] if is_empty_text else cell[1] + marked

        cells = EMPTY_FORMULA.sub(filled, cells)
    return cells


@dataclass
class _Careful:
    """Reads a sheet element by element; every cell that could mean two things is a fault."""

    title: str
    texts: int
    mark: str
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
            self.deadline.check()
            self.row = self._row_number(attributes)
            self.column = 0
            if is_true(attributes, "hidden"):
                self.hidden.append(self.row)
        elif name == "c" and inside == "row":
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
        number = int(written) if written.isascii() and written.isdigit() else 0
        if not written:
            number = self.row + 1
        if not 1 <= number <= LAST_ROW or len(written) > 7:
            raise DamagedError(f"sheet {self.title} has a row numbered {written[:20]!r}")
        return number

    def _take(self) -> None:
        """Keep the cell that has just ended."""
        written = self.cell.get("r", "").strip()
        found = REFERENCE.fullmatch(written) if written else None
        row, column = self.row, self.column + 1
        if found is not None:
            row, column = int(found[2]), column_of(found[1])
        if (written and found is None) or column > LAST_COLUMN or row != self.row:
            raise DamagedError(
                f"row {self.row} of sheet {self.title} holds a cell named {written[:20]!r}"
            )
        self.column = column
        xml = self._value(f"{letters(column)}{row}")
        if xml is None:
            self.furthest = max(self.furthest, (row, column))
        elif (row, column) in self.cells:
            self.faults.append(Fault(
                f"{self.title}!{letters(column)}{row}", "", "this cell stands in the file twice",
                "Retype it in a spreadsheet and save the workbook again"))  # fmt: skip
        else:
            self.cells[row, column] = xml

    def _value(self, cell: str) -> bytes | None:
        """Return the cell in its plainest form, or None if it is blank."""
        kind = self.cell.get("t", "n").strip()
        if kind in ("inlineStr", "is"):
            value = "".join(self.pieces.get("is", ()))
        else:
            value = "".join(self.pieces.get("v", ()))
        if "f" in self.pieces and not value and (kind != "str" or "v" not in self.pieces):
            kind, value = "str", self.mark
        if not value:
            return None
        kind, value = self._plain(kind, value, cell)
        style = self.cell.get("s", "").strip()
        number = style if style.isascii() and style.isdigit() else "0"
        return f'<c r="{cell}" s="{number}" t="{kind}"><v>{escape(value)}</v></c>'.encode()

    def _plain(self, kind: str, value: str, cell: str) -> tuple[str, str]:
        """Return the one way to write a value."""
        bare = value.strip()
        if kind == "n":
            if NUMBER.fullmatch(bare):
                return "n", bare
            is_no_number = bare.lower().lstrip("+-") in ("nan", "inf", "infinity")
            return "str", "#NUM!" if is_no_number else value
        if kind == "s":
            if bare.isascii() and bare.isdigit() and int(bare) < self.texts:
                return "s", bare
            raise DamagedError(
                f"cell {cell} of sheet {self.title} refers to shared text {bare[:20]!r}, and the "
                f"file holds {self.texts:,}"
            )
        if kind == "b" and bare.lower() in ("0", "1", "true", "false"):
            return "b", "1" if bare.lower() in ("1", "true") else "0"
        if kind == "d":
            return "d", bare
        if kind in ("e", "str", "inlineStr", "is"):
            return "str", unescaped(value)
        raise DamagedError(
            f"cell {cell} of sheet {self.title} is of a kind that is unknown, {kind[:20]!r}"
            f" with {bare[:20]!r}"
        )


def careful_cells(
    part: bytes, name: str, title: str, texts: int, mark: str, deadline: Deadline
) -> SheetCells:
    """Return the cells of any sheet, read element by element.

    Parameters
    ----------
    part
        The sheet's XML, in UTF-8.
    name
        The part's name, for messages.
    title
        The sheet's name.
    texts
        How many shared texts the workbook holds.
    mark
        A text that stands for a formula without a value.
    deadline
        When reading has to be done.

    Raises
    ------
    RefusedError
        If the XML is damaged or a cell says what cannot be.
    InputFaults
        If cells stand there twice, or the used range is too large.
    """
    sheet = _Careful(title, texts, mark, deadline)
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


def _check_extent(
    title: str, places: Sequence[tuple[int, int]], bottom: int, right: int
) -> None:  # fmt: skip
    """Fault the cell that makes the used range too large."""
    if bottom * right <= MOST_CELLS:
        return
    # Of the last row and the widest column, the one that stands further from its neighbour.
    low = places[-1]
    wide = max(places, key=lambda place: place[1])
    row, column = wide if wide[1] * 100 > low[0] else low
    raise InputFaults([Fault(
        f"{title}!{letters(column)}{row}", "",
        f"this cell makes the sheet reach over {bottom:,} rows and {right:,} columns, more than "
        f"the {MOST_CELLS:,} cells that are read",
        "Delete what stands in it, or delete the row and column, and save the workbook",
    )])  # fmt: skip
