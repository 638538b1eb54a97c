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

UNUSED = 1e-9
"""Use of a limit that counts as none."""

RATES = {"order": "supply of", "start": "assembly of", "install": "crews of"}
"""Name of the limit on each step that has a rate."""

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
    calendar = case.calendar
    used = _used(plan, case)
    most, spans = _most(case)
    found = {}
    for limit, amounts in used.items():
        binding = {}
        for period in _full_periods(amounts, most.get(limit, {})):
            whole_period = calendar.first_days[period], calendar.last_days[period]
            first, last = spans.get(limit, {}).get(period, whole_period)
            binding[calendar.date_of(first)] = calendar.months_over(first, last)
        if binding:
            kind, name = limit
            found[f"{kind} {name}"] = binding
    return found


def _full_periods(amounts: Mapping[int, float], most: Mapping[int, float]) -> list[int]:
    """Return the periods in which a limit is used up."""
    full = []
    for period in sorted(amounts):
        amount = amounts[period]
        if period in most and amount > UNUSED and amount >= USED_UP * most[period]:
            full.append(period)
    return full


def _used(plan: Plan, case: Case) -> Used:
    """Return the use of each limit by a plan."""
    period_of = {start: period for period, start in enumerate(case.calendar.starts)}
    used: Used = defaultdict(lambda: defaultdict(float))
    capacity_use = {}
    for row in plan.inputs.tables["supply"]:
        capacity_use[row["supplier"], row["item"]] = row["capacity_use"]
    it_mw: dict[object, float] = {}
    for row in plan.inputs.tables["systems"]:
        it_mw[row["system"]] = (row["power_kw"] + row["overhead_kw"]) / 1000

    def add(kind: str, name: object, start: Any, amount: float) -> None:
        used[kind, str(name)][period_of[start]] += amount

    tables = plan.tables
    for order in tables["orders"]:
        if order["period"] is not None:
            each = capacity_use[order["supplier"], order["item"]]
            add("supply of", order["supplier"], order["period"], order["quantity"] * each)
    for made in tables["production"]:
        assembled = f"{made['system']} at {made['plant']}"
        add("assembly of", assembled, made["period"], made["quantity"])
    for install in tables["installs"]:
        add("crews of", install["site"], install["period"], install["installed"])
    for load in tables["power"]:
        add("power of", load["node"], load["period"], load["load_mw"])
    for fleet in tables["fleet"]:
        it = fleet["installed"] * it_mw[fleet["system"]]
        add("halls of", fleet["site"], fleet["period"], it)
    return used


def _most(case: Case) -> tuple[Used, Spans]:
    """Return each limit by period; for a rate, capacity and days of the windows that end in it."""
    most: Used = defaultdict(lambda: defaultdict(float))
    spans: Spans = defaultdict(dict)
    _add_rates(case, most, spans)
    _add_power_and_halls(case, most)
    return most, spans


def _add_rates(case: Case, most: Used, spans: Spans) -> None:
    """Add the capacities of suppliers, plants and crews, with the days in which they accrue."""
    table = case.timetable
    for name, rate in table.rates.items():
        step = name[0]
        if step not in RATES:
            # Lanes are not covered.
            continue
        subject = name[1]
        if len(name) > 2:
            subject = f"{name[2]} at {subject}"
        limit = RATES[step], subject
        days = table.clock.days.get(name, ())
        gross = table.gross.get(name, rate)
        for first, last in windows(days, table.clock.since.get(name, 0)):
            period = case.calendar.period_of(last)
            most[limit][period] += gross.accrued(first, last)
            # Several windows may end in a period: its span begins with the first of them.
            begun, _ = spans[limit].get(period, (first, last))
            spans[limit][period] = begun, last


def _add_power_and_halls(case: Case, most: Used) -> None:
    """Add the power of nodes, and the IT power of the halls of each site."""
    facility = case.facility
    calendar = case.calendar
    for (node, period), mw in facility.energised_mw.items():
        most["power of", node][period] = mw
    for hall in facility.halls:
        halls = most["halls of", facility.site_of[hall]]
        # All halls of a class can be open from the first period in which any can be.
        opens = facility.first_open.get(hall, calendar.day_count)
        for period in calendar.periods:
            count = facility.open_count[hall]
            if opens <= calendar.last_days[period]:
                count = facility.hall_count[hall]
            halls[period] += count * facility.hall_it_mw[hall]
