"""What can be in service by a period at most: simple bounds, each by one limit alone.

A bound counts what can be had as high as it can be. All are in MW of IT power, the one measure that
systems, halls and commitments share.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import groupby, zip_longest

from planner.case.case import Case
from planner.diagnostics.routes import UNITS_TOLERANCE, Routes

Pair = tuple[str, str]
"""A hall and a system."""


class Bounds:
    """Upper bounds of MW in service, lower bounds of MW due, by period and commitments."""

    def __init__(self, case: Case, routes: Routes) -> None:
        self.case, self.routes, self.facility = case, routes, case.facility
        self._allowed: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
        for (name, site, system), mw in case.demand.mw_per_system.items():
            if self.facility.halls_at[site]:
                self._allowed[name][site, system] = mw
        self.pue = {
            site: facility_mw / self.facility.it_mw[system]
            for (site, system), facility_mw in self.facility.facility_mw.items()
        }
        self._fleet_halls = {hall for hall, _ in self.facility.fleet}
        self._first_opening: dict[str, int] = {}
        for (hall, _), opens in self.facility.opening.items():
            self._first_opening[hall] = min(opens, self._first_opening.get(hall, opens))
        paths = self.facility.tree.path.values()
        self._parents = {a: b for path in paths for a, b in zip_longest(path, path[1:])}
        self._depths = {n: len(path) - i for path in paths for i, n in enumerate(path)}
        self._crew_windows: dict[str, dict[int, float]] = defaultdict(dict)
        for (site, day), most in self.facility.crew_capacity.items():
            self._crew_windows[site][day] = most
        # Kept for this object alone, for the same periods and commitments are asked for again.
        self.pairs = cache(self._pairs)
        self.installs = cache(self._installs)
        self.halls_mw = cache(self._halls_mw)
        self.fleet_mw = cache(self._fleet_mw)
        self.lasts = cache(self._lasts)
        self.carried_mw = cache(self._carried_mw)
        self.crews_mw = cache(self._crews_mw)
        self.systems_mw = cache(self._systems_mw)

    def allowed(self, commitment: str) -> Mapping[tuple[str, str], float]:
        """Return MW of one system by site and system, where it may serve a commitment."""
        return self._allowed[commitment]

    def due_mw(self, commitment: str, period: int) -> float:
        """Return the least IT power in MW that a commitment's requirement can take."""
        it_mw = self.facility.it_mw
        shares = [
            it_mw[system] / mw for (_, system), mw in self.allowed(commitment).items() if mw > 0
        ]
        return self.case.demand.required_mw[commitment, period] * min(shares, default=0.0)

    def _pairs(self, commitments: tuple[str, ...]) -> frozenset[Pair]:
        """Return the halls and systems that may serve any of some commitments."""
        return frozenset(
            (hall, system)
            for name in commitments
            for site, system in self.allowed(name)
            for hall in self.facility.halls_at[site]
        )

    def _installs(self, commitments: tuple[str, ...], period: int) -> dict[Pair, int]:
        """Return the last day of installation that is in service by a period's end."""
        found, end = {}, self.case.calendar.last_days[period]
        for hall, system in self.pairs(commitments):
            days = self.case.installing.get((hall, system), ())
            count = bisect_right(days, end - self.facility.commission_days[system])
            if count:
                found[hall, system] = days[count - 1]
        return found

    def _lasts(self, commitments: tuple[str, ...], period: int) -> dict[str, int]:
        """Return the last day of an installation in each hall that is in service in time."""
        lasts: dict[str, int] = {}
        for (hall, _), at in self.installs(commitments, period).items():
            lasts[hall] = max(at, lasts.get(hall, at))
        return lasts

    def _fleet_mw(self, hall: str, commitments: tuple[str, ...]) -> float:
        """Return the IT power of the systems in a hall that stand there from the start."""
        facility, pairs = self.facility, self.pairs(commitments)
        if hall not in self._fleet_halls:
            return 0.0
        return math.fsum(
            count * facility.it_mw[system]
            for (at, system), count in facility.fleet.items()
            if at == hall and (at, system) in pairs
            and facility.dedicated.get((at, system)) in (None, *commitments)
        )  # fmt: skip

    def one_hall_mw(self, hall: str, systems: Collection[str]) -> float:
        """Return the IT power that one hall can carry at most, by power, slots and coolant."""
        facility = self.facility
        limits = [facility.hall_it_mw[hall]]
        for room, taken in ((facility.hall_slots, facility.slots),
                            (facility.hall_coolant_lpm, facility.coolant_lpm)):  # fmt: skip
            if hall in room and all(taken.get(s, 0.0) > 0 for s in systems):
                dense = max((facility.it_mw[s] / taken[s] for s in systems), default=0.0)
                limits.append(room[hall] * dense)
        return min(limits)

    def one_hall_systems(self, hall: str, system: str) -> float:
        """Return how many of a system one hall of a class holds."""
        return self.facility.most_systems(hall, system) / self.facility.hall_count[hall]

    def _halls_mw(self, commitments: tuple[str, ...], period: int) -> dict[str, float]:
        """Return what the halls that can be open in time carry at most, by hall."""
        facility, installs = self.facility, self.installs(commitments, period)
        found = {}
        for hall in sorted({hall for hall, _ in self.pairs(commitments)}):
            systems = {system for at, system in installs if at == hall}
            fleet = self.fleet_mw(hall, commitments)
            if not systems:
                found[hall] = fleet
                continue
            last = self.lasts(commitments, period)[hall]
            opens = self._first_opening.get(hall, last + 1)
            count = (facility.hall_count if opens <= last else facility.open_count)[hall]
            standing = {system for at, system in facility.fleet if at == hall}
            found[hall] = max(fleet, count * self.one_hall_mw(hall, systems | standing))
        return found

    def full_halls_mw(self, commitments: tuple[str, ...]) -> dict[str, float]:
        """Return what all halls carry at most, whenever they open, by hall."""
        pairs = self.pairs(commitments)
        return {
            hall: self.facility.hall_count[hall]
            * self.one_hall_mw(hall, {system for at, system in pairs if at == hall})
            for hall in {hall for hall, _ in pairs}
        }

    def powered_mw(
        self, halls: Mapping[str, float], commitments: tuple[str, ...], period: int
    ) -> float:
        """Return what some halls carry at most within the power energised above them.

        Parameters
        ----------
        halls
            IT power in MW by hall.
        commitments, period
            Whose systems stand there, and by the end of which period.
        """
        most, left, apart = self._fed_mw(halls, commitments, period), halls, 0.0
        # Groups whose members hang below different nodes count by themselves, one after the other.
        for group, members in self.facility.tree.groups.items():
            inside = {hall for node in members for hall in self.facility.tree.halls_below[node]}
            if len(self._above(members)) < 2 or inside.isdisjoint(left):
                continue
            rest = {hall: mw for hall, mw in left.items() if hall not in inside}
            beside = apart + self._survivable_mw(group, period) / self._least_pue(inside)
            bound = self._fed_mw(rest, commitments, period) + beside
            if bound < most:
                most, left, apart = bound, rest, beside
        return most

    def _fed_mw(
        self, halls: Mapping[str, float], commitments: tuple[str, ...], period: int
    ) -> float:
        """Return what halls carry within the power above them, most failover groups left out."""
        tree = self.facility.tree
        free = [mw for hall, mw in halls.items() if hall not in tree.path]
        below: dict[str, float] = defaultdict(float)
        for hall, mw in halls.items():
            if hall in tree.path:
                below[tree.path[hall][0]] += mw
        # Deepest first: what a node passes on is known before its parent is looked at.
        nodes_used = {node for hall in halls for node in tree.path.get(hall, ())}
        deep = sorted(nodes_used, key=lambda node: (-self._depths[node], node))
        for depth, nodes in groupby(deep, key=lambda node: self._depths[node]):
            level = list(nodes)
            for node in level:
                below[node] = min(below[node], self.carried_mw(node, commitments, period))
            self._cap_groups(level, below, period)
            if depth > 1:
                for node in level:
                    below[self._parents[node]] += below[node]
        return math.fsum([*free, *(below[n] for n in deep if self._depths[n] == 1)])

    def _carried_mw(self, node: str, commitments: tuple[str, ...], period: int) -> float:
        """Return the IT power that a node carries at most for systems in service in a period."""
        level, end = self.facility.levels.get(node), self.case.calendar.last_days[period]
        if level is None:
            return math.inf
        halls, lasts = self.facility.tree.halls_below[node], self.lasts(commitments, period)
        last = max((lasts[hall] for hall in halls if hall in lasts), default=end)
        # What is in service by then stood there from its installation on, and drew power.
        return level.least(last, end) / self._least_pue(halls)

    def _least_pue(self, halls: Iterable[str]) -> float:
        return min(self.pue[self.facility.site_of[hall]] for hall in halls)

    def _cap_groups(self, level: Collection[str], below: dict[str, float], period: int) -> None:
        """Hold the failover groups of one level to what remains when their largest node is lost.

        Only a group whose loaded members stand at one level is looked at; leaving out the others
        keeps the bound true. What is taken off is taken off its first loaded members.
        """
        tree = self.facility.tree
        for group, members in tree.groups.items():
            loaded = [node for node in members if tree.halls_below[node]]
            if len(self._above(members)) != 1 or not set(loaded) & set(level):
                continue
            halls = [hall for node in loaded for hall in tree.halls_below[node]]
            carried = self._survivable_mw(group, period) / self._least_pue(halls)
            excess = math.fsum(below[node] for node in loaded) - carried
            for node in loaded:
                taken = min(max(excess, 0.0), below[node])
                below[node] -= taken
                excess -= taken

    def _above(self, members: Iterable[str]) -> set[str | None]:
        """Return the nodes directly above those members of a failover group that feed halls."""
        below = self.facility.tree.halls_below
        return {self._parents[node] for node in members if below[node]}

    def _survivable_mw(self, group: str, period: int) -> float:
        """Return the facility power that a failover group carries at most, whichever is lost."""
        members, day = self.facility.tree.groups[group], self.case.calendar.last_days[period]
        return min(self.facility.taken_over_mw(group, lost, day) for lost in members)

    def _crews_mw(self, commitments: tuple[str, ...], period: int) -> dict[str, float]:
        """Return what crews can have installed in time, with what stands there, by site.

        A site without a limit is left out.
        """
        facility, installs = self.facility, self.installs(commitments, period)
        found: dict[str, float] = {}
        for site in facility.sites:
            if ("install", site) not in self.case.timetable.rates:
                continue
            here = {p: at for p, at in installs.items() if facility.site_of[p[0]] == site}
            fleet = math.fsum(self.fleet_mw(hall, commitments) for hall in facility.halls_at[site])
            if here:
                count = self.crew_systems(site, max(here.values()))
                fleet += count * max(facility.it_mw[system] for _, system in here)
            found[site] = fleet
        return found

    def crew_systems(self, site: str, day: int) -> float:
        """Return the systems that a site's crews install by a day at most."""
        if ("install", site) not in self.case.timetable.rates:
            return math.inf
        count = math.fsum(most for at, most in self._crew_windows[site].items()
                          if at <= day)  # fmt: skip
        return float(math.floor(count + UNITS_TOLERANCE)) if self.case.whole else count

    def _systems_mw(self, commitments: tuple[str, ...], period: int) -> float:
        """Return the IT power of all systems that can be bought or assembled in time at most."""
        facility = self.facility
        halls = {hall for hall, _ in self.pairs(commitments)}
        fleet = math.fsum(self.fleet_mw(hall, commitments) for hall in halls)
        if not self.case.supply.planned:
            return math.inf
        installs = self.installs(commitments, period)
        last = self.routes.last_useful(installs)
        bought, made = self.routes.delivered(last), self.routes.assembled(last)
        return fleet + math.fsum(
            facility.it_mw[system] * (bought.get(system, 0.0) + made.get(system, 0.0))
            for system in sorted({system for _, system in installs})
        )

    def items(self, commitments: tuple[str, ...], period: int) -> dict[str, tuple[float, float]]:
        """Return the units of each item that are needed at least and delivered at most, in time.

        Only items of bills of materials are given, and only for what cannot be bought whole.
        """
        installs = self.installs(commitments, period)
        delivered = self.routes.delivered(self.routes.last_useful(installs))
        items = sorted({item for parts in self.case.supply.bom.values() for item in parts})
        return {
            item: (self._needed(item, commitments, period, installs), delivered.get(item, 0.0))
            for item in items
        }

    def _needed(
        self, item: str, commitments: tuple[str, ...], period: int, installs: Mapping[Pair, int]
    ) -> float:
        """Return the units of an item that serving all that is due takes at least."""
        needed, rates = 0.0, {}
        for name in commitments:
            rates[name] = self._units_per_mw(item, name, installs)
            needed += self.case.demand.required_mw[name, period] * rates[name]
        facility = self.facility
        for (hall, system), count in facility.fleet.items():
            names = [facility.dedicated.get((hall, system))]
            served = [
                self.allowed(name).get((facility.site_of[hall], system), 0.0) * rates[name]
                for name in (commitments if names == [None] else names)
                if name is not None and name in rates
            ]
            needed -= count * max(served, default=0.0)
        return needed

    def _units_per_mw(self, item: str, commitment: str, installs: Mapping[Pair, int]) -> float:
        """Return the fewest units of an item in a MW of a commitment, on its own basis."""
        sold = {item for _, item in self.case.supply.sources}
        allowed, site_of = self.allowed(commitment), self.facility.site_of
        return min((
            0.0 if system in sold else self.case.supply.bom[system].get(item, 0.0)
            / allowed[site_of[hall], system]
            for hall, system in installs
            if allowed.get((site_of[hall], system), 0.0) > 0
        ), default=0.0)  # fmt: skip
