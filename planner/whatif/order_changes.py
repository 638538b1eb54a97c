"""Orders that differ between plans: new, moved, cancelled, or already placed in one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from planner.plan.rows import Row
from planner.plan.store import Plan

NO_UNITS = 1e-6
"""Units up to which an order counts as empty."""

Item = tuple[Any, Any]
"""Supplier and item."""


@dataclass
class Lot:
    """Units ordered on a day and their price."""

    day: date
    quantity: float
    price: float


def order_changes(plans: Sequence[Plan], names: Sequence[str]) -> Iterator[Row]:
    """Yield the changes of orders from the base plan to each other plan.

    Placed orders are facts, not decisions. A decision of one plan that is a placed order in the
    other is reported as ``placed``.
    """
    base = plans[0]
    base_orders = _decided_orders(base)
    for plan, name in zip(plans[1:], names[1:], strict=True):
        other_orders = _decided_orders(plan)
        placed_in_base = _placed_only_in(base, plan)
        placed_in_other = _placed_only_in(plan, base)
        items = {*base_orders, *other_orders}
        for item in sorted(items, key=_as_texts):
            found = moves(
                base_orders.get(item, {}),
                other_orders.get(item, {}),
                placed_in_base.get(item, ()),
                placed_in_other.get(item, ()),
            )
            supplier, ordered = item
            for change in found:
                row: Row = {"plan": name, "change": change.pop("change")}
                row["supplier"] = supplier
                row["item"] = ordered
                row.update(change)
                yield row


def _as_texts(item: Item) -> tuple[str, ...]:
    return tuple(map(str, item))


def _decided_orders(plan: Plan) -> dict[Item, dict[date, Lot]]:
    """Return the orders that a plan decides, by supplier, item and day."""
    found: dict[Item, dict[date, Lot]] = defaultdict(dict)
    for row in plan.tables["orders"]:
        day = row["order_date"]
        if row["firm"] != "no" or day is None:
            continue
        lots = found[row["supplier"], row["item"]]
        lot = lots.setdefault(day, Lot(day, 0.0, 0.0))
        # Several rows of a day become one lot at their mean price.
        money = lot.quantity * lot.price + row["price"]
        lot.quantity += row["quantity"]
        lot.price = money / lot.quantity if lot.quantity else 0.0
    return found


def _placed_only_in(plan: Plan, other: Plan) -> dict[Item, list[Lot]]:
    """Return the placed units of a plan that another has not placed, by supplier and item.

    An order of the same number may have become larger: the units that it has more are placed.
    """
    shared: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in other.tables["orders"]:
        if row["firm"] != "no":
            shared[row["supplier"], row["item"], row["order"]] += row["quantity"]
    found: dict[Item, list[Lot]] = defaultdict(list)
    for row in plan.tables["orders"]:
        if row["firm"] == "no":
            continue
        units = row["quantity"]
        order = row["supplier"], row["item"], row["order"]
        # What is counted here is not counted again for another row of the order.
        in_both = min(units, shared[order])
        shared[order] -= in_both
        more = units - in_both
        # An order without a placing date is dated by its arrival.
        day = row["order_date"] or row["arrival_date"]
        if more > NO_UNITS:
            lot = Lot(day, more, row["price"] / units)
            found[row["supplier"], row["item"]].append(lot)
    for lots in found.values():
        lots.sort(key=lambda lot: lot.day)
    return found


def moves(
    base: Mapping[date, Lot],
    other: Mapping[date, Lot],
    placed_in_base: Sequence[Lot] = (),
    placed_in_other: Sequence[Lot] = (),
) -> Iterator[dict[str, Any]]:
    """Yield placed, moved, new and cancelled units of one item.

    Units on the same day are the same order. The rest are paired in order of their days, the first
    removed with the first new one, so that orders keep their sequence; already placed units are
    paired first.
    """
    gone = _only_in(base, other)
    come = _only_in(other, base)
    # Pairing uses up lots, so that placed ones are copied.
    yield from _paired("placed", gone, [replace(lot) for lot in placed_in_other])
    yield from _paired("placed", [replace(lot) for lot in placed_in_base], come)
    yield from _paired("moved", gone, come)
    for lot in come:
        yield {
            "change": "new",
            "quantity": lot.quantity,
            "from": None,
            "to": lot.day,
            "days": None,
            "money": lot.quantity * lot.price,
        }
    for lot in gone:
        yield {
            "change": "cancelled",
            "quantity": lot.quantity,
            "from": lot.day,
            "to": None,
            "days": None,
            "money": -lot.quantity * lot.price,
        }


def _only_in(lots: Mapping[date, Lot], others: Mapping[date, Lot]) -> list[Lot]:
    """Return the units of each day beyond those that the other plan orders on it too."""
    found = []
    for day in sorted(lots):
        lot = lots[day]
        units = lot.quantity
        if day in others:
            units -= others[day].quantity
        if units > NO_UNITS:
            found.append(Lot(day, units, lot.price))
    return found


def _paired(change: str, gone: list[Lot], come: list[Lot]) -> Iterator[dict[str, Any]]:
    """Pair units of two plans in order of their days; units without a partner stay."""
    while gone and come:
        old = gone[0]
        new = come[0]
        units = min(old.quantity, new.quantity)
        yield {
            "change": change,
            "quantity": units,
            "from": old.day,
            "to": new.day,
            "days": (new.day - old.day).days,
            "money": units * (new.price - old.price),
        }
        for lots in (gone, come):
            lots[0].quantity -= units
            if lots[0].quantity <= NO_UNITS:
                lots.pop(0)
