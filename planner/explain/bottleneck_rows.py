"""Bottlenecks as rows of result tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.explain.bottlenecks import Bottleneck
from planner.explain.limits import Limit
from planner.explain.problem import ZERO_TOLERANCE
from planner.explain.session import Gains, Session, gained, gains_any
from planner.plan.finding_rows import BottleneckPeriodRow, BottleneckRow
from planner.plan.finding_tables import UNKNOWN


def bottleneck_rows(session: Session, bottlenecks: Iterable[Bottleneck]) -> list[BottleneckRow]:
    """Return bottlenecks as rows of the table `bottlenecks`."""
    calendar = session.base.case.calendar
    rows: list[BottleneckRow] = []
    for rank, b in enumerate(bottlenecks, start=1):
        active = sorted(
            p
            for p in {*b.binds, *b.by_period}
            if p in b.binds or abs(b.by_period.get(p, 0.0)) > ZERO_TOLERANCE
        )
        rows.append(
            {
                "rank": rank,
                "kind": b.limit.kind,
                "subject": b.limit.subject,
                "cell": b.limit.where,
                **b.limit.in_cell,
                "one_more": one_more(b.limit),
                "mw_months_percent": _total(b.percent),
                "mw_months": _total(b.gain),
                "mw_months_whole": _total(b.whole),
                "mw_months_lifted": _total(b.lifted),
                "mw_months_kind": _total(b.kind_lifted),
                "moved": _moved(session, b),
                "money_percent": b.money_percent,
                "money": b.money_gain,
                "money_whole": b.money_whole,
                "status": b.status or None,
                "money_status": b.money_status or None,
                "first_period": calendar.starts[active[0]] if active else None,
                "last_period": calendar.starts[active[-1]] if active else None,
                "periods": len(active),
                "note": _note(b),
            }
        )
    _note_ties(rows)
    return rows


def one_more(limit: Limit) -> str:
    """Return one step of a limit in words."""
    if limit.dated or limit.row.sheet == "budget":
        return limit.unit
    what, blank, rest = limit.unit.partition(" ")
    one = what if what.endswith("/s") else what.removesuffix("s")
    return f"1 {one}{blank}{rest}"


def _note(b: Bottleneck) -> str:
    if gains_any(b.whole) or b.money_whole:
        return ""
    if b.whole is not None and b.money_whole is not None:
        return "one step more in whole systems gains nothing"
    if gains_any(b.gain) or b.money_gain:
        return ""
    if b.status in UNKNOWN or b.money_status in UNKNOWN or (not b.binds and b.gain is None):
        return ""
    if gains_any(b.lifted):
        return "with divisible systems one step alone gains nothing; lifting this limit does"
    return "at its limit, but with divisible systems raising it alone gains nothing"


def _total(gains: Gains | None) -> float | None:
    return None if gains is None else gained(gains)


def _moved(session: Session, b: Bottleneck) -> str | None:
    """Return the gains and losses by priority if any priority misses more than before."""
    step = ("one step more in whole systems", b.whole) if b.whole else ("one step more", b.gain)
    texts = [
        f"{what}, {_by_priority(session, gains)}"
        for what, gains in (step, ("1 % more", b.percent), ("without this limit", b.lifted))
        if gains is not None and min(gains, default=0.0) < -ZERO_TOLERANCE
    ]
    return "; ".join(texts) or None


def _by_priority(session: Session, gains: Gains) -> str:
    priorities = session.base.case.demand.priorities
    return " and ".join(
        f"priority {priority} misses {abs(gain):,.3g} MW-months {'less' if gain > 0 else 'more'}"
        for priority, gain in zip(priorities, gains, strict=True)
        if abs(gain) > ZERO_TOLERANCE
    )


def _note_ties(rows: Sequence[BottleneckRow]) -> None:
    """Add a note to limits that have the same gain."""
    for row in rows:
        mine = row["mw_months"], row["mw_months_lifted"]
        if not row["mw_months"]:
            continue
        same = [
            o["cell"]
            for o in rows
            if o is not row and (o["mw_months"], o["mw_months_lifted"]) == mine
        ]
        if same:
            row["note"] = f"{row['note']} same gain as {', '.join(same[:3])}".strip()


def period_rows(session: Session, bottlenecks: Iterable[Bottleneck]) -> list[BottleneckPeriodRow]:
    """Return binding limits by period as rows of the table `bottleneck_periods`."""
    calendar = session.base.case.calendar
    rows: list[BottleneckPeriodRow] = []
    for b in bottlenecks:
        for period in sorted({*b.binds, *b.by_period, *b.money_by_period}):
            worth, money = b.by_period.get(period, 0.0), b.money_by_period.get(period, 0.0)
            is_money = abs(money) > ZERO_TOLERANCE * session.base.case.money_unit
            if period in b.binds or abs(worth) > ZERO_TOLERANCE or is_money:
                rows.append(
                    {
                        "period": calendar.starts[period],
                        "kind": b.limit.kind,
                        "subject": b.limit.subject,
                        "cell": b.limit.where,
                        "binds": "yes" if period in b.binds else "no",
                        "mw_months": worth if abs(worth) > ZERO_TOLERANCE else 0.0,
                        "money": money if is_money else 0.0,
                    }
                )
    return sorted(rows, key=lambda row: (row["period"], -row["mw_months"]))
