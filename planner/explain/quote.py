"""Quotes on top of a plan: earliest dates and largest megawatts.

The megawatts of a quote are in service at the end of a period and of every period after it, and no
commitment and no workload misses more than in the plan. A quote is modelled as one more commitment,
served last, with one shortfall for all periods from its date on. A requested date ends a period, as
milestones do, so it is judged on that very day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.case.demand import cut_at
from planner.errors import PlannerError
from planner.explain.integer_answers import settle_whole, solve_whole
from planner.explain.limit_effects import Catalogue
from planner.explain.limits import Limit
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.quote_plans import DIGITS, QuotePlans, Served, rounded_down, rounded_up
from planner.explain.row_effects import Touch
from planner.explain.session import Session
from planner.model.objectives import Tier
from planner.plan.finding_rows import QuoteRow
from planner.solve.basis import Basis
from planner.solve.duals import (
    set_coefficient,
    solve_linear,
)
from planner.solve.outcome import Outcome
from planner.tolerance import HELD_TIER_SLACK
from planner.workbook.rows import Inputs
from planner.workbook.rows import Row as InputRow
from planner.workbook.schema.sheets import BY_NAME

NAME = "quote"
"""Name of the quote's commitment; a number is added if the name is in use."""

NO_OVERTIME = ("yield", "number of halls")
"""Kinds of limits that overtime cannot stretch."""


@dataclass(frozen=True)
class Terms:
    """Terms of the quote.

    Attributes
    ----------
    basis : str
        ``system``, ``it`` or ``facility``.
    countries, systems : tuple of str
        Countries and systems that may serve it; empty for all.
    """

    basis: str = "it"
    countries: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Largest:
    """Largest megawatts that can be promised from the end of a period on.

    Attributes
    ----------
    period : int
    at_most_mw : float
        Proven upper bound.
    firm_mw : float or None
        Megawatts of a plan in whole systems; None if not requested, or not found in time.
    limit : str
        Kind of limit stretched by overtime; empty for none.
    """

    period: int
    at_most_mw: float
    firm_mw: float | None = None
    limit: str = ""


@dataclass(frozen=True)
class Earliest:
    """Earliest date by which megawatts can be in service, or an interval that contains it.

    Attributes
    ----------
    mw : float
    period : int or None
        First period from whose end a plan in whole systems serves them; None if none was found.
    not_before : int
        First period that is not proven impossible; the number of periods if all are.
    at_most_before_mw : float
        Proven bound in the period before `not_before`, less than `mw`; 0 if there is none.
    count : int
        Number of periods.
    """

    mw: float
    period: int | None
    not_before: int
    at_most_before_mw: float
    count: int

    @property
    def is_proven(self) -> bool:
        """Whether the date is exact: every earlier period is proven impossible."""
        return self.not_before == (self.count if self.period is None else self.period)


