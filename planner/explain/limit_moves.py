"""Moves of limits in the inputs themselves, for re-solves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from planner.case.calendar import Calendar
from planner.explain.limit_declarations import Amount
from planner.explain.limits import STEPS, Limit
from planner.explain.token_needs import most_kv_gb_s, most_token_mw
from planner.workbook.checks.cross_checks import check
from planner.workbook.drafts import draft_of
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.periods import earlier_days

PRICES = (
    ("systems", "price"),
    ("supply", "price"),
    ("supply", "order_cost"),
    ("plants", "cost"),
    ("lanes", "cost"),
    ("depots", "holding_cost"),
    ("sites", "holding_cost"),
    ("sites", "opening_cost"),
    ("sites", "lease"),
    ("sites", "energy_price"),
    ("halls", "fit_out_cost"),
    ("service", "cost"),
)
"""Sheets and columns of all costs that count against a budget."""


@dataclass(frozen=True)
class Move:
    """A limit and the number of steps by which it moves.

    Attributes
    ----------
    limit : Limit
    steps : float
        Steps more; for dates, periods earlier; for days, as many fewer as starts are then a period
        earlier; infinite to lift the limit.
    value : number, date or None
        New value of the cell, which overrides the steps; None to compute it from the steps.
    """

    limit: Limit
    steps: float
    value: Any = None


def moved(inputs: Inputs, moves: Iterable[Move], calendar: Calendar) -> Inputs:
    """Return inputs with some limits moved.

    Parameters
    ----------
    inputs
        Inputs that contain the limits.
    moves
        Moves, at most one for each cell.
    calendar
        Calendar whose periods are the steps of dates.

    Raises
    ------
    ValueError
        If the moved inputs break a rule; the message names it.
    """
    changed: dict[int, dict[str, Any]] = {}
    for move in moves:
        values = changed.setdefault(id(move.limit.row), dict(move.limit.row.values))
        stated = move.value is not None
        values[move.limit.column] = move.value if stated else moved_value(inputs, move, calendar)
    gone = _overtaken(inputs, changed)
    tables = {
        sheet: tuple(_with(row, changed.get(id(row))) for row in rows if id(row) not in gone)
        for sheet, rows in inputs.tables.items()
    }
    result = replace(inputs, tables=tables)
    faults, _ = check(draft_of(result))
    if faults:
        raise ValueError(str(faults[0]))
    return result


def moved_value(inputs: Inputs, move: Move, calendar: Calendar) -> Any:
    """Return the value of the cell after a move."""
    limit, value = move.limit, move.limit.value
    if not limit.dated:
        if limit.column == "yield":
            return min(1.0, value + move.steps * limit.step)
        more = min(move.steps, lifted_steps(inputs, limit))
        total = value + more * limit.step
        return round(total) if limit.column == "count" else total
    if isinstance(value, date):
        if math.isinf(move.steps):
            return calendar.starts[0]
        return calendar.earlier(value, round(move.steps))
    if math.isinf(move.steps):
        return 0
    return max(0, value - round(move.steps) * earlier_days(inputs.settings["period"]))


def lifted_steps(inputs: Inputs, limit: Limit) -> float:
    """Return a number of steps that makes an amount non-binding.

    It covers the capacity of every hall, in units of the limit.
    """
    if limit.column == "yield":
        return (1.0 - float(limit.value)) / limit.step
    if limit.row.sheet == "budget":
        return float(math.ceil(_all_money(inputs) / limit.step))
    if limit.row.sheet == "links":
        return float(math.ceil(2 * most_kv_gb_s(inputs)))
    it_mw = sum(row["count"] * row["it_mw"] for row in inputs.tables["halls"])
    due = sum(row["mw"] for row in inputs.tables["milestones"]) + most_token_mw(inputs)
    if limit.column in ("mw", "it_mw"):
        return float(math.ceil(3 * (it_mw + due)))
    if limit.column == "count":
        return float(math.ceil((it_mw + due) / limit.row["it_mw"]))
    least_kw = min(row["power_kw"] + row["overhead_kw"] for row in inputs.tables["systems"])
    systems = (it_mw + due) * 1000 / least_kw
    units = 1.0
    if isinstance(limit.declared, Amount) and limit.declared.each_takes is not None:
        sheet, column = limit.declared.each_takes
        units = max((row[column] or 0.0 for row in inputs.tables[sheet]), default=1.0)
    return float(math.ceil(2 * systems * max(units, 1.0)))


def _all_money(inputs: Inputs) -> float:
    """Return more money than any plan can spend: every possible purchase at the highest price.

    Everything is bought, shipped, housed and powered, and paid for in every hour of the plan.
    """
    tables, settings = inputs.tables, inputs.settings
    highest_price = 0.0
    for sheet, column in PRICES:
        for row in tables[sheet]:
            highest_price = max(highest_price, row[column] or 0.0)
    power_mw = sum(row["count"] * row["it_mw"] for row in tables["halls"])
    power_mw += sum(row["mw"] for row in tables["milestones"]) + most_token_mw(inputs)
    least_kw = min(row["power_kw"] + row["overhead_kw"] for row in tables["systems"])
    parts = max(1.0, sum(row["quantity"] for row in tables["bom"]))
    least_yield = min((row["yield"] for row in tables["supply"]), default=1.0)
    highest_pue = max((row["pue"] or 1.0) for row in tables["sites"])
    # Parts of the smallest systems, at the worst yield, and the power at the worst site.
    things = 2 * power_mw * (1000 / least_kw * parts / least_yield + highest_pue)
    things += sum(row["lot"] + row["min_order"] for row in tables["supply"])
    things += sum(row["units_per_month"] for row in tables["supply_capacity"])
    things += sum(row["quantity"] for row in tables["orders"])
    things += sum(row["count"] for row in tables["halls"]) + len(tables["sites"])
    hours = 24.0 * ((settings["end"] - settings["start"]).days + 92)
    return float(highest_price * things * hours + 1.0)


def _with(row: Row, values: Mapping[str, Any] | None) -> Row:
    return row if values is None else row.changed(values)


def _overtaken(inputs: Inputs, changed: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Return rows of a capacity that a larger later row, moved earlier, makes redundant."""
    gone = set()
    for sheet, (name, amount) in STEPS.items():
        for row in inputs.tables[sheet]:
            values = changed.get(id(row))
            if values is None or values["from"] >= row["from"]:
                continue
            for other in inputs.tables[sheet]:
                now = changed.get(id(other), other.values)
                between = values["from"] <= now["from"] and other["from"] < row["from"]
                if other[name] == row[name] and between and now[amount] <= values[amount]:
                    gone.add(id(other))
    return gone
