"""Orders, and what waits for their units, to result tables."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from planner.case.case import Case
from planner.inputs.rows import Row as SheetRow
from planner.plan.pegging import Batch, Peg, peg_orders
from planner.plan.tables import Row

SEPARATOR = "; "
"""Between the sites that an order feeds."""


def order_rows(case: Case, placed: Iterable[SheetRow], lots: Mapping[Any, float],
               charged: Iterable[Any]) -> list[Row]:  # fmt: skip
    """Return orders already placed by their number, then planned ones by date.

    Parameters
    ----------
    case
        The case.
    placed
        Rows of the sheet `orders`.
    lots
        Lots ordered by supplier, item and period.
    charged
        Those keys that have an order cost or a minimum.
    """
    rows = [_firm_order(case, row) for row in sorted(placed, key=lambda row: str(row["order"]))]
    costly = set(charged)
    for key in sorted(lots, key=lambda k: (k[2], k[0], k[1])):
        supplier, item, period = key
        terms, ordered = case.supply.sources[supplier, item], case.calendar.starts[period]
        quantity = lots[key] * terms["lot"]
        price = case.supply.price[supplier, item]
        rows.append({
            "order": f"P-{len(rows) + 1:05d}", "supplier": supplier, "item": item,
            "firm": "no", "quantity": quantity, "period": ordered, "order_date": ordered,
            "arrival_date": ordered + timedelta(days=terms["lead_days"]),
            "unit_price": price, "price": quantity * price,
            "order_cost": terms["order_cost"] if key in costly else 0.0,
        })  # fmt: skip
    return rows


def _firm_order(case: Case, row: SheetRow) -> Row:
    source = (row["supplier"], row["item"])
    price = case.supply.price.get(source, 0.0)
    placed = row["placed"]
    period = None if placed is None else case.calendar.holding(placed)
    charged = period is not None and source in case.supply.sources
    return {
        "order": row["order"], "supplier": row["supplier"], "item": row["item"],
        "firm": "yes", "quantity": row["quantity"],
        "period": None if period is None else case.calendar.starts[period],
        "order_date": placed, "arrival_date": row["arrives"], "unit_price": price,
        "price": row["quantity"] * price,
        "order_cost": case.supply.sources[source]["order_cost"] if charged else 0.0,
    }  # fmt: skip


def peg_rows(case: Case, orders: Sequence[Row], starts: Mapping[Any, float],
             installs: Sequence[Row]) -> list[Row]:  # fmt: skip
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
    """
    period_of = {day: period for period, day in enumerate(case.calendar.starts)}
    purpose = {
        (str(row["hall"]), str(row["system"]), period_of[row["period"]]): row  # type: ignore[index]
        for row in installs
    }
    done = [
        (*key, float(row["installed"]))  # type: ignore[arg-type]
        for key, row in purpose.items()
        if row["installed"]
    ]
    begun = [(*key, count) for key, count in sorted(starts.items())]
    pegs = peg_orders(case, _batches(case, orders), begun, sorted(done))
    rows: list[Row] = []
    for order in orders:
        found = pegs.get(str(order["order"]), Peg())
        waiting = _waiting(case, str(order["order"]), found)
        rows += waiting
        _describe(case, order, found, [
            purpose[str(row["hall"]), str(row["system"]), period_of[row["period"]]]  # type: ignore[index]
            for row in waiting
        ])  # fmt: skip
        order["it_mw_blocked"] = math.fsum(row["it_mw"] for row in waiting)  # type: ignore[misc]
    return rows


def _batches(case: Case, orders: Iterable[Row]) -> dict[str, list[Batch]]:
    """Return the good units of every order that arrives in the plan, by item."""
    batches: dict[str, list[Batch]] = defaultdict(list)
    for row in orders:
        source = (str(row["supplier"]), str(row["item"]))
        usable = case.calendar.first(row["arrival_date"])  # type: ignore[arg-type]
        if usable is not None and source in case.supply.sources:
            good = float(row["quantity"]) * case.supply.sources[source]["yield"]  # type: ignore[arg-type]
            batch = Batch(str(row["order"]), case.supply.place(source[0]), usable, good)
            batches[source[1]].append(batch)
    return batches


def _waiting(case: Case, order: str, found: Peg) -> list[Row]:
    """Return the rows of one order's pegs, one for each install."""
    totals: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for wait in found.waits:
        totals[wait.install][0] += wait.units
        totals[wait.install][1] += wait.systems
    return [
        {"order": order, "hall": hall, "system": system, "period": case.calendar.starts[period],
         "quantity": units, "systems": systems, "it_mw": systems * case.facility.it_mw[system]}
        for (hall, system, period), (units, systems) in totals.items()
    ]  # fmt: skip


def _describe(case: Case, order: Row, found: Peg, installs: Sequence[Row]) -> None:
    """Say by when an order had to be placed, which milestone it blocks and which sites it feeds."""
    order["latest_order_date"] = order["slack_days"] = None
    ordered = order["order_date"]
    if order["firm"] == "no" and found.needed is not None and isinstance(ordered, date):
        terms = case.supply.sources[str(order["supplier"]), str(order["item"])]
        latest = case.calendar.latest(found.needed, terms["lead_days"])
        day = max(ordered, case.calendar.starts[max(latest, 0)])
        order["latest_order_date"], order["slack_days"] = day, (day - ordered).days
    due = sorted((str(row["milestone"]), str(row["commitment"])) for row in installs
                 if row["milestone"] is not None)  # fmt: skip
    order["milestone_blocked"] = f"{due[0][1]} {due[0][0]}" if due else None
    late = any(row["late"] == "yes" for row in installs)
    order["already_late"] = ("yes" if late else "no") if due else None
    order["sites_fed"] = SEPARATOR.join(sorted({str(row["site"]) for row in installs})) or None
