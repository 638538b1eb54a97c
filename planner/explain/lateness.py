"""Why a milestone is late, link by link back to the cells that hold it; and how safe others are.

For each milestone that is missed, the megawatts missed at it are minimised alone, no commitment
missing more in any period than in the plan. The prices of that solve name every limit in the way:
by duality they say how many of its megawatts come through each limit, and how many more one step
would bring.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from planner.errors import NoPlanExists
from planner.explain.bottleneck_rows import one_more
from planner.explain.bottlenecks import Bottleneck
from planner.explain.finer_periods import Milestone
from planner.explain.limit_moves import Move
from planner.explain.limits import STEPS, Limit
from planner.explain.problem import NONE, Problem
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of
from planner.model.objectives import Tier
from planner.plan.tables import Row
from planner.solve.duals import Basis, set_upper_bounds

STAGES = (
    "hall power", "hall slots", "hall coolant", "number of halls", "hall ready",
    "days to open a hall", "power", "energised from", "crews", "crews from", "days to commission",
    "storage", "lane", "days under way", "assembly", "assembly from", "days of assembly",
    "system available from", "supplier capacity", "supplier capacity from", "yield",
    "supplier's lead time", "on sale from", "budget",
)  # fmt: skip
"""Kinds of limits from the milestone backwards to the order."""

Missed = Mapping[tuple[str, int], float]
"""Megawatts missed by commitment and period."""

DATES_BY = 0.72
"""Share of the time after which no more dates are tried on milestones."""


@dataclass(frozen=True)
class Link:
    """A limit that holds a milestone.

    Attributes
    ----------
    limit : Limit
    mw : float or None
        Megawatts of the milestone that come through it; None for a date, and where prices put
        more on it than is in service, as they do where other costs and commitments draw on it.
    mw_a_step : float or None
        Megawatts that one step more of it would bring to the milestone; None for a date of which
        one period earlier is not enough to bring any.
    mw_without : float or None
        Megawatts that the milestone would have more without such a date.
    periods : tuple of int
        Periods in which it holds the milestone.
    """

    limit: Limit
    mw: float | None
    mw_a_step: float | None
    periods: tuple[int, ...] = ()
    mw_without: float | None = None

    @property
    def brings(self) -> float:
        """Megawatts by which links of one kind are compared."""
        return self.mw_a_step or self.mw_without or 0.0


@dataclass(frozen=True)
class Lateness:
    """A milestone that is missed, and what holds it.

    Attributes
    ----------
    commitment : str
    day : date
        When it is due.
    period : int
        Period at whose end it is judged.
    missed_mw : float
        In the plan.
    least_mw : float
        The least that must be missed at it, if it came before all others of its commitment.
    links : tuple of Link
        From the milestone backwards.
    """

    commitment: str
    day: date
    period: int
    missed_mw: float
    least_mw: float
    links: tuple[Link, ...]


def late_milestones(session: Session) -> dict[Milestone, float]:
    """Return the milestones that are missed, with the megawatts missed at each."""
    missed = _missed_by_period(session)
    return {
        (commitment, day): short
        for commitment, day, period, _ in session.base.case.demand.judged
        if (short := missed.get((commitment, period), 0.0)) > 10 * NONE
    }


def explain_lateness(
    session: Session,
    found: Sequence[Bottleneck] = (),
    only: Collection[Milestone] | None = None,
) -> list[Lateness]:
    """Return every milestone that is missed, with the limits that hold it.

    Parameters
    ----------
    session
        The plan.
    found
        Bottlenecks; dates among them are tried on each milestone while there is time.
    only
        Milestones of which it is asked; None for all.
    """
    missed = _missed_by_period(session)
    result, bases = [], []
    for commitment, day, period, due in session.base.case.demand.judged:
        short = missed.get((commitment, period), 0.0)
        if short > 10 * NONE and (only is None or (commitment, day) in only):
            explained, basis = _explained(session, missed, (commitment, day, period, due), short)
            result.append(explained)
            bases.append(basis)
    for b in found if result else ():
        for steps in _steps(session, b):
            if b is not found[0] and session.spent(DATES_BY):
                session.leave("dates tried on milestones", f"{b.limit.kind} of {b.limit.subject}")
                break
            _add_date(session, missed, Move(b.limit, steps), result, bases)
    return [
        replace(x, links=tuple(sorted(
            x.links, key=lambda link: (STAGES.index(link.limit.kind), -link.brings))))
        for x in result
    ]  # fmt: skip


def _steps(session: Session, b: Bottleneck) -> list[float]:
    """Return by how many periods earlier a date is tried on milestones.

    That is by one, and as if there were no such date for those to which one brings nothing.
    """
    telling = max(NONE, session.little / 10)
    steps = [1.0] if session.is_small or sum(b.gain or ()) > telling else []
    steps += [math.inf] if sum(b.lifted or ()) > telling else []
    return steps if b.limit.dated else []


def _missed_by_period(session: Session) -> Missed:
    """Return megawatts missed by commitment and period: in the plan, or else where divisible."""
    case = session.base.case
    if session.plan is None:
        point = session.missed.point
        return {
            key[1]: float(point[at])
            for key, at in session.base.column_at.items()
            if key[0] == "missed_mw"
        }
    number = {day: t for t, day in enumerate(case.calendar.starts)}
    return {
        (str(row["commitment"]), number[row["period"]]): float(str(row["missed_mw"]))  # type: ignore[index]
        for row in session.plan.tables["ramp"]
    }


@contextmanager
def _asked(
    problem: Problem, missed: Missed, commitment: str, period: int
) -> Iterator[tuple[Tier, list[tuple[Tier, float]]]]:
    """Yield what is missed at one milestone, no other period of any commitment missing more.

    Over time they could trade: of megawatts that a long period gains, a short one may miss many.
    """
    columns = {
        at: missed[key]
        for (kind, key), at in problem.column_at.items()
        if kind == "missed_mw" and key in missed and key != (commitment, period)
    }
    before = [float(problem.live.upper[at]) for at in columns]
    most = [min(mw + NONE, upper) for mw, upper in zip(columns.values(), before, strict=True)]
    set_upper_bounds(problem.live, list(columns), most)
    try:
        yield goal_of(problem, [commitment], period), []
    finally:
        set_upper_bounds(problem.live, list(columns), before)


def _explained(
    session: Session, missed: Missed, milestone: tuple[str, date, int, float], short: float
) -> tuple[Lateness, Basis]:
    """Return the amounts that hold one milestone, and the basis of the solve."""
    session.resolves += 1
    base, links = session.base, []
    commitment, day, period, due = milestone
    with _asked(base, missed, commitment, period) as asked:
        solved = base.solve_goal(*asked, session.missed.bases[:1])
    for limit in session.catalogue.amounts:
        steps = base.price(solved.prices[0], solved.point, session.catalogue.move(limit, 1.0))
        gain = sum(steps.values())
        if abs(gain) > NONE * 1e-3:
            periods = tuple(sorted(t for t, mw in steps.items() if abs(mw) > NONE * 1e-3))
            whole = gain * float(limit.value) / limit.step
            in_service = due - solved.values[0]
            # By prices alone a budget that pays for other things, too, would carry more than that.
            through = whole if whole <= in_service * (1 + 1e-6) + NONE else None
            links.append(Link(limit, through, gain, periods))
    return Lateness(commitment, day, period, short, solved.values[0], tuple(links)), solved.bases[0]


def _add_date(
    session: Session, missed: Missed, move: Move, found: list[Lateness],
    bases: Sequence[Basis],
) -> None:  # fmt: skip
    """Add a date to the milestones to which it brings megawatts if it is earlier."""
    try:
        problem = session.moved([move])
    except ValueError:
        return
    for at, (one, basis) in enumerate(zip(list(found), bases, strict=True)):
        if any(link.limit == move.limit for link in one.links):
            continue
        session.resolves += 1
        carried = session.base.carried(basis, problem)
        try:
            with _asked(problem, missed, one.commitment, one.period) as asked:
                gain = one.least_mw - problem.least_goal(*asked, carried, one.least_mw)
        except NoPlanExists:
            continue
        if gain > NONE:
            is_step = math.isfinite(move.steps)
            link = (Link(move.limit, None, gain) if is_step
                    else Link(move.limit, None, None, mw_without=gain))  # fmt: skip
            found[at] = replace(one, links=(*one.links, link))


def lateness_rows(session: Session, found: Iterable[Lateness]) -> list[Row]:
    """Return the chains as rows of the table `lateness`, milestone by milestone."""
    calendar = session.base.case.calendar
    rows: list[Row] = []
    for late in found:
        for number, link in enumerate(late.links, start=1):
            limit, periods = link.limit, link.periods
            rows.append({
                "commitment": late.commitment, "date": late.day, "missed_mw": late.missed_mw,
                "link": number, "kind": limit.kind, "subject": limit.subject,
                "cell": limit.where, **limit.in_cell, "mw_through": link.mw,
                "one_more": one_more(limit), "mw_a_step": link.mw_a_step,
                "mw_without": link.mw_without,
                "first_period": calendar.starts[periods[0]] if periods else None,
                "last_period": calendar.starts[periods[-1]] if periods else None,
                "says": _says(session, link),
            })  # fmt: skip
    return rows


def _says(session: Session, link: Link) -> str:
    """Return a link as a sentence for a meeting."""
    limit, row = link.limit, link.limit.row
    if link.mw_a_step is None:
        return f"{limit.subject}: {limit.kind} {limit.value}; without it {link.brings:,.3g} MW more"
    more = f"{one_more(limit)} brings {link.mw_a_step:,.3g} MW"
    if limit.dated:
        return f"{limit.subject}: {limit.kind} {limit.value}; {more}"
    text = f"{limit.subject}: {limit.kind} is {float(limit.value):,.12g}"
    if row.sheet in STEPS:
        name, amount = STEPS[row.sheet]
        later = [r for r in session.inputs.tables[row.sheet]
                 if r[name] == row[name] and r["from"] > row["from"]]  # fmt: skip
        text += f" from {row['from']}"
        if later:
            following = min(later, key=lambda r: r["from"])
            text += f", {following[amount]:,.12g} only from {following['from']}"
    through = "" if link.mw is None else f"; {link.mw:,.1f} MW come through it"
    return f"{text}{through}; {more}"


def by_limit_rows(rows: Iterable[Row]) -> list[Row]:
    """Return the chains read the other way: for each limit all milestones that it delays."""
    columns = ("kind", "subject", "cell", "commitment", "date", "mw_through", "mw_a_step",
               "mw_without")  # fmt: skip
    found = [{column: row[column] for column in columns} for row in rows]
    return sorted(found, key=lambda r: (str(r["cell"]), str(r["commitment"]), str(r["date"])))
