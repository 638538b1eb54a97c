"""The sheet `check` of a marked copy: all findings, each with a link to its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from planner.workbook.cell_locations import cell_of, sheet_of
from planner.workbook.files.cell_names import letters
from planner.workbook.marking.cell_styles import COLOURS, FIRST_BLUE, LINK, Styles
from planner.workbook.marking.office_package import MAIN, OFFICE, Package, book_part, main, readable

TITLE = "planner check"
"""Content of cell A1, which identifies our sheet."""

NAMES = ("check", "planner check")
"""Names for our sheet; the second is used if another sheet has the first."""

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
HEADINGS = ("kind", "where", "value", "what is wrong", "what to do")
WIDTHS = (10, 22, 24, 70, 60)
MEMORY = 8
"""Number of the hidden column that stores the fills that marks replaced."""


@dataclass(frozen=True)
class Line:
    """One row of the sheet: a fault, a warning or a note.

    Attributes
    ----------
    kind : str
        ``fault``, ``warning`` or ``note``.
    where, value, rule, remedy : str
        As in `planner.errors.Fault`; the text of a note is its `rule`.
    """

    kind: str
    where: str
    value: str
    rule: str
    remedy: str


class Book:
    """The sheets of a workbook, by name.

    Parameters
    ----------
    package
        The workbook.
    """

    def __init__(self, package: Package) -> None:
        self.package, self.part = package, book_part(package)
        self.root = package.tree(self.part)
        relations = {relation.id: relation for relation in package.relations(self.part)}
        self.styles_part = next((r.target for r in relations.values() if r.kind == "styles"), "")
        self._strings_part = next(
            (r.target for r in relations.values() if r.kind == "sharedStrings"), ""
        )
        found = self.root.find(main("sheets"))
        self.entries = [] if found is None else list(found)
        self.sheets: dict[str, str] = {}
        for entry in self.entries:
            relation = relations.get(entry.get(f"{{{OFFICE}}}id", ""))
            if relation is not None and relation.kind == "worksheet":
                self.sheets[entry.get("name", "")] = relation.target
        self.page = next((name for name in self.sheets if self._is_ours(name)), "")

    def _is_ours(self, name: str) -> bool:
        return name.lower() in NAMES and self.text(self.sheets[name], "A1") == TITLE

    def text(self, part: str, ref: str) -> str:
        """Return the text of a cell."""
        for cell in self.package.tree(part).iter(main("c")):
            if cell.get("r") == ref:
                if cell.get("t") == "s" and self._strings_part:
                    shared = self.package.tree(self._strings_part).findall(main("si"))
                    number = int(cell.findtext(main("v"), "-1"))
                    cell = shared[number] if 0 <= number < len(shared) else cell  # noqa: PLW2901
                return "".join(text.text or "" for text in cell.iter(main("t")))
        return ""

    def covered(self) -> list[str]:
        """Return the fills that marks of an earlier run replaced, by number."""
        found: list[str] = []
        while self.page:
            text = self.text(self.sheets[self.page], f"{letters(MEMORY)}{len(found) + 1}")
            if not text:
                break
            found.append(text)
        return found

    def title_of(self, sheet: str) -> str:
        """Return a sheet's name as the workbook writes it; empty if there is no such sheet."""
        tidy = {name.replace("\u00a0", " ").strip().lower(): name for name in self.sheets}
        return tidy.get(sheet.strip().lower(), "")

    def write_page(self, lines: Sequence[Line], styles: Styles, advice: str) -> None:
        """Write our sheet as the first sheet, or replace an earlier version of it."""
        content = _page(
            lines,
            styles,
            advice,
            {sheet_of(line.where): self.title_of(sheet_of(line.where)) for line in lines},
        )
        if self.page:
            self.package.put(self.sheets[self.page], content)
            return
        name = self.package.free_name("xl/worksheets/sheet{}.xml")
        self.package.put(name, content)
        self.package.declare(name, SHEET_TYPE)
        id = self.package.relate(self.part, "worksheet", name)
        self._list_first(id)

    def _list_first(self, id: str) -> None:
        """List our sheet first, and adjust all references to sheets by index."""
        taken = {name.lower() for name in self.sheets}
        entry = etree.Element(main("sheet"))
        entry.set("name", next(name for name in NAMES if name not in taken))
        entry.set("sheetId", str(max(int(e.get("sheetId", "0")) for e in self.entries) + 1))
        entry.set(f"{{{OFFICE}}}id", id)
        self.entries[0].addprevious(entry)
        for named in self.root.iter(main("definedName")):
            if named.get("localSheetId") is not None:
                named.set("localSheetId", str(int(named.get("localSheetId", "0")) + 1))
        for view in self.root.iter(main("workbookView")):
            view.set("activeTab", str(int(view.get("activeTab", "0")) + 1))
        self.package.touch(self.part)


