"""Write the checked sheets of a workbook into a new, minimal workbook for the parser.

So the parser reads exactly the bytes that were checked. In the original archive it could find
another copy of a part, or another part, than the checks did.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Sequence
from pathlib import Path

from planner.workbook.files.guard import RefusedError
from planner.workbook.files.xlsx import SheetPart, Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pack(workbook: Workbook, chosen: Sequence[SheetPart], place: Path) -> None:
    """Write a workbook of some sheets, which get the names ``1``, ``2`` and so on.

    Parameters
    ----------
    workbook
        The workbook that contains the sheets.
    chosen
        Sheets whose cells were read by `take_cells`.
    place
        The file to write.
    """
    numbers = range(1, len(chosen) + 1)
    space = f'xmlns="{MAIN}"'
    book = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{TYPES}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    relations += f'<Relationship Id="s" Type="{TYPES}/styles" Target="styles.xml"/>'
    relations += f'<Relationship Id="t" Type="{TYPES}/sharedStrings" Target="sharedStrings.xml"/>'
    parts: dict[str, tuple[bytes, ...]] = {
        "[Content_Types].xml": (_types(numbers).encode(),),
        "_rels/.rels": (
            _relationships(
                f'<Relationship Id="r" Type="{TYPES}/officeDocument" Target="xl/workbook.xml"/>'
            ),
        ),
        "xl/workbook.xml": (
            f'<workbook {space} xmlns:r="{TYPES}"><workbookPr date1904="{int(workbook.is_1904)}"/>'
            f"<sheets>{book}</sheets></workbook>".encode(),
        ),
        "xl/_rels/workbook.xml.rels": (_relationships(relations),),
        "xl/styles.xml": (f"<styleSheet {space}>".encode(), workbook.styles, b"</styleSheet>"),
        "xl/sharedStrings.xml": (f"<sst {space}>".encode(), workbook.texts, b"</sst>"),
    }
    for number, sheet in enumerate(chosen, start=1):
        # calamine would search the whole sheet for merged cells without this empty list.
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {space}><mergeCells></mergeCells><sheetData>".encode(),
            sheet.cells.rows,
            b"</sheetData></worksheet>",
        )
    try:
        with zipfile.ZipFile(place, "w", zipfile.ZIP_STORED) as archive:
            for name, pieces in parts.items():
                with archive.open(name, "w") as part:
                    for piece in pieces:
                        part.write(piece)
    except OSError as error:
        raise RefusedError(
            f"there is no room for a temporary copy of this file ({error})",
            "Free some room on the disk.",
        ) from error


def _relationships(inside: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inside}</Relationships>'.encode()


def _types(numbers: Sequence[int]) -> str:
    """Return the list of content types."""
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = {
        "workbook.xml": "sheet.main",
        "styles.xml": "styles",
        "sharedStrings.xml": "sharedStrings",
    }
    names |= {f"worksheets/sheet{n}.xml": "worksheet" for n in numbers}
    listed = "".join(
        f'<Override PartName="{posixpath.sep}xl/{name}" ContentType="{kind}.{what}+xml"/>'
        for name, what in names.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{space}"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )
