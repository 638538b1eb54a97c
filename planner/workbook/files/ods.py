"""Reader of .ods workbooks, as LibreOffice and others save them.

calamine, which parses .xlsx files, loses the errors and durations of .ods files. So this format
has its own reader, which uses Python's XML parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import unquote

from planner.errors import Fault, InputFaults
from planner.workbook.files.cell_names import LAST_COLUMN, LAST_ROW, Range, letters
from planner.workbook.files.guard import (
    MOST_CELLS,
    MOST_SHEETS,
    Archive,
    DamagedError,
    Deadline,
    RefusedError,
    short,
)
from planner.workbook.files.hidden_content import (
    hidden_columns,
    hidden_rows,
    hidden_sheet,
    linked,
    merged,
)
from planner.workbook.files.number_formats import Cells, ShownUnit, of_literal
from planner.workbook.files.ods_formats import OdsStyles
from planner.workbook.files.safe_xml import Walk, elements, in_utf_8, walk
from planner.workbook.files.sandbox import Grid

KIND = "application/vnd.oasis.opendocument."
DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
ERROR = re.compile(r"#[A-Z0-9/?!_]+|Err:\d+")
OUTSIDE = re.compile(r"'(?:file|https?)://([^'#]*)'#")
NOT_TEXT = frozenset({"annotation", "annotation-end", "shapes", "forms", "tracked-changes"})
PLACES = {"boolean": "boolean-", "date": "date-", "time": "time-"}


class OdsSheet(NamedTuple):
    """One sheet: its name, cells, notes, and the units that number formats show."""

    title: str
    grid: Grid
    notes: list[str]
    shown: Cells


def is_ods(archive: Archive) -> bool:
    """Return whether an archive is an OpenDocument workbook.

    Raises
    ------
    RefusedError
        If it is an OpenDocument of another kind.
    """
    if "mimetype" not in archive or "content.xml" not in archive:
        return False
    kind = archive.read("mimetype")[:200].decode("ascii", "replace").strip()
    if not kind.startswith(KIND):
        return False
    if not kind.removeprefix(KIND).startswith("spreadsheet"):
        raise RefusedError(
            f"this is not a workbook but an OpenDocument {kind.rpartition('.')[2]}",
            "Give a workbook.",
        )
    return True


def read_ods(
    archive: Archive, wanted: Callable[[str], bool], stand_in: object, deadline: Deadline
) -> list[OdsSheet]:
    """Return name, cells, notes and shown units of every sheet.

    Parameters
    ----------
    archive
        The workbook.
    wanted
        Whether the cells of a sheet are needed, given its name.
    stand_in
        Value for a formula whose value is not stored.
    deadline
        Time limit.

    Raises
    ------
    RefusedError
        If the workbook is damaged, encrypted or too large.
    InputFaults
        If a cell makes a sheet too large.
    """
    manifest = "META-INF/manifest.xml"
    if manifest in archive and any(
        e.name == "encryption-data" for e in elements(archive.read(manifest), manifest)
    ):
        raise RefusedError(
            "this workbook is locked with a password",
            "Open it in a spreadsheet and save it without a password.",
        )
    reading = _Reading(wanted, stand_in, deadline)
    if "styles.xml" in archive:
        reading.styles.read(archive.read("styles.xml"), "styles.xml")
    part = in_utf_8(archive.read("content.xml"), "content.xml")
    walk(part, "content.xml", Walk(reading.start, reading.end, reading.text))
    if not reading.sheets:
        raise DamagedError("it has no sheet")
    return [
        OdsSheet(sheet.title, sheet.grid, sheet.notes() if wanted(sheet.title) else [], sheet.shown)
        for sheet in reading.sheets
    ]


@dataclass
class _SheetDraft:
    title: str
    hidden: bool
    grid: Grid = field(default_factory=list)
    rows: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    columns: int = 0
    merges: list[Range] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    column_styles: list[tuple[int, str]] = field(default_factory=list)
    shown: dict[tuple[int, int], ShownUnit] = field(default_factory=dict)

    def column_style(self, column: int) -> str:
        """Return the style of those cells of a column (from 0) that have no style of their own."""
        return next((style for last, style in self.column_styles if column < last), "")

    def notes(self) -> list[str]:
        title = short(self.title)
        notes = [
            hidden_sheet(title) if self.hidden else "",
            hidden_rows(title, self.hidden_rows, self.grid),
            hidden_columns(title, self.hidden_columns, self.grid),
            merged(title, self.merges, self.grid),
            linked(title, self.linked),
        ]
        return [note for note in notes if note]


@dataclass
class _Reading:
    """State of the reader while it walks through the document."""

    wanted: Callable[[str], bool]
    stand_in: object
    deadline: Deadline
    sheets: list[_SheetDraft] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    style: str = ""
    styles: OdsStyles = field(default_factory=OdsStyles)
    row_style: str = ""
    row_shown: dict[int, ShownUnit] = field(default_factory=dict)
    hidden_styles: set[str] = field(default_factory=set)
    is_wanted: bool = False
    area: int = 0
    row: list[object] = field(default_factory=list)
    repeated_row: int = 1
    width: int = 0
    cell: dict[str, str] | None = None
    paragraphs: list[list[str]] = field(default_factory=list)
    beside: int = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        inside = self.above[-1] if self.above else ""
        self.above.append(name)
        attributes = {key.rpartition(":")[2]: value for key, value in given.items()}
        if not self.sheets:
            self.styles.start(name, attributes)
        if name in NOT_TEXT or (self.cell is not None and inside == "table-cell" and name != "p"):
            self.beside += 1
        elif self.beside:
            return
        elif name == "style":
            self.style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self.hidden_styles.add(self.style)
        elif name == "table" and inside == "spreadsheet":
            self._begin_sheet(attributes)
        elif self.sheets and "spreadsheet" in self.above:
            self._inside_sheet(name, attributes)

    def _inside_sheet(self, name: str, attributes: dict[str, str]) -> None:
        sheet = self.sheets[-1]
        if name == "table-column":
            count = _count(attributes, "number-columns-repeated", LAST_COLUMN)
            if attributes.get("visibility", "visible") != "visible":
                first = sheet.columns + 1
                sheet.hidden_columns += range(first, min(first + count, LAST_COLUMN + 1))
            sheet.columns += count
            style = attributes.get("default-cell-style-name", "")
            sheet.column_styles.append((sheet.columns, style))
        elif name == "table-row":
            self.row, self.width, self.row_shown = [], 0, {}
            self.row_style = attributes.get("default-cell-style-name", "")
            self.repeated_row = _count(attributes, "number-rows-repeated", LAST_ROW)
            if attributes.get("visibility", "visible") != "visible":
                last = min(sheet.rows + self.repeated_row, len(sheet.grid) + 100_000)
                sheet.hidden_rows += range(sheet.rows + 1, last + 1)
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.paragraphs = attributes, []
        elif self.cell is not None:
            self._inside_cell(name, attributes)

    def _inside_cell(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self.paragraphs.append([])
        elif self.paragraphs and name in ("s", "tab", "line-break"):
            count = _count(attributes, "c", 10_000) if name == "s" else 1
            self.paragraphs[-1].append({"s": " ", "tab": "\t", "line-break": "\n"}[name] * count)

    def text(self, piece: str) -> None:
        if not self.sheets:
            self.styles.text(piece)
        if self.cell is not None and self.paragraphs and not self.beside and "p" in self.above:
            self.paragraphs[-1].append(piece)

    def end(self, name: str) -> None:
        if not self.sheets:
            self.styles.end(name)
        self.above.pop()
        inside = self.above[-1] if self.above else ""
        if name in NOT_TEXT or (self.cell is not None and inside == "table-cell" and name != "p"):
            self.beside -= 1
        elif self.beside or not self.sheets:
            return
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell(self.cell)
            self.cell = None
        elif name == "table-row":
            self._end_row()

    def _begin_sheet(self, attributes: dict[str, str]) -> None:
        title = attributes.get("name", "")
        hidden = attributes.get("style-name", "") in self.hidden_styles
        self.sheets.append(_SheetDraft(title, hidden))
        self.is_wanted = self.wanted(title)
        if len(self.sheets) > MOST_SHEETS:
            raise RefusedError(
                f"this workbook has more than {MOST_SHEETS:,} sheets",
                "Keep only the sheets that the plan needs.",
            )

    def _end_cell(self, attributes: dict[str, str]) -> None:
        self.deadline.check()
        count = _count(attributes, "number-columns-repeated", LAST_COLUMN)
        value = self._value(attributes)
        sheet = self.sheets[-1]
        down = _count(attributes, "number-rows-spanned", LAST_ROW)
        across = _count(attributes, "number-columns-spanned", LAST_COLUMN)
        if down > 1 or across > 1:
            top, left = sheet.rows + 1, self.width + 1
            sheet.merges.append((top, left, top + down - 1, left + across - 1))
        if value is not None and self.is_wanted:
            self.row += [None] * (self.width - len(self.row))
            if self.width + count > LAST_COLUMN:
                raise self._too_large(self.width)
            self.row += [value] * count
            shown = self._shown(attributes) if isinstance(value, int | float) else None
            if shown is not None:
                self.row_shown |= dict.fromkeys(range(self.width, self.width + count), shown)
        self.width += count

    def _shown(self, attributes: dict[str, str]) -> ShownUnit | None:
        """Return the unit that a cell's format shows; without one, the cell's currency."""
        sheet = self.sheets[-1]
        style = attributes.get("style-name") or self.row_style or sheet.column_style(self.width)
        currency = attributes.get("currency", "")
        return self.styles.shown(style) or (of_literal(currency) if currency else None)

    def _end_row(self) -> None:
        sheet = self.sheets[-1]
        if self.row:
            self.area += (sheet.rows - len(sheet.grid)) + len(self.row) * self.repeated_row
            if self.area > MOST_CELLS or sheet.rows + self.repeated_row > LAST_ROW:
                raise self._too_large(len(self.row) - 1)
            sheet.grid += [[] for _ in range(sheet.rows - len(sheet.grid))]
            sheet.grid += [list(self.row) for _ in range(self.repeated_row)]
            for row in range(sheet.rows, sheet.rows + self.repeated_row):
                sheet.shown |= {(row, column): unit for column, unit in self.row_shown.items()}
        sheet.rows += self.repeated_row

    def _too_large(self, column: int) -> InputFaults:
        sheet = self.sheets[-1]
        return InputFaults(
            [
                Fault(
                    f"{short(sheet.title)}!{letters(column + 1)}{sheet.rows + 1}",
                    "",
                    "this cell is repeated, or far from the others, so that the sheets have more "
                    f"than the {MOST_CELLS:,} cells that are read",
                    "Clear it, or delete its row and column, and save the workbook",
                )
            ]
        )

    def _value(self, given: dict[str, str]) -> object:
        """Return the value of a cell."""
        kind, formula = given.get("value-type", ""), given.get("formula", "")
        shown = "\n".join("".join(paragraph) for paragraph in self.paragraphs)
        if formula:
            self._note_links(formula)
            if not kind and not self.paragraphs:
                return self.stand_in
            if ERROR.fullmatch(shown):
                return shown if shown.startswith("#") else "#VALUE!"
            if formula.rpartition(":=")[2] in ("TRUE()", "FALSE()"):
                return "TRUE" in formula
        typed = {
            "float": _number,
            "percentage": _number,
            "currency": _number,
            "boolean": _boolean,
            "date": _date,
            "time": _time,
        }.get(kind)
        if typed is None:
            return given.get("string-value") or shown or None
        return typed(given.get(f"{PLACES.get(kind, '')}value", ""), shown)

    def _note_links(self, formula: str) -> None:
        for place in OUTSIDE.findall(formula):
            name = short(unquote(place).replace("\\", "/").rpartition("/")[2])
            if name not in self.sheets[-1].linked:
                self.sheets[-1].linked.append(name)


def _count(attributes: dict[str, str], name: str, most: int) -> int:
    """Return how often an element is repeated."""
    written = attributes.get(name, "1").strip()
    if not (written.isascii() and written.isdigit()):
        return 1
    return max(1, min(int(written[:9]), 10 * most))


def _number(written: str, shown: str) -> object:
    try:
        number = float(written)
    except ValueError:
        return shown or written or None
    if number - number != 0:
        return "#NUM!"
    return int(number) if number.is_integer() else number


def _boolean(written: str, shown: str) -> object:
    return {"true": True, "false": False}.get(written.strip().lower(), shown or None)


def _date(written: str, shown: str) -> object:
    try:
        if "T" in written:
            return datetime.fromisoformat(written.removesuffix("Z"))
        return date.fromisoformat(written)
    except ValueError:
        return shown or written or None


def _time(written: str, shown: str) -> object:
    found = DURATION.fullmatch(written)
    if found is None or not any(found.groups()[1:]):
        return shown or written or None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    try:
        span = timedelta(
            int(days or 0),
            int(seconds or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            microseconds=int(((fraction or "") + "000000")[:6]),
        )
    except (OverflowError, ValueError):
        return shown or written
    if sign:
        return -span
    if span < timedelta(days=1):
        return (datetime.combine(date(2000, 1, 1), time()) + span).time()
    return span
