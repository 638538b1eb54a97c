"""Counterfactuals: forbid or force a decision, plan again, compare the two plans."""

from __future__ import annotations

import math
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from planner.case.case import make_case
from planner.checker.verify import verify
from planner.errors import Interrupted, LimitReached, NoPlanExists, PlannerError
from planner.explain.session import budget
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import PRESENT_COST, in_service_mw_months, make_tiers
from planner.model.wholes import make_wholes
from planner.pipeline import Solved, collector_paused, result_tables
from planner.plan.result_rows import Tables
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, SolveLimits, TierResult, solve_tiers
from planner.workbook.rows import Inputs

VERBS = {
    "install": ("install_systems", "install at SITE or HALL [SYSTEM] PERIOD"),
    "order": ("order_lots", "order ITEM [from SUPPLIER] PERIOD"),
    "open": ("open_halls", "open HALL or SITE PERIOD"),
    "ship": ("ship_units", "ship ITEM [from PLACE] [to PLACE] PERIOD"),
}
"""Decision variable and syntax of each verb that a question can start with."""

FILLERS = {"at", "in", "from", "to", "of", "on", "the", "for"}
DAY = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")


@dataclass(frozen=True)
class Question:
    """A question about a decision of the plan.

    Attributes
    ----------
    text : str
        The question as typed.
    decision : str
        Name of the decision variable.
    keys : tuple
        Keys of the variables that are forbidden or forced together.
    """

    text: str
    decision: str
    keys: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Alternative:
    """Comparison of the plan with the alternative in which the decision is reversed.

    Attributes
    ----------
    question : Question
    forced : bool
        True if the plan lacks the decision and it was forced, False if it was forbidden.
    missed_more : float or None
        Increase in MW-months missed; None if the alternative is infeasible.
    missed_mtok_more : float or None
        Increase in Mtok missed; None if the alternative is infeasible or there are no workloads.
    cost_more : float or None
        Increase in present cost, between `cost_more_least` and `cost_more_most`.
    cost_more_least, cost_more_most : float or None
        Bounds on that increase, from the proven bounds of both plans.
    moves : list of rows
        Decisions that differ: decision, what, period, value in the plan, in the alternative.
    status : str
    """

    question: Question
    forced: bool
    missed_more: float | None
    missed_mtok_more: float | None
    cost_more: float | None
    cost_more_least: float | None
    cost_more_most: float | None
    moves: list[Row]
    status: str


def parse(text: str, model: Model) -> Question:
    """Parse a question like ``install at Regina 2027-09``.

    Raises
    ------
    PlannerError
        If it cannot be parsed, or no such decision exists; the message names those that do.
    """
    verb = text.strip().split(" ", 1)[0].lower()
    if verb not in VERBS:
        forms = "; ".join(form for _, form in VERBS.values())
        raise PlannerError(f"{text!r}: begin with one of {', '.join(VERBS)}. Forms: {forms}")
    decision, form = VERBS[verb]
    period, rest = _period(text.strip()[len(verb) :], model, form)
    variables: Mapping[tuple[Any, ...], Any] = getattr(model.decisions, decision)
    site_of, calendar = model.case.facility.site_of, model.case.calendar
    period_of, keys = calendar.period_of, []
    names = sorted({n for key in variables for n in _names(key, decision, site_of)})
    if not names:
        raise PlannerError(f"{text!r}: this plan has no decision to {verb}. {_verbs(model)}")
    wanted = _wanted(rest, names, text, form)
    for key in variables:
        if period_of(key[-1]) == period and wanted <= _names(key, decision, site_of):
            keys.append(key)
    if keys:
        return Question(text, decision, tuple(sorted(keys)))
    days = sorted({k[-1] for k in variables if wanted <= _names(k, decision, site_of)})
    if not days:
        raise PlannerError(
            f"{text!r}: no decision of this plan combines {' and '.join(sorted(wanted))}"
        )
    raise PlannerError(
        f"{text!r}: not possible from {calendar.starts[period]} to {calendar.ends[period]}, only "
        f"from {calendar.date_of(days[0])} to {calendar.date_of(days[-1])}. Earlier, something is "
        "not available yet; later, it would not come into service within the plan"
    )


