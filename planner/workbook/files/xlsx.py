"""Find and check the parts of an .xlsx or .xlsm workbook."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote
from xml.sax.saxutils import quoteattr

from planner.workbook.files.cell_names import Range, range_of
from planner.workbook.files.guard import (
    MOST_CELLS,
    MOST_SHEETS,
    Archive,
    DamagedError,
    Deadline,
    RefusedError,
    short,
)
from planner.workbook.files.number_formats import ShownUnit, shown_by_style
from planner.workbook.files.safe_xml import Element, check, elements, in_utf_8, is_true, number_of
from planner.workbook.files.xlsx_careful import careful_cells
from planner.workbook.files.xlsx_quick import LostValues, SheetCells, quick_cells

SST = re.compile(rb"<(?:(\w+):)?sst[ >/]")
FORMULA = re.compile(rb"<(?:\w+:)?f[^<>]*>([^<]*\[\d[^<]*)")
EXTERNAL = re.compile(rb"\[(\d{1,5})\]")
SI = (b"<si>", b"<si ", b"<si/>")
BLANK_TEXT = re.compile(rb"<si>\s*+(?:<t[^<>]*/>|<t[^<>]*>\s*+</t>)?\s*+</si>|<si\s*+/>")
MOST_BLANK_TEXTS = 20
LONGEST_TITLE = 255
DATE_IN_THE_EAST = frozenset([*range(27, 37), *range(50, 59)])
"""Built-in formats that are dates in East Asian locales; files contain only their numbers."""


@dataclass(frozen=True)
class Totals:
    """Totals rows of a table: its name, and their range."""

    table: str
    where: Range


@dataclass
class SheetPart:
    """A sheet as the workbook lists it.

    Attributes
    ----------
    title : str
        Its name, as written.
    part : str
        Its part in the archive.
    hidden : bool
        Whether it is hidden or "very hidden".
    is_wanted : bool
        Whether its cells are needed.
    cells : SheetCells
        Its cells, ready for the parser.
    totals : list of Totals
        Totals rows of its tables.
    linked : list of str
        Names of other workbooks that its formulas refer to.
    """

    title: str
    part: str
    hidden: bool
    is_wanted: bool = True
    cells: SheetCells = field(default_factory=lambda: SheetCells(b"", 0, 0, 0, [], []))
    totals: list[Totals] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)


@dataclass
class Workbook:
    """An .xlsx workbook, with its parts located.

    Attributes
    ----------
    archive : Archive
        Its parts.
    sheets : list of SheetPart
        Its worksheets, in the order of their tabs.
    is_1904 : bool
        Whether days are counted from 1904.
    uncalculated : bool
        Whether the program that wrote it leaves all formulas to be calculated on opening.
    styles : bytes
        The number formats of cells, as the content of a style sheet.
    shown : dict of int to ShownUnit
        The unit or currency that cells show beside their number, by number of their style.
    texts : bytes
        The shared texts, as the content of their part.
    text_count : int
        Number of shared texts.
    blank_texts : list of int
        Indexes of shared texts that are empty.
    links : list of str
        Names of other workbooks, in the order in which formulas number them.
    """

    archive: Archive
    sheets: list[SheetPart]
    is_1904: bool
    uncalculated: bool
    styles: bytes = b""
    shown: dict[int, ShownUnit] = field(default_factory=dict)
    texts: bytes = b""
    text_count: int = 0
    blank_texts: list[int] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Relation:
    """A reference of a part: its kind, and its target inside or outside the archive."""

    kind: str
    target: str
    is_outside: bool


def open_workbook(archive: Archive) -> Workbook:
    """Find the parts of a workbook.

    Raises
    ------
    RefusedError
        If the archive is not a workbook, or is damaged.
    """
    book = _book_part(archive)
    relations = relations_of(archive, book)
    listed = elements(archive.read(book), book)
    sheets = _sheets(listed, relations)
    settings = [e.attributes for e in listed if e.name == "workbookPr"]
    calculation = [e.attributes for e in listed if e.name == "calcPr"]
    workbook = Workbook(
        archive,
        sheets,
        any(is_true(attributes, "date1904") for attributes in settings),
        any(is_true(attributes, "fullCalcOnLoad") for attributes in calculation),
    )
    for relation in relations.values():
        if relation.kind == "styles" and not workbook.styles:
            _take_styles(workbook, elements(archive.read(relation.target), "styles"))
        elif relation.kind == "sharedStrings" and not workbook.texts:
            _take_texts(workbook, relation.target)
    workbook.links = _links(archive, listed, relations)
    return workbook


def _book_part(archive: Archive) -> str:
    """Return the name of the workbook's own part."""
    if "_rels/.rels" not in archive:
        raise _no_workbook(archive)
    for relation in relations_of(archive, "").values():
        if relation.kind == "officeDocument":
            name = relation.target.lower()
            if name.endswith(".bin"):
                raise RefusedError(
                    "this is a binary workbook (.xlsb)", "Save it as .xlsx (Excel Workbook)."
                )
            if name.startswith(("word/", "ppt/", "visio/")):
                raise RefusedError(
                    "this is not a workbook but a document of another program", "Give a workbook."
                )
            return relation.target
    raise _no_workbook(archive)


