"""Plans in whole systems that serve a quote: search, exact re-solve, and cache."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.explain.integer_answers import EXACT_GAP, seek_whole, settle_whole, solve_whole
from planner.explain.problem import ZERO_TOLERANCE, Problem
from planner.model.objectives import Tier
from planner.solve.duals import set_upper_bounds
from planner.solve.outcome import Array

PROOF_GAP = 0.5
"""Relative MIP gap of a yes-or-no question.

The objective is the shortfall against the requested megawatts. Either a plan has no shortfall, or
the bound, at least half of the best shortfall, is above zero and proves that every plan has one.
"""

DIGITS, PARTS = 6, 1e6
"""Decimals of megawatts in a quote, and the number of such units in a megawatt."""

SHOWN_DIGITS = 2
"""Decimals of megawatts in reports."""

SETTLED_NOISE, BOUND_NOISE = 1e-9, 2e-6
"""Error in MW of a settled plan and of a bound: tiers are held with `HELD_TIER_SLACK`."""


def rounded_down(mw: float) -> float:
    """Return the megawatts of a settled plan, rounded down."""
    return math.floor((mw + SETTLED_NOISE) * PARTS) / PARTS + 0.0


def rounded_up(mw: float) -> float:
    """Return a proven bound, rounded up.

    Solver noise is removed only just above a figure with few digits, so that 3 MW reads 3.00 and
    not 3.01. Elsewhere that could cut off megawatts that a plan may serve.
    """
    near = round(mw, SHOWN_DIGITS)
    if 0.0 <= mw - near <= BOUND_NOISE:
        return near + 0.0
    return math.ceil((mw - SETTLED_NOISE) * PARTS) / PARTS + 0.0


@dataclass(frozen=True)
class Served:
    """Result for megawatts requested from the end of a period on.

    Attributes
    ----------
    firm_mw : float or None
        Megawatts that the best plan found serves; None if no plan was found.
    at_most_mw : float
        Proven upper bound, at most the requested megawatts.
    """

    firm_mw: float | None
    at_most_mw: float

    def is_met(self, mw: float) -> bool:
        """Return whether a plan serves the megawatts, within the tolerance of a milestone."""
        return self.firm_mw is not None and self.firm_mw >= mw - ZERO_TOLERANCE

    def is_denied(self, mw: float) -> bool:
        """Return whether it is proven that no plan serves the megawatts."""
        return rounded_up(self.at_most_mw) < mw - ZERO_TOLERANCE and not self.is_met(mw)


class QuotePlans:
    """Searches for plans that serve a quote, each warm-started from the best known one.

    A plan always exists, if only one that serves none of the quote, so the question is how large
    the shortfall must be. A denial is therefore a bound, and is re-checked like any other
    "optimal".

    Parameters
    ----------
    problem
        The inputs with the quote as their last commitment.
    missed
        Columns of the quote's shortfall, by period. That of the last period is the shortfall in
        every period from the date on.
    all_mw
        Megawatts of the quote's commitment, more than can be served.
    held
        Tiers with their upper bounds: the shortfalls of the plan.
    name
        Name of the quote's commitment.
    """

    def __init__(
        self,
        problem: Problem,
        missed: Mapping[int, int],
        all_mw: float,
        held: list[tuple[Tier, float]],
        name: str,
    ) -> None:
        self.problem, self.missed, self.all_mw, self.held = problem, missed, all_mw, held
        self.last = max(missed)
        self.peak = missed[self.last]
        self.row_at = {at: problem.row_at["milestone", (name, at)] for at in missed}
        self.variable = problem.model.decisions.missed_mw[name, self.last]
        self._plans: list[Array] = []
        self._is_loose = False

    def ask_from(self, period: int, mw: float | None = None) -> None:
        """Set the requested megawatts from the end of a period on; None for the maximum."""
        live, columns = self.problem.live, list(self.missed.values())
        most = [self.all_mw if at < period or at == self.last else 0.0 for at in self.missed]
        set_upper_bounds(live, columns, most)
        self.problem.original_upper[columns] = most
        least = 0.0 if mw is None else max(0.0, self.all_mw - mw)
        peak = np.array([self.peak], dtype=np.int32)
        live.set_permanent_bounds(peak, np.array([least]), np.array([self.all_mw]))

    def known(self, period: int) -> float | None:
        """Return the largest megawatts that a known plan serves from the end of a period on."""
        served = [self._served_from(plan, period) for plan in self._plans]
        return max(served) if served else None

    def search(self, period: int, mw: float | None, seconds: float) -> Served:
        """Search for a plan that serves megawatts from the end of a period on.

        Parameters
        ----------
        period
            Period.
        mw
            Megawatts; None for the maximum.
        seconds
            Time for it.
        """
        asked = self.all_mw if mw is None else mw
        self.ask_from(period, mw)
        goal = self._goal(asked)
        began = time.monotonic()
        if mw is not None:
            self._keep(goal, seek_whole(self.problem, goal, self.held, seconds / 2))
            known = self.known(period)
            if known is not None and Served(known, asked).is_met(mw):
                self.ask_from(period)
                return Served(known, asked)
            seconds -= time.monotonic() - began
        gap, start = EXACT_GAP if mw is None else PROOF_GAP, self._start(period, asked)
        solution = solve_whole(self.problem, [goal], self.held, seconds, gap=gap, start=start)
        if solution.status == "infeasible" and solution.point is None:
            self.loosen()
            solution = solve_whole(self.problem, [goal], self.held, seconds, gap=gap)
        self._keep(goal, solution.point)
        self.ask_from(period)
        bound = solution.bounds[0] if math.isfinite(solution.bounds[0]) else 0.0
        return Served(self.known(period), asked - max(0.0, bound))

    def _goal(self, asked: float) -> Tier:
        """Return the goal of the shortfall against the requested megawatts."""
        expression = self.problem.model.frame.objective([(self.variable, 1.0)], asked - self.all_mw)
        return Tier("missing", "MW", expression)

    def _keep(self, goal: Tier, point: Array | None) -> None:
        """Keep a plan that was found, solved to full precision."""
        settled = None
        if point is not None:
            settled = settle_whole(self.problem, goal, self.held, point)
        if settled is not None:
            self._plans.append(settled)

    def loosen(self) -> None:
        """Loosen the bounds on held tiers by the tolerance that counts as zero.

        Without it, a plan that meets its milestones only within the tolerance is infeasible.
        """
        if not self._is_loose:
            self.held = [(tier, value + ZERO_TOLERANCE) for tier, value in self.held]
            self._is_loose = True

    def _start(self, period: int, asked: float) -> Array | None:
        """Return the best known plan as a start for the model of this period."""
        if not self._plans:
            return None
        best = max(self._plans, key=lambda plan: self._served_from(plan, period)).copy()
        least = self.all_mw - asked
        best[self.peak] = max(least, self.all_mw - self._served_from(best, period))
        for at, column in self.missed.items():
            if at != self.last:
                short = self.all_mw - best[self.peak] - self._served(best, at)
                best[column] = max(0.0, short) if at < period else 0.0
        return best

    def _served_from(self, plan: Array, period: int) -> float:
        """Return the megawatts that a plan serves in every period from one on."""
        return min(self._served(plan, at) for at in self.missed if at >= period)

    def _served(self, plan: Array, period: int) -> float:
        """Return the megawatts of the quote that a plan serves in a period."""
        rows, row = self.problem.rows, self.row_at[period]
        entries = slice(rows.start[row], rows.start[row + 1])
        index = rows.index[entries]
        serving = index != self.missed[period]
        served = rows.value[entries][serving] @ plan[index[serving]]
        return float(served * self.problem.case.power_unit)
