"""What installs are for: the milestone that waits for the systems of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.case.case import Case
from planner.plan.pegging import Install
from planner.plan.tables import Row

NOTHING = 1e-6
"""MW up to which a hall serves nothing: a solver's noise."""


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


class Purposes:
    """Tells what installs are for, from what their halls serve.

    Parameters
    ----------
    case
        The case.
    service, ramp
        Rows of these result tables.
    """

    def __init__(self, case: Case, service: Iterable[Row], ramp: Iterable[Row]) -> None:
        self.case = case
        self.served: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(
            lambda: defaultdict(set)
        )
        periods = {day: period for period, day in enumerate(case.calendar.starts)}
        for row in service:
            if float(row["mw"]) <= NOTHING:  # type: ignore[arg-type]
                continue
            place = self.served[str(row["hall"]), str(row["system"])]
            place[str(row["commitment"])].add(periods[row["period"]])  # type: ignore[index]
        self.short = {
            (str(row["commitment"]), periods[row["period"]])  # type: ignore[index]
            for row in ramp
            if row["missed_mw"]
        }
        self.judged: dict[str, list[tuple[int, date, float]]] = defaultdict(list)
        for commitment, day, period, mw in case.demand.judged:
            if mw > 0:
                self.judged[commitment].append((period, day, mw))

    def of(self, install: Install) -> Purpose | None:
        """Return what an install is for; None if its hall serves nothing afterwards.

        The systems count from their first period in service. If a commitment that their hall then
        serves is short in the period before, they are late for the milestone in force there. Else
        they are for its first milestone that is judged from then on while the hall serves it. Of
        several commitments, the earliest such milestone is taken; only where none has any, the
        earliest that is in force already.
        """
        hall, system, period = install
        first = self.case.calendar.usable(period, self.case.facility.commission_days[system])
        if first is None:
            return None
        found = [
            ranked
            for commitment, served in self.served[hall, system].items()
            if (ranked := self._for(commitment, served, first)) is not None
        ]
        return min(found, key=lambda pair: (pair[0], pair[1].milestone, pair[1].commitment),
                   default=(0, None))[1]  # fmt: skip

    def _for(self, commitment: str, served: set[int], first: int) -> tuple[int, Purpose] | None:
        """Return the milestone of one commitment, which the hall serves in the periods given.

        Before it stands 0, or 1 if the milestone was met before and is only to be held.
        """
        after = [period for period in served if period >= first]
        if not after:
            return None
        if first in served and (commitment, first - 1) in self.short:
            return 0, Purpose(self._in_force(commitment, first - 1), commitment, late=True)
        for period, day, _ in sorted(self.judged[commitment]):
            if period >= first and period in served:
                return 0, Purpose(day, commitment, late=False)
        if any(period <= min(after) for period, _, _ in self.judged[commitment]):
            return 1, Purpose(self._in_force(commitment, min(after)), commitment, late=False)
        return None

    def _in_force(self, commitment: str, period: int) -> date:
        """Return the milestone that sets the requirement in a period: the first of the most MW."""
        due = [(-mw, day) for at, day, mw in self.judged[commitment] if at <= period]
        return min(due)[1]