class Quoter:
    """Computes quotes on top of a plan.

    Parameters
    ----------
    session
        The plan.
    terms
        Terms of the quote.
    overtime
        Share by which `with_overtime` stretches all limits of one kind.
    dates
        Requested dates; each ends a period of the calendar.

    Raises
    ------
    PlannerError
        If no site and system can serve the quote.
    """

    unit = "MW"

    def __init__(
        self, session: Session, terms: Terms, overtime: float = 0.0, dates: Sequence[date] = ()
    ) -> None:
        self.session, self.terms, self.overtime = session, terms, overtime
        within = sorted(set(dates) - set(session.base.case.calendar.ends))
        is_cut = bool(within and session.inputs.tables["milestones"])
        self.base = Problem(cut_at(session.inputs, within)) if is_cut else session.base
        # Without milestones, those of the quote itself end periods on the requested dates.
        days = {self.base.case.calendar.ends[0], *([] if is_cut else within)}
        inputs, self.name = _with_quote(self.base.inputs, terms, sorted(days), overtime)
        self.problem = Problem(inputs)
        self.catalogue = Catalogue(inputs, self.problem.case)
        case, decisions = self.problem.case, self.problem.model.decisions
        if not any(key[0] == self.name for key in case.demand.mw_per_system):
            raise PlannerError(
                "nothing can serve this quote: no site of the plan is in the given countries, or "
                "no hall can hold the given systems. Give other countries or systems (--only)"
            )
        self.all_mw = case.demand.most_mw[self.name, 0]
        self.last = case.calendar.count - 1
        self.columns = {
            key[1]: self.problem.column_at["missed_mw", key]
            for key in decisions.missed_mw
            if key[0] == self.name
        }
        for period in self.columns:
            row = self.problem.row_at["milestone", (self.name, period)]
            set_coefficient(self.problem.live, row, self.columns[self.last], 1.0 / case.power_unit)
        shortfall = self.problem.model.frame.objective(
            [(decisions.missed_mw[self.name, self.last], 1.0)]
        )
        self.tier = Tier("shortfall", "MW", shortfall)
        promised = committed(session, self.base)
        held = list(zip(self.problem.missed_tiers[:-1], promised, strict=True))
        held += session.held_tokens(self.problem)
        self.plans = QuotePlans(self.problem, self.columns, self.all_mw, held, self.name)
        self._bounds: dict[int, float] = {}
        self._basis: Basis | None = None
        self.is_small = session.is_small

    @property
    def days(self) -> Sequence[date]:
        """Day by which megawatts of each period are promised."""
        return self.problem.case.calendar.ends

    def bound(self, period: int) -> float:
        """Return a proven bound on the megawatts from the end of a period on."""
        if period < 0:
            return 0.0
        if period not in self._bounds:
            mw = self._divisible(period)
            if mw is None:  # unknown: a later bound is valid here too
                mw = self.bound(period + 1) if period < self.last else self.all_mw
            self._bounds[period] = mw
        return self._bounds[period]

    def curve(self) -> list[Largest]:
        """Return the proven bounds of the periods that can be solved in time.

        The bound never falls, so it is constant between two periods with the same bound.
        """
        self._fill(0, self.last)
        return [Largest(t, mw) for t, mw in sorted(self._bounds.items())]

    def _fill(self, low: int, high: int) -> None:
        if self.session.spent(0.6):
            days = self.days
            self.session.leave(f"tighter bounds between {days[low]} and {days[high]}")
            return
        first, last = self.bound(low), self.bound(high)
        if last - first <= ZERO_TOLERANCE:
            self._bounds.update(dict.fromkeys(range(low, high + 1), last))
        elif high - low > 1:
            middle = (low + high) // 2
            self._fill(low, middle)
            self._fill(middle, high)

    def _divisible(self, period: int) -> float | None:
        """Return the LP bound of a period; None if the solver fails to prove one."""
        self.plans.ask_from(period)
        outcome = self._least_shortfall()
        if outcome.status == "infeasible":
            self.plans.loosen()
            outcome = self._least_shortfall()
        self._basis = self.problem.live.full_basis() if outcome.status == "optimal" else None
        self.session.resolves += 1
        self.problem.live.release()
        return rounded_up(self.all_mw - outcome.bound) if outcome.status == "optimal" else None

    def _least_shortfall(self, slack: float = HELD_TIER_SLACK) -> Outcome:
        live = self.problem.live
        live.release()
        for tier, most in self.plans.held:
            live.hold(tier.expression, tier.objective(most), slack)
        live.minimise(self.tier.expression)
        if self._basis is not None:
            live.set_basis(self._basis)
        return solve_linear(live)

    def largest(self, period: int, *, whole: bool) -> Largest:
        """Return the largest megawatts that can be promised from the end of a period on.

        Parameters
        ----------
        period
            Period.
        whole
            Whether to search for a plan in whole systems, too.
        """
        bound = self.bound(period)
        if not whole:
            return Largest(period, bound)
        self.session.resolves += 1
        answer = self.plans.search(period, None, self.session.whole_seconds)
        most = min(bound, rounded_up(answer.at_most_mw))
        if answer.firm_mw is None:
            day = self.days[period]
            self.session.leave(f"firm {self.unit} from {day} on: not solved in time")
            return Largest(period, most)
        firm = rounded_down(answer.firm_mw)
        return Largest(period, max(most, firm), firm)

    def earliest(self, mw: float) -> Earliest:
        """Return the earliest date from which megawatts can stay in service."""
        count, low = self.last + 1, self._first_possible(mw)
        not_before, most = low, self.bound(low - 1)
        for period in range(low, count):
            if period > low and self.session.left <= 0:
                break
            self.session.resolves += 1
            answer = self.plans.search(period, mw, self.session.whole_seconds)
            if answer.is_met(mw):
                return Earliest(mw, period, not_before, most, count)
            if answer.is_denied(mw):  # so is every period before
                not_before = period + 1
                most = min(self.bound(period), rounded_up(answer.at_most_mw))
        firm = next((p for p in range(not_before, count) if self._is_known(p, mw)), None)
        return Earliest(mw, firm, not_before, most, count)

    def _is_known(self, period: int, mw: float) -> bool:
        """Return whether a plan found for another question serves the megawatts."""
        return Served(self.plans.known(period), mw).is_met(mw)

    def _first_possible(self, mw: float) -> int:
        """Return the first period whose bound reaches the megawatts, by bisection."""
        low, high = 0, self.last + 1
        while low < high:
            middle = (low + high) // 2
            if self.bound(middle) >= mw - ZERO_TOLERANCE:
                high = middle
            else:
                low = middle + 1
        return low

    def with_overtime(self, periods: Iterable[int]) -> list[Largest]:
        """Return the bounds by date with all limits of one kind stretched by the share."""
        kinds: dict[str, list[Limit]] = {}
        for limit in self.catalogue.amounts:
            if limit.kind not in NO_OVERTIME and self.session.moves_rows(limit):
                kinds.setdefault(limit.kind, []).append(limit)
        largest = []
        dates = list(periods)
        for kind, limits in sorted(kinds.items()):
            touches = self._stretched(limits)
            self.problem.apply(touches, 1.0)
            for period in dates:
                if self.session.left <= 0:
                    self.session.leave(f"overtime of {kind}")
                    break
                most = self._divisible(period)
                if most is not None:
                    largest.append(Largest(period, most, None, kind))
            self.problem.restore(touches)
        return largest

    def _stretched(self, limits: Iterable[Limit]) -> list[Touch]:
        shares = [(x, float(x.value) * self.overtime / x.step) for x in limits]
        return self.catalogue.move_all(shares)


