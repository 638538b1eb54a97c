"""Mark cells of one sheet: each gets another style, and a comment with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from planner.workbook.files.cell_names import letters, position
from planner.workbook.marking.cell_styles import Styles
from planner.workbook.marking.comments import Comments
from planner.workbook.marking.office_package import Package, main


@dataclass(frozen=True)
class CellMark:
    """The mark of one cell.

    Attributes
    ----------
    kind : str
        ``fault`` or ``warning``; the style of the mark.
    text : str
        Text of the comment.
    """

    kind: str
    text: str


class MarkedSheet:
    """One sheet of the marked copy.

    Parameters
    ----------
    package, part
        The workbook, and the name of the sheet's part.
    styles
        The workbook's styles.
    """

    def __init__(self, package: Package, part: str, styles: Styles) -> None:
        self.package, self.part, self.styles = package, part, styles
        self.root = package.tree(part)
        data = self.root.find(main("sheetData"))
        if data is None:
            raise ValueError(f"{part} has no cells")
        self.data = data
        self._rows = dict(self._numbered_rows())
        self._merged = [
            _corners(entry.get("ref", "")) for entry in self.root.iter(main("mergeCell"))
        ]

    def mark(self, marks: Mapping[str, CellMark]) -> None:
        """Mark cells, and give the reasons in comments.

        Parameters
        ----------
        marks
            Marks by cell, e.g. ``D7``.
        """
        comments = Comments(self.package, self.part, self.root)
        for name, mark in marks.items():
            down, across = self._shown(*position(name))
            cell = self._cell(down, across)
            cell.set("s", str(self.styles.mark(int(cell.get("s", "0")), mark.kind)))
            comments.add(down, across, mark.text, self._widths())
        comments.save()
        self._widen_dimension(marks)
        self.package.touch(self.part)

    def unmark(self) -> None:
        """Remove the marks and comments of an earlier run."""
        changed = False
        for row in self.data:
            for cell in list(row):
                style = int(cell.get("s", "0"))
                clean = self.styles.unmark(style)
                if clean == style:
                    continue
                changed = True
                cell.set("s", str(clean))
                # Remove a blank cell that has the style of its row or column, as it was added here.
                across = position(cell.get("r", "A1"))[1]
                if not len(cell) and clean == self._style_of_blank(row, across):
                    row.remove(cell)
        comments = Comments(self.package, self.part, self.root)
        if comments.remove_ours() or changed:
            comments.save()
            self.package.touch(self.part)

    def _numbered_rows(self) -> Iterator[tuple[int, etree._Element]]:
        """Yield the rows with their numbers, which are optional in the file."""
        number = 0
        for row in self.data:
            number = int(row.get("r", number + 1))
            row.set("r", str(number))
            yield number, row

    def _cell(self, down: int, across: int) -> etree._Element:
        """Return a cell; insert the cell and its row if they do not exist."""
        row = self._rows.get(down)
        if row is None:
            row = etree.Element(main("row"))
            row.set("r", str(down))
            self.data.insert(sum(number < down for number in self._rows), row)
            self._rows[down] = row
        place, last = 0, 0
        for cell in row:
            last = position(cell.get("r") or f"{letters(last + 1)}1")[1]
            cell.set("r", f"{letters(last)}{down}")
            if last == across:
                return cell
            place += last < across
        new = etree.Element(main("c"))
        new.set("r", f"{letters(across)}{down}")
        new.set("s", str(self._style_of_blank(row, across)))
        row.insert(place, new)
        if "spans" in row.attrib:
            del row.attrib["spans"]
        return new

    def _style_of_blank(self, row: etree._Element, across: int) -> int:
        """Return the style that a blank cell inherits from its row or its column."""
        if row.get("customFormat") in ("1", "true"):
            return int(row.get("s", "0"))
        for column in self.root.iter(main("col")):
            if int(column.get("min", "0")) <= across <= int(column.get("max", "0")):
                return int(column.get("style", "0"))
        return 0

    def _widths(self) -> dict[int, int]:
        """Return the widths of columns in pixels, without columns of default width."""
        widths = {}
        for column in self.root.iter(main("col")):
            if column.get("width") is not None:
                pixels = int(float(column.get("width", "8")) * 7 + 5)
                first, last = int(column.get("min", "1")), int(column.get("max", "1"))
                for across in range(first, min(last, first + 100) + 1):
                    widths[across] = 0 if column.get("hidden") in ("1", "true") else pixels
        return widths

    def _shown(self, down: int, across: int) -> tuple[int, int]:
        """Return the visible cell for a cell: the first cell of its merged range."""
        for top, left, bottom, right in self._merged:
            if top <= down <= bottom and left <= across <= right:
                return top, left
        return down, across

    def _widen_dimension(self, names: Sequence[str] | Mapping[str, object]) -> None:
        """Extend the used range that the sheet states to the marked cells."""
        dimension = self.root.find(main("dimension"))
        if dimension is None or not names:
            return
        try:
            top, left, bottom, right = _corners(dimension.get("ref", ""))
        except ValueError:
            return
        spots = [self._shown(*position(name)) for name in names]
        top, left = min(top, *(d for d, _ in spots)), min(left, *(a for _, a in spots))
        bottom, right = max(bottom, *(d for d, _ in spots)), max(right, *(a for _, a in spots))
        dimension.set("ref", f"{letters(left)}{top}:{letters(right)}{bottom}")


def _corners(ref: str) -> tuple[int, int, int, int]:
    """Return top, left, bottom and right of a range such as ``A1:D9``."""
    first, _, last = re.sub(r"\$", "", ref).partition(":")
    top, left = position(first)
    bottom, right = position(last or first)
    return top, left, bottom, right
