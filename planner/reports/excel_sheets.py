"""The sheets of the workbook behind its summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from planner.plan.store import Plan
from planner.plan.tables import RESULTS, Row
from planner.reports import charts
from planner.reports.book import Book, Field, Page, Placed, cell, clean, exact
from planner.reports.views import (
    BASIS_WORDS,
    TERM_WORDS,
    currency,
    months_long,
    mw_words,
    number,
    period_word,
    pivot,
    power_nodes,
    ramps,
)

MOST_ROWS = 20_000
"""Monthly tables with more rows than this are left to the CSV files."""

MOST_CHARTS, MOST_SERIES = 24, 12
TOP = 3
"""Row at which the table of a sheet starts."""


@dataclass(frozen=True)
class RampSheet:
    """Where the ramp of each commitment stands, for charts elsewhere."""

    page: Page
    cells: dict[str, dict[str, charts.Cells]]
    looks: dict[str, charts.Look]

    def chart(self, name: str) -> Any:
        """Return a chart of a commitment."""
        return charts.ramp_chart(self.page.book, self.page, self.looks[name], self.cells[name])


def write_ramp(book: Book, plan: Plan) -> RampSheet:
    """Write each commitment over time, with a chart for each."""
    word = period_word(plan)
    page = book.page("Ramp", f"MW of each commitment at the end of each {word}, on its own basis")
    fields = [
        Field("commitment", "Commitment"), Field("basis", "Basis", kind="center"),
        Field("period_end", f"End of {word}", kind="date"),
        Field("required_mw", "Committed", "MW", "mw"),
        Field("in_service_mw", "In service", "MW", "mw"),
        Field("missed_mw", "Missed", "MW", "mw"),
    ]  # fmt: skip
    groups = ramps(plan)
    rows = [row for group in groups.values() for row in group]
    placed = page.table(TOP, fields, rows, empty="no commitments")
    page.freeze(TOP, 1)
    page.filter(placed)
    page.sheet.conditional_format(*placed.cells("missed_mw"), {
        "type": "cell", "criteria": ">", "value": 1e-6, "format": book.style("bad", "mw"),
    })  # fmt: skip
    sheet = RampSheet(page, {}, {})
    first = placed.first
    for name, group in groups.items():
        last = first + len(group) - 1
        sheet.cells[name] = {
            key: (first, column, last, column) for key, column in placed.columns.items()
        }
        basis = str(group[0]["basis"])
        title = f"Commitment {name}: in service against committed"
        unit = f"MW, {BASIS_WORDS.get(basis, basis)}"
        sheet.looks[name] = charts.Look(title, unit, months_long(plan))
        first = last + 1
    for place, name in enumerate(list(sheet.cells)[:MOST_CHARTS]):
        chart = sheet.chart(name)
        chart.set_size({"width": 720, "height": 340})
        page.sheet.insert_chart(TOP + 1 + place * 18, len(fields) + 1, chart)
    return sheet


def write_orders(book: Book, plan: Plan) -> None:
    """Write every order, with totals of what the filter shows."""
    money = currency(plan)
    page = book.page("Orders", "Already placed (firm) or planned; the totals follow the filter. "
                     "Slack: days from the order date to the latest one that keeps the same "
                     "installs")  # fmt: skip
    fields = [
        Field("order", "Order"), Field("supplier", "Supplier"), Field("item", "Item"),
        Field("firm", "Firm", kind="center"),
        Field("quantity", "Quantity", "units", "amount", total=True),
        Field("order_date", "Order date", kind="date"),
        Field("arrival_date", "Arrival", kind="date"),
        Field("latest_order_date", "Latest order date", kind="date"),
        Field("slack_days", "Slack", "days", "whole"),
        Field("unit_price", "Unit price", f"{money} per unit", "amount"),
        Field("price", "Price", money, "whole", total=True),
        Field("order_cost", "Order cost", money, "whole", total=True),
        Field("it_mw_blocked", "IT power waiting", "MW", "mw"),
    ]  # fmt: skip
    rows = plan.tables.get("orders", [])
    empty = "no orders: systems are bought where and when they are installed"
    placed = page.table(TOP, fields, rows, "Total of rows shown", empty)
    page.freeze(TOP + 1, 1)
    page.filter(placed)


@dataclass(frozen=True)
class SitesSheet:
    """Where MW by site stand, for charts; without any there is no chart."""

    page: Page
    look: charts.Look
    cells: dict[str, charts.Cells]

    def chart(self) -> Any:
        """Return a chart of MW stacked by site."""
        return charts.stacked_chart(self.page.book, self.page, self.look, self.cells)


def write_installs(book: Book, plan: Plan) -> SitesSheet:
    """Write systems installed by period and site, and MW served by period and site."""
    word = period_word(plan)
    removed = sum(number(row["removed"]) for row in plan.tables.get("installs", []))
    gone = f"; {removed:,.0f} systems are removed in the plan, not counted here" if removed else ""
    installs = book.page("Installs by site", f"Systems installed in each {word}{gone}")
    counts = _pivot(installs, plan, "installs", "installed")
    unit = mw_words(plan)
    served = book.page("MW by site", f"MW served at the end of each {word} ({unit})")
    longest = max((len(str(row["site"])) for row in plan.tables.get("service", [])), default=0)
    look = charts.Look("MW served by site", unit, months_long(plan), longest <= 18)
    placed = _pivot(served, plan, "service", "mw")
    if placed is None:
        return SitesSheet(served, look, {})
    cells = {name: placed.cells(name) for name in placed.columns if name != "period"}
    if len(cells) > most_series(look) + 1:
        cells = _largest(served, plan, placed, cells, most_series(look))
    sheet = SitesSheet(served, look, {"period": placed.cells("period")} | cells)
    chart = sheet.chart()
    chart.set_size({"width": 820, "height": 460})
    installs.sheet.insert_chart(TOP + 2, max(installs.widths, default=0) + 2, chart)
    if counts:  # on paper the chart is on the summary; beside the table it would make it tiny
        installs.sheet.print_area(0, 0, counts.last, max(installs.widths))
    return sheet


def _pivot(page: Page, plan: Plan, table: str, value: str) -> Placed | None:
    """Write a table's sums by period and site; sums over sites, and over installs, are live."""
    found = pivot(plan, plan.tables.get(table, []), "site", value)
    names = {site: f"site {place}" for place, site in enumerate(found.columns)}
    adds_up = table == "installs"
    unit, kind = ("systems", "amount") if adds_up else ("MW", "mw")
    fields = [Field("period", f"First day of {period_word(plan)}", kind="date")]
    fields += [Field(key, site, "", kind, total=adds_up) for site, key in names.items()]
    rows: list[Row] = [
        {"period": period, **{key: found.cells.get((period, site)) for site, key in names.items()}}
        for period in found.periods
    ]
    if not names:
        page.text(TOP, 0, "none", "subtitle")
        return None
    placed = page.table(TOP, fields, rows, "Total" if adds_up else "")
    _row_sums(page, placed, rows, unit, kind)
    page.freeze(placed.first - 1, 1)
    page.sheet.repeat_columns(0)
    page.filter(placed)
    page.pages_wide = max(1, round(sum(page.widths.values()) / 230))
    return placed


