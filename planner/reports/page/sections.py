"""Sections of the page without figures: headline, orders, notes, assumptions, manifest."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from planner.plan.report_tables import (
    ASSUMPTION_COUNTS,
    ASSUMPTION_GROUPS,
    MANIFEST,
    MILESTONES,
    PROOF,
    PURCHASE_ORDERS,
    TOTALS,
)
from planner.plan.store import Plan
from planner.reports.charts.costs import money_unit
from planner.reports.counts import (
    as_sentence,
    is_missed,
    milestone_words,
    order_words,
    origins,
    rests_on,
    systems_installed,
    tiers,
)
from planner.reports.install_days import ORDER_WORDS
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import DataTable, table
from planner.reports.order_notes import TAKE_OR_PAY, order_notes
from planner.reports.page.explained import headline_sentences, left_open
from planner.reports.plan_figures import node_uses, several, time_of
from planner.reports.token_views import has_promises, has_tokens
from planner.reports.views import (
    BASIS_WORDS,
    NOTHING,
    currency,
    figure,
    headline,
    listed,
    missed_mw_months,
    number,
    percent,
    periods_said,
)
from planner.workbook.rows import Row as InputRow
from planner.workbook.schema.sheets import BY_NAME

MOST_ORDERS = 1000
"""Largest number of orders on the page; ``tables/orders.csv`` has all of them."""

SHOWN_OF_ORDERS = [
    "order",
    "supplier",
    "item",
    "firm",
    "quantity",
    "order_from",
    "order_date",
    "latest_order_date",
    "slack_days",
    "arrival_date",
    "unit_price",
    "price",
    "order_cost",
    "it_mw_blocked",
]
"""Columns of the table of orders."""

MOST_SOURCES = 400
"""Largest number of groups of assumptions on the page."""

MOST_NAMES = 12
"""Largest number of names and cells in a group of assumptions."""


def headline_section(plan: Plan) -> Markup:
    """Return the headline: missed MW, proof, cost, milestones."""
    head = headline(plan)
    details = element("ul", [element("li", text) for text in head.details])
    time, made = time_of(plan), plan.manifest.get("created") or "at an unknown time"
    span = f"{time.first} to {time.last}: {periods_said(plan)}"
    return element(
        "section",
        element("h1", f"Deployment plan {plan.name}"),
        element("p", f"{span}; money in {currency(plan)}; made {made}", class_="sub"),
        element(
            "div",
            element("strong", head.text),
            details if head.details else None,
            class_=f"banner {'missed' if head.missed else 'met'}",
        ),
        headline_sentences(plan),
        element("dl", [_tile(*tile) for tile in _tiles(plan)], class_="tiles"),
        *_promises(plan),
        element("h3", "What was optimised, in order, and the proof"),
        table(_tiers(plan)),
        id="headline",
    )


def _tiles(plan: Plan) -> Iterable[tuple[str, str, str, bool]]:
    """Yield label, value, unit or remark, and whether the value is bad."""
    size, unit = money_unit(plan)
    decimals = 1 if size > 1 else 0
    costs = plan.tables["costs"]
    present = sum(row["present_cost"] for row in costs) / size
    spent = sum(row["amount"] for row in costs) / size
    status = str(plan.summary.get("status") or "not known")
    verified = plan.summary.get("verified") is True
    missed = missed_mw_months(plan) or {"": 0.0}
    for of, mw_months in missed.items() if has_promises(plan) else ():
        yield "Missed", figure(mw_months, 1), f"MW-months{of}", mw_months > 0
    if has_tokens(plan):
        mtok = sum(row["missed_mtok"] for row in plan.tables["tokens"])
        yield "Tokens missed", figure(mtok), "Mtok", mtok > NOTHING
    yield "Status", status, "", not status.startswith("proven")
    gap = plan.summary.get("gap")
    yield "Gap to the proven bound", percent(gap), "of the bound, largest tier", gap is None
    checks = plan.summary.get("checks")
    remark = f"{figure(checks)} comparisons" if checks is not None else ""
    yield "Independent checker", "passed" if verified else "NOT PASSED", remark, not verified
    yield "Present cost", figure(present, decimals), f"{unit}, discounted", False
    yield "Money spent", figure(spent, decimals), f"{unit}, not discounted", False
    revenue = number(plan.summary.get("revenue"))
    if revenue:
        shown = figure(revenue / size, decimals)
        yield "Revenue, not in the cost", shown, f"{unit}, not discounted", False
    for name, count in systems_installed(plan).items():
        yield f"Installed {name}", figure(count), "systems", False
    yield "Halls opened", figure(plan.summary.get("halls_opened")), "halls", False


def _tile(label: str, value: str, unit: str, bad: bool) -> Markup:
    remark = element("span", unit) if unit else None
    return element(
        "div",
        element("dt", label),
        element("dd", value, remark),
        class_="bad-tile" if bad else None,
    )


def _promises(plan: Plan) -> list[Markup]:
    """Return the milestones with their heading; nothing in a plan of workloads alone."""
    if not has_promises(plan):
        return []
    return [element("h2", "Commitments, in service against committed"), table(_milestones(plan))]


def _milestones(plan: Plan) -> DataTable:
    """Return every milestone on its commitment's basis."""
    rows = []
    for item in listed(plan, "milestones"):
        missed = is_missed(item)
        rows.append(
            {
                **item,
                "date": str(item.get("date"))[:10],
                "basis": BASIS_WORDS.get(str(item.get("basis")), item.get("basis")),
                "met": "MISSED" if missed else "met",
                "class": "bad" if missed else None,
            }
        )
    return DataTable(
        f"Milestones, {milestone_words(plan)}: MW due in all by the day, each on its "
        "commitment's basis",
        MILESTONES.select(),
        rows,
    )


