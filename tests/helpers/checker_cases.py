"""Six workbooks with plans worked out by hand, for the tests of the checker.

`full` has every sheet. `plain` has no supply and plans by quarter. `pooled` has supply but no
lanes, plans by week and allows fractions. `dear` plans by week too, with lanes and much money.
`valley` and `split` have workloads, see `checker_tokens`.
"""
# ruff: noqa: E501  (rows of a table stay on one line)

from __future__ import annotations

from datetime import date
from functools import cache

from checker_full import FULL, FULL_PLAN, FULL_RATE, FULL_SPEND, FULL_TIERS
from checker_tokens import (
    SPLIT,
    SPLIT_PLAN,
    SPLIT_SPEND,
    SPLIT_TIERS,
    VALLEY,
    VALLEY_PLAN,
    VALLEY_SPEND,
    VALLEY_TIERS,
)

from planner.plan.result_rows import Tables
from planner.plan.rows import Row
from planner.plan.tables import COLUMNS, cost_terms
from planner.workbook.reading import inputs_from_rows
from planner.workbook.rows import Inputs


def sheet_rows(text: str) -> list[dict[str, object]]:
    """Read the rows of a sheet, one a line, with columns separated by |."""
    header, *lines = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def result_rows(name: str, text: str) -> list[Row]:
    """Read rows of a result table: dates, numbers, texts, and - for blank."""
    header, *lines = [[c.strip() for c in line.split("|")] for line in text.strip().splitlines()]
    assert header == list(COLUMNS[name])
    return [{c: _value(cell) for c, cell in zip(header, line, strict=True)} for line in lines]


def _value(cell: str) -> object:
    if cell == "-":
        return None
    for kind in (date.fromisoformat, int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell


Q1, Q2, Q3 = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
MONTHS_OF_QUARTER = 3

PLAIN = {
    "settings": """
        setting | value
        start | 2026-01-01
        end | 2026-09-30
        period | quarter
        today | 2026-01-01""",
    "systems": """
        system | power_kw | price
        CS | 20 | 1000""",
    "sites": """
        site | country
        East | US""",
    "halls": """
        hall | site | it_mw | open_count
        A | East | 1 | 1""",
    "commitments": """
        commitment | basis | late_cost
        Gold | it | 10""",
    "milestones": """
        commitment | date | mw
        Gold | 2026-06-30 | 0.04
        Gold | 2026-09-30 | 0.06""",
}

PLAIN_PLAN = {
    "installs": """
        site | hall | system | period | date | installed | removed | commitment | milestone | late
        East | A | CS | 2026-04-01 | 2026-04-01 | 2 | 0 | Gold | 2026-06-30 | no""",
    "fleet": """
        site | hall | system | period | installed | in_service
        East | A | CS | 2026-01-01 | 0 | 0
        East | A | CS | 2026-04-01 | 2 | 2
        East | A | CS | 2026-07-01 | 2 | 2""",
    "halls": """
        site | hall | period | decided | opened
        East | A | 2026-01-01 | 0 | 1
        East | A | 2026-04-01 | 0 | 1
        East | A | 2026-07-01 | 0 | 1""",
    "service": """
        commitment | site | hall | system | period | mw
        Gold | East | A | CS | 2026-04-01 | 0.04
        Gold | East | A | CS | 2026-07-01 | 0.04""",
    "ramp": """
        commitment | period | period_end | basis | required_mw | in_service_mw | missed_mw
        Gold | 2026-01-01 | 2026-03-31 | it | 0 | 0 | 0
        Gold | 2026-04-01 | 2026-06-30 | it | 0.04 | 0.04 | 0
        Gold | 2026-07-01 | 2026-09-30 | it | 0.06 | 0.04 | 0.02""",
}
PLAIN_LATE = 0.02 * 10 * MONTHS_OF_QUARTER
PLAIN_SPEND = {"purchase": {Q2: 2000}, "late": {Q3: PLAIN_LATE}}

W1, W2, W3 = date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)

WEEK = 7 / 31  # months

