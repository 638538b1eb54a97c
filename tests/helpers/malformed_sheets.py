"""Sheets whose cells are wrong, odd or hostile, in an .xlsx workbook that is right around them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from malformed import (
    BOOK_RELATIONS,
    GOOD,
    HEAD,
    MAIN,
    ROWS,
    Case,
    Sheets,
    book,
    cells,
    one_cell,
    parts,
    relation,
    relations,
    sheet,
    swapped,
    texts,
    workbook,
    zipped,
)

from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE

DAMAGED = "this workbook is damaged: "
TOO_LARGE = "more than the 5,000,000 cells that are read"


def third(value: object) -> Sheets:
    """Return the good values and one more, in B3."""
    return {"halls": {**GOOD["halls"], "B3": value}}


def v(value: str, more: str = "") -> bytes:
    return one_cell(f'<c r="B3"{more}><v>{value}</v></c>')


def row(number: object, cell: str) -> bytes:
    return cells(f'{ROWS}<row r="{number}"><c r="{cell}"><v>1</v></c></row>')


def formula(cell: str) -> Case:
    return Case(
        f"a formula without a value: {cell}", lambda: one_cell(cell), third(FORMULA_WITHOUT_VALUE)
    )


def table(totals: str) -> bytes:
    """Return a workbook whose rows are a table."""
    there = relations(relation("rId1", "table", "../tables/table1.xml"))
    made = (
        f'{HEAD}<table xmlns="{MAIN}" displayName="Halls" ref="A1:B3"{totals}></table>'
    ).encode()
    rows = f'{ROWS}<row r="3"><c r="A3" t="str"><v>Total</v></c><c r="B3"><v>7.5</v></c></row>'
    body = sheet(rows, after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>')
    return zipped(
        {
            **parts(sheet1=body),
            "xl/tables/table1.xml": made,
            "xl/worksheets/_rels/sheet1.xml.rels": there,
        }
    )


def linked() -> bytes:
    """Return a workbook with a value from another."""
    links = relations(*BOOK_RELATIONS, relation("rId7", "externalLink", "externalLinks/e1.xml"))
    there = relations(
        relation(
            "rId1",
            "externalLinkPath",
            "file:///C:/plans/prices%20new.xlsx",
            ' TargetMode="External"',
        )
    )
    listed = workbook(
        "halls",
        inside=('<externalReferences><externalReference r:id="rId7"/></externalReferences>'),
    )
    cell = '<row r="3"><c r="B3"><f>2*[1]Sheet1!$A$1</f><v>9</v></c></row>'
    return zipped(
        {
            **parts(workbook=listed, book_rels=links, sheet1=sheet(ROWS + cell)),
            "xl/externalLinks/e1.xml": b"<externalLink/>",
            "xl/externalLinks/_rels/e1.xml.rels": there,
        }
    )


BLANKS = "".join(f'<row r="{n}" s="1"><c r="XFD{n}" s="1"/></row>' for n in (3, 1_048_576))
PREFIXED = (
    sheet()
    .decode()
    .replace("xmlns=", "xmlns:x=")
    .replace("<", "<x:")
    .replace("<x:/", "</x:")
    .replace("<x:?xml", "<?xml")
    .encode()
)
MANY = "".join(f'<c r="B3"><v>{n}</v></c>' for n in range(500))

SHEETS = [
    Case(
        "no cells",
        lambda: book(sheet1=swapped(sheet(""), b"></sheetData>", b"/>")),
        {"halls": {"A1": None}},
    ),
    Case("no rows", lambda: cells(""), {"halls": {"A1": None}}),
    Case(
        "no sheetData",
        lambda: book(sheet1=f'<worksheet xmlns="{MAIN}"/>'.encode()),
        {"halls": {"A1": None}},
    ),
    Case(
        "a cell in the last corner",
        lambda: row(1_048_576, "XFD1048576"),
        refusal="halls!XFD1048576: with this cell the sheet has 1,048,576 rows and 16,384 "
        "columns, " + TOO_LARGE,
    ),
    Case(
        "a cell in the last column",
        lambda: row(5000, "XFD5000"),
        refusal="halls!XFD5000: with this cell the sheet has 5,000 rows and 16,384 ",
    ),
    Case(
        "a cell in the last row",
        lambda: cells(
            ROWS + '<row r="3"><c r="J3"><v>1</v></c></row>'
            '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        ),
        refusal="halls!A1048576: with this cell the sheet has 1,048,576 rows and 10 ",
    ),
    Case(
        "formats out to the last corner",
        lambda: cells(ROWS + BLANKS),
        GOOD,
        note="sheet halls has formatted cells without content up to XFD1048576, which are not",
    ),
    Case(
        "a dimension of everything",
        lambda: cells(ROWS, before='<dimension ref="A1:XFD1048576"/>'),
        GOOD,
    ),
    Case("a dimension of nothing", lambda: cells(ROWS, before='<dimension ref="A1"/>'), GOOD),
    Case("a dimension backwards", lambda: cells(ROWS, before='<dimension ref="Z9:A1"/>'), GOOD),
    Case("a dimension that is none", lambda: cells(ROWS, before='<dimension ref="???"/>'), GOOD),
    Case("a row 0", lambda: row(0, "A0"), refusal="sheet halls has a row numbered '0'"),
    Case("a row below 0", lambda: row(-3, "A3"), refusal="sheet halls has a row numbered '-3'"),
    Case(
        "a row behind the last",
        lambda: row(1_048_577, "A1048577"),
        refusal="sheet halls has a row numbered '1048577'",
    ),
    Case("a row that is no number", lambda: row("x", "A3"), refusal="has a row numbered 'x'"),
    Case("a row of many digits", lambda: row("9" * 5000, "A3"), refusal="has a row numbered '9999"),
    Case(
        "a cell A0", lambda: row(3, "A0"), refusal="row 3 of sheet halls contains a cell named 'A0'"
    ),
    Case("a cell ZZZZ1", lambda: row(3, "ZZZZ3"), refusal="contains a cell named 'ZZZZ3'"),
    Case("a cell behind the last column", lambda: row(3, "XFE3"), refusal="a cell named 'XFE3'"),
    Case("a cell that is a number", lambda: row(3, "33"), refusal="contains a cell named '33'"),
    Case(
        "a cell of many letters", lambda: row(3, "A" * 3000), refusal="contains a cell named 'AAAA"
    ),
    Case("cells in small letters", lambda: cells(ROWS.replace("B2", "b2")), GOOD),
    Case("cells in dollars", lambda: cells(ROWS.replace("B2", "$B$2")), GOOD),
    Case(
        "cells without places",
        lambda: cells(
            '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
            '<row><c t="s"><v>2</v></c><c><v>7.5</v></c></row>'
        ),
        GOOD,
    ),
    Case(
        "rows out of order",
        lambda: cells(
            '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>7.5</v></c></row>'
            '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        ),
        GOOD,
    ),
    Case(
        "cells out of order",
        lambda: cells(
            '<row r="1"><c r="B1" t="s"><v>1</v></c><c r="A1" t="s"><v>0</v></c></row>'
            '<row r="2"><c r="B2"><v>7.5</v></c><c r="A2" t="s"><v>2</v></c></row>'
        ),
        GOOD,
    ),
    Case(
        "a row twice",
        lambda: cells(ROWS.replace('<c r="B2">', '</row><row r="2"><c r="B2">')),
        GOOD,
    ),
    Case(
        "a cell twice",
        lambda: cells(
            ROWS.replace(
                '<c r="B2"><v>7.5</v></c>', '<c r="B2"><v>7.5</v></c><c r="B2"><v>8</v></c>'
            )
        ),
        refusal="halls!B2: the file contains this cell twice. Retype it in a spreadsheet",
    ),
    Case("a cell many times", lambda: one_cell(MANY), refusal="100 faults in the inputs:"),
    Case(
        "a cell in another's row",
        lambda: cells(ROWS.replace('<c r="B2"><v>7.5</v></c>', '<c r="A1"><v>7.5</v></c>')),
        refusal="halls!A1: the file contains this cell twice",
    ),
    Case("a sheet with a prefix", lambda: book(sheet1=PREFIXED), GOOD),
    Case("single quotes", lambda: cells(ROWS.replace('"', "'")), GOOD),
    Case("spaces and line ends between", lambda: cells(ROWS.replace("><", ">\n  <")), GOOD),
    Case("comments between", lambda: cells(ROWS.replace("<c ", '<!-- <c r="C1"/> --><c ')), GOOD),
    Case("a comment in a value", lambda: v("1<!-- 9 -->2"), third(12)),
    Case("a CDATA section in a value", lambda: v("<![CDATA[12]]>"), third(12)),
    Case(
        "a CDATA section in a text",
        lambda: v("<![CDATA[<v>a & b</v>]]>", ' t="str"'),
        third("<v>a & b</v>"),
    ),
    Case("character references in a number", lambda: v("&#49;2"), third(12)),
    Case("an entity nobody declared", lambda: v("&nbsp;", ' t="str"'), refusal="undefined entity"),
    Case("a control character", lambda: v("a\x01b", ' t="str"'), refusal="is not well-formed XML"),
    Case("an instruction between", lambda: cells(ROWS.replace("<c ", "<?x y?><c ")), GOOD),
    Case("tags that cross", lambda: v("1</c></v>"), refusal="is not well-formed XML"),
    Case(
        "a tag without end",
        lambda: cells(ROWS + '<row r="3"><c r="A3"><v>1'),
        refusal="is not well-formed XML",
    ),
    Case(
        "an attribute twice",
        lambda: one_cell('<c r="B3" r="C3"><v>1</v></c>'),
        refusal="is not well-formed XML (duplicate attribute",
    ),
    Case(
        "elements nobody knows",
        lambda: one_cell('<c r="B3"><z>4</z><v>1</v></c><z><c r="C3"><v>2</v></c></z>'),
        third(1),
    ),
    Case(
        "a kind nobody knows",
        lambda: v("1", ' t="zz"'),
        refusal="cell B3 of sheet halls has an invalid type or value, 'zz' with '1'",
    ),
    Case("a boolean in words", lambda: v("false", ' t="b"'), third(False)),
    Case(
        "a boolean that is none",
        lambda: v("2", ' t="b"'),
        refusal="invalid type or value, 'b' with '2'",
    ),
    Case("a shared text of no number", lambda: v("x", ' t="s"'), refusal="to shared text 'x', but"),
    Case("a shared text below 0", lambda: v("-1", ' t="s"'), refusal="refers to shared text '-1'"),
    Case(
        "a shared text of many digits", lambda: v("1" * 30, ' t="s"'), refusal="to shared text '1"
    ),
    Case("a shared text of nothing", lambda: v("", ' t="s"'), third(None)),
    Case(
        "shared texts that are empty",
        lambda: zipped(
            parts(
                sharedStrings=texts("hall", "mw", "north", ""),
                sheet1=sheet(f'{ROWS}<row r="3"><c r="B3" t="s"><v>3</v></c></row>'),
            )
        ),
        third(None),
    ),
    Case("a number that is none", lambda: v("12 MW"), third("12 MW")),
    Case("a number with a comma", lambda: v("1,5"), third("1,5")),
    Case("a number with spaces", lambda: v(" 12 "), third(12)),
    Case("not a number", lambda: v("NaN"), third("#NUM!")),
    Case("infinity", lambda: v("-Infinity"), third("#NUM!")),
    Case("a number beyond all", lambda: v("1e999"), third("#NUM!")),
    Case("a number of thousands of digits", lambda: v("9" * 5000), third("#NUM!")),
    Case("a very large number", lambda: v("1e300"), third(1e300)),
    Case("two points in a number", lambda: v("1.2.3"), third("1.2.3")),
    Case("an error", lambda: v("#REF!", ' t="e"'), third("#REF!")),
    Case("an error of the newest kind", lambda: v("#SPILL!", ' t="e"'), third("#SPILL!")),
    Case(
        "an error in a formula",
        lambda: one_cell('<c r="B3" s="0" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        third("#DIV/0!"),
    ),
    formula('<c r="B3"><f>1+1</f></c>'),
    formula('<c r="B3"><f>1+1</f><v></v></c>'),
    formula('<c r="B3" s="2"><f>1+1</f><v/></c>'),
    formula('<c r="B3" t="str"><f>A2&amp;"x"</f></c>'),
    formula('<c r="B3" t="n"><f t="shared" si="0"/></c>'),
    formula('<c r="B3"><f t="shared" ref="B3:B9" si="0">A1</f><v></v></c>'),
    formula('<c r="B3" t="n" s="1"><f>1+1</f></c>'),
    Case(
        "a formula that comes to an empty text",
        lambda: one_cell('<c r="B3" t="str"><f>""</f><v></v></c>'),
        third(None),
    ),
    Case(
        "a formula with its value", lambda: one_cell('<c r="B3"><f>3*4</f><v>12</v></c>'), third(12)
    ),
    Case(
        "a shared formula with its value",
        lambda: one_cell('<c r="B3"><f t="shared" si="0"/><v>12</v></c>'),
        third(12),
    ),
    Case(
        "a formula's value that is a text",
        lambda: one_cell('<c r="B3" t="str"><f>A2</f><v>a &lt; b</v></c>'),
        third("a < b"),
    ),
    Case(
        "formulas no spreadsheet has calculated",
        lambda: zipped(
            parts(
                workbook=workbook("halls", inside='<calcPr fullCalcOnLoad="1"/>'),
                sheet1=sheet(f'{ROWS}<row r="3"><c r="B3"><f>1+1</f><v>0</v></c></row>'),
            )
        ),
        third(FORMULA_WITHOUT_VALUE),
    ),
    Case(
        "formulas whose values a program worked out itself",
        lambda: zipped(
            parts(
                workbook=workbook("halls", inside='<calcPr fullCalcOnLoad="1"/>'),
                sheet1=sheet(f'{ROWS}<row r="3"><c r="B3"><f>1+1</f><v>2</v></c></row>'),
            )
        ),
        third(2),
        note="sheet halls has 1 formula whose stored values may be out of date, because the",
    ),
    Case(
        "a text in its place",
        lambda: one_cell('<c r="B3" t="inlineStr"><is><t xml:space="preserve"> a  b </t></is></c>'),
        third(" a  b "),
    ),
    Case(
        "a rich text",
        lambda: one_cell(
            '<c r="B3" t="inlineStr"><is><r><t>no</t></r><r><rPr><b/></rPr><t>rth</t></r></is></c>'
        ),
        third("north"),
    ),
    Case(
        "a text with its reading",
        lambda: zipped(
            parts(
                sharedStrings=texts("hall", "mw", "north").replace(
                    b"<t>north</t>",
                    "<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>".encode(),
                )
            )
        ),
        {"halls": {"A2": "東京"}},
    ),
    Case(
        "escaped letters in a shared text",
        lambda: zipped(parts(sharedStrings=texts("hall", "mw", "a_x000D_b"))),
        {"halls": {"A2": "a\rb"}},
    ),
    Case(
        "escaped letters in a text in its place",
        lambda: one_cell('<c r="B3" t="inlineStr"><is><t>a_x000D_b</t></is></c>'),
        third("a\rb"),
    ),
    Case("a huge text", lambda: v("x" * 5_000_000, ' t="str"'), third("x" * 5_000_000)),
    Case(
        "many huge texts",
        lambda: cells(
            "".join(
                f'<row r="{n}"><c r="A{n}" t="str"><v>{"x" * 5_000_000}</v></c></row>'
                for n in range(1, 22)
            )
        ),
        refusal="like a zip bomb",
    ),
    Case("a date", lambda: v("46023", ' s="1"'), third(date(2026, 1, 1))),
    Case("a date with a time", lambda: v("46023.25", ' s="1"'), third(datetime(2026, 1, 1, 6))),
    Case("a time alone", lambda: v("0.25", ' s="1"'), third(time(6))),
    Case("a duration", lambda: v("1.25", ' s="4"'), third(timedelta(hours=30))),
    Case("a date as East Asia numbers it", lambda: v("46023", ' s="5"'), third(date(2026, 1, 1))),
    Case("a date in words", lambda: v("2026-01-01", ' t="d"'), third(date(2026, 1, 1))),
    Case(
        "a date since 1904",
        lambda: zipped(
            parts(
                workbook=workbook("halls", before='<workbookPr date1904="1"/>'),
                sheet1=sheet(f'{ROWS}<row r="3"><c r="B3" s="1"><v>44561</v></c></row>'),
            )
        ),
        third(date(2026, 1, 1)),
    ),
    Case("a date after the year 9999", lambda: v("1e7", ' s="1"'), third(10_000_000)),
    Case("a date beyond all", lambda: v("1e300", ' s="1"'), third(1e300)),
    Case("a duration beyond all", lambda: v("1e300", ' s="4"'), third("#VALUE!")),
    Case("a percentage", lambda: v("0.25", ' s="2"'), third(0.25)),
    Case("money", lambda: v("12.5", ' s="3"'), third(12.5)),
    Case("a style that is not there", lambda: v("12", ' s="99999999999"'), third(12)),
    Case("a style that is no number", lambda: v("12", ' s="x"'), third(12)),
    Case(
        "a hidden sheet",
        lambda: book(workbook=workbook("halls", sheet_attributes=' state="veryHidden"')),
        GOOD,
        note="sheet halls is hidden, but is read",
    ),
    Case(
        "hidden rows",
        lambda: cells(ROWS.replace('<row r="2"', '<row r="2" hidden="1"')),
        GOOD,
        note="sheet halls has 1 hidden row (2); hidden rows are read too",
    ),
    Case(
        "hidden columns",
        lambda: cells(ROWS, before='<cols><col min="2" max="16384" hidden="1"/></cols>'),
        GOOD,
        note="sheet halls has 1 hidden column (B); hidden columns are read too",
    ),
    Case(
        "a merge of data",
        lambda: cells(ROWS, after='<mergeCells><mergeCell ref="A2:A9"/></mergeCells>'),
        GOOD,
        note="sheet halls has merged cells (A2:A9): only the first cell of each has the value",
    ),
    Case(
        "a merge of everything",
        lambda: cells(ROWS, after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        GOOD,
        note="sheet halls has merged cells (A1:XFD1048576)",
    ),
    Case(
        "merges that are none",
        lambda: cells(
            ROWS,
            after='<mergeCells><mergeCell ref="Z9:A1"/><mergeCell ref="?"/><mergeCell/>'
            "</mergeCells>",
        ),
        GOOD,
    ),
    Case(
        "a totals row",
        lambda: table(' totalsRowCount="1"'),
        {"halls": {**GOOD["halls"], "A3": None, "B3": None}},
        note="sheet halls has a totals row (A3:B3 of table Halls), which is left out",
    ),
    Case("a table without totals", lambda: table(' totalsRowShown="0"'), third(7.5)),
    Case("more totals rows than rows", lambda: table(' totalsRowCount="99"'), third(7.5)),
    Case(
        "values of another workbook",
        linked,
        third(9),
        note="sheet halls has values from prices new.xlsx, as they were when the workbook was",
    ),
]
