"""Rules on orders, suppliers, plants, lanes and stock."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import cast

from planner.checker.facts import Amounts, Book, Figures, days_between, number
from planner.checker.ledger import Ledger, figure
from planner.checker.rates import windows_of, work_begins
from planner.plan.tables import Row


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
            "order_from": None,
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
    """A planned order is begun by the first day of its window, and arrives its lead later.

    Where no rate limits the supplier, it is begun on the order day at the latest. It is not begun
    before the fence, or before the supplier sells.
    """
    windows = {
        (act[1], window.last): window.first
        for act, found in windows_of(book, figures).items()
        if act[0] == "order"
        for window in found
    }
    for row in figures.planned_orders:
        day, source = cast(date, row["order_date"]), book.supply[_pair(row)]
        sells = max(book.fence, source["available_from"] or book.fence)
        last = max(windows.get((str(row["supplier"]), day), day), sells)
        begun = cast(date | None, row["order_from"])
        if ledger.fails(begun is not None and sells <= begun <= last):
            ledger.refuse(f"{_order(row)} is begun on {begun}, it is from {sells} to {last}")
        due = day + timedelta(days=source["lead_days"])
        if ledger.fails(row["arrival_date"] == due):
            ledger.refuse(
                f"{_order(row)} arrives on {row['arrival_date']}, {source['lead_days']} days after "
                f"its order it is {due}"
            )


def order_slack(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The slack of a planned order is the days that it may be begun later, and never below zero.

    It is begun in time for the work of the crews that install what waits for it. An order that
    nothing waits for has no slack.
    """
    by = _last_days(book, figures)
    for row in figures.planned_orders:
        latest, slack = row["latest_order_date"], row["slack_days"]
        if latest is None or slack is None:
            if ledger.fails(latest is None and slack is None):
                ledger.refuse(f"{_order(row)} has one of latest order date and slack, not both")
            continue
        days = days_between(row["order_from"], latest)
        if ledger.differs(number(row, "slack_days"), days):
            ledger.refuse(
                f"{_order(row)} has a slack of {figure(number(row, 'slack_days'))} days, "
                f"its latest order date {latest} gives {days} days"
            )
        if ledger.fails(days >= 0):
            ledger.refuse(
                f"{_order(row)} is begun on {row['order_from']}, after its latest order date "
                f"{latest}"
            )
        last = by.get(str(row["order"]), date.max)
        if ledger.fails(cast(date, latest) <= last):
            ledger.refuse(
                f"{_order(row)} may be begun on {latest}, for the work that waits for it "
                f"{last} is the last day"
            )


def _last_days(book: Book, figures: Figures) -> dict[str, date]:
    """Return the last day on which each planned order is in time for the crews' work.

    What is installed by a day is worked on before. Freight may take longer than is counted here:
    lead and the quickest assembly.
    """
    made: dict[str, int] = {}
    for (_, system), row in book.plants.items():
        made[system] = min(row["lead_days"], made.get(system, row["lead_days"]))
    orders = {str(row["order"]): row for row in figures.planned_orders}
    found: dict[str, date] = {}
    begun: dict[tuple[str, date], date] = {}
    for peg in figures.tables["pegs"]:
        name, system, hall = str(peg["order"]), str(peg["system"]), str(peg["hall"])
        order = orders.get(name)
        if order is None or hall not in book.halls:
            continue
        at = (book.site_of(hall), cast(date, peg["date"]))
        if at not in begun:
            begun[at] = work_begins(book, figures, ("install", at[0], None, None), at[1])
        lead = int(book.supply[_pair(order)]["lead_days"])
        lead += made.get(system, 0) if order["item"] != system else 0
        last = begun[at] - timedelta(days=lead)
        sells = max(book.fence, book.supply[_pair(order)]["available_from"] or book.fence)
        found[name] = min(max(last, sells), found.get(name, date.max))
    return found


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
                f"supplier sells at once is {figure(least)} units"
            )


def supply_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """An item is ordered when it is available, or later."""
    for (supplier, item, day), quantity in figures.ordered.items():
        opens = book.supply[supplier, item]["available_from"]
        if ledger.above(quantity, 0.0) and ledger.fails(opens is None or day >= opens):
            ledger.refuse(
                f"{item!r} is ordered from {supplier!r} on {day}, it is available from {opens} on"
            )


def plant_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A plant starts systems when it is ready, or later."""
    for (plant, system, day), starts in figures.started.items():
        opens = book.plants[plant, system]["from"]
        if ledger.above(starts, 0.0) and ledger.fails(opens is None or day >= opens):
            ledger.refuse(f"plant {plant!r} starts {system!r} on {day}, it can from {opens} on")


def finish_dates(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A system is finished the plant's lead time after its start."""
    for row in figures.tables["production"]:
        lead = book.plants[str(row["plant"]), str(row["system"])]["lead_days"]
        due = cast(date, row["start_date"]) + timedelta(days=lead)
        if ledger.fails(row["finish_date"] == due):
            ledger.refuse(
                f"{row['system']!r} started at {row['plant']!r} on {row['start_date']} is "
                f"finished on {row['finish_date']}, {lead} days later it is {due}"
            )


