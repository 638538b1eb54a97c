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
        book, found = self.book, dict[Act, list[tuple[date, float]]]()
        for sheet, act in (("supply_capacity", "order"), ("crews", "install")):
            names = {row["supplier" if act == "order" else "site"] for row in book.tables[sheet]}
            for name in names:
                found[act, name, None, None] = book.steps(sheet, name) or []
        for (plant, system), row in book.plants.items():
            since = row["from"] or book.calendar.start
            found["start", plant, None, system] = [(since, float(row["units_per_month"]))]
        for (origin, to), row in book.lanes.items():
            if row["units_per_month"] is not None:
                rate = float(row["units_per_month"])
                found["ship", origin, to, None] = [(book.calendar.start, rate)]
        return found

    def _since(self, act: Act, *days: date | None) -> date:
        """Return the first day of an act by fence, dates and rate."""
        begins: list[date] = [self.book.fence, *(day for day in days if day is not None)]
        if act in self.rates:
            some = [day for day, rate in self.rates[act] if rate > 0]
            begins.append(min(some, default=date.max))
        return max(begins)

    def _orders(self, figures: Figures) -> None:
        for (supplier, item, day), units in figures.ordered.items():
            row, act = self.book.supply[supplier, item], ("order", supplier, None, None)
            self.uses[act][day,] += units * row["capacity_use"]
            since = self._since(act, row["available_from"])
            lead = timedelta(days=row["lead_days"])
            self.ways.add(Way(act, (), (self.book.place(supplier), item), lead, since))

    def _starts(self, figures: Figures) -> None:
        parts = defaultdict(list)
        for row in self.book.tables["bom"]:
            parts[row["system"]].append(row["item"])
        for (plant, system, day), units in figures.started.items():
            act, place = ("start", plant, None, system), self.book.place(plant)
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
        found: dict[Spot, set[date]] = defaultdict(set)
        for row in self.book.tables["orders"] if self.book.supply else ():
            day = max(row["arrives"], self.book.calendar.start)
            found[self.book.place(row["supplier"]), row["item"]].add(day)
        return found

    @cached_property
    def possible(self) -> dict[Way, date]:
        """First day on which each way is possible."""
        there = {spot: min(days) for spot, days in self.arrivals.items()}
        found: dict[Way, date] = {}
        news = True
        while news:
            news = False
            for way in self.ways:
                begins = max([way.since, *(there.get(spot, date.max) for spot in way.takes)])
                if begins < min(found.get(way, date.max), self.book.calendar.starts[-1]):
                    found[way], news = begins, True
                    if way.gives is not None:
                        there[way.gives] = min(begins + way.lead, there.get(way.gives, date.max))
        return found

    @cached_property
    def news(self) -> dict[Spot, set[date]]:
        """Days on which an event reaches each stock, propagated along the ways."""
        found: dict[Spot, set[date]] = defaultdict(set)
        waiting = list(self._origins())
        while waiting:
            spot, day, passed = waiting.pop()
            if day in found[spot] or day > self.book.calendar.last:
                continue
            found[spot].add(day)
            for way, begins in self.possible.items():
                if spot in way.takes and way.gives is not None and way.gives not in passed:
                    onward = max(day, begins) + way.lead
                    waiting.append((way.gives, onward, passed | {spot}))
        return found

    def _origins(self) -> Iterator[tuple[Spot, date, frozenset[Spot]]]:
        """Yield original events: an order arrives, a source starts, a rate changes."""
        for spot, days in self.arrivals.items():
            for day in days:
                yield spot, day, frozenset()
        for way, begins in self.possible.items():
            if way.gives is not None:
                firsts = [] if way.takes else [begins]
                for day in (*firsts, *(d for d in self.changes(way.act) if d > begins)):
                    yield way.gives, day + way.lead, frozenset()

    def changes(self, act: Act, *, rises: bool = True) -> list[date]:
        """Days of the plan on which the rate of an act rises, or falls."""
        return _steps(self.rates.get(act, ()), self.book.calendar.start, rises=rises)

    def events(self, act: Act) -> set[date]:
        """Days on which the possibilities of an act change."""
        found: set[date] = set()
        for way, begins in self.possible.items():
            if way.act == act:
                found.add(begins)
                found |= {max(day, begins) for spot in way.takes for day in self.news[spot]}
                found |= set(self.changes(act, rises=False)) if way.takes else set()
        if act[0] == "install":
            found |= self._room(act[1])
        return found

    def _room(self, site: str) -> set[date]:
        """Days on which capacity at a site can rise: a hall opens, or a node carries more."""
        found: set[date] = set()
        for row in self.book.halls.values():
            if row["site"] != site:
                continue
            if row["open_count"] < row["count"]:
                built = self.book.fence + timedelta(days=row["build_days"])
                found.add(max(built, row["ready"] or built))
            for node in self._felt_by(row["fed_by"]):
                steps = self.book.steps("energisation", node) or []
                found |= set(_steps(steps, self.book.calendar.start, rises=True))
        return found

    def _felt_by(self, feeder: str | None) -> set[str]:
        """Nodes whose limits may restrict the halls of a feeder.

        They feed these halls, or belong to a failover group with a node that does.
        """
        above = set(self._up(feeder))
        return above.union(*(nodes for nodes in self._groups if nodes & above))

    @cached_property
    def _groups(self) -> list[set[str]]:
        """The limited nodes of each failover group: members, and what feeds some of them only."""
        ways: dict[str, list[set[str]]] = defaultdict(list)
        for node, row in self.book.nodes.items():
            if row["group"] is not None:
                ways[row["group"]].append(set(self._up(node)))
        return [
            {
                node
                for node in set[str]().union(*found) - found[0].intersection(*found)
                if self.book.steps("energisation", node)
            }
            for found in ways.values()
        ]

    def _up(self, node: str | None) -> list[str]:
        """A power node and all that feed it, up to the grid."""
        found: list[str] = []
        while node is not None:
            found.append(node)
            node = self.book.nodes[node]["parent"]
        return found


def ways_of(book: Book, figures: Figures) -> Ways:
    """Return the ways that a plan uses, computed once."""
    if "ways" not in figures.kept:
        figures.kept["ways"] = Ways(book, figures)
    return cast(Ways, figures.kept["ways"])


def _steps(steps: Iterable[tuple[date, float]], start: date, *, rises: bool) -> list[date]:
    """Return the days after a plan's first on which a value rises, or falls."""
    found, before = [], 0.0
    for day, value in steps:
        if day > start and (value > before if rises else value < before):
            found.append(day)
        before = value
    return found
