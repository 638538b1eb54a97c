"""Stages of each tranche: orders, assembly, shipments and installs, with their days.

A tranche is the increase of a commitment by a milestone. Its megawatts at a site are the growth of
service there while the milestone is being reached. Units are traced back first in, first out at
every place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from planner.plan.result_rows import OrderRow, ProductionRow, ShipmentRow
from planner.plan.store import Plan
from planner.reports.plan_figures import (
    EVERYWHERE,
    commission_days,
    it_mw,
    milestones_of,
    time_of,
)
from planner.reports.views import NOTHING, ramps

STAGES = ("order", "assemble", "ship", "install", "commission")
"""Stages in order; the last ends in service."""

Span = tuple[date, date]
Units = tuple[float, float]
"""Units from one place in a queue to another."""

Taken = list[tuple[tuple[str, str], Units]]
"""Units taken from queues, each by place and item."""


@dataclass
class Tranche:
    """Part of a tranche that a site serves.

    Attributes
    ----------
    commitment, site : str
        The commitment, and the site that serves it.
    due : datetime.date
        Day of the milestone.
    mw, late_mw : float
        MW on the commitment's basis; those of them that are due, but in service only later.
    basis : str
        That basis.
    stages : dict of str to (datetime.date, datetime.date)
        First and last day of each stage that it goes through; no ``order`` where the order's day
        is not known.
    in_service : datetime.date
        Day on which the last of what is due comes into service.
    on_time : datetime.date or None
        The same of what is in service in time; None if all of it is late.
    """

    commitment: str
    site: str
    due: date
    mw: float
    late_mw: float
    basis: str
    stages: dict[str, Span]
    in_service: date
    on_time: date | None

    @property
    def start(self) -> date:
        """First day of its first stage."""
        return min((first for first, _ in self.stages.values()), default=self.in_service)

    @property
    def is_late(self) -> bool:
        """Whether any of it is late."""
        return self.late_mw > NOTHING


@dataclass
class Queue:
    """Queue of the units that arrived at a place, in order.

    Attributes
    ----------
    ends : list of float
        Cumulative units after each arrival.
    arrivals : list of (str, Span or None, Taken)
        Stage of arrival, its days, and the units used for them elsewhere.
    """

    ends: list[float] = field(default_factory=list)
    arrivals: list[tuple[str, Span | None, Taken]] = field(default_factory=list)

    def add(self, units: float, stage: str, span: Span | None, used: Taken) -> None:
        """Add an arrival, not earlier than those before."""
        self.ends.append((self.ends[-1] if self.ends else 0.0) + units)
        self.arrivals.append((stage, span, used))

    def within(self, units: Units) -> Iterator[tuple[int, Units]]:
        """Yield the arrivals of these units, each with its share from 0 to 1."""
        low, high = units
        at = bisect_right(self.ends, low + NOTHING)
        while at < len(self.ends):
            start = self.ends[at - 1] if at else 0.0
            if start >= high - NOTHING:
                return
            size = self.ends[at] - start
            yield at, ((max(low, start) - start) / size, (min(high, self.ends[at]) - start) / size)
            at += 1


class Ways:
    """The queues of all places, filled from a plan's tables."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.one_place = not plan.inputs.tables["lanes"]
        self.queues: dict[tuple[str, str], Queue] = defaultdict(Queue)
        self._coming: list[tuple[date, tuple[str, str], float, str, Span | None, Taken]] = []
        self._left: dict[tuple[str, str], float] = defaultdict(float)
        self._bom: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self._yield = {(r["supplier"], r["item"]): r["yield"] for r in plan.inputs.tables["supply"]}
        for part in plan.inputs.tables["bom"]:
            self._bom[part["system"]].append((part["item"], part["quantity"]))
        for _, _, take in sorted(self._events(), key=lambda event: event[:2]):
            take()
        # Units that leave later can arrive earlier on a faster lane.
        for _, key, units, name, span, used in sorted(self._coming, key=lambda come: come[0]):
            self.queues[key].add(units, name, span, used)

    def place(self, name: object) -> str:
        """Return a place, or the single place of a plan without lanes."""
        return EVERYWHERE if self.one_place else str(name)

    def take(self, place: str, item: str, units: float) -> Units:
        """Take the next units from a queue."""
        start = self._left[place, item]
        self._left[place, item] = start + units
        return start, start + units

    def _events(self) -> Iterator[tuple[date, int, Callable[[], None]]]:
        """Yield orders, starts and shipments by the day on which they take their units."""
        for order in self.plan.tables["orders"]:
            yield order["arrival_date"], 0, partial(self._order, order)
        for start in self.plan.tables["production"]:
            yield start["start_date"], 1, partial(self._assembly, start)
        for shipment in self.plan.tables["shipments"]:
            yield shipment["departure_date"], 2, partial(self._shipment, shipment)

    def _order(self, row: OrderRow) -> None:
        supplier, item = row["supplier"], row["item"]
        good = row["quantity"] * self._yield.get((supplier, item), 1.0)
        ordered, arrives = row["order_date"], row["arrival_date"]
        span = (ordered, arrives) if ordered else None
        key = self.place(supplier), item
        self._coming.append((arrives, key, good, "order", span, []))

    def _assembly(self, row: ProductionRow) -> None:
        plant = self.place(row["plant"])
        system = row["system"]
        used: Taken = []
        for item, per_system in self._bom[system]:
            units = per_system * row["quantity"]
            used.append(((plant, item), self.take(plant, item, units)))
        self._come(
            plant,
            system,
            "assemble",
            (row["start_date"], row["finish_date"]),
            row["quantity"],
            used,
        )

    def _shipment(self, row: ShipmentRow) -> None:
        start, item = row["from"], row["item"]
        used = [((start, item), self.take(start, item, row["quantity"]))]
        span = row["departure_date"], row["arrival_date"]
        self._come(row["to"], item, "ship", span, row["quantity"], used)

    def _come(
        self, place: str, item: str, stage: str, span: Span, count: float, used: Taken
    ) -> None:
        self._coming.append((span[1], (place, item), count, stage, span, used))

    def trace(self, place: str, item: str, units: Units, system: str) -> dict[str, Span]:
        """Return the days of each stage that units passed through.

        Only shipments of the system itself count as shipped; those of parts count as ordered.
        """
        found: dict[str, Span] = {}
        waiting = [((place, item), units)]
        while waiting:
            (where, what), wanted = waiting.pop()
            for at, (low, high) in self.queues[where, what].within(wanted):
                stage, span, used = self.queues[where, what].arrivals[at]
                if span and (stage != "ship" or what == system):
                    found[stage] = _join(found.get(stage), span)
                for key, (start, end) in used:
                    size = end - start
                    waiting.append((key, (start + low * size, start + high * size)))
        return found


