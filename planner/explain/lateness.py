"""Why a milestone is late, link by link back to the cells that hold it; and how safe others are.

For each milestone that is missed, the megawatts missed at it are minimised alone, no commitment
missing more than in the plan. The prices of that solve name every limit in the way: by duality
they say how many of its megawatts come through each limit, and how many more one step would bring.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.errors import NoPlanExists
from planner.explain.bottleneck_rows import one_more
from planner.explain.bottlenecks import Bottleneck
from planner.explain.limits import STEPS, Limit
from planner.explain.moves import Move
from planner.explain.problem import NONE, Problem
from planner.explain.session import Session
from planner.explain.shortfalls import goal_of, others_of, shortfalls
from planner.model.objectives import Tier
from planner.plan.tables import Row
from planner.solve.prices import Basis

STAGES = (
    "hall power", "hall slots", "hall coolant", "number of halls", "hall ready",
    "days to open a hall", "power", "energised from", "crews", "crews from", "days to commission",
    "storage", "lane", "days under way", "assembly", "assembly from", "days of assembly",
    "system available from", "supplier capacity", "supplier capacity from", "yield",
    "supplier's lead time", "on sale from", "budget",
)  # fmt: skip
"""Kinds of limits from the milestone backwards to the order."""

DATES_BY = 0.72
"""Share of the time after which no more dates are tried on milestones."""


@dataclass(frozen=True)
class Link:
    """A limit that holds a milestone.

    Attributes
    ----------
    limit : Limit
    mw : float or None
        Megawatts of the milestone that come through it; None for a date.
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


def explain_lateness(session: Session, found: Sequence[Bottleneck] = ()) -> list[Lateness]:
    """Return every milestone that is missed, with the limits that hold it.

    Parameters
    ----------
    session
        The plan.
    found
        Bottlenecks; dates among them are tried on each milestone while there is time.
    """
    late = shortfalls(session)
    missed = _missed_by_period(session)
    result, bases = [], []
    for commitment, day, period, _ in session.base.case.demand.judged:
        short = missed.get((commitment, period), 0.0)
        if short > 10 * NONE:
            explained, basis = _explained(session, late, (commitment, day, period, short))
            result.append(explained)
            bases.append(basis)
    for b in found:
        for steps in _steps(session, b):
            if b is not found[0] and session.spent(DATES_BY):
                session.leave("dates tried on milestones", f"{b.limit.kind} of {b.limit.subject}")
                break
            _add_date(session, late, Move(b.limit, steps), result, bases)
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


def _missed_by_period(session: Session) -> dict[tuple[str, int], float]:
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


def _asked(
    problem: Problem, late: dict[str, float], commitment: str, period: int
) -> tuple[Tier, list[tuple[Tier, float]]]:
    """Return what is missed at one milestone, and that no commitment misses more than it does."""
    goal = goal_of(problem, [commitment], period)
    own = goal_of(problem, [commitment])
    return goal, [*others_of(problem, [commitment], late), (own, late[commitment])]


def _explained(
    session: Session, late: dict[str, float], milestone: tuple[str, date, int, float]
) -> tuple[Lateness, Basis]:
    """Return the amounts that hold one milestone, and the basis of the solve."""
    session.resolves += 1
    base, links = session.base, []
    commitment, day, period, short = milestone
    solved = base.solve_goal(*_asked(base, late, commitment, period), session.missed.bases[:1])
    for limit in session.catalogue.amounts:
        steps = base.price(solved.prices[0], solved.point, session.catalogue.move(limit, 1.0))
        gain = sum(steps.values())
        if abs(gain) > NONE * 1e-3:
            periods = tuple(sorted(t for t, mw in steps.items() if abs(mw) > NONE * 1e-3))
            whole = gain * float(limit.value) / limit.step
            links.append(Link(limit, whole, gain, periods))
    return Lateness(commitment, day, period, short, solved.values[0], tuple(links)), solved.bases[0]


def _add_date(
    session: Session, late: dict[str, float], move: Move, found: list[Lateness],
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
        goal, held = _asked(problem, late, one.commitment, one.period)
        carried = session.base.carried(basis, problem)
        try:
            gain = one.least_mw - problem.least_goal(goal, held, carried, one.least_mw)
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
    return f"{text}; {link.mw or 0.0:,.1f} MW come through it; {more}"


def by_limit_rows(found: Iterable[Lateness]) -> list[Row]:
    """Return the chains read the other way: for each limit all milestones that it delays."""
    rows: list[Row] = [
        {"kind": link.limit.kind, "subject": link.limit.subject, "cell": link.limit.where,
         "commitment": late.commitment, "date": late.day, "mw_through": link.mw,
         "mw_a_step": link.mw_a_step, "mw_without": link.mw_without}
        for late in found for link in late.links
    ]  # fmt: skip
    return sorted(rows, key=lambda r: (str(r["cell"]), str(r["commitment"]), str(r["date"])))
