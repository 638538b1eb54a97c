"""Smallest sets of changes with which workloads are served in full, each proved by a re-solve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.explain.ask_sentences import figure_of, in_words
from planner.explain.asks import Asker
from planner.explain.groups import listed, together
from planner.explain.on_time_oracle import Oracle
from planner.explain.problem import Problem
from planner.explain.requests import BOUNDS, Request, today_of
from planner.explain.session import Session
from planner.explain.token_values import held_beside, missed_tokens, token_goal, token_noise
from planner.model.objectives import Tier
from planner.plan.token_finding_rows import TokenAskRow

ASKED_BY = 0.9
"""Share of the time budget at which asks for tokens stop."""


class TokenOracle(Oracle):
    """Tests sets of changes, with no other workload and no commitment missing more.

    What is missed is measured in the unit of the model, so that one tolerance fits all.
    """

    def _shortfalls(self) -> dict[str, float]:
        unit = self.session.base.case.token_unit
        return {name: mtok / unit for name, mtok in missed_tokens(self.session).items()}

    def _goal(self, problem: Problem) -> tuple[Tier, list[tuple[Tier, float]]]:
        names = self.commitments
        goal = replace(token_goal(problem, names), scale=1.0)
        return goal, held_beside(self.session, problem, names)

    def is_kept(self, requests: Sequence[Request]) -> bool:
        """Return False: that every best plan serves the workloads in full is not proved."""
        return False


def token_ask_rows(session: Session, costs: Mapping[str, float] | None = None) -> list[TokenAskRow]:
    """Return asks as rows of the table `token_asks`, more important workloads first."""
    noise, tokens = token_noise(session), session.base.case.tokens
    late = [name for name, mtok in missed_tokens(session).items() if mtok > noise]
    by_priority = [
        [name for name in late if tokens.priority[name] == priority]
        for priority in tokens.priorities
    ]

    def asker(names: Sequence[str]) -> Asker:
        return Asker(session, names, costs, oracle=TokenOracle)

    rows: list[TokenAskRow] = []
    for names in together(by_priority, lambda names: asker(names).can_be_enough()):
        if session.spent(ASKED_BY):
            session.leave(f"asks for {listed(names)}")
            continue
        last = max(n for n, own in enumerate(by_priority) if set(own) & set(names))
        rivals = [name for own in by_priority[: last + 1] for name in own if name not in names]
        rows += _rows_of(session, asker(names), names, rivals)
    return rows


def _rows_of(
    session: Session, asker: Asker, names: Sequence[str], rivals: Sequence[str]
) -> list[TokenAskRow]:
    """Return the sets of changes with which some workloads are served in full."""
    if asker.is_enough([]):
        session.leave(
            f"asks for {listed(names)}: a better plan, or one with divisible systems, serves all "
            "without any ask"
        )
        return []
    sets = asker.find()
    if not sets:
        bounds = BOUNDS.format(today=today_of(session.inputs))
        why = (
            f"even all limits moved to their bounds are not enough ({bounds})"
            if asker.is_hopeless
            else "no set was found in time"
        )
        session.leave(f"asks for {listed(names)}: {why}")
    verb = "is" if len(names) == 1 else "are"
    unit = session.base.case.token_unit
    rows: list[TokenAskRow] = []
    for number, ask in enumerate(sets, start=1):
        aim = (
            f"{listed(names)} {verb if ask.in_wholes else 'would be'} served in full"
            f"{'' if ask.in_wholes else ' with divisible systems'}"
        )
        if rivals:
            ask.proof += (
                f"; a new plan may use the gain for {listed(rivals)} first, which also "
                f"{'misses' if len(rivals) == 1 else 'miss'} tokens, of no lower priority"
            )
        for request in ask.requests:
            first = request.limits[0]
            smaller = ask.not_enough.get(request.name)
            alone = ask.alone.get(request.name)
            rows.append(
                {
                    "workload": ", ".join(names),
                    "aim": aim,
                    "set": float(number),
                    "kind": first.kind,
                    "subject": first.subject,
                    "cells": ", ".join(limit.where for limit in request.limits),
                    "says": in_words(session, request),
                    "more": float(request.more),
                    "not_enough": figure_of(smaller) if smaller else None,
                    "mtok_alone": None if alone is None else alone * unit,
                    "irreducible": "yes" if ask.is_irreducible else "not proved",
                    "fewest": "yes" if ask.is_fewest else "not proved" if number == 1 else "",
                    "proof": ask.proof,
                }
            )
    return rows