def tranches(plan: Plan) -> list[Tranche]:
    """Return the tranches by milestone and site, from systems installed in the plan.

    Sorted by commitment, date and first day. Systems in place at the start serve first and have no
    stages.
    """
    time = time_of(plan)
    ways = Ways(plan)
    installs = _installs(plan, ways)
    waits = commission_days(plan)
    standing = {}
    for row in plan.inputs.tables["fleet"]:
        standing[row["hall"], row["system"]] = float(row["count"])
    basis = {row["commitment"]: row["basis"] for row in plan.inputs.tables["commitments"]}
    found: dict[tuple[str, str, date], Tranche] = {}
    for growth in _growth(plan):
        key = growth.hall, growth.system
        start = standing.get(key, 0.0)
        standing[key] = start - growth.systems
        # Systems in place at the start serve first.
        new = min(growth.systems, growth.systems - start)
        if new <= NOTHING:
            continue
        first = max(0.0, -start)
        wait = timedelta(days=waits[growth.system])
        stages, ready = _stages(ways, installs[key], (first, first + new), growth.system, wait)
        if not stages:
            continue
        # Units ready before the period were not needed until then: the day is unknown.
        is_needed = ready > time.starts[growth.period]
        served = ready if is_needed else time.ends[growth.period]
        share = new / growth.systems
        more = Tranche(
            commitment=growth.commitment,
            site=growth.site,
            due=growth.due,
            mw=growth.mw * share,
            late_mw=growth.late_mw * share,
            basis=basis[growth.commitment],
            stages=stages,
            in_service=served,
            on_time=None if growth.late_mw else served,
        )
        _grow(found, more)
    return sorted(found.values(), key=lambda t: (t.commitment, t.due, t.start, t.site))


