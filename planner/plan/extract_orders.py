"""Turn orders, and the installs that wait for them, into result tables."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planner.case.case import Case
from planner.case.rates import windows
from planner.plan.pegging import Batch, Install, Peg, peg_orders
from planner.plan.result_rows import InstallRow, OrderRow, PegRow, PlacedOrder
from planner.plan.work_durations import Work
from planner.workbook.rows import Row as SheetRow

SEPARATOR = "; "
"""Between the sites that an order feeds."""


def order_rows(
    case: Case, placed: Iterable[SheetRow], lots: Mapping[Any, float], charged: Iterable[Any]
) -> list[OrderRow]:
    """Return orders already placed by their number, then planned ones by date.

    Parameters
    ----------
    case
        The case.
    placed
        Rows of the sheet `orders`.
    lots
        Lots ordered by supplier, item and day.
    charged
        Those keys that have an order cost or a minimum.
    """
    calendar = case.calendar
    rows: list[PlacedOrder] = [
        _firm_order(case, row) for row in sorted(placed, key=lambda row: row["order"])
    ]
    with_order_cost = set(charged)
    for key in sorted(lots, key=lambda key: (key[2], key[0], key[1])):
        supplier, item, day = key
        terms = case.supply.sources[supplier, item]
        quantity = lots[key] * terms["lot"]
        unit_price = case.supply.price[supplier, item]
        rows.append(
            {
                "order": f"P-{len(rows) + 1:05d}",
                "supplier": supplier,
                "item": item,
                "firm": "no",
                "quantity": quantity,
                "period": calendar.starts[calendar.period_of(day)],
                "order_date": calendar.date_of(day),
                "order_from": calendar.date_of(_window_from(case, supplier, item, day)),
                "arrival_date": calendar.date_of(day + terms["lead_days"]),
                "unit_price": unit_price,
                "price": quantity * unit_price,
                "order_cost": terms["order_cost"] if key in with_order_cost else 0.0,
            }
        )
    return [_unpegged(row) for row in rows]


def _unpegged(order: PlacedOrder) -> OrderRow:
    """Return an order that nothing waits for."""
    return {
        **order,
        "latest_order_date": None,
        "slack_days": None,
        "it_mw_blocked": 0.0,
        "milestone_blocked": None,
        "already_late": None,
        "sites_fed": None,
    }


def _window_from(case: Case, supplier: str, item: str, day: int) -> int:
    """Return the first day of the window of an order: the order day itself if no rate limits it."""
    name = case.timetable.act["order", supplier, item]
    if name not in case.timetable.rates:
        return day
    days = case.timetable.clock.days[name]
    firsts = {last: first for first, last in windows(days, case.timetable.clock.since[name])}
    return max(firsts[day], case.timetable.leg["order", supplier, item].since)


def _firm_order(case: Case, row: SheetRow) -> PlacedOrder:
    source = (row["supplier"], row["item"])
    price = case.supply.price.get(source, 0.0)
    placed = row["placed"]
    period = None if placed is None else case.calendar.holding(placed)
    charged = period is not None and source in case.supply.sources
    return {
        "order": row["order"],
        "supplier": row["supplier"],
        "item": row["item"],
        "firm": "yes",
        "quantity": row["quantity"],
        "period": None if period is None else case.calendar.starts[period],
        "order_date": placed,
        "order_from": None,
        "arrival_date": row["arrives"],
        "unit_price": price,
        "price": row["quantity"] * price,
        "order_cost": case.supply.sources[source]["order_cost"] if charged else 0.0,
    }


def peg_rows(
    case: Case,
    orders: Sequence[OrderRow],
    starts: Mapping[Any, float],
    installs: Sequence[InstallRow],
    work: Work,
) -> list[PegRow]:
    """Add to each order what waits for it; return which install waits for which units.

    Parameters
    ----------
    case
        The case.
    orders
        Rows of `orders`, which get their last columns.
    starts
        Systems started by plant, system and period.
    installs
        Rows of `installs`, with what they are for.
    work
        How long the work of acts with a rate takes.
    """
    row_of = {_install_of(case, row): row for row in installs}
    installed: list[tuple[str, str, int, float]] = []
    for (hall, system, day), row in row_of.items():
        if row["installed"]:
            installed.append((hall, system, day, row["installed"]))
    started = [
        (plant, system, day, count) for (plant, system, day), count in sorted(starts.items())
    ]
    pegs = peg_orders(case, _batches(case, orders), started, sorted(installed), work)
    rows: list[PegRow] = []
    for order in orders:
        peg = pegs.get(order["order"], Peg())
        waiting = _waiting(case, order["order"], peg)
        rows += waiting
        _date(case, order, peg, work)
        _describe(order, [row_of[_install_of(case, row)] for row in waiting])
        order["it_mw_blocked"] = math.fsum(row["it_mw"] for row in waiting)
    return rows


def _install_of(case: Case, row: InstallRow | PegRow) -> Install:
    """Return hall, system and numbered day of the install that a row is about."""
    return row["hall"], row["system"], case.calendar.number(row["date"])


def _batches(case: Case, orders: Iterable[OrderRow]) -> dict[str, list[Batch]]:
    """Return the good units of every order that arrives in the plan, by item."""
    batches: dict[str, list[Batch]] = defaultdict(list)
    for row in orders:
        source = (row["supplier"], row["item"])
        usable = case.calendar.from_day(row["arrival_date"])
        if usable < case.calendar.day_count and source in case.supply.sources:
            good = row["quantity"] * case.supply.sources[source]["yield"]
            batch = Batch(row["order"], case.supply.place(source[0]), usable, good)
            batches[source[1]].append(batch)
    return batches


def _waiting(case: Case, order: str, peg: Peg) -> list[PegRow]:
    """Return the rows of one order's pegs, one for each install."""
    units: dict[Install, float] = defaultdict(float)
    systems: dict[Install, float] = defaultdict(float)
    for wait in peg.waits:
        units[wait.install] += wait.units
        systems[wait.install] += wait.systems
    calendar = case.calendar
    rows: list[PegRow] = []
    for install, units_waiting in units.items():
        hall, system, day = install
        rows.append(
            {
                "order": order,
                "hall": hall,
                "system": system,
                "period": calendar.starts[calendar.period_of(day)],
                "date": calendar.date_of(day),
                "quantity": units_waiting,
                "systems": systems[install],
                "it_mw": systems[install] * case.facility.it_mw[system],
            }
        )
    return rows