def committed(session: Session, base: Problem) -> tuple[float, ...]:
    """Return the MW-months that commitments may miss: those of the plan, or of a MIP solve.

    The figures of a late plan hold only for its own periods: a cut calendar counts differently.
    """
    if session.plan is not None and (base is session.base or not session.is_late):
        return session.planned_missed
    point = solve_whole(base, seconds=session.whole_seconds).point
    if point is None:
        raise PlannerError(
            "no plan was found in time. Make a plan first (planner plan), then quote from its "
            "folder, for days on which its periods end"
        )
    held: list[tuple[Tier, float]] = []
    for tier in base.missed_tiers:
        settled = settle_whole(base, tier, held, point)
        point = point if settled is None else settled
        held.append((tier, max(0.0, base.live.evaluate(tier.expression, point) * tier.scale)))
    return tuple(value for _, value in held)


def _with_quote(
    inputs: Inputs, terms: Terms, days: Sequence[date], overtime: float
) -> tuple[Inputs, str]:
    """Return inputs with the quote as a last commitment, larger than all halls can serve."""
    names = {row["commitment"] for row in inputs.tables["commitments"]}
    name = next(n for n in (NAME, *(f"{NAME} {k}" for k in range(2, 999))) if n not in names)
    priority = max((row["priority"] for row in inputs.tables["commitments"]), default=0) + 1
    pue = max((row["pue"] or 1.0) for row in inputs.tables["sites"])
    power = sum(row["count"] * row["it_mw"] for row in inputs.tables["halls"])
    commitment = {
        "commitment": name,
        "basis": terms.basis,
        "priority": priority,
        "countries": terms.countries,
        "systems": terms.systems,
        "late_cost": 0.0,
        "price": 0.0,
    }
    mw = math.ceil(power * (1 + overtime) * pue) + 1.0
    added: list[tuple[str, dict[str, object]]] = [("commitments", commitment)]
    added += [("milestones", {"commitment": name, "date": day, "mw": mw}) for day in days]
    tables = dict(inputs.tables)
    for sheet, values in added:
        blank = {column.name: column.default for column in BY_NAME[sheet].columns}
        row = InputRow(sheet, {**blank, **values}, {}, frozenset())
        tables[sheet] = (*tables[sheet], row)
    return replace(inputs, tables=tables), name


def quote_rows(quoter: Quoter, largest: Sequence[Largest]) -> list[QuoteRow]:
    """Return quotes as rows of the table `quote`."""
    calendar = quoter.problem.case.calendar
    # Overtime is bounded by the LP relaxation, so compare it with the LP bound without overtime: a
    # fraction of a system is not a gain.
    alone = {x.period: quoter.bound(x.period) for x in largest if not x.limit}
    return [
        {
            "date": calendar.ends[x.period],
            "basis": quoter.terms.basis,
            "overtime_of": x.limit or None,
            "at_most_mw": x.at_most_mw,
            "firm_mw": x.firm_mw,
            "gain_mw": max(0.0, round(x.at_most_mw - alone[x.period], DIGITS))
            if x.limit and x.period in alone
            else None,
        }
        for x in sorted(largest, key=lambda x: (x.limit, x.period))
    ]
