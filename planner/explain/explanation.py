"""Full explanation of a plan: all tables, within one time budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from planner.attempts import Attempt, strictly
from planner.explain.ask_sentences import figure_of, in_words
from planner.explain.asks import Asker, AskSet
from planner.explain.bottleneck_rows import bottleneck_rows, period_rows
from planner.explain.bottlenecks import Bottleneck, find_bottlenecks
from planner.explain.finer_periods import Finer, Milestone, find_finer
from planner.explain.groups import listed, together
from planner.explain.lateness import (
    by_limit_rows,
    explain_lateness,
    late_milestones,
    lateness_rows,
)
from planner.explain.requests import BOUNDS, Request, today_of
from planner.explain.session import Session
from planner.explain.shortfalls import shortfalls
from planner.explain.slack import slack_rows
from planner.explain.token_asks import token_ask_rows
from planner.explain.token_values import token_lateness_rows, token_value_rows
from planner.plan.finding_rows import AskHead, AskRow, FindingTables, LatenessRow

Made = TypeVar("Made")

LATE_TOLERANCE = 1e-5
"""Tolerance in MW-months above which a commitment counts as late."""


@dataclass
class Explanation:
    """The explanation of a plan.

    Attributes
    ----------
    tables : dict of str to list of rows
        Tables declared in `planner.plan.finding_tables.EXPLAINED`.
    undone : list of str
        Steps that were skipped or failed, in words.
    resolves : int
        Number of re-solves.
    """

    tables: FindingTables = field(default_factory=FindingTables)
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
        The plan, with its time budget.
    asks
        Whether to search for asks.
    costs
        Cost of asking for one change, by sheet.
    attempt
        Runs each part; a failure of one does not stop the others.
    """

    def part(name: str, make: Callable[[], list[Made]]) -> list[Made]:
        nothing: list[Made] = []
        content = attempt(f"the {name} could not be computed", make, nothing)
        if content is nothing:
            session.leave(f"{name}: internal error")
        return content

    bottlenecks = part("bottlenecks", lambda: find_bottlenecks(session))
    rest = sum(session.planned_missed) - session.missed.missed
    if rest > LATE_TOLERANCE:
        session.leave(
            f"{rest:.3f} of the MW-months missed come from whole systems, lots and halls, or from "
            "a plan that is not proven optimal; no limit explains them"
        )
    is_late = session.is_late
    late = late_milestones(session) if is_late else {}
    shorter = part("effect of period length", lambda: find_finer(session, late)) if late else []
    finer = shorter[0] if shorter else None
    chains = part("reasons for lateness", lambda: late_rows(session, late, bottlenecks, finer))

    def ask() -> list[AskRow]:
        return (
            ask_rows(session, bottlenecks, costs)
            if finer is None
            else asks_beyond(session, finer, bottlenecks, costs)
        )

    sought = part("asks", ask) if asks and is_late else []
    tables: FindingTables = {
        "bottlenecks": bottleneck_rows(session, bottlenecks),
        "bottleneck_periods": period_rows(session, bottlenecks),
        "lateness": chains,
        "delays": by_limit_rows(chains),
        "asks": sought,
        "slack": [],
    }
    if session.base.case.tokens.workloads:
        tables["token_values"] = part("values in tokens", lambda: token_value_rows(session))
        tables["token_lateness"] = part(
            "reasons for missed tokens", lambda: token_lateness_rows(session)
        )
        tables["token_asks"] = (
            part("asks for tokens", lambda: token_ask_rows(session, costs)) if asks else []
        )
    tables["slack"] = part("slack", lambda: slack_rows(session))
    return Explanation(tables, session.undone, session.resolves)


def late_rows(
    session: Session,
    late: Mapping[Milestone, float],
    bottlenecks: Sequence[Bottleneck],
    finer: Finer | None = None,
) -> list[LatenessRow]:
    """Return the limits that delay each late milestone as rows of the table `lateness`.

    Where shorter periods help, their length comes first, because it needs no ask. The limits after
    it explain what is still missed with shorter periods.

    Parameters
    ----------
    session
        The plan.
    late
        Megawatts missed at each late milestone.
    bottlenecks
        Bottlenecks.
    finer
        Shorter periods with which some milestones miss less; None if none help.
    """
    helped = finer.missed if finer is not None else {}
    rest = [milestone for milestone in late if milestone not in helped]
    links = lateness_rows(session, explain_lateness(session, bottlenecks, rest)) if rest else []
    if finer is not None:
        other = session.of(finer.inputs)
        links += [finer.row(milestone, session.inputs) for milestone in helped]
        links += lateness_rows(other, explain_lateness(other, bottlenecks, list(helped)))
        session.resolves += other.resolves
        for text in other.undone:
            session.leave(text)
    rows: list[LatenessRow] = []
    for (commitment, day), mw in late.items():
        own = [row for row in links if (row["commitment"], row["date"]) == (commitment, day)]
        rows += [{**row, "missed_mw": mw, "link": n} for n, row in enumerate(own, start=1)]
    return rows


