"""Why a milestone is late: the chain of limits from the milestone back to the order.

For each missed milestone an LP minimises the megawatts missed at it, with no commitment missing
more in any period than in the plan. By duality its shadow prices show how many of the milestone's
megawatts depend on each limit, and how many one step more would gain.
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
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of
from planner.model.objectives import Tier
from planner.plan.finding_rows import DelayRow, LatenessRow
from planner.solve.basis import Basis
from planner.solve.duals import set_upper_bounds

Missed = Mapping[tuple[str, int], float]
"""Megawatts missed by commitment and period."""

DATES_BY = 0.72
"""Share of the time budget at which the re-solves of dates stop."""


@dataclass(frozen=True)
class Link:
    """A limit that delays a milestone.

    Attributes
    ----------
    limit : Limit
    mw : float or None
        Megawatts of the milestone that depend on it; None for a date, and if shadow prices exceed
        the megawatts in service, as they do if other commitments use the limit too.
    mw_a_step : float or None
        Megawatts that the milestone gains from one step more; None for a date if one period earlier
        gains nothing.
    mw_without : float or None
        Megawatts that the milestone gains if that date does not exist.
    periods : tuple of int
        Periods in which it delays the milestone.
    """

    limit: Limit
    mw: float | None
    mw_a_step: float | None
    periods: tuple[int, ...] = ()
    mw_without: float | None = None

    @property
    def brings(self) -> float:
        """Megawatts used to rank links of one kind."""
        return self.mw_a_step or self.mw_without or 0.0


@dataclass(frozen=True)
class Lateness:
    """A missed milestone and the limits that delay it.

    Attributes
    ----------
    commitment : str
    day : date
        When it is due.
    period : int
        Period that ends on its due date.
    missed_mw : float
        Megawatts missed in the plan.
    least_mw : float
        Least megawatts missed if it came before all other milestones of its commitment.
    links : tuple of Link
        Limits, from the milestone back to the order.
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
        if (short := missed.get((commitment, period), 0.0)) > 10 * ZERO_TOLERANCE
    }


def explain_lateness(
    session: Session,
    bottlenecks: Sequence[Bottleneck] = (),
    only: Collection[Milestone] | None = None,
) -> list[Lateness]:
    """Return every missed milestone with the limits that delay it.

    Parameters
    ----------
    session
        The plan.
    bottlenecks
        Bottlenecks; each date among them is re-solved for each milestone while time allows.
    only
        Milestones to explain; None for all.
    """
    missed = _missed_by_period(session)
    result, bases = [], []
    for commitment, day, period, due in session.base.case.demand.judged:
        short = missed.get((commitment, period), 0.0)
        if short > 10 * ZERO_TOLERANCE and (only is None or (commitment, day) in only):
            explained, basis = _explained(session, missed, (commitment, day, period, due), short)
            result.append(explained)
            bases.append(basis)
    for b in bottlenecks if result else ():
        for steps in _steps(session, b):
            if b is not bottlenecks[0] and session.spent(DATES_BY):
                session.leave("effect of dates on milestones", b.limit.name)
                break
            _add_date(session, missed, Move(b.limit, steps), result, bases)
    return [
        replace(
            x,
            links=tuple(sorted(x.links, key=lambda link: (link.limit.stage, -link.brings))),
        )
        for x in result
    ]


def _steps(session: Session, b: Bottleneck) -> list[float]:
    """Return the numbers of periods by which a date is moved earlier for milestones.

    One period, and infinity (no such date) for milestones that gain nothing from one.
    """
    if not b.limit.dated:
        return []
    least_gain = max(ZERO_TOLERANCE, session.little / 10)
    steps: list[float] = []
    if session.is_small or sum(b.gain or ()) > least_gain:
        steps.append(1.0)
    if sum(b.lifted or ()) > least_gain:
        steps.append(math.inf)
    return steps


def _missed_by_period(session: Session) -> Missed:
    """Return megawatts missed by commitment and period, in the plan or else in the LP."""
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
        (row["commitment"], number[row["period"]]): row["missed_mw"]
        for row in session.plan.tables["ramp"]
    }


@contextmanager
def _asked(
    problem: Problem, missed: Missed, commitment: str, period: int
) -> Iterator[tuple[Tier, list[tuple[Tier, float]]]]:
    """Yield the goal of one milestone, with every other period of a commitment held.

    Otherwise periods could trade: a long period's small gain may cost a short one many MW.
    """
    columns = {
        at: missed[key]
        for (kind, key), at in problem.column_at.items()
        if kind == "missed_mw" and key in missed and key != (commitment, period)
    }
    before = [float(problem.live.upper[at]) for at in columns]
    most = [
        min(mw + ZERO_TOLERANCE, upper) for mw, upper in zip(columns.values(), before, strict=True)
    ]
    set_upper_bounds(problem.live, list(columns), most)
    try:
        yield goal_of(problem, [commitment], period), []
    finally:
        set_upper_bounds(problem.live, list(columns), before)


