"""Stages of each tranche: orders, assembly, shipments and installs, with their days.

A tranche is the increase of a commitment by a milestone. Its megawatts at a site are the growth of
service there while the milestone is being reached. Units are traced back first in, first out at
every place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from planner.plan.store import Plan
from planner.reports.charts.unit_queues import (
    Arrival,
    Queue,
    Span,
    UnitQueues,
    Units,
    joined,
    part_of,
)
from planner.reports.plan_figures import commission_days, it_mw, milestones_of, time_of
from planner.reports.views import NOTHING, ramps

STAGES = ("order", "assemble", "ship", "install", "commission")
"""Stages in order; the last ends in service."""


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


def tranches(plan: Plan) -> list[Tranche]:
    """Return the tranches by milestone and site, from systems installed in the plan.

    Sorted by commitment, date and first day. Systems in place at the start serve first and have no
    stages.
    """
    time = time_of(plan)
    queues = UnitQueues(plan)
    installs = _installs(plan, queues)
    waits = commission_days(plan)
    standing = {}
    for row in plan.inputs.tables["fleet"]:
        standing[row["hall"], row["system"]] = float(row["count"])
    basis = {row["commitment"]: row["basis"] for row in plan.inputs.tables["commitments"]}
    by_milestone: dict[tuple[str, str, date], Tranche] = {}
    for growth in _growth(plan):
        key = growth.hall, growth.system
        # Systems of the fleet that serve nothing yet; below zero, the installed ones that serve.
        start = standing.get(key, 0.0)
        standing[key] = start - growth.systems
        # Systems in place at the start serve first.
        new = min(growth.systems, growth.systems - start)
        if new <= NOTHING:
            continue
        first = max(0.0, -start)
        wait = timedelta(days=waits[growth.system])
        stages, ready = _stages(queues, installs[key], (first, first + new), growth.system, wait)
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
        _grow(by_milestone, more)
    return sorted(by_milestone.values(), key=lambda t: (t.commitment, t.due, t.start, t.site))


def _stages(
    queues: UnitQueues, queue: Queue, units: Units, system: str, wait: timedelta
) -> tuple[dict[str, Span], date]:
    """Return the days of each stage of installed systems, and the day on which all are ready."""
    stages: dict[str, Span] = {}
    ready = date.min
    for arrival, shares in queue.within(units):
        # Only an order can have unknown days.
        assert arrival.span is not None
        installed = arrival.day
        ready = max(ready, installed + wait)
        stages = _merge(stages, {"install": arrival.span})
        if wait:
            stages = _merge(stages, {"commission": (installed, installed + wait)})
        for (place, item), used_units in arrival.used:
            part = part_of(used_units, shares)
            stages = _merge(stages, queues.trace(place, item, part, system))
    return stages, ready


def _grow(by_milestone: dict[tuple[str, str, date], Tranche], more: Tranche) -> None:
    """Merge a later part into a tranche."""
    key = more.commitment, more.site, more.due
    known = by_milestone.setdefault(key, more)
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


def _installs(plan: Plan, queues: UnitQueues) -> dict[tuple[str, str], Queue]:
    """Return a queue of the systems installed in each hall class, with the units they used."""
    installs: dict[tuple[str, str], Queue] = defaultdict(Queue)
    for row in sorted(plan.tables["installs"], key=lambda row: row["date"]):
        count, system, day = row["installed"], row["system"], row["date"]
        if count <= NOTHING:
            continue
        place = queues.place(row["site"])
        used = [((place, system), queues.take(place, system, count))]
        key = row["hall"], system
        installs[key].add(Arrival(day, key, count, "install", (day, day), used))
    return installs


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
    missing: dict[tuple[str, date], float] = {}
    for commitment, rows in ramps(plan).items():
        missed = rows[-1]["missed_mw"]
        required = rows[-1]["required_mw"]
        before = required - missed if missed > NOTHING else required
        for due, mw in milestones_of(plan).get(commitment, []):
            part = min(mw, required) - before
            if part > NOTHING:
                missing[commitment, due] = part
                before += part
    return missing


def _mw_per_system(plan: Plan) -> dict[tuple[str, str, str], float]:
    """Return the MW of a system on the basis of a commitment at a site."""
    tables, it_mw_of = plan.inputs.tables, it_mw(plan)
    mw_per_system: dict[tuple[str, str, str], float] = {}
    for commitment in tables["commitments"]:
        basis = commitment["basis"]
        for site in tables["sites"]:
            for system in tables["systems"]:
                mw = it_mw_of[system["system"]]
                if basis == "facility":
                    mw *= site["pue"] or 1.0
                elif basis == "system":
                    mw = system["power_kw"] / 1000
                key = commitment["commitment"], site["site"], system["system"]
                mw_per_system[key] = mw
    return mw_per_system


def _merge(known: dict[str, Span], more: dict[str, Span]) -> dict[str, Span]:
    """Return the union of two sets of spans."""
    merged = dict(known)
    for stage, span in more.items():
        merged[stage] = joined(known.get(stage), span)
    return merged
