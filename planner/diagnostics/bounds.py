"""Upper bounds on the MW in service by a period, each from one limit alone.

Each bound is optimistic about everything else. All are in MW of IT power, the one measure that
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
        # Cached per object: the same periods and commitments are queried again and again.
        self.pairs = cache(self._pairs)
        self.installs = cache(self._installs)
        self.halls_mw = cache(self._halls_mw)
        self.fleet_mw = cache(self._fleet_mw)
        self.lasts = cache(self._lasts)
        self.carried_mw = cache(self._carried_mw)
        self.crews_mw = cache(self._crews_mw)
        self.systems_mw = cache(self._systems_mw)

    def allowed(self, commitment: str) -> Mapping[tuple[str, str], float]:
        """Return MW of one system for a commitment, by site and system; only if it may serve it."""
        return self._allowed[commitment]

    def due_mw(self, commitment: str, period: int) -> float:
        """Return the least IT power, in MW, that satisfies a commitment's requirement."""
        it_mw = self.facility.it_mw
        shares = [
            it_mw[system] / mw for (_, system), mw in self.allowed(commitment).items() if mw > 0
        ]
        return self.case.demand.required_mw[commitment, period] * min(shares, default=0.0)

    def _pairs(self, commitments: tuple[str, ...]) -> frozenset[Pair]:
        """Return the pairs of hall and system that may serve any of some commitments."""
        return frozenset(
            (hall, system)
            for name in commitments
            for site, system in self.allowed(name)
            for hall in self.facility.halls_at[site]
        )

    def _installs(self, commitments: tuple[str, ...], period: int) -> dict[Pair, int]:
        """Return the last install day that is in service by a period's end, by hall and system."""
        found, end = {}, self.case.calendar.last_days[period]
        for hall, system in self.pairs(commitments):
            days = self.case.installing.get((hall, system), ())
            count = bisect_right(days, end - self.facility.commission_days[system])
            if count:
                found[hall, system] = days[count - 1]
        return found

    def _lasts(self, commitments: tuple[str, ...], period: int) -> dict[str, int]:
        """Return the last install day that is in service by a period's end, by hall."""
        lasts: dict[str, int] = {}
        for (hall, _), at in self.installs(commitments, period).items():
            lasts[hall] = max(at, lasts.get(hall, at))
        return lasts

    def _fleet_mw(self, hall: str, commitments: tuple[str, ...]) -> float:
        """Return the IT power of the existing fleet in a hall, in MW."""
        facility, pairs = self.facility, self.pairs(commitments)
        if hall not in self._fleet_halls:
            return 0.0
        return math.fsum(
            count * facility.it_mw[system]
            for (at, system), count in facility.fleet.items()
            if at == hall
            and (at, system) in pairs
            and facility.dedicated.get((at, system)) in (None, *commitments)
        )

    def one_hall_mw(self, hall: str, systems: Collection[str]) -> float:
        """Return the most IT power of one hall, in MW, by power, slots and coolant."""
        facility = self.facility
        limits = [facility.hall_it_mw[hall]]
        for room, taken in (
            (facility.hall_slots, facility.slots),
            (facility.hall_coolant_lpm, facility.coolant_lpm),
        ):
            if hall in room and all(taken.get(s, 0.0) > 0 for s in systems):
                dense = max((facility.it_mw[s] / taken[s] for s in systems), default=0.0)
                limits.append(room[hall] * dense)
        return min(limits)

    def one_hall_systems(self, hall: str, system: str) -> float:
        """Return how many of a system fit in one hall of a class."""
        return self.facility.most_systems(hall, system) / self.facility.hall_count[hall]

    def _halls_mw(self, commitments: tuple[str, ...], period: int) -> dict[str, float]:
        """Return the most MW of the halls that can be open in time, by hall."""
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
        """Return the most MW of all halls, whenever they open, by hall."""
        pairs = self.pairs(commitments)
        return {
            hall: self.facility.hall_count[hall]
            * self.one_hall_mw(hall, {system for at, system in pairs if at == hall})
            for hall in {hall for hall, _ in pairs}
        }

    def powered_mw(
        self, halls: Mapping[str, float], commitments: tuple[str, ...], period: int
    ) -> float:
        """Return the most MW of some halls within the power energised above them.

        Parameters
        ----------
        halls
            IT power in MW by hall.
        commitments, period
            Commitments that are served, and the period by whose end.
        """
        most, left, apart = self._fed_mw(halls, commitments, period), halls, 0.0
        # Groups whose members are below different nodes are applied one at a time.
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
        """Return the most MW of halls within the power above them, without most failover groups."""
        tree = self.facility.tree
        free = [mw for hall, mw in halls.items() if hall not in tree.path]
        below: dict[str, float] = defaultdict(float)
        for hall, mw in halls.items():
            if hall in tree.path:
                below[tree.path[hall][0]] += mw
        # Deepest first, so that a node's total is known before its parent's.
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
        """Return the most IT power, in MW, of systems in service in a period below a node."""
        level, end = self.facility.levels.get(node), self.case.calendar.last_days[period]
        if level is None:
            return math.inf
        halls, lasts = self.facility.tree.halls_below[node], self.lasts(commitments, period)
        last = max((lasts[hall] for hall in halls if hall in lasts), default=end)
        # A system in service has drawn power since its installation.
        return level.least(last, end) / self._least_pue(halls)

    def _least_pue(self, halls: Iterable[str]) -> float:
        return min(self.pue[self.facility.site_of[hall]] for hall in halls)

    def _cap_groups(self, level: Collection[str], below: dict[str, float], period: int) -> None:
        """Cap the failover groups of one level at what remains when their largest node is lost.

        Groups with loaded members at several levels are left out, which keeps the bound valid.
        The excess is subtracted from the first loaded members.
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
        """Return the most facility power of a failover group, whichever member is lost."""
        members, day = self.facility.tree.groups[group], self.case.calendar.last_days[period]
        return min(self.facility.taken_over_mw(group, lost, day) for lost in members)

    def _crews_mw(self, commitments: tuple[str, ...], period: int) -> dict[str, float]:
        """Return the most MW that crews can have in place in time, by site, fleet included.

        Sites without a limit are left out.
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
        """Return the most systems that a site's crews can install by a day."""
        if ("install", site) not in self.case.timetable.rates:
            return math.inf
        count = math.fsum(most for at, most in self._crew_windows[site].items() if at <= day)
        return float(math.floor(count + UNITS_TOLERANCE)) if self.case.whole else count

    def _systems_mw(self, commitments: tuple[str, ...], period: int) -> float:
        """Return the most IT power of all systems that can be bought or assembled in time."""
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
        """Return the least units needed and the most units delivered in time, by item.

        Only items of bills of materials of systems that cannot be bought complete are included.
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
        """Return the least units of an item needed to serve all MW due."""
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
        """Return the fewest units of an item per MW of a commitment, on its own basis."""
        sold = {item for _, item in self.case.supply.sources}
        allowed, site_of = self.allowed(commitment), self.facility.site_of
        return min(
            (
                0.0
                if system in sold
                else self.case.supply.bom[system].get(item, 0.0) / allowed[site_of[hall], system]
                for hall, system in installs
                if allowed.get((site_of[hall], system), 0.0) > 0
            ),
            default=0.0,
        )
