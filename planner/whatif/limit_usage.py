"""Binding limits of a plan and when they bind, from its tables alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from planner.case.case import Case, make_case
from planner.case.rates import windows
from planner.plan.store import Plan

USED_UP = 0.995
"""Utilisation from which a limit counts as binding: whole systems rarely fill every kilowatt."""

Used = dict[tuple[str, str], dict[int, float]]
"""Use of each limit, by kind, name and period."""

Spans = dict[tuple[str, str], dict[int, tuple[int, int]]]
"""First and last day of the work for each period, by kind and name of a rate."""


def pressures(plan: Plan) -> dict[str, dict[date, float]]:
    """Return the spans in which each limit is binding: first day and length in months.

    A span is a period; for a rate it is all the days of work for that period, which may begin
    before it. Covered limits: capacities of suppliers, plants and crews, power of nodes, and IT
    power of the halls of each site.
    """
    case = make_case(plan.inputs)
    used, (most, spans) = _used(plan, case), _most(case)
    found = {}
    for (kind, name), amounts in used.items():
        limit = most.get((kind, name), {})
        full = [
            t
            for t, amount in sorted(amounts.items())
            if t in limit and amount > 1e-9 and amount >= USED_UP * limit[t]
        ]
        if full:
            calendar, days = case.calendar, spans.get((kind, name), {})
            first_last = [
                days.get(t, (calendar.first_days[t], calendar.last_days[t])) for t in full
            ]
            found[f"{kind} {name}"] = {
                calendar.date_of(first): calendar.months_over(first, last)
                for first, last in first_last
            }
    return found


def _used(plan: Plan, case: Case) -> Used:
    """Return the use of each limit by a plan."""
    at = {start: t for t, start in enumerate(case.calendar.starts)}
    used: Used = defaultdict(lambda: defaultdict(float))
    use = {
        (row["supplier"], row["item"]): row["capacity_use"] for row in plan.inputs.tables["supply"]
    }
    for row in plan.tables["orders"]:
        if row["period"] is not None:
            key = ("supply of", str(row["supplier"]))
            used[key][_at(at, row)] += _n(row["quantity"]) * use[row["supplier"], row["item"]]
    for row in plan.tables["production"]:
        used["assembly of", f"{row['system']} at {row['plant']}"][_at(at, row)] += _n(
            row["quantity"]
        )
    for row in plan.tables["installs"]:
        used["crews of", str(row["site"])][_at(at, row)] += _n(row["installed"])
    for row in plan.tables["power"]:
        used["power of", str(row["node"])][_at(at, row)] += _n(row["load_mw"])
    it_mw = {
        row["system"]: (row["power_kw"] + row["overhead_kw"]) / 1000
        for row in plan.inputs.tables["systems"]
    }
    for row in plan.tables["fleet"]:
        used["halls of", str(row["site"])][_at(at, row)] += (
            _n(row["installed"]) * it_mw[row["system"]]
        )
    return used


def _most(case: Case) -> tuple[Used, Spans]:
    """Return each limit by period; for a rate, capacity and days of the windows that end in it."""
    most: Used = defaultdict(lambda: defaultdict(float))
    spans: Spans = defaultdict(dict)
    table = case.timetable
    for name, rate in table.rates.items():
        kind, place, *more = name
        if kind == "ship":
            continue
        assembled = f"{more[0]} at {place}" if more else place
        of = {"order": "supply of", "start": "assembly of", "install": "crews of"}[kind]
        what, days = (of, assembled), table.clock.days.get(name, ())
        for first, last in windows(days, table.clock.since.get(name, 0)):
            period = case.calendar.period_of(last)
            most[what][period] += table.gross.get(name, rate).accrued(first, last)
            begun, _ = spans[what].get(period, (first, last))
            spans[what][period] = begun, last
    for (node, t), mw in case.facility.energised_mw.items():
        most["power of", node][t] = mw
    facility = case.facility
    for hall in facility.halls:
        for t in case.calendar.periods:
            # All halls of a class can be open from the first period in which any can be.
            opens = facility.first_open.get(hall, case.calendar.day_count)
            can_open = opens <= case.calendar.last_days[t]
            count = facility.hall_count[hall] if can_open else facility.open_count[hall]
            most["halls of", facility.site_of[hall]][t] += count * facility.hall_it_mw[hall]
    return most, spans


def _at(at: Mapping[date, int], row: Mapping[str, Any]) -> int:
    return at[row["period"]]


def _n(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
