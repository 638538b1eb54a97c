"""Comments of one sheet: the part with their texts, and the VML drawing with their boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from planner.workbook.files.cell_names import letters, position
from planner.workbook.marking.office_package import MAIN, OFFICE, Package, main, readable

AUTHOR = "planner check"

HEADING = "== planner check =="
"""First line of our comments, which identifies them, because some programs drop the author."""

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
BEHIND_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
"""Elements of a sheet that must follow the one that names its VML drawing."""

USUAL_WIDTH, USUAL_HEIGHT = 64, 20
BOX_WIDTH, LINE_HEIGHT, LINE_LENGTH = 320, 18, 48
SHAPE = re.compile(r"<(\w+):shape\s.*?</\1:shape>\s*", re.DOTALL)
HEAD = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:\
office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">\
<o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" \
coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke \
joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>"""
BOX = """<v:shape xmlns:v="urn:schemas-microsoft-com:vml" \
xmlns:o="urn:schemas-microsoft-com:office:office" \
xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" type="#_x0000_t202" \
style='position:absolute;visibility:hidden' fillcolor="#ffffe1" o:insetmode="auto">\
<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>\
<v:path o:connecttype="none"/><v:textbox style='mso-direction-alt:auto'>\
<div style='text-align:left'></div></v:textbox><x:ClientData ObjectType="Note">\
<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>\
<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""


class Comments:
    """The comments of a sheet, which may have none yet.

    Parameters
    ----------
    package, part, root
        The workbook, the name of the sheet's part, and its root.
    """

    def __init__(self, package: Package, part: str, root: etree._Element) -> None:
        self.package, self.part, self.root = package, part, root
        relations = package.relations(part)
        self._list_relation = next((r for r in relations if r.kind == "comments"), None)
        self._threaded = any(r.kind == "threadedComment" for r in relations)
        drawing = root.find(main("legacyDrawing"))
        id = "" if drawing is None else drawing.get(f"{{{OFFICE}}}id")
        self._box_relation = next((r for r in relations if id and r.id == id), None)
        self.list = (
            etree.fromstring(f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>')
            if self._list_relation is None
            else package.tree(self._list_relation.target)
        )
        self.boxes = (
            HEAD
            if self._box_relation is None
            else package.read(self._box_relation.target).decode("utf-8-sig")
        )
        numbers = [int(n) for n in re.findall(r'id="_x0000_s(\d+)"', self.boxes)]
        self._next = max([1024, *numbers]) + 1
        self._entries = self._need("commentList")
        self._by_cell = {entry.get("ref"): entry for entry in self._entries}

    def add(self, down: int, across: int, text: str, widths: Mapping[int, int]) -> None:
        """Add a comment to a cell, below the text of an existing comment.

        Parameters
        ----------
        down, across
            Row and column of the cell, from 1.
        text
            Text of the comment.
        widths
            Widths of columns in pixels, without columns of default width.
        """
        ref = f"{letters(across)}{down}"
        known = self._by_cell.get(ref)
        if known is not None:
            # The text of a threaded comment is in another part. The cell still gets its colour,
            # and a row in the sheet `check`.
            if not self._threaded:
                body = known.find(main("text"))
                if body is not None:
                    self._write(body, f"\n\n{HEADING}\n{text}")
            return
        entry = etree.SubElement(self._entries, main("comment"))
        entry.set("ref", ref)
        entry.set("authorId", str(self._author()))
        entry.set("shapeId", "0")
        self._write(etree.SubElement(entry, main("text")), f"{HEADING}\n{text}")
        self._by_cell[ref] = entry
        box = BOX.format(
            id=self._next,
            anchor=_anchor(down, across, text, widths),
            row=down - 1,
            column=across - 1,
        )
        self._next += 1
        end = self.boxes.rindex("</xml>")
        self.boxes = self.boxes[:end] + box + self.boxes[end:]

    def remove_ours(self) -> bool:
        """Remove our comments, and our additions to others; return whether there were any."""
        found = False
        for entry in list(self._entries):
            if not self._cut(entry):
                continue
            found = True
            if not "".join(text.text or "" for text in entry.iter(main("t"))).strip():
                self._entries.remove(entry)
                self._remove_box(entry.get("ref", ""))
        return found

    def save(self) -> None:
        """Write the comments into the package; remove parts that have become empty."""
        if not len(self._entries):
            self._drop()
            return
        if self._list_relation is None:
            name = self.package.free_name("xl/comments{}.xml")
            self.package.put(name, etree.tostring(self.list))
            self.package.declare(name, COMMENTS_TYPE)
            self.package.relate(self.part, "comments", name)
        else:
            name = self._list_relation.target
        content = etree.tostring(self.list, xml_declaration=True, encoding="UTF-8", standalone=True)
        self.package.put(name, content)
        if self._box_relation is None:
            name = self.package.free_name("xl/drawings/vmlDrawing{}.vml")
            self.package.declare_ending("vml", DRAWING_TYPE)
            id = self.package.relate(self.part, "vmlDrawing", name)
            drawing = etree.Element(main("legacyDrawing"))
            drawing.set(f"{{{OFFICE}}}id", id)
            self.root.insert(self._place_of_drawing(), drawing)
        else:
            name = self._box_relation.target
        self.package.put(name, self.boxes.encode())

    def _drop(self) -> None:
        """Remove the part of texts, and the drawing if it has no other shape."""
        if self._list_relation is not None:
            self.package.unrelate(self.part, self._list_relation.id)
            self.package.drop(self._list_relation.target)
        if self._box_relation is None:
            return
        if SHAPE.search(self.boxes):
            self.package.put(self._box_relation.target, self.boxes.encode())
            return
        self.package.unrelate(self.part, self._box_relation.id)
        self.package.drop(self._box_relation.target)
        for drawing in self.root.findall(main("legacyDrawing")):
            self.root.remove(drawing)

    def _place_of_drawing(self) -> int:
        """Return the index for the element that names the drawing, among the sheet's elements."""
        behind = {main(tag) for tag in BEHIND_DRAWING}
        for place, element in enumerate(self.root):
            # Elements that only newer versions know are wrapped in AlternateContent.
            wrapped = element if str(element.tag).endswith("}AlternateContent") else ()
            if element.tag in behind or any(
                inner.tag in behind for choice in wrapped for inner in choice
            ):
                return place
        return len(self.root)

    def _need(self, tag: str) -> etree._Element:
        found = self.list.find(main(tag))
        return etree.SubElement(self.list, main(tag)) if found is None else found

    def _author(self) -> int:
        """Return the index of our name in the list of authors; add it if needed."""
        authors = self._need("authors")
        names = [author.text for author in authors]
        if AUTHOR not in names:
            etree.SubElement(authors, main("author")).text = AUTHOR
            names.append(AUTHOR)
        return names.index(AUTHOR)

    def _write(self, body: etree._Element, text: str) -> None:
        """Add a run of text."""
        if len(body) == 1 and body[0].tag == main("t"):
            # A comment may not have both a plain text and runs.
            run = etree.Element(main("r"))
            run.append(body[0])
            body.append(run)
        run = etree.SubElement(body, main("r"))
        look = etree.SubElement(run, main("rPr"))
        etree.SubElement(look, main("sz")).set("val", "9")
        etree.SubElement(look, main("rFont")).set("val", "Calibri")
        written = etree.SubElement(run, main("t"))
        written.text = readable(text)
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def _cut(self, entry: etree._Element) -> bool:
        """Remove our text from a comment; return whether there was any."""
        found = False
        for written in list(entry.iter(main("t"))):
            text = written.text or ""
            if not found and HEADING not in text:
                continue
            kept = "" if found else text.partition(HEADING)[0].rstrip("\n")
            found = True
            run = written.getparent()
            if kept or run is None or run.tag != main("r"):
                written.text = kept
            elif (body := run.getparent()) is not None:
                body.remove(run)
        return found

    def _remove_box(self, ref: str) -> None:
        """Remove the box of a cell's comment."""
        down, across = position(ref)
        sought = (f":Row>{down - 1}</", f":Column>{across - 1}</")
        self.boxes = SHAPE.sub(
            lambda shape: "" if all(word in shape[0] for word in sought) else shape[0], self.boxes
        )


def _anchor(down: int, across: int, text: str, widths: Mapping[int, int]) -> str:
    """Return the anchor of a comment's box: to the right of its cell, and high enough."""
    lines = sum(1 + len(line) // LINE_LENGTH for line in text.split("\n"))
    right, spare = across, BOX_WIDTH
    while spare > (width := widths.get(right + 1, USUAL_WIDTH)):
        spare -= width
        right += 1
    height = lines * LINE_HEIGHT + 10
    top = max(down - 2, 0)
    return (
        f"{across}, 12, {top}, 6, {right}, {spare}, "
        f"{top + height // USUAL_HEIGHT}, {height % USUAL_HEIGHT + 6}"
    )