def _verbs(model: Model) -> str:
    """Return a sentence with the question forms that apply to a plan."""
    forms = [form for decision, form in VERBS.values() if getattr(model.decisions, decision)]
    return f"Forms: {'; '.join(forms)}" if forms else "It has no decisions to ask about"


def _period(rest: str, model: Model, form: str) -> tuple[int, str]:
    match = DAY.search(rest)
    if match is None:
        raise PlannerError(f"{rest.strip()!r} contains no period. Write {form}, e.g. 2027-09")
    try:
        day = date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        raise PlannerError(f"{match[0]} is not a date. Write {form}, e.g. 2027-09") from None
    calendar = model.case.calendar
    period = calendar.holding(day)
    if period is None:
        raise PlannerError(
            f"{match[0]} is outside the plan, {calendar.starts[0]} to {calendar.ends[-1]}"
        )
    return period, rest[: match.start()] + " " + rest[match.end() :]


def _names(key: tuple[Any, ...], decision: str, site_of: Mapping[str, str]) -> set[str]:
    names = {str(part) for part in key[:-1]}
    if decision in ("install_systems", "open_halls"):
        names.add(site_of[key[0]])
    return names


def _wanted(rest: str, names: Iterable[str], text: str, form: str) -> set[str]:
    """Return the names found in a text; longer names are matched first."""
    wanted, left = set(), f" {' '.join(rest.split())} "
    for name in sorted(names, key=len, reverse=True):
        place = left.lower().find(f" {' '.join(name.lower().split())} ")
        if place >= 0:
            wanted.add(name)
            left = f"{left[:place]} {left[place + len(' '.join(name.split())) + 1 :]}"
    strange = [word for word in left.split() if word.lower() not in FILLERS]
    if strange or not wanted:
        shown = ", ".join(list(names)[:12])
        wrong = f"unknown name {' '.join(strange)!r}" if strange else "no name is given"
        raise PlannerError(f"{text!r}: {wrong}. Write {form}. Names: {shown}")
    return wanted


def question_of(inputs: Inputs, text: str) -> tuple[Question, Model]:
    """Parse a question, and return it with the model of its decisions.

    Raises
    ------
    PlannerError
        If the question cannot be parsed.
    """
    with collector_paused():
        model = build_model(make_case(inputs))
    return parse(text, model), model


def ask_why(plan: Plan, text: str, seconds: float | None = None) -> Alternative:
    """Plan again with a decision reversed, and compare.

    Parameters
    ----------
    plan
        The plan.
    text
        The question, see `parse`.
    seconds
        Time budget; None for the plan's own time limit, at most the budget of an explanation.

    Raises
    ------
    PlannerError
        If the question cannot be parsed.
    LimitReached
        If the time ran out before any plan was found.
    """
    began = time.monotonic()
    allowed = time_of(plan) if seconds is None else seconds
    question, model = question_of(plan.inputs, text)
    forced = not _does(plan, question, model)
    variables = getattr(model.decisions, question.decision)
    terms = [(variables[key], 1.0) for key in question.keys]
    model.frame.row(
        "asked", (question.text,), terms, ">=" if forced else "<=", 1.0 if forced else 0.0
    )
    live = LiveModel(model.frame, model.frame.columns, plan.inputs.settings["threads"])
    try:
        solution = _solved(plan, model, live, allowed - (time.monotonic() - began))
    except NoPlanExists:
        return Alternative(question, forced, None, None, None, None, None, [], "no plan exists")
    tables = result_tables(plan.inputs, Solved(model, live, solution))
    verdict = verify(plan.inputs, tables)
    status = solution.status if verdict.ok else "refused by the checker"
    return _compared(question, plan, tables, solution.tiers, forced=forced, status=status)


def time_of(plan: Plan) -> float:
    """Return the time budget: the plan's own limit, at most that of an explanation."""
    limits = (plan.manifest.get("time_limit_s"), plan.inputs.settings["time_limit_s"])
    stated = next((float(x) for x in limits if isinstance(x, int | float)), math.inf)
    return min(stated, budget(plan))