def _row_sums(page: Page, placed: Placed, rows: list[Row], unit: str, kind: str) -> None:
    """Add the column of each row's live sum."""
    last = max(placed.columns.values())
    field = Field("all", "All", unit, kind)
    page.text(placed.first - 1, last + 1, field.label, "header")
    sums = [sum(number(value) for key, value in row.items() if key != "period") for row in rows]
    for place, value in enumerate(sums):
        row = placed.first + place
        page.formula(row, last + 1, f"=SUM({cell(row, 1)}:{cell(row, last)})", value,
                     "body", "sum", exact(kind, sums))  # fmt: skip
    if placed.total_row is not None:
        cells = f"{cell(placed.total_row, 1)}:{cell(placed.total_row, last)}"
        page.formula(placed.total_row, last + 1, f"=SUM({cells})", sum(sums), "total",
                     exact(kind, sums))  # fmt: skip
    page.widen(last + 1, len(f"{max(sums, default=0):,.2f}") + 3)


def most_series(look: charts.Look) -> int:
    """Return how many sites a chart can name."""
    return MOST_SERIES if look.short_names else MOST_SERIES // 2


def _largest(page: Page, plan: Plan, placed: Placed, sites: Mapping[str, charts.Cells],
             most: int) -> dict[str, charts.Cells]:  # fmt: skip
    """Keep the largest sites for the chart and add a column with the live sum of the others."""
    found = pivot(plan, plan.tables["service"], "site", "mw")
    size = dict(zip(sites, (found.total(site) for site in found.columns), strict=True))
    ranked = sorted(sites, key=lambda key: (-size[key], key))
    kept, rest = set(ranked[:most]), ranked[most:]
    column = max(placed.columns.values()) + 2
    page.text(placed.first - 1, column, f"{len(rest)} smaller sites", "header")
    page.widen(column, 16)
    for place, period in enumerate(found.periods):
        row = placed.first + place
        cells = ",".join(cell(row, sites[key][1]) for key in rest)
        names = [found.columns[list(sites).index(key)] for key in rest]
        value = sum(found.cells.get((period, name), 0.0) for name in names)
        page.formula(row, column, f"=SUM({cells})", value, "body", "mw")
    shown = {key: cells for key, cells in sites.items() if key in kept}
    return shown | {"rest": (placed.first, column, placed.last, column)}


