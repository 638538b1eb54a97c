"""Binding limits and their marginal gains, in megawatt-months and in money."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from planner.explain.limit_moves import Move
from planner.explain.limits import RATES, Limit
from planner.explain.percent_worth import (
    PER_CENT,
    gain_of_one_per_cent,
    saving_of_one_per_cent,
)
from planner.explain.problem import ZERO_TOLERANCE, Solved
from planner.explain.session import Gains, Session, gained, gains_any
from planner.plan.finding_tables import NOT_PRICED, NOT_TRIED

CONFIRMED = "confirmed with divisible systems"
PART = "confirmed with divisible systems for less than one unit"
DEGENERATE = "degenerate"

KINDS_BY, DATES_TOGETHER, LIFTED_BY, PERCENT_BY = 0.3, 0.6, 0.62, 0.63
CONFIRMED_BY, MONEY_BY, DATES_ALONE, DATES_CONFIRMED = 0.64, 0.66, 0.69, 0.7
"""Shares of the time budget at which each part of the search stops, in order.

Whole kinds come first, because they name the cause.
"""

WHOLE_BY = 0.75
"""Share of the time budget at which the MIP re-solves of a small plan stop."""

PARTIAL_STEP = 1e-3
"""Fraction of a step that distinguishes a price valid for less than one step from a degenerate one.
"""

Group = tuple[str, str]
"""Kind and subject of limits that belong together, e.g. all rows of one supplier."""

Together = tuple[Gains, str, list[Limit]]
"""Gain of dates lifted together, their kind, and the dates."""


@dataclass
class Bottleneck:
    """A limit, its shadow prices, and the re-solved gains of moving it.

    Attributes
    ----------
    limit : Limit
    price : tuple of float
        Shadow price: MW-months per step, by priority.
    gain : tuple of float or None
        MW-months gained by one step more, by priority; None if not re-solved.
    status : str
        Whether the re-solve confirms the shadow price.
    lifted : tuple of float or None
        MW-months gained by lifting all limits of this kind and subject.
    kind_lifted : tuple of float or None
        MW-months gained by lifting all limits of this kind.
    percent : tuple of float or None
        MW-months gained by one per cent more of this limit, in all its rows; for dates and days a
        hundredth of the gain if lifted. None if not re-solved.
    whole : tuple of float or None
        MW-months gained by one step more in whole systems; None if not re-solved.
    by_period : dict of int to float
        Shadow price by period, all priorities.
    binds : tuple of int
        Periods in which the limit is binding.
    money_price, money_gain : float or None
        Present cost saved per step with no more missed: shadow price, and re-solved.
    money_percent : float or None
        Present cost saved by one per cent more of this limit, in all its rows, re-solved.
    money_whole : float or None
        Present cost saved by one step more in whole systems; None if not re-solved, or if the
        megawatts missed change.
    money_status : str
    money_by_period : dict of int to float
    """

    limit: Limit
    price: Gains = ()
    gain: Gains | None = None
    status: str = ""
    lifted: Gains | None = None
    kind_lifted: Gains | None = None
    percent: Gains | None = None
    whole: Gains | None = None
    by_period: dict[int, float] = field(default_factory=dict)
    binds: tuple[int, ...] = ()
    money_price: float | None = None
    money_gain: float | None = None
    money_percent: float | None = None
    money_whole: float | None = None
    money_status: str = ""
    money_by_period: dict[int, float] = field(default_factory=dict)

    @property
    def group(self) -> Group:
        """Kind and subject."""
        return (self.limit.kind, self.limit.subject)

    @property
    def share(self) -> Gains:
        """MW-months by shadow price for one per cent of the cell, or for one period earlier."""
        if self.limit.dated:
            return self.price
        amount = PER_CENT * abs(float(self.limit.value)) / self.limit.step
        return tuple(price * amount for price in self.price)

    @property
    def is_worthless(self) -> bool:
        """Whether every re-solve gained nothing."""
        gains = (self.gain, self.lifted, self.percent, self.whole)
        saved = (self.money_gain, self.money_percent, self.money_whole)
        return not (any(map(gains_any, gains)) or any(saved))


def find_bottlenecks(session: Session) -> list[Bottleneck]:
    """Return the binding limits, ranked by their gain.

    The rank is by the gain from one per cent more of a limit, in all its rows; ties by the saving
    from one per cent more, then by the gain if lifted. Every gain is re-solved on the LP
    relaxation; in a small plan one step more is also re-solved as a MIP.

    Parameters
    ----------
    session
        The plan.
    """
    bottlenecks = [_priced(session, limit) for limit in session.catalogue.amounts]
    if session.is_late:
        _price_anew(session, bottlenecks)
        kinds = _lift_kinds(session, bottlenecks)
        together = _lift_dates(session)
        _lift_groups(session, bottlenecks, kinds)
        _add_percent(session, bottlenecks)
        _confirm(session, bottlenecks)
    _add_money(session, bottlenecks)  # before single dates, each of which needs its own model
    if session.is_late:
        dates = _split(session, together)
        _confirm(session, dates)
        bottlenecks += dates
    for b in bottlenecks:
        if b.limit.dated and b.lifted is not None:
            b.percent = tuple(PER_CENT * gain for gain in b.lifted)
    shown = [b for b in bottlenecks if b.binds or not b.is_worthless]
    shown.sort(key=_rank)
    if session.is_small and (session.is_late or session.plan is not None):
        _add_whole(session, shown)
        shown.sort(key=_rank)
    return shown


def _add_whole(session: Session, shown: Iterable[Bottleneck]) -> None:
    """Re-solve one step more of each limit as a MIP, in order of rank."""
    for b in shown:
        if session.spent(WHOLE_BY):
            session.leave("gains from one step more in whole systems", b.limit.name)
            continue
        b.whole, b.money_whole = session.whole_gain([Move(b.limit, 1.0)])


def _rank(b: Bottleneck) -> tuple[object, ...]:
    """Return the sort key of a bottleneck, the one with the largest gain first."""
    percent = -round(gained(b.percent), 6)
    savings = (b.money_percent, b.money_whole, b.money_gain)
    money = [-round(saving or 0.0, 2) for saving in savings]
    kind = _negated(b.kind_lifted, 3)
    # More halls make up for any shortage in the halls, so they are not a cause.
    more_halls = b.limit.kind == "number of halls"
    rest = (b.percent, b.lifted, b.whole, b.gain, b.share)
    gains = tuple(_negated(gain, 6) for gain in rest)
    return (b.is_worthless, percent, money, kind, more_halls, gains, b.limit.where)


def _negated(gains: Gains | None, digits: int) -> tuple[float, ...]:
    """Return rounded gains with their sign turned, so that the largest sorts first."""
    return tuple(-round(gain, digits) for gain in gains or ())


def _priced(session: Session, limit: Limit) -> Bottleneck:
    """Return a limit with its shadow prices in the LP relaxation."""
    touches, base = session.catalogue.move(limit, 1.0), session.base
    bottleneck = Bottleneck(limit)
    price = []
    for prices in session.missed.prices:
        gains = base.price(prices, session.missed.point, touches)
        price.append(sum(gains.values()))
        for period, gain in gains.items():
            bottleneck.by_period[period] = bottleneck.by_period.get(period, 0.0) + gain
    bottleneck.price = tuple(price)
    solved: Solved = session.missed if session.is_late else session.cost or session.missed
    bottleneck.binds = tuple(sorted({t.period for t in touches if base.binds(solved, t)}))
    return bottleneck


def _price_anew(session: Session, bottlenecks: Iterable[Bottleneck]) -> None:
    """Price rates of 0, which have no row in the model, by a re-solve with a small step.

    What a small part of a step gains, re-solved, is their price.
    """
    for b in bottlenecks:
        if b.limit.column in RATES and not session.is_linear(b.limit):
            if session.spent(KINDS_BY):
                session.leave("gains from rates that are 0", b.limit.name)
                continue
            gain = session.gain([Move(b.limit, PARTIAL_STEP)])
            b.price = tuple(part / PARTIAL_STEP for part in gain)


def _lift_dates(session: Session) -> list[Together]:
    """Return the kinds of dates and days that gain something when the whole kind is lifted.

    If all dates of a kind together gain nothing, no single date does.
    """
    kinds: dict[str, list[Limit]] = {}
    for limit in session.catalogue.dates:
        kinds.setdefault(limit.kind, []).append(limit)
    together = []
    for kind, limits in kinds.items():
        if session.spent(DATES_TOGETHER):
            session.leave("gains from lifting all dates of a kind", kind)
            continue
        gain = session.gain([Move(limit, math.inf) for limit in limits])
        if gains_any(gain):
            together.append((gain, kind, limits))
    return together


def _split(session: Session, together: Sequence[Together]) -> list[Bottleneck]:
    """Return the dates that gain something when lifted alone, by bisection, largest first."""
    bottlenecks, waiting = [], list(together)
    kinds = {kind: gain for gain, kind, _ in together}
    while waiting:
        waiting.sort(key=lambda part: part[0])
        gain, kind, limits = waiting.pop()
        if len(limits) == 1:
            bottlenecks.append(Bottleneck(limits[0], lifted=gain, kind_lifted=kinds[kind]))
            continue
        if gained(gain) < session.little:
            session.leave(
                "gains from lifting dates one by one, small ones",
                f"{kind}, of which {len(limits)} together gain {sum(gain):.3f} MW-months",
            )
            continue
        if session.spent(DATES_ALONE):
            session.leave("gains from lifting dates one by one", kind)
            continue
        middle = len(limits) // 2
        for half in (limits[:middle], limits[middle:]):
            part = session.gain([Move(limit, math.inf) for limit in half])
            if gains_any(part):
                waiting.append((part, kind, half))
    return bottlenecks


def _add_percent(session: Session, bottlenecks: Sequence[Bottleneck]) -> None:
    """Re-solve one per cent more of each limit with a shadow price, highest first."""
    for group in _groups(bottlenecks).values():
        if group[0].limit.dated:
            continue
        if session.spent(PERCENT_BY):
            session.leave("gains from one per cent more", group[0].limit.name)
            continue
        gain = gain_of_one_per_cent(session, [b.limit for b in _rows(bottlenecks, group[0])])
        for b in group:
            b.percent = gain


def _rows(bottlenecks: Iterable[Bottleneck], one: Bottleneck) -> list[Bottleneck]:
    """Return all rows of a limit."""
    return [b for b in bottlenecks if b.group == one.group]


def _confirm(session: Session, bottlenecks: Iterable[Bottleneck]) -> None:
    """Re-solve one step more of each limit with a shadow price."""
    for b in sorted(bottlenecks, key=lambda b: tuple(-s for s in b.share)):
        structural = not session.is_linear(b.limit)
        if not (gains_any(b.price) or (structural and (b.lifted or b.binds))):
            continue
        if session.spent(DATES_CONFIRMED if structural else CONFIRMED_BY):
            session.leave("gains from one step more", f"{b.limit.name} ({b.limit.where})")
            b.status = NOT_TRIED
            continue
        b.gain = session.gain([Move(b.limit, 1.0)])
        if (b.limit.dated and structural) or _same(b.gain, b.price):
            b.status = CONFIRMED
        elif session.is_linear(b.limit) and not b.limit.dated:
            part = session.gain([Move(b.limit, PARTIAL_STEP)])
            margin = tuple(gain / PARTIAL_STEP for gain in part)
            b.status = PART if _same(margin, b.price, PARTIAL_STEP) else DEGENERATE
        else:
            b.status = DEGENERATE


def _same(gain: Gains, price: Gains, part: float = 1.0) -> bool:
    return all(
        abs(g - p) <= max(ZERO_TOLERANCE * max(1.0, abs(p)), ZERO_TOLERANCE / part)
        for g, p in zip(gain, price, strict=True)
    )


def _lift_kinds(session: Session, bottlenecks: Sequence[Bottleneck]) -> dict[str, Gains]:
    """Return the gains of lifting whole kinds of limits.

    A cause may be in many rows at once, e.g. too few crews everywhere.
    """
    kinds: dict[str, Gains] = {}
    order = [kind for kind, _ in _groups(bottlenecks)]
    for kind in sorted(dict.fromkeys(order), key="number of halls".__eq__):
        if session.spent(KINDS_BY):
            session.leave("gains from lifting all limits of a kind", kind)
        else:
            kinds[kind] = session.gain(_lifting(session, kind))
    return kinds


def _lift_groups(
    session: Session, bottlenecks: Sequence[Bottleneck], kinds: Mapping[str, Gains]
) -> None:
    """Re-solve with the limits of one kind and subject lifted."""
    groups = _groups(bottlenecks)
    for group in sorted(groups, key=lambda g: tuple(-x for x in kinds.get(g[0], ())) or (0.0,)):
        for b in groups[group]:
            b.kind_lifted = kinds.get(group[0])
        if session.spent(LIFTED_BY):
            session.leave("gains from lifting limits", f"{group[0]} of {group[1]}")
            continue
        of_kind = kinds.get(group[0])
        # If lifting a whole kind gains nothing, lifting a part of it gains nothing.
        none = of_kind is not None and not gains_any(of_kind)
        lifted = of_kind if of_kind and none else session.gain(_lifting(session, *group))
        for b in groups[group]:
            b.lifted = lifted


def _groups(bottlenecks: Sequence[Bottleneck]) -> dict[Group, list[Bottleneck]]:
    """Return the limits with a gain, by kind and subject, the most effective first."""
    groups: dict[Group, list[Bottleneck]] = {}
    for b in bottlenecks:
        if gains_any(b.price) or gains_any(b.gain):
            groups.setdefault(b.group, []).append(b)
    return dict(sorted(groups.items(), key=lambda item: _most(item[1])))


def _most(group: Sequence[Bottleneck]) -> tuple[float, ...]:
    """Return the sort key of a group: the total of its shares by priority, the largest first."""
    shares = [b.share for b in group]
    return tuple(-sum(parts) for parts in zip(*shares, strict=True))


def _lifting(session: Session, kind: str, subject: str | None = None) -> list[Move]:
    """Return moves that lift all limits of a kind, or of a kind and subject."""
    return [
        Move(x, math.inf)
        for x in session.catalogue.amounts + session.catalogue.dates
        if x.kind == kind and subject in (None, x.subject)
    ]


def _add_money(session: Session, bottlenecks: Iterable[Bottleneck]) -> None:
    """Add the saving per step in present cost, with no more missed than in the plan."""
    cost = session.cost
    if cost is None:
        for b in bottlenecks:
            b.money_status = NOT_PRICED
        return
    base = session.base
    for b in bottlenecks:
        if not session.are_linear([Move(b.limit, 1.0)]):
            b.money_status = NOT_PRICED
        else:
            touches = session.catalogue.move(b.limit, 1.0)
            b.money_by_period = base.price(cost.prices[0], cost.point, touches)
            b.money_price = sum(b.money_by_period.values())
    saving = ZERO_TOLERANCE * base.case.money_unit
    for b in sorted(bottlenecks, key=lambda b: -abs(b.money_price or 0.0)):
        if b.money_price is None or abs(b.money_price) <= saving:
            continue
        if session.spent(MONEY_BY):
            session.leave("savings from one step more", b.limit.name)
            b.money_price, b.money_status = None, NOT_TRIED
            continue
        now = session.cost_with(session.catalogue.move(b.limit, 1.0))
        if now is not None:
            b.money_gain = cost.values[0] - now
            near = ZERO_TOLERANCE * max(base.case.money_unit, abs(b.money_price))
            near = max(near, 1e-9 * abs(cost.values[0]))
            same = abs(b.money_gain - b.money_price) <= near
            b.money_status = CONFIRMED if same else DEGENERATE
    _add_saving_of_a_percent(session, list(bottlenecks))


def _add_saving_of_a_percent(session: Session, bottlenecks: Sequence[Bottleneck]) -> None:
    """Re-solve the saving from one per cent more of each limit with a shadow price in money."""
    saved: dict[Group, float | None] = {}
    for b in sorted(bottlenecks, key=lambda b: -abs(b.money_price or 0.0)):
        rows = _rows(bottlenecks, b)
        are_amounts = all(session.is_linear(x.limit) and not x.limit.dated for x in rows)
        if b.money_gain and are_amounts and b.group not in saved:
            if session.spent(MONEY_BY):
                session.leave("savings from one per cent more", b.limit.name)
                continue
            saved[b.group] = saving_of_one_per_cent(session, [x.limit for x in rows])
        b.money_percent = saved.get(b.group)
