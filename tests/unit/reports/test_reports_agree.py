"""Workbook, page and terminal of a plan, each read back from what was written, say the same."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from agreeing_plans import PLANS, plan
from micro import JANUARY, START, plan_of
from openpyxl import Workbook
from page_plans import CHAIN
from page_reader import Reader
from rich.console import Console

from planner.reports.console.plan_text import print_plan
from planner.reports.counts import origins
from planner.reports.excel.plan_workbook import write_plan_workbook
from planner.reports.page.plan_page import page


@cache
def written(name: str) -> tuple[Workbook, Workbook]:
    """The workbook of a plan, as values and as formulas, read by another program."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        write_plan_workbook(plan(name), path)
        return openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)


@cache
def workbook(name: str) -> dict[str, list[list[object]]]:
    """Rows of every sheet."""
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in written(name)[0]
    }


@cache
def page_of(name: str) -> Reader:
    return Reader(page(plan(name)))


@cache
def terminal(name: str) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_plan(plan(name), console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def table(rows: list[list[object]], first: str) -> list[dict[str, object]]:
    """Rows below the first header that begins so, up to a blank one, by header without unit."""
    top = next(n for n, row in enumerate(rows) if str(row[0]).split("\n")[0] == first)
    heads = [str(head).split("\n")[0] for head in rows[top]]
    found = []
    for row in rows[top + 1 :]:
        if row[0] is None:
            break
        found.append(dict(zip(heads, row, strict=True)))
    return found


def number(text: object) -> float:
    return float(str(text).replace(",", ""))


def only(pattern: str, text: str) -> tuple[str, ...]:
    """The groups of a pattern that a text holds, each time with the same."""
    found = set(re.findall(pattern, text))
    assert len(found) == 1, (pattern, found, text)
    groups = found.pop()
    return groups if isinstance(groups, tuple) else (groups,)


def texts(rows: list[list[object]]) -> str:
    return "\n".join(str(value) for row in rows for value in row if value is not None)


# ------------------------------------------------------------------ counts


ASSUMPTIONS = (
    r"(?i)(?:(\d+) input rows? rests? on an assumption"
    r"|(none of the [\d,]+ input rows has a source))"
)


@pytest.mark.parametrize("name", PLANS)
def test_assumptions_are_counted_alike(name: str) -> None:
    book, reader = workbook(name), page_of(name)
    rows = [row for rows in plan(name).inputs.tables.values() for row in rows]
    sources = [str(row.values.get("source") or "") for row in rows]
    count = sum("assum" in source.lower() for source in sources)
    none_given = f"none of the {len(rows):,} input rows has a source"
    due = (str(count), "") if any(sources) else ("", none_given)
    for text in (
        texts(book["Summary"]),
        texts(book["Assumptions"][:3]),
        reader.texts["assumptions"],
        terminal(name),
    ):
        (assumed, none) = only(ASSUMPTIONS, text)
        assert (assumed, none.lower()) == due
    listed = [row for row in book["Assumptions"] if row[0] == "assumption"]
    assert len(listed) == count
    if count:
        assert reader.rows("Rows on an assumption")[-1][2] == str(count)


def test_a_name_that_holds_the_word_is_no_assumption() -> None:
    sites = [{"site": "site", "pue": 1, "source": "a survey"}]
    halls = [{"hall": "hall (assumed)", "site": "site", "it_mw": 9}]
    found = origins(plan_of({JANUARY: 1}, sites=sites, halls=halls))
    assert (found.assumed, found.sourced) == (0, 1)
    assert found.words.startswith("0 input rows rest on an assumption, 1 on a source alone, ")


@pytest.mark.parametrize("name", PLANS)
def test_milestones_met_and_missed_are_counted_alike(name: str) -> None:
    book, reader, text = workbook(name), page_of(name), terminal(name)
    milestones = plan(name).summary["milestones"]
    missed = [row for row in milestones if row["missed_mw"] > 1e-6]
    due = (str(len(milestones) - len(missed)), str(len(missed)))
    counted = r"(\d+) met, (\d+) missed"
    for said in (texts(book["Summary"]), reader.texts["headline"], text):
        assert only(counted, said) == due
    shown = table(book["Summary"], "Commitment")
    assert [row["Milestone"] for row in shown].count("MISSED") == len(missed)
    rows = reader.rows("Milestones")
    assert [row[6] for row in rows].count("MISSED") == len(missed)
    lines = [line.split() for line in text.splitlines() if re.search(r" \d{4}-\d\d-\d\d ", line)]
    lines = [line for line in lines if line[-4] in ("it", "system", "facility")]
    for kind, values in (
        ("workbook", [row["Missed"] for row in shown]),
        ("page", [row[5] for row in rows]),
        ("terminal", [line[-1] for line in lines]),
    ):
        assert [number(value) for value in values] == pytest.approx(
            [row["missed_mw"] for row in milestones], abs=0.051
        ), kind


@pytest.mark.parametrize("name", PLANS)
def test_missed_mw_months_are_told_alike(name: str) -> None:
    banner = next(
        str(row[0])
        for row in workbook(name)["Summary"]
        if re.search("MISSED|no MW is missed", str(row[0]))
    )
    assert terminal(name).splitlines()[0] == banner
    assert banner in page_of(name).texts["headline"]
    missed = plan(name).summary["missed_mw_months"]
    assert ("MISSED" in banner) == (missed > 1e-6)
    if missed > 1e-6:
        parts = [number(part) for part in re.findall(r"([\d,.]+) MW-months", banner)]
        assert sum(parts) == pytest.approx(missed, abs=0.051 * len(parts))


@pytest.mark.parametrize("name", PLANS)
def test_systems_halls_and_orders_are_counted_alike(name: str) -> None:
    book, reader, text = workbook(name), page_of(name), terminal(name)
    headline, summary = reader.texts["headline"], plan(name).summary
    keys = next(n for n, row in enumerate(book["Summary"]) if "halls opened" in row)
    halls = book["Summary"][keys + 1][book["Summary"][keys].index("halls opened")]
    assert halls == summary["halls_opened"]
    assert only(r"halls opened: (\S+)", text) == (f"{halls:,.0f}",)
    assert only(r"Halls opened([\d,]+)", headline) == (f"{halls:,.0f}",)
    for system, count in summary["systems"].items():
        (row,) = (r for r in table(book["Summary"], "System") if r["System"] == system)
        assert row["Installed"] == count
        assert f"{system} {count:,.0f}" in text
        assert f"Installed {system}{count:,.0f}" in headline
    orders = plan(name).tables["orders"]
    firm = sum(row["firm"] == "yes" for row in orders)
    said = (str(len(orders)), str(firm))
    for words in (texts(book["Purchase orders"][:3]), reader.texts["orders"], text):
        if orders:
            assert only(r"(?i)(\d+) orders?, (\d+) of them firm", words) == said
        else:
            assert re.search("(?i)no orders", words)
    if orders:
        assert len(table(book["Purchase orders"], "Order")) == len(orders)
        assert len(reader.rows("Orders by date")) == len(orders)


@pytest.mark.parametrize(
    ("share", "note"), [(0.5, "only uses up take-or-pay"), (0, "no install waits for it")]
)
def test_an_order_that_no_install_waits_for_says_so(
    share: float, note: str, tmp_path: Path
) -> None:
    supply = [{**CHAIN["supply"][0], "take_or_pay_share": share}]
    capacity = [{"supplier": "maker", "from": START, "units_per_month": 100}]
    sheets = {**CHAIN, "supply": supply, "supply_capacity": capacity}
    made = plan_of({"2026-06-30": 3}, end="2026-12-31", **sheets)
    pegged = {peg["order"] for peg in made.tables["pegs"]}
    needed = next(row for row in made.tables["orders"] if row["order"] in pegged)
    spare = {**needed, "order": "P-77777", "sites_fed": None, "milestone_blocked": None}
    orders = [row for row in made.tables["orders"] if row["order"] in pegged] + [spare]
    made = replace(made, tables={**made.tables, "orders": orders})
    write_plan_workbook(made, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx", data_only=True)["Purchase orders"]
    rows = table([list(row) for row in sheet.iter_rows(values_only=True)], "Order")
    reader = Reader(page(made))
    shown = {row[0]: row[-1] for row in reader.rows("Orders by date")}
    assert shown == {str(row["Order"]): row["Note"] or "" for row in rows}
    assert {order: text for order, text in shown.items() if text} == {"P-77777": note}
    assert ("only use up take-or-pay" in reader.texts["notes"]) == bool(share)


# ------------------------------------------------------------------ sums


def totals(name: str) -> list[tuple[str, str, float]]:
    """Every sum in the workbook: sheet, cell, and value."""
    values, formulas = written(name)
    return [
        (sheet.title, cell.coordinate, values[sheet.title][cell.coordinate].value)
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and "SUM" in str(cell.value)
    ]


def test_megawatts_of_several_bases_are_not_added() -> None:
    name = "several bases"
    served: dict[str, dict[object, float]] = {}
    for row in plan(name).tables["ramp"]:
        own = served.setdefault(row["basis"], {})
        own[row["period"]] = own.get(row["period"], 0.0) + row["in_service_mw"]
    words = {"it": "IT power", "facility": "facility power", "system": "system power"}
    assert set(served) == set(words)
    heads, last = workbook(name)["MW by site"][3], workbook(name)["MW by site"][6]
    alls = {head: last[n] for n, head in enumerate(heads) if str(head).startswith("All")}
    assert alls == {
        f"All\n(MW, {words[basis]})": pytest.approx(own[max(own)]) for basis, own in served.items()
    }
    periods = {period for own in served.values() for period in own}
    unlike = {
        round(sum(own[period] for own in served.values()), 6)
        for period in periods
        if sum(own[period] > 0 for own in served.values()) > 1
    }
    for sheet, cell, value in totals(name):
        assert round(value, 6) not in unlike, (sheet, cell)


def test_missed_megawatts_of_several_bases_are_not_added() -> None:
    name = "several bases"
    months: dict[str, float] = {}
    for row in plan(name).tables["ramp"]:
        months[row["basis"]] = months.get(row["basis"], 0.0) + row["missed_mw"]
    missed = {basis: value for basis, value in months.items() if value > 1e-6}
    assert len(missed) == 2
    words = {"it": "IT power", "system": "system power", "facility": "facility power"}
    for text in (texts(workbook(name)["Summary"]), page_of(name).texts["headline"], terminal(name)):
        banner = text[text.index("MEGAWATTS") :].splitlines()[0]
        for basis, value in missed.items():
            assert f"{value:,.1f} MW-months of {words[basis]}" in banner
        assert f"{sum(missed.values()):,.1f} MW-months" not in banner


def test_a_tier_that_weighs_several_bases_alike_says_so() -> None:
    for name, unit in (("several bases", "MW-months, all bases"), ("late", "MW-months")):
        (row,) = (
            r
            for r in table(workbook(name)["Summary"], "Tier")
            if str(r["Tier"]).startswith("missed")
        )
        assert (row["Tier"], row["Unit"]) == ("missed, priority 1", unit)
        assert page_of(name).rows("Tiers")[0][:2] == ["missed, priority 1", unit]
        assert re.search(rf"missed, priority 1 +{unit}  ", terminal(name))


def test_different_items_are_not_added() -> None:
    name = "several items"
    made = plan(name)
    unlike = {
        sum(row["quantity"] for row in made.tables[table]) for table in ("orders", "shipments")
    }
    unlike.add(sum(row["quantity"] for row in made.inputs.tables["orders"]))
    unlike.add(
        sum(row["quantity"] for table in ("shipments", "production") for row in made.tables[table])
    )
    for sheet, cell, value in totals(name):
        assert value not in unlike, (sheet, cell)
    inputs = {row["what"]: row["value"] for row in made.summary["totals"]}
    assert inputs["orders already placed of part (1)"] == 4
    assert inputs["orders already placed of brick (1)"] == 100
    for text in (texts(workbook(name)["Summary"]), page_of(name).texts["notes"]):
        assert "104" not in text


def test_different_systems_are_not_added() -> None:
    name = "several bases"
    systems = plan(name).summary["systems"]
    assert len(systems) == 2
    heads = workbook(name)["Systems by site"][4]
    assert [head for head in heads if str(head).startswith("All")] == [
        "All\n(systems, large)",
        "All\n(systems, small)",
    ]
    both = sum(systems.values())
    keys = workbook(name)["Summary"]
    place = next(n for n, row in enumerate(keys) if "systems installed" in row)
    assert keys[place + 1][keys[place].index("systems installed")].split("\n") == [
        f"{system} {count:,.0f}" for system, count in systems.items()
    ]
    for sheet in ("Sites", "MW by basis", "Systems by site"):
        assert both not in [value for where, _, value in totals(name) if where == sheet]