def _stages(
    ways: Ways, queue: Queue, units: Units, system: str, wait: timedelta
) -> tuple[dict[str, Span], date]:
    """Return the days of each stage of installed systems, and the day on which all are ready."""
    stages: dict[str, Span] = {}
    ready = date.min
    for position, (low, high) in queue.within(units):
        _, span, used = queue.arrivals[position]
        assert span is not None
        installed = span[1]
        ready = max(ready, installed + wait)
        stages = _merge(stages, {"install": span})
        if wait:
            stages = _merge(stages, {"commission": (installed, installed + wait)})
        for (place, item), (begin, end) in used:
            size = end - begin
            part = begin + low * size, begin + high * size
            stages = _merge(stages, ways.trace(place, item, part, system))
    return stages, ready


def _grow(found: dict[tuple[str, str, date], Tranche], more: Tranche) -> None:
    """Merge a later part into a tranche."""
    key = more.commitment, more.site, more.due
    known = found.setdefault(key, more)
    if known is not more:
        known.mw += more.mw
        known.late_mw += more.late_mw
        known.stages = _merge(known.stages, more.stages)
        # Service beyond the milestone does not change either day.
        counts = more.late_mw > 0 or more.in_service <= more.due
        if counts:
            known.in_service = max(known.in_service, more.in_service)
        if more.on_time and (counts or known.on_time is None):
            known.on_time = max(known.on_time or more.on_time, more.on_time)


def _installs(plan: Plan, ways: Ways) -> dict[tuple[str, str], Queue]:
    """Return the systems installed in each hall class, each with the units it used."""
    queues: dict[tuple[str, str], Queue] = defaultdict(Queue)
    for row in sorted(plan.tables["installs"], key=lambda row: row["date"]):
        count, system = row["installed"], row["system"]
        done = row["date"]
        if count > NOTHING:
            place = ways.place(row["site"])
            used = [((place, system), ways.take(place, system, count))]
            queues[row["hall"], system].add(count, "install", (done, done), used)
    return queues


@dataclass(frozen=True)
class Growth:
    """Growth of service toward a milestone, by systems of a hall class in a period.

    Attributes
    ----------
    commitment, site, hall, system : str
        What is served, and by which systems.
    due : datetime.date
        Day of the milestone.
    mw, late_mw : float
        MW on the commitment's basis, and those of them that are late.
    systems : float
        Systems that serve them.
    period : int
        Position of the period.
    """

    commitment: str
    site: str
    hall: str
    system: str
    due: date
    mw: float
    late_mw: float
    systems: float
    period: int


Serving = dict[tuple[str, str, str], float]
"""MW by site, hall class and system."""


