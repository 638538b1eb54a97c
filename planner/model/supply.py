"""What suppliers can start, and the terms on which they take an order."""

from __future__ import annotations

from collections import defaultdict

from planner.model.decisions import Model, terms
from planner.tolerance import left_of


def start_within_supplier_capacity(model: Model) -> None:
    """What a supplier starts in a period stays within its capacity.

    sum over item of capacity_use[supplier, item]
        * (lot[supplier, item] * order_lots[supplier, item, period]
           + firm_orders[supplier, item, period])
        <= capacity[supplier, period]      [capacity units; supplier, period]

    A fab's wafer starts are one allocation, whatever is made of them.
    """
    supply, lots = model.case.supply, model.decisions.order_lots
    items = defaultdict(list)
    for supplier, item in supply.sources:
        items[supplier].append(item)
    for (supplier, period), capacity in supply.capacity.items():
        load, firm = [], 0.0
        for item in items[supplier]:
            row = supply.sources[supplier, item]
            load += terms(lots, [(supplier, item, period)], row["capacity_use"] * row["lot"])
            placed = supply.firm_orders.get((supplier, item, period), ())
            firm += row["capacity_use"] * sum(placed)
        left = left_of(capacity, firm)
        model.frame.row("supplier_capacity", (supplier, period), load, "<=", left)


def order_at_least_the_minimum(model: Model) -> None:
    """An order, once placed, is at least the supplier's minimum and, in whole lots, one lot.

    lot[supplier, item] * order_lots[supplier, item, period]
        >= max(min_order[supplier, item], lot[supplier, item] in whole lots)
           * place_order[supplier, item, period]      [units; supplier, item, period]

    Suppliers refuse small orders. Without whole lots any amount is an order; one of nothing only
    costs, and is dropped from a plan that still has it within its gap.
    """
    supply, lots = model.case.supply, model.decisions.order_lots
    for key, placed in model.decisions.place_order.items():
        row = supply.sources[key[0], key[1]]
        least = max(row["min_order"], row["lot"] if model.case.whole else 0.0)
        if least > 0:
            order = [(lots[key], row["lot"]), (placed, -least)]
            model.frame.row("minimum_order", key, order, ">=", 0.0)


def place_an_order_to_order_lots(model: Model) -> None:
    """Nothing is ordered in a period without placing an order.

    lot[supplier, item] * order_lots[supplier, item, period]
        <= largest_order[supplier, item, period] * place_order[supplier, item, period]
                                           [units; supplier, item, period]

    Placing an order costs money whatever its size; the largest order is the supplier's capacity
    or what all halls can hold, never an arbitrary constant.
    """
    supply, lots = model.case.supply, model.decisions.order_lots
    for key, placed in model.decisions.place_order.items():
        lot = supply.sources[key[0], key[1]]["lot"]
        order = [(lots[key], lot), (placed, -supply.largest_order[key])]
        model.frame.row("order_placed", key, order, "<=", 0.0)


def take_or_pay(model: Model) -> None:
    """A share of the supplier's capacity is paid for in each period, ordered or not.

    pay_unused[supplier, item, period] + lot[supplier, item] * order_lots[supplier, item, period]
        + firm_orders[supplier, item, period]
        >= take_or_pay_share[supplier, item] * capacity[supplier, period]
           / capacity_use[supplier, item]      [units; supplier, item, period]

    Allocation is reserved against payment.
    """
    supply, lots = model.case.supply, model.decisions.order_lots
    for key, unused in model.decisions.pay_unused.items():
        supplier, item, period = key
        row = supply.sources[supplier, item]
        due = row["take_or_pay_share"] * supply.capacity[supplier, period] / row["capacity_use"]
        firm = sum(supply.firm_orders.get(key, ()))
        paid = [(unused, 1.0), *terms(lots, [key], row["lot"])]
        model.frame.row("take_or_pay", key, paid, ">=", due - firm)
