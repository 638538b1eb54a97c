"""A marked copy is the workbook with marks, and nothing else in it is touched."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from planner.errors import InputFaults, PlannerError
from planner.workbook.marking.comments import HEADING
from planner.workbook.marking.findings_sheet import Line
from planner.workbook.marking.marked_copy import marked, marked_path, write_marked
from planner.workbook.marking.office_package import untouched
from planner.workbook.reading import read_inputs
from planner.workbook.schema.sheets import FOR_PEOPLE
from planner.workbook.writing.template import template_sheets, write_csv_folder, write_workbook

RED, YELLOW = "FFFF8F", "FFFFE9"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def fault(where: str, rule: str = "it is wrong", kind: str = "fault") -> Line:
    return Line(kind, where, "", rule, "Mend it")


def picture() -> io.BytesIO:
    """Return a picture of one dot."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """Return a workbook with macros, a chart, a picture, comments, formats, rules and names."""
    macros = tmp_path / "vbaProject.bin"
    macros.write_bytes(b"\xd0\xcf\x11\xe0 no real macros")
    path = tmp_path / "rich.xlsm"
    book = xlsxwriter.Workbook(path)
    book.add_vba_project(str(macros))
    bold = book.add_format({"bold": True, "bg_color": "#FFFF00", "border": 1})
    for name, rows in template_sheets().items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, list(rows[0]), bold)
        for down, row in enumerate(rows, start=1):
            for across, value in enumerate(row.values()):
                shown = ", ".join(value) if isinstance(value, tuple) else value
                if isinstance(value, date):
                    sheet.write_datetime(down, across, value, book.add_format({"num_format": 14}))  # type: ignore[arg-type]
                elif shown is not None:
                    sheet.write(down, across, shown)
    halls = book.get_worksheet_by_name("halls")
    halls.write_comment("D2", "ask Jane", {"author": "Joe"})
    halls.write_formula("D2", "=2*5", bold, 10)
    halls.conditional_format("D2:D9", {"type": "cell", "criteria": ">", "value": 5, "format": bold})
    halls.data_validation("C2:C9", {"validate": "integer", "criteria": ">", "value": 0})
    halls.insert_image("N2", "dot.png", {"image_data": picture()})
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=milestones!$C$2:$C$3"})
    book.get_worksheet_by_name("milestones").insert_chart("F2", chart)
    book.add_worksheet("My notes").write("A1", "mine")
    book.define_name("target", "=milestones!$C$3")
    book.define_name("milestones!local", "=milestones!$C$2")
    book.get_worksheet_by_name("milestones").activate()
    book.close()
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def look(path: Path) -> Any:
    return openpyxl.load_workbook(path, keep_vba=True)


def colour(book: Any, where: str) -> str:
    sheet, cell = where.split("!")
    return str(book[sheet][cell].fill.fgColor.rgb)


def said(book: Any, where: str) -> str:
    sheet, cell = where.split("!")
    comment = book[sheet][cell].comment
    return comment.text if comment else ""


def marks(book: Any) -> list[tuple[str, str]]:
    """Return every marked cell, with the kind of its mark by colour."""
    return [
        (f"{sheet.title}!{cell.coordinate}", "fault" if rgb.startswith(RED) else "warning")
        for sheet in book.worksheets
        if sheet.title != "check"
        for row in sheet.iter_rows()
        for cell in row
        if (rgb := str(cell.fill.fgColor.rgb)).startswith((RED, YELLOW))
    ]


LINES = [
    fault("halls!D2", "it_mw is too large"),
    fault("halls!H2"),
    fault("milestones!C3", "this is odd", "warning"),
    fault("supply", "this sheet is missing"),
    fault("systems!1:1", "column price is missing"),
]


def test_only_what_is_marked_is_changed(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, LINES)
    before, after = parts(rich), parts(target)
    sheets = {
        name: f"xl/worksheets/sheet{n}.xml"
        for n, name in enumerate([*template_sheets(), "My notes"], start=1)
    }
    touched = {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        sheets["halls"],
        sheets["milestones"],
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/worksheets/_rels/sheet6.xml.rels",
    }
    assert set(before) <= set(after)
    assert {name for name in before if before[name] != after[name]} == touched
    kept = {
        "xl/vbaProject.bin",
        "xl/media/image1.png",
        "xl/charts/chart1.xml",
        sheets["systems"],
        sheets["My notes"],
        "xl/sharedStrings.xml",
    }
    assert kept <= set(before) - touched
    assert list(before) == [name for name in after if name in before]


def test_in_a_marked_sheet_only_the_style_of_marked_cells_is_changed(
    rich: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, LINES)
    name = "xl/worksheets/sheet4.xml"
    old, new = (etree.fromstring(parts(path)[name]) for path in (rich, target))

    def others(root: etree._Element) -> list[str]:
        for cell in root.iter(f"{MAIN}c"):
            if cell.get("r") in ("D2", "H2"):
                cell.attrib.pop("s", "")
        for row in root.iter(f"{MAIN}row"):
            row.attrib.pop("spans", "")
        return [etree.tostring(element, method="c14n2").decode() for element in root]

    assert [text for text in others(new) if "<c " not in text] == [
        text for text in others(old) if "<c " not in text
    ]
    cells = [
        {c.get("r"): etree.tostring(c, method="c14n2") for c in root.iter(f"{MAIN}c")}
        for root in (old, new)
    ]
    assert {ref for ref in cells[1] if cells[0].get(ref) != cells[1][ref]} <= {"H2"}
    formula = next(c for c in new.iter(f"{MAIN}c") if c.get("r") == "D2")
    assert (formula.findtext(f"{MAIN}f"), formula.findtext(f"{MAIN}v")) == ("2*5", "10")


def test_marks_are_seen(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, LINES)
    book = look(target)
    assert marks(book) == [
        ("halls!D2", "fault"),
        ("halls!H2", "fault"),
        ("milestones!C3", "warning"),
    ]
    assert said(book, "halls!H2") == f"{HEADING}\nFAULT: it is wrong.\nMend it."
    assert said(book, "halls!D2").startswith("ask Jane")
    assert said(book, "halls!D2").endswith("FAULT: it_mw is too large.\nMend it.")
    assert "WARNING: this is odd." in said(book, "milestones!C3")
    cell = book["halls"]["D2"]
    assert cell.font.bold
    assert cell.border.left.style == "thin"
    assert book["halls"].conditional_formatting
    assert book.vba_archive is not None


def test_the_sheet_check_lists_everything_and_leads_there(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, [*LINES, Line("note", "", "", "no limit", "")])
    book = look(target)
    assert book.sheetnames[0] == "check"
    assert book.active.title == "milestones"
    page = book["check"]
    assert page["A2"].value.startswith("4 faults, 1 warning, 1 note. Correct the red cells")
    rows = [[cell.value for cell in row[:5]] for row in page.iter_rows(min_row=5)]
    assert rows[0] == ["fault", "halls!D2", None, "it_mw is too large", "Mend it"]
    assert [row[1] for row in rows] == [*(line.where for line in LINES), None]
    links = {
        row[1].coordinate: row[1].hyperlink.location
        for row in page.iter_rows(min_row=5)
        if row[1].hyperlink
    }
    assert links == {
        "B5": "'halls'!D2",
        "B6": "'halls'!H2",
        "B7": "'milestones'!C3",
        "B9": "'systems'!A1",
    }
    scopes = {sheet.title: list(sheet.defined_names) for sheet in book if sheet.defined_names}
    assert scopes == {"milestones": ["local"]}
    assert "target" in book.defined_names


def test_the_reader_passes_over_our_sheet(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, LINES)
    original, copy = read_inputs(rich), read_inputs(target)
    assert copy.notes == original.notes
    assert dict(copy.tables["halls"][0].values) == dict(original.tables["halls"][0].values)


@pytest.mark.parametrize("again", [LINES, LINES[2:], [fault("systems!A2")], []])
def test_marks_do_not_pile_up(rich: Path, tmp_path: Path, again: Sequence[Line]) -> None:
    first, second, third = (tmp_path / f"{n}.xlsm" for n in range(3))
    write_marked(rich, first, LINES)
    write_marked(first, second, again)
    write_marked(second, third, again)
    assert second.read_bytes() == third.read_bytes()
    fresh = tmp_path / "fresh.xlsm"
    write_marked(rich, fresh, again)
    books = look(second), look(fresh)
    assert marks(books[0]) == marks(books[1])
    for book in books:
        assert book.sheetnames == [*books[1].sheetnames]
    for sheet, cell in (("halls", "D2"), ("halls", "H2"), ("milestones", "C3"), ("halls", "D1")):
        one, other = (book[sheet][cell] for book in books)
        assert one.fill.fgColor.rgb == other.fill.fgColor.rgb
        assert one.fill.fill_type == other.fill.fill_type
        assert (one.value, one.number_format, one.font.b) == (
            other.value,
            other.number_format,
            other.font.b,
        )
        assert said(books[0], f"{sheet}!{cell}") == said(books[1], f"{sheet}!{cell}")


def test_marks_without_anything_left_leave_no_comment_behind(rich: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.xlsm", tmp_path / "2.xlsm"
    write_marked(rich, first, LINES)
    write_marked(first, second, [])
    names = set(parts(second))
    assert not {name for name in names - set(parts(rich)) if "comment" in name or "vml" in name}
    assert said(look(second), "halls!D2") == "ask Jane"
    assert parts(second)["xl/worksheets/sheet6.xml"].count(b"legacyDrawing") == 0


def test_a_mark_follows_its_cell_when_rows_are_inserted(rich: Path, tmp_path: Path) -> None:
    """The colour itself says which fill it covers, so a moved cell gets its own back."""
    first, moved, clean = tmp_path / "1.xlsm", tmp_path / "2.xlsm", tmp_path / "3.xlsm"
    write_marked(rich, first, LINES)
    content = parts(first)
    name = "xl/worksheets/sheet4.xml"
    content[name] = re.sub(rb'r="([A-Z]+)2"', rb'r="\g<1>7"', content[name]).replace(
        b'<row r="2"', b'<row r="7"'
    )
    with zipfile.ZipFile(moved, "w") as archive:
        for part, body in content.items():
            archive.writestr(part, body)
    write_marked(moved, clean, [])
    assert marks(look(clean)) == []
    assert colour(look(clean), "halls!D7") == "FFFFFF00"


def test_cells_that_are_not_there_are_put_in_their_places(tmp_path: Path) -> None:
    path, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "halls"
    sheet["B2"], sheet["D9"] = 1, 2
    sheet.column_dimensions["F"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet.merge_cells("H1:I3")
    book.save(path)
    places = ["halls!A2", "halls!C2", "halls!A1", "halls!F5", "halls!E20", "halls!I3"]
    write_marked(path, target, [fault(place) for place in places])
    page = look(target)["halls"]
    assert [c.coordinate for row in page.iter_rows() for c in row if c.comment] == [
        "A1",
        "H1",
        "A2",
        "C2",
        "F5",
        "E20",
    ]
    root = etree.fromstring(parts(target)["xl/worksheets/sheet1.xml"])
    rows = [int(row.get("r", "0")) for row in root.iter(f"{MAIN}row")]
    assert rows == sorted(rows)
    for row in root.iter(f"{MAIN}row"):
        letters = [re.sub(r"\d", "", cell.get("r", "")) for cell in row]
        assert letters == sorted(letters)
    assert root.find(f"{MAIN}dimension").get("ref") == "A1:I20"  # type: ignore[union-attr]
    tags = [etree.QName(element).localname for element in root]
    assert tags.index("legacyDrawing") > tags.index("pageMargins")
    back = tmp_path / "c.xlsx"
    write_marked(target, back, [])
    assert [c.value for row in look(back)["halls"].iter_rows() for c in row if c.value] == [1, 2]
    cleaned = parts(back)["xl/worksheets/sheet1.xml"]
    assert b'r="B2"' in cleaned
    assert b'r="F5"' not in cleaned  # it is blank, and looks like its column again


def test_several_findings_of_a_cell_share_a_comment(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, [fault("halls!A2", "one"), fault("halls!A2", "two", "warning")])
    book = look(target)
    assert said(book, "halls!A2") == (
        f"{HEADING}\nFAULT: one.\nMend it.\n\nWARNING: two.\nMend it."
    )
    assert marks(book) == [("halls!A2", "fault")]


def test_a_comment_written_by_openpyxl_is_kept(tmp_path: Path) -> None:
    """It writes its drawing with other prefixes than everyone else."""
    path, target, back = (tmp_path / f"{n}.xlsx" for n in "abc")
    write_workbook(path, template_sheets())
    book = openpyxl.load_workbook(path)
    book["halls"]["A3"].comment = Comment("keep this", "Joe")
    book.save(path)
    write_marked(path, target, [fault("halls!A3"), fault("halls!B3"), fault("halls!A1")])
    drawing = next(
        body
        for name, body in parts(target).items()
        if b"planner" not in body and name.endswith(".vml") and body.count(b"ObjectType") == 15
    )
    etree.fromstring(drawing)
    write_marked(target, back, [])
    for sheet in ("halls", "systems"):
        for one, other in zip(look(path)[sheet][1], look(back)[sheet][1], strict=True):
            assert one.comment.text == other.comment.text
    assert said(look(back), "halls!A3") == "keep this"
    assert said(look(back), "halls!B3") == ""


def test_a_sheet_of_that_name_that_is_not_ours_is_kept(tmp_path: Path) -> None:
    path, target, again = (tmp_path / f"{n}.xlsx" for n in "abc")
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Check"
    book["Check"]["A1"] = "my own"
    book.create_sheet("halls")["A1"] = "hall"
    book.save(path)
    write_marked(path, target, [fault("halls!A1")])
    write_marked(target, again, [fault("halls!A1")])
    for copy in (target, again):
        assert look(copy).sheetnames == ["planner check", "Check", "halls"]
        assert "planner check" in FOR_PEOPLE
        assert look(copy)["Check"]["A1"].value == "my own"


def test_formulas_and_odd_texts_in_messages_stay_texts(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    line = Line("fault", "halls!A2", "=cmd|' /C calc'!A0", "a < b & \x07 c", "]]> \ud7ff")
    write_marked(rich, target, [line])
    page = look(target)["check"]
    assert (page["C5"].value, page["C5"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert page["D5"].value == "a < b & ? c"


def test_a_folder_of_csv_files_gets_a_workbook(tmp_path: Path) -> None:
    folder, target = tmp_path / "plan", tmp_path / "plan-marked.xlsx"
    sheets = template_sheets()
    sheets["halls"][0]["it_mw"] = "ten"
    sheets["systems"][0]["vendor"] = "=1+1"
    write_csv_folder(folder, sheets)
    with pytest.raises(InputFaults) as caught:
        read_inputs(folder)
    lines = [Line("fault", f.where, f.value, f.rule, f.remedy) for f in caught.value.faults]
    write_marked(folder, marked_path(folder), lines)
    book = look(target)
    assert marks(book) == [("halls!D2", "fault")]
    assert book["systems"]["B2"].value == "=1+1"
    assert book["systems"]["B2"].data_type == "s"
    with pytest.raises(InputFaults) as again:
        read_inputs(target)
    assert again.value.faults == caught.value.faults


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plan.xlsx", "plan-marked.xlsx"),
        ("plan.XLSM", "plan-marked.XLSM"),
        ("plan-marked.xlsx", "plan-marked-2.xlsx"),
        ("plan-marked-2.xlsx", "plan-marked-3.xlsx"),
        ("plan.ods", "plan-marked.xlsx"),
    ],
)
def test_names_of_marked_copies(tmp_path: Path, name: str, expected: str) -> None:
    assert marked_path(tmp_path / name) == tmp_path / expected


def test_nothing_but_an_unedited_copy_is_replaced(rich: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.xlsm"
    write_marked(rich, target, LINES)
    assert untouched(target)
    write_marked(rich, target, [])
    with zipfile.ZipFile(target) as archive:
        body = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in body.items():
            archive.writestr(name, content.replace(b"mine", b"Mine"))
    edited = target.read_bytes()
    with pytest.raises(PlannerError, match="was edited after"):
        write_marked(rich, target, LINES)
    assert target.read_bytes() == edited
    write_marked(rich, target, LINES, force=True)
    assert untouched(target)


@pytest.mark.parametrize("force", [False, True])
def test_the_workbook_itself_is_never_overwritten(rich: Path, tmp_path: Path, force: bool) -> None:
    before = hashlib.sha256(rich.read_bytes()).digest()
    link = tmp_path / "link.xlsm"
    link.symlink_to(rich)
    for target in (rich, link):
        with pytest.raises(PlannerError, match="never overwritten"):
            write_marked(rich, target, LINES, force=force)
    with pytest.raises(PlannerError, match=r"end in \.xlsm"):
        write_marked(rich, tmp_path / "copy.xlsx", LINES, force=force)
    assert hashlib.sha256(rich.read_bytes()).digest() == before


def test_what_is_no_workbook_of_the_usual_kind_is_refused(rich: Path) -> None:
    content = rich.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = {name: archive.read(name) for name in archive.namelist()}
    strict = {
        name: part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        for name, part in body.items()
    }
    for broken, message in (
        (strict, "Strict Open XML"),
        (_without(body, "xl/styles.xml"), "styles"),
    ):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, part in broken.items():
                archive.writestr(name, part)
        with pytest.raises(PlannerError, match=message):
            marked(stream.getvalue(), LINES)


def _without(body: dict[str, bytes], *names: Iterable[str]) -> dict[str, bytes]:
    return {name: part for name, part in body.items() if name not in names}


def test_more_fills_than_can_be_told_apart_are_left_as_they_are(tmp_path: Path) -> None:
    path, target, back = (tmp_path / f"{n}.xlsx" for n in "abc")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "halls"
    for row in range(1, 81):
        sheet.cell(row, 1, row).fill = PatternFill("solid", fgColor=f"FF0000{row:02X}")
    book.save(path)
    write_marked(path, target, [fault(f"halls!A{row}") for row in range(1, 81)])
    marked_cells = marks(look(target))
    assert len(marked_cells) == 63
    assert all(said(look(target), f"halls!A{row}") for row in (1, 63, 64, 80))
    write_marked(target, back, [])
    for row in range(1, 81):
        assert colour(look(back), f"halls!A{row}") == f"FF0000{row:02X}"
