"""The workbook of a plan: what it says, that it adds up, and that texts stay texts."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from plan_samples import HOSTILE, SITES, months, sample_plan

from planner.errors import PlannerError
from planner.plan.tables import COLUMNS
from planner.reports.excel import write_plan_workbook
from planner.reports.views import headline, power_nodes, spend_by_year

SHEETS = [
    "Summary", "Ramp", "Orders", "Installs by site", "MW by site", "Power", "Power by month",
    "Costs", "Spend", "Manifest",
]  # fmt: skip


def written(plan, path):
    write_plan_workbook(plan, path)
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("excel") / "plan.xlsx"
    write_plan_workbook(sample_plan(), path)
    return path


@pytest.fixture(scope="module")
def values(path):
    return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def formulas(path):
    return openpyxl.load_workbook(path)


def texts(sheet):
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def column(sheet, header):
    """Values below a header, until the first blank row."""
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if str(cell.value).split("\n", maxsplit=1)[0] == header:
            below = sheet.iter_rows(cell.row + 1, min_col=cell.column, max_col=cell.column)
            return [row[0].value for row in below]
    raise AssertionError(header)


def test_sheets_are_all_there(values):
    assert values.sheetnames == SHEETS


def test_missed_megawatts_come_first_and_loud(values):
    sheet = values["Summary"]
    assert sheet["A4"].value == "MEGAWATTS ARE MISSED: 337.5 MW-months"
    assert sheet["A4"].fill.fgColor.rgb == "FFB42318"
    assert sheet["A5"].value == "OpenAI: up to 56.2 MW (IT power) between 2028-12-31 and 2029-04-30"
    found = texts(sheet)
    for text in ("limit reached", "0.081%", "passed", "MISSED", "it", "system", "NVL72",
                 "feeders, facility power", "- systems: 1 system has no overhead_kw; it counts as "
                 "0 kW"):  # fmt: skip
        assert text in found


def test_a_plan_without_misses_is_green(tmp_path):
    plan = sample_plan(missed=False)
    plan.summary["verified"] = False
    sheet = written(plan, tmp_path / "p.xlsx")["Summary"]
    assert sheet["A4"].value == "Every milestone is met: no MW is missed."
    assert sheet["A4"].fill.fgColor.rgb == "FF1E7B4B"
    assert "NOT PASSED" in texts(sheet)
    assert "MISSED" not in texts(sheet)


def test_formulas_carry_the_values_that_they_compute(values, formulas):
    plan = sample_plan()
    orders, live = values["Orders"], formulas["Orders"]
    assert live["K4"].value == "=SUBTOTAL(109,K6:K45)"
    assert orders["K4"].value == pytest.approx(sum(row["price"] for row in plan.tables["orders"]))
    costs, live = values["Costs"], formulas["Costs"]
    assert live["C4"].value == "=SUBTOTAL(109,C6:C17)"
    assert live["E6"].value == "=C6/1000000"
    assert costs["C4"].value == pytest.approx(22_144.3e6)
    assert costs["D4"].value == pytest.approx(22_144.3e6 * 0.87)
    assert costs["E4"].value == pytest.approx(22_144.3)
    assert costs["E4"].value == pytest.approx(sum(costs[f"E{row}"].value for row in range(6, 18)))
    assert formulas["Summary"]["D8"].value == "=Costs!E4"
    assert values["Summary"]["D8"].value == pytest.approx(22_144.3)


def test_every_formula_is_checked_against_its_cells(values, formulas):
    count = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            match = re.fullmatch(r"=(?:SUBTOTAL\(109,|SUM\()(\w+:\w+)\)", cell.value)
            if match:
                found = [c.value or 0 for row in values[sheet.title][match[1]] for c in row]
                assert values[sheet.title][cell.coordinate].value == pytest.approx(sum(found))
                count += 1
    assert count > 150


def test_pivots_hold_the_tables(values):
    plan = sample_plan()
    installs = values["Installs by site"]
    assert [cell.value for cell in installs[5]][1:13] == sorted(SITES)
    total = sum(row["installed"] for row in plan.tables["installs"])
    assert installs["N4"].value == total
    assert installs["A6"].value == datetime(2026, 1, 1)
    assert installs["A53"].value == datetime(2029, 12, 1)
    last = [row["mw"] for row in plan.tables["service"] if row["period"] == date(2029, 12, 1)]
    assert values["MW by site"]["N52"].value == pytest.approx(sum(last))
    spend = values["Spend"]
    assert spend["A4"].value == "Total"
    assert spend["M4"].value == pytest.approx(22_144.3e6)


def test_injected_texts_stay_texts(tmp_path):
    plan = sample_plan(suppliers=HOSTILE, commitments=HOSTILE[:2], name="=1+1")
    plan.summary["notes"] = list(HOSTILE)
    plan.summary["currency"] = "=USD"
    plan.manifest["inputs"] = HOSTILE[0]
    for table in ("installs", "service", "power"):
        for row in plan.tables[table]:
            key = "node" if table == "power" else "site"
            row[key] = HOSTILE[len(row[key]) % 6]
    path = tmp_path / "p.xlsx"
    write_plan_workbook(plan, path)
    book = openpyxl.load_workbook(path)
    own = re.compile(r"=SUBTOTAL\(109,\w+:\w+\)|=SUM\([\w:,]+\)|=\w+/1000000|=Costs!\w+")
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f" or own.fullmatch(cell.value), cell.value
            assert cell.hyperlink is None
    suppliers = [book["Orders"][f"B{row}"] for row in range(6, 46)]
    assert {cell.value for cell in suppliers} == set(HOSTILE)
    assert {cell.data_type for cell in suppliers} == {"s"}
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "vba" in name or "external" in name]
        charts = [archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n]
    for chart in charts:
        assert all(ref.startswith(("Ramp!", "'MW by site'!", "Power!", "Costs!"))
                   for ref in re.findall(r"<c:f>(.*?)</c:f>", chart))  # fmt: skip


def test_charts_are_there(formulas):
    count = {sheet.title: len(sheet._charts) for sheet in formulas if sheet._charts}
    assert count == {"Summary": 3, "Ramp": 2, "Installs by site": 1, "Power": 1, "Costs": 1}


def test_every_sheet_can_be_scrolled_filtered_and_printed(formulas):
    for sheet in formulas:
        assert sheet.freeze_panes, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert (sheet.page_setup.fitToHeight == 0) == (sheet.title != "Summary")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if sheet.title != "Summary":
            assert sheet.print_title_rows
    filters = {sheet.title: sheet.auto_filter.ref for sheet in formulas if sheet.auto_filter.ref}
    assert filters["Orders"] == "A5:M45"
    assert filters["Ramp"] == "A4:F100"
    assert set(SHEETS) - set(filters) == {"Summary", "Costs", "Manifest"}


def test_dates_and_numbers_are_real(values):
    orders = values["Orders"]
    assert isinstance(orders["F10"].value, datetime)
    assert orders["F10"].number_format == "yyyy-mm-dd"
    assert orders["K6"].number_format == "#,##0"
    assert orders["J6"].number_format == "#,##0.00"
    assert orders["F6"].value is None
    assert orders["D6"].value == "yes"
    assert column(values["Manifest"], "Value")[0] == "2026-01-05T09:30:00"


def test_the_same_plan_gives_the_same_file(tmp_path, path):
    write_plan_workbook(sample_plan(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    undated = dataclasses.replace(sample_plan(), manifest={})
    for name in ("a", "b"):
        write_plan_workbook(undated, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_an_empty_plan_makes_a_workbook(tmp_path):
    plan = sample_plan()
    for table in COLUMNS:
        plan.tables[table] = []
    plan.summary.clear()
    book = written(plan, tmp_path / "p.xlsx")
    assert "no orders: systems are bought where and when they are installed" in texts(
        book["Orders"]
    )
    assert "not known" in texts(book["Summary"])


def test_a_large_plan_stays_readable(tmp_path):
    plan = sample_plan()
    plan.tables["power"] = [
        row | {"node": f"{row['node']} {n}"} for n in range(60) for row in plan.tables["power"]
    ]
    plan.tables["service"] = [
        row | {"site": f"{row['site']} {n}"} for n in range(3) for row in plan.tables["service"]
    ]
    book = written(plan, tmp_path / "p.xlsx")
    assert "Power by month" not in book.sheetnames
    assert "The load in each month is in tables/power.csv: 28,800 rows" in texts(book["Power"])
    served = book["MW by site"]
    assert served.cell(4, 39).value == "24 smaller sites"
    smaller = [
        sum(row["mw"] for row in plan.tables["service"]
            if row["site"] == site and row["period"] == months()[-1])
        for site in {row["site"] for row in plan.tables["service"]}
    ]  # fmt: skip
    assert served.cell(52, 39).value <= sum(smaller)
    assert served.cell(52, 39).value == pytest.approx(sum(sorted(smaller)[:24]), rel=0.2)


def test_odd_values_do_not_stop_it(tmp_path):
    plan = sample_plan(name="a & b" * 100)
    plan.tables["tiers"][0]["gap"] = float("inf")
    plan.tables["orders"][0]["supplier"] = "x" * 40_000
    plan.tables["orders"][1]["item"] = "\x00\x1b[31m\ud800"
    book = written(plan, tmp_path / "p.xlsx")
    assert book["Orders"]["B6"].value.endswith("x [...]")
    with pytest.raises(PlannerError, match="cannot write"):
        write_plan_workbook(plan, tmp_path / "none" / "p.xlsx")


def test_numbers_of_numpy_are_numbers(tmp_path):
    plan = sample_plan()
    for row in plan.tables["orders"]:
        row["quantity"] = np.int64(row["quantity"])
        row["price"] = np.float32(0.5)
    orders = written(plan, tmp_path / "p.xlsx")["Orders"]
    assert orders["E4"].value == sum(25 * (n + 3) for n in range(40))
    assert (orders["E6"].value, orders["K6"].value) == (75, 0.5)


def test_views_of_a_plan():
    plan = sample_plan()
    assert headline(plan).missed
    node = power_nodes(plan)[0]
    assert (node["node"], node["peak_mw"], node["use"]) == ("Grid Oklahoma", 60.0, 1.0)
    years = spend_by_year(plan)
    assert [row["year"] for row in years] == ["2026", "2027", "2028", "2029"]
    assert years[-1]["cumulative"] == pytest.approx(22_144.3e6)


def test_the_path_may_be_text_of_any_kind(tmp_path):
    write_plan_workbook(sample_plan(), Path(tmp_path / "ü 京.xlsx"))
    assert (tmp_path / "ü 京.xlsx").stat().st_size > 20_000
