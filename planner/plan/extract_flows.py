"""Turn assembly, shipments, stock and windows of work into result tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from planner.case.case import Case
from planner.case.dispatch_days import Name
from planner.case.rates import windows
from planner.plan.result_rows import ClockRow, OrderRow, ProductionRow, ShipmentRow, StockRow
from planner.plan.work_durations import Work
from planner.workbook.rows import Inputs


def production_rows(case: Case, starts: Mapping[Any, float]) -> list[ProductionRow]:
    """Return systems started, by plant, system and day.

    Parameters
    ----------
    case
        The case.
    starts
        Systems by plant, system and numbered day.
    """
    date_of = case.calendar.date_of
    return [
        {
            "plant": plant,
            "system": system,
            "period": period_of(case, day),
            "start_date": date_of(day),
            "finish_date": date_of(day + case.supply.plant_days[plant, system]),
            "quantity": count,
        }
        for (plant, system, day), count in dated(starts)
    ]


def shipment_rows(inputs: Inputs, case: Case, shipped: Mapping[Any, float]) -> list[ShipmentRow]:
    """Return units shipped, by lane, item and day.

    Parameters
    ----------
    inputs
        For the days of transit.
    case
        The case.
    shipped
        Units by lane, item and numbered day.
    """
    days = {(row["from"], row["to"]): row["transit_days"] for row in inputs.tables["lanes"]}
    date_of = case.calendar.date_of
    return [
        {
            "from": origin,
            "to": end,
            "item": item,
            "period": period_of(case, day),
            "departure_date": date_of(day),
            "arrival_date": date_of(day + days[origin, end]),
            "quantity": units,
        }
        for (origin, end, item, day), units in dated(shipped)
    ]


def stock_rows(case: Case, stock: Mapping[Any, float]) -> list[StockRow]:
    """Return units held after what is taken on a day, by place, item and day.

    Parameters
    ----------
    case
        The case.
    stock
        Units by place, item and numbered day.
    """
    return [
        {
            "place": place,
            "item": item,
            "period": period_of(case, day),
            "date": case.calendar.date_of(day),
            "quantity": units,
        }
        for (place, item, day), units in dated(stock)
    ]


def clock_rows(case: Case, carried: Mapping[tuple[str, str, int], float]) -> list[ClockRow]:
    """Return the windows of every act that a rate limits.

    Parameters
    ----------
    case
        The case.
    carried
        What a window leaves for the next, by kind of act, place and numbered day.
    """
    timetable, date_of = case.timetable, case.calendar.date_of
    rows: list[ClockRow] = []
    for name in sorted(timetable.rates):
        kind, place = name[0], name[1]
        days = timetable.clock.days.get(name, ())
        for first, last in windows(days, timetable.clock.since.get(name, 0)):
            rows.append(
                {
                    "act": kind,
                    "place": place,
                    "to": name[2] if kind == "ship" else None,
                    "item": name[2] if kind == "start" else None,
                    "window_from": date_of(first),
                    "date": date_of(last),
                    "carried": carried.get((kind, place, last), 0.0),
                }
            )
    return rows


def work_of(
    case: Case,
    orders: Iterable[OrderRow],
    starts: Mapping[Any, float],
    shipped: Mapping[Any, float],
    installed: Mapping[Any, float],
) -> Work:
    """Return how long the work of acts with a rate takes.

    Parameters
    ----------
    case
        The case.
    orders
        Rows of `orders`.
    starts, shipped, installed
        What is started, shipped and installed by key and numbered day.
    """
    act = case.timetable.act
    used: dict[tuple[Name, int], float] = defaultdict(float)
    for row in orders:
        # Orders already placed are subtracted from the rates before.
        if row["firm"] == "yes":
            continue
        supplier, item = row["supplier"], row["item"]
        assert row["order_date"] is not None, "planned orders have their days"
        day = case.calendar.number(row["order_date"])
        capacity_use = case.supply.sources[supplier, item]["capacity_use"]
        units = row["quantity"] * capacity_use
        used[act["order", supplier, item], day] += units
    for (plant, system, day), count in starts.items():
        used[act["start", plant, system], day] += count
    for (origin, end, item, day), units in shipped.items():
        used[act["ship", origin, end, item], day] += units
    for (hall, system, day), count in installed.items():
        used[act["install", case.facility.site_of[hall], system], day] += count
    return Work(case.timetable, used)


def period_of(case: Case, day: int) -> date:
    """Return the first day of the period that holds a numbered day."""
    return case.calendar.starts[case.calendar.period_of(day)]


def dated(amounts: Mapping[Any, float]) -> list[tuple[Any, float]]:
    """Return items by day or period, then by name."""
    return sorted(amounts.items(), key=lambda pair: (pair[0][-1], pair[0][:-1]))
