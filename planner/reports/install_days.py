"""Work by day: installs with their day of service, moves, and windows of work."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from planner.plan.result_rows import ClockRow, InstallRow
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.reports.plan_figures import commission_days
from planner.reports.views import NOTHING, figure, number, period_ends

WORK = {"order": "orders", "start": "assembly", "ship": "freight", "install": "installation"}
"""Words for the work of each kind of act."""

CLOCK_WORDS = (
    "Where a rate limits work (a supplier's capacity, a plant, a lane, a site's crews), it goes on "
    "evenly from the first to the last day of a window, and counts as done on the last. So an "
    "order is worked on from the day Sign from until its order date: signed later, the rate no "
    "longer covers all of it. What a window leaves over is lost, but for part of a system or order"
)
"""Explanation of windows for buyers."""

ORDER_WORDS = (
    "Units of an order are called off from the day Sign from until the order date, as the supplier "
    "makes them, or as plants, lanes and crews work on them. Sign by: the last responsible day; "
    "signed later, an install moves. Slack: days from Sign from until then"
)
"""Explanation of the days of an order."""


class DailyInstall(InstallRow):
    """An install with the day from which its systems are in service."""

    in_service: date | None


def installs(plan: Plan) -> list[DailyInstall]:
    """Return the rows of `installs`, each with the day from which its systems are in service.

    The day is None if nothing is installed, or if it is after the plan's end.
    """
    waits = commission_days(plan)
    ends = period_ends(plan).values()
    end = max(ends, default=date.max)
    rows: list[DailyInstall] = []
    for row in plan.tables["installs"]:
        ready = None
        if row["installed"]:
            ready = row["date"] + timedelta(days=waits.get(row["system"], 0))
            if ready > end:
                ready = None
        rows.append({**row, "in_service": ready})
    return rows


def moves(plan: Plan) -> list[Row]:
    """Return starts of assembly and shipments by day, each with the first day of its window.

    Columns: what, from, to, item, since, date, done, quantity.
    """
    since = {_window(row): row["window_from"] for row in plan.tables["clock"]}
    rows: list[Row] = []
    for start in plan.tables["production"]:
        window = ("start", start["plant"], start["system"], start["start_date"])
        rows.append(
            {
                "what": "assembly",
                "from": start["plant"],
                "to": start["plant"],
                "item": start["system"],
                "since": since.get(window),
                "date": start["start_date"],
                "done": start["finish_date"],
                "quantity": start["quantity"],
            }
        )
    for row in plan.tables["shipments"]:
        window = ("ship", row["from"], row["to"], row["departure_date"])
        rows.append(
            {
                "what": "shipment",
                "from": row["from"],
                "to": row["to"],
                "item": row["item"],
                "since": since.get(window),
                "date": row["departure_date"],
                "done": row["arrival_date"],
                "quantity": row["quantity"],
            }
        )
    return sorted(rows, key=lambda row: str(row["date"]))


def windows(plan: Plan) -> list[Row]:
    """Return the windows with any work, by their last day.

    Columns: work, place, more (where to, or what), window_from, date, done, carried.
    """
    done = _done(plan)
    rows: list[Row] = []
    for row in plan.tables["clock"]:
        items = done.get(_window(row))
        if items is None:
            continue
        counts = []
        for item, count in items.items():
            counts.append(f"{figure(count, 2)} {item}".replace(".00 ", " "))
        rows.append(
            {
                "work": WORK.get(row["act"], row["act"]),
                "place": row["place"],
                "more": row["to"] or row["item"],
                "window_from": row["window_from"],
                "date": row["date"],
                "done": ", ".join(counts),
                "carried": row["carried"] if row["carried"] > NOTHING else None,
            }
        )
    return sorted(rows, key=lambda row: (str(row["date"]), str(row["work"]), str(row["place"])))


def _window(row: ClockRow) -> tuple[object, ...]:
    """Return the key of a window: act, place, destination or item, last day."""
    return row["act"], row["place"], row["to"] or row["item"], row["date"]


def _done(plan: Plan) -> dict[tuple[object, ...], dict[str, float]]:
    """Return the units by item of each window."""
    found: dict[tuple[object, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))

    def add(key: tuple[object, ...], item: str, count: object) -> None:
        if number(count):
            found[key][item] += number(count)

    for order in plan.tables["orders"]:
        if order["firm"] != "yes":
            key = "order", order["supplier"], None, order["order_date"]
            add(key, order["item"], order["quantity"])
    for start in plan.tables["production"]:
        system = start["system"]
        add(("start", start["plant"], system, start["start_date"]), system, start["quantity"])
    for move in plan.tables["shipments"]:
        lane = "ship", move["from"], move["to"], move["departure_date"]
        add(lane, move["item"], move["quantity"])
    for row in plan.tables["installs"]:
        add(("install", row["site"], None, row["date"]), row["system"], row["installed"])
    return found
