"""Systems, sites, halls, crews and power: where and when systems fit, and what they draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from planner.case.acts import Timetable
from planner.case.calendar import Calendar
from planner.case.graph import PowerTree
from planner.case.rates import Level
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.hall_limits import HALL_LIMITS


@dataclass(frozen=True)
class Facility:
    """Look-ups of systems, sites, halls, crews and power nodes.

    Attributes
    ----------
    systems, sites, halls, nodes : tuple of str
        All names of each kind, sorted.
    site_of : dict of str to str
        Site of a hall.
    halls_at : dict of str to tuple of str
        Halls of a site.
    hosted : tuple of (str, str)
        Pairs of hall and system that may serve some commitment or workload, for which the hall is
        built, or that are in the existing fleet.
    it_mw, facility_mw : dict
        MW of one system by system, and by site and system.
    hall_use : dict of str to dict of str to float
        What one system takes of each limit in `HALL_LIMITS`, by the limit's column and system; it
        is missing if unknown.
    hall_capacity : dict of str to dict of str to float
        Each of these limits for one hall, by column and hall; missing if there is no limit.
    commission_days : dict of str to int
        Days from installation to service.
    hall_count, open_count, build_days : dict of str to int
        Halls of a class, those open at the start, days to open one.
    first_open : dict of str to int
        First day on which a hall of the class can be open; missing if never.
    opening : dict of (str, int) to int
        Opening day of a hall decided on a day; only decisions that open on a day of installs.
    fit_out_cost, opening_cost, energy_price, lease : dict of str to float
        Money per hall, per site not yet in use, per MWh, per MW-month of IT power installed.
    fleet : dict of (str, str) to int
        Systems in place at the start, by hall and system.
    dedicated : dict of (str, str) to str
        The only commitment that the fleet of a hall and system may serve.
    crew_capacity : dict of (str, int) to float
        Systems that a site can install in the window of a day of installs, if limited.
    energised_mw : dict of (str, int) to float
        MW that a node may carry on the last day of a period, if limited.
    levels : dict of str to Level
        The same by day.
    tree : PowerTree
    """

    systems: tuple[str, ...]
    sites: tuple[str, ...]
    halls: tuple[str, ...]
    nodes: tuple[str, ...]
    site_of: Mapping[str, str]
    halls_at: Mapping[str, tuple[str, ...]]
    hosted: tuple[tuple[str, str], ...]
    it_mw: Mapping[str, float]
    facility_mw: Mapping[tuple[str, str], float]
    hall_use: Mapping[str, Mapping[str, float]]
    hall_capacity: Mapping[str, Mapping[str, float]]
    commission_days: Mapping[str, int]
    hall_count: Mapping[str, int]
    open_count: Mapping[str, int]
    build_days: Mapping[str, int]
    first_open: Mapping[str, int]
    opening: Mapping[tuple[str, int], int]
    fit_out_cost: Mapping[str, float]
    opening_cost: Mapping[str, float]
    energy_price: Mapping[str, float]
    lease: Mapping[str, float]
    fleet: Mapping[tuple[str, str], int]
    dedicated: Mapping[tuple[str, str], str]
    crew_capacity: Mapping[tuple[str, int], float]
    energised_mw: Mapping[tuple[str, int], float]
    levels: Mapping[str, Level]
    tree: PowerTree

    @property
    def hall_it_mw(self) -> Mapping[str, float]:
        """IT power of one hall, in MW."""
        return self.hall_capacity["it_mw"]

    def fleet_load(self, node: str) -> float:
        """Return the MW of facility power that the fleet below a node draws."""
        halls = self.tree.halls_below[node]
        return sum(
            count * self.facility_mw[self.site_of[hall], system]
            for (hall, system), count in self.fleet.items()
            if hall in halls
        )

    def most_systems(self, hall: str, system: str) -> float:
        """Return how many of a system fit in all halls of a class, by every limit of a hall."""
        most = []
        for column, capacity in self.hall_capacity.items():
            taken = self.hall_use[column].get(system, 0.0)
            # A system that takes nothing of it is not limited by it.
            if hall in capacity and taken > 0:
                most.append(self.hall_count[hall] * capacity[hall] / taken)
        return min(most)

    def most_standing(self, hall: str, system: str, periods: range) -> list[float]:
        """Return how many of a system fit in a hall class at the ends of periods.

        This counts the power of each node above as if nothing else drew on it; the model limits
        the total below each node.
        """
        each_mw = self.facility_mw[self.site_of[hall], system]
        most = [self.most_systems(hall, system)] * len(periods)
        for node in self.tree.path.get(hall, ()):
            # A node is limited in all periods or in none.
            if (node, periods.start) not in self.energised_mw:
                continue
            for index, period in enumerate(periods):
                most[index] = min(most[index], self.energised_mw[node, period] / each_mw)
        return most

    def taken_over_mw(
        self, group: str, lost: str, day: int, load: Mapping[str, float] | None = None
    ) -> float:
        """Return the load in MW that the others of a group can take over from a lost member.

        Parameters
        ----------
        load
            Load of each node before the loss, MW; zero if not given.
        """
        loads = load or {}

        def spare_mw(node: str) -> float:
            own = self.levels[node].on(day) - loads.get(node, 0.0)
            below = self.tree.upstream.get((group, node))
            if below is None:
                return own
            return min(own, sum(map(spare_mw, below)))

        return sum(map(spare_mw, self.tree.others[group, lost]))


def make_facility(
    inputs: Inputs,
    calendar: Calendar,
    tree: PowerTree,
    servable: Collection[tuple[str, str]],
    timetable: Timetable,
) -> Facility:
    """Return the look-ups of systems, sites, halls, crews and power.

    Parameters
    ----------
    servable
        Pairs of site and system that may serve some commitment or workload.
    timetable
        Days and rates of installs, and power limits of nodes.
    """
    tables = inputs.tables
    systems = {row["system"]: row for row in tables["systems"]}
    sites = {row["site"]: row for row in tables["sites"]}
    halls = {row["hall"]: row for row in tables["halls"]}
    fleet: dict[tuple[str, str], int] = {}
    dedicated: dict[tuple[str, str], str] = {}
    for row in tables["fleet"]:
        fleet[row["hall"], row["system"]] = row["count"]
        if row["commitment"] is not None:
            dedicated[row["hall"], row["system"]] = row["commitment"]
    hosted = []
    for hall, row in halls.items():
        for system in systems:
            is_built_for = not row["systems"] or system in row["systems"]
            is_servable = is_built_for and (row["site"], system) in servable
            if is_servable or (hall, system) in fleet:
                hosted.append((hall, system))
    return Facility(
        **_of_systems(systems, sites),
        **_of_sites(sites, halls, fleet),
        **_of_halls(halls, calendar, _install_days(halls, hosted, timetable)),
        nodes=tuple(row["node"] for row in tables["power"]),
        hosted=tuple(hosted),
        fleet=fleet,
        dedicated=dedicated,
        crew_capacity=_crew_capacity(timetable),
        energised_mw=_energised_mw(timetable, calendar),
        levels=timetable.levels,
        tree=tree,
    )


def _crew_capacity(timetable: Timetable) -> dict[tuple[str, int], float]:
    """Return the systems that each limited site can install in the window of a day."""
    capacity: dict[tuple[str, int], float] = {}
    for name in timetable.rates:
        if name[0] == "install":
            site = name[1]
            for day, units in timetable.accrued(name).items():
                capacity[site, day] = units
    return capacity


def _energised_mw(timetable: Timetable, calendar: Calendar) -> dict[tuple[str, int], float]:
    """Return the MW that each limited node may carry on the last day of each period."""
    energised: dict[tuple[str, int], float] = {}
    for node, level in timetable.levels.items():
        for period, day in enumerate(calendar.last_days):
            energised[node, period] = level.on(day)
    return energised


def _install_days(
    halls: Mapping[str, Row], hosted: Iterable[tuple[str, str]], timetable: Timetable
) -> dict[str, list[int]]:
    """Return the days on which anything may be installed in each hall."""
    days: dict[str, set[int]] = defaultdict(set)
    for hall, system in hosted:
        days[hall].update(timetable.days("install", halls[hall]["site"], system))
    return {hall: sorted(days_of_hall) for hall, days_of_hall in days.items()}


def _of_systems(systems: Mapping[str, Row], sites: Mapping[str, Row]) -> dict[str, Any]:
    """Return the look-ups by system."""
    hall_use: dict[str, dict[str, float]] = {}
    for limit in HALL_LIMITS:
        taken_by = {name: limit.taken_by(row) for name, row in systems.items()}
        hall_use[limit.column] = {
            name: taken for name, taken in taken_by.items() if taken is not None
        }
    it_mw = hall_use["it_mw"]
    facility_mw: dict[tuple[str, str], float] = {}
    for site, row in sites.items():
        # A blank PUE is allowed if no limit or commitment counts facility power.
        pue = row["pue"] or 1.0
        for system, mw in it_mw.items():
            facility_mw[site, system] = mw * pue
    return {
        "systems": tuple(systems),
        "it_mw": it_mw,
        "facility_mw": facility_mw,
        "hall_use": hall_use,
        "commission_days": _look_up(systems, "commission_days"),
    }


def _of_sites(
    sites: Mapping[str, Row], halls: Mapping[str, Row], fleet: Mapping[tuple[str, str], int]
) -> dict[str, Any]:
    """Return the look-ups by site."""
    halls_at: dict[str, list[str]] = {site: [] for site in sites}
    used: set[str] = set()
    for hall, row in halls.items():
        halls_at[row["site"]].append(hall)
        if row["open_count"] > 0:
            used.add(row["site"])
    for (hall, _), count in fleet.items():
        if count > 0:
            used.add(halls[hall]["site"])
    # A cost of zero is left out, so that the model gets no column for it.
    opening_cost = _positive(sites, "opening_cost")
    return {
        "sites": tuple(sites),
        "halls_at": {site: tuple(names) for site, names in halls_at.items()},
        "opening_cost": {site: cost for site, cost in opening_cost.items() if site not in used},
        "energy_price": _positive(sites, "energy_price"),
        "lease": _positive(sites, "lease"),
    }


def _of_halls(
    halls: Mapping[str, Row], calendar: Calendar, install_days: Mapping[str, list[int]]
) -> dict[str, Any]:
    """Return the look-ups by hall class."""
    return {
        "halls": tuple(halls),
        "site_of": {hall: row["site"] for hall, row in halls.items()},
        "hall_capacity": {limit.column: _look_up(halls, limit.column) for limit in HALL_LIMITS},
        "hall_count": _look_up(halls, "count"),
        "open_count": _look_up(halls, "open_count"),
        "build_days": _look_up(halls, "build_days"),
        "first_open": _first_open(halls, calendar),
        "opening": _openings(halls, calendar, install_days),
        "fit_out_cost": _look_up(halls, "fit_out_cost"),
    }


def _look_up(rows: Mapping[str, Row], column: str) -> dict[str, Any]:
    """Return the numbers of a column by name, without blanks."""
    return {name: row[column] for name, row in rows.items() if row[column] is not None}


def _positive(rows: Mapping[str, Row], column: str) -> dict[str, float]:
    """Return the numbers of a column by name, without blanks and zeros."""
    return {name: row[column] for name, row in rows.items() if row[column]}


def _openings(
    halls: Mapping[str, Row], calendar: Calendar, install_days: Mapping[str, list[int]]
) -> dict[tuple[str, int], int]:
    """Return the opening day of each useful hall decision.

    Halls open only on days of installs, and are decided just in time for them.
    """
    opening: dict[tuple[str, int], int] = {}
    for hall, row in halls.items():
        if row["open_count"] >= row["count"]:
            continue
        ready = calendar.from_day(row["ready"])
        for opens in install_days.get(hall, ()):
            decided = opens - row["build_days"]
            if decided >= calendar.fence and opens >= ready:
                opening[hall, decided] = opens
    return opening


def _first_open(halls: Mapping[str, Row], calendar: Calendar) -> dict[str, int]:
    """Return the first day on which a hall of each class can be open."""
    first: dict[str, int] = {}
    for hall, row in halls.items():
        built = max(calendar.fence + row["build_days"], calendar.from_day(row["ready"]))
        if row["open_count"] > 0:
            first[hall] = 0
        elif built < calendar.day_count:
            first[hall] = built
    return first
