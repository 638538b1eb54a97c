"""What one step more of anything that serves tokens gains: missed tokens, and money.

Each gain is the difference of two re-solves, in whole systems where the plan is small. Limits that
a supplier could lift are tried where tokens are missed; what a customer could give up (speed, TTFT,
a country), and one more replica free of charge, are always tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from planner.case.tokens import Kind
from planner.errors import NoPlanExists
from planner.explain.bottleneck_rows import one_more
from planner.explain.integer_answers import EXACT_GAP, solve_whole
from planner.explain.limit_moves import Move
from planner.explain.limits import Limit
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.explain.session import Session
from planner.model.objectives import Tier
from planner.model.tokens import SYSTEMS_ROW
from planner.plan.token_finding_rows import TokenLatenessRow, TokenValueRow
from planner.solve.duals import set_row_bounds, set_upper_bounds
from planner.workbook.checks.cross_checks import check
from planner.workbook.drafts import draft_of
from planner.workbook.rows import Inputs, Row

VALUES_BY, CAUSES_BY = 0.8, 0.88
"""Shares of the time budget at which values, and reasons for missed tokens, stop."""

NOISE = 1e-8
"""Gain in missed tokens that counts as none, as a share of all tokens asked for."""

WHOLE, DIVISIBLE = "re-solved in whole systems", "re-solved with divisible systems"
"""Proofs of a gain."""


@dataclass(frozen=True)
class Change:
    """A change whose gain in tokens is asked for.

    Attributes
    ----------
    kind, subject : str
        What is changed, in words.
    cell : str
        Sheet and cell.
    value : object
        Value of the cell.
    step : str
        The change in words.
    problem : callable
        Returns the changed problem; raises ValueError if it breaks a rule.
    """

    kind: str
    subject: str
    cell: str
    value: Any
    step: str
    problem: Callable[[], Problem]


@dataclass(frozen=True)
class Measured:
    """What a problem misses and costs at best.

    Attributes
    ----------
    missed : tuple of float
        MW-months, then Mtok, by priority.
    cost : float
    """

    missed: tuple[float, ...]
    cost: float


def token_value_rows(session: Session) -> list[TokenValueRow]:
    """Return what one step more gains in tokens and money, the largest gain first."""
    before = _measured(session, session.base)
    if before is None:
        session.leave("values of replicas, links, speed and countries: no proven plan in time")
        return []
    rows: list[TokenValueRow] = []
    for change in _changes(session):
        if session.spent(VALUES_BY):
            session.leave("values in tokens", f"{change.kind} of {change.subject}")
            continue
        try:
            after = _measured(session, change.problem())
        except (NoPlanExists, ValueError):
            after = None
        if after is None:
            session.leave("values in tokens, not proven", f"{change.kind} of {change.subject}")
            continue
        rows.append(_value_row(session, change, before, after))
    rows.sort(key=lambda row: (-row["mtok"], -(row["money"] or 0.0), row["cell"], row["subject"]))
    return [{**row, "rank": float(rank)} for rank, row in enumerate(rows, start=1)]


def _changes(session: Session) -> Iterator[Change]:
    """Yield every change to try: limits only where tokens are missed and their kind gains."""
    yield from _links(session)
    yield from _replicas(session)
    yield from _relaxations(session)
    if sum(session.planned_mtok) > token_noise(session):
        for limit in gaining_limits(session):
            yield _of_limit(session, limit)


def _of_limit(session: Session, limit: Limit, steps: float = 1.0) -> Change:
    problem = partial(session.moved, [Move(limit, steps)])
    step = one_more(limit) if limit.dated else f"{one_more(limit)} more"
    return Change(limit.kind, limit.subject, limit.where, limit.value, step, problem)


def gaining_limits(session: Session) -> list[Limit]:
    """Return the limits that gain tokens if lifted, by halving groups of one kind.

    Limits of a kind that gain nothing together gain nothing alone.
    """
    before = least_missed(session, session.base, session.base.case.tokens.workloads)
    kinds: dict[str, list[Limit]] = {}
    for limit in session.catalogue.amounts + session.catalogue.dates:
        kinds.setdefault(limit.kind, []).append(limit)
    found: list[Limit] = []
    for kind, limits in kinds.items():
        waiting = [] if kind == "link" else [limits]
        while waiting:
            if session.spent(VALUES_BY):
                session.leave("gains in tokens from limits", kind)
                break
            part = waiting.pop()
            if not _gains(session, part, before):
                continue
            if len(part) == 1:
                found += part
            else:
                waiting += [part[len(part) // 2 :], part[: len(part) // 2]]
    return found


def _gains(session: Session, limits: Sequence[Limit], before: float) -> bool:
    """Return whether limits, lifted together, gain tokens with divisible or whole systems."""
    try:
        problem = session.moved([Move(limit, math.inf) for limit in limits])
        after = least_missed(session, problem, problem.case.tokens.workloads)
        return before - after > token_noise(session)
    except (NoPlanExists, ValueError):
        return False


def _links(session: Session) -> Iterator[Change]:
    for limit in session.catalogue.amounts:
        if limit.row.sheet == "links":
            yield _of_limit(session, limit)


def _replicas(session: Session) -> Iterator[Change]:
    """Yield one more replica of each kind at each site, free of charge, in all spans."""
    case = session.base.case
    loads = session.base.model.decisions.load_replicas
    rates = session.inputs.tables["throughput"]
    for kind, site in dict.fromkeys((kind, site) for kind, site, _ in loads):
        row = next(
            row
            for row in rates
            if (row["model"], row["system"], row["systems_per_replica"]) == kind[1:]
        )
        systems = case.tokens.systems_of[kind]
        named = ", ".join(f"{count} {system}" for system, count in systems.items())
        owner = "" if kind.owner is None else f" of {kind.owner}"
        yield Change(
            "replica",
            f"{kind.model} on {kind.system} at {site}{owner}",
            row.where("system"),
            None,
            f"1 replica ({named}) more, free of charge",
            partial(_with_replica, session, kind, site),
        )


def _with_replica(session: Session, kind: Kind, site: str) -> Problem:
    """Return the problem with the systems of one replica more at a site in every span."""
    problem = Problem(session.inputs)
    for (rule, index), row in problem.row_at.items():
        if rule == SYSTEMS_ROW and index[:2] == (kind.owner, site):
            count = problem.case.tokens.systems_of[kind].get(index[2], 0)
            lower, upper = problem.rows.lower[row], problem.rows.upper[row]
            set_row_bounds(problem.live, row, lower, upper + count)
    for (name, key), column in problem.column_at.items():
        if name == "load_replicas" and key[1] == site:
            problem.original_upper[column] += 1.0
            set_upper_bounds(problem.live, [column], [problem.live.upper[column] + 1.0])
    return problem


def _relaxations(session: Session) -> Iterator[Change]:
    """Yield what the customer of each workload could give up, one step of each."""
    tables = session.inputs.tables
    countries = dict.fromkeys(row["country"] for row in tables["sites"] if row["country"])
    for row in tables["workloads"]:
        rates = [
            rate
            for rate in tables["throughput"]
            if rate["model"] == row["model"]
            and (not row["systems"] or rate["system"] in row["systems"])
        ]
        yield from _slower(session, row, rates)
        for country in countries if row["countries"] else ():
            if country not in row["countries"]:
                more = (*row["countries"], country)
                yield _given_up(session, row, "countries", more, "countries", f"{country}, too")


def _slower(session: Session, row: Row, rates: Sequence[Row]) -> Iterator[Change]:
    """Yield the speed and the TTFT of a workload, relaxed to the next row of throughput."""
    least, most = row["min_speed"], row["max_ttft_s"]
    if least is not None:
        broken = [rate["speed"] for rate in rates if (rate["speed"] or 0.0) < least]
        known = [value for value in broken if value is not None]
        if broken:
            best = max(known) if known else None
            shown = "any" if best is None else f"{best:g} tok/s per user"
            step = f"{shown} instead of {least:g}"
            yield _given_up(session, row, "min_speed", best, "speed", step)
    if most is not None:
        broken = [
            rate["ttft_s"] for rate in rates if rate["ttft_s"] is None or rate["ttft_s"] > most
        ]
        known = [value for value in broken if value is not None]
        if broken:
            best = min(known) if known else None
            shown = "any" if best is None else f"{best:g} s"
            yield _given_up(
                session, row, "max_ttft_s", best, "TTFT", f"{shown} instead of {most:g}"
            )


def _given_up(
    session: Session, row: Row, column: str, value: object, words: str, step: str
) -> Change:
    return Change(
        words,
        str(row["workload"]),
        row.where(column),
        row[column],
        step,
        partial(_with_cell, session.inputs, row, column, value),
    )


def _with_cell(inputs: Inputs, row: Row, column: str, value: object) -> Problem:
    """Return the problem of the inputs with one cell changed."""
    rows = tuple(
        other.changed({**other.values, column: value}) if other is row else other
        for other in inputs.tables[row.sheet]
    )
    result = replace(inputs, tables={**inputs.tables, row.sheet: rows})
    faults, _ = check(draft_of(result))
    if faults:
        raise ValueError(str(faults[0]))
    return Problem(result)


def _measured(session: Session, problem: Problem) -> Measured | None:
    """Return what a problem misses and costs at best; None if not proven."""
    session.resolves += 1
    tiers = [*problem.missed_tiers, *problem.token_tiers, problem.cost_tier]
    if session.is_small:
        seconds = max(1.0, min(30.0, session.left / 5))
        found = solve_whole(problem, tiers, seconds=seconds)
        if not found.is_proven or len(found.values) < len(tiers):
            return None
        return Measured(found.values[:-1], found.values[-1])
    # Without the tokens asked for as a constant, a tier is zero where nothing is missed.
    tokens = problem.case.tokens
    goals = [
        token_goal(
            problem, [name for name in tokens.workloads if tokens.priority[name] == priority]
        )
        for priority in tokens.priorities
    ]
    held: list[tuple[Tier, float]] = []
    for tier in (*problem.missed_tiers, *goals, problem.cost_tier):
        held.append((tier, problem.solve_goal(tier, held).values[0]))
    values = [value for _, value in held]
    return Measured(tuple(values[:-1]), values[-1])


def _value_row(
    session: Session, change: Change, before: Measured, after: Measured
) -> TokenValueRow:
    first = len(session.base.missed_tiers)
    pairs = list(zip(before.missed, after.missed, strict=True))
    mtok = sum(old - new for old, new in pairs[first:])
    mtok = mtok if abs(mtok) > token_noise(session) else 0.0
    money = before.cost - after.cost
    base = session.base.case.money_unit
    noise = max(ZERO_TOLERANCE * base, 2 * EXACT_GAP * abs(before.cost))
    money = money if abs(money) > noise else 0.0
    currency = session.inputs.settings["currency"]
    said = []
    if mtok:
        said.append(f"{'gains' if mtok > 0 else 'loses'} {abs(mtok):,.6g} Mtok")
    if money:
        said.append(f"{'saves' if money > 0 else 'costs'} {abs(money):,.0f} {currency}")
    return {
        "rank": 0.0,
        "kind": change.kind,
        "subject": change.subject,
        "cell": change.cell,
        "setting": _shown(change.value),
        "step": change.step,
        "mtok": mtok,
        "money": money,
        "proof": WHOLE if session.is_small else DIVISIBLE,
        "says": f"{change.subject}: {change.kind}, {change.step}, "
        f"{' and '.join(said) or 'gains nothing'}",
    }


def _shown(value: object) -> str:
    """Return the value of a cell as text."""
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    return "" if value is None else f"{value:,.12g}" if isinstance(value, float) else str(value)


def token_goal(problem: Problem, workloads: Sequence[str]) -> Tier:
    """Return the goal of the Mtok that some workloads miss, in the unit of the model."""
    case = problem.case
    terms = [
        (
            variable,
            case.tokens.days(case.calendar, span) * case.tokens.hours_of(block) / case.token_unit,
        )
        for (workload, block, span), variable in problem.model.decisions.missed_tokens.items()
        if workload in workloads
    ]
    expression = problem.model.frame.objective(terms)
    return Tier(f"missed of {', '.join(workloads)}", "Mtok", expression, scale=case.token_unit)


def held_beside(
    session: Session, problem: Problem, workloads: Sequence[str]
) -> list[tuple[Tier, float]]:
    """Return what may be missed beside some workloads: as much as in the plan."""
    held = list(zip(problem.missed_tiers, session.planned_missed, strict=True))
    missed = missed_tokens(session)
    tokens = problem.case.tokens
    for priority in tokens.priorities:
        names = [
            name
            for name in tokens.workloads
            if tokens.priority[name] == priority and name not in workloads
        ]
        if names:
            tier = token_goal(problem, names)
            most = sum(missed[name] for name in names) + ZERO_TOLERANCE * tier.scale
            held.append((tier, most))
    return held


def missed_tokens(session: Session) -> dict[str, float]:
    """Return the Mtok that each workload misses in the plan."""
    missed = dict.fromkeys(session.base.case.tokens.workloads, 0.0)
    for row in session.plan.tables["tokens"] if session.plan is not None else ():
        missed[row["workload"]] += row["missed_mtok"]
    return missed


def least_missed(session: Session, problem: Problem, workloads: Sequence[str]) -> float:
    """Return the least Mtok that some workloads miss, with all else missing as in the plan.

    Raises
    ------
    NoPlanExists
        If it is not found in time.
    """
    session.resolves += 1
    goal, held = token_goal(problem, workloads), held_beside(session, problem, workloads)
    if not session.is_small:
        return max(0.0, problem.solve_goal(goal, held).values[0])
    found = solve_whole(problem, [goal], held, session.whole_seconds)
    if not found.is_proven:
        raise NoPlanExists(f"{goal.name}: {found.status}")
    return max(0.0, found.values[0])


def token_lateness_rows(session: Session) -> list[TokenLatenessRow]:
    """Return what delays the tokens of each workload that misses some, nearest to it first."""
    missed = missed_tokens(session)
    late = [name for name, mtok in missed.items() if mtok > token_noise(session)]
    limits = gaining_limits(session) if late else []
    rows: list[TokenLatenessRow] = []
    for name in late:
        spans = [
            row
            for row in (session.plan.tables["tokens"] if session.plan is not None else ())
            if row["workload"] == name and row["missed_mtok"] > token_noise(session)
        ]
        changes: list[tuple[Change, Change | None]] = [
            (change, None) for change in (*_links(session), *_relaxations(session))
        ]
        changes += [
            (_of_limit(session, limit), _of_limit(session, limit, math.inf))
            for limit in sorted(limits, key=lambda limit: limit.stage)
        ]
        number = 0
        for change, lifted in changes:
            if session.spent(CAUSES_BY):
                session.leave(f"what delays the tokens of {name}", change.kind)
                continue
            gain = _gain_of(session, change, name)
            whole = None if lifted is None else _gain_of(session, lifted, name)
            if not gain and not whole:
                continue
            number += 1
            rows.append(
                {
                    "workload": name,
                    "span_from": min(row["span_from"] for row in spans),
                    "span_to": max(row["span_to"] for row in spans),
                    "missed_mtok": missed[name],
                    "link": float(number),
                    "kind": change.kind,
                    "subject": change.subject,
                    "cell": change.cell,
                    "setting": _shown(change.value),
                    "step": change.step,
                    "mtok_a_step": gain,
                    "mtok_lifted": whole,
                    "says": _cause(change, gain, whole),
                }
            )
    return rows


def _gain_of(session: Session, change: Change, workload: str) -> float | None:
    """Return the Mtok that a workload gains by a change; None if that is not proven."""
    try:
        before = least_missed(session, session.base, [workload])
        gain = before - least_missed(session, change.problem(), [workload])
    except (NoPlanExists, ValueError):
        return None
    return gain if gain > token_noise(session) else 0.0


def _cause(change: Change, gain: float | None, lifted: float | None) -> str:
    """Return what delays tokens, in a sentence."""
    is_given = change.value is not None and change.value != ""
    value = f" is {_shown(change.value)}" if is_given else ""
    said = "gain not proven" if gain is None else f"gains {gain:,.6g} Mtok"
    said = f"{change.step} {said if gain != 0 else 'gains nothing'}"
    if lifted:
        said += f", without this limit {lifted:,.6g} Mtok"
    return f"{change.subject}: {change.kind}{value}; {said}"


def token_noise(session: Session) -> float:
    """Return the Mtok below which nothing is gained."""
    case = session.base.case
    asked = sum(
        mtok * case.tokens.hours_of(block) * case.tokens.days(case.calendar, span)
        for (_, block, span), mtok in case.tokens.demand.items()
    )
    return max(ZERO_TOLERANCE, NOISE * asked)
