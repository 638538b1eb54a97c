"""LP relaxation of one state of the inputs, as a live model.

A MIP has no shadow prices, so limits are priced in the LP relaxation: systems, lots and halls are
divisible. It misses at most as many megawatts as the plan. A limit may gain more or less in it than
in whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from planner.case.case import Case, make_case
from planner.errors import NoPlanExists
from planner.explain.row_effects import Touch
from planner.model.build import build_model
from planner.model.decisions import Decisions, Model
from planner.model.objectives import Tier, missed_mtok, missed_mw_months, present_cost
from planner.pipeline import collector_paused
from planner.solve.basis import Basis, map_basis
from planner.solve.duals import (
    BOUND_PASSED,
    Duals,
    proven_bound,
    read_duals,
    read_rows,
    row_count,
    set_coefficient,
    set_row_bounds,
    set_upper_bounds,
    solve_from_basis,
    solve_linear,
)
from planner.solve.highs_model import LiveModel
from planner.solve.outcome import Array
from planner.tolerance import LAST_TOLERANCE
from planner.workbook.rows import Inputs

ZERO_TOLERANCE = 1e-6
"""Tolerance below which MW-months missed, and gains in MW-months or money, count as zero."""

IMPLIED = ("order_lots", "commissioned_systems", "load_replicas")
"""Decisions whose upper bounds are implied by rows; lifting them leaves all duals on the rows."""

Place = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Solved:
    """Result of a lexicographic chain of LP solves: each tier is held before the next.

    Attributes
    ----------
    values : tuple of float
        Value of each tier, in its unit.
    prices : tuple of Prices
        Shadow prices of each tier, net of the effects on the tiers before.
    bases : tuple of Basis
        Final basis of each solve.
    point : array of float
        Value of each column at the end.
    """

    values: tuple[float, ...]
    prices: tuple[Duals, ...]
    bases: tuple[Basis, ...]
    point: Array

    @property
    def missed(self) -> float:
        """MW-months missed in all priorities."""
        return sum(self.values)


class Problem:
    """Inputs with their case, their model and its live LP relaxation.

    Parameters
    ----------
    inputs
        State of the inputs.
    threads
        Solver threads, the same in a whole process.

    Raises
    ------
    InputFaults
        If the site graph is broken.
    ContradictionError
        If the firm data alone break a rule.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.case: Case = make_case(inputs)
        with collector_paused():
            self.model: Model = build_model(self.case)
            frame = self.model.frame
            self.live = LiveModel(frame, frame.columns, inputs.settings["threads"])
        self.live.ends_on_time = True
        self.rows = read_rows(self.live)
        self.whole = np.flatnonzero(self.live.whole).astype(np.int32)
        self.live.set_integer_columns(self.whole[:0])
        self.row_places: list[Place] = list(frame.rows)
        self.row_at = {place: at for at, place in enumerate(self.row_places)}
        self.column_at: dict[Place, int] = {
            (kind.name, key): self.live.position[id(variable)]
            for kind in fields(Decisions)
            for key, variable in getattr(self.model.decisions, kind.name).items()
        }
        self.original_upper = self.live.upper.copy()
        free = [at for (kind, _), at in self.column_at.items() if kind in IMPLIED]
        set_upper_bounds(self.live, free, [np.inf] * len(free))
        self.missed_tiers = [missed_mw_months(self.model, p) for p in self.case.demand.priorities]
        self.token_tiers = [missed_mtok(self.model, p) for p in self.case.tokens.priorities]
        self.cost_tier = present_cost(self.model)

    def least_missed(
        self,
        start: Sequence[Basis],
        before: Sequence[float],
        pivots_per_row: float | None = None,
    ) -> tuple[float, ...]:
        """Return the least MW-months missed by priority, without shadow prices.

        Parameters
        ----------
        start
            Bases to start from, one for each priority.
        before
            MW-months missed before a change that cannot increase them. A solve stops as soon as its
            bound proves that there is no gain.
        pivots_per_row
            Pivot limit of a warm start, see `solve_from_basis`.

        Raises
        ------
        NoPlanExists
            If the problem is infeasible.
        """
        live = self.live
        live.release()
        live.set_tolerance(LAST_TOLERANCE)
        values: list[float] = []
        for number, (tier, most) in enumerate(zip(self.missed_tiers, before, strict=True)):
            live.minimise(tier.expression)
            is_last = not any(value > ZERO_TOLERANCE for value in before[number + 1 :])
            # A gain of an earlier priority may be at the cost of this one.
            as_before = all(b - v <= ZERO_TOLERANCE for v, b in zip(values, before, strict=False))
            stops = is_last and as_before and most > 2 * ZERO_TOLERANCE
            beyond = most / tier.scale - ZERO_TOLERANCE if stops else math.inf
            outcome = solve_from_basis(
                live, start[number] if number < len(start) else None, beyond, pivots_per_row
            )
            if outcome.status == BOUND_PASSED:
                values.append(most)
                break
            if outcome.values is None or outcome.status != "optimal":
                raise NoPlanExists(f"{tier.name}: {outcome.status}")
            none = outcome.objective <= ZERO_TOLERANCE
            values.append(0.0 if none else outcome.objective * tier.scale)
            if self._is_none(number + 1, outcome.values):
                break
            live.hold(tier.expression, outcome.objective, LAST_TOLERANCE)
        live.release()
        return (*values, *(0.0 for _ in before[len(values) :]))

    def _is_none(self, number: int, point: Array) -> bool:
        """Return whether nothing is missed from a tier on at this point."""
        return all(
            self.live.evaluate(tier.expression, point) * tier.scale <= ZERO_TOLERANCE * 1e-3
            for tier in self.missed_tiers[number:]
        )

    def solve_missed(self, start: Iterable[Basis] = ()) -> Solved:
        """Minimise megawatts missed, priority by priority.

        Raises
        ------
        NoPlanExists
            If the problem is infeasible.
        """
        return self._chain(self.missed_tiers, list(start))

    def solve_cost(
        self,
        held: Iterable[tuple[Tier, float]],
        fixed: Mapping[int, float],
        start: Iterable[Basis] = (),
    ) -> Solved:
        """Minimise present cost with what is missed bounded and some columns fixed.

        Parameters
        ----------
        held
            Tiers of missed megawatts and tokens, each with its upper bound.
        fixed
            Value of each fixed column.
        """
        live = self.live
        live.release()
        for tier, value in held:
            live.hold(tier.expression, tier.objective(max(value, 0.0) + ZERO_TOLERANCE))
        at = np.array(sorted(fixed), dtype=np.int32)
        live.fix(at, np.array([fixed[int(c)] for c in at]))
        return self._chain([self.cost_tier], list(start), fresh=False)

    def solve_goal(
        self, goal: Tier, held: Iterable[tuple[Tier, float]], start: Iterable[Basis] = ()
    ) -> Solved:
        """Minimise a goal with upper bounds on other tiers."""
        self.live.release()
        for tier, most in held:
            self.live.hold(tier.expression, tier.objective(most))
        return self._chain([goal], list(start), fresh=False)

    def least_goal(
        self, goal: Tier, held: Iterable[tuple[Tier, float]], start: Basis, before: float
    ) -> float:
        """Return the minimum of a goal with upper bounds on other tiers, without shadow prices.

        The minimum cannot exceed its value before; the solve stops as soon as its bound proves that
        there is no gain.

        Raises
        ------
        NoPlanExists
            If the problem is infeasible.
        """
        self._set(goal, held)
        outcome = solve_from_basis(self.live, start, before / goal.scale - ZERO_TOLERANCE)
        self.live.release()
        if outcome.status not in ("optimal", BOUND_PASSED):
            raise NoPlanExists(f"{goal.name}: {outcome.status}")
        return before if outcome.status == BOUND_PASSED else outcome.objective * goal.scale

    def reaches(
        self,
        goal: Tier,
        held: Iterable[tuple[Tier, float]],
        most: float,
        start: Basis | None = None,
    ) -> Duals | None:
        """Test whether a goal can reach a value, with upper bounds on other tiers.

        Returns
        -------
        Prices or None
            None if it can; otherwise dual prices that prove that it cannot, a proof that stays
            valid however limits without a price change.

        Raises
        ------
        NoPlanExists
            If the problem is infeasible.
        """
        live = self.live
        self._set(goal, held)
        outcome = solve_from_basis(live, start, most / goal.scale)
        duals = read_duals(live)
        if outcome.status == BOUND_PASSED and proven_bound(live) <= most / goal.scale:
            live.discard_basis()
            outcome = solve_linear(live)
            duals = read_duals(live)
        live.release()
        if outcome.status not in ("optimal", BOUND_PASSED):
            raise NoPlanExists(f"{goal.name}: {outcome.status}")
        can = outcome.status == "optimal" and outcome.objective * goal.scale <= most
        return None if can else duals

    def _set(self, goal: Tier, held: Iterable[tuple[Tier, float]]) -> None:
        self.live.release()
        for tier, most in held:
            self.live.hold(tier.expression, tier.objective(most))
        self.live.set_tolerance(LAST_TOLERANCE)
        self.live.minimise(goal.expression)

    def _chain(self, tiers: list[Tier], start: list[Basis], *, fresh: bool = True) -> Solved:
        live = self.live
        if fresh:
            live.release()
        live.set_tolerance(LAST_TOLERANCE)
        first = row_count(live)
        values, prices, bases = [], list[Duals](), []
        held: list[int | None] = []
        point: Array = np.zeros(0)
        for number, tier in enumerate(tiers):
            live.minimise(tier.expression)
            if number < len(start) or number == 0:
                outcome = solve_from_basis(live, start[number] if number < len(start) else None)
            else:
                outcome = solve_linear(live)
            if outcome.values is None or outcome.status != "optimal":
                raise NoPlanExists(f"{tier.name}: {outcome.status}")
            point = outcome.values
            bases.append(live.full_basis())
            duals = read_duals(live)
            none = tier is not self.cost_tier and outcome.objective <= ZERO_TOLERANCE
            prices.append(self._chained(duals, prices, held, first, tier.scale, none=none))
            values.append(0.0 if none else outcome.objective * tier.scale)
            before = row_count(live)
            live.hold(tier.expression, outcome.objective, LAST_TOLERANCE)
            held.append(before if row_count(live) > before else None)
        live.release()
        return Solved(tuple(values), tuple(prices), tuple(bases), point)

    def _chained(
        self,
        duals: Duals,
        before: list[Duals],
        held: list[int | None],
        first: int,
        scale: float,
        *,
        none: bool,
    ) -> Duals:
        """Return shadow prices net of the effect of a limit on the tiers held before.

        A gain of an earlier tier tightens the row that holds it, at that row's price.
        """
        count = len(self.row_places)
        rows, uppers = duals.rows[:count].copy(), duals.uppers[: self.live.columns].copy()
        for earlier, row in zip(before, held, strict=True):
            if row is not None:
                rows += duals.rows[row] * earlier.rows
                uppers += duals.rows[row] * earlier.uppers
        if none:
            rows[:], uppers[:] = 0.0, 0.0
        return Duals(rows * scale, uppers * scale, duals.used[:count])

    def price(self, prices: Duals, point: Array, touches: Iterable[Touch]) -> dict[int, float]:
        """Return the gain per step of a limit by shadow price, by period."""
        gains: dict[int, float] = {}
        for touch in touches:
            gain = 0.0
            if touch.row_or_column in self.row_at:
                row = self.row_at[touch.row_or_column]
                # A coefficient that changes moves the row by as much as its column holds.
                moved = sum(
                    more * float(point[self.column_at[name]])
                    for name, more in touch.terms.items()
                    if name in self.column_at
                )
                gain = -float(prices.rows[row]) * (touch.right - moved)
            elif touch.row_or_column in self.column_at:
                column = self.column_at[touch.row_or_column]
                gain = -float(prices.uppers[column]) * touch.right
            gains[touch.period] = gains.get(touch.period, 0.0) + gain
        return gains

    def is_priced(self, prices: Duals, touch: Touch) -> bool:
        """Return whether a row or bound that a limit moves has a shadow price."""
        price = 0.0
        if touch.row_or_column in self.row_at:
            price = float(prices.rows[self.row_at[touch.row_or_column]])
        elif touch.row_or_column in self.column_at:
            price = float(prices.uppers[self.column_at[touch.row_or_column]])
        return abs(price) > ZERO_TOLERANCE * 1e-3

    def binds(self, solved: Solved, touch: Touch) -> bool:
        """Return whether a limit is binding at the end of the last tier."""
        if touch.row_or_column in self.row_at:
            row = self.row_at[touch.row_or_column]
            side = self.rows.upper[row] if np.isfinite(self.rows.upper[row]) else np.nan
            used = solved.prices[-1].used[row]
            return bool(abs(side - used) <= ZERO_TOLERANCE * max(1.0, abs(side)))
        if touch.row_or_column in self.column_at:
            column = self.column_at[touch.row_or_column]
            return bool(solved.point[column] >= self.live.upper[column] - ZERO_TOLERANCE)
        return False

    def apply(self, touches: Iterable[Touch], steps: float) -> None:
        """Move a limit on the live model; undo it with `restore`."""
        for touch in touches:
            if touch.row_or_column in self.row_at:
                row = self.row_at[touch.row_or_column]
                if touch.right:
                    more = touch.right * steps
                    set_row_bounds(
                        self.live, row, self.rows.lower[row] + more, self.rows.upper[row] + more
                    )
                for name, more in touch.terms.items():
                    if name in self.column_at:
                        column = self.column_at[name]
                        now = self.rows.coefficient(row, column) + more * steps
                        set_coefficient(self.live, row, column, now)
            elif touch.row_or_column in self.column_at:
                column = self.column_at[touch.row_or_column]
                set_upper_bounds(
                    self.live, [column], [self.original_upper[column] + touch.right * steps]
                )

    def restore(self, touches: Iterable[Touch]) -> None:
        """Undo `apply`."""
        self.apply(touches, 0.0)
        for touch in touches:
            if touch.row_or_column in self.row_at:
                row = self.row_at[touch.row_or_column]
                set_row_bounds(self.live, row, self.rows.lower[row], self.rows.upper[row])

    def carried(self, basis: Basis, other: Problem) -> Basis:
        """Translate a basis of this problem to another one by the keys of columns and rows."""
        names: list[Place | None] = [None] * other.live.columns
        for place, at in other.column_at.items():
            names[at] = place
        columns = [None if place is None else self.column_at.get(place) for place in names]
        rows = [self.row_at.get(place) for place in other.row_places]
        return map_basis(basis, columns, rows)