POOLED = {
    "settings": """
        setting | value
        start | 2026-01-05
        end | 2026-01-20
        period | week
        counts | continuous""",
    "systems": """
        system | power_kw | price
        CS | 20 | 1000""",
    "supply": """
        supplier | item | lead_days | lot | price | capacity_use | take_or_pay_share
        Maker | CS | 6 | 2 | 800 | 2 | 0.5""",
    "supply_capacity": """
        supplier | from | units_per_month
        Maker | 2026-01-05 | 26""",
    "sites": """
        site | holding_cost
        East | 7""",
    "halls": """
        hall | site | it_mw | open_count
        A | East | 1 | 1""",
    "commitments": """
        commitment | basis
        Gold | system""",
    "milestones": """
        commitment | date | mw
        Gold | 2026-01-18 | 0.03""",
    "orders": """
        order | supplier | item | quantity | arrives | placed
        PO-1 | Maker | CS | 0.25 | 2026-01-19 | 2026-01-07
        PO-2 | Maker | CS | 0.5 | 2026-03-01 | 2026-01-13""",
}

POOLED_PLAN = {
    "orders": """
        order | supplier | item | firm | quantity | period | order_date | order_from | arrival_date | unit_price | price | order_cost | latest_order_date | slack_days | it_mw_blocked | milestone_blocked | already_late | sites_fed
        PO-1 | Maker | CS | yes | 0.25 | 2026-01-05 | 2026-01-07 | - | 2026-01-19 | 800 | 200 | 0 | - | - | - | - | - | -
        PO-2 | Maker | CS | yes | 0.5 | 2026-01-12 | 2026-01-13 | - | 2026-03-01 | 800 | 400 | 0 | - | - | - | - | - | -
        N-1 | Maker | CS | no | 2.5 | 2026-01-05 | 2026-01-11 | 2026-01-05 | 2026-01-17 | 800 | 2000 | 0 | 2026-01-06 | 1 | 0.03 | Gold 2026-01-18 | no | East""",
    "pegs": """
        order | hall | system | period | date | quantity | systems | it_mw
        N-1 | A | CS | 2026-01-12 | 2026-01-18 | 1.5 | 1.5 | 0.03""",
    "stock": """
        place | item | period | date | quantity
        * | CS | 2026-01-12 | 2026-01-18 | 1
        * | CS | 2026-01-19 | 2026-01-19 | 1.25""",
    "installs": """
        site | hall | system | period | date | installed | removed | commitment | milestone | late
        East | A | CS | 2026-01-12 | 2026-01-18 | 1.5 | 0 | Gold | 2026-01-18 | no""",
    "fleet": """
        site | hall | system | period | installed | in_service
        East | A | CS | 2026-01-05 | 0 | 0
        East | A | CS | 2026-01-12 | 1.5 | 1.5
        East | A | CS | 2026-01-19 | 1.5 | 1.5""",
    "halls": """
        site | hall | period | decided | opened
        East | A | 2026-01-05 | 0 | 1
        East | A | 2026-01-12 | 0 | 1
        East | A | 2026-01-19 | 0 | 1""",
    "clock": """
        act | place | to | item | window_from | date | carried
        order | Maker | - | - | 2026-01-05 | 2026-01-11 | 0""",
    "service": """
        commitment | site | hall | system | period | mw
        Gold | East | A | CS | 2026-01-12 | 0.03
        Gold | East | A | CS | 2026-01-19 | 0.03""",
    "ramp": """
        commitment | period | period_end | basis | required_mw | in_service_mw | missed_mw
        Gold | 2026-01-05 | 2026-01-11 | system | 0 | 0 | 0
        Gold | 2026-01-12 | 2026-01-18 | system | 0.03 | 0.03 | 0
        Gold | 2026-01-19 | 2026-01-25 | system | 0.03 | 0.03 | 0""",
}
# Half of a week's 26 x WEEK, at 2 a system: 1.47 systems are due by week, less than the 2.75 ordered
# in the first; in the second 0.5 are, by an order already placed.
POOLED_SPEND = {
    "purchase": {date(2026, 1, 7): 200, date(2026, 1, 11): 2000, date(2026, 1, 13): 400},
    "take_or_pay": {
        date(2026, 1, 18): (6.5 * WEEK - 0.5) * 800,
        date(2026, 1, 25): 6.5 * WEEK * 800,
    },
}

