"""Write a copy of a workbook in which every cell at fault has a colour and a comment.

Only the parts of marked sheets change, and a sheet `check` lists all findings. All other parts are
copied byte for byte: charts, pictures, macros, formats, validations, formulas, names. Marks of an
earlier run are removed first.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lxml import etree

from planner.errors import PlannerError
from planner.workbook.cell_locations import cell_of, sheet_of
from planner.workbook.files.atomic import write_atomically
from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE, RawSheet, read_raw
from planner.workbook.marking.cell_marks import CellMark, MarkedSheet
from planner.workbook.marking.cell_styles import Styles
from planner.workbook.marking.findings_sheet import Book, Line
from planner.workbook.marking.office_package import Package, untouched

PATCHED = (".xlsx", ".xlsm", ".xltx", ".xltm")
"""Suffixes of workbooks that are copied part by part; others are converted to .xlsx."""

SUFFIX = "-marked"


def marked_path(source: Path) -> Path:
    """Return the default path of a marked copy, in the folder of the workbook."""
    stem = source.name if source.is_dir() else source.stem
    ending = source.suffix if source.suffix.lower() in PATCHED else ".xlsx"
    again = re.fullmatch(rf"(.*{SUFFIX})(?:-(\d+))?", stem)
    name = f"{again[1]}-{int(again[2] or 1) + 1}" if again else f"{stem}{SUFFIX}"
    return source.with_name(f"{name}{ending}")


def write_marked(source: Path, target: Path, lines: Sequence[Line], *, force: bool = False) -> None:
    """Write a marked copy.

    Parameters
    ----------
    source
        A workbook, or a folder of CSV files.
    target
        Path of the copy.
    lines
        The findings: faults, then warnings, then notes.
    force
        Whether to replace any existing file except the source.

    Raises
    ------
    PlannerError
        If the target is the source or has a wrong suffix, or exists and is not a marked copy, or
        is one that was edited.
    """
    _refuse(source, target, force)
    patched = not source.is_dir() and source.suffix.lower() in PATCHED
    content = source.read_bytes() if patched else _plain_workbook(read_raw(source))
    write_atomically(target, marked(content, lines))


def marked(content: bytes, lines: Sequence[Line]) -> bytes:
    """Return a workbook with new marks in place of old ones.

    Parameters
    ----------
    content
        An ``.xlsx`` or ``.xlsm`` file.
    lines
        The findings.

    Raises
    ------
    PlannerError
        If files of this kind cannot be marked.
    """
    try:
        package = Package(content)
        book = Book(package)
        styles = Styles(package, book.styles_part, book.covered())
        sheets = {
            name: MarkedSheet(package, part, styles)
            for name, part in book.sheets.items()
            if name != book.page
        }
        if book.page:
            for sheet in sheets.values():
                sheet.unmark()
        for name, marks in _by_sheet(lines, book).items():
            sheets[name].mark(marks)
        book.write_page(lines, styles, _advice(lines))
        styles.save()
        return package.save()
    except (KeyError, ValueError, zipfile.BadZipFile, etree.LxmlError) as error:
        raise PlannerError(
            f"this workbook cannot be marked ({error}). Open it in a spreadsheet "
            "and save it as .xlsx again."
        ) from error


def _by_sheet(lines: Sequence[Line], book: Book) -> dict[str, dict[str, CellMark]]:
    """Return the marks of each sheet by cell; findings in one cell are joined to one mark."""
    found: dict[str, dict[str, CellMark]] = {}
    for line in lines:
        title, cell = book.title_of(sheet_of(line.where)), cell_of(line.where)
        if not title or not cell or title == book.page:
            continue
        cells = found.setdefault(title, {})
        text = f"{line.kind.upper()}: {line.rule}.\n{line.remedy.rstrip('.')}."
        before = cells.get(cell)
        cells[cell] = (
            CellMark(line.kind, text)
            if before is None
            else CellMark(before.kind, f"{before.text}\n\n{text}")
        )
    return found


def _advice(lines: Sequence[Line]) -> str:
    if any(line.kind == "fault" for line in lines):
        return "Correct the red cells before you make a plan; their comments say how."
    return "A plan can be made. Yellow cells look wrong; their comments say why."


def _refuse(source: Path, target: Path, force: bool) -> None:
    """Refuse to replace the workbook itself or other files, and refuse wrong suffixes."""
    ending = source.suffix.lower() if source.suffix.lower() in PATCHED else ".xlsx"
    if target.suffix.lower() != ending:
        raise PlannerError(
            f"{target}: the name of a marked copy of {source.name} must end in {ending}. "
            "Choose such a name."
        )
    if target.exists() and source.exists() and target.samefile(source):
        raise PlannerError(
            f"{target}: this is the workbook itself, which is never overwritten. "
            "Choose another file for the marked copy."
        )
    if target.is_dir():
        raise PlannerError(f"{target}: this is a folder. Give a file for the marked copy.")
    if target.exists() and not force and not untouched(target):
        raise PlannerError(
            f"{target}: this file is not a marked copy, or it was edited after this command "
            "wrote it. It is not replaced. Choose another file, or add --force to replace it."
        )


def _plain_workbook(sheets: Sequence[RawSheet]) -> bytes:
    """Return raw cells as a workbook."""
    from openpyxl import Workbook  # noqa: PLC0415  (a workbook that is copied does not need it)
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in sheets:
        page = workbook.create_sheet(re.sub(r"[\\/*?:\[\]]", "_", sheet.title)[:31])
        for down, row in enumerate(sheet.grid, start=1):
            for across, value in enumerate(row, start=1):
                if value is None or value is FORMULA_WITHOUT_VALUE or value == "":
                    continue
                cell = page.cell(down, across)
                if isinstance(value, str):
                    cell.value = ILLEGAL_CHARACTERS_RE.sub("?", value)
                    cell.data_type = "s"  # A text stays a text, even if it begins with =.
                else:
                    cell.value = value
                    if isinstance(value, date):
                        cell.number_format = "yyyy-mm-dd"
        for column in page.columns:
            widest = max((len(str(cell.value or "")) for cell in column), default=8)
            page.column_dimensions[column[0].column_letter].width = min(widest, 46) + 2
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
