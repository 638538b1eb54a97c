"""Number formats: the unit or currency that a person sees counts as one in the heading does."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from blocks import rows_of
from instances import Sheets, unit_system
from malformed_others import number, ods, row, words
from openpyxl import Workbook

from planner.case.case import make_case
from planner.diagnostics.warnings import find_warnings
from planner.errors import Fault, InputFaults
from planner.workbook.files.number_formats import ShownUnit, shown_unit
from planner.workbook.files.raw_cells import read_raw
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs

WEEKS = '0" weeks"'
EURO = "[$€-407] #,##0"
LEAD = {"supplier": "fab", "item": "unit", "lead_days": 26, "price": 400_000}


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (WEEKS, ShownUnit("weeks")),
        ('#,##0.0" MW"', ShownUnit("MW")),
        (EURO, ShownUnit("€")),
        ("#,##0.00\\ [$€-407]", ShownUnit("€")),
        ("0.0\\ \\k\\W", ShownUnit("kW")),
        ('_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_)', ShownUnit("$")),
        ('"$"#,##0', ShownUnit("$")),
        ("[$USD] 0", ShownUnit("USD")),
        ("€0", ShownUnit("€")),
        ('$#,##0.0,,"M"', ShownUnit("$ M", 10**6)),
        ('0.0,"MW"', ShownUnit("MW", 1000)),
        ("0.0,,", ShownUnit("", 10**6)),
        ('0.0,"k"', ShownUnit("k", 1000)),
        ('0"%"', ShownUnit("%")),
        ('General" kW"', ShownUnit("kW")),
        ('0" wks."', ShownUnit("wks")),
        ('[Red]0" kW";[Blue]-0" kW"', ShownUnit("kW")),
        ('0" l/min"', ShownUnit("l/min")),
        *(
            (code, None)
            for code in (
                "General",
                "0",
                "0.00",
                "#,##0",
                "0%",
                "0.0%",
                "yyyy-mm-dd",
                'd" days"',
                "[h]:mm",
                "@",
                '@" kW"',
                "0.00E+00",
                "# ?/?",
                '"≈"0',
                "+0;-0",
                "(0)",
                "[Red]0;[Blue]-0",
                "[$-409]d mmm yyyy",
                '"yes";"yes";"no"',
                "",
                '"',
                "0_)",
                "0* ",
            )
        ),
    ],
)
def test_what_a_format_shows(code: str, shown: ShownUnit | None) -> None:
    assert shown_unit(code) == shown


def book_of(
    sheets: Sheets, formats: Mapping[str, str], cells: Mapping[str, object] | None = None
) -> Workbook:
    """Return a workbook with number formats, and other contents, at cells such as ``halls!C2``."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        header = list(dict.fromkeys(column for line in rows for column in line))
        sheet.append(header)
        for line in rows:
            sheet.append([line.get(column) for column in header])
    for where, value in (cells or {}).items():
        name, _, cell = where.partition("!")
        book[name][cell] = value
    for where, code in formats.items():
        name, _, cell = where.partition("!")
        book[name][cell].number_format = code
    return book


def read(
    formats: Mapping[str, str],
    tmp_path: Path,
    cells: Mapping[str, object] | None = None,
    **sheets: list[dict[str, object]],
) -> Inputs:
    usual: Sheets = {"supply": [LEAD], "systems": [unit_system(commission_days=0)]}
    path = tmp_path / "book.xlsx"
    book_of(rows_of(**(usual | sheets)), formats, cells).save(path)  # type: ignore[arg-type]
    return read_inputs(path)


def faults(*arguments: object, **sheets: list[dict[str, object]]) -> list[Fault]:
    with pytest.raises(InputFaults) as caught:
        read(*arguments, **sheets)  # type: ignore[arg-type]
    return list(caught.value.faults)


