"""On which days what is done, and what rates allow by then, worked out anew from a workbook.

Nothing of the planner's clock, case or model is used: only the rules of time, as they are written
down. Days are counted from the plan's first, which is 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from instances import next_start

from planner.workbook.rows import Inputs, Row

Spot = tuple[str, str]
"""A place and an item."""

Key = tuple[str, ...]
"""What is done, e.g. ``("ship", from, to, item)``."""

ANYWHERE = "anywhere"
"""The place of all stock where there are no lanes."""

NEAR = 1e-9

MOST, MORE_A_PERIOD, ALIGNED, INSTALLS = 40, 2, 5000, 2000
"""Days of an act for others, so many more for each period, days of all acts in step, and installs
of a system on a day of these."""


@dataclass(frozen=True)
class Way:
    """One way of doing something; ways with the same act share its days and its rate."""

    key: Key
    act: Key
    takes: tuple[Spot, ...]
    gives: Spot | None
    lead: int
    since: int
    wanted: frozenset[int] = frozenset()


class Periods:
    """The periods of a workbook, and the length of months."""

    def __init__(self, inputs: Inputs) -> None:
        settings = inputs.settings
        self.start: date = settings["start"]
        begins = [self.start]
        while begins[-1] <= settings["end"]:
            begins.append(next_start(begins[-1], settings["period"]))
        following = {row["date"] + timedelta(days=1) for row in inputs.tables["milestones"]}
        for one in inputs.tables["milestones"]:
            before = [
                (row["date"], row["mw"])
                for row in inputs.tables["milestones"]
                if row["commitment"] == one["commitment"] and row["date"] < one["date"]
            ]
            if before and one["mw"] < max(before)[1]:
                following.add(one["date"])
        cut = {day for day in following if self.start < day < begins[-1]}
        numbers = sorted({self.number(day) for day in (*begins, *cut)})
        self.firsts, self.lasts = numbers[:-1], [day - 1 for day in numbers[1:]]
        self.count, self.days = len(self.firsts), numbers[-1]
        self.fence = max(0, self.number(settings["today"]) + settings["release_fence_days"])

    def number(self, day: date) -> int:
        """Return the number of a day."""
        return (day - self.start).days

    def not_before(self, day: date | None) -> int:
        """Return the first day of the plan that is not before a day."""
        return 0 if day is None else max(0, self.number(day))

    def share(self, day: int) -> float:
        """Return a day's part of its calendar month."""
        first = (self.start + timedelta(days=day)).replace(day=1)
        return 1 / ((first + timedelta(days=31)).replace(day=1) - first).days

    def months(self, first: int, last: int) -> float:
        """Return the months from one day to another, both counted."""
        return sum(self.share(day) for day in range(first, last + 1))

    def in_force(self, steps: Iterable[tuple[date | None, float]]) -> list[float]:
        """Return the value in force on each day; 0 before the first."""
        found = [0.0] * self.days
        for since, value in sorted((self.not_before(day), value) for day, value in steps):
            found[since:] = [value] * len(found[since:])
        return found


def rises(values: list[float]) -> set[int]:
    """Return the days on which a value is more than the day before."""
    return {day for day in range(1, len(values)) if values[day] > values[day - 1]}


def falls(values: list[float]) -> set[int]:
    """Return the days on which a value is less than the day before."""
    return {day for day in range(1, len(values)) if values[day] < values[day - 1]}


