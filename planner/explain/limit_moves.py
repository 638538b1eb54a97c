"""A limit moved in the inputs themselves, so that a re-solve proves what it is worth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from planner.case.calendar import Calendar
from planner.explain.limits import STEPS, Limit
from planner.workbook.checks.cross_checks import check
from planner.workbook.drafts import draft_of
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.periods import earlier_days

PRICES = (
    ("systems", "price"), ("supply", "price"), ("supply", "order_cost"), ("plants", "cost"),
    ("lanes", "cost"), ("depots", "holding_cost"), ("sites", "holding_cost"),
    ("sites", "opening_cost"), ("sites", "lease"), ("sites", "energy_price"),
    ("halls", "fit_out_cost"), ("service", "cost"),
)  # fmt: skip
"""Sheets and columns of everything that is paid for out of a budget."""


@dataclass(frozen=True)
class Move:
    """A limit, and by how many steps it is moved.

    Attributes
    ----------
    limit : Limit
    steps : float
        Steps more, for dates periods earlier, for days so many less that starts are done a
        period earlier; infinite where the limit is lifted.
    value : number, date or None
        What is to stand in the cell, whatever the steps; None if the steps say it.
    """

    limit: Limit
    steps: float
    value: Any = None


def moved(inputs: Inputs, moves: Iterable[Move], calendar: Calendar) -> Inputs:
    """Return inputs in which limits are moved, everything else as it was.

    Parameters
    ----------
    inputs
        What the limits are from.
    moves
        Each cell at most once.
    calendar
        For dates: one step is one of its periods.

    Raises
    ------
    ValueError
        If the inputs would break a rule of theirs, with the rule.
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
    """Return what stands in the cell after a move of so many steps."""
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
    """Return steps of an amount that are more than anything in the plan can use.

    What every hall can hold, in units of the limit, and as much for each kind of system.
    """
    if limit.column == "yield":
        return (1.0 - float(limit.value)) / limit.step
    if limit.row.sheet == "budget":
        return float(math.ceil(_all_money(inputs) / limit.step))
    it_mw = sum(row["count"] * row["it_mw"] for row in inputs.tables["halls"])
    due = sum(row["mw"] for row in inputs.tables["milestones"])
    if limit.column in ("mw", "it_mw"):
        return float(math.ceil(3 * (it_mw + due)))
    if limit.column == "count":
        return float(math.ceil((it_mw + due) / limit.row["it_mw"]))
    least_kw = min(row["power_kw"] + row["overhead_kw"] for row in inputs.tables["systems"])
    systems = (it_mw + due) * 1000 / least_kw
    each = max((row["quantity"] for row in inputs.tables["bom"]), default=1.0)
    slots = max((row["slots"] for row in inputs.tables["systems"]), default=1.0)
    coolant = max((row["coolant_lpm"] or 0.0 for row in inputs.tables["systems"]), default=1.0)
    whole = 1.0 if limit.row.sheet in ("crews", "plants") else max(each, 1.0)
    units = {"slots": slots, "coolant_lpm": coolant}.get(limit.column, whole)
    return float(math.ceil(2 * systems * max(units, 1.0)))


def _all_money(inputs: Inputs) -> float:
    """Return more money than any plan can spend: all that there can be, at the dearest price.

    Everything is bought, shipped, housed and powered, and paid for in every hour of the plan.
    """
    tables, settings = inputs.tables, inputs.settings
    prices = [row[column] or 0.0 for sheet, column in PRICES for row in tables[sheet]]
    power = sum(row["count"] * row["it_mw"] for row in tables["halls"])
    power += sum(row["mw"] for row in tables["milestones"])
    least_kw = min(row["power_kw"] + row["overhead_kw"] for row in tables["systems"])
    parts = max(1.0, sum(row["quantity"] for row in tables["bom"]))
    good = min((row["yield"] for row in tables["supply"]), default=1.0)
    pue = max((row["pue"] or 1.0) for row in tables["sites"])
    things = 2 * power * (1000 / least_kw * parts / good + pue)
    things += sum(row["lot"] + row["min_order"] for row in tables["supply"])
    things += sum(row["units_per_month"] for row in tables["supply_capacity"])
    things += sum(row["quantity"] for row in tables["orders"])
    things += sum(row["count"] for row in tables["halls"]) + len(tables["sites"])
    hours = 24.0 * ((settings["end"] - settings["start"]).days + 92)
    return float(max(prices, default=0.0) * things * hours + 1.0)


def _with(row: Row, values: Mapping[str, Any] | None) -> Row:
    return row if values is None else row.changed(values)


def _overtaken(inputs: Inputs, changed: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Return steps of a capacity that a larger later one, brought forward, has overtaken."""
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
