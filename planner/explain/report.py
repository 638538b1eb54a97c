"""A full explanation of a plan: all tables, made within one budget of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from planner.attempts import Attempt, strictly
from planner.explain.asks import Asker, AskSet
from planner.explain.bottleneck_rows import bottleneck_rows, period_rows
from planner.explain.bottlenecks import Bottleneck, find_bottlenecks
from planner.explain.lateness import by_limit_rows, explain_lateness, lateness_rows
from planner.explain.requests import BOUNDS, Request, today_of
from planner.explain.session import Session
from planner.explain.shortfalls import shortfalls
from planner.explain.slack import slack_rows
from planner.explain.words import figure_of, in_words
from planner.plan.tables import Row

Made = TypeVar("Made")

LATE = 1e-5
"""MW-months above which a commitment is late."""


@dataclass
class Explanation:
    """What explains a plan.

    Attributes
    ----------
    tables : dict of str to list of rows
        As `planner.plan.explained.EXPLAINED` declares them.
    undone : list of str
        What was left out for want of time.
    resolves : int
        Solves that it took.
    """

    tables: dict[str, list[Row]] = field(default_factory=dict)
    undone: list[str] = field(default_factory=list)
    resolves: int = 0


def explain(
    session: Session,
    *,
    asks: bool = True,
    costs: Mapping[str, float] | None = None,
    attempt: Attempt = strictly,
) -> Explanation:
    """Explain a plan: bottlenecks, lateness, asks, slack.

    Parameters
    ----------
    session
        The plan, with its budget.
    asks
        Whether to look for what to ask for.
    costs
        Cost of asking for one change, by sheet.
    attempt
        Tries each part; the others are worked out all the same.
    """

    def part(name: str, make: Callable[[], list[Made]]) -> list[Made]:
        nothing: list[Made] = []
        found = attempt(f"the {name} could not be worked out", make, nothing)
        if found is nothing:
            session.leave(f"{name}: an error of the planner")
        return found

    found = part("bottlenecks", lambda: find_bottlenecks(session))
    rest = sum(session.planned_missed) - session.missed.missed
    if rest > LATE:
        session.leave(
            f"of the MW-months missed {rest:.3f} come from whole numbers, or from a plan that is "
            "not proven; no limit explains them"
        )
    is_late = session.is_late
    late = part("reasons of lateness", lambda: explain_lateness(session, found)) if is_late else []
    sought = part("asks", lambda: ask_rows(session, found, costs)) if asks and is_late else []
    tables = {
        "bottlenecks": bottleneck_rows(session, found),
        "bottleneck_periods": period_rows(session, found),
        "lateness": lateness_rows(session, late),
        "delays": by_limit_rows(late),
        "asks": sought,
        "slack": part("slack", lambda: slack_rows(session)),
    }
    return Explanation(tables, session.undone, session.resolves)


def ask_rows(
    session: Session, found: list[Bottleneck], costs: Mapping[str, float] | None = None
) -> list[Row]:
    """Return what to ask for, for each commitment that is late, as rows of the table `asks`."""
    rows: list[Row] = []
    first = [b.limit for b in found]
    late = {name: missed for name, missed in shortfalls(session).items() if missed > LATE}
    for commitment in late:
        if session.spent(0.85):
            session.leave(f"asks for {commitment}")
            continue
        asker = Asker(session, commitment, costs, first)
        if asker.is_enough([]):
            session.leave(f"asks for {commitment}: {_without_asks(session)}")
            continue
        sets = asker.find()
        if not sets and asker.is_hopeless:
            bounds = BOUNDS.format(today=today_of(session.inputs))
            session.leave(
                f"asks for {commitment}: all limits together are not enough, moved as far as can "
                f"be asked for ({bounds})"
            )
        elif not sets:
            session.leave(f"asks for {commitment}: no set was found in time")
        rivals = _rivals(session, commitment, late)
        for number, ask in enumerate(sets, start=1):
            ask.proof += rivals
            rows += [_row(session, ask, number, request) for request in ask.requests]
    return rows


def _without_asks(session: Session) -> str:
    """Return why a commitment is late for which nothing need be asked for."""
    if session.is_small:
        return "a better plan has it on time as things are. Plan again with a smaller gap"
    return (
        "with divisible systems it would be on time as things are. It is late because systems, "
        "lots and halls are whole, or because the plan is not proven to the last"
    )


def _rivals(session: Session, commitment: str, late: Iterable[str]) -> str:
    """Return which late commitments a new plan may serve first, as the end of a proof."""
    demand = session.base.case.demand
    priority = {name: p for p, names in demand.of_priority.items() for name in names}
    first = [
        name for name in late
        if name != commitment and priority[name] <= priority[commitment]
    ]  # fmt: skip
    if not first:
        return ""
    return (f"; a new plan may serve {', '.join(first)} first, late as well and of no lower "
            "priority")  # fmt: skip


def _row(session: Session, ask: AskSet, number: int, request: Request) -> Row:
    first = request.limits[0]
    return {
        "commitment": ask.commitment, "set": number, "kind": first.kind, "subject": first.subject,
        "cells": ", ".join(limit.where for limit in request.limits),
        "says": in_words(session, request), "more": float(request.more),
        "not_enough": figure_of(smaller) if (smaller := ask.not_enough.get(request.name)) else None,
        "mw_months_alone": ask.alone.get(request.name),
        "irreducible": "yes" if ask.is_irreducible else "not tried to the end",
        "fewest": "yes" if ask.is_fewest else "not proved" if number == 1 else "",
        "proof": ask.proof,
    }  # fmt: skip
