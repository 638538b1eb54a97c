"""Quotes of tokens on top of a plan: earliest days and most tokens a day.

The tokens of a quote are served from the first day of a span on, in every block of the day and in
every later span, and no commitment and no workload misses more than in the plan. A quote is
modelled as one more workload, served last, with one shortfall for all spans from its day on. Like
any workload it is served by replicas that stand through a whole span, so that a new plan with the
quote's workload serves it, too. A requested day begins a span.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.case.calendar import HOURS_PER_DAY
from planner.case.tokens import MTOK_PER_HOUR
from planner.errors import PlannerError
from planner.explain.limit_effects import Catalogue
from planner.explain.problem import Problem
from planner.explain.quote import NAME, Largest, Quoter
from planner.explain.quote_plans import QuotePlans
from planner.explain.session import Session
from planner.model.objectives import Tier
from planner.plan.token_finding_rows import TokenQuoteRow
from planner.solve.basis import Basis
from planner.solve.duals import set_coefficient, set_upper_bounds
from planner.solve.outcome import Array, Outcome
from planner.tolerance import HELD_TIER_SLACK, LAST_TOLERANCE
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.sheets import BY_NAME

QUOTE_DIGITS = 4
"""Digits before the point of all tokens a day that could be quoted, in the unit of a search.

