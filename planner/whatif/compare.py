"""Comparison of plans: the first is the base, the others show changes from it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from planner.case.case import calendar_of
from planner.errors import PlannerError
from planner.plan.rows import Row, rows_of
from planner.plan.store import Plan
from planner.reports.token_views import has_tokens, own_cost
from planner.reports.views import BASIS_WORDS, missed_by_basis, missed_mtok, number
from planner.whatif.common_dates import Key, Values, held_together, summed_together
from planner.whatif.limit_usage import pressures
from planner.whatif.order_changes import order_changes

Known = Mapping[Key, float | None]
"""Figures by a key; None where a figure is not known."""

Difference = tuple[Key, float | None, list[float | None]]
"""Key, value in the base plan, and change of each other plan."""

SAME = 1e-6
"""Tolerance in units, money or MW below which figures count as equal."""

DATED = ("ramp", "spend", "milestones", "missed")
"""Sections whose rows are sorted by key, and so by day."""


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
    rows: tuple[tuple[Key, tuple[float | None, ...]], ...]


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
    statuses = [str(plan.summary["status"]) for plan in plans]
    sections = [_section(measure) for measure in _measures(plans)]
    return Comparison(
        called,
        tuple(statuses),
        currencies.pop(),
        tuple(sections),
        list(order_changes(plans, called)),
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


@dataclass(frozen=True)
class _Measure:
    """A section to be made, and its figures of every plan."""

    name: str
    title: str
    unit: str
    keys: tuple[str, ...]
    figures: Sequence[Known]


def _measures(plans: Sequence[Plan]) -> list[_Measure]:
    """Return what is compared, in order."""
    money = str(plans[0].summary["currency"])
    found: set[str] = set()
    for plan in plans:
        found.update(missed_by_basis(plan))
    bases = sorted(found)
    milestone = ("commitment", "date", "basis")
    period = ("commitment", "period_end", "basis")
    # Periods may differ: megawatts hold until the next period end, money is added up over whole
    # periods.
    ramps = [_sums(plan, "ramp", period, "in_service_mw") for plan in plans]
    spent = [_sums(plan, "spend", ("period",), "amount") for plan in plans]
    return [
        _Measure(
            "figures",
            "In all",
            "",
            ("figure", "unit"),
            _all_figures(plans, bases),
        ),
        *_token_measures(plans),
        _Measure(
            "milestones",
            "Milestones, MW in service",
            "MW",
            milestone,
            [_milestones(plan, "in_service_mw") for plan in plans],
        ),
        _Measure(
            "missed",
            "Milestones, MW missed",
            "MW",
            milestone,
            [_milestones(plan, "missed_mw") for plan in plans],
        ),
        _Measure(
            "ramp",
            "MW in service by period",
            "MW",
            period,
            held_together(ramps, period.index("period_end")),
        ),
        _Measure(
            "systems", "Systems installed", "systems", ("system",), list(map(_systems, plans))
        ),
        _Measure(
            "costs",
            "Present cost by term",
            money,
            ("term",),
            [_sums(plan, "costs", ("term",), "present_cost") for plan in plans],
        ),
        _Measure(
            "spend",
            "Money spent by period",
            money,
            ("period",),
            summed_together(spent, list(map(_starts, plans))),
        ),
    ]


def _all_figures(plans: Sequence[Plan], bases: Sequence[str]) -> list[Known]:
    """Return the headline figures of every plan; those on tokens if all have workloads."""
    figures = [_figures(plan, bases) for plan in plans]
    if not all(map(has_tokens, plans)):
        return figures
    costs = [own_cost(plan) for plan in plans]
    unit = f"{plans[0].summary['currency']} per Mtok"
    found: list[Known] = []
    for plan, known, cost in zip(plans, figures, costs, strict=True):
        of_tokens = _token_figures(plan)
        if None not in costs:
            of_tokens["own tokens, as used", unit] = cost
        # What is missed stands first, as everywhere.
        found.append({**of_tokens, **known})
    return found


def _token_figures(plan: Plan) -> dict[Key, float | None]:
    """Return the Mtok missed, bought and served of a plan."""
    rows = plan.tables["tokens"]
    return {
        ("tokens missed", "Mtok"): missed_mtok(plan),
        ("tokens bought", "Mtok"): math.fsum(row["bought_mtok"] for row in rows),
        ("tokens served", "Mtok"): math.fsum(row["served_mtok"] for row in rows),
    }


def _token_measures(plans: Sequence[Plan]) -> list[_Measure]:
    """Return what is compared of workloads; nothing if no plan has any."""
    if not any(map(has_tokens, plans)):
        return []
    return [
        _Measure(
            f"tokens_{name}",
            f"Tokens {name} by workload",
            "Mtok",
            ("workload",),
            [_sums(plan, "tokens", ("workload",), f"{name}_mtok") for plan in plans],
        )
        for name in ("missed", "bought")
    ]


def _section(measure: _Measure) -> Section:
    """Return the figures of every plan by key."""
    # Keys of all plans, in the order in which they are found.
    keys: dict[Key, None] = {}
    for values in measure.figures:
        keys.update(dict.fromkeys(values))
    order = list(keys)
    if measure.name in DATED:
        order.sort(key=_as_texts)
    rows = []
    for key in order:
        rows.append((key, tuple(values.get(key) for values in measure.figures)))
    return Section(measure.name, measure.title, measure.unit, measure.keys, tuple(rows))


def _as_texts(key: Key) -> tuple[str, ...]:
    """Return a sort key of texts, in which ISO days sort by time."""
    return tuple(map(str, key))


def _starts(plan: Plan) -> list[date]:
    """Return the first day of each period of a plan, and of the one after the last."""
    calendar = calendar_of(plan.inputs)
    return [*calendar.starts, calendar.ends[-1] + timedelta(days=1)]


def _figures(plan: Plan, bases: Sequence[str]) -> Known:
    """Return the figures of a plan; MW-months missed separately for each basis."""
    summary: dict[str, Any] = plan.summary
    money = summary["currency"]
    figures: dict[Key, float | None] = {}
    if len(bases) <= 1:
        figures["missed", "MW-months"] = float(summary["missed_mw_months"])
    else:
        missed = missed_by_basis(plan)
        for basis in bases:
            figures["missed", f"MW-months of {BASIS_WORDS[basis]}"] = missed.get(basis, 0.0)
    figures["present cost", money] = math.fsum(summary["present_costs"].values())
    figures["amount, not discounted", money] = math.fsum(summary["costs"].values())
    figures["revenue", money] = float(summary["revenue"])
    figures["halls opened", "halls"] = float(summary["halls_opened"])
    figures["gap", "of present cost"] = summary["gap"]
    return figures


def _systems(plan: Plan) -> Values:
    """Return the number of systems installed, by name."""
    systems: Any = plan.summary["systems"]
    return {(str(name),): float(count) for name, count in systems.items()}


def _milestones(plan: Plan, column: str) -> Values:
    """Return a figure of each milestone."""
    milestones: Any = plan.summary["milestones"]
    found = {}
    for row in milestones:
        day = str(row["date"])[:10]
        found[row["commitment"], day, row["basis"]] = float(row[column])
    return found


def _sums(plan: Plan, table: str, keys: tuple[str, ...], column: str) -> Values:
    """Return the sums of a column of a table by a key."""
    found: dict[Key, float] = defaultdict(float)
    for row in rows_of(plan.tables, table):
        key = tuple(row[name] for name in keys)
        found[key] += number(row[column])
    return dict(found)


def _bottlenecks(plans: Sequence[Plan], names: Sequence[str]) -> Iterator[Row]:
    """Yield limits that are binding for longer or shorter than in the base plan."""
    found = [pressures(plan) for plan in plans]
    limits: set[str] = set()
    for spans in found:
        limits.update(spans)
    for limit in sorted(limits):
        row: Row = {"limit": limit}
        different = set()
        for name, spans in zip(names, found, strict=True):
            used = spans.get(limit, {})
            months = round(sum(used.values()), 1)
            different.add(months)
            row[f"{name}, months used up"] = months
            row[f"{name}, first"] = min(used, default=None)
        if len(different) > 1:
            yield row


def differences(section: Section) -> Iterator[Difference]:
    """Yield key, value in the base plan, and change of each other plan.

    A missing value counts as 0, except that the change of an unknown ramp or gap is unknown.
    """
    is_sum = section.name not in ("ramp", "figures")
    for key, values in section.rows:
        base = values[0]
        changes: list[float | None] = []
        for value in values[1:]:
            is_known = value is not None and base is not None
            if is_sum or is_known:
                changes.append((value or 0.0) - (base or 0.0))
            else:
                changes.append(None)
        yield key, base, changes


def differing(rows: Iterable[Difference]) -> list[Difference]:
    """Return the rows with any change."""
    found = []
    for key, value, changes in rows:
        if any(abs(change or 0.0) > SAME for change in changes):
            found.append((key, value, changes))
    return found


def as_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as a JSON document."""
    plans = []
    for name, status in zip(comparison.names, comparison.status, strict=True):
        plans.append({"name": name, "status": status})
    document: dict[str, Any] = {
        "plans": plans,
        "base": comparison.names[0],
        "currency": comparison.currency,
    }
    for section in comparison.sections:
        document[section.name] = _section_document(section, comparison.names)
    document["orders"] = comparison.orders
    document["bottlenecks"] = comparison.bottlenecks
    return document


def _section_document(section: Section, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of a section as JSON objects."""
    rows = []
    for key, values in section.rows:
        row: dict[str, Any] = {}
        for name, part in zip(section.keys, key, strict=True):
            row[name] = str(part)
        # The headline figures name their units in their keys.
        row["unit"] = section.unit or row["unit"]
        row["values"] = dict(zip(names, values, strict=True))
        rows.append(row)
    return rows
