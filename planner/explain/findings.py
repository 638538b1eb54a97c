"""Findings saved with a plan: its explanation, and a quote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from planner.attempts import Attempt, strictly
from planner.case.case import calendar_of
from planner.errors import PlannerError
from planner.explain.explanation import explain
from planner.explain.quote import Earliest, Largest, Quoter, Terms, quote_rows
from planner.explain.session import Session
from planner.explain.token_quote import TokenQuoter, TokenTerms, token_quote_rows
from planner.plan.finding_rows import EarliestRow, FindingTables, QuoteRow, typed_findings
from planner.plan.finding_tables import Finding
from planner.plan.rows import rows_of, with_values
from planner.plan.store import Plan, plan_digest
from planner.plan.token_finding_rows import TokenEarliestRow, TokenQuoteRow
from planner.workbook.rows import Inputs

DECIMALS = 6
"""Decimals of megawatts to which re-solves are precise."""


@dataclass(frozen=True)
class Inquiry:
    """Parameters of a quote.

    Attributes
    ----------
    terms : Terms
        Basis of the megawatts, and what may serve them.
    mw : tuple of float
        Megawatts whose earliest date is requested.
    dates : tuple of datetime.date
        Dates for which a plan in whole systems is requested.
    overtime : float
        Share by which each kind of limit is stretched in turn; 0 for none.
    """

    terms: Terms
    mw: tuple[float, ...] = ()
    dates: tuple[date, ...] = ()
    overtime: float = 0.0


@dataclass(frozen=True)
class TokenInquiry:
    """Parameters of a quote of tokens.

    Attributes
    ----------
    terms : TokenTerms
        Shape of the tokens, and what may serve them.
    mtok_day : tuple of float
        Mtok a day whose earliest day is requested.
    dates : tuple of datetime.date
        Days from which a plan in whole systems is requested.
    overtime : float
        Share by which each kind of limit is stretched in turn; 0 for none.
    """

    terms: TokenTerms
    mtok_day: tuple[float, ...] = ()
    dates: tuple[date, ...] = ()
    overtime: float = 0.0


def explain_plan(
    plan: Plan,
    seconds: float | None = None,
    *,
    asks: bool = True,
    costs: Mapping[str, float] | None = None,
    attempt: Attempt = strictly,
) -> Finding:
    """Return the explanation of a plan.

    Parameters
    ----------
    plan
        The plan.
    seconds
        Time budget; None for three times the run time of the plan.
    asks
        Whether to search for asks.
    costs
        Cost of asking for one change, by sheet.
    attempt
        Runs each part; a failure of one does not stop the others.
    """
    session = Session(plan.inputs, plan, seconds)
    explanation = explain(session, asks=asks, costs=costs, attempt=attempt)
    return Finding(plan_digest(plan), _clean(explanation.tables), {**_facts(session), "asks": asks})


def quote_plan(plan: Plan, inquiry: Inquiry) -> Finding:
    """Return a quote: what can be promised on top of a plan.

    Parameters
    ----------
    plan
        The plan.
    inquiry
        What is asked for.

    Raises
    ------
    PlannerError
        If no site and system can serve the quote, or a date is outside the plan.
    """
    require_within(plan.inputs, inquiry.dates)
    session = Session(plan.inputs, plan)
    quoter = Quoter(session, inquiry.terms, inquiry.overtime, inquiry.dates)
    ends = quoter.problem.case.calendar.ends
    wanted = [ends.index(day) for day in inquiry.dates]
    quoter.bound(quoter.last)  # valid for every period, even if the time runs out later
    earliest = [quoter.earliest(mw) for mw in inquiry.mw]
    # Requested dates come before the rest of the curve, in case the time runs out.
    firm = {period: quoter.largest(period, whole=True) for period in wanted}
    curve = _curve(quoter, firm)
    largest = [curve[period] for period in sorted(curve)]
    stretched = quoter.with_overtime(_marks(ends, wanted)) if inquiry.overtime else []
    curve_rows = _quote_rows(quoter, largest, stretched)
    at_most = {row["date"]: row["at_most_mw"] for row in curve_rows if not row["overtime_of"]}
    tables: FindingTables = {
        "earliest": [_earliest_row(quoter, answer, at_most) for answer in earliest],
        "quote": curve_rows,
    }
    asked = {
        "basis": inquiry.terms.basis,
        "countries": list(inquiry.terms.countries),
        "systems": list(inquiry.terms.systems),
        "overtime": inquiry.overtime,
        "by": [day.isoformat() for day in inquiry.dates],
    }
    return Finding(plan_digest(plan), _clean(tables), {**_facts(session), **asked})


def _rows_of_a_day(session: Session, inquiry: TokenInquiry, day: date) -> list[TokenQuoteRow]:
    """Return the rows of a day on which no span of the plan begins, from a question of its own."""
    quoter = TokenQuoter(session, inquiry.terms, inquiry.overtime, cut=day)
    span = list(quoter.days).index(day)
    return token_quote_rows(quoter, [quoter.largest(span, whole=True)])


def _curve(quoter: Quoter, firm: Mapping[int, Largest]) -> dict[int, Largest]:
    """Return the most by period, or span: firm where it was asked for, or where time is left."""
    curve = {most.period: most for most in quoter.curve()} | dict(firm)
    if not quoter.is_small:
        return curve
    for period in curve:
        if period not in firm and not quoter.session.spent(0.8):
            curve[period] = quoter.largest(period, whole=True)
    return curve


def quote_tokens(plan: Plan, inquiry: TokenInquiry) -> Finding:
    """Return a quote of tokens: how many more a day can be promised on top of a plan.

    Parameters
    ----------
    plan
        The plan.
    inquiry
        What is asked for.

    Raises
    ------
    PlannerError
        If no site and system can serve the quote, or no period begins on a date.
    """
    require_starts(plan.inputs, inquiry.dates)
    session = Session(plan.inputs, plan)
    quoter = TokenQuoter(session, inquiry.terms, inquiry.overtime)
    quoter.bound(quoter.last)  # valid for every span, even if the time runs out later
    answers = [quoter.earliest(mtok / quoter.quote_unit) for mtok in inquiry.mtok_day]
    days = list(quoter.days)
    wanted = [days.index(day) for day in inquiry.dates if day in days]
    firm = {span: quoter.largest(span, whole=True) for span in wanted}
    others = [day for day in inquiry.dates if day not in days]
    rows = [row for day in others for row in _rows_of_a_day(session, inquiry, day)]
    curve = _curve(quoter, firm)
    rising = _rising([curve[span] for span in sorted(curve)], len(days))
    stretched = quoter.with_overtime(_marks(days, wanted)) if inquiry.overtime else []
    near = [most for most in rising if most.period in curve]
    rows += token_quote_rows(quoter, rising)
    over = [row for row in token_quote_rows(quoter, [*near, *stretched]) if row["overtime_of"]]
    at_most = {row["date"]: row["at_most_mtok_day"] for row in rows}
    tables: FindingTables = {
        "token_earliest": [
            _token_earliest_row(quoter, answer, mtok, at_most)
            for answer, mtok in zip(answers, inquiry.mtok_day, strict=True)
        ],
        "token_quote": [*sorted(rows, key=lambda row: row["date"]), *over],
    }
    terms = inquiry.terms
    asked = {
        "model": terms.model,
        "output_share": terms.output_share,
        "cached_share": terms.cached_share,
        "min_speed": terms.min_speed,
        "max_ttft_s": terms.max_ttft_s,
        "countries": list(terms.countries),
        "systems": list(terms.systems),
        "overtime": inquiry.overtime,
        "by": [day.isoformat() for day in inquiry.dates],
    }
    return Finding(plan_digest(plan), _clean(tables), {**_facts(session), **asked})


def require_starts(inputs: Inputs, dates: Iterable[date]) -> None:
    """Reject days on which no period begins: tokens are served through whole periods.

    Raises
    ------
    PlannerError
        If a period begins on a day before or after, or the day is outside the plan.
    """
    starts = calendar_of(inputs).starts
    require_within(inputs, dates)
    for day in dates:
        if day not in starts:
            before = max(start for start in starts if start < day)
            after = min((start for start in starts if start > day), default=None)
            rest = "" if after is None else f" or {after}"
            raise PlannerError(
                f"--by {day}: no period begins on this day, and tokens are served through whole "
                f"periods. Ask for {before}{rest}"
            )


def _token_earliest_row(
    quoter: TokenQuoter, answer: Earliest, mtok_day: float, at_most: Mapping[date, float]
) -> TokenEarliestRow:
    """Return an answer as a row, with the best bound of the latest day ruled out."""
    days, first = quoter.days, answer.not_before
    before = days[first - 1] if first else None
    most = quoter.mtok(answer.at_most_before_mw)
    if before is not None and before in at_most:
        most = min(most, at_most[before])
    return {
        "mtok_day": mtok_day,
        "model": quoter.token_terms.model,
        "date": None if answer.period is None else days[answer.period],
        "not_before": days[first] if first < answer.count else None,
        "day_before": before,
        "at_most_before_mtok_day": most,
        "proven": answer.is_proven,
    }


def _facts(session: Session) -> dict[str, object]:
    """Return facts about the run: time, re-solves, skipped steps."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(session.elapsed, 1),
        "resolves": session.resolves,
        "undone": list(session.undone),
    }


