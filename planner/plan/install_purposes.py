"""What installs are for: the milestone that waits for the systems of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.case.case import Case
from planner.plan.pegging import Install
from planner.plan.result_rows import RampRow, ServiceRow

NOTHING = 1e-6
"""MW served up to this are solver noise."""


@dataclass(frozen=True)
class Purpose:
    """The milestone that waits for the systems of an install.

    Attributes
    ----------
    milestone : date
        Its day.
    commitment : str
        Its commitment.
    late : bool
        Whether megawatts of it are missed before the systems come into service.
    """

    milestone: date
    commitment: str
    late: bool


def first_of_the_last(milestones: Sequence[tuple[date, float]]) -> date:
    """Return the day since which the megawatts of the last of some milestones are due."""
    since, due = milestones[0]
    for day, mw in milestones:
        if mw != due:
            since, due = day, mw
    return since


class Purposes:
    """Finds the milestone that each install is for, from what its hall serves.

    Parameters
    ----------
    case
        The case.
    service, ramp
        Rows of these result tables.
    """

    def __init__(self, case: Case, service: Iterable[ServiceRow], ramp: Iterable[RampRow]) -> None:
        self.case = case
        self.served: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(
            lambda: defaultdict(set)
        )
        periods = {day: period for period, day in enumerate(case.calendar.starts)}
        for row in service:
            if row["mw"] <= NOTHING:
                continue
            place = self.served[row["hall"], row["system"]]
            place[row["commitment"]].add(periods[row["period"]])
        self.short = {
            (row["commitment"], periods[row["period"]]) for row in ramp if row["missed_mw"]
        }
        self.judged: dict[str, list[tuple[int, date, float]]] = defaultdict(list)
        for commitment, day, period, mw in case.demand.judged:
            if mw > 0:
                self.judged[commitment].append((period, day, mw))

    def of(self, install: Install) -> Purpose | None:
        """Return what an install is for; None if no milestone waits for it.

        The systems count from their first period in service. If a commitment that their hall then
        serves is short in the period before, they are late for the milestone in force there. Else
        they are for its first milestone that is judged from then on while the hall serves it. Of
        several commitments, the earliest such milestone is taken. What only holds the megawatts of
        a milestone that was met before is for none: its day is past when the systems come.
        """
        hall, system, day = install
        serves = day + self.case.facility.commission_days[system]
        if serves >= self.case.calendar.day_count:
            return None
        first = self.case.calendar.period_of(serves)
        purposes = []
        for commitment, served in self.served[hall, system].items():
            purpose = self._for(commitment, served, first)
            if purpose is not None:
                purposes.append(purpose)
        return min(purposes, key=lambda each: (each.milestone, each.commitment), default=None)

    def _for(self, commitment: str, served: set[int], first: int) -> Purpose | None:
        """Return the milestone of one commitment, which the hall serves in the periods given."""
        if first in served and (commitment, first - 1) in self.short:
            return Purpose(self._in_force(commitment, first - 1), commitment, late=True)
        for period, day, _ in sorted(self.judged[commitment]):
            if period >= first and period in served:
                return Purpose(day, commitment, late=False)
        return None

    def _in_force(self, commitment: str, period: int) -> date:
        """Return the milestone that sets the requirement in a period: the first of its MW."""
        due = [(day, mw) for judged, day, mw in sorted(self.judged[commitment]) if judged <= period]
        return first_of_the_last(due)