def _no_workbook(archive: Archive) -> RefusedError:
    """Return the error for an archive that is not a workbook."""
    names = list(archive.names())
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        return RefusedError("this is a Numbers document", "Export it as .xlsx from Numbers.")
    if any(name.endswith((".xlsx", ".xlsm", ".ods")) for name in names):
        return RefusedError(
            "this is a zip archive with a workbook inside", "Unpack it and give the workbook."
        )
    if any(name.endswith("workbook.xml") for name in names):
        return DamagedError("its list of relations (_rels/.rels) is missing or names no workbook")
    return RefusedError(
        "this is not an .xlsx workbook but a zip archive of something else", "Give a workbook."
    )


def relations_of(archive: Archive, part: str) -> dict[str, Relation]:
    """Return the relations of a part, by their ids; empty if it has none.

    Raises
    ------
    RefusedError
        If an internal target is outside the archive.
    """
    folder, name = posixpath.split(part)
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, Relation] = {}
    if place not in archive:
        return found
    for element in elements(archive.read(place), place):
        if element.name != "Relationship":
            continue
        given = element.attributes
        is_outside = given.get("TargetMode") == "External"
        target = given.get("Target", "")
        if not is_outside:
            target = _inside(folder, target, place)
        found[given.get("Id", "")] = Relation(
            given.get("Type", "").rpartition("/")[2], target, is_outside
        )
    return found


def _inside(folder: str, target: str, place: str) -> str:
    """Return the name of a relation's target part."""
    tidy = unquote(target.replace("\\", "/")).partition("#")[0]
    path = posixpath.normpath(tidy if tidy.startswith("/") else posixpath.join(folder, tidy))
    path = path.lstrip("/")
    if path.startswith("..") or "://" in tidy:
        raise RefusedError(
            f"part {short(place)} refers to {short(target)}, which is outside the archive",
            "No spreadsheet writes this: get the workbook from another source.",
        )
    return path


def _sheets(listed: Sequence[Element], relations: dict[str, Relation]) -> list[SheetPart]:
    """Return the worksheets; chart sheets are left out."""
    sheets = []
    for element in listed:
        if element.name != "sheet" or element.parent != "sheets":
            continue
        given = element.attributes
        title = given.get("name", "")
        identity = next((v for k, v in given.items() if k.endswith(":id") or k == "id"), "")
        relation = relations.get(identity)
        if relation is None or relation.is_outside:
            raise DamagedError(
                f"sheet {short(title)} is listed, but no part of the file contains it"
            )
        if len(title) > LONGEST_TITLE:
            raise DamagedError(f"the name of sheet {short(title)} has {len(title):,} characters")
        if relation.kind == "worksheet":
            hidden = given.get("state", "visible") not in ("visible", "")
            sheets.append(SheetPart(title, relation.target, hidden))
        if len(sheets) > MOST_SHEETS:
            raise RefusedError(
                f"this workbook has more than {MOST_SHEETS:,} sheets",
                "Keep only the sheets that the plan needs.",
            )
    if not sheets:
        raise DamagedError("it has no sheet with cells")
    return sheets


def _take_styles(workbook: Workbook, listed: Sequence[Element]) -> None:
    """Keep only the number formats of cells, and the units that they show."""
    codes = {
        e.attributes.get("numFmtId", ""): e.attributes.get("formatCode", "")
        for e in listed
        if e.name == "numFmt" and e.parent == "numFmts"
    }
    used = [
        number_of(e.attributes, "numFmtId", 0)
        for e in listed
        if e.name == "xf" and e.parent == "cellXfs"
    ]
    for number in DATE_IN_THE_EAST & set(used):
        codes.setdefault(str(number), "yyyy-mm-dd")
    named = {int(n): code for n, code in codes.items() if n.isdecimal() and len(n) < 10}
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>'
        for number, code in named.items()
    )
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0"/>' for number in used
    )
    workbook.styles = f"<numFmts>{formats}</numFmts><cellXfs>{cells}</cellXfs>".encode()
    workbook.shown = shown_by_style(named, used)


