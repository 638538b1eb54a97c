"""The limits of a plan: workbook cells that can hold it back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.explain.limit_declarations import LIMITS, Amount, Day
from planner.plan.finding_rows import CellContent
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.periods import earlier_days, stretches

EARLIER = "one period earlier"


@dataclass(frozen=True, eq=False)
class Limit:
    """A workbook cell that limits the plan.

    Attributes
    ----------
    declared : Amount or Day
        Its declaration.
    subject : str
        Owner of the limit, e.g. ``TSMC`` or ``Regina feeder``.
    row : Row
        Row of the workbook.
    unit : str
        Unit of one step, e.g. ``units per month``; for dates and days the whole step.
    step : float
        Addend of the cell for one step; for dates and days see `limit_moves`.
    """

    declared: Amount | Day
    subject: str
    row: Row
    unit: str
    step: float = 1.0

    @property
    def kind(self) -> str:
        """Kind of limit, e.g. ``supplier capacity``."""
        return self.declared.kind

    @property
    def column(self) -> str:
        """Column of the cell."""
        return self.declared.column

    @property
    def dated(self) -> bool:
        """Whether it is a date or a number of days."""
        return isinstance(self.declared, Day)

    @property
    def stage(self) -> int:
        """Place on the way from the milestone back to the order; limits of one kind share it."""
        return min(n for n, declared in enumerate(LIMITS) if declared.kind == self.kind)

    @property
    def name(self) -> str:
        """Kind and subject, e.g. ``supplier capacity of TSMC``."""
        return f"{self.kind} of {self.subject}"

    @property
    def where(self) -> str:
        """Sheet and cell."""
        return self.row.where(self.column)

    @property
    def value(self) -> Any:
        """Value of the cell."""
        return self.row[self.column]

    @property
    def in_cell(self) -> CellContent:
        """Value of the cell as a number or as a day, in separate columns of a table."""
        if isinstance(self.value, date):
            return {"value": None, "day": self.value}
        return {"value": self.value, "day": None}

    @property
    def key(self) -> tuple[str, str, str]:
        """Unique key among the limits of the same inputs."""
        return (self.row.sheet, self.where, self.column)


MONEY_STEPS = 1000.0
"""Divisor of a budget that gives the size of its step, rounded down to a power of ten."""


def amounts(inputs: Inputs) -> list[Limit]:
    """Return every limit that is an amount."""
    limits = []
    for declared in LIMITS:
        if isinstance(declared, Day):
            continue
        for row in inputs.tables[declared.sheet]:
            value = row[declared.column]
            if value is None or (declared.kind == "yield" and value > 0.99):
                continue
            unit, step = declared.unit, 1.0
            if declared.kind == "budget":
                step = _money_step(value)
                unit = f"{step:,.0f} {inputs.settings['currency']}"
            elif declared.kind == "yield":
                step = 0.01
            limits.append(Limit(declared, _named(row, declared.subject), row, unit, step))
    return limits


def dates(inputs: Inputs) -> list[Limit]:
    """Return every limit that is a date after the plan's start, or a number of days above 0."""
    period = inputs.settings["period"]
    # If the period length changes, the same number of days is no fixed number of periods.
    shorter = f"{earlier_days(period)} days less" if len(stretches(period)) > 1 else EARLIER
    limits = []
    for declared in LIMITS:
        if isinstance(declared, Amount):
            continue
        for row in inputs.tables[declared.sheet]:
            value = row[declared.column]
            if value is None:
                continue
            is_date = isinstance(value, date)
            is_late = value > inputs.settings["start"] if is_date else value > 0
            if is_late and not _first_row_of_none(inputs, row, declared.column):
                unit = EARLIER if is_date else shorter
                limits.append(Limit(declared, _named(row, declared.subject), row, unit))
    return limits


def _first_row_of_none(inputs: Inputs, row: Row, column: str) -> bool:
    """Return whether an earlier date would only bring a smaller capacity forward."""
    if column != "from" or row.sheet not in STEPS:
        return False
    name, amount = STEPS[row.sheet]
    before = [
        other
        for other in inputs.tables[row.sheet]
        if other[name] == row[name] and other["from"] < row["from"]
    ]
    earlier = max(before, key=lambda other: other["from"])[amount] if before else 0.0
    return bool(row[amount] <= earlier)


RATES = ("units_per_month", "systems_per_month")
"""Columns that hold rates."""

STEPS = {
    "supply_capacity": ("supplier", "units_per_month"),
    "crews": ("site", "systems_per_month"),
    "energisation": ("node", "mw"),
}
"""Sheets whose rows apply from a date on: column of the key, column of the amount."""


def _named(row: Row, columns: tuple[str, ...]) -> str:
    names = [str(row[column]) for column in columns]
    if row.sheet in ("lanes", "links"):
        return " to ".join(names)
    if row.sheet == "supply":
        return f"{names[1]} of {names[0]}"
    return ", ".join(names)


def _money_step(budget: float) -> float:
    return float(10.0 ** max(0, math.floor(math.log10(max(budget, 1.0) / MONEY_STEPS))))
