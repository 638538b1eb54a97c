"""Workbooks made by hand, byte by byte, to be wrong in one way each."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

Parts = dict[str, bytes | None]
"""Parts of an archive by name; None leaves one out."""

Sheets = dict[str, dict[str, object]]
"""Right values by sheet and cell."""


@dataclass(frozen=True)
class Case:
    """One way for a file to be wrong, and what must come of it.

    Attributes
    ----------
    name : str
        What is wrong.
    content : bytes or dict of str to bytes
        A file, or the files of a folder.
    right : dict
        The right values by sheet and cell, where it is read.
    refusal : str
        A piece of the one message, where it is not.
    note : str
        A piece of a note on it, where it is read.
    ending : str
        Ending of the file's name.
    """

    name: str
    content: Callable[[], bytes | dict[str, bytes]]
    right: Sheets = field(default_factory=dict)
    refusal: str = ""
    note: str = ""
    ending: str = "xlsx"

    def write(self, folder: Path) -> Path:
        """Write the file or the folder, and return its path."""
        made = self.content()
        path = folder / f"case.{self.ending}"
        if isinstance(made, dict):
            path = folder / "case"
            path.mkdir()
            for name, content in made.items():
                (path / name).write_bytes(content)
        else:
            path.write_bytes(made)
        return path


ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>7.5</v></c></row>'
)
GOOD: Sheets = {"halls": {"A1": "hall", "B1": "mw", "A2": "north", "B2": 7.5}}
"""What the workbook that every case starts from holds."""


def sheet(rows: str = ROWS, *, before: str = "", after: str = "", root: str = "") -> bytes:
    """Return the XML of a sheet."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{RELATION}"{root}>{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    ).encode()


def texts(*values: str) -> bytes:
    """Return the XML of shared texts."""
    items = "".join(f"<si><t>{value}</t></si>" for value in values)
    return f'{HEAD}<sst xmlns="{MAIN}" count="9" uniqueCount="9">{items}</sst>'.encode()


def workbook(*titles: str, inside: str = "", sheet_attributes: str = "", before: str = "") -> bytes:
    """Return the XML of a workbook with sheets of these names, already escaped."""
    listed = "".join(
        f'<sheet name="{title}" sheetId="{n}" r:id="rId{n}"{sheet_attributes}/>'
        for n, title in enumerate(titles, start=1)
    )
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">{before}<sheets>{listed}</sheets>'
        f"{inside}</workbook>"
    ).encode()


def relation(identity: str, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="{identity}" Type="{RELATION}/{kind}" Target="{target}"{more}/>'


def relations(*inside: str) -> bytes:
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{"".join(inside)}</Relationships>'.encode()


BOOK_RELATIONS = (
    relation("rId1", "worksheet", "worksheets/sheet1.xml"),
    relation("rId8", "sharedStrings", "sharedStrings.xml"),
    relation("rId9", "styles", "styles.xml"),
)
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts><cellXfs count="6">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="44"/>'
    '<xf numFmtId="164"/><xf numFmtId="31"/></cellXfs></styleSheet>'
).encode()
"""Formats 0 to 5: general, date, percent, currency, duration, and a date of East Asia."""


def parts(**changed: bytes | None) -> Parts:
    """Return the parts of a good workbook, some of them changed or, as None, left out.

    A part is named by the last of its name, e.g. ``sheet1`` or ``workbook``.
    """
    every: Parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE[:-13]}content-types"/>'.encode(),
        "_rels/.rels": relations(relation("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook("halls"),
        "xl/_rels/workbook.xml.rels": relations(*BOOK_RELATIONS),
        "xl/worksheets/sheet1.xml": sheet(),
        "xl/sharedStrings.xml": texts("hall", "mw", "north"),
        "xl/styles.xml": STYLES,
    }
    short = {
        name.rpartition("/")[2].partition(".")[0]: name for name in every if "_rels" not in name
    }
    short |= {
        "rels": "_rels/.rels",
        "book_rels": "xl/_rels/workbook.xml.rels",
        "types": "[Content_Types].xml",
    }
    for name, content in changed.items():
        every[short[name]] = content
    return every


def zipped(
    content: Mapping[str, bytes | None] | None = None, *, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return an archive of parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, part in (parts() if content is None else content).items():
            if part is not None:
                archive.writestr(zipfile.ZipInfo(name), part, method)
    return made.getvalue()


def book(**changed: bytes | None) -> bytes:
    """Return a workbook with parts changed, named as for `parts`."""
    return zipped(parts(**changed))


def cells(rows: str, **places: str) -> bytes:
    """Return a workbook of rows; `before` and `after` stand around them."""
    return book(sheet1=sheet(rows, **places))


def one_cell(cell: str) -> bytes:
    """Return a workbook of the good rows and a third with one more cell, in B3."""
    return cells(f'{ROWS}<row r="3">{cell}</row>')


def swapped(content: bytes, old: bytes, new: bytes) -> bytes:
    """Return a file with bytes replaced, all of them as often as they stand there."""
    assert old in content, old
    return content.replace(old, new)


def deflated(content: bytes) -> bytes:
    """Return raw deflated bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()
