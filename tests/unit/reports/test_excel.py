"""The workbook of a plan: its sheets, what they say, and that they can be worked with."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from blocks import rows_of
from instances import unit_system
from micro import JANUARY, plan_of
from plan_samples import SITES, months, sample_plan

from planner.errors import PlannerError
from planner.plan.tables import COLUMNS
from planner.reports.excel.plan_workbook import SHEETS, write_plan_workbook
from planner.reports.excel.tokens import has_workloads
from planner.reports.stranded_power import Usable
from planner.reports.views import headline, power_nodes, spend_by_year
from planner.workbook.reading import inputs_from_rows

NAMES = [sheet.name for sheet in SHEETS if sheet.shown is not has_workloads]
"""Sheets of a plan without workloads."""

UNFILTERED = {"Contents", "Summary", "Charts", "Costs", "Manifest", "Chart data"}


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


def header(sheet, text):
    """The cell with a header, its unit left out."""
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if str(cell.value).split("\n", maxsplit=1)[0] == text:
            return cell
    raise AssertionError(text)


def column(sheet, text):
    """Values below a header, down to the last row."""
    top = header(sheet, text)
    below = sheet.iter_rows(top.row + 1, min_col=top.column, max_col=top.column)
    return [row[0].value for row in below]


def test_sheets_are_all_there(values):
    assert values.sheetnames == NAMES
    assert NAMES[:4] == ["Contents", "Summary", "Charts", "Purchase orders"]


def test_contents_lead_to_every_sheet_and_back(formulas):
    contents = formulas["Contents"]
    links = {
        cell.value: cell.hyperlink for row in contents.iter_rows() for cell in row if cell.hyperlink
    }
    assert list(links) == NAMES[1:]
    for name, link in links.items():
        assert (link.location, link.target) == (f"'{name}'!A1", None)
        back = formulas[name]["A3"]
        assert (back.value, back.hyperlink.location) == ("to Contents", "'Contents'!A1")


def test_missed_megawatts_come_first_and_loud(values):
    for name in ("Contents", "Summary"):
        sheet = values[name]
        assert sheet["A4"].value == "MEGAWATTS ARE MISSED: 337.5 MW-months"
        assert sheet["A4"].fill.fgColor.rgb == "FFB42318"
        assert sheet["A5"].value == (
            "OpenAI: up to 56.2 MW (IT power) from 2028-12-31, made good by 2029-05-31"
        )
    found = texts(values["Summary"])
    for text in (
        "limit reached",
        "0.081%",
        "passed",
        "MISSED",
        "it",
        "system",
        "NVL72",
        "feeders, facility power",
        "- systems: 1 system has no overhead_kw; it counts as 0 kW",
    ):
        assert text in found


def test_a_plan_without_misses_is_green(tmp_path):
    plan = sample_plan(missed=False)
    plan.summary["verified"] = False
    sheet = written(plan, tmp_path / "p.xlsx")["Summary"]
    assert sheet["A4"].value == "Every milestone is met: no MW is missed."
    assert sheet["A4"].fill.fgColor.rgb == "FF1E7B4B"
    assert "NOT PASSED" in texts(sheet)
    assert "MISSED" not in texts(sheet)


def test_the_summary_counts_assumptions_and_leads_to_them(formulas):
    rows = sample_plan().inputs.tables
    assumed = len(rows["systems"]) + sum(
        "assumption" in str(row["source"]) for row in rows["halls"]
    )
    cell = next(
        c
        for row in formulas["Summary"].iter_rows()
        for c in row
        if "rest on an assumption" in str(c.value)
    )
    assert cell.value.startswith(f"{assumed} input rows")
    assert cell.hyperlink.location == "'Assumptions'!A1"


def test_an_order_line_says_what_a_buyer_must_know(values):
    sheet, plan = values["Purchase orders"], sample_plan()
    order = plan.tables["orders"][10]
    line = {
        header: column(sheet, header)[10]
        for header in (
            "Order",
            "Supplier",
            "Item",
            "Quantity",
            "Unit price",
            "Extended price",
            "Currency",
            "Sign from",
            "Order date",
            "Sign by",
            "Slack",
            "Arrival",
            "Already late",
            "Power blocked",
            "Milestone blocked",
            "Sites fed",
        )
    }
    assert line == {
        "Order": "N-0010",
        "Supplier": "TSMC",
        "Item": "wafer",
        "Quantity": 325,
        "Unit price": 20_000,
        "Extended price": 6_500_000,
        "Currency": "USD",
        "Sign from": datetime(2026, 10, 20),
        "Order date": datetime(2026, 11, 1),
        "Sign by": datetime(2026, 11, 9),
        "Slack": 20,
        "Arrival": datetime.combine(order["arrival_date"], datetime.min.time()),
        "Already late": order["already_late"],
        "Power blocked": pytest.approx(11.05),
        "Milestone blocked": order["milestone_blocked"],
        "Sites fed": order["sites_fed"],
    }
    assert "yes" in column(sheet, "Already late")


def test_orders_are_totalled_by_supplier_and_by_month(values):
    orders = sample_plan().tables["orders"]
    price = sum(row["price"] for row in orders)
    supplier, month = values["Orders by supplier"], values["Orders by month"]
    assert header(supplier, "Extended price").offset(-1).value == pytest.approx(price)
    names = list(zip(column(supplier, "Supplier"), column(supplier, "Item"), strict=True))
    assert set(names) == {(row["supplier"], row["item"]) for row in orders}
    dated = [row for row in orders if row["order_date"]]
    assert header(month, "Orders").offset(-1).value == len(dated)
    assert header(month, "Extended price").offset(-1).value == pytest.approx(
        sum(row["price"] for row in dated)
    )
    assert "4 orders without a date" in month["A2"].value


def test_cash_stands_against_the_budget(values):
    cash = values["Cash"]
    paid, so_far = column(cash, "Pay: all"), column(cash, "Paid so far")
    assert sum(paid) == pytest.approx(22_144.3e6)
    assert so_far[-1] == pytest.approx(22_144.3e6)
    budget, left = column(cash, "Budget so far"), column(cash, "Budget left")
    assert (budget[0], budget[23], budget[24], budget[-1]) == (9e9, 9e9, 2e10, 2e10)
    assert left[-1] == pytest.approx(2e10 - (22_144.3e6 - 95e6))
    assert "holds no payment terms" in cash["A2"].value
    orders = sample_plan().tables["orders"]
    first = sum(
        row["price"] + row["order_cost"] for row in orders if row["order_date"] == date(2026, 5, 1)
    )
    assert column(cash, "Commit: orders")[4] == pytest.approx(first)


def test_a_budget_that_ends_within_a_month_says_nothing_of_the_months_end(tmp_path):
    """Five systems of 10 are bought on 28 February, when the 20 until the 15th no longer count."""
    plan = plan_of(
        {"2026-02-28": 5},
        end="2026-02-28",
        options={"discount_rate": 0.08},
        budget=[
            {"date": "2026-02-15", "cumulative": 20},
            {"date": "2026-06-30", "cumulative": 100},
        ],
    )
    cash = written(plan, tmp_path / "p.xlsx")["Cash"]
    assert column(cash, "Paid so far") == [0, 50]
    assert column(cash, "Budget so far") == [20, 100]
    assert column(cash, "Budget left") == [20, 50]


def test_without_a_budget_there_are_no_columns_of_it(tmp_path):
    plan = sample_plan()
    inputs = dataclasses.replace(plan.inputs, tables={**plan.inputs.tables, "budget": ()})
    cash = written(dataclasses.replace(plan, inputs=inputs), tmp_path / "p.xlsx")["Cash"]
    assert not [text for text in texts(cash) if "udget" in text]


def test_the_ledger_counts_systems_on_every_basis(values):
    sheet = values["Megawatt ledger"]
    rows = list(
        zip(
            *(
                column(sheet, text)
                for text in (
                    "Commitment",
                    "System",
                    "Basis",
                    "Basis of the contract",
                    "Systems to meet it",
                )
            ),
            strict=True,
        )
    )
    assert ("OpenAI", "CS-3", "system", None, 32_609) in rows or (
        "OpenAI",
        "CS-3",
        "system",
        "",
        32_609,
    ) in rows
    assert ("OpenAI", "CS-3", "it", "contract", 22_059) in rows
    assert any("32,768 systems" in text for text in texts(sheet))


def test_stranded_power_is_what_no_hall_can_use(values):
    # Nothing hangs below the two grids in the workbook: all of theirs is stranded. The feeders
    # carry 90, 105 ... MW; each feeds 40 halls of 10 MW at a PUE of 1.2. The last has no limit.
    found = column(values["Power"], "Stranded at the end")
    assert found == [60.0, 75.0, *[0.0] * 7, None]


def test_a_node_below_passes_on_no_more_than_it_carries():
    month = date(2026, 1, 1)
    halls = [
        {
            "hall": "open",
            "site": "site",
            "it_mw": 10,
            "count": 3,
            "open_count": 1,
            "fed_by": "low",
            "ready": "2026-02-01",
        },
        {"hall": "own", "site": "site", "it_mw": 2, "fed_by": "top"},
    ]
    nodes = [{"node": "top"}, {"node": "low", "parent": "top"}]
    inputs = inputs_from_rows(
        "power", rows_of(sites=[{"site": "site", "pue": 1.5}], halls=halls, power=nodes)
    )
    following = date(2026, 2, 1)
    usable = Usable(inputs, {("low", following): 40.0})
    assert usable.below("low", month) == 15.0
    assert usable.below("low", following) == 45.0
    assert usable.below("top", month) == 18.0
    assert usable.below("top", following) == 43.0


def test_the_calendar_shows_each_stage_of_each_tranche(values):
    sheet, plan = values["Calendar"], sample_plan()
    stages = column(sheet, "Stage")
    assert set(stages) == {"order", "arrive", "install", "in service"}
    installs = [
        n for n, stage in zip(column(sheet, "All"), stages, strict=True) if stage == "install"
    ]
    assert sum(installs) == sum(row["installed"] for row in plan.tables["installs"])
    top = header(sheet, "All")
    dates = [cell.value for cell in sheet[top.row][top.column :]]
    assert dates == sorted(dates)
    row = next(r for r in sheet.iter_rows(top.row + 1) if r[3].value == "install")
    found = {
        date: cell.value for date, cell in zip(dates, row[top.column :], strict=True) if cell.value
    }
    expected = defaultdict(float)  # all installs of a month, of which there are two
    days = []
    for install in plan.tables["installs"]:
        if install["site"] == row[2].value and install["milestone"] == row[0].value.date():
            expected[datetime.combine(install["period"], datetime.min.time())] += install[
                "installed"
            ]
            days.append(datetime.combine(install["date"], datetime.min.time()))
    assert found == expected
    names = {cell.value.split("\n")[0]: cell.column - 1 for cell in sheet[top.row][: top.column]}
    assert (row[names["First"]].value, row[names["Last"]].value) == (min(days), max(days))


def test_installs_tell_their_day_and_that_of_service(values):
    """Installed on the 10th, commissioned for 21 days; not in service by the plan's end: blank."""
    sheet, plan = values["Installs"], sample_plan()
    first = plan.tables["installs"][0]
    assert first["date"] == date(2026, 5, 10)
    assert column(sheet, "Installed by")[0] == datetime(2026, 5, 10)
    assert column(sheet, "In service on")[0] == datetime(2026, 5, 31)
    ends = dict(zip(column(sheet, "Installed by"), column(sheet, "In service on"), strict=True))
    assert ends[datetime(2029, 12, 10)] == datetime(2029, 12, 31)
    assert ends[datetime(2029, 12, 20)] is None
    assert column(sheet, "Milestone")[0] == datetime.combine(
        first["milestone"], datetime.min.time()
    )


