"""Data of the figures, derived from a plan: time, IT power by site, routes, cost steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.plan.result_rows import CostRow, PowerRow, RampRow
from planner.plan.store import Plan
from planner.plan.tables import COST_TERMS
from planner.reports.views import NOTHING, number, period_ends

EVERYWHERE = "*"
"""The single place of a plan without lanes."""


@dataclass(frozen=True)
class Time:
    """The periods of a plan.

    Attributes
    ----------
    starts, ends : tuple of datetime.date
        First and last day of each period.
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]

    @property
    def first(self) -> date:
        """First day of the plan."""
        return self.starts[0]

    @property
    def last(self) -> date:
        """Last day of the plan."""
        return self.ends[-1]

    def after(self, place: int) -> date:
        """Return the day after a period."""
        return self.ends[place] + timedelta(days=1)

    @property
    def horizon(self) -> date:
        """Half a period after the last, so that the values at its end are visible."""
        return self.last + timedelta(days=max((self.last - self.starts[-1]).days // 2, 1))


def several(count: int, noun: str) -> str:
    """Return a count with its noun, e.g. ``1 site`` or ``2 sites``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def time_of(plan: Plan) -> Time:
    """Return the periods of a plan, which every commitment's ramp has."""
    ends = period_ends(plan)
    starts = sorted(ends)
    return Time(tuple(starts), tuple(ends[start] for start in starts))


def it_mw(plan: Plan) -> dict[str, float]:
    """Return the IT power of one system by its name, in MW."""
    found = {}
    for row in plan.inputs.tables["systems"]:
        found[row["system"]] = (row["power_kw"] + row["overhead_kw"]) / 1000
    return found


def commission_days(plan: Plan) -> dict[str, int]:
    """Return the days from install to service of each system."""
    return {row["system"]: row["commission_days"] for row in plan.inputs.tables["systems"]}


@dataclass(frozen=True)
class SiteMw:
    """IT power in service by site, at the end of each period.

    Attributes
    ----------
    mw : dict of str to list of float
        MW of IT power of all systems in service, whether due or not, for each site with any;
        the largest at the plan's end first.
    """

    mw: Mapping[str, list[float]]

    def top(self, most: int) -> tuple[dict[str, list[float]], int]:
        """Return the first sites, the sum of the others as ``others``, and their number."""
        names = list(self.mw)
        if len(names) <= most + 1:
            return dict(self.mw), 0
        others = names[most:]
        kept = {name: self.mw[name] for name in names[:most]}
        by_period = zip(*(self.mw[name] for name in others), strict=True)
        kept[f"{len(others)} other sites"] = [sum(values) for values in by_period]
        return kept, len(others)


def site_mw(plan: Plan) -> SiteMw:
    """Return IT power in service by site."""
    starts = time_of(plan).starts
    positions = {start: position for position, start in enumerate(starts)}
    mw_of = it_mw(plan)
    found: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(starts))
    for row in plan.tables["fleet"]:
        systems = row["in_service"]
        if systems:
            found[row["site"]][positions[row["period"]]] += systems * mw_of[row["system"]]
    used = {name: values for name, values in found.items() if max(values) > NOTHING}
    names = sorted(used, key=lambda name: (-used[name][-1], -max(used[name]), name))
    return SiteMw({name: used[name] for name in names})


@dataclass(frozen=True)
class Route:
    """Shipments from one place to another over the whole plan.

    Attributes
    ----------
    start, end : str
        The places.
    item : str
        The item.
    units : float
        Units moved.
    is_system : bool
        Whether the item is a whole system.
    """

    start: str
    end: str
    item: str
    units: float
    is_system: bool


def routes(plan: Plan) -> list[Route]:
    """Return the routes in use by item, systems before parts, the largest first."""
    units: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in plan.tables["shipments"]:
        units[row["from"], row["to"], row["item"]] += row["quantity"]
    systems = {row["system"] for row in plan.inputs.tables["systems"]}
    found = []
    for (start, end, item), count in units.items():
        found.append(Route(start, end, item, count, is_system=item in systems))
    return sorted(found, key=lambda r: (not r.is_system, -r.units, r.start, r.end, r.item))


def coordinates(plan: Plan) -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of the sites that have both."""
    found = {}
    for row in plan.inputs.tables["sites"]:
        if row["latitude"] is not None and row["longitude"] is not None:
            found[row["site"]] = (row["latitude"], row["longitude"])
    return found


class CostStep(CostRow):
    """A cost term, and the present cost of the terms above it."""

    before: float


def cost_steps(plan: Plan) -> list[CostStep]:
    """Return the non-zero cost terms, each with the cumulative cost before it.

    Columns: term, amount, present_cost, before (present cost of the terms above).
    """
    terms = {row["term"]: row for row in plan.tables["costs"]}
    rows: list[CostStep] = []
    before = 0.0
    for term in sorted(terms, key=_rank):
        present = terms[term]["present_cost"]
        if present or terms[term]["amount"]:
            rows.append({**terms[term], "before": before})
            before += present
    return rows


def _rank(term: str) -> tuple[int, str]:
    """Return the sort key of a cost term; unknown ones come last."""
    position = COST_TERMS.index(term) if term in COST_TERMS else len(COST_TERMS)
    return position, term


@dataclass(frozen=True)
class NodeUse:
    """Power in use at a node.

    Attributes
    ----------
    node : str
        The node.
    load, energised : tuple of float or None
        MW at each period; energised is None where the node has no limit.
    """

    node: str
    load: tuple[float, ...]
    energised: tuple[float | None, ...]

    @property
    def limited(self) -> bool:
        """Whether it has a limit in any period."""
        return any(limit is not None for limit in self.energised)

    @property
    def tightest(self) -> float:
        """Largest share of its energised power in use; 0 if it is never energised."""
        shares = [self.share(period) or 0.0 for period in range(len(self.load))]
        return max(shares, default=0.0)

    def share(self, period: int) -> float | None:
        """Return the share in use; None without a limit or before it is energised."""
        limit = self.energised[period]
        if limit is None or limit <= NOTHING:
            return None
        return self.load[period] / limit


def node_uses(plan: Plan) -> list[NodeUse]:
    """Return the nodes with a limit, least headroom first."""
    loads: dict[str, list[PowerRow]] = defaultdict(list)
    for row in sorted(plan.tables["power"], key=lambda row: row["period"]):
        loads[row["node"]].append(row)
    limited = []
    for name, rows in loads.items():
        load = [row["load_mw"] for row in rows]
        energised = [row["energised_mw"] for row in rows]
        use = NodeUse(name, tuple(load), tuple(energised))
        if use.limited:
            limited.append(use)
    return sorted(limited, key=lambda use: (-round(use.tightest, 4), -max(use.load), use.node))


def buckets(count: int, most: int) -> list[range]:
    """Merge consecutive periods into at most `most` groups."""
    size = max(1, -(-count // max(most, 1)))
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def milestones_of(plan: Plan) -> dict[str, list[tuple[date, float]]]:
    """Return date and cumulative MW of each commitment's milestones, by date."""
    found: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for row in plan.inputs.tables["milestones"]:
        found[row["commitment"]].append((row["date"], row["mw"]))
    return {name: sorted(pairs) for name, pairs in found.items()}


def active(rows: Sequence[RampRow]) -> bool:
    """Return whether anything is due or served in a commitment's ramp."""
    return any(number(row["required_mw"]) or number(row["in_service_mw"]) > NOTHING for row in rows)
