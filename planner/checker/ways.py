"""The checker's timing: the ways that a plan uses, and the events that reach them.

A way is one leg of an act. All timing follows from the workbook's dates and leads, and from the
ways that the plan's tables use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import cast

from planner.checker.facts import Amounts, Book, Figures

Act = tuple[str, str, str | None, str | None]
"""Work that shares a rate: act, place, destination and item, as in the table `clock`."""

Spot = tuple[str, str]
"""A place and an item."""

UNITS_TOLERANCE = 1e-6
"""Units up to this are solver noise."""


@dataclass(frozen=True)
class Way:
    """One leg of an act: stocks it takes from, and the stock it adds to; None for an install."""

    act: Act
    takes: tuple[Spot, ...]
    gives: Spot | None
    lead: timedelta
    since: date


class Ways:
    """The ways that a plan uses, their rates and their events.

    Parameters
    ----------
    book, figures
        Workbook and plan.
    """

    def __init__(self, book: Book, figures: Figures) -> None:
        self.book = book
        self.uses: dict[Act, Amounts] = defaultdict(Amounts)
        self.ways: set[Way] = set()
        self._orders(figures)
        self._starts(figures)
        self._shipments(figures)
        self._installs(figures)

    @cached_property
    def rates(self) -> dict[Act, list[tuple[date, float]]]:
        """Rates of every rated act, each with its first day."""
        book = self.book
        rates: dict[Act, list[tuple[date, float]]] = {}
        for supplier in {row["supplier"] for row in book.tables["supply_capacity"]}:
            rates["order", supplier, None, None] = book.steps("supply_capacity", supplier) or []
        for site in {row["site"] for row in book.tables["crews"]}:
            rates["install", site, None, None] = book.steps("crews", site) or []
        for (plant, system), row in book.plants.items():
            since = row["from"] or book.calendar.start
            rates["start", plant, None, system] = [(since, float(row["units_per_month"]))]
        for (origin, to), row in book.lanes.items():
            if row["units_per_month"] is not None:
                rate = float(row["units_per_month"])
                rates["ship", origin, to, None] = [(book.calendar.start, rate)]
        return rates

    def _since(self, act: Act, *days: date | None) -> date:
        """Return the first day of an act by fence, dates and rate."""
        since: date = self.book.fence
        for day in days:
            if day is not None:
                since = max(since, day)
        if act in self.rates:
            days_with_rate = [day for day, rate in self.rates[act] if rate > 0]
            since = max(since, min(days_with_rate, default=date.max))
        return since

    def _orders(self, figures: Figures) -> None:
        for (supplier, item, day), units in figures.ordered.items():
            row = self.book.supply[supplier, item]
            act = ("order", supplier, None, None)
            self.uses[act][day,] += units * row["capacity_use"]
            since = self._since(act, row["available_from"])
            lead = timedelta(days=row["lead_days"])
            self.ways.add(Way(act, (), (self.book.place(supplier), item), lead, since))

    def _starts(self, figures: Figures) -> None:
        parts: dict[str, list[str]] = defaultdict(list)
        for row in self.book.tables["bom"]:
            parts[row["system"]].append(row["item"])
        for (plant, system, day), units in figures.started.items():
            act = ("start", plant, None, system)
            place = self.book.place(plant)
            self.uses[act][day,] += units
            takes = tuple((place, item) for item in parts[system])
            lead = timedelta(days=self.book.plants[plant, system]["lead_days"])
            self.ways.add(Way(act, takes, (place, system), lead, self._since(act)))

    def _shipments(self, figures: Figures) -> None:
        for (origin, to, item, day), units in figures.shipped.items():
            if (origin, to) in self.book.lanes:
                act = ("ship", origin, to, None)
                self.uses[act][day,] += units
                lead = timedelta(days=self.book.lanes[origin, to]["transit_days"])
                way = Way(act, ((origin, item),), (to, item), lead, self._since(act))
                self.ways.add(way)

    def _installs(self, figures: Figures) -> None:
        for (hall, system, day), units in figures.installed.items():
            if units <= 0:
                continue
            site = self.book.site_of(hall)
            act = ("install", site, None, None)
            self.uses[act][day,] += units
            takes = ((self.book.place(site), system),) if self.book.supply else ()
            since = self._since(act, self.book.systems[system]["available_from"])
            self.ways.add(Way(act, takes, None, timedelta(), since))

    @cached_property
    def arrivals(self) -> dict[Spot, set[date]]:
        """Days on which orders placed before the plan arrive in it."""
        arrivals: dict[Spot, set[date]] = defaultdict(set)
        if not self.book.supply:
            return arrivals
        for row in self.book.tables["orders"]:
            day = max(row["arrives"], self.book.calendar.start)
            arrivals[self.book.place(row["supplier"]), row["item"]].add(day)
        return arrivals

    @cached_property
    def possible(self) -> dict[Way, date]:
        """First day on which each way is possible."""
        earliest = {spot: min(days) for spot, days in self.arrivals.items()}
        possible: dict[Way, date] = {}
        day_after_plan = self.book.calendar.starts[-1]
        changed = True
        while changed:
            changed = False
            for way in self.ways:
                begins = way.since
                for spot in way.takes:
                    begins = max(begins, earliest.get(spot, date.max))
                if begins >= min(possible.get(way, date.max), day_after_plan):
                    continue
                possible[way] = begins
                changed = True
                if way.gives is not None:
                    there = begins + way.lead
                    earliest[way.gives] = min(there, earliest.get(way.gives, date.max))
        return possible

    @cached_property
    def news(self) -> dict[Spot, set[date]]:
        """Days on which an event reaches each stock, propagated along the ways."""
        news: dict[Spot, set[date]] = defaultdict(set)
        waiting = list(self._origins())
        while waiting:
            spot, day, passed = waiting.pop()
            if day in news[spot] or day > self.book.calendar.last:
                continue
            news[spot].add(day)
            for way, begins in self.possible.items():
                if spot in way.takes and way.gives is not None and way.gives not in passed:
                    onward = max(day, begins) + way.lead
                    waiting.append((way.gives, onward, passed | {spot}))
        return news

    def _origins(self) -> Iterator[tuple[Spot, date, frozenset[Spot]]]:
        """Yield original events: an order arrives, a source starts, a rate changes."""
        nothing_passed: frozenset[Spot] = frozenset()
        for spot, days in self.arrivals.items():
            for day in days:
                yield spot, day, nothing_passed
        for way, begins in self.possible.items():
            if way.gives is None:
                continue
            is_source = not way.takes
            if is_source:
                yield way.gives, begins + way.lead, nothing_passed
            for day in self.changes(way.act):
                if day > begins:
                    yield way.gives, day + way.lead, nothing_passed

    def changes(self, act: Act, *, rises: bool = True) -> list[date]:
        """Days of the plan on which the rate of an act rises, or falls."""
        return _steps(self.rates.get(act, ()), self.book.calendar.start, rises=rises)

    def events(self, act: Act) -> set[date]:
        """Days on which the possibilities of an act change."""
        events: set[date] = set()
        for way, begins in self.possible.items():
            if way.act != act:
                continue
            events.add(begins)
            for spot in way.takes:
                events.update(max(day, begins) for day in self.news[spot])
            # What a source makes at the higher rate of before is not bound to any arrival.
            if way.takes:
                events.update(self.changes(act, rises=False))
        if act[0] == "install":
            events |= self._room(act[1])
        return events

    def _room(self, site: str) -> set[date]:
        """Days on which capacity at a site can rise: a hall opens, or a node carries more."""
        days: set[date] = set()
        for row in self.book.halls.values():
            if row["site"] != site:
                continue
            if row["open_count"] < row["count"]:
                built = self.book.fence + timedelta(days=row["build_days"])
                days.add(max(built, row["ready"] or built))
            for node in self._felt_by(row["fed_by"]):
                steps = self.book.steps("energisation", node) or []
                days.update(_steps(steps, self.book.calendar.start, rises=True))
        return days

    def _felt_by(self, feeder: str | None) -> set[str]:
        """Nodes whose limits may restrict the halls of a feeder.

        They feed these halls, or belong to a failover group with a node that does.
        """
        above = set(self._up(feeder))
        felt = set(above)
        for nodes in self._groups:
            if nodes & above:
                felt |= nodes
        return felt

    @cached_property
    def _groups(self) -> list[set[str]]:
        """The limited nodes of each failover group: members, and what feeds some of them only."""
        paths_of: dict[str, list[set[str]]] = defaultdict(list)
        for node, row in self.book.nodes.items():
            if row["group"] is not None:
                paths_of[row["group"]].append(set(self._up(node)))
        groups = []
        for paths in paths_of.values():
            on_any_path = set[str]().union(*paths)
            on_every_path = paths[0].intersection(*paths)
            partial = on_any_path - on_every_path
            groups.append({node for node in partial if self.book.steps("energisation", node)})
        return groups

    def _up(self, node: str | None) -> list[str]:
        """A power node and all that feed it, up to the grid."""
        path: list[str] = []
        while node is not None:
            path.append(node)
            node = self.book.nodes[node]["parent"]
        return path


def ways_of(book: Book, figures: Figures) -> Ways:
    """Return the ways that a plan uses, computed once."""
    if "ways" not in figures.kept:
        figures.kept["ways"] = Ways(book, figures)
    return cast(Ways, figures.kept["ways"])


def _steps(steps: Iterable[tuple[date, float]], start: date, *, rises: bool) -> list[date]:
    """Return the days after a plan's first on which a value rises, or falls."""
    days = []
    before = 0.0
    for day, value in steps:
        changes = value > before if rises else value < before
        if changes and day > start:
            days.append(day)
        before = value
    return days
