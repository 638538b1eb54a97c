"""Archives and parts that are wrong: what surrounds the cells of an .xlsx workbook."""

from __future__ import annotations

import io
import struct
import zipfile

from malformed import (
    BOOK_RELATIONS,
    GOOD,
    HEAD,
    MAIN,
    ROWS,
    STYLES,
    Case,
    book,
    cells,
    parts,
    relation,
    relations,
    sheet,
    swapped,
    texts,
    workbook,
    zipped,
)

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))
BOMB = f"{HEAD}<!DOCTYPE x [{LAUGHS}]>"
NAMES = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")


def truncated(keep: float) -> bytes:
    whole = book()
    return whole[: int(len(whole) * keep)]


def entry_changed(name: str, offset: int, value: bytes) -> bytes:
    """Return the workbook with bytes changed in both headers of a part."""
    content = bytearray(book())
    for magic, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        place = -1
        while (place := content.find(magic, place + 1)) >= 0:
            size = 30 if shift == 0 else 46
            if content[place + size :].startswith(name.encode()):
                start = place + offset + shift
                content[start : start + len(value)] = value
    return bytes(content)


def data_changed() -> bytes:
    """Return the workbook with one byte of a part's packed data turned over."""
    content = bytearray(zipped(method=zipfile.ZIP_STORED))
    place = content.index(b"<v>7.5</v>") + 3
    content[place] ^= 1
    return bytes(content)


def part_twice(second: bytes) -> bytes:
    made = io.BytesIO(book())
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(zipfile.ZipInfo("xl/Worksheets/SHEET1.xml"), second)
    return made.getvalue()


def more_parts(**more: bytes) -> bytes:
    return zipped({**parts(), **{name.replace("__", "/"): part for name, part in more.items()}})


def named(name: str) -> bytes:
    return zipped({**parts(), name: b"x"})


def many_parts() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(10_001):
            archive.writestr(zipfile.ZipInfo(f"xl/{number}"), b"")
    return made.getvalue()


def many_sheets(count: int) -> bytes:
    """Return a workbook that lists one sheet many times."""
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(count))
    return book(workbook=workbook("halls", inside=f"<sheets>{listed}</sheets>"))


def two_sheets(first: str, second: str) -> bytes:
    both = relations(*BOOK_RELATIONS, relation("rId2", "worksheet", "worksheets/sheet2.xml"))
    return zipped(
        {
            **parts(workbook=workbook(first, second), book_rels=both),
            "xl/worksheets/sheet2.xml": sheet(),
        }
    )


def directory_lies(count: int) -> bytes:
    """Return the workbook whose end says a wrong number of parts."""
    content = book()
    end = content.rindex(b"PK\x05\x06")
    return content[: end + 8] + struct.pack("<HH", count, count) + content[end + 12 :]


def moved(folder: str) -> bytes:
    """Return the workbook with all its parts in a folder of another name."""
    every = {name.replace("xl/", folder): part for name, part in parts().items()}
    every["_rels/.rels"] = relations(relation("rId1", "officeDocument", f"/{folder}workbook.xml"))
    return zipped(every)


