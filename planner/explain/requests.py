"""Requests: a limit and the size of its change, in the figures that are printed.

The size of a request counts grains, the unit of the last printed digit. So the re-solved cells
contain exactly what the sentence says, and the next smaller request is one grain less. Sizes are
integers, rounded up, so that they never give less room than needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from planner.explain.limit_declarations import MAX_TIMES, Day
from planner.explain.limit_moves import Move, lifted_steps
from planner.explain.limits import STEPS, Limit
from planner.workbook.rows import Inputs

Name = tuple[str, str, str]

HUNDREDTH = ("mw", "it_mw")
"""Columns with a grain of 0.01 (10 kW)."""

YIELD_GRAIN = Decimal("0.0001")
MONEY_DIGITS = 6
"""Significant digits of a request for budget; never finer than whole units of money."""

DAYS_DIVISOR = 4
"""Divisor of a number of days that gives the least value to ask for: expediting saves no more."""

BOUNDS = (
    "no date before {today}, days not below a quarter, amounts not above ten times, what a hall "
    "carries not above twice, a yield at most nine tenths of the way to 1"
)
"""Bounds of all requests, in words."""


@dataclass(frozen=True)
class Request:
    """One request: a limit, in all its rows from some date on, moved by one size.

    Attributes
    ----------
    limits : tuple of Limit
        Rows of one limit, earliest first; all move by the same size.
    size : int
        Grains more; for dates, days earlier; for days, days fewer.
    grain : Decimal
        Unit of its size, see `grain_of`.
    """

    limits: tuple[Limit, ...]
    size: int
    grain: Decimal

    @property
    def name(self) -> Name:
        """Identity of the request, whatever its size."""
        return name_of(self.limits[-1])

    @property
    def more(self) -> Decimal:
        """Amount added to each cell; for dates and days, the days subtracted."""
        return self.size * self.grain

    def value(self, limit: Limit) -> Any:
        """Return the new value of the cell of one of its limits."""
        before = limit.value
        if isinstance(before, date):
            return before - timedelta(days=self.size)
        if limit.dated:
            return before - self.size
        if limit.column == "yield":
            # A yield is printed as its new value, so that value itself is rounded to the grain.
            grains = (Decimal(str(before)) / self.grain).to_integral_value(ROUND_FLOOR)
            return float(min(Decimal(1), (grains + self.size) * self.grain))
        after = Decimal(str(before)) + self.more
        return int(after) if limit.column == "count" else float(after)

    def moves(self) -> list[Move]:
        """Return the moves of the request, each with the new value of its cell."""
        return [Move(limit, self._steps(limit), self.value(limit)) for limit in self.limits]

    def _steps(self, limit: Limit) -> float:
        if limit.dated:
            return float(self.size)
        more: float = (self.value(limit) - limit.value) / limit.step
        return more


def name_of(limit: Limit) -> Name:
    """Return the name of requests for a limit; rows with the same name move together."""
    # A budget is cumulative: more by one date is also more by all later dates.
    subject = "" if limit.row.sheet == "budget" else limit.subject
    return (limit.kind, subject, limit.where if limit.dated else "")


def names_of(requests: Iterable[Request]) -> frozenset[Name]:
    """Return the names of requests, which do not depend on their sizes."""
    return frozenset(request.name for request in requests)


def grain_of(limit: Limit) -> Decimal:
    """Return the grain of a limit: the unit of the last printed digit."""
    if limit.dated:
        return Decimal(1)
    if limit.column == "yield":
        return YIELD_GRAIN
    if limit.column == "cumulative":
        digits = Decimal(str(max(limit.value, 1.0))).adjusted() + 1
        return Decimal(10) ** max(0, digits - MONEY_DIGITS)
    is_whole = float(limit.value).is_integer() and limit.column not in HUNDREDTH
    return Decimal(1) if is_whole else Decimal("0.01")


def today_of(inputs: Inputs) -> date:
    """Return the first day on which a request could take effect."""
    start: date = inputs.settings["start"]
    return max(start, inputs.settings["today"] or start)


def is_over(inputs: Inputs, limit: Limit) -> bool:
    """Return whether a limit applies only before today, so that it cannot change any more."""
    row, today = limit.row, today_of(inputs)
    if row.sheet == "budget":
        return bool(row["date"] < today)
    if row.sheet not in STEPS or limit.dated:
        return False
    name = STEPS[row.sheet][0]
    return any(
        other[name] == row[name] and row["from"] < other["from"] <= today
        for other in inputs.tables[row.sheet]
    )


def largest(inputs: Inputs, limits: Sequence[Limit]) -> Request:
    """Return the largest request for some rows of one limit; its size may be 0."""
    none = request_of(limits, 0)
    return replace(none, size=max(0, _most(inputs, none)))


def request_of(limits: Sequence[Limit], size: int) -> Request:
    """Return a request of some size, in the finest grain of its limits."""
    return Request(tuple(limits), size, min(map(grain_of, limits)))


def _most(inputs: Inputs, request: Request) -> int:
    first = request.limits[0]
    if isinstance(first.value, date):
        return (first.value - today_of(inputs)).days
    if isinstance(first.declared, Day):
        return int(first.value - math.ceil(first.value / DAYS_DIVISOR))
    if first.column == "yield":
        value = Decimal(str(first.value))
        best = 1 - (1 - value) / MAX_TIMES
        grains = [(x / YIELD_GRAIN).to_integral_value(ROUND_FLOOR) for x in (value, best)]
        return int(grains[1] - grains[0])
    # More than lifts a limit altogether gains nothing.
    lifted = max(lifted_steps(inputs, x) * x.step for x in request.limits)
    base = max(float(limit.value) for limit in request.limits)
    times = first.declared.max_times
    more = min(lifted, (times - 1) * base) if base > 0 else lifted
    return int(Decimal(str(more)) / request.grain)