def _clean(tables: FindingTables) -> FindingTables:
    """Return tables rounded to the precision of re-solves, money to the cent."""

    def clean(column: str, value: object) -> object:
        if not isinstance(value, float):
            return value
        return round(value, 2 if column == "money" else DECIMALS) + 0.0

    return typed_findings({name: with_values(rows_of(tables, name), clean) for name in tables})


def require_within(inputs: Inputs, dates: Iterable[date]) -> None:
    """Reject dates outside the plan.

    Raises
    ------
    PlannerError
        If a date is before the plan's first day, or after its last.
    """
    calendar = calendar_of(inputs)
    first, last = calendar.starts[0], calendar.ends[-1]
    for day in dates:
        if not first <= day <= last:
            raise PlannerError(
                f"--by {day}: the plan runs from {first} to {last}. Ask for a day of it"
            )


def _marks(ends: Sequence[date], wanted: Sequence[int]) -> list[int]:
    """Return the periods for which overtime is solved: requested dates, else year ends."""
    years = {day.year: period for period, day in enumerate(ends)}
    return sorted(set(wanted)) or sorted(years.values())


def _quote_rows(
    quoter: Quoter, largest: Sequence[Largest], stretched: Sequence[Largest]
) -> list[QuoteRow]:
    """Return the curve of all periods, then overtime, with a gain where both are bounded."""
    curve = _rising(largest, quoter.problem.case.calendar.count)
    known = {most.period for most in largest}
    solved = [most for most in curve if most.period in known]
    # Gains from overtime are against periods that were solved.
    with_overtime = quote_rows(quoter, [*solved, *stretched])
    overtime = [row for row in with_overtime if row["overtime_of"]]
    return [*quote_rows(quoter, curve), *overtime]