Megawatts have about as many, and so the tolerances of a quote of megawatts fit.
"""

DECIMALS = 6
"""Decimals of Mtok a day in a quote."""


@dataclass(frozen=True)
class TokenTerms:
    """Terms of a quote of tokens.

    Attributes
    ----------
    model : str
        Model that serves them.
    output_share : float
        Share of output tokens.
    cached_share : float
        Share of the input that a prefix cache holds.
    min_speed, max_ttft_s : float or None
        Least output tokens a second for one user, and most seconds to the first token.
    countries, systems : tuple of str
        Countries and systems that may serve them; empty for all.
    """

    model: str
    output_share: float
    cached_share: float = 0.0
    min_speed: float | None = None
    max_ttft_s: float | None = None
    countries: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


class TokenQuoter(Quoter):
    """Computes quotes of tokens on top of a plan; its periods are the spans.

    Parameters
    ----------
    session
        The plan.
    terms
        Terms of the quote.
    overtime
        Share by which `with_overtime` stretches all limits of one kind.
    cut
        Day on which a span begins beside those of the plan.

    Raises
    ------
    PlannerError
        If no site and system can serve the quote.
    """

    unit = "Mtok a day"

    def __init__(
        self,
        session: Session,
        terms: TokenTerms,
        overtime: float = 0.0,
        cut: date | None = None,
    ) -> None:
        self.session, self.token_terms, self.overtime = session, terms, overtime
        self.base, self.is_small = session.base, session.is_small
        all_mtok = _all_mtok(session.inputs, terms) * (1 + overtime)
        inputs, self.name = with_workload(session.inputs, terms, all_mtok, cut)
        self.problem = Problem(inputs)
        self.catalogue = Catalogue(inputs, self.problem.case)
        tokens = self.problem.case.tokens
        if not any(workload == self.name for workload, _, _ in tokens.efforts):
            raise PlannerError(
                f"nothing can serve this quote: no row of throughput of {terms.model} keeps its "
                "speed and TTFT in the given countries and systems. Ask for less speed, or give "
                "other countries or systems (--only)"
            )
        self.last = len(tokens.spans) - 1
        self.quote_unit = 10.0 ** max(0, len(str(int(all_mtok))) - QUOTE_DIGITS)
        self.all_mw = all_mtok / self.quote_unit
        held = list(zip(self.problem.missed_tiers, session.planned_missed, strict=True))
        held += session.held_tokens(self.problem)
        plans = TokenQuotePlans(self.problem, self.name, self.all_mw, held)
        self.plans = plans
        self.tier = plans.shortfall
        self._bounds: dict[int, float] = {}
        self._basis: Basis | None = None

    def _least_shortfall(self, slack: float = HELD_TIER_SLACK) -> Outcome:
        # The slack of all tokens missed in a plan would be promised in a day or two: hold them
        # hardly any above what the plan misses, if it can be.
        outcome = super()._least_shortfall(LAST_TOLERANCE)
        return outcome if outcome.status == "optimal" else super()._least_shortfall(slack)

    @property
    def days(self) -> Sequence[date]:
        """First day of each span."""
        case = self.problem.case
        return [case.calendar.starts[span.first] for span in case.tokens.spans]

    def mtok(self, amount: float) -> float:
        """Return Mtok a day from an amount of a search."""
        return round(amount * self.quote_unit, DECIMALS) + 0.0


class TokenQuotePlans(QuotePlans):
    """Searches for plans that serve a quote of tokens, in its unit.

    Parameters
    ----------
    problem
        The inputs with the quote as their last workload.
    name
        Name of that workload.
    all_units
        Tokens a day that it asks for, in the unit of the search.
    held
        Tiers with their upper bounds: the shortfalls of the plan.
    """

    def __init__(
        self, problem: Problem, name: str, all_units: float, held: list[tuple[Tier, float]]
    ) -> None:
        tokens = problem.case.tokens
        self.problem, self.all_mw, self.held = problem, all_units, held
        self.demand = {key[1:]: mtok for key, mtok in tokens.demand.items() if key[0] == name}
        self.columns = {
            key: problem.column_at["missed_tokens", (name, *key)] for key in self.demand
        }
        self.rows_at = {key: problem.row_at["token_demand", (name, *key)] for key in self.demand}
        self.last = max(span for _, span in self.demand)
        # The shortfall of the busiest block of the last span is that of every span asked for.
        self.lead = max(
            (key for key in self.demand if key[1] == self.last), key=lambda key: self.demand[key]
        )
        self.peak = self.columns[self.lead]
        self.variable = problem.model.decisions.missed_tokens[(name, *self.lead)]
        for key, mtok in self.demand.items():
            if key != self.lead:
                share = mtok / self.demand[self.lead]
                set_coefficient(problem.live, self.rows_at[key], self.peak, share)
        self._plans: list[Array] = []
        self._is_loose = False

    @property
    def per_mtok(self) -> float:
        """Units of the search in one Mtok an hour of the busiest block."""
        return self.all_mw / self.demand[self.lead]

    @property
    def shortfall(self) -> Tier:
        """The shortfall against all tokens of the quote."""
        return self._goal(self.all_mw)

    def ask_from(self, period: int, mw: float | None = None) -> None:
        """Set the requested tokens a day from a span on; None for the maximum."""
        live, at = self.problem.live, list(self.columns.values())
        most = [
            mtok if key[1] < period or key == self.lead else 0.0
            for key, mtok in self.demand.items()
        ]
        set_upper_bounds(live, at, most)
        self.problem.original_upper[at] = most
        least = 0.0 if mw is None else max(0.0, self.all_mw - mw) / self.per_mtok
        peak = np.array([self.peak], dtype=np.int32)
        live.set_permanent_bounds(peak, np.array([least]), np.array([self.demand[self.lead]]))

    def _goal(self, asked: float) -> Tier:
        frame = self.problem.model.frame
        expression = frame.objective([(self.variable, self.per_mtok)], asked - self.all_mw)
        return Tier("missing", "Mtok a day", expression)

    def _start(self, period: int, asked: float) -> Array | None:
        if not self._plans:
            return None
        best = max(self._plans, key=lambda plan: self._served_from(plan, period)).copy()
        least = self.all_mw - asked
        short = max(least, self.all_mw - self._served_from(best, period))
        served = {key: self._served_in(best, key) for key in self.demand}
        best[self.peak] = short / self.per_mtok
        for key, mtok in self.demand.items():
            if key != self.lead:
                rest = (self.all_mw - short) / self.all_mw * mtok - served[key]
                best[self.columns[key]] = max(0.0, rest) if key[1] < period else 0.0
        return best

    def _served_from(self, plan: Array, period: int) -> float:
        return min(
            self._served_in(plan, key) * self.all_mw / mtok
            for key, mtok in self.demand.items()
            if key[1] >= period
        )

    def _served_in(self, plan: Array, key: tuple[str | None, int]) -> float:
        """Return the Mtok an hour of the quote that a plan serves in a block of a span."""
        rows, row = self.problem.rows, self.rows_at[key]
        entries = slice(rows.start[row], rows.start[row + 1])
        index = rows.index[entries]
        serving = index != self.columns[key]
        return float(rows.value[entries][serving] @ plan[index[serving]])


def shape_of(inputs: Inputs, model: str) -> tuple[float, float] | None:
    """Return the output share and the cached share of a model's workloads together.

    They are those of the last demand of each workload; None if the model has no demand.
    """
    read = wrote = cached = 0.0
    for workload in inputs.tables["workloads"]:
        rows = [
            row
            for row in inputs.tables["token_demand"]
            if row["workload"] == workload["workload"] and workload["model"] == model
        ]
        if rows:
            last = max(rows, key=lambda row: row["from"] or date.min)
            read += last["input_mtok_day"]
            wrote += last["output_mtok_day"]
            cached += last["input_mtok_day"] * last["cached_share"]
    if read + wrote <= 0:
        return None
    return wrote / (read + wrote), cached / read if read > 0 else 0.0


def _all_mtok(inputs: Inputs, terms: TokenTerms) -> float:
    """Return more Mtok a day than all systems that fit into the halls could serve.

    Each would do nothing but one phase of the quickest row of throughput, all day long.
    """
    tables = inputs.tables
    kw = min(row["power_kw"] + row["overhead_kw"] for row in tables["systems"])
    systems = sum(row["count"] * row["it_mw"] for row in tables["halls"]) * 1000 / kw
    systems += sum(row["quantity"] for row in tables["fleet"])
    phase, share = "decode_tok_s", terms.output_share
    if share <= 0:
        phase, share = "prefill_tok_s", (1 - terms.cached_share)
    rates = [row[phase] or 0.0 for row in tables["throughput"] if row["model"] == terms.model]
    if not any(rates) or share <= 0:
        raise PlannerError(
            f"nothing can serve this quote: the sheet throughput has no rate of {terms.model} for "
            "it. Name one of its models (--model)"
        )
    return float((systems + 1) * max(rates) * MTOK_PER_HOUR * HOURS_PER_DAY / share)


def with_workload(
    inputs: Inputs, terms: TokenTerms, mtok_day: float, cut: date | None
) -> tuple[Inputs, str]:
    """Return inputs with one more workload, served last, and its name.

    Parameters
    ----------
    inputs
        The workbook.
    terms
        Shape of its tokens, and what may serve them.
    mtok_day
        Mtok a day that it asks for.
    cut
        Day on which a span begins beside those of the plan.
    """
    tables = dict(inputs.tables)
    names = {row["workload"] for row in tables["workloads"]}
    name = next(n for n in (NAME, *(f"{NAME} {k}" for k in range(2, 999))) if n not in names)
    workload: dict[str, object] = {
        "workload": name,
        "model": terms.model,
        "priority": max((row["priority"] for row in tables["workloads"]), default=0) + 1,
        "min_speed": terms.min_speed,
        "max_ttft_s": terms.max_ttft_s,
        "countries": terms.countries,
        "systems": terms.systems,
    }
    demand: dict[str, object] = {
        "workload": name,
        "input_mtok_day": mtok_day * (1 - terms.output_share),
        "output_mtok_day": mtok_day * terms.output_share,
        "cached_share": terms.cached_share,
    }
    added = [("workloads", workload), ("token_demand", demand)]
    if cut is not None:
        added.append(("token_demand", {**demand, "from": cut}))
    for sheet, values in added:
        blank = {column.name: column.default for column in BY_NAME[sheet].columns}
        tables[sheet] = (*tables[sheet], Row(sheet, {**blank, **values}, {}, frozenset()))
    return replace(inputs, tables=tables), name


def token_quote_rows(quoter: TokenQuoter, found: Sequence[Largest]) -> list[TokenQuoteRow]:
    """Return quotes as rows of the table `token_quote`."""
    days, mtok = quoter.days, quoter.mtok
    alone = {x.period: quoter.bound(x.period) for x in found if not x.limit}
    return [
        {
            "date": days[x.period],
            "overtime_of": x.limit or None,
            "at_most_mtok_day": mtok(x.at_most_mw),
            "firm_mtok_day": None if x.firm_mw is None else mtok(x.firm_mw),
            "gain_mtok_day": max(0.0, mtok(x.at_most_mw - alone[x.period]))
            if x.limit and x.period in alone
            else None,
        }
        for x in sorted(found, key=lambda x: (x.limit, x.period))
    ]
