"""Rules on orders, suppliers, plants, lanes and stock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from planner.plan.tables import Row
from planner.plan.verify_facts import Amounts, Book, Figures, days_between, number
from planner.plan.verify_ledger import Ledger, figure


def nothing_flows_without_supply(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Without the sheet `supply` there are no orders, no production, no shipments and no stock."""
    if book.supply:
        return
    for name in ("orders", "production", "shipments", "stock"):
        units = sum(number(row, "quantity") for row in figures.tables[name])
        if ledger.above(units, 0.0):
            ledger.refuse(
                f"table {name} has {figure(units)} units, though the workbook plans no supply"
            )


def firm_orders(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The firm orders of the plan are those of the workbook, each exactly as it stands there.

    Their period is the one in which they are placed, blank before the plan and where not known.
    """
    found = {row["order"]: row for row in figures.firm_orders}
    known = {row["order"] for row in book.tables["orders"]}
    for order in found:
        if ledger.fails(order in known):
            ledger.refuse(f"firm order {order} is not in the workbook")
    for firm in book.tables["orders"]:
        if ledger.fails(firm["order"] in found):
            ledger.refuse(f"firm order {firm['order']} of the workbook is missing")
            continue
        row = found[firm["order"]]
        period = book.calendar.holding(firm["placed"])
        due = {
            "supplier": firm["supplier"],
            "item": firm["item"],
            "order_date": firm["placed"],
            "arrival_date": firm["arrives"],
            "period": None if period is None else book.day(period),
        }
        for column, value in due.items():
            if ledger.fails(row[column] == value):
                ledger.refuse(
                    f"firm order {firm['order']} has {column} {row[column]}, the workbook {value}"
                )
        if ledger.strays(number(row, "quantity"), firm["quantity"]):
            ledger.refuse(
                f"firm order {firm['order']} is of {figure(number(row, 'quantity'))} "
                f"units, in the workbook of {figure(firm['quantity'])} units"
            )


def planned_order_dates(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A planned order is dated the first day of its period and arrives its lead time later."""
    for row in figures.planned_orders:
        if ledger.fails(row["order_date"] == row["period"]):
            ledger.refuse(
                f"{_order(row)} is dated {row['order_date']}, not the first day of its period"
            )
        lead = book.supply[_pair(row)]["lead_days"]
        due = cast(date, row["period"]) + timedelta(days=lead)
        if ledger.fails(row["arrival_date"] == due):
            ledger.refuse(
                f"{_order(row)} arrives on {row['arrival_date']}, {lead} days after its "
                f"order it is {due}"
            )


def order_slack(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The slack of a planned order is the days to its latest order date, and never below zero.

    An order that nothing waits for has neither.
    """
    for row in figures.planned_orders:
        latest, slack = row["latest_order_date"], row["slack_days"]
        if latest is None or slack is None:
            if ledger.fails(latest is None and slack is None):
                ledger.refuse(f"{_order(row)} has one of latest order date and slack, not both")
            continue
        days = days_between(row["order_date"], latest)
        if ledger.differs(number(row, "slack_days"), days):
            ledger.refuse(
                f"{_order(row)} has a slack of {figure(number(row, 'slack_days'))} days, "
                f"its latest order date {latest} gives {days} days"
            )
        if ledger.fails(days >= 0):
            ledger.refuse(
                f"{_order(row)} is dated {row['order_date']}, after its latest order date {latest}"
            )


def order_prices(book: Book, figures: Figures, ledger: Ledger) -> None:
    """An order has its supplier's price, else the system's; its price is quantity x unit price.

    The order cost is the supplier's for a period with an order. For a firm order that was paid
    before the plan it may be left out.
    """
    for row in figures.tables["orders"]:
        unit_price = book.unit_price(*_pair(row))
        if ledger.strays(number(row, "unit_price"), unit_price):
            ledger.refuse(
                f"{_order(row)} has a unit price of "
                f"{figure(number(row, 'unit_price'))}, the workbook {figure(unit_price)} "
                "money per unit"
            )
        due = number(row, "quantity") * unit_price
        if ledger.strays(number(row, "price"), due):
            ledger.refuse(
                f"{_order(row)} has a price of {figure(number(row, 'price'))}, its "
                f"units cost {figure(due)} money"
            )
        cost, paid = number(row, "order_cost"), book.supply[_pair(row)]["order_cost"]
        if row["period"] is None and cost == 0:
            continue
        if ledger.strays(cost, paid):
            ledger.refuse(
                f"{_order(row)} has an order cost of {figure(cost)}, the workbook "
                f"{figure(paid)} money"
            )


def whole_lots(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A planned order is of whole lots, unless counts are continuous."""
    if book.settings["counts"] != "integer":
        return
    for row in figures.planned_orders:
        lot = book.supply[_pair(row)]["lot"]
        lots = number(row, "quantity") / lot
        if ledger.differs(lots, round(lots)):
            ledger.refuse(
                f"{_order(row)} is of {figure(number(row, 'quantity'))} units, which "
                f"are {figure(lots)} lots of {figure(lot)} units"
            )


def minimum_order(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A planned order is of no less than the supplier's minimum."""
    for row in figures.planned_orders:
        quantity, least = number(row, "quantity"), book.supply[_pair(row)]["min_order"]
        if ledger.above(quantity, 0.0) and ledger.below(quantity, least):
            ledger.refuse(
                f"{_order(row)} is of {figure(quantity)} units, the least that the "
                f"supplier sells in a period is {figure(least)} units"
            )


def supply_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """An item is ordered from the first period on that starts when it is available, or later."""
    for (supplier, item, period), quantity in figures.ordered.items():
        opens = book.supply[supplier, item]["available_from"]
        if ledger.above(quantity, 0.0) and ledger.fails(period >= book.calendar.first(opens)):
            ledger.refuse(
                f"{item!r} is ordered from {supplier!r} in {book.day(period)}, it is "
                f"available from {opens} on"
            )


def supplier_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What is ordered of a supplier in a period, planned and firm, is within its capacity."""
    used = Amounts()
    for (supplier, item, period), quantity in figures.ordered.items():
        used[supplier, period] += book.supply[supplier, item]["capacity_use"] * quantity
    for row, period in book.paid_orders():
        use = book.supply[row["supplier"], row["item"]]["capacity_use"]
        used[row["supplier"], period] += use * row["quantity"]
    for (supplier, period), load in used.items():
        capacity = book.in_force("supply_capacity", supplier, period)
        if capacity is None:
            continue
        capacity *= book.calendar.months(period)
        if ledger.above(load, capacity):
            ledger.refuse(
                f"orders of {supplier!r} in {book.day(period)} use {figure(load)} of "
                f"its {figure(capacity)} capacity units"
            )


def plant_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A plant starts systems from the first period on that starts when it is ready, or later."""
    for (plant, system, period), starts in figures.started.items():
        opens = book.plants[plant, system]["from"]
        if ledger.above(starts, 0.0) and ledger.fails(period >= book.calendar.first(opens)):
            ledger.refuse(
                f"plant {plant!r} starts {system!r} in {book.day(period)}, it can from {opens} on"
            )


def plant_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A plant starts no more of a system in a period than it can."""
    for (plant, system, period), starts in figures.started.items():
        capacity = book.plants[plant, system]["units_per_month"] * book.calendar.months(period)
        if ledger.above(starts, capacity):
            ledger.refuse(
                f"plant {plant!r} starts {figure(starts)} {system!r} in "
                f"{book.day(period)}, it can start {figure(capacity)} systems"
            )


def finish_dates(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A system is finished the plant's lead time after its start."""
    for row in figures.tables["production"]:
        lead = book.plants[str(row["plant"]), str(row["system"])]["lead_days"]
        due = cast(date, row["period"]) + timedelta(days=lead)
        if ledger.fails(row["finish_date"] == due):
            ledger.refuse(
                f"{row['system']!r} started at {row['plant']!r} in {row['period']} is "
                f"finished on {row['finish_date']}, {lead} days later it is {due}"
            )


def lane_exists(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units move only on the workbook's lanes."""
    for row in figures.tables["shipments"]:
        if ledger.fails((row["from"], row["to"]) in book.lanes):
            ledger.refuse(
                f"{figure(number(row, 'quantity'))} units of {row['item']!r} leave in "
                f"{row['period']}, there is no lane {row['from']} to {row['to']}"
            )


def shipment_arrival(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units arrive their lane's transit time after they leave."""
    for row in figures.tables["shipments"]:
        lane = book.lanes.get((str(row["from"]), str(row["to"])))
        if lane is None:
            continue
        due = cast(date, row["period"]) + timedelta(days=lane["transit_days"])
        if ledger.fails(row["arrival_date"] == due):
            ledger.refuse(
                f"{row['item']!r} from {row['from']} to {row['to']} in {row['period']} "
                f"arrives on {row['arrival_date']}, {lane['transit_days']} days later "
                f"it is {due}"
            )


def lane_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The units of all items that leave on a lane in a period are within its capacity."""
    leaving = Amounts()
    for (origin, to, _, period), quantity in figures.shipped.items():
        leaving[origin, to, period] += quantity
    for (origin, to, period), quantity in leaving.items():
        lane = book.lanes.get((origin, to))
        if lane is None or lane["units_per_month"] is None:
            continue
        capacity = lane["units_per_month"] * book.calendar.months(period)
        if ledger.above(quantity, capacity):
            ledger.refuse(
                f"{figure(quantity)} units leave {origin} for {to} in "
                f"{book.day(period)}, the lane takes {figure(capacity)} units"
            )


def stock_balance(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Stock at a place is the period's before, plus what comes in, less what goes out.

    In come good units of orders, finished systems and shipments; out go shipments, what the
    plant's starts use by the bill of materials, and installs at the site's halls.
    """
    for (place, item, period), due in closing_stock(book, figures).items():
        found = figures.stock[place, item, period]
        if ledger.differs(found, due):
            ledger.refuse(
                f"stock of {item!r} at {place!r} at the end of {book.day(period)} is "
                f"{figure(found)} units, its flows leave {figure(due)} units"
            )


def stock_covers_use(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No more is shipped, assembled and installed than has come in: stock is never below zero."""
    for (place, item, period), due in closing_stock(book, figures).items():
        if ledger.below(due, 0.0):
            ledger.refuse(
                f"{item!r} at {place!r} in {book.day(period)} is {figure(-due)} units "
                "short of what is shipped, assembled and installed"
            )


def storage(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What a depot or a site holds at the end of a period, of all items, is within its storage."""
    held = Amounts()
    for (place, _, period), quantity in figures.stock.items():
        held[place, period] += quantity
    for (place, period), quantity in held.items():
        row = book.depots.get(place) or book.sites.get(place)
        room = row["storage"] if row is not None else None
        if room is not None and ledger.above(quantity, room):
            ledger.refuse(
                f"{place!r} holds {figure(quantity)} units at the end of "
                f"{book.day(period)}, its storage is {figure(room)} units"
            )


def closing_stock(book: Book, figures: Figures) -> Amounts:
    """Return the units that the stock before and a period's flows leave, by place and item."""
    change = _arrivals(book, figures)
    calendar = book.calendar
    for (plant, system, period), starts in figures.started.items():
        lead = book.plants[plant, system]["lead_days"]
        change[book.place(plant), system, calendar.usable(period, lead)] += starts
        for row in book.tables["bom"]:
            if row["system"] == system:
                change[book.place(plant), row["item"], period] -= row["quantity"] * starts
    for (origin, to, item, period), quantity in figures.shipped.items():
        lane = book.lanes.get((origin, to))
        if lane is not None:
            change[origin, item, period] -= quantity
            change[to, item, calendar.usable(period, lane["transit_days"])] += quantity
    for (hall, system, period), installed in figures.installed.items():
        if book.supply:
            change[book.place(book.site_of(hall)), system, period] -= installed
    closing = Amounts()
    for place, item in sorted({key[:2] for key in (*change, *figures.stock)}):
        for period in book.periods:
            before = figures.stock[place, item, period - 1]
            closing[place, item, period] = before + change[place, item, period]
    return closing


def _arrivals(book: Book, figures: Figures) -> Amounts:
    """Return the good units that arrive at suppliers' docks, by place, item and period."""
    arrivals = Amounts()
    for (supplier, item, period), quantity in figures.ordered.items():
        row = book.supply[supplier, item]
        usable = book.calendar.usable(period, row["lead_days"])
        arrivals[book.place(supplier), item, usable] += row["yield"] * quantity
    for firm in book.tables["orders"]:
        good = book.supply[firm["supplier"], firm["item"]]["yield"] * firm["quantity"]
        usable = book.calendar.first(firm["arrives"])
        arrivals[book.place(firm["supplier"]), firm["item"], usable] += good
    return arrivals


def _pair(row: Row) -> tuple[str, str]:
    return str(row["supplier"]), str(row["item"])


def _order(row: Row) -> str:
    """Name an order in a message."""
    kind = "firm" if row["firm"] == "yes" else "planned"
    return f"{kind} order {row['order']} of {row['item']!r} from {row['supplier']!r}"