def _tiers(plan: Plan) -> DataTable:
    """Return the tiers with their bounds."""
    money = currency(plan)
    rows = []
    for row in tiers(plan):
        unit = money if row["unit"] == "money" else row["unit"]
        rows.append(row | {"unit": unit})
    return DataTable(
        "Tiers: each is held at its value before the next; no plan can beat a bound",
        PROOF.select(),
        rows,
    )


def orders_section(plan: Plan) -> Markup:
    """Return the sortable and filterable table of orders."""
    money = currency(plan)
    orders = sorted(plan.tables["orders"], key=lambda row: row["order_date"] or row["arrival_date"])
    shown = orders[:MOST_ORDERS]
    total = sum(row["price"] + row["order_cost"] for row in orders)
    if not orders:
        return element(
            "section",
            element("h2", "Orders"),
            element(
                "p", "There are no orders: systems are bought where and when they are installed."
            ),
            id="orders",
        )
    text = f"{as_sentence(order_words(plan))}, {figure(total)} {money} in all. {ORDER_WORDS}."
    if len(shown) < len(orders):
        text += f" Shown are the first {len(shown):,} by date; all are in tables/orders.csv."
    notes = order_notes(plan)
    names = [*SHOWN_OF_ORDERS, "note"] if notes else SHOWN_OF_ORDERS
    columns = PURCHASE_ORDERS.select(*names, money=money)
    rows = [{**row, "note": notes.get(row["order"])} for row in shown]
    sheet = DataTable("Orders by date", columns, rows)
    return element(
        "section",
        element("h2", "Orders"),
        element("p", text),
        table(sheet, tools=True, mark="orders-table"),
        id="orders",
        class_="landscape",
    )


def notes_section(plan: Plan) -> Markup:
    """Return warnings, notes of reading, and the totals of the inputs."""
    notes = plan.summary.get("notes")
    given = list(notes) if isinstance(notes, (list, tuple)) else []
    items = [element("li", text, class_="warn") for text in warnings(plan)]
    items += [element("li", note) for note in given]
    return element(
        "section",
        element("h2", "Notes and warnings"),
        element("ul", items, class_="notes") if items else element("p", "None."),
        table(
            DataTable(
                "What commitments, halls, feeders and supply add up to",
                TOTALS.select(),
                listed(plan, "totals"),
            )
        ),
        id="notes",
    )


def warnings(plan: Plan) -> list[str]:
    """Return the warnings of a plan, in sentences."""
    found = []
    status = str(plan.summary.get("status") or "not known")
    if not status.startswith("proven"):
        found.append(
            f"The run ended before the proof ({status}): a better plan may exist, "
            f"the gap is {percent(plan.summary.get('gap'))}."
        )
    if plan.summary.get("verified") is not True:
        found.append("The independent checker has NOT passed this plan.")
    planned = 0
    tight = 0
    for row in plan.tables["orders"]:
        if row["firm"] == "yes":
            continue
        planned += 1
        if row["slack_days"] is not None and row["slack_days"] <= 0:
            tight += 1
    if tight:
        found.append(
            f"No slack: {tight:,} of {several(planned, 'planned order')}; "
            "a day later moves an install."
        )
    spare = list(order_notes(plan).values()).count(TAKE_OR_PAY)
    if spare:
        found.append(
            "Planned orders that only use up take-or-pay, since no install waits for "
            f"them: {spare:,}."
        )
    full = [use.node for use in node_uses(plan) if use.tightest >= 0.99]
    if full:
        names = ", ".join(full[:MOST_NAMES])
        if len(full) > MOST_NAMES:
            names += " and others"
        found.append(f"In use to 99 % and more: {several(len(full), 'power node')}: {names}.")
    return [*found, *left_open(plan)]


