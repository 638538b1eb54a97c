"""Commitments: MW due by period, systems that may serve them, and MW of one system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from planner.case.calendar import DAY, Calendar
from planner.workbook.rows import Inputs, Row


@dataclass(frozen=True)
class Demand:
    """Look-ups of the commitments.

    Attributes
    ----------
    commitments : tuple of str
        All commitments, sorted.
    basis : dict of str to str
        Basis on which a commitment's megawatts count.
    priorities : tuple of int
        Priorities in use, the most important first.
    of_priority : dict of int to tuple of str
        Commitments of a priority.
    required_mw : dict of (str, int) to float
        MW due by the end of a period: the latest milestone by then, 0 before the first.
    most_mw : dict of (str, int) to float
        Largest MW due by the end of a period or of any later one.
    judged : tuple of (str, date, int, float)
        Each milestone: commitment, date, period that ends on it, MW.
    late_cost, price : dict of str to float
        Money per MW-month missed, and earned per MW-month served.
    mw_per_system : dict of (str, str, str) to float
        MW of one system on a commitment's basis, by commitment, site and system; missing if the
        system may not serve it.
    service_cost : dict of (str, str) to float
        Money per MW-month by commitment and site.
    """

    commitments: tuple[str, ...]
    basis: Mapping[str, str]
    priorities: tuple[int, ...]
    of_priority: Mapping[int, tuple[str, ...]]
    required_mw: Mapping[tuple[str, int], float]
    most_mw: Mapping[tuple[str, int], float]
    judged: tuple[tuple[str, date, int, float], ...]
    late_cost: Mapping[str, float]
    price: Mapping[str, float]
    mw_per_system: Mapping[tuple[str, str, str], float]
    service_cost: Mapping[tuple[str, str], float]


def days_to_end_on(inputs: Inputs) -> set[date]:
    """Return the dates on which a period must end: each milestone, and the day before a lower one.

    Until the day before a lower milestone, the earlier one is still in force.
    """
    rows = sorted(inputs.tables["milestones"], key=lambda row: (row["commitment"], row["date"]))
    days = {row["date"] for row in rows}
    for before, row in pairwise(rows):
        if before["commitment"] == row["commitment"] and row["mw"] < before["mw"]:
            days.add(row["date"] - DAY)
    return days


def cut_at(inputs: Inputs, days: Iterable[date]) -> Inputs:
    """Return inputs in which a period also ends on some days, with the same megawatts due."""
    milestones = inputs.tables["milestones"]
    first = milestones[0]
    commitment = first["commitment"]
    # A milestone ends a period. One for the MW already due asks for nothing more.
    added = []
    for day in days:
        due_mw = due_by(inputs, commitment, day)
        added.append(first.changed({**first.values, "date": day, "mw": due_mw}))
    return replace(inputs, tables={**inputs.tables, "milestones": (*milestones, *added)})


def due_by(inputs: Inputs, commitment: str, day: date) -> float:
    """Return the MW of a commitment that are due by a date."""
    rows = [
        row
        for row in inputs.tables["milestones"]
        if row["commitment"] == commitment and row["date"] <= day
    ]
    if not rows:
        return 0.0
    latest = max(rows, key=lambda row: row["date"])
    return float(latest["mw"])


def kw_on_basis(basis: str, power_kw: float, overhead_kw: float, pue: float | None) -> float:
    """Return the power of one system on a basis, in kW.

    Parameters
    ----------
    basis
        ``system``, ``it`` (with overhead) or ``facility`` (times the site's PUE).
    power_kw, overhead_kw
        Power of the system, and of its overhead.
    pue
        Facility power per unit of IT power; needed only on the facility basis.
    """
    if basis == "system":
        return power_kw
    it_kw = power_kw + overhead_kw
    if basis == "it":
        return it_kw
    return it_kw * (pue or 1.0)


def make_demand(inputs: Inputs, calendar: Calendar) -> Demand:
    """Return the look-ups of the commitments."""
    rows = {row["commitment"]: row for row in inputs.tables["commitments"]}
    names = tuple(rows)
    judged = _judged(inputs, calendar)
    required = _required_mw(names, calendar, judged)
    of_priority: dict[int, tuple[str, ...]] = {}
    for priority in sorted({row["priority"] for row in rows.values()}):
        of_priority[priority] = tuple(n for n in names if rows[n]["priority"] == priority)
    service = inputs.tables["service"]
    return Demand(
        commitments=names,
        basis={name: rows[name]["basis"] for name in names},
        priorities=tuple(of_priority),
        of_priority=of_priority,
        required_mw=required,
        most_mw=_most_mw(names, calendar, required),
        judged=judged,
        late_cost={name: rows[name]["late_cost"] for name in names},
        price={name: rows[name]["price"] for name in names},
        mw_per_system=_mw_per_system(inputs, rows),
        service_cost={(row["commitment"], row["site"]): row["cost"] for row in service},
    )


def _judged(inputs: Inputs, calendar: Calendar) -> tuple[tuple[str, date, int, float], ...]:
    """Return commitment, date, period and MW of each milestone, by date."""
    judged = []
    for row in sorted(inputs.tables["milestones"], key=lambda row: row["date"]):
        period = calendar.period_of(calendar.number(row["date"]))
        judged.append((row["commitment"], row["date"], period, row["mw"]))
    return tuple(judged)


def _required_mw(
    names: Iterable[str],
    calendar: Calendar,
    judged: Iterable[tuple[str, date, int, float]],
) -> dict[tuple[str, int], float]:
    """Return the MW due by the end of each period."""
    required: dict[tuple[str, int], float] = {}
    for name in names:
        for period in calendar.periods:
            required[name, period] = 0.0
    # Milestones come by date, so a later one replaces the earlier ones from its period on.
    for name, _, first, mw in judged:
        for period in range(first, calendar.count):
            required[name, period] = mw
    return required


def _most_mw(
    names: Iterable[str], calendar: Calendar, required: Mapping[tuple[str, int], float]
) -> dict[tuple[str, int], float]:
    """Return the largest MW due by the end of each period or of any later one."""
    most = dict(required)
    for name in names:
        for period in reversed(calendar.periods[:-1]):
            most[name, period] = max(required[name, period], most[name, period + 1])
    return most


def _mw_per_system(
    inputs: Inputs, commitments: Mapping[str, Row]
) -> dict[tuple[str, str, str], float]:
    """Return MW per system on each commitment's basis, for the sites and systems it allows."""
    barred = set()
    for row in inputs.tables["service"]:
        if not row["allowed"]:
            barred.add((row["commitment"], row["site"]))
    mw_per_system: dict[tuple[str, str, str], float] = {}
    for name, terms in commitments.items():
        for site in inputs.tables["sites"]:
            # A blank list of countries or systems allows all of them.
            if terms["countries"] and site["country"] not in terms["countries"]:
                continue
            if (name, site["site"]) in barred:
                continue
            for system in inputs.tables["systems"]:
                if terms["systems"] and system["system"] not in terms["systems"]:
                    continue
                kw = kw_on_basis(
                    terms["basis"], system["power_kw"], system["overhead_kw"], site["pue"]
                )
                mw_per_system[name, site["site"], system["system"]] = kw / 1000
    return mw_per_system
