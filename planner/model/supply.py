"""What suppliers can start, and the terms on which they take an order."""

from __future__ import annotations

from collections import defaultdict

from planner.model.decisions import Model, term, with_day_before


def start_within_supplier_capacity(model: Model) -> None:
    """What a supplier starts for an order day stays within what has accrued since the day before.

    sum over item of capacity_use[supplier, item] * lot[supplier, item]
        * order_lots[supplier, item, day] + carry_capacity[supplier, day]
        <= capacity[supplier, day] + carry_capacity[supplier, day before]
                                               [capacity units; supplier, order day]

    A fab's wafer starts are one allocation, whatever is made of them.
    """
    supply, decisions = model.case.supply, model.decisions
    items: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (supplier, item), row in supply.sources.items():
        items[supplier].append((item, row["capacity_use"] * row["lot"]))
    for key, before in with_day_before(supply.capacity):
        supplier, day = key
        load = [
            started
            for item, use in items[supplier]
            for started in term(decisions.order_lots, (supplier, item, day), use)
        ]
        load += [
            *term(decisions.carry_capacity, key),
            *term(decisions.carry_capacity, before, -1.0),
        ]
        model.frame.row("supplier_capacity", key, load, "<=", supply.capacity[key])


def order_at_least_the_minimum(model: Model) -> None:
    """An order, once placed, is at least the supplier's minimum and, in whole lots, one lot.

    lot[supplier, item] * order_lots[supplier, item, day]
        >= max(min_order[supplier, item], lot[supplier, item] in whole lots)
           * place_order[supplier, item, day]      [units; supplier, item, day]

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
    """Nothing is ordered on a day without placing an order.

    lot[supplier, item] * order_lots[supplier, item, day]
        <= largest_order[supplier, item, day] * place_order[supplier, item, day]
                                           [units; supplier, item, day]

    Placing an order costs money whatever its size; the largest order is the supplier's capacity
    or what all halls can hold, never an arbitrary constant.
    """
    supply, lots = model.case.supply, model.decisions.order_lots
    for key, placed in model.decisions.place_order.items():
        lot = supply.sources[key[0], key[1]]["lot"]
        order = [(lots[key], lot), (placed, -supply.largest_order[key])]
        model.frame.row("order_placed", key, order, "<=", 0.0)


def take_or_pay(model: Model) -> None:
    """A share of the supplier's capacity is paid for, ordered or not.

    pay_unused[supplier, item, day] + lot[supplier, item] * order_lots[supplier, item, day]
        >= reserved[supplier, item, day] + take_or_pay_share[supplier, item]
           / capacity_use[supplier, item]
           * (carry_capacity[supplier, day before] - carry_capacity[supplier, day])
                                               [units; supplier, item, day of settlement]

    Allocation is reserved against payment. What is left to the next day is settled there; on the
    last day nothing is left.
    """
    supply, decisions = model.case.supply, model.decisions
    for key, (before, after) in settled_with(model).items():
        row = supply.sources[key[0], key[1]]
        share = row["take_or_pay_share"] / row["capacity_use"]
        paid = [*term(decisions.pay_unused, key), *term(decisions.order_lots, key, row["lot"])]
        paid += [*term(decisions.carry_capacity, after, share)]
        paid += [*term(decisions.carry_capacity, before, -share)]
        model.frame.row("take_or_pay", key, paid, ">=", supply.reserved[key])


def settled_with(
    model: Model,
) -> dict[tuple[str, str, int], tuple[tuple[str, int], tuple[str, int]]]:
    """Return the carried capacity that each settlement of take-or-pay begins and ends with."""
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    for supplier, item, day in model.case.supply.reserved:
        days[supplier, item].append(day)
    return {
        (supplier, item, day): (
            (supplier, before),
            (supplier, -1 if day == found[-1] else day),
        )
        for (supplier, item), found in days.items()
        for before, day in zip([-1, *found], found, strict=False)
    }