def write_power(book: Book, plan: Plan) -> None:
    """Write the last and peak load of every power node, and its load in every period."""
    word, rows = period_word(plan), plan.tables.get("power", [])
    page = book.page("Power", "Facility power of each power node: at the end of the plan, at its "
                     "peak, and where headroom is least. Blank limit: none given")  # fmt: skip
    nodes = power_nodes(plan)
    fields = [
        Field("node", "Power node"), Field("load_mw", "Load at the end", "MW", "mw"),
        Field("energised_mw", "Energised at the end", "MW", "mw"),
        Field("headroom_mw", "Headroom at the end", "MW", "mw"),
        Field("peak_mw", "Peak load", "MW", "mw"),
        Field("peak_period", f"{word.capitalize()} of peak", kind="date"),
        Field("least_mw", "Least headroom", "MW", "mw"),
        Field("least_period", f"{word.capitalize()} of least headroom", kind="date"),
        Field("use", "Most used", "% of energised", "share"),
    ]  # fmt: skip
    placed = page.table(TOP, fields, nodes, empty="no power nodes: power does not limit this plan")
    page.freeze(TOP, 1)
    if not nodes:
        return
    page.filter(placed)
    page.sheet.conditional_format(*placed.cells("use"), {
        "type": "data_bar", "bar_solid": True, "bar_color": "#A9C4E6", "min_type": "num",
        "max_type": "num", "min_value": 0, "max_value": 1,
    })  # fmt: skip
    columns = {"node": placed.cells("node"), "energised": placed.cells("energised_mw"),
               "load": placed.cells("load_mw")}  # fmt: skip
    if len(nodes) <= 40:
        look = charts.Look("Load and energised power at the end of the plan", "MW, facility power")
        chart = charts.bar_chart(book, page, look, columns)
        chart.set_size({"width": 900, "height": 140 + 32 * len(nodes)})
        page.sheet.insert_chart(placed.last + 2, 0, chart)
    if len(rows) > MOST_ROWS:
        page.text(2, 0, f"The load in each {word} is in tables/power.csv: {len(rows):,} rows",
                  "subtitle")  # fmt: skip
        return
    _write_load(book, plan, word)


def _write_load(book: Book, plan: Plan, word: str) -> None:
    """Write the load of every power node in every period."""
    page = book.page(f"Power by {word}", f"Facility power of each power node in each {word}")
    fields = [
        Field("node", "Power node"), Field("period", f"First day of {word}", kind="date"),
        Field("load_mw", "Load", "MW", "mw"), Field("energised_mw", "Energised", "MW", "mw"),
        Field("headroom_mw", "Headroom", "MW", "mw"),
    ]  # fmt: skip
    placed = page.table(TOP, fields, plan.tables["power"])
    page.freeze(TOP, 1)
    page.filter(placed)


