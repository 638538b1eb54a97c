"""Cell styles of a marked copy: the style of the cell, with the fill of the mark.

Each fill that marks replace gets a number, which is the last byte of the mark's colour. So a mark
can be removed, and the first fill restored, even after a spreadsheet has moved the cell and saved
the file.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from planner.workbook.marking.office_package import Package, main

COLOURS = {"fault": "FFFF8F", "warning": "FFFFE9"}
"""Alpha, red and green of each kind of mark; blue is the number of the replaced fill."""

FIRST_BLUE = 0x80
MOST_COVERED = 0x40
OURS = re.compile("|".join(f"{rgb}[89AB][0-9A-F]" for rgb in COLOURS.values()))
PLAIN = "|"
"""Key of a cell without a fill: no `applyFill`, no fill."""


class Styles:
    """The style sheet of a workbook.

    Parameters
    ----------
    package, part
        The workbook, and the name of its style sheet.
    covered
        Fills that earlier marks replaced, by number, as in the attribute `covered`.
    """

    def __init__(self, package: Package, part: str, covered: list[str]) -> None:
        self.package, self.part = package, part
        self.covered = covered or [PLAIN]
        self._marked: dict[tuple[int, str], int] = {}
        root = package.tree(part)
        self._fonts, self._fills = _need(root, "fonts"), _need(root, "fills")
        self._xfs = _need(root, "cellXfs")

    def mark(self, style: int, kind: str) -> int:
        """Return the marked version of a style; the style itself if marking is impossible."""
        if (style, kind) not in self._marked:
            self._marked[style, kind] = self._mark(style, kind)
        return self._marked[style, kind]

    def _mark(self, style: int, kind: str) -> int:
        xf = deepcopy(self._xfs[min(style, len(self._xfs) - 1)])
        fill = self._fills[int(xf.get("fillId", "0"))]
        key = f"{xf.get('applyFill', '')}|{'' if xf.get('fillId', '0') == '0' else _text(fill)}"
        if key not in self.covered:
            self.covered.append(key)
        number = self.covered.index(key)
        if number >= MOST_COVERED:
            return style
        xf.set("fillId", str(self.fill(f"{COLOURS[kind]}{FIRST_BLUE + number:02X}")))
        xf.set("applyFill", "1")
        return _place(self._xfs, xf)

    def unmark(self, style: int) -> int:
        """Return the style before it was marked; the style itself if it is not marked."""
        xf = self._xfs[min(style, len(self._xfs) - 1)]
        colour = self._fills[int(xf.get("fillId", "0"))].find(f".//{main('fgColor')}")
        rgb = "" if colour is None else colour.get("rgb", "")
        if not OURS.fullmatch(rgb):
            return style
        number = int(rgb[-2:], 16) - FIRST_BLUE
        applied, _, fill = (
            self.covered[number] if number < len(self.covered) else PLAIN
        ).partition("|")
        clean = deepcopy(xf)
        clean.set("fillId", str(_place(self._fills, etree.fromstring(fill)) if fill else 0))
        if applied:
            clean.set("applyFill", applied)
        elif "applyFill" in clean.attrib:
            del clean.attrib["applyFill"]
        return _place(self._xfs, clean)

    def fill(self, rgb: str) -> int:
        """Return the number of a solid fill."""
        fill = etree.Element(main("fill"))
        pattern = etree.SubElement(fill, main("patternFill"))
        pattern.set("patternType", "solid")
        etree.SubElement(pattern, main("fgColor")).set("rgb", rgb)
        etree.SubElement(pattern, main("bgColor")).set("indexed", "64")
        return _place(self._fills, fill)

    def text(self, *, bold: bool = False, colour: str = "", size: int = 11, fill: str = "") -> int:
        """Return the number of a style for wrapped text, aligned to the top."""
        font = etree.Element(main("font"))
        if bold:
            etree.SubElement(font, main("b"))
        if colour == LINK:
            etree.SubElement(font, main("u"))
        etree.SubElement(font, main("sz")).set("val", str(size))
        etree.SubElement(font, main("color")).set("rgb", colour or "FF1F2A36")
        etree.SubElement(font, main("name")).set("val", "Calibri")
        xf = etree.Element(main("xf"))
        for name, value in (
            ("numFmtId", 0),
            ("fontId", _place(self._fonts, font)),
            ("fillId", self.fill(fill) if fill else 0),
            ("borderId", 0),
            ("xfId", 0),
            ("applyFont", 1),
            ("applyFill", int(bool(fill))),
            ("applyAlignment", 1),
        ):
            xf.set(name, str(value))
        alignment = etree.SubElement(xf, main("alignment"))
        alignment.set("vertical", "top")
        if size == 11:
            alignment.set("wrapText", "1")
        return _place(self._xfs, xf)

    def save(self) -> None:
        """Write the style sheet into the package."""
        for parent in (self._fonts, self._fills, self._xfs):
            parent.set("count", str(len(parent)))
        self.package.touch(self.part)


LINK = "FF0563C1"


def _need(root: etree._Element, tag: str) -> etree._Element:
    found = root.find(main(tag))
    if found is None:
        raise ValueError(f"the style sheet has no {tag}")
    return found


def _place(parent: etree._Element, element: etree._Element) -> int:
    """Return the index of an equal element; append the element if there is none.

    The linear search is slow, but avoids a new style for each run of `check --mark`.
    """
    sought = _content(element)
    for position, other in enumerate(parent):
        if _content(other) == sought:
            return position
    parent.append(element)
    return len(parent) - 1


def _content(element: etree._Element) -> tuple[object, ...]:
    """Return the content of an element, independent of prefixes and the order of attributes."""
    children = tuple(_content(child) for child in element)
    return str(element.tag), sorted(element.attrib.items()), (element.text or "").strip(), children


def _text(element: etree._Element) -> str:
    """Return an element as XML text."""
    alone = deepcopy(element)
    etree.cleanup_namespaces(alone)
    return etree.tostring(alone, encoding="unicode", with_tail=False)