def carefully(path: Path) -> None:
    """Write a workbook's sheets so that they are read element by element."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            changed = part
            if name.startswith("xl/worksheets/sheet"):
                changed = re.sub(rb'<c r="([A-Z]+\d+)"( s="\d+")?', rb"<c\2 r='\1'", part)
                assert changed != part
            archive.writestr(name, changed)
    path.write_bytes(made.getvalue())


@pytest.mark.parametrize("careful", [False, True])
def test_days_shown_as_weeks_are_weeks(tmp_path: Path, careful: bool) -> None:
    found = read({"supply!C2": WEEKS}, tmp_path)
    if careful:
        carefully(tmp_path / "book.xlsx")
        found = read_inputs(tmp_path / "book.xlsx")
    assert found.tables["supply"][0]["lead_days"] == 182
    assert [note for note in found.notes if "lead_days" in note] == [
        "supply!C2 'weeks' (from the number format): the numbers of lead_days are multiplied by "
        "7 to convert them to days"
    ]


@pytest.mark.parametrize(
    ("where", "value", "code", "read_as"),
    [
        ("halls!C2", 100_000, '#,##0" kW"', 100),
        ("halls!C2", 0.1, '0.0" GW"', 100),
        ("halls!C2", 100, '0" MW"', 100),
        ("halls!C2", 100, "0.0", 100),
        ("supply!D2", 400, '0" k$"', 400_000),
        ("supply!D2", 0.4, '$0.0" M"', 400_000),
        ("supply!D2", 400_000, '$0.0,"k"', 400_000),
        ("supply!D2", 400_000, '0.0,"k"', 400_000),
        ("supply!D2", 400_000, "$#,##0", 400_000),
        ("supply!D2", 400_000, "0.0,,", 400_000),
        ("supply!C2", 26, '0" days"', 26),
    ],
)
def test_a_number_is_what_a_person_sees(
    where: str, value: float, code: str, read_as: float, tmp_path: Path
) -> None:
    found = read({where: code}, tmp_path, {where: value})
    sheet, _, cell = where.partition("!")
    row_read = found.tables[sheet][0]
    column = next(name for name, place in row_read.cells.items() if place == cell)
    assert row_read[column] == pytest.approx(read_as)
    assert not found.doubts


def test_a_currency_other_than_the_plans_is_warned_of(tmp_path: Path) -> None:
    """At each cell, and as one line for the column."""
    supply = [LEAD, {**LEAD, "item": "other"}]
    systems = [unit_system(commission_days=0), unit_system("other", commission_days=0)]
    found = read({"supply!D2": EURO, "supply!D3": EURO}, tmp_path, supply=supply, systems=systems)
    assert found.tables["supply"][0]["price"] == 400_000
    warnings = find_warnings(found, make_case(found))[:2]
    assert [(w.where, w.value) for w in warnings] == [
        ("supply!D2", "400000 €"),
        ("supply!D3", "400000 €"),
    ]
    assert {w.rule for w in warnings} == {
        "the number format shows price in €, but the plan's currency is USD"
    }


def test_the_plans_own_currency_is_not_warned_of(tmp_path: Path) -> None:
    found = read({"supply!D2": EURO}, tmp_path, options=[])
    assert found.doubts
    euros = [
        {"setting": "start", "value": date(2026, 1, 1)},
        {"setting": "end", "value": date(2026, 2, 28)},
        {"setting": "currency", "value": "EUR"},
    ]
    assert not read({"supply!D2": EURO}, tmp_path, settings=euros).doubts


@pytest.mark.parametrize(
    ("where", "code", "rule"),
    [
        (
            "supply!C2",
            '0" months"',
            "the number format shows months: lead_days is in days, but a month has no fixed "
            "number of days",
        ),
        (
            "supply!C2",
            '0" kW"',
            "the number format shows kW: lead_days is in days, but this unit cannot be converted "
            "to it",
        ),
        (
            "halls!C2",
            '0" MVA"',
            "the number format shows MVA: it_mw is in MW, but the planner does not know this unit",
        ),
    ],
)
def test_a_format_that_cannot_be_converted(
    where: str, code: str, rule: str, tmp_path: Path
) -> None:
    (fault,) = faults({where: code}, tmp_path)
    assert (fault.where, fault.rule) == (where, rule)
    assert fault.value.endswith(code.split('"')[1])


def test_cells_of_one_column_that_show_different_units(tmp_path: Path) -> None:
    supply = [LEAD, {**LEAD, "item": "other"}]
    systems = [unit_system(commission_days=0), unit_system("other", commission_days=0)]
    (fault,) = faults({"supply!C3": WEEKS}, tmp_path, supply=supply, systems=systems)
    assert str(fault) == (
        "supply!C3 '26 weeks': the number format shows lead_days in weeks here, but the other "
        "cells are in days. Give all numbers of the column in one unit, formatted as plain "
        "numbers"
    )


def test_a_format_that_contradicts_its_heading(tmp_path: Path) -> None:
    heading = {"supply!C1": "lead_days [days]"}
    (fault,) = faults({"supply!C2": WEEKS}, tmp_path, heading)
    assert "in weeks here, but its heading states days" in fault.rule
    agreed = read({"supply!C2": WEEKS}, tmp_path, {"supply!C1": "lead_days [weeks]"})
    assert agreed.tables["supply"][0]["lead_days"] == 182
    (fault,) = faults({"supply!D2": "0.0,,"}, tmp_path, {"supply!D1": "price [M$]"})
    assert "the number format shows price in millions here" in fault.rule


def test_settings_and_changes_state_one_unit_each(tmp_path: Path) -> None:
    settings = [
        {"setting": "start", "value": date(2026, 1, 1)},
        {"setting": "end", "value": date(2026, 2, 28)},
        {"setting": "release_fence_days", "value": 2},
    ]
    changes = [
        {
            "change": "c",
            "sheet": "supply",
            "key": "*",
            "column": "lead_days",
            "operation": "set",
            "value": 4,
        }
    ]
    found = faults(
        {"settings!B4": WEEKS, "changes!F2": WEEKS}, tmp_path, settings=settings, changes=changes
    )
    assert [(f.where, f.value) for f in found] == [
        ("settings!B4", "2 weeks"),
        ("changes!F2", "4 weeks"),
    ]
    assert found[0].rule == ("release_fence_days is in days, but the number format shows weeks")


@pytest.mark.parametrize("code", ['0" racks"', '"Rack "0', "$0.00", '"≈"0'])
def test_formats_that_say_nothing_of_a_count(code: str, tmp_path: Path) -> None:
    halls = [{"hall": "hall", "site": "site", "it_mw": 100, "slots": 500}]
    found = read({"halls!D2": code}, tmp_path, halls=halls)
    assert found.tables["halls"][0]["slots"] == 500


def test_the_case_of_weeks_and_euros(tmp_path: Path) -> None:
    """26 weeks and euros: the weeks are converted, the euros are warned of."""
    found = read({"supply!C2": WEEKS, "supply!D2": EURO}, tmp_path)
    assert found.tables["supply"][0]["lead_days"] == 182
    assert [doubt.where for doubt in found.doubts] == ["supply!D2"]


STYLES = (
    '<number:number-style style:name="N1"><number:number number:min-integer-digits="1"/>'
    "<number:text> weeks</number:text></number:number-style>"
    '<number:currency-style style:name="N2"><number:currency-symbol>€</number:currency-symbol>'
    '<number:number number:min-integer-digits="1"/></number:currency-style>'
    '<number:percentage-style style:name="N3"><number:number/><number:text>%</number:text>'
    "</number:percentage-style>"
    '<style:style style:name="weeks" style:family="table-cell" style:data-style-name="N1"/>'
    '<style:style style:name="euro" style:family="table-cell" style:data-style-name="N2"/>'
    '<style:style style:name="child" style:family="table-cell" style:parent-style-name="weeks"/>'
    '<style:style style:name="share" style:family="table-cell" style:data-style-name="N3"/>'
)


def test_formats_of_an_ods_workbook(tmp_path: Path) -> None:
    """Of the cell, of a style it takes after, of its row, its column, or its currency alone."""
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:default-cell-style-name="weeks"/>'
    )
    rows = row(words("a"), words("b"), words("c"))
    rows += row(
        number(1, ' table:style-name="weeks"'), number(2, ' table:style-name="euro"'), number(3)
    )
    rows += row(
        number(1, ' table:style-name="child"'),
        number(2),
        words("x"),
        more=' table:default-cell-style-name="euro"',
    )
    rows += row(
        number(1, ' table:style-name="share"'),
        number(2, ' table:number-columns-repeated="1" office:currency="EUR"'),
    )
    path = tmp_path / "book.ods"
    path.write_bytes(ods(rows, styles=STYLES, columns=columns))
    assert read_raw(path)[0].shown == {
        (1, 0): ShownUnit("weeks"),
        (1, 1): ShownUnit("€"),
        (1, 2): ShownUnit("weeks"),
        (2, 0): ShownUnit("weeks"),
        (2, 1): ShownUnit("€"),
        (3, 1): ShownUnit("EUR"),
    }


def zero_formulas(
    tmp_path: Path, calculation: str, value: str = "0", careful: bool = False
) -> Path:
    """Return a workbook whose hall holds a formula with a stored value."""
    path = tmp_path / "book.xlsx"
    book_of(rows_of(systems=[unit_system(commission_days=0)]), {}, {"halls!C2": "=50*2"}).save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(n for n, part in parts.items() if b"50*2" in part)
    parts[name] = re.sub(
        rb"(<f>50\*2</f>)<v ?/>|(<f>50\*2</f>)<v></v>",
        rb"<f>50*2</f><v>%s</v>" % value.encode(),
        parts[name],
    )
    assert f"<v>{value}</v>".encode() in parts[name]
    workbook = parts["xl/workbook.xml"]
    parts["xl/workbook.xml"] = re.sub(rb"<calcPr[^>]*/>", calculation.encode(), workbook)
    with zipfile.ZipFile(path, "w") as archive:
        for part_name, part in parts.items():
            archive.writestr(part_name, part)
    if careful:
        carefully(path)
    return path


LEFT = '<calcPr calcId="124519" fullCalcOnLoad="1"/>'


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("value", ["0", "0.0", "-0", "0E0"])
def test_a_formula_stored_as_0_was_never_calculated(
    value: str, careful: bool, tmp_path: Path
) -> None:
    path = zero_formulas(tmp_path, LEFT, value, careful)
    with pytest.raises(InputFaults) as caught:
        read_inputs(path)
    assert [str(fault) for fault in caught.value.faults] == [
        "halls!C2: the formula has no stored value. Open the workbook in a spreadsheet and save it"
    ]


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize(
    "calculation", ["", '<calcPr calcId="191029"/>', '<calcPr iterateCount="100" refMode="A1"/>']
)
def test_a_formula_that_comes_to_0_in_a_calculated_workbook(
    calculation: str, careful: bool, tmp_path: Path
) -> None:
    """As Excel and LibreOffice save it: 0 is its value, and out of this column's bounds."""
    with pytest.raises(InputFaults, match="it_mw is out of range"):
        read_inputs(zero_formulas(tmp_path, calculation, "0", careful))


@pytest.mark.parametrize("value", ["100", "1e2"])
def test_a_formula_with_a_value_is_read_and_noted(value: str, tmp_path: Path) -> None:
    found = read_inputs(zero_formulas(tmp_path, LEFT, value))
    assert found.tables["halls"][0]["it_mw"] == 100
    assert any("1 formula whose stored values may be out of date" in note for note in found.notes)


def test_plain_zeros_are_zeros(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = book_of(rows_of(systems=[unit_system(commission_days=0, price=0)]), {})
    book.calculation = openpyxl.workbook.properties.CalcProperties(fullCalcOnLoad=True)
    book.save(path)
    assert read_inputs(path).tables["systems"][0]["price"] == 0
