"""How long the work for a dispatch day takes, because a rate spreads it over several days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

import numpy as np

from planner.case.acts import Timetable
from planner.case.dispatch_days import Name
from planner.case.rates import windows
from planner.tolerance import TOLERANCE


class Work:
    """When the work begins that is dispatched on a day.

    What an act dispatches on a day was worked on until then, at its full rate: it begins on the
    last day from which the rate suffices. What the work takes must begin to come by that day.

    Parameters
    ----------
    timetable
        Days and rates of all acts.
    used
        What each act uses of its rate by a day, by name and day.
    """

    def __init__(self, timetable: Timetable, used: Mapping[tuple[Name, int], float]) -> None:
        self.timetable, self.used = timetable, used
        self._days_of_act: dict[Name, dict[int, int]] = {}

    def days_before(self, name: Name, day: int) -> int:
        """Return the days between the beginning of an act's work and its dispatch.

        0 for an act without a rate. What leaves between two dispatch days was dispatched on the
        earlier one.
        """
        if name not in self.timetable.rates:
            return 0
        if name not in self._days_of_act:
            self._days_of_act[name] = self._days_of_work(name)
        days_of_work = self._days_of_act[name]
        dispatch_days = list(days_of_work)
        index = bisect_right(dispatch_days, day) - 1
        if index < 0:
            return 0
        return days_of_work[dispatch_days[index]]

    def _days_of_work(self, name: Name) -> dict[int, int]:
        """Return the days of work before each dispatch day of an act, in order of days."""
        clock, daily = self.timetable.clock, self.timetable.rates[name].daily
        act_windows = windows(clock.days.get(name, ()), clock.since.get(name, 0))
        days_of_work: dict[int, int] = {}
        owed = 0.0  # What later windows use of the rate of this one.
        for first, last in reversed(act_windows):
            wanted = self.used.get((name, last), 0.0) + owed
            # Units accrued from the last day back to each earlier one.
            accrued = np.cumsum(daily[first : last + 1][::-1])
            enough = wanted - TOLERANCE * max(1.0, wanted)
            days_of_work[last] = min(int(np.searchsorted(accrued, enough)), last - first)
            owed = max(0.0, wanted - float(accrued[-1]))
        return dict(sorted(days_of_work.items()))