def test_openings_tell_the_days_of_decision_and_opening(values):
    sheet, rows = values["Openings"], sample_plan().tables["openings"]
    assert column(sheet, "Decided on") == [
        datetime.combine(row["date"], datetime.min.time()) for row in rows
    ]
    assert column(sheet, "Open from")[0] == datetime(2026, 6, 4)  # 30 days after 5 May


def test_the_clock_tells_what_is_done_in_each_window(values):
    sheet, plan = values["Clock"], sample_plan()
    install = plan.tables["installs"][1]
    windows = list(
        zip(
            *(
                column(sheet, name)
                for name in (
                    "Work",
                    "Supplier, plant, place or site",
                    "First day",
                    "Last day",
                    "Completed",
                    "Carried over",
                )
            ),
            strict=True,
        )
    )
    assert len(windows) == len(plan.tables["clock"])
    done = f"{install['installed']} {install['system']}"
    days = datetime(2026, 5, 11), datetime(2026, 5, 20)
    assert ("installation", install["site"], *days, done, None) in windows
    assert windows[0][-1] == 0.5


def test_a_window_in_which_nothing_is_done_is_left_to_the_tables(tmp_path):
    plan = sample_plan()
    plan.tables["installs"][0]["installed"] = 0
    sheet = written(plan, tmp_path / "p.xlsx")["Clock"]
    count = len(plan.tables["clock"])
    assert len(column(sheet, "Work")) == count - 1
    assert any(f"the {count - 1:,} of {count:,} windows" in text for text in texts(sheet))