class ActDays:
    """All acts of a workbook and their days.

    Attributes
    ----------
    periods : Periods
    ways : dict of Key to Way
    possible : dict of Key to int
        First day on which a way is possible; missing if never.
    days : dict of Key to list of int
        Days of each act.
    daily : dict of Key to list of float
        What the rate of an act allows on each day, less what placed orders take.
    gross : dict of str to list of float
        What a supplier's rate allows on each day.
    taken : dict of (str, str) to list of float
        What placed orders take of it, by supplier and item.
    levels : dict of str to list of float
        What a node may carry on each day.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.tables, self.periods = inputs.tables, Periods(inputs)
        self.pooled, self.supplied = not self.tables["lanes"], bool(self.tables["supply"])
        self.ways: dict[Key, Way] = {}
        self.daily: dict[Key, list[float]] = {}
        self.gross: dict[str, list[float]] = {}
        self.taken: dict[tuple[str, str], list[float]] = {}
        self.rising: dict[Key, set[int]] = defaultdict(set)
        self.falling: dict[Key, set[int]] = defaultdict(set)
        self.new_room: dict[Key, set[int]] = defaultdict(set)
        self.levels = {
            node: self.periods.in_force(steps)
            for node, steps in self._dated("energisation", "node", "mw").items()
        }
        if self.supplied:
            self._orders()
            self._starts()
            self._shipments()
        self._installs()
        self.takers: dict[Spot, list[Way]] = defaultdict(list)
        self._possible()
        self._news()
        self.days: dict[Key, list[int]] = {}
        self.since: dict[Key, int] = {}
        for act in dict.fromkeys(way.act for way in self.ways.values()):
            self._days_of(act)
        self._align()

    def place(self, name: str) -> str:
        """Return where a supplier, plant or site keeps its stock."""
        return ANYWHERE if self.pooled else name

    def accrued(self, act: Key) -> dict[int, float]:
        """Return what the rate of an act allows by each of its days since the day before."""
        found, first = {}, self.since.get(act, 0)
        for day in self.days.get(act, ()):
            found[day] = sum(self.daily[act][first : day + 1])
            first = day + 1
        return found

    def may(self, key: Key) -> list[int]:
        """Return the days on which something may be done: not where a rate allows nothing."""
        if key not in self.possible:
            return []
        act = self.ways[key].act
        allowed = self.accrued(act) if act in self.daily else {}
        return [d for d in self.days[act] if d >= self.possible[key] and allowed.get(d, 1.0) > 0]

    def uses(self, spot: Spot) -> list[int]:
        """Return the days on which anything may be taken from a place."""
        return sorted({day for way in self.takers[spot] for day in self.may(way.key)})

    def _dated(self, sheet: str, key: str, value: str) -> dict[str, list[tuple[date, float]]]:
        found = defaultdict(list)
        for row in self.tables[sheet]:
            found[row[key]].append((row["from"], float(row[value])))
        return found

    def _rate(self, act: Key, steps: Iterable[tuple[date | None, float]]) -> None:
        monthly = self.periods.in_force(steps)
        self.daily[act] = [rate * self.periods.share(day) for day, rate in enumerate(monthly)]
        self.rising[act], self.falling[act] = rises(monthly), falls(monthly)

    def _begins(self, act: Key, *days: date | None) -> int:
        """Return the first day that dates, the fence and the rate allow."""
        begins = max([self.periods.fence, *map(self.periods.not_before, days)])
        rate = self.daily.get(act)
        first = 0 if rate is None else next((d for d, r in enumerate(rate) if r > 0), len(rate))
        return max(begins, first)

    def _orders(self) -> None:
        for supplier, steps in self._dated(
            "supply_capacity", "supplier", "units_per_month"
        ).items():
            self._rate(("order", supplier), steps)
            self.gross[supplier] = list(self.daily["order", supplier])
        for row in self.tables["supply"]:
            key = ("order", row["supplier"], row["item"])
            act = key[:2] if key[:2] in self.daily else key
            begins = self._begins(act, row["available_from"])
            spot = (self.place(row["supplier"]), row["item"])
            self.ways[key] = Way(key, act, (), spot, row["lead_days"], begins)
        for row in sorted(
            (row for row in self.tables["orders"] if row["placed"] is not None),
            key=lambda row: row["placed"],
        ):
            if 0 <= self.periods.number(row["placed"]) < self.periods.days:
                self._pay(row["supplier"], row["item"], row["quantity"], row["placed"])

    def _pay(self, supplier: str, item: str, quantity: float, placed: date) -> None:
        """Take a placed order off a supplier's rate from its day on: a debt, as it can be paid."""
        act = ("order", supplier)
        if act not in self.daily:
            return
        use = next(
            row["capacity_use"]
            for row in self.tables["supply"]
            if (row["supplier"], row["item"]) == (supplier, item)
        )
        debt, free = quantity * use, self.daily[act]
        taken = self.taken.setdefault((supplier, item), [0.0] * self.periods.days)
        for day in range(self.periods.number(placed), self.periods.days):
            paid = min(debt, free[day])
            left = free[day] - paid
            free[day] = left if left > NEAR else 0.0
            debt, taken[day] = debt - paid, taken[day] + paid
            if debt < NEAR:
                self.rising[act] |= {day + 1} - {self.periods.days}
                return

    def _starts(self) -> None:
        for row in self.tables["plants"]:
            key = ("start", row["plant"], row["system"])
            place = self.place(row["plant"])
            parts = [part for part in self.tables["bom"] if part["system"] == row["system"]]
            takes = tuple((place, part["item"]) for part in parts)
            self._rate(key, [(row["from"], row["units_per_month"])])
            spot = (place, row["system"])
            self.ways[key] = Way(key, key, takes, spot, row["lead_days"], self._begins(key))

    def _shipments(self) -> None:
        for row in self.tables["lanes"]:
            lane = ("ship", row["from"], row["to"])
            if row["units_per_month"] is not None:
                self._rate(lane, [(None, row["units_per_month"])])
            for item in self._items(row["from"], row["to"]):
                key = (*lane, item)
                act = lane if lane in self.daily else key
                takes, gives = ((row["from"], item),), (row["to"], item)
                self.ways[key] = Way(key, act, takes, gives, row["transit_days"], self._begins(act))

    def _items(self, origin: str, end: str) -> list[str]:
        """Return the items that can come to a lane, and are used at its end or beyond."""
        sources, uses = defaultdict(set), defaultdict(set)
        for row in self.tables["supply"]:
            sources[row["item"]].add(row["supplier"])
        for row in self.tables["plants"]:
            sources[row["system"]].add(row["plant"])
            for part in self.tables["bom"]:
                if part["system"] == row["system"]:
                    uses[part["item"]].add(row["plant"])
        for row in self.tables["systems"]:
            uses[row["system"]] |= {hall["site"] for hall in self.tables["halls"]}
        return [
            item
            for item in sources
            if self._along(sources[item], "from", "to") >= {origin}
            and self._along(uses[item], "to", "from") >= {end}
        ]

    def _along(self, places: set[str], start: str, end: str) -> set[str]:
        """Return places and all that lanes lead to from them, or back from them."""
        while True:
            more = {row[end] for row in self.tables["lanes"] if row[start] in places} - places
            if not more:
                return places
            places = places | more

    def _installs(self) -> None:
        for site, steps in self._dated("crews", "site", "systems_per_month").items():
            self._rate(("install", site), steps)
        for site in dict.fromkeys(row["site"] for row in self.tables["halls"]):
            halls = [row for row in self.tables["halls"] if row["site"] == site]
            for row in self.tables["systems"]:
                if self.sold(site, row["system"]):
                    self._install(site, row, halls)

    def sold(self, site: str, system: str) -> list[str]:
        """Return the commitments that a system at a site may serve."""
        (row,) = (row for row in self.tables["sites"] if row["site"] == site)
        barred = {
            service["commitment"]
            for service in self.tables["service"]
            if service["site"] == site and not service["allowed"]
        }
        return [
            terms["commitment"]
            for terms in self.tables["commitments"]
            if terms["commitment"] not in barred
            and (not terms["countries"] or row["country"] in terms["countries"])
            and (not terms["systems"] or system in terms["systems"])
        ]

    def _install(self, site: str, row: Row, halls: Iterable[Row]) -> None:
        key, periods = ("install", site, row["system"]), self.periods
        act = key[:2] if key[:2] in self.daily else key
        since = self._begins(act, row["available_from"])
        to = row["available_to"]
        until = periods.days if to is None else periods.number(to)
        wanted = {last - row["commission_days"] for last in periods.lasts} | {until}
        takes = ((self.place(site), row["system"]),) if self.supplied else ()
        self.ways[key] = Way(
            key, act, takes, None, 0, since, frozenset(d for d in wanted if since <= d <= until)
        )
        for hall in halls:
            if hall["open_count"] < hall["count"]:
                self.new_room[act].add(self.opens(hall))
            for node in self._matter(hall["fed_by"]):
                self.new_room[act] |= rises(self.levels.get(node, []))

    def opens(self, hall: Row) -> int:
        """Return the first day on which a hall decided in the plan can be open."""
        return max(self.periods.fence + hall["build_days"], self.periods.not_before(hall["ready"]))

    def above(self, node: str | None) -> list[str]:
        """Return a node and all that feed it."""
        parents = {row["node"]: row["parent"] for row in self.tables["power"]}
        found = []
        while node is not None:
            found.append(node)
            node = parents[node]
        return found

    def groups(self) -> dict[str, list[str]]:
        """Return the members of each failover group."""
        found = defaultdict(list)
        for row in self.tables["power"]:
            if row["group"] is not None:
                found[row["group"]].append(row["node"])
        return found

    def _matter(self, feeder: str | None) -> set[str]:
        """Return the nodes on which it depends what may hang below a feeder.

        In a failover group all members do, and what feeds some of them, not all.
        """
        path = set(self.above(feeder))
        found = set(path)
        for members in self.groups().values():
            over = [set(self.above(node)) for node in members]
            limited = set.union(*over) & set(self.levels) - set.intersection(*over)
            nodes = {*members, *limited}
            found |= nodes if nodes & path else set()
        return found

    def _arrivals(self) -> dict[Spot, set[int]]:
        found = defaultdict(set)
        for row in self.tables["orders"] if self.supplied else ():
            day = self.periods.not_before(row["arrives"])
            if day < self.periods.days:
                found[self.place(row["supplier"]), row["item"]].add(day)
        return found

    def _possible(self) -> None:
        """Find the first day of each way: all that it takes can be there by then."""
        never = 10**9
        there = {spot: min(days) for spot, days in self._arrivals().items()}
        self.possible: dict[Key, int] = {}
        for _ in range(len(self.ways) + 1):
            for way in self.ways.values():
                day = max([way.since, *(there.get(spot, never) for spot in way.takes)])
                if day < self.periods.days:
                    self.possible[way.key] = day
                    if way.gives is not None:
                        there[way.gives] = min(there.get(way.gives, never), day + way.lead)
        for key in self.possible:
            for spot in self.ways[key].takes:
                self.takers[spot].append(self.ways[key])

    def _news(self) -> None:
        """Find the days on which something new reaches each stock, whatever way it takes."""
        self.news: dict[Spot, set[int]] = defaultdict(set)
        for spot, days in self._arrivals().items():
            self.news[spot] |= days
        ways = [self.ways[key] for key in self.possible if self.ways[key].gives]
        for way in ways:
            begun = self.possible[way.key]
            days = {day for day in self.rising[way.act] if day > begun}
            days |= set() if way.takes else {begun}
            self.news[way.gives] |= {day + way.lead for day in days}
        for _ in range(len(ways) + 1):
            for way in ways:
                comes = {day for spot in way.takes for day in self.news[spot]}
                begun = self.possible[way.key]
                self.news[way.gives] |= {max(day, begun) + way.lead for day in comes}
        for spot, days in self.news.items():
            self.news[spot] = {day for day in days if day < self.periods.days}

    def _days_of(self, act: Key) -> list[int]:
        """Work out the days of an act, after those of all that take from it."""
        if act in self.days:
            return self.days[act]
        ways = [w for w in self.ways.values() if w.act == act and w.key in self.possible]
        if not ways:
            self.days[act] = []
            return []
        self.since[act] = min(self.possible[way.key] for way in ways)
        wanted = {
            day - way.lead
            for way in ways
            for taker in self.takers.get(way.gives, ())
            for day in self._days_of(taker.act)
            if day >= self.possible[taker.key]
        }
        wanted = self._thinned(wanted) | {day for way in ways for day in way.wanted}
        breaks = set(self.new_room[act])
        for way in ways:
            begun = self.possible[way.key]
            breaks |= {begun} | (self.falling[act] if way.takes else set())
            breaks |= {max(day, begun) for spot in way.takes for day in self.news[spot]}
        if act in self.daily:
            wanted |= {day - 1 for day in breaks if day - 1 < max(wanted, default=-1)}
        self.days[act] = sorted(d for d in wanted if self.since[act] <= d < self.periods.days)
        return self.days[act]

    def _thinned(self, wanted: set[int]) -> set[int]:
        """Drop days, each time the one with another nearest before it, until they are few."""
        days = sorted(wanted)
        while len(days) > MOST + MORE_A_PERIOD * self.periods.count:
            gaps = [after - before for before, after in pairwise(days)]
            del days[gaps.index(min(gaps)) + 1]
        return set(days)

    def _align(self) -> None:
        """Give an act a day wherever one before or after it on a way has one, the lead apart."""
        found = {act: set(days) for act, days in self.days.items()}
        last = {act: max(days, default=-1) for act, days in found.items()}
        pairs = [
            (way.act, taker.act, way.lead)
            for way in self.ways.values()
            if way.key in self.possible
            for taker in self.takers.get(way.gives, ())
            if found[way.act] and found[taker.act]
        ]
        changed = True
        while changed:
            changed = False
            for giver, taker, lead in pairs:
                for act, days in (
                    (giver, {day - lead for day in found[taker]}),
                    (taker, {day + lead for day in found[giver]}),
                ):
                    more = {day for day in days if self.since[act] <= day < last[act]}
                    changed |= not more <= found[act]
                    found[act] |= more
            installs = sum(
                len(found[way.act]) for way in self.ways.values() if way.key[0] == "install"
            )
            if sum(map(len, found.values())) > ALIGNED or installs > INSTALLS:
                return
        self.days = {act: sorted(days) for act, days in found.items()}