def _rising(largest: Sequence[Largest], count: int) -> list[Largest]:
    """Return a non-decreasing bound for every period: promised megawatts stay in service.

    A period that was not solved takes the bound of the next one.
    """
    known = {most.period: most for most in largest}
    result: list[Largest] = []
    for period in reversed(range(count)):
        later = [most.at_most_mw for most in result[-1:]]
        if period in known:
            least = min([known[period].at_most_mw, *later])
            result.append(replace(known[period], at_most_mw=least))
        elif later:
            result.append(Largest(period, later[0]))
    return _never_below_firm(result[::-1])


def _never_below_firm(curve: Sequence[Largest]) -> list[Largest]:
    """Return a curve whose bounds are at least the megawatts that plans serve by then."""
    result, firm = [], 0.0
    for most in curve:
        firm = max(firm, most.firm_mw or 0.0)
        result.append(replace(most, at_most_mw=max(most.at_most_mw, firm)))
    return result


def _earliest_row(quoter: Quoter, answer: Earliest, at_most: Mapping[date, float]) -> EarliestRow:
    """Return an answer as a row, with the best bound of the latest date ruled out."""
    ends, first = quoter.problem.case.calendar.ends, answer.not_before
    before = ends[first - 1] if first else None
    mw_before = answer.at_most_before_mw
    if before is not None and before in at_most:
        mw_before = min(mw_before, at_most[before])
    return {
        "mw": answer.mw,
        "basis": quoter.terms.basis,
        "date": None if answer.period is None else ends[answer.period],
        "not_before": ends[first] if first < answer.count else None,
        "period_before": before,
        "at_most_before_mw": mw_before,
        "proven": answer.is_proven,
    }