def write_costs(book: Book, plan: Plan) -> Placed:
    """Write the cost terms, which sum live to the total, and spending in each period by term."""
    money = currency(plan)
    page = book.page("Costs", "Cost terms over the whole plan: nominal, and discounted to the "
                     "first day of the plan (present cost)")  # fmt: skip
    fields = [
        Field("term", "Cost term"), Field("words", "What it pays for"),
        Field("amount", "Amount", money, "whole", total=True),
        Field("present_cost", "Present cost", money, "whole", total=True),
        Field("amount_m", "Amount", f"{money} million", "millions", total=True),
        Field("present_m", "Present cost", f"{money} million", "millions", total=True),
    ]  # fmt: skip
    terms = plan.tables.get("costs", [])
    rows = [
        row | {"words": TERM_WORDS.get(str(row["term"]), ""),
               "amount_m": number(row["amount"]) / 1e6,
               "present_m": number(row["present_cost"]) / 1e6}
        for row in terms
    ]  # fmt: skip
    placed = page.table(TOP, fields, rows, "Total")
    for source, target in (("amount", "amount_m"), ("present_cost", "present_m")):
        for place, row in enumerate(rows, start=placed.first):
            formula = f"={cell(place, placed.columns[source])}/1000000"
            page.formula(place, placed.columns[target], formula, number(row[target]),
                         "body", "millions")  # fmt: skip
    page.freeze(TOP + 1, 1)
    columns = {"term": placed.cells("term"), "amount": placed.cells("amount_m"),
               "present cost": placed.cells("present_m")}  # fmt: skip
    look = charts.Look("Cost by term", f"{money} million")
    chart = charts.column_chart(book, page, look, columns)
    chart.set_size({"width": 840, "height": 340})
    page.sheet.insert_chart(placed.last + 2, 0, chart)
    _write_spend(book, plan, money)
    return placed


def _write_spend(book: Book, plan: Plan, money: str) -> None:
    """Write spending in each period by cost term, with live sums."""
    word = period_word(plan)
    found = pivot(plan, plan.tables.get("spend", []), "term", "amount")
    page = book.page("Spend", f"Money spent in each {word} by cost term, {money}, not discounted")
    terms = sorted(found.columns, key=list(TERM_WORDS).index)
    fields = [Field("period", f"First day of {word}", kind="date")]
    fields += [Field(term, term, money, "whole", total=True) for term in terms]
    rows: list[Row] = [
        {"period": period, **{term: found.cells.get((period, term)) for term in terms}}
        for period in found.periods
    ]
    if not terms:
        page.text(TOP, 0, "none", "subtitle")
        return
    placed = page.table(TOP, fields, rows, "Total")
    _row_sums(page, placed, rows, money, "whole")
    page.freeze(TOP + 1, 1)
    page.filter(placed)


def write_manifest(book: Book, plan: Plan) -> None:
    """Write what the plan was made from and with, and where its tables are."""
    page = book.page("Manifest", "What this plan was made from and with, and where its tables are")
    page.widths, page.fixed = {0: 26, 1: 84, 2: 10}, True
    facts: list[Row] = [
        {"key": key, "value": value}
        for part in (plan.manifest, {key: plan.summary.get(key) for key in ("model", "seconds")})
        for key, value in _flat(part)
    ]
    fields = [Field("key", "Entry"), Field("value", "Value")]
    placed = page.table(TOP, fields, facts)
    page.freeze(TOP)
    tables: list[Row] = [
        {"key": f"tables/{table.name}.csv", "value": table.help,
         "rows": len(plan.tables.get(table.name, []))}
        for table in RESULTS
    ]  # fmt: skip
    page.text(placed.last + 2, 0, "Tables beside this workbook", "section")
    page.sheet.set_row(placed.last + 2, 20)
    fields = [Field("key", "File"), Field("value", "A row is"), Field("rows", "Rows", "", "whole")]
    page.table(placed.last + 3, fields, tables)


def _flat(entries: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Give nested entries one by one, as texts."""
    for key, value in entries.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, (list, tuple)):
            yield name, clean(", ".join(map(str, value)))
        else:
            yield name, value
