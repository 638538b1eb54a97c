"""The checker's data: the workbook by key, and the plan's figures by key and period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, cast

from planner.checker.calendar import Calendar
from planner.plan.result_rows import Tables
from planner.plan.rows import AnyRow, rows_of
from planner.workbook.rows import Inputs, Row

EVERYWHERE = "*"
"""The one place of a plan without lanes."""

DATED_CAPACITIES = {
    "supply_capacity": ("supplier", "units_per_month"),
    "crews": ("site", "systems_per_month"),
    "energisation": ("node", "mw"),
}
"""Sheets of dated capacities: key column and value column."""


class Amounts(dict[tuple[Any, ...], float]):
    """Figures by key; missing keys count as 0."""

    def __missing__(self, key: tuple[Any, ...]) -> float:
        return 0.0


class Book:
    """The workbook by key.

    Attributes
    ----------
    calendar : Calendar
        The planning periods.
    systems, sites, halls, commitments, depots, nodes, workloads : dict of str to Row
        Rows by their single key.
    supply, plants, lanes, terms : dict of (str, str) to Row
        Rows of `supply`, `plants`, `lanes` and `service` by their two keys.
    milestones : dict of str to list
        Day and MW of each milestone of a commitment, by day.
    places, items : set of str
        Every place that can hold units, and everything that can be held.
    fence : date
        First day on which a decision may be taken.
    """

    def __init__(self, inputs: Inputs) -> None:
        settings, tables = inputs.settings, inputs.tables
        self.settings = settings
        self.tables = tables
        self.milestones = _milestones(tables["milestones"])
        last_days: set[date] = set()
        for milestones in self.milestones.values():
            last_days.update(_last_days(milestones))
        self.calendar = Calendar(settings["start"], settings["end"], settings["period"], last_days)
        self.periods = range(self.calendar.count)
        self.systems = {row["system"]: row for row in tables["systems"]}
        self.sites = {row["site"]: row for row in tables["sites"]}
        self.halls = {row["hall"]: row for row in tables["halls"]}
        self.commitments = {row["commitment"]: row for row in tables["commitments"]}
        self.depots = {row["depot"]: row for row in tables["depots"]}
        self.nodes = {row["node"]: row for row in tables["power"]}
        self.workloads = {row["workload"]: row for row in tables["workloads"]}
        self.supply = {(row["supplier"], row["item"]): row for row in tables["supply"]}
        self.plants = {(row["plant"], row["system"]): row for row in tables["plants"]}
        self.lanes = {(row["from"], row["to"]): row for row in tables["lanes"]}
        self.terms = {(row["commitment"], row["site"]): row for row in tables["service"]}
        self.fleet = {(row["hall"], row["system"]): row for row in tables["fleet"]}
        self.places = self._places()
        self.items = set(self.systems)
        self.items |= {item for _, item in self.supply}
        self.items |= {row["item"] for row in tables["bom"]}
        self._dated: dict[str, dict[str, list[tuple[date, float]]]] = {}
        for sheet, (key, column) in DATED_CAPACITIES.items():
            self._dated[sheet] = self._capacities(sheet, key, column)
        days = timedelta(days=settings["release_fence_days"])
        self.fence = max(settings["start"], settings["today"] + days)

    def _places(self) -> set[str]:
        if not self.lanes:
            return {EVERYWHERE}
        places = set(self.depots) | set(self.sites)
        places |= {supplier for supplier, _ in self.supply}
        places |= {plant for plant, _ in self.plants}
        return places

    def _capacities(self, sheet: str, key: str, column: str) -> dict[str, list[tuple[date, float]]]:
        dated: dict[str, list[tuple[date, float]]] = {}
        for row in sorted(self.tables[sheet], key=lambda row: row["from"]):
            dated.setdefault(row[key], []).append((row["from"], float(row[column])))
        return dated

    def day(self, period: int) -> date:
        """First day of a period."""
        return self.calendar.starts[period]

    def place(self, name: str) -> str:
        """Place at which a supplier, plant, depot or site holds its units."""
        return name if self.lanes else EVERYWHERE

    def site_of(self, hall: str) -> str:
        """Site of a hall class."""
        return str(self.halls[hall]["site"])

    def it_mw(self, system: str) -> float:
        """MW of IT power of one system: its own and its overhead."""
        row = self.systems[system]
        return float(row["power_kw"] + row["overhead_kw"]) / 1000

    def facility_mw(self, hall: str, system: str) -> float:
        """MW of facility power of one system in a hall; NaN if the PUE is unknown."""
        pue = self.sites[self.site_of(hall)]["pue"]
        if pue is None:
            return float("nan")
        return self.it_mw(system) * float(pue)

    def basis_mw(self, commitment: str, hall: str, system: str) -> float:
        """MW that one system in a hall counts for a commitment, on the commitment's basis."""
        basis = self.commitments[commitment]["basis"]
        if basis == "system":
            return float(self.systems[system]["power_kw"]) / 1000
        if basis == "it":
            return self.it_mw(system)
        return self.facility_mw(hall, system)

    def steps(self, sheet: str, name: str) -> list[tuple[date, float]] | None:
        """Values of a dated capacity, each with its first day; None without any row."""
        return self._dated[sheet].get(name)

    def level(self, sheet: str, name: str, day: date) -> float | None:
        """Value of a dated capacity on a day, None without any row of that name."""
        if name not in self._dated[sheet]:
            return None
        begun = [value for since, value in self._dated[sheet][name] if since <= day]
        return begun[-1] if begun else 0.0

    def unit_price(self, supplier: str, item: str) -> float:
        """Price of one unit ordered: the supplier's, else the system's, else nothing."""
        price = self.supply[supplier, item]["price"]
        if price is None and item in self.systems:
            price = self.systems[item]["price"]
        return float(price or 0.0)

    def due_mw(self, commitment: str, day: date) -> float:
        """MW due on a day: the largest milestone by then, or the latest if they may fall."""
        due = [mw for since, mw in self.milestones.get(commitment, ()) if since <= day]
        if not due:
            return 0.0
        return due[-1] if self.commitments[commitment]["may_fall"] else max(due)

    def due_from(self, commitment: str, day: date) -> float:
        """MW due at most on a day or on any later one."""
        most = self.due_mw(commitment, day)
        for since, mw in self.milestones.get(commitment, ()):
            if since > day:
                most = max(most, mw)
        return most

    def paid_orders(self) -> Iterator[tuple[Row, date]]:
        """Firm orders that are placed, and so paid, on a day of the plan."""
        for row in self.tables["orders"]:
            if self.calendar.holding(row["placed"]) is not None:
                yield row, row["placed"]


