"""How long the work for a dispatch day takes: what a rate allows does not happen in one day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.case.acts import Timetable
from planner.case.clock import Name
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
    carried
        What each window leaves for the next, by name and its last day.
    """

    def __init__(
        self,
        timetable: Timetable,
        used: Mapping[tuple[Name, int], float],
        carried: Mapping[tuple[Name, int], float],
    ) -> None:
        self.timetable, self.used, self.carried = timetable, used, carried
        self._windows: dict[Name, list[tuple[int, int]]] = {}

    def days_before(self, name: Name, day: int) -> int:
        """Return the days between the begin of the work of an act and the day it is dispatched.

        0 for an act without a rate. What leaves on a day that is no dispatch day of the act left
        on the dispatch day before.
        """
        rate = self.timetable.rates.get(name)
        before: tuple[int, int] | None = None
        found: tuple[int, int] | None = None
        for first, last in self._windows_of(name) if rate is not None else ():
            if last > day:
                break
            before, found = found, (first, last)
        if rate is None or found is None:
            return 0
        first, last = found
        left = 0.0 if before is None else self.carried.get((name, before[1]), 0.0)
        wanted = self.used.get((name, last), 0.0) + self.carried.get((name, last), 0.0) - left
        accrued = np.cumsum(rate.daily[first : last + 1][::-1])
        enough = wanted - TOLERANCE * max(1.0, abs(wanted))
        return min(int(np.searchsorted(accrued, enough)), last - first)

    def _windows_of(self, name: Name) -> list[tuple[int, int]]:
        """Return first and last day of the windows of an act, in order."""
        if name not in self._windows:
            clock = self.timetable.clock
            found = windows(clock.days.get(name, ()), clock.since.get(name, 0))
            self._windows[name] = found
        return self._windows[name]
