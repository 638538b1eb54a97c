"""What can be promised on top of what is promised already: earliest dates and largest megawatts.

A quote is firm: the megawatts are in service at the end of a period and of every period after
it, and no commitment misses more than it does in the plan. It is asked as one more commitment,
served last, whose shortfall is one number over all periods from the date on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.errors import PlannerError
from planner.explain.limits import Limit
from planner.explain.moves import Move
from planner.explain.problem import NONE, Problem
from planner.explain.session import Session
from planner.explain.touches import Catalogue, Touch
from planner.explain.whole import solve_whole
from planner.inputs.rows import Inputs
from planner.inputs.rows import Row as InputRow
from planner.inputs.tables import BY_NAME
from planner.model.objectives import Tier
from planner.plan.tables import Row
from planner.solve.prices import (
    Basis,
    read_basis,
    set_coefficient,
    set_upper,
    start_from_basis,
)

NAME = "quote"
"""Commitment that is asked for; a name in use gets a number."""

NO_OVERTIME = ("yield", "number of halls")
"""Kinds of limits that overtime cannot stretch."""


@dataclass(frozen=True)
class Terms:
    """What is asked for.

    Attributes
    ----------
    basis : str
        ``system``, ``it`` or ``facility``.
    countries, systems : tuple of str
        Those that may serve it; empty for all.
    """

    basis: str = "it"
    countries: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Largest:
    """The most that can be firm from the end of a period on.

    Attributes
    ----------
    period : int
    at_most_mw : float
        No plan does better: the proven bound.
    firm_mw : float or None
        Megawatts of a plan in whole systems; None if that was not looked for.
    limit : str
        Kind of limit that was stretched by overtime; empty for none.
    """

    period: int
    at_most_mw: float
    firm_mw: float | None = None
    limit: str = ""


@dataclass(frozen=True)
class Earliest:
    """The first date by which megawatts can be in service.

    Attributes
    ----------
    mw : float
    period : int or None
        None if not within the plan.
    at_most_before_mw : float
        The most that is possible in the period before, which proves that it is not possible; in
        the last period if it is not possible at all.
    is_proven : bool
        Whether both are proven in whole systems.
    """

    mw: float
    period: int | None
    at_most_before_mw: float
    is_proven: bool


class Quoter:
    """Answers what can be promised on top of a plan.

    Parameters
    ----------
    session
        The plan.
    terms
        What is asked for.

    Raises
    ------
    PlannerError
        If no site and system may serve what is asked for.
    """

    def __init__(self, session: Session, terms: Terms) -> None:
        self.session = session
        inputs, self.name = _with_quote(session.inputs, terms, session.base.case.calendar.ends[0])
        self.problem = Problem(inputs)
        self.catalogue = Catalogue(inputs, self.problem.case)
        case, made = self.problem.case, self.problem.model.decisions
        if not any(key[0] == self.name for key in case.demand.mw_per_system):
            raise PlannerError(
                "nothing could serve it: no site lies in these countries, or none of these systems "
                "is there. Ask for other countries or systems"
            )
        self.all_mw = case.demand.final_mw[self.name]
        self.last = case.calendar.count - 1
        self.columns = {
            key[1]: self.problem.column_at["missed_mw", key]
            for key in made.missed_mw if key[0] == self.name
        }  # fmt: skip
        self.peak = self.columns[self.last]
        for period in self.columns:
            row = self.problem.row_at["milestone", (self.name, period)]
            set_coefficient(self.problem.live, row, self.peak, 1.0)
        shortfall = self.problem.model.frame.objective(
            [(made.missed_mw[self.name, self.last], 1.0)]
        )
        self.tier = Tier("shortfall", "MW", shortfall)
        self.idle = Tier("nothing", "MW", self.problem.model.frame.objective([]))
        promised = committed(session)
        self.held = list(zip(self.problem.missed_tiers[:-1], promised, strict=True))
        self._bounds: dict[int, float] = {}
        self._basis: Basis | None = None
        self.is_small = session.is_small

    def bound(self, period: int) -> float:
        """Return megawatts that no plan exceeds, firm from the end of a period on."""
        if period < 0:
            return 0.0
        if period not in self._bounds:
            self._bounds[period] = self._divisible(period)
        return self._bounds[period]

    def curve(self) -> list[Largest]:
        """Return the proven bound of every period that there is time for.

        It never falls, so that between two periods with the same bound it is the same.
        """
        self._fill(0, self.last)
        return [Largest(t, mw) for t, mw in sorted(self._bounds.items())]

    def _fill(self, low: int, high: int) -> None:
        if self.session.spent(0.6):
            ends = self.problem.case.calendar.ends
            self.session.leave(f"nearer bounds between {ends[low]} and {ends[high]}")
            return
        first, last = self.bound(low), self.bound(high)
        if last - first <= NONE:
            self._bounds.update(dict.fromkeys(range(low, high + 1), first))
        elif high - low > 1:
            middle = (low + high) // 2
            self._fill(low, middle)
            self._fill(middle, high)

    def _divisible(self, period: int) -> float:
        self._from(period)
        live = self.problem.live
        live.release()
        for tier, most in self.held:
            live.hold(tier.expression, most)
        live.minimise(self.tier.expression)
        if self._basis is not None:
            start_from_basis(live, self._basis)
        outcome = live.solve(gap=0.0, seconds=600.0)
        self._basis = read_basis(live) if outcome.status == "optimal" else None
        self.session.resolves += 1
        live.release()
        return _tidy(self.all_mw - outcome.bound) if outcome.values is not None else 0.0

    def _from(self, period: int, mw: float | None = None) -> None:
        """Ask for megawatts from a period on: all that there could be, or so many."""
        live = self.problem.live
        columns = list(self.columns.values())
        most = [
            self.all_mw if at < period or at == self.last else 0.0 for at in self.columns
        ]  # fmt: skip
        set_upper(live, columns, most)
        self.problem.original_upper[columns] = most
        if mw is not None:
            set_upper(live, [self.peak], [max(0.0, self.all_mw - mw)])
            self.problem.original_upper[self.peak] = max(0.0, self.all_mw - mw)

    def largest(self, period: int, *, whole: bool) -> Largest:
        """Return the most that can be firm from the end of a period on.

        Parameters
        ----------
        period
            Period.
        whole
            Whether to look for a plan in whole systems, too.
        """
        bound = self.bound(period)
        if not whole:
            return Largest(period, bound)
        self._from(period)
        self.session.resolves += 1
        found = solve_whole(self.problem, [self.tier], self.held, self.session.whole_seconds)
        if found.point is None:
            return Largest(period, bound)
        exact = self.all_mw - found.bounds[0]
        return Largest(period, _tidy(min(bound, exact)), _tidy(self.all_mw - found.values[0]))

    def earliest(self, mw: float) -> Earliest:
        """Return the first date by which megawatts can be in service for good."""
        low = self._first_possible(mw)
        proven = True
        for period in range(low, self.last + 1):
            self._from(period, mw)
            self.session.resolves += 1
            found = solve_whole(self.problem, [self.idle], self.held, self.session.whole_seconds)
            if found.point is not None:
                return Earliest(mw, period, self._before(period, low, mw), proven)
            proven = proven and found.status == "infeasible"
        return Earliest(mw, None, self._before(self.last + 1, low, mw), proven)

    def _first_possible(self, mw: float) -> int:
        """Return the first period whose bound reaches megawatts; bounds never fall."""
        low, high = 0, self.last + 1
        while low < high:
            middle = (low + high) // 2
            if self.bound(middle) >= mw - NONE:
                high = middle
            else:
                low = middle + 1
        return low

    def _before(self, period: int, low: int, mw: float) -> float:
        """Return the most of the period before; in whole systems where only that is too little."""
        before = self.bound(period - 1)
        if period == low or before < mw - NONE:
            return before
        return min(before, self.largest(period - 1, whole=True).at_most_mw)

    def with_overtime(self, periods: Iterable[int], share: float) -> list[Largest]:
        """Return the most by date when all limits of one kind are stretched by a share."""
        kinds: dict[str, list[Limit]] = {}
        for limit in self.catalogue.amounts:
            if limit.kind not in NO_OVERTIME and self.session.is_linear(limit):
                kinds.setdefault(limit.kind, []).append(limit)
        found = []
        dates = list(periods)
        for kind, limits in sorted(kinds.items()):
            touches = self._stretched(limits, share)
            self.problem.apply(touches, 1.0)
            for period in dates:
                if self.session.left <= 0:
                    self.session.leave(f"overtime of {kind}")
                    break
                found.append(Largest(period, self._divisible(period), None, kind))
            self.problem.restore(touches)
        return found

    def _stretched(self, limits: Iterable[Limit], share: float) -> list[Touch]:
        moves = [Move(x, float(x.value) * share / x.step) for x in limits]
        return [t for move in moves for t in self.catalogue.move(move.limit, move.steps)]


def committed(session: Session) -> tuple[float, ...]:
    """Return MW-months that commitments may miss: those of the plan, or of a whole-number solve."""
    if session.plan is not None:
        return session.planned_missed
    whole = solve_whole(session.base, seconds=session.whole_seconds)
    if whole.point is None or any(math.isinf(value) for value in whole.values):
        raise PlannerError("no plan was found in time. Plan first, then quote from the plan")
    return whole.values


def _with_quote(inputs: Inputs, terms: Terms, first_day: date) -> tuple[Inputs, str]:
    """Return inputs with one more commitment, served last, for more than there can be."""
    names = {row["commitment"] for row in inputs.tables["commitments"]}
    name = next(n for n in (NAME, *(f"{NAME} {k}" for k in range(2, 999))) if n not in names)
    priority = max(row["priority"] for row in inputs.tables["commitments"]) + 1
    pue = max((row["pue"] or 1.0) for row in inputs.tables["sites"])
    power = sum(row["count"] * row["it_mw"] for row in inputs.tables["halls"])
    commitment = {
        "commitment": name, "basis": terms.basis, "priority": priority,
        "countries": terms.countries, "systems": terms.systems,
        "late_cost": 0.0, "price": 0.0,
    }  # fmt: skip
    milestone = {"commitment": name, "date": first_day, "mw": math.ceil(power * pue) + 1.0}
    tables = dict(inputs.tables)
    for sheet, values in (("commitments", commitment), ("milestones", milestone)):
        blank = {column.name: column.default for column in BY_NAME[sheet].columns}
        row = InputRow(sheet, {**blank, **values}, {}, frozenset())
        tables[sheet] = (*tables[sheet], row)
    return replace(inputs, tables=tables), name


def quote_rows(session: Session, quoter: Quoter, found: Sequence[Largest]) -> list[Row]:
    """Return what can be promised as rows of the table `quote`."""
    calendar = session.base.case.calendar
    alone = {x.period: x.at_most_mw for x in found if not x.limit}
    return [
        {"date": calendar.ends[x.period], "overtime_of": x.limit or None,
         "at_most_mw": x.at_most_mw, "firm_mw": x.firm_mw,
         "gain_mw": _tidy(x.at_most_mw - alone[x.period])
         if x.limit and x.period in alone else None}
        for x in sorted(found, key=lambda x: (x.limit, x.period))
    ]  # fmt: skip


def _tidy(mw: float) -> float:
    return 0.0 if abs(mw) <= NONE else round(mw, 6)