def lane_exists(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units move only on the workbook's lanes."""
    for row in figures.tables["shipments"]:
        if ledger.fails((row["from"], row["to"]) in book.lanes):
            ledger.refuse(
                f"{figure(number(row, 'quantity'))} units of {row['item']!r} leave on "
                f"{row['departure_date']}, there is no lane {row['from']} to {row['to']}"
            )


def shipment_arrival(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units arrive their lane's transit time after they leave."""
    for row in figures.tables["shipments"]:
        lane = book.lanes.get((str(row["from"]), str(row["to"])))
        if lane is None:
            continue
        due = cast(date, row["departure_date"]) + timedelta(days=lane["transit_days"])
        if ledger.fails(row["arrival_date"] == due):
            ledger.refuse(
                f"{row['item']!r} from {row['from']} to {row['to']} on {row['departure_date']} "
                f"arrives on {row['arrival_date']}, {lane['transit_days']} days later "
                f"it is {due}"
            )


def stock_balance(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Stock at a place after a day is what has come in until then, less what has gone out.

    In come good units of orders, finished systems and shipments; out go shipments, what the
    plant's starts use by the bill of materials, and installs at the site's halls.
    """
    for (place, item, day), due in stock_after(book, figures).items():
        found = figures.stock[place, item, day]
        if ledger.differs(found, due):
            ledger.refuse(
                f"stock of {item!r} at {place!r} after {day} is "
                f"{figure(found)} units, its flows leave {figure(due)} units"
            )


def stock_covers_use(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No more is shipped, assembled and installed than has come in: stock is never below zero."""
    for (place, item, day), due in stock_after(book, figures).items():
        if ledger.below(due, 0.0):
            ledger.refuse(
                f"{item!r} at {place!r} on {day} is {figure(-due)} units "
                "short of what is shipped, assembled and installed"
            )


def storage(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What a depot or a site holds after a day, of all items, is within its storage."""
    held: dict[str, dict[str, list[tuple[date, float]]]] = defaultdict(lambda: defaultdict(list))
    for (place, item, day), quantity in sorted(stock_after(book, figures).items()):
        held[place][item].append((day, max(0.0, quantity)))
    for place, items in held.items():
        row = book.depots.get(place) or book.sites.get(place)
        room = row["storage"] if row is not None else None
        for day in sorted({day for found in items.values() for day, _ in found}):
            if room is None:
                continue
            last = ([units for at, units in found if at <= day][-1:] for found in items.values())
            quantity = sum(sum(units) for units in last)
            if ledger.above(quantity, room):
                ledger.refuse(
                    f"{place!r} holds {figure(quantity)} units after {day}, "
                    f"its storage is {figure(room)} units"
                )


def stock_after(book: Book, figures: Figures) -> Amounts:
    """Return the stock at each place on each day with a withdrawal or a stated stock."""
    if "stock after" in figures.kept:
        return cast(Amounts, figures.kept["stock after"])
    taken, flows = _taken(book, figures), _arrivals(book, figures)
    days: dict[tuple[str, str], set[date]] = defaultdict(set)
    for place, item, day in (*taken, *figures.stock):
        days[place, item].add(day)
    moved: dict[tuple[str, str], list[tuple[date, float]]] = defaultdict(list)
    for amounts, sign in ((flows, 1.0), (taken, -1.0)):
        for (place, item, day), units in amounts.items():
            moved[place, item].append((day, sign * units))
    after = Amounts()
    for spot, found in days.items():
        changes, at, units = sorted(moved[spot], key=lambda change: change[0]), 0, 0.0
        for day in sorted(found):
            while at < len(changes) and changes[at][0] <= day:
                units += changes[at][1]
                at += 1
            after[(*spot, day)] = units
    figures.kept["stock after"] = after
    return after


def _taken(book: Book, figures: Figures) -> Amounts:
    """Return the units withdrawn from stock, by place, item and day."""
    taken = Amounts()
    for (plant, system, day), starts in figures.started.items():
        for row in book.tables["bom"]:
            if row["system"] == system:
                taken[book.place(plant), row["item"], day] += row["quantity"] * starts
    for (origin, to, item, day), quantity in figures.shipped.items():
        if (origin, to) in book.lanes:
            taken[origin, item, day] += quantity
    for (hall, system, day), installed in figures.installed.items():
        if book.supply and installed:
            taken[book.place(book.site_of(hall)), system, day] += installed
    return taken


def _arrivals(book: Book, figures: Figures) -> Amounts:
    """Return the units added to stock, by place, item and day."""
    arrivals = Amounts()
    for (supplier, item, day), quantity in figures.ordered.items():
        row = book.supply[supplier, item]
        there = day + timedelta(days=row["lead_days"])
        arrivals[book.place(supplier), item, there] += row["yield"] * quantity
    for firm in book.tables["orders"]:
        good = book.supply[firm["supplier"], firm["item"]]["yield"] * firm["quantity"]
        arrivals[book.place(firm["supplier"]), firm["item"], firm["arrives"]] += good
    for (plant, system, day), starts in figures.started.items():
        finished = day + timedelta(days=book.plants[plant, system]["lead_days"])
        arrivals[book.place(plant), system, finished] += starts
    for (origin, to, item, day), quantity in figures.shipped.items():
        lane = book.lanes.get((origin, to))
        if lane is not None:
            arrivals[to, item, day + timedelta(days=lane["transit_days"])] += quantity
    return arrivals


def _pair(row: Row) -> tuple[str, str]:
    return str(row["supplier"]), str(row["item"])


def _order(row: Row) -> str:
    """Name an order in a message."""
    kind = "firm" if row["firm"] == "yes" else "planned"
    return f"{kind} order {row['order']} of {row['item']!r} from {row['supplier']!r}"