def _explained(
    session: Session, missed: Missed, milestone: tuple[str, date, int, float], short: float
) -> tuple[Lateness, Basis]:
    """Return the amounts that delay one milestone, and the basis of the solve."""
    session.resolves += 1
    base, links = session.base, []
    commitment, day, period, due = milestone
    with _asked(base, missed, commitment, period) as asked:
        solved = base.solve_goal(*asked, session.missed.bases[:1])
    for limit in session.catalogue.amounts:
        steps = base.price(solved.prices[0], solved.point, session.catalogue.move(limit, 1.0))
        gain = sum(steps.values())
        if abs(gain) > ZERO_TOLERANCE * 1e-3:
            periods = tuple(sorted(t for t, mw in steps.items() if abs(mw) > ZERO_TOLERANCE * 1e-3))
            whole = gain * float(limit.value) / limit.step
            in_service = due - solved.values[0]
            # By shadow prices alone, a budget that also pays for other things would exceed that.
            through = whole if whole <= in_service * (1 + 1e-6) + ZERO_TOLERANCE else None
            links.append(Link(limit, through, gain, periods))
    return Lateness(commitment, day, period, short, solved.values[0], tuple(links)), solved.bases[0]


def _add_date(
    session: Session,
    missed: Missed,
    move: Move,
    late_milestones: list[Lateness],
    bases: Sequence[Basis],
) -> None:
    """Add a date to the milestones that gain megawatts from an earlier date."""
    try:
        problem = session.moved([move])
    except ValueError:
        return
    for at, (one, basis) in enumerate(zip(list(late_milestones), bases, strict=True)):
        if any(link.limit == move.limit for link in one.links):
            continue
        session.resolves += 1
        carried = session.base.carried(basis, problem)
        try:
            with _asked(problem, missed, one.commitment, one.period) as asked:
                gain = one.least_mw - problem.least_goal(*asked, carried, one.least_mw)
        except NoPlanExists:
            continue
        if gain > ZERO_TOLERANCE:
            is_step = math.isfinite(move.steps)
            link = (
                Link(move.limit, None, gain)
                if is_step
                else Link(move.limit, None, None, mw_without=gain)
            )
            late_milestones[at] = replace(one, links=(*one.links, link))


def lateness_rows(session: Session, late_milestones: Iterable[Lateness]) -> list[LatenessRow]:
    """Return the chains as rows of the table `lateness`, milestone by milestone."""
    calendar = session.base.case.calendar
    rows: list[LatenessRow] = []
    for late in late_milestones:
        for number, link in enumerate(late.links, start=1):
            limit, periods = link.limit, link.periods
            rows.append(
                {
                    "commitment": late.commitment,
                    "date": late.day,
                    "missed_mw": late.missed_mw,
                    "link": number,
                    "kind": limit.kind,
                    "subject": limit.subject,
                    "cell": limit.where,
                    **limit.in_cell,
                    "mw_through": link.mw,
                    "one_more": one_more(limit),
                    "mw_a_step": link.mw_a_step,
                    "mw_without": link.mw_without,
                    "first_period": calendar.starts[periods[0]] if periods else None,
                    "last_period": calendar.starts[periods[-1]] if periods else None,
                    "says": _link_sentence(session, link),
                }
            )
    return rows


def _link_sentence(session: Session, link: Link) -> str:
    """Return a link as a sentence for a meeting."""
    limit, row = link.limit, link.limit.row
    if link.mw_a_step is None:
        lifted = "if this date did not exist" if isinstance(limit.value, date) else "with 0 days"
        return f"{limit.subject}: {limit.kind} {limit.value}; {link.brings:,.3g} MW more {lifted}"
    step = one_more(limit) if limit.dated else f"{one_more(limit)} more"
    more = f"{step} gains {link.mw_a_step:,.3g} MW"
    if limit.dated:
        return f"{limit.subject}: {limit.kind} {limit.value}; {more}"
    text = f"{limit.subject}: {limit.kind} is {float(limit.value):,.12g}"
    if row.sheet in STEPS:
        name, amount = STEPS[row.sheet]
        later = [
            r
            for r in session.inputs.tables[row.sheet]
            if r[name] == row[name] and r["from"] > row["from"]
        ]
        text += f" from {row['from']}"
        if later:
            following = min(later, key=lambda r: r["from"])
            text += f", {following[amount]:,.12g} only from {following['from']}"
    through = "" if link.mw is None else f"; {link.mw:,.1f} MW depend on it"
    return f"{text}{through}; {more}"


def by_limit_rows(rows: Iterable[LatenessRow]) -> list[DelayRow]:
    """Return the chains inverted: for each limit, all milestones that it delays."""
    delay_rows: list[DelayRow] = [
        {
            "kind": row["kind"],
            "subject": row["subject"],
            "cell": row["cell"],
            "commitment": row["commitment"],
            "date": row["date"],
            "mw_through": row["mw_through"],
            "mw_a_step": row["mw_a_step"],
            "mw_without": row["mw_without"],
        }
        for row in rows
    ]
    return sorted(delay_rows, key=lambda row: (row["cell"], row["commitment"], row["date"]))