def _solved(plan: Plan, model: Model, live: LiveModel, seconds: float) -> Solution:
    """Solve the changed model within a time limit, to the gap of the plan."""
    gap = plan.manifest.get("gap_asked")
    limits = SolveLimits(float(gap) if isinstance(gap, int | float) else 0.0, max(seconds, 0.01))
    unsettled = (
        f"not settled within {limits.seconds:,.0f} s: found neither a plan with the decision "
        "reversed nor a proof that none exists. Give more time (--time-limit)"
    )
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        live.stop.set()

    # A plan's solve may exceed its limit until it has an incumbent; an answer may not.
    timer = threading.Timer(min(limits.seconds, threading.TIMEOUT_MAX), end)
    timer.daemon = True
    timer.start()
    try:
        outcome = solve_tiers(
            live,
            make_tiers(model),
            in_service_mw_months(model),
            make_wholes(model),
            limits,
            lambda event: None,
        )
    except (Interrupted, LimitReached):
        if not is_over.is_set():
            raise
        raise LimitReached(unsettled) from None
    finally:
        timer.cancel()
    if outcome.is_fallback:
        raise LimitReached(unsettled)
    return (
        replace(outcome, status="time limit")
        if is_over.is_set() and outcome.status == "interrupted"
        else outcome
    )


def _does(plan: Plan, question: Question, model: Model) -> bool:
    """Return whether a plan takes any of the decisions in question."""
    calendar = model.case.calendar
    taken = {key for key, amount in _taken(plan.tables, question.decision) if amount > 0}
    return any(
        (*key[:-1], calendar.starts[calendar.period_of(key[-1])]) in taken for key in question.keys
    )


def _compared(
    question: Question,
    plan: Plan,
    tables: Tables,
    tiers: Iterable[TierResult],
    *,
    forced: bool,
    status: str,
) -> Alternative:
    now = {tier.name: tier for tier in tiers}
    then = {row["tier"]: row for row in plan.tables["tiers"]}
    missed, missed_mtok = (
        sum(
            tier.value - then[name]["value"]
            for name, tier in now.items()
            if name.startswith(kind) and name in then
        )
        for kind in ("missed_mw", "missed_mtok")
    )
    has_workloads = bool(plan.inputs.tables["workloads"])
    cost: tuple[float | None, float | None, float | None] = (None, None, None)
    if PRESENT_COST in now and PRESENT_COST in then:
        value, bound = then[PRESENT_COST]["value"], then[PRESENT_COST]["bound"]
        new = now[PRESENT_COST]
        low = new.bound - value if math.isfinite(new.bound) else None
        cost = (new.value - value, low, None if bound is None else new.value - bound)
    return Alternative(
        question,
        forced,
        missed if abs(missed) > 1e-6 else 0.0,
        (missed_mtok if abs(missed_mtok) > 1e-6 else 0.0) if has_workloads else None,
        *cost,
        what_moves(plan.tables, tables),
        status,
    )


def _taken(tables: Tables, decision: str) -> Iterator[tuple[tuple[object, ...], float]]:
    """Yield the decisions of one kind in a plan: their key, which ends in a period, and amount."""
    if decision == "install_systems":
        for install in tables["installs"]:
            yield (install["hall"], install["system"], install["period"]), install["installed"]
    elif decision == "order_lots":
        for order in tables["orders"]:
            # A firm order is data.
            if order["firm"] == "no":
                yield (order["supplier"], order["item"], order["period"]), order["quantity"]
    elif decision == "open_halls":
        for hall in tables["halls"]:
            yield (hall["hall"], hall["period"]), hall["decided"]
    elif decision == "ship_units":
        for move in tables["shipments"]:
            yield (move["from"], move["to"], move["item"], move["period"]), move["quantity"]


def what_moves(before: Tables, after: Tables) -> list[Row]:
    """Return the decisions that differ between two plans, largest changes of each kind first."""
    rows: list[Row] = []
    for verb in ("install", "order", "open"):
        decision, _ = VERBS[verb]
        amounts: dict[tuple[object, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for side, tables in enumerate((before, after)):
            for key, amount in _taken(tables, decision):
                amounts[key][side] += amount
        changed = [(k, v) for k, v in amounts.items() if abs(v[1] - v[0]) > 1e-6]
        changed.sort(key=lambda item: (-abs(item[1][1] - item[1][0]), str(item[0])))
        rows += [
            {
                "decision": verb,
                "what": ", ".join(map(str, key[:-1])),
                "period": key[-1],
                "plan": values[0],
                "alternative": values[1],
            }
            for key, values in changed
        ]
    return rows
