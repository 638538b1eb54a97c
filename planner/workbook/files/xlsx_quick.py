"""Cells of one sheet of an .xlsx workbook, checked and put into the plainest XML there is.

Nearly every sheet is plain already: one regular expression says so of the whole at once, ten times
faster than a parser. A sheet that is not, is read element by element (`xlsx_careful`) and written
anew. What comes out of both holds nothing but cells whose meaning is certain, so that the parser
behind it has no freedom left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from operator import lt

from planner.workbook.files.cell_names import (
    LAST_COLUMN,
    LAST_ROW,
    Range,
    column_of,
    letters,
    range_of,
)
from planner.workbook.files.guard import MOST_CELLS
from planner.workbook.files.safe_xml import Element, elements, is_true, number_of

_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_NUMBER = rb"[-+.0-9eE]++"
_FORMULA = rb"(?:<f[^<>]*+>(?:" + _TEXT + rb"</f>)?+)?+"
_T = rb"<t(?: xml:space=\"preserve\")?+>" + _TEXT + rb"</t>"
_MORE = rb"(?: (?:cm|vm|ph)=\"\w*+\")*+ ?+"
_PLAINEST = (
    rb"><v>" + _NUMBER + rb"</v></c>"
    rb"| t=\"s\"><v>\d{1,9}+</v></c>"
    rb"| t=\"n\"><v>" + _NUMBER + rb"</v></c>"
    rb"| t=\"b\"><v>[01]</v></c>"
    rb"|(?: t=\"\w*+\")?+ ?+/>"
)
_OTHER = (
    rb"| t=\"inlineStr\"" + _MORE + rb"><is>" + _T + rb"</is></c>"
    rb"|(?: t=\"n\")?+" + _MORE + rb">" + _FORMULA + rb"<v>" + _NUMBER + rb"</v></c>"
    rb"| t=\"str\""
    + _MORE
    + rb">"
    + _FORMULA
    + rb"<v(?: xml:space=\"preserve\")?+>"
    + _TEXT
    + rb"</v></c>"
    rb"| t=\"b\"" + _MORE + rb">" + _FORMULA + rb"<v>[01]</v></c>"
    rb"| t=\"s\"" + _MORE + rb"><v>\d{1,9}+</v></c>"
    rb"|(?: t=\"\w*+\")?+" + _MORE + rb"(?:/>|></c>)"
)


@cache
def _plain(columns: bytes, cell: bytes, digits: int) -> re.Pattern[bytes]:
    """Return the pattern of rows whose cells stand in certain columns in certain forms.

    Numbers of rows have so many digits at most, those in the names of cells too.
    """
    row = rb"[1-9]\d{0,%d}+\"" % (digits - 1)
    cells = rb"<c r=\"" + columns + row + rb"(?: s=\"\d*+\")?+(?:" + cell + rb")\s*+"
    return re.compile(
        rb"\s*+(?:<row r=\"" + row + rb"[^<>]*+(?:(?<=/)>|>\s*+(?:" + cells + rb")*+</row>)\s*+)*+"
    )


NARROW = rb"[A-Z]", _PLAINEST
"""The commonest forms alone: no formulas, errors, texts in place or columns after Z."""

WIDE = rb"(?:[A-W][A-Z]{2}|X[A-E][A-Z]|XF[A-D]|[A-Z]{1,2})", _PLAINEST + _OTHER
"""Every form that spreadsheets write and that has one meaning."""

ROW = re.compile(rb'<row r="(\d{1,7})"')
COLUMN = re.compile(rb'<c r="([A-Z]+)')
BLANK_CELL = re.compile(rb'<c r="[A-Z]+\d+"[^<>]*(?:/>|></c>)\s*+')
BLANK_ROW = re.compile(rb"<row [^<>]*(?:/>|>\s*+</row>)\s*+")
HIDDEN_ROW = re.compile(rb'<row r="(\d+)"[^<>]* hidden="(?:1|true)"')
ERROR_CELL = re.compile(rb'(<c r="[^<>]*?) t="e"')
EMPTY_FORMULA = re.compile(
    rb'(<c r="[A-Z]+\d+"(?: s="\d*")?)((?: [a-z]+="\w*+")*+)\s?>\s*+'
    rb"<f[^<>]*(?:/>|>[^<]*+</f>)\s*+(<v\s*+/>|<v>\s*+</v>)?\s*+</c>"
)
ZERO_FORMULA = re.compile(
    rb'(<c r="[A-Z]+\d+"(?: s="\d*")?)(?: t="n")?(?: (?:cm|vm|ph)="\w*+")*+ ?>\s*+'
    rb"<f[^<>]*(?:/>|>[^<]*+</f>)\s*+<v>[-+]?0*+\.?0*+(?:[eE][-+]?\d++)?</v>\s*+</c>"
)
WITHOUT_VALUE = re.compile(rb"(?:</f>|<f[^<>]*/>)\s*+(?:<v\s*+/>|<v>\s*+</v>)?\s*+</c>")


@dataclass(frozen=True)
class LostValues:
    """How a formula is told whose value the workbook does not hold.

    Attributes
    ----------
    mark : str
        A text that stands for such a formula.
    zeros : bool
        Whether a formula stored as 0 is one, too: some programs write 0 for every formula and ask
        the spreadsheet to calculate all of them when it opens the workbook.
    """

    mark: str
    zeros: bool = False


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

    def tighten(self) -> None:
        """Find the last column, of which only a bound was known."""
        named = set(COLUMN.findall(self.rows))
        self.right = max((column_of(name.decode()) for name in named), default=0)

    def leave_blanks_out(self) -> None:
        """Leave out cells that are formatted and empty, which may reach far beyond the others."""
        self.stray = f"{letters(self.right)}{self.bottom}"
        self.rows = BLANK_ROW.sub(b"", BLANK_CELL.sub(b"", self.rows))
        self.bottom = max(map(int, ROW.findall(self.rows)), default=0)
        self.tighten()

    def ranges(self, name: str, attribute: str = "ref") -> list[Range]:
        """Return the ranges that elements of a name give, e.g. of each ``mergeCell``."""
        given = (range_of(e.attributes.get(attribute, "")) for e in self.around if e.name == name)
        return [found for found in given if found is not None]

    def hidden_columns(self) -> list[int]:
        """Return the columns that are hidden, from 1."""
        changes = [0] * (LAST_COLUMN + 2)
        for e in self.around:
            first = number_of(e.attributes, "min", 1)
            last = min(number_of(e.attributes, "max", first), LAST_COLUMN)
            if e.name == "col" and is_true(e.attributes, "hidden") and 1 <= first <= last:
                changes[first] += 1
                changes[last + 1] -= 1
        return [column for column, depth in enumerate(accumulate(changes)) if depth]


def quick_cells(
    part: bytes, name: str, lost: LostValues, blank_texts: Sequence[int] = ()
) -> SheetCells | None:
    """Return the cells of a sheet that is plain, or None where it must be read with care.

    Parameters
    ----------
    part
        The sheet's XML, in UTF-8.
    name
        The part's name, for messages.
    lost
        What stands for a formula without a value, and which formulas are.
    blank_texts
        Numbers of the shared texts that are empty.
    """
    first, last = part.find(b"<sheetData>"), part.rfind(b"</sheetData>")
    if first < 0 and b"<sheetData/>" in part:
        return SheetCells(b"", 0, 0, 0, [], elements(part, name))
    if first < 0 or last < first:
        return None
    cells, right, values = part[first + len(b"<sheetData>") : last], 26, 0
    numbers = [int(number) for number in ROW.findall(cells)]
    bottom = max(numbers, default=0)
    if not all(map(lt, numbers, numbers[1:])) or bottom > LAST_ROW:
        return None
    if _plain(*NARROW, len(str(bottom))).fullmatch(cells) is None:
        cells, right = _mended(cells, lost), LAST_COLUMN
        if _plain(*WIDE, len(str(bottom))).fullmatch(cells) is None:
            return None
        if b"_x00" in cells and b' t="str"' in cells:
            return None  # escaped letters of such texts are not put back by the parser
        values = cells.count(b"</is>") - cells.count(b"<v></v>")
    hidden = [int(number) for number in HIDDEN_ROW.findall(cells)] if b' hidden="' in cells else []
    around = elements(part[:first] + part[last + len(b"</sheetData>") :], name)
    values += cells.count(b"</v>")
    values -= sum(cells.count(b' t="s"><v>%d</v>' % number) for number in blank_texts)
    sheet = SheetCells(cells, bottom, right, values, hidden, around)
    if sheet.area > MOST_CELLS:
        sheet.tighten()
    if sheet.area > MOST_CELLS:
        sheet.leave_blanks_out()
    return sheet if sheet.area <= MOST_CELLS else None


def _mended(cells: bytes, lost: LostValues) -> bytes:
    """Return cells with errors written as texts and formulas without a value marked."""
    if b' t="e"' in cells:
        cells = ERROR_CELL.sub(rb'\1 t="str"', cells)
    marked = b' t="str"><v>' + lost.mark.encode() + b"</v></c>"
    if b"<f" in cells and WITHOUT_VALUE.search(cells) is not None:

        def filled(cell: re.Match[bytes]) -> bytes:
            # A formula may well come to an empty text, and then it says that it is one.
            is_empty_text = cell[3] is not None and b't="str"' in cell[2]
            return cell[0] if is_empty_text else cell[1] + marked

        cells = EMPTY_FORMULA.sub(filled, cells)
    if lost.zeros and b"<f" in cells:
        cells = ZERO_FORMULA.sub(rb"\1" + marked, cells)
    return cells
