"""Check that the cells of an .xlsx sheet are plain XML, each with only one possible meaning.

Spreadsheets write nearly every sheet plainly. One regular expression checks the whole sheet, about
ten times faster than an XML parser in Python. Any other sheet is read element by element and
rewritten in plain form (`xlsx_careful`). So the parser only gets cells that it cannot misread.

calamine on the original file cannot replace this. It skips error values and formulas without a
stored value, reads a cell that is there twice, and fails on a whole sheet because of one `#SPILL!`,
one reference such as `$B$2` or one invalid merged range. Of 101 malformed workbooks that are read
correctly, it reads 32 wrongly or not at all. It accepts 34 that are refused. A reader that passes
every cell through expat needs about three times as much CPU time for 100,000 rows.
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
    """Return the pattern of rows whose cells have certain columns and forms.

    Parameters
    ----------
    columns, cell
        Patterns of the letters of a column, and of a cell after its attributes `r` and `s`.
    digits
        Limit of the number of digits in the number of a row.
    """
    row = rb"[1-9]\d{0,%d}+\"" % (digits - 1)
    cells = rb"<c r=\"" + columns + row + rb"(?: s=\"\d*+\")?+(?:" + cell + rb")\s*+"
    return re.compile(
        rb"\s*+(?:<row r=\"" + row + rb"[^<>]*+(?:(?<=/)>|>\s*+(?:" + cells + rb")*+</row>)\s*+)*+"
    )


NARROW = rb"[A-Z]", _PLAINEST
"""Only the most common forms: no formulas, errors, inline texts, or columns after Z."""

WIDE = rb"(?:[A-W][A-Z]{2}|X[A-E][A-Z]|XF[A-D]|[A-Z]{1,2})", _PLAINEST + _OTHER
"""Every form that spreadsheets write and that has only one meaning."""

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
    """How to recognise and mark formulas whose value is not stored.

    Attributes
    ----------
    mark : str
        Placeholder text that replaces such a formula.
    zeros : bool
        Whether a formula with the value 0 counts as such. Some programs write 0 for every formula
        and ask the spreadsheet to calculate all formulas when it opens the workbook.
    """

    mark: str
    zeros: bool = False


@dataclass
class SheetCells:
    """Cells of one sheet in plain form, and its other properties.

    Attributes
    ----------
    rows : bytes
        Content of the element ``sheetData``.
    bottom, right : int
        Upper bounds of the last row and the last column, from 1.
    values : int or None
        Number of cells with a value; None if it is not known.
    hidden_rows : list of int
        Rows that are hidden or filtered out.
    around : list of Element
        All elements except cells, such as merged ranges, columns and parts of tables.
    stray : str
        The furthest cell with a format but without content; empty if such cells were kept.
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
        """Number of cells from A1 to the last row and column."""
        return self.bottom * self.right

    def tighten(self) -> None:
        """Replace the upper bound of the last column by the last column."""
        named = set(COLUMN.findall(self.rows))
        self.right = max((column_of(name.decode()) for name in named), default=0)

    def leave_blanks_out(self) -> None:
        """Remove cells with a format but without content, which can extend far beyond the data."""
        self.stray = f"{letters(self.right)}{self.bottom}"
        self.rows = BLANK_ROW.sub(b"", BLANK_CELL.sub(b"", self.rows))
        self.bottom = max(map(int, ROW.findall(self.rows)), default=0)
        self.tighten()

    def ranges(self, name: str, attribute: str = "ref") -> list[Range]:
        """Return the ranges in an attribute of all elements of a name, e.g. ``mergeCell``."""
        given = (range_of(e.attributes.get(attribute, "")) for e in self.around if e.name == name)
        return [found for found in given if found is not None]

    def hidden_columns(self) -> list[int]:
        """Return the numbers of hidden columns, from 1."""
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
    """Return the cells of a plain sheet; None if it must be read element by element.

    Parameters
    ----------
    part
        The sheet's XML, in UTF-8.
    name
        The part's name, for messages.
    lost
        How to recognise and mark a formula whose value is not stored.
    blank_texts
        Indexes of shared texts that are empty.
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
            return None  # calamine does not decode the escapes in such texts.
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
    """Return cells with errors changed to texts, and with formulas without a value marked."""
    if b' t="e"' in cells:
        cells = ERROR_CELL.sub(rb'\1 t="str"', cells)
    marked = b' t="str"><v>' + lost.mark.encode() + b"</v></c>"
    if b"<f" in cells and WITHOUT_VALUE.search(cells) is not None:

        def filled(cell: re.Match[bytes]) -> bytes:
            # An empty value is correct if the formula's result is an empty text.
            is_empty_text = cell[3] is not None and b't="str"' in cell[2]
            return cell[0] if is_empty_text else cell[1] + marked

        cells = EMPTY_FORMULA.sub(filled, cells)
    if lost.zeros and b"<f" in cells:
        cells = ZERO_FORMULA.sub(rb"\1" + marked, cells)
    return cells