def test_pivots_hold_the_tables(values):
    plan = sample_plan()
    installs = values["Systems by site"]
    sites = {"CS-3": [], "NVL72": []}
    for place, site in enumerate(SITES):
        sites["NVL72" if place % 4 == 3 else "CS-3"].append(site)
    assert [cell.value for cell in installs[5]][1:15] == [
        *(f"{site}\n({system})" for system, own in sites.items() for site in sorted(own)),
        *(f"All\n(systems, {system})" for system in sites),
    ]
    for cell, system in (("N4", "CS-3"), ("O4", "NVL72")):
        assert installs[cell].value == sum(
            row["installed"] for row in plan.tables["installs"] if row["system"] == system
        )
    assert installs["A6"].value == datetime(2026, 1, 1)
    assert installs["A53"].value == datetime(2029, 12, 1)
    served = values["MW by site"]
    assert served["A52"].value == datetime(2029, 12, 31)
    for cell, commitment in (("N52", "OpenAI"), ("O52", "National Lab")):
        last = [
            row["mw"]
            for row in plan.tables["service"]
            if row["period"] == months()[-1] and row["commitment"] == commitment
        ]
        assert served[cell].value == pytest.approx(sum(last))


def test_charts_are_there_and_once_more_on_a_sheet_of_their_own(formulas):
    count = {sheet.title: len(sheet._charts) for sheet in formulas if sheet._charts}
    own = {
        "Orders by month": 1,
        "Cash": 1,
        "Ramp": 2,
        "MW by site": 2,
        "Power": 1,
        "Costs": 1,
        "Quote": 1,
    }
    assert count == {"Summary": 3, "Charts": sum(own.values()), **own}