def _take_texts(workbook: Workbook, name: str) -> None:
    """Check and keep the shared texts, without the counts that the part states."""
    part = in_utf_8(workbook.archive.read(name), name)
    check(part, name)
    head = SST.search(part)
    if head is None:
        raise DamagedError(f"its part {short(name)} has no shared texts")
    prefix = (head[1] + b":") if head[1] else b""
    inside = part[part.index(b">", head.start()) + 1 :]
    if part[part.index(b">", head.start()) - 1 : part.index(b">", head.start())] == b"/":
        inside = b""
    inside = inside.rpartition(b"</" + prefix + b"sst")[0]
    if prefix:
        inside = inside.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    workbook.texts = inside
    workbook.text_count = sum(map(inside.count, SI))
    number = place = 0
    for blank in islice(BLANK_TEXT.finditer(inside), MOST_BLANK_TEXTS):
        number += sum(inside.count(tag, place, blank.start()) for tag in SI)
        place = blank.start()
        workbook.blank_texts.append(number)


def _links(
    archive: Archive, listed: Sequence[Element], relations: dict[str, Relation]
) -> list[str]:
    """Return the names of the other workbooks that formulas refer to, in their order."""
    names = []
    for element in listed:
        if element.name != "externalReference":
            continue
        identity = next((v for k, v in element.attributes.items() if k.endswith("id")), "")
        relation = relations.get(identity)
        outside = relations_of(archive, relation.target).values() if relation else ()
        target = next((r.target for r in outside if r.is_outside), "another workbook")
        names.append(short(unquote(target.replace("\\", "/")).rpartition("/")[2] or target))
    return names


def take_cells(
    workbook: Workbook,
    wanted: Callable[[str], bool],
    mark: str,
    deadline: Deadline,
    *,
    careful: bool = False,
) -> None:
    """Read and check the cells of every wanted sheet, and store them in the workbook.

    Parameters
    ----------
    workbook
        The workbook.
    wanted
        Whether a sheet is needed, given its name.
    mark
        Placeholder text for a formula whose value is not stored.
    deadline
        Time limit.
    careful
        Whether to read plain sheets element by element too.

    Raises
    ------
    RefusedError, InputFaults
        If a sheet is damaged, ambiguous or too large.
    """
    taken: list[SheetCells] = []
    for sheet in workbook.sheets:
        sheet.is_wanted = wanted(sheet.title)
        if not sheet.is_wanted:
            continue
        deadline.check()
        part = in_utf_8(workbook.archive.read(sheet.part), sheet.part)
        lost = LostValues(mark, zeros=workbook.uncalculated)
        found = None if careful else quick_cells(part, sheet.part, lost, workbook.blank_texts)
        sheet.cells = found or careful_cells(
            part, sheet.part, sheet.title, workbook.text_count, lost, deadline
        )
        taken.append(sheet.cells)
        if sum(cells.area for cells in taken) > MOST_CELLS:
            for cells in taken:
                cells.tighten()
        if sum(cells.area for cells in taken) > MOST_CELLS:
            raise RefusedError(
                f"the sheets up to {short(sheet.title)} have more than {MOST_CELLS:,} cells",
                "Keep only the sheets that the plan needs.",
            )
        sheet.totals = _totals(workbook.archive, sheet)
        sheet.linked = _linked(part, workbook.links)


def _totals(archive: Archive, sheet: SheetPart) -> list[Totals]:
    """Return the totals rows of a sheet's tables."""
    found: list[Totals] = []
    if not any(e.name == "tablePart" for e in sheet.cells.around):
        return found
    for relation in relations_of(archive, sheet.part).values():
        if relation.kind != "table" or relation.is_outside or relation.target not in archive:
            continue
        table = elements(archive.read(relation.target), relation.target)[0].attributes
        where, count = range_of(table.get("ref", "")), number_of(table, "totalsRowCount", 0)
        if where is not None and 0 < count <= where[2] - where[0]:
            _, left, bottom, right = where
            name = table.get("displayName", "a table")
            found.append(Totals(name, (bottom - count + 1, left, bottom, right)))
    return found


def _linked(part: bytes, links: Sequence[str]) -> list[str]:
    """Return the names of other workbooks that a sheet's formulas refer to."""
    if not links:
        return []
    numbers = {int(n) for formula in FORMULA.findall(part) for n in EXTERNAL.findall(formula)}
    return [name for number, name in enumerate(links, start=1) if number in numbers]