def assumptions_section(plan: Plan) -> Markup:
    """Return the rows that rest on an assumption, by sheet and by source."""
    groups: dict[tuple[str, str], list[InputRow]] = defaultdict(list)
    counted = []
    row_count = 0
    assumed_count = 0
    for sheet, rows in plan.inputs.tables.items():
        if not rows:
            continue
        assumed = [row for row in rows if rests_on(row) == "assumption"]
        for row in assumed:
            groups[sheet, str(row["source"])].append(row)
        counted.append({"sheet": sheet, "rows": len(rows), "assumed": len(assumed)})
        row_count += len(rows)
        assumed_count += len(assumed)
    text = f"{as_sentence(origins(plan).words)}: what their column source says."
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    listed = []
    for (sheet, source), group in ranked[:MOST_SOURCES]:
        listed.append(
            {
                "sheet": sheet,
                "rows": len(group),
                "cells": cells_of(group),
                "names": _names(group),
                "source": source,
            }
        )
    if len(ranked) > MOST_SOURCES:
        text += f" Shown are the {MOST_SOURCES} largest of {len(ranked):,} groups."
    sheets = [
        DataTable(
            "Rows on an assumption, by sheet",
            ASSUMPTION_COUNTS.select(),
            counted,
            {"sheet": "total", "rows": row_count, "assumed": assumed_count},
        ),
        DataTable(
            "Assumptions, rows with the same source together",
            ASSUMPTION_GROUPS.select(),
            listed,
        ),
    ]
    tables = [table(sheets[0]), table(sheets[1], tools=len(listed) > 1)] if listed else []
    return element(
        "section",
        element("h2", "Assumptions"),
        element("p", text),
        tables,
        id="assumptions",
        class_="landscape",
    )


def cells_of(rows: Sequence[InputRow]) -> str:
    """Return the cells of rows' sources, runs of them as ranges, e.g. ``F2:F9, F12``."""
    places = []
    for row in rows:
        cell = row.cells.get("source", "")
        letters = cell.rstrip("0123456789")
        places.append((letters, int(cell[len(letters) :] or 0)))
    runs: list[tuple[str, int, int]] = []
    for letters, at in sorted(places):
        if runs and runs[-1][0] == letters and runs[-1][2] == at - 1:
            runs[-1] = (letters, runs[-1][1], at)
        else:
            runs.append((letters, at, at))
    shown = []
    for letters, low, high in runs:
        first = f"{letters}{low}"
        shown.append(first if low == high else f"{first}:{letters}{high}")
    text = ", ".join(shown[:MOST_NAMES])
    return f"{text} ..." if len(shown) > MOST_NAMES else text


def _names(rows: Sequence[InputRow]) -> str:
    """Return the keys of rows."""
    key = BY_NAME[rows[0].sheet].key
    names = [" / ".join(str(row[column]) for column in key) for row in rows]
    rest = len(names) - MOST_NAMES
    return "; ".join(names[:MOST_NAMES]) + (f"; and {rest:,} more" if rest > 0 else "")


def manifest_section(plan: Plan) -> Markup:
    """Return the inputs, options and versions of the plan."""
    rows = [{"key": key, "value": _text(value)} for key, value in plan.manifest.items()]
    for key, unit in (("model", ""), ("seconds", " s")):
        entries = plan.summary.get(key)
        if isinstance(entries, Mapping):
            for name, value in entries.items():
                rows.append({"key": f"{key}: {name}", "value": f"{_text(value)}{unit}"})
    for kind, finding in plan.findings.items():
        for name in ("created", "seconds", "resolves"):
            if name in finding.facts:
                rows.append({"key": f"{kind}: {name}", "value": _text(finding.facts[name])})
    sheet = DataTable("Inputs, options and versions of this plan", MANIFEST.select(), rows)
    return element("section", element("h2", "Manifest"), table(sheet), id="manifest")


def _text(value: object) -> str:
    """Return an entry as text."""
    if value is None:
        return "not set"
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)