def _page(lines: Sequence[Line], styles: Styles, advice: str, titles: Mapping[str, str]) -> bytes:
    """Return the XML of our sheet."""
    root = etree.fromstring(f'<worksheet xmlns="{MAIN}"/>')
    properties = etree.SubElement(root, main("sheetPr"))
    etree.SubElement(properties, main("tabColor")).set("rgb", "FFC00000")
    etree.SubElement(properties, main("pageSetUpPr")).set("fitToPage", "1")
    view = etree.SubElement(etree.SubElement(root, main("sheetViews")), main("sheetView"))
    view.set("workbookViewId", "0")
    view.set("showGridLines", "0")
    pane = etree.SubElement(view, main("pane"))
    for name, value in (
        ("ySplit", "4"),
        ("topLeftCell", "A5"),
        ("activePane", "bottomLeft"),
        ("state", "frozen"),
    ):
        pane.set(name, value)
    columns = etree.SubElement(root, main("cols"))
    for number, width in [*enumerate(WIDTHS, start=1), (MEMORY, 8)]:
        column = etree.SubElement(columns, main("col"))
        for key, figure in (("min", number), ("max", number), ("width", width), ("customWidth", 1)):
            column.set(key, str(figure))
        if number == MEMORY:
            column.set("hidden", "1")
    data = etree.SubElement(root, main("sheetData"))
    links = _fill(data, lines, styles, advice, titles)
    if len(lines):
        etree.SubElement(root, main("autoFilter")).set("ref", f"A4:E{4 + len(lines)}")
    if links:
        parent = etree.SubElement(root, main("hyperlinks"))
        for ref, target in links.items():
            link = etree.SubElement(parent, main("hyperlink"))
            link.set("ref", ref)
            link.set("location", target)
    setup = etree.SubElement(root, main("pageSetup"))
    setup.set("orientation", "landscape")
    setup.set("fitToHeight", "0")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _fill(
    data: etree._Element,
    lines: Sequence[Line],
    styles: Styles,
    advice: str,
    titles: Mapping[str, str],
) -> dict[str, str]:
    """Write the cells, and return the links by cell."""
    looks = {
        kind: styles.text(bold=True, fill=f"{rgb}{FIRST_BLUE:02X}") for kind, rgb in COLOURS.items()
    }
    plain, linked = styles.text(), styles.text(colour=LINK)
    looks["note"] = plain
    head = styles.text(bold=True, colour="FFFFFFFF", fill="FF1F4E79")
    found = {kind: sum(line.kind == kind for line in lines) for kind in looks}
    counts = ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in found.items())
    top = [
        [(TITLE, styles.text(bold=True, size=14))],
        [(f"{counts}. {advice}", styles.text(size=10))],
        [],
        [(heading, head) for heading in HEADINGS],
    ]
    rows, links = list(top), dict[str, str]()
    for number, line in enumerate(lines, start=len(top) + 1):
        target = _target(line.where, titles)
        if target:
            links[f"B{number}"] = target
        rows.append(
            [
                (line.kind, looks[line.kind]),
                (line.where, linked if target else plain),
                (line.value, plain),
                (line.rule, plain),
                (line.remedy, plain),
            ]
        )
    covered = styles.covered
    for number in range(max(len(rows), len(covered))):
        row = etree.SubElement(data, main("row"))
        row.set("r", str(number + 1))
        if number == 0:
            row.set("ht", "24")
            row.set("customHeight", "1")
        cells = rows[number] if number < len(rows) else []
        for across, (text, style) in enumerate(cells, start=1):
            _text_cell(row, f"{letters(across)}{number + 1}", text, style)
        if number < len(covered):
            _text_cell(row, f"{letters(MEMORY)}{number + 1}", covered[number], plain)
    return links


def _text_cell(row: etree._Element, ref: str, text: str, style: int) -> None:
    """Add a text cell."""
    cell = etree.SubElement(row, main("c"))
    cell.set("r", ref)
    cell.set("s", str(style))
    if text:
        cell.set("t", "inlineStr")
        written = etree.SubElement(etree.SubElement(cell, main("is")), main("t"))
        written.text = readable(text)
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _target(where: str, titles: Mapping[str, str]) -> str:
    """Return the target of a link: the cell, row or sheet of a location."""
    title = titles.get(sheet_of(where), "")
    if not title:
        return ""
    row = re.search(r"\d+", where.rpartition("!")[2]) if "!" in where else None
    cell = cell_of(where) or (f"A{row[0]}" if row else "A1")
    return "'" + title.replace("'", "''") + f"'!{cell}"
