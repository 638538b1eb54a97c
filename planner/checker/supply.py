"""Rules on orders, suppliers, plants, lanes and stock."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import cast

from planner.checker.facts import Amounts, Book, Figures, days_between, number
from planner.checker.ledger import Ledger, figure
from planner.checker.rates import windows_of, work_begins
from planner.plan.result_rows import OrderRow
from planner.plan.rows import AnyRow


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
    found: dict[str, AnyRow] = {row["order"]: row for row in figures.firm_orders}
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
    window_starts: dict[tuple[str, date], date] = {}
    for (kind, supplier, _, _), windows in windows_of(book, figures).items():
        if kind == "order":
            for window in windows:
                window_starts[supplier, window.last] = window.first
    for row in figures.planned_orders:
        day = cast(date, row["order_date"])
        sells = _first_order_day(book, row)
        begun_by = window_starts.get((row["supplier"], day), day)
        last = max(begun_by, sells)
        begun = row["order_from"]
        if ledger.fails(begun is not None and sells <= begun <= last):
            ledger.refuse(f"{_order(row)} is begun on {begun}, it is from {sells} to {last}")
        lead = book.supply[_pair(row)]["lead_days"]
        due = day + timedelta(days=lead)
        if ledger.fails(row["arrival_date"] == due):
            ledger.refuse(
                f"{_order(row)} arrives on {row['arrival_date']}, {lead} days after "
                f"its order it is {due}"
            )


def order_slack(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The slack of a planned order is the days that it may be begun later, and never below zero.

    It is begun in time for the work of the crews that install what waits for it. An order that
    nothing waits for has no slack.
    """
    last_days = _last_days(book, figures)
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
        last = last_days.get(row["order"], date.max)
        if ledger.fails(latest <= last):
            ledger.refuse(
                f"{_order(row)} may be begun on {latest}, for the work that waits for it "
                f"{last} is the last day"
            )


def _last_days(book: Book, figures: Figures) -> dict[str, date]:
    """Return the last day on which each planned order is in time for the crews' work.

    What is installed by a day is worked on before. Freight may take longer than is counted here:
    lead and the quickest assembly.
    """
    assembly_days: dict[str, int] = {}
    for (_, system), row in book.plants.items():
        days = row["lead_days"]
        assembly_days[system] = min(days, assembly_days.get(system, days))
    orders = {row["order"]: row for row in figures.planned_orders}
    last_days: dict[str, date] = {}
    work_begun: dict[tuple[str, date], date] = {}
    for peg in figures.tables["pegs"]:
        name, system, hall = peg["order"], peg["system"], peg["hall"]
        order = orders.get(name)
        if order is None or hall not in book.halls:
            continue
        site, day = book.site_of(hall), peg["date"]
        if (site, day) not in work_begun:
            act = ("install", site, None, None)
            work_begun[site, day] = work_begins(book, figures, act, day)
        lead = int(book.supply[_pair(order)]["lead_days"])
        if order["item"] != system:
            lead += assembly_days.get(system, 0)
        last = work_begun[site, day] - timedelta(days=lead)
        # Nothing is ordered before it is sold, even if that is too late for the work.
        last = max(last, _first_order_day(book, order))
        last_days[name] = min(last, last_days.get(name, date.max))
    return last_days


def _first_order_day(book: Book, order: OrderRow) -> date:
    """Return the first day on which an order may be begun: when it is sold, after the fence."""
    opens: date | None = book.supply[_pair(order)]["available_from"]
    fence: date = book.fence
    return fence if opens is None else max(fence, opens)


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
        lead = book.plants[row["plant"], row["system"]]["lead_days"]
        due = row["start_date"] + timedelta(days=lead)
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
        lane = book.lanes.get((row["from"], row["to"]))
        if lane is None:
            continue
        due = row["departure_date"] + timedelta(days=lane["transit_days"])
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
    stock: dict[str, dict[str, list[tuple[date, float]]]] = defaultdict(lambda: defaultdict(list))
    for (place, item, day), units in sorted(stock_after(book, figures).items()):
        stock[place][item].append((day, max(0.0, units)))
    for place, items in stock.items():
        row = book.depots.get(place) or book.sites.get(place)
        if row is None or row["storage"] is None:
            continue
        days = {day for stock_of_item in items.values() for day, _ in stock_of_item}
        for day in sorted(days):
            held = sum(_units_on(stock_of_item, day) for stock_of_item in items.values())
            if ledger.above(held, row["storage"]):
                ledger.refuse(
                    f"{place!r} holds {figure(held)} units after {day}, "
                    f"its storage is {figure(row['storage'])} units"
                )


def _units_on(stock: list[tuple[date, float]], day: date) -> float:
    """Return the last stock on or before a day; zero before the first."""
    units = 0.0
    for stated_on, stated in stock:
        if stated_on <= day:
            units = stated
    return units


def stock_after(book: Book, figures: Figures) -> Amounts:
    """Return the stock at each place on each day with a withdrawal or a stated stock."""
    if "stock after" not in figures.kept:
        figures.kept["stock after"] = _stock_after(book, figures)
    return cast(Amounts, figures.kept["stock after"])


def _stock_after(book: Book, figures: Figures) -> Amounts:
    taken = _taken(book, figures)
    days_of: dict[tuple[str, str], set[date]] = defaultdict(set)
    for place, item, day in (*taken, *figures.stock):
        days_of[place, item].add(day)
    changes_of: dict[tuple[str, str], list[tuple[date, float]]] = defaultdict(list)
    for (place, item, day), units in _arrivals(book, figures).items():
        changes_of[place, item].append((day, units))
    for (place, item, day), units in taken.items():
        changes_of[place, item].append((day, -units))
    stock = Amounts()
    for (place, item), days in days_of.items():
        changes = sorted(changes_of[place, item], key=lambda change: change[0])
        number_done, units = 0, 0.0
        for day in sorted(days):
            while number_done < len(changes) and changes[number_done][0] <= day:
                units += changes[number_done][1]
                number_done += 1
            stock[place, item, day] = units
    return stock


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


def _pair(row: OrderRow) -> tuple[str, str]:
    return row["supplier"], row["item"]


def _order(row: OrderRow) -> str:
    """Name an order in a message."""
    kind = "firm" if row["firm"] == "yes" else "planned"
    return f"{kind} order {row['order']} of {row['item']!r} from {row['supplier']!r}"
