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
        self.pue: dict[str, float] = {}
        for (site, system), facility_mw in self.facility.facility_mw.items():
            self.pue[site] = facility_mw / self.facility.it_mw[system]
        self._fleet_halls = {hall for hall, _ in self.facility.fleet}
        self._first_opening: dict[str, int] = {}
        for (hall, _), opens in self.facility.opening.items():
            self._first_opening[hall] = min(opens, self._first_opening.get(hall, opens))
        self._crew_windows: dict[str, dict[int, float]] = defaultdict(dict)
        for (site, day), most in self.facility.crew_capacity.items():
            self._crew_windows[site][day] = most
        # Parent and depth of each node above a hall. A node at the grid has no parent, depth 1.
        self._parents: dict[str, str | None] = {}
        self._depths: dict[str, int] = {}
        for path in self.facility.tree.path.values():
            parent: str | None = None
            for depth, node in enumerate(reversed(path), start=1):
                self._parents[node] = parent
                self._depths[node] = depth
                parent = node
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
        shares = []
        for (_, system), mw in self.allowed(commitment).items():
            if mw > 0:
                shares.append(self.facility.it_mw[system] / mw)
        return self.case.demand.required_mw[commitment, period] * min(shares, default=0.0)

    def _pairs(self, commitments: tuple[str, ...]) -> frozenset[Pair]:
        """Return the pairs of hall and system that may serve any of some commitments."""
        pairs: set[Pair] = set()
        for name in commitments:
            for site, system in self.allowed(name):
                pairs.update((hall, system) for hall in self.facility.halls_at[site])
        return frozenset(pairs)

    def _installs(self, commitments: tuple[str, ...], period: int) -> dict[Pair, int]:
        """Return the last install day that is in service by a period's end, by hall and system."""
        end = self.case.calendar.last_days[period]
        last_days: dict[Pair, int] = {}
        for hall, system in self.pairs(commitments):
            days = self.case.installing.get((hall, system), ())
            count = bisect_right(days, end - self.facility.commission_days[system])
            if count:
                last_days[hall, system] = days[count - 1]
        return last_days

    def _lasts(self, commitments: tuple[str, ...], period: int) -> dict[str, int]:
        """Return the last install day that is in service by a period's end, by hall."""
        lasts: dict[str, int] = {}
        for (hall, _), day in self.installs(commitments, period).items():
            lasts[hall] = max(day, lasts.get(hall, day))
        return lasts

    def _fleet_mw(self, hall: str, commitments: tuple[str, ...]) -> float:
        """Return the IT power of the existing fleet in a hall, in MW."""
        if hall not in self._fleet_halls:
            return 0.0
        facility, pairs = self.facility, self.pairs(commitments)
        mw = []
        for (fleet_hall, system), count in facility.fleet.items():
            if fleet_hall != hall or (hall, system) not in pairs:
                continue
            # None: the fleet may serve any commitment.
            if facility.dedicated.get((hall, system)) in (None, *commitments):
                mw.append(count * facility.it_mw[system])
        return math.fsum(mw)

    def one_hall_mw(self, hall: str, systems: Collection[str]) -> float:
        """Return the most IT power of one hall, in MW, by every limit of a hall."""
        facility = self.facility
        most_mw = [facility.hall_it_mw[hall]]
        for column, capacity in facility.hall_capacity.items():
            if column == "it_mw" or hall not in capacity:
                continue
            taken = facility.hall_use[column]
            # A system that takes nothing of it is not limited by it.
            if all(taken.get(system, 0.0) > 0 for system in systems):
                mw_per_unit = [facility.it_mw[system] / taken[system] for system in systems]
                most_mw.append(capacity[hall] * max(mw_per_unit, default=0.0))
        return min(most_mw)

    def one_hall_systems(self, hall: str, system: str) -> float:
        """Return how many of a system fit in one hall of a class."""
        return self.facility.most_systems(hall, system) / self.facility.hall_count[hall]

    def _halls_mw(self, commitments: tuple[str, ...], period: int) -> dict[str, float]:
        """Return the most MW of the halls that can be open in time, by hall."""
        facility = self.facility
        systems: dict[str, set[str]] = defaultdict(set)
        for hall, system in self.installs(commitments, period):
            systems[hall].add(system)
        standing: dict[str, set[str]] = defaultdict(set)
        for hall, system in facility.fleet:
            standing[hall].add(system)
        lasts = self.lasts(commitments, period)
        halls_mw: dict[str, float] = {}
        for hall in sorted({hall for hall, _ in self.pairs(commitments)}):
            fleet = self.fleet_mw(hall, commitments)
            if hall not in systems:
                halls_mw[hall] = fleet
                continue
            is_opened = self._first_opening.get(hall, math.inf) <= lasts[hall]
            count = facility.hall_count[hall] if is_opened else facility.open_count[hall]
            one_hall = self.one_hall_mw(hall, systems[hall] | standing[hall])
            halls_mw[hall] = max(fleet, count * one_hall)
        return halls_mw

    def full_halls_mw(self, commitments: tuple[str, ...]) -> dict[str, float]:
        """Return the most MW of all halls, whenever they open, by hall."""
        systems: dict[str, set[str]] = defaultdict(set)
        for hall, system in self.pairs(commitments):
            systems[hall].add(system)
        full: dict[str, float] = {}
        for hall in sorted(systems):
            full[hall] = self.facility.hall_count[hall] * self.one_hall_mw(hall, systems[hall])
        return full

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
        tree = self.facility.tree
        most = self._fed_mw(halls, commitments, period)
        # Groups whose members are below different nodes are applied one at a time, where that
        # lowers the bound: the halls of the group then count as what survives a loss.
        other_halls, groups_mw = halls, 0.0
        for group, members in tree.groups.items():
            inside = {hall for node in members for hall in tree.halls_below[node]}
            if len(self._above(members)) < 2 or inside.isdisjoint(other_halls):
                continue
            rest = {hall: mw for hall, mw in other_halls.items() if hall not in inside}
            rest_groups_mw = groups_mw + self._survivable_mw(group, period) / self._least_pue(
                inside
            )
            bound = self._fed_mw(rest, commitments, period) + rest_groups_mw
            if bound < most:
                most, other_halls, groups_mw = bound, rest, rest_groups_mw
        return most

    def _fed_mw(
        self, halls: Mapping[str, float], commitments: tuple[str, ...], period: int
    ) -> float:
        """Return the most MW of halls within the power above them, without most failover groups."""
        tree = self.facility.tree
        at_grid: list[float] = []
        below: dict[str, float] = defaultdict(float)
        nodes: set[str] = set()
        for hall, mw in halls.items():
            path = tree.path.get(hall, ())
            nodes.update(path)
            if path:
                below[path[0]] += mw
            else:
                at_grid.append(mw)
        nodes_at: dict[int, list[str]] = defaultdict(list)
        for node in sorted(nodes):
            nodes_at[self._depths[node]].append(node)
        # Deepest first, so that a node's total is known before its parent's.
        for depth in sorted(nodes_at, reverse=True):
            level = nodes_at[depth]
            for node in level:
                below[node] = min(below[node], self.carried_mw(node, commitments, period))
            self._cap_groups(level, below, period)
            for node in level:
                parent = self._parents[node]
                if parent is None:
                    at_grid.append(below[node])
                else:
                    below[parent] += below[node]
        return math.fsum(at_grid)

    def _carried_mw(self, node: str, commitments: tuple[str, ...], period: int) -> float:
        """Return the most IT power, in MW, of systems in service in a period below a node."""
        level = self.facility.levels.get(node)
        if level is None:
            return math.inf
        end = self.case.calendar.last_days[period]
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
        day = self.case.calendar.last_days[period]
        members = self.facility.tree.groups[group]
        return min(self.facility.taken_over_mw(group, lost, day) for lost in members)

    def _crews_mw(self, commitments: tuple[str, ...], period: int) -> dict[str, float]:
        """Return the most MW that crews can have in place in time, by site, fleet included.

        Sites without a limit are left out.
        """
        facility = self.facility
        days: dict[str, list[int]] = defaultdict(list)
        it_mw: dict[str, list[float]] = defaultdict(list)
        for (hall, system), day in self.installs(commitments, period).items():
            days[facility.site_of[hall]].append(day)
            it_mw[facility.site_of[hall]].append(facility.it_mw[system])
        crews_mw: dict[str, float] = {}
        for site in facility.sites:
            if ("install", site) not in self.case.timetable.rates:
                continue
            mw = math.fsum(self.fleet_mw(hall, commitments) for hall in facility.halls_at[site])
            if site in days:
                mw += self.crew_systems(site, max(days[site])) * max(it_mw[site])
            crews_mw[site] = mw
        return crews_mw

    def crew_systems(self, site: str, day: int) -> float:
        """Return the most systems that a site's crews can install by a day."""
        if ("install", site) not in self.case.timetable.rates:
            return math.inf
        windows = self._crew_windows[site].items()
        count = math.fsum(most for last, most in windows if last <= day)
        if self.case.whole:
            return float(math.floor(count + UNITS_TOLERANCE))
        return count

    def _systems_mw(self, commitments: tuple[str, ...], period: int) -> float:
        """Return the most IT power of all systems that can be bought or assembled in time."""
        if not self.case.supply.planned:
            return math.inf
        halls = {hall for hall, _ in self.pairs(commitments)}
        fleet = math.fsum(self.fleet_mw(hall, commitments) for hall in halls)
        installs = self.installs(commitments, period)
        last = self.routes.last_useful(installs)
        bought, assembled = self.routes.delivered(last), self.routes.assembled(last)
        new = []
        for system in sorted({system for _, system in installs}):
            count = bought.get(system, 0.0) + assembled.get(system, 0.0)
            new.append(self.facility.it_mw[system] * count)
        return fleet + math.fsum(new)

    def items(self, commitments: tuple[str, ...], period: int) -> dict[str, tuple[float, float]]:
        """Return the least units needed and the most units delivered in time, by item.

        Only items of bills of materials of systems that cannot be bought complete are included.
        """
        installs = self.installs(commitments, period)
        delivered = self.routes.delivered(self.routes.last_useful(installs))
        items = {item for parts in self.case.supply.bom.values() for item in parts}
        needed_and_delivered: dict[str, tuple[float, float]] = {}
        for item in sorted(items):
            needed = self._needed(item, commitments, period, installs)
            needed_and_delivered[item] = (needed, delivered.get(item, 0.0))
        return needed_and_delivered

    def _needed(
        self, item: str, commitments: tuple[str, ...], period: int, installs: Mapping[Pair, int]
    ) -> float:
        """Return the least units of an item needed to serve all MW due."""
        needed = 0.0
        units_per_mw: dict[str, float] = {}
        for name in commitments:
            units_per_mw[name] = self._units_per_mw(item, name, installs)
            needed += self.case.demand.required_mw[name, period] * units_per_mw[name]
        # The existing fleet saves at most what the commitment would need that needs most.
        facility = self.facility
        for (hall, system), count in facility.fleet.items():
            only = facility.dedicated.get((hall, system))
            most_saved = 0.0
            for name in commitments if only is None else (only,):
                if name in units_per_mw:
                    mw = self.allowed(name).get((facility.site_of[hall], system), 0.0)
                    most_saved = max(most_saved, mw * units_per_mw[name])
            needed -= count * most_saved
        return needed

    def _units_per_mw(self, item: str, commitment: str, installs: Mapping[Pair, int]) -> float:
        """Return the fewest units of an item per MW of a commitment, on its own basis."""
        sold = {sold_item for _, sold_item in self.case.supply.sources}
        allowed = self.allowed(commitment)
        rates = []
        for hall, system in installs:
            mw = allowed.get((self.facility.site_of[hall], system), 0.0)
            if mw <= 0:
                continue
            # A system that is sold complete may need no single items at all.
            units = 0.0 if system in sold else self.case.supply.bom[system].get(item, 0.0)
            rates.append(units / mw)
        return min(rates, default=0.0)