DEAR = {
    "settings": """
        setting | value
        start | 2026-01-05
        end | 2026-01-20
        period | week
        pace | as-early-as-possible""",
    "systems": """
        system | power_kw
        CS | 20""",
    "bom": """
        system | item | quantity
        CS | part | 1
        CS | clip | 1""",
    "supply": """
        supplier | item | lead_days | price | order_cost
        Maker | part | 0 | 4999999 | 9000000
        Maker | clip | 0 | |""",
    "plants": """
        plant | system | units_per_month | lead_days
        Asm | CS | 12 | 7""",
    "lanes": """
        from | to | transit_days | units_per_month
        Maker | Asm | 0 | 20
        Asm | East | 0 | 12""",
    "sites": """
        site | holding_cost
        East | 3""",
    "halls": """
        hall | site | it_mw | open_count
        A | East | 1 | 1""",
    "crews": """
        site | from | systems_per_month
        East | 2026-01-05 | 12""",
    "commitments": """
        commitment | basis | late_cost
        Gold | system | 10
        Iron | it |""",
    "milestones": """
        commitment | date | mw
        Gold | 2026-01-18 | 0.04
        Iron | 2026-01-25 | 0.03""",
    "service": """
        commitment | site | cost
        Gold | East | 5""",
    "fleet": """
        hall | system | count | commitment
        A | CS | 1 | Gold""",
    "orders": """
        order | supplier | item | quantity | arrives
        PO-1 | Maker | part | 3000000 | 2026-06-01""",
}

DEAR_PLAN = {
    "orders": """
        order | supplier | item | firm | quantity | period | order_date | order_from | arrival_date | unit_price | price | order_cost | latest_order_date | slack_days | it_mw_blocked | milestone_blocked | already_late | sites_fed
        PO-1 | Maker | part | yes | 3000000 | - | - | - | 2026-06-01 | 4999999 | 14999997000000 | 0 | - | - | - | - | - | -
        N-1 | Maker | part | no | 2 | 2026-01-05 | 2026-01-05 | 2026-01-05 | 2026-01-05 | 4999999 | 9999998 | 9000000 | 2026-01-09 | 4 | 0.02 | Gold 2026-01-18 | no | East
        N-2 | Maker | clip | no | 2 | 2026-01-05 | 2026-01-05 | 2026-01-05 | 2026-01-05 | 0 | 0 | 0 | 2026-01-09 | 4 | 0.02 | Gold 2026-01-18 | no | East""",
    "pegs": """
        order | hall | system | period | date | quantity | systems | it_mw
        N-1 | A | CS | 2026-01-12 | 2026-01-18 | 1 | 1 | 0.02
        N-2 | A | CS | 2026-01-12 | 2026-01-18 | 1 | 1 | 0.02""",
    "production": """
        plant | system | period | start_date | finish_date | quantity
        Asm | CS | 2026-01-05 | 2026-01-11 | 2026-01-18 | 2""",
    "shipments": """
        from | to | item | period | departure_date | arrival_date | quantity
        Maker | Asm | part | 2026-01-05 | 2026-01-11 | 2026-01-11 | 2
        Maker | Asm | clip | 2026-01-05 | 2026-01-11 | 2026-01-11 | 2
        Asm | East | CS | 2026-01-12 | 2026-01-18 | 2026-01-18 | 2""",
    "stock": """
        place | item | period | date | quantity
        East | CS | 2026-01-12 | 2026-01-18 | 1
        East | CS | 2026-01-19 | 2026-01-19 | 1""",
    "installs": """
        site | hall | system | period | date | installed | removed | commitment | milestone | late
        East | A | CS | 2026-01-12 | 2026-01-18 | 1 | 0 | Gold | 2026-01-18 | no""",
    "fleet": """
        site | hall | system | period | installed | in_service
        East | A | CS | 2026-01-05 | 1 | 1
        East | A | CS | 2026-01-12 | 2 | 2
        East | A | CS | 2026-01-19 | 2 | 2""",
    "halls": """
        site | hall | period | decided | opened
        East | A | 2026-01-05 | 0 | 1
        East | A | 2026-01-12 | 0 | 1
        East | A | 2026-01-19 | 0 | 1""",
    "clock": """
        act | place | to | item | window_from | date | carried
        start | Asm | - | CS | 2026-01-05 | 2026-01-11 | 0
        ship | Maker | Asm | - | 2026-01-05 | 2026-01-11 | 0
        ship | Asm | East | - | 2026-01-12 | 2026-01-18 | 0
        install | East | - | - | 2026-01-12 | 2026-01-18 | 1""",
    "service": """
        commitment | site | hall | system | period | mw
        Gold | East | A | CS | 2026-01-05 | 0.02
        Gold | East | A | CS | 2026-01-12 | 0.02
        Gold | East | A | CS | 2026-01-19 | 0.02
        Iron | East | A | CS | 2026-01-12 | 0.02
        Iron | East | A | CS | 2026-01-19 | 0.02""",
    "ramp": """
        commitment | period | period_end | basis | required_mw | in_service_mw | missed_mw
        Gold | 2026-01-05 | 2026-01-11 | system | 0 | 0.02 | 0
        Gold | 2026-01-12 | 2026-01-18 | system | 0.04 | 0.02 | 0.02
        Gold | 2026-01-19 | 2026-01-25 | system | 0.04 | 0.02 | 0.02
        Iron | 2026-01-05 | 2026-01-11 | it | 0 | 0 | 0
        Iron | 2026-01-12 | 2026-01-18 | it | 0 | 0.02 | 0
        Iron | 2026-01-19 | 2026-01-25 | it | 0.03 | 0.02 | 0.01""",
}
DEAR_SPEND = {
    "purchase": {W1: 9999998},
    "orders": {W1: 9000000},
    "holding": {date(2026, 1, 18): 3 / 31, W3: 3 * WEEK},
    "service": {
        date(2026, 1, 11): 0.1 * WEEK,
        date(2026, 1, 18): 0.1 * WEEK,
        date(2026, 1, 25): 0.1 / 31,
    },
    "late": {W2: 0.2 * WEEK, W3: 0.2 * WEEK},
}
DEAR_TIERS = {
    "missed_mw_months_priority_1": 0.05 * WEEK,
    "in_service_mw_months": 0.1 * WEEK,
}