def asks_beyond(
    session: Session,
    finer: Finer,
    bottlenecks: list[Bottleneck],
    costs: Mapping[str, float] | None = None,
) -> list[AskRow]:
    """Return the asks that remain with shorter periods, as rows of the table `asks`.

    With shorter periods a commitment may be on time without any ask.
    """
    other = session.of(finer.inputs)
    rows = ask_rows(other, bottlenecks, costs)
    with_them = f"planned with period {finer.period!r} ({finer.where})"
    met = [
        name
        for name, missed in shortfalls(other).items()
        if missed <= LATE_TOLERANCE and shortfalls(session)[name] > LATE_TOLERANCE
    ]
    if met:
        session.leave(
            f"asks for {listed(met)}: {with_them}, {'it is' if len(met) == 1 else 'they are'} on "
            "time without any ask, in a plan in whole systems"
        )
    for text in other.undone:
        session.leave(f"{text}; {with_them}" if text.startswith("asks") else text)
    session.resolves += other.resolves
    return [{**row, "aim": f"{row['aim']}, {with_them}"} for row in rows]


def ask_rows(
    session: Session, bottlenecks: list[Bottleneck], costs: Mapping[str, float] | None = None
) -> list[AskRow]:
    """Return asks as rows of the table `asks`, more important commitments first."""
    rows: list[AskRow] = []
    late = [name for name, missed in shortfalls(session).items() if missed > LATE_TOLERANCE]
    demand = session.base.case.demand
    by_priority = [
        [name for name in late if name in demand.of_priority[p]] for p in demand.priorities
    ]

    def asker(names: Sequence[str]) -> Asker:
        return Asker(session, names, costs, [b.limit for b in bottlenecks])

    for names in together(by_priority, lambda names: asker(names).can_be_enough()):
        if session.spent(0.85):
            session.leave(f"asks for {listed(names)}")
            continue
        last = max(n for n, own in enumerate(by_priority) if set(own) & set(names))
        rivals = [name for own in by_priority[: last + 1] for name in own if name not in names]
        rows += _rows_of(session, asker(names), names, rivals)
    return rows


def _rows_of(
    session: Session, asker: Asker, names: Sequence[str], rivals: Sequence[str]
) -> list[AskRow]:
    """Return the sets of changes that put some commitments on time; empty if there are none.

    Rivals are also late and of no lower priority, so a new plan may serve them first.
    """
    if asker.is_enough([]):
        session.leave(f"asks for {listed(names)}: {_without_asks(session, names)}")
        return []
    sets = asker.find()
    if not sets and asker.is_hopeless:
        bounds = BOUNDS.format(today=today_of(session.inputs))
        session.leave(
            f"asks for {listed(names)}: even all limits moved to their bounds are not enough "
            f"({bounds})"
        )
    elif not sets:
        session.leave(f"asks for {listed(names)}: no set was found in time")
    rows: list[AskRow] = []
    for number, ask in enumerate(sets, start=1):
        is_kept = not rivals or (ask.in_wholes and asker.oracle.is_kept(ask.requests))
        if rivals:
            ask.proof += (
                "; this holds in every plan that misses the least, though such a plan may have "
                f"{listed(rivals)} late"
                if is_kept
                else f"; a new plan may use the gain for {listed(rivals)} first, also late and of "
                "no lower priority"
            )
        head: AskHead = {
            "commitment": ", ".join(names),
            "set": number,
            "aim": aim_of(names, () if is_kept else rivals, ask.in_wholes),
        }
        rows += [_row(session, ask, head, request) for request in ask.requests]
    return rows


def aim_of(names: Sequence[str], rivals: Sequence[str], in_wholes: bool) -> str:
    """Return the proved effect of an ask, as a clause that follows "so that".

    Parameters
    ----------
    names
        Commitments that the ask is for.
    rivals
        Late commitments that must stay as late as they are.
    in_wholes
        Whether the proof is in whole systems.
    """
    condition = (
        f", as long as {listed(rivals)} {_stay(rivals)} as late as in this plan" if rivals else ""
    )
    if not in_wholes:
        return f"{listed(names)} would be on time with divisible systems{condition}"
    return f"{listed(names)} {'can be' if rivals else _be(names)} on time{condition}"


def _stay(names: Sequence[str]) -> str:
    return "stays" if len(names) == 1 else "stay"


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _without_asks(session: Session, names: Sequence[str]) -> str:
    """Return why commitments that need no ask are late."""
    if session.is_small:
        them = "it" if len(names) == 1 else "them"
        return f"a better plan has {them} on time without any ask. Plan again with a smaller gap"
    subject = "it" if len(names) == 1 else "they"
    return (
        f"with divisible systems {subject} would be on time without any ask. The lateness comes "
        "from whole systems, lots and halls, or from a plan that is not proven optimal"
    )


def _row(session: Session, ask: AskSet, head: AskHead, request: Request) -> AskRow:
    first = request.limits[0]
    return {
        **head,
        "kind": first.kind,
        "subject": first.subject,
        "cells": ", ".join(limit.where for limit in request.limits),
        "says": in_words(session, request),
        "more": float(request.more),
        "not_enough": figure_of(smaller) if (smaller := ask.not_enough.get(request.name)) else None,
        "mw_months_alone": ask.alone.get(request.name),
        "irreducible": "yes" if ask.is_irreducible else "not proved",
        "fewest": "yes" if ask.is_fewest else "not proved" if head["set"] == 1 else "",
        "proof": ask.proof,
    }