def _growth(plan: Plan) -> Iterator[Growth]:
    """Yield the growth of service toward each milestone, period by period."""
    time = time_of(plan)
    mw_per_system = _mw_per_system(plan)
    served = _served(plan)
    for commitment, due in milestones_of(plan).items():
        sizes = [mw for key, mw in mw_per_system.items() if key[0] == commitment]
        largest_system = max(sizes, default=0.0)
        best: Serving = defaultdict(float)
        level = 0.0
        for period in sorted(served[commitment]):
            now = served[commitment][period]
            total = sum(now.values())
            shares = list(_shares(due, level, total, largest_system, time.ends[period]))
            for (site, hall, system), mw in sorted(now.items()):
                more = mw - best[site, hall, system]
                best[site, hall, system] = max(best[site, hall, system], mw)
                if more <= NOTHING:
                    continue
                for due_day, share, late_share in shares:
                    yield Growth(
                        commitment=commitment,
                        site=site,
                        hall=hall,
                        system=system,
                        due=due_day,
                        mw=more * share,
                        late_mw=more * late_share,
                        systems=more * share / mw_per_system[commitment, site, system],
                        period=period,
                    )
            level = max(level, total)


def _served(plan: Plan) -> dict[str, dict[int, Serving]]:
    """Return the MW served by commitment and position of the period."""
    positions = {start: position for position, start in enumerate(time_of(plan).starts)}
    served: dict[str, dict[int, Serving]] = defaultdict(lambda: defaultdict(dict))
    for row in plan.tables["service"]:
        key = row["site"], row["hall"], row["system"]
        served[row["commitment"]][positions[row["period"]]][key] = row["mw"]
    return served


def _shares(
    due: list[tuple[date, float]], level: float, total: float, slack: float, end: date
) -> Iterator[tuple[date, float, float]]:
    """Yield the milestones toward which service grows from one level to another by a day.

    With each, the share of the growth that belongs to it, and that which is late for it: due
    before that day, and not only served on top. Systems are whole, so a milestone is often passed
    by part of one, less than `slack`, when it is reached; that part is no beginning of the next.
    """
    if total <= level + NOTHING:
        return
    before = 0.0
    for place, (day_due, mw) in enumerate(due):
        start = max(level, before)
        passes = level < mw - NOTHING and mw < total < mw + slack - NOTHING
        top = total if place == len(due) - 1 or passes else max(mw, before)
        part, late = min(total, top) - start, min(total, mw) - start
        if part > NOTHING:
            is_late = end > day_due and late > NOTHING
            yield day_due, part / (total - level), late / (total - level) if is_late else 0.0
        before = max(top, before)


def missing_mw(plan: Plan) -> dict[tuple[str, date], float]:
    """Return the MW of each milestone that are not in service at the plan's end.

    MW in service count for earlier milestones first.
    """
    found = {}
    for commitment, rows in ramps(plan).items():
        missed = rows[-1]["missed_mw"]
        required = rows[-1]["required_mw"]
        before = required - missed if missed > NOTHING else required
        for due, mw in milestones_of(plan).get(commitment, []):
            part = min(mw, required) - before
            if part > NOTHING:
                found[commitment, due] = part
                before += part
    return found


def _mw_per_system(plan: Plan) -> dict[tuple[str, str, str], float]:
    """Return the MW of a system on the basis of a commitment at a site."""
    tables, it = plan.inputs.tables, it_mw(plan)
    found = {}
    for commitment in tables["commitments"]:
        basis = commitment["basis"]
        for site in tables["sites"]:
            for system in tables["systems"]:
                mw = it[system["system"]]
                if basis == "facility":
                    mw *= site["pue"] or 1.0
                elif basis == "system":
                    mw = system["power_kw"] / 1000
                found[commitment["commitment"], site["site"], system["system"]] = mw
    return found


def _join(known: Span | None, more: Span) -> Span:
    """Return the shortest span with both."""
    if known is None:
        return more
    return min(known[0], more[0]), max(known[1], more[1])


def _merge(known: dict[str, Span], more: dict[str, Span]) -> dict[str, Span]:
    """Return the union of two sets of spans."""
    merged = dict(known)
    for stage, span in more.items():
        merged[stage] = _join(known.get(stage), span)
    return merged
