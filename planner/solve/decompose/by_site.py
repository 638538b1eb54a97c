"""A large plan: the few halls and systems that matter, bounded by all of them.

1. *Sifting.* The linear relaxation over promising halls and systems (`promising`), and where
   these are many only in the periods in which a relaxation in longer periods installs them
   (`look_ahead`). Its prices go to every site with all its halls and systems (`Blocks`): what a
   site would install at these prices joins the model, and the sum of the sites' optima bounds
   every plan. Nearly always the first round or the second proves the relaxation over the few to
   be that over all.
2. *Openings.* Rounded from the relaxation in small steps; then opened later, one at a
   time, where that still works.
3. *Counts.* Systems and lots whole, in the periods in which the relaxation installs.
4. *Proof.* If the gap to the relaxation is wider than asked, openings are made whole in each
   site's bound.

Of a vast case the openings are rounded in longer periods, and no relaxation of the case itself
has any (`_refined`); its bound takes their prices.

It is tried only for what it is good for: many halls and systems, sites that share nothing but
supply, and a plan that misses nothing. Whatever it bounds holds for the whole case.

Measured on 30 sites, 60 months and 6 systems (123 thousand columns, 52 thousand whole numbers),
in seconds of one core: the whole relaxation 19 by interior point, over 250 by simplex; the few
halls and systems 4 with 1 for the proof that no other matters; openings rounded 1; bounds with
openings whole 25 to 50, which close half of the gap to the relaxation. On 150 sites, 120 months
and 10 systems (2.0 million columns) the few halls and systems alone take 150; quarters first and
then only about those days 23 and 34, and cost 0.01 % more.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.case.case import Case
from planner.case.reduced_case import Pair, narrow, promising
from planner.errors import Interrupted, LimitReached
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import CHOOSING, Tier, in_service_mw_months, make_tiers
from planner.model.wholes import crew_links, make_wholes
from planner.solve.decompose.coarse_periods import Ahead, look_ahead, open_as, shape_ahead
from planner.solve.decompose.openings import Openings
from planner.solve.decompose.site_bounds import (
    SHARED_RULES,
    Blocks,
    RowKey,
    is_separable,
    is_shared_stock,
)
from planner.solve.duals import read_prices, set_row
from planner.solve.highs_model import NO_WHOLE, LiveModel
from planner.solve.interrupt import interruptible
from planner.solve.lexicographic import Limits, Listener, Solution, TierResult, relative_gap
from planner.solve.outcome import Outcome
from planner.solve.polish import settle
from planner.solve.progress import Event
from planner.solve.staged import _gap
from planner.solve.time_limit import Clock

LARGE = 8_000
"""Installs (halls, systems, periods) from which a plan is made by site."""

WIDE, VAST = 20_000, 40_000
"""Installs of promising halls and systems from which longer periods tell first where to look; and
those of what they tell from which openings, too, are looked for there.
"""

TRIFLE = 1e-3
"""Units drawn from each stock in each period while prices are found."""

SIFTINGS, SIFTED = 8, 0.05
"""Times that halls and systems are added, and the part of the gap at which none need be."""

BLOCK_GAP = 0.02
"""Part of the gap asked to which the bound of a site is brought."""

COUNTS_SHARE = 0.2
"""Part of the gap asked that whole counts may cost."""


@dataclass(frozen=True)
class Found:
    """A plan: the model it is of, over few halls and systems, and its values."""

    model: Model
    live: LiveModel
    solution: Solution


def solve_by_site(
    case: Case, limits: Limits, threads: int, listen: Listener,
    coarser: Callable[[], Case | None] = lambda: None,
) -> Found | None:  # fmt: skip
    """Solve a large case by site.

    Parameters
    ----------
    case
        The whole case.
    limits
        Gap and time.
    threads
        Solver threads.
    listen
        Called as bounds and plans are found.
    coarser
        Returns the same case in longer periods, None if there are none; see `look_ahead`.

    Returns
    -------
    Found or None
        None if the case is small, its sites share too much, or something must be missed.

    Raises
    ------
    LimitReached, Interrupted
        If a limit or a person ended the run before any plan was found.
    """
    installs = sum(len(span) for span in case.installing.values())
    if installs < LARGE or case.as_early_as_possible or not is_separable(case):
        return None
    stop = threading.Event()
    with interruptible(stop):
        return _BySite(case, limits, threads, listen, stop, coarser).solve()


class _BySite:
    """One large case on its way to a plan."""

    def __init__(
        self, case: Case, limits: Limits, threads: int, listen: Listener, stop: threading.Event,
        coarser: Callable[[], Case | None],
    ) -> None:  # fmt: skip
        self.case, self.limits, self.threads, self.stop = case, limits, threads, stop
        self.listen, self.clock = listen, Clock(limits.seconds)
        self.coarser = coarser
        self.bound, self.status = -math.inf, "optimal"
        self.prices: dict[RowKey, float] = {}
        self.blocks: Blocks
        self.model: Model
        self.live: LiveModel
        self.tiers: list[Tier]

    def solve(self) -> Found | None:
        """Return a plan, None if this way leads nowhere."""
        ahead = self._ahead()
        self._check(None)
        if ahead is not None and sum(map(len, ahead.spans.values())) > VAST:
            refined = self._refined(ahead)
            if refined is not None:
                return self._finish(refined)
        relaxed = self._sift(ahead)
        if relaxed is None or relaxed.values is None:
            return None
        search = Openings(self.model, self.live, self.clock)
        search.leave_room(whole_systems=True)
        shape = search.round_up(relaxed)
        self._tell(None)
        self._check(shape)
        if shape.values is None:
            return None
        plan = self._counted(search, shape)
        return self._finish(plan) if plan.values is not None else None

    def _counted(self, search: Openings, shape: Outcome) -> Outcome:
        """Better openings as far as the gap asks for it, and make counts whole."""
        enough = (1.0 - COUNTS_SHARE) * self.limits.gap
        if self._gap(shape) > enough:
            self._tighten()
        later = search.delay(shape, lambda found: self._gap(found) <= enough)
        self._tell(None)
        search.leave_room(whole_systems=False)
        plan = self._whole_counts(search, later)
        if plan.values is None and later is not shape:
            plan = self._whole_counts(search, shape)  # whole systems need the room
        return plan

    def _refined(self, ahead: Ahead) -> Outcome | None:
        """Return a plan with the openings of longer periods, None if that does not work.

        Nothing is removed in it but what stands at the start. It has no bound: the prices of longer
        periods are none of the case itself, and with openings fixed it has none for them.
        """
        if self.case.whole:
            return None  # whole systems need more room than these openings leave
        longer = shape_ahead(ahead, self.threads, self.clock, self.stop)
        self._check(None)
        if longer is None:
            return None
        self._state(ahead.spans, limited=True)
        live, made = self.live, self.model.decisions
        open_as(self.model, live, longer)
        fleet = self.case.facility.fleet
        kept = [live.position[id(variable)] for key, variable in made.remove_systems.items()
                if not fleet.get(key[:2])]  # fmt: skip
        none = np.zeros(len(kept))
        live.limit(np.array(kept, dtype=np.int32), none, none)  # for good: settled so, too
        found = live.solve(gap=0.0, seconds=self.clock.left, cold=True)
        self._check(found)
        # Orders are still placed in part; rounded down, what they supply would be missed.
        found = Openings(self.model, live, self.clock).round_up(found, steps=1)
        if found.values is None:
            self._check(found)
            return None
        self._tell(found)
        return found

    def _gap(self, outcome: Outcome) -> float:
        return _gap(replace(outcome, bound=self.bound))

    def _is_over(self) -> bool:
        return self.clock.left <= 0 or self.stop.is_set()

    def _check(self, outcome: Outcome | None) -> None:
        """End the run if time or a person says so and there is no plan yet."""
        if self.stop.is_set():
            raise Interrupted("interrupted before any plan was found; nothing was written")
        if self.clock.left <= 0 or (outcome is not None and outcome.status == "time limit"):
            raise LimitReached(
                f"time limit after {self.clock.spent:.0f} s, before any plan was found. "
                "Give more time (--time-limit), or a longer period in settings."
            )

    def _sift(self, ahead: Ahead | None) -> Outcome | None:
        """Return the relaxation over the halls and systems that matter; set the bound."""
        case = self.case
        blocks = self.blocks = Blocks(case, self.threads, self._is_over)
        self._check(None)
        limited = ahead.spans if ahead is not None else {}
        few = {pair: _hull(case.installing[pair]) for pair in promising(case)}
        spans = limited or few
        relaxed: Outcome | None = None
        for _ in range(SIFTINGS):
            self._state(spans, limited=bool(limited))
            relaxed = self._relax()
            if relaxed is None and limited:
                limited, spans = {}, few  # what longer periods tell was too little
                continue
            if relaxed is None:
                return None
            priced = blocks.bound(self.prices, ends=self._is_over)
            self._check(None)
            self.bound = max(self.bound, priced.bound)
            self._tell(None)
            wider = {**spans, **{pair: _hull(spans.get(pair, span), span) if limited
                                 else _hull(case.installing[pair])
                                 for pair, span in priced.used.items()}}  # fmt: skip
            if wider == spans or self._gap(relaxed) <= SIFTED * self.limits.gap:
                break
            spans = wider
        return relaxed

    def _relax(self) -> Outcome | None:
        """Solve the relaxation that is stated; set the prices of what sites share.

        Prices are taken while a trifle more of everything is drawn from where it is in stock:
        where nobody buys, any price up to the cost of supplying one more would do, and only the
        highest keeps sites from ordering there when they are priced.
        """
        firm: dict[RowKey, float] = {("stock_balance", key): units for key, units in
                                     self.case.supply.firm_arrivals.items()}  # fmt: skip
        drawn = {row: firm.get(key, 0.0) for row, key in enumerate(self.model.frame.rows)
                 if is_shared_stock(self.case, key)}  # fmt: skip
        for row, units in drawn.items():
            set_row(self.live, row, units - TRIFLE, units - TRIFLE)
        found = self.live.solve(gap=0.0, seconds=self.clock.left, cold=True)
        rows = read_prices(self.live).rows if found.status == "optimal" else None
        for row, units in drawn.items():
            set_row(self.live, row, units, units)
        found = self.live.solve(gap=0.0, seconds=self.clock.left, cold=rows is None)
        if found.status != "optimal":
            self._check(found)
            return None
        rows = read_prices(self.live).rows if rows is None else rows
        self.prices = {key: price for key, price in zip(self.model.frame.rows, rows, strict=False)
                       if key[0] in SHARED_RULES or is_shared_stock(self.case, key)}  # fmt: skip
        return found

    def _ahead(self) -> Ahead | None:
        """Return when to install in which halls, if there are so many that a guess is worth it."""
        pairs = promising(self.case)
        installs = sum(len(self.case.installing[pair]) for pair in pairs)
        coarse = self.coarser() if installs > WIDE else None
        if coarse is None:
            return None
        return look_ahead(self.case, coarse, pairs, self.threads, self.clock.left / 3, self.stop)

    def _state(self, spans: dict[Pair, range], *, limited: bool) -> None:
        """State the model over some halls and systems, without whole numbers, nothing missed."""
        self.model = build_model(narrow(self.case, spans, spans if limited else None))
        frame = self.model.frame
        self.live = live = LiveModel(frame, frame.columns, self.threads)
        live.stop = self.stop
        live.add_links(crew_links(self.model))
        self.whole = np.flatnonzero(live.whole).astype(np.int32)
        self.tiers = [tier for tier in make_tiers(self.model) if tier.name != CHOOSING]
        self.hold()
        live.make_whole(NO_WHOLE)

    def hold(self) -> None:
        """Hold the tiers before cost at nothing missed, and minimise cost."""
        for tier in self.tiers[:-1]:
            self.live.hold(tier.expression, 0.0)
        self.live.minimise(self.tiers[-1].expression)

    def _tighten(self) -> None:
        """Make openings whole in the bound of each site."""
        if not self._is_over():
            priced = self.blocks.bound(
                self.prices, whole=True, gap=BLOCK_GAP * self.limits.gap,
                ends=self._is_over,
            )  # fmt: skip
            self.bound = max(self.bound, priced.bound)
            self._tell(None)

    def _whole_counts(self, search: Openings, shape: Outcome) -> Outcome:
        """Make systems and lots whole, with the openings of a shape.

        First in periods near those of the shape alone, then in any.
        """
        columns, plan = search.columns, shape
        if shape.values is None or not len(columns.installs):
            return shape
        room = max(COUNTS_SHARE * self.limits.gap, self.limits.gap - self._gap(shape))
        for far in (search.far(shape), NO_WHOLE):
            self.live.leave_out(far)
            self.live.make_whole(self.whole)
            apart = replace(shape, bound=shape.objective)
            plan = search.staged_counts(apart, room, self.clock, None, None)
            self.live.release()
            self.hold()
            self.live.make_whole(NO_WHOLE)
            if plan.values is not None or self.stop.is_set():
                break
        self._tell(plan)
        return plan

    def _finish(self, plan: Outcome) -> Found:
        """Settle a plan to its last digits, and say what is proven of it."""
        assert plan.values is not None
        live, model = self.live, self.model
        live.release()
        live.make_whole(self.whole)
        held = [(tier, live.evaluate(tier.expression, plan.values)) for tier in self.tiers]
        shown, wholes = in_service_mw_months(model), make_wholes(model)
        values = settle(live, held, shown, wholes, plan.values)
        results = []
        for tier in self.tiers:
            value = live.evaluate(tier.expression, values) * tier.scale
            bound = (self.bound if tier is self.tiers[-1] else 0.0) * tier.scale
            gap = relative_gap(value, bound)
            status = "optimal" if gap <= self.limits.gap else self._ended()
            results.append(TierResult(tier.name, tier.unit, value, bound, gap, status,
                                      self.clock.spent))  # fmt: skip
        return Found(model, live, Solution(values, tuple(results), results[-1].status))

    def _ended(self) -> str:
        if self.stop.is_set():
            return "interrupted"
        return "time limit" if self.clock.left <= 0 else "bound not closed"

    def _tell(self, plan: Outcome | None) -> None:
        """Pass on how far the cost has come."""
        tier = self.tiers[-1]
        value = None if plan is None or plan.values is None else plan.objective * tier.scale
        gap = None if value is None else relative_gap(value, self.bound * tier.scale)
        self.listen(Event(tier.name, tier.unit, value, self.bound * tier.scale, gap,
                          self.clock.spent))  # fmt: skip


def _hull(*days: Sequence[int]) -> range:
    """Return the days from the first to the last of some."""
    return range(min(found[0] for found in days), max(found[-1] for found in days) + 1)