def test_every_sheet_can_be_scrolled_filtered_and_printed(formulas):
    for sheet in formulas:
        assert sheet.freeze_panes, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert "&P of &N" in sheet.oddFooter.right.text + sheet.oddFooter.center.text
        assert "openai-750mw" in sheet.oddFooter.left.text
        if sheet.title not in ("Contents", "Summary", "Charts"):
            assert sheet.print_title_rows
        wide = sum(d.width for d in sheet.column_dimensions.values() if d.width)
        if wide > 120 and sheet.title != "Charts":
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
    filters = {sheet.title: sheet.auto_filter.ref for sheet in formulas if sheet.auto_filter.ref}
    assert filters["Purchase orders"] == "A5:R45"
    assert filters["Ramp"] == "A4:F100"
    assert set(NAMES) - set(filters) == UNFILTERED


def test_units_stand_in_the_headers_of_figures(values):
    for name, texts_with_unit in (
        (
            "Purchase orders",
            ("Quantity", "Unit price", "Extended price", "Slack", "Power blocked"),
        ),
        ("Ramp", ("Committed", "In service", "Missed")),
        ("Cash", ("Commit: orders", "Pay: all", "Paid so far", "Budget left")),
        ("Power", ("Load at the end", "Stranded at the end")),
        ("Megawatt ledger", ("Contract", "System power", "One system counts")),
    ):
        for text in texts_with_unit:
            assert "\n(" in header(values[name], text).value, (name, text)