def _plan(
    plan: dict[str, str],
    spend: dict[str, dict[date, float]],
    rate: float,
    tiers: dict[str, float],
) -> Tables:
    """Return a plan's tables, with the spend and its totals in a row for each amount and term.

    Money is given by day; it is discounted from its day to the first, and added up by period.
    """
    tables: Tables = {
        name: result_rows(name, plan[name]) if name in plan else [] for name in COLUMNS
    }
    starts = sorted({row["period"] for row in tables["halls"]})
    for term, amounts in spend.items():
        rows: dict[date, dict[str, object]] = {}
        for day, amount in amounts.items():
            period = max(start for start in starts if start <= day)
            row = rows.setdefault(
                period, {"period": period, "term": term, "amount": 0.0, "present_cost": 0.0}
            )
            row["amount"] += amount
            row["present_cost"] += amount * (1 + rate) ** (-(day - starts[0]).days / 365)
        tables["spend"] += rows.values()
    for term in cost_terms(has_workloads="tokens" in plan):
        spent = [row for row in tables["spend"] if row["term"] == term]
        totals = {name: sum(row[name] for row in spent) for name in ("amount", "present_cost")}
        tables["costs"].append({"term": term, **totals})
    total = sum(row["present_cost"] for row in tables["costs"])
    for tier, value in {**tiers, "present_cost": total}.items():
        row = {"tier": tier, "unit": "", "value": value, "bound": value, "gap": 0.0}
        tables["tiers"].append({**row, "unit": "u", "status": "optimal", "seconds": 0.1})
    return tables


def sheets(name: str) -> dict[str, list[dict[str, object]]]:
    """Return the rows of a case's workbook, new at each call."""
    texts = {
        "full": FULL,
        "plain": PLAIN,
        "pooled": POOLED,
        "dear": DEAR,
        "valley": VALLEY,
        "split": SPLIT,
    }[name]
    return {sheet: sheet_rows(text) for sheet, text in texts.items()}


@cache
def workbook(name: str) -> Inputs:
    """Return the workbook of a case."""
    return inputs_from_rows(name, sheets(name))


def correct_plan(name: str) -> Tables:
    """Return the tables of a case's plan, new at each call."""
    missed = "missed_mw_months_priority_1"
    plan, spend, rate, tiers = {
        "full": (FULL_PLAN, FULL_SPEND, FULL_RATE, FULL_TIERS),
        "plain": (PLAIN_PLAN, PLAIN_SPEND, 0.0, {missed: 0.02 * MONTHS_OF_QUARTER}),
        "pooled": (POOLED_PLAN, POOLED_SPEND, 0.0, {missed: 0}),
        "dear": (DEAR_PLAN, DEAR_SPEND, 0.0, DEAR_TIERS),
        "valley": (VALLEY_PLAN, VALLEY_SPEND, 0.0, VALLEY_TIERS),
        "split": (SPLIT_PLAN, SPLIT_SPEND, 0.0, SPLIT_TIERS),
    }[name]
    return _plan(plan, spend, rate, tiers)