NESTED = "<a>" * 100_000 + "</a>" * 100_000
DAMAGED = "this workbook is damaged: "
ARCHIVES = [
    Case("good", book, GOOD),
    Case("cut in half", lambda: truncated(0.5), refusal=DAMAGED + "the archive has no end"),
    Case("without its last byte", lambda: book()[:-1], refusal=DAMAGED + "the archive has no end"),
    Case("bytes behind it", lambda: book() + b"tail", GOOD),
    Case(
        "bytes before it", lambda: b"junk" * 99 + book(), refusal="a zip archive with other bytes"
    ),
    Case("its end says more parts", lambda: directory_lies(99), GOOD),
    Case("its end says fewer parts", lambda: directory_lies(1), GOOD),
    Case(
        "a part whose sum is wrong",
        data_changed,
        refusal=DAMAGED + "its part xl/worksheets/sheet1.xml cannot be unpacked",
    ),
    Case(
        "a part said to be encrypted",
        lambda: entry_changed(NAMES[0], 6, b"\1\0"),
        refusal="part xl/worksheets/sheet1.xml of this workbook is encrypted",
    ),
    Case(
        "a part packed in an unknown way",
        lambda: entry_changed(NAMES[0], 8, b"\x63\0"),
        refusal="part xl/worksheets/sheet1.xml is compressed with a method that workbooks do not "
        "use",
    ),
    Case(
        "a part said to be longer",
        lambda: entry_changed(NAMES[1], 22, b"\xff\xff\x01\0"),
        refusal="its part xl/sharedStrings.xml does not have the size that the file states",
    ),
    Case(
        "a part said to be shorter",
        lambda: entry_changed(NAMES[1], 22, b"\x09\0\0\0"),
        refusal="its part xl/sharedStrings.xml cannot be unpacked",
    ),
    Case(
        "a part said to be huge",
        lambda: entry_changed(NAMES[0], 22, b"\xfe\xff\xff\xff"),
        refusal="unpacks to 4,295 MB, more than 500 times its packed size, like a zip bomb",
    ),
    Case(
        "a part twice, but for its case",
        lambda: part_twice(sheet()),
        refusal=DAMAGED + "it contains part xl/Worksheets/SHEET1.xml twice",
    ),
    Case(
        "a part that climbs out",
        lambda: named("xl/../../../evil"),
        refusal="a part named xl/../../../evil, which points outside the archive",
    ),
    Case("a part with an absolute name", lambda: named("C:\\evil"), refusal="named C:/evil, which"),
    Case(
        "thousands of parts", many_parts, refusal="more than 10,000 parts, which no workbook needs"
    ),
    Case("a bomb of spaces", lambda: cells(" " * 90_000_000), refusal="like a zip bomb"),
    Case("parts stored, not packed", lambda: zipped(method=zipfile.ZIP_STORED), GOOD),
    Case(
        "an archive in an archive",
        lambda: zipped({"inner.xlsx": book()}),
        refusal="this is a zip archive with a workbook inside. Unpack it",
    ),
    Case("an empty archive", lambda: zipped({}), refusal="this is not an .xlsx workbook but"),
    Case(
        "an archive of something else",
        lambda: zipped({"readme.txt": b"x"}),
        refusal="this is not an .xlsx workbook but a zip archive of something else",
    ),
    Case(
        "a document of another program",
        lambda: book(rels=relations(relation("a", "officeDocument", "word/document.xml"))),
        refusal="this is not a workbook but a document of another program",
    ),
    Case(
        "a binary workbook",
        lambda: book(rels=relations(relation("a", "officeDocument", "xl/workbook.bin"))),
        refusal="this is a binary workbook (.xlsb). Save it as .xlsx",
    ),
    Case(
        "a Numbers document",
        lambda: zipped({"Index/Document.iwa": b"x"}),
        refusal="this is a Numbers document. Export it as .xlsx from Numbers",
    ),
    Case("no relations at all", lambda: book(rels=None), refusal="(_rels/.rels) is missing"),
    Case(
        "no workbook part",
        lambda: book(workbook=None),
        refusal=DAMAGED + "its part xl/workbook.xml is missing",
    ),
    Case(
        "an empty workbook part",
        lambda: book(workbook=b""),
        refusal=DAMAGED + "its part xl/workbook.xml is not well-formed XML",
    ),
    Case(
        "a workbook of no sheets",
        lambda: book(workbook=workbook()),
        refusal=DAMAGED + "it has no sheet with cells",
    ),
    Case(
        "a workbook without relations",
        lambda: book(book_rels=None),
        refusal=DAMAGED + "sheet halls is listed, but no part of the file contains it",
    ),
    Case("no content types", lambda: book(types=None), GOOD),
    Case("content types of something else", lambda: book(types=b"<x/>"), GOOD),
    Case(
        "no sheet part",
        lambda: book(sheet1=None),
        refusal=DAMAGED + "its part xl/worksheets/sheet1.xml is missing",
    ),
    Case(
        "an empty sheet part",
        lambda: book(sheet1=b""),
        refusal=DAMAGED + "its part xl/worksheets/sheet1.xml is not well-formed XML",
    ),
    Case(
        "a sheet part that is a picture",
        lambda: book(sheet1=b"\x89PNG\r\n\x1a\n"),
        refusal=DAMAGED + "its part xl/worksheets/sheet1.xml is not well-formed XML",
    ),
    Case(
        "no shared texts",
        lambda: book(sharedStrings=None),
        refusal=DAMAGED + "its part xl/sharedStrings.xml is missing",
    ),
    Case(
        "fewer shared texts than named",
        lambda: book(sharedStrings=texts("hall")),
        refusal="cell B1 of sheet halls refers to shared text '1', but the file has 1",
    ),
    Case(
        "shared texts without end",
        lambda: book(sharedStrings=texts("hall", "mw")[:-10]),
        refusal=DAMAGED + "its part xl/sharedStrings.xml is not well-formed XML",
    ),
    Case(
        "shared texts that lie about their number",
        lambda: book(
            sharedStrings=swapped(
                texts("hall", "mw", "north"), b'uniqueCount="9"', b'uniqueCount="99999999999999"'
            )
        ),
        GOOD,
    ),
    Case(
        "shared texts in another's part",
        lambda: book(sharedStrings=STYLES),
        refusal=DAMAGED + "its part xl/sharedStrings.xml has no shared texts",
    ),
    Case(
        "shared texts with a prefix",
        lambda: book(
            sharedStrings=(
                f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>hall</x:t></x:si><x:si><x:t>mw</x:t></x:si>'
                "<x:si><x:r><x:t>nor</x:t></x:r><x:r><x:t>th</x:t></x:r></x:si></x:sst>"
            ).encode()
        ),
        GOOD,
    ),
    Case("no styles", lambda: book(styles=None, book_rels=relations(*BOOK_RELATIONS[:2])), GOOD),
    Case(
        "styles that are broken",
        lambda: book(styles=STYLES[:-9]),
        refusal=DAMAGED + "its part styles is not well-formed XML",
    ),
    Case(
        "a sheet outside of the archive",
        lambda: book(book_rels=relations(relation("rId1", "worksheet", "../../../../etc/passwd"))),
        refusal="refers to ../../../../etc/passwd, which is outside the archive",
    ),
    Case(
        "a sheet on a web site",
        lambda: book(
            book_rels=relations(
                relation("rId1", "worksheet", "http://example.org/s.xml", ' TargetMode="External"')
            )
        ),
        refusal="sheet halls is listed, but no part of the file contains it",
    ),
    Case(
        "a sheet that is a chart",
        lambda: book(book_rels=relations(relation("rId1", "chartsheet", "worksheets/sheet1.xml"))),
        refusal="it has no sheet with cells",
    ),
    Case(
        "targets with backslashes",
        lambda: book(
            book_rels=relations(
                relation("rId1", "worksheet", "worksheets\\sheet1.xml"), *BOOK_RELATIONS[1:]
            )
        ),
        GOOD,
    ),
    Case(
        "targets in capitals",
        lambda: book(
            book_rels=relations(
                relation("rId1", "worksheet", "Worksheets/Sheet1.XML"), *BOOK_RELATIONS[1:]
            )
        ),
        GOOD,
    ),
    Case("parts in another folder", lambda: moved("data/"), GOOD),
    Case(
        "a laughing sheet",
        lambda: book(sheet1=f"{BOMB}<worksheet>&a11;</worksheet>".encode()),
        refusal="part xl/worksheets/sheet1.xml declares a document type or entities",
    ),
    Case(
        "laughing texts",
        lambda: book(sharedStrings=f"{BOMB}<sst>&a11;</sst>".encode()),
        refusal="part xl/sharedStrings.xml declares a document type or entities",
    ),
    Case(
        "laughing styles",
        lambda: book(styles=f"{BOMB}<styleSheet>&a11;</styleSheet>".encode()),
        refusal="part styles declares a document type or entities",
    ),
    Case(
        "a laughing workbook",
        lambda: book(workbook=f"{BOMB}<workbook>&a11;</workbook>".encode()),
        refusal="part xl/workbook.xml declares a document type or entities",
    ),
    Case(
        "a laughing sheet in UTF-16",
        lambda: book(
            sheet1=f"{BOMB.replace('UTF-8', 'UTF-16')}<worksheet>&a11;</worksheet>".encode("utf-16")
        ),
        refusal="declares a document type or entities, which attacks use and spreadsheets never",
    ),
    Case(
        "a sheet in UTF-16",
        lambda: book(sheet1=sheet().decode().replace("UTF-8", "UTF-16").encode("utf-16")),
        GOOD,
    ),
    Case(
        "a sheet in Latin-1",
        lambda: book(
            sheet1=sheet(ROWS + '<row r="3"><c r="A3" t="str"><v>Zürich</v></c></row>')
            .decode()
            .replace("UTF-8", "ISO-8859-1")
            .encode("latin-1")
        ),
        {"halls": {"A3": "Zürich"}},
    ),
    Case(
        "a sheet in an encoding nobody knows",
        lambda: book(sheet1=sheet().replace(b"UTF-8", b"EBCDIC-7")),
        refusal="its part xl/worksheets/sheet1.xml is in the encoding ebcdic-7, not in UTF-8",
    ),
    Case(
        "bytes that are no UTF-8",
        lambda: (
            cells('<row r="1"><c r="A1" t="str"><v>Z~rich</v></c></row>')
            and book(
                sheet1=sheet('<row r="1"><c r="A1" t="str"><v>Z~</v></c></row>').replace(
                    b"~", b"\xff"
                )
            )
        ),
        refusal="its part xl/worksheets/sheet1.xml is not well-formed XML",
    ),
    Case(
        "deep nesting in a sheet",
        lambda: book(sheet1=sheet(after=NESTED)),
        refusal="nests more than 100 elements; spreadsheets never do",
    ),
    Case(
        "deep nesting in the workbook",
        lambda: book(workbook=workbook("halls", inside=NESTED)),
        refusal="part xl/workbook.xml nests more than 100 elements",
    ),
    Case(
        "a hundred thousand sheets",
        lambda: many_sheets(100_000),
        refusal="this workbook has more than 1,000 sheets. Keep only",
    ),
    Case(
        "a name of a thousand letters",
        lambda: book(workbook=workbook("x" * 1000)),
        refusal="has 1,000 characters",
    ),
    Case(
        "odd letters in a name",
        lambda: book(workbook=workbook("a&amp;b &lt;&quot;&gt; 表\u2028")),
        {'a&b <"> 表\u2028': GOOD["halls"]},
    ),
    Case(
        "two names equal but for their case",
        lambda: two_sheets("halls", "HALLS"),
        {**GOOD, "HALLS": GOOD["halls"]},
    ),
    Case("a part of nothing", lambda: more_parts(xl__media__image1=b""), GOOD),
    Case(
        "macros",
        lambda: more_parts(**{"xl__vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        GOOD,
        ending="xlsm",
    ),
]
