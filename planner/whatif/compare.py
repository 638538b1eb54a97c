"""Comparison of plans: the first is the base, the others show changes from it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from planner.errors import PlannerError
from planner.plan.store import Plan
from planner.plan.tables import Row
from planner.reports.views import BASIS_WORDS, missed_by_basis
from planner.whatif.common_dates import Values, held_together, summed_together
from planner.whatif.limit_usage import pressures

Known = Mapping[tuple[Any, ...], float | None]
"""Figures by a key; None where a figure is not known."""

SAME = 1e-6
"""Tolerance in units, money or MW below which figures count as equal."""


@dataclass(frozen=True)
class Section:
    """Figures of every plan by a key.

    Attributes
    ----------
    name, title, unit : str
        Of the figures.
    keys : tuple of str
        Names of the key columns.
    rows : tuple of (key, values)
        Values in the order of the plans; None where a plan has none.
    """

    name: str
    title: str
    unit: str
    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[Any, ...], tuple[float | None, ...]], ...]


@dataclass(frozen=True)
class Comparison:
    """A comparison of plans.

    Attributes
    ----------
    names : tuple of str
        Names of the plans, the base first.
    status : tuple of str
        How each plan's run ended.
    currency : str
    sections : tuple of Section
        Figures by key.
    orders : list of rows
        Orders that differ: plan, change (``new``, ``moved``, ``cancelled``, or ``placed`` for a
        decision that is a placed order in the other plan), supplier, item, quantity, from, to,
        days, money.
    bottlenecks : list of rows
        Limits used up for longer or shorter than in the base plan, in months.
    """

    names: tuple[str, ...]
    status: tuple[str, ...]
    currency: str
    sections: tuple[Section, ...]
    orders: list[Row]
    bottlenecks: list[Row]


def compare(plans: Sequence[Plan], names: Sequence[str] = ()) -> Comparison:
    """Compare plans.

    Parameters
    ----------
    plans
        At least two; the first is the base.
    names
        Names to use; by default their own, numbered if they are equal.

    Raises
    ------
    PlannerError
        If there are fewer than two, or their currencies differ.
    """
    if len(plans) < 2:
        raise PlannerError("a comparison needs at least two plans. Give another one")
    currencies = {str(plan.summary["currency"]) for plan in plans}
    if len(currencies) > 1:
        raise PlannerError(
            f"the plans are in {' and '.join(sorted(currencies))}. Their costs cannot be compared"
        )
    called = tuple(names) or unlike([plan.name for plan in plans])
    bases = sorted({basis for plan in plans for basis in missed_by_basis(plan)})
    sections = tuple(_section(plans, *each) for each in _sections(currencies.pop(), bases))
    return Comparison(
        called,
        tuple(str(plan.summary["status"]) for plan in plans),
        str(plans[0].summary["currency"]),
        sections,
        list(_orders(plans, called)),
        list(_bottlenecks(plans, called)),
    )


def unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Return unique names."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def _sections(
    money: str, bases: Sequence[str]
) -> list[tuple[str, str, str, tuple[str, ...], Callable[[Plan], Known]]]:
    """Return the sections: name, title, unit, keys and the function that gets the figures."""
    return [
        ("figures", "In all", "", ("figure", "unit"), lambda plan: _figures(plan, bases)),
        (
            "milestones",
            "Milestones, MW in service",
            "MW",
            ("commitment", "date", "basis"),
            lambda plan: _milestones(plan, "in_service_mw"),
        ),
        (
            "missed",
            "Milestones, MW missed",
            "MW",
            ("commitment", "date", "basis"),
            lambda plan: _milestones(plan, "missed_mw"),
        ),
        (
            "ramp",
            "MW in service by period",
            "MW",
            ("commitment", "period_end", "basis"),
            lambda plan: _sums(
                plan, "ramp", ("commitment", "period_end", "basis"), "in_service_mw"
            ),
        ),
        (
            "systems",
            "Systems installed",
            "systems",
            ("system",),
            lambda plan: {(name,): count for name, count in _mapping(plan, "systems").items()},
        ),
        (
            "costs",
            "Present cost by term",
            money,
            ("term",),
            lambda plan: _sums(plan, "costs", ("term",), "present_cost"),
        ),
        (
            "spend",
            "Money spent by period",
            money,
            ("period",),
            lambda plan: _sums(plan, "spend", ("period",), "amount"),
        ),
    ]


def _section(
    plans: Sequence[Plan],
    name: str,
    title: str,
    unit: str,
    keys: tuple[str, ...],
    figures: Callable[[Plan], Known],
) -> Section:
    found: list[Known] = [figures(plan) for plan in plans]
    if name == "ramp":
        found = [*held_together(found, keys.index("period_end"))]  # type: ignore[arg-type]
    elif name == "spend":
        found = [*summed_together(found, [_starts(plan) for plan in plans])]  # type: ignore[arg-type]
    every = dict.fromkeys(key for values in found for key in values)
    dated = name in ("ramp", "spend", "milestones", "missed")
    order = sorted(every, key=_as_texts) if dated else every
    rows = tuple((key, tuple(values.get(key) for values in found)) for key in order)
    return Section(name, title, unit, keys, rows)


def _as_texts(key: tuple[Any, ...]) -> tuple[str, ...]:
    """Return a sort key of texts, in which ISO days sort by time."""
    return tuple(str(part) for part in key)


def _starts(plan: Plan) -> list[Any]:
    """Return the first day of each period of a plan, and of the one after the last."""
    ends: set[Any] = {row["period_end"] for row in plan.tables["ramp"]}
    starts: set[Any] = {row["period"] for row in plan.tables["ramp"]}
    return sorted(starts | {end + timedelta(days=1) for end in ends})


def _figures(plan: Plan, bases: Sequence[str]) -> Known:
    """Return the figures of a plan; MW-months missed separately for each basis."""
    summary: dict[str, Any] = plan.summary
    money, found = summary["currency"], missed_by_basis(plan)
    missed = {f"MW-months of {BASIS_WORDS[basis]}": found.get(basis, 0.0) for basis in bases}
    if len(bases) <= 1:
        missed = {"MW-months": float(summary["missed_mw_months"])}
    return {
        **{("missed", unit): value for unit, value in missed.items()},
        ("present cost", money): math.fsum(summary["present_costs"].values()),
        ("amount, not discounted", money): math.fsum(summary["costs"].values()),
        ("revenue", money): float(summary["revenue"]),
        ("halls opened", "halls"): float(summary["halls_opened"]),
        ("gap", "of present cost"): summary["gap"],
    }


def _mapping(plan: Plan, name: str) -> Mapping[str, float]:
    found: Any = plan.summary[name]
    return {str(key): float(value) for key, value in found.items()}


def _milestones(plan: Plan, column: str) -> Values:
    rows: Any = plan.summary["milestones"]
    return {(r["commitment"], str(r["date"])[:10], r["basis"]): float(r[column]) for r in rows}


def _sums(plan: Plan, table: str, keys: tuple[str, ...], column: str) -> Values:
    found: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in plan.tables[table]:
        found[tuple(row[key] for key in keys)] += _number(row[column])
    return dict(found)


def _orders(plans: Sequence[Plan], names: Sequence[str]) -> Iterator[Row]:
    """Yield the changes of orders from the base plan to each other plan.

    Placed orders are facts, not decisions. A decision of one plan that is a placed order in the
    other is reported as ``placed``.
    """
    base = _ordered(plans[0])
    for plan, name in zip(plans[1:], names[1:], strict=True):
        other = _ordered(plan)
        here, there = _placed(plans[0], plan), _placed(plan, plans[0])
        for key in sorted({*base, *other}, key=_as_texts):
            moves = _moves(
                base.get(key, {}), other.get(key, {}), here.get(key, ()), there.get(key, ())
            )
            for row in moves:
                yield {
                    "plan": name,
                    "change": row.pop("change"),
                    "supplier": key[0],
                    "item": key[1],
                    **row,
                }


@dataclass
class _Lot:
    """Units ordered on a day and their price."""

    day: date
    quantity: float
    price: float


def _ordered(plan: Plan) -> dict[tuple[Any, Any], dict[date, _Lot]]:
    """Return the orders that a plan decides, by supplier, item and day."""
    found: dict[tuple[Any, Any], dict[date, _Lot]] = defaultdict(dict)
    for row in plan.tables["orders"]:
        day = row["order_date"]
        if row["firm"] != "no" or not isinstance(day, date):
            continue
        lot = found[row["supplier"], row["item"]].setdefault(day, _Lot(day, 0.0, 0.0))
        money = lot.quantity * lot.price + _number(row["price"])
        lot.quantity += _number(row["quantity"])
        lot.price = money / lot.quantity if lot.quantity else 0.0
    return found


def _placed(plan: Plan, other: Plan) -> dict[tuple[Any, Any], list[_Lot]]:
    """Return the placed units of a plan that another has not placed, by supplier and item.

    An order of the same number may have become larger: the units that it has more are placed.
    """
    known: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in other.tables["orders"]:
        if row["firm"] != "no":
            known[row["supplier"], row["item"], row["order"]] += _number(row["quantity"])
    found: dict[tuple[Any, Any], list[_Lot]] = defaultdict(list)
    for row in plan.tables["orders"]:
        if row["firm"] == "no":
            continue
        day, units = row["order_date"], _number(row["quantity"])
        number = row["supplier"], row["item"], row["order"]
        shared = min(units, known[number])
        known[number] -= shared
        # An order without a placing date is dated by its arrival.
        placed = day if isinstance(day, date) else row["arrival_date"]
        if isinstance(placed, date) and units - shared > SAME:
            price = _number(row["price"]) / units
            found[row["supplier"], row["item"]].append(_Lot(placed, units - shared, price))
    return {key: sorted(lots, key=lambda lot: lot.day) for key, lots in found.items()}


def _moves(
    base: Mapping[date, _Lot],
    other: Mapping[date, _Lot],
    placed_in_base: Sequence[_Lot] = (),
    placed_in_other: Sequence[_Lot] = (),
) -> Iterator[dict[str, Any]]:
    """Yield placed, moved, new and cancelled units of one item.

    Units on the same day are the same order. The rest are paired in order of their days, the first
    removed with the first new one, so that orders keep their sequence; already placed units are
    paired first.
    """
    gone = [lot for day in sorted(base) if (lot := _rest(base[day], other.get(day))).quantity]
    come = [lot for day in sorted(other) if (lot := _rest(other[day], base.get(day))).quantity]
    yield from _paired("placed", gone, [*map(replace, placed_in_other)])
    yield from _paired("placed", [*map(replace, placed_in_base)], come)
    yield from _paired("moved", gone, come)
    for lot in come:
        yield {
            "change": "new",
            "quantity": lot.quantity,
            "from": None,
            "to": lot.day,
            "days": None,
            "money": lot.quantity * lot.price,
        }
    for lot in gone:
        yield {
            "change": "cancelled",
            "quantity": lot.quantity,
            "from": lot.day,
            "to": None,
            "days": None,
            "money": -lot.quantity * lot.price,
        }


def _paired(change: str, gone: list[_Lot], come: list[_Lot]) -> Iterator[dict[str, Any]]:
    """Pair units of two plans in order of their days; units without a partner stay."""
    while gone and come:
        old, new = gone[0], come[0]
        units = min(old.quantity, new.quantity)
        yield {
            "change": change,
            "quantity": units,
            "from": old.day,
            "to": new.day,
            "days": (new.day - old.day).days,
            "money": units * (new.price - old.price),
        }
        for lots in (gone, come):
            lots[0].quantity -= units
            if lots[0].quantity <= SAME:
                lots.pop(0)


def _rest(lot: _Lot, same_day: _Lot | None) -> _Lot:
    """Return the units of a day beyond those that the other plan orders on it too."""
    units = lot.quantity - (same_day.quantity if same_day else 0.0)
    return _Lot(lot.day, units if units > SAME else 0.0, lot.price)


def _bottlenecks(plans: Sequence[Plan], names: Sequence[str]) -> Iterator[Row]:
    """Yield limits that are binding for longer or shorter than in the base plan."""
    found = [pressures(plan) for plan in plans]
    for limit in sorted({limit for each in found for limit in each}):
        months = [round(sum(each.get(limit, {}).values()), 1) for each in found]
        if len(set(months)) > 1:
            row: Row = {"limit": limit}
            for name, each, long in zip(names, found, months, strict=True):
                row[f"{name}, months used up"] = long
                row[f"{name}, first"] = min(each.get(limit, {}), default=None)
            yield row


def differences(
    section: Section,
) -> Iterator[tuple[tuple[Any, ...], float | None, list[float | None]]]:
    """Yield key, value in the base plan, and change of each other plan.

    A missing value counts as 0, except that the change of an unknown ramp or gap is unknown.
    """
    for key, (base, *others) in section.rows:
        is_sum = section.name not in ("ramp", "figures")
        is_known = [is_sum or None not in (value, base) for value in others]
        yield (
            key,
            base,
            [
                (value or 0.0) - (base or 0.0) if known else None
                for value, known in zip(others, is_known, strict=True)
            ],
        )


def differing(rows: Iterable[tuple[Hashable, float | None, list[float | None]]]) -> list[Any]:
    """Return the rows with any change."""
    return [row for row in rows if any(abs(change or 0.0) > SAME for change in row[2])]


def as_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as a JSON document."""
    document: dict[str, Any] = {
        "plans": [
            {"name": n, "status": s}
            for n, s in zip(comparison.names, comparison.status, strict=True)
        ],
        "base": comparison.names[0],
        "currency": comparison.currency,
    }
    for section in comparison.sections:
        document[section.name] = [
            {
                **{name: str(part) for name, part in zip(section.keys, key, strict=True)},
                "unit": section.unit or str(key[section.keys.index("unit")]),
                "values": dict(zip(comparison.names, values, strict=True)),
            }
            for key, values in section.rows
        ]
    return {**document, "orders": comparison.orders, "bottlenecks": comparison.bottlenecks}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
