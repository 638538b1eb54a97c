"""A full explanation of a plan: all tables, made within one budget of time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from planner.attempts import Attempt, strictly
from planner.explain.asks import Asker, AskSet
from planner.explain.bottleneck_rows import bottleneck_rows, period_rows
from planner.explain.bottlenecks import Bottleneck, find_bottlenecks
from planner.explain.lateness import by_limit_rows, explain_lateness, lateness_rows
from planner.explain.oracle import Request
from planner.explain.session import Session
from planner.explain.shortfalls import shortfalls
from planner.explain.slack import slack_rows
from planner.explain.words import in_words
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
    for commitment, missed in shortfalls(session).items():
        if missed <= LATE:
            continue
        if session.spent(0.85):
            session.leave(f"asks for {commitment}")
            continue
        asker = Asker(session, commitment, costs, first)
        sets = asker.find()
        if not sets and asker.is_hopeless:
            session.leave(f"asks for {commitment}: not enough with all limits lifted")
        elif not sets:
            session.leave(f"asks for {commitment}: no set was found in time")
        for number, ask in enumerate(sets, start=1):
            rows += [_row(session, ask, number, request) for request in ask.requests]
    return rows


def _row(session: Session, ask: AskSet, number: int, request: Request) -> Row:
    kind, subject, _ = request.name
    return {
        "commitment": ask.commitment, "set": number, "kind": kind, "subject": subject,
        "cells": ", ".join(limit.where for limit in request.limits),
        "says": in_words(session, request), "steps": request.steps,
        "mw_months_alone": ask.alone.get(request.name),
        "irreducible": "yes" if ask.is_irreducible else "not tried to the end",
        "fewest": "yes" if ask.is_fewest else "not proved" if number == 1 else "",
        "proof": ask.proof,
    }  # fmt: skip