def _date(case: Case, order: OrderRow, peg: Peg, work: Work) -> None:
    """Say by when an order must be signed so that the same systems are installed by their days.

    Its first units are needed before its last ones where rates limit what is done with them.
    """
    if order["firm"] == "yes":
        return
    order_date, order_from = order["order_date"], order["order_from"]
    assert order_date is not None and order_from is not None, "planned orders have their days"
    supplier, item = order["supplier"], order["item"]
    key = ("order", supplier, item)
    timetable = case.timetable
    ordered = case.calendar.number(order_date)
    begins = peg.begins(work.days_before(timetable.act[key], ordered))
    if begins is None:
        return
    lead_days = case.supply.sources[supplier, item]["lead_days"]
    latest = max(begins - lead_days, timetable.clock.possible[timetable.leg[key]])
    first = min(case.calendar.number(order_from), latest)
    order["order_from"] = case.calendar.date_of(first)
    order["latest_order_date"] = case.calendar.date_of(latest)
    order["slack_days"] = latest - first


def _describe(order: OrderRow, installs: Sequence[InstallRow]) -> None:
    """Say which milestone an order blocks and which sites it feeds."""
    due = []
    for row in installs:
        if row["milestone"] is not None and row["commitment"] is not None:
            due.append((row["milestone"], row["commitment"]))
    if due:
        milestone, commitment = min(due)
        order["milestone_blocked"] = f"{commitment} {milestone}"
        is_late = any(row["late"] == "yes" for row in installs)
        order["already_late"] = "yes" if is_late else "no"
    sites = sorted({row["site"] for row in installs})
    order["sites_fed"] = SEPARATOR.join(sites) or None