def test_dates_and_numbers_are_real(values):
    orders = values["Purchase orders"]
    dated = header(orders, "Order date").offset(5)
    assert isinstance(dated.value, datetime)
    assert dated.number_format == "yyyy-mm-dd"
    assert header(orders, "Unit price").offset(1).number_format == "#,##0.00"
    assert header(orders, "Order date").offset(1).value is None
    assert header(orders, "Firm").offset(1).value == "yes"
    assert column(values["Manifest"], "Value")[0] == "2026-01-05T09:30:00"


def test_every_input_with_a_source_is_shown_assumptions_first(values):
    sheet, tables = values["Assumptions"], sample_plan().inputs.tables
    kinds = [kind for kind in column(sheet, "Rests on") if kind]
    sourced = [row for rows in tables.values() for row in rows if row.values.get("source")]
    assert len(kinds) == len(sourced)
    assert kinds == sorted(kinds)
    assert column(sheet, "Sheet")[0] == "systems"
    assert column(sheet, "Row")[0] == "CS-3"
    assert column(sheet, "Values, with units")[0].startswith("power_kw 23 kW; overhead_kw 11 kW")


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
    empty = "no orders: systems are bought where and when they are installed"
    assert empty in texts(book["Purchase orders"])
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
    assert "Power by period" not in book.sheetnames
    assert "The load in each month is in tables/power.csv: 28,800 rows" in texts(book["Power"])
    served = book["MW by site"]
    assert served.cell(4, 40).value == "21 smaller sites\n(MW)"
    on_it = [row for row in plan.tables["service"] if row["commitment"] == "OpenAI"]
    last = defaultdict_sum(row for row in on_it if row["period"] == months()[-1])
    kept = defaultdict_sum(on_it)
    smaller = sorted(kept, key=lambda site: (kept[site], site))[:21]
    assert served.cell(52, 40).value == pytest.approx(sum(last[site] for site in smaller), rel=0.2)


def defaultdict_sum(rows):
    found = {}
    for row in rows:
        found[row["site"]] = found.get(row["site"], 0.0) + row["mw"]
    return found


def test_odd_values_do_not_stop_it(tmp_path):
    plan = sample_plan(name="a & b" * 100)
    plan.tables["tiers"][0]["gap"] = float("inf")
    plan.tables["orders"][0]["supplier"] = "x" * 40_000
    plan.tables["orders"][1]["item"] = "\x00\x1b[31m\ud800"
    book = written(plan, tmp_path / "p.xlsx")
    suppliers = column(book["Purchase orders"], "Supplier")
    assert suppliers[0].endswith("x [...]")
    with pytest.raises(PlannerError, match="cannot write"):
        write_plan_workbook(plan, tmp_path / "none" / "p.xlsx")


def test_numbers_of_numpy_are_numbers(tmp_path):
    plan = sample_plan()
    for row in plan.tables["orders"]:
        row["quantity"] = np.int64(row["quantity"])
        row["price"] = np.float32(0.5)
    orders = written(plan, tmp_path / "p.xlsx")["Purchase orders"]
    assert column(orders, "Quantity")[0] == 75
    assert column(orders, "Extended price")[0] == 0.5


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


def test_a_plan_that_spends_nothing_has_a_cash_sheet_of_zeros(tmp_path):
    book = written(plan_of({JANUARY: 5}, systems=[unit_system()]), tmp_path / "p.xlsx")
    assert column(book["Cash"], "Pay: all") == [0]
    assert column(book["Cash"], "Paid so far") == [0]
    late = [{"commitment": "demand", "basis": "it", "late_cost": 3}]
    never = [unit_system(available_from="2027-01-01")]
    plan = plan_of(
        {JANUARY: 5}, systems=never, commitments=late, budget=[{"date": JANUARY, "cumulative": 7}]
    )
    cash = written(plan, tmp_path / "late.xlsx")["Cash"]
    assert column(cash, "Pay: all") == [15]
    assert column(cash, "Budget left") == [7]
