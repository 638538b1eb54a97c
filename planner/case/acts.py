"""The acts of a workbook: orders, starts of assembly, shipments and installs, and their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from planner.case.calendar import Calendar
from planner.case.dispatch_days import Act, Clock, Days, Leg, Name, Spot, find_dispatch_days
from planner.case.graph import EVERYWHERE, FlowGraph, PowerTree
from planner.case.rates import Level, Rate, windows
from planner.workbook.rows import Inputs, Row

BASE_DISPATCH_DAYS, DISPATCH_DAYS_PER_PERIOD = 40, 2
"""Most dispatch days of an act for the acts it feeds: a base, and more per period."""

Key = tuple[str, ...]
"""Key of a decision: ``("order", supplier, item)``, ``("start", plant, system)``,
``("ship", from, to, item)`` or ``("install", site, system)``.
"""


@dataclass
class Timetable:
    """Dispatch days of all decisions, and the rates that limit them.

    Attributes
    ----------
    clock : Clock
    act : dict of Key to Name
        Act of each key; keys that share a rate share an act.
    leg : dict of Key to Leg
        Leg of each key.
    rates : dict of Name to Rate
        Rate of each rated act, less the capacity taken by orders already placed.
    gross : dict of Name to Rate
        Rates of suppliers before that subtraction.
    placed : dict of (str, str) to ndarray
        Capacity taken by orders already placed, by supplier and item; an array by day.
    levels : dict of str to Level
        Power that each limited node may carry, MW.
    kept : dict of Name to dict
        Cached results of `accrued`.
    """

    clock: Clock = field(default_factory=Clock)
    act: dict[Key, Name] = field(default_factory=dict)
    leg: dict[Key, Leg] = field(default_factory=dict)
    rates: dict[Name, Rate] = field(default_factory=dict)
    gross: dict[Name, Rate] = field(default_factory=dict)
    placed: dict[tuple[str, str], np.ndarray] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    kept: dict[Name, dict[int, float]] = field(default_factory=dict)

    def days(self, *key: str) -> Days:
        """Return the dispatch days of a key, in order; empty if it is never possible."""
        leg = self.leg.get(key)
        if leg is None or leg not in self.clock.possible:
            return ()
        name = self.act[key]
        since = self.clock.possible[leg]
        days = tuple(day for day in self.clock.days[name] if day >= since)
        if name not in self.rates:
            return days
        # If a window accrues nothing, remainders of earlier windows must not be used in it either.
        accrued = self.accrued(name)
        return tuple(day for day in days if accrued[day] > 0)

    def accrued(self, name: Name) -> dict[int, float]:
        """Return the units that the rate of an act accrues over the window of each dispatch day."""
        if name not in self.kept:
            units: dict[int, float] = {}
            days = self.clock.days.get(name, ())
            if days:
                rate = self.rates[name]
                for first, last in windows(days, self.clock.since[name]):
                    units[last] = rate.accrued(first, last)
            self.kept[name] = units
        return self.kept[name]


class ActBuilder:
    """Builds the timetable of a workbook."""

    def __init__(
        self,
        inputs: Inputs,
        calendar: Calendar,
        flows: FlowGraph,
        tree: PowerTree,
        servable: Collection[tuple[str, str]],
    ) -> None:
        self.inputs, self.calendar, self.flows = inputs, calendar, flows
        self.tree, self.servable = tree, servable
        self.planned = bool(inputs.tables["supply"])
        self.pooled = not inputs.tables["lanes"]
        self.table = Timetable()
        self.legs: dict[Name, list[Leg]] = defaultdict(list)
        self.events: dict[Name, set[int]] = defaultdict(set)

    def build(self) -> Timetable:
        """Return the timetable."""
        for node, steps in self._steps("energisation", "node", "mw").items():
            self.table.levels[node] = self._level(steps)
        if self.planned:
            self._orders()
            self._starts()
            self._shipments()
        self._installs()
        self.table.clock = find_dispatch_days(
            [self._act(name) for name in self.legs],
            self._arrivals(),
            self.calendar.day_count,
            most=BASE_DISPATCH_DAYS + DISPATCH_DAYS_PER_PERIOD * self.calendar.count,
        )
        return self.table

    def _act(self, name: Name) -> Act:
        """Return an act with its legs, and the days on which its rate changes, if it has one."""
        legs = tuple(self.legs[name])
        events = tuple(self.events[name])
        rate = self.table.rates.get(name)
        if rate is None:
            return Act(name, legs, events=events)
        return Act(name, legs, rated=True, rises=rate.rises, falls=rate.falls, events=events)

    def place(self, name: str) -> str:
        """Return the place of a supplier, plant or site."""
        return EVERYWHERE if self.pooled else name

    def _steps(self, sheet: str, key: str, column: str) -> Mapping[str, list[tuple[date, float]]]:
        """Return the dated values of a sheet, by the name in a key column."""
        steps = defaultdict(list)
        for row in self.inputs.tables[sheet]:
            steps[row[key]].append((row["from"], float(row[column])))
        return steps

    def _rate(self, steps: Iterable[tuple[date | None, float]]) -> Rate:
        return Rate(self.calendar.starts[0], self.calendar.day_count, steps)

    def _level(self, steps: Iterable[tuple[date | None, float]]) -> Level:
        return Level(self.calendar.starts[0], self.calendar.day_count, steps)

    def _since(self, name: Name, *days: date | None) -> int:
        """Return the first day allowed by release fence, dates and rate."""
        since = self.calendar.fence
        for day in days:
            since = max(since, self.calendar.from_day(day))
        if name in self.table.rates:
            since = max(since, self.table.rates[name].first)
        return since

    def _add(self, key: Key, name: Name, leg: Leg) -> None:
        self.table.act[key] = name
        self.table.leg[key] = leg
        self.legs[name].append(leg)

    def _orders(self) -> None:
        """Add orders; all items of a supplier with limited capacity share one act."""
        capacity = self._steps("supply_capacity", "supplier", "units_per_month")
        for supplier, steps in capacity.items():
            name = ("order", supplier)
            self.table.rates[name] = self._rate(steps)
            self.table.gross[name] = self._rate(steps)
        self._placed()
        for row in self.inputs.tables["supply"]:
            supplier, item = row["supplier"], row["item"]
            key = ("order", supplier, item)
            act: Name = ("order", supplier) if supplier in capacity else key
            spot = (self.place(supplier), item)
            since = self._since(act, row["available_from"])
            self._add(key, act, Leg((), spot, row["lead_days"], since))

    def _placed(self) -> None:
        """Subtract orders already placed from the capacities."""
        capacity_use = {}
        for row in self.inputs.tables["supply"]:
            capacity_use[row["supplier"], row["item"]] = row["capacity_use"]
        # Each order takes what the orders before it have left.
        rows = sorted(self.inputs.tables["orders"], key=lambda row: row["placed"] or date.min)
        for row in rows:
            source, placed = (row["supplier"], row["item"]), row["placed"]
            rate = self.table.rates.get(("order", row["supplier"]))
            if rate is None or placed is None or self.calendar.holding(placed) is None:
                continue
            units = row["quantity"] * capacity_use[source]
            taken = rate.less([(self.calendar.number(placed), units)])[0]
            self.table.placed[source] = self.table.placed.get(source, 0.0) + taken

    def _arrivals(self) -> dict[Spot, list[int]]:
        """Return the days on which orders already placed arrive, by stock."""
        arrivals: dict[Spot, list[int]] = defaultdict(list)
        if not self.planned:
            return arrivals
        for row in self.inputs.tables["orders"]:
            day = self.calendar.from_day(row["arrives"])
            if day < self.calendar.day_count:
                arrivals[self.place(row["supplier"]), row["item"]].append(day)
        return arrivals

    def _starts(self) -> None:
        """Add starts of assembly; each system of a plant has its own rate."""
        parts: dict[str, list[str]] = defaultdict(list)
        for row in self.inputs.tables["bom"]:
            parts[row["system"]].append(row["item"])
        for row in self.inputs.tables["plants"]:
            system = row["system"]
            key = ("start", row["plant"], system)
            self.table.rates[key] = self._rate([(row["from"], row["units_per_month"])])
            place = self.place(row["plant"])
            takes = tuple((place, item) for item in parts[system])
            leg = Leg(takes, (place, system), row["lead_days"], self._since(key))
            self._add(key, key, leg)

    def _shipments(self) -> None:
        """Add shipments; all items on a limited lane share one act."""
        for row in self.inputs.tables["lanes"]:
            origin, end = row["from"], row["to"]
            lane = ("ship", origin, end)
            is_limited = row["units_per_month"] is not None
            if is_limited:
                self.table.rates[lane] = self._rate([(None, row["units_per_month"])])
            for item in self.flows.lane_items[origin, end]:
                key = ("ship", origin, end, item)
                name: Name = lane if is_limited else key
                leg = Leg(((origin, item),), (end, item), row["transit_days"], self._since(name))
                self._add(key, name, leg)

    def _installs(self) -> None:
        """Add installs; all systems of a site with limited crews share one act."""
        for site, steps in self._steps("crews", "site", "systems_per_month").items():
            self.table.rates["install", site] = self._rate(steps)
        halls_at: dict[str, list[Row]] = defaultdict(list)
        for row in self.inputs.tables["halls"]:
            halls_at[row["site"]].append(row)
        for site, halls in halls_at.items():
            for system in self.inputs.tables["systems"]:
                if (site, system["system"]) in self.servable:
                    self._install(site, system, halls)

    def _install(self, site: str, system: Row, halls: Iterable[Row]) -> None:
        """Add the installs of a system at a site."""
        key = ("install", site, system["system"])
        crews = ("install", site)
        name: Name = crews if crews in self.table.rates else key
        since = self._since(name, system["available_from"])
        takes = ((self.place(site), system["system"]),) if self.planned else ()
        days = self._install_days(system, since)
        self._add(key, name, Leg(takes, None, 0, since, days))
        for row in halls:
            if row["open_count"] < row["count"]:
                self.events[name].add(self.opens(row))
            for node in self._limiting_nodes(row["hall"]):
                if node in self.table.levels:
                    self.events[name].update(self.table.levels[node].rises)

    def _install_days(self, system: Row, since: int) -> Days:
        """Return the days on which installs of a system are wanted, in order.

        These are the last days that bring it into service by the end of a period, and the last day
        on which it is available.
        """
        calendar = self.calendar
        last = calendar.day_count
        if system["available_to"] is not None:
            last = calendar.number(system["available_to"])
        wanted = {last}
        for period_end in calendar.last_days:
            wanted.add(period_end - system["commission_days"])
        return tuple(sorted(day for day in wanted if since <= day <= last))

    def _limiting_nodes(self, hall: str) -> set[str]:
        """Return the power nodes whose limits may restrict a hall.

        They feed it, belong to a failover group with a node that does, or feed part of such a
        group.
        """
        feeders = set(self.tree.path.get(hall, ()))
        limiting = set(feeders)
        for group in self.tree.groups:
            nodes = self.tree.nodes_of_group(group)
            if nodes & feeders:
                limiting |= nodes
        return limiting

    def opens(self, hall: Row) -> int:
        """Return the first day on which a hall opened by the plan can be open."""
        built: int = self.calendar.fence + hall["build_days"]
        return max(built, self.calendar.from_day(hall["ready"]))
