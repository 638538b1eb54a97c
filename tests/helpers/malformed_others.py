"""OpenDocument workbooks and folders of CSV files that are wrong, odd or hostile."""

from __future__ import annotations

import gzip
from datetime import date, datetime, time, timedelta

from malformed import GOOD, Case, Sheets, book, zipped

from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE

KIND = b"application/vnd.oasis.opendocument.spreadsheet"
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = "".join(
    f' xmlns:{short}="{OASIS}:{long}:1.0"'
    for short, long in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
    )
)


def cell(inside: str = "", more: str = "") -> str:
    return f"<table:table-cell{more}>{inside}</table:table-cell>"


def words(text: str, more: str = "") -> str:
    return cell(f"<text:p>{text}</text:p>", f' office:value-type="string"{more}')


def number(value: object, more: str = "") -> str:
    return cell(
        f"<text:p>{value}</text:p>", f' office:value-type="float" office:value="{value}"{more}'
    )


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


ROWS = row(words("hall"), words("mw")) + row(words("north"), number(7.5))


def content(rows: str = ROWS, *, table: str = "", styles: str = "", columns: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="halls"{table}>{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )


def ods(rows: str = ROWS, *, kind: bytes = KIND, **around: str) -> bytes:
    made = {"mimetype": kind, "content.xml": content(rows, **around).encode()}
    return zipped(made)


def one(third: str) -> bytes:
    return ods(ROWS + row(cell(), third))


def third(value: object) -> Sheets:
    return {"halls": {**GOOD["halls"], "B3": value}}


def typed(kind: str, value: str, shown: str = "") -> bytes:
    place = {"boolean": "boolean-", "date": "date-", "time": "time-"}.get(kind, "")
    return one(
        cell(
            f"<text:p>{shown}</text:p>",
            f' office:value-type="{kind}" office:{place}value="{value}"',
        )
    )


FORMULA = ' table:formula="of:=1+1"'
ERROR = ' table:formula="of:=1/0" office:value-type="string" office:string-value=""'
LOCKED = {
    "mimetype": KIND,
    "content.xml": b"\x01\x02",
    "META-INF/manifest.xml": b"<m><file-entry><encryption-data/></file-entry></m>",
}
HIDDEN = (
    '<style:style style:name="ta9"><style:table-properties table:display="false"/></style:style>'
)
TOO_LARGE = "repeated, or far from the others, so that the sheets have more than the 5,000,000"

ODS = [
    Case("good", ods, GOOD),
    Case("named .xlsx", ods, GOOD, ending="xlsx"),
    Case(
        "an OpenDocument text",
        lambda: ods(kind=KIND.replace(b"spreadsheet", b"text")),
        refusal="this is not a workbook but an OpenDocument text. Give a workbook",
    ),
    Case(
        "locked with a password",
        lambda: zipped(LOCKED),
        refusal="this workbook is locked with a password. Open it in a spreadsheet and save it",
    ),
    Case(
        "broken XML",
        lambda: zipped({"mimetype": KIND, "content.xml": content()[:-9].encode()}),
        refusal="this workbook is damaged: its part content.xml is not well-formed XML",
    ),
    Case(
        "no tables",
        lambda: zipped({"mimetype": KIND, "content.xml": b"<a/>"}),
        refusal="this workbook is damaged: it has no sheet",
    ),
    Case(
        "entities",
        lambda: zipped(
            {
                "mimetype": KIND,
                "content.xml": content()
                .replace("<office:doc", '<!DOCTYPE x [<!ENTITY a "b">]><office:doc', 1)
                .encode(),
            }
        ),
        refusal="part content.xml declares a document type or entities",
    ),
    Case(
        "a value repeated without end",
        lambda: ods(row(number(1, ' table:number-columns-repeated="1000000000"'))),
        refusal="halls!A1: this cell is repeated, or far from the others, so that the sheets",
    ),
    Case(
        "a row repeated without end",
        lambda: ods(row(number(1), more=' table:number-rows-repeated="1000000000"')),
        refusal=TOO_LARGE,
    ),
    Case(
        "rows and cells repeated",
        lambda: ods(
            row(
                number(1, ' table:number-columns-repeated="9999"'),
                more=' table:number-rows-repeated="9999"',
            )
        ),
        refusal=TOO_LARGE,
    ),
    Case(
        "a value behind everything",
        lambda: ods(
            ROWS + row(cell(), more=' table:number-rows-repeated="9000000"') + row(number(1))
        ),
        refusal=TOO_LARGE,
    ),
    Case(
        "blanks repeated without end",
        lambda: ods(
            ROWS
            + row(
                cell(more=' table:number-columns-repeated="1000000000"'),
                more=' table:number-rows-repeated="1000000000"',
            )
        ),
        GOOD,
    ),
    Case(
        "a count that is none",
        lambda: ods(row(number(1, ' table:number-columns-repeated="x"'), number(2))),
        {"halls": {"B1": 2}},
    ),
    Case(
        "a count below 0",
        lambda: ods(row(number(1, ' table:number-columns-repeated="-5"'), number(2))),
        {"halls": {"B1": 2}},
    ),
    Case(
        "values repeated a few times",
        lambda: ods(
            row(
                number(1, ' table:number-columns-repeated="2"'),
                number(3),
                more=' table:number-rows-repeated="2"',
            )
        ),
        {"halls": {"B2": 1, "C2": 3, "A3": None}},
    ),
    Case(
        "a bomb of spaces",
        lambda: ods(row(words('<text:s text:c="999999999"/>'))),
        {"halls": {"A1": " " * 100_000}},
    ),
    Case(
        "deep nesting",
        lambda: ods("<text:p>" * 9999 + "</text:p>" * 9999),
        refusal="part content.xml nests more than 100 elements; spreadsheets never do",
    ),
    Case(
        "a formula without a value", lambda: one(cell(more=FORMULA)), third(FORMULA_WITHOUT_VALUE)
    ),
    Case("a formula with its value", lambda: one(number(2, FORMULA)), third(2)),
    Case("a formula of an empty text", lambda: one(cell("<text:p/>", FORMULA)), third(None)),
    Case("an error", lambda: one(cell("<text:p>#DIV/0!</text:p>", ERROR)), third("#DIV/0!")),
    Case(
        "an error by number", lambda: one(cell("<text:p>Err:502</text:p>", ERROR)), third("#VALUE!")
    ),
    Case("true", lambda: typed("boolean", "true", "TRUE"), third(True)),
    Case("false", lambda: typed("boolean", "false"), third(False)),
    Case("a percentage", lambda: typed("percentage", "0.25", "25%"), third(0.25)),
    Case("money", lambda: typed("currency", "12.5", "$12.50"), third(12.5)),
    Case("a date", lambda: typed("date", "2026-01-01"), third(date(2026, 1, 1))),
    Case(
        "a date with a time",
        lambda: typed("date", "2026-01-01T06:00:00"),
        third(datetime(2026, 1, 1, 6)),
    ),
    Case("a day that is none", lambda: typed("date", "2026-02-30", "30 Feb"), third("30 Feb")),
    Case("a time", lambda: typed("time", "PT08H30M00S"), third(time(8, 30))),
    Case("a duration", lambda: typed("time", "PT30H00M00S"), third(timedelta(hours=30))),
    Case("a duration beyond all", lambda: typed("time", f"PT{'9' * 5000}H", "long"), third("long")),
    Case("a number that is none", lambda: typed("float", "x", "7 MW"), third("7 MW")),
    Case("infinity", lambda: typed("float", "1e999"), third("#NUM!")),
    Case(
        "spaces, tabs and lines",
        lambda: one(
            words('a<text:s text:c="2"/>b<text:tab/>c</text:p><text:p>d<text:span>e</text:span>')
        ),
        third("a  b\tc\nde"),
    ),
    Case(
        "a comment on a cell",
        lambda: one(
            cell(
                "<office:annotation><text:p>a note</text:p></office:annotation><text:p>x</text:p>",
                ' office:value-type="string"',
            )
        ),
        third("x"),
    ),
    Case(
        "a hidden sheet",
        lambda: ods(table=' table:style-name="ta9"', styles=HIDDEN),
        GOOD,
        note="sheet halls is hidden, but is read",
    ),
    Case(
        "rows that are filtered out",
        lambda: ods(ROWS + row(cell(), number(3), more=' table:visibility="filter"')),
        third(3),
        note="sheet halls has 1 hidden row (3); hidden rows are read too",
    ),
    Case(
        "a hidden column",
        lambda: ods(
            columns=('<table:table-column/><table:table-column table:visibility="collapse"/>')
        ),
        GOOD,
        note="sheet halls has 1 hidden column (B); hidden columns are read too",
    ),
    Case(
        "a merge of data",
        lambda: ods(ROWS + row(cell(), number(3, ' table:number-rows-spanned="4"'))),
        third(3),
        note="sheet halls has merged cells (B3:B6): only the first cell of each has the value",
    ),
    Case(
        "values of another workbook",
        lambda: one(
            number(9, " table:formula=\"of:='file:///plans/prices%20new.ods'#$Sheet1.A1\"")
        ),
        third(9),
        note="sheet halls has values from prices new.ods, as they were when",
    ),
]
ODS = [
    Case(c.name, c.content, c.right, c.refusal, c.note, "ods") if c.name != "named .xlsx" else c
    for c in ODS
]

PLAIN = "hall,mw\nnorth,7.5\n"
READ: Sheets = {"halls": {"A1": "hall", "B1": "mw", "A2": "north", "B2": "7.5"}}


def csv_case(name: str, halls: bytes | str, right: Sheets | None = None, refusal: str = "") -> Case:
    content = halls.encode() if isinstance(halls, str) else halls
    return Case(name, lambda: {"halls.csv": content}, right or {}, refusal)


CANNOT = "halls.csv: this file cannot be read as CSV ("
CSVS = [
    csv_case("good", PLAIN, READ),
    csv_case("UTF-8 with its mark", b"\xef\xbb\xbf" + PLAIN.encode(), READ),
    csv_case("UTF-16 as Excel's Unicode text", PLAIN.replace(",", "\t").encode("utf-16"), READ),
    csv_case("UTF-16 of the other end", b"\xfe\xff" + PLAIN.encode("utf-16-be"), READ),
    csv_case(
        "UTF-16 without its mark",
        PLAIN.encode("utf-16-le"),
        refusal=CANNOT + "line 1 contains a zero byte, so it is not text)",
    ),
    csv_case("half of UTF-16", PLAIN.encode("utf-16")[:-1], refusal="is not valid UTF-16"),
    csv_case(
        "Latin-1",
        "hall,mw\nZürich,7.5\n".encode("latin-1"),
        refusal=CANNOT + "line 2 is not valid UTF-8: byte FC). Save it from the spreadsheet as "
        "CSV UTF-8",
    ),
    csv_case(
        "a zero byte", "hall,mw\nno\0rth,7.5\n", refusal=CANNOT + "line 2 contains a zero byte"
    ),
    csv_case("a binary file", b"\x89PNG\r\n\x1a\n", refusal=CANNOT + "line 1 is not valid UTF-8"),
    csv_case("semicolons", PLAIN.replace(",", ";"), READ),
    csv_case("semicolons and decimal commas", "hall;mw\nnorth;7,5\n", {"halls": {"B2": "7,5"}}),
    csv_case("tabs", PLAIN.replace(",", "\t"), READ),
    csv_case(
        "a line that tells the delimiter",
        "sep=;\n" + PLAIN.replace(",", ";"),
        {"halls": {"A1": None, "A2": "hall", "B3": "7.5"}},
    ),
    csv_case(
        "two delimiters in the header",
        "hall;site,mw\na;b,c\n",
        refusal=CANNOT + "line 1 has equally many commas and semicolons). Save it with one",
    ),
    csv_case("a delimiter in quotes", 'hall,"a;b;c"\nnorth,7.5\n', {"halls": {"B1": "a;b;c"}}),
    csv_case(
        "a title above the header",
        "Halls\n\n" + PLAIN,
        {"halls": {"A1": "Halls", "A3": "hall", "B4": "7.5"}},
    ),
    csv_case("one column", "hall\nnorth\n", {"halls": {"A2": "north", "B2": None}}),
    csv_case("line ends of Windows", PLAIN.replace("\n", "\r\n"), READ),
    csv_case("line ends of old Macs", PLAIN.replace("\n", "\r"), READ),
    csv_case("no line end at the end", PLAIN[:-1], READ),
    csv_case("an empty file", "", {"halls": {"A1": None}}),
    csv_case("nothing but a mark", b"\xef\xbb\xbf", {"halls": {"A1": None}}),
    csv_case(
        "a quotation mark that is never closed",
        'hall,mw\nnorth,"7.5\nsouth,3\n',
        refusal=CANNOT + "in the row that begins in line 2: a quotation mark opens there and "
        "is never closed). Put a text",
    ),
    csv_case(
        "letters behind a quotation",
        'hall,mw\n"north"x,7.5\n',
        refusal=CANNOT + "in the row that begins in line 2: ',' expected after '\"')",
    ),
    csv_case("a line end in quotes", 'hall,mw\n"no\nrth",7.5\n', {"halls": {"A2": "no\nrth"}}),
    csv_case(
        "a field without end",
        "hall,mw\n" + "x" * 200_000 + ",1\n",
        refusal="in the row that begins in line 2: a text of more than 100,000 characters)",
    ),
    csv_case(
        "one endless line", "x" * 19_000_000, refusal="a text of more than 100,000 characters"
    ),
    csv_case(
        "a file too large",
        b"x," * 10_000_001,
        refusal="halls.csv: this file has 20,000,002 bytes, but at most 20,000,000 are read",
    ),
    csv_case(
        "a line of millions of cells",
        "," * 6_000_000,
        refusal="it has more than 5,000,000 cells). Keep only the rows",
    ),
    csv_case("short rows", "hall,mw,site\nnorth,7.5\n", {"halls": {"B2": "7.5", "C2": None}}),
    csv_case("long rows of blanks", "hall,mw\nnorth,7.5,,\nsouth,8\n", {"halls": {"B2": "7.5"}}),
    csv_case(
        "a row that is too long",
        "hall,mw\nDallas, Texas,7.5\nnorth,1\n",
        refusal="halls row 2 '7.5': this row has 3 cells where the table has 2. Put a text "
        "that contains commas between quotation marks",
    ),
    Case("an ending in capitals", lambda: {"halls.CSV": PLAIN.encode()}, READ),
    Case("tabs by name", lambda: {"halls.tsv": PLAIN.replace(",", "\t").encode()}, READ),
    Case(
        "locks and drafts beside",
        lambda: {
            "halls.csv": PLAIN.encode(),
            ".~lock.halls.csv#": b"\xff",
            "._halls.csv": b"\xff\0",
            "~$halls.csv": b"\xff",
            "notes.txt": b"x",
        },
        READ,
    ),
    Case("an empty folder", dict, refusal="this folder has no CSV file. Give a workbook"),
    Case(
        "a folder of workbooks",
        lambda: {"plan.xlsx": book()},
        refusal="this folder has no CSV file",
    ),
]

HTML = b"<html><table><tr><td>1</td></tr></table></html>"
XML_2003 = b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
FILES = [
    Case("a web page", lambda: HTML, refusal="but a web page with a workbook's name. Open it in a"),
    Case("XML Spreadsheet 2003", lambda: XML_2003, refusal="but XML Spreadsheet 2003. Open it in"),
    Case(
        "a flat OpenDocument",
        lambda: content().replace("document-content", "document").encode(),
        refusal="but a flat OpenDocument file. Open it in a spreadsheet and save it as .xlsx",
    ),
    Case(
        "CSV with a workbook's name", PLAIN.encode, refusal="but plain text, perhaps CSV. Open it"
    ),
    Case("JSON", lambda: b'{"a": 1}', refusal="but a JSON document. Give the workbook itself"),
    Case(
        "CSV by itself",
        PLAIN.encode,
        refusal="this is a single text file. Put one CSV file for each sheet into a folder",
        ending="csv",
    ),
    Case("a workbook named .csv", book, GOOD, ending="csv"),
    Case(
        "an old workbook",
        lambda: OLE + "Workbook".encode("utf-16-le"),
        refusal="but an old Excel file (.xls), or one locked with a password. Open it",
        ending="xls",
    ),
    Case(
        "a locked workbook",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        refusal="but a workbook locked with a password. Open it in a spreadsheet, remove the",
    ),
    Case(
        "an old document",
        lambda: OLE + "WordDocument".encode("utf-16-le"),
        refusal="but an old Word or PowerPoint document. Give a workbook",
    ),
    Case("a PDF", lambda: b"%PDF-1.7\n" + bytes(99), refusal="but a PDF document. Give the"),
    Case("a packed workbook", lambda: gzip.compress(book()), refusal="but a gzip archive. Give"),
    Case("an empty file", lambda: b"", refusal="but an empty file. It was not copied"),
    Case("zeros", lambda: bytes(5000), refusal="but a file of another kind. Check the name"),
    Case(
        "a file too large",
        lambda: bytes(20_000_001),
        refusal="this file has 20,000,001 bytes, but at most 20,000,000 are read. Remove",
    ),
]