def _milestones(rows: Iterable[Row]) -> dict[str, list[tuple[date, float]]]:
    """Return day and MW of the milestones of each commitment, by day."""
    milestones: dict[str, list[tuple[date, float]]] = {}
    for row in sorted(rows, key=lambda row: row["date"]):
        milestones.setdefault(row["commitment"], []).append((row["date"], float(row["mw"])))
    return milestones


def _last_days(milestones: list[tuple[date, float]]) -> Iterator[date]:
    """Yield the days with which periods end: of milestones, and before the lower ones."""
    before = 0.0
    for day, mw in milestones:
        yield day
        if mw < before:
            yield day - timedelta(days=1)
        before = mw


class Figures:
    """The plan's figures by key, the last part of which is a date, or a period counted from 0.

    Attributes
    ----------
    ordered, started, shipped, stock : Amounts
        Units by (supplier, item, date), planned orders only; (plant, system, date); (from, to,
        item, date); (place, item, date).
    installed, removed : Amounts
        Systems by (hall, system, date).
    fleet, in_service : Amounts
        Systems by (hall, system, period), in place and in service at its end.
    decided : Amounts
        Halls by (hall, date).
    decided_in, opened : Amounts
        Halls by (hall, period): decided in it, and open at its end.
    load : Amounts
        MW of facility power by (node, period), at its end.
    served : Amounts
        MW on the commitment's basis by (commitment, hall, system, period), at its end.
    missed, met : Amounts
        MW by (commitment, period): missed, and in service for it.
    spend, present : Amounts
        Money by (term, period): nominal and discounted to the plan's start.
    due : dict of str to Amounts
        Money by term and (date), as computed by the cost rules.
    kept : dict of str to object
        Results that several rules share, computed once.
    """

    def __init__(self, tables: Tables, calendar: Calendar) -> None:
        self.tables = tables
        self.calendar = calendar
        self.planned_orders = [row for row in tables["orders"] if row["firm"] == "no"]
        self.firm_orders = [row for row in tables["orders"] if row["firm"] == "yes"]
        pair, way = ("hall", "system"), ("from", "to", "item")
        self.ordered = tally(self.planned_orders, ("supplier", "item", "order_date"), "quantity")
        self.started = tally(tables["production"], ("plant", "system", "start_date"), "quantity")
        self.shipped = tally(tables["shipments"], (*way, "departure_date"), "quantity")
        self.stock = tally(tables["stock"], ("place", "item", "date"), "quantity")
        self.installed = tally(tables["installs"], (*pair, "date"), "installed")
        self.removed = tally(tables["installs"], (*pair, "date"), "removed")
        self.decided = tally(tables["openings"], ("hall", "date"), "count")
        self.fleet = self.by_period("fleet", pair, "installed")
        self.in_service = self.by_period("fleet", pair, "in_service")
        self.decided_in = self.by_period("halls", ("hall",), "decided")
        self.opened = self.by_period("halls", ("hall",), "opened")
        self.load = self.by_period("power", ("node",), "load_mw")
        self.served = self.by_period("service", ("commitment", *pair), "mw")
        self.missed = self.by_period("ramp", ("commitment",), "missed_mw")
        self.met = self.by_period("ramp", ("commitment",), "in_service_mw")
        self.spend = self.by_period("spend", ("term",), "amount")
        self.present = self.by_period("spend", ("term",), "present_cost")
        self.due: dict[str, Amounts] = {}
        self.kept: dict[str, object] = {}

    def by_period(self, name: str, keys: tuple[str, ...], column: str) -> Amounts:
        """Return the figures of one column of a table by key and period."""
        amounts = Amounts()
        for row in rows_of(self.tables, name):
            key = tuple(row[part] for part in keys)
            period = self.calendar.period_of_start[cast(date, row["period"])]
            amounts[(*key, period)] += number(row, column)
        return amounts


def tally(rows: Iterable[AnyRow], keys: tuple[str, ...], column: str) -> Amounts:
    """Return the figures of one column by key, the last part of which is a date."""
    amounts = Amounts()
    for row in rows:
        amounts[tuple(row[key] for key in keys)] += number(row, column)
    return amounts


def number(row: AnyRow, column: str) -> float:
    """Return a number of a result row."""
    return float(cast(float, row[column]))


def days_between(first: object, last: object) -> int:
    """Return the days from one date of a result row to another."""
    return (cast(date, last) - cast(date, first)).days
